/* SPDX-License-Identifier: MIT */

/* What a recording says of a loss and its gradients, and what the engine says when the same graph is computed again. */

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

/* What PyTorch would say of the loss at @values: the script itself is asked, by running it with them. */
static double
loss_of_script (const char *format, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_auto (GStrv) parts = g_strsplit (format, "@", -1);
  g_autofree char *text = g_strjoinv (g_ascii_dtostr (number, sizeof number, value), parts);
  g_autoptr (BsRecording) recording = record_text (text);
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);
  guint32 root = bs_recording_get_pass (recording, 0)->root;
  BsTensorState state;

  bs_cursor_seek (cursor, bs_recording_get_tensor_step (recording, root) + 1);
  bs_cursor_get_tensor (cursor, root, &state);
  return bs_value_get (&state.value, 0);
}

/* The same numbers as a run that begins with that value. */
static void
agrees_with_runs (const char *format)
{
  static const double values[] = { 0.5, -1.25, 3.5 };
  g_auto (GStrv) parts = g_strsplit (format, "@", -1);
  g_autofree char *text = g_strjoinv ("0.75", parts);
  g_autoptr (BsRecording) recording = record_text (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsReplay) replay = bs_replay_new (recording, bs_recording_get_pass (recording, 0)->root, &error);
  g_autofree double *at = NULL;

  g_assert_no_error (error);
  at = g_new (double, bs_replay_get_n_variables (replay));
  bs_replay_get_recorded (replay, at);
  g_assert_cmpfloat (at[0], ==, 0.75);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    at[0] = values[i];
    g_assert_cmpfloat (bs_replay_run (replay, at, NULL), ==, loss_of_script (format, values[i]));
  }
}

static void
test_in_place (void)
{
  const char *head = "import torch\nfrom torch import nn\nw = torch.tensor(@, requires_grad=True)\n";
  g_autofree char *add = g_strconcat (head, "y = w * 2\ny.add_(1)\ny *= w\n(y * y).backward()\n", NULL);
  g_autofree char *twice = g_strconcat (head, "x = torch.tensor([1., 2.])\nh = x * w\nh -= 0.5\nh.pow(2).sum().backward()\n", NULL);
  g_autofree char *modules = g_strconcat (head, "torch.manual_seed(1)\nnet = nn.Sequential(nn.Linear(1, 3), nn.Tanh(), nn.Linear(3, 1))\n"
                                                "loss = (net(w.reshape(1, 1)) - 1).pow(2).mean()\nloss.backward()\n", NULL);
  g_autofree char *updated = g_strconcat (head, "with torch.no_grad():\n    b = torch.tensor(2.)\n    b += 1\nloss = (w * b).exp()\nloss.backward()\n", NULL);

  agrees_with_runs (add);
  agrees_with_runs (twice);
  agrees_with_runs (modules);
  agrees_with_runs (updated);
}

/* The gradient is that of the numbers themselves. */
static void
test_differences (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nfrom torch import nn\ntorch.manual_seed(3)\ntorch.set_default_dtype(torch.float64)\n"
                                                   "net = nn.Sequential(nn.Linear(2, 4), nn.Sigmoid(), nn.Linear(4, 1))\nx = torch.randn(5, 2)\n"
                                                   "loss = nn.functional.mse_loss(net(x), torch.ones(5, 1))\nloss.backward()\n");
  g_autoptr (BsReplay) replay = bs_replay_new (recording, bs_recording_get_pass (recording, 0)->root, NULL);
  guint n = bs_replay_get_n_variables (replay);
  g_autofree double *at = g_new (double, n), *gradient = g_new (double, n);

  g_assert_cmpuint (n, ==, 17);
  bs_replay_get_recorded (replay, at);
  bs_replay_run (replay, at, gradient);
  for (guint i = 0; i < n; i++) {
    const double h = 1e-5, here = at[i];
    double up, down;

    at[i] = here + h;
    up = bs_replay_run (replay, at, NULL);
    at[i] = here - h;
    down = bs_replay_run (replay, at, NULL);
    at[i] = here;
    g_assert_cmpfloat_with_epsilon ((up - down) / (2 * h), gradient[i], 1e-8);
  }
}

/* As deep as it is long: nothing may call itself that often. */
static void
test_deep (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nw = torch.tensor(1., requires_grad=True)\ny = w\nfor i in range(15000):\n    y = y * 1.0001\ny.backward()\n");
  g_autoptr (BsReplay) replay = bs_replay_new (recording, bs_recording_get_pass (recording, 0)->root, NULL);
  double gradient, loss;

  g_assert_nonnull (replay);
  g_assert_cmpuint (bs_replay_get_n_operations (replay), ==, 15000);
  loss = bs_replay_run (replay, (double[]) { 2 }, &gradient);
  g_assert_cmpfloat_with_epsilon (loss, 2 * gradient, 1e-4);
}

/* What was drawn stays drawn: the loss of this very pass. */
static void
test_dropout (void)
{
  g_autoptr (BsRecording) recording = record_text ("import torch\nfrom torch.nn import functional as F\ntorch.manual_seed(0)\nw = torch.ones(8, requires_grad=True)\n"
                                                   "loss = (F.dropout(w * 2, 0.5) ** 2).sum()\nloss.backward()\n");
  g_autoptr (BsReplay) replay = bs_replay_new (recording, bs_recording_get_pass (recording, 0)->root, NULL);
  double at[8], gradient[8], loss;

  g_assert_nonnull (replay);
  bs_replay_get_recorded (replay, at);
  loss = bs_replay_run (replay, at, gradient);
  for (guint i = 0; i < 8; i++) {
    g_assert_true (gradient[i] == 0 || gradient[i] == 32);
    at[i] = 3;
  }
  g_assert_cmpfloat (bs_replay_run (replay, at, NULL), ==, 9 * loss);
}

static void
test_refused (void)
{
  const char *begin = "import torch\nfrom torch.nn import functional as F\nw = torch.ones(3, requires_grad=True)\n";
  g_autofree char *inplace = g_strconcat (begin, "y = w * 2\nv = y[0]\nv.add_(1)\ny.sum().backward()\n", NULL);
  g_autofree char *custom = g_strconcat (begin, "class Twice(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n"
                                                "    @staticmethod\n    def backward(ctx, g):\n        return g * 2\nTwice.apply(w).sum().backward()\n", NULL);
  g_autofree char *vector = g_strconcat (begin, "(w * 2).backward(torch.ones(3))\n", NULL);
  g_autofree char *large = g_strconcat (begin, "((w * 2).sum() * torch.randn(50, 50)).sum().backward()\n", NULL);

  refuses (inplace, "in place");
  refuses (custom, "function of the script");
  refuses (vector, "single number");
  refuses (large, "recorded");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = argv[1];
  g_test_add_func ("/replay/examples", test_examples);
  g_test_add_func ("/replay/other-numbers", test_other_numbers);
  g_test_add_func ("/replay/in-place", test_in_place);
  g_test_add_func ("/replay/differences", test_differences);
  g_test_add_func ("/replay/deep", test_deep);
  g_test_add_func ("/replay/dropout", test_dropout);
  g_test_add_func ("/replay/refused", test_refused);
  return g_test_run ();
}
