/* SPDX-License-Identifier: MIT */

/* Edges. Forward: a line with an arrow to the result, lit in blue while the result is computed. Backward: the same way
 * dashed in orange with an arrow to the input, as wide as much flows, and how much in its middle. */

#include "config.h"

#include "scene-private.h"

#include <math.h>
#include <string.h>

typedef enum { EDGE_FUTURE, EDGE_REST, EDGE_LIT } EdgeState;

typedef struct { BsPoint at; double dx, dy; } Spot; /* a point of a curve and its direction there */

static BsPoint
mix_points (BsPoint a, BsPoint b, double t)
{
  return (BsPoint) { a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t };
}

static Spot
spot_of_piece (const BsPoint *p, double t)
{
  BsPoint a = mix_points (p[0], p[1], t), b = mix_points (p[1], p[2], t), c = mix_points (p[2], p[3], t);
  BsPoint ab = mix_points (a, b, t), bc = mix_points (b, c, t);
  double dx = bc.x - ab.x, dy = bc.y - ab.y, length = hypot (dx, dy);

  if (length < 1e-9) {
    dx = p[3].x - p[0].x;
    dy = p[3].y - p[0].y;
    length = MAX (hypot (dx, dy), 1e-9);
  }
  return (Spot) { mix_points (ab, bc, t), dx / length, dy / length };
}

/* @t along the whole edge, 0 .. 1; pieces count by the length of their chords. */
static Spot
spot_of_edge (const BsPoint *points, guint n, double t)
{
  double whole = 0, passed = 0;
  guint last = n >= 4 ? n - 4 : 0;

  for (guint k = 0; k + 3 < n; k += 3)
    whole += hypot (points[k + 3].x - points[k].x, points[k + 3].y - points[k].y);
  for (guint k = 0; k + 3 < n; k += 3) {
    double length = hypot (points[k + 3].x - points[k].x, points[k + 3].y - points[k].y);

    if (k == last || passed + length >= t * whole)
      return spot_of_piece (points + k, length > 0 ? CLAMP ((t * whole - passed) / length, 0, 1) : 0.5);
    passed += length;
  }
  return spot_of_piece (points, t);
}

BsPoint
bs_scene_get_middle (const BsScene *self, guint edge)
{
  guint n;
  const BsPoint *points = bs_layout_get_edge (self->layout, edge, &n);

  return spot_of_edge (points, n, 0.5).at;
}

static void
add_curve (cairo_t *cr, const BsPoint *points, guint n)
{
  cairo_move_to (cr, points[0].x, points[0].y);
  for (guint k = 1; k + 2 < n; k += 3)
    cairo_curve_to (cr, points[k].x, points[k].y, points[k + 1].x, points[k + 1].y, points[k + 2].x, points[k + 2].y);
}

/* Halves, until a part is out of sight or about as large as the view. TRUE: the pen is at the end of @p. */
static gboolean
add_seen_piece (BsPainter *self, const BsPoint *p, guint depth, gboolean joined)
{
  BsRect bounds = bs_rect_grow (bs_curve_bounds (p), 12);
  BsPoint halves[7];

  if (!bs_painter_sees (self, bounds))
    return FALSE;
  if (depth == 0 || MAX (bounds.width, bounds.height) < 0.5 * MAX (self->clip.width, self->clip.height)) {
    if (!joined)
      cairo_move_to (self->cr, p[0].x, p[0].y);
    cairo_curve_to (self->cr, p[1].x, p[1].y, p[2].x, p[2].y, p[3].x, p[3].y);
    return TRUE;
  }
  bs_curve_halve (p, halves);
  joined = add_seen_piece (self, halves, depth - 1, joined);
  return add_seen_piece (self, halves + 3, depth - 1, joined);
}

/* Cairo strokes what nobody sees as carefully as the rest, and dashes of a line through a large graph are thousands. */
static void
add_seen_curve (BsPainter *self, const BsPoint *points, guint n)
{
  const BsRect clip = self->clip;
  gboolean joined = FALSE;

  if (clip.width <= 0) {
    add_curve (self->cr, points, n);
    return;
  }
  /* The same pieces in every part of the picture: dashes begin at the same place, and nothing is rounded otherwise. */
  self->clip = self->sight;
  for (guint k = 0; k + 3 < n; k += 3)
    joined = add_seen_piece (self, points + k, 8, joined);
  self->clip = clip;
}

