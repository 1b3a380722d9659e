/* SPDX-License-Identifier: MIT */

#include "fake-recording.h"

#include "layout/layout.h"

#include <math.h>
#include <string.h>

typedef struct {
  BsRecording *recording;
  BsGraph *graph;
  BsSize *sizes, *small;
  BsLayoutOptions options;
} Case;

static void
case_init (Case *self, BsFakeKind kind, guint n, BsLayoutDirection direction)
{
  guint n_cards;

  self->recording = bs_fake_graph (kind, n);
  self->graph = bs_graph_new (self->recording, 0);
  n_cards = bs_graph_get_n_cards (self->graph);
  self->sizes = g_new (BsSize, n_cards);
  self->small = g_new (BsSize, n_cards);
  for (guint i = 0; i < n_cards; i++) {
    self->sizes[i] = (BsSize) { 150 + i % 5 * 31, 70 + i % 3 * 47 };
    self->small[i] = (BsSize) { 60, 28 };
  }
  self->options = (BsLayoutOptions) { direction, self->sizes, self->small };
}

static void
case_clear (Case *self)
{
  g_free (self->sizes);
  g_free (self->small);
  bs_graph_unref (self->graph);
  g_object_unref (self->recording);
}

static int
compare_left (gconstpointer a, gconstpointer b)
{
  const BsRect *x = a, *y = b;

  return x->x < y->x ? -1 : x->x > y->x;
}

static void
assert_no_overlap (Case *self, BsLayout *layout)
{
  guint n = bs_graph_get_n_cards (self->graph), m = bs_layout_get_n_proxies (layout);
  g_autofree BsRect *rects = g_new (BsRect, n + m);
  BsSize size = bs_layout_get_size (layout);

  for (guint i = 0; i < n; i++)
    rects[i] = bs_layout_get_card (layout, i);
  for (guint i = 0; i < m; i++)
    rects[n + i] = bs_layout_get_proxy (layout, i, NULL);
  qsort (rects, n + m, sizeof *rects, compare_left);
  for (guint i = 0; i < n + m; i++) {
    const BsRect *a = &rects[i];

    g_assert_true (a->x >= 0 && a->y >= 0 && a->x + a->width <= size.width && a->y + a->height <= size.height);
    for (guint k = i + 1; k < n + m && rects[k].x < a->x + a->width - 1; k++)
      g_assert_true (rects[k].y >= a->y + a->height - 1 || a->y >= rects[k].y + rects[k].height - 1);
  }
}

static gboolean
is_on_border (BsRect r, BsPoint p, gboolean right, gboolean begin)
{
  double at = right ? p.x - (begin ? r.x + r.width : r.x) : p.y - (begin ? r.y + r.height : r.y);
  double across = right ? p.y - r.y : p.x - r.x, length = right ? r.height : r.width;

  return fabs (at) < 2 && across >= -2 && across <= length + 2;
}

static void
assert_edges_end_at_borders (Case *self, BsLayout *layout)
{
  gboolean right = self->options.direction == BS_LAYOUT_LEFT_TO_RIGHT;

  for (guint i = 0; i < bs_graph_get_n_edges (self->graph); i++) {
    const BsEdge *edge = bs_graph_get_edge (self->graph, i);
    guint proxy = bs_layout_get_edge_proxy (layout, i), card = edge->from, n;
    const BsPoint *points = bs_layout_get_edge (layout, i, &n);
    BsRect from = proxy == BS_NO_PROXY ? bs_layout_get_card (layout, edge->from)
                                       : bs_layout_get_proxy (layout, proxy, &card);

    g_assert_cmpuint (card, ==, edge->from);
    g_assert_cmpuint (n, >=, 4);
    g_assert_cmpuint (n % 3, ==, 1);
    g_assert_true (is_on_border (from, points[0], right, TRUE));
    g_assert_true (is_on_border (bs_layout_get_card (layout, edge->to), points[n - 1], right, FALSE));
  }
}

/* Inputs stand before results: an arrow never points back. */
static void
assert_flow (Case *self, BsLayout *layout)
{
  gboolean right = self->options.direction == BS_LAYOUT_LEFT_TO_RIGHT;

  for (guint i = 0; i < bs_graph_get_n_edges (self->graph); i++) {
    const BsEdge *edge = bs_graph_get_edge (self->graph, i);
    BsRect a = bs_layout_get_card (layout, edge->from), b = bs_layout_get_card (layout, edge->to);

    g_assert_true (right ? a.x + a.width <= b.x + 1 : a.y + a.height <= b.y + 1);
  }
}

