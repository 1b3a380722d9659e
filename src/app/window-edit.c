/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "drafts.h"
#include "window-private.h"

#define DRAFT_MS 1000 /* after the last key */

/* --- drafts against crashes --------------------------------------------------------------------------------------------------------- */

static void
keep_draft (BackstepWindow *self)
{
  GFile *file = self->document ? backstep_document_get_file (self->document) : NULL;
  g_autofree char *uri = file ? g_file_get_uri (file) : NULL, *text = NULL;

  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  if (!backstep_source_is_modified (BACKSTEP_SOURCE (self->source)) || self->document == NULL)
    return;
  if (self->draft_id == NULL)
    self->draft_id = backstep_drafts_id (file);
  text = backstep_source_dup_text (BACKSTEP_SOURCE (self->source));
  backstep_drafts_keep (self->draft_id, uri, text);
}

static gboolean
on_draft_due (gpointer data)
{
  BackstepWindow *self = data;

  self->draft_timeout = 0;
  keep_draft (self);
  return G_SOURCE_REMOVE;
}

static void
on_typed (BackstepWindow *self)
{
  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  self->draft_timeout = g_timeout_add (DRAFT_MS, on_draft_due, self);
}

void
backstep_window_drop_draft (BackstepWindow *self)
{
  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  if (self->draft_id)
    backstep_drafts_drop (self->draft_id);
  g_clear_pointer (&self->draft_id, g_free);
  gtk_widget_set_visible (self->draft_bar, FALSE);
}

/* Saved, or undone to what is saved. */
static void
on_edited (BackstepWindow *self)
{
  if (!backstep_source_is_modified (BACKSTEP_SOURCE (self->source)))
    backstep_window_drop_draft (self);
}

/* The file was opened: is there a later text of it that was never saved? */
void
backstep_window_recover (BackstepWindow *self)
{
  GFile *file = backstep_document_get_file (self->document);
  g_autofree char *when = NULL, *words = NULL, *shown = backstep_source_dup_text (BACKSTEP_SOURCE (self->source));
  g_autoptr (BackstepDraft) draft = NULL;
  g_autoptr (GDateTime) time = NULL;

  gtk_widget_set_visible (self->draft_bar, FALSE);
  g_clear_pointer (&self->draft_id, g_free);
  if (file == NULL || backstep_document_is_recording (self->document))
    return;
  self->draft_id = backstep_drafts_id (file);
  draft = backstep_drafts_find (self->draft_id);
  if (draft == NULL || g_str_equal (draft->text, shown))
    return;
  time = g_date_time_new_from_unix_local (draft->time);
  when = time ? g_date_time_format (time, "%x %H:%M") : g_strdup ("");
  words = g_strdup_printf (_("Backstep ended with unsaved changes here, of %s. They are back; the file is as it was."), when);
  gtk_label_set_text (GTK_LABEL (self->draft_text), words);
  backstep_source_replace_text (BACKSTEP_SOURCE (self->source), draft->text);
  gtk_widget_set_visible (self->draft_bar, TRUE);
}

static void
on_discard_draft (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);
  const char *text = backstep_document_get_text (self->document);

  backstep_source_replace_text (BACKSTEP_SOURCE (self->source), text ? text : "");
  backstep_source_set_saved (BACKSTEP_SOURCE (self->source));
  backstep_window_drop_draft (self);
}

static void
on_keep_draft (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_set_visible (BACKSTEP_WINDOW (widget)->draft_bar, FALSE);
}

/* --- editing ------------------------------------------------------------------------------------------------------------------------------ */

/* The source is where the keyboard is: then finding is finding there. */
gboolean
backstep_window_is_in_source (BackstepWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  return focus && gtk_widget_is_ancestor (focus, self->source);
}

static void
show_source (BackstepWindow *self)
{
  if (!self->pane_source)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-source", NULL);
}

static void
on_find_in_source (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  show_source (self);
  backstep_source_find (BACKSTEP_SOURCE (self->source), FALSE);
}

static void
on_replace (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  show_source (self);
  backstep_source_find (BACKSTEP_SOURCE (self->source), TRUE);
}

static void
on_find_next (GtkWidget *widget, const char *name, GVariant *parameter)
{
  backstep_source_find_next (BACKSTEP_SOURCE (BACKSTEP_WINDOW (widget)->source), 1);
}

static void
on_find_previous (GtkWidget *widget, const char *name, GVariant *parameter)
{
  backstep_source_find_next (BACKSTEP_SOURCE (BACKSTEP_WINDOW (widget)->source), -1);
}

static void
on_comment (GtkWidget *widget, const char *name, GVariant *parameter)
{
  backstep_source_toggle_comment (BACKSTEP_SOURCE (BACKSTEP_WINDOW (widget)->source));
}

void
backstep_window_class_init_edit (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "edit.find", NULL, on_find_in_source);
  gtk_widget_class_install_action (klass, "edit.replace", NULL, on_replace);
  gtk_widget_class_install_action (klass, "edit.find-next", NULL, on_find_next);
  gtk_widget_class_install_action (klass, "edit.find-previous", NULL, on_find_previous);
  gtk_widget_class_install_action (klass, "edit.comment", NULL, on_comment);
  gtk_widget_class_install_action (klass, "edit.keep-draft", NULL, on_keep_draft);
  gtk_widget_class_install_action (klass, "edit.discard-draft", NULL, on_discard_draft);
}

void
backstep_window_init_edit (BackstepWindow *self)
{
  g_signal_connect_object (self->source, "typed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->source, "edited", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
}
