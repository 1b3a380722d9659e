# SPDX-License-Identifier: MIT
"""The functions behind the modules: the same mathematics without parameters of their own.

What has a derivative of its own is an operation of the engine (`_nn`); what is made of other operations is written out
here, in the order that gives PyTorch's graph and rounding.
"""

import math
import torch
from _torch import functional as _nn
from torch.nn import _kernels, _reduction  # noqa: F401  what the engine lacks of _nn comes from _kernels
from torch._one_node import one_node


def _warn(message, stacklevel=2):
    import warnings

    warnings.warn(message, stacklevel=stacklevel + 1)


# --- linear ---

def embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False):
    """y = weight[input]: rows of weight (V, D) for indices of any shape (...); y (..., D)."""
    if padding_idx is not None:
        n = weight.size(0)
        assert -n <= padding_idx < n, "Padding_idx must be within num_embeddings"
        padding_idx %= n
    if max_norm is not None:
        _renormalize_rows(weight, input, max_norm, norm_type)
    return _nn.embedding(input, weight, -1 if padding_idx is None else padding_idx)


def _renormalize_rows(weight, input, max_norm, norm_type):
    """Shortens the rows used by `input` to at most max_norm, in place."""
    with torch.no_grad():
        for i in input.unique().tolist():
            norm = weight[i].norm(norm_type)
            if norm > max_norm:
                weight[i] *= max_norm / (norm + 1e-7)


def embedding_bag(input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode="mean",
                  sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None):
    """The sum, mean or maximum of the rows in each bag: input (B, N), or (N) cut at offsets (B); y (B, D)."""
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError("if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed "
                             f"length sequences. However, found offsets of type {type(offsets)}")
        bags = list(input)
        weights = None if per_sample_weights is None else list(per_sample_weights)
    elif input.dim() == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        if offsets.dim() != 1:
            raise ValueError("offsets has to be a 1D Tensor")
        ends = offsets.tolist() + ([] if include_last_offset else [input.numel()])
        bags = [input[a:b] for a, b in zip(ends, ends[1:])]
        weights = None if per_sample_weights is None else [per_sample_weights[a:b] for a, b in zip(ends, ends[1:])]
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if weights is not None and mode != "sum":
        raise NotImplementedError("embedding_bag: per_sample_weights was not None. per_sample_weights is only supported "
                                  f"for mode='sum' (got mode='{mode}'). Please open a feature request on GitHub.")
    if max_norm is not None:
        _renormalize_rows(weight, input, max_norm, norm_type)
    return _bags(weight, bags, weights, mode, padding_idx)


@one_node("EmbeddingBagBackward0")
def _bags(weight, bags, weights, mode, padding_idx):
    results = []
    for i, bag in enumerate(bags):
        if padding_idx is not None:
            bag = bag[bag != padding_idx]
        rows = embedding(bag, weight)
        if weights is not None:
            rows = rows * weights[i].unsqueeze(1)
        if len(bag) == 0:
            results.append(weight.new_zeros(weight.size(1)))
        elif mode == "max":
            results.append(rows.max(0)[0])
        else:
            results.append(rows.mean(0) if mode == "mean" else rows.sum(0))
    return torch.stack(results)


# --- activations ---

def relu(input, inplace=False):
    """max(x, 0)"""
    return torch.relu_(input) if inplace else torch.relu(input)


def relu6(input, inplace=False):
    """min(max(x, 0), 6)"""
    return _nn.hardtanh_(input, 0.0, 6.0) if inplace else _nn.hardtanh(input, 0.0, 6.0)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    """x where x > 0, else negative_slope * x"""
    return _nn.leaky_relu_(input, negative_slope) if inplace else _nn.leaky_relu(input, negative_slope)


def prelu(input, weight):
    """x where x > 0, else weight * x; weight has one element, or one for each channel (dimension 1)."""
    return _nn.prelu(input, weight)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    """leaky_relu with slopes drawn from [lower, upper] in training, their mean otherwise"""
    function = _nn.rrelu_ if inplace else _nn.rrelu
    return function(input, lower, upper, training)


def elu(input, alpha=1.0, inplace=False):
    """x where x > 0, else alpha * (exp(x) - 1)"""
    return _nn.elu_(input, alpha) if inplace else _nn.elu(input, alpha)


