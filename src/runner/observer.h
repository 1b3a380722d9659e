/* SPDX-License-Identifier: MIT */

/* Turns what the engine tells its observer into events. Three maps lead from the engine's ids to the recording's
 * dense ones; what the script has not made under our eyes (created before, or by a backward walk) gets its TENSOR
 * event when it is first used. Operations inside a backward walk are not the script's, unless the walk makes a graph
 * (create_graph) or a hook of the script runs them. */

#pragma once

#include "engine/engine.h"
#include "engine/ops.h"
#include "ids.h"
#include "recorder.h"
#include "tracer.h"

G_BEGIN_DECLS

/* A tensor that is known and alive. Those on one storage are a list: a write is told to all of them. */
typedef struct _BsSeen BsSeen;
typedef struct _BsSeenStorage BsSeenStorage;
struct _BsSeenStorage {
  guint32 id;         /* dense */
  guint32 first;      /* tensor that brought it */
  guint32 gradient_of; /* the tensor whose .grad lies here; 0: none */
  BsSeen *tensors;
  BsSeenStorage *next; /* a free one */
};

struct _BsSeen {
  BsTensor *tensor;   /* borrowed while it lives; NULL: gone, but its node may still be walked */
  guint32 id;
  guint32 refs;       /* by the maps: of tensors, of nodes */
  BsSeenStorage *storage;
  BsSeen *next;       /* on the same storage; a free one: in the list of free ones */
};

/* The id of @tensor; writes its TENSOR event as a creation named @label when it was never seen. */
guint32 bs_observer_id_of (BsTensor *tensor, const char *label);
BsSeen *bs_observer_find (const BsTensor *tensor); /* NULL: never seen */
BsSeenStorage *bs_observer_find_storage (BsStorage *storage);
BsSeenStorage *bs_observer_expect_storage (BsStorage *storage); /* makes one with a new dense id */
void bs_observer_forget_tensor (guint64 engine_id);
void bs_observer_unref (BsSeen *seen);
guint32 bs_observer_forget_storage (guint64 engine_id); /* its dense id, 0: unknown */

static inline BsArray
bs_observer_array (BsTensor *tensor)
{
  return (BsArray) { .dtype = bs_tensor_get_dtype (tensor), .n_dims = bs_tensor_get_n_dims (tensor),
                     .shape = bs_tensor_get_shape (tensor), .strides = bs_tensor_get_strides (tensor),
                     .data = bs_tensor_get_data (tensor) };
}

/* operations.c: the writer's id of an operation with these attributes. */
/* The ids belong to one writer. */
void bs_operations_forget (void);
guint32 bs_operation_id (const BsOp *op, const char *label, const char *grad_fn, guint n_args, const BsArg *args);

/* observer-backward.c */
/* The node that made @tensor, its first output, is called by its id from now on. */
void bs_observer_name_node (BsNode *node, BsSeen *first);
gboolean bs_observer_knows_node (guint64 engine_id);
guint32 bs_observer_id_of_node (BsNode *node, guint output);
gboolean bs_observer_is_internal (guint16 *flags); /* this operation is the walk's, not the script's */
void bs_observer_backward_callbacks (BsObserver *observer);

G_END_DECLS
