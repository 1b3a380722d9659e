/* SPDX-License-Identifier: MIT */

/* cgraph's graph becomes ours: nodes with their edges and attributes, in the order of the file, and the order to compute in. */

#include "config.h"

#include "private.h"

#include <glib/gi18n.h>
#include <graphviz/cgraph.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* --- problems ---------------------------------------------------------------------------------------------------------------- */

void
bs_graph_problem_free (BsGraphProblem *self)
{
  g_free (self->message);
  g_free (self);
}

static void
add_problem (BsChecker *self, BsGraphPlace place, char *message)
{
  BsGraphProblem *problem;

  if (self->problems->len >= BS_MOST_PROBLEMS)
    {
      g_free (message);
      return;
    }
  problem = g_new0 (BsGraphProblem, 1);
  problem->message = g_utf8_make_valid (message, -1);
  g_free (message);
  problem->place = place;
  g_ptr_array_add (self->problems, problem);
}

void
bs_checker_add (BsChecker *self, BsGraphPlace place, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  add_problem (self, place, g_strdup_vprintf (format, args));
  va_end (args);
}

void
bs_checker_add_at (BsChecker *self, const BsGraphNode *node, const char *attribute, const char *format, ...)
{
  BsGraphPlace place = node->place;
  va_list args;

  if (attribute != NULL)
    place = bs_places_of_attribute (self->places, node->name, attribute);
  va_start (args, format);
  add_problem (self, place, g_strdup_vprintf (format, args));
  va_end (args);
}

void
bs_checker_hint (BsChecker *self, const char *format, ...)
{
  BsGraphProblem *last = self->problems->len > 0 ? g_ptr_array_index (self->problems, self->problems->len - 1) : NULL;
  g_autofree char *hint = NULL, *before = last ? g_steal_pointer (&last->message) : NULL;
  va_list args;

  va_start (args, format);
  hint = g_strdup_vprintf (format, args);
  va_end (args);
  if (last != NULL)
    last->message = g_strconcat (before, " ", hint, NULL);
}

/* --- the model ---------------------------------------------------------------------------------------------------------------- */

static void
unref_all (BsTensor **tensors, guint n)
{
  for (guint i = 0; tensors != NULL && i < n; i++)
    if (tensors[i] != NULL)
      bs_tensor_unref (tensors[i]);
  g_free (tensors);
}

static void
edge_clear (gpointer data)
{
  BsGraphEdge *edge = data;

  g_free (edge->input);
  g_free (edge->contribution);
}

static void
node_free (gpointer data)
{
  BsGraphNode *self = data;

  for (guint i = 0; i < self->n_args; i++)
    if (self->args[i].kind == BS_ARG_INTS)
      g_free ((gpointer) self->args[i].ints);
  unref_all (self->numbers, self->n_inputs);
  unref_all (self->contributions, self->n_inputs);
  unref_all (self->others, self->n_outputs);
  g_clear_pointer (&self->value, bs_tensor_unref);
  g_clear_pointer (&self->grad, bs_tensor_unref);
  g_clear_pointer (&self->tensor, bs_tensor_unref);
  g_strfreev (self->attributes);
  g_array_unref (self->edges);
  g_free (self->inputs);
  g_free (self->args);
  g_free (self->name);
  g_free (self);
}

const char *
bs_graph_node_get (const BsGraphNode *self, const char *attribute)
{
  for (guint i = 0; self->attributes[i] != NULL; i += 2)
    if (g_str_equal (self->attributes[i], attribute))
      return self->attributes[i + 1];
  return NULL;
}

void
bs_graph_file_free (BsGraphFile *self)
{
  g_clear_pointer (&self->gradient, bs_tensor_unref);
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->nodes);
  g_array_unref (self->order);
  g_array_unref (self->roots);
  g_free (self);
}

static BsGraphFile *
file_new (void)
{
  BsGraphFile *self = g_new0 (BsGraphFile, 1);

  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->order = g_array_new (FALSE, FALSE, sizeof (guint));
  self->roots = g_array_new (FALSE, FALSE, sizeof (guint));
  self->iterations = 1;
  self->clear = self->retains = TRUE;
  return self;
}

gboolean
bs_graph_file_is_name (const char *path)
{
  const char *dot = path ? strrchr (path, '.') : NULL;

  return dot && (g_ascii_strcasecmp (dot, ".dot") == 0 || g_ascii_strcasecmp (dot, ".gv") == 0);
}

