/* SPDX-License-Identifier: MIT */

/* Joining tensors and taking them apart; mirrored, rolled, repeated and padded copies; triangles and diagonals. */

#include "formula.h"

#include <string.h>

#define X_ ctx->inputs[0]
#define FLAGS (BS_IN_TORCH | BS_IN_TENSOR)

/* The part of @whole from @start, @size long, along @dim, written with @part. */
static gboolean
write_part (BsOpContext *ctx, BsTensor *whole, int dim, gint64 start, BsTensor *part)
{
  gint64 shape[BS_MAX_DIMS];
  memcpy (shape, whole->shape, whole->n_dims * sizeof *shape);
  shape[dim] = part->shape[dim];
  BsTensor *view = bs_ctx_own (ctx, bs_tensor_alias (whole, whole->n_dims, shape, bs_strides (whole), whole->offset + start * bs_strides (whole)[dim], &ctx->error));
  return view != NULL && bs_copy_data (view, part, &ctx->error);
}

static gboolean
is_skipped (const BsTensor *t)
{
  return t->n_dims == 1 && t->shape[0] == 0; /* empty tensors of any rank could once be joined; PyTorch keeps that */
}

/* The graph does not know the inputs that need no gradient: how long each is, -1 for one that is passed over. */
static void
save_lengths (BsOpContext *ctx, int dim)
{
  gboolean records = FALSE;
  gint64 n = ctx->n_inputs;
  for (guint i = 0; i < ctx->n_inputs; i++)
    records = records || bs_tensor_get_requires_grad (ctx->inputs[i]);
  if (!records || (ctx->extra[0] = bs_tensor_new (BS_INT64, 1, &n, &ctx->error)) == NULL)
    return;
  for (guint i = 0; i < ctx->n_inputs; i++)
    ((gint64 *) bs_data (ctx->extra[0]))[i] = is_skipped (ctx->inputs[i]) ? -1 : ctx->inputs[i]->shape[dim];
}
static void
cat_forward (BsOpContext *ctx)
{
  BsTensor *model = NULL;
  gint64 shape[BS_MAX_DIMS], start = 0;
  for (guint i = 0; i < ctx->n_inputs && model == NULL; i++)
    if (!is_skipped (ctx->inputs[i]))
      model = ctx->inputs[i];
  if (ctx->n_inputs == 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "torch.cat(): expected a non-empty list of Tensors");
    return;
  }
  for (guint i = 0; i < ctx->n_inputs; i++)
    if (ctx->inputs[i]->n_dims == 0) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "zero-dimensional tensor (at position %u) cannot be concatenated", i);
      return;
    }
  model = model ? model : X_;
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), model->n_dims);
  if (dim < 0)
    return;
  memcpy (shape, model->shape, model->n_dims * sizeof *shape);
  shape[dim] = 0;
  for (guint i = 0; i < ctx->n_inputs; i++) {
    BsTensor *t = ctx->inputs[i];
    if (is_skipped (t))
      continue;
    if (t->n_dims != model->n_dims) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Tensors must have same number of dimensions: got %u and %u", model->n_dims, t->n_dims);
      return;
    }
    for (guint d = 0; d < t->n_dims; d++)
      if ((int) d != dim && t->shape[d] != model->shape[d]) {
        bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Sizes of tensors must match except in dimension %d. Expected size %" G_GINT64_FORMAT " but got size %" G_GINT64_FORMAT " for tensor number %u in the list.", dim, model->shape[d], t->shape[d], i);
        return;
      }
    shape[dim] += t->shape[dim];
  }
  BsTensor *out = bs_ctx_fresh (ctx, bs_result_dtype (ctx->n_inputs, ctx->inputs), model->n_dims, shape);
  if (out != NULL)
    save_lengths (ctx, dim);
  for (guint i = 0; out != NULL && i < ctx->n_inputs; i++)
    if (!is_skipped (ctx->inputs[i])) {
      if (!write_part (ctx, out, dim, start, ctx->inputs[i]))
        return;
      start += ctx->inputs[i]->shape[dim];
    }
  bs_ctx_return (ctx, out);
}
static void
cat_backward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), G->n_dims);
  const gint64 *lengths = bs_data (ctx->extra[0]);
  gint64 start = 0;
  for (guint i = 0; i < ctx->node->n_inputs; i++) {
    gint64 length = MAX (lengths[i], 0);
    if (lengths[i] >= 0)
      GIVE (i, BA (slice, G, BS_INT (dim), BS_INT (start), BS_INT (start + length), BS_INT (1)));
    start += length;
  }
}
BS_OP (cat)
  .name = "cat", .symbol = "cat", .signature = "cat(Tensor[] tensors, int dim=0)", .aliases = "concat,concatenate", .backward_name = "CatBackward0",
  .flags = BS_IN_TORCH | BS_HAS_OUT, .forward = cat_forward, .backward = cat_backward, .sentence = N_ ("Joins tensors along a dimension."),
  SAMPLES ({ "[rand(2, 3), rand(1, 3)]" }, { "[rand(2, 3), rand(2, 1)], 1" })
};
static void
stack_forward (BsOpContext *ctx)
{
  g_autofree BsTensor **parts = g_new0 (BsTensor *, ctx->n_inputs + 1);
  if (ctx->n_inputs == 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "stack expects a non-empty TensorList");
    return;
  }
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims + 1);
  BsArg arg = BS_INT (dim);
  if (dim < 0)
    return;
  for (guint i = 0; i < ctx->n_inputs; i++) {
    if (!bs_same_shape (X_, ctx->inputs[i])) {
      g_autofree char *a = bs_shape_text (X_->n_dims, X_->shape), *b = bs_shape_text (ctx->inputs[i]->n_dims, ctx->inputs[i]->shape);
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "stack expects each tensor to be equal size, but got %s at entry 0 and %s at entry %u", a, b, i);
      return;
    }
    parts[i] = bs_unsqueezed (ctx, ctx->inputs[i], dim);
    if (parts[i] == NULL)
      return;
  }
  bs_ctx_return (ctx, bs_do (ctx, &bs_op_cat, ctx->n_inputs, parts, 1, &arg));
}
static void
stack_backward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), G->n_dims);
  for (guint i = 0; i < ctx->n_inputs; i++)
    GIVE (i, BA (select, G, BS_INT (dim), BS_INT (i)));
}
BS_OP (stack)
  .name = "stack", .symbol = "stack", .signature = "stack(Tensor[] tensors, int dim=0)", .backward_name = "StackBackward0", .flags = BS_IN_TORCH | BS_HAS_OUT,
  .forward = stack_forward, .backward = stack_backward, .sentence = N_ ("Lays tensors on a new dimension."),
  SAMPLES ({ "[rand(3), rand(3)], 1" })
};

