/* SPDX-License-Identifier: MIT */

#include "walk.h"
#include "build.h"

#include <string.h>

#define TWICE \
  "Trying to backward through the graph a second time (or directly access saved tensors after they have already been " \
  "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify " \
  "retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors " \
  "after calling backward."

static void
stale (BsNode *node, const BsSaved *saved, GError **error)
{
  BsTensor *tensor = saved->tensor;
  g_autofree char *shape = bs_shape_text (tensor->n_dims, tensor->shape);
  g_autoptr (GString) from = g_string_new (NULL);
  const BsNode *maker = saved->kind == BS_SAVED_OUTPUT ? node : tensor->grad_fn;
  if (maker != NULL)
    g_string_append_printf (from, ", which is output %u of %s,",
                            saved->kind == BS_SAVED_OUTPUT ? saved->index : tensor->output_nr,
                            bs_node_get_name (maker));
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
               "one of the variables needed for gradient computation has been modified by an inplace operation: "
               "[torch.%sTensor %s]%s is at version %u; expected version %u instead. Hint: %s",
               bs_dtype_scalar_name (tensor->dtype), shape, from->str, *tensor->version, saved->version,
               bs_state.anomaly ? "the backtrace further above shows the operation that failed to compute its gradient. "
                                  "The variable in question was changed in there or anywhere later. Good luck!"
                                : "enable anomaly detection to find the operation that failed to compute its gradient, "
                                  "with torch.autograd.set_detect_anomaly(True).");
}

/* The output as it was, and for a second derivative as the node's result. */
static BsTensor *
unpack_output (BsOpContext *ctx, BsNode *node, const BsSaved *saved)
{
  BsTensor *tensor = saved->tensor;
  if (!bs_grad_enabled ())
    return tensor;
  tensor = bs_tensor_alias (tensor, tensor->n_dims, tensor->shape, bs_strides (tensor), tensor->offset, &ctx->error);
  if (tensor == NULL)
    return NULL;
  tensor->flags |= BS_TENSOR_ALIAS;
  tensor->id = saved->tensor->id;
  tensor->grad_fn = bs_node_ref (node);
  tensor->output_nr = saved->index;
  return bs_ctx_own (ctx, tensor);
}

static gboolean
unpack (BsOpContext *ctx, BsNode *node, BsTensor **inputs, BsTensor **outputs)
{
  memset (inputs, 0, node->n_inputs * sizeof *inputs);
  memset (outputs, 0, node->n_outputs * sizeof *outputs);
  if (node->n_saved == 0)
    return TRUE;
  if (node->flags & BS_NODE_RELEASED) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "%s", TWICE);
    return FALSE;
  }
  for (guint i = 0; i < node->n_saved; i++) {
    const BsSaved *saved = &node->saved[i];
    if (saved->tensor == NULL)
      continue;
    if (G_UNLIKELY (saved->is_packed)) {
      BsTensor *back = bs_ctx_own (ctx, bs_saved_unpack (node, saved, &ctx->error));
      *(saved->kind == BS_SAVED_INPUT ? &inputs[saved->index] : &outputs[saved->index]) = back;
      if (back == NULL)
        return FALSE;
      continue;
    }
    if (G_UNLIKELY (*saved->tensor->version != saved->version)) {
      stale (node, saved, &ctx->error);
      return FALSE;
    }
    if (saved->kind == BS_SAVED_INPUT)
      inputs[saved->index] = saved->tensor;
    else if (saved->kind == BS_SAVED_OUTPUT)
      outputs[saved->index] = unpack_output (ctx, node, saved);
    else
      ctx->extra[saved->index] = saved->tensor;
  }
  return ctx->error == NULL;
}

