/* SPDX-License-Identifier: MIT */

/* One function per kind of event. Values come first: what they refer to is defined before the event's record. */

#include "writer-private.h"

#include <string.h>

#define PIECE_MAX (1u << 20)

void
bs_writer_line (BsWriter *self, guint32 place)
{
  self->place = place;
  bs_writer_open_event (self, BS_EVENT_LINE);
  bs_writer_close_event (self);
}

guint32
bs_writer_call (BsWriter *self, const char *function, const char *module_path)
{
  guint32 name = bs_writer_string (self, function ? function : "", -1), path = bs_writer_string (self, module_path, -1);

  bs_writer_open_event (self, BS_EVENT_CALL);
  bs_writer_put (self, name);
  bs_writer_put (self, path);
  bs_writer_put (self, 0);
  bs_writer_close_event (self);
  if (++self->n_frames >= self->frames_allocated) {
    self->frames_allocated = self->n_frames * 2 + 64;
    self->frames = g_renew (guint32, self->frames, self->frames_allocated);
  }
  self->frames[self->n_frames] = self->frame;
  self->frame = self->sent_frame = self->n_frames;
  return self->frame;
}

void
bs_writer_return (BsWriter *self)
{
  bs_writer_open_event (self, BS_EVENT_RETURN);
  bs_writer_close_event (self);
  if (self->frame != 0)
    self->frame = self->sent_frame = self->frames[self->frame];
}

/* --- tensors ------------------------------------------------------------------------------------------------------- */

static guint32
result_of (BsWriter *self, const guint32 fields[5])
{
  guint at = (fields[0] ^ fields[2] << 3 ^ fields[1] << 4) % G_N_ELEMENTS (self->result_memo);
  guint32 *slot;

  if (G_LIKELY (self->result_memo[at].id != 0 && memcmp (self->result_memo[at].fields, fields, 20) == 0))
    return self->result_memo[at].id;
  slot = bs_intern_slot (&self->results, bs_wire_hash (4, fields, 5 * sizeof *fields));
  if (*slot != 0) {
    memcpy (self->result_memo[at].fields, fields, 20);
    return self->result_memo[at].id = *slot;
  }
  *slot = self->results.n;
  bs_writer_open (self, BS_DEF_RESULT);
  for (guint i = 0; i < 5; i++)
    bs_writer_put (self, fields[i]);
  bs_writer_close (self);
  return *slot;
}

/* The saved tensors as a mask over the inputs; FALSE: one of them is none of the inputs. */
static gboolean
saved_mask (const BsWriterTensor *t, guint32 *mask)
{
  *mask = t->saves_result ? 1u << 31 : 0;
  for (guint32 i = 0; i < t->n_saved; i++) {
    guint32 k = 0;

    while (k < t->n_inputs && k < 31 && t->inputs[k].tensor != t->saved[i])
      k++;
    if (k >= t->n_inputs || k >= 31)
      return FALSE;
    *mask |= 1u << k;
  }
  return TRUE;
}

static void
put_operand (BsWriter *self, const BsOperand *operand)
{
  guint64 bits;

  if (!operand->is_number) {
    bs_writer_put (self, operand->tensor < BS_OPERAND_FIRST ? operand->tensor : 0);
  } else if (!operand->is_integer) {
    memcpy (&bits, &operand->number, 8);
    bs_writer_put (self, BS_OPERAND_REAL);
    bs_writer_put64 (self, bits);
  } else if (operand->number >= G_MININT32 && operand->number <= G_MAXINT32) {
    bs_writer_put (self, BS_OPERAND_INT32);
    bs_writer_put (self, (guint32) (gint32) operand->number);
  } else {
    bs_writer_put (self, BS_OPERAND_INT64);
    bs_writer_put64 (self, (guint64) (gint64) CLAMP (operand->number, -9.2e18, 9.2e18));
  }
}

static guint32
remember_tensor (BsWriter *self, guint32 type)
{
  if (++self->n_tensors >= self->tensors_allocated) {
    self->tensors_allocated = self->n_tensors * 2 + 256;
    self->tensor_types = g_renew (guint32, self->tensor_types, self->tensors_allocated);
  }
  self->tensor_types[self->n_tensors] = type;
  return self->n_tensors;
}

