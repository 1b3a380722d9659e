/* SPDX-License-Identifier: MIT */

/* What people get who miss one thing, computed from the recorded numbers. The order matters: the first that fits is told. */

#include "config.h"

#include "predict-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/ops.h"
#include "explain/explain.h"
#include "recording/query.h"

#define WAYS_MAX 8
#define LOOK_AHEAD 256 /* events from an edge to its .grad */

static void
slip_free (gpointer data)
{
  BsSlip *self = data;

  g_free (self->numbers);
  g_free (self->text);
  g_free (self);
}

void
bs_slips_add (GPtrArray *self, BsMissed missed, double *numbers, char *text)
{
  BsSlip *slip;

  if (numbers == NULL) {
    g_free (text);
    return;
  }
  slip = g_new (BsSlip, 1);
  *slip = (BsSlip) { missed, numbers, text };
  g_ptr_array_add (self, slip);
}

/* --- arithmetic --------------------------------------------------------------------------------------------------------- */

/* a + by * b */
static double *
combine (const BsQuestion *question, const double *a, double by, const double *b)
{
  double *out = g_new (double, question->n);

  for (guint i = 0; i < question->n; i++)
    out[i] = a[i] + by * b[i];
  return out;
}

static double *
scale (const BsQuestion *question, const double *a, double by)
{
  double *out = g_new (double, question->n);

  for (guint i = 0; i < question->n; i++)
    out[i] = a[i] * by;
  return out;
}

static gboolean
agree (const BsQuestion *question, const double *a, const double *b)
{
  if (a == NULL || b == NULL)
    return FALSE;
  for (guint i = 0; i < question->n; i++)
    if (!(fabs (a[i] - b[i]) <= 1e-4 * MAX (fabs (b[i]), 1e-3)))
      return FALSE;
  return TRUE;
}

static gboolean
is_constant (const char *text)
{
  g_autoptr (BsFormula) formula = text != NULL ? bs_formula_parse (text) : NULL;
  double value = formula != NULL ? bs_formula_evaluate (formula, NULL, NULL) : NAN;

  return formula == NULL || isfinite (value);
}

static char *
input_name (const BsQuestion *question, const BsRedo *redo, guint i)
{
  BsEvent made;

  bs_recording_get_event (question->recording, redo->bound.event.step, &made);
  if (i < made.tensor.n_inputs && made.tensor.inputs[i].tensor != 0)
    return bs_explain_name (question->recording, made.tensor.inputs[i].tensor, question->event);
  return i < made.tensor.n_inputs && made.tensor.inputs[i].is_number ? g_strdup_printf ("%.5g", made.tensor.inputs[i].number) : NULL;
}

/* The signature's names of the first two inputs; NULL. */
static const char *
parameter_name (const BsRedo *redo, guint i)
{
  for (guint k = 0; k < redo->bound.signature.n_parameters; k++) {
    const BsParameter *parameter = &redo->bound.signature.parameters[k];

    if (parameter->is_input && parameter->kind != BS_KIND_TENSORS && parameter->position == i)
      return parameter->name;
  }
  return NULL;
}

/* --- a value ------------------------------------------------------------------------------------------------------------- */

static void
list_operations (const BsQuestion *question, BsRedo *redo, GPtrArray *slips)
{
  static const struct { const char *sign, *shown; } others[] = { { "+", "+" }, { "-", "−" }, { "*", "·" }, { "/", "/" }, { "^", "^" } };
  const char *a = parameter_name (redo, 0), *b = parameter_name (redo, 1);
  g_autofree char *left = input_name (question, redo, 0), *right = input_name (question, redo, 1);

  if (a == NULL || b == NULL || left == NULL || right == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree char *text = g_strdup_printf ("%s %s %s", a, others[i].sign, b);

    bs_slips_add (slips, BS_MISSED_OPERATION, bs_redo_run (redo, text, BS_REDO_AS_IS),
                  g_strdup_printf (_("That is %s %s %s. Look at the operation again."), left, others[i].shown, right));
  }
}

