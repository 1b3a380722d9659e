/* SPDX-License-Identifier: MIT */

/* In a browser, through GTK's Broadway: the page is the whole screen, and nobody else manages the window on it. */

#include "config.h"

#include "window-private.h"

gboolean
backstep_window_is_in_browser (void)
{
  return g_strcmp0 (g_getenv ("GDK_BACKEND"), "broadway") == 0;
}

/* Broadway does not maximize by itself; a window without a frame stands in the corner and may be as large as the page. */
static void
fill_page (GdkMonitor *monitor, GParamSpec *pspec, BackstepWindow *self)
{
  GdkRectangle page;

  gdk_monitor_get_geometry (monitor, &page);
  gtk_window_set_default_size (GTK_WINDOW (self), MAX (page.width, 360), MAX (page.height, 280));
  /* A window takes its default size when it appears. */
  if (pspec && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      gtk_window_present (GTK_WINDOW (self));
    }
}

void
backstep_window_init_browser (BackstepWindow *self)
{
  g_autoptr (GdkMonitor) monitor = NULL;

  if (!backstep_window_is_in_browser ())
    return;
  monitor = g_list_model_get_item (gdk_display_get_monitors (gtk_widget_get_display (GTK_WIDGET (self))), 0);
  if (monitor == NULL)
    return;
  gtk_window_set_decorated (GTK_WINDOW (self), FALSE);
  g_signal_connect_object (monitor, "notify::geometry", G_CALLBACK (fill_page), self, 0);
  fill_page (monitor, NULL, self);
}
