/* SPDX-License-Identifier: MIT */

/* What is wrong with a script, mended in its text where that can be done without guessing: pieces to replace, and a word what they
 * do. Nothing is offered for a statement that does not look as expected. */

#pragma once

#include "explain/mistakes.h"
#include "literals.h"

G_BEGIN_DECLS

typedef enum {
  BS_FIX_NONE,
  BS_FIX_CLEAR,    /* zero_grad() before this backward() */
  BS_FIX_STEP,     /* step() after this backward() */
  BS_FIX_ORDER,    /* this zero_grad() before the backward() above it */
  BS_FIX_NO_GRAD,  /* this in-place update inside torch.no_grad() */
  BS_FIX_IN_PLACE, /* w = w - ... as an update in place */
  BS_FIX_ITEM,     /* total += loss.item() */
  BS_FIX_SUM,      /* y.sum().backward() */
  BS_FIX_RETAIN,   /* retain_graph=True in the backward() before this one */
  BS_FIX_NUMPY,    /* .detach().numpy() */
  BS_FIX_FLOAT,    /* whole numbers with a point */
  BS_FIX_COPY,     /* y = y + 1 for y += 1 */
  BS_FIX_SLOWER,   /* a tenth of the learning rate */
  BS_FIX_FASTER,
  BS_N_FIXES,
} BsFixKind;

/* NULL: not to be mended by machine. @name: of the tensor it is about, or NULL. (transfer full): BsSplice, whose texts are owned. */
GArray *bs_fix_find (BsFixKind kind, const char *text, guint line, const char *name);
const char *bs_fix_title (BsFixKind kind);
BsFixKind bs_fix_of_mistake (BsMistakeKind kind);
/* For the ERROR event; *line: of the script, where something is to be done. */
BsFixKind bs_fix_of_error (BsRecording *recording, const BsEvent *error, guint *line);

G_END_DECLS
