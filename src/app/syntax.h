/* SPDX-License-Identifier: MIT */

/* Whether a text is Python: asked of Python itself, in a child process in the sandbox, once the typing has paused. A newer
 * question overtakes an older one. Signal: "changed". */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BACKSTEP_TYPE_SYNTAX (backstep_syntax_get_type ())
G_DECLARE_FINAL_TYPE (BackstepSyntax, backstep_syntax, BACKSTEP, SYNTAX, GObject)

/* Lines from 1, columns in characters from 1; 0: not known. */
typedef struct { guint line, column, end_line, end_column; const char *message; } BackstepSyntaxError;

BackstepSyntax *backstep_syntax_new (GtkTextBuffer *buffer); /* (transfer full) */
/* NULL: the text is in order, or nobody has looked yet; valid until "changed". */
const BackstepSyntaxError *backstep_syntax_get_error (BackstepSyntax *self);
/* A text that is no Python is not looked at. */
void backstep_syntax_set_active (BackstepSyntax *self, gboolean active);

G_END_DECLS
