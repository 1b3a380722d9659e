/* SPDX-License-Identifier: MIT */

/* What is followed is a variable or a place in the source. A variable is looked for in the frames that run at the end of a pass,
 * then in those that ran in it (a local of forward()), where its last value counts. */

#include "follow.h"

#include "cursor.h"
#include "describe.h"
#include "recording-private.h"

#include <math.h>
#include <string.h>

#define MOST_NORM (1u << 20)
#define LOOK_OFTEN 16 /* passes between looks at the clock */

typedef struct {
  char *label;
  BS_VEC (guint32) passes;
  BS_VEC (guint32) steps;
  BS_VEC (double) values;
} Line;

struct _BsFollower {
  BsRecording *recording;
  BsFollowWhat what;
  char *title;
  guint32 tensor;       /* asked for */
  /* a variable ... */
  char *name;
  guint32 name_id;
  const char *function; /* its frame's; NULL: the module's level, or any */
  /* ... or a place */
  char *op;
  BsPlace place;
  guint32 nth, offset;  /* of those in the pass; where it was last */

  guint32 next;         /* pass */
  guint32 seen_events;
  guint n_lines, n_unknown;
  Line *lines;
};

/* --- beginning ------------------------------------------------------------------------------------------------------------- */

static const char *
function_of (BsRecording *r, guint32 frame)
{
  return frame == 0 || frame > r->n_frames ? NULL : bs_recording_frame_info (r, frame)->public.function;
}

/* The variable of that name which is seen from @frame: + 1; 0: none. */
static guint32
visible_variable (BsRecording *r, guint32 frame, guint32 name, guint32 *found_in)
{
  for (guint32 depth = 0; depth < 10000; depth++) {
    guint32 variable = bs_variable_find (r, frame, name);

    if (variable != 0) {
      *found_in = frame;
      return variable;
    }
    if (frame == 0)
      return 0;
    frame = bs_recording_frame_info (r, frame)->public.parent;
  }
  return 0;
}

static gboolean
can_follow (const BsPlain *plain)
{
  return plain->kind == BS_PLAIN_TENSOR || plain->kind == BS_PLAIN_INT || plain->kind == BS_PLAIN_REAL || plain->kind == BS_PLAIN_BOOL;
}

static BsFollower *
new_follower (BsRecording *r, BsFollowWhat what, const char *title)
{
  BsFollower *self = g_new0 (BsFollower, 1);

  self->recording = g_object_ref (r);
  self->what = what;
  self->title = g_strdup (title);
  return self;
}

/* @when: G_MAXUINT32: whenever it was there. */
static BsFollower *
new_variable (BsRecording *r, const char *name, const char *function, guint32 when, BsFollowWhat what)
{
  guint32 looked_at = 1, id = bs_recording_find_name (r, name, &looked_at), frame = 0, variable = 0;
  BsFollower *self;
  BsPlain plain;

  if (id == 0)
    return NULL;
  if (when != G_MAXUINT32) {
    variable = visible_variable (r, bs_state_frame (r, when), id, &frame);
    if (variable != 0)
      bs_state_plain (r, variable - 1, when, &plain);
    /* Not there yet, or no more: the last that had the name tells what it is. */
    if (variable != 0 && !can_follow (&plain))
      bs_state_plain (r, variable - 1, r->n_events, &plain);
  }
  for (guint32 i = r->n_frames + 1; variable == 0 && i-- > 0;) {
    variable = bs_variable_find (r, i, id);
    frame = i;
    if (variable != 0) {
      guint32 end = i == 0 ? r->n_events : MIN (bs_recording_frame_info (r, i)->end, r->n_events);

      bs_state_plain (r, variable - 1, end, &plain);
      if (!can_follow (&plain) || (function != NULL && g_strcmp0 (function, function_of (r, i)) != 0))
        variable = 0;
    }
  }
  if (variable == 0 || !can_follow (&plain) || (what != BS_FOLLOW_VALUE && plain.kind != BS_PLAIN_TENSOR))
    return NULL;
  self = new_follower (r, what, name);
  self->name = g_strdup (name);
  self->name_id = id;
  self->function = function_of (r, frame);
  self->tensor = plain.kind == BS_PLAIN_TENSOR ? plain.tensor : 0;
  return self;
}

