/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "series.h"

#include "export-private.h"
#include "math-layout.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

enum { STRIP_LINES = 6, STRIP_WIDTH = 640, MOST_SIDE = 8000, MOST_VIDEO_SIDE = 4096 };
#define MARGIN 16.0
#define CAPTION_SIZE 22.0 /* of the letters of a caption, in units of the scene */

typedef enum { PNG, PDF, VIDEO } Kind;

struct _BsSeries {
  BsRecording *recording;
  BsCursor *cursor;
  GArray *steps;
  char *path, *ending, *partial;
  BsSeriesOptions options;
  Kind kind;

  /* the scenes of the structures there are; then the pages */
  GHashTable *scenes; /* guint64 structure -> BsScene */
  guint n_prepared, n_drawn;
  gboolean done;
  double width, height, strip, scale;
  BsTexts *texts;

  cairo_surface_t *pdf;
  GSubprocess *encoder;
  GPtrArray *written; /* paths of pictures */
};

/* --- which steps ----------------------------------------------------------------------------------------------------------- */

static gboolean
changes_picture (BsEventKind kind)
{
  switch (kind) {
  case BS_EVENT_TENSOR:
  case BS_EVENT_BACKWARD_BEGIN:
  case BS_EVENT_NODE:
  case BS_EVENT_EDGE:
  case BS_EVENT_ACCUMULATE:
  case BS_EVENT_WRITE:
  case BS_EVENT_GRAD_SET:
  case BS_EVENT_REQUIRES_GRAD:
    return TRUE;
  default:
    return FALSE;
  }
}

GArray *
bs_series_choose (BsRecording *recording, guint32 from, guint32 to, BsPace pace)
{
  static const BsStride strides[] = { [BS_PACE_LINE] = BS_STRIDE_LINE, [BS_PACE_PHASE] = BS_STRIDE_PHASE,
                                      [BS_PACE_PASS] = BS_STRIDE_PASS, [BS_PACE_EVENT] = BS_STRIDE_EVENT };
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);
  guint32 step;

  to = MIN (to, bs_recording_get_n_events (recording));
  if (pace == BS_PACE_CHANGE) {
    for (step = MAX (from, 1); step < to; step++)
      if (changes_picture (bs_recording_get_kind (recording, step - 1)))
        g_array_append_val (steps, step);
  } else {
    bs_cursor_seek (cursor, from);
    for (step = from; step < to; step = bs_cursor_get_step (cursor)) {
      g_array_append_val (steps, step);
      if (!bs_cursor_stride (cursor, strides[pace], 1))
        break;
    }
  }
  g_array_append_val (steps, to);
  return steps;
}

/* --- beginning ------------------------------------------------------------------------------------------------------------- */

static char *
ending_of (const char *path)
{
  const char *dot = strrchr (path, '.');

  return g_ascii_strdown (dot != NULL ? dot : "", -1);
}

static gboolean
is_video (const char *ending)
{
  return g_str_equal (ending, ".gif") || g_str_equal (ending, ".webm") || g_str_equal (ending, ".mp4");
}

gboolean
bs_series_is_format (const char *path)
{
  g_autofree char *ending = ending_of (path);

  return g_str_equal (ending, ".png") || g_str_equal (ending, ".pdf") || is_video (ending);
}

static gboolean
choose_kind (BsSeries *self, GError **error)
{
  g_autofree char *ffmpeg = NULL;

  self->kind = g_str_equal (self->ending, ".png") ? PNG : g_str_equal (self->ending, ".pdf") ? PDF : VIDEO;
  if (!bs_series_is_format (self->path)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("“%s” does not end in .png, .pdf, .gif, .webm or .mp4."), self->path);
    return FALSE;
  }
  if (self->kind != VIDEO)
    return TRUE;
  ffmpeg = g_find_program_in_path ("ffmpeg");
  if (ffmpeg == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _("Animations are made by ffmpeg, which is not installed (`apt install ffmpeg`). PNG and PDF need nothing."));
  return ffmpeg != NULL;
}

