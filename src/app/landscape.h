/* SPDX-License-Identifier: MIT */

/* The loss of the pass at the cursor over its parameters. To drag the point, or the arrow keys, look elsewhere; Escape or a double
 * click goes back. */

#pragma once

#include <gtk/gtk.h>

#include "draw/export.h"
#include "recording/cursor.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_LANDSCAPE (backstep_landscape_get_type ())
G_DECLARE_FINAL_TYPE (BackstepLandscape, backstep_landscape, BACKSTEP, LANDSCAPE, GtkWidget)

void backstep_landscape_set_cursor (BackstepLandscape *self, BsCursor *cursor);
void backstep_landscape_refresh (BackstepLandscape *self);
/* As it is shown; NULL and no error: another ending, or there is none. */
GBytes *backstep_landscape_export (BackstepLandscape *self, const char *ending, const BsExportOptions *options, GError **error);
GtkWidget *backstep_landscape_get_area (BackstepLandscape *self); /* takes the keys */
void backstep_landscape_set_look (BackstepLandscape *self, double font_scale, gboolean hide_future);

G_END_DECLS
