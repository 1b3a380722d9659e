/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "plot.h"

#include "numbers.h"
#include "text.h"
#include "ticks.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MOST_CURVES 12

struct _BsPlot {
  gboolean hide_future;
  BsRecording *recording;
  gboolean losses;
  BsTexts *texts;
  double scale;
  GPtrArray *others; /* BsRecording */
};

/* One drawing. */
typedef struct {
  BsPlot *plot;
  cairo_t *cr;
  BsTheme theme;
  double x, y, width, height; /* of the area inside the axes */
  double low, high;
  guint32 n_passes, step, pass;
  const BsCurve *curves[MOST_CURVES];
  guint n_curves, n_more;
  double s;
} Frame;

BsPlot *
bs_plot_new (BsRecording *recording, gboolean losses)
{
  BsPlot *self = g_new0 (BsPlot, 1);

  self->recording = g_object_ref (recording);
  self->losses = losses;
  self->scale = 1;
  self->others = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

void
bs_plot_set_others (BsPlot *self, guint n, BsRecording *const *others)
{
  g_ptr_array_set_size (self->others, 0);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->others, g_object_ref (others[i]));
}

void
bs_plot_free (BsPlot *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->recording);
  g_ptr_array_unref (self->others);
  bs_texts_free (self->texts);
  g_free (self);
}

/* --- what is shown, and where ---------------------------------------------------------------------------------------------- */

static void
choose_curves (Frame *self)
{
  BsRecording *recording = self->plot->recording;

  for (guint i = 0; i < bs_recording_get_n_curves (recording); i++) {
    const BsCurve *curve = bs_recording_get_curve (recording, i);

    if (curve->n == 0 || !curve->is_loss != !self->plot->losses)
      continue;
    if (self->n_curves < MOST_CURVES)
      self->curves[self->n_curves++] = curve;
    else
      self->n_more++;
  }
}

typedef void (*CurveFunc) (Frame *self, const BsCurve *curve, gpointer data);

/* Those of the other runs that belong beside the curves shown. */
static void
each_other (Frame *self, CurveFunc func, gpointer data)
{
  for (guint k = 0; k < self->plot->others->len; k++) {
    BsRecording *other = g_ptr_array_index (self->plot->others, k);
    guint n = 0;

    for (guint i = 0; i < bs_recording_get_n_curves (other) && n < MOST_CURVES; i++) {
      const BsCurve *curve = bs_recording_get_curve (other, i);

      if (curve->n == 0 || !curve->is_loss != !self->plot->losses)
        continue;
      func (self, curve, data);
      n++;
    }
  }
}

static void
widen_range (Frame *self, const BsCurve *curve, gpointer data)
{
  double *range = data;

  for (guint i = 0; i < curve->n; i++) {
    double v = curve->values[i];

    if (!isfinite (v))
      continue;
    range[0] = MIN (range[0], v);
    range[1] = MAX (range[1], v);
  }
}

static void
choose_range (Frame *self)
{
  double range[] = { INFINITY, -INFINITY }, pad;

  for (guint c = 0; c < self->n_curves; c++)
    widen_range (self, self->curves[c], range);
  each_other (self, widen_range, range);
  if (range[0] > range[1])
    range[0] = range[1] = 0;
  pad = range[1] - range[0] > 1e-9 * MAX (fabs (range[0]), fabs (range[1])) ? (range[1] - range[0]) * 0.07
                                                                           : MAX (fabs (range[1]) * 0.1, 0.5);
  self->low = range[0] - pad;
  self->high = range[1] + pad;
}

/* Both plots have the same margins: their x axes are one. */
static void
choose_area (Frame *self, double width, double height)
{
  BsTexts *texts = self->plot->texts;
  double line = bs_texts_line (texts, BS_TEXT_LABEL), caption = bs_texts_line (texts, BS_TEXT_CAPTION);

  self->x = 66 * self->s;
  self->y = line + 14 * self->s;
  self->width = MAX (width - self->x - 18 * self->s, 10);
  self->height = MAX (height - self->y - caption - 12 * self->s, 10);
}

/* A pass is as wide as any other, its point in the middle; so a single one stands in the middle of all. */
static double
x_of (const Frame *self, double pass)
{
  return self->x + (pass + 0.5) / MAX (self->n_passes, 1) * self->width;
}

static double
y_of (const Frame *self, double value)
{
  return self->y + self->height - (value - self->low) / (self->high - self->low) * self->height;
}

