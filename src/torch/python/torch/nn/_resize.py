# SPDX-License-Identifier: MIT
"""Resizing and sampling of pictures, for torch.nn.functional: (N, C, L), (N, C, H, W) or (N, C, D, H, W)."""

import math
import torch
from torch._one_node import one_node
from torch.nn import functional as F

NAMES = ("affine_grid", "grid_sample", "interpolate", "upsample", "upsample_bilinear", "upsample_nearest")

_DIMS = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


def interpolate(input, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None,
                antialias=False):
    """Resizes to `size`, or by `scale_factor`: nearest, area (means), linear, bilinear, trilinear."""
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError("align_corners option can only be set with the interpolating modes: "
                             "linear | bilinear | bicubic | trilinear")
    n_dims = input.dim() - 2
    size, scales = _output_size(input, size, scale_factor, n_dims)
    if recompute_scale_factor or mode == "area":
        scales = [None] * n_dims
    if mode == "area":
        return getattr(F, f"adaptive_avg_pool{n_dims}d")(input, size)
    if mode in ("nearest", "nearest-exact") and 1 <= n_dims <= 3:
        return _nearest[n_dims, mode](input, size, scales)
    if mode in _DIMS and mode != "bicubic" and 1 <= n_dims <= 3:
        if _DIMS[mode] != n_dims:
            raise NotImplementedError(f"Got {n_dims + 2}D input, but {mode} mode needs {_DIMS[mode] + 2}D input")
        return _blended[n_dims](input, size, scales, align_corners)
    raise NotImplementedError("Input Error: Only 3D, 4D and 5D input Tensors supported "
                              f"(got {input.dim()}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | "
                              f"area | nearest-exact (got {mode})")


def _nearest_for(n_dims, mode):
    def nearest(input, size, scales):
        for i in range(n_dims):
            input = _pick_nearest(input, i + 2, size[i], scales[i], 0.5 if mode == "nearest-exact" else 0.0)
        return input

    return one_node(f"Upsample{'NearestExact' if mode == 'nearest-exact' else 'Nearest'}{n_dims}DBackward1")(nearest)


def _blended_for(n_dims):
    def blended(input, size, scales, align_corners):
        for i in range(n_dims):
            input = _blend(input, i + 2, size[i], scales[i], align_corners)
        return input

    return one_node(f"Upsample{('Linear', 'Bilinear', 'Trilinear')[n_dims - 1]}{n_dims}DBackward1")(blended)


_nearest = {(n, mode): _nearest_for(n, mode) for n in (1, 2, 3) for mode in ("nearest", "nearest-exact")}
_blended = {n: _blended_for(n) for n in (1, 2, 3)}


def _output_size(input, size, scale_factor, n_dims):
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if size is not None:
        sizes = list(size) if isinstance(size, (list, tuple)) else [size] * n_dims
        if len(sizes) != n_dims:
            raise ValueError("Input and output must have the same number of spatial dimensions, but got input with "
                             f"spatial dimensions of {list(input.shape[2:])} and output size of {size}. Please provide "
                             "input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.")
        return sizes, [None] * n_dims
    scales = list(scale_factor) if isinstance(scale_factor, (list, tuple)) else [scale_factor] * n_dims
    if len(scales) != n_dims:
        raise ValueError("Input and scale_factor must have the same number of spatial dimensions, but got input with "
                         f"spatial dimensions of {list(input.shape[2:])} and scale_factor of shape {scale_factor}. "
                         "Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in "
                         "(s1, s2, ...,sK) format.")
    return [math.floor(n * s) for n, s in zip(input.shape[2:], scales)], scales


def _pick_nearest(input, dim, n_out, scale, offset):
    """Output i takes input floor((i + offset) * step)."""
    n_in = input.size(dim)
    step = 1 / scale if scale else n_in / n_out
    places = [min(int((i + offset) * step), n_in - 1) for i in range(n_out)]
    return input.index_select(dim, torch.tensor(places))


