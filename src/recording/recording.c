/* SPDX-License-Identifier: MIT */

#include "cursor.h"
#include "recording-private.h"

#include <glib/gi18n.h>
#include <string.h>
#include <zstd.h>

G_DEFINE_QUARK (bs-recording-error-quark, bs_recording_error)
G_DEFINE_FINAL_TYPE (BsRecording, bs_recording, G_TYPE_OBJECT)

enum { GROWN, ENDED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
bs_recording_finalize (GObject *object)
{
  BsRecording *self = BS_RECORDING (object);

  for (guint32 i = 0; i < self->chunks.n; i++)
    g_free (self->chunks.data[i].words);
  for (guint32 i = 0; i < self->files.n; i++)
    g_clear_pointer (&self->files.data[i].lines, g_array_unref);
  for (guint32 i = 0; i < self->types.n; i++)
    g_free (self->types.data[i].shape);
  for (guint32 i = 0; i < self->ops.n; i++)
    g_free (self->ops.data[i].attributes);
  for (guint32 i = 0; i < self->frame_pages.n; i++)
    g_free (self->frame_pages.data[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->scratch); i++)
    g_free (self->scratch[i]);
  bs_vec_clear (&self->chunks);
  bs_vec_clear (&self->blocks);
  bs_vec_clear (&self->strings);
  bs_vec_clear (&self->files);
  bs_vec_clear (&self->places);
  bs_vec_clear (&self->types);
  bs_vec_clear (&self->ops);
  bs_vec_clear (&self->results);
  bs_vec_clear (&self->blobs);
  bs_vec_clear (&self->tensors);
  bs_vec_clear (&self->frame_pages);
  bs_vec_clear (&self->variables);
  bs_vec_clear (&self->lines);
  bs_vec_clear (&self->walks);
  bs_vec_clear (&self->open_walks);
  bs_vec_clear (&self->outputs);
  bs_vec_clear (&self->modes);
  bs_vec_clear (&self->passes);
  g_ptr_array_unref (self->infos);
  g_free (self->variable_slots);
  g_clear_object (&self->details);
  g_hash_table_unref (self->long_tensors);
  g_hash_table_unref (self->long_names);
  g_hash_table_unref (self->long_variables);
  g_hash_table_unref (self->externals);
  g_hash_table_unref (self->structures);
  g_string_free (self->output, TRUE);
  g_byte_array_unref (self->pending);
  g_free (self->end_detail);
  bs_curves_free (self->curves);
  G_OBJECT_CLASS (bs_recording_parent_class)->finalize (object);
}

static void
bs_recording_class_init (BsRecordingClass *class)
{
  G_OBJECT_CLASS (class)->finalize = bs_recording_finalize;
  signals[GROWN] = g_signal_new ("grown", BS_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", BS_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bs_recording_init (BsRecording *self)
{
  static const guint32 nowhere[5], nothing[5];

  self->pending = g_byte_array_new ();
  self->infos = g_ptr_array_new ();
  self->output = g_string_new (NULL);
  self->long_tensors = bs_chains_new ();
  self->long_names = bs_chains_new ();
  self->long_variables = bs_chains_new ();
  self->externals = g_hash_table_new (NULL, NULL);
  self->structures = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->curves = bs_curves_new ();
  bs_vec_push (&self->strings, NULL);
  bs_vec_push (&self->files, (BsFile) { NULL });
  bs_vec_push (&self->places, nowhere);
  bs_vec_push (&self->types, (BsType) { 0 });
  bs_vec_push (&self->ops, (BsOpInfo) { NULL });
  bs_vec_push (&self->results, nothing);
  bs_vec_push (&self->blobs, NULL);
  bs_vec_push (&self->tensors, (BsTensorInfo) { 0 });
  bs_vec_push (&self->frame_pages, g_new0 (BsFrameInfo, 256));
  bs_recording_frame_info (self, 0)->end = BS_NO_STEP;
  bs_vec_push (&self->passes, (BsPassInfo) { .first_tensor = 1 });
}

BsRecording *
bs_recording_new (void)
{
  return g_object_new (BS_TYPE_RECORDING, NULL);
}

void
bs_recording_set_details (BsRecording *self, BsRecording *details)
{
  g_return_if_fail (details != self);

  g_set_object (&self->details, details);
}

BsRecording *
bs_recording_get_details (BsRecording *self)
{
  return self->details;
}

guint32
bs_recording_find_details_from (BsRecording *self, guint32 step)
{
  guint32 pass = self->passes.n > 0 ? bs_recording_find_pass (self, step) : 0;

  return pass > 0 ? self->passes.data[pass - 1].public.begin : 0;
}

/* --- chunks ---------------------------------------------------------------------------------------------------------- */

/* The last chunk gets a jump to the new one, so that records can be walked across. */
static void
link_chunk (BsRecording *self, const guint32 *words)
{
  if (self->jump == NULL)
    return;
  self->jump[0] = BS_JUMP | 4u << 8;
  self->jump[1] = 0;
  memcpy (self->jump + 2, &words, sizeof words);
}

static gboolean
store_chunk (BsRecording *self, guint32 *words, gsize n_bytes, GError **error)
{
  guint32 *p = words, *end = words + n_bytes / 4;
  gboolean ok = TRUE;

  bs_vec_push (&self->chunks, (BsChunk) { words, n_bytes });
  self->chunk_bytes += n_bytes + 16;
  link_chunk (self, words);
  while (ok && p < end && p[0] != 0) {
    ok = bs_recording_store (self, p, end, error);
    if (ok)
      p += bs_record_length (p);
  }
  self->jump = p;
  self->chunks.data[self->chunks.n - 1].n_bytes = (guint8 *) p - (guint8 *) words;
  if (ok && (gsize) (end - p) > 1) {
    g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_DAMAGED, _("The recording is damaged: %s."),
                 _("a record is cut off"));
    return FALSE;
  }
  return ok;
}

static gboolean
check_chunk (const BsChunkHeader *h, GError **error)
{
  gboolean ok = h->magic == BS_CHUNK_MAGIC && h->flags <= BS_CHUNK_ZSTD && h->stored % 8 == 0 && h->raw % 8 == 0 &&
                h->stored <= BS_CHUNK_MAX && h->raw <= BS_CHUNK_MAX && h->packed <= h->stored &&
                h->stored - h->packed < BS_CHUNK_MAX && h->raw / BS_CHUNK_RATIO <= h->stored &&
                (h->flags == BS_CHUNK_ZSTD || (h->raw == h->stored && h->packed == h->stored));

  if (!ok)
    g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_DAMAGED, _("The recording is damaged: %s."),
                 _("a chunk does not begin as one does"));
  return ok;
}

static gboolean
unpack_chunk (BsRecording *self, const BsChunkHeader *header, const guint8 *stored, GError **error)
{
  guint32 *words;

  if (bs_wire_checksum (header, stored, header->stored) != header->checksum) {
    g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_DAMAGED, _("The recording is damaged: %s."),
                 _("a checksum does not match"));
    return FALSE;
  }
  words = g_malloc (header->raw + 16);
  memset ((guint8 *) words + header->raw, 0, 16);
  if (header->flags != BS_CHUNK_ZSTD) {
    memcpy (words, stored, header->raw);
  } else if (ZSTD_decompress (words, header->raw, stored, header->packed) != header->raw) {
    g_free (words);
    g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_DAMAGED, _("The recording is damaged: %s."),
                 _("a chunk cannot be decompressed"));
    return FALSE;
  }
  return store_chunk (self, words, header->raw, error);
}

