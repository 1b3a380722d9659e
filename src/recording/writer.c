/* SPDX-License-Identifier: MIT */

#include "writer-private.h"

#include <string.h>

#define HEADER_WORDS ((BS_WIRE_HEADER_SIZE + sizeof (BsChunkHeader)) / 4)
#define TEXT_MAX (16u << 20)

/* --- the table of what was told already ------------------------------------------------------------------------ */

void
bs_intern_clear (BsIntern *self)
{
  g_free (self->keys);
  g_free (self->values);
  memset (self, 0, sizeof *self);
}

static guint32 *
intern_find (BsIntern *self, guint64 key)
{
  guint32 i = (guint32) (key ^ (key >> 29)) & self->mask;

  while (self->keys[i] != 0 && self->keys[i] != key)
    i = (i + 1) & self->mask;
  self->keys[i] = key;
  return &self->values[i];
}

static void
intern_grow (BsIntern *self)
{
  BsIntern old = *self;
  guint32 size = old.mask ? (old.mask + 1) * 2 : 64;

  self->keys = g_new0 (guint64, size);
  self->values = g_new0 (guint32, size);
  self->mask = size - 1;
  for (guint32 i = 0; old.mask != 0 && i <= old.mask; i++)
    if (old.keys[i] != 0)
      *intern_find (self, old.keys[i]) = old.values[i];
  g_free (old.keys);
  g_free (old.values);
}

guint32 *
bs_intern_slot (BsIntern *self, guint64 key)
{
  guint32 *slot;

  if (self->mask == 0 || self->n * 2 > self->mask)
    intern_grow (self);
  slot = intern_find (self, key ? key : 1);
  if (*slot == 0)
    self->n++;
  return slot;
}

/* --- the buffer -------------------------------------------------------------------------------------------------- */

BsWriter *
bs_writer_new (BsWriterSend send, gpointer user)
{
  BsWriter *self = g_new0 (BsWriter, 1);

  self->send = send;
  self->user = user;
  self->chunk_words = (64u << 10) / 4;
  self->whole_limit = 4096;
  self->capacity = self->chunk_words + 4096;
  self->words = g_new (guint32, self->capacity);
  self->n = HEADER_WORDS;
  self->blobs = g_new0 (BsBlobMemo, BS_BLOB_CACHE);
  return self;
}

void
bs_writer_free (BsWriter *self)
{
  if (self == NULL)
    return;
  bs_intern_clear (&self->strings);
  bs_intern_clear (&self->places);
  bs_intern_clear (&self->types);
  bs_intern_clear (&self->ops);
  bs_intern_clear (&self->results);
  g_free (self->words);
  g_free (self->blobs);
  g_free (self->tensor_types);
  g_free (self->frames);
  g_free (self->scratch);
  g_free (self);
}

guint32
bs_writer_get_n_events (const BsWriter *self)
{
  return self->n_events;
}

guint32
bs_writer_get_n_pending (const BsWriter *self)
{
  return self->n_pending;
}

void
bs_writer_set_chunk_size (BsWriter *self, gsize bytes)
{
  self->chunk_words = MIN (bytes, BS_CHUNK_MAX / 2) / 4;
}

void
bs_writer_set_whole_limit (BsWriter *self, guint64 elements)
{
  self->whole_limit = MIN (elements, (guint64) BS_CHUNK_MAX / 64);
}

void
bs_writer_keep_whole (BsWriter *self, guint32 tensor, guint32 step, guint64 budget)
{
  if (self->n_kept < BS_KEPT_MAX)
    self->kept[self->n_kept++] = tensor;
  self->kept_from = step;
  self->kept_budget = budget;
}

