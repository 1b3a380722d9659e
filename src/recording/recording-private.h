/* SPDX-License-Identifier: MIT */

/* Inside of a recording. The chunks stay in memory as they came, and every event is found again in them:
 *
 *   blocks    for every 32nd event: where its record is, and what the records before it imply (place, frame, ...).
 *             An event is found by walking at most 31 records from there.
 *   tensors   for each tensor: its TENSOR event and the last event that touched it. Each such event holds, in its
 *             link word, the step + 1 of the one before it: the *chain* of the tensor. So the state of a tensor at
 *             any step is found from its own events alone, in a time that does not depend on the distance.
 *   chains    where a chain is long (a parameter over thousands of passes), the steps of its events of each kind as
 *             sorted arrays.
 *
 * An event costs its record (8 to 28 bytes in a scalar program), 1.25 bytes of its block, and 20 bytes if it makes a
 * tensor. */

#pragma once

#include "recording.h"
#include "value-private.h"
#include "wire.h"

G_BEGIN_DECLS

#define BS_BLOCK 32u
#define BS_LONG_CHAIN 64u
#define BS_MANY_VARIABLES 17u /* from so many on, those of a frame are hashed */
#define BS_NO_STEP G_MAXUINT32
#define BS_FAR 0xffffu
#define BS_JUMP 0xffu /* kind of the record that leads from the end of a chunk to the next one */

#define BS_VEC(type) struct { type *data; guint32 n, allocated; }
#define bs_vec_push(vec, ...)                                                                                           \
  do {                                                                                                                  \
    if (G_UNLIKELY ((vec)->n == (vec)->allocated)) {                                                                    \
      (vec)->allocated += (vec)->allocated / 8 + 16;                                                                    \
      (vec)->data = g_realloc_n ((vec)->data, (vec)->allocated, sizeof *(vec)->data);                                   \
    }                                                                                                                   \
    (vec)->data[(vec)->n++] = (__VA_ARGS__);                                                                            \
  } while (0)
#define bs_vec_clear(vec) g_free ((vec)->data)
#define bs_vec_bytes(vec) ((gsize) (vec)->allocated * sizeof *(vec)->data)

typedef struct {
  const guint32 *record;
  guint32 place, frame, node, n_tensors, n_storages;
  guint64 saved_bytes;
} BsBlock;

typedef struct {
  guint8 dtype, n_dims;
  gint64 numel;
  gint64 *shape;
} BsType;

typedef struct {
  const char *name, *symbol, *grad_fn;
  guint32 n_attributes;
  BsAttribute *attributes;
} BsOpInfo;

typedef struct {
  guint32 first;     /* its TENSOR event */
  guint32 last;      /* of its chain */
  guint32 last_name; /* + 1 */
  guint32 result;    /* of its TENSOR event */
  guint8 n_chain, n_names : 7; /* lengths, up to BS_LONG_CHAIN */
  guint8 freed : 1;  /* a walk let go what its node had saved */
  guint16 offset;    /* words from the first record of the block to the TENSOR event's; BS_FAR: too many */
} BsTensorInfo;

typedef struct {
  BsFrame public;
  guint32 begin, end; /* its CALL and RETURN; end BS_NO_STEP: still running */
  guint32 line;       /* + 1: the last LINE event in it */
  guint32 last_variable, n_variables;
} BsFrameInfo;

typedef struct {
  guint32 frame, name; /* string */
  guint32 last;        /* of its chain, + 1 */
  guint32 next;        /* the variable before it in the frame, + 1 */
  guint32 n_chain;
} BsVariable;

typedef struct { guint32 begin, end, root; } BsWalk; /* end: after BACKWARD_END; BS_NO_STEP while it runs */
typedef struct { const char *path; const guint32 *text; GArray *lines; } BsFile; /* @lines: offsets, when asked for */
typedef struct { guint32 step; gsize end; } BsOutputMark;
typedef struct { guint32 step; guint8 after; } BsModeMark;

typedef struct {
  BsPass public;
  guint64 fingerprint; /* equal for passes whose graphs are certainly equal; structure is computed once for each */
  guint32 first_tensor;
  gboolean had_backward, closed, has_structure;
} BsPassInfo;

typedef struct _BsCurves BsCurves;

typedef struct {
  guint32 *words;
  gsize n_bytes;
} BsChunk;

struct _BsRecording {
  GObject parent_instance;

  /* the stream */
  GByteArray *pending;
  gboolean header_seen, refused, finished;
  BS_VEC (BsChunk) chunks;
  gsize chunk_bytes;
  guint32 *jump; /* room for the jump at the end of the last chunk */

  /* the log */
  BS_VEC (BsBlock) blocks;
  guint32 n_events;
  BsBlock now; /* what the next event starts from */
  const guint32 *storing; /* the record of event n_events while it is entered */
  BsEvent end; /* the END that finish() made up */
  char *end_detail;
  gboolean has_made_end, has_end;
  BsRecording *details;

