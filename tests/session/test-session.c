/* SPDX-License-Identifier: MIT */

#include "config.h"
#include "roots.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/session-private.h"
#include "session/session.h"

/* A run on the default main context that a test steers. */
typedef struct {
  BsSession *session;
  char *folder, *path;
  guint n_ended;
} Run;

static void
on_ended (BsSession *session, Run *run)
{
  run->n_ended++;
}

static void
set_up (Run *run, gconstpointer source)
{
  run->folder = g_dir_make_tmp ("backstep-XXXXXX", NULL);
  run->path = g_build_filename (run->folder, "script.py", NULL);
  run->session = bs_session_new ();
  g_signal_connect (run->session, "ended", G_CALLBACK (on_ended), run);
  if (source)
    g_assert_true (g_file_set_contents (run->path, source, -1, NULL));
}

static void
tear_down (Run *run, gconstpointer source)
{
  g_object_unref (run->session);
  g_unlink (run->path);
  g_rmdir (run->folder);
  g_free (run->path);
  g_free (run->folder);
}

static void
start (Run *run, guint32 limit, const char *unsaved)
{
  BsSessionOptions options = { .path = run->path, .event_limit = limit, .source = unsaved,
                               .source_length = unsaved ? strlen (unsaved) : 0 };
  GError *error = NULL;

  g_assert_true (bs_session_start (run->session, &options, &error));
  g_assert_no_error (error);
}

static gboolean
on_timeout (gpointer user)
{
  g_error ("the session does not get there");
  return G_SOURCE_REMOVE;
}

static void
until (Run *run, BsSessionState state)
{
  guint timeout = g_timeout_add_seconds (20, on_timeout, NULL);

  while (bs_session_get_state (run->session) != state)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);
}

static void
until_n_events (Run *run, guint32 n)
{
  guint timeout = g_timeout_add_seconds (20, on_timeout, NULL);

  while (bs_recording_get_n_events (bs_session_get_recording (run->session)) < n)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);
}

/* The last event of @kind. */
static gboolean
find_last (Run *run, BsEventKind kind, BsEvent *event)
{
  BsRecording *recording = bs_session_get_recording (run->session);

  for (guint32 step = bs_recording_get_n_events (recording); step-- > 0; )
    if (bs_recording_get_kind (recording, step) == kind)
      {
        bs_recording_get_event (recording, step, event);
        return TRUE;
      }
  return FALSE;
}

static void
assert_end (Run *run, BsEndKind how, int status)
{
  BsRecording *recording = bs_session_get_recording (run->session);
  BsEvent event;

  until (run, BS_SESSION_ENDED);
  g_assert_true (bs_recording_is_finished (recording));
  bs_recording_get_event (recording, bs_recording_get_n_events (recording) - 1, &event);
  g_assert_cmpint (event.kind, ==, BS_EVENT_END);
  g_assert_cmpint (event.end.how, ==, how);
  g_assert_cmpint (event.end.status, ==, status);
  g_assert_cmpint (run->n_ended, ==, 1);
}

static char *
all_output (Run *run)
{
  BsRecording *recording = bs_session_get_recording (run->session);
  GString *text = g_string_new (NULL);

  for (guint32 step = 0; step < bs_recording_get_n_events (recording); step++)
    {
      BsEvent event;

      bs_recording_get_event (recording, step, &event);
      if (event.kind == BS_EVENT_OUTPUT)
        g_string_append_len (text, event.output.text, event.output.length);
    }
  return g_string_free (text, FALSE);
}

static void
assert_output (Run *run, const char *wanted)
{
  g_autofree char *text = all_output (run);

  g_assert_cmpstr (text, ==, wanted);
}

static void
assert_error (Run *run, const char *type, const char *message, guint32 line)
{
  BsEvent event;
  const BsPlace *place;

  g_assert_true (find_last (run, BS_EVENT_ERROR, &event));
  g_assert_cmpstr (event.error.type, ==, type);
  if (message)
    g_assert_cmpstr (event.error.message, ==, message);
  g_assert_nonnull (strstr (event.error.traceback, type));
  place = bs_recording_get_place (bs_session_get_recording (run->session), event.place);
  g_assert_nonnull (place);
  g_assert_cmpint (place->line, ==, line);
}

