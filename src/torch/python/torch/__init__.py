"""PyTorch's names over Backstep's own engine. Tensors and operations are written in C (the module _torch); what PyTorch
itself writes in Python (nn, optim, data loaders) is Python here too, and is loaded when a script first asks for it."""

import _torch
from _torch import *  # noqa: F401,F403  tensors, dtypes, and every operation of the engine's table

__version__ = "1.13.1"
del linalg, special  # noqa: F821  the engine's part; the whole modules are loaded on first use

Tensor = _torch.Tensor
_C = _torch

from math import e, inf, nan, pi  # noqa: E402,F401

newaxis = None

# Loaded on first use: import torch stays quick.
_submodules = {
    "nn", "optim", "utils", "autograd", "random", "distributions", "linalg", "special", "cuda", "backends", "version",
    "jit", "onnx", "fft", "_utils", "multiprocessing", "serialization", "functional", "return_types", "testing", "types",
}
_home = {
    "autograd": "no_grad enable_grad set_grad_enabled inference_mode",
    "serialization": "save load",
    "random": "seed initial_seed get_rng_state set_rng_state",
    "_info": "finfo iinfo FloatTensor DoubleTensor HalfTensor ByteTensor CharTensor ShortTensor IntTensor LongTensor BoolTensor "
             "set_default_tensor_type typename is_floating_point is_complex is_storage is_inference is_inference_mode_enabled "
             "is_nonzero numel result_type can_cast get_num_threads set_num_threads get_num_interop_threads "
             "set_num_interop_threads use_deterministic_algorithms are_deterministic_algorithms_enabled set_flush_denormal "
             "compiled_with_cxx11_abi",
    "_functions": "broadcast_shapes broadcast_tensors meshgrid atleast_1d atleast_2d atleast_3d hstack vstack row_stack dstack "
                  "column_stack tensor_split hsplit vsplit dsplit movedim moveaxis rot90 fliplr flipud tile repeat_interleave "
                  "normal randint_like poisson logspace range empty_strided tril_indices triu_indices cartesian_prod "
                  "combinations block_diag diagflat diag_embed vander",
    "_mathematics": "einsum tensordot inner chain_matmul kron isclose allclose equal std_mean var_mean cov corrcoef diff trapezoid trapz cdist "
                    "dist cosine_similarity dropout bilinear",
}
_home["_search"] = (
    "nonzero argwhere count_nonzero bincount histc histogram isin searchsorted bucketize unique unique_consecutive mode quantile nanquantile "
    "nansum nanmean nanmedian aminmax gradient cumulative_trapezoid take_along_dim msort scatter_reduce index_put renorm addbmm "
    "float_power ldexp positive scalar_tensor frombuffer hann_window hamming_window blackman_window matrix_power matrix_exp pinverse "
    "cross logdet slogdet svd qr cholesky_inverse"
)
_home["_more"] = (
    "isposinf isneginf isreal real conj conj_physical resolve_conj resolve_neg is_conj is_neg adjoint nextafter i0 select_scatter slice_scatter "
    "diagonal_scatter as_strided_scatter frexp narrow_copy unsafe_chunk unsafe_split unsafe_split_with_sizes unflatten is_signed is_same_size "
    "get_device fill fill_ zero_ detach_ ldexp_ index_put_ cholesky_solve triangular_solve polar complex view_as_complex view_as_real "
    "set_float32_matmul_precision get_float32_matmul_precision from_dlpack to_dlpack adaptive_max_pool1d max_pool1d_with_indices batch_norm "
    "dropout_ adaptive_avg_pool1d alpha_dropout avg_pool1d channel_shuffle cosine_embedding_loss ctc_loss embedding_bag "
    "feature_alpha_dropout group_norm hinge_embedding_loss instance_norm kl_div margin_ranking_loss max_pool1d max_pool2d max_pool3d "
    "pairwise_distance pdist pixel_shuffle pixel_unshuffle poisson_nll_loss rrelu selu_ triplet_margin_loss"
)
_elsewhere = {name: "torch." + module for module, names in _home.items() for name in names.split()}

# Those of them that are methods of tensors too.
_methods = ("tensor_split hsplit vsplit dsplit movedim moveaxis rot90 fliplr flipud tile repeat_interleave diagflat diag_embed "
            "inner kron isclose allclose equal cov corrcoef diff dist is_inference "
            "nonzero argwhere count_nonzero bincount histc unique unique_consecutive mode quantile nanquantile nansum nanmean nanmedian "
            "aminmax take_along_dim msort scatter_reduce index_put renorm addbmm float_power ldexp positive matrix_power matrix_exp "
            "pinverse cross logdet slogdet svd qr isposinf isneginf isreal conj conj_physical resolve_conj resolve_neg is_conj is_neg adjoint nextafter "
            "i0 select_scatter slice_scatter diagonal_scatter as_strided_scatter frexp narrow_copy unsafe_chunk unsafe_split "
            "unsafe_split_with_sizes cholesky_solve triangular_solve is_same_size ldexp_ cholesky_inverse histogram")


def _method(name, home=None):
    def method(self, *args, **kwargs):
        import importlib

        function = getattr(importlib.import_module(home or _elsewhere[name]), name)
        setattr(Tensor, name, function)
        return function(self, *args, **kwargs)

    method.__name__ = name
    return method


for _name in _methods.split():
    if not hasattr(Tensor, _name):
        setattr(Tensor, _name, _method(_name))


Tensor.__array_priority__ = 1000
Tensor.real = property(lambda self: self)
Tensor.mH = property(lambda self: self.mT)
for _name in "is_cpu is_meta is_vulkan is_xpu is_ipu is_ort is_nested is_distributed".split():
    setattr(Tensor, _name, property(lambda self, yes=_name == "is_cpu": yes))
_tensor_only = ("storage get_device new apply_ map_ resize_ resize_as_ put put_ index_put_ fill_diagonal_ bfloat16 is_set_to is_complex "
                "__array_wrap__ is_nonzero is_signed is_pinned is_shared pin_memory share_memory_ has_names reinforce")
for _name in _tensor_only.split():
    if not hasattr(Tensor, _name):
        setattr(Tensor, _name, _method(_name, "torch._tensor_methods"))


def __getattr__(name):
    import importlib

    if name in _submodules:
        return importlib.import_module("torch." + name)
    if name.endswith("Storage") and name in importlib.import_module("torch.serialization")._storages:
        return importlib.import_module("torch.serialization")._storages[name]
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
