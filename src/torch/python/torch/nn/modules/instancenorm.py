# SPDX-License-Identifier: MIT
"""Instance normalization: each channel of each sample by itself gets mean 0 and variance 1."""

from torch.nn import functional as F
from torch.nn.modules.batchnorm import _NormBase


class _InstanceNorm(_NormBase):
    """y = (x - mean) / sqrt(var + eps) * weight + bias, for (N, C, ...) or (C, ...)"""

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=False, track_running_stats=False, device=None,
                 dtype=None):
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype)

    def forward(self, input):
        n = self._n_dims
        if input.dim() not in (n + 1, n + 2):
            raise ValueError(f"expected {n + 1}D or {n + 2}D input (got {input.dim()}D input)")
        batch = input.unsqueeze(0) if input.dim() == n + 1 else input
        result = F.instance_norm(batch, self.running_mean, self.running_var, self.weight, self.bias,
                                 self.training or not self.track_running_stats, self.momentum, self.eps)
        return result.squeeze(0) if input.dim() == n + 1 else result


class InstanceNorm1d(_InstanceNorm):
    _n_dims = 1


class InstanceNorm2d(_InstanceNorm):
    _n_dims = 2


class InstanceNorm3d(_InstanceNorm):
    _n_dims = 3
