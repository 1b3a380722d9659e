# SPDX-License-Identifier: MIT
"""Sums of products, distances and statistics made of the engine's operations."""

import builtins
import string

import _torch
from _torch import Tensor
from torch._one_node import one_node

# --- products ---


def einsum(equation, *operands):
    """Sums of products written with letters: einsum("ij,jk->ik", a, b)."""
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    if not isinstance(equation, str):
        return _from_lists(equation, *operands)
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        more = "more" if len(terms) < len(operands) else "fewer"
        raise RuntimeError(f"einsum(): {more} operands were provided than specified in the equation")
    terms, hidden = _without_dots(terms, operands)
    if arrow:
        output = right.replace("...", hidden)
    else:
        letters = "".join(terms)
        output = hidden + "".join(c for c in sorted(set(letters) - set(hidden)) if letters.count(c) == 1)
    sizes = _sizes(terms, operands)
    for c in output:
        if c not in sizes:
            raise RuntimeError(f"einsum(): output subscript {c} does not appear in the equation for any input operand")
    pieces = [_diagonals(term, tensor) for term, tensor in zip(terms, operands)]
    term, result = pieces[0]
    if len(pieces) == 1:
        return _arrange(term, result, output)
    for i, (other, tensor) in enumerate(pieces[1:], 1):
        later = set(output).union(*(t for t, _ in pieces[i + 1:]))
        term, result = _contract(term, result, other, tensor, later, output if i == len(pieces) - 1 else None)
    return _arrange(term, result, output)


def _from_lists(first, *rest):
    """einsum(a, [0, 1], b, [1, 2], [0, 2])"""
    parts = [first, *rest]
    output = parts.pop() if len(parts) % 2 else None
    letters = string.ascii_letters
    spell = lambda places: "".join("..." if p is Ellipsis else letters[p] for p in places)  # noqa: E731
    equation = ",".join(spell(p) for p in parts[1::2]) + ("" if output is None else "->" + spell(output))
    return einsum(equation, *parts[::2])


def _without_dots(terms, operands):
    """Letters in place of the dots."""
    widths = [t.dim() - len(term.replace("...", "")) if "..." in term else 0 for term, t in zip(terms, operands)]
    n = builtins.max(widths, default=0)
    free = [c for c in string.ascii_uppercase + string.ascii_lowercase if c not in "".join(terms)]
    hidden = "".join(free[:n])
    return [term.replace("...", hidden[n - w:]) for term, w in zip(terms, widths)], hidden


def _sizes(terms, operands):
    sizes = {}
    for i, (term, tensor) in enumerate(zip(terms, operands)):
        if len(term) != tensor.dim():
            raise RuntimeError(f"einsum(): the number of subscripts in the equation ({len(term)}) does not match the number of "
                               f"dimensions ({tensor.dim()}) for operand {i} and no ellipsis was given")
        for c, n in zip(term, tensor.shape):
            if sizes.setdefault(c, n) == 1:
                sizes[c] = n
            elif n not in (1, sizes[c]):
                raise RuntimeError(f"einsum(): subscript {c} has size {n} for operand {i} which does not broadcast with "
                                   f"previously seen size {sizes[c]}")
    return sizes


def _diagonals(term, tensor):
    """A letter that stands twice means the diagonal."""
    for c in dict.fromkeys(term):
        while term.count(c) > 1:
            i, j = term.index(c), term.rindex(c)
            tensor = tensor.diagonal(0, i, j)
            term = term[:i] + term[i + 1:j] + term[j + 1:] + c
    return term, tensor


