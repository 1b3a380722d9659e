# SPDX-License-Identifier: MIT
"""Functions that PyTorch computes in one go, and that are made of several operations here."""

import functools

import _torch
from _torch import Tensor
from torch.autograd import _Context, enable_grad, no_grad


def _tensors_of(values):
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors_of(value)


def _replaced(value, instead):
    if isinstance(value, Tensor):
        return instead.get(id(value), value)
    if isinstance(value, (tuple, list)):
        return type(value)([_replaced(v, instead) for v in value]) if not hasattr(value, "_fields") else value
    return value


def one_node(name, opaque=()):
    """A decorator: the results of the function have one grad_fn of that name. Its backward makes the parts again, with the
    inputs as they were, and differentiates those; so it can be differentiated itself. Results whose numbers are in opaque get no
    gradient."""

    def decorate(function):
        @functools.wraps(function)
        def call(*args, **names):
            inputs = list({id(t): t for t in _tensors_of([*args, *names.values()]) if t.requires_grad}.values())
            if not inputs or not _torch.is_grad_enabled():
                return function(*args, **names)
            with no_grad():
                result = function(*args, **names)
            outputs = result if isinstance(result, tuple) else (result,)
            places = [i for i, o in enumerate(outputs) if isinstance(o, Tensor) and o.is_floating_point() and i not in opaque]
            ctx = _Context()
            ctx.save_for_backward(*inputs)

            def run(*upstream):
                saved = ctx.saved_tensors
                again = _torch.is_grad_enabled()
                with enable_grad():
                    leaves = [t if again else t.detach().requires_grad_() for t in saved]
                    instead = {id(t): leaf for t, leaf in zip(saved, leaves)}
                    made = function(*_replaced(list(args), instead), **{k: _replaced(v, instead) for k, v in names.items()})
                    made = made if isinstance(made, tuple) else (made,)
                    pairs = [(made[i], g) for i, g in zip(places, upstream) if g is not None and made[i].requires_grad]
                    if not pairs:
                        return (None,) * len(saved)
                    return _torch._grad([o for o, _ in pairs], leaves, [g for _, g in pairs], None, again, allow_unused=True)

            if places:
                _torch._custom(name, inputs, [outputs[i] for i in places], False, run, ctx)
            return result

        return call

    return decorate
