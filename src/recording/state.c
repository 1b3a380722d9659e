/* SPDX-License-Identifier: MIT */

/* What is true at a step, found from the chains. The state at step k is that after the events before k. */

#include "recording-private.h"

#include <string.h>

/* --- values and gradients ------------------------------------------------------------------------------------------- */

gboolean
bs_value_is_zero (const BsValue *value)
{
  if (value->how == BS_VALUE_THUMBNAIL)
    return value->min == 0 && value->max == 0 && value->n_nan == 0 && value->n_inf == 0;
  if (value->how != BS_VALUE_WHOLE || value->n_stored > 1 << 20)
    return FALSE;
  for (guint32 i = 0; i < value->n_stored; i++)
    if (!(bs_value_get (value, i) == 0))
      return FALSE;
  return TRUE;
}

static void
written_value (const BsEvent *event, guint32 tensor, BsValue *out)
{
  *out = event->write.after;
  for (guint32 i = 0; i < event->write.n_echoes && event->write.tensor != tensor; i++)
    if (event->write.echoes[i].tensor == tensor)
      *out = event->write.echoes[i].after;
}

void
bs_state_value_at (BsRecording *self, guint32 tensor, guint32 write, BsValue *out, guint32 *version)
{
  BsEvent event;

  *version = 0;
  if (write == BS_NO_STEP) {
    bs_recording_get_event (self, self->tensors.data[tensor].first, &event);
    *out = event.tensor.value;
    return;
  }
  /* Only what it became is wanted; decoding what it was before would walk back through all writes. */
  bs_recording_decode_write_after (self, write, &event);
  written_value (&event, tensor, out);
  *version = event.write.version;
}

void
bs_state_value (BsRecording *self, guint32 tensor, guint32 step, BsValue *out)
{
  guint32 version;

  bs_state_value_at (self, tensor, bs_chain_last (self, BS_CHAIN_WRITE, tensor, step), out, &version);
}

gboolean
bs_state_grad (BsRecording *self, guint32 tensor, guint32 step, BsValue *out)
{
  guint32 at = bs_chain_last (self, BS_CHAIN_GRAD, tensor, step);

  bs_recording_empty_value (self, bs_recording_type_of (self, tensor), out);
  return at != BS_NO_STEP && bs_recording_decode_grad_after (self, at, out);
}

/* A node of several outputs runs under the id of the first. */
static gboolean
call_has_run (BsRecording *self, guint32 tensor, guint32 from, guint32 step)
{
  const guint32 *record = bs_recording_tensor_record (self, tensor), *body = bs_record_body (record);
  guint32 call, at;

  if (!(record[0] & BS_HEAD_FLAG (2)))
    return FALSE;
  call = body[1 + ((record[0] & BS_HEAD_FLAG (0)) != 0) + ((record[0] & BS_HEAD_FLAG (1)) != 0)];
  if (call == 0 || call == tensor || call >= self->tensors.n)
    return FALSE;
  at = bs_chain_last (self, BS_CHAIN_FLOW, call, step);
  return at != BS_NO_STEP && at > from && BS_HEAD_KIND (bs_recording_record (self, at)[0]) == BS_EVENT_NODE;
}

gboolean
bs_state_flow_at (BsRecording *self, guint32 tensor, guint32 flow, guint32 step, BsValue *out, gboolean *whole)
{
  *whole = FALSE;
  if (flow == BS_NO_STEP) {
    bs_recording_empty_value (self, bs_recording_type_of (self, tensor), out);
    return FALSE;
  }
  *whole = BS_HEAD_KIND (bs_recording_record (self, flow)[0]) == BS_EVENT_NODE ||
           call_has_run (self, tensor, flow, step);
  return bs_recording_decode_flow (self, flow, tensor, out);
}

gboolean
bs_state_flow (BsRecording *self, guint32 tensor, guint32 step, BsValue *out, gboolean *whole, guint32 *when)
{
  *when = bs_chain_last (self, BS_CHAIN_FLOW, tensor, step);
  return bs_state_flow_at (self, tensor, *when, step, out, whole);
}

/* --- walks, frames, modes --------------------------------------------------------------------------------------------- */

