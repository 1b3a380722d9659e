/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "observer.h"

#include <string.h>

#ifdef HAVE_TORCH
#include "torch/torch-object.h"
#endif

#define MAX_OPERANDS 64
#define MAX_ECHOES 64

static BsIdMap tensors, storages;
static BsSeen *free_seen;

/* --- what was seen ----------------------------------------------------------------------------------------------- */

BsSeen *
bs_observer_find (const BsTensor *tensor)
{
  return bs_id_map_get (&tensors, bs_tensor_get_id (tensor));
}

BsSeenStorage *
bs_observer_find_storage (BsStorage *storage)
{
  return storage ? bs_id_map_get (&storages, bs_storage_get_id (storage)) : NULL;
}

BsSeenStorage *
bs_observer_expect_storage (BsStorage *storage)
{
  BsSeenStorage *seen = bs_observer_find_storage (storage);

  if (seen || storage == NULL)
    return seen;
  seen = g_slice_new0 (BsSeenStorage);
  bs_id_map_set (&storages, bs_storage_get_id (storage), seen);
  return seen;
}

static BsSeen *
new_seen (void)
{
  BsSeen *seen = free_seen;

  if (seen)
    free_seen = seen->next;
  else
    seen = g_slice_new (BsSeen);
  return seen;
}

static void
leave_storage (BsSeen *seen)
{
  BsSeen **link = seen->storage ? &seen->storage->tensors : NULL;

  while (link && *link && *link != seen)
    link = &(*link)->next;
  if (link && *link)
    *link = seen->next;
  seen->storage = NULL;
}

static void
join_storage (BsSeen *seen, BsSeenStorage *storage)
{
  seen->storage = storage;
  seen->next = NULL;
  if (storage == NULL)
    return;
  seen->next = storage->tensors;
  storage->tensors = seen;
  if (storage->first == 0)
    storage->first = seen->id;
}

static BsSeen *
remember (BsTensor *tensor, guint32 id, BsSeenStorage *storage)
{
  BsSeen *seen = new_seen ();

  *seen = (BsSeen) { .tensor = tensor, .id = id };
  join_storage (seen, storage);
  bs_id_map_set (&tensors, bs_tensor_get_id (tensor), seen);
  return seen;
}

void
bs_observer_forget_tensor (guint64 engine_id)
{
  BsSeen *seen = bs_id_map_take (&tensors, engine_id);

  if (seen == NULL)
    return;
  leave_storage (seen);
  seen->next = free_seen;
  free_seen = seen;
}

guint32
bs_observer_forget_storage (guint64 engine_id)
{
  BsSeenStorage *seen = bs_id_map_take (&storages, engine_id);
  guint32 id;

  if (seen == NULL)
    return 0;
  for (BsSeen *tensor = seen->tensors; tensor; tensor = tensor->next)
    tensor->storage = NULL;
  id = seen->id;
  g_slice_free (BsSeenStorage, seen);
  return id;
}

/* --- creation ---------------------------------------------------------------------------------------------------- */

static guint16
flags_of (BsTensor *tensor)
{
  guint16 flags = 0;

  if (bs_tensor_get_requires_grad (tensor))
    flags |= BS_TENSOR_REQUIRES_GRAD;
  if (bs_tensor_is_leaf (tensor))
    flags |= BS_TENSOR_LEAF;
  if (bs_get_grad_mode () != BS_GRAD_NORMAL)
    flags |= BS_TENSOR_NO_GRAD_MODE;
#ifdef HAVE_TORCH
  if (bs_torch_is_parameter (tensor))
    flags |= BS_TENSOR_PARAMETER;
#endif
  return flags;
}

/* Writes the TENSOR event of one output and remembers it. */
static guint32
write_tensor (BsTensor *tensor, BsWriterTensor *event)
{
  BsSeenStorage *storage = bs_observer_expect_storage (bs_tensor_get_storage (tensor));
  BsArray value = bs_observer_array (tensor);
  guint32 id;

  if (storage && storage->id == 0)
    storage->id = bs_writer_new_storage (bs_recorder.writer);
  event->storage = storage ? storage->id : 0;
  event->value = &value;
  id = bs_writer_tensor (bs_recorder.writer, event);
  remember (tensor, id, storage);
  return id;
}

