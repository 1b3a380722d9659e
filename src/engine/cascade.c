/* SPDX-License-Identifier: MIT */

#include "cascade.h"

#include <string.h>

#define LEVELS 4
#define ROWS 4

static int
ceil_log2 (gint64 n)
{
  int bits = 1;

  while (bits < 62 && (G_GINT64_CONSTANT (1) << bits) < n)
    bits++;
  return bits;
}

/* One loop over two dimensions: @in and @out are strides in elements, @size counts; the first is the one that is summed. */
typedef struct {
  gint64 in[2], out[2], size[2];
} Loop;

#define CASCADE(T, LANES, name) \
  /* Four sums of @size rows; each is of @width neighbours. Rows are @step apart, sums @next. */ \
  BS_CLONES static void rows_##name (const T *x, gint64 step, gint64 next, gint64 size, int width, T sums[ROWS][LANES]) \
  { \
    T level[LEVELS][ROWS][LANES] = { { { 0 } } }; \
    int power = MAX (4, ceil_log2 (size) / LEVELS); \
    gint64 block = (gint64) 1 << power, mask = block - 1, i = 0; \
    while (i + block <= size) { \
      for (gint64 end = i + block; i < end; i++) \
        for (int r = 0; r < ROWS; r++) \
          for (int k = 0; k < width; k++) \
            level[0][r][k] += x[i * step + r * next + k]; \
      for (int l = 1; l < LEVELS; l++) { \
        for (int r = 0; r < ROWS; r++) \
          for (int k = 0; k < width; k++) { \
            level[l][r][k] += level[l - 1][r][k]; \
            level[l - 1][r][k] = 0; \
          } \
        if ((i & (mask << (l * power))) != 0) \
          break; \
      } \
    } \
    for (; i < size; i++) \
      for (int r = 0; r < ROWS; r++) \
        for (int k = 0; k < width; k++) \
          level[0][r][k] += x[i * step + r * next + k]; \
    for (int r = 0; r < ROWS; r++) \
      for (int k = 0; k < width; k++) { \
        sums[r][k] = level[0][r][k]; \
        for (int l = 1; l < LEVELS; l++) \
          sums[r][k] += level[l][r][k]; \
      } \
  } \
  /* One sum of @size rows, as four that are added at the end. */ \
  static void row_##name (const T *x, gint64 step, gint64 size, int width, T *sum) \
  { \
    T sums[ROWS][LANES]; \
    rows_##name (x, step * ROWS, step, size / ROWS, width, sums); \
    for (gint64 i = size / ROWS * ROWS; i < size; i++) \
      for (int k = 0; k < width; k++) \
        sums[0][k] += x[i * step + k]; \
    for (int k = 0; k < width; k++) \
      sum[k] = ((sums[0][k] + sums[1][k]) + sums[2][k]) + sums[3][k]; \
  } \
  /* Neighbours are summed. */ \
  static T inner_##name (const T *x, gint64 size) \
  { \
    T lanes[LANES], total = 0; \
    row_##name (x, LANES, size / LANES, LANES, lanes); \
    for (gint64 i = size / LANES * LANES; i < size; i++) \
      total += x[i]; \
    for (int k = 0; k < LANES; k++) \
      total += lanes[k]; \
    return total; \
  } \
  static void columns_##name (const T *x, const Loop *l, int width, T *out) \
  { \
    gint64 j = 0; \
    T sums[ROWS][LANES], one[LANES]; \
    for (; j + ROWS * width <= l->size[1]; j += ROWS * width) { \
      rows_##name (x + j * l->in[1], l->in[0], width * l->in[1], l->size[0], width, sums); \
      for (int r = 0; r < ROWS; r++) \
        for (int k = 0; k < width; k++) \
          out[(j + r * width + k) * l->out[1]] += sums[r][k]; \
    } \
    for (; j + width <= l->size[1]; j += width) { \
      row_##name (x + j * l->in[1], l->in[0], l->size[0], width, one); \
      for (int k = 0; k < width; k++) \
        out[(j + k) * l->out[1]] += one[k]; \
    } \
    for (; j < l->size[1]; j++) { \
      row_##name (x + j * l->in[1], l->in[0], l->size[0], 1, one); \
      out[j * l->out[1]] += one[0]; \
    } \
  } \
  static void loop_##name (const T *x, const Loop *l, T *out) \
  { \
    if (l->out[0] != 0) { /* nothing is summed here */ \
      for (gint64 j = 0; j < l->size[1]; j++) \
        for (gint64 i = 0; i < l->size[0]; i++) \
          out[i * l->out[0] + j * l->out[1]] += x[i * l->in[0] + j * l->in[1]]; \
    } else if (l->in[0] == 1 && l->size[0] >= LANES) { \
      for (gint64 j = 0; j < l->size[1]; j++) \
        out[j * l->out[1]] += inner_##name (x + j * l->in[1], l->size[0]); \
    } else if (l->in[1] == 1 && l->size[1] >= LANES) { \
      columns_##name (x, l, LANES, out); \
    } else if (l->in[0] < l->in[1]) { \
      for (gint64 j = 0; j < l->size[1]; j++) { \
        T one; \
        row_##name (x + j * l->in[1], l->in[0], l->size[0], 1, &one); \
        out[j * l->out[1]] += one; \
      } \
    } else { \
      columns_##name (x, l, 1, out); \
    } \
  }
