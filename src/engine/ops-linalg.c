/* SPDX-License-Identifier: MIT */

/* Inverse, determinant, linear systems and the Cholesky factor, of matrices in the last two dimensions. Computed in double
 * by elimination with partial pivoting (Golub and Van Loan, 3.4); matrices of courses are small. */

#include "formula.h"

#include <math.h>
#include <string.h>

#define X_ ctx->inputs[0]

typedef struct {
  gint64 n, count; /* order, and how many */
} Square;

static gboolean
square_of (BsOpContext *ctx, const BsTensor *x, const char *name, Square *s)
{
  if (x->n_dims < 2) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s: The input tensor A must have at least 2 dimensions.", name);
    return FALSE;
  }
  if (x->shape[x->n_dims - 1] != x->shape[x->n_dims - 2]) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s: A must be batches of square matrices, but they are %" G_GINT64_FORMAT " by %" G_GINT64_FORMAT " matrices", name, x->shape[x->n_dims - 2], x->shape[x->n_dims - 1]);
    return FALSE;
  }
  if (!bs_dtype_is_floating (x->dtype)) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s: Expected a floating point or complex tensor as input. Got %s", name, bs_dtype_scalar_name (x->dtype));
    return FALSE;
  }
  s->n = x->shape[x->n_dims - 1];
  s->count = s->n > 0 ? x->numel / (s->n * s->n) : 0;
  return TRUE;
}

static double *
load_matrix (BsTensor *x, gint64 which, gint64 size)
{
  double *a = g_new (double, MAX (1, size));
  for (gint64 i = 0; i < size; i++)
    a[i] = bs_load (x->dtype, bs_data (x), which * size + i);
  return a;
}

/* @a (n by n) becomes its factors L and U, @rows tells where each row went; the sign of the permutation, 0 if singular:
 * then *@at is the place of the zero on the diagonal, from 1. */
static int
factor (double *a, gint64 n, gint64 *rows, gint64 *at)
{
  int sign = 1;
  gboolean singular = FALSE;
  for (gint64 i = 0; i < n; i++)
    rows[i] = i;
  for (gint64 k = 0; k < n; k++) {
    gint64 best = k;
    for (gint64 i = k + 1; i < n; i++)
      if (fabs (a[i * n + k]) > fabs (a[best * n + k]))
        best = i;
    if (best != k) {
      gint64 row = rows[k];
      rows[k] = rows[best], rows[best] = row;
      sign = -sign;
      for (gint64 j = 0; j < n; j++) {
        double v = a[k * n + j];
        a[k * n + j] = a[best * n + j], a[best * n + j] = v;
      }
    }
    if (a[k * n + k] == 0) {
      if (!singular && at != NULL)
        *at = k + 1;
      singular = TRUE;
      continue;
    }
    for (gint64 i = k + 1; i < n; i++) {
      double f = a[i * n + k] /= a[k * n + k];
      for (gint64 j = k + 1; j < n; j++)
        a[i * n + j] -= f * a[k * n + j];
    }
  }
  return singular ? 0 : sign;
}

/* Solves for @m columns of @b (n by m, row-major), in place of @x. */
static void
substitute (const double *lu, gint64 n, const gint64 *rows, const double *b, double *x, gint64 m)
{
  for (gint64 c = 0; c < m; c++) {
    for (gint64 i = 0; i < n; i++) {
      double v = b[rows[i] * m + c];
      for (gint64 j = 0; j < i; j++)
        v -= lu[i * n + j] * x[j * m + c];
      x[i * m + c] = v;
    }
    for (gint64 i = n - 1; i >= 0; i--) {
      double v = x[i * m + c];
      for (gint64 j = i + 1; j < n; j++)
        v -= lu[i * n + j] * x[j * m + c];
      x[i * m + c] = v / lu[i * n + i];
    }
  }
}

static BsTensor *
transposed (BsOpContext *ctx, BsTensor *x)
{
  return x ? bs_transposed (ctx, x, (int) x->n_dims - 2, (int) x->n_dims - 1) : NULL;
}

