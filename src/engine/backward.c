/* SPDX-License-Identifier: MIT */

/* The walk from the roots to the leaves.
 *
 * First every reachable node counts the edges that lead to it. Then nodes whose count has come to nothing run, the
 * youngest first, leaves before all: PyTorch's order. A node takes its whole upstream gradient, returns one contribution
 * per input, and the walk adds each to what is already waiting at the node it leads to. */

#include "walk.h"

#include <math.h>
#include <string.h>

typedef struct {
  BsNode **items;
  gsize n, capacity;
} Stack;

typedef struct {
  BsNode *node;
  guint32 mark, dependencies;
  guint8 flags;
  BsTensor **upstream;
} Saved;

typedef struct {
  BsNode *node;
  guint32 nr;
  guint input;
} Capture;

typedef struct _Walk Walk;
struct _Walk {
  guint32 id;
  BsBackwardFlags flags;
  gboolean filtered;
  gboolean accumulates; /* captures go to .grad */
  Stack window;         /* ready nodes, oldest first */
  Stack heap;           /* those that came too far out of order for the window */
  Stack leaves;
  gsize next_leaf;
  GArray *borrowed; /* of Saved: scratch of an outer walk */
  guint n_captures;
  Capture *captures;
  BsTensor **captured;
  Walk *outer;
  GError **error;
};

static BS_OF_THREAD Walk *active;
static BS_OF_THREAD Stack spare[4];

static void
push (Stack *stack, BsNode *node)
{
  if (G_UNLIKELY (stack->n == stack->capacity)) {
    stack->capacity = MAX (64, stack->capacity * 2);
    stack->items = g_renew (BsNode *, stack->items, stack->capacity);
  }
  stack->items[stack->n++] = node;
}

/* --- which nodes, and how many edges lead to each -------------------------------------------------------------------- */

/* A backward inside a backward may come to nodes of the outer walk: their scratch is put aside. */
static void
borrow (Walk *walk, BsNode *node)
{
  for (Walk *outer = walk->outer; outer != NULL; outer = outer->outer)
    if (outer->id == node->mark) {
      Saved saved = { node, node->mark, node->dependencies, node->flags, g_new (BsTensor *, node->n_outputs) };
      for (guint i = 0; i < node->n_outputs; i++)
        saved.upstream[i] = g_steal_pointer (&node->outputs[i].upstream);
      if (walk->borrowed == NULL)
        walk->borrowed = g_array_new (FALSE, FALSE, sizeof (Saved));
      g_array_append_val (walk->borrowed, saved);
      return;
    }
}

static inline gboolean
visit (Walk *walk, BsNode *node)
{
  if (node->mark == walk->id)
    return FALSE;
  if (G_UNLIKELY (walk->outer != NULL))
    borrow (walk, node);
  node->mark = walk->id;
  node->dependencies = 0;
  node->flags &= ~(BS_NODE_NEEDED | BS_NODE_CAPTURED);
  return TRUE;
}

static void
count_edges (Walk *walk, guint n_roots, BsEdge *roots, Stack *stack)
{
  stack->n = 0;
  for (guint i = 0; i < n_roots; i++)
    if (visit (walk, roots[i].node))
      push (stack, roots[i].node);
  while (stack->n > 0) {
    BsNode *node = stack->items[--stack->n];
    for (guint i = 0; i < node->n_inputs; i++) {
      BsNode *next = node->edges[i].node;
      if (next == NULL)
        continue;
      if (visit (walk, next) && next->n_inputs > 0)
        push (stack, next);
      next->dependencies++;
    }
  }
}

