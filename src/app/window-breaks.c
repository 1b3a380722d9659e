/* SPDX-License-Identifier: MIT */

/* Breakpoints and watches of the window: where they stop, their marks on the timeline, what is remembered of them. */

#include "config.h"

#include <glib/gi18n.h>

#include "memory.h"
#include "window-private.h"

#define SLICE 20000      /* events looked at in one go */
#define SLICE_TIME 6000  /* µs */
#define MARKS_MAX 20000

/* --- all places at which the run would stop, found while the window is idle -------------------------------------------- */

static void
give_marks (BackstepWindow *self)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_array_append_vals (steps, self->stop_steps->data, self->stop_steps->len);
  backstep_timeline_take_breaks (BACKSTEP_TIMELINE (self->timeline), steps);
}

static gboolean
scan (gpointer data)
{
  BackstepWindow *self = data;
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  guint32 n = bs_recording_get_n_events (recording);
  gint64 begin = g_get_monotonic_time ();
  guint which;

  for (guint i = 0; i < self->stops->len; i++)
    {
      const BsStop *stop = &g_array_index (self->stops, BsStop, i);
      guint32 missing = stop->condition ? bs_expression_get_missing (stop->condition) : 0;

      if (missing && bs_recording_get_details (recording) == NULL)
        backstep_document_want_whole (self->document, missing);
    }
  while (self->scanned < n && self->stop_steps->len < MARKS_MAX && g_get_monotonic_time () - begin < SLICE_TIME)
    {
      guint32 to = MIN (n, self->scanned + SLICE);
      guint32 found = bs_stops_find (recording, self->scanned, 1, to, self->stops->len, (BsStop *) self->stops->data, &which, NULL);

      if (found != self->scanned)
        g_array_append_val (self->stop_steps, found);
      self->scanned = found != self->scanned ? found : to;
    }
  if (self->scanned < n && self->stop_steps->len < MARKS_MAX)
    return G_SOURCE_CONTINUE;
  give_marks (self);
  self->scan_id = 0;
  return G_SOURCE_REMOVE;
}

/* Looks at what is new: the recording has grown. */
void
backstep_window_scan_breaks (BackstepWindow *self)
{
  if (self->scan_id == 0 && self->cursor && self->stops->len > 1)
    self->scan_id = g_idle_add_full (G_PRIORITY_LOW, scan, self, NULL);
}

/* From the beginning: other breakpoints, or another recording. */
void
backstep_window_update_breaks (BackstepWindow *self)
{
  g_clear_handle_id (&self->scan_id, g_source_remove);
  g_clear_pointer (&self->stops, g_array_unref);
  self->stops = backstep_breaks_dup_stops (BACKSTEP_BREAKS (self->breaks));
  g_array_set_size (self->stop_steps, 0);
  self->scanned = 0;
  give_marks (self);
  backstep_window_scan_breaks (self);
}

/* --- going there ------------------------------------------------------------------------------------------------------- */

static guint32
find (BackstepWindow *self, guint32 step, int direction, guint32 limit, GError **problem)
{
  guint which;

  return bs_stops_find (bs_cursor_get_recording (self->cursor), step, direction, limit, self->stops->len, (BsStop *) self->stops->data,
                        &which, problem);
}

static void
go (BackstepWindow *self, int direction)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = NULL;
  guint32 step, found;

  if (self->cursor == NULL)
    return;
  backstep_window_stop_playing (self);
  step = bs_cursor_get_step (self->cursor);
  found = find (self, step, direction, direction > 0 ? G_MAXUINT32 : 0, &problem);
  if (problem)
    text = g_strdup_printf (_("A condition could not be evaluated: %s"), problem->message);
  else if (found == step)
    text = g_strdup (direction > 0 ? _("No breakpoint further on.") : _("No breakpoint before."));
  if (text)
    backstep_window_say (self, text);
  if (found != step)
    bs_cursor_seek (self->cursor, found);
}

void
backstep_window_go_to_break (BackstepWindow *self, int direction)
{
  go (self, direction);
}

