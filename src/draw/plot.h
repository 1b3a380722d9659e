/* SPDX-License-Identifier: MIT */

/* Curves over the iterations: one plot of the parameters and one of the loss on a shared x axis. No GTK.
 *
 * A plot has *lines*: those that the recording chooses by itself and those that somebody adds (recording/follow.h), of the run
 * that is shown and, behind it, of others. */

#pragma once

#include <cairo.h>

#include "export.h"
#include "recording/cursor.h"
#include "recording/follow.h"

G_BEGIN_DECLS

typedef struct _BsPlot BsPlot;
BsPlot *bs_plot_new (BsRecording *recording, gboolean losses); /* the loss curves, or the parameters' */
void bs_plot_free (BsPlot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsPlot, bs_plot_free)
/* Further runs, drawn thin and dashed behind: the lines of the same names. @names may be NULL. */
void bs_plot_set_others (BsPlot *self, guint n, BsRecording *const *others, const char *const *names);

/* --- lines -------------------------------------------------------------------------------------------------------------------- */

/* Of the parameters: themselves, the norms of their gradients, or how far an update moved them for their size. */
void bs_plot_set_what (BsPlot *self, BsFollowWhat what);
BsFollowWhat bs_plot_get_what (BsPlot *self);
/* One more; takes @follower, which is of the plot's recording. FALSE: it was there already. */
gboolean bs_plot_add (BsPlot *self, BsFollower *follower);
gboolean bs_plot_has (BsPlot *self, const BsFollower *follower);
void bs_plot_remove (BsPlot *self, guint line); /* with all elements of the tensor; an added one only */
gboolean bs_plot_remove_same (BsPlot *self, const BsFollower *follower);
/* What was added, for another run of the script. */
void bs_plot_take_added (BsPlot *self, BsPlot *from);
/* Reads what the lines need until @deadline (monotonic time; 0: all of it). TRUE: there is more. */
gboolean bs_plot_work (BsPlot *self, gint64 deadline);

typedef struct {
  const char *label;
  const BsCurve *curve;
  guint run;             /* 0: the shown one, else the further run */
  const char *run_name;
  guint color;           /* see bs_plot_set_line() */
  gboolean shown, added;
} BsPlotLine;
guint bs_plot_get_n_lines (BsPlot *self); /* the shown run's first */
void bs_plot_get_line (BsPlot *self, guint i, BsPlotLine *out);
void bs_plot_set_shown (BsPlot *self, guint i, gboolean shown); /* of a further run: all of its lines */
/* The source colour, dash and width for line @i: curve, swatch. */
void bs_plot_set_line (BsPlot *self, cairo_t *cr, guint i, BsTheme theme, double alpha);
gboolean bs_plot_find_value (BsPlot *self, guint i, guint32 step, double *value); /* FALSE: none yet */

/* --- the view ------------------------------------------------------------------------------------------------------------------- */

/* x is the number of the pass, from 1. Where it is not @fixed everything is in sight. */
typedef struct { double low, high; gboolean fixed, log; } BsPlotScale;
typedef enum { BS_PLOT_X, BS_PLOT_Y } BsPlotAxis;
BsPlotScale bs_plot_get_scale (BsPlot *self, BsPlotAxis axis); /* not @fixed: as last drawn */
void bs_plot_set_scale (BsPlot *self, BsPlotAxis axis, const BsPlotScale *scale);
/* Of what was drawn last. @at: in pixels; keeps that place. FALSE: no further. */
gboolean bs_plot_zoom (BsPlot *self, BsPlotAxis axis, double at, double factor);
gboolean bs_plot_pan (BsPlot *self, BsPlotAxis axis, double pixels);
void bs_plot_zoom_to (BsPlot *self, double x0, double y0, double x1, double y1);
void bs_plot_fit (BsPlot *self);
gboolean bs_plot_is_fitted (BsPlot *self);
double bs_plot_to_pixel (BsPlot *self, BsPlotAxis axis, double value);

typedef struct {
  BsTheme theme;
  double font_scale;
  double pointer_x, pointer_y; /* < 0: none */
  gboolean hide_future;        /* else it is pale */
  gboolean legend;             /* drawn; a window has buttons */
  const BsRect *box;           /* being drawn to zoom into */
} BsPlotLook;
#define BS_PLOT_LOOK_INIT { BS_THEME_LIGHT, 1, -1, -1, FALSE, TRUE, NULL }

void bs_plot_draw (BsPlot *self, cairo_t *cr, double width, double height, BsCursor *cursor, const BsPlotLook *look);
gboolean bs_plot_hit (BsPlot *self, double x, guint32 *out_step); /* step of the iteration at @x */
gboolean bs_plot_is_at_cursor (BsPlot *self, double x, BsCursor *cursor); /* near its line */
/* "w 9.604, pass 2" for the accessible text (transfer full). */
char *bs_plot_describe (BsPlot *self, BsCursor *cursor);

/* --- files ---------------------------------------------------------------------------------------------------------------------- */

/* The plots below one another on one x axis, as .svg, .pdf, .png, or their numbers as .csv, whose rows are passes
 * (transfer full). NULL and no error: another ending. */
GBytes *bs_plot_export (guint n, BsPlot *const *plots, BsCursor *cursor, const char *ending, double width, double height,
                        const BsExportOptions *options, GError **error);

G_END_DECLS
