/* SPDX-License-Identifier: MIT */

/* Matrix products. Transposes are only flags for the kernel: the backwards copy nothing. */

#include "blas.h"
#include "formula.h"

#include <string.h>

#define X_ ctx->inputs[0]
#define Y_ ctx->inputs[1]
#define FLAGS (BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT)

typedef struct {
  BsTensor *tensor;
  gboolean transposed;
  gint64 ld;
} Matrix;

/* A matrix whose rows or columns lie densely is used as it is. */
static gboolean
as_matrix (BsOpContext *ctx, BsTensor *t, Matrix *out)
{
  gint64 rows = t->shape[t->n_dims - 2], columns = t->shape[t->n_dims - 1];
  gint64 sr = bs_strides (t)[t->n_dims - 2], sc = bs_strides (t)[t->n_dims - 1];
  if ((sc == 1 || columns == 1) && (sr >= columns || rows == 1))
    *out = (Matrix){ t, FALSE, MAX (sr, columns) };
  else if ((sr == 1 || rows == 1) && (sc >= rows || columns == 1))
    *out = (Matrix){ t, TRUE, MAX (sc, rows) };
  else
    *out = (Matrix){ bs_contiguous (ctx, t), FALSE, columns };
  return out->tensor != NULL;
}

static gboolean
same_dtype (BsOpContext *ctx, BsTensor *a, BsTensor *b)
{
  if (a->dtype == b->dtype)
    return TRUE;
  bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "expected scalar type %s but found %s", bs_dtype_scalar_name (a->dtype), bs_dtype_scalar_name (b->dtype));
  return FALSE;
}

static gboolean
is_real (BsDtype dtype)
{
  return dtype == BS_FLOAT32 || dtype == BS_FLOAT64;
}

/* out (m x n) = a (m x k) b (k x n), for one matrix of each, at the given element offsets */
static void
multiply_into (BsTensor *out, gint64 at, const Matrix *a, gint64 a_at, const Matrix *b, gint64 b_at, gint64 m, gint64 n, gint64 k)
{
  gsize size = bs_dtype_size (out->dtype);
  guint8 *c = (guint8 *) bs_data (out) + at * size;
  const guint8 *x = (guint8 *) bs_data (a->tensor) + a_at * size, *y = (guint8 *) bs_data (b->tensor) + b_at * size;
  if (is_real (out->dtype)) {
    bs_gemm (out->dtype, a->transposed, b->transposed, m, n, k, 1, x, a->ld, y, b->ld, 0, c, n);
    return;
  }
  for (gint64 i = 0; i < m; i++)
    for (gint64 j = 0; j < n; j++) {
      gint64 sum = 0;
      for (gint64 l = 0; l < k; l++)
        sum += bs_load_integer (out->dtype, x, a->transposed ? l * a->ld + i : i * a->ld + l) * bs_load_integer (out->dtype, y, b->transposed ? j * b->ld + l : l * b->ld + j);
      bs_store_integer (out->dtype, c, i * n + j, sum);
    }
}

static BsTensor *
half_as_float (BsOpContext *ctx, const BsOp *op)
{
  BsTensor *inputs[] = { bs_cast (ctx, X_, BS_FLOAT32), bs_cast (ctx, Y_, BS_FLOAT32) };
  return inputs[0] && inputs[1] ? bs_cast (ctx, bs_do (ctx, op, 2, inputs, 0, NULL), BS_FLOAT16) : NULL;
}

/* The gradient of a factor that lies column by column is made to lie so too, as in PyTorch: a weight's gradient comes to
 * it without being copied. The forward leaves a note for each factor, since the backward may not have it. */
static guint8
layout_notes (const BsTensor *a, const BsTensor *b)
{
  return (bs_strides (a)[0] == 1 && bs_strides (a)[1] == a->shape[0]) | (bs_strides (b)[0] == 1 && bs_strides (b)[1] == b->shape[0]) << 1;
}

