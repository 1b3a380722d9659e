/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "math-private.h"

#include <math.h>
#include <pango/pangocairo.h>

/* Any of the book faces will do; what they lack Pango finds elsewhere. */
#define SERIF "STIX Two Text, Latin Modern Roman, TeX Gyre Termes, Libertinus Serif, DejaVu Serif, Noto Serif, serif"
#define WORDS "Cantarell, Inter, Noto Sans, DejaVu Sans, sans-serif"
#define CODE "Source Code Pro, DejaVu Sans Mono, Noto Sans Mono, monospace"

#define RULE 0.055       /* thickness of lines */
#define RULE_GAP 0.14    /* above and below a fraction line */
#define FRACTION_PAD 0.1
#define BRACKET_WIDTH 0.32
#define ROOT_WIDTH 0.6
#define BRACE 0.14       /* height of the bracket below a shaped factor */

static BsMathBox *
new_box (BsMathBoxKind kind, double size)
{
  BsMathBox *self = g_new0 (BsMathBox, 1);

  self->kind = kind;
  self->size = size;
  self->color = BS_COLOR_TEXT;
  return self;
}

static void
adopt (BsMathBox *self, BsMathBox *child, double x, double y)
{
  if (self->children == NULL)
    self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_math_box_free);
  child->x = x;
  child->y = y;
  g_ptr_array_add (self->children, child);
  self->width = MAX (self->width, x + child->width);
  self->ascent = MAX (self->ascent, child->ascent - y);
  self->descent = MAX (self->descent, child->descent + y);
}

void
bs_math_box_free (BsMathBox *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_clear_object (&self->layout);
  g_free (self);
}

/* --- making them --------------------------------------------------------------------------------------------------------- */