/* On the screen never shorter than can be told apart; what would be, is a line. */
static void
set_dashes (BsPainter *self, const double *dashes, int n)
{
  double most = 0, longer = 1;
  double scaled[4];

  for (int i = 0; i < n; i += 2)
    most = MAX (most, dashes[i]);
  if (self->detail != BS_DETAIL_NEAR)
    longer = CLAMP (0.45 / MAX (self->options->zoom, 1e-6), 1, 3);
  if (most * longer * self->options->zoom < 3 || self->crowded)
    return;
  for (int i = 0; i < n; i++)
    scaled[i] = dashes[i] * longer;
  cairo_set_dash (self->cr, scaled, n, 0);
}

static void
add_arrow (cairo_t *cr, BsPoint tip, double dx, double dy, double size)
{
  cairo_move_to (cr, tip.x, tip.y);
  cairo_line_to (cr, tip.x - dx * size - dy * size * 0.45, tip.y - dy * size + dx * size * 0.45);
  cairo_line_to (cr, tip.x - dx * size * 0.78, tip.y - dy * size * 0.78);
  cairo_line_to (cr, tip.x - dx * size + dy * size * 0.45, tip.y - dy * size - dx * size * 0.45);
  cairo_close_path (cr);
}

/* --- forward ----------------------------------------------------------------------------------------------------------- */

static EdgeState
state_of (const BsPainter *self, guint edge)
{
  const BsEdge *e = bs_graph_get_edge (self->scene->graph, edge);

  if (bs_graph_get_card (self->scene->graph, e->to)->step >= self->step)
    return EDGE_FUTURE;
  return self->focus.kind == BS_EVENT_TENSOR && self->focus.card == e->to ? EDGE_LIT : EDGE_REST;
}

/* @covered: by what flows back along it; only that it is on the path is seen. */
static void
draw_forward (BsPainter *self, guint edge, gboolean covered)
{
  static const double future[] = { 5, 4 }, proxy[] = { 8, 3, 2, 3 };
  EdgeState state = state_of (self, edge);
  cairo_t *cr = self->cr;
  guint n;
  const BsPoint *points = bs_layout_get_edge (self->scene->layout, edge, &n);
  Spot end = spot_of_piece (points + n - 4, 1);
  BsColorRole role = state == EDGE_LIT ? BS_COLOR_FORWARD : state == EDGE_REST ? BS_COLOR_EDGE : BS_COLOR_OUTLINE;

  if (state == EDGE_FUTURE && self->options->hide_future)
    return;
  cairo_save (cr);
  if (self->path != NULL && self->path[edge]) {
    add_seen_curve (self, points, n);
    bs_palette_set_alpha (cr, self->theme, BS_COLOR_SELECTION, 0.28);
    cairo_set_line_width (cr, 9);
    cairo_stroke (cr);
  }
  if (covered) {
    cairo_restore (cr);
    return;
  }
  bs_painter_set (self, role);
  cairo_set_line_width (cr, state == EDGE_LIT ? 3.5 : state == EDGE_REST ? 1.75 : 1.25);
  if (state == EDGE_FUTURE)
    set_dashes (self, future, 2);
  else if (bs_layout_get_edge_proxy (self->scene->layout, edge) != BS_NO_PROXY)
    set_dashes (self, proxy, 4);
  else if (!bs_graph_get_edge (self->scene->graph, edge)->needs_grad && state == EDGE_REST)
    cairo_set_line_width (cr, 1.25);
  add_seen_curve (self, points, n);
  cairo_stroke (cr);
  if (self->detail == BS_DETAIL_NEAR || state == EDGE_LIT) {
    add_arrow (cr, points[n - 1], end.dx, end.dy, state == EDGE_LIT ? 14 : 9);
    cairo_fill (cr);
  }
  cairo_restore (cr);
}

/* --- backward ---------------------------------------------------------------------------------------------------------- */

double
bs_painter_flow_width (const BsPainter *self, const BsFlow *flow)
{
  double most = self->scene->happenings.most;

  if (!isfinite (flow->size))
    return 6;
  return 1.5 + 4 * (most > 0 ? sqrt (flow->size / most) : 0);
}

