/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "math-view.h"
#include "sentence.h"
#include "settings.h"
#include "window-private.h"

#define SCALE_MIN 1.0
#define SCALE_MAX 3.0
#define SCALE_STEP 0.25
#define LEGIBLE_ZOOM 0.62   /* of the graph at scale 1: numbers of 12 pixels or more */
#define PLOTS_SHARE 0.3     /* of the screen's height */
#define REST_SECONDS 2      /* until the pointer hides */
#define SETTLED_FRAMES 6

/* --- one pane alone ------------------------------------------------------------------------------------------------------ */

static const struct { const char *name; gsize offset; } panes[] = {
  { "source", G_STRUCT_OFFSET (BackstepWindow, sources) },
  { "output", G_STRUCT_OFFSET (BackstepWindow, under) },
  { "graph", G_STRUCT_OFFSET (BackstepWindow, canvas_pane) },
  { "inspector", G_STRUCT_OFFSET (BackstepWindow, inspector) },
  { "parameters", G_STRUCT_OFFSET (BackstepWindow, parameters) },
  { "losses", G_STRUCT_OFFSET (BackstepWindow, losses) },
  { "landscape", G_STRUCT_OFFSET (BackstepWindow, landscape) },
};

static const char *
find_pane (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (panes); i++)
    if (g_strcmp0 (panes[i].name, name) == 0)
      return panes[i].name;
  return NULL;
}

/* Where the focus is; else the graph. */
static const char *
pane_of (BackstepWindow *self, GtkWidget *widget)
{
  for (guint i = 0; widget && i < G_N_ELEMENTS (panes); i++)
    {
      GtkWidget *pane = G_STRUCT_MEMBER (GtkWidget *, self, panes[i].offset);

      if (widget == pane || gtk_widget_is_ancestor (widget, pane))
        return panes[i].name;
    }
  return "graph";
}

/* Keys step where something has the focus that is seen. */
void
backstep_window_focus (BackstepWindow *self)
{
  gtk_widget_grab_focus (gtk_widget_get_visible (self->canvas_pane) ? self->canvas : self->timeline);
}

gboolean
backstep_window_shows (BackstepWindow *self, const char *pane, gboolean otherwise)
{
  return self->only ? g_str_equal (self->only, pane) : otherwise;
}

void
backstep_window_show_only (BackstepWindow *self, const char *pane)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "only");

  self->only = find_pane (pane);
  backstep_settings_set_string ("only-pane", self->only ? self->only : "");
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (self->only ? self->only : ""));
  backstep_window_update_panes (self);
}

static void
on_only (GSimpleAction *action, GVariant *state, gpointer data)
{
  backstep_window_show_only (data, g_variant_get_string (state, NULL));
}

static void
on_only_this (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BackstepWindow *self = data;

  backstep_window_show_only (self, self->only ? NULL : pane_of (self, gtk_window_get_focus (GTK_WINDOW (self))));
}

static void
on_title_click (GtkGestureClick *gesture, int n_press, double x, double y, BackstepWindow *self)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  if (n_press == 2)
    backstep_window_show_only (self, self->only ? NULL : pane_of (self, widget));
}

static void
add_title (BackstepWindow *self, GtkWidget *widget)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (on_title_click), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}

/* --- the size of text ------------------------------------------------------------------------------------------------------ */

