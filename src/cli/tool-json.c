/* SPDX-License-Identifier: MIT */

/* The schema is in `backstep trace --help`. */

#include "tool.h"

#include "recording/describe.h"
#include "recording/error-help.h"

#include <math.h>
#include <string.h>

/* --- JSON ------------------------------------------------------------------------------------------------------------- */

static void
append_string (GString *out, const char *text, gssize length)
{
  if (text == NULL) {
    g_string_append (out, "null");
    return;
  }
  g_string_append_c (out, '"');
  for (gsize n = length < 0 ? strlen (text) : (gsize) length; n > 0; n--, text++) {
    if (*text == '"' || *text == '\\')
      g_string_append_printf (out, "\\%c", *text);
    else if (*text == '\n')
      g_string_append (out, "\\n");
    else if ((guchar) *text < 0x20)
      g_string_append_printf (out, "\\u%04x", *text);
    else
      g_string_append_c (out, *text);
  }
  g_string_append_c (out, '"');
}

/* The fewest digits that give the number back. */
static void
append_double (GString *out, double x, gboolean is_single)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE], format[8];

  if (!isfinite (x)) {
    g_string_append (out, isnan (x) ? "\"nan\"" : x > 0 ? "\"inf\"" : "\"-inf\"");
    return;
  }
  for (int digits = is_single ? 6 : 15; digits <= 17; digits++) {
    double back;

    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (buffer, sizeof buffer, format, x);
    back = g_ascii_strtod (buffer, NULL);
    if (is_single ? (float) back == (float) x : back == x)
      break;
  }
  g_string_append (out, buffer);
}

static void
key (GString *out, const char *name)
{
  g_string_append_printf (out, ", \"%s\": ", name);
}

static void
add_string (GString *out, const char *name, const char *text)
{
  key (out, name);
  append_string (out, text, -1);
}

static void
add_number (GString *out, const char *name, guint64 number)
{
  key (out, name);
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, number);
}

static void
add_boolean (GString *out, const char *name, gboolean value)
{
  key (out, name);
  g_string_append (out, value ? "true" : "false");
}

/* --- values ------------------------------------------------------------------------------------------------------------- */

static void
append_element (GString *out, const BsValue *value, guint32 i)
{
  const char *dtype = bs_dtype_text (value->dtype);
  gint64 integer;

  if (strcmp (dtype, "bool") == 0) {
    g_string_append (out, bs_value_get (value, i) ? "true" : "false");
  } else if (g_str_has_prefix (dtype, "float")) {
    append_double (out, bs_value_get (value, i), strcmp (dtype, "float64") != 0);
  } else if (strcmp (dtype, "int64") == 0) {
    memcpy (&integer, (const guint8 *) value->data + 8 * (gsize) i, 8);
    g_string_append_printf (out, "%" G_GINT64_FORMAT, integer);
  } else {
    g_string_append_printf (out, "%.0f", bs_value_get (value, i));
  }
}

static guint32
append_nested (GString *out, const BsValue *value, const gint64 *shape, guint n_dims, guint32 at)
{
  if (n_dims == 0) {
    append_element (out, value, at);
    return at + 1;
  }
  g_string_append_c (out, '[');
  for (gint64 i = 0; i < shape[0] && (at < value->n_stored || value->numel == 0); i++) {
    if (i > 0)
      g_string_append (out, ", ");
    if (value->numel == 0 && n_dims == 1)
      break;
    at = append_nested (out, value, shape + 1, n_dims - 1, at);
  }
  g_string_append_c (out, ']');
  return at;
}

static void
append_thumbnail (GString *out, const BsValue *value)
{
  gint64 shape[2] = { value->thumb_rows, value->thumb_columns };

  key (out, "thumbnail");
  append_nested (out, value, shape, 2, 0);
  key (out, "min");
  append_double (out, value->min, FALSE);
  key (out, "max");
  append_double (out, value->max, FALSE);
  key (out, "mean");
  append_double (out, value->mean, FALSE);
  key (out, "norm");
  append_double (out, value->norm, FALSE);
  add_number (out, "nan", value->n_nan);
  add_number (out, "inf", value->n_inf);
}

