/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "plot-private.h"

#include <math.h>

/* --- how a line looks ------------------------------------------------------------------------------------------------------- */

/* Lines of one run differ by colour, further ones by dashes; other runs by dashes of their own, thinner, in the colour of the
 * line of the same name, half faded. */
void
bs_plot_set_line (BsPlot *plot, cairo_t *cr, guint i, BsTheme theme, double alpha)
{
  static const double own[][2] = { { 0, 0 }, { 8, 3 }, { 2.5, 2.5 } };
  static const double others[][4] = { { 5, 3, 5, 3 }, { 1.5, 3, 1.5, 3 }, { 8, 3, 1.5, 3 }, { 10, 4, 10, 4 }, { 3, 5, 3, 5 }, { 8, 3, 3, 3 }, { 1.5, 5, 1.5, 5 } };
  BsLine *line = bs_plot_line (plot, i);
  BsColor color = line->color == G_MAXUINT ? bs_palette_get (theme, BS_COLOR_DIM_TEXT) : bs_palette_get_curve (theme, line->color);

  if (line->run > 0) {
    color = bs_color_mix (color, bs_palette_get (theme, BS_COLOR_DIM_TEXT), 0.35);
    cairo_set_dash (cr, others[(line->run - 1) % G_N_ELEMENTS (others)], 4, 0);
    cairo_set_line_width (cr, 1.5 * plot->scale);
  } else {
    guint dash = line->color / BS_N_CURVE_COLORS % G_N_ELEMENTS (own);

    cairo_set_dash (cr, own[dash], dash ? 2 : 0, 0);
    cairo_set_line_width (cr, (alpha < 1 ? 1.5 : 2.3) * plot->scale);
  }
  cairo_set_source_rgba (cr, color.r, color.g, color.b, alpha);
}

/* --- points ------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_drawable (BsPlotFrame *self, double value)
{
  return isfinite (value) && !(self->log[BS_PLOT_Y] && value <= 0);
}

static void
add_point (BsPlotFrame *self, const BsCurve *curve, guint i, gboolean *pen)
{
  double x = bs_plot_x_of (self, curve->passes[i]), y;

  if (!is_drawable (self, curve->values[i])) {
    self->n_left_out += isfinite (curve->values[i]);
    *pen = FALSE;
    return;
  }
  y = bs_plot_y_of (self, curve->values[i]);
  (*pen ? cairo_line_to : cairo_move_to) (self->cr, x, y);
  *pen = TRUE;
}

/* Points by the thousand in one column of pixels become what is seen of them: first, lowest, highest, last. */
static void
add_column (BsPlotFrame *self, BsLine *line, guint from, guint to, gboolean *pen)
{
  BsExtremes e = bs_decimator_find (line->decimator, &line->curve, from, to);
  guint low = self->log[BS_PLOT_Y] ? e.least_positive : e.low, high = e.high;

  if (low == G_MAXUINT32 || !is_drawable (self, line->curve.values[high])) {
    self->n_left_out += e.low != G_MAXUINT32;
    *pen = FALSE;
    return;
  }
  self->n_left_out += low != e.low;
  if (is_drawable (self, line->curve.values[from]))
    add_point (self, &line->curve, from, pen);
  add_point (self, &line->curve, MIN (low, high), pen);
  if (low != high)
    add_point (self, &line->curve, MAX (low, high), pen);
  if (to - 1 > MAX (low, high))
    add_point (self, &line->curve, to - 1, pen);
}

