/* SPDX-License-Identifier: MIT */

/* Loops are found where the same items follow each other: tandem repeats, the shortest period first, so that inner loops
 * fold before outer ones. */

#include "groups-private.h"

#include "wire.h"

#define MAX_PERIOD 64
#define MAX_ROUNDS 4
#define LEAST_TIMES 3
#define LEAST_CARDS 4 /* so many single operations in a row are worth a group */

static const BsItem *
item_at (const GArray *items, guint i)
{
  return &g_array_index (items, BsItem, i);
}

static void
move_into (BsGroups *self, const BsItem *item, guint32 group)
{
  if (item->card != G_MAXUINT32)
    self->of_card[item->card] = group;
  else
    g_array_index (self->groups, BsGroup, item->group).parent = group;
}

/* What its last operation is called stands for a turn. */
static const char *
name_of (const BsGroups *self, BsGraph *graph, const BsItem *item)
{
  return item->card != G_MAXUINT32 ? bs_graph_get_card (graph, item->card)->name
                                   : g_array_index (self->groups, BsGroup, item->group).name;
}

static char *
name_of_repeat (const BsGroups *self, BsGraph *graph, const GArray *items, guint first, guint period, guint times)
{
  const char *one = name_of (self, graph, item_at (items, first + period - 1));
  const char *last = name_of (self, graph, item_at (items, first + period * times - 1));

  return g_strcmp0 (one, last) == 0 || period > 1 ? g_strdup (one) : g_strdup_printf ("%s … %s", one, last);
}

/* A turn of one item needs no group around it. */
static BsItem
collapse (BsGroups *self, BsGraph *graph, guint32 parent, const GArray *items, guint first, guint period, guint times)
{
  guint32 repeat = bs_groups_add (self, parent, BS_GROUP_REPEAT);
  BsItem whole = { times, G_MAXUINT32, repeat };
  char *name = name_of_repeat (self, graph, items, first, period, times);

  g_array_index (self->groups, BsGroup, repeat).name = name;
  g_array_index (self->groups, BsGroup, repeat).times = times;
  for (guint turn = 0; turn < times; turn++) {
    guint32 into = repeat;

    if (period > 1) {
      into = bs_groups_add (self, repeat, BS_GROUP_TURN);
      g_array_index (self->groups, BsGroup, into).name = g_strdup_printf ("%u", turn + 1);
    }
    for (guint i = 0; i < period; i++) {
      const BsItem *item = item_at (items, first + turn * period + i);

      move_into (self, item, into);
      if (turn == 0)
        whole.hash = bs_wire_hash (whole.hash, &item->hash, sizeof item->hash);
    }
  }
  return whole;
}

static gboolean
is_worth_it (const GArray *items, guint first, guint period, guint times)
{
  if (times < LEAST_TIMES)
    return FALSE;
  return period > 1 || item_at (items, first)->group != 0 || times >= LEAST_CARDS;
}

/* One look for repeats of @period; the items that take their places. */
static gboolean
find_period (BsGroups *self, BsGraph *graph, guint32 parent, GArray *items, guint period)
{
  g_autoptr (GArray) out = NULL;
  guint i = 0, same = 0;

  /* From behind: same = how many from here on equal those one period later. */
  g_autofree guint32 *runs = g_new0 (guint32, items->len + 1);
  for (guint k = items->len; k-- > 0;) {
    same = k + period < items->len && item_at (items, k)->hash == item_at (items, k + period)->hash ? same + 1 : 0;
    runs[k] = same;
  }
  while (i < items->len) {
    guint times = runs[i] / period + 1;

    if (is_worth_it (items, i, period, times)) {
      BsItem whole = collapse (self, graph, parent, items, i, period, times);

      if (out == NULL) {
        out = g_array_sized_new (FALSE, FALSE, sizeof (BsItem), items->len);
        g_array_append_vals (out, items->data, i);
      }
      g_array_append_val (out, whole);
      i += period * times;
      continue;
    }
    if (out != NULL)
      g_array_append_vals (out, item_at (items, i), 1);
    i++;
  }
  if (out == NULL)
    return FALSE;
  g_array_set_size (items, 0);
  g_array_append_vals (items, out->data, out->len);
  return TRUE;
}

void
bs_groups_find_repeats (BsGroups *self, BsGraph *graph, guint32 group, GArray *items)
{
  for (guint round = 0; round < MAX_ROUNDS; round++) {
    gboolean any = FALSE;

    for (guint period = 1; period <= MAX_PERIOD && period * LEAST_TIMES <= items->len; period++)
      any |= find_period (self, graph, group, items, period);
    if (!any)
      return;
  }
}
