/* SPDX-License-Identifier: MIT */

/* The steps of a backward walk, for backward.c. */

#pragma once

#include "engine-private.h"

G_BEGIN_DECLS

/* Fills grads[n_inputs] from the upstream gradients. */
gboolean bs_walk_evaluate (BsNode *node, BsTensor **upstream, BsTensor **grads, gboolean filtered, GError **error);
/* Makes *grad look as the input of @node does: summed over broadcast dimensions, of its dtype; or an error. */
gboolean bs_walk_validate (BsNode *node, guint input, BsTensor **grad, GError **error);
BsTensor *bs_walk_add (BsTensor *have, BsTensor *contribution, GError **error);
gboolean bs_walk_accumulate (BsTensor *leaf, BsTensor **grad, GError **error);
gboolean bs_walk_retain (BsTensor *tensor, BsTensor *grad, GError **error);
void bs_walk_release (BsNode *node);

G_END_DECLS
