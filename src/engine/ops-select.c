/* SPDX-License-Identifier: MIT */

/* Operations that pick elements by value or write them by index: medians, running extremes, places of what is not zero. */

#include "formula.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define X_ ctx->inputs[0]
#define FLAGS (BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT)
#define WHY_PLACES .saves_why = N_ ("the places: only they get a gradient")

/* The lines along one dimension of a contiguous tensor. */
typedef struct {
  gint64 size, inner, count;
} Lines;

static Lines
lines_of (const BsTensor *x, int dim)
{
  Lines l = { .size = x->n_dims > 0 ? x->shape[dim] : 1, .inner = 1 };
  for (guint d = dim + 1; d < x->n_dims; d++)
    l.inner *= x->shape[d];
  l.count = l.size > 0 ? x->numel / l.size : 0;
  return l;
}

static inline gint64
line_start (const Lines *l, gint64 line, gint64 size)
{
  return line / l->inner * l->inner * size + line % l->inner;
}

static void
copy_element (BsTensor *to, gint64 i, BsTensor *from, gint64 j)
{
  gsize size = bs_dtype_size (to->dtype);
  memcpy ((char *) bs_data (to) + i * size, (char *) bs_data (from) + j * size, size);
}

/* The gradient goes to the places of ctx->outputs[1]; without @keepdim they lack the dimension. */
static void
to_places (BsOpContext *ctx, gint64 dim, gboolean keepdim)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  BsTensor *zeros = bs_full (ctx, G->dtype, n_dims, shape, 0), *places = ctx->outputs[1], *g = G;
  if (n_dims == 0) {
    GIVE (0, G);
    return;
  }
  if (dim < 0)
    dim += n_dims;
  if (!keepdim) {
    places = bs_unsqueezed (ctx, places, dim);
    g = bs_unsqueezed (ctx, g, dim);
  }
  if (zeros != NULL && places != NULL && g != NULL)
    GIVE (0, bs_do3a (ctx, &bs_op_scatter_add, zeros, places, g, BS_INT (dim)));
}

/* --- median, kthvalue -------------------------------------------------------------------------------------------------------- */

typedef struct {
  double value;
  gint64 index;
} Item;

