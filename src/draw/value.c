/* SPDX-License-Identifier: MIT */

/* Values in their areas: a number, a tinted grid, a heat map with its scale. */

#include "config.h"

#include "scene-private.h"

#include <glib/gi18n.h>
#include <math.h>

char *
bs_value_brief (const BsValue *value)
{
  char buffer[BS_NUMBER_SIZE];
  double min, max, mean, norm;
  GString *text;

  if (value->numel == 1 && value->n_stored == 1)
    return g_strdup (bs_number_format_element (buffer, value, 0, 0)[0] == 'T' ||
                     buffer[0] == 'F' ? buffer : bs_number_format (buffer, bs_value_get (value, 0), 5));
  text = g_string_new (NULL);
  for (guint i = 0; i < value->n_dims; i++)
    g_string_append_printf (text, i ? "×%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value->shape[i]);
  if (value->n_stored > 0) {
    bs_value_statistics (value, &min, &max, &mean, &norm);
    g_string_append_printf (text, _(", norm %s"), bs_number_format (buffer, norm, 4));
  }
  return g_string_free (text, FALSE);
}

char *
bs_value_shortest (const BsValue *value)
{
  char buffer[BS_NUMBER_SIZE];
  double min, max, mean, norm;

  if (value->numel == 1 || value->n_stored == 0)
    return bs_value_brief (value);
  bs_value_statistics (value, &min, &max, &mean, &norm);
  return g_strdup_printf ("‖%s‖", bs_number_format (buffer, norm, 3));
}

/* --- colours of elements ------------------------------------------------------------------------------------------------- */

typedef struct { double low, high; gboolean diverging; BsTheme theme; } Scale;

static Scale
scale_of (const BsPainter *self, const BsValue *value, gboolean is_grad)
{
  Scale scale = { 0, 0, is_grad, self->theme };
  double mean, norm;

  bs_value_statistics (value, &scale.low, &scale.high, &mean, &norm);
  if (!isfinite (scale.low) || !isfinite (scale.high))
    scale.low = scale.high = 0;
  if (is_grad) {
    scale.high = MAX (fabs (scale.low), fabs (scale.high));
    scale.low = -scale.high;
  }
  return scale;
}

static BsColor
color_of (const Scale *scale, double x)
{
  double span = scale->high - scale->low;

  if (isnan (x))
    return (BsColor) { 0.85, 0.1, 0.2, 1 };
  if (scale->diverging)
    return bs_palette_diverging (scale->theme, span > 0 ? CLAMP (x / scale->high, -1, 1) : 0);
  return bs_palette_sequential (span > 0 ? CLAMP ((x - scale->low) / span, 0, 1) : 0.5);
}

static void
set_color (cairo_t *cr, BsColor c)
{
  cairo_set_source_rgba (cr, c.r, c.g, c.b, c.a);
}

/* --- a number ------------------------------------------------------------------------------------------------------------ */

static void
draw_scalar (BsPainter *self, const BsValue *value, BsRect area, gboolean is_grad)
{
  g_autofree char *text = bs_value_brief (value);
  double line = bs_texts_line (self->scene->texts, BS_TEXT_VALUE);

  if (value->n_stored == 1 && !isfinite (bs_value_get (value, 0)))
    bs_painter_set (self, BS_COLOR_ERROR_TEXT);
  bs_texts_draw (self->scene->texts, self->cr, BS_TEXT_VALUE, text, area.x, area.y + (area.height - line) / 2,
                 area.width);
}

/* --- a grid of numbers --------------------------------------------------------------------------------------------------- */

/* Tinted, not filled: the numbers are what is read, in the card's own text colour. */
static BsColor
tint_of (const BsPainter *self, const Scale *scale, double x)
{
  BsColor surface = bs_palette_get (self->theme, BS_COLOR_CARD);
  BsColor warm = bs_palette_get (self->theme, BS_COLOR_GRADIENT_SURFACE);
  BsColor cold = bs_palette_get (self->theme, BS_COLOR_FORWARD_SURFACE);
  double most = MAX (fabs (scale->low), fabs (scale->high)), t = most > 0 ? CLAMP (x / most, -1, 1) : 0;

  if (isnan (x))
    return bs_palette_get (self->theme, BS_COLOR_ERROR_SURFACE);
  return bs_color_mix (surface, t < 0 ? cold : warm, fabs (t));
}

static void
draw_grid (BsPainter *self, const BsCardBox *box, const BsValue *value, BsRect area, gboolean is_grad)
{
  double width = area.width / box->columns, height = area.height / box->rows;
  double line = bs_texts_line (self->scene->texts, BS_TEXT_CELL), room = width - 6 * self->scene->scale;
  Scale scale = scale_of (self, value, is_grad);
  int decimals = bs_number_decimals (value, 4);
  char buffer[BS_NUMBER_SIZE];

  cairo_save (self->cr);
  bs_painter_rounded (self, area, 5);
  cairo_clip (self->cr);
  for (guint i = 0; i < box->rows * box->columns && i < value->n_stored; i++) {
    BsRect cell = { area.x + i % box->columns * width, area.y + i / box->columns * height, width, height };

    set_color (self->cr, tint_of (self, &scale, bs_value_get (value, i)));
    cairo_rectangle (self->cr, cell.x, cell.y, cell.width, cell.height);
    cairo_fill (self->cr);
  }
  cairo_restore (self->cr);
  bs_painter_set (self, BS_COLOR_CARD_BORDER);
  cairo_set_line_width (self->cr, 0.75);
  for (guint c = 1; c < box->columns; c++) {
    cairo_move_to (self->cr, area.x + c * width, area.y);
    cairo_rel_line_to (self->cr, 0, area.height);
  }
  for (guint r = 1; r < box->rows; r++) {
    cairo_move_to (self->cr, area.x, area.y + r * height);
    cairo_rel_line_to (self->cr, area.width, 0);
  }
  bs_painter_rounded (self, area, 5);
  cairo_stroke (self->cr);
  bs_painter_set (self, BS_COLOR_TEXT);
  for (guint i = 0; i < box->rows * box->columns && i < value->n_stored; i++)
    bs_texts_draw_aligned (self->scene->texts, self->cr, BS_TEXT_CELL,
                           bs_number_format_element (buffer, value, i, decimals),
                           area.x + (i % box->columns + 1) * width - 3 * self->scene->scale,
                           area.y + i / box->columns * height + (height - line) / 2, room, 1);
}

/* --- a heat map ------------------------------------------------------------------------------------------------------------ */

static void
stored_shape (const BsCardBox *box, const BsValue *value, guint *rows, guint *columns)
{
  gboolean thumb = value->how == BS_VALUE_THUMBNAIL;

  *rows = thumb ? value->thumb_rows : box->rows;
  *columns = thumb ? value->thumb_columns : box->columns;
  if ((guint64) *rows * *columns > value->n_stored)
    *rows = *columns > 0 ? value->n_stored / *columns : 0;
}

static guint32
pixel_of (BsColor c)
{
  return 0xff000000u | (guint32) (c.r * 255 + 0.5) << 16 | (guint32) (c.g * 255 + 0.5) << 8 |
         (guint32) (c.b * 255 + 0.5);
}

static void
draw_pixels (BsPainter *self, const BsValue *value, const Scale *scale, guint rows, guint columns, BsRect area)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, columns, rows);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  if (data != NULL) {
    cairo_surface_flush (surface);
    for (guint r = 0; r < rows; r++)
      for (guint c = 0; c < columns; c++)
        ((guint32 *) (data + r * stride))[c] = pixel_of (color_of (scale, bs_value_get (value, r * columns + c)));
    cairo_surface_mark_dirty (surface);
    cairo_save (self->cr);
    cairo_rectangle (self->cr, area.x, area.y, area.width, area.height);
    cairo_clip (self->cr);
    cairo_translate (self->cr, area.x, area.y);
    cairo_scale (self->cr, area.width / columns, area.height / rows);
    cairo_set_source_surface (self->cr, surface, 0, 0);
    cairo_pattern_set_filter (cairo_get_source (self->cr), CAIRO_FILTER_NEAREST);
    cairo_paint (self->cr);
    cairo_restore (self->cr);
  }
  cairo_surface_destroy (surface);
}

