/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "actions.h"
#include "help.h"
#include "recording/query.h"
#include "settings.h"
#include "shortcuts.h"
#include "window-private.h"

#define SPEED_MIN 0.25
#define SPEED_MAX 4096.0

#define ACTION(name) static void on_##name (GSimpleAction *action, GVariant *parameter, gpointer data)

/* --- stepping --------------------------------------------------------------------------------------------------------- */

void
backstep_window_seek (BackstepWindow *self, guint32 step)
{
  if (self->cursor)
    bs_cursor_seek (self->cursor, step);
}

static void
stride (BackstepWindow *self, BsStride how, int direction)
{
  if (self->cursor == NULL)
    return;
  backstep_window_unblank (self);
  backstep_window_stop_playing (self);
  self->animate = how == BS_STRIDE_EVENT && self->refresh_id == 0;
  bs_cursor_stride (self->cursor, how, direction);
}

#define STRIDE(name, how, direction) ACTION (name) { stride (data, how, direction); }
STRIDE (step_next, BS_STRIDE_EVENT, 1)
STRIDE (step_previous, BS_STRIDE_EVENT, -1)
STRIDE (line_next, BS_STRIDE_OVER, 1)
STRIDE (line_previous, BS_STRIDE_OVER, -1)
STRIDE (into_next, BS_STRIDE_LINE, 1)
STRIDE (into_previous, BS_STRIDE_LINE, -1)
STRIDE (out_next, BS_STRIDE_OUT, 1)
STRIDE (out_previous, BS_STRIDE_OUT, -1)
STRIDE (phase_next, BS_STRIDE_PHASE, 1)
STRIDE (phase_previous, BS_STRIDE_PHASE, -1)
STRIDE (pass_next, BS_STRIDE_PASS, 1)
STRIDE (pass_previous, BS_STRIDE_PASS, -1)
STRIDE (end, BS_STRIDE_END, 1)
STRIDE (begin, BS_STRIDE_END, -1)

ACTION (break_next) { backstep_window_go_to_break (data, 1); }
ACTION (break_previous) { backstep_window_go_to_break (data, -1); }
ACTION (to_line) { backstep_window_go_to_line (data); }
ACTION (watch) { backstep_window_watch (data); }

ACTION (toggle_break)
{
  BackstepWindow *self = data;

  backstep_source_toggle_break (BACKSTEP_SOURCE (self->source), backstep_source_get_line (BACKSTEP_SOURCE (self->source)));
}

ACTION (variables)
{
  backstep_window_show_page (data, "variables");
  gtk_widget_child_focus (((BackstepWindow *) data)->variables, GTK_DIR_TAB_FORWARD);
}

ACTION (nodes)
{
  backstep_window_show_page (data, "nodes");
  backstep_outline_focus (BACKSTEP_OUTLINE (((BackstepWindow *) data)->outline));
}

ACTION (breakpoints)
{
  backstep_window_show_page (data, "breaks");
  backstep_breaks_focus (BACKSTEP_BREAKS (((BackstepWindow *) data)->breaks));
}

ACTION (what_if)
{
  backstep_window_show_page (data, "whatif");
  backstep_whatif_focus (BACKSTEP_WHATIF (((BackstepWindow *) data)->whatif));
}

static void
to_change (BackstepWindow *self, int direction)
{
  guint32 step, found;

  if (self->cursor == NULL || self->selected == 0)
    return;
  step = bs_cursor_get_step (self->cursor);
  found = bs_recording_find_change (bs_cursor_get_recording (self->cursor), self->selected, BS_CHANGE_ANY,
                                    direction < 0 && step > 0 ? step - 1 : step, direction);
  if (found == BS_NO_CHANGE)
    backstep_window_say (self, _("Nothing else changes it."));
  else
    backstep_window_seek (self, found);
}

static void
to_maker (BackstepWindow *self, BsChange what)
{
  guint32 found;

  if (self->cursor == NULL || self->selected == 0)
    return;
  found = bs_recording_find_maker (bs_cursor_get_recording (self->cursor), self->selected, what, bs_cursor_get_step (self->cursor));
  if (found == BS_NO_CHANGE)
    backstep_window_say (self, _("Nothing has made it yet."));
  else
    backstep_window_seek (self, found);
}

ACTION (made_value) { to_maker (data, BS_CHANGE_VALUE); }
ACTION (made_gradient) { to_maker (data, BS_CHANGE_GRAD); }

