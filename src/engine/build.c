/* SPDX-License-Identifier: MIT */

#include "build.h"

#include <string.h>

/* Inside a primitive's forward: without history and without the observer, which apply_raw() has put aside. */
gboolean
bs_do_multi (BsOpContext *ctx, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
             const BsArg *args, guint max_outputs, BsTensor **outputs, guint *n_outputs)
{
  if (ctx->error != NULL)
    return FALSE;
  if (!bs_apply_multi (op, n_inputs, inputs, n_args, args, max_outputs, outputs, n_outputs, &ctx->error))
    return FALSE;
  for (guint i = 0; i < *n_outputs; i++)
    bs_ctx_own (ctx, outputs[i]);
  return TRUE;
}

BsTensor *
bs_do (BsOpContext *ctx, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args, const BsArg *args)
{
  if (G_UNLIKELY (ctx->error != NULL))
    return NULL;
  return bs_ctx_own (ctx, bs_apply (op, n_inputs, inputs, n_args, args, &ctx->error));
}

BsTensor *
bs_do_args (BsOpContext *ctx, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
            const BsArg *args)
{
  for (guint i = 0; i < n_inputs; i++)
    if (inputs[i] == NULL)
      return NULL;
  return bs_do (ctx, op, n_inputs, inputs, n_args, args);
}

BsTensor *
bs_number (BsOpContext *ctx, double value)
{
  BsTensor *number = bs_tensor_new_number (value, BS_FLOAT64);
  if (number == NULL)
    bs_fail (ctx, BS_ENGINE_ERROR_MEMORY, "out of memory");
  return bs_ctx_own (ctx, number);
}

BsTensor *
bs_integer (BsOpContext *ctx, gint64 value)
{
  BsTensor *number = bs_tensor_new_integer (value);
  if (number == NULL)
    bs_fail (ctx, BS_ENGINE_ERROR_MEMORY, "out of memory");
  return bs_ctx_own (ctx, number);
}

BsTensor *
bs_scaled (BsOpContext *ctx, BsTensor *a, double by)
{
  return a != NULL ? bs_times (ctx, a, bs_number (ctx, by)) : NULL;
}

BsTensor *
bs_shifted (BsOpContext *ctx, BsTensor *a, double by)
{
  return a != NULL ? bs_plus (ctx, a, bs_number (ctx, by)) : NULL;
}

BsTensor *
bs_power (BsOpContext *ctx, BsTensor *a, double exponent)
{
  return bs_do1a (ctx, &bs_op_pow, a, BS_REAL (exponent));
}

BsTensor *
bs_choose (BsOpContext *ctx, BsTensor *condition, BsTensor *a, BsTensor *b)
{
  return bs_do3 (ctx, &bs_op_where, condition, a, b);
}

BsTensor *
bs_full (BsOpContext *ctx, BsDtype dtype, guint n_dims, const gint64 *shape, double value)
{
  if (ctx->error != NULL)
    return NULL;
  return bs_ctx_own (ctx, bs_tensor_new_full (dtype, n_dims, shape, value, &ctx->error));
}

BsTensor *
bs_zeros_like (BsOpContext *ctx, BsTensor *a)
{
  return a != NULL ? bs_full (ctx, a->dtype, a->n_dims, a->shape, 0) : NULL;
}

BsTensor *
bs_contiguous (BsOpContext *ctx, BsTensor *a)
{
  if (a == NULL || (a->flags & BS_TENSOR_CONTIGUOUS))
    return a;
  return bs_do1a (ctx, &bs_op_clone, a, BS_BOOLEAN (TRUE));
}

BsTensor *
bs_cast (BsOpContext *ctx, BsTensor *a, BsDtype dtype)
{
  if (a == NULL || a->dtype == dtype)
    return a;
  return bs_do1a (ctx, &bs_op_to, a, BS_DTYPE (dtype));
}

BsTensor *
bs_summed (BsOpContext *ctx, BsTensor *a, guint n_dims, const gint64 *dims, gboolean keepdim)
{
  return bs_do1a (ctx, &bs_op_sum_dim, a, BS_INTS (n_dims, dims), BS_BOOLEAN (keepdim));
}

BsTensor *
bs_unsqueezed (BsOpContext *ctx, BsTensor *a, int dim)
{
  return bs_do1a (ctx, &bs_op_unsqueeze, a, BS_INT (dim));
}

BsTensor *
bs_expanded (BsOpContext *ctx, BsTensor *a, guint n_dims, const gint64 *shape)
{
  return bs_do1a (ctx, &bs_op_expand, a, BS_INTS (n_dims, shape));
}

BsTensor *
bs_reshaped (BsOpContext *ctx, BsTensor *a, guint n_dims, const gint64 *shape)
{
  return bs_do1a (ctx, &bs_op_reshape, a, BS_INTS (n_dims, shape));
}

BsTensor *
bs_transposed (BsOpContext *ctx, BsTensor *a, int dim0, int dim1)
{
  return bs_do1a (ctx, &bs_op_transpose, a, BS_INT (dim0), BS_INT (dim1));
}

const gint64 *
bs_shape_of (BsOpContext *ctx, guint input, guint *n_dims)
{
  const gint64 *shape;
  BsDtype dtype;
  const BsTensor *known = input < ctx->n_inputs && ctx->inputs[input] != NULL ? ctx->inputs[input] : ctx->upstream[0];
  if (ctx->node->edges[input].node == NULL) { /* it needs no gradient: the graph does not know it */
    *n_dims = known->n_dims;
    return known->shape;
  }
  bs_node_input_shape (ctx->node, input, n_dims, &shape, &dtype);
  return shape;
}
