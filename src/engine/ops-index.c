/* SPDX-License-Identifier: MIT */

/* Picking and writing elements by integer indices and masks. Reading and adding-into are each other's gradients. */

#include "formula.h"

#include <string.h>

#define X_ ctx->inputs[0]
#define FLAGS (BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT)

static gint64
element_at (const BsTensor *t, const gint64 *at)
{
  gint64 offset = 0;
  for (guint d = 0; d < t->n_dims; d++)
    offset += at[d] * bs_strides (t)[d];
  return offset;
}

/* Row-major counting; FALSE after the last. */
static gboolean
advance (guint n_dims, const gint64 *shape, gint64 *at)
{
  for (int d = (int) n_dims - 1; d >= 0; d--) {
    if (++at[d] < shape[d])
      return TRUE;
    at[d] = 0;
  }
  return FALSE;
}

static void
move_element (BsTensor *to, gint64 to_at, const BsTensor *from, gint64 from_at, gboolean add)
{
  if (bs_dtype_is_floating (to->dtype)) {
    double v = bs_load (from->dtype, bs_data (from), from_at);
    if (add && to->dtype == BS_FLOAT32)
      v = (float) ((float *) bs_data (to))[to_at] + (float) v;
    else if (add)
      v += bs_load (to->dtype, bs_data (to), to_at);
    bs_store (to->dtype, bs_data (to), to_at, v);
  } else {
    gint64 v = bs_load_integer (from->dtype, bs_data (from), from_at);
    bs_store_integer (to->dtype, bs_data (to), to_at, add ? v + bs_load_integer (to->dtype, bs_data (to), to_at) : v);
  }
}

static gboolean
is_index (BsOpContext *ctx, const BsTensor *index, const char *name)
{
  if (index->dtype == BS_INT64)
    return TRUE;
  bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s(): Expected dtype int64 for index", name);
  return FALSE;
}

/* --- gather, scatter ---------------------------------------------------------------------------------------------------------- */

static void
gather_forward (BsOpContext *ctx)
{
  BsTensor *index = ctx->inputs[1];
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  gint64 at[BS_MAX_DIMS] = { 0 }, i = 0;
  if (dim < 0 || !is_index (ctx, index, "gather"))
    return;
  if (index->n_dims != X_->n_dims) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Index tensor must have the same number of dimensions as input tensor");
    return;
  }
  for (guint d = 0; d < X_->n_dims; d++)
    if ((int) d != dim && index->shape[d] > X_->shape[d]) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Size does not match at dimension %u expected index to be smaller than self apart from dimension %d", d, dim);
      return;
    }
  BsTensor *out = bs_ctx_fresh (ctx, X_->dtype, index->n_dims, index->shape);
  if (out == NULL)
    return;
  if (out->numel > 0)
    do {
      gint64 k = ((gint64 *) bs_data (index))[element_at (index, at)], kept = X_->n_dims > 0 ? at[dim] : 0;
      gint64 size = X_->n_dims > 0 ? X_->shape[dim] : 1;
      if (k < 0 || k >= size) {
        bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "index %" G_GINT64_FORMAT " is out of bounds for dimension %d with size %" G_GINT64_FORMAT, k, dim, size);
        return;
      }
      if (X_->n_dims > 0)
        at[dim] = k;
      move_element (out, i++, X_, element_at (X_, at), FALSE);
      if (X_->n_dims > 0)
        at[dim] = kept;
    } while (advance (index->n_dims, index->shape, at));
  bs_ctx_return (ctx, out);
}
static void
gather_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  BsTensor *zeros = bs_full (ctx, G->dtype, n_dims, shape, 0);
  if (zeros != NULL)
    GIVE (0, bs_do3a (ctx, &bs_op_scatter_add, zeros, ctx->inputs[1], G, BS_INT (bs_arg_int (ctx, 0, 0))));
}
/* dim comes before index in PyTorch's call: gather(input, dim, index). */
BS_OP (gather)
  .constants = 2, .name = "gather", .symbol = "gather", .signature = "gather(Tensor self, int dim, Tensor index)", .backward_name = "GatherBackward0", .flags = FLAGS,
  .forward = gather_forward, .backward = gather_backward, .saves_inputs = 2, .saves_why = N_ ("the indices: the gradient goes back to where the values came from"),
  .sentence = N_ ("Picks elements along a dimension by index."),
  SAMPLES ({ "rand(2, 3), 1, tensor([[0, 0], [2, 1]])" })
};

