/* SPDX-License-Identifier: MIT */

/* The thread that owns Graphviz, the layouts it made (kept by their model's hash), and who waits for which. */

#include "layout-private.h"

#define MAX_KEPT 64
#define PATIENCE_MS 100

typedef struct {
  gatomicrefcount ref_count;
  BsModel *model;
  GCancellable *cancellable; /* nullable */
  gint overtaken;            /* atomic */
  GTask *task;               /* of an asynchronous request */
  gboolean done;             /* of a waiting one */
  BsLayout *layout;
  GError *error;
} Job;

static struct {
  GMutex mutex;
  GCond done;
  GAsyncQueue *queue;
  GHashTable *kept;    /* hash -> link of @recent */
  GQueue recent;       /* Kept, newest first */
  GHashTable *newest;  /* owner -> Job */
} worker;

typedef struct { guint64 hash; BsLayout *layout; } Kept;

static Job *
job_ref (Job *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
job_unref (gpointer data)
{
  Job *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  bs_model_unref (self->model);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->layout, bs_layout_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* --- what is known ----------------------------------------------------------------------------------------------------- */

static BsLayout *
recall (const BsModel *model)
{
  BsLayout *layout = NULL;
  GList *link;

  g_mutex_lock (&worker.mutex);
  link = worker.kept ? g_hash_table_lookup (worker.kept, &model->hash) : NULL;
  if (link != NULL) {
    g_queue_unlink (&worker.recent, link);
    g_queue_push_head_link (&worker.recent, link);
    layout = bs_layout_ref (((Kept *) link->data)->layout);
  }
  g_mutex_unlock (&worker.mutex);
  return layout;
}

static void
keep (const BsModel *model, BsLayout *layout)
{
  Kept *kept = g_new (Kept, 1);

  g_mutex_lock (&worker.mutex);
  if (g_hash_table_contains (worker.kept, &model->hash)) {
    g_free (kept);
  } else {
    *kept = (Kept) { model->hash, bs_layout_ref (layout) };
    g_queue_push_head (&worker.recent, kept);
    g_hash_table_insert (worker.kept, &kept->hash, worker.recent.head);
  }
  if (worker.recent.length > MAX_KEPT) {
    Kept *oldest = g_queue_pop_tail (&worker.recent);

    g_hash_table_remove (worker.kept, &oldest->hash);
    bs_layout_unref (oldest->layout);
    g_free (oldest);
  }
  g_mutex_unlock (&worker.mutex);
}

/* --- the thread -------------------------------------------------------------------------------------------------------- */

static gboolean
is_unwanted (Job *job, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (job->cancellable, error))
    return TRUE;
  if (!g_atomic_int_get (&job->overtaken))
    return FALSE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "A newer layout was asked for");
  return TRUE;
}

static BsLayout *
compute_layered (const BsModel *model)
{
  BsPlacement placement;
  BsLayout *layout;

  bs_placement_init (&placement, model);
  bs_place_layered (model, 4, &placement);
  layout = bs_layout_new (model, &placement, TRUE);
  bs_placement_clear (&placement);
  return layout;
}

/* With frames dot lets a long chain of blocks climb, each beside and above the last, until nothing can be read in a view of
 * the whole. */
static gboolean
wastes_room (BsLayout *layout, BsLayout *other)
{
  BsSize a = bs_layout_get_size (layout), b = bs_layout_get_size (other);

  return a.width * a.height > 4 * b.width * b.height;
}

static BsLayout *
compute (const BsModel *model, GError **error)
{
  BsPlacement placement;
  BsLayout *layout = NULL, *ours = NULL;

  if (!bs_dot_suits (model))
    return compute_layered (model);
  bs_placement_init (&placement, model);
  if (bs_place_dot (model, &placement, error))
    layout = bs_layout_new (model, &placement, TRUE);
  bs_placement_clear (&placement);
  if (layout != NULL)
    ours = compute_layered (model);
  if (layout != NULL && wastes_room (layout, ours)) {
    bs_layout_unref (layout);
    return ours;
  }
  g_clear_pointer (&ours, bs_layout_unref);
  return layout;
}

