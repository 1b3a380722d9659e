/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "recent.h"
#include "settings.h"

static int
by_date (gconstpointer a, gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_visited ((GtkRecentInfo *) b), gtk_recent_info_get_visited ((GtkRecentInfo *) a));
}

static gboolean
is_ours (GtkRecentInfo *info)
{
  g_autoptr (GFile) file = g_file_new_for_uri (gtk_recent_info_get_uri (info));

  return g_file_peek_path (file) != NULL && gtk_recent_info_has_application (info, g_get_application_name ());
}

GPtrArray *
backstep_recent_dup_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) gtk_recent_info_unref);
  GList *items = g_list_sort (gtk_recent_manager_get_items (gtk_recent_manager_get_default ()), by_date);
  int limit = backstep_settings_get_int ("recent-limit", 8);

  for (GList *l = items; l && (int) list->len < limit; l = l->next)
    if (is_ours (l->data) && gtk_recent_info_exists (l->data))
      g_ptr_array_add (list, gtk_recent_info_ref (l->data));
  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
  return list;
}

void
backstep_recent_clear (void)
{
  GtkRecentManager *manager = gtk_recent_manager_get_default ();
  GList *items = gtk_recent_manager_get_items (manager);

  for (GList *l = items; l; l = l->next)
    if (is_ours (l->data))
      gtk_recent_manager_remove_item (manager, gtk_recent_info_get_uri (l->data), NULL);
  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
}

/* An underscore is no mnemonic here; the folder tells files of one name apart. */
static char *
label_of (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file), *folder = NULL;
  g_autoptr (GFile) parent = g_file_get_parent (file);
  g_auto (GStrv) parts = NULL;
  g_autofree char *text = NULL;

  folder = parent ? g_file_get_basename (parent) : NULL;
  /* Translators: a file and its folder: "xor.py — examples" */
  text = folder ? g_strdup_printf (C_("recent file", "%s — %s"), name, folder) : g_steal_pointer (&name);
  parts = g_strsplit (text, "_", -1);
  return g_strjoinv ("__", parts);
}

static GMenuModel *
make_menu (void)
{
  g_autoptr (GPtrArray) list = backstep_recent_dup_list ();
  GMenu *menu = g_menu_new (), *section = g_menu_new ();

  for (guint i = 0; i < list->len; i++)
    {
      const char *uri = gtk_recent_info_get_uri (list->pdata[i]);
      g_autoptr (GFile) file = g_file_new_for_uri (uri);
      g_autofree char *label = label_of (file);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "win.open-uri", "s", uri);
      g_menu_append_item (section, item);
    }
  if (g_menu_model_get_n_items (G_MENU_MODEL (section)) == 0)
    /* Translators: in place of the recent files, when there are none; it cannot be chosen */
    g_menu_append (section, _("Nothing was opened yet"), "win.nothing");
  g_menu_append_section (menu, _("Opened lately"), G_MENU_MODEL (section));
  g_object_unref (section);
  return G_MENU_MODEL (menu);
}

static void
make_popup (GtkMenuButton *button, gpointer data)
{
  g_autoptr (GMenuModel) menu = make_menu ();

  gtk_menu_button_set_menu_model (button, menu);
}

void
backstep_recent_attach (GtkMenuButton *button)
{
  gtk_menu_button_set_create_popup_func (button, make_popup, NULL, NULL);
}
