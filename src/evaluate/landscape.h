/* SPDX-License-Identifier: MIT */

/* The loss of one pass as a function of one or two parameters, or over a plane through the way that the parameters went.
 *
 * The recording is read on the thread that asks, in pieces of a given time; the points are computed by the engine (replay.h) on a
 * thread of their own, ever finer. What is asked anew overtakes what was asked before, between two operations of the graph. */

#pragma once

#include "replay.h"

G_BEGIN_DECLS

typedef struct _BsLandscape BsLandscape;

/* Of the root of @pass. NULL: there is none, or it cannot be repeated. */
BsLandscape *bs_landscape_new (BsRecording *recording, guint32 pass, GError **error);
void bs_landscape_free (BsLandscape *self); /* whatever is being computed is given up */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLandscape, bs_landscape_free)
void bs_landscape_cancel (BsLandscape *self); /* what is known stays */
guint32 bs_landscape_get_pass (BsLandscape *self);
BsReplay *bs_landscape_get_replay (BsLandscape *self); /* not to run it */

/* Variables (see replay.h) or BS_AXIS_MAIN: the direction in which the path went most, and the next one across it. @y may be
 * BS_AXIS_NONE: a curve. Everything is computed anew. */
enum { BS_AXIS_NONE = -1, BS_AXIS_MAIN = -2 };
void bs_landscape_set_axes (BsLandscape *self, int x, int y);
void bs_landscape_get_axes (BsLandscape *self, int *x, int *y);
char *bs_landscape_dup_variable_name (BsLandscape *self, guint variable); /* "w", "net.weight[1, 0]" (transfer full) */

/* Reads the path for about @microseconds. FALSE: it is read, and the points are being computed. */
gboolean bs_landscape_prepare (BsLandscape *self, gint64 microseconds);
/* @changed runs in the default main context of the caller's thread when there is more to see. */
void bs_landscape_set_notify (BsLandscape *self, void (*changed) (gpointer data), gpointer data);
/* Until all that was asked is computed. */
void bs_landscape_wait (BsLandscape *self);

/* Asks for the loss elsewhere on the plane, and its slopes there; the view will have it. */
void bs_landscape_probe (BsLandscape *self, const double at[2]);

typedef struct {
  guint n_axes;
  double low[2], high[2];
  guint n[2];           /* points of the grid; n[1] is 1 for a curve */
  guint stride;         /* of those that are known: every one, every second ...; 0: none yet */
  const double *values; /* n[1] rows of n[0] */
  guint n_path;
  const double *path;   /* pairs: where each pass (or some of them) began, and at last where the last one ended */
  guint now;            /* of @path: this pass */
  gboolean has_next;    /* the place after @now is where this very pass went */
  double at[2], loss, slope[2]; /* there; slope along the axes */
  double rate;          /* the step is -rate · gradient; NAN: it is not that */
  gboolean is_done;
  gboolean has_probe;
  double probe[2], probe_loss, probe_slope[2];
  const char *problem;  /* of the computation here; NULL: none */
} BsLandscapeView;

/* A copy as of now; borrowed until the next call. FALSE: nothing is known yet. */
gboolean bs_landscape_get_view (BsLandscape *self, BsLandscapeView *out);

G_END_DECLS
