/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "document.h"

G_BEGIN_DECLS

/* The runs of a document: one is shown, the others stand beside it in the plots; below, the parameters and the loss of the
 * shown one at the end of the pass beside those of another. */
#define BACKSTEP_TYPE_RUNS (backstep_runs_get_type ())
G_DECLARE_FINAL_TYPE (BackstepRuns, backstep_runs, BACKSTEP, RUNS, GtkWidget)

void backstep_runs_set_document (BackstepRuns *self, BackstepDocument *document);
void backstep_runs_set_hide_future (BackstepRuns *self, gboolean hide); /* how they end, and how passes do */
void backstep_runs_refresh (BackstepRuns *self); /* the cursor has moved, a recording has grown */

G_END_DECLS
