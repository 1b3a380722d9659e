/* SPDX-License-Identifier: MIT */

/* A few words about the parts of the window, one after the other, on a card over the graph, with a frame around the part in
 * question: for the first use. It holds nobody up: keys and clicks do what they always do, and it can be skipped at any time. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BACKSTEP_TYPE_TOUR (backstep_tour_get_type ())
G_DECLARE_FINAL_TYPE (BackstepTour, backstep_tour, BACKSTEP, TOUR, GObject)

/* Signal: "ended" (seen or skipped). */
BackstepTour *backstep_tour_new (GtkOverlay *overlay); /* (transfer full) */
/* @words are translated; @target must outlive the tour. */
void backstep_tour_add (BackstepTour *self, GtkWidget *target, const char *words);
void backstep_tour_start (BackstepTour *self); /* at the first of those whose target is in sight */
void backstep_tour_end (BackstepTour *self);
gboolean backstep_tour_is_running (BackstepTour *self);
GtkWidget *backstep_tour_get_card (BackstepTour *self); /* in sight while it runs */

G_END_DECLS
