/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "course.h"
#include "place.h"

#define EXAMPLE_MAX (8 << 20) /* bytes: as a document may have */
#define OWN_MAX 500           /* files */

G_DEFINE_FINAL_TYPE (BackstepExample, backstep_example, G_TYPE_OBJECT)

static void
backstep_example_finalize (GObject *object)
{
  BackstepExample *self = BACKSTEP_EXAMPLE (object);

  g_free (self->path);
  g_free (self->id);
  g_free (self->digest);
  g_free (self->title);
  g_free (self->chapter);
  g_free (self->problem);
  backstep_lesson_text_free (self->lesson);
  G_OBJECT_CLASS (backstep_example_parent_class)->finalize (object);
}

static void
backstep_example_class_init (BackstepExampleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = backstep_example_finalize;
}

static void
backstep_example_init (BackstepExample *self)
{
}

/* --- where things are -------------------------------------------------------------------------------------------------- */

char *
backstep_course_dup_folder (const char *name)
{
  return bs_in_build_tree () ? g_build_filename (BS_SOURCE_ROOT "/data", name, NULL) : g_build_filename (BS_PKGDATADIR, name, NULL);
}

char *
backstep_course_dup_localized (const char *folder, const char *name)
{
  const char *const *languages = g_get_language_names ();

  /* What is there without a folder of its own is English. */
  for (int i = 0; languages[i] && !g_str_has_prefix (languages[i], "en") && !g_str_equal (languages[i], "C"); i++)
    {
      g_autofree char *path = g_build_filename (folder, languages[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return g_build_filename (folder, name, NULL);
}

/* An example is named without its ending when that is .py. */
static char *
file_name_of (const char *id)
{
  return strchr (id, '.') ? g_strdup (id) : g_strconcat (id, ".py", NULL);
}

static GKeyFile *
load_plan (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "course.ini", NULL);
  GKeyFile *plan = g_key_file_new ();

  g_key_file_load_from_file (plan, path, G_KEY_FILE_KEEP_TRANSLATIONS, NULL);
  return plan;
}

/* All examples in their order. */
static GStrv
all_of (GKeyFile *plan)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) chapters = g_key_file_get_groups (plan, NULL);

  for (int i = 0; chapters[i]; i++)
    {
      g_auto (GStrv) lessons = g_key_file_get_string_list (plan, chapters[i], "Lessons", NULL, NULL);

      for (int k = 0; lessons && lessons[k]; k++)
        g_strv_builder_add (builder, lessons[k]);
    }
  return g_strv_builder_end (builder);
}

char *
backstep_course_dup_id (GFile *file)
{
  g_autofree char *folder = backstep_course_dup_folder ("examples"), *below = NULL, *name = g_file_get_basename (file);
  g_autoptr (GFile) root = g_file_new_for_path (folder);

  below = g_file_get_relative_path (root, file);
  if (below == NULL || name == NULL)
    return NULL;
  if (g_str_has_suffix (name, ".py"))
    name[strlen (name) - 3] = '\0';
  return g_steal_pointer (&name);
}

GFile *
backstep_course_dup_next (GFile *file)
{
  g_autofree char *folder = backstep_course_dup_folder ("examples"), *id = backstep_course_dup_id (file);
  g_autoptr (GKeyFile) plan = id ? load_plan (folder) : NULL;
  g_auto (GStrv) all = plan ? all_of (plan) : NULL;

  for (int i = 0; all && all[i]; i++)
    if (g_str_equal (all[i], id) && all[i + 1])
      {
        g_autofree char *name = file_name_of (all[i + 1]), *path = backstep_course_dup_localized (folder, name);

        return g_file_new_for_path (path);
      }
  return NULL;
}

/* --- reading ----------------------------------------------------------------------------------------------------------- */

static void
set_problem (BackstepExample *self, const char *text)
{
  g_free (self->problem);
  self->problem = g_strdup (text);
}

