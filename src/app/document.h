/* SPDX-License-Identifier: MIT */

/* A document: a script or a recording, its runs, the one of them that is shown, and the cursor in that run. It knows no
 * widgets, so that the script starts before the window is built. */

#pragma once

#include "run.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_DOCUMENT (backstep_document_get_type ())
G_DECLARE_FINAL_TYPE (BackstepDocument, backstep_document, BACKSTEP, DOCUMENT, GObject)

/* Signals: "loaded" (another text), "replaced" (another run is shown), "changed" (state, problem, warning; the recording
 * has grown), "runs-changed" (one more or less, or another name). */
BackstepDocument *backstep_document_new (void);
/* Reads and, if it is a script, runs it. FALSE: get_problem() tells why; the document is then empty. */
gboolean backstep_document_open (BackstepDocument *self, GFile *file);
/* A script that is in no file yet: it runs as if it stood in an empty folder. */
gboolean backstep_document_open_text (BackstepDocument *self, const char *text);
/* Runs the text and shows that run. The former one stays beside it, if another text or another past made it. */
#define BACKSTEP_RUNS_MAX 8
gboolean backstep_document_run (BackstepDocument *self, const char *text, gsize length, gboolean is_saved);
/* The run that is shown, repeated with one more change of its past: from @step on @target is @value. */
gboolean backstep_document_run_edited (BackstepDocument *self, guint32 step, const char *target, const char *value);
/* What if: a text that differs a little from the one of the shown run is run, and shown in its place as soon as it has come to where the
 * cursor stands. There is one such trial: the next one replaces it, and overtakes it when it is slow. */
void backstep_document_try (BackstepDocument *self, const char *text, const char *name);
/* @keep: it becomes a run like the others. Otherwise the run that was shown before is shown again. */
void backstep_document_end_trial (BackstepDocument *self, gboolean keep);
BackstepRun *backstep_document_get_trial (BackstepDocument *self); /* (nullable) */
gboolean backstep_document_is_trying (BackstepDocument *self); /* one is on its way */
gboolean backstep_document_is_trial_slow (BackstepDocument *self); /* and a person notices */
const char *backstep_document_get_trial_problem (BackstepDocument *self); /* the last one ran into an error; else NULL */
/* Sliders are in sight, or no more: runners are kept ready for them. */
void backstep_document_set_ready (BackstepDocument *self, gboolean ready);
GPtrArray *backstep_document_get_runs (BackstepDocument *self); /* BackstepRun, oldest first */
BackstepRun *backstep_document_get_shown_run (BackstepDocument *self); /* (nullable) */
void backstep_document_show_run (BackstepDocument *self, BackstepRun *run);
void backstep_document_remove_run (BackstepDocument *self, BackstepRun *run); /* not the last one */
/* A large tensor is wanted with all its elements at the cursor: the run is repeated for them in the background, and "changed"
 * tells when they are there. FALSE: they cannot be had. */
gboolean backstep_document_want_whole (BackstepDocument *self, guint32 tensor);
void backstep_document_rename_run (BackstepDocument *self, BackstepRun *run, const char *name);
gboolean backstep_document_save (BackstepDocument *self, GFile *file, const char *text, GError **error);
void backstep_document_stop (BackstepDocument *self);
void backstep_document_go_on (BackstepDocument *self);
/* Where the cursor goes as soon as so much is recorded. */
/* The next run goes to where this one stands now: so far into that phase of that pass. Before it is started. */
void backstep_document_keep_place (BackstepDocument *self);
void backstep_document_set_wanted_step (BackstepDocument *self, guint32 step);

GFile *backstep_document_get_file (BackstepDocument *self);            /* NULL: in none yet */
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
