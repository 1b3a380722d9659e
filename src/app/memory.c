/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gstdio.h>

#include "memory.h"

#define FILES_MAX 200
#define FILE_SIZE_MAX (1 << 20)

static char *
dup_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "backstep", "files.ini", NULL);
}

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

/* A group's name must not hold brackets, which an address may. */
static char *
group_of (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  return g_uri_escape_string (uri, ":/@!$&'()*+,;=", FALSE);
}

char **
backstep_memory_get_list (GFile *file, const char *key)
{
  g_autoptr (GKeyFile) keys = file ? load () : NULL;
  g_autofree char *group = file ? group_of (file) : NULL;
  char **list = file ? g_key_file_get_string_list (keys, group, key, NULL, NULL) : NULL;

  return list ? list : g_new0 (char *, 1);
}

static void
forget_oldest (GKeyFile *keys)
{
  gsize n;
  g_auto (GStrv) groups = g_key_file_get_groups (keys, &n);

  for (gsize i = 0; n > FILES_MAX && i < n - FILES_MAX; i++)
    g_key_file_remove_group (keys, groups[i], NULL);
}

void
backstep_memory_set_list (GFile *file, const char *key, const char *const *values)
{
  g_autofree char *path = dup_path (), *folder = g_path_get_dirname (path), *group = NULL;
  g_autoptr (GKeyFile) keys = NULL;
  guint n = g_strv_length ((char **) values);
  gboolean known;

  if (file == NULL)
    return;
  keys = load ();
  group = group_of (file);
  known = g_key_file_has_key (keys, group, key, NULL);
  if (n == 0 && !known)
    return;
  if (n > 0)
    g_key_file_set_string_list (keys, group, key, values, n);
  else
    g_key_file_remove_key (keys, group, key, NULL);
  forget_oldest (keys);
  g_mkdir_with_parents (folder, 0700);
  g_key_file_save_to_file (keys, path, NULL);
}
