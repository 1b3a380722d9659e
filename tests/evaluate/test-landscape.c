/* SPDX-License-Identifier: MIT */

/* The landscape: its numbers against formulas worked out here, and the thread that computes it: refined, overtaken, given up,
 * failing. */

#include "draw/landscape.h"
#include "evaluate/landscape.h"
#include "session/session.h"

#include <math.h>
#include <string.h>

static BsRecording *
record_text (const char *text)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "backstep-landscape-test.py", NULL);
  BsSessionOptions options = { .path = path };
  g_autoptr (GError) error = NULL;
  BsRecording *recording;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  recording = bs_session_run (&options, NULL, &error);
  g_assert_no_error (error);
  return recording;
}

static BsLandscape *
landscape_of (BsRecording *recording, guint32 pass)
{
  g_autoptr (GError) error = NULL;
  BsLandscape *landscape = bs_landscape_new (recording, pass, &error);

  g_assert_no_error (error);
  return landscape;
}

/* In any state of the work, at any size; what comes out is for the sanitizers to judge. */
static void
draw (BsLandscape *landscape)
{
  BsLandscapePicture *picture = bs_landscape_picture_new ();
  BsLandscapeLook look = { .labels = { "w", "b" }, .loss = "loss" };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 300, 200);
  cairo_t *cr = cairo_create (surface);
  BsLandscapeView view;

  if (bs_landscape_get_view (landscape, &view) && view.n_axes > 0) {
    g_autofree char *text = bs_landscape_describe (&view, &look);

    bs_landscape_picture_draw (picture, cr, &view, &look, 300, 200, BS_THEME_DARK, 1);
    look.has_probe = look.hide_future = TRUE;
    bs_landscape_picture_draw (picture, cr, &view, &look, 10, 10, BS_THEME_LIGHT, 2);
  }
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  bs_landscape_picture_free (picture);
}

static const char squares[] = "import torch\nw = torch.tensor(10., requires_grad=True)\nfor i in range(5):\n"
                              "    loss = w ** 2 + 20\n    loss.backward()\n    w.data -= 0.1 * w.grad\n    w.grad.zero_()\n";

static void
test_curve (void)
{
  g_autoptr (BsRecording) recording = record_text (squares);
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 1);
  g_autofree char *name = bs_landscape_dup_variable_name (landscape, 0);
  BsLandscapeView view;

  g_assert_cmpstr (name, ==, "w");
  draw (landscape);
  while (bs_landscape_prepare (landscape, 0))
    draw (landscape);
  draw (landscape);
  bs_landscape_wait (landscape);
  g_assert_true (bs_landscape_get_view (landscape, &view));
  g_assert_cmpuint (view.n_axes, ==, 1);
  g_assert_cmpuint (view.stride, ==, 1);
  g_assert_true (view.is_done);
  g_assert_cmpuint (view.n_path, ==, 6);
  g_assert_cmpuint (view.now, ==, 1);
  g_assert_true (view.has_next);
  g_assert_cmpfloat (view.at[0], ==, 8);
  g_assert_cmpfloat (view.path[0], ==, 10);
  g_assert_cmpfloat_with_epsilon (view.path[2 * 5], 10 * pow (0.8, 5), 1e-5);
  g_assert_cmpfloat (view.slope[0], ==, 16);
  g_assert_cmpfloat_with_epsilon (view.rate, 0.1, 1e-6); /* the step is -0.1 · gradient */
  for (guint i = 0; i < view.n[0]; i++) {
    double w = view.low[0] + (view.high[0] - view.low[0]) * i / (view.n[0] - 1);

    g_assert_cmpfloat_with_epsilon (view.values[i], w * w + 20, 1e-3);
  }
  bs_landscape_probe (landscape, (double[]) { -3, 0 });
  bs_landscape_wait (landscape);
  bs_landscape_get_view (landscape, &view);
  g_assert_true (view.has_probe);
  g_assert_cmpfloat (view.probe[0], ==, -3);
  g_assert_cmpfloat (view.probe_loss, ==, 29);
  g_assert_cmpfloat (view.probe_slope[0], ==, -6);
  g_assert_cmpfloat (view.stride, ==, 1); /* what was known stays */
  draw (landscape);
}

