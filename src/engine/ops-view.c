/* SPDX-License-Identifier: MIT */

/* Views: the same storage with another shape, strides or offset. Their gradients take the way back. */

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

static BsTensor *
back_to_shape (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  return bs_reshaped (ctx, G, n_dims, shape);
}

/* --- view and reshape ------------------------------------------------------------------------------------------------------- */

/* Fills in a -1; FALSE with PyTorch's words when the sizes do not fit. */
static gboolean
complete_shape (BsOpContext *ctx, gint64 numel, guint n, gint64 *shape)
{
  g_autofree char *text = bs_shape_text (n, shape);
  gint64 known = 1;
  int hole = -1;
  for (guint i = 0; i < n; i++) {
    if (shape[i] == -1 && hole >= 0) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "only one dimension can be inferred");
      return FALSE;
    }
    if (shape[i] < -1) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "invalid shape dimension %" G_GINT64_FORMAT, shape[i]);
      return FALSE;
    }
    if (shape[i] == -1)
      hole = i;
    else if (__builtin_mul_overflow (known, shape[i], &known))
      known = -1;
  }
  if (known == 0 && hole >= 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "cannot reshape tensor of 0 elements into shape %s because the unspecified dimension "
                                           "size -1 can be any value and is ambiguous", text);
    return FALSE;
  }
  if (hole >= 0 && known > 0 && numel % known == 0)
    shape[hole] = numel / known;
  else if (hole >= 0 || known != numel) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "shape '%s' is invalid for input of size %" G_GINT64_FORMAT, text, numel);
    return FALSE;
  }
  return TRUE;
}

/* Strides that show @self with @shape without copying; FALSE if there are none. */
static gboolean
view_strides (const BsTensor *self, guint n, const gint64 *shape, gint64 *strides)
{
  const gint64 *old = bs_strides (self);
  int at = (int) n - 1;
  gint64 chunk = 1, taken = 1;
  if (self->numel == 0) {
    bs_contiguous_strides (n, shape, strides);
    return TRUE;
  }
  if (self->n_dims == 0) {
    for (guint i = 0; i < n; i++)
      strides[i] = 1;
    return TRUE;
  }
  gint64 base = old[self->n_dims - 1];
  for (int d = self->n_dims - 1; d >= 0; d--) {
    chunk *= self->shape[d];
    if (d > 0 && (self->shape[d - 1] == 1 || old[d - 1] == chunk * base))
      continue;
    while (at >= 0 && (taken < chunk || shape[at] == 1)) {
      strides[at] = taken * base;
      taken *= shape[at];
      at--;
    }
    if (taken != chunk)
      return FALSE;
    if (d > 0) {
      base = old[d - 1];
      chunk = taken = 1;
    }
  }
  return at == -1;
}

static void
view_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, shape, BS_MAX_DIMS);
  if (!complete_shape (ctx, X_->numel, MAX (n, 0), shape))
    return;
  if (!view_strides (X_, n, shape, strides)) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "view size is not compatible with input tensor's size and stride (at least one "
                                           "dimension spans across two contiguous subspaces). Use .reshape(...) instead.");
    return;
  }
  give_view (ctx, n, shape, strides, X_->offset);
}
static void view_backward (BsOpContext *ctx) { GIVE (0, back_to_shape (ctx)); }
BS_OP (view)
  .name = "view", .symbol = "view", .signature = "view(Tensor self, int[] size)", .backward_name = "ViewBackward0", .flags = VIEW,
  .forward = view_forward, .backward = view_backward, .value_text = "reshape(self)", .vjp_text = TEXTS ("reshape(g)"), .sentence = N_ ("Shows the same elements in another shape."),
  SAMPLES ({ "rand(2, 3), (3, 2)" })
};
BS_OP (unsafe_view)
  .name = "unsafe_view", .symbol = "view", .signature = "unsafe_view(Tensor self, int[] size)", .backward_name = "UnsafeViewBackward0",
  .flags = BS_IS_INTERNAL, .forward = view_forward, .backward = view_backward, .value_text = "reshape(self)", .vjp_text = TEXTS ("reshape(g)"), .sentence = N_ ("Shows the same elements in another shape.")
};
BS_OP (reshape_alias)
  .name = "reshape_alias", .symbol = "reshape", .signature = "reshape_alias(Tensor self, int[] size)", .backward_name = "ReshapeAliasBackward0",
  .flags = BS_IS_INTERNAL | BS_IS_VIEW, .forward = view_forward, .backward = view_backward, .value_text = "reshape(self)", .vjp_text = TEXTS ("reshape(g)"), .sentence = N_ ("Shows the same elements in another shape.")
};

