/* SPDX-License-Identifier: MIT */

/* An operation's numbers computed again from its texts, with something left out or swapped, as somebody at the blackboard
 * would who missed it. Whoever uses this checks first that the text as it is gives what was recorded. */

#include "config.h"

#include "predict-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/ops.h"
#include "recording/query.h"

#define MOST_ELEMENTS 65536
#define MOST_INPUTS 8
#define MOST_DIMS 64

typedef struct {
  gint64 shape[MOST_DIMS];
  guint n_dims;
} Shape;

typedef struct {
  BsRedo *redo;
  BsRedoHow how;
  Shape space;
  gint64 at;       /* element of the space */
  BsOperand inputs[MOST_INPUTS];
  BsValue values[MOST_INPUTS];
  guint n_inputs;
} Run;

gboolean
bs_redo_init (BsRedo *self, const BsQuestion *question, guint32 node)
{
  gboolean ok;

  memset (self, 0, sizeof *self);
  self->question = question;
  ok = bs_bound_init (&self->bound, question->recording, node, bs_cursor_get_step (question->before));
  if (question->kind == BS_EVENT_EDGE)
    self->has_upstream = bs_recording_get_upstream (question->recording, node, question->event, &self->upstream);
  return ok;
}

void
bs_redo_clear (BsRedo *self)
{
  bs_bound_clear (&self->bound);
}

/* --- shapes --------------------------------------------------------------------------------------------------------------- */

static gint64
numel_of (const Shape *self)
{
  gint64 n = 1;

  for (guint d = 0; d < self->n_dims; d++)
    n *= self->shape[d];
  return n;
}

/* FALSE: they do not go together. */
static gboolean
broadcast (Shape *self, const BsValue *value)
{
  Shape wide = { .n_dims = MAX (self->n_dims, value->n_dims) };

  if (wide.n_dims > MOST_DIMS)
    return FALSE;
  for (guint k = 1; k <= wide.n_dims; k++) {
    gint64 a = k <= self->n_dims ? self->shape[self->n_dims - k] : 1, b = k <= value->n_dims ? value->shape[value->n_dims - k] : 1;

    if (a != b && a != 1 && b != 1)
      return FALSE;
    wide.shape[wide.n_dims - k] = a == 1 ? b : a;
  }
  *self = wide;
  return TRUE;
}

/* The element of @value that stands at the element @at of the space; -1: it does not reach there. */
static gint64
index_in (const Shape *space, gint64 at, const BsValue *value)
{
  gint64 index = 0, stride = 1;

  for (guint k = 1; k <= space->n_dims; k++) {
    gint64 size = space->shape[space->n_dims - k], here = at % size, own;

    at /= size;
    if (k > value->n_dims)
      continue;
    own = value->shape[value->n_dims - k];
    if (own != 1 && own != size)
      return -1;
    index += own == 1 ? 0 : here * stride;
    stride *= own;
  }
  return index;
}

/* --- one element ------------------------------------------------------------------------------------------------------------ */

static gboolean
number_at (const Run *self, const BsValue *value, BsTerm *out)
{
  gint64 index = index_in (&self->space, self->at, value);

  if (index < 0 || index >= value->n_stored || value->how != BS_VALUE_WHOLE)
    return FALSE;
  *out = (BsTerm) { BS_TERM_VALUE, NULL, bs_value_get (value, index) };
  return TRUE;
}

static gboolean
input_at (const Run *self, guint position, BsTerm *out)
{
  if (self->how == BS_REDO_SWAPPED && self->n_inputs == 2)
    position = 1 - position;
  if (position >= self->n_inputs)
    return FALSE;
  if (self->inputs[position].tensor != 0)
    return number_at (self, &self->values[position], out);
  *out = (BsTerm) { BS_TERM_VALUE, NULL, self->inputs[position].number };
  return self->inputs[position].is_number;
}

static gboolean
term_at (const char *name, BsTerm *out, gpointer data)
{
  Run *self = data;
  BsRedo *redo = self->redo;
  double number;

  for (guint i = 0; i < redo->bound.signature.n_parameters; i++) {
    const BsParameter *parameter = &redo->bound.signature.parameters[i];

    if (parameter->is_input && parameter->kind != BS_KIND_TENSORS && strcmp (parameter->name, name) == 0)
      return input_at (self, parameter->position, out);
  }
  if (strcmp (name, "g") == 0 && redo->has_upstream) {
    *out = (BsTerm) { BS_TERM_VALUE, NULL, 1 };
    return self->how == BS_REDO_NO_UPSTREAM || number_at (self, &redo->upstream, out);
  }
  if (strcmp (name, "result") == 0)
    return number_at (self, &redo->bound.event.tensor.value, out);
  if (strcmp (name, "n") == 0 && self->n_inputs > 0) {
    *out = (BsTerm) { BS_TERM_VALUE, NULL, self->how == BS_REDO_NO_MEAN ? 1 : self->values[0].numel };
    return TRUE;
  }
  if (!bs_bound_get_argument (&redo->bound, name, &number))
    return FALSE;
  *out = (BsTerm) { BS_TERM_VALUE, NULL, number };
  return TRUE;
}

/* --- all of them -------------------------------------------------------------------------------------------------------------- */

