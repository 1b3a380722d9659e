/* SPDX-License-Identifier: MIT */

/* Curves that somebody asks for, beside those that a recording chooses by itself: a name or a tensor over the passes, the norm of
 * its gradient, or how far each update moved it for its size. They are read from the recording piece by piece, since it may be
 * long, and go on as it grows. */

#pragma once

#include "recording.h"

G_BEGIN_DECLS

typedef enum {
  BS_FOLLOW_VALUE,
  BS_FOLLOW_GRADIENT, /* .grad when the update begins: itself of a single number, else its norm */
  BS_FOLLOW_UPDATE,   /* norm of what the update changed / norm of what was there */
} BsFollowWhat;

typedef struct _BsFollower BsFollower;

/* The variable that is called so at @step: "lr", "w", "net.0.weight". NULL: there is none, or it is no number or tensor. */
BsFollower *bs_follower_new_name (BsRecording *recording, const char *name, guint32 step, BsFollowWhat what);
/* The tensor by its name; without one, what the same operation at the same place of the source makes in every pass. */
BsFollower *bs_follower_new_tensor (BsRecording *recording, guint32 tensor, guint32 step, BsFollowWhat what);
/* The same in another run (or of another kind); NULL: it is not there. */
BsFollower *bs_follower_new_like (const BsFollower *self, BsRecording *recording, BsFollowWhat what);
void bs_follower_free (BsFollower *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFollower, bs_follower_free)

const char *bs_follower_get_title (const BsFollower *self); /* "w", "w · x" */
gboolean bs_follower_is_tensor (const BsFollower *self, guint32 tensor);
gboolean bs_follower_equals (const BsFollower *self, const BsFollower *other); /* of the same source and kind */
/* Reads passes until @deadline (monotonic time; 0: all). TRUE: there is more to read. */
gboolean bs_follower_work (BsFollower *self, gint64 deadline);
/* Small tensors have a curve for each element. Valid until the next work(). */
guint bs_follower_get_n_curves (const BsFollower *self);
BsCurve bs_follower_get_curve (const BsFollower *self, guint i);
/* Passes in which it was there, but too large to have been recorded whole, so that its change is not known. */
guint bs_follower_get_n_unknown (const BsFollower *self);

G_END_DECLS