static gboolean
evaluate_op (BsNode *node, BsTensor **upstream, BsTensor **grads, gboolean filtered, GError **error)
{
  BsOpContext ctx;
  BsTensor *inputs_inline[8], *outputs_inline[4];
  BsTensor **inputs = node->n_inputs <= 8 ? inputs_inline : g_new (BsTensor *, node->n_inputs);
  BsTensor **outputs = node->n_outputs <= 4 ? outputs_inline : g_new (BsTensor *, node->n_outputs);
  bs_ctx_init (&ctx, node->op, node->n_inputs, inputs, node->n_args, node->args);
  ctx.outputs = outputs;
  ctx.n_outputs = node->n_outputs;
  ctx.node = node;
  ctx.upstream = upstream;
  ctx.grads = grads;
  ctx.filtered = filtered;
  if (unpack (&ctx, node, inputs, outputs))
    node->op->backward (&ctx);
  bs_ctx_clear (&ctx);
  if (inputs != inputs_inline)
    g_free (inputs);
  if (outputs != outputs_inline)
    g_free (outputs);
  if (ctx.error == NULL)
    return TRUE;
  for (guint i = 0; i < node->n_inputs; i++)
    g_clear_pointer (&grads[i], bs_tensor_unref);
  g_propagate_error (error, ctx.error);
  return FALSE;
}

static gboolean
finish (BsOpContext *ctx, GError **error)
{
  bs_ctx_clear (ctx);
  if (ctx->error == NULL)
    return TRUE;
  g_propagate_error (error, ctx->error);
  return FALSE;
}

static gboolean
evaluate_view (BsNode *node, BsTensor **upstream, BsTensor **grads, GError **error)
{
  BsSlices *s = node->data;
  BsOpContext ctx;
  bs_ctx_init (&ctx, NULL, 0, NULL, 0, NULL);
  BsTensor *grad = bs_do1a (&ctx, &bs_op_view_scatter, upstream[0], BS_INTS (s->base_dims, s->base_shape),
                            BS_INTS (s->base_dims, s->base_strides), BS_INT (s->base_offset),
                            BS_INTS (s->view_dims, s->view_shape), BS_INTS (s->view_dims, s->view_strides),
                            BS_INT (s->view_offset));
  grads[0] = grad != NULL ? bs_tensor_ref (grad) : NULL;
  return finish (&ctx, error);
}

static gboolean
evaluate_copy_slices (BsNode *node, BsTensor **upstream, BsTensor **grads, gboolean filtered, GError **error)
{
  BsSlices *s = node->data;
  BsOpContext ctx;
  bs_ctx_init (&ctx, NULL, 0, NULL, 0, NULL);
  BsTensor *result = bs_do1a (&ctx, &bs_op_clone_strided, upstream[0], BS_INTS (s->base_dims, s->base_strides));
  BsTensor *slice = bs_do1a (&ctx, &bs_op_as_strided, result, BS_INTS (s->view_dims, s->view_shape),
                             BS_INTS (s->view_dims, s->view_strides), BS_INT (s->view_offset - s->base_offset));
  BsTensor *inner = bs_do1 (&ctx, &bs_op_clone, slice);
  if (inner == NULL)
    return finish (&ctx, error);
  gboolean ok = evaluate_op (s->inner, &inner, grads, filtered, &ctx.error);
  if (ok && grads[0] != NULL)
    ok = bs_copy_inplace (slice, grads[0], &ctx.error);
  else if (ok)
    ok = bs_apply_inplace (&bs_op_zero, 1, &slice, 0, NULL, &ctx.error);
  g_clear_pointer (&grads[0], bs_tensor_unref);
  if (ok && node->edges[0].node != NULL)
    grads[0] = bs_tensor_ref (result);
  return finish (&ctx, error);
}

static gboolean
evaluate_custom (BsNode *node, BsTensor **upstream, BsTensor **grads, GError **error)
{
  BsCustom *custom = node->data;
  g_autofree BsTensor **full = g_new (BsTensor *, node->n_outputs);
  gboolean ok = TRUE;
  for (guint i = 0; i < node->n_outputs; i++) {
    BsNodeOutput *output = &node->outputs[i];
    full[i] = upstream[i] != NULL ? bs_tensor_ref (upstream[i]) : NULL;
    if (full[i] == NULL && custom->materialize && ok) {
      full[i] = bs_tensor_new_full (output->dtype, output->n_dims, output->shape, 0, error);
      ok = full[i] != NULL;
    }
  }
  ok = ok && custom->backward (custom->data, node->n_outputs, full, node->n_inputs, grads, error);
  for (guint i = 0; i < node->n_outputs; i++)
    if (full[i] != NULL)
      bs_tensor_unref (full[i]);
  return ok;
}

