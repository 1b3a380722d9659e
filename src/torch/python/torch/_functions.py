# SPDX-License-Identifier: MIT
"""Functions of torch that are made of others, and are loaded when a script first asks for one."""

import builtins
import math

import _torch
from _torch import Size, Tensor
from torch._one_node import one_node

# --- shapes ---


def broadcast_shapes(*shapes):
    """The shape all of them broadcast to."""
    shapes = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    n = builtins.max((len(s) for s in shapes), default=0)
    result = [1] * n
    for shape in shapes:
        for i, size in zip(builtins.range(n - 1, -1, -1), reversed(shape)):
            if size == 1 or size == result[i]:
                continue
            if result[i] != 1:
                raise RuntimeError("Shape mismatch: objects cannot be broadcast to a single shape")
            result[i] = size
    return Size(result)


def _one_list(tensors):
    return list(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else list(tensors)


def broadcast_tensors(*tensors):
    """Views of all of them in their common shape."""
    tensors = _one_list(tensors)
    result = list(tensors[0].shape)
    for tensor in tensors[1:]:
        shape = list(tensor.shape)
        n = builtins.max(len(shape), len(result))
        shape, result = [1] * (n - len(shape)) + shape, [1] * (n - len(result)) + result
        for i in builtins.range(n - 1, -1, -1):
            if shape[i] != result[i] and 1 not in (shape[i], result[i]):
                raise RuntimeError(f"The size of tensor a ({result[i]}) must match the size of tensor b ({shape[i]}) at "
                                   f"non-singleton dimension {i}")
            result[i] = shape[i] if result[i] == 1 else result[i]
    return tuple(t.expand(result) for t in tensors)


def meshgrid(*tensors, indexing=None):
    """Coordinates of a grid: one tensor for each axis."""
    tensors = _one_list(tensors)
    if indexing is None:
        import warnings

        warnings.warn("torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument. (Triggered "
                      "internally at ./aten/src/ATen/native/TensorShape.cpp:3191.)", stacklevel=2)
        indexing = "ij"
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for tensor in tensors:
        if tensor.dim() > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {tensor}")
    swap = indexing == "xy" and len(tensors) >= 2
    if swap:
        tensors[0], tensors[1] = tensors[1], tensors[0]
    shape = [t.numel() for t in tensors]
    grids = []
    for i, tensor in enumerate(tensors):
        ones = [1] * len(tensors)
        ones[i] = shape[i]
        grids.append(tensor.view(ones).expand(shape))
    if swap:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


def _each(function):
    def over(*tensors):
        tensors = _one_list(tensors) if len(tensors) != 1 or not isinstance(tensors[0], Tensor) else tensors
        results = tuple(function(t) for t in tensors)
        return results[0] if len(results) == 1 else results
    return over


@_each
def atleast_1d(t):
    return t.reshape(1) if t.dim() == 0 else t


@_each
def atleast_2d(t):
    return t.reshape(1, 1) if t.dim() == 0 else t.unsqueeze(0) if t.dim() == 1 else t


@_each
def atleast_3d(t):
    if t.dim() == 0:
        return t.reshape(1, 1, 1)
    if t.dim() == 1:
        return t.unsqueeze(0).unsqueeze(-1)
    return t.unsqueeze(-1) if t.dim() == 2 else t


def hstack(tensors):
    tensors = [atleast_1d(t) for t in tensors]
    return _torch.cat(tensors, 0 if tensors[0].dim() == 1 else 1)


def vstack(tensors):
    return _torch.cat([atleast_2d(t) for t in tensors], 0)


row_stack = vstack


def dstack(tensors):
    return _torch.cat([atleast_3d(t) for t in tensors], 2)


def column_stack(tensors):
    return hstack([t.reshape(t.numel(), 1) if t.dim() <= 1 else t for t in tensors])


def tensor_split(input, indices_or_sections, dim=0):
    """Parts of nearly equal size, or cut before the given places."""
    size = input.size(dim)
    if isinstance(indices_or_sections, Tensor):
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        n = indices_or_sections
        if n <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {n}")
        cuts = [i * (size // n) + builtins.min(i, size % n) for i in builtins.range(n + 1)]
    else:
        cuts = [0, *(c + size if c < 0 else builtins.min(c, size) for c in indices_or_sections), size]
    return tuple(input.narrow(dim, a, builtins.max(0, b - a)) for a, b in zip(cuts, cuts[1:]))


def _splitter(name, at, least):
    def split_at(input, indices_or_sections):
        if input.dim() < least:
            raise RuntimeError(f"torch.{name} requires a tensor with at least {least} dimension{'s' if least > 1 else ''}, but "
                               f"got a tensor with {input.dim()} dimensions!")
        dim = 0 if name == "hsplit" and input.dim() == 1 else at
        if isinstance(indices_or_sections, int) and input.size(dim) % indices_or_sections != 0:
            raise RuntimeError(f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
                               f"{input.size(dim)} is not divisible by the split_size {indices_or_sections}!")
        return tensor_split(input, indices_or_sections, dim)
    return split_at


hsplit = _splitter("hsplit", 1, 1)
vsplit = _splitter("vsplit", 0, 2)
dsplit = _splitter("dsplit", 2, 3)


def movedim(input, source, destination):
    """Dimensions put elsewhere; the others keep their order."""
    n = input.dim()
    source = [s % n for s in ((source,) if isinstance(source, int) else source)]
    destination = [d % n for d in ((destination,) if isinstance(destination, int) else destination)]
    order = [None] * n
    for s, d in zip(source, destination):
        order[d] = s
    rest = iter(i for i in builtins.range(n) if i not in source)
    return input.permute([next(rest) if o is None else o for o in order])


moveaxis = movedim


@one_node("Rot90Backward0")
def rot90(input, k=1, dims=(0, 1)):
    a, b = dims
    k %= 4
    if k == 0:
        return input.clone()
    if k == 2:
        return input.flip(a, b) if False else input.flip([a, b])
    return input.flip([b]).transpose(a, b) if k == 1 else input.flip([a]).transpose(a, b)


def fliplr(input):
    return input.flip([1])


def flipud(input):
    return input.flip([0])


def tile(input, *dims):
    """repeat(), with ones put before a short list."""
    dims = list(dims[0]) if len(dims) == 1 and not isinstance(dims[0], int) else list(dims)
    return input.repeat([1] * (input.dim() - len(dims)) + dims)


def repeat_interleave(input, repeats=None, dim=None, *, output_size=None):
    """Each element (or slice of dim) several times in a row."""
    if repeats is None:
        counts = input.tolist()
        return _torch.tensor([i for i, n in enumerate(counts) for _ in builtins.range(n)], dtype=_torch.int64)
    if dim is None:
        input, dim = input.flatten(), 0
    n = input.size(dim)
    counts = repeats.flatten().tolist() if isinstance(repeats, Tensor) else [repeats]
    counts = counts * n if len(counts) == 1 else counts
    if len(counts) != n:
        raise RuntimeError("repeats must have the same size as input along dim")
    index = _torch.tensor([i for i, count in enumerate(counts) for _ in builtins.range(count)], dtype=_torch.int64)
    return input.index_select(dim, index)


# --- making ---


def normal(mean=0.0, std=1.0, size=None, *, generator=None, out=None, dtype=None, layout=None, device=None,
           pin_memory=False, requires_grad=False):
    """Draws from normal distributions; mean and std are tensors, or numbers with a size."""
    if size is not None:
        tensor = _torch.empty(size, dtype=dtype, device=device).normal_(mean, std, generator=generator)
        return tensor.requires_grad_() if requires_grad else tensor
    with_tensors = [x for x in (mean, std) if isinstance(x, Tensor)]
    if not with_tensors:
        raise TypeError("normal() received an invalid combination of arguments - got (float, float), but expected one of:\n"
                        " * (Tensor mean, Tensor std, *, torch.Generator generator, Tensor out)\n"
                        " * (Tensor mean, float std, *, torch.Generator generator, Tensor out)\n"
                        " * (float mean, Tensor std, *, torch.Generator generator, Tensor out)\n"
                        " * (float mean, float std, tuple of ints size, *, torch.Generator generator, Tensor out, "
                        "torch.dtype dtype, torch.layout layout, torch.device device, bool pin_memory, bool requires_grad)\n")
    mode = _torch._get_mode()
    _torch._set_mode(1)
    try:
        shape = broadcast_shapes(*(t.shape for t in with_tensors))
        tensor = _torch.empty(shape, dtype=with_tensors[0].dtype).normal_(generator=generator)
        return tensor.mul_(std).add_(mean)
    finally:
        _torch._set_mode(mode)


def randint_like(input, low, high=None, **options):
    low, high = (0, low) if high is None else (low, high)
    options.setdefault("dtype", input.dtype)
    return _torch.randint(low, high, input.shape, **options)


def poisson(input, generator=None):
    raise NotImplementedError("torch.poisson is not part of this engine")


def logspace(start, end, steps, base=10.0, *, dtype=None, **options):
    exponents = _torch.linspace(start, end, steps, dtype=_torch.float64)
    result = (base ** exponents).to(dtype or _torch.get_default_dtype())
    return result.requires_grad_() if options.get("requires_grad") else result


def range(start, end=None, step=1, **options):
    """As arange(), but with the end; PyTorch wants it to be forgotten."""
    import warnings

    warnings.warn("torch.range is deprecated and will be removed in a future release because its behavior is inconsistent "
                  "with Python's range builtin. Instead, use torch.arange, which produces values in [start, end).",
                  stacklevel=2)
    start, end = (0, start) if end is None else (start, end)
    n = math.floor((end - start) / step) + 1
    options.setdefault("dtype", _torch.get_default_dtype())
    return _torch.arange(start, start + step * n - step / 2, step, **options)


def empty_strided(size, stride, **options):
    n = 1 + builtins.sum((a - 1) * b for a, b in zip(size, stride))
    return _torch.empty(builtins.max(n, 0), **options).as_strided(size, stride)


def tril_indices(row, col, offset=0, **options):
    places = [(i, j) for i in builtins.range(row) for j in builtins.range(col) if j - i <= offset]
    return _torch.tensor(places, dtype=options.get("dtype", _torch.int64)).reshape(-1, 2).t().contiguous()


def triu_indices(row, col, offset=0, **options):
    places = [(i, j) for i in builtins.range(row) for j in builtins.range(col) if j - i >= offset]
    return _torch.tensor(places, dtype=options.get("dtype", _torch.int64)).reshape(-1, 2).t().contiguous()


def cartesian_prod(*tensors):
    tensors = _one_list(tensors)
    if len(tensors) == 1:
        return tensors[0]
    return _torch.stack([g.flatten() for g in meshgrid(*tensors, indexing="ij")], 1)


def combinations(input, r=2, with_replacement=False):
    import itertools

    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = list(choose(builtins.range(input.numel()), r))
    if not places:
        return input.new_empty((0, r))
    return input[_torch.tensor(places)]


def block_diag(*tensors):
    tensors = [atleast_2d(t) for t in _one_list(tensors)]
    rows, columns = builtins.sum(t.size(0) for t in tensors), builtins.sum(t.size(1) for t in tensors)
    result = tensors[0].new_zeros(rows, columns)
    i = j = 0
    for tensor in tensors:
        result[i:i + tensor.size(0), j:j + tensor.size(1)] = tensor
        i, j = i + tensor.size(0), j + tensor.size(1)
    return result


def diagflat(input, offset=0):
    return input.reshape(-1).diag(offset)


@one_node("DiagEmbedBackward0")
def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    """The last dimension on the diagonal of new matrices."""
    n = input.size(-1) + abs(offset)
    result = input.new_zeros(*input.shape[:-1], n, n)
    result.diagonal(offset, -2, -1).copy_(input)
    return movedim(result, (-2, -1), (dim1, dim2))


def vander(x, N=None, increasing=False):
    n = x.numel() if N is None else N
    powers = _torch.stack([x ** i for i in builtins.range(n)], -1)
    return powers if increasing else powers.flip([-1])
