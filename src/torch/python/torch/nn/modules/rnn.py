# SPDX-License-Identifier: MIT
"""Recurrent layers: the same cell at every step of a sequence, handing a state on.

L steps, N samples, D = 2 if bidirectional else 1. input (L, N, input_size), with batch_first (N, L, input_size), or
(L, input_size) for one sample; output (L, N, D * hidden_size); states (D * num_layers, N, hidden_size).
"""

import math
import torch
from torch.nn import functional as F
from torch.nn import init
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter


def _rnn_step(activation):
    def step(inputs, state, weights):
        """h' = tanh(inputs + W_hh h + b_hh); inputs already is W_ih x + b_ih"""
        h = activation(F.linear(state[0], weights.w_hh, weights.b_hh) + inputs)
        return (h,)
    return step


def _lstm_step(inputs, state, weights):
    """Gates i, f, o in (0, 1) say how much is let in, kept and shown: c' = f * c + i * g, h' = o * tanh(c')"""
    h, c = state
    i, f, g, o = (F.linear(h, weights.w_hh, weights.b_hh) + inputs).chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    c = (f * c) + (i * g)
    h = o * c.tanh()
    if weights.w_hr is not None:
        h = F.linear(h, weights.w_hr)
    return h, c


def _gru_step(inputs, state, weights):
    """The new state lies between the candidate n and the old state: h' = (h - n) * z + n"""
    h = state[0]
    inputs_r, inputs_z, inputs_n = inputs.chunk(3, 1)
    hidden_r, hidden_z, hidden_n = F.linear(h, weights.w_hh, weights.b_hh).chunk(3, 1)
    r = (hidden_r + inputs_r).sigmoid()
    z = (hidden_z + inputs_z).sigmoid()
    n = (inputs_n + hidden_n * r).tanh()
    return ((h - n) * z + n,)


_STEPS = {"RNN_TANH": _rnn_step(torch.tanh), "RNN_RELU": _rnn_step(torch.relu), "LSTM": _lstm_step, "GRU": _gru_step}
_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "LSTM": 4, "GRU": 3}


