/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "bind.h"
#include "engine/ops.h"
#include "recording/describe.h"
#include "recording/query.h"

#define DIGITS 5
#define EDGES_MAX 12 /* that are explained one by one */

/* --- lines of an equation ------------------------------------------------------------------------------------------------ */

/* The left side, below it line by line "  = b". A line that says what the one before it said is left out. */
typedef struct {
  GString *text;
  char *last;
  BsNotation notation;
  gboolean one_line;
} Equation;

static void
equation_begin (Equation *self, BsNotation notation, gboolean one_line, const char *left)
{
  *self = (Equation) { g_string_new (left), NULL, notation, one_line };
}

static void
equation_add (Equation *self, const char *right, gboolean on_a_new_line)
{
  if (right == NULL || g_strcmp0 (right, self->last) == 0)
    return;
  on_a_new_line = on_a_new_line || (self->last == NULL && !self->one_line);
  if (on_a_new_line && self->notation == BS_NOTATION_LATEX && self->last != NULL)
    g_string_append (self->text, " \\\\");
  g_string_append (self->text, on_a_new_line ? self->notation == BS_NOTATION_LATEX ? "\n  &" : "\n  " : " ");
  g_string_append (self->text, "= ");
  g_string_append (self->text, right);
  g_free (self->last);
  self->last = g_strdup (right);
}

static void
equation_add_formula (Equation *self, BsFormula *formula, gboolean on_a_new_line)
{
  g_autofree char *text = formula != NULL ? bs_formula_write (formula, self->notation) : NULL;

  equation_add (self, text, on_a_new_line);
  bs_formula_free (formula);
}

static char *
equation_end (Equation *self)
{
  g_free (self->last);
  return g_string_free (self->text, FALSE);
}

static char *
number_text (const BsValue *value)
{
  return value->numel == 1 && value->n_stored == 1 ? bs_value_to_text (value, DIGITS) : NULL;
}

/* In brackets when it is an expression. */
static char *
written (const char *name, BsNotation notation)
{
  BsTerm term = { BS_TERM_NAME, name, 0 };
  g_autoptr (BsFormula) formula = bs_formula_new_name (term.text);

  return bs_formula_write (formula, notation);
}

/* "∂loss/∂w"; what has no name of its own above the line is L. */
static char *
derivative (BsRecording *recording, guint32 of, guint32 by, guint32 step, gboolean is_root)
{
  g_autofree char *above = bs_explain_name (recording, of, step), *below = bs_explain_name (recording, by, step);

  if (is_root && !bs_formula_is_identifier (above)) {
    g_free (above);
    above = g_strdup ("L");
  }
  if (!bs_formula_is_identifier (above))
    return g_strdup_printf (bs_formula_is_identifier (below) ? "∂(%s)/∂%s" : "∂(%s)/∂(%s)", above, below);
  return g_strdup_printf (bs_formula_is_identifier (below) ? "∂%s/∂%s" : "∂%s/∂(%s)", above, below);
}

/* --- forward ----------------------------------------------------------------------------------------------------------------- */

