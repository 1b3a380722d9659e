/* SPDX-License-Identifier: MIT */

/* A recorded pass, written as DOT and run again from that file, has the same numbers to the bit: every example, and scripts
 * with what is hard to write down. */

#include "config.h"

#include "draw/export.h"
#include "session/session.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct { guint n_passes, n_values, n_gradients; } Count;

static char *
out_path (void)
{
  return g_strdup_printf ("%s/backstep-roundtrip-%d.dot", g_get_tmp_dir (), (int) getpid ());
}

static BsRecording *
run (const char *path, guint n_kept, const guint32 *kept)
{
  BsSessionOptions options = { .path = path, .n_kept = n_kept, .kept = kept };
  g_autoptr (GError) error = NULL;
  BsRecording *recording = bs_session_run (&options, NULL, &error);

  g_assert_no_error (error);
  return recording;
}

/* The file says by `id` which tensor a node was. */
static GHashTable *
read_names (const char *path)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRegex) regex = g_regex_new ("^  \"?([^\" ]+)\"? \\[id=t(\\d+),", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *tensor = g_match_info_fetch (match, 2);

      g_hash_table_insert (names, g_match_info_fetch (match, 1), GUINT_TO_POINTER (atoi (tensor)));
    }
  return names;
}

static gboolean
fails (BsRecording *recording, guint32 from, guint32 to)
{
  for (; from < to; from++)
    if (bs_recording_get_kind (recording, from) == BS_EVENT_ERROR)
      return TRUE;
  return FALSE;
}

static void
report_error (BsRecording *recording, const char *what, const char *path)
{
  guint32 n = bs_recording_get_n_events (recording);
  g_autofree char *text = NULL;
  BsEvent e;

  for (guint32 i = 0; i < n; i++)
    if (bs_recording_get_kind (recording, i) == BS_EVENT_ERROR)
      {
        bs_recording_get_event (recording, i, &e);
        g_file_get_contents (path, &text, NULL, NULL);
        g_test_message ("%s", text);
        g_error ("%s: %s", what, e.error.traceback);
      }
}

static gboolean
is_same_at (BsRecording *before, guint32 step, guint32 tensor, BsCursor *b, guint32 other)
{
  g_autoptr (BsCursor) a = bs_cursor_new (before);
  BsTensorState s, t;
  BsValue x, y;

  bs_cursor_seek (a, step);
  if (bs_cursor_get_whole (a, tensor, FALSE, &x) && bs_cursor_get_whole (b, other, FALSE, &y))
    return bs_value_equal (&x, &y);
  bs_cursor_get_tensor (a, tensor, &s);
  bs_cursor_get_tensor (b, other, &t);
  return s.exists && t.exists && bs_value_equal (&s.value, &t.value); /* a picture of many, with their statistics */
}

/* As it came to be; data that was made ready before, as the pass found it. (Of a view that nobody holds any more a recording does
 * not follow what is written through others.) */
static void
compare_value (const char *what, const char *name, BsRecording *before, guint32 pass, guint32 tensor, BsRecording *after, guint32 other)
{
  g_autoptr (BsCursor) b = bs_cursor_new (after);
  const BsPass *p = bs_recording_get_pass (before, pass);
  guint32 step = bs_recording_get_tensor_step (before, tensor) + 1;
  BsEvent e;

  bs_recording_get_event (after, bs_recording_get_tensor_step (after, other), &e);
  bs_cursor_seek (b, bs_recording_get_tensor_step (after, other) + 1);
  if (is_same_at (before, MAX (step, p->begin), tensor, b, other))
    return;
  for (guint32 at = MAX (step, p->begin); at <= p->update && e.tensor.n_inputs == 0; at++)
    if (is_same_at (before, at, tensor, b, other))
      return;
  g_error ("%s: the value of %s is another one", what, name);
}

static void
compare (const char *what, const char *name, BsCursor *a, guint32 tensor, BsCursor *b, guint32 other)
{
  BsValue x, y;
  gboolean first = bs_cursor_get_whole (a, tensor, TRUE, &x), second = bs_cursor_get_whole (b, other, TRUE, &y);

  if (!first || !second)
    {
      BsTensorState s, t;

      bs_cursor_get_tensor (a, tensor, &s);
      bs_cursor_get_tensor (b, other, &t);
      x = s.grad;
      y = t.grad;
    }
  if (!bs_value_equal (&x, &y))
    {
      g_autofree char *p = bs_value_to_text (&x, 9), *q = bs_value_to_text (&y, 9);

      g_error ("%s: the gradient of %s was %s, is %s", what, name, p, q);
    }
}