/* NaN is the largest. */
static int
by_value (const void *a, const void *b)
{
  const Item *x = a, *y = b;
  if (x->value != x->value || y->value != y->value)
    return (x->value != x->value) - (y->value != y->value);
  if (x->value != y->value)
    return x->value < y->value ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

/* @k from 0, or -1 for the lower median (NaN if there is one). */
static void
kth_along (BsOpContext *ctx, int dim, gint64 k, gboolean keepdim)
{
  BsTensor *x = bs_contiguous (ctx, X_), *values, *places;
  gint64 shape[BS_MAX_DIMS];
  guint n = 0;
  if (x == NULL)
    return;
  Lines l = lines_of (x, dim);
  g_autofree Item *items = g_new (Item, MAX (1, l.size));
  for (guint d = 0; d < x->n_dims; d++)
    if (d != (guint) dim)
      shape[n++] = x->shape[d];
    else if (keepdim)
      shape[n++] = 1;
  values = bs_ctx_fresh (ctx, x->dtype, n, shape);
  places = bs_ctx_fresh (ctx, BS_INT64, n, shape);
  if (values == NULL || places == NULL)
    return;
  for (gint64 line = 0; line < l.count; line++) {
    gint64 from = line_start (&l, line, l.size), at = k;
    for (gint64 i = 0; i < l.size; i++)
      items[i] = (Item){ bs_load (x->dtype, bs_data (x), from + i * l.inner), i };
    qsort (items, l.size, sizeof *items, by_value);
    if (k < 0)
      for (at = (l.size - 1) / 2; items[l.size - 1].value != items[l.size - 1].value && items[at].value == items[at].value;)
        at++;
    copy_element (values, line, x, from + items[at].index * l.inner);
    ((gint64 *) bs_data (places))[line] = items[at].index;
  }
  bs_ctx_return (ctx, values);
  bs_ctx_return (ctx, places);
}
static void
median_forward (BsOpContext *ctx)
{
  gint64 all = -1;
  BsTensor *x = BA (reshape, X_, BS_INTS (1, &all)), *parts[2];
  BsArg args[] = { BS_INT (0), BS_BOOLEAN (FALSE) };
  guint n = 0;
  if (X_->numel == 0)
    bs_ctx_return (ctx, bs_full (ctx, X_->dtype, 0, NULL, NAN));
  else if (x != NULL && bs_do_multi (ctx, &bs_op_median_dim, 1, &x, 2, args, 2, parts, &n))
    bs_ctx_return (ctx, parts[0]);
}
/* PyTorch shares it among all that equal the median. */
static void
median_backward (BsOpContext *ctx)
{
  BsTensor *y = ctx->outputs[0], *mask = B3 (where, B1 (isnan, y), B1 (isnan, X_), B2 (eq, X_, y));
  GIVE (0, B2 (div, B2 (mul, G, mask), B1 (sum, mask)));
}
BS_OP (median)
  .name = "median", .symbol = "median", .signature = "median(Tensor self)", .backward_name = "MedianBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR, .forward = median_forward, .backward = median_backward,
  .saves_inputs = 1, .saves_outputs = 1, .saves_why = N_ ("input and result: the elements that are the result share the gradient"), .sentence = N_ ("Takes the middle one in order of size."), SAMPLES ({ "rand(5)" }, { "rand(2, 3)" })
};
static void
median_dim_forward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  if (dim >= 0)
    kth_along (ctx, dim, -1, bs_arg_bool (ctx, 1, FALSE));
}
static void median_dim_backward (BsOpContext *ctx) { to_places (ctx, bs_arg_int (ctx, 0, 0), bs_arg_bool (ctx, 1, FALSE)); }
BS_OP (median_dim)
  .name = "median.dim", .symbol = "median", .signature = "median(Tensor self, int dim, bool keepdim=False)", .returns = "values,indices", .backward_name = "MedianBackward1", .flags = FLAGS | BS_IS_MULTI,
  .forward = median_dim_forward, .backward = median_dim_backward, .saves_outputs = 2, WHY_PLACES, .sentence = N_ ("Takes the middle one in order of size along a dimension."), SAMPLES ({ "rand(2, 3), 1" }, { "rand(5), 0, True" })
};
static void
kthvalue_forward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 1, -1), X_->n_dims);
  gint64 k = bs_arg_int (ctx, 0, 1);
  if (dim < 0)
    return;
  if (k < 1 || k > (X_->n_dims > 0 ? X_->shape[dim] : 1))
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "kthvalue(): selected number k out of range for dimension %d", dim);
  else
    kth_along (ctx, dim, k - 1, bs_arg_bool (ctx, 2, FALSE));
}
static void kthvalue_backward (BsOpContext *ctx) { to_places (ctx, bs_arg_int (ctx, 1, -1), bs_arg_bool (ctx, 2, FALSE)); }
BS_OP (kthvalue)
  .name = "kthvalue", .symbol = "k-th", .signature = "kthvalue(Tensor self, int k, int dim=-1, bool keepdim=False)", .returns = "values,indices", .backward_name = "KthvalueBackward0", .flags = FLAGS | BS_IS_MULTI,
  .forward = kthvalue_forward, .backward = kthvalue_backward, .saves_outputs = 2, WHY_PLACES, .sentence = N_ ("Takes the k-th smallest along a dimension."), SAMPLES ({ "rand(2, 3), 2" })
};

/* --- running extremes -------------------------------------------------------------------------------------------------------- */

