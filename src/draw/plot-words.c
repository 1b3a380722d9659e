/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "plot-private.h"

#include <glib/gi18n.h>
#include <math.h>

enum { MOST_ROWS = 10 }; /* of the readout */

/* --- legend ------------------------------------------------------------------------------------------------------------------- */

static void
draw_swatch (BsPlotFrame *self, guint i, double x, double y)
{
  bs_plot_set_line (self->plot, self->cr, i, self->theme, 1);
  cairo_move_to (self->cr, x, y);
  cairo_rel_line_to (self->cr, 18 * self->s, 0);
  cairo_stroke (self->cr);
  cairo_set_dash (self->cr, NULL, 0, 0);
}

/* The further run whose first line this is: it stands for all of them. */
static const char *
run_title (BsPlot *plot, guint i)
{
  BsLine *line = bs_plot_line (plot, i);

  if (line->run == 0)
    return NULL;
  for (guint k = i; k-- > 0 && bs_plot_line (plot, k)->run == line->run;)
    if (bs_plot_line (plot, k)->shown)
      return NULL;
  return ((BsPlotRun *) plot->runs->pdata[line->run])->name;
}

/* Label and present value of each, in rows; drawn only where @self has a context. Returns the height. */
static double
lay_out_legend (BsPlotFrame *self, double width, guint32 step, gboolean draw)
{
  BsPlot *plot = self->plot;
  BsTexts *texts = plot->texts;
  double left = 62 * self->s, x = left, y = 4 * self->s, line_height = bs_texts_line (texts, BS_TEXT_LABEL);
  double reserve = bs_texts_width (texts, BS_TEXT_LABEL, "−0.0000"), end = width - 14 * self->s;

  for (guint i = 0; i < plot->lines->len; i++) {
    BsLine *line = bs_plot_line (plot, i);
    const char *label = line->run == 0 ? line->label : run_title (plot, i);
    char buffer[BS_NUMBER_SIZE];
    double wide, value;

    if (!line->shown || label == NULL)
      continue;
    wide = bs_texts_width (texts, BS_TEXT_LABEL, label);
    if (x > left && x + 24 * self->s + wide + (line->run == 0 ? reserve : 0) > end) {
      x = left;
      y += line_height + 2 * self->s;
    }
    if (draw) {
      draw_swatch (self, i, x, y + line_height / 2);
      bs_palette_set (self->cr, self->theme, BS_COLOR_TEXT);
      bs_texts_draw (texts, self->cr, BS_TEXT_LABEL, label, x + 24 * self->s, y, MAX (end - x - 24 * self->s, 20));
      bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
      if (line->run == 0 && bs_plot_find_value (plot, i, step, &value))
        bs_texts_draw (texts, self->cr, BS_TEXT_LABEL, bs_number_format (buffer, value, 5), x + 30 * self->s + wide, y, reserve);
    }
    x += 24 * self->s + wide + (line->run == 0 ? reserve + 6 * self->s : 0) + 16 * self->s;
  }
  return y + line_height + 8 * self->s;
}

double
bs_plot_legend_height (BsPlot *plot, double width, double scale)
{
  BsPlotFrame self = { .plot = plot, .s = scale };

  return lay_out_legend (&self, width, 0, FALSE);
}

void
bs_plot_draw_legend (BsPlotFrame *self)
{
  lay_out_legend (self, self->x + self->width + 14 * self->s, self->step, TRUE);
}

/* --- the readout ------------------------------------------------------------------------------------------------------------------ */

typedef struct { guint line; double value, y; char text[112]; } Row;