BsSeries *
bs_series_new (BsRecording *recording, GArray *steps, const char *path, const BsSeriesOptions *options, GError **error)
{
  g_autoptr (BsSeries) self = g_new0 (BsSeries, 1);

  self->recording = g_object_ref (recording);
  self->cursor = bs_cursor_new (recording);
  self->steps = g_array_ref (steps);
  self->path = g_strdup (path);
  self->ending = ending_of (path);
  self->partial = g_strdup_printf ("%s.part", path);
  self->options = *options;
  self->scenes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) bs_scene_free);
  self->texts = bs_texts_new (1);
  self->written = g_ptr_array_new_with_free_func (g_free);
  return choose_kind (self, error) ? g_steal_pointer (&self) : NULL;
}

/* --- scenes ---------------------------------------------------------------------------------------------------------------- */

/* A pass that is not over has no structure yet: its number stands in. */
static guint64
key_of (BsGraph *graph, guint32 pass)
{
  guint64 structure = bs_graph_get_structure (graph);

  return structure != 0 ? structure : pass + 1;
}

static BsScene *
find_scene (BsSeries *self, guint32 step)
{
  guint32 pass = bs_recording_find_pass (self->recording, step);
  g_autoptr (BsGraph) graph = bs_export_make_graph (self->recording, step, self->options.picture.unfolded);
  guint64 key = key_of (graph, pass);
  BsScene *scene = g_hash_table_lookup (self->scenes, &key);
  BsSize size;

  if (scene != NULL) {
    bs_scene_set_graph (scene, graph);
    return scene;
  }
  scene = bs_export_make_scene (self->recording, graph, &self->options.picture);
  g_hash_table_insert (self->scenes, g_memdup2 (&key, sizeof key), scene);
  size = bs_scene_get_size (scene);
  self->width = MAX (self->width, size.width);
  self->height = MAX (self->height, size.height);
  return scene;
}

static gboolean
is_same_pass (BsSeries *self, guint i)
{
  guint32 step = g_array_index (self->steps, guint32, i);

  return i > 0 && bs_recording_find_pass (self->recording, step)
                    == bs_recording_find_pass (self->recording, g_array_index (self->steps, guint32, i - 1));
}

/* FALSE: the pictures would have no size. */
static void
settle_size (BsSeries *self)
{
  double most = self->kind == VIDEO ? MOST_VIDEO_SIDE : MOST_SIDE;

  if (self->options.caption != NULL) {
    self->strip = STRIP_LINES * bs_texts_line (self->texts, BS_TEXT_NAME) + 2 * MARGIN;
    self->width = MAX (self->width, STRIP_WIDTH);
  }
  self->height += self->strip;
  self->scale = self->options.picture.scale > 0 ? self->options.picture.scale : 2;
  self->scale = MIN (self->scale, most / MAX (self->width, self->height));
}

/* --- one picture ------------------------------------------------------------------------------------------------------------ */

/* Shrunk when it is more than there is room for. */
static void
draw_caption (BsSeries *self, cairo_t *cr)
{
  g_autoptr (BsDerivation) derivation = self->options.caption (self->cursor);
  BsMathStyle style = { .size = CAPTION_SIZE * bs_texts_get_scale (self->texts), .width = self->width - 2 * MARGIN, .no_notes = TRUE, .in_line = TRUE };
  g_autoptr (BsMathLayout) layout = derivation != NULL ? bs_math_layout_new (derivation, &style) : NULL;
  double width, height, scale;

  if (layout == NULL)
    return;
  bs_math_layout_get_size (layout, &width, &height);
  scale = MIN (1, (self->strip - 2 * MARGIN) / MAX (height, 1));
  cairo_save (cr);
  cairo_translate (cr, MARGIN, self->height - self->strip + MARGIN);
  cairo_scale (cr, scale, scale);
  bs_math_layout_draw (layout, cr, self->options.picture.theme, 0, 0);
  cairo_restore (cr);
}

/* In units of the scene; in the middle of the page. */
static void
draw_page (BsSeries *self, cairo_t *cr, double zoom)
{
  guint32 step = g_array_index (self->steps, guint32, self->n_drawn);
  BsScene *scene = find_scene (self, step);
  BsSize size = bs_scene_get_size (scene);
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;

  bs_cursor_seek (self->cursor, step);
  options.theme = self->options.picture.theme;
  options.zoom = zoom;
  if (!self->options.picture.transparent || self->kind == VIDEO) {
    bs_palette_set (cr, options.theme, BS_COLOR_BACKGROUND);
    cairo_paint (cr);
  }
  cairo_save (cr);
  cairo_translate (cr, round ((self->width - size.width) / 2), round ((self->height - self->strip - size.height) / 2));
  bs_scene_draw (scene, cr, self->cursor, &options);
  cairo_restore (cr);
  if (self->options.caption != NULL)
    draw_caption (self, cr);
}