/* In a vector format every element is a rectangle: a picture in it would be smeared by the viewer. */
static void
draw_rectangles (BsPainter *self, const BsValue *value, const Scale *scale, guint rows, guint columns, BsRect area)
{
  double width = area.width / columns, height = area.height / rows;

  cairo_set_antialias (self->cr, CAIRO_ANTIALIAS_NONE);
  for (guint i = 0; i < rows * columns; i++) {
    set_color (self->cr, color_of (scale, bs_value_get (value, i)));
    cairo_rectangle (self->cr, area.x + i % columns * width, area.y + i / columns * height, width, height);
    cairo_fill (self->cr);
  }
  cairo_set_antialias (self->cr, CAIRO_ANTIALIAS_DEFAULT);
}

/* "−2.1 ▁▂▃ 3.4": the ends of the scale around its colours. */
static void
draw_scale (BsPainter *self, const Scale *scale, BsRect area)
{
  char low[BS_NUMBER_SIZE], high[BS_NUMBER_SIZE];
  BsTexts *texts = self->scene->texts;
  double s = self->scene->scale, left, right;

  bs_painter_set (self, BS_COLOR_DIM_TEXT);
  left = bs_texts_draw (texts, self->cr, BS_TEXT_CAPTION, bs_number_format (low, scale->low, 3), area.x, area.y,
                        area.width * 0.42);
  bs_number_format (high, scale->high, 3);
  right = MIN (bs_texts_width (texts, BS_TEXT_CAPTION, high), area.width * 0.42);
  bs_texts_draw_aligned (texts, self->cr, BS_TEXT_CAPTION, high, area.x + area.width, area.y, right, 1);
  left += 6 * s;
  right += 6 * s;
  for (guint i = 0; i < 24 && area.width - left - right > 8; i++) {
    double step = (area.width - left - right) / 24;

    set_color (self->cr, color_of (scale, scale->low + (scale->high - scale->low) * i / 23));
    cairo_rectangle (self->cr, area.x + left + i * step, area.y + area.height * 0.36, step + 0.5, area.height * 0.34);
    cairo_fill (self->cr);
  }
}

