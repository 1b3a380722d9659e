/* SPDX-License-Identifier: MIT */

/* Milliseconds of the processor until a whole graph first stands in a window, by what they go to: medians of some runs.
 * bench-first [COUNT [KIND]] */

#include "fake-recording.h"

#include "draw/scene.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 1600, HEIGHT = 1000, RUNS = 7 };
enum { GRAPH, GROUPS, FOLD, MEASURE, PLACE, SET, DRAW, ALL, N_STAGES };

static const char *const names[N_STAGES] = { "graph", "groups", "fold", "measure", "place", "set", "draw", "all" };

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

static double
lap (double *since)
{
  double before = *since;

  *since = now ();
  return *since - before;
}

static void
draw (BsScene *scene, BsCursor *cursor)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create (surface);
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;
  BsSize size = bs_scene_get_size (scene);

  options.zoom = MIN (WIDTH / size.width, HEIGHT / size.height);
  options.clip = (BsRect) { 0, 0, size.width, size.height };
  cairo_scale (cr, options.zoom, options.zoom);
  bs_scene_draw (scene, cr, cursor, &options);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static guint
run (BsRecording *recording, double *times)
{
  double start = now (), since = start;
  g_autoptr (BsGraph) whole = bs_graph_new (recording, 0), graph = NULL;
  g_autoptr (BsGroups) groups = NULL;
  g_autofree gboolean *folded = NULL;
  g_autoptr (BsScene) scene = NULL;
  g_autoptr (BsLayout) layout = NULL;
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);
  BsLayoutOptions options;

  times[GRAPH] = lap (&since);
  groups = bs_groups_new (recording, whole);
  times[GROUPS] = lap (&since);
  folded = bs_groups_choose (groups, G_MAXUINT, NULL);
  graph = bs_graph_fold (whole, groups, folded);
  times[FOLD] = lap (&since);
  scene = bs_scene_new (recording, graph, BS_LAYOUT_LEFT_TO_RIGHT, 1);
  times[MEASURE] = lap (&since);
  bs_scene_get_layout_options (scene, &options);
  layout = bs_layout_compute_quick (graph, &options);
  times[PLACE] = lap (&since);
  bs_scene_set_layout (scene, layout);
  times[SET] = lap (&since);
  draw (scene, cursor);
  times[DRAW] = lap (&since);
  times[ALL] = since - start;
  return bs_graph_get_n_cards (graph);
}

static void
bench (BsFakeKind kind, guint n)
{
  g_autoptr (BsRecording) recording = bs_fake_graph (kind, n);
  double times[RUNS][N_STAGES], sorted[RUNS];
  guint n_cards = run (recording, times[0]); /* fonts are found */

  for (guint i = 0; i < RUNS; i++)
    run (recording, times[i]);
  g_print ("%-9s %6u cards", bs_fake_kind_names[kind], n_cards);
  for (guint s = 0; s < N_STAGES; s++) {
    for (guint i = 0; i < RUNS; i++)
      sorted[i] = times[i][s];
    qsort (sorted, RUNS, sizeof *sorted, compare);
    g_print ("   %s %6.1f", names[s], sorted[RUNS / 2]);
  }
  g_print ("\n");
}

int
main (int argc, char **argv)
{
  for (guint kind = 0; kind < BS_FAKE_N_KINDS; kind++)
    if (argc < 3 || strcmp (argv[2], bs_fake_kind_names[kind]) == 0)
      bench (kind, argc > 1 ? atoi (argv[1]) : 10000);
  return 0;
}
