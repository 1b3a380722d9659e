# SPDX-License-Identifier: MIT
"""Padding at the borders: an int, or (left, right, top, bottom, front, back)."""

from torch.nn import functional as F
from torch.nn.modules.module import Module


class _PadNd(Module):
    _mode, _n_dims = "constant", 1

    def __init__(self, padding):
        super().__init__()
        self.padding = (padding,) * (2 * self._n_dims) if isinstance(padding, int) else tuple(padding)

    def forward(self, input):
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self):
        return f"{self.padding}"


class ConstantPad1d(_PadNd):
    """Filled with `value`"""

    def __init__(self, padding, value):
        super().__init__(padding)
        self.value = value

    def forward(self, input):
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


class ConstantPad2d(ConstantPad1d):
    _n_dims = 2


class ConstantPad3d(ConstantPad1d):
    _n_dims = 3


class ZeroPad2d(ConstantPad2d):
    """Filled with 0"""

    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"


class ReflectionPad1d(_PadNd):
    """Mirrored at the border"""

    _mode = "reflect"


class ReflectionPad2d(ReflectionPad1d):
    _n_dims = 2


class ReflectionPad3d(ReflectionPad1d):
    _n_dims = 3


class ReplicationPad1d(_PadNd):
    """The border repeated"""

    _mode = "replicate"


class ReplicationPad2d(ReplicationPad1d):
    _n_dims = 2


class ReplicationPad3d(ReplicationPad1d):
    _n_dims = 3
