/* SPDX-License-Identifier: MIT */

/* What all commands share: getting at a recording, and saying how the script ended. */

#include "config.h"

#include "tool.h"

#include "recording/cursor.h"
#include "recording/verify.h"
#include "session/session.h"
#include "recording/error-help.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
bs_tool_warn (const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  fflush (stdout);
  fprintf (stderr, "backstep: %s\n", text);
}

/* "120 lr = 0.05" */
static gboolean
read_edit (char *text, BsSessionEdit *out)
{
  char *end, *equals = strchr (text, '=');

  out->step = g_ascii_strtoull (text, &end, 10);
  if (end == text || equals == NULL || equals < end)
    return FALSE;
  *equals = '\0';
  out->target = g_strstrip (end);
  out->value = g_strstrip (equals + 1);
  return *out->target != '\0' && *out->value != '\0';
}

static BsRecording *
run (const BsToolOptions *options, BsSessionOptions *session, GError **error)
{
  guint n = options->edits != NULL ? g_strv_length (options->edits) : 0;
  g_autofree BsSessionEdit *edits = g_new0 (BsSessionEdit, n + 1);
  g_auto (GStrv) texts = g_strdupv (options->edits);

  session->path = options->rest[0];
  session->args = (const char *const *) options->rest + 1;
  session->n_edits = n;
  session->edits = edits;
  for (guint i = 0; i < n; i++)
    if (!read_edit (texts[i], &edits[i])) {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("--edit wants “STEP NAME = VALUE”, for example “120 lr = 0.05”."));
      return NULL;
    }
  return bs_session_run (session, NULL, error);
}

static BsRecording *
run_script (const BsToolOptions *options, int *status)
{
  g_autoptr (GError) error = NULL;
  BsSessionOptions session = { .event_limit = MAX (options->limit, 0) };
  BsRecording *recording = run (options, &session, &error);

  if (recording == NULL) {
    bs_tool_warn ("%s", error ? error->message : _("The script could not be started."));
    *status = g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE) ? BS_STATUS_USAGE : BS_STATUS_FAILED;
  }
  return recording;
}

BsRecording *
bs_tool_run_whole (const BsToolOptions *options, guint n, const guint32 *tensors, guint32 from, guint32 n_events)
{
  BsSessionOptions session = { .event_limit = n_events, .n_kept = n, .kept = tensors, .kept_from = from };

  return bs_recording_sniff (options->rest[0]) ? NULL : run (options, &session, NULL);
}

BsRecording *
bs_tool_open (const BsToolOptions *options, int *status)
{
  const char *path = options->rest[0];
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;
  BsRecording *recording;

  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    bs_tool_warn ("%s: %s", path, g_strerror (EISDIR));
    *status = BS_STATUS_FAILED;
    return NULL;
  }
  if (!bs_recording_sniff (path) && !g_str_has_suffix (path, ".backstep"))
    return run_script (options, status);
  recording = bs_recording_load (path, &warning, &error);
  if (warning != NULL)
    bs_tool_warn ("%s: %s", path, warning);
  if (recording == NULL) {
    bs_tool_warn (error->code == BS_RECORDING_ERROR_IO ? "%s" : "%2$s: %1$s", error->message, path);
    *status = BS_STATUS_FAILED;
  }
  return recording;
}

/* --- how it ended ------------------------------------------------------------------------------------------------------ */

static void
print_error (BsRecording *recording, const BsEvent *e)
{
  const BsPlace *place = bs_recording_get_place (recording, e->place);
  const char *path = bs_recording_get_file_path (recording, place->file);
  gsize length = strlen (e->error.traceback);

  fflush (stdout);
  if (length > 0)
    fprintf (stderr, "%s%s", e->error.traceback, e->error.traceback[length - 1] == '\n' ? "" : "\n");
  else if (path != NULL)
    fprintf (stderr, "%s:%u: %s: %s\n", path, place->line, e->error.type, e->error.message);
  else
    fprintf (stderr, "%s: %s\n", e->error.type, e->error.message);
  if (*bs_event_help (e) != '\0')
    fprintf (stderr, "%s\n", bs_event_help (e));
}

