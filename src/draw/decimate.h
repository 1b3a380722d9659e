/* SPDX-License-Identifier: MIT */

/* The least and the greatest of any stretch of a curve in a time that hardly depends on its length: a pyramid of both over
 * blocks of points, which grows with the curve. So a curve of a million points is drawn column by column, and no peak is lost. */

#pragma once

#include "recording/recording.h"

G_BEGIN_DECLS

typedef struct _BsDecimator BsDecimator;
BsDecimator *bs_decimator_new (void);
void bs_decimator_free (BsDecimator *self);

/* Indexes of points; G_MAXUINT32: there is none. Of the finite ones. */
typedef struct { guint32 low, high, least_positive; } BsExtremes;

/* The curve may have grown since the last call, and its last point may be another. */
void bs_decimator_update (BsDecimator *self, const BsCurve *curve);
BsExtremes bs_decimator_find (BsDecimator *self, const BsCurve *curve, guint from, guint to);

G_END_DECLS
