/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "graphfile/graphfile.h"
#include "mnemonic.h"
#include "window-private.h"

#define SETTLE_MS 400 /* an editor writes a file in several goes */

void
backstep_window_say (BackstepWindow *self, const char *text)
{
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), adw_toast_new (text));
}

void
backstep_window_say_error (BackstepWindow *self, const char *what, const GError *error)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), what, error->message);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  backstep_mnemonic_name_buttons (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- opening ------------------------------------------------------------------------------------------------------------ */

static gboolean
remember (gpointer data)
{
  BackstepWindow *self = data;
  GFile *file = self->document ? backstep_document_get_file (self->document) : NULL;
  g_autofree char *uri = file ? g_file_get_uri (file) : NULL;

  if (uri && backstep_document_get_problem (self->document) == NULL)
    gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri);
  return G_SOURCE_REMOVE;
}

static void
open_now (BackstepWindow *self, GFile *file)
{
  g_autoptr (BackstepDocument) document = backstep_document_new ();

  backstep_document_open (document, file);
  backstep_window_show_document (self, document);
}

typedef struct {
  BackstepWindow *window;
  GPtrArray *tabs;
  BackstepMayGo answer;
  gpointer data;
  char *response;
} Question;

static void
free_question (gpointer data)
{
  Question *question = data;

  g_object_unref (question->window);
  g_ptr_array_unref (question->tabs);
  g_free (question->response);
  g_free (question);
}

static void save_tab (BackstepWindow *self, BackstepTab *tab, GFile *file);

static gboolean
act_on_response (gpointer data)
{
  Question *question = data;
  BackstepWindow *self = question->window;
  const char *response = question->response;
  gboolean may = !g_str_equal (response, "cancel");
  BackstepTab *unnamed = NULL;

  for (guint i = 0; g_str_equal (response, "save") && i < question->tabs->len; i++)
    {
      BackstepTab *tab = g_ptr_array_index (question->tabs, i);

      if (backstep_tab_get_file (tab))
        save_tab (self, tab, backstep_tab_get_file (tab));
      else
        unnamed = tab;
      may = may && !backstep_tab_is_modified (tab);
    }
  for (guint i = 0; g_str_equal (response, "discard") && i < question->tabs->len; i++)
    backstep_tab_drop_draft (g_ptr_array_index (question->tabs, i));
  question->answer (self, may, question->data);
  /* It stays open, and is asked where it is to be. */
  if (unnamed)
    {
      backstep_window_show_tab (self, unnamed);
      backstep_window_save_as (self);
    }
  return G_SOURCE_REMOVE;
}

/* When the dialog is gone: one that outlives its window has GTK look for that in freed memory. */
static void
on_may_drop (AdwMessageDialog *dialog, const char *response, Question *question)
{
  question->response = g_strdup (response);
  g_idle_add_full (G_PRIORITY_DEFAULT, act_on_response, question, free_question);
}

static char *
describe_changes (GPtrArray *tabs)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < tabs->len; i++)
    {
      g_autofree char *name = backstep_tab_dup_name (g_ptr_array_index (tabs, i));

      g_string_append_printf (names, "%s%s", i > 0 ? "\n" : "", name);
    }
  if (tabs->len == 1)
    return g_strdup_printf (_("“%s” has been edited. Without saving, the changes are lost."), names->str);
  return g_strdup_printf (_("These scripts have been edited. Without saving, the changes are lost.\n\n%s"), names->str);
}

void
backstep_window_ask_about_changes (BackstepWindow *self, GPtrArray *tabs, BackstepMayGo answer, gpointer data)
{
  g_autofree char *text = describe_changes (tabs);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Save the changes?"), text);
  Question *question = g_new0 (Question, 1);

  question->window = g_object_ref (self);
  question->tabs = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tabs->len; i++)
    g_ptr_array_add (question->tabs, g_object_ref (g_ptr_array_index (tabs, i)));
  question->answer = answer;
  question->data = data;
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "discard", _("_Discard"),
                                    "save", tabs->len > 1 ? _("_Save All") : _("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_may_drop), question); /* comes once, whatever closes it */
  backstep_mnemonic_name_buttons (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
backstep_window_open_file (BackstepWindow *self, GFile *file)
{
  BackstepApplication *app = BACKSTEP_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));

  if (!backstep_application_show_file (app, file))
    open_now (self, file);
}