/* The error and the end are the last events, if they are there at all. */
int
bs_tool_report_end (BsRecording *recording)
{
  guint32 n = bs_recording_get_n_events (recording);
  BsEvent e;

  for (guint32 i = n > 8 ? n - 8 : 0; i < n; i++) {
    if (bs_recording_get_kind (recording, i) != BS_EVENT_ERROR)
      continue;
    bs_recording_get_event (recording, i, &e);
    print_error (recording, &e);
  }
  if (n == 0 || bs_recording_get_kind (recording, n - 1) != BS_EVENT_END)
    return BS_STATUS_OK;
  bs_recording_get_event (recording, n - 1, &e);
  switch (e.end.how) {
  case BS_END_ERROR:
    return e.end.status ? e.end.status : BS_STATUS_FAILED;
  case BS_END_DIED:
    bs_tool_warn (*e.end.detail ? "%s" : _("The script's process died."), e.end.detail);
    return BS_STATUS_FAILED;
  case BS_END_LIMIT:
    bs_tool_warn (ngettext ("The recording stopped at its limit of %u event; --limit sets another.",
                            "The recording stopped at its limit of %u events; --limit sets another.", n), n);
    return BS_STATUS_OK;
  default:
    return e.end.status;
  }
}

static gboolean
parse_number (const char *text, guint64 max, guint32 *out)
{
  char *end;
  guint64 number;

  errno = 0;
  number = g_ascii_strtoull (text, &end, 10);
  *out = number;
  return g_ascii_isdigit (text[0]) && *end == '\0' && errno == 0 && number <= max;
}

gboolean
bs_tool_choose_step (const BsToolOptions *options, BsRecording *recording, guint32 *step)
{
  guint32 n = bs_recording_get_n_events (recording), n_passes = bs_recording_get_n_passes (recording), pass;

  *step = n;
  if (options->step != NULL && strcmp (options->step, "end") != 0 && !parse_number (options->step, n, step)) {
    bs_tool_warn (_("--step %s: the recording has the steps 0 to %u."), options->step, n);
    return FALSE;
  }
  if (options->pass == NULL)
    return TRUE;
  if (n_passes == 0 || !parse_number (options->pass, n_passes - 1, &pass)) {
    bs_tool_warn (_("--pass %s: the recording has the passes 0 to %u."), options->pass, MAX (n_passes, 1) - 1);
    return FALSE;
  }
  if (options->step == NULL)
    *step = bs_recording_get_pass (recording, pass)->end;
  return TRUE;
}

/* --- record, run, verify ------------------------------------------------------------------------------------------------- */

int
bs_tool_record (const BsToolOptions *options)
{
  g_autoptr (BsRecording) recording = NULL;
  g_autoptr (GError) error = NULL;
  int status = BS_STATUS_OK;

  if (options->output == NULL) {
    bs_tool_warn (_("Where to? Say -o FILE.backstep."));
    return BS_STATUS_USAGE;
  }
  recording = bs_tool_open (options, &status);
  if (recording == NULL)
    return status;
  if (!bs_recording_save (recording, options->output, &error)) {
    bs_tool_warn ("%s", error->message);
    return BS_STATUS_FAILED;
  }
  return bs_tool_report_end (recording) ? BS_STATUS_FAILED : BS_STATUS_OK;
}

static void
print_output (BsRecording *recording)
{
  guint32 n = bs_recording_get_n_events (recording);

  for (guint32 i = 0; i < n; i++) {
    BsEvent e;

    if (bs_recording_get_kind (recording, i) != BS_EVENT_OUTPUT)
      continue;
    bs_recording_get_event (recording, i, &e);
    if (e.output.is_error_stream)
      fflush (stdout);
    fwrite (e.output.text, 1, e.output.length, e.output.is_error_stream ? stderr : stdout);
  }
  fflush (stdout);
}

/* Each has plural forms of its own. */
static char *
dup_counts (BsRecording *recording, guint32 n_steps)
{
  guint32 n_passes = bs_recording_get_n_passes (recording), n_tensors = bs_recording_get_n_tensors (recording);
  g_autofree char *steps = g_strdup_printf (ngettext ("%u step", "%u steps", n_steps), n_steps);
  g_autofree char *passes = g_strdup_printf (ngettext ("%u pass", "%u passes", n_passes), n_passes);
  g_autofree char *tensors = g_strdup_printf (ngettext ("%u tensor", "%u tensors", n_tensors), n_tensors);

  return g_strdup_printf ("%s, %s, %s", steps, passes, tensors);
}

int
bs_tool_run (const BsToolOptions *options)
{
  int status = BS_STATUS_OK;
  g_autoptr (BsRecording) recording = bs_tool_open (options, &status);
  guint32 n;

  if (recording == NULL)
    return status;
  print_output (recording);
  status = bs_tool_report_end (recording);
  n = bs_recording_get_n_events (recording);
  if (options->summary)
    {
      g_autofree char *counts = dup_counts (recording, n);

      /* Translators: "3826 steps, 101 passes, 812 tensors; 98304 bytes, 25.7 a step" */
      fprintf (stderr, ngettext ("%s; %zu byte, %.1f a step\n", "%s; %zu bytes, %.1f a step\n", bs_recording_get_memory (recording)), counts,
               bs_recording_get_memory (recording), (double) bs_recording_get_memory (recording) / MAX (n, 1));
    }
  return status;
}

