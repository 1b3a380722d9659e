/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "source-words.h"

static void
add_sentence (GString *words, const char *sentence)
{
  if (words->len > 0)
    g_string_append_c (words, ' ');
  g_string_append (words, sentence);
}

static char *
list_lines (const GArray *breaks)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < breaks->len; i++)
    /* Translators: between the items of a list */
    g_string_append_printf (list, "%s%u", i > 0 ? C_("list", ", ") : "", g_array_index (breaks, BackstepLineBreak, i).line);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

char *
backstep_source_words (guint line, gboolean is_error, const GArray *breaks)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *at = line == 0 ? NULL : g_strdup_printf (is_error ? _("The error is in line %u.") : _("The run is in line %u."), line);

  if (at)
    add_sentence (words, at);
  if (breaks->len > 0)
    {
      g_autofree char *lines = list_lines (breaks);
      g_autofree char *stops = g_strdup_printf (ngettext ("Breakpoint in line %s.", "Breakpoints in lines %s.", breaks->len), lines);

      add_sentence (words, stops);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}