static void
run (Job *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsLayout) layout = NULL;

  if (!is_unwanted (job, &error)) {
    layout = recall (job->model);
    if (layout == NULL && (layout = compute (job->model, &error)) != NULL)
      keep (job->model, layout);
    if (layout != NULL && is_unwanted (job, &error))
      g_clear_pointer (&layout, bs_layout_unref);
  }
  if (job->task != NULL) {
    if (layout != NULL)
      g_task_return_pointer (job->task, g_steal_pointer (&layout), (GDestroyNotify) bs_layout_unref);
    else
      g_task_return_error (job->task, g_steal_pointer (&error));
    g_clear_object (&job->task);
    return;
  }
  g_mutex_lock (&worker.mutex);
  job->layout = g_steal_pointer (&layout);
  job->error = g_steal_pointer (&error);
  job->done = TRUE;
  g_cond_broadcast (&worker.done);
  g_mutex_unlock (&worker.mutex);
}

static gpointer
work (gpointer data)
{
  for (;;) {
    Job *job = g_async_queue_pop (worker.queue);

    run (job);
    job_unref (job);
  }
  return NULL;
}

static void
start (void)
{
  static gsize started;

  if (!g_once_init_enter (&started))
    return;
  worker.queue = g_async_queue_new ();
  worker.kept = g_hash_table_new (g_int64_hash, g_int64_equal);
  worker.newest = g_hash_table_new_full (NULL, NULL, NULL, job_unref);
  g_thread_unref (g_thread_new ("layout", work, NULL));
  g_once_init_leave (&started, 1);
}

static Job *
job_new (BsModel *model, GCancellable *cancellable)
{
  Job *job = g_new0 (Job, 1);

  g_atomic_ref_count_init (&job->ref_count);
  job->model = bs_model_ref (model);
  job->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  return job;
}

/* --- public ------------------------------------------------------------------------------------------------------------ */

BsLayout *
bs_layout_compute (BsGraph *graph, const BsLayoutOptions *options, GCancellable *cancellable, GError **error)
{
  g_autoptr (BsModel) model = bs_model_new (graph, options);
  BsLayout *layout;
  Job *job;

  start ();
  if ((layout = recall (model)) != NULL)
    return layout;
  job = job_new (model, cancellable);
  g_async_queue_push (worker.queue, job_ref (job));
  g_mutex_lock (&worker.mutex);
  while (!job->done)
    g_cond_wait (&worker.done, &worker.mutex);
  layout = g_steal_pointer (&job->layout);
  if (job->error != NULL)
    g_propagate_error (error, g_steal_pointer (&job->error));
  g_mutex_unlock (&worker.mutex);
  job_unref (job);
  return layout;
}

static void
overtake (gpointer owner, Job *newer)
{
  Job *older;

  g_mutex_lock (&worker.mutex);
  older = g_hash_table_lookup (worker.newest, owner);
  if (older != NULL)
    g_atomic_int_set (&older->overtaken, TRUE);
  if (newer != NULL)
    g_hash_table_replace (worker.newest, owner, job_ref (newer));
  else
    g_hash_table_remove (worker.newest, owner);
  g_mutex_unlock (&worker.mutex);
}

static void
push (gpointer owner, BsModel *model, GTask *task, GCancellable *cancellable)
{
  Job *job = job_new (model, cancellable);

  job->task = task;
  overtake (owner, job);
  g_async_queue_push (worker.queue, job);
}

