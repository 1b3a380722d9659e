/* SPDX-License-Identifier: MIT */

/* The computing side of a landscape: one thread for all landscapes, which stays, as the memory that the engine keeps for a thread
 * is its own. A landscape is computed point by point and steps back when another one waits. A helper process would survive even an
 * engine that loops, but would need the graph sent to it, and a click its answer back: with the engine's state per thread a thread
 * is as safe and far quicker to answer. */

#include "config.h"

#include "landscape-private.h"

#include <math.h>
#include <string.h>

enum { CURVE_POINTS = 257, GRID_POINTS = 65, COARSEST_CURVE = 64, COARSEST_GRID = 16, TURNS = 60 };
#define SHOW_US 40000 /* between two pictures of what has come so far */
#define TURN_US 30000 /* until another landscape has its turn */

static GThreadPool *pool;

BsLandscapeWork *
bs_landscape_work_new (BsReplay *replay)
{
  BsLandscapeWork *self = g_new0 (BsLandscapeWork, 1);

  self->refs = 1;
  self->replay = replay;
  self->n = bs_replay_get_n_variables (replay);
  self->here = g_new (double, self->n);
  self->gradient = g_new (double, self->n);
  self->origin = g_new (double, self->n);
  self->point = g_new (double, self->n);
  self->way = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);
  bs_replay_get_recorded (replay, self->here);
  bs_replay_set_stops (replay, &self->cancelled, &self->overtaken);
  return self;
}

void
bs_landscape_work_unref (BsLandscapeWork *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  bs_replay_free (self->replay);
  g_ptr_array_unref (self->way);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->idle);
  g_free (self->here);
  g_free (self->gradient);
  g_free (self->origin);
  g_free (self->directions[0]);
  g_free (self->directions[1]);
  g_free (self->path);
  g_free (self->shown_path);
  g_free (self->values);
  g_free (self->shown_values);
  g_free (self->known);
  g_free (self->point);
  g_free (self->problem);
  g_free (self);
}

/* --- axes -------------------------------------------------------------------------------------------------------------------- */

static double
dot (const double *a, const double *b, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

static gboolean
normalize (double *v, guint n)
{
  double length = sqrt (dot (v, v, n));

  if (!(length > 1e-12) || !isfinite (length))
    return FALSE;
  for (guint i = 0; i < n; i++)
    v[i] /= length;
  return TRUE;
}

static void
remove_part (double *v, const double *along, guint n)
{
  double part = along != NULL ? dot (v, along, n) : 0;

  for (guint i = 0; part != 0 && i < n; i++)
    v[i] -= part * along[i];
}

static gboolean
is_finite_place (const double *place, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!isfinite (place[i]))
      return FALSE;
  return TRUE;
}

/* One turn of the power iteration: @next becomes the sum of all deltas by their part along @v. */
static void
turn (BsLandscapeWork *self, const double *v, double *next, double *delta)
{
  memset (next, 0, self->n * sizeof *next);
  for (guint k = 0; k < self->way->len; k++) {
    const double *place = self->way->pdata[k];
    double along;

    if (!is_finite_place (place, self->n))
      continue;
    for (guint i = 0; i < self->n; i++)
      delta[i] = place[i] - self->here[i];
    along = dot (delta, v, self->n);
    for (guint i = 0; i < self->n; i++)
      next[i] += along * delta[i];
  }
}

/* The direction in which the places of the path differ most, but for @across: power iteration without the matrix. Where
 * there is no path the gradient's, or else any, is as good. */
static double *
main_direction (BsLandscapeWork *self, const double *across)
{
  guint n = self->n;
  double *v = g_memdup2 (self->gradient, n * sizeof *v);
  g_autofree double *next = g_new (double, n), *delta = g_new (double, n);

  for (guint i = 0; i < n; i++)
    v[i] = (isfinite (v[i]) ? v[i] : 0) + 1e-3 * sin (i * 12.9898 + 1);
  remove_part (v, across, n);
  if (!normalize (v, n)) {
    memset (v, 0, n * sizeof *v);
    v[0] = 1;
  }
  for (guint k = 0; k < TURNS && !g_atomic_int_get (&self->cancelled); k++) {
    turn (self, v, next, delta);
    remove_part (next, across, n);
    if (!normalize (next, n))
      return v;
    memcpy (v, next, n * sizeof *v);
  }
  return v;
}

