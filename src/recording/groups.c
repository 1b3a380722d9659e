/* SPDX-License-Identifier: MIT */

#include "groups-private.h"

#include "recording-private.h"
#include "wire.h"

#include <string.h>

typedef struct {
  BsRecording *recording;
  BsGraph *graph;
  BsGroups *groups;
  GHashTable *of_frame; /* frame -> group */
  GArray *frames;       /* group -> frame */
  GArray **items;       /* per group: BsItem; [0] those of none */
  guint n_items;
  guint32 *places;      /* of the operations' cards */
} Builder;

static BsGroup *
group_at (const BsGroups *self, guint32 group)
{
  return &g_array_index (self->groups, BsGroup, group);
}

static void
group_clear (gpointer data)
{
  BsGroup *group = data;

  g_free (group->name);
  g_free (group->class_name);
}

guint32
bs_groups_add (BsGroups *self, guint32 parent, BsGroupKind kind)
{
  BsGroup group = { .parent = parent, .kind = kind, .times = 1 };

  g_array_append_val (self->groups, group);
  return self->groups->len - 1;
}

/* --- calls -------------------------------------------------------------------------------------------------------------- */

/* A module by its path, without the one that it is in: "fc1" in "net"; a function as it is called. */
static char *
name_of_call (const BsFrame *frame, const char *path_around)
{
  const char *path = frame->module_path;
  gsize n = path_around ? strlen (path_around) : 0;

  if (path == NULL || *path == '\0')
    return g_strdup_printf ("%s()", frame->function);
  if (n > 0 && strncmp (path, path_around, n) == 0 && path[n] == '.')
    return g_strdup (path + n + 1);
  if (n > 0 && strncmp (path, path_around, n) == 0 && path[n] == '[')
    return g_strdup (path + n);
  return g_strdup (path);
}

static char *
class_of_call (const BsFrame *frame)
{
  const char *dot = frame->module_path ? strrchr (frame->function, '.') : NULL;

  return dot ? g_strndup (frame->function, dot - frame->function) : NULL;
}

static guint32
group_of_frame (Builder *self, guint32 frame)
{
  gpointer known;
  const BsFrame *f;
  guint32 group, parent;

  if (frame == 0)
    return 0;
  if (g_hash_table_lookup_extended (self->of_frame, GUINT_TO_POINTER (frame), NULL, &known))
    return GPOINTER_TO_UINT (known);
  f = bs_recording_get_frame (self->recording, frame);
  parent = group_of_frame (self, f->parent);
  group = bs_groups_add (self->groups, parent, BS_GROUP_CALL);
  g_array_append_val (self->frames, frame);
  g_hash_table_insert (self->of_frame, GUINT_TO_POINTER (frame), GUINT_TO_POINTER (group));
  return group;
}

static void
find_calls (Builder *self)
{
  for (guint i = 0; i < self->groups->n_cards; i++) {
    const BsCard *card = bs_graph_get_card (self->graph, i);
    BsWhere where;

    if (card->op == NULL)
      continue;
    bs_recording_locate (self->recording, card->step, &where);
    self->groups->of_card[i] = group_of_frame (self, where.frame);
    self->places[i] = where.place;
  }
}

/* --- what cannot be, and what is not worth it -------------------------------------------------------------------------------- */

static guint32
resolve (const BsGroups *self, const gboolean *dead, guint32 group)
{
  while (group != 0 && dead[group])
    group = group_at (self, group)->parent;
  return group;
}

static void
dissolve (BsGroups *self, const gboolean *dead)
{
  for (guint i = 0; i < self->n_cards; i++)
    self->of_card[i] = resolve (self, dead, self->of_card[i]);
  for (guint32 g = 1; g < self->groups->len; g++)
    group_at (self, g)->parent = resolve (self, dead, group_at (self, g)->parent);
}

/* How many cards are in each, all in; @ops: only operations. */
static guint32 *
count_cards (const BsGroups *self, BsGraph *graph, gboolean ops)
{
  guint32 *n = g_new0 (guint32, self->groups->len);

  for (guint i = 0; i < self->n_cards; i++)
    for (guint32 g = self->of_card[i]; g != 0 && (!ops || bs_graph_get_card (graph, i)->op != NULL); g = group_at (self, g)->parent)
      n[g]++;
  return n;
}

