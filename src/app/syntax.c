/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "session/session.h"
#include "syntax.h"

#define SETTLE_MS 350
#define LIMIT_S 10 /* no text takes so long; the child would be stuck */

struct _BackstepSyntax
{
  GObject parent_instance;

  GtkTextBuffer *buffer; /* borrowed; weak */
  GSubprocess *child;    /* the question that is under way */
  GCancellable *cancellable;
  guint settle_id, limit_id;
  gboolean active, has_error;
  char *message;
  BackstepSyntaxError error;
};

G_DEFINE_FINAL_TYPE (BackstepSyntax, backstep_syntax, G_TYPE_OBJECT)

static guint changed_signal;

/* --- the answer ----------------------------------------------------------------------------------------------------------------- */

static void
set_error (BackstepSyntax *self, const BackstepSyntaxError *error, const char *message)
{
  gboolean same = self->has_error == (error != NULL)
                  && (!error || (error->line == self->error.line && error->column == self->error.column
                                 && error->end_column == self->error.end_column && g_strcmp0 (message, self->message) == 0));

  if (same)
    return;
  self->has_error = error != NULL;
  g_free (self->message);
  self->message = g_strdup (message);
  if (error)
    self->error = *error;
  self->error.message = self->message;
  g_signal_emit (self, changed_signal, 0);
}

/* "line column end_line end_column message"; nothing: all is well. */
static void
take_answer (BackstepSyntax *self, const char *answer)
{
  BackstepSyntaxError error = { 0 };
  guint *const numbers[] = { &error.line, &error.column, &error.end_line, &error.end_column };
  char *end = NULL;

  if (answer == NULL || *answer == '\0')
    {
      set_error (self, NULL, NULL);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++, answer = end)
    {
      *numbers[i] = MIN (strtoul (answer, &end, 10), G_MAXINT);
      if (end == answer)
        return; /* not the child's words */
    }
  set_error (self, &error, *answer == ' ' ? answer + 1 : answer);
}

static void
drop_child (BackstepSyntax *self)
{
  g_clear_handle_id (&self->limit_id, g_source_remove);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->child)
    g_subprocess_force_exit (self->child);
  g_clear_object (&self->child);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BackstepSyntax) self = data;
  g_autofree char *answer = NULL;

  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &answer, NULL, NULL) || source != G_OBJECT (self->child))
    return;
  if (g_subprocess_get_if_exited (self->child) && g_subprocess_get_exit_status (self->child) == 0)
    take_answer (self, answer ? g_strchomp (answer) : NULL);
  drop_child (self);
}

/* --- the question ----------------------------------------------------------------------------------------------------------------- */

static gboolean
on_limit (gpointer data)
{
  BackstepSyntax *self = data;

  self->limit_id = 0;
  drop_child (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_settled (gpointer data)
{
  BackstepSyntax *self = data;
  g_autofree char *runner = bs_session_find_runner (), *text = NULL;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  GtkTextIter start, end;

  self->settle_id = 0;
  drop_child (self);
  if (self->buffer == NULL)
    return G_SOURCE_REMOVE;
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_setenv (launcher, "OPENBLAS_NUM_THREADS", "1", TRUE);
  self->child = g_subprocess_launcher_spawn (launcher, NULL, runner, "--check", "-", NULL);
  if (self->child == NULL)
    return G_SOURCE_REMOVE;
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  text = gtk_text_buffer_get_text (self->buffer, &start, &end, TRUE);
  self->cancellable = g_cancellable_new ();
  self->limit_id = g_timeout_add_seconds (LIMIT_S, on_limit, self);
  g_subprocess_communicate_utf8_async (self->child, text, self->cancellable, on_answer, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
on_text_changed (BackstepSyntax *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->active)
    self->settle_id = g_timeout_add (SETTLE_MS, on_settled, self);
}

void
backstep_syntax_set_active (BackstepSyntax *self, gboolean active)
{
  if (self->active == active)
    return;
  self->active = active;
  if (active)
    on_text_changed (self);
  else
    {
      g_clear_handle_id (&self->settle_id, g_source_remove);
      drop_child (self);
      set_error (self, NULL, NULL);
    }
}

const BackstepSyntaxError *
backstep_syntax_get_error (BackstepSyntax *self)
{
  return self->has_error ? &self->error : NULL;
}

static void
backstep_syntax_dispose (GObject *object)
{
  BackstepSyntax *self = BACKSTEP_SYNTAX (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  drop_child (self);
  g_clear_weak_pointer (&self->buffer);
  g_clear_pointer (&self->message, g_free);
  G_OBJECT_CLASS (backstep_syntax_parent_class)->dispose (object);
}

static void
backstep_syntax_class_init (BackstepSyntaxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = backstep_syntax_dispose;
  changed_signal = g_signal_new ("changed", BACKSTEP_TYPE_SYNTAX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_syntax_init (BackstepSyntax *self)
{
}

BackstepSyntax *
backstep_syntax_new (GtkTextBuffer *buffer)
{
  BackstepSyntax *self = g_object_new (BACKSTEP_TYPE_SYNTAX, NULL);

  g_set_weak_pointer (&self->buffer, buffer);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (on_text_changed), self, G_CONNECT_SWAPPED);
  return self;
}
