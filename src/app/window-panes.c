/* SPDX-License-Identifier: MIT */

/* Which panes are seen, how large they are, and how they stand in a window that has little room for them. */

#include "config.h"

#include <math.h>

#include "settings.h"
#include "window-private.h"

/* In pixels of a desktop whose text is as large as usual. */
#define WIDTH_MIN 880   /* of three columns */
#define WIDTH_GOOD 1080 /* of three columns where graph and inspector could also stand one above the other */
#define HEIGHT_MIN 480  /* of plots below three columns */
#define TALL_MIN 640    /* of plots below graph and inspector one above the other */

void
backstep_window_update_panes (BackstepWindow *self)
{
  gboolean source = backstep_window_shows (self, "source", self->pane_source && !self->presenting);
  gboolean output = backstep_window_shows (self, "output", self->pane_output && !self->presenting);
  gboolean inspector = backstep_window_shows (self, "inspector", self->pane_inspector && !self->presenting
                                               && !(self->narrow && self->predicting));
  gboolean graph = backstep_window_shows (self, "graph", self->pane_graph || self->presenting);
  /* On a projector a question needs the room, and the curves have nothing to say to it. */
  gboolean wants_plots = self->low && !self->presenting && !self->only ? self->low_plots : self->pane_plots;
  gboolean plots = wants_plots && !(self->presenting && self->predicting);
  gboolean parameters = backstep_window_shows (self, "parameters", plots);
  gboolean losses = backstep_window_shows (self, "losses", plots);
  /* The landscape is the answer to most questions. */
  gboolean landscape = backstep_window_shows (self, "landscape", wants_plots && self->show_landscape && !self->predicting);

  gtk_widget_set_visible (self->sources, source);
  gtk_widget_set_visible (self->under, output);
  gtk_widget_set_visible (self->left, source || output);
  gtk_widget_set_visible (self->canvas_pane, graph);
  gtk_widget_set_visible (self->inspector, inspector);
  gtk_widget_set_visible (self->right, graph || inspector);
  gtk_widget_set_visible (self->upper, source || output || graph || inspector);
  gtk_widget_set_visible (self->plots, parameters || losses || landscape);
  gtk_widget_set_visible (self->parameters, parameters);
  gtk_widget_set_visible (self->losses, losses);
  gtk_widget_set_visible (self->landscape, landscape);
  gtk_widget_set_visible (self->header, !self->presenting);
  gtk_widget_set_visible (GTK_WIDGET (self->tab_bar), !self->presenting);
  gtk_widget_set_visible (self->transport, !self->presenting);
  backstep_canvas_set_options (BACKSTEP_CANVAS (self->canvas), backstep_window_hides_future (self),
                               self->top_to_bottom ? BS_LAYOUT_TOP_TO_BOTTOM : BS_LAYOUT_LEFT_TO_RIGHT, 1);
  backstep_canvas_set_show_map (BACKSTEP_CANVAS (self->canvas), self->show_map && !self->presenting);
  backstep_window_update_look (self);
  backstep_window_queue_refresh (self);
}

/* --- their sizes, as they are at the usual size of text ----------------------------------------------------------------- */

static double
get_scale (BackstepWindow *self)
{
  return backstep_window_get_desktop_scale (self) * self->font_scale;
}

static int
far_side (GtkWidget *paned)
{
  int size = gtk_orientable_get_orientation (GTK_ORIENTABLE (paned)) == GTK_ORIENTATION_HORIZONTAL
    ? gtk_widget_get_width (paned) : gtk_widget_get_height (paned);

  return size - gtk_paned_get_position (GTK_PANED (paned));
}

/* The panes at the far side keep their size when the window opens with another one. */
static void
place_far_side (BackstepWindow *self, GtkWidget *paned, const char *key, int otherwise, double share)
{
  gboolean is_wide = gtk_orientable_get_orientation (GTK_ORIENTABLE (paned)) == GTK_ORIENTATION_HORIZONTAL;
  int size = is_wide ? gtk_widget_get_width (paned) : gtk_widget_get_height (paned);
  double wanted = key ? backstep_settings_get_int (key, otherwise) * get_scale (self) : size;

  if (size > 0)
    gtk_paned_set_position (GTK_PANED (paned), size - MIN (wanted, size * share));
}