ACTION (change_next) { to_change (data, 1); }
ACTION (change_previous) { to_change (data, -1); }

ACTION (go_to)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (((BackstepWindow *) data)->status_button));
}

/* --- playing ----------------------------------------------------------------------------------------------------------- */

static void
set_playing (BackstepWindow *self, gboolean playing)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "play");

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (playing));
  gtk_widget_set_visible (self->speed_label, playing);
}

static void
show_speed (BackstepWindow *self)
{
  /* Translators: speed of playing */
  g_autofree char *text = g_strdup_printf (_("%.4g steps/s"), self->speed);

  gtk_label_set_text (GTK_LABEL (self->speed_label), text);
}

void
backstep_window_stop_playing (BackstepWindow *self)
{
  if (self->play_id == 0)
    return;
  gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->play_id);
  self->play_id = 0;
  set_playing (self, FALSE);
}

static gboolean
on_play_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  guint32 n = self->cursor ? bs_recording_get_n_events (bs_cursor_get_recording (self->cursor)) : 0, from, step, to;

  self->play_due += (now - self->play_last) * self->speed / G_USEC_PER_SEC;
  self->play_last = now;
  if (self->play_due < 1)
    return G_SOURCE_CONTINUE;
  from = bs_cursor_get_step (self->cursor);
  step = MIN (from + (guint32) self->play_due, n);
  to = backstep_window_stop_on_the_way (self, from, step);
  self->animate = self->speed <= 4;
  self->play_due -= floor (self->play_due);
  backstep_window_seek (self, to);
  if (to == step && (step < n || backstep_document_is_busy (self->document)))
    return G_SOURCE_CONTINUE;
  self->play_id = 0;
  set_playing (self, FALSE);
  return G_SOURCE_REMOVE;
}

ACTION (play)
{
  BackstepWindow *self = data;

  if (self->play_id)
    {
      backstep_window_stop_playing (self);
      return;
    }
  if (self->cursor == NULL)
    return;
  if (bs_cursor_get_step (self->cursor) == bs_recording_get_n_events (bs_cursor_get_recording (self->cursor)))
    backstep_window_seek (self, 0);
  self->play_last = g_get_monotonic_time ();
  self->play_due = 1;
  self->play_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_play_tick, NULL, NULL);
  show_speed (self);
  set_playing (self, TRUE);
}

ACTION (restart)
{
  BackstepWindow *self = data;

  self->play_due = 0;
  backstep_window_seek (self, 0);
}

static void
change_speed (BackstepWindow *self, double factor)
{
  self->speed = CLAMP (self->speed * factor, SPEED_MIN, SPEED_MAX);
  show_speed (self);
  gtk_widget_set_visible (self->speed_label, TRUE);
}

ACTION (slower) { change_speed (data, 0.5); }
ACTION (faster) { change_speed (data, 2); }

/* --- the graph ---------------------------------------------------------------------------------------------------------- */

#define CANVAS(data) BACKSTEP_CANVAS (((BackstepWindow *) (data))->canvas)
ACTION (zoom_in) { backstep_canvas_zoom (CANVAS (data), 1.25); }
ACTION (zoom_out) { backstep_canvas_zoom (CANVAS (data), 0.8); }
ACTION (zoom_original) { backstep_canvas_set_zoom (CANVAS (data), 1); }
ACTION (zoom_selection) { backstep_canvas_zoom_to_selection (CANVAS (data)); }
ACTION (zoom_fit)
{
  backstep_canvas_tidy (CANVAS (data));
  backstep_canvas_fit (CANVAS (data));
}
ACTION (select_input) { backstep_canvas_move_selection (CANVAS (data), BS_SCENE_INPUT); }
ACTION (select_output) { backstep_canvas_move_selection (CANVAS (data), BS_SCENE_OUTPUT); }
ACTION (select_before) { backstep_canvas_move_selection (CANVAS (data), BS_SCENE_BEFORE); }
ACTION (select_after) { backstep_canvas_move_selection (CANVAS (data), BS_SCENE_AFTER); }

ACTION (fold)
{
  BackstepWindow *self = data;

  if (!backstep_canvas_toggle_fold (CANVAS (self)))
    backstep_window_say (self, _("Select a node within a frame, or a folded one."));
}

