/* SPDX-License-Identifier: MIT */

#include "query.h"

#include "recording-private.h"

#include <math.h>

/* --- who changed it ------------------------------------------------------------------------------------------------------ */

static const BsChainKind value_kinds[] = { BS_CHAIN_WRITE };
static const BsChainKind grad_kinds[] = { BS_CHAIN_GRAD, BS_CHAIN_FLOW };
static const BsChainKind any_kinds[] = { BS_CHAIN_WRITE, BS_CHAIN_GRAD, BS_CHAIN_FLOW };

guint32
bs_recording_find_change (BsRecording *self, guint32 tensor, BsChange what, guint32 step, int direction)
{
  const BsChainKind *kinds = what == BS_CHANGE_VALUE ? value_kinds : what == BS_CHANGE_GRAD ? grad_kinds : any_kinds;
  guint n = what == BS_CHANGE_VALUE ? 1 : what == BS_CHANGE_GRAD ? 2 : 3;
  guint32 best = BS_NO_STEP, first;

  g_return_val_if_fail (tensor > 0 && tensor < self->tensors.n, BS_NO_CHANGE);

  first = self->tensors.data[tensor].first;
  if (what != BS_CHANGE_GRAD && (direction > 0 ? first >= step : first < step))
    best = first;
  for (guint i = 0; i < n; i++) {
    guint32 at = direction > 0 ? bs_chain_next (self, kinds[i], tensor, step) : bs_chain_last (self, kinds[i], tensor, step);

    if (at != BS_NO_STEP && (best == BS_NO_STEP || (direction > 0 ? at < best : at > best)))
      best = at;
  }
  return best == BS_NO_STEP ? BS_NO_CHANGE : best + 1;
}

guint32
bs_recording_find_maker (BsRecording *self, guint32 tensor, BsChange what, guint32 step)
{
  return bs_recording_find_change (self, tensor, what, step, -1);
}

/* --- where a gradient comes from ---------------------------------------------------------------------------------------------- */

typedef struct {
  BsRecording *recording;
  guint32 begin, end, root; /* the walk */
  GArray *edges;            /* of the path so far */
  GPtrArray *paths;
  guint max_paths;
  guint budget;             /* edges still to be looked at: a chain of n diamonds has 2ⁿ paths */
  gboolean all;
} Tracer;

static double
scalar_of (const BsValue *value)
{
  return value->n_stored == 1 && value->numel == 1 ? bs_value_get (value, 0) : NAN;
}

static void
finish_path (Tracer *self, double seed)
{
  BsPath *path;

  if (self->paths->len >= self->max_paths) {
    self->all = FALSE;
    return;
  }
  path = g_new0 (BsPath, 1);
  path->n = self->edges->len;
  path->edges = g_memdup2 (self->edges->data, path->n * sizeof (guint32));
  path->factors = g_new (double, MAX (path->n, 1));
  path->product = seed;
  for (guint i = 0; i < path->n; i++) {
    BsValue upstream;
    gboolean whole;
    guint32 when;
    BsEvent e;

    bs_recording_get_event (self->recording, path->edges[i], &e);
    path->factors[i] = NAN;
    if (e.edge.node != 0 && bs_state_flow (self->recording, e.edge.node, path->edges[i], &upstream, &whole, &when))
      path->factors[i] = scalar_of (&e.edge.contribution) / scalar_of (&upstream);
    path->product *= path->factors[i];
  }
  g_ptr_array_add (self->paths, path);
}

/* The edge before @limit that brought something to @tensor in this walk; BS_NO_STEP: no further one. */
static guint32
former_edge (Tracer *self, guint32 tensor, guint32 limit, guint32 *node)
{
  for (guint32 at = limit;;) {
    BsEvent e;

    at = bs_chain_last (self->recording, BS_CHAIN_FLOW, tensor, at);
    if (at == BS_NO_STEP || at < self->begin)
      return BS_NO_STEP;
    if (self->budget == 0)
      self->all = FALSE;
    if (!self->all)
      return BS_NO_STEP;
    self->budget--;
    if (bs_recording_get_kind (self->recording, at) != BS_EVENT_EDGE)
      continue;
    bs_recording_get_event (self->recording, at, &e);
    *node = e.edge.node;
    if (*node != 0 && *node != tensor)
      return at;
  }
}