/* PyTorch shows a reshape that needs no copy as ReshapeAlias, one that does as Clone and UnsafeView. */
static void
reshape_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, shape, BS_MAX_DIMS);
  if (!complete_shape (ctx, X_->numel, MAX (n, 0), shape))
    return;
  if (view_strides (X_, n, shape, strides))
    bs_ctx_return (ctx, BA (reshape_alias, X_, BS_INTS (n, shape)));
  else
    bs_ctx_return (ctx, BA (unsafe_view, BA (clone, X_, BS_BOOLEAN (TRUE)), BS_INTS (n, shape)));
}
BS_OP (reshape)
  .name = "reshape", .symbol = "reshape", .signature = "reshape(Tensor self, int[] shape)", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IS_COMPOSITE,
  .forward = reshape_forward, .sentence = N_ ("Shows the same elements in another shape, copied if need be.")
};
static void view_as_forward (BsOpContext *ctx) { BsTensor *o = ctx->inputs[1]; bs_ctx_return (ctx, BA (view, X_, BS_INTS (o->n_dims, o->shape))); }
BS_OP (view_as) .name = "view_as", .symbol = "view", .signature = "view_as(Tensor self, Tensor other)", .flags = BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = view_as_forward, .sentence = N_ ("Shows the same elements in another shape.") };
static void reshape_as_forward (BsOpContext *ctx) { BsTensor *o = ctx->inputs[1]; bs_ctx_return (ctx, bs_reshaped (ctx, X_, o->n_dims, o->shape)); }
BS_OP (reshape_as) .name = "reshape_as", .symbol = "reshape", .signature = "reshape_as(Tensor self, Tensor other)", .flags = BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = reshape_as_forward, .sentence = N_ ("Shows the same elements in another shape, copied if need be.") };

static void
flatten_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS];
  guint n = 0;
  if (X_->n_dims == 0) {
    bs_ctx_return (ctx, BA (reshape, X_, BS_INTS (1, ((gint64[]){ 1 }))));
    return;
  }
  int from = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims), to = bs_wrap_dim (ctx, bs_arg_int (ctx, 1, -1), X_->n_dims);
  if (from < 0 || to < 0)
    return;
  if (from > to) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "flatten() has invalid args: start_dim cannot come after end_dim");
    return;
  }
  if (from == to) {
    bs_ctx_return (ctx, X_);
    return;
  }
  for (int d = 0; d < X_->n_dims; d++)
    if (d > from && d <= to)
      shape[n - 1] *= X_->shape[d];
    else
      shape[n++] = X_->shape[d];
  bs_ctx_return (ctx, bs_reshaped (ctx, X_, n, shape));
}
BS_OP (flatten) .name = "flatten", .symbol = "flatten", .signature = "flatten(Tensor self, int start_dim=0, int end_dim=-1)", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = flatten_forward, .sentence = N_ ("Joins dimensions into one.") };
static void ravel_forward (BsOpContext *ctx) { bs_ctx_return (ctx, BA (reshape, X_, BS_INTS (1, ((gint64[]){ -1 })))); }
BS_OP (ravel) .name = "ravel", .symbol = "ravel", .signature = "ravel(Tensor self)", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = ravel_forward, .sentence = N_ ("Joins all dimensions into one.") };