/* Of the longest run: all share one axis. */
static guint32
count_passes (BsPlot *plot)
{
  guint32 n = bs_recording_get_n_passes (plot->recording);

  for (guint i = 0; n > 0 && i < plot->others->len; i++)
    n = MAX (n, bs_recording_get_n_passes (g_ptr_array_index (plot->others, i)));
  return n;
}

static guint32
pass_at (BsPlot *plot, double x, double width)
{
  double s = plot->scale, left = 66 * s, inner = MAX (width - left - 18 * s, 10);
  guint32 n = count_passes (plot), own = bs_recording_get_n_passes (plot->recording);

  return own == 0 ? 0 : CLAMP (floor ((x - left) / inner * n), 0, own - 1);
}

/* Index of the last point at or before; -1: none. */
static int
point_before (const BsCurve *curve, const guint32 *keys, guint32 key)
{
  int low = 0, high = curve->n;

  while (low < high) {
    int middle = low + (high - low) / 2;

    if (keys[middle] <= key)
      low = middle + 1;
    else
      high = middle;
  }
  return low - 1;
}

/* --- axes --------------------------------------------------------------------------------------------------------------------- */

static const char *
tick_text (char buffer[BS_NUMBER_SIZE], const BsTicks *ticks, guint i)
{
  double value = bs_ticks_get (ticks, i), most = MAX (fabs (ticks->first), fabs (bs_ticks_get (ticks, ticks->n - 1)));

  if (fabs (value) < 1e-9 * ticks->step)
    value = 0;
  if (ticks->decimals < 0 || most >= 1e6 || ticks->decimals > 5)
    return bs_number_format (buffer, value, 4);
  return bs_number_format_fixed (buffer, value, ticks->decimals);
}

static void
draw_y_axis (Frame *self)
{
  BsTexts *texts = self->plot->texts;
  double line = bs_texts_line (texts, BS_TEXT_CAPTION);
  guint wanted = CLAMP (self->height / (line * 2.2), 2, 8);
  BsTicks ticks = bs_ticks_find (self->low, self->high, wanted, FALSE);
  char buffer[BS_NUMBER_SIZE];

  for (guint i = 0; i < ticks.n; i++) {
    double y = round (y_of (self, bs_ticks_get (&ticks, i))) + 0.5;

    if (y < self->y - 1 || y > self->y + self->height + 1)
      continue;
    bs_palette_set (self->cr, self->theme, BS_COLOR_GRID);
    cairo_move_to (self->cr, self->x, y);
    cairo_rel_line_to (self->cr, self->width, 0);
    cairo_set_line_width (self->cr, 1);
    cairo_stroke (self->cr);
    bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
    bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, tick_text (buffer, &ticks, i), self->x - 7 * self->s,
                           y - line / 2, self->x - 10 * self->s, 1);
  }
}

static void
draw_x_axis (Frame *self)
{
  BsTexts *texts = self->plot->texts;
  double y = self->y + self->height, title = bs_texts_width (texts, BS_TEXT_CAPTION, _("pass")) + 14 * self->s;
  guint wanted = CLAMP (self->width / (70 * self->s), 2, 12);
  BsTicks ticks = { 1, 1, self->n_passes, 0 };
  char buffer[BS_NUMBER_SIZE];

  if (self->n_passes > wanted)
    ticks = bs_ticks_find (1, self->n_passes, wanted, TRUE);
  bs_palette_set (self->cr, self->theme, BS_COLOR_OUTLINE);
  cairo_set_line_width (self->cr, 1);
  cairo_move_to (self->cr, self->x, round (y) + 0.5);
  cairo_rel_line_to (self->cr, self->width, 0);
  cairo_stroke (self->cr);
  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, _("pass"), self->x + self->width, y + 5 * self->s, 0, 1);
  for (guint i = 0; i < ticks.n; i++) {
    double number = bs_ticks_get (&ticks, i), x = x_of (self, number - 1);

    if (number < 1 || number > self->n_passes)
      continue;
    cairo_rectangle (self->cr, round (x) - 0.5, y, 1, 4 * self->s);
    cairo_fill (self->cr);
    if (x < self->x + self->width - title)
      bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, bs_number_format_fixed (buffer, number, 0), x,
                             y + 5 * self->s, 0, 0.5);
  }
}

/* --- curves ------------------------------------------------------------------------------------------------------------------- */

static void
set_curve (Frame *self, guint i, double alpha)
{
  static const double dashes[][2] = { { 0, 0 }, { 7, 3 }, { 2, 3 } };
  BsColor color = bs_palette_get_curve (self->theme, i);
  guint dash = i / BS_N_CURVE_COLORS % G_N_ELEMENTS (dashes);

  cairo_set_source_rgba (self->cr, color.r, color.g, color.b, alpha);
  cairo_set_dash (self->cr, dashes[dash], dash ? 2 : 0, 0);
}

