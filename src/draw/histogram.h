/* SPDX-License-Identifier: MIT */

/* How the elements of a tensor are distributed. */

#pragma once

#include "palette.h"
#include "recording/event.h"
#include "text.h"

G_BEGIN_DECLS

enum { BS_BINS_MAX = 60 };

typedef struct {
  double first, width; /* of the bins: the n-th goes from first + n·width to the next one's beginning, the last includes its end */
  guint n;             /* 0: nothing finite */
  guint32 counts[BS_BINS_MAX];
  guint32 most;
  guint32 n_nan, n_infinite;
} BsHistogram;

/* Bins of a pleasant width near that of Freedman and Diaconis (On the histogram as a density estimator, 1981), from its
 * quartiles; whole numbers of a small range have one each. */
void bs_histogram_compute (const BsValue *value, BsHistogram *out);
/* Into @width × @height, with an axis of @texts below it. @grad: in the colour of gradients. */
void bs_histogram_draw (const BsHistogram *self, cairo_t *cr, BsTexts *texts, BsTheme theme, gboolean grad, double width, double height);
guint bs_histogram_find (const BsHistogram *self, double x, double width); /* the bin there; G_MAXUINT: none */

G_END_DECLS
