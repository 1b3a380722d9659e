/* SPDX-License-Identifier: MIT */

/* Curves: what is followed, what is drawn of a million points, the view, the ticks, the files. */

#include "draw/decimate.h"
#include "draw/numbers.h"
#include "draw/plot.h"
#include "draw/ticks.h"
#include "session/session.h"

#include <math.h>
#include <string.h>

static BsRecording *
record_text (const char *text)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "backstep-plots-test.py", NULL);
  BsSessionOptions options = { .path = path };
  g_autoptr (GError) error = NULL;
  BsRecording *recording;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  recording = bs_session_run (&options, NULL, &error);
  g_assert_no_error (error);
  return recording;
}

static const char regression[] =
  "import torch\nw = torch.tensor([1., 2.], requires_grad=True)\nb = torch.tensor(0., requires_grad=True)\nlr = 0.1\n"
  "def model(x):\n    h = x * w\n    return h.sum() + b\n"
  "for i in range(6):\n    if i == 3:\n        lr = 0.05\n    y = model(torch.tensor([1., 3.]))\n    loss = (y - 2) ** 2\n    loss.backward()\n"
  "    with torch.no_grad():\n        w -= lr * w.grad\n        b -= lr * b.grad\n    w.grad.zero_()\n    b.grad.zero_()\n";

/* The same, worked out here: w, b, their gradients as the update finds them, y. */
typedef struct { double w[2], b, gw[2], gb, y, before[2], b_before; } Truth;

static void
work_out (Truth *out, guint n)
{
  float w[2] = { 1, 2 }, b = 0, x[2] = { 1, 3 };

  for (guint i = 0; i < n; i++) {
    float y = x[0] * w[0] + x[1] * w[1] + b, g = 2 * (y - 2), lr = i < 3 ? 0.1f : 0.05f;

    out[i] = (Truth) { .gw = { g * x[0], g * x[1] }, .gb = g, .y = y, .before = { w[0], w[1] }, .b_before = b };
    w[0] -= lr * g * x[0];
    w[1] -= lr * g * x[1];
    b -= lr * g;
    out[i].w[0] = w[0];
    out[i].w[1] = w[1];
    out[i].b = b;
  }
}

static BsFollower *
follow (BsRecording *r, const char *name, BsFollowWhat what)
{
  BsFollower *f = bs_follower_new_name (r, name, bs_recording_get_n_events (r), what);

  g_assert_nonnull (f);
  g_assert_false (bs_follower_work (f, 0));
  return f;
}

#define NEAR(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-3 * MAX (fabs (b), 1))

static void
test_follow (void)
{
  g_autoptr (BsRecording) r = record_text (regression);
  g_autoptr (BsFollower) w = follow (r, "w", BS_FOLLOW_VALUE), gradient = follow (r, "w", BS_FOLLOW_GRADIENT), update = follow (r, "w", BS_FOLLOW_UPDATE);
  g_autoptr (BsFollower) lr = follow (r, "lr", BS_FOLLOW_VALUE), y = follow (r, "y", BS_FOLLOW_VALUE), gb = follow (r, "b", BS_FOLLOW_GRADIENT);
  g_autoptr (BsFollower) h = follow (r, "h", BS_FOLLOW_VALUE);
  Truth truth[6];
  BsCurve c;

  work_out (truth, 6);
  g_assert_cmpuint (bs_follower_get_n_curves (w), ==, 2);
  c = bs_follower_get_curve (w, 1);
  g_assert_cmpstr (c.label, ==, "w[1]");
  g_assert_cmpuint (c.n, ==, 6);
  for (guint i = 0; i < 6; i++) {
    NEAR (c.values[i], truth[i].w[1]);
    g_assert_cmpuint (c.passes[i], ==, i);
    g_assert_cmpuint (bs_recording_find_pass (r, c.steps[i]), ==, i);
  }
  c = bs_follower_get_curve (gradient, 0);
  g_assert_cmpstr (c.label, ==, "‖w.grad‖");
  g_assert_cmpuint (c.n, ==, 6);
  for (guint i = 0; i < 6; i++)
    NEAR (c.values[i], hypot (truth[i].gw[0], truth[i].gw[1]));
  c = bs_follower_get_curve (gb, 0);
  g_assert_cmpstr (c.label, ==, "b.grad");
  for (guint i = 0; i < 6; i++)
    NEAR (c.values[i], truth[i].gb);
  c = bs_follower_get_curve (update, 0);
  for (guint i = 0; i < 6; i++)
    NEAR (c.values[i], hypot (truth[i].w[0] - truth[i].before[0], truth[i].w[1] - truth[i].before[1]) / hypot (truth[i].before[0], truth[i].before[1]));
  c = bs_follower_get_curve (lr, 0);
  g_assert_cmpfloat (c.values[1], ==, 0.1);
  g_assert_cmpfloat (c.values[5], ==, 0.05);
  c = bs_follower_get_curve (y, 0);
  for (guint i = 0; i < 6; i++)
    NEAR (c.values[i], truth[i].y);
  /* A local of a function that is over when its pass ends. */
  c = bs_follower_get_curve (h, 1);
  g_assert_cmpuint (c.n, ==, 6);
  for (guint i = 0; i < 6; i++)
    NEAR (c.values[i], 3 * truth[i].before[1]);
  g_assert_null (bs_follower_new_name (r, "nothing", 0, BS_FOLLOW_VALUE));
  g_assert_null (bs_follower_new_name (r, "model", bs_recording_get_n_events (r), BS_FOLLOW_VALUE));
  g_assert_null (bs_follower_new_name (r, "lr", bs_recording_get_n_events (r), BS_FOLLOW_GRADIENT));
}