BsFollower *
bs_follower_new_name (BsRecording *recording, const char *name, guint32 step, BsFollowWhat what)
{
  g_return_val_if_fail (recording != NULL && name != NULL, NULL);

  return new_variable (recording, name, NULL, MIN (step, recording->n_events), what);
}

static gboolean
same_place (const BsPlace *a, const BsPlace *b)
{
  return a->file == b->file && a->line == b->line && a->column == b->column && a->end_line == b->end_line && a->end_column == b->end_column;
}

static const BsPlace *
place_of (BsRecording *r, guint32 tensor)
{
  BsWhere where;

  bs_recording_locate (r, r->tensors.data[tensor].first, &where);
  return bs_recording_get_place (r, where.place);
}

static gboolean
is_such (const BsFollower *self, guint32 tensor)
{
  BsRecording *r = self->recording;
  const BsPlace *place = place_of (r, tensor);
  BsEvent e;

  if (place == NULL || !same_place (place, &self->place))
    return FALSE;
  bs_recording_get_event (r, r->tensors.data[tensor].first, &e);
  return g_strcmp0 (e.tensor.op, self->op) == 0;
}

static void
pass_tensors (BsRecording *r, guint32 pass, guint32 *from, guint32 *to)
{
  *from = MAX (r->passes.data[pass].first_tensor, 1);
  *to = pass + 1 < r->passes.n ? MIN (r->passes.data[pass + 1].first_tensor, r->tensors.n) : r->tensors.n;
}

static BsFollower *
new_place (BsRecording *r, guint32 tensor, BsFollowWhat what)
{
  const BsPlace *place = place_of (r, tensor);
  g_autofree char *title = bs_tensor_describe (r, tensor, r->tensors.data[tensor].first + 1);
  guint32 pass = bs_recording_find_pass (r, r->tensors.data[tensor].first + 1), from, to;
  BsFollower *self;
  BsEvent e;

  if (place == NULL)
    return NULL;
  self = new_follower (r, what, title);
  bs_recording_get_event (r, r->tensors.data[tensor].first, &e);
  self->op = g_strdup (e.tensor.op);
  self->place = *place;
  self->tensor = tensor;
  pass_tensors (r, pass, &from, &to);
  self->offset = tensor - from;
  for (guint32 i = from; i < tensor; i++)
    self->nth += is_such (self, i);
  return self;
}

BsFollower *
bs_follower_new_tensor (BsRecording *recording, guint32 tensor, guint32 step, BsFollowWhat what)
{
  const char *name;
  BsFollower *self = NULL;

  g_return_val_if_fail (recording != NULL && tensor > 0 && tensor < recording->tensors.n, NULL);

  name = bs_state_best_name (recording, tensor, MIN (step, recording->n_events));
  if (name != NULL) {
    guint32 first = bs_chain_next (recording, BS_CHAIN_NAME, tensor, 0);

    self = new_variable (recording, name, NULL, MIN (first == BS_NO_STEP ? step : first + 1, recording->n_events), what);
  }
  if (self == NULL)
    self = new_place (recording, tensor, what);
  if (self != NULL)
    self->tensor = tensor;
  return self;
}

static BsFollower *
new_same_place (const BsFollower *like, BsRecording *r, BsFollowWhat what)
{
  BsFollower *self = new_follower (r, what, like->title);

  self->op = g_strdup (like->op);
  self->place = like->place;
  self->nth = like->nth;
  self->offset = like->offset;
  self->tensor = r == like->recording ? like->tensor : 0;
  return self;
}

BsFollower *
bs_follower_new_like (const BsFollower *self, BsRecording *recording, BsFollowWhat what)
{
  if (self->name == NULL)
    return new_same_place (self, recording, what);
  return new_variable (recording, self->name, self->function, G_MAXUINT32, what);
}

