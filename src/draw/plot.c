/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "plot-private.h"

#include <math.h>
#include <string.h>

#define LEAST_SPAN 2.0 /* passes in sight */

/* --- runs -------------------------------------------------------------------------------------------------------------------- */

static void
free_follower (gpointer follower)
{
  if (follower != NULL)
    bs_follower_free (follower);
}

static BsPlotRun *
run_new (BsRecording *recording, const char *name)
{
  BsPlotRun *self = g_new0 (BsPlotRun, 1);

  self->recording = g_object_ref (recording);
  self->name = g_strdup (name);
  self->added = g_ptr_array_new_with_free_func (free_follower);
  self->derived = g_ptr_array_new_with_free_func (free_follower);
  return self;
}

static void
run_free (gpointer data)
{
  BsPlotRun *self = data;

  g_object_unref (self->recording);
  g_free (self->name);
  g_ptr_array_unref (self->added);
  g_ptr_array_unref (self->derived);
  g_free (self);
}

static void
line_clear (gpointer data)
{
  BsLine *self = data;

  g_free (self->label);
  if (self->decimator != NULL)
    bs_decimator_free (self->decimator);
}

BsPlot *
bs_plot_new (BsRecording *recording, gboolean losses)
{
  BsPlot *self = g_new0 (BsPlot, 1);

  self->losses = losses;
  self->scale = 1;
  self->stale = TRUE;
  self->runs = g_ptr_array_new_with_free_func (run_free);
  self->wanted = g_ptr_array_new_with_free_func (free_follower);
  self->lines = g_array_new (FALSE, TRUE, sizeof (BsLine));
  g_array_set_clear_func (self->lines, line_clear);
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (self->runs, run_new (recording, NULL));
  return self;
}

void
bs_plot_free (BsPlot *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->runs);
  g_ptr_array_unref (self->wanted);
  g_array_unref (self->lines);
  g_hash_table_unref (self->hidden);
  bs_texts_free (self->texts);
  g_free (self);
}

void
bs_plot_set_others (BsPlot *self, guint n, BsRecording *const *others, const char *const *names)
{
  g_autoptr (GPtrArray) former = self->runs;

  self->runs = g_ptr_array_new_with_free_func (run_free);
  g_ptr_array_add (self->runs, g_ptr_array_steal_index (former, 0));
  for (guint i = 0; i < n; i++) {
    BsPlotRun *run = run_new (others[i], names ? names[i] : NULL);

    for (guint k = 0; k < former->len; k++)
      run->hidden |= ((BsPlotRun *) former->pdata[k])->recording == others[i] && ((BsPlotRun *) former->pdata[k])->hidden;
    g_ptr_array_add (self->runs, run);
  }
  self->stale = TRUE;
}

/* --- what is followed ---------------------------------------------------------------------------------------------------------- */

static BsPlotRun *
get_run (BsPlot *self, guint i)
{
  return g_ptr_array_index (self->runs, i);
}

void
bs_plot_set_what (BsPlot *self, BsFollowWhat what)
{
  if (self->what == what || self->losses)
    return;
  self->what = what;
  for (guint i = 0; i < self->runs->len; i++) {
    g_ptr_array_set_size (get_run (self, i)->added, 0);
    g_ptr_array_set_size (get_run (self, i)->derived, 0);
    get_run (self, i)->n_seen_curves = 0;
  }
  self->scales[BS_PLOT_Y].fixed = FALSE;
  self->stale = TRUE;
}

BsFollowWhat
bs_plot_get_what (BsPlot *self)
{
  return self->what;
}

static gboolean
find_wanted (BsPlot *self, const BsFollower *follower, guint *at)
{
  for (*at = 0; *at < self->wanted->len; (*at)++)
    if (bs_follower_equals (self->wanted->pdata[*at], follower))
      return TRUE;
  return FALSE;
}

gboolean
bs_plot_has (BsPlot *self, const BsFollower *follower)
{
  guint at;

  return find_wanted (self, follower, &at);
}

gboolean
bs_plot_add (BsPlot *self, BsFollower *follower)
{
  if (bs_plot_has (self, follower) || self->wanted->len >= BS_PLOT_LINES) {
    bs_follower_free (follower);
    return FALSE;
  }
  g_ptr_array_add (self->wanted, follower);
  self->stale = TRUE;
  return TRUE;
}