/* detach(), .data, .grad and whatever else shares a storage that is known. */
static void
describe_sharing (BsTensor *tensor, BsWriterTensor *event, const char **label)
{
  BsSeenStorage *storage = bs_observer_find_storage (bs_tensor_get_storage (tensor));

  if (storage == NULL)
    return;
  if (storage->gradient_of != 0 && storage->first == 0)
    {
      event->alias = storage->gradient_of;
      *label = "grad";
      return;
    }
  if (storage->first == 0)
    return;
  event->alias = storage->first;
  event->flags |= BS_TENSOR_VIEW;
  if (!bs_tensor_get_requires_grad (tensor))
    event->flags |= BS_TENSOR_DETACHED;
}

guint32
bs_observer_id_of (BsTensor *tensor, const char *label)
{
  BsSeen *seen = bs_observer_find (tensor);
  BsWriterTensor event = { 0 };

  if (G_LIKELY (seen != NULL))
    return seen->id;
  event.flags = flags_of (tensor);
  describe_sharing (tensor, &event, &label);
  event.op = bs_operation_id (NULL, label, NULL, 0, NULL);
  return write_tensor (tensor, &event);
}

/* --- operations -------------------------------------------------------------------------------------------------- */

static guint
fill_operands (const BsCall *call, BsOperand *operands)
{
  guint n = MIN (call->n_inputs, MAX_OPERANDS);

  for (guint i = 0; i < n; i++)
    {
      BsTensor *input = call->inputs[i];

      operands[i] = (BsOperand) { 0 };
      if (input == NULL)
        continue;
      if (!bs_tensor_is_number (input))
        operands[i].tensor = bs_observer_id_of (input, "tensor");
      else
        {
          operands[i].is_number = TRUE;
          operands[i].is_integer = !bs_dtype_is_floating (bs_tensor_get_dtype (input));
          operands[i].number = bs_tensor_get_double (input, 0);
        }
    }
  return n;
}

static guint
fill_saved (const BsCall *call, const BsOperand *operands, guint n_operands, guint32 *saved)
{
  guint n = 0;

  for (guint i = 0; call->op && i < n_operands && i < 32; i++)
    if ((call->op->saves_inputs >> i & 1) && operands[i].tensor != 0)
      saved[n++] = operands[i].tensor;
  return n;
}

/* An in-place operation of the graph: the changed tensor goes on under a new id. */
static void
rename_target (const BsCall *call, BsWriterTensor *event)
{
  BsSeen *seen = bs_observer_find (call->outputs[0]);

  event->alias = seen ? seen->id : 0;
  event->flags |= BS_TENSOR_INPLACE;
  if (seen)
    bs_observer_forget_tensor (bs_tensor_get_id (call->outputs[0]));
}

static void
describe_view (const BsCall *call, const BsOperand *operands, BsTensor *output, BsWriterTensor *event)
{
  BsTensor *source = call->n_inputs > 0 ? call->inputs[0] : NULL;

  if (source == NULL || bs_tensor_get_storage (source) != bs_tensor_get_storage (output))
    return;
  event->alias = operands[0].tensor;
  event->flags |= BS_TENSOR_VIEW;
  if (bs_tensor_get_requires_grad (source) && !bs_tensor_get_requires_grad (output) &&
      bs_get_grad_mode () == BS_GRAD_NORMAL)
    event->flags |= BS_TENSOR_DETACHED;
}

