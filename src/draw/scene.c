/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "scene-private.h"

#include "export-private.h"

#include "recording/describe.h"

#include <math.h>
#include <string.h>

#define LABEL_WIDTH 180
#define LABEL_HEIGHT 32

/* --- points and rectangles ---------------------------------------------------------------------------------------------------- */

BsPoint
bs_point_between (BsPoint a, BsPoint b)
{
  return (BsPoint) { (a.x + b.x) / 2, (a.y + b.y) / 2 };
}

BsRect
bs_curve_bounds (const BsPoint *p)
{
  double x0 = MIN (MIN (p[0].x, p[1].x), MIN (p[2].x, p[3].x)), x1 = MAX (MAX (p[0].x, p[1].x), MAX (p[2].x, p[3].x));
  double y0 = MIN (MIN (p[0].y, p[1].y), MIN (p[2].y, p[3].y)), y1 = MAX (MAX (p[0].y, p[1].y), MAX (p[2].y, p[3].y));

  return (BsRect) { x0, y0, x1 - x0, y1 - y0 };
}

void
bs_curve_halve (const BsPoint *p, BsPoint out[7])
{
  BsPoint between = bs_point_between (p[1], p[2]);

  out[0] = p[0];
  out[1] = bs_point_between (p[0], p[1]);
  out[2] = bs_point_between (out[1], between);
  out[5] = bs_point_between (p[2], p[3]);
  out[4] = bs_point_between (between, out[5]);
  out[3] = bs_point_between (out[2], out[4]);
  out[6] = p[3];
}

BsRect
bs_rect_offset (BsRect r, double dx, double dy)
{
  return (BsRect) { r.x + dx, r.y + dy, r.width, r.height };
}

BsRect
bs_rect_grow (BsRect r, double by)
{
  return (BsRect) { r.x - by, r.y - by, r.width + 2 * by, r.height + 2 * by };
}

gboolean
bs_rect_contains (BsRect r, double x, double y)
{
  return x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height;
}

gboolean
bs_rect_touches (BsRect a, BsRect b)
{
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

static guint
next_id (void)
{
  static gint last;

  return (guint) g_atomic_int_add (&last, 1) + 1;
}

BsScene *
bs_scene_new (BsRecording *recording, BsGraph *graph, BsLayoutDirection direction, double font_scale)
{
  BsScene *self = g_new0 (BsScene, 1);

  self->id = next_id ();
  self->graph_id = next_id ();
  self->recording = g_object_ref (recording);
  self->graph = bs_graph_ref (graph);
  self->direction = direction;
  self->texts = bs_texts_new (font_scale);
  self->scale = bs_texts_get_scale (self->texts);
  self->n_cards = bs_graph_get_n_cards (graph);
  self->n_edges = bs_graph_get_n_edges (graph);
  bs_scene_measure (self);
  bs_scene_measure_frames (self);
  bs_happenings_reset (self);
  return self;
}

void
bs_scene_free (BsScene *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_cards; i++)
    bs_card_box_clear (&self->boxes[i]);
  for (guint i = 0; i < self->n_frames; i++)
    g_free (self->titles[i]);
  g_free (self->titles);
  g_free (self->boxes);
  g_free (self->sizes);
  g_free (self->proxy_sizes);
  g_free (self->edge_bounds);
  bs_happenings_clear (&self->happenings);
  bs_sprites_free (self->sprites);
  g_clear_pointer (&self->layout, bs_layout_unref);
  bs_texts_free (self->texts);
  bs_graph_unref (self->graph);
  g_object_unref (self->recording);
  g_free (self);
}

BsGraph *
bs_scene_get_graph (BsScene *self)
{
  return self->graph;
}

void
bs_scene_set_graph (BsScene *self, BsGraph *graph)
{
  g_return_if_fail (bs_graph_get_n_cards (graph) == self->n_cards && bs_graph_get_n_edges (graph) == self->n_edges);

  if (graph == self->graph)
    return;
  bs_graph_ref (graph);
  bs_graph_unref (self->graph);
  self->graph = graph;
  self->graph_id = next_id ();
  bs_happenings_reset (self);
}

BsTexts *
bs_scene_get_texts (BsScene *self)
{
  return self->texts;
}

void
bs_scene_get_layout_options (BsScene *self, BsLayoutOptions *out)
{
  *out = (BsLayoutOptions) { self->direction, self->sizes, self->proxy_sizes };
}

