/* SPDX-License-Identifier: MIT */

/* Losses. Each is written by its formula, element by element, and then reduced; the backwards consist of differentiable
 * operations. The order of the arithmetic is PyTorch's, so that the numbers agree to the last bit. */

#include "formula.h"

/* BO (view, 1, ARGS (BS_INTS (n, shape)), x) */
#define ARGS(...) __VA_ARGS__
#define BO(op, n, args, a) bs_do1a (ctx, &bs_op_##op, a, args)

typedef enum { REDUCE_NONE, REDUCE_MEAN, REDUCE_SUM, REDUCE_BAD } Reduce;

static Reduce
reduction (BsOpContext *ctx, guint arg)
{
  const char *word = bs_arg_string (ctx, arg, "mean");
  if (g_str_equal (word, "mean"))
    return REDUCE_MEAN;
  if (g_str_equal (word, "sum"))
    return REDUCE_SUM;
  if (g_str_equal (word, "none"))
    return REDUCE_NONE;
  bs_fail (ctx, BS_ENGINE_ERROR_VALUE, "%s is not a valid value for reduction", word);
  return REDUCE_BAD;
}

static BsTensor *
reduced (BsOpContext *ctx, BsTensor *each, guint arg)
{
  switch (reduction (ctx, arg))
    {
    case REDUCE_MEAN: return B1 (mean, each);
    case REDUCE_SUM: return B1 (sum, each);
    case REDUCE_NONE: return each;
    default: return NULL;
    }
}

/* The upstream gradient as it reaches each element. */
static BsTensor *
spread (BsOpContext *ctx, gint64 numel, guint arg)
{
  BsTensor *g = ctx->upstream[0];
  if (reduction (ctx, arg) == REDUCE_MEAN)
    return B2 (div, g, NUM ((double) numel));
  return g;
}

static double
share (BsOpContext *ctx, gint64 numel, guint arg)
{
  return reduction (ctx, arg) == REDUCE_MEAN ? 1.0 / (double) numel : 1.0;
}

/* Size of the broadcast of the two inputs. */
static gint64
pair_numel (const BsTensor *a, const BsTensor *b)
{
  gint64 n = 1;
  guint n_dims = MAX (a->n_dims, b->n_dims);
  for (guint i = 1; i <= n_dims; i++)
    {
      gint64 s = i <= a->n_dims ? a->shape[a->n_dims - i] : 1, t = i <= b->n_dims ? b->shape[b->n_dims - i] : 1;
      n *= s == 1 ? t : s;
    }
  return n;
}

/* Gives both inputs of a loss that depends on a - b only: +d to the first, -d to the second. */
static void
give_difference (BsOpContext *ctx, BsTensor *d)
{
  if (bs_wants (ctx, 0))
    bs_ctx_give (ctx, 0, d);
  if (bs_wants (ctx, 1))
    bs_ctx_give (ctx, 1, B1 (neg, d));
}

/* --- mse_loss ----------------------------------------------------------------------------------------------------- */

static void
mse_loss_forward (BsOpContext *ctx)
{
  BsTensor *d = B2 (sub, ctx->inputs[0], ctx->inputs[1]);
  bs_ctx_return (ctx, reduced (ctx, B2 (mul, d, d), 0));
}

static void
mse_loss_backward (BsOpContext *ctx)
{
  BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1];
  double norm = 2.0 * share (ctx, pair_numel (a, b), 0);
  give_difference (ctx, B2 (mul, B2 (mul, B2 (sub, a, b), NUM (norm)), ctx->upstream[0]));
}

BS_OP (mse_loss)
  .name = "mse_loss", .symbol = "MSE",
  .signature = "mse_loss(Tensor self, Tensor target, str reduction='mean')",
  .backward_name = "MseLossBackward0", .flags = BS_IN_FUNCTIONAL,
  .forward = mse_loss_forward, .backward = mse_loss_backward,
  .saves_inputs = 3, .saves_why = N_ ("the prediction and the target: the slope is twice their difference"),
  .value_text = "mean((self - target)^2)",
  .derivative_text = TEXTS ("2 * (self - target) / n", "-2 * (self - target) / n"),
  .vjp_text = TEXTS ("g * 2 * (self - target) / n", "-g * 2 * (self - target) / n"),
  .sentence = N_ ("Takes the mean of the squared differences."),
  SAMPLES ({ "rand(2, 3), rand(2, 3)" }, { "rand(3), rand(3), reduction='sum'" }, { "rand(2, 3), rand(3), reduction='none'" })
};

/* --- smooth_l1_loss, huber_loss ----------------------------------------------------------------------------------- */