static char *
call_text (BsBound *bound)
{
  GString *text = g_string_new (bound->event.tensor.op);

  g_string_append_c (text, '(');
  for (guint i = 0; i < bound->event.tensor.n_inputs; i++) {
    const BsOperand *operand = &bound->event.tensor.inputs[i];
    g_autofree char *name = operand->tensor ? bs_explain_name (bound->recording, operand->tensor, bound->event.step + 1)
                                            : g_strdup_printf ("%.*g", DIGITS, operand->number);

    g_string_append_printf (text, i ? ", %s" : "%s", name);
  }
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

static void
add_forward (Equation *equation, BsBound *bound)
{
  g_autoptr (BsFormula) formula = bound->op != NULL ? bs_formula_parse (bound->op->value_text) : NULL;
  g_autofree char *result = number_text (&bound->event.tensor.value);
  BsFormula *names = formula != NULL ? bs_bound_fill (bound, formula, BS_FILL_NAMES) : NULL;

  if (names != NULL) {
    equation_add_formula (equation, names, FALSE);
  } else {
    g_autofree char *call = call_text (bound);

    equation_add (equation, call, FALSE);
  }
  if (formula != NULL && result != NULL)
    equation_add_formula (equation, bs_bound_fill (bound, formula, BS_FILL_VALUES), FALSE);
  else if (formula != NULL && bs_formula_has_product_of_matrices (formula))
    equation_add_formula (equation, bs_bound_fill (bound, formula, BS_FILL_SHAPES), TRUE);
  equation_add (equation, result, FALSE);
}

char *
bs_explain_value (BsCursor *cursor, guint32 tensor, BsNotation notation)
{
  g_autoptr (BsCursor) then = NULL;
  g_autofree char *name = NULL, *left = NULL;
  Equation equation;
  BsBound bound;
  guint32 step = bs_recording_get_tensor_step (bs_cursor_get_recording (cursor), tensor);
  BsRecording *recording = bs_cursor_get_recording (cursor);
  char *text = NULL;

  /* The values it was made of, even when they have been changed since. */
  then = bs_cursor_new (recording);
  bs_cursor_seek (then, step + 1);
  bs_bound_init (&bound, then, tensor);
  if (bound.event.kind == BS_EVENT_TENSOR && bound.event.tensor.n_inputs > 0) {
    name = g_strdup (bs_tensor_get_name (recording, tensor, step + 1));
    if (name == NULL)
      name = g_strdup (bs_tensor_get_name (recording, tensor, bs_cursor_get_step (cursor)));
    left = name != NULL ? written (name, notation) : NULL;
    equation_begin (&equation, notation, TRUE, left != NULL ? left : "");
    add_forward (&equation, &bound);
    text = equation_end (&equation);
    if (left == NULL)
      memmove (text, text + 3, strlen (text + 3) + 1); /* " = " */
  }
  bs_bound_clear (&bound);
  return text;
}

char *
bs_explain_event (BsCursor *cursor)
{
  g_autofree char *formula = NULL;
  BsEvent event;

  if (!bs_cursor_get_event (cursor, &event))
    return NULL;
  if (event.kind == BS_EVENT_TENSOR)
    formula = bs_explain_value (cursor, event.tensor.id, BS_NOTATION_TEXT);
  if (formula == NULL)
    return bs_event_describe (bs_cursor_get_recording (cursor), &event);
  /* Translators: an operation and its formula: "mul: y = w · x = 2 · 3 = 6" */
  return g_strdup_printf (_("%s: %s"), event.tensor.op, formula);
}

/* --- backward ------------------------------------------------------------------------------------------------------------------ */

/* Which of the operation's texts tells of input @i; NULL: none can. */
static BsFormula *
vjp_of (const BsBound *bound, guint i)
{
  if (bound->op == NULL || bound->op->vjp_text == NULL || i >= MIN (bound->signature.n_inputs, BS_TEXTS_MAX))
    return NULL;
  for (guint k = 0; k < bound->signature.n_parameters; k++)
    if (bound->signature.parameters[k].kind == BS_KIND_TENSORS)
      return NULL;
  return bs_formula_parse (bound->op->vjp_text[i]);
}

/* What was broadcast forward is summed backward. */
static BsFormula *
summed (BsFormula *formula, const BsBound *bound, const BsEvent *edge, gboolean matrices)
{
  if (formula == NULL || matrices || bound->upstream == NULL ||
      edge->edge.contribution.numel >= bound->upstream->numel)
    return formula;
  return bs_formula_new_call ("sum", formula);
}

static void
add_rule (Equation *equation, BsBound *bound, const BsEvent *edge, const BsFormula *vjp, guint32 root)
{
  gboolean matrices = vjp != NULL && bs_formula_has_product_of_matrices (vjp);
  g_autofree char *result = number_text (&edge->edge.contribution);

  if (!matrices && edge->edge.node != root) {
    g_autofree char *local = derivative (bound->recording, edge->edge.node, edge->edge.to, edge->step, FALSE);
    g_autoptr (BsFormula) rule = bs_formula_new_product (bound->upstream_name, local);

    equation_add_formula (equation, g_steal_pointer (&rule), FALSE);
  }
  if (vjp != NULL) {
    equation_add_formula (equation, summed (bs_bound_fill (bound, vjp, BS_FILL_NAMES), bound, edge, matrices), TRUE);
    if (matrices)
      equation_add_formula (equation, bs_bound_fill (bound, vjp, BS_FILL_SHAPES), TRUE);
    else if (result != NULL)
      equation_add_formula (equation, bs_bound_fill (bound, vjp, BS_FILL_VALUES), TRUE);
  }
  equation_add (equation, result, FALSE);
}

static void
add_spreading (GString *text, const BsValue *upstream, const BsValue *contribution, gboolean matrices)
{
  g_autofree char *from = bs_explain_shape (upstream), *to = bs_explain_shape (contribution);

  if (matrices || upstream->numel == contribution->numel)
    return;
  g_string_append_c (text, '\n');
  if (contribution->numel < upstream->numel)
    g_string_append_printf (text, _("%s → %s: summed over the axes along which it was broadcast"), from, to);
  else
    g_string_append_printf (text, _("%s → %s: every element that was summed gets its share"), from, to);
}

static char *
explain_edge (BsCursor *cursor, const BsEvent *edge, guint32 root, BsNotation notation)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  g_autofree char *left = derivative (recording, root, edge->edge.to, edge->step, TRUE), *upstream_name = NULL;
  g_autoptr (BsFormula) vjp = NULL;
  Equation equation;
  BsValue upstream;
  BsBound bound;
  GString *text;

  if (edge->edge.node == 0)
    return NULL;
  upstream_name = derivative (recording, root, edge->edge.node, edge->step, TRUE);
  bs_bound_init (&bound, cursor, edge->edge.node);
  bound.upstream_name = edge->edge.node == root ? "1" : upstream_name;
  if (bs_recording_get_upstream (recording, edge->edge.node, edge->step, &upstream))
    bound.upstream = &upstream;
  bound.upstream_is_one = edge->edge.node == root && bound.upstream != NULL && upstream.numel == 1 &&
                          upstream.n_stored == 1 && bs_value_get (&upstream, 0) == 1;
  vjp = vjp_of (&bound, edge->edge.input);
  equation_begin (&equation, notation, FALSE, left);
  add_rule (&equation, &bound, edge, vjp, root);
  text = g_string_new (NULL);
  g_string_append (text, equation.text->str);
  g_free (equation_end (&equation));
  if (notation == BS_NOTATION_TEXT && bound.upstream != NULL)
    add_spreading (text, &upstream, &edge->edge.contribution, vjp != NULL && bs_formula_has_product_of_matrices (vjp));
  bs_bound_clear (&bound);
  return g_string_free (text, FALSE);
}