static void
clear_lines (BsFollower *self)
{
  for (guint i = 0; i < self->n_lines; i++) {
    g_free (self->lines[i].label);
    bs_vec_clear (&self->lines[i].passes);
    bs_vec_clear (&self->lines[i].steps);
    bs_vec_clear (&self->lines[i].values);
  }
  g_clear_pointer (&self->lines, g_free);
  self->n_lines = 0;
}

void
bs_follower_free (BsFollower *self)
{
  clear_lines (self);
  g_object_unref (self->recording);
  g_free (self->title);
  g_free (self->name);
  g_free (self->op);
  g_free (self);
}

const char *
bs_follower_get_title (const BsFollower *self)
{
  return self->title;
}

gboolean
bs_follower_is_tensor (const BsFollower *self, guint32 tensor)
{
  return self->tensor == tensor;
}

gboolean
bs_follower_equals (const BsFollower *self, const BsFollower *other)
{
  if (self->recording != other->recording || self->what != other->what)
    return FALSE;
  if (self->name != NULL || other->name != NULL)
    return g_strcmp0 (self->name, other->name) == 0 && g_strcmp0 (self->function, other->function) == 0;
  return g_strcmp0 (self->op, other->op) == 0 && same_place (&self->place, &other->place) && self->nth == other->nth;
}

/* --- what it is at a step --------------------------------------------------------------------------------------------------- */