/* Spaces and comments, those of the preprocessor too. */
static const char *
skip_space (const char *text)
{
  while (*text)
    if (g_ascii_isspace (*text))
      text++;
    else if (*text == '#' || (text[0] == '/' && text[1] == '/'))
      text += strcspn (text, "\n");
    else if (text[0] == '/' && text[1] == '*')
      {
        const char *end = strstr (text + 2, "*/");

        text = end ? end + 2 : text + strlen (text);
      }
    else
      break;
  return text;
}

static gboolean
take_word (const char **text, const char *word)
{
  const char *at = skip_space (*text);
  gsize n = strlen (word);

  if (g_ascii_strncasecmp (at, word, n) != 0 || g_ascii_isalnum (at[n]) || at[n] == '_')
    return FALSE;
  *text = at + n;
  return TRUE;
}

gboolean
bs_graph_file_is_text (const char *text)
{
  const char *at;

  take_word (&text, "strict");
  if (!take_word (&text, "digraph") && !take_word (&text, "graph"))
    return FALSE;
  at = skip_space (text);
  if (*at == '"')
    {
      at = strchr (at + 1, '"');
      if (at++ == NULL)
        return FALSE;
    }
  else
    while (g_ascii_isalnum (*at) || *at == '_' || (*at & 0x80))
      at++;
  return *skip_space (at) == '{';
}

/* --- cgraph --------------------------------------------------------------------------------------------------------------------- */

static GString *said; /* by cgraph */

static int
on_complaint (char *text)
{
  g_string_append (said, text);
  return 0;
}

static Agraph_t *
parse (const char *text)
{
  agusererrf former = agseterrf (on_complaint);
  Agraph_t *graph;

  said = g_string_new (NULL);
  agsetfile (NULL);
  graph = agmemread (text);
  agseterrf (former);
  return graph;
}

/* "Error: <unknown>: syntax error in line 3 near 'x'" */
static void
report_syntax (BsChecker *self, guint n_lines)
{
  const char *line = strstr (said->str, "line "), *near = strstr (said->str, "near '");
  g_autofree char *word = near ? g_strndup (near + 6, strcspn (near + 6, "'\n")) : NULL;
  BsGraphPlace place = { 0 };

  place.line = line ? CLAMP (g_ascii_strtoull (line + 5, NULL, 10), 1, n_lines) : n_lines;
  place.end_line = place.line;
  if (word != NULL && *word != '\0')
    bs_checker_add (self, place, _("This is no DOT near “%s”: a bracket, quote or semicolon may be missing before it."), word);
  else
    bs_checker_add (self, place, _("This is no DOT: a bracket or quote may be missing."));
}

static char **
take_attributes (void *object, int kind, Agraph_t *graph)
{
  GPtrArray *list = g_ptr_array_new ();

  for (Agsym_t *symbol = agnxtattr (graph, kind, NULL); symbol != NULL; symbol = agnxtattr (graph, kind, symbol))
    {
      const char *value = agxget (object, symbol);

      if (value == NULL || *value == '\0')
        continue;
      if (kind == AGNODE && g_str_equal (symbol->name, "label") && g_str_equal (value, "\\N"))
        continue;
      g_ptr_array_add (list, g_strdup (symbol->name));
      g_ptr_array_add (list, g_strdup (value));
    }
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (list, FALSE);
}

/* What is for the drawing goes; what an operation calls so has a "_" behind it. */
static void
drop_drawing (char **attributes, int kind)
{
  guint n = 0;

  for (guint i = 0; attributes[i] != NULL; i += 2)
    if (bs_is_drawing_attribute (kind, attributes[i]))
      {
        g_free (attributes[i]);
        g_free (attributes[i + 1]);
      }
    else
      {
        attributes[n++] = attributes[i];
        attributes[n++] = attributes[i + 1];
      }
  attributes[n] = NULL;
}

static void
take_edge (BsChecker *self, Agraph_t *graph, Agedge_t *from, BsGraphNode *to, guint tail)
{
  g_auto (GStrv) attributes = take_attributes (from, AGEDGE, graph);
  BsGraphEdge edge = { .from = tail };

  drop_drawing (attributes, AGEDGE);
  for (guint i = 0; attributes[i] != NULL; i += 2)
    if (g_str_equal (attributes[i], "input") && edge.input == NULL)
      edge.input = g_strdup (attributes[i + 1]);
    else if (g_str_equal (attributes[i], "contribution") && edge.contribution == NULL)
      edge.contribution = g_strdup (attributes[i + 1]);
    else
      bs_checker_add (self, bs_places_of_edge (self->places, bs_graph_file_node (self->file, tail)->name, to->name),
                      _("The edge to “%s” has an attribute “%s” that nobody knows."), to->name, attributes[i]);
  g_array_append_val (to->edges, edge);
}

