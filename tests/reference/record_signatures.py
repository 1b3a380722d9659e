#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Asks real PyTorch 1.13.1 how its functions and methods are called, and writes src/torch/python/torch/_overloads.py: what its
errors list when the arguments fit none. A parameter with a default ends in "="."""
import pathlib
import re

import torch
import torchgen

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = pathlib.Path(torchgen.__file__).with_name("packaged") / "ATen/native/native_functions.yaml"


def schemas():
    """name -> lists of (parameter, has a default, is a named dimension)"""
    found = {}
    for line in SCHEMAS.read_text().splitlines():
        match = re.match(r"- func: (\w+)(?:\.\w+)?\((.*)\) ->", line)
        if not match:
            continue
        parameters = []
        for piece in re.split(r", (?![^\[\(]*[\]\)])", match[2]):
            if piece in ("", "*"):
                continue
            name, equals, _ = piece.rpartition(" ")[2].partition("=")
            parameters.append((name, bool(equals), "Dimname" in piece))
        found.setdefault(match[1], []).append(parameters)
    return found


def listed(function, *args):
    try:
        function(*args)
    except Exception as error:
        text = str(error)
        if "expected one of:\n" in text:
            return re.findall(r"^ \* \((.*)\)$", text, re.M)
        match = re.search(r"but expected \((.*)\)$", text)
        return [match[1]] if match else []
    return []


KEYWORDS = {"out", "dtype", "layout", "device", "pin_memory", "requires_grad", "memory_format", "generator", "names"}


def marked(option, known):
    """With "=" behind what may be left out."""
    pieces = [p for p in option.split(", ") if p]
    names = [p.rpartition(" ")[2] for p in pieces if p != "*"]
    best = None
    for parameters in known:
        theirs = [n for n, _, _ in parameters if n not in KEYWORDS]
        if any(d for n, _, d in parameters if n != "names") != any(p.startswith(("name ", "tuple of names ")) for p in pieces if not p.endswith(" names")):
            continue
        mine = ["self" if n == "input" else n for n in names if n not in KEYWORDS]
        if [n for n in theirs if n != "self"] == [n for n in mine if n != "self"]:
            best = {n: d for n, d, _ in parameters}
            break
    after_star = False
    out = []
    for piece in pieces:
        if piece == "*":
            after_star = True
            out.append(piece)
            continue
        name = piece.rpartition(" ")[2]
        given = "self" if name == "input" else name
        by_default = after_star or name in KEYWORDS
        optional = (best or {}).get(given, by_default) if not after_star or name in ("names", "generator") else True
        if name == "dtype" and len(pieces) == 1:
            optional = False
        out.append(piece + ("=" if optional else ""))
    return ", ".join(out)


def collect(home, known, prefix):
    found = {}
    for name in dir(home):
        function = getattr(home, name)
        if name.startswith("_") or not callable(function) or isinstance(function, type):
            continue
        if name in ("set_num_threads", "set_num_interop_threads", "set_vital", "read_vitals"):
            continue
        options = listed(function, *prefix, *[object()] * 20)
        if options:
            found[name] = [marked(o, known.get(name, []) + known.get(name.rstrip("_"), [])) for o in options]
    return found


def main():
    known = schemas()
    out = HERE.parents[1] / "src/torch/python/torch/_overloads.py"
    lines = ["# SPDX-License-Identifier: MIT", '"""How PyTorch 1.13.1 writes the ways of calling its functions and methods, for its errors; made by',
             'tests/reference/record_signatures.py. What may be left out ends in "="."""', ""]
    for title, home, prefix in (("FUNCTIONS", torch, ()), ("METHODS", torch.Tensor, (torch.ones(1),))):
        lines += ["", title + " = {"]
        for name, options in sorted(collect(home, known, prefix).items()):
            lines.append(f'    "{name}": [')
            lines += [f'        "{o}",' for o in options]
            lines.append("    ],")
        lines.append("}")
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
