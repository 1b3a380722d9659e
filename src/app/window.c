/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "actions.h"
#include "math-view.h"
#include "mnemonic.h"
#include "progress.h"
#include "recent.h"
#include "recording/describe.h"
#include "sentence.h"
#include "settings.h"
#include "table.h"
#include "graphfile/graphfile.h"
#include "window-private.h"
#include "wrap.h"

G_DEFINE_FINAL_TYPE (BackstepWindow, backstep_window, ADW_TYPE_APPLICATION_WINDOW)

#define MANY_EVENTS 1000 /* from here on the header counts */

static gboolean on_first_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data);

/* --- the cursor ----------------------------------------------------------------------------------------------------- */

static void
refresh_status (BackstepWindow *self)
{
  g_autofree char *text = self->cursor ? backstep_status (self->cursor) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (self->status_label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->status_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* Everything that shows the cursor, once a frame however often it has moved. */
void
backstep_window_refresh_now (BackstepWindow *self)
{
  guint32 step = self->cursor ? bs_cursor_get_step (self->cursor) : 0;

  if (self->cursor == NULL)
    return;
  backstep_window_refresh_predict (self);
  backstep_canvas_refresh (BACKSTEP_CANVAS (self->canvas), self->animate && step != self->refreshed_step);
  self->animate = FALSE;
  self->refreshed_step = step;
  if (gtk_widget_get_mapped (self->source))
    backstep_source_refresh (BACKSTEP_SOURCE (self->source));
  backstep_output_refresh (BACKSTEP_OUTPUT (self->output));
  if (gtk_widget_get_mapped (self->variables))
    backstep_variables_refresh (BACKSTEP_VARIABLES (self->variables));
  if (gtk_widget_get_mapped (self->outline))
    backstep_outline_refresh (BACKSTEP_OUTLINE (self->outline), self->cursor);
  if (gtk_widget_get_mapped (self->inspector))
    backstep_inspector_refresh (BACKSTEP_INSPECTOR (self->inspector));
  if (gtk_widget_get_mapped (self->runs))
    backstep_runs_refresh (BACKSTEP_RUNS (self->runs));
  backstep_timeline_refresh (BACKSTEP_TIMELINE (self->timeline));
  backstep_plots_refresh (BACKSTEP_PLOTS (self->parameters));
  backstep_plots_refresh (BACKSTEP_PLOTS (self->losses));
  backstep_landscape_refresh (BACKSTEP_LANDSCAPE (self->landscape));
  refresh_status (self);
  backstep_window_refresh_caption (self);
  backstep_window_note_progress (self);
  backstep_window_update_actions (self);
}

static gboolean
on_refresh_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  self->refresh_id = 0;
  backstep_window_refresh_now (self);
  return G_SOURCE_REMOVE;
}

void
backstep_window_queue_refresh (BackstepWindow *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_refresh_tick, NULL, NULL);
}

void
backstep_window_select (BackstepWindow *self, guint32 tensor)
{
  self->selected = tensor;
  backstep_canvas_set_selected (BACKSTEP_CANVAS (self->canvas), tensor);
  backstep_inspector_set_selected (BACKSTEP_INSPECTOR (self->inspector), tensor);
  backstep_outline_set_selected (BACKSTEP_OUTLINE (self->outline), tensor);
  backstep_window_queue_refresh (self);
}

/* --- the state of the run -------------------------------------------------------------------------------------------- */

