/* SPDX-License-Identifier: MIT */

/* The lesson that stands in the first comment of a script (#) or of a graph (// or a block comment): its first line is the
 * title, then what to look at, then numbered questions. Knows no widgets. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BACKSTEP_QUESTIONS_MAX 9

typedef struct {
  char *title;      /* (nullable): there is no comment */
  char *text;       /* paragraphs, an empty line between them; "" when there are none */
  char **questions; /* without their numbers */
} BackstepLessonText;

/* @source need not be valid UTF-8, nor whole. */
BackstepLessonText *backstep_lesson_text_new (const char *source, gsize length);
void backstep_lesson_text_free (BackstepLessonText *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BackstepLessonText, backstep_lesson_text_free)

G_END_DECLS
