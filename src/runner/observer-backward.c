/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "observer.h"

#define MAX_WALKS 16 /* a walk inside a hook inside a walk ... */

/* A backward walk that is going on. */
typedef struct {
  gconstpointer frame; /* the Python frame it was called from: deeper ones are the script's hooks */
  gboolean makes_graph;
  guint32 node;        /* whose edges are being told */
  gboolean is_root;
} Walk;

/* By the engine's node id: the node's first output. */
static BsIdMap nodes;

static Walk walks[MAX_WALKS];
static guint n_walks;

static inline Walk *
walk_now (void)
{
  return n_walks > 0 && n_walks <= MAX_WALKS ? &walks[n_walks - 1] : NULL;
}

gboolean
bs_observer_is_internal (guint16 *flags)
{
  Walk *walk;

  if (G_LIKELY (bs_observer_depth () == 0))
    return FALSE;
  walk = walk_now ();
  if (walk == NULL || bs_tracer_innermost () != walk->frame)
    return FALSE;
  *flags |= BS_TENSOR_IN_BACKWARD;
  return !walk->makes_graph;
}

void
bs_observer_name_node (BsNode *node, BsSeen *first)
{
  first->refs++;
  bs_id_map_set (&nodes, bs_node_get_id (node), first);
}

gboolean
bs_observer_knows_node (guint64 engine_id)
{
  return bs_id_map_get (&nodes, engine_id) != NULL;
}

guint32
bs_observer_id_of_node (BsNode *node, guint output)
{
  BsTensor *leaf;
  BsSeen *first;

  if (node == NULL)
    return 0;
  leaf = bs_node_get_leaf (node);
  if (leaf)
    return bs_observer_id_of (leaf, "tensor");
  first = bs_id_map_get (&nodes, bs_node_get_id (node));
  return first ? first->id + output : 0;
}

static void
on_begin (gpointer user, guint n_roots, BsTensor *const *roots, BsTensor *const *seeds, BsBackwardFlags flags)
{
  static const double one = 1;
  static const float one_f = 1;
  BsTensor *seed = seeds ? seeds[0] : NULL;
  BsArray value = { .dtype = bs_tensor_get_dtype (roots[0]), .data = &one_f };
  guint32 root;

  if (value.dtype == BS_FLOAT64)
    value.data = &one;
  if (seed)
    value = bs_observer_array (seed);
  if (n_walks++ < MAX_WALKS)
    *walk_now () = (Walk) { .frame = bs_tracer_innermost (), .makes_graph = (flags & BS_BACKWARD_CREATE_GRAPH) != 0 };
  bs_recorder_begin ();
  bs_tracer_set_place ();
  root = bs_observer_id_of (roots[0], "tensor");
  bs_writer_backward_begin (bs_recorder.writer, root,
                            (flags & (BS_BACKWARD_RETAIN_GRAPH | BS_BACKWARD_CREATE_GRAPH)) != 0,
                            (flags & BS_BACKWARD_CREATE_GRAPH) != 0, &value);
  bs_recorder_end ();
}

static void
on_node_ready (gpointer user, BsNode *node, guint n_upstream, BsTensor *const *upstream)
{
  guint32 id = bs_node_get_leaf (node) ? 0 : bs_observer_id_of_node (node, 0);
  Walk *walk = walk_now ();
  BsTensor *gradient = NULL;
  BsArray value;

  if (walk)
    walk->node = id;
  if (id == 0)
    return;
  for (guint i = 0; i < n_upstream && gradient == NULL; i++)
    gradient = upstream[i];
  if (gradient)
    value = bs_observer_array (gradient);
  bs_recorder_begin ();
  bs_writer_node (bs_recorder.writer, id, gradient ? &value : NULL);
  bs_recorder_end ();
}

static void
on_edge (gpointer user, BsNode *node, guint input, BsNode *next, guint next_output, BsTensor *contribution,
         BsTensor *sum)
{
  Walk *walk = walk_now ();
  gboolean first = sum == NULL || sum == contribution;
  BsArray value, total;
  guint32 to;

  if (contribution == NULL || walk == NULL || walk->node == 0)
    return;
  bs_recorder_begin ();
  to = bs_observer_id_of_node (next, next_output);
  value = bs_observer_array (contribution);
  if (!first)
    total = bs_observer_array (sum);
  bs_writer_edge (bs_recorder.writer, input, to, &value, first ? NULL : &total, first);
  bs_recorder_end ();
}

static void
on_node_done (gpointer user, BsNode *node, gboolean released)
{
  guint32 id = bs_node_get_leaf (node) ? 0 : bs_observer_id_of_node (node, 0);

  if (id == 0)
    return;
  bs_recorder_begin ();
  bs_writer_node_done (bs_recorder.writer, id, released, bs_node_get_saved_bytes (node));
  bs_recorder_end ();
}

/* .grad may be a tensor that the script holds: that one changes with it. */
static void
tell_holders (BsTensor *gradient, guint32 of)
{
  BsSeenStorage *storage = bs_observer_expect_storage (bs_tensor_get_storage (gradient));

  gboolean in_place = storage->gradient_of == of;

  storage->gradient_of = of;
  for (BsSeen *seen = in_place ? storage->tensors : NULL; seen; seen = seen->next)
    {
      BsArray after = bs_observer_array (seen->tensor);
      BsWriterWrite event = { .tensor = seen->id, .storage = storage->id, .before = BS_ARRAY_KNOWN, .after = &after,
                              .version = bs_tensor_get_version (seen->tensor) };

      bs_writer_write (bs_recorder.writer, &event);
    }
}

static void
on_accumulated (gpointer user, BsTensor *leaf, BsTensor *before, BsTensor *contribution, BsTensor *after)
{
  BsArray more, now = bs_observer_array (after);
  guint32 id;

  more = contribution ? bs_observer_array (contribution) : now;
  bs_recorder_begin ();
  id = bs_observer_id_of (leaf, "tensor");
  bs_writer_accumulate (bs_recorder.writer, id, before ? BS_ARRAY_KNOWN : NULL, &more, &now);
  tell_holders (after, id);
  bs_recorder_end ();
}

static void
on_end (gpointer user, gboolean ok)
{
  if (n_walks > 0)
    n_walks--;
  bs_recorder_begin ();
  bs_tracer_set_place ();
  bs_writer_backward_end (bs_recorder.writer, ok);
  bs_recorder_end ();
}

static void
on_node_released (gpointer user, guint64 engine_id)
{
  BsSeen *first = bs_id_map_take (&nodes, engine_id);

  if (first == NULL)
    return;
  bs_recorder_begin ();
  bs_writer_release_node (bs_recorder.writer, first->id);
  bs_recorder_end ();
  bs_observer_unref (first);
}

void
bs_observer_backward_callbacks (BsObserver *observer)
{
  observer->backward_begin = on_begin;
  observer->node_ready = on_node_ready;
  observer->edge = on_edge;
  observer->node_done = on_node_done;
  observer->accumulated = on_accumulated;
  observer->backward_end = on_end;
  observer->node_released = on_node_released;
}
