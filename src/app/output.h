/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "document.h"

G_BEGIN_DECLS

/* What is printed by now, the exception nobody caught, and the line to answer input() with.
 * Signals: "seek" (guint step), "answer" (const char *line), "fix" (guint BsFixKind, guint line,
 * const char *name). */
#define BACKSTEP_TYPE_OUTPUT (backstep_output_get_type ())
G_DECLARE_FINAL_TYPE (BackstepOutput, backstep_output, BACKSTEP, OUTPUT, GtkWidget)

void backstep_output_set_document (BackstepOutput *self, BackstepDocument *document);
void backstep_output_refresh (BackstepOutput *self);

G_END_DECLS
