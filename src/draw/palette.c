/* SPDX-License-Identifier: MIT */

#include "palette.h"

#include <math.h>

static const guint32 table[BS_N_THEMES][BS_N_COLORS] = {
  [BS_THEME_LIGHT] = {
    [BS_COLOR_BACKGROUND] = 0xfafafb,      [BS_COLOR_CARD] = 0xffffff,
    [BS_COLOR_CARD_BORDER] = 0xc8cad1,     [BS_COLOR_INSET] = 0xf1f2f5,
    [BS_COLOR_TEXT] = 0x1d1d22,            [BS_COLOR_DIM_TEXT] = 0x5b5e67,
    [BS_COLOR_OUTLINE] = 0x858892,         [BS_COLOR_EDGE] = 0x868a95,
    [BS_COLOR_FORWARD] = 0x1c71d8,         [BS_COLOR_FORWARD_TEXT] = 0x1a5296,
    [BS_COLOR_FORWARD_SURFACE] = 0xdbe9fc, [BS_COLOR_GRADIENT] = 0xd95c00,
    [BS_COLOR_GRADIENT_TEXT] = 0x963e00,   [BS_COLOR_GRADIENT_SURFACE] = 0xffead6,
    [BS_COLOR_UPDATE] = 0x1f8f58,          [BS_COLOR_UPDATE_TEXT] = 0x12633c,
    [BS_COLOR_UPDATE_SURFACE] = 0xd7f3e2,  [BS_COLOR_ERROR] = 0xc01c28,
    [BS_COLOR_ERROR_TEXT] = 0xa01422,      [BS_COLOR_ERROR_SURFACE] = 0xfbe0e2,
    [BS_COLOR_SELECTION] = 0x8a3ab9,       [BS_COLOR_SHADOW] = 0x000000,
    [BS_COLOR_GRID] = 0xe3e4e9,
  },
  [BS_THEME_DARK] = {
    [BS_COLOR_BACKGROUND] = 0x1d1d20,      [BS_COLOR_CARD] = 0x2e2e33,
    [BS_COLOR_CARD_BORDER] = 0x4c4d55,     [BS_COLOR_INSET] = 0x3a3a41,
    [BS_COLOR_TEXT] = 0xf5f5f7,            [BS_COLOR_DIM_TEXT] = 0xb9bbc4,
    [BS_COLOR_OUTLINE] = 0x82858f,         [BS_COLOR_EDGE] = 0x8b8e99,
    [BS_COLOR_FORWARD] = 0x62a0ea,         [BS_COLOR_FORWARD_TEXT] = 0xa6cbf7,
    [BS_COLOR_FORWARD_SURFACE] = 0x21406a, [BS_COLOR_GRADIENT] = 0xff9a3d,
    [BS_COLOR_GRADIENT_TEXT] = 0xffc58a,   [BS_COLOR_GRADIENT_SURFACE] = 0x5a3510,
    [BS_COLOR_UPDATE] = 0x4ecb82,          [BS_COLOR_UPDATE_TEXT] = 0x93ecb4,
    [BS_COLOR_UPDATE_SURFACE] = 0x1b4a31,  [BS_COLOR_ERROR] = 0xff6b70,
    [BS_COLOR_ERROR_TEXT] = 0xffa9ac,      [BS_COLOR_ERROR_SURFACE] = 0x5c2127,
    [BS_COLOR_SELECTION] = 0xd48ae8,       [BS_COLOR_SHADOW] = 0x000000,
    [BS_COLOR_GRID] = 0x37373d,
  },
  [BS_THEME_HIGH_CONTRAST] = {
    [BS_COLOR_BACKGROUND] = 0xffffff,      [BS_COLOR_CARD] = 0xffffff,
    [BS_COLOR_CARD_BORDER] = 0x000000,     [BS_COLOR_INSET] = 0xf0f0f0,
    [BS_COLOR_TEXT] = 0x000000,            [BS_COLOR_DIM_TEXT] = 0x262626,
    [BS_COLOR_OUTLINE] = 0x404040,         [BS_COLOR_EDGE] = 0x303030,
    [BS_COLOR_FORWARD] = 0x0042a8,         [BS_COLOR_FORWARD_TEXT] = 0x002f7a,
    [BS_COLOR_FORWARD_SURFACE] = 0xd6e6ff, [BS_COLOR_GRADIENT] = 0xa33a00,
    [BS_COLOR_GRADIENT_TEXT] = 0x702800,   [BS_COLOR_GRADIENT_SURFACE] = 0xffe2c7,
    [BS_COLOR_UPDATE] = 0x00612e,          [BS_COLOR_UPDATE_TEXT] = 0x004420,
    [BS_COLOR_UPDATE_SURFACE] = 0xccf2db,  [BS_COLOR_ERROR] = 0xa0000f,
    [BS_COLOR_ERROR_TEXT] = 0x7d000c,      [BS_COLOR_ERROR_SURFACE] = 0xffdcdf,
    [BS_COLOR_SELECTION] = 0x6a0dad,       [BS_COLOR_SHADOW] = 0x000000,
    [BS_COLOR_GRID] = 0xb5b5b5,
  },
  [BS_THEME_HIGH_CONTRAST_DARK] = {
    [BS_COLOR_BACKGROUND] = 0x000000,      [BS_COLOR_CARD] = 0x000000,
    [BS_COLOR_CARD_BORDER] = 0xffffff,     [BS_COLOR_INSET] = 0x1c1c1c,
    [BS_COLOR_TEXT] = 0xffffff,            [BS_COLOR_DIM_TEXT] = 0xe4e4e4,
    [BS_COLOR_OUTLINE] = 0xc4c4c4,         [BS_COLOR_EDGE] = 0xd6d6d6,
    [BS_COLOR_FORWARD] = 0x8ec2ff,         [BS_COLOR_FORWARD_TEXT] = 0xc9e2ff,
    [BS_COLOR_FORWARD_SURFACE] = 0x06305e, [BS_COLOR_GRADIENT] = 0xffb066,
    [BS_COLOR_GRADIENT_TEXT] = 0xffd9b0,   [BS_COLOR_GRADIENT_SURFACE] = 0x4a2400,
    [BS_COLOR_UPDATE] = 0x6cf0a4,          [BS_COLOR_UPDATE_TEXT] = 0xc2ffdb,
    [BS_COLOR_UPDATE_SURFACE] = 0x063c20,  [BS_COLOR_ERROR] = 0xff8c90,
    [BS_COLOR_ERROR_TEXT] = 0xffd0d2,      [BS_COLOR_ERROR_SURFACE] = 0x560c12,
    [BS_COLOR_SELECTION] = 0xeeaaff,       [BS_COLOR_SHADOW] = 0x000000,
    [BS_COLOR_GRID] = 0x5a5a5a,
  },
};

