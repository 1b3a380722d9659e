/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <math.h>

#include "canvas-private.h"
#include "dragged.h"

#define WHEEL_FACTOR 1.15
#define BOX_MIN 8

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, BackstepCanvas *self)
{
  BsPoint at = backstep_canvas_to_scene (self, x, y);
  guint card = G_MAXUINT, edge = G_MAXUINT, frame = G_MAXUINT;

  self->pointer_x = x;
  self->pointer_y = y;
  if (self->scene && bs_scene_has_layout (self->scene) && !self->panning && !backstep_canvas_is_in_map (self, x, y))
    {
      card = bs_scene_hit_card (self->scene, at.x, at.y);
      frame = card == G_MAXUINT ? bs_scene_hit_frame (self->scene, at.x, at.y) : G_MAXUINT;
      edge = card == G_MAXUINT && frame == G_MAXUINT ? bs_scene_hit_edge (self->scene, at.x, at.y) : G_MAXUINT;
    }
  if (card == self->hovered && edge == self->hovered_edge && frame == self->hovered_frame)
    return;
  self->hovered_frame = frame;
  self->hovered = card;
  self->hovered_edge = edge;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), card != G_MAXUINT || frame != G_MAXUINT ? "pointer" : NULL);
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  backstep_canvas_changed (self);
}

static void
on_leave (GtkEventControllerMotion *controller, BackstepCanvas *self)
{
  if (self->hovered == G_MAXUINT && self->hovered_edge == G_MAXUINT && self->hovered_frame == G_MAXUINT)
    return;
  self->hovered = self->hovered_edge = self->hovered_frame = G_MAXUINT;
  backstep_canvas_changed (self);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, BackstepCanvas *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (state & GDK_SHIFT_MASK)
    {
      self->fits = FALSE;
      self->tx -= (dx + dy) * 60;
      backstep_canvas_changed (self);
    }
  else
    backstep_canvas_zoom_at (self, self->pointer_x, self->pointer_y, pow (WHEEL_FACTOR, -dy));
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, BackstepCanvas *self)
{
  self->pinch_zoom = self->zoom;
  gtk_gesture_get_bounding_box_center (gesture, &self->pinch_x, &self->pinch_y);
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, BackstepCanvas *self)
{
  backstep_canvas_zoom_at (self, self->pinch_x, self->pinch_y, self->pinch_zoom * scale / self->zoom);
}

static void
on_click (GtkGestureClick *gesture, int n_press, double x, double y, BackstepCanvas *self)
{
  BsPoint at = backstep_canvas_to_scene (self, x, y);
  BsGraph *graph;
  guint card, frame;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->scene == NULL || !bs_scene_has_layout (self->scene) || backstep_canvas_is_in_map (self, x, y))
    return;
  graph = bs_scene_get_graph (self->scene);
  card = bs_scene_hit_card (self->scene, at.x, at.y);
  frame = card == G_MAXUINT ? bs_scene_hit_frame (self->scene, at.x, at.y) : G_MAXUINT;
  if (frame != G_MAXUINT)
    {
      backstep_canvas_toggle_group (self, bs_graph_get_frame (graph, frame)->group);
      return;
    }
  if (gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)) & GDK_SHIFT_MASK)
    {
      backstep_canvas_pick_also (self, card);
      return;
    }
  backstep_canvas_pick (self, card);
  if (n_press == 2 && card != G_MAXUINT && bs_graph_get_card (graph, card)->group != 0)
    backstep_canvas_toggle_group (self, bs_graph_get_card (graph, card)->group);
  else if (n_press == 2 && card != G_MAXUINT)
    g_signal_emit_by_name (self, "activate-card");
  else if (n_press == 2)
    backstep_canvas_fit (self);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, BackstepCanvas *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->pan_tx = self->tx;
  self->pan_ty = self->ty;
  self->mapping = backstep_canvas_is_in_map (self, x, y);
  if (self->mapping)
    {
      backstep_canvas_follow_map (self, x, y);
      return;
    }
  self->boxing = (state & GDK_SHIFT_MASK) != 0;
  self->box = (GdkRectangle) { x, y, 0, 0 };
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, BackstepCanvas *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  if (self->mapping)
    {
      backstep_canvas_follow_map (self, x + dx, y + dy);
      return;
    }
  if (self->boxing)
    self->box = (GdkRectangle) { MIN (x, x + dx), MIN (y, y + dy), fabs (dx), fabs (dy) };
  else if (self->panning || gtk_drag_check_threshold (GTK_WIDGET (self), x, y, x + dx, y + dy))
    {
      if (!self->panning)
        {
          /* From here on it is no click. */
          gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
          gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
        }
      self->panning = TRUE;
      self->fits = FALSE;
      self->tx = self->pan_tx + dx;
      self->ty = self->pan_ty + dy;
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, BackstepCanvas *self)
{
  if (self->boxing && self->box.width > BOX_MIN && self->box.height > BOX_MIN)
    {
      BsPoint a = backstep_canvas_to_scene (self, self->box.x, self->box.y);
      BsPoint b = backstep_canvas_to_scene (self, self->box.x + self->box.width, self->box.y + self->box.height);

      self->fits = FALSE;
      backstep_canvas_show_rect (self, &(BsRect) { a.x, a.y, b.x - a.x, b.y - a.y });
    }
  if (self->panning)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), NULL);
  self->boxing = self->panning = self->mapping = FALSE;
  backstep_canvas_changed (self);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepCanvas *self)
{
  guint card = backstep_canvas_get_selected_card (self);

  if ((key != GDK_KEY_Return && key != GDK_KEY_KP_Enter) || self->selected == 0)
    return FALSE;
  if (card != G_MAXUINT && bs_graph_get_card (bs_scene_get_graph (self->scene), card)->group != 0)
    return backstep_canvas_toggle_fold (self);
  g_signal_emit_by_name (self, "activate-card");
  return TRUE;
}

/* The selected card can be taken to a plot; from all others a drag moves the view. */
static gboolean
drag_card (GtkWidget *widget, double x, double y, guint32 *tensor, char **name)
{
  BackstepCanvas *self = BACKSTEP_CANVAS (widget);
  BsPoint at = backstep_canvas_to_scene (self, x, y);
  guint card = G_MAXUINT;

  if (self->scene && bs_scene_has_layout (self->scene) && self->selected != 0 && !backstep_canvas_is_in_map (self, x, y))
    card = bs_scene_hit_card (self->scene, at.x, at.y);
  if (card == G_MAXUINT || card != backstep_canvas_get_selected_card (self))
    return FALSE;
  *tensor = self->selected;
  *name = g_strdup (bs_cursor_get_tensor_name (self->cursor, self->selected));
  return TRUE;
}

void
backstep_canvas_init_gestures (BackstepCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new (), *key = gtk_event_controller_key_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *pinch = gtk_gesture_zoom_new (), *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (click, "released", G_CALLBACK (on_click), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, key);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  backstep_dragged_add_source (widget, drag_card);
}