ACTION (unfold_all) { backstep_canvas_fold_all (CANVAS (data), BS_FOLD_OPEN); }
ACTION (fold_all) { backstep_canvas_fold_all (CANVAS (data), BS_FOLD_CLOSED); }
ACTION (fold_auto) { backstep_canvas_fold_all (CANVAS (data), BS_FOLD_AUTO); }

static gboolean
is_welcome (BackstepWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->stack)), "welcome") == 0;
}

ACTION (find)
{
  BackstepWindow *self = data;

  if (is_welcome (self))
    {
      backstep_welcome_find (BACKSTEP_WELCOME (self->welcome));
      return;
    }
  if (backstep_window_is_in_source (self))
    {
      backstep_source_find (BACKSTEP_SOURCE (self->source), FALSE);
      return;
    }
  gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->search_bar), TRUE);
  gtk_widget_grab_focus (self->search_entry);
}

ACTION (escape)
{
  BackstepWindow *self = data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus && gtk_widget_is_ancestor (focus, self->source))
    {
      backstep_window_focus (self);
      return;
    }
  if (is_welcome (self))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.back-to-work", NULL);
      return;
    }
  if ((self->presenting && backstep_window_leave (self)) || backstep_window_end_tour (self))
    return;
  if (gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (self->search_bar)))
    gtk_search_bar_set_search_mode (GTK_SEARCH_BAR (self->search_bar), FALSE);
  else if (backstep_window_leave (self))
    return;
  else if (self->selected)
    backstep_window_select (self, 0);
  else
    backstep_window_focus (self);
}

/* --- files and the window ----------------------------------------------------------------------------------------------- */

ACTION (open) { backstep_window_choose_file (data); }

ACTION (open_uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));

  backstep_window_open_file (data, file);
}

ACTION (run) { backstep_window_run_again (data); }
ACTION (save) { backstep_window_save (data); }
ACTION (save_as) { backstep_window_save_as (data); }
ACTION (new_tab) { backstep_window_new_tab (data); }
ACTION (close_tab) { backstep_window_close_tab (data); }
ACTION (close_other_tabs) { backstep_window_close_other_tabs (data); }
ACTION (next_tab) { backstep_window_turn_tab (data, 1); }
ACTION (previous_tab) { backstep_window_turn_tab (data, -1); }
ACTION (move_tab_right) { backstep_window_move_tab (data, 1); }
ACTION (move_tab_left) { backstep_window_move_tab (data, -1); }
ACTION (tab_to_window) { backstep_window_tab_to_window (data); }

ACTION (reopen_tab)
{
  if (!backstep_application_reopen (BACKSTEP_APPLICATION (gtk_window_get_application (data))))
    backstep_window_say (data, _("No other tab was closed."));
}

ACTION (reload) { backstep_window_reload (data); }
ACTION (save_recording) { backstep_window_save_recording (data); }
ACTION (export) { backstep_window_export (data); }
ACTION (export_steps) { backstep_window_export_steps (data); }
ACTION (copy_picture) { backstep_window_copy_picture (data); }
ACTION (print) { backstep_window_print (data); }
ACTION (plot_selected) { backstep_window_plot_selected (data); }
ACTION (focus_curves) { backstep_window_focus_curves (data); }
ACTION (export_curves) { backstep_window_export_curves (data); }
ACTION (export_landscape) { backstep_window_export_landscape (data); }

ACTION (stop) { backstep_document_stop (((BackstepWindow *) data)->document); }
ACTION (go_on) { backstep_document_go_on (((BackstepWindow *) data)->document); }

ACTION (new) { backstep_window_new_script (data); }
ACTION (paste_script) { backstep_window_paste_script (data); }
ACTION (lesson)
{
  BackstepWindow *self = data;

  backstep_window_show_page (self, "lesson");
  gtk_widget_child_focus (self->lesson, GTK_DIR_TAB_FORWARD);
}

ACTION (welcome)
{
  BackstepWindow *self = data;

  backstep_window_show_face (self, "welcome");
  backstep_welcome_refresh (BACKSTEP_WELCOME (self->welcome));
  backstep_window_update_actions (self);
}

ACTION (next_pane) { backstep_window_turn_pane (data, 1); }
ACTION (previous_pane) { backstep_window_turn_pane (data, -1); }

ACTION (back_to_work)
{
  backstep_window_update_state (data);
  backstep_window_focus (data);
}

