/* SPDX-License-Identifier: MIT */

#include "describe.h"

#include "recording-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define DIGITS 6
#define MAX_EXPRESSION 32

/* --- source ------------------------------------------------------------------------------------------------------------ */

char *
bs_recording_dup_expression (BsRecording *self, guint32 place)
{
  const BsPlace *p = bs_recording_get_place (self, place);
  gsize length;
  const char *line = bs_recording_find_line (self, p->file, p->line, &length);

  if (line == NULL || p->line != p->end_line || p->end_column <= p->column || p->end_column > length ||
      !g_utf8_validate (line + p->column, p->end_column - p->column, NULL))
    return NULL;
  return g_strndup (line + p->column, p->end_column - p->column);
}

/* How many tensors after one are asked whether they were made of it by the same expression. */
#define NEAR 8

static gboolean
is_step_on_the_way (BsRecording *self, guint32 tensor, guint32 place)
{
  guint32 last = MIN (bs_recording_get_n_tensors (self), tensor + NEAR);

  for (guint32 t = tensor + 1; t <= last; t++) {
    BsEvent event;

    bs_recording_get_event (self, self->tensors.data[t].first, &event);
    if (event.kind != BS_EVENT_TENSOR || event.place != place)
      continue;
    for (guint32 i = 0; i < event.tensor.n_inputs; i++)
      if (!event.tensor.inputs[i].is_number && event.tensor.inputs[i].tensor == tensor)
        return TRUE;
  }
  return FALSE;
}

char *
bs_tensor_dup_expression (BsRecording *self, guint32 tensor)
{
  BsEvent event;

  bs_recording_get_event (self, self->tensors.data[tensor].first, &event);
  if (event.place == 0 || (event.kind == BS_EVENT_TENSOR && is_step_on_the_way (self, tensor, event.place)))
    return NULL;
  return bs_recording_dup_expression (self, event.place);
}

char *
bs_recording_dup_line (BsRecording *self, guint32 place)
{
  const BsPlace *p = bs_recording_get_place (self, place);
  gsize length;
  const char *line = bs_recording_find_line (self, p->file, p->line, &length);

  return line ? g_strstrip (g_strndup (line, length)) : NULL;
}

/* --- tensors -------------------------------------------------------------------------------------------------------------- */

char *
bs_tensor_describe (BsRecording *self, guint32 tensor, guint32 step)
{
  const char *name;
  g_autofree char *expression = NULL;
  BsEvent event;

  if (tensor == 0 || tensor > bs_recording_get_n_tensors (self))
    return g_strdup (_("nothing"));
  name = bs_state_name (self, tensor, MIN (step, self->n_events));
  if (name != NULL)
    return g_strdup (name);
  bs_recording_get_event (self, self->tensors.data[tensor].first, &event);
  expression = bs_tensor_dup_expression (self, tensor);
  if (expression != NULL && g_utf8_strlen (expression, -1) <= MAX_EXPRESSION)
    /* Translators: a value without a name, by the expression that made it */
    return g_strdup_printf (_("‘%s’"), expression);
  return g_strdup_printf ("%s #%u", event.tensor.op, tensor);
}

const char *
bs_tensor_get_name (BsRecording *self, guint32 tensor, guint32 step)
{
  return bs_state_best_name (self, tensor, MIN (step, self->n_events));
}

static char *
value_text (const BsValue *value, gboolean there)
{
  return there ? bs_value_to_text (value, DIGITS) : g_strdup ("None");
}

static char *
operand_text (BsRecording *self, const BsOperand *operand, guint32 step)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (operand->is_number)
    return g_strdup (g_ascii_formatd (buffer, sizeof buffer, operand->is_integer ? "%.0f" : "%.8g", operand->number));
  return operand->tensor ? bs_tensor_describe (self, operand->tensor, step) : g_strdup ("None");
}

static void
append_arguments (GString *text, BsRecording *self, guint32 step, guint32 n, const BsOperand *inputs,
                  guint32 n_attributes, const BsAttribute *attributes)
{
  const char *comma = "";

  g_string_append_c (text, '(');
  for (guint32 i = 0; i < n && i < 8; i++, comma = ", ") {
    g_autofree char *operand = operand_text (self, &inputs[i], step);
    g_string_append_printf (text, "%s%s", comma, operand);
  }
  if (n > 8)
    g_string_append (text, ", …");
  for (guint32 i = 0; i < n_attributes; i++, comma = ", ")
    g_string_append_printf (text, "%s%s=%s", comma, attributes[i].name, attributes[i].text);
  g_string_append_c (text, ')');
}

