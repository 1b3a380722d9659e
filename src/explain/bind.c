/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "bind.h"
#include "formula-private.h"

#include <math.h>
#include <string.h>

#include "engine/ops.h"
#include "recording/describe.h"

#define DIGITS 5
#define NAME_MAX_LENGTH 40

char *
bs_explain_shape (const BsValue *value)
{
  GString *text = g_string_new (NULL);

  if (value->n_dims == 0)
    g_string_append (text, "1");
  for (guint i = 0; i < value->n_dims; i++)
    g_string_append_printf (text, i ? "×%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value->shape[i]);
  return g_string_free (text, FALSE);
}

char *
bs_explain_scalar (const BsValue *value)
{
  BsValue scalar = *value;

  scalar.n_dims = 0;
  return bs_value_to_text (&scalar, DIGITS);
}

char *
bs_explain_name (BsRecording *recording, guint32 tensor, guint32 step)
{
  const char *name = bs_tensor_get_name (recording, tensor, step);
  char *text;
  BsEvent event;

  if (name != NULL)
    return g_strdup (name);
  bs_recording_get_event (recording, bs_recording_get_tensor_step (recording, tensor), &event);
  if (event.kind != BS_EVENT_TENSOR)
    return g_strdup ("?");
  text = bs_tensor_dup_expression (recording, tensor);
  if (text != NULL && g_utf8_strlen (text, -1) <= NAME_MAX_LENGTH)
    return text;
  g_free (text);
  if (event.tensor.n_inputs == 1 && event.tensor.inputs[0].tensor != 0 && strcmp (event.tensor.op, "t") == 0) {
    g_autofree char *turned = bs_explain_name (recording, event.tensor.inputs[0].tensor, step); /* inside of nn.Linear */

    return bs_formula_is_identifier (turned) ? g_strconcat (turned, "ᵀ", NULL) : g_strdup_printf ("(%s)ᵀ", turned);
  }
  return g_strdup (event.tensor.op);
}

static gboolean
find_op (BsBound *self)
{
  g_autofree char *name = g_strdup (self->op_name);

  if (self->op_name == NULL)
    return FALSE;
  self->op = bs_op_find (name);
  if (self->op == NULL && g_str_has_suffix (name, "_")) {
    name[strlen (name) - 1] = '\0';
    self->op = bs_op_find (name);
  }
  if (self->op != NULL && (strcmp (self->op->name, name) != 0 || !bs_signature_parse (self->op->signature, &self->signature)))
    self->op = NULL;
  return self->op != NULL;
}

static void
begin (BsBound *self, BsRecording *recording, guint32 step)
{
  memset (self, 0, sizeof *self);
  self->cursor = bs_cursor_new (recording);
  self->recording = recording;
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->formulas = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_formula_free);
  bs_cursor_seek (self->cursor, step);
}

gboolean
bs_bound_init (BsBound *self, BsRecording *recording, guint32 tensor, guint32 step)
{
  begin (self, recording, step);
  self->tensor = tensor;
  bs_recording_get_event (recording, bs_recording_get_tensor_step (recording, tensor), &self->event);
  if (self->event.kind != BS_EVENT_TENSOR || self->event.tensor.n_inputs == 0)
    return FALSE;
  self->op_name = self->event.tensor.op;
  self->n_inputs = self->event.tensor.n_inputs;
  self->inputs = g_memdup2 (self->event.tensor.inputs, self->n_inputs * sizeof *self->inputs);
  g_ptr_array_add (self->texts, (gpointer) self->inputs);
  self->n_attributes = self->event.tensor.n_attributes;
  self->attributes = self->event.tensor.attributes;
  self->result = &self->event.tensor.value;
  return find_op (self);
}

