/* SPDX-License-Identifier: MIT */

/* DOT: the pass as a graph that `dot -Tsvg` draws and that this program runs (src/graphfile). Leaves carry their values with
 * every digit; operations their names and arguments; what cannot be computed again is carried as it was recorded. */

#include "config.h"

#include "export-dot.h"
#include "export-private.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#include "engine/signature.h"
#include "scene-private.h"

/* --- which nodes ----------------------------------------------------------------------------------------------------------- */

static gboolean
has_row (const BsEvent *e)
{
  const BsOp *op = bs_op_find (e->tensor.op);
  BsSignature signature;

  if (op == NULL || strcmp (op->name, e->tensor.op) != 0 || op->flags & BS_IS_RANDOM)
    return FALSE;
  if (!bs_signature_parse (op->signature, &signature) || e->tensor.n_inputs >= 64)
    return FALSE;
  for (guint32 i = 0; i < e->tensor.n_attributes; i++)
    if (*e->tensor.attributes[i].name == '\0')
      return FALSE;
  return TRUE;
}

static BsDotKind
kind_of (const BsEvent *e)
{
  if (e->tensor.output_nr > 0 && e->tensor.call != 0 && has_row (e))
    return BS_DOT_OUTPUT;
  if (g_strcmp0 (e->tensor.op, "copy_slices") == 0 && e->tensor.flags & BS_TENSOR_INPLACE)
    return BS_DOT_AFTER;
  return has_row (e) ? BS_DOT_OPERATION : BS_DOT_RECORDED;
}

static BsDotNode *
find (BsDot *self, guint32 tensor)
{
  return g_hash_table_lookup (self->nodes, GUINT_TO_POINTER (tensor));
}

static BsDotNode *
add_node (BsDot *self, guint32 tensor, gboolean computed)
{
  BsDotNode *node = find (self, tensor);
  BsEvent e;

  if (node != NULL)
    return node;
  node = g_new0 (BsDotNode, 1);
  node->tensor = tensor;
  node->used_at = G_MAXUINT32;
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, tensor), &e);
  node->step = e.step;
  node->kind = computed && e.tensor.n_inputs > 0 ? kind_of (&e) : BS_DOT_LEAF;
  g_hash_table_insert (self->nodes, GUINT_TO_POINTER (tensor), node);
  g_ptr_array_add (self->order, node);
  return node;
}

/* A view that something is written through belongs to its base, whether a gradient flows to it or not. */
static void
add_written_view (BsDot *self, guint32 tensor)
{
  BsDotNode *node = find (self, tensor);
  BsEvent e;

  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, tensor), &e);
  if (e.tensor.flags & BS_TENSOR_VIEW && e.tensor.n_inputs > 0 && e.step >= self->begin && has_row (&e) &&
      (node == NULL || node->kind == BS_DOT_LEAF))
    {
      if (node != NULL)
        node->kind = kind_of (&e);
      else
        add_node (self, tensor, TRUE);
    }
}

/* What is a leaf of the picture, or not in it, and has a history all the same: a backward walk made it (create_graph), or an
 * earlier pass did and this one's walk goes on through it. */
static gboolean
has_history (BsDot *self, guint32 tensor)
{
  guint32 step = bs_recording_get_tensor_step (self->recording, tensor);
  BsEvent e;

  bs_recording_get_event (self->recording, step, &e);
  return (step >= self->begin || bs_dot_find_flow (self, e.tensor.call ? e.tensor.call : tensor, BS_DOT_ANY_INPUT) != NULL) &&
         e.tensor.flags & BS_TENSOR_REQUIRES_GRAD && !(e.tensor.flags & BS_TENSOR_LEAF);
}

static void
use (BsDot *self, guint32 tensor, guint32 step)
{
  BsDotNode *node = add_node (self, tensor, has_history (self, tensor));

  node->used_at = MIN (node->used_at, step);
}

