/* SPDX-License-Identifier: MIT */

/* The unsaved text of a tab, kept against crashes a moment after the last key. */

#include "config.h"

#include <glib/gi18n.h>

#include "drafts.h"
#include "tab.h"

#define SETTLE_MS 1000

static gboolean
on_due (gpointer data)
{
  BackstepTab *self = data;
  GFile *file = backstep_tab_get_file (self);
  g_autofree char *uri = file ? g_file_get_uri (file) : NULL, *text = NULL;

  self->draft_timeout = 0;
  if (!backstep_tab_is_modified (self))
    return G_SOURCE_REMOVE;
  if (self->draft_id == NULL)
    self->draft_id = backstep_drafts_id (file);
  text = backstep_source_dup_text (BACKSTEP_SOURCE (self->source));
  backstep_drafts_keep (self->draft_id, uri, text);
  return G_SOURCE_REMOVE;
}

static void
on_typed (BackstepTab *self)
{
  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  self->draft_timeout = g_timeout_add (SETTLE_MS, on_due, self);
}

void
backstep_tab_drop_draft (BackstepTab *self)
{
  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  if (self->draft_id)
    backstep_drafts_drop (self->draft_id);
  g_clear_pointer (&self->draft_id, g_free);
  g_clear_pointer (&self->recovered, g_free);
}

/* Saved, or undone to what is saved. */
static void
on_edited (BackstepTab *self)
{
  if (!backstep_source_is_modified (BACKSTEP_SOURCE (self->source)) && self->loaded)
    backstep_tab_drop_draft (self);
}

static char *
words_for (const BackstepDraft *draft)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (draft->time);
  g_autofree char *when = time ? g_date_time_format (time, "%x %H:%M") : g_strdup ("");

  return draft->uri ? g_strdup_printf (_("Backstep ended with unsaved changes here, of %s. They are back; the file is as it was."), when)
                    : g_strdup_printf (_("Backstep ended with this text unsaved, of %s. It is back, and still in no file."), when);
}

void
backstep_tab_take_draft (BackstepTab *self, const BackstepDraft *draft)
{
  g_free (self->draft_id);
  self->draft_id = g_strdup (draft->id);
  g_free (self->recovered);
  self->recovered = words_for (draft);
}

void
backstep_tab_recover (BackstepTab *self)
{
  GFile *file = backstep_tab_get_file (self);
  g_autofree char *shown = NULL;
  g_autoptr (BackstepDraft) draft = NULL;

  g_clear_pointer (&self->recovered, g_free);
  g_clear_pointer (&self->draft_id, g_free);
  if (file == NULL || backstep_document_is_recording (self->document))
    return;
  self->draft_id = backstep_drafts_id (file);
  draft = backstep_drafts_find (self->draft_id);
  shown = backstep_source_dup_text (BACKSTEP_SOURCE (self->source));
  if (draft == NULL || g_str_equal (draft->text, shown))
    return;
  self->recovered = words_for (draft);
  backstep_source_replace_text (BACKSTEP_SOURCE (self->source), draft->text);
}

void
backstep_tab_discard_recovered (BackstepTab *self)
{
  const char *text = backstep_document_get_text (self->document);

  backstep_source_replace_text (BACKSTEP_SOURCE (self->source), text ? text : "");
  backstep_source_set_saved (BACKSTEP_SOURCE (self->source));
  backstep_tab_drop_draft (self);
}

void
backstep_tab_init_draft (BackstepTab *self)
{
  g_signal_connect_object (self->source, "typed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->source, "edited", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
}
