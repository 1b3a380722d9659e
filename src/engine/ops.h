/* SPDX-License-Identifier: MIT */

/* The table of operations. Each is declared once, in one entry with designated initialisers in ops-*.c; the list
 * BS_OPS (oplist.h) names them, and enum, count and lookup all come from that list.
 *
 * To add one: write `BS_OP (foo) .name = "foo", ... };` in the ops-*.c of its family and add X(foo) to oplist.h.
 * Several entries may share a Python name: "max", "max.dim", "max.other" are overloads of max, tried in the order of
 * the table; what follows the dot tells them apart. A composite operation (BS_IS_COMPOSITE) only calls others.
 *
 * The texts are for people: the window shows them, and a test evaluates each formula on the entry's samples and
 * compares it with `backward` and with finite differences, so that they cannot lie. Notation: inputs are named as
 * in the signature (a, b, x, w ...), the result is `y`, the upstream gradient `g`; scalar functions of one element. */

#pragma once

#include "engine.h"

G_BEGIN_DECLS
#pragma GCC visibility push(default)

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
  BS_IS_COMPOSITE = 1 << 11, /* calls other operations, which are what is recorded and observed */
  BS_IS_MULTI = 1 << 12,     /* several results: bs_apply_multi(); Python gets a tuple (or named tuple, see returns) */
  BS_IS_RANDOM = 1 << 13,    /* draws from the default generator */
} BsOpFlags;

#define BS_TEXTS_MAX 8

typedef struct _BsLoops BsLoops;         /* pointwise.h */
typedef struct _BsOpContext BsOpContext; /* engine-private.h: inputs, arguments, outputs, saved tensors */

/* A sample for the gradient check: Python-like text, e.g. "(2.0, -3.0)" or "rand(2,3), rand(3), dim=1". */
typedef struct {
  const char *inputs;
} BsOpSample;

struct _BsOp {
  guint index;           /* BS_OP_foo; written by BS_OP() */
  const char *name;      /* "mul", "max.dim" */
  const char *symbol;    /* what the pill shows: "×", "+", "x²", "matmul" */
  const char *signature; /* "mul(Tensor self, Tensor other)"; see signature.h */
  const char *returns;   /* BS_IS_MULTI: names of the results, "values,indices"; NULL: a plain tuple */
  const char *aliases;   /* further Python names, comma-separated: "multiply"; may be NULL */
  const char *backward_name; /* "MulBackward0"; NULL: not differentiable */
  const char *number_name; /* its name when the last operand is a number, if that is another: "RemainderBackward0" */
  guint flags;

  void (*forward) (BsOpContext *ctx);
  void (*backward) (BsOpContext *ctx); /* NULL: not differentiable */
  const BsLoops *loops;   /* without arguments, plain floats go straight through these, not through forward; or NULL */
  guint32 saves_inputs;   /* bit i: input i is saved for the backward */
  guint32 saves_outputs;
  guint32 constants;      /* bit i: input i never gets a gradient (indices, masks) */
  guint8 saved_for[4];    /* input i is saved if an input of this mask needs a gradient; 0: any */
  const char *saves_why;  /* "both factors: each is the other's derivative" */

  const char *value_text;      /* "a * b" */
  /* Of BS_TEXTS_MAX, for the first inputs: */
  const char *const *derivative_text; /* one per input: "b", "a"; NULL for an input without gradient */
  const char *const *vjp_text;        /* one per input: "g * b", "g * a" */
  const char *sentence;        /* N_("Multiplies element by element.") */
  const char *kinks;           /* "a = 0: the slope is taken as 0"; NULL */
  const BsOpSample *samples;
  guint n_samples;
};

#include "oplist.h"

enum {
#define X(op) BS_OP_##op,
  BS_OPS
#undef X
  BS_N_OPS
};

#define X(op) extern const BsOp bs_op_##op;
BS_OPS
#undef X

#define BS_OP(op) const BsOp bs_op_##op = { .index = BS_OP_##op,

guint bs_n_ops (void);
const BsOp *bs_op_at (guint i);                /* stable numbering only within one build */
guint bs_op_index (const BsOp *op);
const BsOp *bs_op_find (const char *name);     /* by full name ("max.dim"), else first of that Python name or alias; NULL */

/* Shorter for programs in C: bs_add (a, b, &error), bs_sum (x, &error) ... are in shorthand.h. */

#pragma GCC visibility pop
G_END_DECLS