static void
update_title (BackstepWindow *self)
{
  g_autofree char *name = self->document ? backstep_document_dup_name (self->document) : NULL, *title = NULL, *folder = NULL;
  GFile *file = self->document ? backstep_document_get_file (self->document) : NULL;
  g_autoptr (GFile) parent = file ? g_file_get_parent (file) : NULL;
  gboolean modified = backstep_source_is_modified (BACKSTEP_SOURCE (self->source));

  title = name ? g_strconcat (modified ? "• " : "", name, NULL) : g_strdup (_("Backstep"));
  folder = parent ? g_file_get_parse_name (parent) : NULL;
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->title), title);
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->title), folder ? folder : "");
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
update_progress (BackstepWindow *self)
{
  gboolean busy = self->document && backstep_document_is_busy (self->document);
  BsRecording *recording = self->document ? backstep_document_get_recording (self->document) : NULL;
  guint32 n = recording ? bs_recording_get_n_events (recording) : 0;
  g_autofree char *text = g_strdup_printf (ngettext ("%'u event", "%'u events", n), n);

  gtk_widget_set_visible (self->stop_button, busy);
  backstep_window_update_run_button (self);
  gtk_widget_set_visible (self->run_button, !busy && recording && !backstep_document_is_recording (self->document));
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_widget_set_visible (self->spinner, busy);
  gtk_label_set_text (GTK_LABEL (self->events_label), text);
  gtk_widget_set_visible (self->events_label, busy && n > MANY_EVENTS);
}

static char *
dup_pause (guint32 n)
{
  return g_strdup_printf (ngettext ("The recording paused at %'u event.", "The recording paused at %'u events.", n), n);
}

static void
update_bars (BackstepWindow *self)
{
  BsSessionState state = self->document ? backstep_document_get_state (self->document) : BS_SESSION_IDLE;
  const char *warning = self->document ? backstep_document_get_warning (self->document) : NULL;
  g_autofree char *text = NULL;
  BsEvent end;

  if (state == BS_SESSION_PAUSED)
    text = dup_pause (bs_recording_get_n_events (backstep_document_get_recording (self->document)));
  else if (self->document && backstep_document_find_end (self->document, &end) && end.end.how == BS_END_DIED)
    text = g_strdup_printf (_("The script's process died: %s. What was recorded until then stays."),
                            end.end.detail ? end.end.detail : _("nobody knows why"));
  if (text)
    gtk_label_set_text (GTK_LABEL (self->run_bar_text), text);
  gtk_widget_set_visible (self->run_bar_button, state == BS_SESSION_PAUSED);
  gtk_widget_set_visible (self->stop_here_button, state == BS_SESSION_PAUSED);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->run_bar), text != NULL);
  if (warning)
    gtk_label_set_text (GTK_LABEL (self->warning_text), warning);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->warning_bar), warning != NULL);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->write_bar), self->document && backstep_document_wants_to_write (self->document));
}

/* What is behind is not there for a screen reader: GTK 4.8 would tell of all of it. */
void
backstep_window_show_face (BackstepWindow *self, const char *name)
{
  GtkWidget *face = gtk_stack_get_child_by_name (GTK_STACK (self->stack), name);

  gtk_widget_set_visible (face, TRUE);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), face);
  for (GtkWidget *other = gtk_widget_get_first_child (self->stack); other; other = gtk_widget_get_next_sibling (other))
    gtk_widget_set_visible (other, other == face);
}

void
backstep_window_update_state (BackstepWindow *self)
{
  const char *problem = self->document ? backstep_document_get_problem (self->document) : NULL;
  g_autofree char *name = NULL, *title = NULL;

  if (problem)
    {
      name = backstep_document_dup_name (self->document);
      title = g_strdup_printf (_("“%s” could not be opened"), name ? name : "");
      adw_status_page_set_title (ADW_STATUS_PAGE (self->problem), title);
      adw_status_page_set_description (ADW_STATUS_PAGE (self->problem), problem);
    }
  backstep_window_show_face (self, problem ? "problem" : self->document ? "main" : "welcome");
  update_title (self);
  update_progress (self);
  update_bars (self);
  backstep_window_update_draft_bar (self);
  backstep_output_set_document (BACKSTEP_OUTPUT (self->output), self->document);
  backstep_window_update_actions (self);
}

static void show_table (BackstepWindow *self);

/* An error, or a question, is not hidden behind another page. */
static void
show_output_for (BackstepWindow *self)
{
  BsEvent error;
  gboolean has_error = self->document && backstep_document_find_error (self->document, &error);

  if (self->document == NULL)
    return;
  if ((has_error && !self->error_shown) || backstep_document_get_state (self->document) == BS_SESSION_WAITING)
    gtk_stack_set_visible_child_name (GTK_STACK (self->pages), "output");
  self->error_shown = has_error;
}