CASCADE (float, 8, f32)
CASCADE (double, 4, f64)

typedef struct {
  guint n;
  gint64 size[BS_MAX_DIMS], in[BS_MAX_DIMS], out[BS_MAX_DIMS];
} Walk;

/* The dimensions that go, then those that stay, each from the smallest stride on; neighbours in memory become one. */
static void
plan_walk (const BsTensor *x, const gboolean *gone, Walk *walk)
{
  gint64 out_stride[BS_MAX_DIMS], step = 1;

  walk->n = 0;
  for (int d = (int) x->n_dims - 1; d >= 0; d--) {
    out_stride[d] = gone[d] ? 0 : step;
    step *= gone[d] ? 1 : x->shape[d];
  }
  for (int kept = 0; kept < 2; kept++) {
    guint first = walk->n;
    for (int d = (int) x->n_dims - 1; d >= 0; d--) {
      guint at = walk->n;
      if (gone[d] == (kept == 1) || x->shape[d] == 1)
        continue;
      for (; at > first && walk->in[at - 1] > bs_strides (x)[d]; at--) {
        walk->size[at] = walk->size[at - 1];
        walk->in[at] = walk->in[at - 1];
        walk->out[at] = walk->out[at - 1];
      }
      walk->size[at] = x->shape[d];
      walk->in[at] = bs_strides (x)[d];
      walk->out[at] = out_stride[d];
      walk->n++;
    }
    for (guint i = first; i + 1 < walk->n;)
      if (walk->in[i + 1] == walk->in[i] * walk->size[i] && walk->out[i + 1] == walk->out[i] * walk->size[i]) {
        walk->size[i] *= walk->size[i + 1];
        walk->n--;
        for (guint k = i + 1; k < walk->n; k++) {
          walk->size[k] = walk->size[k + 1];
          walk->in[k] = walk->in[k + 1];
          walk->out[k] = walk->out[k + 1];
        }
      } else {
        i++;
      }
  }
  for (; walk->n < 2; walk->n++) {
    walk->size[walk->n] = 1;
    walk->in[walk->n] = walk->out[walk->n] = 0;
  }
}

void
bs_cascade_sum (const BsTensor *x, const gboolean *gone, void *out)
{
  Walk walk;
  Loop loop;
  gint64 index[BS_MAX_DIMS] = { 0 }, from = 0, to = 0;
  guint d;

  if (x->numel == 0)
    return;
  plan_walk (x, gone, &walk);
  for (guint i = 0; i < 2; i++) {
    loop.size[i] = walk.size[i];
    loop.in[i] = walk.in[i];
    loop.out[i] = walk.out[i];
  }
  do {
    if (x->dtype == BS_FLOAT32)
      loop_f32 ((const float *) bs_data (x) + from, &loop, (float *) out + to);
    else
      loop_f64 ((const double *) bs_data (x) + from, &loop, (double *) out + to);
    for (d = 2; d < walk.n; d++) {
      from += walk.in[d];
      to += walk.out[d];
      if (++index[d] < walk.size[d])
        break;
      from -= walk.in[d] * walk.size[d];
      to -= walk.out[d] * walk.size[d];
      index[d] = 0;
    }
  } while (d < walk.n);
}

float
bs_sum_floats (const float *x, gint64 n)
{
  Loop loop = { .in = { 1, 0 }, .size = { n, 1 } };
  float out = 0;

  if (n > 0)
    loop_f32 (x, &loop, &out);
  return out;
}