static void
take_nodes (BsChecker *self, Agraph_t *graph)
{
  BsGraphFile *file = self->file;

  for (Agnode_t *n = agfstnode (graph); n != NULL; n = agnxtnode (graph, n))
    {
      BsGraphNode *node = g_new0 (BsGraphNode, 1);

      node->name = g_utf8_make_valid (agnameof (n), -1);
      node->place = bs_places_of_node (self->places, agnameof (n));
      node->name_place = bs_places_of_name (self->places, agnameof (n));
      node->attributes = take_attributes (n, AGNODE, graph);
      drop_drawing (node->attributes, AGNODE);
      node->edges = g_array_new (FALSE, TRUE, sizeof (BsGraphEdge));
      g_array_set_clear_func (node->edges, edge_clear);
      g_ptr_array_add (file->nodes, node);
      g_hash_table_insert (file->by_name, node->name, GUINT_TO_POINTER (file->nodes->len));
    }
}

static guint
find_node (BsGraphFile *file, const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (file->by_name, valid));

  return found == 0 ? BS_NO_NODE : found - 1;
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  Agedge_t *x = *(Agedge_t *const *) a, *y = *(Agedge_t *const *) b;

  return AGSEQ (x) < AGSEQ (y) ? -1 : AGSEQ (x) > AGSEQ (y);
}

/* cgraph has those that lead to a node by the other ends' order; ours is the file's. */
static void
take_edges (BsChecker *self, Agraph_t *graph)
{
  g_autoptr (GPtrArray) edges = g_ptr_array_new ();

  for (Agnode_t *n = agfstnode (graph); n != NULL; n = agnxtnode (graph, n))
    {
      guint head = find_node (self->file, agnameof (n));

      g_ptr_array_set_size (edges, 0);
      for (Agedge_t *e = agfstin (graph, n); e != NULL && head != BS_NO_NODE; e = agnxtin (graph, e))
        g_ptr_array_add (edges, e);
      g_ptr_array_sort (edges, compare_edges);
      for (guint i = 0; i < edges->len; i++)
        {
          Agedge_t *e = g_ptr_array_index (edges, i);
          guint tail = find_node (self->file, agnameof (e->node));

          if (tail != BS_NO_NODE)
            take_edge (self, graph, e, bs_graph_file_node (self->file, head), tail);
        }
    }
}

/* --- the order ------------------------------------------------------------------------------------------------------------------ */

static void
report_cycle (BsChecker *self, const guint *missing)
{
  BsGraphFile *file = self->file;
  guint n = file->nodes->len, at = 0;
  g_autofree gboolean *seen = g_new0 (gboolean, n);
  g_autoptr (GString) path = NULL;

  while (missing[at] == 0)
    at++;
  /* Back along nodes that are not to be computed, until one comes again. */
  for (;;)
    {
      BsGraphNode *node = bs_graph_file_node (file, at);
      guint before = at;

      if (seen[at])
        break;
      seen[at] = TRUE;
      for (guint i = 0; i < node->edges->len && before == at; i++)
        if (missing[g_array_index (node->edges, BsGraphEdge, i).from] > 0)
          before = g_array_index (node->edges, BsGraphEdge, i).from;
      if (before == at) /* itself */
        break;
      at = before;
    }
  path = g_string_new (bs_graph_file_node (file, at)->name);
  for (guint next = at, k = 0; k < 12; k++)
    {
      BsGraphNode *node = bs_graph_file_node (file, next);

      for (guint i = 0; i < node->edges->len; i++)
        if (missing[g_array_index (node->edges, BsGraphEdge, i).from] > 0)
          {
            next = g_array_index (node->edges, BsGraphEdge, i).from;
            break;
          }
      g_string_prepend (path, " → ");
      g_string_prepend (path, k == 11 && next != at ? "…" : bs_graph_file_node (file, next)->name);
      if (next == at)
        break;
    }
  bs_checker_add_at (self, bs_graph_file_node (file, at), NULL,
                     _("“%s” depends on itself: %s. A graph that is computed has no cycle."), bs_graph_file_node (file, at)->name, path->str);
}

/* What stands first in the file is computed first, as far as its inputs are there: a heap of those that are ready. */
static void
push_ready (GArray *heap, guint node)
{
  guint i = heap->len;

  g_array_append_val (heap, node);
  for (guint *all = (guint *) heap->data; i > 0 && all[(i - 1) / 2] > node; i = (i - 1) / 2)
    {
      all[i] = all[(i - 1) / 2];
      all[(i - 1) / 2] = node;
    }
}