static void
running_extreme (BsOpContext *ctx, gboolean largest)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  BsTensor *x = dim < 0 ? NULL : bs_contiguous (ctx, X_), *values, *places;
  if (x == NULL)
    return;
  values = bs_ctx_fresh (ctx, x->dtype, x->n_dims, x->shape);
  places = bs_ctx_fresh (ctx, BS_INT64, x->n_dims, x->shape);
  if (values == NULL || places == NULL)
    return;
  Lines l = lines_of (x, dim);
  for (gint64 line = 0; line < l.count; line++) {
    gint64 from = line_start (&l, line, l.size), best = 0;
    double top = bs_load (x->dtype, bs_data (x), from);
    for (gint64 i = 0; i < l.size; i++) {
      double v = bs_load (x->dtype, bs_data (x), from + i * l.inner);
      if (v != v || (top == top && (largest ? v >= top : v <= top)))
        top = v, best = i;
      copy_element (values, from + i * l.inner, x, from + best * l.inner);
      ((gint64 *) bs_data (places))[from + i * l.inner] = best;
    }
  }
  bs_ctx_return (ctx, values);
  bs_ctx_return (ctx, places);
}
static void cummax_forward (BsOpContext *ctx) { running_extreme (ctx, TRUE); }
static void cummin_forward (BsOpContext *ctx) { running_extreme (ctx, FALSE); }
static void running_backward (BsOpContext *ctx) { to_places (ctx, bs_arg_int (ctx, 0, 0), TRUE); }
BS_OP (cummax) .name = "cummax", .symbol = "max…", .signature = "cummax(Tensor self, int dim)", .returns = "values,indices", .backward_name = "CummaxBackward0", .flags = FLAGS | BS_IS_MULTI,
  .forward = cummax_forward, .backward = running_backward, .saves_outputs = 2, WHY_PLACES, .sentence = N_ ("Takes the largest so far along a dimension."), SAMPLES ({ "rand(2, 3), 1" }) };
BS_OP (cummin) .name = "cummin", .symbol = "min…", .signature = "cummin(Tensor self, int dim)", .returns = "values,indices", .backward_name = "CumminBackward0", .flags = FLAGS | BS_IS_MULTI,
  .forward = cummin_forward, .backward = running_backward, .saves_outputs = 2, WHY_PLACES, .sentence = N_ ("Takes the smallest so far along a dimension."), SAMPLES ({ "rand(2, 3), 1" }) };

static void
logcumsumexp_forward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  BsTensor *x = dim < 0 ? NULL : bs_contiguous (ctx, X_), *y = x ? bs_ctx_fresh (ctx, x->dtype, x->n_dims, x->shape) : NULL;
  if (y == NULL)
    return;
  Lines l = lines_of (x, dim);
  for (gint64 line = 0; line < l.count; line++) {
    gint64 from = line_start (&l, line, l.size);
    double sum = -INFINITY;
    for (gint64 i = 0; i < l.size; i++) {
      double v = bs_load (x->dtype, bs_data (x), from + i * l.inner), low = fmin (sum, v), high = fmax (sum, v);
      sum = sum != sum || v != v ? NAN : low != high || isfinite (low) ? high + log1p (exp (low - high)) : v;
      bs_store (y->dtype, bs_data (y), from + i * l.inner, sum);
    }
  }
  bs_ctx_return (ctx, y);
}
static void
logcumsumexp_backward (BsOpContext *ctx)
{
  gint64 dim = bs_arg_int (ctx, 0, 0);
  BsTensor *share = B2 (mul, G, B1 (exp, B1 (neg, ctx->outputs[0])));
  if (X_->n_dims == 0) {
    GIVE (0, G);
    return;
  }
  BsTensor *back = BA (flip, share, BS_INTS (1, &dim));
  back = BA (flip, BA (cumsum, back, BS_INT (dim)), BS_INTS (1, &dim));
  GIVE (0, B2 (mul, B1 (exp, X_), back));
}
BS_OP (logcumsumexp)
  .name = "logcumsumexp", .symbol = "ln Σ eˣ…", .signature = "logcumsumexp(Tensor self, int dim)", .backward_name = "LogcumsumexpBackward0", .flags = FLAGS, .forward = logcumsumexp_forward, .backward = logcumsumexp_backward,
  .saves_inputs = 1, .saves_outputs = 1, .saves_why = N_ ("scores and result: the slopes are the softmax"), .sentence = N_ ("Takes the logarithm of the sum of exponentials so far."), SAMPLES ({ "randn(2, 3), 1" }, { "randn(3, 2), 0" })
};

/* --- places of what is not zero ---------------------------------------------------------------------------------------------- */

