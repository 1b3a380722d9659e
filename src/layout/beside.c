/* SPDX-License-Identifier: MIT */

/* Places for new nodes among some that stand and do not move. The columns (rows, from top to bottom) of those that stand are
 * seen from their middles; a new node gets the column after the last of what it comes from, and there the free place that is
 * nearest to it. What begins anew, with leaves of its own, stands where the program was just before: a graph that grows reads
 * as time goes on. Leaves stand right before what uses them. New edges over several columns are threaded through what is
 * free in each, last of all. Knows along and across as place.c does. */

#include "layout-private.h"

#include <math.h>
#include <string.h>

#define NONE G_MAXINT
#define SAME_COLUMN 1.5
#define THREAD_HALF 4.0
#define THREAD_ROOM 10.0   /* between an edge and a card that it passes */
#define ALONG_ROOM 16.0    /* between cards of neighbouring columns, one of which is wider than its column */
#define MAIN_WEIGHT 32.0   /* of the deepest input, as in place.c */

typedef struct { double begin, end, low, high; } Box; /* along, across */

/* An edge that passes a column. */
typedef struct { double low, high; guint32 source; } Thread;

typedef struct {
  double middle, begin, end;
  GArray *nodes;   /* guint32, that have their places */
  GArray *threads; /* Thread */
} Column;

typedef struct { double wish, weight; guint32 node; } Wish;
typedef struct { double low, high; } Range;

typedef struct {
  const BsModel *model;
  Box *boxes;
  gboolean *placed, *is_new, *loose;
  int *layer;       /* per node: its column; NONE */
  int *first_use;   /* per node: the first column of what uses it */
  guint32 *n_uses;  /* per node: edges out of it */
  guint32 *inputs;  /* edges into card i: [inputs[i], inputs[i + 1]) */
  guint32 *depth, *deepest;
  GArray *columns;
  Box *frames;      /* around what is placed in them; end <= begin: nothing */
  double lately;    /* across: where the last operation that stood is */
} Beside;

/* --- the two axes -------------------------------------------------------------------------------------------------------- */

static Box
box_of (const BsModel *model, BsRect r)
{
  if (model->direction == BS_LAYOUT_LEFT_TO_RIGHT)
    return (Box) { r.x, r.x + r.width, r.y, r.y + r.height };
  return (Box) { r.y, r.y + r.height, r.x, r.x + r.width };
}

static BsRect
rect_of (const BsModel *model, Box b)
{
  if (model->direction == BS_LAYOUT_LEFT_TO_RIGHT)
    return (BsRect) { b.begin, b.low, b.end - b.begin, b.high - b.low };
  return (BsRect) { b.low, b.begin, b.high - b.low, b.end - b.begin };
}

static double
middle_of (const Beside *self, guint node)
{
  return (self->boxes[node].low + self->boxes[node].high) / 2;
}

/* --- columns ------------------------------------------------------------------------------------------------------------- */

static Column *
column_at (const Beside *self, guint i)
{
  return &g_array_index (self->columns, Column, i);
}

static Column
column_new (double middle, double begin, double end)
{
  return (Column) { middle, begin, end, g_array_new (FALSE, FALSE, sizeof (guint32)), g_array_new (FALSE, FALSE, sizeof (Thread)) };
}

static void
column_clear (gpointer data)
{
  Column *self = data;

  g_array_unref (self->nodes);
  g_array_unref (self->threads);
}

static int
compare_wishes (gconstpointer a, gconstpointer b)
{
  const Wish *x = a, *y = b;

  return x->wish < y->wish ? -1 : x->wish > y->wish ? 1 : x->node < y->node ? -1 : x->node > y->node;
}

static void
include_in_frames (Beside *self, guint node)
{
  for (guint32 f = self->model->frame_of[node]; f != BS_NO_FRAME; f = self->model->frame_parent[f]) {
    Box *frame = &self->frames[f], b = self->boxes[node];

    *frame = frame->end <= frame->begin ? b : (Box) { MIN (frame->begin, b.begin), MAX (frame->end, b.end),
                                                      MIN (frame->low, b.low), MAX (frame->high, b.high) };
  }
}

