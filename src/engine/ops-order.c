/* SPDX-License-Identifier: MIT */

/* Running sums and products, sorting, products over dimensions, norms. */

#include "formula.h"
#include "vmath.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define X_ ctx->inputs[0]
#define FLAGS (BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT)

/* --- cumsum, cumprod ---------------------------------------------------------------------------------------------------------- */

static void
scan (BsOpContext *ctx, gboolean product)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims), dtype = bs_arg_dtype (ctx, 1);
  BsDtype kind = dtype >= 0 ? (BsDtype) dtype : bs_dtype_is_floating (X_->dtype) ? X_->dtype : BS_INT64;
  BsTensor *x = dim < 0 ? NULL : bs_contiguous (ctx, bs_cast (ctx, X_, kind)), *y = x ? bs_ctx_fresh (ctx, kind, x->n_dims, x->shape) : NULL;
  gint64 inner = 1, size;
  if (y == NULL)
    return;
  size = x->n_dims > 0 ? x->shape[dim] : 1;
  for (guint d = dim + 1; d < x->n_dims; d++)
    inner *= x->shape[d];
  for (gint64 line = 0; size > 0 && line < x->numel / size; line++) {
    gint64 from = line / inner * inner * size + line % inner, whole = product;
    double total = product;
    for (gint64 i = 0; i < size; i++) {
      gint64 at = from + i * inner;
      if (bs_dtype_is_floating (kind)) {
        double v = bs_load (kind, bs_data (x), at);
        total = product ? total * v : total + v;
        bs_store (kind, bs_data (y), at, total);
      } else {
        gint64 v = bs_load_integer (kind, bs_data (x), at);
        whole = product ? whole * v : whole + v;
        bs_store_integer (kind, bs_data (y), at, whole);
      }
    }
  }
  bs_ctx_return (ctx, y);
}
static BsTensor *
sum_from_end (BsOpContext *ctx, BsTensor *g)
{
  gint64 dim = bs_arg_int (ctx, 0, 0);
  if (g == NULL || g->n_dims == 0)
    return g;
  return BA (flip, BA (cumsum, BA (flip, g, BS_INTS (1, &dim)), BS_INT (dim)), BS_INTS (1, &dim));
}
static void cumsum_forward (BsOpContext *ctx) { scan (ctx, FALSE); }
static void cumsum_backward (BsOpContext *ctx) { GIVE (0, sum_from_end (ctx, G)); }
BS_OP (cumsum)
  .name = "cumsum", .symbol = "Σ…", .signature = "cumsum(Tensor self, int dim, *, dtype? dtype=None)", .backward_name = "CumsumBackward0", .flags = FLAGS | BS_IN_INPLACE,
  .forward = cumsum_forward, .backward = cumsum_backward, .sentence = N_ ("Adds up along a dimension and keeps every step."), SAMPLES ({ "rand(2, 3), 1" })
};
static void cumprod_forward (BsOpContext *ctx) { scan (ctx, TRUE); }
/* Right as long as no element is 0; PyTorch's own formula for zeros is quadratic. */
static gboolean
has_zero (const BsTensor *x)
{
  for (gint64 i = 0; i < x->numel; i++)
    if (bs_tensor_get_double (x, i) == 0)
      return TRUE;
  return FALSE;
}
/* With a zero among the factors: for each k the products from k on with the k-th left out. */
static BsTensor *
cumprod_with_zeros (BsOpContext *ctx, BsTensor *x, gint64 dim)
{
  gint64 size = x->shape[dim], shape[BS_MAX_DIMS];
  g_autofree BsTensor **parts = g_new0 (BsTensor *, size);
  BsArg along = BS_INT (dim);
  memcpy (shape, x->shape, x->n_dims * sizeof *shape);
  shape[dim] = 1;
  BsTensor *one = bs_full (ctx, x->dtype, x->n_dims, shape, 1);
  for (gint64 k = 0; k < size; k++) {
    BsTensor *pieces[3] = { BA (narrow, x, BS_INT (dim), BS_INT (0), BS_INT (k)), one, BA (narrow, x, BS_INT (dim), BS_INT (k + 1), BS_INT (size - k - 1)) };
    BsTensor *others = pieces[0] && one && pieces[2] ? bs_do (ctx, &bs_op_cat, 3, pieces, 1, &along) : NULL;
    BsTensor *products = others ? BA (narrow, BA (cumprod, others, BS_INT (dim)), BS_INT (dim), BS_INT (k), BS_INT (size - k)) : NULL;
    BsTensor *g = BA (narrow, G, BS_INT (dim), BS_INT (k), BS_INT (size - k));
    parts[k] = bs_summed (ctx, B2 (mul, g, products), 1, &dim, TRUE);
    if (parts[k] == NULL)
      return NULL;
  }
  return bs_do (ctx, &bs_op_cat, size, parts, 1, &along);
}
static void
cumprod_backward (BsOpContext *ctx)
{
  gint64 dim = bs_arg_int (ctx, 0, 0);
  if (X_->n_dims > 0 && X_->numel > 0 && has_zero (X_))
    GIVE (0, cumprod_with_zeros (ctx, X_, dim < 0 ? dim + X_->n_dims : dim));
  else
    GIVE (0, B2 (div, sum_from_end (ctx, B2 (mul, G, ctx->outputs[0])), X_));
}
BS_OP (cumprod)
  .name = "cumprod", .symbol = "Π…", .signature = "cumprod(Tensor self, int dim, *, dtype? dtype=None)", .backward_name = "CumprodBackward0", .flags = FLAGS | BS_IN_INPLACE,
  .forward = cumprod_forward, .backward = cumprod_backward, .saves_inputs = 1, .saves_outputs = 1, .sentence = N_ ("Multiplies along a dimension and keeps every step."), SAMPLES ({ "rand(2, 3) + 0.5, 1" }, { "tensor([[0.5, 0.0, 2.0], [1.0, 3.0, 2.0]]).double(), 1" }),
  .saves_why = N_ ("input and products: the slope is the product of the others")
};

