/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "recording/describe.h"
#include "sentence.h"

#define DIGITS 5
#define COLUMNS_MAX 8
#define ROWS_MAX 16

static gboolean
is_symbol (const char *symbol)
{
  return symbol && *symbol && !g_unichar_isalpha (g_utf8_get_char (symbol)) && g_utf8_strlen (symbol, -1) <= 2;
}

static char *
number_text (const BsOperand *operand)
{
  if (operand->is_integer || operand->number == floor (operand->number))
    return g_strdup_printf ("%.0f", operand->number);
  return g_strdup_printf ("%.*g", DIGITS, operand->number);
}

static char *
operand_name (BsRecording *recording, const BsOperand *operand, guint32 step)
{
  if (operand->tensor == 0)
    return operand->is_number ? number_text (operand) : g_strdup (_("nothing"));
  return bs_tensor_describe (recording, operand->tensor, step);
}

/* NULL when it is no single number. */
static char *
operand_number (BsCursor *cursor, const BsOperand *operand)
{
  BsTensorState state;

  if (operand->tensor == 0)
    return operand->is_number ? number_text (operand) : NULL;
  bs_cursor_get_tensor (cursor, operand->tensor, &state);
  return state.value.numel == 1 && state.value.n_stored == 1 ? bs_value_to_text (&state.value, DIGITS) : NULL;
}

static void
add_operation (GString *text, const BsEvent *event, char **operands, guint n)
{
  if (n == 2 && is_symbol (event->tensor.symbol))
    {
      g_string_append_printf (text, "%s %s %s", operands[0], event->tensor.symbol, operands[1]);
      return;
    }
  g_string_append (text, event->tensor.op);
  g_string_append_c (text, '(');
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, i ? ", %s" : "%s", operands[i]);
  g_string_append_c (text, ')');
}

static void
add_numbers (GString *text, BsCursor *cursor, const BsEvent *event)
{
  guint n = event->tensor.n_inputs;
  g_auto (GStrv) numbers = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    if ((numbers[i] = operand_number (cursor, &event->tensor.inputs[i])) == NULL)
      return;
  g_string_append (text, " = ");
  add_operation (text, event, numbers, n);
}