static BsTensor *
first_factor_gradient (BsOpContext *ctx, BsTensor *g, BsTensor *second)
{
  return bs_notes (ctx) & 1 ? B1 (t, B2 (mm, second, B1 (t, g))) : B2 (mm, g, B1 (t, second));
}

static BsTensor *
second_factor_gradient (BsOpContext *ctx, BsTensor *g, BsTensor *first)
{
  return bs_notes (ctx) & 2 ? B1 (t, B2 (mm, B1 (t, g), first)) : B2 (mm, B1 (t, first), g);
}

/* --- mm ------------------------------------------------------------------------------------------------------------------------ */

static void
mm_forward (BsOpContext *ctx)
{
  Matrix a, b;
  if (X_->n_dims != 2 || Y_->n_dims != 2) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, X_->n_dims != 2 ? "self must be a matrix" : "mat2 must be a matrix");
    return;
  }
  if (X_->shape[1] != Y_->shape[0]) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "mat1 and mat2 shapes cannot be multiplied (%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT " and %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT ")",
             X_->shape[0], X_->shape[1], Y_->shape[0], Y_->shape[1]);
    return;
  }
  if (!same_dtype (ctx, X_, Y_))
    return;
  if (X_->dtype == BS_FLOAT16) {
    bs_ctx_return (ctx, half_as_float (ctx, &bs_op_mm));
    return;
  }
  gint64 shape[] = { X_->shape[0], Y_->shape[1] };
  BsTensor *out = bs_ctx_fresh (ctx, X_->dtype, 2, shape);
  if (out == NULL || !as_matrix (ctx, X_, &a) || !as_matrix (ctx, Y_, &b))
    return;
  if (X_->shape[1] == 0)
    bs_fill_data (out, 0);
  else
    multiply_into (out, 0, &a, 0, &b, 0, shape[0], shape[1], X_->shape[1]);
  ctx->notes = layout_notes (X_, Y_);
  bs_ctx_return (ctx, out);
}
static void
mm_backward (BsOpContext *ctx)
{
  GIVE (0, first_factor_gradient (ctx, G, Y_));
  GIVE (1, second_factor_gradient (ctx, G, X_));
}
BS_OP (mm)
  .name = "mm", .symbol = "matmul", .signature = "mm(Tensor self, Tensor mat2)", .backward_name = "MmBackward0", .flags = FLAGS,
  .forward = mm_forward, .backward = mm_backward, .saves_inputs = 3, .saved_for = { 2, 1 }, .saves_why = N_ ("each factor, transposed, carries the gradient to the other"),
  .value_text = "self @ mat2", .derivative_text = TEXTS ("mat2ᵀ", "selfᵀ"), .vjp_text = TEXTS ("g @ mat2ᵀ", "selfᵀ @ g"),
  .sentence = N_ ("Multiplies two matrices: each row of the first with each column of the second."), SAMPLES ({ "rand(2, 3), rand(3, 4)" })
};

/* --- mv, dot --------------------------------------------------------------------------------------------------------------------- */

