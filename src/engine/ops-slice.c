/* SPDX-License-Identifier: MIT */

/* Parts of a tensor as views, copies of it, and writing into it. */

#include "formula.h"

#include <string.h>

#define X_ ctx->inputs[0]
#define VIEW (BS_IN_TENSOR | BS_IS_VIEW)

static void
give_view (BsOpContext *ctx, guint n_dims, const gint64 *shape, const gint64 *strides, gint64 offset)
{
  if (ctx->error == NULL)
    bs_ctx_return (ctx, bs_ctx_own (ctx, bs_tensor_alias (X_, n_dims, shape, strides, offset, &ctx->error)));
}

/* The upstream gradient laid into zeros of the input's shape, at the place the view showed. */
static BsTensor *
into_zeros (BsOpContext *ctx, guint n_dims, const gint64 *shape, const gint64 *strides, gint64 offset)
{
  guint base_dims;
  gint64 base_strides[BS_MAX_DIMS];
  const gint64 *base = bs_shape_of (ctx, 0, &base_dims);
  bs_contiguous_strides (base_dims, base, base_strides);
  return BA (view_scatter, G, BS_INTS (base_dims, base), BS_INTS (base_dims, base_strides), BS_INT (0), BS_INTS (n_dims, shape),
             BS_INTS (n_dims, strides), BS_INT (offset));
}

/* --- select, slice ------------------------------------------------------------------------------------------------------------- */

static void
select_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS], index = bs_arg_int (ctx, 1, 0);
  if (X_->n_dims == 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "select() cannot be applied to a 0-dim tensor.");
    return;
  }
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  if (dim < 0)
    return;
  gint64 size = X_->shape[dim];
  if (index < -size || index >= size) {
    g_autofree char *text = bs_shape_text (X_->n_dims, X_->shape);
    bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "select(): index %" G_GINT64_FORMAT " out of range for tensor of size %s at dimension %d", index, text, dim);
    return;
  }
  for (guint d = 0, to = 0; d < X_->n_dims; d++)
    if ((int) d != dim)
      shape[to] = X_->shape[d], strides[to++] = bs_strides (X_)[d];
  give_view (ctx, X_->n_dims - 1, shape, strides, X_->offset + (index < 0 ? index + size : index) * bs_strides (X_)[dim]);
}

static void
select_backward (BsOpContext *ctx)
{
  guint n_dims, to = 0;
  gint64 strides[BS_MAX_DIMS], view_shape[BS_MAX_DIMS], view_strides[BS_MAX_DIMS], index = bs_arg_int (ctx, 1, 0);
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), n_dims);
  bs_contiguous_strides (n_dims, shape, strides);
  for (guint d = 0; d < n_dims; d++)
    if ((int) d != dim)
      view_shape[to] = shape[d], view_strides[to++] = strides[d];
  GIVE (0, into_zeros (ctx, n_dims - 1, view_shape, view_strides, (index < 0 ? index + shape[dim] : index) * strides[dim]));
}

BS_OP (select)
  .name = "select", .symbol = "[i]", .signature = "select(Tensor self, int dim, int index)", .backward_name = "SelectBackward0",
  .flags = VIEW | BS_IN_TORCH, .forward = select_forward, .backward = select_backward,
  .sentence = N_ ("Takes one slice out of a dimension."), SAMPLES ({ "rand(3, 4), 0, 1" })
};

static void
slice_range (BsOpContext *ctx, gint64 size, gint64 *start, gint64 *count, gint64 *step)
{
  gint64 stop = bs_arg_int (ctx, 2, G_MAXINT64);
  *start = bs_arg_int (ctx, 1, 0);
  *step = bs_arg_int (ctx, 3, 1);
  *start = CLAMP (*start < 0 ? *start + size : *start, 0, size);
  stop = CLAMP (stop < 0 ? stop + size : stop, *start, size);
  *count = (stop - *start + *step - 1) / *step;
}

