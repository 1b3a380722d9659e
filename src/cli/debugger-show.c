/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "debugger.h"
#include "explain/explain.h"
#include "recording/describe.h"

#define PATHS_SHOWN 20
#define LINES_AROUND 4

static const char *const phases[] = { N_("forward"), N_("backward"), N_("update") };

static void
show_watches (BsDebugger *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      BsExpression *watch = g_ptr_array_index (self->watches, i);
      g_auto (BsResult) result = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      if (bs_debugger_evaluate (self, watch, &result, &error))
        text = bs_result_to_text (&result);
      printf ("  %u: %s = %s\n", i + 1, bs_expression_get_text (watch), text ? text : error->message);
    }
}

void
bs_debugger_show (BsDebugger *self)
{
  guint32 step = bs_cursor_get_step (self->cursor), n = bs_recording_get_n_events (self->recording), place;
  g_autofree char *words = NULL, *line = NULL, *base = NULL;
  const BsPlace *where;
  const char *path;
  BsEvent event;

  if (!bs_cursor_get_event (self->cursor, &event))
    {
      printf (_("step 0 of %u, before the first\n"), n);
      show_watches (self);
      return;
    }
  words = bs_event_describe (self->recording, &event);
  g_strdelimit (words, "\n", ' ');
  place = bs_cursor_get_place (self->cursor) ? bs_cursor_get_place (self->cursor) : bs_cursor_get_line_place (self->cursor);
  where = bs_recording_get_place (self->recording, place);
  path = bs_recording_get_file_path (self->recording, where->file);
  line = bs_recording_dup_line (self->recording, place);
  base = path ? g_path_get_basename (path) : NULL;
  printf (_("step %u of %u, pass %u, %s: %s\n"), step, n, bs_recording_find_pass (self->recording, step),
          _(phases[bs_recording_get_phase (self->recording, step)]), words);
  if (base && line)
    printf ("%s:%u  %s\n", base, where->line, line);
  show_watches (self);
}

void
bs_debugger_show_variables (BsDebugger *self)
{
  guint n = bs_cursor_get_n_bindings (self->cursor);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = NULL;
      BsBinding binding;

      bs_cursor_get_binding (self->cursor, i, &binding);
      text = bs_plain_show (self->cursor, &binding.value);
      printf ("  %s%s = %s\n", binding.frame ? "  " : "", binding.name, text);
    }
}

void
bs_debugger_show_stack (BsDebugger *self)
{
  guint32 place = bs_cursor_get_line_place (self->cursor), frame;
  BsEvent event;

  if (!bs_cursor_get_event (self->cursor, &event))
    return;
  frame = event.frame;
  for (guint depth = 0; depth < 1000; depth++)
    {
      const BsFrame *info = frame ? bs_recording_get_frame (self->recording, frame) : NULL;
      const BsPlace *where = bs_recording_get_place (self->recording, place);
      const char *path = bs_recording_get_file_path (self->recording, where->file);
      g_autofree char *line = bs_recording_dup_line (self->recording, place), *base = path ? g_path_get_basename (path) : NULL;

      printf ("#%u %s%s%s at %s:%u  %s\n", depth, info ? info->function : "<module>", info && info->module_path ? " of " : "",
              info && info->module_path ? info->module_path : "", base ? base : "?", where->line, line ? line : "");
      if (frame == 0)
        return;
      place = info->call_place;
      frame = info->parent;
    }
}

void
bs_debugger_show_source (BsDebugger *self)
{
  const BsPlace *at = bs_recording_get_place (self->recording, bs_cursor_get_line_place (self->cursor));
  gsize length = 0;
  const char *text = at->file ? bs_recording_get_file_source (self->recording, at->file, &length) : NULL;
  g_autofree char *copy = text ? g_strndup (text, length) : NULL;
  g_auto (GStrv) lines = copy ? g_strsplit (copy, "\n", -1) : NULL;
  guint n = lines ? g_strv_length (lines) : 0, from = at->line > LINES_AROUND ? at->line - LINES_AROUND : 1;

  for (guint i = from; i <= n && i <= at->line + LINES_AROUND; i++)
    printf ("%s%5u  %s\n", i == at->line ? "->" : "  ", i, lines[i - 1]);
}

void
bs_debugger_show_output (BsDebugger *self)
{
  gsize n = bs_cursor_get_output_length (self->cursor), all;
  const char *text = bs_recording_get_output (self->recording, &all);

  fwrite (text, 1, MIN (n, all), stdout);
}

void
bs_debugger_explain (BsDebugger *self)
{
  g_autofree char *text = NULL, *sentence = bs_explain_event (self->cursor);
  BsEvent event;

  if (!bs_cursor_get_event (self->cursor, &event))
    return;
  if (event.kind == BS_EVENT_TENSOR)
    text = bs_explain_value (self->cursor, event.tensor.id, BS_NOTATION_TEXT);
  else if (event.kind == BS_EVENT_EDGE)
    text = bs_explain_edge (self->cursor, &event, BS_NOTATION_TEXT);
  if (sentence)
    printf ("%s\n", sentence);
  if (text)
    printf ("%s\n", text);
}

/* The ways from the tensor to the loss, each with its product, and their sum. */
void
bs_debugger_show_why (BsDebugger *self, guint32 tensor)
{
  guint32 step = bs_cursor_get_step (self->cursor);
  g_autoptr (BsPaths) paths = bs_recording_trace_paths (self->recording, tensor, step, PATHS_SHOWN);
  g_autofree char *name = bs_tensor_describe (self->recording, tensor, step);

  if (paths == NULL || paths->n_paths == 0)
    {
      printf (_("No gradient has flowed to %s yet.\n"), name);
      return;
    }
  for (guint i = 0; i < paths->n_paths; i++)
    {
      const BsPath *path = &paths->paths[i];

      printf ("  %s", name);
      for (guint k = 0; k < path->n; k++)
        {
          g_autofree char *node = NULL;
          BsEvent edge;

          bs_recording_get_event (self->recording, path->edges[k], &edge);
          node = bs_tensor_describe (self->recording, edge.edge.node, step);
          if (isnan (path->factors[k]))
            printf (" -> %s", node);
          else
            printf (" -(%.6g)-> %s", path->factors[k], node);
        }
      if (!isnan (path->product))
        printf (": %.6g", path->product);
      printf ("\n");
    }
  if (!paths->all)
    printf (_("  and more ways\n"));
  else if (!isnan (paths->sum))
    printf (_("  together: %.6g\n"), paths->sum);
}
