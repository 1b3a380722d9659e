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
  return g_strdup (event.tensor.op);
}

gboolean
bs_bound_init (BsBound *self, BsCursor *cursor, guint32 tensor)
{
  memset (self, 0, sizeof *self);
  self->cursor = cursor;
  self->recording = bs_cursor_get_recording (cursor);
  self->texts = g_ptr_array_new_with_free_func (g_free);
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, tensor), &self->event);
  if (self->event.kind != BS_EVENT_TENSOR || self->event.tensor.n_inputs == 0)
    return FALSE;
  self->op = bs_op_find (self->event.tensor.op);
  return self->op != NULL && strcmp (self->op->name, self->event.tensor.op) == 0 &&
         bs_signature_parse (self->op->signature, &self->signature);
}

void
bs_bound_clear (BsBound *self)
{
  g_clear_pointer (&self->texts, g_ptr_array_unref);
}

static const char *
keep (BsBound *self, char *text)
{
  g_ptr_array_add (self->texts, text);
  return text;
}

static const BsParameter *
find_parameter (const BsBound *self, const char *name)
{
  for (guint i = 0; i < self->signature.n_parameters; i++)
    if (strcmp (self->signature.parameters[i].name, name) == 0)
      return &self->signature.parameters[i];
  return NULL;
}

static gboolean
term_of_value (BsBound *self, const BsValue *value, const char *name, BsTerm *out)
{
  if (self->fill == BS_FILL_NAMES) {
    *out = (BsTerm) { BS_TERM_NAME, name, 0 };
  } else if (self->fill == BS_FILL_SHAPES) {
    *out = (BsTerm) { BS_TERM_NAME, keep (self, bs_explain_shape (value)), 0 };
  } else if (value->numel == 1 && value->n_stored == 1) {
    *out = (BsTerm) { BS_TERM_VALUE, keep (self, bs_value_to_text (value, DIGITS)), bs_value_get (value, 0) };
  } else {
    self->failed = TRUE;
    return FALSE;
  }
  return TRUE;
}

static gboolean
term_of_operand (BsBound *self, const BsOperand *operand, BsTerm *out)
{
  BsTensorState state;

  if (operand->tensor == 0) {
    *out = (BsTerm) { BS_TERM_PLAIN, NULL, operand->number };
    return operand->is_number;
  }
  bs_cursor_get_tensor (self->cursor, operand->tensor, &state);
  return term_of_value (self, &state.value,
                        keep (self, bs_explain_name (self->recording, operand->tensor, self->event.step + 1)), out);
}

/* Arguments that were left out stand at their default. */
static gboolean
term_of_argument (BsBound *self, const BsParameter *parameter, BsTerm *out)
{
  const char *text = parameter->has_default ? parameter->default_text : NULL;
  char *end;

  for (guint i = 0; i < self->event.tensor.n_attributes; i++)
    if (strcmp (self->event.tensor.attributes[i].name, parameter->name) == 0)
      text = self->event.tensor.attributes[i].text;
  if (text == NULL)
    return FALSE;
  *out = (BsTerm) { BS_TERM_PLAIN, NULL, g_ascii_strtod (text, &end) };
  if (*end != '\0' || end == text)
    *out = (BsTerm) { BS_TERM_NAME, text, 0 };
  return TRUE;
}

gboolean
bs_bound_get_argument (BsBound *self, const char *name, double *out)
{
  const BsParameter *parameter = find_parameter (self, name);
  BsTerm term;

  if (parameter == NULL || parameter->is_input || !term_of_argument (self, parameter, &term) || term.kind == BS_TERM_NAME)
    return FALSE;
  *out = term.number;
  return TRUE;
}

static gboolean
find_term (const char *name, BsTerm *out, gpointer data)
{
  BsBound *self = data;
  const BsParameter *parameter = find_parameter (self, name);

  if (parameter != NULL && parameter->is_input && parameter->kind != BS_KIND_TENSORS)
    return parameter->position < self->event.tensor.n_inputs &&
           term_of_operand (self, &self->event.tensor.inputs[parameter->position], out);
  if (parameter != NULL)
    return term_of_argument (self, parameter, out);
  if (strcmp (name, "g") == 0 && self->upstream_is_one && self->fill != BS_FILL_SHAPES) {
    *out = (BsTerm) { BS_TERM_PLAIN, NULL, 1 };
    return TRUE;
  }
  if (strcmp (name, "g") == 0 && self->upstream != NULL)
    return term_of_value (self, self->upstream, self->upstream_name, out);
  if (strcmp (name, "result") == 0)
    return term_of_value (self, &self->event.tensor.value,
                          keep (self, bs_explain_name (self->recording, self->event.tensor.id, self->event.step + 1)), out);
  if (strcmp (name, "n") == 0 && self->event.tensor.inputs[0].tensor != 0) {
    BsTensorState state;

    bs_cursor_get_tensor (self->cursor, self->event.tensor.inputs[0].tensor, &state);
    *out = (BsTerm) { BS_TERM_PLAIN, NULL, state.value.numel };
    return TRUE;
  }
  self->failed = TRUE;
  return FALSE;
}

/* The shape of a transposed matrix is written the other way round. */
static void
turn_shapes (BsFormula *self)
{
  for (guint i = 0; i < self->n; i++)
    turn_shapes (self->parts[i]);
  if (self->kind == BS_FORMULA_TRANSPOSE && self->parts[0]->kind == BS_FORMULA_NAME) {
    BsFormula *name = self->parts[0];
    g_auto (GStrv) sides = g_strsplit (name->text, "×", -1);
    guint n = g_strv_length (sides);

    if (n >= 2) {
      char *last = sides[n - 1];

      sides[n - 1] = sides[n - 2];
      sides[n - 2] = last;
    }
    self->kind = BS_FORMULA_NAME;
    self->text = g_strjoinv ("×", sides);
    self->n = 0;
    bs_formula_free (name);
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
  if (filled != NULL && fill == BS_FILL_SHAPES)
    turn_shapes (filled);
  return filled;
}