static void
list_power (const BsQuestion *question, BsRedo *redo, GPtrArray *slips)
{
  g_autofree char *x = input_name (question, redo, 0);

  if (strstr (redo->bound.op->value_text, "self^exponent") == NULL)
    return;
  bs_slips_add (slips, BS_MISSED_POWER, bs_redo_run (redo, "self * exponent", BS_REDO_AS_IS),
                g_strdup_printf (_("That is %s times the exponent. A power multiplies %s by itself."), x, x));
}

static void
list_mean (const BsQuestion *question, BsRedo *redo, GPtrArray *slips, const double *truth)
{
  const char *text = redo->bound.op->value_text;
  BsTensorState state;
  BsEvent made;
  double n;

  bs_recording_get_event (question->recording, redo->bound.event.step, &made);
  if (made.tensor.n_inputs == 0 || made.tensor.inputs[0].tensor == 0)
    return;
  bs_cursor_get_tensor (question->before, made.tensor.inputs[0].tensor, &state);
  n = (double) state.value.numel / MAX (question->value.numel, 1);
  if (n <= 1)
    return;
  if (g_str_has_prefix (text, "mean(") || g_str_has_prefix (text, "-mean("))
    bs_slips_add (slips, BS_MISSED_MEAN, scale (question, truth, n), g_strdup_printf (_("That is the sum. The mean divides it by the count, %g."), n));
  else if (g_str_has_prefix (text, "sum("))
    bs_slips_add (slips, BS_MISSED_SUM, scale (question, truth, 1 / n), g_strdup (_("That is the mean. The sum divides by nothing.")));
}

static void
list_value (const BsQuestion *question, GPtrArray *slips, const double *truth)
{
  g_autofree double *again = NULL;
  const char *text;
  BsRedo redo;

  if (bs_redo_init (&redo, question, question->tensor) && (text = redo.bound.op->value_text) != NULL) {
    const char *derivative = redo.bound.op->derivative_text != NULL ? redo.bound.op->derivative_text[0] : NULL;

    again = bs_redo_run (&redo, text, BS_REDO_AS_IS);
    list_mean (question, &redo, slips, truth);
    bs_redo_list_products (&redo, slips);
    if (agree (question, again, truth)) {
      list_power (question, &redo, slips);
      bs_slips_add (slips, BS_MISSED_ORDER, bs_redo_run (&redo, text, BS_REDO_SWAPPED),
                    g_strdup (_("The operands are swapped: their order matters here.")));
      if (!is_constant (derivative))
        bs_slips_add (slips, BS_MISSED_DERIVATIVE, bs_redo_run (&redo, derivative, BS_REDO_AS_IS),
                      g_strdup (_("That is the derivative. Asked is the value itself.")));
      list_operations (question, &redo, slips);
    }
    if (parameter_name (&redo, 0) != NULL)
      bs_slips_add (slips, BS_MISSED_OPERATION, bs_redo_run (&redo, parameter_name (&redo, 0), BS_REDO_AS_IS),
                    g_strdup (_("That is what goes in. The operation is still to be done.")));
  }
  bs_redo_clear (&redo);
}

/* --- a gradient ------------------------------------------------------------------------------------------------------------ */

/* A wrong contribution, alone and together with what had arrived before. */
static void
add_part (const BsQuestion *question, GPtrArray *slips, const double *old, BsMissed missed, double *numbers, const char *text)
{
  if (numbers != NULL && old != NULL)
    bs_slips_add (slips, missed, combine (question, old, 1, numbers), g_strdup (text));
  bs_slips_add (slips, missed, numbers, g_strdup (text));
}