static void
replace (BackstepWindow *self, gboolean may, gpointer data)
{
  g_autoptr (GFile) file = data;

  if (!may)
    return;
  gtk_widget_set_visible (self->disk_bar, FALSE);
  backstep_document_open (self->document, file);
  backstep_window_update_state (self);
  backstep_window_watch_file (self);
  gtk_widget_grab_focus (self->canvas);
}

/* From the page of examples: what is shown makes room, unless the file is open in another tab. */
void
backstep_window_open_here (BackstepWindow *self, GFile *file)
{
  BackstepApplication *app = BACKSTEP_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  g_autoptr (GPtrArray) tabs = g_ptr_array_new ();

  if (backstep_application_show_file (app, file))
    return;
  g_ptr_array_add (tabs, self->tab);
  if (self->document == NULL)
    open_now (self, file);
  else if (backstep_tab_is_modified (self->tab))
    backstep_window_ask_about_changes (self, tabs, replace, g_object_ref (file));
  else
    replace (self, TRUE, g_object_ref (file));
}

static void
on_may_close (BackstepWindow *self, gboolean may, gpointer data)
{
  self->closing = may;
  if (may)
    gtk_window_close (GTK_WINDOW (self));
  else
    backstep_application_go_on (BACKSTEP_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))));
}

gboolean
backstep_window_may_close (BackstepWindow *self)
{
  g_autoptr (GPtrArray) modified = backstep_window_dup_modified (self);

  if (self->closing || modified->len == 0)
    return TRUE;
  backstep_window_ask_about_changes (self, modified, on_may_close, NULL);
  return FALSE;
}

/* --- choosing ------------------------------------------------------------------------------------------------------------ */

typedef void (*Chosen) (BackstepWindow *self, GFile *file);

static void
on_chosen (GtkNativeDialog *dialog, int response, BackstepWindow *self)
{
  Chosen chosen = g_object_get_data (G_OBJECT (dialog), "chosen");
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  BackstepTab *tab = g_object_get_data (G_OBJECT (dialog), "tab");

  if (file && gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog)) == GTK_FILE_CHOOSER_ACTION_SAVE && tab != self->tab)
    {
      /* Another file was opened meanwhile, from outside: what is saved is what the question was about. */
      if (gtk_widget_is_ancestor (GTK_WIDGET (tab), GTK_WIDGET (self->tab_view)))
        backstep_window_show_tab (self, tab);
      else
        g_clear_object (&file);
    }
  g_clear_object (&self->chooser);
  if (file)
    chosen (self, file);
}

static void
choose (BackstepWindow *self, const char *title, GtkFileChooserAction action, const char *name, Chosen chosen)
{
  GFile *now = self->document ? backstep_document_get_file (self->document) : NULL;
  g_autoptr (GFile) folder = now ? g_file_get_parent (now) : NULL;

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (folder)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), folder, NULL);
  if (name)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_object_set_data (G_OBJECT (self->chooser), "chosen", chosen);
  g_object_set_data_full (G_OBJECT (self->chooser), "tab", g_object_ref (self->tab), g_object_unref);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
}

static void
add_filter (BackstepWindow *self, const char *name, const char *const *patterns)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  for (int i = 0; patterns[i]; i++)
    gtk_file_filter_add_pattern (filter, patterns[i]);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
}

static char *
name_with (BackstepWindow *self, const char *ending)
{
  g_autofree char *name = backstep_document_dup_name (self->document);
  char *dot = name ? strrchr (name, '.') : NULL;

  if (dot)
    *dot = '\0';
  return g_strconcat (name ? name : "backstep", ending, NULL);
}

