/* SPDX-License-Identifier: MIT */

#include "graph-private.h"

#include "describe.h"
#include "recording-private.h"

#include <math.h>
#include <string.h>

#define MAX_NAME 24

typedef struct {
  BsRecording *recording;
  BsGraph *graph;
  guint32 first, last; /* the pass's own tensors */
  guint32 end;         /* state at this step */
  GHashTable *wanted;  /* tensor -> has its inputs shown */
  GArray *stack;       /* guint32 */
} Builder;

static void
card_clear (gpointer data)
{
  BsCard *card = data;

  g_free (card->pill);
  g_free (card->name);
  g_free (card->shape);
}

/* --- which tensors ------------------------------------------------------------------------------------------------------ */

static gboolean
is_own (const Builder *self, guint32 tensor)
{
  return tensor >= self->first && tensor <= self->last;
}

static gboolean
is_leaf (guint32 flags)
{
  return flags & BS_TENSOR_LEAF || !(flags & BS_TENSOR_REQUIRES_GRAD);
}

/* Is the way that the tensor was computed part of the picture? What is cut off from the graph only if it was cut off
 * on purpose: that no gradient flows there is worth seeing. Plain preparation of data is an input like any other. */
static gboolean
is_computed_here (const Builder *self, guint32 tensor, gboolean everything)
{
  guint32 flags;

  if (!is_own (self, tensor))
    return FALSE;
  flags = bs_recording_flags_of (self->recording, tensor);
  /* A parameter begins here, whatever memory it was made of. */
  if (is_leaf (flags) && bs_state_requires_grad (self->recording, tensor, self->end))
    return FALSE;
  return everything || !is_leaf (flags) || flags & (BS_TENSOR_NO_GRAD_MODE | BS_TENSOR_DETACHED);
}

static void
push_inputs (Builder *self, guint32 tensor)
{
  BsReader reader = bs_record_operands (bs_recording_tensor_record (self->recording, tensor));
  guint32 n = bs_recording_result_of (self->recording, tensor)[3];

  for (guint32 i = 0; i < n; i++) {
    BsOperand operand;

    bs_reader_operand (&reader, &operand);
    if (operand.tensor != 0 && !operand.is_number)
      g_array_append_val (self->stack, operand.tensor);
  }
}

/* With all that it is computed from, as far as is shown. */
static void
want (Builder *self, guint32 tensor, gboolean everything)
{
  g_array_append_val (self->stack, tensor);
  while (self->stack->len > 0) {
    guint32 top = g_array_index (self->stack, guint32, self->stack->len - 1);
    gboolean computed;

    g_array_set_size (self->stack, self->stack->len - 1);
    if (g_hash_table_contains (self->wanted, GUINT_TO_POINTER (top)))
      continue;
    computed = is_computed_here (self, top, everything);
    g_hash_table_insert (self->wanted, GUINT_TO_POINTER (top), GINT_TO_POINTER (computed));
    if (computed)
      push_inputs (self, top);
  }
}

/* Made of what the graph computes, but cut off from it on purpose: detached, or within no_grad. What an update computes of
 * parameters and gradients is none of it. */
static gboolean
is_cut_off (Builder *self, guint32 tensor, guint32 flags)
{
  BsEvent event;

  if (!(flags & (BS_TENSOR_NO_GRAD_MODE | BS_TENSOR_DETACHED)) || flags & BS_TENSOR_IN_BACKWARD
      || bs_state_requires_grad (self->recording, tensor, self->end))
    return FALSE;
  bs_recording_get_event (self->recording, self->recording->tensors.data[tensor].first, &event);
  for (guint32 i = 0; i < event.tensor.n_inputs; i++) {
    guint32 input = event.tensor.inputs[i].tensor;

    if (input != 0 && is_own (self, input)
        && (!is_leaf (bs_recording_flags_of (self->recording, input))
            || GPOINTER_TO_INT (g_hash_table_lookup (self->wanted, GUINT_TO_POINTER (input)))))
      return !(bs_recording_flags_of (self->recording, input) & BS_TENSOR_IN_BACKWARD);
  }
  return FALSE;
}