/* --- taking apart ---------------------------------------------------------------------------------------------------------- */

static void
split_sizes_forward (BsOpContext *ctx)
{
  gint64 sizes[BS_MAX_DIMS * 64], start = 0, shape[BS_MAX_DIMS];
  int dim, n = 0;
  if (X_->n_dims == 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "split expects at least a 1-dimensional tensor");
    return;
  }
  dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 1, 0), X_->n_dims);
  if (dim < 0)
    return;
  gint64 total = X_->shape[dim];
  if (ctx->args[0].kind == BS_ARG_INTS) {
    gint64 sum = 0;
    n = bs_arg_ints (ctx, 0, sizes, G_N_ELEMENTS (sizes));
    for (int i = 0; i < n; i++)
      sum += sizes[i];
    if (sum != total) {
      g_autofree char *text = bs_shape_text (n, sizes);
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "split_with_sizes expects split_sizes to sum exactly to %" G_GINT64_FORMAT " (input tensor's size at dimension %d), but got split_sizes=%s", total, dim, text);
      return;
    }
  } else {
    gint64 size = bs_arg_int (ctx, 0, 1);
    if (size <= 0 && !(size == 0 && total == 0)) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "split expects split_size be non-negative, but got split_size=%" G_GINT64_FORMAT, size);
      return;
    }
    for (gint64 at = 0; at < MAX (total, 1) && n < (int) G_N_ELEMENTS (sizes); at += MAX (size, 1))
      sizes[n++] = MIN (size, total - at);
  }
  memcpy (shape, X_->shape, X_->n_dims * sizeof *shape);
  for (int i = 0; i < n && ctx->error == NULL; i++) {
    shape[dim] = sizes[i];
    bs_ctx_return (ctx, bs_ctx_own (ctx, bs_tensor_alias (X_, X_->n_dims, shape, bs_strides (X_), X_->offset + start * bs_strides (X_)[dim], &ctx->error)));
    start += sizes[i];
  }
}
/* Missing parts count as zeros. */
static void
parts_backward (BsOpContext *ctx)
{
  guint n_dims, n = ctx->node->n_outputs;
  g_autofree BsTensor **parts = g_new0 (BsTensor *, n + 1);
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  gboolean unbound = g_str_equal (ctx->op->name, "unbind");
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, unbound ? 0 : 1, 0), n_dims);
  BsArg arg = BS_INT (dim);
  BsDtype dtype = BS_FLOAT32;
  (void) shape;
  for (guint i = 0; i < n; i++)
    if (ctx->upstream[i] != NULL)
      dtype = ctx->upstream[i]->dtype;
  for (guint i = 0; i < n; i++) {
    BsNodeOutput *out = &ctx->node->outputs[i];
    parts[i] = ctx->upstream[i] ? ctx->upstream[i] : bs_full (ctx, dtype, out->n_dims, out->shape, 0);
    if (parts[i] == NULL)
      return;
  }
  GIVE (0, bs_do (ctx, unbound ? &bs_op_stack : &bs_op_cat, n, parts, 1, &arg));
}
BS_OP (split)
  .name = "split", .symbol = "split", .signature = "split(Tensor self, int split_size, int dim=0)", .backward_name = "SplitBackward0", .flags = FLAGS | BS_IS_VIEW | BS_IS_MULTI,
  .forward = split_sizes_forward, .backward = parts_backward, .sentence = N_ ("Cuts a dimension into pieces."),
  SAMPLES ({ "rand(5, 2), 2" })
};
BS_OP (split_sizes)
  .name = "split.sizes", .symbol = "split", .signature = "split(Tensor self, int[] split_size, int dim=0)", .aliases = "split_with_sizes", .backward_name = "SplitWithSizesBackward0",
  .flags = FLAGS | BS_IS_VIEW | BS_IS_MULTI, .forward = split_sizes_forward, .backward = parts_backward, .sentence = N_ ("Cuts a dimension into pieces."),
  SAMPLES ({ "rand(5, 2), [1, 4]" })
};
static void
chunk_forward (BsOpContext *ctx)
{
  BsTensor *outputs[4096];
  guint n = 0;
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 1, 0), X_->n_dims);
  gint64 chunks = bs_arg_int (ctx, 0, 1);
  if (dim < 0)
    return;
  if (chunks <= 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "chunk expects `chunks` to be greater than 0, got: %" G_GINT64_FORMAT, chunks);
    return;
  }
  gint64 size = (X_->shape[dim] + chunks - 1) / chunks;
  if (bs_do_multi (ctx, &bs_op_split, 1, &X_, 2, (BsArg[]){ BS_INT (size), BS_INT (dim) }, G_N_ELEMENTS (outputs), outputs, &n))
    for (guint i = 0; i < n; i++)
      bs_ctx_return (ctx, outputs[i]);
}
BS_OP (chunk) .name = "chunk", .symbol = "chunk", .signature = "chunk(Tensor self, int chunks, int dim=0)", .flags = FLAGS | BS_IS_MULTI | BS_IS_COMPOSITE, .forward = chunk_forward, .sentence = N_ ("Cuts a dimension into so many pieces.") };
static void
unbind_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  guint n = 0;
  if (X_->n_dims == 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Dimension specified as 0 but tensor has no dimensions");
    return;
  }
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  if (dim < 0)
    return;
  for (guint d = 0; d < X_->n_dims; d++)
    if ((int) d != dim)
      shape[n] = X_->shape[d], strides[n++] = bs_strides (X_)[d];
  for (gint64 i = 0; i < X_->shape[dim] && ctx->error == NULL; i++)
    bs_ctx_return (ctx, bs_ctx_own (ctx, bs_tensor_alias (X_, n, shape, strides, X_->offset + i * bs_strides (X_)[dim], &ctx->error)));
}
BS_OP (unbind)
  .name = "unbind", .symbol = "unbind", .signature = "unbind(Tensor self, int dim=0)", .backward_name = "UnbindBackward0", .flags = FLAGS | BS_IS_VIEW | BS_IS_MULTI,
  .forward = unbind_forward, .backward = parts_backward, .sentence = N_ ("Takes a dimension apart, slice by slice."),
  SAMPLES ({ "rand(3, 2), 1" })
};

