/* SPDX-License-Identifier: MIT */

/* draw-plots PASSES STEP OUT.png [light|dark] [POINTER]: both plots and the timeline, to look at. */

#include "fake-recording.h"

#include "draw/plot.h"
#include "draw/timeline.h"

#include <stdlib.h>
#include <string.h>

int
main (int argc, char **argv)
{
  g_autoptr (BsRecording) recording = argc > 3 ? atoi (argv[1]) > 0 ? bs_fake_quadratic (atoi (argv[1])) : bs_fake_odd () : NULL;
  g_autoptr (BsCursor) cursor = NULL;
  g_autoptr (BsPlot) parameters = NULL, losses = NULL;
  BsTheme theme = argc > 4 && strcmp (argv[4], "dark") == 0;
  double pointer = argc > 5 ? atof (argv[5]) : -1;
  BsTimelineView view = { 900, 72, theme, 1, 0, 0, pointer };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 900, 500);
  cairo_t *cr = cairo_create (surface);
  BsPlotLook look = BS_PLOT_LOOK_INIT;
  g_autofree char *text = NULL;

  if (recording == NULL)
    return 2;
  cursor = bs_cursor_new (recording);
  bs_cursor_seek (cursor, atoi (argv[2]));
  parameters = bs_plot_new (recording, FALSE);
  losses = bs_plot_new (recording, TRUE);
  bs_palette_set (cr, theme, BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  bs_timeline_draw (recording, cr, &view, bs_cursor_get_step (cursor));
  cairo_translate (cr, 0, 80);
  look.theme = theme;
  look.pointer_x = pointer;
  bs_plot_draw (parameters, cr, 900, 210, cursor, &look);
  cairo_translate (cr, 0, 210);
  bs_plot_draw (losses, cr, 900, 210, cursor, &look);
  text = bs_plot_describe (parameters, cursor);
  g_print ("%s\n", text);
  cairo_surface_write_to_png (surface, argv[3]);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return 0;
}
