/* SPDX-License-Identifier: MIT */

/* Sums of many floating-point numbers, in the order in which PyTorch adds them, so that the last bit is the same: four
 * rows of eight (four for double) lanes, each summed in a cascade of four levels whose blocks grow with the length. */

#pragma once

#include "engine-private.h"

G_BEGIN_DECLS

/* Adds the sum of each group of @x (FLOAT32 or FLOAT64) over the dimensions that are @gone into @out, which is contiguous
 * in the other dimensions and holds zeros. */
void bs_cascade_sum (const BsTensor *x, const gboolean *gone, void *out);
/* The sum of @n neighbours. */
float bs_sum_floats (const float *x, gint64 n);

G_END_DECLS