static void
unflatten_forward (BsOpContext *ctx)
{
  gint64 sizes[BS_MAX_DIMS], shape[2 * BS_MAX_DIMS];
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims), n = bs_arg_ints (ctx, 1, sizes, BS_MAX_DIMS);
  guint m = 0;
  if (dim < 0 || !complete_shape (ctx, X_->shape[dim], n, sizes))
    return;
  for (int d = 0; d < X_->n_dims; d++)
    if (d != dim)
      shape[m++] = X_->shape[d];
    else
      for (int i = 0; i < n; i++)
        shape[m++] = sizes[i];
  bs_ctx_return (ctx, BA (view, X_, BS_INTS (m, shape)));
}
BS_OP (unflatten) .name = "unflatten", .symbol = "unflatten", .signature = "unflatten(Tensor self, int dim, int[] sizes)", .flags = BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = unflatten_forward, .sentence = N_ ("Splits one dimension into several.") };

/* --- expand ------------------------------------------------------------------------------------------------------------------ */

static void
expand_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, 0, shape, BS_MAX_DIMS), shift = n - X_->n_dims;
  if (shift < 0) {
    g_autofree char *want = bs_shape_text (MAX (n, 0), shape), *have = bs_shape_text (X_->n_dims, X_->shape);
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "expand(torch.%sTensor{%s}, size=%s): the number of sizes provided (%d) must be greater or equal to the number of dimensions in the tensor (%u)",
             bs_dtype_scalar_name (X_->dtype), have, want, n, X_->n_dims);
    return;
  }
  for (int d = 0; d < n; d++) {
    gint64 have = d < shift ? 1 : X_->shape[d - shift];
    if (shape[d] == -1) {
      if (d < shift) {
        bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension %d", d);
        return;
      }
      shape[d] = have;
    }
    if (have != shape[d] && have != 1) {
      g_autofree char *want = bs_shape_text (n, shape), *mine = bs_shape_text (X_->n_dims, X_->shape);
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "The expanded size of the tensor (%" G_GINT64_FORMAT ") must match the existing size (%" G_GINT64_FORMAT
               ") at non-singleton dimension %d.  Target sizes: %s.  Tensor sizes: %s", shape[d], have, d, want, mine);
      return;
    }
    strides[d] = have == 1 && (d < shift || shape[d] != 1) ? 0 : d < shift ? 0 : bs_strides (X_)[d - shift];
  }
  give_view (ctx, n, shape, strides, X_->offset);
}
static void
expand_backward (BsOpContext *ctx)
{
  guint n_dims;
  const gint64 *shape = bs_shape_of (ctx, 0, &n_dims);
  GIVE (0, BA (sum_to_size, G, BS_INTS (n_dims, shape)));
}
BS_OP (expand)
  .name = "expand", .symbol = "expand", .signature = "expand(Tensor self, int[] size, *, bool implicit=False)", .backward_name = "ExpandBackward0", .flags = VIEW,
  .forward = expand_forward, .backward = expand_backward, .value_text = "expand(self)", .vjp_text = TEXTS ("g"), .sentence = N_ ("Repeats dimensions of size 1 without copying."), SAMPLES ({ "rand(3, 1), (3, 4)" })
};
static void expand_as_forward (BsOpContext *ctx) { BsTensor *o = ctx->inputs[1]; bs_ctx_return (ctx, bs_expanded (ctx, X_, o->n_dims, o->shape)); }
BS_OP (expand_as) .name = "expand_as", .symbol = "expand", .signature = "expand_as(Tensor self, Tensor other)", .flags = BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = expand_as_forward, .sentence = N_ ("Repeats dimensions of size 1 without copying.") };
static void broadcast_to_forward (BsOpContext *ctx) { gint64 s[BS_MAX_DIMS]; int n = bs_arg_ints (ctx, 0, s, BS_MAX_DIMS); bs_ctx_return (ctx, bs_expanded (ctx, X_, MAX (n, 0), s)); }
BS_OP (broadcast_to) .name = "broadcast_to", .symbol = "expand", .signature = "broadcast_to(Tensor self, int[] size)", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = broadcast_to_forward, .sentence = N_ ("Repeats dimensions of size 1 without copying.") };