void
backstep_window_place_panes (BackstepWindow *self)
{
  int width = gtk_widget_get_width (self->upper);
  /* At the usual size of text it is as somebody has left it. */
  gboolean tight = self->narrow || self->low || self->slim || get_scale (self) > 1;
  double source = self->narrow ? 0.42 : tight ? 0.3 : 0.9;

  if (width > 0)
    gtk_paned_set_position (GTK_PANED (self->upper), MIN (backstep_settings_get_int ("source-width", 340) * get_scale (self), width * source));
  place_far_side (self, self->lower, "plots-height", 170, tight ? 0.3 : 0.9);
  place_far_side (self, self->left, "output-height", 190, tight ? 0.42 : 0.9);
  if (self->narrow)
    place_far_side (self, self->right, NULL, 0, 0.5);
  else
    place_far_side (self, self->right, "inspector-width", 300, tight ? 0.35 : 0.9);
  /* A new position alone goes unheard, and the panes stay blank, when a child of theirs was just given its place (GTK 4.8). */
  gtk_widget_queue_resize (self->right);
  gtk_widget_queue_resize (self->left);
}

static void
save (BackstepWindow *self, const char *key, int size)
{
  backstep_settings_set_int (key, lround (size / get_scale (self)));
}

/* What little room forces upon them is not remembered. */
void
backstep_window_save_panes (BackstepWindow *self)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (!backstep_window_is_in_browser ())
    {
      backstep_settings_set_int ("window-width", MAX (width, 360));
      backstep_settings_set_int ("window-height", MAX (height, 240));
      backstep_settings_set_boolean ("window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
    }
  backstep_settings_set_double ("play-speed", self->speed);
  if (self->document == NULL || !gtk_widget_get_mapped (self->upper) || self->presenting || self->only)
    return;
  if (!self->narrow && !self->slim)
    save (self, "source-width", gtk_paned_get_position (GTK_PANED (self->upper)));
  if (self->pane_plots && !self->low)
    save (self, "plots-height", far_side (self->lower));
  if (self->pane_source && self->pane_output && !self->low)
    save (self, "output-height", far_side (self->left));
  if (self->pane_graph && self->pane_inspector && !self->narrow && !self->slim)
    save (self, "inspector-width", far_side (self->right));
}

/* --- little room ----------------------------------------------------------------------------------------------------------- */

/* In the middle of its line, unless that would cut off what stands at its begin. */
static void
place_step_buttons (BackstepWindow *self, gboolean narrow)
{
  GtkCenterBox *transport = GTK_CENTER_BOX (self->transport);
  gboolean is_central = gtk_center_box_get_center_widget (transport) == self->step_buttons;

  if (is_central != narrow)
    return;
  g_object_ref (self->step_buttons);
  if (narrow)
    {
      gtk_center_box_set_center_widget (transport, NULL);
      gtk_box_prepend (GTK_BOX (self->play_box), self->step_buttons);
    }
  else
    {
      gtk_box_remove (GTK_BOX (self->play_box), self->step_buttons);
      gtk_center_box_set_center_widget (transport, self->step_buttons);
    }
  g_object_unref (self->step_buttons);
}

static void
arrange (BackstepWindow *self, gboolean narrow, gboolean low, gboolean slim)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "show-plots");

  self->narrow = narrow;
  self->low = low;
  self->slim = slim;
  self->low_plots = FALSE;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->right), narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_widget_set_size_request (self->inspector, narrow ? -1 : 220, -1);
  place_step_buttons (self, narrow);
  if (action)
    g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (low ? self->low_plots : self->pane_plots));
  backstep_window_update_panes (self);
}

static gboolean
on_placed_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  if (--self->placing > 0)
    return G_SOURCE_CONTINUE;
  if (!self->presenting)
    backstep_window_place_panes (self);
  backstep_canvas_fit (BACKSTEP_CANVAS (self->canvas));
  return G_SOURCE_REMOVE;
}