static gboolean
check_header (BsRecording *self, const guint8 *bytes, GError **error)
{
  guint32 version;

  if (memcmp (bytes, BS_WIRE_MAGIC, 8) != 0) {
    g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_NOT_A_RECORDING, _("This is not a Backstep recording."));
    return FALSE;
  }
  memcpy (&version, bytes + 8, 4);
  if (version != BS_WIRE_VERSION) {
    g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_NEWER,
                 _("This recording was written by a newer version of Backstep (format %u; this version reads up to "
                   "format %u)."), version, BS_WIRE_VERSION);
    return FALSE;
  }
  self->header_seen = TRUE;
  return TRUE;
}

/* Takes what is whole from @bytes; *used says how much. */
static gboolean
take (BsRecording *self, const guint8 *bytes, gsize n, gsize *used, GError **error)
{
  BsChunkHeader header;
  gsize at = 0;

  if (!self->header_seen) {
    if (n >= 8 && memcmp (bytes, BS_WIRE_MAGIC, 8) != 0)
      return check_header (self, bytes, error);
    if (n < BS_WIRE_HEADER_SIZE)
      return TRUE;
    if (!check_header (self, bytes, error))
      return FALSE;
    at = BS_WIRE_HEADER_SIZE;
  }
  for (*used = at; n - at >= sizeof header; *used = at) {
    memcpy (&header, bytes + at, sizeof header);
    if (!check_chunk (&header, error))
      return FALSE;
    if (n - at - sizeof header < header.stored)
      return TRUE;
    if (!unpack_chunk (self, &header, bytes + at + sizeof header, error))
      return FALSE;
    at += sizeof header + header.stored;
  }
  return TRUE;
}