/* Beside the forward line, so that both are seen. */
static void
draw_backward (BsPainter *self, guint edge, const BsFlow *flow)
{
  gboolean now = self->focus.edge == edge;
  cairo_t *cr = self->cr;
  guint n;
  const BsPoint *points = bs_layout_get_edge (self->scene->layout, edge, &n);
  Spot begin = spot_of_piece (points, 0);
  double width = bs_painter_flow_width (self, flow);

  cairo_save (cr);
  add_seen_curve (self, points, n);
  if (now) {
    bs_palette_set_alpha (cr, self->theme, BS_COLOR_GRADIENT, 0.25);
    cairo_set_line_width (cr, width + 8);
    cairo_stroke_preserve (cr);
  }
  if (self->detail == BS_DETAIL_NEAR) { /* a rim, where lines cross */
    bs_palette_set (cr, self->theme, BS_COLOR_BACKGROUND);
    cairo_set_line_width (cr, width + 2);
    cairo_stroke_preserve (cr);
  }
  bs_palette_set_alpha (cr, self->theme, BS_COLOR_GRADIENT, now ? 1 : 0.85);
  cairo_set_line_width (cr, width);
  if (flow->size == 0)
    set_dashes (self, (double[]) { 1.5, 4 }, 2); /* nothing flows, and that is worth seeing */
  else
    set_dashes (self, (double[]) { 9, 4 }, 2);
  cairo_stroke (cr);
  add_arrow (cr, points[0], -begin.dx, -begin.dy, now ? 15 : 9 + width / 2);
  cairo_fill (cr);
  cairo_restore (cr);
}

/* --- labels ------------------------------------------------------------------------------------------------------------ */

static void
draw_label (BsPainter *self, BsPoint at, const char *text, BsTextStyle style, BsColorRole surface, BsColorRole line,
            BsColorRole color)
{
  BsTexts *texts = self->scene->texts;
  double s = self->scene->scale, width = bs_texts_width (texts, style, text) + 12 * s;
  double height = bs_texts_line (texts, style) + 3 * s;
  BsRect chip = { at.x - width / 2, at.y - height / 2, width, height };

  bs_painter_rounded (self, chip, height / 2);
  bs_painter_set (self, surface);
  cairo_fill_preserve (self->cr);
  if (line != surface) {
    bs_painter_set (self, line);
    cairo_set_line_width (self->cr, 1.25);
    cairo_stroke (self->cr);
  }
  cairo_new_path (self->cr);
  bs_painter_set (self, color);
  bs_texts_draw_aligned (texts, self->cr, style, text, at.x, chip.y + 1.5 * s, 0, 0.5);
}

static gboolean
is_broadcast (const BsCard *from, const BsCard *to)
{
  static const char *const products[] = { "matmul", "mm", "bmm", "linear", "outer", "cat", "stack", "expand", "index",
                                          "embedding", "conv", "gather", NULL };
  const char *a = from->shape + strlen (from->shape), *b = to->shape + strlen (to->shape);

  if (to->op == NULL || to->group != 0 || from->group != 0 || to->n_in + (strchr (to->pill ? to->pill : "", ' ') != NULL) < 2)
    return FALSE;
  for (guint i = 0; products[i] != NULL; i++)
    if (strstr (to->op, products[i]) != NULL)
      return FALSE;
  /* From the last dimension on, each must be the same or 1. */
  while (a > from->shape && b > to->shape) {
    const char *x = a, *y = b;

    while (x > from->shape && g_ascii_isdigit (x[-1]))
      x--;
    while (y > to->shape && g_ascii_isdigit (y[-1]))
      y--;
    if ((a - x != b - y || strncmp (x, y, a - x) != 0) && !(a - x == 1 && *x == '1'))
      return FALSE;
    a = x > from->shape ? x - strlen ("×") : x;
    b = y > to->shape ? y - strlen ("×") : y;
  }
  return a == from->shape;
}

/* The shape, when the operation changes it; what is spread over more elements says so. */
static void
draw_shape (BsPainter *self, guint edge, double t)
{
  const BsEdge *e = bs_graph_get_edge (self->scene->graph, edge);
  const BsCard *from = bs_graph_get_card (self->scene->graph, e->from), *to = bs_graph_get_card (self->scene->graph, e->to);
  g_autofree char *spread = NULL;
  Spot spot;
  guint n;
  const BsPoint *points = bs_layout_get_edge (self->scene->layout, edge, &n);

  if (strcmp (from->shape, to->shape) == 0 || (*from->shape == '\0' && *to->shape == '\0'))
    return;
  if (is_broadcast (from, to))
    spread = g_strdup_printf ("%s ⇉ %s", *from->shape ? from->shape : "1", to->shape);
  else if (*from->shape == '\0')
    return;
  spot = spot_of_edge (points, n, t);
  draw_label (self, spot.at, spread ? spread : from->shape, BS_TEXT_CAPTION, BS_COLOR_BACKGROUND,
              BS_COLOR_BACKGROUND, BS_COLOR_DIM_TEXT);
}

