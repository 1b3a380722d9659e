/* SPDX-License-Identifier: MIT */

#pragma once

#include "session.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* Starts the runner; our end of the socket pair, or -1. */
int bs_session_spawn (const BsSessionOptions *options, pid_t *pid, GError **error);

pid_t bs_session_get_pid (BsSession *self); /* 0 when there is none; for tests */

G_END_DECLS