static double *
direction_of (BsLandscapeWork *self, int axis, const double *across)
{
  double *v;

  if (axis == BS_AXIS_MAIN)
    return main_direction (self, across);
  v = g_new0 (double, self->n);
  v[axis] = 1;
  return v;
}

static double
coordinate (BsLandscapeWork *self, guint axis, const double *place)
{
  double sum = 0;

  for (guint i = 0; i < self->n; i++)
    if (self->directions[axis][i] != 0)
      sum += (place[i] - self->origin[i]) * self->directions[axis][i];
  return sum;
}

static void
widen (const double *path, guint axis, guint from, guint to, double range[2])
{
  for (guint i = from; i < to; i++) {
    double v = path[2 * i + axis];

    if (!isfinite (v))
      continue;
    range[0] = MIN (range[0], v);
    range[1] = MAX (range[1], v);
  }
}

/* All of the path; but where it goes astray later on, what it is now must still be seen. */
static void
set_range (BsLandscapeWork *self, BsLandscapeView *view, guint axis)
{
  double range[] = { view->at[axis], view->at[axis] }, so_far[] = { view->at[axis], view->at[axis] }, span;

  widen (self->path, axis, 0, view->n_path, range);
  widen (self->path, axis, 0, MIN (view->now + 2, view->n_path), so_far);
  if (range[1] - range[0] > 50 * (so_far[1] - so_far[0]) && so_far[1] > so_far[0])
    memcpy (range, so_far, sizeof range);
  span = range[1] - range[0];
  if (!(span > 1e-9 * MAX (fabs (range[0]), fabs (range[1]))))
    span = MAX (fabs (range[0]), 1);
  view->low[axis] = range[0] - 0.35 * span;
  view->high[axis] = range[1] + 0.35 * span;
}

/* A step against the gradient, by how much of it; NAN: it goes another way (momentum, Adam). */
static double
rate_of (BsLandscapeWork *self)
{
  const double *next = self->has_next ? self->way->pdata[self->now + 1] : NULL;
  double square = dot (self->gradient, self->gradient, self->n), along = 0, rest = 0, size = 0, rate;

  if (next == NULL || !(square > 0) || !isfinite (square))
    return NAN;
  for (guint i = 0; i < self->n; i++)
    along += (next[i] - self->here[i]) * self->gradient[i];
  rate = -along / square;
  for (guint i = 0; i < self->n; i++) {
    double step = next[i] - self->here[i], off = step + rate * self->gradient[i], rounding = 4e-7 * MAX (fabs (next[i]), fabs (self->here[i]));

    rest += off * off > rounding * rounding ? off * off : 0;
    size += step * step;
  }
  return size > 0 && rest <= 1e-8 * size ? rate : NAN;
}

