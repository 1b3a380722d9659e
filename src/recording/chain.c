/* SPDX-License-Identifier: MIT */

/* The chains that thread the events of one tensor or one variable, newest first. */

#include "recording-private.h"

#define HOPS 64 /* beyond: make the array */

/* Steps of one chain and kind, ascending; complete up to and including @newest. */
typedef struct { BS_VEC (guint32) steps; guint32 newest; } Index;

static void
index_free (gpointer data)
{
  Index *self = data;

  bs_vec_clear (&self->steps);
  g_free (self);
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

static void
extend (BsRecording *self, Index *index, BsChainKind kind, guint32 key)
{
  guint32 last = newest (self, kind, key), n = index->steps.n;

  for (guint32 step = last; step != BS_NO_STEP && (index->newest == BS_NO_STEP || step > index->newest);) {
    const guint32 *record = bs_recording_record (self, step);

    if (matches (self, kind, record, step))
      bs_vec_push (&index->steps, step);
    step = former (self, kind, key, step, record);
  }
  for (guint32 i = n, j = index->steps.n; i + 1 < j; i++, j--) {
    guint32 step = index->steps.data[i];
    index->steps.data[i] = index->steps.data[j - 1];
    index->steps.data[j - 1] = step;
  }
  index->newest = last;
}

static Index *
get_index (BsRecording *self, BsChainKind kind, guint32 key)
{
  guint64 id = (guint64) kind << 32 | key;
  Index *index = g_hash_table_lookup (self->chains, &id);

  if (index == NULL) {
    index = g_new0 (Index, 1);
    index->newest = BS_NO_STEP;
    g_hash_table_insert (self->chains, g_memdup2 (&id, sizeof id), index);
  }
  if (index->newest != newest (self, kind, key))
    extend (self, index, kind, key);
  return index;
}

GHashTable *
bs_chains_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, index_free);
}

/* How many of the steps are < limit. */
static guint32
count_before (const Index *index, guint32 limit)
{
  guint32 low = 0, high = index->steps.n;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (index->steps.data[middle] < limit)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

guint32
bs_chain_last (BsRecording *self, BsChainKind kind, guint32 key, guint32 limit)
{
  guint32 step = newest (self, kind, key);
  const Index *index;
  guint32 n;

  for (guint hops = 0; hops < HOPS; hops++) {
    const guint32 *record;

    if (step == BS_NO_STEP)
      return BS_NO_STEP;
    record = bs_recording_record (self, step);
    if (step < limit && matches (self, kind, record, step))
      return step;
    step = former (self, kind, key, step, record);
  }
  index = get_index (self, kind, key);
  n = count_before (index, limit);
  return n > 0 ? index->steps.data[n - 1] : BS_NO_STEP;
}

guint32
bs_chain_next (BsRecording *self, BsChainKind kind, guint32 key, guint32 from)
{
  guint32 step = newest (self, kind, key), found = BS_NO_STEP;
  const Index *index;
  guint32 n;

  for (guint hops = 0; hops < HOPS; hops++) {
    const guint32 *record;

    if (step == BS_NO_STEP || step < from)
      return found;
    record = bs_recording_record (self, step);
    if (matches (self, kind, record, step))
      found = step;
    step = former (self, kind, key, step, record);
  }
  index = get_index (self, kind, key);
  n = count_before (index, from);
  return n < index->steps.n ? index->steps.data[n] : BS_NO_STEP;
}

guint
bs_chain_count (BsRecording *self, BsChainKind kind, guint32 key, guint32 from, guint32 to)
{
  guint n = 0;
  guint32 step = bs_chain_last (self, kind, key, to);
  const Index *index;

  for (guint hops = 0; hops < HOPS; hops++) {
    if (step == BS_NO_STEP || step < from)
      return n;
    n++;
    step = bs_chain_last (self, kind, key, step);
  }
  index = get_index (self, kind, key);
  return count_before (index, to) - count_before (index, from);
}