/* A call is one stretch of time. One that others run in between of (a generator) cannot be one card, or the graph would go
 * in circles; and one that holds everything tells nothing. */
static void
dissolve_calls (Builder *self)
{
  BsGroups *groups = self->groups;
  guint n = groups->groups->len, at = 0, n_ops = 0;
  g_autofree guint32 *count = count_cards (groups, self->graph, TRUE), *first = g_new0 (guint32, n), *last = g_new0 (guint32, n);
  g_autofree gboolean *dead = g_new0 (gboolean, n);

  memset (first, 0xff, n * sizeof *first);
  for (guint i = 0; i < groups->n_cards; i++)
    n_ops += bs_graph_get_card (self->graph, i)->op != NULL;
  for (guint i = 0; i < groups->n_cards; i++) {
    if (bs_graph_get_card (self->graph, i)->op == NULL)
      continue;
    for (guint32 g = groups->of_card[i]; g != 0; g = group_at (groups, g)->parent) {
      first[g] = MIN (first[g], at);
      last[g] = at;
    }
    at++;
  }
  for (guint32 g = 1; g < n; g++)
    dead[g] = count[g] == 0 || count[g] == n_ops || last[g] - first[g] + 1 != count[g];
  dissolve (groups, dead);
}

/* Named when it is known what is around them. */
static void
name_calls (Builder *self)
{
  for (guint32 g = 1; g < self->frames->len; g++) {
    const BsFrame *frame = bs_recording_get_frame (self->recording, g_array_index (self->frames, guint32, g));
    const char *around = NULL;

    for (guint32 p = group_at (self->groups, g)->parent; p != 0 && around == NULL; p = group_at (self->groups, p)->parent)
      around = bs_recording_get_frame (self->recording, g_array_index (self->frames, guint32, p))->module_path;
    group_at (self->groups, g)->name = name_of_call (frame, around);
    group_at (self->groups, g)->class_name = class_of_call (frame);
  }
}

/* --- loops -------------------------------------------------------------------------------------------------------------------- */

static guint64
hash_card (Builder *self, guint i)
{
  const BsCard *card = bs_graph_get_card (self->graph, i);
  guint64 h;

  h = bs_wire_hash (self->places[i] + 1, card->op, strlen (card->op));
  return bs_wire_hash (h, card->shape, strlen (card->shape));
}

static guint
depth_of (const BsGroups *self, guint32 group)
{
  guint depth = 0;

  for (; group != 0; group = group_at (self, group)->parent)
    depth++;
  return depth;
}

/* In the order of their first operations; a group stands where it begins. */
static void
list_items (Builder *self)
{
  g_autofree gboolean *seen = NULL;

  self->n_items = self->groups->groups->len;
  self->items = g_new0 (GArray *, self->n_items);
  seen = g_new0 (gboolean, self->n_items);
  for (guint g = 0; g < self->n_items; g++)
    self->items[g] = g_array_new (FALSE, TRUE, sizeof (BsItem));
  for (guint i = 0; i < self->groups->n_cards; i++) {
    guint32 group = self->groups->of_card[i];
    BsItem item = { 0, i, 0 };

    if (bs_graph_get_card (self->graph, i)->op == NULL)
      continue;
    item.hash = hash_card (self, i);
    g_array_append_val (self->items[group], item);
    for (; group != 0 && !seen[group]; group = group_at (self->groups, group)->parent) {
      BsItem of_group = { 0, G_MAXUINT32, group };

      seen[group] = TRUE;
      g_array_append_val (self->items[group_at (self->groups, group)->parent], of_group);
    }
  }
}

static guint64
hash_items (const BsGroups *self, guint32 group, const GArray *items)
{
  const BsGroup *g = group_at (self, group);
  guint64 h = bs_wire_hash (1, g->class_name ? g->class_name : g->name, strlen (g->class_name ? g->class_name : g->name));

  for (guint i = 0; i < items->len; i++)
    h = bs_wire_hash (h, &g_array_index (items, BsItem, i).hash, sizeof (guint64));
  return h;
}

