/* SPDX-License-Identifier: MIT */

/* The largest and the smallest, and where they are. */

#include "formula.h"

#include <math.h>

#define X_ ctx->inputs[0]
#define FLAGS (BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT)

static gboolean
better (double v, double best, gboolean largest)
{
  return v != v ? best == best : largest ? v > best : v < best;
}

/* Along one dimension: values and indices of the first extreme; NaN wins. */
static gboolean
extreme_along (BsOpContext *ctx, BsTensor *x, int dim, gboolean keepdim, gboolean largest, BsTensor **values, BsTensor **indices)
{
  gint64 shape[BS_MAX_DIMS], inner = 1, size = x->n_dims > 0 ? x->shape[dim] : 1;
  guint n = 0;
  x = bs_contiguous (ctx, x);
  if (x == NULL)
    return FALSE;
  if (size == 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "%s(): Expected reduction dim %d to have non-zero size.", ctx->op->name, dim);
    return FALSE;
  }
  for (guint d = 0; d < x->n_dims; d++) {
    if ((int) d != dim || keepdim)
      shape[n++] = (int) d == dim ? 1 : x->shape[d];
    if ((int) d > dim)
      inner *= x->shape[d];
  }
  *values = bs_ctx_fresh (ctx, x->dtype, n, shape);
  *indices = bs_ctx_fresh (ctx, BS_INT64, n, shape);
  if (*values == NULL || *indices == NULL)
    return FALSE;
  for (gint64 line = 0; line < x->numel / size; line++) {
    gint64 from = line / inner * inner * size + line % inner, at = 0;
    if (bs_dtype_is_floating (x->dtype)) {
      double best = bs_load (x->dtype, bs_data (x), from);
      for (gint64 i = 1; i < size; i++) {
        double v = bs_load (x->dtype, bs_data (x), from + i * inner);
        if (better (v, best, largest))
          best = v, at = i;
      }
      bs_store (x->dtype, bs_data (*values), line, best);
    } else {
      gint64 best = bs_load_integer (x->dtype, bs_data (x), from);
      for (gint64 i = 1; i < size; i++) {
        gint64 v = bs_load_integer (x->dtype, bs_data (x), from + i * inner);
        if (largest ? v > best : v < best)
          best = v, at = i;
      }
      bs_store_integer (x->dtype, bs_data (*values), line, best);
    }
    ((gint64 *) bs_data (*indices))[line] = at;
  }
  return TRUE;
}

static BsTensor *
flattened (BsOpContext *ctx)
{
  gint64 one = -1;
  if (X_->numel == 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.", ctx->op->name);
    return NULL;
  }
  return BA (reshape, X_, BS_INTS (1, &one));
}

#define OF_ALL(op, public, mark, node, largest_, words) \
  static void op##_forward (BsOpContext *ctx) \
  { \
    BsTensor *values, *indices, *flat = flattened (ctx); \
    if (flat != NULL && extreme_along (ctx, flat, 0, FALSE, largest_, &values, &indices)) \
      bs_ctx_return (ctx, values); \
  } \
  static void op##_backward (BsOpContext *ctx) \
  { \
    BsTensor *mask = isnan (bs_tensor_get_double (ctx->outputs[0], 0)) ? B1 (isnan, X_) : B2 (eq, X_, ctx->outputs[0]); \
    GIVE (0, B2 (mul, mask, B2 (div, G, B1 (sum, mask)))); \
  } \
  BS_OP (op) .name = public, .symbol = mark, .signature = public "(Tensor self)", .backward_name = node, .flags = FLAGS, .forward = op##_forward, \
    .backward = op##_backward, .saves_inputs = 1, .saves_outputs = 1, .saves_why = N_ ("input and result: the elements that are the result share the gradient"), \
    .kinks = N_ ("where several are equal they share the gradient"), .sentence = words, SAMPLES ({ "randn(2, 3)" }) };
OF_ALL (max, "max", "max", "MaxBackward1", TRUE, N_ ("Takes the largest element."))
OF_ALL (min, "min", "min", "MinBackward1", FALSE, N_ ("Takes the smallest element."))

/* Lays the gradient at the remembered places. */
static BsTensor *
laid_at (BsOpContext *ctx, BsTensor *indices, gint64 dim, gboolean keepdim)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  BsTensor *g = G;
  if (n_dims == 0)
    return g;
  if (!keepdim) {
    g = bs_unsqueezed (ctx, g, dim);
    indices = bs_unsqueezed (ctx, indices, dim);
  }
  BsTensor *zeros = g != NULL ? bs_full (ctx, g->dtype, n_dims, shape, 0) : NULL;
  return zeros && indices ? bs_do3a (ctx, &bs_op_scatter_add, zeros, indices, g, BS_INT (dim)) : NULL;
}
#define ALONG(op, full, public, node, largest_, words) \
  static void op##_forward (BsOpContext *ctx) \
  { \
    BsTensor *values, *indices; \
    int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims); \
    if (dim >= 0 && extreme_along (ctx, X_, dim, bs_arg_bool (ctx, 1, FALSE), largest_, &values, &indices)) { \
      bs_ctx_return (ctx, values); \
      bs_ctx_return (ctx, indices); \
    } \
  } \
  static void op##_backward (BsOpContext *ctx) { GIVE (0, laid_at (ctx, ctx->outputs[1], bs_arg_int (ctx, 0, 0), bs_arg_bool (ctx, 1, FALSE))); } \
  BS_OP (op) .name = full, .symbol = public, .signature = public "(Tensor self, int dim, bool keepdim=False)", .returns = "values,indices", \
    .backward_name = node, .flags = FLAGS | BS_IS_MULTI, .forward = op##_forward, .backward = op##_backward, .saves_outputs = 2, \
    .saves_why = N_ ("the places: only they get a gradient"), .sentence = words, SAMPLES ({ "randn(2, 3), 1" }) };
