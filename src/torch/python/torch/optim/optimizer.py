# SPDX-License-Identifier: MIT
"""What all optimizers share: groups of parameters with their options, the state kept for each parameter, and saving both."""

import warnings
from collections import defaultdict
from copy import deepcopy
from itertools import chain

import torch


class _Required:
    def __repr__(self):
        return "<required parameter>"


required = _Required()


class Optimizer:
    """Base class; a subclass defines step(), or the rule for one parameter (see PerParameter).

    params: tensors, or dicts with "params" and options of their own. defaults: the options' values elsewhere."""

    def __init__(self, params, defaults):
        self.defaults = defaults
        if isinstance(params, torch.Tensor):
            raise TypeError("params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                            + torch.typename(params))
        self.state = defaultdict(dict)
        self.param_groups = []
        groups = list(params)
        if len(groups) == 0:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __getstate__(self):
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.defaults.setdefault("differentiable", False)

    def __repr__(self):
        text = self.__class__.__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
        return text + ")"

    def add_param_group(self, param_group):
        """Adds a dict with "params" and, where they differ from the defaults, options."""
        assert isinstance(param_group, dict), "param group must be a dict"
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError("optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                            "will change between runs. Please use a list instead.")
        params = param_group["params"] = [params] if isinstance(params, torch.Tensor) else list(params)
        for param in params:
            if not isinstance(param, torch.Tensor):
                raise TypeError("optimizer can only optimize Tensors, but one of the params is " + torch.typename(param))
            if not self.defaults.get("differentiable", None) and not (param.is_leaf or param.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError("parameter group didn't specify a value of required optimization parameter " + name)
            param_group.setdefault(name, default)
        if len(params) != len(set(params)):
            warnings.warn("optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see "
                          "github.com/pytorch/pytorch/issues/40967 for more information", stacklevel=3)
        if not set().union(*(group["params"] for group in self.param_groups)).isdisjoint(params):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(param_group)

    def zero_grad(self, set_to_none=False):
        """Clears the gradients: backward() adds to what is there."""
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is None:
                    continue
                if set_to_none:
                    param.grad = None
                    continue
                if param.grad.grad_fn is not None:
                    param.grad.detach_()
                else:
                    param.grad.requires_grad_(False)
                param.grad.zero_()

    def step(self, closure):
        """Updates the parameters from their gradients."""
        raise NotImplementedError

    # --- saving and loading; parameters are told by their number ---

    def state_dict(self):
        numbers = {}
        for param in chain.from_iterable(group["params"] for group in self.param_groups):
            numbers.setdefault(id(param), len(numbers))

        def pack(group):
            packed = {key: value for key, value in group.items() if key != "params"}
            packed["params"] = [numbers[id(param)] for param in group["params"]]
            return packed

        groups = [pack(group) for group in self.param_groups]
        state = {numbers[id(key)] if isinstance(key, torch.Tensor) else key: value for key, value in self.state.items()}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict):
        state_dict = deepcopy(state_dict)
        groups, saved = self.param_groups, state_dict["param_groups"]
        if len(groups) != len(saved):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(groups, saved)):
            raise ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
        params = dict(zip(chain.from_iterable(group["params"] for group in saved),
                          chain.from_iterable(group["params"] for group in groups)))
        state = defaultdict(dict)
        for key, value in state_dict["state"].items():
            state[params.get(key, key)] = _as_type_of(params[key], value) if key in params else value
        for group, new in zip(groups, saved):
            new["params"] = group["params"]
        self.__setstate__({"state": state, "param_groups": saved})


def _as_type_of(param, value, key=None):
    if isinstance(value, torch.Tensor):
        return value.to(param.dtype) if key != "step" and param.is_floating_point() else value
    if isinstance(value, dict):
        return {k: _as_type_of(param, v, k) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_as_type_of(param, v) for v in value)
    return value


class PerParameter(Optimizer):
    """An optimizer that treats each parameter by itself: what is kept for it begins as _begin() says, and _update() changes
    parameter and state in place. No gradients are recorded meanwhile."""

    def _begin(self, param, group):
        return {}

    def _update(self, param, grad, state, group):
        raise NotImplementedError

    @torch.no_grad()
    def step(self, closure=None):
        """One update of every parameter that has a gradient. closure: computes the loss again; its result is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is None:
                    continue
                if param not in self.state:
                    self.state[param] = self._begin(param, group)
                grad = -param.grad if group.get("maximize") else param.grad
                self._update(param, grad, self.state[param], group)
        return loss


def check(condition, text, value):
    """Refuses an option as PyTorch does."""
    if not condition:
        raise ValueError(text.format(value))


def check_betas(betas):
    for i, beta in enumerate(betas):
        check(0.0 <= beta < 1.0, f"Invalid beta parameter at index {i}: {{}}", beta)


def decayed(grad, param, group):
    """Weight decay is the gradient of weight_decay / 2 · param²."""
    return grad.add(param, alpha=group["weight_decay"]) if group["weight_decay"] != 0 else grad
