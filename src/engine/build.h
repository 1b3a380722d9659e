/* SPDX-License-Identifier: MIT */

/* Operations inside operations: a backward formula or a composite reads like the mathematics. Every helper takes NULL
 * for an operand that could not be made and returns NULL then; results belong to the context. */

#pragma once

#include "engine-private.h"

G_BEGIN_DECLS

BsTensor *bs_do (BsOpContext *ctx, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
                 const BsArg *args);
gboolean bs_do_multi (BsOpContext *ctx, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
                      const BsArg *args, guint max_outputs, BsTensor **outputs, guint *n_outputs);
BsTensor *bs_number (BsOpContext *ctx, double value);
BsTensor *bs_integer (BsOpContext *ctx, gint64 value);

static inline BsTensor *
bs_do1 (BsOpContext *ctx, const BsOp *op, BsTensor *a)
{
  return a != NULL ? bs_do (ctx, op, 1, &a, 0, NULL) : NULL;
}

static inline BsTensor *
bs_do2 (BsOpContext *ctx, const BsOp *op, BsTensor *a, BsTensor *b)
{
  BsTensor *inputs[] = { a, b };
  return a != NULL && b != NULL ? bs_do (ctx, op, 2, inputs, 0, NULL) : NULL;
}

static inline BsTensor *
bs_do3 (BsOpContext *ctx, const BsOp *op, BsTensor *a, BsTensor *b, BsTensor *c)
{
  BsTensor *inputs[] = { a, b, c };
  return a != NULL && b != NULL && c != NULL ? bs_do (ctx, op, 3, inputs, 0, NULL) : NULL;
}

#define bs_do1a(ctx, op, a, ...) \
  bs_do_args (ctx, op, 1, (BsTensor *[]){ a }, G_N_ELEMENTS (((BsArg[]){ __VA_ARGS__ })), (BsArg[]){ __VA_ARGS__ })
#define bs_do2a(ctx, op, a, b, ...) \
  bs_do_args (ctx, op, 2, (BsTensor *[]){ a, b }, G_N_ELEMENTS (((BsArg[]){ __VA_ARGS__ })), (BsArg[]){ __VA_ARGS__ })
#define bs_do3a(ctx, op, a, b, c, ...) \
  bs_do_args (ctx, op, 3, (BsTensor *[]){ a, b, c }, G_N_ELEMENTS (((BsArg[]){ __VA_ARGS__ })), \
              (BsArg[]){ __VA_ARGS__ })
/* As bs_do(), but NULL when an input is NULL. */
BsTensor *bs_do_args (BsOpContext *ctx, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
                      const BsArg *args);

#define bs_plus(ctx, a, b) bs_do2 (ctx, &bs_op_add, a, b)
#define bs_minus(ctx, a, b) bs_do2 (ctx, &bs_op_sub, a, b)
#define bs_times(ctx, a, b) bs_do2 (ctx, &bs_op_mul, a, b)
#define bs_over(ctx, a, b) bs_do2 (ctx, &bs_op_div, a, b)
#define bs_negative(ctx, a) bs_do1 (ctx, &bs_op_neg, a)
/* By a constant. */
BsTensor *bs_scaled (BsOpContext *ctx, BsTensor *a, double by);
BsTensor *bs_shifted (BsOpContext *ctx, BsTensor *a, double by);
BsTensor *bs_power (BsOpContext *ctx, BsTensor *a, double exponent);
/* condition ? a : b */
BsTensor *bs_choose (BsOpContext *ctx, BsTensor *condition, BsTensor *a, BsTensor *b);
BsTensor *bs_zeros_like (BsOpContext *ctx, BsTensor *a);
BsTensor *bs_full (BsOpContext *ctx, BsDtype dtype, guint n_dims, const gint64 *shape, double value);
BsTensor *bs_contiguous (BsOpContext *ctx, BsTensor *a); /* itself if it is */
BsTensor *bs_cast (BsOpContext *ctx, BsTensor *a, BsDtype dtype);
BsTensor *bs_summed (BsOpContext *ctx, BsTensor *a, guint n_dims, const gint64 *dims, gboolean keepdim);
BsTensor *bs_unsqueezed (BsOpContext *ctx, BsTensor *a, int dim);
BsTensor *bs_expanded (BsOpContext *ctx, BsTensor *a, guint n_dims, const gint64 *shape);
BsTensor *bs_reshaped (BsOpContext *ctx, BsTensor *a, guint n_dims, const gint64 *shape);
BsTensor *bs_transposed (BsOpContext *ctx, BsTensor *a, int dim0, int dim1);
/* Shape of input @i as the graph knows it (backward). Of an input without gradient that was not saved: that of the result. */
const gint64 *bs_shape_of (BsOpContext *ctx, guint input, guint *n_dims);

G_END_DECLS
