/* SPDX-License-Identifier: MIT */

#pragma once

#include "wire.h"
#include "writer.h"

G_BEGIN_DECLS

/* Content hash to id. 64 bits of hash stand for the content: what is interned are labels, places and types, and a
 * collision is less likely than a broken disk. */
typedef struct { guint64 *keys; guint32 *values; guint32 n, mask; } BsIntern;

#define BS_BLOB_CACHE 4096u
typedef struct { guint64 hash; guint32 id; } BsBlobMemo;

#define BS_KEPT_MAX 64u

struct _BsWriter {
  BsWriterSend send;
  gpointer user;
  guint32 *words;      /* room for the stream's and the chunk's header first */
  gsize n, capacity;   /* words */
  gsize record;        /* where the open record starts */
  gsize chunk_words;
  gboolean header_sent;

  BsIntern strings, places, types, ops, results;
  BsBlobMemo *blobs;
  guint32 n_files, n_blobs, n_storages, storages_used, n_tensors, n_frames;
  guint32 scalar_types[16];
  struct { guint32 fields[5], id; } result_memo[64]; /* by operation: the same few come again and again */
  guint32 *tensor_types; /* by id */
  guint32 tensors_allocated;
  guint32 *frames;       /* parent by id */
  guint32 frames_allocated;
  guint8 *scratch;
  gsize scratch_size;

  guint32 place, frame, sent_place, sent_frame;
  guint32 node;
  guint32 n_events, n_pending;
  guint64 whole_limit;
  guint32 subject;       /* the tensor whose value is made ready */
  guint32 kept[BS_KEPT_MAX], n_kept, kept_from;
  guint64 kept_budget;
};

/* A value ready to be put into a record; what it refers to is already defined. */
typedef struct {
  guint8 code;
  guint32 type, blob;
  guint32 n_words;
  guint32 words[BS_INLINE_MAX / 4];
} BsReady;

void bs_intern_clear (BsIntern *self);
guint32 *bs_intern_slot (BsIntern *self, guint64 key); /* 0 in it: new, fill it before the next call */

/* Opens a record; put its words, then close it. */
void bs_writer_open (BsWriter *self, guint32 head);
void bs_writer_open_event (BsWriter *self, guint32 head);
void bs_writer_reserve (BsWriter *self, gsize n_words);

static inline void
bs_writer_put (BsWriter *self, guint32 word)
{
  if (G_UNLIKELY (self->n == self->capacity))
    bs_writer_reserve (self, 1);
  self->words[self->n++] = word;
}

static inline void
bs_writer_put64 (BsWriter *self, guint64 word)
{
  bs_writer_put (self, (guint32) word);
  bs_writer_put (self, (guint32) (word >> 32));
}

void bs_writer_put_text (BsWriter *self, const char *text, gsize length);
void bs_writer_close (BsWriter *self);
void bs_writer_open_long (BsWriter *self, guint32 head);
void bs_writer_close_long (BsWriter *self);
void bs_writer_close_event (BsWriter *self);

guint32 bs_writer_type_of (BsWriter *self, guint32 tensor);
void bs_writer_ready (BsWriter *self, BsReady *out, const BsArray *value, guint32 expected_type);
void bs_writer_put_ready (BsWriter *self, const BsReady *ready);
guint32 bs_writer_type (BsWriter *self, const BsArray *array);
char *bs_writer_valid (const char *text, gsize *length); /* NULL: it was valid; else a mended copy */

G_END_DECLS
