/* SPDX-License-Identifier: MIT */

/* The timeline: every pass a segment with its forward, backward and update phases on three levels, the playhead, and
 * marks for errors and printed text. Stateless: what is drawn is a function of the recording and the view. No GTK. */

#pragma once

#include <cairo.h>

#include "palette.h"
#include "recording/recording.h"

G_BEGIN_DECLS

typedef struct {
  double width, height;
  BsTheme theme;
  double font_scale;  /* 0: 1 */
  double from, to;    /* what is seen of the whole, 0 .. 1; equal: everything */
  double pointer_x;   /* < 0: the pointer is elsewhere */
  const guint32 *breaks; /* steps to mark as breakpoints, ascending; borrowed */
  guint n_breaks;
} BsTimelineView;

void bs_timeline_draw (BsRecording *recording, cairo_t *cr, const BsTimelineView *view, guint32 step);
/* The two conversions between a step and its place; x is clamped to what is seen. */
guint32 bs_timeline_step_at (BsRecording *recording, const BsTimelineView *view, double x);
double bs_timeline_x_of_step (BsRecording *recording, const BsTimelineView *view, guint32 step);
/* "Pass 3 of 100, backward, step 41" for the slider's accessible text and the tooltip (transfer full). */
char *bs_timeline_describe (BsRecording *recording, guint32 step);

G_END_DECLS
