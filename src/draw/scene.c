/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "scene-private.h"

#include "export-private.h"

#include "recording/describe.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* --- rectangles ---------------------------------------------------------------------------------------------------- */

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

BsScene *
bs_scene_new (BsRecording *recording, BsGraph *graph, BsLayoutDirection direction, double font_scale)
{
  BsScene *self = g_new0 (BsScene, 1);

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

    self->edge_bounds[i] = bounds_of (points, n);
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

guint
bs_scene_get_current_card (BsScene *self, BsCursor *cursor)
{
  const BsValue *before, *after;
  BsEvent e;

  if (!bs_cursor_get_event (cursor, &e))
    return G_MAXUINT;
  switch (e.kind) {
  case BS_EVENT_TENSOR: return bs_graph_find_tensor (self->graph, e.tensor.id);
  case BS_EVENT_BACKWARD_BEGIN: return bs_graph_find_tensor (self->graph, e.backward_begin.root);
  case BS_EVENT_NODE: return bs_graph_find_tensor (self->graph, e.node.node);
  case BS_EVENT_NODE_DONE: return bs_graph_find_tensor (self->graph, e.node_done.node);
  case BS_EVENT_EDGE: return bs_graph_find_tensor (self->graph, e.edge.to ? e.edge.to : e.edge.node);
  case BS_EVENT_ACCUMULATE: return bs_graph_find_tensor (self->graph, e.accumulate.tensor);
  case BS_EVENT_GRAD_SET: return bs_graph_find_tensor (self->graph, e.grad_set.tensor);
  case BS_EVENT_WRITE: return bs_scene_find_written (self, &e, &before, &after);
  default: return G_MAXUINT;
  }
}

/* --- words ---------------------------------------------------------------------------------------------------------------- */

static char *
op_in_words (const char *op)
{
  static const struct { const char *op, *words; } known[] = {
    { "add", N_("add") },       { "sub", N_("subtract") }, { "mul", N_("multiply") },
    { "div", N_("divide") },    { "neg", N_("negate") },   { "pow", N_("power") },
    { "mm", N_("matrix product") }, { "matmul", N_("matrix product") },
    { "mse_loss", N_("mean squared error") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (op, known[i].op) == 0)
      return g_strdup (_(known[i].words));
  return g_strdelimit (g_strdup (op), "_", ' ');
}

static void
append_grad (GString *text, const BsTensorState *state)
{
  g_autofree char *grad = state->grad_state >= BS_GRAD_FLOWING ? bs_value_brief (&state->grad) : NULL;

  switch (state->grad_state) {
  case BS_GRAD_NOT_NEEDED: g_string_append (text, _(", needs no gradient")); break;
  case BS_GRAD_NOT_YET: g_string_append (text, _(", gradient not yet computed")); break;
  case BS_GRAD_IS_NONE: g_string_append (text, _(", gradient None")); break;
  case BS_GRAD_FLOWING: g_string_append_printf (text, _(", gradient so far %s"), grad); break;
  case BS_GRAD_KNOWN: g_string_append_printf (text, _(", gradient %s"), grad); break;
  case BS_GRAD_STALE: g_string_append_printf (text, _(", gradient %s from pass %u"), grad, state->grad_pass + 1); break;
  case BS_GRAD_CLEARED: g_string_append (text, _(", gradient cleared to 0")); break;
  default: break;
  }
}

static void
append_inputs (BsScene *self, GString *text, guint card)
{
  guint first, end;

  bs_graph_get_inputs (self->graph, card, &first, &end);
  for (guint i = first; i < end && i < first + 6; i++) {
    const BsEdge *edge = bs_graph_get_edge (self->graph, i);

    g_string_append (text, i == first ? _(", from ") : i + 1 == end ? _(" and ") : ", ");
    g_string_append (text, bs_graph_get_card (self->graph, edge->from)->name);
  }
}

char *
bs_scene_describe_card (BsScene *self, BsCursor *cursor, guint card)
{
  const BsCard *c = card < self->n_cards ? bs_graph_get_card (self->graph, card) : NULL;
  GString *text = g_string_new (NULL);
  g_autofree char *value = NULL, *op = NULL;
  BsTensorState state;

  if (c == NULL)
    return g_string_free (text, FALSE);
  bs_cursor_get_tensor (cursor, c->tensor, &state);
  if (c->group != 0) {
    guint32 n = bs_groups_get (bs_graph_get_groups (self->graph), c->group)->n_cards;

    g_string_append_printf (text, ngettext ("%u tensor folded, ", "%u tensors folded, ", n), n);
  } else if (c->op != NULL) {
    op = op_in_words (c->op);
    g_string_append_printf (text, "%s, ", op);
  } else if (c->flags & BS_CARD_PARAMETER) {
    g_string_append (text, _("parameter, "));
  }
  g_string_append (text, c->name);
  if (!state.exists) {
    g_string_append (text, _(", not computed yet"));
  } else {
    value = bs_value_brief (&state.value);
    g_string_append_printf (text, _(", value %s"), value);
    append_grad (text, &state);
  }
  append_inputs (self, text, card);
  return g_string_free (text, FALSE);
}

char *
bs_scene_describe_edge (BsScene *self, BsCursor *cursor, guint edge)
{
  const BsEdge *e;
  const BsFlow *flow;
  const char *from, *to;

  g_return_val_if_fail (edge < self->n_edges, NULL);
  e = bs_graph_get_edge (self->graph, edge);
  from = bs_graph_get_card (self->graph, e->from)->name;
  to = bs_graph_get_card (self->graph, e->to)->name;
  bs_happenings_update (self);
  flow = bs_happenings_find (self, edge, bs_cursor_get_step (cursor));
  if (flow != NULL) {
    BsEvent event;
    g_autofree char *amount = NULL;

    bs_recording_get_event (self->recording, flow->step, &event);
    amount = bs_value_brief (&event.edge.contribution);
    return g_strdup_printf (_("%s flows back from %s to %s"), amount, to, from);
  }
  if (!e->needs_grad)
    return g_strdup_printf (_("%s goes into %s, no gradient flows back"), from, to);
  return g_strdup_printf (_("%s goes into %s"), from, to);
}