/* What has no name is found again by its place: y - 2. */
static void
test_follow_place (void)
{
  g_autoptr (BsRecording) r = record_text (regression);
  const BsPass *pass = bs_recording_get_pass (r, 2);
  g_autoptr (BsFollower) f = NULL, same = NULL, other = NULL;
  Truth truth[6];
  BsEvent e;
  BsCurve c;

  work_out (truth, 6);
  bs_recording_get_event (r, bs_recording_get_tensor_step (r, pass->root), &e);
  f = bs_follower_new_tensor (r, e.tensor.inputs[0].tensor, pass->end, BS_FOLLOW_VALUE);
  g_assert_nonnull (f);
  while (bs_follower_work (f, 1))
    ;
  c = bs_follower_get_curve (f, 0);
  g_assert_cmpuint (c.n, ==, 6);
  for (guint i = 0; i < 6; i++)
    NEAR (c.values[i], truth[i].y - 2);
  same = bs_follower_new_like (f, r, BS_FOLLOW_VALUE);
  other = bs_follower_new_tensor (r, pass->root, pass->end, BS_FOLLOW_VALUE);
  g_assert_true (bs_follower_equals (f, same));
  g_assert_false (bs_follower_equals (f, other));
}

/* --- decimation ---------------------------------------------------------------------------------------------------------------- */

static void
test_decimation (void)
{
  guint n = 20000;
  g_autofree double *values = g_new (double, n);
  BsCurve curve = { "x", FALSE, 1, 0, NULL, NULL, values };
  BsDecimator *decimator = bs_decimator_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint i = 0; i < n; i++)
    values[i] = g_rand_int_range (random, 0, 50) == 0 ? NAN : g_rand_int_range (random, 0, 90) == 0 ? INFINITY : g_rand_double_range (random, -1, 1);
  for (curve.n = 0; curve.n <= n; curve.n += 1 + curve.n / 3) {
    bs_decimator_update (decimator, &curve);
    for (guint k = 0; k < 40; k++) {
      guint from = curve.n ? g_rand_int_range (random, 0, curve.n) : 0, to = curve.n ? g_rand_int_range (random, from, curve.n + 1) : 0;
      BsExtremes e = bs_decimator_find (decimator, &curve, from, to);
      double low = INFINITY, high = -INFINITY, positive = INFINITY;

      for (guint i = from; i < to; i++)
        if (isfinite (values[i])) {
          low = MIN (low, values[i]);
          high = MAX (high, values[i]);
          positive = values[i] > 0 ? MIN (positive, values[i]) : positive;
        }
      g_assert_true (e.low == G_MAXUINT32 ? isinf (low) : values[e.low] == low && values[e.high] == high && e.low >= from && e.high < to);
      g_assert_true (e.least_positive == G_MAXUINT32 ? isinf (positive) : values[e.least_positive] == positive);
    }
  }
  bs_decimator_free (decimator);
}

