/* SPDX-License-Identifier: MIT */

/* Matrix products through OpenBLAS, which is loaded at the first product that is worth it, with one thread and the kernels
 * the processor can run. Small ones are done by hand. Row-major throughout. */

#pragma once

#include "engine.h"

G_BEGIN_DECLS

/* c = alpha op(a) op(b) + beta c; op(a) is m x k, op(b) k x n, lda ... are row lengths in memory. float32 or float64. */
void bs_gemm (BsDtype dtype, gboolean transpose_a, gboolean transpose_b, gint64 m, gint64 n, gint64 k, double alpha,
              const void *a, gint64 lda, const void *b, gint64 ldb, double beta, void *c, gint64 ldc);

/* @y = @a @x, or its transpose with @x, for rows of @columns floats @lda apart; FALSE when there is no BLAS. */
gboolean bs_gemv_f32 (gboolean transposed, gint64 rows, gint64 columns, const float *a, gint64 lda, const float *x, float *y);

/* The sum of the products of @n elements, as BLAS adds them; FALSE when there is none. float32 or float64. */
gboolean bs_dot (BsDtype dtype, gint64 n, const void *x, gint64 x_stride, const void *y, gint64 y_stride, void *out);

G_END_DECLS
