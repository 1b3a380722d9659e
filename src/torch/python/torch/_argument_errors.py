# SPDX-License-Identifier: MIT
"""What to say when the arguments of a function of the engine fit none of its ways of being called: PyTorch's words. Loaded when
that happens. The rules are those of PyTorch's argument parser: when by their number only one way is possible, the first wrong
argument is named; else all ways are listed."""

import numbers

import _torch
from _torch import Tensor
from torch import _overloads

_KINDS = {"Tensor[]": "tuple of Tensors", "Tensor?[]": "tuple of Tensors", "Tensor|Scalar": "Tensor", "Tensor": "Tensor", "Scalar": "Number", "int": "int",
          "float": "float", "bool": "bool", "str": "str", "dtype": "torch.dtype", "int[]": "tuple of ints"}


class _Parameter:
    def __init__(self, text, keyword_only):
        text = text.removesuffix("=") if (optional := text.endswith("=")) else text
        self.kind, _, self.name = text.rpartition(" ")
        self.optional, self.keyword_only = optional, keyword_only


class _Option:
    """One way of calling."""

    def __init__(self, text):
        self.text = ", ".join(piece.removesuffix("=") for piece in text.split(", "))
        pieces = [p for p in text.split(", ") if p]
        star = pieces.index("*") if "*" in pieces else len(pieces)
        self.parameters = [_Parameter(p, i > star) for i, p in enumerate(pieces) if p != "*"]
        self.required = sum(not p.optional for p in self.parameters)
        self.positional = [p for p in self.parameters if not p.keyword_only]

    def bound(self, args, names):
        """(parameter, position or None, value), and what is missing"""
        pairs, missing = [], []
        for i, p in enumerate(self.parameters):
            if i < len(args) and not p.keyword_only:
                pairs.append((p, i, args[i]))
            elif p.name in names:
                pairs.append((p, None, names[p.name]))
            elif not p.optional:
                missing.append(p.name)
        return pairs, missing


def _own(signature, is_method):
    """A row of the engine's table in PyTorch's words."""
    inside = signature.partition("(")[2].removesuffix(")")
    out = []
    for piece in inside.split(", "):
        if piece in ("", "*"):
            out += [piece] if piece else []
            continue
        kind, _, name = piece.rpartition(" ") if "=" not in piece else piece.partition("=")[0].rpartition(" ")
        if name == "self" and is_method:
            continue
        plain = kind.removesuffix("?")
        plain = "int[]" if plain.startswith("int[") else plain
        out.append(f"{_KINDS.get(plain, plain)} {'input' if name == 'self' else name}{'=' if '=' in piece else ''}")
    return ", ".join(out)


def _is_int(x):
    return (isinstance(x, numbers.Integral) and not isinstance(x, bool)) or (isinstance(x, Tensor) and x.dim() == 0 and not x.is_floating_point())


def _fits(parameter, value):
    kind = parameter.kind
    if value is None and parameter.optional:
        return True
    if kind == "Tensor":
        return isinstance(value, Tensor) or (parameter.name != "input" and isinstance(value, numbers.Number))
    if kind in ("int", "SymInt"):
        return _is_int(value)
    if kind in ("float", "Number"):
        return isinstance(value, (numbers.Number, Tensor))
    if kind == "bool":
        return isinstance(value, bool)
    if kind.startswith("tuple of "):
        element = kind.removeprefix("tuple of ")
        if element in ("ints", "SymInts"):
            return _is_int(value) and parameter.name in ("dim", "dims") or isinstance(value, (tuple, list)) and all(map(_is_int, value))
        if element == "Tensors":
            return isinstance(value, (tuple, list)) and all(isinstance(x, Tensor) for x in value)
        return element == "names" and (isinstance(value, str) or isinstance(value, (tuple, list)) and all(isinstance(x, str) for x in value))
    if kind == "torch.Generator":
        return type(value).__name__ == "Generator"
    if kind == "name":
        return isinstance(value, str)
    if kind == "torch.dtype":
        return isinstance(value, _torch.dtype)
    return True


def _word(value):
    return "Tensor" if type(value) is Tensor else f"{type(value).__module__}.{type(value).__qualname__}" if type(value).__module__ == "numpy" else type(value).__name__


def _first_wrong(name, option, args, names):
    """The error of the only way that has so many arguments."""
    if len(args) > len(option.positional):
        most, least = len(option.positional), sum(not p.optional for p in option.positional)
        takes = f"{most} positional argument{'s' * (most != 1)}" if least == most else f"from {least} to {most} positional arguments"
        return TypeError(f"{name}() takes {takes} but {len(args)} {'was' if len(args) == 1 else 'were'} given")
    pairs, missing = option.bound(args, names)
    if missing:
        return TypeError(f"{name}() missing {len(missing)} required positional arguments: " + ", ".join(f'"{m}"' for m in missing))
    for p, position, value in pairs:
        if _fits(p, value):
            continue
        if p.kind.startswith("tuple of ") and isinstance(value, (tuple, list)):
            good = Tensor if p.kind.endswith("Tensors") else numbers.Integral
            at = next(i for i, x in enumerate(value) if not isinstance(x, good))
            place = f" (position {position + 1})" if p.kind.endswith("Tensors") and position is not None else ""
            if place:
                return TypeError(f"expected Tensor as element {at} in argument {position}, but got {_word(value[at])}")
            return TypeError(f"{name}(): argument '{p.name}' must be {p.kind}, but found element of type {_word(value[at])} at pos {at + 1}")
        place = f" (position {position + 1})" if position is not None else ""
        return TypeError(f"{name}(): argument '{p.name}'{place} must be {p.kind}, not {_word(value)}")
    strange = [k for k in names if k not in {p.name for p in option.parameters}]
    if strange:
        return TypeError(f"{name}() got an unexpected keyword argument '{strange[0]}'")
    for p, position, value in pairs: # some functions take a number for a tensor; this one did not
        if p.kind == "Tensor" and position is not None and isinstance(value, numbers.Number):
            return TypeError(f"{name}(): argument '{p.name}' (position {position + 1}) must be Tensor, not {_word(value)}")
    return None


