/* SPDX-License-Identifier: MIT */

/* How big and how quick a recording of about a million events is. */

#include "synthetic.h"

#include "recording/cursor.h"
#include "recording/graph.h"
#include "recording/verify.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct { guint64 bytes; } Sink;

static void
swallow (gpointer user, const guint8 *bytes, gsize n, guint32 n_events)
{
  ((Sink *) user)->bytes += n;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
now (void)
{
  return g_get_monotonic_time () * 1e-6;
}

static void
measure_size (BsRecording *recording)
{
  g_autofree char *path = NULL;
  double n = bs_recording_get_n_events (recording);
  GStatBuf info;
  int fd = g_file_open_tmp ("backstep-XXXXXX", &path, NULL);

  close (fd);
  bs_recording_save (recording, path, NULL);
  g_stat (path, &info);
  g_unlink (path);
  printf ("%.0f events, %u tensors, %u passes: %.1f bytes/event in memory, %.1f on disk\n", n,
          bs_recording_get_n_tensors (recording), bs_recording_get_n_passes (recording),
          bs_recording_get_memory (recording) / n, info.st_size / n);
}

/* What a window asks for when the cursor comes to a step: every card of the pass, names, the line. */
static void
look (BsCursor *cursor, guint n_cards)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 step = bs_cursor_get_step (cursor), pass = bs_recording_find_pass (recording, step);
  guint32 first = 1, n = bs_recording_get_n_tensors (recording);
  BsEvent event;

  while (first < n && bs_recording_get_tensor_step (recording, first) < bs_recording_get_pass (recording, pass)->begin)
    first += MAX ((n - first) / 2, 1);
  for (guint32 t = 1; t <= MIN (n_cards, n); t++) {
    BsTensorState state;
    guint32 tensor = t <= 20 ? t : MIN (first + t, n);

    bs_cursor_get_tensor (cursor, tensor, &state);
    bs_cursor_get_tensor_name (cursor, tensor);
  }
  for (guint i = bs_cursor_get_n_bindings (cursor); i-- > 0;) {
    BsBinding binding;
    bs_cursor_get_binding (cursor, i, &binding);
  }
  bs_cursor_get_event (cursor, &event);
  bs_cursor_get_line_place (cursor);
  bs_cursor_get_output_length (cursor);
  bs_cursor_get_saved_bytes (cursor);
}

static void
measure_seeks (BsRecording *recording)
{
  enum { N = 2000, CARDS = 200 };
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  double times[N];

  for (guint i = 0; i < N; i++) {
    double start = now ();

    bs_cursor_seek (cursor, g_rand_int_range (random, 0, bs_recording_get_n_events (recording)));
    look (cursor, CARDS);
    times[i] = now () - start;
  }
  printf ("seek to a random step and read the state of %d tensors, names, line: first %.0f µs, ", CARDS, times[0] * 1e6);
  qsort (times, N, sizeof *times, compare);
  printf ("median %.0f µs, maximum %.0f µs\n", times[N / 2] * 1e6, times[N - 1] * 1e6);
}

static void
measure_walk (BsRecording *recording)
{
  guint32 n = bs_recording_get_n_events (recording);
  BsVerification v;
  BsEvent event;
  double start = now ();

  for (guint32 step = 0; step < n; step++)
    bs_recording_get_event (recording, step, &event);
  printf ("decode %.0f ns/event; ", (now () - start) / n * 1e9);
  bs_recording_verify (recording, 0, &v);
  printf ("apply %.0f, un-apply %.0f ns/event, %u problems\n", v.apply_ns, v.unapply_ns, v.n_problems);
  g_free (v.first_problem);
}

static void
measure (const char *name, const BsSynthetic *options)
{
  Sink sink = { 0 };
  BsWriter *writer = bs_writer_new (swallow, &sink);
  g_autoptr (BsRecording) recording = NULL;
  g_autoptr (GByteArray) bytes = NULL;
  double start = now (), n;

  printf ("# %s\n", name);
  bs_synthetic_write (writer, options);
  n = bs_writer_get_n_events (writer);
  printf ("write %.0f ns/event (the script's arithmetic included), %.1f bytes/event in the stream\n",
          (now () - start) / n * 1e9, sink.bytes / n);
  bs_writer_free (writer);
  bytes = bs_synthetic_bytes (options, 64 << 10);
  recording = bs_recording_new ();
  start = now ();
  bs_recording_feed (recording, bytes->data, bytes->len, NULL);
  printf ("feed %.0f ns/event\n", (now () - start) / n * 1e9);
  measure_size (recording);
  measure_seeks (recording);
  measure_walk (recording);
  start = now ();
  bs_graph_unref (bs_graph_new (recording, bs_recording_get_n_passes (recording) / 2));
  printf ("graph of one pass %.2f ms\n\n", (now () - start) * 1e3);
}

int
main (void)
{
  measure ("scalars, long passes", &(BsSynthetic) { .seed = 1, .n_passes = 5, .n_ops = 40000, .n_parameters = 600,
                                                    .quiet = TRUE });
  measure ("scalars, short passes", &(BsSynthetic) { .seed = 2, .n_passes = 16000, .n_ops = 6, .n_parameters = 2,
                                                     .quiet = TRUE });
  measure ("matrices", &(BsSynthetic) { .seed = 3, .n_passes = 4000, .n_ops = 20, .n_parameters = 4, .side = 8,
                                        .quiet = TRUE });
  return 0;
}
