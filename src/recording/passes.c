/* SPDX-License-Identifier: MIT */

/* Where a pass begins: at the line of the first operation that leaves a node after a backward walk has ended, unless
 * it builds on the graph of the pass before (retain_graph, create_graph). The line is that of the outermost call that
 * was still to come when the walk ended: `loss = model (x)`, not the line inside forward(). */

#include "graph.h"
#include "recording-private.h"

static BsPassInfo *
last_pass (BsRecording *self)
{
  return &self->passes.data[self->passes.n - 1];
}

static guint64
mix (guint64 h, guint64 w)
{
  h = (h ^ w) * G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
  return h ^ (h >> 32);
}

/* A tensor of the pass by its place in it; one from outside by the order in which they are met. */
static guint64
relative (BsRecording *self, guint32 tensor)
{
  const BsPassInfo *pass = last_pass (self);
  guint number;

  if (tensor == 0)
    return 0;
  if (tensor >= pass->first_tensor)
    return tensor - pass->first_tensor + 1;
  number = GPOINTER_TO_UINT (g_hash_table_lookup (self->externals, GUINT_TO_POINTER (tensor)));
  if (number == 0) {
    number = g_hash_table_size (self->externals) + 1;
    g_hash_table_insert (self->externals, GUINT_TO_POINTER (tensor), GUINT_TO_POINTER (number));
  }
  return (guint64) number << 32;
}

static gboolean
is_graph_tensor (BsRecording *self, guint32 tensor)
{
  guint32 flags = bs_recording_flags_of (self, tensor);

  return flags & BS_TENSOR_REQUIRES_GRAD && !(flags & BS_TENSOR_LEAF);
}

BsReader
bs_record_operands (const guint32 *record)
{
  BsReader reader = { bs_record_body (record) + 1, record + bs_record_length (record) };

  for (guint i = 0; i < 3; i++)
    reader.p += (record[0] & BS_HEAD_FLAG (i)) != 0;
  return reader;
}

static gboolean
builds_on_pass (BsRecording *self, const guint32 *record, guint32 n_inputs)
{
  BsReader reader = bs_record_operands (record);
  BsOperand operand;

  for (guint32 i = 0; i < n_inputs; i++) {
    bs_reader_operand (&reader, &operand);
    if (operand.tensor >= last_pass (self)->first_tensor && is_graph_tensor (self, operand.tensor))
      return TRUE;
  }
  return FALSE;
}

/* The outermost frame's line that began after @from; else the operation itself. */
static guint32
outermost_line (BsRecording *self, guint32 frame, guint32 from, guint32 step)
{
  guint32 found = step;

  for (guint depth = 0; depth < 1000; depth++) {
    const BsFrameInfo *info = bs_recording_frame_info (self, frame);

    if (info->line > from)
      found = info->line - 1;
    if (frame == 0)
      break;
    frame = info->public.parent;
  }
  return found;
}

