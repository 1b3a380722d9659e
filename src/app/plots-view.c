/* SPDX-License-Identifier: MIT */

/* The pointer and the keys in a plot. The wheel zooms at the pointer (with Ctrl up and down, with Shift it moves). A click goes to
 * that pass; to drag is to scrub where all is in sight or at the line of the cursor, else to move the view; with Shift it draws
 * a box to zoom into. A double click or W shows everything again. */

#include "config.h"

#include <adwaita.h>
#include <math.h>

#include "canvas.h"
#include "plots-private.h"

#define WHEEL_FACTOR 1.2
#define BOX_MIN 6

static guint seek_signal;

void
backstep_plots_view_changed (BackstepPlots *self)
{
  BackstepPlots *both[] = { self, self->peer };

  if (self->peer && self->peer->plot && self->plot)
    {
      BsPlotScale x = bs_plot_get_scale (self->plot, BS_PLOT_X);

      bs_plot_set_scale (self->peer->plot, BS_PLOT_X, &x);
    }
  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    if (both[i] && both[i]->plot)
      {
        gtk_widget_set_visible (both[i]->fit, !bs_plot_is_fitted (both[i]->plot));
        gtk_widget_queue_draw (both[i]->area);
      }
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  BackstepPlots *self = data;
  BsPlotLook look = { backstep_theme (), self->font_scale, self->pointer_x, self->pointer_y, self->hide_future, FALSE, NULL };

  bs_palette_set (cr, look.theme, BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  if (self->plot == NULL)
    return;
  if (self->dragged && self->drag == BACKSTEP_PLOTS_BOX)
    look.box = &self->box;
  bs_plot_draw (self->plot, cr, width, height, self->cursor, &look);
}

/* --- the pointer ------------------------------------------------------------------------------------------------------------- */

static void
set_pointer (BackstepPlots *self, double x, double y)
{
  self->pointer_x = x;
  self->pointer_y = y;
  gtk_widget_queue_draw (self->area);
  if (self->peer == NULL)
    return;
  self->peer->pointer_x = x;
  self->peer->pointer_y = -1;
  gtk_widget_queue_draw (self->peer->area);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, BackstepPlots *self)
{
  set_pointer (self, x, y);
}

static void
on_leave (GtkEventControllerMotion *controller, BackstepPlots *self)
{
  set_pointer (self, -1, -1);
}

static void
seek_at (BackstepPlots *self, double x)
{
  guint32 step;

  if (self->plot && bs_plot_hit (self->plot, x, &step))
    g_signal_emit (self, seek_signal, 0, step);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, BackstepPlots *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (self->plot == NULL)
    return FALSE;
  if (state & GDK_SHIFT_MASK)
    bs_plot_pan (self->plot, BS_PLOT_X, -(dx + dy) * 60);
  else if (state & GDK_CONTROL_MASK)
    bs_plot_zoom (self->plot, BS_PLOT_Y, self->pointer_y, pow (WHEEL_FACTOR, -dy));
  else
    {
      bs_plot_zoom (self->plot, BS_PLOT_X, self->pointer_x, pow (WHEEL_FACTOR, -dy));
      if (dx != 0)
        bs_plot_pan (self->plot, BS_PLOT_X, -dx * 60);
    }
  backstep_plots_view_changed (self);
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, BackstepPlots *self)
{
  self->pinch = 1;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, BackstepPlots *self)
{
  double x, y;

  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  if (self->plot == NULL || !bs_plot_zoom (self->plot, BS_PLOT_X, x, scale / self->pinch))
    return;
  self->pinch = scale;
  backstep_plots_view_changed (self);
}

static void
on_click (GtkGestureClick *gesture, int n_press, double x, double y, BackstepPlots *self)
{
  if (n_press != 2 || self->plot == NULL)
    return;
  bs_plot_fit (self->plot);
  if (self->peer && self->peer->plot)
    bs_plot_fit (self->peer->plot);
  backstep_plots_view_changed (self);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, BackstepPlots *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  if (self->plot == NULL)
    return;
  self->dragged = FALSE;
  self->drag_x = x;
  self->drag_y = y;
  self->drag_dx = self->drag_dy = 0;
  if (state & GDK_SHIFT_MASK)
    self->drag = BACKSTEP_PLOTS_BOX;
  else if (bs_plot_is_fitted (self->plot) || bs_plot_is_at_cursor (self->plot, x, self->cursor))
    self->drag = BACKSTEP_PLOTS_SCRUB;
  else
    self->drag = BACKSTEP_PLOTS_PAN;
  if (self->drag == BACKSTEP_PLOTS_SCRUB)
    seek_at (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, BackstepPlots *self)
{
  if (self->plot == NULL)
    return;
  self->dragged |= gtk_drag_check_threshold (self->area, 0, 0, dx, dy);
  if (self->drag == BACKSTEP_PLOTS_SCRUB)
    seek_at (self, self->drag_x + dx);
  else if (self->drag == BACKSTEP_PLOTS_BOX)
    self->box = (BsRect) { MIN (self->drag_x, self->drag_x + dx), MIN (self->drag_y, self->drag_y + dy), fabs (dx), fabs (dy) };
  else if (self->dragged)
    {
      bs_plot_pan (self->plot, BS_PLOT_X, dx - self->drag_dx);
      bs_plot_pan (self->plot, BS_PLOT_Y, dy - self->drag_dy);
      self->drag_dx = dx;
      self->drag_dy = dy;
      backstep_plots_view_changed (self);
    }
  gtk_widget_queue_draw (self->area);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, BackstepPlots *self)
{
  if (self->plot == NULL)
    return;
  if (self->drag == BACKSTEP_PLOTS_BOX && fabs (dx) > BOX_MIN && fabs (dy) > BOX_MIN)
    bs_plot_zoom_to (self->plot, self->drag_x, self->drag_y, self->drag_x + dx, self->drag_y + dy);
  else if (self->drag == BACKSTEP_PLOTS_PAN && !self->dragged)
    seek_at (self, self->drag_x);
  self->dragged = FALSE;
  backstep_plots_view_changed (self);
}

/* --- keys ---------------------------------------------------------------------------------------------------------------------- */

static double
middle_of (BackstepPlots *self)
{
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  guint32 pass = bs_recording_get_n_passes (recording) > 0 ? bs_recording_find_pass (recording, bs_cursor_get_step (self->cursor)) : 0;

  return bs_plot_to_pixel (self->plot, BS_PLOT_X, pass + 1);
}

static void
toggle_line (BackstepPlots *self, guint i)
{
  BsPlotLine line;

  if (i >= bs_plot_get_n_lines (self->plot))
    return;
  bs_plot_get_line (self->plot, i, &line);
  bs_plot_set_shown (self->plot, i, !line.shown);
  backstep_plots_refresh (self);
}

/* Towards the cursor, so that what one looks at stays. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepPlots *self)
{
  gboolean shift = state & GDK_SHIFT_MASK;

  if (self->plot == NULL || state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    return FALSE;
  switch (key) {
  case GDK_KEY_plus: case GDK_KEY_equal: case GDK_KEY_KP_Add: bs_plot_zoom (self->plot, BS_PLOT_X, middle_of (self), 1.5); break;
  case GDK_KEY_minus: case GDK_KEY_KP_Subtract: bs_plot_zoom (self->plot, BS_PLOT_X, middle_of (self), 1 / 1.5); break;
  case GDK_KEY_0: case GDK_KEY_w: case GDK_KEY_W: on_click (NULL, 2, 0, 0, self); break;
  case GDK_KEY_l: backstep_plots_toggle_log (self, BS_PLOT_Y); break;
  case GDK_KEY_L: backstep_plots_toggle_log (self, BS_PLOT_X); break;
  case GDK_KEY_Left: if (!shift) return FALSE; bs_plot_pan (self->plot, BS_PLOT_X, 60); break;
  case GDK_KEY_Right: if (!shift) return FALSE; bs_plot_pan (self->plot, BS_PLOT_X, -60); break;
  default:
    if (key < GDK_KEY_1 || key > GDK_KEY_9)
      return FALSE;
    toggle_line (self, key - GDK_KEY_1);
  }
  backstep_plots_view_changed (self);
  return TRUE;
}

void
backstep_plots_init_view (BackstepPlots *self)
{
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new (), *pinch = gtk_gesture_zoom_new ();
  GtkEventController *motion = gtk_event_controller_motion_new (), *keys = gtk_event_controller_key_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  gpointer controllers[] = { drag, click, pinch, motion, keys, scroll };

  seek_signal = g_signal_lookup ("seek", BACKSTEP_TYPE_PLOTS);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->area), draw, self, NULL);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_click), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  for (guint i = 0; i < G_N_ELEMENTS (controllers); i++)
    gtk_widget_add_controller (self->area, GTK_EVENT_CONTROLLER (controllers[i]));
}
