/* SPDX-License-Identifier: MIT */

/* Sums, means, products, extremes and their likes over all elements or some dimensions. */

#include "cascade.h"
#include "formula.h"

#include <math.h>
#include <string.h>

#define X_ ctx->inputs[0]
#define FLAGS (BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT)

/* Which dimensions go. */
typedef struct {
  gboolean gone[BS_MAX_DIMS];
  guint n_out;
  gint64 out[BS_MAX_DIMS];
  gint64 count;  /* elements in each group */
} Plan;

static gboolean
make_plan (BsOpContext *ctx, guint n_dims, const gint64 *shape, int n, const gint64 *dims, gboolean keepdim, Plan *plan)
{
  memset (plan, 0, sizeof *plan);
  plan->count = 1;
  for (int i = 0; i < n; i++) {
    int dim = bs_wrap_dim (ctx, dims[i], n_dims);
    if (dim < 0)
      return FALSE;
    if (n_dims > 0 && plan->gone[dim]) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "dim %d appears multiple times in the list of dims", dim);
      return FALSE;
    }
    plan->gone[dim] = TRUE;
  }
  for (guint d = 0; d < n_dims; d++) {
    if (n <= 0)
      plan->gone[d] = TRUE;
    if (plan->gone[d])
      plan->count *= shape[d];
    if (!plan->gone[d] || keepdim)
      plan->out[plan->n_out++] = plan->gone[d] ? 1 : shape[d];
  }
  return TRUE;
}

/* The input with the dimensions that go moved to the end, contiguous: groups of plan->count neighbours. */
static BsTensor *
grouped (BsOpContext *ctx, BsTensor *x, const Plan *plan)
{
  gint64 order[BS_MAX_DIMS];
  guint n = 0;
  gboolean moved = FALSE;
  for (int pass = 0; pass < 2; pass++)
    for (guint d = 0; d < x->n_dims; d++)
      if (plan->gone[d] == (pass == 1)) {
        moved = moved || n != d;
        order[n++] = d;
      }
  if (moved)
    x = BA (permute, x, BS_INTS (x->n_dims, order));
  return bs_contiguous (ctx, x);
}

static gint64
sum_any_int (const BsTensor *x, gint64 from, gint64 n)
{
  gint64 total = 0;
  for (gint64 i = 0; i < n; i++)
    total += bs_load_integer (x->dtype, bs_data (x), from + i);
  return total;
}

static BsTensor *
sum_groups (BsOpContext *ctx, BsTensor *x, const Plan *plan, int dtype)
{
  BsDtype result = dtype >= 0 ? (BsDtype) dtype : bs_dtype_is_floating (x->dtype) ? x->dtype : BS_INT64;
  if (bs_dtype_is_floating (result) && x->dtype != result)
    x = bs_cast (ctx, x, result);
  if (x != NULL && (result == BS_FLOAT32 || result == BS_FLOAT64)) {
    BsTensor *sums = bs_ctx_fresh (ctx, result, plan->n_out, plan->out);
    if (sums == NULL)
      return NULL;
    memset (bs_data (sums), 0, sums->numel * bs_dtype_size (result));
    bs_cascade_sum (x, plan->gone, bs_data (sums));
    return sums;
  }
  BsTensor *groups = x != NULL ? grouped (ctx, x, plan) : NULL, *out = bs_ctx_fresh (ctx, result, plan->n_out, plan->out);
  if (groups == NULL || out == NULL)
    return NULL;
  for (gint64 i = 0; i < out->numel; i++) {
    gint64 from = i * plan->count;
    if (bs_dtype_is_floating (result)) {
      float total = 0;
      for (gint64 k = 0; k < plan->count; k++)
        total += (float) bs_load (groups->dtype, bs_data (groups), from + k);
      bs_store (result, bs_data (out), i, total);
    } else
      bs_store_integer (result, bs_data (out), i, sum_any_int (groups, from, plan->count));
  }
  return out;
}

