"""Automatic differentiation: walks, modes, and functions of one's own."""

import functools

import _torch
from _torch import is_anomaly_enabled

__all__ = ["Function", "Variable", "backward", "grad", "no_grad", "enable_grad", "set_grad_enabled", "inference_mode",
           "detect_anomaly", "set_detect_anomaly", "gradcheck", "gradgradcheck", "functional", "graph", "profiler"]

_NORMAL, _OFF, _INFERENCE = 0, 1, 2

backward = _torch._backward
grad = _torch._grad


class _Mode:
    """Switches recording for a block, or for every call of a function it decorates."""

    _mode = _NORMAL

    def __enter__(self):
        self._before = _torch._get_mode()
        _torch._set_mode(self._mode)

    def __exit__(self, *exception):
        _torch._set_mode(self._before)
        return False

    def clone(self):
        return type(self)()

    def __call__(self, function):
        if isinstance(function, type):
            function.__init__ = self(function.__init__)
            return function
        make = self.clone

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with make():
                return function(*args, **kwargs)

        return wrapped


class no_grad(_Mode):
    """Records nothing: results need no gradient, and no values are saved for a backward."""

    _mode = _OFF


class enable_grad(_Mode):
    """Records again, inside no_grad()."""

    _mode = _NORMAL


class set_grad_enabled(_Mode):
    """Switches at once, and back at the end of the block if used as one."""

    def __init__(self, mode):
        self._previous = _torch._get_mode()
        self._mode = _NORMAL if mode else _OFF
        _torch._set_mode(self._mode)

    def __enter__(self):
        self._before = self._previous

    def clone(self):
        return type(self)(self._mode == _NORMAL)


class inference_mode(_Mode):
    """Like no_grad(), and its results may never be recorded."""

    def __init__(self, mode=True):
        if callable(mode):
            raise TypeError("use @torch.inference_mode() with parentheses")
        self._mode = _INFERENCE if mode else _NORMAL

    def clone(self):
        return type(self)(self._mode == _INFERENCE)


class set_detect_anomaly:
    """Stops a walk at the first gradient that is not a number."""

    def __init__(self, mode, check_nan=True):
        self._before = is_anomaly_enabled()
        _torch._set_anomaly(mode)

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        _torch._set_anomaly(self._before)
        return False


class detect_anomaly(set_detect_anomaly):
    def __init__(self, check_nan=True):
        import warnings

        warnings.warn("Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled "
                      "for debugging.", stacklevel=2)
        self._before = is_anomaly_enabled()

    def __enter__(self):
        _torch._set_anomaly(True)


class _VariableType(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, _torch.Tensor)


class Variable(metaclass=_VariableType):
    """Old scripts wrap tensors in it; it gives the tensor back."""

    def __new__(cls, data, requires_grad=False, volatile=None):
        tensor = data.detach() if requires_grad or not data.requires_grad else data
        return tensor.requires_grad_(requires_grad) if requires_grad else tensor


class _Context:
    """What forward leaves for backward."""

    def __init__(self):
        self._saved = ()
        self._versions = ()
        self._dirty = ()
        self._opaque = ()
        self.materialize_grads = True
        self.needs_input_grad = ()
        self.metadata = {}

    def save_for_backward(self, *tensors):
        self._saved = tensors
        self._versions = tuple(t._version if isinstance(t, _torch.Tensor) else 0 for t in tensors)

    @property
    def saved_tensors(self):
        if self._saved is None:
            raise RuntimeError(
                "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
                "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
                "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access "
                "saved tensors after calling backward.")
        for tensor, version in zip(self._saved, self._versions):
            if isinstance(tensor, _torch.Tensor) and tensor._version != version:
                kind = tensor.type().replace("torch.", "torch.")
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"[{kind} {list(tensor.shape)}] is at version {tensor._version}; expected version {version} instead. Hint: "
                    "enable anomaly detection to find the operation that failed to compute its gradient, with "
                    "torch.autograd.set_detect_anomaly(True).")
        return self._saved

    saved_variables = saved_tensors

    def mark_dirty(self, *tensors):
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors):
        self._opaque = tensors

    def set_materialize_grads(self, value):
        self.materialize_grads = value