typedef struct { guint32 tensor, next; } Rung; /* edges before @next are still to be tried */

/* Depth first, with a stack of its own: graphs may be a hundred thousand operations deep. */
static void
climb (Tracer *self, guint32 tensor, guint32 limit, double seed)
{
  g_autoptr (GArray) rungs = g_array_new (FALSE, FALSE, sizeof (Rung));
  Rung rung = { tensor, limit };
  guint32 at, node = 0;

  g_array_append_val (rungs, rung);
  while (rungs->len > 0 && self->all) {
    Rung *top = &g_array_index (rungs, Rung, rungs->len - 1);

    at = BS_NO_STEP;
    if (top->tensor == self->root)
      finish_path (self, seed);
    else
      at = former_edge (self, top->tensor, top->next, &node);
    if (at == BS_NO_STEP) {
      g_array_set_size (rungs, rungs->len - 1);
      if (rungs->len > 0)
        g_array_set_size (self->edges, self->edges->len - 1);
      continue;
    }
    top->next = at;
    g_array_append_val (self->edges, at);
    rung = (Rung) { node, at };
    g_array_append_val (rungs, rung);
  }
}

static gboolean
find_walk (BsRecording *self, guint32 at, Tracer *tracer)
{
  for (guint32 i = self->walks.n; i > 0; i--) {
    const BsWalk *walk = &self->walks.data[i - 1];

    if (walk->begin >= at || walk->end <= at)
      continue;
    tracer->begin = walk->begin;
    tracer->end = walk->end;
    tracer->root = walk->root;
    return TRUE;
  }
  return FALSE;
}

BsPaths *
bs_recording_trace_paths (BsRecording *self, guint32 tensor, guint32 step, guint max_paths)
{
  BsPaths *paths = g_new0 (BsPaths, 1);
  Tracer tracer = { .recording = self, .max_paths = max_paths, .all = TRUE, .budget = 100000 };
  guint32 at;
  BsEvent e;

  g_return_val_if_fail (tensor > 0 && tensor < self->tensors.n, paths);

  tracer.edges = g_array_new (FALSE, FALSE, sizeof (guint32));
  tracer.paths = g_ptr_array_new ();
  at = bs_chain_last (self, BS_CHAIN_FLOW, tensor, step);
  if (at != BS_NO_STEP && find_walk (self, at, &tracer)) {
    bs_recording_get_event (self, tracer.begin, &e);
    climb (&tracer, tensor, step, scalar_of (&e.backward_begin.seed));
  }
  paths->all = tracer.all;
  paths->n_paths = tracer.paths->len;
  paths->paths = g_new0 (BsPath, MAX (tracer.paths->len, 1));
  for (guint i = 0; i < paths->n_paths; i++) {
    paths->paths[i] = *(BsPath *) tracer.paths->pdata[i];
    paths->sum += paths->paths[i].product;
    g_free (tracer.paths->pdata[i]);
  }
  g_array_unref (tracer.edges);
  g_ptr_array_unref (tracer.paths);
  return paths;
}

void
bs_paths_free (BsPaths *self)
{
  for (guint i = 0; i < self->n_paths; i++) {
    g_free (self->paths[i].edges);
    g_free (self->paths[i].factors);
  }
  g_free (self->paths);
  g_free (self);
}

guint
bs_recording_find_edges (BsRecording *self, guint32 tensor, guint32 step, guint max, guint32 *edges, guint32 *root)
{
  Tracer tracer = { .recording = self, .all = TRUE, .budget = 100000 };
  guint32 at, node;
  guint n = 0;

  g_return_val_if_fail (tensor > 0 && tensor < self->tensors.n, 0);

  at = bs_chain_last (self, BS_CHAIN_FLOW, tensor, step);
  if (at == BS_NO_STEP || !find_walk (self, at, &tracer))
    return 0;
  *root = tracer.root;
  for (at = step; n < max && (at = former_edge (&tracer, tensor, at, &node)) != BS_NO_STEP;)
    edges[n++] = at;
  for (guint i = 0; i < n / 2; i++) {
    guint32 other = edges[i];

    edges[i] = edges[n - 1 - i];
    edges[n - 1 - i] = other;
  }
  return n;
}