/* The first point of [@from, @to) that lies at @x or right of it. */
static guint
first_at (BsPlotFrame *self, const BsCurve *curve, guint from, guint to, double x)
{
  while (from < to) {
    guint middle = from + (to - from) / 2;

    if (bs_plot_x_of (self, curve->passes[middle]) < x)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

static void
add_points (BsPlotFrame *self, BsLine *line, guint from, guint to)
{
  const BsCurve *curve = &line->curve;
  guint first = first_at (self, curve, from, to, self->x - 2), last = first_at (self, curve, first, to, self->x + self->width + 2);
  gboolean pen = FALSE;

  first = first > from ? first - 1 : first; /* lines come in from beside */
  last = last < to ? last + 1 : last;
  if (last - first <= 2 * self->width)
    for (guint i = first; i < last; i++)
      add_point (self, curve, i, &pen);
  else
    for (guint at = first; at < last;) {
      double column = floor (bs_plot_x_of (self, curve->passes[at]));
      guint next = MAX (first_at (self, curve, at, last, column + 1), at + 1);

      add_column (self, line, at, next, &pen);
      at = next;
    }
}

static void
add_dots (BsPlotFrame *self, const BsCurve *curve, guint from, guint to)
{
  double per_pass = self->width / MAX (self->high[BS_PLOT_X] - self->low[BS_PLOT_X], 1);

  if (self->log[BS_PLOT_X] || per_pass < 14) {
    cairo_new_path (self->cr);
    return;
  }
  from = first_at (self, curve, from, to, self->x - 4);
  to = first_at (self, curve, from, to, self->x + self->width + 4);
  for (guint i = from; i < to; i++)
    if (is_drawable (self, curve->values[i])) {
      cairo_new_sub_path (self->cr);
      cairo_arc (self->cr, bs_plot_x_of (self, curve->passes[i]), bs_plot_y_of (self, curve->values[i]), 2.75 * self->s, 0, 2 * G_PI);
    }
  cairo_fill (self->cr);
}

/* --- lines ------------------------------------------------------------------------------------------------------------------------ */

static void
draw_own (BsPlotFrame *self, guint i)
{
  BsLine *line = bs_plot_line (self->plot, i);
  guint done = bs_plot_point_before (&line->curve, line->curve.steps, self->step) + 1;

  if (!self->look->hide_future && done < line->curve.n) {
    bs_plot_set_line (self->plot, self->cr, i, self->theme, 0.35);
    add_points (self, line, done > 0 ? done - 1 : 0, line->curve.n);
    cairo_stroke (self->cr);
    add_dots (self, &line->curve, done, line->curve.n);
  }
  bs_plot_set_line (self->plot, self->cr, i, self->theme, 1);
  add_points (self, line, 0, done);
  cairo_stroke (self->cr);
  cairo_set_dash (self->cr, NULL, 0, 0);
  add_dots (self, &line->curve, 0, done);
}

/* Another run goes as far as this one has come, when the future is hidden. */
static void
draw_other (BsPlotFrame *self, guint i)
{
  BsLine *line = bs_plot_line (self->plot, i);
  guint n = self->look->hide_future ? bs_plot_point_before (&line->curve, line->curve.passes, self->pass) + 1 : line->curve.n;

  bs_plot_set_line (self->plot, self->cr, i, self->theme, 1);
  add_points (self, line, 0, n);
  cairo_stroke (self->cr);
  cairo_set_dash (self->cr, NULL, 0, 0);
}

/* Where a line ends because a number is none any more: a cross on the axis, below its last point. */
static void
draw_break (BsPlotFrame *self, guint i)
{
  BsLine *line = bs_plot_line (self->plot, i);
  const BsCurve *curve = &line->curve;
  guint n = self->look->hide_future ? bs_plot_point_before (curve, curve->steps, self->step) + 1 : curve->n, at = n;
  double r = 3.5 * self->s, x, y = self->y + self->height - 7 * self->s;

  while (at > 0 && n - at < 4096 && !isfinite (curve->values[at - 1]))
    at--;
  if (at == n)
    return;
  x = bs_plot_x_of (self, curve->passes[at]);
  bs_palette_set (self->cr, self->theme, BS_COLOR_ERROR);
  cairo_set_line_width (self->cr, 2 * self->s);
  for (int k = -1; k < 2; k += 2) {
    cairo_move_to (self->cr, x - r, y - k * r);
    cairo_line_to (self->cr, x + r, y + k * r);
  }
  cairo_stroke (self->cr);
}

static void
draw_marker (BsPlotFrame *self, guint i)
{
  BsLine *line = bs_plot_line (self->plot, i);
  int at = bs_plot_point_before (&line->curve, line->curve.steps, self->step);

  if (at < 0 || !is_drawable (self, line->curve.values[at]))
    return;
  cairo_arc (self->cr, bs_plot_x_of (self, line->curve.passes[at]), bs_plot_y_of (self, line->curve.values[at]), 5 * self->s, 0, 2 * G_PI);
  bs_palette_set (self->cr, self->theme, BS_COLOR_BACKGROUND);
  cairo_fill_preserve (self->cr);
  bs_plot_set_line (self->plot, self->cr, i, self->theme, 1);
  cairo_set_dash (self->cr, NULL, 0, 0);
  cairo_set_line_width (self->cr, 2.6 * self->s);
  cairo_stroke (self->cr);
}

static void
draw_cursor (BsPlotFrame *self)
{
  double x = round (bs_plot_x_of (self, self->pass)) + 0.5;

  if (x < self->x || x > self->x + self->width + 1)
    return;
  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_TEXT, 0.55);
  cairo_set_line_width (self->cr, 1);
  cairo_move_to (self->cr, x, self->y);
  cairo_rel_line_to (self->cr, 0, self->height);
  cairo_stroke (self->cr);
}

static void
draw_box (BsPlotFrame *self)
{
  const BsRect *box = self->look->box;

  cairo_rectangle (self->cr, round (box->x) + 0.5, round (box->y) + 0.5, round (box->width), round (box->height));
  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_SELECTION, 0.15);
  cairo_fill_preserve (self->cr);
  bs_palette_set (self->cr, self->theme, BS_COLOR_SELECTION);
  cairo_set_line_width (self->cr, 1);
  cairo_stroke (self->cr);
}

