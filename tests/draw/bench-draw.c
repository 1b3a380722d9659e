/* SPDX-License-Identifier: MIT */

/* Milliseconds of the processor, by size of graph and what a person does: until the graph first stands there (found, measured,
 * placed, drawn); then frames of 1600×1000, median and 99th percentile. First whole pictures: with everything in sight, at reading
 * zoom, between the two. Then the frames of a window (view.h): a drag of 25 pixels a frame, 3 % of zoom a frame from all in sight to
 * reading, steps one after the other with everything in sight, between and reading, seeks from anywhere to
 * anywhere, and the pointer going from card to card.
 * And what a card costs in memory. bench-draw [KIND [COUNT]] */

#include "fake-recording.h"

#include "draw/scene.h"
#include "draw/view.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 1600, HEIGHT = 1000, FRAMES = 100 };

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

typedef struct {
  BsScene *scene;
  BsCursor *cursor;
  BsView *view;
  cairo_surface_t *surface;
  BsSize size;
  double zoom, x, y;
  guint hovered;
} Bench;

static void
draw (Bench *self, double zoom, double x, double y)
{
  cairo_t *cr = cairo_create (self->surface);
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;

  options.zoom = zoom;
  options.clip = (BsRect) { x, y, WIDTH / zoom, HEIGHT / zoom };
  bs_palette_set (cr, options.theme, BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  cairo_scale (cr, zoom, zoom);
  cairo_translate (cr, -x, -y);
  bs_scene_draw (self->scene, cr, self->cursor, &options);
  cairo_destroy (cr);
  cairo_surface_flush (self->surface);
}

static double
fit (Bench *self)
{
  return MIN (WIDTH / self->size.width, HEIGHT / self->size.height);
}

static void
draw_all (Bench *self, guint i)
{
  draw (self, fit (self) * (1 + i * 1e-4), 0, 0);
}

static void
draw_reading (Bench *self, guint i)
{
  draw (self, 1, self->size.width * i / FRAMES, self->size.height * (i * 37 % FRAMES) / FRAMES);
}

static void
draw_middle (Bench *self, guint i)
{
  draw (self, 0.35, self->size.width * i / FRAMES, self->size.height * (i * 37 % FRAMES) / FRAMES);
}

static void
frame (Bench *self, double zoom, double x, double y)
{
  cairo_t *cr = cairo_create (self->surface);
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;

  options.hovered = self->hovered;
  bs_view_draw (self->view, cr, self->scene, self->cursor, &options, &(BsViewPlace) { WIDTH, HEIGHT, 1, zoom, -x * zoom, -y * zoom });
  cairo_destroy (cr);
  cairo_surface_flush (self->surface);
}

static void
drag (Bench *self, guint i)
{
  frame (self, self->zoom, self->size.width / 4 + 25 * i / self->zoom, self->size.height / 4 + 15 * i / self->zoom);
}

static void
zoom (Bench *self, guint i)
{
  double zoom = MIN (fit (self) * pow (1.03, i), 2);

  frame (self, zoom, self->size.width / 2 - WIDTH / 2 / zoom, self->size.height / 2 - HEIGHT / 2 / zoom);
}

static void
look_at (Bench *self)
{
  guint card = bs_scene_get_current_card (self->scene, self->cursor);
  BsRect r = bs_scene_get_card_rect (self->scene, card == G_MAXUINT ? 0 : card);

  self->x = r.x - WIDTH / 2 / self->zoom;
  self->y = r.y - HEIGHT / 2 / self->zoom;
}

/* From two thirds of the recording on: forward and backward. */
static void
step (Bench *self, guint i)
{
  guint32 n = bs_recording_get_n_events (bs_cursor_get_recording (self->cursor));

  bs_cursor_seek (self->cursor, MIN (n / 3 * 2 + i, n));
  frame (self, self->zoom, self->x, self->y);
}

/* From card to card with the pointer: the path from each to the loss is lit. */
static void
hover (Bench *self, guint i)
{
  self->hovered = bs_scene_get_neighbour (self->scene, self->hovered, i & 1 ? BS_SCENE_INPUT : BS_SCENE_BEFORE);
  frame (self, self->zoom, self->x, self->y);
}

static void
seek (Bench *self, guint i)
{
  guint32 n = bs_recording_get_n_events (bs_cursor_get_recording (self->cursor));

  bs_cursor_seek (self->cursor, (guint64) n * ((i * 37 + 1) % FRAMES) / FRAMES);
  frame (self, self->zoom, self->x, self->y);
}

static void
measure (Bench *self, const char *what, void (*draw_frame) (Bench *self, guint i))
{
  double times[FRAMES];

  draw_frame (self, 0);
  for (guint i = 0; i < FRAMES; i++) {
    double start = now ();

    draw_frame (self, i);
    times[i] = now () - start;
  }
  qsort (times, FRAMES, sizeof *times, compare);
  g_print ("   %s %6.2f / %6.2f", what, times[FRAMES / 2], times[FRAMES - 2]);
}

static void
bench (BsFakeKind kind, guint n)
{
  g_autoptr (BsRecording) recording = bs_fake_graph (kind, n);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  gsize before = mallinfo2 ().uordblks;
  double start = now (), first;
  g_autoptr (BsGraph) graph = bs_graph_new (recording, 0);
  g_autoptr (BsLayout) layout = NULL;
  BsLayoutOptions options;
  Bench self = { .surface = surface, .view = bs_view_new (), .hovered = G_MAXUINT,
                  .scene = bs_scene_new (recording, graph, BS_LAYOUT_LEFT_TO_RIGHT, 1), .cursor = bs_cursor_new (recording) };
  guint cards = bs_graph_get_n_cards (graph);

  bs_scene_get_layout_options (self.scene, &options);
  layout = bs_layout_compute_quick (graph, &options);
  bs_scene_set_layout (self.scene, layout);
  self.size = bs_scene_get_size (self.scene);
  bs_cursor_seek (self.cursor, bs_recording_get_n_events (recording));
  g_print ("%-9s %6u cards", bs_fake_kind_names[kind], cards);
  draw_all (&self, 0);
  first = now () - start;
  g_print ("   first %6.1f", first);
  measure (&self, "all", draw_all);
  measure (&self, "reading", draw_reading);
  measure (&self, "between", draw_middle);
  g_print ("\n%24s", "");
  for (guint i = 0; i < 3; i++) {
    static const char *const drags[] = { "drag all", "drag between", "drag" }, *const steps[] = { "step all", "step between", "step" };
    static const char *const seeks[] = { "seek all", "seek between", "seek" };

    self.zoom = (double[]) { fit (&self), 0.35, 1 }[i];
    measure (&self, drags[i], drag);
    bs_cursor_seek (self.cursor, bs_recording_get_n_events (recording) / 3 * 2 + 50);
    self.x = self.y = 0;
    if (i > 0)
      look_at (&self);
    measure (&self, steps[i], step);
    measure (&self, seeks[i], seek);
    if (i > 0) {
      self.hovered = bs_scene_get_current_card (self.scene, self.cursor);
      measure (&self, i == 1 ? "hover between" : "hover", hover);
      self.hovered = G_MAXUINT;
    }
  }
  measure (&self, "zoom", zoom);
  bs_view_free (self.view); /* of the size of the window, not of the graph */
  g_print ("   %.2f KiB a card\n", ((double) mallinfo2 ().uordblks - before) / 1024 / cards);
  cairo_surface_destroy (self.surface);
  g_object_unref (self.cursor);
  bs_scene_free (self.scene);
}

int
main (int argc, char **argv)
{
  static const BsFakeKind kinds[] = { BS_FAKE_CHAIN, BS_FAKE_NEURONS, BS_FAKE_RESIDUAL, BS_FAKE_TREE, BS_FAKE_RANDOM, BS_FAKE_SHARED, BS_FAKE_GRID };

  g_print ("milliseconds of the processor a frame: median / 99th percentile\n");
  for (guint n = 100; n <= 10000; n *= 10)
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
      if ((argc < 2 || strcmp (argv[1], bs_fake_kind_names[kinds[k]]) == 0) && (argc < 3 || (guint) atoi (argv[2]) == n))
        bench (kinds[k], n);
  return 0;
}
