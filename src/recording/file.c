/* SPDX-License-Identifier: MIT */

/* Recordings as files: the stream, its chunks gathered to about a megabyte and compressed. */

#include "recording-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define GATHER (1u << 20)
#define READ_SIZE (1u << 20)

static gboolean
io_error (GError **error, const char *path, int code)
{
  g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_IO, "%s: %s", path, g_strerror (code));
  return FALSE;
}

/* --- opening ---------------------------------------------------------------------------------------------------------- */

static gboolean
feed_file (BsRecording *self, int fd, const char *path, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);
  gssize n;

  while ((n = read (fd, buffer, READ_SIZE)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return io_error (error, path, errno);
    if (!bs_recording_feed (self, buffer, n, error))
      return FALSE;
    if (self->finished)
      return TRUE;
  }
  return TRUE;
}

BsRecording *
bs_recording_load (const char *path, char **warning, GError **error)
{
  g_autoptr (BsRecording) self = bs_recording_new ();
  g_autoptr (GError) problem = NULL;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean ok;

  if (warning != NULL)
    *warning = NULL;
  if (fd < 0) {
    io_error (error, path, errno);
    return NULL;
  }
  ok = feed_file (self, fd, path, &problem);
  close (fd);
  if (!self->header_seen || self->n_events == 0) {
    if (problem == NULL)
      g_set_error (&problem, BS_RECORDING_ERROR,
                   self->header_seen ? BS_RECORDING_ERROR_TRUNCATED : BS_RECORDING_ERROR_NOT_A_RECORDING, "%s",
                   self->header_seen ? _("The recording is cut off before its first event.")
                                     : _("This is not a Backstep recording."));
    g_propagate_error (error, g_steal_pointer (&problem));
    return NULL;
  }
  if (!ok || !self->has_end) {
    g_autofree char *words = ok ? g_strdup (_("The recording is cut off.")) : g_strdup (problem->message);

    if (warning != NULL)
      *warning = g_strdup_printf (ngettext ("%s It opens with the %u event that is whole.",
                                            "%s It opens with the %u events that are whole.", self->n_events), words, self->n_events);
    bs_recording_finish (self, BS_END_TRUNCATED, 0, words);
  }
  return g_steal_pointer (&self);
}

gboolean
bs_recording_sniff (const char *path)
{
  guint8 bytes[8];
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  gssize n;

  if (fd < 0)
    return FALSE;
  n = read (fd, bytes, sizeof bytes);
  close (fd);
  return n == sizeof bytes && memcmp (bytes, BS_WIRE_MAGIC, sizeof bytes) == 0;
}

/* --- saving ----------------------------------------------------------------------------------------------------------- */

typedef struct {
  int fd;
  GByteArray *chunk;
  guint32 n_events;
  ZSTD_CCtx *zstd;
  GByteArray *packed;
} Saver;

static gboolean
write_all (int fd, const void *bytes, gsize n)
{
  const guint8 *p = bytes;

  while (n > 0) {
    gssize written = write (fd, p, n);

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return FALSE;
    p += written;
    n -= written;
  }
  return TRUE;
}

static gboolean
save_chunk (Saver *self)
{
  BsChunkHeader header = { .magic = BS_CHUNK_MAGIC, .n_events = self->n_events };
  static const guint8 zeros[8];
  gsize n, least;
  const guint8 *bytes;

  if (self->chunk->len == 0)
    return TRUE;
  g_byte_array_append (self->chunk, zeros, -self->chunk->len & 7);
  g_byte_array_set_size (self->packed, ZSTD_compressBound (self->chunk->len) + 8);
  n = ZSTD_compressCCtx (self->zstd, self->packed->data, self->packed->len, self->chunk->data, self->chunk->len, 6);
  header.raw = self->chunk->len;
  if (ZSTD_isError (n) || n + 8 > self->chunk->len) {
    header.stored = header.packed = header.raw;
    bytes = self->chunk->data;
  } else {
    /* The reader takes no chunk that grows beyond all measure. */
    least = MAX (n, (gsize) header.raw / BS_CHUNK_RATIO);
    header.flags = BS_CHUNK_ZSTD;
    header.packed = n;
    header.stored = (least + 7) & ~(gsize) 7;
    memset (self->packed->data + n, 0, header.stored - n);
    bytes = self->packed->data;
  }
  header.checksum = bs_wire_checksum (&header, bytes, header.stored);
  self->n_events = 0;
  g_byte_array_set_size (self->chunk, 0);
  return write_all (self->fd, &header, sizeof header) && write_all (self->fd, bytes, header.stored);
}

