/* SPDX-License-Identifier: MIT */

/* The quick layered placement of our own. Layers by the longest path, leaves pulled late to where they are used; an
 * order in each layer by barycentres, then swaps of neighbours; places within a layer by least squares (pooling of
 * neighbours that would overlap), swept to and fro. Everything is a few passes over arrays: about 1 ms for 1000 nodes.
 *
 * Two axes: *along* the flow (x from left to right) and *across* it. An edge over several layers passes by dummy
 * nodes; those of one source share one track, so their number stays in proportion. */

#include "layout-private.h"

#include <string.h>

#define NONE G_MAXUINT32
#define DUMMY_HALF 4.0

typedef struct {
  guint32 *first, *items; /* items of i: [first[i], first[i + 1]) */
} Lists;

typedef struct {
  const BsModel *model;
  guint n, n_real, room; /* nodes with the dummies */
  guint32 *layer;
  double *half;          /* across */
  double *at;            /* across: the middle */
  guint32 *position;     /* in its layer */
  GArray *links;         /* BsLink between neighbouring layers */
  guint32 *track;        /* of a node: its first dummy, the others follow in order */
  guint32 *reach;        /* of a node: the last layer an edge of it goes to */
  guint n_layers;
  Lists layers;          /* nodes of a layer in their order */
  Lists in, out;         /* neighbours */
  gboolean *direct;      /* per node: its far edges have no track */
  guint32 *depth;        /* of the dummies too: their source's */
  gboolean *main;        /* is the deepest input of a result */
} Place;

/* --- lists ------------------------------------------------------------------------------------------------------------- */

static void
lists_clear (Lists *self)
{
  g_free (self->first);
  g_free (self->items);
}

static void
group_links (Lists *self, guint n, const BsLink *links, guint n_links, gboolean by_to)
{
  self->first = g_new0 (guint32, n + 2);
  self->items = g_new (guint32, MAX (n_links, 1));
  for (guint i = 0; i < n_links; i++)
    self->first[(by_to ? links[i].to : links[i].from) + 2]++;
  for (guint i = 1; i < n + 2; i++)
    self->first[i] += self->first[i - 1];
  for (guint i = 0; i < n_links; i++)
    self->items[self->first[(by_to ? links[i].to : links[i].from) + 1]++] = by_to ? links[i].from : links[i].to;
}

/* --- layers ------------------------------------------------------------------------------------------------------------ */

/* Nodes so that inputs come first. In a cycle, which a graph of a computation never has, the rest comes as it is. */
static guint32 *
topological_order (const BsModel *model, const Lists *out)
{
  guint n = model->n_nodes, head = 0, tail = 0;
  guint32 *order = g_new (guint32, MAX (n, 1));
  g_autofree guint32 *waiting = g_new0 (guint32, MAX (n, 1));
  g_autofree gboolean *done = g_new0 (gboolean, MAX (n, 1));

  for (guint i = 0; i < model->n_edges; i++)
    waiting[model->edges[i].to]++;
  for (guint i = 0; i < n; i++)
    if (waiting[i] == 0)
      order[tail++] = i;
  while (head < tail) {
    guint32 node = order[head++];

    done[node] = TRUE;
    for (guint32 k = out->first[node]; k < out->first[node + 1]; k++)
      if (--waiting[out->items[k]] == 0)
        order[tail++] = out->items[k];
  }
  for (guint i = 0; i < n && tail < n; i++)
    if (!done[i])
      order[tail++] = i;
  return order;
}

guint32 *
bs_place_depths (const BsModel *model)
{
  guint32 *depths = g_new0 (guint32, MAX (model->n_nodes, 1));
  g_autofree guint32 *order = NULL;
  Lists out;

  group_links (&out, model->n_nodes, model->edges, model->n_edges, FALSE);
  order = topological_order (model, &out);
  for (guint i = 0; i < model->n_nodes; i++)
    for (guint32 k = out.first[order[i]]; k < out.first[order[i] + 1]; k++)
      depths[out.items[k]] = MAX (depths[out.items[k]], depths[order[i]] + 1);
  lists_clear (&out);
  return depths;
}

