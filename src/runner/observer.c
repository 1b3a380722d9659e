/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "observer.h"

#include <string.h>

#ifdef HAVE_TORCH
#include "torch/torch.h"
#endif

#define MAX_OPERANDS 64
#define MAX_ECHOES 64
#define SMALL_STORAGE 16 /* bytes; when such a one goes is not worth an event */

static BsIdMap tensors, storages;
static BsSeen *free_seen;
static BsSeenStorage *free_storages;

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
  seen = free_storages;
  if (seen)
    free_storages = seen->next;
  else
    seen = g_new (BsSeenStorage, 1);
  *seen = (BsSeenStorage) { 0 };
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
    seen = g_new (BsSeen, 1);
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

/* Tensors first met inside a backward walk may be stand-ins of the engine's that go without notice: they are not
 * kept by address. */
static BsSeen *
remember (BsTensor *tensor, guint32 id, BsSeenStorage *storage)
{
  BsSeen *seen = new_seen ();
  gboolean lasts = bs_observer_depth () == 0;

  *seen = (BsSeen) { .tensor = lasts ? tensor : NULL, .id = id, .refs = 1 };
  if (lasts)
    join_storage (seen, storage);
  else if (storage && storage->first == 0)
    storage->first = id;
  bs_id_map_set (&tensors, bs_tensor_get_id (tensor), seen);
  return seen;
}

void
bs_observer_unref (BsSeen *seen)
{
  if (--seen->refs > 0)
    return;
  seen->next = free_seen;
  free_seen = seen;
}

/* Its node may outlive a tensor, and is called by the tensor's id then. */
void
bs_observer_forget_tensor (guint64 engine_id)
{
  BsSeen *seen = bs_id_map_take (&tensors, engine_id);

  if (seen == NULL)
    return;
  leave_storage (seen);
  seen->tensor = NULL;
  bs_observer_unref (seen);
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
  seen->next = free_storages;
  free_storages = seen;
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
  if (bs_observer_depth () == 0 && bs_get_grad_mode () != BS_GRAD_NORMAL)
    flags |= BS_TENSOR_NO_GRAD_MODE;
#ifdef HAVE_TORCH
  if (bs_torch_is_parameter (tensor))
    flags |= BS_TENSOR_PARAMETER;
#endif
  return flags;
}

/* Writes the TENSOR event of one output and remembers it. */
static BsSeen *
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
  return remember (tensor, id, storage);
}

/* The tensor that others on its storage are views of: a leaf that learns, else the eldest. */
static guint32
owner_of (const BsSeenStorage *storage)
{
  guint32 eldest = 0;

  for (const BsSeen *seen = storage->tensors; seen; seen = seen->next)
    {
      eldest = seen->id;
      if (bs_tensor_is_leaf (seen->tensor) && bs_tensor_get_requires_grad (seen->tensor))
        break;
    }
  return eldest ? eldest : storage->first;
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
  event->alias = owner_of (storage);
  event->flags |= BS_TENSOR_VIEW;
  *label = "data";
  if (!bs_tensor_get_requires_grad (tensor))
    event->flags |= BS_TENSOR_DETACHED;
}

/* A view whose base was changed in place gets another node when it is used next. */
static void
refresh_node (BsTensor *tensor, BsSeen *seen)
{
  BsNode *node = bs_tensor_get_grad_fn (tensor);

  if (node && bs_tensor_get_output_nr (tensor) == 0 && !bs_observer_knows_node (bs_node_get_id (node)))
    bs_observer_name_node (node, seen);
}

guint32
bs_observer_id_of (BsTensor *tensor, const char *label)
{
  BsSeen *seen = bs_observer_find (tensor);
  BsWriterTensor event = { 0 };

  if (G_LIKELY (seen != NULL))
    {
      if (G_UNLIKELY (bs_tensor_get_base (tensor) != NULL))
        refresh_node (tensor, seen);
      return seen->id;
    }
  bs_names_disturb ();
  event.flags = flags_of (tensor);
  describe_sharing (tensor, &event, &label);
  event.op = bs_operation_id (NULL, label, NULL, 0, NULL);
  return write_tensor (tensor, &event)->id;
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

/* What the node keeps: ids of inputs, and whether it keeps @output itself. */
static guint
fill_saved (BsNode *node, BsTensor *output, guint32 *saved, guint max, gboolean *saves_result)
{
  guint n = 0, n_saved = bs_node_get_n_saved (node);

  *saves_result = FALSE;
  for (guint i = 0; i < n_saved; i++)
    {
      BsTensor *tensor = bs_node_get_saved (node, i);
      BsSeen *seen = tensor ? bs_observer_find (tensor) : NULL;

      if (tensor && bs_tensor_get_id (tensor) == bs_tensor_get_id (output))
        *saves_result = TRUE;
      else if (seen && n < max)
        saved[n++] = seen->id;
    }
  return n;
}

/* An in-place operation of the graph: the changed tensor goes on under a new id. */
static void
rename_target (const BsCall *call, BsWriterTensor *event)
{
  BsSeen *seen = bs_observer_find (call->outputs[0]);

  bs_names_disturb ();
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
  guint32 saved[32];
  const char *grad_fn = call->node ? bs_node_get_name (call->node) : NULL;
  guint n_operands = fill_operands (call, operands);
  guint32 op = bs_operation_id (call->op, call->label, grad_fn, call->n_args, call->args);
  BsSeen *first = NULL;

  for (guint i = 0; i < call->n_outputs; i++)
    {
      BsTensor *output = call->outputs[i];
      BsWriterTensor event = { .op = op, .output_nr = i, .call = first ? first->id : 0,
                               .n_inputs = n_operands, .inputs = operands, .saved = saved };
      BsSeen *seen;

      if (output == NULL)
        continue;
      event.flags = flags_of (output) | extra_flags;
      if (call->node)
        event.n_saved = fill_saved (call->node, output, saved, G_N_ELEMENTS (saved), &event.saves_result);
      if (call->inplace)
        rename_target (call, &event);
      else
        describe_view (call, operands, output, &event);
      seen = write_tensor (output, &event);
      if (first == NULL)
        first = seen;
    }
  if (call->node && first)
    bs_observer_name_node (call->node, first);
}

static void
on_applied (gpointer user, const BsCall *call)
{
  guint16 flags = 0;

  if (call->inplace || bs_observer_is_internal (&flags))
    return; /* the write has told it */
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
      event.op = bs_operation_id (call->op, "set_data", NULL, call->n_args, call->args);
      event.n_inputs = fill_operands (call, operands);
    }
  event.n_echoes = fill_echoes (storage, first, echoes, values);
  bs_writer_write (bs_recorder.writer, &event);
}