static void
add_value (GString *out, const char *name, const BsValue *value, gboolean there)
{
  key (out, name);
  if (!there) {
    g_string_append (out, "null");
    return;
  }
  g_string_append_printf (out, "{\"dtype\": \"%s\", \"shape\": [", bs_dtype_text (value->dtype));
  for (guint i = 0; i < value->n_dims; i++)
    g_string_append_printf (out, i ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value->shape[i]);
  g_string_append (out, "], \"data\": ");
  /* A stranger's shape of many empty dimensions would nest without end. */
  if (value->how == BS_VALUE_WHOLE && value->numel > 0)
    append_nested (out, value, value->shape, value->n_dims, 0);
  else
    g_string_append (out, value->how == BS_VALUE_WHOLE ? "[]" : "null");
  if (value->how == BS_VALUE_THUMBNAIL)
    append_thumbnail (out, value);
  g_string_append_c (out, '}');
}

/* --- parts of events ------------------------------------------------------------------------------------------------------ */

typedef struct { GString *out; BsRecording *recording; const BsEvent *event; } Context;

static void
append_tensor (Context *c, guint32 tensor)
{
  if (tensor == 0) {
    g_string_append (c->out, "null");
    return;
  }
  g_string_append_printf (c->out, "{\"id\": %u, \"name\": ", tensor);
  append_string (c->out, bs_tensor_get_name (c->recording, tensor, c->event->step + 1), -1);
  g_string_append_c (c->out, '}');
}

static void
add_tensor (Context *c, const char *name, guint32 tensor)
{
  key (c->out, name);
  append_tensor (c, tensor);
}

static void
add_inputs (Context *c, guint32 n, const BsOperand *inputs)
{
  key (c->out, "inputs");
  g_string_append_c (c->out, '[');
  for (guint32 i = 0; i < n; i++) {
    g_string_append (c->out, i ? ", " : "");
    if (!inputs[i].is_number)
      append_tensor (c, inputs[i].tensor);
    else if (inputs[i].is_integer)
      g_string_append_printf (c->out, "%.0f", inputs[i].number);
    else
      append_double (c->out, inputs[i].number, FALSE);
  }
  g_string_append_c (c->out, ']');
}

static void
add_attributes (Context *c, guint32 n, const BsAttribute *attributes)
{
  key (c->out, "attributes");
  g_string_append_c (c->out, '{');
  for (guint32 i = 0; i < n; i++) {
    g_string_append (c->out, i ? ", " : "");
    append_string (c->out, attributes[i].name, -1);
    g_string_append (c->out, ": ");
    append_string (c->out, attributes[i].text, -1);
  }
  g_string_append_c (c->out, '}');
}

static void
add_flags (Context *c, guint flags)
{
  static const char *const names[] = { "requires_grad", "leaf", "inplace", "view", "detached", "parameter",
                                       "in_backward", "no_grad" };
  const char *comma = "";

  key (c->out, "flags");
  g_string_append_c (c->out, '[');
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (flags & 1u << i) {
      g_string_append_printf (c->out, "%s\"%s\"", comma, names[i]);
      comma = ", ";
    }
  g_string_append_c (c->out, ']');
}

static void
add_saved (Context *c, guint32 n, const guint32 *saved)
{
  key (c->out, "saved");
  g_string_append_c (c->out, '[');
  for (guint32 i = 0; i < n; i++)
    g_string_append_printf (c->out, i ? ", %u" : "%u", saved[i]);
  g_string_append_c (c->out, ']');
}

static void
add_plain (Context *c, const char *name, const BsPlain *plain)
{
  key (c->out, name);
  switch (plain->kind) {
  case BS_PLAIN_TENSOR: append_tensor (c, plain->tensor); break;
  case BS_PLAIN_INT: g_string_append_printf (c->out, "%" G_GINT64_FORMAT, plain->integer); break;
  case BS_PLAIN_REAL: append_double (c->out, plain->real, FALSE); break;
  case BS_PLAIN_BOOL: g_string_append (c->out, plain->integer ? "true" : "false"); break;
  case BS_PLAIN_TEXT: append_string (c->out, plain->text, -1); break;
  default: g_string_append (c->out, "null");
  }
}

static void
add_source (Context *c)
{
  const BsPlace *p = bs_recording_get_place (c->recording, c->event->place);
  const char *path = bs_recording_get_file_path (c->recording, p->file);

  key (c->out, "source");
  if (path == NULL) {
    g_string_append (c->out, "null");
    return;
  }
  g_string_append (c->out, "{\"file\": ");
  append_string (c->out, path, -1);
  g_string_append_printf (c->out, ", \"line\": %u, \"column\": %u, \"end_line\": %u, \"end_column\": %u}", p->line,
                          p->column, p->end_line, p->end_column);
}