static void
write_call (const BsCall *call, guint16 extra_flags)
{
  BsOperand operands[MAX_OPERANDS];
  guint32 saved[32], first = 0;
  const char *grad_fn = call->node ? bs_node_get_name (call->node) : NULL;
  guint n_operands = fill_operands (call, operands);
  guint32 op = bs_operation_id (call->op, call->label, grad_fn, call->n_args, call->args);
  guint n_saved = call->node ? fill_saved (call, operands, n_operands, saved) : 0;

  for (guint i = 0; i < call->n_outputs; i++)
    {
      BsTensor *output = call->outputs[i];
      BsWriterTensor event = { .op = op, .output_nr = i, .call = i == 0 ? 0 : first,
                               .n_inputs = n_operands, .inputs = operands, .n_saved = n_saved, .saved = saved };

      if (output == NULL)
        continue;
      event.flags = flags_of (output) | extra_flags;
      event.saves_result = call->node && call->op && (call->op->saves_outputs >> i & 1);
      if (call->inplace)
        rename_target (call, &event);
      else
        describe_view (call, operands, output, &event);
      if (first == 0)
        first = write_tensor (output, &event);
      else
        write_tensor (output, &event);
    }
  if (call->node && first != 0)
    bs_id_map_set (&bs_observer_nodes, bs_node_get_id (call->node), GUINT_TO_POINTER (first));
}

static void
on_applied (gpointer user, const BsCall *call)
{
  guint16 flags = 0;

  if (bs_observer_is_internal (&flags))
    return;
  if (call->inplace && call->node == NULL)
    return; /* outside the graph: the write tells it */
  bs_recorder_begin ();
  bs_tracer_set_place ();
  if (call->op == NULL && call->n_inputs == 0 && call->n_outputs == 1 && call->node == NULL)
    bs_observer_id_of (call->outputs[0], call->label);
  else
    write_call (call, flags);
  bs_recorder_end ();
}

/* --- writes ------------------------------------------------------------------------------------------------------ */

/* Tells the other tensors on the storage what they are now; @first is told by the event itself. */
static guint
fill_echoes (BsSeenStorage *storage, const BsSeen *first, BsEcho *echoes, BsArray *values)
{
  guint n = 0;

  for (BsSeen *seen = storage->tensors; seen && n < MAX_ECHOES; seen = seen->next)
    {
      if (seen == first)
        continue;
      values[n] = bs_observer_array (seen->tensor);
      echoes[n] = (BsEcho) { .tensor = seen->id, .before = BS_ARRAY_KNOWN, .after = &values[n] };
      n++;
    }
  return n;
}

static void
write_change (BsSeenStorage *storage, BsSeen *first, const BsCall *call)
{
  BsOperand operands[MAX_OPERANDS];
  BsEcho echoes[MAX_ECHOES];
  BsArray values[MAX_ECHOES], after = bs_observer_array (first->tensor);
  BsWriterWrite event = { .tensor = first->id, .storage = storage->id, .before = BS_ARRAY_KNOWN, .after = &after,
                          .echoes = echoes, .inputs = operands };

  event.version = bs_tensor_get_version (first->tensor);
  if (call)
    {
      event.op = call->op ? bs_operation_id (call->op, NULL, NULL, call->n_args, call->args) : 0;
      event.n_inputs = fill_operands (call, operands);
    }
  event.n_echoes = fill_echoes (storage, first, echoes, values);
  bs_writer_write (bs_recorder.writer, &event);
}

static void
on_written (gpointer user, BsTensor *target, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
            const BsArg *args)
{
  BsSeen *seen = bs_observer_find (target);
  BsSeenStorage *storage = bs_observer_find_storage (bs_tensor_get_storage (target));
  const BsCall call = { .op = op, .n_inputs = n_inputs, .inputs = inputs, .n_args = n_args, .args = args };
  BsArray after;
  guint16 flags;

  if (bs_observer_is_internal (&flags))
    return;
  bs_recorder_begin ();
  bs_tracer_set_place ();
  if (seen && seen->storage != storage)
    { /* w.data = x: another storage */
      leave_storage (seen);
      storage = bs_observer_expect_storage (bs_tensor_get_storage (target));
      if (storage->id == 0)
        storage->id = bs_writer_new_storage (bs_recorder.writer);
      join_storage (seen, storage);
    }
  if (storage && storage->gradient_of != 0)
    {
      after = bs_observer_array (target);
      bs_writer_grad_set (bs_recorder.writer, storage->gradient_of, BS_ARRAY_KNOWN, &after);
    }
  if (seen == NULL && storage)
    seen = storage->tensors;
  if (seen)
    write_change (storage, seen, &call);
  bs_recorder_end ();
}

