/* SPDX-License-Identifier: MIT */

#include "ticks.h"

#include "numbers.h"

#include <math.h>

static const double nice[] = { 1, 5, 2, 2.5, 4, 3 };
#define N_NICE G_N_ELEMENTS (nice)

typedef struct { double low, high; guint wanted; gboolean whole; double best; BsTicks ticks; } Search;

static double
simplicity (guint i, guint skip, double first, double last, double step)
{
  gboolean zero = first <= 1e-9 * step && last >= -1e-9 * step && fabs (remainder (first, step)) < 1e-9 * step;

  return 1 - i / (N_NICE - 1.0) - skip + (zero ? 1 : 0);
}

static double
coverage (const Search *s, double first, double last)
{
  double range = s->high - s->low;

  return 1 - 0.5 * (pow (s->high - last, 2) + pow (s->low - first, 2)) / pow (0.1 * range, 2);
}

static double
best_coverage (const Search *s, double span)
{
  double range = s->high - s->low, half = (span - range) / 2;

  return span > range ? 1 - half * half / pow (0.1 * range, 2) : 1;
}

static double
density (const Search *s, guint n, double first, double last)
{
  double r = (n - 1) / (last - first), wish = (s->wanted - 1) / (MAX (last, s->high) - MIN (first, s->low));

  return 2 - MAX (r / wish, wish / r);
}

static double
score_of (double simple, double cover, double dense)
{
  return 0.25 * simple + 0.2 * cover + 0.5 * dense + 0.05;
}

static void
try_step (Search *s, guint i, guint skip, guint n, double step)
{
  double size = step / skip;
  gint64 from = (gint64) floor (s->high / step) * skip - (gint64) (n - 1) * skip, to = (gint64) ceil (s->low / step) * skip;

  if (s->whole && step < 1 - 1e-9)
    return;
  for (gint64 start = from; start <= to && to - from < 1000; start++) {
    double first = start * size, last = first + step * (n - 1);
    double score = score_of (simplicity (i, skip, first, last, step), coverage (s, first, last),
                             density (s, n, first, last));

    if (s->whole && fabs (first - round (first)) > 1e-9)
      continue;
    if (score > s->best) {
      s->best = score;
      s->ticks = (BsTicks) { first, step, n, 0 };
    }
  }
}

static void
try_numbers (Search *s, guint i, guint skip)
{
  for (guint n = 2; n < 4 * s->wanted + 4; n++) {
    double dense = n >= s->wanted ? 2 - (n - 1.0) / (s->wanted - 1.0) : 1;
    double delta = (s->high - s->low) / (n + 1) / (skip * nice[i]);

    if (score_of (2 - i / (N_NICE - 1.0) - skip, 1, dense) < s->best)
      return;
    for (int z = (int) ceil (log10 (delta)), end = z + 4; z < end; z++) {
      double step = skip * nice[i] * pow (10, z);

      if (score_of (2 - i / (N_NICE - 1.0) - skip, best_coverage (s, step * (n - 1)), dense) < s->best)
        break;
      try_step (s, i, skip, n, step);
    }
  }
}

static int
decimals_of (const BsTicks *ticks)
{
  for (int decimals = 0; decimals < 10; decimals++) {
    double scale = pow (10, decimals), size = MAX (fabs (bs_ticks_get (ticks, ticks->n - 1)), ticks->step);

    if (fabs (ticks->step * scale - round (ticks->step * scale)) < 1e-6 * ticks->step * scale &&
        fabs (ticks->first * scale - round (ticks->first * scale)) < 1e-6 * MAX (size * scale, 1))
      return decimals;
  }
  return -1;
}

BsTicks
bs_ticks_find (double low, double high, guint wanted, gboolean whole)
{
  Search s = { low, high, MAX (wanted, 2), whole, -1e9, { low, 1, 1, 0 } };

  g_return_val_if_fail (isfinite (low) && isfinite (high) && low <= high, s.ticks);

  if (high - low <= 1e-12 * MAX (fabs (low), fabs (high)) || high - low < 1e-300) {
    s.ticks.decimals = decimals_of (&s.ticks);
    return s.ticks;
  }
  for (guint skip = 1; skip < 4; skip++)
    for (guint i = 0; i < N_NICE; i++)
      try_numbers (&s, i, skip);
  s.ticks.decimals = decimals_of (&s.ticks);
  if (fabs (s.ticks.first) < 1e-9 * s.ticks.step)
    s.ticks.first = 0;
  return s.ticks;
}

guint
bs_ticks_find_log (double low, double high, guint wanted, double out[BS_TICKS_MOST])
{
  static const double within[] = { 1, 2, 5 };
  double decades = log10 (high) - log10 (low);
  int skip = MAX (ceil (decades / MAX (wanted, 2)), 1), first = floor (log10 (low)), last = ceil (log10 (high));
  guint parts = skip == 1 && decades * 3 <= wanted * 1.3 ? 3 : 1, n = 0;

  g_return_val_if_fail (low > 0 && high >= low && isfinite (high), 0);

  if (decades < 1)
    return 0;
  for (int e = first; e <= last; e++)
    for (guint k = 0; k < parts && n < BS_TICKS_MOST; k++) {
      double value = within[k] * pow (10, e);

      if (e % skip == 0 && value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
        out[n++] = value;
    }
  return n;
}

/* So many digits that neighbours differ: of 9.0000005 and 9.000001 more than of 0.5 and 1. */
const char *
bs_ticks_text (const BsTicks *self, guint i, char *buffer)
{
  double value = bs_ticks_get (self, i), most = MAX (fabs (self->first), fabs (bs_ticks_get (self, self->n - 1)));
  int digits = most > 0 && self->step > 0 ? (int) ceil (log10 (most / self->step) - 1e-9) + 2 : 4;

  if (fabs (value) < 1e-9 * self->step)
    value = 0;
  if (self->decimals < 0 || most >= 1e6 || self->decimals > 5)
    return bs_number_format (buffer, value, CLAMP (digits, 3, 12));
  return bs_number_format_fixed (buffer, value, self->decimals);
}
