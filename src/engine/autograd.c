/* SPDX-License-Identifier: MIT */

/* What a tensor knows of gradients: requires_grad, grad, grad_fn, and the ways out of the graph. */

#include "engine-private.h"

#include <string.h>

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, message);
  return FALSE;
}

gboolean
bs_tensor_get_requires_grad (const BsTensor *self)
{
  return bs_tracks (self);
}

gboolean
bs_tensor_set_requires_grad (BsTensor *self, gboolean requires_grad, GError **error)
{
  if (self->grad_fn != NULL) {
    if (requires_grad)
      return TRUE;
    return fail (error, "you can only change requires_grad flags of leaf variables. If you want to use a computed "
                        "variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().");
  }
  if (requires_grad && !bs_dtype_is_floating (self->dtype))
    return fail (error, "only Tensors of floating point and complex dtype can require gradients");
  if (requires_grad && (self->flags & BS_TENSOR_INFERENCE) && bs_state.grad_mode != BS_GRAD_INFERENCE)
    return fail (error, "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
  gboolean had = (self->flags & BS_TENSOR_REQUIRES_GRAD) != 0;
  self->flags &= ~BS_TENSOR_REQUIRES_GRAD;
  if (requires_grad)
    self->flags |= BS_TENSOR_REQUIRES_GRAD;
  if (had != !!requires_grad && bs_state.observer != NULL && bs_state.observer->requires_grad_changed != NULL)
    bs_state.observer->requires_grad_changed (bs_state.user, self, requires_grad);
  return TRUE;
}

gboolean
bs_tensor_is_inference (const BsTensor *self)
{
  return (self->flags & BS_TENSOR_INFERENCE) != 0;
}

gboolean
bs_tensor_is_leaf (const BsTensor *self)
{
  return self->grad_fn == NULL;
}

BsNode *
bs_tensor_get_grad_fn (BsTensor *self)
{
  if (self->base != NULL && self->grad_fn != NULL && !bs_refresh_view (self, NULL))
    return NULL;
  if (self->base != NULL && self->grad_fn == NULL && bs_tracks (self->base) && !bs_refresh_view (self, NULL))
    return NULL;
  return self->grad_fn;
}

guint
bs_tensor_get_output_nr (const BsTensor *self)
{
  return self->output_nr;
}

BsTensor *
bs_tensor_get_grad (const BsTensor *self)
{
  return self->grad;
}

gboolean
bs_tensor_set_grad (BsTensor *self, BsTensor *grad, GError **error)
{
  if (grad == self)
    return fail (error, "can't assign Variable as its own grad");
  if (grad != NULL && grad->dtype != self->dtype)
    return fail (error, "assigned grad has data of a different type");
  if (grad != NULL && !bs_same_shape (grad, self))
    return fail (error, "assigned grad has data of a different size");
  BsTensor *before = self->grad;
  self->grad = grad != NULL ? bs_tensor_ref (grad) : NULL;
  if (before != grad && bs_state.observer != NULL && bs_state.observer->grad_changed != NULL)
    bs_state.observer->grad_changed (bs_state.user, self, before, grad);
  if (before != NULL)
    bs_tensor_unref (before);
  return TRUE;
}

static BsTensor *
same_geometry (BsTensor *self, GError **error)
{
  return bs_tensor_alias (self, self->n_dims, self->shape, bs_strides (self), self->offset, error);
}

BsTensor *
bs_tensor_detach (BsTensor *self)
{
  const BsOp *op = &bs_op_detach;
  return bs_apply (op, 1, &self, 0, NULL, NULL);
}

BsTensor *
bs_tensor_data (BsTensor *self)
{
  BsTensor *data = same_geometry (self, NULL);
  guint32 *version = data != NULL ? bs_alloc (8) : NULL;
  if (version == NULL) {
    if (data != NULL)
      bs_tensor_unref (data);
    return NULL;
  }
  if (data->flags & BS_TENSOR_OWN_VERSION)
    data->version[1]--;
  version[0] = 0;
  version[1] = 1;
  data->version = version;
  data->flags |= BS_TENSOR_OWN_VERSION;
  return data;
}

gboolean
bs_tensor_set_data (BsTensor *self, BsTensor *data, GError **error)
{
  if (self->accumulate != NULL && data->dtype != self->dtype && !bs_dtype_is_floating (data->dtype))
    return fail (error, "data set to a tensor that requires gradients must be floating point or complex dtype");
  const BsObserver *observer = bs_state.observer;
  if (observer != NULL && observer->will_write != NULL)
    observer->will_write (bs_state.user, self, NULL);
  guint32 current = *self->version;
  if (!bs_tensor_reshape_header (self, data->n_dims, data->shape, bs_strides (data), data->offset, error))
    return FALSE;
  data->storage->refs++;
  bs_storage_unref (self->storage);
  self->storage = data->storage;
  self->dtype = data->dtype;
  /* The variable keeps its own version counter, as in PyTorch. */
  if (!(self->flags & BS_TENSOR_OWN_VERSION)) {
    guint32 *version = bs_alloc (8);
    if (version == NULL)
      return fail (error, "out of memory");
    version[0] = current;
    version[1] = 1;
    self->version = version;
    self->flags |= BS_TENSOR_OWN_VERSION;
  }
  if (observer != NULL && observer->did_write != NULL)
    observer->did_write (bs_state.user, self, NULL, 1, &data, 0, NULL);
  return TRUE;
}

gboolean
bs_tensor_detach_inplace (BsTensor *self, GError **error)
{
  if (self->base != NULL)
    return fail (error, "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel "
                        "(DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP "
                        "buckets, and hence detach_() cannot be called on these gradients. To fix this error, please "
                        "refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as a solution.");
  gboolean had = bs_tracks (self);
  if (self->grad_fn != NULL) {
    bs_node_unref (g_steal_pointer (&self->grad_fn));
    self->output_nr = 0;
  }
  self->flags &= ~(BS_TENSOR_REQUIRES_GRAD | BS_TENSOR_RETAINS_GRAD);
  if (had && bs_state.observer != NULL && bs_state.observer->requires_grad_changed != NULL)
    bs_state.observer->requires_grad_changed (bs_state.user, self, FALSE);
  return TRUE;
}

BsTensor *
bs_tensor_get_base (const BsTensor *self)
{
  return self->base;
}
