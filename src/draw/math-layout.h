/* SPDX-License-Identifier: MIT */

/* Mathematics as it is printed: fractions, scripts, roots, sums with their limits, brackets that grow, the shape of a matrix
 * below it, equations aligned at their = and broken where there is no room. A derivation (explain/derivation.h) is laid out
 * once for a width and drawn on any cairo_t at any scale. */

#pragma once

#include <cairo.h>

#include "explain/derivation.h"
#include "palette.h"

G_BEGIN_DECLS

typedef struct {
  double size;        /* of the letters, in units of the picture */
  double width;       /* what does not fit is broken, and what cannot be broken shrunk; 0: no limit */
  const char *family; /* of sentences; NULL: that of all pictures */
  gboolean no_notes;  /* leaves out what can be left out */
  gboolean in_line;   /* an equation goes on in its line while there is room */
} BsMathStyle;

typedef struct _BsMathLayout BsMathLayout;

BsMathLayout *bs_math_layout_new (const BsDerivation *derivation, const BsMathStyle *style);
BsMathLayout *bs_math_layout_new_formula (const BsFormula *formula, const BsMathStyle *style);
void bs_math_layout_free (BsMathLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsMathLayout, bs_math_layout_free)

void bs_math_layout_get_size (BsMathLayout *self, double *width, double *height);
double bs_math_layout_get_scale (BsMathLayout *self); /* below 1: it had to be shrunk */
void bs_math_layout_draw (BsMathLayout *self, cairo_t *cr, BsTheme theme, double x, double y);

/* For tests: what stands over something else or outside of what it belongs to; NULL: nothing (transfer full). */
char *bs_math_layout_find_overlap (BsMathLayout *self);

G_END_DECLS
