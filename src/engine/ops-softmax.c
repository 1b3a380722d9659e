/* SPDX-License-Identifier: MIT */

/* Softmax and its logarithm along one dimension; the largest element is taken off first, so that nothing overflows. */

#include "formula.h"
#include "vmath.h"

#include <math.h>
#include <string.h>

#define X_ ctx->inputs[0]

#define LANES 8

/* Eight lanes into one number, halves on halves. */
static float
fold_sum (const float *lane)
{
  float a[4] = { lane[0] + lane[4], lane[1] + lane[5], lane[2] + lane[6], lane[3] + lane[7] };
  return (a[0] + a[2]) + (a[1] + a[3]);
}

/* In lanes, the rest of the row added to the first of them: the order of PyTorch's vec::reduce_all. */
static float
lane_sum (const float *x, gint64 n)
{
  float lane[LANES] = { 0 };
  gint64 i = LANES;
  if (n < LANES) {
    float total = x[0];
    for (i = 1; i < n; i++)
      total += x[i];
    return total;
  }
  memcpy (lane, x, sizeof lane);
  for (; i < n; i++)
    lane[i % LANES] += x[i];
  return fold_sum (lane);
}

static float
largest (const float *x, gint64 n)
{
  float top = x[0];
  for (gint64 i = 1; i < n; i++)
    top = x[i] > top || x[i] != x[i] ? x[i] : top;
  return top;
}

static void
last_dim_f32 (const float *x, float *y, gint64 n, gboolean logarithm)
{
  float top = largest (x, n), sum;
  bs_vector_exp (n, y, x, top);
  sum = lane_sum (y, n);
  if (logarithm) {
    float log_sum = bs_vector_log (sum);
    for (gint64 i = 0; i < n; i++)
      y[i] = x[i] - top - log_sum;
  } else {
    float share = 1 / sum;
    for (gint64 i = 0; i < n; i++)
      y[i] *= share;
  }
}

static void
last_dim_f64 (const double *x, double *y, gint64 n, gboolean logarithm)
{
  double top = x[0], sum = 0;
  for (gint64 i = 1; i < n; i++)
    top = x[i] > top || x[i] != x[i] ? x[i] : top;
  for (gint64 i = 0; i < n; i++)
    sum += y[i] = exp (x[i] - top);
  for (gint64 i = 0; i < n; i++)
    y[i] = logarithm ? x[i] - top - log (sum) : y[i] / sum;
}

/* Lines that are @inner apart: each neighbour for itself, step by step. */
static void
other_dim_f32 (const float *x, float *y, gint64 n, gint64 inner, gboolean logarithm)
{
  g_autofree float *top = g_new (float, inner), *sum = g_new0 (float, inner), *line = g_new (float, inner);
  gint64 whole = logarithm ? inner : inner / LANES * LANES; /* PyTorch's softmax leaves the rest to the C library */
  memcpy (top, x, inner * sizeof *top);
  for (gint64 i = 1; i < n; i++)
    for (gint64 j = 0; j < inner; j++)
      top[j] = x[i * inner + j] > top[j] || x[i * inner + j] != x[i * inner + j] ? x[i * inner + j] : top[j];
  for (gint64 i = 0; i < n; i++) {
    for (gint64 j = 0; j < inner; j++)
      line[j] = x[i * inner + j] - top[j];
    bs_vector_exp (whole, y + i * inner, line, 0);
    for (gint64 j = whole; j < inner; j++)
      y[i * inner + j] = expf (line[j]);
    for (gint64 j = 0; j < inner; j++)
      sum[j] += y[i * inner + j];
  }
  for (gint64 j = 0; logarithm && j < inner; j++)
    sum[j] = bs_vector_log (sum[j]);
  for (gint64 i = 0; i < n; i++)
    for (gint64 j = 0; j < inner; j++)
      y[i * inner + j] = logarithm ? x[i * inner + j] - top[j] - sum[j] : y[i * inner + j] / sum[j];
}

static void
other_dim_f64 (const double *x, double *y, gint64 n, gint64 inner, gboolean logarithm)
{
  g_autofree double *line = g_new (double, n), *result = g_new (double, n);
  for (gint64 j = 0; j < inner; j++) {
    for (gint64 i = 0; i < n; i++)
      line[i] = x[i * inner + j];
    last_dim_f64 (line, result, n, logarithm);
    for (gint64 i = 0; i < n; i++)
      y[i * inner + j] = result[i];
  }
}

