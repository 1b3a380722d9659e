/* SPDX-License-Identifier: MIT */

#pragma once

#include <adwaita.h>

#include "document.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_APPLICATION (backstep_application_get_type ())
G_DECLARE_FINAL_TYPE (BackstepApplication, backstep_application, BACKSTEP, APPLICATION, AdwApplication)

BackstepApplication *backstep_application_new (void);
/* Microseconds of CLOCK_MONOTONIC at which the process began, and how many steps to measure; 0: do not measure. */
gint64 backstep_application_get_started (BackstepApplication *self);
guint backstep_application_get_measured_steps (BackstepApplication *self);
gboolean backstep_application_measures_seeks (BackstepApplication *self); /* and not steps */
gboolean backstep_application_measures_drags (BackstepApplication *self); /* of a slider */

G_END_DECLS