  /* side tables; index 0 is "none" */
  BS_VEC (const char *) strings;
  BS_VEC (BsFile) files;
  BS_VEC (const guint32 *) places; /* the words of a BsPlace */
  BS_VEC (BsType) types;
  BS_VEC (BsOpInfo) ops;
  BS_VEC (const guint32 *) results; /* body of the definition */
  BS_VEC (const guint32 *) blobs;   /* whole record */
  GPtrArray *infos;                 /* key, value, key, value */

  /* indexes */
  BS_VEC (BsTensorInfo) tensors;
  BS_VEC (BsFrameInfo *) frame_pages;
  guint32 n_frames;
  BS_VEC (BsVariable) variables;
  guint32 *variable_slots; /* of frames with many: open addressing, index of a variable + 1 */
  guint32 n_slots, n_slots_used;
  BS_VEC (guint32) lines;
  BS_VEC (BsWalk) walks;
  BS_VEC (guint32) open_walks;
  BS_VEC (BsOutputMark) outputs;
  BS_VEC (BsModeMark) modes;
  GString *output;
  GHashTable *long_tensors, *long_names, *long_variables; /* id -> the arrays of chain.c */

  /* passes and curves */
  BS_VEC (BsPassInfo) passes;
  GHashTable *externals; /* of the pass: tensor -> number */
  GHashTable *structures; /* fingerprint -> structure */
  guint32 walk_end; /* + 1: the last BACKWARD_END of the pass */
  BsCurves *curves;

  /* lists handed out by get_event() */
  gpointer scratch[256];
  guint scratch_at;
};

/* --- records ----------------------------------------------------------------------------------------------------- */

static inline guint32
bs_record_length (const guint32 *record)
{
  return BS_HEAD_LENGTH (record[0]) ? BS_HEAD_LENGTH (record[0]) : record[1];
}

static inline const guint32 *
bs_record_body (const guint32 *record)
{
  return record + 1 + (BS_HEAD_LENGTH (record[0]) == 0) + ((record[0] & BS_HEAD_PLACE) != 0) +
         ((record[0] & BS_HEAD_FRAME) != 0);
}

static inline gint64 bs_word64 (const guint32 *p) { return (gint64) (p[0] | (guint64) p[1] << 32); }

typedef struct {
  const guint32 *record;
  guint32 place, frame, node; /* of the event itself */
  guint32 n_tensors, n_storages; /* before it */
} BsWhere;

void bs_recording_locate (BsRecording *self, guint32 step, BsWhere *where);
const guint32 *bs_recording_record (BsRecording *self, guint32 step);
const guint32 *bs_recording_tensor_record (BsRecording *self, guint32 tensor); /* its TENSOR event */
BsFrameInfo *bs_recording_frame_info (BsRecording *self, guint32 frame);
const guint32 *bs_recording_result_of (BsRecording *self, guint32 tensor); /* body of its RESULT */
guint32 bs_recording_flags_of (BsRecording *self, guint32 tensor);
/* The line of a source without its end; NULL: there is none. */
const char *bs_recording_find_line (BsRecording *self, guint32 file, guint32 line, gsize *length);
const char *bs_recording_string (BsRecording *self, guint32 id);

/* Reads words and never beyond the record. */
typedef struct { const guint32 *p, *end; gboolean bad; } BsReader;
guint32 bs_reader_word (BsReader *self);
const char *bs_reader_text (BsReader *self, gsize *length);
/* FALSE: malformed. SAME and NONE give an empty value; the code tells. */
gboolean bs_reader_value (BsReader *self, BsRecording *recording, guint code, guint32 type, BsValue *out);
gboolean bs_reader_operand (BsReader *self, BsOperand *out);
/* Of a TENSOR event: its operands, as many as its result says. */
BsReader bs_record_operands (const guint32 *record);
guint32 bs_recording_type_of (BsRecording *self, guint32 tensor);
void bs_recording_empty_value (BsRecording *self, guint32 type, BsValue *out);

/* store.c: the record is checked, then entered into the tables. FALSE: malformed, and nothing was entered. */
gboolean bs_recording_store (BsRecording *self, guint32 *record, const guint32 *end, GError **error);

/* Only what the event made of its tensor, without looking back at what was before it. */
void bs_recording_decode_write_after (BsRecording *self, guint32 step, BsEvent *out);
gboolean bs_recording_decode_grad_after (BsRecording *self, guint32 step, BsValue *out); /* FALSE: None */
gboolean bs_recording_decode_flow (BsRecording *self, guint32 step, guint32 tensor, BsValue *out);

/* --- chains ------------------------------------------------------------------------------------------------------ */

