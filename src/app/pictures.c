/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "pictures.h"
#include "place.h"

#define LOOK "4"            /* another one when pictures are made differently */
#define PATIENCE 20         /* seconds one script may take */
#define EVENTS "60000"
#define TOGETHER 100000      /* µs */
#define KEPT_MAX 600        /* pictures */
#define SHORTEST 0.36       /* of the height, before a wide graph is cut */
#define FADE 72             /* pixels at the cut */

typedef struct { char *path, *kept, *theme; GSubprocess *process; guint timeout_id; gulong cancel_id; gint64 asked; } Job;

/* One script runs at a time. */
static GQueue waiting = G_QUEUE_INIT;
static GTask *running;

static void run_next (void);

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_handle_id (&job->timeout_id, g_source_remove);
  g_clear_object (&job->process);
  g_free (job->path);
  g_free (job->kept);
  g_free (job->theme);
  g_free (job);
}

static char *
dup_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "backstep", "pictures", NULL);
}

static char *
dup_drawn (Job *job)
{
  return g_strconcat (job->kept, ".drawn.png", NULL);
}

static char *
dup_tool (void)
{
  return g_strdup (bs_in_build_tree () ? BS_BUILD_ROOT "/src/cli/backstep-tool" : BS_LIBEXECDIR "/backstep-tool");
}

/* --- what is kept ------------------------------------------------------------------------------------------------------- */

static int
by_age (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* The oldest go, once in the life of the program. */
static void
prune (const char *folder)
{
  static gsize done;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_once_init_enter (&done))
    return;
  g_once_init_leave (&done, 1);
  all = g_ptr_array_new_with_free_func (g_free);
  dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf info;

      if (g_stat (path, &info) == 0)
        g_ptr_array_add (all, g_strdup_printf ("%020" G_GINT64_FORMAT "%s", (gint64) info.st_mtime, path));
    }
  g_ptr_array_sort (all, by_age);
  for (guint i = 0; all->len > KEPT_MAX && i < all->len - KEPT_MAX; i++)
    g_unlink ((char *) g_ptr_array_index (all, i) + 20);
}

/* An empty file says that there is no picture: its script is not run again at each start. */
static gboolean
look_up (const char *path, GdkTexture **texture)
{
  GStatBuf info;

  *texture = NULL;
  if (g_stat (path, &info) != 0)
    return FALSE;
  if (info.st_size > 0)
    *texture = gdk_texture_new_from_filename (path, NULL);
  return *texture != NULL || info.st_size == 0;
}

static gboolean
is_empty (GdkPixbuf *picture, int x, int y, int width, int height)
{
  const guchar *pixels = gdk_pixbuf_read_pixels (picture);
  int stride = gdk_pixbuf_get_rowstride (picture);

  for (int row = y; row < y + height; row++)
    for (int column = x; column < x + width; column++)
      if (pixels[row * stride + column * 4 + 3] > 8)
        return FALSE;
  return TRUE;
}

/* Without the margins of the page; NULL: there is nothing on it. */
static GdkPixbuf *
trim (GdkPixbuf *drawn)
{
  int left = 0, top = 0, right = gdk_pixbuf_get_width (drawn), bottom = gdk_pixbuf_get_height (drawn);

  if (!gdk_pixbuf_get_has_alpha (drawn))
    return g_object_ref (drawn);
  while (top < bottom - 1 && is_empty (drawn, 0, top, right, 1))
    top++;
  while (bottom > top + 1 && is_empty (drawn, 0, bottom - 1, right, 1))
    bottom--;
  while (left < right - 1 && is_empty (drawn, left, top, 1, bottom - top))
    left++;
  while (right > left + 1 && is_empty (drawn, right - 1, top, 1, bottom - top))
    right--;
  if (right - left < 2 || bottom - top < 2)
    return NULL;
  return gdk_pixbuf_new_subpixbuf (drawn, left, top, right - left, bottom - top);
}

/* What is cut fades, and does not look broken. */
static void
fade (GdkPixbuf *picture)
{
  guchar *pixels = gdk_pixbuf_get_pixels (picture);
  int stride = gdk_pixbuf_get_rowstride (picture), height = gdk_pixbuf_get_height (picture), n = gdk_pixbuf_get_n_channels (picture);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < MIN (FADE, gdk_pixbuf_get_width (picture)); x++)
      pixels[y * stride + x * n + 3] = pixels[y * stride + x * n + 3] * x / FADE;
}

/* The whole graph where it fits; of a wide one the end, where the loss is, in a size at which it is still a graph. */
static GdkPixbuf *
frame (GdkPixbuf *drawn)
{
  const int w = BACKSTEP_PICTURE_WIDTH, h = BACKSTEP_PICTURE_HEIGHT;
  int dw = gdk_pixbuf_get_width (drawn), dh = gdk_pixbuf_get_height (drawn), tw, th;
  double scale = MIN (MIN ((double) w / dw, (double) h / dh), 1);
  GdkPixbuf *out = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, w, h);
  g_autoptr (GdkPixbuf) scaled = NULL;

  if (dh * scale < SHORTEST * h)
    scale = MIN (MIN (SHORTEST * h / dh, 1), 3 * scale);
  tw = MAX (1, (int) (dw * scale));
  th = MAX (1, (int) (dh * scale));
  scaled = gdk_pixbuf_scale_simple (drawn, tw, th, GDK_INTERP_BILINEAR);
  gdk_pixbuf_fill (out, 0);
  if (scaled)
    gdk_pixbuf_copy_area (scaled, MAX (0, tw - w), MAX (0, (th - h) / 2), MIN (tw, w), MIN (th, h), out, MAX (0, (w - tw) / 2), MAX (0, (h - th) / 2));
  if (tw > w)
    fade (out);
  return out;
}