static gboolean
fill_row (BsPlotFrame *self, guint i, guint32 pass, Row *row)
{
  BsLine *line = bs_plot_line (self->plot, i);
  const BsCurve *curve = &line->curve;
  int at = bs_plot_point_before (curve, curve->passes, pass);
  const char *run = ((BsPlotRun *) self->plot->runs->pdata[line->run])->name;
  char buffer[BS_NUMBER_SIZE];

  if (!line->shown || at < 0 || curve->passes[at] != pass)
    return FALSE;
  if (self->look->hide_future && (line->run == 0 ? curve->steps[at] > self->step : pass > self->pass))
    return FALSE;
  row->line = i;
  row->value = curve->values[at];
  row->y = bs_plot_y_of (self, row->value);
  bs_number_format (buffer, row->value, 6);
  if (line->run > 0 && run != NULL)
    g_snprintf (row->text, sizeof row->text, "%.32s  %s  (%.28s)", line->label, buffer, run);
  else
    g_snprintf (row->text, sizeof row->text, "%.48s  %s", line->label, buffer);
  return TRUE;
}

static gboolean
distance (const Row *row, double y, double *out)
{
  *out = fabs (row->y - y);
  return isfinite (row->value);
}

static int
nearest_row (BsPlotFrame *self, const Row *rows, guint n)
{
  double best = 30 * self->s, d;
  int nearest = -1;

  for (guint i = 0; i < n && self->look->pointer_y >= 0; i++)
    if (distance (&rows[i], self->look->pointer_y, &d) && d < best) {
      best = d;
      nearest = i;
    }
  return nearest;
}

static void
draw_rows (BsPlotFrame *self, const char *title, const Row *rows, guint n, int nearest, double x, double y, double width)
{
  BsTexts *texts = self->plot->texts;
  double line = bs_texts_line (texts, BS_TEXT_LABEL);

  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw (texts, self->cr, BS_TEXT_LABEL, title, x + 10 * self->s, y + 6 * self->s, 0);
  for (guint i = 0; i < n; i++) {
    double top = y + 6 * self->s + (i + 1) * line;

    if ((int) i == nearest) {
      bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_SELECTION, 0.16);
      cairo_rectangle (self->cr, x + 1, top, width - 2, line);
      cairo_fill (self->cr);
    }
    draw_swatch (self, rows[i].line, x + 10 * self->s, top + line / 2);
    bs_palette_set (self->cr, self->theme, BS_COLOR_TEXT);
    bs_texts_draw (texts, self->cr, BS_TEXT_LABEL, rows[i].text, x + 34 * self->s, top, 0);
  }
}

static void
draw_card (BsPlotFrame *self, double x, double y, double width, double height)
{
  cairo_rectangle (self->cr, round (x) + 0.5, round (y) + 0.5, round (width), round (height));
  bs_palette_set (self->cr, self->theme, BS_COLOR_CARD);
  cairo_fill_preserve (self->cr);
  bs_palette_set (self->cr, self->theme, BS_COLOR_OUTLINE);
  cairo_set_line_width (self->cr, 1);
  cairo_stroke (self->cr);
}

static guint
gather_rows (BsPlotFrame *self, guint32 pass, Row rows[MOST_ROWS])
{
  guint n = 0, most = MAX ((self->height - 8 * self->s) / bs_texts_line (self->plot->texts, BS_TEXT_LABEL) - 1, 1);

  for (guint i = 0; i < self->plot->lines->len && n < MIN (most, MOST_ROWS); i++)
    n += fill_row (self, i, pass, &rows[n]);
  return n;
}

