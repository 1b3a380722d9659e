/* SPDX-License-Identifier: MIT */

/* Softmax and its logarithm along one dimension; the largest element is taken off first, so that nothing overflows. */

#include "formula.h"

#include <math.h>

#define X_ ctx->inputs[0]

/* Calls for each line along @dim: @inner neighbours apart. */
static BsTensor *
along (BsOpContext *ctx, gboolean logarithm)
{
  int dtype = bs_arg_dtype (ctx, 1), dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, -1), X_->n_dims);
  BsTensor *x = dim < 0 ? NULL : bs_contiguous (ctx, dtype >= 0 ? bs_cast (ctx, X_, dtype) : X_), *out;
  gint64 size, inner = 1;
  if (x == NULL)
    return NULL;
  if (!bs_dtype_is_floating (x->dtype)) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "\"%s\" not implemented for '%s'", logarithm ? "log_softmax_lastdim_kernel_impl" : "softmax_lastdim_kernel_impl", bs_dtype_scalar_name (x->dtype));
    return NULL;
  }
  out = bs_ctx_fresh (ctx, x->dtype, x->n_dims, x->shape);
  if (out == NULL)
    return NULL;
  size = x->n_dims > 0 ? x->shape[dim] : 1;
  for (guint d = dim + 1; d < x->n_dims; d++)
    inner *= x->shape[d];
  for (gint64 line = 0; size > 0 && line < x->numel / size; line++) {
    gint64 from = line / inner * inner * size + line % inner;
    double top = -INFINITY, total = 0;
    for (gint64 i = 0; i < size; i++) {
      double v = bs_load (x->dtype, bs_data (x), from + i * inner);
      top = v > top || v != v ? v : top;
    }
    if (x->dtype == BS_FLOAT32 || x->dtype == BS_FLOAT16) {
      float sum = 0, peak = top;
      for (gint64 i = 0; i < size; i++)
        sum += expf ((float) bs_load (x->dtype, bs_data (x), from + i * inner) - peak);
      float log_sum = logf (sum);
      for (gint64 i = 0; i < size; i++) {
        float v = (float) bs_load (x->dtype, bs_data (x), from + i * inner) - peak;
        bs_store (out->dtype, bs_data (out), from + i * inner, logarithm ? v - log_sum : expf (v) / sum);
      }
      continue;
    }
    for (gint64 i = 0; i < size; i++)
      total += exp (bs_load (x->dtype, bs_data (x), from + i * inner) - top);
    for (gint64 i = 0; i < size; i++) {
      double v = bs_load (x->dtype, bs_data (x), from + i * inner) - top;
      bs_store (out->dtype, bs_data (out), from + i * inner, logarithm ? v - log (total) : exp (v) / total);
    }
  }
  return out;
}

static BsTensor *
sum_along (BsOpContext *ctx, BsTensor *x)
{
  gint64 dim = bs_arg_int (ctx, 0, -1);
  return bs_summed (ctx, x, 1, &dim, TRUE);
}

static void softmax_forward (BsOpContext *ctx) { bs_ctx_return (ctx, along (ctx, FALSE)); }
static void
softmax_backward (BsOpContext *ctx)
{
  BsTensor *y = ctx->outputs[0], *gy = B2 (mul, G, y);
  GIVE (0, B2 (sub, gy, B2 (mul, y, sum_along (ctx, gy))));
}
BS_OP (softmax)
  .name = "softmax", .symbol = "softmax", .signature = "softmax(Tensor self, int dim, dtype? dtype=None)", .backward_name = "SoftmaxBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_FUNCTIONAL, .forward = softmax_forward, .backward = softmax_backward, .saves_outputs = 1,
  .saves_why = N_ ("the probabilities: the slopes are made of them"), .value_text = "exp(self) / sum(exp(self))",
  .sentence = N_ ("Turns scores into probabilities that add up to 1."), SAMPLES ({ "randn(2, 3), 1" }, { "randn(2, 3), 0" })
};
static void log_softmax_forward (BsOpContext *ctx) { bs_ctx_return (ctx, along (ctx, TRUE)); }
static void
log_softmax_backward (BsOpContext *ctx)
{
  GIVE (0, B2 (sub, G, B2 (mul, B1 (exp, ctx->outputs[0]), sum_along (ctx, G))));
}
BS_OP (log_softmax)
  .name = "log_softmax", .symbol = "ln softmax", .signature = "log_softmax(Tensor self, int dim, dtype? dtype=None)", .backward_name = "LogSoftmaxBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_FUNCTIONAL, .forward = log_softmax_forward, .backward = log_softmax_backward, .saves_outputs = 1,
  .saves_why = N_ ("the log-probabilities: the slopes are made of them"), .value_text = "self - log(sum(exp(self)))",
  .sentence = N_ ("Turns scores into the logarithms of probabilities."), SAMPLES ({ "randn(2, 3), 1" })
};
static void
softmin_forward (BsOpContext *ctx)
{
  bs_ctx_return (ctx, BA (softmax, B1 (neg, X_), BS_INT (bs_arg_int (ctx, 0, -1))));
}
BS_OP (softmin) .name = "softmin", .symbol = "softmin", .signature = "softmin(Tensor self, int dim)", .flags = BS_IN_FUNCTIONAL | BS_IS_COMPOSITE, .forward = softmin_forward, .sentence = N_ ("Softmax of the negative scores.") };

static void
logsumexp_forward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS);
  BsTensor *top = BA (amax, X_, BS_INTS (n, dims), BS_BOOLEAN (TRUE));
  if (top == NULL)
    return;
  top = B3 (where, B1 (isinf, top), NUM (0), top);
  BsTensor *log_sum = B1 (log, bs_summed (ctx, B1 (exp, B2 (sub, X_, top)), n, dims, bs_arg_bool (ctx, 1, FALSE)));
  if (log_sum != NULL)
    bs_ctx_return (ctx, B2 (add, log_sum, bs_reshaped (ctx, top, log_sum->n_dims, log_sum->shape)));
}
static void
logsumexp_backward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS], shape[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS);
  for (guint d = 0; d < X_->n_dims; d++)
    shape[d] = X_->shape[d];
  for (int i = 0; i < n; i++)
    shape[bs_wrap_dim (ctx, dims[i], X_->n_dims)] = 1;
  BsTensor *y = bs_reshaped (ctx, ctx->outputs[0], X_->n_dims, shape), *g = bs_reshaped (ctx, G, X_->n_dims, shape);
  GIVE (0, B2 (mul, g, B1 (exp, B2 (sub, X_, y))));
}
BS_OP (logsumexp)
  .name = "logsumexp", .symbol = "ln Σ eˣ", .signature = "logsumexp(Tensor self, int[1] dim, bool keepdim=False)", .backward_name = "LogsumexpBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT, .forward = logsumexp_forward, .backward = logsumexp_backward, .saves_inputs = 1, .saves_outputs = 1,
  .saves_why = N_ ("scores and result: the slopes are the softmax"), .value_text = "log(sum(exp(self)))", .sentence = N_ ("Takes the logarithm of the sum of exponentials."), SAMPLES ({ "randn(2, 3), 1" })
};