/* The step of the last pass ends where the run does; with Adam it is not against the gradient. */
static void
test_steps (void)
{
  g_autoptr (BsRecording) plain = record_text (squares);
  g_autoptr (BsLandscape) last = landscape_of (plain, 4);
  g_autoptr (BsRecording) other = record_text ("import torch\nw = torch.tensor([3., -2.], requires_grad=True)\nopt = torch.optim.Adam([w], lr=0.1)\nfor i in range(4):\n"
                                               "    opt.zero_grad()\n    loss = w[0] ** 2 + 10 * w[1] ** 2\n    loss.backward()\n    opt.step()\n");
  g_autoptr (BsLandscape) adam = landscape_of (other, 1);
  BsLandscapeView view;

  bs_landscape_wait (last);
  bs_landscape_get_view (last, &view);
  g_assert_true (view.has_next);
  g_assert_cmpfloat_with_epsilon (view.rate, 0.1, 1e-6);
  bs_landscape_wait (adam);
  bs_landscape_get_view (adam, &view);
  g_assert_true (view.has_next);
  g_assert_true (isnan (view.rate));
  for (guint y = 0; y < view.n[1]; y += 16)
    for (guint x = 0; x < view.n[0]; x += 16) {
      double a = view.low[0] + (view.high[0] - view.low[0]) * x / (view.n[0] - 1), b = view.low[1] + (view.high[1] - view.low[1]) * y / (view.n[1] - 1);

      g_assert_cmpfloat_with_epsilon (view.values[y * view.n[0] + x], a * a + 10 * b * b, 1e-3);
    }
  g_assert_cmpfloat_with_epsilon (view.slope[0], 2 * view.at[0], 1e-5);
  g_assert_cmpfloat_with_epsilon (view.slope[1], 20 * view.at[1], 1e-4);
}

/* w is a new tensor in each pass: the path is found all the same. */
static void
test_path_of_new_tensors (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nw = torch.tensor([4., 2.], requires_grad=True)\nfor i in range(4):\n"
                                                   "    loss = (w * w).sum()\n    loss.backward()\n    w = (w - 0.25 * w.grad).detach().requires_grad_()\n");
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 0);
  BsLandscapeView view;

  bs_landscape_wait (landscape);
  bs_landscape_get_view (landscape, &view);
  g_assert_cmpuint (view.n_axes, ==, 2);
  g_assert_cmpuint (view.n_path, >=, 4);
  g_assert_cmpfloat (view.path[2], ==, 2);
  g_assert_cmpfloat (view.path[3], ==, 1);
  g_assert_cmpfloat_with_epsilon (view.rate, 0.25, 1e-6);
  bs_landscape_set_axes (landscape, 1, BS_AXIS_NONE);
  draw (landscape);
  bs_landscape_set_axes (landscape, BS_AXIS_MAIN, BS_AXIS_MAIN);
  bs_landscape_wait (landscape);
  bs_landscape_get_view (landscape, &view);
  /* It went straight: all of it is along the first direction. */
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (view.path[2 * i + 1], 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (fabs (view.path[2]), hypot (2, 1), 1e-6);
  draw (landscape);
}

static void
test_lost_numbers (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nw = torch.tensor([-1., 1.], requires_grad=True)\nw.log().sum().backward()\n");
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 0);

  bs_landscape_wait (landscape);
  draw (landscape);
}

/* --- the thread ------------------------------------------------------------------------------------------------------------ */

/* Each computation takes long. */
static BsRecording *
record_slow (void)
{
  return record_text ("import torch\ntorch.manual_seed(0)\nw = torch.tensor([1., 1.], requires_grad=True)\ny = w.sum() * torch.ones(20, 20)\n"
                      "for i in range(4000):\n    y = torch.tanh(y @ (torch.ones(20, 20) * 0.05))\ny.sum().backward()\n");
}

static void
on_changed (gpointer data)
{
  (*(guint *) data)++;
}

/* The thread that asks never waits, however long one computation takes; what is asked is soon given up. */
static void
test_slow (void)
{
  g_autoptr (BsRecording) recording = record_slow ();
  gint64 begin;
  BsLandscapeView view;
  guint n_changes = 0;

  for (guint turn = 0; turn < 3; turn++) {
    BsLandscape *landscape = landscape_of (recording, 0);

    bs_landscape_set_notify (landscape, on_changed, &n_changes);
    while (bs_landscape_prepare (landscape, 4000))
      ;
    for (guint i = 0; i < 50; i++) {
      begin = g_get_monotonic_time ();
      bs_landscape_probe (landscape, (double[]) { i, 1 });
      if (i % 10 == 9)
        bs_landscape_set_axes (landscape, i % 20 == 9 ? 0 : 1, BS_AXIS_NONE);
      bs_landscape_get_view (landscape, &view);
      g_assert_cmpint (g_get_monotonic_time () - begin, <, 200000); /* a machine may be busy; a computation takes longer */
      g_usleep (500);
    }
    begin = g_get_monotonic_time ();
    bs_landscape_free (landscape);
    g_assert_cmpint (g_get_monotonic_time () - begin, <, 200000);
  }
  n_changes = 0;
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n_changes, ==, 0); /* nobody is told of what was given up */
}

