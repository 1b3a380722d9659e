/* SPDX-License-Identifier: MIT */

/* What a session and its runner say to each other over their socket pair. Each message is a header, then @length
 * bytes. Both sides are the same machine's; the session does not trust what it reads all the same. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  /* to the session */
  BS_MESSAGE_EVENTS = 1, /* bytes of the recording's stream: whole chunks (wire.h) */
  BS_MESSAGE_PAUSED,     /* no credit left; the script stands still until more comes */
  BS_MESSAGE_RESUMED,
  BS_MESSAGE_INPUT,      /* input() waits; what it asked is in the recording as output */
  BS_MESSAGE_WARNING,    /* text: what the sandbox could not do */
  /* to the runner */
  BS_MESSAGE_CREDIT,     /* u32: so many more events */
  BS_MESSAGE_STOP,
  BS_MESSAGE_ANSWER,     /* text: a line for input(), its newline included; empty: end of file */
  BS_MESSAGE_EDIT,       /* "step\0target\0value\0": a change to be made then; before the first credit */
  BS_MESSAGE_KEEP,       /* u64 bytes, u32 step, u32 tensors: from then on their values are wanted whole; before the first credit */
  BS_MESSAGE_START,      /* to one that was started with --spare: the text is there now; before all others */
} BsMessageKind;

typedef struct {
  guint32 kind;
  guint32 length;
} BsMessage;

#define BS_MESSAGE_MAX (80u << 20) /* a chunk and its header */
#define BS_ANSWER_MAX (1u << 20)
#define BS_EDIT_MAX (64u << 10)

/* Descriptors of the child, by number. */
#define BS_RUNNER_SOCKET 3
#define BS_RUNNER_SOURCE 4

/* Follows a STOP: look at the socket now, even in the middle of a long computation. */
#define BS_RUNNER_SIGNAL (SIGRTMAX - 1)

G_END_DECLS
