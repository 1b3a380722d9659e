/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "actions.h"
#include "application.h"
#include "window.h"

struct _BackstepApplication
{
  AdwApplication parent_instance;

  BackstepDocument *early; /* started before GTK was; the first window takes it */
  int step, measured_steps;
  gboolean measure_seeks, measure_drags;
  gboolean measure_start;
  gint64 started;
};

G_DEFINE_FINAL_TYPE (BackstepApplication, backstep_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "step", 's', 0, G_OPTION_ARG_INT, NULL, N_("Begin at this step"), N_("STEP") },
  { "measure-start", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the milliseconds to the first frame and quit"), NULL },
  { "measure-drags", 0, 0, G_OPTION_ARG_INT, NULL, N_("Drag the first slider of “What if” so many times, print the milliseconds of each and quit"), N_("COUNT") },
  { "measure-seeks", 0, 0, G_OPTION_ARG_INT, NULL, N_("Go to so many places by chance, print the milliseconds of each and quit"), N_("COUNT") },
  { "measure-steps", 0, 0, G_OPTION_ARG_INT, NULL, N_("Take so many steps, print the milliseconds of each and quit"), N_("COUNT") },
  { "new-instance", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Do not join a Backstep that runs already"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
  { NULL }
};

/* When the kernel started this process, on the clock of g_get_monotonic_time(). */
static gint64
process_start (void)
{
  g_autofree char *text = NULL;
  unsigned long long ticks = 0;
  struct timespec boot, mono;
  const char *rest;

  clock_gettime (CLOCK_BOOTTIME, &boot);
  clock_gettime (CLOCK_MONOTONIC, &mono);
  if (!g_file_get_contents ("/proc/self/stat", &text, NULL, NULL) || (rest = strrchr (text, ')')) == NULL
      || sscanf (rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ticks) != 1)
    return g_get_monotonic_time ();
  return (gint64) ticks * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK)
    - ((boot.tv_sec - mono.tv_sec) * G_USEC_PER_SEC + (boot.tv_nsec - mono.tv_nsec) / 1000);
}

static BackstepWindow *
new_window (BackstepApplication *self, BackstepDocument *document)
{
  BackstepWindow *window = backstep_window_new (self, document);

  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
backstep_application_activate (GApplication *app)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (app));

  if (window)
    gtk_window_present (window);
  else
    new_window (BACKSTEP_APPLICATION (app), NULL);
}