/* The deepest first, whose hashes the others need. */
static void
find_loops (Builder *self)
{
  g_autofree guint *depth = NULL;
  g_autofree guint64 *hashes = NULL;
  guint deepest = 0;

  list_items (self);
  depth = g_new0 (guint, self->n_items);
  hashes = g_new0 (guint64, self->n_items);
  for (guint32 g = 1; g < self->n_items; g++) {
    depth[g] = depth_of (self->groups, g);
    deepest = MAX (deepest, depth[g]);
  }
  for (guint d = deepest + 1; d-- > 0;)
    for (guint32 g = 0; g < self->n_items; g++) {
      if (depth[g] != d || self->items[g]->len == 0)
        continue;
      for (guint i = 0; i < self->items[g]->len; i++) {
        BsItem *item = &g_array_index (self->items[g], BsItem, i);

        if (item->card == G_MAXUINT32)
          item->hash = hashes[item->group];
      }
      if (g != 0)
        hashes[g] = hash_items (self->groups, g, self->items[g]);
      bs_groups_find_repeats (self->groups, self->graph, g, self->items[g]);
    }
  for (guint g = 0; g < self->n_items; g++)
    g_array_unref (self->items[g]);
  g_free (self->items);
}

/* --- leaves ------------------------------------------------------------------------------------------------------------------- */

static guint32
common (const BsGroups *self, guint32 a, guint32 b)
{
  guint da = depth_of (self, a), db = depth_of (self, b);

  for (; da > db; da--)
    a = group_at (self, a)->parent;
  for (; db > da; db--)
    b = group_at (self, b)->parent;
  while (a != b) {
    a = group_at (self, a)->parent;
    b = group_at (self, b)->parent;
  }
  return a;
}

/* The innermost group in which all is that uses a card; 0: none, or nothing uses it. */
static guint32 *
find_users (Builder *self)
{
  BsGroups *groups = self->groups;
  g_autofree guint32 *used = g_new (guint32, MAX (groups->n_cards, 1));

  memset (used, 0xff, MAX (groups->n_cards, 1) * sizeof *used);
  for (guint i = 0; i < bs_graph_get_n_edges (self->graph); i++) {
    const BsEdge *edge = bs_graph_get_edge (self->graph, i);
    guint32 group = groups->of_card[edge->to];

    used[edge->from] = used[edge->from] == G_MAXUINT32 ? group : common (groups, used[edge->from], group);
  }
  for (guint i = 0; i < groups->n_cards; i++)
    used[i] = used[i] == G_MAXUINT32 ? 0 : used[i];
  return g_steal_pointer (&used);
}

static guint *
count_uses (const Builder *self)
{
  guint *n_uses = g_new0 (guint, MAX (self->groups->n_cards, 1));

  for (guint i = 0; i < bs_graph_get_n_edges (self->graph); i++)
    n_uses[bs_graph_get_edge (self->graph, i)->from]++;
  return n_uses;
}

/* What the turns of a loop share goes into it: that its gradients add up there should be seen when the loop is folded, too. */
static guint32
before_loop (const BsGroups *self, guint32 group)
{
  while (group_at (self, group)->kind == BS_GROUP_REPEAT)
    group = group_at (self, group)->parent;
  return group;
}

/* A parameter belongs where it is used; data only where it was made there too. */
static void
place_leaves (Builder *self, const guint32 *used)
{
  BsGroups *groups = self->groups;
  g_autofree guint *n_uses = count_uses (self);

  for (guint i = 0; i < groups->n_cards; i++) {
    const BsCard *card = bs_graph_get_card (self->graph, i);
    BsWhere where;
    gpointer own;

    if (card->op != NULL)
      continue;
    groups->of_card[i] = card->flags & BS_CARD_PARAMETER && n_uses[i] > 1 ? before_loop (groups, used[i]) : used[i];
    if (card->flags & BS_CARD_PARAMETER || groups->of_card[i] == 0)
      continue;
    bs_recording_locate (self->recording, card->step, &where);
    own = g_hash_table_lookup (self->of_frame, GUINT_TO_POINTER (where.frame));
    if (own == NULL || common (groups, GPOINTER_TO_UINT (own), groups->of_card[i]) != groups->of_card[i])
      groups->of_card[i] = own ? common (groups, GPOINTER_TO_UINT (own), groups->of_card[i]) : 0;
  }
}

