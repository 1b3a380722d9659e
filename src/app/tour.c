/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "tour.h"

typedef struct {
  GtkWidget *target;
  char *words;
} Stop;

struct _BackstepTour
{
  GObject parent_instance;

  GArray *stops;
  guint at;
  GtkWidget *card, *words, *place, *skip, *next; /* in the overlay */
  gboolean running;
};

G_DEFINE_FINAL_TYPE (BackstepTour, backstep_tour, G_TYPE_OBJECT)

static guint ended_signal;

static void
clear_stop (gpointer data)
{
  g_free (((Stop *) data)->words);
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

static void
light (BackstepTour *self, gboolean on)
{
  GtkWidget *target = self->at < self->stops->len ? g_array_index (self->stops, Stop, self->at).target : NULL;

  if (target && on)
    gtk_widget_add_css_class (target, "tour-target");
  else if (target)
    gtk_widget_remove_css_class (target, "tour-target");
}

static void
show_stop (BackstepTour *self)
{
  gboolean is_last = next_of (self, self->at + 1) >= self->stops->len;
  /* Translators: a place in a tour, "2 of 6" */
  g_autofree char *place = g_strdup_printf (_("%u of %u"), self->at + 1, self->stops->len);

  light (self, TRUE);
  gtk_label_set_text (GTK_LABEL (self->words), g_array_index (self->stops, Stop, self->at).words);
  gtk_label_set_text (GTK_LABEL (self->place), place);
  gtk_widget_set_visible (self->skip, !is_last);
  gtk_button_set_label (GTK_BUTTON (self->next), is_last ? _("Begin") : _("Continue"));
}

static void
on_next (BackstepTour *self)
{
  light (self, FALSE);
  self->at = next_of (self, self->at + 1);
  if (self->at < self->stops->len)
    show_stop (self);
  else
    backstep_tour_end (self);
}

static void
make_card (BackstepTour *self)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->card = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 10));
  gtk_widget_add_css_class (self->card, "tour");
  gtk_widget_set_halign (self->card, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->card, GTK_ALIGN_END);
  self->words = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS, "wrap", TRUE, "max-width-chars", 44, "xalign", 0.0, NULL);
  self->place = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->place, "dim-label");
  gtk_widget_set_hexpand (self->place, TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->place), 0);
  self->skip = gtk_button_new_with_label (_("Skip the tour"));
  gtk_widget_add_css_class (self->skip, "flat");
  self->next = gtk_button_new_with_label (_("Continue"));
  gtk_widget_add_css_class (self->next, "suggested-action");
  g_signal_connect_object (self->skip, "clicked", G_CALLBACK (backstep_tour_end), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->next, "clicked", G_CALLBACK (on_next), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (buttons), self->place);
  gtk_box_append (GTK_BOX (buttons), self->skip);
  gtk_box_append (GTK_BOX (buttons), self->next);
  gtk_box_append (GTK_BOX (self->card), self->words);
  gtk_box_append (GTK_BOX (self->card), buttons);
  gtk_widget_set_visible (self->card, FALSE);
}

void
backstep_tour_add (BackstepTour *self, GtkWidget *target, const char *words)
{
  Stop stop = { target, g_strdup (words) };

  g_array_append_val (self->stops, stop);
}

void
backstep_tour_start (BackstepTour *self)
{
  light (self, FALSE);
  self->at = next_of (self, 0);
  self->running = self->at < self->stops->len;
  gtk_widget_set_visible (self->card, self->running);
  if (self->running)
    show_stop (self);
}

void
backstep_tour_end (BackstepTour *self)
{
  if (!self->running)
    return;
  self->running = FALSE;
  light (self, FALSE);
  gtk_widget_set_visible (self->card, FALSE);
  g_signal_emit (self, ended_signal, 0);
}

GtkWidget *
backstep_tour_get_card (BackstepTour *self)
{
  return self->card;
}

gboolean
backstep_tour_is_running (BackstepTour *self)
{
  return self->running;
}

static void
backstep_tour_dispose (GObject *object)
{
  BackstepTour *self = BACKSTEP_TOUR (object);

  g_clear_object (&self->card);
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
  make_card (self);
}

BackstepTour *
backstep_tour_new (GtkOverlay *overlay)
{
  BackstepTour *self = g_object_new (BACKSTEP_TYPE_TOUR, NULL);

  gtk_overlay_add_overlay (overlay, self->card);
  return self;
}
