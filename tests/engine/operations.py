# SPDX-License-Identifier: MIT
"""Every operation of the table, three ways: its texts, its backward and finite differences. Run by `backstep python`, with
the table (dump-table) on standard input; prints TAP."""

import json
import math
import sys
import warnings

import torch
import torch.nn.functional as F
from torch.autograd import gradcheck, gradgradcheck

warnings.simplefilter("ignore")

# What has no public name of its own is reached through the syntax or the function that uses it.
THROUGH = {
    "cholesky": ["lambda x: torch.linalg.cholesky(x.t() @ x + torch.eye(3, dtype=x.dtype))"],
    "index": ["lambda x: x[torch.tensor([2, 0, 2])]", "lambda x: x[:, torch.tensor([1])]", "lambda x: x[x > 0.5]"],
    "index_put": ["lambda x: x.clone().index_put_((torch.tensor([0, 1]),), x[1:3] * 2, True)"]
    if hasattr(torch.Tensor, "index_put_") else ["lambda x: set_items(x.clone(), torch.tensor([0, 2]), x[1:3] * 2)"],
    "slice": ["lambda x: x[1:3]", "lambda x: x[::2, 1:]"],
    "copy": ["lambda x: torch.zeros(4, 3, dtype=x.dtype).copy_(x) * x"],
    "zero": ["lambda x: (x * 1).zero_() + x"],
    "fill": ["lambda x: (x * 1).fill_(2.0) * x"],
    "to.dtype": ["lambda x: (x.float() * 0).double() + x"],
    "alias": ["lambda x: x.view_as(x)"],
    "clone_strided": ["lambda x: x.t().contiguous()"],
    "unsafe_view": ["lambda x: x.t().reshape(-1)"],
    "reshape_alias": ["lambda x: x.reshape(-1)"],
    "view_scatter": ["lambda x: torch.autograd.grad(x[1:2].pow(3).sum(), x, create_graph=True)[0]"],
    "convolution_input": ["lambda x: torch.autograd.grad(F.conv1d(x[None], x[:1, None, :2].expand(1, 4, 2)).pow(2).sum(), x, "
                          "create_graph=True)[0]"],
    "convolution_weight": ["lambda x: F.conv_transpose1d(x[None], x[:, None, :2])"],
}


def set_items(x, index, values):
    x[index] = values
    return x


def rand(*shape):
    return torch.rand(*shape, dtype=torch.float64)


def randn(*shape):
    return torch.randn(*shape, dtype=torch.float64)


class Constant:
    """A tensor of a sample that gets no gradient."""

    def __init__(self, tensor):
        self.tensor = tensor.double()


MAKE = {"constant": Constant, "rand": rand, "randn": randn, "tensor": torch.tensor, "zeros": torch.zeros, "ones": torch.ones}


def function_of(name):
    """The callable of a row: "max.dim" is the function max with other arguments."""
    public = name.partition(".")[0]
    for home in (torch, torch.Tensor, F, torch.linalg, torch.special):
        found = getattr(home, public, None) if home is not None else None
        if getattr(found, "__module__", None) == "torch._more":
            continue  # another way of calling
        if found is not None:
            return found
    return None


def arguments(text):
    """(positional, by name)"""
    args, names = eval(f"(lambda *args, **names: (args, names))({text})", MAKE)
    lists = args and isinstance(args[0], list)
    return [*args[0], *args[1:]] if lists else list(args), names, lists and len(args[0])


def is_float(x):
    return isinstance(x, torch.Tensor) and x.is_floating_point()


def differentiable(args):
    return [i for i, x in enumerate(args) if is_float(x)]


def leaf(x):
    return x.detach().clone().requires_grad_()


def strided(x):
    """The same values, not contiguous."""
    if x.dim() == 0:
        return x.detach().clone().reshape(1).expand(3)[1]
    wide = torch.zeros(*x.shape, 2, dtype=x.dtype)
    wide[..., 0] = x.detach()
    return wide[..., 0]


def results(value):
    values = value if isinstance(value, (tuple, list)) else (value,)
    return tuple(v for v in values if is_float(v))


# --- the texts ---

class Infix:
    """a ⊗ b"""

    def __ror__(self, left):
        return lambda right: torch.outer(left, right)


def maximum(a, b=None):
    return a.max() if b is None else torch.maximum(*both(a, b))


def minimum(a, b=None):
    return a.min() if b is None else torch.minimum(*both(a, b))