static BsTensor *
scattered (BsOpContext *ctx, gboolean add, gboolean scalar)
{
  BsTensor *index = ctx->inputs[1], *source = ctx->inputs[2], *out;
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  gint64 at[BS_MAX_DIMS] = { 0 };
  if (dim < 0 || !is_index (ctx, index, "scatter"))
    return NULL;
  if (!scalar && source->dtype != X_->dtype) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "scatter(): Expected self.dtype to be equal to src.dtype");
    return NULL;
  }
  out = ctx->dest;
  if (out == NULL) {
    out = bs_ctx_fresh (ctx, X_->dtype, X_->n_dims, X_->shape);
    if (out == NULL || !bs_copy_data (out, X_, &ctx->error))
      return NULL;
  }
  if (index->numel > 0)
    do {
      gint64 k = ((gint64 *) bs_data (index))[element_at (index, at)], kept, from = scalar ? 0 : element_at (source, at);
      if (out->n_dims == 0) {
        move_element (out, 0, source, from, add);
        continue;
      }
      kept = at[dim];
      if (k < 0 || k >= out->shape[dim]) {
        bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "index %" G_GINT64_FORMAT " is out of bounds for dimension %d with size %" G_GINT64_FORMAT, k, dim, out->shape[dim]);
        return NULL;
      }
      at[dim] = k;
      move_element (out, element_at (out, at), source, from, add);
      at[dim] = kept;
    } while (advance (index->n_dims, index->shape, at));
  return out;
}
static void scatter_add_forward (BsOpContext *ctx) { bs_ctx_return (ctx, scattered (ctx, TRUE, FALSE)); }
static void
scatter_add_backward (BsOpContext *ctx)
{
  GIVE (0, G);
  GIVE (2, bs_do2a (ctx, &bs_op_gather, G, ctx->inputs[1], BS_INT (bs_arg_int (ctx, 0, 0))));
}
BS_OP (scatter_add)
  .constants = 2, .name = "scatter_add", .symbol = "scatter +", .signature = "scatter_add(Tensor self, int dim, Tensor index, Tensor src)", .backward_name = "ScatterAddBackward0",
  .flags = FLAGS | BS_IN_INPLACE, .forward = scatter_add_forward, .backward = scatter_add_backward, .saves_inputs = 2, .saves_why = N_ ("the indices: the gradient is picked where the values were added"),
  .sentence = N_ ("Adds elements at indices along a dimension."),
  SAMPLES ({ "rand(2, 3), 1, tensor([[0, 0], [2, 1]]), rand(2, 2)" })
};
static void scatter_forward (BsOpContext *ctx) { bs_ctx_return (ctx, scattered (ctx, FALSE, FALSE)); }
static void
scatter_backward (BsOpContext *ctx)
{
  BsTensor *index = ctx->inputs[1];
  if (bs_wants (ctx, 0))
    bs_ctx_give (ctx, 0, bs_do3a (ctx, &bs_op_scatter_value, G, index, NUM (0), BS_INT (bs_arg_int (ctx, 0, 0))));
  GIVE (2, bs_do2a (ctx, &bs_op_gather, G, index, BS_INT (bs_arg_int (ctx, 0, 0))));
}
BS_OP (scatter)
  .constants = 2, .name = "scatter", .symbol = "scatter", .signature = "scatter(Tensor self, int dim, Tensor index, Tensor src)", .backward_name = "ScatterBackward0",
  .flags = FLAGS | BS_IN_INPLACE, .forward = scatter_forward, .backward = scatter_backward, .saves_inputs = 2, .saves_why = N_ ("the indices: what was overwritten gets no gradient"),
  .sentence = N_ ("Writes elements at indices along a dimension."),
  SAMPLES ({ "rand(2, 3), 1, tensor([[0, 1], [2, 1]]), rand(2, 2)" })
};
static void scatter_value_forward (BsOpContext *ctx) { bs_ctx_return (ctx, scattered (ctx, FALSE, TRUE)); }
static void
scatter_value_backward (BsOpContext *ctx)
{
  GIVE (0, bs_do3a (ctx, &bs_op_scatter_value, G, ctx->inputs[1], NUM (0), BS_INT (bs_arg_int (ctx, 0, 0))));
}
BS_OP (scatter_value)
  .constants = 2, .name = "scatter.value", .symbol = "scatter", .signature = "scatter(Tensor self, int dim, Tensor index, Tensor|Scalar value)", .backward_name = "ScatterBackward1",
  .flags = FLAGS | BS_IN_INPLACE, .forward = scatter_value_forward, .backward = scatter_value_backward, .saves_inputs = 2, .saves_why = N_ ("the indices: what was overwritten gets no gradient"),
  .sentence = N_ ("Writes one value at indices along a dimension."),
  SAMPLES ({ "rand(2, 3), 1, tensor([[0, 1], [2, 1]]), 2.0" })
};

