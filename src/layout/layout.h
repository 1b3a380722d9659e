/* SPDX-License-Identifier: MIT */

/* Graph model to positions. The only room that includes gvc.h: Graphviz is not thread-safe, so one worker thread
 * owns it. A layout belongs to a structure (bs_graph_get_structure() and the sizes) and is cached by it. Units are
 * those of the sizes given (pixels at zoom 1); origin top left, y down. */

#pragma once

#include <gio/gio.h>

#include "recording/graph.h"

G_BEGIN_DECLS

typedef enum { BS_LAYOUT_LEFT_TO_RIGHT, BS_LAYOUT_TOP_TO_BOTTOM } BsLayoutDirection;

typedef struct { double width, height; } BsSize;
typedef struct { double x, y; } BsPoint;
typedef struct { double x, y, width, height; } BsRect;

/* A card is the rectangle of the tensor; its pill sits on the input side inside the same laid-out box. */
typedef struct _BsLayout BsLayout; /* reference-counted, immutable */
BsLayout *bs_layout_ref (BsLayout *self);
void bs_layout_unref (BsLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLayout, bs_layout_unref)
BsSize bs_layout_get_size (const BsLayout *self);
BsRect bs_layout_get_card (const BsLayout *self, guint card);
/* Cubic Bézier pieces: 1 + 3k points from the input's border to the result's. */
const BsPoint *bs_layout_get_edge (const BsLayout *self, guint edge, guint *n_points);
gboolean bs_layout_is_final (const BsLayout *self); /* FALSE: the quick placement that stands until dot's comes */

typedef struct {
  BsLayoutDirection direction;
  const BsSize *sizes; /* one per card of the graph, measured with Pango by the caller (draw) */
} BsLayoutOptions;

/* At once, in this thread: dot (export, tests), or the quick layered placement of our own. */
BsLayout *bs_layout_compute (BsGraph *graph, const BsLayoutOptions *options, GCancellable *cancellable, GError **error);
BsLayout *bs_layout_compute_quick (BsGraph *graph, const BsLayoutOptions *options);
/* In the worker; a newer request of the same @owner cancels the older one. Cached results come back at once. */
void bs_layout_compute_async (gpointer owner, BsGraph *graph, const BsLayoutOptions *options, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data);
BsLayout *bs_layout_compute_finish (GAsyncResult *result, GError **error);

G_END_DECLS