static BsTensor *
along (BsOpContext *ctx, gboolean logarithm)
{
  int dtype = bs_arg_dtype (ctx, 1), dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, -1), X_->n_dims);
  BsTensor *x = dim < 0 ? NULL : bs_contiguous (ctx, dtype >= 0 ? bs_cast (ctx, X_, dtype) : X_), *wide, *out;
  gint64 size, inner = 1;
  if (x == NULL)
    return NULL;
  if (!bs_dtype_is_floating (x->dtype)) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "\"%s\" not implemented for '%s'", dim + 1 < (int) x->n_dims ? "softmax_kernel_impl" : logarithm ? "log_softmax_lastdim_kernel_impl" : "softmax_lastdim_kernel_impl", bs_dtype_scalar_name (x->dtype));
    return NULL;
  }
  wide = x->dtype == BS_FLOAT16 ? bs_cast (ctx, x, BS_FLOAT32) : x;
  out = wide != NULL ? bs_ctx_fresh (ctx, wide->dtype, x->n_dims, x->shape) : NULL;
  if (out == NULL)
    return NULL;
  size = x->n_dims > 0 ? x->shape[dim] : 1;
  for (guint d = dim + 1; d < x->n_dims; d++)
    inner *= x->shape[d];
  for (gint64 from = 0; x->numel > 0 && from < x->numel; from += size * inner) {
    if (wide->dtype == BS_FLOAT32 && inner == 1)
      last_dim_f32 ((const float *) bs_data (wide) + from, (float *) bs_data (out) + from, size, logarithm);
    else if (wide->dtype == BS_FLOAT32)
      other_dim_f32 ((const float *) bs_data (wide) + from, (float *) bs_data (out) + from, size, inner, logarithm);
    else if (inner == 1)
      last_dim_f64 ((const double *) bs_data (wide) + from, (double *) bs_data (out) + from, size, logarithm);
    else
      other_dim_f64 ((const double *) bs_data (wide) + from, (double *) bs_data (out) + from, size, inner, logarithm);
  }
  return x->dtype == BS_FLOAT16 ? bs_cast (ctx, out, BS_FLOAT16) : out;
}

static BsTensor *
sum_along (BsOpContext *ctx, BsTensor *x)
{
  gint64 dim = bs_arg_int (ctx, 0, -1);
  return bs_summed (ctx, x, 1, &dim, TRUE);
}

/* --- their slopes, in the order of PyTorch's kernels ------------------------------------------------------------------------------- */

static float
lane_sum_of_products (const float *g, const float *y, gint64 n, float *line)
{
  for (gint64 i = 0; i < n; i++)
    line[i] = g[i] * y[i];
  return lane_sum (line, n);
}

/* Softmax: (g - sum (g y)) y. Its logarithm: g - exp (y) sum (g). For rows of neighbours. */
static BsTensor *
slope_of_rows (BsOpContext *ctx, gboolean logarithm)
{
  BsTensor *g = bs_contiguous (ctx, ctx->inputs[0]), *y = bs_contiguous (ctx, ctx->inputs[1]);
  BsTensor *out = g && y ? bs_ctx_fresh (ctx, BS_FLOAT32, y->n_dims, y->shape) : NULL;
  gint64 n = out && out->n_dims > 0 ? out->shape[out->n_dims - 1] : 1;
  g_autofree float *line = NULL;
  if (out == NULL)
    return NULL;
  line = g_new (float, MAX (n, 1));
  for (gint64 from = 0; from < out->numel; from += n) {
    const float *gs = (const float *) bs_data (g) + from, *ys = (const float *) bs_data (y) + from;
    float *o = (float *) bs_data (out) + from, sum = logarithm ? lane_sum (gs, n) : lane_sum_of_products (gs, ys, n, line);
    if (logarithm)
      bs_vector_exp (n, line, ys, 0);
    for (gint64 i = 0; i < n; i++)
      o[i] = logarithm ? gs[i] - line[i] * sum : (gs[i] - sum) * ys[i];
  }
  return out;
}

static gboolean
by_rows (BsOpContext *ctx)
{
  BsTensor *y = ctx->inputs[1];
  gint64 dim = bs_arg_int (ctx, 0, -1);
  return y->dtype == BS_FLOAT32 && ctx->inputs[0]->dtype == BS_FLOAT32 && y->numel > 0 && (dim < 0 ? dim + y->n_dims : dim) == MAX ((gint64) y->n_dims, 1) - 1;
}

