/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "figure.h"

#define PANE_WIDTH 300
#define SIDE_MAX 4096 /* pixels */

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

static GtkWidget *
new_picture (GdkPaintable *paintable)
{
  GtkWidget *picture = gtk_picture_new_for_paintable (paintable);

  gtk_picture_set_alternative_text (GTK_PICTURE (picture), _("A picture the script showed"));
  return picture;
}

/* Its own window, in the size the script made it. */
static void
on_clicked (GtkButton *button, GdkPaintable *paintable)
{
  GtkWidget *window = adw_window_new (), *rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *picture = new_picture (paintable);
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (window, controller);
  gtk_box_append (GTK_BOX (rows), gtk_header_bar_new ());
  gtk_widget_set_vexpand (picture, TRUE);
  gtk_box_append (GTK_BOX (rows), picture);
  adw_window_set_content (ADW_WINDOW (window), rows);
  gtk_window_set_title (GTK_WINDOW (window), _("Picture"));
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button))));
  gtk_window_set_default_size (GTK_WINDOW (window), CLAMP (gdk_paintable_get_intrinsic_width (paintable), 200, 1200),
                               CLAMP (gdk_paintable_get_intrinsic_height (paintable), 150, 900) + 48);
  gtk_window_present (GTK_WINDOW (window));
}

/* The header says how large it will be; a recording may come from a stranger. */
static gboolean
has_sane_size (const guint8 *png, gsize length)
{
  guint32 size[2];

  if (length < 33 || memcmp (png, "\211PNG\r\n\032\n", 8) != 0)
    return FALSE;
  memcpy (size, png + 16, sizeof size);
  return GUINT32_FROM_BE (size[0]) - 1 < SIDE_MAX && GUINT32_FROM_BE (size[1]) - 1 < SIDE_MAX;
}

GtkWidget *
backstep_figure_new (const void *png, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (png, length);
  g_autoptr (GdkTexture) texture = has_sane_size (png, length) ? gdk_texture_new_from_bytes (bytes, NULL) : NULL;
  GtkWidget *button, *picture;
  int width, height;

  if (texture == NULL)
    return NULL;
  width = MIN (gdk_texture_get_width (texture), PANE_WIDTH);
  height = gdk_texture_get_height (texture) * (double) width / gdk_texture_get_width (texture);
  picture = new_picture (GDK_PAINTABLE (texture));
  gtk_widget_set_size_request (picture, width, CLAMP (height, 1, 4 * PANE_WIDTH));
  button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (button), picture);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Show the picture in its own size"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("A picture the script showed"), -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_clicked), texture, 0);
  return button;
}