void
bs_plot_draw_pointer (BsPlotFrame *self)
{
  BsTexts *texts = self->plot->texts;
  double t = (self->look->pointer_x - self->x) / self->width, line = bs_texts_line (texts, BS_TEXT_LABEL), x, width, height, left, top;
  double low = self->low[BS_PLOT_X], high = self->high[BS_PLOT_X];
  double number = self->log[BS_PLOT_X] ? low * pow (high / low, t) : low + t * (high - low);
  guint32 pass = CLAMP (round (number) - 1, 0, MAX (self->plot->n_passes, 1) - 1);
  Row rows[MOST_ROWS];
  char title[48];
  guint n = gather_rows (self, pass, rows);
  int nearest = nearest_row (self, rows, n);

  if (t < -0.01 || t > 1.01)
    return;
  g_snprintf (title, sizeof title, _("pass %u"), pass + 1);
  width = bs_texts_width (texts, BS_TEXT_LABEL, title);
  for (guint i = 0; i < n; i++)
    width = MAX (width, bs_texts_width (texts, BS_TEXT_LABEL, rows[i].text) + 24 * self->s);
  width += 20 * self->s;
  height = (n + 1) * line + 12 * self->s;
  x = bs_plot_x_of (self, pass);
  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_DIM_TEXT, 0.6);
  cairo_rectangle (self->cr, round (x) - 0.5, self->y, 1, self->height);
  cairo_fill (self->cr);
  if (nearest >= 0) {
    bs_plot_set_line (self->plot, self->cr, rows[nearest].line, self->theme, 1);
    cairo_arc (self->cr, x, rows[nearest].y, 3.5 * self->s, 0, 2 * G_PI);
    cairo_fill (self->cr);
    cairo_set_dash (self->cr, NULL, 0, 0);
  }
  left = x + 12 * self->s + width < self->x + self->width ? x + 12 * self->s : x - 12 * self->s - width;
  top = MAX (MIN (self->y + 6 * self->s, self->y + self->height - height), 1);
  left = MAX (left, 1);
  draw_card (self, left, top, width, height);
  draw_rows (self, title, rows, n, nearest, left, top, width);
}

/* --- in words ------------------------------------------------------------------------------------------------------------------------ */

static const char *
empty_text (BsPlot *plot)
{
  if (plot->losses)
    return _("No loss yet: it comes with the first backward()");
  switch (plot->what) {
  case BS_FOLLOW_GRADIENT: return _("No gradients yet: they come with the first backward()");
  case BS_FOLLOW_UPDATE: return _("No updates yet, or the parameters are too large to be recorded whole");
  default: return _("No parameters yet: they come with the first update");
  }
}

void
bs_plot_draw_nothing (BsPlotFrame *self)
{
  BsTexts *texts = self->plot->texts;
  g_autofree char *text = bs_texts_ellipsize (texts, BS_TEXT_CAPTION, empty_text (self->plot), self->width + self->x - 20);

  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, text, (self->x + self->width) / 2, self->y + self->height / 2 - 8, 0, 0.5);
}

/* What the picture cannot show is said in it. */
void
bs_plot_draw_notes (BsPlotFrame *self)
{
  BsTexts *texts = self->plot->texts;
  gboolean any = FALSE;
  const char *text = NULL;

  for (guint i = 0; i < self->plot->lines->len; i++)
    any |= bs_plot_line (self->plot, i)->shown;
  if (!any)
    text = _("All curves are hidden");
  else if (self->n_left_out > 0)
    text = _("On this scale numbers ≤ 0 are not shown");
  if (text == NULL)
    return;
  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, text, self->x + self->width - 4 * self->s,
                         self->y + (any ? self->height - bs_texts_line (texts, BS_TEXT_CAPTION) - 2 * self->s : self->height / 2 - 8), self->width, 1);
}

char *
bs_plot_describe (BsPlot *plot, BsCursor *cursor)
{
  GString *text = g_string_new (NULL);
  guint32 step = bs_cursor_get_step (cursor);
  BsRecording *recording = bs_cursor_get_recording (cursor);

  bs_plot_refresh (plot);
  for (guint i = 0; i < plot->n_own; i++) {
    char buffer[BS_NUMBER_SIZE];
    double value;

    if (bs_plot_line (plot, i)->shown && bs_plot_find_value (plot, i, step, &value))
      g_string_append_printf (text, "%s %s, ", bs_plot_line (plot, i)->label, bs_number_format (buffer, value, 5));
  }
  if (plot->n_passes > 0)
    g_string_append_printf (text, _("pass %u of %u"), bs_recording_find_pass (recording, step) + 1, plot->n_passes);
  return g_string_free (text, FALSE);
}