/* The gradient spread over what was reduced. */
static BsTensor *
spread_back (BsOpContext *ctx, BsTensor *g, const Plan *plan, gboolean keepdim)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  if (g == NULL)
    return NULL;
  if (!keepdim && g->n_dims != n_dims) {
    gint64 padded[BS_MAX_DIMS];
    for (guint d = 0; d < n_dims; d++)
      padded[d] = plan->gone[d] ? 1 : shape[d];
    if (plan->n_out == 0 || n_dims > 0)
      g = bs_reshaped (ctx, g, n_dims, padded);
  }
  return bs_expanded (ctx, g, n_dims, shape);
}

static gboolean
plan_of_args (BsOpContext *ctx, guint n_dims, const gint64 *shape, Plan *plan, gboolean *keepdim)
{
  gint64 dims[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS);
  *keepdim = bs_arg_bool (ctx, 1, FALSE);
  return make_plan (ctx, n_dims, shape, n, dims, *keepdim, plan);
}

static gboolean
backward_plan (BsOpContext *ctx, Plan *plan, gboolean *keepdim)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  return plan_of_args (ctx, n_dims, shape, plan, keepdim);
}

/* --- sum ---------------------------------------------------------------------------------------------------------------------- */

static void
sum_forward (BsOpContext *ctx)
{
  Plan plan;
  if (make_plan (ctx, X_->n_dims, X_->shape, 0, NULL, FALSE, &plan))
    bs_ctx_return (ctx, sum_groups (ctx, X_, &plan, bs_arg_dtype (ctx, 0)));
}
static void
sum_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  GIVE (0, bs_expanded (ctx, G, n_dims, shape));
}
BS_OP (sum)
  .name = "sum", .symbol = "Σ", .signature = "sum(Tensor self, *, dtype? dtype=None)", .backward_name = "SumBackward0", .flags = FLAGS,
  .forward = sum_forward, .backward = sum_backward, .value_text = "sum(self)", .derivative_text = TEXTS ("1"), .vjp_text = TEXTS ("g"),
  .sentence = N_ ("Adds up all elements."), SAMPLES ({ "rand(2, 3)" }, { "rand(())" })
};
static void
sum_dim_forward (BsOpContext *ctx)
{
  Plan plan;
  gboolean keepdim;
  if (plan_of_args (ctx, X_->n_dims, X_->shape, &plan, &keepdim))
    bs_ctx_return (ctx, sum_groups (ctx, X_, &plan, bs_arg_dtype (ctx, 2)));
}
static void
sum_dim_backward (BsOpContext *ctx)
{
  Plan plan;
  gboolean keepdim;
  if (backward_plan (ctx, &plan, &keepdim))
    GIVE (0, spread_back (ctx, G, &plan, keepdim));
}
BS_OP (sum_dim)
  .name = "sum.dim", .symbol = "Σ", .signature = "sum(Tensor self, int[1]? dim, bool keepdim=False, *, dtype? dtype=None)", .backward_name = "SumBackward1", .flags = FLAGS,
  .forward = sum_dim_forward, .backward = sum_dim_backward, .value_text = "sum(self)", .derivative_text = TEXTS ("1"), .vjp_text = TEXTS ("g"),
  .sentence = N_ ("Adds up over some dimensions."), SAMPLES ({ "rand(2, 3), 1" }, { "rand(2, 3), 0, True" })
};

