/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "canvas.h"
#include "draw/timeline.h"
#include "timeline.h"

#define LEVELS 38
#define LABELS 18 /* below them; at scale 1 */
#define WHEEL_FACTOR 1.2

struct _BackstepTimeline
{
  GtkWidget parent_instance;

  BsCursor *cursor;
  GArray *breaks;
  double from, to, pointer_x, pan_from, scale;
};

G_DEFINE_FINAL_TYPE (BackstepTimeline, backstep_timeline, GTK_TYPE_WIDGET)

enum { SEEK, N_SIGNALS };
static guint signals[N_SIGNALS];

static BsTimelineView
view_of (BackstepTimeline *self)
{
  return (BsTimelineView) {
    .width = gtk_widget_get_width (GTK_WIDGET (self)), .height = gtk_widget_get_height (GTK_WIDGET (self)),
    .theme = backstep_theme (), .font_scale = self->scale, .from = self->from, .to = self->to, .pointer_x = self->pointer_x,
    .breaks = self->breaks ? (const guint32 *) self->breaks->data : NULL, .n_breaks = self->breaks ? self->breaks->len : 0,
  };
}

static gboolean
is_empty (BackstepTimeline *self)
{
  return self->cursor == NULL || bs_recording_get_n_events (bs_cursor_get_recording (self->cursor)) == 0;
}

static void
backstep_timeline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BackstepTimeline *self = BACKSTEP_TIMELINE (widget);
  BsTimelineView view = view_of (self);
  cairo_t *cr;

  if (view.width <= 0 || view.height <= 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, view.width, view.height));
  if (is_empty (self))
    {
      bs_palette_set (cr, view.theme, BS_COLOR_BACKGROUND);
      cairo_paint (cr);
    }
  else
    bs_timeline_draw (bs_cursor_get_recording (self->cursor), cr, &view, bs_cursor_get_step (self->cursor));
  cairo_destroy (cr);
}

static void
seek_at (BackstepTimeline *self, double x)
{
  BsTimelineView view = view_of (self);

  if (!is_empty (self))
    g_signal_emit (self, signals[SEEK], 0, bs_timeline_step_at (bs_cursor_get_recording (self->cursor), &view, x));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, BackstepTimeline *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  seek_at (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, BackstepTimeline *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  self->pointer_x = x + dx;
  seek_at (self, x + dx);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, BackstepTimeline *self)
{
  self->pointer_x = x;
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *controller, BackstepTimeline *self)
{
  self->pointer_x = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Turning zooms at the pointer, sideways moves. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, BackstepTimeline *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), span = self->to - self->from, under, wanted;

  if (width <= 0)
    return FALSE;
  under = self->from + span * CLAMP (self->pointer_x / width, 0, 1);
  wanted = CLAMP (span * pow (WHEEL_FACTOR, dy), 1e-5, 1);
  self->from = under - (under - self->from) * wanted / span + dx * 0.05 * wanted;
  self->from = CLAMP (self->from, 0, 1 - wanted);
  self->to = self->from + wanted;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return TRUE;
}

static gboolean
backstep_timeline_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  BackstepTimeline *self = BACKSTEP_TIMELINE (widget);
  BsTimelineView view = view_of (self);
  g_autofree char *text = NULL;
  guint32 step;

  if (is_empty (self))
    return FALSE;
  step = keyboard ? bs_cursor_get_step (self->cursor) : bs_timeline_step_at (bs_cursor_get_recording (self->cursor), &view, x);
  text = bs_timeline_describe (bs_cursor_get_recording (self->cursor), step);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* The playhead stays in the part that is seen. */
static void
follow (BackstepTimeline *self, guint32 step, guint32 n)
{
  double at = n > 0 ? (double) step / n : 0, span = self->to - self->from;

  if (at >= self->from && at <= self->to)
    return;
  self->from = CLAMP (at - span / 2, 0, 1 - span);
  self->to = self->from + span;
}

void
backstep_timeline_refresh (BackstepTimeline *self)
{
  g_autofree char *text = NULL;
  BsRecording *recording;
  guint32 step, n;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (is_empty (self))
    return;
  recording = bs_cursor_get_recording (self->cursor);
  step = bs_cursor_get_step (self->cursor);
  n = bs_recording_get_n_events (recording);
  follow (self, step, n);
  text = bs_timeline_describe (recording, step);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) n,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) step,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

void
backstep_timeline_set_cursor (BackstepTimeline *self, BsCursor *cursor)
{
  g_set_object (&self->cursor, cursor);
  g_clear_pointer (&self->breaks, g_array_unref);
  self->from = 0;
  self->to = 1;
  backstep_timeline_refresh (self);
}

void
backstep_timeline_set_scale (BackstepTimeline *self, double scale)
{
  if (scale == self->scale)
    return;
  self->scale = scale;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
backstep_timeline_take_breaks (BackstepTimeline *self, GArray *steps)
{
  g_clear_pointer (&self->breaks, g_array_unref);
  self->breaks = steps;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
backstep_timeline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? LEVELS + LABELS * BACKSTEP_TIMELINE (widget)->scale : 100;
}

static void
backstep_timeline_dispose (GObject *object)
{
  BackstepTimeline *self = BACKSTEP_TIMELINE (object);

  g_clear_object (&self->cursor);
  g_clear_pointer (&self->breaks, g_array_unref);
  G_OBJECT_CLASS (backstep_timeline_parent_class)->dispose (object);
}

static void
backstep_timeline_class_init (BackstepTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_timeline_dispose;
  widget_class->snapshot = backstep_timeline_snapshot;
  widget_class->measure = backstep_timeline_measure;
  widget_class->query_tooltip = backstep_timeline_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
  signals[SEEK] = g_signal_new ("seek", BACKSTEP_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_UINT);
}

static void
backstep_timeline_init (BackstepTimeline *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  self->to = self->scale = 1;
  self->pointer_x = -1;
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_has_tooltip (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Timeline"), -1);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  g_signal_connect_object (adw_style_manager_get_default (), "notify", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}
