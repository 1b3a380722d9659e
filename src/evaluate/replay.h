/* SPDX-License-Identifier: MIT */

/* A recorded forward computation, done again by the engine with other numbers: what would the loss be, and its gradients, if
 * these elements were others? The operations between leaves and root are applied anew; everything else keeps its recorded value. */

#pragma once

#include "engine/engine.h"
#include "recording/cursor.h"

G_BEGIN_DECLS

typedef struct _BsReplay BsReplay;

/* Of @root, a single number, as it was computed. NULL: it cannot be repeated (random, changed in place, a custom function,
 * numbers that were not recorded), and @error says why. */
BsReplay *bs_replay_new (BsRecording *recording, guint32 root, GError **error);
void bs_replay_free (BsReplay *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsReplay, bs_replay_free)

/* The leaves that require a gradient, in the order in which they came to be: all their elements, one after the other, are the
 * variables. */
guint bs_replay_get_n_leaves (BsReplay *self);
guint32 bs_replay_get_leaf (BsReplay *self, guint i);      /* tensor */
guint bs_replay_get_n_variables (BsReplay *self);
guint bs_replay_get_n_operations (BsReplay *self);
/* The variable's leaf; *element: in its row-major order. */
guint bs_replay_find_variable (BsReplay *self, guint variable, guint *element);
void bs_replay_get_recorded (BsReplay *self, double *values); /* n_variables, as of the computation */

/* The leaves that require a gradient of another root, without computing anything; NULL: it has too many operations. */
GArray *bs_replay_find_leaves (BsRecording *recording, guint32 root);

/* After bs_replay_new() it knows no recording: another thread may run it, one at a time. While one of these is not 0 (atomic)
 * it gives up at the next operation. */
void bs_replay_set_stops (BsReplay *self, const gint *a, const gint *b);
/* Why the last run gave no number: "“log_softmax”: ..."; NULL: it did. */
const char *bs_replay_get_failure (BsReplay *self);

/* The root's value; @gradient (n_variables) may be NULL. NAN: an operation failed. */
double bs_replay_run (BsReplay *self, const double *values, double *gradient);

G_END_DECLS