static void
choose (Builder *self)
{
  for (guint32 t = self->first; t <= self->last; t++) {
    guint32 flags = bs_recording_flags_of (self->recording, t);

    if ((!is_leaf (flags) && !(flags & BS_TENSOR_IN_BACKWARD)) || is_cut_off (self, t, flags))
      want (self, t, FALSE);
  }
  for (guint32 t = self->first; t <= self->last && g_hash_table_size (self->wanted) == 0; t++)
    for (; t <= self->last; t++)
      want (self, t, TRUE);
}

/* --- texts ---------------------------------------------------------------------------------------------------------------- */

static void
append_number (GString *text, const BsOperand *operand)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, operand->is_integer ? "%.0f" : "%.6g", operand->number);
  g_string_append (text, buffer[0] == '-' ? "−" : "");
  g_string_append (text, buffer + (buffer[0] == '-'));
}

/* A number as exponent, be it an operand or an argument. */
static char *
exponent_of (const BsEvent *event)
{
  const BsOperand *inputs = event->tensor.inputs;

  if (g_strcmp0 (event->tensor.op, "pow") != 0 || event->tensor.n_inputs == 0 || inputs[0].is_number)
    return NULL;
  if (event->tensor.n_inputs == 2 && inputs[1].is_number) {
    GString *text = g_string_new (NULL);

    append_number (text, &inputs[1]);
    return g_string_free (text, FALSE);
  }
  for (guint32 i = 0; i < event->tensor.n_attributes; i++)
    if (strcmp (event->tensor.attributes[i].name, "exponent") == 0)
      return g_strdup (event->tensor.attributes[i].text);
  return NULL;
}

static gboolean
append_power (GString *text, const BsEvent *event)
{
  static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  g_autofree char *exponent = exponent_of (event);

  if (exponent == NULL)
    return FALSE;
  g_string_append_c (text, 'x');
  if (g_ascii_isdigit (exponent[0]) && exponent[1] == '\0')
    g_string_append (text, digits[exponent[0] - '0']);
  else
    g_string_append_printf (text, "^%s", exponent);
  return TRUE;
}

/* 1 − x: the number that stands in front. */
static gboolean
append_reflected (GString *text, const BsEvent *event)
{
  if (g_strcmp0 (event->tensor.op, "rsub") != 0 || event->tensor.n_attributes == 0)
    return FALSE;
  g_string_append_printf (text, "%s −", event->tensor.attributes[0].text);
  return TRUE;
}

/* "(1, 1)" is 1: a pill is short. */
static char *
shorten (const char *text)
{
  gsize n = strlen (text);
  g_autofree char *inner = n > 2 && text[0] == '(' && text[n - 1] == ')' ? g_strndup (text + 1, n - 2) : NULL;
  g_auto (GStrv) parts = inner ? g_strsplit (inner, ", ", -1) : NULL;

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    if (strcmp (parts[i], parts[0]) != 0 || parts[1] == NULL)
      return g_strdup (text);
  return g_strdup (parts && parts[0] ? parts[0] : text);
}

static void
append_attributes (GString *text, const BsEvent *event)
{
  for (guint32 i = 0; i < event->tensor.n_attributes; i++) {
    const BsAttribute *a = &event->tensor.attributes[i];
    g_autofree char *shown = shorten (a->text);

    if (strcmp (a->text, "None") == 0 || strcmp (a->text, "False") == 0 || strlen (shown) > 16 ||
        g_utf8_strlen (text->str, -1) > MAX_NAME)
      continue;
    g_string_append_printf (text, " %s=%s", a->name, shown);
  }
}