static gboolean
run_init (Run *self, BsRedo *redo, BsRedoHow how)
{
  const BsEvent *e = &redo->bound.event;
  const BsQuestion *question = redo->question;

  memset (self, 0, sizeof *self);
  self->redo = redo;
  self->how = how;
  /* Its lists live only so long. */
  bs_recording_get_event (question->recording, e->step, &redo->bound.event);
  self->n_inputs = e->tensor.n_inputs;
  if (self->n_inputs > MOST_INPUTS)
    return FALSE;
  for (guint i = 0; i < self->n_inputs; i++)
    self->inputs[i] = e->tensor.inputs[i];
  for (guint i = 0; i < self->n_inputs; i++) {
    BsTensorState state;

    if (self->inputs[i].tensor == 0)
      continue;
    bs_cursor_get_tensor (question->before, self->inputs[i].tensor, &state);
    self->values[i] = state.value;
  }
  return broadcast (&self->space, &question->value) && broadcast (&self->space, &e->tensor.value) &&
         numel_of (&self->space) <= MOST_ELEMENTS;
}

double *
bs_redo_run (BsRedo *self, const char *text, BsRedoHow how)
{
  const BsQuestion *question = self->question;
  g_autoptr (BsFormula) formula = text != NULL ? bs_formula_parse (text) : NULL;
  g_autofree double *numbers = g_new0 (double, question->n);
  gint64 n;
  Run run;

  if (formula == NULL || !run_init (&run, self, how))
    return NULL;
  n = numel_of (&run.space);
  for (run.at = 0; run.at < n; run.at++) {
    gint64 index = index_in (&run.space, run.at, &question->value);

    if (index >= question->first && index < question->first + question->n)
      numbers[index - question->first] += bs_formula_evaluate (formula, term_at, &run);
  }
  for (guint i = 0; i < question->n; i++)
    if (isnan (numbers[i]))
      return NULL;
  return g_steal_pointer (&numbers);
}

/* --- products of matrices ---------------------------------------------------------------------------------------------------- */

typedef struct { const BsValue *value; gint64 rows, columns; gboolean turned; } Matrix;

/* A vector is a column. */
static gboolean
matrix_of (const BsValue *value, gboolean turned, Matrix *out)
{
  gint64 rows = value->n_dims > 0 ? value->shape[0] : 1, columns = value->n_dims > 1 ? value->shape[1] : 1;

  *out = (Matrix) { value, turned ? columns : rows, turned ? rows : columns, turned };
  return value->n_dims <= 2 && value->how == BS_VALUE_WHOLE && value->numel <= MOST_ELEMENTS;
}

static double
element (const Matrix *self, gint64 row, gint64 column)
{
  return bs_value_get (self->value, self->turned ? column * self->rows + row : row * self->columns + column);
}

static double *
multiply (const BsQuestion *question, const Matrix *a, const Matrix *b)
{
  double *numbers;

  if (a->columns != b->rows || a->rows * b->columns != question->value.numel)
    return NULL;
  numbers = g_new0 (double, question->n);
  for (guint i = 0; i < question->n; i++)
    for (gint64 k = 0; k < a->columns; k++)
      numbers[i] += element (a, (question->first + i) / b->columns, k) * element (b, k, (question->first + i) % b->columns);
  return numbers;
}

static double *
multiply_elements (const BsQuestion *question, const BsValue *a, const BsValue *b)
{
  double *numbers;

  if (a->numel != b->numel || a->numel != question->value.numel)
    return NULL;
  numbers = g_new0 (double, question->n);
  for (guint i = 0; i < question->n; i++)
    numbers[i] = bs_value_get (a, question->first + i) * bs_value_get (b, question->first + i);
  return numbers;
}

void
bs_redo_list_products (BsRedo *self, GPtrArray *slips)
{
  const BsQuestion *question = self->question;
  const char *text = self->bound.op->value_text;
  BsValue left, right;
  gboolean edge = question->kind == BS_EVENT_EDGE;
  Run run;

  if (text == NULL || strstr (text, " @ ") == NULL || !run_init (&run, self, BS_REDO_AS_IS) || run.n_inputs != 2 ||
      run.inputs[0].tensor == 0 || run.inputs[1].tensor == 0 || (edge && !self->has_upstream))
    return;
  /* Forward a @ b; backward g @ bᵀ and aᵀ @ g. */
  left = !edge ? run.values[0] : question->input == 0 ? self->upstream : run.values[0];
  right = !edge ? run.values[1] : question->input == 0 ? run.values[1] : self->upstream;
  for (guint i = 0; i < 8; i++) {
    Matrix a, b;
    gboolean swapped = i & 1;
    double *numbers;

    if (!matrix_of (swapped ? &right : &left, (i & 2) != 0, &a) || !matrix_of (swapped ? &left : &right, (i & 4) != 0, &b))
      return;
    numbers = multiply (question, &a, &b);
    if (numbers != NULL)
      bs_slips_add (slips, swapped ? BS_MISSED_ORDER : BS_MISSED_TRANSPOSE, numbers,
                    g_strdup (swapped ? _("The two factors stand in the wrong order: a product of matrices is not the same both ways.")
                                      : _("A transpose is missing, or stands where there is none. Look at the shapes.")));
  }
  bs_slips_add (slips, BS_MISSED_OPERATION, multiply_elements (question, &left, &right),
                g_strdup (_("That is the product element by element. A product of matrices sums rows times columns.")));
}