static void
softmax_backward_forward (BsOpContext *ctx)
{
  BsTensor *g = ctx->inputs[0], *y = ctx->inputs[1];
  if (by_rows (ctx))
    bs_ctx_return (ctx, slope_of_rows (ctx, FALSE));
  else
    bs_ctx_return (ctx, B2 (mul, B2 (sub, g, sum_along (ctx, B2 (mul, g, y))), y));
}
static void
softmax_backward_backward (BsOpContext *ctx)
{
  BsTensor *g = ctx->inputs[0], *y = ctx->inputs[1], *gy = B2 (mul, G, y);
  GIVE (0, bs_do2a (ctx, &bs_op_softmax_backward, G, y, ctx->args[0]));
  GIVE (1, B2 (sub, B2 (mul, G, B2 (sub, g, sum_along (ctx, B2 (mul, g, y)))), B2 (mul, g, sum_along (ctx, gy))));
}
BS_OP (softmax_backward)
  .name = "softmax_backward", .symbol = "softmax′", .signature = "softmax_backward(Tensor grad, Tensor y, int dim)", .backward_name = "SoftmaxBackwardDataBackward0",
  .flags = BS_IS_INTERNAL, .forward = softmax_backward_forward, .backward = softmax_backward_backward, .saves_inputs = 3
};
static void
log_softmax_backward_forward (BsOpContext *ctx)
{
  BsTensor *g = ctx->inputs[0], *y = ctx->inputs[1];
  if (by_rows (ctx))
    bs_ctx_return (ctx, slope_of_rows (ctx, TRUE));
  else
    bs_ctx_return (ctx, B2 (sub, g, B2 (mul, B1 (exp, y), sum_along (ctx, g))));
}
static void
log_softmax_backward_backward (BsOpContext *ctx)
{
  BsTensor *g = ctx->inputs[0], *y = ctx->inputs[1], *p = B1 (exp, y), *gp = B2 (mul, G, p);
  GIVE (0, B2 (sub, G, sum_along (ctx, gp)));
  GIVE (1, B1 (neg, B2 (mul, gp, sum_along (ctx, g))));
}
BS_OP (log_softmax_backward)
  .name = "log_softmax_backward", .symbol = "ln softmax′", .signature = "log_softmax_backward(Tensor grad, Tensor y, int dim)", .backward_name = "LogSoftmaxBackwardDataBackward0",
  .flags = BS_IS_INTERNAL, .forward = log_softmax_backward_forward, .backward = log_softmax_backward_backward, .saves_inputs = 3
};

static void softmax_forward (BsOpContext *ctx) { bs_ctx_return (ctx, along (ctx, FALSE)); }
static void softmax_backward (BsOpContext *ctx) { GIVE (0, bs_do2a (ctx, &bs_op_softmax_backward, G, ctx->outputs[0], ctx->args[0])); }
BS_OP (softmax)
  .name = "softmax", .symbol = "softmax", .signature = "softmax(Tensor self, int dim, dtype? dtype=None)", .backward_name = "SoftmaxBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_FUNCTIONAL, .forward = softmax_forward, .backward = softmax_backward, .saves_outputs = 1,
  .saves_why = N_ ("the probabilities: the slopes are made of them"), .value_text = "exp(self) / sum(exp(self))", .vjp_text = TEXTS ("y * (g - sum(g * y))"),
  .sentence = N_ ("Turns scores into probabilities that add up to 1."), SAMPLES ({ "randn(2, 3), 1" }, { "randn(2, 3), 0" })
};
static void log_softmax_forward (BsOpContext *ctx) { bs_ctx_return (ctx, along (ctx, TRUE)); }
static void log_softmax_backward (BsOpContext *ctx) { GIVE (0, bs_do2a (ctx, &bs_op_log_softmax_backward, G, ctx->outputs[0], ctx->args[0])); }
BS_OP (log_softmax)
  .name = "log_softmax", .symbol = "ln softmax", .signature = "log_softmax(Tensor self, int dim, dtype? dtype=None)", .backward_name = "LogSoftmaxBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_FUNCTIONAL, .forward = log_softmax_forward, .backward = log_softmax_backward, .saves_outputs = 1,
  .saves_why = N_ ("the log-probabilities: the slopes are made of them"), .value_text = "self - log(sum(exp(self)))", .vjp_text = TEXTS ("g - exp(y) * sum(g)"),
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
  .saves_why = N_ ("scores and result: the slopes are the softmax"), .value_text = "log(sum(exp(self)))", .vjp_text = TEXTS ("g * exp(self - y)"), .sentence = N_ ("Takes the logarithm of the sum of exponentials."), SAMPLES ({ "randn(2, 3), 1" })
};