/* Points by the thousand in one column of pixels become what is seen of them: first, lowest, highest, last. */
static void
add_column (Frame *self, const BsCurve *curve, guint from, guint to, gboolean *pen)
{
  guint low = from, high = from;

  for (guint i = from; i < to; i++) {
    low = curve->values[i] < curve->values[low] ? i : low;
    high = curve->values[i] > curve->values[high] ? i : high;
  }
  for (guint k = 0; k < 4; k++) {
    guint i = k == 0 ? from : k == 1 ? MIN (low, high) : k == 2 ? MAX (low, high) : to - 1;
    double x = x_of (self, curve->passes[i]), y;

    if (!isfinite (curve->values[i])) {
      *pen = FALSE;
      continue;
    }
    y = y_of (self, curve->values[i]);
    if (*pen)
      cairo_line_to (self->cr, x, y);
    else
      cairo_move_to (self->cr, x, y);
    *pen = TRUE;
    if (to - from == 1)
      break;
  }
}

static void
add_points (Frame *self, const BsCurve *curve, guint from, guint to)
{
  gboolean pen = FALSE;
  guint at = from;

  while (at < to) {
    guint next = at + 1;
    double column = floor (x_of (self, curve->passes[at]));

    while (next < to && floor (x_of (self, curve->passes[next])) == column)
      next++;
    add_column (self, curve, at, next, &pen);
    at = next;
  }
}

static void
draw_dots (Frame *self, const BsCurve *curve, guint from, guint to)
{
  if (self->width / MAX (self->n_passes, 1) < 14)
    return;
  for (guint i = from; i < to; i++)
    if (isfinite (curve->values[i])) {
      cairo_new_sub_path (self->cr);
      cairo_arc (self->cr, x_of (self, curve->passes[i]), y_of (self, curve->values[i]), 2.75 * self->s, 0, 2 * G_PI);
    }
  cairo_fill (self->cr);
}

static void
draw_curve (Frame *self, guint c)
{
  const BsCurve *curve = self->curves[c];
  guint done = point_before (curve, curve->steps, self->step) + 1;

  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (self->cr, 1.5);
  if (!self->plot->hide_future) {
    set_curve (self, c, 0.35); /* what is to come */
    add_points (self, curve, done > 0 ? done - 1 : 0, curve->n);
    cairo_stroke (self->cr);
    draw_dots (self, curve, done, curve->n);
  }
  set_curve (self, c, 1);
  cairo_set_line_width (self->cr, 2.5);
  add_points (self, curve, 0, done);
  cairo_stroke (self->cr);
  draw_dots (self, curve, 0, done);
  cairo_set_dash (self->cr, NULL, 0, 0);
}

static void
draw_other (Frame *self, const BsCurve *curve, gpointer data)
{
  static const double dash[] = { 5, 3 };

  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_DIM_TEXT, 0.75);
  cairo_set_dash (self->cr, dash, 2, 0);
  cairo_set_line_width (self->cr, 1.5);
  add_points (self, curve, 0, curve->n);
  cairo_stroke (self->cr);
  cairo_set_dash (self->cr, NULL, 0, 0);
}

static void
draw_marker (Frame *self, guint c)
{
  const BsCurve *curve = self->curves[c];
  int i = point_before (curve, curve->steps, self->step);

  if (i < 0 || !isfinite (curve->values[i]))
    return;
  cairo_arc (self->cr, x_of (self, curve->passes[i]), y_of (self, curve->values[i]), 5.5 * self->s, 0, 2 * G_PI);
  bs_palette_set (self->cr, self->theme, BS_COLOR_BACKGROUND);
  cairo_fill_preserve (self->cr);
  set_curve (self, c, 1);
  cairo_set_dash (self->cr, NULL, 0, 0);
  cairo_set_line_width (self->cr, 3);
  cairo_stroke (self->cr);
}

static void
draw_cursor (Frame *self)
{
  double x = round (x_of (self, self->pass)) + 0.5;

  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_TEXT, 0.55);
  cairo_set_line_width (self->cr, 1);
  cairo_move_to (self->cr, x, self->y);
  cairo_rel_line_to (self->cr, 0, self->height);
  cairo_stroke (self->cr);
}

/* --- words -------------------------------------------------------------------------------------------------------------------- */