/* --- ends -------------------------------------------------------------------------------------------------------- */

static void
test_finishes (Run *run, gconstpointer source)
{
  start (run, 0, NULL);
  assert_end (run, BS_END_FINISHED, 0);
  assert_output (run, "2\n");
  g_assert_null (bs_session_get_sandbox_warning (run->session));
}

static void
test_exits (Run *run, gconstpointer source)
{
  start (run, 0, NULL);
  assert_end (run, BS_END_EXIT, 3);
}

static void
test_exception (Run *run, gconstpointer source)
{
  BsEvent event;
  const BsPlace *place;

  start (run, 0, NULL);
  assert_end (run, BS_END_ERROR, 1);
  assert_output (run, "before\n");
  assert_error (run, "ZeroDivisionError", "division by zero", 7);
  g_assert_true (find_last (run, BS_EVENT_ERROR, &event));
  place = bs_recording_get_place (bs_session_get_recording (run->session), event.place);
  g_assert_cmpint (place->column, ==, 8);
  g_assert_cmpint (place->end_column, ==, 13);
}

static void
test_syntax_error (Run *run, gconstpointer source)
{
  start (run, 0, NULL);
  assert_end (run, BS_END_ERROR, 1);
  assert_error (run, "SyntaxError", "expected ':'", 2);
}

static void
test_not_utf8 (Run *run, gconstpointer source)
{
  start (run, 0, NULL);
  assert_end (run, BS_END_ERROR, 1);
  assert_error (run, "SyntaxError", NULL, 2);
}

static void
test_refused (Run *run, gconstpointer source)
{
  start (run, 0, NULL);
  assert_end (run, BS_END_ERROR, 1);
  assert_error (run, "PermissionError", NULL, 3);
}

