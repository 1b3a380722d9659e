/* SPDX-License-Identifier: MIT */

/* The loss over its parameters as a file: a picture, or the computed points as numbers. */

#include "config.h"

#include "landscape.h"

#include "export-private.h"

#include <string.h>

typedef struct {
  BsLandscapePicture *picture;
  const BsLandscapeView *view;
  const BsLandscapeLook *look;
  double width, height;
  const BsExportOptions *options;
} Sheet;

static void
draw_sheet (gpointer data, cairo_t *cr)
{
  Sheet *self = data;

  if (!self->options->transparent) {
    bs_palette_set (cr, self->options->theme, BS_COLOR_BACKGROUND);
    cairo_paint (cr);
  }
  bs_landscape_picture_draw (self->picture, cr, self->view, self->look, self->width, self->height, self->options->theme, 1);
}

static void
set_records (gpointer data, GPtrArray *records)
{
  Sheet *self = data;

  bs_landscape_picture_set_records (self->picture, records);
}

static void
append_number (GString *out, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, g_ascii_formatd (buffer, sizeof buffer, "%.17g", number));
}

static void
append_field (GString *out, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);

  g_string_append_printf (out, "\"%s\"", doubled);
}

/* One row for each point: where, and the loss there. */
static GBytes *
export_csv (const BsLandscapeView *view, const BsLandscapeLook *look)
{
  GString *out = g_string_new (NULL);
  gsize length;

  for (guint k = 0; k < view->n_axes; k++) {
    append_field (out, look->labels[k]);
    g_string_append_c (out, ',');
  }
  append_field (out, look->loss);
  g_string_append_c (out, '\n');
  for (guint y = 0; view->stride > 0 && y < view->n[1]; y += view->stride)
    for (guint x = 0; x < view->n[0]; x += view->stride) {
      append_number (out, view->low[0] + (view->high[0] - view->low[0]) * x / (view->n[0] - 1));
      g_string_append_c (out, ',');
      if (view->n_axes == 2) {
        append_number (out, view->low[1] + (view->high[1] - view->low[1]) * y / (view->n[1] - 1));
        g_string_append_c (out, ',');
      }
      append_number (out, view->values[y * view->n[0] + x]);
      g_string_append_c (out, '\n');
    }
  length = out->len;
  return g_bytes_new_take (g_string_free (out, FALSE), length);
}

GBytes *
bs_landscape_picture_export (const BsLandscapeView *view, const BsLandscapeLook *look, const char *ending, double width, double height,
                             const BsExportOptions *options, GError **error)
{
  Sheet sheet = { bs_landscape_picture_new (), view, look, width, height, options };
  BsPicture picture = { width, height, draw_sheet, set_records, &sheet };
  GBytes *bytes = strcmp (ending, ".csv") == 0 ? export_csv (view, look) : bs_picture_export (&picture, ending, options, error);

  bs_landscape_picture_free (sheet.picture);
  return bytes;
}
