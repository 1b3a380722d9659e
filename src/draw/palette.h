/* SPDX-License-Identifier: MIT */

/* Every colour of every picture, one table. Text roles have a contrast of 4.5:1 or more on the surfaces they are put
 * on, lines and rings 3:1 (tests/draw checks it). Forward is blue, gradient orange, update green everywhere, and
 * never by colour alone. */

#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef enum { BS_THEME_LIGHT, BS_THEME_DARK, BS_THEME_HIGH_CONTRAST, BS_THEME_HIGH_CONTRAST_DARK, BS_N_THEMES } BsTheme;

typedef enum {
  BS_COLOR_BACKGROUND,
  BS_COLOR_CARD,            /* surface of a computed card */
  BS_COLOR_CARD_BORDER,
  BS_COLOR_INSET,           /* surface of the value area, of a pill at rest */
  BS_COLOR_TEXT,
  BS_COLOR_DIM_TEXT,        /* captions, shapes, what is not there yet */
  BS_COLOR_OUTLINE,         /* dashes of what is not computed yet */
  BS_COLOR_EDGE,
  BS_COLOR_FORWARD,         /* lines and rings */
  BS_COLOR_FORWARD_TEXT,
  BS_COLOR_FORWARD_SURFACE,
  BS_COLOR_GRADIENT,
  BS_COLOR_GRADIENT_TEXT,
  BS_COLOR_GRADIENT_SURFACE,
  BS_COLOR_UPDATE,
  BS_COLOR_UPDATE_TEXT,
  BS_COLOR_UPDATE_SURFACE,
  BS_COLOR_ERROR,
  BS_COLOR_ERROR_TEXT,
  BS_COLOR_ERROR_SURFACE,
  BS_COLOR_SELECTION,
  BS_COLOR_SHADOW,
  BS_COLOR_GRID,            /* of a plot */
  BS_N_COLORS,
} BsColorRole;

typedef struct { double r, g, b, a; } BsColor;

gboolean bs_theme_is_dark (BsTheme theme);
gboolean bs_theme_is_high_contrast (BsTheme theme);
BsColor bs_palette_get (BsTheme theme, BsColorRole role);
void bs_palette_set (cairo_t *cr, BsTheme theme, BsColorRole role);
void bs_palette_set_alpha (cairo_t *cr, BsTheme theme, BsColorRole role, double alpha);
BsColor bs_color_mix (BsColor a, BsColor b, double amount_of_b);
double bs_color_contrast (BsColor a, BsColor b); /* WCAG 2: 1 .. 21 */
/* Curves: told apart by hue, lightness and, in the plot, by their dashes. */
#define BS_N_CURVE_COLORS 6
BsColor bs_palette_get_curve (BsTheme theme, guint i);
/* Scales; @t from 0 to 1, perceptually uniform; and from -1 to 1 around zero, blue to orange. */
BsColor bs_palette_sequential (double t);
BsColor bs_palette_diverging (BsTheme theme, double t);
/* Black or white, whichever reads better on @surface. */
BsColor bs_palette_text_on (BsColor surface);

G_END_DECLS
