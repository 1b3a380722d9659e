/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "landscape.h"

#include <math.h>
#include <string.h>

enum { CURVE_POINTS = 257, GRID_POINTS = 65, COARSEST = 8, MOST_PATH = 200, MOST_VARIABLES = 100000, TURNS = 60 };

struct _BsLandscape {
  BsRecording *recording;
  guint32 pass;
  BsReplay *replay;
  guint n;                /* variables */
  double *here;           /* where this pass began */
  GPtrArray *way;         /* double[n] each: the path */
  guint now;
  double loss, *gradient;

  int axes[2];
  double *origin, *directions[2]; /* a point of the plane is origin + x · directions[0] + y · directions[1] */
  double *path, *values, *point;
  gboolean *known;
  BsLandscapeView view;
  guint next, stride;     /* the work: which point, of which grid */
};

/* --- the path ------------------------------------------------------------------------------------------------------------- */

/* The values that the leaves of @replay have where @cursor stands. */
static gboolean
read_leaves (BsLandscape *self, BsReplay *replay, BsCursor *cursor, double *out)
{
  if (bs_replay_get_n_variables (replay) != self->n)
    return FALSE;
  for (guint i = 0; i < bs_replay_get_n_leaves (replay); i++)
    {
      guint32 leaf = bs_replay_get_leaf (replay, i);
      BsValue value;

      if (bs_recording_get_tensor_step (self->recording, leaf) >= bs_cursor_get_step (cursor)
          || !bs_cursor_get_whole (cursor, leaf, FALSE, &value))
        return FALSE;
      for (gint64 k = 0; k < value.numel; k++)
        *out++ = bs_value_get (&value, k);
    }
  return TRUE;
}

/* Each pass is asked for its own parameters: a script may make new tensors every time. */
static BsReplay *
replay_of_pass (BsLandscape *self, guint32 i)
{
  const BsPass *pass = bs_recording_get_pass (self->recording, i);

  return pass->root != 0 ? bs_replay_new (self->recording, pass->root, NULL) : NULL;
}

static void
add_place (BsLandscape *self, const double *values)
{
  g_ptr_array_add (self->way, g_memdup2 (values, self->n * sizeof *values));
}

static void
find_way (BsLandscape *self)
{
  g_autoptr (BsCursor) cursor = bs_cursor_new (self->recording);
  guint32 n_passes = bs_recording_get_n_passes (self->recording), every = n_passes / MOST_PATH + 1;
  g_autofree double *values = g_new (double, self->n);

  for (guint32 i = 0; i < n_passes; i++)
    if (i == self->pass)
      {
        self->now = self->way->len;
        add_place (self, self->here);
      }
    else if (i % every == 0 || i + 1 == n_passes)
      {
        g_autoptr (BsReplay) replay = replay_of_pass (self, i);

        if (replay == NULL || bs_replay_get_n_variables (replay) != self->n)
          continue;
        bs_replay_get_recorded (replay, values);
        add_place (self, values);
      }

  g_autoptr (BsReplay) last = replay_of_pass (self, n_passes - 1);

  bs_cursor_seek (cursor, bs_recording_get_n_events (self->recording));
  if (last != NULL && read_leaves (self, last, cursor, values))
    add_place (self, values);
}

/* --- axes --------------------------------------------------------------------------------------------------------------------- */

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

/* The direction in which the places of the path differ most, but for @across: power iteration without the matrix. Where
 * there is no path the gradient's, or else any, is as good. */
static double *
main_direction (BsLandscape *self, const double *across)
{
  guint n = self->n;
  double *v = g_memdup2 (self->gradient, n * sizeof *v);
  g_autofree double *next = g_new (double, n), *delta = g_new (double, n);

  for (guint i = 0; i < n; i++)
    v[i] += 1e-3 * sin (i * 12.9898 + 1);
  remove_part (v, across, n);
  if (!normalize (v, n))
    v[0] = 1;
  for (guint turn = 0; turn < TURNS; turn++)
    {
      memset (next, 0, n * sizeof *next);
      for (guint k = 0; k < self->way->len; k++)
        {
          const double *place = self->way->pdata[k];
          double along;

          for (guint i = 0; i < n; i++)
            delta[i] = place[i] - self->here[i];
          along = dot (delta, v, n);
          for (guint i = 0; i < n; i++)
            next[i] += along * delta[i];
        }
      remove_part (next, across, n);
      if (!normalize (next, n))
        return v;
      memcpy (v, next, n * sizeof *v);
    }
  return v;
}