/* For grad (inputs): only nodes on a way to one of them are needed. Children before parents, on a stack of one's own. */
static void
mark_needed (Walk *walk, guint n_roots, BsEdge *roots)
{
  GArray *path = g_array_new (FALSE, FALSE, sizeof (BsEdge)); /* nr: next edge to look at */
  GHashTable *seen = g_hash_table_new (NULL, NULL);
  for (guint r = 0; r < n_roots; r++) {
    BsEdge start = { roots[r].node, 0 };
    if (!g_hash_table_add (seen, start.node))
      continue;
    g_array_append_val (path, start);
    while (path->len > 0) {
      BsEdge *top = &g_array_index (path, BsEdge, path->len - 1);
      BsNode *node = top->node;
      if (top->nr < node->n_inputs) {
        BsEdge next = { node->edges[top->nr++].node, 0 };
        if (next.node != NULL && g_hash_table_add (seen, next.node))
          g_array_append_val (path, next);
        continue;
      }
      for (guint i = 0; i < node->n_inputs; i++)
        if (node->edges[i].node != NULL && (node->edges[i].node->flags & (BS_NODE_NEEDED | BS_NODE_CAPTURED)))
          node->flags |= BS_NODE_NEEDED;
      g_array_set_size (path, path->len - 1);
    }
  }
  g_hash_table_unref (seen);
  g_array_unref (path);
}

/* --- ready nodes, the youngest first ---------------------------------------------------------------------------------- */

#define WINDOW_REACH 24

static void
heap_push (Stack *heap, BsNode *node)
{
  push (heap, node);
  gsize i = heap->n - 1;
  while (i > 0 && heap->items[(i - 1) / 2]->seq < node->seq) {
    heap->items[i] = heap->items[(i - 1) / 2];
    i = (i - 1) / 2;
  }
  heap->items[i] = node;
}

static BsNode *
heap_pop (Stack *heap)
{
  BsNode *top = heap->items[0], *last = heap->items[--heap->n];
  gsize i = 0;
  for (;;) {
    gsize child = 2 * i + 1;
    if (child >= heap->n)
      break;
    if (child + 1 < heap->n && heap->items[child + 1]->seq > heap->items[child]->seq)
      child++;
    if (heap->items[child]->seq <= last->seq)
      break;
    heap->items[i] = heap->items[child];
    i = child;
  }
  if (heap->n > 0)
    heap->items[i] = last;
  return top;
}

static void
make_ready (Walk *walk, BsNode *node)
{
  Stack *window = &walk->window;
  if (node->kind == BS_NODE_ACCUMULATE) {
    push (&walk->leaves, node);
    return;
  }
  gsize lowest = window->n > WINDOW_REACH ? window->n - WINDOW_REACH : 0;
  gsize i = window->n;
  while (i > lowest && window->items[i - 1]->seq > node->seq)
    i--;
  if (i == lowest && lowest > 0) {
    heap_push (&walk->heap, node);
    return;
  }
  push (window, node);
  if (i + 1 < window->n) {
    memmove (&window->items[i + 1], &window->items[i], (window->n - 1 - i) * sizeof (BsNode *));
    window->items[i] = node;
  }
}

static BsNode *
next_ready (Walk *walk)
{
  Stack *window = &walk->window, *heap = &walk->heap;
  if (walk->next_leaf < walk->leaves.n) {
    BsNode *leaf = walk->leaves.items[walk->next_leaf++];
    if (walk->next_leaf == walk->leaves.n)
      walk->leaves.n = walk->next_leaf = 0;
    return leaf;
  }
  if (heap->n > 0 && (window->n == 0 || heap->items[0]->seq > window->items[window->n - 1]->seq))
    return heap_pop (heap);
  return window->n > 0 ? window->items[--window->n] : NULL;
}

/* --- one node --------------------------------------------------------------------------------------------------------- */

static gboolean
add_upstream (BsNodeOutput *output, BsTensor *contribution, GError **error)
{
  BsTensor *have = output->upstream;
  if (have == NULL) {
    output->upstream = bs_tensor_ref (contribution);
    return TRUE;
  }
  BsTensor *sum = bs_walk_add (have, contribution, error);
  if (sum == NULL)
    return FALSE;
  output->upstream = sum;
  bs_tensor_unref (have);
  return TRUE;
}

