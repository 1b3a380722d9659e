/* SPDX-License-Identifier: MIT */

/* Backward: the chain rule of an edge with its numbers, why it has the form it has, and what becomes of .grad. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "element.h"
#include "explain-private.h"
#include "recording/describe.h"
#include "recording/query.h"

#define EDGES_MAX 12 /* that are explained one by one */

/* ∂loss/∂w; what has no name of its own above the line is L. */
static BsFormula *
derivative (BsRecording *recording, guint32 of, guint32 by, guint32 step, gboolean is_root)
{
  g_autofree char *above = bs_explain_name (recording, of, step), *below = bs_explain_name (recording, by, step);

  return bs_formula_new_derivative (is_root && !bs_formula_is_identifier (above) ? "L" : above, below);
}

typedef struct {
  BsRecording *recording;
  const BsEvent *edge;
  guint32 root;
  BsBound bound;
  BsValue upstream;
  BsFormula *left, *upstream_name, *vjp; /* owned; vjp: of the table, NULL: it has none for this input */
  gboolean matrices;
} Edge;

/* Which of the operation's texts tells of input @i; NULL: none can. */
static BsFormula *
vjp_of (BsBound *bound, guint i)
{
  if (bound->op == NULL || bound->op->vjp_text == NULL || i >= MIN (bound->signature.n_inputs, BS_TEXTS_MAX))
    return NULL;
  for (guint k = 0; k < bound->signature.n_parameters; k++)
    if (bound->signature.parameters[k].kind == BS_KIND_TENSORS)
      return NULL;
  return bs_bound_parse (bound, bound->op->vjp_text[i]);
}

static void
edge_init (Edge *self, BsRecording *recording, const BsEvent *edge, guint32 root)
{
  *self = (Edge) { recording, edge, root };
  self->left = derivative (recording, root, edge->edge.to, edge->step, TRUE);
  self->upstream_name = edge->edge.node == root ? bs_formula_with_role (bs_formula_new_plain (1), BS_ROLE_GRADIENT)
                                                : derivative (recording, root, edge->edge.node, edge->step, TRUE);
  bs_bound_init (&self->bound, recording, edge->edge.node, edge->step);
  self->bound.upstream_name = self->upstream_name;
  if (bs_recording_get_upstream (recording, edge->edge.node, edge->step, &self->upstream))
    self->bound.upstream = &self->upstream;
  self->bound.upstream_is_one = edge->edge.node == root && self->bound.upstream != NULL && self->upstream.numel == 1 &&
                                self->upstream.n_stored == 1 && bs_value_get (&self->upstream, 0) == 1;
  self->vjp = vjp_of (&self->bound, edge->edge.input);
  self->matrices = self->vjp != NULL && bs_formula_has_product_of_matrices (self->vjp);
}

static void
edge_clear (Edge *self)
{
  bs_bound_clear (&self->bound);
  bs_formula_free (self->left);
  bs_formula_free (self->upstream_name);
  bs_formula_free (self->vjp);
}

/* --- the equation ---------------------------------------------------------------------------------------------------------- */

/* What was broadcast forward is summed backward. */
static BsFormula *
summed (const Edge *self, BsFormula *formula)
{
  if (formula == NULL || self->matrices || self->bound.upstream == NULL ||
      self->edge->edge.contribution.numel >= self->upstream.numel)
    return formula;
  return bs_formula_new_call ("sum", formula);
}

/* TRUE: @numbers give what was recorded, or cannot be said to be wrong. */
static gboolean
agrees (const Edge *self, const BsFormula *numbers)
{
  double found = bs_formula_evaluate (numbers, NULL, NULL), recorded = bs_value_get (&self->edge->edge.contribution, 0);

  return found != found || recorded - recorded != 0 || ABS (found - recorded) <= 1e-3 * ABS (recorded) + 1e-6;
}

/* The target of an in-place operation is called the same before and after. */
static gboolean
is_renewed (const Edge *self)
{
  g_autofree char *node = bs_explain_name (self->recording, self->edge->edge.node, self->edge->step);
  g_autofree char *to = bs_explain_name (self->recording, self->edge->edge.to, self->edge->step);

  return bs_formula_is_identifier (node) && strcmp (node, to) == 0;
}

