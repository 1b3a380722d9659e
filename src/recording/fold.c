/* SPDX-License-Identifier: MIT */

/* The graph with some groups folded to one card each. */

#include "graph-private.h"
#include "groups-private.h"

#include <string.h>

/* --- which ones ---------------------------------------------------------------------------------------------------------- */

/* Cards and groups that stand right in each group; a turn stands with its repeat. */
static guint32 *
count_children (const BsGroups *self)
{
  guint n = bs_groups_get_n (self) + 1;
  guint32 *children = g_new0 (guint32, n);

  for (guint i = 0; i < self->n_cards; i++)
    children[bs_groups_of_card (self, i)]++;
  for (guint32 g = 1; g < n; g++)
    if (bs_groups_get (self, g)->n_cards > 0)
      children[bs_groups_get (self, g)->parent]++;
  return children;
}

static gboolean
is_wanted (const BsGroup *group, GHashTable *choices, BsFoldChoice choice)
{
  return choices != NULL && GPOINTER_TO_UINT (g_hash_table_lookup (choices, &group->key)) == choice;
}

/* The turns of a loop open together or not at all; each level of the tree in its turn. What a person opened does not count,
 * or something else would close for it; what is small within opens with it. */
#define SMALL 40

typedef struct {
  const BsGroups *groups;
  guint32 *children;
  GHashTable *choices;
  gboolean *folded, *by_choice;
  GArray **of; /* groups in a group */
  guint seen, most;
} Choice;

static void
open_one (Choice *self, guint32 group, gboolean by_choice, GArray *next)
{
  self->folded[group] = FALSE;
  self->by_choice[group] = by_choice;
  if (!by_choice)
    self->seen += self->children[group] - 1;
  g_array_append_val (next, group);
}

/* Those that are alike open together or not at all: the turns of loops, the layers of a kind, wherever they are. */
static char *
kind_of (const BsGroup *group)
{
  return group->kind == BS_GROUP_TURN ? g_strdup ("turn")
                                      : g_strdup_printf ("%u %s", group->kind, group->class_name ? group->class_name : group->name);
}

/* What is wanted opens or stays closed; the others are left to be decided on, kind by kind. */
static void
open_wanted (Choice *self, guint32 group, GArray *next, GHashTable *costs, GPtrArray *kinds, GArray *open)
{
  const GArray *of = self->of[group];

  for (guint i = 0; of != NULL && i < of->len; i++) {
    guint32 child = g_array_index (of, guint32, i);
    const BsGroup *g = bs_groups_get (self->groups, child);
    guint size = g->kind == BS_GROUP_TURN ? bs_groups_get (self->groups, group)->n_cards : g->n_cards;
    char *kind;
    guint cost;

    if (g->n_cards == 0 || is_wanted (g, self->choices, BS_FOLD_CLOSED))
      continue;
    if (is_wanted (g, self->choices, BS_FOLD_OPEN) || (self->by_choice[group] && size <= SMALL)) {
      open_one (self, child, TRUE, next);
      continue;
    }
    /* A long loop says more as one card than as a row that nobody can read. */
    if (self->by_choice[group] || (g->kind == BS_GROUP_REPEAT && g->n_cards > SMALL && self->most != G_MAXUINT))
      continue;
    kind = kind_of (g);
    cost = GPOINTER_TO_UINT (g_hash_table_lookup (costs, kind)) + self->children[child] - 1;
    if (!g_hash_table_contains (costs, kind))
      g_ptr_array_add (kinds, g_strdup (kind));
    g_hash_table_replace (costs, kind, GUINT_TO_POINTER (cost));
    g_array_append_val (open, child);
  }
}

