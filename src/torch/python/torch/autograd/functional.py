# SPDX-License-Identifier: MIT
"""Derivatives of functions: products with vectors, Jacobians, Hessians."""

import _torch
from _torch import Tensor


def _as_tuple(x, what, caller):
    """(whether it was one, the tuple)"""
    is_tuple = isinstance(x, (tuple, list))
    values = tuple(x) if is_tuple else (x,)
    for i, value in enumerate(values):
        if not isinstance(value, Tensor):
            place = f"value at index {i} has" if is_tuple else f"given {what} has"
            raise TypeError(f"The {what} given to {caller} must be either a Tensor or a tuple of Tensors but the {place} type "
                            f"{type(value)}.")
    return is_tuple, values


def _leaves(inputs, create_graph):
    """Inputs to differentiate by: views of what already has a graph, or leaves of their own."""
    if create_graph:
        return tuple(x.view_as(x) if x.requires_grad else x.detach().clone().requires_grad_() for x in inputs)
    return tuple(x.detach().clone().requires_grad_() for x in inputs)


def _walk(outputs, inputs, upstream=None, create_graph=False):
    """autograd.grad() that leaves out outputs without a graph; None where nothing arrives."""
    upstream = upstream or (None,) * len(outputs)
    pairs = [(o, u) for o, u in zip(outputs, upstream) if o is not None and o.requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    return _torch._grad(tuple(o for o, _ in pairs), inputs, tuple(u for _, u in pairs), create_graph=create_graph,
                        retain_graph=create_graph or None, allow_unused=True)


def _zeros_for_none(grads, like, strict, message):
    result = []
    for i, (grad, tensor) in enumerate(zip(grads, like)):
        if grad is None:
            if strict:
                raise RuntimeError(message.format(i))
            grad = _torch.zeros_like(tensor)
        result.append(grad)
    return tuple(result)


def _finish(tensors, create_graph, is_tuple):
    tensors = tuple(t if create_graph else t.detach() for t in tensors)
    return tensors if is_tuple else tensors[0]


def _check_vector(v, like, is_tuple):
    if len(v) != len(like):
        if is_tuple:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(v)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (a, b) in enumerate(zip(v, like)):
        if a.shape != b.shape:
            entry = f"Entry {i} in " if is_tuple else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {b.shape} but got {a.shape}.")


def _check_outputs(outputs, strict):
    for i, output in enumerate(outputs):
        if strict and not output.requires_grad:
            raise RuntimeError(f"Output {i} of the user-provided function does not require gradients. The outputs must be "
                               "computed in a differentiable manner from the input when running in strict mode.")


_INDEPENDENT = "The output of the user-provided function is independent of input {}. This is not allowed in strict mode."


def _enable_grad():
    from torch.autograd import enable_grad

    return enable_grad()


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), and v times its Jacobian: what one backward walk computes."""
    with _enable_grad():
        is_inputs_tuple, inputs = _as_tuple(inputs, "inputs", "vjp")
        inputs = _leaves(inputs, create_graph)
        is_outputs_tuple, outputs = _as_tuple(func(*inputs), "outputs of the user-provided function", "vjp")
        _check_outputs(outputs, strict)
        if v is not None:
            _, v = _as_tuple(v, "v", "vjp")
            _check_vector(v, outputs, is_outputs_tuple)
        elif len(outputs) != 1 or outputs[0].numel() != 1:
            raise RuntimeError("The vector v can only be None if the user-provided function returns a single Tensor with a "
                               "single element.")
        grads = _zeros_for_none(_walk(outputs, inputs, v, create_graph), inputs, strict, _INDEPENDENT)
    return _finish(outputs, create_graph, is_outputs_tuple), _finish(grads, create_graph, is_inputs_tuple)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), and its Jacobian times v: the derivative of a vector-Jacobian product by its vector."""
    with _enable_grad():
        is_inputs_tuple, inputs = _as_tuple(inputs, "inputs", "jvp")
        inputs = _leaves(inputs, create_graph)
        if v is not None:
            _, v = _as_tuple(v, "v", "jvp")
            _check_vector(v, inputs, is_inputs_tuple)
        elif len(inputs) != 1 or inputs[0].numel() != 1:
            raise RuntimeError("The vector v can only be None if the input to the user-provided function is a single Tensor "
                               "with a single element.")
        is_outputs_tuple, outputs = _as_tuple(func(*inputs), "outputs of the user-provided function", "jvp")
        _check_outputs(outputs, strict)
        upstream = tuple(_torch.zeros_like(o).requires_grad_() for o in outputs)
        products = _walk(outputs, inputs, upstream, create_graph=True)
        products = _zeros_for_none(products, inputs, strict, _INDEPENDENT)
        v = v or tuple(_torch.ones_like(x) for x in inputs)
        grads = _walk(products, upstream, v, create_graph)
        grads = _zeros_for_none(grads, outputs, strict, "The gradient with respect to the input is independent of entry {} in "
                                "the grad_outputs when using the double backward trick to compute forward mode gradients. This "
                                "is not allowed in strict mode.")
    return _finish(outputs, create_graph, is_outputs_tuple), _finish(grads, create_graph, is_outputs_tuple)


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    """All derivatives of all outputs: shape output.shape + input.shape, a tuple of them for each tuple given or returned."""
    with _enable_grad():
        is_inputs_tuple, inputs = _as_tuple(inputs, "inputs", "jacobian")
        inputs = _leaves(inputs, create_graph)
        is_outputs_tuple, outputs = _as_tuple(func(*inputs), "outputs of the user-provided function", "jacobian")
        _check_outputs(outputs, strict)
        rows = tuple(_jacobian_of(output, i, inputs, create_graph, strict) for i, output in enumerate(outputs))
    rows = tuple(tuple(t if create_graph else t.detach() for t in row) for row in rows)
    if not is_inputs_tuple:
        rows = tuple(row[0] for row in rows)
    return rows if is_outputs_tuple else rows[0]