static char *
pill_of (const BsEvent *event)
{
  GString *text = g_string_new (NULL);
  const char *symbol = event->tensor.symbol && *event->tensor.symbol ? event->tensor.symbol : event->tensor.op;
  guint32 n = MIN (event->tensor.n_inputs, 3);

  if (append_power (text, event) || append_reflected (text, event))
    return g_string_free (text, FALSE);
  if (n > 1 && event->tensor.inputs[0].is_number) {
    append_number (text, &event->tensor.inputs[0]);
    g_string_append_c (text, ' ');
  }
  g_string_append (text, symbol);
  for (guint32 i = 1; i < n; i++)
    if (event->tensor.inputs[i].is_number) {
      g_string_append_c (text, ' ');
      append_number (text, &event->tensor.inputs[i]);
    }
  append_attributes (text, event);
  return g_string_free (text, FALSE);
}

static char *
shape_of (const BsValue *value)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < value->n_dims; i++)
    g_string_append_printf (text, i ? "×%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value->shape[i]);
  return g_string_free (text, FALSE);
}

/* The expression that made it, when it fits on a card. */
static char *
expression_of (Builder *self, guint32 tensor, guint32 place)
{
  const BsPlace *p = bs_recording_get_place (self->recording, place);
  char *text;

  if (p->end_column > p->column + 4 * MAX_NAME)
    return NULL;
  text = bs_tensor_dup_expression (self->recording, tensor);
  if (text != NULL && g_utf8_strlen (text, -1) > MAX_NAME)
    g_clear_pointer (&text, g_free);
  return text;
}

/* --- building --------------------------------------------------------------------------------------------------------------- */

/* The inputs, which came to be before it, have their cards. */
static void
add_edges (Builder *self, guint to, const BsEvent *event)
{
  for (guint32 i = 0; g_array_index (self->graph->cards, BsCard, to).op != NULL && i < event->tensor.n_inputs; i++) {
    guint from = bs_graph_find_tensor (self->graph, event->tensor.inputs[i].tensor);
    BsCard *input;
    BsEdge edge;

    if (event->tensor.inputs[i].tensor == 0 || from == G_MAXUINT)
      continue;
    input = &g_array_index (self->graph->cards, BsCard, from);
    edge = (BsEdge) { from, to, MIN (i, G_MAXUINT16), 1,
                      input->flags & BS_CARD_REQUIRES_GRAD && !is_leaf (event->tensor.flags) };
    input->n_out++;
    g_array_index (self->graph->cards, BsCard, to).n_in++;
    g_array_append_val (self->graph->edges, edge);
  }
  for (guint32 i = 0; i < event->tensor.n_saved; i++) {
    guint saved = bs_graph_find_tensor (self->graph, event->tensor.saved[i]);

    if (saved != G_MAXUINT)
      g_array_index (self->graph->cards, BsCard, saved).flags |= BS_CARD_SAVED;
  }
}

static void
add_card (Builder *self, guint32 tensor, gboolean computed)
{
  BsRecording *r = self->recording;
  BsCard card = { .tensor = tensor, .step = r->tensors.data[tensor].first, .frame = BS_NO_FRAME };
  const char *name = bs_state_best_name (r, tensor, self->end);
  BsEvent event;
  guint32 flags;
  gboolean leaf, grad;

  bs_recording_get_event (r, card.step, &event);
  flags = event.tensor.flags;
  leaf = is_leaf (flags);
  grad = bs_state_requires_grad (r, tensor, self->end);
  computed = computed && event.tensor.n_inputs > 0 && !(leaf && grad);
  if (computed)
    card.op = event.tensor.op;
  card.pill = computed ? pill_of (&event) : NULL;
  card.shape = shape_of (&event.tensor.value);
  card.flags = (computed ? 0 : BS_CARD_LEAF) | (leaf && grad ? BS_CARD_PARAMETER : 0) |
               (grad ? BS_CARD_REQUIRES_GRAD : 0) | (flags & BS_TENSOR_DETACHED ? BS_CARD_DETACHED : 0) |
               (flags & BS_TENSOR_NO_GRAD_MODE ? BS_CARD_NO_GRAD : 0);
  g_array_append_val (self->graph->cards, card);
  add_edges (self, self->graph->cards->len - 1, &event);
  /* The event's arrays may go when others are read. */
  card.name = name ? g_strdup (name) : expression_of (self, tensor, event.place);
  if (card.name == NULL)
    card.name = g_strdup (event.tensor.op);
  g_array_index (self->graph->cards, BsCard, self->graph->cards->len - 1).name = card.name;
}

