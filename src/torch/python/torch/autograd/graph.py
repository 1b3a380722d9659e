# SPDX-License-Identifier: MIT
"""What a graph keeps for its backward, taken elsewhere."""

import _torch


class saved_tensors_hooks:
    """In the block, every tensor an operation saves goes through pack_hook; what that gives goes through unpack_hook when a
    backward needs the tensor."""

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self):
        _torch._push_saved_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *exception):
        _torch._pop_saved_hooks()


class save_on_cpu(saved_tensors_hooks):
    """Copies: the saved tensors live on the CPU anyway."""

    def __init__(self, pin_memory=False):
        super().__init__(lambda tensor: (tensor.device, tensor.cpu()), lambda packed: packed[1].to(packed[0]))


class disable_saved_tensors_hooks:
    """In the block, saved_tensors_hooks are an error."""

    def __init__(self, error_message):
        self._message = error_message

    def __enter__(self):
        message = self._message

        def refuse(*args):
            raise RuntimeError(message)

        self._before = _torch._push_saved_hooks
        _torch._push_saved_hooks = refuse

    def __exit__(self, *exception):
        _torch._push_saved_hooks = self._before