/* Frames are numbered as they begin. */
static guint32
frames_before (BsRecording *r, guint32 step)
{
  guint32 low = 1, high = r->n_frames + 1;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (bs_recording_frame_info (r, middle)->begin < step)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* What the name stands for at @step, which is moved back to where a frame of this pass ended. FALSE: nothing. */
static gboolean
find_variable (const BsFollower *self, guint32 begin, guint32 *step, BsPlain *out, guint32 *bound)
{
  BsRecording *r = self->recording;
  guint32 frame, variable = visible_variable (r, bs_state_frame (r, *step), self->name_id, &frame);

  if (variable != 0 && g_strcmp0 (self->function, function_of (r, frame)) != 0)
    variable = 0;
  for (guint32 i = frames_before (r, *step); variable == 0 && i-- > 1;) {
    const BsFrameInfo *info = bs_recording_frame_info (r, i);

    if (info->begin < begin)
      break;
    if (g_strcmp0 (info->public.function, self->function) != 0)
      continue;
    variable = bs_variable_find (r, i, self->name_id);
    if (variable != 0)
      *step = MIN (*step, info->end);
  }
  if (variable == 0)
    return FALSE;
  bs_state_plain (r, variable - 1, *step, out);
  *bound = bs_chain_last (r, BS_CHAIN_VARIABLE, variable - 1, *step);
  return can_follow (out);
}

static gboolean
find_place (BsFollower *self, guint32 pass, guint32 step, BsPlain *out, guint32 *made)
{
  BsRecording *r = self->recording;
  guint32 from, to, n = 0, found = 0;

  pass_tensors (r, pass, &from, &to);
  if (self->nth == 0 && from + self->offset < to && is_such (self, from + self->offset))
    found = from + self->offset;
  for (guint32 i = from; i < to && found == 0; i++)
    if (is_such (self, i) && n++ == self->nth)
      found = i;
  if (found == 0 || r->tensors.data[found].first >= step)
    return FALSE;
  self->offset = found - from;
  *out = (BsPlain) { .kind = BS_PLAIN_TENSOR, .tensor = found };
  *made = r->tensors.data[found].first;
  return TRUE;
}

static gboolean
find (BsFollower *self, guint32 pass, guint32 *step, BsPlain *out, guint32 *when)
{
  const BsPass *p = &self->recording->passes.data[pass].public;

  if (self->name != NULL)
    return find_variable (self, p->begin, step, out, when);
  return find_place (self, pass, *step, out, when);
}

/* --- points ------------------------------------------------------------------------------------------------------------------- */

char *
bs_curve_label (const char *name, guint n_dims, const gint64 *shape, gint64 numel, guint n_lines, guint line)
{
  g_autoptr (GString) label = g_string_new (name);
  gint64 rest = numel, index = line;

  if (numel == 1)
    return g_strdup (name);
  if (n_lines == 1)
    return g_strdup_printf ("‖%s‖", name);
  g_string_append_c (label, '[');
  for (guint i = 0; i < n_dims; i++) {
    rest /= shape[i];
    g_string_append_printf (label, i ? ", %d" : "%d", (int) (index / rest));
    index %= rest;
  }
  g_string_append_c (label, ']');
  return g_strdup (label->str);
}

static void
make_lines (BsFollower *self, const BsValue *value)
{
  gboolean each = self->what == BS_FOLLOW_VALUE && value->how == BS_VALUE_WHOLE && value->numel <= BS_CURVE_ELEMENTS;
  g_autofree char *name = self->what == BS_FOLLOW_GRADIENT ? g_strconcat (self->title, ".grad", NULL) : g_strdup (self->title);

  self->n_lines = each ? MAX (value->numel, 1) : 1;
  self->lines = g_new0 (Line, self->n_lines);
  for (guint i = 0; i < self->n_lines; i++)
    if (self->what == BS_FOLLOW_UPDATE)
      self->lines[i].label = g_strdup_printf ("‖Δ%s‖ / ‖%s‖", name, name);
    else
      self->lines[i].label = bs_curve_label (name, value->n_dims, value->shape, value->numel, self->n_lines, i);
}

static void
add_point (Line *line, guint32 pass, guint32 step, double value)
{
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

static void
add_value (BsFollower *self, guint32 pass, guint32 step, const BsValue *value)
{
  if (value->how == BS_VALUE_DROPPED || value->n_stored > MOST_NORM) {
    self->n_unknown++;
    return;
  }
  if (self->n_lines == 0)
    make_lines (self, value);
  if (self->n_lines == value->n_stored && value->how == BS_VALUE_WHOLE && (self->n_lines > 1 || value->numel == 1))
    for (guint i = 0; i < self->n_lines; i++)
      add_point (&self->lines[i], pass, step, bs_value_get (value, i));
  else if (self->n_lines == 1)
    add_point (&self->lines[0], pass, step, norm_of (value));
}

static void
add_number (BsFollower *self, guint32 pass, guint32 step, double number)
{
  if (self->n_lines == 0) {
    self->n_lines = 1;
    self->lines = g_new0 (Line, 1);
    self->lines[0].label = g_strdup (self->title);
  }
  if (self->n_lines == 1)
    add_point (&self->lines[0], pass, step, number);
}

static void
sample_value (BsFollower *self, guint32 pass, guint32 end)
{
  BsRecording *r = self->recording;
  guint32 step = end, when, written;
  BsValue value;
  BsPlain plain;

  if (!find (self, pass, &step, &plain, &when))
    return;
  when = when == BS_NO_STEP ? step : when + 1;
  if (plain.kind != BS_PLAIN_TENSOR) {
    add_number (self, pass, MAX (when, r->passes.data[pass].public.begin + 1), plain.kind == BS_PLAIN_REAL ? plain.real : plain.integer);
    return;
  }
  if (r->tensors.data[plain.tensor].first >= step)
    return;
  written = bs_chain_last (r, BS_CHAIN_WRITE, plain.tensor, step);
  if (written != BS_NO_STEP)
    when = MAX (when, written + 1);
  bs_state_value (r, plain.tensor, step, &value);
  add_value (self, pass, MAX (when, r->passes.data[pass].public.begin + 1), &value);
}

/* Of a leaf .grad as the update finds it, of all else what flowed to it. */
static void
sample_gradient (BsFollower *self, guint32 pass, guint32 end)
{
  BsRecording *r = self->recording;
  const BsPass *p = &r->passes.data[pass].public;
  guint32 step = MIN (p->update, end), when, flowed, asked;
  gboolean whole;
  BsPlain plain;
  BsValue value;

  if (p->root == 0)
    return;
  asked = step;
  if (!find (self, pass, &step, &plain, &when) || plain.kind != BS_PLAIN_TENSOR)
    return;
  if (bs_recording_flags_of (r, plain.tensor) & BS_TENSOR_LEAF) {
    if (!bs_state_grad (r, plain.tensor, asked, &value))
      return;
    when = bs_chain_last (r, BS_CHAIN_GRAD, plain.tensor, asked);
    add_value (self, pass, when == BS_NO_STEP ? asked : when + 1, &value);
  } else if (bs_state_flow (r, plain.tensor, asked, &value, &whole, &flowed)) {
    add_value (self, pass, flowed + 1, &value);
  }
}

static gboolean
is_whole (const BsValue *value)
{
  return value->how == BS_VALUE_WHOLE && value->n_stored == value->numel;
}

static void
sample_update (BsFollower *self, guint32 pass, guint32 end)
{
  BsRecording *r = self->recording;
  const BsPass *p = &r->passes.data[pass].public;
  guint32 step = MIN (p->update, end), last = end, when, bound, written;
  double moved = 0, size = 0;
  BsPlain before, after;
  BsValue a, b;

  if (p->root == 0 || !find (self, pass, &step, &before, &when) || before.kind != BS_PLAIN_TENSOR)
    return;
  if (!find (self, pass, &last, &after, &bound) || after.kind != BS_PLAIN_TENSOR)
    return;
  bs_state_value (r, before.tensor, step, &a);
  bs_state_value (r, after.tensor, last, &b);
  if (!is_whole (&a) || !is_whole (&b) || a.numel != b.numel || a.numel > MOST_NORM) {
    self->n_unknown++;
    return;
  }
  for (gint64 i = 0; i < a.numel; i++) {
    double x = bs_value_get (&a, i), d = bs_value_get (&b, i) - x;

    moved += d * d;
    size += x * x;
  }
  if (self->n_lines == 0)
    make_lines (self, &a);
  written = bs_chain_last (r, BS_CHAIN_WRITE, after.tensor, last);
  when = MAX (p->update, MAX (bound == BS_NO_STEP ? 0 : bound + 1, written == BS_NO_STEP ? 0 : written + 1));
  add_point (&self->lines[0], pass, MIN (when, end), sqrt (moved) / sqrt (size));
}

static void
sample (BsFollower *self, guint32 pass)
{
  guint32 end = MIN (self->recording->passes.data[pass].public.end, self->recording->n_events);

  switch (self->what) {
  case BS_FOLLOW_VALUE: sample_value (self, pass, end); break;
  case BS_FOLLOW_GRADIENT: sample_gradient (self, pass, end); break;
  case BS_FOLLOW_UPDATE: sample_update (self, pass, end); break;
  default: g_assert_not_reached ();
  }
}

gboolean
bs_follower_work (BsFollower *self, gint64 deadline)
{
  BsRecording *r = self->recording;

  if (self->seen_events == r->n_events)
    return FALSE;
  for (guint i = 0; self->next < r->passes.n; i++) {
    if (deadline != 0 && i % LOOK_OFTEN == LOOK_OFTEN - 1 && g_get_monotonic_time () >= deadline)
      return TRUE;
    sample (self, self->next);
    if (self->next + 1 >= r->passes.n)
      break; /* it may not be over: once more next time */
    self->next++;
  }
  self->seen_events = r->n_events;
  return FALSE;
}

guint
bs_follower_get_n_curves (const BsFollower *self)
{
  return self->n_lines;
}

BsCurve
bs_follower_get_curve (const BsFollower *self, guint i)
{
  const Line *line = &self->lines[i];

  return (BsCurve) { line->label, FALSE, self->tensor, line->passes.n, line->passes.data, line->steps.data, line->values.data };
}

guint
bs_follower_get_n_unknown (const BsFollower *self)
{
  return self->n_unknown;
}