static void
slice_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS], start, count, step;
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  if (dim < 0 || X_->n_dims == 0)
    return;
  if (bs_arg_int (ctx, 3, 1) <= 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "slice step must be positive");
    return;
  }
  slice_range (ctx, X_->shape[dim], &start, &count, &step);
  memcpy (shape, X_->shape, X_->n_dims * sizeof *shape);
  memcpy (strides, bs_strides (X_), X_->n_dims * sizeof *strides);
  shape[dim] = count;
  strides[dim] *= step;
  give_view (ctx, X_->n_dims, shape, strides, X_->offset + start * bs_strides (X_)[dim]);
}

static void
slice_backward (BsOpContext *ctx)
{
  guint n_dims;
  gint64 strides[BS_MAX_DIMS], view_shape[BS_MAX_DIMS], start, count, step, offset;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), n_dims);
  bs_contiguous_strides (n_dims, shape, strides);
  slice_range (ctx, shape[dim], &start, &count, &step);
  memcpy (view_shape, shape, n_dims * sizeof *shape);
  view_shape[dim] = count;
  offset = start * strides[dim];
  strides[dim] *= step;
  GIVE (0, into_zeros (ctx, n_dims, view_shape, strides, offset));
}

BS_OP (slice)
  .name = "slice", .symbol = "[a:b]", .signature = "slice(Tensor self, int dim=0, int? start=None, int? end=None, int step=1)",
  .backward_name = "SliceBackward0", .flags = BS_IS_VIEW, .forward = slice_forward, .backward = slice_backward,
  .sentence = N_ ("Takes a range out of a dimension."), SAMPLES ({ "rand(5, 2), 0, 1, 4, 2" })
};

static void
narrow_forward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  gint64 start = bs_arg_int (ctx, 1, 0), length = bs_arg_int (ctx, 2, 0);
  if (dim < 0)
    return;
  if (start < 0)
    start += X_->shape[dim];
  if (start < 0 || length < 0 || start + length > X_->shape[dim])
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "start (%" G_GINT64_FORMAT ") + length (%" G_GINT64_FORMAT ") exceeds dimension size (%" G_GINT64_FORMAT ").", start, length, X_->shape[dim]);
  else
    bs_ctx_return (ctx, BA (slice, X_, BS_INT (dim), BS_INT (start), BS_INT (start + length), BS_INT (1)));
}
BS_OP (narrow) .name = "narrow", .symbol = "[a:b]", .signature = "narrow(Tensor self, int dim, int start, int length)", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = narrow_forward, .sentence = N_ ("Takes a range out of a dimension.") };

static gboolean
diagonal_geometry (BsOpContext *ctx, guint n_dims, const gint64 *shape, const gint64 *strides, guint *n, gint64 *out_shape, gint64 *out_strides, gint64 *offset)
{
  gint64 k = bs_arg_int (ctx, 0, 0);
  int a = bs_wrap_dim (ctx, bs_arg_int (ctx, 1, 0), n_dims), b = a < 0 ? -1 : bs_wrap_dim (ctx, bs_arg_int (ctx, 2, 1), n_dims);
  if (a < 0 || b < 0)
    return FALSE;
  if (a == b) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "diagonal dimensions cannot be identical %d, %d", a, b);
    return FALSE;
  }
  *n = 0;
  for (guint d = 0; d < n_dims; d++)
    if ((int) d != a && (int) d != b)
      out_shape[*n] = shape[d], out_strides[(*n)++] = strides[d];
  out_shape[*n] = MAX (0, k >= 0 ? MIN (shape[a], shape[b] - k) : MIN (shape[a] + k, shape[b]));
  out_strides[(*n)++] = strides[a] + strides[b];
  *offset = out_shape[*n - 1] == 0 ? 0 : k >= 0 ? k * strides[b] : -k * strides[a];
  return TRUE;
}
static void
diagonal_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS], offset;
  guint n;
  if (diagonal_geometry (ctx, X_->n_dims, X_->shape, bs_strides (X_), &n, shape, strides, &offset))
    give_view (ctx, n, shape, strides, X_->offset + offset);
}
static void
diagonal_backward (BsOpContext *ctx)
{
  guint n_dims, n;
  gint64 base[BS_MAX_DIMS], view_shape[BS_MAX_DIMS], view_strides[BS_MAX_DIMS], offset;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  bs_contiguous_strides (n_dims, shape, base);
  if (diagonal_geometry (ctx, n_dims, shape, base, &n, view_shape, view_strides, &offset))
    GIVE (0, into_zeros (ctx, n, view_shape, view_strides, offset));
}
BS_OP (diagonal)
  .name = "diagonal", .symbol = "diag", .signature = "diagonal(Tensor self, int offset=0, int dim1=0, int dim2=1)", .backward_name = "DiagonalBackward0",
  .flags = VIEW | BS_IN_TORCH, .forward = diagonal_forward, .backward = diagonal_backward, .sentence = N_ ("Takes the diagonal."), SAMPLES ({ "rand(3, 3)" })
};

