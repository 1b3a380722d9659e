/* SPDX-License-Identifier: MIT */

/* What goes wrong in training without an error: recognised in a recording, at the step where it happens. Each rule asks for
 * evidence that makes a false alarm unlikely; what is done on purpose (gradients of several batches added up before one
 * update, masks of −inf) is left alone. Errors have their own help (recording/error-help.h). */

#pragma once

#include "recording/cursor.h"

G_BEGIN_DECLS

typedef enum {
  BS_MISTAKE_NOT_CLEARED,   /* .grad still holds an earlier update's gradient when the next one is added */
  BS_MISTAKE_REBOUND,       /* w = w - lr * w.grad: the name is no leaf any more */
  BS_MISTAKE_NO_GRADIENT,   /* a parameter that no loss depends on */
  BS_MISTAKE_BROADCAST,     /* (n) against (n, 1) in a difference */
  BS_MISTAKE_NAN,           /* the operation that made the first NaN or infinity that reached a loss or gradient */
  BS_MISTAKE_DIVERGES,      /* the loss grows from step to step */
  BS_MISTAKE_TOO_SLOW,      /* the loss hardly falls although the slope stays */
  BS_MISTAKE_DEAD_RELU,
  BS_MISTAKE_SATURATED,
  BS_MISTAKE_NOT_STEPPED,   /* gradients are computed and cleared, but no optimizer ever steps */
  BS_MISTAKE_CLEARED_EARLY, /* ... cleared between backward() and step() */
  BS_MISTAKE_LEFT_OUT,      /* a parameter that gets gradients and was not given to the optimizer */
  BS_MISTAKE_CUT,           /* detach(), .data or no_grad() on the only way from a leaf to the loss */
  BS_MISTAKE_NOT_A_LEAF,    /* .grad of a computed tensor was read */
  BS_MISTAKE_TWO_SOFTMAX,   /* probabilities given to a loss that takes scores */
  BS_MISTAKE_SUMS_GRAPHS,   /* total += loss keeps every graph */
  BS_N_MISTAKES,
} BsMistakeKind;

typedef struct {
  guint8 kind;      /* BsMistakeKind */
  guint32 step;     /* of the cursor: right after it happened */
  guint32 tensor;   /* it is about; 0: none */
  guint32 n_others; /* more tensors of which the same is true */
  double before, after; /* the loss, for DIVERGES and TOO_SLOW */
} BsMistake;

typedef struct _BsMistakes BsMistakes;
BsMistakes *bs_mistakes_new (BsRecording *recording);
void bs_mistakes_free (BsMistakes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsMistakes, bs_mistakes_free)
/* Looks at so many further events. FALSE: all there are now have been looked at. */
gboolean bs_mistakes_look (BsMistakes *self, guint32 n_events);
/* By step; valid until the next look. What only the whole run can tell comes once it has ended. */
const BsMistake *bs_mistakes_get (BsMistakes *self, guint *n);

const char *bs_mistake_title (const BsMistake *self);
/* What happens, and what to do about it, in a few sentences (transfer full). */
char *bs_mistake_explain (BsRecording *recording, const BsMistake *self);

G_END_DECLS