static gboolean
check (cairo_status_t status, GError **error)
{
  if (status != CAIRO_STATUS_SUCCESS)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The picture could not be drawn: %s"), cairo_status_to_string (status));
  return status == CAIRO_STATUS_SUCCESS;
}

/* Video wants even sizes. */
static cairo_surface_t *
draw_pixels (BsSeries *self)
{
  int width = MAX (ceil (self->width * self->scale), 2), height = MAX (ceil (self->height * self->scale), 2);
  cairo_format_t format = self->options.picture.transparent && self->kind == PNG ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24;
  cairo_surface_t *surface = cairo_image_surface_create (format, (width + 1) & ~1, (height + 1) & ~1);
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, self->scale, self->scale);
  draw_page (self, cr, self->scale);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* --- formats ---------------------------------------------------------------------------------------------------------------- */

static gboolean
add_png (BsSeries *self, GError **error)
{
  guint32 step = g_array_index (self->steps, guint32, self->n_drawn);
  guint32 last = g_array_index (self->steps, guint32, self->steps->len - 1);
  int digits = snprintf (NULL, 0, "%u", last);
  char *path = g_strdup_printf ("%.*s-%0*u%s", (int) (strlen (self->path) - strlen (self->ending)), self->path, digits, step, self->ending);
  cairo_surface_t *surface = draw_pixels (self);
  cairo_status_t status;

  g_ptr_array_add (self->written, path);
  status = cairo_surface_write_to_png (surface, path);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_WRITE_ERROR) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("“%s” could not be written: %s"), path, g_strerror (errno));
    return FALSE;
  }
  return check (status, error);
}

static gboolean
add_pdf (BsSeries *self, GError **error)
{
  cairo_t *cr;
  gboolean ok;

  if (self->pdf == NULL) {
    self->pdf = cairo_pdf_surface_create (self->partial, self->width * 0.75, self->height * 0.75);
    cairo_pdf_surface_set_metadata (self->pdf, CAIRO_PDF_METADATA_CREATOR, "Backstep " BS_VERSION);
  }
  cr = cairo_create (self->pdf);
  cairo_scale (cr, 0.75, 0.75); /* a unit is a pixel of 96 to the inch, a PDF's are 72 */
  draw_page (self, cr, 1);
  cairo_show_page (cr);
  ok = check (cairo_status (cr), error);
  cairo_destroy (cr);
  return ok;
}

static gboolean
start_encoder (BsSeries *self, int width, int height, GError **error)
{
  g_autofree char *size = g_strdup_printf ("%dx%d", width, height);
  char rate[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean gif = g_str_equal (self->ending, ".gif"), mp4 = g_str_equal (self->ending, ".mp4");
  g_autoptr (GPtrArray) args = g_ptr_array_new ();
  const char *const begin[] = { "ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr0", "-s", size, "-r",
                                rate, "-i", "pipe:0" };
  const char *const how_gif[] = { "-vf", "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=none", "-f", "gif" };
  const char *const how_mp4[] = { "-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-r", "25", "-f", "mp4" };
  const char *const how_webm[] = { "-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-pix_fmt", "yuv420p", "-r", "25", "-f", "webm" };
  const char *const *how = gif ? how_gif : mp4 ? how_mp4 : how_webm;
  guint n = gif ? G_N_ELEMENTS (how_gif) : mp4 ? G_N_ELEMENTS (how_mp4) : G_N_ELEMENTS (how_webm);

  g_ascii_formatd (rate, sizeof rate, "%.6f", 1 / (self->options.seconds > 0 ? self->options.seconds : 1));
  for (guint i = 0; i < G_N_ELEMENTS (begin); i++)
    g_ptr_array_add (args, (gpointer) begin[i]);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (args, (gpointer) how[i]);
  g_ptr_array_add (args, self->partial);
  g_ptr_array_add (args, NULL);
  self->encoder = g_subprocess_newv ((const char *const *) args->pdata, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
  return self->encoder != NULL;
}

/* What the encoder says tells more than the pipe that broke. */
static void
explain_encoder (BsSeries *self, GError **error)
{
  g_autofree char *said = g_malloc0 (2001);
  gsize n = 0;

  g_input_stream_read_all (g_subprocess_get_stderr_pipe (self->encoder), said, 2000, &n, NULL, NULL);
  g_clear_error (error);
  g_strstrip (said);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("ffmpeg could not write the animation: %s"), *said != '\0' ? said : "?");
}

static gboolean
add_frame (BsSeries *self, GError **error)
{
  cairo_surface_t *surface = draw_pixels (self);
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  gsize length = (gsize) cairo_image_surface_get_stride (surface) * height, written;
  gboolean ok = check (cairo_surface_status (surface), error) && (self->encoder != NULL || start_encoder (self, width, height, error));

  if (ok && !g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->encoder), cairo_image_surface_get_data (surface), length,
                                        &written, NULL, error)) {
    explain_encoder (self, error);
    ok = FALSE;
  }
  cairo_surface_destroy (surface);
  return ok;
}