static void
stand (Beside *self, guint32 node)
{
  self->placed[node] = TRUE;
  g_array_append_val (column_at (self, self->layer[node])->nodes, node);
  include_in_frames (self, node);
}

static void
find_columns (Beside *self)
{
  g_autofree Wish *sorted = g_new (Wish, MAX (self->model->n_nodes, 1));
  guint n = 0;

  for (guint i = 0; i < self->model->n_nodes; i++)
    if (!self->is_new[i])
      sorted[n++] = (Wish) { (self->boxes[i].begin + self->boxes[i].end) / 2, 0, i };
  qsort (sorted, n, sizeof *sorted, compare_wishes);
  for (guint i = 0; i < n; i++) {
    const Box *b = &self->boxes[sorted[i].node];
    Column *last = self->columns->len ? column_at (self, self->columns->len - 1) : NULL;

    if (last == NULL || sorted[i].wish > last->middle + SAME_COLUMN) {
      Column column = column_new (sorted[i].wish, b->begin, b->end);

      g_array_append_val (self->columns, column);
    } else {
      last->begin = MIN (last->begin, b->begin);
      last->end = MAX (last->end, b->end);
    }
    self->layer[sorted[i].node] = self->columns->len - 1;
    stand (self, sorted[i].node);
  }
}

static gboolean
is_operation (const Beside *self, guint card)
{
  return self->inputs[card + 1] > self->inputs[card];
}

/* After the last of what it comes from; of leaves alone, not before @front, where the program was just before. */
static int
layer_after_inputs (Beside *self, guint card, int front)
{
  int layer = NONE;
  gboolean begins = TRUE;

  self->loose[card] = TRUE;
  for (guint32 k = self->inputs[card]; k < self->inputs[card + 1]; k++) {
    guint32 input = self->model->edges[k].from;

    begins = begins && (input >= self->model->n_cards || !is_operation (self, input));
    if (self->layer[input] != NONE)
      layer = layer == NONE ? self->layer[input] + 1 : MAX (layer, self->layer[input] + 1);
    self->loose[card] = self->loose[card] && self->loose[input] && self->n_uses[input] == 1;
  }
  if (layer == NONE)
    return MAX (front, 1);
  return begins ? MAX (layer, front) : layer;
}

static void
choose_layers (Beside *self)
{
  const BsModel *model = self->model;
  int front = 0, least = 0;

  for (guint i = 0; i < model->n_nodes; i++)
    self->loose[i] = self->is_new[i] && (i >= model->n_cards || !is_operation (self, i));
  for (guint i = 0; i < model->n_cards; i++) {
    if (!is_operation (self, i))
      continue;
    if (self->is_new[i])
      self->layer[i] = layer_after_inputs (self, i, front);
    else
      self->lately = middle_of (self, i);
    front = self->layer[i];
  }
  /* What nobody else uses, with all that it comes from, moves late as a whole. */
  for (guint i = 0; i < model->n_nodes; i++)
    self->first_use[i] = NONE;
  for (guint i = model->n_cards; i-- > 0;) {
    if (self->loose[i] && self->first_use[i] != NONE && (self->layer[i] == NONE || self->first_use[i] - 1 > self->layer[i]))
      self->layer[i] = self->first_use[i] - 1;
    if (self->layer[i] == NONE)
      self->layer[i] = front;
    for (guint32 k = self->inputs[i]; k < self->inputs[i + 1]; k++)
      self->first_use[model->edges[k].from] = MIN (self->first_use[model->edges[k].from], self->layer[i]);
    least = MIN (least, self->layer[i]);
  }
  for (guint i = model->n_cards; i < model->n_nodes; i++) {
    if (self->layer[i] == NONE)
      self->layer[i] = self->first_use[i] != NONE ? self->first_use[i] - 1 : 0;
    least = MIN (least, self->layer[i]);
  }
  for (guint i = 0; least < 0 && i < model->n_nodes; i++) {
    self->layer[i] -= least;
    self->first_use[i] -= self->first_use[i] != NONE ? least : 0;
  }
  for (; least < 0; least++) {
    Column column = column_new (column_at (self, 0)->begin - BS_GAP_LAYERS (model->direction), 0, 0);

    g_array_prepend_val (self->columns, column);
  }
}