BsMathBox *
bs_math_box_new_text (const BsMathFonts *fonts, BsMathFace face, double size, int color, const char *text)
{
  BsMathBox *self = new_box (BS_BOX_TEXT, size);
  PangoFontDescription *font = pango_font_description_from_string (face == BS_FACE_CODE    ? CODE
                                                                   : face != BS_FACE_WORDS ? SERIF
                                                                   : fonts->family != NULL ? fonts->family
                                                                                           : WORDS);
  PangoRectangle ink, logical;

  pango_font_description_set_absolute_size (font, MAX (size * (face == BS_FACE_CODE ? 0.88 : 1), 0.1) * PANGO_SCALE);
  if (face == BS_FACE_ITALIC)
    pango_font_description_set_style (font, PANGO_STYLE_ITALIC);
  self->layout = pango_layout_new (fonts->context);
  pango_layout_set_single_paragraph_mode (self->layout, TRUE);
  pango_layout_set_font_description (self->layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (self->layout, text, -1);
  pango_layout_line_get_extents (pango_layout_get_line_readonly (self->layout, 0), &ink, &logical);
  self->color = color;
  self->width = MAX (logical.width, ink.x + ink.width) / (double) PANGO_SCALE;
  self->ascent = MAX (PANGO_ASCENT (ink) / (double) PANGO_SCALE, 0.45 * size);
  self->descent = MAX (PANGO_DESCENT (ink) / (double) PANGO_SCALE, 0);
  return self;
}

BsMathBox *
bs_math_box_new_space (double width)
{
  BsMathBox *self = new_box (BS_BOX_SPACE, 0);

  self->width = width;
  return self;
}

BsMathBox *
bs_math_box_new_row (double size)
{
  return new_box (BS_BOX_ROW, size);
}

void
bs_math_box_append (BsMathBox *row, BsMathBox *child)
{
  adopt (row, child, row->width, 0);
}

void
bs_math_box_append_raised (BsMathBox *row, BsMathBox *child, double by)
{
  adopt (row, child, row->width, -by);
}

BsMathBox *
bs_math_box_new_fraction (BsMathBox *above, BsMathBox *below, double size)
{
  BsMathBox *self = new_box (BS_BOX_FRACTION, size);
  double width = MAX (above->width, below->width) + 2 * FRACTION_PAD * size, axis = BS_MATH_AXIS * size, half = (RULE / 2 + RULE_GAP) * size;

  adopt (self, above, (width - above->width) / 2, -axis - half - above->descent);
  adopt (self, below, (width - below->width) / 2, -axis + half + below->ascent);
  self->width = width;
  return self;
}

BsMathBox *
bs_math_box_new_root (BsMathBox *inner, double size)
{
  BsMathBox *self = new_box (BS_BOX_ROOT, size);

  adopt (self, inner, ROOT_WIDTH * size, 0);
  self->width += 0.1 * size;
  self->ascent += 0.25 * size;
  self->descent += 0.08 * size;
  return self;
}

BsMathBox *
bs_math_box_new_brackets (BsMathBox *inner, double size, gunichar open, gunichar close)
{
  BsMathBox *self = new_box (BS_BOX_BRACKETS, size);
  double axis = BS_MATH_AXIS * size, half = MAX (MAX (inner->ascent - axis, inner->descent + axis), 0.45 * size) + 0.08 * size;

  self->open = open;
  self->close = close;
  adopt (self, inner, open ? BRACKET_WIDTH * size : 0, 0);
  self->width += close ? BRACKET_WIDTH * size : 0;
  self->ascent = MAX (self->ascent, axis + half);
  self->descent = MAX (self->descent, half - axis);
  return self;
}

BsMathBox *
bs_math_box_new_limits (BsMathBox *sign, BsMathBox *below, double size)
{
  BsMathBox *self = new_box (BS_BOX_LIMITS, size);
  double width = MAX (sign->width, below != NULL ? below->width : 0), axis = BS_MATH_AXIS * size;
  double down = (sign->ascent - sign->descent) / 2 - axis; /* its middle on the axis */

  adopt (self, sign, (width - sign->width) / 2, down);
  if (below != NULL)
    adopt (self, below, (width - below->width) / 2, down + sign->descent + 0.12 * size + below->ascent);
  self->width = width;
  return self;
}

BsMathBox *
bs_math_box_new_under (BsMathBox *inner, BsMathBox *below, double size)
{
  BsMathBox *self = new_box (BS_BOX_UNDER, size);
  double width = MAX (inner->width, below->width);

  adopt (self, inner, (width - inner->width) / 2, 0);
  adopt (self, below, (width - below->width) / 2, MAX (inner->descent, 0.18 * size) + (BRACE + 0.14) * size + below->ascent);
  self->width = width;
  return self;
}

BsMathBox *
bs_math_box_new_cases (const BsMathFonts *fonts, BsMathBox **rows, guint n, double size)
{
  BsMathBox *stack = new_box (BS_BOX_CASES, size);
  double height = 0, gap = 0.25 * size, y;

  for (guint i = 0; i < n; i++)
    height += rows[i]->ascent + rows[i]->descent + (i ? gap : 0);
  y = -BS_MATH_AXIS * size - height / 2;
  for (guint i = 0; i < n; i++) {
    adopt (stack, rows[i], 0, y + rows[i]->ascent);
    y += rows[i]->ascent + rows[i]->descent + gap;
  }
  return bs_math_box_new_brackets (stack, size, '{', 0);
}

/* --- drawing ------------------------------------------------------------------------------------------------------------- */

static void
draw_line (cairo_t *cr, double x1, double y1, double x2, double y2)
{
  cairo_move_to (cr, x1, y1);
  cairo_line_to (cr, x2, y2);
  cairo_stroke (cr);
}

/* Within @w, from @top to @bottom; mirrored for what closes. */
static void
draw_bracket (cairo_t *cr, gunichar sign, double x, double w, double top, double bottom, double size)
{
  gboolean closes = sign == ')' || sign == 0x230B;
  double near = closes ? x + 0.3 * w : x + 0.7 * w, far = closes ? x + 0.75 * w : x + 0.25 * w, middle = (top + bottom) / 2;
  double bend = MIN (0.3 * size, (bottom - top) / 4);

  switch (sign) {
  case '(':
  case ')':
    cairo_move_to (cr, near, top);
    cairo_curve_to (cr, far, top + (bottom - top) * 0.25, far, bottom - (bottom - top) * 0.25, near, bottom);
    cairo_stroke (cr);
    break;
  case '|': draw_line (cr, x + w / 2, top, x + w / 2, bottom); break;
  case 0x2016: /* ‖ */
    draw_line (cr, x + 0.3 * w, top, x + 0.3 * w, bottom);
    draw_line (cr, x + 0.7 * w, top, x + 0.7 * w, bottom);
    break;
  case 0x230A: /* ⌊ */
  case 0x230B: /* ⌋ */
    draw_line (cr, far, top, far, bottom);
    draw_line (cr, far, bottom, near, bottom);
    break;
  case '{':
    cairo_move_to (cr, x + 0.85 * w, top);
    cairo_curve_to (cr, x + 0.4 * w, top, x + 0.5 * w, top + bend / 2, x + 0.5 * w, top + bend);
    cairo_line_to (cr, x + 0.5 * w, middle - bend);
    cairo_curve_to (cr, x + 0.5 * w, middle - bend / 3, x + 0.35 * w, middle, x + 0.12 * w, middle);
    cairo_curve_to (cr, x + 0.35 * w, middle, x + 0.5 * w, middle + bend / 3, x + 0.5 * w, middle + bend);
    cairo_line_to (cr, x + 0.5 * w, bottom - bend);
    cairo_curve_to (cr, x + 0.5 * w, bottom - bend / 2, x + 0.4 * w, bottom, x + 0.85 * w, bottom);
    cairo_stroke (cr);
    break;
  default: break;
  }
}

static void
draw_root (BsMathBox *self, cairo_t *cr)
{
  double s = self->size, top = -self->ascent + RULE * s, bottom = self->descent - RULE * s;

  cairo_move_to (cr, 0.06 * s, -0.28 * s);
  cairo_line_to (cr, 0.18 * s, -0.36 * s);
  cairo_line_to (cr, 0.34 * s, bottom);
  cairo_line_to (cr, 0.52 * s, top);
  cairo_line_to (cr, self->width, top);
  cairo_stroke (cr);
}

/* A flat bracket below what has the shape. */
static void
draw_under (BsMathBox *self, cairo_t *cr, BsTheme theme)
{
  BsMathBox *inner = g_ptr_array_index (self->children, 0), *below = g_ptr_array_index (self->children, 1);
  double y = below->y - below->ascent - 0.08 * self->size, up = BRACE * self->size * 0.7;

  bs_palette_set (cr, theme, BS_COLOR_OUTLINE);
  cairo_set_line_width (cr, RULE * self->size * 0.8);
  cairo_move_to (cr, inner->x, y - up);
  cairo_line_to (cr, inner->x, y);
  cairo_line_to (cr, inner->x + inner->width, y);
  cairo_line_to (cr, inner->x + inner->width, y - up);
  cairo_stroke (cr);
}

static void
draw_own (BsMathBox *self, cairo_t *cr, BsTheme theme)
{
  double s = self->size, axis = -BS_MATH_AXIS * s;

  bs_palette_set (cr, theme, self->color);
  cairo_set_line_width (cr, RULE * s);
  switch (self->kind) {
  case BS_BOX_TEXT:
    cairo_move_to (cr, 0, 0);
    pango_cairo_show_layout_line (cr, pango_layout_get_line_readonly (self->layout, 0));
    break;
  case BS_BOX_FRACTION: draw_line (cr, 0.03 * s, axis, self->width - 0.03 * s, axis); break;
  case BS_BOX_ROOT: draw_root (self, cr); break;
  case BS_BOX_BRACKETS:
    draw_bracket (cr, self->open, 0, BRACKET_WIDTH * s, -self->ascent, self->descent, s);
    draw_bracket (cr, self->close, self->width - BRACKET_WIDTH * s, BRACKET_WIDTH * s, -self->ascent, self->descent, s);
    break;
  case BS_BOX_UNDER: draw_under (self, cr, theme); break;
  default: break;
  }
}

void
bs_math_box_draw (BsMathBox *self, cairo_t *cr, BsTheme theme)
{
  cairo_save (cr);
  cairo_translate (cr, self->x, self->y);
  draw_own (self, cr, theme);
  for (guint i = 0; self->children != NULL && i < self->children->len; i++)
    bs_math_box_draw (g_ptr_array_index (self->children, i), cr, theme);
  cairo_restore (cr);
}

/* --- checking ------------------------------------------------------------------------------------------------------------- */

static gboolean
is_inside (const BsMathBox *child, const BsMathBox *parent)
{
  const double slack = 1e-6;

  return child->x >= -slack && child->x + child->width <= parent->width + slack && child->y - child->ascent >= -parent->ascent - slack &&
         child->y + child->descent <= parent->descent + slack;
}

static gboolean
is_over (const BsMathBox *a, const BsMathBox *b)
{
  double width = MIN (a->x + a->width, b->x + b->width) - MAX (a->x, b->x);
  double height = MIN (a->y + a->descent, b->y + b->descent) - MAX (a->y - a->ascent, b->y - b->ascent);

  return width > 1e-6 && height > 1e-6;
}

char *
bs_math_box_find_overlap (const BsMathBox *self)
{
  char *found = NULL;

  if (!(self->width >= 0 && self->width < 1e7 && isfinite (self->ascent) && isfinite (self->descent)))
    return g_strdup_printf ("box of kind %d has no size", self->kind);
  for (guint i = 0; self->children != NULL && i < self->children->len && found == NULL; i++) {
    const BsMathBox *child = g_ptr_array_index (self->children, i);

    if (!is_inside (child, self))
      return g_strdup_printf ("child %u of kind %d is outside its parent of kind %d", i, child->kind, self->kind);
    for (guint k = 0; k < i; k++)
      if (is_over (child, g_ptr_array_index (self->children, k)))
        return g_strdup_printf ("children %u and %u of kind %d overlap", k, i, self->kind);
    found = bs_math_box_find_overlap (child);
  }
  return found;
}
