/* SPDX-License-Identifier: MIT */

/* What an editor of Python does with lines. */

#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

/* The lines of the selection become comments, or, when all of them are, lose the @sign. One step of undo. */
void backstep_editing_toggle_comment (GtkTextBuffer *buffer, const char *sign);
/* After Enter: as deep as the line above; deeper behind a colon, less deep behind `return` and the like. */
void backstep_editing_add_indenter (GtkSourceView *view);

G_END_DECLS
