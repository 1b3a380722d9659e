/* SPDX-License-Identifier: MIT */

#include "pointwise.h"
#include "build.h"

#include <string.h>

typedef struct {
  guint n_operands; /* with the result, which is first */
  guint n_dims;
  gint64 shape[BS_MAX_DIMS];
  gint64 strides[BS_MAX_OPERANDS][BS_MAX_DIMS];
  guint8 *data[BS_MAX_OPERANDS];
  gsize size[BS_MAX_OPERANDS];
} Iter;

gboolean
bs_broadcast_shape (BsOpContext *ctx, guint n, BsTensor *const *inputs, guint *n_dims, gint64 *shape)
{
  guint dims = 0;
  for (guint i = 0; i < n; i++)
    if (inputs[i] != NULL)
      dims = MAX (dims, inputs[i]->n_dims);
  for (guint d = 0; d < dims; d++)
    shape[d] = 1;
  for (guint i = 0; i < n; i++) {
    if (inputs[i] == NULL)
      continue;
    for (guint d = 0; d < inputs[i]->n_dims; d++) {
      guint at = dims - inputs[i]->n_dims + d;
      gint64 size = inputs[i]->shape[d];
      if (size == 1 || size == shape[at])
        continue;
      if (shape[at] != 1) {
        bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME,
                 "The size of tensor a (%" G_GINT64_FORMAT ") must match the size of tensor b (%" G_GINT64_FORMAT
                 ") at non-singleton dimension %u", shape[at], size, at);
        return FALSE;
      }
      shape[at] = size;
    }
  }
  *n_dims = dims;
  return TRUE;
}

static BsDtype
compute_dtype (BsDtype dtype)
{
  switch (dtype) {
  case BS_FLOAT16: return BS_FLOAT32;
  case BS_FLOAT32: case BS_FLOAT64: return dtype;
  default: return BS_INT64;
  }
}

static void
set_operand (Iter *iter, guint k, const BsTensor *tensor)
{
  guint shift = iter->n_dims - tensor->n_dims;
  iter->data[k] = bs_data (tensor);
  iter->size[k] = bs_dtype_sizes[tensor->dtype];
  for (guint d = 0; d < iter->n_dims; d++)
    iter->strides[k][d] = d < shift || tensor->shape[d - shift] == 1 ? 0 : bs_strides (tensor)[d - shift];
}

/* Which of two dimensions lies closer together in memory; 0: nobody can say. */
static int
compare_dims (const Iter *iter, guint first, guint a, guint b)
{
  for (guint k = first; k < iter->n_operands; k++) {
    gint64 sa = iter->strides[k][a], sb = iter->strides[k][b];
    if (sa == 0 || sb == 0)
      continue;
    if (sa != sb)
      return sa < sb ? -1 : 1;
    if (iter->shape[a] > iter->shape[b])
      return 1;
  }
  return 0;
}

/* perm[0] is the dimension that runs fastest. */
static void
order_dims (const Iter *iter, guint first, guint *perm)
{
  for (guint i = 0; i < iter->n_dims; i++)
    perm[i] = iter->n_dims - 1 - i;
  for (guint i = 1; i < iter->n_dims; i++) {
    guint at = i;
    for (guint j = i; j-- > 0;) {
      int order = compare_dims (iter, first, perm[j], perm[at]);
      if (order < 0)
        break;
      if (order > 0) {
        guint swap = perm[j];
        perm[j] = perm[at];
        perm[at] = swap;
        at = j;
      }
    }
  }
}

static void
run (Iter *iter, const guint *perm, BsLoop loop, const double *parameters)
{
  gint64 shape[BS_MAX_DIMS + 1], strides[BS_MAX_DIMS + 1][BS_MAX_OPERANDS], index[BS_MAX_DIMS + 1] = { 0 };
  guint m = 0, n = iter->n_operands;
  for (guint i = 0; i < iter->n_dims; i++) {
    guint d = perm[i];
    gboolean joins = m > 0;
    if (iter->shape[d] == 1)
      continue;
    for (guint k = 0; k < n && joins; k++)
      joins = iter->strides[k][d] == strides[m - 1][k] * shape[m - 1];
    if (joins) {
      shape[m - 1] *= iter->shape[d];
      continue;
    }
    shape[m] = iter->shape[d];
    for (guint k = 0; k < n; k++)
      strides[m][k] = iter->strides[k][d];
    m++;
  }
  if (m == 0) {
    shape[0] = 1;
    for (guint k = 0; k < n; k++)
      strides[0][k] = 1;
    m = 1;
  }
  for (;;) {
    loop (shape[0], (void *const *) iter->data, strides[0], parameters);
    guint d = 1;
    for (; d < m; d++) {
      for (guint k = 0; k < n; k++)
        iter->data[k] += strides[d][k] * (gssize) iter->size[k];
      if (++index[d] < shape[d])
        break;
      for (guint k = 0; k < n; k++)
        iter->data[k] -= shape[d] * strides[d][k] * (gssize) iter->size[k];
      index[d] = 0;
    }
    if (d >= m)
      return;
  }
}

