/* SPDX-License-Identifier: MIT */

/* One run of a document: what ran, with which changes of the past, and its recording. A document keeps several, to be
 * compared. */

#pragma once

#include "recording/cursor.h"
#include "session/session.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_RUN (backstep_run_get_type ())
G_DECLARE_FINAL_TYPE (BackstepRun, backstep_run, BACKSTEP, RUN, GObject)

struct _BackstepRun
{
  GObject parent_instance;

  char *name;
  char *text;            /* of the script as it ran; NULL: a recording from a file */
  GArray *edits;         /* BsSessionEdit, whose texts are owned */
  BsSession *session;    /* (nullable) */
  BsRecording *recording;
  BsCursor *cursor;
  BsSession *details;    /* (nullable): the same once more, with large tensors whole */
  GArray *kept;          /* ids of those tensors */
  guint32 kept_from;     /* step */
};

/* Takes @recording and @session. */
BackstepRun *backstep_run_new (const char *name, const char *text, BsRecording *recording, BsSession *session);
void backstep_run_add_edit (BackstepRun *self, guint32 step, const char *target, const char *value);
/* The same text with the same changes: it would say the same again. */
gboolean backstep_run_equals (BackstepRun *a, const char *text, const GArray *edits);
/* "lr = 0.05 at step 120"; NULL: nothing was changed (transfer full). */
char *backstep_run_describe_edits (const GArray *edits);
GArray *backstep_edits_new (void);
void backstep_edits_add (GArray *edits, guint32 step, const char *target, const char *value);

G_END_DECLS
