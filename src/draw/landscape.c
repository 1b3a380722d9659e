/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "landscape.h"

#include "export-private.h"
#include "numbers.h"
#include "text.h"
#include "ticks.h"

#include <glib/gi18n.h>
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

  return p->x + CLAMP ((value - p->low[0]) / (p->high[0] - p->low[0]), -50, 50) * p->width; /* cairo's numbers end somewhere */
}

static double
to_y (const Frame *self, double value)
{
  const BsLandscapePicture *p = self->picture;

  return p->y + p->height - CLAMP ((value - p->low[1]) / (p->high[1] - p->low[1]), -50, 50) * p->height;
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
draw_y_axis (Frame *self)
{
  BsLandscapePicture *p = self->picture;
  double line = bs_texts_line (p->texts, BS_TEXT_CAPTION);
  BsTicks ticks = bs_ticks_find (p->low[1], p->high[1], CLAMP (p->height / (line * 1.8), 2, 8), FALSE);
  char buffer[BS_NUMBER_SIZE];

  cairo_set_line_width (self->cr, 1);
  for (guint i = 0; i < ticks.n; i++) {
    double at = bs_ticks_get (&ticks, i), y = round (to_y (self, at)) + 0.5;

    if (y < p->y - 1 || y > p->y + p->height + 1)
      continue;
    bs_palette_set (self->cr, self->theme, self->view->n_axes == 1 ? BS_COLOR_GRID : BS_COLOR_OUTLINE);
    cairo_move_to (self->cr, p->x, y);
    cairo_line_to (self->cr, p->x + (self->view->n_axes == 1 ? p->width : -4 * self->s), y);
    cairo_stroke (self->cr);
    bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
    bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_CAPTION, bs_ticks_text (&ticks, i, buffer), p->x - 7 * self->s, y - line / 2, p->x - 9 * self->s, 1);
  }
}

static void
draw_x_axis (Frame *self)
{
  BsLandscapePicture *p = self->picture;
  BsTicks ticks = bs_ticks_find (p->low[0], p->high[0], CLAMP (p->width / (56 * self->s), 2, 10), FALSE);
  double y = p->y + p->height, title = bs_texts_width (p->texts, BS_TEXT_LABEL, self->look->labels[0]), end;
  char buffer[BS_NUMBER_SIZE];

  title = MIN (title, p->width / 2);
  end = p->x + p->width - title - 8 * self->s;
  bs_palette_set (self->cr, self->theme, BS_COLOR_OUTLINE);
  cairo_move_to (self->cr, p->x, round (y) + 0.5);
  cairo_rel_line_to (self->cr, p->width, 0);
  cairo_stroke (self->cr);
  for (guint i = 0; i < ticks.n; i++) {
    double x = to_x (self, bs_ticks_get (&ticks, i)), half;

    if (x < p->x - 0.5 || x > p->x + p->width + 0.5)
      continue;
    bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
    cairo_rectangle (self->cr, round (x) - 0.5, y, 1, 4 * self->s);
    cairo_fill (self->cr);
    half = bs_texts_width (p->texts, BS_TEXT_CAPTION, bs_ticks_text (&ticks, i, buffer)) / 2;
    if (x + half < end && x - half > 2)
      bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_CAPTION, buffer, x, y + 5 * self->s, 0, 0.5);
  }
  bs_palette_set (self->cr, self->theme, BS_COLOR_TEXT);
  bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_LABEL, self->look->labels[0], p->x + p->width, y + 5 * self->s, title, 1);
}

