/* SPDX-License-Identifier: MIT */

/* Graphs that grow step by step: nothing that stands moves against the rest, nothing lies on another, edges end where they
 * belong, and the picture is not much larger than one that is made anew. */

#include "fake-recording.h"

#include "layout/layout.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  BsRecording *recording;
  BsGraph *graph;
  BsSize *sizes, *small;
  BsLayoutOptions options;
  BsLayout *layout;
} Stage;

static void
stage_clear (Stage *self)
{
  if (self->graph == NULL)
    return;
  g_free (self->sizes);
  g_free (self->small);
  bs_graph_unref (self->graph);
  g_object_unref (self->recording);
  g_clear_pointer (&self->layout, bs_layout_unref);
}

static void
stage_init (Stage *self, BsFakeKind kind, guint n, guint n_made, BsLayoutDirection direction)
{
  guint n_cards;

  *self = (Stage) { .recording = bs_fake_graph_begun (kind, n, n_made) };
  self->graph = bs_graph_new (self->recording, 0);
  n_cards = bs_graph_get_n_cards (self->graph);
  self->sizes = g_new (BsSize, n_cards + 1);
  self->small = g_new (BsSize, n_cards + 1);
  for (guint i = 0; i < n_cards; i++) {
    guint32 id = bs_graph_get_card (self->graph, i)->tensor;

    self->sizes[i] = (BsSize) { 150 + id % 5 * 31, 70 + id % 3 * 47 };
    self->small[i] = (BsSize) { 60, 28 };
  }
  self->options = (BsLayoutOptions) { direction, self->sizes, self->small };
}

static guint32 *
match (Stage *now, Stage *before)
{
  guint n = bs_graph_get_n_cards (now->graph);
  guint32 *was = g_new (guint32, n + 1);

  for (guint i = 0; i < n; i++)
    was[i] = bs_graph_find_tensor (before->graph, bs_graph_get_card (now->graph, i)->tensor);
  return was;
}

static int
compare_left (gconstpointer a, gconstpointer b)
{
  const BsRect *x = a, *y = b;

  return x->x < y->x ? -1 : x->x > y->x;
}

static void
check_no_overlap (Stage *self)
{
  guint n = bs_graph_get_n_cards (self->graph), m = bs_layout_get_n_proxies (self->layout);
  g_autofree BsRect *rects = g_new (BsRect, n + m + 1);
  BsSize size = bs_layout_get_size (self->layout);

  for (guint i = 0; i < n; i++)
    rects[i] = bs_layout_get_card (self->layout, i);
  for (guint i = 0; i < m; i++)
    rects[n + i] = bs_layout_get_proxy (self->layout, i, NULL);
  qsort (rects, n + m, sizeof *rects, compare_left);
  for (guint i = 0; i < n + m; i++) {
    const BsRect *a = &rects[i];

    g_assert_true (a->width > 0 && a->x >= 0 && a->y >= 0 && a->x + a->width <= size.width && a->y + a->height <= size.height);
    for (guint k = i + 1; k < n + m && rects[k].x < a->x + a->width - 1; k++)
      g_assert_true (rects[k].y >= a->y + a->height - 1 || a->y >= rects[k].y + rects[k].height - 1);
  }
}

/* All moved by the same, and by whole units. */
static void
check_places_kept (Stage *now, Stage *before, const guint32 *was)
{
  double dx = NAN, dy = NAN;

  for (guint i = 0; i < bs_graph_get_n_cards (now->graph); i++) {
    BsRect a, b;

    if (was[i] == BS_NEW_CARD)
      continue;
    a = bs_layout_get_card (before->layout, was[i]);
    b = bs_layout_get_card (now->layout, i);
    if (isnan (dx)) {
      dx = b.x - a.x;
      dy = b.y - a.y;
      g_assert_cmpfloat_with_epsilon (dx, round (dx), 1e-6);
      g_assert_cmpfloat_with_epsilon (dy, round (dy), 1e-6);
    }
    g_assert_cmpfloat_with_epsilon (b.x - a.x, dx, 1e-6);
    g_assert_cmpfloat_with_epsilon (b.y - a.y, dy, 1e-6);
  }
}

/* From border to border, and never back. */
static void
check_edges (Stage *self)
{
  gboolean right = self->options.direction == BS_LAYOUT_LEFT_TO_RIGHT;

  for (guint i = 0; i < bs_graph_get_n_edges (self->graph); i++) {
    const BsEdge *edge = bs_graph_get_edge (self->graph, i);
    guint proxy = bs_layout_get_edge_proxy (self->layout, i), card = edge->from, n;
    const BsPoint *p = bs_layout_get_edge (self->layout, i, &n);
    BsRect a = proxy == BS_NO_PROXY ? bs_layout_get_card (self->layout, edge->from) : bs_layout_get_proxy (self->layout, proxy, &card);
    BsRect b = bs_layout_get_card (self->layout, edge->to);

    g_assert_cmpuint (card, ==, edge->from);
    g_assert_cmpuint (n, >=, 4);
    g_assert_cmpuint (n % 3, ==, 1);
    g_assert_cmpfloat_with_epsilon (right ? p[0].x : p[0].y, right ? a.x + a.width : a.y + a.height, 2);
    g_assert_cmpfloat_with_epsilon (right ? p[n - 1].x : p[n - 1].y, right ? b.x : b.y, 2);
    g_assert_true (right ? a.x + a.width <= b.x : a.y + a.height <= b.y);
  }
}