/* A level of the tree at a time. */
static GArray *
open_level (Choice *self, const GArray *level)
{
  GArray *next = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GHashTable) costs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < level->len; i++)
    open_wanted (self, g_array_index (level, guint32, i), next, costs, kinds, candidates);
  for (guint k = 0; k < kinds->len; k++) {
    if (self->seen + GPOINTER_TO_UINT (g_hash_table_lookup (costs, kinds->pdata[k])) > self->most)
      continue;
    for (guint i = 0; i < candidates->len; i++) {
      guint32 group = g_array_index (candidates, guint32, i);
      g_autofree char *kind = kind_of (bs_groups_get (self->groups, group));

      if (g_str_equal (kind, kinds->pdata[k]))
        open_one (self, group, FALSE, next);
    }
  }
  return next;
}

gboolean *
bs_groups_choose (const BsGroups *groups, guint most, GHashTable *choices)
{
  guint n = bs_groups_get_n (groups) + 1;
  Choice self = { .groups = groups, .choices = choices, .most = most, .children = count_children (groups),
                  .folded = g_new (gboolean, n), .by_choice = g_new0 (gboolean, n),
                  .of = g_new0 (GArray *, n) };
  GArray *level = g_array_new (FALSE, TRUE, sizeof (guint32));

  self.folded[0] = FALSE;
  for (guint32 g = 1; g < n; g++) {
    const BsGroup *group = bs_groups_get (groups, g);

    self.folded[g] = TRUE;
    if (self.of[group->parent] == NULL)
      self.of[group->parent] = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_array_append_val (self.of[group->parent], g);
  }
  self.seen = self.children[0];
  g_array_set_size (level, 1); /* the graph itself */
  while (level->len > 0) {
    GArray *next = open_level (&self, level);

    g_array_unref (level);
    level = next;
  }
  g_array_unref (level);
  for (guint g = 0; g < n; g++)
    g_clear_pointer (&self.of[g], g_array_unref);
  g_free (self.of);
  g_free (self.by_choice);
  g_free (self.children);
  return self.folded;
}

/* --- cards --------------------------------------------------------------------------------------------------------------- */

/* The outermost folded group around each one; 0: none. */
static guint32
shown_group (const BsGroups *groups, const gboolean *folded, guint32 group)
{
  guint32 found = 0;

  for (; group != 0; group = bs_groups_get (groups, group)->parent)
    if (folded[group])
      found = group;
  return found;
}

typedef struct {
  guint32 last;   /* its last operation: where the card stands in the order */
  guint32 output; /* the last one that is used outside, else the last */
  gboolean is_root;
} Folded;

static Folded *
survey (BsGraph *whole, const guint32 *group_of, guint n_groups)
{
  Folded *folded = g_new0 (Folded, n_groups + 1);

  for (guint g = 0; g <= n_groups; g++)
    folded[g].output = G_MAXUINT32;
  for (guint i = 0; i < whole->cards->len; i++)
    if (bs_graph_get_card (whole, i)->op != NULL) {
      folded[group_of[i]].last = i;
      folded[group_of[i]].is_root |= (bs_graph_get_card (whole, i)->flags & BS_CARD_ROOT) != 0;
    }
  for (guint i = 0; i < whole->edges->len; i++) {
    const BsEdge *edge = bs_graph_get_edge (whole, i);
    Folded *f = &folded[group_of[edge->from]];

    if (group_of[edge->from] != group_of[edge->to] && bs_graph_get_card (whole, edge->from)->op != NULL &&
        (f->output == G_MAXUINT32 || f->output < edge->from))
      f->output = edge->from;
  }
  for (guint g = 0; g <= n_groups; g++)
    if (folded[g].output == G_MAXUINT32)
      folded[g].output = folded[g].last;
  return folded;
}

static void
add_plain_card (BsGraph *self, const BsCard *card)
{
  BsCard copy = *card;

  copy.pill = g_strdup (card->pill);
  copy.name = g_strdup (card->name);
  copy.shape = g_strdup (card->shape);
  copy.n_in = copy.n_out = 0;
  g_array_append_val (self->cards, copy);
}

