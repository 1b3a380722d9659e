/* SPDX-License-Identifier: MIT */

/* A record comes in: it is checked against everything known, and only then entered. What decode.c reads later is
 * therefore whole: every id is in range, every length lies within its record. */

#include "recording-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_DIMS 64
#define MAX_ID 0x7fffffffu

static gboolean
damaged (GError **error, const char *what)
{
  g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_DAMAGED, _("The recording is damaged: %s."), what);
  return FALSE;
}

/* --- definitions --------------------------------------------------------------------------------------------------- */

static gboolean
is_text (const char *text, gsize length, gboolean nul_allowed)
{
  const char *p = text, *end = text + length, *bad;

  while (p < end) {
    if (g_utf8_validate (p, end - p, &bad))
      return TRUE;
    if (*bad != '\0' || !nul_allowed)
      return FALSE;
    p = bad + 1;
  }
  return TRUE;
}

static const char *
checked_text (BsReader *reader, gsize *length, gboolean nul_allowed)
{
  const char *text = bs_reader_text (reader, length);

  if (!reader->bad && !is_text (text, *length, nul_allowed))
    reader->bad = TRUE;
  return text;
}

static gboolean
is_string (BsRecording *self, guint32 id)
{
  return id > 0 && id < self->strings.n;
}

static gboolean
store_file (BsRecording *self, BsReader *reader)
{
  guint32 path = bs_reader_word (reader);
  const guint32 *text = reader->p;
  gsize length;

  checked_text (reader, &length, FALSE);
  if (reader->bad || !is_string (self, path))
    return FALSE;
  bs_vec_push (&self->files, (BsFile) { self->strings.data[path], text, NULL });
  return TRUE;
}

static gboolean
store_place (BsRecording *self, BsReader *reader)
{
  if (reader->end - reader->p != sizeof (BsPlace) / 4 || reader->p[0] >= self->files.n || reader->p[1] > MAX_ID ||
      reader->p[2] > MAX_ID || reader->p[3] > MAX_ID || reader->p[4] > MAX_ID)
    return FALSE;
  bs_vec_push (&self->places, reader->p);
  return TRUE;
}

static gboolean
store_type (BsRecording *self, BsReader *reader)
{
  guint32 word = bs_reader_word (reader), n_dims = word >> 8;
  BsType type = { .dtype = word & 0xff, .n_dims = n_dims, .numel = 1 };

  if (reader->bad || bs_element_size (type.dtype) == 0 || n_dims > MAX_DIMS || reader->end - reader->p != 2 * n_dims)
    return FALSE;
  for (guint i = 0; i < n_dims; i++) {
    gint64 size = bs_word64 (reader->p + 2 * i);

    if (size < 0 || (size > 0 && type.numel > (G_MAXINT64 >> 8) / size))
      return FALSE;
    type.numel *= size;
  }
  if (n_dims > 0)
    type.shape = g_new (gint64, n_dims);
  for (guint i = 0; i < n_dims; i++)
    type.shape[i] = bs_word64 (reader->p + 2 * i);
  bs_vec_push (&self->types, type);
  return TRUE;
}

static gboolean
store_op (BsRecording *self, BsReader *reader)
{
  guint32 name = bs_reader_word (reader), symbol = bs_reader_word (reader), grad_fn = bs_reader_word (reader);
  guint32 n = bs_reader_word (reader);
  BsOpInfo op;

  if (reader->bad || !is_string (self, name) || symbol >= self->strings.n || grad_fn >= self->strings.n ||
      (guint64) n * 2 != (guint64) (reader->end - reader->p))
    return FALSE;
  for (guint32 i = 0; i < 2 * n; i++)
    if (!is_string (self, reader->p[i]))
      return FALSE;
  op = (BsOpInfo) { self->strings.data[name], self->strings.data[symbol], self->strings.data[grad_fn], n,
                    n ? g_new (BsAttribute, n) : NULL };
  for (guint32 i = 0; i < n; i++)
    op.attributes[i] = (BsAttribute) { self->strings.data[reader->p[2 * i]], self->strings.data[reader->p[2 * i + 1]] };
  bs_vec_push (&self->ops, op);
  return TRUE;
}