static double *
direction_of (BsLandscape *self, int axis, const double *across)
{
  double *v;

  if (axis == BS_AXIS_MAIN)
    return main_direction (self, across);
  v = g_new0 (double, self->n);
  v[axis] = 1;
  return v;
}

/* A chosen variable shows its own value, a direction the distance from here. */
static void
set_origin (BsLandscape *self)
{
  memcpy (self->origin, self->here, self->n * sizeof *self->origin);
  for (guint k = 0; k < 2; k++)
    if (self->axes[k] >= 0)
      self->origin[self->axes[k]] = 0;
}

static void
set_range (BsLandscape *self, guint axis)
{
  BsLandscapeView *view = &self->view;
  double low = view->at[axis], high = low, span;

  for (guint i = 0; i < view->n_path; i++)
    if (isfinite (self->path[2 * i + axis]))
      {
        low = MIN (low, self->path[2 * i + axis]);
        high = MAX (high, self->path[2 * i + axis]);
      }
  span = high - low;
  if (!(span > 1e-9 * MAX (fabs (low), fabs (high))))
    span = MAX (fabs (low), 1);
  view->low[axis] = low - 0.35 * span;
  view->high[axis] = high + 0.35 * span;
}

static double
coordinate (BsLandscape *self, guint axis, const double *place)
{
  double sum = 0;

  for (guint i = 0; i < self->n; i++)
    sum += (place[i] - self->origin[i]) * self->directions[axis][i];
  return sum;
}

void
bs_landscape_set_axes (BsLandscape *self, int x, int y)
{
  BsLandscapeView *view = &self->view;

  g_return_if_fail (x < (int) self->n && y < (int) self->n && x != BS_AXIS_NONE);

  self->axes[0] = x;
  self->axes[1] = y;
  *view = (BsLandscapeView) { .n_axes = y == BS_AXIS_NONE ? 1 : 2, .n_path = self->way->len, .now = self->now, .loss = self->loss };
  view->n[0] = y == BS_AXIS_NONE ? CURVE_POINTS : GRID_POINTS;
  view->n[1] = y == BS_AXIS_NONE ? 1 : GRID_POINTS;
  set_origin (self);
  for (guint k = 0; k < 2; k++)
    {
      g_clear_pointer (&self->directions[k], g_free);
      if (k < view->n_axes)
        self->directions[k] = direction_of (self, self->axes[k], k == 1 ? self->directions[0] : NULL);
    }
  g_free (self->path);
  self->path = g_new0 (double, 2 * MAX (view->n_path, 1));
  for (guint k = 0; k < view->n_axes; k++)
    {
      for (guint i = 0; i < view->n_path; i++)
        self->path[2 * i + k] = coordinate (self, k, self->way->pdata[i]);
      view->at[k] = coordinate (self, k, self->here);
      view->slope[k] = dot (self->gradient, self->directions[k], self->n);
      set_range (self, k);
    }
  g_free (self->values);
  g_free (self->known);
  self->values = g_new0 (double, view->n[0] * view->n[1]);
  self->known = g_new0 (gboolean, view->n[0] * view->n[1]);
  self->next = 0;
  self->stride = COARSEST;
  view->values = self->values;
  view->path = self->path;
}

void
bs_landscape_get_axes (BsLandscape *self, int *x, int *y)
{
  *x = self->axes[0];
  *y = self->axes[1];
}

/* --- computing -------------------------------------------------------------------------------------------------------------------- */

static const double *
place_of (BsLandscape *self, const double at[2])
{
  for (guint i = 0; i < self->n; i++)
    {
      self->point[i] = self->origin[i] + at[0] * self->directions[0][i];
      if (self->directions[1] != NULL)
        self->point[i] += at[1] * self->directions[1][i];
    }
  return self->point;
}

static void
compute_point (BsLandscape *self, guint x, guint y)
{
  const BsLandscapeView *view = &self->view;
  const guint i[2] = { x, y };
  double at[2] = { 0, 0 };

  if (self->known[y * view->n[0] + x])
    return;
  for (guint k = 0; k < view->n_axes; k++)
    at[k] = view->low[k] + (view->high[k] - view->low[k]) * i[k] / (view->n[k] - 1);
  self->values[y * view->n[0] + x] = bs_replay_run (self->replay, place_of (self, at), NULL);
  self->known[y * view->n[0] + x] = TRUE;
}

