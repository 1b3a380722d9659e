/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "actions.h"
#include "shortcuts.h"

typedef struct {
  GtkWidget *group, *row;
  char *words; /* what may be looked for */
} Entry;

static void
clear_entry (gpointer data)
{
  g_free (((Entry *) data)->words);
}

static void
on_search (GtkSearchEntry *search, GArray *entries)
{
  g_autofree char *wanted = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (search)), -1);

  for (guint i = 0; i < entries->len; i++)
    gtk_widget_set_visible (g_array_index (entries, Entry, i).group, FALSE);
  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = &g_array_index (entries, Entry, i);
      gboolean shows = strstr (entry->words, wanted) != NULL;

      gtk_widget_set_visible (entry->row, shows);
      if (shows)
        gtk_widget_set_visible (entry->group, TRUE);
    }
}

/* Escape takes away what was looked for, then the window. */
static void
on_stop (GtkSearchEntry *search)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (search)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (search), "");
  else
    gtk_window_close (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (search))));
}

static char *
label_of (const char *key)
{
  g_autoptr (GtkShortcutTrigger) trigger = gtk_shortcut_trigger_parse_string (key);

  return trigger ? gtk_shortcut_trigger_to_label (trigger, gdk_display_get_default ()) : g_strdup (key);
}

static void
add_keys (GtkWidget *row, GtkWidget *box, const char *keys, GString *words)
{
  g_auto (GStrv) each = g_strsplit (keys, " ", -1);

  for (guint i = 0; each[i]; i++)
    {
      g_autofree char *label = label_of (each[i]);

      gtk_box_append (GTK_BOX (box), gtk_shortcut_label_new (each[i]));
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", label);
    }
}

static Entry
new_entry (GtkWidget *group, const BackstepActionInfo *info)
{
  GtkWidget *row = adw_action_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autoptr (GString) keys = g_string_new (NULL);
  g_autofree char *words = NULL;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(info->label));
  if (info->keys)
    add_keys (row, box, info->keys, keys);
  if (info->accels)
    add_keys (row, box, info->accels, keys);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _(info->label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  keys->str, -1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  words = g_strconcat (_(info->label), "\n", keys->str, NULL);
  return (Entry) { group, row, g_utf8_casefold (words, -1) };
}

static void
add_group (GtkWidget *page, BackstepActionGroup which, GArray *entries)
{
  GtkWidget *group = adw_preferences_group_new ();
  guint n;
  const BackstepActionInfo *actions = backstep_actions_get (&n);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), backstep_actions_group_title (which));
  for (guint i = 0; i < n; i++)
    if (actions[i].group == which && (actions[i].keys || actions[i].accels))
      {
        Entry entry = new_entry (group, &actions[i]);

        g_array_append_val (entries, entry);
      }
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
}

static GtkWidget *
new_search (GArray *entries)
{
  GtkWidget *search = gtk_search_entry_new (), *clamp = adw_clamp_new ();

  g_object_set (search, "placeholder-text", _("An action or a key"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Find an action or a key"), -1);
  g_signal_connect_data (search, "search-changed", G_CALLBACK (on_search), entries, (GClosureNotify) (GCallback) g_array_unref, 0);
  g_signal_connect (search, "stop-search", G_CALLBACK (on_stop), NULL);
  gtk_widget_set_margin_start (clamp, 12);
  gtk_widget_set_margin_end (clamp, 12);
  gtk_widget_set_margin_top (clamp, 6);
  adw_clamp_set_child (ADW_CLAMP (clamp), search);
  return clamp;
}

GtkWidget *
backstep_shortcuts_new (void)
{
  GtkWidget *window = adw_window_new (), *rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *page = adw_preferences_page_new ();
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));

  g_array_set_clear_func (entries, clear_entry);
  for (int group = 0; group < BACKSTEP_N_GROUPS; group++)
    add_group (page, group, entries);
  gtk_box_append (GTK_BOX (rows), gtk_header_bar_new ());
  gtk_box_append (GTK_BOX (rows), new_search (entries));
  gtk_box_append (GTK_BOX (rows), page);
  adw_window_set_content (ADW_WINDOW (window), rows);
  gtk_window_set_title (GTK_WINDOW (window), _("Keyboard Shortcuts"));
  gtk_window_set_default_size (GTK_WINDOW (window), 680, 620);
  backstep_actions_add_escape (window);
  return window;
}