/* The name of the vertical axis stands above it, what the picture says beside it: in the longest of @texts that fits. */
static void
draw_title (Frame *self, const char *y_label, guint n, char *const *texts)
{
  BsLandscapePicture *p = self->picture;
  double y = p->y - bs_texts_line (p->texts, BS_TEXT_LABEL) - 5 * self->s, room = p->width + p->x - 8 * self->s, wide;
  guint i = 0;
  g_autofree char *label = bs_texts_ellipsize (p->texts, BS_TEXT_LABEL, y_label, room * 0.4);

  bs_palette_set (self->cr, self->theme, BS_COLOR_TEXT);
  wide = bs_texts_draw (p->texts, self->cr, BS_TEXT_LABEL, label, 8 * self->s, y, 0);
  room = MAX (room - wide - 14 * self->s, 20);
  while (i + 1 < n && bs_texts_width (p->texts, BS_TEXT_LABEL, texts[i]) > room)
    i++;
  bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_LABEL, texts[i], p->x + p->width, y, room, 1);
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

/* A word beside an arrow's end, on a ground that lets it be read. */
static void
tag (Frame *self, const char *text, double x, double y, BsColorRole role)
{
  BsLandscapePicture *p = self->picture;
  double wide = bs_texts_width (p->texts, BS_TEXT_LABEL, text) + 8 * self->s, line = bs_texts_line (p->texts, BS_TEXT_LABEL);

  x = CLAMP (x, p->x + 2, MAX (p->x + p->width - wide - 2, p->x + 2));
  y = CLAMP (y, p->y + 2, MAX (p->y + p->height - line - 2, p->y + 2));
  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_BACKGROUND, 0.82);
  cairo_rectangle (self->cr, x, y, wide, line);
  cairo_fill (self->cr);
  bs_palette_set (self->cr, self->theme, role);
  bs_texts_draw (p->texts, self->cr, BS_TEXT_LABEL, text, x + 4 * self->s, y, 0);
}

/* "−0.1 · grad", or how the step is not that. */
static char *
step_text (const BsLandscapeView *view)
{
  char number[BS_NUMBER_SIZE];

  if (!isfinite (view->rate))
    return g_strdup (_("step"));
  return g_strdup_printf ("%s · ∇", bs_number_format (number, -view->rate, 4));
}

/* A script without an update ends where it began: that is none. */
static gboolean
has_step (Frame *self)
{
  const BsLandscapeView *view = self->view;
  const double *now;

  if (!view->has_next || self->look->has_probe || self->look->hide_future || view->now + 1 >= view->n_path)
    return FALSE;
  now = view->path + 2 * view->now;
  return now[0] != now[2] || (view->n_axes > 1 && now[1] != now[3]);
}

/* Who asks for another place gets its numbers. */
static gboolean
hides_loss (const BsLandscapeLook *look)
{
  return look->hide_loss && !look->has_probe;
}

static gboolean
hides_slope (const BsLandscapeLook *look)
{
  return look->hide_slope && !look->has_probe;
}

static void
format_unless (char *out, gboolean hidden, double value, int digits)
{
  if (hidden)
    g_strlcpy (out, "?", BS_NUMBER_SIZE);
  else
    bs_number_format (out, value, digits);
}

/* The numbers of the place that somebody looks at have come. */
static gboolean
is_probe_known (const BsLandscapeView *view, const BsLandscapeLook *look)
{
  return view->has_probe && view->probe[0] == look->probe[0] && (view->n_axes == 1 || view->probe[1] == look->probe[1]);
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
  BsLandscapePicture *p = self->picture;
  double dx = p->width / (p->high[0] - p->low[0]), dy = -slope * p->height / (p->high[1] - p->low[1]), length = hypot (dx, dy);
  double reach = MIN (p->width * 0.22, p->height * 0.6), x = to_x (self, at), y = to_y (self, loss);

  if (!isfinite (loss) || !isfinite (length) || !(length > 0))
    return;
  dx *= reach / length;
  dy *= reach / length;
  bs_palette_set (self->cr, self->theme, BS_COLOR_GRADIENT);
  cairo_set_line_width (self->cr, 1.8 * self->s);
  cairo_move_to (self->cr, x - dx, y - dy);
  cairo_line_to (self->cr, x + dx, y + dy);
  cairo_stroke (self->cr);
}