static double
get_scale (BackstepWindow *self)
{
  return self->presenting ? self->present_scale : self->font_scale;
}

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* One class a size: a style sheet belongs to the display, not to a window. */
static void
ensure_sizes (BackstepWindow *self)
{
  static gboolean done;
  g_autoptr (GtkCssProvider) provider = NULL;
  g_autoptr (GString) css = g_string_new (NULL);

  if (done)
    return;
  done = TRUE;
  for (int percent = 125; percent <= SCALE_MAX * 100; percent += 25)
    g_string_append_printf (css, ".text-%d { font-size: %d%%; } .presenting .caption-bar.text-%d { font-size: %d%%; }\n",
                            percent, percent, percent, percent * 115 / 100);
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (provider, css->str, -1);
  gtk_style_context_add_provider_for_display (gtk_widget_get_display (GTK_WIDGET (self)), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

/* Of what is read; buttons as large as that would leave no room for it. */
static void
apply_size (BackstepWindow *self)
{
  GtkWidget *const readable[] = { self->sources, self->pages, self->inspector, self->caption, self->predict, self->notice };
  int wanted = lround (get_scale (self) * 100 / 25) * 25;

  ensure_sizes (self);
  for (int percent = 125; percent <= SCALE_MAX * 100; percent += 25)
    {
      g_autofree char *name = g_strdup_printf ("text-%d", percent);

      for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
        set_class (readable[i], name, percent == wanted);
    }
}

static void
set_scale (BackstepWindow *self, double scale)
{
  double *kept = self->presenting ? &self->present_scale : &self->font_scale;
  g_autofree char *text = NULL;

  *kept = CLAMP (round (scale / SCALE_STEP) * SCALE_STEP, SCALE_MIN, SCALE_MAX);
  backstep_settings_set_double (self->presenting ? "present-scale" : "font-scale", *kept);
  backstep_window_update_panes (self);
  text = g_strdup_printf (_("Text at %.0f %%"), *kept * 100);
  gtk_label_set_text (GTK_LABEL (self->notice), text);
  gtk_widget_set_visible (self->notice, TRUE);
  g_clear_handle_id (&self->notice_id, g_source_remove);
  self->notice_id = g_timeout_add_once (1200, (GSourceOnceFunc) backstep_window_hide_notice, self);
}

void
backstep_window_hide_notice (BackstepWindow *self)
{
  self->notice_id = 0;
  gtk_widget_set_visible (self->notice, FALSE);
}

#define ACTION(name) static void on_##name (GSimpleAction *action, GVariant *parameter, gpointer data)
ACTION (text_larger) { set_scale (data, get_scale (data) + SCALE_STEP); }
ACTION (text_smaller) { set_scale (data, get_scale (data) - SCALE_STEP); }
ACTION (text_normal) { set_scale (data, 1); }

/* --- the caption ------------------------------------------------------------------------------------------------------------ */

void
backstep_window_refresh_caption (BackstepWindow *self)
{
  BsDerivation *derivation = NULL;

  if (self->cursor && (self->presenting ? !self->predicting : (!self->pane_inspector || self->only) && bs_cursor_get_step (self->cursor) > 0))
    derivation = backstep_sentence_derivation (self->cursor);
  gtk_widget_set_visible (self->caption, derivation != NULL);
  backstep_math_view_set_brief (BACKSTEP_MATH_VIEW (self->caption), TRUE);
  backstep_math_view_set_derivation (BACKSTEP_MATH_VIEW (self->caption), derivation);
}

/* --- the presentation --------------------------------------------------------------------------------------------------------- */

gboolean
backstep_window_hides_future (BackstepWindow *self)
{
  return self->predicting || (self->presenting ? self->present_hide_future : self->hide_future);
}

/* The desktop's "large text" is for what we draw, too. */
double
backstep_window_get_desktop_scale (BackstepWindow *self)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? CLAMP (dpi / 1024.0 / 96, 1, SCALE_MAX) : 1;
}

void
backstep_window_update_look (BackstepWindow *self)
{
  double desktop = backstep_window_get_desktop_scale (self);
  double scale = self->presenting ? MAX (1.1 * self->present_scale, desktop) : MIN (self->font_scale * desktop, SCALE_MAX);
  gboolean hides = backstep_window_hides_future (self);
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  GdkMonitor *monitor = surface ? gdk_display_get_monitor_at_surface (gtk_widget_get_display (GTK_WIDGET (self)), surface) : NULL;
  GdkRectangle area = { .height = 720 };
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (monitor)
    gdk_monitor_get_geometry (monitor, &area);
  apply_size (self);
  set_class (GTK_WIDGET (self), "presenting", self->presenting);
  set_class (GTK_WIDGET (self), "high-contrast", bs_theme_is_high_contrast (backstep_theme ()));
  set_class (GTK_WIDGET (self), "high-contrast-dark", backstep_theme () == BS_THEME_HIGH_CONTRAST_DARK);
  backstep_plots_set_look (BACKSTEP_PLOTS (self->parameters), scale, hides);
  backstep_plots_set_look (BACKSTEP_PLOTS (self->losses), scale, hides);
  backstep_runs_set_hide_future (BACKSTEP_RUNS (self->runs), hides);
  backstep_landscape_set_look (BACKSTEP_LANDSCAPE (self->landscape), scale, hides);
  backstep_canvas_set_legible (BACKSTEP_CANVAS (self->canvas), self->presenting || scale > 1 ? LEGIBLE_ZOOM * MAX (get_scale (self), (1 + desktop) / 2) : 0, scale);
  backstep_outline_set_scale (BACKSTEP_OUTLINE (self->outline), self->font_scale * desktop);
  backstep_timeline_set_scale (BACKSTEP_TIMELINE (self->timeline), desktop);
  backstep_canvas_set_spotlight (BACKSTEP_CANVAS (self->canvas), self->spotlight);
  gtk_widget_set_size_request (self->plots, -1, self->presenting && !self->only ? area.height * PLOTS_SHARE : 90);
  gtk_widget_set_visible (self->predict, self->predicting);
  gtk_widget_set_sensitive (self->hints, !self->predicting); /* they know how it ends */
  if (focus && !gtk_widget_is_visible (focus))
    backstep_window_focus (self);
  backstep_window_queue_fit (self);
}

/* What is hidden cannot keep the focus. */
static void
set_blank (BackstepWindow *self, gboolean blank)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (blank == self->blank)
    return;
  self->blank = blank;
  if (blank)
    self->was_typing = focus && gtk_widget_is_ancestor (focus, self->predict);
  set_class (GTK_WIDGET (self), "blank", blank);
  gtk_widget_set_visible (adw_application_window_get_content (ADW_APPLICATION_WINDOW (self)), !blank);
  if (!blank && self->was_typing)
    backstep_predict_focus (BACKSTEP_PREDICT (self->predict));
  else if (!blank)
    backstep_window_focus (self);
}

