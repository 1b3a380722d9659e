/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What if: a slider for each plain number of the script, a switch for each statement that can be left out. They change a copy of
 * the text; the script itself only when they are kept.
 * Signals: "try" (char *text, char *name; both NULL: nothing differs from the script any more), "keep". */
#define BACKSTEP_TYPE_WHATIF (backstep_whatif_get_type ())
G_DECLARE_FINAL_TYPE (BackstepWhatif, backstep_whatif, BACKSTEP, WHATIF, GtkWidget)

/* Another text: everything that was moved is forgotten (TRUE). NULL: there is none that could be changed. */
gboolean backstep_whatif_set_text (BackstepWhatif *self, const char *text);
void backstep_whatif_set_state (BackstepWhatif *self, gboolean busy, const char *problem);
gboolean backstep_whatif_is_changed (BackstepWhatif *self);
GArray *backstep_whatif_dup_splices (BackstepWhatif *self); /* BsSplice, whose texts are owned, by place */
void backstep_whatif_focus (BackstepWhatif *self);
/* The first slider goes there, between 0 and 1, as if dragged. FALSE: there is none. */
gboolean backstep_whatif_drag_first (BackstepWhatif *self, double fraction);

G_END_DECLS
