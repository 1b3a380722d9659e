/* SPDX-License-Identifier: MIT */

/* Layers that normalise, look up, or pool. */

#include "formula.h"

#include <math.h>
#include <string.h>

#define X_ ctx->inputs[0]

/* --- batch_norm: inputs x, running mean, running variance, weight, bias ---------------------------------------------------- */

static guint
all_but_channels (const BsTensor *x, gint64 *dims)
{
  guint n = 0;
  for (guint d = 0; d < x->n_dims; d++)
    if (d != 1)
      dims[n++] = d;
  return n;
}

static BsTensor *
channel_shaped (BsOpContext *ctx, BsTensor *v, guint n_dims)
{
  gint64 shape[BS_MAX_DIMS];
  for (guint d = 0; d < n_dims; d++)
    shape[d] = d == 1 ? v->numel : 1;
  return v->n_dims == n_dims ? v : bs_reshaped (ctx, v, n_dims, shape);
}

/* mean and 1 / sqrt (var + eps), shaped (1, C, 1 ...); the biased variance. */
static gboolean
batch_statistics (BsOpContext *ctx, BsTensor **mean, BsTensor **inv, BsTensor **variance)
{
  BsTensor *x = X_;
  gint64 dims[BS_MAX_DIMS];
  double eps = bs_arg_real (ctx, 2, 1e-5);
  if (bs_arg_bool (ctx, 0, FALSE) || IN (1) == NULL) {
    guint n = all_but_channels (x, dims);
    *mean = BA (mean_dim, x, BS_INTS (n, dims), BS_BOOLEAN (TRUE));
    BsTensor *d = B2 (sub, x, *mean);
    *variance = d ? BA (mean_dim, B2 (mul, d, d), BS_INTS (n, dims), BS_BOOLEAN (TRUE)) : NULL;
  } else {
    *mean = channel_shaped (ctx, IN (1), x->n_dims);
    *variance = channel_shaped (ctx, IN (2), x->n_dims);
  }
  *inv = *variance ? B1 (rsqrt, bs_shifted (ctx, *variance, eps)) : NULL;
  return *mean != NULL && *inv != NULL;
}

static gboolean
update_running (BsOpContext *ctx, BsTensor *running, BsTensor *now, double momentum)
{
  BsTensor *flat = bs_reshaped (ctx, now, 1, &running->numel);
  BsTensor *next = B2 (add, bs_scaled (ctx, running, 1 - momentum), bs_scaled (ctx, flat, momentum));
  if (next == NULL || !bs_copy_data (running, next, &ctx->error))
    return FALSE;
  ++*running->version;
  return TRUE;
}

static void
batch_norm_forward (BsOpContext *ctx)
{
  BsTensor *mean, *inv, *variance, *y, *x = X_;
  gboolean training = bs_arg_bool (ctx, 0, FALSE);
  double momentum = bs_arg_real (ctx, 1, 0.1);
  if (x->n_dims < 2) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "batch_norm: expected an input of at least 2 dimensions");
    return;
  }
  for (guint i = 1; i < 5; i++)
    if (IN (i) != NULL && IN (i)->numel != x->shape[1]) {
      static const char *const names[] = { "", "running_mean", "running_var", "weight", "bias" };
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s should contain %" G_GINT64_FORMAT " elements not %" G_GINT64_FORMAT, names[i], x->shape[1], IN (i)->numel);
      return;
    }
  if (!batch_statistics (ctx, &mean, &inv, &variance))
    return;
  y = B2 (mul, B2 (sub, x, mean), inv);
  if (IN (3) != NULL)
    y = B2 (mul, y, channel_shaped (ctx, IN (3), x->n_dims));
  if (IN (4) != NULL)
    y = B2 (add, y, channel_shaped (ctx, IN (4), x->n_dims));
  if (training && IN (1) != NULL) {
    double n = (double) x->numel / MAX (1, x->shape[1]);
    ctx->wrote = 6;
    if (!update_running (ctx, IN (1), mean, momentum) || !update_running (ctx, IN (2), bs_scaled (ctx, variance, n / (n - 1)), momentum))
      return;
  }
  bs_ctx_return (ctx, y);
}

