/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "document-private.h"
#include "graphfile/graphfile.h"
#include "settings.h"

#define FURTHER_EVENTS 2000000 /* at "Go on" */
#define LARGEST_SCRIPT (8 << 20)

G_DEFINE_FINAL_TYPE (BackstepDocument, backstep_document, G_TYPE_OBJECT)

enum { LOADED, REPLACED, CHANGED, RUNS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

void
backstep_document_say_changed (BackstepDocument *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
seek_wanted (BackstepDocument *self)
{
  guint32 n = self->run ? bs_recording_get_n_events (self->run->recording) : 0, step;

  if (self->keeps_place && self->run && backstep_spot_find (&self->kept, self->run->recording, &step))
    {
      self->keeps_place = FALSE;
      bs_cursor_seek (self->run->cursor, step);
    }
  if (self->wanted == 0 || self->run == NULL)
    return;
  if (n < self->wanted && !bs_recording_is_finished (self->run->recording))
    return;
  bs_cursor_seek (self->run->cursor, MIN (self->wanted, n));
  self->wanted = 0;
}

static void
on_grown (BackstepDocument *self)
{
  seek_wanted (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- runs ---------------------------------------------------------------------------------------------------------- */

static void
leave_run (BackstepDocument *self)
{
  if (self->run == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->run->recording, self);
  if (self->run->session)
    g_signal_handlers_disconnect_by_data (self->run->session, self);
  self->run = NULL;
}

/* NULL: nothing is shown. */
void
backstep_document_show (BackstepDocument *self, BackstepRun *run)
{
  leave_run (self);
  self->run = run;
  if (run)
    {
      g_signal_connect_object (run->recording, "grown", G_CALLBACK (on_grown), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (run->recording, "ended", G_CALLBACK (on_grown), self, G_CONNECT_SWAPPED);
      if (run->session)
        g_signal_connect_object (run->session, "notify::state", G_CALLBACK (on_grown), self, G_CONNECT_SWAPPED);
      seek_wanted (self);
    }
  g_signal_emit (self, signals[REPLACED], 0);
  g_signal_emit (self, signals[RUNS_CHANGED], 0);
}

/* Only what is shown goes on running. */
static void
stop_run (BackstepDocument *self)
{
  if (self->run && self->run->session)
    bs_session_stop (self->run->session);
}

static void
drop_runs (BackstepDocument *self)
{
  backstep_document_forget_trial (self);
  if (self->ready)
    {
      backstep_document_set_ready (self, FALSE); /* those that wait are for another file */
      backstep_document_set_ready (self, TRUE);
    }
  leave_run (self);
  g_ptr_array_set_size (self->runs, 0);
  self->n_made = 0;
}

/* A run that would say the same as the new one makes room for it, and the oldest when there are too many. */
static void
make_room (BackstepDocument *self, const char *text, const GArray *edits)
{
  BackstepRun *shown = self->run;

  stop_run (self);
  if (shown && (shown->text == NULL || backstep_run_equals (shown, text, edits) || bs_recording_get_n_passes (shown->recording) == 0
                || bs_recording_get_n_curves (shown->recording) == 0))
    {
      leave_run (self);
      g_ptr_array_remove (self->runs, shown);
    }
  backstep_document_drop_oldest (self);
}

void
backstep_document_drop_oldest (BackstepDocument *self)
{
  while (self->runs->len >= BACKSTEP_RUNS_MAX)
    {
      if (g_ptr_array_index (self->runs, 0) == self->run)
        leave_run (self);
      g_ptr_array_remove_index (self->runs, 0);
    }
}

static void
take_run (BackstepDocument *self, BackstepRun *run)
{
  g_ptr_array_add (self->runs, run);
  backstep_document_show (self, run);
}

GPtrArray *
backstep_document_get_runs (BackstepDocument *self)
{
  return self->runs;
}

BackstepRun *
backstep_document_get_shown_run (BackstepDocument *self)
{
  return self->run;
}

/* At the same step, as far as the other run goes. */
void
backstep_document_show_run (BackstepDocument *self, BackstepRun *run)
{
  if (run == self->run || !g_ptr_array_find (self->runs, run, NULL))
    return;
  self->wanted = self->run ? bs_cursor_get_step (self->run->cursor) : 0;
  backstep_document_show (self, run);
}

void
backstep_document_remove_run (BackstepDocument *self, BackstepRun *run)
{
  guint i;

  if (self->runs->len < 2 || !g_ptr_array_find (self->runs, run, &i))
    return;
  if (run == self->run)
    backstep_document_show_run (self, g_ptr_array_index (self->runs, i > 0 ? i - 1 : 1));
  if (run == self->trial)
    self->trial = NULL;
  g_ptr_array_remove (self->runs, run);
  g_signal_emit (self, signals[RUNS_CHANGED], 0);
}

void
backstep_document_rename_run (BackstepDocument *self, BackstepRun *run, const char *name)
{
  if (*name == '\0' || g_strcmp0 (run->name, name) == 0)
    return;
  g_free (run->name);
  run->name = g_strdup (name);
  g_signal_emit (self, signals[RUNS_CHANGED], 0);
}

static void
fail (BackstepDocument *self, const char *message)
{
  drop_runs (self);
  g_free (self->problem);
  self->problem = g_strdup (message);
  backstep_document_show (self, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

static char *
read_script (GFile *file, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  const char *end;

  if (!g_file_load_contents (file, NULL, &text, &length, NULL, error))
    return NULL;
  if (length > LARGEST_SCRIPT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("It is too large for a script."));
  else if (!g_utf8_validate_len (text, length, &end))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("It is not text in UTF-8: byte %zu does not belong there."), (gsize) (end - text));
  else
    return g_steal_pointer (&text);
  return NULL;
}

static gboolean
open_recording (BackstepDocument *self, const char *path, GError **error)
{
  BsRecording *recording = bs_recording_load (path, &self->warning, error);
  const char *source;
  gsize length = 0;

  if (recording == NULL)
    return FALSE;
  source = bs_recording_get_n_files (recording) > 0 ? bs_recording_get_file_source (recording, 1, &length) : NULL;
  self->text = source ? g_utf8_make_valid (source, length) : g_strdup ("");
  self->is_recording = TRUE;
  g_signal_emit (self, signals[LOADED], 0);
  take_run (self, backstep_run_new (_("Recording"), NULL, recording, NULL));
  return TRUE;
}

gboolean
backstep_document_open (BackstepDocument *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file), *message = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (BACKSTEP_IS_DOCUMENT (self), FALSE);

  drop_runs (self);
  g_set_object (&self->file, file);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->warning, g_free);
  self->is_recording = FALSE;

  if (path && bs_recording_sniff (path))
    {
      if (open_recording (self, path, &error))
        return TRUE;
    }
  else if ((self->text = read_script (file, &error)) != NULL)
    {
      g_signal_emit (self, signals[LOADED], 0);
      return backstep_document_run (self, self->text, strlen (self->text), TRUE);
    }
  fail (self, error->message);
  return FALSE;
}

/* What is in no file runs in a folder of its own, where nothing else can be read. */
char *
backstep_document_dup_run_path (BackstepDocument *self)
{
  g_autofree char *folder = NULL;

  if (self->file)
    return g_file_get_path (self->file);
  folder = g_build_filename (g_get_user_state_dir (), "backstep", "untitled", NULL);
  g_mkdir_with_parents (folder, 0700);
  return g_build_filename (folder, self->is_graph ? "untitled.dot" : "untitled.py", NULL);
}

/* @edits: (transfer full) */
static gboolean
start (BackstepDocument *self, const char *text, gboolean is_saved, GArray *edits)
{
  g_autofree char *path = backstep_document_dup_run_path (self), *name = backstep_run_describe_edits (edits);
  g_autoptr (GArray) owned = edits;
  g_autoptr (BsSession) session = NULL;
  g_autoptr (GError) error = NULL;
  BsSessionOptions options = { .path = path, .source = is_saved && self->file ? NULL : text, .source_length = strlen (text),
                               .event_limit = backstep_settings_get_int ("event-limit", 0),
                               .memory_limit = (gsize) backstep_settings_get_int ("memory-mib", 0) << 20,
                               .allow_writing = backstep_settings_may_write (self->file), .n_edits = edits->len,
                               .edits = (const BsSessionEdit *) edits->data };
  BackstepRun *run;

  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->warning, g_free);
  if (path == NULL)
    {
      fail (self, _("Only files of this computer can be run."));
      return FALSE;
    }
  backstep_document_forget_trial (self);
  make_room (self, text, edits);
  session = bs_session_new ();
  if (!bs_session_start (session, &options, &error))
    {
      fail (self, error->message);
      return FALSE;
    }
  self->n_made++;
  if (name == NULL)
    /* Translators: name of a run; they are counted */
    name = g_strdup_printf (_("Run %u"), self->n_made);
  run = backstep_run_new (name, text, g_object_ref (bs_session_get_recording (session)), g_object_ref (session));
  for (guint i = 0; i < edits->len; i++)
    backstep_run_add_edit (run, options.edits[i].step, options.edits[i].target, options.edits[i].value);
  take_run (self, run);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

gboolean
backstep_document_run (BackstepDocument *self, const char *text, gsize length, gboolean is_saved)
{
  g_autofree char *copy = g_strndup (text, length);

  return start (self, copy, is_saved, backstep_edits_new ());
}

gboolean
backstep_document_open_text (BackstepDocument *self, const char *text)
{
  g_return_val_if_fail (BACKSTEP_IS_DOCUMENT (self), FALSE);

  drop_runs (self);
  g_clear_object (&self->file);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->warning, g_free);
  g_free (self->text);
  self->text = g_strdup (text);
  self->is_recording = FALSE;
  self->is_graph = bs_graph_file_is_text (text);
  g_signal_emit (self, signals[LOADED], 0);
  return backstep_document_run (self, self->text, strlen (self->text), FALSE);
}

/* --- large tensors -------------------------------------------------------------------------------------------------- */

static void
on_details_state (BsSession *session, GParamSpec *pspec, BackstepRun *run)
{
  BsSessionState state = bs_session_get_state (session);

  if (session != run->details || (state != BS_SESSION_PAUSED && state != BS_SESSION_ENDED))
    return;
  bs_recording_set_details (run->recording, bs_session_get_recording (session));
  if (state == BS_SESSION_PAUSED)
    bs_session_stop (session);
  g_signal_handlers_disconnect_by_func (session, on_details_state, run);
  /* Who shows the run hears of it as of a recording that has grown. */
  g_signal_emit_by_name (run->recording, "grown");
}

static gboolean
start_details (BackstepDocument *self, BackstepRun *run)
{
  g_autofree char *path = backstep_document_dup_run_path (self);
  BsSessionOptions options = { .path = path, .source = run->text, .source_length = run->text ? strlen (run->text) : 0,
                               .n_edits = run->edits->len, .edits = (const BsSessionEdit *) run->edits->data,
                               .n_kept = run->kept->len, .kept = (const guint32 *) run->kept->data, .kept_from = run->kept_from,
                               .kept_bytes = (guint64) backstep_settings_get_int ("values-mib", 1024) << 20,
                               .event_limit = bs_recording_get_n_events (run->recording) };

  if (run->details)
    {
      g_signal_handlers_disconnect_by_func (run->details, on_details_state, run);
      bs_session_stop (run->details);
      g_clear_object (&run->details);
    }
  run->details = bs_session_new ();
  if (!bs_session_start (run->details, &options, NULL))
    {
      g_clear_object (&run->details);
      return FALSE;
    }
  g_signal_connect (run->details, "notify::state", G_CALLBACK (on_details_state), run);
  return TRUE;
}

gboolean
backstep_document_want_whole (BackstepDocument *self, guint32 tensor)
{
  BackstepRun *run = self->run;
  guint32 from;

  if (run == NULL || run->text == NULL || backstep_settings_may_write (self->file))
    return FALSE;
  for (guint i = 0; i < run->kept->len; i++)
    if (g_array_index (run->kept, guint32, i) == tensor)
      {
        BsSessionState state = run->details ? bs_session_get_state (run->details) : BS_SESSION_ENDED;

        if (run->details && bs_recording_get_details (run->recording) != bs_session_get_recording (run->details) && state != BS_SESSION_ENDED)
          return TRUE; /* on its way */
        from = bs_recording_find_details_from (run->recording, bs_cursor_get_step (run->cursor));
        if (from == run->kept_from)
          return FALSE;
        run->kept_from = from;
        return start_details (self, run);
      }
  g_array_append_val (run->kept, tensor);
  return start_details (self, run);
}

static gint
compare_edits (gconstpointer a, gconstpointer b)
{
  guint32 x = ((const BsSessionEdit *) a)->step, y = ((const BsSessionEdit *) b)->step;

  return x < y ? -1 : x > y;
}

/* Later changes of the shown run fall away: they belonged to a future that will be another. */
gboolean
backstep_document_run_edited (BackstepDocument *self, guint32 step, const char *target, const char *value)
{
  g_autofree char *text = NULL;
  GArray *edits;

  if (self->run == NULL || self->run->text == NULL)
    return FALSE;
  edits = backstep_edits_new ();
  for (guint i = 0; i < self->run->edits->len; i++)
    {
      const BsSessionEdit *edit = &g_array_index (self->run->edits, BsSessionEdit, i);

      if (edit->step < step || (edit->step == step && !g_str_equal (edit->target, target)))
        backstep_edits_add (edits, edit->step, edit->target, edit->value);
    }
  backstep_edits_add (edits, step, target, value);
  g_array_sort (edits, compare_edits);
  text = g_strdup (self->run->text);
  backstep_document_set_wanted_step (self, 0);
  if (!start (self, text, FALSE, edits))
    return FALSE;
  backstep_document_set_wanted_step (self, step);
  return TRUE;
}

gboolean
backstep_document_save (BackstepDocument *self, GFile *file, const char *text, GError **error)
{
  if (!g_file_replace_contents (file, text, strlen (text), NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, error))
    return FALSE;
  g_set_object (&self->file, file);
  g_free (self->text);
  self->text = g_strdup (text);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

void
backstep_document_stop (BackstepDocument *self)
{
  stop_run (self);
}

void
backstep_document_go_on (BackstepDocument *self)
{
  if (self->run && self->run->session)
    bs_session_go_on (self->run->session, FURTHER_EVENTS);
}

void
backstep_document_keep_place (BackstepDocument *self)
{
  self->wanted = 0;
  self->keeps_place = self->run && bs_cursor_get_step (self->run->cursor) > 0;
  if (self->keeps_place)
    backstep_spot_of (self->run->cursor, &self->kept);
}

void
backstep_document_set_wanted_step (BackstepDocument *self, guint32 step)
{
  self->keeps_place = FALSE;
  self->wanted = step;
  seek_wanted (self);
}

GFile *
backstep_document_get_file (BackstepDocument *self)
{
  return self->file;
}

const char *
backstep_document_get_text (BackstepDocument *self)
{
  return self->text;
}

gboolean
backstep_document_is_recording (BackstepDocument *self)
{
  return self->is_recording;
}

BsSession *
backstep_document_get_session (BackstepDocument *self)
{
  return self->run ? self->run->session : NULL;
}

BsRecording *
backstep_document_get_recording (BackstepDocument *self)
{
  return self->run ? self->run->recording : NULL;
}

BsCursor *
backstep_document_get_cursor (BackstepDocument *self)
{
  return self->run ? self->run->cursor : NULL;
}

BsSessionState
backstep_document_get_state (BackstepDocument *self)
{
  return self->run && self->run->session ? bs_session_get_state (self->run->session) : BS_SESSION_ENDED;
}

gboolean
backstep_document_is_busy (BackstepDocument *self)
{
  BsSessionState state = backstep_document_get_state (self);

  /* Everything is here, though the process may still be leaving. */
  if (self->run && bs_recording_is_finished (self->run->recording))
    return FALSE;
  return state == BS_SESSION_STARTING || state == BS_SESSION_RUNNING || state == BS_SESSION_WAITING;
}

const char *
backstep_document_get_problem (BackstepDocument *self)
{
  return self->problem;
}

const char *
backstep_document_get_warning (BackstepDocument *self)
{
  if (self->warning)
    return self->warning;
  return self->run && self->run->session ? bs_session_get_sandbox_warning (self->run->session) : NULL;
}

char *
backstep_document_dup_name (BackstepDocument *self)
{
  if (self->file)
    return g_file_get_basename (self->file);
  if (self->text == NULL)
    return NULL;
  /* Translators: name of a script that is in no file yet; then that of a graph, whose ending stays .dot */
  return g_strdup (self->is_graph ? _("Untitled.dot") : _("Untitled"));
}

gboolean
backstep_document_differs_from_disk (BackstepDocument *self)
{
  g_autofree char *text = self->file && !self->is_recording ? read_script (self->file, NULL) : NULL;

  return text && self->text && !g_str_equal (text, self->text);
}

static gboolean
find_last (BackstepDocument *self, BsEventKind kind, guint32 how_far, BsEvent *out)
{
  BsRecording *recording = self->run ? self->run->recording : NULL;
  guint32 n = recording ? bs_recording_get_n_events (recording) : 0;

  for (guint32 k = 0; k < MIN (n, how_far); k++)
    if (bs_recording_get_kind (recording, n - 1 - k) == kind)
      {
        bs_recording_get_event (recording, n - 1 - k, out);
        return TRUE;
      }
  return FALSE;
}

gboolean
backstep_document_find_end (BackstepDocument *self, BsEvent *out)
{
  return find_last (self, BS_EVENT_END, 1, out);
}

gboolean
backstep_document_find_error (BackstepDocument *self, BsEvent *out)
{
  BsEvent end;

  /* What is let go while the exception unwinds may stand between the two. */
  return find_last (self, BS_EVENT_END, 1, &end) && end.end.how == BS_END_ERROR && find_last (self, BS_EVENT_ERROR, 4096, out);
}

/* "[Errno 13] Permission denied: 'out/model.pt'": the path as the script wrote it. */
static char *
dup_refused_path (const char *message)
{
  const char *first = message ? strchr (message, '\'') : NULL, *last = first ? strrchr (message, '\'') : NULL;

  return last != NULL && last > first + 1 ? g_strndup (first + 1, last - first - 1) : NULL;
}

gboolean
backstep_document_wants_to_write (BackstepDocument *self)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) folder = NULL, wanted = NULL;
  BsEvent error;

  if (self->file == NULL || backstep_document_get_session (self) == NULL || backstep_settings_may_write (self->file) || !backstep_document_find_error (self, &error)
      || g_strcmp0 (error.error.type, "PermissionError") != 0 || (path = dup_refused_path (error.error.message)) == NULL)
    return FALSE;
  folder = g_file_get_parent (self->file);
  wanted = folder ? g_file_resolve_relative_path (folder, path) : NULL;
  return wanted != NULL && g_file_has_prefix (wanted, folder);
}

static void
backstep_document_dispose (GObject *object)
{
  BackstepDocument *self = BACKSTEP_DOCUMENT (object);

  backstep_document_set_ready (self, FALSE);
  if (self->runs)
    drop_runs (self);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_object (&self->file);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->warning, g_free);
  G_OBJECT_CLASS (backstep_document_parent_class)->dispose (object);
}

static void
backstep_document_class_init (BackstepDocumentClass *klass)
{
  static const char *const names[N_SIGNALS] = { "loaded", "replaced", "changed", "runs-changed" };

  G_OBJECT_CLASS (klass)->dispose = backstep_document_dispose;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_document_init (BackstepDocument *self)
{
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
}

BackstepDocument *
backstep_document_new (void)
{
  return g_object_new (BACKSTEP_TYPE_DOCUMENT, NULL);
}