/* Once they know how much room there is. */
void
backstep_window_queue_place (BackstepWindow *self)
{
  if (self->placing == 0)
    gtk_widget_add_tick_callback (GTK_WIDGET (self), on_placed_tick, NULL, NULL);
  self->placing = 2;
}

/* FALSE: it stands as it did. */
static gboolean
fit (BackstepWindow *self, int width, int height)
{
  double scale = get_scale (self);
  gboolean tall = height >= TALL_MIN * scale, narrow = width < (tall ? WIDTH_GOOD : WIDTH_MIN) * scale;
  gboolean low = narrow ? !tall : height < HEIGHT_MIN * scale, slim = !narrow && width < WIDTH_GOOD * scale;

  if (narrow == self->narrow && low == self->low && slim == self->slim)
    return FALSE;
  if (self->first_frame_done)
    backstep_window_save_panes (self);
  arrange (self, narrow, low, slim);
  return TRUE;
}

static gboolean
on_fit_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  self->fit_id = 0;
  if (fit (self, gtk_widget_get_width (widget), gtk_widget_get_height (widget)))
    backstep_window_queue_place (self);
  return G_SOURCE_REMOVE;
}

/* While sizes are given out nothing may change that asks for another one. */
void
backstep_window_queue_fit (BackstepWindow *self)
{
  if (self->fit_id == 0)
    self->fit_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_fit_tick, NULL, NULL);
}

/* Before the window has a size it is as large as it wishes, or as the screen. */
void
backstep_window_fit_at_first (BackstepWindow *self)
{
  g_autoptr (GdkMonitor) monitor = g_list_model_get_item (gdk_display_get_monitors (gtk_widget_get_display (GTK_WIDGET (self))), 0);
  GdkRectangle area = { .width = G_MAXINT, .height = G_MAXINT };
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (monitor)
    gdk_monitor_get_geometry (monitor, &area);
  if (gtk_window_is_maximized (GTK_WINDOW (self)))
    fit (self, area.width, area.height);
  else
    fit (self, MIN (width, area.width), MIN (height, area.height));
}

/* Larger text needs a larger window, unless somebody has made it as large as it is wanted. */
static int
size_of (const char *key, int otherwise, double scale)
{
  GSettings *settings = backstep_settings_get ();
  g_autoptr (GVariant) chosen = settings ? g_settings_get_user_value (settings, key) : NULL;

  return chosen ? g_variant_get_int32 (chosen) : otherwise * scale;
}

void
backstep_window_init_panes (BackstepWindow *self)
{
  double scale = backstep_window_get_desktop_scale (self);

  gtk_window_set_default_size (GTK_WINDOW (self), size_of ("window-width", 1280, scale), size_of ("window-height", 800, scale));
  if (backstep_settings_get_boolean ("window-maximized", FALSE))
    gtk_window_maximize (GTK_WINDOW (self));
  gtk_widget_set_size_request (self->under, -1, 110);
  gtk_widget_set_size_request (self->inspector, 220, -1);
  self->pane_source = backstep_settings_get_boolean ("show-source", TRUE);
  self->pane_output = backstep_settings_get_boolean ("show-output", TRUE);
  self->pane_graph = backstep_settings_get_boolean ("show-graph", TRUE);
  self->pane_inspector = backstep_settings_get_boolean ("show-inspector", TRUE);
  self->pane_plots = backstep_settings_get_boolean ("show-plots", TRUE);
  self->hide_future = backstep_settings_get_boolean ("hide-future", FALSE);
  self->show_landscape = backstep_settings_get_boolean ("show-landscape", TRUE);
  self->show_map = backstep_settings_get_boolean ("show-map", TRUE);
  self->top_to_bottom = backstep_settings_get_boolean ("top-to-bottom", FALSE);
  self->high_contrast = backstep_settings_get_boolean ("high-contrast", FALSE);
  self->ask_values = backstep_settings_get_boolean ("predict-values", TRUE);
  self->ask_gradients = backstep_settings_get_boolean ("predict-gradients", TRUE);
  self->ask_updates = backstep_settings_get_boolean ("predict-updates", TRUE);
  backstep_theme_set_high_contrast (self->high_contrast);
  self->speed = backstep_settings_get_double ("play-speed", 4);
}