static void
on_changed (BackstepWindow *self)
{
  backstep_window_update_state (self);
  if (self->table_tensor && self->cursor)
    show_table (self);
  show_output_for (self);
  if (self->cursor && bs_recording_get_details (bs_cursor_get_recording (self->cursor)) != self->details_seen)
    {
      self->details_seen = bs_recording_get_details (bs_cursor_get_recording (self->cursor));
      backstep_window_update_breaks (self); /* conditions on large tensors can be evaluated now */
    }
  backstep_window_scan_breaks (self);
  backstep_hints_look (BACKSTEP_HINTS (self->hints));
  backstep_window_update_whatif (self);
  backstep_window_queue_refresh (self);
}

static void
on_moved (BackstepWindow *self)
{
  backstep_window_queue_save (self);
  backstep_window_queue_refresh (self);
}

static void
on_replaced (BackstepWindow *self)
{
  BsCursor *cursor = self->document ? backstep_document_get_cursor (self->document) : NULL;
  BackstepRun *trial = self->document ? backstep_document_get_trial (self->document) : NULL;
  gboolean is_trial = trial && trial == backstep_document_get_shown_run (self->document);
  guint32 selected = is_trial ? self->selected : 0; /* tensors of a trial have the ids they had */

  backstep_window_stop_playing (self);
  /* Nor does the text of the former run take the place of the one that is being typed. */
  backstep_source_set_trial (BACKSTEP_SOURCE (self->source), is_trial || self->editing);
  if (self->cursor)
    g_signal_handlers_disconnect_by_data (self->cursor, self);
  self->cursor = cursor;
  self->selected = self->table_tensor = 0;
  self->details_seen = cursor ? bs_recording_get_details (bs_cursor_get_recording (cursor)) : NULL;
  backstep_canvas_set_cursor (BACKSTEP_CANVAS (self->canvas), cursor);
  backstep_tab_set_cursor (self->tab, cursor);
  backstep_inspector_set_cursor (BACKSTEP_INSPECTOR (self->inspector), cursor);
  backstep_variables_set_cursor (BACKSTEP_VARIABLES (self->variables), cursor);
  backstep_predict_set_cursor (BACKSTEP_PREDICT (self->predict), cursor);
  backstep_hints_set_cursor (BACKSTEP_HINTS (self->hints), cursor);
  backstep_timeline_set_cursor (BACKSTEP_TIMELINE (self->timeline), cursor);
  backstep_plots_set_cursor (BACKSTEP_PLOTS (self->parameters), cursor);
  backstep_plots_set_cursor (BACKSTEP_PLOTS (self->losses), cursor);
  backstep_landscape_set_cursor (BACKSTEP_LANDSCAPE (self->landscape), cursor);
  if (cursor)
    g_signal_connect_object (cursor, "moved", G_CALLBACK (on_moved), self, G_CONNECT_SWAPPED);
  if (selected && cursor && selected <= bs_recording_get_n_tensors (bs_cursor_get_recording (cursor)))
    backstep_window_select (self, selected);
  backstep_window_update_breaks (self);
  on_changed (self);
}

/* The other runs stand behind the shown one in the plots. */
static void
on_runs_changed (BackstepWindow *self)
{
  GPtrArray *runs = backstep_document_get_runs (self->document);
  BsRecording *others[BACKSTEP_RUNS_MAX];
  const char *names[BACKSTEP_RUNS_MAX];
  guint n = 0;

  for (guint i = 0; i < runs->len && n < BACKSTEP_RUNS_MAX; i++)
    {
      BackstepRun *run = g_ptr_array_index (runs, i);

      if (run != backstep_document_get_shown_run (self->document))
        {
          names[n] = run->name;
          others[n++] = run->recording;
        }
    }
  backstep_plots_set_others (BACKSTEP_PLOTS (self->parameters), n, others, names);
  backstep_plots_set_others (BACKSTEP_PLOTS (self->losses), n, others, names);
}

