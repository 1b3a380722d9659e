/* SPDX-License-Identifier: MIT */

/* Curves over the passes. A loss is what backward() is called on, told apart by its name; a parameter is a leaf that
 * gets a gradient, sampled when its pass closes. `w = (w - lr * w.grad).detach ().requires_grad_ ()` makes a new leaf
 * of the old name each time: it goes on with the old curve. */

#include "recording-private.h"

#include <math.h>
#include <string.h>

#define MAX_CURVES 8192
#define MAX_LOSSES 32
#define MAX_NORM (1u << 20) /* elements to make a norm of */

typedef struct {
  char *label;
  guint32 tensor;
  BS_VEC (guint32) passes;
  BS_VEC (guint32) steps;
  BS_VEC (double) values;
} Line;

typedef struct {
  char *name; /* NULL: none known yet */
  guint32 tensor, type;
  gboolean updated;
  gboolean touched; /* in this pass */
  gboolean is_loss;
  guint n_lines;
  Line *lines;
} Track;

struct _BsCurves {
  GPtrArray *tracks;
  GHashTable *by_tensor; /* parameters */
  GPtrArray *touched;    /* those that got a gradient or a value in this pass */
  guint n_losses;
  GArray *shown;         /* BsCurve; made when asked */
  gboolean stale;
  guint n_lines;
};

static void
track_free (gpointer data)
{
  Track *self = data;

  for (guint i = 0; i < self->n_lines; i++) {
    g_free (self->lines[i].label);
    bs_vec_clear (&self->lines[i].passes);
    bs_vec_clear (&self->lines[i].steps);
    bs_vec_clear (&self->lines[i].values);
  }
  g_free (self->lines);
  g_free (self->name);
  g_free (self);
}

BsCurves *
bs_curves_new (void)
{
  BsCurves *self = g_new0 (BsCurves, 1);

  self->tracks = g_ptr_array_new_with_free_func (track_free);
  self->by_tensor = g_hash_table_new (NULL, NULL);
  self->touched = g_ptr_array_new ();
  self->shown = g_array_new (FALSE, FALSE, sizeof (BsCurve));
  return self;
}

void
bs_curves_free (BsCurves *self)
{
  g_ptr_array_unref (self->tracks);
  g_hash_table_unref (self->by_tensor);
  g_ptr_array_unref (self->touched);
  g_array_unref (self->shown);
  g_free (self);
}

gsize
bs_curves_get_memory (BsCurves *self)
{
  gsize sum = sizeof *self;

  for (guint i = 0; i < self->tracks->len; i++) {
    const Track *track = self->tracks->pdata[i];

    sum += sizeof *track;
    for (guint k = 0; k < track->n_lines; k++)
      sum += sizeof (Line) + bs_vec_bytes (&track->lines[k].passes) * 2 + bs_vec_bytes (&track->lines[k].values);
  }
  return sum;
}

static Track *
add_track (BsCurves *self, guint n_lines, guint32 tensor)
{
  Track *track = g_new0 (Track, 1);

  track->n_lines = n_lines;
  track->lines = g_new0 (Line, n_lines);
  track->tensor = tensor;
  self->n_lines += n_lines;
  g_ptr_array_add (self->tracks, track);
  return track;
}

/* One point a pass: a later one of the same pass takes the place of the former. */
static void
add_point (BsCurves *curves, Line *line, guint32 pass, guint32 step, double value)
{
  curves->stale = TRUE;
  if (line->passes.n > 0 && line->passes.data[line->passes.n - 1] == pass) {
    line->steps.data[line->passes.n - 1] = step;
    line->values.data[line->passes.n - 1] = value;
    return;
  }
  bs_vec_push (&line->passes, pass);
  bs_vec_push (&line->steps, step);
  bs_vec_push (&line->values, value);
}

static double
norm_of (const BsValue *value)
{
  double min, max, mean, norm;

  bs_value_statistics (value, &min, &max, &mean, &norm);
  return norm;
}

