/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "look.h"
#include "preferences.h"
#include "settings.h"

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle, GtkWidget *control)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_group_add (group, row);
}

static void
add_switch (AdwPreferencesGroup *group, const char *key, const char *title, const char *subtitle)
{
  GtkWidget *control = gtk_switch_new ();

  add_row (group, title, subtitle, control);
  g_settings_bind (backstep_settings_get (), key, control, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
add_number (AdwPreferencesGroup *group, const char *key, const char *title, const char *subtitle, double least, double most, double step)
{
  GtkWidget *control = gtk_spin_button_new_with_range (least, most, step);

  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (control), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (control), 9);
  add_row (group, title, subtitle, control);
  g_settings_bind (backstep_settings_get (), key, control, "value", G_SETTINGS_BIND_DEFAULT);
}

/* --- sizes are factors in the settings, and percent here --------------------------------------------------------------------- */

static gboolean
to_percent (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_double (value, g_variant_get_double (variant) * 100);
  return TRUE;
}

static GVariant *
from_percent (const GValue *value, const GVariantType *type, gpointer data)
{
  return g_variant_new_double (g_value_get_double (value) / 100);
}

static void
add_percent (AdwPreferencesGroup *group, const char *key, const char *title, const char *subtitle, double least, double most)
{
  GtkWidget *control = gtk_spin_button_new_with_range (least, most, 10);

  gtk_editable_set_width_chars (GTK_EDITABLE (control), 5);
  add_row (group, title, subtitle, control);
  g_settings_bind_with_mapping (backstep_settings_get (), key, control, "value", G_SETTINGS_BIND_DEFAULT, to_percent, from_percent, NULL, NULL);
}

/* --- the theme ------------------------------------------------------------------------------------------------------------- */

static gboolean
to_position (GValue *value, GVariant *variant, gpointer data)
{
  for (guint i = 0; backstep_look_schemes[i]; i++)
    if (g_str_equal (backstep_look_schemes[i], g_variant_get_string (variant, NULL)))
      {
        g_value_set_uint (value, i);
        return TRUE;
      }
  return FALSE;
}

static GVariant *
from_position (const GValue *value, const GVariantType *type, gpointer data)
{
  guint i = g_value_get_uint (value);

  return i < g_strv_length ((char **) backstep_look_schemes) ? g_variant_new_string (backstep_look_schemes[i]) : NULL;
}

static void
add_theme (AdwPreferencesGroup *group)
{
  /* In the order of backstep_look_schemes. */
  const char *const names[] = { _("Like the desktop"), _("Light"), _("Dark"), NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (names);
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Theme"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_preferences_group_add (group, row);
  g_settings_bind_with_mapping (backstep_settings_get (), "color-scheme", row, "selected", G_SETTINGS_BIND_DEFAULT, to_position, from_position,
                                NULL, NULL);
}

static void
add_general (AdwPreferencesWindow *window)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *group;

  adw_preferences_page_set_title (page, _("General"));
  adw_preferences_page_set_icon_name (page, "preferences-system-symbolic");
  group = add_group (page, _("Appearance"), NULL);
  add_theme (group);
  add_percent (group, "editor-scale", _("Text of source and output"), _("Percent of the desktop’s size"), 50, 300);
  add_percent (group, "font-scale", _("Text of the graph"), _("Percent"), 100, 300);
  add_switch (group, "top-to-bottom", _("Graph from top to bottom"), NULL);
  add_switch (group, "animate", _("Animations"), _("The desktop may switch them off for every program"));
  group = add_group (page, _("Working"), NULL);
  add_switch (group, "restore-session", _("Open what was open the last time"), _("Files, tabs and windows, at the same steps"));
  add_switch (group, "hide-future", _("Hide the future"), _("Nothing is shown before it is computed"));
  adw_preferences_window_add (window, page);
}

static void
add_limits (AdwPreferencesWindow *window)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *group;

  adw_preferences_page_set_title (page, _("Limits"));
  adw_preferences_page_set_icon_name (page, "power-profile-performance-symbolic");
  group = add_group (page, _("Limits of a run"), _("They hold from the next run on."));
  add_number (group, "event-limit", _("Events until it pauses"), _("An endless loop stops here, and asks"), 1000, 200e6, 100000);
  add_number (group, "memory-mib", _("Memory of the script"), _("MiB"), 512, 1048576, 512);
  add_number (group, "values-mib", _("Numbers of large tensors"), _("MiB, when all of them are wanted"), 16, 65536, 256);
  adw_preferences_window_add (window, page);
}

GtkWidget *
backstep_preferences_new (void)
{
  GtkWidget *window;

  if (backstep_settings_get () == NULL)
    return NULL;
  window = adw_preferences_window_new ();
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  add_general (ADW_PREFERENCES_WINDOW (window));
  add_limits (ADW_PREFERENCES_WINDOW (window));
  gtk_window_set_default_size (GTK_WINDOW (window), 620, 640);
  return window;
}