static void
smooth_l1_forward (BsOpContext *ctx)
{
  double beta = bs_arg_real (ctx, 1, 1.0);
  BsTensor *z = B1 (abs, B2 (sub, ctx->inputs[0], ctx->inputs[1]));
  if (beta == 0.0)
    {
      bs_ctx_return (ctx, reduced (ctx, z, 0));
      return;
    }
  BsTensor *near = B2 (div, B2 (mul, B2 (mul, NUM (0.5), z), z), NUM (beta));
  BsTensor *far = B2 (sub, z, NUM (0.5 * beta));
  bs_ctx_return (ctx, reduced (ctx, B3 (where, B2 (lt, z, NUM (beta)), near, far), 0));
}

static void
smooth_l1_backward (BsOpContext *ctx)
{
  BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1];
  double beta = bs_arg_real (ctx, 1, 1.0);
  double norm = share (ctx, pair_numel (a, b), 0);
  BsTensor *d = B2 (sub, a, b);
  BsTensor *slope = B1 (sign, d);
  if (beta > 0.0)
    slope = B3 (where, B2 (lt, B1 (abs, d), NUM (beta)), B2 (div, d, NUM (beta)), slope);
  give_difference (ctx, B2 (mul, B2 (mul, slope, NUM (norm)), ctx->upstream[0]));
}

BS_OP (smooth_l1_loss)
  .name = "smooth_l1_loss", .symbol = "smooth L1",
  .signature = "smooth_l1_loss(Tensor self, Tensor target, str reduction='mean', float beta=1.0)",
  .backward_name = "SmoothL1LossBackward0", .flags = BS_IN_FUNCTIONAL,
  .forward = smooth_l1_forward, .backward = smooth_l1_backward,
  .saves_inputs = 3, .saves_why = N_ ("both: their difference decides between the square and the straight part"),
  .value_text = "mean(where(abs(self - target) < beta, 0.5 * (self - target)^2 / beta, abs(self - target) - 0.5 * beta))",
  .derivative_text = TEXTS ("where(abs(self - target) < beta, (self - target) / beta, sign(self - target)) / n",
                            "-where(abs(self - target) < beta, (self - target) / beta, sign(self - target)) / n"),
  .vjp_text = TEXTS ("g * where(abs(self - target) < beta, (self - target) / beta, sign(self - target)) / n",
                     "-g * where(abs(self - target) < beta, (self - target) / beta, sign(self - target)) / n"),
  .sentence = N_ ("Squares small differences and takes large ones as they are."),
  SAMPLES ({ "rand(2, 3), rand(2, 3)" }, { "rand(3) * 4, rand(3), reduction='none', beta=0.5" })
};

static void
huber_forward (BsOpContext *ctx)
{
  double delta = bs_arg_real (ctx, 1, 1.0);
  if (!(delta > 0.0))
    {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "huber_loss does not support non-positive values for delta.");
      return;
    }
  BsTensor *z = B1 (abs, B2 (sub, ctx->inputs[0], ctx->inputs[1]));
  BsTensor *near = B2 (mul, B2 (mul, NUM (0.5), z), z);
  BsTensor *far = B2 (mul, NUM (delta), B2 (sub, z, NUM (0.5 * delta)));
  bs_ctx_return (ctx, reduced (ctx, B3 (where, B2 (lt, z, NUM (delta)), near, far), 0));
}

static void
huber_backward (BsOpContext *ctx)
{
  BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1];
  double delta = bs_arg_real (ctx, 1, 1.0);
  double norm = share (ctx, pair_numel (a, b), 0);
  BsTensor *d = B2 (sub, a, b);
  BsTensor *slope = B3 (where, B2 (lt, B1 (abs, d), NUM (delta)), d, B2 (mul, B1 (sign, d), NUM (delta)));
  give_difference (ctx, B2 (mul, B2 (mul, slope, NUM (norm)), ctx->upstream[0]));
}

BS_OP (huber_loss)
  .name = "huber_loss", .symbol = "Huber",
  .signature = "huber_loss(Tensor self, Tensor target, str reduction='mean', float delta=1.0)",
  .backward_name = "HuberLossBackward0", .flags = BS_IN_FUNCTIONAL,
  .forward = huber_forward, .backward = huber_backward,
  .saves_inputs = 3, .saves_why = N_ ("both: their difference decides between the square and the straight part"),
  .value_text = "mean(where(abs(self - target) < delta, 0.5 * (self - target)^2, delta * (abs(self - target) - 0.5 * delta)))",
  .derivative_text = TEXTS ("where(abs(self - target) < delta, self - target, delta * sign(self - target)) / n",
                            "-where(abs(self - target) < delta, self - target, delta * sign(self - target)) / n"),
  .vjp_text = TEXTS ("g * where(abs(self - target) < delta, self - target, delta * sign(self - target)) / n",
                     "-g * where(abs(self - target) < delta, self - target, delta * sign(self - target)) / n"),
  .sentence = N_ ("Squares small differences; large ones grow only in proportion."),
  SAMPLES ({ "rand(2, 3), rand(2, 3)" }, { "rand(3) * 4, rand(3), reduction='none', delta=0.5" })
};

