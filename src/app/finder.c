/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "finder.h"

struct _BackstepFinder
{
  GtkWidget parent_instance;

  GtkWidget *revealer, *entry, *count, *match_case, *whole_words, *regex, *replacing, *replacement, *replace, *replace_all;
  GtkSourceView *view; /* borrowed */
  GtkSourceSearchSettings *settings;
  GtkSourceSearchContext *context;
};

G_DEFINE_FINAL_TYPE (BackstepFinder, backstep_finder, GTK_TYPE_WIDGET)

static guint closed_signal;

static GtkTextBuffer *
buffer_of (BackstepFinder *self)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
}

/* --- how many there are ------------------------------------------------------------------------------------------------------------ */

static void
update (BackstepFinder *self)
{
  GError *error = self->context ? gtk_source_search_context_get_regex_error (self->context) : NULL;
  int n = self->context ? gtk_source_search_context_get_occurrences_count (self->context) : 0, at = 0;
  gboolean looked_for = *gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0';
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  if (error)
    {
      gtk_label_set_text (GTK_LABEL (self->count), _("no expression"));
      gtk_widget_set_tooltip_text (self->count, error->message);
      g_error_free (error);
      n = 0;
    }
  else
    {
      if (self->context && n > 0 && gtk_text_buffer_get_selection_bounds (buffer_of (self), &start, &end))
        at = MAX (gtk_source_search_context_get_occurrence_position (self->context, &start, &end), 0);
      if (looked_for && n >= 0)
        /* Translators: a place among the hits of a search, "3 of 12" */
        text = at > 0 ? g_strdup_printf (_("%d of %d"), at, n) : g_strdup_printf ("%d", n);
      gtk_label_set_text (GTK_LABEL (self->count), text ? text : "");
      gtk_widget_set_tooltip_text (self->count, NULL);
    }
  if (looked_for && n == 0)
    gtk_widget_add_css_class (self->entry, "error");
  else
    gtk_widget_remove_css_class (self->entry, "error");
  gtk_widget_set_sensitive (self->replace, n > 0);
  gtk_widget_set_sensitive (self->replace_all, n > 0);
}