#define FEW_EDGES 60

static gboolean
is_asked_for (const BsPainter *self, guint edge)
{
  const BsEdge *e = bs_graph_get_edge (self->scene->graph, edge);
  const guint cards[] = { self->options->selected, self->options->hovered };

  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    if (e->from == cards[i] || e->to == cards[i])
      return TRUE;
  return self->options->hovered_edge == edge;
}

gboolean
bs_painter_shows_amount (const BsPainter *self, guint edge, const BsFlow *flow)
{
  if (self->focus.edge == edge)
    return TRUE;
  /* Of several only the one that flows has a number. */
  return bs_graph_get_edge (self->scene->graph, edge)->n <= 1 && (self->scene->n_edges <= FEW_EDGES || is_asked_for (self, edge));
}

static void
draw_amount (BsPainter *self, guint edge, const BsFlow *flow)
{
  gboolean now = self->focus.edge == edge;
  g_autofree char *text = NULL;
  BsEvent event;
  guint n;
  const BsPoint *points = bs_layout_get_edge (self->scene->layout, edge, &n);

  if (!bs_painter_shows_amount (self, edge, flow))
    return;
  bs_recording_get_event (self->scene->recording, flow->step, &event);
  text = bs_value_shortest (&event.edge.contribution);
  draw_label (self, spot_of_edge (points, n, 0.5).at, text, BS_TEXT_LABEL, BS_COLOR_GRADIENT_SURFACE,
              now ? BS_COLOR_GRADIENT : BS_COLOR_GRADIENT_SURFACE, BS_COLOR_GRADIENT_TEXT);
}

/* The token that runs along while a step is animated. */
static void
draw_token (BsPainter *self, guint edge, double t, BsColorRole role)
{
  guint n;
  const BsPoint *points = bs_layout_get_edge (self->scene->layout, edge, &n);
  Spot spot = spot_of_edge (points, n, t);

  cairo_arc (self->cr, spot.at.x, spot.at.y, 7 * self->scene->scale, 0, 2 * G_PI);
  bs_painter_set (self, role);
  cairo_fill_preserve (self->cr);
  bs_painter_set (self, BS_COLOR_BACKGROUND);
  cairo_set_line_width (self->cr, 2);
  cairo_stroke (self->cr);
}

static gboolean
is_stroked (BsPainter *self, guint edge)
{
  return (self->plotted == NULL || self->plotted[edge] == BS_HAIRLINE_NONE) && bs_painter_sees (self, self->scene->edge_bounds[edge]);
}

/* Not only on its way from and to cards out of sight. */
static gboolean
is_labelled (BsPainter *self, guint edge)
{
  return (self->plotted == NULL || self->plotted[edge] == BS_HAIRLINE_NONE || self->plotted[edge] & BS_HAIRLINE_WHOLE)
    && bs_painter_sees (self, self->scene->edge_bounds[edge]);
}

static gboolean
is_marked (BsPainter *self, guint edge)
{
  return (self->path != NULL && self->path[edge]) || edge == self->focus.edge || edge == self->options->hovered_edge
    || state_of (self, edge) == EDGE_LIT;
}

static gboolean
is_passing (BsPainter *self, guint edge)
{
  const BsEdge *e = bs_graph_get_edge (self->scene->graph, edge);

  return !bs_painter_sees (self, bs_layout_get_card (self->scene->layout, e->from))
    && !bs_painter_sees (self, bs_layout_get_card (self->scene->layout, e->to));
}

/* On the way from and to cards out of sight, its arrow and its width say nothing. */
static guint8
tone_of (BsPainter *self, guint edge)
{
  guint8 whole = is_passing (self, edge) ? 0 : BS_HAIRLINE_WHOLE;

  if (is_marked (self, edge))
    return BS_HAIRLINE_NONE;
  if (bs_happenings_find (self->scene, edge, self->step) != NULL)
    return whole | BS_HAIRLINE_GRADIENT;
  if (state_of (self, edge) != EDGE_FUTURE)
    return whole | BS_HAIRLINE_EDGE;
  return self->options->hide_future ? BS_HAIRLINE_NONE : whole | BS_HAIRLINE_FUTURE;
}

#define CROWD 120

/* Where there are so many that dashes cannot be told apart, Cairo's strokes would take longer than all the rest. */
void
bs_painter_judge_edges (BsPainter *self)
{
  self->crowded = self->sight.width > 0 && self->n_edges > CROWD;
  if (!self->crowded || !bs_painter_has_room (self))
    return;
  self->plotted = g_new0 (guint8, self->scene->n_edges);
  for (guint k = 0; k < self->n_edges; k++)
    self->plotted[self->edges[k]] = tone_of (self, self->edges[k]);
}

