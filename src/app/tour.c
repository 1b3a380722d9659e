/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "tour.h"

typedef struct {
  GtkWidget *target;
  GtkPositionType side;
  char *words;
} Stop;

struct _BackstepTour
{
  GObject parent_instance;

  GArray *stops;
  guint at;
  GtkWidget *popover; /* of the target it is at */
};

G_DEFINE_FINAL_TYPE (BackstepTour, backstep_tour, G_TYPE_OBJECT)

static guint ended_signal;

static void
clear_stop (gpointer data)
{
  g_free (((Stop *) data)->words);
}

static void
drop_popover (BackstepTour *self)
{
  GtkWidget *popover = g_steal_pointer (&self->popover);

  if (popover)
    {
      gtk_popover_popdown (GTK_POPOVER (popover));
      gtk_widget_unparent (popover);
    }
}

static gboolean
is_in_sight (const Stop *stop)
{
  return gtk_widget_get_mapped (stop->target) && gtk_widget_get_width (stop->target) > 0;
}

static guint
next_of (BackstepTour *self, guint from)
{
  while (from < self->stops->len && !is_in_sight (&g_array_index (self->stops, Stop, from)))
    from++;
  return from;
}

static void show_stop (BackstepTour *self);

static void
on_next (BackstepTour *self)
{
  self->at = next_of (self, self->at + 1);
  if (self->at < self->stops->len)
    show_stop (self);
  else
    backstep_tour_end (self);
}

static GtkWidget *
make_buttons (BackstepTour *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label, *button;
  gboolean is_last = next_of (self, self->at + 1) >= self->stops->len;
  /* Translators: a place in a tour, "2 of 6" */
  g_autofree char *place = g_strdup_printf (_("%u of %u"), self->at + 1, self->stops->len);

  label = gtk_label_new (place);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);
  if (!is_last)
    {
      button = gtk_button_new_with_mnemonic (_("_Skip the tour"));
      gtk_widget_add_css_class (button, "flat");
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Skip the tour"), -1);
      g_signal_connect_object (button, "clicked", G_CALLBACK (backstep_tour_end), self, G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (box), button);
    }
  button = gtk_button_new_with_label (is_last ? _("Begin") : _("Further"));
  gtk_widget_add_css_class (button, "suggested-action");
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_next), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

static void
show_stop (BackstepTour *self)
{
  const Stop *stop = &g_array_index (self->stops, Stop, self->at);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10), *label = gtk_label_new (stop->words);

  drop_popover (self);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 38);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), make_buttons (self));
  self->popover = gtk_popover_new ();
  gtk_widget_add_css_class (self->popover, "tour");
  gtk_popover_set_child (GTK_POPOVER (self->popover), box);
  gtk_popover_set_position (GTK_POPOVER (self->popover), stop->side);
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE); /* the window stays as it is */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->popover), GTK_ACCESSIBLE_PROPERTY_LABEL, stop->words, -1);
  gtk_widget_set_parent (self->popover, stop->target);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

void
backstep_tour_add (BackstepTour *self, GtkWidget *target, GtkPositionType side, const char *words)
{
  Stop stop = { target, side, g_strdup (words) };

  g_array_append_val (self->stops, stop);
}

void
backstep_tour_start (BackstepTour *self)
{
  self->at = next_of (self, 0);
  if (self->at < self->stops->len)
    show_stop (self);
}

void
backstep_tour_end (BackstepTour *self)
{
  if (self->popover == NULL)
    return;
  drop_popover (self);
  g_signal_emit (self, ended_signal, 0);
}

static void
backstep_tour_dispose (GObject *object)
{
  BackstepTour *self = BACKSTEP_TOUR (object);

  drop_popover (self);
  g_clear_pointer (&self->stops, g_array_unref);
  G_OBJECT_CLASS (backstep_tour_parent_class)->dispose (object);
}

static void
backstep_tour_class_init (BackstepTourClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = backstep_tour_dispose;
  ended_signal = g_signal_new ("ended", BACKSTEP_TYPE_TOUR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_tour_init (BackstepTour *self)
{
  self->stops = g_array_new (FALSE, FALSE, sizeof (Stop));
  g_array_set_clear_func (self->stops, clear_stop);
}

BackstepTour *
backstep_tour_new (void)
{
  return g_object_new (BACKSTEP_TYPE_TOUR, NULL);
}