static void
on_loaded (BackstepWindow *self)
{
  const char *text = backstep_document_get_text (self->document);
  BsRecording *recording = backstep_document_is_recording (self->document) ? backstep_document_get_recording (self->document) : NULL;
  g_autofree char *name = backstep_document_dup_name (self->document);

  backstep_source_set_is_graph (BACKSTEP_SOURCE (self->source), bs_graph_file_is_name (recording && bs_recording_get_n_files (recording) > 0
                                                                                         ? bs_recording_get_file_path (recording, 1) : name));
  backstep_source_set_text (BACKSTEP_SOURCE (self->source), text ? text : "", !backstep_document_is_recording (self->document));
  self->tab->loaded = TRUE;
  backstep_window_recall (self);
  backstep_window_load_lesson (self);
  backstep_tab_recover (self->tab);
}

/* NULL: the page of examples. The former document goes on without the window. */
void
backstep_window_set_document (BackstepWindow *self, BackstepDocument *document)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  backstep_runs_set_document (BACKSTEP_RUNS (self->runs), document);
  g_clear_pointer (&self->lesson_id, g_free);
  /* Curves and axes that were asked for are of the former one. */
  backstep_plots_set_cursor (BACKSTEP_PLOTS (self->parameters), NULL);
  backstep_plots_set_cursor (BACKSTEP_PLOTS (self->losses), NULL);
  backstep_landscape_set_cursor (BACKSTEP_LANDSCAPE (self->landscape), NULL);
  if (document == NULL)
    {
      on_replaced (self);
      return;
    }
  g_signal_connect_object (document, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "replaced", G_CALLBACK (on_replaced), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "runs-changed", G_CALLBACK (on_runs_changed), self, G_CONNECT_SWAPPED);
  if (self->first_frame_done && !self->had_document)
    {
      /* The frames until now showed the welcome page: the panes are to be placed. */
      self->first_frame_done = FALSE;
      gtk_widget_add_tick_callback (GTK_WIDGET (self), on_first_tick, NULL, NULL);
    }
  self->had_document = TRUE;
  if (self->tab->loaded)
    {
      backstep_window_recall (self);
      backstep_window_load_lesson (self);
    }
  else
    on_loaded (self);
  on_replaced (self);
  on_runs_changed (self);
}

/* --- callbacks of the template ---------------------------------------------------------------------------------------- */

static void
on_seek (GtkWidget *view, guint step, BackstepWindow *self)
{
  backstep_window_stop_playing (self);
  backstep_window_seek (self, step);
}

static void
on_select (GtkWidget *view, guint tensor, BackstepWindow *self)
{
  backstep_window_select (self, tensor);
}

static void
on_scene_changed (BackstepCanvas *canvas, BackstepWindow *self)
{
  backstep_inspector_set_scene (BACKSTEP_INSPECTOR (self->inspector), backstep_canvas_get_scene (canvas));
  backstep_outline_set_scene (BACKSTEP_OUTLINE (self->outline), backstep_canvas_get_scene (canvas), self->cursor);
}

static void
on_show_place (BackstepInspector *inspector, guint place, BackstepWindow *self)
{
  backstep_source_show_place (BACKSTEP_SOURCE (self->source), bs_recording_get_place (bs_cursor_get_recording (self->cursor), place),
                              FALSE);
}

void
backstep_window_on_edited (BackstepWindow *self)
{
  update_title (self);
  backstep_window_update_actions (self);
}

static void
on_breaks_changed (BackstepBreaks *breaks, BackstepWindow *self)
{
  backstep_window_on_breaks_changed (self);
}

static void
on_watches_changed (BackstepVariables *variables, BackstepWindow *self)
{
  backstep_window_remember (self);
}

