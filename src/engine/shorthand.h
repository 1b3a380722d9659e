/* SPDX-License-Identifier: MIT */

/* For programs in C: operations by name, so that a formula reads like one.
 *
 *   g_autoptr (BsTensor) product = bs_mul (w, x, &error), *y = ...
 *
 * Each returns a new tensor, to be released by the caller; NULL with @error set when it fails, and NULL without a further
 * word when an operand is NULL, so that a chain is checked once, at its end. What is not here goes through bs_apply():
 *
 *   BsTensor *columns = bs_apply (&bs_op_sum_dim, 1, &x, 1, (BsArg[]){ BS_INT (0) }, &error); */

#pragma once

#include "ops.h"

G_BEGIN_DECLS

#define BS_SHORT1(name) \
  static inline BsTensor *bs_##name (BsTensor *x, GError **error) \
  { \
    return x != NULL ? bs_apply (&bs_op_##name, 1, &x, 0, NULL, error) : NULL; \
  }
#define BS_SHORT2(name) \
  static inline BsTensor *bs_##name (BsTensor *x, BsTensor *y, GError **error) \
  { \
    return x != NULL && y != NULL ? bs_apply (&bs_op_##name, 2, (BsTensor *[]){ x, y }, 0, NULL, error) : NULL; \
  }

BS_SHORT1 (neg) BS_SHORT1 (exp) BS_SHORT1 (log) BS_SHORT1 (sqrt) BS_SHORT1 (sin) BS_SHORT1 (cos) BS_SHORT1 (tanh)
BS_SHORT1 (sigmoid) BS_SHORT1 (relu) BS_SHORT1 (abs) BS_SHORT1 (square) BS_SHORT1 (sum) BS_SHORT1 (mean) BS_SHORT1 (t)
BS_SHORT1 (clone)
BS_SHORT2 (add) BS_SHORT2 (sub) BS_SHORT2 (mul) BS_SHORT2 (div) BS_SHORT2 (matmul) BS_SHORT2 (dot)
BS_SHORT2 (maximum) BS_SHORT2 (minimum) BS_SHORT2 (mse_loss)

#undef BS_SHORT1
#undef BS_SHORT2

static inline BsTensor *
bs_pow (BsTensor *x, double exponent, GError **error)
{
  return x != NULL ? bs_apply (&bs_op_pow, 1, &x, 1, (BsArg[]){ BS_REAL (exponent) }, error) : NULL;
}

/* x * factor, with a number. */
static inline BsTensor *
bs_scale (BsTensor *x, double factor, GError **error)
{
  g_autoptr (BsTensor) number = bs_tensor_new_number (factor, BS_FLOAT64);
  return number != NULL ? bs_mul (x, number, error) : NULL;
}

/* x (n, in) times weight (out, in) transposed, plus bias (out), which may be NULL. */
static inline BsTensor *
bs_linear (BsTensor *x, BsTensor *weight, BsTensor *bias, GError **error)
{
  return x != NULL && weight != NULL ? bs_apply (&bs_op_linear, 3, (BsTensor *[]){ x, weight, bias }, 0, NULL, error) : NULL;
}

/* Mean over the rows of logits (n, classes); labels are (n) of int64. */
static inline BsTensor *
bs_cross_entropy (BsTensor *logits, BsTensor *labels, GError **error)
{
  return logits != NULL && labels != NULL
           ? bs_apply (&bs_op_cross_entropy, 3, (BsTensor *[]){ logits, labels, NULL }, 0, NULL, error)
           : NULL;
}

/* One step of gradient descent: @parameter -= @rate * its gradient, which is then cleared. No graph is recorded. */
static inline gboolean
bs_descend (BsTensor *parameter, double rate, GError **error)
{
  BsTensor *grad = bs_tensor_get_grad (parameter);
  BsGradMode mode = bs_get_grad_mode ();
  if (grad == NULL)
    return TRUE;
  bs_set_grad_mode (BS_GRAD_OFF);
  gboolean ok = bs_apply_inplace (&bs_op_sub, 2, (BsTensor *[]){ parameter, grad }, 1, (BsArg[]){ BS_REAL (rate) }, error);
  bs_set_grad_mode (mode);
  return ok && bs_tensor_set_grad (parameter, NULL, error);
}

G_END_DECLS
