/* SPDX-License-Identifier: MIT */

/* A recorded run: everything that happens becomes events of the session's stream. */

#pragma once

#include "python.h"

G_BEGIN_DECLS

/* Runs the script and tells the session how it ended; the process's exit status. */
int bs_record_run (const BsScript *script);

G_END_DECLS
