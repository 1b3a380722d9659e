/* SPDX-License-Identifier: MIT */

/* Applying one operation: run its forward, leave a node if gradients are recorded, tell the observer. */

#include "pointwise.h"

#include <string.h>

static gboolean
any_tracks (guint n, BsTensor *const *inputs)
{
  for (guint i = 0; i < n; i++)
    if (inputs[i] != NULL && bs_tracks (inputs[i]))
      return TRUE;
  return FALSE;
}

/* Is input @i read by the gradient of an input that wants one? */
static gboolean
input_is_saved (const BsOp *op, guint i, const BsNode *node)
{
  if (i >= 32 || !(op->saves_inputs & 1u << i))
    return FALSE;
  guint mask = i < G_N_ELEMENTS (op->saved_for) ? op->saved_for[i] : 0;
  if (mask == 0)
    return TRUE;
  for (guint j = 0; j < node->n_inputs && j < 8; j++)
    if ((mask & 1u << j) && node->edges[j].node != NULL)
      return TRUE;
  return FALSE;
}

static inline guint
count_bits (guint32 mask)
{
  static const guint8 bits[16] = { 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4 };
  return G_LIKELY (mask < 16) ? bits[mask] : __builtin_popcount (mask);
}

/* @extra: three tensors to be saved besides, or NULL. @self_before: what input 0 was before it was written, or NULL. */
static inline BsNode *
make_node (const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args, const BsArg *args, guint n_outputs,
           BsTensor **outputs, BsTensor *const *extra, BsTensor *self_before, GError **error)
{
  guint slot = 0, n_saved = count_bits (op->saves_inputs) + count_bits (op->saves_outputs);
  for (guint i = 0; extra != NULL && i < 3; i++)
    n_saved += extra[i] != NULL;
  BsNode *node = bs_node_new (BS_NODE_OP, op, n_inputs, n_saved, n_outputs, outputs, n_args, args, error);
  if (node == NULL)
    return NULL;
  if (G_UNLIKELY (op->number_name != NULL) && (inputs[n_inputs - 1]->flags & BS_TENSOR_NUMBER))
    node->flags |= BS_NODE_NUMBER;
  for (guint i = 0; i < n_inputs; i++)
    if (inputs[i] != NULL && bs_tracks (inputs[i]) && !bs_gradient_edge (inputs[i], &node->edges[i], error))
      goto failed;
  if (op->saves_inputs != 0)
    for (guint i = 0; i < n_inputs; i++)
      if (inputs[i] != NULL && input_is_saved (op, i, node) &&
          !bs_node_save (node, slot++, BS_SAVED_INPUT, i, i == 0 && self_before ? self_before : inputs[i], error))
        goto failed;
  for (guint i = 0; op->saves_outputs >> i != 0 && i < n_outputs; i++)
    if ((op->saves_outputs & 1u << i) && !bs_node_save (node, slot++, BS_SAVED_OUTPUT, i, outputs[i], error))
      goto failed;
  for (guint i = 0; extra != NULL && i < 3; i++)
    if (extra[i] != NULL && !bs_node_save (node, slot++, BS_SAVED_EXTRA, i, extra[i], error))
      goto failed;
  return node;

failed:
  bs_node_unref (node);
  return NULL;
}

static BsNode *
node_of_context (BsOpContext *ctx, guint n_outputs, BsTensor **outputs, BsTensor *self_before, GError **error)
{
  BsNode *node = make_node (ctx->op, ctx->n_inputs, ctx->inputs, ctx->n_args, ctx->args, n_outputs, outputs,
                            ctx->extra, self_before, error);
  if (node != NULL)
    node->flags |= ctx->notes << BS_NODE_NOTES;
  return node;
}

