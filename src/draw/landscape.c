/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "landscape.h"

#include "numbers.h"
#include "text.h"
#include "ticks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 12 };

struct _BsLandscapePicture {
  BsTexts *texts;
  double scale;
  /* of the last drawing: the area inside the axes, and what it shows */
  double x, y, width, height, low[2], high[2];
};

typedef struct {
  BsLandscapePicture *picture;
  cairo_t *cr;
  const BsLandscapeView *view;
  const BsLandscapeLook *look;
  BsTheme theme;
  double s;
} Frame;

BsLandscapePicture *
bs_landscape_picture_new (void)
{
  return g_new0 (BsLandscapePicture, 1);
}

void
bs_landscape_picture_free (BsLandscapePicture *self)
{
  if (self->texts != NULL)
    bs_texts_free (self->texts);
  g_free (self);
}

/* --- places -------------------------------------------------------------------------------------------------------------- */

static double
to_x (const Frame *self, double value)
{
  const BsLandscapePicture *p = self->picture;

  return p->x + (value - p->low[0]) / (p->high[0] - p->low[0]) * p->width;
}

static double
to_y (const Frame *self, double value)
{
  const BsLandscapePicture *p = self->picture;

  return p->y + p->height - (value - p->low[1]) / (p->high[1] - p->low[1]) * p->height;
}

gboolean
bs_landscape_picture_hit (BsLandscapePicture *self, double x, double y, double at[2])
{
  if (x < self->x || y < self->y || x > self->x + self->width || y > self->y + self->height || self->width <= 0)
    return FALSE;
  at[0] = self->low[0] + (x - self->x) / self->width * (self->high[0] - self->low[0]);
  at[1] = self->high[1] - (y - self->y) / self->height * (self->high[1] - self->low[1]);
  return TRUE;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* All finite known values, in order (transfer full). */
static double *
sorted_values (const BsLandscapeView *view, guint *n)
{
  double *all = g_new (double, view->n[0] * view->n[1]);

  *n = 0;
  for (guint y = 0; y < view->n[1]; y += MAX (view->stride, 1))
    for (guint x = 0; x < view->n[0] && view->stride > 0; x += view->stride)
      if (isfinite (view->values[y * view->n[0] + x]))
        all[(*n)++] = view->values[y * view->n[0] + x];
  qsort (all, *n, sizeof *all, compare);
  return all;
}

/* Steep walls would press the valley flat: the axis ends where nine tenths of the curve do, but shows all of the path. */
static void
find_loss_range (Frame *self)
{
  guint n;
  g_autofree double *all = sorted_values (self->view, &n);
  BsLandscapePicture *p = self->picture;
  double low = n > 0 ? all[0] : 0, high = n > 0 ? all[(n - 1) * 9 / 10] : 1;

  if (isfinite (self->view->loss)) {
    low = MIN (low, self->view->loss);
    high = MAX (high, self->view->loss);
  }
  if (!(high > low))
    high = low + 1;
  p->low[1] = low - 0.08 * (high - low);
  p->high[1] = high + 0.12 * (high - low);
}

/* --- axes -------------------------------------------------------------------------------------------------------------------- */

static void
draw_axes (Frame *self, const char *y_label)
{
  BsLandscapePicture *p = self->picture;
  double line = bs_texts_line (p->texts, BS_TEXT_LABEL);
  BsTicks x = bs_ticks_find (p->low[0], p->high[0], MAX (p->width / (90 * self->s), 2), FALSE);
  BsTicks y = bs_ticks_find (p->low[1], p->high[1], MAX (p->height / (40 * self->s), 2), FALSE);
  char buffer[BS_NUMBER_SIZE];

  cairo_set_line_width (self->cr, 1);
  for (guint i = 0; i < y.n; i++) {
    double at = bs_ticks_get (&y, i), py = round (to_y (self, at)) + 0.5;

    if (at < p->low[1] || at > p->high[1])
      continue;
    bs_palette_set (self->cr, self->theme, BS_COLOR_GRID);
    cairo_move_to (self->cr, p->x, py);
    cairo_line_to (self->cr, p->x + (self->view->n_axes == 1 ? p->width : -4 * self->s), py);
    cairo_stroke (self->cr);
    bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
    bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_CELL, bs_number_format_fixed (buffer, at, y.decimals), p->x - 6 * self->s, py - line / 2, 0, 1);
  }
  for (guint i = 0; i < x.n; i++) {
    double at = bs_ticks_get (&x, i), px = to_x (self, at);

    bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
    if (px >= p->x && px <= p->x + p->width - bs_texts_width (p->texts, BS_TEXT_LABEL, self->look->labels[0]) - 16 * self->s)
      bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_CELL, bs_number_format_fixed (buffer, at, x.decimals), px, p->y + p->height + 4 * self->s, 0, 0.5);
  }
  bs_palette_set (self->cr, self->theme, BS_COLOR_TEXT);
  bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_LABEL, self->look->labels[0], p->x + p->width, p->y + p->height + 4 * self->s, p->width / 2, 1);
  bs_texts_draw (p->texts, self->cr, BS_TEXT_LABEL, y_label, p->x, p->y - line - 4 * self->s, p->width * 0.3);
}