def both(*values):
    return torch.broadcast_tensors(*(v if isinstance(v, torch.Tensor) else torch.tensor(float(v), dtype=torch.float64) for v in values))


def unary(name):
    def apply(x):
        return getattr(torch, name)(x if isinstance(x, torch.Tensor) else torch.tensor(float(x), dtype=torch.float64))
    return apply


WORDS = {name: unary(name) for name in ("exp log sqrt sin cos tan asin acos atan sinh cosh tanh sigmoid erf abs floor ceil trunc "
                                        "round sign relu lgamma digamma asinh acosh atanh erfc").split() if hasattr(torch, name)}
WORDS |= {"pi": math.pi, "max": maximum, "min": minimum, "where": lambda c, a, b: torch.where(c.bool(), *both(a, b)), "sum": torch.sum,
          "mean": torch.mean}


def reducers(names):
    """sum and mean as the operation's own arguments want them."""
    dim, reduction = names.get("dim"), names.get("reduction", "mean")
    words = {}
    if isinstance(dim, int):
        words["sum"] = lambda x: x.sum(dim, keepdim=True)
        words["mean"] = lambda x: x.mean(dim, keepdim=True)
    if reduction != "mean":
        words["mean"] = torch.sum if reduction == "sum" else lambda x: x
    return words


def wide(result, names):
    """What a dimension was summed away of, with a 1 in its place: formulas are of elements."""
    x, dim = next(iter(names.values())), names.get("dim")
    gone = isinstance(dim, int) and isinstance(x, torch.Tensor) and result.dim() == x.dim() - 1
    return result.unsqueeze(dim if dim >= 0 else dim + x.dim()) if gone else result


def evaluate(text, names):
    """The value of a formula text, or None where its grammar goes beyond numbers element by element."""
    if any(c in text for c in "[…ᵀ⊗:∑Σ"):
        return None
    try:
        return eval(text.replace("^", "**"), WORDS | reducers(names) | {"__builtins__": {}}, {"alpha": 1, "beta": 1} | names)
    except (NameError, TypeError, SyntaxError):
        return None


def check_texts(op, args, names, function):
    """Value and vector-Jacobian products by the texts against the engine's; the number of texts that were compared."""
    parameters = op["parameters"]
    bound = {p[0]: a for p, a in zip(parameters, args)} | names
    inputs = [p[0] for p in parameters if p[1]]
    leaves = {n: leaf(bound[n]) for n in inputs if is_float(bound.get(n))}
    bound |= leaves
    output = function(*[bound[p[0]] if p[0] in bound else a for p, a in zip(parameters, args)], **names)
    if not isinstance(output, torch.Tensor) or not leaves:
        return 0
    compared = 0
    value = None if op["value"] is None or op["name"] == "convolution" else evaluate(op["value"], bound | names)
    if isinstance(value, torch.Tensor) and value.shape == output.shape:
        assert torch.allclose(value, output, rtol=1e-9, atol=1e-12), f"value {op['value']}: {value} but {output}"
        compared += 1
    if not output.requires_grad:
        return compared
    upstream = torch.rand(output.shape, dtype=output.dtype) + 0.5
    grads = torch.autograd.grad(output, list(leaves.values()), upstream, allow_unused=True)
    known = dict(zip(leaves, grads))
    for texts, seed in ((op["vjp"], upstream), (op["derivative"], None)):
        for name, text in zip(inputs, texts):
            if text is None or known.get(name) is None:
                continue
            with torch.no_grad():
                found = evaluate(text, bound | names | {"g": wide(upstream, bound), "y": wide(output, bound)})
                if found is None:
                    continue
                found = found if isinstance(found, torch.Tensor) else torch.tensor(float(found), dtype=torch.float64)
                if seed is None:
                    if output.shape != bound[name].shape:
                        continue
                    found = found * upstream
                found = found.expand(output.shape) if found.dim() < output.dim() and found.shape != bound[name].shape else found
                if found.shape != bound[name].shape:
                    if found.dim() < bound[name].dim() or any(a not in (b, 1) for a, b in zip(bound[name].shape[::-1], found.shape[::-1])):
                        continue
                    found = found.sum_to_size(bound[name].shape)
            assert torch.allclose(found, known[name], rtol=1e-9, atol=1e-12), f"{name}: {text}: {found} but {known[name]}"
            compared += 1
    return compared


# --- backward against finite differences ---