void
bs_layout_compute_async (gpointer owner, BsGraph *graph, const BsLayoutOptions *options, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (BsModel) model = bs_model_new (graph, options);
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  BsLayout *layout;

  start ();
  g_task_set_source_tag (task, bs_layout_compute_async);
  g_task_set_check_cancellable (task, FALSE);
  if ((layout = recall (model)) == NULL) {
    push (owner, model, task, cancellable);
    return;
  }
  overtake (owner, NULL);
  g_task_return_pointer (task, layout, (GDestroyNotify) bs_layout_unref);
  g_object_unref (task);
}

BsLayout *
bs_layout_compute_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

BsLayout *
bs_layout_lookup (BsGraph *graph, const BsLayoutOptions *options)
{
  g_autoptr (BsModel) model = bs_model_new (graph, options);

  return recall (model);
}

/* --- requests: first what is quick, then what is best -------------------------------------------------------------------- */

typedef struct {
  gpointer owner;
  BsModel *model;
  BsLayoutReady ready;
  gpointer data;
  guint timeout;
  gboolean shown, forgotten;
} Request;

static GHashTable *requests; /* owner -> Request that is not done; main thread only */

static void
request_free (Request *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  bs_model_unref (self->model);
  g_free (self);
}

static void
show_quick (Request *self)
{
  BsPlacement placement;
  g_autoptr (BsLayout) layout = NULL;

  bs_placement_init (&placement, self->model);
  bs_place_layered (self->model, 1, &placement);
  layout = bs_layout_new (self->model, &placement, FALSE);
  bs_placement_clear (&placement);
  self->shown = TRUE;
  self->ready (layout, self->data);
}

static gboolean
on_patience_ended (gpointer data)
{
  Request *self = data;

  self->timeout = 0;
  show_quick (self);
  return G_SOURCE_REMOVE;
}

static void
on_computed (GObject *source, GAsyncResult *result, gpointer data)
{
  Request *self = data;
  g_autoptr (BsLayout) layout = bs_layout_compute_finish (result, NULL);

  if (!self->forgotten) {
    g_hash_table_remove (requests, self->owner);
    overtake (self->owner, NULL);
    if (layout != NULL)
      self->ready (layout, self->data);
    else if (!self->shown)
      show_quick (self);
  }
  request_free (self);
}

void
bs_layout_forget (gpointer owner)
{
  Request *request = requests ? g_hash_table_lookup (requests, owner) : NULL;

  if (request == NULL)
    return;
  /* Freed when the worker answers. */
  request->forgotten = TRUE;
  g_clear_handle_id (&request->timeout, g_source_remove);
  g_hash_table_remove (requests, owner);
  overtake (owner, NULL);
}

static void
ask (gpointer owner, BsGraph *graph, const BsLayoutOptions *options, gboolean stands, BsLayoutReady ready, gpointer data)
{
  g_autoptr (BsModel) model = bs_model_new (graph, options);
  g_autoptr (BsLayout) layout = NULL;
  Request *request;

  start ();
  bs_layout_forget (owner);
  if ((layout = recall (model)) != NULL) {
    ready (layout, data);
    return;
  }
  if (requests == NULL)
    requests = g_hash_table_new (NULL, NULL);
  request = g_new0 (Request, 1);
  *request = (Request) { .owner = owner, .model = bs_model_ref (model), .ready = ready, .data = data,
                         .shown = stands };
  g_hash_table_insert (requests, owner, request);
  push (owner, model, g_task_new (NULL, NULL, on_computed, request), NULL);
  if (stands)
    return;
  if (model->n_nodes > BS_LAYOUT_MANY)
    show_quick (request);
  else
    request->timeout = g_timeout_add (PATIENCE_MS, on_patience_ended, request);
}

void
bs_layout_request (gpointer owner, BsGraph *graph, const BsLayoutOptions *options, BsLayoutReady ready, gpointer data)
{
  ask (owner, graph, options, FALSE, ready, data);
}

void
bs_layout_request_best (gpointer owner, BsGraph *graph, const BsLayoutOptions *options, BsLayoutReady ready, gpointer data)
{
  ask (owner, graph, options, TRUE, ready, data);
}
