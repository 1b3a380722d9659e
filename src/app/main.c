/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "application.h"
#include "drafts.h"
#include "place.h"
#include "settings.h"

/* Without a graphics card GL is done by the processor, slower than Cairo, which draws our pictures anyway; and asking for
 * it costs a fifth of the start. A browser draws by itself, and shows nothing of Cairo's. What the user has set stands. */
static void
choose_renderer (void)
{
  g_autoptr (GDir) cards = g_dir_open ("/dev/dri", 0, NULL);

  if ((cards != NULL && g_dir_read_name (cards) != NULL) || g_strcmp0 (g_getenv ("GDK_BACKEND"), "broadway") == 0)
    return;
  if (g_getenv ("GDK_DEBUG") == NULL && g_getenv ("GSK_RENDERER") == NULL)
    g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
}

int
main (int argc, char **argv)
{
  g_autoptr (BackstepApplication) app = NULL;
  int status;

  choose_renderer ();
  setlocale (LC_ALL, "");
  bs_find_translations ();
  backstep_settings_prepare ();
  g_set_application_name (_("Backstep"));
  app = backstep_application_new ();
  status = g_application_run (G_APPLICATION (app), argc, argv);
  backstep_drafts_flush (); /* a draft given up at the end does not come back */
  return status;
}