static BsTensor *
column (BsOpContext *ctx, BsTensor *v)
{
  return bs_unsqueezed (ctx, v, 1);
}
/* PyTorch asks BLAS for a matrix times a vector, whose sums run in another order than those of two matrices. */
static gboolean
by_gemv (BsOpContext *ctx)
{
  const gint64 *st = bs_strides (X_);
  gboolean transposed = st[1] != 1 && st[0] == 1;
  BsTensor *a = transposed || (st[1] == 1 && st[0] >= X_->shape[1]) ? X_ : bs_contiguous (ctx, X_), *x = bs_contiguous (ctx, Y_), *y;
  if (a == NULL || x == NULL || X_->numel == 0 || (y = bs_ctx_fresh (ctx, BS_FLOAT32, 1, X_->shape)) == NULL)
    return FALSE;
  st = bs_strides (a);
  if (transposed ? !bs_gemv_f32 (TRUE, a->shape[1], a->shape[0], bs_data (a), st[1], bs_data (x), bs_data (y))
                 : !bs_gemv_f32 (FALSE, a->shape[0], a->shape[1], bs_data (a), st[0], bs_data (x), bs_data (y)))
    return FALSE;
  bs_ctx_return (ctx, y);
  return TRUE;
}
static void
mv_forward (BsOpContext *ctx)
{
  if (X_->n_dims != 2 || Y_->n_dims != 1) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "vector + matrix @ vector expected, got 1, %u, %u", X_->n_dims, Y_->n_dims);
    return;
  }
  if (X_->shape[1] != Y_->shape[0]) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "size mismatch, got %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, X_->shape[0], X_->shape[0], X_->shape[1], Y_->shape[0]);
    return;
  }
  if (X_->dtype == BS_FLOAT32 && Y_->dtype == BS_FLOAT32 && by_gemv (ctx))
    return;
  BsTensor *product = B2 (mm, X_, column (ctx, Y_));
  bs_ctx_return (ctx, product != NULL ? bs_reshaped (ctx, product, 1, product->shape) : NULL);
}
static void
mv_backward (BsOpContext *ctx)
{
  GIVE (0, B2 (mul, column (ctx, G), Y_));
  GIVE (1, B2 (mv, B1 (t, X_), G));
}
BS_OP (mv)
  .name = "mv", .symbol = "matmul", .signature = "mv(Tensor self, Tensor vec)", .backward_name = "MvBackward0", .flags = FLAGS,
  .forward = mv_forward, .backward = mv_backward, .saves_inputs = 3, .saved_for = { 2, 1 }, .saves_why = N_ ("each factor carries the gradient to the other"),
  .value_text = "self @ vec", .derivative_text = TEXTS ("vecᵀ", "selfᵀ"), .vjp_text = TEXTS ("g ⊗ vec", "selfᵀ @ g"),
  .sentence = N_ ("Multiplies a matrix and a vector."), SAMPLES ({ "rand(2, 3), rand(3)" })
};
static void
dot_forward (BsOpContext *ctx)
{
  if (X_->n_dims != 1 || Y_->n_dims != 1)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "1D tensors expected, but got %uD and %uD tensors", X_->n_dims, Y_->n_dims);
  else if (X_->dtype != Y_->dtype)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "dot : expected both vectors to have same dtype, but found %s and %s", bs_dtype_scalar_name (X_->dtype), bs_dtype_scalar_name (Y_->dtype));
  else if (X_->numel != Y_->numel)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "inconsistent tensor size, expected tensor [%" G_GINT64_FORMAT "] and src [%" G_GINT64_FORMAT "] to have the same number of elements, but got %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " elements respectively", X_->numel, Y_->numel, X_->numel, Y_->numel);
  else {
    BsTensor *sum = is_real (X_->dtype) ? bs_ctx_fresh (ctx, X_->dtype, 0, NULL) : NULL;
    gint64 n = X_->numel, sx = n == 1 ? 1 : bs_strides (X_)[0], sy = n == 1 ? 1 : bs_strides (Y_)[0];
    if (sum != NULL && bs_dot (X_->dtype, n, bs_data (X_), sx, bs_data (Y_), sy, bs_data (sum)))
      bs_ctx_return (ctx, sum);
    else
      bs_ctx_return (ctx, B1 (sum, B2 (mul, X_, Y_)));
  }
}
static void
dot_backward (BsOpContext *ctx)
{
  GIVE (0, B2 (mul, G, Y_));
  GIVE (1, B2 (mul, G, X_));
}
BS_OP (dot)
  .name = "dot", .symbol = "·", .signature = "dot(Tensor self, Tensor tensor)", .backward_name = "DotBackward0", .flags = FLAGS,
  .forward = dot_forward, .backward = dot_backward, .saves_inputs = 3, .saved_for = { 2, 1 }, .saves_why = N_ ("each factor is the other's derivative"),
  .value_text = "sum(self * tensor)", .derivative_text = TEXTS ("tensor", "self"), .vjp_text = TEXTS ("g * tensor", "g * self"),
  .sentence = N_ ("Adds up the products of the elements."), SAMPLES ({ "rand(3), rand(3)" })
};
BS_OP (vdot) .name = "vdot", .symbol = "·", .signature = "vdot(Tensor self, Tensor other)", .backward_name = "VdotBackward0", .flags = FLAGS, .forward = dot_forward, .backward = dot_backward, .saves_inputs = 3, .sentence = N_ ("Adds up the products of the elements."), SAMPLES ({ "rand(3), rand(3)" }), .saves_why = N_ ("each factor carries the gradient to the other") };
static void outer_forward (BsOpContext *ctx) { bs_ctx_return (ctx, B2 (mul, column (ctx, X_), Y_)); }
BS_OP (outer) .name = "outer", .symbol = "⊗", .signature = "outer(Tensor self, Tensor vec2)", .aliases = "ger", .flags = FLAGS | BS_IS_COMPOSITE, .forward = outer_forward, .sentence = N_ ("Multiplies every element of the first with every one of the second.") };

