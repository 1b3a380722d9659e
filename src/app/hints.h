/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "recording/cursor.h"

G_BEGIN_DECLS

/* A button that says how many mistakes without an error there are, and lists them: what happens, what to do, and the way to
 * the step. Hidden when there are none. Signals: "seek" (guint step), "fix" (guint BsFixKind, guint line, const char *name). */
#define BACKSTEP_TYPE_HINTS (backstep_hints_get_type ())
G_DECLARE_FINAL_TYPE (BackstepHints, backstep_hints, BACKSTEP, HINTS, GtkWidget)

void backstep_hints_set_cursor (BackstepHints *self, BsCursor *cursor);
void backstep_hints_look (BackstepHints *self); /* the recording has grown */
GArray *backstep_hints_dup_steps (BackstepHints *self); /* guint32 */

G_END_DECLS
