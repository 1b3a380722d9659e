/* SPDX-License-Identifier: MIT */

/* From records to events. Everything here has been checked by store.c when it came in. */

#include "recording-private.h"

#include <string.h>

/* --- reading words ------------------------------------------------------------------------------------------------ */

guint32
bs_reader_word (BsReader *self)
{
  if (self->p >= self->end) {
    self->bad = TRUE;
    return 0;
  }
  return *self->p++;
}

const char *
bs_reader_text (BsReader *self, gsize *length)
{
  guint32 n = bs_reader_word (self);
  gsize n_words = (gsize) n / 4 + 1;
  const char *text = (const char *) self->p;

  *length = n;
  if (self->bad || n_words > (gsize) (self->end - self->p) || text[n] != '\0') {
    self->bad = TRUE;
    *length = 0;
    return "";
  }
  self->p += n_words;
  return text;
}

gboolean
bs_reader_operand (BsReader *self, BsOperand *out)
{
  guint32 word = bs_reader_word (self), low;
  gint64 bits;

  *out = (BsOperand) { .tensor = word };
  if (word < BS_OPERAND_FIRST)
    return !self->bad;
  out->tensor = 0;
  out->is_number = TRUE;
  out->is_integer = word != BS_OPERAND_REAL;
  low = bs_reader_word (self);
  if (word == BS_OPERAND_INT32) {
    out->number = (gint32) low;
    return !self->bad;
  }
  bits = (gint64) (low | (guint64) bs_reader_word (self) << 32);
  if (word == BS_OPERAND_INT64)
    out->number = (double) bits;
  else
    memcpy (&out->number, &bits, 8);
  return !self->bad && word <= BS_OPERAND_REAL;
}

/* --- values --------------------------------------------------------------------------------------------------------- */

void
bs_recording_empty_value (BsRecording *self, guint32 type, BsValue *out)
{
  const BsType *t = &self->types.data[type < self->types.n ? type : 0];

  *out = (BsValue) { .dtype = t->dtype, .how = BS_VALUE_DROPPED, .n_dims = t->n_dims, .shape = t->shape, .numel = t->numel };
}

static gboolean
read_elements (BsReader *self, BsRecording *recording, guint32 type, BsValue *out)
{
  gsize size, n_words;

  if (type == 0 || type >= recording->types.n)
    return FALSE;
  bs_recording_empty_value (recording, type, out);
  size = bs_element_size (out->dtype);
  if (out->numel > (gint64) (BS_INLINE_MAX / size))
    return FALSE;
  n_words = (out->numel * size + 3) / 4;
  if (n_words > (gsize) (self->end - self->p))
    return FALSE;
  out->how = BS_VALUE_WHOLE;
  out->n_stored = out->numel;
  out->data = self->p;
  self->p += n_words;
  return TRUE;
}

/* The blob was checked when it was defined. */
static void
read_blob (BsRecording *self, guint32 id, BsValue *out)
{
  const guint32 *record = self->blobs.data[id], *p = bs_record_body (record);

  bs_recording_empty_value (self, *p++, out);
  out->how = BS_VALUE_WHOLE;
  out->n_stored = out->numel;
  if (record[0] & BS_BLOB_THUMBNAIL) {
    out->how = BS_VALUE_THUMBNAIL;
    out->thumb_rows = p[0] & 0xffff;
    out->thumb_columns = p[0] >> 16;
    out->n_stored = out->thumb_rows * out->thumb_columns;
    out->n_nan = p[1];
    out->n_inf = p[2];
    memcpy (&out->min, p + 3, 8);
    memcpy (&out->max, p + 5, 8);
    memcpy (&out->mean, p + 7, 8);
    memcpy (&out->norm, p + 9, 8);
    p += 11;
  }
  if ((gsize) p % 8 != 0)
    p++;
  out->data = p;
}