/* TRUE: with its numbers. */
static gboolean
add_rule (Edge *self, BsDerivation *out)
{
  const BsValue *value = &self->edge->edge.contribution;
  g_autoptr (BsFormula) numbers = NULL;
  gboolean has_numbers;

  if (!self->matrices && self->edge->edge.node != self->root && !is_renewed (self))
    bs_derivation_add (out, bs_formula_new (BS_FORMULA_TIMES, bs_formula_copy (self->upstream_name),
                                            derivative (self->recording, self->edge->edge.node, self->edge->edge.to, self->edge->step, FALSE)), TRUE);
  if (self->vjp != NULL && value->numel == 1)
    numbers = summed (self, bs_bound_fill (&self->bound, self->vjp, BS_FILL_VALUES));
  has_numbers = numbers != NULL;
  if (self->vjp != NULL && (numbers == NULL || agrees (self, numbers))) {
    bs_derivation_add (out, summed (self, bs_bound_fill (&self->bound, self->vjp, self->matrices ? BS_FILL_SHAPED : BS_FILL_NAMES)), TRUE);
    bs_derivation_add (out, g_steal_pointer (&numbers), TRUE);
  }
  return has_numbers;
}

/* --- why ------------------------------------------------------------------------------------------------------------------------- */

static char *
text_of (const BsFormula *formula)
{
  return bs_formula_write (formula, BS_NOTATION_TEXT);
}

/* From the shapes, and from what each element has acted on. */
static void
add_transpose_reason (Edge *self, BsDerivation *out)
{
  g_autoptr (BsFormula) shaped = bs_bound_fill (&self->bound, self->vjp, BS_FILL_SHAPED);
  g_autofree char *name = NULL, *result = NULL, *g = NULL, *to = NULL, *shape = NULL;
  const BsFormula *product = shaped, *turned;
  gboolean first;

  while (product != NULL && product->kind == BS_FORMULA_TIMES)
    product = product->parts[1];
  if (product == NULL || product->kind != BS_FORMULA_MATMUL || product->parts[0]->kind != BS_FORMULA_SHAPED || product->parts[1]->kind != BS_FORMULA_SHAPED)
    return;
  first = product->parts[0]->parts[0]->kind == BS_FORMULA_TRANSPOSE;
  turned = product->parts[first ? 0 : 1];
  if (turned->parts[0]->kind != BS_FORMULA_TRANSPOSE)
    return;
  name = text_of (turned->parts[0]->parts[0]);
  g = text_of (product->parts[first ? 1 : 0]->parts[0]);
  to = bs_explain_name (self->recording, self->edge->edge.to, self->edge->step);
  result = bs_explain_name (self->recording, self->edge->edge.node, self->edge->step);
  shape = bs_explain_shape (&self->edge->edge.contribution);
  bs_derivation_add_sentence (out, g_strdup_printf (
    /* Translators: the shapes of two factors and of their product, a name. */
    _("Why the transpose: so the inner sizes agree, (%s)·(%s), and give %s, the shape of %s."), product->parts[0]->text,
    product->parts[1]->text, shape, to));
  bs_derivation_add_note (out, first
    /* Translators: 1 a tensor, 2 what was computed of it, 3 the other factor, 4 the gradient. [i, j] is an element. */
    ? g_strdup_printf (_("%1$s[i, j] acted on column j of %2$s, through column i of %3$s: so row i of %3$sᵀ meets column j of %4$s."), to, result, name, g)
    : g_strdup_printf (_("%1$s[i, j] acted on row i of %2$s, through row j of %3$s: so row i of %4$s meets column j of %3$sᵀ."), to, result, name, g));
}

