/* SPDX-License-Identifier: MIT */

/* Questions over the whole recording: who changed it, where does the number come from, where to stop next. Steps are
 * those of the cursor: the state right after the event in question. */

#pragma once

#include "recording.h"

G_BEGIN_DECLS

/* --- who changed it ------------------------------------------------------------------------------------------------ */

typedef enum { BS_CHANGE_VALUE, BS_CHANGE_GRAD, BS_CHANGE_ANY } BsChange;

/* The step right after the next change of the tensor behind @step (@direction -1: the last one at or before it, so that
 * the event before the result is the one that made what is seen at @step). BS_NO_CHANGE: there is none. */
#define BS_NO_CHANGE G_MAXUINT32
guint32 bs_recording_find_change (BsRecording *self, guint32 tensor, BsChange what, guint32 step, int direction);
/* The step right after the event that made the value (or gradient) seen at @step: "why this number?". */
guint32 bs_recording_find_maker (BsRecording *self, guint32 tensor, BsChange what, guint32 step);

/* --- where a gradient comes from -------------------------------------------------------------------------------------- */

/* One way from a tensor up to the root of the walk: the EDGE events, the one that arrived last first. */
typedef struct {
  guint n;
  guint32 *edges;    /* indexes of events */
  double *factors;   /* local derivative along each edge; NAN when not scalars */
  double product;    /* times the seed: what came this way; NAN when not scalars */
} BsPath;

typedef struct {
  guint n_paths;
  BsPath *paths;
  gboolean all;      /* FALSE: there are more than @max_paths */
  double sum;        /* of the products */
} BsPaths;

/* Of the gradient that has flowed to @tensor in the last walk before @step. */
BsPaths *bs_recording_trace_paths (BsRecording *self, guint32 tensor, guint32 step, guint max_paths);
void bs_paths_free (BsPaths *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsPaths, bs_paths_free)

/* The EDGE events that brought something to @tensor in the last walk before @step, oldest first, no more than @max (the
 * latest ones), and the root of that walk. */
guint bs_recording_find_edges (BsRecording *self, guint32 tensor, guint32 step, guint max, guint32 *edges, guint32 *root);
/* What had flowed to @tensor before the event @step of a walk: the upstream gradient of its node. FALSE: nothing. */
gboolean bs_recording_get_upstream (BsRecording *self, guint32 tensor, guint32 step, BsValue *out);

/* --- where to stop next -------------------------------------------------------------------------------------------------- */

typedef enum {
  BS_BREAK_LINE,         /* @file, @line is about to run */
  BS_BREAK_UPDATED,      /* a parameter (or @tensor) is written */
  BS_BREAK_NOT_FINITE,   /* a gradient is NaN or infinite */
  BS_BREAK_GRAD_EXCEEDS, /* an element of a gradient is beyond ±@limit */
  BS_BREAK_ERROR,
} BsBreakKind;

typedef struct { guint8 kind; guint32 file, line, tensor; double limit; } BsBreak;

/* The nearest step in that direction, from @step and not beyond @limit, at which one of them holds; @step: none. *which: the
 * one. @limit: 0 and G_MAXUINT32 are the ends. */
guint32 bs_recording_find_break (BsRecording *self, guint32 step, int direction, guint32 limit, guint n_breaks,
                                 const BsBreak *breaks, guint *which);

G_END_DECLS