/* --- l1_loss: composite in PyTorch --------------------------------------------------------------------------------- */

static void
l1_loss_forward (BsOpContext *ctx)
{
  bs_ctx_return (ctx, reduced (ctx, B1 (abs, B2 (sub, ctx->inputs[0], ctx->inputs[1])), 0));
}

BS_OP (l1_loss)
  .name = "l1_loss", .symbol = "L1",
  .signature = "l1_loss(Tensor self, Tensor target, str reduction='mean')",
  .flags = BS_IN_FUNCTIONAL | BS_IS_COMPOSITE,
  .forward = l1_loss_forward,
  .value_text = "mean(abs(self - target))",
  .sentence = N_ ("Takes the mean of the absolute differences."),
  SAMPLES ({ "rand(2, 3), rand(2, 3)" })
};

/* --- binary cross-entropy ------------------------------------------------------------------------------------------- */

static gboolean
bce_check (BsOpContext *ctx)
{
  BsTensor *p = ctx->inputs[0], *t = ctx->inputs[1];
  if (bs_same_shape (p, t))
    return TRUE;
  g_autofree char *target = bs_shape_text (t->n_dims, t->shape);
  g_autofree char *input = bs_shape_text (p->n_dims, p->shape);
  bs_fail (ctx, BS_ENGINE_ERROR_VALUE,
           "Using a target size (torch.Size(%s)) that is different to the input size (torch.Size(%s)) is deprecated. "
           "Please ensure they have the same size.", target, input);
  return FALSE;
}

static gboolean
bce_in_range (BsOpContext *ctx)
{
  BsTensor *p = ctx->inputs[0];
  for (gint64 i = 0; i < p->numel; i++)
    {
      double v = bs_tensor_get_double (p, i);
      if (!(v >= 0.0 && v <= 1.0))
        {
          bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "all elements of input should be between 0 and 1");
          return FALSE;
        }
    }
  return TRUE;
}

/* PyTorch bounds the logarithms from below by -100, so that a wrong certainty costs 100 and not infinity. */
static void
bce_forward (BsOpContext *ctx)
{
  if (!bce_check (ctx) || !bce_in_range (ctx))
    return;
  BsTensor *p = ctx->inputs[0], *t = ctx->inputs[1], *weight = ctx->n_inputs > 2 ? ctx->inputs[2] : NULL;
  BsTensor *log_p = B2 (maximum, B1 (log, p), NUM (-100.0));
  BsTensor *log_q = B2 (maximum, B1 (log, B2 (sub, NUM (1.0), p)), NUM (-100.0));
  BsTensor *each = B2 (sub, B2 (mul, B2 (sub, t, NUM (1.0)), log_q), B2 (mul, t, log_p));
  if (weight != NULL)
    each = B2 (mul, each, weight);
  bs_ctx_return (ctx, reduced (ctx, each, 0));
}

static void
bce_backward (BsOpContext *ctx)
{
  BsTensor *p = ctx->inputs[0], *t = ctx->inputs[1], *weight = ctx->n_inputs > 2 ? ctx->inputs[2] : NULL;
  BsTensor *g = spread (ctx, p->numel, 0);
  if (weight != NULL)
    g = B2 (mul, g, weight);
  if (bs_wants (ctx, 0))
    {
      BsTensor *variance = B2 (maximum, B2 (mul, B2 (sub, NUM (1.0), p), p), NUM (1e-12));
      bs_ctx_give (ctx, 0, B2 (div, B2 (mul, g, B2 (sub, p, t)), variance));
    }
  if (bs_wants (ctx, 1))
    bs_ctx_give (ctx, 1, B2 (mul, g, B2 (sub, B1 (log, B2 (sub, NUM (1.0), p)), B1 (log, p))));
}

BS_OP (binary_cross_entropy)
  .constants = 4, .name = "binary_cross_entropy", .symbol = "BCE",
  .signature = "binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, str reduction='mean')",
  .backward_name = "BinaryCrossEntropyBackward0", .flags = BS_IN_FUNCTIONAL,
  .forward = bce_forward, .backward = bce_backward,
  .saves_inputs = 7, .saves_why = N_ ("probability and target: the slope is (p - y) / (p (1 - p))"),
  .value_text = "mean(-(target * log(self) + (1 - target) * log(1 - self)))",
  .derivative_text = TEXTS ("(self - target) / (self * (1 - self)) / n", "(log(1 - self) - log(self)) / n"),
  .vjp_text = TEXTS ("g * (self - target) / (self * (1 - self)) / n", "g * (log(1 - self) - log(self)) / n"),
  .sentence = N_ ("Takes minus the logarithm of the probability given to what was true, on average."),
  SAMPLES ({ "rand(2, 3) * 0.8 + 0.1, rand(2, 3)" }, { "rand(3) * 0.8 + 0.1, rand(3), reduction='none'" })
};

