/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "export-dot.h"

#include <math.h>
#include <string.h>

#include "engine/engine.h"

/* --- numbers as text --------------------------------------------------------------------------------------------------------- */

static void
append_real (GString *out, double value, gboolean is_single)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    {
      g_string_append (out, signbit (value) ? "-nan" : "nan");
      return;
    }
  for (int precision = 6; precision <= 17; precision += precision < 9 ? 3 : 4)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", precision);
      g_ascii_formatd (digits, sizeof digits, format, value);
      if (is_single ? (float) g_ascii_strtod (digits, NULL) == (float) value : g_ascii_strtod (digits, NULL) == value)
        break;
    }
  g_string_append (out, digits);
  if (isfinite (value) && strpbrk (digits, ".e") == NULL)
    g_string_append (out, ".0");
}

static void
append_element (GString *out, const BsValue *value, guint32 i)
{
  gint64 integer;

  switch (value->dtype)
    {
    case BS_BOOL:
      g_string_append (out, bs_value_get (value, i) != 0 ? "True" : "False");
      break;
    case BS_INT64:
      memcpy (&integer, (const guint8 *) value->data + 8 * (gsize) i, sizeof integer);
      g_string_append_printf (out, "%" G_GINT64_FORMAT, integer);
      break;
    case BS_FLOAT16:
    case BS_FLOAT32:
    case BS_FLOAT64:
      append_real (out, bs_value_get (value, i), value->dtype != BS_FLOAT64);
      break;
    default:
      g_string_append_printf (out, "%.0f", bs_value_get (value, i));
    }
}

static void
append_dimension (GString *out, const BsValue *value, guint dim, guint32 *at)
{
  if (dim == value->n_dims)
    {
      append_element (out, value, (*at)++);
      return;
    }
  g_string_append_c (out, '[');
  for (gint64 i = 0; i < value->shape[dim] && *at < MAX (value->n_stored, 1); i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      append_dimension (out, value, dim + 1, at);
    }
  g_string_append_c (out, ']');
}

char *
bs_dot_value_to_text (const BsValue *value)
{
  GString *out = g_string_new (NULL);
  guint32 at = 0;

  if (value->numel == 0)
    g_string_append (out, "[]");
  else
    append_dimension (out, value, 0, &at);
  return g_string_free (out, FALSE);
}

char *
bs_dot_operand_to_text (const BsOperand *operand)
{
  GString *out = g_string_new (NULL);

  if (operand->is_integer)
    g_string_append_printf (out, "%.0f", operand->number);
  else
    append_real (out, operand->number, FALSE);
  return g_string_free (out, FALSE);
}

void
bs_dot_append_type (GString *out, const BsValue *value)
{
  if (value->dtype != BS_FLOAT32 && (value->dtype != BS_BOOL || value->numel == 0))
    g_string_append_printf (out, ", dtype=%s", bs_dtype_text (value->dtype));
  if (value->numel > 0)
    return;
  g_string_append (out, ", size=\"");
  for (guint i = 0; i < value->n_dims; i++)
    g_string_append_printf (out, i ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value->shape[i]);
  g_string_append_c (out, '"');
}

gboolean
bs_dot_is_plain_seed (const BsValue *seed)
{
  return seed->numel == 1 && seed->n_stored == 1 && seed->n_dims == 0 && bs_value_get (seed, 0) == 1;
}

/* --- backward walks ------------------------------------------------------------------------------------------------------------ */

static guint
flow_hash (gconstpointer data)
{
  const BsDotFlow *flow = data;

  return flow->node * 2654435761u + flow->input;
}

static gboolean
flow_equal (gconstpointer a, gconstpointer b)
{
  const BsDotFlow *x = a, *y = b;

  return x->node == y->node && x->input == y->input;
}

/* autograd.grad() gives its gradients to the script, and none to a leaf. A walk that fails was on its way. */
static gboolean
is_for_leaves (BsDot *self, guint32 step)
{
  guint depth = 0;
  BsEvent e;

  for (; step < self->end; step++)
    switch (bs_recording_get_kind (self->recording, step))
      {
      case BS_EVENT_BACKWARD_BEGIN:
        depth++;
        break;
      case BS_EVENT_ACCUMULATE:
        if (depth == 1)
          return TRUE;
        break;
      case BS_EVENT_BACKWARD_END:
        if (--depth > 0)
          break;
        bs_recording_get_event (self->recording, step, &e);
        return !e.backward_end.ok;
      default:
        break;
      }
  return TRUE;
}