static void
backstep_application_open (GApplication *app, GFile **files, int n_files, const char *hint)
{
  BackstepApplication *self = BACKSTEP_APPLICATION (app);

  for (int i = 0; i < n_files; i++)
    {
      g_autoptr (BackstepDocument) document = NULL;
      GFile *early = self->early ? backstep_document_get_file (self->early) : NULL;

      if (early && g_file_equal (early, files[i]))
        document = g_steal_pointer (&self->early);
      else
        {
          document = backstep_document_new ();
          backstep_document_open (document, files[i]);
        }
      if (self->step > 0)
        backstep_document_set_wanted_step (document, self->step);
      new_window (self, document);
    }
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  new_window (app, NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  GList *windows = g_list_copy (gtk_application_get_windows (app));

  /* Each may ask about unsaved changes. */
  for (GList *l = windows; l; l = l->next)
    gtk_window_close (l->data);
  g_list_free (windows);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  adw_show_about_window (gtk_application_get_active_window (app),
                         "application-name", _("Backstep"),
                         "application-icon", BS_APP_ID,
                         "version", BS_VERSION,
                         "license-type", GTK_LICENSE_MIT_X11,
                         "developer-name", _("The Backstep authors"),
                         "comments", _("See gradients flow, step by step, both ways"),
                         /* Translators: your names, one a line */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static const GActionEntry actions[] = {
  { "new-window", on_new_window },
  { "quit", on_quit },
  { "about", on_about },
};

static void
backstep_application_startup (GApplication *app)
{
  G_APPLICATION_CLASS (backstep_application_parent_class)->startup (app);
  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  backstep_actions_install_accels (GTK_APPLICATION (app));
  gtk_window_set_default_icon_name (BS_APP_ID);
  if (gdk_display_get_default ())
    gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                      "/io/github/backstep/Backstep/icons");
}

static int
backstep_application_handle_local_options (GApplication *app, GVariantDict *dict)
{
  BackstepApplication *self = BACKSTEP_APPLICATION (app);

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("backstep %s\n", BS_VERSION);
      return 0;
    }
  g_variant_dict_lookup (dict, "step", "i", &self->step);
  g_variant_dict_lookup (dict, "measure-steps", "i", &self->measured_steps);
  self->measure_seeks = g_variant_dict_lookup (dict, "measure-seeks", "i", &self->measured_steps);
  self->measure_drags = g_variant_dict_lookup (dict, "measure-drags", "i", &self->measured_steps);
  self->measure_start = g_variant_dict_contains (dict, "measure-start");
  if (g_variant_dict_contains (dict, "new-instance") || self->measure_start || self->measured_steps > 0 || self->step > 0)
    g_application_set_flags (app, g_application_get_flags (app) | G_APPLICATION_NON_UNIQUE);
  if (self->measure_start || self->measured_steps > 0)
    self->started = process_start ();
  /* The other Backstep may be just leaving the bus: then this one stands alone. */
  if (!g_application_register (app, NULL, NULL))
    g_application_set_flags (app, g_application_get_flags (app) | G_APPLICATION_NON_UNIQUE);
  return -1;
}

/* The script runs while GTK starts. A Backstep that runs already opens the file itself: then this one must not. */
static gboolean
backstep_application_local_command_line (GApplication *app, char ***arguments, int *status)
{
  BackstepApplication *self = BACKSTEP_APPLICATION (app);
  guint n = g_strv_length (*arguments);
  const char *last = n > 1 ? (*arguments)[n - 1] : NULL;
  g_autoptr (GFile) file = last && last[0] != '-' ? g_file_new_for_commandline_arg (last) : NULL;
  gboolean alone = g_strv_contains ((const char *const *) *arguments, "--new-instance")
    || g_getenv ("DBUS_SESSION_BUS_ADDRESS") == NULL || n > 2;

  if (file && alone && g_file_query_exists (file, NULL))
    {
      self->early = backstep_document_new ();
      backstep_document_open (self->early, file);
    }
  return G_APPLICATION_CLASS (backstep_application_parent_class)->local_command_line (app, arguments, status);
}

gint64
backstep_application_get_started (BackstepApplication *self)
{
  return self->measure_start ? self->started : 0;
}

guint
backstep_application_get_measured_steps (BackstepApplication *self)
{
  return MAX (self->measured_steps, 0);
}

static void
backstep_application_dispose (GObject *object)
{
  g_clear_object (&BACKSTEP_APPLICATION (object)->early);
  G_OBJECT_CLASS (backstep_application_parent_class)->dispose (object);
}

static void
backstep_application_class_init (BackstepApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_application_dispose;
  app_class->activate = backstep_application_activate;
  app_class->open = backstep_application_open;
  app_class->startup = backstep_application_startup;
  app_class->handle_local_options = backstep_application_handle_local_options;
  app_class->local_command_line = backstep_application_local_command_line;
}

static void
backstep_application_init (BackstepApplication *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

BackstepApplication *
backstep_application_new (void)
{
  return g_object_new (BACKSTEP_TYPE_APPLICATION, "application-id", BS_APP_ID, "flags", G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/io/github/backstep/Backstep", NULL);
}

gboolean
backstep_application_measures_seeks (BackstepApplication *self)
{
  return self->measure_seeks;
}

gboolean
backstep_application_measures_drags (BackstepApplication *self)
{
  return self->measure_drags;
}