def selu(input, inplace=False):
    """scale * elu(x, alpha), with the two constants that keep mean 0 and variance 1"""
    return _nn.selu_(input) if inplace else _nn.selu(input)


def celu(input, alpha=1.0, inplace=False):
    """x where x > 0, else alpha * (exp(x / alpha) - 1)"""
    return _nn.celu_(input, alpha) if inplace else _nn.celu(input, alpha)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """x kept within [min_val, max_val]"""
    return _nn.hardtanh_(input, min_val, max_val) if inplace else _nn.hardtanh(input, min_val, max_val)


def threshold(input, threshold, value, inplace=False):
    """x where x > threshold, else value"""
    return _nn.threshold_(input, threshold, value) if inplace else _nn.threshold(input, threshold, value)


def glu(input, dim=-1):
    """a * sigmoid(b), where a and b are the halves of x along dim"""
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return _nn.glu(input, dim)


def silu(input, inplace=False):
    """x * sigmoid(x)"""
    return _nn.silu_(input) if inplace else _nn.silu(input)


def mish(input, inplace=False):
    """x * tanh(softplus(x))"""
    return _nn.mish_(input) if inplace else _nn.mish(input)


def hardsigmoid(input, inplace=False):
    """min(max(x + 3, 0), 6) / 6"""
    return _nn.hardsigmoid_(input) if inplace else _nn.hardsigmoid(input)


def hardswish(input, inplace=False):
    """x * hardsigmoid(x)"""
    return _nn.hardswish_(input) if inplace else _nn.hardswish(input)


def gelu(input, approximate="none"):
    """x * P(Z < x), Z normal"""
    return _nn.gelu(input, approximate=approximate)


def logsigmoid(input):
    """log(sigmoid(x))"""
    return _nn.logsigmoid(input)


def softplus(input, beta=1, threshold=20):
    """log(1 + exp(beta * x)) / beta; x itself where beta * x > threshold"""
    return _nn.softplus(input, beta, threshold)


def hardshrink(input, lambd=0.5):
    """x where |x| > lambd, else 0"""
    return _nn.hardshrink(input, lambd)


def softshrink(input, lambd=0.5):
    """x moved by lambd towards 0"""
    return _nn.softshrink(input, lambd)


def tanhshrink(input):
    """x - tanh(x)"""
    return input - input.tanh()


def softsign(input):
    """x / (1 + |x|)"""
    return input / (input.abs() + 1)


def tanh(input):
    _warn("nn.functional.tanh is deprecated. Use torch.tanh instead.")
    return input.tanh()


def sigmoid(input):
    _warn("nn.functional.sigmoid is deprecated. Use torch.sigmoid instead.")
    return input.sigmoid()


def _guess_dim(name, input, stacklevel):
    _warn(f"Implicit dimension choice for {name} has been deprecated. "
          "Change the call to include dim=X as an argument.", stacklevel)
    return 0 if input.dim() in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """exp(x) / sum(exp(x)) along dim"""
    if dim is None:
        dim = _guess_dim("softmax", input, _stacklevel)
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """log(softmax(x)) along dim"""
    if dim is None:
        dim = _guess_dim("log_softmax", input, _stacklevel)
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """softmax(-x) along dim"""
    if dim is None:
        dim = _guess_dim("softmin", input, _stacklevel)
    return (-input).softmax(dim) if dtype is None else (-input).softmax(dim, dtype=dtype)


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """A soft sample of a category; hard: one-hot, with the soft sample's gradient."""
    if eps != 1e-10:
        _warn("`eps` parameter is deprecated and has no effect.")
    noise = -torch.empty_like(logits).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one = torch.zeros_like(logits).scatter_(dim, index, 1.0)
    return one - soft.detach() + soft


# --- dropout ---