static BsRect
bounds_of (const BsPoint *points, guint n)
{
  double x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;

  for (guint i = 0; i < n; i++) {
    x0 = MIN (x0, points[i].x);
    y0 = MIN (y0, points[i].y);
    x1 = MAX (x1, points[i].x);
    y1 = MAX (y1, points[i].y);
  }
  return bs_rect_grow ((BsRect) { x0, y0, x1 - x0, y1 - y0 }, 8);
}

static BsRect
union_of (BsRect a, BsRect b)
{
  double x = MIN (a.x, b.x), y = MIN (a.y, b.y);

  return (BsRect) { x, y, MAX (a.x + a.width, b.x + b.width) - x, MAX (a.y + a.height, b.y + b.height) - y };
}

void
bs_scene_set_layout (BsScene *self, BsLayout *layout)
{
  bs_layout_ref (layout);
  g_clear_pointer (&self->layout, bs_layout_unref);
  self->layout = layout;
  g_free (self->edge_bounds);
  self->edge_bounds = g_new (BsRect, MAX (self->n_edges, 1));
  for (guint i = 0; i < self->n_edges; i++) {
    guint n;
    const BsPoint *points = bs_layout_get_edge (layout, i, &n);

    self->edge_bounds[i] = union_of (bounds_of (points, n), bs_scene_get_label_rect (self, i));
  }
}

BsLayout *
bs_scene_get_layout (BsScene *self)
{
  return self->layout;
}

gboolean
bs_scene_has_layout (BsScene *self)
{
  return self->layout != NULL;
}

BsSize
bs_scene_get_size (BsScene *self)
{
  return self->layout ? bs_layout_get_size (self->layout) : (BsSize) { 0, 0 };
}

BsRect
bs_scene_get_label_rect (const BsScene *self, guint edge)
{
  BsPoint middle = bs_scene_get_middle (self, edge);
  double width = LABEL_WIDTH * self->scale, height = LABEL_HEIGHT * self->scale;

  return (BsRect) { middle.x - width / 2, middle.y - height / 2, width, height };
}

/* --- what is where -------------------------------------------------------------------------------------------------------- */

BsRect
bs_scene_get_card_rect (BsScene *self, guint card)
{
  g_return_val_if_fail (self->layout != NULL && card < self->n_cards, (BsRect) { 0 });

  return bs_layout_get_card (self->layout, card);
}

/* 10 000 rectangles are looked at in 20 µs: no index is needed, and none can be wrong. */
guint
bs_scene_hit_card (BsScene *self, double x, double y)
{
  if (self->layout == NULL)
    return G_MAXUINT;
  for (guint i = 0; i < self->n_cards; i++) {
    BsRect r = bs_layout_get_card (self->layout, i);
    const BsCardBox *box = &self->boxes[i];

    if (bs_rect_contains (r, x, y) && (bs_rect_contains (bs_rect_offset (box->card, r.x, r.y), x, y) ||
                                       bs_rect_contains (bs_rect_offset (box->pill, r.x, r.y), x, y)))
      return i;
  }
  for (guint i = 0; i < bs_layout_get_n_proxies (self->layout); i++) {
    guint card;
    BsRect r = bs_layout_get_proxy (self->layout, i, &card);

    if (bs_rect_contains (r, x, y))
      return card;
  }
  return G_MAXUINT;
}

static double
distance_to_piece (BsPoint a, BsPoint b, double x, double y)
{
  double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  double t = length > 0 ? CLAMP (((x - a.x) * dx + (y - a.y) * dy) / length, 0, 1) : 0;

  return hypot (a.x + t * dx - x, a.y + t * dy - y);
}

static double
distance_to_curve (const BsPoint *p, double x, double y)
{
  BsPoint last = p[0];
  double least = INFINITY;

  for (guint i = 1; i <= 16; i++) {
    double t = i / 16.0, u = 1 - t;
    BsPoint at = { u * u * u * p[0].x + 3 * u * u * t * p[1].x + 3 * u * t * t * p[2].x + t * t * t * p[3].x,
                   u * u * u * p[0].y + 3 * u * u * t * p[1].y + 3 * u * t * t * p[2].y + t * t * t * p[3].y };

    least = MIN (least, distance_to_piece (last, at, x, y));
    last = at;
  }
  return least;
}

