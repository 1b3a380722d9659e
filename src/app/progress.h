/* SPDX-License-Identifier: MIT */

/* How far a person has come in each example: how much of its run has been seen, and which questions are ticked. One key file
 * in the user's state folder, written a moment after a change. Signal of the one object: "changed" (id; NULL: all). */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BACKSTEP_TYPE_PROGRESS (backstep_progress_get_type ())
G_DECLARE_FINAL_TYPE (BackstepProgress, backstep_progress, BACKSTEP, PROGRESS, GObject)

typedef struct {
  gboolean opened;
  int percent;      /* of the steps, the furthest that was shown */
  guint32 ticked;   /* bit i: question i */
} BackstepReached;

BackstepProgress *backstep_progress_get (void); /* (transfer none) */
BackstepReached backstep_progress_look (BackstepProgress *self, const char *id);
void backstep_progress_note (BackstepProgress *self, const char *id, int percent);
void backstep_progress_tick (BackstepProgress *self, const char *id, guint question, gboolean ticked);
void backstep_progress_forget (BackstepProgress *self);
gboolean backstep_progress_is_empty (BackstepProgress *self);
/* Now, not in a moment: the program ends. */
void backstep_progress_flush (BackstepProgress *self);

G_END_DECLS
