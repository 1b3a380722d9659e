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

guint64 bs_channel_get_credit (void);
void bs_channel_spend (guint64 n_events);
gboolean bs_channel_is_stopped (void);
/* A line that has come for input(), or NULL. (transfer full) */
char *bs_channel_take_answer (gsize *length);

G_END_DECLS