/* --- prod ------------------------------------------------------------------------------------------------------------------------- */

static void
prod_of (BsOpContext *ctx, BsTensor *x, int dim, gboolean keepdim, int dtype)
{
  BsDtype kind = dtype >= 0 ? (BsDtype) dtype : bs_dtype_is_floating (x->dtype) ? x->dtype : BS_INT64;
  gint64 shape[BS_MAX_DIMS], inner = 1, size = x->n_dims > 0 ? x->shape[dim] : 1;
  guint n = 0;
  x = bs_contiguous (ctx, bs_cast (ctx, x, kind));
  if (x == NULL)
    return;
  for (guint d = 0; d < x->n_dims; d++) {
    if ((int) d != dim || keepdim)
      shape[n++] = (int) d == dim ? 1 : x->shape[d];
    if ((int) d > dim)
      inner *= x->shape[d];
  }
  BsTensor *y = bs_ctx_fresh (ctx, kind, n, shape);
  for (gint64 line = 0; y != NULL && line < y->numel; line++) {
    gint64 from = line / inner * inner * size + line % inner, whole = 1;
    double total = 1;
    for (gint64 i = 0; i < size; i++)
      if (kind == BS_FLOAT32)
        total = (float) total * ((float *) bs_data (x))[from + i * inner];
      else if (bs_dtype_is_floating (kind))
        total *= bs_load (kind, bs_data (x), from + i * inner);
      else
        whole *= bs_load_integer (kind, bs_data (x), from + i * inner);
    if (bs_dtype_is_floating (kind))
      bs_store (kind, bs_data (y), line, total);
    else
      bs_store_integer (kind, bs_data (y), line, whole);
  }
  bs_ctx_return (ctx, y);
}
static void
prod_forward (BsOpContext *ctx)
{
  gint64 all = -1;
  BsTensor *flat = BA (reshape, X_, BS_INTS (1, &all));
  if (flat != NULL)
    prod_of (ctx, flat, 0, FALSE, bs_arg_dtype (ctx, 0));
}
/* With a zero among the factors, the product over the factor tells nothing: the products before and behind each then. */
static BsTensor *
product_of_others (BsOpContext *ctx, BsTensor *x, gint64 dim)
{
  gint64 size = x->shape[dim], shape[BS_MAX_DIMS];
  BsTensor *back = BA (flip, x, BS_INTS (1, &dim)), *ones, *pair[2], *before, *behind;
  BsArg along = BS_INT (dim);
  memcpy (shape, x->shape, x->n_dims * sizeof *shape);
  shape[dim] = 1;
  ones = bs_full (ctx, x->dtype, x->n_dims, shape, 1);
  pair[0] = ones, pair[1] = BA (narrow, x, BS_INT (dim), BS_INT (0), BS_INT (size - 1));
  before = pair[0] && pair[1] ? bs_do (ctx, &bs_op_cat, 2, pair, 1, &along) : NULL;
  pair[1] = back ? BA (narrow, back, BS_INT (dim), BS_INT (0), BS_INT (size - 1)) : NULL;
  behind = pair[0] && pair[1] ? bs_do (ctx, &bs_op_cat, 2, pair, 1, &along) : NULL;
  if (before == NULL || behind == NULL)
    return NULL;
  return B2 (mul, BA (cumprod, before, BS_INT (dim)), BA (flip, BA (cumprod, behind, BS_INT (dim)), BS_INTS (1, &dim)));
}
static void
prod_backward (BsOpContext *ctx)
{
  gint64 all = -1;
  if (X_->numel > 1 && has_zero (X_)) {
    BsTensor *flat = BA (reshape, X_, BS_INTS (1, &all)), *others = flat ? product_of_others (ctx, flat, 0) : NULL;
    GIVE (0, others ? B2 (mul, G, bs_reshaped (ctx, others, X_->n_dims, X_->shape)) : NULL);
  } else if (X_->numel == 1) {
    GIVE (0, bs_expanded (ctx, G, X_->n_dims, X_->shape));
  } else {
    GIVE (0, B2 (div, B2 (mul, G, ctx->outputs[0]), X_));
  }
}
BS_OP (prod)
  .name = "prod", .symbol = "Π", .signature = "prod(Tensor self, *, dtype? dtype=None)", .backward_name = "ProdBackward0", .flags = FLAGS, .forward = prod_forward, .backward = prod_backward,
  .saves_inputs = 1, .saves_outputs = 1, .value_text = "prod(self)", .sentence = N_ ("Multiplies all elements."), SAMPLES ({ "rand(4) + 0.5" }, { "tensor([0.5, 0.0, 2.0]).double()" }),
  .saves_why = N_ ("input and product: the slope is the product of the others")
};
static void
prod_dim_forward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  if (dim >= 0)
    prod_of (ctx, X_, dim, bs_arg_bool (ctx, 1, FALSE), bs_arg_dtype (ctx, 2));
}
static void
prod_dim_backward (BsOpContext *ctx)
{
  gboolean keep = bs_arg_bool (ctx, 1, FALSE);
  gint64 dim = bs_arg_int (ctx, 0, 0);
  BsTensor *gy = B2 (mul, G, ctx->outputs[0]);
  if (X_->n_dims > 0 && has_zero (X_))
    GIVE (0, B2 (mul, keep ? G : bs_unsqueezed (ctx, G, dim), product_of_others (ctx, X_, dim < 0 ? dim + X_->n_dims : dim)));
  else
    GIVE (0, B2 (div, keep ? gy : bs_unsqueezed (ctx, gy, dim), X_));
}
BS_OP (prod_dim)
  .name = "prod.dim", .symbol = "Π", .signature = "prod(Tensor self, int dim, bool keepdim=False, *, dtype? dtype=None)", .backward_name = "ProdBackward1", .flags = FLAGS,
  .forward = prod_dim_forward, .backward = prod_dim_backward, .saves_inputs = 1, .saves_outputs = 1, .sentence = N_ ("Multiplies over a dimension."),
  SAMPLES ({ "rand(2, 3) + 0.5, 1" }),
  .saves_why = N_ ("input and product: the slope is the product of the others")
};