gboolean
bs_recording_feed (BsRecording *self, const guint8 *bytes, gsize n, GError **error)
{
  guint32 before = self->n_events;
  gsize used = 0;
  gboolean ok;

  g_return_val_if_fail (BS_IS_RECORDING (self), FALSE);

  if (self->refused || self->finished) {
    g_set_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_DAMAGED, _("The recording has ended already."));
    return FALSE;
  }
  if (self->pending->len > 0) {
    g_byte_array_append (self->pending, bytes, n);
    ok = take (self, self->pending->data, self->pending->len, &used, error);
    g_byte_array_remove_range (self->pending, 0, used);
  } else {
    ok = take (self, bytes, n, &used, error);
    g_byte_array_append (self->pending, bytes + used, n - used);
  }
  self->refused = !ok;
  if (self->n_events > before)
    g_signal_emit (self, signals[GROWN], 0);
  if (!ok || self->has_end)
    bs_recording_finish (self, BS_END_TRUNCATED, 0, ok || error == NULL || *error == NULL ? NULL : (*error)->message);
  return ok;
}

void
bs_recording_finish (BsRecording *self, BsEndKind how, int status, const char *detail)
{
  g_return_if_fail (BS_IS_RECORDING (self));

  if (self->finished)
    return;
  self->finished = TRUE;
  if (!self->has_end) {
    self->end_detail = g_strdup (detail ? detail : "");
    self->end = (BsEvent) { .kind = BS_EVENT_END, .step = self->n_events, .place = self->now.place,
                            .frame = self->now.frame, .end = { how, status, self->end_detail } };
    self->has_made_end = TRUE;
  }
  g_byte_array_set_size (self->pending, 0);
  bs_passes_finish (self);
  g_signal_emit (self, signals[GROWN], 0);
  g_signal_emit (self, signals[ENDED], 0);
}

gboolean
bs_recording_is_finished (BsRecording *self)
{
  return self->finished;
}

/* --- the log and its tables ------------------------------------------------------------------------------------------- */

guint32
bs_recording_get_n_events (BsRecording *self)
{
  return self->n_events + self->has_made_end;
}

gsize
bs_recording_get_memory (BsRecording *self)
{
  gsize sum = sizeof *self + self->chunk_bytes + self->pending->len + self->output->allocated_len;

  sum += bs_vec_bytes (&self->chunks) + bs_vec_bytes (&self->blocks) + bs_vec_bytes (&self->strings);
  sum += bs_vec_bytes (&self->files) + bs_vec_bytes (&self->places) + bs_vec_bytes (&self->types);
  sum += bs_vec_bytes (&self->ops) + bs_vec_bytes (&self->results) + bs_vec_bytes (&self->blobs);
  sum += bs_vec_bytes (&self->tensors) + bs_vec_bytes (&self->variables) + bs_vec_bytes (&self->lines);
  sum += bs_vec_bytes (&self->walks) + bs_vec_bytes (&self->outputs) + bs_vec_bytes (&self->modes);
  sum += bs_vec_bytes (&self->passes) + self->frame_pages.n * 256 * sizeof (BsFrameInfo);
  sum += self->n_slots * sizeof *self->variable_slots + bs_chains_get_memory (self->long_tensors);
  sum += bs_chains_get_memory (self->long_names) + bs_chains_get_memory (self->long_variables);
  return sum + bs_curves_get_memory (self->curves);
}

const char *
bs_recording_get_info (BsRecording *self, const char *key)
{
  for (guint i = 0; i + 1 < self->infos->len; i += 2)
    if (strcmp (self->infos->pdata[i], key) == 0)
      return self->infos->pdata[i + 1];
  return NULL;
}

const BsPlace *
bs_recording_get_place (BsRecording *self, guint32 place)
{
  g_return_val_if_fail (place < self->places.n, NULL);

  return (const BsPlace *) self->places.data[place];
}

guint32
bs_recording_get_n_files (BsRecording *self)
{
  return self->files.n - 1;
}

const char *
bs_recording_get_file_path (BsRecording *self, guint32 file)
{
  return file > 0 && file < self->files.n ? self->files.data[file].path : NULL;
}

const char *
bs_recording_get_file_source (BsRecording *self, guint32 file, gsize *length)
{
  if (length != NULL)
    *length = 0;
  if (file == 0 || file >= self->files.n)
    return NULL;
  if (length != NULL)
    *length = self->files.data[file].text[0];
  return (const char *) (self->files.data[file].text + 1);
}

static GArray *
find_lines (const char *source, gsize length)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (gsize));

  for (gsize at = 0, next; at < length; at = next) {
    const char *end = memchr (source + at, '\n', length - at);

    g_array_append_val (lines, at);
    next = end ? (gsize) (end - source) + 1 : length;
  }
  return lines;
}