static void
draw_way (Frame *self)
{
  const BsLandscapeView *view = self->view;
  guint last = self->look->hide_future ? view->now : view->n_path - 1;

  for (guint i = 0; view->n_path > 0 && i <= last; i++)
    if (isfinite (view->path[2 * i]))
      dot (self, to_x (self, view->path[2 * i]), to_y (self, curve_at (view, view->path[2 * i])), 1.6, i <= view->now, BS_COLOR_UPDATE);
}

/* At the height of the loss, as far as w goes; a word tells how it comes of the gradient. */
static void
draw_step (Frame *self)
{
  const BsLandscapeView *view = self->view;
  double y = to_y (self, view->loss), x0 = to_x (self, view->at[0]), x1 = to_x (self, view->path[2 * view->now + 2]);
  g_autofree char *text = step_text (view);
  double wide = bs_texts_width (self->picture->texts, BS_TEXT_LABEL, text) + 8 * self->s;

  arrow (self, x0, y, x1, y, BS_COLOR_UPDATE);
  if (isfinite (x1) && isfinite (y))
    tag (self, text, (x0 + x1 - wide) / 2, y - bs_texts_line (self->picture->texts, BS_TEXT_LABEL) - 7 * self->s, BS_COLOR_UPDATE_TEXT);
}

static void
write_place (Frame *self, double at, double loss, double slope, gboolean known)
{
  const char *w = self->look->labels[0], *name = self->look->loss;
  char a[BS_NUMBER_SIZE], b[BS_NUMBER_SIZE], c[BS_NUMBER_SIZE];
  char *texts[3];

  bs_number_format (a, at, 5);
  format_unless (b, hides_loss (self->look), loss, 5);
  format_unless (c, hides_slope (self->look), slope, 5);
  if (known) {
    texts[0] = g_strdup_printf ("%s = %s   %s = %s   ∂%s/∂%s = %s", w, a, name, b, name, w, c);
    texts[1] = g_strdup_printf ("%s = %s   %s   ∂/∂%s = %s", w, a, b, w, c);
    texts[2] = g_strdup_printf ("(%s, %s)   ∇ = %s", a, b, c);
  } else {
    for (guint i = 0; i < 3; i++)
      texts[i] = g_strdup_printf ("%s = %s   …", w, a);
  }
  draw_title (self, name, G_N_ELEMENTS (texts), texts);
  for (guint i = 0; i < 3; i++)
    g_free (texts[i]);
}

static void
draw_nowhere (Frame *self)
{
  BsLandscapePicture *p = self->picture;
  guint n;
  g_autofree double *all = sorted_values (self->view, &n);

  if (n > 0)
    return;
  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (p->texts, self->cr, BS_TEXT_CAPTION, _("Nowhere here is the loss a number"), p->x + p->width / 2, p->y + p->height / 2 - 8, p->width, 0.5);
}

static void
draw_line (Frame *self)
{
  const BsLandscapeView *view = self->view;
  BsLandscapePicture *p = self->picture;
  gboolean probing = self->look->has_probe, known = !probing || is_probe_known (view, self->look);
  double at = probing ? self->look->probe[0] : view->at[0], loss = !probing ? view->loss : known ? view->probe_loss : curve_at (view, at),
         slope = probing ? view->probe_slope[0] : view->slope[0];

  draw_y_axis (self);
  draw_x_axis (self);
  draw_nowhere (self);
  cairo_save (self->cr);
  cairo_rectangle (self->cr, p->x, p->y - 2, p->width, p->height + 4);
  cairo_clip (self->cr);
  draw_curve (self);
  draw_way (self);
  if (known && !hides_slope (self->look))
    draw_tangent (self, at, loss, slope);
  if (has_step (self))
    draw_step (self);
  if (probing)
    dot (self, to_x (self, view->at[0]), to_y (self, view->loss), 3.5, TRUE, BS_COLOR_FORWARD);
  dot (self, to_x (self, at), to_y (self, loss), 5, !probing && !hides_loss (self->look), BS_COLOR_FORWARD);
  cairo_restore (self->cr);
  write_place (self, at, loss, slope, known);
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
    for (guint i = from; i <= to && i < view->n_path && isfinite (view->path[2 * i]) && isfinite (view->path[2 * i + 1]); i++)
      (i == from ? cairo_move_to : cairo_line_to) (self->cr, to_x (self, view->path[2 * i]), to_y (self, view->path[2 * i + 1]));
    bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_UPDATE, part == 0 ? 1 : 0.35);
    cairo_set_line_width (self->cr, 1.6 * self->s);
    cairo_stroke (self->cr);
    for (guint i = from; i <= to && i < view->n_path && isfinite (view->path[2 * i]) && isfinite (view->path[2 * i + 1]); i++)
      dot (self, to_x (self, view->path[2 * i]), to_y (self, view->path[2 * i + 1]), 1.6, part == 0, BS_COLOR_UPDATE);
  }
}