gboolean
bs_reader_value (BsReader *self, BsRecording *recording, guint code, guint32 type, BsValue *out)
{
  guint32 id;

  bs_recording_empty_value (recording, type, out);
  switch (code) {
  case BS_CODE_NONE:
  case BS_CODE_SAME:
    return TRUE;
  case BS_CODE_INLINE:
    return read_elements (self, recording, type, out);
  case BS_CODE_TYPED:
    return read_elements (self, recording, bs_reader_word (self), out);
  case BS_CODE_BLOB:
    id = bs_reader_word (self);
    if (self->bad || id == 0 || id >= recording->blobs.n)
      return FALSE;
    read_blob (recording, id, out);
    return TRUE;
  case BS_CODE_DROPPED:
    id = bs_reader_word (self);
    if (self->bad || id == 0 || id >= recording->types.n)
      return FALSE;
    bs_recording_empty_value (recording, id, out);
    return TRUE;
  default:
    return FALSE;
  }
}

/* --- finding an event ------------------------------------------------------------------------------------------------- */

static inline const guint32 *
settle (const guint32 *record)
{
  const guint32 *next;

  while (BS_HEAD_KIND (record[0]) >= BS_DEF_STRING) {
    if (BS_HEAD_KIND (record[0]) == BS_JUMP) {
      memcpy (&next, record + 2, sizeof next);
      record = next;
    } else {
      record += bs_record_length (record);
    }
  }
  return record;
}

const guint32 *
bs_recording_record (BsRecording *self, guint32 step)
{
  const guint32 *record = self->blocks.data[step / BS_BLOCK].record;

  if (step == self->n_events && self->storing != NULL)
    return self->storing;
  for (guint n = step % BS_BLOCK; n > 0; n--)
    record = settle (record + bs_record_length (record));
  return record;
}

/* The effect of an event on what later ones imply. */
static inline void
pass_over (BsRecording *self, const guint32 *record, BsWhere *where)
{
  const guint32 *body = bs_record_body (record);

  switch (BS_HEAD_KIND (record[0])) {
  case BS_EVENT_CALL:
    where->frame = body[2];
    break;
  case BS_EVENT_RETURN:
    where->frame = bs_recording_frame_info (self, where->frame)->public.parent;
    break;
  case BS_EVENT_TENSOR:
    where->n_tensors++;
    if (!(record[0] & BS_HEAD_FLAG (1)))
      where->n_storages++;
    else
      where->n_storages = MAX (where->n_storages, body[1 + ((record[0] & BS_HEAD_FLAG (0)) != 0)]);
    break;
  case BS_EVENT_WRITE:
    where->n_storages = MAX (where->n_storages, body[2]);
    break;
  case BS_EVENT_BACKWARD_BEGIN:
    where->node = 0;
    break;
  case BS_EVENT_NODE:
    where->node = body[0];
    break;
  }
}

static inline void
arrive (const guint32 *record, BsWhere *where)
{
  const guint32 *p = record + 1 + (BS_HEAD_LENGTH (record[0]) == 0);

  if (record[0] & BS_HEAD_PLACE)
    where->place = *p++;
  if (record[0] & BS_HEAD_FRAME)
    where->frame = *p;
}

void
bs_recording_locate (BsRecording *self, guint32 step, BsWhere *where)
{
  const BsBlock *block = &self->blocks.data[step / BS_BLOCK];
  const guint32 *record = block->record;

  *where = (BsWhere) { record, block->place, block->frame, block->node, block->n_tensors, block->n_storages };
  arrive (record, where);
  for (guint n = step % BS_BLOCK; n > 0; n--) {
    pass_over (self, record, where);
    record = settle (record + bs_record_length (record));
    arrive (record, where);
  }
  where->record = record;
}

BsFrameInfo *
bs_recording_frame_info (BsRecording *self, guint32 frame)
{
  return &self->frame_pages.data[frame / 256][frame % 256];
}

