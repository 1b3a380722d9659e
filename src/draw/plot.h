/* SPDX-License-Identifier: MIT */

/* Curves over the iterations: one plot of the parameters and one of the loss on a shared x axis. No GTK. */

#pragma once

#include <cairo.h>

#include "recording/cursor.h"
#include "scene.h"

G_BEGIN_DECLS

typedef struct _BsPlot BsPlot;
BsPlot *bs_plot_new (BsRecording *recording, gboolean losses); /* the loss curves, or the parameters' */
void bs_plot_free (BsPlot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsPlot, bs_plot_free)
/* Further runs, drawn thin and grey behind: the curves of the same kind. */
void bs_plot_set_others (BsPlot *self, guint n, BsRecording *const *others);
void bs_plot_set_hide_future (BsPlot *self, gboolean hide); /* nothing right of the cursor */
void bs_plot_draw (BsPlot *self, cairo_t *cr, double width, double height, BsCursor *cursor, BsTheme theme,
                   double font_scale, double pointer_x /* < 0: none */);
gboolean bs_plot_hit (BsPlot *self, double x, double width, guint32 *out_step); /* step of the iteration at @x */
/* "w 9.604, pass 2" for the accessible text (transfer full). */
char *bs_plot_describe (BsPlot *self, BsCursor *cursor);

G_END_DECLS
