/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What to begin with: a file, a new script, one opened lately, the gallery of examples. Signal: "open" (GFile). */
#define BACKSTEP_TYPE_WELCOME (backstep_welcome_get_type ())
G_DECLARE_FINAL_TYPE (BackstepWelcome, backstep_welcome, BACKSTEP, WELCOME, GtkWidget)

void backstep_welcome_refresh (BackstepWelcome *self);

G_END_DECLS
