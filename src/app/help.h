/* SPDX-License-Identifier: MIT */

/* The help: what the picture means, how to step, what scripts may do. A window of its own, beside the work. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *backstep_help_new (void);
/* The same texts, for the manual. FALSE: there are no more. */
gboolean backstep_help_get_topic (guint i, const char **title, const char **text);

G_END_DECLS