/* --- index_select, index_add: whole slices ------------------------------------------------------------------------------------------- */

static void
index_select_forward (BsOpContext *ctx)
{
  BsTensor *index = ctx->inputs[1];
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  gint64 shape[BS_MAX_DIMS], at[BS_MAX_DIMS] = { 0 }, i = 0;
  if (dim < 0)
    return;
  if (index->n_dims > 1 || (index->dtype != BS_INT64 && index->dtype != BS_INT32)) {
    bs_fail (ctx, BS_ENGINE_ERROR_INDEX, index->n_dims > 1 ? "index_select(): Index is supposed to be a vector" : "index_select(): Expected dtype int32 or int64 for index");
    return;
  }
  memcpy (shape, X_->shape, X_->n_dims * sizeof *shape);
  if (X_->n_dims > 0)
    shape[dim] = index->numel;
  for (gint64 k = 0; k < index->numel; k++) {
    gint64 v = bs_tensor_get_integer (index, k);
    if (v < 0 || v >= (X_->n_dims > 0 ? X_->shape[dim] : 1)) {
      bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "index out of range in self");
      return;
    }
  }
  BsTensor *out = bs_ctx_fresh (ctx, X_->dtype, X_->n_dims, shape);
  if (out != NULL && out->numel > 0)
    do {
      gint64 kept = X_->n_dims > 0 ? at[dim] : 0;
      if (X_->n_dims > 0)
        at[dim] = bs_tensor_get_integer (index, kept);
      move_element (out, i++, X_, element_at (X_, at), FALSE);
      if (X_->n_dims > 0)
        at[dim] = kept;
    } while (advance (X_->n_dims, shape, at));
  bs_ctx_return (ctx, out);
}
static void
index_select_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  BsTensor *zeros = bs_full (ctx, G->dtype, n_dims, shape, 0);
  if (zeros != NULL)
    GIVE (0, bs_do3a (ctx, &bs_op_index_add, zeros, ctx->inputs[1], G, BS_INT (bs_arg_int (ctx, 0, 0))));
}
BS_OP (index_select)
  .constants = 2, .name = "index_select", .symbol = "[i]", .signature = "index_select(Tensor self, int dim, Tensor index)", .backward_name = "IndexSelectBackward0", .flags = FLAGS,
  .forward = index_select_forward, .backward = index_select_backward, .saves_inputs = 2, .saves_why = N_ ("the indices: the gradient goes back to where the slices came from"),
  .sentence = N_ ("Picks slices of a dimension by index."),
  SAMPLES ({ "rand(3, 2), 0, tensor([2, 0, 2])" })
};
static void
index_add_forward (BsOpContext *ctx)
{
  BsTensor *index = ctx->inputs[1], *source = ctx->inputs[2], *out = ctx->dest;
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  double alpha = bs_arg_real (ctx, 1, 1);
  gint64 at[BS_MAX_DIMS] = { 0 };
  if (dim < 0 || !is_index (ctx, index, "index_add"))
    return;
  if (source->n_dims != X_->n_dims || (X_->n_dims > 0 && source->shape[dim] != index->numel)) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "index_add_(): Number of indices should be equal to source.size(dim)");
    return;
  }
  if (alpha != 1)
    source = bs_scaled (ctx, source, alpha);
  if (out == NULL && ((out = bs_ctx_fresh (ctx, X_->dtype, X_->n_dims, X_->shape)) == NULL || !bs_copy_data (out, X_, &ctx->error)))
    return;
  if (source != NULL && source->numel > 0)
    do {
      gint64 from = element_at (source, at), kept = at[dim], k = bs_tensor_get_integer (index, kept);
      if (k < 0 || k >= out->shape[dim]) {
        bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "index out of range in self");
        return;
      }
      at[dim] = k;
      move_element (out, element_at (out, at), source, from, TRUE);
      at[dim] = kept;
    } while (advance (source->n_dims, source->shape, at));
  bs_ctx_return (ctx, out);
}
static void
index_add_backward (BsOpContext *ctx)
{
  double alpha = bs_arg_real (ctx, 1, 1);
  GIVE (0, G);
  if (bs_wants (ctx, 2)) {
    BsTensor *g = bs_do2a (ctx, &bs_op_index_select, G, ctx->inputs[1], BS_INT (bs_arg_int (ctx, 0, 0)));
    bs_ctx_give (ctx, 2, alpha == 1 ? g : bs_scaled (ctx, g, alpha));
  }
}
BS_OP (index_add)
  .constants = 2, .name = "index_add", .symbol = "[i] +", .signature = "index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1)", .backward_name = "IndexAddBackward0",
  .flags = FLAGS | BS_IN_INPLACE, .forward = index_add_forward, .backward = index_add_backward, .saves_inputs = 2, .saves_why = N_ ("the indices: the gradient is picked where the slices were added"),
  .sentence = N_ ("Adds slices at indices of a dimension."),
  SAMPLES ({ "rand(3, 2), 0, tensor([2, 0, 2]), rand(3, 2)" })
};