/* Downhill, on the plane and as it is drawn: across the contours only where both axes have one scale. */
static void
draw_descent (Frame *self, const double at[2], const double slope[2])
{
  BsLandscapePicture *p = self->picture;
  double dx = -slope[0] / (p->high[0] - p->low[0]) * p->width, dy = slope[1] / (p->high[1] - p->low[1]) * p->height, length = hypot (dx, dy);
  double reach = MIN (p->width, p->height) * 0.24, x = to_x (self, at[0]), y = to_y (self, at[1]), right = dx < 0 ? -1 : 1;

  if (!(length > 0) || !isfinite (length))
    return;
  dx = dx / length * reach;
  dy = dy / length * reach;
  arrow (self, x, y, x + dx, y + dy, BS_COLOR_GRADIENT);
  tag (self, "−∇", x + dx + (right > 0 ? 4 : -26) * self->s, y + dy - 8 * self->s, BS_COLOR_GRADIENT_TEXT);
}

static void
draw_step_on_plane (Frame *self)
{
  const BsLandscapeView *view = self->view;
  const double *next = view->path + 2 * view->now + 2;
  double x = to_x (self, next[0]), y = to_y (self, next[1]);
  g_autofree char *text = step_text (view);

  if (!isfinite (x) || !isfinite (y))
    return;
  arrow (self, to_x (self, view->at[0]), to_y (self, view->at[1]), x, y, BS_COLOR_UPDATE);
  if (hypot (x - to_x (self, view->at[0]), y - to_y (self, view->at[1])) > 70 * self->s)
    tag (self, text, x + 6 * self->s, y + 4 * self->s, BS_COLOR_UPDATE_TEXT);
}

static void
write_place_on_plane (Frame *self, const double at[2], gboolean known)
{
  const BsLandscapeView *view = self->view;
  gboolean probing = self->look->has_probe;
  const double *slope = probing ? view->probe_slope : view->slope;
  char x[BS_NUMBER_SIZE], y[BS_NUMBER_SIZE], a[BS_NUMBER_SIZE], b[BS_NUMBER_SIZE], c[BS_NUMBER_SIZE];
  char *texts[2];

  bs_number_format (x, at[0], 4);
  bs_number_format (y, at[1], 4);
  format_unless (a, hides_loss (self->look), probing ? view->probe_loss : view->loss, 5);
  format_unless (b, hides_slope (self->look), slope[0], 4);
  format_unless (c, hides_slope (self->look), slope[1], 4);
  texts[0] = known ? g_strdup_printf ("(%s, %s)   %s = %s   ∇ = (%s, %s)", x, y, self->look->loss, a, b, c)
                   : g_strdup_printf ("(%s, %s)   %s = …", x, y, self->look->loss);
  texts[1] = known ? g_strdup_printf ("%s   ∇ = (%s, %s)", a, b, c) : g_strdup ("…");
  draw_title (self, self->look->labels[1], G_N_ELEMENTS (texts), texts);
  g_free (texts[0]);
  g_free (texts[1]);
}