static void
choose_layers (Place *self)
{
  const BsModel *model = self->model;
  Lists in, out;
  g_autofree guint32 *order = NULL;
  g_autofree gboolean *loose = g_new0 (gboolean, MAX (model->n_nodes, 1));

  group_links (&in, model->n_nodes, model->edges, model->n_edges, TRUE);
  group_links (&out, model->n_nodes, model->edges, model->n_edges, FALSE);
  order = topological_order (model, &out);
  for (guint i = 0; i < model->n_nodes; i++) {
    guint32 node = order[i], layer = 0;

    /* All that it comes from comes only here: `x * w` of a late step of a loop. It can move late as a whole. */
    loose[node] = TRUE;
    for (guint32 k = in.first[node]; k < in.first[node + 1]; k++) {
      guint32 input = in.items[k];

      layer = MAX (layer, self->layer[input] + 1);
      loose[node] = loose[node] && loose[input] && out.first[input + 1] - out.first[input] == 1;
    }
    self->layer[node] = layer;
  }
  for (guint i = model->n_nodes; i-- > 0;) {
    guint32 node = order[i], layer = NONE;

    if (!loose[node] && out.first[node + 1] - out.first[node] <= in.first[node + 1] - in.first[node])
      continue;
    for (guint32 k = out.first[node]; k < out.first[node + 1]; k++)
      layer = MIN (layer, self->layer[out.items[k]]);
    if (layer != NONE && layer > self->layer[node])
      self->layer[node] = layer - 1;
  }
  for (guint i = 0; i < model->n_nodes; i++)
    self->n_layers = MAX (self->n_layers, self->layer[i] + 1);
  lists_clear (&in);
  lists_clear (&out);
}

/* --- dummies ----------------------------------------------------------------------------------------------------------- */

static guint
count_dummies (Place *self)
{
  const BsModel *model = self->model;
  guint n = 0, most = 2 * model->n_nodes + 64;

  for (guint i = 0; i < model->n_edges; i++)
    self->reach[model->edges[i].from] = MAX (self->reach[model->edges[i].from], self->layer[model->edges[i].to]);
  for (guint i = 0; i < model->n_nodes; i++) {
    guint span = self->reach[i] > self->layer[i] + 1 ? self->reach[i] - self->layer[i] - 1 : 0;

    self->direct[i] = n + span > most;
    self->track[i] = self->n_real + n;
    n += self->direct[i] ? 0 : span;
  }
  return n;
}

static void
add_link (Place *self, guint32 from, guint32 to)
{
  BsLink link = { from, to };

  g_array_append_val (self->links, link);
}

static void
add_dummies (Place *self)
{
  const BsModel *model = self->model;
  guint n;

  self->n_real = model->n_nodes;
  n = count_dummies (self);
  self->n = self->n_real + n;
  self->layer = g_renew (guint32, self->layer, MAX (self->n, 1));
  self->half = g_new (double, MAX (self->n, 1));
  self->depth = bs_place_depths (model);
  self->depth = g_renew (guint32, self->depth, MAX (self->n, 1));
  for (guint i = 0; i < self->n_real; i++)
    self->half[i] = bs_model_across (model, i) / 2;
  for (guint i = self->n_real; i < self->n; i++)
    self->half[i] = DUMMY_HALF;
  for (guint i = 0; i < self->n_real; i++)
    for (guint32 l = self->layer[i] + 1, d = self->track[i]; !self->direct[i] && l < self->reach[i]; l++, d++) {
      self->layer[d] = l;
      self->depth[d] = self->depth[i];
      add_link (self, d == self->track[i] ? i : d - 1, d);
    }
  for (guint i = 0; i < model->n_edges; i++) {
    guint32 from = model->edges[i].from, to = model->edges[i].to;

    if (self->layer[to] == self->layer[from] + 1)
      add_link (self, from, to);
    else if (self->layer[to] > self->layer[from] && !self->direct[from])
      add_link (self, self->track[from] + self->layer[to] - self->layer[from] - 2, to);
  }
}

/* --- the order in a layer ---------------------------------------------------------------------------------------------- */

/* A first order: along depth-first walks back from the results, so that what belongs together stands together. */
static void
first_order (Place *self)
{
  g_autofree guint32 *stack = g_new (guint32, self->n + self->links->len + 1);
  g_autofree gboolean *seen = g_new0 (gboolean, MAX (self->n, 1));
  guint32 *next;

  self->layers.first = g_new0 (guint32, self->n_layers + 2);
  self->layers.items = g_new (guint32, MAX (self->n, 1));
  for (guint i = 0; i < self->n; i++)
    self->layers.first[self->layer[i] + 1]++;
  for (guint i = 1; i <= self->n_layers; i++)
    self->layers.first[i] += self->layers.first[i - 1];
  next = g_memdup2 (self->layers.first, sizeof *next * (self->n_layers + 1));
  for (guint i = self->n; i-- > 0;) {
    guint top = 0;

    if (seen[i] || self->out.first[i + 1] > self->out.first[i])
      continue;
    stack[top++] = i;
    while (top > 0) {
      guint32 node = stack[--top];

      if (seen[node])
        continue;
      seen[node] = TRUE;
      self->position[node] = next[self->layer[node]] - self->layers.first[self->layer[node]];
      self->layers.items[next[self->layer[node]]++] = node;
      for (guint32 k = self->in.first[node + 1]; k-- > self->in.first[node];)
        if (!seen[self->in.items[k]])
          stack[top++] = self->in.items[k];
    }
  }
  g_free (next);
}