/* --- index: x[i, :, j] with tensors ------------------------------------------------------------------------------------------------------ */

typedef struct {
  guint n_index;                 /* dimensions of the broadcast indices */
  gint64 index_shape[BS_MAX_DIMS], count;
  gint64 *offsets;               /* of each combination, in elements of the source */
  guint n_dims, n_before, n_rest;
  gint64 rest_shape[BS_MAX_DIMS], rest_strides[BS_MAX_DIMS];
  guint n_out;
  gint64 out_shape[BS_MAX_DIMS];
} Pick;

static void
pick_clear (Pick *pick)
{
  g_free (pick->offsets);
}

/* A mask stands for the coordinates of its true elements, one index for each of its dimensions. */
static guint
spread_mask (BsOpContext *ctx, BsTensor *mask, const BsTensor *x, guint dim, BsTensor **out)
{
  gint64 at[BS_MAX_DIMS] = { 0 }, count = 0, i = 0;
  for (guint d = 0; d < mask->n_dims; d++)
    if (dim + d >= x->n_dims || mask->shape[d] != x->shape[dim + d]) {
      g_autofree char *ms = bs_shape_text (mask->n_dims, mask->shape), *xs = bs_shape_text (x->n_dims, x->shape);
      bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "The shape of the mask %s at index %u does not match the shape of the indexed tensor %s at index %u", ms, d, xs, dim + d);
      return 0;
    }
  for (gint64 k = 0; k < mask->numel; k++)
    count += bs_tensor_get_double (mask, k) != 0;
  for (guint d = 0; d < mask->n_dims; d++)
    if ((out[d] = bs_ctx_fresh (ctx, BS_INT64, 1, &count)) == NULL)
      return 0;
  if (mask->numel > 0)
    do {
      if (bs_load (mask->dtype, bs_data (mask), element_at (mask, at)) == 0)
        continue;
      for (guint d = 0; d < mask->n_dims; d++)
        ((gint64 *) bs_data (out[d]))[i] = at[d];
      i++;
    } while (advance (mask->n_dims, mask->shape, at));
  return mask->n_dims;
}