/* A value of the past is changed: another run begins, and stands where this one stood. */
static void
on_edit (BackstepVariables *variables, const char *target, const char *value, BackstepWindow *self)
{
  if (self->cursor && !backstep_document_run_edited (self->document, bs_cursor_get_step (self->cursor), target, value))
    backstep_window_say (self, _("A recording from a file cannot be run again."));
}

static void
on_want_whole (GtkWidget *widget, guint tensor, BackstepWindow *self)
{
  backstep_document_want_whole (self->document, tensor);
}

static void
show_table (BackstepWindow *self)
{
  g_autofree char *name = bs_tensor_describe (bs_cursor_get_recording (self->cursor), self->table_tensor, bs_cursor_get_step (self->cursor));
  GtkWidget *table = backstep_table_new (self->cursor, self->table_tensor, self->table_grad, name);

  if (table == NULL)
    return;
  self->table_tensor = 0;
  gtk_window_set_transient_for (GTK_WINDOW (table), GTK_WINDOW (self));
  gtk_window_present (GTK_WINDOW (table));
}

/* All numbers of a tensor; for a large one the run is repeated first, and the table opens when it has them. */
static void
on_show_all (GtkWidget *widget, guint tensor, gboolean grad, BackstepWindow *self)
{
  self->table_tensor = tensor;
  self->table_grad = grad;
  show_table (self);
  if (self->table_tensor == 0)
    return;
  if (backstep_document_want_whole (self->document, tensor))
    backstep_window_say (self, _("Running once more for all the numbers…"));
  else
    {
      self->table_tensor = 0;
      backstep_window_say (self, _("Only a small picture of this tensor was recorded."));
    }
}

/* A number stands in the inspector; more of them have a table. */
static void
on_activate_card (BackstepCanvas *canvas, BackstepWindow *self)
{
  BsTensorState state;

  if (self->cursor && self->selected)
    {
      bs_cursor_get_tensor (self->cursor, self->selected, &state);
      if (state.exists && state.value.numel > 1)
        {
          on_show_all (GTK_WIDGET (canvas), self->selected, FALSE, self);
          return;
        }
    }
  if (!self->pane_inspector)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-inspector", NULL);
}

static void
on_page (GtkStack *pages, GParamSpec *pspec, BackstepWindow *self)
{
  backstep_window_queue_refresh (self);
}

static void
on_answer (BackstepOutput *output, const char *line, BackstepWindow *self)
{
  BsSession *session = backstep_document_get_session (self->document);

  if (session)
    bs_session_answer_input (session, line);
}

static void
on_lesson_open (GtkWidget *from, GFile *file, BackstepWindow *self)
{
  backstep_window_open_lesson (self, file);
}

static void
show_hits (BackstepWindow *self, gboolean go_on)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  guint which, n = backstep_canvas_find (BACKSTEP_CANVAS (self->canvas), text, go_on, &which);
  g_autofree char *count = which > 0 ? g_strdup_printf (_("%u of %u"), which, n)
                                     : g_strdup_printf (ngettext ("%u hit", "%u hits", n), n);

  gtk_label_set_text (GTK_LABEL (self->search_count), *text ? count : "");
}

static void
on_search_changed (GtkSearchEntry *entry, BackstepWindow *self)
{
  show_hits (self, FALSE);
}

static void
on_search_next (GtkSearchEntry *entry, BackstepWindow *self)
{
  show_hits (self, TRUE);
}

static void
on_search_mode (GtkSearchBar *bar, GParamSpec *pspec, BackstepWindow *self)
{
  if (!gtk_search_bar_get_search_mode (bar))
    backstep_canvas_find (BACKSTEP_CANVAS (self->canvas), NULL, FALSE, NULL);
}

static void
on_go_to (GtkSpinButton *spin, BackstepWindow *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (spin)))
    backstep_window_seek (self, gtk_spin_button_get_value_as_int (spin));
}

static void
on_go_to_show (GtkWidget *popover, BackstepWindow *self)
{
  guint32 n = self->cursor ? bs_recording_get_n_events (bs_cursor_get_recording (self->cursor)) : 0;

  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->go_to_spin), 0, n);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->go_to_spin), self->cursor ? bs_cursor_get_step (self->cursor) : 0);
  gtk_widget_grab_focus (self->go_to_spin);
}