/* Undoes a broadcast: sums until the shape is the one given. */
static void
sum_to_size_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], dims[BS_MAX_DIMS];
  int n = MAX (0, bs_arg_ints (ctx, 0, shape, BS_MAX_DIMS)), lead = (int) X_->n_dims - n, count = 0;
  Plan plan;
  for (int d = 0; d < (int) X_->n_dims; d++)
    if (d < lead || (shape[d - lead] == 1 && X_->shape[d] != 1))
      dims[count++] = d;
  if (count == 0) {
    bs_ctx_return (ctx, bs_ctx_own (ctx, bs_tensor_alias (X_, X_->n_dims, X_->shape, bs_strides (X_), X_->offset, &ctx->error)));
    return;
  }
  if (!make_plan (ctx, X_->n_dims, X_->shape, count, dims, TRUE, &plan))
    return;
  plan.n_out = n;
  memcpy (plan.out, shape, n * sizeof *shape);
  bs_ctx_return (ctx, sum_groups (ctx, X_, &plan, -1));
}
static void
sum_to_size_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  GIVE (0, bs_expanded (ctx, G, n_dims, shape));
}
BS_OP (sum_to_size)
  .name = "sum_to_size", .symbol = "Σ", .signature = "sum_to_size(Tensor self, int[] size)", .backward_name = "SumBackward1", .flags = BS_IN_TENSOR,
  .forward = sum_to_size_forward, .backward = sum_to_size_backward, .value_text = "sum(self)", .sentence = N_ ("Adds up over the dimensions that were broadcast."), SAMPLES ({ "rand(2, 3), (1, 3)" })
};

/* --- mean ------------------------------------------------------------------------------------------------------------------------ */

static gboolean
mean_dtype_ok (BsOpContext *ctx, int dtype)
{
  if (bs_dtype_is_floating (dtype >= 0 ? (BsDtype) dtype : X_->dtype))
    return TRUE;
  bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: %s", bs_dtype_scalar_name (X_->dtype));
  return FALSE;
}
static void
mean_forward (BsOpContext *ctx)
{
  Plan plan;
  if (mean_dtype_ok (ctx, bs_arg_dtype (ctx, 0)) && make_plan (ctx, X_->n_dims, X_->shape, 0, NULL, FALSE, &plan))
    bs_ctx_return (ctx, B2 (div, sum_groups (ctx, X_, &plan, bs_arg_dtype (ctx, 0)), NUM ((double) plan.count)));
}
static void
mean_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  GIVE (0, B2 (div, bs_expanded (ctx, G, n_dims, shape), NUM ((double) bs_numel_of (n_dims, shape))));
}
BS_OP (mean)
  .name = "mean", .symbol = "mean", .signature = "mean(Tensor self, *, dtype? dtype=None)", .backward_name = "MeanBackward0", .flags = FLAGS,
  .forward = mean_forward, .backward = mean_backward, .value_text = "mean(self)", .derivative_text = TEXTS ("1 / n"), .vjp_text = TEXTS ("g / n"),
  .sentence = N_ ("Takes the mean of all elements."), SAMPLES ({ "rand(2, 3)" })
};
static void
mean_dim_forward (BsOpContext *ctx)
{
  Plan plan;
  gboolean keepdim;
  if (mean_dtype_ok (ctx, bs_arg_dtype (ctx, 2)) && plan_of_args (ctx, X_->n_dims, X_->shape, &plan, &keepdim))
    bs_ctx_return (ctx, B2 (div, sum_groups (ctx, X_, &plan, bs_arg_dtype (ctx, 2)), NUM ((double) plan.count)));
}
static void
mean_dim_backward (BsOpContext *ctx)
{
  Plan plan;
  gboolean keepdim;
  if (backward_plan (ctx, &plan, &keepdim))
    GIVE (0, B2 (div, spread_back (ctx, G, &plan, keepdim), NUM ((double) plan.count)));
}
BS_OP (mean_dim)
  .name = "mean.dim", .symbol = "mean", .signature = "mean(Tensor self, int[1]? dim, bool keepdim=False, *, dtype? dtype=None)", .backward_name = "MeanBackward1", .flags = FLAGS,
  .forward = mean_dim_forward, .backward = mean_dim_backward, .value_text = "mean(self)", .derivative_text = TEXTS ("1 / n"), .vjp_text = TEXTS ("g / n"),
  .sentence = N_ ("Takes the mean over some dimensions."), SAMPLES ({ "rand(2, 3), 1" })
};

