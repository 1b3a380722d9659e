/* SPDX-License-Identifier: MIT */

/* show-folds FILE: the groups of each pass of a recording, and what is folded by itself, one a line; aborts when a fold,
 * chosen or at random, is not a sound graph with a sound layout. */

#include "layout/layout.h"
#include "recording/groups.h"

#include <locale.h>

#define N_RANDOM 30
#define MOST_LAID_OUT 120 /* cards; more take dot too long for a test */

static void
check_cards (BsGraph *whole, BsGraph *graph)
{
  guint32 n = bs_graph_get_n_cards (graph);

  for (guint i = 0; i < bs_graph_get_n_cards (whole); i++)
    g_assert_cmpuint (bs_graph_find_tensor (graph, bs_graph_get_card (whole, i)->tensor), <, n);
  for (guint i = 0; i < n; i++) {
    const BsCard *card = bs_graph_get_card (graph, i);

    g_assert_cmpuint (bs_graph_find_tensor (graph, card->tensor), ==, i);
    g_assert_true (card->frame == BS_NO_FRAME || card->frame < bs_graph_get_n_frames (graph));
    g_assert_true (card->group == 0 || card->op != NULL);
  }
}

static void
check_edges (BsGraph *whole, BsGraph *graph)
{
  guint n = 0, within = 0;

  for (guint i = 0; i < bs_graph_get_n_cards (graph); i++) {
    guint first, end;

    bs_graph_get_inputs (graph, i, &first, &end);
    for (guint e = first; e < end; e++) {
      const BsEdge *edge = bs_graph_get_edge (graph, e);

      g_assert_cmpuint (edge->to, ==, i);
      g_assert_cmpuint (edge->from, <, edge->to); /* so there is no circle */
      n += edge->n;
    }
  }
  for (guint i = 0; i < bs_graph_get_n_edges (whole); i++) {
    const BsEdge *edge = bs_graph_get_edge (whole, i);
    guint32 from = bs_graph_get_card (whole, edge->from)->tensor, to = bs_graph_get_card (whole, edge->to)->tensor;
    guint found = bs_graph_find_edge (graph, to, edge->input, from);

    if (bs_graph_find_tensor (graph, from) == bs_graph_find_tensor (graph, to)) {
      within++;
      continue;
    }
    g_assert_cmpuint (found, <, bs_graph_get_n_edges (graph));
    g_assert_cmpuint (bs_graph_get_edge (graph, found)->from, ==, bs_graph_find_tensor (graph, from));
    g_assert_cmpuint (bs_graph_get_edge (graph, found)->to, ==, bs_graph_find_tensor (graph, to));
  }
  g_assert_cmpuint (n + within, ==, bs_graph_get_n_edges (whole));
}

static gboolean
is_inside (BsRect a, BsRect b)
{
  return a.x > b.x - 1 && a.y > b.y - 1 && a.x + a.width < b.x + b.width + 1 && a.y + a.height < b.y + b.height + 1;
}

static gboolean
is_in_frame (BsGraph *graph, guint32 in, guint frame)
{
  while (in != BS_NO_FRAME && in != frame)
    in = bs_graph_get_frame (graph, in)->parent;
  return in == frame;
}

/* Nobody stands within a frame who does not belong there, and everybody who does. */
static void
check_frames (BsGraph *graph, BsLayout *layout)
{
  for (guint f = 0; f < bs_graph_get_n_frames (graph); f++) {
    const BsGraphFrame *frame = bs_graph_get_frame (graph, f);
    BsRect rect;

    g_assert_true (frame->parent == BS_NO_FRAME || frame->parent < f);
    g_assert_nonnull (frame->name);
    if (!bs_layout_get_frame (layout, f, &rect))
      continue;
    for (guint i = 0; i < bs_graph_get_n_cards (graph); i++) {
      BsRect card = bs_layout_get_card (layout, i);

      if (is_in_frame (graph, bs_graph_get_card (graph, i)->frame, f))
        g_assert_true (is_inside (card, rect));
      else
        g_assert_true (card.x >= rect.x + rect.width || rect.x >= card.x + card.width || card.y >= rect.y + rect.height ||
                       rect.y >= card.y + card.height);
    }
  }
}

