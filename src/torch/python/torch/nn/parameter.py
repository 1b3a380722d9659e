# SPDX-License-Identifier: MIT
"""Parameters: tensors that a module learns."""

import torch


class Parameter(torch.Tensor):
    """A tensor that a Module finds by itself when it is assigned as an attribute.

    It is a leaf of the graph: it has no history, and `backward()` collects its gradient in `.grad`.
    """

    def __new__(cls, data=None, requires_grad=True):
        if data is None:
            data = torch.empty(0)
        return torch.Tensor._make_subclass(cls, data, requires_grad)

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return memo[id(self)]

    def __repr__(self):
        return "Parameter containing:\n" + super().__repr__()

    def __reduce_ex__(self, protocol):
        from collections import OrderedDict

        return torch._utils._rebuild_parameter, (self.data, self.requires_grad, OrderedDict())


class UninitializedParameter(Parameter):
    """Stands for a parameter whose shape is known at the first call only (the Lazy modules)."""

    def __new__(cls, requires_grad=True, device=None, dtype=None):
        return torch.Tensor._make_subclass(cls, torch.empty(0, device=device, dtype=dtype), requires_grad)

    def materialize(self, shape, device=None, dtype=None):
        """Becomes an ordinary parameter of this shape, its values not yet set."""
        self.data = torch.empty(shape, device=device, dtype=dtype or self.data.dtype)
        self.__class__ = Parameter

    def __repr__(self):
        return "<UninitializedParameter>"


class UninitializedBuffer:
    """The buffer's counterpart of UninitializedParameter; no module here needs one."""


def is_lazy(param):
    return isinstance(param, UninitializedParameter)