/* --- all, any ---------------------------------------------------------------------------------------------------------------------- */

static void
truth (BsOpContext *ctx, gboolean want_all, gboolean with_dim)
{
  gint64 dims[1] = { bs_arg_int (ctx, 0, 0) };
  Plan plan;
  if (!make_plan (ctx, X_->n_dims, X_->shape, with_dim ? 1 : 0, dims, with_dim && bs_arg_bool (ctx, 1, FALSE), &plan))
    return;
  BsTensor *groups = grouped (ctx, X_, &plan), *out = bs_ctx_fresh (ctx, X_->dtype == BS_UINT8 ? BS_UINT8 : BS_BOOL, plan.n_out, plan.out);
  if (groups == NULL || out == NULL)
    return;
  for (gint64 i = 0; i < out->numel; i++) {
    gboolean found = FALSE;
    for (gint64 k = 0; k < plan.count && !found; k++)
      found = (bs_load (groups->dtype, bs_data (groups), i * plan.count + k) != 0) != want_all;
    ((guint8 *) bs_data (out))[i] = found != want_all;
  }
  bs_ctx_return (ctx, out);
}
static void all_forward (BsOpContext *ctx) { truth (ctx, TRUE, FALSE); }
static void all_dim_forward (BsOpContext *ctx) { truth (ctx, TRUE, TRUE); }
static void any_forward (BsOpContext *ctx) { truth (ctx, FALSE, FALSE); }
static void any_dim_forward (BsOpContext *ctx) { truth (ctx, FALSE, TRUE); }
BS_OP (all) .name = "all", .symbol = "all", .signature = "all(Tensor self)", .flags = FLAGS, .forward = all_forward, .sentence = N_ ("Are all elements true?") };
BS_OP (all_dim) .name = "all.dim", .symbol = "all", .signature = "all(Tensor self, int dim, bool keepdim=False)", .flags = FLAGS, .forward = all_dim_forward, .sentence = N_ ("Are all elements true?") };
BS_OP (any) .name = "any", .symbol = "any", .signature = "any(Tensor self)", .flags = FLAGS, .forward = any_forward, .sentence = N_ ("Is any element true?") };
BS_OP (any_dim) .name = "any.dim", .symbol = "any", .signature = "any(Tensor self, int dim, bool keepdim=False)", .flags = FLAGS, .forward = any_dim_forward, .sentence = N_ ("Is any element true?") };

/* --- variance and standard deviation ------------------------------------------------------------------------------------------------- */