/* What the view was taken of, for where its elements lie. */
static void
keep_places (BsOpContext *ctx)
{
  if (ctx->error == NULL && bs_tensor_get_requires_grad (X_) && (ctx->extra[0] = bs_tensor_data (X_)) == NULL)
    bs_fail (ctx, BS_ENGINE_ERROR_MEMORY, "out of memory");
}

static void
as_strided_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS], offset = bs_arg_int (ctx, 2, X_->offset), last = offset;
  int n = bs_arg_ints (ctx, 0, shape, BS_MAX_DIMS), m = bs_arg_ints (ctx, 1, strides, BS_MAX_DIMS);
  gboolean empty = FALSE;
  if (n != m || n < 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "mismatch in length of strides and shape");
    return;
  }
  for (int i = 0; i < n; i++)
    empty = empty || shape[i] == 0, last += (shape[i] - 1) * strides[i];
  if (offset < 0 || (!empty && (gsize) (last + 1) * bs_dtype_size (X_->dtype) > bs_storage_get_size (X_->storage)))
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "setStorage: sizes, strides and storage offset require more storage than there is");
  else {
    give_view (ctx, n, shape, strides, offset);
    keep_places (ctx);
  }
}
/* Where in the storage each element of a view is, in row-major order: int64. */
static BsTensor *
places_of (BsOpContext *ctx, guint n_dims, const gint64 *shape, const gint64 *strides, gint64 offset)
{
  gint64 numel = bs_numel_of (n_dims, shape), index[BS_MAX_DIMS] = { 0 };
  BsTensor *places = bs_ctx_own (ctx, bs_tensor_new (BS_INT64, 1, &numel, &ctx->error));
  if (places == NULL)
    return NULL;
  for (gint64 i = 0; i < numel; i++) {
    gint64 at = offset;
    for (guint d = 0; d < n_dims; d++)
      at += index[d] * strides[d];
    ((gint64 *) bs_data (places))[i] = at;
    for (int d = (int) n_dims - 1; d >= 0 && ++index[d] == shape[d]; d--)
      index[d] = 0;
  }
  return places;
}
/* Both views are places in one storage: what arrives at the output's places goes to the input that stands there; inputs
 * that stand at the same place share it. */