static gboolean
store_result (BsRecording *self, BsReader *reader)
{
  const guint32 *p = reader->p;

  if (reader->end - p != 5 || p[0] == 0 || p[0] >= self->ops.n || p[1] == 0 || p[1] >= self->types.n ||
      p[2] >> 24 != 0 || p[3] > BS_CHUNK_MAX / 4)
    return FALSE;
  bs_vec_push (&self->results, p);
  return TRUE;
}

static gboolean
store_blob (BsRecording *self, const guint32 *record, BsReader *reader)
{
  guint32 type = bs_reader_word (reader);
  guint64 n_stored, n_words;

  if (reader->bad || type == 0 || type >= self->types.n)
    return FALSE;
  n_stored = self->types.data[type].numel;
  if (record[0] & BS_BLOB_THUMBNAIL) {
    guint32 sides = bs_reader_word (reader);

    if (reader->end - reader->p < 10)
      return FALSE;
    reader->p += 10;
    if ((guint64) (sides & 0xffff) * (sides >> 16) > n_stored)
      return FALSE;
    n_stored = (guint64) (sides & 0xffff) * (sides >> 16);
  }
  if ((gsize) reader->p % 8 != 0 && reader->p < reader->end)
    reader->p++;
  n_words = (n_stored * bs_element_size (self->types.data[type].dtype) + 3) / 4;
  if ((gsize) reader->p % 8 != 0 || n_stored > BS_CHUNK_MAX || n_words != (guint64) (reader->end - reader->p))
    return FALSE;
  bs_vec_push (&self->blobs, record);
  return TRUE;
}

static gboolean
store_info (BsRecording *self, BsReader *reader)
{
  guint32 key = bs_reader_word (reader), value = bs_reader_word (reader);

  if (reader->bad || !is_string (self, key) || !is_string (self, value))
    return FALSE;
  g_ptr_array_add (self->infos, (gpointer) self->strings.data[key]);
  g_ptr_array_add (self->infos, (gpointer) self->strings.data[value]);
  return TRUE;
}

static gboolean
store_definition (BsRecording *self, const guint32 *record, BsReader *reader)
{
  const char *text;
  gsize length;

  switch (BS_HEAD_KIND (record[0])) {
  case BS_DEF_STRING:
    text = checked_text (reader, &length, FALSE);
    if (reader->bad)
      return FALSE;
    bs_vec_push (&self->strings, text);
    return TRUE;
  case BS_DEF_FILE: return store_file (self, reader);
  case BS_DEF_PLACE: return store_place (self, reader);
  case BS_DEF_TYPE: return store_type (self, reader);
  case BS_DEF_OP: return store_op (self, reader);
  case BS_DEF_RESULT: return store_result (self, reader);
  case BS_DEF_BLOB: return store_blob (self, record, reader);
  case BS_DEF_INFO: return store_info (self, reader);
  case BS_DEF_PAD: return TRUE;
  default: return FALSE;
  }
}

/* --- events: checking ------------------------------------------------------------------------------------------------ */

static gboolean
is_tensor (BsRecording *self, guint32 id)
{
  return id > 0 && id < self->tensors.n;
}

static gboolean
skip_operands (BsRecording *self, BsReader *reader, guint32 n)
{
  BsOperand operand;

  if (n > (gsize) (reader->end - reader->p))
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    if (!bs_reader_operand (reader, &operand) || operand.tensor >= self->tensors.n)
      return FALSE;
  return TRUE;
}

static gboolean
skip_value (BsRecording *self, BsReader *reader, guint code, guint32 type)
{
  BsValue value;

  return bs_reader_value (reader, self, code, type, &value);
}