typedef struct { double key; guint32 node; } Keyed;

static int
compare_keyed (gconstpointer a, gconstpointer b)
{
  const Keyed *x = a, *y = b;

  return x->key < y->key ? -1 : x->key > y->key ? 1 : x->node < y->node ? -1 : x->node > y->node;
}

static double
barycentre (const Place *self, const Lists *neighbours, guint32 node)
{
  guint32 from = neighbours->first[node], to = neighbours->first[node + 1];
  double sum = 0;

  for (guint32 k = from; k < to; k++)
    sum += self->position[neighbours->items[k]];
  return sum / (to - from);
}

/* Those without neighbours on that side keep their places between the others. */
static void
order_layer (Place *self, guint layer, const Lists *neighbours, Keyed *keyed)
{
  guint32 first = self->layers.first[layer], n = self->layers.first[layer + 1] - first;
  guint32 *items = self->layers.items + first;
  double last = 0;

  if (n < 2)
    return;
  for (guint i = 0; i < n; i++) {
    if (neighbours->first[items[i] + 1] > neighbours->first[items[i]])
      last = barycentre (self, neighbours, items[i]);
    keyed[i] = (Keyed) { last + i * 1e-9, items[i] };
  }
  qsort (keyed, n, sizeof *keyed, compare_keyed);
  for (guint i = 0; i < n; i++) {
    items[i] = keyed[i].node;
    self->position[items[i]] = i;
  }
}

/* Crossings between the edges of two neighbours, @a before @b, minus those after a swap. */
static int
gain_of_swap (const Place *self, const Lists *neighbours, guint32 a, guint32 b)
{
  int gain = 0;

  for (guint32 i = neighbours->first[a]; i < neighbours->first[a + 1]; i++)
    for (guint32 k = neighbours->first[b]; k < neighbours->first[b + 1]; k++) {
      guint32 x = self->position[neighbours->items[i]], y = self->position[neighbours->items[k]];

      gain += (x > y) - (x < y);
    }
  return gain;
}

static guint32
degree (const Lists *lists, guint32 node)
{
  return lists->first[node + 1] - lists->first[node];
}

static void
swap_neighbours (Place *self, guint layer)
{
  guint32 first = self->layers.first[layer], n = self->layers.first[layer + 1] - first;
  guint32 *items = self->layers.items + first;

  for (guint i = 0; i + 1 < n; i++) {
    guint32 a = items[i], b = items[i + 1];

    if ((guint64) degree (&self->in, a) * degree (&self->in, b) > 256 ||
        (guint64) degree (&self->out, a) * degree (&self->out, b) > 256)
      continue;
    if (gain_of_swap (self, &self->in, a, b) + gain_of_swap (self, &self->out, a, b) <= 0)
      continue;
    items[i] = b;
    items[i + 1] = a;
    self->position[b] = i;
    self->position[a] = i + 1;
  }
}

static void
choose_order (Place *self, guint care)
{
  g_autofree Keyed *keyed = g_new (Keyed, MAX (self->n, 1));

  first_order (self);
  for (guint sweep = 0; sweep < 2 * care; sweep++) {
    for (guint l = 1; l < self->n_layers; l++)
      order_layer (self, l, &self->in, keyed);
    for (guint l = self->n_layers - (self->n_layers > 0); l-- > 0;)
      order_layer (self, l, &self->out, keyed);
    for (guint l = 0; l < self->n_layers; l++)
      swap_neighbours (self, l);
  }
}

/* --- places in a layer ------------------------------------------------------------------------------------------------- */

typedef struct { double sum, weight; guint n; } Pool;

static double
separation (const Place *self, guint32 a, guint32 b)
{
  gboolean dummies = a >= self->n_real && b >= self->n_real;

  return self->half[a] + self->half[b] + (dummies ? BS_GAP_NODES / 3 : BS_GAP_NODES);
}

