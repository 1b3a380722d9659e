/* SPDX-License-Identifier: MIT */

/* bench-layout [MOST]: milliseconds per kind and size of graph, median of some runs; dot, the quick placement, and how
 * long it takes until something stands there. */

#include "fake-recording.h"

#include "layout/layout.h"

#include <stdlib.h>

#define RUNS 7

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
median (double *times, guint n)
{
  qsort (times, n, sizeof *times, compare);
  return times[n / 2];
}

static BsSize *
sizes_for (guint n, double salt)
{
  BsSize *sizes = g_new (BsSize, n);

  /* A little different each time, or the cache would answer. */
  for (guint i = 0; i < n; i++)
    sizes[i] = (BsSize) { 170 + i % 3 * 20 + salt * 0.001, 92 };
  return sizes;
}

static void
measure (BsFakeKind kind, guint n)
{
  g_autoptr (BsRecording) recording = bs_fake_graph (kind, n);
  g_autoptr (BsGraph) graph = bs_graph_new (recording, 0);
  guint n_cards = bs_graph_get_n_cards (graph), proxies = 0, runs = n > 2000 ? 3 : RUNS;
  double dot[RUNS], quick[RUNS];
  gboolean final = FALSE;

  for (guint run = 0; run < runs; run++) {
    g_autofree BsSize *sizes = sizes_for (n_cards, run + n * 1e-4), *small = sizes_for (n_cards, run);
    BsLayoutOptions options = { run % 2, sizes, small };
    gint64 start = g_get_monotonic_time ();
    BsLayout *layout = bs_layout_compute_quick (graph, &options);

    quick[run] = (g_get_monotonic_time () - start) / 1000.0;
    proxies = bs_layout_get_n_proxies (layout);
    bs_layout_unref (layout);
    start = g_get_monotonic_time ();
    layout = bs_layout_compute (graph, &options, NULL, NULL);
    dot[run] = (g_get_monotonic_time () - start) / 1000.0;
    final = layout != NULL;
    g_clear_pointer (&layout, bs_layout_unref);
  }
  g_print ("%-9s %6u cards %6u proxies %6u edges   final %9.2f ms%s   quick %7.2f ms\n", bs_fake_kind_names[kind],
           n_cards, proxies, bs_graph_get_n_edges (graph), median (dot, runs), final ? "" : " (failed)",
           median (quick, runs));
}

int
main (int argc, char **argv)
{
  guint most = argc > 1 ? atoi (argv[1]) : 10000;

  for (guint n = 10; n <= most; n *= 10)
    for (guint kind = 0; kind < BS_FAKE_N_KINDS; kind++)
      measure (kind, n);
  return 0;
}