/* "0", "0 and 2": where @to has one element or no dimension and @from more. */
static char *
lost_axes (const BsValue *from, const BsValue *to, guint *n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  *n = 0;
  for (guint i = 0; i < from->n_dims; i++) {
    int k = (int) to->n_dims - from->n_dims + i;

    if (from->shape[i] > 1 && (k < 0 || to->shape[k] == 1))
      g_string_append_printf (text, (*n)++ ? ", %u" : "%u", i);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_spreading (Edge *self, BsDerivation *out)
{
  const BsValue *upstream = &self->upstream, *contribution = &self->edge->edge.contribution;
  g_autofree char *from = bs_explain_shape (upstream), *to = bs_explain_shape (contribution), *axes = NULL, *name = NULL;
  guint n;

  if (self->bound.upstream == NULL || self->bound.op_name == NULL || self->matrices || upstream->numel == contribution->numel)
    return;
  name = bs_explain_name (self->recording, self->edge->edge.to, self->edge->step);
  axes = lost_axes (upstream, contribution, &n);
  if (contribution->numel > upstream->numel && strstr (self->bound.op_name, "nll") == NULL)
    bs_derivation_add_sentence (out, g_strdup_printf (_("%s → %s: every element that was summed gets its share"), from, to));
  else if (contribution->numel < upstream->numel && n > 0)
    bs_derivation_add_sentence (out, g_strdup_printf (
      /* Translators: a name, its shape, the shape it was broadcast to, the numbers of axes: "1" or "0, 1". */
      ngettext ("%s was broadcast from %s to %s, so what flows back is summed along axis %s.",
                "%s was broadcast from %s to %s, so what flows back is summed along the axes %s.", n), name, to, from, axes));
}

static void
add_fallback (Edge *self, BsDerivation *out)
{
  if (self->vjp != NULL || self->edge->edge.node == 0)
    return;
  if (self->bound.op == NULL)
    bs_derivation_add_sentence (out, g_strdup_printf (
      _("%s is a function of the script's own: its backward() returned these numbers, and no formula of it is known."), self->bound.op_name));
  else
    bs_derivation_add_note (out, g_strdup_printf (_("The gradient function of %s computed this; its formula is too long to be written out."), self->bound.op->name));
}

static void
add_edge (Edge *self, BsDerivation *out, gint64 element)
{
  const BsValue *value = &self->edge->edge.contribution;
  gboolean has_numbers;

  bs_derivation_begin (out, bs_formula_copy (self->left));
  has_numbers = add_rule (self, out);
  if (value->numel == 1 && element >= 0 && !has_numbers)
    bs_explain_add_element (out, &self->bound, self->vjp, self->left, value, 0, TRUE, BS_ROLE_GRADIENT);
  bs_derivation_add (out, value->numel == 1 ? bs_explain_number (value, 0, BS_ROLE_GRADIENT) : NULL, FALSE);
  if (is_renewed (self))
    bs_derivation_add_note (out, g_strdup (_("It was changed in place: this is the gradient of what it was before.")));
  if (self->matrices)
    add_transpose_reason (self, out);
  add_spreading (self, out);
  add_fallback (self, out);
  if (value->numel > 1)
    bs_explain_add_element (out, &self->bound, self->vjp, self->left, value, element, TRUE, BS_ROLE_GRADIENT);
}

BsDerivation *
bs_derive_edge (BsCursor *cursor, const BsEvent *edge, gint64 element)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  BsDerivation *self;
  guint32 edges[1], root;
  Edge one;

  if (edge->kind != BS_EVENT_EDGE || edge->edge.node == 0 ||
      bs_recording_find_edges (recording, edge->edge.to, edge->step + 1, 1, edges, &root) == 0)
    return NULL;
  self = bs_derivation_new ();
  edge_init (&one, recording, edge, root);
  add_edge (&one, self, element);
  edge_clear (&one);
  return self;
}

char *
bs_explain_edge (BsCursor *cursor, const BsEvent *edge, BsNotation notation)
{
  g_autoptr (BsDerivation) self = bs_derive_edge (cursor, edge, BS_NO_ELEMENT);

  return self != NULL ? bs_derivation_write (self, notation) : NULL;
}

/* --- all that flowed to a tensor ---------------------------------------------------------------------------------------------- */

static void
add_sum (BsDerivation *self, BsRecording *recording, const guint32 *edges, guint n, guint32 root, gint64 element)
{
  g_autoptr (BsFormula) left = NULL;
  BsFormula *sum = NULL;
  BsEvent edge;

  for (guint i = 0; i < n; i++) {
    BsFormula *part;

    bs_recording_get_event (recording, edges[i], &edge);
    part = bs_explain_number (&edge.edge.contribution, element < edge.edge.contribution.numel ? element : -1, BS_ROLE_GRADIENT);
    if (part == NULL) {
      bs_formula_free (sum);
      return;
    }
    sum = sum != NULL ? bs_formula_new (BS_FORMULA_PLUS, sum, part) : part;
  }
  left = derivative (recording, root, edge.edge.to, edge.step, TRUE);
  bs_derivation_add_sentence (self, g_strdup_printf (ngettext ("%u way led to it:", "%u ways led to it, and all of them count:", n), n));
  bs_derivation_begin (self, edge.edge.sum.numel > 1 ? bs_explain_indexed (left, &edge.edge.sum, element) : bs_formula_copy (left));
  bs_derivation_add (self, sum, FALSE);
  bs_derivation_add (self, bs_explain_number (&edge.edge.sum, edge.edge.sum.numel > 1 ? element : 0, BS_ROLE_GRADIENT), FALSE);
}

static void
add_legend (BsDerivation *self, BsRecording *recording, guint32 root, guint32 step)
{
  g_autofree char *name = bs_explain_name (recording, root, step);

  if (!bs_formula_is_identifier (name))
    bs_derivation_add_note (self, g_strdup_printf ("(L = %s)", name));
}

/* The step of the event that last wrote .grad, if that was adding this walk's. */
static gboolean
find_accumulation (BsRecording *recording, guint32 tensor, guint32 after, guint32 step, BsEvent *out)
{
  guint32 made = bs_recording_find_maker (recording, tensor, BS_CHANGE_GRAD, step);

  if (made == BS_NO_CHANGE || made == 0 || made <= after)
    return FALSE;
  bs_recording_get_event (recording, made - 1, out);
  return out->kind == BS_EVENT_ACCUMULATE && out->accumulate.tensor == tensor;
}

BsDerivation *
bs_derive_gradient (BsCursor *cursor, guint32 tensor, gint64 element)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 edges[EDGES_MAX], root = 0, step = bs_cursor_get_step (cursor);
  guint n = bs_recording_find_edges (recording, tensor, step, EDGES_MAX, edges, &root);
  BsDerivation *self;
  BsEvent event;

  if (n == 0)
    return NULL;
  self = bs_derivation_new ();
  for (guint i = 0; i < n; i++) {
    BsEvent edge;
    Edge one;

    bs_recording_get_event (recording, edges[i], &edge);
    if (edge.edge.node == 0)
      continue;
    edge_init (&one, recording, &edge, root);
    add_edge (&one, self, element);
    edge_clear (&one);
  }
  if (n > 1 && n < EDGES_MAX)
    add_sum (self, recording, edges, n, root, element);
  if (find_accumulation (recording, tensor, edges[n - 1], step, &event)) {
    bs_derivation_add_sentence (self, bs_explain_accumulation (recording, &event));
    bs_explain_add_accumulation (self, recording, &event, element);
  }
  add_legend (self, recording, root, step);
  return self;
}

