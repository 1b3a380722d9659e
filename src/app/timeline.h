/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "recording/cursor.h"

G_BEGIN_DECLS

/* The whole run as a strip to scrub over. Signal: "seek" (guint step). */
#define BACKSTEP_TYPE_TIMELINE (backstep_timeline_get_type ())
G_DECLARE_FINAL_TYPE (BackstepTimeline, backstep_timeline, BACKSTEP, TIMELINE, GtkWidget)

void backstep_timeline_set_cursor (BackstepTimeline *self, BsCursor *cursor);
void backstep_timeline_set_scale (BackstepTimeline *self, double scale); /* of its text; 1: as usual */
void backstep_timeline_refresh (BackstepTimeline *self);
void backstep_timeline_take_breaks (BackstepTimeline *self, GArray *steps); /* guint32 (transfer full) */

G_END_DECLS