static void
make_context (BackstepFinder *self)
{
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (buffer_of (self));

  if (self->context && gtk_source_search_context_get_buffer (self->context) == buffer)
    return;
  g_clear_object (&self->context);
  self->context = gtk_source_search_context_new (buffer, self->settings);
  g_signal_connect_object (self->context, "notify::occurrences-count", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->context, "notify::regex-error", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
on_buffer (BackstepFinder *self)
{
  if (backstep_finder_is_open (self))
    make_context (self);
  else
    g_clear_object (&self->context);
}

/* --- going round --------------------------------------------------------------------------------------------------------------------- */

static void
show (BackstepFinder *self, GtkTextIter *start, GtkTextIter *end)
{
  gtk_text_buffer_select_range (buffer_of (self), start, end);
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (self->view), start, 0.1, FALSE, 0, 0);
  update (self);
}

static void
find (BackstepFinder *self, gboolean forward, gboolean stay)
{
  GtkTextIter start, end, hit_start, hit_end;
  gboolean wrapped, found;

  if (self->context == NULL)
    return;
  gtk_text_buffer_get_selection_bounds (buffer_of (self), &start, &end);
  found = forward ? gtk_source_search_context_forward (self->context, stay ? &start : &end, &hit_start, &hit_end, &wrapped)
                  : gtk_source_search_context_backward (self->context, &start, &hit_start, &hit_end, &wrapped);
  if (found)
    show (self, &hit_start, &hit_end);
}

void
backstep_finder_go (BackstepFinder *self, int direction)
{
  make_context (self);
  find (self, direction > 0, FALSE);
}

static void
on_next (BackstepFinder *self)
{
  find (self, TRUE, FALSE);
}

static void
on_previous (BackstepFinder *self)
{
  find (self, FALSE, FALSE);
}

static void
on_changed (BackstepFinder *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  gtk_source_search_settings_set_regex_enabled (self->settings, gtk_check_button_get_active (GTK_CHECK_BUTTON (self->regex)));
  gtk_source_search_settings_set_case_sensitive (self->settings, gtk_check_button_get_active (GTK_CHECK_BUTTON (self->match_case)));
  gtk_source_search_settings_set_at_word_boundaries (self->settings, gtk_check_button_get_active (GTK_CHECK_BUTTON (self->whole_words)));
  gtk_source_search_settings_set_search_text (self->settings, *text ? text : NULL);
  find (self, TRUE, TRUE);
  update (self);
}

/* --- replacing ------------------------------------------------------------------------------------------------------------------------- */

static void
on_replace (BackstepFinder *self)
{
  GtkTextIter start, end;

  if (self->context == NULL || !gtk_text_view_get_editable (GTK_TEXT_VIEW (self->view)))
    return;
  /* The first Replace shows what it would replace. */
  if (gtk_text_buffer_get_selection_bounds (buffer_of (self), &start, &end)
      && gtk_source_search_context_get_occurrence_position (self->context, &start, &end) > 0)
    gtk_source_search_context_replace (self->context, &start, &end, gtk_editable_get_text (GTK_EDITABLE (self->replacement)), -1, NULL);
  find (self, TRUE, FALSE);
}

static void
on_replace_all (BackstepFinder *self)
{
  if (self->context && gtk_text_view_get_editable (GTK_TEXT_VIEW (self->view)))
    gtk_source_search_context_replace_all (self->context, gtk_editable_get_text (GTK_EDITABLE (self->replacement)), -1, NULL);
  update (self);
}

/* --- opening and closing ------------------------------------------------------------------------------------------------------------------ */

void
backstep_finder_open (BackstepFinder *self, gboolean replace)
{
  GtkTextIter start, end;
  gboolean editable = gtk_text_view_get_editable (GTK_TEXT_VIEW (self->view));

  gtk_widget_set_visible (self->replacing, replace && editable);
  if (gtk_text_buffer_get_selection_bounds (buffer_of (self), &start, &end) && gtk_text_iter_get_line (&start) == gtk_text_iter_get_line (&end))
    {
      g_autofree char *text = gtk_text_buffer_get_text (buffer_of (self), &start, &end, FALSE);

      gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
    }
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), TRUE);
  make_context (self);
  on_changed (self);
  gtk_widget_grab_focus (self->entry);
}

void
backstep_finder_close (BackstepFinder *self)
{
  if (!backstep_finder_is_open (self))
    return;
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
  g_clear_object (&self->context); /* and with it the highlights */
  g_signal_emit (self, closed_signal, 0);
}

static void
on_stop (BackstepFinder *self)
{
  backstep_finder_close (self);
}

gboolean
backstep_finder_is_open (BackstepFinder *self)
{
  return gtk_revealer_get_reveal_child (GTK_REVEALER (self->revealer));
}

void
backstep_finder_set_view (BackstepFinder *self, GtkSourceView *view)
{
  self->view = view;
  g_signal_connect_object (view, "notify::buffer", G_CALLBACK (on_buffer), self, G_CONNECT_SWAPPED);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepFinder *self)
{
  if (key != GDK_KEY_Escape)
    return FALSE;
  backstep_finder_close (self);
  return TRUE;
}

static void
backstep_finder_dispose (GObject *object)
{
  BackstepFinder *self = BACKSTEP_FINDER (object);

  g_clear_object (&self->context);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->revealer, gtk_widget_unparent);
  G_OBJECT_CLASS (backstep_finder_parent_class)->dispose (object);
}

static void
backstep_finder_class_init (BackstepFinderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_finder_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/finder.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, revealer);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, entry);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, count);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, match_case);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, whole_words);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, regex);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, replacing);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, replacement);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, replace);
  gtk_widget_class_bind_template_child (widget_class, BackstepFinder, replace_all);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_replace);
  gtk_widget_class_bind_template_callback (widget_class, on_replace_all);
  closed_signal = g_signal_new ("closed", BACKSTEP_TYPE_FINDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_finder_init (BackstepFinder *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = gtk_source_search_settings_new ();
  gtk_source_search_settings_set_wrap_around (self->settings, TRUE);
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->entry), NULL);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
