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

/* A card is the rectangle of the tensor; its pill sits on the input side inside the same laid-out box.
 *
 * A leaf that is used in many places (a weight of an unrolled network) would draw everything together and make dot
 * slow beyond use. So it stands once, at its first use, and every further use gets a small *proxy* of its own. */
typedef struct _BsLayout BsLayout; /* reference-counted, immutable */
BsLayout *bs_layout_ref (BsLayout *self);
void bs_layout_unref (BsLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLayout, bs_layout_unref)
BsSize bs_layout_get_size (const BsLayout *self);
BsRect bs_layout_get_card (const BsLayout *self, guint card);
/* Cubic Bézier pieces: 1 + 3k points from the input's border to the result's. */
const BsPoint *bs_layout_get_edge (const BsLayout *self, guint edge, guint *n_points);
#define BS_NO_PROXY G_MAXUINT
guint bs_layout_get_n_proxies (const BsLayout *self);
BsRect bs_layout_get_proxy (const BsLayout *self, guint proxy, guint *card); /* @card: the one it stands for */
guint bs_layout_get_edge_proxy (const BsLayout *self, guint edge); /* where it begins; BS_NO_PROXY: at the card itself */
/* FALSE: its cards stand among others, so that no frame can be drawn around them alone. */
gboolean bs_layout_get_frame (const BsLayout *self, guint frame, BsRect *out);
gboolean bs_layout_is_final (const BsLayout *self); /* FALSE: the quick placement that stands until dot's comes */

typedef struct {
  BsLayoutDirection direction;
  const BsSize *sizes; /* one per card of the graph, measured with Pango by the caller (draw) */
  const BsSize *proxy_sizes; /* one per card too; NULL: no proxies */
} BsLayoutOptions;

/* At once, waiting for the worker: dot (export, tests), cached. Or the quick layered placement of our own, here. */
BsLayout *bs_layout_compute (BsGraph *graph, const BsLayoutOptions *options, GCancellable *cancellable, GError **error);
BsLayout *bs_layout_compute_quick (BsGraph *graph, const BsLayoutOptions *options);
/* In the worker; a newer request of the same @owner cancels the older one (G_IO_ERROR_CANCELLED). */
void bs_layout_compute_async (gpointer owner, BsGraph *graph, const BsLayoutOptions *options, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer data);
BsLayout *bs_layout_compute_finish (GAsyncResult *result, GError **error);

/* The graph has grown by some: what was there keeps its place (all moved by the same, when something new begins before the
 * margin), and the new ones stand beside what they come from. @was: from bs_graph_match(). (transfer full); NULL: it cannot
 * be, for what was there has become too large for its place. */
BsLayout *bs_layout_extend (const BsLayout *old, const guint32 *was, BsGraph *graph, const BsLayoutOptions *options);

/* A moment on the way to @self, @t in 0 .. 1: the cards come from @from (one for each; of those that were not there, width
 * 0), which has the same origin. (transfer full) */
BsLayout *bs_layout_between (const BsLayout *self, const BsRect *from, double t);

/* dot's layout, if it is known already: a structure seen before. (transfer full) (nullable) */
BsLayout *bs_layout_lookup (BsGraph *graph, const BsLayoutOptions *options);
/* Beyond this many cards the quick placement is shown first and dot's replaces it. */
#define BS_LAYOUT_MANY 150
/* The way of a window, all in one: calls @ready at least once, always from the owner's main context (or from inside this
 * call when the layout is at hand). First what is there within 100 ms, later dot's when it comes; nothing after a newer
 * request of the same owner, after bs_layout_forget(), or when dot fails and the quick one stands already. */
typedef void (*BsLayoutReady) (BsLayout *layout, gpointer data);
void bs_layout_request (gpointer owner, BsGraph *graph, const BsLayoutOptions *options, BsLayoutReady ready, gpointer data);
/* The same where something useful stands already: only what is best. */
void bs_layout_request_best (gpointer owner, BsGraph *graph, const BsLayoutOptions *options, BsLayoutReady ready, gpointer data);
void bs_layout_forget (gpointer owner); /* call it when the owner goes */

G_END_DECLS