static void
keep (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autofree char *drawn_path = dup_drawn (job);
  g_autoptr (GdkPixbuf) drawn = gdk_pixbuf_new_from_file (drawn_path, NULL), trimmed = drawn ? trim (drawn) : NULL;
  g_autoptr (GdkPixbuf) framed = trimmed ? frame (trimmed) : NULL;
  GdkTexture *texture = NULL;

  g_unlink (drawn_path);
  if (framed == NULL || !gdk_pixbuf_save (framed, job->kept, "png", NULL, NULL))
    g_file_set_contents (job->kept, "", 0, NULL);
  look_up (job->kept, &texture);
  g_task_return_pointer (task, texture, g_object_unref);
}

/* --- drawing ------------------------------------------------------------------------------------------------------------ */

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GdkTexture *texture = g_task_propagate_pointer (G_TASK (result), NULL);

  g_task_return_pointer (task, texture, g_object_unref);
}

static void
on_drawn (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data, writer = NULL;
  Job *job = g_task_get_task_data (task);
  gboolean cancelled;

  /* The status of a script that fails on purpose is no matter: the picture is there or not. */
  g_subprocess_wait_finish (job->process, result, NULL);
  cancelled = g_cancellable_is_cancelled (g_task_get_cancellable (task));
  g_clear_handle_id (&job->timeout_id, g_source_remove);
  if (job->cancel_id)
    g_cancellable_disconnect (g_task_get_cancellable (task), job->cancel_id);
  g_clear_object (&running);
  if (cancelled)
    g_task_return_pointer (task, NULL, NULL);
  else
    {
      writer = g_task_new (NULL, NULL, on_kept, g_object_ref (task));
      g_task_set_task_data (writer, job, NULL);
      g_task_run_in_thread (writer, keep);
    }
  run_next ();
}

static gboolean
on_out_of_patience (gpointer data)
{
  Job *job = data;

  job->timeout_id = 0;
  g_subprocess_force_exit (job->process);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, Job *job)
{
  g_subprocess_force_exit (job->process);
}

static void
run (GTask *task)
{
  Job *job = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autofree char *drawn = dup_drawn (job), *tool = dup_tool (), *nice = g_find_program_in_path ("nice");
  const char *arguments[] = { nice, "-n", "15", tool, "export", "--pass", "0", "--limit", EVENTS, "--theme", job->theme, "--transparent",
                              "--scale", "1.6", "-o", drawn, job->path, NULL };

  job->process = g_subprocess_newv (nice ? arguments : arguments + 3, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  if (job->process == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      g_object_unref (task);
      return;
    }
  running = g_object_ref (task);
  job->timeout_id = g_timeout_add_seconds (PATIENCE, on_out_of_patience, job);
  if (cancellable)
    job->cancel_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), job, NULL);
  g_subprocess_wait_async (job->process, NULL, on_drawn, task);
}

/* What came into sight last goes first; what came together, in its order. */
static GTask *
pop (void)
{
  GList *best = NULL;
  GTask *task;

  for (GList *l = waiting.head; l; l = l->next)
    if (best == NULL || ((Job *) g_task_get_task_data (l->data))->asked > ((Job *) g_task_get_task_data (best->data))->asked + TOGETHER)
      best = l;
  if (best == NULL)
    return NULL;
  task = best->data;
  g_queue_delete_link (&waiting, best);
  return task;
}

static void
run_next (void)
{
  GTask *task;

  while (running == NULL && (task = pop ()) != NULL)
    if (g_task_return_error_if_cancelled (task))
      g_object_unref (task);
    else
      run (task);
}

static void
look_first (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autofree char *folder = dup_folder ();
  GdkTexture *texture;

  g_mkdir_with_parents (folder, 0700);
  prune (folder);
  if (look_up (job->kept, &texture))
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not kept");
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  GdkTexture *texture = g_task_propagate_pointer (G_TASK (result), &error);

  if (error == NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    {
      g_queue_push_tail (&waiting, g_steal_pointer (&task));
      run_next ();
    }
}

void
backstep_picture_load_async (const char *path, const char *digest, const char *theme, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  g_autoptr (GTask) looker = g_task_new (NULL, NULL, on_looked, task);
  g_autofree char *folder = dup_folder (), *name = g_strdup_printf ("%.32s-%s-%s-%s-%s.png", digest, BS_VERSION, LOOK,
                                                                                          g_get_language_names ()[0], theme);
  Job *job = g_new0 (Job, 1);

  job->asked = g_get_monotonic_time ();
  job->path = g_strdup (path);
  job->theme = g_strdup (theme);
  job->kept = g_build_filename (folder, name, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_set_task_data (looker, job, NULL);
  g_task_run_in_thread (looker, look_first);
}

GdkTexture *
backstep_picture_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