class _Weights:
    """The weights of one layer and direction."""

    def __init__(self, module, suffix):
        self.w_ih, self.w_hh, self.b_ih, self.b_hh, self.w_hr = (
            getattr(module, f"{name}_l{suffix}", None)
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"))


class RNNBase(Module):
    """What RNN, LSTM and GRU share; they differ in their step.

    Layer k has weight_ih_lk (gates * hidden, inputs), weight_hh_lk (gates * hidden, hidden), bias_ih_lk, bias_hh_lk,
    and the same with _reverse for the backward direction. All start uniform in ±1/sqrt(hidden_size).
    """

    def __init__(self, mode, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0,
                 bidirectional=False, proj_size=0, device=None, dtype=None):
        super().__init__()
        _check_dropout(dropout, num_layers)
        if proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if proj_size >= hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")
        if mode not in _STEPS:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        rows = _GATES[mode] * hidden_size
        output_size = proj_size or hidden_size
        self._all_weights = []
        for layer in range(num_layers):
            n_inputs = input_size if layer == 0 else output_size * self._n_directions
            for direction in range(self._n_directions):
                shapes = {"weight_ih": (rows, n_inputs), "weight_hh": (rows, output_size)}
                if bias:
                    shapes.update(bias_ih=(rows,), bias_hh=(rows,))
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                suffix = f"_l{layer}" + ("_reverse" if direction else "")
                for name, shape in shapes.items():
                    setattr(self, name + suffix, Parameter(torch.empty(shape, device=device, dtype=dtype)))
                self._all_weights.append([name + suffix for name in shapes])
        self.reset_parameters()

    @property
    def _n_directions(self):
        return 2 if self.bidirectional else 1

    @property
    def all_weights(self):
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self):
        """Only does something on a GPU."""

    def reset_parameters(self):
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self):
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size != 0:
            text += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if self.batch_first is not False:
            text += f", batch_first={self.batch_first}"
        if self.dropout != 0:
            text += f", dropout={self.dropout}"
        if self.bidirectional is not False:
            text += f", bidirectional={self.bidirectional}"
        return text

    # --- running over the sequence ---

    def _run(self, input, states):
        """input (L, N, inputs), states: h (and c), each (D * num_layers, N, hidden). Returns output, last states."""
        step = _STEPS[self.mode]
        last = []
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(self._n_directions):
                weights = _Weights(self, f"{layer}" + ("_reverse" if direction else ""))
                first = tuple(state[layer * self._n_directions + direction] for state in states)
                output, state = _scan(step, input, first, weights, direction == 1)
                outputs.append(output)
                last.append(state)
            input = outputs[0] if len(outputs) == 1 else torch.cat(outputs, -1)
            if self.dropout and self.training and layer < self.num_layers - 1:
                input = F.dropout(input, self.dropout)
        return input, tuple(torch.stack(state) for state in zip(*last))

    def _run_packed(self, packed, states):
        """The same for sequences of several lengths: the batch shrinks as the shorter ones end."""
        data, batch_sizes = packed.data, packed.batch_sizes.tolist()
        step = _STEPS[self.mode]
        last = []
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(self._n_directions):
                weights = _Weights(self, f"{layer}" + ("_reverse" if direction else ""))
                first = tuple(state[layer * self._n_directions + direction] for state in states)
                scan = _scan_packed_reverse if direction else _scan_packed
                output, state = scan(step, data, batch_sizes, first, weights)
                outputs.append(output)
                last.append(state)
            data = outputs[0] if len(outputs) == 1 else torch.cat(outputs, -1)
            if self.dropout and self.training and layer < self.num_layers - 1:
                data = F.dropout(data, self.dropout)
        return data, tuple(torch.stack(state) for state in zip(*last))

    def _forward(self, input, states):
        """Brings all kinds of input to (L, N, inputs), runs, and brings the results back."""
        from torch.nn.utils.rnn import PackedSequence

        if isinstance(input, PackedSequence):
            return self._forward_packed(input, states)
        is_batch = input.dim() == 3
        if not is_batch:
            input = input.unsqueeze(0 if self.batch_first else 1)
            if states is not None:
                states = tuple(state.unsqueeze(1) for state in states)
        self._check_input(input, 3)
        n = input.size(0 if self.batch_first else 1)
        states = self._check_states(states, n, input)
        if self.batch_first:
            input = input.transpose(0, 1)
        output, states = self._run(input, states)
        if self.batch_first:
            output = output.transpose(0, 1)
        if not is_batch:
            output = output.squeeze(0 if self.batch_first else 1)
            states = tuple(state.squeeze(1) for state in states)
        return output, states

    def _forward_packed(self, packed, states):
        self._check_input(packed.data, 2)
        if states is not None and packed.sorted_indices is not None:
            states = tuple(state.index_select(1, packed.sorted_indices) for state in states)
        states = self._check_states(states, int(packed.batch_sizes[0]), packed.data)
        data, states = self._run_packed(packed, states)
        if packed.unsorted_indices is not None:
            states = tuple(state.index_select(1, packed.unsorted_indices) for state in states)
        return type(packed)(data, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices), states

    def _check_input(self, input, n_dims):
        if input.dim() != n_dims:
            raise RuntimeError(f"input must have {n_dims} dimensions, got {input.dim()}")
        if self.input_size != input.size(-1):
            raise RuntimeError("input.size(-1) must be equal to input_size. "
                               f"Expected {self.input_size}, got {input.size(-1)}")

    def _check_states(self, states, n, input):
        """The states given, or zeros."""
        sizes = [(self.num_layers * self._n_directions, n, self.proj_size or self.hidden_size)]
        if self.mode == "LSTM":
            sizes.append((self.num_layers * self._n_directions, n, self.hidden_size))
        if states is None:
            return tuple(torch.zeros(size, dtype=input.dtype, device=input.device) for size in sizes)
        for i, (state, size) in enumerate(zip(states, sizes)):
            if state.size() != size:
                name = "hidden" if len(sizes) == 1 else f"hidden[{i}]"
                raise RuntimeError(f"Expected {name} size {size}, got {list(state.size())}")
        return states


def _check_dropout(dropout, num_layers):
    if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
        raise ValueError("dropout should be a number in range [0, 1] representing the probability of an element being "
                         "zeroed")
    if dropout > 0 and num_layers == 1:
        import warnings

        warnings.warn("dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                      f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}")


def _scan(step, input, state, weights, reverse):
    """Runs one layer in one direction: the inputs' part of all steps at once, then step by step."""
    steps = F.linear(input, weights.w_ih, weights.b_ih).unbind(0)
    outputs = []
    for inputs in reversed(steps) if reverse else steps:
        state = step(inputs, state, weights)
        outputs.append(state[0])
    return torch.stack(outputs[::-1] if reverse else outputs), state


def _scan_packed(step, data, batch_sizes, state, weights):
    steps = F.linear(data, weights.w_ih, weights.b_ih).split(batch_sizes)
    outputs, ended = [], []
    for inputs in steps:
        n = len(inputs)
        if n < len(state[0]):
            ended.append(tuple(s[n:] for s in state))
            state = tuple(s[:n] for s in state)
        state = step(inputs, state, weights)
        outputs.append(state[0])
    ended.append(state)
    return torch.cat(outputs), tuple(torch.cat(parts[::-1]) for parts in zip(*ended))