/* The panes are as they were when the window has its size again. */
static gboolean
on_settle (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  if (gtk_window_is_fullscreen (GTK_WINDOW (self)) || self->settling++ < SETTLED_FRAMES)
    return G_SOURCE_CONTINUE;
  if (!self->presenting)
    backstep_window_place_panes (self);
  return G_SOURCE_REMOVE;
}

void
backstep_window_present_mode (BackstepWindow *self, gboolean on)
{
  GAction *hide_future = g_action_map_lookup_action (G_ACTION_MAP (self), "hide-future");

  if (on && !self->presenting)
    {
      backstep_window_save_panes (self);
      self->was_fullscreen = gtk_window_is_fullscreen (GTK_WINDOW (self));
    }
  self->presenting = on;
  set_blank (self, FALSE);
  if (on)
    gtk_window_fullscreen (GTK_WINDOW (self));
  else if (!self->was_fullscreen)
    gtk_window_unfullscreen (GTK_WINDOW (self));
  g_simple_action_set_state (G_SIMPLE_ACTION (hide_future), g_variant_new_boolean (on ? self->present_hide_future : self->hide_future));
  backstep_window_update_panes (self);
  backstep_window_update_actions (self);
  backstep_canvas_fit (BACKSTEP_CANVAS (self->canvas));
  if (!on)
    gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
  self->settling = 0;
  if (!on)
    gtk_widget_add_tick_callback (GTK_WIDGET (self), on_settle, NULL, NULL);
  if (!self->predicting)
    backstep_window_focus (self);
}

ACTION (present) { backstep_window_present_mode (data, !((BackstepWindow *) data)->presenting); }
ACTION (blank) { set_blank (data, !((BackstepWindow *) data)->blank); }

/* What Escape leaves first. FALSE: nothing of this. */
gboolean
backstep_window_leave (BackstepWindow *self)
{
  if (self->blank)
    set_blank (self, FALSE);
  else if (self->presenting)
    backstep_window_present_mode (self, FALSE);
  else if (self->only)
    backstep_window_show_only (self, NULL);
  else
    return FALSE;
  return TRUE;
}

/* Whoever steps wants to be seen. */
void
backstep_window_unblank (BackstepWindow *self)
{
  if (self->blank)
    set_blank (self, FALSE);
}

static void
on_spotlight (GSimpleAction *action, GVariant *state, gpointer data)
{
  BackstepWindow *self = data;

  self->spotlight = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  backstep_canvas_set_spotlight (BACKSTEP_CANVAS (self->canvas), self->spotlight);
}

/* --- a pointer at rest -------------------------------------------------------------------------------------------------------- */