static void
take_walk (BsDot *self, guint32 step, gboolean any)
{
  BsEvent e;

  bs_recording_get_event (self->recording, step, &e);
  if (self->n_roots == BS_DOT_MOST_ROOTS ||
      (any ? !g_hash_table_contains (self->nodes, GUINT_TO_POINTER (e.backward_begin.root)) : !is_for_leaves (self, step)))
    return;
  if (any)
    self->n_roots = 0; /* each starts anew: the last one is what is seen */
  if (self->n_roots == 0)
    {
      self->first_walk = step;
      self->seed = e.backward_begin.seed;
    }
  self->releases |= self->n_roots > 0 && !self->retains;
  self->clears_between |= self->n_roots > 0 && self->cleared;
  self->cleared = FALSE;
  self->retains = e.backward_begin.retain_graph;
  self->roots[self->n_roots++] = e.backward_begin.root;
}

static void
look_for_roots (BsDot *self, gboolean any)
{
  guint depth = 0;

  for (guint32 step = self->begin; step < self->end; step++)
    {
      BsEventKind kind = bs_recording_get_kind (self->recording, step);

      if (kind == BS_EVENT_BACKWARD_BEGIN && depth++ == 0)
        take_walk (self, step, any);
      else if (kind == BS_EVENT_BACKWARD_END && depth > 0)
        depth--;
      else if (kind == BS_EVENT_GRAD_SET && depth == 0)
        self->cleared = TRUE;
    }
}

void
bs_dot_look_at_walks (BsDot *self)
{
  self->first_walk = self->end;
  look_for_roots (self, FALSE);
  if (self->n_roots == 0)
    look_for_roots (self, TRUE);
}

static void
add_flow (BsDot *self, guint32 node, guint32 input, guint32 step)
{
  BsDotFlow *flow = g_new0 (BsDotFlow, 1);

  *flow = (BsDotFlow) { node, input, step };
  g_hash_table_add (self->flows, flow);
}

void
bs_dot_look_at_flows (BsDot *self)
{
  self->flows = g_hash_table_new_full (flow_hash, flow_equal, g_free, NULL);
  for (guint32 step = self->begin; step < self->end; step++)
    {
      BsEvent e;

      if (bs_recording_get_kind (self->recording, step) != BS_EVENT_EDGE)
        continue;
      bs_recording_get_event (self->recording, step, &e);
      add_flow (self, e.edge.node, e.edge.input, step);
      add_flow (self, e.edge.node, BS_DOT_ANY_INPUT, step);
    }
}

const BsDotFlow *
bs_dot_find_flow (BsDot *self, guint32 node, guint32 input)
{
  const BsDotFlow key = { node, input, 0 };

  return g_hash_table_lookup (self->flows, &key);
}

/* --- the update ------------------------------------------------------------------------------------------------------------------ */

/* A parameter before and after. */
typedef struct { BsValue before, grad, after; } Change;

static void
add_candidate (GArray *candidates, double value)
{
  value = fabs (value);
  if (value > 0 && isfinite (value) && candidates->len < 256)
    g_array_append_val (candidates, value);
}