static BsTensor *
log_weight (BsOpContext *ctx, BsTensor *t, BsTensor *pos_weight)
{
  return B2 (add, B2 (mul, B2 (sub, pos_weight, NUM (1.0)), t), NUM (1.0));
}

static void
bce_logits_forward (BsOpContext *ctx)
{
  BsTensor *x = ctx->inputs[0], *t = ctx->inputs[1];
  BsTensor *weight = ctx->n_inputs > 2 ? ctx->inputs[2] : NULL, *pos_weight = ctx->n_inputs > 3 ? ctx->inputs[3] : NULL;
  if (!bs_same_shape (x, t))
    {
      g_autofree char *target = bs_shape_text (t->n_dims, t->shape);
      g_autofree char *input = bs_shape_text (x->n_dims, x->shape);
      bs_fail (ctx, BS_ENGINE_ERROR_VALUE, "Target size (torch.Size(%s)) must be the same as input size (torch.Size(%s))",
               target, input);
      return;
    }
  /* log(1 + exp(-x)) without overflow: m + log(exp(-m) + exp(-x - m)), m = max(-x, 0) */
  BsTensor *m = B2 (maximum, B1 (neg, x), NUM (0.0));
  BsTensor *inner = B2 (add, B1 (log, B2 (add, B1 (exp, B1 (neg, m)), B1 (exp, B2 (sub, B1 (neg, x), m)))), m);
  if (pos_weight != NULL)
    inner = B2 (mul, log_weight (ctx, t, pos_weight), inner);
  BsTensor *each = B2 (add, B2 (mul, B2 (sub, NUM (1.0), t), x), inner);
  if (weight != NULL)
    each = B2 (mul, each, weight);
  bs_ctx_return (ctx, reduced (ctx, each, 0));
}

static void
bce_logits_backward (BsOpContext *ctx)
{
  BsTensor *x = ctx->inputs[0], *t = ctx->inputs[1];
  BsTensor *weight = ctx->n_inputs > 2 ? ctx->inputs[2] : NULL, *pos_weight = ctx->n_inputs > 3 ? ctx->inputs[3] : NULL;
  BsTensor *g = ctx->upstream[0];
  BsTensor *s = B1 (sigmoid, x);
  BsTensor *slope;
  if (pos_weight != NULL)
    slope = B2 (sub, B2 (mul, B2 (sub, B2 (add, B2 (mul, pos_weight, t), NUM (1.0)), t), s), B2 (mul, pos_weight, t));
  else
    slope = B2 (sub, s, t);
  double norm = share (ctx, x->numel, 0);
  if (bs_wants (ctx, 0))
    {
      BsTensor *grad = B2 (mul, slope, g);
      if (weight != NULL)
        grad = B2 (mul, grad, weight);
      bs_ctx_give (ctx, 0, norm == 1.0 ? grad : B2 (div, grad, NUM ((double) x->numel)));
    }
  if (bs_wants (ctx, 1))
    {
      BsTensor *grad = B2 (mul, B1 (neg, x), g);
      if (pos_weight != NULL)
        {
          BsTensor *log_s = B1 (log_sigmoid, x), *log_1s = B1 (log_sigmoid, B1 (neg, x));
          grad = B2 (mul, B2 (sub, log_1s, B2 (mul, pos_weight, log_s)), g);
        }
      if (weight != NULL)
        grad = B2 (mul, grad, weight);
      bs_ctx_give (ctx, 1, norm == 1.0 ? grad : B2 (div, grad, NUM ((double) x->numel)));
    }
}

BS_OP (binary_cross_entropy_with_logits)
  .constants = 12, .name = "binary_cross_entropy_with_logits", .symbol = "BCE(σ)",
  .signature = "binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, "
               "Tensor? pos_weight=None, str reduction='mean')",
  .backward_name = "BinaryCrossEntropyWithLogitsBackward0", .flags = BS_IN_FUNCTIONAL | BS_IN_TORCH,
  .forward = bce_logits_forward, .backward = bce_logits_backward,
  .saves_inputs = 15, .saves_why = N_ ("score and target: the slope is sigmoid(score) - target"),
  .value_text = "mean((1 - target) * self + log(1 + exp(-self)))",
  .derivative_text = TEXTS ("(sigmoid(self) - target) / n", "-self / n"),
  .vjp_text = TEXTS ("g * (sigmoid(self) - target) / n", "-g * self / n"),
  .sentence = N_ ("Turns scores into probabilities and takes minus the logarithm of the true one's, on average."),
  SAMPLES ({ "randn(2, 3), rand(2, 3)" }, { "randn(3), rand(3), reduction='none'" })
};

