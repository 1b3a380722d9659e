/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "predict-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/ops.h"
#include "explain/explain.h"
#include "recording/describe.h"
#include "recording/query.h"

#define MOST_NUMBERS 6   /* that somebody types */
#define LOOK_AHEAD 10000 /* events without a number between the cursor and what is asked */
#define DIGITS 5
#define LONG_TEXT 60

/* --- what is worth asking -------------------------------------------------------------------------------------------- */

static gboolean
is_plain (const BsValue *value)
{
  return value->numel >= 1 && value->how == BS_VALUE_WHOLE && value->n_stored == value->numel &&
         (value->dtype == BS_FLOAT32 || value->dtype == BS_FLOAT64);
}

static gboolean
is_zero (const BsValue *value)
{
  for (guint32 i = 0; i < value->n_stored; i++)
    if (bs_value_get (value, i) != 0)
      return FALSE;
  return TRUE;
}

/* A view, a copy, the sum of one number: nothing is computed. */
static gboolean
is_idle (BsRecording *recording, const BsEvent *made)
{
  static const char *const copies[] = { "clone", "contiguous", "detach", "alias", "to" };
  static const char *const reductions[] = { "sum", "mean", "max", "min", "prod", "amax", "amin" };
  BsEvent input;

  if (made->tensor.flags & (BS_TENSOR_VIEW | BS_TENSOR_DETACHED))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (copies); i++)
    if (strcmp (made->tensor.op, copies[i]) == 0)
      return TRUE;
  if (made->tensor.n_inputs == 0 || made->tensor.inputs[0].tensor == 0 || made->tensor.value.numel != 1)
    return FALSE;
  bs_recording_get_event (recording, bs_recording_get_tensor_step (recording, made->tensor.inputs[0].tensor), &input);
  for (guint i = 0; input.kind == BS_EVENT_TENSOR && input.tensor.value.numel == 1 && i < G_N_ELEMENTS (reductions); i++)
    if (strcmp (made->tensor.op, reductions[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_computed (BsRecording *recording, const BsEvent *e)
{
  const BsOp *op = bs_op_find (e->tensor.op);
  gboolean any = FALSE;

  for (guint i = 0; i < e->tensor.n_inputs; i++)
    any = any || e->tensor.inputs[i].tensor != 0;
  return any && op != NULL && !(op->flags & BS_IS_RANDOM) && !(e->tensor.flags & BS_TENSOR_IN_BACKWARD) &&
         is_plain (&e->tensor.value) && !is_idle (recording, e);
}

/* Of the script's own text, not of a module's or an optimizer's. */
static gboolean
is_in_script (BsRecording *recording, const BsEvent *e)
{
  const BsPlace *place = bs_recording_get_place (recording, e->place);

  return place != NULL && place->file <= 1;
}

static gboolean
pose_value (BsQuestion *self, const BsEvent *e)
{
  gboolean update = bs_recording_get_phase (self->recording, e->step) == BS_PHASE_UPDATE && e->tensor.flags & BS_TENSOR_NO_GRAD_MODE;

  /* What prepares the data is not what a lesson is about. */
  if (!is_computed (self->recording, e) || (update ? !is_in_script (self->recording, e) : !(e->tensor.flags & BS_TENSOR_REQUIRES_GRAD)))
    return FALSE;
  self->ask = update ? BS_ASK_UPDATES : BS_ASK_VALUES;
  self->tensor = e->tensor.id;
  self->value = e->tensor.value;
  return TRUE;
}

static gboolean
pose_edge (BsQuestion *self, const BsEvent *e)
{
  guint32 edges[1];
  BsEvent made;

  if (e->edge.node == 0 || e->edge.to == 0 || !is_plain (&e->edge.sum) || !is_plain (&e->edge.contribution))
    return FALSE;
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, e->edge.node), &made);
  if (made.kind != BS_EVENT_TENSOR || is_idle (self->recording, &made) ||
      bs_recording_find_edges (self->recording, e->edge.to, e->step + 1, 1, edges, &self->root) == 0)
    return FALSE;
  self->ask = BS_ASK_GRADIENTS;
  self->tensor = e->edge.to;
  self->node = e->edge.node;
  self->input = e->edge.input;
  self->value = e->edge.sum;
  self->added = e->edge.contribution;
  if (!e->edge.first && !bs_recording_get_upstream (self->recording, e->edge.to, e->step, &self->old))
    return FALSE;
  return TRUE;
}

static gboolean
pose_accumulate (BsQuestion *self, const BsEvent *e)
{
  if (!is_plain (&e->accumulate.after) || !is_plain (&e->accumulate.contribution))
    return FALSE;
  self->ask = BS_ASK_GRADIENTS;
  self->tensor = e->accumulate.tensor;
  self->value = e->accumulate.after;
  self->old = e->accumulate.before;
  self->added = e->accumulate.contribution;
  return TRUE;
}

/* Only when there may be a question: most events are none. */
static void
stand_before (BsQuestion *self)
{
  if (self->before != NULL)
    return;
  self->before = bs_cursor_new (self->recording);
  bs_cursor_seek (self->before, self->event);
}

static gboolean
learns (const BsQuestion *self, guint32 tensor)
{
  BsTensorState state;

  bs_cursor_get_tensor (self->before, tensor, &state);
  return state.is_leaf && state.requires_grad;
}

/* A parameter, also when it is written through another tensor on its storage. */
static gboolean
pose_write (BsQuestion *self, const BsEvent *e)
{
  stand_before (self);
  self->ask = BS_ASK_UPDATES;
  self->value = e->write.after;
  self->old = e->write.before;
  self->tensor = learns (self, e->write.tensor) ? e->write.tensor : 0;
  for (guint i = 0; self->tensor == 0 && i < e->write.n_echoes; i++)
    if (learns (self, e->write.echoes[i].tensor)) {
      self->tensor = e->write.echoes[i].tensor;
      self->value = e->write.echoes[i].after;
      self->old = e->write.echoes[i].before;
    }
  return self->tensor != 0 && is_plain (&self->value) && is_plain (&self->old) && !bs_value_equal (&self->value, &self->old);
}

/* What there is to type: all of it, a row, one element. */
static void
choose_part (BsQuestion *self)
{
  guint n = self->value.numel, columns = self->value.n_dims > 0 ? self->value.shape[self->value.n_dims - 1] : 1, i = 0;

  self->n = n;
  if (n <= MOST_NUMBERS)
    return;
  while (i + 1 < n && bs_value_get (&self->value, i) == 0)
    i++;
  self->part = columns > 1 && columns <= MOST_NUMBERS ? BS_PART_ROW : BS_PART_ELEMENT;
  self->n = self->part == BS_PART_ROW ? columns : 1;
  self->first = i / self->n * self->n;
}

/* Told without looking at the event. */
static BsAsk
kinds_of (BsEventKind kind)
{
  switch (kind) {
  case BS_EVENT_TENSOR: return BS_ASK_VALUES | BS_ASK_UPDATES;
  case BS_EVENT_EDGE:
  case BS_EVENT_ACCUMULATE: return BS_ASK_GRADIENTS;
  case BS_EVENT_WRITE: return BS_ASK_UPDATES;
  default: return 0;
  }
}

static BsQuestion *
pose (BsRecording *recording, guint32 event, BsAsk ask)
{
  g_autoptr (BsQuestion) self = NULL;
  gboolean ok = FALSE;
  BsEvent e;

  if (!(kinds_of (bs_recording_get_kind (recording, event)) & ask))
    return NULL;
  self = g_new0 (BsQuestion, 1);
  self->recording = g_object_ref (recording);
  bs_recording_get_event (recording, event, &e);
  self->kind = e.kind;
  self->event = event;
  switch (e.kind) {
  case BS_EVENT_TENSOR: ok = pose_value (self, &e); break;
  case BS_EVENT_EDGE: ok = pose_edge (self, &e); break;
  case BS_EVENT_ACCUMULATE: ok = pose_accumulate (self, &e); break;
  case BS_EVENT_WRITE: ok = pose_write (self, &e); break;
  default: break;
  }
  if (!ok || !(self->ask & ask))
    return NULL;
  stand_before (self);
  choose_part (self);
  return g_steal_pointer (&self);
}

/* What changes no number that a question would be about, or what is seen already when it comes. */
static gboolean
is_quiet (BsRecording *recording, guint32 step)
{
  BsEvent e;

  switch (bs_recording_get_kind (recording, step)) {
  case BS_EVENT_LINE: case BS_EVENT_CALL: case BS_EVENT_RETURN: case BS_EVENT_NAME: case BS_EVENT_BACKWARD_BEGIN:
  case BS_EVENT_NODE: case BS_EVENT_NODE_DONE: case BS_EVENT_BACKWARD_END: case BS_EVENT_REQUIRES_GRAD: case BS_EVENT_MODE:
  case BS_EVENT_RELEASE: case BS_EVENT_OUTPUT: case BS_EVENT_FIGURE:
    return TRUE;
  case BS_EVENT_ACCUMULATE:
    bs_recording_get_event (recording, step, &e);
    return !e.accumulate.had_grad || is_zero (&e.accumulate.before);
  default:
    return FALSE;
  }
}

static guint32
next_number (BsRecording *recording, guint32 step, guint32 limit)
{
  guint32 n = bs_recording_get_n_events (recording), end = n - step > limit ? step + limit : n;

  while (step < end && is_quiet (recording, step))
    step++;
  return step < end ? step : BS_NO_QUESTION;
}

BsQuestion *
bs_question_new (BsRecording *recording, guint32 step, BsAsk ask)
{
  guint32 event;

  g_return_val_if_fail (step <= bs_recording_get_n_events (recording), NULL);

  event = next_number (recording, step, LOOK_AHEAD);
  return event != BS_NO_QUESTION ? pose (recording, event, ask) : NULL;
}

/* The step right after the number before it: as early as the question can stand. */
guint32
bs_question_find (BsRecording *recording, guint32 step, BsAsk ask, guint32 limit)
{
  guint32 n = bs_recording_get_n_events (recording), end = step < n && n - step > limit ? step + limit : n;

  for (guint32 at = step, event; at < end; at = event + 1) {
    g_autoptr (BsQuestion) question = NULL;

    event = next_number (recording, at, end - at);
    if (event == BS_NO_QUESTION)
      break;
    question = pose (recording, event, ask);
    if (question != NULL)
      return MAX (at, step);
  }
  return BS_NO_QUESTION;
}

void
bs_question_free (BsQuestion *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->before);
  g_clear_object (&self->recording);
  g_free (self);
}

