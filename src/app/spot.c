/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "spot.h"

void
backstep_spot_of (BsCursor *cursor, BackstepSpot *out)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 step = bs_cursor_get_step (cursor);
  const BsPass *pass;

  *out = (BackstepSpot) { .at_end = step > 0 && bs_recording_is_finished (recording) && step == bs_recording_get_n_events (recording) };
  if (bs_recording_get_n_passes (recording) == 0)
    return;
  out->pass = bs_recording_find_pass (recording, step);
  pass = bs_recording_get_pass (recording, out->pass);
  out->phase = step > pass->update ? BS_PHASE_UPDATE : step > pass->backward ? BS_PHASE_BACKWARD : BS_PHASE_FORWARD;
  out->offset = step - (out->phase == BS_PHASE_UPDATE ? pass->update : out->phase == BS_PHASE_BACKWARD ? pass->backward : pass->begin);
}

gboolean
backstep_spot_find (const BackstepSpot *self, BsRecording *recording, guint32 *step)
{
  guint32 n = bs_recording_get_n_passes (recording), begin, end;
  gboolean finished = bs_recording_is_finished (recording);
  const BsPass *pass;

  *step = bs_recording_get_n_events (recording);
  if (self->at_end || n == 0)
    return finished;
  pass = bs_recording_get_pass (recording, MIN (self->pass, n - 1));
  begin = self->phase == BS_PHASE_UPDATE ? pass->update : self->phase == BS_PHASE_BACKWARD ? pass->backward : pass->begin;
  end = self->phase == BS_PHASE_UPDATE ? pass->end : self->phase == BS_PHASE_BACKWARD ? pass->update : pass->backward;
  *step = MIN (*step, begin + MIN (self->offset, end - begin));
  return finished || self->pass + 1 < n;
}
