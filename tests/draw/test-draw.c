/* SPDX-License-Identifier: MIT */

/* Colours that can be read, histograms that count right, and series of pictures: begun, ended, cancelled, failed. */

#include "draw/histogram.h"
#include "draw/palette.h"
#include "draw/scene.h"
#include "draw/text.h"
#include "draw/series.h"
#include "recording/value-private.h"
#include "fake-recording.h"

#include <cairo.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* --- colours -------------------------------------------------------------------------------------------------------------- */

static void
test_contrast (void)
{
  static const BsColorRole texts[] = { BS_COLOR_TEXT, BS_COLOR_DIM_TEXT, BS_COLOR_FORWARD_TEXT, BS_COLOR_GRADIENT_TEXT,
                                       BS_COLOR_UPDATE_TEXT, BS_COLOR_ERROR_TEXT };
  static const BsColorRole lines[] = { BS_COLOR_FORWARD, BS_COLOR_GRADIENT, BS_COLOR_UPDATE, BS_COLOR_ERROR, BS_COLOR_SELECTION, BS_COLOR_EDGE };
  static const BsColorRole surfaces[][2] = { { BS_COLOR_FORWARD_TEXT, BS_COLOR_FORWARD_SURFACE },
                                             { BS_COLOR_GRADIENT_TEXT, BS_COLOR_GRADIENT_SURFACE },
                                             { BS_COLOR_UPDATE_TEXT, BS_COLOR_UPDATE_SURFACE },
                                             { BS_COLOR_ERROR_TEXT, BS_COLOR_ERROR_SURFACE }, { BS_COLOR_TEXT, BS_COLOR_INSET } };

  for (BsTheme theme = 0; theme < BS_N_THEMES; theme++) {
    BsColor card = bs_palette_get (theme, BS_COLOR_CARD), background = bs_palette_get (theme, BS_COLOR_BACKGROUND);

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
      g_assert_cmpfloat (bs_color_contrast (bs_palette_get (theme, texts[i]), card), >=, 4.5);
      g_assert_cmpfloat (bs_color_contrast (bs_palette_get (theme, texts[i]), background), >=, 4.5);
    }
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
      g_assert_cmpfloat (bs_color_contrast (bs_palette_get (theme, lines[i]), background), >=, 3);
    for (guint i = 0; i < BS_N_CURVE_COLORS; i++)
      g_assert_cmpfloat (bs_color_contrast (bs_palette_get_curve (theme, i), background), >=, 3);
    for (guint i = 0; i < G_N_ELEMENTS (surfaces); i++)
      g_assert_cmpfloat (bs_color_contrast (bs_palette_get (theme, surfaces[i][0]), bs_palette_get (theme, surfaces[i][1])), >=, 4.5);
  }
  for (int i = 0; i <= 20; i++) {
    BsColor surface = bs_palette_sequential (i / 20.0);

    g_assert_cmpfloat (bs_color_contrast (bs_palette_text_on (surface), surface), >=, 4.5);
  }
}

/* --- words ---------------------------------------------------------------------------------------------------------------- */

/* What is said of a gradient that nobody keeps, while the walk is under way and after it. */
static void
test_words (void)
{
  g_autoptr (BsRecording) recording = bs_fake_quadratic (1);
  g_autoptr (BsGraph) graph = bs_graph_new (recording, 0);
  g_autoptr (BsScene) scene = bs_scene_new (recording, graph, BS_LAYOUT_LEFT_TO_RIGHT, 1);
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);
  const BsPass *pass = bs_recording_get_pass (recording, 0);
  guint n = bs_graph_get_n_cards (graph);
  guint32 inside = 0;
  BsEvent flow;

  for (guint32 step = pass->backward; step < pass->update; step++)
    if (bs_recording_get_kind (recording, step) == BS_EVENT_EDGE)
      inside = step + 1;
  for (guint i = 0; i < n; i++) {
    const BsCard *card = bs_graph_get_card (graph, i);
    gboolean leaf = card->op == NULL;
    g_autofree char *during = NULL, *after = NULL, *before = NULL;

    bs_cursor_seek (cursor, 0);
    before = bs_scene_describe_card (scene, cursor, i);
    g_assert_nonnull (strstr (before, "not computed yet"));
    bs_cursor_seek (cursor, inside);
    during = bs_scene_describe_card (scene, cursor, i);
    g_assert_null (strstr (during, "not retained"));
    bs_cursor_seek (cursor, bs_recording_get_n_events (recording));
    after = bs_scene_describe_card (scene, cursor, i);
    g_assert_cmpint (strstr (after, "not retained") != NULL, ==, !leaf);
    g_assert_true (g_str_has_prefix (after, leaf ? "parameter, w, value " : i == n - 1 ? "add, " : "power, "));
  }
  for (guint i = 0; i < bs_graph_get_n_edges (graph); i++) {
    bs_cursor_seek (cursor, pass->backward);
    g_assert_false (bs_scene_find_flow (scene, cursor, i, &flow));
    bs_cursor_seek (cursor, pass->update);
    g_assert_true (bs_scene_find_flow (scene, cursor, i, &flow));
    g_assert_cmpuint (flow.kind, ==, BS_EVENT_EDGE);
  }
}

/* --- histograms ----------------------------------------------------------------------------------------------------------- */

static guint32
total (const BsHistogram *h)
{
  guint32 n = 0;

  for (guint i = 0; i < h->n; i++)
    n += h->counts[i];
  return n;
}

static BsHistogram
histogram_of (const double *numbers, gint64 n)
{
  gint64 shape[] = { n };
  BsValue value = { .dtype = BS_DT_FLOAT64, .n_dims = 1, .shape = shape, .numel = n, .n_stored = n, .data = (gconstpointer) numbers };
  BsHistogram h;

  bs_histogram_compute (&value, &h);
  return h;
}

