/* SPDX-License-Identifier: MIT */

/* The plots and the landscape among the other panes: what is added to them, and what goes to a file. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "window-private.h"

#define EXPORT_WIDTH 900.0
#define EXPORT_HEIGHT 560.0

static void
on_say (BackstepPlots *plots, const char *text, BackstepWindow *self)
{
  backstep_window_say (self, text);
}

void
backstep_window_init_curves (BackstepWindow *self)
{
  backstep_plots_link (BACKSTEP_PLOTS (self->parameters), BACKSTEP_PLOTS (self->losses));
  g_signal_connect (self->parameters, "say", G_CALLBACK (on_say), self);
  g_signal_connect (self->losses, "say", G_CALLBACK (on_say), self);
}

/* Parameters stand among the parameters, what is computed of them beside the loss. */
void
backstep_window_plot_selected (BackstepWindow *self)
{
  BackstepPlots *plots[] = { BACKSTEP_PLOTS (self->parameters), BACKSTEP_PLOTS (self->losses) };
  BsTensorState state;

  if (self->cursor == NULL || self->selected == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (plots); i++)
    if (backstep_plots_has_tensor (plots[i], self->selected))
      {
        backstep_plots_toggle_tensor (plots[i], self->selected);
        return;
      }
  bs_cursor_get_tensor (self->cursor, self->selected, &state);
  backstep_plots_toggle_tensor (plots[!state.is_leaf], self->selected);
}

/* From one to the next, of those that are on the screen. */
void
backstep_window_focus_curves (BackstepWindow *self)
{
  GtkWidget *areas[] = { backstep_plots_get_area (BACKSTEP_PLOTS (self->parameters)), backstep_plots_get_area (BACKSTEP_PLOTS (self->losses)),
                         backstep_landscape_get_area (BACKSTEP_LANDSCAPE (self->landscape)) };
  guint n = G_N_ELEMENTS (areas), from = n - 1;

  for (guint i = 0; i < n; i++)
    if (gtk_widget_has_focus (areas[i]))
      from = i;
  for (guint i = 1; i <= n; i++)
    if (gtk_widget_get_mapped (areas[(from + i) % n]))
      {
        gtk_widget_grab_focus (areas[(from + i) % n]);
        gtk_window_set_focus_visible (GTK_WINDOW (self), TRUE);
        return;
      }
}

/* --- files --------------------------------------------------------------------------------------------------------------------- */

static char *
ending_of (const char *path)
{
  const char *dot = strrchr (path, '.');

  return g_ascii_strdown (dot ? dot : "", -1);
}

static void
write_file (BackstepWindow *self, const char *path, GBytes *bytes, GError *error)
{
  g_autoptr (GError) local = NULL;

  if (bytes == NULL && error == NULL)
    g_set_error (&local, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("“%s” does not end in .svg, .pdf, .png or .csv."), path);
  else if (bytes)
    g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &local);
  if (error || local)
    backstep_window_say_error (self, _("The picture could not be written"), error ? error : local);
  else
    backstep_window_say (self, _("The picture is written."));
}

static void
export_curves_to (BackstepWindow *self, GFile *file)
{
  BsPlot *plots[] = { backstep_plots_get_plot (BACKSTEP_PLOTS (self->parameters)), backstep_plots_get_plot (BACKSTEP_PLOTS (self->losses)) };
  BsExportOptions options = { .theme = BS_THEME_LIGHT, .scale = 2 };
  g_autofree char *path = g_file_get_path (file), *ending = path ? ending_of (path) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (path == NULL || self->cursor == NULL)
    return;
  bytes = bs_plot_export (G_N_ELEMENTS (plots), plots, self->cursor, ending, EXPORT_WIDTH, EXPORT_HEIGHT, &options, &error);
  write_file (self, path, bytes, error);
}

void
backstep_window_export_curves (BackstepWindow *self)
{
  backstep_window_ask_path (self, _("Export the curves"), "-curves.svg", _("SVG, PDF, PNG, CSV: by the ending"),
                            (const char *const[]) { "*.svg", "*.pdf", "*.png", "*.csv", NULL }, export_curves_to);
}

static void
export_landscape_to (BackstepWindow *self, GFile *file)
{
  BsExportOptions options = { .theme = BS_THEME_LIGHT, .scale = 2 };
  g_autofree char *path = g_file_get_path (file), *ending = path ? ending_of (path) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (path == NULL)
    return;
  bytes = backstep_landscape_export (BACKSTEP_LANDSCAPE (self->landscape), ending, &options, &error);
  write_file (self, path, bytes, error);
}

void
backstep_window_export_landscape (BackstepWindow *self)
{
  backstep_window_ask_path (self, _("Export the landscape"), "-landscape.svg", _("SVG, PDF, PNG, CSV: by the ending"),
                            (const char *const[]) { "*.svg", "*.pdf", "*.png", "*.csv", NULL }, export_landscape_to);
}