/* --- ticks ------------------------------------------------------------------------------------------------------------------------ */

/* No two labels of an axis say the same, however far from zero it is. */
static void
test_labels (void)
{
  static const double ranges[][2] = { { 9, 9.000002 }, { -3e-7, -2.9999e-7 }, { 1e6, 1e6 + 3 }, { 0, 1 }, { 123456, 123457 }, { -1e-12, 1e-12 } };

  for (guint r = 0; r < G_N_ELEMENTS (ranges); r++) {
    BsTicks ticks = bs_ticks_find (ranges[r][0], ranges[r][1], 6, FALSE);
    char last[BS_NUMBER_SIZE] = "", text[BS_NUMBER_SIZE];

    g_assert_cmpuint (ticks.n, >=, 3);
    for (guint i = 0; i < ticks.n; i++) {
      bs_ticks_text (&ticks, i, text);
      g_assert_cmpstr (text, !=, last);
      strcpy (last, text);
    }
  }
}

static void
test_ticks (void)
{
  double at[BS_TICKS_MOST];
  BsTicks ticks = bs_ticks_find (1, 101, 6, TRUE);
  guint n;

  g_assert_cmpfloat (ticks.step, ==, 20);
  ticks = bs_ticks_find (-0.013, 0.0721, 5, FALSE);
  g_assert_cmpfloat_with_epsilon (ticks.step, 0.025, 1e-12);
  g_assert_cmpint (ticks.decimals, ==, 3);
  for (guint i = 0; i < ticks.n; i++)
    g_assert_cmpfloat_with_epsilon (remainder (bs_ticks_get (&ticks, i), 0.025), 0, 1e-12);
  n = bs_ticks_find_log (1e-8, 1e3, 6, at);
  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpuint (n, <=, 8);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (log10 (at[i]), round (log10 (at[i])), 1e-9);
  g_assert_cmpuint (bs_ticks_find_log (1, 20, 8, at), >=, 4); /* 1 2 5 10 20 */
  g_assert_cmpuint (bs_ticks_find_log (3, 5, 8, at), ==, 0);
  for (int e = -300; e < 300; e += 7) { /* no range is too odd */
    bs_ticks_find (-pow (10, e), 3 * pow (10, e), 5, FALSE);
    bs_ticks_find_log (pow (10, e), pow (10, e + 5), 5, at);
  }
}

/* --- the plot ----------------------------------------------------------------------------------------------------------------------- */

static void
draw (BsPlot *plot, BsCursor *cursor, double width, double height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, MAX (width, 1), MAX (height, 1));
  cairo_t *cr = cairo_create (surface);

  for (guint i = 0; i < 8; i++) {
    BsPlotLook look = BS_PLOT_LOOK_INIT;

    look.hide_future = i & 1;
    look.legend = i & 2;
    look.theme = i % BS_N_THEMES;
    look.font_scale = i & 4 ? 2 : 1;
    look.pointer_x = look.pointer_y = i == 0 ? -1 : width / 2;
    bs_plot_draw (plot, cr, width, height, cursor, &look);
  }
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static int
find_line (BsPlot *plot, const char *label, guint run)
{
  for (guint i = 0; i < bs_plot_get_n_lines (plot); i++) {
    BsPlotLine line;

    bs_plot_get_line (plot, i, &line);
    if (line.run == run && strcmp (line.label, label) == 0)
      return i;
  }
  return -1;
}

