/* SPDX-License-Identifier: MIT */

/* In-place operations and the history they rewrite.
 *
 * Writing into a tensor makes its grad_fn that of the operation. Writing into a view changes the base as well: the
 * base gets a CopySlices node, which passes the base's gradient on, except for the part under the view, which goes
 * through the operation's own backward. Other views of the base notice by the version counter that their grad_fn is
 * out of date, and get a fresh one (AsStridedBackward0 from the base) when somebody asks. */

#include "engine-private.h"

#include <string.h>

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, message);
  return FALSE;
}

gboolean
bs_check_inplace (BsTensor *self, gboolean records, GError **error)
{
  if (G_UNLIKELY (self->flags & BS_TENSOR_INFERENCE) && bs_state.grad_mode != BS_GRAD_INFERENCE)
    return fail (error, "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone "
                        "to get a normal tensor before doing inplace update.See "
                        "https://github.com/pytorch/rfcs/pull/17 for more details.");
  if (self->numel > 1 && !(self->flags & BS_TENSOR_CONTIGUOUS))
    for (guint i = 0; i < self->n_dims; i++)
      if (bs_strides (self)[i] == 0 && self->shape[i] > 1)
        return fail (error, "unsupported operation: more than one element of the written-to tensor refers to a single "
                            "memory location. Please clone() the tensor before performing the operation.");
  if (!records)
    return TRUE;
  if (self->base == NULL)
    return self->grad_fn != NULL || !(self->flags & BS_TENSOR_REQUIRES_GRAD) ||
           fail (error, "a leaf Variable that requires grad is being used in an in-place operation.");
  if ((self->base->flags & BS_TENSOR_REQUIRES_GRAD) && self->base->grad_fn == NULL)
    return fail (error, "a view of a leaf Variable that requires grad is being used in an in-place operation.");
  if (self->flags & BS_TENSOR_MULTI_VIEW) {
    const char *name = self->grad_fn != NULL ? bs_node_get_name (self->grad_fn) : "split";
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                 "Output %u of %s is a view and is being modified inplace. This view is the output of a function that "
                 "returns multiple views. Such functions do not allow the output views to be modified inplace. You "
                 "should replace the inplace operation by an out-of-place one.", self->output_nr, name);
    return FALSE;
  }
  if (self->flags & BS_TENSOR_NO_GRAD_VIEW)
    return fail (error, "A view was created in no_grad mode and is being modified inplace with grad mode enabled. "
                        "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your "
                        "code by moving both the view and the inplace either both inside the no_grad block (if you "
                        "don't want the inplace to be tracked) or both outside (if you want the inplace to be "
                        "tracked).");
  return TRUE;
}

/* @self gets a new history; nodes of that history may have saved it as it was. Those slots hold a stale version
 * anyway; to hold @self would be a circle that nothing frees. Only nodes younger than its first saving can. */
void
bs_break_cycles (BsTensor *self)
{
  guint64 oldest = self->saved_seq;
  self->saved_seq = 0;
  if (oldest == 0 || self->grad_fn == NULL)
    return;
  GPtrArray *stack = g_ptr_array_new ();
  GHashTable *seen = g_hash_table_new (NULL, NULL); /* the marks may belong to a walk that is under way */
  g_ptr_array_add (stack, self->grad_fn);
  while (stack->len > 0) {
    BsNode *node = g_ptr_array_steal_index_fast (stack, stack->len - 1);
    if (node->kind == BS_NODE_COPY_SLICES || node->kind == BS_NODE_VIEW) {
      BsSlices *slices = node->data;
      if (slices->inner != NULL)
        g_ptr_array_add (stack, slices->inner);
    }
    for (guint i = 0; i < node->n_saved; i++) {
      if (node->saved[i].tensor != self)
        continue;
      BsTensor *alias = bs_tensor_alias (self, self->n_dims, self->shape, bs_strides (self), self->offset, NULL);
      if (alias == NULL)
        continue;
      alias->flags |= BS_TENSOR_ALIAS;
      alias->id = self->id;
      node->saved[i].tensor = alias;
      self->refs--;
    }
    for (guint i = 0; i < node->n_inputs; i++) {
      BsNode *next = node->edges[i].node;
      if (next == NULL || next->kind == BS_NODE_ACCUMULATE || next->seq < oldest ||
          !g_hash_table_add (seen, next))
        continue;
      g_ptr_array_add (stack, next);
    }
  }
  g_ptr_array_unref (stack);
  g_hash_table_unref (seen);
}