static void
list_power_rule (const BsQuestion *question, BsRedo *redo, GPtrArray *slips, const double *old)
{
  if (redo->bound.op->value_text == NULL || strstr (redo->bound.op->value_text, "self^exponent") == NULL || question->input != 0)
    return;
  add_part (question, slips, old, BS_MISSED_POWER, bs_redo_run (redo, "g * self^(exponent - 1)", BS_REDO_AS_IS),
            _("The exponent comes down as a factor: (xⁿ)′ = n · xⁿ⁻¹."));
  add_part (question, slips, old, BS_MISSED_POWER, bs_redo_run (redo, "g * exponent * self^exponent", BS_REDO_AS_IS),
            _("The exponent becomes one less: (xⁿ)′ = n · xⁿ⁻¹."));
  add_part (question, slips, old, BS_MISSED_POWER, bs_redo_run (redo, "g * self^exponent", BS_REDO_AS_IS),
            _("That is upstream times the value. The local factor is the derivative: (xⁿ)′ = n · xⁿ⁻¹."));
}

static void
list_local (const BsQuestion *question, BsRedo *redo, GPtrArray *slips, const double *old, const char *vjp)
{
  g_autofree char *upstream = bs_question_derivative (question, question->root, question->node);
  g_autofree char *local = bs_question_derivative (question, question->node, question->tensor);
  g_autofree char *no_upstream = g_strdup_printf (_("That is %s alone, the local derivative. The upstream gradient %s is missing as a factor."),
                                                  local, upstream);
  g_autofree char *no_local = g_strdup_printf (_("That is %s, the upstream gradient alone. The local derivative %s is missing as a factor."),
                                               upstream, local);

  add_part (question, slips, old, BS_MISSED_UPSTREAM, bs_redo_run (redo, vjp, BS_REDO_NO_UPSTREAM), no_upstream);
  add_part (question, slips, old, BS_MISSED_MEAN, bs_redo_run (redo, vjp, BS_REDO_NO_MEAN),
            _("The mean divides by the count n, and so does its gradient: the factor 1/n is missing."));
  list_power_rule (question, redo, slips, old);
  if (redo->bound.op->value_text != NULL && !is_constant (redo->bound.op->derivative_text ? redo->bound.op->derivative_text[0] : NULL))
    add_part (question, slips, old, BS_MISSED_DERIVATIVE, bs_redo_run (redo, "g * result", BS_REDO_AS_IS),
              _("That is upstream times the value. The local factor is the derivative."));
  add_part (question, slips, old, BS_MISSED_LOCAL, bs_redo_run (redo, "g", BS_REDO_AS_IS), no_local);
}

static void
list_other_input (const BsQuestion *question, BsRedo *redo, GPtrArray *slips, const double *old)
{
  g_autofree char *other = input_name (question, redo, 1 - MIN (question->input, 1));
  g_autofree char *text = other != NULL ? g_strdup_printf (_("That is what flows to %s. The factors are swapped."), other) : NULL;

  if (redo->bound.signature.n_inputs != 2 || question->input > 1 || text == NULL)
    return;
  add_part (question, slips, old, BS_MISSED_ORDER, bs_redo_run (redo, redo->bound.op->vjp_text[1 - question->input], BS_REDO_AS_IS), text);
}

/* What was broadcast is summed, not averaged. */
static void
list_broadcast (const BsQuestion *question, BsRedo *redo, GPtrArray *slips, const double *old, const double *part)
{
  double n = redo->has_upstream ? (double) redo->upstream.numel / question->value.numel : 1;

  if (n > 1 && redo->bound.op->value_text != NULL && strstr (redo->bound.op->value_text, " @ ") == NULL)
    add_part (question, slips, old, BS_MISSED_SUM, scale (question, part, 1 / n),
              _("What was broadcast forward is summed backward, not averaged."));
}