/* Columns that are new are as wide as the widest in them. */
static void
add_columns (Beside *self)
{
  const BsModel *model = self->model;
  double gap = BS_GAP_LAYERS (model->direction);
  guint n_old = self->columns->len, n = n_old;
  g_autofree double *width = NULL;

  for (guint i = 0; i < model->n_nodes; i++)
    n = MAX (n, (guint) self->layer[i] + 1);
  width = g_new0 (double, n);
  for (guint i = 0; i < model->n_nodes; i++)
    width[self->layer[i]] = MAX (width[self->layer[i]], bs_model_along (model, i));
  for (guint c = n_old; c-- > 0;) {
    Column *column = column_at (self, c);

    if (column->nodes->len > 0 || c + 1 >= n_old)
      continue;
    column->end = column_at (self, c + 1)->begin - gap;
    column->begin = column->end - width[c];
    column->middle = (column->begin + column->end) / 2;
  }
  for (guint c = n_old > 0 ? n_old - 1 : 0; c < n; c++) {
    double begin = c > 0 ? column_at (self, c - 1)->end + gap : 0;

    if (c >= n_old) {
      Column column = column_new (begin + width[c] / 2, begin, begin + width[c]);

      g_array_append_val (self->columns, column);
    } else {
      Column *column = column_at (self, c);

      column->end = MAX (column->end, column->middle + width[c] / 2);
    }
  }
}

/* --- what is free -------------------------------------------------------------------------------------------------------- */

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  const Range *x = a, *y = b;

  return x->low < y->low ? -1 : x->low > y->low;
}

/* The middle nearest to @wish of something of twice @half, outside of all that is @taken. */
static double
nearest_free (GArray *taken, double half, double wish)
{
  Range range = { 0, 0 };

  qsort (taken->data, taken->len, sizeof (Range), compare_ranges);
  for (guint i = 0; i < taken->len; i++) {
    Range next = g_array_index (taken, Range, i);

    next.low -= half;
    next.high += half;
    if (i == 0 || next.low >= range.high) {
      if (i > 0 && wish > range.low && wish < range.high)
        break;
      range = next;
    } else {
      range.high = MAX (range.high, next.high);
    }
  }
  if (taken->len == 0 || wish <= range.low || wish >= range.high)
    return wish;
  return wish - range.low < range.high - wish ? range.low : range.high;
}

static void
take (GArray *taken, double low, double high, double room)
{
  Range range = { low - room, high + room };

  g_array_append_val (taken, range);
}

static gboolean
is_within (const BsModel *model, guint32 frame, guint32 in)
{
  while (frame != BS_NO_FRAME && frame != in)
    frame = model->frame_parent[frame];
  return frame == in;
}

/* @source: of a thread; its own ones are no obstacle. */
static GArray *
find_taken (const Beside *self, guint column, double begin, double end, double room, guint32 source)
{
  GArray *taken = g_array_new (FALSE, FALSE, sizeof (Range));

  for (guint c = column > 0 ? column - 1 : 0; c < MIN (column + 2, self->columns->len); c++) {
    const GArray *nodes = column_at (self, c)->nodes;

    for (guint i = 0; i < nodes->len; i++) {
      const Box *b = &self->boxes[g_array_index (nodes, guint32, i)];

      if (b->begin < end && begin < b->end)
        take (taken, b->low, b->high, room);
    }
  }
  for (guint i = 0; i < column_at (self, column)->threads->len; i++) {
    const Thread *t = &g_array_index (column_at (self, column)->threads, Thread, i);

    if (source == BS_NEW_CARD || t->source != source)
      take (taken, t->low, t->high, source == BS_NEW_CARD ? THREAD_ROOM : BS_GAP_NODES / 3);
  }
  return taken;
}

