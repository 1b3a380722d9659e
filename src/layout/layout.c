/* SPDX-License-Identifier: MIT */

#include "layout-private.h"

#include <math.h>
#include <string.h>

/* --- placements -------------------------------------------------------------------------------------------------------- */

void
bs_placement_init (BsPlacement *self, const BsModel *model)
{
  self->rects = g_new0 (BsRect, MAX (model->n_nodes, 1));
  self->points = g_array_new (FALSE, FALSE, sizeof (BsPoint));
  self->offsets = g_new0 (guint32, model->n_edges + 1);
  self->frames = g_new0 (BsRect, MAX (model->n_frames, 1));
}

void
bs_placement_clear (BsPlacement *self)
{
  g_clear_pointer (&self->rects, g_free);
  g_clear_pointer (&self->points, g_array_unref);
  g_clear_pointer (&self->offsets, g_free);
  g_clear_pointer (&self->frames, g_free);
}

static void
curve_between (const BsRect *a, const BsRect *b, gboolean right, BsPoint p[4])
{
  double pull;

  p[0] = right ? (BsPoint) { a->x + a->width, a->y + a->height / 2 } : (BsPoint) { a->x + a->width / 2, a->y + a->height };
  p[3] = right ? (BsPoint) { b->x, b->y + b->height / 2 } : (BsPoint) { b->x + b->width / 2, b->y };
  pull = right ? p[3].x - p[0].x : p[3].y - p[0].y;
  pull = CLAMP (fabs (pull) / 2, 24, 160);
  p[1] = right ? (BsPoint) { p[0].x + pull, p[0].y } : (BsPoint) { p[0].x, p[0].y + pull };
  p[2] = right ? (BsPoint) { p[3].x - pull, p[3].y } : (BsPoint) { p[3].x, p[3].y - pull };
}

void
bs_placement_add_curve (BsPlacement *self, const BsModel *model, guint edge)
{
  BsPoint p[4];

  curve_between (&self->rects[model->edges[edge].from], &self->rects[model->edges[edge].to],
                 model->direction == BS_LAYOUT_LEFT_TO_RIGHT, p);
  g_array_append_vals (self->points, p, 4);
}

/* --- frames ------------------------------------------------------------------------------------------------------------- */

static BsRect
join (BsRect a, BsRect b)
{
  double x = MIN (a.x, b.x), y = MIN (a.y, b.y);

  if (a.width <= 0)
    return b;
  return (BsRect) { x, y, MAX (a.x + a.width, b.x + b.width) - x, MAX (a.y + a.height, b.y + b.height) - y };
}

static BsRect
grow (BsRect r, double by)
{
  return (BsRect) { r.x - by, r.y - by, r.width + 2 * by, r.height + 2 * by };
}

static gboolean
is_within (const BsModel *model, guint32 frame, guint32 in)
{
  while (frame != BS_NO_FRAME && frame != in)
    frame = model->frame_parent[frame];
  return frame == in;
}

/* Around what is in them, the inner ones first: a parent comes before its children. */
static void
surround (const BsModel *model, const BsRect *rects, BsRect *frames)
{
  for (guint i = 0; i < model->n_nodes; i++)
    if (model->frame_of[i] != BS_NO_FRAME)
      frames[model->frame_of[i]] = join (frames[model->frame_of[i]], rects[i]);
  for (guint32 f = model->n_frames; f-- > 0;) {
    if (frames[f].width <= 0)
      continue;
    frames[f] = grow (frames[f], BS_FRAME_PADDING);
    if (model->frame_parent[f] != BS_NO_FRAME)
      frames[model->frame_parent[f]] = join (frames[model->frame_parent[f]], frames[f]);
  }
}

static void
drop_mixed (const BsModel *model, const BsRect *rects, BsRect *frames)
{
  for (guint32 f = 0; f < model->n_frames; f++)
    for (guint i = 0; i < model->n_nodes && frames[f].width > 0; i++)
      if (rects[i].x < frames[f].x + frames[f].width && frames[f].x < rects[i].x + rects[i].width &&
          rects[i].y < frames[f].y + frames[f].height && frames[f].y < rects[i].y + rects[i].height &&
          !is_within (model, model->frame_of[i], f))
        frames[f].width = 0;
}

static void
include (double x, double y, BsPoint *low, BsPoint *high)
{
  low->x = MIN (low->x, x);
  low->y = MIN (low->y, y);
  high->x = MAX (high->x, x);
  high->y = MAX (high->y, y);
}

static gboolean
is_between (const BsPoint *p, BsPoint low, BsPoint high)
{
  return p->x >= low.x && p->x <= high.x && p->y >= low.y && p->y <= high.y;
}