/* What a node needs that is no card. New nodes come behind it in the list. */
static void
add_inputs (BsDot *self, BsDotNode *node)
{
  g_autofree BsOperand *inputs = NULL;
  guint32 n, flags, call;
  BsEvent e;

  if (node->kind == BS_DOT_LEAF)
    return;
  bs_recording_get_event (self->recording, node->step, &e);
  n = e.tensor.n_inputs;
  flags = e.tensor.flags;
  call = e.tensor.call;
  inputs = g_memdup2 (e.tensor.inputs, n * sizeof *inputs);
  if (node->kind == BS_DOT_OUTPUT)
    {
      use (self, add_node (self, call, TRUE)->tensor, node->step);
      return;
    }
  if (flags & BS_TENSOR_INPLACE && n > 0 && inputs[0].tensor != 0 && node->kind == BS_DOT_OPERATION)
    add_written_view (self, inputs[0].tensor);
  for (guint32 i = 0; i < n; i++)
    if (inputs[i].tensor != 0)
      use (self, inputs[i].tensor, node->step);
  if (flags & BS_TENSOR_INPLACE && n > 0 && inputs[0].tensor != 0)
    find (self, inputs[0].tensor)->is_written = TRUE;
}

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  const BsDotNode *x = *(BsDotNode *const *) a, *y = *(BsDotNode *const *) b;

  return x->tensor < y->tensor ? -1 : x->tensor > y->tensor;
}

static void
choose_nodes (BsDot *self)
{
  bs_dot_look_at_flows (self);
  for (guint i = 0; i < bs_graph_get_n_cards (self->graph); i++)
    {
      const BsCard *card = bs_graph_get_card (self->graph, i);

      add_node (self, card->tensor, card->op != NULL || has_history (self, card->tensor))->card = card;
    }
  bs_dot_look_at_walks (self);
  for (guint i = 0; i < self->n_roots; i++)
    add_node (self, self->roots[i], has_history (self, self->roots[i]));
  for (guint i = 0; i < self->order->len; i++)
    add_inputs (self, g_ptr_array_index (self->order, i));
  /* A leaf that turned out to be such a view has inputs too. */
  for (guint i = 0; i < self->order->len; i++)
    add_inputs (self, g_ptr_array_index (self->order, i));
  g_ptr_array_sort (self->order, compare_nodes);
}

/* --- names ------------------------------------------------------------------------------------------------------------------ */

static gboolean
is_name (const char *text)
{
  static const char *const words[] = { "node", "edge", "graph", "digraph", "subgraph", "strict", "none", NULL };

  if (text == NULL || *text == '\0' || g_strv_contains (words, text) || g_ascii_isdigit (*text) || strlen (text) > 60)
    return FALSE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isalnum (c) && c != '_' && c != '.' && c != '[' && c != ']')
        return FALSE;
    }
  return TRUE;
}

static void
choose_names (BsDot *self)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->order->len; i++)
    {
      BsDotNode *node = g_ptr_array_index (self->order, i);
      const char *name = node->card ? node->card->name : NULL;

      if (is_name (name) && g_utf8_validate (name, -1, NULL) && !g_hash_table_contains (taken, name) &&
          !(node->card->op && g_str_equal (node->card->op, name)) && !g_str_equal (name, "tensor"))
        node->name = g_strdup (name);
      else
        node->name = g_strdup_printf ("t%u", node->tensor);
      while (!g_hash_table_add (taken, node->name))
        {
          char *longer = g_strconcat (node->name, "_", NULL);

          g_free (node->name);
          node->name = longer;
        }
    }
}

/* --- attributes ------------------------------------------------------------------------------------------------------------- */

/* Of one piece, in bytes: Graphviz reads none of more than 16384. */
#define LONGEST_TEXT 8000

static void
append_quoted (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gsize begin = out->len;

  g_string_append_c (out, '"');
  for (const char *p = valid; *p; p++)
    {
      if (out->len - begin > LONGEST_TEXT && *p == ' ' && p[-1] != '\\')
        {
          g_string_append (out, "\" + \"");
          begin = out->len;
        }
      if (*p == '"')
        g_string_append_c (out, '\\');
      g_string_append_c (out, (guchar) *p < 0x20 ? ' ' : *p);
    }
  g_string_append_c (out, '"');
}

/* Names are letters, digits and a few signs; those of ASCII need no quotes. */
static void
append_name (GString *out, const char *name)
{
  const char *p = name;

  while (g_ascii_isalnum (*p) || *p == '_')
    p++;
  if (*p == '\0')
    g_string_append (out, name);
  else
    append_quoted (out, name);
}

