/* SPDX-License-Identifier: MIT */

/* The ways of a gradient from the loss to a tensor. */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "explain.h"
#include "recording/query.h"

enum { WAYS_MAX = 8 };

static char *
write_way (BsCursor *cursor, guint32 tensor, const BsPath *path)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 step = bs_cursor_get_step (cursor);
  g_autofree char *first = bs_explain_name (recording, tensor, step);
  g_autoptr (GString) factors = g_string_new (NULL);
  GString *text = g_string_new (first);

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
  return g_string_free (text, FALSE);
}

/* `b = a + a; c = b * b`: four edges lead to four ways that read the same, and one line says so. */
static void
append_ways (GString *text, GPtrArray *ways)
{
  for (guint i = 0; i < ways->len; i++)
    {
      const char *way = g_ptr_array_index (ways, i);
      guint before = 0, same = 0;

      for (guint k = 0; k < ways->len; k++)
        {
          gboolean equal = g_str_equal (way, g_ptr_array_index (ways, k));

          before += equal && k < i;
          same += equal;
        }
      if (before > 0)
        continue;
      g_string_append (text, text->len ? "\n" : "");
      if (same == 1)
        g_string_append (text, way);
      else
        /* Translators: a way of the gradient, and how many there are that read the same: "a → b → c: 6 · 1 = 6  (4 ways, each the same)" */
        g_string_append_printf (text, ngettext ("%s  (%u way)", "%s  (%u ways, each the same)", same), way, same);
    }
}

char *
bs_explain_ways (BsCursor *cursor, guint32 tensor)
{
  g_autoptr (BsPaths) paths = bs_recording_trace_paths (bs_cursor_get_recording (cursor), tensor, bs_cursor_get_step (cursor), WAYS_MAX);
  g_autoptr (GPtrArray) ways = g_ptr_array_new_with_free_func (g_free);
  GString *text;

  if (paths == NULL || paths->n_paths == 0 || paths->paths[0].n == 0 || (paths->n_paths == 1 && !isfinite (paths->paths[0].product)))
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < paths->n_paths; i++)
    g_ptr_array_add (ways, write_way (cursor, tensor, &paths->paths[i]));
  append_ways (text, ways);
  if (!paths->all)
    g_string_append_printf (text, "\n…");
  else if (paths->n_paths > 1 && isfinite (paths->sum))
    /* Translators: the sum of what came along several ways */
    g_string_append_printf (text, _("\ntogether %.5g"), paths->sum);
  return g_string_free (text, FALSE);
}