typedef enum {
  BS_CHAIN_WRITE,
  BS_CHAIN_GRAD,  /* ACCUMULATE, GRAD_SET: what .grad is */
  BS_CHAIN_ACCUMULATE,
  BS_CHAIN_CLEAR, /* GRAD_SET to None or to zeros */
  BS_CHAIN_FLOW,  /* EDGE to it, NODE of it */
  BS_CHAIN_REQUIRES_GRAD,
  BS_CHAIN_RELEASE,
  BS_CHAIN_NAME,     /* NAME events that bind the tensor */
  BS_CHAIN_VARIABLE, /* key: a variable, not a tensor */
  BS_N_CHAIN_KINDS,
} BsChainKind;

/* The event being stored joins the chain: a tensor's (any kind below NAME), NAME or VARIABLE. */
void bs_chain_join (BsRecording *self, BsChainKind kind, guint32 key, guint32 *link);
GHashTable *bs_chains_new (void);
gsize bs_chains_get_memory (GHashTable *chains);
/* The last event of the chain before @limit; BS_NO_STEP: none. */
guint32 bs_chain_last (BsRecording *self, BsChainKind kind, guint32 key, guint32 limit);
/* The same for each kind of a tensor's chain, in one walk. */
void bs_chain_last_of_each (BsRecording *self, guint32 tensor, guint32 limit, guint32 steps[BS_CHAIN_NAME]);
guint32 bs_chain_next (BsRecording *self, BsChainKind kind, guint32 key, guint32 from); /* the first at or after @from */
guint bs_chain_count (BsRecording *self, BsChainKind kind, guint32 key, guint32 from, guint32 to);
/* Which link of the record belongs to the chain. */
guint32 *bs_chain_link (BsRecording *self, const guint32 *record, BsChainKind kind, guint32 key);

/* --- state at a step ---------------------------------------------------------------------------------------------- */

void bs_state_value (BsRecording *self, guint32 tensor, guint32 step, BsValue *out);
/* FALSE: .grad is None. */
gboolean bs_state_grad (BsRecording *self, guint32 tensor, guint32 step, BsValue *out);
/* What has flowed to it by now: FALSE when nothing. @whole: its node is about to run or has. */
/* With the last WRITE or flow found already. */
void bs_state_value_at (BsRecording *self, guint32 tensor, guint32 write, BsValue *out, guint32 *version);
gboolean bs_state_flow_at (BsRecording *self, guint32 tensor, guint32 flow, guint32 step, BsValue *out, gboolean *whole);
gboolean bs_state_flow (BsRecording *self, guint32 tensor, guint32 step, BsValue *out, gboolean *whole, guint32 *when);
guint32 bs_state_count_walks (BsRecording *self, guint32 step);
guint32 bs_state_frame (BsRecording *self, guint32 step);
guint32 bs_state_version (BsRecording *self, guint32 tensor, guint32 step);
gboolean bs_state_in_walk_of (BsRecording *self, guint32 event, guint32 step);
gboolean bs_state_requires_grad (BsRecording *self, guint32 tensor, guint32 step);
gboolean bs_state_in_walk (BsRecording *self, guint32 step);
void bs_state_plain (BsRecording *self, guint32 variable, guint32 step, BsPlain *out);
gboolean bs_state_frame_lives (BsRecording *self, guint32 frame, guint32 step);
const char *bs_state_name (BsRecording *self, guint32 tensor, guint32 step);
/* For a picture of events up to @end: valid then, else first bound after. */
const char *bs_state_best_name (BsRecording *self, guint32 tensor, guint32 end);
/* By how much the event changes what graphs hold. */
gint64 bs_state_saved_delta (BsRecording *self, const guint32 *record, guint32 step, guint32 id);
guint64 bs_state_saved_bytes (BsRecording *self, guint32 step);
guint32 bs_variable_find (BsRecording *self, guint32 frame, guint32 name); /* + 1; 0: none */
gboolean bs_value_is_zero (const BsValue *value);

/* --- passes and curves ------------------------------------------------------------------------------------------- */

void bs_passes_tensor (BsRecording *self, guint32 step, const guint32 *record, guint32 id, guint32 frame);
void bs_passes_backward_begin (BsRecording *self, guint32 step, guint32 root);
void bs_passes_backward_end (BsRecording *self, guint32 step);
void bs_passes_finish (BsRecording *self);

BsCurves *bs_curves_new (void);
void bs_curves_free (BsCurves *self);
void bs_curves_backward_begin (BsRecording *self, guint32 step, guint32 root);
void bs_curves_accumulate (BsRecording *self, guint32 step, guint32 tensor);
void bs_curves_write (BsRecording *self, guint32 tensor);
void bs_curves_close_pass (BsRecording *self, guint32 pass, guint32 end);
gsize bs_curves_get_memory (BsCurves *self);
#define BS_CURVE_ELEMENTS 8 /* of a tensor that have a curve each */
/* "w", "w[1, 0]", "‖w‖" (transfer full) */
char *bs_curve_label (const char *name, guint n_dims, const gint64 *shape, gint64 numel, guint n_lines, guint line);

G_END_DECLS