void
bs_writer_flush (BsWriter *self)
{
  guint8 *bytes = (guint8 *) self->words;
  BsChunkHeader header = { .magic = BS_CHUNK_MAGIC, .n_events = self->n_pending };
  gsize skip = self->header_sent ? BS_WIRE_HEADER_SIZE : 0;

  if (self->n == HEADER_WORDS)
    return;
  if ((self->n - HEADER_WORDS) % 2 != 0)
    bs_writer_put (self, 0);
  header.stored = header.raw = header.packed = (self->n - HEADER_WORDS) * 4;
  bytes = (guint8 *) self->words;
  header.checksum = bs_wire_checksum (&header, bytes + HEADER_WORDS * 4, header.stored);
  memcpy (bytes, BS_WIRE_MAGIC, 8);
  self->words[2] = BS_WIRE_VERSION;
  self->words[3] = 0;
  memcpy (bytes + BS_WIRE_HEADER_SIZE, &header, sizeof header);
  self->send (self->user, bytes + skip, HEADER_WORDS * 4 - skip + header.stored, self->n_pending);
  self->header_sent = TRUE;
  self->n = HEADER_WORDS;
  self->n_pending = 0;
}

void
bs_writer_reserve (BsWriter *self, gsize n_words)
{
  if (self->n + n_words <= self->capacity)
    return;
  self->capacity = (self->n + n_words) * 2;
  self->words = g_renew (guint32, self->words, self->capacity);
}

/* The byte beyond the text is a NUL, always. */
void
bs_writer_put_text (BsWriter *self, const char *text, gsize length)
{
  gsize n_words = length / 4 + 1;

  bs_writer_put (self, length);
  bs_writer_reserve (self, n_words);
  self->words[self->n + n_words - 1] = 0;
  if (length > 0)
    memcpy (&self->words[self->n], text, length);
  self->n += n_words;
}

void
bs_writer_open (BsWriter *self, guint32 head)
{
  if (self->n >= self->chunk_words)
    bs_writer_flush (self);
  bs_writer_reserve (self, 16);
  self->record = self->n;
  self->words[self->n++] = head;
}

/* With the length word from the start: what is aligned in it stays where it is put. */
void
bs_writer_open_long (BsWriter *self, guint32 head)
{
  bs_writer_open (self, head);
  self->words[self->n++] = 0;
}

void
bs_writer_open_event (BsWriter *self, guint32 head)
{
  bs_writer_open (self, head);
  if (self->place != self->sent_place) {
    self->words[self->record] |= BS_HEAD_PLACE;
    self->words[self->n++] = self->sent_place = self->place;
  }
  if (self->frame != self->sent_frame) {
    self->words[self->record] |= BS_HEAD_FRAME;
    self->words[self->n++] = self->sent_frame = self->frame;
  }
}

void
bs_writer_close (BsWriter *self)
{
  gsize length = self->n - self->record;

  if (length <= 0xff) {
    self->words[self->record] |= length << 8;
    return;
  }
  bs_writer_reserve (self, 1);
  self->n++;
  memmove (&self->words[self->record + 2], &self->words[self->record + 1], (length - 1) * 4);
  self->words[self->record + 1] = length + 1;
}

void
bs_writer_close_long (BsWriter *self)
{
  self->words[self->record + 1] = self->n - self->record;
}

void
bs_writer_close_event (BsWriter *self)
{
  bs_writer_close (self);
  self->n_events++;
  self->n_pending++;
}

/* --- side tables ------------------------------------------------------------------------------------------------- */

/* Whole text valid, NULs allowed? NULL: it is. */
char *
bs_writer_valid (const char *text, gsize *length)
{
  const char *p = text, *end = text + *length, *bad;
  char *mended;

  while (p < end && (g_utf8_validate (p, end - p, &bad) || *bad == '\0'))
    p = bad + 1;
  if (p >= end)
    return NULL;
  mended = g_utf8_make_valid (text, *length);
  *length = strlen (mended);
  return mended;
}

