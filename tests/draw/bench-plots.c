/* SPDX-License-Identifier: MIT */

/* Milliseconds to draw a frame of curves of a million passes, by what a person does: everything in sight, each step of the cursor,
 * zooming in, a logarithm, the pointer over it. Median and 99th percentile. BACKSTEP_PASSES: as many. */

#include "fake-recording.h"

#include "draw/plot.h"

#include <stdlib.h>
#include <time.h>

enum { WIDTH = 900, HEIGHT = 300, FRAMES = 200 };

typedef struct {
  BsPlot *plot;
  BsCursor *cursor;
  cairo_surface_t *surface;
  BsPlotLook look;
} Bench;

/* Of the processor: another program that wants it is no matter of ours. */
static double
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
draw (Bench *self)
{
  cairo_t *cr = cairo_create (self->surface);

  bs_palette_set (cr, self->look.theme, BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  bs_plot_draw (self->plot, cr, WIDTH, HEIGHT, self->cursor, &self->look);
  cairo_destroy (cr);
  cairo_surface_flush (self->surface);
}

static void
all (Bench *self, guint i)
{
  bs_plot_fit (self->plot);
}

static void
step (Bench *self, guint i)
{
  bs_cursor_seek (self->cursor, (guint64) bs_recording_get_n_events (bs_cursor_get_recording (self->cursor)) * (i + 1) / FRAMES);
}

static void
zoom (Bench *self, guint i)
{
  if (i % 50 == 0)
    bs_plot_fit (self->plot);
  else
    bs_plot_zoom (self->plot, BS_PLOT_X, WIDTH * 0.4, 1.2);
}

static void
logarithm (Bench *self, guint i)
{
  BsPlotScale scale = { .log = TRUE };

  if (i == 0)
    bs_plot_fit (self->plot);
  bs_plot_set_scale (self->plot, BS_PLOT_Y, &scale);
}

static void
pointer (Bench *self, guint i)
{
  self->look.pointer_x = 80 + i * 3;
  self->look.pointer_y = HEIGHT / 2;
}

static void
measure (Bench *self, const char *what, void (*prepare) (Bench *self, guint i))
{
  double times[FRAMES];

  for (guint i = 0; i < FRAMES; i++) {
    double begin = now ();

    prepare (self, i);
    draw (self);
    times[i] = now () - begin;
  }
  qsort (times, FRAMES, sizeof *times, compare);
  g_print ("%-22s %8.2f %8.2f\n", what, times[FRAMES / 2], times[FRAMES * 99 / 100]);
}

int
main (void)
{
  guint n = g_getenv ("BACKSTEP_PASSES") ? atoi (g_getenv ("BACKSTEP_PASSES")) : 1000000;
  g_autoptr (BsRecording) recording = bs_fake_quadratic (n);
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);

  g_print ("%u passes, %u events\n%-22s %8s %8s\n", n, bs_recording_get_n_events (recording), "ms a frame", "median", "99 %");
  for (guint losses = 0; losses < 2; losses++) {
    Bench self = { bs_plot_new (recording, losses), cursor, cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT), BS_PLOT_LOOK_INIT };
    double begin = now ();

    bs_cursor_seek (cursor, bs_recording_get_n_events (recording) / 2);
    draw (&self);
    g_print ("%-22s %8.2f\n", losses ? "loss, first" : "parameter, first", now () - begin);
    measure (&self, "all in sight", all);
    measure (&self, "step of the cursor", step);
    measure (&self, "zooming", zoom);
    measure (&self, "logarithmic", logarithm);
    measure (&self, "under the pointer", pointer);
    cairo_surface_destroy (self.surface);
    bs_plot_free (self.plot);
  }
  return 0;
}
