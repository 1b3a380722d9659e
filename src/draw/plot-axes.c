/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "plot-private.h"

#include <glib/gi18n.h>
#include <math.h>

static double
warp (gboolean log, double v)
{
  return log ? log10 (v) : v;
}

static double
place (const BsPlotFrame *self, BsPlotAxis axis, double value)
{
  double low = warp (self->log[axis], self->low[axis]), high = warp (self->log[axis], self->high[axis]);

  return (warp (self->log[axis], value) - low) / (high - low);
}

double
bs_plot_x_of (const BsPlotFrame *self, double pass)
{
  return self->x + place (self, BS_PLOT_X, pass + 1) * self->width;
}

/* What a logarithm cannot show is below all that it can. */
double
bs_plot_y_of (const BsPlotFrame *self, double value)
{
  if (self->log[BS_PLOT_Y] && value <= 0)
    return self->y + self->height * 2;
  return self->y + self->height - CLAMP (place (self, BS_PLOT_Y, value), -20, 20) * self->height;
}

/* --- the range -------------------------------------------------------------------------------------------------------------- */

/* Of the points between @low and @high in x; to a logarithm only what is above zero counts. */
static void
widen_range (const BsPlotFrame *self, BsLine *line, double range[2])
{
  const BsCurve *curve = &line->curve;
  int from = bs_plot_point_before (curve, curve->passes, (guint32) CLAMP (ceil (self->low[BS_PLOT_X] - 1) - 1, 0, G_MAXINT32));
  int to = bs_plot_point_before (curve, curve->passes, (guint32) CLAMP (floor (self->high[BS_PLOT_X] - 1), 0, G_MAXINT32)) + 1;
  BsExtremes e;

  from = MAX (from, 0);
  if (from < to && curve->passes[from] + 1 < self->low[BS_PLOT_X])
    from++;
  e = bs_decimator_find (line->decimator, curve, from, MAX (to, from));
  if (self->log[BS_PLOT_Y])
    e.low = e.least_positive;
  if (e.low == G_MAXUINT32)
    return;
  range[0] = MIN (range[0], curve->values[e.low]);
  range[1] = MAX (range[1], curve->values[e.high]);
}

static void
pad_log (double range[2])
{
  double low = log10 (range[0]), high = log10 (range[1]), pad = MAX ((high - low) * 0.06, 0.05);

  if (high - low < 0.2)
    pad = 0.3;
  range[0] = pow (10, MAX (low - pad, -300));
  range[1] = pow (10, MIN (high + pad, 307));
}

static void
pad_linear (double range[2])
{
  /* Not more than single precision rounds: no mountains of it. */
  const double ROUNDING = 1e-6;
  double size = MAX (fabs (range[0]), fabs (range[1])), span = range[1] - range[0], pad;

  if (!isfinite (span))
    pad = 0;
  else
    pad = span > ROUNDING * size ? span * 0.07 : MAX (size * 0.1, size > 0 ? 0 : 0.5);
  range[0] = MAX (range[0] - pad, -1e307);
  range[1] = MIN (range[1] + pad, 1e307);
}

void
bs_plot_find_y_range (BsPlotFrame *self)
{
  BsPlot *plot = self->plot;
  double range[] = { INFINITY, -INFINITY };
  const BsPlotScale *s = &plot->scales[BS_PLOT_Y];

  for (guint i = 0; i < plot->lines->len; i++)
    if (bs_plot_line (plot, i)->shown)
      widen_range (self, bs_plot_line (plot, i), range);
  if (range[0] > range[1]) {
    range[0] = self->log[BS_PLOT_Y] ? 0.1 : -1;
    range[1] = self->log[BS_PLOT_Y] ? 10 : 1;
  } else if (self->log[BS_PLOT_Y]) {
    pad_log (range);
  } else {
    pad_linear (range);
  }
  self->low[BS_PLOT_Y] = s->fixed ? s->low : range[0];
  self->high[BS_PLOT_Y] = s->fixed ? s->high : range[1];
}

/* --- axes --------------------------------------------------------------------------------------------------------------------- */

