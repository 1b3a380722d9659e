/* SPDX-License-Identifier: MIT */

/* Cards and edges in words: for a screen reader, for tooltips, for the list of nodes. */

#include "config.h"

#include "scene-private.h"

#include "recording/groups.h"

#include <glib/gi18n.h>
#include <string.h>

static char *
op_in_words (const char *op)
{
  static const struct { const char *op, *words; } known[] = {
    { "add", N_("add") },       { "sub", N_("subtract") }, { "mul", N_("multiply") },
    { "div", N_("divide") },    { "neg", N_("negate") },   { "pow", N_("power") },
    { "mm", N_("matrix product") }, { "matmul", N_("matrix product") },
    { "mse_loss", N_("mean squared error") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (op, known[i].op) == 0)
      return g_strdup (_(known[i].words));
  return g_strdelimit (g_strdup (op), "_", ' ');
}

/* It has flowed here, the walk is over, and nobody has called retain_grad(). */
static gboolean
is_gone (const BsTensorState *state, BsCursor *cursor)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);

  return !state->is_leaf && !state->retains_grad && bs_recording_get_phase (recording, bs_cursor_get_step (cursor)) != BS_PHASE_BACKWARD;
}

static void
append_grad (GString *text, const BsTensorState *state, BsCursor *cursor)
{
  g_autofree char *grad = state->grad_state >= BS_GRAD_FLOWING ? bs_value_brief (&state->grad) : NULL;

  switch (state->grad_state) {
  case BS_GRAD_NOT_NEEDED: g_string_append (text, _(", needs no gradient")); break;
  case BS_GRAD_NOT_YET: g_string_append (text, _(", gradient not yet computed")); break;
  case BS_GRAD_IS_NONE: g_string_append (text, _(", gradient None")); break;
  case BS_GRAD_FLOWING: g_string_append_printf (text, _(", gradient so far %s"), grad); break;
  case BS_GRAD_KNOWN:
    g_string_append_printf (text, _(", gradient %s"), grad);
    if (is_gone (state, cursor))
      g_string_append (text, _(", not retained"));
    break;
  case BS_GRAD_STALE: g_string_append_printf (text, _(", gradient %s from pass %u"), grad, state->grad_pass + 1); break;
  case BS_GRAD_CLEARED: g_string_append (text, _(", gradient cleared to 0")); break;
  default: break;
  }
}

#define MOST_INPUTS 6

static void
append_inputs (BsGraph *graph, GString *text, guint card)
{
  guint first, end;

  bs_graph_get_inputs (graph, card, &first, &end);
  for (guint i = first; i < end && i < first + MOST_INPUTS; i++) {
    const BsEdge *edge = bs_graph_get_edge (graph, i);

    g_string_append (text, i == first ? _(", from ") : i + 1 == end ? _(" and ") : ", ");
    g_string_append (text, bs_graph_get_card (graph, edge->from)->name);
  }
  if (end > first + MOST_INPUTS)
    g_string_append_printf (text, ngettext (" and %u more", " and %u more", end - first - MOST_INPUTS), end - first - MOST_INPUTS);
}

char *
bs_card_grad_in_words (const BsTensorState *state, BsCursor *cursor)
{
  g_autofree char *grad = state->grad_state >= BS_GRAD_FLOWING ? bs_value_shortest (&state->grad) : NULL;

  if (!state->exists)
    return g_strdup ("");
  switch (state->grad_state) {
  case BS_GRAD_NOT_NEEDED: return g_strdup ("–");
  case BS_GRAD_NOT_YET: return g_strdup (_("not yet"));
  case BS_GRAD_IS_NONE: return g_strdup ("None");
  case BS_GRAD_FLOWING: return g_strdup_printf (_("%s so far"), grad);
  case BS_GRAD_STALE: return g_strdup_printf (_("%s, stale (pass %u)"), grad, state->grad_pass + 1);
  case BS_GRAD_CLEARED: return g_strdup_printf (_("%s, cleared"), grad);
  default:
    if (is_gone (state, cursor))
      return g_strdup_printf (_("%s, not kept"), grad);
    return g_steal_pointer (&grad);
  }
}

char *
bs_card_op_in_words (const BsCard *card)
{
  return card->op != NULL ? op_in_words (card->op) : g_strdup (card->flags & BS_CARD_PARAMETER ? _("parameter") : "");
}

char *
bs_card_describe (BsGraph *graph, BsCursor *cursor, guint card)
{
  const BsCard *c = card < bs_graph_get_n_cards (graph) ? bs_graph_get_card (graph, card) : NULL;
  GString *text = g_string_new (NULL);
  g_autofree char *value = NULL, *op = NULL;
  BsTensorState state;

  if (c == NULL)
    return g_string_free (text, FALSE);
  bs_cursor_get_tensor (cursor, c->tensor, &state);
  op = bs_card_op_in_words (c);
  if (c->group != 0) {
    guint32 n = bs_groups_get (bs_graph_get_groups (graph), c->group)->n_cards;

    g_string_append_printf (text, ngettext ("%u tensor folded, ", "%u tensors folded, ", n), n);
  } else if (*op != '\0') {
    g_string_append_printf (text, "%s, ", op);
  }
  g_string_append (text, c->name);
  if (!state.exists) {
    g_string_append (text, _(", not computed yet"));
  } else {
    value = bs_value_brief (&state.value);
    g_string_append_printf (text, _(", value %s"), value);
    append_grad (text, &state, cursor);
    if (state.released)
      g_string_append (text, _(", released"));
  }
  append_inputs (graph, text, card);
  return g_string_free (text, FALSE);
}

char *
bs_scene_describe_card (BsScene *self, BsCursor *cursor, guint card)
{
  return bs_card_describe (self->graph, cursor, card);
}

gboolean
bs_scene_find_flow (BsScene *self, BsCursor *cursor, guint edge, BsEvent *out)
{
  const BsFlow *flow;

  g_return_val_if_fail (edge < self->n_edges, FALSE);
  bs_happenings_update (self);
  flow = bs_happenings_find (self, edge, bs_cursor_get_step (cursor));
  if (flow == NULL)
    return FALSE;
  bs_recording_get_event (self->recording, flow->step, out);
  return TRUE;
}

char *
bs_scene_describe_edge (BsScene *self, BsCursor *cursor, guint edge)
{
  const BsEdge *e;
  const BsFlow *flow;
  const char *from, *to;

  g_return_val_if_fail (edge < self->n_edges, NULL);
  e = bs_graph_get_edge (self->graph, edge);
  from = bs_graph_get_card (self->graph, e->from)->name;
  to = bs_graph_get_card (self->graph, e->to)->name;
  bs_happenings_update (self);
  flow = bs_happenings_find (self, edge, bs_cursor_get_step (cursor));
  if (flow != NULL) {
    BsEvent event;
    g_autofree char *amount = NULL;

    bs_recording_get_event (self->recording, flow->step, &event);
    amount = bs_value_brief (&event.edge.contribution);
    return g_strdup_printf (_("%s flows back from %s to %s"), amount, to, from);
  }
  if (!e->needs_grad)
    return g_strdup_printf (_("%s goes into %s, no gradient flows back"), from, to);
  return g_strdup_printf (_("%s goes into %s"), from, to);
}
