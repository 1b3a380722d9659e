/* SPDX-License-Identifier: MIT */

/* The loss of one pass as a function of one or two parameters, or over a plane through the way that the parameters went. Its
 * points are computed by the engine (replay.h), piece by piece, ever finer, on the thread that asks: the engine has one. */

#pragma once

#include "replay.h"

G_BEGIN_DECLS

typedef struct _BsLandscape BsLandscape;

/* Of the root of @pass. NULL: there is none, or it cannot be repeated. */
BsLandscape *bs_landscape_new (BsRecording *recording, guint32 pass, GError **error);
void bs_landscape_free (BsLandscape *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLandscape, bs_landscape_free)
guint32 bs_landscape_get_pass (BsLandscape *self);
BsReplay *bs_landscape_get_replay (BsLandscape *self);

/* Variables (see replay.h) or BS_AXIS_MAIN: the direction in which the path went most, and the next one across it. @y may be
 * BS_AXIS_NONE: a curve. Everything is computed anew. */
enum { BS_AXIS_NONE = -1, BS_AXIS_MAIN = -2 };
void bs_landscape_set_axes (BsLandscape *self, int x, int y);
void bs_landscape_get_axes (BsLandscape *self, int *x, int *y);
char *bs_landscape_dup_variable_name (BsLandscape *self, guint variable); /* "w", "net.weight[1, 0]" (transfer full) */

/* Computes for about @microseconds; FALSE: there is nothing left to compute. */
gboolean bs_landscape_work (BsLandscape *self, gint64 microseconds);

typedef struct {
  guint n_axes;
  double low[2], high[2];
  guint n[2];           /* points of the grid; n[1] is 1 for a curve */
  guint stride;         /* of those that are known: every one, every second ...; 0: none yet */
  const double *values; /* n[1] rows of n[0] */
  guint n_path;
  const double *path;   /* pairs: where each pass (or some of them) began, and at last where the last one ended */
  guint now;            /* of @path: this pass */
  double at[2], loss, slope[2]; /* there; slope along the axes */
} BsLandscapeView;

/* Borrowed until the next call of another function. */
void bs_landscape_get_view (BsLandscape *self, BsLandscapeView *out);
/* The loss elsewhere on the plane, and its slopes there. */
double bs_landscape_probe (BsLandscape *self, const double at[2], double slope[2]);

G_END_DECLS