/* --- what is in both ------------------------------------------------------------------------------------------------------------ */

static void
dot (Frame *self, double x, double y, double radius, gboolean filled, BsColorRole role)
{
  cairo_new_path (self->cr);
  cairo_arc (self->cr, x, y, radius * self->s, 0, 2 * G_PI);
  bs_palette_set (self->cr, self->theme, filled ? role : BS_COLOR_BACKGROUND);
  cairo_fill_preserve (self->cr);
  bs_palette_set (self->cr, self->theme, role);
  cairo_set_line_width (self->cr, 2 * self->s);
  cairo_stroke (self->cr);
}

static void
arrow (Frame *self, double x0, double y0, double x1, double y1, BsColorRole role)
{
  double angle = atan2 (y1 - y0, x1 - x0), length = hypot (x1 - x0, y1 - y0), head = MIN (8 * self->s, length);

  if (!(length > 1) || !isfinite (length))
    return;
  bs_palette_set (self->cr, self->theme, role);
  cairo_set_line_width (self->cr, 2.2 * self->s);
  cairo_move_to (self->cr, x0, y0);
  cairo_line_to (self->cr, x1 - head * 0.7 * cos (angle), y1 - head * 0.7 * sin (angle));
  cairo_stroke (self->cr);
  cairo_move_to (self->cr, x1, y1);
  cairo_line_to (self->cr, x1 - head * cos (angle - 0.4), y1 - head * sin (angle - 0.4));
  cairo_line_to (self->cr, x1 - head * cos (angle + 0.4), y1 - head * sin (angle + 0.4));
  cairo_close_path (self->cr);
  cairo_fill (self->cr);
}

static void
write_above (Frame *self, const char *text, BsColorRole role)
{
  BsLandscapePicture *p = self->picture;

  bs_palette_set (self->cr, self->theme, role);
  bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_LABEL, text, p->x + p->width, p->y - bs_texts_line (p->texts, BS_TEXT_LABEL) - 4 * self->s,
                         p->width * 0.67, 1);
}

/* --- one parameter ---------------------------------------------------------------------------------------------------------------- */

static double
curve_at (const BsLandscapeView *view, double x)
{
  double at = (x - view->low[0]) / (view->high[0] - view->low[0]) * (view->n[0] - 1) / MAX (view->stride, 1);
  guint last = (view->n[0] - 1) / MAX (view->stride, 1);
  guint i = CLAMP (floor (at), 0, last > 0 ? last - 1 : 0);
  double a = view->values[i * view->stride], b = view->values[MIN (i + 1, last) * view->stride];

  return a + (at - i) * (b - a);
}

