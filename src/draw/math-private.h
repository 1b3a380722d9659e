/* SPDX-License-Identifier: MIT */

/* math-box.c: boxes that know their size and draw themselves; math-build.c: a formula as boxes; math-layout.c: equations as lines. */

#pragma once

#include <pango/pango.h>

#include "math-layout.h"
#include "explain/formula-tree.h"

G_BEGIN_DECLS

typedef enum {
  BS_BOX_TEXT, BS_BOX_ROW, BS_BOX_FRACTION, BS_BOX_ROOT, BS_BOX_BRACKETS, BS_BOX_LIMITS, BS_BOX_UNDER, BS_BOX_CASES, BS_BOX_SPACE,
} BsMathBoxKind;

typedef enum { BS_FACE_UPRIGHT, BS_FACE_ITALIC, BS_FACE_CODE, BS_FACE_WORDS } BsMathFace;

/* A rectangle around a baseline. A box is measured when it is made. */
typedef struct _BsMathBox BsMathBox;
struct _BsMathBox {
  BsMathBoxKind kind;
  int color;                      /* BsColorRole */
  double x, y;                    /* where its baseline begins, in its parent; y grows downwards */
  double width, ascent, descent;
  double size;                    /* of its letters */
  GPtrArray *children;            /* owned; NULL: none */
  PangoLayout *layout;            /* TEXT */
  gunichar open, close;           /* BRACKETS; 0: none */
  gboolean may_break;             /* in a row of the outermost level: a line may begin here */
};

typedef struct {
  PangoContext *context;
  const char *family;
  double size;
  double width; /* 0: no limit */
} BsMathFonts;

BsMathBox *bs_math_box_new_text (const BsMathFonts *fonts, BsMathFace face, double size, int color, const char *text);
BsMathBox *bs_math_box_new_space (double width);
BsMathBox *bs_math_box_new_row (double size);
void bs_math_box_append (BsMathBox *row, BsMathBox *child);                 /* takes @child, in all of these */
void bs_math_box_append_raised (BsMathBox *row, BsMathBox *child, double by);
BsMathBox *bs_math_box_new_fraction (BsMathBox *above, BsMathBox *below, double size);
BsMathBox *bs_math_box_new_root (BsMathBox *inner, double size);
BsMathBox *bs_math_box_new_brackets (BsMathBox *inner, double size, gunichar open, gunichar close);
BsMathBox *bs_math_box_new_limits (BsMathBox *sign, BsMathBox *below, double size); /* Σ with something below it */
BsMathBox *bs_math_box_new_under (BsMathBox *inner, BsMathBox *below, double size);
BsMathBox *bs_math_box_new_cases (const BsMathFonts *fonts, BsMathBox **rows, guint n, double size); /* one above the other, behind a { */
void bs_math_box_free (BsMathBox *self);

void bs_math_box_draw (BsMathBox *self, cairo_t *cr, BsTheme theme);
char *bs_math_box_find_overlap (const BsMathBox *self);

/* @row gets the boxes of @formula, with the places where a line may begin. */
void bs_math_build (const BsMathFonts *fonts, BsMathBox *row, const BsFormula *formula);

#define BS_MATH_AXIS 0.27 /* height of fraction lines and the middle of brackets, of the letters' size */

G_END_DECLS