static gboolean
add_offsets (BsOpContext *ctx, Pick *pick, BsTensor *index, gint64 size, gint64 stride, guint dim)
{
  BsTensor *wide = bs_expanded (ctx, index, pick->n_index, pick->index_shape);
  for (gint64 i = 0; wide != NULL && i < pick->count; i++) {
    gint64 k = bs_tensor_get_integer (wide, i);
    if (k < -size || k >= size) {
      bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "index %" G_GINT64_FORMAT " is out of bounds for dimension %u with size %" G_GINT64_FORMAT, k, dim, size);
      return FALSE;
    }
    pick->offsets[i] += (k < 0 ? k + size : k) * stride;
  }
  return wide != NULL;
}

static gboolean
pick_prepare (BsOpContext *ctx, const BsTensor *x, guint n_given, BsTensor *const *given, Pick *pick)
{
  BsTensor *indices[BS_MAX_DIMS] = { NULL }, *used[BS_MAX_DIMS];
  guint n = 0, n_used = 0, first = 0, last = 0;
  memset (pick, 0, sizeof *pick);
  for (guint i = 0; i < n_given; i++) {
    if (given[i] == NULL)
      n++;
    else if (given[i]->dtype == BS_BOOL || given[i]->dtype == BS_UINT8) {
      guint more = n < x->n_dims ? spread_mask (ctx, given[i], x, n, indices + n) : 0;
      if (ctx->error != NULL)
        return FALSE;
      n += more;
    } else if (n < BS_MAX_DIMS)
      indices[n++] = given[i];
  }
  if (n > x->n_dims) {
    bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "too many indices for tensor of dimension %u (got %u)", x->n_dims, n);
    return FALSE;
  }
  for (guint d = 0; d < x->n_dims; d++)
    if (indices[d] != NULL) {
      first = n_used == 0 ? d : first;
      last = d;
      used[n_used++] = indices[d];
    } else {
      pick->rest_shape[pick->n_rest] = x->shape[d];
      pick->rest_strides[pick->n_rest++] = bs_strides (x)[d];
    }
  if (!bs_broadcast_shape (ctx, n_used, used, &pick->n_index, pick->index_shape)) {
    g_clear_error (&ctx->error);
    g_autoptr (GString) shapes = g_string_new (NULL);
    for (guint i = 0; i < n_used; i++) {
      g_autofree char *shape = bs_shape_text (used[i]->n_dims, used[i]->shape);
      g_string_append_printf (shapes, "%s%s", i ? ", " : "", shape);
    }
    bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "shape mismatch: indexing tensors could not be broadcast together with shapes %s", shapes->str);
    return FALSE;
  }
  pick->count = bs_numel_of (pick->n_index, pick->index_shape);
  pick->offsets = g_try_new0 (gint64, MAX (1, pick->count));
  for (guint d = 0; d < x->n_dims; d++)
    if (indices[d] != NULL && !add_offsets (ctx, pick, indices[d], x->shape[d], bs_strides (x)[d], d))
      return FALSE;
  /* Neighbouring indices stay where they stood; indices with a gap between them come first. */
  pick->n_before = last - first + 1 == n_used ? first : 0;
  for (guint d = 0; d < pick->n_before; d++)
    pick->out_shape[pick->n_out++] = pick->rest_shape[d];
  for (guint d = 0; d < pick->n_index; d++)
    pick->out_shape[pick->n_out++] = pick->index_shape[d];
  for (guint d = pick->n_before; d < pick->n_rest; d++)
    pick->out_shape[pick->n_out++] = pick->rest_shape[d];
  return pick->offsets != NULL;
}

