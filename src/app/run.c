/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "run.h"

G_DEFINE_FINAL_TYPE (BackstepRun, backstep_run, G_TYPE_OBJECT)

static void
clear_edit (gpointer data)
{
  BsSessionEdit *edit = data;

  g_free ((char *) edit->target);
  g_free ((char *) edit->value);
}

GArray *
backstep_edits_new (void)
{
  GArray *edits = g_array_new (FALSE, TRUE, sizeof (BsSessionEdit));

  g_array_set_clear_func (edits, clear_edit);
  return edits;
}

void
backstep_edits_add (GArray *edits, guint32 step, const char *target, const char *value)
{
  BsSessionEdit edit = { step, g_strdup (target), g_strdup (value) };

  g_array_append_val (edits, edit);
}

BackstepRun *
backstep_run_new (const char *name, const char *text, BsRecording *recording, BsSession *session)
{
  BackstepRun *self = g_object_new (BACKSTEP_TYPE_RUN, NULL);

  self->name = g_strdup (name);
  self->text = g_strdup (text);
  self->recording = recording;
  self->session = session;
  self->cursor = bs_cursor_new (recording);
  return self;
}

void
backstep_run_add_edit (BackstepRun *self, guint32 step, const char *target, const char *value)
{
  backstep_edits_add (self->edits, step, target, value);
}

gboolean
backstep_run_equals (BackstepRun *a, const char *text, const GArray *edits)
{
  guint n = edits ? edits->len : 0;

  if (g_strcmp0 (a->text, text) != 0 || a->edits->len != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const BsSessionEdit *x = &g_array_index (a->edits, BsSessionEdit, i), *y = &g_array_index (edits, BsSessionEdit, i);

      if (x->step != y->step || !g_str_equal (x->target, y->target) || !g_str_equal (x->value, y->value))
        return FALSE;
    }
  return TRUE;
}

char *
backstep_run_describe_edits (const GArray *edits)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; edits && i < edits->len; i++)
    {
      const BsSessionEdit *edit = &g_array_index (edits, BsSessionEdit, i);

      g_string_append (text, i ? ", " : "");
      /* Translators: a change of the past: "lr = 0.05 at step 120" */
      g_string_append_printf (text, _("%s = %s at step %u"), edit->target, edit->value, edit->step);
    }
  if (text->len > 0)
    return g_string_free (text, FALSE);
  g_string_free (text, TRUE);
  return NULL;
}

static void
backstep_run_dispose (GObject *object)
{
  BackstepRun *self = BACKSTEP_RUN (object);

  if (self->session)
    bs_session_stop (self->session);
  if (self->details)
    {
      g_signal_handlers_disconnect_by_data (self->details, self);
      bs_session_stop (self->details);
    }
  g_clear_object (&self->details);
  g_clear_object (&self->session);
  g_clear_object (&self->cursor);
  g_clear_object (&self->recording);
  G_OBJECT_CLASS (backstep_run_parent_class)->dispose (object);
}

static void
backstep_run_finalize (GObject *object)
{
  BackstepRun *self = BACKSTEP_RUN (object);

  g_free (self->name);
  g_free (self->text);
  g_array_unref (self->edits);
  g_array_unref (self->kept);
  G_OBJECT_CLASS (backstep_run_parent_class)->finalize (object);
}

static void
backstep_run_class_init (BackstepRunClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = backstep_run_dispose;
  G_OBJECT_CLASS (klass)->finalize = backstep_run_finalize;
}

static void
backstep_run_init (BackstepRun *self)
{
  self->edits = backstep_edits_new ();
  self->kept = g_array_new (FALSE, FALSE, sizeof (guint32));
}
