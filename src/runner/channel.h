/* SPDX-License-Identifier: MIT */

/* The child's end of the socket pair: sends messages, takes credit, stop and answers. One per process. */

#pragma once

#include "protocol.h"

G_BEGIN_DECLS

void bs_channel_open (int fd);
/* Blocks until all of it is written. When the session is gone the process ends. Async-signal-safe. */
void bs_channel_send (BsMessageKind kind, const void *bytes, gsize n);
/* Takes what has come, without waiting. */
void bs_channel_poll (void);
/* Waits for the next message. */
void bs_channel_wait (void);

/* A spare runner waits here for its text; when the session wants it no more, the process ends. */
void bs_channel_wait_for_start (void);

guint64 bs_channel_get_granted (void); /* events, all grants together */
gboolean bs_channel_is_stopped (void);
/* Asks for a line and waits for it. (transfer full); NULL: stopped */
char *bs_channel_ask (gsize *length);
 
G_END_DECLS