/* --- sort, topk --------------------------------------------------------------------------------------------------------------------- */

typedef struct { double value; gint64 index; } Item;

static int
ascending (const void *a, const void *b)
{
  const Item *x = a, *y = b;
  gboolean nx = x->value != x->value, ny = y->value != y->value;
  if (nx != ny)
    return nx ? 1 : -1;
  if (!nx && x->value != y->value)
    return x->value < y->value ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}
static int
descending (const void *a, const void *b)
{
  const Item *x = a, *y = b;
  gboolean nx = x->value != x->value, ny = y->value != y->value;
  if (nx != ny)
    return nx ? -1 : 1;
  if (!nx && x->value != y->value)
    return x->value > y->value ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}
static gboolean
sort_along (BsOpContext *ctx, int dim, gboolean down, gint64 keep, BsTensor **values, BsTensor **indices)
{
  BsTensor *x = bs_contiguous (ctx, X_);
  gint64 shape[BS_MAX_DIMS], inner = 1, size;
  if (x == NULL)
    return FALSE;
  memcpy (shape, x->shape, x->n_dims * sizeof *shape);
  size = x->n_dims > 0 ? x->shape[dim] : 1;
  if (keep < 0)
    keep = size;
  if (x->n_dims > 0)
    shape[dim] = keep;
  for (guint d = dim + 1; d < x->n_dims; d++)
    inner *= x->shape[d];
  *values = bs_ctx_fresh (ctx, x->dtype, x->n_dims, shape);
  *indices = bs_ctx_fresh (ctx, BS_INT64, x->n_dims, shape);
  g_autofree Item *items = g_try_new (Item, MAX (1, size));
  if (*values == NULL || *indices == NULL || items == NULL)
    return FALSE;
  for (gint64 line = 0; size > 0 && line < x->numel / size; line++) {
    gint64 from = line / inner * inner * size + line % inner, to = line / inner * inner * keep + line % inner;
    for (gint64 i = 0; i < size; i++)
      items[i] = (Item){ bs_load (x->dtype, bs_data (x), from + i * inner), i };
    qsort (items, size, sizeof *items, down ? descending : ascending);
    for (gint64 i = 0; i < keep; i++) {
      gint64 source = from + items[i].index * inner;
      if (bs_dtype_is_floating (x->dtype))
        bs_store (x->dtype, bs_data (*values), to + i * inner, bs_load (x->dtype, bs_data (x), source));
      else
        bs_store_integer (x->dtype, bs_data (*values), to + i * inner, bs_load_integer (x->dtype, bs_data (x), source));
      ((gint64 *) bs_data (*indices))[to + i * inner] = items[i].index;
    }
  }
  return TRUE;
}
static void
picked_backward (BsOpContext *ctx, gint64 dim)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  BsTensor *zeros = bs_full (ctx, G->dtype, n_dims, shape, 0);
  if (n_dims == 0)
    GIVE (0, G);
  else if (zeros != NULL)
    GIVE (0, bs_do3a (ctx, &bs_op_scatter_add, zeros, ctx->outputs[1], G, BS_INT (dim)));
}
static void
sort_forward (BsOpContext *ctx)
{
  BsTensor *values, *indices;
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, -1), X_->n_dims);
  if (dim >= 0 && sort_along (ctx, dim, bs_arg_bool (ctx, 1, FALSE), -1, &values, &indices)) {
    bs_ctx_return (ctx, values);
    bs_ctx_return (ctx, indices);
  }
}
static void sort_backward (BsOpContext *ctx) { picked_backward (ctx, bs_arg_int (ctx, 0, -1)); }
BS_OP (sort)
  .name = "sort", .symbol = "sort", .signature = "sort(Tensor self, int dim=-1, bool descending=False, bool stable=False)", .returns = "values,indices", .backward_name = "SortBackward0", .flags = FLAGS | BS_IS_MULTI,
  .forward = sort_forward, .backward = sort_backward, .saves_outputs = 2, .saves_why = N_ ("the order: the gradient goes back to where each element came from"), .sentence = N_ ("Sorts along a dimension."),
  SAMPLES ({ "rand(5)" }, { "rand(2, 3), 0, True" })
};
static void
argsort_forward (BsOpContext *ctx)
{
  BsTensor *values, *indices;
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, -1), X_->n_dims);
  if (dim >= 0 && sort_along (ctx, dim, bs_arg_bool (ctx, 1, FALSE), -1, &values, &indices))
    bs_ctx_return (ctx, indices);
}
BS_OP (argsort) .name = "argsort", .symbol = "argsort", .signature = "argsort(Tensor self, int dim=-1, bool descending=False, bool stable=False)", .flags = FLAGS, .forward = argsort_forward, .sentence = N_ ("Tells the order that would sort a dimension.") };
static void
topk_forward (BsOpContext *ctx)
{
  BsTensor *values, *indices;
  gint64 k = bs_arg_int (ctx, 0, 1);
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 1, -1), X_->n_dims);
  if (dim < 0)
    return;
  if (k < 0 || k > (X_->n_dims > 0 ? X_->shape[dim] : 1)) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "selected index k out of range");
    return;
  }
  if (sort_along (ctx, dim, bs_arg_bool (ctx, 2, TRUE), k, &values, &indices)) {
    bs_ctx_return (ctx, values);
    bs_ctx_return (ctx, indices);
  }
}
static void topk_backward (BsOpContext *ctx) { picked_backward (ctx, bs_arg_int (ctx, 1, -1)); }
BS_OP (topk)
  .name = "topk", .symbol = "top k", .signature = "topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True)", .returns = "values,indices", .backward_name = "TopkBackward0", .flags = FLAGS | BS_IS_MULTI,
  .forward = topk_forward, .backward = topk_backward, .saves_outputs = 2, .saves_why = N_ ("the places: only they get a gradient"), .sentence = N_ ("Takes the k largest along a dimension."),
  SAMPLES ({ "rand(5), 2" })
};