char *
bs_explain_gradient (BsCursor *cursor, guint32 tensor, BsNotation notation)
{
  g_autoptr (BsDerivation) self = bs_derive_gradient (cursor, tensor, BS_NO_ELEMENT);

  return self != NULL ? bs_derivation_write (self, notation) : NULL;
}

/* --- .grad ---------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_zero (const BsValue *value)
{
  gboolean zero = value->how == BS_VALUE_WHOLE;

  for (guint32 i = 0; i < value->n_stored && zero; i++)
    zero = bs_value_get (value, i) == 0;
  return zero;
}

static char *
grad_name (BsRecording *recording, const BsEvent *event)
{
  g_autofree char *name = bs_explain_name (recording, event->accumulate.tensor, event->step);

  return g_strdup_printf (bs_formula_is_identifier (name) ? "%s.grad" : "(%s).grad", name);
}

char *
bs_explain_accumulation (BsRecording *recording, const BsEvent *event)
{
  g_autofree char *name = grad_name (recording, event);

  if (!event->accumulate.had_grad)
    return g_strdup_printf (_("%s was None: this becomes it."), name);
  if (is_zero (&event->accumulate.before))
    return g_strdup_printf (_("Added to %s, which was zero:"), name);
  return g_strdup_printf (_("Added to %s, which nobody has cleared:"), name);
}

void
bs_explain_add_accumulation (BsDerivation *self, BsRecording *recording, const BsEvent *event, gint64 element)
{
  g_autofree char *text = grad_name (recording, event);
  g_autoptr (BsFormula) name = bs_formula_with_role (bs_formula_new_name (text), BS_ROLE_GRADIENT);
  const BsValue *after = &event->accumulate.after;
  BsFormula *before = NULL, *part, *total = bs_explain_number (after, after->numel > 1 ? element : -1, BS_ROLE_GRADIENT);

  if (total == NULL)
    return;
  bs_derivation_begin (self, after->numel > 1 ? bs_explain_indexed (name, after, element) : bs_formula_copy (name));
  if (event->accumulate.had_grad) {
    before = bs_explain_number (&event->accumulate.before, after->numel > 1 ? element : -1, BS_ROLE_GRADIENT);
    part = bs_explain_number (&event->accumulate.contribution, after->numel > 1 ? element : -1, BS_ROLE_GRADIENT);
    if (before != NULL && part != NULL) {
      bs_derivation_add (self, bs_formula_new (BS_FORMULA_PLUS, before, part), FALSE);
    } else {
      bs_formula_free (before);
      bs_formula_free (part);
    }
  }
  bs_derivation_add (self, total, FALSE);
}