static void
batch_norm_backward (BsOpContext *ctx)
{
  BsTensor *x = X_, *mean, *inv, *variance, *g = G;
  gint64 dims[BS_MAX_DIMS];
  guint n = all_but_channels (x, dims);
  gboolean own = bs_arg_bool (ctx, 0, FALSE) || IN (1) == NULL;
  if (!batch_statistics (ctx, &mean, &inv, &variance))
    return;
  BsTensor *hat = B2 (mul, B2 (sub, x, mean), inv);
  BsTensor *gw = IN (3) != NULL ? B2 (mul, g, channel_shaped (ctx, IN (3), x->n_dims)) : g;
  if (own && gw != NULL && hat != NULL) {
    BsTensor *m1 = BA (mean_dim, gw, BS_INTS (n, dims), BS_BOOLEAN (TRUE));
    BsTensor *m2 = BA (mean_dim, B2 (mul, gw, hat), BS_INTS (n, dims), BS_BOOLEAN (TRUE));
    GIVE (0, B2 (mul, inv, B2 (sub, B2 (sub, gw, m1), B2 (mul, hat, m2))));
  } else
    GIVE (0, B2 (mul, gw, inv));
  GIVE (3, bs_summed (ctx, B2 (mul, g, hat), n, dims, FALSE));
  GIVE (4, bs_summed (ctx, g, n, dims, FALSE));
}
BS_OP (batch_norm)
  .constants = 6, .name = "batch_norm", .symbol = "batch norm",
  .signature = "batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight=None, Tensor? bias=None, bool training=False, float momentum=0.1, float eps=1e-05)",
  .backward_name = "NativeBatchNormBackward0", .flags = BS_IN_FUNCTIONAL, .forward = batch_norm_forward, .backward = batch_norm_backward, .saves_inputs = 15,
  .saves_why = N_ ("the input: mean and variance depend on every element"), .value_text = "(input - mean) / sqrt(var + eps) * weight + bias",
  .sentence = N_ ("Shifts and scales each channel of the batch to mean 0 and variance 1."),
  SAMPLES ({ "rand(4, 3), None, None, rand(3), rand(3), True" }, { "rand(4, 3), constant(rand(3)), constant(rand(3) + 0.5), rand(3), rand(3), False" })
};

/* --- layer_norm ---------------------------------------------------------------------------------------------------------------- */

static guint
last_dims (BsOpContext *ctx, gint64 *dims)
{
  gint64 shape[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, shape, BS_MAX_DIMS);
  for (int i = 0; i < n; i++) {
    int d = (int) X_->n_dims - n + i;
    if (d < 0 || X_->shape[d] != shape[i]) {
      g_autofree char *want = bs_shape_text (n, shape), *have = bs_shape_text (X_->n_dims, X_->shape), *star = g_strdup (want + 1);
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Given normalized_shape=%s, expected input with shape [*, %s, but got input of size%s", want, star, have);
      return 0;
    }
    dims[i] = d;
  }
  return MAX (n, 0);
}
static gboolean
layer_statistics (BsOpContext *ctx, guint n, gint64 *dims, BsTensor **hat, BsTensor **inv)
{
  BsTensor *d = B2 (sub, X_, BA (mean_dim, X_, BS_INTS (n, dims), BS_BOOLEAN (TRUE)));
  *inv = d ? B1 (rsqrt, bs_shifted (ctx, BA (mean_dim, B2 (mul, d, d), BS_INTS (n, dims), BS_BOOLEAN (TRUE)), bs_arg_real (ctx, 1, 1e-5))) : NULL;
  *hat = B2 (mul, d, *inv);
  return *hat != NULL;
}
static void
layer_norm_forward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS];
  BsTensor *hat, *inv;
  guint n = last_dims (ctx, dims);
  if (n == 0 || !layer_statistics (ctx, n, dims, &hat, &inv))
    return;
  if (IN (1) != NULL)
    hat = B2 (mul, hat, IN (1));
  bs_ctx_return (ctx, IN (2) != NULL ? B2 (add, hat, IN (2)) : hat);
}
static void
layer_norm_backward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS];
  BsTensor *hat, *inv;
  guint n = last_dims (ctx, dims);
  if (n == 0 || !layer_statistics (ctx, n, dims, &hat, &inv))
    return;
  BsTensor *gw = IN (1) != NULL ? B2 (mul, G, IN (1)) : G;
  BsTensor *m1 = BA (mean_dim, gw, BS_INTS (n, dims), BS_BOOLEAN (TRUE)), *m2 = BA (mean_dim, B2 (mul, gw, hat), BS_INTS (n, dims), BS_BOOLEAN (TRUE));
  GIVE (0, B2 (mul, inv, B2 (sub, B2 (sub, gw, m1), B2 (mul, hat, m2))));
  GIVE (1, B2 (mul, G, hat));
  GIVE (2, G);
}
BS_OP (layer_norm)
  .name = "layer_norm", .symbol = "layer norm", .signature = "layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05)",
  .backward_name = "NativeLayerNormBackward0", .flags = BS_IN_FUNCTIONAL | BS_IN_TORCH, .forward = layer_norm_forward, .backward = layer_norm_backward, .saves_inputs = 3,
  .saves_why = N_ ("the input: mean and variance depend on every element"), .value_text = "(input - mean) / sqrt(var + eps) * weight + bias",
  .sentence = N_ ("Shifts and scales each sample to mean 0 and variance 1."), SAMPLES ({ "rand(2, 4), (4,)" })
};

