/* SPDX-License-Identifier: MIT */

/* plot.c knows the lines and the view, plot-axes.c and plot-draw.c draw them, plot-words.c writes legend and readout. */

#pragma once

#include "decimate.h"
#include "numbers.h"
#include "plot.h"
#include "text.h"
#include "ticks.h"

G_BEGIN_DECLS

enum { BS_PLOT_LINES = 64, BS_PLOT_SHOWN = 12 };

typedef struct {
  char *label;
  BsCurve curve;
  BsDecimator *decimator;
  guint run, color;
  int added; /* index of what was asked for; -1: chosen by the recording */
  gboolean shown;
} BsLine;

typedef struct {
  BsRecording *recording;
  char *name;
  GPtrArray *added;   /* BsFollower or NULL, as many as were asked for */
  GPtrArray *derived; /* BsFollower: gradients, updates of its parameters */
  guint32 seen_events;
  guint n_seen_curves;
  gboolean hidden;
} BsPlotRun;

struct _BsPlot {
  gboolean losses;
  BsFollowWhat what;
  GPtrArray *wanted; /* BsFollower: asked for */
  GPtrArray *runs;   /* BsPlotRun; the first is the shown one */
  GArray *lines;     /* BsLine */
  guint n_own, n_left_out;
  gboolean stale;
  GHashTable *hidden; /* label -> shown or not, as somebody chose */
  BsPlotScale scales[2], drawn[2];
  BsTexts *texts;
  double scale;
  BsRect area;       /* of the last drawing, inside the axes */
  guint n_passes;
};

/* One drawing. */
typedef struct {
  BsPlot *plot;
  cairo_t *cr;
  const BsPlotLook *look;
  BsTheme theme;
  double x, y, width, height; /* of the area inside the axes */
  double low[2], high[2];     /* as shown */
  gboolean log[2];
  guint32 step, pass;
  guint n_left_out;           /* points a logarithm cannot show */
  double s;
} BsPlotFrame;

static inline BsLine *bs_plot_line (BsPlot *self, guint i) { return &g_array_index (self->lines, BsLine, i); }
void bs_plot_refresh (BsPlot *self);
int bs_plot_point_before (const BsCurve *curve, const guint32 *keys, guint32 key); /* -1: none */
void bs_plot_find_y_range (BsPlotFrame *self);

double bs_plot_x_of (const BsPlotFrame *self, double pass); /* from 0 */
double bs_plot_y_of (const BsPlotFrame *self, double value);
void bs_plot_draw_y_axis (BsPlotFrame *self);
void bs_plot_draw_x_axis (BsPlotFrame *self);

void bs_plot_draw_legend (BsPlotFrame *self);
void bs_plot_draw_pointer (BsPlotFrame *self);
void bs_plot_draw_nothing (BsPlotFrame *self);
void bs_plot_draw_notes (BsPlotFrame *self);
double bs_plot_legend_height (BsPlot *self, double width, double scale);

G_END_DECLS