static void
append_attribute (GString *out, const char *name, const char *value)
{
  /* Graphviz has attributes of these names. */
  static const char *const drawn[] = { "shape", "target", "margin", "label", "style", "width", "height", "pos", "group", NULL };

  g_string_append_printf (out, ", %s%s=", name, g_strv_contains (drawn, name) ? "_" : "");
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

static void
append_escaped (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *p = valid; *p; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      if (*p == '\n')
        g_string_append (out, "\\n");
      else
        g_string_append_c (out, (guchar) *p < 0x20 ? ' ' : *p);
    }
}

/* For the eye: as on the card, at the step that is exported. */
static void
append_label (BsDot *self, GString *out, const BsDotNode *node)
{
  g_autofree char *value = NULL, *grad = NULL;
  BsTensorState state;

  bs_cursor_seek (self->cursor, self->step);
  bs_cursor_get_tensor (self->cursor, node->tensor, &state);
  value = state.exists ? bs_value_brief (&state.value) : g_strdup ("not computed yet");
  if (state.exists && state.grad_state >= BS_GRAD_FLOWING)
    grad = bs_value_brief (&state.grad);
  g_string_append (out, ", label=\"");
  if (node->card != NULL && node->card->pill != NULL)
    {
      append_escaped (out, node->card->pill);
      g_string_append (out, "\\n");
    }
  append_escaped (out, node->card ? node->card->name : node->name);
  g_string_append (out, "\\n");
  append_escaped (out, value);
  if (grad != NULL || state.grad_state != BS_GRAD_NOT_NEEDED)
    {
      g_string_append (out, "\\ngrad ");
      append_escaped (out, grad ? grad : word_of (state.grad_state));
    }
  g_string_append_printf (out, "\", style=\"rounded%s%s\"", state.exists ? ",filled" : ",dashed",
                          node->card && node->card->flags & BS_CARD_PARAMETER ? ",bold" : "");
  if (node->card && node->card->flags & BS_CARD_ROOT)
    g_string_append (out, ", peripheries=2");
}

static void
append_value (BsDot *self, GString *out, const char *name, guint32 tensor, guint32 step)
{
  g_autofree char *text = NULL;
  BsTensorState state;
  BsValue value;

  bs_cursor_seek (self->cursor, step);
  bs_cursor_get_tensor (self->cursor, tensor, &state);
  if (!state.exists || !bs_cursor_get_whole (self->cursor, tensor, FALSE, &value))
    {
      g_array_append_val (self->missing, tensor);
      return;
    }
  text = bs_dot_value_to_text (&value);
  append_attribute (out, name, text);
  bs_dot_append_type (out, &value);
}

/* --- statements --------------------------------------------------------------------------------------------------------------- */

/* When its value counts: what the first operation took. */
static guint32
time_of (const BsDot *self, const BsDotNode *node)
{
  return node->used_at != G_MAXUINT32 ? node->used_at : MAX (node->step + 1, self->begin);
}

static void
append_leaf (BsDot *self, GString *out, const BsDotNode *node)
{
  guint32 step = time_of (self, node);
  BsTensorState state;
  BsValue value;

  append_value (self, out, "value", node->tensor, step);
  bs_cursor_get_tensor (self->cursor, node->tensor, &state);
  if (!state.requires_grad || node->is_written)
    return;
  g_string_append (out, ", requires_grad=true");
  bs_cursor_seek (self->cursor, self->first_walk);
  bs_cursor_get_tensor (self->cursor, node->tensor, &state);
  if (self->n_roots == 0 || !state.exists || !state.is_leaf || state.grad_state < BS_GRAD_KNOWN)
    return;
  if (bs_cursor_get_whole (self->cursor, node->tensor, TRUE, &value))
    {
      g_autofree char *text = bs_dot_value_to_text (&value);

      append_attribute (out, "grad", text);
    }
  else
    g_array_append_val (self->missing, node->tensor);
}

static gboolean
has_attribute (const BsEvent *e, const char *name)
{
  for (guint32 i = 0; i < e->tensor.n_attributes; i++)
    if (g_str_equal (e->tensor.attributes[i].name, name))
      return TRUE;
  return FALSE;
}

