/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "runner/protocol.h"
#include "session-private.h"

#define DEFAULT_EVENT_LIMIT 2000000
#define DEFAULT_KEPT_BYTES (G_GUINT64_CONSTANT (1) << 30)
#define SLICE (1 << 20)   /* bytes taken in one go: the window must answer in between */
#define PATIENCE_MS 300   /* between asking the child to stop and killing it */
#define PRIORITY (G_PRIORITY_HIGH_IDLE + 40) /* below drawing */
#define WARNING_MAX 4096

struct _BsSession
{
  GObject parent_instance;

  BsSessionState state;
  BsRecording *recording;
  char *warning;

  /* the child */
  pid_t pid;
  int fd;
  GMainContext *context;
  GSource *incoming, *death, *patience;
  gboolean stopping;
  BsEndKind end_when_stopped;

  /* the message that is coming in */
  BsMessage head;
  gsize head_have;
  gsize body_left;
  GString *text;
};

G_DEFINE_FINAL_TYPE (BsSession, bs_session, G_TYPE_OBJECT)

enum { PROP_0, PROP_STATE, PROP_RECORDING, N_PROPS };
enum { ENDED, N_SIGNALS };
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_state (BsSession *self, BsSessionState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
tell (BsSession *self, BsMessageKind kind, const void *bytes, gsize n)
{
  BsMessage head = { .kind = kind, .length = n };
  g_autofree char *message = g_malloc (sizeof head + n);

  if (self->fd < 0)
    return;
  memcpy (message, &head, sizeof head);
  if (n > 0)
    memcpy (message + sizeof head, bytes, n);
  if (send (self->fd, message, sizeof head + n, MSG_NOSIGNAL) < 0)
    g_debug ("the runner does not listen: %s", g_strerror (errno));
}

static void
grant (BsSession *self, guint32 n_events)
{
  tell (self, BS_MESSAGE_CREDIT, &n_events, sizeof n_events);
}

static void
tell_edit (BsSession *self, const BsSessionEdit *edit)
{
  g_autoptr (GString) message = g_string_new (NULL);

  g_string_append_printf (message, "%u%c%s%c%s%c", edit->step, '\0', edit->target, '\0', edit->value, '\0');
  tell (self, BS_MESSAGE_EDIT, message->str, MIN (message->len, BS_EDIT_MAX));
}

static void
tell_kept (BsSession *self, const BsSessionOptions *options)
{
  guint64 bytes = options->kept_bytes ? options->kept_bytes : DEFAULT_KEPT_BYTES;
  g_autoptr (GByteArray) message = g_byte_array_new ();

  g_byte_array_append (message, (const guint8 *) &bytes, sizeof bytes);
  g_byte_array_append (message, (const guint8 *) &options->kept_from, sizeof options->kept_from);
  g_byte_array_append (message, (const guint8 *) options->kept, options->n_kept * sizeof *options->kept);
  tell (self, BS_MESSAGE_KEEP, message->data, MIN (message->len, BS_EDIT_MAX));
}

/* --- the end ----------------------------------------------------------------------------------------------------- */

static void
kill_child (BsSession *self)
{
  if (self->pid > 0)
    kill (self->pid, SIGKILL);
}

static char *
describe_death (int status)
{
  if (WIFSIGNALED (status))
    return g_strdup_printf ("%s (SIG%s)", strsignal (WTERMSIG (status)), sigabbrev_np (WTERMSIG (status)));
  return g_strdup_printf (_("ended early with status %d"), WEXITSTATUS (status));
}

static void
finish (BsSession *self, int status)
{
  g_autofree char *detail = NULL;

  if (!bs_recording_is_finished (self->recording))
    {
      if (self->stopping)
        bs_recording_finish (self->recording, self->end_when_stopped, 0, NULL);
      else
        {
          detail = describe_death (status);
          bs_recording_finish (self->recording, BS_END_DIED, WIFSIGNALED (status) ? 128 + WTERMSIG (status) : 1, detail);
        }
    }
  set_state (self, BS_SESSION_ENDED);
  g_signal_emit (self, signals[ENDED], 0);
}

/* --- messages of the child --------------------------------------------------------------------------------------- */

static gboolean
is_plausible (const BsMessage *head)
{
  switch (head->kind)
    {
    case BS_MESSAGE_EVENTS:
      return head->length <= BS_MESSAGE_MAX;
    case BS_MESSAGE_WARNING:
      return head->length <= WARNING_MAX;
    case BS_MESSAGE_PAUSED:
    case BS_MESSAGE_RESUMED:
    case BS_MESSAGE_INPUT:
      return head->length == 0;
    default:
      return FALSE;
    }
}

static void
message_complete (BsSession *self)
{
  switch (self->head.kind)
    {
    case BS_MESSAGE_PAUSED:
      set_state (self, BS_SESSION_PAUSED);
      break;
    case BS_MESSAGE_RESUMED:
      set_state (self, BS_SESSION_RUNNING);
      break;
    case BS_MESSAGE_INPUT:
      set_state (self, BS_SESSION_WAITING);
      break;
    case BS_MESSAGE_WARNING:
      g_free (self->warning);
      self->warning = g_utf8_make_valid (self->text->str, self->text->len);
      break;
    default:
      break;
    }
  g_string_truncate (self->text, 0);
  self->head_have = 0;
}

static gboolean
take_body (BsSession *self, const guint8 *bytes, gsize n)
{
  g_autoptr (GError) error = NULL;

  self->body_left -= n;
  if (self->head.kind == BS_MESSAGE_WARNING)
    g_string_append_len (self->text, (const char *) bytes, n);
  if (self->head.kind != BS_MESSAGE_EVENTS || bs_recording_feed (self->recording, bytes, n, &error))
    return TRUE;
  bs_recording_finish (self->recording, BS_END_DIED, 1, error ? error->message : NULL);
  return FALSE;
}

/* FALSE: the child talks nonsense. */
static gboolean
take_bytes (BsSession *self, const guint8 *bytes, gsize n)
{
  while (n > 0)
    {
      gsize part;

      if (self->head_have < sizeof self->head)
        {
          part = MIN (n, sizeof self->head - self->head_have);
          memcpy ((guint8 *) &self->head + self->head_have, bytes, part);
          self->head_have += part;
          bytes += part;
          n -= part;
          if (self->head_have < sizeof self->head)
            return TRUE;
          if (!is_plausible (&self->head))
            return FALSE;
          self->body_left = self->head.length;
        }
      part = MIN (n, self->body_left);
      if (part > 0 && !take_body (self, bytes, part))
        return FALSE;
      bytes += part;
      n -= part;
      if (self->body_left == 0)
        message_complete (self);
    }
  return TRUE;
}

/* Reads up to @limit bytes. FALSE: the child has closed its end or talks nonsense. */
static gboolean
read_some (BsSession *self, gsize limit)
{
  static guint8 bytes[64 << 10];
  gsize total = 0;

  while (total < limit)
    {
      ssize_t n = recv (self->fd, bytes, sizeof bytes, MSG_DONTWAIT);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK;
      if (n == 0)
        return FALSE;
      total += n;
      if (self->state == BS_SESSION_STARTING)
        set_state (self, BS_SESSION_RUNNING);
      if (!take_bytes (self, bytes, n))
        {
          kill_child (self);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
on_incoming (int fd, GIOCondition condition, gpointer user)
{
  g_autoptr (BsSession) self = g_object_ref (user);

  if (read_some (self, SLICE))
    return G_SOURCE_CONTINUE;
  clear_source (&self->incoming);
  return G_SOURCE_REMOVE;
}

static void
on_death (GPid pid, int status, gpointer user)
{
  g_autoptr (BsSession) self = g_object_ref (user);

  self->pid = 0;
  clear_source (&self->patience);
  clear_source (&self->death);
  if (self->incoming)
    while (read_some (self, SLICE) && recv (self->fd, (char[1]){ 0 }, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
      ;
  clear_source (&self->incoming);
  close (self->fd);
  self->fd = -1;
  finish (self, status);
}

static gboolean
on_out_of_patience (gpointer user)
{
  BsSession *self = user;

  kill_child (self);
  clear_source (&self->patience);
  return G_SOURCE_REMOVE;
}

/* --- starting ---------------------------------------------------------------------------------------------------- */

static gboolean
check_file (const BsSessionOptions *options, GError **error)
{
  struct stat info;
  int fd;

  if (options->source)
    return TRUE;
  fd = open (options->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      int saved = errno;

      if (fd >= 0)
        close (fd);
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), _("Cannot open “%s”: %s"), options->path,
                   g_strerror (saved));
      return FALSE;
    }
  close (fd);
  if (S_ISREG (info.st_mode))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, _("“%s” is not a file with a script"), options->path);
  return FALSE;
}

static void
watch (BsSession *self)
{
  self->context = g_main_context_ref_thread_default ();

  self->incoming = g_unix_fd_source_new (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_priority (self->incoming, PRIORITY);
  g_source_set_callback (self->incoming, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (self->incoming, self->context);

  self->death = g_child_watch_source_new (self->pid);
  g_source_set_priority (self->death, PRIORITY + 1);
  g_source_set_callback (self->death, G_SOURCE_FUNC (on_death), self, NULL);
  g_source_attach (self->death, self->context);
}

/* --- public ------------------------------------------------------------------------------------------------------ */

gboolean
bs_session_start (BsSession *self, const BsSessionOptions *options, GError **error)
{
  g_return_val_if_fail (BS_IS_SESSION (self), FALSE);
  g_return_val_if_fail (self->state == BS_SESSION_IDLE, FALSE);
  g_return_val_if_fail (options != NULL && options->path != NULL, FALSE);

  if (!check_file (options, error))
    {
      bs_spare_free (options->spare);
      return FALSE;
    }
  if (options->spare)
    self->fd = bs_spare_take (options->spare, options, &self->pid);
  if (self->fd < 0)
    self->fd = bs_session_spawn (options, &self->pid, error);
  if (self->fd < 0)
    return FALSE;
  watch (self);
  for (guint i = 0; i < options->n_edits; i++)
    tell_edit (self, &options->edits[i]);
  if (options->n_kept > 0)
    tell_kept (self, options);
  grant (self, options->event_limit ? options->event_limit : DEFAULT_EVENT_LIMIT);
  set_state (self, BS_SESSION_STARTING);
  return TRUE;
}

void
bs_session_go_on (BsSession *self, guint32 further_events)
{
  g_return_if_fail (BS_IS_SESSION (self));

  if (self->state == BS_SESSION_ENDED || self->state == BS_SESSION_IDLE)
    return;
  grant (self, further_events);
  if (self->state == BS_SESSION_PAUSED)
    set_state (self, BS_SESSION_RUNNING);
}

static void
stop_as (BsSession *self, BsEndKind how)
{
  if (self->pid <= 0 || self->stopping)
    return;
  self->stopping = TRUE;
  self->end_when_stopped = how;
  if (how == BS_END_LIMIT)
    {
      kill_child (self); /* it stands still and has sent everything */
      return;
    }
  tell (self, BS_MESSAGE_STOP, NULL, 0);
  kill (self->pid, BS_RUNNER_SIGNAL);
  self->patience = g_timeout_source_new (PATIENCE_MS);
  g_source_set_callback (self->patience, on_out_of_patience, self, NULL);
  g_source_attach (self->patience, self->context);
}

void
bs_session_stop (BsSession *self)
{
  g_return_if_fail (BS_IS_SESSION (self));

  stop_as (self, BS_END_STOPPED);
}

void
bs_session_answer_input (BsSession *self, const char *line)
{
  g_return_if_fail (BS_IS_SESSION (self));
  g_return_if_fail (line != NULL);

  if (self->state != BS_SESSION_WAITING)
    return;
  tell (self, BS_MESSAGE_ANSWER, line, MIN (strlen (line), BS_ANSWER_MAX));
  set_state (self, BS_SESSION_RUNNING);
}

BsSessionState
bs_session_get_state (BsSession *self)
{
  g_return_val_if_fail (BS_IS_SESSION (self), BS_SESSION_IDLE);
  return self->state;
}

BsRecording *
bs_session_get_recording (BsSession *self)
{
  g_return_val_if_fail (BS_IS_SESSION (self), NULL);
  return self->recording;
}

const char *
bs_session_get_sandbox_warning (BsSession *self)
{
  g_return_val_if_fail (BS_IS_SESSION (self), NULL);
  return self->warning;
}

pid_t
bs_session_get_pid (BsSession *self)
{
  return self->pid;
}

/* input() on the command line: a line of the command's own standard input. */
static void
answer_from_stdin (BsSession *self)
{
  g_autofree char *line = NULL;
  size_t size = 0;
  char *text = NULL;

  if (getline (&text, &size, stdin) < 0)
    {
      free (text);
      text = NULL;
    }
  line = g_strdup (text ? text : "");
  free (text);
  bs_session_answer_input (self, line);
}

static void
on_cancelled (GCancellable *cancellable, GMainContext *context)
{
  g_main_context_wakeup (context);
}

BsRecording *
bs_session_run (const BsSessionOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (BsSession) self = bs_session_new ();
  BsRecording *recording = NULL;
  gulong handler = 0;

  g_main_context_push_thread_default (context);
  if (cancellable)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), context, NULL);
  if (bs_session_start (self, options, error))
    {
      while (self->state != BS_SESSION_ENDED)
        {
          g_main_context_iteration (context, TRUE);
          if (self->state == BS_SESSION_PAUSED)
            stop_as (self, BS_END_LIMIT);
          else if (self->state == BS_SESSION_WAITING)
            answer_from_stdin (self);
          if (cancellable && g_cancellable_is_cancelled (cancellable))
            bs_session_stop (self);
        }
      recording = g_object_ref (self->recording);
      if (options->n_edits > 0 && self->warning)
        g_printerr ("backstep: %s\n", self->warning);
    }
  if (cancellable)
    g_cancellable_disconnect (cancellable, handler);
  g_main_context_pop_thread_default (context);
  return recording;
}

/* --- object ------------------------------------------------------------------------------------------------------ */

static void
bs_session_dispose (GObject *object)
{
  BsSession *self = BS_SESSION (object);

  clear_source (&self->incoming);
  clear_source (&self->death);
  clear_source (&self->patience);
  if (self->pid > 0)
    {
      kill_child (self);
      waitpid (self->pid, NULL, 0);
      self->pid = 0;
    }
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->recording);
  G_OBJECT_CLASS (bs_session_parent_class)->dispose (object);
}

static void
bs_session_finalize (GObject *object)
{
  BsSession *self = BS_SESSION (object);

  g_free (self->warning);
  g_string_free (self->text, TRUE);
  G_OBJECT_CLASS (bs_session_parent_class)->finalize (object);
}

static void
bs_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BsSession *self = BS_SESSION (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_RECORDING:
      g_value_set_object (value, self->recording);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bs_session_class_init (BsSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bs_session_dispose;
  object_class->finalize = bs_session_finalize;
  object_class->get_property = bs_session_get_property;
  properties[PROP_STATE] =
    g_param_spec_uint ("state", NULL, NULL, 0, BS_SESSION_ENDED, BS_SESSION_IDLE,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_RECORDING] = g_param_spec_object ("recording", NULL, NULL, BS_TYPE_RECORDING,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
bs_session_init (BsSession *self)
{
  self->fd = -1;
  self->recording = bs_recording_new ();
  self->text = g_string_new (NULL);
}

BsSession *
bs_session_new (void)
{
  return g_object_new (BS_TYPE_SESSION, NULL);
}
