/* SPDX-License-Identifier: MIT */

/* Many thin lines at once, as seen from far away. Cairo's strokes of ten thousand long lines take 20 ms and more; plotted here
 * into a mask (after Wu: An Efficient Antialiasing Technique, 1991) they take a few. */

#include "config.h"

#include "scene-private.h"

#include <math.h>

typedef struct {
  cairo_surface_t *mask;
  guint8 *pixels;
  int width, height, stride;
} BsHairlines;

static BsHairlines *
bs_hairlines_new (int width, int height)
{
  BsHairlines *self = g_new0 (BsHairlines, 1);

  self->mask = cairo_image_surface_create (CAIRO_FORMAT_A8, width, height);
  self->pixels = cairo_image_surface_get_data (self->mask);
  self->stride = cairo_image_surface_get_stride (self->mask);
  self->width = self->pixels != NULL ? width : 0;
  self->height = height;
  return self;
}

static void
bs_hairlines_free (BsHairlines *self)
{
  cairo_surface_destroy (self->mask);
  g_free (self);
}

/* Liang and Barsky: the part of it inside [0, limit - 1]; FALSE: none. */
static gboolean
clip (double *x0, double *y0, double *x1, double *y1, double right, double bottom)
{
  const double dx = *x1 - *x0, dy = *y1 - *y0;
  const double p[] = { -dx, dx, -dy, dy }, q[] = { *x0, right - *x0, *y0, bottom - *y0 };
  double from = 0, to = 1;

  for (int i = 0; i < 4; i++) {
    double t;

    if (p[i] == 0) {
      if (q[i] < 0)
        return FALSE;
      continue;
    }
    t = q[i] / p[i];
    if (p[i] < 0)
      from = MAX (from, t);
    else
      to = MIN (to, t);
  }
  if (from > to)
    return FALSE;
  *x1 = *x0 + to * dx;
  *y1 = *y0 + to * dy;
  *x0 += from * dx;
  *y0 += from * dy;
  return TRUE;
}

static inline void
plot (guint8 *pixel, guint8 alpha)
{
  if (*pixel < alpha)
    *pixel = alpha;
}

/* For each place along its longer side the pixels across, by how much of them it covers. Of width 1: one, shared by two. */
static void
bs_hairlines_add (BsHairlines *self, double x0, double y0, double x1, double y1, double width, guint8 alpha)
{
  gboolean steep = fabs (y1 - y0) > fabs (x1 - x0);
  int along = steep ? self->stride : 1, across = steep ? 1 : self->stride, first, last, limit;
  double slope, at, half;

  if (self->width < 2 || self->height < 2 || !isfinite (x0 + y0 + x1 + y1) || !clip (&x0, &y0, &x1, &y1, self->width - 2, self->height - 2))
    return;
  if (steep) {
    double t = x0;

    x0 = y0;
    y0 = t;
    t = x1;
    x1 = y1;
    y1 = t;
  }
  if (x0 > x1) {
    double t = x0;

    x0 = x1;
    x1 = t;
    t = y0;
    y0 = y1;
    y1 = t;
  }
  slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
  half = width > 1 ? width / 2 * sqrt (1 + slope * slope) : 0.5;
  limit = (steep ? self->width : self->height) - 1;
  first = x0;
  last = x1;
  at = y0 + slope * (first - x0) + 0.5;
  for (int i = first; i <= last; i++, at += slope) {
    double low = MAX (at - half, 0), high = MIN (at + half, limit);
    guint8 *pixel = self->pixels + (gsize) i * along;

    for (int k = (int) low; k < high; k++)
      plot (pixel + (gsize) k * across, alpha * (MIN (high, k + 1) - MAX (low, k)));
  }
}

/* In the source colour of @cr, pixel by pixel: @x, @y are whole, in the coordinates before any translation and scale. */
static void
bs_hairlines_paint (BsHairlines *self, cairo_t *cr, double x, double y)
{
  cairo_surface_mark_dirty (self->mask);
  cairo_save (cr);
  cairo_identity_matrix (cr);
  cairo_mask_surface (cr, self->mask, x, y);
  cairo_restore (cr);
}

/* --- edges ---------------------------------------------------------------------------------------------------------------- */

#define MOST_PIXELS 1.6e7

typedef struct { double zoom, dx, dy, width; guint8 alpha; } Pen;

static void
add_line (BsHairlines *lines, BsPoint a, BsPoint b, const Pen *pen)
{
  bs_hairlines_add (lines, a.x * pen->zoom + pen->dx, a.y * pen->zoom + pen->dy, b.x * pen->zoom + pen->dx, b.y * pen->zoom + pen->dy, pen->width,
                    pen->alpha);
}

