/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* All keys of the window, to be scrolled and searched: GTK's own window of them is larger than a small screen. */
GtkWidget *backstep_shortcuts_new (void);

G_END_DECLS