const guint32 *
bs_recording_tensor_record (BsRecording *self, guint32 tensor)
{
  const BsTensorInfo *info = &self->tensors.data[tensor];

  if (info->offset != BS_FAR)
    return self->blocks.data[info->first / BS_BLOCK].record + info->offset;
  return bs_recording_record (self, info->first);
}

const guint32 *
bs_recording_result_of (BsRecording *self, guint32 tensor)
{
  return self->results.data[self->tensors.data[tensor].result];
}

guint32
bs_recording_flags_of (BsRecording *self, guint32 tensor)
{
  return bs_recording_result_of (self, tensor)[2] & 0xffff;
}

guint32
bs_recording_type_of (BsRecording *self, guint32 tensor)
{
  return tensor > 0 && tensor < self->tensors.n ? bs_recording_result_of (self, tensor)[1] : 0;
}

const char *
bs_recording_string (BsRecording *self, guint32 id)
{
  return id < self->strings.n ? self->strings.data[id] : NULL;
}

/* --- events ------------------------------------------------------------------------------------------------------------ */

static gpointer
scratch (BsRecording *self, gsize size)
{
  guint i = self->scratch_at++ % G_N_ELEMENTS (self->scratch);

  self->scratch[i] = g_realloc (self->scratch[i], MAX (size, 16));
  return self->scratch[i];
}

static const BsOperand *
read_operands (BsRecording *self, BsReader *reader, guint32 n)
{
  BsOperand *operands;

  if (n == 0)
    return NULL;
  operands = scratch (self, n * sizeof *operands);
  for (guint32 i = 0; i < n; i++)
    bs_reader_operand (reader, &operands[i]);
  return operands;
}

static const guint32 *
masked_saved (BsRecording *self, guint32 mask, const BsOperand *inputs, guint32 n_inputs, guint32 id, guint32 *n)
{
  guint32 *saved;

  *n = 0;
  if (mask == 0)
    return NULL;
  saved = scratch (self, 32 * sizeof *saved);
  for (guint32 i = 0; i < MIN (n_inputs, 31); i++)
    if (mask & 1u << i && inputs[i].tensor != 0)
      saved[(*n)++] = inputs[i].tensor;
  if (mask & 1u << 31)
    saved[(*n)++] = id;
  return saved;
}

static void
decode_tensor (BsRecording *self, const BsWhere *where, BsReader *reader, BsEvent *out)
{
  guint32 head = where->record[0];
  const guint32 *result = self->results.data[bs_reader_word (reader)];
  const BsOpInfo *op = &self->ops.data[result[0]];

  out->tensor.id = where->n_tensors + 1;
  out->tensor.alias = head & BS_HEAD_FLAG (0) ? bs_reader_word (reader) : 0;
  out->tensor.storage = head & BS_HEAD_FLAG (1) ? bs_reader_word (reader) : where->n_storages + 1;
  out->tensor.call = head & BS_HEAD_FLAG (2) ? bs_reader_word (reader) : out->tensor.id;
  out->tensor.op = op->name;
  out->tensor.symbol = op->symbol;
  out->tensor.grad_fn = op->grad_fn;
  out->tensor.output_nr = result[2] >> 16;
  out->tensor.flags = result[2] & 0xffff;
  out->tensor.n_inputs = result[3];
  out->tensor.inputs = read_operands (self, reader, result[3]);
  out->tensor.n_attributes = op->n_attributes;
  out->tensor.attributes = op->attributes;
  if (head & BS_HEAD_FLAG (3)) {
    out->tensor.n_saved = bs_reader_word (reader);
    out->tensor.saved = reader->p;
    reader->p += out->tensor.n_saved;
  } else {
    out->tensor.saved = masked_saved (self, result[4], out->tensor.inputs, result[3], out->tensor.id,
                                      &out->tensor.n_saved);
  }
  bs_reader_value (reader, self, BS_HEAD_BITS (head, 4, 3), result[1], &out->tensor.value);
}

