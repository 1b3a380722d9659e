/* SPDX-License-Identifier: MIT */

/* How a graph is written, for people: in the window's help and of `backstep help graph`. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Paragraphs, set apart by empty lines; "## " begins a heading. Translated. */
const char *bs_graph_file_manual (void);
/* Every operation with its arguments, one a line, from the engine's table. (transfer full) */
char *bs_graph_file_operations (void);

G_END_DECLS