static void
note_views (BsOpContext *ctx)
{
  BsTensor *from = ctx->inputs[0];
  for (guint i = 0; i < ctx->n_outputs; i++) {
    BsTensor *view = ctx->outputs[i];
    if (view->storage != from->storage || view == from || view->base != NULL)
      continue;
    view->base = bs_tensor_ref (from->base != NULL ? from->base : from);
    view->view_version = *from->version;
    view->flags |= from->flags & (BS_TENSOR_NO_GRAD_VIEW | BS_TENSOR_MULTI_VIEW);
    if (!bs_grad_enabled ())
      view->flags |= BS_TENSOR_NO_GRAD_VIEW;
    if (ctx->op->flags & BS_IS_MULTI)
      view->flags |= BS_TENSOR_MULTI_VIEW;
  }
}

static void
drop_outputs (BsOpContext *ctx)
{
  for (guint i = 0; i < ctx->n_outputs; i++)
    bs_tensor_unref (ctx->outputs[i]);
  ctx->n_outputs = 0;
}

static void
drop_extra (BsOpContext *ctx)
{
  for (guint i = 0; i < G_N_ELEMENTS (ctx->extra); i++)
    if (ctx->extra[i] != NULL)
      bs_tensor_unref (ctx->extra[i]);
}

static G_GNUC_NO_INLINE void
observe (BsOpContext *ctx, BsNode *node)
{
  BsCall call = { .op = ctx->op, .n_inputs = ctx->n_inputs, .inputs = ctx->inputs, .n_args = ctx->n_args,
                  .args = ctx->args, .n_outputs = ctx->n_outputs, .outputs = ctx->outputs, .node = node };
  bs_state.observer->applied (bs_state.user, &call);
}

/* A running mean: after the operation, whose input is what was before. */
static void
observe_writes (BsOpContext *ctx)
{
  const BsObserver *observer = bs_state.observer;

  for (guint i = 0; i < ctx->n_inputs; i++)
    if (ctx->wrote & 1u << i) {
      if (observer->will_write != NULL)
        observer->will_write (bs_state.user, ctx->inputs[i], ctx->op);
      if (observer->did_write != NULL)
        observer->did_write (bs_state.user, ctx->inputs[i], ctx->op, 0, NULL, 0, NULL);
    }
}

static gboolean
attach (BsOpContext *ctx, BsNode **made, GError **error)
{
  BsNode *node = node_of_context (ctx, ctx->n_outputs, ctx->outputs, NULL, error);
  if (G_UNLIKELY (node == NULL))
    return FALSE;
  for (guint i = 0; i < ctx->n_outputs; i++) {
    BsTensor *output = ctx->outputs[i];
    if (!bs_dtype_is_floating (output->dtype))
      continue;
    output->grad_fn = i == 0 ? node : bs_node_ref (node);
    output->output_nr = i;
  }
  if (ctx->n_outputs == 0 || ctx->outputs[0]->grad_fn != node)
    bs_node_unref (node); /* the first output took the reference, or nobody did */
  *made = node;
  return TRUE;
}

static gboolean
apply_raw (BsOpContext *ctx)
{
  const BsObserver *observer = bs_state.observer;
  BsGradMode mode = bs_state.grad_mode;
  if (G_LIKELY (observer == NULL && mode != BS_GRAD_NORMAL)) {
    ctx->op->forward (ctx);
    return TRUE;
  }
  bs_state.observer = NULL;
  if (mode == BS_GRAD_NORMAL)
    bs_state.grad_mode = BS_GRAD_OFF;
  ctx->op->forward (ctx);
  bs_state.grad_mode = mode;
  bs_state.observer = observer;
  return TRUE;
}

