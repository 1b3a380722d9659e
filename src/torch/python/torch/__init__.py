"""PyTorch's names over Backstep's own engine. Tensors and operations are written in C (the module _torch); what PyTorch
itself writes in Python (nn, optim, data loaders) is Python here too, and is loaded when a script first asks for it."""

import _torch
from _torch import *  # noqa: F401,F403  tensors, dtypes, and every operation of the engine's table

__version__ = "1.13.1"

Tensor = _torch.Tensor
_C = _torch

from math import e, inf, nan, pi  # noqa: E402,F401

newaxis = None

# Loaded on first use: import torch stays quick.
_submodules = {
    "nn", "optim", "utils", "autograd", "random", "distributions", "linalg", "special", "cuda", "backends", "version",
    "jit", "onnx", "fft", "multiprocessing", "serialization", "functional", "return_types", "testing", "types",
}
_elsewhere = {
    name: "torch.autograd"
    for name in ("no_grad", "enable_grad", "set_grad_enabled", "inference_mode")
}
_elsewhere.update({name: "torch.serialization" for name in ("save", "load")})
_elsewhere.update({name: "torch._functions" for name in (
    "einsum", "meshgrid", "cartesian_prod", "combinations", "block_diag", "tensordot", "chain_matmul", "broadcast_tensors",
    "broadcast_shapes", "atleast_1d", "atleast_2d", "atleast_3d", "finfo", "iinfo", "allclose", "equal", "isclose", "typename",
    "is_storage", "is_floating_point", "is_complex", "is_nonzero", "numel", "set_default_tensor_type", "normal", "bernoulli",
    "poisson", "randint_like", "dropout", "result_type", "can_cast", "get_num_threads", "set_num_threads", "get_num_interop_threads",
    "set_num_interop_threads", "seed", "initial_seed", "get_rng_state", "set_rng_state", "use_deterministic_algorithms",
    "are_deterministic_algorithms_enabled", "logspace", "range", "empty_strided", "split", "chunk", "tensor_split", "norm", "unique",
    "unique_consecutive", "cdist", "histc", "histogram", "bincount", "stft", "vander", "lobpcg", "trapz", "trapezoid", "cov",
    "corrcoef", "is_inference", "is_inference_mode_enabled", "Storage", "FloatTensor", "DoubleTensor", "HalfTensor", "ByteTensor",
    "CharTensor", "ShortTensor", "IntTensor", "LongTensor", "BoolTensor", "complex64", "complex128", "dsplit", "hsplit", "vsplit",
    "std_mean", "var_mean", "manual_seed_all", "compiled_with_cxx11_abi", "get_printoptions", "set_flush_denormal", "tril_indices",
    "triu_indices", "cholesky_solve", "lu", "pca_lowrank", "svd_lowrank", "kron", "rot90", "diagflat", "diag_embed", "bucketize",
    "searchsorted", "argwhere", "nonzero", "quantile", "nanquantile", "nanmean", "nansum", "mode", "kthvalue", "median", "nanmedian",
)})


def __getattr__(name):
    import importlib

    if name in _submodules:
        return importlib.import_module("torch." + name)
    home = _elsewhere.get(name)
    if home is not None:
        module = importlib.import_module(home)
        value = getattr(module, name, _elsewhere)
        if value is not _elsewhere:
            globals()[name] = value
            return value
    raise AttributeError(_unknown(name))


def _unknown(name):
    """PyTorch's own words; the window adds what is near (see _near)."""
    return f"module 'torch' has no attribute '{name}'"


def __dir__():
    return sorted(set(globals()) | _submodules | set(_elsewhere))
