/* SPDX-License-Identifier: MIT */

#pragma once

#include "landscape.h"

G_BEGIN_DECLS

/* What both threads know. Up to the lock it does not change once work has begun; the computing thread owns what is below the
 * line; between them are requests and results, under the lock. */
typedef struct {
  gint refs;
  gint cancelled;       /* atomic: nobody wants any of it any more */
  gint overtaken;       /* atomic: something newer is asked; either stops the computation between two operations */
  guint n;              /* variables */
  BsReplay *replay;
  double *here;         /* where this pass began */
  GPtrArray *way;       /* double[n] each: the path */
  guint now;
  gboolean has_next;

  GMutex lock;
  GCond idle;
  gboolean running;     /* queued or being computed */
  int axes[2];
  guint axes_asked, axes_done;
  double probe[2];
  guint probe_asked, probe_done;
  gboolean probing;
  BsLandscapeView view; /* without its arrays */
  double *shown_values, *shown_path;
  char *problem;
  GMainContext *context;
  void (*changed) (gpointer data); /* these are the asking thread's */
  gpointer data;
  gboolean notifying;

  /* --- */
  double loss, *gradient;
  gboolean has_gradient;
  double *origin, *directions[2]; /* a point of the plane is origin + x · directions[0] + y · directions[1] */
  double *values, *path, *point;
  gboolean *known;
  guint next, stride;
  guint axes_for;       /* the request that the grid is for */
  gint64 published;
} BsLandscapeWork;

BsLandscapeWork *bs_landscape_work_new (BsReplay *replay); /* takes it */
void bs_landscape_work_unref (BsLandscapeWork *self);
/* With the lock held. */
void bs_landscape_work_wake (BsLandscapeWork *self);

G_END_DECLS
