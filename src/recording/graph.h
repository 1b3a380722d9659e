/* SPDX-License-Identifier: MIT */

/* The graph of one pass, as structure only: cards (tensors) and edges, keyed by stable identities, without values
 * and positions. Passes of equal structure give graphs that differ in nothing but the tensor ids. */

#pragma once

#include "recording.h"

G_BEGIN_DECLS

typedef enum {
  BS_CARD_LEAF = 1 << 0,
  BS_CARD_PARAMETER = 1 << 1,     /* leaf that requires grad */
  BS_CARD_REQUIRES_GRAD = 1 << 2,
  BS_CARD_ROOT = 1 << 3,          /* backward() is called on it */
  BS_CARD_DETACHED = 1 << 4,
  BS_CARD_SAVED = 1 << 5,         /* saved for backward by some operation */
  BS_CARD_NO_GRAD = 1 << 6,       /* computed inside no_grad */
} BsCardFlags;

typedef struct {
  guint32 tensor;        /* id in this pass */
  guint32 step;          /* of its TENSOR event */
  const char *op;        /* NULL for a leaf */
  char *pill;            /* what the pill says, constants included: "× 2", "² ", "matmul", "+ 20" (owned) */
  char *name;            /* best name known in the pass: variable, else expression, else op (owned) */
  char *shape;           /* "5×3", "" for a scalar (owned) */
  guint flags;
  guint n_in, n_out;     /* edges */
  guint32 group;         /* stands for all that is in it, and shows what comes out of it; 0: a single tensor */
  guint32 frame;         /* the innermost open one it is in; BS_NO_FRAME */
} BsCard;
#define BS_NO_FRAME G_MAXUINT32

/* A group that is open: its cards are drawn within a frame. */
typedef struct {
  guint32 group;         /* for bs_groups_get() */
  guint32 parent;        /* the frame around it, before it in the list; BS_NO_FRAME */
  const char *name;
  guint32 times;         /* of a loop; 1 */
} BsGraphFrame;

typedef struct {
  guint32 from, to;      /* indexes into cards: from is the input, to the result */
  guint16 input;         /* which operand of @to's operation */
  guint16 n;             /* how many it stands for: of folded cards */
  gboolean needs_grad;   /* gradient flows back along it */
} BsEdge;

typedef struct _BsGraph BsGraph; /* reference-counted, immutable */

BsGraph *bs_graph_new (BsRecording *recording, guint32 pass); /* what is recorded of that pass by now */
BsGraph *bs_graph_ref (BsGraph *self);
void bs_graph_unref (BsGraph *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsGraph, bs_graph_unref)
guint bs_graph_get_n_cards (const BsGraph *self);
const BsCard *bs_graph_get_card (const BsGraph *self, guint i);
guint bs_graph_get_n_edges (const BsGraph *self);
const BsEdge *bs_graph_get_edge (const BsGraph *self, guint i);
/* Edges into @card: [first, end). */
void bs_graph_get_inputs (const BsGraph *self, guint card, guint *first, guint *end);
guint bs_graph_get_n_frames (const BsGraph *self);
const BsGraphFrame *bs_graph_get_frame (const BsGraph *self, guint i);
guint bs_graph_find_tensor (const BsGraph *self, guint32 tensor); /* G_MAXUINT: not in it */
/* The edge of operand @input of the node that made tensor @node, else the one from tensor @to; G_MAXUINT: none. */
guint bs_graph_find_edge (const BsGraph *self, guint32 node, guint32 input, guint32 to);
guint64 bs_graph_get_structure (const BsGraph *self);

/* Of a pass that grows: per card, which one of @old it was; BS_NEW_CARD. (transfer full); NULL: so much of @old is gone, as
 * when a loop folds to one card, that it is another graph. */
#define BS_NEW_CARD G_MAXUINT32
guint32 *bs_graph_match (const BsGraph *self, const BsGraph *old);
/* The same for a pass that does what another one did: NULL when it does something else. */
guint32 *bs_graph_match_start (const BsGraph *self, const BsGraph *pattern);

G_END_DECLS