static void
decode_plain (BsRecording *self, const guint32 *record, BsPlain *out)
{
  const guint32 *body = bs_record_body (record);
  BsReader reader = { body + 2, record + bs_record_length (record) };
  gsize length;

  *out = (BsPlain) { .kind = BS_HEAD_BITS (record[0], 0, 3) };
  switch (out->kind) {
  case BS_PLAIN_TENSOR:
    out->tensor = body[2];
    break;
  case BS_PLAIN_BOOL:
    out->integer = (record[0] & BS_HEAD_FLAG (3)) != 0;
    break;
  case BS_PLAIN_INT:
    out->integer = bs_word64 (body + 2);
    break;
  case BS_PLAIN_REAL:
    memcpy (&out->real, body + 2, 8);
    break;
  case BS_PLAIN_TEXT:
    out->text = bs_reader_text (&reader, &length);
    break;
  }
}

void
bs_state_plain (BsRecording *self, guint32 variable, guint32 step, BsPlain *out)
{
  guint32 at = bs_chain_last (self, BS_CHAIN_VARIABLE, variable, step);

  if (at == BS_NO_STEP)
    *out = (BsPlain) { .kind = BS_PLAIN_DELETED };
  else
    decode_plain (self, bs_recording_record (self, at), out);
}

static void
decode_name (BsRecording *self, const BsWhere *where, BsEvent *out)
{
  const guint32 *body = bs_record_body (where->record);

  out->name.name = bs_recording_string (self, body[0]);
  decode_plain (self, where->record, &out->name.after);
  if (body[1] != 0)
    decode_plain (self, bs_recording_record (self, body[1] - 1), &out->name.before);
  else
    out->name.before = (BsPlain) { .kind = BS_PLAIN_DELETED };
}

static void
decode_backward_begin (BsRecording *self, guint32 head, BsReader *reader, BsEvent *out)
{
  out->backward_begin.root = bs_reader_word (reader);
  out->backward_begin.retain_graph = (head & BS_HEAD_FLAG (0)) != 0;
  out->backward_begin.create_graph = (head & BS_HEAD_FLAG (1)) != 0;
  bs_reader_value (reader, self, BS_HEAD_BITS (head, 4, 3), bs_recording_type_of (self, out->backward_begin.root),
                   &out->backward_begin.seed);
}

/* What the edges summed up; for the root of a walk, where none came, its seed. */
static gboolean
sum_of_edges (BsRecording *self, guint32 step, guint32 tensor, BsValue *out)
{
  guint32 before = bs_record_body (bs_recording_record (self, step))[1] - 1, low;
  BsEvent event;

  low = bs_state_count_walks (self, step);
  if (before != BS_NO_STEP && BS_HEAD_KIND (bs_recording_record (self, before)[0]) == BS_EVENT_EDGE &&
      (low == 0 || before > self->walks.data[low - 1].begin))
    return bs_recording_decode_flow (self, before, tensor, out);
  if (low == 0 || self->walks.data[low - 1].root != tensor)
    return FALSE;
  bs_recording_get_event (self, self->walks.data[low - 1].begin, &event);
  *out = event.backward_begin.seed;
  return out->n_stored > 0;
}

static void
decode_node (BsRecording *self, guint32 head, BsReader *reader, BsEvent *out)
{
  guint code = BS_HEAD_BITS (head, 4, 3);

  out->node.node = bs_reader_word (reader);
  reader->p++;
  bs_reader_value (reader, self, code, bs_recording_type_of (self, out->node.node), &out->node.upstream);
  out->node.has_upstream = code != BS_CODE_NONE;
  if (code == BS_CODE_SAME)
    out->node.has_upstream = sum_of_edges (self, out->step, out->node.node, &out->node.upstream);
}