ACTION (fullscreen)
{
  if (gtk_window_is_fullscreen (data))
    gtk_window_unfullscreen (data);
  else
    gtk_window_fullscreen (data);
}

ACTION (shortcuts)
{
  GtkWidget *window = backstep_shortcuts_new ();

  gtk_window_set_transient_for (GTK_WINDOW (window), data);
  gtk_window_present (GTK_WINDOW (window));
}

ACTION (help)
{
  GtkWidget *window = backstep_help_new ();

  gtk_window_set_transient_for (GTK_WINDOW (window), data);
  gtk_window_present (GTK_WINDOW (window));
}

/* --- switches ------------------------------------------------------------------------------------------------------------ */

static const struct { const char *name; gsize offset; } switches[] = {
  { "show-source", G_STRUCT_OFFSET (BackstepWindow, pane_source) },
  { "show-output", G_STRUCT_OFFSET (BackstepWindow, pane_output) },
  { "show-graph", G_STRUCT_OFFSET (BackstepWindow, pane_graph) },
  { "show-inspector", G_STRUCT_OFFSET (BackstepWindow, pane_inspector) },
  { "show-plots", G_STRUCT_OFFSET (BackstepWindow, pane_plots) },
  { "hide-future", G_STRUCT_OFFSET (BackstepWindow, hide_future) },
  { "show-landscape", G_STRUCT_OFFSET (BackstepWindow, show_landscape) },
  { "show-map", G_STRUCT_OFFSET (BackstepWindow, show_map) },
  { "top-to-bottom", G_STRUCT_OFFSET (BackstepWindow, top_to_bottom) },
  { "high-contrast", G_STRUCT_OFFSET (BackstepWindow, high_contrast) },
  { "predict-values", G_STRUCT_OFFSET (BackstepWindow, ask_values) },
  { "predict-gradients", G_STRUCT_OFFSET (BackstepWindow, ask_gradients) },
  { "predict-updates", G_STRUCT_OFFSET (BackstepWindow, ask_updates) },
};

static void
on_switch (GSimpleAction *action, GVariant *state, gpointer data)
{
  BackstepWindow *self = data;
  const char *name = g_action_get_name (G_ACTION (action));
  /* A presentation has its own mind about the future. */
  gboolean own = self->presenting && g_str_equal (name, "hide-future");

  if (self->low && !self->presenting && !self->only && g_str_equal (name, "show-plots"))
    {
      self->low_plots = g_variant_get_boolean (state);
      g_simple_action_set_state (action, state);
      backstep_window_update_panes (self);
      backstep_window_queue_place (self);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (switches) && !own; i++)
    if (g_str_equal (switches[i].name, name))
      G_STRUCT_MEMBER (gboolean, self, switches[i].offset) = g_variant_get_boolean (state);
  if (own)
    self->present_hide_future = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  backstep_settings_set_boolean (own ? "present-hide-future" : name, g_variant_get_boolean (state));
  backstep_theme_set_high_contrast (self->high_contrast);
  backstep_window_update_panes (self);
}

/* From the preferences, or another window. */
static void
on_setting (GSettings *settings, const char *key, BackstepWindow *self)
{
  gboolean is_switch = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    if (g_str_equal (switches[i].name, key))
      {
        gboolean *on = &G_STRUCT_MEMBER (gboolean, self, switches[i].offset);
        GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), key);

        is_switch = *on != g_settings_get_boolean (settings, key);
        *on = g_settings_get_boolean (settings, key);
        g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (*on));
      }
  if (g_str_equal (key, "font-scale"))
    self->font_scale = g_settings_get_double (settings, key);
  if (is_switch || g_str_equal (key, "font-scale"))
    backstep_window_update_panes (self);
}

static void
init_switches (BackstepWindow *self)
{
  if (backstep_settings_get ())
    g_signal_connect_object (backstep_settings_get (), "changed", G_CALLBACK (on_setting), self, 0);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    {
      gboolean *on = &G_STRUCT_MEMBER (gboolean, self, switches[i].offset);
      g_autoptr (GSimpleAction) action = g_simple_action_new_stateful (switches[i].name, NULL, g_variant_new_boolean (*on));

      g_signal_connect (action, "change-state", G_CALLBACK (on_switch), self);
      g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
    }
}