/* --- embedding ------------------------------------------------------------------------------------------------------------------- */

static void
embedding_forward (BsOpContext *ctx)
{
  BsTensor *index = X_, *weight = ctx->inputs[1];
  gint64 shape[BS_MAX_DIMS], all = -1;
  if (index->dtype != BS_INT64 && index->dtype != BS_INT32) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.%sTensor instead (while checking arguments for embedding)", bs_dtype_scalar_name (index->dtype));
    return;
  }
  memcpy (shape, index->shape, index->n_dims * sizeof *shape);
  shape[index->n_dims] = weight->n_dims > 1 ? weight->shape[1] : 1;
  BsTensor *rows = bs_do2a (ctx, &bs_op_index_select, weight, BA (reshape, index, BS_INTS (1, &all)), BS_INT (0));
  bs_ctx_return (ctx, rows ? bs_reshaped (ctx, rows, index->n_dims + 1, shape) : NULL);
}
static void
embedding_backward (BsOpContext *ctx)
{
  BsTensor *index = X_;
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 1, &n_dims);
  gint64 all = -1, flat[] = { -1, shape[1] }, padding = bs_arg_int (ctx, 0, -1);
  BsTensor *zeros = bs_full (ctx, G->dtype, n_dims, shape, 0), *rows = BA (reshape, G, BS_INTS (2, flat)), *places = BA (reshape, index, BS_INTS (1, &all));
  if (rows && places && padding >= 0)
    rows = B3 (where, bs_unsqueezed (ctx, B2 (eq, places, NUM ((double) padding)), 1), NUM (0), rows);
  if (zeros && rows && places)
    GIVE (1, bs_do3a (ctx, &bs_op_index_add, zeros, places, rows, BS_INT (0)));
}
BS_OP (embedding)
  .constants = 1, .name = "embedding", .symbol = "embedding", .signature = "embedding(Tensor indices, Tensor weight, int padding_idx=-1)", .backward_name = "EmbeddingBackward0",
  .flags = BS_IN_FUNCTIONAL, .forward = embedding_forward, .backward = embedding_backward, .saves_inputs = 1, .saves_why = N_ ("the indices: only the rows looked up get a gradient"),
  .sentence = N_ ("Looks up a row of the weight for each index."),
  SAMPLES ({ "tensor([2, 0, 2]), rand(3, 2)" })
};

/* --- pooling over two dimensions (one is done with height 1) ------------------------------------------------------------------------ */

typedef struct {
  gint64 planes, h, w, oh, ow, k[2], s[2], p[2], d[2];
} Pool;