enum { REPLAY_LOOKS = 100 };

/* The changes of its past that a recording knows: edit.0, edit.1 ... */
static GPtrArray *
read_edits (BsRecording *recording, GArray *edits)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0;; i++) {
    g_autofree char *key = g_strdup_printf ("edit.%u", i);
    const char *text = bs_recording_get_info (recording, key);
    BsSessionEdit edit;

    if (text == NULL)
      return texts;
    g_ptr_array_add (texts, g_strdup (text));
    if (read_edit (g_ptr_array_index (texts, i), &edit))
      g_array_append_val (edits, edit);
  }
}

/* FALSE: the run cannot be repeated, or is another one; *step is where they part, as far as was looked. */
static gboolean
replay (BsRecording *recording, guint32 *step)
{
  gsize length = 0;
  guint32 n = bs_recording_get_n_events (recording);
  const char *path = bs_recording_get_info (recording, "script");
  const char *text = bs_recording_get_n_files (recording) > 0 ? bs_recording_get_file_source (recording, 1, &length) : NULL;
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (BsSessionEdit));
  g_autoptr (GPtrArray) texts = read_edits (recording, edits);
  BsSessionOptions session = { .path = path, .source = text, .source_length = length, .event_limit = n, .n_edits = edits->len,
                               .edits = (const BsSessionEdit *) edits->data };
  g_autoptr (BsRecording) again = path != NULL && text != NULL ? bs_session_run (&session, NULL, NULL) : NULL;
  g_autoptr (BsCursor) a = again != NULL ? bs_cursor_new (recording) : NULL, b = again != NULL ? bs_cursor_new (again) : NULL;

  *step = 0;
  for (guint i = 1; again != NULL && i <= REPLAY_LOOKS; i++) {
    /* The last event is how it ended, and may be a limit. */
    *step = (guint64) (n - 1) * i / REPLAY_LOOKS;
    if (*step > bs_recording_get_n_events (again))
      return FALSE;
    bs_cursor_seek (a, *step);
    bs_cursor_seek (b, *step);
    if (bs_cursor_hash (a) != bs_cursor_hash (b))
      return FALSE;
  }
  return again != NULL;
}

static gboolean
verify_replay (BsRecording *recording)
{
  guint32 step;

  if (bs_recording_get_n_events (recording) == 0)
    return TRUE;
  if (replay (recording, &step)) {
    printf (_("Run again, it says the same at %d steps, bit for bit.\n"), REPLAY_LOOKS);
    return TRUE;
  }
  printf (step > 0 ? _("Run again, it says something else by step %u: the script depends on something that changes, such as the time.\n") : _("It could not be run again.\n"), step);
  return FALSE;
}

int
bs_tool_verify (const BsToolOptions *options)
{
  int status = BS_STATUS_OK;
  g_autoptr (BsRecording) recording = bs_tool_open (options, &status);
  g_autofree char *counts = NULL;
  guint32 n;
  BsEvent end;
  BsVerification v;
  gboolean ok, repeats;

  if (recording == NULL)
    return status;
  ok = bs_recording_verify (recording, 200, &v);
  n = v.n_events;
  counts = dup_counts (recording, n);
  /* Translators: "run.backstep: 3826 steps, 101 passes, 812 tensors, 98304 bytes in memory" */
  printf (ngettext ("%s: %s, %zu byte in memory\n", "%s: %s, %zu bytes in memory\n", bs_recording_get_memory (recording)), options->rest[0],
          counts, bs_recording_get_memory (recording));
  printf (ngettext ("Every step applied (%.0f ns each) and un-applied (%.0f ns); %u state of tensors compared.\n",
                    "Every step applied (%.0f ns each) and un-applied (%.0f ns); %u states of tensors compared.\n", v.n_compared),
          v.apply_ns, v.unapply_ns, v.n_compared);
  if (n > 0) {
    bs_recording_get_event (recording, n - 1, &end);
    if (end.kind == BS_EVENT_END && end.end.how == BS_END_TRUNCATED)
      ok = FALSE;
  }
  if (v.n_problems > 0)
    printf (_("%u problems. The first: %s\n"), v.n_problems, v.first_problem);
  repeats = !ok || !options->replay || verify_replay (recording);
  printf ("%s\n", ok ? _("The recording is sound.") : _("The recording is damaged."));
  g_free (v.first_problem);
  return ok && repeats ? BS_STATUS_OK : BS_STATUS_FAILED;
}