/* All factors on the way to the loss but one; one way of several. */
static void
list_ways (const BsQuestion *question, GPtrArray *slips)
{
  g_autoptr (BsPaths) paths = question->value.numel == 1
    ? bs_recording_trace_paths (question->recording, question->tensor, question->event + 1, WAYS_MAX) : NULL;

  for (guint i = 0; paths != NULL && i < paths->n_paths; i++) {
    const BsPath *path = &paths->paths[i];

    if (paths->n_paths > 1 && isfinite (path->product))
      bs_slips_add (slips, BS_MISSED_PATH, g_memdup2 (&path->product, sizeof path->product),
                    g_strdup (_("That is what comes along one way. The gradients of all ways are added.")));
    for (guint k = 1; k < path->n && isfinite (path->product); k++) {
      g_autofree char *factor = NULL;
      BsEvent edge;
      double rest = paths->sum - path->product + path->product / path->factors[k];

      bs_recording_get_event (question->recording, path->edges[k], &edge);
      factor = bs_question_derivative (question, edge.edge.node, edge.edge.to);
      if (isfinite (rest))
        bs_slips_add (slips, BS_MISSED_FACTOR, g_memdup2 (&rest, sizeof rest),
                      g_strdup_printf (_("A factor of the chain is missing: %s."), factor));
    }
  }
}

static void
list_leaf (const BsQuestion *question, GPtrArray *slips)
{
  guint32 n = bs_recording_get_n_events (question->recording);
  BsEvent e;

  for (guint32 i = question->event + 1; i < n && i - question->event < LOOK_AHEAD; i++) {
    if (bs_recording_get_kind (question->recording, i) != BS_EVENT_ACCUMULATE)
      continue;
    bs_recording_get_event (question->recording, i, &e);
    if (e.accumulate.tensor != question->tensor)
      continue;
    if (e.accumulate.had_grad)
      bs_slips_add (slips, BS_MISSED_OLD_GRAD, bs_question_dup_numbers (question, &e.accumulate.after),
                    g_strdup (_("That is what .grad becomes, with what it had before. Asked is what flows in this walk.")));
    return;
  }
}

static void
list_edge (const BsQuestion *question, GPtrArray *slips)
{
  g_autofree double *old = question->old.numel ? bs_question_dup_numbers (question, &question->old) : NULL;
  g_autofree double *part = bs_question_dup_numbers (question, &question->added), *again = NULL;
  const char *vjp = NULL;
  BsRedo redo;

  if (old != NULL) {
    bs_slips_add (slips, BS_MISSED_PATH, g_memdup2 (part, question->n * sizeof *part),
                  g_strdup (_("That is what comes along this edge. Add what has arrived along the others.")));
    bs_slips_add (slips, BS_MISSED_CHANGE, g_memdup2 (old, question->n * sizeof *old),
                  g_strdup (_("That has arrived already. What comes along this edge is still to be added.")));
  }
  if (bs_redo_init (&redo, question, question->node) && redo.bound.op->vjp_text != NULL && question->input < BS_TEXTS_MAX)
    vjp = redo.bound.op->vjp_text[question->input];
  again = vjp != NULL ? bs_redo_run (&redo, vjp, BS_REDO_AS_IS) : NULL;
  if (agree (question, again, part)) {
    list_local (question, &redo, slips, old, vjp);
    list_other_input (question, &redo, slips, old);
    list_broadcast (question, &redo, slips, old, part);
  }
  if (redo.bound.op != NULL)
    bs_redo_list_products (&redo, slips);
  bs_redo_clear (&redo);
  list_ways (question, slips);
  list_leaf (question, slips);
  if (old != NULL)
    bs_slips_add (slips, BS_MISSED_SIGN, combine (question, old, -1, part), g_strdup (_("What comes along this edge has the other sign.")));
}

/* --- .grad and updates ------------------------------------------------------------------------------------------------------- */

static void
list_accumulate (const BsQuestion *question, GPtrArray *slips)
{
  double *old = bs_question_dup_numbers (question, &question->old), *added = bs_question_dup_numbers (question, &question->added);

  bs_slips_add (slips, BS_MISSED_SIGN, combine (question, old, -1, added), g_strdup (_("It is added, not subtracted.")));
  bs_slips_add (slips, BS_MISSED_OLD_GRAD, added,
                g_strdup (_("That is what flows now. It is added to what .grad has already: nobody has cleared it.")));
  bs_slips_add (slips, BS_MISSED_NEW_GRAD, old, g_strdup (_("That is what .grad was. What flows now is added to it.")));
}