static gboolean
has_nan (BsTensor *tensor)
{
  if (tensor == NULL || !bs_dtype_is_floating (tensor->dtype))
    return FALSE;
  for (gint64 i = 0; i < tensor->numel; i++)
    if (isnan (bs_tensor_get_double (tensor, i)))
      return TRUE;
  return FALSE;
}

static gboolean
deliver (Walk *walk, BsNode *node, BsTensor **grads)
{
  const BsObserver *observer = bs_state.observer;
  for (guint i = 0; i < node->n_inputs; i++) {
    BsNode *next = node->edges[i].node;
    if (next == NULL || next->mark != walk->id)
      continue;
    gboolean wanted = !walk->filtered || (next->flags & (BS_NODE_NEEDED | BS_NODE_CAPTURED));
    if (grads[i] != NULL && wanted) {
      if (G_UNLIKELY (bs_state.anomaly) && has_nan (grads[i])) {
        g_set_error (walk->error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                     "Function '%s' returned nan values in its %uth output.", bs_node_get_name (node), i);
        return FALSE;
      }
      BsNodeOutput *output = &next->outputs[node->edges[i].nr];
      if (!bs_walk_validate (node, i, &grads[i], walk->error) || !add_upstream (output, grads[i], walk->error))
        return FALSE;
      if (G_UNLIKELY (observer != NULL) && observer->edge != NULL)
        observer->edge (bs_state.user, node, i, next, node->edges[i].nr, grads[i], output->upstream);
    }
    if (--next->dependencies == 0 && wanted)
      make_ready (walk, next);
  }
  return TRUE;
}

static gboolean
run_hooks (BsHooks *hooks, BsTensor **grad, gboolean leaf, GError **error)
{
  guint last = 0;
  if (*grad == NULL)
    return TRUE;
  for (guint i = 0;; i++) {
    BsHook hook = { 0 };
    if (i < hooks->list->len)
      hook = g_array_index (hooks->list, BsHook, i);
    if (hooks->retain != NULL && last < hooks->retain_at && (hook.id == 0 || hook.id >= hooks->retain_at) &&
        !bs_walk_retain (hooks->retain, *grad, error))
      return FALSE;
    if (hook.id == 0)
      return TRUE;
    last = hook.id;
    GError *failure = NULL;
    BsTensor *changed = hook.call (*grad, hook.data, &failure);
    if (failure != NULL) {
      g_propagate_error (error, failure);
      return FALSE;
    }
    if (changed != NULL) {
      bs_tensor_unref (*grad);
      *grad = changed;
    }
    if (i < hooks->list->len && g_array_index (hooks->list, BsHook, i).id != hook.id)
      i--;
  }
}

static gboolean
capture (Walk *walk, BsNode *node)
{
  for (guint i = 0; i < walk->n_captures; i++) {
    Capture *wanted = &walk->captures[i];
    BsTensor *grad = wanted->node == node ? node->outputs[wanted->nr].upstream : NULL;
    if (grad != NULL && walk->captured[i] == NULL)
      walk->captured[i] = bs_tensor_ref (grad);
  }
  return TRUE;
}

