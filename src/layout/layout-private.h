/* SPDX-License-Identifier: MIT */

/* Between the files of this room: the plain model that both placements work on, and how a layout is filled. */

#pragma once

#include "layout.h"

G_BEGIN_DECLS

typedef struct { guint32 from, to; } BsLink;

/* Nodes are the cards, then the proxies. Immutable once made; shared between threads. */
typedef struct {
  gatomicrefcount ref_count;
  BsLayoutDirection direction;
  guint n_cards, n_nodes, n_edges;
  BsSize *sizes;
  BsLink *edges; /* @from may be a proxy */
  guint32 *proxy_of; /* n_nodes - n_cards */
  guint n_frames;
  guint32 *frame_parent;
  guint32 *frame_of; /* n_nodes; BS_NO_FRAME */
  guint64 hash;
} BsModel;

BsModel *bs_model_new (BsGraph *graph, const BsLayoutOptions *options);
/* @begins: per edge: where it began before, and still does, however many uses the card has by now. */
typedef enum { BS_BEGIN_NEW, BS_BEGIN_CARD, BS_BEGIN_PROXY } BsBegin;
BsModel *bs_model_new_grown (BsGraph *graph, const BsLayoutOptions *options, const BsBegin *begins);
BsModel *bs_model_ref (BsModel *self);
void bs_model_unref (BsModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsModel, bs_model_unref)

/* The size of a node along the flow, and across it. */
static inline double
bs_model_along (const BsModel *self, guint node)
{
  return self->direction == BS_LAYOUT_LEFT_TO_RIGHT ? self->sizes[node].width : self->sizes[node].height;
}

static inline double
bs_model_across (const BsModel *self, guint node)
{
  return self->direction == BS_LAYOUT_LEFT_TO_RIGHT ? self->sizes[node].height : self->sizes[node].width;
}

struct _BsLayout {
  gatomicrefcount ref_count;
  guint n_cards, n_nodes, n_edges, n_frames;
  BsSize size;
  gboolean final;
  BsRect *rects;
  BsPoint *points;
  guint32 *offsets;
  guint32 *proxy_of;
  guint32 *begins; /* per edge: the node it begins at */
  guint32 *ends;
  BsRect *frames;  /* width 0: none can be drawn */
  BsLayoutDirection direction;
};

/* Takes the coordinates of the rectangles' corners as they are; shifts all so that it begins at the margin. */
typedef struct {
  BsRect *rects;     /* n_nodes */
  GArray *points;    /* BsPoint, all edges in order */
  guint32 *offsets;  /* n_edges + 1 */
  BsRect *frames;    /* n_frames; left empty: around what is in them */
} BsPlacement;

void bs_placement_init (BsPlacement *self, const BsModel *model);
void bs_placement_clear (BsPlacement *self);
/* A plain curve from border to border as points of edge @edge (used where a placement has none of its own). */
void bs_placement_add_curve (BsPlacement *self, const BsModel *model, guint edge);
BsLayout *bs_layout_new (const BsModel *model, BsPlacement *placement, gboolean final);

/* place.c: @care 1 for the quick one, more sweeps for more. */
void bs_place_layered (const BsModel *model, guint care, BsPlacement *out);
/* Per node: how many steps it is from the farthest of what it comes from. An input as deep as any other of its result's
 * is the main way, that goes straight on; weights and data come in from the sides. */
guint32 *bs_place_depths (const BsModel *model);
guint64 bs_place_total_span (const BsModel *model); /* layers that the edges cross, all together */

/* beside.c: the way of an edge that stands already. */
typedef struct { BsPoint *points; guint n; } BsRoute; /* n 0: it is new */
/* The nodes that have a width in @out stand, and none of them moves; the others get places beside what they come from. The
 * cards are in an order in which inputs come first, and the edges in that of their results, as those of a graph are. */
void bs_place_beside (const BsModel *model, const BsRoute *routes, BsPlacement *out);
/* dot.c: only in the worker's thread. */
gboolean bs_place_dot (const BsModel *model, BsPlacement *out, GError **error);
gboolean bs_dot_suits (const BsModel *model); /* FALSE: it would take seconds */

/* Gaps between layers and between neighbours in one. */
/* What stands on the edges, numbers and shapes, is wide rather than high. */
#define BS_GAP_LAYERS(direction) ((direction) == BS_LAYOUT_LEFT_TO_RIGHT ? 92.0 : 60.0)
#define BS_GAP_NODES 28.0
#define BS_MARGIN 32.0
/* Between a frame and what is in it: room for its title on the border. */
#define BS_FRAME_PADDING 20.0

G_END_DECLS
