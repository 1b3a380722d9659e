# SPDX-License-Identifier: MIT
"""Attention: each query takes a mean of the values, weighted by how well their keys match it."""

import math
import torch
from torch.nn import functional as F


def multi_head_attention_forward(query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias,
                                 bias_k, bias_v, add_zero_attn, dropout_p, out_proj_weight, out_proj_bias,
                                 training=True, key_padding_mask=None, need_weights=True, attn_mask=None,
                                 use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None,
                                 v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True):
    """softmax(q k^T / sqrt(head_dim) + mask) v, in num_heads slices of the embedding side by side.

    query (L, N, E), key and value (S, N, E), or without N. Returns output (L, N, E) and the weights (N, L, S).
    """
    is_batch = _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not is_batch:
        same = query is key, key is value
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        if all(same):
            key = value = query
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    n_queries, n, embed_dim = query.shape
    _check_sizes(query, key, value, embed_dim_to_check, num_heads, use_separate_proj_weight)
    head_dim = embed_dim // num_heads
    if use_separate_proj_weight:
        biases = (None,) * 3 if in_proj_bias is None else in_proj_bias.chunk(3)
        weights = (q_proj_weight, k_proj_weight, v_proj_weight)
        q, k, v = (F.linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases))
    else:
        q, k, v = _project(query, key, value, in_proj_weight, in_proj_bias)
    mask = _check_mask(attn_mask, n_queries, key.size(0), n * num_heads)
    if bias_k is not None and bias_v is not None:
        k = torch.cat([k, bias_k.repeat(1, n, 1)])
        v = torch.cat([v, bias_v.repeat(1, n, 1)])
        mask, key_padding_mask = _one_more_key(mask), _one_more_key(key_padding_mask)

    def in_heads(x):
        return x.contiguous().view(x.size(0), n * num_heads, head_dim).transpose(0, 1)

    q = in_heads(q)
    k = in_heads(k) if static_k is None else static_k
    v = in_heads(v) if static_v is None else static_v
    if add_zero_attn:
        k = torch.cat([k, k.new_zeros(n * num_heads, 1, head_dim)], dim=1)
        v = torch.cat([v, v.new_zeros(n * num_heads, 1, head_dim)], dim=1)
        mask, key_padding_mask = _one_more_key(mask), _one_more_key(key_padding_mask)
    mask = _merge_masks(mask, key_padding_mask, n, num_heads, k.size(1), q.dtype)

    output, weights = _attend(q, k, v, mask, dropout_p if training else 0.0)
    output = output.transpose(0, 1).contiguous().view(n_queries * n, embed_dim)
    output = F.linear(output, out_proj_weight, out_proj_bias).view(n_queries, n, -1)
    if not is_batch:
        output = output.squeeze(1)
    if not need_weights:
        return output, None
    weights = weights.view(n, num_heads, n_queries, k.size(1))
    if average_attn_weights:
        weights = weights.sum(dim=1) / num_heads
    return output, weights if is_batch else weights.squeeze(0)


def _attend(q, k, v, mask, dropout_p):
    """q (B, L, E), k and v (B, S, E): output (B, L, E), weights (B, L, S)"""
    q = q / math.sqrt(q.size(-1))
    scores = torch.bmm(q, k.transpose(-2, -1)) if mask is None else torch.baddbmm(mask, q, k.transpose(-2, -1))
    weights = F.softmax(scores, dim=-1)
    if dropout_p > 0.0:
        weights = F.dropout(weights, p=dropout_p)
    return torch.bmm(weights, v), weights


