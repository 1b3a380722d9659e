# SPDX-License-Identifier: MIT
"""Module: a function with parameters, made of smaller ones."""

import torch
from collections import OrderedDict, namedtuple
from torch.nn.parameter import Parameter

EXTRA_STATE = "_extra_state"


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What load_state_dict() could not match."""

    def __repr__(self):
        return super().__repr__() if self.missing_keys or self.unexpected_keys else "<All keys matched successfully>"

    __str__ = __repr__


def _addindent(text, spaces):
    first, *rest = text.split("\n")
    return "\n".join([first] + [" " * spaces + line for line in rest])


# Hooks that every module calls, before its own.
_global_forward_pre_hooks = OrderedDict()
_global_forward_hooks = OrderedDict()
_global_backward_hooks = OrderedDict()
_global_is_full_backward_hook = None


def _add_hook(hooks, hook):
    from torch.utils.hooks import RemovableHandle

    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    return handle


def register_module_forward_pre_hook(hook):
    """hook(module, inputs), before the forward of every module."""
    return _add_hook(_global_forward_pre_hooks, hook)


def register_module_forward_hook(hook):
    """hook(module, inputs, output), after the forward of every module."""
    return _add_hook(_global_forward_hooks, hook)


def register_module_backward_hook(hook):
    """The old kind of backward hook for every module; better: register_module_full_backward_hook()."""
    return _add_global_backward_hook(hook, False)


def register_module_full_backward_hook(hook):
    """hook(module, grad_input, grad_output), when a module's backward is done."""
    return _add_global_backward_hook(hook, True)


def _add_global_backward_hook(hook, is_full):
    global _global_is_full_backward_hook
    if _global_is_full_backward_hook is (not is_full):
        raise RuntimeError("Cannot use both regular backward hooks and full backward hooks as a "
                           "global Module hook. Please use only one of them.")
    _global_is_full_backward_hook = is_full
    return _add_hook(_global_backward_hooks, hook)


