/* SPDX-License-Identifier: MIT */

#include "engine-private.h"

#include <string.h>

static gsize
tensor_bytes (const BsTensor *tensor)
{
  return tensor->numel * bs_dtype_sizes[tensor->dtype];
}

/* One block: the node, then its edges, saved slots, outputs, arguments, and the ints of shapes and arguments. */
BsNode *
bs_node_new (BsNodeKind kind, const BsOp *op, guint n_inputs, guint n_saved, guint n_outputs,
             BsTensor *const *outputs, guint n_args, const BsArg *args, GError **error)
{
  gsize n_ints = 0;
  for (guint i = 0; i < n_outputs; i++)
    n_ints += outputs[i]->n_dims;
  for (guint i = 0; i < n_args; i++)
    if (args[i].kind == BS_ARG_INTS)
      n_ints += args[i].n;
  gsize size = sizeof (BsNode) + n_inputs * sizeof (BsEdge) + n_saved * sizeof (BsSaved) +
               n_outputs * sizeof (BsNodeOutput) + n_args * sizeof (BsArg) + n_ints * sizeof (gint64);
  BsNode *self = size > G_MAXUINT32 ? NULL : bs_alloc (size);
  if (G_UNLIKELY (self == NULL)) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_MEMORY, "out of memory for a node of %" G_GSIZE_FORMAT
                 " bytes", size);
    return NULL;
  }
  self->refs = 1;
  self->size = size;
  self->kind = kind;
  self->flags = 0;
  self->n_args = n_args;
  self->n_saved = n_saved;
  self->n_outputs = n_outputs;
  self->n_inputs = n_inputs;
  self->mark = 0;
  self->seq = ++bs_state.next_seq;
  self->op = op;
  self->data = NULL;
  self->hooks = NULL;
  self->edges = (BsEdge *) (self + 1);
  self->saved = (BsSaved *) (self->edges + n_inputs);
  self->outputs = (BsNodeOutput *) (self->saved + n_saved);
  self->args = (BsArg *) (self->outputs + n_outputs);
  gint64 *ints = (gint64 *) (self->args + n_args);
  for (guint i = 0; i < n_inputs; i++)
    self->edges[i].node = NULL;
  for (guint i = 0; i < n_saved; i++)
    self->saved[i] = (BsSaved){ .kind = BS_SAVED_EXTRA }; /* not every slot is used */
  for (guint i = 0; i < n_outputs; i++) {
    BsNodeOutput *output = &self->outputs[i];
    output->upstream = NULL;
    output->hooks = NULL;
    output->dtype = outputs[i]->dtype;
    output->n_dims = outputs[i]->n_dims;
    output->shape = ints;
    for (guint d = 0; d < output->n_dims; d++)
      ints[d] = outputs[i]->shape[d];
    ints += output->n_dims;
  }
  for (guint i = 0; i < n_args; i++) {
    self->args[i] = args[i];
    if (args[i].kind == BS_ARG_INTS) {
      memcpy (ints, args[i].ints, args[i].n * sizeof (gint64));
      self->args[i].ints = ints;
      ints += args[i].n;
    }
  }
  bs_state.memory.n_nodes++;
  return self;
}

gboolean
bs_node_save (BsNode *self, guint slot, guint8 kind, guint index, BsTensor *tensor, GError **error)
{
  BsSaved *saved = &self->saved[slot];
  if (G_UNLIKELY (tensor->flags & BS_TENSOR_INFERENCE) && kind == BS_SAVED_INPUT) {
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                         "Inference tensors cannot be saved for backward. To work around you can make a clone to get a "
                         "normal tensor and use it in autograd.");
    return FALSE;
  }
  saved->kind = kind;
  saved->index = index;
  if (G_UNLIKELY (bs_state.saved_hooks != NULL) && kind != BS_SAVED_EXTRA)
    return bs_saved_pack (self, saved, tensor, error);
  if (kind == BS_SAVED_OUTPUT) {
    /* The output owns this node; holding the output itself would be a circle. */
    BsTensor *alias = bs_tensor_alias (tensor, tensor->n_dims, tensor->shape, bs_strides (tensor), tensor->offset,
                                       error);
    if (alias == NULL)
      return FALSE;
    alias->id = tensor->id;
    alias->flags |= BS_TENSOR_ALIAS;
    saved->tensor = alias;
  } else {
    saved->tensor = bs_tensor_ref (tensor);
    if (tensor->saved_seq == 0)
      tensor->saved_seq = self->seq;
  }
  saved->version = *tensor->version;
  bs_state.memory.saved_bytes += tensor_bytes (tensor);
  return TRUE;
}

