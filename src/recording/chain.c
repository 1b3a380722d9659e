/* SPDX-License-Identifier: MIT */

/* The chains that thread the events of one tensor or one variable, newest first. */

#include "recording-private.h"

/* The steps of a long chain by kind, ascending. */
typedef struct { BS_VEC (guint32) steps[BS_N_CHAIN_KINDS]; } Index;

static void
index_free (gpointer data)
{
  Index *self = data;

  for (guint i = 0; i < BS_N_CHAIN_KINDS; i++)
    bs_vec_clear (&self->steps[i]);
  g_free (self);
}

GHashTable *
bs_chains_new (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, index_free);
}

gsize
bs_chains_get_memory (GHashTable *chains)
{
  GHashTableIter iter;
  gpointer value;
  gsize sum = 0;

  g_hash_table_iter_init (&iter, chains);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Index *index = value;

    sum += sizeof *index + 32;
    for (guint i = 0; i < BS_N_CHAIN_KINDS; i++)
      sum += bs_vec_bytes (&index->steps[i]);
  }
  return sum;
}

static guint32 *
echo_link (BsRecording *self, const guint32 *record, guint32 tensor)
{
  const guint32 *body = bs_record_body (record);
  BsReader reader = { body + 5, record + bs_record_length (record) };
  guint32 type = bs_recording_type_of (self, body[0]), n;
  BsOperand operand;
  BsValue value;

  for (n = body[3] ? self->results.data[body[3]][3] : 0; n > 0; n--)
    bs_reader_operand (&reader, &operand);
  n = bs_reader_word (&reader);
  bs_reader_value (&reader, self, BS_HEAD_BITS (record[0], 4, 3), type, &value);
  bs_reader_value (&reader, self, BS_HEAD_BITS (record[0], 7, 3), type, &value);
  for (; n > 0; n--) {
    guint32 *echo = (guint32 *) reader.p;

    if (echo[0] == tensor)
      return &echo[1];
    reader.p += 3;
    type = bs_recording_type_of (self, echo[0]);
    bs_reader_value (&reader, self, echo[2] & 7, type, &value);
    bs_reader_value (&reader, self, echo[2] >> 3 & 7, type, &value);
  }
  g_return_val_if_reached (NULL);
}

guint32 *
bs_chain_link (BsRecording *self, const guint32 *record, BsChainKind kind, guint32 key)
{
  guint32 *body = (guint32 *) bs_record_body (record);

  if (kind == BS_CHAIN_NAME)
    return &body[3];
  if (kind != BS_CHAIN_VARIABLE && BS_HEAD_KIND (record[0]) == BS_EVENT_WRITE && body[0] != key)
    return echo_link (self, record, key);
  return &body[1];
}

static gboolean
is_clear (BsRecording *self, guint32 step)
{
  BsValue after;

  return !bs_recording_decode_grad_after (self, step, &after) || bs_value_is_zero (&after);
}

static gboolean
matches (BsRecording *self, BsChainKind kind, const guint32 *record, guint32 step)
{
  guint event = BS_HEAD_KIND (record[0]);

  switch (kind) {
  case BS_CHAIN_WRITE: return event == BS_EVENT_WRITE;
  case BS_CHAIN_GRAD: return event == BS_EVENT_ACCUMULATE || event == BS_EVENT_GRAD_SET;
  case BS_CHAIN_ACCUMULATE: return event == BS_EVENT_ACCUMULATE;
  case BS_CHAIN_CLEAR: return event == BS_EVENT_GRAD_SET && is_clear (self, step);
  case BS_CHAIN_FLOW: return event == BS_EVENT_EDGE || event == BS_EVENT_NODE;
  case BS_CHAIN_REQUIRES_GRAD: return event == BS_EVENT_REQUIRES_GRAD;
  case BS_CHAIN_RELEASE: return event == BS_EVENT_RELEASE && BS_HEAD_BITS (record[0], 0, 2) == BS_RELEASE_TENSOR;
  default: return TRUE;
  }
}

static guint32
newest (BsRecording *self, BsChainKind kind, guint32 key)
{
  if (kind == BS_CHAIN_VARIABLE)
    return self->variables.data[key].last - 1;
  if (kind == BS_CHAIN_NAME)
    return self->tensors.data[key].last_name - 1;
  return self->tensors.data[key].last;
}

/* The event before @step in the whole chain. The TENSOR event, which begins a tensor's chain, has no link. */
static guint32
former (BsRecording *self, BsChainKind kind, guint32 key, guint32 step, const guint32 *record)
{
  if (kind < BS_CHAIN_NAME && step == self->tensors.data[key].first)
    return BS_NO_STEP;
  return *bs_chain_link (self, record, kind, key) - 1;
}

/* --- long chains --------------------------------------------------------------------------------------------------------- */

static GHashTable *
table_of (BsRecording *self, BsChainKind kind)
{
  return kind == BS_CHAIN_VARIABLE ? self->long_variables : kind == BS_CHAIN_NAME ? self->long_names : self->long_tensors;
}

static gboolean
is_long (BsRecording *self, BsChainKind kind, guint32 key)
{
  guint n = kind == BS_CHAIN_VARIABLE ? self->variables.data[key].n_chain
            : kind == BS_CHAIN_NAME   ? self->tensors.data[key].n_names
                                      : self->tensors.data[key].n_chain;

  return n >= BS_LONG_CHAIN;
}