static struct { BsTensor *target; guint64 node; } writing;

static guint64
node_of (BsTensor *tensor)
{
  BsNode *node = bs_tensor_get_grad_fn (tensor);

  return node ? bs_node_get_id (node) : 0;
}

static void
on_will_write (gpointer user, BsTensor *target, const BsOp *op)
{
  writing.target = target;
  writing.node = node_of (target);
}

/* x[0] = 5 in the graph: the base goes on under a new id too, made of what it was and of the changed view. */
static void
write_base (BsTensor *view)
{
  BsTensor *base = bs_tensor_get_base (view);
  BsNode *node = base ? bs_tensor_get_grad_fn (base) : NULL;
  BsSeen *seen = base ? bs_observer_find (base) : NULL;
  BsTensor *inputs[] = { base, view }, *outputs[] = { base };
  const BsCall call = { .label = "copy_slices", .n_inputs = 2, .inputs = inputs, .n_outputs = 1, .outputs = outputs,
                        .node = node, .inplace = TRUE };

  if (seen && node && !bs_observer_knows_node (bs_node_get_id (node)))
    write_call (&call, 0);
}

static void
write_in_graph (const BsCall *call, guint16 flags)
{
  BsTensor *target = call->outputs[0];
  BsSeen *seen;

  write_call (call, flags);
  write_base (target);
  seen = bs_observer_find (target);
  if (seen && seen->tensor && seen->storage && (seen->next || seen->storage->tensors != seen))
    write_change (seen->storage, seen, NULL); /* others on the storage changed with it */
}

/* w.data = x: another storage. */
static BsSeenStorage *
follow_storage (BsTensor *target, BsSeen *seen)
{
  BsSeenStorage *storage = bs_observer_expect_storage (bs_tensor_get_storage (target));

  if (storage->id == 0)
    storage->id = bs_writer_new_storage (bs_recorder.writer);
  leave_storage (seen);
  join_storage (seen, storage);
  return storage;
}

static void
write_outside (const BsCall *call)
{
  BsTensor *target = call->outputs[0];
  BsSeen *seen = bs_observer_find (target);
  BsSeenStorage *storage = bs_observer_find_storage (bs_tensor_get_storage (target));

  if (seen && seen->tensor && seen->storage != storage)
    storage = follow_storage (target, seen);
  if (storage && storage->gradient_of != 0)
    {
      BsArray after = bs_observer_array (target);

      bs_writer_grad_set (bs_recorder.writer, storage->gradient_of, BS_ARRAY_KNOWN, &after);
    }
  if (storage && (seen == NULL || seen->tensor == NULL))
    seen = storage->tensors;
  if (storage && seen)
    write_change (storage, seen, call);
}

static void
on_did_write (gpointer user, BsTensor *target, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
              const BsArg *args)
{
  BsCall call = { .op = op, .n_inputs = n_inputs, .inputs = inputs, .n_args = n_args, .args = args, .n_outputs = 1,
                  .outputs = &target, .inplace = TRUE };
  guint64 node = node_of (target);
  guint16 flags = 0;

  if (bs_observer_is_internal (&flags))
    return;
  bs_recorder_begin ();
  bs_tracer_set_place ();
  if (node != 0 && op && writing.target == target && writing.node != node)
    {
      call.node = bs_tensor_get_grad_fn (target);
      write_in_graph (&call, flags);
    }
  else
    write_outside (&call);
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

/* A result of the graph goes with its node. */
static void
on_tensor_released (gpointer user, guint64 id)
{
  BsSeen *seen = bs_id_map_get (&tensors, id);

  if (seen && seen->refs == 1)
    {
      bs_recorder_begin ();
      bs_writer_release_tensor (bs_recorder.writer, seen->id);
      bs_recorder_end ();
    }
  bs_observer_forget_tensor (id);
}

static void
on_storage_released (gpointer user, guint64 engine_id, gsize n_bytes)
{
  guint32 id = bs_observer_forget_storage (engine_id);

  if (id == 0 || n_bytes <= SMALL_STORAGE)
    return;
  bs_recorder_begin ();
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
    .will_write = on_will_write,
    .did_write = on_did_write,
    .grad_changed = on_grad_changed,
    .requires_grad_changed = on_requires_grad_changed,
    .mode_changed = on_mode_changed,
    .tensor_released = on_tensor_released,
    .storage_released = on_storage_released,
  };

  bs_operations_forget ();
  bs_observer_backward_callbacks (&observer);
  bs_set_observer (&observer, NULL);
}

void
bs_observer_remove (void)
{
  bs_set_observer (NULL, NULL);
  bs_operations_forget ();
}
