/* SPDX-License-Identifier: MIT */

/* The lesson of the script, beside its output: what to look at, and questions that can be ticked. Signal: "open" (GFile),
 * the next lesson of the course. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BACKSTEP_TYPE_LESSON (backstep_lesson_get_type ())
G_DECLARE_FINAL_TYPE (BackstepLesson, backstep_lesson, BACKSTEP, LESSON, GtkWidget)

/* @id: under which ticks are remembered; NULL: they are not. @next: (nullable). FALSE: the text has no lesson. */
gboolean backstep_lesson_set (BackstepLesson *self, const char *id, const char *text, GFile *next);

G_END_DECLS
