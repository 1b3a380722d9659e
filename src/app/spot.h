/* SPDX-License-Identifier: MIT */

/* The same place in another run of nearly the same script: so far into that phase of that pass. */

#pragma once

#include "recording/cursor.h"

G_BEGIN_DECLS

typedef struct {
  guint32 pass, offset; /* @offset: steps from the beginning of the phase */
  guint8 phase;         /* BsPhase */
  gboolean at_end;      /* of the run, wherever that is */
} BackstepSpot;

void backstep_spot_of (BsCursor *cursor, BackstepSpot *out);
/* FALSE: @recording has not come so far yet; *step is then the nearest it has. */
gboolean backstep_spot_find (const BackstepSpot *self, BsRecording *recording, guint32 *step);

G_END_DECLS