/* The first stop on the way from @from to @to, which playing must not run past; @to: none. */
guint32
backstep_window_stop_on_the_way (BackstepWindow *self, guint32 from, guint32 to)
{
  guint32 found;

  if (self->stops->len <= 1)
    return to;
  found = find (self, from, 1, to, NULL);
  return found != from ? found : to;
}

void
backstep_window_go_to_line (BackstepWindow *self)
{
  BsStop line = { .at = { .kind = BS_BREAK_LINE, .file = 1, .line = backstep_source_get_line (BACKSTEP_SOURCE (self->source)) } };
  BsRecording *recording;
  guint32 step, found;
  guint which;

  if (self->cursor == NULL)
    return;
  recording = bs_cursor_get_recording (self->cursor);
  step = bs_cursor_get_step (self->cursor);
  found = bs_stops_find (recording, step, 1, G_MAXUINT32, 1, &line, &which, NULL);
  if (found == step)
    found = bs_stops_find (recording, step, -1, 0, 1, &line, &which, NULL);
  if (found == step)
    backstep_window_say (self, _("That line does not run."));
  else
    backstep_window_seek (self, found);
}

/* --- what is remembered -------------------------------------------------------------------------------------------------- */

void
backstep_window_recall (BackstepWindow *self)
{
  GFile *file = self->document ? backstep_document_get_file (self->document) : NULL;
  g_auto (GStrv) breaks = backstep_memory_get_list (file, "breakpoints"), watches = backstep_memory_get_list (file, "watches");
  g_auto (GStrv) folds = backstep_memory_get_list (file, "folds"), lesson = backstep_memory_get_list (file, "lesson");

  self->recalling = TRUE;
  backstep_breaks_set_texts (BACKSTEP_BREAKS (self->breaks), (const char *const *) breaks);
  backstep_variables_set_watches (BACKSTEP_VARIABLES (self->variables), (const char *const *) watches);
  backstep_canvas_set_folds (BACKSTEP_CANVAS (self->canvas), (const char *const *) folds);
  backstep_predict_set_score (BACKSTEP_PREDICT (self->predict), (const char *const *) lesson);
  self->recalling = FALSE;
}

void
backstep_window_remember (BackstepWindow *self)
{
  GFile *file = self->document ? backstep_document_get_file (self->document) : NULL;
  g_auto (GStrv) breaks = NULL, watches = NULL, folds = NULL, lesson = NULL;

  if (file == NULL || self->recalling)
    return;
  breaks = backstep_breaks_dup_texts (BACKSTEP_BREAKS (self->breaks));
  watches = backstep_variables_dup_watches (BACKSTEP_VARIABLES (self->variables));
  folds = backstep_canvas_dup_folds (BACKSTEP_CANVAS (self->canvas));
  lesson = backstep_predict_dup_score (BACKSTEP_PREDICT (self->predict));
  backstep_memory_set_list (file, "lesson", (const char *const *) lesson);
  backstep_memory_set_list (file, "folds", (const char *const *) folds);
  backstep_memory_set_list (file, "breakpoints", (const char *const *) breaks);
  backstep_memory_set_list (file, "watches", (const char *const *) watches);
}

void
backstep_window_on_breaks_changed (BackstepWindow *self)
{
  backstep_window_update_breaks (self);
  backstep_window_remember (self);
}

/* --- the page below the source ------------------------------------------------------------------------------------------- */

void
backstep_window_show_page (BackstepWindow *self, const char *name)
{
  if (!self->pane_output)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-output", NULL);
  gtk_stack_set_visible_child_name (GTK_STACK (self->pages), name);
}

/* What is selected in the source, else the entry waits for it. */
void
backstep_window_watch (BackstepWindow *self)
{
  g_autofree char *text = backstep_source_dup_selection (BACKSTEP_SOURCE (self->source));

  backstep_window_show_page (self, "variables");
  if (text == NULL || *text == '\0' || !backstep_variables_add_watch (BACKSTEP_VARIABLES (self->variables), text))
    backstep_variables_focus (BACKSTEP_VARIABLES (self->variables));
}