/* --- bmm --------------------------------------------------------------------------------------------------------------------------- */

static void
bmm_forward (BsOpContext *ctx)
{
  Matrix a, b;
  if (X_->n_dims != 3 || Y_->n_dims != 3) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "batch1 must be a 3D tensor");
    return;
  }
  if (X_->shape[0] != Y_->shape[0] || X_->shape[2] != Y_->shape[1]) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Expected size for first two dimensions of batch2 tensor to be: [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "] but got: [%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT "].", X_->shape[0], X_->shape[2], Y_->shape[0], Y_->shape[1]);
    return;
  }
  if (!same_dtype (ctx, X_, Y_))
    return;
  if (X_->dtype == BS_FLOAT16) {
    bs_ctx_return (ctx, half_as_float (ctx, &bs_op_bmm));
    return;
  }
  gint64 shape[] = { X_->shape[0], X_->shape[1], Y_->shape[2] };
  BsTensor *out = bs_ctx_fresh (ctx, X_->dtype, 3, shape);
  if (out == NULL || !as_matrix (ctx, X_, &a) || !as_matrix (ctx, Y_, &b))
    return;
  if (X_->shape[2] == 0)
    bs_fill_data (out, 0);
  else
    for (gint64 i = 0; i < shape[0]; i++)
      multiply_into (out, i * shape[1] * shape[2], &a, i * bs_strides (a.tensor)[0], &b, i * bs_strides (b.tensor)[0], shape[1], shape[2], X_->shape[2]);
  bs_ctx_return (ctx, out);
}
static void
bmm_backward (BsOpContext *ctx)
{
  GIVE (0, B2 (bmm, G, bs_transposed (ctx, Y_, 1, 2)));
  GIVE (1, B2 (bmm, bs_transposed (ctx, X_, 1, 2), G));
}
BS_OP (bmm)
  .name = "bmm", .symbol = "bmm", .signature = "bmm(Tensor self, Tensor mat2)", .backward_name = "BmmBackward0", .flags = FLAGS,
  .forward = bmm_forward, .backward = bmm_backward, .saves_inputs = 3, .saved_for = { 2, 1 }, .saves_why = N_ ("each factor, transposed, carries the gradient to the other"),
  .value_text = "self @ mat2", .derivative_text = TEXTS ("mat2ᵀ", "selfᵀ"), .vjp_text = TEXTS ("g @ mat2ᵀ", "selfᵀ @ g"),
  .sentence = N_ ("Multiplies matrices pairwise."), SAMPLES ({ "rand(2, 2, 3), rand(2, 3, 2)" })
};

/* --- addmm and its likes --------------------------------------------------------------------------------------------------------------- */

