/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "histogram.h"

#include "numbers.h"
#include "ticks.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define MARGIN 14.0 /* left and right: half a label */

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
quantile (const double *sorted, gsize n, double q)
{
  double at = q * (n - 1);
  gsize below = floor (at);

  return below + 1 < n ? sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]) : sorted[n - 1];
}

/* 1, 2 or 5 times a power of ten, not below @width. */
static double
pleasant (double width)
{
  double unit = pow (10, floor (log10 (width)));

  for (int i = 0; i < 3; i++)
    if (width <= (const double[]) { 1, 2, 5 }[i] * unit * (1 + 1e-9))
      return (const double[]) { 1, 2, 5 }[i] * unit;
  return 10 * unit;
}

static void
choose_bins (BsHistogram *self, const double *sorted, gsize n, gboolean whole)
{
  double low = sorted[0], high = sorted[n - 1], spread = quantile (sorted, n, 0.75) - quantile (sorted, n, 0.25);
  double width = 2 * spread / cbrt (n);

  if (whole && high - low < BS_BINS_MAX) {
    *self = (BsHistogram) { .first = low - 0.5, .width = 1, .n = high - low + 1 };
    return;
  }
  /* The difference may overflow, or be too small to be divided. */
  if (!(high - low > 1e-290) || !isfinite (high - low)) {
    *self = (BsHistogram) { .first = low - 0.5, .width = 1, .n = 1 };
    if (high > low)
      *self = (BsHistogram) { .first = low, .width = isfinite (high - low) ? MAX (high - low, DBL_MIN) : DBL_MAX, .n = 1 };
    return;
  }
  width = CLAMP (width, (high - low) / (BS_BINS_MAX - 2), (high - low) / 4);
  width = pleasant (width);
  self->first = floor (low / width) * width;
  self->width = width;
  self->n = CLAMP (ceil ((high - self->first) / width), 1, BS_BINS_MAX);
}

void
bs_histogram_compute (const BsValue *value, BsHistogram *out)
{
  g_autofree double *numbers = g_new (double, MAX (value->numel, 1));
  guint32 n_nan = 0, n_infinite = 0;
  gsize n = 0;

  for (gint64 i = 0; i < (gint64) value->numel; i++) {
    double x = bs_value_get (value, i);

    if (isnan (x))
      n_nan++;
    else if (isinf (x))
      n_infinite++;
    else
      numbers[n++] = x;
  }
  *out = (BsHistogram) { 0 };
  if (n > 0) {
    qsort (numbers, n, sizeof *numbers, compare);
    choose_bins (out, numbers, n, bs_value_is_integral (value));
  }
  for (gsize i = 0; i < n; i++) {
    guint bin = CLAMP (floor ((numbers[i] - out->first) / out->width), 0, out->n - 1);

    out->counts[bin]++;
    out->most = MAX (out->most, out->counts[bin]);
  }
  out->n_nan = n_nan;
  out->n_infinite = n_infinite;
}

guint
bs_histogram_find (const BsHistogram *self, double x, double width)
{
  double at = (x - MARGIN) / MAX (width - 2 * MARGIN, 1) * self->n;

  return at >= 0 && at < self->n ? (guint) at : G_MAXUINT;
}

void
bs_histogram_draw (const BsHistogram *self, cairo_t *cr, BsTexts *texts, BsTheme theme, gboolean grad, double width, double height)
{
  double line = bs_texts_line (texts, BS_TEXT_LABEL), base = height - line - 6, inner = MAX (width - 2 * MARGIN, 1);
  double low = self->first, high = self->first + self->n * self->width, bar = inner / MAX (self->n, 1);
  BsTicks ticks;

  if (self->n == 0)
    return;
  bs_palette_set_alpha (cr, theme, grad ? BS_COLOR_GRADIENT : BS_COLOR_FORWARD, 0.85);
  for (guint i = 0; i < self->n; i++) {
    /* One element among thousands is still seen. */
    double tall = self->counts[i] > 0 ? MAX (self->counts[i] / (double) self->most * (base - 4), 1) : 0;

    cairo_rectangle (cr, MARGIN + i * bar, base - tall, MAX (bar - 1, 0.5), tall);
  }
  cairo_fill (cr);
  bs_palette_set (cr, theme, BS_COLOR_GRID);
  cairo_rectangle (cr, MARGIN, base, inner, 1);
  cairo_fill (cr);
  bs_palette_set (cr, theme, BS_COLOR_DIM_TEXT);
  ticks = bs_ticks_find (low, high, CLAMP (width / 110, 2, 8), FALSE);
  for (guint i = 0; i < ticks.n; i++) {
    char buffer[BS_NUMBER_SIZE];
    double at = bs_ticks_get (&ticks, i), x = MARGIN + (at - low) / (high - low) * inner;

    if (x >= MARGIN - 1 && x <= width - MARGIN + 1)
      bs_texts_draw_aligned (texts, cr, BS_TEXT_LABEL, bs_number_format_fixed (buffer, at, ticks.decimals), x, base + 4, 0, 0.5);
  }
}