class Function:
    """Both directions by hand: forward(ctx, ...) computes, backward(ctx, upstream ...) gives a gradient for each input."""

    @staticmethod
    def forward(ctx, *args, **kwargs):
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx, *upstream):
        raise NotImplementedError("You must implement either the backward or vjp method for your custom autograd.Function to "
                                  "use it with backward mode AD.")

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        raise RuntimeError("Legacy autograd function with non-static forward method is deprecated. Please use new-style "
                           "autograd function with static forward method. (Example: https://pytorch.org/docs/stable/"
                           "autograd.html#torch.autograd.Function)")

    @classmethod
    def apply(cls, *args):
        ctx = type(cls.__name__ + "Backward", (_Context,), dict(cls.__dict__))()
        ctx.needs_input_grad = tuple(isinstance(a, _torch.Tensor) and a.requires_grad for a in args)
        recording = _torch.is_grad_enabled() and any(ctx.needs_input_grad)
        with no_grad():
            results = cls.forward(ctx, *args)
        outputs = results if isinstance(results, tuple) else (results,)
        if recording:
            outputs = _record(cls, ctx, args, outputs)
        return outputs if isinstance(results, tuple) else outputs[0]


def _record(cls, ctx, args, outputs):
    if any(d.is_leaf and d.requires_grad for d in ctx._dirty):
        raise RuntimeError("a leaf Variable that requires grad has been used in an in-place operation.")
    inputs = [a for a in args if isinstance(a, _torch.Tensor)]
    places = [i for i, a in enumerate(args) if isinstance(a, _torch.Tensor)]

    # An input handed back as it is becomes a result of its own, so that it can have this node as grad_fn.
    def own(tensor):
        if any(tensor is i for i in inputs) and not any(tensor is d for d in ctx._dirty):
            with no_grad():
                return tensor.view_as(tensor)
        return tensor

    outputs = tuple(own(o) if isinstance(o, _torch.Tensor) else o for o in outputs)
    differentiable = [o for o in outputs if isinstance(o, _torch.Tensor) and o.is_floating_point()
                      and not any(o is x for x in ctx._opaque)]

    def run(*upstream):
        by_output = iter(upstream)
        given = [next(by_output) if any(o is d for d in differentiable) else
                 (_torch.zeros_like(o) if ctx.materialize_grads and isinstance(o, _torch.Tensor) else None) for o in outputs]
        grads = cls.backward(ctx, *given)
        grads = grads if isinstance(grads, (tuple, list)) else (grads,)
        _check(cls, args, grads)
        return tuple(grads[i] if i < len(grads) else None for i in places)

    if differentiable:
        _torch._custom(cls.__name__ + "Backward", inputs, differentiable, ctx.materialize_grads, run, ctx)
    return outputs


def _check(cls, args, grads):
    extra = [g for g in grads[len(args):] if g is not None]
    if extra or len(grads) < len(args):
        raise RuntimeError(f"function {cls.__name__}Backward returned an incorrect number of gradients (expected {len(args)}, "
                           f"got {len(grads)})")
    for grad in grads:
        if grad is not None and not isinstance(grad, _torch.Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(grad).__name__})")


def __getattr__(name):
    import importlib

    if name in ("functional", "graph", "profiler", "function"):
        return importlib.import_module("torch.autograd." + name)
    if name in ("gradcheck", "gradgradcheck"):
        module = importlib.import_module("torch.autograd.gradcheck")
        # The import made the name "gradcheck" that of the module; PyTorch's is the function.
        globals().update(gradcheck=module.gradcheck, gradgradcheck=module.gradgradcheck)
        return globals()[name]
    raise AttributeError(f"module 'torch.autograd' has no attribute '{name}'")
