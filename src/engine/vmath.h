/* SPDX-License-Identifier: MIT */

/* Functions of single-precision numbers, eight at a time, to the last bit as PyTorch's vector kernels compute them: with
 * SLEEF, and with the same order of steps around it. Each is a loop for bs_pointwise(). Without AVX2 and FMA the same
 * formulas run one number at a time, and the last bit may differ. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BS_VECTOR_LOOPS(X) \
  X (exp) X (expm1) X (log) X (log2) X (log10) X (log1p) X (sin) X (cos) X (tan) X (asin) X (acos) X (atan) X (sinh) \
  X (cosh) X (tanh) X (erf) X (erfc) X (lgamma) X (sigmoid) X (silu) X (mish) X (log_sigmoid) \
  X (softplus) X (elu) X (gelu) X (gelu_tanh) \
  X (pow) X (atan2) X (tanh_backward) X (softplus_backward) X (silu_backward) X (gelu_backward) X (log_sigmoid_backward)

/* As BsLoop of pointwise.h: the result first, strides in elements; three parameters, or NULL. */
typedef void (*BsVectorLoop) (gsize n, void *const *data, const gint64 *strides, const double *parameters);

#define X(name) void bs_##name##_f32 (gsize n, void *const *data, const gint64 *strides, const double *parameters);
BS_VECTOR_LOOPS (X)
#undef X

/* out[i] = exp (in[i] - minus) */
void bs_vector_exp (gsize n, float *out, const float *in, float minus);
float bs_vector_log (float x);

G_END_DECLS