/* Where the curves go, not the points that pull at them. Most lie amid the cards: a curve does not leave its four points. */
static void
include_edges (BsLayout *self, BsPoint *low, BsPoint *high)
{
  for (guint i = 0; i < self->n_edges; i++)
    for (guint32 k = self->offsets[i]; k + 3 < self->offsets[i + 1]; k += 3) {
      const BsPoint *p = self->points + k;

      if (is_between (p, *low, *high) && is_between (p + 1, *low, *high) && is_between (p + 2, *low, *high)
          && is_between (p + 3, *low, *high))
        continue;
      for (guint s = 0; s <= 8; s++) {
        double t = s / 8.0, u = 1 - t, a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;

        include (a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x, a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y, low, high);
      }
    }
}

/* To the margins, and onto whole units so that lines are sharp at zoom 1. */
static void
shift (BsLayout *self)
{
  BsPoint low = { INFINITY, INFINITY }, high = { -INFINITY, -INFINITY };
  double dx, dy;

  for (guint i = 0; i < self->n_nodes; i++) {
    include (self->rects[i].x, self->rects[i].y, &low, &high);
    include (self->rects[i].x + self->rects[i].width, self->rects[i].y + self->rects[i].height, &low, &high);
  }
  for (guint i = 0; i < self->n_frames; i++)
    if (self->frames[i].width > 0) {
      include (self->frames[i].x, self->frames[i].y - BS_FRAME_PADDING / 2, &low, &high);
      include (self->frames[i].x + self->frames[i].width, self->frames[i].y + self->frames[i].height, &low, &high);
    }
  include_edges (self, &low, &high);
  if (self->n_nodes == 0)
    low = high = (BsPoint) { 0, 0 };
  dx = BS_MARGIN - floor (low.x);
  dy = BS_MARGIN - floor (low.y);
  for (guint i = 0; i < self->n_nodes; i++) {
    self->rects[i].x += dx;
    self->rects[i].y += dy;
  }
  for (guint i = 0; i < self->n_frames; i++) {
    self->frames[i].x += dx;
    self->frames[i].y += dy;
  }
  for (guint i = 0; i < self->offsets[self->n_edges]; i++) {
    self->points[i].x += dx;
    self->points[i].y += dy;
  }
  self->size = (BsSize) { ceil (high.x + dx + BS_MARGIN), ceil (high.y + dy + BS_MARGIN) };
}

/* --- edges between the same two -------------------------------------------------------------------------------------------- */

#define SPREAD 34.0

static gboolean
is_same_way (const BsModel *model, const BsPlacement *placement, guint a, guint b)
{
  return model->edges[a].from == model->edges[b].from && model->edges[a].to == model->edges[b].to
    && placement->offsets[a + 1] - placement->offsets[a] == placement->offsets[b + 1] - placement->offsets[b];
}

/* `a + a`: two edges, and both are to be seen, with their numbers; what a result comes from stands together in the list. Dot
 * parts them by a few units; the others lie on each other. */
static void
spread_edges (const BsModel *model, BsPlacement *placement)
{
  BsPoint *points = (BsPoint *) placement->points->data;
  guint n;

  for (guint first = 0; first < model->n_edges; first += n) {
    for (n = 1; first + n < model->n_edges && is_same_way (model, placement, first, first + n); n++)
      ;
    for (guint i = n; n > 1 && i-- > 0;) {
      double by = (i - (n - 1) / 2.0) * SPREAD;
      guint32 from = placement->offsets[first], at = placement->offsets[first + i];

      memmove (points + at, points + from, (placement->offsets[first + 1] - from) * sizeof *points);
      if (placement->offsets[first + 1] - from == 4)
        curve_between (&placement->rects[model->edges[first].from], &placement->rects[model->edges[first].to],
                       model->direction == BS_LAYOUT_LEFT_TO_RIGHT, points + at);
      for (guint32 k = placement->offsets[first + i] + 1; k + 1 < placement->offsets[first + i + 1]; k++)
        if (model->direction == BS_LAYOUT_LEFT_TO_RIGHT)
          points[k].y += by;
        else
          points[k].x += by;
    }
  }
}