gboolean
bs_recording_get_upstream (BsRecording *self, guint32 tensor, guint32 step, BsValue *out)
{
  gboolean whole;
  guint32 when;

  g_return_val_if_fail (tensor > 0 && tensor < self->tensors.n, FALSE);

  return bs_state_flow (self, tensor, step, out, &whole, &when);
}

/* --- where to stop next ----------------------------------------------------------------------------------------------------------- */

static gboolean
exceeds (const BsValue *value, double limit)
{
  if (value->how == BS_VALUE_THUMBNAIL)
    return value->max > limit || value->min < -limit;
  for (guint32 i = 0; i < value->n_stored; i++)
    if (fabs (bs_value_get (value, i)) > limit)
      return TRUE;
  return FALSE;
}

static gboolean
is_not_finite (const BsValue *value)
{
  if (value->how == BS_VALUE_THUMBNAIL)
    return value->n_nan > 0 || value->n_inf > 0;
  for (guint32 i = 0; i < value->n_stored; i++)
    if (!isfinite (bs_value_get (value, i)))
      return TRUE;
  return FALSE;
}

static gboolean
holds (BsRecording *self, const BsEvent *e, const BsBreak *b)
{
  const BsPlace *place;
  const BsValue *gradient = e->kind == BS_EVENT_EDGE         ? &e->edge.sum
                            : e->kind == BS_EVENT_ACCUMULATE ? &e->accumulate.after
                                                             : NULL;
  guint32 flags;

  switch (b->kind) {
  case BS_BREAK_LINE:
    place = bs_recording_get_place (self, e->place);
    return e->kind == BS_EVENT_LINE && place->file == b->file && place->line == b->line;
  case BS_BREAK_UPDATED:
    if (e->kind != BS_EVENT_WRITE)
      return FALSE;
    flags = bs_recording_flags_of (self, e->write.tensor);
    return b->tensor ? e->write.tensor == b->tensor
                     : flags & BS_TENSOR_LEAF && bs_state_requires_grad (self, e->write.tensor, e->step);
  case BS_BREAK_NOT_FINITE: return gradient != NULL && is_not_finite (gradient);
  case BS_BREAK_GRAD_EXCEEDS: return gradient != NULL && exceeds (gradient, b->limit);
  default: return e->kind == BS_EVENT_ERROR;
  }
}

static gboolean
is_of_interest (guint kind, const BsBreak *b)
{
  switch (b->kind) {
  case BS_BREAK_LINE: return kind == BS_EVENT_LINE;
  case BS_BREAK_UPDATED: return kind == BS_EVENT_WRITE;
  case BS_BREAK_ERROR: return kind == BS_EVENT_ERROR;
  default: return kind == BS_EVENT_EDGE || kind == BS_EVENT_ACCUMULATE;
  }
}

guint32
bs_recording_find_break (BsRecording *self, guint32 step, int direction, guint32 limit, guint n_breaks,
                         const BsBreak *breaks, guint *which)
{
  guint32 n = direction > 0 ? MIN (self->n_events, limit) : self->n_events, at = direction > 0 ? step : step - 2;

  /* The event before @step is where we stand. */
  for (; at < n && n_breaks > 0 && (direction > 0 || (step >= 2 && at + 1 >= limit)); at += direction > 0 ? 1 : -1) {
    guint kind = bs_recording_get_kind (self, at);

    for (guint i = 0; i < n_breaks; i++) {
      BsEvent e;

      if (!is_of_interest (kind, &breaks[i]))
        continue;
      bs_recording_get_event (self, at, &e);
      if (!holds (self, &e, &breaks[i]))
        continue;
      if (which != NULL)
        *which = i;
      return at + 1;
    }
  }
  return step;
}