static gboolean
is_out (const BsHairlines *lines, const BsPoint *p, const Pen *pen)
{
  BsRect r = bs_curve_bounds (p);
  double x = r.x * pen->zoom + pen->dx, y = r.y * pen->zoom + pen->dy;

  return x + r.width * pen->zoom < -pen->width || x > lines->width + pen->width || y + r.height * pen->zoom < -pen->width
    || y > lines->height + pen->width;
}

/* In halves, until nobody sees the corners or all of it is out of sight. */
static void
add_curve (BsHairlines *lines, const BsPoint *p, const Pen *pen, guint depth)
{
  BsPoint halves[7];

  if (is_out (lines, p, pen))
    return;
  /* How far it is from its chord, at most; the same for each half is a quarter of that. */
  if (depth == 0 || MAX (fabs (p[0].x - 2 * p[1].x + p[2].x) + fabs (p[0].y - 2 * p[1].y + p[2].y),
                         fabs (p[1].x - 2 * p[2].x + p[3].x) + fabs (p[1].y - 2 * p[2].y + p[3].y)) * pen->zoom < 0.4) {
    add_line (lines, p[0], p[3], pen);
    return;
  }
  bs_curve_halve (p, halves);
  add_curve (lines, halves, pen, depth - 1);
  add_curve (lines, halves + 3, pen, depth - 1);
}

static void
add_edge (BsPainter *self, BsHairlines *lines, guint edge, guint8 tone, double dx, double dy)
{
  static const guint8 thin[] = { 0, 90, 205, 205 }, whole[] = { 0, 150, 255, 217 };
  Pen pen = { self->options->zoom, dx, dy, 1, thin[tone & BS_HAIRLINE_TONES] };
  guint n;
  const BsPoint *points = bs_layout_get_edge (self->scene->layout, edge, &n);
  BsPoint last = points[0];

  if (tone & BS_HAIRLINE_WHOLE) {
    pen.width = bs_painter_edge_width (self, edge) * pen.zoom;
    pen.alpha = whole[tone & BS_HAIRLINE_TONES] * CLAMP (pen.width, 0.5, 1);
  }
  if (self->detail != BS_DETAIL_FAR) {
    for (guint k = 0; k + 3 < n; k += 3)
      add_curve (lines, points + k, &pen, 8);
    return;
  }
  for (guint k = 6; k < n + 5; k += 6) {
    add_line (lines, last, points[MIN (k, n - 1)], &pen);
    last = points[MIN (k, n - 1)];
  }
}

/* All in one: a path of many triangles takes a third of the time. */
static void
fill_arrows (BsPainter *self, const guint8 *tones, BsColorRole role)
{
  gboolean gradient = role == BS_COLOR_GRADIENT;

  if (!gradient && self->detail != BS_DETAIL_NEAR)
    return;
  cairo_new_path (self->cr);
  for (guint k = 0; k < self->n_edges; k++) {
    guint32 i = self->edges[k];

    if (tones[i] & BS_HAIRLINE_WHOLE && ((tones[i] & BS_HAIRLINE_TONES) == BS_HAIRLINE_GRADIENT) == gradient
        && bs_painter_sees (self, self->scene->edge_bounds[i]))
      bs_painter_add_arrow (self, i);
  }
  cairo_fill (self->cr);
}

gboolean
bs_painter_has_room (const BsPainter *self)
{
  double width = self->sight.width * self->options->zoom, height = self->sight.height * self->options->zoom;

  return width * height <= MOST_PIXELS && width >= 1 && height >= 1;
}

void
bs_painter_plot_edges (BsPainter *self, const guint8 *tones)
{
  static const BsColorRole roles[] = { BS_COLOR_EDGE, BS_COLOR_GRADIENT };
  double zoom = self->options->zoom, width = self->clip.width * zoom, height = self->clip.height * zoom, x = self->clip.x, y = self->clip.y;
  cairo_matrix_t matrix;

  cairo_get_matrix (self->cr, &matrix);
  cairo_user_to_device (self->cr, &x, &y);
  x = floor (x);
  y = floor (y);
  for (guint role = 0; role < G_N_ELEMENTS (roles); role++) {
    BsHairlines *lines = NULL;

    for (guint k = 0; k < self->n_edges; k++) {
      guint32 i = self->edges[k];

      if (tones[i] == BS_HAIRLINE_NONE || ((tones[i] & BS_HAIRLINE_TONES) == BS_HAIRLINE_GRADIENT) != (role == 1)
          || !bs_painter_sees (self, self->scene->edge_bounds[i]))
        continue;
      if (lines == NULL)
        lines = bs_hairlines_new (ceil (width) + 2, ceil (height) + 2);
      add_edge (self, lines, i, tones[i], matrix.x0 - x, matrix.y0 - y);
    }
    if (lines == NULL)
      continue;
    bs_painter_set (self, roles[role]);
    bs_hairlines_paint (lines, self->cr, x, y);
    bs_hairlines_free (lines);
    fill_arrows (self, tones, roles[role]);
  }
}