/* --- soft_margin_loss ------------------------------------------------------------------------------------------------ */

static void
soft_margin_forward (BsOpContext *ctx)
{
  BsTensor *z = B1 (exp, B2 (mul, B1 (neg, ctx->inputs[1]), ctx->inputs[0]));
  bs_ctx_return (ctx, reduced (ctx, B1 (log1p, z), 0));
}

static void
soft_margin_backward (BsOpContext *ctx)
{
  BsTensor *x = ctx->inputs[0], *y = ctx->inputs[1];
  double norm = share (ctx, pair_numel (x, y), 0);
  BsTensor *z = B1 (exp, B2 (mul, B1 (neg, y), x));
  BsTensor *slope = B2 (div, B2 (mul, z, B2 (mul, y, NUM (-norm))), B2 (add, z, NUM (1.0)));
  if (bs_wants (ctx, 0))
    bs_ctx_give (ctx, 0, B2 (mul, slope, ctx->upstream[0]));
}

BS_OP (soft_margin_loss)
  .constants = 2, .name = "soft_margin_loss", .symbol = "soft margin",
  .signature = "soft_margin_loss(Tensor self, Tensor target, str reduction='mean')",
  .backward_name = "SoftMarginLossBackward0", .flags = BS_IN_FUNCTIONAL,
  .forward = soft_margin_forward, .backward = soft_margin_backward,
  .saves_inputs = 3, .saves_why = N_ ("score and sign: both stand in the slope"),
  .value_text = "mean(log(1 + exp(-target * self)))",
  .derivative_text = TEXTS ("-target * exp(-target * self) / (1 + exp(-target * self)) / n", NULL),
  .vjp_text = TEXTS ("-g * target * exp(-target * self) / (1 + exp(-target * self)) / n", NULL),
  .sentence = N_ ("Takes the logarithm of one plus e to the negative margin, on average."),
  SAMPLES ({ "randn(4), constant(tensor([1.0, -1.0, 1.0, 1.0]))" })
};

/* --- negative log likelihood ----------------------------------------------------------------------------------------- */

typedef struct { gint64 n, c, inner; } NllShape;

/* Scores (N, C, d1, ...) or (C); targets (N, d1, ...) or (). */
static gboolean
nll_shape (BsOpContext *ctx, const BsTensor *x, const BsTensor *t, NllShape *out)
{
  if (t->dtype != BS_INT64)
    {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "expected scalar type Long but found %s", bs_dtype_scalar_name (t->dtype));
      return FALSE;
    }
  if (x->n_dims == 0)
    {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "input tensor should be 1D or 2D");
      return FALSE;
    }
  if (x->n_dims == 1)
    {
      out->n = 1, out->c = x->shape[0], out->inner = 1;
      if (t->n_dims <= 1 && t->numel == 1)
        return TRUE;
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "1D target tensor expected, multi-target not supported");
      return FALSE;
    }
  out->n = x->shape[0], out->c = x->shape[1], out->inner = 1;
  for (guint i = 2; i < x->n_dims; i++)
    out->inner *= x->shape[i];
  gboolean fits = t->n_dims + 1 == x->n_dims && t->shape[0] == out->n;
  for (guint i = 2; fits && i < x->n_dims; i++)
    fits = t->shape[i - 1] == x->shape[i];
  if (fits)
    return TRUE;
  g_autofree char *xs = bs_shape_text (x->n_dims, x->shape), *ts = bs_shape_text (t->n_dims, t->shape);
  if (x->n_dims == 2 && t->n_dims > 1)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "0D or 1D target tensor expected, multi-target not supported");
  else if (x->n_dims == 2)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "size mismatch (got input: %s, target: %s)", xs, ts);
  else
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "size mismatch (got input: %s , target: %s", xs, ts);
  return FALSE;
}

static gboolean
nll_target (BsOpContext *ctx, const BsTensor *t, gint64 i, gint64 ignore, gint64 n_classes, gint64 *out)
{
  *out = bs_tensor_get_integer (t, i);
  if (*out == ignore || (*out >= 0 && *out < n_classes))
    return TRUE;
  bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "Target %" G_GINT64_FORMAT " is out of bounds.", *out);
  return FALSE;
}