static gboolean
var_args (BsOpContext *ctx, guint n_dims, const gint64 *shape, Plan *plan, gboolean *keepdim, double *divisor)
{
  gint64 dims[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS);
  *keepdim = bs_arg_bool (ctx, 2, FALSE);
  if (!make_plan (ctx, n_dims, shape, n, dims, *keepdim, plan))
    return FALSE;
  gint64 correction = bs_arg_given (ctx, 3) ? bs_arg_int (ctx, 3, 1) : bs_arg_bool (ctx, 1, TRUE) ? 1 : 0;
  *divisor = MAX (0.0, (double) (plan->count - correction));
  return TRUE;
}
static BsTensor *
variance (BsOpContext *ctx, gboolean root)
{
  Plan plan;
  gboolean keepdim;
  double divisor;
  if (!bs_dtype_is_floating (X_->dtype)) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s only support floating point and complex dtypes", root ? "std and var" : "std and var");
    return NULL;
  }
  if (!var_args (ctx, X_->n_dims, X_->shape, &plan, &keepdim, &divisor))
    return NULL;
  BsTensor *groups = grouped (ctx, X_, &plan), *out = bs_ctx_fresh (ctx, X_->dtype, plan.n_out, plan.out);
  if (groups == NULL || out == NULL)
    return NULL;
  for (gint64 i = 0; i < out->numel; i++) {
    double mean = 0, m2 = 0; /* Welford */
    for (gint64 k = 0; k < plan.count; k++) {
      double v = bs_load (groups->dtype, bs_data (groups), i * plan.count + k), delta = v - mean;
      mean += delta / (k + 1);
      m2 += delta * (v - mean);
    }
    double value = m2 / divisor;
    bs_store (out->dtype, bs_data (out), i, root ? sqrt (value) : value);
  }
  return out;
}
static BsTensor *
variance_slope (BsOpContext *ctx, BsTensor *g)
{
  Plan plan;
  gboolean keepdim;
  double divisor;
  gint64 dims[BS_MAX_DIMS];
  int n = 0;
  if (!var_args (ctx, X_->n_dims, X_->shape, &plan, &keepdim, &divisor))
    return NULL;
  for (guint d = 0; d < X_->n_dims; d++)
    if (plan.gone[d])
      dims[n++] = d;
  BsTensor *mean = n > 0 ? BA (mean_dim, X_, BS_INTS (n, dims), BS_BOOLEAN (TRUE)) : X_;
  return B2 (mul, bs_scaled (ctx, spread_back (ctx, g, &plan, keepdim), 2 / divisor), B2 (sub, X_, mean));
}
static void var_forward (BsOpContext *ctx) { bs_ctx_return (ctx, variance (ctx, FALSE)); }
static void var_backward (BsOpContext *ctx) { GIVE (0, variance_slope (ctx, G)); }
static void std_forward (BsOpContext *ctx) { bs_ctx_return (ctx, variance (ctx, TRUE)); }
static void
std_backward (BsOpContext *ctx)
{
  BsTensor *y = ctx->outputs[0], *g = B2 (div, G, bs_scaled (ctx, y, 2));
  GIVE (0, variance_slope (ctx, B3 (where, B2 (eq, y, NUM (0)), NUM (0), g)));
}
static void var_all_forward (BsOpContext *ctx) { bs_ctx_return (ctx, bs_do1a (ctx, &bs_op_var, X_, BS_NONE, BS_BOOLEAN (bs_arg_bool (ctx, 0, TRUE)))); }
static void std_all_forward (BsOpContext *ctx) { bs_ctx_return (ctx, bs_do1a (ctx, &bs_op_std, X_, BS_NONE, BS_BOOLEAN (bs_arg_bool (ctx, 0, TRUE)))); }
BS_OP (var_all) .name = "var.all", .symbol = "var", .signature = "var(Tensor self, bool unbiased=True)", .flags = FLAGS | BS_IS_COMPOSITE, .forward = var_all_forward, .sentence = N_ ("Takes the variance.") };
BS_OP (var)
  .name = "var", .symbol = "var", .signature = "var(Tensor self, int[1]? dim=None, bool unbiased=True, bool keepdim=False, *, int? correction=None)", .backward_name = "VarBackward0",
  .flags = FLAGS, .forward = var_forward, .backward = var_backward, .saves_inputs = 1, .saves_why = N_ ("the input: the slope is its distance from the mean"),
  .sentence = N_ ("Takes the variance."), SAMPLES ({ "rand(3, 4), 1" })
};
BS_OP (std_all) .name = "std.all", .symbol = "std", .signature = "std(Tensor self, bool unbiased=True)", .flags = FLAGS | BS_IS_COMPOSITE, .forward = std_all_forward, .sentence = N_ ("Takes the standard deviation.") };
BS_OP (std)
  .name = "std", .symbol = "std", .signature = "std(Tensor self, int[1]? dim=None, bool unbiased=True, bool keepdim=False, *, int? correction=None)", .backward_name = "StdBackward0",
  .flags = FLAGS, .forward = std_forward, .backward = std_backward, .saves_inputs = 1, .saves_outputs = 1, .saves_why = N_ ("the input: the slope is its distance from the mean"),
  .sentence = N_ ("Takes the standard deviation."), SAMPLES ({ "rand(3, 4), 1" })
};