static void
decode_edge (BsRecording *self, const BsWhere *where, BsReader *reader, BsEvent *out)
{
  guint32 head = where->record[0], type;
  guint code = BS_HEAD_BITS (head, 7, 3);

  out->edge.to = bs_reader_word (reader);
  reader->p++;
  type = bs_recording_type_of (self, out->edge.to);
  out->edge.node = head & BS_HEAD_FLAG (1) ? bs_reader_word (reader) : where->node;
  out->edge.input = BS_HEAD_BITS (head, 10, 4) == 15 ? bs_reader_word (reader) : BS_HEAD_BITS (head, 10, 4);
  out->edge.first = (head & BS_HEAD_FLAG (0)) != 0;
  bs_reader_value (reader, self, BS_HEAD_BITS (head, 4, 3), type, &out->edge.contribution);
  bs_reader_value (reader, self, code, type, &out->edge.sum);
  if (code == BS_CODE_SAME)
    out->edge.sum = out->edge.contribution;
}

static void
decode_accumulate (BsRecording *self, guint32 head, BsReader *reader, BsEvent *out)
{
  guint before = BS_HEAD_BITS (head, 10, 3), after = BS_HEAD_BITS (head, 7, 3);
  guint32 tensor = out->accumulate.tensor = bs_reader_word (reader), type = bs_recording_type_of (self, tensor);

  reader->p++;
  bs_reader_value (reader, self, BS_HEAD_BITS (head, 4, 3), type, &out->accumulate.contribution);
  bs_reader_value (reader, self, after, type, &out->accumulate.after);
  bs_reader_value (reader, self, before, type, &out->accumulate.before);
  if (after == BS_CODE_SAME)
    out->accumulate.after = out->accumulate.contribution;
  out->accumulate.had_grad = before != BS_CODE_NONE;
  if (before == BS_CODE_SAME)
    out->accumulate.had_grad = bs_state_grad (self, tensor, out->step, &out->accumulate.before);
}

static void
decode_echoes (BsRecording *self, BsReader *reader, gboolean look_back, BsEvent *out)
{
  BsEventEcho *echoes = scratch (self, out->write.n_echoes * sizeof *echoes);

  for (guint32 i = 0; i < out->write.n_echoes; i++) {
    guint32 tensor = echoes[i].tensor = bs_reader_word (reader), type = bs_recording_type_of (self, tensor), codes;

    reader->p++;
    codes = bs_reader_word (reader);
    bs_reader_value (reader, self, codes & 7, type, &echoes[i].after);
    bs_reader_value (reader, self, codes >> 3 & 7, type, &echoes[i].before);
    if (look_back && (codes >> 3 & 7) == BS_CODE_SAME)
      bs_state_value (self, tensor, out->step, &echoes[i].before);
  }
  out->write.echoes = echoes;
}

static void
decode_write (BsRecording *self, guint32 head, BsReader *reader, gboolean look_back, BsEvent *out)
{
  guint before = BS_HEAD_BITS (head, 7, 3);
  guint32 tensor = out->write.tensor = bs_reader_word (reader), type = bs_recording_type_of (self, tensor), result;

  reader->p++;
  out->write.storage = bs_reader_word (reader);
  result = bs_reader_word (reader);
  out->write.version = bs_reader_word (reader);
  if (result != 0) {
    const BsOpInfo *op = &self->ops.data[self->results.data[result][0]];
    out->write.op = op->name;
    out->write.n_attributes = op->n_attributes;
    out->write.attributes = op->attributes;
    out->write.n_inputs = self->results.data[result][3];
    out->write.inputs = read_operands (self, reader, out->write.n_inputs);
  }
  out->write.n_echoes = bs_reader_word (reader);
  bs_reader_value (reader, self, BS_HEAD_BITS (head, 4, 3), type, &out->write.after);
  bs_reader_value (reader, self, before, type, &out->write.before);
  if (look_back && before == BS_CODE_SAME)
    bs_state_value (self, tensor, out->step, &out->write.before);
  if (out->write.n_echoes > 0)
    decode_echoes (self, reader, look_back, out);
}