static void
test_not_there (Run *run, gconstpointer source)
{
  BsSessionOptions options = { .path = "/nowhere/script.py" };
  g_autoptr (GError) error = NULL;

  g_assert_false (bs_session_start (run->session, &options, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  options.path = run->folder;
  g_assert_false (bs_session_start (run->session, &options, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_cmpint (bs_session_get_state (run->session), ==, BS_SESSION_IDLE);
}

static void
test_dies (Run *run, gconstpointer source)
{
  BsEvent event;

  start (run, 0, NULL);
  assert_end (run, BS_END_DIED, 128 + SIGSEGV);
  assert_output (run, "before\n");
  g_assert_true (find_last (run, BS_EVENT_END, &event));
  g_assert_nonnull (strstr (event.end.detail, "SIGSEGV"));
}

static void
test_killed (Run *run, gconstpointer source)
{
  start (run, 0, NULL);
  until_n_events (run, 1);
  kill (bs_session_get_pid (run->session), SIGKILL);
  assert_end (run, BS_END_DIED, 128 + SIGKILL);
  g_assert_cmpint (bs_recording_get_n_events (bs_session_get_recording (run->session)), >=, 2);
}

/* --- steering ---------------------------------------------------------------------------------------------------- */

static void
test_stop (Run *run, gconstpointer source)
{
  gint64 begin;

  start (run, 0, NULL);
  until_n_events (run, 1);
  begin = g_get_monotonic_time ();
  bs_session_stop (run->session);
  bs_session_stop (run->session);
  assert_end (run, BS_END_STOPPED, 0);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, G_USEC_PER_SEC / 4);
}

static void
test_limit (Run *run, gconstpointer source)
{
  BsRecording *recording = bs_session_get_recording (run->session);

  start (run, 1000, NULL);
  until (run, BS_SESSION_PAUSED);
  g_assert_cmpint (bs_recording_get_n_events (recording), >=, 1000);
  g_assert_cmpint (bs_recording_get_n_events (recording), <, 1010);
  bs_session_go_on (run->session, 5000);
  g_assert_cmpint (bs_session_get_state (run->session), ==, BS_SESSION_RUNNING);
  until (run, BS_SESSION_PAUSED);
  g_assert_cmpint (bs_recording_get_n_events (recording), >=, 6000);
  g_assert_cmpint (bs_recording_get_n_events (recording), <, 6010);
  bs_session_stop (run->session);
  assert_end (run, BS_END_STOPPED, 0);
}

static void
test_input (Run *run, gconstpointer source)
{
  start (run, 0, NULL);
  until (run, BS_SESSION_WAITING);
  assert_output (run, "name? ");
  bs_session_answer_input (run->session, "Ada\n");
  until (run, BS_SESSION_WAITING);
  bs_session_answer_input (run->session, "");
  assert_end (run, BS_END_ERROR, 1);
  assert_output (run, "name? hello Ada\n");
  assert_error (run, "EOFError", "EOF when reading a line", 2);
}

static void
test_unsaved (Run *run, gconstpointer source)
{
  static const char text[] = "print('unsaved')\nprint(__file__.endswith('script.py'))\nundefined\n";
  BsRecording *recording = bs_session_get_recording (run->session);
  BsEvent event;
  gsize n;

  start (run, 0, text);
  assert_end (run, BS_END_ERROR, 1);
  assert_output (run, "unsaved\nTrue\n");
  assert_error (run, "NameError", NULL, 3);
  g_assert_true (find_last (run, BS_EVENT_ERROR, &event));
  g_assert_nonnull (strstr (event.error.traceback, "    undefined\n"));
  g_assert_cmpstr (bs_recording_get_file_source (recording, 1, &n), ==, text);
  g_assert_cmpstr (bs_recording_get_file_path (recording, 1), ==, run->path);
}

static void
test_quiet_stretch (Run *run, gconstpointer source)
{
  gint64 begin;

  start (run, 0, NULL);
  until_n_events (run, 3);
  begin = g_get_monotonic_time ();
  bs_session_stop (run->session); /* busy in C; keeps what it said */
  assert_end (run, BS_END_STOPPED, 0);
  assert_output (run, "before\n");
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 2 * G_USEC_PER_SEC);
}

static void
test_dropped (Run *run, gconstpointer source)
{
  BsSession *other = bs_session_new ();
  BsSessionOptions options = { .path = run->path };

  g_assert_true (bs_session_start (other, &options, NULL));
  g_object_unref (other);
  test_stop (run, source); /* and the next one opens normally */
}

static void
test_run (Run *run, gconstpointer source)
{
  BsSessionOptions options = { .path = run->path, .event_limit = 500 };
  GError *error = NULL;
  g_autoptr (BsRecording) recording = bs_session_run (&options, NULL, &error);
  BsEvent event;

  g_assert_no_error (error);
  bs_recording_get_event (recording, bs_recording_get_n_events (recording) - 1, &event);
  g_assert_cmpint (event.end.how, ==, BS_END_LIMIT);
}

/* The window crashes: the script does not run on. */
static void
test_orphan (Run *run, gconstpointer source)
{
  g_autofree char *note = g_strconcat (run->path, ".pid", NULL), *text = NULL;
  gint64 patience = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  if (g_test_subprocess ())
    {
      start (run, 0, NULL);
      until_n_events (run, 1);
      text = g_strdup_printf ("%d", bs_session_get_pid (run->session));
      g_file_set_contents (g_getenv ("BACKSTEP_TEST_NOTE"), text, -1, NULL);
      _exit (0);
    }
  g_setenv ("BACKSTEP_TEST_NOTE", note, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_assert_true (g_file_get_contents (note, &text, NULL, NULL));
  while (kill (atoi (text), 0) == 0 && g_get_monotonic_time () < patience)
    g_usleep (1000);
  g_assert_cmpint (kill (atoi (text), 0), ==, -1);
  g_unlink (note);
}

/* --- what is recorded -------------------------------------------------------------------------------------------- */

static char *
describe (BsRecording *recording, guint32 step)
{
  BsEvent event;
  const BsPlace *place;

  bs_recording_get_event (recording, step, &event);
  place = event.place ? bs_recording_get_place (recording, event.place) : NULL;
  switch (event.kind)
    {
    case BS_EVENT_LINE:
      return g_strdup_printf ("line %u", place->line);
    case BS_EVENT_CALL:
      return g_strdup_printf ("call %s at %u:%u-%u", event.call.function, place->line, place->column,
                              place->end_column);
    case BS_EVENT_NAME:
      if (event.name.after.kind == BS_PLAIN_INT)
        return g_strdup_printf ("%s=%d", event.name.name, (int) event.name.after.integer);
      if (event.name.after.kind == BS_PLAIN_REAL)
        return g_strdup_printf ("%s=%g", event.name.name, event.name.after.real);
      if (event.name.after.kind == BS_PLAIN_TEXT)
        return g_strdup_printf ("%s=%s", event.name.name, event.name.after.text);
      return g_strdup_printf ("%s is kind %d", event.name.name, event.name.after.kind);
    case BS_EVENT_OUTPUT:
      return g_strdup_printf ("output at %u:%u", place->line, place->column);
    default:
      return g_strdup (bs_event_kind_name (event.kind));
    }
}

static void
test_events (Run *run, gconstpointer source)
{
  static const char wanted[] =
    "line 1, line 4, call f at 4:4-8, x=3, line 2, y=7.5, line 3, return, a=7.5, line 5, b=list of 2, b[0]=1, b[1]=2, "
    "line 6, output at 6:0, line 7, b=list of 3, b[2]=3, line 8, a is kind 6, line 9, s='x', end";
  BsRecording *recording = bs_session_get_recording (run->session);
  g_autoptr (GString) text = g_string_new (NULL);

  start (run, 0, NULL);
  assert_end (run, BS_END_FINISHED, 0);
  for (guint32 step = 0; step < bs_recording_get_n_events (recording); step++)
    {
      g_autofree char *event = describe (recording, step);

      g_string_append_printf (text, step == 0 ? "%s" : ", %s", event);
    }
  g_assert_cmpstr (text->str, ==, wanted);
}

/* --- recording changes nothing ----------------------------------------------------------------------------------- */

/* A script of the runner's tests, recorded and not: the same text and the same status. */
static void
test_same (gconstpointer user)
{
  const char *path = user;
  g_autofree char *runner = bs_session_find_runner (), *out = NULL, *err = NULL;
  const char *argv[] = { runner, "--plain", path, NULL };
  BsSessionOptions options = { .path = path };
  g_autoptr (BsRecording) recording = NULL;
  g_autoptr (GString) printed = g_string_new (NULL), errors = g_string_new (NULL);
  BsEvent event = { 0 };
  int status = 0;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, NULL));
  recording = bs_session_run (&options, NULL, NULL);
  for (guint32 step = 0; step < bs_recording_get_n_events (recording); step++)
    {
      bs_recording_get_event (recording, step, &event);
      if (event.kind == BS_EVENT_OUTPUT)
        g_string_append_len (event.output.is_error_stream ? errors : printed, event.output.text, event.output.length);
      else if (event.kind == BS_EVENT_ERROR)
        g_string_append (errors, event.error.traceback);
    }
  g_assert_cmpstr (printed->str, ==, out);
  g_assert_cmpstr (errors->str, ==, err);
  g_assert_cmpint (event.kind, ==, BS_EVENT_END);
  g_assert_cmpint (event.end.status, ==, WEXITSTATUS (status));
}

static void
add_scripts (void)
{
  g_autofree char *folder = g_build_filename (BS_SOURCE_ROOT, "tests", "runner", "plain", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *test = g_strconcat ("/session/same/", name, NULL);

      /* An interrupt ends a plain run by its signal. */
      if (g_str_has_suffix (name, ".py") && !g_str_equal (name, "interrupt.py"))
        g_test_add_data_func_full (test, g_build_filename (folder, name, NULL), test_same, g_free);
    }
}

#define TEST(name, function, source) g_test_add ("/session/" name, Run, source, set_up, function, tear_down)

/* One that was kept ready records the same, to the event, and begins sooner; what does not fit is started anew. */
static void
test_spare (Run *run, gconstpointer source)
{
  const char *text = "import torch\nw = torch.tensor(2., requires_grad=True)\nfor i in range(3):\n    (w * w).backward()\n1 / 0\n";
  g_autofree char *elsewhere = g_build_filename (run->folder, "other.py", NULL);
  const char *paths[] = { run->path, elsewhere };
  guint32 n;

  start (run, 0, text);
  until (run, BS_SESSION_ENDED);
  n = bs_recording_get_n_events (bs_session_get_recording (run->session));
  g_assert_cmpuint (n, >, 40);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      BsSessionOptions options = { .path = paths[i], .source = text, .source_length = strlen (text) };
      BsSpare *spare;

      options.path = run->path;
      spare = bs_spare_new (&options);
      g_assert_nonnull (spare);
      options.path = paths[i];
      options.spare = spare;
      g_object_unref (run->session);
      run->session = bs_session_new ();
      g_assert_true (bs_session_start (run->session, &options, NULL));
      until (run, BS_SESSION_ENDED);
      g_assert_cmpuint (bs_recording_get_n_events (bs_session_get_recording (run->session)), ==, n);
      for (guint32 k = 0; k < n; k++)
        {
          BsEvent e;

          bs_recording_get_event (bs_session_get_recording (run->session), k, &e);
          if (e.kind == BS_EVENT_ERROR)
            g_assert_nonnull (strstr (e.error.traceback, "1 / 0")); /* its text, not the file's */
        }
    }
}

