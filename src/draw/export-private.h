/* SPDX-License-Identifier: MIT */

#pragma once

#include "export.h"
#include "text.h"

G_BEGIN_DECLS

/* What all formats need: the scene of the pass at @step, laid out, and the cursor there. */
typedef struct {
  BsCursor *cursor;
  BsGraph *graph;
  BsScene *scene;
  BsSize size;
  const BsExportOptions *options;
} BsExport;

/* (transfer full); of the whole pass that @step is in, folded as the window would */
BsGraph *bs_export_make_graph (BsRecording *recording, guint32 step, gboolean unfolded);
BsScene *bs_export_make_scene (BsRecording *recording, BsGraph *graph, const BsExportOptions *options); /* laid out */
/* Draws background and scene in scene coordinates. */
void bs_export_draw (BsExport *self, cairo_t *cr, double zoom);
GByteArray *bs_export_svg (BsExport *self, GError **error);

/* Any picture. @records (BsTextRecord, see text.h) go to all texts that it draws with, or NULL again. */
typedef struct {
  double width, height;
  void (*draw) (gpointer data, cairo_t *cr);
  void (*set_records) (gpointer data, GPtrArray *records);
  gpointer data;
} BsPicture;
GByteArray *bs_picture_svg (const BsPicture *self, GError **error);
/* @ending: .svg, .pdf, .png (transfer full). NULL without an error: another. */
GBytes *bs_picture_export (const BsPicture *self, const char *ending, const BsExportOptions *options, GError **error);
/* The whole pass that @step is in. NULL: not all of its numbers were recorded; @missing (of guint32, or NULL) gets the tensors
 * whose values are needed whole. */
GByteArray *bs_export_dot (BsRecording *recording, guint32 step, BsLayoutDirection direction, GArray *missing, GError **error);
BsTexts *bs_scene_get_texts (BsScene *scene);

G_END_DECLS
