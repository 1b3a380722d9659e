/* SPDX-License-Identifier: MIT */

#include "engine-private.h"

#include <string.h>

void
bs_ctx_init (BsOpContext *ctx, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
             const BsArg *args)
{
  ctx->op = op;
  ctx->inputs = inputs;
  ctx->args = args;
  ctx->n_inputs = n_inputs;
  ctx->n_args = n_args;
  ctx->raw = FALSE;
  ctx->notes = ctx->wrote = 0;
  ctx->n_outputs = 0;
  ctx->dest = NULL;
  ctx->extra[0] = ctx->extra[1] = ctx->extra[2] = NULL;
  ctx->node = NULL;
  ctx->error = NULL;
  ctx->n_temps = 0;
  ctx->more = NULL;
}

void
bs_ctx_clear (BsOpContext *ctx)
{
  for (guint i = 0; i < ctx->n_temps; i++)
    bs_tensor_unref (ctx->temps[i]);
  ctx->n_temps = 0;
  if (ctx->more != NULL)
    g_clear_pointer (&ctx->more, g_ptr_array_unref);
}

BsTensor *
bs_ctx_own (BsOpContext *ctx, BsTensor *tensor)
{
  if (tensor == NULL)
    return NULL;
  if (ctx->n_temps < BS_CTX_TEMPS) {
    ctx->temps[ctx->n_temps++] = tensor;
  } else {
    if (ctx->more == NULL)
      ctx->more = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_tensor_unref);
    g_ptr_array_add (ctx->more, tensor);
  }
  return tensor;
}

void
bs_ctx_return (BsOpContext *ctx, BsTensor *tensor)
{
  if (tensor == NULL)
    return;
  if (ctx->n_outputs >= ctx->max_outputs) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s: more than %u results", ctx->op->name, ctx->max_outputs);
    return;
  }
  ctx->outputs[ctx->n_outputs++] = bs_tensor_ref (tensor);
}

void
bs_ctx_give (BsOpContext *ctx, guint input, BsTensor *grad)
{
  if (grad != NULL)
    ctx->grads[input] = bs_tensor_ref (grad);
}

void
bs_fail (BsOpContext *ctx, BsEngineError code, const char *format, ...)
{
  va_list ap;
  if (ctx->error != NULL)
    return;
  va_start (ap, format);
  ctx->error = g_error_new_valist (BS_ENGINE_ERROR, code, format, ap);
  va_end (ap);
}

gint64
bs_arg_int (const BsOpContext *ctx, guint i, gint64 otherwise)
{
  if (!bs_arg_given (ctx, i))
    return otherwise;
  return ctx->args[i].kind == BS_ARG_REAL ? (gint64) ctx->args[i].real : ctx->args[i].integer;
}

double
bs_arg_real (const BsOpContext *ctx, guint i, double otherwise)
{
  if (!bs_arg_given (ctx, i))
    return otherwise;
  return ctx->args[i].kind == BS_ARG_REAL ? ctx->args[i].real : (double) ctx->args[i].integer;
}

gboolean
bs_arg_bool (const BsOpContext *ctx, guint i, gboolean otherwise)
{
  return bs_arg_int (ctx, i, otherwise) != 0;
}

const char *
bs_arg_string (const BsOpContext *ctx, guint i, const char *otherwise)
{
  return bs_arg_given (ctx, i) ? ctx->args[i].string : otherwise;
}

int
bs_arg_dtype (const BsOpContext *ctx, guint i)
{
  return bs_arg_given (ctx, i) ? (int) ctx->args[i].integer : -1;
}

int
bs_arg_ints (const BsOpContext *ctx, guint i, gint64 *out, guint max)
{
  if (!bs_arg_given (ctx, i))
    return -1;
  if (ctx->args[i].kind != BS_ARG_INTS) {
    out[0] = bs_arg_int (ctx, i, 0);
    return 1;
  }
  guint n = MIN (ctx->args[i].n, max);
  if (n > 0)
    memcpy (out, ctx->args[i].ints, n * sizeof (gint64));
  return n;
}

int
bs_wrap_dim (BsOpContext *ctx, gint64 dim, guint n_dims)
{
  gint64 n = MAX (n_dims, 1);
  if (dim < -n || dim >= n) {
    bs_fail (ctx, BS_ENGINE_ERROR_INDEX, "Dimension out of range (expected to be in range of [%d, %d], but got %d)",
             (int) -n, (int) n - 1, (int) dim);
    return -1;
  }
  return (int) (dim < 0 ? dim + n : dim);
}