static void
take_frames (const Beside *self, guint node, double begin, double end, GArray *taken)
{
  for (guint32 f = 0; f < self->model->n_frames; f++) {
    const Box *b = &self->frames[f];

    if (b->end > b->begin && b->begin - BS_FRAME_PADDING < end && begin < b->end + BS_FRAME_PADDING
        && !is_within (self->model, self->model->frame_of[node], f))
      take (taken, b->low, b->high, BS_FRAME_PADDING + THREAD_ROOM);
  }
}

/* @half: of the room that is wanted, from @begin on to its own end. */
static void
place_within (Beside *self, guint32 node, double wish, double begin, double half)
{
  const Column *column = column_at (self, self->layer[node]);
  double own = bs_model_across (self->model, node) / 2, along = bs_model_along (self->model, node);
  Box b = { column->middle - along / 2, column->middle + along / 2, 0, 0 };
  g_autoptr (GArray) taken = find_taken (self, self->layer[node], MIN (begin, b.begin) - ALONG_ROOM, b.end + ALONG_ROOM,
                                         BS_GAP_NODES, BS_NEW_CARD);

  take_frames (self, node, b.begin, b.end, taken);
  wish = nearest_free (taken, half, wish);
  b.low = wish - own;
  b.high = wish + own;
  self->boxes[node] = b;
  stand (self, node);
}

static void
place_node (Beside *self, guint32 node, double wish)
{
  place_within (self, node, wish, INFINITY, bs_model_across (self->model, node) / 2);
}

/* --- places -------------------------------------------------------------------------------------------------------------- */

/* The middle of what it comes from, the main way first; weight 0: nothing of it is placed. */
static Wish
wish_by_inputs (const Beside *self, guint32 node)
{
  double sum = 0, weights = 0;

  for (guint32 k = self->inputs[node]; node < self->model->n_cards && k < self->inputs[node + 1]; k++) {
    guint32 input = self->model->edges[k].from;
    double w = self->depth[input] >= self->deepest[node] ? MAIN_WEIGHT : 1;

    if (!self->placed[input])
      continue;
    sum += w * middle_of (self, input);
    weights += w;
  }
  return (Wish) { weights > 0 ? sum / weights : 0, weights, node };
}

typedef struct { double sum, weight; guint n; } Pool;

/* Those of one column that are new, side by side as near to their wishes as there is room among themselves: as in place.c. */
static void
pool_wishes (const Beside *self, Wish *wishes, guint n)
{
  g_autofree Pool *pools = g_new (Pool, n + 1);
  g_autofree double *room = g_new0 (double, n + 1);
  guint n_pools = 0, i = 0;

  qsort (wishes, n, sizeof *wishes, compare_wishes);
  for (guint k = 0; k < n; k++) {
    if (k > 0)
      room[k] = room[k - 1] + (bs_model_across (self->model, wishes[k - 1].node) + bs_model_across (self->model, wishes[k].node)) / 2 + BS_GAP_NODES;
    pools[n_pools++] = (Pool) { (wishes[k].wish - room[k]) * wishes[k].weight, wishes[k].weight, 1 };
    while (n_pools > 1 && pools[n_pools - 2].sum * pools[n_pools - 1].weight > pools[n_pools - 1].sum * pools[n_pools - 2].weight) {
      pools[n_pools - 2].sum += pools[n_pools - 1].sum;
      pools[n_pools - 2].weight += pools[n_pools - 1].weight;
      pools[n_pools - 2].n += pools[n_pools - 1].n;
      n_pools--;
    }
  }
  for (guint p = 0; p < n_pools; p++)
    for (guint k = 0; k < pools[p].n; k++, i++)
      wishes[i].wish = pools[p].sum / pools[p].weight + room[i];
}

