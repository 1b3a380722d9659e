/* SPDX-License-Identifier: MIT */

/* The manual: the texts of the help and the keys of the actions, printed when the program is built, made to pages by
 * data/manual, and opened in the browser. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* "# " begins a chapter, "## " a section, an empty line a paragraph; "| " a row of keys. Needs no display. */
void backstep_manual_print (void);
gboolean backstep_manual_can_open (void);
void backstep_manual_open (GtkWindow *window);

G_END_DECLS
