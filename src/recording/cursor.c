/* SPDX-License-Identifier: MIT */

#include "cursor.h"

#include "recording-private.h"

#include <string.h>

struct _BsCursor {
  GObject parent_instance;

  BsRecording *recording;
  guint32 step;
  BsCursor *details; /* in the same run, recorded with more */

  /* found when first asked for at this step */
  GArray *bindings; /* BsBinding */
  gboolean has_bindings;
};

G_DEFINE_FINAL_TYPE (BsCursor, bs_cursor, G_TYPE_OBJECT)

enum { PROP_0, PROP_STEP, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
enum { MOVED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
bs_cursor_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_STEP)
    g_value_set_uint (value, BS_CURSOR (object)->step);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
bs_cursor_finalize (GObject *object)
{
  BsCursor *self = BS_CURSOR (object);

  g_array_unref (self->bindings);
  g_clear_object (&self->recording);
  g_clear_object (&self->details);
  G_OBJECT_CLASS (bs_cursor_parent_class)->finalize (object);
}

static void
bs_cursor_class_init (BsCursorClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = bs_cursor_get_property;
  object_class->finalize = bs_cursor_finalize;
  properties[PROP_STEP] = g_param_spec_uint ("step", NULL, NULL, 0, G_MAXUINT, 0,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[MOVED] = g_signal_new ("moved", BS_TYPE_CURSOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bs_cursor_init (BsCursor *self)
{
  self->bindings = g_array_new (FALSE, TRUE, sizeof (BsBinding));
}

BsCursor *
bs_cursor_new (BsRecording *recording)
{
  BsCursor *self = g_object_new (BS_TYPE_CURSOR, NULL);

  self->recording = g_object_ref (recording);
  return self;
}

BsRecording *
bs_cursor_get_recording (BsCursor *self)
{
  return self->recording;
}

guint32
bs_cursor_get_step (BsCursor *self)
{
  return self->step;
}

void
bs_cursor_seek (BsCursor *self, guint32 step)
{
  guint32 n = bs_recording_get_n_events (self->recording);

  step = MIN (step, n);
  self->has_bindings = FALSE;
  if (step != self->step) {
    self->step = step;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STEP]);
  }
  g_signal_emit (self, signals[MOVED], 0);
}

gboolean
bs_cursor_stride (BsCursor *self, BsStride stride, int direction)
{
  guint32 to = bs_recording_stride (self->recording, self->step, stride, direction);

  if (to == self->step)
    return FALSE;
  bs_cursor_seek (self, to);
  return TRUE;
}

/* --- a tensor ------------------------------------------------------------------------------------------------------------ */

static void
leaf_state (BsCursor *self, guint32 tensor, const guint32 *last, BsTensorState *out)
{
  BsRecording *r = self->recording;
  guint32 set = last[BS_CHAIN_GRAD], cleared = last[BS_CHAIN_CLEAR], flowed = last[BS_CHAIN_FLOW];
  gboolean in_walk = bs_state_in_walk (r, self->step), whole;

  out->grad_state = in_walk ? BS_GRAD_NOT_YET : BS_GRAD_IS_NONE;
  if (set != BS_NO_STEP && bs_recording_decode_grad_after (r, set, &out->grad)) {
    out->grad_pass = bs_recording_find_pass (r, set + 1);
    out->n_accumulated = bs_chain_count (r, BS_CHAIN_ACCUMULATE, tensor, cleared == BS_NO_STEP ? 0 : cleared,
                                         self->step);
    if (cleared == set)
      out->grad_state = BS_GRAD_CLEARED;
    else
      out->grad_state = out->grad_pass == bs_recording_find_pass (r, self->step) ? BS_GRAD_KNOWN : BS_GRAD_STALE;
  }
  if (in_walk && flowed != BS_NO_STEP && (set == BS_NO_STEP || flowed > set) &&
      bs_state_in_walk_of (r, flowed, self->step)) {
    out->grad_state = BS_GRAD_FLOWING;
    bs_state_flow_at (r, tensor, flowed, self->step, &out->grad, &whole);
  }
}

static void
inner_state (BsCursor *self, guint32 tensor, const guint32 *last, BsTensorState *out)
{
  BsRecording *r = self->recording;
  guint32 set = last[BS_CHAIN_GRAD], flowed = last[BS_CHAIN_FLOW];
  gboolean whole;

  out->grad_state = BS_GRAD_NOT_YET;
  out->retains_grad = set != BS_NO_STEP;
  if (bs_state_flow_at (r, tensor, flowed, self->step, &out->grad, &whole)) {
    out->grad_state = whole || !bs_state_in_walk_of (r, flowed, self->step) ? BS_GRAD_KNOWN : BS_GRAD_FLOWING;
    out->grad_pass = bs_recording_find_pass (r, flowed + 1);
  }
  if (set != BS_NO_STEP && (out->grad_state == BS_GRAD_NOT_YET || set > flowed) &&
      bs_recording_decode_grad_after (r, set, &out->grad)) {
    out->grad_state = BS_GRAD_KNOWN;
    out->grad_pass = bs_recording_find_pass (r, set + 1);
  }
}

void
bs_cursor_get_tensor (BsCursor *self, guint32 tensor, BsTensorState *out)
{
  BsRecording *r = self->recording;
  guint32 flags, last[BS_CHAIN_NAME];

  memset (out, 0, sizeof *out);
  g_return_if_fail (tensor > 0 && tensor < r->tensors.n);

  flags = bs_recording_flags_of (r, tensor);
  bs_recording_empty_value (r, bs_recording_type_of (r, tensor), &out->value);
  out->grad = out->value;
  out->is_leaf = flags & BS_TENSOR_LEAF || !(flags & BS_TENSOR_REQUIRES_GRAD);
  out->requires_grad = (flags & BS_TENSOR_REQUIRES_GRAD) != 0;
  out->grad_state = out->requires_grad ? BS_GRAD_NOT_YET : BS_GRAD_NOT_NEEDED;
  out->exists = r->tensors.data[tensor].first < self->step;
  if (!out->exists)
    return;
  bs_chain_last_of_each (r, tensor, self->step, last);
  out->released = last[BS_CHAIN_RELEASE] != BS_NO_STEP;
  bs_state_value_at (r, tensor, last[BS_CHAIN_WRITE], &out->value, &out->version);
  if (last[BS_CHAIN_REQUIRES_GRAD] != BS_NO_STEP)
    out->requires_grad = (bs_recording_record (r, last[BS_CHAIN_REQUIRES_GRAD])[0] & BS_HEAD_FLAG (0)) != 0;
  out->grad_state = BS_GRAD_NOT_NEEDED;
  if (out->requires_grad && out->is_leaf)
    leaf_state (self, tensor, last, out);
  else if (out->requires_grad)
    inner_state (self, tensor, last, out);
}

static gboolean
is_same_type (const BsValue *a, const BsValue *b)
{
  return a->dtype == b->dtype && a->n_dims == b->n_dims &&
         (a->n_dims == 0 || memcmp (a->shape, b->shape, a->n_dims * sizeof *a->shape) == 0);
}

gboolean
bs_cursor_get_whole (BsCursor *self, guint32 tensor, gboolean grad, BsValue *out)
{
  BsTensorState state;
  BsValue here;

  bs_cursor_get_tensor (self, tensor, &state);
  if (!state.exists || (grad && state.grad_state <= BS_GRAD_IS_NONE))
    return FALSE;
  here = *out = grad ? state.grad : state.value;
  if (out->how == BS_VALUE_WHOLE)
    return TRUE;
  if (self->details == NULL || self->details->recording != self->recording->details) {
    g_clear_object (&self->details);
    self->details = self->recording->details ? bs_cursor_new (self->recording->details) : NULL;
  }
  if (self->details == NULL || tensor >= self->details->recording->tensors.n)
    return FALSE;
  self->details->step = MIN (self->step, self->details->recording->n_events);
  self->details->has_bindings = FALSE;
  bs_cursor_get_tensor (self->details, tensor, &state);
  *out = grad ? state.grad : state.value;
  return state.exists && out->how == BS_VALUE_WHOLE && is_same_type (&here, out);
}

/* --- names ---------------------------------------------------------------------------------------------------------------- */

static void
add_bindings (BsCursor *self, guint32 frame)
{
  BsRecording *r = self->recording;
  guint from = self->bindings->len;

  for (guint32 v = bs_recording_frame_info (r, frame)->last_variable; v != 0; v = r->variables.data[v - 1].next) {
    BsBinding binding = { .name = r->strings.data[r->variables.data[v - 1].name], .frame = frame };

    bs_state_plain (r, v - 1, self->step, &binding.value);
    if (binding.value.kind != BS_PLAIN_DELETED)
      g_array_append_val (self->bindings, binding);
  }
  for (guint i = from, j = self->bindings->len; i + 1 < j; i++, j--) {
    BsBinding b = g_array_index (self->bindings, BsBinding, i);
    g_array_index (self->bindings, BsBinding, i) = g_array_index (self->bindings, BsBinding, j - 1);
    g_array_index (self->bindings, BsBinding, j - 1) = b;
  }
}

static void
find_bindings (BsCursor *self)
{
  guint32 frame = bs_state_frame (self->recording, self->step);

  if (self->has_bindings)
    return;
  self->has_bindings = TRUE;
  g_array_set_size (self->bindings, 0);
  for (guint depth = 0; depth < 64 && frame != 0; depth++) {
    add_bindings (self, frame);
    frame = bs_recording_frame_info (self->recording, frame)->public.parent;
  }
  add_bindings (self, 0);
}

guint
bs_cursor_get_n_bindings (BsCursor *self)
{
  find_bindings (self);
  return self->bindings->len;
}

void
bs_cursor_get_binding (BsCursor *self, guint i, BsBinding *out)
{
  find_bindings (self);
  g_return_if_fail (i < self->bindings->len);

  *out = g_array_index (self->bindings, BsBinding, i);
}

guint32
bs_recording_find_name (BsRecording *self, const char *name, guint32 *looked_at)
{
  for (; *looked_at < self->strings.n; (*looked_at)++)
    if (self->strings.data[*looked_at] != NULL && strcmp (self->strings.data[*looked_at], name) == 0)
      return *looked_at;
  return 0;
}

gboolean
bs_cursor_find_variable (BsCursor *self, guint32 name, BsPlain *out)
{
  guint32 frame = bs_state_frame (self->recording, self->step), variable;

  for (guint depth = 0; depth < 1000; depth++) {
    variable = bs_variable_find (self->recording, frame, name);
    if (variable != 0) {
      bs_state_plain (self->recording, variable - 1, self->step, out);
      if (out->kind != BS_PLAIN_DELETED)
        return TRUE;
    }
    if (frame == 0)
      break;
    frame = bs_recording_frame_info (self->recording, frame)->public.parent;
  }
  return FALSE;
}

const char *
bs_cursor_get_tensor_name (BsCursor *self, guint32 tensor)
{
  return bs_state_name (self->recording, tensor, self->step);
}

/* --- where the program is --------------------------------------------------------------------------------------------------- */

gsize
bs_cursor_get_output_length (BsCursor *self)
{
  BsRecording *r = self->recording;
  guint32 low = 0, high = r->outputs.n;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (r->outputs.data[middle].step < self->step)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? r->outputs.data[low - 1].end : 0;
}

guint8
bs_cursor_get_grad_mode (BsCursor *self)
{
  BsRecording *r = self->recording;
  guint32 low = 0, high = r->modes.n;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (r->modes.data[middle].step < self->step)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? r->modes.data[low - 1].after : 0;
}

gboolean
bs_cursor_get_event (BsCursor *self, BsEvent *out)
{
  if (self->step == 0)
    return FALSE;
  bs_recording_get_event (self->recording, self->step - 1, out);
  return TRUE;
}

guint32
bs_cursor_get_place (BsCursor *self)
{
  BsEvent event;

  return bs_cursor_get_event (self, &event) ? event.place : 0;
}

guint32
bs_cursor_get_line_place (BsCursor *self)
{
  BsRecording *r = self->recording;
  guint32 low = 0, high = r->lines.n;
  BsWhere where;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (r->lines.data[middle] < self->step)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0)
    return 0;
  bs_recording_locate (r, r->lines.data[low - 1], &where);
  return where.place;
}

guint64
bs_cursor_get_saved_bytes (BsCursor *self)
{
  return bs_state_saved_bytes (self->recording, self->step);
}

/* --- a hash over everything ---------------------------------------------------------------------------------------------------- */

static guint64
hash_value (guint64 h, const BsValue *value)
{
  h = bs_wire_hash (h, (guint8[]) { value->dtype, value->how, value->n_dims }, 3);
  h = bs_wire_hash (h, value->shape, value->n_dims * sizeof *value->shape);
  return bs_wire_hash (h, value->data, value->n_stored * bs_element_size (value->dtype));
}

static guint64
hash_tensor (BsCursor *self, guint32 tensor)
{
  BsTensorState s;
  guint64 h;
  guint32 fields[7];

  bs_cursor_get_tensor (self, tensor, &s);
  /* In which pass a step lies is a reading that may change while the recording grows, and so is "stale". */
  if (s.grad_state == BS_GRAD_STALE)
    s.grad_state = BS_GRAD_KNOWN;
  memcpy (fields, (guint32[]) { s.released, s.grad_state, s.n_accumulated, s.is_leaf, s.requires_grad, s.retains_grad,
                                s.version }, sizeof fields);
  h = hash_value (bs_wire_hash (tensor, fields, sizeof fields), &s.value);
  return s.grad_state > BS_GRAD_IS_NONE ? hash_value (h, &s.grad) : h;
}

static guint64
hash_bindings (BsCursor *self, guint64 h)
{
  guint n = bs_cursor_get_n_bindings (self);

  for (guint i = 0; i < n; i++) {
    BsBinding b;

    bs_cursor_get_binding (self, i, &b);
    h = bs_wire_hash (h ^ b.frame, b.name, strlen (b.name));
    h = bs_wire_hash (h, (guint64[]) { b.value.kind, b.value.tensor, b.value.integer }, 24);
    h = bs_wire_hash (h, &b.value.real, 8);
    if (b.value.text != NULL)
      h = bs_wire_hash (h, b.value.text, strlen (b.value.text));
  }
  return h;
}

guint64
bs_cursor_hash (BsCursor *self)
{
  guint64 h = hash_bindings (self, 0);

  for (guint32 t = 1; t < self->recording->tensors.n && self->recording->tensors.data[t].first < self->step; t++)
    h = h * 31 + hash_tensor (self, t);
  h = bs_wire_hash (h, (guint64[]) { bs_cursor_get_output_length (self), bs_cursor_get_grad_mode (self),
                                     bs_cursor_get_line_place (self), bs_cursor_get_saved_bytes (self),
                                     bs_state_frame (self->recording, self->step) }, 40);
  return h;
}
