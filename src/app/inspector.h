/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "draw/scene.h"
#include "recording/cursor.h"

G_BEGIN_DECLS

/* The selected tensor, or that of the current event. Signals: "show-place" (guint place), "show-all" (guint tensor, gboolean
 * gradient). */
#define BACKSTEP_TYPE_INSPECTOR (backstep_inspector_get_type ())
G_DECLARE_FINAL_TYPE (BackstepInspector, backstep_inspector, BACKSTEP, INSPECTOR, GtkWidget)

void backstep_inspector_set_cursor (BackstepInspector *self, BsCursor *cursor);
void backstep_inspector_set_scene (BackstepInspector *self, BsScene *scene); /* borrowed; its cards make the list */
void backstep_inspector_set_selected (BackstepInspector *self, guint32 tensor);
void backstep_inspector_refresh (BackstepInspector *self);

G_END_DECLS