def _check_probability(p):
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _drop(input, p, training, inplace, noise_shape=None, alpha=0.0):
    """Multiplies by noise that is 0 with probability p.

    Ordinary dropout scales what is left by 1 / (1 - p), so that the mean stays. Alpha dropout (alpha > 0) puts a
    negative constant in place of 0 and so keeps mean and variance.
    """
    _check_probability(p)
    if p == 0 or not training or input.numel() == 0:
        return input
    if p == 1:
        zeros = torch.zeros_like(input)
        return input.mul_(zeros) if inplace else input * zeros
    noise = torch.empty_like(input) if noise_shape is None else input.new_empty(noise_shape)
    noise.bernoulli_(1 - p)
    if not alpha:
        noise.div_(1 - p)
        return input.mul_(noise) if inplace else input * noise
    scale = 1 / math.sqrt((alpha * alpha * p + 1) * (1 - p))
    shift = noise.add(-1).mul_(alpha * scale).add_(alpha * scale * p)
    noise.mul_(scale)
    return input.mul_(noise).add_(shift) if inplace else input * noise + shift


_SELU_FLOOR = 1.7580993408473766  # -selu(-infinity)


def dropout(input, p=0.5, training=True, inplace=False):
    """In training: each element is 0 with probability p, else divided by 1 - p."""
    return _drop(input, p, training, inplace)


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    """Dropout that keeps mean 0 and variance 1, for use with selu."""
    return _drop(input, p, training, inplace, alpha=_SELU_FLOOR)


def _channels(input):
    """The noise of a whole channel: (N, C, 1, ...)."""
    if input.dim() < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    return (input.size(0), input.size(1)) + (1,) * (input.dim() - 2)


def _drop_channels(input, p, training, inplace, is_batched):
    if is_batched:
        return _drop(input, p, training, inplace, _channels(input))
    batch = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    batch = _drop(batch, p, training, inplace, _channels(batch))
    return batch.squeeze_(0) if inplace else batch.squeeze(0)


def dropout1d(input, p=0.5, training=True, inplace=False):
    """Drops whole channels of (N, C, L) or (C, L)."""
    _check_probability(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that "
                           "dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a "
                           "channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).")
    return _drop_channels(input, p, training, inplace, input.dim() == 3)


def dropout2d(input, p=0.5, training=True, inplace=False):
    """Drops whole channels of (N, C, H, W)."""
    _check_probability(p)
    if input.dim() not in (3, 4):
        _warn(f"dropout2d: Received a {input.dim()}-D input to dropout2d, which is deprecated and will result in an "
              "error in a future release. To retain the behavior and silence this warning, please use dropout instead. "
              "Note that dropout2d exists to provide channel-wise dropout on inputs with 2 spatial dimensions, a "
              "channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).")
    if input.dim() == 3:
        _warn("dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is "
              "desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change "
              "in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To "
              "maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.")
    return _drop_channels(input, p, training, inplace, True)


def dropout3d(input, p=0.5, training=True, inplace=False):
    """Drops whole channels of (N, C, D, H, W) or (C, D, H, W)."""
    _check_probability(p)
    if input.dim() not in (4, 5):
        _warn(f"dropout3d: Received a {input.dim()}-D input to dropout3d, which is deprecated and will result in an "
              "error in a future release. To retain the behavior and silence this warning, please use dropout instead. "
              "Note that dropout3d exists to provide channel-wise dropout on inputs with 3 spatial dimensions, a "
              "channel dimension, and an optional batch dimension (i.e. 4D or 5D inputs).")
    return _drop_channels(input, p, training, inplace, input.dim() == 5)


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    """Alpha dropout of whole channels."""
    _check_probability(p)
    return _drop(input, p, training, inplace, _channels(input), _SELU_FLOOR)


# --- normalization ---

