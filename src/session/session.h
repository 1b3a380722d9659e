/* SPDX-License-Identifier: MIT */

/* A session: one run of one script. It starts the runner (a child process in its sandbox) over a socket pair, grants
 * it credit for so many more events, feeds what comes into a recording, and takes the death of the child as an
 * ordinary outcome. GIO, no GTK; everything happens on the thread-default main context. */

#pragma once

#include <gio/gio.h>

#include "recording/recording.h"

G_BEGIN_DECLS

#define BS_TYPE_SESSION (bs_session_get_type ())
G_DECLARE_FINAL_TYPE (BsSession, bs_session, BS, SESSION, GObject)

typedef enum {
  BS_SESSION_IDLE,
  BS_SESSION_STARTING,
  BS_SESSION_RUNNING,
  BS_SESSION_PAUSED,    /* at the limit of events; bs_session_go_on() */
  BS_SESSION_WAITING,   /* the script asks for input */
  BS_SESSION_ENDED,
} BsSessionState;

/* A change of the past: at @step (the first line that begins then or later) @target becomes @value, both as Python text. */
typedef struct { guint32 step; const char *target, *value; } BsSessionEdit;

typedef struct _BsSpare BsSpare;

typedef struct {
  const char *path;      /* names the file in messages, sys.argv[0] and tracebacks */
  const char *source;    /* text to run instead of the file's (unsaved edits); NULL: read the file */
  gsize source_length;
  const char *const *args;
  guint32 event_limit;   /* 0: the default (2 000 000) */
  gsize memory_limit;    /* bytes of address space; 0: the default (4 GiB) */
  gboolean allow_writing; /* to the script's folder */
  guint n_edits;
  const BsSessionEdit *edits; /* by step */
  guint n_kept;
  const guint32 *kept;    /* tensors whose values are wanted whole, however large */
  guint32 kept_from;      /* step */
  guint64 kept_bytes;     /* for all of them together; 0: the default (1 GiB) */
  BsSpare *spare;         /* (transfer full): for the same path and rights and a @source; NULL: one is started */
} BsSessionOptions;

/* Properties: "state" (BsSessionState), "recording" (BsRecording). Signals: "ended". */
BsSession *bs_session_new (void);
gboolean bs_session_start (BsSession *self, const BsSessionOptions *options, GError **error);
void bs_session_go_on (BsSession *self, guint32 further_events);
void bs_session_stop (BsSession *self); /* asks, then kills; what was recorded stays */
void bs_session_answer_input (BsSession *self, const char *line);
BsSessionState bs_session_get_state (BsSession *self);
BsRecording *bs_session_get_recording (BsSession *self);
/* What the sandbox could not do on this kernel, for people; NULL when all is in force. */
const char *bs_session_get_sandbox_warning (BsSession *self);

/* A runner that is ready but for the script's text: Python, the package and the sandbox are up, so that a run begins at once.
 * Of @options the path, arguments, rights and limits count. It dies with us. NULL: none could be started. */
BsSpare *bs_spare_new (const BsSessionOptions *options);
void bs_spare_free (BsSpare *self);

/* Runs to the end on a private main context; for the command line and tests. */
BsRecording *bs_session_run (const BsSessionOptions *options, GCancellable *cancellable, GError **error);

/* Where the runner is: next to the build's or the installation's own programs. */
char *bs_session_find_runner (void);

G_END_DECLS