/* A chosen variable shows its own value, a direction the distance from here. */
static void
set_up (BsLandscapeWork *self, const int axes[2])
{
  BsLandscapeView view = { .n_axes = axes[1] == BS_AXIS_NONE ? 1 : 2, .n_path = self->way->len, .now = self->now, .has_next = self->has_next,
                           .loss = self->loss, .rate = rate_of (self) };
  guint n_points;

  view.n[0] = view.n_axes == 1 ? CURVE_POINTS : GRID_POINTS;
  view.n[1] = view.n_axes == 1 ? 1 : GRID_POINTS;
  n_points = view.n[0] * view.n[1];
  memcpy (self->origin, self->here, self->n * sizeof *self->origin);
  for (guint k = 0; k < 2; k++) {
    g_clear_pointer (&self->directions[k], g_free);
    if (axes[k] >= 0)
      self->origin[axes[k]] = 0;
    if (k < view.n_axes)
      self->directions[k] = direction_of (self, axes[k], k == 1 ? self->directions[0] : NULL);
  }
  g_free (self->path);
  self->path = g_new0 (double, 2 * MAX (view.n_path, 1));
  for (guint k = 0; k < view.n_axes; k++) {
    for (guint i = 0; i < view.n_path; i++)
      self->path[2 * i + k] = coordinate (self, k, self->way->pdata[i]);
    view.at[k] = coordinate (self, k, self->here);
    view.slope[k] = dot (self->gradient, self->directions[k], self->n);
    set_range (self, &view, k);
  }
  g_free (self->values);
  g_free (self->known);
  self->values = g_new0 (double, n_points);
  self->known = g_new0 (gboolean, n_points);
  self->next = 0;
  self->stride = view.n_axes == 1 ? COARSEST_CURVE : COARSEST_GRID;

  g_mutex_lock (&self->lock);
  g_free (self->shown_values);
  g_free (self->shown_path);
  self->shown_values = g_new0 (double, n_points);
  self->shown_path = g_memdup2 (self->path, 2 * MAX (view.n_path, 1) * sizeof (double));
  self->view = view;
  g_mutex_unlock (&self->lock);
}

/* --- telling ------------------------------------------------------------------------------------------------------------------- */

static gboolean
on_notify (gpointer data)
{
  BsLandscapeWork *self = data;
  void (*changed) (gpointer);
  gpointer user;

  g_mutex_lock (&self->lock);
  self->notifying = FALSE;
  changed = self->changed;
  user = self->data;
  g_mutex_unlock (&self->lock);
  if (changed != NULL)
    changed (user);
  return G_SOURCE_REMOVE;
}

/* With the lock held. */
static void
notify (BsLandscapeWork *self)
{
  GSource *source;

  if (self->changed == NULL || self->notifying)
    return;
  self->notifying = TRUE;
  g_atomic_int_inc (&self->refs);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_notify, self, (GDestroyNotify) bs_landscape_work_unref);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static void
publish (BsLandscapeWork *self, guint stride)
{
  g_mutex_lock (&self->lock);
  memcpy (self->shown_values, self->values, self->view.n[0] * self->view.n[1] * sizeof (double));
  self->view.stride = stride;
  self->view.is_done = stride == 1;
  notify (self);
  g_mutex_unlock (&self->lock);
}

/* --- computing -------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_stopped (BsLandscapeWork *self)
{
  return g_atomic_int_get (&self->cancelled) || g_atomic_int_get (&self->overtaken);
}

static const double *
place_of (BsLandscapeWork *self, const double at[2])
{
  for (guint i = 0; i < self->n; i++) {
    self->point[i] = self->origin[i] + at[0] * self->directions[0][i];
    if (self->directions[1] != NULL)
      self->point[i] += at[1] * self->directions[1][i];
  }
  return self->point;
}

static gboolean
compute_point (BsLandscapeWork *self, guint x, guint y)
{
  const BsLandscapeView *view = &self->view; /* only this thread writes it */
  const guint i[2] = { x, y };
  double at[2] = { 0, 0 }, value;

  if (self->known[y * view->n[0] + x])
    return TRUE;
  for (guint k = 0; k < view->n_axes; k++)
    at[k] = view->low[k] + (view->high[k] - view->low[k]) * i[k] / (view->n[k] - 1);
  value = bs_replay_run (self->replay, place_of (self, at), NULL);
  if (is_stopped (self))
    return FALSE;
  self->values[y * view->n[0] + x] = value;
  self->known[y * view->n[0] + x] = TRUE;
  return TRUE;
}

/* Some points of the grid; FALSE: it is complete. */
static gboolean
refine (BsLandscapeWork *self)
{
  const BsLandscapeView *view = &self->view;
  gint64 end = g_get_monotonic_time () + TURN_US / 4;

  while (self->stride > 0) {
    guint columns = (view->n[0] - 1) / self->stride + 1, rows = view->n[1] > 1 ? (view->n[1] - 1) / self->stride + 1 : 1;

    for (; self->next < columns * rows; self->next++)
      if (g_get_monotonic_time () >= end || !compute_point (self, self->next % columns * self->stride, self->next / columns * self->stride))
        return TRUE;
    publish (self, self->stride);
    self->stride /= 2;
    self->next = 0;
  }
  return FALSE;
}

