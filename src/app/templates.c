/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "actions.h"
#include "course.h"
#include "lesson-text.h"
#include "templates.h"

typedef void (*Chosen) (GtkWindow *parent, const char *text);

static const char *const names[] = { "leaf.py", "loop.py", "module.py", "graph.dot" };

static void
on_activated (GtkListBox *list, GtkListBoxRow *row, GtkWindow *window)
{
  Chosen chosen = g_object_get_data (G_OBJECT (window), "chosen");
  GtkWindow *parent = gtk_window_get_transient_for (window);
  g_autofree char *text = g_strdup (g_object_get_data (G_OBJECT (row), "text"));

  gtk_window_destroy (window);
  chosen (parent, text);
}

static void
add_row (GtkWidget *list, const char *folder, const char *name)
{
  g_autofree char *path = backstep_course_dup_localized (folder, name);
  g_autoptr (BackstepLessonText) lesson = NULL;
  GtkWidget *row;
  char *text;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return;
  lesson = backstep_lesson_text_new (text, length);
  row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), lesson->title ? lesson->title : name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), lesson->text);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "text", text, g_free);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

void
backstep_templates_show (GtkWindow *parent, Chosen chosen)
{
  g_autofree char *folder = backstep_course_dup_folder ("templates");
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *list = gtk_list_box_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new (), *title = adw_window_title_new (_("New script"), ""), *header = gtk_header_bar_new ();

  gtk_header_bar_set_title_widget (GTK_HEADER_BAR (header), title);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_margin_start (list, 18);
  gtk_widget_set_margin_end (list, 18);
  gtk_widget_set_margin_top (list, 18);
  gtk_widget_set_margin_bottom (list, 18);
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What to begin with"), -1);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    add_row (list, folder, names[i]);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), _("New script"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), 440, 380);
  g_object_set_data (G_OBJECT (window), "chosen", chosen);
  g_signal_connect (list, "row-activated", G_CALLBACK (on_activated), window);
  backstep_actions_add_escape (window);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)));
}