/* --- the loss ------------------------------------------------------------------------------------------------------------ */

/* The name of the loss itself or, in `loss.sum ().backward ()`, of what it is nothing but a sum or a view of. */
static const char *
loss_name (BsRecording *self, guint32 tensor, guint32 step)
{
  for (guint depth = 0; depth < 4; depth++) {
    const char *name = bs_state_name (self, tensor, step);
    BsEvent event;

    bs_recording_get_event (self, self->tensors.data[tensor].first, &event);
    if (name != NULL && (depth == 0 || event.tensor.n_inputs > 0)) /* a leaf is no loss */
      return name;
    if (event.tensor.n_inputs != 1 || event.tensor.inputs[0].tensor == 0)
      return NULL;
    tensor = event.tensor.inputs[0].tensor;
  }
  return NULL;
}

static Track *
find_loss (BsCurves *curves, const char *name)
{
  for (guint i = 0; i < curves->tracks->len; i++) {
    Track *track = curves->tracks->pdata[i];

    if (track->is_loss && g_strcmp0 (track->name, name) == 0)
      return track;
  }
  return NULL;
}

void
bs_curves_backward_begin (BsRecording *self, guint32 step, guint32 root)
{
  BsCurves *curves = self->curves;
  const char *name = loss_name (self, root, step);
  Track *track = find_loss (curves, name);
  BsValue value;

  if (track == NULL) {
    if (curves->n_lines >= MAX_CURVES || curves->n_losses++ >= MAX_LOSSES)
      return;
    track = add_track (curves, 1, root);
    track->is_loss = track->updated = TRUE;
    track->name = g_strdup (name);
  }
  bs_state_value (self, root, step, &value);
  if (value.how == BS_VALUE_DROPPED || value.n_stored > MAX_NORM)
    return;
  add_point (curves, track->lines, self->passes.n - 1, step,
             value.n_stored == 1 ? bs_value_get (&value, 0) : norm_of (&value));
}

/* --- parameters ------------------------------------------------------------------------------------------------------------ */

static Track *
find_former (BsRecording *self, guint32 tensor, const char *name)
{
  guint32 type = bs_recording_type_of (self, tensor);

  for (guint i = 0; name != NULL && i < self->curves->tracks->len; i++) {
    Track *track = self->curves->tracks->pdata[i];

    if (!track->is_loss && track->type == type && g_strcmp0 (track->name, name) == 0 &&
        g_strcmp0 (bs_state_name (self, track->tensor, self->n_events), name) != 0)
      return track;
  }
  return NULL;
}

static void
touch (BsCurves *self, Track *track)
{
  if (!track->touched)
    g_ptr_array_add (self->touched, track);
  track->touched = TRUE;
}

void
bs_curves_accumulate (BsRecording *self, guint32 step, guint32 tensor)
{
  BsCurves *curves = self->curves;
  gpointer key = GUINT_TO_POINTER (tensor);
  guint32 flags = bs_recording_flags_of (self, tensor);
  const BsType *type;
  const char *name;
  Track *track;

  track = g_hash_table_lookup (curves->by_tensor, key);
  if (track != NULL)
    touch (curves, track);
  if (track != NULL || curves->n_lines >= MAX_CURVES ||
      (flags & BS_TENSOR_REQUIRES_GRAD && !(flags & BS_TENSOR_LEAF)))
    return;
  name = bs_state_name (self, tensor, self->n_events);
  track = find_former (self, tensor, name);
  if (track != NULL) {
    g_hash_table_remove (curves->by_tensor, GUINT_TO_POINTER (track->tensor));
    track->tensor = tensor;
    track->updated = TRUE;
  } else {
    type = &self->types.data[bs_recording_type_of (self, tensor)];
    track = add_track (curves, type->numel <= BS_CURVE_ELEMENTS ? MAX (type->numel, 1) : 1, tensor);
    track->type = bs_recording_type_of (self, tensor);
    track->name = g_strdup (name);
  }
  g_hash_table_insert (curves->by_tensor, key, track);
  touch (curves, track);
}

