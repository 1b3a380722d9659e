/* SPDX-License-Identifier: MIT */

/* The yardstick for the window's start: an empty libadwaita window that leaves after its first drawn frame. */

#include <adwaita.h>
#include <stdio.h>

static void
painted (GdkFrameClock *clock, gpointer app)
{
  g_signal_handlers_disconnect_by_func (clock, painted, app);
  puts ("painted");
  fflush (stdout);
  g_application_quit (app);
}

static void
activate (GtkApplication *app, gpointer data)
{
  GtkWidget *window = adw_application_window_new (app);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), adw_header_bar_new ());
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 720);
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (painted), app);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) app = adw_application_new ("io.github.backstep.Minimal", G_APPLICATION_NON_UNIQUE);
  g_signal_connect (app, "activate", G_CALLBACK (activate), NULL);
  return g_application_run (G_APPLICATION (app), argc, argv);
}