def _check_several_values(size):
    """A variance needs more than one value for each channel."""
    if size[0] * math.prod(size[2:]) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var over all but the channels of (N, C, ...).

    In training they are the batch's (and move the running ones); otherwise the running ones.
    """
    if training:
        _check_several_values(input.size())
    return _nn.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True,
                  momentum=0.1, eps=1e-5):
    """batch_norm with mean and var of each sample by itself: (N, C, ...)."""
    if use_input_stats and math.prod(input.shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.size()}")
    n, channels = input.shape[:2]

    def for_each_sample(tensor):
        return None if tensor is None else tensor.repeat(n)

    mean, var = for_each_sample(running_mean), for_each_sample(running_var)
    flat = input.contiguous().view(1, n * channels, *input.shape[2:])
    result = _nn.batch_norm(flat, mean, var, for_each_sample(weight), for_each_sample(bias),
                            use_input_stats, momentum, eps)
    if use_input_stats and running_mean is not None:
        with torch.no_grad():
            running_mean.copy_(mean.view(n, channels).mean(0))
            running_var.copy_(var.view(n, channels).mean(0))
    return result.view(input.shape)


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var over the last dimensions (normalized_shape)."""
    return _nn.layer_norm(input, normalized_shape, weight, bias, eps)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """(x - mean) / sqrt(var + eps) * weight + bias, mean and var over each group of channels: (N, C, ...)."""
    _check_several_values([input.size(0) * input.size(1) // num_groups, num_groups, *input.shape[2:]])
    return _nn.group_norm(input, num_groups, weight, bias, eps)


def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    """x / (k + alpha * mean of x² over `size` neighbouring channels)**beta"""
    if input.dim() < 3:
        raise ValueError("Expected 3D or higher dimensionality                          "
                         f"input (got {input.dim()} dimensions)")
    if input.numel() == 0:
        return input
    squares = input.mul(input).view(input.size(0), 1, input.size(1), -1)
    squares = _nn.pad(squares, (0, 0, size // 2, (size - 1) // 2))
    mean = _nn.avg_pool2d(squares, (size, 1), stride=1).view(input.shape)
    return input / mean.mul(alpha).add(k).pow(beta)


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    """x / max(|x|, eps), the p-norm along dim"""
    norm = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / norm if out is None else torch.div(input, norm, out=out)


# --- distances ---

def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The p-norm of x1 - x2 + eps along the last dimension"""
    return torch.norm(x1 - x2 + eps, p, dim=-1, keepdim=keepdim)


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """x1 · x2 / (max(|x1|, eps) * max(|x2|, eps)) along dim"""
    x1, x2 = torch.broadcast_tensors(x1, x2)
    square1, square2 = x1.pow(2).sum(dim, keepdim=True), x2.pow(2).sum(dim, keepdim=True)
    with torch.no_grad():
        square1.clamp_min_(eps * eps)
        square2.clamp_min_(eps * eps)
    return ((x1 / square1.sqrt()) * (x2 / square2.sqrt())).sum(dim)


@one_node("PdistBackward0")
def pdist(input, p=2):
    """The p-norm distances of all pairs of rows: (N, M) gives (N * (N - 1) / 2)."""
    n = input.size(0)
    first, second = torch.triu_indices(n, n, 1)
    return (input[first] - input[second]).norm(p, -1)


# --- convolution and pooling ---

def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest of each window of (N, C, L) or (C, L); stride: kernel_size by default."""
    function = _nn.max_pool1d_with_indices if return_indices else _nn.max_pool1d
    return function(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest of each window of (N, C, H, W) or (C, H, W); stride: kernel_size by default."""
    if return_indices:
        return tuple(_nn.max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode))
    return _nn.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """The largest of each window of (N, C, D, H, W) or (C, D, H, W); stride: kernel_size by default."""
    function = _nn.max_pool3d_with_indices if return_indices else _nn.max_pool3d
    return function(input, kernel_size, stride, padding, dilation, ceil_mode)


def _fill_size(output_size, input):
    """Nones in output_size are the input's own size."""
    if isinstance(output_size, int):
        return output_size
    if input.dim() <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    return [own if n is None else n for n, own in zip(output_size, input.shape[-len(output_size):])]


def adaptive_avg_pool2d(input, output_size):
    """Means of windows chosen so that the result has this size: an int, or (H, W)."""
    return _nn.adaptive_avg_pool2d(input, _fill_size(output_size, input))


def adaptive_avg_pool3d(input, output_size):
    return _nn.adaptive_avg_pool3d(input, _fill_size(output_size, input))


def adaptive_max_pool1d(input, output_size, return_indices=False):
    """Maxima of windows chosen so that the result has this size."""
    result = _nn.adaptive_max_pool1d(input, output_size)
    return result if return_indices else result[0]


def adaptive_max_pool2d(input, output_size, return_indices=False):
    result = _nn.adaptive_max_pool2d(input, _fill_size(output_size, input))
    return result if return_indices else result[0]


def adaptive_max_pool3d(input, output_size, return_indices=False):
    result = _nn.adaptive_max_pool3d(input, _fill_size(output_size, input))
    return result if return_indices else result[0]


def _power_average(sums, n, norm_type):
    return (torch.sign(sums) * relu(torch.abs(sums))).mul(n).pow(1.0 / norm_type)


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The p-norm of each window"""
    means = _nn.avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _power_average(means, kernel_size, norm_type)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """The p-norm of each window"""
    height, width = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    means = _nn.avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _power_average(means, height * width, norm_type)


def _pair(x):
    return (x, x) if isinstance(x, int) else tuple(x)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Puts the maxima back where max_pool2d(return_indices=True) found them; 0 elsewhere."""
    kernel, padding = _pair(kernel_size), _pair(padding)
    stride = kernel if stride is None else _pair(stride)
    if output_size is None:
        output_size = [(n - 1) * s + k - 2 * p for n, s, k, p in zip(input.shape[-2:], stride, kernel, padding)]
    height, width = output_size[-2:]
    lead = input.shape[:-2]
    flat = input.new_zeros(*lead, height * width).scatter(-1, indices.reshape(*lead, -1), input.reshape(*lead, -1))
    return flat.view(*lead, height, width)


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """The windows of (N, C, H, W) as columns: (N, C * kernel height * kernel width, number of windows)."""
    return _nn.unfold(input, _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride))


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Adds windows back up into a picture: the reverse of unfold, overlaps summed."""
    return _nn.fold(input, _pair(output_size), _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride))


@one_node("PixelShuffleBackward0")
def pixel_shuffle(input, upscale_factor):
    """(..., C * r * r, H, W) to (..., C, H * r, W * r)"""
    r = upscale_factor
    *lead, channels, height, width = input.shape
    blocks = input.reshape(-1, channels // (r * r), r, r, height, width)
    return blocks.permute(0, 1, 4, 2, 5, 3).reshape(*lead, channels // (r * r), height * r, width * r)


@one_node("PixelUnshuffleBackward0")
def pixel_unshuffle(input, downscale_factor):
    """(..., C, H * r, W * r) to (..., C * r * r, H, W)"""
    r = downscale_factor
    *lead, channels, height, width = input.shape
    blocks = input.reshape(-1, channels, height // r, r, width // r, r)
    return blocks.permute(0, 1, 3, 5, 2, 4).reshape(*lead, channels * r * r, height // r, width // r)


def one_hot(tensor, num_classes=-1):
    """Class numbers as rows of zeros with a one: (...,) -> (..., num_classes)"""
    if tensor.dtype is not torch.int64:
        raise RuntimeError("one_hot is only applicable to index tensor.")
    if tensor.numel() == 0:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return torch.empty(*tensor.shape, num_classes, dtype=torch.int64)
    if tensor.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(tensor.max()) + 1
    elif num_classes <= int(tensor.max()):
        raise RuntimeError("Class values must be smaller than num_classes.")
    return torch.zeros(*tensor.shape, num_classes, dtype=torch.int64).scatter_(-1, tensor.unsqueeze(-1), 1)


def bilinear(input1, input2, weight, bias=None):
    """x1^T W x2 + b: (..., in1), (..., in2), (out, in1, in2) -> (..., out)"""
    out = torch.einsum("...i,oij,...j->...o", input1, weight, input2)
    return out if bias is None else out + bias


def channel_shuffle(input, groups):
    """(N, C, ...): C seen as (groups, C / groups) and transposed"""
    n, channels, *rest = input.shape
    return input.view(n, groups, channels // groups, *rest).transpose(1, 2).reshape(input.shape)


logsigmoid.__name__ = "log_sigmoid"  # PyTorch's is a kernel of this name


def __getattr__(name):
    """What is not defined above: losses, resizing and attention have files of their own, the rest is the engine's."""
    from torch.nn import _losses, _resize

    if name in _losses.NAMES:
        value = getattr(_losses, name)
    elif name in _resize.NAMES:
        value = getattr(_resize, name)
    elif name == "multi_head_attention_forward":
        from torch.nn._attention import multi_head_attention_forward as value
    elif not name.startswith("_") and hasattr(_nn, name):
        value = getattr(_nn, name)  # linear, conv2d, pad, one_hot ..., and the in-place relu_, elu_ ...
    else:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__():
    from torch.nn import _losses, _resize

    return sorted({*globals(), *dir(_nn), *_losses.NAMES, *_resize.NAMES, "multi_head_attention_forward"})