guint32
bs_writer_string (BsWriter *self, const char *text, gssize length)
{
  gsize n;
  guint32 *slot;
  char *mended;

  if (text == NULL)
    return 0;
  n = length < 0 ? strlen (text) : (gsize) length;
  slot = bs_intern_slot (&self->strings, bs_wire_hash (1, text, n));
  if (G_LIKELY (*slot != 0))
    return *slot;
  *slot = self->strings.n;
  n = strnlen (text, MIN (n, TEXT_MAX));
  mended = bs_writer_valid (text, &n);
  bs_writer_open (self, BS_DEF_STRING);
  bs_writer_put_text (self, mended ? mended : text, n);
  bs_writer_close (self);
  g_free (mended);
  return *slot;
}

guint32
bs_writer_file (BsWriter *self, const char *path, const char *source, gssize length)
{
  guint32 name = bs_writer_string (self, path, -1);
  gsize n = source == NULL ? 0 : length < 0 ? strlen (source) : (gsize) length;
  g_autofree char *mended = NULL;

  n = MIN (n, TEXT_MAX);
  mended = bs_writer_valid (source, &n);
  bs_writer_open (self, BS_DEF_FILE);
  bs_writer_put (self, name);
  bs_writer_put_text (self, mended ? mended : source, n);
  bs_writer_close (self);
  return ++self->n_files;
}

guint32
bs_writer_place (BsWriter *self, const BsPlace *place)
{
  guint32 *slot = bs_intern_slot (&self->places, bs_wire_hash (2, place, sizeof *place));

  if (G_LIKELY (*slot != 0))
    return *slot;
  *slot = self->places.n;
  bs_writer_open (self, BS_DEF_PLACE);
  bs_writer_put (self, place->file);
  bs_writer_put (self, place->line);
  bs_writer_put (self, place->end_line);
  bs_writer_put (self, place->column);
  bs_writer_put (self, place->end_column);
  bs_writer_close (self);
  return *slot;
}

guint32
bs_writer_op (BsWriter *self, const char *op, const char *symbol, const char *grad_fn, guint n_attributes,
              const BsAttribute *attributes)
{
  guint32 ids[3 + 2 * 16];
  guint n = MIN (n_attributes, 16), n_ids = 0;
  guint32 *slot;

  ids[n_ids++] = bs_writer_string (self, op ? op : "", -1);
  ids[n_ids++] = bs_writer_string (self, symbol, -1);
  ids[n_ids++] = bs_writer_string (self, grad_fn, -1);
  for (guint i = 0; i < n; i++) {
    ids[n_ids++] = bs_writer_string (self, attributes[i].name ? attributes[i].name : "", -1);
    ids[n_ids++] = bs_writer_string (self, attributes[i].text ? attributes[i].text : "", -1);
  }
  slot = bs_intern_slot (&self->ops, bs_wire_hash (3, ids, n_ids * sizeof *ids));
  if (*slot != 0)
    return *slot;
  *slot = self->ops.n;
  bs_writer_open (self, BS_DEF_OP);
  for (guint i = 0; i < 3; i++)
    bs_writer_put (self, ids[i]);
  bs_writer_put (self, n);
  for (guint i = 3; i < n_ids; i++)
    bs_writer_put (self, ids[i]);
  bs_writer_close (self);
  return *slot;
}

guint32
bs_writer_new_storage (BsWriter *self)
{
  return ++self->n_storages;
}

void
bs_writer_info (BsWriter *self, const char *key, const char *value)
{
  guint32 k = bs_writer_string (self, key, -1), v = bs_writer_string (self, value ? value : "", -1);

  bs_writer_open (self, BS_DEF_INFO);
  bs_writer_put (self, k);
  bs_writer_put (self, v);
  bs_writer_close (self);
}

void
bs_writer_set_place (BsWriter *self, guint32 place)
{
  self->place = place;
}

guint32
bs_writer_get_place (const BsWriter *self)
{
  return self->place;
}

void
bs_writer_set_frame (BsWriter *self, guint32 frame)
{
  g_return_if_fail (frame <= self->n_frames);
  self->frame = frame;
}

guint32
bs_writer_get_frame (const BsWriter *self)
{
  return self->frame;
}