/* --- mirrored, rolled, repeated ------------------------------------------------------------------------------------------------ */

static BsTensor *
reversed_index (BsOpContext *ctx, gint64 n, gint64 shift, gboolean mirror)
{
  BsTensor *index = bs_ctx_fresh (ctx, BS_INT64, 1, &n);
  for (gint64 i = 0; index != NULL && i < n; i++)
    ((gint64 *) bs_data (index))[i] = mirror ? n - 1 - i : ((i - shift) % n + n) % n;
  return index;
}
static void
flip_forward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS);
  BsTensor *y = n <= 0 ? B1 (clone, X_) : X_;
  for (int i = 0; i < n && y != NULL; i++) {
    int dim = bs_wrap_dim (ctx, dims[i], X_->n_dims);
    y = dim < 0 ? NULL : bs_do2a (ctx, &bs_op_index_select, y, reversed_index (ctx, X_->shape[dim], 0, TRUE), BS_INT (dim));
  }
  bs_ctx_return (ctx, y);
}
static void
flip_backward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS);
  GIVE (0, BA (flip, G, BS_INTS (MAX (n, 0), dims)));
}
BS_OP (flip) .name = "flip", .symbol = "flip", .signature = "flip(Tensor self, int[1] dims)", .backward_name = "FlipBackward0", .flags = FLAGS, .forward = flip_forward, .backward = flip_backward, .sentence = N_ ("Turns dimensions round."), SAMPLES ({ "rand(2, 3), (1,)" }) };
static void
roll_by (BsOpContext *ctx, BsTensor *x, int sign)
{
  gint64 shifts[BS_MAX_DIMS], dims[BS_MAX_DIMS], all = -1;
  int n = bs_arg_ints (ctx, 0, shifts, BS_MAX_DIMS), m = bs_arg_ints (ctx, 1, dims, BS_MAX_DIMS);
  BsTensor *y = x;
  if (m <= 0) {
    guint n_dims = x->n_dims;
    BsTensor *flat = BA (reshape, x, BS_INTS (1, &all));
    y = flat ? bs_do2a (ctx, &bs_op_index_select, flat, reversed_index (ctx, x->numel, sign * shifts[0], FALSE), BS_INT (0)) : NULL;
    y = bs_reshaped (ctx, y, n_dims, x->shape);
  }
  for (int i = 0; i < m && i < n && y != NULL; i++) {
    int dim = bs_wrap_dim (ctx, dims[i], x->n_dims);
    y = dim < 0 ? NULL : bs_do2a (ctx, &bs_op_index_select, y, reversed_index (ctx, x->shape[dim], sign * shifts[i], FALSE), BS_INT (dim));
  }
  if (ctx->node != NULL)
    GIVE (0, y);
  else
    bs_ctx_return (ctx, y);
}
static void roll_forward (BsOpContext *ctx) { roll_by (ctx, X_, 1); }
static void roll_backward (BsOpContext *ctx) { roll_by (ctx, G, -1); }
BS_OP (roll) .name = "roll", .symbol = "roll", .signature = "roll(Tensor self, int[1] shifts, int[1]? dims=None)", .backward_name = "RollBackward0", .flags = FLAGS, .forward = roll_forward, .backward = roll_backward, .sentence = N_ ("Moves elements along; what falls off comes back in front."), SAMPLES ({ "rand(3, 2), 1, 0" }) };
static void
repeat_forward (BsOpContext *ctx)
{
  gint64 times[BS_MAX_DIMS], padded[BS_MAX_DIMS], split[2 * BS_MAX_DIMS], wide[2 * BS_MAX_DIMS], out[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, times, BS_MAX_DIMS), shift = n - (int) X_->n_dims;
  if (shift < 0 || 2 * n > BS_MAX_DIMS) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
    return;
  }
  for (int d = 0; d < n; d++) {
    padded[d] = d < shift ? 1 : X_->shape[d - shift];
    split[2 * d] = 1, split[2 * d + 1] = padded[d];
    wide[2 * d] = times[d], wide[2 * d + 1] = padded[d];
    out[d] = times[d] * padded[d];
  }
  BsTensor *y = bs_expanded (ctx, bs_reshaped (ctx, X_, 2 * n, split), 2 * n, wide);
  y = y ? BA (clone, y, BS_BOOLEAN (TRUE)) : NULL;
  bs_ctx_return (ctx, bs_reshaped (ctx, y, n, out));
}
static void
repeat_backward (BsOpContext *ctx)
{
  gint64 times[BS_MAX_DIMS], split[2 * BS_MAX_DIMS], dims[BS_MAX_DIMS];
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  int n = bs_arg_ints (ctx, 0, times, BS_MAX_DIMS), shift = n - (int) n_dims;
  for (int d = 0; d < n; d++) {
    split[2 * d] = times[d], split[2 * d + 1] = d < shift ? 1 : shape[d - shift];
    dims[d] = 2 * d;
  }
  GIVE (0, n > 0 ? bs_reshaped (ctx, bs_summed (ctx, bs_reshaped (ctx, G, 2 * n, split), n, dims, FALSE), n_dims, shape) : G);
}
BS_OP (repeat) .name = "repeat", .symbol = "repeat", .signature = "repeat(Tensor self, int[] repeats)", .backward_name = "RepeatBackward0", .flags = BS_IN_TENSOR, .forward = repeat_forward, .backward = repeat_backward, .sentence = N_ ("Copies the tensor side by side."), SAMPLES ({ "rand(2, 3), (2, 1)" }) };