ALONG (max_dim, "max.dim", "max", "MaxBackward0", TRUE, N_ ("Takes the largest along a dimension, and where it is."))
ALONG (min_dim, "min.dim", "min", "MinBackward0", FALSE, N_ ("Takes the smallest along a dimension, and where it is."))

static void max_other_forward (BsOpContext *ctx) { bs_ctx_return (ctx, B2 (maximum, X_, ctx->inputs[1])); }
static void min_other_forward (BsOpContext *ctx) { bs_ctx_return (ctx, B2 (minimum, X_, ctx->inputs[1])); }
BS_OP (max_other) .name = "max.other", .symbol = "max", .signature = "max(Tensor self, Tensor other)", .flags = FLAGS | BS_IS_COMPOSITE, .forward = max_other_forward, .sentence = N_ ("Takes the larger of the two, element by element.") };
BS_OP (min_other) .name = "min.other", .symbol = "min", .signature = "min(Tensor self, Tensor other)", .flags = FLAGS | BS_IS_COMPOSITE, .forward = min_other_forward, .sentence = N_ ("Takes the smaller of the two, element by element.") };

#define ARG(op, largest_, words) \
  static void op##_forward (BsOpContext *ctx) \
  { \
    BsTensor *values, *indices, *x = bs_arg_given (ctx, 0) ? X_ : flattened (ctx); \
    int dim = x == NULL ? -1 : bs_arg_given (ctx, 0) ? bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), x->n_dims) : 0; \
    if (dim >= 0 && extreme_along (ctx, x, dim, bs_arg_bool (ctx, 1, FALSE) && bs_arg_given (ctx, 0), largest_, &values, &indices)) \
      bs_ctx_return (ctx, indices); \
  } \
  BS_OP (op) .name = #op, .symbol = #op, .signature = #op "(Tensor self, int? dim=None, bool keepdim=False)", .flags = FLAGS, .forward = op##_forward, .sentence = words };
ARG (argmax, TRUE, N_ ("Tells where the largest element is."))
ARG (argmin, FALSE, N_ ("Tells where the smallest element is."))

#define OVER_DIMS(op, node, largest_, words) \
  static void op##_forward (BsOpContext *ctx) \
  { \
    gint64 dims[BS_MAX_DIMS]; \
    gboolean gone[BS_MAX_DIMS] = { FALSE }, keep = bs_arg_bool (ctx, 1, FALSE); \
    int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS); \
    BsTensor *x = X_, *indices; \
    for (int i = 0; i < n; i++) { \
      int dim = bs_wrap_dim (ctx, dims[i], X_->n_dims); \
      if (dim < 0) \
        return; \
      gone[dim] = TRUE; \
    } \
    for (int d = X_->n_dims - 1; d >= 0; d--) \
      if ((n <= 0 || gone[d]) && !extreme_along (ctx, x, d, keep, largest_, &x, &indices)) \
        return; \
    bs_ctx_return (ctx, x == X_ ? B1 (clone, x) : x); \
  } \
  static void op##_backward (BsOpContext *ctx) \
  { \
    gint64 dims[BS_MAX_DIMS], shape[BS_MAX_DIMS]; \
    int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS); \
    for (guint d = 0; d < X_->n_dims; d++) \
      shape[d] = n <= 0 ? 1 : X_->shape[d]; \
    for (int i = 0; i < n; i++) { \
      int dim = bs_wrap_dim (ctx, dims[i], X_->n_dims); \
      shape[dim] = 1; \
      dims[i] = dim; \
    } \
    BsTensor *y = bs_reshaped (ctx, ctx->outputs[0], X_->n_dims, shape), *g = bs_reshaped (ctx, G, X_->n_dims, shape), *mask = B2 (eq, X_, y); \
    BsTensor *count = n <= 0 ? B1 (sum, mask) : bs_summed (ctx, mask, n, dims, TRUE); \
    GIVE (0, B2 (div, B2 (mul, g, mask), count)); \
  } \
  BS_OP (op) .name = #op, .symbol = #op, .signature = #op "(Tensor self, int[1]? dim=None, bool keepdim=False)", .backward_name = node, .flags = FLAGS, \
    .forward = op##_forward, .backward = op##_backward, .saves_inputs = 1, .saves_outputs = 1, .sentence = words, \
    .saves_why = N_ ("input and result: the elements that are the result share the gradient"), \
    .kinks = N_ ("where several are equal they share the gradient"), SAMPLES ({ "randn(2, 3), 1" }) };
OVER_DIMS (amax, "AmaxBackward0", TRUE, N_ ("Takes the largest over some dimensions."))
OVER_DIMS (amin, "AminBackward0", FALSE, N_ ("Takes the smallest over some dimensions."))