static void
draw_curve (Frame *self)
{
  const BsLandscapeView *view = self->view;
  gboolean pen = FALSE;

  bs_palette_set (self->cr, self->theme, BS_COLOR_FORWARD);
  cairo_set_line_width (self->cr, 2 * self->s);
  for (guint i = 0; i < view->n[0]; i += view->stride) {
    double x = view->low[0] + (view->high[0] - view->low[0]) * i / (view->n[0] - 1), value = view->values[i];

    if (!isfinite (value)) {
      pen = FALSE;
      continue;
    }
    (pen ? cairo_line_to : cairo_move_to) (self->cr, to_x (self, x), to_y (self, value));
    pen = TRUE;
  }
  cairo_stroke (self->cr);
}

static void
draw_tangent (Frame *self, double at, double loss, double slope)
{
  double reach = (self->picture->high[0] - self->picture->low[0]) * 0.18;

  if (!isfinite (loss) || !isfinite (slope))
    return;
  bs_palette_set (self->cr, self->theme, BS_COLOR_GRADIENT);
  cairo_set_line_width (self->cr, 1.8 * self->s);
  cairo_move_to (self->cr, to_x (self, at - reach), to_y (self, loss - reach * slope));
  cairo_line_to (self->cr, to_x (self, at + reach), to_y (self, loss + reach * slope));
  cairo_stroke (self->cr);
}

static void
draw_line (Frame *self)
{
  const BsLandscapeView *view = self->view;
  BsLandscapePicture *p = self->picture;
  guint last = self->look->hide_future ? view->now : view->n_path - 1;
  g_autofree char *text = NULL;
  char a[BS_NUMBER_SIZE], b[BS_NUMBER_SIZE], c[BS_NUMBER_SIZE];
  gboolean probing = self->look->has_probe;
  double at = probing ? self->look->probe[0] : view->at[0], loss = probing ? self->look->probe_loss : view->loss,
         slope = probing ? self->look->probe_slope[0] : view->slope[0];

  draw_axes (self, self->look->loss);
  cairo_save (self->cr);
  cairo_rectangle (self->cr, p->x, p->y, p->width, p->height);
  cairo_clip (self->cr);
  draw_curve (self);
  for (guint i = 0; view->n_path > 0 && i <= last; i++)
    dot (self, to_x (self, view->path[2 * i]), to_y (self, curve_at (view, view->path[2 * i])), 2, i <= view->now, BS_COLOR_UPDATE);
  draw_tangent (self, at, loss, slope);
  if (!probing && view->now + 1 < view->n_path && !self->look->hide_future)
    arrow (self, to_x (self, at), to_y (self, loss), to_x (self, view->path[2 * view->now + 2]), to_y (self, loss), BS_COLOR_UPDATE);
  dot (self, to_x (self, at), to_y (self, loss), 5, !probing, BS_COLOR_FORWARD);
  cairo_restore (self->cr);
  text = g_strdup_printf ("%s = %s   %s = %s   ∂ = %s", self->look->labels[0], bs_number_format (a, at, 5), self->look->loss,
                          bs_number_format (b, loss, 5), bs_number_format (c, slope, 5));
  write_above (self, text, BS_COLOR_TEXT);
}

/* --- two ---------------------------------------------------------------------------------------------------------------------------- */

/* Every level has as much of the plane between it and the next; near the valley they are closer. */
static guint
choose_levels (const BsLandscapeView *view, double *levels)
{
  guint n, count = 0;
  g_autofree double *all = sorted_values (view, &n);

  for (guint i = 0; n > 1 && i < LEVELS; i++) {
    double q = pow ((i + 0.5) / LEVELS, 1.6), level = all[(guint) (q * (n - 1))];

    if (level > all[0] && level < all[n - 1] && (count == 0 || level > levels[count - 1]))
      levels[count++] = level;
  }
  return count;
}

static double
grid (const BsLandscapeView *view, guint x, guint y)
{
  return view->values[y * view->n[0] + x];
}

