/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>

#include "look.h"
#include "settings.h"

const char *const backstep_look_schemes[] = { "system", "light", "dark", NULL };

static void
apply_scheme (GSettings *settings)
{
  g_autofree char *name = g_settings_get_string (settings, "color-scheme");
  AdwColorScheme scheme = g_str_equal (name, "light") ? ADW_COLOR_SCHEME_FORCE_LIGHT
    : g_str_equal (name, "dark") ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_DEFAULT;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

static void
apply_scale (GSettings *settings)
{
  static GtkCssProvider *provider;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *css = NULL;

  if (provider == NULL)
    {
      provider = gtk_css_provider_new ();
      gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
    }
  g_ascii_formatd (number, sizeof number, "%.2f", g_settings_get_double (settings, "editor-scale"));
  css = g_strdup_printf ("textview.monospace { font-size: %sem; }", number);
  gtk_css_provider_load_from_data (provider, css, -1);
}

/* The desktop's own choice stands unless there are to be none. */
static void
apply_animations (GSettings *settings)
{
  GtkSettings *desktop = gtk_settings_get_default ();

  if (g_settings_get_boolean (settings, "animate"))
    gtk_settings_reset_property (desktop, "gtk-enable-animations");
  else
    g_object_set (desktop, "gtk-enable-animations", FALSE, NULL);
}

static void
on_changed (GSettings *settings, const char *key, gpointer data)
{
  if (g_str_equal (key, "color-scheme"))
    apply_scheme (settings);
  else if (g_str_equal (key, "editor-scale"))
    apply_scale (settings);
  else if (g_str_equal (key, "animate"))
    apply_animations (settings);
}

void
backstep_look_init (void)
{
  GSettings *settings = backstep_settings_get ();

  if (settings == NULL || gdk_display_get_default () == NULL)
    return;
  g_signal_connect (settings, "changed", G_CALLBACK (on_changed), NULL);
  apply_scheme (settings);
  if (g_settings_get_double (settings, "editor-scale") != 1)
    apply_scale (settings);
  if (!g_settings_get_boolean (settings, "animate"))
    apply_animations (settings);
}