static void
draw_swatch (Frame *self, guint c, double x, double y)
{
  set_curve (self, c, 1);
  cairo_set_line_width (self->cr, 3);
  cairo_move_to (self->cr, x, y);
  cairo_rel_line_to (self->cr, 16 * self->s, 0);
  cairo_stroke (self->cr);
  cairo_set_dash (self->cr, NULL, 0, 0);
}

/* Label and present value, as many as there is room for. */
static void
draw_legend (Frame *self)
{
  BsTexts *texts = self->plot->texts;
  double x = self->x, y = 5 * self->s, line = bs_texts_line (texts, BS_TEXT_LABEL);
  double reserve = bs_texts_width (texts, BS_TEXT_LABEL, "−0.00000"), end = self->x + self->width;
  guint c;

  for (c = 0; c < self->n_curves; c++) {
    const BsCurve *curve = self->curves[c];
    int i = point_before (curve, curve->steps, self->step);
    double label = bs_texts_width (texts, BS_TEXT_LABEL, curve->label);
    char buffer[BS_NUMBER_SIZE];

    if (x + 22 * self->s + label + reserve > end && c > 0)
      break;
    draw_swatch (self, c, x, y + line / 2);
    bs_palette_set (self->cr, self->theme, BS_COLOR_TEXT);
    bs_texts_draw (texts, self->cr, BS_TEXT_LABEL, curve->label, x + 22 * self->s, y, 0);
    bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
    if (i >= 0)
      bs_texts_draw (texts, self->cr, BS_TEXT_LABEL, bs_number_format (buffer, curve->values[i], 5),
                     x + 22 * self->s + label + 6 * self->s, y, reserve);
    x += 22 * self->s + label + reserve + 18 * self->s;
  }
  if (c < self->n_curves || self->n_more > 0) {
    g_autofree char *more = g_strdup_printf ("+%u", self->n_curves - c + self->n_more);

    bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
    bs_texts_draw_aligned (texts, self->cr, BS_TEXT_LABEL, more, end, y, 0, 1);
  }
}

static guint
gather_values (Frame *self, guint32 pass, char texts[MOST_CURVES][80], guint which[MOST_CURVES])
{
  guint n = 0;

  for (guint c = 0; c < self->n_curves && n < 6; c++) {
    const BsCurve *curve = self->curves[c];
    int i = point_before (curve, curve->passes, pass);
    char buffer[BS_NUMBER_SIZE];

    if (i < 0 || curve->passes[i] != pass || (self->plot->hide_future && curve->steps[i] > self->step))
      continue;
    which[n] = c;
    g_snprintf (texts[n++], 80, "%.40s  %s", curve->label, bs_number_format (buffer, curve->values[i], 5));
  }
  return n;
}

static void
draw_pointer (Frame *self, double pointer)
{
  BsTexts *texts = self->plot->texts;
  guint32 pass = CLAMP (floor ((pointer - self->x) / self->width * self->n_passes), 0, self->n_passes - 1);
  char values[MOST_CURVES][80], title[32];
  guint which[MOST_CURVES], n = gather_values (self, pass, values, which);
  double line = bs_texts_line (texts, BS_TEXT_LABEL), width, height = (n + 1) * line + 12 * self->s;
  double x = x_of (self, pass), left, y;

  if (pointer < self->x || pointer > self->x + self->width)
    return;
  g_snprintf (title, sizeof title, _("pass %u"), pass + 1);
  width = bs_texts_width (texts, BS_TEXT_LABEL, title);
  for (guint i = 0; i < n; i++)
    width = MAX (width, bs_texts_width (texts, BS_TEXT_LABEL, values[i]) + 22 * self->s);
  width += 20 * self->s;
  bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_DIM_TEXT, 0.6);
  cairo_rectangle (self->cr, round (x) - 0.5, self->y, 1, self->height);
  cairo_fill (self->cr);
  left = x + 12 * self->s + width < self->x + self->width ? x + 12 * self->s : x - 12 * self->s - width;
  y = MAX (MIN (self->y + 6 * self->s, self->y + self->height - height), 2);
  cairo_rectangle (self->cr, round (left) + 0.5, round (y) + 0.5, round (width), round (height));
  bs_palette_set (self->cr, self->theme, BS_COLOR_CARD);
  cairo_fill_preserve (self->cr);
  bs_palette_set (self->cr, self->theme, BS_COLOR_OUTLINE);
  cairo_set_line_width (self->cr, 1);
  cairo_stroke (self->cr);
  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw (texts, self->cr, BS_TEXT_LABEL, title, left + 10 * self->s, y + 6 * self->s, 0);
  for (guint i = 0; i < n; i++) {
    double top = y + 6 * self->s + (i + 1) * line;

    draw_swatch (self, which[i], left + 10 * self->s, top + line / 2);
    bs_palette_set (self->cr, self->theme, BS_COLOR_TEXT);
    bs_texts_draw (texts, self->cr, BS_TEXT_LABEL, values[i], left + 32 * self->s, top, 0);
  }
}

