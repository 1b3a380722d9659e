/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "decimate.h"

#include <math.h>

enum { BLOCK = 16, FAN = 8, MOST_LEVELS = 10, NONE = G_MAXUINT32 };

struct _BsDecimator {
  GArray *levels[MOST_LEVELS]; /* BsExtremes: of BLOCK points, of FAN blocks, of FAN of those ... */
};

BsDecimator *
bs_decimator_new (void)
{
  BsDecimator *self = g_new0 (BsDecimator, 1);

  for (guint k = 0; k < MOST_LEVELS; k++)
    self->levels[k] = g_array_new (FALSE, FALSE, sizeof (BsExtremes));
  return self;
}

void
bs_decimator_free (BsDecimator *self)
{
  for (guint k = 0; k < MOST_LEVELS; k++)
    g_array_unref (self->levels[k]);
  g_free (self);
}

static inline void
join_point (BsExtremes *into, const double *values, guint32 i)
{
  double v = values[i];

  if (!isfinite (v))
    return;
  if (into->low == NONE || v < values[into->low])
    into->low = i;
  if (into->high == NONE || v > values[into->high])
    into->high = i;
  if (v > 0 && (into->least_positive == NONE || v < values[into->least_positive]))
    into->least_positive = i;
}

static inline void
join (BsExtremes *into, const double *values, const BsExtremes *other)
{
  if (other->low == NONE)
    return;
  if (into->low == NONE || values[other->low] < values[into->low])
    into->low = other->low;
  if (into->high == NONE || values[other->high] > values[into->high])
    into->high = other->high;
  if (other->least_positive != NONE && (into->least_positive == NONE || values[other->least_positive] < values[into->least_positive]))
    into->least_positive = other->least_positive;
}

static const BsExtremes nothing = { NONE, NONE, NONE };

/* Only whole blocks, and none with the last point. */
void
bs_decimator_update (BsDecimator *self, const BsCurve *curve)
{
  guint n = curve->n > 0 ? (curve->n - 1) / BLOCK : 0;

  if (n < self->levels[0]->len)
    for (guint k = 0; k < MOST_LEVELS; k++)
      g_array_set_size (self->levels[k], 0);
  for (guint b = self->levels[0]->len; b < n; b++) {
    BsExtremes e = nothing;

    for (guint i = b * BLOCK; i < (b + 1) * BLOCK; i++)
      join_point (&e, curve->values, i);
    g_array_append_val (self->levels[0], e);
  }
  for (guint k = 1; k < MOST_LEVELS; k++)
    for (guint b = self->levels[k]->len; (b + 1) * FAN <= self->levels[k - 1]->len; b++) {
      BsExtremes e = nothing;

      for (guint i = 0; i < FAN; i++)
        join (&e, curve->values, &g_array_index (self->levels[k - 1], BsExtremes, b * FAN + i));
      g_array_append_val (self->levels[k], e);
    }
}

/* Single points up to a block, blocks up to a larger one and so on, and down again. */
BsExtremes
bs_decimator_find (BsDecimator *self, const BsCurve *curve, guint from, guint to)
{
  BsExtremes e = nothing;

  while (from < to) {
    guint size = BLOCK, k = 0;

    if (from % BLOCK != 0 || from + BLOCK > to || from / BLOCK >= self->levels[0]->len) {
      join_point (&e, curve->values, from++);
      continue;
    }
    while (k + 1 < MOST_LEVELS && from % (size * FAN) == 0 && from + size * FAN <= to && from / (size * FAN) < self->levels[k + 1]->len) {
      size *= FAN;
      k++;
    }
    join (&e, curve->values, &g_array_index (self->levels[k], BsExtremes, from / size));
    from += size;
  }
  return e;
}