/* Accumulates in the dtype of the scores, in the order of the batch, as PyTorch's kernel does. */
/* Sums in a cascade of levels, as PyTorch adds up a batch. */
#define NLL_LEVELS 8
typedef struct {
  int power;
  gboolean single;
  double loss[NLL_LEVELS], weight[NLL_LEVELS];
} NllSums;
static int
nll_log2 (gint64 n)
{
  int bits = 1;
  while (bits < 62 && (G_GINT64_CONSTANT (1) << bits) < n)
    bits++;
  return bits;
}
static double
nll_sum (const NllSums *sums, double a, double b)
{
  return sums->single ? (double) ((float) a + (float) b) : a + b;
}
static void
nll_add (NllSums *sums, gint64 i, double loss, double weight)
{
  gint64 mask = (G_GINT64_CONSTANT (1) << sums->power) - 1;
  sums->loss[0] = nll_sum (sums, sums->loss[0], loss);
  sums->weight[0] = nll_sum (sums, sums->weight[0], weight);
  for (int l = 0; l + 1 < NLL_LEVELS && (i & (mask << (l * sums->power))) == 0; l++) {
    sums->loss[l + 1] = nll_sum (sums, sums->loss[l + 1], sums->loss[l]);
    sums->weight[l + 1] = nll_sum (sums, sums->weight[l + 1], sums->weight[l]);
    sums->loss[l] = sums->weight[l] = 0;
  }
}
static double
nll_total (const NllSums *sums, const double *levels)
{
  double total = 0;
  for (int l = 0; l < NLL_LEVELS; l++)
    total = nll_sum (sums, total, levels[l]);
  return total;
}

static void
nll_forward (BsOpContext *ctx)
{
  BsTensor *x = bs_contiguous (ctx, ctx->inputs[0]), *t = ctx->inputs[1];
  BsTensor *weight = ctx->n_inputs > 2 && ctx->inputs[2] != NULL ? bs_contiguous (ctx, ctx->inputs[2]) : NULL;
  gint64 ignore = bs_arg_int (ctx, 0, -100);
  NllShape s;
  if (x == NULL || !nll_shape (ctx, x, t, &s))
    return;
  Reduce reduce = reduction (ctx, 1);
  BsTensor *each = bs_ctx_fresh (ctx, x->dtype, reduce == REDUCE_NONE ? t->n_dims : 0, t->shape);
  if (each == NULL)
    return;
  gboolean single = x->dtype != BS_FLOAT64;
  NllSums sums = { .power = MAX (4, nll_log2 (t->numel) / NLL_LEVELS), .single = single };
  gint64 n_counted = 0;
  for (gint64 i = 0; i < t->numel; i++)
    {
      gint64 c;
      if (!nll_target (ctx, t, i, ignore, s.c, &c))
        return;
      gint64 n = i / s.inner, k = i % s.inner;
      double w = c == ignore ? 0.0 : weight == NULL ? 1.0 : bs_load (weight->dtype, bs_data (weight), c);
      double v = c == ignore ? 0.0 : -w * bs_load (x->dtype, bs_data (x), (n * s.c + c) * s.inner + k);
      if (single)
        v = (float) v;
      if (reduce == REDUCE_NONE)
        bs_store (each->dtype, bs_data (each), i, v + 0.0);
      n_counted += c != ignore;
      if (c != ignore)
        nll_add (&sums, i, v, w);
    }
  double total = nll_total (&sums, sums.loss), weights = weight == NULL ? n_counted : nll_total (&sums, sums.weight);
  if (reduce == REDUCE_SUM)
    bs_store (each->dtype, bs_data (each), 0, total);
  else if (reduce == REDUCE_MEAN)
    bs_store (each->dtype, bs_data (each), 0, single ? (double) ((float) total / (float) weights) : total / weights);
  bs_ctx_return (ctx, each);
}

/* -weight / (sum of weights) at each target, 0 elsewhere: what the upstream gradient is multiplied by. */
static BsTensor *
nll_slope (BsOpContext *ctx, BsTensor *x, BsTensor *t, BsTensor *weight, const NllShape *s)
{
  gint64 ignore = bs_arg_int (ctx, 0, -100);
  BsTensor *slope = bs_ctx_fresh (ctx, x->dtype, x->n_dims, x->shape);
  if (slope == NULL)
    return NULL;
  bs_fill_data (slope, 0.0);
  double weights = 0;
  for (int round = 0; round < 2; round++)
    for (gint64 i = 0; i < t->numel; i++)
      {
        gint64 c = bs_tensor_get_integer (t, i);
        if (c == ignore)
          continue;
        double w = weight == NULL ? 1.0 : bs_tensor_get_double (weight, c);
        if (round == 0)
          weights += w;
        else
          bs_store (slope->dtype, bs_data (slope), (i / s->inner * s->c + c) * s->inner + i % s->inner,
                    reduction (ctx, 1) == REDUCE_MEAN ? -w / weights : -w);
      }
  return slope;
}

