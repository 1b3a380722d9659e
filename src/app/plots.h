/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "draw/plot.h"

G_BEGIN_DECLS

/* A plot of the parameters or of the loss over the passes: a legend of switches, the curves, and a menu. plots-view.c has the
 * pointer and the keys. Signals: "seek" (guint step), "say" (a sentence for the person). Property: "losses". */
#define BACKSTEP_TYPE_PLOTS (backstep_plots_get_type ())
G_DECLARE_FINAL_TYPE (BackstepPlots, backstep_plots, BACKSTEP, PLOTS, GtkWidget)

void backstep_plots_set_cursor (BackstepPlots *self, BsCursor *cursor);
void backstep_plots_set_others (BackstepPlots *self, guint n, BsRecording *const *others, const char *const *names);
void backstep_plots_refresh (BackstepPlots *self);
void backstep_plots_set_look (BackstepPlots *self, double font_scale, gboolean hide_future);
/* One x axis and one pointer for both. */
void backstep_plots_link (BackstepPlots *self, BackstepPlots *other);
GtkWidget *backstep_plots_get_area (BackstepPlots *self); /* takes the keys */
BsPlot *backstep_plots_get_plot (BackstepPlots *self); /* (nullable) */

/* Adds the tensor's curve, or takes it away if it was added. Says why it cannot. */
void backstep_plots_toggle_tensor (BackstepPlots *self, guint32 tensor);
gboolean backstep_plots_has_tensor (BackstepPlots *self, guint32 tensor);
gboolean backstep_plots_add_name (BackstepPlots *self, const char *name);

G_END_DECLS
