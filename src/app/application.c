/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "actions.h"
#include "application.h"
#include "look.h"
#include "manual.h"
#include "preferences.h"
#include "settings.h"
#include "tooltips.h"
#include "window.h"
#include "workspace.h"

#define CLOSED_MAX 20
#define SAVE_SECONDS 2

struct _BackstepApplication
{
  AdwApplication parent_instance;

  BackstepDocument *early; /* started before GTK was; the first window takes it */
  int step, measured_steps;
  gboolean measure_seeks, measure_drags;
  gboolean measure_start;
  gint64 started;

  GPtrArray *closed; /* Closed, the latest last */
  guint save_id;
  gboolean recovered; /* unsaved texts were looked for */
  gboolean leaves;   /* the windows are closing: what was open before is what is remembered */
};

typedef struct {
  GFile *file;
  guint step;
} Closed;

G_DEFINE_FINAL_TYPE (BackstepApplication, backstep_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "step", 's', 0, G_OPTION_ARG_INT, NULL, N_("Begin at this step"), N_("STEP") },
  { "measure-start", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the milliseconds to the first frame and quit"), NULL },
  { "measure-drags", 0, 0, G_OPTION_ARG_INT, NULL, N_("Drag the first slider of “What if” so many times, print the milliseconds of each and quit"), N_("COUNT") },
  { "measure-seeks", 0, 0, G_OPTION_ARG_INT, NULL, N_("Go to so many places by chance, print the milliseconds of each and quit"), N_("COUNT") },
  { "measure-steps", 0, 0, G_OPTION_ARG_INT, NULL, N_("Take so many steps, print the milliseconds of each and quit"), N_("COUNT") },
  { "new-window", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Open in a window of its own"), NULL },
  { "new-instance", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Do not join a Backstep that runs already"), NULL },
  { "print-manual", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, NULL, NULL, NULL },
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

/* --- windows and tabs ------------------------------------------------------------------------------------------------------ */

BackstepTab *
backstep_application_find_file (BackstepApplication *self, GFile *file, GtkWindow **window)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l; l = l->next)
    {
      BackstepTab *tab = BACKSTEP_IS_WINDOW (l->data) ? backstep_window_find_tab (l->data, file) : NULL;

      if (tab == NULL)
        continue;
      if (window)
        *window = l->data;
      return tab;
    }
  return NULL;
}

gboolean
backstep_application_show_file (BackstepApplication *self, GFile *file)
{
  GtkWindow *window;
  BackstepTab *tab = backstep_application_find_file (self, file, &window);

  if (tab == NULL)
    return FALSE;
  backstep_window_show_tab (BACKSTEP_WINDOW (window), tab);
  gtk_window_present (window);
  return TRUE;
}

/* The one used last. */
static BackstepWindow *
find_window (BackstepApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l; l = l->next)
    if (BACKSTEP_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

static void
free_closed (gpointer data)
{
  Closed *closed = data;

  g_object_unref (closed->file);
  g_free (closed);
}

void
backstep_application_remember_closed (BackstepApplication *self, GFile *file, guint step)
{
  Closed *closed = g_new0 (Closed, 1);

  closed->file = g_object_ref (file);
  closed->step = step;
  if (self->closed->len == CLOSED_MAX)
    g_ptr_array_remove_index (self->closed, 0);
  g_ptr_array_add (self->closed, closed);
}

gboolean
backstep_application_reopen (BackstepApplication *self)
{
  BackstepWindow *window = find_window (self);

  while (self->closed->len > 0 && window != NULL)
    {
      Closed *closed = g_ptr_array_steal_index (self->closed, self->closed->len - 1);
      gboolean open = backstep_application_find_file (self, closed->file, NULL) != NULL;

      if (!open)
        {
          backstep_window_add_pending (window, closed->file, closed->step);
          backstep_window_show_tab (window, backstep_window_find_tab (window, closed->file));
        }
      free_closed (closed);
      if (!open)
        return TRUE;
    }
  return FALSE;
}

/* --- what is open, remembered ----------------------------------------------------------------------------------------------- */

/* A Backstep of its own leaves the one of the desktop alone. */
static gboolean
has_workspace (BackstepApplication *self)
{
  return (g_application_get_flags (G_APPLICATION (self)) & G_APPLICATION_NON_UNIQUE) == 0;
}

static void
save_now (BackstepApplication *self)
{
  g_clear_handle_id (&self->save_id, g_source_remove);
  if (has_workspace (self) && !self->leaves)
    backstep_workspace_save (gtk_application_get_windows (GTK_APPLICATION (self)));
}

static gboolean
on_save (gpointer data)
{
  BackstepApplication *self = data;

  self->save_id = 0;
  save_now (self);
  return G_SOURCE_REMOVE;
}

void
backstep_application_queue_save (BackstepApplication *self)
{
  if (self->save_id == 0 && !self->leaves && has_workspace (self))
    self->save_id = g_timeout_add_seconds (SAVE_SECONDS, on_save, self);
}

void
backstep_application_window_closes (BackstepApplication *self)
{
  guint n = 0;

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l; l = l->next)
    n += BACKSTEP_IS_WINDOW (l->data);
  if (n > 1)
    {
      backstep_application_queue_save (self);
      return;
    }
  save_now (self);
  self->leaves = TRUE;
}

void
backstep_application_go_on (BackstepApplication *self)
{
  self->leaves = FALSE;
  backstep_application_queue_save (self);
}

/* --- the desktop's wishes ---------------------------------------------------------------------------------------------------- */

static BackstepWindow *
new_window (BackstepApplication *self, BackstepDocument *document)
{
  BackstepWindow *window = backstep_window_new (self, document);

  backstep_application_go_on (self);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

/* Once, in the first window there is. */
static void
recover_unnamed (BackstepApplication *self)
{
  BackstepWindow *window = find_window (self);

  if (self->recovered || window == NULL || self->measured_steps > 0 || self->measure_start)
    return;
  self->recovered = TRUE;
  backstep_window_recover_unnamed (window);
}

static void
backstep_application_activate (GApplication *app)
{
  BackstepApplication *self = BACKSTEP_APPLICATION (app);
  BackstepWindow *window = find_window (self);

  if (window)
    gtk_window_present (GTK_WINDOW (window));
  else if (has_workspace (self) && backstep_settings_get_boolean ("restore-session", TRUE) && backstep_workspace_restore (self))
    backstep_application_go_on (self);
  else
    new_window (self, NULL);
  recover_unnamed (self);
}

/* @window: NULL for a new one, which is returned. */
static BackstepWindow *
open_document (BackstepApplication *self, GFile *file, BackstepWindow *window)
{
  g_autoptr (BackstepDocument) document = NULL;
  GFile *early = self->early ? backstep_document_get_file (self->early) : NULL;

  if (early && g_file_equal (early, file))
    document = g_steal_pointer (&self->early);
  else
    {
      document = backstep_document_new ();
      backstep_document_open (document, file);
    }
  if (self->step > 0)
    backstep_document_set_wanted_step (document, self->step);
  if (window == NULL)
    return new_window (self, document);
  backstep_window_show_document (window, document);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
backstep_application_open (GApplication *app, GFile **files, int n_files, const char *hint)
{
  BackstepApplication *self = BACKSTEP_APPLICATION (app);

  for (int i = 0; i < n_files; i++)
    if (!backstep_application_show_file (self, files[i]))
      open_document (self, files[i], find_window (self));
  recover_unnamed (self);
}

/* From `backstep --new-window FILE…`, perhaps of another process. */
static void
on_open_new_window (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  g_autofree const char **uris = g_variant_get_strv (parameter, NULL);
  BackstepWindow *window = NULL;

  for (int i = 0; uris[i]; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (uris[i]);

      if (!backstep_application_show_file (app, file))
        window = open_document (app, file, window);
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
  BackstepApplication *self = app;
  GList *windows = g_list_copy_deep (gtk_application_get_windows (app), (GCopyFunc) g_object_ref, NULL);

  save_now (self);
  self->leaves = TRUE;
  /* Each may ask about unsaved changes, and takes others with it: a table, the settings. */
  for (GList *l = windows; l; l = l->next)
    gtk_window_close (l->data);
  g_list_free_full (windows, g_object_unref);
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  GtkWidget *window = backstep_preferences_new ();

  if (window == NULL)
    return;
  gtk_window_set_transient_for (GTK_WINDOW (window), gtk_application_get_active_window (app));
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_manual (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  backstep_manual_open (gtk_application_get_active_window (app));
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
  { "new-window", on_new_window }, { "open-new-window", on_open_new_window, "as" },
  { "quit", on_quit },
  { "about", on_about }, { "preferences", on_preferences }, { "manual", on_manual },
};

static void
backstep_application_startup (GApplication *app)
{
  G_APPLICATION_CLASS (backstep_application_parent_class)->startup (app);
  backstep_tooltips_init ();
  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  backstep_actions_install_accels (GTK_APPLICATION (app));
  backstep_look_init ();
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (app), "manual")), backstep_manual_can_open ());
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
  if (g_variant_dict_contains (dict, "print-manual"))
    {
      backstep_manual_print ();
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

/* `backstep --new-window [FILE…]`: the Backstep that runs already makes the window. */
static gboolean
wants_new_window (char **arguments)
{
  gboolean any = FALSE;

  for (int i = 1; arguments[i]; i++)
    {
      if (g_str_equal (arguments[i], "--new-window"))
        any = TRUE;
      else if (arguments[i][0] == '-')
        return FALSE;
    }
  return any;
}

static int
open_new_window (GApplication *app, char **arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;

  for (int i = 1; arguments[i]; i++)
    if (!g_str_equal (arguments[i], "--new-window"))
      {
        g_autoptr (GFile) file = g_file_new_for_commandline_arg (arguments[i]);
        g_autofree char *uri = g_file_get_uri (file);

        g_strv_builder_add (builder, uri);
      }
  if (!g_application_register (app, NULL, &error))
    {
      g_printerr ("backstep: %s\n", error->message);
      return 1;
    }
  uris = g_strv_builder_end (builder);
  if (uris[0])
    g_action_group_activate_action (G_ACTION_GROUP (app), "open-new-window", g_variant_new_strv ((const char *const *) uris, -1));
  else
    g_action_group_activate_action (G_ACTION_GROUP (app), "new-window", NULL);
  return 0;
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

  if (wants_new_window (*arguments))
    {
      *status = open_new_window (app, *arguments);
      return TRUE;
    }
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
  BackstepApplication *self = BACKSTEP_APPLICATION (object);

  g_clear_object (&self->early);
  g_clear_handle_id (&self->save_id, g_source_remove);
  g_clear_pointer (&self->closed, g_ptr_array_unref);
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
  self->closed = g_ptr_array_new_with_free_func (free_closed);
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