/* --- what each turn takes in ------------------------------------------------------------------------------------------------ */

/* Data that goes into one turn of a loop alone, as other data goes into the same place of the other turns, is part of the
 * turn: the steps of a sequence. The state that only the first turn is given is not, nor what many turns share. */
typedef struct {
  guint32 repeat;
  guint32 operation;  /* the how manieth of the turn */
  guint32 operand;
} Intake;

static guint
hash_intake (gconstpointer key)
{
  const Intake *intake = key;

  return (intake->repeat * 31 + intake->operation) * 31 + intake->operand;
}

static gboolean
equal_intakes (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Intake)) == 0;
}

/* The innermost loop, or turn of one, between where it is and @used; not what is called there, whose inputs are seen. */
static guint32
find_turn (const BsGroups *groups, guint32 group, guint32 used)
{
  while (used != group && group_at (groups, used)->kind == BS_GROUP_CALL)
    used = group_at (groups, used)->parent;
  return used;
}

/* Of a repeat without turns, in which each is a single card or a call. */
static gboolean
is_shared (Builder *self, const guint32 *used, const guint *n_uses, guint card, guint32 turn)
{
  return group_at (self->groups, turn)->kind == BS_GROUP_REPEAT && used[card] == turn && n_uses[card] > 1;
}

/* Operations before each card, from the first of the turn (or what else stands right in the loop) on. */
static guint32
place_in_turn (const BsGroups *groups, guint card, guint32 repeat, const guint32 *n_before, const guint32 *first)
{
  guint32 turn = 0;

  for (guint32 g = groups->of_card[card]; g != repeat; g = group_at (groups, g)->parent)
    turn = g;
  return turn != 0 ? n_before[card] - n_before[first[turn]] : 0;
}

static guint32 *
find_first_operations (Builder *self)
{
  BsGroups *groups = self->groups;
  guint32 *first = g_new (guint32, groups->groups->len);

  memset (first, 0xff, groups->groups->len * sizeof *first);
  for (guint i = 0; i < groups->n_cards; i++)
    for (guint32 g = groups->of_card[i]; g != 0 && bs_graph_get_card (self->graph, i)->op != NULL && first[g] == G_MAXUINT32;
         g = group_at (groups, g)->parent)
      first[g] = i;
  return first;
}

static void
take_in (Builder *self, const guint32 *used)
{
  BsGroups *groups = self->groups;
  guint n = bs_graph_get_n_edges (self->graph);
  g_autofree guint32 *turns = g_new0 (guint32, MAX (groups->n_cards, 1));
  g_autofree guint *n_uses = count_uses (self);
  g_autofree guint32 *n_before = g_new0 (guint32, groups->n_cards + 1), *first = find_first_operations (self);
  g_autoptr (GHashTable) counts = g_hash_table_new_full (hash_intake, equal_intakes, g_free, NULL);

  for (guint i = 0; i < groups->n_cards; i++) {
    const BsCard *card = bs_graph_get_card (self->graph, i);

    n_before[i + 1] = n_before[i] + (card->op != NULL);
    if (card->op != NULL || card->flags & BS_CARD_REQUIRES_GRAD || groups->of_card[i] == used[i])
      continue;
    turns[i] = find_turn (groups, groups->of_card[i], used[i]);
    if (turns[i] == groups->of_card[i] || is_shared (self, used, n_uses, i, turns[i]))
      turns[i] = 0;
  }
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < n; i++) {
      const BsEdge *edge = bs_graph_get_edge (self->graph, i);
      guint32 turn = turns[edge->from];
      Intake intake;
      guint count;

      if (turn == 0)
        continue;
      intake = (Intake) { group_at (groups, turn)->kind == BS_GROUP_TURN ? group_at (groups, turn)->parent : turn, 0, edge->input };
      intake.operation = place_in_turn (groups, edge->to, intake.repeat, n_before, first);
      count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, &intake));
      if (pass == 0)
        g_hash_table_replace (counts, g_memdup2 (&intake, sizeof intake), GUINT_TO_POINTER (count + 1));
      else if (count > 1)
        groups->of_card[edge->from] = turn;
    }
}