static void
decode_grad_set (BsRecording *self, guint32 head, BsReader *reader, BsEvent *out)
{
  guint before = BS_HEAD_BITS (head, 7, 3);
  guint32 tensor = out->grad_set.tensor = bs_reader_word (reader), type = bs_recording_type_of (self, tensor);

  reader->p++;
  out->grad_set.has_grad = (head & BS_HEAD_FLAG (0)) != 0;
  bs_reader_value (reader, self, BS_HEAD_BITS (head, 4, 3), type, &out->grad_set.after);
  bs_reader_value (reader, self, before, type, &out->grad_set.before);
  out->grad_set.had_grad = before != BS_CODE_NONE;
  if (before == BS_CODE_SAME)
    out->grad_set.had_grad = bs_state_grad (self, tensor, out->step, &out->grad_set.before);
}

static void
decode_release (guint32 head, BsReader *reader, BsEvent *out)
{
  guint32 id = bs_reader_word (reader), low;

  reader->p++;
  switch (BS_HEAD_BITS (head, 0, 2)) {
  case BS_RELEASE_TENSOR: out->release.tensor = id; break;
  case BS_RELEASE_NODE: out->release.node = id; break;
  default: out->release.storage = id;
  }
  if (head & BS_HEAD_FLAG (2)) {
    low = bs_reader_word (reader);
    out->release.n_bytes = low | (guint64) bs_reader_word (reader) << 32;
  }
}

static void
decode_node_done (const BsWhere *where, BsReader *reader, BsEvent *out)
{
  guint32 head = where->record[0], low;

  out->node_done.node = head & BS_HEAD_FLAG (1) ? bs_reader_word (reader) : where->node;
  out->node_done.released = (head & BS_HEAD_FLAG (0)) != 0;
  if (head & BS_HEAD_FLAG (2)) {
    low = bs_reader_word (reader);
    out->node_done.saved_bytes = low | (guint64) bs_reader_word (reader) << 32;
  }
}

static void
decode_shown (BsRecording *self, guint32 head, BsReader *reader, BsEvent *out)
{
  gsize length;

  switch (out->kind) {
  case BS_EVENT_OUTPUT:
    out->output.text = bs_reader_text (reader, &out->output.length);
    out->output.is_error_stream = (head & BS_HEAD_FLAG (0)) != 0;
    break;
  case BS_EVENT_FIGURE:
    out->figure.png = bs_reader_text (reader, &out->figure.length);
    break;
  case BS_EVENT_ERROR:
    out->error.type = bs_reader_text (reader, &length);
    out->error.message = bs_reader_text (reader, &length);
    out->error.traceback = bs_reader_text (reader, &length);
    out->error.help = bs_reader_text (reader, &length);
    break;
  default:
    out->end.how = BS_HEAD_BITS (head, 0, 4);
    out->end.status = (gint32) bs_reader_word (reader);
    out->end.detail = bs_reader_text (reader, &length);
  }
}

void
bs_recording_decode_write_after (BsRecording *self, guint32 step, BsEvent *out)
{
  const guint32 *record = bs_recording_record (self, step);
  BsReader reader = { bs_record_body (record), record + bs_record_length (record) };

  memset (out, 0, sizeof *out);
  out->kind = BS_EVENT_WRITE;
  out->step = step;
  decode_write (self, record[0], &reader, FALSE, out);
}

