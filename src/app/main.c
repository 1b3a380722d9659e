/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "application.h"
#include "settings.h"

int
main (int argc, char **argv)
{
  g_autoptr (BackstepApplication) app = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, backstep_in_build_tree () ? BS_BUILD_ROOT "/po" : BS_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  backstep_settings_prepare ();
  g_set_application_name (_("Backstep"));
  app = backstep_application_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