static guint32
first_tensor_after (BsRecording *self, guint32 step)
{
  guint32 low = 1, high = self->tensors.n;

  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (self->tensors.data[middle].first < step)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void
open_pass (BsRecording *self, guint32 begin)
{
  BsPassInfo *pass = last_pass (self);

  pass->public.end = begin;
  pass->closed = TRUE;
  bs_curves_close_pass (self, self->passes.n - 1, begin);
  g_hash_table_remove_all (self->externals);
  bs_vec_push (&self->passes, (BsPassInfo) { .public.begin = begin, .first_tensor = first_tensor_after (self, begin) });
}

void
bs_passes_tensor (BsRecording *self, guint32 step, const guint32 *record, guint32 id, guint32 frame)
{
  const guint32 *result = self->results.data[bs_record_body (record)[0]];
  guint32 flags = result[2] & 0xffff;
  BsReader reader;
  BsOperand operand;
  BsPassInfo *pass = last_pass (self);

  if (!(flags & BS_TENSOR_REQUIRES_GRAD))
    return;
  if (!(flags & (BS_TENSOR_LEAF | BS_TENSOR_IN_BACKWARD)) && pass->had_backward && self->open_walks.n == 0 &&
      !builds_on_pass (self, record, result[3]))
    open_pass (self, outermost_line (self, frame, self->walk_end - 1, step));
  pass = last_pass (self);
  pass->fingerprint = mix (pass->fingerprint, (guint64) (bs_record_body (record)[0]) << 32 | relative (self, id));
  reader = bs_record_operands (record);
  for (guint32 i = 0; i < result[3]; i++) {
    bs_reader_operand (&reader, &operand);
    pass->fingerprint = mix (pass->fingerprint, operand.is_number ? 7 : relative (self, operand.tensor) + 8);
  }
}

void
bs_passes_backward_begin (BsRecording *self, guint32 step, guint32 root)
{
  BsPassInfo *pass = last_pass (self);

  if (pass->public.root == 0)
    pass->public.backward = step;
  pass->public.root = root;
  pass->fingerprint = mix (pass->fingerprint, relative (self, root) + 0xb0);
  bs_curves_backward_begin (self, step, root);
}

void
bs_passes_backward_end (BsRecording *self, guint32 step)
{
  BsPassInfo *pass = last_pass (self);

  if (pass->public.root == 0)
    return;
  pass->had_backward = TRUE;
  pass->public.update = step + 1;
  self->walk_end = step + 1;
}

void
bs_passes_finish (BsRecording *self)
{
  if (self->n_events > 0 && !last_pass (self)->closed) {
    last_pass (self)->closed = TRUE;
    last_pass (self)->public.end = bs_recording_get_n_events (self);
    bs_curves_close_pass (self, self->passes.n - 1, bs_recording_get_n_events (self));
  }
}

/* --- public ------------------------------------------------------------------------------------------------------------- */

guint32
bs_recording_get_n_passes (BsRecording *self)
{
  return bs_recording_get_n_events (self) > 0 ? self->passes.n : 0;
}

/* The picture of a pass tells best which passes look alike; it is drawn once for each fingerprint. Passes too big to
 * be looked at are told apart by the fingerprint itself. */
static void
compute_structure (BsRecording *self, guint32 i)
{
  enum { MAX_TENSORS = 3000 };
  BsPassInfo *pass = &self->passes.data[i];
  guint32 next = i + 1 < self->passes.n ? self->passes.data[i + 1].first_tensor : self->tensors.n;
  guint64 *known = g_hash_table_lookup (self->structures, &pass->fingerprint);

  pass->has_structure = TRUE;
  if (known == NULL) {
    g_autoptr (BsGraph) graph = next - pass->first_tensor <= MAX_TENSORS ? bs_graph_new (self, i) : NULL;

    known = g_memdup2 (&(guint64) { graph ? bs_graph_get_structure (graph) : pass->fingerprint }, 8);
    g_hash_table_insert (self->structures, g_memdup2 (&pass->fingerprint, 8), known);
    g_clear_pointer (&graph, bs_graph_unref);
  }
  pass->public.structure = *known;
}

static BsPass *
settle_bounds (BsRecording *self, guint32 pass)
{
  BsPassInfo *info = &self->passes.data[pass];
  BsPass *p = &info->public;

  if (!info->closed)
    p->end = bs_recording_get_n_events (self);
  if (p->root == 0)
    p->backward = p->end;
  if (!info->had_backward || p->update < p->backward || (!info->closed && self->open_walks.n > 0))
    p->update = p->end;
  return p;
}

const BsPass *
bs_recording_get_pass (BsRecording *self, guint32 pass)
{
  g_return_val_if_fail (pass < bs_recording_get_n_passes (self), NULL);

  settle_bounds (self, pass);
  if (self->passes.data[pass].closed && !self->passes.data[pass].has_structure)
    compute_structure (self, pass);
  return &self->passes.data[pass].public;
}

guint32
bs_recording_find_pass (BsRecording *self, guint32 step)
{
  guint32 low = 0, high = self->passes.n;

  /* The last pass that begins before @step. */
  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (self->passes.data[middle].public.begin < step)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? low - 1 : 0;
}

BsPhase
bs_recording_get_phase (BsRecording *self, guint32 step)
{
  const BsPass *pass;

  if (bs_recording_get_n_passes (self) == 0)
    return BS_PHASE_FORWARD;
  pass = settle_bounds (self, bs_recording_find_pass (self, step));
  return step <= pass->backward ? BS_PHASE_FORWARD : step <= pass->update ? BS_PHASE_BACKWARD : BS_PHASE_UPDATE;
}
