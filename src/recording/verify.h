/* SPDX-License-Identifier: MIT */

/* Checks a recording against itself. An independent machine applies every event to a plain state, one after the other,
 * and un-applies them all, only by what the events say; what an event says was there before must be there, the state
 * must have the same hash at each step both ways, and the cursor, which finds the state by other means, must agree. */

#pragma once

#include "recording.h"

G_BEGIN_DECLS

typedef struct {
  guint32 n_events;
  guint32 n_compared;  /* states of a tensor compared with the cursor's */
  guint32 n_problems;
  char *first_problem; /* owned; NULL: none */
  double apply_ns, unapply_ns; /* per event */
} BsVerification;

/* @n_samples: steps at which the cursor is asked as well. TRUE: no problem. */
gboolean bs_recording_verify (BsRecording *recording, guint n_samples, BsVerification *out);

G_END_DECLS