/* --- in words ------------------------------------------------------------------------------------------------------------ */

double *
bs_question_dup_numbers (const BsQuestion *self, const BsValue *value)
{
  double *numbers = g_new (double, self->n);

  for (guint i = 0; i < self->n; i++)
    numbers[i] = self->first + i < value->n_stored ? bs_value_get (value, self->first + i) : NAN;
  return numbers;
}

static void
append_number (GString *text, double x)
{
  char buffer[32];

  if (isnan (x) || isinf (x)) {
    g_string_append (text, isnan (x) ? "nan" : x > 0 ? "inf" : "−inf");
    return;
  }
  g_snprintf (buffer, sizeof buffer, "%.*g", DIGITS, fabs (x));
  g_string_append (text, x < 0 ? "−" : "");
  g_string_append (text, buffer);
}

char *
bs_question_show (const BsQuestion *self, const double *numbers)
{
  GString *text = g_string_new (self->n > 1 ? "[" : "");

  for (guint i = 0; i < self->n; i++) {
    g_string_append (text, i ? ", " : "");
    append_number (text, numbers[i]);
  }
  g_string_append (text, self->n > 1 ? "]" : "");
  return g_string_free (text, FALSE);
}

/* "[0]", "[0, 3]"; nothing for all of it. */
static char *
part_text (const BsQuestion *self)
{
  guint n = self->value.n_dims, rest = self->first;
  GString *text = g_string_new (NULL);

  if (self->part == BS_PART_ALL || n == 0)
    return g_string_free (text, FALSE);
  for (guint d = n; d-- > 0;) {
    guint at = rest % self->value.shape[d];
    g_autofree char *index = g_strdup_printf (text->len > 0 ? "%u, " : "%u", at);

    rest /= self->value.shape[d];
    if (self->part == BS_PART_ROW && d == n - 1)
      continue;
    g_string_prepend (text, index);
  }
  g_string_prepend_c (text, '[');
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

char *
bs_question_derivative (const BsQuestion *self, guint32 of, guint32 by)
{
  g_autofree char *above = bs_explain_name (self->recording, of, self->event), *below = bs_explain_name (self->recording, by, self->event);
  gboolean simple = bs_formula_is_identifier (below);

  if (of == self->root && !bs_formula_is_identifier (above))
    return g_strdup_printf (simple ? "∂L/∂%s" : "∂L/∂(%s)", below);
  if (!bs_formula_is_identifier (above))
    return g_strdup_printf (simple ? "∂(%s)/∂%s" : "∂(%s)/∂(%s)", above, below);
  return g_strdup_printf (simple ? "∂%s/∂%s" : "∂%s/∂(%s)", above, below);
}

char *
bs_question_get_name (const BsQuestion *self)
{
  g_autofree char *name = NULL, *part = part_text (self);

  if (self->kind == BS_EVENT_EDGE)
    name = bs_question_derivative (self, self->root, self->tensor);
  else
    name = bs_explain_name (self->recording, self->tensor, self->event + 1);
  if (self->kind == BS_EVENT_ACCUMULATE)
    return g_strdup_printf (bs_formula_is_identifier (name) ? "%s.grad%s" : "(%s).grad%s", name, part);
  if (*part == '\0' || bs_formula_is_identifier (name))
    return g_strconcat (name, part, NULL);
  return g_strdup_printf ("(%s)%s", name, part);
}

/* The operation's formula with names, or numbers; NULL: it has none. */
static char *
formula_text (const BsQuestion *self, BsFill fill)
{
  g_autoptr (BsFormula) formula = NULL, filled = NULL;
  char *text = NULL;
  BsBound bound;

  if (bs_bound_init (&bound, self->recording, self->tensor, bs_cursor_get_step (self->before)) && bound.op->value_text != NULL)
    formula = bs_formula_parse (bound.op->value_text);
  if (formula != NULL)
    filled = bs_bound_fill (&bound, formula, fill);
  if (filled != NULL)
    text = bs_formula_write (filled, BS_NOTATION_TEXT);
  bs_bound_clear (&bound);
  return text;
}

char *
bs_question_get_text (const BsQuestion *self)
{
  g_autofree char *name = bs_question_get_name (self), *formula = NULL;

  if (self->kind == BS_EVENT_TENSOR && self->part == BS_PART_ALL) {
    const char *variable = bs_tensor_get_name (self->recording, self->tensor, self->event + 1);

    formula = formula_text (self, BS_FILL_NAMES);
    if (formula != NULL && g_utf8_strlen (formula, -1) <= LONG_TEXT)
      return variable != NULL ? g_strdup_printf ("%s = %s = ?", variable, formula) : g_strdup_printf ("%s = ?", formula);
  }
  if (self->kind == BS_EVENT_WRITE)
    /* Translators: a parameter before and after its update: "w: 10 → ?" */
    return g_strdup_printf (_("%s, after the update = ?"), name);
  return g_strdup_printf ("%s = ?", name);
}

static char *
count_text (const BsQuestion *self)
{
  if (self->n <= 1)
    return NULL;
  return g_strdup_printf (ngettext ("%u number: [1, 2, …]", "%u numbers: [1, 2, …]", self->n), self->n);
}

static char *
note_of_edge (const BsQuestion *self)
{
  g_autofree char *from = bs_explain_name (self->recording, self->node, self->event), *old = NULL;
  g_autofree char *to = bs_explain_name (self->recording, self->tensor, self->event);
  g_autofree double *numbers = NULL;

  if (self->old.numel == 0)
    return g_strdup_printf (_("A gradient flows from %s back to %s."), from, to);
  numbers = bs_question_dup_numbers (self, &self->old);
  old = bs_question_show (self, numbers);
  return g_strdup_printf (_("A gradient flows from %s back to %s, where %s has arrived already. What is there then?"), from, to, old);
}

char *
bs_question_get_note (const BsQuestion *self)
{
  g_autofree char *count = count_text (self), *text = NULL, *formula = NULL, *old = NULL, *added = NULL;
  g_autofree double *before = self->old.numel ? bs_question_dup_numbers (self, &self->old) : NULL;
  g_autofree double *fresh = self->added.numel ? bs_question_dup_numbers (self, &self->added) : NULL;
  BsEvent e;

  bs_recording_get_event (self->recording, self->event, &e);
  switch (self->kind) {
  case BS_EVENT_EDGE:
    text = note_of_edge (self);
    break;
  case BS_EVENT_ACCUMULATE:
    old = bs_question_show (self, before);
    added = bs_question_show (self, fresh);
    text = g_strdup_printf (_("%s has flowed here; .grad is %s."), added, old);
    break;
  case BS_EVENT_WRITE:
    text = e.place ? bs_recording_dup_line (self->recording, e.place) : NULL;
    break;
  default:
    if (self->part != BS_PART_ALL && (formula = formula_text (self, BS_FILL_NAMES)) != NULL)
      text = g_steal_pointer (&formula);
  }
  if (text != NULL && count != NULL)
    return g_strdup_printf ("%s  ·  %s", text, count);
  return text != NULL ? g_steal_pointer (&text) : g_steal_pointer (&count);
}

/* --- hints --------------------------------------------------------------------------------------------------------------- */

static void
add (GPtrArray *hints, char *text)
{
  if (text != NULL && (hints->len == 0 || strcmp (hints->pdata[hints->len - 1], text) != 0))
    g_ptr_array_add (hints, text);
  else
    g_free (text);
}

static char *
equals (const char *name, char *text)
{
  char *whole = text != NULL ? g_strdup_printf ("%s = %s", name, text) : NULL;

  g_free (text);
  return whole;
}

static void
hint_value (const BsQuestion *self, GPtrArray *hints, const char *name)
{
  BsBound bound;

  if (bs_bound_init (&bound, self->recording, self->tensor, bs_cursor_get_step (self->before)) && bound.op->sentence != NULL)
    add (hints, g_strdup (_(bound.op->sentence)));
  bs_bound_clear (&bound);
  add (hints, equals (name, formula_text (self, BS_FILL_NAMES)));
  if (self->value.numel == 1)
    add (hints, equals (name, formula_text (self, BS_FILL_VALUES)));
  else
    add (hints, equals (name, formula_text (self, BS_FILL_SHAPED)));
}

static char *
vjp_text (const BsQuestion *self, BsFill fill)
{
  g_autofree char *upstream_name = bs_question_derivative (self, self->root, self->node);
  g_autoptr (BsFormula) formula = NULL, filled = NULL, name = bs_formula_new_name (self->node == self->root ? "1" : upstream_name);
  char *text = NULL;
  BsValue upstream;
  BsBound bound;

  if (bs_bound_init (&bound, self->recording, self->node, bs_cursor_get_step (self->before)) && bound.op->vjp_text != NULL && self->input < bound.signature.n_inputs &&
      self->input < BS_TEXTS_MAX && bound.op->vjp_text[self->input] != NULL)
    formula = bs_formula_parse (bound.op->vjp_text[self->input]);
  bound.upstream_name = name;
  if (bs_recording_get_upstream (self->recording, self->node, self->event, &upstream))
    bound.upstream = &upstream;
  if (formula != NULL)
    filled = bs_bound_fill (&bound, formula, fill);
  if (filled != NULL)
    text = bs_formula_write (filled, BS_NOTATION_TEXT);
  bs_bound_clear (&bound);
  return text;
}

static void
hint_edge (const BsQuestion *self, GPtrArray *hints, const char *name)
{
  g_autofree char *upstream = bs_question_derivative (self, self->root, self->node);
  g_autofree char *local = bs_question_derivative (self, self->node, self->tensor);
  g_autofree char *step = NULL, *old = NULL, *numbers = NULL;
  g_autofree double *before = NULL;

  if (self->node != self->root)
    add (hints, g_strdup_printf (_("The chain rule: upstream times local, %s · %s."), upstream, local));
  step = vjp_text (self, BS_FILL_NAMES);
  if (step != NULL && self->old.numel != 0)
    add (hints, g_strdup_printf (_("What comes this way is %s."), step));
  else if (step != NULL)
    add (hints, g_strdup_printf ("%s = %s", name, step));
  if (self->value.numel == 1)
    numbers = vjp_text (self, BS_FILL_VALUES);
  if (self->old.numel == 0) {
    add (hints, equals (name, g_steal_pointer (&numbers)));
    return;
  }
  before = bs_question_dup_numbers (self, &self->old);
  old = bs_question_show (self, before);
  add (hints, g_strdup_printf ("%s = %s + %s", name, old, numbers != NULL ? numbers : "…"));
}

static void
hint_accumulate (const BsQuestion *self, GPtrArray *hints, const char *name)
{
  g_autofree double *before = bs_question_dup_numbers (self, &self->old), *fresh = bs_question_dup_numbers (self, &self->added);
  g_autofree char *old = bs_question_show (self, before), *added = bs_question_show (self, fresh);

  add (hints, g_strdup (_("backward() adds to .grad; it does not replace what is there.")));
  add (hints, g_strdup_printf ("%s = %s + %s", name, old, added));
}

static void
hint_write (const BsQuestion *self, GPtrArray *hints, const char *name)
{
  g_autofree double *before = bs_question_dup_numbers (self, &self->old), *after = bs_question_dup_numbers (self, &self->value);
  g_autofree char *old = bs_question_show (self, before), *change = NULL;
  gboolean down = after[0] < before[0];

  add (hints, g_strdup (_("The old number, less the learning rate times the gradient (for the plain rule).")));
  for (guint i = 0; i < self->n; i++)
    after[i] = self->n == 1 ? fabs (after[i] - before[i]) : after[i] - before[i];
  change = bs_question_show (self, after);
  add (hints, g_strdup_printf ("%s = %s %s %s", name, old, self->n == 1 && down ? "−" : "+", change));
}

static GPtrArray *
list_hints (const BsQuestion *self)
{
  GPtrArray *hints = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = bs_question_get_name (self);

  switch (self->kind) {
  case BS_EVENT_TENSOR: hint_value (self, hints, name); break;
  case BS_EVENT_EDGE: hint_edge (self, hints, name); break;
  case BS_EVENT_ACCUMULATE: hint_accumulate (self, hints, name); break;
  default: hint_write (self, hints, name);
  }
  return hints;
}

char *
bs_question_get_hint (const BsQuestion *self, guint i)
{
  g_autoptr (GPtrArray) hints = list_hints (self);

  return i < hints->len ? g_strdup (hints->pdata[i]) : NULL;
}

/* The last hint has the numbers, if there are any; then comes what they give. */
char *
bs_question_get_solution (const BsQuestion *self)
{
  g_autoptr (GPtrArray) hints = list_hints (self);
  g_autofree double *numbers = bs_question_dup_numbers (self, &self->value);
  g_autofree char *answer = bs_question_show (self, numbers), *name = bs_question_get_name (self), *prefix = g_strconcat (name, " = ", NULL);
  const char *last = hints->len > 0 ? hints->pdata[hints->len - 1] : "";

  if (g_str_has_prefix (last, prefix) && strstr (last, "…") == NULL && strcmp (last + strlen (prefix), answer) != 0)
    return g_strdup_printf ("%s = %s", last, answer);
  return g_strconcat (prefix, answer, NULL);
}

/* --- asking -------------------------------------------------------------------------------------------------------------- */

BsAsk
bs_question_get_ask (const BsQuestion *self)
{
  return self->ask;
}

guint32
bs_question_get_event (const BsQuestion *self)
{
  return self->event;
}

guint32
bs_question_get_tensor (const BsQuestion *self)
{
  return self->tensor;
}

gboolean
bs_question_is_gradient (const BsQuestion *self)
{
  return self->ask == BS_ASK_GRADIENTS;
}

guint
bs_question_get_n_numbers (const BsQuestion *self)
{
  return self->n;
}
