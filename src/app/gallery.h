/* SPDX-License-Identifier: MIT */

/* The course as a gallery: chapters of cards, searchable, and the user's own folder at the end. Signal: "open" (GFile). */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BACKSTEP_TYPE_GALLERY (backstep_gallery_get_type ())
G_DECLARE_FINAL_TYPE (BackstepGallery, backstep_gallery, BACKSTEP, GALLERY, GtkWidget)

/* Reads the examples, if it has not yet. */
void backstep_gallery_fill (BackstepGallery *self);
/* Keys typed in @widget go to the search. */
void backstep_gallery_capture_keys (BackstepGallery *self, GtkWidget *widget);

G_END_DECLS
