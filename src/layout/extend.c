/* SPDX-License-Identifier: MIT */

/* A layout of a graph that has grown, from the one it had before: what of the old picture is still there, and where. The new
 * ones are placed by beside.c. */

#include "layout-private.h"

#include <math.h>
#include <string.h>

#define LEAST_ROOM 4.0 /* between two cards, one of which has grown */

typedef struct {
  const BsLayout *old;
  const guint32 *was;
  guint32 *is;        /* per node of the old one: the node now; BS_NEW_CARD: it is gone */
  GHashTable *edges;  /* from << 32 | to, both cards of the old one -> its first edge, + 1 */
} Extend;

static guint32
card_of_old (const BsLayout *old, guint32 node)
{
  return node < old->n_cards ? node : old->proxy_of[node - old->n_cards];
}

static guint64
pair (guint32 from, guint32 to)
{
  return (guint64) from << 32 | to;
}

static guint64
pair_of_old (const BsLayout *old, guint edge)
{
  return pair (card_of_old (old, old->begins[edge]), old->ends[edge]);
}

static void
extend_init (Extend *self, const BsLayout *old, const guint32 *was)
{
  *self = (Extend) { .old = old, .was = was, .is = g_new (guint32, MAX (old->n_nodes, 1)) };
  memset (self->is, 0xff, MAX (old->n_nodes, 1) * sizeof *self->is);
  self->edges = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = old->n_edges; i-- > 0;)
    g_hash_table_replace (self->edges, g_memdup2 (&(guint64) { pair_of_old (old, i) }, sizeof (guint64)),
                          GUINT_TO_POINTER (i + 1));
}

static void
extend_clear (Extend *self)
{
  g_free (self->is);
  g_hash_table_unref (self->edges);
}

/* Of several between the same two, the @nth. */
static guint
find_old_edge (const Extend *self, guint32 from, guint32 to, guint nth)
{
  guint64 key = pair (self->was[from], self->was[to]);
  guint edge;

  if (self->was[from] == BS_NEW_CARD || self->was[to] == BS_NEW_CARD)
    return G_MAXUINT;
  edge = GPOINTER_TO_UINT (g_hash_table_lookup (self->edges, &key)) - 1 + nth;
  return edge < self->old->n_edges && pair_of_old (self->old, edge) == key ? edge : G_MAXUINT;
}

/* Edges come in the order of their results. */
static guint
find_old_edge_of (const Extend *self, BsGraph *graph, guint i)
{
  const BsEdge *edge = bs_graph_get_edge (graph, i);
  guint first, end, nth = 0;

  bs_graph_get_inputs (graph, edge->to, &first, &end);
  for (guint k = first; k < i; k++)
    nth += bs_graph_get_edge (graph, k)->from == edge->from;
  return find_old_edge (self, edge->from, edge->to, nth);
}

/* --- nodes --------------------------------------------------------------------------------------------------------------- */

/* About the same middle, should it have become larger or smaller. */
static void
keep_node (const Extend *self, const BsModel *model, guint32 old, guint32 node, BsRect *rects)
{
  BsRect r = self->old->rects[old];
  BsSize size = model->sizes[node];

  self->is[old] = node;
  rects[node] = (BsRect) { r.x + (r.width - size.width) / 2, r.y + (r.height - size.height) / 2, size.width, size.height };
}

static void
keep_nodes (const Extend *self, const BsModel *model, const guint *old_edges, BsRect *rects)
{
  for (guint i = 0; i < model->n_cards; i++)
    if (self->was[i] != BS_NEW_CARD)
      keep_node (self, model, self->was[i], i, rects);
  for (guint i = 0; i < model->n_edges; i++)
    if (model->edges[i].from >= model->n_cards && old_edges[i] != G_MAXUINT
        && self->old->begins[old_edges[i]] >= self->old->n_cards)
      keep_node (self, model, self->old->begins[old_edges[i]], model->edges[i].from, rects);
}

static int
compare_left (gconstpointer a, gconstpointer b)
{
  const BsRect *x = a, *y = b;

  return x->x < y->x ? -1 : x->x > y->x;
}

static gboolean
have_room (const BsModel *model, const BsRect *rects)
{
  g_autofree BsRect *sorted = g_memdup2 (rects, model->n_nodes * sizeof *rects);

  qsort (sorted, model->n_nodes, sizeof *sorted, compare_left);
  for (guint i = 0; i < model->n_nodes; i++)
    for (guint k = i + 1; sorted[i].width > 0 && k < model->n_nodes && sorted[k].x < sorted[i].x + sorted[i].width + LEAST_ROOM; k++)
      if (sorted[k].width > 0 && sorted[k].y < sorted[i].y + sorted[i].height + LEAST_ROOM
          && sorted[i].y < sorted[k].y + sorted[k].height + LEAST_ROOM)
        return FALSE;
  return TRUE;
}