def _blend(input, dim, n_out, scale, align_corners):
    """Output i lies between two inputs and is their mean, weighted by nearness."""
    n_in = input.size(dim)
    if align_corners:
        step = (n_in - 1) / (n_out - 1) if n_out > 1 else 0.0
        places = [i * step for i in range(n_out)]
    else:
        step = 1 / scale if scale else n_in / n_out
        places = [max((i + 0.5) * step - 0.5, 0.0) for i in range(n_out)]
    low = [min(int(p), n_in - 1) for p in places]
    high = [min(p + 1, n_in - 1) for p in low]
    weight = input.new_tensor([p - l for p, l in zip(places, low)])
    weight = weight.view(-1, *[1] * (input.dim() - dim - 1))
    return input.index_select(dim, torch.tensor(low)) * (1 - weight) + input.index_select(dim, torch.tensor(high)) * weight


def _warn(message):
    import warnings

    warnings.warn(message, stacklevel=3)


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    _warn("nn.functional.upsample is deprecated. Use nn.functional.interpolate instead.")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    _warn("nn.functional.upsample_nearest is deprecated. Use nn.functional.interpolate instead.")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input, size=None, scale_factor=None):
    _warn("nn.functional.upsample_bilinear is deprecated. Use nn.functional.interpolate instead.")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def affine_grid(theta, size, align_corners=None):
    """The points (x, y) in [-1, 1] that theta (N, 2, 3) makes of an even grid: (N, H, W, 2), for grid_sample."""
    if align_corners is None:
        _warn("Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
              "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
              "details.")
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) != 4:
        raise NotImplementedError("affine_grid only supports 4D sizes, for 2D affine transforms. "
                                  f"Got size {size}.")
    if theta.dim() != 3 or theta.shape[-2:] != (2, 3):
        raise ValueError(f"Expected a batch of 2D affine matrices of shape Nx2x3 for size {size}. Got {theta.shape}.")
    n, _, height, width = size

    def even(count):
        if count == 1:
            return theta.new_zeros(1)
        line = torch.linspace(-1, 1, count, dtype=theta.dtype)
        return line if align_corners else line * (count - 1) / count

    base = theta.new_ones(height, width, 3)
    base[..., 0] = even(width)
    base[..., 1] = even(height).unsqueeze(-1)
    return base.view(1, height * width, 3).expand(n, -1, -1).bmm(theta.transpose(1, 2)).view(n, height, width, 2)


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    """The picture (N, C, H, W) seen at the points of grid (N, h, w, 2): (N, C, h, w)."""
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError("nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', "
                         f"but got: '{mode}'")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError("nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', "
                         f"but got: '{padding_mode}'")
    if mode == "bicubic" or padding_mode == "reflection" or input.dim() != 4:
        raise NotImplementedError("grid_sample() here knows bilinear and nearest, zeros and border, for 4D input")
    if align_corners is None:
        _warn("Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
              "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
              "details.")
    return _sample(input, grid, mode, padding_mode, align_corners)


@one_node("GridSampler2DBackward0")
def _sample(input, grid, mode, padding_mode, align_corners):
    n, channels, height, width = input.shape

    def to_pixels(coordinate, count):
        pixels = (coordinate + 1) / 2 * (count - 1) if align_corners else ((coordinate + 1) * count - 1) / 2
        return pixels.clamp(0, count - 1) if padding_mode == "border" else pixels

    x, y = to_pixels(grid[..., 0], width), to_pixels(grid[..., 1], height)
    flat = input.reshape(n, channels, height * width)

    def at(row, column):
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        place = (row.clamp(0, height - 1) * width + column.clamp(0, width - 1)).long()
        values = flat.gather(2, place.view(n, 1, -1).expand(-1, channels, -1)).view(n, channels, *place.shape[1:])
        return values * inside.unsqueeze(1)

    if mode == "nearest":
        return at(y.round(), x.round())
    left, top = x.floor(), y.floor()
    right_part, lower_part = (x - left).unsqueeze(1), (y - top).unsqueeze(1)
    left, top = left.detach(), top.detach()
    upper = at(top, left) * (1 - right_part) + at(top, left + 1) * right_part
    lower = at(top + 1, left) * (1 - right_part) + at(top + 1, left + 1) * right_part
    return upper * (1 - lower_part) + lower * lower_part