void
bs_node_release_saved (BsNode *self)
{
  for (guint i = 0; i < self->n_saved; i++) {
    BsTensor *tensor = g_steal_pointer (&self->saved[i].tensor);
    if (tensor == NULL)
      continue;
    if (G_UNLIKELY (self->saved[i].is_packed)) {
      bs_saved_drop ((BsPacked *) tensor);
      continue;
    }
    bs_state.memory.saved_bytes -= tensor_bytes (tensor);
    bs_tensor_unref (tensor);
  }
  self->flags |= BS_NODE_RELEASED;
}

BsNode *
bs_node_ref (BsNode *self)
{
  self->refs++;
  return self;
}

static void
dispose_data (BsNode *self)
{
  if (self->data == NULL)
    return;
  switch (self->kind) {
  case BS_NODE_ACCUMULATE: {
    BsTensor *leaf = self->data;
    leaf->accumulate = NULL;
    bs_tensor_unref (leaf);
    break;
  }
  case BS_NODE_CUSTOM: {
    BsCustom *custom = self->data;
    if (custom->destroy != NULL)
      custom->destroy (custom->data);
    g_free (custom);
    break;
  }
  default: {
    BsSlices *slices = self->data;
    if (slices->inner != NULL)
      bs_node_unref (slices->inner);
    bs_free (slices, sizeof *slices);
  }
  }
}

static void
node_finalize (BsNode *self)
{
  if (G_UNLIKELY (bs_state.observer != NULL) && bs_state.observer->node_released != NULL)
    bs_state.observer->node_released (bs_state.user, self->seq);
  bs_node_release_saved (self);
  dispose_data (self);
  for (guint i = 0; i < self->n_outputs; i++)
    if (self->outputs[i].hooks != NULL)
      bs_hooks_unref (self->outputs[i].hooks);
  if (G_UNLIKELY (self->hooks != NULL))
    while (self->hooks != NULL)
      bs_node_remove_hook (self, g_array_index (self->hooks, BsNodeHookEntry, 0).id);
  for (guint i = 0; i < self->n_inputs; i++)
    if (self->edges[i].node != NULL)
      bs_node_unref (self->edges[i].node);
  bs_state.memory.n_nodes--;
  bs_free (self, self->size);
}

/* A graph may be a million nodes deep: the dead wait in a list (through data of the dead themselves: mark and
 * dependencies are free then), and one loop buries them. */
void
bs_node_destroy (BsNode *self)
{
  static BS_OF_THREAD BsNode *dead;
  static BS_OF_THREAD gboolean burying;
  *(BsNode **) &self->mark = dead;
  dead = self;
  if (burying)
    return;
  burying = TRUE;
  while (dead != NULL) {
    BsNode *node = dead;
    dead = *(BsNode **) &node->mark;
    node_finalize (node);
  }
  burying = FALSE;
}

void
bs_node_unref (BsNode *self)
{
  if (--self->refs == 0)
    bs_node_destroy (self);
}

/* --- edges ---------------------------------------------------------------------------------------------------------- */

gboolean
bs_gradient_edge (BsTensor *self, BsEdge *edge, GError **error)
{
  if (self->base != NULL && self->grad_fn != NULL && !bs_refresh_view (self, error))
    return FALSE;
  edge->nr = self->output_nr;
  if (self->grad_fn != NULL) {
    edge->node = bs_node_ref (self->grad_fn);
    return TRUE;
  }
  edge->node = NULL;
  if (!(self->flags & BS_TENSOR_REQUIRES_GRAD))
    return TRUE;
  if (self->accumulate != NULL) {
    edge->node = bs_node_ref (self->accumulate);
    return TRUE;
  }
  edge->node = bs_node_new (BS_NODE_ACCUMULATE, NULL, 0, 0, 1, &self, 0, NULL, error);
  if (edge->node == NULL)
    return FALSE;
  edge->node->data = bs_tensor_ref (self);
  self->accumulate = edge->node;
  return TRUE;
}