static void
draw_grid_line (BsPlotFrame *self, double y, double alpha)
{
  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_GRID, alpha);
  cairo_move_to (self->cr, self->x, y);
  cairo_rel_line_to (self->cr, self->width, 0);
  cairo_set_line_width (self->cr, 1);
  cairo_stroke (self->cr);
}

static void
draw_y_tick (BsPlotFrame *self, double value, const char *text)
{
  BsTexts *texts = self->plot->texts;
  double line = bs_texts_line (texts, BS_TEXT_CAPTION), y = round (bs_plot_y_of (self, value)) + 0.5;

  if (y < self->y - 1 || y > self->y + self->height + 1)
    return;
  draw_grid_line (self, y, 1);
  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, text, self->x - 7 * self->s, y - line / 2, self->x - 10 * self->s, 1);
}

void
bs_plot_draw_y_axis (BsPlotFrame *self)
{
  double line = bs_texts_line (self->plot->texts, BS_TEXT_CAPTION);
  guint wanted = CLAMP (self->height / (line * 1.8), 2, 8), n = 0;
  double low = self->low[BS_PLOT_Y], high = self->high[BS_PLOT_Y], at[BS_TICKS_MOST];
  char buffer[BS_NUMBER_SIZE];

  if (self->log[BS_PLOT_Y])
    n = bs_ticks_find_log (low, high, wanted, at);
  for (guint i = 0; i < n; i++)
    draw_y_tick (self, at[i], bs_number_format (buffer, at[i], 3));
  if (n == 0) {
    BsTicks ticks = bs_ticks_find (low, high, wanted, FALSE);

    for (guint i = 0; i < ticks.n; i++)
      draw_y_tick (self, bs_ticks_get (&ticks, i), bs_ticks_text (&ticks, i, buffer));
  }
}

static void
draw_x_tick (BsPlotFrame *self, double number, double title, double *free_from)
{
  BsTexts *texts = self->plot->texts;
  double x = bs_plot_x_of (self, number - 1), y = self->y + self->height, width;
  char buffer[BS_NUMBER_SIZE];

  if (x < self->x - 0.5 || x > self->x + self->width + 0.5 || number < 1 || number > self->plot->n_passes)
    return;
  cairo_rectangle (self->cr, round (x) - 0.5, y, 1, 4 * self->s);
  cairo_fill (self->cr);
  width = bs_texts_width (texts, BS_TEXT_CAPTION, bs_number_format_fixed (buffer, number, 0));
  if (x - width / 2 < *free_from || x + width / 2 > self->x + self->width - title)
    return;
  bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, buffer, x, y + 5 * self->s, 0, 0.5);
  *free_from = x + width / 2 + 8 * self->s;
}

void
bs_plot_draw_x_axis (BsPlotFrame *self)
{
  BsTexts *texts = self->plot->texts;
  double y = self->y + self->height, title = bs_texts_width (texts, BS_TEXT_CAPTION, _("pass")) + 8 * self->s, free_from = 0;
  double low = MAX (self->low[BS_PLOT_X], 1), high = MIN (self->high[BS_PLOT_X], MAX (self->plot->n_passes, 1)), at[BS_TICKS_MOST];
  guint wanted = CLAMP (self->width / (56 * self->s), 2, 12), n = 0;

  bs_palette_set (self->cr, self->theme, BS_COLOR_OUTLINE);
  cairo_set_line_width (self->cr, 1);
  cairo_move_to (self->cr, self->x, round (y) + 0.5);
  cairo_rel_line_to (self->cr, self->width, 0);
  cairo_stroke (self->cr);
  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, _("pass"), self->x + self->width, y + 5 * self->s, 0, 1);
  if (self->log[BS_PLOT_X])
    n = bs_ticks_find_log (low, high, wanted, at);
  for (guint i = 0; i < n; i++)
    if (at[i] == round (at[i]))
      draw_x_tick (self, at[i], title, &free_from);
  if (n == 0) {
    BsTicks ticks = { ceil (low), 1, MAX (floor (high) - ceil (low) + 1, 1), 0 };

    if (ticks.n > wanted)
      ticks = bs_ticks_find (low, high, wanted, TRUE);
    for (guint i = 0; i < ticks.n; i++)
      draw_x_tick (self, bs_ticks_get (&ticks, i), title, &free_from);
  }
}