static void
nll_backward (BsOpContext *ctx)
{
  BsTensor *x = ctx->inputs[0], *t = ctx->inputs[1], *weight = ctx->n_inputs > 2 ? ctx->inputs[2] : NULL;
  NllShape s;
  if (!bs_wants (ctx, 0) || !nll_shape (ctx, x, t, &s))
    return;
  BsTensor *g = ctx->upstream[0];
  if (reduction (ctx, 1) == REDUCE_NONE && x->n_dims > 1)
    g = BO (unsqueeze, 1, ARGS (BS_INT (1)), g);
  bs_ctx_give (ctx, 0, B2 (mul, nll_slope (ctx, x, t, weight, &s), g));
}

BS_OP (nll_loss)
  .constants = 6, .name = "nll_loss", .symbol = "NLL",
  .signature = "nll_loss(Tensor self, Tensor target, Tensor? weight=None, int ignore_index=-100, str reduction='mean')",
  .backward_name = "NllLossBackward0", .flags = BS_IN_FUNCTIONAL,
  .forward = nll_forward, .backward = nll_backward,
  .saves_inputs = 7, .saves_why = N_ ("the targets: only their places get a gradient"),
  .value_text = "-mean(self[i, target[i]])",
  .derivative_text = TEXTS ("-onehot(target) / n", NULL, NULL),
  .vjp_text = TEXTS ("-g * onehot(target) / n", NULL, NULL),
  .sentence = N_ ("Takes minus the log-probability given to the true class, on average."),
  SAMPLES ({ "randn(2, 3), tensor([0, 2])" })
};

BS_OP (nll_loss2d)
  .constants = 6, .name = "nll_loss2d", .symbol = "NLL",
  .signature = "nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int ignore_index=-100, "
               "str reduction='mean')",
  .backward_name = "NllLoss2DBackward0", .flags = BS_IN_FUNCTIONAL,
  .forward = nll_forward, .backward = nll_backward,
  .saves_inputs = 7, .saves_why = N_ ("the targets: only their places get a gradient"),
  .value_text = "-mean(self[i, target[i]])",
  .derivative_text = TEXTS ("-onehot(target) / n", NULL, NULL),
  .vjp_text = TEXTS ("-g * onehot(target) / n", NULL, NULL),
  .sentence = N_ ("Takes minus the log-probability given to the true class at each place, on average."),
  SAMPLES ({ "randn(2, 3, 2, 2), zeros(2, 2, 2).long()" })
};

/* --- cross_entropy: log_softmax and nll_loss, or the mean of probabilities ------------------------------------------- */

static BsTensor *
nll_of (BsOpContext *ctx, BsTensor *log_p, BsTensor *target, BsTensor *weight, gint64 ignore, const char *reduce)
{
  BsTensor *inputs[] = { log_p, target, weight };
  BsArg args[] = { BS_INT (ignore), BS_STRING (reduce) };
  if (log_p == NULL)
    return NULL;
  return bs_do (ctx, log_p->n_dims <= 2 ? &bs_op_nll_loss : &bs_op_nll_loss2d, 3, inputs, 2, args);
}

static BsTensor *
class_shaped (BsOpContext *ctx, BsTensor *weight, guint n_dims, gint64 class_dim)
{
  gint64 shape[BS_MAX_DIMS];
  for (guint i = 0; i < n_dims; i++)
    shape[i] = 1;
  shape[class_dim] = weight->shape[0];
  return BO (view, 1, ARGS (BS_INTS (n_dims, shape)), weight);
}

static BsTensor *
sum_classes (BsOpContext *ctx, BsTensor *x, gint64 dim)
{
  return BO (sum_dim, 1, ARGS (BS_INTS (1, &dim)), x);
}

static void
cross_entropy_probabilities (BsOpContext *ctx, BsTensor *log_p, BsTensor *weight, double smoothing, gint64 dim)
{
  BsTensor *x = ctx->inputs[0], *target = ctx->inputs[1];
  gint64 n_classes = x->shape[dim], n = x->numel / MAX (n_classes, 1);
  if (smoothing > 0.0)
    target = B2 (add, B2 (mul, target, NUM (1.0 - smoothing)), NUM (smoothing / (double) n_classes));
  BsTensor *product = B2 (mul, log_p, target);
  if (weight != NULL)
    product = B2 (mul, product, class_shaped (ctx, weight, x->n_dims, dim));
  switch (reduction (ctx, 1))
    {
    case REDUCE_MEAN: bs_ctx_return (ctx, B2 (div, B1 (neg, B1 (sum, product)), NUM ((double) n))); break;
    case REDUCE_SUM: bs_ctx_return (ctx, B1 (neg, B1 (sum, product))); break;
    default: bs_ctx_return (ctx, B1 (neg, sum_classes (ctx, product, dim))); break;
    }
}

