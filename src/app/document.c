/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "document.h"
#include "settings.h"

#define FURTHER_EVENTS 2000000 /* at "Go on" */
#define LARGEST_SCRIPT (8 << 20)

struct _BackstepDocument
{
  GObject parent_instance;

  GFile *file;
  char *text;
  char *problem, *warning;
  gboolean is_recording;
  BsSession *session;
  BsRecording *recording;
  BsCursor *cursor;
  guint32 wanted;
};

G_DEFINE_FINAL_TYPE (BackstepDocument, backstep_document, G_TYPE_OBJECT)

enum { LOADED, REPLACED, CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
seek_wanted (BackstepDocument *self)
{
  guint32 n = self->recording ? bs_recording_get_n_events (self->recording) : 0;

  if (self->wanted == 0 || self->cursor == NULL)
    return;
  if (n < self->wanted && !bs_recording_is_finished (self->recording))
    return;
  bs_cursor_seek (self->cursor, MIN (self->wanted, n));
  self->wanted = 0;
}

static void
on_grown (BackstepDocument *self)
{
  seek_wanted (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
drop_session (BackstepDocument *self)
{
  if (self->session == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->session, self);
  bs_session_stop (self->session);
  g_clear_object (&self->session);
}

static void
take_recording (BackstepDocument *self, BsRecording *recording)
{
  if (self->recording)
    g_signal_handlers_disconnect_by_data (self->recording, self);
  g_clear_object (&self->cursor);
  g_clear_object (&self->recording);
  self->recording = recording;
  if (recording)
    {
      self->cursor = bs_cursor_new (recording);
      g_signal_connect_object (recording, "grown", G_CALLBACK (on_grown), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (recording, "ended", G_CALLBACK (on_grown), self, G_CONNECT_SWAPPED);
      seek_wanted (self);
    }
  g_signal_emit (self, signals[REPLACED], 0);
}

static void
fail (BackstepDocument *self, const char *message)
{
  drop_session (self);
  g_free (self->problem);
  self->problem = g_strdup (message);
  take_recording (self, NULL);
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
  take_recording (self, recording);
  return TRUE;
}

gboolean
backstep_document_open (BackstepDocument *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file), *message = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (BACKSTEP_IS_DOCUMENT (self), FALSE);

  drop_session (self);
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

gboolean
backstep_document_run (BackstepDocument *self, const char *text, gsize length, gboolean is_saved)
{
  g_autofree char *path = self->file ? g_file_get_path (self->file) : NULL;
  g_autoptr (GError) error = NULL;
  BsSessionOptions options = { .path = path, .source = is_saved ? NULL : text, .source_length = length,
                               .allow_writing = backstep_settings_may_write (self->file) };

  drop_session (self);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->warning, g_free);
  if (path == NULL)
    {
      fail (self, _("Only files of this computer can be run."));
      return FALSE;
    }
  self->session = bs_session_new ();
  g_signal_connect_object (self->session, "notify::state", G_CALLBACK (on_grown), self, G_CONNECT_SWAPPED);
  if (!bs_session_start (self->session, &options, &error))
    {
      fail (self, error->message);
      return FALSE;
    }
  take_recording (self, g_object_ref (bs_session_get_recording (self->session)));
  g_signal_emit (self, signals[CHANGED], 0);
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
  if (self->session)
    bs_session_stop (self->session);
}

void
backstep_document_go_on (BackstepDocument *self)
{
  if (self->session)
    bs_session_go_on (self->session, FURTHER_EVENTS);
}

void
backstep_document_set_wanted_step (BackstepDocument *self, guint32 step)
{
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
  return self->session;
}

BsRecording *
backstep_document_get_recording (BackstepDocument *self)
{
  return self->recording;
}

BsCursor *
backstep_document_get_cursor (BackstepDocument *self)
{
  return self->cursor;
}

BsSessionState
backstep_document_get_state (BackstepDocument *self)
{
  return self->session ? bs_session_get_state (self->session) : BS_SESSION_ENDED;
}

gboolean
backstep_document_is_busy (BackstepDocument *self)
{
  BsSessionState state = backstep_document_get_state (self);

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
  return self->session ? bs_session_get_sandbox_warning (self->session) : NULL;
}

char *
backstep_document_dup_name (BackstepDocument *self)
{
  return self->file ? g_file_get_basename (self->file) : NULL;
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
  guint32 n = self->recording ? bs_recording_get_n_events (self->recording) : 0;

  for (guint32 k = 0; k < MIN (n, how_far); k++)
    if (bs_recording_get_kind (self->recording, n - 1 - k) == kind)
      {
        bs_recording_get_event (self->recording, n - 1 - k, out);
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

  if (self->file == NULL || self->session == NULL || backstep_settings_may_write (self->file) || !backstep_document_find_error (self, &error)
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

  drop_session (self);
  g_clear_object (&self->cursor);
  g_clear_object (&self->recording);
  g_clear_object (&self->file);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->warning, g_free);
  G_OBJECT_CLASS (backstep_document_parent_class)->dispose (object);
}

static void
backstep_document_class_init (BackstepDocumentClass *klass)
{
  static const char *const names[N_SIGNALS] = { "loaded", "replaced", "changed" };

  G_OBJECT_CLASS (klass)->dispose = backstep_document_dispose;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_document_init (BackstepDocument *self)
{
}

BackstepDocument *
backstep_document_new (void)
{
  return g_object_new (BACKSTEP_TYPE_DOCUMENT, NULL);
}
