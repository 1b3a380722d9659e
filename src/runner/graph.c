/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "graph.h"

#include <glib/gi18n.h>

#include "edits.h"
#include "graphfile/graphfile.h"
#include "observer.h"
#include "recorder.h"
#include "tracer.h"

static guint32
place_of (const BsGraphPlace *place, gboolean whole_line)
{
  BsPlace out = { .file = 1, .line = place->line, .end_line = place->end_line };

  if (place->line == 0)
    return 0;
  if (!whole_line)
    {
      out.column = place->column;
      out.end_column = place->end_column;
    }
  return bs_writer_place (bs_recorder.writer, &out);
}

/* --- what the graph tells ------------------------------------------------------------------------------------------------------- */

static gboolean
change (gpointer user, const char *target, const char *value, char **message)
{
  return bs_graph_file_change (user, target, value, message);
}

static void
on_line (gpointer user, const BsGraphPlace *place)
{
  bs_recorder_begin ();
  bs_writer_line (bs_recorder.writer, place_of (place, TRUE));
  bs_recorder_end ();
  if (G_UNLIKELY (bs_writer_get_n_events (bs_recorder.writer) >= bs_recorder.edit_at))
    bs_edits_make_with (bs_writer_get_n_events (bs_recorder.writer), change, user);
}

static void
on_place (gpointer user, const BsGraphPlace *place)
{
  bs_recorder_begin ();
  bs_writer_set_place (bs_recorder.writer, place_of (place, FALSE));
  bs_recorder_end ();
}

static void
on_tensor (gpointer user, const char *name, BsTensor *tensor)
{
  BsPlain value = { .kind = BS_PLAIN_TENSOR };

  bs_recorder_begin ();
  value.tensor = bs_observer_id_of (tensor, "tensor");
  bs_writer_name (bs_recorder.writer, name, &value);
  bs_recorder_end ();
}

static void
on_number (gpointer user, const char *name, double number, gboolean is_integer)
{
  BsPlain value = { .kind = is_integer ? BS_PLAIN_INT : BS_PLAIN_REAL, .integer = number, .real = number };

  bs_recorder_begin ();
  bs_writer_name (bs_recorder.writer, name, &value);
  bs_recorder_end ();
}

/* --- errors ------------------------------------------------------------------------------------------------------------------------ */

/* One error at the place of the first; what else is wrong stands below it. */
static void
end_with_problems (const BsScript *script, GPtrArray *problems)
{
  const BsGraphProblem *first = g_ptr_array_index (problems, 0);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i < problems->len; i++)
    {
      const BsGraphProblem *problem = g_ptr_array_index (problems, i);

      g_string_append_printf (text, i == 1 ? "%s:%u: %s" : "\n%s:%u: %s", script->name, problem->place.line, problem->message);
    }
  bs_recorder_begin ();
  bs_writer_set_place (bs_recorder.writer, place_of (&first->place, FALSE));
  bs_writer_error (bs_recorder.writer, "GraphError", first->message, "", text->str);
  bs_recorder_end ();
  bs_observer_remove ();
  bs_recorder_end_run (BS_END_ERROR, 1, NULL);
}

/* --- public ------------------------------------------------------------------------------------------------------------------------ */

gboolean
bs_graph_is_script (const BsScript *script)
{
  return script->kind == BS_SCRIPT_FILE && bs_graph_file_is_name (script->name);
}

int
bs_graph_refuse (const BsScript *script)
{
  fprintf (stderr, "backstep python: ");
  fprintf (stderr, _("%s is a graph, not a script: nothing of Python is in it. `backstep run %s` runs it."), script->name, script->name);
  fputc ('\n', stderr);
  return 2;
}

void
bs_graph_prepare (void)
{
  (void) _("The graph has no nodes."); /* any: the catalogue is opened with the first */
}

int
bs_graph_record_run (const BsScript *script)
{
  static const BsGraphWatcher watcher = { on_line, on_place, on_tensor, on_number };
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_graph_problem_free);
  BsGraphFile *file;
  BsGraphProblem *problem;

  bs_recorder_start (script);
  if (script->text == NULL)
    return 1;
  file = bs_graph_file_parse (script->text, script->text_length, problems);
  if (file == NULL)
    end_with_problems (script, problems);
  bs_observer_install ();
  problem = bs_graph_file_run (file, &watcher, file);
  if (problem != NULL)
    {
      g_ptr_array_add (problems, problem);
      end_with_problems (script, problems);
    }
  bs_observer_remove ();
  bs_recorder_end_run (BS_END_FINISHED, 0, NULL);
}