gboolean
bs_apply_multi (const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args, const BsArg *args,
                guint max_outputs, BsTensor **outputs, guint *n_outputs, GError **error)
{
  BsOpContext ctx;
  gboolean ok = TRUE;
  BsNode *node = NULL;

  bs_ctx_init (&ctx, op, n_inputs, inputs, n_args, args);
  ctx.outputs = outputs;
  ctx.max_outputs = max_outputs;
  if (op->flags & BS_IS_COMPOSITE) {
    op->forward (&ctx);
  } else {
    ctx.raw = TRUE;
    apply_raw (&ctx);
    if (op->flags & BS_IS_VIEW && ctx.error == NULL)
      note_views (&ctx);
    if (op->backward != NULL && ctx.error == NULL && bs_grad_enabled () && any_tracks (n_inputs, inputs))
      ok = attach (&ctx, &node, &ctx.error);
  }
  if (G_UNLIKELY (ctx.error != NULL || ctx.n_outputs == 0)) {
    drop_outputs (&ctx);
    if (ctx.error != NULL)
      g_propagate_error (error, ctx.error);
    ok = ctx.error == NULL && (op->flags & BS_IS_MULTI);
  } else if (G_UNLIKELY (bs_state.observer != NULL) && bs_state.observer->applied != NULL &&
             !(op->flags & BS_IS_COMPOSITE)) {
    observe (&ctx, node);
    if (ctx.wrote != 0)
      observe_writes (&ctx);
  }
  drop_extra (&ctx);
  bs_ctx_clear (&ctx);
  *n_outputs = ctx.n_outputs;
  return ok;
}

static G_GNUC_NO_INLINE BsTensor *
observe_plain (const BsOp *op, guint n_inputs, BsTensor *const *inputs, BsTensor *output)
{
  BsCall call = { .op = op, .n_inputs = n_inputs, .inputs = inputs, .n_outputs = 1, .outputs = &output,
                  .node = output->grad_fn };
  bs_state.observer->applied (bs_state.user, &call);
  return output;
}

/* The short way of most operations. NULL without an error: it is not for these inputs. */
static inline BsTensor *
apply_plain (const BsOp *op, guint n_inputs, BsTensor *const *inputs, GError **error)
{
  BsTensor *output = bs_pointwise_plain (op->loops, n_inputs, inputs, NULL, NULL, error);
  if (output == NULL)
    return NULL;
  if (bs_grad_enabled () && op->backward != NULL && any_tracks (n_inputs, inputs)) {
    output->grad_fn = make_node (op, n_inputs, inputs, 0, NULL, 1, &output, NULL, NULL, error);
    if (G_UNLIKELY (output->grad_fn == NULL)) {
      bs_tensor_unref (output);
      return NULL;
    }
  }
  if (G_UNLIKELY (bs_state.observer != NULL) && bs_state.observer->applied != NULL)
    return observe_plain (op, n_inputs, inputs, output);
  return output;
}

BsTensor *
bs_apply (const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args, const BsArg *args, GError **error)
{
  BsTensor *output;
  guint n_outputs;
  if (op->loops != NULL && n_args == 0) {
    GError *failure = NULL;
    output = apply_plain (op, n_inputs, inputs, &failure);
    if (G_LIKELY (output != NULL))
      return output;
    if (failure != NULL) {
      g_propagate_error (error, failure);
      return NULL;
    }
  }
  if (!bs_apply_multi (op, n_inputs, inputs, n_args, args, 1, &output, &n_outputs, error) || n_outputs == 0)
    return NULL;
  return output;
}

/* --- in place ------------------------------------------------------------------------------------------------------ */

static gboolean
mismatch (BsTensor *self, BsTensor *result, GError **error)
{
  if (!bs_same_shape (self, result)) {
    g_autofree char *want = bs_shape_text (result->n_dims, result->shape);
    g_autofree char *have = bs_shape_text (self->n_dims, self->shape);
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                 "output with shape %s doesn't match the broadcast shape %s", have, want);
    return TRUE;
  }
  int category[2];
  for (guint i = 0; i < 2; i++) {
    BsDtype dtype = i == 0 ? self->dtype : result->dtype;
    category[i] = bs_dtype_is_floating (dtype) ? 2 : dtype != BS_BOOL;
  }
  if (category[1] > category[0]) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                 "result type %s can't be cast to the desired output type %s", bs_dtype_scalar_name (result->dtype),
                 bs_dtype_scalar_name (self->dtype));
    return TRUE;
  }
  return FALSE;
}