static void
grid_point (Frame *self, double x, double y, double *px, double *py)
{
  const BsLandscapeView *view = self->view;

  *px = to_x (self, view->low[0] + (view->high[0] - view->low[0]) * x / (view->n[0] - 1));
  *py = to_y (self, view->low[1] + (view->high[1] - view->low[1]) * y / (view->n[1] - 1));
}

/* Marching squares: where the level crosses the sides of a cell. */
static void
add_cell (Frame *self, guint x, guint y, double level)
{
  const BsLandscapeView *view = self->view;
  guint s = view->stride;
  const guint corners[5][2] = { { x, y }, { x + s, y }, { x + s, y + s }, { x, y + s }, { x, y } };
  double crossings[4][2];
  guint n = 0;

  for (guint i = 0; i < 4; i++) {
    double a = grid (view, corners[i][0], corners[i][1]) - level, b = grid (view, corners[i + 1][0], corners[i + 1][1]) - level, t;

    if (!isfinite (a) || !isfinite (b) || (a < 0) == (b < 0))
      continue;
    t = a / (a - b);
    grid_point (self, corners[i][0] + t * ((double) corners[i + 1][0] - corners[i][0]), corners[i][1] + t * ((double) corners[i + 1][1] - corners[i][1]),
                &crossings[n][0], &crossings[n][1]);
    n++;
  }
  for (guint i = 0; i + 1 < n; i += 2) {
    cairo_move_to (self->cr, crossings[i][0], crossings[i][1]);
    cairo_line_to (self->cr, crossings[i + 1][0], crossings[i + 1][1]);
  }
}

static guint
level_of (double value, const double *levels, guint n)
{
  guint i = 0;

  while (i < n && value >= levels[i])
    i++;
  return i;
}

static void
fill_plane (Frame *self, const double *levels, guint n_levels)
{
  const BsLandscapeView *view = self->view;
  BsLandscapePicture *p = self->picture;
  guint columns = (view->n[0] - 1) / view->stride + 1, rows = (view->n[1] - 1) / view->stride + 1;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, columns, rows);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++) {
      double value = grid (view, x * view->stride, (rows - 1 - y) * view->stride), t = level_of (value, levels, n_levels) / (double) MAX (n_levels, 1);
      BsColor c = bs_palette_sequential (bs_theme_is_dark (self->theme) ? 0.75 * t : 0.2 + 0.8 * t);
      guint32 *pixel = (guint32 *) (data + y * stride) + x;

      *pixel = !isfinite (value) ? 0 : 0xff000000u | (guint32) (c.r * 255) << 16 | (guint32) (c.g * 255) << 8 | (guint32) (c.b * 255);
    }
  cairo_surface_mark_dirty (surface);
  cairo_save (self->cr);
  cairo_translate (self->cr, p->x - p->width / (columns - 1) / 2, p->y - p->height / (rows - 1) / 2);
  cairo_scale (self->cr, p->width / (columns - 1), p->height / (rows - 1));
  cairo_set_source_surface (self->cr, surface, 0, 0);
  cairo_paint_with_alpha (self->cr, 0.4);
  cairo_restore (self->cr);
  cairo_surface_destroy (surface);
}

static void
draw_contours (Frame *self)
{
  const BsLandscapeView *view = self->view;
  double levels[LEVELS];
  guint n = choose_levels (view, levels), s = view->stride;

  fill_plane (self, levels, n);
  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_TEXT, 0.45);
  cairo_set_line_width (self->cr, self->s);
  for (guint i = 0; i < n; i++) {
    for (guint y = 0; y + s < view->n[1]; y += s)
      for (guint x = 0; x + s < view->n[0]; x += s)
        add_cell (self, x, y, levels[i]);
    cairo_stroke (self->cr);
  }
}