static int
compare_weights (gconstpointer a, gconstpointer b)
{
  const Wish *x = a, *y = b;

  return x->weight > y->weight ? -1 : x->weight < y->weight ? 1 : x->node < y->node ? -1 : x->node > y->node;
}

static void
place_wishes (Beside *self, GArray *wishes)
{
  pool_wishes (self, (Wish *) wishes->data, wishes->len);
  qsort (wishes->data, wishes->len, sizeof (Wish), compare_weights);
  for (guint i = 0; i < wishes->len; i++)
    place_node (self, g_array_index (wishes, Wish, i).node, g_array_index (wishes, Wish, i).wish);
}

/* What begins anew: beside what was computed just before, with room for its leaves. */
static void
place_beginning (Beside *self, guint32 card)
{
  double wish = self->lately, room = -BS_GAP_NODES;
  guint32 last = BS_NEW_CARD;

  for (guint32 i = card; i-- > 0;)
    if (is_operation (self, i)) {
      wish = self->placed[i] ? middle_of (self, i) : wish;
      break;
    }
  for (guint32 k = self->inputs[card]; k < self->inputs[card + 1]; k++) {
    guint32 input = self->model->edges[k].from;

    if (input != last && self->is_new[input] && self->layer[input] == self->layer[card] - 1)
      room += bs_model_across (self->model, input) + BS_GAP_NODES;
    last = input;
  }
  place_within (self, card, wish, column_at (self, MAX (self->layer[card] - 1, 0))->begin,
                MAX (bs_model_across (self->model, card), room) / 2);
}

static gboolean
is_pulled (const Beside *self, guint node)
{
  return self->loose[node] && self->first_use[node] != NONE;
}

/* New nodes of each column: [first[c], first[c + 1]) */
static guint32 *
sort_by_column (const Beside *self, guint32 **first_out)
{
  guint n = self->columns->len;
  guint32 *first = g_new0 (guint32, n + 2), *items = g_new (guint32, MAX (self->model->n_nodes, 1));

  for (guint i = 0; i < self->model->n_nodes; i++)
    if (self->is_new[i])
      first[self->layer[i] + 2]++;
  for (guint c = 1; c < n + 2; c++)
    first[c] += first[c - 1];
  for (guint i = 0; i < self->model->n_nodes; i++)
    if (self->is_new[i])
      items[first[self->layer[i] + 1]++] = i;
  *first_out = first;
  return items;
}

static void
place_new (Beside *self)
{
  g_autofree guint32 *first = NULL, *items = sort_by_column (self, &first);
  g_autofree double *sum = g_new0 (double, MAX (self->model->n_nodes, 1));
  g_autofree guint *n_told = g_new0 (guint, MAX (self->model->n_nodes, 1));
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (Wish));

  for (guint c = 0; c < self->columns->len; c++) {
    g_array_set_size (wishes, 0);
    for (guint32 k = first[c]; k < first[c + 1]; k++)
      if (!is_pulled (self, items[k])) {
        Wish wish = wish_by_inputs (self, items[k]);

        if (wish.weight > 0)
          g_array_append_val (wishes, wish);
      }
    place_wishes (self, wishes);
    for (guint32 k = first[c]; k < first[c + 1]; k++)
      if (!self->placed[items[k]] && !is_pulled (self, items[k]))
        place_beginning (self, items[k]);
  }
  for (guint c = self->columns->len; c-- > 0;) {
    g_array_set_size (wishes, 0);
    for (guint32 k = first[c]; k < first[c + 1]; k++)
      if (is_pulled (self, items[k])) {
        Wish wish = { n_told[items[k]] ? sum[items[k]] / n_told[items[k]] : self->lately, 1, items[k] };

        g_array_append_val (wishes, wish);
      }
    place_wishes (self, wishes);
    /* Those of this column are all placed: what goes into them is told. */
    for (guint32 i = 0; i < column_at (self, c)->nodes->len; i++) {
      guint32 node = g_array_index (column_at (self, c)->nodes, guint32, i);

      for (guint32 k = node < self->model->n_cards ? self->inputs[node] : 0; node < self->model->n_cards && k < self->inputs[node + 1]; k++) {
        sum[self->model->edges[k].from] += middle_of (self, node);
        n_told[self->model->edges[k].from]++;
      }
    }
  }
}

