# SPDX-License-Identifier: MIT
"""Methods of tensors that few scripts use, written in Python and put into the class when first asked for."""

import _torch


class _Storage:
    """The memory of a tensor as a flat sequence of numbers: tensor.storage()."""

    def __init__(self, tensor):
        self._tensor = tensor.detach()
        size = _torch._storage_size(tensor) if hasattr(_torch, "_storage_size") else None
        self._flat = self._tensor.as_strided((self._count(size),), (1,), 0)

    def _count(self, size):
        if size is not None:
            return size // self._tensor.element_size()
        return 1 + sum((n - 1) * s for n, s in zip(self._tensor.shape, self._tensor.stride())) + self._tensor.storage_offset()

    def __len__(self):
        return self._flat.numel()

    size = __len__

    def __getitem__(self, index):
        return self._flat[index].item() if isinstance(index, int) else self._flat[index].tolist()

    def __setitem__(self, index, value):
        self._flat[index] = value

    def __iter__(self):
        return iter(self._flat.tolist())

    def tolist(self):
        return self._flat.tolist()

    def data_ptr(self):
        return self._flat.data_ptr()

    @property
    def dtype(self):
        return self._flat.dtype

    @property
    def device(self):
        return self._flat.device

    def __repr__(self):
        lines = "\n".join(f" {x}" for x in self.tolist())
        return f"{lines}\n[torch.storage.TypedStorage(dtype={self.dtype}, device=cpu) of size {len(self)}]"


def storage(self):
    return _Storage(self)


def get_device(self):
    return -1


def new(self, *args):
    if len(args) == 1 and isinstance(args[0], (list, _torch.Tensor)):
        return _torch.tensor(args[0], dtype=self.dtype) if isinstance(args[0], list) else args[0].detach()
    return _torch.empty(*args if args else (0,), dtype=self.dtype)


def apply_(self, function):
    """Calls a Python function for each element."""
    if self.requires_grad:
        raise TypeError("apply_ is only supported on tensors that don't require grad")
    values = [function(x) for x in self.flatten().tolist()]
    return self.copy_(_torch.tensor(values, dtype=self.dtype).reshape(self.shape))


def map_(self, other, function):
    values = [function(a, b) for a, b in zip(self.flatten().tolist(), other.expand_as(self).flatten().tolist())]
    return self.copy_(_torch.tensor(values, dtype=self.dtype).reshape(self.shape))


def resize_(self, *sizes, memory_format=None):
    sizes = tuple(sizes[0]) if len(sizes) == 1 and not isinstance(sizes[0], int) else sizes
    if self.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    count = 1
    for n in sizes:
        count *= n
    if count <= self.numel():
        self.data = self.detach().as_strided(sizes, _row_major(sizes), self.storage_offset())
    else:
        grown = _torch.zeros(count, dtype=self.dtype)
        grown[:self.numel()] = self.detach().reshape(-1)
        self.data = grown.view(sizes)
    return self


def resize_as_(self, other):
    return resize_(self, *other.shape)


def _row_major(sizes):
    strides, step = [], 1
    for n in reversed(sizes):
        strides.insert(0, step)
        step *= max(n, 1)
    return strides


def put_(self, index, source, accumulate=False):
    """Writes by number in row-major order."""
    flat = self.reshape(-1)
    flat = flat.index_add(0, index.reshape(-1), source.reshape(-1)) if accumulate else flat.scatter(0, index.reshape(-1), source.reshape(-1))
    return self.copy_(flat.view(self.shape))


def put(self, index, source, accumulate=False):
    return self.clone().put_(index, source, accumulate)


def index_put_(self, indices, values, accumulate=False):
    indices = tuple(indices)
    if accumulate:
        at = _torch.arange(self.numel()).view(self.shape)[indices]
        flat = self.reshape(-1).index_add(0, at.reshape(-1), values.expand(at.shape).reshape(-1).to(self.dtype))
        return self.copy_(flat.view(self.shape))
    self[indices] = values
    return self


def fill_diagonal_(self, fill_value, wrap=False):
    n = min(self.shape)
    places = _torch.arange(n)
    self[(places,) * self.dim()] = fill_value
    return self


def bfloat16(self, memory_format=None):
    raise NotImplementedError("bfloat16 is not part of this engine")


def index_fill(self, dim, index, value):
    return _torch.index_fill(self, dim, index, value)


def is_set_to(self, tensor):
    return (self.data_ptr(), self.shape, self.stride()) == (tensor.data_ptr(), tensor.shape, tensor.stride())


def is_complex(self):
    return False


def is_nonzero(self):
    return bool(self)


def is_signed(self):
    return self.dtype not in (_torch.uint8, _torch.bool)


def is_pinned(self):
    return False


def is_shared(self):
    return False


def pin_memory(self):
    return self


def share_memory_(self):
    return self


def has_names(self):
    return False


def reinforce(self, reward):
    raise RuntimeError("reinforce() was removed.")


def storage_type(self):
    import torch

    return type(torch.typename(self), (), {})


def __array_wrap__(self, array, context=None):
    """NumPy's functions give tensors back for tensors."""
    return _torch.from_numpy(array.astype("uint8") if array.dtype == bool else array)