static void
append_frame (Context *c, guint32 frame, guint depth)
{
  const BsFrame *f = bs_recording_get_frame (c->recording, frame);

  if (frame == 0 || depth > 200)
    return;
  append_frame (c, f->parent, depth + 1);
  if (c->out->str[c->out->len - 1] != '[')
    g_string_append (c->out, ", ");
  append_string (c->out, f->module_path ? f->module_path : f->function, -1);
}

/* --- events ------------------------------------------------------------------------------------------------------------------ */

static void
add_tensor_event (Context *c)
{
  const BsEvent *e = c->event;

  add_tensor (c, "tensor", e->tensor.id);
  add_string (c->out, "op", e->tensor.op);
  add_string (c->out, "symbol", e->tensor.symbol);
  add_string (c->out, "grad_fn", e->tensor.grad_fn);
  add_inputs (c, e->tensor.n_inputs, e->tensor.inputs);
  add_attributes (c, e->tensor.n_attributes, e->tensor.attributes);
  add_boolean (c->out, "requires_grad", (e->tensor.flags & BS_TENSOR_REQUIRES_GRAD) != 0);
  add_boolean (c->out, "leaf", (e->tensor.flags & BS_TENSOR_LEAF) != 0);
  add_flags (c, e->tensor.flags);
  add_number (c->out, "storage", e->tensor.storage);
  add_tensor (c, "alias", e->tensor.alias);
  add_saved (c, e->tensor.n_saved, e->tensor.saved);
  add_value (c->out, "value", &e->tensor.value, TRUE);
}

static void
add_write (Context *c)
{
  const BsEvent *e = c->event;

  add_tensor (c, "tensor", e->write.tensor);
  add_number (c->out, "storage", e->write.storage);
  add_string (c->out, "op", e->write.op);
  add_inputs (c, e->write.n_inputs, e->write.inputs);
  add_attributes (c, e->write.n_attributes, e->write.attributes);
  add_number (c->out, "version", e->write.version);
  add_value (c->out, "before", &e->write.before, TRUE);
  add_value (c->out, "after", &e->write.after, TRUE);
  key (c->out, "also");
  g_string_append_c (c->out, '[');
  for (guint32 i = 0; i < e->write.n_echoes; i++) {
    g_string_append (c->out, i ? ", {\"tensor\": " : "{\"tensor\": ");
    append_tensor (c, e->write.echoes[i].tensor);
    add_value (c->out, "before", &e->write.echoes[i].before, TRUE);
    add_value (c->out, "after", &e->write.echoes[i].after, TRUE);
    g_string_append_c (c->out, '}');
  }
  g_string_append_c (c->out, ']');
}

static void
add_backward (Context *c)
{
  const BsEvent *e = c->event;

  switch (e->kind) {
  case BS_EVENT_BACKWARD_BEGIN:
    add_tensor (c, "root", e->backward_begin.root);
    add_boolean (c->out, "retain_graph", e->backward_begin.retain_graph);
    add_boolean (c->out, "create_graph", e->backward_begin.create_graph);
    add_value (c->out, "seed", &e->backward_begin.seed, TRUE);
    break;
  case BS_EVENT_NODE:
    add_tensor (c, "node", e->node.node);
    add_value (c->out, "upstream", &e->node.upstream, e->node.has_upstream);
    break;
  case BS_EVENT_EDGE:
    add_tensor (c, "node", e->edge.node);
    add_number (c->out, "input", e->edge.input);
    add_tensor (c, "to", e->edge.to);
    add_value (c->out, "contribution", &e->edge.contribution, TRUE);
    add_value (c->out, "sum", &e->edge.sum, TRUE);
    add_boolean (c->out, "first", e->edge.first);
    break;
  case BS_EVENT_NODE_DONE:
    add_tensor (c, "node", e->node_done.node);
    add_boolean (c->out, "released", e->node_done.released);
    add_number (c->out, "saved_bytes", e->node_done.saved_bytes);
    break;
  case BS_EVENT_ACCUMULATE:
    add_tensor (c, "tensor", e->accumulate.tensor);
    add_value (c->out, "before", &e->accumulate.before, e->accumulate.had_grad);
    add_value (c->out, "contribution", &e->accumulate.contribution, TRUE);
    add_value (c->out, "after", &e->accumulate.after, TRUE);
    break;
  default:
    add_boolean (c->out, "ok", e->backward_end.ok);
  }
}