/* After the backward walks of the pass, and of the only one there. */
static void
compare_all (const char *what, BsRecording *before, guint32 pass, BsRecording *after, GHashTable *names, Count *count)
{
  g_autoptr (BsCursor) a = bs_cursor_new (before), b = bs_cursor_new (after);
  guint n = 0;

  bs_cursor_seek (a, bs_recording_get_pass (before, pass)->update);
  bs_cursor_seek (b, bs_recording_get_pass (after, 0)->update);
  for (guint32 i = 0; i < bs_recording_get_n_events (after); i++)
    {
      BsTensorState s, t;
      guint32 tensor;
      BsEvent e;

      if (bs_recording_get_kind (after, i) != BS_EVENT_NAME)
        continue;
      bs_recording_get_event (after, i, &e);
      tensor = GPOINTER_TO_UINT (g_hash_table_lookup (names, e.name.name));
      if (tensor == 0 || e.name.after.kind != BS_PLAIN_TENSOR)
        continue;
      n++;
      bs_cursor_get_tensor (a, tensor, &s);
      bs_cursor_get_tensor (b, e.name.after.tensor, &t);
      g_assert_true (s.exists && t.exists);
      compare_value (what, e.name.name, before, pass, tensor, after, e.name.after.tensor);
      count->n_values++;
      /* Only what this pass wrote: autograd.grad() leaves .grad as it was. */
      if (s.grad_state < BS_GRAD_FLOWING || s.grad_state == BS_GRAD_STALE || s.grad_pass != pass)
        continue;
      if (t.grad_state < BS_GRAD_FLOWING)
        g_error ("%s: %s has no gradient any more", what, e.name.name);
      compare (what, e.name.name, a, tensor, b, e.name.after.tensor);
      count->n_gradients++;
    }
  if (n != g_hash_table_size (names))
    g_error ("%s: %u of %u nodes came back", what, n, g_hash_table_size (names));
}

static void
fetch (const char *path, BsRecording *recording, guint32 step)
{
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (BsRecording) details = NULL;

  bs_export_find_missing (recording, step, missing);
  if (missing->len == 0)
    return;
  details = run (path, missing->len, (const guint32 *) missing->data);
  bs_recording_set_details (recording, details);
}

static void
check_pass (const char *path, BsRecording *recording, guint32 pass, Count *count)
{
  const BsPass *p = bs_recording_get_pass (recording, pass);
  BsExportOptions options = { 0 };
  g_autoptr (BsRecording) again = NULL;
  g_autoptr (GHashTable) names = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_path_get_basename (path), *what = g_strdup_printf ("%s, pass %u", name, pass), *out = out_path ();

  fetch (path, recording, p->end);
  if (!bs_export_step (recording, MAX (p->end, 1), out, &options, &error))
    g_error ("%s: %s", what, error->message);
  again = run (out, 0, NULL);
  names = read_names (out);
  /* The script's own error may come again, or stands in a line that is not in the graph. */
  if (!fails (recording, p->begin, bs_recording_get_n_events (recording)))
    report_error (again, what, out);
  g_assert_cmpuint (g_hash_table_size (names), >, 0);
  compare_all (what, recording, pass, again, names, count);
  count->n_passes++;
  g_unlink (out);
}

static gboolean
has_graph (BsRecording *recording, guint32 pass)
{
  g_autoptr (BsGraph) graph = bs_graph_new (recording, pass);

  return bs_graph_get_n_cards (graph) > 0;
}

static void
check_script (gconstpointer data)
{
  const char *path = data;
  g_autoptr (BsRecording) recording = run (path, 0, NULL);
  guint n = bs_recording_get_n_passes (recording);
  Count count = { 0 };

  for (guint pass = 0; pass < n; pass++)
    if ((pass < 3 || pass + 2 >= n || pass == n / 2) && has_graph (recording, pass))
      check_pass (path, recording, pass, &count);
  g_test_message ("%u passes, %u values, %u gradients", count.n_passes, count.n_values, count.n_gradients);
  g_assert_cmpuint (count.n_passes, >, 0);
}

static void
add_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".py") || g_str_has_suffix (name, ".dot"))
      {
        g_autofree char *test = g_strdup_printf ("/roundtrip/%s", name);

        g_test_add_data_func_full (test, g_build_filename (folder, name, NULL), check_script, g_free);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++)
    add_folder (argv[i]);
  return g_test_run ();
}
