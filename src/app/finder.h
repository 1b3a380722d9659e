/* SPDX-License-Identifier: MIT */

/* Find and replace in the editor. Signal: "closed". */

#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

#define BACKSTEP_TYPE_FINDER (backstep_finder_get_type ())
G_DECLARE_FINAL_TYPE (BackstepFinder, backstep_finder, BACKSTEP, FINDER, GtkWidget)

/* The buffer of @view may change (another file of the run): what is searched is the one that stands there. */
void backstep_finder_set_view (BackstepFinder *self, GtkSourceView *view);
void backstep_finder_open (BackstepFinder *self, gboolean replace); /* with what is selected */
void backstep_finder_close (BackstepFinder *self);
gboolean backstep_finder_is_open (BackstepFinder *self);
void backstep_finder_go (BackstepFinder *self, int direction);

G_END_DECLS