/* Asked once for each script, in the bar or the menu; running again shows the difference. */
static void
on_may_write (GSimpleAction *action, GVariant *state, gpointer data)
{
  BackstepWindow *self = data;

  if (self->document == NULL)
    return;
  backstep_settings_set_may_write (backstep_document_get_file (self->document), g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
  backstep_window_run_again (self);
}

ACTION (allow_writing)
{
  g_action_group_change_action_state (G_ACTION_GROUP (data), "may-write", g_variant_new_boolean (TRUE));
}

/* --- the table ------------------------------------------------------------------------------------------------------------ */

static const GActionEntry entries[] = {
  { "step-next", on_step_next }, { "step-previous", on_step_previous },
  { "line-next", on_line_next }, { "line-previous", on_line_previous },
  { "into-next", on_into_next }, { "into-previous", on_into_previous },
  { "out-next", on_out_next }, { "out-previous", on_out_previous },
  { "phase-next", on_phase_next }, { "phase-previous", on_phase_previous },
  { "pass-next", on_pass_next }, { "pass-previous", on_pass_previous },
  { "end", on_end }, { "begin", on_begin },
  { "break-next", on_break_next }, { "break-previous", on_break_previous },
  { "made-value", on_made_value }, { "made-gradient", on_made_gradient },
  { "change-next", on_change_next }, { "change-previous", on_change_previous },
  { "toggle-break", on_toggle_break }, { "to-line", on_to_line }, { "watch", on_watch },
  { "variables", on_variables }, { "nodes", on_nodes }, { "breakpoints", on_breakpoints }, { "what-if", on_what_if }, { "go-to", on_go_to },
  { "play", on_play, NULL, "false" }, { "restart", on_restart }, { "slower", on_slower }, { "faster", on_faster },
  { "zoom-in", on_zoom_in }, { "zoom-out", on_zoom_out }, { "zoom-original", on_zoom_original }, { "zoom-fit", on_zoom_fit }, { "zoom-selection", on_zoom_selection },
  { "find", on_find }, { "escape", on_escape },
  { "select-input", on_select_input }, { "select-output", on_select_output },
  { "select-before", on_select_before }, { "select-after", on_select_after },
  { "fold", on_fold }, { "unfold-all", on_unfold_all }, { "fold-all", on_fold_all }, { "fold-auto", on_fold_auto },
  { "open", on_open }, { "open-uri", on_open_uri, "s" }, { "run", on_run }, { "stop", on_stop }, { "go-on", on_go_on }, { "save", on_save },
  { "save-as", on_save_as }, { "reload", on_reload }, { "save-recording", on_save_recording }, { "export", on_export }, { "export-steps", on_export_steps },
  { "plot-selected", on_plot_selected }, { "export-curves", on_export_curves }, { "focus-curves", on_focus_curves }, { "export-landscape", on_export_landscape },
  { "copy-picture", on_copy_picture }, { "print", on_print },
  { "new-tab", on_new_tab }, { "close-tab", on_close_tab }, { "close-other-tabs", on_close_other_tabs }, { "reopen-tab", on_reopen_tab },
  { "next-tab", on_next_tab }, { "previous-tab", on_previous_tab }, { "tab-to-window", on_tab_to_window },
  { "move-tab-right", on_move_tab_right }, { "move-tab-left", on_move_tab_left },
  { "new", on_new }, { "paste-script", on_paste_script }, { "lesson", on_lesson },
  { "welcome", on_welcome }, { "back-to-work", on_back_to_work },
  { "next-pane", on_next_pane }, { "previous-pane", on_previous_pane },
  { "allow-writing", on_allow_writing }, { "may-write", NULL, NULL, "false", on_may_write },
  { "fullscreen", on_fullscreen }, { "shortcuts", on_shortcuts }, { "help", on_help },
};

static void
enable (BackstepWindow *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name)), enabled);
}