/* --- triangles and diagonals ---------------------------------------------------------------------------------------------------------- */

static BsTensor *
triangle (BsOpContext *ctx, BsTensor *x, gboolean upper)
{
  gint64 k = bs_arg_int (ctx, 0, 0);
  if (x->n_dims < 2) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s: input tensor must have at least 2 dimensions", upper ? "triu" : "tril");
    return NULL;
  }
  gint64 shape[] = { x->shape[x->n_dims - 2], x->shape[x->n_dims - 1] };
  BsTensor *mask = bs_ctx_fresh (ctx, BS_BOOL, 2, shape);
  for (gint64 i = 0; mask != NULL && i < shape[0]; i++)
    for (gint64 j = 0; j < shape[1]; j++)
      ((guint8 *) bs_data (mask))[i * shape[1] + j] = upper ? j - i >= k : j - i <= k;
  BsTensor *zero = bs_full (ctx, x->dtype, 0, NULL, 0);
  return mask && zero ? B3 (where, mask, x, zero) : NULL;
}
#define TRIANGLE(op, node, upper, words) \
  static void op##_forward (BsOpContext *ctx) { bs_ctx_return (ctx, triangle (ctx, X_, upper)); } \
  static void op##_backward (BsOpContext *ctx) { GIVE (0, triangle (ctx, G, upper)); } \
  BS_OP (op) .name = #op, .symbol = #op, .signature = #op "(Tensor self, int diagonal=0)", .backward_name = node, .flags = FLAGS | BS_IN_INPLACE | BS_HAS_OUT, \
    .forward = op##_forward, .backward = op##_backward, .sentence = words, SAMPLES ({ "rand(3, 3)" }) };