static void
gather_places (BsOpContext *ctx, guint n, const gint64 *shape, const gint64 *strides, gint64 offset)
{
  BsTensor *in = ctx->extra[0];
  gint64 size = bs_storage_get_size (in->storage) / bs_dtype_size (in->dtype), all = -1;
  BsTensor *from = places_of (ctx, n, shape, strides, offset);
  BsTensor *to = places_of (ctx, in->n_dims, in->shape, bs_strides (in), in->offset);
  BsTensor *zeros = bs_full (ctx, G->dtype, 1, &size, 0), *flat = BA (reshape, G, BS_INTS (1, &all));
  if (from == NULL || to == NULL || zeros == NULL || flat == NULL)
    return;
  BsTensor *at_place = bs_do3a (ctx, &bs_op_scatter_add, zeros, from, flat, BS_INT (0));
  BsTensor *ones = bs_full (ctx, G->dtype, 1, &to->numel, 1), *count = bs_do3a (ctx, &bs_op_scatter_add, zeros, to, ones, BS_INT (0));
  BsTensor *share = bs_do2a (ctx, &bs_op_gather, bs_over (ctx, at_place, bs_do2 (ctx, &bs_op_maximum, count, bs_full (ctx, G->dtype, 0, NULL, 1))), to, BS_INT (0));
  GIVE (0, bs_reshaped (ctx, share, in->n_dims, in->shape));
}
static void
as_strided_backward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, shape, BS_MAX_DIMS);
  bs_arg_ints (ctx, 1, strides, BS_MAX_DIMS);
  gather_places (ctx, n, shape, strides, bs_arg_int (ctx, 2, ctx->extra[0]->offset));
}
BS_OP (as_strided)
  .name = "as_strided", .symbol = "strided", .signature = "as_strided(Tensor self, int[] size, int[] stride, int? storage_offset=None)",
  .backward_name = "AsStridedBackward0", .flags = VIEW | BS_IN_TORCH, .forward = as_strided_forward, .backward = as_strided_backward,
  .sentence = N_ ("Shows the memory with any shape and strides."),
  SAMPLES ({ "rand(6), (2, 2), (2, 1), 1" }, { "rand(6), (3, 2), (1, 1)" })
};

/* Windows of a dimension, as a new last one. */
static guint
windows_of (const BsTensor *x, int dim, gint64 size, gint64 step, gint64 *shape, gint64 *strides)
{
  memcpy (shape, x->shape, x->n_dims * sizeof *shape);
  memcpy (strides, bs_strides (x), x->n_dims * sizeof *strides);
  if (x->n_dims > 0) {
    shape[dim] = (x->shape[dim] - size) / step + 1;
    strides[dim] *= step;
  }
  shape[x->n_dims] = size;
  strides[x->n_dims] = x->n_dims > 0 ? bs_strides (x)[dim] : 1;
  return x->n_dims + 1;
}
static void
unfold_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS + 1], strides[BS_MAX_DIMS + 1], size = bs_arg_int (ctx, 1, 1), step = bs_arg_int (ctx, 2, 1);
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  if (dim < 0)
    return;
  if (step <= 0 || size < 0 || size > (X_->n_dims > 0 ? X_->shape[dim] : 1) || X_->n_dims == BS_MAX_DIMS) {
    if (step <= 0)
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "step is %" G_GINT64_FORMAT " but must be > 0", step);
    else
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "maximum size for tensor at dimension %d is %" G_GINT64_FORMAT " but size is %" G_GINT64_FORMAT,
               dim, X_->n_dims > 0 ? X_->shape[dim] : 1, size);
    return;
  }
  guint n = windows_of (X_, dim, size, step, shape, strides);
  give_view (ctx, n, shape, strides, X_->offset);
  keep_places (ctx);
}
static void
unfold_backward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS + 1], strides[BS_MAX_DIMS + 1];
  BsTensor *in = ctx->extra[0];
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), in->n_dims);
  guint n = windows_of (in, MAX (dim, 0), bs_arg_int (ctx, 1, 1), bs_arg_int (ctx, 2, 1), shape, strides);
  gather_places (ctx, n, shape, strides, in->offset);
}
BS_OP (unfold)
  .name = "unfold", .symbol = "windows", .signature = "unfold(Tensor self, int dimension, int size, int step)", .backward_name = "UnfoldBackward0",
  .flags = BS_IS_VIEW | BS_IN_TENSOR, .forward = unfold_forward, .backward = unfold_backward, .sentence = N_ ("Shows the windows of a dimension, one beside the other."), SAMPLES ({ "rand(5), 0, 3, 1" }, { "rand(2, 5), 1, 2, 2" })
};

