/* SPDX-License-Identifier: MIT */

/* Forward: values and their formulas, updates, and events in words. */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "element.h"
#include "explain-private.h"
#include "recording/describe.h"
#include "recording/query.h"

#define DIGITS 5

/* --- numbers and names ------------------------------------------------------------------------------------------------------- */

BsFormula *
bs_explain_number (const BsValue *value, gint64 i, BsRole role)
{
  BsFormula *number;

  if (i < 0 && value->numel == 1)
    i = 0;
  if (i < 0 || i >= value->n_stored || value->how != BS_VALUE_WHOLE)
    return NULL;
  number = bs_formula_new_number (bs_value_get (value, i), role);
  if (value->numel == 1)
    number->text = bs_explain_scalar (value);
  return number;
}

/* x[1, 0] */
BsFormula *
bs_explain_indexed (const BsFormula *name, const BsValue *value, gint64 element)
{
  g_autofree char *index = bs_element_index (value, element);

  return bs_formula_with_role (bs_formula_new (BS_FORMULA_INDEX, bs_formula_copy (name), bs_formula_new_name (index)), name->role);
}

static gboolean
agrees (const BsFormula *numbers, const BsValue *value)
{
  double found = bs_formula_evaluate (numbers, NULL, NULL), recorded = bs_value_get (value, 0);

  return isnan (found) || !isfinite (recorded) || fabs (found - recorded) <= 1e-3 * fabs (recorded) + 1e-5;
}

static gboolean
is_mere_sum (const BsFormula *formula)
{
  return formula->kind == BS_FORMULA_CALL && strcmp (formula->text, "sum") == 0 && formula->parts[0]->kind == BS_FORMULA_NAME;
}

void
bs_explain_add_element (BsDerivation *self, BsBound *bound, const BsFormula *formula, const BsFormula *name, const BsValue *value,
                        gint64 element, gboolean spread, BsRole role)
{
  BsElement arithmetic;

  if (element < 0 || element >= value->numel)
    return;
  if (value->how != BS_VALUE_WHOLE) {
    bs_derivation_add_note (self, g_strdup (_("It is too large: only a sample of its numbers was recorded, and no element is written out.")));
    return;
  }
  if (value->numel > 1)
    bs_derivation_begin (self, bs_explain_indexed (name, value, element));
  if (formula != NULL && bs_element_expand (bound, formula, value, element, spread, &arithmetic)) {
    /* Σ(x) of x alone is no more than its letters say. */
    if (value->numel > 1 || !is_mere_sum (formula))
      bs_derivation_add (self, g_steal_pointer (&arithmetic.letters), FALSE);
    bs_derivation_add (self, g_steal_pointer (&arithmetic.numbers), TRUE);
    bs_element_clear (&arithmetic);
  }
  bs_derivation_add (self, bs_explain_number (value, element, role), FALSE);
}

/* --- forward ------------------------------------------------------------------------------------------------------------------- */

/* add(x, 20): for what the table has no formula for. */
static BsFormula *
new_call (BsBound *bound)
{
  g_autoptr (GString) text = g_string_new (bound->op_name);

  g_string_append_c (text, '(');
  for (guint i = 0; i < bound->n_inputs; i++) {
    const BsOperand *operand = &bound->inputs[i];
    g_autofree char *name = operand->tensor      ? bs_explain_name (bound->recording, operand->tensor, bound->event.step + 1)
                            : operand->is_number ? g_strdup_printf ("%.*g", DIGITS, operand->number)
                                                 : g_strdup ("None");

    g_string_append_printf (text, i ? ", %s" : "%s", name);
  }
  g_string_append_c (text, ')');
  return bs_formula_new_name (text->str);
}

/* What was repeated to fit the others. */
static void
add_broadcast_notes (BsDerivation *self, BsBound *bound)
{
  g_autofree char *wide = bs_explain_shape (bound->result);

  for (guint i = 0; i < bound->n_inputs; i++) {
    BsTensorState state;
    g_autofree char *name = NULL, *shape = NULL;

    if (bound->inputs[i].tensor == 0)
      continue;
    bs_cursor_get_tensor (bound->cursor, bound->inputs[i].tensor, &state);
    if (state.value.numel == 1 || state.value.numel >= bound->result->numel)
      continue;
    name = bs_explain_name (bound->recording, bound->inputs[i].tensor, bound->event.step + 1);
    shape = bs_explain_shape (&state.value);
    /* Translators: a name and two shapes: "b is broadcast from 3 to 2×3: it stands in every row." */
    bs_derivation_add_note (self, g_strdup_printf (_("%s is broadcast from %s to %s."), name, shape, wide));
  }
}

static void
add_forward (BsDerivation *self, BsBound *bound, const BsFormula *name, gint64 element)
{
  g_autoptr (BsFormula) formula = bound->op != NULL ? bs_bound_parse (bound, bound->op->value_text) : NULL;
  gboolean single = bound->result->numel == 1, matrices = formula != NULL && bs_formula_has_product_of_matrices (formula);
  BsFormula *names = formula != NULL ? bs_bound_fill (bound, formula, matrices && !single ? BS_FILL_SHAPED : BS_FILL_NAMES) : NULL;
  g_autoptr (BsFormula) numbers = formula != NULL && single ? bs_bound_fill (bound, formula, BS_FILL_VALUES) : NULL;

  if (numbers != NULL && !agrees (numbers, bound->result)) {
    g_clear_pointer (&names, bs_formula_free);
    g_clear_pointer (&numbers, bs_formula_free);
  }
  bs_derivation_add (self, names != NULL ? names : new_call (bound), FALSE);
  if (numbers != NULL)
    bs_derivation_add (self, g_steal_pointer (&numbers), FALSE);
  else if (single)
    bs_explain_add_element (self, bound, formula, name, bound->result, 0, FALSE, BS_ROLE_FORWARD);
  bs_derivation_add (self, single ? bs_explain_number (bound->result, 0, BS_ROLE_FORWARD) : NULL, FALSE);
  if (single || element < 0)
    return;
  if (!matrices)
    add_broadcast_notes (self, bound);
  bs_explain_add_element (self, bound, formula, name, bound->result, element, FALSE, BS_ROLE_FORWARD);
}