static void
nonzero_forward (BsOpContext *ctx)
{
  BsTensor *x = bs_contiguous (ctx, X_), *out;
  gint64 shape[2] = { 0, X_->n_dims }, k = 0;
  if (x == NULL)
    return;
  for (gint64 i = 0; i < x->numel; i++)
    shape[0] += bs_load (x->dtype, bs_data (x), i) != 0;
  if ((out = bs_ctx_fresh (ctx, BS_INT64, 2, shape)) == NULL)
    return;
  for (gint64 i = 0; i < x->numel; i++) {
    gint64 rest = i;
    if (bs_load (x->dtype, bs_data (x), i) == 0)
      continue;
    for (int d = (int) x->n_dims - 1; d >= 0; d--) {
      ((gint64 *) bs_data (out))[k * x->n_dims + d] = rest % x->shape[d];
      rest /= x->shape[d];
    }
    k++;
  }
  bs_ctx_return (ctx, out);
}
BS_OP (nonzero_) .name = "_nonzero", .symbol = "≠ 0", .signature = "_nonzero(Tensor self)", .flags = BS_IN_TORCH, .forward = nonzero_forward, .sentence = N_ ("Tells where the elements are that are not zero.") };

static void
where_places_forward (BsOpContext *ctx)
{
  BsTensor *places = B1 (nonzero_, X_), *columns[BS_MAX_DIMS];
  BsArg dim = BS_INT (1);
  guint n = 0;
  if (X_->n_dims == 0) {
    gint64 count = places ? places->shape[0] : 0;
    bs_ctx_return (ctx, bs_full (ctx, BS_INT64, 1, &count, 0));
  } else if (places != NULL && bs_do_multi (ctx, &bs_op_unbind, 1, &places, 1, &dim, BS_MAX_DIMS, columns, &n)) {
    for (guint i = 0; i < n; i++)
      bs_ctx_return (ctx, B1 (clone, columns[i]));
  }
}
BS_OP (where_places) .name = "where.places", .symbol = "where", .signature = "where(Tensor condition)", .flags = BS_IN_TORCH | BS_IS_MULTI, .forward = where_places_forward, .sentence = N_ ("Tells where the condition holds, an index for each dimension.") };

/* --- by index ---------------------------------------------------------------------------------------------------------------- */

static void
take_forward (BsOpContext *ctx)
{
  gint64 all = -1;
  BsTensor *index = ctx->inputs[1], *flat = BA (reshape, X_, BS_INTS (1, &all)), *places = BA (reshape, index, BS_INTS (1, &all));
  if (flat == NULL || places == NULL)
    return;
  for (gint64 i = 0; i < index->numel; i++) {
    gint64 at = bs_tensor_get_integer (index, i);
    if (at < -X_->numel || at >= X_->numel) {
      bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "out of range: tried to access index %" G_GINT64_FORMAT " on a tensor of %" G_GINT64_FORMAT " elements.", at, X_->numel);
      return;
    }
  }
  BsTensor *wrapped = B3 (where, B2 (lt, places, NUM (0)), B2 (add, places, bs_integer (ctx, X_->numel)), places);
  BsTensor *taken = bs_do2a (ctx, &bs_op_gather, flat, wrapped, BS_INT (0));
  bs_ctx_return (ctx, taken ? bs_reshaped (ctx, taken, index->n_dims, index->shape) : NULL);
}
static void
take_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  gint64 numel = bs_numel_of (n_dims, shape), all = -1;
  BsTensor *zeros = bs_full (ctx, G->dtype, 1, &numel, 0), *g = BA (reshape, G, BS_INTS (1, &all)), *places = BA (reshape, ctx->inputs[1], BS_INTS (1, &all));
  if (zeros == NULL || g == NULL || places == NULL)
    return;
  places = B3 (where, B2 (lt, places, NUM (0)), B2 (add, places, bs_integer (ctx, numel)), places);
  BsTensor *flat = places ? bs_do3a (ctx, &bs_op_scatter_add, zeros, places, g, BS_INT (0)) : NULL;
  GIVE (0, flat ? bs_reshaped (ctx, flat, n_dims, shape) : NULL);
}
BS_OP (take)
  .constants = 2, .name = "take", .symbol = "[i]", .signature = "take(Tensor self, Tensor index)", .backward_name = "TakeBackward0", .flags = FLAGS, .forward = take_forward, .backward = take_backward,
  .saves_inputs = 2, .saves_why = N_ ("the indices: the gradient goes back to where the values came from"), .sentence = N_ ("Picks elements by their number in row-major order."), SAMPLES ({ "rand(2, 3), tensor([0, 5, 0, -1])" })
};

