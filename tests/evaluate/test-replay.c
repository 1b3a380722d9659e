/* SPDX-License-Identifier: MIT */

/* What a recording says of a loss and its gradients, and what the engine says when the same graph is computed again. */

#include "draw/landscape.h"
#include "evaluate/landscape.h"
#include "evaluate/replay.h"
#include "session/session.h"

#include <math.h>
#include <string.h>

static const char *folder;

static BsRecording *
record (const char *path)
{
  BsSessionOptions options = { .path = path };
  g_autoptr (GError) error = NULL;
  BsRecording *recording = bs_session_run (&options, NULL, &error);

  g_assert_no_error (error);
  return recording;
}

static BsRecording *
record_text (const char *text)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "backstep-replay-test.py", NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return record (path);
}

/* What flowed into @leaf in that pass's walk; FALSE: not just once. */
static gboolean
find_contribution (BsRecording *recording, const BsPass *pass, guint32 leaf, BsValue *out)
{
  guint n = 0, n_walks = 0;

  for (guint32 i = pass->backward; i < pass->update; i++) {
    BsEvent e;

    if (bs_recording_get_kind (recording, i) == BS_EVENT_BACKWARD_BEGIN)
      n_walks++;
    if (bs_recording_get_kind (recording, i) != BS_EVENT_ACCUMULATE)
      continue;
    bs_recording_get_event (recording, i, &e);
    if (e.accumulate.tensor == leaf) {
      *out = e.accumulate.contribution;
      n++;
    }
  }
  return n == 1 && n_walks == 1 && out->how == BS_VALUE_WHOLE;
}

static gboolean
check_pass (BsRecording *recording, const BsPass *pass, guint *n_gradients)
{
  g_autoptr (BsReplay) replay = bs_replay_new (recording, pass->root, NULL);
  g_autofree double *values = NULL, *gradient = NULL;
  g_autoptr (BsCursor) cursor = NULL;
  BsTensorState state;
  guint at = 0;
  double again;

  if (replay == NULL)
    return FALSE;
  values = g_new (double, bs_replay_get_n_variables (replay));
  gradient = g_new (double, bs_replay_get_n_variables (replay));
  bs_replay_get_recorded (replay, values);
  cursor = bs_cursor_new (recording);
  bs_cursor_seek (cursor, bs_recording_get_tensor_step (recording, pass->root) + 1);
  bs_cursor_get_tensor (cursor, pass->root, &state);
  again = bs_replay_run (replay, values, gradient);
  g_assert_true (memcmp (&(double) { bs_value_get (&state.value, 0) }, &again, sizeof again) == 0);
  g_assert_cmpfloat (bs_replay_run (replay, values, NULL), ==, again);
  for (guint leaf = 0; leaf < bs_replay_get_n_leaves (replay); leaf++) {
    BsValue contribution;

    bs_cursor_get_tensor (cursor, bs_replay_get_leaf (replay, leaf), &state);
    if (find_contribution (recording, pass, bs_replay_get_leaf (replay, leaf), &contribution)) {
      for (gint64 i = 0; i < state.value.numel; i++)
        g_assert_cmpfloat (bs_value_get (&contribution, i), ==, gradient[at + i]);
      (*n_gradients)++;
    }
    at += state.value.numel;
  }
  g_assert_cmpuint (at, ==, bs_replay_get_n_variables (replay));
  return TRUE;
}

static void
test_examples (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n_passes = 0, n_repeated = 0, n_gradients = 0;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (BsRecording) recording = g_str_has_suffix (name, ".py") ? record (path) : NULL;

    for (guint i = 0; recording != NULL && i < MIN (bs_recording_get_n_passes (recording), 20); i++) {
      const BsPass *pass = bs_recording_get_pass (recording, i);

      if (pass->root == 0)
        continue;
      n_passes++;
      if (check_pass (recording, pass, &n_gradients))
        n_repeated++;
      else
        g_test_message ("%s: pass %u cannot be repeated", name, i);
    }
  }
  g_test_message ("%u of %u passes, %u gradients", n_repeated, n_passes, n_gradients);
  g_assert_cmpuint (n_repeated * 10, >, n_passes * 8);
  g_assert_cmpuint (n_gradients, >, n_repeated);
}

static void
test_other_numbers (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nw = torch.tensor([1., 2.], requires_grad=True)\nx = torch.tensor([3., 4.])\n"
                                                   "loss = ((w * x).sum() - 5) ** 2\nloss.backward()\n");
  g_autoptr (BsReplay) replay = bs_replay_new (recording, bs_recording_get_pass (recording, 0)->root, NULL);
  double gradient[2];
  guint element;

  g_assert_nonnull (replay);
  g_assert_cmpuint (bs_replay_get_n_variables (replay), ==, 2);
  g_assert_cmpuint (bs_replay_find_variable (replay, 1, &element), ==, 0);
  g_assert_cmpuint (element, ==, 1);
  g_assert_cmpfloat (bs_replay_run (replay, (double[]) { 3, 0 }, gradient), ==, 16);
  g_assert_cmpfloat (gradient[0], ==, 24);
  g_assert_cmpfloat (gradient[1], ==, 32);
  g_assert_true (isnan (bs_replay_run (replay, (double[]) { NAN, 0 }, NULL)));
}