/* `a + a` has two edges, and both are seen. */
static void
assert_edges_apart (Case *self, BsLayout *layout)
{
  for (guint i = 1; i < bs_graph_get_n_edges (self->graph); i++) {
    const BsEdge *a = bs_graph_get_edge (self->graph, i - 1), *b = bs_graph_get_edge (self->graph, i);
    guint n, m;
    const BsPoint *p = bs_layout_get_edge (layout, i - 1, &n), *q = bs_layout_get_edge (layout, i, &m);

    if (a->from == b->from && a->to == b->to && n == m)
      g_assert_cmpfloat (hypot (p[1].x - q[1].x, p[1].y - q[1].y), >, 10);
  }
}

static void
check (BsFakeKind kind, guint n, BsLayoutDirection direction)
{
  g_autoptr (BsLayout) best = NULL, quick = NULL;
  g_autoptr (GError) error = NULL;
  Case c;

  case_init (&c, kind, n, direction);
  quick = bs_layout_compute_quick (c.graph, &c.options);
  g_assert_false (bs_layout_is_final (quick));
  assert_no_overlap (&c, quick);
  assert_edges_end_at_borders (&c, quick);
  assert_flow (&c, quick);
  assert_edges_apart (&c, quick);
  best = bs_layout_compute (c.graph, &c.options, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (bs_layout_is_final (best));
  assert_edges_apart (&c, best);
  assert_no_overlap (&c, best);
  assert_edges_end_at_borders (&c, best);
  assert_flow (&c, best);
  case_clear (&c);
}

static void
test_kinds (gconstpointer data)
{
  static const guint sizes[] = { 1, 2, 7, 60, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    check (GPOINTER_TO_UINT (data), sizes[i], BS_LAYOUT_LEFT_TO_RIGHT);
    check (GPOINTER_TO_UINT (data), sizes[i], BS_LAYOUT_TOP_TO_BOTTOM);
  }
}

static void
test_nothing (void)
{
  g_autoptr (BsRecording) recording = bs_recording_new ();
  g_autoptr (BsGraph) graph = bs_graph_new (recording, 0);
  BsLayoutOptions options = { 0, &(BsSize) { 1, 1 }, NULL };
  g_autoptr (BsLayout) best = bs_layout_compute (graph, &options, NULL, NULL);
  g_autoptr (BsLayout) quick = bs_layout_compute_quick (graph, &options);

  g_assert_nonnull (best);
  g_assert_cmpfloat (bs_layout_get_size (quick).width, >, 0);
}

static void
assert_same (Case *c, BsLayout *a, BsLayout *b)
{
  for (guint i = 0; i < bs_graph_get_n_cards (c->graph); i++) {
    BsRect x = bs_layout_get_card (a, i), y = bs_layout_get_card (b, i);

    g_assert_cmpmem (&x, sizeof x, &y, sizeof y);
  }
}

/* The same structure, the same picture; also after others have driven it out of the cache. */
static void
test_determinism (void)
{
  g_autoptr (BsLayout) first = NULL, second = NULL, third = NULL;
  Case c;

  case_init (&c, BS_FAKE_RNN, 80, 0);
  first = bs_layout_compute (c.graph, &c.options, NULL, NULL);
  second = bs_layout_compute (c.graph, &c.options, NULL, NULL);
  g_assert_true (first == second);
  for (guint i = 0; i < 80; i++) {
    g_autoptr (BsLayout) other = NULL;

    c.sizes[0].width += 1;
    other = bs_layout_compute (c.graph, &c.options, NULL, NULL);
    g_assert_true (other != first);
  }
  c.sizes[0].width -= 80;
  third = bs_layout_compute (c.graph, &c.options, NULL, NULL);
  g_assert_true (third != first);
  assert_same (&c, first, third);
  case_clear (&c);
}

static void
test_proxies (void)
{
  g_autoptr (BsLayout) with = NULL, without = NULL;
  guint seen = 0;
  Case c;

  case_init (&c, BS_FAKE_FAN, 40, 0);
  with = bs_layout_compute (c.graph, &c.options, NULL, NULL);
  /* One use keeps the card itself. */
  g_assert_cmpuint (bs_layout_get_n_proxies (with), ==, bs_graph_get_card (c.graph, 0)->n_out - 1 -
                    (bs_graph_get_edge (c.graph, 0)->to == bs_graph_get_edge (c.graph, 1)->to));
  for (guint i = 0; i < bs_layout_get_n_proxies (with); i++) {
    guint card;

    bs_layout_get_proxy (with, i, &card);
    g_assert_cmpuint (card, ==, 0);
  }
  for (guint i = 0; i < bs_graph_get_n_edges (c.graph); i++)
    seen += bs_layout_get_edge_proxy (with, i) != BS_NO_PROXY;
  g_assert_cmpuint (seen, ==, bs_layout_get_n_proxies (with));
  c.options.proxy_sizes = NULL;
  without = bs_layout_compute (c.graph, &c.options, NULL, NULL);
  g_assert_cmpuint (bs_layout_get_n_proxies (without), ==, 0);
  case_clear (&c);
}

typedef struct { guint n, cancelled; BsLayout *last; } Answers;

static void
on_computed (GObject *source, GAsyncResult *result, gpointer data)
{
  Answers *answers = data;
  g_autoptr (GError) error = NULL;
  BsLayout *layout = bs_layout_compute_finish (result, &error);

  answers->n++;
  if (layout == NULL) {
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    answers->cancelled++;
    return;
  }
  g_clear_pointer (&answers->last, bs_layout_unref);
  answers->last = layout;
}

static void
wait_for (const guint *n, guint wanted)
{
  while (*n < wanted)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_overtaken (void)
{
  Answers mine = { 0 }, others = { 0 };
  Case c;

  case_init (&c, BS_FAKE_NEURONS, 500, 0);
  bs_layout_compute_async (&others, c.graph, &c.options, NULL, on_computed, &others);
  for (guint i = 0; i < 6; i++) {
    c.sizes[0].width += 1;
    bs_layout_compute_async (&mine, c.graph, &c.options, NULL, on_computed, &mine);
  }
  wait_for (&mine.n, 6);
  wait_for (&others.n, 1);
  g_assert_cmpuint (mine.cancelled, ==, 5);
  g_assert_cmpuint (others.cancelled, ==, 0);
  g_assert_cmpfloat (bs_layout_get_card (mine.last, 0).width, ==, c.sizes[0].width);
  bs_layout_unref (mine.last);
  bs_layout_unref (others.last);
  case_clear (&c);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Answers answers = { 0 };
  Case c;

  case_init (&c, BS_FAKE_TREE, 50, 0);
  g_cancellable_cancel (cancellable);
  bs_layout_compute_async (&answers, c.graph, &c.options, cancellable, on_computed, &answers);
  wait_for (&answers.n, 1);
  g_assert_cmpuint (answers.cancelled, ==, 1);
  g_assert_null (bs_layout_compute (c.graph, &c.options, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  case_clear (&c);
}

typedef struct { guint n, final; } Shown;

static void
on_ready (BsLayout *layout, gpointer data)
{
  Shown *shown = data;

  shown->n++;
  shown->final += bs_layout_is_final (layout);
}

static void
test_request (void)
{
  Shown shown = { 0 }, forgotten = { 0 };
  Case c, other;

  /* Many: the quick one stands there before the call returns. */
  case_init (&c, BS_FAKE_NEURONS, 700, 0);
  bs_layout_request (&shown, c.graph, &c.options, on_ready, &shown);
  g_assert_cmpuint (shown.n, ==, 1);
  g_assert_cmpuint (shown.final, ==, 0);
  /* Another graph: of this one the final layout may be known by now. */
  case_init (&other, BS_FAKE_TREE, 700, 0);
  bs_layout_request (&forgotten, other.graph, &other.options, on_ready, &forgotten);
  bs_layout_forget (&forgotten);
  wait_for (&shown.final, 1);
  g_assert_cmpuint (shown.n, ==, 2);
  /* Known: at once. */
  bs_layout_request (&shown, c.graph, &c.options, on_ready, &shown);
  g_assert_cmpuint (shown.n, ==, 3);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (forgotten.final, ==, 0);
  case_clear (&other);
  case_clear (&c);
  /* Few: dot's comes, and nothing before it. */
  case_init (&c, BS_FAKE_RNN, 50, 1);
  shown = (Shown) { 0 };
  bs_layout_request (&shown, c.graph, &c.options, on_ready, &shown);
  wait_for (&shown.final, 1);
  g_assert_cmpuint (shown.n, ==, 1);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint kind = 0; kind < BS_FAKE_N_KINDS; kind++) {
    g_autofree char *path = g_strdup_printf ("/layout/%s", bs_fake_kind_names[kind]);

    g_test_add_data_func (path, GUINT_TO_POINTER (kind), test_kinds);
  }
  g_test_add_func ("/layout/nothing", test_nothing);
  g_test_add_func ("/layout/determinism", test_determinism);
  g_test_add_func ("/layout/proxies", test_proxies);
  g_test_add_func ("/layout/overtaken", test_overtaken);
  g_test_add_func ("/layout/cancelled", test_cancelled);
  g_test_add_func ("/layout/request", test_request);
  return g_test_run ();
}