static void
append_operation (BsDot *self, GString *out, const BsEvent *e)
{
  const BsOp *op = bs_op_find (e->tensor.op);
  BsSignature signature;

  g_string_append (out, ", op=");
  if (e->tensor.flags & BS_TENSOR_INPLACE)
    {
      g_autofree char *name = g_strconcat (e->tensor.op, "_", NULL);

      append_quoted (out, name);
    }
  else
    append_quoted (out, e->tensor.op);
  for (guint32 i = 0; i < e->tensor.n_attributes; i++)
    append_attribute (out, e->tensor.attributes[i].name, e->tensor.attributes[i].text);
  bs_signature_parse (op->signature, &signature);
  for (guint k = 0; k < signature.n_parameters; k++)
    {
      const BsParameter *parameter = &signature.parameters[k];
      g_autofree char *text = NULL;

      if (!parameter->is_input && !parameter->has_default && !parameter->optional && !has_attribute (e, parameter->name))
        append_attribute (out, parameter->name, "None");
      if (!parameter->is_input || parameter->kind == BS_KIND_TENSORS || parameter->position >= e->tensor.n_inputs ||
          !e->tensor.inputs[parameter->position].is_number)
        continue;
      text = bs_dot_operand_to_text (&e->tensor.inputs[parameter->position]);
      append_attribute (out, parameter->name, text);
    }
  if (e->tensor.flags & BS_TENSOR_NO_GRAD_MODE)
    g_string_append (out, ", no_grad=true");
}

static void
append_recorded (BsDot *self, GString *out, const BsDotNode *node, const BsEvent *e)
{
  g_string_append (out, ", op=recorded");
  if (e->tensor.grad_fn != NULL)
    append_attribute (out, "function", e->tensor.op);
  append_value (self, out, "value", node->tensor, node->step + 1);
}

static void
append_edge (BsDot *self, GString *out, const BsDotNode *from, const BsDotNode *to, guint input)
{
  const BsDotFlow *flow = bs_dot_find_flow (self, to->tensor, input);
  BsEvent e;

  g_string_append (out, "  ");
  append_name (out, from->name);
  g_string_append (out, " -> ");
  append_name (out, to->name);
  g_string_append_printf (out, " [");
  if (to->kind == BS_DOT_OPERATION)
    g_string_append_printf (out, "input=%u, ", input);
  if (flow != NULL && to->kind == BS_DOT_RECORDED)
    {
      g_autofree char *text = NULL;

      bs_recording_get_event (self->recording, flow->step, &e);
      if (e.edge.contribution.how == BS_VALUE_WHOLE)
        text = bs_dot_value_to_text (&e.edge.contribution);
      else
        self->lacks_flow = TRUE;
      if (text != NULL)
        {
          g_string_append (out, "contribution=");
          append_quoted (out, text);
          g_string_append (out, ", ");
        }
    }
  if (flow != NULL && flow->step < self->step)
    {
      g_autofree char *amount = NULL;

      bs_recording_get_event (self->recording, flow->step, &e);
      amount = bs_value_brief (&e.edge.contribution);
      g_string_append (out, "label=");
      append_quoted (out, amount);
      g_string_append (out, ", color=\"#d95c00\", fontcolor=\"#963e00\", dir=both, arrowhead=empty");
    }
  else
    g_string_append (out, "color=\"#4a4f5a\"");
  g_string_append (out, "];\n");
}

/* The leaf was written past the graph after others took it. */
static gboolean
has_changed (BsDot *self, const BsDotNode *leaf, guint32 step)
{
  BsTensorState then, now;

  if (leaf->kind != BS_DOT_LEAF || leaf->is_written || time_of (self, leaf) >= step)
    return FALSE;
  bs_cursor_seek (self->cursor, time_of (self, leaf));
  bs_cursor_get_tensor (self->cursor, leaf->tensor, &then);
  bs_cursor_seek (self->cursor, step);
  bs_cursor_get_tensor (self->cursor, leaf->tensor, &now);
  return then.version != now.version && !bs_value_equal (&then.value, &now.value);
}