gboolean
bs_bound_init_write (BsBound *self, BsRecording *recording, const BsEvent *write)
{
  begin (self, recording, write->step);
  self->event = *write;
  self->tensor = write->write.tensor;
  self->op_name = write->write.op;
  self->n_inputs = write->write.n_inputs;
  self->inputs = g_memdup2 (write->write.inputs, self->n_inputs * sizeof *self->inputs);
  g_ptr_array_add (self->texts, (gpointer) self->inputs);
  self->n_attributes = write->write.n_attributes;
  self->attributes = write->write.attributes;
  self->result = &self->event.write.after;
  return self->n_inputs > 0 && find_op (self);
}

void
bs_bound_clear (BsBound *self)
{
  g_clear_object (&self->cursor);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
  g_clear_pointer (&self->formulas, g_ptr_array_unref);
}

/* --- names --------------------------------------------------------------------------------------------------------------- */

static const BsParameter *
find_parameter (const BsBound *self, const char *name)
{
  for (guint i = 0; i < self->signature.n_parameters; i++)
    if (strcmp (self->signature.parameters[i].name, name) == 0)
      return &self->signature.parameters[i];
  return NULL;
}

const char *
bs_bound_find_argument (BsBound *self, const char *name)
{
  const BsParameter *parameter = find_parameter (self, name);

  for (guint i = 0; i < self->n_attributes; i++)
    if (strcmp (self->attributes[i].name, name) == 0)
      return self->attributes[i].text;
  return parameter != NULL && parameter->has_default ? parameter->default_text : NULL;
}

static BsFormula *
keep_name (BsBound *self, BsFormula *formula)
{
  g_ptr_array_add (self->formulas, formula);
  return formula;
}

static BsFormula *
name_of (BsBound *self, guint32 tensor)
{
  g_autofree char *name = bs_explain_name (self->recording, tensor, self->event.step + 1);

  return keep_name (self, bs_formula_with_role (bs_formula_new_name (name), BS_ROLE_FORWARD));
}

static void
value_of (BsBound *self, guint32 tensor, BsValue *out)
{
  BsTensorState state;

  bs_cursor_get_tensor (self->cursor, tensor, &state);
  *out = state.value;
  if (out->how != BS_VALUE_WHOLE)
    bs_cursor_get_whole (self->cursor, tensor, FALSE, out);
}

static gboolean
find_operand (BsBound *self, const BsOperand *operand, BsBoundName *out)
{
  if (operand->tensor == 0) {
    *out = (BsBoundName) { { BS_TERM_PLAIN, NULL, operand->number }, TRUE };
    return operand->is_number;
  }
  out->is_plain = FALSE;
  out->name = name_of (self, operand->tensor);
  out->role = BS_ROLE_FORWARD;
  value_of (self, operand->tensor, &out->value);
  return TRUE;
}

static gboolean
find_argument (BsBound *self, const char *name, BsBoundName *out)
{
  const char *text = bs_bound_find_argument (self, name);
  char *end;

  if (text == NULL)
    return FALSE;
  *out = (BsBoundName) { { BS_TERM_PLAIN, NULL, g_ascii_strtod (text, &end) }, TRUE };
  if (*end != '\0' || end == text)
    out->plain = (BsTerm) { BS_TERM_NAME, text };
  return TRUE;
}

gboolean
bs_bound_get_argument (BsBound *self, const char *name, double *out)
{
  BsBoundName found;

  if (!find_argument (self, name, &found) || found.plain.kind == BS_TERM_NAME)
    return FALSE;
  *out = found.plain.number;
  return TRUE;
}

static gint64
numel_of_input (BsBound *self, guint i)
{
  BsValue value;

  if (i >= self->n_inputs || self->inputs[i].tensor == 0)
    return 1;
  value_of (self, self->inputs[i].tensor, &value);
  return value.numel;
}

