/* SPDX-License-Identifier: MIT */

#include "engine-private.h"

BsNode *
bs_custom_function (const char *name, guint n_inputs, BsTensor *const *inputs, guint n_outputs,
                    BsTensor *const *outputs, gboolean materialize, BsCustomBackward backward, gpointer data,
                    GDestroyNotify destroy, GError **error)
{
  BsNode *node = bs_node_new (BS_NODE_CUSTOM, NULL, n_inputs, 0, n_outputs, outputs, 0, NULL, error);
  if (node == NULL)
    return NULL;
  for (guint i = 0; i < n_inputs; i++)
    if (inputs[i] != NULL && bs_tracks (inputs[i]) && !bs_gradient_edge (inputs[i], &node->edges[i], error)) {
      bs_node_unref (node);
      return NULL;
    }
  BsCustom *custom = g_new (BsCustom, 1);
  *custom = (BsCustom){ g_intern_string (name), backward, data, destroy, materialize, NULL };
  node->data = custom;
  for (guint i = 0; i < n_outputs; i++) {
    BsTensor *output = outputs[i];
    if (!bs_dtype_is_floating (output->dtype))
      continue;
    if (output->grad_fn != NULL)
      bs_node_unref (output->grad_fn);
    output->flags &= ~BS_TENSOR_REQUIRES_GRAD;
    output->grad_fn = bs_node_ref (node);
    output->output_nr = i;
  }
  if (bs_state.observer != NULL && bs_state.observer->applied != NULL) {
    BsCall call = { .label = custom->name, .n_inputs = n_inputs, .inputs = inputs, .n_outputs = n_outputs,
                    .outputs = outputs, .node = node };
    bs_state.observer->applied (bs_state.user, &call);
  }
  bs_node_unref (node); /* the outputs hold it; the result is borrowed */
  return node;
}

gpointer
bs_node_get_custom (const BsNode *self)
{
  return self->kind == BS_NODE_CUSTOM ? ((BsCustom *) self->data)->data : NULL;
}

void
bs_node_set_custom_released (BsNode *self, void (*released) (gpointer data))
{
  g_return_if_fail (self->kind == BS_NODE_CUSTOM);
  ((BsCustom *) self->data)->released = released;
}