static void
take_probe (BsLandscapeWork *self, const double at[2], guint asked)
{
  g_autofree double *gradient = g_new (double, self->n);
  double loss = bs_replay_run (self->replay, place_of (self, at), gradient);

  if (is_stopped (self))
    return;
  g_mutex_lock (&self->lock);
  self->view.has_probe = TRUE;
  self->view.probe_loss = loss;
  for (guint k = 0; k < 2; k++) {
    self->view.probe[k] = at[k];
    self->view.probe_slope[k] = k < self->view.n_axes ? dot (gradient, self->directions[k], self->n) : 0;
  }
  self->probe_done = asked;
  notify (self);
  g_mutex_unlock (&self->lock);
}

static void
look_here (BsLandscapeWork *self)
{
  self->loss = bs_replay_run (self->replay, self->here, self->gradient);
  self->has_gradient = !is_stopped (self);
  g_mutex_lock (&self->lock);
  if (self->has_gradient && bs_replay_get_failure (self->replay) != NULL)
    self->problem = g_strdup (bs_replay_get_failure (self->replay));
  g_mutex_unlock (&self->lock);
}

/* The most urgent thing to do; FALSE: there is none. */
static gboolean
do_something (BsLandscapeWork *self)
{
  int axes[2];
  double probe[2];
  guint axes_asked, probe_asked;
  gboolean wants_probe;

  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->overtaken, FALSE);
  memcpy (axes, self->axes, sizeof axes);
  memcpy (probe, self->probe, sizeof probe);
  axes_asked = self->axes_asked;
  probe_asked = self->probe_asked;
  wants_probe = self->probe_asked != self->probe_done;
  self->probing = self->has_gradient && self->axes_for == axes_asked && wants_probe;
  g_mutex_unlock (&self->lock);
  if (!self->has_gradient) {
    look_here (self);
  } else if (self->axes_for != axes_asked) {
    set_up (self, axes);
    self->axes_for = axes_asked;
  } else if (wants_probe) {
    take_probe (self, probe, probe_asked);
  } else if (!refine (self)) {
    g_mutex_lock (&self->lock);
    self->axes_done = axes_asked;
    g_mutex_unlock (&self->lock);
    return FALSE;
  }
  return TRUE;
}

/* Under the lock it is decided that nothing is left, so that no request is lost. */
static gboolean
may_rest (BsLandscapeWork *self)
{
  gboolean rest;

  g_mutex_lock (&self->lock);
  rest = g_atomic_int_get (&self->cancelled) || (self->axes_done == self->axes_asked && self->probe_done == self->probe_asked);
  if (rest) {
    self->running = FALSE;
    g_cond_broadcast (&self->idle);
    notify (self);
  }
  g_mutex_unlock (&self->lock);
  return rest;
}

static void
work (gpointer data, gpointer unused)
{
  BsLandscapeWork *self = data;
  gint64 begin = g_get_monotonic_time ();

  for (;;) {
    gboolean more = !g_atomic_int_get (&self->cancelled) && do_something (self);

    if (!more && may_rest (self)) {
      bs_landscape_work_unref (self);
      return;
    }
    if (more && g_get_monotonic_time () - begin > TURN_US && g_thread_pool_unprocessed (pool) > 0) {
      g_thread_pool_push (pool, self, NULL);
      return;
    }
  }
}

void
bs_landscape_work_wake (BsLandscapeWork *self)
{
  if (self->running)
    return;
  if (pool == NULL) {
    bs_prepare_threads ();
    pool = g_thread_pool_new (work, NULL, 1, TRUE, NULL);
  }
  self->running = TRUE;
  g_atomic_int_inc (&self->refs);
  g_thread_pool_push (pool, self, NULL);
}