def _difference(option, args, names):
    """Why a way with the right number of arguments does not do."""
    if len(args) + len(names) != len(option.parameters):
        return ""
    strange = [k for k in names if k not in {p.name for p in option.parameters}]
    if strange:
        return "      didn't match because some of the keywords were incorrect: " + ", ".join(strange) + "\n"
    words = []
    for p, position, value in option.bound(args, names)[0]:
        mark = "" if _fits(p, value) else "!"
        words.append(f"{mark}{'' if position is not None else p.name + '='}{_word(value)}{mark}")
    return f"      didn't match because some of the arguments have invalid types: ({', '.join(words)})\n"


def _bad_element(name, option, args, names):
    """PyTorch looks at the first of a list to choose a way, and at the others when it takes them."""
    pairs, missing = option.bound(args, names)
    if missing or len(pairs) < len(args) + len(names):
        return None
    for p, _, value in pairs:
        if p.kind in ("tuple of ints", "tuple of SymInts") and isinstance(value, (tuple, list)) and value and _is_int(value[0]):
            if (at := next((i for i, x in enumerate(value) if not _is_int(x)), None)) is not None:
                return TypeError(f"{name}(): argument '{p.name}' must be {p.kind}, but found element of type {_word(value[at])} at pos {at + 1}")
    return None


def _by_name(option, tensor, args, names):
    """Dimensions may have names in PyTorch; here none has."""
    pairs, missing = option.bound(args, names)
    if missing or not tensor or len(pairs) < len(args) + len(names) or not all(_fits(p, v) for p, _, v in pairs):
        return None
    for p, _, value in pairs:
        if p.kind in ("name", "tuple of names"):
            one = value if isinstance(value, str) else value[0]
            return RuntimeError(f"Name '{one}' not found in Tensor[{', '.join(['None'] * tensor[0].dim())}].")
    return None


def error_for(name, is_method, args, names, signatures):
    """The exception for torch.name(*args, **names), or for args[0].name(*args[1:], **names)."""
    tensors = [a for a in args[:1] if isinstance(a, Tensor)]
    if is_method:
        args = args[1:]
    known = (_overloads.METHODS if is_method else _overloads.FUNCTIONS).get(name)
    options = [_Option(text) for text in known or [_own(s, is_method) for s in signatures]]
    n = len(args) + len(names)
    possible = [o for o in options if o.required <= n <= len(o.parameters)]
    for option in possible:
        if (error := _bad_element(name, option, args, names)) is not None:
            return error
        if (error := _by_name(option, tensors, args, names)) is not None:
            return error
    only = possible if len(possible) == 1 else options if len(options) == 1 and not known else []
    if only and (error := _first_wrong(name, only[0], args, names)) is not None:
        return error
    got = ", ".join([_word(a) for a in args] + [f"{k}={_word(v)}" for k, v in names.items()])
    text = f"{name}() received an invalid combination of arguments - got ({got}), but expected "
    if len(options) == 1:
        return TypeError(text + f"({options[0].text})")
    return TypeError(text + "one of:\n" + "".join(f" * ({o.text})\n{_difference(o, args, names)}" for o in options))


def creation_error(name, args, names):
    """For zeros() and its like, which take their sizes one by one as well; None when nothing is wrong that one could name."""
    known = _overloads.FUNCTIONS.get(name, ())
    if args and "tuple of" in known[0].split(",")[0] and all(isinstance(a, numbers.Integral) for a in args):
        args = (tuple(args),)
        spread = True
    else:
        spread = False
    options = [_Option(text) for text in known]
    n = len(args) + len(names)
    possible = [o for o in options if o.required <= n <= len(o.parameters)]
    for option in possible:
        if not spread and (error := _bad_element(name, option, args, names)) is not None:
            return error
    if len(possible) == 1:
        return _first_wrong(name, possible[0], args, names)
    if any(all(_fits(p, v) for p, _, v in o.bound(args, names)[0]) and not o.bound(args, names)[1] for o in possible):
        return None
    got = [_word(a) for a in (args[0] if spread else args)] + [f"{k}={_word(v)}" for k, v in names.items()]
    return TypeError(f"{name}() received an invalid combination of arguments - got ({', '.join(got)}), but expected one of:\n" +
                     "".join(f" * ({o.text})\n{_difference(o, args, names)}" for o in options))
