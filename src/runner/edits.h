/* SPDX-License-Identifier: MIT */

/* Changes of the past: "at step 120, lr becomes 0.05". A run is repeated from its start, and the change is made at the first
 * line that begins at or after that step where the name is known: in that frame, or at module level. */

#pragma once

#include "python.h"

G_BEGIN_DECLS

/* "step\0target\0value\0" in the order they are to be made; the target is a name, attribute or item, the value an
 * expression. A tensor keeps its identity and gets the value as its data. */
void bs_edits_add (const char *bytes, gsize n);
/* Makes those that are due; TRUE: some were. */
gboolean bs_edits_make (PyFrameObject *frame, guint32 step);
/* The same without Python: @make makes one. FALSE: it cannot, with a @message why (transfer full), or nothing is there yet. */
typedef gboolean (*BsEditMaker) (gpointer user, const char *target, const char *value, char **message);
void bs_edits_make_with (guint32 step, BsEditMaker make, gpointer user);
/* At the end of the run: says what was not made. */
void bs_edits_finish (void);

G_END_DECLS