/* What can be done now. */
void
backstep_window_update_actions (BackstepWindow *self)
{
  static const char *const forward[] = { "step-next", "line-next", "into-next", "out-next", "phase-next", "pass-next", "end",
                                         "break-next" };
  static const char *const back[] = { "step-previous", "line-previous", "into-previous", "out-previous", "phase-previous",
                                      "pass-previous", "begin", "break-previous", "restart" };
  static const char *const run[] = { "go-to", "play", "export", "export-steps", "copy-picture", "print", "save-recording", "zoom-in", "zoom-out",
                                     "zoom-original", "zoom-fit", "present", "to-line", "predict", "spotlight", "only", "only-this" };
  static const char *const tabs[] = { "next-tab", "previous-tab", "move-tab-right", "move-tab-left", "tab-to-window", "close-other-tabs" };
  static const char *const folds[] = { "unfold-all", "fold-all", "fold-auto" };
  gboolean shown = self->document && g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (self->stack)), "main") == 0;
  BsRecording *recording = self->cursor && shown ? bs_cursor_get_recording (self->cursor) : NULL;
  guint32 n = recording ? bs_recording_get_n_events (recording) : 0, step = recording ? bs_cursor_get_step (self->cursor) : 0;
  gboolean script = shown && !backstep_document_is_recording (self->document);

  for (guint i = 0; i < G_N_ELEMENTS (forward); i++)
    enable (self, forward[i], step < n);
  for (guint i = 0; i < G_N_ELEMENTS (back); i++)
    enable (self, back[i], step > 0);
  for (guint i = 0; i < G_N_ELEMENTS (run); i++)
    enable (self, run[i], n > 0);
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    enable (self, tabs[i], backstep_window_get_n_tabs (self) > 1);
  enable (self, "fold", self->selected != 0);
  enable (self, "blank", self->presenting);
  enable (self, "predict-next", self->predicting && n > 0);
  for (guint i = 0; i < G_N_ELEMENTS (folds); i++)
    enable (self, folds[i], n > 0 && backstep_canvas_can_fold (CANVAS (self)));
  enable (self, "plot-selected", self->selected != 0);
  enable (self, "export-curves", n > 0);
  enable (self, "focus-curves", shown);
  enable (self, "export-landscape", n > 0);
  enable (self, "made-value", self->selected != 0);
  enable (self, "made-gradient", self->selected != 0);
  enable (self, "change-next", self->selected != 0);
  enable (self, "change-previous", self->selected != 0);
  enable (self, "find", shown || is_welcome (self));
  enable (self, "toggle-break", shown);
  enable (self, "watch", shown);
  enable (self, "variables", shown);
  enable (self, "nodes", shown);
  enable (self, "breakpoints", shown);
  enable (self, "what-if", script);
  enable (self, "paste-script", is_welcome (self));
  enable (self, "lesson", shown && backstep_window_has_lesson (self));
  enable (self, "run", script);
  enable (self, "save", script);
  enable (self, "may-write", script && backstep_settings_get () != NULL);
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "may-write")),
                             g_variant_new_boolean (self->document && backstep_settings_may_write (backstep_document_get_file (self->document))));
  enable (self, "save-as", shown);
  enable (self, "reload", self->document != NULL);
  enable (self, "stop", self->document && (backstep_document_is_busy (self->document)
                                           || backstep_document_get_state (self->document) == BS_SESSION_PAUSED));
  enable (self, "back-to-work", self->document != NULL && is_welcome (self));
  gtk_widget_set_visible (self->back_button, self->document != NULL && is_welcome (self));
  gtk_widget_set_visible (self->bottom, shown);
}

static void
add_button (BackstepWindow *self, GtkWidget *box, const char *name)
{
  GtkWidget *button = g_str_equal (name, "win.play") ? gtk_toggle_button_new () : gtk_button_new ();

  gtk_widget_add_css_class (button, "flat");
  backstep_actions_dress_button (button, name);
  gtk_box_append (GTK_BOX (box), button);
}

/* Time runs from left to right in the timeline, in any language: so do the buttons that step through it. */
static void
keep_direction (GtkWidget *widget)
{
  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    keep_direction (child);
}

void
backstep_window_init_actions (BackstepWindow *self)
{
  static const char *const steps[] = {
    "win.begin", "win.pass-previous", "win.phase-previous", "win.line-previous", "win.step-previous", "win.play",
    "win.step-next", "win.line-next", "win.phase-next", "win.pass-next", "win.end",
  };
  static const char *const zooms[] = { "win.zoom-out", "win.zoom-in", "win.zoom-fit", "win.find" };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  init_switches (self);
  backstep_window_init_present (self);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    add_button (self, self->step_buttons, steps[i]);
  keep_direction (self->step_buttons);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    add_button (self, self->play_box, zooms[i]);
  backstep_actions_dress_button (self->back_button, "win.back-to-work");
  backstep_actions_dress_button (self->open_button, "win.open");
  backstep_actions_dress_button (self->run_button, "win.run");
  backstep_actions_dress_button (self->stop_button, "win.stop");
}
