/* SPDX-License-Identifier: MIT */

/* The loss over one parameter as a curve, over two as contours; with the point, its slope, the way there and the next step. */

#pragma once

#include <cairo.h>

#include "evaluate/landscape.h"
#include "export.h"

G_BEGIN_DECLS

typedef struct {
  const char *labels[2]; /* of the axes */
  const char *loss;      /* its name */
  gboolean hide_future;  /* no path behind this pass */
  gboolean hide_loss, hide_slope; /* not computed yet, and not to be told before: "?" */
  gboolean has_probe;    /* another point, where somebody looks; its numbers come with the view */
  double probe[2];
} BsLandscapeLook;

typedef struct _BsLandscapePicture BsLandscapePicture; /* fonts */
BsLandscapePicture *bs_landscape_picture_new (void);
void bs_landscape_picture_free (BsLandscapePicture *self);
void bs_landscape_picture_draw (BsLandscapePicture *self, cairo_t *cr, const BsLandscapeView *view, const BsLandscapeLook *look,
                                double width, double height, BsTheme theme, double font_scale);
/* For exports that keep text as text: see bs_texts_set_records(). */
void bs_landscape_picture_set_records (BsLandscapePicture *self, GPtrArray *records);
/* As .svg, .pdf, .png, or the computed points as .csv (transfer full). NULL and no error: another ending. */
GBytes *bs_landscape_picture_export (const BsLandscapeView *view, const BsLandscapeLook *look, const char *ending, double width, double height,
                                     const BsExportOptions *options, GError **error);
/* "loss over w: 120 here, slope 20; the step is −0.1 · gradient" (transfer full) */
char *bs_landscape_describe (const BsLandscapeView *view, const BsLandscapeLook *look);
/* Where on the plane @x, @y of the last drawing are; FALSE: beside it. */
gboolean bs_landscape_picture_hit (BsLandscapePicture *self, double x, double y, double at[2]);

G_END_DECLS