/* --- edges --------------------------------------------------------------------------------------------------------------- */

static BsPoint
border_of (const BsModel *model, BsRect r, gboolean begin)
{
  if (model->direction == BS_LAYOUT_LEFT_TO_RIGHT)
    return (BsPoint) { begin ? r.x + r.width : r.x, r.y + r.height / 2 };
  return (BsPoint) { r.x + r.width / 2, begin ? r.y + r.height : r.y };
}

static void
move_ends (BsRoute *route, BsPoint from, BsPoint to, BsPoint from_now, BsPoint to_now)
{
  for (guint k = 0; k < 2; k++) {
    route->points[k].x += from_now.x - from.x;
    route->points[k].y += from_now.y - from.y;
    route->points[route->n - 1 - k].x += to_now.x - to.x;
    route->points[route->n - 1 - k].y += to_now.y - to.y;
  }
}

/* The edges go the way they went, to where the borders are by now. */
static void
keep_edge (const Extend *self, const BsModel *model, guint edge, guint old, const BsRect *rects, BsRoute *route)
{
  guint32 a = self->old->begins[old], b = self->old->ends[old];
  const BsPoint *points = self->old->points + self->old->offsets[old];

  if (self->is[a] != model->edges[edge].from || self->is[b] != model->edges[edge].to)
    return;
  route->n = self->old->offsets[old + 1] - self->old->offsets[old];
  route->points = g_memdup2 (points, route->n * sizeof *points);
  if (route->n >= 4)
    move_ends (route, border_of (model, self->old->rects[a], TRUE), border_of (model, self->old->rects[b], FALSE),
               border_of (model, rects[self->is[a]], TRUE), border_of (model, rects[self->is[b]], FALSE));
}

/* Several between the same two have been spread about one way, and will be again. */
static void
gather (const BsModel *model, BsRoute *routes)
{
  guint n;

  for (guint first = 0; first < model->n_edges; first += n) {
    for (n = 1; first + n < model->n_edges && memcmp (&model->edges[first + n], &model->edges[first], sizeof (BsLink)) == 0
         && routes[first + n].n == routes[first].n; n++)
      ;
    for (guint k = 0; n > 1 && k < routes[first].n; k++) {
      BsPoint sum = { 0, 0 };

      for (guint i = first; i < first + n; i++) {
        sum.x += routes[i].points[k].x / n;
        sum.y += routes[i].points[k].y / n;
      }
      for (guint i = first; i < first + n; i++)
        routes[i].points[k] = sum;
    }
  }
}

/* --- public -------------------------------------------------------------------------------------------------------------- */

BsLayout *
bs_layout_extend (const BsLayout *old, const guint32 *was, BsGraph *graph, const BsLayoutOptions *options)
{
  guint n_edges = bs_graph_get_n_edges (graph);
  g_autofree guint *old_edges = g_new (guint, MAX (n_edges, 1));
  g_autofree BsBegin *begins = g_new0 (BsBegin, MAX (n_edges, 1));
  g_autofree BsRoute *routes = g_new0 (BsRoute, MAX (n_edges, 1));
  g_autoptr (BsModel) model = NULL;
  BsPlacement placement;
  BsLayout *layout = NULL;
  Extend self;

  g_return_val_if_fail (old->direction == options->direction, NULL);

  extend_init (&self, old, was);
  for (guint i = 0; i < n_edges; i++) {
    old_edges[i] = find_old_edge_of (&self, graph, i);
    if (old_edges[i] != G_MAXUINT)
      begins[i] = old->begins[old_edges[i]] < old->n_cards ? BS_BEGIN_CARD : BS_BEGIN_PROXY;
  }
  model = bs_model_new_grown (graph, options, begins);
  bs_placement_init (&placement, model);
  keep_nodes (&self, model, old_edges, placement.rects);
  if (have_room (model, placement.rects)) {
    for (guint i = 0; i < n_edges; i++)
      if (old_edges[i] != G_MAXUINT)
        keep_edge (&self, model, i, old_edges[i], placement.rects, &routes[i]);
    gather (model, routes);
    bs_place_beside (model, routes, &placement);
    layout = bs_layout_new (model, &placement, FALSE);
  }
  for (guint i = 0; i < n_edges; i++)
    g_free (routes[i].points);
  bs_placement_clear (&placement);
  extend_clear (&self);
  return layout;
}