static void
cross_entropy_smoothed (BsOpContext *ctx, BsTensor *log_p, BsTensor *weight, double smoothing, gint64 dim)
{
  BsTensor *x = ctx->inputs[0], *target = ctx->inputs[1];
  gint64 n_classes = x->shape[dim], ignore = bs_arg_int (ctx, 0, -100);
  const char *word = bs_arg_string (ctx, 1, "mean");
  BsTensor *nll = nll_of (ctx, log_p, target, weight, ignore, word);
  BsTensor *weighted = weight == NULL ? log_p : B2 (mul, log_p, class_shaped (ctx, weight, x->n_dims, dim));
  BsTensor *smooth = B1 (neg, sum_classes (ctx, weighted, dim));
  BsTensor *ignored = B2 (eq, target, NUM ((double) ignore));
  smooth = B3 (where, ignored, NUM (0.0), smooth);
  switch (reduction (ctx, 1))
    {
    case REDUCE_MEAN:
      {
        BsTensor *kept = B1 (logical_not, ignored);
        if (weight != NULL)
          {
            BsTensor *each = B2 (mul, bs_do2a (ctx, &bs_op_index_select, weight, BO (reshape, 1, ARGS (BS_INTS (1, ((const gint64[]){ -1 }))), target), BS_INT (0)),
                                 BO (reshape, 1, ARGS (BS_INTS (1, ((const gint64[]){ -1 }))), kept));
            smooth = B2 (div, B1 (sum, smooth), B1 (sum, each));
          }
        else
          smooth = B2 (div, B1 (sum, smooth), B1 (sum, kept));
        break;
      }
    case REDUCE_SUM: smooth = B1 (sum, smooth); break;
    default: break;
    }
  bs_ctx_return (ctx, B2 (add, B2 (mul, nll, NUM (1.0 - smoothing)), B2 (mul, smooth, NUM (smoothing / (double) n_classes))));
}

static void
cross_entropy_forward (BsOpContext *ctx)
{
  BsTensor *x = ctx->inputs[0], *target = ctx->inputs[1], *weight = ctx->n_inputs > 2 ? ctx->inputs[2] : NULL;
  double smoothing = bs_arg_real (ctx, 2, 0.0);
  gint64 dim = x->n_dims == 1 ? 0 : 1;
  if (x->n_dims == 0)
    {
      bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "Dimension out of range (expected to be in range of [-1, 0], but got 1)");
      return;
    }
  if (smoothing < 0.0 || smoothing > 1.0)
    {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "label_smoothing must be between 0.0 and 1.0. Got: %g", smoothing);
      return;
    }
  if (x->n_dims > 1 && target->n_dims + 1 == x->n_dims && target->n_dims > 0 && x->shape[0] != target->shape[0])
    {
      bs_fail (ctx, BS_ENGINE_ERROR_VALUE, "Expected input batch_size (%" G_GINT64_FORMAT ") to match target batch_size (%" G_GINT64_FORMAT ").",
               x->shape[0], target->shape[0]);
      return;
    }
  gboolean probabilities = bs_same_shape (x, target);
  if (probabilities && !bs_dtype_is_floating (target->dtype))
    {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Expected floating point type for target with class probabilities, got %s",
               bs_dtype_scalar_name (target->dtype));
      return;
    }
  BsTensor *log_p = BO (log_softmax, 1, ARGS (BS_INT (dim)), x);
  if (probabilities)
    cross_entropy_probabilities (ctx, log_p, weight, smoothing, dim);
  else if (smoothing > 0.0)
    cross_entropy_smoothed (ctx, log_p, weight, smoothing, dim);
  else
    bs_ctx_return (ctx, nll_of (ctx, log_p, target, weight, bs_arg_int (ctx, 0, -100), bs_arg_string (ctx, 1, "mean")));
}

BS_OP (cross_entropy)
  .name = "cross_entropy", .symbol = "CE",
  .signature = "cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int ignore_index=-100, "
               "str reduction='mean', float label_smoothing=0.0)",
  .flags = BS_IN_FUNCTIONAL | BS_IS_COMPOSITE,
  .forward = cross_entropy_forward,
  .value_text = "-mean(log_softmax(self)[i, target[i]])",
  .sentence = N_ ("Turns scores into log-probabilities and takes minus that of the true class, on average."),
  SAMPLES ({ "randn(2, 3), tensor([0, 2])" })
};