static void
mark_roots (Builder *self, const BsPass *pass)
{
  for (guint32 i = bs_state_count_walks (self->recording, pass->begin); i < self->recording->walks.n; i++) {
    const BsWalk *walk = &self->recording->walks.data[i];
    guint root = bs_graph_find_tensor (self->graph, walk->root);

    if (walk->begin >= pass->end)
      return;
    if (root != G_MAXUINT)
      g_array_index (self->graph->cards, BsCard, root).flags |= BS_CARD_ROOT;
  }
}

/* Names and plain numbers may differ from pass to pass in what is the same graph. */
static guint64
hash_structure (const BsGraph *graph)
{
  guint64 h = 0;

  for (guint i = 0; i < graph->cards->len; i++) {
    const BsCard *card = &g_array_index (graph->cards, BsCard, i);

    h = bs_wire_hash (h ^ card->group, card->op, card->op ? strlen (card->op) : 0);
    h = bs_wire_hash (h ^ card->flags, card->shape, strlen (card->shape));
  }
  for (guint i = 0; i < graph->edges->len; i++) {
    const BsEdge *edge = &g_array_index (graph->edges, BsEdge, i);

    h = bs_wire_hash (h, (guint32[]) { edge->from, edge->to, edge->input, edge->needs_grad }, 16);
  }
  return h;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

static void
build (Builder *self, const BsPass *pass)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->wanted);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    guint32 id = GPOINTER_TO_UINT (key);
    g_array_append_val (ids, id);
  }
  g_array_sort (ids, compare_ids);
  for (guint i = 0; i < ids->len; i++) {
    guint32 id = g_array_index (ids, guint32, i);
    add_card (self, id, g_hash_table_lookup (self->wanted, GUINT_TO_POINTER (id)) != NULL);
  }
  mark_roots (self, pass);
}