static void
test_lines (void)
{
  g_autoptr (BsRecording) r = record_text (regression), other = record_text (regression);
  g_autoptr (BsPlot) plot = bs_plot_new (r, FALSE), next = NULL;
  g_autoptr (BsCursor) cursor = bs_cursor_new (r);
  BsRecording *others[] = { other };
  const char *names[] = { "run 2" };
  BsPlotLine line;
  double value;

  bs_cursor_seek (cursor, bs_recording_get_n_events (r) / 2);
  draw (plot, cursor, 400, 200);
  g_assert_cmpint (find_line (plot, "w[0]", 0), >=, 0);
  g_assert_true (bs_plot_add (plot, follow (r, "lr", BS_FOLLOW_VALUE)));
  g_assert_false (bs_plot_add (plot, follow (r, "lr", BS_FOLLOW_VALUE)));
  bs_plot_work (plot, 0);
  g_assert_cmpint (find_line (plot, "lr", 0), >=, 0);
  g_assert_true (bs_plot_find_value (plot, find_line (plot, "lr", 0), bs_recording_get_n_events (r), &value));
  g_assert_cmpfloat (value, ==, 0.05);
  bs_plot_set_shown (plot, find_line (plot, "w[0]", 0), FALSE);
  bs_plot_set_others (plot, 1, others, names);
  bs_plot_work (plot, 0);
  g_assert_cmpint (find_line (plot, "lr", 1), >=, 0); /* what is added is looked for in all runs */
  bs_plot_get_line (plot, find_line (plot, "w[0]", 1), &line);
  g_assert_false (line.shown);                        /* and hidden in all */
  g_assert_cmpstr (line.run_name, ==, "run 2");
  draw (plot, cursor, 400, 200);
  bs_plot_set_shown (plot, find_line (plot, "lr", 1), FALSE);
  bs_plot_get_line (plot, find_line (plot, "b", 1), &line);
  g_assert_false (line.shown);
  bs_plot_set_what (plot, BS_FOLLOW_GRADIENT);
  bs_plot_work (plot, 0);
  g_assert_cmpint (find_line (plot, "‖w.grad‖", 0), >=, 0);
  g_assert_cmpint (find_line (plot, "b.grad", 0), >=, 0);
  draw (plot, cursor, 400, 200);
  bs_plot_set_what (plot, BS_FOLLOW_UPDATE);
  bs_plot_work (plot, 0);
  g_assert_cmpint (find_line (plot, "‖Δw‖ / ‖w‖", 0), >=, 0);
  bs_plot_set_what (plot, BS_FOLLOW_VALUE);
  next = bs_plot_new (other, FALSE);
  bs_plot_take_added (next, plot);
  bs_plot_work (next, 0);
  g_assert_cmpint (find_line (next, "lr", 0), >=, 0);
  bs_plot_remove (next, find_line (next, "lr", 0));
  g_assert_cmpint (find_line (next, "lr", 0), ==, -1);
  draw (next, cursor, 3, 2);
}

static void
test_view (void)
{
  g_autoptr (BsRecording) r = record_text (regression);
  g_autoptr (BsPlot) plot = bs_plot_new (r, TRUE);
  g_autoptr (BsCursor) cursor = bs_cursor_new (r);
  BsPlotScale x, y = { .log = TRUE };
  double at;
  guint32 step;

  draw (plot, cursor, 500, 200);
  at = bs_plot_to_pixel (plot, BS_PLOT_X, 4);
  g_assert_true (bs_plot_hit (plot, at, &step));
  g_assert_cmpuint (bs_recording_find_pass (r, step), ==, 3);
  g_assert_true (bs_plot_zoom (plot, BS_PLOT_X, at, 2));
  g_assert_cmpfloat_with_epsilon (bs_plot_to_pixel (plot, BS_PLOT_X, 4), at, 1e-6); /* the place under the pointer stays */
  draw (plot, cursor, 500, 200);
  g_assert_cmpfloat_with_epsilon (bs_plot_to_pixel (plot, BS_PLOT_X, 4), at, 1e-6);
  g_assert_false (bs_plot_is_fitted (plot));
  bs_plot_pan (plot, BS_PLOT_X, 1e6);
  x = bs_plot_get_scale (plot, BS_PLOT_X);
  g_assert_cmpfloat (x.low, ==, 0.5); /* never beyond the run */
  bs_plot_zoom (plot, BS_PLOT_X, at, 0.01);
  g_assert_true (bs_plot_is_fitted (plot));
  bs_plot_zoom_to (plot, 100, 150, 300, 50);
  draw (plot, cursor, 500, 200);
  g_assert_cmpfloat_with_epsilon (bs_plot_to_pixel (plot, BS_PLOT_Y, bs_plot_get_scale (plot, BS_PLOT_Y).high), 0, 80);
  bs_plot_fit (plot);
  bs_plot_set_scale (plot, BS_PLOT_Y, &y);
  draw (plot, cursor, 500, 200);
  g_assert_cmpfloat (bs_plot_get_scale (plot, BS_PLOT_Y).low, >, 0);
}

