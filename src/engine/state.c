/* SPDX-License-Identifier: MIT */

#include "engine-private.h"

BS_OF_THREAD BsState bs_state = { .default_dtype = BS_FLOAT32 };

G_DEFINE_QUARK (bs-engine-error-quark, bs_engine_error)

BsDtype
bs_get_default_dtype (void)
{
  return bs_state.default_dtype;
}

void
bs_set_default_dtype (BsDtype dtype)
{
  g_return_if_fail (bs_dtype_is_floating (dtype));
  bs_state.default_dtype = dtype;
}

BsGradMode
bs_get_grad_mode (void)
{
  return bs_state.grad_mode;
}

void
bs_set_grad_mode (BsGradMode mode)
{
  if (bs_state.grad_mode == mode)
    return;
  bs_state.grad_mode = mode;
  if (bs_state.observer != NULL && bs_state.observer->mode_changed != NULL)
    bs_state.observer->mode_changed (bs_state.user, mode);
}

gboolean
bs_get_anomaly_mode (void)
{
  return bs_state.anomaly;
}

void
bs_set_anomaly_mode (gboolean on)
{
  bs_state.anomaly = on;
}

void
bs_set_observer (const BsObserver *observer, gpointer user)
{
  bs_state.observer = observer;
  bs_state.user = user;
}

guint
bs_observer_depth (void)
{
  return bs_state.depth;
}

void
bs_tensor_announce (BsTensor *tensor, const char *label)
{
  if (bs_state.observer == NULL || bs_state.observer->applied == NULL)
    return;
  BsCall call = { .label = label, .n_outputs = 1, .outputs = &tensor };
  bs_state.observer->applied (bs_state.user, &call);
}