static void
pair (BsOpContext *ctx, guint arg, gint64 otherwise, const gint64 *fallback, gint64 *out)
{
  gint64 v[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, arg, v, BS_MAX_DIMS);
  for (guint i = 0; i < 2; i++)
    out[i] = n <= 0 ? (fallback ? fallback[i] : otherwise) : n == 1 ? v[0] : v[i];
}
static gboolean
pool_plan (BsOpContext *ctx, guint n_dims, const gint64 *shape, gboolean dilated, gboolean ceil_mode, Pool *p, gint64 *out)
{
  if (n_dims != 3 && n_dims != 4) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "non-empty 3D or 4D (batch mode) tensor expected for input");
    return FALSE;
  }
  pair (ctx, 0, 1, NULL, p->k);
  pair (ctx, 1, 1, p->k, p->s);
  pair (ctx, 2, 0, NULL, p->p);
  p->d[0] = p->d[1] = 1;
  if (dilated)
    pair (ctx, 3, 1, NULL, p->d);
  p->h = shape[n_dims - 2], p->w = shape[n_dims - 1];
  p->planes = shape[0] * (n_dims == 4 ? shape[1] : 1);
  for (guint i = 0; i < 2; i++) {
    gint64 size = i == 0 ? p->h : p->w, room = size + 2 * p->p[i] - p->d[i] * (p->k[i] - 1) - 1, n;
    if (p->s[i] <= 0 || p->p[i] * 2 > p->k[i]) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, p->s[i] <= 0 ? "stride should not be zero" : "pad should be at most half of kernel size, but got pad=%" G_GINT64_FORMAT " and kernel_size=%" G_GINT64_FORMAT, p->p[i], p->k[i]);
      return FALSE;
    }
    n = (room + (ceil_mode ? p->s[i] - 1 : 0)) / p->s[i] + 1;
    if (ceil_mode && (n - 1) * p->s[i] >= size + p->p[i])
      n--;
    if (room < 0 || n < 1) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Given input size: (%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT "). Calculated output size is too small", shape[n_dims - 3], p->h, p->w);
      return FALSE;
    }
    *(i == 0 ? &p->oh : &p->ow) = n;
  }
  memcpy (out, shape, n_dims * sizeof *out);
  out[n_dims - 2] = p->oh, out[n_dims - 1] = p->ow;
  return TRUE;
}
static void
max_pool_forward (BsOpContext *ctx)
{
  BsTensor *x = bs_contiguous (ctx, X_), *y, *at;
  gint64 shape[BS_MAX_DIMS];
  Pool p;
  if (x == NULL || !pool_plan (ctx, x->n_dims, x->shape, TRUE, bs_arg_bool (ctx, 4, FALSE), &p, shape))
    return;
  y = bs_ctx_fresh (ctx, x->dtype, x->n_dims, shape);
  at = bs_ctx_fresh (ctx, BS_INT64, x->n_dims, shape);
  if (y == NULL || at == NULL)
    return;
  for (gint64 i = 0; i < y->numel; i++) {
    gint64 plane = i / (p.oh * p.ow), oh = i / p.ow % p.oh, ow = i % p.ow, where = -1;
    double best = -INFINITY;
    for (gint64 a = 0; a < p.k[0]; a++)
      for (gint64 b = 0; b < p.k[1]; b++) {
        gint64 h = oh * p.s[0] - p.p[0] + a * p.d[0], w = ow * p.s[1] - p.p[1] + b * p.d[1];
        if (h < 0 || h >= p.h || w < 0 || w >= p.w)
          continue;
        double v = bs_load (x->dtype, bs_data (x), (plane * p.h + h) * p.w + w);
        if (where < 0 || v > best || v != v)
          best = v, where = h * p.w + w;
      }
    bs_store (y->dtype, bs_data (y), i, best);
    ((gint64 *) bs_data (at))[i] = where;
  }
  bs_ctx_return (ctx, y);
  bs_ctx_return (ctx, at);
}
static void
max_pool_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  gint64 flat[] = { bs_numel_of (n_dims - 2, shape), shape[n_dims - 2] * shape[n_dims - 1] }, some[] = { flat[0], -1 };
  BsTensor *zeros = bs_full (ctx, G->dtype, 2, flat, 0), *at = BA (reshape, ctx->outputs[1], BS_INTS (2, some)), *g = BA (reshape, G, BS_INTS (2, some));
  if (zeros && at && g)
    GIVE (0, bs_reshaped (ctx, bs_do3a (ctx, &bs_op_scatter_add, zeros, at, g, BS_INT (1)), n_dims, shape));
}
BS_OP (max_pool2d_with_indices)
  .name = "max_pool2d_with_indices", .symbol = "max pool", .returns = "values,indices",
  .signature = "max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, int[2] dilation=1, bool ceil_mode=False)",
  .backward_name = "MaxPool2DWithIndicesBackward0", .flags = BS_IN_FUNCTIONAL | BS_IS_MULTI, .forward = max_pool_forward, .backward = max_pool_backward, .saves_outputs = 2,
  .saves_why = N_ ("the places: only the largest of each window gets a gradient"), .sentence = N_ ("Takes the largest element of each window."),
  SAMPLES ({ "rand(1, 2, 4, 4), 2" }, { "rand(1, 1, 4, 4), 3, 1, 1" })
};
static void
avg_pool_forward (BsOpContext *ctx)
{
  BsTensor *x = bs_contiguous (ctx, X_), *y;
  gint64 shape[BS_MAX_DIMS];
  gboolean count_pad = bs_arg_bool (ctx, 4, TRUE);
  Pool p;
  if (x == NULL || !pool_plan (ctx, x->n_dims, x->shape, FALSE, bs_arg_bool (ctx, 3, FALSE), &p, shape) || (y = bs_ctx_fresh (ctx, x->dtype, x->n_dims, shape)) == NULL)
    return;
  for (gint64 i = 0; i < y->numel; i++) {
    gint64 plane = i / (p.oh * p.ow), oh = i / p.ow % p.oh, ow = i % p.ow, h0 = oh * p.s[0] - p.p[0], w0 = ow * p.s[1] - p.p[1];
    gint64 h1 = MIN (h0 + p.k[0], p.h + p.p[0]), w1 = MIN (w0 + p.k[1], p.w + p.p[1]), padded = (h1 - h0) * (w1 - w0);
    double sum = 0;
    h0 = MAX (h0, 0), w0 = MAX (w0, 0), h1 = MIN (h1, p.h), w1 = MIN (w1, p.w);
    for (gint64 h = h0; h < h1; h++)
      for (gint64 w = w0; w < w1; w++)
        sum = x->dtype == BS_FLOAT64 ? sum + bs_load (x->dtype, bs_data (x), (plane * p.h + h) * p.w + w) : (float) sum + (float) bs_load (x->dtype, bs_data (x), (plane * p.h + h) * p.w + w);
    bs_store (y->dtype, bs_data (y), i, sum / (bs_arg_given (ctx, 5) ? bs_arg_int (ctx, 5, 1) : count_pad ? padded : (h1 - h0) * (w1 - w0)));
  }
  bs_ctx_return (ctx, y);
}
/* The mean over windows is linear: its backward shares each gradient out over its window, and that one's is the mean. */
static void
avg_pool2d_backward_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], out[BS_MAX_DIMS];
  int n_dims = bs_arg_ints (ctx, 6, shape, BS_MAX_DIMS);
  BsTensor *g = bs_contiguous (ctx, X_), *dx = bs_full (ctx, X_->dtype, n_dims, shape, 0);
  gboolean count_pad = bs_arg_bool (ctx, 4, TRUE);
  Pool p;
  if (g == NULL || dx == NULL || !pool_plan (ctx, n_dims, shape, FALSE, bs_arg_bool (ctx, 3, FALSE), &p, out))
    return;
  for (gint64 i = 0; i < g->numel; i++) {
    gint64 plane = i / (p.oh * p.ow), oh = i / p.ow % p.oh, ow = i % p.ow, h0 = oh * p.s[0] - p.p[0], w0 = ow * p.s[1] - p.p[1];
    gint64 h1 = MIN (h0 + p.k[0], p.h + p.p[0]), w1 = MIN (w0 + p.k[1], p.w + p.p[1]), padded = (h1 - h0) * (w1 - w0);
    h0 = MAX (h0, 0), w0 = MAX (w0, 0), h1 = MIN (h1, p.h), w1 = MIN (w1, p.w);
    double share = bs_load (g->dtype, bs_data (g), i) / (bs_arg_given (ctx, 5) ? bs_arg_int (ctx, 5, 1) : count_pad ? padded : (h1 - h0) * (w1 - w0));
    for (gint64 h = h0; h < h1; h++)
      for (gint64 w = w0; w < w1; w++) {
        gint64 k = (plane * p.h + h) * p.w + w;
        bs_store (dx->dtype, bs_data (dx), k, bs_load (dx->dtype, bs_data (dx), k) + share);
      }
  }
  bs_ctx_return (ctx, dx);
}
static void
avg_pool2d_backward_backward (BsOpContext *ctx)
{
  GIVE (0, bs_do_args (ctx, &bs_op_avg_pool2d, 1, &ctx->upstream[0], 6, ctx->args));
}
BS_OP (avg_pool2d_backward)
  .name = "avg_pool2d_backward", .symbol = "avg pool",
  .signature = "avg_pool2d_backward(Tensor grad, int[2] kernel_size, int[2]? stride, int[2] padding, bool ceil_mode, bool count_include_pad, int? divisor, int[] size)",
  .backward_name = "AvgPool2DBackwardBackward0", .flags = BS_IS_INTERNAL, .forward = avg_pool2d_backward_forward, .backward = avg_pool2d_backward_backward
};
static void
avg_pool_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  BsArg args[7] = { 0 };
  for (guint i = 0; i < 6; i++)
    args[i] = i < ctx->n_args ? ctx->args[i] : BS_NONE;
  args[6] = BS_INTS (n_dims, shape);
  GIVE (0, bs_do_args (ctx, &bs_op_avg_pool2d_backward, 1, &ctx->upstream[0], 7, args));
}
BS_OP (avg_pool2d)
  .name = "avg_pool2d", .symbol = "avg pool", .signature = "avg_pool2d(Tensor self, int[2] kernel_size, int[2]? stride=None, int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None)",
  .backward_name = "AvgPool2DBackward0", .flags = BS_IN_FUNCTIONAL, .forward = avg_pool_forward, .backward = avg_pool_backward, .sentence = N_ ("Takes the mean of each window."),
  SAMPLES ({ "rand(1, 2, 4, 4), 2" }, { "rand(1, 1, 4, 4), 3, 1, 1" })
};