static void alias_forward (BsOpContext *ctx) { give_view (ctx, X_->n_dims, X_->shape, bs_strides (X_), X_->offset); }
static void alias_backward (BsOpContext *ctx) { GIVE (0, G); }
BS_OP (alias) .name = "alias", .symbol = "=", .signature = "alias(Tensor self)", .backward_name = "AliasBackward0", .flags = BS_IS_VIEW, .forward = alias_forward, .backward = alias_backward, .sentence = N_ ("Shows the same tensor again.") };
BS_OP (detach) .name = "detach", .symbol = "detach", .signature = "detach(Tensor self)", .flags = BS_IN_TORCH, .forward = alias_forward, .sentence = N_ ("Shows the same memory without the graph.") };

/* --- the way back into a base: zeros with the layout of the base, the gradient written where the view was ------------------------ */

static void
view_scatter_forward (BsOpContext *ctx)
{
  gint64 base[BS_MAX_DIMS], base_strides[BS_MAX_DIMS], view[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, base, BS_MAX_DIMS), m = bs_arg_ints (ctx, 3, view, BS_MAX_DIMS);
  bs_arg_ints (ctx, 1, base_strides, BS_MAX_DIMS);
  bs_arg_ints (ctx, 4, strides, BS_MAX_DIMS);
  BsTensor *zeros = bs_ctx_own (ctx, bs_tensor_fresh_strided (X_->dtype, MAX (n, 0), base, base_strides, &ctx->error)), *part;
  if (zeros == NULL)
    return;
  memset (zeros->storage->data, 0, zeros->storage->n_bytes);
  part = bs_ctx_own (ctx, bs_tensor_alias (zeros, MAX (m, 0), view, strides, bs_arg_int (ctx, 5, 0) - bs_arg_int (ctx, 2, 0), &ctx->error));
  if (part != NULL && bs_copy_data (part, X_, &ctx->error))
    bs_ctx_return (ctx, zeros);
}
static void
view_scatter_backward (BsOpContext *ctx)
{
  gint64 view[BS_MAX_DIMS], strides[BS_MAX_DIMS], base[BS_MAX_DIMS], base_strides[BS_MAX_DIMS];
  int m = bs_arg_ints (ctx, 3, view, BS_MAX_DIMS), n = bs_arg_ints (ctx, 0, base, BS_MAX_DIMS);
  bs_arg_ints (ctx, 4, strides, BS_MAX_DIMS);
  bs_arg_ints (ctx, 1, base_strides, BS_MAX_DIMS);
  BsTensor *laid_out = BA (clone_strided, G, BS_INTS (n, base_strides));
  GIVE (0, BA (as_strided, laid_out, BS_INTS (m, view), BS_INTS (m, strides), BS_INT (bs_arg_int (ctx, 5, 0) - bs_arg_int (ctx, 2, 0))));
}
BS_OP (view_scatter)
  .name = "view_scatter", .symbol = "scatter", .signature = "view_scatter(Tensor self, int[] base, int[] base_strides, int base_offset, int[] view, int[] strides, int offset)",
  .backward_name = "AsStridedScatterBackward0", .flags = BS_IS_INTERNAL, .forward = view_scatter_forward, .backward = view_scatter_backward,
  .sentence = N_ ("Lays a gradient into zeros where the view was.")
};