class Module:
    """A function with parameters. Write `forward`, call the module.

    Assigning to an attribute sorts by kind: a Parameter goes to `_parameters`, a Module to `_modules` (a child),
    everything else is an ordinary attribute. That is how `parameters()` finds what there is to learn in the whole
    tree. A *buffer* is a tensor that belongs to the state but is not learned, such as a running mean.
    """

    dump_patches = False
    _version = 1
    training = True

    def __init__(self):
        set_plainly = super().__setattr__
        set_plainly("training", True)
        set_plainly("_parameters", OrderedDict())
        set_plainly("_buffers", OrderedDict())
        set_plainly("_non_persistent_buffers_set", set())
        set_plainly("_backward_hooks", OrderedDict())
        set_plainly("_is_full_backward_hook", None)
        set_plainly("_forward_hooks", OrderedDict())
        set_plainly("_forward_pre_hooks", OrderedDict())
        set_plainly("_state_dict_hooks", OrderedDict())
        set_plainly("_load_state_dict_pre_hooks", OrderedDict())
        set_plainly("_load_state_dict_post_hooks", OrderedDict())
        set_plainly("_modules", OrderedDict())

    # --- calling ---

    def forward(self, *input):
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args, **kwargs):
        if not (self._forward_hooks or self._forward_pre_hooks or self._backward_hooks
                or _global_forward_hooks or _global_forward_pre_hooks or _global_backward_hooks):
            return self.forward(*args, **kwargs)
        return self._call_with_hooks(args, kwargs)

    def _call_with_hooks(self, args, kwargs):
        for hook in (*_global_forward_pre_hooks.values(), *self._forward_pre_hooks.values()):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)

        full_hooks, plain_hooks = self._get_backward_hooks()
        border = None
        if full_hooks:
            from torch.utils.hooks import BackwardHook

            border = BackwardHook(self, full_hooks)
            args = border.setup_input_hook(args)

        result = self.forward(*args, **kwargs)

        for hook in (*_global_forward_hooks.values(), *self._forward_hooks.values()):
            changed = hook(self, args, result)
            if changed is not None:
                result = changed

        if border:
            result = border.setup_output_hook(result)
        if plain_hooks:
            self._hook_last_node(plain_hooks, result)
        return result

    def _get_backward_hooks(self):
        full, plain = [], []
        (full if _global_is_full_backward_hook else plain).extend(_global_backward_hooks.values())
        (full if self._is_full_backward_hook else plain).extend(self._backward_hooks.values())
        return full, plain

    def _hook_last_node(self, hooks, result):
        """The old kind of backward hook listens at the result's own node, and sees that node's gradients only."""
        while not isinstance(result, torch.Tensor):
            if isinstance(result, dict):
                result = next(v for v in result.values() if isinstance(v, torch.Tensor))
            else:
                result = result[0]
        if result.grad_fn is not None:
            for hook in hooks:
                result.grad_fn.register_hook(lambda grad_input, grad_output, hook=hook:
                                             hook(self, grad_input, grad_output))

    # --- hooks ---

    def register_forward_pre_hook(self, hook):
        """hook(module, inputs) runs before forward; what it returns replaces the inputs."""
        return _add_hook(self._forward_pre_hooks, hook)

    def register_forward_hook(self, hook):
        """hook(module, inputs, output) runs after forward; what it returns replaces the output."""
        return _add_hook(self._forward_hooks, hook)

    def register_backward_hook(self, hook):
        """The old kind: it sees the gradients of the last operation only."""
        return self._add_backward_hook(hook, False)

    def register_full_backward_hook(self, hook):
        """hook(module, grad_input, grad_output) runs in the backward; what it returns replaces grad_input."""
        return self._add_backward_hook(hook, True)

    def _add_backward_hook(self, hook, is_full):
        if self._is_full_backward_hook is (not is_full):
            raise RuntimeError("Cannot use both regular backward hooks and full backward hooks on a "
                               "single Module. Please use only one of them.")
        self._is_full_backward_hook = is_full
        return _add_hook(self._backward_hooks, hook)

    def register_load_state_dict_post_hook(self, hook):
        """hook(module, incompatible_keys) runs after load_state_dict()."""
        return _add_hook(self._load_state_dict_post_hooks, hook)

    def _register_state_dict_hook(self, hook):
        return _add_hook(self._state_dict_hooks, hook)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        if with_module:
            from functools import partial

            hook = partial(hook, self)
        return _add_hook(self._load_state_dict_pre_hooks, hook)

    # --- attributes ---

    def __getattr__(self, name):
        # Only called when the ordinary look-up failed.
        own = self.__dict__
        for kind in ("_parameters", "_buffers", "_modules"):
            if kind in own and name in own[kind]:
                return own[kind][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name, value):
        own = self.__dict__
        parameters, modules, buffers = own.get("_parameters"), own.get("_modules"), own.get("_buffers")
        if isinstance(value, Parameter):
            if parameters is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._forget(name, own, buffers, modules)
            self.register_parameter(name, value)
        elif parameters is not None and name in parameters:
            if value is not None:
                raise TypeError(f"cannot assign '{torch.typename(value)}' as parameter '{name}' "
                                "(torch.nn.Parameter or None expected)")
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if modules is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._forget(name, own, parameters, buffers)
            modules[name] = value
        elif modules is not None and name in modules:
            if value is not None:
                raise TypeError(f"cannot assign '{torch.typename(value)}' as child module '{name}' "
                                "(torch.nn.Module or None expected)")
            modules[name] = value
        elif buffers is not None and name in buffers:
            if value is not None and not isinstance(value, torch.Tensor):
                raise TypeError(f"cannot assign '{torch.typename(value)}' as buffer '{name}' "
                                "(torch.Tensor or None expected)")
            buffers[name] = value
        else:
            super().__setattr__(name, value)

    def _forget(self, name, *places):
        for place in places:
            place.pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def __delattr__(self, name):
        for kind in (self._parameters, self._buffers, self._modules):
            if name in kind:
                del kind[name]
                self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self):
        names = [*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers]
        return sorted(name for name in names if not name[0].isdigit())

    def __setstate__(self, state):
        self.__dict__.update(state)

    def register_parameter(self, name, param):
        """Adds a parameter under `name`; None reserves the name (a layer without bias)."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot assign '{torch.typename(param)}' object to parameter '{name}' "
                            "(torch.nn.Parameter or None required)")
        if param is not None and param.grad_fn:
            raise ValueError(f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created "
                             f"explicitly. To express '{name}' as a function of another Tensor, compute the value in "
                             "the forward() method.")
        self._parameters[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        """Adds a tensor that is state but not learned; persistent=False keeps it out of state_dict()."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, torch.Tensor):
            raise TypeError(f"cannot assign '{torch.typename(tensor)}' object to buffer '{name}' "
                            "(torch Tensor or None required)")
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name, module):
        """Adds a child under `name`, as `self.name = module` does."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{torch.typename(module)} is not a Module subclass")
        if not isinstance(name, str):
            raise TypeError(f"module name should be a string. Got {torch.typename(name)}")
        if hasattr(self, name) and name not in self._modules:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'module name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError('module name can\'t be empty string ""')
        self._modules[name] = module

    def register_module(self, name, module):
        self.add_module(name, module)

    def _check_name(self, kind, name, taken_by_us):
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {torch.typename(name)}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in taken_by_us:
            raise KeyError(f"attribute '{name}' already exists")

    # --- walking the tree ---

    def children(self):
        for _, module in self.named_children():
            yield module

    def named_children(self):
        """(name, child) of the direct children, each once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def modules(self):
        for _, module in self.named_modules():
            yield module

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """(name, module) of this module and all below it, parents first; the names are dotted paths."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                path = prefix + ("." if prefix else "") + name
                yield from module.named_modules(memo, path, remove_duplicate)

    def parameters(self, recurse=True):
        """All parameters of the tree: what one passes to an optimizer."""
        for _, param in self.named_parameters(recurse=recurse):
            yield param

    def named_parameters(self, prefix="", recurse=True):
        return self._named_members(lambda module: module._parameters, prefix, recurse)

    def buffers(self, recurse=True):
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def named_buffers(self, prefix="", recurse=True):
        return self._named_members(lambda module: module._buffers, prefix, recurse)

    def _named_members(self, members_of, prefix, recurse):
        seen = set()
        for path, module in self.named_modules(prefix=prefix) if recurse else [(prefix, self)]:
            for name, member in members_of(module).items():
                if member is not None and member not in seen:
                    seen.add(member)
                    yield path + ("." if path else "") + name, member

    def get_submodule(self, target):
        """The module at a dotted path: get_submodule("encoder.0")."""
        module = self
        for name in target.split(".") if target else []:
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def _get_member(self, target):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        return module, name, getattr(module, name)

    def get_parameter(self, target):
        _, name, param = self._get_member(target)
        if not isinstance(param, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return param

    def get_buffer(self, target):
        module, name, buffer = self._get_member(target)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return buffer

    # --- changing the tree ---

    def apply(self, fn):
        """Calls fn(module) on every module of the tree, children first. Good for initialising."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn):
        """Replaces the data of every parameter, gradient and buffer by fn of it."""
        for module in self.children():
            module._apply(fn)
        for param in self._parameters.values():
            if param is None:
                continue
            with torch.no_grad():
                param.data = fn(param)
                if param.grad is not None:
                    grad = fn(param.grad)
                    if grad.dtype == param.grad.dtype:
                        param.grad.data = grad
                    else:
                        param.grad = grad.requires_grad_(param.grad.requires_grad)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args, **kwargs):
        """Changes device or dtype of all parameters and buffers: to("cpu"), to(torch.float64), to(other_tensor).

        Integer buffers keep their dtype.
        """
        device, dtype = _parse_to(*args, **kwargs)
        if dtype is not None and not (dtype.is_floating_point or dtype.is_complex):
            raise TypeError("nn.Module.to only accepts floating point or complex dtypes, "
                            f"but got desired dtype={dtype}")
        return self._apply(lambda t: t.to(device, dtype if t.is_floating_point() or t.is_complex() else None))

    def _apply_to_floats(self, dtype):
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def float(self):
        return self._apply_to_floats(torch.float32)

    def double(self):
        return self._apply_to_floats(torch.float64)

    def half(self):
        return self._apply_to_floats(torch.float16)

    def bfloat16(self):
        return self._apply_to_floats(torch.bfloat16)

    def type(self, dst_type):
        return self._apply(lambda t: t.type(dst_type))

    def cpu(self):
        return self._apply(lambda t: t.cpu())

    def cuda(self, device=None):
        return self._apply(lambda t: t.cuda(device))

    def to_empty(self, *, device):
        return self._apply(lambda t: torch.empty_like(t, device=device))

    def share_memory(self):
        return self._apply(lambda t: t.share_memory_())

    def train(self, mode=True):
        """Sets the mode of the whole tree; dropout and batch norm behave differently in training."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Freezes (False) or thaws all parameters."""
        for param in self.parameters():
            param.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=False):
        """Clears the gradients, which backward() would otherwise add to."""
        for param in self.parameters():
            _clear_grad(param, set_to_none)

    # --- state ---

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        """Names and values of all parameters and persistent buffers, in an OrderedDict, sharing their memory."""
        if args:
            import warnings

            warnings.warn("Positional args are being deprecated, use kwargs instead. Refer to "
                          "https://pytorch.org/docs/master/generated/torch.nn.Module.html#torch.nn.Module.state_dict"
                          " for details.")
            destination, prefix, keep_vars = (*args, *(destination, prefix, keep_vars)[len(args):])
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=prefix + name + ".", keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():
            changed = hook(self, destination, prefix, metadata)
            if changed is not None:
                destination = changed
        return destination

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        for name, tensor in self._own_state().items():
            destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if type(self).get_extra_state is not Module.get_extra_state:
            destination[prefix + EXTRA_STATE] = self.get_extra_state()

    def _own_state(self):
        buffers = {n: b for n, b in self._buffers.items() if n not in self._non_persistent_buffers_set}
        return {n: t for n, t in {**self._parameters, **buffers}.items() if t is not None}

    def get_extra_state(self):
        """Override to keep more than tensors in the state; what it returns must be picklable."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called. Please file "
                           "an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to "
                           "report this bug.")

    def set_extra_state(self, state):
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called. Please file "
                           "an issue at https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to "
                           "report this bug.")

    def load_state_dict(self, state_dict, strict=True):
        """Copies a state_dict() into this module. strict: every key must match.

        Returns (missing_keys, unexpected_keys).
        """
        from collections.abc import Mapping

        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        metadata = getattr(state_dict, "_metadata", None)
        state_dict = OrderedDict(state_dict)
        missing, unexpected, errors = [], [], []
        self._load_tree(state_dict, "", metadata, missing, unexpected, errors)
        if strict:
            if unexpected:
                errors.insert(0, "Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{k}"' for k in unexpected)))
            if missing:
                errors.insert(0, "Missing key(s) in state_dict: {}. ".format(", ".join(f'"{k}"' for k in missing)))
        if errors:
            raise RuntimeError("Error(s) in loading state_dict for {}:\n\t{}".format(
                type(self).__name__, "\n\t".join(errors)))
        return _IncompatibleKeys(missing, unexpected)

    def _load_tree(self, state, prefix, metadata, missing, unexpected, errors):
        local_metadata = {} if metadata is None else metadata.get(prefix[:-1], {})
        self._load_from_state_dict(state, prefix, local_metadata, True, missing, unexpected, errors)
        for name, child in self._modules.items():
            if child is not None:
                path = prefix + name + "."
                child._load_tree({k: v for k, v in state.items() if k.startswith(path)},
                                 path, metadata, missing, unexpected, errors)
        keys = _IncompatibleKeys(missing, unexpected)
        for hook in self._load_state_dict_post_hooks.values():
            if hook(self, keys) is not None:
                raise AssertionError("Hooks registered with ``register_load_state_dict_post_hook`` are not"
                                     "expected to return new values, if incompatible_keys need to be modified,"
                                     "it should be done inplace.")

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, strict,
                              missing_keys, unexpected_keys, error_msgs):
        """Copies the entries of this very module (not of its children), noting what does not fit."""
        for hook in self._load_state_dict_pre_hooks.values():
            hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        own = self._own_state()
        for name, param in own.items():
            key = prefix + name
            if key in state_dict:
                _copy_entry(key, param, state_dict[key], error_msgs)
            elif strict:
                missing_keys.append(key)

        extra_key = prefix + EXTRA_STATE
        if type(self).set_extra_state is not Module.set_extra_state:
            if extra_key in state_dict:
                self.set_extra_state(state_dict[extra_key])
            elif strict:
                missing_keys.append(extra_key)
        elif strict and extra_key in state_dict:
            unexpected_keys.append(extra_key)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != extra_key:
                    name = key[len(prefix):].split(".", 1)[0]
                    if name not in self._modules and name not in own:
                        unexpected_keys.append(key)

    # --- printing ---

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self):
        """What stands in the parentheses; override it in your own modules."""
        return ""

    def __repr__(self):
        extra = self.extra_repr()
        extra_lines = extra.split("\n") if extra else []
        child_lines = [f"({name}): " + _addindent(repr(module), 2) for name, module in self._modules.items()]
        if len(extra_lines) == 1 and not child_lines:
            return f"{self._get_name()}({extra_lines[0]})"
        lines = extra_lines + child_lines
        body = "\n  " + "\n  ".join(lines) + "\n" if lines else ""
        return f"{self._get_name()}({body})"


def _clear_grad(param, set_to_none):
    """Forgets the gradient, or fills it with zeros (cut from any graph that made it)."""
    if param.grad is None:
        return
    if set_to_none:
        param.grad = None
        return
    if param.grad.grad_fn is not None:
        param.grad.detach_()
    else:
        param.grad.requires_grad_(False)
    param.grad.zero_()


def _copy_entry(key, param, value, errors):
    if not isinstance(value, torch.Tensor):
        errors.append(f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                      f"checkpoint but received {type(value)}")
        return
    if param.dim() == 0 and value.dim() == 1:
        value = value[0]
    if value.shape != param.shape:
        errors.append(f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, "
                      f"the shape in current model is {param.shape}.")
        return
    try:
        with torch.no_grad():
            param.copy_(value)
    except Exception as error:
        errors.append(f'While copying the parameter named "{key}", whose dimensions in the model are {param.size()} '
                      f"and whose dimensions in the checkpoint are {value.size()}, "
                      f"an exception occurred : {error.args}.")


def _parse_to(*args, device=None, dtype=None, non_blocking=False, copy=False, memory_format=None):
    """The device and dtype meant by the arguments of to(), in whichever order they came."""
    for arg in args:
        if isinstance(arg, torch.Tensor):
            device, dtype = arg.device, arg.dtype
        elif isinstance(arg, torch.dtype):
            dtype = arg
        elif isinstance(arg, (str, int, torch.device)) and not isinstance(arg, bool):
            device = arg
    return device, dtype
