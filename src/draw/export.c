/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "export-private.h"

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MOST_PIXELS 16000.0 /* per side; cairo ends at 32767 */
#define MOST_AREA 1.2e8

/* --- the picture --------------------------------------------------------------------------------------------------------- */

static void
export_clear (BsExport *self)
{
  g_clear_pointer (&self->scene, bs_scene_free);
  g_clear_pointer (&self->graph, bs_graph_unref);
  g_clear_object (&self->cursor);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsExport, export_clear)

BsGraph *
bs_export_make_graph (BsRecording *recording, guint32 step, gboolean unfolded)
{
  g_autoptr (BsGraph) whole = bs_graph_new (recording, bs_recording_find_pass (recording, step));
  g_autoptr (BsGroups) groups = bs_groups_new (recording, whole);
  g_autofree gboolean *folded = bs_groups_choose (groups, unfolded ? G_MAXUINT : BS_FOLD_MOST, NULL);

  return bs_graph_fold (whole, groups, folded);
}

BsScene *
bs_export_make_scene (BsRecording *recording, BsGraph *graph, const BsExportOptions *options)
{
  BsScene *scene = bs_scene_new (recording, graph, options->direction, 1);
  g_autoptr (BsLayout) layout = NULL;
  BsLayoutOptions how;

  bs_scene_get_layout_options (scene, &how);
  layout = bs_layout_compute (graph, &how, NULL, NULL);
  if (layout == NULL)
    layout = bs_layout_compute_quick (graph, &how);
  bs_scene_set_layout (scene, layout);
  return scene;
}

static void
export_init (BsExport *self, BsRecording *recording, guint32 step, const BsExportOptions *options)
{
  self->options = options;
  self->cursor = bs_cursor_new (recording);
  bs_cursor_seek (self->cursor, step);
  step = bs_cursor_get_step (self->cursor);
  self->graph = bs_export_make_graph (recording, step, options->unfolded);
  self->scene = bs_export_make_scene (recording, self->graph, options);
  self->size = bs_scene_get_size (self->scene);
}

void
bs_export_draw (BsExport *self, cairo_t *cr, double zoom)
{
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;

  options.theme = self->options->theme;
  options.zoom = zoom;
  if (!self->options->transparent) {
    bs_palette_set (cr, options.theme, BS_COLOR_BACKGROUND);
    cairo_paint (cr);
  }
  bs_scene_draw (self->scene, cr, self->cursor, &options);
}

/* --- formats ------------------------------------------------------------------------------------------------------------- */

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
check (cairo_status_t status, GError **error)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The picture could not be drawn: %s"),
               cairo_status_to_string (status));
  return FALSE;
}

static GByteArray *
export_png (BsExport *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  double scale = self->options->scale > 0 ? self->options->scale : 2;
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;

  scale = MIN (scale, MOST_PIXELS / MAX (self->size.width, self->size.height));
  scale = MIN (scale, sqrt (MOST_AREA / (self->size.width * self->size.height)));
  surface = cairo_image_surface_create (self->options->transparent ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
                                        MAX (ceil (self->size.width * scale), 1), MAX (ceil (self->size.height * scale), 1));
  cr = cairo_create (surface);
  cairo_scale (cr, scale, scale);
  bs_export_draw (self, cr, MAX (scale, 0.1));
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_destroy (surface);
  return check (status, error) ? g_steal_pointer (&bytes) : NULL;
}

static GByteArray *
export_pdf (BsExport *self, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append, bytes, self->size.width * 0.75,
                                                                  self->size.height * 0.75);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Backstep " BS_VERSION);
  cairo_scale (cr, 0.75, 0.75); /* a unit is a pixel of 96 to the inch, a PDF's are 72 */
  bs_export_draw (self, cr, 1);
  cairo_show_page (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return check (status, error) ? g_steal_pointer (&bytes) : NULL;
}

/* NULL without an error: no such format. */
static GByteArray *
export_as (BsExport *self, const char *ending, GError **error)
{
  if (strcmp (ending, ".svg") == 0)
    return bs_export_svg (self, error);
  if (strcmp (ending, ".png") == 0)
    return export_png (self, error);
  if (strcmp (ending, ".pdf") == 0)
    return export_pdf (self, error);
  if (strcmp (ending, ".dot") != 0)
    return NULL;
  return bs_export_dot (bs_cursor_get_recording (self->cursor), bs_cursor_get_step (self->cursor), self->options->direction, NULL, error);
}

GBytes *
bs_export_scene (BsScene *scene, BsCursor *cursor, const char *ending, const BsExportOptions *options, GError **error)
{
  BsExport self = { .cursor = cursor, .graph = bs_scene_get_graph (scene), .scene = scene, .size = bs_scene_get_size (scene),
                    .options = options };
  GByteArray *bytes = export_as (&self, ending, error);

  return bytes != NULL ? g_byte_array_free_to_bytes (bytes) : NULL;
}

gboolean
bs_export_step (BsRecording *recording, guint32 step, const char *path, const BsExportOptions *options, GError **error)
{
  g_auto (BsExport) self = { 0 };
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *ending = g_ascii_strdown (strrchr (path, '.') ? strrchr (path, '.') : "", -1);

  if (strcmp (ending, ".dot") == 0) {
    bytes = bs_export_dot (recording, MIN (step, bs_recording_get_n_events (recording)), options->direction, NULL, error);
    return bytes != NULL && g_file_set_contents (path, (const char *) bytes->data, bytes->len, error);
  }
  export_init (&self, recording, step, options);
  bytes = export_as (&self, ending, &local);
  if (bytes == NULL && local == NULL)
    g_set_error (&local, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("“%s” does not end in .svg, .pdf, .png or .dot."), path);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return bytes != NULL && g_file_set_contents (path, (const char *) bytes->data, bytes->len, error);
}
