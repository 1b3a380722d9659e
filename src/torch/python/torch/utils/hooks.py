# SPDX-License-Identifier: MIT
"""Handles for hooks, and the two identity functions that let a module's backward hooks see its gradients."""

import torch
from collections import OrderedDict
from weakref import ref


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook out again."""

    next_id = 0

    def __init__(self, hooks_dict):
        self.hooks_dict_ref = ref(hooks_dict)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1

    def remove(self):
        hooks = self.hooks_dict_ref()
        if hooks is not None and self.id in hooks:
            del hooks[self.id]

    def __getstate__(self):
        return self.hooks_dict_ref(), self.id

    def __setstate__(self, state):
        hooks, self.id = state
        self.hooks_dict_ref = ref(OrderedDict() if hooks is None else hooks)
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.remove()


class BackwardHookFunction(torch.autograd.Function):
    """The identity: it only marks a border in the graph, where a hook may listen."""

    @staticmethod
    def forward(ctx, listener, *tensors):
        ctx.listener = listener
        ctx.mark_non_differentiable(*[t for t in tensors if not t.requires_grad])
        return tensors

    @staticmethod
    def backward(ctx, *grads):
        changed = ctx.listener(grads, grads)
        return (None, *(grads if changed is None else changed))


class BackwardHook:
    """Calls a module's full backward hooks with (grad_input, grad_output).

    The gradient of the outputs arrives first and is kept; when the gradient of the inputs arrives, the user's hooks
    see both and may replace the latter.
    """

    def __init__(self, module, user_hooks):
        self.module = module
        self.user_hooks = user_hooks
        self.grad_outputs = None
        self.n_inputs = -1
        self.input_places = None  # of the tensors among the inputs; None: none needs a gradient

    def setup_input_hook(self, args):
        self.n_inputs = len(args)
        args, self.input_places = self._mark_border(args, self._at_inputs)
        return args

    def setup_output_hook(self, output):
        is_single = isinstance(output, torch.Tensor)
        if not is_single and not isinstance(output, tuple):
            return output
        outputs = (output,) if is_single else output
        self.n_outputs = len(outputs)
        outputs, self.output_places = self._mark_border(outputs, self._at_outputs)
        return outputs[0] if is_single else outputs

    @staticmethod
    def _mark_border(values, hook):
        places = [i for i, value in enumerate(values) if isinstance(value, torch.Tensor)]
        if not (torch.is_grad_enabled() and any(values[i].requires_grad for i in places)):
            return values, None
        marked = BackwardHookFunction.apply(hook, *(values[i] for i in places))
        result = list(values)
        for i, tensor in zip(places, marked):
            result[i] = tensor
        return (type(values)(*result) if hasattr(values, "_fields") else tuple(result)), places

    @staticmethod
    def _spread(grads, places, n):
        full = [None] * n
        for i, grad in zip(places, grads):
            full[i] = grad
        return tuple(full)

    def _at_outputs(self, grad_input, grad_output):
        self.grad_outputs = self._spread(grad_output, self.output_places, self.n_outputs)
        if self.input_places is not None:
            return None
        for hook in self.user_hooks:  # nothing flows to the inputs: the hooks only look on
            result = hook(self.module, (None,) * self.n_inputs, self.grad_outputs)
            if result is not None and not (isinstance(result, tuple) and all(r is None for r in result)):
                raise RuntimeError("Backward hook for Modules where no input requires gradient should always "
                                   "return None or None for all gradients.")
        self.grad_outputs = None

    def _at_inputs(self, grad_input, grad_output):
        if self.grad_outputs is None:
            raise RuntimeError("Module backward hook for grad_input is called before the grad_output one. This "
                               "happens because the gradient in your nn.Module flows to the Module's input "
                               "without passing through the Module's output. Make sure that the output depends "
                               "on the input and that the loss is computed based on the output.")
        grads = self._spread(grad_input, self.input_places, self.n_inputs)
        for hook in self.user_hooks:
            result = hook(self.module, grads, self.grad_outputs)
            if result is None:
                continue
            if not isinstance(result, tuple):
                result = (result,)
            if len(result) != len(grads):
                raise RuntimeError("Backward hook returned an invalid number of grad_input, "
                                   f"got {len(result)}, but expected {len(grads)}")
            grads = result
        self.grad_outputs = None
        return tuple(grads[i] for i in self.input_places)
