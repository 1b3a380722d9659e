/* SPDX-License-Identifier: MIT */

/* `backstep help graph`: how graphs are written without a program. */

#include "config.h"

#include "tool.h"

#include "graphfile/manual.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* The paragraphs are long lines. */
static void
print_wrapped (const char *paragraph)
{
  glong column = 0;
  gboolean indented = FALSE;

  for (const char *at = paragraph; *at != '\0';)
    {
      gsize n = strcspn (at, " \n");
      glong width = g_utf8_strlen (at, n);

      if (column > 0 && column + 1 + width > 78)
        column = printf ("\n") * 0;
      else if (column > 0 && !indented)
        column += printf (" ");
      indented = FALSE;
      printf ("%.*s", (int) n, at);
      column += width;
      at += n;
      while (*at == ' ')
        at++;
      if (*at == '\n')
        {
          printf ("\n");
          column = 0;
          for (at++; *at == ' '; at++)
            column += printf (" ");
          indented = column > 0;
        }
    }
  printf ("\n\n");
}

int
bs_tool_help_graph (void)
{
  g_auto (GStrv) paragraphs = g_strsplit (bs_graph_file_manual (), "\n\n", -1);
  g_autofree char *operations = bs_graph_file_operations ();

  for (guint i = 0; paragraphs[i] != NULL; i++)
    print_wrapped (g_str_has_prefix (paragraphs[i], "## ") ? paragraphs[i] + 3 : paragraphs[i]);
  printf ("%s\n%s\n", _("Operations and their arguments"), operations);
  return BS_STATUS_OK;
}