static void
refuses (const char *text, const char *because)
{
  g_autoptr (BsRecording) recording = record_text (text);
  g_autoptr (GError) error = NULL;

  g_assert_null (bs_replay_new (recording, bs_recording_get_pass (recording, 0)->root, &error));
  g_assert_nonnull (strstr (error->message, because));
}

static void
test_refused (void)
{
  const char *begin = "import torch\nfrom torch.nn import functional as F\nw = torch.ones(3, requires_grad=True)\n";
  g_autofree char *inplace = g_strconcat (begin, "y = w * 2\ny.add_(1)\ny.sum().backward()\n", NULL);
  g_autofree char *vector = g_strconcat (begin, "(w * 2).backward(torch.ones(3))\n", NULL);
  g_autofree char *large = g_strconcat (begin, "((w * 2).sum() * torch.randn(50, 50)).sum().backward()\n", NULL);

  refuses (inplace, "in place");
  refuses (vector, "single number");
  refuses (large, "recorded");
}

/* --- the landscape ------------------------------------------------------------------------------------------------------- */

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

  bs_landscape_get_view (landscape, &view);
  bs_landscape_picture_draw (picture, cr, &view, &look, 300, 200, BS_THEME_DARK, 1);
  look.has_probe = look.hide_future = TRUE;
  bs_landscape_picture_draw (picture, cr, &view, &look, 10, 10, BS_THEME_LIGHT, 2);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  bs_landscape_picture_free (picture);
}

static void
test_curve (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nw = torch.tensor(10., requires_grad=True)\nfor i in range(5):\n"
                                                   "    loss = w ** 2 + 20\n    loss.backward()\n    w.data -= 0.1 * w.grad\n    w.grad.zero_()\n");
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 1);
  g_autofree char *name = bs_landscape_dup_variable_name (landscape, 0);
  BsLandscapeView view;
  double slope[2];

  g_assert_cmpstr (name, ==, "w");
  draw (landscape);
  while (bs_landscape_work (landscape, 10))
    draw (landscape);
  bs_landscape_get_view (landscape, &view);
  g_assert_cmpuint (view.n_axes, ==, 1);
  g_assert_cmpuint (view.stride, ==, 1);
  g_assert_cmpuint (view.n_path, ==, 6);
  g_assert_cmpuint (view.now, ==, 1);
  g_assert_cmpfloat (view.at[0], ==, 8);
  g_assert_cmpfloat (view.path[0], ==, 10);
  g_assert_cmpfloat_with_epsilon (view.path[2 * 5], 10 * pow (0.8, 5), 1e-5);
  g_assert_cmpfloat (view.slope[0], ==, 16);
  for (guint i = 0; i < view.n[0]; i++) {
    double w = view.low[0] + (view.high[0] - view.low[0]) * i / (view.n[0] - 1);

    g_assert_cmpfloat_with_epsilon (view.values[i], w * w + 20, 1e-3);
  }
  g_assert_cmpfloat (bs_landscape_probe (landscape, (double[]) { -3, 0 }, slope), ==, 29);
  g_assert_cmpfloat (slope[0], ==, -6);
}

/* w is a new tensor in each pass: the path is found all the same. */
static void
test_path_of_new_tensors (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nw = torch.tensor([4., 2.], requires_grad=True)\nfor i in range(4):\n"
                                                   "    loss = (w * w).sum()\n    loss.backward()\n    w = (w - 0.25 * w.grad).detach().requires_grad_()\n");
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 0);
  BsLandscapeView view;

  bs_landscape_get_view (landscape, &view);
  g_assert_cmpuint (view.n_axes, ==, 2);
  g_assert_cmpuint (view.n_path, >=, 4);
  g_assert_cmpfloat (view.path[2], ==, 2);
  g_assert_cmpfloat (view.path[3], ==, 1);
  while (bs_landscape_work (landscape, 1000))
    draw (landscape);
  bs_landscape_set_axes (landscape, 1, BS_AXIS_NONE);
  bs_landscape_work (landscape, 100);
  draw (landscape);
  bs_landscape_set_axes (landscape, BS_AXIS_MAIN, BS_AXIS_MAIN);
  bs_landscape_get_view (landscape, &view);
  /* It went straight: all of it is along the first direction. */
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (view.path[2 * i + 1], 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (fabs (view.path[2]), hypot (2, 1), 1e-6);
}

static void
test_lost_numbers (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nw = torch.tensor([-1., 1.], requires_grad=True)\nw.log().sum().backward()\n");
  g_autoptr (BsLandscape) landscape = landscape_of (recording, 0);

  while (bs_landscape_work (landscape, 1000))
    draw (landscape);
  draw (landscape);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = argv[1];
  g_test_add_func ("/replay/examples", test_examples);
  g_test_add_func ("/replay/other-numbers", test_other_numbers);
  g_test_add_func ("/replay/refused", test_refused);
  g_test_add_func ("/landscape/curve", test_curve);
  g_test_add_func ("/landscape/path-of-new-tensors", test_path_of_new_tensors);
  g_test_add_func ("/landscape/lost-numbers", test_lost_numbers);
  return g_test_run ();
}