const char *
bs_recording_find_line (BsRecording *self, guint32 file, guint32 line, gsize *length)
{
  gsize total, start, end;
  const char *source = bs_recording_get_file_source (self, file, &total);
  GArray *lines;

  if (source == NULL || line == 0)
    return NULL;
  if (self->files.data[file].lines == NULL)
    self->files.data[file].lines = find_lines (source, total);
  lines = self->files.data[file].lines;
  if (line > lines->len)
    return NULL;
  start = g_array_index (lines, gsize, line - 1);
  end = line < lines->len ? g_array_index (lines, gsize, line) - 1 : total - (source[total - 1] == '\n');
  *length = end - start;
  return source + start;
}

const BsFrame *
bs_recording_get_frame (BsRecording *self, guint32 frame)
{
  g_return_val_if_fail (frame <= self->n_frames, NULL);

  return &bs_recording_frame_info (self, frame)->public;
}

guint32
bs_recording_get_n_tensors (BsRecording *self)
{
  return self->tensors.n - 1;
}

guint32
bs_recording_get_tensor_step (BsRecording *self, guint32 tensor)
{
  g_return_val_if_fail (tensor > 0 && tensor < self->tensors.n, BS_NO_STEP);

  return self->tensors.data[tensor].first;
}

const char *
bs_recording_get_output (BsRecording *self, gsize *length)
{
  if (length != NULL)
    *length = self->output->len;
  return self->output->str;
}

/* --- strides ------------------------------------------------------------------------------------------------------------ */

static guint32
stride_line (BsRecording *self, guint32 step, int direction)
{
  guint32 low = 0, high = self->lines.n, at = direction > 0 ? step : MAX (step, 1) - 1;

  /* lines[low - 1] < at <= lines[low]; a LINE has happened at its step + 1. */
  while (low < high) {
    guint32 middle = low + (high - low) / 2;

    if (self->lines.data[middle] < at)
      low = middle + 1;
    else
      high = middle;
  }
  if (direction > 0)
    return low < self->lines.n ? self->lines.data[low] + 1 : bs_recording_get_n_events (self);
  return low > 0 ? self->lines.data[low - 1] + 1 : 0;
}

/* The stop nearest to @step on the side of @direction, among the phases' (or only the passes') bounds around it. */
static guint32
stride_pass (BsRecording *self, guint32 step, int direction, gboolean phases)
{
  guint32 at = bs_recording_find_pass (self, step), n = bs_recording_get_n_events (self);
  guint32 best = direction > 0 ? n : 0;

  for (guint32 i = MAX (at, 1) - 1; i <= at + 1 && i < bs_recording_get_n_passes (self); i++) {
    const BsPass *pass = bs_recording_get_pass (self, i);
    guint32 stops[4] = { pass->begin, pass->end, pass->backward, pass->update };

    for (guint k = 0; k < (phases ? 4 : 2); k++)
      if (direction > 0 ? stops[k] > step && stops[k] < best : stops[k] < step && stops[k] > best)
        best = stops[k];
  }
  return best;
}

/* Is @frame the frame @of or one that called it? */
static gboolean
is_at_or_above (BsRecording *self, guint32 frame, guint32 of)
{
  while (of > frame)
    of = bs_recording_frame_info (self, of)->public.parent;
  return of == frame;
}

/* The next line that is not inside a function called from here; @out: only of a caller. Frames are numbered in the
 * order in which they are entered, so that a caller's number is smaller. */
static guint32
stride_frame (BsRecording *self, guint32 step, int direction, gboolean out)
{
  guint32 frame = bs_state_frame (self, step), to = step;
  BsWhere where;

  for (;;) {
    guint32 next = stride_line (self, to, direction);

    if (next == to || next == 0 || next > self->n_events)
      return next;
    to = next;
    bs_recording_locate (self, to - 1, &where);
    if (BS_HEAD_KIND (where.record[0]) != BS_EVENT_LINE || (is_at_or_above (self, where.frame, frame) &&
                                                            !(out && frame != 0 && where.frame == frame)))
      return to;
  }
}

guint32
bs_recording_stride (BsRecording *self, guint32 step, BsStride stride, int direction)
{
  guint32 n = bs_recording_get_n_events (self), to;

  step = MIN (step, n);
  if (direction > 0 ? step == n : step == 0)
    return step;
  switch (stride) {
  case BS_STRIDE_EVENT: to = step + (direction > 0 ? 1 : -1); break;
  case BS_STRIDE_LINE: to = stride_line (self, step, direction); break;
  case BS_STRIDE_PHASE: to = stride_pass (self, step, direction, TRUE); break;
  case BS_STRIDE_PASS: to = stride_pass (self, step, direction, FALSE); break;
  case BS_STRIDE_OVER:
  case BS_STRIDE_OUT: to = stride_frame (self, step, direction, stride == BS_STRIDE_OUT); break;
  default: to = direction > 0 ? n : 0;
  }
  return to;
}