/* The last that was asked is what one gets, whatever was under way. */
static void
test_overtaken (void)
{
  g_autoptr (BsRecording) recording = record_text (squares);
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 0);
  BsLandscapeView view;

  while (bs_landscape_prepare (landscape, 4000))
    ;
  for (guint i = 0; i < 2000; i++) {
    bs_landscape_probe (landscape, (double[]) { i % 100, 0 });
    if (i % 50 == 0)
      bs_landscape_set_axes (landscape, 0, i % 100 == 0 ? BS_AXIS_NONE : BS_AXIS_MAIN);
  }
  bs_landscape_set_axes (landscape, 0, BS_AXIS_NONE);
  bs_landscape_probe (landscape, (double[]) { 5, 0 });
  bs_landscape_wait (landscape);
  bs_landscape_get_view (landscape, &view);
  g_assert_cmpuint (view.n_axes, ==, 1);
  g_assert_cmpuint (view.stride, ==, 1);
  g_assert_cmpfloat (view.probe[0], ==, 5);
  g_assert_cmpfloat (view.probe_loss, ==, 45);
}

/* Two at once, while this thread computes too: the engine's state is each thread's own. */
static void
test_together (void)
{
  g_autoptr (BsRecording) recording = record_text (squares), other = record_slow ();
  g_autoptr (BsLandscape) a = landscape_of (recording, 0), b = landscape_of (recording, 2), slow = landscape_of (other, 0);
  g_autoptr (BsReplay) replay = bs_replay_new (recording, bs_recording_get_pass (recording, 3)->root, NULL);
  BsLandscapeView view;

  while (bs_landscape_prepare (slow, 4000) | bs_landscape_prepare (a, 4000) | bs_landscape_prepare (b, 4000))
    ;
  for (guint i = 0; i < 20000; i++) {
    double gradient;

    g_assert_cmpfloat (bs_replay_run (replay, (double[]) { i % 10 }, &gradient), ==, i % 10 * (i % 10) + 20.0);
    g_assert_cmpfloat (gradient, ==, 2.0 * (i % 10));
  }
  bs_landscape_wait (a);
  bs_landscape_wait (b);
  bs_landscape_get_view (b, &view);
  g_assert_cmpuint (view.stride, ==, 1);
  g_assert_cmpuint (view.now, ==, 2);
}

/* A file that draws what it can, and one with the very numbers. */
static void
test_export (void)
{
  static const struct { const char *ending, *begins; } formats[] = { { ".svg", "<?xml" }, { ".pdf", "%PDF" }, { ".png", "\x89PNG" }, { ".csv", "\"w\",\"loss\"\n" } };
  g_autoptr (BsRecording) recording = record_text (squares);
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 1);
  BsLandscapeLook look = { .labels = { "w", "" }, .loss = "loss" };
  BsExportOptions options = { .scale = 1 };
  BsLandscapeView view;

  bs_landscape_wait (landscape);
  bs_landscape_get_view (landscape, &view);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = bs_landscape_picture_export (&view, &look, formats[i].ending, 400, 300, &options, &error);

    g_assert_no_error (error);
    g_assert_true (memcmp (g_bytes_get_data (bytes, NULL), formats[i].begins, strlen (formats[i].begins)) == 0);
    if (i == 0)
      g_assert_nonnull (g_strstr_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "∂loss/∂w"));
  }
  g_assert_null (bs_landscape_picture_export (&view, &look, ".gif", 400, 300, &options, NULL));
}

/* What is not computed yet is asked, in words and in the picture; another place tells its numbers. */
static void
test_hidden (void)
{
  g_autoptr (BsRecording) recording = record_text (squares);
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 0);
  BsLandscapeLook look = { .labels = { "w", "" }, .loss = "loss", .hide_future = TRUE, .hide_loss = TRUE, .hide_slope = TRUE };
  BsExportOptions options = { .scale = 1 };
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *hidden = NULL, *half = NULL, *whole = NULL;
  BsLandscapeView view;

  bs_landscape_wait (landscape);
  bs_landscape_get_view (landscape, &view);
  hidden = bs_landscape_describe (&view, &look);
  bytes = bs_landscape_picture_export (&view, &look, ".svg", 400, 300, &options, NULL);
  g_assert_cmpstr (hidden, ==, "loss at w = 10 is ?, slope ?");
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "loss = ?"));
  look.hide_loss = FALSE;
  half = bs_landscape_describe (&view, &look);
  g_assert_true (g_str_has_suffix (half, ", slope ?"));
  g_assert_null (strstr (half, "is ?"));
  look.hide_slope = FALSE;
  whole = bs_landscape_describe (&view, &look);
  g_assert_null (strchr (whole, '?'));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/landscape/curve", test_curve);
  g_test_add_func ("/landscape/steps", test_steps);
  g_test_add_func ("/landscape/path-of-new-tensors", test_path_of_new_tensors);
  g_test_add_func ("/landscape/lost-numbers", test_lost_numbers);
  g_test_add_func ("/landscape/slow", test_slow);
  g_test_add_func ("/landscape/overtaken", test_overtaken);
  g_test_add_func ("/landscape/together", test_together);
  g_test_add_func ("/landscape/export", test_export);
  g_test_add_func ("/landscape/hidden", test_hidden);
  return g_test_run ();
}