guint32
bs_writer_tensor (BsWriter *self, const BsWriterTensor *t)
{
  guint32 fields[5], head = BS_EVENT_TENSOR, mask, result;
  gboolean by_mask = saved_mask (t, &mask), new_storage = t->storage == self->storages_used + 1;
  BsReady value;

  g_return_val_if_fail (t->op != 0 && t->op <= self->ops.n && t->value != NULL, 0);

  fields[0] = t->op;
  fields[1] = bs_writer_type (self, t->value);
  fields[2] = t->flags | (guint32) t->output_nr << 16;
  fields[3] = t->n_inputs;
  fields[4] = by_mask ? mask : mask & (1u << 31);
  result = result_of (self, fields);
  self->subject = self->n_tensors + 1;
  bs_writer_ready (self, &value, t->value, fields[1]);
  head |= (t->alias ? BS_HEAD_FLAG (0) : 0) | (new_storage ? 0 : BS_HEAD_FLAG (1)) | (t->call ? BS_HEAD_FLAG (2) : 0) |
          (by_mask ? 0 : BS_HEAD_FLAG (3)) | BS_HEAD_PUT (value.code, 4);
  bs_writer_open_event (self, head);
  bs_writer_put (self, result);
  if (t->alias)
    bs_writer_put (self, t->alias);
  if (!new_storage)
    bs_writer_put (self, t->storage);
  if (t->call)
    bs_writer_put (self, t->call);
  for (guint32 i = 0; i < t->n_inputs; i++)
    put_operand (self, &t->inputs[i]);
  if (!by_mask) {
    bs_writer_put (self, t->n_saved);
    for (guint32 i = 0; i < t->n_saved; i++)
      bs_writer_put (self, t->saved[i]);
  }
  bs_writer_put_ready (self, &value);
  bs_writer_close_event (self);
  self->storages_used = MAX (self->storages_used, t->storage);
  return remember_tensor (self, fields[1]);
}

void
bs_writer_name (BsWriter *self, const char *name, const BsPlain *value)
{
  guint32 id = bs_writer_string (self, name ? name : "", -1);
  guint64 bits = 0;
  gsize length = value->kind == BS_PLAIN_TEXT && value->text ? strnlen (value->text, PIECE_MAX) : 0;
  g_autofree char *mended = length ? bs_writer_valid (value->text, &length) : NULL;

  bs_writer_open_event (self, BS_EVENT_NAME | BS_HEAD_PUT (value->kind, 0) |
                                (value->kind == BS_PLAIN_BOOL && value->integer ? BS_HEAD_FLAG (3) : 0));
  bs_writer_put (self, id);
  bs_writer_put (self, 0);
  if (value->kind == BS_PLAIN_TENSOR) {
    bs_writer_put (self, value->tensor);
    bs_writer_put (self, 0);
  } else if (value->kind == BS_PLAIN_INT) {
    bs_writer_put64 (self, value->integer);
  } else if (value->kind == BS_PLAIN_REAL) {
    memcpy (&bits, &value->real, 8);
    bs_writer_put64 (self, bits);
  } else if (value->kind == BS_PLAIN_TEXT) {
    bs_writer_put_text (self, mended ? mended : value->text, length);
  }
  bs_writer_close_event (self);
}

/* --- backward ------------------------------------------------------------------------------------------------------ */

void
bs_writer_backward_begin (BsWriter *self, guint32 root, gboolean retain_graph, gboolean create_graph,
                          const BsArray *seed)
{
  BsReady value;

  self->subject = root;
  bs_writer_ready (self, &value, seed, bs_writer_type_of (self, root));
  bs_writer_open_event (self, BS_EVENT_BACKWARD_BEGIN | (retain_graph ? BS_HEAD_FLAG (0) : 0) |
                                (create_graph ? BS_HEAD_FLAG (1) : 0) | BS_HEAD_PUT (value.code, 4));
  bs_writer_put (self, root);
  bs_writer_put_ready (self, &value);
  bs_writer_close_event (self);
  self->node = 0;
}

void
bs_writer_node (BsWriter *self, guint32 node, const BsArray *upstream)
{
  BsReady value;

  self->subject = node;
  bs_writer_ready (self, &value, upstream, bs_writer_type_of (self, node));
  bs_writer_open_event (self, BS_EVENT_NODE | BS_HEAD_PUT (value.code, 4));
  bs_writer_put (self, node);
  bs_writer_put (self, 0);
  bs_writer_put_ready (self, &value);
  bs_writer_close_event (self);
  self->node = node;
}

void
bs_writer_edge (BsWriter *self, guint32 input, guint32 to, const BsArray *contribution, const BsArray *sum,
                gboolean first)
{
  guint32 type = bs_writer_type_of (self, to);
  BsReady part, total;

  self->subject = to;
  bs_writer_ready (self, &part, contribution, type);
  bs_writer_ready (self, &total, sum ? sum : BS_ARRAY_KNOWN, type);
  bs_writer_open_event (self, BS_EVENT_EDGE | (first ? BS_HEAD_FLAG (0) : 0) | BS_HEAD_PUT (part.code, 4) |
                                BS_HEAD_PUT (total.code, 7) | BS_HEAD_PUT (MIN (input, 15), 10));
  bs_writer_put (self, to);
  bs_writer_put (self, 0);
  if (input >= 15)
    bs_writer_put (self, input);
  bs_writer_put_ready (self, &part);
  bs_writer_put_ready (self, &total);
  bs_writer_close_event (self);
}

