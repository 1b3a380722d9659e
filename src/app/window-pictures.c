/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "draw/export.h"
#include "slides.h"
#include "window-private.h"

/* On paper and in other documents: light, whatever the window is. */
static BsExportOptions
options_for (BackstepWindow *self)
{
  return (BsExportOptions) {
    .theme = BS_THEME_LIGHT, .direction = self->top_to_bottom ? BS_LAYOUT_TOP_TO_BOTTOM : BS_LAYOUT_LEFT_TO_RIGHT, .scale = 2,
    .unfolded = backstep_canvas_is_unfolded (BACKSTEP_CANVAS (self->canvas)),
  };
}

static BsScene *
get_scene (BackstepWindow *self)
{
  BsScene *scene = backstep_canvas_get_scene (BACKSTEP_CANVAS (self->canvas));

  return scene && bs_scene_has_layout (scene) ? scene : NULL;
}

/* --- one step --------------------------------------------------------------------------------------------------------------- */

/* As it is in the window; DOT has what no picture shows, and is made from the recording. */
static gboolean
write_picture (BackstepWindow *self, const char *path, GError **error)
{
  BsExportOptions options = options_for (self);
  const char *dot = strrchr (path, '.');
  g_autofree char *ending = g_ascii_strdown (dot ? dot : "", -1);
  g_autoptr (GBytes) bytes = NULL;
  gboolean drawn = g_str_equal (ending, ".svg") || g_str_equal (ending, ".pdf") || g_str_equal (ending, ".png");

  if (!drawn || get_scene (self) == NULL)
    return bs_export_step (bs_cursor_get_recording (self->cursor), bs_cursor_get_step (self->cursor), path, &options, error);
  bytes = bs_export_scene (get_scene (self), self->cursor, ending, &options, error);
  return bytes && g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static void
export_to (BackstepWindow *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GError) error = NULL;

  if (path && !write_picture (self, path, &error))
    backstep_window_say_error (self, _("The picture could not be written"), error);
  else
    backstep_window_say (self, _("The picture is written."));
}

void
backstep_window_export (BackstepWindow *self)
{
  g_autofree char *ending = g_strdup_printf ("-%u.svg", bs_cursor_get_step (self->cursor));

  backstep_window_ask_path (self, _("Export the picture of this step"), ending, _("SVG, PDF, PNG, DOT: by the ending"),
                            (const char *const[]) { "*.svg", "*.pdf", "*.png", "*.dot", NULL }, export_to);
}

/* Programs take what they can: a drawing, or pixels. */
void
backstep_window_copy_picture (BackstepWindow *self)
{
  BsExportOptions options = options_for (self);
  BsScene *scene = get_scene (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = scene ? bs_export_scene (scene, self->cursor, ".png", &options, &error) : NULL;
  g_autoptr (GBytes) svg = png ? bs_export_scene (scene, self->cursor, ".svg", &options, &error) : NULL;
  g_autoptr (GdkContentProvider) both = NULL;

  if (svg == NULL)
    {
      if (error)
        backstep_window_say_error (self, _("The picture could not be copied"), error);
      return;
    }
  both = gdk_content_provider_new_union ((GdkContentProvider *[]) { gdk_content_provider_new_for_bytes ("image/png", png),
                                                                    gdk_content_provider_new_for_bytes ("image/svg+xml", svg) }, 2);
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), both);
  backstep_window_say (self, _("The picture is copied."));
}

/* --- paper ------------------------------------------------------------------------------------------------------------------- */

static void
on_draw_page (GtkPrintOperation *print, GtkPrintContext *context, int page, BackstepWindow *self)
{
  cairo_t *cr = gtk_print_context_get_cairo_context (context);
  BsScene *scene = get_scene (self);
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;
  double width = gtk_print_context_get_width (context), height = gtk_print_context_get_height (context), scale;
  BsSize size;

  if (scene == NULL)
    return;
  size = bs_scene_get_size (scene);
  scale = MIN (width / size.width, height / size.height);
  scale = MIN (scale, gtk_print_context_get_dpi_x (context) / 96);
  cairo_translate (cr, (width - size.width * scale) / 2, 0);
  cairo_scale (cr, scale, scale);
  bs_scene_draw (scene, cr, self->cursor, &options);
}

static void
on_print_done (GtkPrintOperation *print, GtkPrintOperationResult result, BackstepWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (result != GTK_PRINT_OPERATION_RESULT_ERROR)
    return;
  gtk_print_operation_get_error (print, &error);
  backstep_window_say_error (self, _("The picture could not be printed"), error);
}

void
backstep_window_print (BackstepWindow *self)
{
  g_autoptr (GtkPrintOperation) print = gtk_print_operation_new ();
  g_autoptr (GtkPageSetup) setup = gtk_page_setup_new ();
  g_autofree char *name = backstep_document_dup_name (self->document);
  BsSize size = get_scene (self) ? bs_scene_get_size (get_scene (self)) : (BsSize) { 0 };

  gtk_page_setup_set_orientation (setup, size.width > size.height ? GTK_PAGE_ORIENTATION_LANDSCAPE : GTK_PAGE_ORIENTATION_PORTRAIT);
  gtk_print_operation_set_default_page_setup (print, setup);
  gtk_print_operation_set_n_pages (print, 1);
  gtk_print_operation_set_job_name (print, name ? name : "Backstep");
  gtk_print_operation_set_allow_async (print, TRUE);
  g_signal_connect_object (print, "draw-page", G_CALLBACK (on_draw_page), self, 0);
  g_signal_connect_object (print, "done", G_CALLBACK (on_print_done), self, 0);
  gtk_print_operation_run (print, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG, GTK_WINDOW (self), NULL);
}

/* --- many steps ---------------------------------------------------------------------------------------------------------------- */

void
backstep_window_export_steps (BackstepWindow *self)
{
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  BsExportOptions options = options_for (self);
  g_autofree char *name = backstep_document_dup_name (self->document);
  char *dot = name ? strrchr (name, '.') : NULL;
  GFile *file = backstep_document_get_file (self->document);
  g_autoptr (GFile) folder = file ? g_file_get_parent (file) : NULL;
  guint32 pass = bs_recording_find_pass (recording, bs_cursor_get_step (self->cursor));
  const BsPass *info = bs_recording_get_n_passes (recording) > 0 ? bs_recording_get_pass (recording, pass) : NULL;
  GtkWidget *slides;

  if (dot)
    *dot = '\0';
  slides = backstep_slides_new (GTK_WINDOW (self), recording, &options, name ? name : "backstep", folder, info ? info->begin : 0,
                                info ? info->end : bs_recording_get_n_events (recording));
  g_signal_connect_object (slides, "written", G_CALLBACK (backstep_window_say), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (slides));
}