static void
remove_wanted (BsPlot *self, guint at)
{
  g_ptr_array_remove_index (self->wanted, at);
  for (guint i = 0; i < self->runs->len; i++)
    if (at < get_run (self, i)->added->len)
      g_ptr_array_remove_index (get_run (self, i)->added, at);
  self->stale = TRUE;
}

void
bs_plot_remove (BsPlot *self, guint line)
{
  bs_plot_refresh (self);
  if (line < self->lines->len && bs_plot_line (self, line)->added >= 0)
    remove_wanted (self, bs_plot_line (self, line)->added);
}

gboolean
bs_plot_remove_same (BsPlot *self, const BsFollower *follower)
{
  guint at;

  if (!find_wanted (self, follower, &at))
    return FALSE;
  remove_wanted (self, at);
  return TRUE;
}

void
bs_plot_take_added (BsPlot *self, BsPlot *from)
{
  GHashTableIter iter;
  gpointer label, shown;

  for (guint i = 0; i < from->wanted->len; i++) {
    BsFollower *follower = bs_follower_new_like (from->wanted->pdata[i], get_run (self, 0)->recording, BS_FOLLOW_VALUE);

    if (follower != NULL)
      bs_plot_add (self, follower);
  }
  g_hash_table_iter_init (&iter, from->hidden);
  while (g_hash_table_iter_next (&iter, &label, &shown))
    g_hash_table_insert (self->hidden, g_strdup (label), shown);
  self->what = from->what;
  memcpy (self->scales, from->scales, sizeof self->scales);
}

/* The same tensors as the recording's own choice, once each. */
static void
derive (BsPlot *self, BsPlotRun *run)
{
  guint n = bs_recording_get_n_curves (run->recording);

  if (self->what == BS_FOLLOW_VALUE || n == run->n_seen_curves)
    return;
  run->n_seen_curves = n;
  for (guint i = 0; i < n && run->derived->len < BS_PLOT_LINES; i++) {
    const BsCurve *curve = bs_recording_get_curve (run->recording, i);
    BsFollower *follower;
    gboolean there = curve->is_loss || (i > 0 && bs_recording_get_curve (run->recording, i - 1)->tensor == curve->tensor);

    if (there || curve->n == 0)
      continue;
    follower = bs_follower_new_tensor (run->recording, curve->tensor, curve->steps[curve->n - 1], self->what);
    for (guint k = 0; k < run->derived->len && !there && follower != NULL; k++)
      there = bs_follower_equals (run->derived->pdata[k], follower);
    if (there)
      free_follower (follower);
    else if (follower != NULL)
      g_ptr_array_add (run->derived, follower);
  }
}

static void
follow_wanted (BsPlot *self, BsPlotRun *run)
{
  for (guint k = run->added->len; k < self->wanted->len; k++)
    g_ptr_array_add (run->added, bs_follower_new_like (self->wanted->pdata[k], run->recording, self->what));
}

gboolean
bs_plot_work (BsPlot *self, gint64 deadline)
{
  gboolean more = FALSE;

  bs_plot_refresh (self);
  for (guint i = 0; i < self->runs->len; i++) {
    GPtrArray *lists[] = { get_run (self, i)->added, get_run (self, i)->derived };

    self->stale |= lists[0]->len + lists[1]->len > 0;
    for (guint l = 0; l < G_N_ELEMENTS (lists); l++)
      for (guint k = 0; k < lists[l]->len && !more; k++)
        if (lists[l]->pdata[k] != NULL)
          more = bs_follower_work (lists[l]->pdata[k], deadline);
  }
  return more;
}

/* --- lines ----------------------------------------------------------------------------------------------------------------------- */

/* The colour is that of the shown run's line of the same name. G_MAXUINT: there is none. */
static guint
color_of (BsPlot *self, const char *label)
{
  for (guint i = 0; i < self->n_own; i++)
    if (strcmp (bs_plot_line (self, i)->label, label) == 0)
      return bs_plot_line (self, i)->color;
  return G_MAXUINT;
}

