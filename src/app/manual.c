/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "actions.h"
#include "help.h"
#include "manual.h"
#include "place.h"

static char *
describe_keys (const BackstepActionInfo *info)
{
  g_autofree char *keys = g_strjoin (" ", info->keys ? info->keys : info->accels, info->keys ? info->accels : NULL, NULL);
  g_auto (GStrv) each = g_strsplit (keys, " ", -1);
  GString *text = g_string_new (NULL);

  for (guint i = 0; each[i]; i++)
    {
      guint key;
      GdkModifierType modifiers;
      g_autofree char *label = NULL;

      if (!gtk_accelerator_parse (each[i], &key, &modifiers))
        continue;
      label = gtk_accelerator_get_label (key, modifiers);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", label);
    }
  return g_string_free (text, FALSE);
}

static void
print_keys (void)
{
  guint n;
  const BackstepActionInfo *actions = backstep_actions_get (&n);

  printf ("# %s\n", _("Keyboard shortcuts"));
  for (int group = 0; group < BACKSTEP_N_GROUPS; group++)
    {
      printf ("\n## %s\n", backstep_actions_group_title (group));
      for (guint i = 0; i < n; i++)
        if (actions[i].group == group && (actions[i].keys || actions[i].accels))
          {
            g_autofree char *keys = describe_keys (&actions[i]);

            printf ("| %s | %s\n", keys, _(actions[i].label));
          }
    }
}

void
backstep_manual_print (void)
{
  const char *title, *text;

  for (guint i = 0; backstep_help_get_topic (i, &title, &text); i++)
    printf ("# %s\n\n%s\n\n", title, text);
  print_keys ();
}

/* In the language of the window, else in English. */
static char *
find_manual (void)
{
  const char *const *languages = g_get_language_names ();

  for (guint i = 0; languages[i]; i++)
    {
      g_autofree char *name = g_strdup_printf ("manual-%s.html", g_str_equal (languages[i], "C") ? "en" : languages[i]);
      g_autofree char *path = bs_in_build_tree () ? g_build_filename (BS_BUILD_ROOT, "data", "manual", name, NULL)
                                                  : g_build_filename (BS_DOCDIR, name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

gboolean
backstep_manual_can_open (void)
{
  g_autofree char *path = find_manual ();
  g_autoptr (GAppInfo) browser = g_app_info_get_default_for_type ("text/html", FALSE);

  return path != NULL && browser != NULL;
}

void
backstep_manual_open (GtkWindow *window)
{
  g_autofree char *path = find_manual (), *uri = path ? g_filename_to_uri (path, NULL, NULL) : NULL;

  if (uri)
    gtk_show_uri (window, uri, GDK_CURRENT_TIME);
}
