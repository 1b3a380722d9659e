/* SPDX-License-Identifier: MIT */

/* Which card of a graph that has grown was which before. */

#include "graph-private.h"

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
