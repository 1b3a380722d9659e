/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "expression.h"
#include "landscape-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

enum { MOST_PATH = 200, MOST_VARIABLES = 100000 };
#define MOST_PATH_NUMBERS 4000000 /* of all places together */

struct _BsLandscape {
  BsRecording *recording;
  guint32 pass;
  BsLandscapeWork *work;
  BsCursor *cursor;       /* to read the path with */
  guint32 next, every;    /* pass */
  gboolean prepared;
  GPtrArray *names;       /* of the leaves, in this pass */
  double *values, *path;  /* copies for whoever draws */
};

/* --- the path ------------------------------------------------------------------------------------------------------------- */

/* The values that @leaves have where the cursor stands; FALSE: not all, or not as many. */
static gboolean
read_leaves (BsLandscape *self, guint n_leaves, const guint32 *leaves, double *out)
{
  guint n = 0;

  for (guint i = 0; i < n_leaves; i++) {
    BsValue value;

    if (bs_recording_get_tensor_step (self->recording, leaves[i]) >= bs_cursor_get_step (self->cursor)
        || !bs_cursor_get_whole (self->cursor, leaves[i], FALSE, &value) || n + value.numel > self->work->n)
      return FALSE;
    for (gint64 k = 0; k < value.numel; k++)
      out[n++] = bs_value_get (&value, k);
  }
  return n == self->work->n;
}

static void
add_place (BsLandscape *self, const double *values)
{
  g_ptr_array_add (self->work->way, g_memdup2 (values, self->work->n * sizeof *values));
}

/* They live, and go by the same names. */
static gboolean
are_same (BsLandscape *self, guint n, const guint32 *leaves)
{
  for (guint i = 0; i < n; i++) {
    const char *name = bs_cursor_get_tensor_name (self->cursor, leaves[i]);
    BsTensorState state;

    bs_cursor_get_tensor (self->cursor, leaves[i], &state);
    if (!state.exists || state.released || g_strcmp0 (name, self->names->pdata[i]) != 0)
      return FALSE;
  }
  return TRUE;
}

static void
learn_names (BsLandscape *self)
{
  bs_cursor_seek (self->cursor, bs_recording_get_tensor_step (self->recording, bs_recording_get_pass (self->recording, self->pass)->root) + 1);
  for (guint i = 0; i < bs_replay_get_n_leaves (self->work->replay); i++)
    g_ptr_array_add (self->names, g_strdup (bs_cursor_get_tensor_name (self->cursor, bs_replay_get_leaf (self->work->replay, i))));
}

/* The same tensors in every pass are read where they stand; a script that makes new ones each time is asked for those of the
 * pass. */
static gboolean
read_place (BsLandscape *self, guint32 root, guint32 step, double *values)
{
  g_autoptr (GArray) leaves = NULL;
  guint n = bs_replay_get_n_leaves (self->work->replay);
  g_autofree guint32 *own = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    own[i] = bs_replay_get_leaf (self->work->replay, i);
  bs_cursor_seek (self->cursor, step);
  if (are_same (self, n, own))
    return read_leaves (self, n, own, values);
  leaves = bs_replay_find_leaves (self->recording, root);
  return leaves != NULL && read_leaves (self, leaves->len, (const guint32 *) leaves->data, values);
}

static void
read_pass (BsLandscape *self, guint32 i, double *values)
{
  guint32 root = bs_recording_get_pass (self->recording, i)->root;
  BsLandscapeWork *work = self->work;

  if (i == self->pass) {
    work->now = work->way->len;
    add_place (self, work->here);
  } else if (root != 0 && (i % self->every == 0 || i + 1 == bs_recording_get_n_passes (self->recording) || i == self->pass + 1)
             && read_place (self, root, bs_recording_get_tensor_step (self->recording, root) + 1, values)) {
    add_place (self, values);
    work->has_next |= i == self->pass + 1;
  }
}

/* Where the last pass ended. */
static void
read_end (BsLandscape *self, double *values)
{
  guint32 last = bs_recording_get_n_passes (self->recording);
  guint32 root = 0;

  while (last > 0 && root == 0)
    root = bs_recording_get_pass (self->recording, --last)->root;
  if (root == 0 || !read_place (self, root, bs_recording_get_n_events (self->recording), values))
    return;
  add_place (self, values);
  self->work->has_next |= last == self->pass;
}

gboolean
bs_landscape_prepare (BsLandscape *self, gint64 microseconds)
{
  guint32 n = bs_recording_get_n_passes (self->recording);
  gint64 end = g_get_monotonic_time () + microseconds;
  g_autofree double *values = NULL;

  if (self->prepared)
    return FALSE;
  values = g_new (double, self->work->n);
  while (self->next < n) {
    read_pass (self, self->next++, values);
    if (g_get_monotonic_time () >= end)
      return TRUE;
  }
  read_end (self, values);
  self->prepared = TRUE;
  g_clear_object (&self->cursor);
  g_mutex_lock (&self->work->lock);
  bs_landscape_work_wake (self->work);
  g_mutex_unlock (&self->work->lock);
  return FALSE;
}

