/* SPDX-License-Identifier: MIT */

/* Texts as ready glyphs: each is laid out by Pango once and drawn from then on as an array of glyphs, which is about
 * twice as quick as drawing the layout. Knows nothing of graphs. */

#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include "palette.h"

G_BEGIN_DECLS

typedef enum {
  BS_TEXT_NAME,    /* bold, 13 pt */
  BS_TEXT_VALUE,   /* 15 pt, digits of equal width */
  BS_TEXT_NUMBER,  /* 13 pt, the same: gradients */
  BS_TEXT_CELL,    /* 11 pt, the same: elements of a matrix */
  BS_TEXT_PILL,    /* semibold, 12 pt */
  BS_TEXT_LABEL,   /* semibold, 10 pt: on edges, badges */
  BS_TEXT_CAPTION, /* 9.5 pt */
  BS_N_TEXT_STYLES,
} BsTextStyle;

typedef struct _BsTexts BsTexts;

/* The text, where it stands and how, for exports that keep text as text. */
typedef struct {
  char *text;
  BsTextStyle style;
  cairo_matrix_t matrix; /* of the baseline's beginning */
  double width;          /* in its own units */
  double points;
  BsColor color;
} BsTextRecord;

BsTexts *bs_texts_new (double font_scale);
void bs_texts_free (BsTexts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTexts, bs_texts_free)
double bs_texts_get_scale (BsTexts *self);
gsize bs_texts_get_n (BsTexts *self);

double bs_texts_width (BsTexts *self, BsTextStyle style, const char *text);
double bs_texts_shaped_width (BsTexts *self, BsTextStyle style, const char *text); /* for tests: always by Pango */
double bs_texts_line (BsTexts *self, BsTextStyle style);   /* height of a line */
double bs_texts_ascent (BsTexts *self, BsTextStyle style); /* of its baseline */
/* At @x, @y (top of the line) in the source colour of @cr; shrunk to @max_width when that is > 0. Returns the width. */
double bs_texts_draw (BsTexts *self, cairo_t *cr, BsTextStyle style, const char *text, double x, double y,
                      double max_width);
/* @align 0: x is the left end; 0.5: the middle; 1: the right end. */
double bs_texts_draw_aligned (BsTexts *self, cairo_t *cr, BsTextStyle style, const char *text, double x, double y,
                              double max_width, double align);
/* The beginning of @text that fits, with an ellipsis (transfer full). */
char *bs_texts_ellipsize (BsTexts *self, BsTextStyle style, const char *text, double max_width);

const char *bs_text_family (void); /* as a list for CSS */
int bs_text_weight (BsTextStyle style);

/* While a list is set, texts are not drawn: a marker that fills nothing to speak of stands for each (see export-svg.c),
 * and the list gets a record (BsTextRecord*). */
#define BS_TEXT_MARKER_ALPHA 0.01171875
void bs_texts_set_records (BsTexts *self, GPtrArray *records);
void bs_text_record_free (gpointer record);

G_END_DECLS