/* --- norm: p-norm over all or some dimensions ------------------------------------------------------------------------------------------ */

static BsTensor *
norm_sum (BsOpContext *ctx, BsTensor *x)
{
  gint64 dims[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 1, dims, BS_MAX_DIMS);
  return n <= 0 && !bs_arg_bool (ctx, 2, FALSE) ? B1 (sum, x) : BA (sum_dim, x, n <= 0 ? BS_NONE : BS_INTS (n, dims), BS_BOOLEAN (bs_arg_bool (ctx, 2, FALSE)));
}
/* The lengths of rows of neighbours, in eight lanes: PyTorch's order for the last dimension. */
static gboolean
norm_of_rows (BsOpContext *ctx, int n, const gint64 *dims)
{
  gint64 last = (gint64) X_->n_dims - 1, shape[BS_MAX_DIMS], size;
  guint n_out = 0;
  gboolean keepdim = bs_arg_bool (ctx, 2, FALSE), all = n <= 0;
  if (X_->dtype != BS_FLOAT32 || X_->n_dims == 0 || X_->numel == 0 || !(X_->flags & BS_TENSOR_CONTIGUOUS))
    return FALSE;
  if (!all && (n != 1 || (dims[0] != last && dims[0] != -1)))
    return FALSE;
  size = all ? X_->numel : X_->shape[last];
  for (guint d = 0; d < X_->n_dims; d++)
    if (!all && d != last)
      shape[n_out++] = X_->shape[d];
    else if (keepdim)
      shape[n_out++] = 1;
  BsTensor *out = bs_ctx_fresh (ctx, BS_FLOAT32, n_out, shape);
  if (out == NULL)
    return TRUE;
  for (gint64 row = 0; row < out->numel; row++) {
    const float *x = (const float *) bs_data (X_) + row * size;
    float lane[8] = { 0 };
    gint64 i = 0;
    for (; i < size / 8 * 8; i++)
      lane[i % 8] = fmaf (x[i], x[i], lane[i % 8]);
    for (int k = 1; k < 8; k++)
      lane[0] += lane[k];
    for (; i < size; i++)
      lane[0] = fmaf (x[i], x[i], lane[0]);
    ((float *) bs_data (out))[row] = sqrtf (lane[0]);
  }
  bs_ctx_return (ctx, out);
  return TRUE;
}
static void
norm_forward (BsOpContext *ctx)
{
  double p = bs_arg_real (ctx, 0, 2);
  gint64 dims[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 1, dims, BS_MAX_DIMS);
  BsArg over[] = { n <= 0 ? BS_NONE : BS_INTS (n, dims), BS_BOOLEAN (bs_arg_bool (ctx, 2, FALSE)) };
  BsTensor *size = NULL;
  if (!bs_dtype_is_floating (X_->dtype)) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "linalg.vector_norm: Expected a floating point or complex tensor as input. Got %s", bs_dtype_scalar_name (X_->dtype));
    return;
  }
  if (p == 2 && norm_of_rows (ctx, n, dims))
    return;
  size = B1 (abs, X_);
  if (size == NULL)
    return;
  if (p == 2)
    bs_ctx_return (ctx, B1 (sqrt, norm_sum (ctx, B2 (mul, X_, X_))));
  else if (p == 1)
    bs_ctx_return (ctx, norm_sum (ctx, size));
  else if (p == 0)
    bs_ctx_return (ctx, norm_sum (ctx, bs_cast (ctx, B2 (ne, X_, NUM (0)), X_->dtype)));
  else if (isinf (p))
    bs_ctx_return (ctx, bs_do (ctx, p > 0 ? &bs_op_amax : &bs_op_amin, 1, &size, 2, over));
  else
    bs_ctx_return (ctx, bs_power (ctx, norm_sum (ctx, bs_power (ctx, size, p)), 1 / p));
}
static void
norm_backward (BsOpContext *ctx)
{
  double p = bs_arg_real (ctx, 0, 2);
  gint64 dims[BS_MAX_DIMS], shape[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 1, dims, BS_MAX_DIMS);
  for (guint d = 0; d < X_->n_dims; d++)
    shape[d] = n <= 0 ? 1 : X_->shape[d];
  for (int i = 0; i < n; i++)
    shape[bs_wrap_dim (ctx, dims[i], X_->n_dims)] = 1;
  BsTensor *y = bs_reshaped (ctx, ctx->outputs[0], X_->n_dims, shape), *g = bs_reshaped (ctx, G, X_->n_dims, shape), *slope;
  if (p == 0)
    slope = bs_zeros_like (ctx, X_);
  else if (p == 1)
    slope = B1 (sign, X_);
  else if (p == 2)
    slope = B2 (div, X_, y);
  else if (isinf (p)) {
    BsTensor *mask = B2 (eq, B1 (abs, X_), y);
    slope = B2 (mul, B1 (sign, X_), B2 (div, mask, n <= 0 ? B1 (sum, mask) : bs_summed (ctx, mask, n, dims, TRUE)));
  } else
    slope = B2 (mul, B1 (sign, X_), bs_power (ctx, B2 (div, B1 (abs, X_), y), p - 1));
  /* At the origin every direction is as good as any other: 0. */
  GIVE (0, B3 (where, B2 (eq, y, NUM (0)), NUM (0), B2 (mul, g, slope)));
}
BS_OP (norm)
  .name = "norm", .symbol = "‖x‖", .signature = "norm(Tensor self, Scalar? p=2, int[1]? dim=None, bool keepdim=False)", .backward_name = "NormBackward1", .flags = BS_IN_TENSOR | BS_IN_TORCH,
  .forward = norm_forward, .backward = norm_backward, .saves_inputs = 1, .saves_outputs = 1, .saves_why = N_ ("vector and length: the slope is the direction"),
  .value_text = "sqrt(sum(self^2))", .derivative_text = TEXTS ("self / norm(self)"), .vjp_text = TEXTS ("g * self / norm(self)"), .sentence = N_ ("Takes the length."), .kinks = N_ ("self = 0: the slope is taken as 0"), SAMPLES ({ "rand(3)" })
};
static void
norm_name_forward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 1, dims, BS_MAX_DIMS);
  if (!g_str_equal (bs_arg_string (ctx, 0, "fro"), "fro"))
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "norm() of this name is not part of this engine: %s", bs_arg_string (ctx, 0, ""));
  else
    bs_ctx_return (ctx, BA (norm, X_, BS_REAL (2), n > 0 ? BS_INTS (n, dims) : BS_NONE, BS_BOOLEAN (bs_arg_bool (ctx, 2, FALSE))));
}
BS_OP (norm_name)
  .name = "norm.name", .symbol = "‖x‖", .signature = "norm(Tensor self, str p, int[1]? dim=None, bool keepdim=False)", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IS_COMPOSITE,
  .forward = norm_name_forward, .sentence = N_ ("Takes the length.")
};
BS_OP (vector_norm)
  .name = "vector_norm", .symbol = "‖x‖", .signature = "vector_norm(Tensor x, Scalar? ord=2, int[1]? dim=None, bool keepdim=False)", .backward_name = "LinalgVectorNormBackward0", .flags = BS_IN_LINALG,
  .forward = norm_forward, .backward = norm_backward, .saves_inputs = 1, .saves_outputs = 1, .saves_why = N_ ("vector and length: the slope is the direction"), .sentence = N_ ("Takes the length."),
  SAMPLES ({ "rand(2, 3)" }, { "rand(2, 3), 3, 1" })
};