static void
clone_strided_forward (BsOpContext *ctx)
{
  gint64 strides[BS_MAX_DIMS];
  if (bs_arg_ints (ctx, 0, strides, BS_MAX_DIMS) != (int) X_->n_dims)
    bs_contiguous_strides (X_->n_dims, X_->shape, strides);
  BsTensor *copy = bs_ctx_own (ctx, bs_tensor_fresh_strided (X_->dtype, X_->n_dims, X_->shape, strides, &ctx->error));
  if (copy != NULL && bs_copy_data (copy, X_, &ctx->error))
    bs_ctx_return (ctx, copy);
}
BS_OP (clone_strided)
  .name = "clone_strided", .symbol = "clone", .signature = "clone_strided(Tensor self, int[] stride)", .backward_name = "CloneBackward0",
  .flags = BS_IS_INTERNAL, .forward = clone_strided_forward, .backward = alias_backward, .sentence = N_ ("Copies into a given layout.")
};

/* --- copies and writes -------------------------------------------------------------------------------------------------------------- */

static void
clone_forward (BsOpContext *ctx)
{
  gboolean dense = !bs_arg_bool (ctx, 0, FALSE) && X_->n_dims > 1;
  BsTensor *copy = NULL;
  /* A transposed dense tensor keeps its layout, as PyTorch's preserve_format does. */
  if (dense && !(X_->flags & BS_TENSOR_CONTIGUOUS)) {
    gint64 covered = 1;
    gboolean overlap = FALSE;
    for (guint d = 0; d < X_->n_dims; d++) {
      covered += (X_->shape[d] - 1) * bs_strides (X_)[d];
      overlap = overlap || (bs_strides (X_)[d] == 0 && X_->shape[d] > 1);
    }
    if (!overlap && covered == X_->numel)
      copy = bs_ctx_own (ctx, bs_tensor_fresh_strided (X_->dtype, X_->n_dims, X_->shape, bs_strides (X_), &ctx->error));
  }
  if (copy == NULL)
    copy = bs_ctx_fresh (ctx, X_->dtype, X_->n_dims, X_->shape);
  if (copy != NULL && bs_copy_data (copy, X_, &ctx->error))
    bs_ctx_return (ctx, copy);
}
BS_OP (clone)
  .name = "clone", .symbol = "clone", .signature = "clone(Tensor self, bool contiguous=False)", .backward_name = "CloneBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR, .forward = clone_forward, .backward = alias_backward, .value_text = "self", .derivative_text = TEXTS ("1"), .vjp_text = TEXTS ("g"),
  .sentence = N_ ("Copies the values; the gradient goes through."), SAMPLES ({ "rand(2, 3)" })
};

/* @from may be stretched to the shape of @to, never the other way round. */
static gboolean
may_copy (BsOpContext *ctx, const BsTensor *to, const BsTensor *from)
{
  for (guint i = 0; i < MIN (to->n_dims, from->n_dims); i++) {
    gint64 have = from->shape[from->n_dims - 1 - i], want = to->shape[to->n_dims - 1 - i];
    if (have != want && have != 1 && want != 1) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "The size of tensor a (%" G_GINT64_FORMAT ") must match the size of tensor b (%" G_GINT64_FORMAT ") at non-singleton dimension %u", want, have, to->n_dims - 1 - i);
      return FALSE;
    }
  }
  gint64 shape[BS_MAX_DIMS];
  guint n = MAX (to->n_dims, from->n_dims);
  gboolean fits = TRUE;
  for (guint d = 0; d < n; d++) {
    gint64 a = d + to->n_dims >= n ? to->shape[d + to->n_dims - n] : 1, b = d + from->n_dims >= n ? from->shape[d + from->n_dims - n] : 1;
    shape[d] = a == 1 ? b : a;
    fits = fits && d + to->n_dims >= n && shape[d] == a;
  }
  if (fits)
    return TRUE;
  g_autofree char *have = bs_shape_text (to->n_dims, to->shape);
  g_autofree char *want = bs_shape_text (n, shape);
  bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "output with shape %s doesn't match the broadcast shape %s", have, want);
  return FALSE;
}

