# SPDX-License-Identifier: MIT
"""Counting, finding and sorting out values; most of it without gradient. Loaded when a script first asks for it."""

import bisect
import builtins
import collections
import math

import _torch
from _torch import Tensor
from torch._one_node import one_node

# --- where and how many ---


def nonzero(input, *, as_tuple=False, out=None):
    """The places of what is not zero: (n, dim), or a tuple of index tensors."""
    places = _torch._nonzero(input)
    if not as_tuple:
        return places
    return places.unbind(1) if input.dim() > 0 else (places.new_zeros(places.size(0)),)


def argwhere(input):
    return _torch._nonzero(input)


def count_nonzero(input, dim=None):
    mask = input != 0
    return mask.sum() if dim is None else mask.sum(dim)


def bincount(input, weights=None, minlength=0):
    """How often (or how heavily) each number from 0 occurs."""
    if input.dim() != 1 or (input.numel() and int(input.min()) < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    n = builtins.max(int(input.max()) + 1 if input.numel() else 0, minlength)
    if weights is None:
        return _torch.zeros(n, dtype=_torch.int64).scatter_add(0, input.long(), _torch.ones_like(input, dtype=_torch.int64))
    dtype = weights.dtype if weights.dtype is _torch.float32 else _torch.float64
    return _torch.zeros(n, dtype=dtype).scatter_add(0, input.long(), weights.to(dtype))


def histc(input, bins=100, min=0, max=0, *, out=None):
    low, high = float(min), float(max)
    if low == high:
        low, high = float(input.min()), float(input.max())
    if low == high:
        low, high = low - 1, high + 1
    counts = [0] * bins
    for x in input.flatten().tolist():
        if low <= x <= high:
            counts[builtins.min(int((x - low) * bins / (high - low)), bins - 1)] += 1
    return _torch.tensor(counts, dtype=input.dtype)


def histogram(input, bins, *, range=None, weight=None, density=False, out=None):
    """Counts, and the edges between which they were counted."""
    from torch.return_types import histogram as result

    low, high = range or (float(input.min()), float(input.max()))
    edges = bins if isinstance(bins, Tensor) else _torch.linspace(low, high, bins + 1)
    places = edges.tolist()
    counts = [0.0] * (len(places) - 1)
    weights = [1.0] * input.numel() if weight is None else weight.flatten().tolist()
    for x, w in zip(input.flatten().tolist(), weights):
        if places[0] <= x <= places[-1]:
            counts[builtins.min(bisect.bisect_right(places, x), len(counts)) - 1] += w
    hist = _torch.tensor(counts, dtype=input.dtype)
    return result((hist / (hist.sum() * edges.diff()) if density else hist, edges))


def isin(elements, test_elements, *, assume_unique=False, invert=False):
    known = set(test_elements.flatten().tolist() if isinstance(test_elements, Tensor) else [test_elements])
    elements = elements if isinstance(elements, Tensor) else _torch.tensor(elements)
    found = [(x in known) != invert for x in elements.flatten().tolist()]
    return _torch.tensor(found, dtype=_torch.bool).reshape(elements.shape)


def searchsorted(sorted_sequence, values, *, out_int32=False, right=False, side=None, out=None, sorter=None):
    """Where each value would have to be put in."""
    right = right if side is None else side == "right"
    find = bisect.bisect_right if right else bisect.bisect_left
    dtype = _torch.int32 if out_int32 else _torch.int64
    if not isinstance(values, Tensor):
        return _torch.tensor(find(sorted_sequence.tolist(), values), dtype=dtype)
    if sorted_sequence.dim() == 1:
        sequence = sorted_sequence.tolist()
        return _torch.tensor([find(sequence, v) for v in values.flatten().tolist()], dtype=dtype).reshape(values.shape)
    rows = sorted_sequence.reshape(-1, sorted_sequence.size(-1)).tolist()
    wanted = values.reshape(-1, values.size(-1)).tolist()
    return _torch.tensor([[find(row, v) for v in vs] for row, vs in zip(rows, wanted)], dtype=dtype).reshape(values.shape)


def bucketize(input, boundaries, *, out_int32=False, right=False, out=None):
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


# --- different values ---

def _tensor_like(values, like, shape=None):
    result = _torch.tensor(values, dtype=like.dtype)
    return result if shape is None else result.reshape(shape)


def _different(keys, in_order):
    """(different keys, for each key the number of its like, how often each occurs)"""
    if in_order:
        kept, inverse, counts = [], [], []
        for key in keys:
            if not kept or kept[-1] != key:
                kept.append(key)
                counts.append(0)
            counts[-1] += 1
            inverse.append(len(kept) - 1)
        return kept, inverse, counts
    kept = sorted(set(keys))
    number = {key: i for i, key in enumerate(kept)}
    inverse = [number[key] for key in keys]
    counts = collections.Counter(inverse)
    return kept, inverse, [counts[i] for i in builtins.range(len(kept))]


def _unique(input, return_inverse, return_counts, dim, in_order):
    if dim is None:
        keys = input.flatten().tolist()
    else:
        moved = input.movedim(dim, 0)
        keys = [tuple(row.flatten().tolist()) for row in moved]
    kept, inverse, counts = _different(keys, in_order)
    if dim is None:
        values = _tensor_like(kept, input)
        inverse = _torch.tensor(inverse, dtype=_torch.int64).reshape(input.shape)
    else:
        values = _tensor_like([list(k) for k in kept], input, (len(kept), *moved.shape[1:])).movedim(0, dim)
        inverse = _torch.tensor(inverse, dtype=_torch.int64)
    results = [values]
    if return_inverse:
        results.append(inverse)
    if return_counts:
        results.append(_torch.tensor(counts, dtype=_torch.int64))
    return results[0] if len(results) == 1 else tuple(results)


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    return _unique(input, return_inverse, return_counts, dim, False)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    return _unique(input, return_inverse, return_counts, dim, True)


def mode(input, dim=-1, keepdim=False, *, out=None):
    """The most frequent value along a dimension, the smallest of equals, and its last place."""
    from torch.return_types import mode as result

    return result(_mode(input, dim, keepdim))


@one_node("ModeBackward0", opaque=(1,))
def _mode(input, dim, keepdim):
    if input.dim() == 0:
        return input.clone(), _torch.tensor(0)
    moved = input.detach().transpose(dim, -1)
    places = []
    for row in moved.reshape(-1, moved.size(-1)).tolist():
        counts = collections.Counter(row)
        best = builtins.min(counts, key=lambda x: (-counts[x], x))
        places.append(len(row) - 1 - row[::-1].index(best))
    places = _torch.tensor(places, dtype=_torch.int64).reshape(*moved.shape[:-1], 1).transpose(dim, -1)
    values = input.gather(dim, places)
    return (values, places) if keepdim else (values.squeeze(dim), places.squeeze(dim))


# --- statistics ---

def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None):
    """Between the sorted values, at the share q of the way."""
    share = q if isinstance(q, Tensor) else _torch.tensor(q, dtype=input.dtype)
    if share.numel() and (float(share.min()) < 0 or float(share.max()) > 1):
        raise RuntimeError("quantile() q must be in the range [0, 1] but got " + str(q))
    flat = input.reshape(-1) if dim is None else input.movedim(dim, -1)
    ordered = flat.sort(-1)[0]
    last = ordered.size(-1) - 1
    rows = []
    for s in share.reshape(-1).tolist():
        rank = s * last
        below, above = math.floor(rank), math.ceil(rank)
        if interpolation == "lower":
            above = below
        elif interpolation == "higher":
            below = above
        elif interpolation == "nearest":
            below = above = round(rank)
        low, high = ordered[..., below], ordered[..., above]
        weight = 0.5 if interpolation == "midpoint" else rank - below
        value = low if below == above else _torch.lerp(low, high, weight)
        if keepdim:
            value = value.reshape([1] * input.dim()) if dim is None else value.unsqueeze(dim)
        rows.append(value)
    return rows[0] if share.dim() == 0 else _torch.stack(rows)


def nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear", out=None):
    if dim is not None:
        return _torch.stack([nanquantile(row, q) for row in input.movedim(dim, -1).reshape(-1, input.size(dim))])
    return quantile(input[~input.isnan()], q, interpolation=interpolation)


@one_node("NansumBackward0")
def nansum(input, dim=None, keepdim=False, *, dtype=None):
    clean = _torch.where(input.isnan(), 0.0, input) if input.is_floating_point() else input
    return clean.sum() if dim is None else clean.sum(dim, keepdim)


def nanmean(input, dim=None, keepdim=False, *, dtype=None, out=None):
    if not input.is_floating_point():
        from torch._info import _scalar_name as scalar_type

        raise RuntimeError(f"nanmean(): expected input to have floating point dtype but got {scalar_type(input.dtype)}")
    count = ~input.isnan()
    return nansum(input, dim, keepdim) / (count.sum() if dim is None else count.sum(dim, keepdim))


def nanmedian(input, dim=None, keepdim=False):
    from torch.return_types import nanmedian as result

    return _nanmedian(input) if dim is None else result(_nanmedian_dim(input, dim, keepdim))


@one_node("NanmedianBackward0")
def _nanmedian(input):
    if not input.is_floating_point():
        return input.median()
    kept = input[~input.isnan()]
    return kept.median() if kept.numel() else input.sum() * math.nan