static BsTensor *
blend (BsOpContext *ctx, BsTensor *input, BsTensor *product)
{
  double beta = bs_arg_real (ctx, 0, 1), alpha = bs_arg_real (ctx, 1, 1);
  return B2 (add, beta == 1 ? input : bs_scaled (ctx, input, beta), alpha == 1 ? product : bs_scaled (ctx, product, alpha));
}
static gboolean
may_addmm (BsOpContext *ctx)
{
  BsTensor *a = ctx->inputs[1], *b = ctx->inputs[2];
  if (a->n_dims != 2 || b->n_dims != 2)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "mat%d must be a matrix, got %u-D tensor", a->n_dims != 2 ? 1 : 2, a->n_dims != 2 ? a->n_dims : b->n_dims);
  else if (a->shape[1] != b->shape[0])
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "mat1 and mat2 shapes cannot be multiplied (%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT " and %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT ")",
             a->shape[0], a->shape[1], b->shape[0], b->shape[1]);
  else if (X_->dtype != b->dtype || a->dtype != b->dtype)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s and mat2 must have the same dtype", X_->dtype != b->dtype ? "self" : "mat1");
  return ctx->error == NULL;
}

/* As PyTorch: the first is copied to where the result will be, and the kernel adds the product to it. */
static void
addmm_forward (BsOpContext *ctx)
{
  double beta = bs_arg_real (ctx, 0, 1), alpha = bs_arg_real (ctx, 1, 1);
  Matrix a, b;
  if (!may_addmm (ctx))
    return;
  ctx->notes = layout_notes (ctx->inputs[1], ctx->inputs[2]);
  gint64 shape[] = { ctx->inputs[1]->shape[0], ctx->inputs[2]->shape[1] }, k = ctx->inputs[1]->shape[1];
  BsTensor *first = bs_expanded (ctx, X_, 2, shape), *out;
  if (first == NULL)
    return;
  if (!is_real (X_->dtype) || k == 0) {
    bs_ctx_return (ctx, blend (ctx, first, B2 (mm, ctx->inputs[1], ctx->inputs[2])));
    return;
  }
  out = bs_ctx_fresh (ctx, X_->dtype, 2, shape);
  if (out == NULL || !as_matrix (ctx, ctx->inputs[1], &a) || !as_matrix (ctx, ctx->inputs[2], &b) || (beta != 0 && !bs_copy_data (out, first, &ctx->error)))
    return;
  bs_gemm (out->dtype, a.transposed, b.transposed, shape[0], shape[1], k, alpha, bs_data (a.tensor), a.ld, bs_data (b.tensor), b.ld, beta, bs_data (out), MAX (shape[1], 1));
  bs_ctx_return (ctx, out);
}

#define BLEND_FORWARD(op, product) \
  static void op##_forward (BsOpContext *ctx) { bs_ctx_return (ctx, blend (ctx, X_, product)); }
#define BLEND(op, node, names, g_first, g_second, product, vjp_first, vjp_second, words, ...) \
  static void op##_backward (BsOpContext *ctx) \
  { \
    BsTensor *a = ctx->inputs[1], *b = ctx->inputs[2], *g = bs_arg_real (ctx, 1, 1) == 1 ? G : bs_scaled (ctx, G, bs_arg_real (ctx, 1, 1)); \
    GIVE (0, bs_arg_real (ctx, 0, 1) == 1 ? G : bs_scaled (ctx, G, bs_arg_real (ctx, 0, 1))); \
    GIVE (1, g_first); \
    GIVE (2, g_second); \
  } \
  BS_OP (op) .name = #op, .symbol = #op, .signature = #op "(Tensor self, " names ", *, Scalar beta=1, Scalar alpha=1)", .backward_name = node, \
    .flags = FLAGS | BS_IN_INPLACE, .forward = op##_forward, .backward = op##_backward, .saves_inputs = 6, .saved_for = { 0, 4, 2 }, \
    .saves_why = N_ ("each factor carries the gradient to the other"), .value_text = "beta * self + alpha * (" product ")", \
    .vjp_text = TEXTS ("beta * g", "alpha * (" vjp_first ")", "alpha * (" vjp_second ")"), .sentence = words, SAMPLES (__VA_ARGS__) };