static guint32
deepest (const Place *self, const Lists *neighbours, guint32 node)
{
  guint32 most = 0;

  for (guint32 k = neighbours->first[node]; k < neighbours->first[node + 1]; k++)
    most = MAX (most, self->depth[neighbours->items[k]]);
  return most;
}

static void
find_main (Place *self)
{
  for (guint i = 0; i < self->n; i++) {
    guint32 most = deepest (self, &self->in, i);

    for (guint32 k = self->in.first[i]; k < self->in.first[i + 1]; k++)
      if (self->depth[self->in.items[k]] == most)
        self->main[self->in.items[k]] = TRUE;
  }
}

/* The middle of its neighbours, the main way first; dummies pull hard, so that long edges are straight. */
static void
wish_of (const Place *self, const Lists *neighbours, guint32 node, double *wish, double *weight)
{
  guint32 from = neighbours->first[node], to = neighbours->first[node + 1], most;
  double sum = 0, weights = 0;

  if (from == to) {
    *wish = self->at[node];
    *weight = 0.01;
    return;
  }
  most = neighbours == &self->in ? deepest (self, neighbours, node) : 0;
  for (guint32 k = from; k < to; k++) {
    double w = self->depth[neighbours->items[k]] >= most ? 32 : 1;

    sum += w * self->at[neighbours->items[k]];
    weights += w;
  }
  *wish = sum / weights;
  *weight = node >= self->n_real ? 48 : self->main[node] ? 32 : 1;
}

/* Least squares to the wishes under the separations: shift each by the room before it, then pool what is out of order. */
static void
place_layer (Place *self, guint layer, const Lists *neighbours, Pool *pools, double *room)
{
  guint32 first = self->layers.first[layer], n = self->layers.first[layer + 1] - first;
  const guint32 *items = self->layers.items + first;
  guint n_pools = 0, i = 0;
  double used = 0;

  for (guint k = 0; k < n; k++) {
    double wish, weight;

    if (k > 0)
      used += separation (self, items[k - 1], items[k]);
    room[k] = used;
    wish_of (self, neighbours, items[k], &wish, &weight);
    pools[n_pools++] = (Pool) { (wish - used) * weight, weight, 1 };
    while (n_pools > 1 && pools[n_pools - 2].sum * pools[n_pools - 1].weight >
                              pools[n_pools - 1].sum * pools[n_pools - 2].weight) {
      pools[n_pools - 2].sum += pools[n_pools - 1].sum;
      pools[n_pools - 2].weight += pools[n_pools - 1].weight;
      pools[n_pools - 2].n += pools[n_pools - 1].n;
      n_pools--;
    }
  }
  for (guint p = 0; p < n_pools; p++)
    for (guint k = 0; k < pools[p].n; k++, i++)
      self->at[items[i]] = pools[p].sum / pools[p].weight + room[i];
}

static void
choose_places (Place *self, guint care)
{
  g_autofree Pool *pools = g_new (Pool, MAX (self->n, 1));
  g_autofree double *room = g_new (double, MAX (self->n, 1));

  for (guint l = 0; l < self->n_layers; l++) {
    double at = 0;

    for (guint32 k = self->layers.first[l]; k < self->layers.first[l + 1]; k++) {
      if (k > self->layers.first[l])
        at += separation (self, self->layers.items[k - 1], self->layers.items[k]);
      self->at[self->layers.items[k]] = at;
    }
    for (guint32 k = self->layers.first[l]; k < self->layers.first[l + 1]; k++)
      self->at[self->layers.items[k]] -= at / 2;
  }
  for (guint sweep = 0; sweep < 3 * care; sweep++) {
    for (guint l = 1; l < self->n_layers; l++)
      place_layer (self, l, &self->in, pools, room);
    for (guint l = self->n_layers - (self->n_layers > 0); l-- > 0;)
      place_layer (self, l, &self->out, pools, room);
  }
}

/* --- results ----------------------------------------------------------------------------------------------------------- */

static void
layer_bounds (const Place *self, double *begins, double *ends)
{
  double at = 0;

  for (guint l = 0; l < self->n_layers; l++) {
    double length = 0;

    for (guint32 k = self->layers.first[l]; k < self->layers.first[l + 1]; k++)
      if (self->layers.items[k] < self->n_real)
        length = MAX (length, bs_model_along (self->model, self->layers.items[k]));
    begins[l] = at;
    ends[l] = at + length;
    at += length + BS_GAP_LAYERS (self->model->direction);
  }
}