/* Calls nothing: @move for each element of the result, in row-major order, with its offset in the indexed tensor. */
static void
pick_walk (const Pick *pick, BsTensor *out, const BsTensor *source, gboolean write, gboolean add)
{
  gint64 before[BS_MAX_DIMS] = { 0 }, after[BS_MAX_DIMS], i = 0;
  guint n_after = pick->n_rest - pick->n_before;
  if (bs_numel_of (pick->n_out, pick->out_shape) == 0)
    return;
  do
    for (gint64 k = 0; k < pick->count; k++) {
      memset (after, 0, sizeof after);
      do {
        gint64 offset = pick->offsets[k];
        for (guint d = 0; d < pick->n_before; d++)
          offset += before[d] * pick->rest_strides[d];
        for (guint d = 0; d < n_after; d++)
          offset += after[d] * pick->rest_strides[pick->n_before + d];
        if (write)
          move_element (out, offset, source, i++, add);
        else
          move_element (out, i++, source, offset, FALSE);
      } while (advance (n_after, pick->rest_shape + pick->n_before, after));
    }
  while (advance (pick->n_before, pick->rest_shape, before));
}

static void
index_forward (BsOpContext *ctx)
{
  Pick pick;
  if (pick_prepare (ctx, X_, ctx->n_inputs - 1, ctx->inputs + 1, &pick)) {
    BsTensor *out = bs_ctx_fresh (ctx, X_->dtype, pick.n_out, pick.out_shape);
    if (out != NULL)
      pick_walk (&pick, out, X_, FALSE, FALSE);
    bs_ctx_return (ctx, out);
  }
  pick_clear (&pick);
}
static void
index_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  g_autofree BsTensor **inputs = g_new0 (BsTensor *, ctx->n_inputs + 1);
  BsArg add = BS_BOOLEAN (TRUE);
  inputs[0] = bs_full (ctx, G->dtype, n_dims, shape, 0);
  inputs[1] = G;
  for (guint i = 1; i < ctx->n_inputs; i++)
    inputs[i + 1] = ctx->inputs[i];
  if (inputs[0] != NULL)
    GIVE (0, bs_do (ctx, &bs_op_index_put, ctx->n_inputs + 1, inputs, 1, &add));
}
BS_OP (index_tensor)
  .constants = 0xfffffffeu, .name = "index", .symbol = "[…]", .signature = "index(Tensor self, Tensor?[] indices)", .backward_name = "IndexBackward0", .flags = 0,
  .forward = index_forward, .backward = index_backward, .saves_inputs = ~1u, .saves_why = N_ ("the indices: the gradient goes back to where the elements came from"),
  .sentence = N_ ("Picks elements by indices or a mask.")
};

