/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "export-private.h"
#include "plot-private.h"

#include <string.h>

typedef struct {
  guint n;
  BsPlot *const *plots;
  BsCursor *cursor;
  double width, height;
  BsPlotLook look;
  gboolean transparent;
} Sheet;

static void
draw (gpointer data, cairo_t *cr)
{
  Sheet *self = data;

  if (!self->transparent) {
    bs_palette_set (cr, self->look.theme, BS_COLOR_BACKGROUND);
    cairo_paint (cr);
  }
  for (guint i = 0; i < self->n; i++) {
    cairo_save (cr);
    cairo_translate (cr, 0, i * self->height / self->n);
    bs_plot_draw (self->plots[i], cr, self->width, self->height / self->n, self->cursor, &self->look);
    cairo_restore (cr);
  }
}

static void
set_records (gpointer data, GPtrArray *records)
{
  Sheet *self = data;

  for (guint i = 0; i < self->n; i++) {
    BsPlot *plot = self->plots[i];

    if (plot->texts == NULL || plot->scale != self->look.font_scale) {
      bs_texts_free (plot->texts);
      plot->texts = bs_texts_new (self->look.font_scale);
      plot->scale = self->look.font_scale;
    }
    bs_texts_set_records (plot->texts, records);
  }
}

/* --- numbers ---------------------------------------------------------------------------------------------------------------- */

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text; text++) {
    if (*text == '"')
      g_string_append_c (out, '"');
    g_string_append_c (out, *text);
  }
  g_string_append_c (out, '"');
}

/* As few digits as tell it from every other number. */
static void
append_number (GString *out, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 6; digits <= 17; digits++) {
    char format[8];

    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (buffer, sizeof buffer, format, value);
    if (g_ascii_strtod (buffer, NULL) == value)
      break;
  }
  g_string_append (out, buffer);
}

static void
append_heading (GString *out, BsPlot *plot, const BsLine *line)
{
  const BsPlotRun *run = plot->runs->pdata[line->run];
  g_autofree char *text = NULL;

  if (line->run == 0)
    text = g_strdup (line->label);
  else
    text = g_strdup_printf ("%s (%s)", line->label, run->name ? run->name : "?");
  g_string_append_c (out, ',');
  append_quoted (out, text);
}

static GBytes *
export_csv (guint n, BsPlot *const *plots)
{
  GString *out = g_string_new ("pass");
  guint32 n_passes = 0;
  gsize length;

  for (guint i = 0; i < n; i++) {
    bs_plot_refresh (plots[i]);
    n_passes = MAX (n_passes, plots[i]->n_passes);
    for (guint k = 0; k < plots[i]->lines->len; k++)
      if (bs_plot_line (plots[i], k)->shown)
        append_heading (out, plots[i], bs_plot_line (plots[i], k));
  }
  g_string_append_c (out, '\n');
  for (guint32 pass = 0; pass < n_passes; pass++) {
    g_string_append_printf (out, "%u", pass + 1);
    for (guint i = 0; i < n; i++)
      for (guint k = 0; k < plots[i]->lines->len; k++) {
        const BsLine *line = bs_plot_line (plots[i], k);
        int at = line->shown ? bs_plot_point_before (&line->curve, line->curve.passes, pass) : -1;

        if (line->shown)
          g_string_append_c (out, ',');
        if (at >= 0 && line->curve.passes[at] == pass)
          append_number (out, line->curve.values[at]);
      }
    g_string_append_c (out, '\n');
  }
  length = out->len;
  return g_bytes_new_take (g_string_free (out, FALSE), length);
}

GBytes *
bs_plot_export (guint n, BsPlot *const *plots, BsCursor *cursor, const char *ending, double width, double height,
                const BsExportOptions *options, GError **error)
{
  Sheet sheet = { n, plots, cursor, width, height, BS_PLOT_LOOK_INIT, options->transparent };
  BsPicture picture = { width, height, draw, set_records, &sheet };

  sheet.look.theme = options->theme;
  for (guint i = 0; i < n; i++)
    bs_plot_work (plots[i], 0);
  if (strcmp (ending, ".csv") == 0)
    return export_csv (n, plots);
  return bs_picture_export (&picture, ending, options, error);
}