/* How many elements a mean is taken of: those that fall together in one of the result; of classes, the samples. */
static gboolean
find_count (BsBound *self, BsBoundName *out)
{
  const char *reduction = bs_bound_find_argument (self, "reduction");
  gint64 n = numel_of_input (self, 0);

  if (reduction == NULL)
    n /= MAX (self->result->numel, 1);
  else if (strstr (reduction, "mean") == NULL)
    n = 1;
  else if (self->n_inputs > 1 && g_str_has_prefix (self->op->name, "nll_loss"))
    n = numel_of_input (self, 1);
  else
    n = MAX (n, numel_of_input (self, 1));
  if (self->n_inputs > 2 && self->inputs[2].tensor != 0 && reduction != NULL && g_str_has_prefix (self->op->name, "nll_loss"))
    return FALSE; /* weights: no mere count */
  *out = (BsBoundName) { { BS_TERM_PLAIN, NULL, n }, TRUE };
  return TRUE;
}

static gboolean
find_name (BsBound *self, const char *name, BsBoundName *out)
{
  const BsParameter *parameter = find_parameter (self, name);

  memset (out, 0, sizeof *out);
  if (parameter != NULL && parameter->is_input && parameter->kind != BS_KIND_TENSORS)
    return parameter->position < self->n_inputs && find_operand (self, &self->inputs[parameter->position], out);
  if (parameter != NULL)
    return find_argument (self, name, out);
  if (strcmp (name, "g") == 0 && self->upstream_is_one) {
    *out = (BsBoundName) { { BS_TERM_PLAIN, NULL, 1 }, TRUE };
    return TRUE;
  }
  if (strcmp (name, "g") == 0 && self->upstream != NULL) {
    *out = (BsBoundName) { .value = *self->upstream, .role = BS_ROLE_GRADIENT, .name = (BsFormula *) self->upstream_name };
    return TRUE;
  }
  if (strcmp (name, "result") == 0 || strcmp (name, "y") == 0) {
    *out = (BsBoundName) { .value = *self->result, .role = BS_ROLE_FORWARD, .name = name_of (self, self->tensor) };
    return TRUE;
  }
  if (strcmp (name, "pi") == 0) {
    *out = (BsBoundName) { { BS_TERM_PLAIN, NULL, G_PI }, TRUE };
    return TRUE;
  }
  return strcmp (name, "n") == 0 && find_count (self, out);
}

gboolean
bs_bound_find (BsBound *self, const char *name, BsBoundName *out)
{
  gboolean found;

  for (guint i = 0; i < self->n_names; i++)
    if (strcmp (self->names[i].name, name) == 0) {
      *out = self->names[i].bound;
      return self->names[i].found;
    }
  found = find_name (self, name, out);
  if (self->n_names < BS_BOUND_NAMES && g_strlcpy (self->names[self->n_names].name, name, sizeof self->names->name) < sizeof self->names->name) {
    self->names[self->n_names].bound = *out;
    self->names[self->n_names++].found = found;
  }
  return found;
}

static BsFormula *
shaped (BsFormula *name, const BsValue *value)
{
  g_autofree char *shape = bs_explain_shape (value);

  return bs_formula_new_text (BS_FORMULA_SHAPED, shape, bs_formula_copy (name), NULL);
}

static gboolean
find_term (const char *name, BsTerm *out, gpointer data)
{
  BsBound *self = data;
  BsBoundName bound;

  if (!bs_bound_find (self, name, &bound)) {
    self->failed = TRUE;
    return FALSE;
  }
  if (bound.is_plain) {
    *out = bound.plain;
  } else if (self->fill == BS_FILL_VALUES && bound.value.numel == 1 && bound.value.n_stored == 1) {
    char *text = bs_explain_scalar (&bound.value);

    g_ptr_array_add (self->texts, text);
    *out = (BsTerm) { BS_TERM_VALUE, text, bs_value_get (&bound.value, 0), bound.role };
  } else if (self->fill == BS_FILL_VALUES) {
    self->failed = TRUE;
    return FALSE;
  } else {
    *out = (BsTerm) { .kind = BS_TERM_FORMULA,
                      .formula = self->fill == BS_FILL_SHAPED ? keep_name (self, shaped (bound.name, &bound.value)) : bound.name };
  }
  return TRUE;
}