static guint
pop_ready (GArray *heap)
{
  guint *all = (guint *) heap->data, top = all[0], last = all[heap->len - 1], i = 0;

  g_array_set_size (heap, heap->len - 1);
  while (2 * i + 1 < heap->len)
    {
      guint child = 2 * i + 1;

      child += child + 1 < heap->len && all[child + 1] < all[child];
      if (all[child] >= last)
        break;
      all[i] = all[child];
      i = child;
    }
  if (heap->len > 0)
    all[i] = last;
  return top;
}

static void
find_order (BsChecker *self)
{
  BsGraphFile *file = self->file;
  guint n = file->nodes->len;
  g_autofree guint *missing = g_new0 (guint, n + 1), *first = g_new0 (guint, n + 2), *followers = NULL;
  g_autoptr (GArray) ready = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < bs_graph_file_node (file, i)->edges->len; k++)
      first[g_array_index (bs_graph_file_node (file, i)->edges, BsGraphEdge, k).from + 2]++;
  for (guint i = 2; i < n + 2; i++)
    first[i] += first[i - 1];
  followers = g_new (guint, first[n + 1] + 1);
  for (guint i = 0; i < n; i++)
    {
      GArray *edges = bs_graph_file_node (file, i)->edges;

      missing[i] = edges->len;
      for (guint k = 0; k < edges->len; k++)
        followers[first[g_array_index (edges, BsGraphEdge, k).from + 1]++] = i;
      if (edges->len == 0)
        push_ready (ready, i);
    }
  while (ready->len > 0)
    {
      guint node = pop_ready (ready);

      g_array_append_val (file->order, node);
      for (guint k = first[node]; k < first[node + 1]; k++)
        if (--missing[followers[k]] == 0)
          push_ready (ready, followers[k]);
    }
  if (file->order->len < n)
    report_cycle (self, missing);
}

/* --- all of it ------------------------------------------------------------------------------------------------------------------- */

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const BsGraphProblem *x = *(BsGraphProblem *const *) a, *y = *(BsGraphProblem *const *) b;

  if (x->place.line != y->place.line)
    return x->place.line < y->place.line ? -1 : 1;
  return x->place.column < y->place.column ? -1 : x->place.column > y->place.column;
}

static void
check (BsChecker *self, Agraph_t *graph)
{
  g_auto (GStrv) attributes = take_attributes (graph, AGRAPH, graph);

  drop_drawing (attributes, AGRAPH);
  self->file->place = bs_places_of_node (self->places, NULL);
  if (!agisdirected (graph))
    bs_checker_add (self, self->file->place, _("The edges have no direction: begin with “digraph”, and write “->”."));
  take_nodes (self, graph);
  take_edges (self, graph);
  if (self->file->nodes->len == 0)
    bs_checker_add (self, self->file->place, _("The graph has no nodes."));
  find_order (self);
  for (guint i = 0; i < self->file->nodes->len && self->problems->len < BS_MOST_PROBLEMS; i++)
    bs_check_operation (self, bs_graph_file_node (self->file, i));
  bs_check_graph (self, attributes);
}

BsGraphFile *
bs_graph_file_parse (const char *text, gsize length, GPtrArray *problems)
{
  g_autofree char *copy = g_strndup (text, length);
  g_autoptr (BsPlaces) places = bs_places_scan (text, length);
  g_autoptr (BsGraphFile) file = file_new ();
  BsChecker checker = { file, places, problems };
  gboolean has_problems;
  guint n_lines = 1;
  Agraph_t *graph;

  for (const char *p = copy; *p != '\0'; p++)
    n_lines += *p == '\n' && p[1] != '\0';
  if (strlen (copy) != length)
    bs_checker_add (&checker, (BsGraphPlace) { .line = n_lines, .end_line = n_lines }, _("The file has a byte 0 in it: it is no text."));
  /* cgraph would say it at the end of the file, and be confused from then on. */
  else if (bs_places_of_open_end (places).line > 0)
    bs_checker_add (&checker, bs_places_of_open_end (places), _("What begins here does not end: a quote, a comment or an angle bracket."));
  graph = problems->len == 0 ? parse (copy) : NULL;
  if (graph != NULL && bs_places_of_rest (places).line > 0)
    bs_checker_add (&checker, bs_places_of_rest (places), _("Something stands behind the graph: a file holds only one."));
  has_problems = problems->len > 0;
  if (graph != NULL)
    check (&checker, graph);
  if (said != NULL && (graph == NULL || strstr (said->str, "syntax error") != NULL) && !has_problems)
    report_syntax (&checker, n_lines);
  if (graph != NULL)
    agclose (graph);
  if (said != NULL)
    g_string_free (g_steal_pointer (&said), TRUE);
  g_ptr_array_sort (problems, compare_places);
  return problems->len == 0 ? g_steal_pointer (&file) : NULL;
}
