/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gstdio.h>

#include "window.h"
#include "workspace.h"

#define WINDOWS_MAX 20
#define TABS_MAX 100
#define FILE_SIZE_MAX (1 << 20)

static char *
dup_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "backstep", "workspace.ini", NULL);
}

/* --- saving --------------------------------------------------------------------------------------------------------------- */

static void
add_window (GKeyFile *keys, BackstepWindow *window, guint number)
{
  g_autofree char *group = g_strdup_printf ("window %u", number);
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (int));
  int width, height, shown = 0;

  for (guint i = 0; i < backstep_window_get_n_tabs (window); i++)
    {
      BackstepTab *tab = backstep_window_get_tab (window, i);
      GFile *file = backstep_tab_get_file (tab);
      int step = backstep_tab_get_step (tab);

      if (file == NULL)
        continue;
      if (tab == backstep_window_get_shown_tab (window))
        shown = uris->len;
      g_ptr_array_add (uris, g_file_get_uri (file));
      g_array_append_val (steps, step);
    }
  if (uris->len == 0)
    return;
  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  g_key_file_set_integer (keys, group, "width", width);
  g_key_file_set_integer (keys, group, "height", height);
  g_key_file_set_boolean (keys, group, "maximized", gtk_window_is_maximized (GTK_WINDOW (window)));
  g_key_file_set_integer (keys, group, "shown", shown);
  g_key_file_set_string_list (keys, group, "files", (const char *const *) uris->pdata, uris->len);
  g_key_file_set_integer_list (keys, group, "steps", (int *) steps->data, steps->len);
}

/* The one used last comes first. */
void
backstep_workspace_save (GList *windows)
{
  static char *saved;
  g_autofree char *path = dup_path (), *folder = g_path_get_dirname (path), *text = NULL;
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  guint n = 0;

  for (GList *l = windows; l; l = l->next)
    if (BACKSTEP_IS_WINDOW (l->data))
      add_window (keys, l->data, n++);
  text = g_key_file_to_data (keys, NULL, NULL);
  if (g_strcmp0 (text, saved) == 0)
    return;
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents (path, text, -1, NULL))
    return;
  g_free (saved);
  saved = g_steal_pointer (&text);
}

/* --- restoring ------------------------------------------------------------------------------------------------------------ */

static GKeyFile *
load (void)
{
  g_autofree char *path = dup_path ();
  GKeyFile *keys = g_key_file_new ();
  GStatBuf info;

  if (g_stat (path, &info) == 0 && info.st_size <= FILE_SIZE_MAX)
    g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL);
  return keys;
}

static void
restore_size (GKeyFile *keys, const char *group, GtkWindow *window)
{
  int width = g_key_file_get_integer (keys, group, "width", NULL), height = g_key_file_get_integer (keys, group, "height", NULL);

  if (width > 0 && height > 0)
    gtk_window_set_default_size (window, CLAMP (width, 360, 16384), CLAMP (height, 240, 16384));
  if (g_key_file_get_boolean (keys, group, "maximized", NULL))
    gtk_window_maximize (window);
  else
    gtk_window_unmaximize (window);
}

typedef struct {
  BackstepApplication *app;
  guint step;
} Far;

static void
on_far_info (GObject *file, GAsyncResult *result, gpointer data)
{
  Far *far = data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (file), result, NULL);
  GList *l = gtk_application_get_windows (GTK_APPLICATION (far->app));

  while (l && !BACKSTEP_IS_WINDOW (l->data))
    l = l->next;
  if (info && l && !backstep_application_find_file (far->app, G_FILE (file), NULL))
    backstep_window_add_pending (l->data, G_FILE (file), far->step);
  g_object_unref (far->app);
  g_free (far);
}

/* At a network address, which may answer late or never: its tab comes when it has, and nobody waits for it. */
static void
restore_far (BackstepApplication *app, GFile *file, guint step)
{
  Far *far = g_new (Far, 1);

  *far = (Far) { g_object_ref (app), step };
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, G_PRIORITY_LOW, NULL, on_far_info, far);
}

static gboolean
restore_window (BackstepApplication *app, GKeyFile *keys, const char *group)
{
  g_auto (GStrv) uris = g_key_file_get_string_list (keys, group, "files", NULL, NULL);
  gsize n_steps = 0;
  g_autofree int *steps = g_key_file_get_integer_list (keys, group, "steps", &n_steps, NULL);
  int shown = g_key_file_get_integer (keys, group, "shown", NULL);
  g_autoptr (GFile) shown_file = NULL;
  BackstepWindow *window = NULL;

  for (int i = 0; uris && uris[i] && i < TABS_MAX; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (uris[i]);

      if (!g_file_is_native (file))
        {
          restore_far (app, file, i < (int) n_steps ? MAX (steps[i], 0) : 0);
          continue;
        }
      if (!g_file_query_exists (file, NULL) || backstep_application_find_file (app, file, NULL))
        continue;
      if (window == NULL)
        window = backstep_window_new (app, NULL);
      backstep_window_add_pending (window, file, i < (int) n_steps ? MAX (steps[i], 0) : 0);
      if (i == shown || shown_file == NULL)
        g_set_object (&shown_file, file);
    }
  if (window == NULL)
    return FALSE;
  restore_size (keys, group, GTK_WINDOW (window));
  backstep_window_show_tab (window, backstep_window_find_tab (window, shown_file));
  backstep_window_drop_empty (window);
  gtk_window_present (GTK_WINDOW (window));
  return TRUE;
}

gboolean
backstep_workspace_restore (BackstepApplication *app)
{
  g_autoptr (GKeyFile) keys = load ();
  gsize n;
  g_auto (GStrv) groups = g_key_file_get_groups (keys, &n);
  gboolean any = FALSE;

  /* The last one presented stands in front. */
  for (gsize i = MIN (n, WINDOWS_MAX); i-- > 0;)
    any = restore_window (app, keys, groups[i]) || any;
  return any;
}