static gboolean
run_node (Walk *walk, BsNode *node)
{
  const BsObserver *observer = bs_state.observer;
  guint n = node->n_outputs;
  BsTensor *inline_up[4], *inline_grads[8];
  BsTensor **up = n <= 4 ? inline_up : g_new (BsTensor *, n);
  BsTensor **grads = node->n_inputs <= 8 ? inline_grads : g_new (BsTensor *, node->n_inputs);
  gboolean ok = TRUE, any = FALSE, runs = !walk->filtered || (node->flags & BS_NODE_NEEDED);

  for (guint i = 0; i < n && ok; i++) {
    BsHooks *hooks = node->kind == BS_NODE_ACCUMULATE ? ((BsTensor *) node->data)->hooks : node->outputs[i].hooks;
    if (G_UNLIKELY (hooks != NULL))
      ok = run_hooks (hooks, &node->outputs[i].upstream, node->kind == BS_NODE_ACCUMULATE, walk->error);
  }
  if (ok && (node->flags & BS_NODE_CAPTURED))
    ok = capture (walk, node);
  for (guint i = 0; i < n; i++) {
    up[i] = g_steal_pointer (&node->outputs[i].upstream);
    any |= up[i] != NULL;
  }
  for (guint i = 0; i < node->n_inputs; i++)
    grads[i] = NULL;
  if (ok && runs) {
    if (G_UNLIKELY (observer != NULL) && observer->node_ready != NULL && any)
      observer->node_ready (bs_state.user, node, n, up);
    if (node->kind == BS_NODE_ACCUMULATE)
      ok = !any || bs_walk_accumulate (node->data, up, walk->error);
    else if (any || node->kind == BS_NODE_CUSTOM)
      ok = bs_walk_evaluate (node, up, grads, walk->filtered, walk->error);
    if (G_UNLIKELY (node->hooks != NULL) && ok)
      ok = bs_node_run_hooks (node, grads, up, walk->error);
    gboolean releases = ok && !(walk->flags & (BS_BACKWARD_RETAIN_GRAPH | BS_BACKWARD_CREATE_GRAPH));
    if (releases)
      bs_walk_release (node);
    ok = ok && deliver (walk, node, grads);
    if (G_UNLIKELY (observer != NULL) && observer->node_done != NULL && any)
      observer->node_done (bs_state.user, node, releases);
  }
  for (guint i = 0; i < n; i++)
    if (up[i] != NULL)
      bs_tensor_unref (up[i]);
  for (guint i = 0; i < node->n_inputs; i++)
    if (grads[i] != NULL)
      bs_tensor_unref (grads[i]);
  if (up != inline_up)
    g_free (up);
  if (grads != inline_grads)
    g_free (grads);
  return ok;
}

/* --- the walk --------------------------------------------------------------------------------------------------------- */

static void
drop_waiting (Stack *stack)
{
  for (gsize i = 0; i < stack->n; i++)
    for (guint k = 0; k < stack->items[i]->n_outputs; k++)
      g_clear_pointer (&stack->items[i]->outputs[k].upstream, bs_tensor_unref);
}

/* After an error gradients may wait anywhere. */
static void
drop_upstream (Walk *walk, guint n_roots, BsEdge *roots)
{
  Stack stack = { 0 };
  drop_waiting (&walk->leaves);
  guint32 done = ++bs_state.walk;
  for (guint i = 0; i < n_roots; i++)
    push (&stack, roots[i].node);
  while (stack.n > 0) {
    BsNode *node = stack.items[--stack.n];
    if (node->mark != walk->id)
      continue;
    node->mark = done;
    for (guint k = 0; k < node->n_outputs; k++)
      g_clear_pointer (&node->outputs[k].upstream, bs_tensor_unref);
    for (guint i = 0; i < node->n_inputs; i++)
      if (node->edges[i].node != NULL)
        push (&stack, node->edges[i].node);
  }
  g_free (stack.items);
}

static void
give_back (Walk *walk)
{
  for (guint i = 0; walk->borrowed != NULL && i < walk->borrowed->len; i++) {
    Saved *saved = &g_array_index (walk->borrowed, Saved, i);
    saved->node->mark = saved->mark;
    saved->node->dependencies = saved->dependencies;
    guint8 scratch = BS_NODE_NEEDED | BS_NODE_CAPTURED;
    saved->node->flags = (saved->node->flags & ~scratch) | (saved->flags & scratch);
    for (guint k = 0; k < saved->node->n_outputs; k++)
      saved->node->outputs[k].upstream = saved->upstream[k];
    g_free (saved->upstream);
  }
  if (walk->borrowed != NULL)
    g_array_unref (walk->borrowed);
}

static void
take_stacks (Walk *walk)
{
  Stack *stacks[3] = { &walk->window, &walk->heap, &walk->leaves };
  for (guint i = 0; i < 3; i++) {
    *stacks[i] = spare[i];
    stacks[i]->n = 0;
    spare[i] = (Stack){ 0 };
  }
}