static void
check_layout (BsGraph *graph)
{
  guint n = bs_graph_get_n_cards (graph);
  g_autofree BsSize *sizes = g_new (BsSize, n + 1), *small = g_new (BsSize, n + 1);
  BsLayoutOptions options = { BS_LAYOUT_LEFT_TO_RIGHT, sizes, small };

  for (guint i = 0; i < n; i++) {
    sizes[i] = (BsSize) { 150 + i % 5 * 31, 70 + i % 3 * 47 };
    small[i] = (BsSize) { 60, 28 };
  }
  for (guint way = 0; way < 2; way++) {
    g_autoptr (BsLayout) quick = NULL, best = NULL;

    options.direction = way;
    quick = bs_layout_compute_quick (graph, &options);
    check_frames (graph, quick);
    best = n <= MOST_LAID_OUT ? bs_layout_compute (graph, &options, NULL, NULL) : NULL;
    if (best != NULL)
      check_frames (graph, best);
  }
}

static BsGraph *
check_fold (BsGraph *whole, BsGroups *groups, const gboolean *folded, gboolean with_layout)
{
  g_autoptr (BsGraph) graph = bs_graph_fold (whole, groups, folded);

  g_assert_true (bs_graph_get_whole (graph) == whole);
  check_cards (whole, graph);
  check_edges (whole, graph);
  if (with_layout)
    check_layout (graph);
  return g_steal_pointer (&graph);
}

static void
check_random (BsGraph *whole, BsGroups *groups, GRand *random)
{
  guint n = bs_groups_get_n (groups) + 1;
  g_autofree gboolean *folded = g_new0 (gboolean, n);

  for (guint i = 0; i < N_RANDOM; i++) {
    double share = g_rand_double (random);

    for (guint g = 1; g < n; g++)
      folded[g] = g_rand_double (random) < share;
    bs_graph_unref (check_fold (whole, groups, folded, i < 3));
  }
}

static void
show_group (const BsGroups *groups, guint32 group)
{
  static const char *const kinds[] = { "call", "repeat", "turn" };
  const BsGroup *g = bs_groups_get (groups, group);
  guint depth = 0;

  for (guint32 p = g->parent; p != 0; p = bs_groups_get (groups, p)->parent)
    depth++;
  g_print ("%*s%s %s", 2 + 2 * depth, "", kinds[g->kind], g->name);
  if (g->class_name != NULL)
    g_print (" (%s)", g->class_name);
  if (g->times > 1)
    g_print (" x %u", g->times);
  g_print (", %u\n", g->n_cards);
}

/* The groups as a tree: those of a parent in order. */
static void
show_tree (const BsGroups *groups, guint32 parent)
{
  for (guint32 g = 1; g <= bs_groups_get_n (groups); g++)
    if (bs_groups_get (groups, g)->parent == parent) {
      show_group (groups, g);
      show_tree (groups, g);
    }
}

static guint
count_seen (BsGraph *whole, BsGroups *groups, guint most)
{
  g_autofree gboolean *folded = bs_groups_choose (groups, most, NULL);
  g_autoptr (BsGraph) graph = check_fold (whole, groups, folded, TRUE);

  return bs_graph_get_n_cards (graph);
}

static void
show_pass (BsRecording *recording, guint32 pass, GRand *random)
{
  g_autoptr (BsGraph) whole = bs_graph_new (recording, pass);
  g_autoptr (BsGroups) groups = bs_groups_new (recording, whole);
  g_autofree gboolean *all = g_new (gboolean, bs_groups_get_n (groups) + 1);
  guint seen = count_seen (whole, groups, BS_FOLD_MOST), few = count_seen (whole, groups, 10),
        open = count_seen (whole, groups, G_MAXUINT);

  for (guint g = 0; g <= bs_groups_get_n (groups); g++)
    all[g] = TRUE;
  bs_graph_unref (check_fold (whole, groups, all, TRUE));
  check_random (whole, groups, random);
  g_assert_cmpuint (open, ==, bs_graph_get_n_cards (whole));
  g_assert_cmpuint (few, <=, MAX (seen, 10));
  g_print ("pass %u: %u cards, %u seen, %u of at most 10\n", pass, open, seen, few);
  show_tree (groups, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GError) error = NULL;
  g_autoptr (BsRecording) recording = NULL;

  setlocale (LC_ALL, "");
  recording = argc == 2 ? bs_recording_load (argv[1], NULL, &error) : NULL;
  if (recording == NULL) {
    g_printerr ("%s\n", error ? error->message : "show-folds FILE");
    return 1;
  }
  for (guint32 pass = 0; pass < MIN (bs_recording_get_n_passes (recording), 3); pass++)
    show_pass (recording, pass, random);
  return 0;
}
