/* SPDX-License-Identifier: MIT */

/* The preferences: every row is bound to its setting, and look.c and the windows follow the settings. */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *backstep_preferences_new (void); /* (nullable): there are no settings */

G_END_DECLS