static void
draw_path (Frame *self)
{
  const BsLandscapeView *view = self->view;

  for (guint part = 0; part < 2; part++) {
    guint from = part == 0 ? 0 : view->now, to = part == 0 ? view->now : view->n_path > 0 ? view->n_path - 1 : 0;

    if (part == 1 && self->look->hide_future)
      return;
    for (guint i = from; i <= to && i < view->n_path; i++)
      (i == from ? cairo_move_to : cairo_line_to) (self->cr, to_x (self, view->path[2 * i]), to_y (self, view->path[2 * i + 1]));
    bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_UPDATE, part == 0 ? 1 : 0.5);
    cairo_set_line_width (self->cr, 1.6 * self->s);
    cairo_stroke (self->cr);
    for (guint i = from; i <= to && i < view->n_path; i++)
      dot (self, to_x (self, view->path[2 * i]), to_y (self, view->path[2 * i + 1]), 1.6, part == 0, BS_COLOR_UPDATE);
  }
}

/* Downhill, on the plane and as it is drawn: across the contours only where both axes have one scale. */
static void
draw_descent (Frame *self, const double at[2], const double slope[2])
{
  BsLandscapePicture *p = self->picture;
  double dx = -slope[0] / (p->high[0] - p->low[0]) * p->width, dy = slope[1] / (p->high[1] - p->low[1]) * p->height, length = hypot (dx, dy);
  double reach = MIN (p->width, p->height) * 0.22;

  if (length > 0 && isfinite (length))
    arrow (self, to_x (self, at[0]), to_y (self, at[1]), to_x (self, at[0]) + dx / length * reach, to_y (self, at[1]) + dy / length * reach,
           BS_COLOR_GRADIENT);
}

static void
draw_plane (Frame *self)
{
  const BsLandscapeView *view = self->view;
  BsLandscapePicture *p = self->picture;
  gboolean probing = self->look->has_probe;
  const double *at = probing ? self->look->probe : view->at, *slope = probing ? self->look->probe_slope : view->slope;
  g_autofree char *text = NULL;
  char a[BS_NUMBER_SIZE], b[BS_NUMBER_SIZE], c[BS_NUMBER_SIZE];

  cairo_save (self->cr);
  cairo_rectangle (self->cr, p->x, p->y, p->width, p->height);
  cairo_clip (self->cr);
  draw_contours (self);
  draw_path (self);
  draw_descent (self, at, slope);
  dot (self, to_x (self, at[0]), to_y (self, at[1]), 5, !probing, BS_COLOR_FORWARD);
  cairo_restore (self->cr);
  draw_axes (self, self->look->labels[1]);
  text = g_strdup_printf ("%s = %s   ∂ = (%s, %s)", self->look->loss, bs_number_format (a, probing ? self->look->probe_loss : view->loss, 5),
                          bs_number_format (b, slope[0], 4), bs_number_format (c, slope[1], 4));
  write_above (self, text, BS_COLOR_TEXT);
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------------- */

void
bs_landscape_picture_draw (BsLandscapePicture *self, cairo_t *cr, const BsLandscapeView *view, const BsLandscapeLook *look, double width,
                           double height, BsTheme theme, double font_scale)
{
  Frame frame = { self, cr, view, look, theme, font_scale };

  if (self->texts == NULL || self->scale != font_scale) {
    g_clear_pointer (&self->texts, bs_texts_free);
    self->texts = bs_texts_new (font_scale);
    self->scale = font_scale;
  }
  self->x = 52 * font_scale;
  self->y = bs_texts_line (self->texts, BS_TEXT_LABEL) + 10 * font_scale;
  self->width = MAX (width - self->x - 14 * font_scale, 1);
  self->height = MAX (height - self->y - bs_texts_line (self->texts, BS_TEXT_LABEL) - 8 * font_scale, 1);
  self->low[0] = view->low[0];
  self->high[0] = view->high[0];
  self->low[1] = view->low[1];
  self->high[1] = view->high[1];
  if (view->stride == 0)
    return;
  if (view->n_axes == 1) {
    find_loss_range (&frame);
    draw_line (&frame);
  } else {
    draw_plane (&frame);
  }
}