static void
add_folded_card (BsGraph *self, guint32 group, const Folded *folded)
{
  const BsGroup *g = bs_groups_get (self->groups, group);
  BsCard *card;

  add_plain_card (self, bs_graph_get_card (self->whole, folded->output));
  card = &g_array_index (self->cards, BsCard, self->cards->len - 1);
  card->group = group;
  card->flags &= ~(guint) (BS_CARD_LEAF | BS_CARD_PARAMETER | BS_CARD_SAVED | BS_CARD_DETACHED);
  card->flags |= folded->is_root ? BS_CARD_ROOT : 0;
  g_free (card->pill);
  card->pill = g->times > 1 ? g_strdup_printf ("× %u", g->times) : g_strdup ("ƒ");
  g_free (card->name);
  card->name = g->kind == BS_GROUP_TURN ? g_strdup_printf ("%s · %s", bs_groups_get (self->groups, g->parent)->name, g->name)
                                        : g_strdup (g->name);
}

static void
make_cards (BsGraph *self, const guint32 *group_of)
{
  g_autofree Folded *folded = survey (self->whole, group_of, bs_groups_get_n (self->groups));
  g_autofree guint32 *card_of = g_new0 (guint32, bs_groups_get_n (self->groups) + 1);

  for (guint i = 0; i < self->whole->cards->len; i++) {
    guint32 group = group_of[i];

    if (group == 0) {
      self->shown_card[i] = self->cards->len;
      add_plain_card (self, bs_graph_get_card (self->whole, i));
    } else if (i == folded[group].last) {
      card_of[group] = self->cards->len;
      add_folded_card (self, group, &folded[group]);
    }
  }
  for (guint i = 0; i < self->whole->cards->len; i++)
    if (group_of[i] != 0)
      self->shown_card[i] = card_of[group_of[i]];
}

/* --- edges --------------------------------------------------------------------------------------------------------------- */

/* Several between the same two are one when one of the two is folded. */
static guint32
add_edge (BsGraph *self, const BsEdge *edge, guint32 from, guint32 to, guint begin)
{
  BsCard *a = &g_array_index (self->cards, BsCard, from), *b = &g_array_index (self->cards, BsCard, to);
  BsEdge shown = { from, to, b->group ? self->edges->len - begin : edge->input, 1, edge->needs_grad };

  for (guint i = begin; (a->group || b->group) && i < self->edges->len; i++) {
    BsEdge *other = &g_array_index (self->edges, BsEdge, i);

    if (other->from != from)
      continue;
    other->n++;
    other->needs_grad |= edge->needs_grad;
    return i;
  }
  a->n_out++;
  b->n_in++;
  g_array_append_val (self->edges, shown);
  return self->edges->len - 1;
}