/* It is a leaf of its own, with what it was then. */
static void
append_changed (BsDot *self, GString *out, const BsDotNode *leaf, const BsDotNode *to, guint input)
{
  g_autofree char *name = g_strdup_printf ("%s__%u", leaf->name, to->tensor);
  BsDotNode changed = *leaf;
  BsTensorState state;

  changed.name = name;
  g_string_append (out, "  // ");
  g_string_append_printf (out, _("%s was changed outside of the graph in between; its gradient from here is apart."), leaf->name);
  g_string_append (out, "\n  ");
  append_name (out, name);
  g_string_append_printf (out, " [id=t%u_%u", leaf->tensor, to->tensor);
  append_value (self, out, "value", leaf->tensor, to->step);
  bs_cursor_get_tensor (self->cursor, leaf->tensor, &state);
  g_string_append (out, state.requires_grad ? ", requires_grad=true];\n" : "];\n");
  append_edge (self, out, &changed, to, input);
}

static void
append_edges (BsDot *self, GString *out, const BsDotNode *node, const BsEvent *e)
{
  if (node->kind == BS_DOT_OUTPUT)
    {
      append_edge (self, out, find (self, e->tensor.call), node, 0);
      return;
    }
  for (guint32 i = 0; i < e->tensor.n_inputs; i++)
    {
      const BsDotNode *from = e->tensor.inputs[i].tensor ? find (self, e->tensor.inputs[i].tensor) : NULL;

      if (from != NULL && has_changed (self, from, node->step))
        append_changed (self, out, from, node, i);
      else if (from != NULL)
        append_edge (self, out, from, node, i);
    }
}

static void
append_node (BsDot *self, GString *out, const BsDotNode *node)
{
  BsEvent e;

  bs_recording_get_event (self->recording, node->step, &e);
  g_string_append (out, "  ");
  append_name (out, node->name);
  g_string_append_printf (out, " [id=t%u", node->tensor);
  bs_recording_get_event (self->recording, node->step, &e);
  switch (node->kind)
    {
    case BS_DOT_LEAF:
      append_leaf (self, out, node);
      break;
    case BS_DOT_OUTPUT:
      g_string_append_printf (out, ", output=%u", e.tensor.output_nr);
      break;
    case BS_DOT_AFTER:
      g_string_append (out, ", op=after");
      break;
    case BS_DOT_RECORDED:
      append_recorded (self, out, node, &e);
      break;
    default:
      append_operation (self, out, &e);
    }
  append_label (self, out, node);
  g_string_append (out, "];\n");
  bs_recording_get_event (self->recording, node->step, &e);
  if (node->kind != BS_DOT_LEAF)
    append_edges (self, out, node, &e);
}

/* --- the graph ------------------------------------------------------------------------------------------------------------------ */

static void
append_roots (BsDot *self, GString *out)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < self->n_roots; i++)
    {
      const BsDotNode *node = find (self, self->roots[i]);

      if (node != NULL)
        g_string_append_printf (names, names->len ? ", %s" : "%s", node->name);
    }
  g_string_append (out, "  backward=");
  append_quoted (out, names->len > 0 ? names->str : "none");
  g_string_append (out, ";\n");
  if (self->clears_between)
    g_string_append (out, "  clear=between;\n");
  if (self->releases)
    g_string_append (out, "  retain_graph=false;\n");
  if (self->n_roots > 0 && !bs_dot_is_plain_seed (&self->seed))
    {
      g_autofree char *text = self->seed.how == BS_VALUE_WHOLE ? bs_dot_value_to_text (&self->seed) : NULL;

      if (text != NULL)
        g_string_append_printf (out, "  gradient=\"%s\";\n", text);
      self->lacks_flow |= text == NULL;
    }
}

static void
append_update (BsDot *self, GString *out)
{
  gboolean clears;
  double lr;

  switch (bs_dot_find_update (self, &lr, &clears))
    {
    case BS_DOT_NO_UPDATE:
      break;
    case BS_DOT_DESCENT:
      {
        g_autofree char *text = bs_dot_operand_to_text (&(BsOperand) { .is_number = TRUE, .number = lr });

        g_string_append_printf (out, "  lr=%s;\n%s", text, clears || self->clears_between ? "" : "  clear=false;\n");
        break;
      }
    default:
      g_string_append_printf (out, "  // %s\n", _("The update after it is the script's own: it is not in this file."));
    }
}