/* The fewest digits that are read back as the same number. */
static const char *
shortest (char buffer[G_ASCII_DTOSTR_BUF_SIZE], double value)
{
  char format[8];

  for (int digits = 6; digits < 17; digits++) {
    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, format, value);
    if (g_ascii_strtod (buffer, NULL) == value)
      return buffer;
  }
  return g_ascii_dtostr (buffer, G_ASCII_DTOSTR_BUF_SIZE, value);
}

char *
bs_plain_to_text (const BsPlain *plain)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  switch (plain->kind) {
  case BS_PLAIN_TENSOR: return g_strdup_printf (_("tensor #%u"), plain->tensor);
  case BS_PLAIN_INT: return g_strdup_printf ("%" G_GINT64_FORMAT, plain->integer);
  case BS_PLAIN_REAL: return g_strdup (shortest (buffer, plain->real));
  case BS_PLAIN_BOOL: return g_strdup (plain->integer ? "True" : "False");
  case BS_PLAIN_TEXT: return g_strdup (plain->text);
  case BS_PLAIN_DELETED: return g_strdup (_("deleted"));
  default: return g_strdup ("None");
  }
}

/* --- events ------------------------------------------------------------------------------------------------------------------ */

static char *
describe_tensor (BsRecording *self, const BsEvent *e)
{
  GString *text = g_string_new (NULL);
  const char *name = bs_state_best_name (self, e->tensor.id, e->step + 1);
  g_autofree char *value = value_text (&e->tensor.value, TRUE);

  if (name != NULL)
    g_string_append_printf (text, "%s = ", name);
  g_string_append (text, e->tensor.op);
  append_arguments (text, self, e->step, e->tensor.n_inputs, e->tensor.inputs, e->tensor.n_attributes,
                    e->tensor.attributes);
  g_string_append_printf (text, " → %s", value);
  return g_string_free (text, FALSE);
}

static char *
describe_edge (BsRecording *self, const BsEvent *e)
{
  g_autofree char *node = bs_tensor_describe (self, e->edge.node, e->step);
  g_autofree char *to = bs_tensor_describe (self, e->edge.to, e->step);
  g_autofree char *part = value_text (&e->edge.contribution, TRUE), *sum = value_text (&e->edge.sum, TRUE);

  if (e->edge.first)
    return g_strdup_printf (_("%s passes %s on to %s"), node, part, to);
  return g_strdup_printf (_("%s passes %s on to %s, in all %s"), node, part, to, sum);
}

static char *
describe_accumulate (BsRecording *self, const BsEvent *e)
{
  g_autofree char *tensor = bs_tensor_describe (self, e->accumulate.tensor, e->step);
  g_autofree char *before = value_text (&e->accumulate.before, e->accumulate.had_grad);
  g_autofree char *part = value_text (&e->accumulate.contribution, TRUE);
  g_autofree char *after = value_text (&e->accumulate.after, TRUE);

  return g_strdup_printf ("%s.grad: %s + %s = %s", tensor, before, part, after);
}

static char *
describe_write (BsRecording *self, const BsEvent *e)
{
  g_autofree char *tensor = bs_tensor_describe (self, e->write.tensor, e->step);
  g_autofree char *before = value_text (&e->write.before, TRUE), *after = value_text (&e->write.after, TRUE);
  GString *text = g_string_new (tensor);

  if (e->write.op != NULL) {
    g_string_append_printf (text, ": %s", e->write.op);
    append_arguments (text, self, e->step, e->write.n_inputs, e->write.inputs, e->write.n_attributes,
                      e->write.attributes);
  }
  g_string_append_printf (text, ": %s → %s", before, after);
  return g_string_free (text, FALSE);
}

static char *
describe_grad_set (BsRecording *self, const BsEvent *e)
{
  g_autofree char *tensor = bs_tensor_describe (self, e->grad_set.tensor, e->step);
  g_autofree char *before = value_text (&e->grad_set.before, e->grad_set.had_grad);
  g_autofree char *after = value_text (&e->grad_set.after, e->grad_set.has_grad);

  return g_strdup_printf ("%s.grad: %s → %s", tensor, before, after);
}

static char *
describe_node (BsRecording *self, const BsEvent *e)
{
  g_autofree char *node = bs_tensor_describe (self, e->node.node, e->step);
  g_autofree char *upstream = value_text (&e->node.upstream, e->node.has_upstream);
  BsEvent made;

  bs_recording_get_event (self, self->tensors.data[e->node.node].first, &made);
  return g_strdup_printf (_("%s of %s runs with the gradient %s"),
                          made.tensor.grad_fn ? made.tensor.grad_fn : made.tensor.op, node, upstream);
}

