/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "recording/cursor.h"

G_BEGIN_DECLS

/* A plot of the parameters or of the loss over the passes. Signals: "seek" (guint step), "pointer" (double x; < 0: left),
 * which links the pointers of two plots. Property: "losses". */
#define BACKSTEP_TYPE_PLOTS (backstep_plots_get_type ())
G_DECLARE_FINAL_TYPE (BackstepPlots, backstep_plots, BACKSTEP, PLOTS, GtkWidget)

void backstep_plots_set_cursor (BackstepPlots *self, BsCursor *cursor);
void backstep_plots_set_others (BackstepPlots *self, guint n, BsRecording *const *others);
void backstep_plots_refresh (BackstepPlots *self);
void backstep_plots_set_pointer (BackstepPlots *self, double x);
void backstep_plots_set_font_scale (BackstepPlots *self, double font_scale);
void backstep_plots_set_hide_future (BackstepPlots *self, gboolean hide);

G_END_DECLS
