/* SPDX-License-Identifier: MIT */

/* Shorthand for the files of the table: formulas that read like the mathematics. All of it takes a context named ctx. */

#pragma once

#include "build.h"
#include "pointwise.h"

#ifndef N_
#define N_(text) text
#endif

#define B1(op, a) bs_do1 (ctx, &bs_op_##op, a)
#define B2(op, a, b) bs_do2 (ctx, &bs_op_##op, a, b)
#define B3(op, a, b, c) bs_do3 (ctx, &bs_op_##op, a, b, c)
#define NUM(value) bs_number (ctx, value)
#define IN(i) ((i) < ctx->n_inputs ? ctx->inputs[i] : NULL)
#define G (ctx->upstream[0])
/* An operation with arguments: BA (sum_dim, x, BS_INTS (n, dims)) */
#define BA(op, a, ...) bs_do1a (ctx, &bs_op_##op, a, __VA_ARGS__)

/* For the first inputs; the others have none. */
#define TEXTS(...) (const char *const[BS_TEXTS_MAX]){ __VA_ARGS__ }
#define SAMPLES(...) \
  .samples = (const BsOpSample[]){ __VA_ARGS__ }, \
  .n_samples = sizeof ((const BsOpSample[]){ __VA_ARGS__ }) / sizeof (BsOpSample)

/* Contribution to input @i, computed only when somebody wants it. */
#define GIVE(i, expression) \
  do { \
    if ((i) < ctx->node->n_inputs && bs_wants (ctx, i)) \
      bs_ctx_give (ctx, i, expression); \
  } while (0)

static inline BsTensor *
bs_ctx_fresh (BsOpContext *ctx, BsDtype dtype, guint n_dims, const gint64 *shape)
{
  return ctx->error != NULL ? NULL : bs_ctx_own (ctx, bs_tensor_fresh (dtype, n_dims, shape, &ctx->error));
}