BLEND (addmm, "AddmmBackward0", "Tensor mat1, Tensor mat2", first_factor_gradient (ctx, g, b), second_factor_gradient (ctx, g, a),
       "mat1 @ mat2", "g @ mat2ᵀ", "mat1ᵀ @ g", N_ ("Multiplies two matrices and adds a third."),
       { "rand(2, 4), rand(2, 3), rand(3, 4)" }, { "rand(4), rand(2, 3), rand(3, 4), beta=0.5, alpha=2" })
BLEND_FORWARD (addmv, B2 (mv, ctx->inputs[1], ctx->inputs[2]))
BLEND (addmv, "AddmvBackward0", "Tensor mat, Tensor vec", B2 (mul, column (ctx, g), b), B2 (mv, B1 (t, a), g),
       "mat @ vec", "g ⊗ vec", "matᵀ @ g", N_ ("Multiplies a matrix and a vector and adds another vector."),
       { "rand(2), rand(2, 3), rand(3)" })
BLEND_FORWARD (addr, B2 (mul, column (ctx, ctx->inputs[1]), ctx->inputs[2]))
BLEND (addr, "AddrBackward0", "Tensor vec1, Tensor vec2", B2 (mv, g, b), B2 (mv, B1 (t, g), a),
       "vec1 ⊗ vec2", "g @ vec2", "gᵀ @ vec1", N_ ("Adds the outer product of two vectors."),
       { "rand(2, 3), rand(2), rand(3)" })
BLEND_FORWARD (baddbmm, B2 (bmm, ctx->inputs[1], ctx->inputs[2]))
BLEND (baddbmm, "BaddbmmBackward0", "Tensor batch1, Tensor batch2", B2 (bmm, g, bs_transposed (ctx, b, 1, 2)), B2 (bmm, bs_transposed (ctx, a, 1, 2), g),
       "batch1 @ batch2", "g @ batch2ᵀ", "batch1ᵀ @ g", N_ ("Multiplies matrices pairwise and adds."),
       { "rand(2, 2, 2), rand(2, 2, 3), rand(2, 3, 2)" })

/* --- matmul, linear: composites, as in PyTorch --------------------------------------------------------------------------------------------- */

static BsTensor *
batched_matmul (BsOpContext *ctx, BsTensor *a, BsTensor *b)
{
  gint64 batch[BS_MAX_DIMS], sa[BS_MAX_DIMS], sb[BS_MAX_DIMS], flat_a[3], flat_b[3], out[BS_MAX_DIMS], n = 1;
  guint da = a->n_dims - 2, db = b->n_dims - 2, d = MAX (da, db);
  for (guint i = 0; i < d; i++) {
    gint64 x = i + da >= d ? a->shape[i + da - d] : 1, y = i + db >= d ? b->shape[i + db - d] : 1;
    if (x != y && x != 1 && y != 1) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "The size of tensor a (%" G_GINT64_FORMAT ") must match the size of tensor b (%" G_GINT64_FORMAT ") at non-singleton dimension %u", x, y, i);
      return NULL;
    }
    out[i] = sa[i] = sb[i] = batch[i] = x == 1 ? y : x;
    n *= batch[i];
  }
  flat_a[0] = flat_b[0] = n;
  for (guint i = 0; i < 2; i++)
    sa[d + i] = flat_a[1 + i] = a->shape[da + i], sb[d + i] = flat_b[1 + i] = b->shape[db + i];
  out[d] = flat_a[1], out[d + 1] = flat_b[2];
  BsTensor *product = B2 (bmm, bs_reshaped (ctx, bs_expanded (ctx, a, d + 2, sa), 3, flat_a), bs_reshaped (ctx, bs_expanded (ctx, b, d + 2, sb), 3, flat_b));
  return product != NULL ? BA (unsafe_view, product, BS_INTS (d + 2, out)) : NULL;
}