/* --- the window ------------------------------------------------------------------------------------------------------- */

static void
after_first_frame (BackstepWindow *self)
{
  if (self->first_frame_done)
    return;
  self->first_frame_done = TRUE;
  backstep_window_place_panes (self);
  backstep_canvas_fit (BACKSTEP_CANVAS (self->canvas));
  backstep_window_offer_tour (self);
}

static gboolean
on_first_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  GtkWidget *panes = BACKSTEP_WINDOW (widget)->lower;

  if (gtk_widget_get_width (widget) <= 0 || (gtk_widget_get_mapped (panes) && gtk_widget_get_height (panes) <= 0))
    return G_SOURCE_CONTINUE;
  after_first_frame (BACKSTEP_WINDOW (widget));
  return G_SOURCE_REMOVE;
}

static gboolean
backstep_window_close_request (GtkWindow *window)
{
  BackstepWindow *self = BACKSTEP_WINDOW (window);

  if (!backstep_window_may_close (self))
    return TRUE;
  backstep_window_save_panes (self);
  backstep_window_remember (self);
  backstep_application_window_closes (BACKSTEP_APPLICATION (gtk_window_get_application (window)));
  backstep_progress_flush (backstep_progress_get ());
  return GTK_WINDOW_CLASS (backstep_window_parent_class)->close_request (window);
}

static void
backstep_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (backstep_window_parent_class)->size_allocate (widget, width, height, baseline);
  backstep_window_queue_fit (BACKSTEP_WINDOW (widget));
}

