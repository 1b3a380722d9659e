# SPDX-License-Identifier: MIT
"""The losses of torch.nn.functional.

x is what the model said, t the target. All end with the reduction: mean, sum, or none (a loss for each element).
"""

import math
import torch
from torch._one_node import one_node
from _torch import functional as _nn
from torch.nn import _reduction
from torch.nn.functional import logsigmoid, pairwise_distance

NAMES = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "cross_entropy",
         "ctc_loss", "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss",
         "margin_ranking_loss", "mse_loss", "multi_margin_loss", "multilabel_margin_loss",
         "multilabel_soft_margin_loss", "nll_loss", "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss",
         "triplet_margin_loss", "triplet_margin_with_distance_loss")


def _same_shape(input, target):
    """Both, broadcast; warns if that changes a shape, for it is nearly always a mistake."""
    if target.size() == input.size():
        return input, target
    import warnings

    warnings.warn(f"Using a target size ({target.size()}) that is different to the input size ({input.size()}). This "
                  "will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
                  stacklevel=3)
    return torch.broadcast_tensors(input, target)


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """(x - t)²"""
    input, target = _same_shape(input, target)
    return _nn.mse_loss(input, target, reduction=_reduction.choose(size_average, reduce, reduction))


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """|x - t|"""
    input, target = _same_shape(input, target)
    return _reduction.apply((input - target).abs(), _reduction.choose(size_average, reduce, reduction))


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """(x - t)² / (2 * beta) where |x - t| < beta, else |x - t| - beta / 2"""
    input, target = _same_shape(input, target)
    reduction = _reduction.choose(size_average, reduce, reduction)
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    return _nn.smooth_l1_loss(input, target, reduction=reduction, beta=beta)


def huber_loss(input, target, reduction="mean", delta=1.0):
    """(x - t)² / 2 where |x - t| < delta, else delta * (|x - t| - delta / 2)"""
    input, target = _same_shape(input, target)
    return _nn.huber_loss(input, target, reduction=_reduction.choose(None, None, reduction), delta=delta)


def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean",
                  label_smoothing=0.0):
    """-log(softmax(x))[t]: x (N, C, ...), t classes (N, ...) or probabilities of x's shape."""
    return _nn.cross_entropy(input, target, weight=weight, ignore_index=ignore_index,
                             reduction=_reduction.choose(size_average, reduce, reduction),
                             label_smoothing=label_smoothing)


def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
    """-x[t]: x (N, C, ...) log-probabilities, t classes (N, ...)"""
    return _nn.nll_loss(input, target, weight=weight, ignore_index=ignore_index,
                        reduction=_reduction.choose(size_average, reduce, reduction))


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """-(t * log(x) + (1 - t) * log(1 - x)), x in [0, 1]"""
    reduction = _reduction.choose(size_average, reduce, reduction)
    if target.size() != input.size():
        raise ValueError(f"Using a target size ({target.size()}) that is different to the input size ({input.size()}) "
                         "is deprecated. Please ensure they have the same size.")
    if weight is not None:
        weight = weight.expand(torch.broadcast_shapes(target.size(), weight.size()))
    return _nn.binary_cross_entropy(input, target, weight=weight, reduction=reduction)


def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction="mean",
                                     pos_weight=None):
    """binary_cross_entropy of sigmoid(x)"""
    reduction = _reduction.choose(size_average, reduce, reduction)
    if target.size() != input.size():
        raise ValueError(f"Target size ({target.size()}) must be the same as input size ({input.size()})")
    return _nn.binary_cross_entropy_with_logits(input, target, weight=weight, reduction=reduction,
                                                pos_weight=pos_weight)