gboolean
bs_walk_evaluate (BsNode *node, BsTensor **upstream, BsTensor **grads, gboolean filtered, GError **error)
{
  switch (node->kind) {
  case BS_NODE_OP: return evaluate_op (node, upstream, grads, filtered, error);
  case BS_NODE_VIEW: return evaluate_view (node, upstream, grads, error);
  case BS_NODE_COPY_SLICES: return evaluate_copy_slices (node, upstream, grads, filtered, error);
  case BS_NODE_CUSTOM: return evaluate_custom (node, upstream, grads, error);
  default: g_assert_not_reached ();
  }
}

void
bs_walk_release (BsNode *node)
{
  if (node->n_saved > 0)
    bs_node_release_saved (node);
  if (node->kind == BS_NODE_CUSTOM && ((BsCustom *) node->data)->released != NULL)
    ((BsCustom *) node->data)->released (((BsCustom *) node->data)->data);
  if (node->kind == BS_NODE_COPY_SLICES)
    bs_walk_release (((BsSlices *) node->data)->inner);
}

/* --- gradients on their way ---------------------------------------------------------------------------------------- */

static gboolean
expandable (guint n_dims, const gint64 *shape, const BsTensor *to)
{
  if (n_dims > to->n_dims)
    return FALSE;
  for (guint i = 0; i < n_dims; i++) {
    gint64 have = shape[n_dims - 1 - i], want = to->shape[to->n_dims - 1 - i];
    if (have != want && have != 1)
      return FALSE;
  }
  return TRUE;
}

gboolean
bs_walk_validate (BsNode *node, guint input, BsTensor **grad, GError **error)
{
  guint n_dims;
  const gint64 *shape;
  BsDtype dtype;
  bs_node_input_shape (node, input, &n_dims, &shape, &dtype);
  BsTensor *have = *grad;
  gboolean same = n_dims == have->n_dims;
  for (guint i = 0; i < n_dims && same; i++)
    same = shape[i] == have->shape[i];
  if (G_LIKELY (same && have->dtype == dtype))
    return TRUE;
  BsTensor *fitted = NULL;
  if (!same) {
    if (!expandable (n_dims, shape, have)) {
      g_autofree char *got = bs_shape_text (have->n_dims, have->shape);
      g_autofree char *want = bs_shape_text (n_dims, shape);
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                   "Function %s returned an invalid gradient at index %u - got %s but expected shape compatible with %s",
                   bs_node_get_name (node), input, got, want);
      return FALSE;
    }
    BsArg arg = BS_INTS (n_dims, shape);
    fitted = bs_apply (&bs_op_sum_to_size, 1, &have, 1, &arg, error);
    if (fitted == NULL)
      return FALSE;
    bs_tensor_unref (have);
    *grad = have = fitted;
  }
  if (have->dtype != dtype) {
    BsArg arg = BS_DTYPE (dtype);
    fitted = bs_apply (&bs_op_to, 1, &have, 1, &arg, error);
    if (fitted == NULL)
      return FALSE;
    bs_tensor_unref (have);
    *grad = fitted;
  }
  return TRUE;
}

/* In place where nobody could see it. */
static gboolean
may_overwrite (const BsTensor *have, const BsTensor *contribution)
{
  return bs_state.observer == NULL && !bs_grad_enabled () && have->refs == 1 && have->storage->refs == 1 &&
         (have->flags & BS_TENSOR_CONTIGUOUS) && have->dtype == contribution->dtype &&
         have->storage->data != NULL;
}

BsTensor *
bs_walk_add (BsTensor *have, BsTensor *contribution, GError **error)
{
  BsTensor *inputs[] = { have, contribution };
  if (!may_overwrite (have, contribution))
    return bs_apply (&bs_op_add, 2, inputs, 0, NULL, error);
  if (!bs_apply_inplace (&bs_op_add, 2, inputs, 0, NULL, error))
    return NULL;
  return bs_tensor_ref (have);
}