static void
set_history (BsTensor *self, BsNode *node, guint output_nr)
{
  BsNode *before = self->grad_fn;
  if (self->flags & BS_TENSOR_RETAINS_GRAD && before != NULL) {
    BsHooks *hooks = before->outputs[self->output_nr].hooks;
    if (hooks != NULL && hooks->retain == self)
      hooks->retain = NULL;
    self->flags &= ~BS_TENSOR_RETAINS_GRAD;
  }
  self->grad_fn = node;
  self->output_nr = output_nr;
  if (before != NULL)
    bs_node_unref (before);
  bs_break_cycles (self);
}

static BsSlices *
slices_new (const BsTensor *base, const BsTensor *view, GError **error)
{
  BsSlices *self = bs_alloc (sizeof (BsSlices));
  if (self == NULL) {
    fail (error, "out of memory");
    return NULL;
  }
  self->inner = NULL;
  self->base_dims = base->n_dims;
  self->view_dims = view->n_dims;
  self->base_offset = base->offset;
  self->view_offset = view->offset;
  memcpy (self->base_shape, base->shape, base->n_dims * sizeof (gint64));
  memcpy (self->base_strides, bs_strides (base), base->n_dims * sizeof (gint64));
  memcpy (self->view_shape, view->shape, view->n_dims * sizeof (gint64));
  memcpy (self->view_strides, bs_strides (view), view->n_dims * sizeof (gint64));
  return self;
}

/* Makes the grad_fn of a view again, from its base's present one. */
gboolean
bs_refresh_view (BsTensor *self, GError **error)
{
  BsTensor *base = self->base;
  if (self->view_version == *self->version || (self->flags & BS_TENSOR_NO_GRAD_VIEW && self->grad_fn == NULL))
    return TRUE;
  BsNode *node = bs_node_new (BS_NODE_VIEW, NULL, 1, 0, 1, &self, 0, NULL, error);
  if (node == NULL)
    return FALSE;
  node->data = slices_new (base, self, error);
  if (node->data == NULL || !bs_gradient_edge (base, &node->edges[0], error)) {
    bs_node_unref (node);
    return FALSE;
  }
  self->view_version = *self->version;
  set_history (self, node, 0);
  return TRUE;
}

gboolean
bs_rebase_history (BsTensor *self, BsNode *node, GError **error)
{
  BsTensor *base = self->base;
  if (base == NULL) {
    set_history (self, node, 0);
    return TRUE;
  }
  BsNode *copy = bs_node_new (BS_NODE_COPY_SLICES, NULL, node->n_inputs, 0, 1, &base, 0, NULL, error);
  if (copy == NULL) {
    bs_node_unref (node);
    return FALSE;
  }
  BsSlices *slices = slices_new (base, self, error);
  if (slices == NULL || !bs_gradient_edge (base, &copy->edges[0], error)) {
    if (slices != NULL)
      bs_free (slices, sizeof *slices);
    bs_node_unref (copy);
    bs_node_unref (node);
    return FALSE;
  }
  copy->data = slices;
  slices->inner = node;
  for (guint i = 1; i < node->n_inputs; i++) {
    copy->edges[i] = node->edges[i];
    if (copy->edges[i].node != NULL)
      bs_node_ref (copy->edges[i].node);
  }
  set_history (base, copy, 0);
  self->view_version = *self->version - 1;
  return bs_refresh_view (self, error);
}