static void
index_put_forward (BsOpContext *ctx)
{
  BsTensor *value = ctx->inputs[1], *out = ctx->dest;
  gboolean add = bs_arg_bool (ctx, 0, FALSE);
  Pick pick = { 0 };
  if (out == NULL && ((out = bs_ctx_fresh (ctx, X_->dtype, X_->n_dims, X_->shape)) == NULL || !bs_copy_data (out, X_, &ctx->error)))
    return;
  if (value->dtype != X_->dtype && !(value->flags & BS_TENSOR_NUMBER) && value->n_dims > 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Index put requires the source and destination dtypes match, got %s for the destination and %s for the source.", bs_dtype_scalar_name (X_->dtype), bs_dtype_scalar_name (value->dtype));
    return;
  }
  if (pick_prepare (ctx, out, ctx->n_inputs - 2, ctx->inputs + 2, &pick)) {
    BsTensor *wide;
    /* Leading ones of the value fall away: x[mask] = y with y of shape (1, n). */
    while (value != NULL && value->n_dims > pick.n_out && value->shape[0] == 1)
      value = BA (squeeze_dim, value, BS_INT (0));
    wide = value != NULL ? bs_expanded (ctx, bs_cast (ctx, value, X_->dtype), pick.n_out, pick.out_shape) : NULL;
    gboolean no_memory = value == NULL || g_error_matches (ctx->error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_MEMORY);
    if (wide == NULL && !no_memory) {
      g_autofree char *vs = bs_shape_text (ctx->inputs[1]->n_dims, ctx->inputs[1]->shape), *ps = bs_shape_text (pick.n_out, pick.out_shape);
      g_clear_error (&ctx->error);
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "shape mismatch: value tensor of shape %s cannot be broadcast to indexing result of shape %s", vs, ps);
    } else if ((wide = bs_contiguous (ctx, wide)) != NULL) {
      pick_walk (&pick, out, wide, TRUE, add);
      bs_ctx_return (ctx, out);
    }
  }
  pick_clear (&pick);
}
static void
index_put_backward (BsOpContext *ctx)
{
  g_autofree BsTensor **inputs = g_new0 (BsTensor *, ctx->n_inputs);
  for (guint i = 2; i < ctx->n_inputs; i++)
    inputs[i - 1] = ctx->inputs[i];
  inputs[0] = G;
  if (bs_wants (ctx, 1))
    bs_ctx_give (ctx, 1, bs_do (ctx, &bs_op_index_tensor, ctx->n_inputs - 1, inputs, 0, NULL));
  if (bs_wants (ctx, 0) && !bs_arg_bool (ctx, 0, FALSE)) {
    g_autofree BsTensor **put = g_new0 (BsTensor *, ctx->n_inputs);
    put[0] = G, put[1] = NUM (0);
    for (guint i = 2; i < ctx->n_inputs; i++)
      put[i] = ctx->inputs[i];
    bs_ctx_give (ctx, 0, bs_do (ctx, &bs_op_index_put, ctx->n_inputs, put, 0, NULL));
  } else
    GIVE (0, G);
}
BS_OP (index_put)
  .constants = 0xfffffffcu, .name = "index_put", .symbol = "[…] :=", .signature = "index_put(Tensor self, Tensor|Scalar values, Tensor?[] indices, bool accumulate=False)", .backward_name = "IndexPutBackward0",
  .flags = 0, .forward = index_put_forward, .backward = index_put_backward, .saves_inputs = ~3u, .saves_why = N_ ("the indices: what was overwritten gets no gradient"),
  .sentence = N_ ("Writes elements by indices or a mask.")
};
static void
masked_select_forward (BsOpContext *ctx)
{
  BsTensor *inputs[] = { X_, ctx->inputs[1] };
  gint64 shape[BS_MAX_DIMS];
  guint n;
  if (!bs_broadcast_shape (ctx, 2, inputs, &n, shape))
    return;
  BsTensor *x = bs_expanded (ctx, X_, n, shape), *mask = bs_expanded (ctx, ctx->inputs[1], n, shape);
  bs_ctx_return (ctx, B2 (index_tensor, x, mask));
}
static void
masked_select_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  BsTensor *zeros = bs_full (ctx, G->dtype, n_dims, shape, 0);
  GIVE (0, zeros ? bs_do3 (ctx, &bs_op_index_put, zeros, G, bs_expanded (ctx, ctx->inputs[1], n_dims, shape)) : NULL);
}
BS_OP (masked_select)
  .constants = 2, .name = "masked_select", .symbol = "[mask]", .signature = "masked_select(Tensor self, Tensor mask)", .backward_name = "MaskedSelectBackward0", .flags = FLAGS,
  .forward = masked_select_forward, .backward = masked_select_backward, .saves_inputs = 2, .saves_why = N_ ("the mask: the gradient goes back to where it is true"), .sentence = N_ ("Picks the elements where the mask is true."),
  SAMPLES ({ "rand(2, 3), tensor([True, False, True])" })
};
