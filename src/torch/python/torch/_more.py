# SPDX-License-Identifier: MIT
"""Seldom used functions of torch and methods of tensors, and those that torch has beside torch.nn.functional."""

import math

import _torch
from _torch import Tensor
from torch._one_node import one_node


def _number_kind(x):
    from torch._info import _scalar_name as scalar_type

    return scalar_type(x.dtype)


def isposinf(input, *, out=None):
    return input == math.inf if input.is_floating_point() else _torch.zeros(input.shape, dtype=_torch.bool)


def isneginf(input, *, out=None):
    return input == -math.inf if input.is_floating_point() else _torch.zeros(input.shape, dtype=_torch.bool)


def isreal(input):
    return _torch.ones(input.shape, dtype=_torch.bool)


def real(input):
    return input


def conj(input):
    return input


conj_physical = resolve_conj = resolve_neg = conj


def is_conj(input):
    return False


is_neg = is_conj


def adjoint(input):
    return input.mT


def _kernel_of_floats(name, x):
    if not x.is_floating_point():
        raise RuntimeError(f'"{name}" not implemented for \'{_number_kind(x)}\'')


def nextafter(input, other, *, out=None):
    """The next number towards other."""
    if not isinstance(other, Tensor):
        raise TypeError(f"nextafter(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    _kernel_of_floats("nextafter_cpu", input)
    return _nextafter(input, other)


@one_node("NextafterBackward0")
def _nextafter(input, other):
    import numpy

    dtype = _torch.promote_types(input.dtype, other.dtype)
    a, b = input.detach().to(dtype).numpy(), other.detach().to(dtype).numpy()
    return _torch.from_numpy(numpy.asarray(numpy.nextafter(a, b)))


def _i0_value(x):
    """The series of (x / 2)^2k / k!^2, summed until nothing changes."""
    total, term, k = 1.0, 1.0, 0
    while abs(x) < 700 and term > total * 1e-18:
        k += 1
        term *= (x / 2 / k) ** 2
        total += term
    return total if abs(x) < 700 else math.nan if x != x else math.inf


def _i1_value(x):
    total, term, k = x / 2, x / 2, 0
    while abs(x) < 700 and abs(term) > abs(total) * 1e-18:
        k += 1
        term *= (x / 2) ** 2 / k / (k + 1)
        total += term
    return total if abs(x) < 700 else x


def _each(function, input):
    data = input.detach().to(_torch.float64 if input.dtype is _torch.float64 else _torch.float32)
    return _torch.tensor([function(x) for x in data.flatten().tolist()], dtype=data.dtype).reshape(input.shape)


def i0(input, *, out=None):
    """The modified Bessel function of order 0."""
    if input.dtype is _torch.float16:
        raise RuntimeError("\"i0\" not implemented for 'Half'")
    values = _each(_i0_value, input)
    if input.requires_grad and _torch.is_grad_enabled():
        from torch.autograd import _Context

        ctx = _Context()
        ctx.save_for_backward(input)
        _torch._custom("I0Backward0", [input], [values], False, lambda g: (g * _each(_i1_value, ctx.saved_tensors[0]),), ctx)
    return values


@one_node("SelectScatterBackward0")
def select_scatter(input, src, dim, index):
    result = input.clone()
    result.select(dim, index).copy_(src)
    return result


@one_node("SliceScatterBackward0")
def slice_scatter(input, src, dim=0, start=None, end=None, step=1):
    result = input.clone()
    part = [slice(None)] * input.dim()
    part[dim] = slice(start, end, step)
    result[tuple(part)] = src
    return result


@one_node("DiagonalScatterBackward0")
def diagonal_scatter(input, src, offset=0, dim1=0, dim2=1):
    result = input.clone()
    result.diagonal(offset, dim1, dim2).copy_(src)
    return result


@one_node("AsStridedScatterBackward0")
def as_strided_scatter(input, src, size, stride, storage_offset=None):
    result = input.clone()
    result.as_strided(size, stride, storage_offset or 0).copy_(src)
    return result


def frexp(input, *, out=None):
    from torch.return_types import frexp as result

    pairs = [math.frexp(x) for x in input.flatten().tolist()]
    return result((_torch.tensor([m for m, _ in pairs], dtype=input.dtype).reshape(input.shape),
                   _torch.tensor([e for _, e in pairs], dtype=_torch.int32).reshape(input.shape)))


def narrow_copy(input, dim, start, length):
    return input.narrow(dim, start, length).clone()


def unsafe_chunk(input, chunks, dim=0):
    return input.chunk(chunks, dim)


def unsafe_split(input, split_size, dim=0):
    return input.split(split_size, dim)


unsafe_split_with_sizes = unsafe_split


def unflatten(input, dim, sizes):
    return input.unflatten(dim, sizes)


def is_signed(input):
    return input.dtype not in (_torch.uint8, _torch.bool)


def is_same_size(input, other):
    return input.shape == other.shape


def get_device(input):
    return -1


def fill(input, value):
    return _torch.full_like(input, value) if not isinstance(value, Tensor) else value.expand_as(input).clone()


def fill_(input, value):
    return input.fill_(value)


def zero_(input):
    return input.zero_()


def detach_(input):
    return input.detach_()


def ldexp_(input, other):
    return input.copy_(_torch.ldexp(input, other))


def index_put_(input, indices, values, accumulate=False):
    return input.index_put_(indices, values, accumulate)


def cholesky_solve(input, L, upper=False, *, out=None):
    """The X with (L L^T) X = input."""
    A = L.mT @ L if upper else L @ L.mT
    return _torch.linalg.solve(A, input)


def triangular_solve(b, A, upper=True, transpose=False, unitriangular=False, *, out=None):
    from torch.return_types import triangular_solve as result

    kept = A.triu() if upper else A.tril()
    return result((_torch.linalg.solve(kept.mT if transpose else kept, b), A.clone()))


def polar(abs, angle, *, out=None):
    raise NotImplementedError("complex tensors are not part of this engine")


complex = view_as_complex = view_as_real = polar


def set_float32_matmul_precision(precision):
    pass


def get_float32_matmul_precision():
    return "highest"


def from_dlpack(ext_tensor):
    import numpy

    return _torch.from_numpy(numpy.from_dlpack(ext_tensor))


def to_dlpack(tensor):
    return tensor.__dlpack__()


def log_normal_(self, mean=1, std=2, *, generator=None):
    return self.copy_(_torch.empty_like(self).normal_(mean, std, generator=generator).exp_())


def volatile(self):
    return False


# --- what torch has beside torch.nn.functional ---

_FUNCTIONAL = """adaptive_avg_pool1d alpha_dropout avg_pool1d channel_shuffle cosine_embedding_loss ctc_loss embedding_bag
feature_alpha_dropout group_norm hinge_embedding_loss instance_norm kl_div margin_ranking_loss max_pool1d max_pool2d max_pool3d
pairwise_distance pdist pixel_shuffle pixel_unshuffle poisson_nll_loss rrelu selu_ triplet_margin_loss conv_tbc rrelu_""".split()


def adaptive_max_pool1d(input, output_size):
    from torch.nn import functional

    return functional.adaptive_max_pool1d(input, output_size, True)


def max_pool1d_with_indices(input, *args, **options):
    from torch.nn import functional

    return functional.max_pool1d(input, *args, return_indices=True, **options)


def batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled):
    from torch.nn import functional

    return functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def dropout_(input, p, train):
    return input.copy_(_torch.dropout(input, p, train)) if train else input


def __getattr__(name):
    if name in _FUNCTIONAL:
        from torch.nn import functional

        return getattr(functional, name)
    raise AttributeError(f"module 'torch._more' has no attribute '{name}'")
