/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "window-private.h"

/* The pages below the source: their names stand in a row that may be wider than the pane. The row scrolls then, and what is shown is in it. */

static GtkWidget *
find_active (GtkWidget *switcher)
{
  GtkWidget *child = gtk_widget_get_first_child (switcher);

  while (child && !(GTK_IS_TOGGLE_BUTTON (child) && gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (child))))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static void
show_active (BackstepWindow *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->names));
  GtkWidget *active = find_active (self->switcher);
  graphene_rect_t bounds;

  /* With a piece of the neighbours, so that one sees that there are some. */
  if (active && gtk_widget_compute_bounds (active, self->switcher, &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.x - 28, bounds.origin.x + bounds.size.width + 28);
}

static gboolean
on_tick (GtkWidget *names, GdkFrameClock *clock, gpointer data)
{
  show_active (BACKSTEP_WINDOW (gtk_widget_get_root (names)));
  return G_SOURCE_REMOVE;
}

/* The switcher hears of the new page in its own time, and a size is none before it is allocated. */
static void
on_change (BackstepWindow *self)
{
  if (gtk_widget_get_root (self->names) == GTK_ROOT (self))
    gtk_widget_add_tick_callback (self->names, on_tick, NULL, NULL);
}

static gboolean
on_wheel (GtkEventControllerScroll *wheel, double dx, double dy, BackstepWindow *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->names));

  if (dy == 0)
    return GDK_EVENT_PROPAGATE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + dy * 40);
  return GDK_EVENT_STOP;
}

void
backstep_window_init_pages (BackstepWindow *self)
{
  GtkEventController *wheel = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  /* As wide as their words: all as wide as the widest would be twice the room. */
  gtk_box_layout_set_homogeneous (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (self->switcher)), FALSE);
  g_signal_connect_object (self->pages, "notify::visible-child", G_CALLBACK (on_change), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->names)), "changed", G_CALLBACK (on_change), self,
                           G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (wheel, GTK_PHASE_CAPTURE);
  g_signal_connect (wheel, "scroll", G_CALLBACK (on_wheel), self);
  gtk_widget_add_controller (self->names, wheel);
}
