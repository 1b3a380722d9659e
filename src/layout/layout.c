/* SPDX-License-Identifier: MIT */

#include "layout-private.h"

#include <math.h>
#include <string.h>

struct _BsLayout {
  gatomicrefcount ref_count;
  guint n_cards, n_nodes, n_edges;
  BsSize size;
  gboolean final;
  BsRect *rects;
  BsPoint *points;
  guint32 *offsets;
  guint32 *proxy_of;
  guint32 *begins; /* per edge: the node it begins at */
};

/* --- placements -------------------------------------------------------------------------------------------------------- */

void
bs_placement_init (BsPlacement *self, const BsModel *model)
{
  self->rects = g_new0 (BsRect, MAX (model->n_nodes, 1));
  self->points = g_array_new (FALSE, FALSE, sizeof (BsPoint));
  self->offsets = g_new0 (guint32, model->n_edges + 1);
}

void
bs_placement_clear (BsPlacement *self)
{
  g_clear_pointer (&self->rects, g_free);
  g_clear_pointer (&self->points, g_array_unref);
  g_clear_pointer (&self->offsets, g_free);
}

void
bs_placement_add_curve (BsPlacement *self, const BsModel *model, guint edge)
{
  const BsRect *a = &self->rects[model->edges[edge].from], *b = &self->rects[model->edges[edge].to];
  gboolean right = model->direction == BS_LAYOUT_LEFT_TO_RIGHT;
  BsPoint p[4];
  double pull;

  p[0] = right ? (BsPoint) { a->x + a->width, a->y + a->height / 2 } : (BsPoint) { a->x + a->width / 2, a->y + a->height };
  p[3] = right ? (BsPoint) { b->x, b->y + b->height / 2 } : (BsPoint) { b->x + b->width / 2, b->y };
  pull = right ? p[3].x - p[0].x : p[3].y - p[0].y;
  pull = CLAMP (fabs (pull) / 2, 24, 160);
  p[1] = right ? (BsPoint) { p[0].x + pull, p[0].y } : (BsPoint) { p[0].x, p[0].y + pull };
  p[2] = right ? (BsPoint) { p[3].x - pull, p[3].y } : (BsPoint) { p[3].x, p[3].y - pull };
  g_array_append_vals (self->points, p, 4);
}

static void
include (double x, double y, BsPoint *low, BsPoint *high)
{
  low->x = MIN (low->x, x);
  low->y = MIN (low->y, y);
  high->x = MAX (high->x, x);
  high->y = MAX (high->y, y);
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
  for (guint i = 0; i < self->offsets[self->n_edges]; i++)
    include (self->points[i].x, self->points[i].y, &low, &high);
  if (self->n_nodes == 0)
    low = high = (BsPoint) { 0, 0 };
  dx = BS_MARGIN - floor (low.x);
  dy = BS_MARGIN - floor (low.y);
  for (guint i = 0; i < self->n_nodes; i++) {
    self->rects[i].x += dx;
    self->rects[i].y += dy;
  }
  for (guint i = 0; i < self->offsets[self->n_edges]; i++) {
    self->points[i].x += dx;
    self->points[i].y += dy;
  }
  self->size = (BsSize) { ceil (high.x + dx + BS_MARGIN), ceil (high.y + dy + BS_MARGIN) };
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
  self->rects = g_steal_pointer (&placement->rects);
  self->offsets = g_steal_pointer (&placement->offsets);
  self->points = g_memdup2 (placement->points->data, placement->points->len * sizeof (BsPoint));
  self->proxy_of = g_memdup2 (model->proxy_of, (model->n_nodes - model->n_cards) * sizeof *self->proxy_of);
  self->begins = g_new (guint32, MAX (model->n_edges, 1));
  for (guint i = 0; i < model->n_edges; i++)
    self->begins[i] = model->edges[i].from;
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
