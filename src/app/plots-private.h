/* SPDX-License-Identifier: MIT */

#pragma once

#include "plots.h"

G_BEGIN_DECLS

typedef enum { BACKSTEP_PLOTS_SCRUB, BACKSTEP_PLOTS_PAN, BACKSTEP_PLOTS_BOX } BackstepPlotsDrag;

struct _BackstepPlots
{
  GtkWidget parent_instance;

  GtkWidget *header, *legend, *fit, *menu, *area;
  GtkWidget *kinds[3], *logs[2], *entry;

  BsCursor *cursor;
  BsPlot *plot;
  BackstepPlots *peer; /* borrowed; it is cleared when the other goes */
  GString *legend_key; /* for which lines the legend was made */
  GPtrArray *values;   /* GtkLabel, borrowed: of each line, or NULL */
  guint work_id;
  gboolean losses, hide_future, updating;
  double pointer_x, pointer_y, font_scale;

  BackstepPlotsDrag drag;
  double drag_x, drag_y, drag_dx, drag_dy, pinch;
  gboolean dragged;
  BsRect box;
};

void backstep_plots_init_view (BackstepPlots *self);
void backstep_plots_view_changed (BackstepPlots *self); /* scales: both plots are drawn anew */
void backstep_plots_toggle_log (BackstepPlots *self, BsPlotAxis axis);

G_END_DECLS