/* How many walks began before @step. */
guint32
bs_state_count_walks (BsRecording *self, guint32 step)
{
  guint32 low = 0, high = self->walks.n;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (self->walks.data[middle].begin < step)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

gboolean
bs_state_in_walk (BsRecording *self, guint32 step)
{
  guint32 low;

  low = bs_state_count_walks (self, step);
  /* Walks within a walk are few; the outer one may end later. */
  for (guint n = 0; low > 0 && n < 8; low--, n++)
    if (self->walks.data[low - 1].end == BS_NO_STEP || self->walks.data[low - 1].end > step)
      return TRUE;
  return FALSE;
}

guint32
bs_state_frame (BsRecording *self, guint32 step)
{
  BsWhere where;

  if (step == 0 || self->n_events == 0)
    return 0;
  bs_recording_locate (self, MIN (step, self->n_events) - 1, &where);
  switch (BS_HEAD_KIND (where.record[0])) {
  case BS_EVENT_CALL: return bs_record_body (where.record)[2];
  case BS_EVENT_RETURN: return bs_recording_frame_info (self, where.frame)->public.parent;
  default: return where.frame;
  }
}

gboolean
bs_state_frame_lives (BsRecording *self, guint32 frame, guint32 step)
{
  const BsFrameInfo *info = bs_recording_frame_info (self, frame);

  return frame == 0 || (info->begin < step && (info->end == BS_NO_STEP || info->end >= step));
}

/* --- names ------------------------------------------------------------------------------------------------------------ */

static guint
depth_of (BsRecording *self, guint32 frame)
{
  guint depth = 0;

  while (frame != 0 && depth < 1000) {
    frame = bs_recording_frame_info (self, frame)->public.parent;
    depth++;
  }
  return depth;
}

/* The variable that the NAME event at @step binds. */
static guint32
variable_at (BsRecording *self, guint32 step)
{
  BsWhere where;

  bs_recording_locate (self, step, &where);
  return bs_variable_find (self, where.frame, bs_record_body (where.record)[0]) - 1;
}

/* A module-level name is better than a function's, the first one better than later ones (`for p in parameters`). */
static const char *
better_name (BsRecording *self, guint32 bound, guint32 valid_at, guint *best_depth, const char *best)
{
  guint32 variable = variable_at (self, bound);
  const BsVariable *v = &self->variables.data[variable];
  guint depth = depth_of (self, v->frame);

  if (best != NULL && depth > *best_depth)
    return best;
  if (valid_at != BS_NO_STEP && (!bs_state_frame_lives (self, v->frame, valid_at) ||
                                 bs_chain_last (self, BS_CHAIN_VARIABLE, variable, valid_at) != bound))
    return best;
  *best_depth = depth;
  return self->strings.data[v->name];
}

enum { MAX_NAMES = 32 };

const char *
bs_state_name (BsRecording *self, guint32 tensor, guint32 step)
{
  const char *best = NULL;
  guint depth = 0, n = 0;
  guint32 at, first;

  if (tensor == 0 || tensor >= self->tensors.n || self->tensors.data[tensor].last_name == 0)
    return NULL;
  for (at = bs_chain_last (self, BS_CHAIN_NAME, tensor, step); at != BS_NO_STEP && n < MAX_NAMES; n++) {
    best = better_name (self, at, step, &depth, best);
    at = bs_chain_last (self, BS_CHAIN_NAME, tensor, at);
  }
  first = at == BS_NO_STEP ? BS_NO_STEP : bs_chain_next (self, BS_CHAIN_NAME, tensor, 0);
  for (n = 0; first != BS_NO_STEP && first < step && n < MAX_NAMES; n++) {
    const char *name = better_name (self, first, step, &depth, NULL);

    if (name != NULL)
      return name;
    first = bs_chain_next (self, BS_CHAIN_NAME, tensor, first + 1);
  }
  return best;
}

const char *
bs_state_best_name (BsRecording *self, guint32 tensor, guint32 end)
{
  const char *best = bs_state_name (self, tensor, end);
  guint depth = 0;
  guint32 at;

  if (best != NULL || tensor == 0 || tensor >= self->tensors.n || self->tensors.data[tensor].last_name == 0)
    return best;
  at = bs_chain_next (self, BS_CHAIN_NAME, tensor, 0);
  for (guint n = 0; at != BS_NO_STEP && n < MAX_NAMES; n++) {
    guint was = depth;
    const char *name = better_name (self, at, BS_NO_STEP, &depth, best);

    best = best == NULL || depth < was ? name : best;
    at = bs_chain_next (self, BS_CHAIN_NAME, tensor, at + 1);
  }
  return best;
}

/* --- what graphs hold --------------------------------------------------------------------------------------------------- */

static guint64
saved_bytes_of (BsRecording *self, guint32 tensor)
{
  const BsType *type = &self->types.data[bs_recording_type_of (self, tensor)];

  return (guint64) type->numel * bs_element_size (type->dtype);
}

/* What the node that made the tensor keeps for its backward. */
static guint64
saved_by (BsRecording *self, const guint32 *record, guint32 id)
{
  const guint32 *body = bs_record_body (record), *result = self->results.data[body[0]];
  BsReader reader = { body + 1, record + bs_record_length (record) };
  BsOperand operand;
  guint64 sum = 0;

  /* A node of several outputs is told with the first. */
  if ((result[4] == 0 && !(record[0] & BS_HEAD_FLAG (3))) || record[0] & BS_HEAD_FLAG (2))
    return 0;
  for (guint i = 0; i < 3; i++)
    reader.p += (record[0] & BS_HEAD_FLAG (i)) != 0;
  for (guint32 i = 0; i < result[3]; i++) {
    bs_reader_operand (&reader, &operand);
    if (i < 31 && result[4] & 1u << i && operand.tensor != 0)
      sum += saved_bytes_of (self, operand.tensor);
  }
  if (record[0] & BS_HEAD_FLAG (3))
    for (guint32 n = bs_reader_word (&reader); n > 0; n--) {
      guint32 tensor = bs_reader_word (&reader);
      sum += tensor != id ? saved_bytes_of (self, tensor) : 0;
    }
  return sum + (result[4] >> 31 ? saved_bytes_of (self, id) : 0);
}

static guint64
saved_by_node (BsRecording *self, guint32 node)
{
  return node ? saved_by (self, bs_recording_tensor_record (self, node), node) : 0;
}

gint64
bs_state_saved_delta (BsRecording *self, const guint32 *record, guint32 step, guint32 id)
{
  const guint32 *body = bs_record_body (record);
  guint32 head = record[0];
  BsWhere where;

  switch (BS_HEAD_KIND (head)) {
  case BS_EVENT_TENSOR:
    return saved_by (self, record, id);
  case BS_EVENT_NODE_DONE:
    if (!(head & BS_HEAD_FLAG (0)))
      return 0;
    bs_recording_locate (self, step, &where);
    return -(gint64) saved_by_node (self, head & BS_HEAD_FLAG (1) ? body[0] : where.node);
  case BS_EVENT_RELEASE:
    if (BS_HEAD_BITS (head, 0, 2) != BS_RELEASE_NODE || self->tensors.data[body[0]].freed)
      return 0;
    return -(gint64) saved_by_node (self, body[0]);
  default:
    return 0;
  }
}

guint64
bs_state_saved_bytes (BsRecording *self, guint32 step)
{
  const BsBlock *block;
  gint64 sum;
  guint32 id;

  step = MIN (step, self->n_events);
  if (step == 0)
    return 0;
  block = &self->blocks.data[(step - 1) / BS_BLOCK];
  sum = block->saved_bytes;
  id = block->n_tensors;
  for (guint32 s = (step - 1) / BS_BLOCK * BS_BLOCK; s < step; s++) {
    const guint32 *record = bs_recording_record (self, s);

    id += BS_HEAD_KIND (record[0]) == BS_EVENT_TENSOR;
    sum = MAX (sum + bs_state_saved_delta (self, record, s, id), 0);
  }
  return sum;
}

guint32
bs_state_version (BsRecording *self, guint32 tensor, guint32 step)
{
  guint32 at = bs_chain_last (self, BS_CHAIN_WRITE, tensor, step);
  BsEvent event;

  if (at == BS_NO_STEP)
    return 0;
  bs_recording_decode_write_after (self, at, &event);
  return event.write.version;
}

/* Is the walk that the event at @event happened in still going on at @step? */
gboolean
bs_state_in_walk_of (BsRecording *self, guint32 event, guint32 step)
{
  guint32 low;

  low = bs_state_count_walks (self, event);
  for (guint n = 0; low > 0 && n < 8; low--, n++)
    if (self->walks.data[low - 1].end > event)
      return self->walks.data[low - 1].end > step || self->walks.data[low - 1].end == BS_NO_STEP;
  return FALSE;
}

gboolean
bs_state_requires_grad (BsRecording *self, guint32 tensor, guint32 step)
{
  guint32 at = bs_chain_last (self, BS_CHAIN_REQUIRES_GRAD, tensor, step);

  if (at != BS_NO_STEP)
    return (bs_recording_record (self, at)[0] & BS_HEAD_FLAG (0)) != 0;
  return (bs_recording_flags_of (self, tensor) & BS_TENSOR_REQUIRES_GRAD) != 0;
}