BsGraph *
bs_graph_alloc (void)
{
  BsGraph *self = g_new0 (BsGraph, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->cards = g_array_new (FALSE, FALSE, sizeof (BsCard));
  g_array_set_clear_func (self->cards, card_clear);
  self->edges = g_array_new (FALSE, FALSE, sizeof (BsEdge));
  self->frames = g_array_new (FALSE, FALSE, sizeof (BsGraphFrame));
  return self;
}

void
bs_graph_seal (BsGraph *self)
{
  self->inputs = g_new0 (guint32, self->cards->len + 1);
  for (guint i = 0; i < self->edges->len; i++)
    self->inputs[g_array_index (self->edges, BsEdge, i).to + 1]++;
  for (guint i = 0; i < self->cards->len; i++)
    self->inputs[i + 1] += self->inputs[i];
  self->structure = self->cards->len > 0 ? hash_structure (self) : 0;
}

BsGraph *
bs_graph_new (BsRecording *recording, guint32 pass)
{
  BsGraph *self = bs_graph_alloc ();
  Builder builder = { .recording = recording, .graph = self, .first = 1, .last = 0 };
  BsPass whole = { 0 };

  g_return_val_if_fail (BS_IS_RECORDING (recording), self);
  if (pass >= bs_recording_get_n_passes (recording)) {
    bs_graph_seal (self);
    return self;
  }

  whole = recording->passes.data[pass].public;
  if (!recording->passes.data[pass].closed)
    whole.end = bs_recording_get_n_events (recording);
  builder.first = recording->passes.data[pass].first_tensor;
  builder.last = (pass + 1 < recording->passes.n ? recording->passes.data[pass + 1].first_tensor
                                                 : recording->tensors.n) - 1;
  builder.end = MIN (whole.end, recording->n_events);
  builder.wanted = g_hash_table_new (NULL, NULL);
  builder.stack = g_array_new (FALSE, FALSE, sizeof (guint32));
  choose (&builder);
  build (&builder, &whole);
  bs_graph_seal (self);
  g_hash_table_unref (builder.wanted);
  g_array_unref (builder.stack);
  return self;
}

/* --- public ------------------------------------------------------------------------------------------------------------------ */

BsGraph *
bs_graph_ref (BsGraph *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
bs_graph_unref (BsGraph *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->cards);
  g_array_unref (self->edges);
  g_array_unref (self->frames);
  g_clear_pointer (&self->whole, bs_graph_unref);
  g_clear_pointer (&self->groups, bs_groups_unref);
  g_free (self->inputs);
  g_free (self->folded);
  g_free (self->shown_card);
  g_free (self->shown_edge);
  g_free (self);
}

guint
bs_graph_get_n_cards (const BsGraph *self)
{
  return self->cards->len;
}

const BsCard *
bs_graph_get_card (const BsGraph *self, guint i)
{
  g_return_val_if_fail (i < self->cards->len, NULL);

  return &g_array_index (self->cards, BsCard, i);
}

guint
bs_graph_get_n_edges (const BsGraph *self)
{
  return self->edges->len;
}

const BsEdge *
bs_graph_get_edge (const BsGraph *self, guint i)
{
  g_return_val_if_fail (i < self->edges->len, NULL);

  return &g_array_index (self->edges, BsEdge, i);
}

void
bs_graph_get_inputs (const BsGraph *self, guint card, guint *first, guint *end)
{
  g_return_if_fail (card < self->cards->len);

  *first = self->inputs[card];
  *end = self->inputs[card + 1];
}

guint
bs_graph_get_n_frames (const BsGraph *self)
{
  return self->frames->len;
}

const BsGraphFrame *
bs_graph_get_frame (const BsGraph *self, guint i)
{
  g_return_val_if_fail (i < self->frames->len, NULL);

  return &g_array_index (self->frames, BsGraphFrame, i);
}

guint
bs_graph_find_edge (const BsGraph *self, guint32 node, guint32 input, guint32 to)
{
  const BsGraph *whole = self->whole ? self->whole : self;
  guint card = bs_graph_find_tensor (whole, node), found = G_MAXUINT;

  if (card == G_MAXUINT)
    return G_MAXUINT;
  for (guint i = whole->inputs[card + 1]; i-- > whole->inputs[card];) {
    const BsEdge *edge = &g_array_index (whole->edges, BsEdge, i);

    if (edge->input == input) {
      found = i;
      break;
    }
    if (to != 0 && g_array_index (whole->cards, BsCard, edge->from).tensor == to)
      found = i;
  }
  return found != G_MAXUINT && self->whole ? self->shown_edge[found] : found;
}

guint
bs_graph_find_tensor (const BsGraph *self, guint32 tensor)
{
  guint low = 0, high = self->cards->len;

  if (self->whole != NULL) {
    guint card = bs_graph_find_tensor (self->whole, tensor);

    return card != G_MAXUINT ? self->shown_card[card] : G_MAXUINT;
  }

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (self->cards, BsCard, middle).tensor < tensor)
      low = middle + 1;
    else
      high = middle;
  }
  return low < self->cards->len && g_array_index (self->cards, BsCard, low).tensor == tensor ? low : G_MAXUINT;
}

guint64
bs_graph_get_structure (const BsGraph *self)
{
  return self->structure;
}
