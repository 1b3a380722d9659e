/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gstdio.h>

#include "progress.h"

#define WRITE_DELAY 1 /* seconds */
#define FILE_SIZE_MAX (1 << 20)
#define EXAMPLES_MAX 2000
#define ALL_QUESTIONS 0x1ffu
#define SEEN 0x200u

struct _BackstepProgress
{
  GObject parent_instance;

  GKeyFile *keys;
  GHashTable *changed;  /* group -> bits of its questions that were ticked or not, SEEN for its percent: since the last writing */
  gboolean forgotten;   /* all that was written before */
  guint write_id;
};

G_DEFINE_FINAL_TYPE (BackstepProgress, backstep_progress, G_TYPE_OBJECT)

static guint changed_signal;

static char *
dup_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "backstep", "progress.ini", NULL);
}

/* A group's name must not hold brackets, which an address may. */
static char *
group_of (const char *id)
{
  return g_uri_escape_string (id, ":/@!$&'()*+,;=", FALSE);
}

static void
read_into (GKeyFile *keys)
{
  g_autofree char *path = dup_path ();
  GStatBuf info;

  if (g_stat (path, &info) == 0 && info.st_size <= FILE_SIZE_MAX)
    g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL);
}

/* What was walked and ticked here goes over what stands in the file. */
static void
merge_example (GKeyFile *file, GKeyFile *own, const char *group, guint changed)
{
  int there = g_key_file_get_integer (file, group, "percent", NULL), here = g_key_file_get_integer (own, group, "percent", NULL);
  int ticked = g_key_file_get_integer (file, group, "questions", NULL);

  g_key_file_set_integer (file, group, "percent", MAX (there, here));
  if (changed & ALL_QUESTIONS)
    g_key_file_set_integer (file, group, "questions", (ticked & ~changed) | (g_key_file_get_integer (own, group, "questions", NULL) & changed));
}

/* Two processes at once: the other one's lessons are in the file, and stay. */
static void
merge (BackstepProgress *self)
{
  GKeyFile *file = g_key_file_new ();
  GHashTableIter iter;
  gpointer group, changed;

  if (!self->forgotten)
    read_into (file);
  g_hash_table_iter_init (&iter, self->changed);
  while (g_hash_table_iter_next (&iter, &group, &changed))
    if (g_key_file_has_group (self->keys, group))
      merge_example (file, self->keys, group, GPOINTER_TO_UINT (changed));
  g_hash_table_remove_all (self->changed);
  self->forgotten = FALSE;
  g_key_file_unref (self->keys);
  self->keys = file;
}

void
backstep_progress_flush (BackstepProgress *self)
{
  g_autofree char *path = dup_path (), *folder = g_path_get_dirname (path);

  if (self->write_id == 0)
    return;
  g_clear_handle_id (&self->write_id, g_source_remove);
  g_mkdir_with_parents (folder, 0700);
  merge (self);
  g_key_file_save_to_file (self->keys, path, NULL);
}

static gboolean
write_now (gpointer data)
{
  backstep_progress_flush (data);
  return G_SOURCE_REMOVE;
}

static void
note_change (BackstepProgress *self, const char *group, guint bits)
{
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (self->changed, group));

  g_hash_table_insert (self->changed, g_strdup (group), GUINT_TO_POINTER (before | bits));
}

static void
tell (BackstepProgress *self, const char *id)
{
  if (self->write_id == 0)
    self->write_id = g_timeout_add_seconds (WRITE_DELAY, write_now, self);
  g_signal_emit (self, changed_signal, 0, id);
}

BackstepReached
backstep_progress_look (BackstepProgress *self, const char *id)
{
  g_autofree char *group = group_of (id);
  BackstepReached reached = { 0 };

  if (!g_key_file_has_group (self->keys, group))
    return reached;
  reached.opened = TRUE;
  reached.percent = CLAMP (g_key_file_get_integer (self->keys, group, "percent", NULL), 0, 100);
  reached.ticked = g_key_file_get_integer (self->keys, group, "questions", NULL) & ALL_QUESTIONS;
  return reached;
}

void
backstep_progress_note (BackstepProgress *self, const char *id, int percent)
{
  g_autofree char *group = group_of (id);
  BackstepReached before = backstep_progress_look (self, id);
  gsize n = 0;

  if (before.opened && percent <= before.percent)
    return;
  if (!before.opened)
    {
      g_auto (GStrv) groups = g_key_file_get_groups (self->keys, &n);

      if (n >= EXAMPLES_MAX)
        g_key_file_remove_group (self->keys, groups[0], NULL);
    }
  g_key_file_set_integer (self->keys, group, "percent", CLAMP (percent, 0, 100));
  note_change (self, group, SEEN);
  tell (self, id);
}

void
backstep_progress_tick (BackstepProgress *self, const char *id, guint question, gboolean ticked)
{
  g_autofree char *group = group_of (id);
  BackstepReached before = backstep_progress_look (self, id);
  guint32 after = ticked ? before.ticked | 1u << question : before.ticked & ~(1u << question);

  if (after == before.ticked)
    return;
  g_key_file_set_integer (self->keys, group, "questions", after);
  note_change (self, group, 1u << question);
  tell (self, id);
}

gboolean
backstep_progress_is_empty (BackstepProgress *self)
{
  gsize n;
  g_auto (GStrv) groups = g_key_file_get_groups (self->keys, &n);

  return n == 0;
}

void
backstep_progress_forget (BackstepProgress *self)
{
  g_key_file_unref (self->keys);
  self->keys = g_key_file_new ();
  g_hash_table_remove_all (self->changed);
  self->forgotten = TRUE;
  tell (self, NULL);
}

static void
backstep_progress_finalize (GObject *object)
{
  BackstepProgress *self = BACKSTEP_PROGRESS (object);

  g_clear_handle_id (&self->write_id, g_source_remove);
  g_key_file_unref (self->keys);
  g_hash_table_unref (self->changed);
  G_OBJECT_CLASS (backstep_progress_parent_class)->finalize (object);
}

static void
backstep_progress_class_init (BackstepProgressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = backstep_progress_finalize;
  changed_signal = g_signal_new ("changed", BACKSTEP_TYPE_PROGRESS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
backstep_progress_init (BackstepProgress *self)
{
  self->changed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->keys = g_key_file_new ();
  read_into (self->keys);
}

BackstepProgress *
backstep_progress_get (void)
{
  static BackstepProgress *progress;

  if (progress == NULL)
    progress = g_object_new (BACKSTEP_TYPE_PROGRESS, NULL);
  return progress;
}
