# SPDX-License-Identifier: MIT
"""save() and load() in PyTorch's own file format: a zip archive with the pickled object (data.pkl), in which each tensor
refers to a record with its bytes (data/0, data/1, ...)."""

import io
import os
import pickle
import zipfile

import torch

_NAMES = {"FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16", "LongStorage": "int64",
          "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool"}


class _Storage:
    """Stands for torch.FloatStorage and its like in the pickle."""

    def __init__(self, name):
        self.name = name
        self.dtype = getattr(torch, _NAMES[name])
        self.__module__ = "torch"


_storages = {name: _Storage(name) for name in _NAMES}
_storage_of = {storage.dtype: storage for storage in _storages.values()}


class _Record:
    """The memory of a tensor that is being saved."""

    def __init__(self, flat):
        self.flat = flat


def _rebuild_tensor_v2(record, offset, size, stride, requires_grad, backward_hooks=None, metadata=None):
    tensor = record.as_strided(size, stride, offset)
    return tensor.requires_grad_(requires_grad) if requires_grad else tensor


def _rebuild_parameter(data, requires_grad, backward_hooks=None):
    return torch.nn.Parameter(data, requires_grad)


class _Pickler(pickle.Pickler):
    def __init__(self, file, protocol, records):
        super().__init__(file, protocol)
        self.records = records

    def persistent_id(self, object):
        if not isinstance(object, _Record):
            return None
        key = str(len(self.records))
        self.records.append(object.flat)
        return ("storage", _storage_of[object.flat.dtype], key, "cpu", object.flat.numel())

    def reducer_override(self, object):
        if isinstance(object, _Storage):
            return f"{object.name}"
        if isinstance(object, torch.nn.Parameter):
            return _rebuild_parameter, (object.detach(), object.requires_grad, _ordered())
        if isinstance(object, torch.Tensor):
            flat = object.detach().contiguous().view(-1)
            strides, step = [], 1
            for n in reversed(object.shape):
                strides.insert(0, step)
                step *= max(n, 1)
            return _rebuild_tensor_v2, (_Record(flat), 0, tuple(object.shape), tuple(strides), object.requires_grad and object.is_leaf, _ordered())
        return NotImplemented


def _ordered():
    import collections

    return collections.OrderedDict()


# Their names in PyTorch, which is what stands in the file.
for _function in (_rebuild_tensor_v2, _rebuild_parameter):
    _function.__module__ = "torch._utils"


class _Unpickler(pickle.Unpickler):
    def __init__(self, file, read):
        super().__init__(file)
        self.read = read
        self.known = {}

    def find_class(self, module, name):
        if module == "torch" and name in _storages:
            return _storages[name]
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_tensor", "_rebuild_parameter"):
            return {"_rebuild_parameter": _rebuild_parameter}.get(name, _rebuild_tensor_v2)
        return super().find_class(module, name)

    def persistent_load(self, key):
        _, storage, name, _, count = key
        if name not in self.known:
            data = bytearray(self.read(name))
            size = torch.empty(0, dtype=storage.dtype).element_size()
            if len(data) < count * size:
                raise RuntimeError(f"PytorchStreamReader failed reading file data/{name}: file is too short")
            self.known[name] = torch.frombuffer(data, dtype=storage.dtype, count=count) if count else torch.empty(0, dtype=storage.dtype)
        return self.known[name]


def save(obj, f, pickle_module=pickle, pickle_protocol=2, _use_new_zipfile_serialization=True):
    """Writes obj (tensors, state dicts, whole modules) to a file or a path."""
    records, text = [], io.BytesIO()
    _Pickler(text, pickle_protocol, records).dump(obj)
    stem = os.path.splitext(os.path.basename(os.fspath(f)))[0] if isinstance(f, (str, os.PathLike)) else "archive"
    with zipfile.ZipFile(f, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(f"{stem}/data.pkl", text.getvalue())
        for i, flat in enumerate(records):
            archive.writestr(f"{stem}/data/{i}", flat.numpy().tobytes())
        archive.writestr(f"{stem}/version", "3\n")


def load(f, map_location=None, pickle_module=pickle, *, weights_only=False, **options):
    """Reads what save() wrote, here or in PyTorch (1.6 or later)."""
    try:
        archive = zipfile.ZipFile(f)
    except zipfile.BadZipFile:
        raise RuntimeError("Invalid magic number; corrupt file? (Only PyTorch's zip format, of version 1.6 and later, is read.)") from None
    with archive:
        pickled = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if not pickled:
            raise RuntimeError("PytorchStreamReader failed locating file data.pkl: file not found")
        stem = pickled[0].removesuffix("/data.pkl")
        return _Unpickler(io.BytesIO(archive.read(pickled[0])), lambda name: archive.read(f"{stem}/data/{name}")).load()
