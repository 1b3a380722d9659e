/* SPDX-License-Identifier: MIT */

/* Many steps as pictures: numbered .png files, a .pdf with one page a step, or an animation (.gif, .webm, .mp4; by
 * ffmpeg, when it is installed). All pictures have one size, and a structure has one layout, so that turning the pages moves
 * nothing. The work is cut into pieces of some milliseconds, for a main loop with progress and cancelling. */

#pragma once

#include "explain/derivation.h"
#include "export.h"

G_BEGIN_DECLS

/* At which steps: where the picture changes, each source line, the end of each phase or pass, every event. */
typedef enum { BS_PACE_CHANGE, BS_PACE_LINE, BS_PACE_PHASE, BS_PACE_PASS, BS_PACE_EVENT } BsPace;

/* The steps from @from to @to, both included; @to itself is always one of them (transfer full). */
GArray *bs_series_choose (BsRecording *recording, guint32 from, guint32 to, BsPace pace); /* of guint32 */

typedef BsDerivation *(*BsCaption) (BsCursor *cursor); /* (transfer full) or NULL: nothing to say */

typedef struct {
  BsExportOptions picture;
  BsCaption caption; /* under each picture; NULL: none */
  double seconds;    /* an animation's time for a step; 0: 1 */
} BsSeriesOptions;

typedef struct _BsSeries BsSeries;

/* What is at @path is replaced only when everything is there. NULL: no such format, or no encoder. */
BsSeries *bs_series_new (BsRecording *recording, GArray *steps, const char *path, const BsSeriesOptions *options, GError **error);
/* The next piece; FALSE: it failed. */
gboolean bs_series_work (BsSeries *self, GError **error);
double bs_series_get_progress (BsSeries *self); /* 1: everything is written */
guint bs_series_get_n_files (BsSeries *self);
/* Before the progress is 1: cancels, and leaves nothing behind. */
void bs_series_free (BsSeries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsSeries, bs_series_free)

gboolean bs_series_is_format (const char *path);

G_END_DECLS
