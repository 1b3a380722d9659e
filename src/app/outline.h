/* SPDX-License-Identifier: MIT */

/* The graph as a list: each node with its operation, shape, value and gradient at the cursor, what it comes from before it.
 * The same selection as the picture; for those who do not see the picture, and for finding one among thousands. */

#pragma once

#include <gtk/gtk.h>

#include "draw/scene.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_OUTLINE (backstep_outline_get_type ())
G_DECLARE_FINAL_TYPE (BackstepOutline, backstep_outline, BACKSTEP, OUTLINE, GtkWidget)

/* Signals: "select" (guint tensor), "activate-node" (Enter, double click). */
void backstep_outline_set_scene (BackstepOutline *self, BsScene *scene, BsCursor *cursor); /* borrowed; NULL */
void backstep_outline_refresh (BackstepOutline *self, BsCursor *cursor); /* the cursor has moved */
void backstep_outline_set_scale (BackstepOutline *self, double scale); /* of its text; 1: as usual */
void backstep_outline_set_selected (BackstepOutline *self, guint32 tensor);
void backstep_outline_focus (BackstepOutline *self); /* its filter */

G_END_DECLS