static gboolean
same_view (const BsTensor *a, const BsTensor *b)
{
  return a->offset == b->offset && a->dtype == b->dtype && bs_same_shape (a, b) &&
         memcmp (bs_strides (a), bs_strides (b), a->n_dims * sizeof (gint64)) == 0;
}

/* In place, an operand that shares memory with the result but lies there differently is read before it is written. */
static BsTensor *
safe_operand (BsOpContext *ctx, BsTensor *input, BsDtype compute)
{
  gboolean overlaps = ctx->dest != NULL && input->storage == ctx->dest->storage && !same_view (input, ctx->dest);
  if (input->dtype == compute && !overlaps)
    return input;
  BsTensor *copy = bs_ctx_own (ctx, bs_tensor_fresh (compute, input->n_dims, input->shape, &ctx->error));
  if (copy == NULL || !bs_copy_data (copy, input, &ctx->error))
    return NULL;
  return copy;
}

static BsTensor *
make_output (BsOpContext *ctx, Iter *iter, BsDtype dtype, const guint *perm, gboolean plain)
{
  if (plain)
    return bs_tensor_fresh (dtype, iter->n_dims, iter->shape, &ctx->error);
  gint64 strides[BS_MAX_DIMS], step = 1;
  for (guint i = 0; i < iter->n_dims; i++) {
    strides[perm[i]] = step;
    step *= MAX (iter->shape[perm[i]], 1);
  }
  return bs_tensor_fresh_strided (dtype, iter->n_dims, iter->shape, strides, &ctx->error);
}

static BsTensor *
general (BsOpContext *ctx, guint n, BsTensor *const *inputs, BsLoop loop, BsDtype compute, BsDtype loop_result,
         BsDtype result, const double *parameters)
{
  Iter iter = { .n_operands = n + 1 };
  guint perm[BS_MAX_DIMS];
  gboolean plain = TRUE;
  if (!bs_broadcast_shape (ctx, n, inputs, &iter.n_dims, iter.shape))
    return NULL;
  for (guint k = 0; k < n; k++) {
    BsTensor *operand = safe_operand (ctx, inputs[k], compute);
    if (operand == NULL)
      return NULL;
    set_operand (&iter, k + 1, operand);
    plain = plain && ((inputs[k]->flags & BS_TENSOR_CONTIGUOUS) || inputs[k]->n_dims < 2);
    if (operand != inputs[k] && !(inputs[k]->flags & BS_TENSOR_CONTIGUOUS))
      plain = TRUE;
  }
  order_dims (&iter, 1, perm);
  gint64 numel = bs_numel_of (iter.n_dims, iter.shape);
  BsTensor *output, *dest = ctx->dest;
  if (dest != NULL && dest->dtype == loop_result && loop_result == result && dest->n_dims == iter.n_dims &&
      memcmp (dest->shape, iter.shape, iter.n_dims * sizeof (gint64)) == 0)
    output = bs_tensor_ref (dest);
  else
    output = make_output (ctx, &iter, loop_result, perm, plain);
  if (output == NULL)
    return NULL;
  set_operand (&iter, 0, output);
  if (numel > 0)
    run (&iter, perm, loop, parameters);
  if (loop_result == result)
    return output;
  BsTensor *converted = bs_tensor_fresh (result, output->n_dims, output->shape, &ctx->error);
  if (converted != NULL && !bs_copy_data (converted, output, &ctx->error))
    g_clear_pointer (&converted, bs_tensor_unref);
  bs_tensor_unref (output);
  return converted;
}

/* Contiguous operands of one shape, or single numbers, all of the dtype to compute in. */
static BsTensor *
simple (BsOpContext *ctx, guint n, BsTensor *const *inputs, BsLoop loop, BsDtype compute, BsDtype result,
        const double *parameters)
{
  BsTensor *big = inputs[0];
  void *data[BS_MAX_OPERANDS];
  gint64 strides[BS_MAX_OPERANDS];
  gint64 numbers[BS_MAX_OPERANDS];
  for (guint k = 1; k < n; k++)
    if (inputs[k]->n_dims > big->n_dims)
      big = inputs[k];
  for (guint k = 0; k < n; k++) {
    BsTensor *input = inputs[k];
    data[k + 1] = bs_data (input);
    strides[k + 1] = 1;
    if (input->n_dims == 0) {
      strides[k + 1] = big->numel == 1;
      if (input->dtype != compute) {
        bs_convert (compute, &numbers[k], 1, input->dtype, data[k + 1], 1, 1);
        data[k + 1] = &numbers[k];
      }
    } else if (!(input->flags & BS_TENSOR_CONTIGUOUS) || input->dtype != compute ||
               (input != big && !bs_same_shape (input, big))) {
      return NULL;
    }
  }
  BsTensor *output, *dest = ctx->dest;
  if (dest != NULL) {
    if (dest->dtype != result || !(dest->flags & BS_TENSOR_CONTIGUOUS) || !bs_same_shape (dest, big))
      return NULL;
    for (guint k = 0; k < n; k++)
      if (inputs[k]->storage == dest->storage && inputs[k] != dest)
        return NULL;
    output = bs_tensor_ref (dest);
  } else {
    output = bs_tensor_fresh (result, big->n_dims, big->shape, &ctx->error);
    if (G_UNLIKELY (output == NULL))
      return NULL;
  }
  data[0] = bs_data (output);
  strides[0] = 1;
  loop (output->numel, data, strides, parameters);
  return output;
}

