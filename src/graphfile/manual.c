/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "manual.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/ops.h"

static const char text[] =
  N_("A graph may also be written down, without a program: as a text in Graphviz's language DOT, in a file that ends in .dot or .gv. "
     "Backstep checks it, computes it forward, backward and with updates, and everything else is as with a script.\n"
     "\n"
     "digraph {\n"
     "  lr=0.1; iterations=20; backward=loss;\n"
     "  w [value=10.0, requires_grad=true];\n"
     "  square [op=pow, exponent=2];\n"
     "  loss [op=add, other=20];\n"
     "  w -> square -> loss;\n"
     "}\n"
     "\n"
     "## Leaves\n"
     "A node with a value is a leaf. value is a number or a list: 3.5, \"[1, 2, 3]\", \"[[1, 2], [3, 4]]\"; zeros, ones, rand and randn "
     "fill a size=\"2, 3\". requires_grad=true makes it a parameter. dtype is float32 unless something else is said; indices want "
     "dtype=int64. grad is what stands in .grad at the beginning.\n"
     "\n"
     "## Operations\n"
     "A node with op is computed: the name is PyTorch's. Edges bring its inputs, in the order of the file; input=0 or input=other on an "
     "edge says which one it is. Arguments are attributes of the same name as in PyTorch (dim=1, keepdim=true), and a number may stand "
     "in the place of an input (other=20). Where Graphviz has an attribute of that name, put a _ behind it: shape_=\"2, 3\". A _ behind the "
     "operation changes its first input in place. no_grad=true computes it without recording gradients.\n"
     "\n"
     "An operation with several results, like max with a dim, gives the first. Another node with output=1 (or output=indices) and an "
     "edge from it is the next.\n"
     "\n"
     "## The graph\n"
     "backward names the node to be differentiated; without it, it is the one that comes last. Several, separated by commas, are "
     "differentiated one after the other; none does only the forward. With lr each parameter moves by −lr · grad afterwards, and its "
     "gradient is cleared; clear=false keeps it, so that gradients pile up; clear=between also clears between several backwards. "
     "retain_graph=false lets the graph go after the first of them. iterations says how often all of it is done. gradient is what a "
     "backward from more than one number starts with. seed begins the random numbers anew.\n"
     "\n"
     "Attributes for the drawing (label, color, rankdir …) are left to Graphviz. What nobody knows is an error, with its line.\n"
     "\n"
     "## From a recording\n"
     "A picture that is exported as .dot is such a graph: it opens again with the same numbers. A function that the script defines "
     "itself has op=recorded there: its value, and on its edges the contribution that flowed back.");

const char *
bs_graph_file_manual (void)
{
  return _(text);
}

/* "name(kind a, kind b=1)" without the kinds. */
static void
append_signature (GString *out, const char *signature)
{
  const char *open = strchr (signature, '(');
  g_autofree char *inner = open ? g_strndup (open + 1, strlen (open) - 2) : NULL;
  g_auto (GStrv) parameters = inner ? g_strsplit (inner, ", ", -1) : NULL;

  for (guint i = 0; parameters != NULL && parameters[i] != NULL; i++)
    {
      const char *space = strchr (parameters[i], ' ');

      if (!g_str_equal (parameters[i], "*"))
        g_string_append_printf (out, " %s", space ? space + 1 : parameters[i]);
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char *
bs_graph_file_operations (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < bs_n_ops (); i++)
    {
      const BsOp *op = bs_op_at (i);
      GString *line;

      if (op->flags & BS_IS_INTERNAL || op->name[0] == '_')
        continue;
      line = g_string_new (op->name);
      append_signature (line, op->signature);
      g_ptr_array_add (lines, g_string_free (line, FALSE));
    }
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}
