/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "drafts.h"
#include "window-private.h"

#define RECOVERED_MAX 20

/* --- what a crash left behind --------------------------------------------------------------------------------------------------------- */

void
backstep_window_update_draft_bar (BackstepWindow *self)
{
  const char *words = self->tab && self->tab->document ? self->tab->recovered : NULL;

  if (words)
    gtk_label_set_text (GTK_LABEL (self->draft_text), words);
  gtk_widget_set_visible (self->draft_bar, words != NULL);
}

/* Texts that were never saved come back in tabs of their own; what is shown stays. */
void
backstep_window_recover_unnamed (BackstepWindow *self)
{
  g_autoptr (GPtrArray) drafts = backstep_drafts_list_unnamed ();
  g_autoptr (BackstepTab) shown = backstep_tab_is_empty (self->tab) ? NULL : g_object_ref (self->tab);

  for (guint i = 0; i < MIN (drafts->len, RECOVERED_MAX); i++)
    {
      const BackstepDraft *draft = g_ptr_array_index (drafts, i);

      backstep_window_open_text (self, draft->text, TRUE);
      backstep_tab_take_draft (self->tab, draft);
      backstep_window_update_draft_bar (self);
    }
  if (shown)
    backstep_window_show_tab (self, shown);
}

static void
on_discard_draft (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  backstep_tab_discard_recovered (self->tab);
  backstep_window_update_draft_bar (self);
}

static void
on_keep_draft (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  g_clear_pointer (&self->tab->recovered, g_free);
  backstep_window_update_draft_bar (self);
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

/* Keys that are not typed into the script reach it all the same: what "Keep in the script" did can be taken back at once. */
static void
on_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkTextBuffer *buffer = backstep_source_get_buffer (BACKSTEP_SOURCE (BACKSTEP_WINDOW (widget)->source));

  if (g_str_equal (name, "edit.undo"))
    gtk_text_buffer_undo (buffer);
  else
    gtk_text_buffer_redo (buffer);
}

/* --- another text than the one that ran ------------------------------------------------------------------------------------------------- */

void
backstep_window_update_run_button (BackstepWindow *self)
{
  BackstepRun *run = self->document ? backstep_document_get_shown_run (self->document) : NULL;
  g_autofree char *text = run && run->text ? backstep_source_dup_text (BACKSTEP_SOURCE (self->source)) : NULL;
  gboolean is_old = text && backstep_document_get_trial (self->document) == NULL && !g_str_equal (text, run->text);

  if (is_old == gtk_widget_has_css_class (self->run_button, "suggested-action"))
    return;
  if (is_old)
    gtk_widget_add_css_class (self->run_button, "suggested-action");
  else
    gtk_widget_remove_css_class (self->run_button, "suggested-action");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run_button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  is_old ? _("The script is another one than the one that ran") : "", -1);
}

void
backstep_window_class_init_edit (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "edit.find", NULL, on_find_in_source);
  gtk_widget_class_install_action (klass, "edit.replace", NULL, on_replace);
  gtk_widget_class_install_action (klass, "edit.find-next", NULL, on_find_next);
  gtk_widget_class_install_action (klass, "edit.find-previous", NULL, on_find_previous);
  gtk_widget_class_install_action (klass, "edit.comment", NULL, on_comment);
  gtk_widget_class_install_action (klass, "edit.undo", NULL, on_undo);
  gtk_widget_class_install_action (klass, "edit.redo", NULL, on_undo);
  gtk_widget_class_install_action (klass, "edit.keep-draft", NULL, on_keep_draft);
  gtk_widget_class_install_action (klass, "edit.discard-draft", NULL, on_discard_draft);
}
