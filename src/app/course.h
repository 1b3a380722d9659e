/* SPDX-License-Identifier: MIT */

/* The course, and the user's own folder beside it: chapters of examples, each with its lesson, read in the language of the
 * desktop. Reading happens in a thread. */

#pragma once

#include <gio/gio.h>

#include "lesson-text.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_EXAMPLE (backstep_example_get_type ())
G_DECLARE_FINAL_TYPE (BackstepExample, backstep_example, BACKSTEP, EXAMPLE, GObject)

struct _BackstepExample
{
  GObject parent_instance;

  char *path;
  char *id;                   /* the same in every language: what is remembered of it hangs there */
  char *digest;               /* of the text; NULL: it could not be read */
  char *title;                /* of the lesson, else the file's name */
  char *chapter;              /* its title */
  char *problem;              /* (nullable): why it cannot be opened */
  BackstepLessonText *lesson;
};

typedef struct {
  char *title;
  gboolean is_own;
  char *problem;              /* (nullable): the folder could not be read */
  GPtrArray *examples;        /* BackstepExample */
} BackstepChapter;

/* The chapters of the course, and one for @own (nullable). (transfer full) on finish: an array of BackstepChapter. */
void backstep_course_read_async (GFile *own, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GPtrArray *backstep_course_read_finish (GAsyncResult *result, GError **error);

/* Which example of the course @file is; NULL: none (transfer full). */
char *backstep_course_dup_id (GFile *file);
/* The one after it in the course, in the language of the desktop; NULL: it is the last (transfer full). */
GFile *backstep_course_dup_next (GFile *file);
/* A folder of the program's data, where it was built or installed (transfer full). */
char *backstep_course_dup_folder (const char *name);
/* The same file in the language of the desktop, if there is such a one (transfer full). */
char *backstep_course_dup_localized (const char *folder, const char *name);

G_END_DECLS