/* --- one-hot, and small composites ------------------------------------------------------------------------------------------------------ */

static void addcmul_forward (BsOpContext *ctx) { bs_ctx_return (ctx, B2 (add, X_, bs_scaled (ctx, B2 (mul, IN (1), IN (2)), bs_arg_real (ctx, 0, 1)))); }
static void
addcmul_backward (BsOpContext *ctx)
{
  double v = bs_arg_real (ctx, 0, 1);
  GIVE (0, G);
  GIVE (1, B2 (mul, G, bs_scaled (ctx, IN (2), v)));
  GIVE (2, B2 (mul, G, bs_scaled (ctx, IN (1), v)));
}
BS_OP (addcmul) .name = "addcmul", .symbol = "+×", .signature = "addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1)", .backward_name = "AddcmulBackward0", .flags = FLAGS | BS_IN_INPLACE, .forward = addcmul_forward, .backward = addcmul_backward, .saves_inputs = 6, .sentence = N_ ("Adds a product."), SAMPLES ({ "rand(3), rand(3), rand(3)" }), .saves_why = N_ ("each factor carries the gradient to the other") };
static void
addcdiv_forward (BsOpContext *ctx)
{
  double v = bs_arg_real (ctx, 0, 1);
  BsTensor *a = v == 1 ? IN (1) : bs_scaled (ctx, IN (1), v);
  bs_ctx_return (ctx, B2 (add, X_, B2 (div, a, IN (2))));
}
static void
addcdiv_backward (BsOpContext *ctx)
{
  BsTensor *g = bs_scaled (ctx, G, bs_arg_real (ctx, 0, 1));
  GIVE (0, G);
  GIVE (1, B2 (div, g, IN (2)));
  GIVE (2, B1 (neg, B2 (mul, g, B2 (div, IN (1), B2 (mul, IN (2), IN (2))))));
}
BS_OP (addcdiv) .name = "addcdiv", .symbol = "+÷", .signature = "addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1)", .backward_name = "AddcdivBackward0", .flags = FLAGS | BS_IN_INPLACE, .forward = addcdiv_forward, .backward = addcdiv_backward, .saves_inputs = 6, .sentence = N_ ("Adds a quotient."), SAMPLES ({ "rand(3), rand(3), rand(3) + 0.5" }), .saves_why = N_ ("numerator and denominator: the slope by the denominator needs both") };
static void lerp_forward (BsOpContext *ctx) { bs_ctx_return (ctx, B2 (add, X_, B2 (mul, IN (2), B2 (sub, IN (1), X_)))); }
static void
lerp_backward (BsOpContext *ctx)
{
  GIVE (0, B2 (mul, G, B2 (sub, NUM (1), IN (2))));
  GIVE (1, B2 (mul, G, IN (2)));
  GIVE (2, B2 (mul, G, B2 (sub, IN (1), X_)));
}
BS_OP (lerp) .name = "lerp", .symbol = "lerp", .signature = "lerp(Tensor self, Tensor end, Tensor|Scalar weight)", .backward_name = "LerpBackward1", .number_name = "LerpBackward0", .flags = FLAGS | BS_IN_INPLACE, .forward = lerp_forward, .backward = lerp_backward, .saves_inputs = 7, .sentence = N_ ("Goes part of the way from one to the other."), SAMPLES ({ "rand(3), rand(3), 0.3" }, { "rand(3), rand(3), rand(3)" }), .saves_why = N_ ("both ends and the weight: each stands in a slope of another") };

BS_BINARY_LOOP_PLAIN (atan2_f64, double, double, atan2 (x, y))
static const BsLoops atan2_loops = { bs_atan2_f32, atan2_f64, NULL };
static void atan2_forward (BsOpContext *ctx) { bs_pointwise (ctx, 2, ctx->inputs, &atan2_loops, BS_RESULT_FLOAT, NULL); }
static void
atan2_backward (BsOpContext *ctx)
{
  BsTensor *r2 = B2 (add, B2 (mul, X_, X_), B2 (mul, IN (1), IN (1)));
  GIVE (0, B2 (mul, G, B2 (div, IN (1), r2)));
  GIVE (1, B1 (neg, B2 (mul, G, B2 (div, X_, r2))));
}
BS_OP (atan2) .name = "atan2", .symbol = "atan2", .signature = "atan2(Tensor self, Tensor other)", .aliases = "arctan2", .backward_name = "Atan2Backward0", .flags = FLAGS | BS_IN_INPLACE, .forward = atan2_forward, .backward = atan2_backward, .saves_inputs = 3, .sentence = N_ ("Takes the angle of a point."), SAMPLES ({ "rand(3), rand(3) + 0.1" }), .saves_why = N_ ("both coordinates: they stand in both slopes") };
