/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "recording/cursor.h"

G_BEGIN_DECLS

/* Names and values at the cursor: the watches first, then the frames that run, the innermost first; what hangs below a name
 * (net.fc1.weight below net) folds away. What the last step changed is lit.
 * Signals: "select" (a tensor's id), "watches-changed", "edit" (a name and the Python text of its value from this step on),
 * "want-whole" (a large tensor's id, of which a watch needs the numbers). */
#define BACKSTEP_TYPE_VARIABLES (backstep_variables_get_type ())
G_DECLARE_FINAL_TYPE (BackstepVariables, backstep_variables, BACKSTEP, VARIABLES, GtkWidget)

void backstep_variables_set_cursor (BackstepVariables *self, BsCursor *cursor);
void backstep_variables_refresh (BackstepVariables *self);
char **backstep_variables_dup_watches (BackstepVariables *self);
void backstep_variables_set_watches (BackstepVariables *self, const char *const *texts);
gboolean backstep_variables_add_watch (BackstepVariables *self, const char *text); /* FALSE: it is no expression, and says so */
void backstep_variables_focus (BackstepVariables *self);

G_END_DECLS