/* unsqueeze_(), t_(): the object takes the geometry of its view. */
static gboolean
apply_view_inplace (BsOpContext *ctx, BsTensor *self, gboolean records, GError **error)
{
  BsTensor *view;
  ctx->outputs = &view;
  ctx->max_outputs = 1;
  apply_raw (ctx);
  if (ctx->error != NULL) {
    drop_outputs (ctx);
    g_propagate_error (error, g_steal_pointer (&ctx->error));
    return FALSE;
  }
  BsNode *node = records ? node_of_context (ctx, 1, &view, NULL, error) : NULL;
  gboolean ok = (!records || node != NULL) &&
                bs_tensor_reshape_header (self, view->n_dims, view->shape, bs_strides (view), view->offset, error);
  bs_tensor_unref (view);
  ++*self->version;
  if (ok && node != NULL)
    return bs_rebase_history (self, node, error);
  if (node != NULL)
    bs_node_unref (node);
  return ok;
}

static gboolean
write_result (BsOpContext *ctx, BsTensor *self, GError **error)
{
  BsTensor *result = NULL;
  gboolean ok = TRUE;
  ctx->dest = self;
  ctx->outputs = &result;
  ctx->max_outputs = 1;
  apply_raw (ctx);
  if (ctx->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&ctx->error));
    ok = FALSE;
  } else if (result != NULL && result != self) {
    ok = !mismatch (self, result, error) && bs_copy_data (self, result, error);
  }
  if (result != NULL)
    bs_tensor_unref (result);
  return ok;
}

gboolean
bs_apply_inplace (const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args, const BsArg *args,
                  GError **error)
{
  BsTensor *self = inputs[0], *before = NULL;
  const BsObserver *observer = bs_state.observer;
  gboolean records = bs_grad_enabled () && op->backward != NULL && any_tracks (n_inputs, inputs);
  BsOpContext ctx;
  gboolean ok;

  if (!bs_check_inplace (self, bs_grad_enabled () && any_tracks (n_inputs, inputs), error))
    return FALSE;
  bs_ctx_init (&ctx, op, n_inputs, inputs, n_args, args);
  ctx.raw = TRUE;
  if (observer != NULL && observer->will_write != NULL)
    observer->will_write (bs_state.user, self, op);
  if (op->flags & BS_IS_VIEW) {
    ok = apply_view_inplace (&ctx, self, records, error);
  } else {
    /* The gradient of the others may need what self was. */
    if (records && (op->saves_inputs & 1)) {
      before = bs_tensor_fresh (self->dtype, self->n_dims, self->shape, error);
      if (before == NULL || !bs_copy_data (before, self, error)) {
        g_clear_pointer (&before, bs_tensor_unref);
        bs_ctx_clear (&ctx);
        return FALSE;
      }
    }
    ok = write_result (&ctx, self, error);
    if (ok)
      ++*self->version;
    if (ok && records) {
      BsNode *node = node_of_context (&ctx, 1, &self, before, error);
      ok = node != NULL && bs_rebase_history (self, node, error);
    }
  }
  if (before != NULL)
    bs_tensor_unref (before);
  if (ok && observer != NULL && observer->did_write != NULL)
    observer->did_write (bs_state.user, self, op, n_inputs, inputs, n_args, args);
  if (ok && observer != NULL && observer->applied != NULL) {
    BsCall call = { .op = op, .n_inputs = n_inputs, .inputs = inputs, .n_args = n_args, .args = args,
                    .n_outputs = 1, .outputs = &self, .node = self->grad_fn, .inplace = TRUE };
    observer->applied (bs_state.user, &call);
  }
  drop_extra (&ctx);
  bs_ctx_clear (&ctx);
  return ok;
}

gboolean
bs_copy_inplace (BsTensor *self, BsTensor *source, GError **error)
{
  BsTensor *inputs[] = { self, source };
  return bs_apply_inplace (&bs_op_copy, 2, inputs, 0, NULL, error);
}
