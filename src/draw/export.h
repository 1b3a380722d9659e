/* SPDX-License-Identifier: MIT */

/* The picture of one step as a file: SVG (text as text), PDF, PNG; DOT, which is also a graph that runs (src/graphfile). */

#pragma once

#include "scene.h"

G_BEGIN_DECLS

typedef struct {
  BsTheme theme;
  BsLayoutDirection direction;
  double scale;         /* PNG: pixels per unit; 0: 2 */
  gboolean transparent; /* no background */
  gboolean unfolded;    /* every card, however many; a .dot file has them all anyway */
} BsExportOptions;
/* As .svg, .pdf or .png, what the window shows, in its folding and place (transfer full). */
GBytes *bs_export_scene (BsScene *scene, BsCursor *cursor, const char *ending, const BsExportOptions *options, GError **error);
/* The format comes from the ending of @path. */
gboolean bs_export_step (BsRecording *recording, guint32 step, const char *path, const BsExportOptions *options,
                         GError **error);
/* The tensors (guint32) of which a .dot file of that step needs more numbers than were recorded: bs_recording_set_details(). */
void bs_export_find_missing (BsRecording *recording, guint32 step, GArray *tensors);

G_END_DECLS