/* Links are the receiver's own; in a file they are zeros. */
static void
clear_links (BsRecording *self, guint32 *record)
{
  guint32 *body = (guint32 *) bs_record_body (record);

  switch (BS_HEAD_KIND (record[0])) {
  case BS_EVENT_CALL:
    body[2] = 0;
    break;
  case BS_EVENT_NAME:
    body[1] = 0;
    if (BS_HEAD_BITS (record[0], 0, 3) == BS_PLAIN_TENSOR)
      body[3] = 0;
    break;
  case BS_EVENT_NODE:
  case BS_EVENT_EDGE:
  case BS_EVENT_ACCUMULATE:
  case BS_EVENT_WRITE: /* those of echoes stay: they are rare */
  case BS_EVENT_GRAD_SET:
  case BS_EVENT_REQUIRES_GRAD:
  case BS_EVENT_RELEASE:
    body[1] = 0;
    break;
  }
}

static gboolean
save_records (BsRecording *self, Saver *saver, const BsChunk *chunk)
{
  static const guint32 pad = BS_DEF_PAD | 1u << 8;
  const guint32 *p = chunk->words, *end = p + chunk->n_bytes / 4;

  /* Blobs hold their data at a multiple of 8 bytes of the chunk, which must not change. */
  if (saver->chunk->len % 8 != 0)
    g_byte_array_append (saver->chunk, (const guint8 *) &pad, sizeof pad);
  for (; p < end; p += bs_record_length (p)) {
    gsize at = saver->chunk->len;

    g_byte_array_append (saver->chunk, (const guint8 *) p, bs_record_length (p) * 4);
    clear_links (self, (guint32 *) (saver->chunk->data + at));
    saver->n_events += BS_HEAD_KIND (p[0]) < BS_DEF_STRING;
  }
  return saver->chunk->len < GATHER || save_chunk (saver);
}

/* The END that the stream itself did not have. */
static void
save_end (BsRecording *self, Saver *saver)
{
  gsize length = strlen (self->end.end.detail), n_words = 4 + length / 4 + 1;
  g_autofree guint32 *words = g_new0 (guint32, n_words);

  words[0] = BS_EVENT_END | BS_HEAD_PUT (self->end.end.how, 0);
  words[1] = n_words;
  words[2] = (guint32) self->end.end.status;
  words[3] = length;
  memcpy (words + 4, self->end.end.detail, length);
  g_byte_array_append (saver->chunk, (const guint8 *) words, n_words * 4);
  saver->n_events++;
}

static gboolean
save_stream (BsRecording *self, int fd)
{
  guint32 header[BS_WIRE_HEADER_SIZE / 4] = { 0, 0, BS_WIRE_VERSION, 0 };
  Saver saver = { fd, g_byte_array_new (), 0, ZSTD_createCCtx (), g_byte_array_new () };
  gboolean ok;

  memcpy (header, BS_WIRE_MAGIC, 8);
  ok = write_all (fd, header, sizeof header);
  for (guint32 i = 0; ok && i < self->chunks.n; i++)
    ok = save_records (self, &saver, &self->chunks.data[i]);
  if (ok && self->has_made_end)
    save_end (self, &saver);
  ok = ok && save_chunk (&saver) && fsync (fd) == 0;
  g_byte_array_unref (saver.chunk);
  g_byte_array_unref (saver.packed);
  ZSTD_freeCCtx (saver.zstd);
  return ok;
}

static mode_t
default_mode (void)
{
  mode_t mask = umask (0);

  umask (mask);
  return 0666 & ~mask;
}

gboolean
bs_recording_save (BsRecording *self, const char *path, GError **error)
{
  g_autofree char *temporary = g_strdup_printf ("%s.XXXXXX", path);
  int fd, code;

  g_return_val_if_fail (BS_IS_RECORDING (self), FALSE);

  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return io_error (error, path, errno);
  if (save_stream (self, fd) && fchmod (fd, default_mode ()) == 0 && close (fd) == 0) {
    if (g_rename (temporary, path) == 0)
      return TRUE;
    code = errno;
  } else {
    code = errno;
    close (fd);
  }
  g_unlink (temporary);
  return io_error (error, path, code);
}