gboolean
bs_landscape_work (BsLandscape *self, gint64 microseconds)
{
  BsLandscapeView *view = &self->view;
  gint64 end = g_get_monotonic_time () + microseconds;

  while (self->stride > 0)
    {
      guint columns = (view->n[0] - 1) / self->stride + 1, rows = view->n[1] > 1 ? (view->n[1] - 1) / self->stride + 1 : 1;

      for (; self->next < columns * rows; self->next++)
        {
          if (g_get_monotonic_time () >= end)
            return TRUE;
          compute_point (self, self->next % columns * self->stride, self->next / columns * self->stride);
        }
      view->stride = self->stride;
      self->stride /= 2;
      self->next = 0;
    }
  return FALSE;
}

double
bs_landscape_probe (BsLandscape *self, const double at[2], double slope[2])
{
  g_autofree double *gradient = g_new (double, self->n);
  double loss = bs_replay_run (self->replay, place_of (self, at), gradient);

  for (guint k = 0; k < 2; k++)
    slope[k] = k < self->view.n_axes ? dot (gradient, self->directions[k], self->n) : 0;
  return loss;
}

void
bs_landscape_get_view (BsLandscape *self, BsLandscapeView *out)
{
  *out = self->view;
}

/* --- beginning -------------------------------------------------------------------------------------------------------------------- */

guint32
bs_landscape_get_pass (BsLandscape *self)
{
  return self->pass;
}

BsReplay *
bs_landscape_get_replay (BsLandscape *self)
{
  return self->replay;
}

char *
bs_landscape_dup_variable_name (BsLandscape *self, guint variable)
{
  guint element, leaf = bs_replay_find_variable (self->replay, variable, &element);
  guint32 tensor = bs_replay_get_leaf (self->replay, leaf);
  g_autoptr (BsCursor) cursor = bs_cursor_new (self->recording);
  const BsPass *pass = bs_recording_get_pass (self->recording, self->pass);
  const char *name;
  BsTensorState state;
  GString *text;

  bs_cursor_seek (cursor, bs_recording_get_tensor_step (self->recording, pass->root) + 1);
  name = bs_cursor_get_tensor_name (cursor, tensor);
  bs_cursor_get_tensor (cursor, tensor, &state);
  text = g_string_new (name);
  if (name == NULL)
    g_string_printf (text, "#%u", tensor);
  if (state.value.numel == 1)
    return g_string_free (text, FALSE);
  g_string_append_c (text, '[');
  for (guint i = 0; i < state.value.n_dims; i++)
    {
      guint below = 1;

      for (guint k = i + 1; k < state.value.n_dims; k++)
        below *= state.value.shape[k];
      g_string_append_printf (text, i == 0 ? "%u" : ", %u", (guint) (element / below % state.value.shape[i]));
    }
  return g_string_free (g_string_append_c (text, ']'), FALSE);
}

static void
choose_axes (BsLandscape *self)
{
  if (self->n == 1)
    bs_landscape_set_axes (self, 0, BS_AXIS_NONE);
  else if (self->n == 2)
    bs_landscape_set_axes (self, 0, 1);
  else
    bs_landscape_set_axes (self, BS_AXIS_MAIN, BS_AXIS_MAIN);
}

BsLandscape *
bs_landscape_new (BsRecording *recording, guint32 pass, GError **error)
{
  guint32 root = bs_recording_get_pass (recording, pass)->root;
  BsReplay *replay = root != 0 ? bs_replay_new (recording, root, error) : NULL;
  BsLandscape *self;

  if (replay == NULL || bs_replay_get_n_variables (replay) > MOST_VARIABLES)
    {
      g_clear_pointer (&replay, bs_replay_free);
      return NULL;
    }
  self = g_new0 (BsLandscape, 1);
  self->recording = g_object_ref (recording);
  self->pass = pass;
  self->replay = replay;
  self->n = bs_replay_get_n_variables (replay);
  self->here = g_new (double, self->n);
  self->gradient = g_new (double, self->n);
  self->origin = g_new (double, self->n);
  self->point = g_new (double, self->n);
  self->way = g_ptr_array_new_with_free_func (g_free);
  bs_replay_get_recorded (replay, self->here);
  self->loss = bs_replay_run (replay, self->here, self->gradient);
  find_way (self);
  choose_axes (self);
  return self;
}

void
bs_landscape_free (BsLandscape *self)
{
  g_object_unref (self->recording);
  bs_replay_free (self->replay);
  g_ptr_array_unref (self->way);
  g_free (self->here);
  g_free (self->gradient);
  g_free (self->origin);
  g_free (self->directions[0]);
  g_free (self->directions[1]);
  g_free (self->path);
  g_free (self->values);
  g_free (self->known);
  g_free (self->point);
  g_free (self);
}