@one_node("NanmedianBackward1", opaque=(1,))
def _nanmedian_dim(input, dim, keepdim):
    if not input.is_floating_point():
        return tuple(input.median(dim, keepdim))
    empty = input.isnan().all(dim, True)
    values, places = input.masked_fill(input.isnan() & ~empty, math.inf).sort(dim, stable=True)
    rank = ((~input.isnan()).sum(dim, True) - 1).clamp_min(0) // 2
    values, places = values.gather(dim, rank), places.gather(dim, rank)
    return (values, places) if keepdim else (values.squeeze(dim), places.squeeze(dim))


def aminmax(input, *, dim=None, keepdim=False, out=None):
    from torch.return_types import aminmax as result

    with_dim = (lambda f: f()) if dim is None else (lambda f: f(dim, keepdim))
    return result((with_dim(input.amin), with_dim(input.amax)))


def gradient(input, *, spacing=1.0, dim=None, edge_order=1):
    """Central differences inside, one-sided at the ends."""
    dims = builtins.range(input.dim()) if dim is None else [dim] if isinstance(dim, int) else dim
    results = []
    for d in dims:
        n = input.size(d)
        part = lambda start, size: input.narrow(d, start, size)  # noqa: E731
        inside = (part(2, n - 2) - part(0, n - 2)) / (2 * spacing)
        first, last = (part(1, 1) - part(0, 1)) / spacing, (part(n - 1, 1) - part(n - 2, 1)) / spacing
        results.append(_torch.cat([first, inside, last], d))
    return tuple(results)


def cumulative_trapezoid(y, x=None, *, dx=1.0, dim=-1):
    n = y.size(dim)
    mean = (y.narrow(dim, 0, n - 1) + y.narrow(dim, 1, n - 1)) / 2
    return (mean * (dx if x is None else x.diff(dim=-1))).cumsum(dim)


# --- elements in other places ---

def take_along_dim(input, indices, dim=None, *, out=None):
    if dim is None:
        return input.flatten().gather(0, indices.flatten()).reshape(indices.shape)
    shape = list(input.shape)
    shape[dim] = indices.size(dim)
    return input.gather(dim, indices.expand(shape))


def msort(input, *, out=None):
    return input.sort(0)[0]