static BackstepExample *
read_example (const char *path, const char *id, const char *chapter)
{
  BackstepExample *self = g_object_new (BACKSTEP_TYPE_EXAMPLE, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  self->path = g_strdup (path);
  self->id = g_strdup (id);
  self->chapter = g_strdup (chapter);
  /* A pipe among the examples must not hold the thread. */
  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, &error);
  if (info && g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    set_problem (self, _("It is not a file."));
  else if (info && g_file_info_get_size (info) > EXAMPLE_MAX)
    set_problem (self, _("It is too large for a script."));
  else if (info && g_file_load_contents (file, NULL, &text, &length, NULL, &error))
    {
      self->lesson = backstep_lesson_text_new (text, length);
      self->digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, length);
      if (!g_utf8_validate_len (text, length, NULL))
        set_problem (self, _("It is not text in UTF-8."));
    }
  if (error)
    set_problem (self, error->message);
  self->title = self->lesson && self->lesson->title && !self->problem ? g_strdup (self->lesson->title) : g_path_get_basename (path);
  return self;
}

static BackstepChapter *
chapter_new (const char *title)
{
  BackstepChapter *self = g_new0 (BackstepChapter, 1);

  self->title = g_strdup (title);
  self->examples = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

static void
chapter_free (gpointer data)
{
  BackstepChapter *self = data;

  g_free (self->title);
  g_free (self->problem);
  g_ptr_array_unref (self->examples);
  g_free (self);
}

static void
read_course (GPtrArray *chapters)
{
  g_autofree char *folder = backstep_course_dup_folder ("examples");
  g_autoptr (GKeyFile) plan = load_plan (folder);
  g_auto (GStrv) groups = g_key_file_get_groups (plan, NULL);

  for (int i = 0; groups[i]; i++)
    {
      g_auto (GStrv) lessons = g_key_file_get_string_list (plan, groups[i], "Lessons", NULL, NULL);
      g_autofree char *title = g_key_file_get_locale_string (plan, groups[i], "Name", NULL, NULL);
      BackstepChapter *chapter = chapter_new (title ? title : groups[i]);

      for (int k = 0; lessons && lessons[k]; k++)
        {
          g_autofree char *name = file_name_of (lessons[k]), *path = backstep_course_dup_localized (folder, name);

          if (g_file_test (path, G_FILE_TEST_EXISTS))
            g_ptr_array_add (chapter->examples, read_example (path, lessons[k], chapter->title));
        }
      g_ptr_array_add (chapters, chapter);
    }
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  g_autofree char *x = g_utf8_collate_key_for_filename (*(const char *const *) a, -1);
  g_autofree char *y = g_utf8_collate_key_for_filename (*(const char *const *) b, -1);

  return strcmp (x, y);
}

/* The scripts and graphs of a folder, by name. */
static GPtrArray *
list_folder (GFile *folder, GCancellable *cancellable, GError **error)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GFileEnumerator) all = g_file_enumerate_children (folder, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NONE, cancellable, error);
  GFileInfo *info = NULL;

  while (all && names->len < OWN_MAX && g_file_enumerator_iterate (all, &info, NULL, cancellable, error) && info)
    {
      const char *name = g_file_info_get_name (info);

      if (name[0] != '.' && (g_str_has_suffix (name, ".py") || g_str_has_suffix (name, ".dot")))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, by_name);
  return names;
}

static void
read_own (GPtrArray *chapters, GFile *own, GCancellable *cancellable)
{
  BackstepChapter *chapter = chapter_new (_("Your own examples"));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) names = list_folder (own, cancellable, &error);

  chapter->is_own = TRUE;
  if (error)
    chapter->problem = g_strdup (error->message);
  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (GFile) file = g_file_get_child (own, g_ptr_array_index (names, i));
      g_autofree char *uri = g_file_get_uri (file), *path = g_file_get_path (file);

      if (path)
        g_ptr_array_add (chapter->examples, read_example (path, uri, chapter->title));
    }
  g_ptr_array_add (chapters, chapter);
}

static void
read_all (GTask *task, gpointer source, gpointer own, GCancellable *cancellable)
{
  GPtrArray *chapters = g_ptr_array_new_with_free_func (chapter_free);

  read_course (chapters);
  if (own)
    read_own (chapters, own, cancellable);
  g_task_return_pointer (task, chapters, (GDestroyNotify) g_ptr_array_unref);
}

void
backstep_course_read_async (GFile *own, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);

  if (own)
    g_task_set_task_data (task, g_object_ref (own), g_object_unref);
  g_task_run_in_thread (task, read_all);
}

GPtrArray *
backstep_course_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
