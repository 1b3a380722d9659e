/* SPDX-License-Identifier: MIT */

#pragma once

#include <adwaita.h>

#include "tab.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_APPLICATION (backstep_application_get_type ())
G_DECLARE_FINAL_TYPE (BackstepApplication, backstep_application, BACKSTEP, APPLICATION, AdwApplication)

BackstepApplication *backstep_application_new (void);
/* Microseconds of CLOCK_MONOTONIC at which the process began, and how many steps to measure; 0: do not measure. */
gint64 backstep_application_get_started (BackstepApplication *self);
guint backstep_application_get_measured_steps (BackstepApplication *self);
gboolean backstep_application_measures_seeks (BackstepApplication *self); /* and not steps */
gboolean backstep_application_measures_drags (BackstepApplication *self); /* of a slider */


/* Several windows, each with tabs. A file is open once: this shows it where it is. FALSE: it is not open. */
gboolean backstep_application_show_file (BackstepApplication *self, GFile *file);
BackstepTab *backstep_application_find_file (BackstepApplication *self, GFile *file, GtkWindow **window); /* (nullable) */
/* The tab that was closed last is opened again. FALSE: there is none. */
gboolean backstep_application_reopen (BackstepApplication *self);
void backstep_application_remember_closed (BackstepApplication *self, GFile *file, guint step);
/* What is open is written down, soon; or now, when a window closes, if it is the last one. */
void backstep_application_queue_save (BackstepApplication *self);
void backstep_application_window_closes (BackstepApplication *self);
void backstep_application_go_on (BackstepApplication *self); /* it did not close after all */

G_END_DECLS