static void
index_add (BsRecording *self, Index *index, BsChainKind kind, const guint32 *record, guint32 step)
{
  guint from = kind < BS_CHAIN_NAME ? 0 : kind, to = kind < BS_CHAIN_NAME ? BS_CHAIN_NAME : kind + 1;

  for (guint k = from; k < to; k++)
    if (matches (self, k, record, step))
      bs_vec_push (&index->steps[k], step);
}

static void
index_chain (BsRecording *self, BsChainKind kind, guint32 key)
{
  Index *index = g_new0 (Index, 1);
  guint32 steps[BS_LONG_CHAIN + 1], n = 0;

  for (guint32 step = newest (self, kind, key); step != BS_NO_STEP && n < G_N_ELEMENTS (steps);) {
    steps[n++] = step;
    step = former (self, kind, key, step, bs_recording_record (self, step));
  }
  while (n-- > 0)
    index_add (self, index, kind, bs_recording_record (self, steps[n]), steps[n]);
  g_hash_table_insert (table_of (self, kind), GUINT_TO_POINTER (key), index);
}

void
bs_chain_join (BsRecording *self, BsChainKind kind, guint32 key, guint32 *link)
{
  guint32 step = self->n_events;
  gboolean was_long = is_long (self, kind, key);
  BsTensorInfo *tensor = kind == BS_CHAIN_VARIABLE ? NULL : &self->tensors.data[key];

  if (kind == BS_CHAIN_VARIABLE) {
    *link = self->variables.data[key].last;
    self->variables.data[key].last = step + 1;
    self->variables.data[key].n_chain += !was_long;
  } else if (kind == BS_CHAIN_NAME) {
    *link = tensor->last_name;
    tensor->last_name = step + 1;
    tensor->n_names += !was_long;
  } else {
    *link = tensor->last + 1;
    tensor->last = step;
    tensor->n_chain += !was_long;
  }
  if (was_long)
    index_add (self, g_hash_table_lookup (table_of (self, kind), GUINT_TO_POINTER (key)), kind,
               bs_recording_record (self, step), step);
  else if (is_long (self, kind, key))
    index_chain (self, kind, key);
}

/* How many of the steps of the long chain are < limit. */
static guint32
count_before (BsRecording *self, BsChainKind kind, guint32 key, guint32 limit, const guint32 **steps, guint32 *n)
{
  Index *index = g_hash_table_lookup (table_of (self, kind), GUINT_TO_POINTER (key));
  guint32 low = 0, high = index->steps[kind].n;

  *steps = index->steps[kind].data;
  *n = high;
  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if ((*steps)[middle] < limit)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* --- questions ------------------------------------------------------------------------------------------------------------- */

guint32
bs_chain_last (BsRecording *self, BsChainKind kind, guint32 key, guint32 limit)
{
  const guint32 *steps;
  guint32 n, at;

  if (is_long (self, kind, key)) {
    at = count_before (self, kind, key, limit, &steps, &n);
    return at > 0 ? steps[at - 1] : BS_NO_STEP;
  }
  for (guint32 step = newest (self, kind, key); step != BS_NO_STEP;) {
    const guint32 *record = bs_recording_record (self, step);

    if (step < limit && matches (self, kind, record, step))
      return step;
    step = former (self, kind, key, step, record);
  }
  return BS_NO_STEP;
}

void
bs_chain_last_of_each (BsRecording *self, guint32 tensor, guint32 limit, guint32 steps[BS_CHAIN_NAME])
{
  guint missing = BS_CHAIN_NAME;

  for (guint kind = 0; kind < BS_CHAIN_NAME; kind++)
    steps[kind] = is_long (self, kind, tensor) ? bs_chain_last (self, kind, tensor, limit) : BS_NO_STEP;
  if (is_long (self, 0, tensor))
    return;
  for (guint32 step = newest (self, 0, tensor); step != BS_NO_STEP && missing > 0;) {
    const guint32 *record = bs_recording_record (self, step);

    for (guint kind = 0; step < limit && kind < BS_CHAIN_NAME; kind++)
      if (steps[kind] == BS_NO_STEP && matches (self, kind, record, step)) {
        steps[kind] = step;
        missing--;
      }
    step = former (self, 0, tensor, step, record);
  }
}

guint32
bs_chain_next (BsRecording *self, BsChainKind kind, guint32 key, guint32 from)
{
  const guint32 *steps;
  guint32 n, at, found = BS_NO_STEP;

  if (is_long (self, kind, key)) {
    at = count_before (self, kind, key, from, &steps, &n);
    return at < n ? steps[at] : BS_NO_STEP;
  }
  for (guint32 step = newest (self, kind, key); step != BS_NO_STEP && step >= from;) {
    const guint32 *record = bs_recording_record (self, step);

    if (matches (self, kind, record, step))
      found = step;
    step = former (self, kind, key, step, record);
  }
  return found;
}

guint
bs_chain_count (BsRecording *self, BsChainKind kind, guint32 key, guint32 from, guint32 to)
{
  const guint32 *steps;
  guint32 n;
  guint count = 0;

  if (from >= to)
    return 0;
  if (is_long (self, kind, key))
    return count_before (self, kind, key, to, &steps, &n) - count_before (self, kind, key, from, &steps, &n);
  for (guint32 step = bs_chain_last (self, kind, key, to); step != BS_NO_STEP && step >= from; count++)
    step = bs_chain_last (self, kind, key, step);
  return count;
}