static void
return_stacks (Walk *walk)
{
  Stack *stacks[3] = { &walk->window, &walk->heap, &walk->leaves };
  for (guint i = 0; i < 3; i++) {
    g_free (spare[i].items);
    spare[i] = *stacks[i];
  }
}

static gboolean
walk_graph (Walk *walk, guint n_roots, BsEdge *roots, BsTensor **seeds)
{
  gboolean ok = TRUE;
  count_edges (walk, n_roots, roots, &walk->window);
  for (guint i = 0; i < walk->n_captures; i++) {
    BsNode *node = walk->captures[i].node;
    if (node != NULL && node->mark == walk->id)
      node->flags |= BS_NODE_CAPTURED | (walk->accumulates && node->kind == BS_NODE_ACCUMULATE ? BS_NODE_NEEDED : 0);
  }
  if (walk->filtered)
    mark_needed (walk, n_roots, roots);
  for (guint i = 0; i < n_roots && ok; i++)
    ok = add_upstream (&roots[i].node->outputs[roots[i].nr], seeds[i], walk->error);
  for (guint i = 0; i < n_roots && ok; i++) {
    BsNode *node = roots[i].node;
    gboolean first = TRUE;
    for (guint k = 0; k < i; k++)
      first = first && roots[k].node != node;
    if (first && node->dependencies == 0)
      make_ready (walk, node);
  }
  BsNode *node;
  while (ok && (node = next_ready (walk)) != NULL)
    ok = run_node (walk, node);
  return ok;
}

static gboolean
run (Walk *walk, guint n_roots, BsEdge *roots, BsTensor *const *tensors, BsTensor **seeds)
{
  const BsObserver *observer = bs_state.observer;
  BsGradMode mode = bs_state.grad_mode;
  walk->id = ++bs_state.walk;
  walk->outer = active;
  active = walk;
  take_stacks (walk);
  bs_state.grad_mode = walk->flags & BS_BACKWARD_CREATE_GRAPH ? BS_GRAD_NORMAL : BS_GRAD_OFF;
  bs_state.depth++;
  if (observer != NULL && observer->backward_begin != NULL)
    observer->backward_begin (bs_state.user, n_roots, tensors, seeds, walk->flags);
  gboolean ok = walk_graph (walk, n_roots, roots, seeds);
  if (!ok)
    drop_upstream (walk, n_roots, roots);
  give_back (walk);
  if (observer != NULL && observer->backward_end != NULL)
    observer->backward_end (bs_state.user, ok);
  bs_state.depth--;
  bs_state.grad_mode = mode;
  return_stacks (walk);
  active = walk->outer;
  return ok;
}

static gboolean
make_root (guint i, BsTensor *root, BsTensor *seed, BsEdge *edge, BsTensor **made, GError **error)
{
  if (!bs_tracks (root)) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                 "element %u of tensors does not require grad and does not have a grad_fn", i);
    return FALSE;
  }
  if (seed == NULL && root->numel != 1) {
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                         "grad can be implicitly created only for scalar outputs");
    return FALSE;
  }
  if (seed != NULL && !bs_same_shape (seed, root)) {
    g_autofree char *a = bs_shape_text (seed->n_dims, seed->shape);
    g_autofree char *b = bs_shape_text (root->n_dims, root->shape);
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                 "Mismatch in shape: grad_output[%u] has a shape of torch.Size(%s) and output[%u] has a shape of "
                 "torch.Size(%s).", i, a, i, b);
    return FALSE;
  }
  if (seed != NULL) {
    *made = bs_tensor_ref (seed);
  } else {
    *made = bs_tensor_fresh (root->dtype, root->n_dims, root->shape, error);
    if (*made == NULL)
      return FALSE;
    bs_fill_data (*made, 1);
  }
  return bs_gradient_edge (root, edge, error);
}