def _scan_packed_reverse(step, data, batch_sizes, first, weights):
    steps = F.linear(data, weights.w_ih, weights.b_ih).split(batch_sizes)
    outputs, state = [], tuple(s[:0] for s in first)
    for inputs in reversed(steps):
        n, before = len(inputs), len(state[0])
        if n > before:
            state = tuple(torch.cat([s, f[before:n]]) for s, f in zip(state, first))
        state = step(inputs, state, weights)
        outputs.append(state[0])
    return torch.cat(outputs[::-1]), state


class RNN(RNNBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu. Returns output, last h."""

    def __init__(self, *args, **kwargs):
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        self.nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if self.nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{self.nonlinearity}'")
        super().__init__("RNN_" + self.nonlinearity.upper(), *args, **kwargs)

    def forward(self, input, hx=None):
        _check_state_dim(input, hx)
        output, (h,) = self._forward(input, None if hx is None else (hx,))
        return output, h


class GRU(RNNBase):
    """h' = (1 - z) * n + z * h, with gates r and z and candidate n. Returns output, last h."""

    def __init__(self, *args, **kwargs):
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)

    def forward(self, input, hx=None):
        _check_state_dim(input, hx)
        output, (h,) = self._forward(input, None if hx is None else (hx,))
        return output, h


class LSTM(RNNBase):
    """c' = f * c + i * g, h' = o * tanh(c'), with gates i, f, o and candidate g. Returns output, (last h, last c)."""

    def __init__(self, *args, **kwargs):
        super().__init__("LSTM", *args, **kwargs)

    def forward(self, input, hx=None):
        if hx is not None and isinstance(input, torch.Tensor):
            wanted, kind = (3, "batched") if input.dim() == 3 else (2, "unbatched")
            if hx[0].dim() != wanted or hx[1].dim() != wanted:
                raise RuntimeError(f"For {kind} {wanted}-D input, hx and cx should also be {wanted}-D but got "
                                   f"({hx[0].dim()}-D, {hx[1].dim()}-D) tensors")
        return self._forward(input, hx)


def _check_state_dim(input, hx):
    if hx is None or not isinstance(input, torch.Tensor):
        return
    wanted, kind = (3, "batched") if input.dim() == 3 else (2, "unbatched")
    if hx.dim() != wanted:
        raise RuntimeError(f"For {kind} {wanted}-D input, hx should also be {wanted}-D but got {hx.dim()}-D tensor")


class RNNCellBase(Module):
    """One step of a recurrent layer: input (N, input_size) or (input_size), state (N, hidden_size) or (hidden_size)"""

    def __init__(self, input_size, hidden_size, bias, num_chunks, device=None, dtype=None):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = num_chunks * hidden_size
        self.weight_ih = Parameter(torch.empty((rows, input_size), device=device, dtype=dtype))
        self.weight_hh = Parameter(torch.empty((rows, hidden_size), device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(torch.empty(rows, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    # What the steps above ask of weights.
    w_hh = property(lambda self: self.weight_hh)
    b_hh = property(lambda self: self.bias_hh)
    w_hr = None

    def reset_parameters(self):
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self):
        text = f"{self.input_size}, {self.hidden_size}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            text += f", nonlinearity={self.nonlinearity}"
        return text

    def _step(self, mode, input, states):
        assert input.dim() in (1, 2), \
            f"{type(self).__name__}: Expected input to be 1-D or 2-D but received {input.dim()}-D tensor"
        is_batch = input.dim() == 2
        if not is_batch:
            input = input.unsqueeze(0)
        if states is None:
            zeros = torch.zeros(input.size(0), self.hidden_size, dtype=input.dtype, device=input.device)
            states = (zeros, zeros)
        elif not is_batch:
            states = tuple(state.unsqueeze(0) for state in states)
        self._check(input, states)
        states = _STEPS[mode](F.linear(input, self.weight_ih, self.bias_ih), states, self)
        return states if is_batch else tuple(state.squeeze(0) for state in states)

    def _check(self, input, states):
        if input.size(1) != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.size(1)} expected {self.input_size}")
        for state in states:
            if input.size(0) != state.size(0):
                raise RuntimeError(f"Input batch size {input.size(0)} doesn't match hidden batch size {state.size(0)}")
            if state.size(1) != self.hidden_size:
                raise RuntimeError(f"hidden has inconsistent hidden_size: got {state.size(1)}, "
                                   f"expected {self.hidden_size}")


class RNNCell(RNNCellBase):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu"""

    def __init__(self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step("RNN_" + self.nonlinearity.upper(), input, None if hx is None else (hx,))[0]


class LSTMCell(RNNCellBase):
    """One step of an LSTM: returns (h', c')"""

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input, hx=None):
        return self._step("LSTM", input, hx)


class GRUCell(RNNCellBase):
    """One step of a GRU: returns h'"""

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input, hx=None):
        return self._step("GRU", input, None if hx is None else (hx,))[0]