/* --- transposing --------------------------------------------------------------------------------------------------------------- */

static void
swap_dims (BsOpContext *ctx, int a, int b)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  memcpy (shape, X_->shape, X_->n_dims * sizeof *shape);
  memcpy (strides, bs_strides (X_), X_->n_dims * sizeof *strides);
  if (X_->n_dims > 0) {
    shape[a] = X_->shape[b], shape[b] = X_->shape[a];
    strides[a] = bs_strides (X_)[b], strides[b] = bs_strides (X_)[a];
  }
  give_view (ctx, X_->n_dims, shape, strides, X_->offset);
}
static void
transpose_forward (BsOpContext *ctx)
{
  int a = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims), b = bs_wrap_dim (ctx, bs_arg_int (ctx, 1, 1), X_->n_dims);
  if (a >= 0 && b >= 0)
    swap_dims (ctx, a, b);
}
static void transpose_backward (BsOpContext *ctx) { GIVE (0, bs_transposed (ctx, G, bs_arg_int (ctx, 0, 0), bs_arg_int (ctx, 1, 1))); }
BS_OP (transpose)
  .name = "transpose", .symbol = "ᵀ", .signature = "transpose(Tensor self, int dim0, int dim1)", .aliases = "swapaxes,swapdims", .backward_name = "TransposeBackward0",
  .flags = VIEW | BS_IN_TORCH | BS_IN_INPLACE, .forward = transpose_forward, .backward = transpose_backward,
  .value_text = "transpose(self)", .vjp_text = TEXTS ("transpose(g)"), .sentence = N_ ("Exchanges two dimensions."), SAMPLES ({ "rand(2, 3), 0, 1" })
};
static void
t_forward (BsOpContext *ctx)
{
  if (X_->n_dims > 2)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "t() expects a tensor with <= 2 dimensions, but self is %uD", X_->n_dims);
  else
    swap_dims (ctx, 0, X_->n_dims == 2 ? 1 : 0);
}
static void t_backward (BsOpContext *ctx) { GIVE (0, B1 (t, G)); }
BS_OP (t)
  .name = "t", .symbol = "ᵀ", .signature = "t(Tensor self)", .backward_name = "TBackward0", .flags = VIEW | BS_IN_TORCH | BS_IN_INPLACE,
  .forward = t_forward, .backward = t_backward, .value_text = "selfᵀ", .vjp_text = TEXTS ("gᵀ"), .sentence = N_ ("Exchanges rows and columns."), SAMPLES ({ "rand(2, 3)" })
};
static gboolean
permutation (BsOpContext *ctx, guint n_dims, gint64 *dims)
{
  gboolean seen[BS_MAX_DIMS] = { FALSE };
  int n = bs_arg_ints (ctx, 0, dims, BS_MAX_DIMS);
  if (n != (int) n_dims) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = %u is not equal to len(dims) = %d", n_dims, n);
    return FALSE;
  }
  for (int i = 0; i < n; i++) {
    int d = bs_wrap_dim (ctx, dims[i], n_dims);
    if (d < 0)
      return FALSE;
    if (seen[d]) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "permute(): duplicate dims are not allowed.");
      return FALSE;
    }
    seen[d] = TRUE;
    dims[i] = d;
  }
  return TRUE;
}
static void
permute_forward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS], shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  if (!permutation (ctx, X_->n_dims, dims))
    return;
  for (guint i = 0; i < X_->n_dims; i++)
    shape[i] = X_->shape[dims[i]], strides[i] = bs_strides (X_)[dims[i]];
  give_view (ctx, X_->n_dims, shape, strides, X_->offset);
}
static void
permute_backward (BsOpContext *ctx)
{
  gint64 dims[BS_MAX_DIMS], back[BS_MAX_DIMS];
  if (!permutation (ctx, G->n_dims, dims))
    return;
  for (guint i = 0; i < G->n_dims; i++)
    back[dims[i]] = i;
  GIVE (0, BA (permute, G, BS_INTS (G->n_dims, back)));
}
BS_OP (permute)
  .name = "permute", .symbol = "permute", .signature = "permute(Tensor self, int[] dims)", .backward_name = "PermuteBackward0", .flags = VIEW | BS_IN_TORCH,
  .forward = permute_forward, .backward = permute_backward, .value_text = "permute(self)", .vjp_text = TEXTS ("unpermute(g)"), .sentence = N_ ("Puts the dimensions in another order."), SAMPLES ({ "rand(2, 3, 4), (2, 0, 1)" })
};