static void
set_rects (const Place *self, const double *begins, const double *ends, BsRect *rects)
{
  for (guint i = 0; i < self->n_real; i++) {
    double middle = (begins[self->layer[i]] + ends[self->layer[i]]) / 2;
    BsSize size = self->model->sizes[i];

    if (self->model->direction == BS_LAYOUT_LEFT_TO_RIGHT)
      rects[i] = (BsRect) { middle - size.width / 2, self->at[i] - size.height / 2, size.width, size.height };
    else
      rects[i] = (BsRect) { self->at[i] - size.width / 2, middle - size.height / 2, size.width, size.height };
  }
}

static void
add_point (const Place *self, BsPlacement *out, double along, double across)
{
  BsPoint p = self->model->direction == BS_LAYOUT_LEFT_TO_RIGHT ? (BsPoint) { along, across }
                                                                : (BsPoint) { across, along };

  g_array_append_val (out->points, p);
}

static void
add_bend (const Place *self, BsPlacement *out, double x0, double y0, double x1, double y1)
{
  double pull = (x1 - x0) / 2;

  add_point (self, out, x0 + pull, y0);
  add_point (self, out, x1 - pull, y1);
  add_point (self, out, x1, y1);
}

/* From border to border: bends between the layers, straight past the cards of a layer. */
static void
route_edge (const Place *self, guint i, const double *begins, const double *ends, BsPlacement *out)
{
  BsLink edge = self->model->edges[i];
  guint32 from = self->layer[edge.from], to = self->layer[edge.to];
  double x = (begins[from] + ends[from] + bs_model_along (self->model, edge.from)) / 2, y = self->at[edge.from];

  if (to <= from || self->direct[edge.from]) {
    bs_placement_add_curve (out, self->model, i);
    return;
  }
  add_point (self, out, x, y);
  for (guint32 l = from + 1; l < to; l++) {
    double at = self->at[self->track[edge.from] + l - from - 1];

    add_bend (self, out, x, y, begins[l], at);
    add_bend (self, out, begins[l], at, ends[l], at);
    x = ends[l];
    y = at;
  }
  add_bend (self, out, x, y, (begins[to] + ends[to] - bs_model_along (self->model, edge.to)) / 2, self->at[edge.to]);
}

static void
place_clear (Place *self)
{
  g_free (self->layer);
  g_free (self->half);
  g_free (self->at);
  g_free (self->position);
  g_free (self->track);
  g_free (self->reach);
  g_free (self->direct);
  g_free (self->depth);
  g_free (self->main);
  g_array_unref (self->links);
  lists_clear (&self->layers);
  lists_clear (&self->in);
  lists_clear (&self->out);
}

guint64
bs_place_total_span (const BsModel *model)
{
  Place self = { .model = model };
  g_autofree guint32 *layer = self.layer = g_new0 (guint32, MAX (model->n_nodes, 1));
  guint64 sum = 0;

  choose_layers (&self);
  for (guint i = 0; i < model->n_edges; i++)
    sum += ABS ((int) layer[model->edges[i].to] - (int) layer[model->edges[i].from]);
  return sum;
}

void
bs_place_layered (const BsModel *model, guint care, BsPlacement *out)
{
  guint n = MAX (model->n_nodes, 1);
  Place self = { .model = model, .layer = g_new0 (guint32, n), .track = g_new0 (guint32, n),
                 .reach = g_new0 (guint32, n), .direct = g_new0 (gboolean, n) };
  g_autofree double *begins = NULL, *ends = NULL;

  self.links = g_array_new (FALSE, FALSE, sizeof (BsLink));
  choose_layers (&self);
  add_dummies (&self);
  self.at = g_new0 (double, MAX (self.n, 1));
  self.position = g_new0 (guint32, MAX (self.n, 1));
  group_links (&self.in, self.n, (const BsLink *) self.links->data, self.links->len, TRUE);
  group_links (&self.out, self.n, (const BsLink *) self.links->data, self.links->len, FALSE);
  self.main = g_new0 (gboolean, MAX (self.n, 1));
  find_main (&self);
  choose_order (&self, care);
  choose_places (&self, care);
  begins = g_new0 (double, self.n_layers + 1);
  ends = g_new0 (double, self.n_layers + 1);
  layer_bounds (&self, begins, ends);
  set_rects (&self, begins, ends, out->rects);
  for (guint i = 0; i < model->n_edges; i++) {
    out->offsets[i] = out->points->len;
    route_edge (&self, i, begins, ends, out);
  }
  out->offsets[model->n_edges] = out->points->len;
  place_clear (&self);
}