BsLayout *
bs_layout_new (const BsModel *model, BsPlacement *placement, gboolean final)
{
  BsLayout *self = g_new0 (BsLayout, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_cards = model->n_cards;
  self->n_nodes = model->n_nodes;
  self->n_edges = model->n_edges;
  self->final = final;
  spread_edges (model, placement);
  self->rects = g_steal_pointer (&placement->rects);
  self->offsets = g_steal_pointer (&placement->offsets);
  self->points = g_memdup2 (placement->points->data, placement->points->len * sizeof (BsPoint));
  self->proxy_of = g_memdup2 (model->proxy_of, (model->n_nodes - model->n_cards) * sizeof *self->proxy_of);
  self->begins = g_new (guint32, MAX (model->n_edges, 1));
  self->ends = g_new (guint32, MAX (model->n_edges, 1));
  for (guint i = 0; i < model->n_edges; i++) {
    self->begins[i] = model->edges[i].from;
    self->ends[i] = model->edges[i].to;
  }
  self->direction = model->direction;
  self->n_frames = model->n_frames;
  self->frames = g_steal_pointer (&placement->frames);
  surround (model, self->rects, self->frames);
  drop_mixed (model, self->rects, self->frames);
  shift (self);
  return self;
}

/* --- public ------------------------------------------------------------------------------------------------------------ */

BsLayout *
bs_layout_ref (BsLayout *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
bs_layout_unref (BsLayout *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->rects);
  g_free (self->points);
  g_free (self->offsets);
  g_free (self->proxy_of);
  g_free (self->begins);
  g_free (self->ends);
  g_free (self->frames);
  g_free (self);
}

BsSize
bs_layout_get_size (const BsLayout *self)
{
  return self->size;
}

BsRect
bs_layout_get_card (const BsLayout *self, guint card)
{
  g_return_val_if_fail (card < self->n_cards, (BsRect) { 0 });

  return self->rects[card];
}

const BsPoint *
bs_layout_get_edge (const BsLayout *self, guint edge, guint *n_points)
{
  g_return_val_if_fail (edge < self->n_edges, NULL);

  *n_points = self->offsets[edge + 1] - self->offsets[edge];
  return self->points + self->offsets[edge];
}

guint
bs_layout_get_n_proxies (const BsLayout *self)
{
  return self->n_nodes - self->n_cards;
}

BsRect
bs_layout_get_proxy (const BsLayout *self, guint proxy, guint *card)
{
  g_return_val_if_fail (proxy < self->n_nodes - self->n_cards, (BsRect) { 0 });

  if (card != NULL)
    *card = self->proxy_of[proxy];
  return self->rects[self->n_cards + proxy];
}

guint
bs_layout_get_edge_proxy (const BsLayout *self, guint edge)
{
  g_return_val_if_fail (edge < self->n_edges, BS_NO_PROXY);

  return self->begins[edge] >= self->n_cards ? self->begins[edge] - self->n_cards : BS_NO_PROXY;
}

gboolean
bs_layout_get_frame (const BsLayout *self, guint frame, BsRect *out)
{
  g_return_val_if_fail (frame < self->n_frames, FALSE);

  *out = self->frames[frame];
  return out->width > 0;
}

static BsRect
mix_rects (BsRect a, BsRect b, double t)
{
  return (BsRect) { a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t, b.width, b.height };
}

BsLayout *
bs_layout_between (const BsLayout *self, const BsRect *from, double t)
{
  BsLayout *moment = g_new0 (BsLayout, 1);

  *moment = *self;
  g_atomic_ref_count_init (&moment->ref_count);
  moment->rects = g_new (BsRect, MAX (self->n_nodes, 1));
  for (guint i = 0; i < self->n_nodes; i++)
    moment->rects[i] = i < self->n_cards && from[i].width > 0 ? mix_rects (from[i], self->rects[i], t) : self->rects[i];
  moment->offsets = g_new (guint32, self->n_edges + 1);
  moment->points = g_new (BsPoint, MAX (4 * self->n_edges, 1));
  for (guint i = 0; i < self->n_edges; i++) {
    moment->offsets[i] = 4 * i;
    curve_between (&moment->rects[self->begins[i]], &moment->rects[self->ends[i]],
                   self->direction == BS_LAYOUT_LEFT_TO_RIGHT, moment->points + 4 * i);
  }
  moment->offsets[self->n_edges] = 4 * self->n_edges;
  moment->proxy_of = g_memdup2 (self->proxy_of, (self->n_nodes - self->n_cards) * sizeof *self->proxy_of);
  moment->begins = g_memdup2 (self->begins, self->n_edges * sizeof *self->begins);
  moment->ends = g_memdup2 (self->ends, self->n_edges * sizeof *self->ends);
  moment->frames = g_new0 (BsRect, MAX (self->n_frames, 1)); /* they come when all have arrived */
  return moment;
}

gboolean
bs_layout_is_final (const BsLayout *self)
{
  return self->final;
}

BsLayout *
bs_layout_compute_quick (BsGraph *graph, const BsLayoutOptions *options)
{
  g_autoptr (BsModel) model = bs_model_new (graph, options);
  BsPlacement placement;
  BsLayout *layout;

  bs_placement_init (&placement, model);
  bs_place_layered (model, 1, &placement);
  layout = bs_layout_new (model, &placement, FALSE);
  bs_placement_clear (&placement);
  return layout;
}