def check_gradients(function, args, names, strides_matter=False):
    """With a gradient for all inputs, and for each alone: the graph knows nothing of those without."""
    places = differentiable(args)
    check_gradients_of(function, args, names, places, strides_matter)
    for place in places if len(places) > 1 else ():
        check_gradients_of(function, args, names, [place], strides_matter)


def check_gradients_of(function, args, names, places, strides_matter):
    if not places:
        return

    def call(*values):
        given = list(args)
        for i, v in zip(places, values):
            given[i] = v
        return results(function(*given, **names))

    leaves = [leaf(args[i]) for i in places]
    outputs = call(*leaves)
    if not any(o.requires_grad for o in outputs):
        return
    assert gradcheck(call, leaves)
    assert gradgradcheck(call, leaves)
    apart = [strided(args[i]).requires_grad_() for i in places]
    try:
        other = call(*apart)
    except RuntimeError as error:
        if "view size is not compatible" in str(error):
            return
        raise
    for a, b in zip(outputs, other):
        assert strides_matter or torch.allclose(a, b, equal_nan=True), "another result for a strided input"
    assert gradcheck(call, [a.detach().requires_grad_() for a in apart])


def check_memory(function, args, names):
    """Memory runs out at the first, the second, ... allocation of a forward and a backward: an error each time, and the same
    answer as ever afterwards. Returns how many there were."""
    places = differentiable(args)

    def work():
        given = list(args)
        for i in places:
            given[i] = leaf(args[i])
        torch.manual_seed(3)
        fail(counter)
        try:
            outputs = results(function(*given, **names))
            total = None
            for output in outputs:
                if output.requires_grad:
                    total = output.sum() if total is None else total + output.sum()
            if total is not None:
                total.backward()
        finally:
            fail(0)
        return [o.detach() for o in outputs], [given[i].grad for i in places]

    def same(a, b):
        return a is b or (a is not None and b is not None and torch.equal(torch.nan_to_num(a), torch.nan_to_num(b)))

    fail, counter = torch._C._fail_allocation, 0
    expected = work()
    while True:
        counter += 1
        try:
            work()
            break
        except (RuntimeError, MemoryError) as error:
            assert "memory" in str(error), f"allocation {counter}: {error}"
        keep, counter = counter, 0
        again = work()
        counter = keep
        assert all(map(same, expected[0] + expected[1], again[0] + again[1])), f"after allocation {counter} failed: another answer"
    return counter - 1


def check_row(op):
    """Raises AssertionError for what is wrong; returns how many texts were compared."""
    for key in ("name", "symbol"):
        assert op[key], f"no {key}"
    assert op["has_forward"] and op["found"]
    assert op["sentence"] or op["internal"], "no sentence"
    assert op["has_signature"], "the signature cannot be read"
    assert op["has_backward"] == bool(op["backward_name"]), "a backward without a name, or a name without a backward"
    assert not op["saves"] or op["saves_why"] or op["internal"], "it saves tensors and does not say why"
    compared = 0
    torch.manual_seed(7)
    if op["name"] in THROUGH:
        for text in THROUGH[op["name"]]:
            check_gradients(eval(text), (rand(4, 3),), {})
            check_memory(eval(text), (rand(4, 3),), {})
        return 0
    if not op["samples"]:
        assert not op["has_backward"] or op["internal"] or op["backward_name"] == "NotImplemented", "differentiable, but without a sample"
        return 0
    function = function_of(op["name"])
    assert function is not None, "Python does not find it"
    for sample in op["samples"]:
        args, names, n_listed = arguments(sample)
        fixed = {i: a.tensor for i, a in enumerate(args) if isinstance(a, Constant)}

        def call(*given, **options):
            given = [fixed.get(i, x) for i, x in enumerate(given)]
            return function(given[:n_listed], *given[n_listed:], **options) if n_listed else function(*given, **options)

        check_gradients(call, args, names, op["name"] == "as_strided")
        check_memory(call, args, names)
        if not n_listed and not fixed:
            compared += check_texts(op, args, names, function)
    return compared


def main():
    table = json.load(sys.stdin)
    print(f"1..{len(table)}")
    compared = failed = 0
    for number, op in enumerate(table, 1):
        try:
            compared += check_row(op)
            print(f"ok {number} - {op['name']}")
        except Exception as error:
            failed += 1
            print(f"not ok {number} - {op['name']}\n# " + f"{type(error).__name__}: {error}".replace("\n", "\n# "))
    print(f"# {compared} texts compared")
    return failed != 0


sys.exit(main())