/* A parameter is the tensor it was made of, which is filled with numbers only afterwards: no formula of its value. */
static gboolean
is_parameter (BsCursor *cursor, const BsBound *bound)
{
  BsTensorState state;

  bs_cursor_get_tensor (cursor, bound->tensor, &state);
  return state.is_leaf && state.requires_grad && strcmp (bound->op_name, "detach") == 0;
}

BsDerivation *
bs_derive_value (BsCursor *cursor, guint32 tensor, gint64 element)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 step = bs_recording_get_tensor_step (recording, tensor);
  BsDerivation *self = NULL;
  BsBound bound;

  /* The values it was made of, even when they have been changed since. */
  bs_bound_init (&bound, recording, tensor, step);
  if (bound.event.kind == BS_EVENT_TENSOR && bound.n_inputs > 0 && !is_parameter (cursor, &bound)) {
    const char *name = bs_tensor_get_name (recording, tensor, step + 1);
    g_autofree char *whole = bs_explain_name (recording, tensor, step + 1);
    g_autoptr (BsFormula) left = NULL;

    if (name == NULL)
      name = bs_tensor_get_name (recording, tensor, bs_cursor_get_step (cursor));
    left = bs_formula_with_role (bs_formula_new_name (name != NULL ? name : whole), BS_ROLE_FORWARD);
    self = bs_derivation_new ();
    if (name != NULL)
      bs_derivation_begin (self, bs_formula_copy (left));
    add_forward (self, &bound, left, element);
  }
  bs_bound_clear (&bound);
  return self;
}

char *
bs_explain_value (BsCursor *cursor, guint32 tensor, BsNotation notation)
{
  g_autoptr (BsDerivation) self = bs_derive_value (cursor, tensor, BS_NO_ELEMENT);

  return self != NULL ? bs_derivation_write (self, notation) : NULL;
}

const char *
bs_explain_saved (BsRecording *recording, guint32 tensor)
{
  const char *why = NULL;
  BsBound bound;

  if (bs_bound_init (&bound, recording, tensor, 0) && bound.op->saves_why != NULL)
    why = _(bound.op->saves_why);
  bs_bound_clear (&bound);
  return why;
}

/* --- updates ----------------------------------------------------------------------------------------------------------------- */

static void
add_write (BsDerivation *self, BsRecording *recording, const BsEvent *write)
{
  g_autofree char *name = bs_explain_name (recording, write->write.tensor, write->step + 1);
  g_autoptr (BsFormula) left = bs_formula_with_role (bs_formula_new_name (name), BS_ROLE_UPDATE);
  BsBound bound;

  if (bs_bound_init_write (&bound, recording, write) && bound.op->value_text != NULL) {
    g_autoptr (BsFormula) formula = bs_bound_parse (&bound, bound.op->value_text);
    g_autoptr (BsFormula) names = formula != NULL ? bs_bound_fill (&bound, formula, BS_FILL_NAMES) : NULL;
    g_autoptr (BsFormula) numbers = formula != NULL ? bs_bound_fill (&bound, formula, BS_FILL_VALUES) : NULL;

    if (names != NULL && (numbers == NULL || agrees (numbers, bound.result))) {
      bs_derivation_begin (self, bs_formula_copy (left));
      bs_derivation_add (self, g_steal_pointer (&names), FALSE);
      bs_derivation_add (self, g_steal_pointer (&numbers), TRUE);
      bs_derivation_add (self, bs_explain_number (bound.result, -1, BS_ROLE_UPDATE), FALSE);
    }
  }
  bs_bound_clear (&bound);
}

/* --- events in words ----------------------------------------------------------------------------------------------------------- */

static char *
tensor_sentence (const BsEvent *event)
{
  const BsOp *op = bs_op_find (event->tensor.op);

  if (op == NULL || strcmp (op->name, event->tensor.op) != 0 || op->sentence == NULL)
    return NULL;
  /* Translators: an operation and what it does: "mul: Multiplies element by element." */
  return g_strdup_printf (_("%s: %s"), event->tensor.op, _(op->sentence));
}

BsDerivation *
bs_derive_event (BsCursor *cursor)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  BsDerivation *self;
  char *sentence = NULL;
  BsEvent event;

  if (!bs_cursor_get_event (cursor, &event))
    return NULL;
  self = bs_derivation_new ();
  if (event.kind == BS_EVENT_TENSOR && event.tensor.n_inputs > 0)
    sentence = tensor_sentence (&event);
  else if (event.kind == BS_EVENT_ACCUMULATE)
    sentence = bs_explain_accumulation (recording, &event);
  bs_derivation_add_sentence (self, sentence != NULL ? sentence : bs_event_describe (recording, &event));
  if (event.kind == BS_EVENT_TENSOR)
    bs_derivation_append (self, bs_derive_value (cursor, event.tensor.id, BS_NO_ELEMENT));
  else if (event.kind == BS_EVENT_EDGE)
    bs_derivation_append (self, bs_derive_edge (cursor, &event, BS_NO_ELEMENT));
  else if (event.kind == BS_EVENT_ACCUMULATE)
    bs_explain_add_accumulation (self, recording, &event, BS_NO_ELEMENT);
  else if (event.kind == BS_EVENT_WRITE)
    add_write (self, recording, &event);
  return self;
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