static void
hide_pointer (gpointer data)
{
  BackstepWindow *self = data;

  self->pointer_id = 0;
  if (self->presenting)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "none");
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, BackstepWindow *self)
{
  if (x == self->pointer_x && y == self->pointer_y)
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  if (!self->presenting && self->pointer_id == 0)
    return;
  gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
  g_clear_handle_id (&self->pointer_id, g_source_remove);
  if (self->presenting)
    self->pointer_id = g_timeout_add_once (REST_SECONDS * 1000, hide_pointer, self);
}

static void
on_blank_click (GtkGestureClick *gesture, int n_press, double x, double y, BackstepWindow *self)
{
  backstep_window_unblank (self);
}

/* --- the lesson ----------------------------------------------------------------------------------------------------------------- */

static void
on_predict (GSimpleAction *action, GVariant *state, gpointer data)
{
  BackstepWindow *self = data;

  self->predicting = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  backstep_window_update_panes (self);
  if (self->predicting)
    backstep_predict_focus (BACKSTEP_PREDICT (self->predict));
  else
    backstep_window_focus (self);
}

ACTION (predict_next)
{
  BackstepWindow *self = data;

  if (self->predicting)
    backstep_predict_go_on (BACKSTEP_PREDICT (self->predict));
}

ACTION (predict_reset) { backstep_predict_reset (BACKSTEP_PREDICT (((BackstepWindow *) data)->predict)); }

void
backstep_window_refresh_predict (BackstepWindow *self)
{
  BsAsk ask = (self->ask_values ? BS_ASK_VALUES : 0) | (self->ask_gradients ? BS_ASK_GRADIENTS : 0)
    | (self->ask_updates ? BS_ASK_UPDATES : 0);
  guint32 covered = 0;
  gboolean grad = FALSE;

  if (self->predicting)
    {
      backstep_predict_set_ask (BACKSTEP_PREDICT (self->predict), ask);
      backstep_predict_refresh (BACKSTEP_PREDICT (self->predict), self->play_id == 0);
      covered = backstep_predict_get_covered (BACKSTEP_PREDICT (self->predict), &grad);
    }
  backstep_canvas_set_covered (BACKSTEP_CANVAS (self->canvas), covered, grad);
}

static void
on_predict_seek (BackstepPredict *predict, guint step, BackstepWindow *self)
{
  backstep_window_stop_playing (self);
  self->animate = TRUE;
  backstep_window_seek (self, step);
}

static void
on_predict_leave (BackstepPredict *predict, BackstepWindow *self)
{
  backstep_window_focus (self);
}

/* --- beginning -------------------------------------------------------------------------------------------------------------------- */

static const GActionEntry entries[] = {
  { "present", on_present }, { "blank", on_blank }, { "only", NULL, "s", "''", on_only }, { "only-this", on_only_this },
  { "text-larger", on_text_larger }, { "text-smaller", on_text_smaller }, { "text-normal", on_text_normal },
  { "spotlight", NULL, NULL, "false", on_spotlight }, { "predict", NULL, NULL, "false", on_predict },
  { "predict-next", on_predict_next }, { "predict-reset", on_predict_reset },
};

void
backstep_window_init_present (BackstepWindow *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  g_autofree char *only = backstep_settings_dup_string ("only-pane", "");

  self->present_scale = CLAMP (backstep_settings_get_double ("present-scale", 1.5), SCALE_MIN, SCALE_MAX);
  self->font_scale = CLAMP (backstep_settings_get_double ("font-scale", 1), SCALE_MIN, SCALE_MAX);
  self->present_hide_future = backstep_settings_get_boolean ("present-hide-future", TRUE);
  self->only = find_pane (only);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "only")),
                             g_variant_new_string (self->only ? self->only : ""));
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (click, "pressed", G_CALLBACK (on_blank_click), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  add_title (self, self->names);
  add_title (self, self->caption);
  g_signal_connect (self->predict, "seek", G_CALLBACK (on_predict_seek), self);
  g_signal_connect (self->predict, "leave", G_CALLBACK (on_predict_leave), self);
  g_signal_connect_swapped (self->predict, "score-changed", G_CALLBACK (backstep_window_remember), self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify", G_CALLBACK (backstep_window_update_look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (self)), "notify::gtk-xft-dpi", G_CALLBACK (backstep_window_update_look), self,
                           G_CONNECT_SWAPPED);
}