guint
bs_scene_hit_edge (BsScene *self, double x, double y)
{
  double least = 7 * self->scale;
  guint hit = G_MAXUINT;

  for (guint i = 0; self->layout != NULL && i < self->n_edges; i++) {
    guint n;
    const BsPoint *points = bs_layout_get_edge (self->layout, i, &n);

    if (!bs_rect_contains (self->edge_bounds[i], x, y))
      continue;
    for (guint k = 0; k + 3 < n; k += 3) {
      double distance = distance_to_curve (points + k, x, y);

      if (distance < least) {
        least = distance;
        hit = i;
      }
    }
  }
  return hit;
}

/* --- keyboard ------------------------------------------------------------------------------------------------------------- */

static BsPoint
middle_of (BsScene *self, guint card)
{
  BsRect r = bs_layout_get_card (self->layout, card);

  return (BsPoint) { r.x + r.width / 2, r.y + r.height / 2 };
}

static guint
along_edge (BsScene *self, guint card, gboolean to_output)
{
  BsPoint here = middle_of (self, card);
  double least = INFINITY;
  guint best = card;

  for (guint i = 0; i < self->n_edges; i++) {
    const BsEdge *edge = bs_graph_get_edge (self->graph, i);
    BsPoint there;

    if ((to_output ? edge->from : edge->to) != card)
      continue;
    there = middle_of (self, to_output ? edge->to : edge->from);
    if (hypot (there.x - here.x, there.y - here.y) < least) {
      least = hypot (there.x - here.x, there.y - here.y);
      best = to_output ? edge->to : edge->from;
    }
  }
  return best;
}

/* The nearest one beside it, across the flow; farther along the flow counts double. */
static guint
beside (BsScene *self, guint card, int sign)
{
  BsPoint here = middle_of (self, card);
  gboolean right = self->direction == BS_LAYOUT_LEFT_TO_RIGHT;
  double least = INFINITY;
  guint best = card;

  for (guint i = 0; i < self->n_cards; i++) {
    BsPoint there = middle_of (self, i);
    double across = (right ? there.y - here.y : there.x - here.x) * sign;
    double along = fabs (right ? there.x - here.x : there.y - here.y);

    if (i == card || across < 1 || across + 2 * along >= least)
      continue;
    least = across + 2 * along;
    best = i;
  }
  return best;
}

guint
bs_scene_get_neighbour (BsScene *self, guint card, BsSceneMove move)
{
  if (self->layout == NULL || self->n_cards == 0)
    return card;
  if (card >= self->n_cards)
    return 0;
  switch (move) {
  case BS_SCENE_INPUT: return along_edge (self, card, FALSE);
  case BS_SCENE_OUTPUT: return along_edge (self, card, TRUE);
  case BS_SCENE_BEFORE: return beside (self, card, -1);
  default: return beside (self, card, 1);
  }
}

static guint
card_of_event (BsScene *self, const BsEvent *e)
{
  const BsValue *before, *after;

  switch (e->kind) {
  case BS_EVENT_TENSOR: return bs_graph_find_tensor (self->graph, e->tensor.id);
  case BS_EVENT_BACKWARD_BEGIN: return bs_graph_find_tensor (self->graph, e->backward_begin.root);
  case BS_EVENT_NODE: return bs_graph_find_tensor (self->graph, e->node.node);
  case BS_EVENT_NODE_DONE: return bs_graph_find_tensor (self->graph, e->node_done.node);
  case BS_EVENT_EDGE: return bs_graph_find_tensor (self->graph, e->edge.to ? e->edge.to : e->edge.node);
  case BS_EVENT_ACCUMULATE: return bs_graph_find_tensor (self->graph, e->accumulate.tensor);
  case BS_EVENT_GRAD_SET: return bs_graph_find_tensor (self->graph, e->grad_set.tensor);
  case BS_EVENT_WRITE: return bs_scene_find_written (self, e, &before, &after);
  default: return G_MAXUINT;
  }
}

guint
bs_scene_get_current_card (BsScene *self, BsCursor *cursor)
{
  BsEvent e;

  return bs_cursor_get_event (cursor, &e) ? card_of_event (self, &e) : G_MAXUINT;
}

#define LOOK_BACK_MAX 64

guint
bs_scene_get_last_card (BsScene *self, BsCursor *cursor)
{
  guint32 step = bs_cursor_get_step (cursor);
  guint card = G_MAXUINT;

  for (guint32 i = step; i > 0 && step - i < LOOK_BACK_MAX && card == G_MAXUINT; i--) {
    BsEvent e;

    bs_recording_get_event (self->recording, i - 1, &e);
    card = card_of_event (self, &e);
  }
  return card;
}
