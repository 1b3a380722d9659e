/* SPDX-License-Identifier: MIT */

/* Labels of an axis that are pleasant to read: simple numbers that cover the data at the density that is wanted
 * (after Talbot, Lin and Hanrahan: An Extension of Wilkinson's Algorithm for Positioning Tick Labels on Axes, 2010). */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  double first, step;
  guint n;
  int decimals; /* that tell the labels apart */
} BsTicks;

/* About @wanted of them for the data from @low to @high. Whole numbers only: @whole. */
BsTicks bs_ticks_find (double low, double high, guint wanted, gboolean whole);
/* On a logarithmic axis: decades, or with 2 and 5 between them, about @wanted. 0: the range is so short that equal steps read
 * better. */
enum { BS_TICKS_MOST = 32 };
guint bs_ticks_find_log (double low, double high, guint wanted, double out[BS_TICKS_MOST]);
/* Its label, in @buffer (BS_NUMBER_SIZE). */
const char *bs_ticks_text (const BsTicks *self, guint i, char *buffer);
static inline double bs_ticks_get (const BsTicks *self, guint i) { return self->first + i * self->step; }

G_END_DECLS