/* (..., n, k) by a matrix: one product of all rows. */
static BsTensor *
folded_matmul (BsOpContext *ctx, BsTensor *a, BsTensor *b)
{
  gint64 rows = 1, out[BS_MAX_DIMS], shape[2];
  for (guint i = 0; i + 1 < a->n_dims; i++)
    rows *= out[i] = a->shape[i];
  shape[0] = rows, shape[1] = a->shape[a->n_dims - 1];
  BsTensor *flat = bs_reshaped (ctx, a, 2, shape), *product = b->n_dims == 1 ? B2 (mv, flat, b) : B2 (mm, flat, b);
  if (b->n_dims == 2)
    out[a->n_dims - 1] = b->shape[1];
  return product != NULL ? BA (unsafe_view, product, BS_INTS (b->n_dims == 2 ? a->n_dims : a->n_dims - 1, out)) : NULL;
}

static void
matmul_forward (BsOpContext *ctx)
{
  BsTensor *a = X_, *b = Y_;
  if (a->n_dims == 0 || b->n_dims == 0)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "both arguments to matmul need to be at least 1D, but they are %uD and %uD", a->n_dims, b->n_dims);
  else if (a->n_dims == 1 && b->n_dims == 1)
    bs_ctx_return (ctx, B2 (dot, a, b));
  else if (a->n_dims == 2 && b->n_dims == 1)
    bs_ctx_return (ctx, B2 (mv, a, b));
  else if (a->n_dims == 1 && b->n_dims == 2)
    bs_ctx_return (ctx, BA (squeeze_dim, B2 (mm, bs_unsqueezed (ctx, a, 0), b), BS_INT (0)));
  else if (a->n_dims == 2 && b->n_dims == 2)
    bs_ctx_return (ctx, B2 (mm, a, b));
  else if (a->n_dims >= 3 && b->n_dims <= 2)
    bs_ctx_return (ctx, folded_matmul (ctx, a, b));
  else if (a->n_dims == 1)
    bs_ctx_return (ctx, BA (squeeze_dim, batched_matmul (ctx, bs_unsqueezed (ctx, a, 0), b), BS_INT (-2)));
  else
    bs_ctx_return (ctx, batched_matmul (ctx, a, b));
}
BS_OP (matmul)
  .name = "matmul", .symbol = "matmul", .signature = "matmul(Tensor self, Tensor other)", .flags = FLAGS | BS_IS_COMPOSITE, .forward = matmul_forward,
  .sentence = N_ ("Multiplies matrices; further dimensions are broadcast.")
};
static void
linear_forward (BsOpContext *ctx)
{
  BsTensor *x = X_, *w = Y_, *bias = IN (2), *wt = B1 (t, w);
  if (bias != NULL && x->n_dims == 2)
    bs_ctx_return (ctx, B3 (addmm, bias, x, wt));
  else if (bias != NULL && x->n_dims > 2 && (x->flags & BS_TENSOR_CONTIGUOUS)) {
    gint64 out[BS_MAX_DIMS], flat[] = { x->numel / MAX (1, x->shape[x->n_dims - 1]), x->shape[x->n_dims - 1] };
    memcpy (out, x->shape, x->n_dims * sizeof *out);
    out[x->n_dims - 1] = w->shape[0];
    bs_ctx_return (ctx, BA (view, B3 (addmm, bias, BA (view, x, BS_INTS (2, flat)), wt), BS_INTS (x->n_dims, out)));
  } else {
    BsTensor *product = B2 (matmul, x, wt);
    bs_ctx_return (ctx, bias != NULL ? B2 (add, product, bias) : product);
  }
}
BS_OP (linear)
  .name = "linear", .symbol = "linear", .signature = "linear(Tensor input, Tensor weight, Tensor? bias=None)", .flags = BS_IN_FUNCTIONAL | BS_IS_COMPOSITE, .forward = linear_forward,
  .sentence = N_ ("Multiplies by the transposed weight and adds the bias.")
};
