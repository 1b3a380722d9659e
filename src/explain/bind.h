/* SPDX-License-Identifier: MIT */

/* The names of an operation's formula bound to what it worked on. */

#pragma once

#include "engine/signature.h"
#include "explain.h"

G_BEGIN_DECLS

typedef enum {
  BS_FILL_NAMES,  /* self -> w */
  BS_FILL_VALUES, /* self -> 3, where it is one number */
  BS_FILL_SHAPES, /* self -> 5×3 */
} BsFill;

typedef struct {
  BsCursor *cursor;
  BsRecording *recording;
  BsEvent event;         /* the TENSOR event */
  const BsOp *op;        /* NULL: not in this engine's table */
  BsSignature signature;
  const BsValue *upstream; /* NULL: forward */
  const char *upstream_name;
  gboolean upstream_is_one; /* the seed: not worth writing */
  BsFill fill;
  GPtrArray *texts;      /* keeps what the terms borrow */
  gboolean failed;       /* a value that is no single number */
} BsBound;

/* FALSE: @tensor was made by no operation of the table. */
gboolean bs_bound_init (BsBound *self, BsCursor *cursor, guint32 tensor);
void bs_bound_clear (BsBound *self);
/* @formula with names, values or shapes in it; NULL when one of them is not there. */
BsFormula *bs_bound_fill (BsBound *self, const BsFormula *formula, BsFill fill);
/* A plain number among the arguments, as given or by default. FALSE: there is no such one. */
gboolean bs_bound_get_argument (BsBound *self, const char *name, double *out);
/* "2×3", "scalar" */
char *bs_explain_shape (const BsValue *value);

G_END_DECLS