static void
backstep_window_dispose (GObject *object)
{
  BackstepWindow *self = BACKSTEP_WINDOW (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_clear_handle_id (&self->scan_id, g_source_remove);
  g_clear_handle_id (&self->whatif_id, g_source_remove);
  g_clear_handle_id (&self->pointer_id, g_source_remove);
  g_clear_handle_id (&self->notice_id, g_source_remove);
  if (self->cursor)
    g_signal_handlers_disconnect_by_data (self->cursor, self);
  self->cursor = NULL;
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (self->tab_view)
    g_signal_handlers_disconnect_by_data (self->tab_view, self);
  g_clear_object (&self->tour);
  g_clear_object (&self->chooser);
  g_clear_object (&self->monitor);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (backstep_window_parent_class)->dispose (object);
  g_clear_object (&self->tab);
}

static void
backstep_window_finalize (GObject *object)
{
  BackstepWindow *self = BACKSTEP_WINDOW (object);

  g_free (self->lesson_id);
  g_array_unref (self->stops);
  g_array_unref (self->stop_steps);
  G_OBJECT_CLASS (backstep_window_parent_class)->finalize (object);
}

#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, BackstepWindow, name)
#define CALLBACK(name) gtk_widget_class_bind_template_callback (widget_class, name)

static void
bind_children (GtkWidgetClass *widget_class)
{
  CHILD (header); CHILD (title); CHILD (back_button); CHILD (open_button); CHILD (recent_button); CHILD (run_button); CHILD (stop_button); CHILD (menu_button);
  CHILD (spinner); CHILD (events_label); CHILD (hints); CHILD (stack); CHILD (welcome); CHILD (problem); CHILD (toasts);
  CHILD (run_bar); CHILD (run_bar_text); CHILD (run_bar_button); CHILD (stop_here_button); CHILD (warning_bar);
  CHILD (warning_text); CHILD (disk_bar); CHILD (draft_bar); CHILD (draft_text); CHILD (write_bar); CHILD (upper); CHILD (left); CHILD (right); CHILD (lower); CHILD (sources); CHILD (tab_bar); CHILD (tab_view);
  CHILD (under); CHILD (names); CHILD (switcher); CHILD (pages); CHILD (output); CHILD (lesson); CHILD (variables); CHILD (outline); CHILD (breaks); CHILD (runs); CHILD (whatif); CHILD (canvas_pane); CHILD (canvas); CHILD (caption); CHILD (inspector); CHILD (bottom); CHILD (timeline);
  CHILD (plots); CHILD (parameters); CHILD (losses); CHILD (landscape); CHILD (predict); CHILD (notice); CHILD (search_bar); CHILD (search_entry); CHILD (search_count);
  CHILD (transport); CHILD (status_button); CHILD (status_label); CHILD (go_to_popover); CHILD (go_to_spin);
  CHILD (speed_label); CHILD (step_buttons); CHILD (play_box);
}

static void
backstep_window_class_init (BackstepWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GType types[] = { BACKSTEP_TYPE_MATH_VIEW, BACKSTEP_TYPE_CANVAS, BACKSTEP_TYPE_INSPECTOR, BACKSTEP_TYPE_OUTPUT, BACKSTEP_TYPE_PLOTS,
                          BACKSTEP_TYPE_SOURCE, BACKSTEP_TYPE_TIMELINE, BACKSTEP_TYPE_WELCOME, BACKSTEP_TYPE_VARIABLES,
                          BACKSTEP_TYPE_BREAKS, BACKSTEP_TYPE_RUNS, BACKSTEP_TYPE_HINTS, BACKSTEP_TYPE_LANDSCAPE, BACKSTEP_TYPE_WHATIF,
                          BACKSTEP_TYPE_PREDICT, BACKSTEP_TYPE_LESSON, BACKSTEP_TYPE_OUTLINE, BACKSTEP_TYPE_WRAP_LAYOUT };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    g_type_ensure (types[i]);
  G_OBJECT_CLASS (klass)->dispose = backstep_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = backstep_window_finalize;
  widget_class->size_allocate = backstep_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = backstep_window_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/window.ui");
  bind_children (widget_class);
  backstep_window_class_init_edit (widget_class);
  backstep_window_class_init_tour (widget_class);
  CALLBACK (on_seek); CALLBACK (on_select); CALLBACK (on_scene_changed); CALLBACK (on_activate_card); CALLBACK (on_show_place);
  CALLBACK (on_breaks_changed); CALLBACK (on_watches_changed); CALLBACK (on_page); CALLBACK (on_edit); CALLBACK (on_want_whole); CALLBACK (on_show_all); CALLBACK (on_answer); CALLBACK (on_lesson_open);
  CALLBACK (on_search_changed); CALLBACK (on_search_next); CALLBACK (on_search_mode); CALLBACK (on_go_to);
  CALLBACK (on_go_to_show);
}

static void
backstep_window_init (BackstepWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->stop_steps = g_array_new (FALSE, FALSE, sizeof (guint32));
  backstep_window_init_panes (self);
  backstep_window_init_browser (self);
  backstep_window_init_pages (self);
  gtk_search_bar_connect_entry (GTK_SEARCH_BAR (self->search_bar), GTK_EDITABLE (self->search_entry));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->canvas), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Computation graph"), -1);
  backstep_window_init_actions (self);
  backstep_window_init_files (self);
  backstep_window_init_whatif (self);
  backstep_window_init_curves (self);
  backstep_recent_attach (GTK_MENU_BUTTON (self->recent_button));
  backstep_actions_install_keys (GTK_WIDGET (self));
  backstep_window_init_tabs (self);
  backstep_mnemonic_name_buttons (GTK_WIDGET (self));
  backstep_window_new_tab (self);
  backstep_window_update_panes (self);
  backstep_window_fit_at_first (self);
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_first_tick, NULL, NULL);
}

BackstepWindow *
backstep_window_new (BackstepApplication *app, BackstepDocument *document)
{
  BackstepWindow *self = g_object_new (BACKSTEP_TYPE_WINDOW, "application", app, NULL);

  if (document)
    backstep_window_show_document (self, document);
  else
    backstep_welcome_refresh (BACKSTEP_WELCOME (self->welcome));
  backstep_window_measure (self);
  return self;
}
