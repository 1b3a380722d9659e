/* SPDX-License-Identifier: MIT */

/* What all windows share of the settings: theme, size of the text in source and output, animations. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

extern const char *const backstep_look_schemes[]; /* values of the setting "color-scheme"; NULL ends them */
/* Applies the settings, now and whenever they change. */
void backstep_look_init (void);

G_END_DECLS
