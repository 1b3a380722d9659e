# SPDX-License-Identifier: MIT
"""Names that PyTorch's files refer to."""

from torch.serialization import _rebuild_parameter, _rebuild_tensor_v2  # noqa: F401