def _jacobian_of(output, number, inputs, create_graph, strict):
    columns = [[] for _ in inputs]
    flat = output.reshape(-1)
    for j in range(flat.numel()):
        grads = _torch._grad(flat[j], inputs, retain_graph=True, create_graph=create_graph, allow_unused=True) \
            if output.requires_grad else (None,) * len(inputs)
        for i, (grad, x) in enumerate(zip(grads, inputs)):
            if grad is None and strict:
                raise RuntimeError(f"Output {number} of the user-provided function is independent of input {i}. This is not "
                                   "allowed in strict mode.")
            if strict and create_graph and not grad.requires_grad:
                raise RuntimeError("The jacobian of the user-provided function is independent of input "
                                   f"{i}. This is not allowed in strict mode when create_graph=True.")
            columns[i].append(_torch.zeros_like(x) if grad is None else grad)
    return tuple(_torch.stack(c).view(output.shape + x.shape) if c else x.new_zeros(tuple(output.shape + x.shape))
                 for c, x in zip(columns, inputs))


def _scalar(func, name):
    def checked(*inputs):
        output = func(*inputs)
        is_tuple, values = _as_tuple(output, "outputs of the user-provided function", name)
        if is_tuple:
            raise RuntimeError(f"The function given to {name} should return a single Tensor")
        if output.numel() != 1:
            raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
        return output.squeeze()
    return checked


def hessian(func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy="reverse-mode"):
    """The Jacobian of the gradient of a function with one number as result."""
    is_inputs_tuple, inputs = _as_tuple(inputs, "inputs", "hessian")
    scalar = _scalar(func, "hessian")

    def gradient(*points):
        result = jacobian(scalar, points, create_graph=True)
        if strict:
            for i, (grad, x) in enumerate(zip(result, points)):
                if not grad.requires_grad:
                    raise RuntimeError("While computing the hessian, found that the jacobian of the user-provided function with "
                                       f"respect to input {i} is independent of the input. This is not allowed in strict mode. "
                                       "You should ensure that your function is twice differentiable and that the jacobian "
                                       "depends on the inputs (this would be violated by a linear function for example).")
        return result

    result = jacobian(gradient, inputs, create_graph=create_graph, strict=strict)
    return result if is_inputs_tuple else result[0][0]


def _second(func, inputs, v, name, create_graph, strict):
    """(was a tuple, leaves, v, the value, the gradient with a graph)"""
    is_tuple, inputs = _as_tuple(inputs, "inputs", name)
    inputs = _leaves(inputs, create_graph)
    if v is not None:
        _, v = _as_tuple(v, "v", name)
        _check_vector(v, inputs, is_tuple)
    elif len(inputs) != 1 or inputs[0].numel() != 1:
        raise RuntimeError("The vector v can only be None if the input to the user-provided function is a single Tensor with a "
                           "single element.")
    else:
        v = (_torch.ones_like(inputs[0]),)
    output = func(*inputs)
    is_outputs_tuple, outputs = _as_tuple(output, "outputs of the user-provided function", name)
    if is_outputs_tuple:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if output.numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    _check_outputs(outputs, strict)
    gradient = _zeros_for_none(_walk(outputs, inputs, create_graph=True), inputs, strict, _INDEPENDENT)
    return is_tuple, inputs, v, output, gradient


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), and v times its Hessian."""
    with _enable_grad():
        is_tuple, inputs, v, output, gradient = _second(func, inputs, v, "vhp", create_graph, strict)
        grads = _zeros_for_none(_walk(gradient, inputs, v, create_graph), inputs, strict,
                                "The hessian of the user-provided function is independent of input {}. This is not allowed in "
                                "strict mode.")
    return _finish((output,), create_graph, False), _finish(grads, create_graph, is_tuple)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), and its Hessian times v; vhp() gives the same more cheaply, for the Hessian is symmetric."""
    with _enable_grad():
        is_tuple, inputs, v, output, gradient = _second(func, inputs, v, "hvp", create_graph, strict)
        upstream = tuple(_torch.zeros_like(x).requires_grad_() for x in inputs)
        products = _zeros_for_none(_walk(gradient, inputs, upstream, True), inputs, strict, _INDEPENDENT)
        grads = _zeros_for_none(_walk(products, upstream, v, create_graph), inputs, strict, _INDEPENDENT)
    return _finish((output,), create_graph, False), _finish(grads, create_graph, is_tuple)
