/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "recording/cursor.h"

G_BEGIN_DECLS

/* A window with all elements of a tensor's value or gradient as of now, in rows; copied, so that it stays when the cursor
 * moves. A tensor of more than two dimensions shows its matrices one below the other. NULL: they are not to be had. */
GtkWidget *backstep_table_new (BsCursor *cursor, guint32 tensor, gboolean grad, const char *name);

G_END_DECLS
