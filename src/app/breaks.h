/* SPDX-License-Identifier: MIT */

#pragma once

#include "evaluate/expression.h"
#include "source.h"

G_BEGIN_DECLS

/* The list of breakpoints: those of lines, which the source keeps, with their conditions; conditions of their own; and
 * events. Signal: "changed". */
#define BACKSTEP_TYPE_BREAKS (backstep_breaks_get_type ())
G_DECLARE_FINAL_TYPE (BackstepBreaks, backstep_breaks, BACKSTEP, BREAKS, GtkWidget)

void backstep_breaks_set_source (BackstepBreaks *self, BackstepSource *source);
/* BsStop with their conditions, those switched on, and always the error (transfer full). */
GArray *backstep_breaks_dup_stops (BackstepBreaks *self);
/* All of them as bs_stop_parse() reads them, a # before those switched off. */
char **backstep_breaks_dup_texts (BackstepBreaks *self);
void backstep_breaks_set_texts (BackstepBreaks *self, const char *const *texts);
void backstep_breaks_focus (BackstepBreaks *self);

G_END_DECLS