/* Never used, or gone before it is used. */
static void
test_spare_unused (Run *run, gconstpointer source)
{
  BsSessionOptions options = { .path = run->path, .source = "print(1)\n", .source_length = 9 };

  bs_spare_free (bs_spare_new (&options));
  bs_spare_free (NULL);
  options.spare = bs_spare_new (&options);
  g_assert_nonnull (options.spare);
  g_assert_true (bs_session_start (run->session, &options, NULL));
  bs_session_stop (run->session);
  until (run, BS_SESSION_ENDED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("finishes", test_finishes, "print(1 + 1)\n");
  TEST ("exits", test_exits, "import sys\nsys.exit(3)\n");
  TEST ("exception", test_exception, "print('before')\n\n\ndef f(x):\n    # é\n    y = 1\n    y = 1 / x\n\nf(0)\n");
  TEST ("syntax-error", test_syntax_error, "x = 1\nif x\n    pass\n");
  TEST ("not-utf8", test_not_utf8, "x = 1\ny = '\xe9'\n");
  TEST ("refused/program", test_refused, "import os\n\nos.system('true')\n");
  TEST ("refused/socket", test_refused, "import socket\n\nsocket.socket()\n");
  TEST ("not-there", test_not_there, NULL);
  TEST ("dies", test_dies, "import ctypes\nprint('before')\nctypes.string_at(0)\n");
  TEST ("killed", test_killed, "while True: pass\n");
  TEST ("stop/loop", test_stop, "while True: pass\n");
  TEST ("stop/sleep", test_quiet_stretch, "import time\nprint('before')\ntime.sleep(100)\n");
  TEST ("stop/in-c", test_quiet_stretch, "x = 1\nprint('before')\nsum(range(10 ** 12))\n");
  TEST ("limit", test_limit, "while True:\n    x = 1\n");
  TEST ("input", test_input, "print('hello', input('name? '))\ninput()\n");
  TEST ("unsaved", test_unsaved, "print('saved')\n");
  TEST ("dropped", test_dropped, "while True: pass\n");
  TEST ("orphan", test_orphan, "while True: pass\n");
  TEST ("spare", test_spare, "print(0)\n");
  TEST ("spare/unused", test_spare_unused, "print(0)\n");
  TEST ("run-to-the-limit", test_run, "while True:\n    x = 1\n");
  TEST ("events", test_events,
        "def f(x):\n    y = x * 2.5\n    return y\na = f(3)\nb = [1, 2]\nprint(a)\nb.append(3)\ndel a\ns = 'x'\n");
  add_scripts ();
  return g_test_run ();
}