static void
copy_forward (BsOpContext *ctx)
{
  BsTensor *to = ctx->dest != NULL ? ctx->dest : bs_ctx_fresh (ctx, X_->dtype, X_->n_dims, X_->shape);
  if (to != NULL && may_copy (ctx, to, ctx->inputs[1]) && bs_copy_data (to, ctx->inputs[1], &ctx->error))
    bs_ctx_return (ctx, to);
}
static void
copy_backward (BsOpContext *ctx)
{
  GIVE (0, bs_zeros_like (ctx, G));
  GIVE (1, G);
}
BS_OP (copy)
  .name = "copy", .symbol = ":=", .signature = "copy(Tensor self, Tensor src)", .backward_name = "CopyBackwards", .flags = BS_IS_INTERNAL,
  .forward = copy_forward, .backward = copy_backward, .value_text = "src", .derivative_text = TEXTS ("0", "1"), .vjp_text = TEXTS ("0", "g"),
  .sentence = N_ ("Overwrites the values with those of another tensor.")
};

static void
zero_forward (BsOpContext *ctx)
{
  BsTensor *to = ctx->dest != NULL ? ctx->dest : bs_ctx_fresh (ctx, X_->dtype, X_->n_dims, X_->shape);
  if (to != NULL)
    bs_fill_data (to, 0);
  bs_ctx_return (ctx, to);
}
static void zero_backward (BsOpContext *ctx) { GIVE (0, bs_zeros_like (ctx, G)); }
BS_OP (zero)
  .name = "zero", .symbol = "0", .signature = "zero(Tensor self)", .backward_name = "ZeroBackward0", .flags = BS_IN_INPLACE,
  .forward = zero_forward, .backward = zero_backward, .sentence = N_ ("Makes every element 0.")
};

static void
fill_forward (BsOpContext *ctx)
{
  BsTensor *to = ctx->dest != NULL ? ctx->dest : bs_ctx_fresh (ctx, X_->dtype, X_->n_dims, X_->shape), *value = ctx->inputs[1];
  if (value->n_dims > 0)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "fill_ only supports 0-dimension value tensor but got tensor with %u dimensions.", value->n_dims);
  else if (to != NULL && bs_copy_data (to, value, &ctx->error))
    bs_ctx_return (ctx, to);
}
static void
fill_backward (BsOpContext *ctx)
{
  GIVE (0, bs_zeros_like (ctx, G));
  GIVE (1, B1 (sum, G));
}
BS_OP (fill)
  .name = "fill", .symbol = ":=", .signature = "fill(Tensor self, Tensor|Scalar value)", .backward_name = "FillBackward0", .flags = BS_IN_INPLACE,
  .forward = fill_forward, .backward = fill_backward, .sentence = N_ ("Writes one value everywhere.")
};

static void
to_forward (BsOpContext *ctx)
{
  int dtype = bs_arg_dtype (ctx, 0);
  BsTensor *copy = bs_ctx_fresh (ctx, dtype < 0 ? X_->dtype : (BsDtype) dtype, X_->n_dims, X_->shape);
  if (copy != NULL && bs_copy_data (copy, X_, &ctx->error))
    bs_ctx_return (ctx, copy);
}
static void
to_backward (BsOpContext *ctx)
{
  GIVE (0, G); /* the walk converts it to the input's dtype */
}
BS_OP (to)
  .name = "to.dtype", .symbol = "→", .signature = "to(Tensor self, dtype dtype)", .backward_name = "ToCopyBackward0", .flags = BS_IS_INTERNAL,
  .forward = to_forward, .backward = to_backward, .sentence = N_ ("Converts to another dtype.")
};
static void type_as_forward (BsOpContext *ctx) { bs_ctx_return (ctx, bs_cast (ctx, X_, ctx->inputs[1]->dtype)); }
BS_OP (type_as) .name = "type_as", .symbol = "→", .signature = "type_as(Tensor self, Tensor other)", .flags = BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = type_as_forward, .sentence = N_ ("Converts to the dtype of another tensor.") };