char *
bs_explain_edge (BsCursor *cursor, const BsEvent *edge, BsNotation notation)
{
  guint32 edges[1], root;

  if (edge->kind != BS_EVENT_EDGE ||
      bs_recording_find_edges (bs_cursor_get_recording (cursor), edge->edge.to, edge->step + 1, 1, edges, &root) == 0)
    return NULL;
  return explain_edge (cursor, edge, root, notation);
}

static void
add_sum (BsRecording *recording, GString *text, const guint32 *edges, guint n, guint32 root)
{
  g_autofree char *left = NULL;
  BsEvent edge;
  GString *sum = g_string_new (NULL);

  for (guint i = 0; i < n; i++) {
    g_autofree char *part = NULL;

    bs_recording_get_event (recording, edges[i], &edge);
    part = number_text (&edge.edge.contribution);
    if (part == NULL) {
      g_string_free (sum, TRUE);
      return;
    }
    g_string_append_printf (sum, i == 0 ? "%s" : g_str_has_prefix (part, "−") ? " + (%s)" : " + %s", part);
  }
  left = derivative (recording, root, edge.edge.to, edge.step, TRUE);
  {
    g_autofree char *total = bs_value_to_text (&edge.edge.sum, DIGITS);

    /* Translators: the contributions of several paths added: "∂loss/∂w in all = 3 + 2 = 5" */
    g_string_append_printf (text, _("%s in all = %s = %s"), left, sum->str, total);
    g_string_append_c (text, '\n');
  }
  g_string_free (sum, TRUE);
}

static void
add_legend (BsRecording *recording, GString *text, guint32 root, guint32 step, BsNotation notation)
{
  g_autofree char *name = bs_explain_name (recording, root, step);

  if (!bs_formula_is_identifier (name) && notation == BS_NOTATION_TEXT)
    g_string_append_printf (text, "(L = %s)\n", name);
}

char *
bs_explain_gradient (BsCursor *cursor, guint32 tensor, BsNotation notation)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 edges[EDGES_MAX], root = 0;
  guint n = bs_recording_find_edges (recording, tensor, bs_cursor_get_step (cursor), EDGES_MAX, edges, &root);
  GString *text;

  if (n == 0)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < n; i++) {
    g_autofree char *one = NULL;
    BsEvent edge;

    bs_recording_get_event (recording, edges[i], &edge);
    one = explain_edge (cursor, &edge, root, notation);
    if (one != NULL)
      g_string_append_printf (text, "%s\n", one);
  }
  if (n > 1 && n < EDGES_MAX)
    add_sum (recording, text, edges, n, root);
  add_legend (recording, text, root, bs_cursor_get_step (cursor), notation);
  g_strchomp (text->str);
  return g_string_free (text, FALSE);
}

/* --- ways -------------------------------------------------------------------------------------------------------------- */

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
