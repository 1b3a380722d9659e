/* SPDX-License-Identifier: MIT */

/* The help: what the picture means, how to step, what scripts may do. A window of its own, beside the work. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *backstep_help_new (void);

G_END_DECLS