/* What the last walk alone brought to .grad; NULL: it brought all. */
static double *
last_contribution (const BsQuestion *question, const BsTensorState *state)
{
  guint32 step = question->event;
  BsEvent e;

  while (state->n_accumulated > 1 && (step = bs_recording_find_change (question->recording, question->tensor, BS_CHANGE_GRAD, step, -1)) != BS_NO_CHANGE) {
    bs_recording_get_event (question->recording, --step, &e);
    if (e.kind == BS_EVENT_ACCUMULATE)
      return bs_question_dup_numbers (question, &e.accumulate.contribution);
  }
  return NULL;
}

static void
list_with_gradient (const BsQuestion *question, GPtrArray *slips, const double *old, const double *change)
{
  g_autofree double *grad = NULL, *last = NULL, *partly = g_new (double, question->n), *rate = g_new (double, question->n);
  BsTensorState state;

  bs_cursor_get_tensor (question->before, question->tensor, &state);
  if (state.grad_state != BS_GRAD_KNOWN && state.grad_state != BS_GRAD_STALE)
    return;
  grad = bs_question_dup_numbers (question, &state.grad);
  last = last_contribution (question, &state);
  for (guint i = 0; i < question->n; i++) {
    rate[i] = grad[i] != 0 ? change[i] / grad[i] : 0;
    partly[i] = last != NULL ? old[i] + rate[i] * last[i] : NAN;
  }
  bs_slips_add (slips, BS_MISSED_RATE, combine (question, old, -1, grad),
                g_strdup (_("The whole gradient is taken off. It is multiplied by the learning rate first.")));
  bs_slips_add (slips, BS_MISSED_RATE, combine (question, old, 1, grad),
                g_strdup (_("The whole gradient is added. Take off the learning rate times the gradient.")));
  bs_slips_add (slips, BS_MISSED_WHOLE, g_memdup2 (grad, question->n * sizeof *grad),
                g_strdup (_("That is the gradient. The update takes a part of it off the old number.")));
  bs_slips_add (slips, BS_MISSED_LOCAL, combine (question, old, 1, rate),
                g_strdup (_("The learning rate alone is taken off. It is multiplied by the gradient.")));
  if (last != NULL)
    bs_slips_add (slips, BS_MISSED_OLD_GRAD, g_steal_pointer (&partly),
                  g_strdup (_("Only what flowed last is used. .grad has also what nobody has cleared, and the update uses all of it.")));
}

static void
list_write (const BsQuestion *question, GPtrArray *slips, const double *truth)
{
  double *old = bs_question_dup_numbers (question, &question->old);
  g_autofree double *change = combine (question, truth, -1, old);

  list_with_gradient (question, slips, old, change);
  bs_slips_add (slips, BS_MISSED_DIRECTION, combine (question, old, -1, change),
                g_strdup (_("That goes the other way: the gradient points uphill, and the update goes down.")));
  bs_slips_add (slips, BS_MISSED_WHOLE, g_memdup2 (change, question->n * sizeof *change),
                g_strdup (_("That is the change alone. Asked is the number that comes of it.")));
  bs_slips_add (slips, BS_MISSED_WHOLE, scale (question, change, -1),
                g_strdup (_("That is what is taken off. Asked is the number that comes of it.")));
  bs_slips_add (slips, BS_MISSED_CHANGE, old, g_strdup (_("That is the old number. The update changes it.")));
}

GPtrArray *
bs_question_list_slips (const BsQuestion *self)
{
  GPtrArray *slips = g_ptr_array_new_with_free_func (slip_free);
  g_autofree double *truth = bs_question_dup_numbers (self, &self->value);

  switch (self->kind) {
  case BS_EVENT_TENSOR: list_value (self, slips, truth); break;
  case BS_EVENT_EDGE: list_edge (self, slips); break;
  case BS_EVENT_ACCUMULATE: list_accumulate (self, slips); break;
  default: list_write (self, slips, truth);
  }
  bs_slips_add (slips, BS_MISSED_SIGN, scale (self, truth, -1), g_strdup (_("The size is right, the sign is not.")));
  return slips;
}
