/* SPDX-License-Identifier: MIT */

/* A tensor or a name on its way to a plot, under the pointer. Elsewhere it is its name as text. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct { guint32 tensor; char *name; } BackstepDragged; /* tensor 0: only a name; name NULL: it has none */

#define BACKSTEP_TYPE_DRAGGED (backstep_dragged_get_type ())
GType backstep_dragged_get_type (void);

/* What a drag from @x, @y takes along; FALSE: nothing. @name (transfer full). */
typedef gboolean (*BackstepDraggedFunc) (GtkWidget *widget, double x, double y, guint32 *tensor, char **name);
void backstep_dragged_add_source (GtkWidget *widget, BackstepDraggedFunc func);

G_END_DECLS