void
bs_writer_node_done (BsWriter *self, guint32 node, gboolean released, guint64 saved_bytes)
{
  gboolean other = node != self->node;

  bs_writer_open_event (self, BS_EVENT_NODE_DONE | (released ? BS_HEAD_FLAG (0) : 0) | (other ? BS_HEAD_FLAG (1) : 0) |
                                (saved_bytes ? BS_HEAD_FLAG (2) : 0));
  if (other)
    bs_writer_put (self, node);
  if (saved_bytes)
    bs_writer_put64 (self, saved_bytes);
  bs_writer_close_event (self);
}

void
bs_writer_backward_end (BsWriter *self, gboolean ok)
{
  bs_writer_open_event (self, BS_EVENT_BACKWARD_END | (ok ? BS_HEAD_FLAG (0) : 0));
  bs_writer_close_event (self);
}

void
bs_writer_accumulate (BsWriter *self, guint32 tensor, const BsArray *before, const BsArray *contribution,
                      const BsArray *after)
{
  guint32 type = bs_writer_type_of (self, tensor);
  BsReady old, part, total;

  self->subject = tensor;
  bs_writer_ready (self, &part, contribution, type);
  bs_writer_ready (self, &total, after, type);
  bs_writer_ready (self, &old, before, type);
  if (total.code == part.code && total.code == BS_CODE_INLINE &&
      memcmp (total.words, part.words, total.n_words * 4) == 0)
    total = (BsReady) { .code = BS_CODE_SAME };
  bs_writer_open_event (self, BS_EVENT_ACCUMULATE | BS_HEAD_PUT (part.code, 4) | BS_HEAD_PUT (total.code, 7) |
                                BS_HEAD_PUT (old.code, 10));
  bs_writer_put (self, tensor);
  bs_writer_put (self, 0);
  bs_writer_put_ready (self, &part);
  bs_writer_put_ready (self, &total);
  bs_writer_put_ready (self, &old);
  bs_writer_close_event (self);
}

/* --- changes ------------------------------------------------------------------------------------------------------- */

static void
put_echo (BsWriter *self, guint32 tensor, const BsReady *before, const BsReady *after)
{
  bs_writer_put (self, tensor);
  bs_writer_put (self, 0);
  bs_writer_put (self, after->code | before->code << 3);
  bs_writer_put_ready (self, after);
  bs_writer_put_ready (self, before);
}

void
bs_writer_write (BsWriter *self, const BsWriterWrite *w)
{
  guint32 type = bs_writer_type_of (self, w->tensor), n_echoes = MIN (w->n_echoes, BS_ECHOES_MAX), result = 0;
  BsReady before, after, old[BS_ECHOES_MAX], new[BS_ECHOES_MAX];

  if (w->op != 0)
    result = result_of (self, (guint32[5]) { w->op, type, 0, w->n_inputs, 0 });
  self->subject = w->tensor;
  bs_writer_ready (self, &before, w->before, type);
  bs_writer_ready (self, &after, w->after, type);
  for (guint i = 0; i < n_echoes; i++) {
    guint32 own = bs_writer_type_of (self, w->echoes[i].tensor);

    self->subject = w->echoes[i].tensor;
    bs_writer_ready (self, &old[i], w->echoes[i].before, own);
    bs_writer_ready (self, &new[i], w->echoes[i].after, own);
  }
  bs_writer_open_event (self, BS_EVENT_WRITE | BS_HEAD_PUT (after.code, 4) | BS_HEAD_PUT (before.code, 7));
  bs_writer_put (self, w->tensor);
  bs_writer_put (self, 0);
  bs_writer_put (self, w->storage);
  bs_writer_put (self, result);
  bs_writer_put (self, w->version);
  for (guint32 i = 0; result != 0 && i < w->n_inputs; i++)
    put_operand (self, &w->inputs[i]);
  bs_writer_put (self, n_echoes);
  bs_writer_put_ready (self, &after);
  bs_writer_put_ready (self, &before);
  for (guint i = 0; i < n_echoes; i++)
    put_echo (self, w->echoes[i].tensor, &old[i], &new[i]);
  bs_writer_close_event (self);
  self->storages_used = MAX (self->storages_used, w->storage);
  /* More than one event can tell: the others in events of their own. */
  for (guint i = n_echoes; i < w->n_echoes; i++)
    bs_writer_write (self, &(BsWriterWrite) { .tensor = w->echoes[i].tensor, .storage = w->storage,
                                              .version = w->version, .before = w->echoes[i].before,
                                              .after = w->echoes[i].after });
}