static char *
describe_release (BsRecording *self, const BsEvent *e)
{
  g_autofree char *tensor = NULL;

  if (e->release.storage != 0)
    return g_strdup_printf (ngettext ("storage %u of %zu byte is let go", "storage %u of %zu bytes is let go", e->release.n_bytes), e->release.storage, (size_t) e->release.n_bytes);
  tensor = bs_tensor_describe (self, e->release.tensor ? e->release.tensor : e->release.node, e->step);
  return g_strdup_printf (e->release.tensor ? _("%s is let go") : _("the node of %s is let go"), tensor);
}

static char *
describe_name (const BsEvent *e)
{
  g_autofree char *after = bs_plain_to_text (&e->name.after);

  if (e->name.after.kind == BS_PLAIN_DELETED)
    return g_strdup_printf (_("%s is deleted"), e->name.name);
  return g_strdup_printf ("%s = %s", e->name.name, after);
}

static char *
describe_backward_begin (BsRecording *self, const BsEvent *e)
{
  g_autofree char *root = bs_tensor_describe (self, e->backward_begin.root, e->step);

  return g_strdup_printf (e->backward_begin.create_graph   ? _("backward from %s, with create_graph")
                          : e->backward_begin.retain_graph ? _("backward from %s, with retain_graph")
                                                           : _("backward from %s"), root);
}

static char *
describe_node_done (BsRecording *self, const BsEvent *e)
{
  g_autofree char *node = bs_tensor_describe (self, e->node_done.node, e->step);

  return g_strdup_printf (e->node_done.released ? _("%s is done; its saved values are freed")
                                                : _("%s is done; its saved values are kept"), node);
}

static char *
describe_line (BsRecording *self, const BsEvent *e)
{
  char *line = bs_recording_dup_line (self, e->place);

  return line ? line : g_strdup ("");
}

static char *
describe_end (const BsEvent *e)
{
  static const char *const words[] = {
    [BS_END_FINISHED] = N_("the end"),         [BS_END_ERROR] = N_("ended by an error"),
    [BS_END_EXIT] = N_("the script exits"),    [BS_END_STOPPED] = N_("stopped"),
    [BS_END_LIMIT] = N_("stopped at the limit"), [BS_END_DIED] = N_("the script's process died"),
    [BS_END_TRUNCATED] = N_("the recording is cut off here"),
  };
  const char *word = e->end.how < G_N_ELEMENTS (words) ? _(words[e->end.how]) : "?";

  return e->end.detail && *e->end.detail ? g_strdup_printf ("%s: %s", word, e->end.detail) : g_strdup (word);
}

static char *
describe_requires_grad (BsRecording *self, const BsEvent *e)
{
  g_autofree char *tensor = bs_tensor_describe (self, e->requires_grad.tensor, e->step);

  return g_strdup_printf ("%s.requires_grad = %s", tensor, e->requires_grad.after ? "True" : "False");
}

char *
bs_event_describe (BsRecording *self, const BsEvent *e)
{
  static const char *const modes[] = { N_("gradients are recorded"), N_("gradients are not recorded"),
                                       N_("inference mode"), "?" };

  switch (e->kind) {
  case BS_EVENT_LINE: return describe_line (self, e);
  case BS_EVENT_CALL:
    return g_strdup_printf (e->call.module_path ? "→ %s (%s)" : "→ %s", e->call.function, e->call.module_path);
  case BS_EVENT_RETURN: return g_strdup_printf ("← %s", bs_recording_get_frame (self, e->frame)->function ?: "");
  case BS_EVENT_TENSOR: return describe_tensor (self, e);
  case BS_EVENT_NAME: return describe_name (e);
  case BS_EVENT_BACKWARD_BEGIN: return describe_backward_begin (self, e);
  case BS_EVENT_NODE: return describe_node (self, e);
  case BS_EVENT_EDGE: return describe_edge (self, e);
  case BS_EVENT_NODE_DONE: return describe_node_done (self, e);
  case BS_EVENT_BACKWARD_END: return g_strdup (e->backward_end.ok ? _("backward is over") : _("backward failed"));
  case BS_EVENT_ACCUMULATE: return describe_accumulate (self, e);
  case BS_EVENT_WRITE: return describe_write (self, e);
  case BS_EVENT_GRAD_SET: return describe_grad_set (self, e);
  case BS_EVENT_REQUIRES_GRAD: return describe_requires_grad (self, e);
  case BS_EVENT_MODE: return g_strdup (_(modes[e->mode.after & 3]));
  case BS_EVENT_RELEASE: return describe_release (self, e);
  case BS_EVENT_OUTPUT: return g_strchomp (g_strndup (e->output.text, e->output.length));
  case BS_EVENT_FIGURE: return g_strdup_printf (_("a picture of %zu bytes"), e->figure.length);
  case BS_EVENT_ERROR: return g_strdup_printf ("%s: %s", e->error.type, e->error.message);
  case BS_EVENT_END: return describe_end (e);
  default: return g_strdup ("");
  }
}