/* --- asking --------------------------------------------------------------------------------------------------------------------- */

void
bs_landscape_set_axes (BsLandscape *self, int x, int y)
{
  BsLandscapeWork *work = self->work;

  g_return_if_fail (x < (int) work->n && y < (int) work->n && x != BS_AXIS_NONE);

  g_mutex_lock (&work->lock);
  work->axes[0] = x;
  work->axes[1] = y;
  work->axes_asked++;
  work->probe_done = work->probe_asked;
  g_atomic_int_set (&work->overtaken, TRUE);
  if (self->prepared)
    bs_landscape_work_wake (work);
  g_mutex_unlock (&work->lock);
}

void
bs_landscape_get_axes (BsLandscape *self, int *x, int *y)
{
  *x = self->work->axes[0];
  *y = self->work->axes[1];
}

void
bs_landscape_probe (BsLandscape *self, const double at[2])
{
  BsLandscapeWork *work = self->work;

  g_mutex_lock (&work->lock);
  memcpy (work->probe, at, sizeof work->probe);
  work->probe_asked++;
  if (self->prepared) {
    /* A probe is let finish: who drags would else see none before the end. */
    if (!work->probing)
      g_atomic_int_set (&work->overtaken, TRUE);
    bs_landscape_work_wake (work);
  }
  g_mutex_unlock (&work->lock);
}

void
bs_landscape_set_notify (BsLandscape *self, void (*changed) (gpointer data), gpointer data)
{
  BsLandscapeWork *work = self->work;

  g_mutex_lock (&work->lock);
  work->changed = changed;
  work->data = data;
  if (work->context == NULL)
    work->context = g_main_context_ref_thread_default ();
  g_mutex_unlock (&work->lock);
}

void
bs_landscape_wait (BsLandscape *self)
{
  while (bs_landscape_prepare (self, G_USEC_PER_SEC))
    ;
  g_mutex_lock (&self->work->lock);
  while (self->work->running)
    g_cond_wait (&self->work->idle, &self->work->lock);
  g_mutex_unlock (&self->work->lock);
}

gboolean
bs_landscape_get_view (BsLandscape *self, BsLandscapeView *out)
{
  BsLandscapeWork *work = self->work;

  g_mutex_lock (&work->lock);
  *out = work->view;
  out->problem = work->problem;
  if (out->n_axes > 0) {
    g_free (self->values);
    g_free (self->path);
    self->values = g_memdup2 (work->shown_values, out->n[0] * out->n[1] * sizeof (double));
    self->path = g_memdup2 (work->shown_path, 2 * MAX (out->n_path, 1) * sizeof (double));
    out->values = self->values;
    out->path = self->path;
  }
  g_mutex_unlock (&work->lock);
  return out->n_axes > 0 || out->problem != NULL;
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
  return self->work->replay;
}

char *
bs_landscape_dup_variable_name (BsLandscape *self, guint variable)
{
  guint element, leaf = bs_replay_find_variable (self->work->replay, variable, &element);
  guint32 tensor = bs_replay_get_leaf (self->work->replay, leaf);
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
  for (guint i = 0; i < state.value.n_dims; i++) {
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
  if (self->work->n == 1)
    bs_landscape_set_axes (self, 0, BS_AXIS_NONE);
  else if (self->work->n == 2)
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
  guint n_places;

  if (replay != NULL && bs_replay_get_n_variables (replay) > MOST_VARIABLES) {
    g_set_error_literal (error, BS_EXPRESSION_ERROR, BS_EXPRESSION_ERROR_VALUE, _("it has too many parameters"));
    g_clear_pointer (&replay, bs_replay_free);
  }
  if (replay == NULL)
    return NULL;
  self = g_new0 (BsLandscape, 1);
  self->recording = g_object_ref (recording);
  self->cursor = bs_cursor_new (recording);
  self->pass = pass;
  self->work = bs_landscape_work_new (replay);
  n_places = CLAMP (MOST_PATH_NUMBERS / self->work->n, 10, MOST_PATH);
  self->every = bs_recording_get_n_passes (recording) / n_places + 1;
  self->names = g_ptr_array_new_with_free_func (g_free);
  learn_names (self);
  choose_axes (self);
  return self;
}

void
bs_landscape_cancel (BsLandscape *self)
{
  bs_landscape_set_notify (self, NULL, NULL);
  g_atomic_int_set (&self->work->cancelled, TRUE);
}

void
bs_landscape_free (BsLandscape *self)
{
  bs_landscape_cancel (self);
  bs_landscape_work_unref (self->work);
  g_ptr_array_unref (self->names);
  g_clear_object (&self->cursor);
  g_object_unref (self->recording);
  g_free (self->values);
  g_free (self->path);
  g_free (self);
}