static BsTensor *
plain_copy (BsTensor *tensor, GError **error)
{
  BsTensor *copy = bs_tensor_fresh (tensor->dtype, tensor->n_dims, tensor->shape, error);
  if (copy != NULL && !bs_copy_data (copy, tensor, error))
    g_clear_pointer (&copy, bs_tensor_unref);
  return copy;
}

/* The first gradient of a leaf: taken over if nobody else has it, else copied. */
static BsTensor *
first_gradient (BsTensor *grad, GError **error)
{
  if (bs_grad_enabled ()) { /* the copy is part of the graph, as PyTorch's is */
    BsTensor *copy = bs_tensor_fresh (grad->dtype, grad->n_dims, grad->shape, error);
    if (copy != NULL && !bs_copy_inplace (copy, grad, error))
      g_clear_pointer (&copy, bs_tensor_unref);
    return copy;
  }
  if (grad->refs == 1 && grad->storage->refs == 1 && (grad->flags & BS_TENSOR_CONTIGUOUS) && !bs_tracks (grad)) {
    if (grad->base != NULL)
      g_clear_pointer (&grad->base, bs_tensor_unref);
    grad->flags &= ~(BS_TENSOR_NUMBER | BS_TENSOR_NO_GRAD_VIEW | BS_TENSOR_MULTI_VIEW);
    return bs_tensor_ref (grad);
  }
  return plain_copy (grad, error);
}

static gboolean
add_in_place (BsTensor *leaf, BsTensor *contribution, GError **error)
{
  const BsObserver *observer = bs_state.observer;
  gboolean observed = observer != NULL && observer->accumulated != NULL;
  g_autoptr (BsTensor) before = NULL;
  if (observed) {
    before = plain_copy (leaf->grad, error);
    if (before == NULL)
      return FALSE;
    before->flags |= BS_TENSOR_ALIAS;
    before->id = leaf->grad->id;
  }
  bs_state.observer = NULL;
  gboolean ok = bs_apply_inplace (&bs_op_add, 2, (BsTensor *[]){ leaf->grad, contribution }, 0, NULL, error);
  bs_state.observer = observer;
  if (ok && observed)
    observer->accumulated (bs_state.user, leaf, before, contribution, leaf->grad);
  return ok;
}

gboolean
bs_walk_accumulate (BsTensor *leaf, BsTensor **grad, GError **error)
{
  const BsObserver *observer = bs_state.observer;
  BsTensor *before = leaf->grad, *after;
  if (before != NULL && !bs_grad_enabled ())
    return add_in_place (leaf, *grad, error);
  if (before == NULL)
    after = first_gradient (*grad, error);
  else
    after = bs_apply (&bs_op_add, 2, (BsTensor *[]){ before, *grad }, 0, NULL, error);
  if (after == NULL)
    return FALSE;
  leaf->grad = after;
  if (G_UNLIKELY (observer != NULL) && observer->accumulated != NULL)
    observer->accumulated (bs_state.user, leaf, before, *grad, after);
  if (before != NULL)
    bs_tensor_unref (before);
  return TRUE;
}

/* retain_grad(): PyTorch adds out of place here. */
gboolean
bs_walk_retain (BsTensor *tensor, BsTensor *grad, GError **error)
{
  BsTensor *before = tensor->grad, *after;
  if (before == NULL)
    after = bs_apply (&bs_op_clone, 1, &grad, 0, NULL, error);
  else
    after = bs_apply (&bs_op_add, 2, (BsTensor *[]){ before, grad }, 0, NULL, error);
  if (after == NULL)
    return FALSE;
  tensor->grad = after;
  if (bs_state.observer != NULL && bs_state.observer->accumulated != NULL)
    bs_state.observer->accumulated (bs_state.user, tensor, before, grad, after);
  if (before != NULL)
    bs_tensor_unref (before);
  return TRUE;
}