static gboolean
check_tensor (BsRecording *self, guint32 head, BsReader *reader)
{
  guint32 result = bs_reader_word (reader), own = self->tensors.n;
  const guint32 *r;

  if (reader->bad || result == 0 || result >= self->results.n || own >= MAX_ID)
    return FALSE;
  r = self->results.data[result];
  if (head & BS_HEAD_FLAG (0) && bs_reader_word (reader) >= own)
    return FALSE;
  if (head & BS_HEAD_FLAG (1) && bs_reader_word (reader) > MAX_ID)
    return FALSE;
  if (head & BS_HEAD_FLAG (2) && bs_reader_word (reader) > own)
    return FALSE;
  if (!skip_operands (self, reader, r[3]))
    return FALSE;
  if (head & BS_HEAD_FLAG (3)) {
    guint32 n = bs_reader_word (reader);

    if (n > (gsize) (reader->end - reader->p))
      return FALSE;
    for (; n > 0; n--)
      if (bs_reader_word (reader) > own)
        return FALSE;
  }
  return BS_HEAD_BITS (head, 4, 3) != BS_CODE_SAME && skip_value (self, reader, BS_HEAD_BITS (head, 4, 3), r[1]);
}

static gboolean
check_name (BsRecording *self, guint32 head, BsReader *reader)
{
  guint32 name = bs_reader_word (reader);
  gsize length;

  bs_reader_word (reader);
  if (reader->bad || !is_string (self, name))
    return FALSE;
  switch (BS_HEAD_BITS (head, 0, 3)) {
  case BS_PLAIN_TENSOR:
    return is_tensor (self, bs_reader_word (reader)) && reader->end - reader->p == 1 && reader->p++;
  case BS_PLAIN_INT:
  case BS_PLAIN_REAL:
    reader->p += 2;
    return reader->p <= reader->end;
  case BS_PLAIN_TEXT:
    checked_text (reader, &length, FALSE);
    return TRUE;
  case BS_PLAIN_NONE:
  case BS_PLAIN_BOOL:
  case BS_PLAIN_DELETED:
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean
check_edge (BsRecording *self, guint32 head, BsReader *reader)
{
  guint32 to = bs_reader_word (reader), type;

  bs_reader_word (reader);
  if (to >= self->tensors.n)
    return FALSE;
  if (head & BS_HEAD_FLAG (1) && bs_reader_word (reader) >= self->tensors.n)
    return FALSE;
  if (BS_HEAD_BITS (head, 10, 4) == 15)
    bs_reader_word (reader);
  type = bs_recording_type_of (self, to);
  return !reader->bad && BS_HEAD_BITS (head, 4, 3) != BS_CODE_SAME &&
         skip_value (self, reader, BS_HEAD_BITS (head, 4, 3), type) &&
         skip_value (self, reader, BS_HEAD_BITS (head, 7, 3), type);
}

static gboolean
check_write (BsRecording *self, guint32 head, BsReader *reader)
{
  guint32 tensor = bs_reader_word (reader), storage, result, n_echoes, type;

  bs_reader_word (reader);
  storage = bs_reader_word (reader);
  result = bs_reader_word (reader);
  bs_reader_word (reader);
  if (reader->bad || !is_tensor (self, tensor) || storage > MAX_ID || result >= self->results.n)
    return FALSE;
  if (result != 0 && !skip_operands (self, reader, self->results.data[result][3]))
    return FALSE;
  n_echoes = bs_reader_word (reader);
  type = bs_recording_type_of (self, tensor);
  if (n_echoes > BS_ECHOES_MAX || BS_HEAD_BITS (head, 4, 3) == BS_CODE_SAME ||
      !skip_value (self, reader, BS_HEAD_BITS (head, 4, 3), type) ||
      !skip_value (self, reader, BS_HEAD_BITS (head, 7, 3), type))
    return FALSE;
  for (; n_echoes > 0; n_echoes--) {
    guint32 other = bs_reader_word (reader), codes;

    bs_reader_word (reader);
    codes = bs_reader_word (reader);
    type = bs_recording_type_of (self, other);
    if (reader->bad || !is_tensor (self, other) || other == tensor || (codes & 7) == BS_CODE_SAME ||
        !skip_value (self, reader, codes & 7, type) || !skip_value (self, reader, codes >> 3 & 7, type))
      return FALSE;
  }
  return TRUE;
}

/* tensor, link, then values whose codes stand in the head at these bits. */
static gboolean
check_change (BsRecording *self, guint32 head, BsReader *reader, const guint *bits, guint n)
{
  guint32 tensor = bs_reader_word (reader), type;

  bs_reader_word (reader);
  if (reader->bad || !is_tensor (self, tensor))
    return FALSE;
  type = bs_recording_type_of (self, tensor);
  for (guint i = 0; i < n; i++)
    if (!skip_value (self, reader, BS_HEAD_BITS (head, bits[i], 3), type))
      return FALSE;
  return TRUE;
}

static gboolean
check_release (BsRecording *self, guint32 head, BsReader *reader)
{
  guint32 id = bs_reader_word (reader), what = BS_HEAD_BITS (head, 0, 2);

  bs_reader_word (reader);
  if (what > BS_RELEASE_STORAGE || (what != BS_RELEASE_STORAGE && !is_tensor (self, id)))
    return FALSE;
  reader->p += head & BS_HEAD_FLAG (2) ? 2 : 0;
  return reader->p <= reader->end;
}

static gboolean
check_texts (BsReader *reader, guint n)
{
  gsize length;

  for (guint i = 0; i < n; i++)
    checked_text (reader, &length, FALSE);
  return !reader->bad;
}

static gboolean
check_event (BsRecording *self, const guint32 *record, BsReader *reader)
{
  static const guint node[] = { 4 }, accumulate[] = { 4, 7, 10 }, grad_set[] = { 4, 7 };
  guint32 head = record[0], root;
  gsize length;

  switch (BS_HEAD_KIND (head)) {
  case BS_EVENT_LINE:
  case BS_EVENT_RETURN:
  case BS_EVENT_BACKWARD_END:
  case BS_EVENT_MODE:
    return TRUE;
  case BS_EVENT_CALL:
    return is_string (self, bs_reader_word (reader)) && bs_reader_word (reader) < self->strings.n &&
           (bs_reader_word (reader), !reader->bad) && self->n_frames < MAX_ID;
  case BS_EVENT_TENSOR: return check_tensor (self, head, reader);
  case BS_EVENT_NAME: return check_name (self, head, reader);
  case BS_EVENT_BACKWARD_BEGIN:
    root = bs_reader_word (reader);
    return is_tensor (self, root) && BS_HEAD_BITS (head, 4, 3) != BS_CODE_SAME &&
           skip_value (self, reader, BS_HEAD_BITS (head, 4, 3), bs_recording_type_of (self, root));
  case BS_EVENT_NODE: return check_change (self, head, reader, node, 1);
  case BS_EVENT_EDGE: return check_edge (self, head, reader);
  case BS_EVENT_NODE_DONE:
    if (head & BS_HEAD_FLAG (1) && bs_reader_word (reader) >= self->tensors.n)
      return FALSE;
    reader->p += head & BS_HEAD_FLAG (2) ? 2 : 0;
    return reader->p <= reader->end;
  case BS_EVENT_ACCUMULATE:
    return BS_HEAD_BITS (head, 4, 3) != BS_CODE_SAME && check_change (self, head, reader, accumulate, 3);
  case BS_EVENT_WRITE: return check_write (self, head, reader);
  case BS_EVENT_GRAD_SET:
    return BS_HEAD_BITS (head, 4, 3) != BS_CODE_SAME && check_change (self, head, reader, grad_set, 2);
  case BS_EVENT_REQUIRES_GRAD: return check_change (self, head, reader, NULL, 0);
  case BS_EVENT_RELEASE: return check_release (self, head, reader);
  case BS_EVENT_OUTPUT:
    checked_text (reader, &length, TRUE);
    return TRUE;
  case BS_EVENT_FIGURE:
    bs_reader_text (reader, &length);
    return TRUE;
  case BS_EVENT_ERROR: return check_texts (reader, 4);
  case BS_EVENT_END:
    bs_reader_word (reader);
    return BS_HEAD_BITS (head, 0, 4) <= BS_END_TRUNCATED && check_texts (reader, 1);
  default: return FALSE;
  }
}

/* --- events: entering -------------------------------------------------------------------------------------------------- */

static void
join_tensor (BsRecording *self, guint32 tensor, guint32 *link)
{
  if (tensor != 0)
    bs_chain_join (self, 0, tensor, link);
}

static void
enter_call (BsRecording *self, guint32 *body)
{
  guint32 frame = ++self->n_frames;

  if (frame / 256 >= self->frame_pages.n)
    bs_vec_push (&self->frame_pages, g_new0 (BsFrameInfo, 256));
  *bs_recording_frame_info (self, frame) = (BsFrameInfo) {
    .public = { self->now.frame, self->now.place, self->strings.data[body[0]],
                body[1] ? self->strings.data[body[1]] : NULL },
    .begin = self->n_events,
    .end = BS_NO_STEP,
  };
  body[2] = frame;
  self->now.frame = frame;
}

static void
enter_return (BsRecording *self)
{
  BsFrameInfo *frame = bs_recording_frame_info (self, self->now.frame);

  if (self->now.frame != 0)
    frame->end = self->n_events;
  self->now.frame = frame->public.parent;
}

static void
enter_tensor (BsRecording *self, const guint32 *record)
{
  const guint32 *body = bs_record_body (record);
  guint32 step = self->n_events;

  const guint32 *begin = self->blocks.data[step / BS_BLOCK].record;
  gsize words = self->chunks.data[self->chunks.n - 1].words <= begin ? (gsize) (record - begin) : BS_FAR; /* else of an older chunk */

  bs_vec_push (&self->tensors, (BsTensorInfo) { .first = step, .last = step, .result = body[0], .offset = MIN (words, BS_FAR) });
  self->now.n_tensors++;
  if (!(record[0] & BS_HEAD_FLAG (1)))
    self->now.n_storages++;
  else
    self->now.n_storages = MAX (self->now.n_storages, body[1 + ((record[0] & BS_HEAD_FLAG (0)) != 0)]);
}

/* Where the variable of that frame and name is among the slots, or would be. */
static guint32 *
slot_of (BsRecording *self, guint32 frame, guint32 name)
{
  guint64 hash = ((guint64) frame << 32 | name) * 0x9e3779b97f4a7c15u;
  guint32 mask = self->n_slots - 1, at = (hash >> 32) & mask;

  while (self->variable_slots[at] != 0) {
    const BsVariable *variable = &self->variables.data[self->variable_slots[at] - 1];

    if (variable->frame == frame && variable->name == name)
      break;
    at = (at + 1) & mask;
  }
  return &self->variable_slots[at];
}

static void
hash_variable (BsRecording *self, guint32 variable)
{
  if (2 * self->n_slots_used >= self->n_slots) {
    g_autofree guint32 *before = self->variable_slots;
    guint32 n = self->n_slots;

    self->n_slots = MAX (2 * n, 64);
    self->variable_slots = g_new0 (guint32, self->n_slots);
    for (guint32 i = 0; i < n; i++)
      if (before[i] != 0)
        *slot_of (self, self->variables.data[before[i] - 1].frame, self->variables.data[before[i] - 1].name) = before[i];
  }
  *slot_of (self, self->variables.data[variable - 1].frame, self->variables.data[variable - 1].name) = variable;
  self->n_slots_used++;
}

static guint32
variable_of (BsRecording *self, guint32 frame, guint32 name)
{
  guint32 found = bs_variable_find (self, frame, name);
  BsFrameInfo *info = bs_recording_frame_info (self, frame);

  if (found != 0)
    return found - 1;
  bs_vec_push (&self->variables, (BsVariable) { .frame = frame, .name = name, .next = info->last_variable });
  info->last_variable = self->variables.n;
  if (++info->n_variables == BS_MANY_VARIABLES)
    for (guint32 v = info->last_variable; v != 0; v = self->variables.data[v - 1].next)
      hash_variable (self, v);
  else if (info->n_variables > BS_MANY_VARIABLES)
    hash_variable (self, self->variables.n);
  return self->variables.n - 1;
}

guint32
bs_variable_find (BsRecording *self, guint32 frame, guint32 name)
{
  const BsFrameInfo *info = bs_recording_frame_info (self, frame);

  if (info->n_variables >= BS_MANY_VARIABLES)
    return *slot_of (self, frame, name);
  for (guint32 v = info->last_variable; v != 0; v = self->variables.data[v - 1].next)
    if (self->variables.data[v - 1].name == name)
      return v;
  return 0;
}

static void
enter_name (BsRecording *self, guint32 head, guint32 *body)
{
  guint32 variable = variable_of (self, self->now.frame, body[0]);

  bs_chain_join (self, BS_CHAIN_VARIABLE, variable, &body[1]);
  if (BS_HEAD_BITS (head, 0, 3) == BS_PLAIN_TENSOR)
    bs_chain_join (self, BS_CHAIN_NAME, body[2], &body[3]);
}

static void
enter_write (BsRecording *self, guint32 *record)
{
  guint32 *body = (guint32 *) bs_record_body (record);
  BsReader reader = { body + 5, record + bs_record_length (record) };
  guint32 n_echoes, type = bs_recording_type_of (self, body[0]);

  skip_operands (self, &reader, body[3] ? self->results.data[body[3]][3] : 0);
  n_echoes = bs_reader_word (&reader);
  skip_value (self, &reader, BS_HEAD_BITS (record[0], 4, 3), type);
  skip_value (self, &reader, BS_HEAD_BITS (record[0], 7, 3), type);
  join_tensor (self, body[0], &body[1]);
  bs_curves_write (self, body[0]);
  for (; n_echoes > 0; n_echoes--) {
    guint32 *echo = (guint32 *) reader.p, codes = echo[2];

    type = bs_recording_type_of (self, echo[0]);
    /* The same tensor twice in one event would tie its chain into a loop. */
    if (self->tensors.data[echo[0]].last != self->n_events)
      join_tensor (self, echo[0], &echo[1]);
    bs_curves_write (self, echo[0]);
    reader.p += 3;
    skip_value (self, &reader, codes & 7, type);
    skip_value (self, &reader, codes >> 3 & 7, type);
  }
  self->now.n_storages = MAX (self->now.n_storages, body[2]);
}

static void
enter_output (BsRecording *self, guint32 *body)
{
  g_string_append_len (self->output, (const char *) (body + 1), body[0]);
  bs_vec_push (&self->outputs, (BsOutputMark) { self->n_events, self->output->len });
}

static void
enter_line (BsRecording *self)
{
  bs_vec_push (&self->lines, self->n_events);
  bs_recording_frame_info (self, self->now.frame)->line = self->n_events + 1;
}

static void
enter_event (BsRecording *self, guint32 *record)
{
  guint32 *body = (guint32 *) bs_record_body (record), head = record[0];

  switch (BS_HEAD_KIND (head)) {
  case BS_EVENT_LINE: enter_line (self); break;
  case BS_EVENT_CALL: enter_call (self, body); break;
  case BS_EVENT_RETURN: enter_return (self); break;
  case BS_EVENT_TENSOR: enter_tensor (self, record); break;
  case BS_EVENT_NAME: enter_name (self, head, body); break;
  case BS_EVENT_BACKWARD_BEGIN:
    self->now.node = 0;
    bs_vec_push (&self->walks, (BsWalk) { self->n_events, BS_NO_STEP, body[0] });
    bs_vec_push (&self->open_walks, self->walks.n - 1);
    break;
  case BS_EVENT_BACKWARD_END:
    if (self->open_walks.n > 0)
      self->walks.data[self->open_walks.data[--self->open_walks.n]].end = self->n_events + 1;
    break;
  case BS_EVENT_NODE: self->now.node = body[0]; join_tensor (self, body[0], &body[1]); break;
  case BS_EVENT_NODE_DONE:
    if (head & BS_HEAD_FLAG (0))
      self->tensors.data[head & BS_HEAD_FLAG (1) ? body[0] : self->now.node].freed = TRUE;
    break;
  case BS_EVENT_WRITE: enter_write (self, record); break;
  case BS_EVENT_EDGE:
  case BS_EVENT_ACCUMULATE:
  case BS_EVENT_GRAD_SET:
  case BS_EVENT_REQUIRES_GRAD: join_tensor (self, body[0], &body[1]); break;
  case BS_EVENT_RELEASE:
    if (BS_HEAD_BITS (head, 0, 2) != BS_RELEASE_STORAGE)
      join_tensor (self, body[0], &body[1]);
    break;
  case BS_EVENT_MODE: bs_vec_push (&self->modes, (BsModeMark) { self->n_events, BS_HEAD_BITS (head, 2, 2) }); break;
  case BS_EVENT_OUTPUT: enter_output (self, body); break;
  case BS_EVENT_END: self->has_end = TRUE; break;
  }
}

/* After the event is in the log, since these look things up in it. */
static void
follow_event (BsRecording *self, const guint32 *record, guint32 step, guint32 frame)
{
  const guint32 *body = bs_record_body (record);
  gint64 delta = bs_state_saved_delta (self, record, step, self->tensors.n - 1);

  self->now.saved_bytes = MAX ((gint64) self->now.saved_bytes + delta, 0);
  switch (BS_HEAD_KIND (record[0])) {
  case BS_EVENT_TENSOR: bs_passes_tensor (self, step, record, self->tensors.n - 1, frame); break;
  case BS_EVENT_BACKWARD_BEGIN: bs_passes_backward_begin (self, step, body[0]); break;
  case BS_EVENT_BACKWARD_END: bs_passes_backward_end (self, step); break;
  case BS_EVENT_ACCUMULATE: bs_curves_accumulate (self, step, body[0]); break;
  }
}

static gboolean
store_event (BsRecording *self, guint32 *record, BsReader *reader, GError **error)
{
  const guint32 *p = record + 1 + (BS_HEAD_LENGTH (record[0]) == 0);
  guint32 place = record[0] & BS_HEAD_PLACE ? *p++ : self->now.place, step = self->n_events;
  guint32 frame = record[0] & BS_HEAD_FRAME ? *p : self->now.frame;

  if (self->has_end)
    return damaged (error, _("there are events after the end"));
  if (place >= self->places.n || frame > self->n_frames || step >= MAX_ID || !check_event (self, record, reader) ||
      reader->bad)
    return damaged (error, _("an event makes no sense"));
  if (step % BS_BLOCK == 0) {
    bs_vec_push (&self->blocks, self->now);
    self->blocks.data[self->blocks.n - 1].record = record;
  }
  self->now.place = place;
  self->now.frame = frame;
  self->storing = record;
  enter_event (self, record);
  self->storing = NULL;
  self->n_events++;
  follow_event (self, record, step, frame);
  return TRUE;
}

gboolean
bs_recording_store (BsRecording *self, guint32 *record, const guint32 *end, GError **error)
{
  guint32 length, least, kind = BS_HEAD_KIND (record[0]);
  BsReader reader;

  if (BS_HEAD_LENGTH (record[0]) == 0 && end - record < 2)
    return damaged (error, _("a record is cut off"));
  length = bs_record_length (record);
  least = bs_record_body (record) - record;
  if (length < least || length > (gsize) (end - record))
    return damaged (error, _("a record is cut off"));
  reader = (BsReader) { record + least, record + length };
  if (kind < BS_DEF_STRING)
    return store_event (self, record, &reader, error);
  if (record[0] & (BS_HEAD_PLACE | BS_HEAD_FRAME) || !store_definition (self, record, &reader))
    return damaged (error, _("a definition makes no sense"));
  return TRUE;
}