/* --- dimensions of size 1 --------------------------------------------------------------------------------------------------------- */

static void
unsqueeze_forward (BsOpContext *ctx)
{
  gint64 shape[BS_MAX_DIMS + 1], strides[BS_MAX_DIMS + 1];
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims + 1);
  if (dim < 0)
    return;
  for (int d = 0, from = 0; d <= X_->n_dims; d++)
    if (d == dim)
      shape[d] = 1, strides[d] = d < X_->n_dims ? X_->shape[d] * bs_strides (X_)[d] : 1;
    else
      shape[d] = X_->shape[from], strides[d] = bs_strides (X_)[from], from++;
  if (X_->n_dims == BS_MAX_DIMS)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "tensors here have at most %d dimensions", BS_MAX_DIMS);
  else
    give_view (ctx, X_->n_dims + 1, shape, strides, X_->offset);
}
static void
unsqueeze_backward (BsOpContext *ctx)
{
  GIVE (0, back_to_shape (ctx));
}
BS_OP (unsqueeze)
  .name = "unsqueeze", .symbol = "unsqueeze", .signature = "unsqueeze(Tensor self, int dim)", .backward_name = "UnsqueezeBackward0",
  .flags = VIEW | BS_IN_TORCH | BS_IN_INPLACE, .forward = unsqueeze_forward, .backward = unsqueeze_backward,
  .value_text = "reshape(self)", .vjp_text = TEXTS ("reshape(g)"), .sentence = N_ ("Adds a dimension of size 1."), SAMPLES ({ "rand(3), 0" })
};
static void
drop_ones (BsOpContext *ctx, int only)
{
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  guint n = 0;
  for (int d = 0; d < X_->n_dims; d++)
    if (X_->shape[d] != 1 || (only >= 0 && d != only))
      shape[n] = X_->shape[d], strides[n++] = bs_strides (X_)[d];
  give_view (ctx, n, shape, strides, X_->offset);
}
static void squeeze_forward (BsOpContext *ctx) { drop_ones (ctx, -1); }
static void squeeze_backward (BsOpContext *ctx) { GIVE (0, back_to_shape (ctx)); }
BS_OP (squeeze)
  .name = "squeeze", .symbol = "squeeze", .signature = "squeeze(Tensor self)", .backward_name = "SqueezeBackward0", .flags = VIEW | BS_IN_TORCH | BS_IN_INPLACE,
  .forward = squeeze_forward, .backward = squeeze_backward, .value_text = "reshape(self)", .vjp_text = TEXTS ("reshape(g)"), .sentence = N_ ("Drops dimensions of size 1."), SAMPLES ({ "rand(2, 1)" })
};
static void
squeeze_dim_forward (BsOpContext *ctx)
{
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, 0), X_->n_dims);
  if (dim >= 0)
    drop_ones (ctx, dim);
}
BS_OP (squeeze_dim)
  .name = "squeeze.dim", .symbol = "squeeze", .signature = "squeeze(Tensor self, int dim)", .backward_name = "SqueezeBackward1", .flags = VIEW | BS_IN_TORCH | BS_IN_INPLACE,
  .forward = squeeze_dim_forward, .backward = squeeze_backward, .value_text = "reshape(self)", .vjp_text = TEXTS ("reshape(g)"), .sentence = N_ ("Drops a dimension of size 1."), SAMPLES ({ "rand(2, 1), 1" })
};
