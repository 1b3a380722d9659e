/* SPDX-License-Identifier: MIT */

/* A recording: an append-only log of events with the indexes that make it quick to walk. It grows by the bytes that
 * a runner sends or a file holds (bs_recording_feed()), and trusts neither: a malformed stream ends the recording at
 * the last whole chunk, with a word why. Not thread-safe; one owner at a time. GLib and GObject only. */

#pragma once

#include <glib-object.h>

#include "event.h"

G_BEGIN_DECLS

#define BS_TYPE_RECORDING (bs_recording_get_type ())
G_DECLARE_FINAL_TYPE (BsRecording, bs_recording, BS, RECORDING, GObject)

#define BS_RECORDING_ERROR (bs_recording_error_quark ())
GQuark bs_recording_error_quark (void);
typedef enum {
  BS_RECORDING_ERROR_NOT_A_RECORDING,
  BS_RECORDING_ERROR_NEWER,     /* written by a newer version */
  BS_RECORDING_ERROR_DAMAGED,
  BS_RECORDING_ERROR_TRUNCATED, /* opened up to the last whole chunk */
  BS_RECORDING_ERROR_IO,
} BsRecordingError;

/* Signals: "grown" (after feed() added events), "ended". */
BsRecording *bs_recording_new (void);
/* Consumes bytes of the stream. FALSE: the stream is not what it should be; what came before stays. */
gboolean bs_recording_feed (BsRecording *self, const guint8 *bytes, gsize n, GError **error);
/* No more will come. Adds an END event if the stream had none (DIED or TRUNCATED with @detail). */
void bs_recording_finish (BsRecording *self, BsEndKind how, int status, const char *detail);
gboolean bs_recording_is_finished (BsRecording *self);
/* Opens a file. A truncated one opens with what is whole and sets *warning (transfer full). */
BsRecording *bs_recording_load (const char *path, char **warning, GError **error);
gboolean bs_recording_save (BsRecording *self, const char *path, GError **error); /* temporary name, then rename */
gboolean bs_recording_sniff (const char *path); /* TRUE when the file begins as a recording does */

guint32 bs_recording_get_n_events (BsRecording *self);
void bs_recording_get_event (BsRecording *self, guint32 step, BsEvent *out);
BsEventKind bs_recording_get_kind (BsRecording *self, guint32 step); /* cheap */
gsize bs_recording_get_memory (BsRecording *self);                   /* bytes held, all in */

/* Of large tensors a recording has only pictures. The same run once more, recorded with what was wanted whole, has the
 * numbers: bs_cursor_get_whole() looks them up there (NULL: nowhere). */
void bs_recording_set_details (BsRecording *self, BsRecording *details);
BsRecording *bs_recording_get_details (BsRecording *self);
/* From where on to record large tensors again so that they are whole at @step, when not everything fits: the pass before. */
guint32 bs_recording_find_details_from (BsRecording *self, guint32 step);

/* About the whole run: "python", "engine", "seed", "script", "options"; NULL when not said. */
const char *bs_recording_get_info (BsRecording *self, const char *key);

/* Side tables. */
const BsPlace *bs_recording_get_place (BsRecording *self, guint32 place);
guint32 bs_recording_get_n_files (BsRecording *self);
const char *bs_recording_get_file_path (BsRecording *self, guint32 file);   /* 1-based */
const char *bs_recording_get_file_source (BsRecording *self, guint32 file, gsize *length);
typedef struct { guint32 parent, call_place; const char *function, *module_path; } BsFrame; /* module_path may be NULL */
const BsFrame *bs_recording_get_frame (BsRecording *self, guint32 frame);

/* Tensors. */
guint32 bs_recording_get_n_tensors (BsRecording *self);
guint32 bs_recording_get_tensor_step (BsRecording *self, guint32 tensor); /* the step of its TENSOR event */

/* Passes: one forward graph with its backward walk and the update after it. Phases are [begin, end) in steps.
 * A pass without backward has empty later phases. There is always at least one pass once there is an event. */
typedef enum { BS_PHASE_FORWARD, BS_PHASE_BACKWARD, BS_PHASE_UPDATE } BsPhase;
typedef struct {
  guint32 begin, backward, update, end; /* forward is [begin, backward) ... */
  guint32 root;        /* tensor backward() was called on (last, if several times); 0: none */
  guint64 structure;   /* equal for passes whose graphs have the same shape: they share one layout; 0: still growing */
} BsPass;
guint32 bs_recording_get_n_passes (BsRecording *self);
const BsPass *bs_recording_get_pass (BsRecording *self, guint32 pass);
guint32 bs_recording_find_pass (BsRecording *self, guint32 step); /* the pass that holds the event before @step */
BsPhase bs_recording_get_phase (BsRecording *self, guint32 step);

/* Curves over the iterations, chosen by themselves: the loss (root of each backward) and each parameter that is
 * updated, small ones element by element, large ones by norm. x is the pass number, or the step within. */
typedef struct {
  const char *label;  /* "w", "loss", "w[1, 2]", "‖net.0.weight‖" */
  gboolean is_loss;
  guint32 tensor;     /* (first) tensor id it follows */
  guint n;
  const guint32 *passes;
  const guint32 *steps; /* the step after which the value stands */
  const double *values;
} BsCurve;
guint bs_recording_get_n_curves (BsRecording *self);
const BsCurve *bs_recording_get_curve (BsRecording *self, guint i);

/* Stepping: where a step of each kind leads from @step; @direction +1 or -1. Returns @step when there is no more.
 * LINE goes into functions, OVER stays in the frame or leaves it, OUT leaves it. */
typedef enum {
  BS_STRIDE_EVENT, BS_STRIDE_LINE, BS_STRIDE_PHASE, BS_STRIDE_PASS, BS_STRIDE_END, BS_STRIDE_OVER, BS_STRIDE_OUT,
} BsStride;
guint32 bs_recording_stride (BsRecording *self, guint32 step, BsStride stride, int direction);

G_END_DECLS