/* --- smaller news ------------------------------------------------------------------------------------------------ */

static void
on_grad_changed (gpointer user, BsTensor *tensor, BsTensor *before, BsTensor *after)
{
  BsSeenStorage *storage = before ? bs_observer_find_storage (bs_tensor_get_storage (before)) : NULL;
  BsArray value;
  guint32 id;

  bs_recorder_begin ();
  bs_tracer_set_place ();
  id = bs_observer_id_of (tensor, "tensor");
  if (storage && storage->gradient_of == id)
    storage->gradient_of = 0;
  if (after)
    {
      value = bs_observer_array (after);
      bs_observer_expect_storage (bs_tensor_get_storage (after))->gradient_of = id;
    }
  bs_writer_grad_set (bs_recorder.writer, id, before ? BS_ARRAY_KNOWN : NULL, after ? &value : NULL);
  bs_recorder_end ();
}

static void
on_requires_grad_changed (gpointer user, BsTensor *tensor, gboolean requires_grad)
{
  BsSeen *seen = bs_observer_find (tensor);

  if (seen == NULL)
    return; /* its TENSOR event will say so */
  bs_recorder_begin ();
  bs_tracer_set_place ();
  bs_writer_requires_grad (bs_recorder.writer, seen->id, !requires_grad, requires_grad);
  bs_recorder_end ();
}

static void
on_mode_changed (gpointer user, BsGradMode mode)
{
  static guint8 former;

  if (former == mode || bs_observer_depth () > 0)
    return;
  bs_recorder_begin ();
  bs_tracer_set_place ();
  bs_writer_mode (bs_recorder.writer, former, mode);
  former = mode;
  bs_recorder_end ();
}

static void
on_tensor_released (gpointer user, guint64 id)
{
  bs_observer_forget_tensor (id);
}

static void
on_storage_released (gpointer user, guint64 engine_id, gsize n_bytes)
{
  guint32 id = bs_observer_forget_storage (engine_id);

  if (id == 0)
    return;
  bs_recorder_begin ();
  bs_tracer_set_place ();
  bs_writer_release_storage (bs_recorder.writer, id, n_bytes);
  bs_recorder_end ();
}

/* --- Python objects ---------------------------------------------------------------------------------------------- */

guint64
bs_observer_identity (PyObject *object)
{
#ifdef HAVE_TORCH
  BsTensor *tensor = bs_torch_get_tensor (object);
  BsSeen *seen = tensor ? bs_observer_find (tensor) : NULL;

  /* A new id after an in-place change is news too. */
  return tensor ? bs_tensor_get_id (tensor) << 32 | (seen ? seen->id : 0) | 1ull << 63 : 0;
#else
  return 0;
#endif
}

guint32
bs_observer_tensor (PyObject *object)
{
#ifdef HAVE_TORCH
  BsTensor *tensor = bs_torch_get_tensor (object);

  return tensor ? bs_observer_id_of (tensor, "tensor") : 0;
#else
  return 0;
#endif
}

/* --- public ------------------------------------------------------------------------------------------------------ */

void
bs_observer_install (void)
{
  static BsObserver observer = {
    .applied = on_applied,
    .did_write = on_written,
    .grad_changed = on_grad_changed,
    .requires_grad_changed = on_requires_grad_changed,
    .mode_changed = on_mode_changed,
    .tensor_released = on_tensor_released,
    .storage_released = on_storage_released,
  };

  bs_observer_backward_callbacks (&observer);
  bs_set_observer (&observer, NULL);
}

void
bs_observer_remove (void)
{
  bs_set_observer (NULL, NULL);
}