static gboolean
is_shown (BsPlot *self, const BsLine *line, guint at)
{
  gpointer chosen;

  if (get_run (self, line->run)->hidden)
    return FALSE;
  if (line->run > 0 && line->color != G_MAXUINT && !bs_plot_line (self, line->color)->shown)
    return FALSE; /* together with the one in front */
  if (line->run == 0 && g_hash_table_lookup_extended (self->hidden, line->label, NULL, &chosen))
    return GPOINTER_TO_INT (chosen);
  return line->run > 0 || line->added >= 0 || at < BS_PLOT_SHOWN;
}

static BsDecimator *
take_decimator (GArray *old, guint run, const char *label)
{
  for (guint i = 0; i < old->len; i++) {
    BsLine *line = &g_array_index (old, BsLine, i);

    if (line->run == run && line->decimator != NULL && strcmp (line->label, label) == 0)
      return g_steal_pointer (&line->decimator);
  }
  return bs_decimator_new ();
}

static void
add_line (BsPlot *self, GArray *old, guint run, int added, const BsCurve *curve)
{
  BsLine line = { .label = g_strdup (curve->label), .curve = *curve, .run = run, .added = added, .color = self->lines->len };

  if (run > 0) {
    line.color = color_of (self, curve->label);
    if (line.color == G_MAXUINT && self->n_own > 0 && self->lines->len - self->n_own >= BS_PLOT_LINES) {
      g_free (line.label);
      return;
    }
  }
  line.shown = is_shown (self, &line, self->lines->len);
  line.decimator = take_decimator (old, run, line.label);
  line.curve.label = line.label;
  bs_decimator_update (line.decimator, curve);
  g_array_append_val (self->lines, line);
}

static void
add_followed (BsPlot *self, GArray *old, guint run, GPtrArray *followers, gboolean is_added)
{
  for (guint k = 0; k < followers->len; k++) {
    BsFollower *follower = followers->pdata[k];
    guint n = follower != NULL ? bs_follower_get_n_curves (follower) : 0;

    for (guint i = 0; i < n; i++) {
      BsCurve curve = bs_follower_get_curve (follower, i);

      if (curve.n > 0)
        add_line (self, old, run, is_added ? (int) k : -1, &curve);
    }
  }
}

static void
add_run (BsPlot *self, GArray *old, guint i)
{
  BsPlotRun *run = get_run (self, i);
  guint n = bs_recording_get_n_curves (run->recording), count = 0;

  follow_wanted (self, run);
  derive (self, run);
  run->seen_events = bs_recording_get_n_events (run->recording);
  for (guint k = 0; k < n && self->what == BS_FOLLOW_VALUE; k++) {
    const BsCurve *curve = bs_recording_get_curve (run->recording, k);

    if (curve->n == 0 || !curve->is_loss != !self->losses)
      continue;
    if (count++ < BS_PLOT_LINES)
      add_line (self, old, i, -1, curve);
    else if (i == 0)
      self->n_left_out++;
  }
  add_followed (self, old, i, run->derived, FALSE);
  add_followed (self, old, i, run->added, TRUE);
}

/* Curves lie in memory that moves as they grow: the lines are made anew then, and keep what was worked out of them. */
void
bs_plot_refresh (BsPlot *self)
{
  GArray *old = self->lines;
  gboolean grown = self->stale;

  for (guint i = 0; i < self->runs->len; i++)
    grown = grown || get_run (self, i)->seen_events != bs_recording_get_n_events (get_run (self, i)->recording);
  if (!grown)
    return;
  self->stale = FALSE;
  self->lines = g_array_new (FALSE, TRUE, sizeof (BsLine));
  g_array_set_clear_func (self->lines, line_clear);
  self->n_own = self->n_left_out = 0;
  for (guint i = 0; i < self->runs->len; i++) {
    add_run (self, old, i);
    if (i == 0)
      self->n_own = self->lines->len;
  }
  self->n_passes = 0;
  for (guint i = 0; i < self->runs->len; i++)
    self->n_passes = MAX (self->n_passes, bs_recording_get_n_passes (get_run (self, i)->recording));
  g_array_unref (old);
}

guint
bs_plot_get_n_lines (BsPlot *self)
{
  bs_plot_refresh (self);
  return self->lines->len;
}