/* A frame around a single card tells less than it takes. */
static void
dissolve_small (Builder *self)
{
  guint n = self->groups->groups->len;
  g_autofree guint32 *count = count_cards (self->groups, self->graph, FALSE);
  g_autofree gboolean *dead = g_new0 (gboolean, n);

  for (guint32 g = 1; g < n; g++)
    dead[g] = count[g] < 2;
  dissolve (self->groups, dead);
  for (guint32 g = 1; g < n; g++)
    group_at (self->groups, g)->n_cards = dead[g] ? 0 : count[g];
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

static guint64
key_of (BsGroups *self, guint32 group, guint64 *keys, const guint32 *ordinal)
{
  BsGroup *g = group_at (self, group);
  guint64 parts[2];

  if (group == 0)
    return 1;
  if (keys[group] == 0) {
    parts[0] = (guint64) g->kind << 32 | ordinal[group];
    parts[1] = key_of (self, g->parent, keys, ordinal);
    keys[group] = bs_wire_hash (parts[1] ^ parts[0], g->name, strlen (g->name)) | 1;
  }
  return keys[group];
}

/* Names that come several times within the same group are counted. */
static void
make_keys (BsGroups *self)
{
  guint n = self->groups->len;
  g_autofree guint64 *keys = g_new0 (guint64, n);
  g_autofree guint32 *ordinal = g_new0 (guint32, n);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint32 g = 1; g < n; g++) {
    BsGroup *group = group_at (self, g);
    char *name = g_strdup_printf ("%u/%u/%s", group->parent, group->kind, group->name);

    ordinal[g] = GPOINTER_TO_UINT (g_hash_table_lookup (seen, name));
    g_hash_table_replace (seen, name, GUINT_TO_POINTER (ordinal[g] + 1));
  }
  for (guint32 g = 1; g < n; g++)
    group_at (self, g)->key = key_of (self, g, keys, ordinal);
}

/* --- public -------------------------------------------------------------------------------------------------------------------- */

BsGroups *
bs_groups_new (BsRecording *recording, BsGraph *whole)
{
  BsGroups *self = g_new0 (BsGroups, 1);
  Builder builder = { .recording = recording, .graph = whole, .groups = self, .of_frame = g_hash_table_new (NULL, NULL),
                      .frames = g_array_new (FALSE, TRUE, sizeof (guint32)) };
  g_autofree guint32 *used = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  self->groups = g_array_new (FALSE, TRUE, sizeof (BsGroup));
  g_array_set_clear_func (self->groups, group_clear);
  self->n_cards = bs_graph_get_n_cards (whole);
  self->of_card = g_new0 (guint32, MAX (self->n_cards, 1));
  builder.places = g_new0 (guint32, MAX (self->n_cards, 1));
  bs_groups_add (self, 0, BS_GROUP_CALL);
  g_array_set_size (builder.frames, 1);
  find_calls (&builder);
  dissolve_calls (&builder);
  name_calls (&builder);
  find_loops (&builder);
  used = find_users (&builder);
  place_leaves (&builder, used);
  take_in (&builder, used);
  dissolve_small (&builder);
  make_keys (self);
  g_free (builder.places);
  g_array_unref (builder.frames);
  g_hash_table_unref (builder.of_frame);
  return self;
}

BsGroups *
bs_groups_ref (BsGroups *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
bs_groups_unref (BsGroups *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->groups);
  g_free (self->of_card);
  g_free (self);
}

guint
bs_groups_get_n (const BsGroups *self)
{
  return self->groups->len - 1;
}

const BsGroup *
bs_groups_get (const BsGroups *self, guint32 group)
{
  g_return_val_if_fail (group > 0 && group < self->groups->len, NULL);

  return group_at (self, group);
}

guint32
bs_groups_of_card (const BsGroups *self, guint card)
{
  g_return_val_if_fail (card < self->n_cards, 0);

  return self->of_card[card];
}
