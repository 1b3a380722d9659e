# SPDX-License-Identifier: MIT
"""Sequences of different lengths in one batch: padded with a value, or packed time step by time step."""

from collections import namedtuple

import torch


class PackedSequence(namedtuple("PackedSequence", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"])):
    """The elements of all sequences, step by step; batch_sizes[t] sequences are longer than t."""

    def __new__(cls, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None):
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            data, batch_sizes = data
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args, **kwargs):
        return type(self)(self.data.to(*args, **kwargs), self.batch_sizes, self.sorted_indices, self.unsorted_indices)

    def cpu(self):
        return self

    def float(self):
        return self.to(torch.float)

    def double(self):
        return self.to(torch.double)

    @property
    def is_cuda(self):
        return False

    def is_pinned(self):
        return False


def invert_permutation(permutation):
    if permutation is None:
        return None
    result = torch.empty_like(permutation)
    result.scatter_(0, permutation, torch.arange(0, permutation.numel()))
    return result


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """(T, B, *) padded to the longest -> packed; lengths of the sequences, the longest first if enforce_sorted."""
    lengths = torch.as_tensor(lengths, dtype=torch.int64)
    order = None
    if not enforce_sorted:
        lengths, order = torch.sort(lengths, descending=True)
        input = input.index_select(0 if batch_first else 1, order)
    counts = lengths.tolist()
    if any(n <= 0 for n in counts):
        raise RuntimeError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0")
    if any(a < b for a, b in zip(counts, counts[1:])):
        raise RuntimeError("`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
                           "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if "
                           "you do not need ONNX exportability.")
    if batch_first:
        input = input.transpose(0, 1)
    if len(counts) != input.size(1):
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {len(counts)} (batch_size={input.size(1)})")
    sizes = [sum(n > t for n in counts) for t in range(counts[0])]
    data = torch.cat([input[t, :n] for t, n in enumerate(sizes)])
    return PackedSequence(data, torch.tensor(sizes), order, None)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    """Back to ((T, B, *), lengths)."""
    sizes = sequence.batch_sizes.tolist()
    steps = len(sizes)
    if total_length is not None:
        if total_length < steps:
            raise ValueError("Expected total_length to be at least the length of the longest sequence in input, but got "
                             f"total_length={total_length} and max sequence length being {steps}")
        steps = total_length
    rows = []
    for part in sequence.data.split(sizes):
        missing = sizes[0] - part.size(0)
        if missing:
            part = torch.cat([part, part.new_full((missing, *part.shape[1:]), padding_value)])
        rows.append(part)
    rows += [sequence.data.new_full(rows[0].shape, padding_value)] * (steps - len(rows))
    padded = torch.stack(rows)
    if batch_first:
        padded = padded.transpose(0, 1)
    lengths = torch.tensor([sum(n > i for n in sizes) for i in range(sizes[0])])
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(0 if batch_first else 1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices]
    return padded, lengths


def pad_sequence(sequences, batch_first=False, padding_value=0.0):
    """A list of (L, *) -> (T, B, *), or (B, T, *) with batch_first."""
    sequences = list(sequences)
    longest = max(s.size(0) for s in sequences)
    out = sequences[0].new_full((len(sequences), longest, *sequences[0].shape[1:]), padding_value)
    for i, s in enumerate(sequences):
        out[i, :s.size(0)] = s
    return out if batch_first else out.transpose(0, 1)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [s[:n] for s, n in zip(padded_sequences, lengths.tolist())]


def pack_sequence(sequences, enforce_sorted=True):
    lengths = torch.as_tensor([s.size(0) for s in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences):
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
