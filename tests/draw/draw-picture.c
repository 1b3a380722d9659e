/* SPDX-License-Identifier: MIT */

/* draw-picture WHAT STEP OUT.png [right|down] [light|dark|high-contrast] [ZOOM] [SELECTED]: to look at. WHAT is
 * quadratic, linear, large, odd, the kind of a graph with its size ("rnn:100"), or a file. STEP may be -1 (the end),
 * or "kind:n", the state after the nth event of that kind ("edge:2"). */

#include "fake-recording.h"

#include "draw/scene.h"

#include <stdlib.h>
#include <string.h>

static BsRecording *
open_what (const char *what)
{
  g_auto (GStrv) parts = g_strsplit (what, ":", 2);
  g_autofree char *warning = NULL;

  if (strcmp (what, "quadratic") == 0)
    return bs_fake_quadratic (100);
  if (strcmp (what, "linear") == 0)
    return bs_fake_linear ();
  if (strcmp (what, "large") == 0)
    return bs_fake_large ();
  if (strcmp (what, "odd") == 0)
    return bs_fake_odd ();
  for (guint i = 0; i < BS_FAKE_N_KINDS; i++)
    if (strcmp (parts[0], bs_fake_kind_names[i]) == 0)
      return bs_fake_graph (i, parts[1] ? atoi (parts[1]) : 50);
  return bs_recording_load (what, &warning, NULL);
}

static guint32
find_step (BsRecording *recording, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  guint n = parts[1] ? atoi (parts[1]) : 1;

  if (!g_ascii_isalpha (*text))
    return atoi (text) < 0 ? bs_recording_get_n_events (recording) : (guint32) atoi (text);
  for (guint32 i = 0; i < bs_recording_get_n_events (recording); i++)
    if (strcmp (bs_event_kind_name (bs_recording_get_kind (recording, i)), parts[0]) == 0 && --n == 0)
      return i + 1;
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (BsRecording) recording = argc > 3 ? open_what (argv[1]) : NULL;
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;
  BsLayoutDirection direction = argc > 4 && strcmp (argv[4], "down") == 0;
  g_autoptr (BsCursor) cursor = NULL;
  g_autoptr (BsScene) scene = NULL;
  g_autoptr (BsGraph) graph = NULL;
  g_autoptr (BsLayout) layout = NULL;
  BsLayoutOptions how;
  cairo_surface_t *surface;
  cairo_t *cr;
  BsSize size;
  guint32 step;

  if (recording == NULL)
    return 2;
  options.theme = argc > 5 ? (strcmp (argv[5], "dark") == 0 ? BS_THEME_DARK
                                                            : strcmp (argv[5], "light") != 0 ? BS_THEME_HIGH_CONTRAST
                                                                                             : BS_THEME_LIGHT) : 0;
  options.zoom = argc > 6 ? atof (argv[6]) : 1;
  if (argc > 7)
    options.hovered = atoi (argv[7]);
  step = find_step (recording, argv[2]);
  cursor = bs_cursor_new (recording);
  bs_cursor_seek (cursor, step);
  graph = bs_graph_new (recording, bs_recording_find_pass (recording, step));
  scene = bs_scene_new (recording, graph, direction, 1);
  bs_scene_get_layout_options (scene, &how);
  layout = bs_layout_compute (graph, &how, NULL, NULL);
  bs_scene_set_layout (scene, layout);
  size = bs_scene_get_size (scene);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MIN (size.width * options.zoom, 2400),
                                        MIN (size.height * options.zoom, 2000));
  options.clip = (BsRect) { 0, 0, cairo_image_surface_get_width (surface) / options.zoom, cairo_image_surface_get_height (surface) / options.zoom };
  cr = cairo_create (surface);
  bs_palette_set (cr, options.theme, BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  cairo_scale (cr, options.zoom, options.zoom);
  bs_scene_draw (scene, cr, cursor, &options);
  for (guint i = 0; i < MIN (bs_graph_get_n_cards (graph), 12); i++) {
    g_autofree char *text = bs_scene_describe_card (scene, cursor, i);
    g_print ("%s\n", text);
  }
  cairo_surface_write_to_png (surface, argv[3]);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return 0;
}
