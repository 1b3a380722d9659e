/* SPDX-License-Identifier: MIT */

/* mistakes.c looks at one event after the other, mistakes-whole.c at the run when it has ended, mistakes-words.c explains. */

#pragma once

#include "mistakes.h"

G_BEGIN_DECLS

/* What is remembered of a leaf, of the place of an activation, of the place of a sum. */
typedef struct {
  guint8 has_gradient, updated, got_any, written, touched, given; /* @touched: written with the same value; @given: to an optimizer */
  guint32 mixed;             /* step that added to an old gradient */
  guint32 n_gradients;       /* accumulated */
  guint32 n_unused, cleared; /* cleared before anything was updated, and the last step that did so */
  guint32 last;              /* the last step that accumulated */
} BsLeafRecord;
typedef struct { guint32 n, tensor, step; gboolean told; } BsUnitRecord;
typedef struct { guint32 n, result, added; } BsSumRecord;

struct _BsMistakes {
  BsRecording *recording;
  GArray *found;        /* BsMistake */
  GHashTable *leaves;   /* tensor -> BsLeafRecord */
  GHashTable *units;    /* place -> BsUnitRecord */
  GHashTable *sums;     /* place -> BsSumRecord */
  GHashTable *roots;    /* tensors that backward() was called on */
  GArray *parameters;   /* tensors that were told to need a gradient, as nn.Parameter does, or made so */
  GArray *updates;      /* steps at which something with a gradient was changed */
  guint32 at;           /* events looked at */
  guint32 odd_step, odd_tensor; /* where the first number that is none was made */
  guint32 last_root;
  gboolean has_optimizer;
  int told[BS_N_MISTAKES]; /* index in @found + 1 */
  gboolean finished;
};

BsLeafRecord *bs_mistakes_leaf (BsMistakes *self, guint32 tensor);
/* Each kind is told once, with how many more it concerns; NULL: one more. */
BsMistake *bs_mistakes_tell (BsMistakes *self, BsMistakeKind kind, guint32 step, guint32 tensor);
void bs_mistakes_check_whole (BsMistakes *self);

G_END_DECLS