static gboolean
solve_into (BsOpContext *ctx, BsTensor *a, gint64 which, gint64 n, BsTensor *b, BsTensor *out, gint64 m, const char *name)
{
  g_autofree double *lu = load_matrix (a, which, n * n), *right = b ? load_matrix (b, which, n * m) : g_new0 (double, MAX (1, n * m)), *x = g_new (double, MAX (1, n * m));
  g_autofree gint64 *rows = g_new (gint64, MAX (1, n));
  gint64 at = 0;
  for (gint64 i = 0; b == NULL && i < n; i++)
    right[i * n + i] = 1;
  if (factor (lu, n, rows, &at) == 0) {
    if (b == NULL)
      bs_fail (ctx, BS_ENGINE_ERROR_LINALG, "%s: The diagonal element %" G_GINT64_FORMAT " is zero, the inversion could not be completed because the input matrix is singular.", name, at);
    else
      bs_fail (ctx, BS_ENGINE_ERROR_LINALG, "torch.linalg.solve: The solver failed because the input matrix is singular.");
    return FALSE;
  }
  substitute (lu, n, rows, right, x, m);
  for (gint64 i = 0; i < n * m; i++)
    bs_store (out->dtype, bs_data (out), which * n * m + i, x[i]);
  return TRUE;
}

static void
inverse_forward (BsOpContext *ctx)
{
  Square s;
  BsTensor *a, *out;
  if (!square_of (ctx, X_, "linalg.inv", &s) || (a = bs_contiguous (ctx, X_)) == NULL || (out = bs_ctx_fresh (ctx, a->dtype, a->n_dims, a->shape)) == NULL)
    return;
  for (gint64 k = 0; k < s.count; k++)
    if (!solve_into (ctx, a, k, s.n, NULL, out, s.n, "linalg.inv"))
      return;
  bs_ctx_return (ctx, out);
}
static void
inverse_backward (BsOpContext *ctx)
{
  BsTensor *yt = transposed (ctx, ctx->outputs[0]);
  GIVE (0, B1 (neg, B2 (matmul, B2 (matmul, yt, G), yt)));
}
BS_OP (inverse)
  .name = "inverse", .symbol = "A⁻¹", .signature = "inverse(Tensor self)", .backward_name = "LinalgInvExBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR, .forward = inverse_forward, .backward = inverse_backward,
  .saves_outputs = 1, .saves_why = N_ ("the result: the slope is a function of it"), .sentence = N_ ("Takes the inverse of a matrix."), SAMPLES ({ "rand(3, 3) + 2 * tensor([[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]).double()" }, { "rand(2, 2, 2) + 2 * tensor([[1., 0.], [0., 1.]]).double()" })
};

static void
det_forward (BsOpContext *ctx)
{
  Square s;
  BsTensor *a, *out;
  if (!square_of (ctx, X_, "linalg.det", &s) || (a = bs_contiguous (ctx, X_)) == NULL || (out = bs_ctx_fresh (ctx, a->dtype, a->n_dims - 2, a->shape)) == NULL)
    return;
  for (gint64 k = 0; k < out->numel; k++) {
    g_autofree double *lu = load_matrix (a, k, s.n * s.n);
    g_autofree gint64 *rows = g_new (gint64, MAX (1, s.n));
    double value = factor (lu, s.n, rows, NULL);
    for (gint64 i = 0; i < s.n; i++)
      value *= lu[i * s.n + i];
    bs_store (out->dtype, bs_data (out), k, value);
  }
  bs_ctx_return (ctx, out);
}
static void
det_backward (BsOpContext *ctx)
{
  BsTensor *scale = bs_unsqueezed (ctx, bs_unsqueezed (ctx, B2 (mul, G, ctx->outputs[0]), -1), -1);
  GIVE (0, B2 (mul, scale, transposed (ctx, B1 (inverse, X_))));
}
BS_OP (det)
  .name = "det", .symbol = "det", .signature = "det(Tensor self)", .backward_name = "LinalgDetBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_LINALG, .forward = det_forward, .backward = det_backward,
  .saves_inputs = 1, .saves_outputs = 1, .saves_why = N_ ("matrix and determinant: the slope is made of the inverse"), .sentence = N_ ("Takes the determinant of a matrix."), SAMPLES ({ "rand(3, 3) + 2 * tensor([[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]).double()" })
};

