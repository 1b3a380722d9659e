# SPDX-License-Identifier: MIT
"""torch.autograd.function: Function under its other address, and the decorator for backwards that are no formulas of tensors."""

import functools

import _torch
from torch.autograd import Function, _Context as FunctionCtx, no_grad  # noqa: F401

BackwardCFunction = FunctionCtx


def once_differentiable(function):
    """The backward runs without a graph; differentiating its results is an error, not a silent zero."""

    @functools.wraps(function)
    def wrapper(ctx, *upstream):
        recording = _torch.is_grad_enabled()
        with no_grad():
            results = function(ctx, *upstream)
        if not recording or not any(isinstance(g, _torch.Tensor) and g.requires_grad for g in upstream):
            return results
        outputs = results if isinstance(results, tuple) else (results,)

        def refuse(*args):
            raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")

        fake = tuple(None if r is None else r.detach() for r in outputs)
        made = [r for r in fake if r is not None]
        inputs = [g for g in upstream if isinstance(g, _torch.Tensor)]
        _torch._custom("torch::autograd::Error", inputs, made, False, refuse, FunctionCtx())
        return fake if isinstance(results, tuple) else fake[0]

    return wrapper
