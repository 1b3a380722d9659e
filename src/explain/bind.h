/* SPDX-License-Identifier: MIT */

/* The names of an operation's formula bound to what it worked on. */

#pragma once

#include "engine/signature.h"
#include "explain.h"

G_BEGIN_DECLS

typedef enum {
  BS_FILL_NAMES,  /* self -> w */
  BS_FILL_SHAPED, /* the same, with the shape below each */
  BS_FILL_VALUES, /* self -> 3, where it is one number */
} BsFill;

/* What stands for one name of the formula. */
typedef struct {
  BsTerm plain;      /* when @is_plain */
  gboolean is_plain; /* a number or word of the program's text */
  BsValue value;
  BsFormula *name;   /* borrowed */
  BsRole role;
} BsBoundName;

#define BS_BOUND_NAMES 8

typedef struct {
  BsCursor *cursor;      /* owned: when the values were what they were */
  BsRecording *recording;
  BsEvent event;         /* TENSOR or WRITE */
  guint32 tensor;
  guint32 n_inputs, n_attributes;
  const BsOperand *inputs;
  const BsAttribute *attributes;
  const char *op_name;
  const BsOp *op;        /* NULL: not in this engine's table */
  BsSignature signature;
  const BsValue *result;
  const BsValue *upstream; /* NULL: forward */
  const BsFormula *upstream_name;
  gboolean upstream_is_one; /* the seed: not worth writing */
  BsFill fill;
  GPtrArray *texts;      /* keeps what the terms borrow */
  GPtrArray *formulas;
  gboolean failed;       /* a value that is no single number */
  /* Those looked up by now: sums of many elements ask again and again. */
  struct { char name[24]; BsBoundName bound; gboolean found; } names[BS_BOUND_NAMES];
  guint n_names;
} BsBound;

/* What made @tensor, with the values of its inputs at @step. FALSE: no operation of the table. */
gboolean bs_bound_init (BsBound *self, BsRecording *recording, guint32 tensor, guint32 step);
/* The in-place change of a WRITE event. */
gboolean bs_bound_init_write (BsBound *self, BsRecording *recording, const BsEvent *write);
void bs_bound_clear (BsBound *self);
/* @formula with names or values in it; NULL when one of them is not there. */
BsFormula *bs_bound_fill (BsBound *self, const BsFormula *formula, BsFill fill);

gboolean bs_bound_find (BsBound *self, const char *name, BsBoundName *out);
/* The text of an argument, its default when it was left out; NULL: there is no such argument. */
const char *bs_bound_find_argument (BsBound *self, const char *name);
/* The same as a plain number. FALSE: it is none. */
gboolean bs_bound_get_argument (BsBound *self, const char *name, double *out);
/* The operation's value formula as its arguments want it: without the mean when reduction='sum'. NULL: it has none. */
BsFormula *bs_bound_parse (BsBound *self, const char *text);

/* "2×3", "1" */
char *bs_explain_shape (const BsValue *value);
/* Of what has one element, the number, however many brackets are around it (transfer full). */
char *bs_explain_scalar (const BsValue *value);

G_END_DECLS
