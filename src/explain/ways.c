/* SPDX-License-Identifier: MIT */

/* The ways of a gradient from the loss to a tensor. */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "explain.h"
#include "recording/query.h"

enum { WAYS_MAX = 8 };

static void
append_way (GString *text, BsCursor *cursor, guint32 tensor, const BsPath *path)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 step = bs_cursor_get_step (cursor);
  g_autofree char *first = bs_explain_name (recording, tensor, step);
  g_autoptr (GString) factors = g_string_new (NULL);

  g_string_append (text, first);
  for (guint i = 0; i < path->n; i++)
    {
      g_autofree char *name = NULL;
      BsEvent edge;

      bs_recording_get_event (recording, path->edges[i], &edge);
      name = bs_explain_name (recording, edge.edge.node, step);
      g_string_append_printf (text, " → %s", name);
      if (isfinite (path->factors[i]))
        {
          g_string_prepend (factors, factors->len ? " · " : "");
          g_autofree char *number = g_strdup_printf (path->factors[i] < 0 && i + 1 < path->n ? "(%.5g)" : "%.5g", path->factors[i]);
          g_string_prepend (factors, number);
        }
    }
  if (isfinite (path->product))
    g_string_append_printf (text, path->n > 1 ? ": %s = %.5g" : ": %s", factors->str, path->product);
}

char *
bs_explain_ways (BsCursor *cursor, guint32 tensor)
{
  g_autoptr (BsPaths) paths = bs_recording_trace_paths (bs_cursor_get_recording (cursor), tensor, bs_cursor_get_step (cursor), WAYS_MAX);
  GString *text;

  if (paths == NULL || paths->n_paths == 0 || paths->paths[0].n == 0 || (paths->n_paths == 1 && !isfinite (paths->paths[0].product)))
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < paths->n_paths; i++)
    {
      g_string_append (text, i ? "\n" : "");
      append_way (text, cursor, tensor, &paths->paths[i]);
    }
  if (!paths->all)
    g_string_append_printf (text, "\n…");
  else if (paths->n_paths > 1 && isfinite (paths->sum))
    /* Translators: the sum of what came along several ways */
    g_string_append_printf (text, _("\ntogether %.5g"), paths->sum);
  return g_string_free (text, FALSE);
}