static double
area_of (BsLayout *layout)
{
  BsSize size = bs_layout_get_size (layout);

  return size.width * size.height;
}

static double
length_of (Stage *self, BsLayout *layout)
{
  double sum = 0;

  for (guint i = 0; i < bs_graph_get_n_edges (self->graph); i++) {
    guint n;
    const BsPoint *p = bs_layout_get_edge (layout, i, &n);

    sum += hypot (p[n - 1].x - p[0].x, p[n - 1].y - p[0].y);
  }
  return sum;
}

static void
grow (BsFakeKind kind, guint n, guint by, BsLayoutDirection direction)
{
  Stage before = { 0 }, now = { 0 };
  g_autoptr (BsLayout) fresh = NULL;
  guint first = 2;

  /* Of some kinds the first tensors are all leaves, which nobody sees before they are used. */
  do {
    stage_clear (&before);
    stage_init (&before, kind, n, first++, direction);
  } while (bs_graph_get_n_edges (before.graph) == 0 && first < n);
  before.layout = bs_layout_compute (before.graph, &before.options, NULL, NULL);
  for (guint made = first; made < n + by; made += by) {
    g_autofree guint32 *was = NULL;

    stage_init (&now, kind, n, made, direction);
    was = match (&now, &before);
    now.layout = bs_layout_extend (before.layout, was, now.graph, &now.options);
    g_assert_nonnull (now.layout);
    g_assert_false (bs_layout_is_final (now.layout));
    check_no_overlap (&now);
    check_places_kept (&now, &before, was);
    check_edges (&now);
    stage_clear (&before);
    before = now;
  }
  fresh = bs_layout_compute (before.graph, &before.options, NULL, NULL);
  g_test_message ("%s %u by %u: area %.2f, edges %.2f of a fresh one", bs_fake_kind_names[kind], n, by,
                  area_of (before.layout) / area_of (fresh), length_of (&before, before.layout) / length_of (&before, fresh));
  g_assert_cmpfloat (area_of (before.layout), <, 3 * area_of (fresh));
  g_assert_cmpfloat (length_of (&before, before.layout), <, 2.5 * length_of (&before, fresh));
  stage_clear (&before);
}

static void
test_growth (gconstpointer data)
{
  static const struct { guint n, by; } steps[] = { { 12, 1 }, { 60, 1 }, { 60, 7 }, { 150, 11 } };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    for (guint direction = 0; direction < 2; direction++)
      grow (GPOINTER_TO_UINT (data), MAX (steps[i].n, GPOINTER_TO_UINT (data) == BS_FAKE_SHARED ? 120 : 0), steps[i].by, direction);
}

/* Cards that have become larger keep their middles, as far as there is room. */
static void
test_larger (void)
{
  Stage before = { 0 }, now = { 0 };
  g_autofree guint32 *was = NULL;
  guint n;

  stage_init (&before, BS_FAKE_RNN, 60, 40, BS_LAYOUT_LEFT_TO_RIGHT);
  before.layout = bs_layout_compute (before.graph, &before.options, NULL, NULL);
  stage_init (&now, BS_FAKE_RNN, 60, 44, BS_LAYOUT_LEFT_TO_RIGHT);
  was = match (&now, &before);
  n = bs_graph_get_n_cards (now.graph);
  for (guint i = 0; i < n; i++)
    now.sizes[i].width += 30;
  now.layout = bs_layout_extend (before.layout, was, now.graph, &now.options);
  g_assert_nonnull (now.layout);
  check_no_overlap (&now);
  check_edges (&now);
  g_clear_pointer (&now.layout, bs_layout_unref);
  for (guint i = 0; i < n; i++)
    now.sizes[i].width += 120;
  g_assert_null (bs_layout_extend (before.layout, was, now.graph, &now.options));
  stage_clear (&before);
  stage_clear (&now);
}

/* As when a loop is folded: what stands between two that stay is gone, and what is new takes its place. */
static void
test_gone (void)
{
  Stage before = { 0 }, now = { 0 };
  g_autofree guint32 *was = NULL;

  stage_init (&before, BS_FAKE_CHAIN, 60, 30, BS_LAYOUT_TOP_TO_BOTTOM);
  before.layout = bs_layout_compute (before.graph, &before.options, NULL, NULL);
  stage_init (&now, BS_FAKE_CHAIN, 60, 34, BS_LAYOUT_TOP_TO_BOTTOM);
  was = match (&now, &before);
  for (guint i = 10; i < 20; i++)
    was[i] = BS_NEW_CARD;
  now.layout = bs_layout_extend (before.layout, was, now.graph, &now.options);
  g_assert_nonnull (now.layout);
  check_no_overlap (&now);
  check_places_kept (&now, &before, was);
  stage_clear (&before);
  stage_clear (&now);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint kind = 0; kind < BS_FAKE_N_KINDS; kind++) {
    g_autofree char *path = g_strdup_printf ("/extend/%s", bs_fake_kind_names[kind]);

    g_test_add_data_func (path, GUINT_TO_POINTER (kind), test_growth);
  }
  g_test_add_func ("/extend/larger", test_larger);
  g_test_add_func ("/extend/gone", test_gone);
  return g_test_run ();
}
