# SPDX-License-Identifier: MIT
"""Functions that PyTorch has as kernels of their own, made of the engine's operations: pooling over one dimension or to a
given size, padding, patches, group normalisation, margin losses."""

import torch
from _torch import functional as _nn
from torch._one_node import one_node


def _two(x):
    return tuple(x) if isinstance(x, (tuple, list)) else (x, x)


def _one(x):
    return x[0] if isinstance(x, (tuple, list)) else x


# --- pooling ---

def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    return max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)[0]


def max_pool2d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    return _nn.max_pool2d_with_indices(input, kernel_size, stride or None, padding, dilation, ceil_mode)


def max_pool1d_with_indices(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    stride = (1, _one(stride)) if stride else None
    kernel = (1, _one(kernel_size))
    values, places = _nn.max_pool2d_with_indices(input.unsqueeze(-2), kernel, stride, (0, _one(padding)), (1, _one(dilation)), ceil_mode)
    return values.squeeze(-2), places.squeeze(-2)


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False):
    return max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)[0]


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    stride = (1, _one(stride)) if stride else None
    return _nn.avg_pool2d(input.unsqueeze(-2), (1, _one(kernel_size)), stride, (0, _one(padding)), ceil_mode,
                          count_include_pad).squeeze(-2)


def _cells(size, n):
    """Where each of n cells begins and ends in `size` elements."""
    return [(i * size // n, -((-(i + 1) * size) // n)) for i in range(n)]


def _adaptive(input, sizes, reduce):
    """reduce(window) over the last len(sizes) dimensions, for each cell."""
    sizes = [input.size(i - len(sizes)) if n is None else n for i, n in enumerate(sizes)]
    dim = input.dim() - len(sizes)

    def walk(part, d):
        if d == input.dim():
            return reduce(part)
        n = sizes[d - dim]
        return [walk(part.narrow(d, a, b - a), d + 1) for a, b in _cells(input.size(d), n)]

    def join(tree, d):
        return torch.stack([join(branch, d + 1) for branch in tree], dim) if isinstance(tree, list) else tree

    return join(walk(input, dim), dim)


def adaptive_avg_pool1d(input, output_size):
    return adaptive_avg_pool2d(input.unsqueeze(-2), (1, _one(output_size))).squeeze(-2)


def adaptive_avg_pool2d(input, output_size):
    sizes = _two(output_size)
    if tuple(sizes) == (1, 1):
        return input.mean((-1, -2), keepdim=True)
    return _adaptive_avg_pool2d(input, sizes)


@one_node("AdaptiveAvgPool2DBackward0")
def _adaptive_avg_pool2d(input, sizes):
    return _adaptive(input, sizes, lambda part: part.mean((-2, -1)))


@one_node("AdaptiveAvgPool3DBackward0")
def adaptive_avg_pool3d(input, output_size):
    return _adaptive(input, output_size if isinstance(output_size, (tuple, list)) else [output_size] * 3,
                     lambda part: part.mean((-3, -2, -1)))


def _adaptive_max(input, sizes):
    """(values, places in the flattened last dimensions)"""
    n = len(sizes)
    width = 1
    for size in input.shape[-n:]:
        width *= size
    numbers = torch.arange(width).view(input.shape[-n:])
    places = _adaptive_places(input.detach(), numbers, sizes)
    values = input.flatten(-n).gather(-1, places.flatten(-n)).view(places.shape)
    return values, places


def _adaptive_places(input, numbers, sizes):
    """The number of the largest element of each cell."""
    def walk(part, number, d):
        if d == 0:
            best = part.flatten(-len(sizes)).argmax(-1)
            return number.flatten()[best]
        size = part.size(-d)
        n = sizes[len(sizes) - d]
        cells = [walk(part.narrow(-d, a, b - a), number.narrow(-d, a, b - a), d - 1) for a, b in _cells(size, size if n is None else n)]
        return torch.stack(cells, input.dim() - len(sizes))

    return walk(input, numbers, len(sizes))


def _sizes(output_size, n):
    return list(output_size) if isinstance(output_size, (tuple, list)) else [output_size] * n


def adaptive_max_pool1d(input, output_size):
    values, places = adaptive_max_pool2d(input.unsqueeze(-2), (1, _one(output_size)))
    return values.squeeze(-2), places.squeeze(-2)


@one_node("AdaptiveMaxPool2DBackward0", opaque=(1,))
def adaptive_max_pool2d(input, output_size):
    return _adaptive_max(input, _sizes(output_size, 2))


@one_node("AdaptiveMaxPool3DBackward0", opaque=(1,))
def adaptive_max_pool3d(input, output_size):
    return _adaptive_max(input, _sizes(output_size, 3))


# --- padding and patches ---

def _bordered(input, dim, before, after, mode):
    size = input.size(dim)
    places = range(-before, size + after)
    if mode == "reflect":
        if before >= size or after >= size:
            raise RuntimeError("Argument #4: Padding size should be less than the corresponding input dimension, but got: "
                               f"padding ({before}, {after}) at dimension {dim} of input {list(input.shape)}")
        places = [abs(i) if i < size else 2 * (size - 1) - i for i in places]
    elif mode == "replicate":
        places = [min(max(i, 0), size - 1) for i in places]
    else:
        if before > size or after > size:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        places = [i % size for i in places]
    return input.index_select(dim, torch.tensor(places, dtype=torch.int64))


def pad(input, pad, mode="constant", value=None):
    """More elements at both ends of the last dimensions: (last before, last after, second last before, ...)."""
    if mode == "constant":
        return torch.constant_pad_nd(input, list(pad), 0.0 if value is None else value)
    if value is not None and value != 0:
        raise AssertionError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    n = len(pad) // 2
    if input.dim() not in (n + 1, n + 2):
        raise NotImplementedError("Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now")
    return _pads[mode, n](input, pad)


def _border(mode, n):
    def border(input, pad):
        for i in range(n):
            input = _bordered(input, input.dim() - 1 - i, pad[2 * i], pad[2 * i + 1], mode)
        return input

    names = {"reflect": "ReflectionPad", "replicate": "ReplicationPad"}
    return one_node(f"{names[mode]}{n}DBackward0")(border) if mode in names else border


_pads = {(mode, n): _border(mode, n) for mode in ("reflect", "replicate", "circular") for n in (1, 2, 3)}


def _patches(size, kernel, dilation, padding, stride):
    """(number of places, for each element of the kernel its index at each place)"""
    n = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    return n, [[j * dilation + i * stride for i in range(n)] for j in range(kernel)]


def _patch_index(height, width, kernel, dilation, padding, stride):
    rows, by_row = _patches(height, kernel[0], dilation[0], padding[0], stride[0])
    columns, by_column = _patches(width, kernel[1], dilation[1], padding[1], stride[1])
    wide = width + 2 * padding[1]
    index = [r * wide + c for a in by_row for b in by_column for r in a for c in b]
    return rows, columns, torch.tensor(index, dtype=torch.int64)


@one_node("Im2ColBackward0")
def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """(N, C, H, W) -> (N, C * kernel elements, places): each patch a column."""
    kernel, dilation, padding, stride = _two(kernel_size), _two(dilation), _two(padding), _two(stride)
    batched = input.dim() == 4
    x = input if batched else input.unsqueeze(0)
    rows, columns, index = _patch_index(x.size(2), x.size(3), kernel, dilation, padding, stride)
    if rows <= 0 or columns <= 0:
        raise RuntimeError(f"Given input with spatial size ({x.size(2)}, {x.size(3)}), kernel_size={kernel}, dilation={dilation}, "
                           f"padding={padding}, calculated shape of the array of sliding blocks as ({rows}, {columns}), but its "
                           "components must be at least one.")
    padded = pad(x, (padding[1], padding[1], padding[0], padding[0])).flatten(2)
    out = padded.index_select(2, index).view(x.size(0), x.size(1) * kernel[0] * kernel[1], rows * columns)
    return out if batched else out.squeeze(0)


@one_node("Col2ImBackward0")
def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """The patches laid back; where they overlap they add up."""
    size, kernel, dilation = _two(output_size), _two(kernel_size), _two(dilation)
    padding, stride = _two(padding), _two(stride)
    batched = input.dim() == 3
    x = input if batched else input.unsqueeze(0)
    rows, columns, index = _patch_index(size[0], size[1], kernel, dilation, padding, stride)
    height, width = size[0] + 2 * padding[0], size[1] + 2 * padding[1]
    channels = x.size(1) // (kernel[0] * kernel[1])
    flat = x.new_zeros(x.size(0), channels, height * width)
    out = flat.index_add(2, index, x.reshape(x.size(0), channels, -1)).view(x.size(0), channels, height, width)
    out = out[:, :, padding[0]:height - padding[0], padding[1]:width - padding[1]]
    return out if batched else out.squeeze(0)


# --- normalisation and losses ---

@one_node("NativeGroupNormBackward0")
def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    n, channels = input.shape[:2]
    if channels % num_groups:
        raise RuntimeError("Expected number of channels in input to be divisible by num_groups, but got input of shape "
                           f"{list(input.shape)} and num_groups={num_groups}")
    flat = input.reshape(n, num_groups, -1)
    out = torch.layer_norm(flat, (flat.size(-1),), None, None, eps).view(input.shape)
    shape = [1, channels] + [1] * (input.dim() - 2)
    if weight is not None:
        out = out * weight.view(shape)
    return out if bias is None else out + bias.view(shape)


def _reduced(x, reduction):
    return x.mean() if reduction == "mean" else x.sum() if reduction == "sum" else x


@one_node("MultiMarginLossBackward0")
def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, reduction="mean"):
    """Mean over the classes of max(0, margin - x[target] + x[i])**p, the target left out."""
    x = input if input.dim() == 2 else input.unsqueeze(0)
    t = target.reshape(-1)
    right = x.gather(1, t.unsqueeze(1))
    gaps = (margin - right + x).clamp_min(0)
    if p == 2:
        gaps = gaps * gaps
    if weight is not None:
        gaps = gaps * weight[t].unsqueeze(1)
    others = torch.ones_like(x).scatter(1, t.unsqueeze(1), 0.0)
    each = (gaps * others).sum(1) / x.size(1)
    return _reduced(each if input.dim() == 2 else each.squeeze(0), reduction)


@one_node("MultilabelMarginLossBackward0")
def multilabel_margin_loss(input, target, reduction="mean"):
    """Each of the labels before the first -1 against each class that is none."""
    x, t = (input, target) if input.dim() == 2 else (input.unsqueeze(0), target.unsqueeze(0))
    rows = []
    for row, labels in zip(x, t.tolist()):
        labels = labels[:labels.index(-1)] if -1 in labels else labels
        others = [i for i in range(x.size(1)) if i not in labels]
        gaps = [(1 - row[i] + row[torch.tensor(others)]).clamp_min(0).sum() for i in labels] if others else []
        rows.append((sum(gaps) if gaps else row.sum() * 0) / x.size(1))
    each = torch.stack(rows)
    return _reduced(each if input.dim() == 2 else each.squeeze(0), reduction)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False):
    if not training:
        return _leaky(input, (lower + upper) / 2)
    return _leaky(input, torch.empty_like(input).uniform_(lower, upper))


@one_node("RreluWithNoiseBackward0")
def _leaky(input, slopes):
    if not isinstance(slopes, torch.Tensor):
        return _nn.leaky_relu(input, slopes)
    return torch.where(input <= 0, input * slopes, input)


def _inplace(name):
    def in_place(input, *args, **kwargs):
        return input.copy_(getattr(_nn, name)(input, *args, **kwargs))
    return in_place


def complete(module):
    """Puts what is missing into the module of kernels."""
    for name, value in globals().items():
        if callable(value) and not name.startswith("_") and name != "complete" and not hasattr(module, name):
            setattr(module, name, value)
    for name in ("selu", "rrelu"):
        setattr(module, name + "_", _inplace(name))


complete(_nn)
