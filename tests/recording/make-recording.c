/* SPDX-License-Identifier: MIT */

/* make-recording FILE [SIDE]: a synthetic recording, for the tests of the commands. */

#include "synthetic.h"

#include <stdlib.h>

int
main (int argc, char **argv)
{
  BsSynthetic options = { .seed = 11, .n_passes = 5, .n_ops = 6, .n_parameters = 2, .side = argc > 2 ? atoi (argv[2]) : 0 };
  g_autoptr (BsRecording) recording = bs_synthetic_recording (&options);
  g_autoptr (GError) error = NULL;

  if (argc < 2 || !bs_recording_save (recording, argv[1], &error)) {
    g_printerr ("%s\n", error ? error->message : "make-recording FILE [SIDE]");
    return 1;
  }
  return 0;
}
