/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "drafts.h"

#define GROUP "draft"
#define LARGEST (32 << 20)
#define UNFINISHED_SECONDS 60

void
backstep_draft_free (BackstepDraft *self)
{
  g_free (self->id);
  g_free (self->uri);
  g_free (self->text);
  g_free (self);
}

static char *
folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "backstep", "drafts", NULL);
}

static char *
path_of (const char *id)
{
  g_autofree char *in = folder (), *name = g_strconcat (id, ".draft", NULL);

  return g_build_filename (in, name, NULL);
}

char *
backstep_drafts_id (GFile *file)
{
  g_autofree char *uri = file ? g_file_get_uri (file) : NULL, *random = NULL;

  if (uri)
    return g_compute_checksum_for_string (G_CHECKSUM_SHA256, uri, -1);
  random = g_uuid_string_random ();
  return g_strconcat ("new-", random, NULL);
}

/* --- writing ---------------------------------------------------------------------------------------------------------------------- */

typedef struct { char *path, *content; } Job; /* no content: away with it */

static void
work (gpointer data, gpointer unused)
{
  Job *job = data;
  g_autofree char *in = g_path_get_dirname (job->path);

  if (job->content == NULL)
    g_unlink (job->path);
  else if (g_mkdir_with_parents (in, 0700) == 0)
    g_file_set_contents_full (job->path, job->content, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
  g_free (job->path);
  g_free (job->content);
  g_free (job);
}

static GThreadPool *pool; /* of one thread, so that a draft given up does not come back */
static GHashTable *gone;  /* ids given up, though their file may still be there for a moment */

static void
push (const char *id, char *content)
{
  Job *job = g_new (Job, 1);

  if (pool == NULL)
    pool = g_thread_pool_new (work, NULL, 1, FALSE, NULL);
  *job = (Job) { path_of (id), content };
  g_thread_pool_push (pool, job, NULL);
}

void
backstep_drafts_keep (const char *id, const char *uri, const char *text)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (uri)
    g_key_file_set_string (file, GROUP, "uri", uri);
  g_key_file_set_int64 (file, GROUP, "time", g_get_real_time () / G_USEC_PER_SEC);
  g_key_file_set_int64 (file, GROUP, "process", getpid ());
  g_key_file_set_string (file, GROUP, "text", text);
  if (gone)
    g_hash_table_remove (gone, id);
  push (id, g_key_file_to_data (file, NULL, NULL));
}

void
backstep_drafts_drop (const char *id)
{
  if (gone == NULL)
    gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (gone, g_strdup (id));
  push (id, NULL);
}

void
backstep_drafts_flush (void)
{
  if (pool)
    g_thread_pool_free (g_steal_pointer (&pool), FALSE, TRUE);
}

/* --- finding -------------------------------------------------------------------------------------------------------------------------- */

/* The process that wrote it is at work, and is one of ours: the number may be somebody else's by now. */
static gboolean
is_alive (gint64 process)
{
  g_autofree char *link = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/exe", process), *its = NULL, *own = NULL, *a = NULL, *b = NULL;

  if (process == getpid () || process <= 1 || (kill (process, 0) != 0 && errno == ESRCH))
    return FALSE;
  its = g_file_read_link (link, NULL);
  own = g_file_read_link ("/proc/self/exe", NULL);
  a = its ? g_path_get_basename (its) : NULL;
  b = own ? g_path_get_basename (own) : NULL;
  return a && b && g_str_equal (a, b);
}

BackstepDraft *
backstep_drafts_find (const char *id)
{
  g_autofree char *path = path_of (id);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (BackstepDraft) draft = NULL;
  GStatBuf info;

  if ((gone && g_hash_table_contains (gone, id)) || g_stat (path, &info) != 0 || info.st_size > LARGEST || !g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL)
      || is_alive (g_key_file_get_int64 (file, GROUP, "process", NULL)))
    return NULL;
  draft = g_new0 (BackstepDraft, 1);
  draft->id = g_strdup (id);
  draft->uri = g_key_file_get_string (file, GROUP, "uri", NULL);
  draft->text = g_key_file_get_string (file, GROUP, "text", NULL);
  draft->time = g_key_file_get_int64 (file, GROUP, "time", NULL);
  return draft->text ? g_steal_pointer (&draft) : NULL;
}

/* What a process that was killed had begun to write: GLib's names for it. It is whole a moment later, or never. */
static void
drop_unfinished (const char *in, const char *name)
{
  g_autofree char *path = g_build_filename (in, name, NULL);
  GStatBuf info;

  if (strstr (name, ".draft.") && g_lstat (path, &info) == 0 && S_ISREG (info.st_mode) && time (NULL) - info.st_mtime > UNFINISHED_SECONDS)
    g_unlink (path);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const BackstepDraft *x = *(BackstepDraft *const *) a, *y = *(BackstepDraft *const *) b;

  return x->time > y->time ? -1 : x->time < y->time;
}

GPtrArray *
backstep_drafts_list_unnamed (void)
{
  g_autofree char *in = folder ();
  g_autoptr (GDir) dir = g_dir_open (in, 0, NULL);
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) backstep_draft_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *id = g_str_has_prefix (name, "new-") && g_str_has_suffix (name, ".draft") ? g_strndup (name, strlen (name) - 6) : NULL;
      BackstepDraft *draft = id ? backstep_drafts_find (id) : NULL;

      if (draft)
        g_ptr_array_add (found, draft);
      drop_unfinished (in, name);
    }
  g_ptr_array_sort (found, compare);
  return found;
}
