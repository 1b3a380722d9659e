/* SPDX-License-Identifier: MIT */

/* The tour of the window, at its first use and whenever somebody asks. */

#include "config.h"

#include <glib/gi18n.h>

#include "settings.h"
#include "window-private.h"

#define SEEN "tour-seen"

static void
on_ended (BackstepWindow *self)
{
  backstep_settings_set_boolean (SEEN, TRUE);
  backstep_window_focus (self);
}

gboolean
backstep_window_end_tour (BackstepWindow *self)
{
  gboolean ran = self->tour != NULL && backstep_tour_is_running (self->tour);

  if (ran)
    backstep_tour_end (self->tour);
  return ran;
}

static void
make_tour (BackstepWindow *self)
{
  self->tour = backstep_tour_new (GTK_OVERLAY (gtk_widget_get_parent (self->canvas)));
  backstep_tour_add (self->tour, self->step_buttons,
                     _("The script has run already, and every step was recorded. → takes one step, ← takes it back; ↓ goes to the end of the phase."));
  backstep_tour_add (self->tour, self->canvas,
                     _("Each card is a tensor: its name, its value, its gradient. Blue is forward, orange are gradients, green are updates. Click one; the wheel zooms."));
  backstep_tour_add (self->tour, self->inspector,
                     _("How the selected number was computed, and the chain rule with the numbers of this very step."));
  backstep_tour_add (self->tour, self->timeline,
                     _("The whole run. Drag to go anywhere; everything in the window shows that moment. A click into a curve does the same."));
  backstep_tour_add (self->tour, self->sources,
                     _("Your script. Change it and press Ctrl+Return: it runs again, and the former run stays beside it in the curves."));
  backstep_tour_add (self->tour, self->switcher,
                     _("What it prints, its variables, where to stop, earlier runs, and “What if”: sliders for its numbers. F1 is the help."));
  g_signal_connect_object (self->tour, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
}

static void
start (BackstepWindow *self)
{
  if (self->tour == NULL)
    make_tour (self);
  backstep_tour_start (self->tour);
}

/* Once, of a program that remembers that it was: one of many instances does not. */
void
backstep_window_offer_tour (BackstepWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  if (self->document && self->cursor && self->tour == NULL && app && backstep_settings_get ()
      && (g_application_get_flags (G_APPLICATION (app)) & G_APPLICATION_NON_UNIQUE) == 0 && !backstep_settings_get_boolean (SEEN, FALSE))
    start (self);
}

static void
on_tour (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BackstepWindow *self = BACKSTEP_WINDOW (widget);

  if (self->document && !self->presenting)
    start (self);
}

void
backstep_window_class_init_tour (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "tour.start", NULL, on_tour);
}