static gboolean
start (Walk *walk, guint n_roots, BsTensor *const *roots, BsTensor *const *seeds)
{
  BsEdge edges_inline[4] = { 0 };
  BsTensor *seeds_inline[4] = { 0 };
  BsEdge *edges = n_roots <= 4 ? edges_inline : g_new0 (BsEdge, n_roots);
  BsTensor **made = n_roots <= 4 ? seeds_inline : g_new0 (BsTensor *, n_roots);
  gboolean ok = TRUE;
  for (guint i = 0; i < n_roots && ok; i++)
    ok = make_root (i, roots[i], seeds != NULL ? seeds[i] : NULL, &edges[i], &made[i], walk->error);
  if (ok && n_roots > 0)
    ok = run (walk, n_roots, edges, roots, made);
  for (guint i = 0; i < n_roots; i++) {
    if (edges[i].node != NULL)
      bs_node_unref (edges[i].node);
    if (made[i] != NULL)
      bs_tensor_unref (made[i]);
  }
  if (edges != edges_inline) {
    g_free (edges);
    g_free (made);
  }
  return ok;
}

static gboolean
add_captures (Walk *walk, guint n_inputs, BsTensor *const *inputs)
{
  walk->filtered = TRUE;
  walk->n_captures = n_inputs;
  walk->captures = g_new0 (Capture, n_inputs);
  for (guint i = 0; i < n_inputs; i++) {
    BsEdge edge;
    if (!bs_tracks (inputs[i])) {
      g_set_error_literal (walk->error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                           "One of the differentiated Tensors does not require grad");
      return FALSE;
    }
    if (!bs_gradient_edge (inputs[i], &edge, walk->error))
      return FALSE;
    walk->captures[i] = (Capture){ edge.node, edge.nr, i };
  }
  return TRUE;
}

static void
drop_captures (Walk *walk)
{
  for (guint i = 0; i < walk->n_captures; i++)
    if (walk->captures[i].node != NULL)
      bs_node_unref (walk->captures[i].node);
  g_free (walk->captures);
}

gboolean
bs_backward (guint n_roots, BsTensor *const *roots, BsTensor *const *seeds, guint n_inputs,
             BsTensor *const *inputs, BsBackwardFlags flags, GError **error)
{
  Walk walk = { .flags = flags, .error = error };
  if (n_inputs == 0)
    return start (&walk, n_roots, roots, seeds);
  walk.accumulates = TRUE;
  walk.captured = g_new0 (BsTensor *, n_inputs);
  gboolean ok = add_captures (&walk, n_inputs, inputs) && start (&walk, n_roots, roots, seeds);
  for (guint i = 0; i < n_inputs; i++) {
    if (ok && walk.captured[i] != NULL && inputs[i]->grad_fn != NULL)
      ok = bs_walk_accumulate (inputs[i], &walk.captured[i], error);
    if (walk.captured[i] != NULL)
      bs_tensor_unref (walk.captured[i]);
  }
  drop_captures (&walk);
  g_free (walk.captured);
  return ok;
}

gboolean
bs_grad (guint n_roots, BsTensor *const *roots, BsTensor *const *seeds, guint n_inputs, BsTensor *const *inputs,
         BsBackwardFlags flags, BsTensor **grads, GError **error)
{
  Walk walk = { .flags = flags, .error = error, .captured = grads };
  for (guint i = 0; i < n_inputs; i++)
    grads[i] = NULL;
  gboolean ok = add_captures (&walk, n_inputs, inputs) && start (&walk, n_roots, roots, seeds);
  for (guint i = 0; i < n_inputs && ok && !(flags & BS_BACKWARD_ALLOW_UNUSED); i++)
    if (grads[i] == NULL) {
      g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                           "One of the differentiated Tensors appears to not have been used in the graph. Set "
                           "allow_unused=True if this is the desired behavior.");
      ok = FALSE;
    }
  for (guint i = 0; i < n_inputs && !ok; i++)
    g_clear_pointer (&grads[i], bs_tensor_unref);
  drop_captures (&walk);
  return ok;
}