static void
make_edges (BsGraph *self)
{
  guint n = self->whole->edges->len, at = 0;
  g_autofree guint32 *first = g_new0 (guint32, self->cards->len + 2), *order = g_new (guint32, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    first[self->shown_card[bs_graph_get_edge (self->whole, i)->to] + 2]++;
  for (guint c = 0; c <= self->cards->len; c++)
    first[c + 1] += first[c];
  for (guint i = 0; i < n; i++)
    order[first[self->shown_card[bs_graph_get_edge (self->whole, i)->to] + 1]++] = i;
  for (guint c = 0; c < self->cards->len; c++) {
    guint begin = self->edges->len;

    for (; at < first[c + 1]; at++) {
      const BsEdge *edge = bs_graph_get_edge (self->whole, order[at]);
      guint32 from = self->shown_card[edge->from];

      self->shown_edge[order[at]] = from == c ? G_MAXUINT32 : add_edge (self, edge, from, c, begin);
    }
  }
}

/* --- frames -------------------------------------------------------------------------------------------------------------- */

/* A turn has no frame of its own when it is small: its loop has one. */
#define SMALL_TURN 6 /* operations */

static guint32
frame_of_group (BsGraph *self, guint32 group, const guint32 *n_ops, guint32 *known)
{
  const BsGroup *g;
  BsGraphFrame frame;

  if (group == 0)
    return BS_NO_FRAME;
  if (known[group] != 0)
    return known[group] - 1;
  g = bs_groups_get (self->groups, group);
  frame = (BsGraphFrame) { group, frame_of_group (self, g->parent, n_ops, known), g->name, g->times };
  if (g->kind == BS_GROUP_TURN && n_ops[group] < SMALL_TURN)
    return frame.parent;
  g_array_append_val (self->frames, frame);
  known[group] = self->frames->len;
  return known[group] - 1;
}

static guint32 *
count_operations (BsGraph *self)
{
  guint32 *n_ops = g_new0 (guint32, bs_groups_get_n (self->groups) + 1);

  for (guint i = 0; i < self->whole->cards->len; i++)
    for (guint32 g = bs_groups_of_card (self->groups, i); g != 0 && bs_graph_get_card (self->whole, i)->op != NULL;
         g = bs_groups_get (self->groups, g)->parent)
      n_ops[g]++;
  return n_ops;
}

/* What a turn reads stands in the frame of its loop, beside the turns: in their own frames, which must not overlap, the turns
 * would have to go down like stairs. */
static guint32
framed_group (BsGraph *self, guint card)
{
  guint32 group = bs_groups_of_card (self->groups, card);

  if (group != 0 && bs_graph_get_card (self->whole, card)->op == NULL && bs_groups_get (self->groups, group)->kind == BS_GROUP_TURN)
    return bs_groups_get (self->groups, group)->parent;
  return group;
}

static void
make_frames (BsGraph *self, const guint32 *group_of)
{
  g_autofree guint32 *known = g_new0 (guint32, bs_groups_get_n (self->groups) + 1), *n_ops = count_operations (self);

  for (guint i = 0; i < self->whole->cards->len; i++) {
    BsCard *card = &g_array_index (self->cards, BsCard, self->shown_card[i]);

    card->frame = frame_of_group (self, group_of[i] ? bs_groups_get (self->groups, group_of[i])->parent : framed_group (self, i),
                                  n_ops, known);
  }
}

/* --- public -------------------------------------------------------------------------------------------------------------- */

BsGraph *
bs_graph_fold (BsGraph *whole, BsGroups *groups, const gboolean *folded)
{
  BsGraph *self = bs_graph_alloc ();
  g_autofree guint32 *group_of = g_new (guint32, MAX (whole->cards->len, 1));

  self->whole = bs_graph_ref (whole);
  self->groups = bs_groups_ref (groups);
  self->folded = g_memdup2 (folded, (bs_groups_get_n (groups) + 1) * sizeof *folded);
  self->shown_card = g_new (guint32, MAX (whole->cards->len, 1));
  self->shown_edge = g_new (guint32, MAX (whole->edges->len, 1));
  for (guint i = 0; i < whole->cards->len; i++)
    group_of[i] = shown_group (groups, folded, bs_groups_of_card (groups, i));
  make_cards (self, group_of);
  make_edges (self);
  make_frames (self, group_of);
  bs_graph_seal (self);
  return self;
}

BsGraph *
bs_graph_new_like (BsGraph *self, BsRecording *recording, guint32 pass)
{
  g_autoptr (BsGraph) whole = bs_graph_new (recording, pass);

  if (self->whole == NULL || whole->structure != self->whole->structure || whole->cards->len != self->whole->cards->len)
    return g_steal_pointer (&whole);
  return bs_graph_fold (whole, self->groups, self->folded);
}

BsGroups *
bs_graph_get_groups (const BsGraph *self)
{
  return self->groups;
}

BsGraph *
bs_graph_get_whole (BsGraph *self)
{
  return self->whole ? self->whole : self;
}