def _contract(left, a, right, b, later, output):
    """One product of two: shared letters that nobody needs afterwards are summed over."""
    for term, other in ((left, right), (right, left)):
        gone = [c for c in term if c not in other and c not in later]
        if gone:
            dims = [term.index(c) for c in gone]
            kept = "".join(c for c in term if c not in gone)
            if term is left:
                a, left = a.sum(dims), kept
            else:
                b, right = b.sum(dims), kept
    batch = [c for c in left if c in right and c in later]
    summed = [c for c in left if c in right and c not in later]
    mine = [c for c in left if c not in right]
    yours = [c for c in right if c not in left]
    order = batch + mine + yours
    if not summed:
        ones = lambda term, tensor: _spread(term, tensor, order)  # noqa: E731
        return "".join(order), ones(left, a) * ones(right, b)
    shape = lambda letters, term, tensor: [tensor.size(term.index(c)) for c in letters]  # noqa: E731
    n_batch = [builtins.max(x, y) for x, y in zip(shape(batch, left, a), shape(batch, right, b))]
    a_rows, b_columns = shape(mine, left, a), shape(yours, right, b)
    inner = [builtins.max(x, y) for x, y in zip(shape(summed, left, a), shape(summed, right, b))]
    a = a.permute([left.index(c) for c in batch + mine + summed])
    b = b.permute([right.index(c) for c in batch + summed + yours])
    a, b = a.expand(n_batch + a_rows + inner), b.expand(n_batch + inner + b_columns)
    product = _torch.bmm(a.reshape(_many(n_batch), _many(a_rows), _many(inner)),
                         b.reshape(_many(n_batch), _many(inner), _many(b_columns)))
    return "".join(order), product.view(n_batch + a_rows + b_columns)


def _many(sizes):
    n = 1
    for size in sizes:
        n *= size
    return n


def _spread(term, tensor, order):
    """With a dimension of size 1 for each letter that is not there."""
    tensor = tensor.permute([term.index(c) for c in order if c in term])
    for i, c in enumerate(order):
        if c not in term:
            tensor = tensor.unsqueeze(i)
    return tensor


def _arrange(term, tensor, output):
    gone = [term.index(c) for c in term if c not in output]
    if gone:
        tensor = tensor.sum(gone)
        term = "".join(c for c in term if c in output)
    if term != output:
        tensor = tensor.permute([term.index(c) for c in output])
    return tensor