static gboolean
finish_video (BsSeries *self, GError **error)
{
  if (g_output_stream_close (g_subprocess_get_stdin_pipe (self->encoder), NULL, error) && g_subprocess_wait (self->encoder, NULL, error)
      && g_subprocess_get_successful (self->encoder))
    return TRUE;
  explain_encoder (self, error);
  return FALSE;
}

static gboolean
finish (BsSeries *self, GError **error)
{
  if (self->kind == PDF) {
    cairo_surface_finish (self->pdf);
    if (!check (cairo_surface_status (self->pdf), error))
      return FALSE;
  } else if (self->kind == VIDEO && !finish_video (self, error)) {
    return FALSE;
  }
  if (self->kind != PNG && g_rename (self->partial, self->path) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("“%s” could not be written: %s"), self->path, g_strerror (errno));
    return FALSE;
  }
  self->done = TRUE;
  return TRUE;
}

/* --- the work ----------------------------------------------------------------------------------------------------------------- */

gboolean
bs_series_work (BsSeries *self, GError **error)
{
  gboolean ok;

  if (self->done)
    return TRUE;
  if (self->n_prepared < self->steps->len) {
    do
      self->n_prepared++;
    while (self->n_prepared < self->steps->len && is_same_pass (self, self->n_prepared));
    find_scene (self, g_array_index (self->steps, guint32, self->n_prepared - 1));
    if (self->n_prepared == self->steps->len)
      settle_size (self);
    return TRUE;
  }
  ok = self->kind == PNG ? add_png (self, error) : self->kind == PDF ? add_pdf (self, error) : add_frame (self, error);
  if (!ok)
    return FALSE;
  return ++self->n_drawn < self->steps->len || finish (self, error);
}

double
bs_series_get_progress (BsSeries *self)
{
  /* To lay out takes about a tenth of it. */
  return self->done ? 1 : MIN (0.1 * self->n_prepared / self->steps->len + 0.9 * self->n_drawn / self->steps->len, 0.999);
}

guint
bs_series_get_n_files (BsSeries *self)
{
  return self->kind == PNG ? self->written->len : 1;
}

static void
clean_up (BsSeries *self)
{
  if (self->encoder != NULL)
    g_subprocess_force_exit (self->encoder);
  g_unlink (self->partial);
  for (guint i = 0; i < self->written->len; i++)
    g_unlink (self->written->pdata[i]);
}

void
bs_series_free (BsSeries *self)
{
  if (self->pdf != NULL)
    cairo_surface_destroy (self->pdf);
  if (!self->done)
    clean_up (self);
  g_clear_object (&self->encoder);
  g_ptr_array_unref (self->written);
  g_hash_table_unref (self->scenes);
  bs_texts_free (self->texts);
  g_array_unref (self->steps);
  g_object_unref (self->cursor);
  g_object_unref (self->recording);
  g_free (self->path);
  g_free (self->ending);
  g_free (self->partial);
  g_free (self);
}