static void
add_change (Context *c)
{
  static const char *const modes[] = { "grad", "no_grad", "inference", "?" };
  const BsEvent *e = c->event;

  switch (e->kind) {
  case BS_EVENT_NAME:
    add_string (c->out, "variable", e->name.name);
    add_plain (c, "before", &e->name.before);
    add_plain (c, "after", &e->name.after);
    break;
  case BS_EVENT_GRAD_SET:
    add_tensor (c, "tensor", e->grad_set.tensor);
    add_value (c->out, "before", &e->grad_set.before, e->grad_set.had_grad);
    add_value (c->out, "after", &e->grad_set.after, e->grad_set.has_grad);
    break;
  case BS_EVENT_REQUIRES_GRAD:
    add_tensor (c, "tensor", e->requires_grad.tensor);
    add_boolean (c->out, "before", e->requires_grad.before);
    add_boolean (c->out, "after", e->requires_grad.after);
    break;
  case BS_EVENT_MODE:
    add_string (c->out, "before", modes[e->mode.before & 3]);
    add_string (c->out, "after", modes[e->mode.after & 3]);
    break;
  default: /* RELEASE */
    if (e->release.tensor)
      add_tensor (c, "tensor", e->release.tensor);
    else if (e->release.node)
      add_tensor (c, "node", e->release.node);
    else
      add_number (c->out, "storage", e->release.storage);
    add_number (c->out, "bytes", e->release.n_bytes);
  }
}

static void
add_shown (Context *c)
{
  static const char *const ends[] = { "finished", "error", "exit", "stopped", "limit", "died", "truncated" };
  const BsEvent *e = c->event;

  switch (e->kind) {
  case BS_EVENT_CALL:
    add_string (c->out, "function", e->call.function);
    add_string (c->out, "module", e->call.module_path);
    break;
  case BS_EVENT_OUTPUT:
    add_string (c->out, "stream", e->output.is_error_stream ? "stderr" : "stdout");
    key (c->out, "output");
    append_string (c->out, e->output.text, e->output.length);
    break;
  case BS_EVENT_FIGURE:
    add_number (c->out, "bytes", e->figure.length);
    break;
  case BS_EVENT_ERROR:
    add_string (c->out, "type", e->error.type);
    add_string (c->out, "message", e->error.message);
    add_string (c->out, "traceback", e->error.traceback);
    add_string (c->out, "help", bs_event_help (e));
    break;
  case BS_EVENT_END:
    add_string (c->out, "how", e->end.how < G_N_ELEMENTS (ends) ? ends[e->end.how] : "?");
    key (c->out, "status");
    g_string_append_printf (c->out, "%d", e->end.status);
    add_string (c->out, "detail", e->end.detail);
    break;
  }
}

void
bs_tool_append_json (GString *out, BsRecording *recording, guint32 index)
{
  static const char *const phases[] = { "forward", "backward", "update" };
  BsEvent e;
  Context c = { out, recording, &e };
  g_autofree char *text = NULL;

  bs_recording_get_event (recording, index, &e);
  text = bs_event_describe (recording, &e);
  g_string_append_printf (out, "{\"step\": %u", index + 1);
  add_number (out, "pass", bs_recording_find_pass (recording, index + 1));
  add_string (out, "phase", phases[bs_recording_get_phase (recording, index + 1)]);
  add_string (out, "kind", bs_event_kind_name (e.kind));
  add_source (&c);
  key (out, "frame");
  g_string_append_c (out, '[');
  append_frame (&c, e.frame, 0);
  g_string_append_c (out, ']');
  add_string (out, "text", text);
  switch (e.kind) {
  case BS_EVENT_TENSOR: add_tensor_event (&c); break;
  case BS_EVENT_WRITE: add_write (&c); break;
  case BS_EVENT_BACKWARD_BEGIN:
  case BS_EVENT_NODE:
  case BS_EVENT_EDGE:
  case BS_EVENT_NODE_DONE:
  case BS_EVENT_ACCUMULATE:
  case BS_EVENT_BACKWARD_END: add_backward (&c); break;
  case BS_EVENT_NAME:
  case BS_EVENT_GRAD_SET:
  case BS_EVENT_REQUIRES_GRAD:
  case BS_EVENT_MODE:
  case BS_EVENT_RELEASE: add_change (&c); break;
  default: add_shown (&c);
  }
  g_string_append (out, "}\n");
}
