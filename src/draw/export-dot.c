/* SPDX-License-Identifier: MIT */

/* DOT: the structure with values and gradients as attributes of their own, and labels so that `dot -Tsvg` draws it. */

#include "config.h"

#include "export-private.h"

#include "scene-private.h"

#include <string.h>

static void
append_quoted (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const char *p = valid; *p; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (out, '\\');
    g_string_append_c (out, (guchar) *p < 0x20 ? ' ' : *p);
  }
  g_string_append_c (out, '"');
}

static void
append_attribute (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, ", %s=", name);
  append_quoted (out, value);
}

static const char *
word_of (BsGradState state)
{
  static const char *const words[] = {
    [BS_GRAD_NOT_NEEDED] = "not needed", [BS_GRAD_NOT_YET] = "not yet", [BS_GRAD_IS_NONE] = "None",
    [BS_GRAD_FLOWING] = "so far",        [BS_GRAD_KNOWN] = "known",     [BS_GRAD_STALE] = "stale",
    [BS_GRAD_CLEARED] = "cleared",
  };

  return words[state];
}

/* Record labels need their own escapes; a plain one of several lines says the same. */
static void
append_label (GString *out, const BsCard *card, const char *value, const char *grad)
{
  g_autoptr (GString) label = g_string_new (NULL);

  if (card->pill != NULL)
    g_string_append_printf (label, "%s\n", card->pill);
  g_string_append_printf (label, "%s\n%s", card->name, value);
  if (grad != NULL)
    g_string_append_printf (label, "\ngrad %s", grad);
  g_string_append (out, "label=\"");
  for (const char *p = label->str; *p; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_c (out, '\\');
    if (*p == '\n')
      g_string_append (out, "\\n");
    else
      g_string_append_c (out, *p);
  }
  g_string_append_c (out, '"');
}

static void
append_card (BsExport *self, GString *out, guint i)
{
  const BsCard *card = bs_graph_get_card (self->graph, i);
  g_autofree char *value = NULL, *grad = NULL;
  BsTensorState state;

  bs_cursor_get_tensor (self->cursor, card->tensor, &state);
  value = state.exists ? bs_value_brief (&state.value) : g_strdup ("not computed yet");
  if (state.exists && state.grad_state >= BS_GRAD_FLOWING)
    grad = bs_value_brief (&state.grad);
  g_string_append_printf (out, "  t%u [", card->tensor);
  append_label (out, card, value, grad ? grad : state.grad_state == BS_GRAD_NOT_NEEDED ? NULL : word_of (state.grad_state));
  append_attribute (out, "name", card->name);
  if (card->op != NULL)
    append_attribute (out, "op", card->op);
  append_attribute (out, "tensor_shape", card->shape);
  if (state.exists)
    append_attribute (out, "value", value);
  append_attribute (out, "grad_state", word_of (state.grad_state));
  if (grad != NULL)
    append_attribute (out, "grad", grad);
  g_string_append_printf (out, ", style=\"rounded%s%s\"%s];\n", state.exists ? ",filled" : ",dashed",
                          card->flags & BS_CARD_PARAMETER ? ",bold" : "",
                          card->flags & BS_CARD_ROOT ? ", peripheries=2" : "");
}

static void
append_edge (BsExport *self, GString *out, guint i)
{
  const BsEdge *edge = bs_graph_get_edge (self->graph, i);
  const BsFlow *flow = bs_happenings_find (self->scene, i, bs_cursor_get_step (self->cursor));

  g_string_append_printf (out, "  t%u -> t%u [input=%u", bs_graph_get_card (self->graph, edge->from)->tensor,
                          bs_graph_get_card (self->graph, edge->to)->tensor, edge->input);
  if (flow != NULL) {
    g_autofree char *amount = NULL;
    BsEvent event;

    bs_recording_get_event (self->scene->recording, flow->step, &event);
    amount = bs_value_brief (&event.edge.contribution);
    append_attribute (out, "contribution", amount);
    append_attribute (out, "label", amount);
    g_string_append (out, ", color=\"#d95c00\", fontcolor=\"#963e00\", dir=both, arrowhead=empty");
  } else if (!edge->needs_grad) {
    g_string_append (out, ", needs_grad=false");
  }
  g_string_append (out, "];\n");
}

GByteArray *
bs_export_dot (BsExport *self)
{
  g_autoptr (GString) out = g_string_new ("digraph backstep {\n");
  GByteArray *bytes = g_byte_array_new ();

  bs_happenings_update (self->scene);
  g_string_append_printf (out, "  graph [rankdir=%s, newrank=true];\n",
                          self->options->direction == BS_LAYOUT_LEFT_TO_RIGHT ? "LR" : "TB");
  g_string_append (out, "  node [shape=box, fontname=\"sans-serif\", fillcolor=\"#f1f2f5\"];\n");
  g_string_append (out, "  edge [fontname=\"sans-serif\"];\n");
  for (guint i = 0; i < bs_graph_get_n_cards (self->graph); i++)
    append_card (self, out, i);
  for (guint i = 0; i < bs_graph_get_n_edges (self->graph); i++)
    append_edge (self, out, i);
  g_string_append (out, "}\n");
  g_byte_array_append (bytes, (const guint8 *) out->str, out->len);
  return bytes;
}