/* What the gradient of input @input must look like: the shape of what the edge leads to. */
BsNode *
bs_node_input_shape (const BsNode *self, guint input, guint *n_dims, const gint64 **shape, BsDtype *dtype)
{
  BsNode *next = self->edges[input].node;
  if (next->kind == BS_NODE_ACCUMULATE) {
    BsTensor *leaf = next->data;
    *n_dims = leaf->n_dims;
    *shape = leaf->shape;
    *dtype = leaf->dtype;
  } else {
    BsNodeOutput *output = &next->outputs[self->edges[input].nr];
    *n_dims = output->n_dims;
    *shape = output->shape;
    *dtype = output->dtype;
  }
  return next;
}

/* --- looking -------------------------------------------------------------------------------------------------------- */

const char *
bs_node_get_name (const BsNode *self)
{
  switch (self->kind) {
  case BS_NODE_ACCUMULATE: return "AccumulateGrad";
  case BS_NODE_COPY_SLICES: return "CopySlices";
  case BS_NODE_VIEW: return "AsStridedBackward0";
  case BS_NODE_CUSTOM: return ((BsCustom *) self->data)->name;
  default: return self->flags & BS_NODE_NUMBER ? self->op->number_name : self->op->backward_name;
  }
}

const BsOp *
bs_node_get_op (const BsNode *self)
{
  if (self->kind == BS_NODE_COPY_SLICES)
    return ((BsSlices *) self->data)->inner->op;
  return self->op;
}

guint64
bs_node_get_id (const BsNode *self)
{
  return self->seq;
}

guint
bs_node_get_n_inputs (const BsNode *self)
{
  return self->n_inputs;
}

BsNode *
bs_node_get_next (const BsNode *self, guint input, guint *output_nr)
{
  g_return_val_if_fail (input < self->n_inputs, NULL);
  if (output_nr != NULL)
    *output_nr = self->edges[input].node != NULL ? self->edges[input].nr : 0;
  return self->edges[input].node;
}

guint
bs_node_get_n_saved (const BsNode *self)
{
  return self->n_saved;
}

BsTensor *
bs_node_get_saved (const BsNode *self, guint i)
{
  g_return_val_if_fail (i < self->n_saved, NULL);
  return self->saved[i].is_packed ? NULL : self->saved[i].tensor;
}

int
bs_node_get_saved_input (const BsNode *self, guint i)
{
  g_return_val_if_fail (i < self->n_saved, -1);
  return self->saved[i].kind == BS_SAVED_INPUT ? self->saved[i].index : -1;
}

const BsArg *
bs_node_get_arg (const BsNode *self, guint i)
{
  return i < self->n_args && self->args[i].kind != BS_ARG_NONE ? &self->args[i] : NULL;
}

gsize
bs_node_get_saved_bytes (const BsNode *self)
{
  gsize bytes = 0;
  for (guint i = 0; i < self->n_saved; i++)
    if (self->saved[i].tensor != NULL && !self->saved[i].is_packed)
      bytes += tensor_bytes (self->saved[i].tensor);
  return bytes;
}

BsTensor *
bs_node_get_leaf (const BsNode *self)
{
  return self->kind == BS_NODE_ACCUMULATE ? self->data : NULL;
}

/* --- hooks ---------------------------------------------------------------------------------------------------------- */

static BsHooks *
hooks_of (BsTensor *self, GError **error)
{
  BsHooks **slot = &self->hooks;
  if (self->grad_fn != NULL) {
    if (self->base != NULL && !bs_refresh_view (self, error))
      return NULL;
    slot = &self->grad_fn->outputs[self->output_nr].hooks;
  }
  if (*slot == NULL) {
    *slot = g_new0 (BsHooks, 1);
    (*slot)->refs = 1;
    (*slot)->next_id = 1;
    (*slot)->list = g_array_new (FALSE, FALSE, sizeof (BsHook));
  }
  return *slot;
}

