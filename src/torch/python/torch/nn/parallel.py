# SPDX-License-Identifier: MIT
"""Several devices at once: here there is only the CPU, so the module is simply called."""

from torch.nn.modules.module import Module


class DataParallel(Module):
    """Holds a module as `.module` and passes calls on to it."""

    def __init__(self, module, device_ids=None, output_device=None, dim=0):
        super().__init__()
        self.module = module
        self.device_ids = []

    def forward(self, *inputs, **kwargs):
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(DataParallel):
    def __init__(self, module, *args, **kwargs):
        raise RuntimeError("Default process group has not been initialized, please make sure to call "
                           "init_process_group.")
