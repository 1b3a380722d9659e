/* SPDX-License-Identifier: MIT */

/* A document: a script or a recording, the run of it that is shown, and the cursor in that run. It knows no widgets,
 * so that the script starts before the window is built. */

#pragma once

#include "recording/cursor.h"
#include "session/session.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_DOCUMENT (backstep_document_get_type ())
G_DECLARE_FINAL_TYPE (BackstepDocument, backstep_document, BACKSTEP, DOCUMENT, GObject)

/* Signals: "loaded" (another text), "replaced" (another recording and cursor), "changed" (state, problem, warning;
 * the recording has grown). */
BackstepDocument *backstep_document_new (void);
/* Reads and, if it is a script, runs it. FALSE: get_problem() tells why; the document is then empty. */
gboolean backstep_document_open (BackstepDocument *self, GFile *file);
gboolean backstep_document_run (BackstepDocument *self, const char *text, gsize length, gboolean is_saved);
gboolean backstep_document_save (BackstepDocument *self, GFile *file, const char *text, GError **error);
void backstep_document_stop (BackstepDocument *self);
void backstep_document_go_on (BackstepDocument *self);
/* Where the cursor goes as soon as so much is recorded. */
void backstep_document_set_wanted_step (BackstepDocument *self, guint32 step);

GFile *backstep_document_get_file (BackstepDocument *self);
const char *backstep_document_get_text (BackstepDocument *self);      /* as read */
gboolean backstep_document_is_recording (BackstepDocument *self);     /* a .backstep file: nothing runs */
BsSession *backstep_document_get_session (BackstepDocument *self);    /* (nullable) */
BsRecording *backstep_document_get_recording (BackstepDocument *self); /* (nullable) */
BsCursor *backstep_document_get_cursor (BackstepDocument *self);      /* (nullable) */
BsSessionState backstep_document_get_state (BackstepDocument *self);
gboolean backstep_document_is_busy (BackstepDocument *self);
const char *backstep_document_get_problem (BackstepDocument *self);   /* the file could not be opened or run */
const char *backstep_document_get_warning (BackstepDocument *self);   /* it could, but */
char *backstep_document_dup_name (BackstepDocument *self);
/* The text has been changed on disk since it was read or saved. */
gboolean backstep_document_differs_from_disk (BackstepDocument *self);
/* How the run ended and the exception nobody caught; FALSE: it has not, or there is none. */
gboolean backstep_document_find_end (BackstepDocument *self, BsEvent *out);
gboolean backstep_document_find_error (BackstepDocument *self, BsEvent *out);
/* It ended because it may not write, and wanted to, into its own folder. */
gboolean backstep_document_wants_to_write (BackstepDocument *self);

G_END_DECLS