static void
append_head (BsDot *self, GString *out, BsLayoutDirection direction)
{
  gboolean carries = FALSE;

  g_string_append_printf (out, "// %s\n", _("A pass that Backstep recorded. It opens there again, and dot draws it."));
  for (guint i = 0; i < self->order->len; i++)
    carries |= ((BsDotNode *) g_ptr_array_index (self->order, i))->kind == BS_DOT_RECORDED;
  if (carries)
    g_string_append_printf (out, "// %s\n", _("op=recorded: not an operation of the engine; what it gave, and what flowed back, as they were."));
  g_string_append (out, "digraph backstep {\n");
  g_string_append_printf (out, "  graph [rankdir=%s, newrank=true];\n", direction == BS_LAYOUT_LEFT_TO_RIGHT ? "LR" : "TB");
  g_string_append (out, "  node [shape=box, fontname=\"sans-serif\", fillcolor=\"#f1f2f5\"];\n");
  g_string_append (out, "  edge [fontname=\"sans-serif\"];\n");
  append_roots (self, out);
  append_update (self, out);
  g_string_append_c (out, '\n');
}

static void
dot_node_free (gpointer data)
{
  BsDotNode *node = data;

  g_free (node->name);
  g_free (node);
}

static void
dot_init (BsDot *self, BsRecording *recording, guint32 step)
{
  guint32 pass = bs_recording_find_pass (recording, step);

  self->recording = recording;
  self->step = step;
  self->graph = bs_graph_new (recording, pass);
  self->cursor = bs_cursor_new (recording);
  self->nodes = g_hash_table_new (NULL, NULL);
  self->order = g_ptr_array_new_with_free_func (dot_node_free);
  self->missing = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->end = bs_recording_get_n_events (recording);
  if (pass < bs_recording_get_n_passes (recording))
    {
      const BsPass *p = bs_recording_get_pass (recording, pass);

      self->begin = p->begin;
      self->end = MIN (MAX (p->end, p->begin), self->end);
      if (pass + 1 == bs_recording_get_n_passes (recording))
        self->end = bs_recording_get_n_events (recording);
    }
  choose_nodes (self);
  choose_names (self);
}

static void
dot_clear (BsDot *self)
{
  g_hash_table_unref (self->nodes);
  g_ptr_array_unref (self->order);
  g_array_unref (self->missing);
  g_clear_pointer (&self->flows, g_hash_table_unref);
  g_clear_object (&self->cursor);
  bs_graph_unref (self->graph);
}

static gboolean
is_complete (BsDot *self, GError **error)
{
  const BsDotNode *node = self->missing->len ? find (self, g_array_index (self->missing, guint32, 0)) : NULL;

  if (node != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                 _("“%s” was too large to be recorded whole, and a .dot file needs all of its numbers: “backstep export SCRIPT -o FILE.dot” runs the script again for them."),
                 node->name);
  else if (self->lacks_flow)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                         _("A gradient of a function of the script was too large to be recorded whole, and a .dot file would need all of its numbers."));
  return node == NULL && !self->lacks_flow;
}

GByteArray *
bs_export_dot (BsRecording *recording, guint32 step, BsLayoutDirection direction, GArray *missing, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  GByteArray *bytes = NULL;
  BsDot self = { 0 };

  dot_init (&self, recording, step);
  append_head (&self, out, direction);
  for (guint i = 0; i < self.order->len; i++)
    append_node (&self, out, g_ptr_array_index (self.order, i));
  g_string_append (out, "}\n");
  if (missing != NULL)
    g_array_append_vals (missing, self.missing->data, self.missing->len);
  if (is_complete (&self, error))
    {
      bytes = g_byte_array_new ();
      g_byte_array_append (bytes, (const guint8 *) out->str, out->len);
    }
  dot_clear (&self);
  return bytes;
}

void
bs_export_find_missing (BsRecording *recording, guint32 step, GArray *tensors)
{
  g_autoptr (GByteArray) bytes = bs_export_dot (recording, step, BS_LAYOUT_LEFT_TO_RIGHT, tensors, NULL);
}
