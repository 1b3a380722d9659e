/* SPDX-License-Identifier: MIT */

/* The recorder of a run. Whoever has something to tell (the tracer, the observer of the engine, the streams) does so
 * between bs_recorder_begin() and bs_recorder_end() with the writer; here the bytes leave in time, credit is waited
 * for, and a stop is obeyed. There is one per process.
 *
 * What was written is on its way 30 ms later at most, even while the script sleeps or computes in C: a timer signal
 * flushes when nobody is writing, and leaves a note otherwise. */

#pragma once

#include "python.h"
#include "recording/writer.h"

G_BEGIN_DECLS

typedef struct {
  BsWriter *writer;
  const BsScript *script;
  volatile int busy;
  volatile int wanted; /* a flush was due while somebody was writing */
  volatile int armed;
  guint32 stop_at;     /* out of credit from this step on */
  guint32 edit_at;     /* a change is to be made at the line that begins then */
} BsRecorder;

extern BsRecorder bs_recorder;

void bs_recorder_start (const BsScript *script);
/* Writes END, sends what there is, and ends the process. */
void bs_recorder_end_run (BsEndKind how, int status, const char *detail) G_GNUC_NORETURN;
/* Sends, waits for credit, obeys a stop. */
void bs_recorder_settle (void);
void bs_recorder_arm (void);
/* A line for input(). (transfer full) */
char *bs_recorder_ask (gsize *length);

static inline void
bs_recorder_begin (void)
{
  bs_recorder.busy = 1;
}

static inline void
bs_recorder_end (void)
{
  bs_recorder.busy = 0;
  if (G_UNLIKELY (!bs_recorder.armed))
    bs_recorder_arm ();
  if (G_UNLIKELY (bs_recorder.wanted || bs_writer_get_n_events (bs_recorder.writer) >= bs_recorder.stop_at))
    bs_recorder_settle ();
}

/* streams.c: sys.stdout, stderr and stdin; descriptors 1 and 2. */
gboolean bs_streams_install (void);
void bs_streams_drain (void); /* what was written past Python */

/* figures.c: Matplotlib's pictures; also without a recorder. */
gboolean bs_figures_install (gboolean records);

/* observer.c: the engine. */
void bs_observer_install (void);
void bs_observer_remove (void);
guint32 bs_observer_tensor (PyObject *object); /* id of a tensor object, 0: it is none; may write its TENSOR event */
guint64 bs_observer_identity (PyObject *object); /* never 0 for a tensor, never twice; 0: it is none */

G_END_DECLS