TRIANGLE (triu, "TriuBackward0", TRUE, N_ ("Keeps what lies on and above the diagonal."))
TRIANGLE (tril, "TrilBackward0", FALSE, N_ ("Keeps what lies on and below the diagonal."))
static void
diag_forward (BsOpContext *ctx)
{
  gint64 k = bs_arg_int (ctx, 0, 0);
  if (X_->n_dims == 2) {
    bs_ctx_return (ctx, B1 (clone, BA (diagonal, X_, BS_INT (k))));
    return;
  }
  if (X_->n_dims != 1) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "diag(): Supports 1D or 2D tensors. Got %uD", X_->n_dims);
    return;
  }
  gint64 n = X_->numel + ABS (k), shape[] = { n, n };
  BsTensor *out = bs_full (ctx, X_->dtype, 2, shape, 0), *line = out ? BA (diagonal, out, BS_INT (k)) : NULL;
  if (line != NULL && bs_copy_data (line, X_, &ctx->error))
    bs_ctx_return (ctx, out);
}
static void
diag_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  if (n_dims == 1 || shape[0] == shape[1])
    GIVE (0, BA (diag, G, BS_INT (bs_arg_int (ctx, 0, 0))));
}
BS_OP (diag) .name = "diag", .symbol = "diag", .signature = "diag(Tensor self, int diagonal=0)", .backward_name = "DiagBackward0", .flags = FLAGS | BS_HAS_OUT, .forward = diag_forward, .backward = diag_backward, .sentence = N_ ("Takes the diagonal of a matrix, or makes a matrix of one."), SAMPLES ({ "rand(3)" }, { "rand(3, 3), 1" }) };
static void trace_forward (BsOpContext *ctx) { bs_ctx_return (ctx, B1 (sum, B1 (diagonal, X_))); }
static void
trace_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  gint64 n = MIN (shape[0], shape[1]);
  BsTensor *zeros = bs_full (ctx, G->dtype, 2, shape, 0), *line = zeros ? B1 (diagonal, zeros) : NULL;
  if (line != NULL) {
    bs_fill_data (line, 1);
    (void) n;
    GIVE (0, B2 (mul, zeros, G));
  }
}
BS_OP (trace) .name = "trace", .symbol = "tr", .signature = "trace(Tensor self)", .backward_name = "TraceBackward0", .flags = FLAGS, .forward = trace_forward, .backward = trace_backward, .sentence = N_ ("Adds up the diagonal."), SAMPLES ({ "rand(3, 3)" }) };

