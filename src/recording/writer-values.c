/* SPDX-License-Identifier: MIT */

/* From a strided tensor to the value of an event. */

#include "writer-private.h"
#include "value-private.h"

#include <math.h>
#include <string.h>

#define MAX_DIMS 64
#define THUMB_SIDE 32u
#define THUMB_ROW 1024u

static void
define_type (BsWriter *self, const BsArray *array)
{
  bs_writer_open (self, BS_DEF_TYPE);
  bs_writer_put (self, array->dtype | array->n_dims << 8);
  for (guint i = 0; i < array->n_dims; i++)
    bs_writer_put64 (self, array->shape[i]);
  bs_writer_close (self);
}

guint32
bs_writer_type (BsWriter *self, const BsArray *array)
{
  guint32 *slot;

  if (array->n_dims == 0 && self->scalar_types[array->dtype & 15] != 0)
    return self->scalar_types[array->dtype & 15];
  slot = bs_intern_slot (&self->types, bs_wire_hash (array->dtype + 16, array->shape, array->n_dims * sizeof (gint64)));
  if (*slot == 0) {
    *slot = self->types.n;
    define_type (self, array);
    if (array->n_dims == 0)
      self->scalar_types[array->dtype & 15] = *slot;
  }
  return *slot;
}

guint32
bs_writer_type_of (BsWriter *self, guint32 tensor)
{
  return tensor > 0 && tensor <= self->n_tensors ? self->tensor_types[tensor] : 0;
}

/* --- walking a strided tensor ------------------------------------------------------------------------------------ */

static gint64
count (const BsArray *array)
{
  gint64 n = 1;

  for (guint i = 0; i < array->n_dims; i++)
    n *= array->shape[i];
  return n;
}

static gboolean
is_contiguous (const BsArray *array)
{
  gint64 expected = 1;

  if (array->strides == NULL)
    return TRUE;
  for (guint i = array->n_dims; i-- > 0;) {
    if (array->shape[i] != 1 && array->strides[i] != expected)
      return FALSE;
    expected *= array->shape[i];
  }
  return TRUE;
}

static gint64
offset_of (const BsArray *array, gint64 index)
{
  gint64 offset = 0;

  if (array->strides == NULL)
    return index;
  for (guint i = array->n_dims; i-- > 0;) {
    offset += index % array->shape[i] * array->strides[i];
    index /= array->shape[i];
  }
  return offset;
}

static void
gather (const BsArray *array, gint64 n, gsize size, guint8 *out)
{
  if (is_contiguous (array)) {
    memcpy (out, array->data, n * size);
    return;
  }
  for (gint64 i = 0; i < n; i++)
    memcpy (out + i * size, (const guint8 *) array->data + offset_of (array, i) * (gint64) size, size);
}

static void
need_scratch (BsWriter *self, gsize n)
{
  if (n <= self->scratch_size)
    return;
  self->scratch = g_realloc (self->scratch, n);
  self->scratch_size = n;
}

/* --- blobs --------------------------------------------------------------------------------------------------------- */

static void
put_blob_data (BsWriter *self, const void *data, gsize n)
{
  gsize n_words = (n + 3) / 4;
  gsize at = self->n - (BS_WIRE_HEADER_SIZE + sizeof (BsChunkHeader)) / 4;

  if (at % 2 != 0)
    bs_writer_put (self, 0);
  if (n_words == 0)
    return;
  bs_writer_reserve (self, n_words);
  self->words[self->n + n_words - 1] = 0;
  memcpy (self->words + self->n, data, n);
  self->n += n_words;
}

static guint32
memo_blob (BsWriter *self, guint64 hash, gboolean *is_new)
{
  BsBlobMemo *memo = &self->blobs[hash % BS_BLOB_CACHE];

  *is_new = memo->hash != hash;
  if (*is_new)
    *memo = (BsBlobMemo) { hash, ++self->n_blobs };
  return memo->id;
}

static guint32
whole_blob (BsWriter *self, guint32 type, const void *data, gsize n)
{
  gboolean is_new;
  guint32 id = memo_blob (self, bs_wire_hash (type, data, n), &is_new);

  if (is_new) {
    bs_writer_open_long (self, BS_DEF_BLOB);
    bs_writer_put (self, type);
    put_blob_data (self, data, n);
    bs_writer_close_long (self);
  }
  return id;
}

typedef struct { double min, max, sum, squares; gint64 n; guint32 n_nan, n_inf; } Statistics;

static void
gather_statistics (const BsArray *array, gint64 n, gsize size, Statistics *out)
{
  gboolean contiguous = is_contiguous (array);

  *out = (Statistics) { .min = INFINITY, .max = -INFINITY };
  for (gint64 i = 0; i < n; i++) {
    gint64 at = contiguous ? i : offset_of (array, i);
    double x = bs_element_get (array->dtype, (const guint8 *) array->data + at * (gint64) size);

    if (isnan (x))
      out->n_nan += out->n_nan < G_MAXUINT32;
    else if (isinf (x))
      out->n_inf += out->n_inf < G_MAXUINT32;
    else {
      out->min = MIN (out->min, x);
      out->max = MAX (out->max, x);
      out->sum += x;
      out->squares += x * x;
      out->n++;
    }
  }
}