/* B may be a vector, or matrices as many as A. */
static void
solve_forward (BsOpContext *ctx)
{
  Square s;
  BsTensor *b = ctx->inputs[1], *a, *out;
  gboolean vector = b->n_dims == 1 || b->n_dims + 1 == X_->n_dims;
  gint64 shape[BS_MAX_DIMS], m;
  if (!square_of (ctx, X_, "linalg.solve", &s) || (a = bs_contiguous (ctx, X_)) == NULL)
    return;
  m = vector ? 1 : b->shape[b->n_dims - 1];
  if (b->shape[b->n_dims - (vector ? 1 : 2)] != s.n) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "linalg.solve: Incompatible shapes of A and B for the equation AX = B (%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT " and %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT ")", s.n, s.n, b->shape[b->n_dims - (vector ? 1 : 2)], m);
    return;
  }
  memcpy (shape, a->shape, a->n_dims * sizeof *shape);
  shape[a->n_dims - 1] = m;
  if (b->n_dims != a->n_dims - vector)
    b = bs_expanded (ctx, b, a->n_dims - vector, shape);
  b = bs_contiguous (ctx, b);
  out = b ? bs_ctx_fresh (ctx, a->dtype, a->n_dims - vector, shape) : NULL;
  for (gint64 k = 0; out != NULL && k < s.count; k++)
    if (!solve_into (ctx, a, k, s.n, b, out, m, "linalg.solve"))
      return;
  bs_ctx_return (ctx, out);
}
static void
solve_backward (BsOpContext *ctx)
{
  BsTensor *x = ctx->outputs[0], *at = transposed (ctx, X_);
  gboolean vector = x->n_dims + 1 == X_->n_dims;
  BsTensor *gb = B2 (solve, at, G);
  GIVE (1, gb);
  if (bs_wants (ctx, 0)) {
    BsTensor *column = vector && gb ? bs_unsqueezed (ctx, gb, -1) : gb, *row = vector ? bs_unsqueezed (ctx, x, -2) : transposed (ctx, x);
    bs_ctx_give (ctx, 0, B1 (neg, B2 (matmul, column, row)));
  }
}
BS_OP (solve)
  .name = "solve", .symbol = "A⁻¹ b", .signature = "solve(Tensor A, Tensor B)", .backward_name = "LinalgSolveExBackward0", .flags = BS_IN_LINALG, .forward = solve_forward, .backward = solve_backward,
  .saves_inputs = 1, .saves_outputs = 1, .saves_why = N_ ("matrix and solution: both stand in the slopes"), .sentence = N_ ("Solves a system of linear equations."),
  SAMPLES ({ "rand(3, 3) + 2 * tensor([[1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]).double(), rand(3)" }, { "rand(2, 2) + 2 * tensor([[1., 0.], [0., 1.]]).double(), rand(2, 3)" })
};

static void
cholesky_forward (BsOpContext *ctx)
{
  Square s;
  BsTensor *a, *out;
  if (!square_of (ctx, X_, "linalg.cholesky", &s) || (a = bs_contiguous (ctx, X_)) == NULL || (out = bs_ctx_fresh (ctx, a->dtype, a->n_dims, a->shape)) == NULL)
    return;
  for (gint64 k = 0; k < s.count; k++) {
    g_autofree double *l = load_matrix (a, k, s.n * s.n);
    for (gint64 i = 0; i < s.n; i++)
      for (gint64 j = 0; j < s.n; j++) {
        double v = l[i * s.n + j];
        for (gint64 t = 0; t < MIN (i, j); t++)
          v -= l[i * s.n + t] * l[j * s.n + t];
        if (i == j && !(v > 0)) {
          bs_fail (ctx, BS_ENGINE_ERROR_LINALG, "linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order %" G_GINT64_FORMAT " is not positive-definite).", i + 1);
          return;
        }
        l[i * s.n + j] = j > i ? 0 : i == j ? sqrt (v) : v / l[j * s.n + j];
      }
    for (gint64 i = 0; i < s.n * s.n; i++)
      bs_store (out->dtype, bs_data (out), k * s.n * s.n + i, l[i]);
  }
  bs_ctx_return (ctx, out);
}
/* Iain Murray, Differentiation of the Cholesky decomposition (2016): L^-T phi(L^T G) L^-1, made symmetric. */
static void
cholesky_backward (BsOpContext *ctx)
{
  BsTensor *l = ctx->outputs[0], *inverse = B1 (inverse, l), *p = B2 (matmul, transposed (ctx, l), G);
  BsTensor *low = p ? B2 (add, BA (tril, p, BS_INT (-1)), transposed (ctx, BA (tril, p, BS_INT (0)))) : NULL;
  /* tril(p) + tril(p, -1)^T halves: phi(p) + phi(p)^T = tril(p, -1) + its transpose + the diagonal. */
  GIVE (0, bs_scaled (ctx, B2 (matmul, B2 (matmul, transposed (ctx, inverse), low), inverse), 0.5));
}
BS_OP (cholesky)
  .name = "cholesky", .symbol = "L", .signature = "cholesky(Tensor self)", .backward_name = "LinalgCholeskyExBackward0", .flags = BS_IN_LINALG | BS_IN_TORCH | BS_IN_TENSOR, .forward = cholesky_forward, .backward = cholesky_backward,
  .saves_outputs = 1, .saves_why = N_ ("the result: the slope is a function of it"), .sentence = N_ ("Takes the lower triangle whose square is the matrix.")
};