def tensordot(a, b, dims=2, out=None):
    """Sums over the last dims of a and the first of b, or over the pairs given."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        dims_a, dims_b = list(builtins.range(a.dim() - dims, a.dim())), list(builtins.range(dims))
    else:
        dims_a, dims_b = ([d] if isinstance(d, int) else list(d) for d in dims)
    dims_a, dims_b = [d % a.dim() for d in dims_a], [d % b.dim() for d in dims_b]
    for x, y in zip(dims_a, dims_b):
        if a.size(x) != b.size(y):
            raise RuntimeError(f"contracted dimensions need to match, but first has size {a.size(x)} in dim {x} and second has "
                               f"size {b.size(y)} in dim {y}")
    rest_a = [i for i in builtins.range(a.dim()) if i not in dims_a]
    rest_b = [i for i in builtins.range(b.dim()) if i not in dims_b]
    inner = _many(a.size(i) for i in dims_a)
    left = a.permute(rest_a + dims_a).reshape(_many(a.size(i) for i in rest_a), inner)
    right = b.permute(dims_b + rest_b).reshape(inner, _many(b.size(i) for i in rest_b))
    return left.mm(right).reshape([a.size(i) for i in rest_a] + [b.size(i) for i in rest_b])


def inner(input, other):
    """Sums over the last dimensions of both."""
    if input.dim() == 0 or other.dim() == 0:
        return input * other
    if input.size(-1) != other.size(-1):
        raise RuntimeError("inner() the last dimension must match on both input tensors but got shapes "
                           f"{list(input.shape)} and {list(other.shape)}")
    return tensordot(input, other, ([-1], [-1]))


def chain_matmul(*matrices, out=None):
    matrices = list(matrices[0]) if len(matrices) == 1 and isinstance(matrices[0], (list, tuple)) else matrices
    result = matrices[0]
    for matrix in matrices[1:]:
        result = result.mm(matrix)
    return result


def kron(input, other):
    """Each element of input times all of other."""
    n = builtins.max(input.dim(), other.dim())
    a = [1] * (n - input.dim()) + list(input.shape)
    b = [1] * (n - other.dim()) + list(other.shape)
    left = input.reshape([x for size in a for x in (size, 1)])
    right = other.reshape([x for size in b for x in (1, size)])
    return (left * right).reshape([x * y for x, y in zip(a, b)])


# --- comparisons ---

def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """|input - other| <= atol + rtol * |other|"""
    if not isinstance(other, Tensor):
        raise TypeError(f"isclose(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    if input.dtype is not other.dtype:
        from torch._info import _scalar_name as scalar_type

        raise RuntimeError(f"{scalar_type(input.dtype)} did not match {scalar_type(other.dtype)}")
    close = input == other
    if not input.is_floating_point():
        return close
    if equal_nan:
        close = close | (input.isnan() & other.isnan())
    difference = (input - other).abs()
    return close | (difference.isfinite() & (difference <= atol + (rtol * other).abs()))


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    return bool(isclose(input, other, rtol, atol, equal_nan).all())


def equal(input, other):
    """Whether shapes and all elements are the same."""
    if not isinstance(other, Tensor):
        raise TypeError(f"equal(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    if input.dtype is not other.dtype:
        from torch._info import _scalar_name as scalar_type

        raise RuntimeError(f"Expected object of scalar type {scalar_type(input.dtype)} but got scalar type "
                           f"{scalar_type(other.dtype)} for argument 'other'")
    return input.shape == other.shape and bool((input == other).all())


# --- statistics ---

@one_node("StdMeanBackward0")
def std_mean(input, dim=None, unbiased=True, keepdim=False, **options):
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if dim is None and not keepdim:
        return input.std(unbiased), input.mean()
    return input.std(dim, unbiased, keepdim), input.mean(dim, keepdim)


@one_node("VarMeanBackward0")
def var_mean(input, dim=None, unbiased=True, keepdim=False, **options):
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if dim is None and not keepdim:
        return input.var(unbiased), input.mean()
    return input.var(dim, unbiased, keepdim), input.mean(dim, keepdim)


def cov(input, *, correction=1, fweights=None, aweights=None):
    """Rows are variables, columns observations."""
    rows = input if input.dim() == 2 else input.reshape(1, -1)
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    if weights is None:
        total, centered = rows.size(1), rows - rows.mean(1, True)
        factor = total - correction
        result = centered.mm(centered.t()) / builtins.max(factor, 0)
    else:
        total = weights.sum()
        centered = rows - ((rows * weights).sum(1) / total).unsqueeze(1)
        result = centered.mm((centered * weights).t()) / (total - correction)
    return result if input.dim() == 2 else result.squeeze()


def corrcoef(input):
    c = cov(input)
    if c.dim() == 0:
        return c / c
    s = c.diagonal().sqrt()
    return (c / s.unsqueeze(1) / s.unsqueeze(0)).clamp(-1, 1)


def diff(input, n=1, dim=-1, prepend=None, append=None):
    parts = [p for p in (prepend, input, append) if p is not None]
    result = _torch.cat(parts, dim) if len(parts) > 1 else input
    for _ in builtins.range(n):
        size = result.size(dim)
        result = result.narrow(dim, 1, size - 1) - result.narrow(dim, 0, size - 1)
    return result


def trapezoid(y, x=None, *, dx=1, dim=-1):
    size = y.size(dim)
    left, right = y.narrow(dim, 0, size - 1), y.narrow(dim, 1, size - 1)
    if x is None:
        return (dx * ((left + right) * 0.5)).sum(dim)
    steps = x.diff(dim=-1 if x.dim() == 1 else dim)
    if x.dim() == 1 and y.dim() > 1:
        steps = steps.reshape([-1 if i == dim % y.dim() else 1 for i in builtins.range(y.dim())])
    return ((left + right) * steps).sum(dim) / 2


trapz = trapezoid


@one_node("CdistBackward0")
def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """Distances of all rows of one from all rows of the other."""
    difference = x1.unsqueeze(-2) - x2.unsqueeze(-3)
    return difference.norm(p, -1)


@one_node("DistBackward0")
def _dist(input, other, p):
    return (input - other).norm(p)


def dist(input, other, p=2):
    if not isinstance(other, Tensor):
        raise TypeError(f"dist(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    return _dist(input, other, p)


def cosine_similarity(x1, x2, dim=1, eps=1e-08):
    from torch.nn import functional

    return functional.cosine_similarity(x1, x2, dim, eps)


def dropout(input, p, train):
    from torch.nn import functional

    return functional.dropout(input, p, train)


def addcmul(input, tensor1, tensor2, *, value=1):
    return input + value * tensor1 * tensor2


def bilinear(input1, input2, weight, bias=None):
    from torch.nn import functional

    return functional.bilinear(input1, input2, weight, bias)