gboolean
bs_recording_decode_grad_after (BsRecording *self, guint32 step, BsValue *out)
{
  const guint32 *record = bs_recording_record (self, step), *body = bs_record_body (record);
  BsReader reader = { body + 2, record + bs_record_length (record) };
  guint32 head = record[0], type = bs_recording_type_of (self, body[0]);
  guint after = BS_HEAD_BITS (head, 7, 3);

  if (BS_HEAD_KIND (head) == BS_EVENT_GRAD_SET) {
    bs_reader_value (&reader, self, BS_HEAD_BITS (head, 4, 3), type, out);
    return (head & BS_HEAD_FLAG (0)) != 0;
  }
  bs_reader_value (&reader, self, BS_HEAD_BITS (head, 4, 3), type, out);
  if (after != BS_CODE_SAME)
    bs_reader_value (&reader, self, after, type, out);
  return TRUE;
}

gboolean
bs_recording_decode_flow (BsRecording *self, guint32 step, guint32 tensor, BsValue *out)
{
  BsEvent event;

  bs_recording_get_event (self, step, &event);
  if (event.kind == BS_EVENT_EDGE) {
    *out = event.edge.sum;
    return TRUE;
  }
  *out = event.node.upstream;
  return event.node.has_upstream;
}

void
bs_recording_get_event (BsRecording *self, guint32 step, BsEvent *out)
{
  BsWhere where;
  BsReader reader;
  guint32 head;

  g_return_if_fail (BS_IS_RECORDING (self) && step < bs_recording_get_n_events (self));

  if (self->has_made_end && step == self->n_events) {
    *out = self->end;
    return;
  }
  bs_recording_locate (self, step, &where);
  head = where.record[0];
  reader = (BsReader) { bs_record_body (where.record), where.record + bs_record_length (where.record) };
  memset (out, 0, sizeof *out);
  out->kind = BS_HEAD_KIND (head);
  out->step = step;
  out->place = where.place;
  out->frame = where.frame;
  switch (out->kind) {
  case BS_EVENT_TENSOR: decode_tensor (self, &where, &reader, out); break;
  case BS_EVENT_NAME: decode_name (self, &where, out); break;
  case BS_EVENT_BACKWARD_BEGIN: decode_backward_begin (self, head, &reader, out); break;
  case BS_EVENT_NODE: decode_node (self, head, &reader, out); break;
  case BS_EVENT_EDGE: decode_edge (self, &where, &reader, out); break;
  case BS_EVENT_NODE_DONE: decode_node_done (&where, &reader, out); break;
  case BS_EVENT_BACKWARD_END: out->backward_end.ok = (head & BS_HEAD_FLAG (0)) != 0; break;
  case BS_EVENT_ACCUMULATE: decode_accumulate (self, head, &reader, out); break;
  case BS_EVENT_WRITE: decode_write (self, head, &reader, TRUE, out); break;
  case BS_EVENT_GRAD_SET: decode_grad_set (self, head, &reader, out); break;
  case BS_EVENT_RELEASE: decode_release (head, &reader, out); break;
  case BS_EVENT_REQUIRES_GRAD:
    out->requires_grad.tensor = bs_reader_word (&reader);
    out->requires_grad.after = (head & BS_HEAD_FLAG (0)) != 0;
    out->requires_grad.before = (head & BS_HEAD_FLAG (1)) != 0;
    break;
  case BS_EVENT_MODE:
    out->mode.before = BS_HEAD_BITS (head, 0, 2);
    out->mode.after = BS_HEAD_BITS (head, 2, 2);
    break;
  case BS_EVENT_CALL:
    out->call.function = bs_recording_string (self, bs_reader_word (&reader));
    out->call.module_path = bs_recording_string (self, bs_reader_word (&reader));
    break;
  case BS_EVENT_OUTPUT:
  case BS_EVENT_FIGURE:
  case BS_EVENT_ERROR:
  case BS_EVENT_END:
    decode_shown (self, head, &reader, out);
    break;
  }
}

BsEventKind
bs_recording_get_kind (BsRecording *self, guint32 step)
{
  g_return_val_if_fail (step < bs_recording_get_n_events (self), 0);

  return step == self->n_events ? BS_EVENT_END : BS_HEAD_KIND (bs_recording_record (self, step)[0]);
}
