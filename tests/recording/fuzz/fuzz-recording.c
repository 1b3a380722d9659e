/* SPDX-License-Identifier: MIT */

/* Strangers' bytes. An odd first byte: the rest is a stream as it is. An even one: the rest is the payload of a chunk
 * whose header and checksum are right, so that the fuzzer gets at the records.
 *
 *   clang:  CC=clang meson setup build-fuzz -Db_sanitize=address,undefined -Dfuzz=true; build-fuzz/tests/recording/fuzz-recording
 *   AFL++:  CC=afl-clang-fast, and the program run-corpus reads the files it is given
 *
 * The corpus beside this file is what the fuzzer found worth keeping; the test suite runs it. `make-recording --seed`
 * makes seeds. */

#include "recording/cursor.h"
#include "recording/graph.h"
#include "recording/wire.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize n);

static void
use (BsRecording *recording)
{
  guint32 n = bs_recording_get_n_events (recording);
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);

  for (guint32 step = 0; step < n; step++) {
    BsEvent event;
    bs_recording_get_event (recording, step, &event);
  }
  for (guint32 step = 0; step <= n; step += n / 3 + 1) {
    bs_cursor_seek (cursor, step);
    bs_cursor_hash (cursor);
  }
  for (guint32 pass = 0; pass < bs_recording_get_n_passes (recording); pass++) {
    bs_recording_get_pass (recording, pass);
    bs_graph_unref (bs_graph_new (recording, pass));
  }
  bs_recording_get_n_curves (recording);
  g_assert (n > 0 && bs_recording_get_memory (recording) < (64u << 20));
}

static GByteArray *
wrap (const guint8 *bytes, gsize n)
{
  GByteArray *stream = g_byte_array_new ();
  guint32 version[2] = { BS_WIRE_VERSION, 0 };
  BsChunkHeader header = { .magic = BS_CHUNK_MAGIC, .stored = n & ~7u, .raw = n & ~7u, .packed = n & ~7u };

  header.checksum = bs_wire_checksum (&header, bytes, header.stored);
  g_byte_array_append (stream, (const guint8 *) BS_WIRE_MAGIC, 8);
  g_byte_array_append (stream, (const guint8 *) version, sizeof version);
  g_byte_array_append (stream, (const guint8 *) &header, sizeof header);
  return g_byte_array_append (stream, bytes, header.stored);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize n)
{
  g_autoptr (BsRecording) recording = bs_recording_new ();
  g_autoptr (GByteArray) stream = NULL;

  if (n < 1 || n > 1 << 20)
    return 0;
  if (bytes[0] % 2 == 0) {
    stream = wrap (bytes + 1, n - 1);
    bs_recording_feed (recording, stream->data, stream->len, NULL);
  } else {
    bs_recording_feed (recording, bytes + 1, n - 1, NULL);
  }
  bs_recording_finish (recording, BS_END_TRUNCATED, 0, NULL);
  use (recording);
  return 0;
}

#ifdef BS_FUZZ_DRIVER
static void
run_file (const char *path)
{
  g_autofree char *data = NULL;
  gsize n;

  if (g_file_get_contents (path, &data, &n, NULL))
    LLVMFuzzerTestOneInput ((const guint8 *) data, n);
}

int
main (int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    GDir *directory = g_dir_open (argv[i], 0, NULL);
    const char *name;

    if (directory == NULL)
      run_file (argv[i]);
    while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
      g_autofree char *path = g_build_filename (argv[i], name, NULL);
      run_file (path);
    }
    g_clear_pointer (&directory, g_dir_close);
  }
  return 0;
}
#endif
