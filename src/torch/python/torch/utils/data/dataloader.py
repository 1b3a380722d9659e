# SPDX-License-Identifier: MIT
"""Batches of a data set. Everything is loaded in the script's own process: num_workers changes nothing."""

import collections.abc
import re

import torch
from torch.utils.data.dataset import IterableDataset
from torch.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

_NOT_COLLATABLE = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"


def _is_numpy(x):
    return type(x).__module__ == "numpy" and not isinstance(x, (str, bytes))


def _rebuild(kind, made):
    try:
        return kind(made)
    except TypeError:
        return made


def default_collate(batch):
    """Samples into a batch: tensors are stacked, numbers made tensors, and structures kept around them."""
    first = batch[0]
    kind = type(first)
    if isinstance(first, torch.Tensor):
        return torch.stack(list(batch), 0)
    if _is_numpy(first):
        if first.shape == ():
            return torch.as_tensor(batch)
        if re.search("[SaUO]", first.dtype.str) is not None:
            raise TypeError(_NOT_COLLATABLE.format(first.dtype))
        return default_collate([torch.as_tensor(b) for b in batch])
    if isinstance(first, float):
        return torch.tensor(batch, dtype=torch.float64)
    if isinstance(first, int):
        return torch.tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, collections.abc.Mapping):
        return _rebuild(kind, {key: default_collate([d[key] for d in batch]) for key in first})
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return kind(*(default_collate(samples) for samples in zip(*batch)))
    if isinstance(first, collections.abc.Sequence):
        if not all(len(sample) == len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [default_collate(samples) for samples in zip(*batch)]
        return columns if isinstance(first, tuple) else _rebuild(kind, columns)
    raise TypeError(_NOT_COLLATABLE.format(kind))


def default_convert(data):
    """NumPy arrays into tensors, within structures."""
    kind = type(data)
    if isinstance(data, torch.Tensor):
        return data
    if _is_numpy(data):
        return data if data.dtype.kind in "SUO" else torch.as_tensor(data)
    if isinstance(data, collections.abc.Mapping):
        return _rebuild(kind, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return kind(*(default_convert(d) for d in data))
    if isinstance(data, (list, tuple)):
        converted = [default_convert(d) for d in data]
        return converted if isinstance(data, tuple) else _rebuild(kind, converted)
    return data


def get_worker_info():
    return None  # there are no workers


class _Forever(Sampler):
    """For what has no numbers: as many as are asked for."""

    def __init__(self):
        super().__init__(None)

    def __iter__(self):
        while True:
            yield None


class DataLoader:
    """Goes over a data set in batches; each `for` is one round, shuffled anew with shuffle=True."""

    def __class_getitem__(cls, item):
        return cls

    def __init__(self, dataset, batch_size=1, shuffle=None, sampler=None, batch_sampler=None, num_workers=0, collate_fn=None,
                 pin_memory=False, drop_last=False, timeout=0, worker_init_fn=None, multiprocessing_context=None,
                 generator=None, *, prefetch_factor=2, persistent_workers=False, pin_memory_device=""):
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.persistent_workers = persistent_workers
        self.generator = generator
        self._is_iterable = isinstance(dataset, IterableDataset)
        if self._is_iterable:
            if shuffle not in (False, None):
                raise ValueError("DataLoader with IterableDataset: expected unspecified shuffle option, but got "
                                 f"shuffle={shuffle}")
            if sampler is not None or batch_sampler is not None:
                which = "sampler" if sampler is not None else "batch_sampler"
                raise ValueError(f"DataLoader with IterableDataset: expected unspecified {which} option, but got "
                                 f"{which}={sampler if sampler is not None else batch_sampler}")
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            sampler = (_Forever() if self._is_iterable else
                       RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset))
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)

    def __iter__(self):
        # PyTorch draws a seed for its workers at the start of every round, also when there are none.
        torch.empty((), dtype=torch.int64).random_(generator=self.generator)
        return self._rounds(iter(self.sampler if self.batch_sampler is None else self.batch_sampler))

    def _rounds(self, numbers):
        if self._is_iterable:
            yield from self._stream(numbers)
            return
        for which in numbers:
            if self.batch_sampler is None:
                yield self.collate_fn(self.dataset[which])
            else:
                yield self.collate_fn([self.dataset[i] for i in which])

    def _stream(self, numbers):
        samples = iter(self.dataset)
        if self.batch_sampler is None:
            for sample in samples:
                yield self.collate_fn(sample)
            return
        for which in numbers:
            batch = [sample for _, sample in zip(which, samples)]
            if not batch or (self.drop_last and len(batch) < len(which)):
                return
            yield self.collate_fn(batch)

    def __len__(self):
        if not self._is_iterable:
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)
        n = len(self.dataset)
        if self.batch_size is None:
            return n
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
