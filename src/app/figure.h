/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A picture the script showed, as wide as a narrow pane; a click opens it in its own size. NULL: it cannot be read. */
GtkWidget *backstep_figure_new (const void *png, gsize length);

G_END_DECLS