/* A mask over the indexed slices: (size of dim) true where @index names it, shaped to broadcast along @dim. */
static BsTensor *
named_slices (BsOpContext *ctx, BsTensor *index, guint n_dims, const gint64 *shape, int dim)
{
  gint64 size = n_dims > 0 ? shape[dim] : 1, wide[BS_MAX_DIMS];
  BsTensor *mask = bs_full (ctx, BS_BOOL, 1, &size, 0);
  for (gint64 i = 0; mask != NULL && i < index->numel; i++) {
    gint64 at = bs_tensor_get_integer (index, i);
    if (at < -size || at >= size) {
      bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "index %" G_GINT64_FORMAT " is out of bounds for dimension %d with size %" G_GINT64_FORMAT, at, dim, size);
      return NULL;
    }
    ((guint8 *) bs_data (mask))[at < 0 ? at + size : at] = 1;
  }
  for (guint d = 0; d < n_dims; d++)
    wide[d] = d == (guint) dim ? size : 1;
  return mask != NULL ? bs_reshaped (ctx, mask, n_dims, wide) : NULL;
}
static void
index_fill_forward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  BsTensor *mask = dim < 0 ? NULL : named_slices (ctx, ctx->inputs[1], X_->n_dims, X_->shape, dim);
  if (mask != NULL)
    bs_ctx_return (ctx, B3 (masked_fill, X_, mask, ctx->inputs[2]));
}
static void
index_fill_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), n_dims);
  BsTensor *mask = dim < 0 ? NULL : named_slices (ctx, ctx->inputs[1], n_dims, shape, dim);
  if (mask == NULL)
    return;
  GIVE (0, B3 (masked_fill, G, mask, NUM (0)));
  GIVE (2, B1 (sum, B3 (where, mask, G, NUM (0))));
}
BS_OP (index_fill)
  .constants = 2, .name = "index_fill", .symbol = "[i] :=", .signature = "index_fill(Tensor self, int dim, Tensor index, Tensor|Scalar value)", .backward_name = "IndexFillBackward0", .flags = FLAGS | BS_IN_INPLACE,
  .forward = index_fill_forward, .backward = index_fill_backward, .saves_inputs = 2, .saves_why = N_ ("the indices: what was overwritten gets no gradient"), .sentence = N_ ("Writes one value into slices of a dimension."),
  SAMPLES ({ "rand(2, 3), 1, tensor([0, 2]), 5.0" })
};
static void
index_copy_forward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  BsTensor *index = ctx->inputs[1], *source = ctx->inputs[2];
  gint64 shape[BS_MAX_DIMS];
  if (dim < 0)
    return;
  if (source->n_dims != X_->n_dims || (X_->n_dims > 0 && source->shape[dim] != index->numel)) {
    bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "index_copy_(): Number of indices (%" G_GINT64_FORMAT ") should be equal to source.size(dim) (%" G_GINT64_FORMAT ")", index->numel, source->n_dims > 0 ? source->shape[MIN (dim, (int) source->n_dims - 1)] : 1);
    return;
  }
  for (guint d = 0; d < X_->n_dims; d++)
    shape[d] = d == (guint) dim ? index->numel : 1;
  BsTensor *wide = bs_reshaped (ctx, index, X_->n_dims, shape), *places = wide ? bs_expanded (ctx, wide, source->n_dims, source->shape) : NULL;
  if (places != NULL)
    bs_ctx_return (ctx, bs_do3a (ctx, &bs_op_scatter, X_, places, source, BS_INT (dim)));
}
static void
index_copy_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), n_dims);
  BsTensor *mask = dim < 0 ? NULL : named_slices (ctx, ctx->inputs[1], n_dims, shape, dim);
  if (mask == NULL)
    return;
  GIVE (0, B3 (masked_fill, G, mask, NUM (0)));
  GIVE (2, bs_do2a (ctx, &bs_op_index_select, G, ctx->inputs[1], BS_INT (dim)));
}
BS_OP (index_copy)
  .constants = 2, .name = "index_copy", .symbol = "[i] :=", .signature = "index_copy(Tensor self, int dim, Tensor index, Tensor source)", .backward_name = "IndexCopyBackward0", .flags = FLAGS | BS_IN_INPLACE,
  .forward = index_copy_forward, .backward = index_copy_backward, .saves_inputs = 2, .saves_why = N_ ("the indices: what was overwritten gets no gradient"), .sentence = N_ ("Writes slices at indices of a dimension."),
  SAMPLES ({ "rand(2, 3), 1, tensor([0, 2]), rand(2, 2)" })
};

