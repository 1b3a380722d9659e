/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gstdio.h>

#include "progress.h"

#define WRITE_DELAY 1 /* seconds */
#define FILE_SIZE_MAX (1 << 20)
#define EXAMPLES_MAX 2000

struct _BackstepProgress
{
  GObject parent_instance;

  GKeyFile *keys;
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

void
backstep_progress_flush (BackstepProgress *self)
{
  g_autofree char *path = dup_path (), *folder = g_path_get_dirname (path);

  if (self->write_id == 0)
    return;
  g_clear_handle_id (&self->write_id, g_source_remove);
  g_mkdir_with_parents (folder, 0700);
  g_key_file_save_to_file (self->keys, path, NULL);
}

static gboolean
write_now (gpointer data)
{
  backstep_progress_flush (data);
  return G_SOURCE_REMOVE;
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
  reached.ticked = g_key_file_get_integer (self->keys, group, "questions", NULL) & 0x1ff;
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
  tell (self, NULL);
}

static void
backstep_progress_finalize (GObject *object)
{
  BackstepProgress *self = BACKSTEP_PROGRESS (object);

  g_clear_handle_id (&self->write_id, g_source_remove);
  g_key_file_unref (self->keys);
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
  g_autofree char *path = dup_path ();
  GStatBuf info;

  self->keys = g_key_file_new ();
  if (g_stat (path, &info) == 0 && info.st_size <= FILE_SIZE_MAX)
    g_key_file_load_from_file (self->keys, path, G_KEY_FILE_NONE, NULL);
}

BackstepProgress *
backstep_progress_get (void)
{
  static BackstepProgress *progress;

  if (progress == NULL)
    progress = g_object_new (BACKSTEP_TYPE_PROGRESS, NULL);
  return progress;
}