static void
draw_plane (Frame *self)
{
  const BsLandscapeView *view = self->view;
  BsLandscapePicture *p = self->picture;
  gboolean probing = self->look->has_probe, known = !probing || is_probe_known (view, self->look);
  const double *at = probing ? self->look->probe : view->at, *slope = probing ? view->probe_slope : view->slope;

  cairo_save (self->cr);
  cairo_rectangle (self->cr, p->x, p->y, p->width, p->height);
  cairo_clip (self->cr);
  draw_contours (self);
  draw_path (self);
  if (has_step (self))
    draw_step_on_plane (self);
  if (known && !hides_slope (self->look))
    draw_descent (self, at, slope);
  if (probing)
    dot (self, to_x (self, view->at[0]), to_y (self, view->at[1]), 3.5, TRUE, BS_COLOR_FORWARD);
  dot (self, to_x (self, at[0]), to_y (self, at[1]), 5, !probing && !hides_loss (self->look), BS_COLOR_FORWARD);
  cairo_restore (self->cr);
  draw_y_axis (self);
  draw_x_axis (self);
  draw_nowhere (self);
  write_place_on_plane (self, at, known);
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------------- */

static void
prepare (BsLandscapePicture *self, double font_scale)
{
  if (self->texts != NULL && self->scale == font_scale)
    return;
  g_clear_pointer (&self->texts, bs_texts_free);
  self->texts = bs_texts_new (font_scale);
  self->scale = font_scale;
}

static void
draw_waiting (Frame *self)
{
  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (self->picture->texts, self->cr, BS_TEXT_CAPTION, _("The loss is being computed at other places…"),
                         self->picture->x + self->picture->width / 2, self->picture->y + self->picture->height / 2 - 8, self->picture->width, 0.5);
}

void
bs_landscape_picture_draw (BsLandscapePicture *self, cairo_t *cr, const BsLandscapeView *view, const BsLandscapeLook *look, double width,
                           double height, BsTheme theme, double font_scale)
{
  Frame frame = { self, cr, view, look, theme, font_scale };

  prepare (self, font_scale);
  self->x = 56 * font_scale;
  self->y = bs_texts_line (self->texts, BS_TEXT_LABEL) + 10 * font_scale;
  self->width = MAX (width - self->x - 14 * font_scale, 1);
  self->height = MAX (height - self->y - bs_texts_line (self->texts, BS_TEXT_LABEL) - 9 * font_scale, 1);
  self->low[0] = view->low[0];
  self->high[0] = view->high[0];
  self->low[1] = view->low[1];
  self->high[1] = view->high[1];
  if (view->stride == 0) {
    draw_waiting (&frame);
  } else if (view->n_axes == 1) {
    find_loss_range (&frame);
    draw_line (&frame);
  } else {
    draw_plane (&frame);
  }
}

char *
bs_landscape_describe (const BsLandscapeView *view, const BsLandscapeLook *look)
{
  gboolean probing = look->has_probe && is_probe_known (view, look);
  const double *at = probing ? view->probe : view->at, *slopes = probing ? view->probe_slope : view->slope;
  char place[BS_NUMBER_SIZE], loss[BS_NUMBER_SIZE], slope[BS_NUMBER_SIZE], place2[BS_NUMBER_SIZE], slope2[BS_NUMBER_SIZE];

  bs_number_format (place, at[0], 5);
  format_unless (loss, hides_loss (look), probing ? view->probe_loss : view->loss, 5);
  format_unless (slope, hides_slope (look), slopes[0], 5);
  format_unless (slope2, hides_slope (look), slopes[1], 5);
  if (view->n_axes == 1)
    return g_strdup_printf (_("%s at %s = %s is %s, slope %s"), look->loss, look->labels[0], place, loss, slope);
  return g_strdup_printf (_("%s at %s = %s, %s = %s is %s, slopes %s and %s"), look->loss, look->labels[0], place, look->labels[1],
                          bs_number_format (place2, at[1], 5), loss, slope, slope2);
}

void
bs_landscape_picture_set_records (BsLandscapePicture *self, GPtrArray *records)
{
  prepare (self, 1);
  bs_texts_set_records (self->texts, records);
}
