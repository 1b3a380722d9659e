/* SPDX-License-Identifier: MIT */

/* make-recording FILE [SIDE]: a synthetic recording, for the tests of the commands.
 * make-recording --seed FILE [SIDE]: the same as a seed for the fuzzer, a payload alone. */

#include "synthetic.h"

#include "recording/wire.h"

#include <stdlib.h>
#include <string.h>

static gboolean
write_seed (const char *path, const BsSynthetic *options, GError **error)
{
  g_autoptr (GByteArray) bytes = bs_synthetic_bytes (options, 1 << 20);
  gsize head = BS_WIRE_HEADER_SIZE + sizeof (BsChunkHeader);

  bytes->data[head - 1] = 0;
  return g_file_set_contents (path, (const char *) bytes->data + head - 1, bytes->len - head + 1, error);
}

int
main (int argc, char **argv)
{
  gboolean seed = argc > 1 && strcmp (argv[1], "--seed") == 0, ok;
  const char *path = argc > 1 + seed ? argv[1 + seed] : NULL;
  BsSynthetic options = { .seed = 11, .n_passes = seed ? 2 : 5, .n_ops = 6, .n_parameters = 2,
                          .side = argc > 2 + seed ? atoi (argv[2 + seed]) : 0 };
  g_autoptr (BsRecording) recording = bs_synthetic_recording (&options);
  g_autoptr (GError) error = NULL;

  ok = path != NULL && (seed ? write_seed (path, &options, &error) : bs_recording_save (recording, path, &error));
  if (!ok)
    g_printerr ("%s\n", error ? error->message : "make-recording [--seed] FILE [SIDE]");
  return !ok;
}
