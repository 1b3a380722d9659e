/* SPDX-License-Identifier: MIT */

/* Which card of a graph that has grown was which before. */

#include "graph-private.h"

#include <string.h>

#define MOST_GONE 6 /* cards, of a small graph */

typedef enum { NOTHING, ENTERS, IS_FOLD, IS_SAME } Likeness;

static guint64
key_of (const BsGraph *graph, const BsCard *card)
{
  return bs_groups_get (graph->groups, card->group)->key;
}

static Likeness
compare_cards (const BsGraph *graph, const BsCard *card, const BsGraph *old, const BsCard *was)
{
  if (card->group == 0)
    return was->group == 0 ? IS_SAME : NOTHING;
  if (was->group == 0)
    return ENTERS;
  return key_of (graph, card) == key_of (old, was) ? IS_SAME : IS_FOLD;
}

/* What a fold that was there takes in, the last turn of a loop, is not missed. Where a fold begins, much goes at once. */
static gboolean
is_much_gone (const BsGraph *self, const BsGraph *old, const guint32 *was, const Likeness *likeness)
{
  guint n_old = bs_graph_get_n_cards (old), gone = 0, kept = 0;

  for (guint k = 0; k < n_old; k++) {
    guint i = bs_graph_find_tensor (self, bs_graph_get_card (old, k)->tensor);

    kept += i != G_MAXUINT && was[i] == k;
    gone += i == G_MAXUINT || (was[i] != k && likeness[i] < IS_FOLD);
  }
  return kept == 0 || gone > MAX (MOST_GONE, n_old / 4);
}

guint32 *
bs_graph_match (const BsGraph *self, const BsGraph *old)
{
  guint n = bs_graph_get_n_cards (self);
  g_autofree guint32 *was = g_new (guint32, MAX (n, 1));
  g_autofree Likeness *likeness = g_new0 (Likeness, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    was[i] = BS_NEW_CARD;
  for (guint k = 0; k < bs_graph_get_n_cards (old); k++) {
    const BsCard *card = bs_graph_get_card (old, k);
    guint i = bs_graph_find_tensor (self, card->tensor);
    Likeness like = i != G_MAXUINT ? compare_cards (self, bs_graph_get_card (self, i), old, card) : NOTHING;

    if (like == NOTHING || like <= likeness[i])
      continue;
    likeness[i] = like;
    was[i] = k;
  }
  return is_much_gone (self, old, was, likeness) ? NULL : g_steal_pointer (&was);
}

/* --- another pass ------------------------------------------------------------------------------------------------------- */

static guint
next_operation (const BsGraph *graph, guint i)
{
  while (i < graph->cards->len && bs_graph_get_card (graph, i)->op == NULL)
    i++;
  return i;
}

static gboolean
does_the_same (const BsGraph *graph, const BsCard *card, const BsGraph *pattern, const BsCard *other)
{
  if ((card->group == 0) != (other->group == 0) || (card->group != 0 && key_of (graph, card) != key_of (pattern, other)))
    return FALSE;
  return card->n_in == other->n_in && strcmp (card->op, other->op) == 0 && strcmp (card->shape, other->shape) == 0;
}

static gboolean
pair (guint32 *was, gboolean *taken, guint card, guint other)
{
  if (was[card] == other)
    return TRUE;
  if (was[card] != BS_NEW_CARD || taken[other])
    return FALSE;
  was[card] = other;
  taken[other] = TRUE;
  return TRUE;
}

/* Operations come in their order; what goes into them is found by where it goes. */
guint32 *
bs_graph_match_start (const BsGraph *self, const BsGraph *pattern)
{
  guint n = self->cards->len, other = 0;
  g_autofree guint32 *was = g_new (guint32, MAX (n, 1));
  g_autofree gboolean *taken = g_new0 (gboolean, MAX (pattern->cards->len, 1));

  memset (was, 0xff, MAX (n, 1) * sizeof *was);
  for (guint i = next_operation (self, 0); i < n; i = next_operation (self, i + 1), other++) {
    guint a, b, end;

    other = next_operation (pattern, other);
    if (other >= pattern->cards->len || !pair (was, taken, i, other)
        || !does_the_same (self, bs_graph_get_card (self, i), pattern, bs_graph_get_card (pattern, other)))
      return NULL;
    b = pattern->inputs[other];
    for (a = self->inputs[i], end = self->inputs[i + 1]; a < end; a++, b++)
      if (bs_graph_get_edge (self, a)->input != bs_graph_get_edge (pattern, b)->input
          || !pair (was, taken, bs_graph_get_edge (self, a)->from, bs_graph_get_edge (pattern, b)->from))
        return NULL;
  }
  return other > 0 ? g_steal_pointer (&was) : NULL;
}