/* Numbers that the script has at hand: its variables, the constants of the update's operations. */
static GArray *
find_candidates (BsDot *self, guint32 from)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (double));

  bs_cursor_seek (self->cursor, from);
  for (guint i = 0; i < bs_cursor_get_n_bindings (self->cursor); i++)
    {
      BsBinding binding;

      bs_cursor_get_binding (self->cursor, i, &binding);
      if (binding.value.kind == BS_PLAIN_REAL)
        add_candidate (candidates, binding.value.real);
    }
  for (guint32 step = from; step < self->end; step++)
    {
      BsEventKind kind = bs_recording_get_kind (self->recording, step);
      BsEvent e;
      guint32 n, n_attributes;
      const BsOperand *inputs;
      const BsAttribute *attributes;

      if (kind != BS_EVENT_TENSOR && kind != BS_EVENT_WRITE)
        continue;
      bs_recording_get_event (self->recording, step, &e);
      n = kind == BS_EVENT_TENSOR ? e.tensor.n_inputs : e.write.n_inputs;
      inputs = kind == BS_EVENT_TENSOR ? e.tensor.inputs : e.write.inputs;
      n_attributes = kind == BS_EVENT_TENSOR ? e.tensor.n_attributes : e.write.n_attributes;
      attributes = kind == BS_EVENT_TENSOR ? e.tensor.attributes : e.write.attributes;
      for (guint32 i = 0; i < n; i++)
        if (inputs[i].is_number)
          add_candidate (candidates, inputs[i].number);
      for (guint32 i = 0; i < n_attributes; i++)
        add_candidate (candidates, g_ascii_strtod (attributes[i].text, NULL));
    }
  return candidates;
}

static gboolean
is_descent (const Change *change, double lr)
{
  gboolean is_single = change->before.dtype == BS_FLOAT32;

  for (guint32 i = 0; i < change->before.n_stored; i++)
    {
      double w = bs_value_get (&change->before, i), g = bs_value_get (&change->grad, i), after = bs_value_get (&change->after, i);

      if (is_single)
        {
          volatile float amount = (float) lr * (float) g;
          volatile float result = (float) w - amount;

          if (result != (float) after)
            return FALSE;
        }
      else
        {
          volatile double amount = lr * g;
          volatile double result = w - amount;

          if (result != after)
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
take_change (BsDot *self, guint32 tensor, guint32 from, Change *out, gboolean *cleared)
{
  BsTensorState state;

  bs_cursor_seek (self->cursor, from);
  bs_cursor_get_tensor (self->cursor, tensor, &state);
  out->before = state.value;
  out->grad = state.grad;
  if (!state.exists || state.grad_state < BS_GRAD_KNOWN || state.value.how != BS_VALUE_WHOLE || state.grad.how != BS_VALUE_WHOLE ||
      state.grad.n_stored != state.value.n_stored)
    return FALSE;
  bs_cursor_seek (self->cursor, self->end);
  bs_cursor_get_tensor (self->cursor, tensor, &state);
  out->after = state.value;
  *cleared = state.grad_state < BS_GRAD_KNOWN || state.grad_state == BS_GRAD_CLEARED;
  return state.value.how == BS_VALUE_WHOLE && state.value.n_stored == out->before.n_stored;
}

static gboolean
fits_all (GArray *changes, double lr)
{
  for (guint i = 0; i < changes->len; i++)
    if (!is_descent (&g_array_index (changes, Change, i), lr))
      return FALSE;
  return TRUE;
}

BsDotUpdate
bs_dot_find_update (BsDot *self, double *lr, gboolean *clears)
{
  const BsPass *pass = bs_recording_get_n_passes (self->recording) > 0
                         ? bs_recording_get_pass (self->recording, bs_recording_find_pass (self->recording, self->step)) : NULL;
  g_autoptr (GArray) changes = g_array_new (FALSE, FALSE, sizeof (Change)), candidates = NULL;
  gboolean writes = FALSE, known = TRUE;

  *clears = TRUE;
  if (pass == NULL || self->n_roots == 0)
    return BS_DOT_NO_UPDATE;
  for (guint i = 0; i < self->order->len; i++)
    {
      BsDotNode *node = g_ptr_array_index (self->order, i);
      gboolean cleared = TRUE;
      Change change;

      if (node->kind != BS_DOT_LEAF || node->card == NULL || !(node->card->flags & BS_CARD_PARAMETER))
        continue;
      if (!take_change (self, node->tensor, pass->update, &change, &cleared))
        known = FALSE;
      else
        g_array_append_val (changes, change);
      writes |= !known || !bs_value_equal (&change.before, &change.after);
      *clears = *clears && cleared;
    }
  if (!writes)
    return BS_DOT_NO_UPDATE;
  candidates = known ? find_candidates (self, pass->update) : NULL;
  for (guint i = 0; candidates != NULL && i < candidates->len; i++)
    if (fits_all (changes, *lr = g_array_index (candidates, double, i)))
      return BS_DOT_DESCENT;
  return BS_DOT_OTHER_UPDATE;
}
