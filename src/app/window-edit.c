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