/* Runs that end badly, or have hardly begun. */
static void
test_odd_runs (void)
{
  static const char *const texts[] = {
    "import torch\nprint(1)\n",
    "import torch\nw = torch.tensor(1., requires_grad=True)\n(w * w).backward()\n",
    "import torch\nw = torch.tensor(10., requires_grad=True)\nfor i in range(200):\n    loss = w ** 2\n    loss.backward()\n    w.data -= 2.5 * w.grad\n    w.grad = None\n",
    "import torch\nw = torch.tensor(-1., requires_grad=True)\nfor i in range(4):\n    loss = torch.log(w)\n    loss.backward()\n    w.data -= loss.item() * w.grad\n",
    "import torch\nw = torch.tensor(0., requires_grad=True)\nfor i in range(9):\n    loss = w * 0\n    loss.backward()\n    w.data += 0\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint losses = 0; losses < 2; losses++)
      for (guint log = 0; log < 2; log++) {
        g_autoptr (BsRecording) r = record_text (texts[i]);
        g_autoptr (BsPlot) plot = bs_plot_new (r, losses);
        g_autoptr (BsCursor) cursor = bs_cursor_new (r);
        BsPlotScale scale = { .log = log };
        g_autofree char *text = NULL;

        for (guint axis = 0; axis < 2; axis++)
          bs_plot_set_scale (plot, axis, &scale);
        for (guint what = 0; what < 3; what++) {
          bs_plot_set_what (plot, what);
          bs_plot_work (plot, 0);
          bs_cursor_seek (cursor, bs_recording_get_n_events (r) * what / 2);
          draw (plot, cursor, 300, 120);
        }
        text = bs_plot_describe (plot, cursor);
        g_assert_nonnull (text);
      }
}

/* --- files ---------------------------------------------------------------------------------------------------------------------------- */

static void
test_files (void)
{
  static const struct { const char *ending, *begins; } formats[] = { { ".svg", "<?xml" }, { ".pdf", "%PDF" }, { ".png", "\x89PNG" }, { ".csv", "pass," } };
  g_autoptr (BsRecording) r = record_text (regression);
  g_autoptr (BsPlot) parameters = bs_plot_new (r, FALSE), losses = bs_plot_new (r, TRUE);
  BsPlot *plots[] = { parameters, losses };
  g_autoptr (BsCursor) cursor = bs_cursor_new (r);
  BsExportOptions options = { .scale = 1 };

  bs_cursor_seek (cursor, bs_recording_get_n_events (r));
  bs_plot_add (parameters, follow (r, "lr", BS_FOLLOW_VALUE));
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = bs_plot_export (2, plots, cursor, formats[i].ending, 600, 400, &options, &error);
    g_autofree char *text = NULL;

    g_assert_no_error (error);
    text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    g_assert_true (g_str_has_prefix (text, formats[i].begins));
    if (i == 0)
      g_assert_nonnull (strstr (text, ">loss</text>"));
    if (i == 3) {
      g_auto (GStrv) rows = g_strsplit (text, "\n", -1);
      g_auto (GStrv) cells = g_strsplit (rows[6], ",", -1);
      const BsCurve *curve = bs_recording_get_curve (r, 0);

      g_assert_cmpstr (rows[0], ==, "pass,\"b\",\"w[0]\",\"w[1]\",\"lr\",\"loss\"");
      g_assert_cmpuint (g_strv_length (rows), ==, 8);
      g_assert_cmpstr (cells[0], ==, "6");
      g_assert_cmpstr (cells[4], ==, "0.05");
      g_assert_cmpfloat (g_ascii_strtod (cells[5], NULL), ==, curve->values[5]); /* to the last bit */
    }
  }
  g_assert_null (bs_plot_export (2, plots, cursor, ".gif", 600, 400, &options, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plots/follow", test_follow);
  g_test_add_func ("/plots/follow-place", test_follow_place);
  g_test_add_func ("/plots/decimation", test_decimation);
  g_test_add_func ("/plots/ticks", test_ticks);
  g_test_add_func ("/plots/labels", test_labels);
  g_test_add_func ("/plots/lines", test_lines);
  g_test_add_func ("/plots/view", test_view);
  g_test_add_func ("/plots/odd-runs", test_odd_runs);
  g_test_add_func ("/plots/files", test_files);
  return g_test_run ();
}