void
bs_curves_write (BsRecording *self, guint32 tensor)
{
  Track *track = g_hash_table_lookup (self->curves->by_tensor, GUINT_TO_POINTER (tensor));

  if (track == NULL)
    return;
  track->updated = TRUE;
  touch (self->curves, track);
}

static void
sample (BsRecording *self, Track *track, guint32 pass, guint32 end)
{
  guint32 written = bs_chain_last (self, BS_CHAIN_WRITE, track->tensor, end), step = end;
  BsValue value;

  if (track->name == NULL)
    track->name = g_strdup (bs_state_name (self, track->tensor, MIN (end, self->n_events)));
  if (written != BS_NO_STEP && written >= self->passes.data[pass].public.begin)
    step = written + 1;
  bs_state_value (self, track->tensor, end, &value);
  if (value.how == BS_VALUE_DROPPED || value.n_stored > MAX_NORM)
    return;
  if (track->n_lines == value.n_stored && value.how == BS_VALUE_WHOLE)
    for (guint i = 0; i < track->n_lines; i++)
      add_point (self->curves, &track->lines[i], pass, step, bs_value_get (&value, i));
  else
    add_point (self->curves, &track->lines[0], pass, step, norm_of (&value));
}

void
bs_curves_close_pass (BsRecording *self, guint32 pass, guint32 end)
{
  guint n = 0;

  for (guint i = 0; i < self->curves->touched->len; i++) {
    Track *track = self->curves->touched->pdata[i];

    if (self->tensors.data[track->tensor].first < end)
      sample (self, track, pass, end);
    /* The next pass began a little before it was noticed. */
    track->touched = self->tensors.data[track->tensor].last >= end;
    if (track->touched)
      self->curves->touched->pdata[n++] = track;
  }
  g_ptr_array_set_size (self->curves->touched, n);
  self->curves->stale = TRUE;
}

/* --- what is shown --------------------------------------------------------------------------------------------------------- */

static char *
label_of (BsRecording *self, const Track *track, guint line)
{
  const BsType *type = &self->types.data[track->type];
  g_autofree char *name = track->name ? g_strdup (track->name) : g_strdup_printf ("tensor %u", track->tensor);

  if (track->is_loss)
    return g_strdup (track->name ? track->name : "loss");
  return bs_curve_label (name, type->n_dims, type->shape, type->numel, track->n_lines, line);
}

static void
show_track (BsRecording *self, Track *track)
{
  for (guint i = 0; i < track->n_lines; i++) {
    Line *line = &track->lines[i];
    BsCurve curve;

    if (line->label == NULL || track->name != NULL) {
      g_free (line->label);
      line->label = label_of (self, track, i);
    }
    curve = (BsCurve) { line->label, track->is_loss, track->tensor, line->passes.n, line->passes.data,
                        line->steps.data, line->values.data };
    if (curve.n > 0)
      g_array_append_val (self->curves->shown, curve);
  }
}

static void
refresh (BsRecording *self)
{
  BsCurves *curves = self->curves;

  if (!curves->stale)
    return;
  curves->stale = FALSE;
  g_array_set_size (curves->shown, 0);
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < curves->tracks->len; i++) {
      Track *track = curves->tracks->pdata[i];

      if (track->is_loss == (pass == 0) && track->updated)
        show_track (self, track);
    }
}

guint
bs_recording_get_n_curves (BsRecording *self)
{
  refresh (self);
  return self->curves->shown->len;
}

const BsCurve *
bs_recording_get_curve (BsRecording *self, guint i)
{
  refresh (self);
  g_return_val_if_fail (i < self->curves->shown->len, NULL);

  return &g_array_index (self->curves->shown, BsCurve, i);
}
