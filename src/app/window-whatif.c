/* SPDX-License-Identifier: MIT */

/* The page of sliders and the run that follows them. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "evaluate/fixes.h"
#include "window-private.h"

static gboolean
can_try (BackstepWindow *self)
{
  return self->document && !backstep_document_is_recording (self->document) && backstep_document_get_shown_run (self->document);
}

/* Only when they are in sight. */
void
backstep_window_look_for_numbers (BackstepWindow *self)
{
  g_autofree char *text = can_try (self) ? backstep_source_dup_text (BACKSTEP_SOURCE (self->source)) : NULL;

  g_clear_handle_id (&self->whatif_id, g_source_remove);
  /* Sliders that stand as in the script, beside a run with other numbers, would lie. */
  if (gtk_widget_get_mapped (self->whatif) && backstep_whatif_set_text (BACKSTEP_WHATIF (self->whatif), text) && self->document
      && (backstep_document_get_trial (self->document) || backstep_document_is_trying (self->document)))
    backstep_document_end_trial (self->document, FALSE);
}

static gboolean
on_idle (gpointer data)
{
  BackstepWindow *self = data;

  self->whatif_id = 0;
  backstep_window_look_for_numbers (self);
  backstep_window_update_run_button (self);
  return G_SOURCE_REMOVE;
}

/* Another script: what was tried out was of the former one. */
void
backstep_window_on_text_changed (BackstepWindow *self)
{
  if (self->document && !self->keeping && (backstep_document_get_trial (self->document) || backstep_document_is_trying (self->document)))
    {
      self->editing = TRUE;
      backstep_document_end_trial (self->document, FALSE);
      self->editing = FALSE;
    }
  if (self->whatif_id == 0)
    self->whatif_id = g_idle_add (on_idle, self);
}

static void
on_map (BackstepWindow *self)
{
  backstep_window_look_for_numbers (self);
  if (can_try (self))
    backstep_document_set_ready (self->document, TRUE);
}

static void
on_try (BackstepWhatif *page, const char *text, const char *name, BackstepWindow *self)
{
  g_autofree char *title = name ? g_strdup_printf (_("What if: %s"), name) : NULL;

  if (!can_try (self))
    return;
  if (text)
    backstep_document_try (self->document, text, title);
  else
    backstep_document_end_trial (self->document, FALSE);
  backstep_window_update_whatif (self);
}

void
backstep_window_splice (BackstepWindow *self, GArray *splices)
{
  GtkTextBuffer *buffer = backstep_source_get_buffer (BACKSTEP_SOURCE (self->source));
  g_autofree char *text = backstep_source_dup_text (BACKSTEP_SOURCE (self->source));
  gsize length = strlen (text);

  gtk_text_buffer_begin_user_action (buffer);
  for (guint i = splices->len; i-- > 0;)
    {
      const BsSplice *splice = &g_array_index (splices, BsSplice, i);
      GtkTextIter start, end;

      if (splice->begin > splice->end || splice->end > length)
        continue;
      gtk_text_buffer_get_iter_at_offset (buffer, &start, g_utf8_pointer_to_offset (text, text + splice->begin));
      gtk_text_buffer_get_iter_at_offset (buffer, &end, g_utf8_pointer_to_offset (text, text + splice->end));
      gtk_text_buffer_delete (buffer, &start, &end);
      gtk_text_buffer_insert (buffer, &start, splice->text, -1);
    }
  gtk_text_buffer_end_user_action (buffer);
}

/* The script becomes the text that was tried; its run is there already, unless it is still on its way. */
static void
on_keep (BackstepWhatif *page, BackstepWindow *self)
{
  g_autoptr (GArray) splices = backstep_whatif_dup_splices (page);
  BackstepRun *trial = self->document ? backstep_document_get_trial (self->document) : NULL;
  g_autofree char *text = NULL;

  if (splices->len == 0 || !can_try (self))
    return;
  self->keeping = TRUE;
  backstep_window_splice (self, splices);
  self->keeping = FALSE;
  text = backstep_source_dup_text (BACKSTEP_SOURCE (self->source));
  if (trial && trial == backstep_document_get_shown_run (self->document) && g_strcmp0 (trial->text, text) == 0)
    {
      backstep_document_end_trial (self->document, TRUE);
      backstep_source_set_trial (BACKSTEP_SOURCE (self->source), FALSE);
      backstep_source_set_run (BACKSTEP_SOURCE (self->source));
    }
  else
    backstep_window_run_again (self);
  backstep_window_look_for_numbers (self);
  backstep_window_queue_refresh (self);
}

/* What went wrong is mended in the text, and the text is run again. */
static void
on_fix (GtkWidget *widget, guint kind, guint line, const char *name, BackstepWindow *self)
{
  g_autofree char *text = backstep_source_dup_text (BACKSTEP_SOURCE (self->source)), *words = NULL;
  BackstepRun *run = self->document ? backstep_document_get_shown_run (self->document) : NULL;
  g_autoptr (GArray) splices = NULL;

  if (!can_try (self) || run == NULL)
    return;
  if (g_strcmp0 (run->text, text) == 0)
    splices = bs_fix_find (kind, text, line, name);
  if (splices == NULL)
    {
      backstep_window_say (self, _("The script is another one by now: run it again first."));
      return;
    }
  self->keeping = TRUE;
  backstep_window_splice (self, splices);
  self->keeping = FALSE;
  backstep_window_run_again (self);
  /* What was changed is to be seen; and the button is going, with which the keys would go into the text. */
  if (splices->len > 0)
    backstep_source_reveal (BACKSTEP_SOURCE (self->source), g_utf8_strlen (text, g_array_index (splices, BsSplice, 0).begin));
  backstep_window_focus (self);
  /* Translators: %s says what was done to the script */
  words = g_strdup_printf (_("%s: done. Undo in the editor takes it back."), bs_fix_title (kind));
  backstep_window_say (self, words);
}

void
backstep_window_leave_whatif (BackstepWindow *self)
{
  if (self->document)
    backstep_document_set_ready (self->document, FALSE);
}

void
backstep_window_update_whatif (BackstepWindow *self)
{
  if (gtk_widget_get_mapped (self->whatif))
    {
      backstep_whatif_set_state (BACKSTEP_WHATIF (self->whatif), self->document && backstep_document_is_trial_slow (self->document),
                                 self->document ? backstep_document_get_trial_problem (self->document) : NULL);
      if (can_try (self))
        backstep_document_set_ready (self->document, TRUE);
    }
}

void
backstep_window_init_whatif (BackstepWindow *self)
{
  g_signal_connect_object (self->whatif, "map", G_CALLBACK (on_map), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->whatif, "unmap", G_CALLBACK (backstep_window_leave_whatif), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->whatif, "try", G_CALLBACK (on_try), self, 0);
  g_signal_connect_object (self->hints, "fix", G_CALLBACK (on_fix), self, 0);
  g_signal_connect_object (self->output, "fix", G_CALLBACK (on_fix), self, 0);
  g_signal_connect_object (self->whatif, "keep", G_CALLBACK (on_keep), self, 0);
}