def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """t * (log(t) - x): x log-probabilities, t probabilities (or their logarithms)"""
    if size_average is not None or reduce is not None:
        reduction = _reduction.legacy_get_string(size_average, reduce)
    elif reduction == "mean":
        import warnings

        warnings.warn("reduction: 'mean' divides the total loss by both the batch size and the support size."
                      "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
                      "'mean' will be changed to behave the same as 'batchmean' in the next major release.")
    if log_target:
        loss = target.exp() * (target - input)
    else:
        loss = torch.xlogy(target, target) - target * input
    if reduction == "batchmean":
        return loss.sum() / input.size(0) if input.dim() else loss.sum()
    return _reduction.apply(loss, _reduction.choose(None, None, reduction))


def poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None,
                     reduction="mean"):
    """exp(x) - t * x, or without log_input: x - t * log(x + eps); full adds Stirling's approximation of log(t!)"""
    if size_average is not None or reduce is not None:
        reduction = _reduction.legacy_get_string(size_average, reduce)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + stirling.masked_fill(target <= 1, 0)
    return _reduction.apply(loss, reduction)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """(log(var) + (x - t)² / var) / 2, var being at least eps"""
    if var.size() != input.size():
        if input.size()[:-1] == var.size():
            var = var.unsqueeze(-1)
        elif not (input.size()[:-1] == var.size()[:-1] and var.size(-1) == 1):
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    if torch.any(var < 0):
        raise ValueError("var has negative entry/entries")
    var = var.clone()
    with torch.no_grad():
        var.clamp_(min=eps)
    loss = 0.5 * (torch.log(var) + (input - target) ** 2 / var)
    if full:
        loss += 0.5 * math.log(2 * math.pi)
    return _reduction.apply(loss, reduction)


def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"):
    """x where t = 1, max(0, margin - x) where t = -1"""
    zeros = torch.zeros_like(input)
    far = torch.where(target != 1, (margin - input).clamp_min(0), zeros)
    near = torch.where(target != -1, input, zeros)
    return _reduction.apply(far + near, _reduction.choose(size_average, reduce, reduction))


def margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    """max(0, -t * (x1 - x2) + margin)"""
    reduction = _reduction.choose(size_average, reduce, reduction)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError("margin_ranking_loss : All input tensors should have same dimension but got sizes: "
                           f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} ")
    return _reduction.apply((-target * (input1 - input2) + margin).clamp_min(0), reduction)


def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    """1 - cos(x1, x2) where t = 1, max(0, cos(x1, x2) - margin) where t = -1: x (N, D), t (N) or x (D), t ()"""
    reduction = _reduction.choose(size_average, reduce, reduction)
    if target.dim() not in (0, 1):
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.dim() == 1 and input1.dim() != 2:
        raise RuntimeError("1D target tensor expects 2D input tensors, but found inputs with sizes "
                           f"{list(input1.size())} and {list(input2.size())}.")
    if target.dim() == 0 and input1.dim() != 1:
        raise RuntimeError("0D target tensor expects 1D input tensors, but found inputs with sizes "
                           f"{list(input1.size())} and {list(input2.size())}.")
    dim, tiny = target.dim(), 1e-12
    product = (input1 * input2).sum(dim)
    square1 = (input1 * input1).sum(dim) + tiny
    square2 = (input2 * input2).sum(dim) + tiny
    cosine = product / (square1 * square2).sqrt()
    zeros = torch.zeros_like(cosine)
    near = torch.where(target == 1, 1 - cosine, zeros)
    far = torch.where(target == -1, (cosine - margin).clamp_min(0), zeros)
    return _reduction.apply(near + far, reduction)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """log(1 + exp(-t * x))"""
    return _nn.soft_margin_loss(input, target, reduction=_reduction.choose(size_average, reduce, reduction))


def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"):
    """The mean over the wrong classes i of max(0, margin - x[t] + x[i])**p: x (N, C), t (N)"""
    reduction = _reduction.choose(size_average, reduce, reduction)
    if p != 1 and p != 2:
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    return _nn.multi_margin_loss(input, target, p=p, margin=margin, weight=weight, reduction=reduction)


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """The sum over right classes j and wrong ones i of max(0, 1 - (x[j] - x[i])) / C: x, t (N, C), t ended by -1"""
    return _nn.multilabel_margin_loss(input, target, reduction=_reduction.choose(size_average, reduce, reduction))


