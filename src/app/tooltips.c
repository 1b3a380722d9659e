/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <gtk/gtk.h>

#include "tooltips.h"

/* GTK makes a tooltip as many average letters wide as its text has. Chinese letters are twice that, and a short text of them would be broken
 * after each letter. So the text gets letters without a width, two for each wide one, just before it is shown. */

#define NO_WIDTH 0x2060 /* word joiner */

static guint
count_wide (const char *text)
{
  guint n = 0;

  for (; *text; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (c == NO_WIDTH)
        return 0;
      n += g_unichar_iswide (c) || c == 0x2026;
    }
  return n;
}

static gboolean
on_query (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  GtkWidget *widget = g_value_get_object (&values[0]);
  const char *text = gtk_widget_get_tooltip_text (widget);
  guint n = text ? count_wide (text) : 0;

  if (n > 0)
    {
      GString *wider = g_string_new (text);

      for (guint i = 0; i < 2 * n; i++)
        g_string_append_unichar (wider, NO_WIDTH);
      gtk_widget_set_tooltip_text (widget, wider->str);
      g_string_free (wider, TRUE);
    }
  return TRUE;
}

void
backstep_tooltips_init (void)
{
  g_type_ensure (GTK_TYPE_WIDGET);
  g_type_class_unref (g_type_class_ref (GTK_TYPE_WIDGET));
  g_signal_add_emission_hook (g_signal_lookup ("query-tooltip", GTK_TYPE_WIDGET), 0, on_query, NULL, NULL);
}