void
backstep_window_choose_file (BackstepWindow *self)
{
  choose (self, _("Open a script or a recording"), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, backstep_window_open_file);
  add_filter (self, _("Scripts, graphs and recordings"), (const char *const[]) { "*.py", "*.dot", "*.gv", "*.backstep", NULL });
  add_filter (self, _("All files"), (const char *const[]) { "*", NULL });
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
backstep_window_ask_path (BackstepWindow *self, const char *title, const char *ending, const char *filter, const char *const *patterns,
                          void (*chosen) (BackstepWindow *self, GFile *file))
{
  g_autofree char *name = name_with (self, ending);

  choose (self, title, GTK_FILE_CHOOSER_ACTION_SAVE, name, chosen);
  if (filter)
    add_filter (self, filter, patterns);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- saving -------------------------------------------------------------------------------------------------------------- */

static void
save_tab (BackstepWindow *self, BackstepTab *tab, GFile *file)
{
  g_autofree char *text = backstep_source_dup_text (BACKSTEP_SOURCE (tab->source));
  g_autoptr (GError) error = NULL;

  if (!backstep_document_save (tab->document, file, text, &error))
    {
      backstep_window_say_error (self, _("The script could not be saved"), error);
      return;
    }
  backstep_source_set_saved (BACKSTEP_SOURCE (tab->source));
  if (tab != self->tab)
    return;
  gtk_widget_set_visible (self->disk_bar, FALSE);
  backstep_window_watch_file (self);
  backstep_window_update_state (self);
}

static void
save_to (BackstepWindow *self, GFile *file)
{
  save_tab (self, self->tab, file);
}

void
backstep_window_save (BackstepWindow *self)
{
  if (self->document && backstep_document_get_file (self->document))
    save_to (self, backstep_document_get_file (self->document));
  else if (self->document)
    backstep_window_save_as (self);
}

void
backstep_window_save_as (BackstepWindow *self)
{
  g_autofree char *old = self->document ? backstep_document_dup_name (self->document) : NULL;
  g_autofree char *name = bs_graph_file_is_name (old) ? g_strdup (old) : name_with (self, ".py");

  choose (self, _("Save the script"), GTK_FILE_CHOOSER_ACTION_SAVE, name, save_to);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
save_recording_to (BackstepWindow *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GError) error = NULL;

  if (path && !bs_recording_save (backstep_document_get_recording (self->document), path, &error))
    backstep_window_say_error (self, _("The recording could not be saved"), error);
  else
    backstep_window_say (self, _("The recording is saved."));
}

void
backstep_window_save_recording (BackstepWindow *self)
{
  g_autofree char *name = name_with (self, ".backstep");

  choose (self, _("Save the recording"), GTK_FILE_CHOOSER_ACTION_SAVE, name, save_recording_to);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* --- running again -------------------------------------------------------------------------------------------------------- */

/* The text as it stands, saved or not; the cursor goes back to the same place of the same pass, if the run gets there. */
void
backstep_window_run_again (BackstepWindow *self)
{
  g_autofree char *text = backstep_source_dup_text (BACKSTEP_SOURCE (self->source));

  backstep_document_keep_place (self->document);
  if (backstep_document_run (self->document, text, strlen (text), !backstep_source_is_modified (BACKSTEP_SOURCE (self->source))))
    backstep_source_set_run (BACKSTEP_SOURCE (self->source));
  else
    backstep_document_set_wanted_step (self->document, 0);
}

void
backstep_window_reload (BackstepWindow *self)
{
  GFile *file = self->document ? backstep_document_get_file (self->document) : NULL;
  g_autoptr (GFile) copy = file ? g_object_ref (file) : NULL;

  if (copy == NULL)
    return;
  gtk_widget_set_visible (self->disk_bar, FALSE);
  backstep_document_keep_place (self->document);
  if (!backstep_document_open (self->document, copy))
    backstep_document_set_wanted_step (self->document, 0);
  backstep_window_update_state (self);
}

static gboolean
on_settled (gpointer data)
{
  BackstepWindow *self = data;

  self->settle_id = 0;
  if (self->document == NULL || !backstep_document_differs_from_disk (self->document))
    return G_SOURCE_REMOVE;
  if (backstep_source_is_modified (BACKSTEP_SOURCE (self->source)))
    gtk_widget_set_visible (self->disk_bar, TRUE);
  else
    backstep_window_reload (self);
  return G_SOURCE_REMOVE;
}

/* It may have changed while another tab was shown. */
void
backstep_window_check_disk (BackstepWindow *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_idle_add (on_settled, self);
}

static void
on_file_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, BackstepWindow *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE_MS, on_settled, self);
}

static gboolean
start_watching (gpointer data)
{
  BackstepWindow *self = data;
  GFile *file = self->document ? backstep_document_get_file (self->document) : NULL;

  g_clear_object (&self->monitor);
  if (file)
    self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_file_changed), self, 0);
  remember (self);
  return G_SOURCE_REMOVE;
}

/* Both this and the list of recent files can wait for the first frame. */
void
backstep_window_watch_file (BackstepWindow *self)
{
  g_idle_add_full (G_PRIORITY_LOW, start_watching, g_object_ref (self), g_object_unref);
}

/* --- drag and drop --------------------------------------------------------------------------------------------------------- */

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, BackstepWindow *self)
{
  GFile *file = g_value_get_object (value);

  if (file == NULL)
    return FALSE;
  backstep_window_open_file (self, file);
  return TRUE;
}

void
backstep_window_init_files (BackstepWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
