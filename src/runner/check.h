/* SPDX-License-Identifier: MIT */

/* Whether a text is Python: `backstep-runner --check -` reads it from standard input, runs nothing of it, and prints a line
 * "line column end_line end_column message" when it is not: lines from 1, columns in characters from 1, 0 where Python does
 * not know. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 0: it has looked, whatever it found. */
int bs_check_run (void);

G_END_DECLS
