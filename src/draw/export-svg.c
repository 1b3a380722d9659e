/* SPDX-License-Identifier: MIT */

/* SVG with text as text. Cairo would write outlines of glyphs. So while the scene is drawn, each text leaves a marker,
 * a rectangle of an opacity that nothing else has, and a record of what it says; in cairo's output, one element a line,
 * each marker's line is then replaced by a <text> of the same place, size and colour. */

#include "config.h"

#include "export-private.h"

#include <cairo-svg.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
append_number (GString *out, double x)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  char *end;

  g_ascii_formatd (buffer, sizeof buffer, "%.3f", x);
  for (end = buffer + strlen (buffer); end[-1] == '0'; end--)
    end[-1] = '\0';
  if (end[-1] == '.')
    end[-1] = '\0';
  g_string_append (out, buffer);
}

static void
append_attribute (GString *out, const char *name, double x)
{
  g_string_append_printf (out, " %s=\"", name);
  append_number (out, x);
  g_string_append_c (out, '"');
}

static void
append_text (GString *out, const BsTextRecord *r)
{
  /* Markup only, and no control characters: XML 1.0 cannot hold them. */
  g_autofree char *valid = g_utf8_make_valid (r->text, -1), *escaped = NULL;
  double scale = hypot (r->matrix.xx, r->matrix.yx);

  for (char *p = valid; *p; p++)
    if ((guchar) *p < 0x20)
      *p = ' ';
  escaped = g_markup_escape_text (valid, -1);
  g_string_append (out, "<text");
  append_attribute (out, "x", r->matrix.x0);
  append_attribute (out, "y", r->matrix.y0);
  append_attribute (out, "font-size", r->points * 96 / 72 * scale);
  append_attribute (out, "textLength", r->width * scale);
  g_string_append_printf (out, " lengthAdjust=\"spacingAndGlyphs\" font-weight=\"%d\" fill=\"#%02x%02x%02x\"",
                          bs_text_weight (r->style), (guint) (r->color.r * 255 + 0.5),
                          (guint) (r->color.g * 255 + 0.5), (guint) (r->color.b * 255 + 0.5));
  if (r->color.a < 1)
    append_attribute (out, "fill-opacity", r->color.a);
  g_string_append_printf (out, " xml:space=\"preserve\">%s</text>\n", escaped);
}

static gboolean
is_marker (const char *line, gsize length)
{
  static const char word[] = "opacity:0.01171";

  return g_strstr_len (line, length, word) != NULL;
}

/* @svg is from cairo; FALSE when markers and records do not match. */
static gboolean
merge (const GByteArray *svg, const GPtrArray *records, GString *out)
{
  const char *at = (const char *) svg->data, *end = at + svg->len;
  guint n = 0;

  while (at < end) {
    const char *newline = memchr (at, '\n', end - at), *next = newline ? newline + 1 : end;

    if (!is_marker (at, next - at)) {
      g_string_append_len (out, at, next - at);
      if (n == 0 && g_strstr_len (at, next - at, "<svg ") != NULL)
        g_string_append_printf (out, "<style>text{font-family:%s;font-variant-numeric:tabular-nums}</style>\n",
                                bs_text_family ());
    } else if (n < records->len) {
      append_text (out, records->pdata[n++]);
    } else {
      return FALSE;
    }
    at = next;
  }
  return n == records->len;
}

static GByteArray *
draw (const BsPicture *self, GPtrArray *records, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append, bytes, self->width, self->height);
  cairo_t *cr;
  cairo_status_t status;

  cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
  cr = cairo_create (surface);
  self->set_records (self->data, records);
  self->draw (self->data, cr);
  self->set_records (self->data, NULL);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_steal_pointer (&bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The picture could not be drawn: %s"),
               cairo_status_to_string (status));
  return NULL;
}

GByteArray *
bs_picture_svg (const BsPicture *self, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (bs_text_record_free);
  g_autoptr (GByteArray) svg = draw (self, records, error);
  g_autoptr (GString) out = g_string_new (NULL);
  GByteArray *bytes;

  if (svg == NULL)
    return NULL;
  if (!merge (svg, records, out))
    return draw (self, NULL, error); /* another cairo: outlines are better than nothing */
  bytes = g_byte_array_new ();
  g_byte_array_append (bytes, (const guint8 *) out->str, out->len);
  return bytes;
}

static void
draw_scene (gpointer data, cairo_t *cr)
{
  bs_export_draw (data, cr, 1);
}

static void
set_scene_records (gpointer data, GPtrArray *records)
{
  bs_texts_set_records (bs_scene_get_texts (((BsExport *) data)->scene), records);
}

GByteArray *
bs_export_svg (BsExport *self, GError **error)
{
  return bs_picture_svg (&(BsPicture) { self->size.width, self->size.height, draw_scene, set_scene_records, self }, error);
}
