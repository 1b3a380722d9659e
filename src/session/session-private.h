/* SPDX-License-Identifier: MIT */

#pragma once

#include "session.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* Starts the runner; our end of the socket pair, or -1. */
int bs_session_spawn (const BsSessionOptions *options, pid_t *pid, GError **error);

/* One that waits for its text in *source. */
int bs_session_spawn_spare (const BsSessionOptions *options, pid_t *pid, int *source);
gboolean bs_session_write_source (int fd, const char *text, gsize length);

/* The same with @options->spare, which is used up; -1: it does not fit, or is gone. */
int bs_spare_take (BsSpare *self, const BsSessionOptions *options, pid_t *pid);

pid_t bs_session_get_pid (BsSession *self); /* 0 when there is none; for tests */

G_END_DECLS