double
bs_painter_edge_width (const BsPainter *self, guint edge)
{
  const BsFlow *flow = bs_happenings_find (self->scene, edge, self->step);

  if (flow != NULL)
    return bs_painter_flow_width (self, flow);
  return state_of (self, edge) == EDGE_REST && bs_graph_get_edge (self->scene->graph, edge)->needs_grad ? 1.75 : 1.25;
}

void
bs_painter_add_arrow (const BsPainter *self, guint edge)
{
  const BsFlow *flow = bs_happenings_find (self->scene, edge, self->step);
  guint n;
  const BsPoint *points = bs_layout_get_edge (self->scene->layout, edge, &n);
  Spot spot = flow != NULL ? spot_of_piece (points, 0) : spot_of_piece (points + n - 4, 1);

  if (flow != NULL)
    add_arrow (self->cr, points[0], -spot.dx, -spot.dy, 9 + bs_painter_flow_width (self, flow) / 2);
  else
    add_arrow (self->cr, points[n - 1], spot.dx, spot.dy, 9);
}

void
bs_painter_draw_edges (BsPainter *self)
{
  if (self->plotted != NULL)
    bs_painter_plot_edges (self, self->plotted);
  for (guint k = 0; k < self->n_edges; k++) {
    guint32 i = self->edges[k];

    if (is_stroked (self, i) && state_of (self, i) != EDGE_LIT)
      draw_forward (self, i, bs_happenings_find (self->scene, i, self->step) != NULL);
  }
  for (guint k = 0; k < self->n_edges; k++) {
    guint32 i = self->edges[k];
    const BsFlow *flow = is_stroked (self, i) ? bs_happenings_find (self->scene, i, self->step) : NULL;

    if (flow != NULL && self->focus.edge != i)
      draw_backward (self, i, flow);
  }
  for (guint k = 0; k < self->n_edges; k++)
    if (is_stroked (self, self->edges[k]) && state_of (self, self->edges[k]) == EDGE_LIT)
      draw_forward (self, self->edges[k], FALSE);
  if (self->focus.edge != G_MAXUINT) {
    const BsFlow *flow = bs_happenings_find (self->scene, self->focus.edge, self->step);

    if (flow != NULL)
      draw_backward (self, self->focus.edge, flow);
  }
}

void
bs_painter_draw_edge_labels (BsPainter *self)
{
  for (guint k = 0; k < self->n_edges && self->detail == BS_DETAIL_NEAR; k++) {
    guint32 i = self->edges[k];
    const BsFlow *flow;

    if (!is_labelled (self, i) || (self->options->hide_future && state_of (self, i) == EDGE_FUTURE))
      continue;
    flow = bs_happenings_find (self->scene, i, self->step);
    if (flow == NULL)
      draw_shape (self, i, 0.5);
    else
      draw_amount (self, i, flow);
  }
}

void
bs_painter_draw_tokens (BsPainter *self)
{
  double progress = self->options->progress;

  if (progress >= 1)
    return;
  for (guint k = 0; k < self->n_edges; k++)
    if (state_of (self, self->edges[k]) == EDGE_LIT)
      draw_token (self, self->edges[k], progress, BS_COLOR_FORWARD);
  if (self->focus.edge != G_MAXUINT)
    draw_token (self, self->focus.edge, 1 - progress, BS_COLOR_GRADIENT);
}

guint32
bs_painter_sign_edge (BsPainter *self, guint edge)
{
  EdgeState state = state_of (self, edge);
  const BsFlow *flow = self->detail == BS_DETAIL_FAR ? NULL : bs_happenings_find (self->scene, edge, self->step);
  guint32 sign = state == EDGE_FUTURE;

  if (self->detail == BS_DETAIL_FAR)
    return sign;
  sign = state | (guint32) self->crowded << 2 | (guint32) (self->focus.edge == edge) << 3 | (guint32) (self->path != NULL && self->path[edge]) << 4;
  if (self->plotted != NULL)
    sign |= (guint32) self->plotted[edge] << 5;
  if (flow != NULL) {
    sign |= (guint32) bs_painter_shows_amount (self, edge, flow) << 8 | (guint32) (flow->size == 0) << 9;
    sign ^= (flow->step + 1) * 2654435761u ^ (guint32) (bs_painter_flow_width (self, flow) * 64) << 10;
  }
  return sign;
}