/* A wrapped number as an operand of @dtype. */
static inline gboolean
read_number (const BsTensor *number, BsDtype dtype, double *out)
{
  double value;
  if (number->dtype == BS_FLOAT64)
    value = *(double *) number->storage->data;
  else if (number->dtype == BS_INT64)
    value = *(gint64 *) number->storage->data;
  else
    return FALSE;
  if (dtype == BS_FLOAT64)
    *out = value;
  else if (number->dtype == BS_INT64)
    *(float *) out = *(gint64 *) number->storage->data;
  else
    *(float *) out = value;
  return TRUE;
}

BsTensor *
bs_pointwise_plain (const BsLoops *loops, guint n, BsTensor *const *inputs, BsTensor *dest, const double *parameters,
                    GError **error)
{
  BsTensor *big = inputs[0], *output = dest;
  void *data[BS_MAX_OPERANDS];
  gint64 strides[BS_MAX_OPERANDS];
  double numbers[BS_MAX_OPERANDS];
  for (guint k = 1; k < n; k++)
    if (inputs[k]->n_dims > big->n_dims || (big->flags & BS_TENSOR_NUMBER))
      big = inputs[k];
  BsDtype dtype = big->dtype;
  BsLoop loop = dtype == BS_FLOAT32 ? loops->f32 : dtype == BS_FLOAT64 ? loops->f64 : NULL;
  if (loop == NULL || (big->flags & (BS_TENSOR_NUMBER | BS_TENSOR_CONTIGUOUS)) != BS_TENSOR_CONTIGUOUS)
    return NULL;
  for (guint k = 0; k < n; k++) {
    BsTensor *input = inputs[k];
    data[k + 1] = bs_data (input);
    strides[k + 1] = 1;
    if (input == big)
      continue;
    if (input->n_dims == 0) {
      strides[k + 1] = big->numel == 1;
      if (input->flags & BS_TENSOR_NUMBER) {
        if (!read_number (input, dtype, &numbers[k]))
          return NULL;
        data[k + 1] = &numbers[k];
        continue;
      }
    } else if (!(input->flags & BS_TENSOR_CONTIGUOUS) || !bs_same_shape (input, big)) {
      return NULL;
    }
    if (input->dtype != dtype)
      return NULL;
  }
  if (dest == NULL) {
    output = bs_tensor_fresh (loops->answers_bool ? BS_BOOL : dtype, big->n_dims, big->shape, error);
    if (G_UNLIKELY (output == NULL))
      return NULL;
  }
  data[0] = bs_data (output);
  strides[0] = 1;
  loop (output->numel, data, strides, parameters);
  return output;
}

static BsTensor *
give_out (BsOpContext *ctx, BsTensor *output)
{
  if (G_LIKELY (output != NULL))
    ctx->outputs[ctx->n_outputs++] = output;
  return output;
}

BsTensor *
bs_pointwise_as (BsOpContext *ctx, guint n, BsTensor *const *inputs, BsLoop loop, BsDtype compute, BsDtype result,
                 gboolean answers_bool, const double *parameters)
{
  BsDtype loop_result = answers_bool ? BS_BOOL : compute;
  if (loop_result == result) {
    BsTensor *output = simple (ctx, n, inputs, loop, compute, result, parameters);
    if (output != NULL || ctx->error != NULL)
      return give_out (ctx, output);
  }
  return give_out (ctx, general (ctx, n, inputs, loop, compute, loop_result, result, parameters));
}

BsTensor *
bs_pointwise (BsOpContext *ctx, guint n, BsTensor *const *inputs, const BsLoops *loops, BsResult kind,
              const double *parameters)
{
  BsDtype common = inputs[0]->dtype;
  for (guint i = 0; i < n; i++)
    if (inputs[i]->dtype != common || (inputs[i]->flags & BS_TENSOR_NUMBER)) {
      common = bs_result_dtype (n, inputs);
      break;
    }
  if (kind == BS_RESULT_FLOAT && !bs_dtype_is_floating (common))
    common = bs_state.default_dtype;
  BsDtype compute = compute_dtype (common);
  BsLoop loop = compute == BS_FLOAT32 ? loops->f32 : compute == BS_FLOAT64 ? loops->f64 : loops->i64;
  gboolean usual = common == BS_FLOAT32 || common == BS_FLOAT64 || common == BS_INT64;
  if (G_UNLIKELY (loop == NULL || !usual || compute == BS_INT64) && ctx->raw && !bs_check_kernel (ctx, common, loop != NULL))
    return NULL;
  if (G_UNLIKELY (loop == NULL))
    return bs_check_kernel (ctx, common, FALSE), NULL;
  return bs_pointwise_as (ctx, n, inputs, loop, compute, kind == BS_RESULT_BOOL ? BS_BOOL : common, kind == BS_RESULT_BOOL, parameters);
}
