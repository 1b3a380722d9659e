/* SPDX-License-Identifier: MIT */

/* Events in words: one line for a person. */

#pragma once

#include "recording.h"

G_BEGIN_DECLS

/* "loss = add (w ** 2, 20) → 120", "w.grad: 20 + 3 = 23" (transfer full). */
char *bs_event_describe (BsRecording *recording, const BsEvent *event);
/* What to call a tensor around @step: its variable, the expression or operation that made it (transfer full). */
char *bs_tensor_describe (BsRecording *recording, guint32 tensor, guint32 step);
/* The variable that names it after the events before @step, or the first one to do so; NULL. Borrowed. */
const char *bs_tensor_get_name (BsRecording *recording, guint32 tensor, guint32 step);
/* The text at a place, if it is known and stands on one line (transfer full). */
char *bs_recording_dup_expression (BsRecording *recording, guint32 place);
/* The expression whose value @tensor is: NULL also for a step on the way to it (the reciprocal in 2 / w). */
char *bs_tensor_dup_expression (BsRecording *recording, guint32 tensor);
char *bs_recording_dup_line (BsRecording *recording, guint32 place); /* the whole line, trimmed */
char *bs_plain_to_text (const BsPlain *plain);

G_END_DECLS
