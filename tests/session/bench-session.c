/* SPDX-License-Identifier: MIT */

/* bench-session SCRIPT: runs it plainly and recorded, several times; medians. */

#include "config.h"

#include <stdlib.h>

#include "session/session.h"

#define N_RUNS 5

static int
compare (const void *a, const void *b)
{
  return *(const double *) a < *(const double *) b ? -1 : *(const double *) a > *(const double *) b;
}

static double
median (double *values)
{
  qsort (values, N_RUNS, sizeof *values, compare);
  return values[N_RUNS / 2];
}

static double
run_plainly (const char *path)
{
  g_autofree char *runner = bs_session_find_runner ();
  const char *argv[] = { runner, "--plain", path, NULL };
  gint64 begin = g_get_monotonic_time ();

  g_setenv ("OPENBLAS_NUM_THREADS", "1", TRUE);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, NULL);
  return (g_get_monotonic_time () - begin) / 1e6;
}

int
main (int argc, char **argv)
{
  double plain[N_RUNS], recorded[N_RUNS], seconds;
  guint32 n_events = 0;
  gsize memory = 0;

  if (argc != 2)
    {
      g_printerr ("bench-session SCRIPT\n");
      return 2;
    }
  for (int i = 0; i < N_RUNS; i++)
    {
      BsSessionOptions options = { .path = argv[1], .event_limit = G_MAXUINT32 };
      g_autoptr (GError) error = NULL;
      g_autoptr (BsRecording) recording = NULL;
      gint64 begin;

      plain[i] = run_plainly (argv[1]);
      begin = g_get_monotonic_time ();
      recording = bs_session_run (&options, NULL, &error);
      recorded[i] = (g_get_monotonic_time () - begin) / 1e6;
      if (recording == NULL)
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
      n_events = bs_recording_get_n_events (recording);
      memory = bs_recording_get_memory (recording);
    }
  seconds = median (recorded);
  g_print ("plain %.1f ms, recorded %.1f ms (%.2f times), %u events, %.0f events/s, %.1f bytes/event\n",
           median (plain) * 1e3, seconds * 1e3, seconds / median (plain), n_events, n_events / seconds,
           (double) memory / n_events);
  return 0;
}