void
bs_plot_get_line (BsPlot *self, guint i, BsPlotLine *out)
{
  BsLine *line;

  bs_plot_refresh (self);
  g_return_if_fail (i < self->lines->len);

  line = bs_plot_line (self, i);
  *out = (BsPlotLine) { line->label, &line->curve, line->run, get_run (self, line->run)->name, line->color, line->shown, line->added >= 0 };
}

void
bs_plot_set_shown (BsPlot *self, guint i, gboolean shown)
{
  bs_plot_refresh (self);
  g_return_if_fail (i < self->lines->len);

  if (bs_plot_line (self, i)->run == 0)
    g_hash_table_insert (self->hidden, g_strdup (bs_plot_line (self, i)->label), GINT_TO_POINTER (shown));
  else
    get_run (self, bs_plot_line (self, i)->run)->hidden = !shown;
  self->stale = TRUE;
}

/* Index of the last point at or before. */
int
bs_plot_point_before (const BsCurve *curve, const guint32 *keys, guint32 key)
{
  int low = 0, high = curve->n;

  while (low < high) {
    int middle = low + (high - low) / 2;

    if (keys[middle] <= key)
      low = middle + 1;
    else
      high = middle;
  }
  return low - 1;
}

gboolean
bs_plot_find_value (BsPlot *self, guint i, guint32 step, double *value)
{
  BsLine *line;
  int at;

  bs_plot_refresh (self);
  g_return_val_if_fail (i < self->lines->len, FALSE);

  line = bs_plot_line (self, i);
  at = bs_plot_point_before (&line->curve, line->curve.steps, step);
  if (at >= 0)
    *value = line->curve.values[at];
  return at >= 0;
}

/* --- the view ---------------------------------------------------------------------------------------------------------------------- */

static double
warp (gboolean log, double v)
{
  return log ? log10 (v) : v;
}

static double
unwarp (gboolean log, double v)
{
  return log ? pow (10, v) : v;
}

BsPlotScale
bs_plot_get_scale (BsPlot *self, BsPlotAxis axis)
{
  BsPlotScale scale = self->scales[axis].fixed ? self->scales[axis] : self->drawn[axis];

  scale.fixed = self->scales[axis].fixed;
  scale.log = self->scales[axis].log;
  return scale;
}

void
bs_plot_set_scale (BsPlot *self, BsPlotAxis axis, const BsPlotScale *scale)
{
  self->scales[axis] = *scale;
  if (scale->fixed && (!(scale->high > scale->low) || !isfinite (scale->low) || !isfinite (scale->high) || (scale->log && scale->low <= 0)))
    self->scales[axis].fixed = FALSE;
}

double
bs_plot_to_pixel (BsPlot *self, BsPlotAxis axis, double value)
{
  const BsPlotScale *s = &self->drawn[axis];
  double t = (warp (s->log, value) - warp (s->log, s->low)) / (warp (s->log, s->high) - warp (s->log, s->low));

  return axis == BS_PLOT_X ? self->area.x + t * self->area.width : self->area.y + (1 - t) * self->area.height;
}

static double
from_pixel (BsPlot *self, BsPlotAxis axis, double at)
{
  const BsPlotScale *s = &self->drawn[axis];
  double t = axis == BS_PLOT_X ? (at - self->area.x) / self->area.width : 1 - (at - self->area.y) / self->area.height;

  return unwarp (s->log, warp (s->log, s->low) + t * (warp (s->log, s->high) - warp (s->log, s->low)));
}

static void
full_x (BsPlot *self, gboolean log, double *low, double *high)
{
  *low = log ? 0.85 : 0.5;
  *high = MAX (self->n_passes, 1) + 0.5;
}

/* Never beyond all passes, never less than a few. */
static gboolean
set_x (BsPlot *self, double low, double high)
{
  BsPlotScale *s = &self->scales[BS_PLOT_X];
  double least, most, span;

  full_x (self, s->log, &least, &most);
  span = high - low;
  if (span >= (most - least) * 0.999) {
    gboolean was = s->fixed;

    s->fixed = FALSE;
    return was;
  }
  if (span < LEAST_SPAN)
    return FALSE;
  low = CLAMP (low, least, most - (s->log ? 0 : span));
  s->low = low;
  s->high = s->log ? CLAMP (high, low * 1.01, most) : low + span;
  s->fixed = TRUE;
  return TRUE;
}

