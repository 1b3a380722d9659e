/* SPDX-License-Identifier: MIT */

/* A recorded run of a graph that is written as DOT (src/graphfile): the same events as of a script, with the statements of the
 * file in the place of lines. Python is not started. */

#pragma once

#include "python.h"

G_BEGIN_DECLS

gboolean bs_graph_is_script (const BsScript *script);
/* `backstep python` is for scripts: says so, and gives the status to end with. */
int bs_graph_refuse (const BsScript *script);
/* What must be read from files before the sandbox shuts. */
void bs_graph_prepare (void);
/* Runs it and tells the session how it ended; the process's exit status. */
int bs_graph_record_run (const BsScript *script);

G_END_DECLS
