/* SPDX-License-Identifier: MIT */

/* bench-layout [MOST]: milliseconds of the processor per kind and size of graph, median of some runs: the placement that stays,
 * the quick one that stands first, and each as a multiple of a chain's of the same size. */

#include "fake-recording.h"

#include "layout/layout.h"

#include <stdlib.h>
#include <time.h>

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

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
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
  static double chain_final, chain_quick; /* a card */
  double dot[RUNS], quick[RUNS];
  gboolean final = FALSE;

  for (guint run = 0; run < runs; run++) {
    g_autofree BsSize *sizes = sizes_for (n_cards, run + n * 1e-4), *small = sizes_for (n_cards, run);
    BsLayoutOptions options = { run % 2, sizes, small };
    double start = now ();
    BsLayout *layout = bs_layout_compute_quick (graph, &options);

    quick[run] = now () - start;
    proxies = bs_layout_get_n_proxies (layout);
    bs_layout_unref (layout);
    start = now ();
    layout = bs_layout_compute (graph, &options, NULL, NULL);
    dot[run] = now () - start;
    final = layout != NULL;
    g_clear_pointer (&layout, bs_layout_unref);
  }
  if (kind == BS_FAKE_CHAIN) {
    chain_final = median (dot, runs) / n_cards;
    chain_quick = median (quick, runs) / n_cards;
  }
  g_print ("%-9s %6u cards %6u proxies %6u edges   final %9.2f ms%s (%4.1f x)   quick %7.2f ms (%4.1f x)\n", bs_fake_kind_names[kind],
           n_cards, proxies, bs_graph_get_n_edges (graph), median (dot, runs), final ? "" : " (failed)",
           median (dot, runs) / n_cards / chain_final, median (quick, runs), median (quick, runs) / n_cards / chain_quick);
}

int
main (int argc, char **argv)
{
  guint most = argc > 1 ? atoi (argv[1]) : 10000;

  static const guint counts[] = { 10, 100, 300, 500, 1000, 3000, 10000 };

  for (guint i = 0; i < G_N_ELEMENTS (counts) && counts[i] <= most; i++)
    for (guint kind = 0; kind < BS_FAKE_N_KINDS; kind++)
      measure (kind, counts[i]);
  return 0;
}