/* Below a transposed matrix its shape is written the other way round, and below the ᵀ. */
static void
turn_shapes (BsFormula *self)
{
  for (guint i = 0; i < self->n; i++)
    turn_shapes (self->parts[i]);
  if (self->kind == BS_FORMULA_TRANSPOSE && self->parts[0]->kind == BS_FORMULA_SHAPED) {
    BsFormula *below = self->parts[0];
    g_auto (GStrv) sides = g_strsplit (below->text, "×", -1);
    guint n = g_strv_length (sides);

    if (n >= 2) {
      char *last = sides[n - 1];

      sides[n - 1] = sides[n - 2];
      sides[n - 2] = last;
    }
    self->kind = BS_FORMULA_SHAPED;
    self->text = g_strjoinv ("×", sides);
    below->kind = BS_FORMULA_TRANSPOSE;
    g_clear_pointer (&below->text, g_free);
  }
}

BsFormula *
bs_bound_fill (BsBound *self, const BsFormula *formula, BsFill fill)
{
  BsFormula *filled;

  self->fill = fill;
  self->failed = FALSE;
  filled = bs_formula_fill (formula, find_term, self);
  if (self->failed)
    g_clear_pointer (&filled, bs_formula_free);
  if (filled != NULL && fill == BS_FILL_SHAPED)
    turn_shapes (filled);
  return filled;
}

/* What a loss does with its elements is an argument: the mean of the table's text, their sum, or nothing. */
static BsFormula *
reduce_as_asked (BsFormula *self, gboolean sum)
{
  BsFormula *inner;

  for (guint i = 0; i < self->n; i++)
    self->parts[i] = reduce_as_asked (self->parts[i], sum);
  if (self->kind != BS_FORMULA_CALL || self->n != 1 || strcmp (self->text, "mean") != 0)
    return self;
  if (sum) {
    g_free (self->text);
    self->text = g_strdup ("sum");
    return self;
  }
  inner = g_steal_pointer (&self->parts[0]);
  self->n = 0;
  bs_formula_free (self);
  return inner;
}

/* permute(0, 1), transpose(0, 0) */
static gboolean
is_identity (BsBound *self)
{
  const char *dims = bs_bound_find_argument (self, "dims"), *a = bs_bound_find_argument (self, "dim0"), *b = bs_bound_find_argument (self, "dim1");

  if (dims != NULL)
    return dims[strcspn (dims, "-0123456789")] == '0' || g_str_has_prefix (dims + strcspn (dims, "-0123456789"), "-2");
  return a != NULL && b != NULL && (g_ascii_strtoll (a, NULL, 10) + 2) % 2 == (g_ascii_strtoll (b, NULL, 10) + 2) % 2;
}

/* Of a matrix, an exchange of its two dimensions is a ᵀ. */
static BsFormula *
transpose_as_shown (BsBound *self, BsFormula *formula)
{
  static const char *const names[] = { "transpose", "permute", "unpermute" };
  BsBoundName input;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (formula->kind == BS_FORMULA_CALL && formula->n == 1 && strcmp (formula->text, names[i]) == 0 &&
        bs_bound_find (self, self->signature.parameters[0].name, &input) && input.value.n_dims == 2 &&
        self->result->shape[0] == input.value.shape[1] && !is_identity (self)) {
      formula->kind = BS_FORMULA_TRANSPOSE;
      g_clear_pointer (&formula->text, g_free);
    }
  return formula;
}

BsFormula *
bs_bound_parse (BsBound *self, const char *text)
{
  const char *reduction = bs_bound_find_argument (self, "reduction");
  BsFormula *formula = text != NULL ? bs_formula_parse (text) : NULL;

  if (formula != NULL && reduction != NULL && strstr (reduction, "mean") == NULL)
    formula = reduce_as_asked (formula, strstr (reduction, "sum") != NULL);
  return formula != NULL ? transpose_as_shown (self, formula) : NULL;
}