static void
test_histogram (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  double numbers[1000], edges[] = { -1e308, 1e308, 0 }, lost[] = { NAN, INFINITY, -INFINITY, NAN }, same[] = { 3, 3, 3 }, tiny[] = { 0, 5e-324 };
  BsHistogram h;

  for (guint n = 1; n <= G_N_ELEMENTS (numbers); n += 37)
    for (int power = -300; power <= 300; power += 60) {
      for (guint i = 0; i < n; i++)
        numbers[i] = g_rand_double_range (rand, -1, 1) * pow (10, power);
      h = histogram_of (numbers, n);
      g_assert_cmpuint (total (&h), ==, n);
      g_assert_cmpuint (h.n, <=, BS_BINS_MAX);
      for (guint i = 0; i < n; i++)
        g_assert_true (numbers[i] >= h.first && numbers[i] <= h.first + h.n * h.width * (1 + 1e-12));
    }
  h = histogram_of (edges, 3);
  g_assert_cmpuint (total (&h), ==, 3);
  h = histogram_of (lost, 4);
  g_assert_cmpuint (h.n, ==, 0);
  g_assert_cmpuint (h.n_nan, ==, 2);
  g_assert_cmpuint (h.n_infinite, ==, 2);
  h = histogram_of (same, 3);
  g_assert_cmpuint (h.n, ==, 1);
  h = histogram_of (tiny, 2);
  g_assert_cmpuint (total (&h), ==, 2);
  h = histogram_of (NULL, 0);
  g_assert_cmpuint (h.n, ==, 0);
}

/* --- series ----------------------------------------------------------------------------------------------------------------- */

static void
run_through (BsSeries *series, double until, GError **error)
{
  while (bs_series_get_progress (series) < until)
    if (!bs_series_work (series, error))
      return;
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
remove_all (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
}

static void
test_series (void)
{
  g_autoptr (BsRecording) recording = bs_fake_quadratic (3);
  g_autoptr (GArray) steps = bs_series_choose (recording, 1, G_MAXUINT32, BS_PACE_CHANGE);
  g_autofree char *folder = g_dir_make_tmp ("backstep-series-XXXXXX", NULL), *png = g_build_filename (folder, "a.png", NULL),
                  *pdf = g_build_filename (folder, "a.pdf", NULL), *odd = g_build_filename (folder, "a.tiff", NULL),
                  *nowhere = g_build_filename (folder, "none", "a.pdf", NULL);
  const BsSeriesOptions options = { .picture = { .scale = 0.5 } };
  BsSeries *series;
  int width = 0, height = 0;
  GError *error = NULL;

  g_assert_cmpuint (steps->len, >, 4);
  g_assert_cmpuint (g_array_index (steps, guint32, steps->len - 1), ==, bs_recording_get_n_events (recording));
  series = bs_series_new (recording, steps, png, &options, &error);
  g_assert_no_error (error);
  run_through (series, 1, &error);
  g_assert_no_error (error);
  bs_series_free (series);
  g_assert_cmpuint (count_files (folder), ==, steps->len);
  for (guint i = 0; i < steps->len; i++) {
    g_autofree char *path = g_strdup_printf ("%s/a-%0*u.png", folder, snprintf (NULL, 0, "%u", g_array_index (steps, guint32, steps->len - 1)),
                                             g_array_index (steps, guint32, i));
    cairo_surface_t *picture = cairo_image_surface_create_from_png (path);

    g_assert_cmpint (cairo_surface_status (picture), ==, CAIRO_STATUS_SUCCESS);
    g_assert_cmpint (cairo_image_surface_get_width (picture), ==, width ? width : cairo_image_surface_get_width (picture));
    g_assert_cmpint (cairo_image_surface_get_height (picture), ==, height ? height : cairo_image_surface_get_height (picture));
    width = cairo_image_surface_get_width (picture);
    height = cairo_image_surface_get_height (picture);
    cairo_surface_destroy (picture);
  }
  remove_all (folder);

  /* Cancelled half-way: nothing is left, and what was there stays. */
  g_file_set_contents (pdf, "mine", 4, NULL);
  series = bs_series_new (recording, steps, png, &options, NULL);
  run_through (series, 0.5, NULL);
  bs_series_free (series);
  series = bs_series_new (recording, steps, pdf, &options, NULL);
  run_through (series, 0.5, NULL);
  bs_series_free (series);
  g_assert_cmpuint (count_files (folder), ==, 1);

  g_assert_null (bs_series_new (recording, steps, odd, &options, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);
  series = bs_series_new (recording, steps, nowhere, &options, NULL);
  run_through (series, 1, &error);
  g_assert_nonnull (error);
  g_clear_error (&error);
  bs_series_free (series);
  remove_all (folder);
  g_rmdir (folder);
}

/* Put together from figures they are as wide as Pango makes them. */
static void
test_figures (void)
{
  static const char *const numbers[] = { "0.12345", "−1.7174", "116.04", "1e−07", "−3.2e+11", "‖1.63‖", "11111.1", "7", "2×3", "0.0", "nan" };
  g_autoptr (BsTexts) texts = bs_texts_new (1);

  for (guint style = 0; style < BS_N_TEXT_STYLES; style++)
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
      g_assert_cmpfloat_with_epsilon (bs_texts_width (texts, style, numbers[i]), bs_texts_shaped_width (texts, style, numbers[i]), 0.05);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draw/contrast", test_contrast);
  g_test_add_func ("/draw/figures", test_figures);
  g_test_add_func ("/draw/words", test_words);
  g_test_add_func ("/draw/histogram", test_histogram);
  g_test_add_func ("/draw/series", test_series);
  return g_test_run ();
}