static void
draw_lines (BsPlotFrame *self)
{
  BsPlot *plot = self->plot;

  cairo_save (self->cr);
  cairo_rectangle (self->cr, self->x - 6 * self->s, self->y - 6 * self->s, self->width + 12 * self->s, self->height + 12 * self->s);
  cairo_clip (self->cr);
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = plot->n_own; i < plot->lines->len; i++)
    if (bs_plot_line (plot, i)->shown)
      draw_other (self, i);
  for (guint i = plot->n_own; i-- > 0;)
    if (bs_plot_line (plot, i)->shown) {
      draw_own (self, i);
      draw_break (self, i);
    }
  for (guint i = plot->n_own; i-- > 0;)
    if (bs_plot_line (plot, i)->shown)
      draw_marker (self, i);
  cairo_restore (self->cr);
}

/* --- the whole ------------------------------------------------------------------------------------------------------------------------ */

/* Both plots have the same margins: their x axes are one. */
static void
choose_area (BsPlotFrame *self, double width, double height)
{
  BsTexts *texts = self->plot->texts;
  double caption = bs_texts_line (texts, BS_TEXT_CAPTION);

  self->x = 62 * self->s;
  self->y = self->look->legend ? bs_plot_legend_height (self->plot, width, self->s) : 7 * self->s;
  self->width = MAX (width - self->x - 14 * self->s, 10);
  self->height = MAX (height - self->y - caption - 9 * self->s, 10);
  self->plot->area = (BsRect) { self->x, self->y, self->width, self->height };
}

static void
choose_view (BsPlotFrame *self)
{
  BsPlot *plot = self->plot;
  const BsPlotScale *x = &plot->scales[BS_PLOT_X];

  for (guint k = 0; k < 2; k++)
    self->log[k] = plot->scales[k].log;
  self->low[BS_PLOT_X] = x->fixed ? x->low : x->log ? 0.85 : 0.5;
  self->high[BS_PLOT_X] = x->fixed ? x->high : MAX (plot->n_passes, 1) + 0.5;
  bs_plot_find_y_range (self);
  for (guint k = 0; k < 2; k++)
    plot->drawn[k] = (BsPlotScale) { self->low[k], self->high[k], plot->scales[k].fixed, self->log[k] };
}

void
bs_plot_draw (BsPlot *plot, cairo_t *cr, double width, double height, BsCursor *cursor, const BsPlotLook *look)
{
  BsPlotFrame self = { .plot = plot, .cr = cr, .look = look, .theme = look->theme, .s = look->font_scale > 0 ? look->font_scale : 1 };

  g_return_if_fail (plot != NULL && cursor != NULL);

  if (plot->texts == NULL || plot->scale != self.s) {
    bs_texts_free (plot->texts);
    plot->texts = bs_texts_new (self.s);
    plot->scale = self.s;
  }
  bs_plot_refresh (plot);
  choose_area (&self, width, height);
  self.step = bs_cursor_get_step (cursor);
  if (plot->n_passes > 0)
    self.pass = bs_recording_find_pass (bs_cursor_get_recording (cursor), self.step);
  choose_view (&self);
  if (plot->lines->len == 0) {
    bs_plot_draw_nothing (&self);
    return;
  }
  cairo_save (cr);
  bs_plot_draw_y_axis (&self);
  bs_plot_draw_x_axis (&self);
  draw_cursor (&self);
  draw_lines (&self);
  if (look->legend)
    bs_plot_draw_legend (&self);
  bs_plot_draw_notes (&self);
  if (look->box != NULL)
    draw_box (&self);
  else if (look->pointer_x >= 0)
    bs_plot_draw_pointer (&self);
  cairo_restore (cr);
}