char *
backstep_formula (BsRecording *recording, guint32 tensor)
{
  g_autoptr (BsCursor) cursor = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *name = NULL, *value = NULL;
  g_auto (GStrv) names = NULL;
  BsEvent event;
  guint32 step = bs_recording_get_tensor_step (recording, tensor);

  bs_recording_get_event (recording, step, &event);
  if (event.kind != BS_EVENT_TENSOR || event.tensor.n_inputs == 0)
    return NULL;
  cursor = bs_cursor_new (recording);
  bs_cursor_seek (cursor, step + 1);
  names = g_new0 (char *, event.tensor.n_inputs + 1);
  for (guint i = 0; i < event.tensor.n_inputs; i++)
    names[i] = operand_name (recording, &event.tensor.inputs[i], step);
  text = g_string_new (NULL);
  /* The name it is about to get says more than the expression that is repeated behind it. */
  name = g_strdup (bs_tensor_get_name (recording, tensor, step + 1));
  if (name)
    g_string_append_printf (text, "%s = ", name);
  add_operation (text, &event, names, event.tensor.n_inputs);
  add_numbers (text, cursor, &event);
  value = bs_value_to_text (&event.tensor.value, DIGITS);
  g_string_append_printf (text, event.tensor.value.numel == 1 ? " = %s" : " → %s", value);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
backstep_sentence (BsRecording *recording, const BsEvent *event)
{
  g_autofree char *formula = event->kind == BS_EVENT_TENSOR ? backstep_formula (recording, event->tensor.id) : NULL;

  if (formula)
    /* Translators: an operation and its formula: "mul: y = w × x = 2 × 3 = 6" */
    return g_strdup_printf (_("%s: %s"), event->tensor.op, formula);
  if (event->kind == BS_EVENT_END)
    switch (event->end.how) {
    case BS_END_FINISHED: return g_strdup (_("The script has ended."));
    case BS_END_STOPPED: return g_strdup (_("The script was stopped here."));
    case BS_END_DIED: return g_strdup_printf (_("The script's process died: %s"), event->end.detail ? event->end.detail : "");
    case BS_END_TRUNCATED: return g_strdup (_("The recording is cut off here."));
    default: break;
    }
  return bs_event_describe (recording, event);
}

char *
backstep_gradient_words (const BsTensorState *state, gboolean *has_numbers)
{
  *has_numbers = state->grad_state >= BS_GRAD_FLOWING;
  switch (state->grad_state) {
  case BS_GRAD_NOT_NEEDED: return g_strdup (_("It requires no gradient."));
  case BS_GRAD_NOT_YET: return g_strdup (_("Not computed yet."));
  case BS_GRAD_IS_NONE: return g_strdup (_("None: nothing has flowed here."));
  case BS_GRAD_FLOWING: return g_strdup (_("So far; more is to come."));
  case BS_GRAD_STALE:
    return g_strdup_printf (_("Kept from pass %u: nobody has cleared it."), state->grad_pass + 1);
  case BS_GRAD_CLEARED: return g_strdup (_("Cleared in this pass."));
  default: break;
  }
  if (state->n_accumulated > 1)
    return g_strdup_printf (ngettext ("The sum of %u backward walk.", "The sum of %u backward walks: nobody has cleared it.",
                                      state->n_accumulated), state->n_accumulated);
  if (!state->is_leaf && !state->retains_grad)
    return g_strdup (_("It flows through; a non-leaf keeps no .grad."));
  return g_strdup (_("Of this pass."));
}

char *
backstep_shape_text (const BsValue *value)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (value->n_dims == 0)
    return g_strdup (_("a single number"));
  for (guint i = 0; i < value->n_dims; i++)
    g_string_append_printf (text, i ? " × %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value->shape[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
cell_text (double x)
{
  char text[32];
  g_auto (GStrv) parts = NULL;

  if (isnan (x))
    return g_strdup ("nan");
  if (isinf (x))
    return g_strdup (x > 0 ? "inf" : "−inf");
  g_snprintf (text, sizeof text, "%.4g", x);
  parts = g_strsplit (text, "-", -1);
  return g_strjoinv ("−", parts);
}

static void
add_padded (GString *table, const char *cell, int width)
{
  for (int k = g_utf8_strlen (cell, -1); k < width; k++)
    g_string_append_c (table, ' ');
  g_string_append (table, cell);
}

static void
add_table (GString *table, const BsValue *value, guint rows, guint columns)
{
  guint shown_rows = MIN (rows, ROWS_MAX), shown_columns = MIN (columns, COLUMNS_MAX);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  int width = 0;

  for (guint r = 0; r < shown_rows; r++)
    for (guint c = 0; c < shown_columns; c++)
      {
        char *cell = cell_text (bs_value_get (value, r * columns + c));

        width = MAX (width, (int) g_utf8_strlen (cell, -1));
        g_ptr_array_add (cells, cell);
      }
  for (guint r = 0; r < shown_rows; r++)
    {
      for (guint c = 0; c < shown_columns; c++)
        add_padded (table, g_ptr_array_index (cells, r * shown_columns + c), width + (c > 0 ? 2 : 0));
      g_string_append (table, shown_columns < columns ? "  …\n" : "\n");
    }
  if (shown_rows < rows)
    g_string_append (table, "⋮\n");
}

char *
backstep_value_table (const BsValue *value)
{
  g_autoptr (GString) table = g_string_new (NULL);
  double min, max, mean, norm;
  guint columns, rows;

  if (value->how == BS_VALUE_DROPPED)
    return g_strdup (_("Not kept: too large."));
  if (value->numel == 1 && value->n_stored == 1)
    return bs_value_to_text (value, 7);
  if (value->n_stored == 0)
    return g_strdup (_("No elements."));
  columns = value->how == BS_VALUE_THUMBNAIL ? value->thumb_columns : value->n_dims > 0 ? value->shape[value->n_dims - 1] : 1;
  columns = MAX (columns, 1);
  rows = value->n_stored / columns;
  add_table (table, value, rows, columns);
  if (value->numel > 16)
    {
      bs_value_statistics (value, &min, &max, &mean, &norm);
      g_string_append_printf (table, _("min %.4g, max %.4g, mean %.4g, norm %.4g\n"), min, max, mean, norm);
    }
  if (value->how == BS_VALUE_THUMBNAIL)
    g_string_append (table, _("A sample: the whole is too large to be recorded.\n"));
  g_string_truncate (table, table->len - 1);
  return g_string_free (g_steal_pointer (&table), FALSE);
}

char *
backstep_status (BsCursor *cursor)
{
  static const char *const phases[] = { N_("forward"), N_("backward"), N_("update") };
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 step = bs_cursor_get_step (cursor), n = bs_recording_get_n_events (recording);
  guint32 n_passes = bs_recording_get_n_passes (recording);

  if (n_passes == 0)
    return g_strdup_printf (_("Step %u of %u"), step, n);
  return g_strdup_printf (_("Step %u of %u · pass %u of %u · %s"), step, n, bs_recording_find_pass (recording, step) + 1, n_passes,
                          _(phases[bs_recording_get_phase (recording, step > 0 ? step - 1 : 0)]));
}