void
bs_hooks_unref (BsHooks *self)
{
  if (--self->refs > 0)
    return;
  for (guint i = 0; i < self->list->len; i++) {
    BsHook *hook = &g_array_index (self->list, BsHook, i);
    if (hook->destroy != NULL)
      hook->destroy (hook->data);
  }
  g_array_free (self->list, TRUE);
  g_free (self);
}

guint
bs_tensor_add_hook (BsTensor *self, BsTensorHook call, gpointer data, GDestroyNotify destroy, GError **error)
{
  if (!bs_tracks (self)) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                 "cannot register a hook on a tensor that doesn't require gradient");
    return 0;
  }
  BsHooks *hooks = hooks_of (self, error);
  if (hooks == NULL)
    return 0;
  BsHook hook = { hooks->next_id++, call, data, destroy };
  g_array_append_val (hooks->list, hook);
  return hook.id;
}

void
bs_tensor_remove_hook (BsTensor *self, guint id)
{
  BsHooks *hooks = self->grad_fn != NULL ? self->grad_fn->outputs[self->output_nr].hooks : self->hooks;
  if (hooks == NULL)
    return;
  for (guint i = 0; i < hooks->list->len; i++) {
    BsHook hook = g_array_index (hooks->list, BsHook, i);
    if (hook.id != id)
      continue;
    g_array_remove_index (hooks->list, i);
    if (hook.destroy != NULL)
      hook.destroy (hook.data);
    return;
  }
}

gboolean
bs_tensor_retain_grad (BsTensor *self, GError **error)
{
  if (!bs_tracks (self)) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                 "can't retain_grad on Tensor that has requires_grad=False");
    return FALSE;
  }
  if (self->grad_fn == NULL || (self->flags & BS_TENSOR_RETAINS_GRAD))
    return TRUE;
  BsHooks *hooks = hooks_of (self, error);
  if (hooks == NULL)
    return FALSE;
  hooks->retain = self;
  hooks->retain_at = hooks->next_id;
  self->flags |= BS_TENSOR_RETAINS_GRAD;
  return TRUE;
}

gboolean
bs_tensor_get_retains_grad (const BsTensor *self)
{
  return (self->flags & BS_TENSOR_RETAINS_GRAD) != 0;
}

guint
bs_node_add_hook (BsNode *self, BsNodeHook hook, gpointer data, GDestroyNotify destroy)
{
  static BS_OF_THREAD guint last_id;
  BsNodeHookEntry entry = { ++last_id, hook, data, destroy };
  if (self->hooks == NULL)
    self->hooks = g_array_new (FALSE, FALSE, sizeof (BsNodeHookEntry));
  g_array_append_val (self->hooks, entry);
  return entry.id;
}

void
bs_node_remove_hook (BsNode *self, guint id)
{
  for (guint i = 0; self->hooks != NULL && i < self->hooks->len; i++) {
    BsNodeHookEntry entry = g_array_index (self->hooks, BsNodeHookEntry, i);
    if (entry.id != id)
      continue;
    g_array_remove_index (self->hooks, i);
    if (self->hooks->len == 0)
      g_clear_pointer (&self->hooks, g_array_unref);
    if (entry.destroy != NULL)
      entry.destroy (entry.data);
    return;
  }
}

gboolean
bs_node_run_hooks (BsNode *self, BsTensor **grads, BsTensor **upstream, GError **error)
{
  for (guint i = 0; self->hooks != NULL && i < self->hooks->len; i++) {
    BsNodeHookEntry entry = g_array_index (self->hooks, BsNodeHookEntry, i);
    if (!entry.call (self, self->n_inputs, grads, self->n_outputs, upstream, entry.data, error))
      return FALSE;
    if (self->hooks != NULL && i < self->hooks->len && g_array_index (self->hooks, BsNodeHookEntry, i).id != entry.id)
      i--; /* it removed itself */
  }
  return TRUE;
}