/* pad counts from the last dimension: left, right, then the one before; negative cuts off. */
static void
pad_forward (BsOpContext *ctx)
{
  gint64 pad[2 * BS_MAX_DIMS], shape[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, pad, 2 * BS_MAX_DIMS);
  BsTensor *x = X_;
  memcpy (shape, X_->shape, X_->n_dims * sizeof *shape);
  for (int i = 0; i < n / 2 && x != NULL; i++) {
    int dim = (int) X_->n_dims - 1 - i;
    if (dim < 0) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Length of pad should be no more than twice the number of dimensions of the input. Pad length is %d while the input has %u dimensions.", n, X_->n_dims);
      return;
    }
    shape[dim] += pad[2 * i] + pad[2 * i + 1];
    if (pad[2 * i] < 0 || pad[2 * i + 1] < 0)
      x = BA (slice, x, BS_INT (dim), BS_INT (MAX (0, -pad[2 * i])), BS_INT (x->shape[dim] + MIN (0, pad[2 * i + 1])), BS_INT (1));
  }
  BsTensor *out = bs_full (ctx, X_->dtype, X_->n_dims, shape, bs_arg_real (ctx, 1, 0)), *inner = out;
  for (int i = 0; i < n / 2 && inner != NULL; i++) {
    int dim = (int) X_->n_dims - 1 - i;
    gint64 left = MAX (0, pad[2 * i]);
    inner = BA (slice, inner, BS_INT (dim), BS_INT (left), BS_INT (left + x->shape[dim]), BS_INT (1));
  }
  if (inner != NULL && x != NULL && bs_copy_data (inner, x, &ctx->error))
    bs_ctx_return (ctx, out);
}
static void
pad_backward (BsOpContext *ctx)
{
  gint64 pad[2 * BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, pad, 2 * BS_MAX_DIMS);
  for (int i = 0; i < n; i++)
    pad[i] = -pad[i];
  GIVE (0, BA (constant_pad_nd, G, BS_INTS (n, pad)));
}
BS_OP (constant_pad_nd) .name = "constant_pad_nd", .symbol = "pad", .signature = "constant_pad_nd(Tensor self, int[] pad, Scalar value=0)", .backward_name = "ConstantPadNdBackward0", .flags = BS_IN_TORCH | BS_IN_FUNCTIONAL, .forward = pad_forward, .backward = pad_backward, .sentence = N_ ("Surrounds the tensor with a constant."), SAMPLES ({ "rand(2, 3), (1, 2)" }) };