static void
draw_nothing (Frame *self)
{
  const char *text = self->plot->losses ? _("No loss yet: it comes with the first backward()")
                                        : _("No parameters yet: they come with the first update");

  bs_palette_set (self->cr, self->theme, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (self->plot->texts, self->cr, BS_TEXT_CAPTION, text, self->x + self->width / 2,
                         self->y + self->height / 2 - 8, self->width, 0.5);
}

/* --- public ------------------------------------------------------------------------------------------------------------------- */

static void
frame_init (Frame *self, BsPlot *plot, double font_scale)
{
  font_scale = font_scale > 0 ? font_scale : 1;
  if (plot->texts == NULL || plot->scale != font_scale) {
    bs_texts_free (plot->texts);
    plot->texts = bs_texts_new (font_scale);
    plot->scale = font_scale;
  }
  self->plot = plot;
  self->s = font_scale;
  self->n_passes = count_passes (plot);
  choose_curves (self);
}

void
bs_plot_set_hide_future (BsPlot *plot, gboolean hide)
{
  plot->hide_future = hide;
}

void
bs_plot_draw (BsPlot *plot, cairo_t *cr, double width, double height, BsCursor *cursor, BsTheme theme, double font_scale,
              double pointer_x)
{
  Frame self = { .cr = cr, .theme = theme };

  g_return_if_fail (plot != NULL && cursor != NULL);

  frame_init (&self, plot, font_scale);
  choose_area (&self, width, height);
  self.step = bs_cursor_get_step (cursor);
  if (self.n_passes > 0)
    self.pass = bs_recording_find_pass (plot->recording, self.step);
  if (self.n_curves == 0) {
    draw_nothing (&self);
    return;
  }
  choose_range (&self);
  cairo_save (cr);
  draw_y_axis (&self);
  draw_x_axis (&self);
  draw_cursor (&self);
  cairo_save (cr);
  cairo_rectangle (cr, self.x - 4, self.y - 4, self.width + 8, self.height + 8);
  cairo_clip (cr);
  cairo_save (cr);
  if (plot->hide_future) {
    cairo_rectangle (cr, self.x - 4, self.y - 4, x_of (&self, self.pass) - self.x + 4, self.height + 8);
    cairo_clip (cr);
  }
  each_other (&self, draw_other, NULL);
  cairo_restore (cr);
  for (guint c = self.n_curves; c-- > 0;)
    draw_curve (&self, c);
  for (guint c = self.n_curves; c-- > 0;)
    draw_marker (&self, c);
  cairo_restore (cr);
  draw_legend (&self);
  if (pointer_x >= 0)
    draw_pointer (&self, pointer_x);
  cairo_restore (cr);
}

gboolean
bs_plot_hit (BsPlot *plot, double x, double width, guint32 *out_step)
{
  Frame self = { 0 };
  guint32 pass;

  g_return_val_if_fail (plot != NULL && out_step != NULL, FALSE);

  frame_init (&self, plot, plot->scale);
  if (self.n_passes == 0)
    return FALSE;
  pass = pass_at (plot, x, width);
  *out_step = bs_recording_get_pass (plot->recording, pass)->end;
  for (guint c = 0; c < self.n_curves; c++) {
    int i = point_before (self.curves[c], self.curves[c]->passes, pass);

    if (i >= 0 && self.curves[c]->passes[i] == pass) {
      *out_step = self.curves[c]->steps[i];
      break;
    }
  }
  return TRUE;
}

char *
bs_plot_describe (BsPlot *plot, BsCursor *cursor)
{
  GString *text = g_string_new (NULL);
  Frame self = { 0 };
  guint32 step = bs_cursor_get_step (cursor);

  frame_init (&self, plot, plot->scale);
  for (guint c = 0; c < self.n_curves; c++) {
    int i = point_before (self.curves[c], self.curves[c]->steps, step);
    char buffer[BS_NUMBER_SIZE];

    if (i >= 0)
      g_string_append_printf (text, "%s %s, ", self.curves[c]->label,
                              bs_number_format (buffer, self.curves[c]->values[i], 5));
  }
  if (self.n_passes > 0)
    g_string_append_printf (text, _("pass %u of %u"), bs_recording_find_pass (plot->recording, step) + 1, self.n_passes);
  return g_string_free (text, FALSE);
}