static const guint32 curves[BS_N_THEMES][BS_N_CURVE_COLORS] = {
  [BS_THEME_LIGHT] = { 0x1c71d8, 0xc64600, 0x17804e, 0x8a3ab9, 0xa4243b, 0x5b5e67 },
  [BS_THEME_DARK] = { 0x78aeed, 0xffa348, 0x57d98d, 0xd48ae8, 0xff8a92, 0xc0bfbc },
  [BS_THEME_HIGH_CONTRAST] = { 0x0042a8, 0xa33a00, 0x00612e, 0x6a0dad, 0x8c0013, 0x262626 },
  [BS_THEME_HIGH_CONTRAST_DARK] = { 0x8ec2ff, 0xffb066, 0x6cf0a4, 0xeeaaff, 0xff9da2, 0xe4e4e4 },
};

static BsColor
from_hex (guint32 hex)
{
  return (BsColor) { (hex >> 16 & 255) / 255.0, (hex >> 8 & 255) / 255.0, (hex & 255) / 255.0, 1 };
}

gboolean
bs_theme_is_dark (BsTheme theme)
{
  return theme == BS_THEME_DARK || theme == BS_THEME_HIGH_CONTRAST_DARK;
}

gboolean
bs_theme_is_high_contrast (BsTheme theme)
{
  return theme == BS_THEME_HIGH_CONTRAST || theme == BS_THEME_HIGH_CONTRAST_DARK;
}

BsColor
bs_palette_get (BsTheme theme, BsColorRole role)
{
  g_return_val_if_fail (theme < BS_N_THEMES && role < BS_N_COLORS, from_hex (0));

  return from_hex (table[theme][role]);
}

void
bs_palette_set_alpha (cairo_t *cr, BsTheme theme, BsColorRole role, double alpha)
{
  BsColor c = bs_palette_get (theme, role);

  cairo_set_source_rgba (cr, c.r, c.g, c.b, alpha);
}

void
bs_palette_set (cairo_t *cr, BsTheme theme, BsColorRole role)
{
  bs_palette_set_alpha (cr, theme, role, 1);
}

BsColor
bs_palette_get_curve (BsTheme theme, guint i)
{
  return from_hex (curves[theme][i % BS_N_CURVE_COLORS]);
}

BsColor
bs_color_mix (BsColor a, BsColor b, double t)
{
  return (BsColor) { a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t, a.a + (b.a - a.a) * t };
}

static double
linear (double c)
{
  return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static double
luminance (BsColor c)
{
  return 0.2126 * linear (c.r) + 0.7152 * linear (c.g) + 0.0722 * linear (c.b);
}

double
bs_color_contrast (BsColor a, BsColor b)
{
  double x = luminance (a), y = luminance (b);

  return (MAX (x, y) + 0.05) / (MIN (x, y) + 0.05);
}

static BsColor
along (const guint32 *stops, guint n, double t)
{
  double at = CLAMP (t, 0, 1) * (n - 1);
  guint i = MIN ((guint) at, n - 2);

  return bs_color_mix (from_hex (stops[i]), from_hex (stops[i + 1]), at - i);
}

BsColor
bs_palette_sequential (double t)
{
  static const guint32 viridis[] = { 0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e,
                                     0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725 };

  return along (viridis, G_N_ELEMENTS (viridis), isfinite (t) ? t : 0);
}

BsColor
bs_palette_diverging (BsTheme theme, double t)
{
  static const guint32 light[] = { 0x0d4d92, 0x4f8fd0, 0xa9cdf0, 0xf5f5f5, 0xfbcb9a, 0xea8a34, 0xa64200 };
  static const guint32 dark[] = { 0x8cc0fa, 0x4a86c8, 0x2a4f78, 0x36363b, 0x7c4a1c, 0xd07c2c, 0xffbf7d };

  if (!isfinite (t))
    t = 0;
  return along (bs_theme_is_dark (theme) ? dark : light, G_N_ELEMENTS (light), (t + 1) / 2);
}

BsColor
bs_palette_text_on (BsColor surface)
{
  BsColor black = from_hex (0), white = from_hex (0xffffff);

  return bs_color_contrast (surface, black) >= bs_color_contrast (surface, white) ? black : white;
}
