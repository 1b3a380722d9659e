/* SPDX-License-Identifier: MIT */

/* The names of all operations. Included by ops.h only. */

#pragma once

#define BS_OPS \
  X (add) X (sub) X (rsub) X (rsub_tensor) X (mul) X (div) X (floor_divide) X (trunc_divide) X (remainder) X (fmod) \
  X (pow) X (pow_tensor) X (neg) X (exp) X (exp2) X (expm1) X (log) X (log2) X (log10) X (log1p) \
  X (sqrt) X (rsqrt) X (sin) X (cos) X (tan) X (asin) X (acos) X (atan) X (sinh) X (cosh) X (tanh) X (tanh_backward) X (silu_backward) X (log_sigmoid_backward) X (gelu_backward) X (softplus_backward) \
  X (sigmoid) X (erf) X (reciprocal) X (square) X (abs) X (sign) X (sgn) X (floor) X (ceil) X (trunc) \
  X (frac) X (round) X (relu) X (threshold_backward) X (relu6) X (silu) X (log_sigmoid) X (mish) X (leaky_relu) X (elu) \
  X (hardtanh) X (softplus) X (softshrink) X (hardshrink) X (gelu) X (lt) X (le) X (gt) X (ge) X (eq) \
  X (ne) X (logical_and) X (logical_or) X (logical_xor) X (logical_not) X (isnan) X (isinf) \
  X (isfinite) X (signbit) X (bitwise_and) X (bitwise_or) X (bitwise_xor) X (bitwise_left_shift) \
  X (bitwise_right_shift) X (bitwise_not) X (where) X (where_method) X (masked_fill) X (maximum) \
  X (minimum) X (fmax) X (fmin) X (clamp) X (clamp_tensor) X (clamp_min) X (clamp_max) X (view) X (unsafe_view) \
  X (reshape_alias) X (reshape) X (view_as) X (reshape_as) X (flatten) X (ravel) X (unflatten) \
  X (expand) X (expand_as) X (broadcast_to) X (transpose) X (t) X (permute) X (unsqueeze) X (squeeze) \
  X (squeeze_dim) X (select) X (slice) X (narrow) X (diagonal) X (as_strided) X (unfold) X (alias) X (detach) \
  X (view_scatter) X (clone_strided) X (clone) X (copy) X (zero) X (fill) X (to) X (type_as) X (sum) \
  X (sum_dim) X (sum_to_size) X (mean) X (mean_dim) X (all) X (all_dim) X (any) X (any_dim) X (var_all) \
  X (var) X (std_all) X (std) X (mm) X (mv) X (dot) X (vdot) X (outer) X (bmm) X (addmm) X (addmv) \
  X (addr) X (baddbmm) X (matmul) X (linear) X (softmax) X (log_softmax) X (softmax_backward) X (log_softmax_backward) X (softmin) X (logsumexp) \
  X (max) X (min) X (max_dim) X (min_dim) X (max_other) X (min_other) X (argmax) X (argmin) X (amax) \
  X (amin) \
  X (gather) X (scatter_add) X (scatter) X (scatter_value) X (index_select) X (index_add) X (index_tensor) X (index_put) X (masked_select) \
  X (mse_loss) X (smooth_l1_loss) X (huber_loss) X (l1_loss) X (binary_cross_entropy) X (binary_cross_entropy_with_logits) X (soft_margin_loss) X (nll_loss) X (nll_loss2d) X (cross_entropy) X (convolution) X (convolution_input) X (convolution_weight) X (conv1d) X (conv1d_padding) X (conv_transpose1d) X (conv2d) X (conv2d_padding) X (conv_transpose2d) X (conv3d) X (conv3d_padding) X (conv_transpose3d) \
  X (cat) X (stack) X (split) X (split_sizes) X (chunk) X (unbind) X (flip) X (roll) \
  X (repeat) X (triu) X (tril) X (diag) X (trace) X (constant_pad_nd) X (batch_norm) X (layer_norm) \
  X (embedding) X (max_pool2d_with_indices) X (avg_pool2d) X (avg_pool2d_backward) X (cumsum) X (cumprod) X (prod) X (prod_dim) X (sort) \
  X (argsort) X (topk) X (norm) X (norm_name) X (vector_norm) X (addcmul) X (addcdiv) X (lerp) X (atan2) \
  X (asinh) X (acosh) X (atanh) X (erfc) X (erfinv) X (polygamma) X (digamma) X (lgamma) X (sinc) X (deg2rad) X (rad2deg) X (logit) \
  X (nan_to_num) X (xlogy) X (logaddexp) X (logaddexp2) X (hypot) X (copysign) X (heaviside) X (gcd) X (lcm) \
  X (prelu) X (selu) X (celu) X (glu) X (threshold) X (hardsigmoid) X (hardswish) \
  X (median) X (median_dim) X (kthvalue) X (cummax) X (cummin) X (logcumsumexp) X (nonzero_) X (where_places) X (take) X (index_fill) X (index_copy) \
  X (masked_scatter) \
  X (inverse) X (det) X (solve) X (cholesky)