void
bs_writer_grad_set (BsWriter *self, guint32 tensor, const BsArray *before, const BsArray *after)
{
  guint32 type = bs_writer_type_of (self, tensor);
  BsReady old, new;

  self->subject = tensor;
  bs_writer_ready (self, &old, before, type);
  bs_writer_ready (self, &new, after, type);
  bs_writer_open_event (self, BS_EVENT_GRAD_SET | (after ? BS_HEAD_FLAG (0) : 0) | BS_HEAD_PUT (new.code, 4) |
                                BS_HEAD_PUT (old.code, 7));
  bs_writer_put (self, tensor);
  bs_writer_put (self, 0);
  bs_writer_put_ready (self, &new);
  bs_writer_put_ready (self, &old);
  bs_writer_close_event (self);
}

void
bs_writer_requires_grad (BsWriter *self, guint32 tensor, gboolean before, gboolean after)
{
  bs_writer_open_event (self, BS_EVENT_REQUIRES_GRAD | (after ? BS_HEAD_FLAG (0) : 0) | (before ? BS_HEAD_FLAG (1) : 0));
  bs_writer_put (self, tensor);
  bs_writer_put (self, 0);
  bs_writer_close_event (self);
}

void
bs_writer_mode (BsWriter *self, guint8 before, guint8 after)
{
  bs_writer_open_event (self, BS_EVENT_MODE | BS_HEAD_PUT (before & 3, 0) | BS_HEAD_PUT (after & 3, 2));
  bs_writer_close_event (self);
}

static void
release (BsWriter *self, BsReleaseKind what, guint32 id, guint64 n_bytes)
{
  bs_writer_open_event (self, BS_EVENT_RELEASE | BS_HEAD_PUT (what, 0) | (n_bytes ? BS_HEAD_FLAG (2) : 0));
  bs_writer_put (self, id);
  bs_writer_put (self, 0);
  if (n_bytes)
    bs_writer_put64 (self, n_bytes);
  bs_writer_close_event (self);
}

void
bs_writer_release_tensor (BsWriter *self, guint32 tensor)
{
  release (self, BS_RELEASE_TENSOR, tensor, 0);
}

void
bs_writer_release_node (BsWriter *self, guint32 node)
{
  release (self, BS_RELEASE_NODE, node, 0);
}

void
bs_writer_release_storage (BsWriter *self, guint32 storage, guint64 n_bytes)
{
  release (self, BS_RELEASE_STORAGE, storage, n_bytes);
}

/* --- what the script shows ------------------------------------------------------------------------------------------ */

static void
put_any_text (BsWriter *self, const char *text)
{
  gsize length = text ? strnlen (text, PIECE_MAX) : 0;
  g_autofree char *mended = length ? bs_writer_valid (text, &length) : NULL;

  bs_writer_put_text (self, mended ? mended : text, length);
}

void
bs_writer_output (BsWriter *self, const char *text, gssize length, gboolean is_error_stream)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *mended = bs_writer_valid (text, &n);
  const char *p = mended ? mended : text;

  while (n > 0) {
    gsize piece = MIN (n, PIECE_MAX);

    while (piece < n && ((guint8) p[piece] & 0xc0) == 0x80)
      piece--;
    bs_writer_open_event (self, BS_EVENT_OUTPUT | (is_error_stream ? BS_HEAD_FLAG (0) : 0));
    bs_writer_put_text (self, p, piece);
    bs_writer_close_event (self);
    p += piece;
    n -= piece;
  }
}

void
bs_writer_figure (BsWriter *self, const void *png, gsize length)
{
  if (length > BS_CHUNK_MAX / 4)
    return;
  bs_writer_open_event (self, BS_EVENT_FIGURE);
  bs_writer_put_text (self, png, length);
  bs_writer_close_event (self);
}

void
bs_writer_error (BsWriter *self, const char *type, const char *message, const char *traceback, const char *help)
{
  bs_writer_open_event (self, BS_EVENT_ERROR);
  put_any_text (self, type);
  put_any_text (self, message);
  put_any_text (self, traceback);
  put_any_text (self, help);
  bs_writer_close_event (self);
}

void
bs_writer_end (BsWriter *self, BsEndKind how, int status, const char *detail)
{
  bs_writer_open_event (self, BS_EVENT_END | BS_HEAD_PUT (how, 0));
  bs_writer_put (self, (guint32) status);
  put_any_text (self, detail);
  bs_writer_close_event (self);
}