@one_node("ScatterReduceBackward0")
def scatter_reduce(input, dim, index, src, reduce, *, include_self=True):
    """sum, prod, mean, amax or amin of all that is sent to each place."""
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if reduce in ("sum", "mean"):
        base = input if include_self else input.scatter(dim, index, 0.0)
        total = base.scatter_add(dim, index, src)
        if reduce == "sum":
            return total
        ones = _torch.ones_like(input) if include_self else _torch.ones_like(input).scatter(dim, index, 0.0)
        return total / ones.scatter_add(dim, index, _torch.ones_like(src)).clamp_min(1)
    combine = {"prod": lambda a, b: a * b, "amax": _torch.maximum, "amin": _torch.minimum}[reduce]
    start = {"prod": 1.0, "amax": -math.inf, "amin": math.inf}[reduce]
    result = input if include_self else input.scatter(dim, index, start)
    for i in builtins.range(index.size(dim)):
        at = index.narrow(dim, i, 1)
        part = [slice(0, n) for n in index.shape]
        part[dim % index.dim()] = slice(i, i + 1)
        result = result.scatter(dim, at, combine(result.gather(dim, at), src[tuple(part)]))
    return result


def index_put(input, indices, values, accumulate=False):
    return input.clone().index_put_(indices, values, accumulate)


@one_node("RenormBackward0")
def renorm(input, p, dim, maxnorm):
    """Each slice of dim scaled down to a norm of at most maxnorm."""
    others = [d for d in builtins.range(input.dim()) if d != dim % input.dim()]
    size = input.norm(p, others, keepdim=True)
    return input * _torch.where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)


def addbmm(input, batch1, batch2, *, beta=1, alpha=1, out=None):
    product = batch1.bmm(batch2).sum(0)
    return beta * input + alpha * product if (beta, alpha) != (1, 1) else input + product


def float_power(input, exponent):
    double = lambda x: x.double() if isinstance(x, Tensor) else x  # noqa: E731
    return _torch.pow(double(input), double(exponent))


def ldexp(input, other):
    if not isinstance(other, Tensor):
        raise TypeError(f"ldexp(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    return input * _torch.pow(2.0, other)


def positive(input):
    if input.dtype is _torch.bool:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def scalar_tensor(s, **options):
    options.setdefault("dtype", _torch.get_default_dtype())
    return _torch.tensor(s, **options)


def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False):
    import numpy

    array = numpy.frombuffer(buffer, str(dtype).removeprefix("torch."), count, offset)
    return _torch.from_numpy(array)


# --- windows ---

def _window(name, coefficients):
    def window(window_length, periodic=True, *, dtype=None, **options):
        n = window_length + bool(periodic) - 1 if window_length > 1 else 1
        values = [builtins.sum(c * math.cos(2 * math.pi * k * i / n) for k, c in enumerate(coefficients)) if window_length > 1 else 1.0
                  for i in builtins.range(window_length)]
        return _torch.tensor(values, dtype=dtype or _torch.get_default_dtype())
    window.__name__ = name
    return window


hann_window = _window("hann_window", (0.5, -0.5))
hamming_window = _window("hamming_window", (0.54, -0.46))
blackman_window = _window("blackman_window", (0.42, -0.5, 0.08))


# --- linear algebra by its old names ---

def _linalg(name):
    def function(*args, **kwargs):
        from torch import linalg

        return getattr(linalg, name)(*args, **kwargs)
    function.__name__ = name
    return function


matrix_power, matrix_exp, cross_ = _linalg("matrix_power"), _linalg("matrix_exp"), _linalg("cross")
pinverse = _linalg("pinv")
linalg_qr = _linalg("qr")


def cross(input, other, dim=None):
    if dim is None:
        dim = next((d for d, n in enumerate(input.shape) if n == 3), -1)
    return cross_(input, other, dim=dim)


def logdet(A):
    value = A.det()
    return _torch.where(value.detach() > 0, value.abs().log(), math.nan)


def slogdet(A):
    from torch import linalg
    from torch.return_types import slogdet as result

    return result(linalg.slogdet(A))


def svd(input, some=True, compute_uv=True):
    from torch import linalg
    from torch.return_types import svd as result

    u, s, vh = linalg.svd(input, not some)
    return result((u, s, vh.mT))


def qr(input, some=True):
    return linalg_qr(input)


def cholesky_inverse(input, upper=False):
    full = input.mT @ input if upper else input @ input.mT
    return full.inverse()