def _project(query, key, value, weight, bias):
    """q, k and v by one matrix (3 * E, E): in one go if all come from the same tensor."""
    if query is key and key is value:
        return F.linear(query, weight, bias).chunk(3, dim=-1)
    if key is value:
        size = [query.size(-1), 2 * query.size(-1)]
        w_q, w_kv = weight.split(size)
        b_q, b_kv = (None, None) if bias is None else bias.split(size)
        return (F.linear(query, w_q, b_q), *F.linear(key, w_kv, b_kv).chunk(2, dim=-1))
    biases = (None,) * 3 if bias is None else bias.chunk(3)
    return tuple(F.linear(x, w, b) for x, w, b in zip((query, key, value), weight.chunk(3), biases))


def _one_more_key(mask):
    return None if mask is None else F.pad(mask, (0, 1))


def _merge_masks(mask, key_padding_mask, n, num_heads, n_keys, dtype):
    """One mask to be added to the scores: -inf where nothing may be seen."""
    if key_padding_mask is not None:
        assert key_padding_mask.shape == (n, n_keys), \
            f"expecting key_padding_mask shape of {(n, n_keys)}, but got {key_padding_mask.shape}"
        padding = key_padding_mask.view(n, 1, 1, n_keys).expand(-1, num_heads, -1, -1)
        padding = padding.reshape(n * num_heads, 1, n_keys)
        if mask is None:
            mask = padding
        elif mask.dtype == torch.bool:
            mask = mask.logical_or(padding)
        else:
            mask = mask.masked_fill(padding, -math.inf)
    if mask is not None and mask.dtype == torch.bool:
        mask = torch.zeros_like(mask, dtype=dtype).masked_fill_(mask, -math.inf)
    return mask


def _check_mask(mask, n_queries, n_keys, n_batch):
    if mask is None:
        return None
    assert mask.is_floating_point() or mask.dtype == torch.bool, \
        f"Only float, byte, and bool types are supported for attn_mask, not {mask.dtype}"
    if mask.dim() == 2:
        if mask.shape != (n_queries, n_keys):
            raise RuntimeError(f"The shape of the 2D attn_mask is {mask.shape}, but should be {(n_queries, n_keys)}.")
        return mask.unsqueeze(0)
    if mask.dim() == 3:
        if mask.shape != (n_batch, n_queries, n_keys):
            raise RuntimeError(f"The shape of the 3D attn_mask is {mask.shape}, "
                               f"but should be {(n_batch, n_queries, n_keys)}.")
        return mask
    raise RuntimeError(f"attn_mask's dimension {mask.dim()} is not supported")


def _check_dims(query, key, value, key_padding_mask, attn_mask, num_heads):
    if query.dim() not in (2, 3):
        raise AssertionError(
            f"query should be unbatched 2D or batched 3D tensor but received {query.dim()}-D query tensor")
    n, kind = (3, "batched (3-D)") if query.dim() == 3 else (2, "unbatched (2-D)")
    assert key.dim() == n and value.dim() == n, \
        (f"For {kind} `query`, expected `key` and `value` to be {n}-D but found {key.dim()}-D and {value.dim()}-D "
         "tensors respectively")
    if key_padding_mask is not None:
        assert key_padding_mask.dim() == n - 1, \
            (f"For {kind} `query`, expected `key_padding_mask` to be `None` or {n - 1}-D but found "
             f"{key_padding_mask.dim()}-D tensor instead")
        if key_padding_mask.dtype != torch.bool and not key_padding_mask.is_floating_point():
            raise AssertionError("only bool and floating types of key_padding_mask are supported")
    if attn_mask is not None:
        assert attn_mask.dim() in (2, 3), \
            (f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.dim()}-D tensor "
             "instead")
    return n == 3


def _check_sizes(query, key, value, embed_dim, num_heads, is_separate):
    assert query.size(-1) == embed_dim, f"was expecting embedding dimension of {embed_dim}, but got {query.size(-1)}"
    assert embed_dim % num_heads == 0, f"embed_dim {embed_dim} not divisible by num_heads {num_heads}"
    if is_separate:
        assert key.shape[:2] == value.shape[:2], \
            f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
    else:
        assert key.shape == value.shape, f"key shape {key.shape} does not match value shape {value.shape}"
