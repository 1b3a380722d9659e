/* SPDX-License-Identifier: MIT */

/* Saved tensors that go through hooks: packed when an operation saves them, unpacked when a backward reads them. Nobody
 * checks their versions, as in PyTorch: what the hooks keep is the hooks' own. */

#include "engine-private.h"

void
bs_push_saved_hooks (BsPack pack, BsUnpack unpack, GDestroyNotify drop, gpointer data, GDestroyNotify destroy)
{
  BsSavedHooks *self = g_new (BsSavedHooks, 1);
  *self = (BsSavedHooks){ 1, pack, unpack, drop, data, destroy, bs_state.saved_hooks };
  bs_state.saved_hooks = self;
}

static void
hooks_unref (BsSavedHooks *self)
{
  if (--self->refs > 0)
    return;
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

void
bs_pop_saved_hooks (void)
{
  BsSavedHooks *self = bs_state.saved_hooks;
  g_return_if_fail (self != NULL);
  bs_state.saved_hooks = self->outer;
  hooks_unref (self);
}

/* Another header that looks as the tensor does to a hook, or to a second derivative. */
static BsTensor *
seen_as (BsTensor *tensor, BsNode *node, guint output_nr, GError **error)
{
  BsTensor *alias = bs_tensor_alias (tensor, tensor->n_dims, tensor->shape, bs_strides (tensor), tensor->offset, error);
  if (alias == NULL || node == NULL)
    return alias;
  if (node->kind == BS_NODE_ACCUMULATE) {
    alias->flags |= BS_TENSOR_REQUIRES_GRAD;
    alias->accumulate = node;
  } else {
    alias->grad_fn = bs_node_ref (node);
    alias->output_nr = output_nr;
  }
  return alias;
}

gboolean
bs_saved_pack (BsNode *node, BsSaved *saved, BsTensor *tensor, GError **error)
{
  BsPacked *packed = g_new0 (BsPacked, 1);
  BsSavedHooks *hooks = bs_state.saved_hooks, *outer = hooks;
  BsTensor *shown = saved->kind == BS_SAVED_OUTPUT ? seen_as (tensor, node, saved->index, error) : bs_tensor_ref (tensor);
  if (shown == NULL || (saved->kind != BS_SAVED_OUTPUT && bs_tracks (tensor) && !bs_gradient_edge (tensor, &packed->edge, error))) {
    if (shown != NULL)
      bs_tensor_unref (shown);
    g_free (packed);
    return FALSE;
  }
  GError *failure = NULL;
  hooks->refs++;
  packed->hooks = hooks;
  bs_state.saved_hooks = NULL; /* what the hook computes is not packed itself */
  packed->handle = hooks->pack (shown, hooks->data, &failure);
  bs_state.saved_hooks = outer;
  bs_tensor_unref (shown);
  saved->packed = packed;
  saved->is_packed = TRUE;
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

void
bs_saved_drop (BsPacked *packed)
{
  if (packed->handle != NULL && packed->hooks->drop != NULL)
    packed->hooks->drop (packed->handle);
  hooks_unref (packed->hooks);
  if (packed->edge.node != NULL)
    bs_node_unref (packed->edge.node);
  g_free (packed);
}

BsTensor *
bs_saved_unpack (BsNode *node, const BsSaved *saved, GError **error)
{
  const BsPacked *packed = saved->packed;
  BsNode *maker = saved->kind == BS_SAVED_OUTPUT ? node : packed->edge.node;
  BsTensor *back = packed->hooks->unpack (packed->handle, packed->hooks->data, error), *seen;
  if (back == NULL)
    return NULL;
  seen = seen_as (back, bs_grad_enabled () ? maker : NULL, saved->kind == BS_SAVED_OUTPUT ? saved->index : packed->edge.nr, error);
  bs_tensor_unref (back);
  return seen;
}

gboolean
bs_node_saved_is_packed (const BsNode *self, guint i)
{
  return i < self->n_saved && self->saved[i].is_packed && self->saved[i].packed != NULL;
}

BsTensor *
bs_node_unpack_saved (BsNode *self, guint i, GError **error)
{
  g_return_val_if_fail (i < self->n_saved, NULL);
  if (bs_node_saved_is_packed (self, i))
    return bs_saved_unpack (self, &self->saved[i], error);
  return self->saved[i].tensor != NULL ? bs_tensor_ref (self->saved[i].tensor) : NULL;
}