static void
draw_cells (BsPainter *self, const BsValue *value, const Scale *scale, guint rows, guint columns, BsRect map)
{
  cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (self->cr));

  if (type == CAIRO_SURFACE_TYPE_SVG || type == CAIRO_SURFACE_TYPE_PDF)
    draw_rectangles (self, value, scale, rows, columns, map);
  else
    draw_pixels (self, value, scale, rows, columns, map);
  bs_painter_set (self, BS_COLOR_CARD_BORDER);
  cairo_set_line_width (self->cr, 1);
  cairo_rectangle (self->cr, map.x, map.y, map.width, map.height);
  cairo_stroke (self->cr);
}

gboolean
bs_painter_draw_colors (BsPainter *self, const BsCardBox *box, const BsValue *value, BsRect area, gboolean is_grad)
{
  Scale scale = scale_of (self, value, is_grad);
  guint rows, columns;

  stored_shape (box, value, &rows, &columns);
  if (box->view == BS_VIEW_SCALAR || rows == 0 || columns == 0)
    return FALSE;
  area.height = MIN (area.height, area.width / columns * 1.5 * rows);
  draw_cells (self, value, &scale, rows, columns, area);
  return TRUE;
}

static void
draw_heat (BsPainter *self, const BsCardBox *box, const BsValue *value, BsRect area, gboolean is_grad)
{
  double line = bs_texts_line (self->scene->texts, BS_TEXT_CAPTION), gap = 4 * self->scene->scale;
  BsRect map = { area.x, area.y, area.width, area.height - line - gap };
  Scale scale = scale_of (self, value, is_grad);
  guint rows, columns;

  stored_shape (box, value, &rows, &columns);
  if (rows == 0 || columns == 0) {
    bs_painter_set (self, BS_COLOR_DIM_TEXT);
    bs_texts_draw (self->scene->texts, self->cr, BS_TEXT_CAPTION, _("not kept"), area.x, area.y, area.width);
    return;
  }
  draw_cells (self, value, &scale, rows, columns, map);
  if (self->detail == BS_DETAIL_NEAR)
    draw_scale (self, &scale, (BsRect) { area.x, map.y + map.height + gap, area.width, line });
}

void
bs_painter_draw_value (BsPainter *self, const BsCardBox *box, const BsValue *value, BsRect area, gboolean is_grad)
{
  if (box->view == BS_VIEW_SCALAR)
    draw_scalar (self, value, area, is_grad);
  else if (box->view == BS_VIEW_GRID && value->n_stored > 0)
    draw_grid (self, box, value, area, is_grad);
  else if (box->view == BS_VIEW_HEAT)
    draw_heat (self, box, value, area, is_grad);
}
