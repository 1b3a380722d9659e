# SPDX-License-Identifier: MIT
"""Limits of the dtypes, the old names of tensor types, and questions about tensors and types."""

import _torch
from _torch import Tensor

_FLOATS = {  # bits, max, eps, smallest normal number, decimal digits that survive
    "float16": (16, 65504.0, 0.0009765625, 6.103515625e-05, 0.001),
    "float32": (32, 3.4028234663852886e+38, 1.1920928955078125e-07, 1.1754943508222875e-38, 1e-06),
    "float64": (64, 1.7976931348623157e+308, 2.220446049250313e-16, 2.2250738585072014e-308, 1e-15),
}
_INTEGERS = {"uint8": (8, 0, 255), **{f"int{n}": (n, -2 ** (n - 1), 2 ** (n - 1) - 1) for n in (8, 16, 32, 64)}}


def _name(dtype):
    return str(_torch.get_default_dtype() if dtype is None else dtype).removeprefix("torch.")


class finfo:
    """Limits of a floating point dtype."""

    def __init__(self, type=None):
        name = _name(type)
        if name not in _FLOATS:
            raise TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
        self.bits, self.max, self.eps, self.tiny, self.resolution = _FLOATS[name]
        self.min = -self.max
        self.smallest_normal = self.tiny
        self.dtype = name

    def __repr__(self):
        return (f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
                f"smallest_normal={self.tiny:g}, tiny={self.tiny:g}, dtype={self.dtype})")


class iinfo:
    """Limits of an integer dtype."""

    def __init__(self, type):
        name = _name(type)
        if name not in _INTEGERS:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        self.bits, self.min, self.max = _INTEGERS[name]
        self.dtype = name

    def __repr__(self):
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


# --- torch.FloatTensor and the like ---

class _TensorType(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __call__(cls, *args, **kwargs):
        if len(args) == 1 and not isinstance(args[0], (int, _torch.Size)):
            return _torch.tensor(args[0], dtype=cls.dtype) if not isinstance(args[0], Tensor) else cls._view(args[0])
        return _torch.empty(*args if args else (0,), dtype=cls.dtype)

    def _view(cls, tensor):
        if tensor.dtype is not cls.dtype:
            raise TypeError(f"expected {cls.__name__} (got {tensor.type()})")
        return tensor.detach()


def _tensor_type(name, dtype):
    return _TensorType(name, (), {"dtype": dtype, "_type_name": f"torch.{name}", "__module__": "torch"})


FloatTensor = _tensor_type("FloatTensor", _torch.float32)
DoubleTensor = _tensor_type("DoubleTensor", _torch.float64)
HalfTensor = _tensor_type("HalfTensor", _torch.float16)
ByteTensor = _tensor_type("ByteTensor", _torch.uint8)
CharTensor = _tensor_type("CharTensor", _torch.int8)
ShortTensor = _tensor_type("ShortTensor", _torch.int16)
IntTensor = _tensor_type("IntTensor", _torch.int32)
LongTensor = _tensor_type("LongTensor", _torch.int64)
BoolTensor = _tensor_type("BoolTensor", _torch.bool)


def set_default_tensor_type(t):
    """Of the old type's dtype are new tensors."""
    name = t if isinstance(t, str) else t._type_name
    types = {kind._type_name: kind for kind in (FloatTensor, DoubleTensor, HalfTensor)}
    if "cuda" in name:
        raise TypeError(f"type {name} not available. Torch not compiled with CUDA enabled.")
    if name not in types:
        raise TypeError("only floating-point types are supported as the default type")
    _torch.set_default_dtype(types[name].dtype)


def typename(o):
    """Of a tensor its type, of others module and name."""
    if isinstance(o, Tensor):
        return o.type()
    module = type(o).__module__ if not isinstance(o, type) else o.__module__
    name = type(o).__qualname__ if not isinstance(o, type) else o.__qualname__
    if hasattr(o, "__qualname__") and not isinstance(o, type):
        module, name = getattr(o, "__module__", "") or "", o.__qualname__
    return name if module in ("builtins", "", None) else f"{module}.{name}"


def is_floating_point(input):
    return input.is_floating_point()


def is_complex(input):
    return False


def is_storage(obj):
    return hasattr(obj, "_is_storage")


def is_inference(input):
    return _torch._is_inference(input)


def is_inference_mode_enabled():
    return _torch._get_mode() == 2


def is_nonzero(input):
    return input.is_nonzero()


def numel(input):
    return input.numel()


def result_type(tensor1, tensor2):
    a, b = (x if isinstance(x, Tensor) else _torch.tensor(x) for x in (tensor1, tensor2))
    if isinstance(tensor1, Tensor) and isinstance(tensor2, Tensor):
        return (a.new_empty(a.shape).flatten()[:0].reshape([0] * a.dim()) if a.dim() else a).add(
            b.new_empty(b.shape).flatten()[:0].reshape([0] * b.dim()) if b.dim() else b).dtype
    return (a.flatten()[:1] + tensor2 if isinstance(tensor1, Tensor) else tensor1 + b.flatten()[:1]).dtype


def can_cast(from_, to):
    """Whether the kinds (bool, integer, float) rise."""
    def rank(dtype):
        return 0 if dtype is _torch.bool else 2 if dtype.is_floating_point else 1
    return rank(from_) <= rank(to)


# --- settings that have no effect with one thread on one processor ---

_settings = {"threads": 1, "interop": 1, "deterministic": False}


def get_num_threads():
    return _settings["threads"]


def set_num_threads(n):
    _settings["threads"] = n


def get_num_interop_threads():
    return _settings["interop"]


def set_num_interop_threads(n):
    _settings["interop"] = n


def use_deterministic_algorithms(mode, *, warn_only=False):
    _settings["deterministic"] = bool(mode)


def are_deterministic_algorithms_enabled():
    return _settings["deterministic"]


def set_flush_denormal(mode):
    return False


def compiled_with_cxx11_abi():
    return True