/* The number, from 0, of each true element of a mask: what masked_scatter takes from its source. */
static BsTensor *
numbered (BsOpContext *ctx, BsTensor *mask)
{
  BsTensor *places = bs_ctx_fresh (ctx, BS_INT64, 1, &mask->numel);
  gint64 n = 0;
  for (gint64 i = 0; places != NULL && i < mask->numel; i++) {
    gboolean on = bs_tensor_get_double (mask, i) != 0;
    ((gint64 *) bs_data (places))[i] = on ? n : 0;
    n += on;
  }
  return places;
}
static void
masked_scatter_forward (BsOpContext *ctx)
{
  gint64 all = -1;
  BsTensor *mask = bs_expanded (ctx, ctx->inputs[1], X_->n_dims, X_->shape), *source = BA (reshape, ctx->inputs[2], BS_INTS (1, &all));
  BsTensor *count = B1 (sum, mask);
  if (count == NULL || source == NULL)
    return;
  if (source->numel == 0 || bs_tensor_get_integer (count, 0) > source->numel) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "masked_scatter: expected self and source to have same dtypes but got more places than elements of the source");
    return;
  }
  BsTensor *places = numbered (ctx, mask), *values = places ? bs_do2a (ctx, &bs_op_gather, source, places, BS_INT (0)) : NULL;
  bs_ctx_return (ctx, values ? B3 (where, mask, bs_reshaped (ctx, values, X_->n_dims, X_->shape), X_) : NULL);
}
static void
masked_scatter_backward (BsOpContext *ctx)
{
  guint n_dims, n_source;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims), *source = bs_shape_of (ctx, 2, &n_source); /* of the result, if no gradient is wanted there */
  BsTensor *mask = bs_expanded (ctx, ctx->inputs[1], n_dims, shape);
  gint64 numel = bs_numel_of (n_source, source), all = -1;
  if (mask == NULL)
    return;
  GIVE (0, B3 (masked_fill, G, mask, NUM (0)));
  if (bs_wants (ctx, 2)) {
    BsTensor *zeros = bs_full (ctx, G->dtype, 1, &numel, 0), *g = BA (reshape, B3 (where, mask, G, NUM (0)), BS_INTS (1, &all)), *places = numbered (ctx, mask);
    BsTensor *flat = zeros && g && places ? bs_do3a (ctx, &bs_op_scatter_add, zeros, places, g, BS_INT (0)) : NULL;
    bs_ctx_give (ctx, 2, flat ? bs_reshaped (ctx, flat, n_source, source) : NULL);
  }
}
BS_OP (masked_scatter)
  .constants = 2, .name = "masked_scatter", .symbol = "mask :=", .signature = "masked_scatter(Tensor self, Tensor mask, Tensor source)", .backward_name = "MaskedScatterBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE,
  .forward = masked_scatter_forward, .backward = masked_scatter_backward, .saves_inputs = 2, .saves_why = N_ ("the mask: what was filled gets no gradient"), .sentence = N_ ("Writes the next elements of the source wherever the mask is true."),
  SAMPLES ({ "rand(2, 3), tensor([True, False, True]), rand(5)" })
};
