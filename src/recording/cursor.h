/* SPDX-License-Identifier: MIT */

/* The cursor: a place in time and the state of the program there. It holds no state of its own: what is true at a step
 * is found from the events of the tensor or variable in question, which the recording threads together, so that a
 * seek costs the same from anywhere and the state at step k is the same, bit for bit, however one came there.
 * bs_recording_verify() checks this against a machine that applies and un-applies every event. */

#pragma once

#include "recording.h"

G_BEGIN_DECLS

#define BS_TYPE_CURSOR (bs_cursor_get_type ())
G_DECLARE_FINAL_TYPE (BsCursor, bs_cursor, BS, CURSOR, GObject)

/* Property "step" (notify), signal "moved" after each seek. */
BsCursor *bs_cursor_new (BsRecording *recording);
BsRecording *bs_cursor_get_recording (BsCursor *self);
guint32 bs_cursor_get_step (BsCursor *self);
void bs_cursor_seek (BsCursor *self, guint32 step); /* clamped to [0, n_events] */
gboolean bs_cursor_stride (BsCursor *self, BsStride stride, int direction); /* FALSE: already at the end */

/* The truth about a gradient; never a 0 for what is not there. */
typedef enum {
  BS_GRAD_NOT_NEEDED,   /* requires no gradient */
  BS_GRAD_NOT_YET,      /* backward has not reached it in this pass */
  BS_GRAD_IS_NONE,      /* a leaf whose .grad is None, and backward is over or has not begun */
  BS_GRAD_FLOWING,      /* upstream gradient arriving: some contributions are there, not all */
  BS_GRAD_KNOWN,        /* this pass's: the whole upstream gradient of a non-leaf, or .grad written in this pass */
  BS_GRAD_STALE,        /* a leaf's .grad that comes from an earlier pass (grad_pass) */
  BS_GRAD_CLEARED,      /* zeroed in place in this pass and not yet written again */
} BsGradState;

typedef struct {
  gboolean exists;       /* computed by now */
  gboolean released;     /* let go by now */
  BsValue value;         /* as of now (follows writes) */
  BsGradState grad_state;
  BsValue grad;          /* valid for FLOWING, KNOWN, STALE, CLEARED */
  guint32 grad_pass;     /* the pass that wrote it last */
  guint32 n_accumulated; /* how many backward walks are in .grad since it was last cleared */
  gboolean is_leaf, requires_grad, retains_grad;
  guint32 version;
} BsTensorState;

void bs_cursor_get_tensor (BsCursor *self, guint32 tensor, BsTensorState *out);

/* The value or gradient with all its elements; FALSE: they are not to be had, or there is none. */
gboolean bs_cursor_get_whole (BsCursor *self, guint32 tensor, gboolean grad, BsValue *out);

/* Names in the innermost frame (or any frame) at this step, in order of first binding. */
typedef struct { const char *name; BsPlain value; guint32 frame; } BsBinding;
guint bs_cursor_get_n_bindings (BsCursor *self);
void bs_cursor_get_binding (BsCursor *self, guint i, BsBinding *out);
/* What a name ("w", "net.fc1.weight") stands for: in the innermost frame, then in those that called it, then at module level.
 * @name is from bs_recording_find_name(). FALSE: nothing. */
gboolean bs_cursor_find_variable (BsCursor *self, guint32 name, BsPlain *out);
/* The number of a name; 0 when no variable had it so far: @looked_at (from 0) remembers how far the search was. */
guint32 bs_recording_find_name (BsRecording *self, const char *name, guint32 *looked_at);
/* The name to show for a tensor at this step: the variable, else NULL. */
const char *bs_cursor_get_tensor_name (BsCursor *self, guint32 tensor);

gsize bs_cursor_get_output_length (BsCursor *self); /* bytes of bs_recording_get_output() printed by now */
guint8 bs_cursor_get_grad_mode (BsCursor *self);
guint32 bs_cursor_get_place (BsCursor *self);       /* of the last event, for the source view */
guint32 bs_cursor_get_line_place (BsCursor *self);  /* of the last LINE event */
gboolean bs_cursor_get_event (BsCursor *self, BsEvent *out); /* the last applied one; FALSE at step 0 */
guint64 bs_cursor_get_saved_bytes (BsCursor *self); /* held by graphs now */

/* For tests: a hash over the whole state. */
guint64 bs_cursor_hash (BsCursor *self);

/* All the output of the recording as one text (stdout and stderr as they came). */
const char *bs_recording_get_output (BsRecording *self, gsize *length);

G_END_DECLS