def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    """The mean over the classes of -(t * log(sigmoid(x)) + (1 - t) * log(sigmoid(-x))): x, t (N, C)"""
    if size_average is not None or reduce is not None:
        reduction = _reduction.legacy_get_string(size_average, reduce)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        loss = loss * weight
    loss = loss.sum(dim=-1) / input.size(-1)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    return _reduction.apply(loss, reduction)


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None,
                        reduce=None, reduction="mean"):
    """max(0, margin + d(anchor, positive) - d(anchor, negative)), d being pairwise_distance"""
    reduction = _reduction.choose(size_average, reduce, reduction)
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = torch.min(far, pairwise_distance(positive, negative, p, eps))
    return _reduction.apply((margin + near - far).clamp_min(0), reduction)


def triplet_margin_with_distance_loss(anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False,
                                      reduction="mean"):
    """triplet_margin_loss with a distance of one's own"""
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = torch.min(far, distance(positive, negative))
    return _reduction.apply((near - far + margin).clamp(min=0.0), _reduction.choose(None, None, reduction))


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean", zero_infinity=False):
    """-log of the probability that log_probs (T, N, C) read as targets, once repeats and blanks are left out.

    targets: (N, S), or all of them in a row. `mean` divides each sample's loss by the length of its target.
    """
    reduction = _reduction.choose(None, None, reduction)
    is_batch = log_probs.dim() == 3
    if not is_batch:
        log_probs = log_probs.unsqueeze(1)
    input_lengths, target_lengths = _lengths(input_lengths), _lengths(target_lengths)
    rows = list(targets) if targets.dim() == 2 else targets.split(target_lengths)
    loss = _ctc_of_all(log_probs, [row[:n].tolist() for row, n in zip(rows, target_lengths)], input_lengths, blank)
    if zero_infinity:
        loss = torch.where(loss == math.inf, torch.zeros_like(loss), loss)
    if reduction == "mean":
        return (loss / log_probs.new_tensor(target_lengths).clamp_min(1)).mean()
    return _reduction.apply(loss if is_batch else loss[0], reduction)


@one_node("CtcLossBackward0")
def _ctc_of_all(log_probs, targets, input_lengths, blank):
    return torch.stack([_ctc_of_one(log_probs[:steps, i], target, blank)
                        for i, (steps, target) in enumerate(zip(input_lengths, targets))])


def _lengths(lengths):
    lengths = lengths.tolist() if isinstance(lengths, torch.Tensor) else lengths
    return [lengths] if isinstance(lengths, int) else list(lengths)


def _ctc_of_one(log_probs, target, blank):
    """alpha[s] is the log-probability of all ways to have read `states` up to s: blank, t0, blank, t1 ... blank."""
    states = [blank]
    for label in target:
        states += [label, blank]
    may_skip = [s >= 2 and states[s] != blank and states[s] != states[s - 2] for s in range(len(states))]
    emission = log_probs[:, states]
    never = log_probs.new_full((), -math.inf)
    alpha = [emission[0, s] if s < 2 else never for s in range(len(states))]
    for step in emission[1:]:
        alpha = [_log_sum([alpha[s]] + ([alpha[s - 1]] if s >= 1 else []) + ([alpha[s - 2]] if may_skip[s] else []))
                 + step[s] for s in range(len(states))]
    return -_log_sum(alpha[-2:])


def _log_sum(values):
    """log of the sum of exp; what is impossible is left out, for it has no gradient."""
    possible = [v for v in values if v.item() > -math.inf]
    if not possible:
        return values[0]
    return possible[0] if len(possible) == 1 else torch.logsumexp(torch.stack(possible), 0)