static void
put_double (BsWriter *self, double x)
{
  guint64 bits;

  memcpy (&bits, &x, 8);
  bs_writer_put64 (self, bits);
}

static guint32
thumbnail_blob (BsWriter *self, guint32 type, const BsArray *array, gint64 n, gsize size)
{
  gint64 width = array->n_dims > 0 ? array->shape[array->n_dims - 1] : 1, height = n / width;
  guint32 columns = MIN (width, height == 1 ? THUMB_ROW : THUMB_SIDE), rows = MIN (height, THUMB_SIDE);
  Statistics s;
  guint64 hash;
  gboolean is_new;
  guint32 id;

  need_scratch (self, (gsize) rows * columns * size);
  for (guint32 r = 0; r < rows; r++)
    for (guint32 c = 0; c < columns; c++) {
      gint64 index = (height * (2 * r + 1) / (2 * rows)) * width + width * (2 * c + 1) / (2 * columns);
      memcpy (self->scratch + ((gsize) r * columns + c) * size,
              (const guint8 *) array->data + offset_of (array, index) * (gint64) size, size);
    }
  gather_statistics (array, n, size, &s);
  hash = bs_wire_hash (bs_wire_hash (type, &s, sizeof s), self->scratch, (gsize) rows * columns * size);
  id = memo_blob (self, hash, &is_new);
  if (!is_new)
    return id;
  bs_writer_open_long (self, BS_DEF_BLOB | BS_BLOB_THUMBNAIL);
  bs_writer_put (self, type);
  bs_writer_put (self, rows | columns << 16);
  bs_writer_put (self, s.n_nan);
  bs_writer_put (self, s.n_inf);
  put_double (self, s.n ? s.min : NAN);
  put_double (self, s.n ? s.max : NAN);
  put_double (self, s.n ? s.sum / s.n : NAN);
  put_double (self, sqrt (s.squares));
  put_blob_data (self, self->scratch, (gsize) rows * columns * size);
  bs_writer_close_long (self);
  return id;
}

static gboolean
may_keep (BsWriter *self, guint64 bytes)
{
  if (self->n_events < self->kept_from)
    return FALSE;
  for (guint32 i = 0; i < self->n_kept; i++)
    if (self->kept[i] == self->subject && bytes <= MIN (self->kept_budget, BS_CHUNK_MAX / 4)) {
      self->kept_budget -= bytes;
      return TRUE;
    }
  return FALSE;
}

/* --- a value of an event ----------------------------------------------------------------------------------------- */

static void
ready_inline (BsReady *out, const BsArray *value, gint64 n, gsize size, guint32 expected_type)
{
  out->code = out->type == expected_type ? BS_CODE_INLINE : BS_CODE_TYPED;
  out->n_words = (n * size + 3) / 4;
  if (out->n_words > 0)
    out->words[out->n_words - 1] = 0;
  if (n == 1)
    memcpy (out->words, value->data, size);
  else
    gather (value, n, size, (guint8 *) out->words);
}

void
bs_writer_ready (BsWriter *self, BsReady *out, const BsArray *value, guint32 expected_type)
{
  gsize size;
  gint64 n;

  out->n_words = 0;
  if (value == NULL || value == BS_ARRAY_KNOWN) {
    out->code = value == NULL ? BS_CODE_NONE : BS_CODE_SAME;
    return;
  }
  out->type = bs_writer_type (self, value);
  out->code = BS_CODE_DROPPED;
  size = bs_element_size (value->dtype);
  if (value->data == NULL || size == 0 || value->n_dims > MAX_DIMS)
    return;
  n = count (value);
  if (n * (gint64) size <= BS_INLINE_MAX) {
    ready_inline (out, value, n, size, expected_type);
    return;
  }
  out->code = BS_CODE_BLOB;
  if ((guint64) n > self->whole_limit && !may_keep (self, (guint64) n * size))
    out->blob = thumbnail_blob (self, out->type, value, n, size);
  else if (is_contiguous (value))
    out->blob = whole_blob (self, out->type, value->data, n * size);
  else {
    need_scratch (self, n * size);
    gather (value, n, size, self->scratch);
    out->blob = whole_blob (self, out->type, self->scratch, n * size);
  }
}

void
bs_writer_put_ready (BsWriter *self, const BsReady *ready)
{
  if (ready->code == BS_CODE_BLOB)
    bs_writer_put (self, ready->blob);
  else if (ready->code == BS_CODE_TYPED || ready->code == BS_CODE_DROPPED)
    bs_writer_put (self, ready->type);
  for (guint i = 0; i < ready->n_words; i++)
    bs_writer_put (self, ready->words[i]);
}
