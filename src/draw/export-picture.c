/* SPDX-License-Identifier: MIT */

/* Plots and landscapes as files: what draws them in the window draws them here. */

#include "config.h"

#include "export-private.h"

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MOST_PIXELS 16000.0

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static GByteArray *
finish (GByteArray *bytes, cairo_status_t status, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return bytes;
  g_byte_array_unref (bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The picture could not be drawn: %s"), cairo_status_to_string (status));
  return NULL;
}

static GByteArray *
picture_png (const BsPicture *self, const BsExportOptions *options, GError **error)
{
  double scale = MIN (options->scale > 0 ? options->scale : 2, MOST_PIXELS / MAX (self->width, self->height));
  cairo_surface_t *surface = cairo_image_surface_create (options->transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
                                                         MAX (ceil (self->width * scale), 1), MAX (ceil (self->height * scale), 1));
  cairo_t *cr = cairo_create (surface);
  GByteArray *bytes = g_byte_array_new ();
  cairo_status_t status;

  cairo_scale (cr, scale, scale);
  self->draw (self->data, cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_destroy (surface);
  return finish (bytes, status, error);
}

static GByteArray *
picture_pdf (const BsPicture *self, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append, bytes, self->width * 0.75, self->height * 0.75);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Backstep " BS_VERSION);
  cairo_scale (cr, 0.75, 0.75);
  self->draw (self->data, cr);
  cairo_show_page (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return finish (bytes, status, error);
}

GBytes *
bs_picture_export (const BsPicture *self, const char *ending, const BsExportOptions *options, GError **error)
{
  GByteArray *bytes = NULL;

  if (strcmp (ending, ".svg") == 0)
    bytes = bs_picture_svg (self, error);
  else if (strcmp (ending, ".png") == 0)
    bytes = picture_png (self, options, error);
  else if (strcmp (ending, ".pdf") == 0)
    bytes = picture_pdf (self, error);
  return bytes != NULL ? g_byte_array_free_to_bytes (bytes) : NULL;
}