/* --- edges --------------------------------------------------------------------------------------------------------------- */

static void
add_thread (Beside *self, guint column, double low, double high, guint32 source)
{
  Thread thread = { low, high, source };

  g_array_append_val (column_at (self, column)->threads, thread);
}

/* The last column that begins at or before @along. */
static guint
find_column (const Beside *self, double along)
{
  guint low = 0, high = self->columns->len;

  while (high - low > 1) {
    guint middle = low + (high - low) / 2;

    if (column_at (self, middle)->begin - 1 <= along)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* A point of an edge's way in @column; the points of one edge come one after the other. */
static void
note_point (Beside *self, guint column, double across, guint32 source, gboolean goes_on)
{
  GArray *threads = column_at (self, column)->threads;
  Thread *last = threads->len ? &g_array_index (threads, Thread, threads->len - 1) : NULL;

  if (!goes_on || last == NULL || last->source != source) {
    add_thread (self, column, across - THREAD_HALF, across + THREAD_HALF, source);
    return;
  }
  last->low = MIN (last->low, across - THREAD_HALF);
  last->high = MAX (last->high, across + THREAD_HALF);
}

/* Where an edge that stands passes the columns between its ends. */
static void
note_route (Beside *self, guint edge, const BsRoute *route)
{
  BsLink link = self->model->edges[edge];
  gboolean right = self->model->direction == BS_LAYOUT_LEFT_TO_RIGHT;
  guint before = G_MAXUINT;

  for (guint k = 0; k + 3 < route->n && self->layer[link.to] > self->layer[link.from] + 1; k += 3)
    for (guint s = 0; s <= 12; s++) {
      const BsPoint *p = route->points + k;
      double t = s / 12.0, u = 1 - t, w[4] = { u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t }, x = 0, y = 0;
      guint column;

      for (guint i = 0; i < 4; i++) {
        x += w[i] * (right ? p[i].x : p[i].y);
        y += w[i] * (right ? p[i].y : p[i].x);
      }
      column = find_column (self, x);
      if (x > column_at (self, column)->end + 1 || (int) column <= self->layer[link.from] || (int) column >= self->layer[link.to])
        continue;
      note_point (self, column, y, link.from, column == before);
      before = column;
    }
}

/* Edges of one source share their ways. */
static double
thread_through (Beside *self, guint column, guint32 source, double wish)
{
  const Column *c = column_at (self, column);
  g_autoptr (GArray) taken = NULL;

  for (guint i = 0; i < c->threads->len; i++) {
    const Thread *t = &g_array_index (c->threads, Thread, i);

    if (t->source == source)
      return (t->low + t->high) / 2;
  }
  taken = find_taken (self, column, c->begin, c->end, THREAD_ROOM, source);
  wish = nearest_free (taken, THREAD_HALF, wish);
  add_thread (self, column, wish - THREAD_HALF, wish + THREAD_HALF, source);
  return wish;
}

static void
add_point (const Beside *self, BsPlacement *out, double along, double across)
{
  BsPoint p = self->model->direction == BS_LAYOUT_LEFT_TO_RIGHT ? (BsPoint) { along, across } : (BsPoint) { across, along };

  g_array_append_val (out->points, p);
}

static void
add_bend (const Beside *self, BsPlacement *out, double x0, double y0, double x1, double y1)
{
  double pull = MAX ((x1 - x0) / 2, 0);

  add_point (self, out, x0 + pull, y0);
  add_point (self, out, x1 - pull, y1);
  add_point (self, out, x1, y1);
}

static void
route_edge (Beside *self, guint edge, BsPlacement *out)
{
  BsLink link = self->model->edges[edge];
  int from = self->layer[link.from], to = self->layer[link.to];
  double x = self->boxes[link.from].end, y = middle_of (self, link.from);

  if (to <= from + 1) {
    bs_placement_add_curve (out, self->model, edge);
    return;
  }
  add_point (self, out, x, y);
  for (int c = from + 1; c < to; c++) {
    const Column *column = column_at (self, c);
    double at = thread_through (self, c, link.from, y);

    add_bend (self, out, x, y, MAX (column->begin, x), at);
    add_bend (self, out, MAX (column->begin, x), at, MAX (column->end, x), at);
    x = MAX (column->end, x);
    y = at;
  }
  add_bend (self, out, x, y, self->boxes[link.to].begin, middle_of (self, link.to));
}

static void
route_all (Beside *self, const BsRoute *routes, BsPlacement *out)
{
  for (guint i = 0; i < self->model->n_edges; i++) {
    out->offsets[i] = out->points->len;
    if (routes[i].n > 0)
      g_array_append_vals (out->points, routes[i].points, routes[i].n);
    else
      route_edge (self, i, out);
  }
  out->offsets[self->model->n_edges] = out->points->len;
}

/* --- public -------------------------------------------------------------------------------------------------------------- */

static void
beside_init (Beside *self, const BsModel *model, const BsRect *rects)
{
  guint n = MAX (model->n_nodes, 1);

  *self = (Beside) { .model = model, .boxes = g_new0 (Box, n), .placed = g_new0 (gboolean, n), .is_new = g_new0 (gboolean, n),
                     .loose = g_new0 (gboolean, n), .layer = g_new (int, n), .first_use = g_new (int, n),
                     .n_uses = g_new0 (guint32, n),
                     .inputs = g_new0 (guint32, model->n_cards + 2), .depth = bs_place_depths (model),
                     .deepest = g_new0 (guint32, n), .frames = g_new0 (Box, MAX (model->n_frames, 1)) };
  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self->columns, column_clear);
  for (guint i = 0; i < model->n_nodes; i++) {
    self->is_new[i] = rects[i].width <= 0;
    self->layer[i] = NONE;
    self->boxes[i] = box_of (model, rects[i]);
  }
  for (guint i = 0; i < model->n_edges; i++) {
    self->inputs[model->edges[i].to + 1]++;
    self->n_uses[model->edges[i].from]++;
    self->deepest[model->edges[i].to] = MAX (self->deepest[model->edges[i].to], self->depth[model->edges[i].from]);
  }
  for (guint i = 0; i < model->n_cards; i++)
    self->inputs[i + 1] += self->inputs[i];
}

static void
beside_clear (Beside *self)
{
  g_free (self->boxes);
  g_free (self->placed);
  g_free (self->is_new);
  g_free (self->loose);
  g_free (self->layer);
  g_free (self->first_use);
  g_free (self->n_uses);
  g_free (self->inputs);
  g_free (self->depth);
  g_free (self->deepest);
  g_free (self->frames);
  g_array_unref (self->columns);
}

void
bs_place_beside (const BsModel *model, const BsRoute *routes, BsPlacement *out)
{
  Beside self;

  beside_init (&self, model, out->rects);
  find_columns (&self);
  choose_layers (&self);
  add_columns (&self);
  for (guint i = 0; i < model->n_edges; i++)
    if (routes[i].n > 0)
      note_route (&self, i, &routes[i]);
  place_new (&self);
  for (guint i = 0; i < model->n_nodes; i++)
    if (self.is_new[i])
      out->rects[i] = rect_of (model, self.boxes[i]);
  route_all (&self, routes, out);
  beside_clear (&self);
}
