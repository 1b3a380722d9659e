/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A layout of children side by side that goes on in another row where there is no room. In each row those that expand share
 * what is left over. As `layout-manager` of a GtkBox, whose own spacing is not used then. */
#define BACKSTEP_TYPE_WRAP_LAYOUT (backstep_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (BackstepWrapLayout, backstep_wrap_layout, BACKSTEP, WRAP_LAYOUT, GtkLayoutManager)

GtkWidget *backstep_wrap_new (void); /* a box that is laid out so */

G_END_DECLS
