# SPDX-License-Identifier: MIT
"""Gradients against finite differences: what backward says, compared with (f(x + eps) - f(x - eps)) / 2 eps."""

import warnings

import _torch

_KINDS = (tuple, list)


class GradcheckError(RuntimeError):
    """The two do not agree."""


def _as_tuple(x):
    return tuple(x) if isinstance(x, _KINDS) else (x,)


def _is_differentiable(x):
    return isinstance(x, _torch.Tensor) and x.requires_grad


def _outputs(func, inputs):
    return tuple(o for o in _as_tuple(func(*inputs)) if _is_differentiable(o))


def _set(tensor, index, value):
    with _no_grad():
        tensor.data[index] = value


def _no_grad():
    from torch.autograd import no_grad

    return no_grad()


def _places(tensor):
    import itertools

    return itertools.product(*(range(n) for n in tensor.shape))


def numerical_jacobians(func, inputs, target, eps):
    """For each output: a (target.numel(), output.numel()) matrix of central differences."""
    columns = []
    for index in _places(target):
        before = target.data[index].item()
        _set(target, index, before + eps)
        above = [o.detach().clone() for o in _as_tuple(func(*inputs)) if isinstance(o, _torch.Tensor)]
        _set(target, index, before - eps)
        below = [o.detach().clone() for o in _as_tuple(func(*inputs)) if isinstance(o, _torch.Tensor)]
        _set(target, index, before)
        columns.append([((a - b) / (2 * eps)).reshape(-1) for a, b in zip(above, below)])
    return [_torch.stack(rows) for rows in zip(*columns)]


def analytical_jacobian(output, target):
    """(target.numel(), output.numel()): a backward walk for each element of the output."""
    flat = _torch.zeros(output.numel(), dtype=output.dtype)
    rows = []
    for i in range(output.numel()):
        flat.zero_()
        flat[i] = 1
        grad, = _torch._grad(output, (target,), flat.reshape(output.shape), retain_graph=True, allow_unused=True)
        rows.append(_torch.zeros_like(target).reshape(-1) if grad is None else grad.detach().clone().reshape(-1))
    return _torch.stack(rows, 1) if rows else _torch.zeros(target.numel(), 0, dtype=target.dtype)


def _check_inputs(inputs):
    found = False
    for i, x in enumerate(inputs):
        if not _is_differentiable(x):
            continue
        found = True
        if x.dtype is not _torch.float64:
            warnings.warn(f"Input #{i} requires gradient and is not a double precision floating point or complex. This check "
                          "will likely fail if all the inputs are not of double precision floating point or complex. ",
                          stacklevel=4)
        x.retain_grad()
    if not found:
        raise ValueError("gradcheck expects at least one input tensor to require gradient, but none of the them have "
                         "requires_grad=True.")


def _check_same_twice(output, target, first, nondet_tol):
    again = analytical_jacobian(output, target)
    if (first - again).abs().max() > nondet_tol if first.numel() else False:
        raise GradcheckError("Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                             "gives different values, although analytical gradient matches numerical gradient."
                             f"The tolerance for nondeterminism was {nondet_tol}.")


def _compare(func, inputs, eps, atol, rtol, nondet_tol):
    outputs = _outputs(func, inputs)
    targets = [(i, x) for i, x in enumerate(inputs) if _is_differentiable(x)]
    if not outputs:
        for _, x in targets:
            if any((n != 0).any() for n in numerical_jacobians(func, inputs, x, eps)):
                raise GradcheckError("Numerical gradient for function expected to be zero")
        return
    numerical = [[n for n, o in zip(numerical_jacobians(func, inputs, x, eps),
                                    (o for o in _as_tuple(func(*inputs)) if isinstance(o, _torch.Tensor)))
                  if o.requires_grad] for _, x in targets]
    for j, output in enumerate(outputs):
        for (i, x), matrices in zip(targets, numerical):
            found = analytical_jacobian(output, x)
            if not _near(found, matrices[j].to(found.dtype), rtol, atol):
                raise GradcheckError(f"Jacobian mismatch for output {j} with respect to input {i},\nnumerical:{matrices[j]}\n"
                                     f"analytical:{found}\n")
            _check_same_twice(output, x, found, nondet_tol)


def _near(a, b, rtol, atol):
    from torch._mathematics import allclose

    return a.numel() == 0 or allclose(a, b, rtol, atol)


def gradcheck(func, inputs, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, check_sparse_nnz=False, nondet_tol=0.0,
              check_undefined_grad=True, check_grad_dtypes=False, check_batched_grad=False, check_batched_forward_grad=False,
              check_forward_ad=False, check_backward_ad=True, fast_mode=False):
    """Whether every gradient of func at inputs agrees with central differences; raises GradcheckError where one does not."""
    inputs = _as_tuple(inputs)
    _check_inputs(inputs)
    try:
        _compare(func, inputs, eps, atol, rtol, nondet_tol)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(func, inputs, grad_outputs=None, *, eps=1e-6, atol=1e-5, rtol=1e-3, gen_non_contig_grad_outputs=False,
                  raise_exception=True, nondet_tol=0.0, check_undefined_grad=True, check_grad_dtypes=False,
                  check_batched_grad=False, check_fwd_over_rev=False, check_rev_over_rev=True, fast_mode=False):
    """gradcheck() of the gradients themselves: second derivatives."""
    inputs = _as_tuple(inputs)
    if grad_outputs is None:
        grad_outputs = tuple(_torch.randn(o.shape, dtype=o.dtype if o.is_floating_point() else _torch.float64)
                             .requires_grad_() for o in _outputs(func, inputs))
    else:
        grad_outputs = _as_tuple(grad_outputs)
    n = len(grad_outputs)

    def gradients(*args):
        *points, = args[:-n] if n else args
        points = [p if not isinstance(p, _torch.Tensor) or p.requires_grad == x.requires_grad
                  else p.requires_grad_(x.requires_grad) for p, x in zip(points, inputs)]
        outputs = _outputs(func, points)
        sources = [p for p, x in zip(points, inputs) if _is_differentiable(x)]
        grads = _torch._grad(outputs, sources, args[-n:], create_graph=True, allow_unused=True)
        return tuple(g for g in grads if g is not None)

    return gradcheck(gradients, inputs + grad_outputs, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
                     nondet_tol=nondet_tol)