static gboolean
set_range (BsPlot *self, BsPlotAxis axis, double low, double high)
{
  gboolean changed;

  if (!isfinite (low) || !isfinite (high) || !(high > low))
    return FALSE;
  if (axis == BS_PLOT_X) {
    changed = set_x (self, low, high);
    if (self->scales[axis].fixed)
      self->drawn[axis] = self->scales[axis]; /* the next move before a drawing goes on from here */
    return changed;
  }
  if (high - low < 1e-12 * MAX (fabs (low), fabs (high)))
    return FALSE;
  self->scales[axis].low = low;
  self->scales[axis].high = high;
  self->scales[axis].fixed = TRUE;
  self->drawn[axis] = self->scales[axis];
  return TRUE;
}

gboolean
bs_plot_zoom (BsPlot *self, BsPlotAxis axis, double at, double factor)
{
  const BsPlotScale *s = &self->drawn[axis];
  double here = warp (s->log, from_pixel (self, axis, at)), low = warp (s->log, s->low), high = warp (s->log, s->high);

  if (self->area.width <= 0)
    return FALSE;
  here = CLAMP (here, low, high);
  return set_range (self, axis, unwarp (s->log, here - (here - low) / factor), unwarp (s->log, here + (high - here) / factor));
}

gboolean
bs_plot_pan (BsPlot *self, BsPlotAxis axis, double pixels)
{
  const BsPlotScale *s = &self->drawn[axis];
  double low = warp (s->log, s->low), high = warp (s->log, s->high);
  double size = axis == BS_PLOT_X ? self->area.width : -self->area.height, shift = -pixels / size * (high - low);

  if (size == 0 || !self->scales[axis].fixed)
    return FALSE;
  return set_range (self, axis, unwarp (s->log, low + shift), unwarp (s->log, high + shift));
}

void
bs_plot_zoom_to (BsPlot *self, double x0, double y0, double x1, double y1)
{
  double left = from_pixel (self, BS_PLOT_X, MIN (x0, x1)), right = from_pixel (self, BS_PLOT_X, MAX (x0, x1));
  double top = from_pixel (self, BS_PLOT_Y, MIN (y0, y1)), bottom = from_pixel (self, BS_PLOT_Y, MAX (y0, y1));

  set_range (self, BS_PLOT_X, left, right);
  set_range (self, BS_PLOT_Y, bottom, top);
}

void
bs_plot_fit (BsPlot *self)
{
  self->scales[BS_PLOT_X].fixed = self->scales[BS_PLOT_Y].fixed = FALSE;
}

gboolean
bs_plot_is_fitted (BsPlot *self)
{
  return !self->scales[BS_PLOT_X].fixed && !self->scales[BS_PLOT_Y].fixed;
}

/* --- what is hit --------------------------------------------------------------------------------------------------------------------- */

gboolean
bs_plot_hit (BsPlot *self, double x, guint32 *out_step)
{
  BsRecording *recording = get_run (self, 0)->recording;
  guint32 n = bs_recording_get_n_passes (recording), pass;

  g_return_val_if_fail (out_step != NULL, FALSE);

  bs_plot_refresh (self);
  if (n == 0 || self->area.width <= 0)
    return FALSE;
  pass = CLAMP (round (from_pixel (self, BS_PLOT_X, x)) - 1, 0, n - 1);
  *out_step = bs_recording_get_pass (recording, pass)->end;
  for (guint i = 0; i < self->n_own; i++) {
    const BsCurve *curve = &bs_plot_line (self, i)->curve;
    int at = bs_plot_line (self, i)->shown ? bs_plot_point_before (curve, curve->passes, pass) : -1;

    if (at >= 0 && curve->passes[at] == pass) {
      *out_step = curve->steps[at];
      break;
    }
  }
  return TRUE;
}

gboolean
bs_plot_is_at_cursor (BsPlot *self, double x, BsCursor *cursor)
{
  BsRecording *recording = get_run (self, 0)->recording;

  if (bs_recording_get_n_passes (recording) == 0 || self->area.width <= 0)
    return FALSE;
  return fabs (bs_plot_to_pixel (self, BS_PLOT_X, bs_recording_find_pass (recording, bs_cursor_get_step (cursor)) + 1) - x) < 6 * self->scale;
}
