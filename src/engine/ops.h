/* SPDX-License-Identifier: MIT */

/* The table of operations. Each is declared once, in one entry with designated initialisers in ops-*.c; the list
 * BS_OPS names them, and enum, count and lookup all come from that list.
 *
 * The texts are for people: the window shows them, and a test evaluates each formula on the entry's samples and
 * compares it with `backward` and with finite differences, so that they cannot lie. Notation: inputs are named as
 * in the signature (a, b, x, w ...), the result is `y`, the upstream gradient `g`; scalar functions of one element. */

#pragma once

#include "engine.h"

G_BEGIN_DECLS

/* Where Python finds it. */
typedef enum {
  BS_IN_TORCH = 1 << 0,      /* torch.f */
  BS_IN_TENSOR = 1 << 1,     /* Tensor.f */
  BS_IN_INPLACE = 1 << 2,    /* Tensor.f_ and torch.f_ */
  BS_IN_FUNCTIONAL = 1 << 3, /* torch.nn.functional.f */
  BS_IN_LINALG = 1 << 4,     /* torch.linalg.f */
  BS_IN_SPECIAL = 1 << 5,    /* torch.special.f */
  BS_IS_VIEW = 1 << 8,       /* the result shares the first input's storage */
  BS_IS_INTERNAL = 1 << 9,   /* a fused kernel or a step of a backward; no Python name */
  BS_HAS_OUT = 1 << 10,      /* takes out= */
} BsOpFlags;

typedef struct _BsOpContext BsOpContext; /* engine-private.h: inputs, arguments, outputs, saved tensors */

/* A sample for the gradient check: Python-like text, e.g. "(2.0, -3.0)" or "rand(2,3), rand(3), dim=1". */
typedef struct {
  const char *inputs;
} BsOpSample;

struct _BsOp {
  const char *name;      /* "mul" */
  const char *symbol;    /* what the pill shows: "×", "+", "x²", "matmul" */
  const char *signature; /* "mul(Tensor self, Tensor other)"; see signature.h */
  const char *aliases;   /* further Python names, comma-separated: "multiply"; may be NULL */
  const char *backward_name; /* "MulBackward0"; NULL: not differentiable */
  guint flags;

  gboolean (*forward) (BsOpContext *ctx, GError **error);
  gboolean (*backward) (BsOpContext *ctx, GError **error); /* NULL: not differentiable */
  guint32 saves_inputs;   /* bit i: input i is saved for the backward */
  guint32 saves_outputs;
  const char *saves_why;  /* "both factors: each is the other's derivative" */

  const char *value_text;      /* "a * b" */
  const char *const *derivative_text; /* one per input: "b", "a"; NULL for an input without gradient */
  const char *const *vjp_text;        /* one per input: "g * b", "g * a" */
  const char *sentence;        /* N_("Multiplies element by element.") */
  const char *kinks;           /* "a = 0: the slope is taken as 0"; NULL */
  const BsOpSample *samples;
  guint n_samples;
};

guint bs_n_ops (void);
const BsOp *bs_op_at (guint i);                /* stable numbering only within one build */
guint bs_op_index (const BsOp *op);
const BsOp *bs_op_find (const char *name);     /* by name or alias; NULL */

/* Convenience for C users: bs_add (a, b, &error), bs_sum (x, &error) ... are in shorthand.h. */

G_END_DECLS
