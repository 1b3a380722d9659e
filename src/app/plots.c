/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "canvas.h"
#include "draw/plot.h"
#include "plots.h"

struct _BackstepPlots
{
  GtkWidget parent_instance;

  BsCursor *cursor;
  BsPlot *plot;
  gboolean losses, hide_future;
  double pointer_x, font_scale;
};

G_DEFINE_FINAL_TYPE (BackstepPlots, backstep_plots, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_LOSSES, N_PROPS };
enum { SEEK, POINTER, N_SIGNALS };
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
backstep_plots_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BackstepPlots *self = BACKSTEP_PLOTS (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  bs_palette_set (cr, backstep_theme (), BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  if (self->plot)
    bs_plot_draw (self->plot, cr, width, height, self->cursor, backstep_theme (), self->font_scale, self->pointer_x);
  cairo_destroy (cr);
}

static void
seek_at (BackstepPlots *self, double x)
{
  guint32 step;

  if (self->plot && bs_plot_hit (self->plot, x, gtk_widget_get_width (GTK_WIDGET (self)), &step))
    g_signal_emit (self, signals[SEEK], 0, step);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, BackstepPlots *self)
{
  seek_at (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, BackstepPlots *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  seek_at (self, x + dx);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, BackstepPlots *self)
{
  g_signal_emit (self, signals[POINTER], 0, x);
}

static void
on_leave (GtkEventControllerMotion *controller, BackstepPlots *self)
{
  g_signal_emit (self, signals[POINTER], 0, -1.0);
}

void
backstep_plots_set_pointer (BackstepPlots *self, double x)
{
  self->pointer_x = x;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
backstep_plots_set_font_scale (BackstepPlots *self, double font_scale)
{
  self->font_scale = font_scale;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
backstep_plots_set_hide_future (BackstepPlots *self, gboolean hide)
{
  self->hide_future = hide;
  if (self->plot)
    bs_plot_set_hide_future (self->plot, hide);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
backstep_plots_refresh (BackstepPlots *self)
{
  g_autofree char *text = self->plot ? bs_plot_describe (self->plot, self->cursor) : NULL;

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text ? text : "", -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
backstep_plots_set_cursor (BackstepPlots *self, BsCursor *cursor)
{
  g_clear_pointer (&self->plot, bs_plot_free);
  g_set_object (&self->cursor, cursor);
  if (cursor)
    {
      self->plot = bs_plot_new (bs_cursor_get_recording (cursor), self->losses);
      bs_plot_set_hide_future (self->plot, self->hide_future);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
backstep_plots_set_others (BackstepPlots *self, guint n, BsRecording *const *others)
{
  if (self->plot)
    bs_plot_set_others (self->plot, n, others);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
backstep_plots_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 60 : 100;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? 150 : 300;
}

static void
backstep_plots_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BackstepPlots *self = BACKSTEP_PLOTS (object);

  if (id != PROP_LOSSES)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  self->losses = g_value_get_boolean (value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->losses ? _("Plot of the loss") : _("Plot of the parameters"), -1);
}

static void
backstep_plots_dispose (GObject *object)
{
  BackstepPlots *self = BACKSTEP_PLOTS (object);

  g_clear_pointer (&self->plot, bs_plot_free);
  g_clear_object (&self->cursor);
  G_OBJECT_CLASS (backstep_plots_parent_class)->dispose (object);
}

static void
backstep_plots_class_init (BackstepPlotsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_plots_dispose;
  G_OBJECT_CLASS (klass)->set_property = backstep_plots_set_property;
  widget_class->snapshot = backstep_plots_snapshot;
  widget_class->measure = backstep_plots_measure;
  gtk_widget_class_set_css_name (widget_class, "plots");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  properties[PROP_LOSSES] = g_param_spec_boolean ("losses", NULL, NULL, FALSE,
                                                  G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  signals[SEEK] = g_signal_new ("seek", BACKSTEP_TYPE_PLOTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_UINT);
  signals[POINTER] = g_signal_new ("pointer", BACKSTEP_TYPE_PLOTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_DOUBLE);
}

static void
backstep_plots_init (BackstepPlots *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->pointer_x = -1;
  self->font_scale = 1;
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_object (adw_style_manager_get_default (), "notify", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}
