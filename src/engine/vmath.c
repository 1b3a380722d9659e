/* SPDX-License-Identifier: MIT */

#include "vmath.h"
#include "vmath-private.h"

#include <math.h>
#include <sleef.h>

#define V float
#define WIDTH 1
#define LOAD(from) (*(from))
#define STORE(to, x) (*(to) = (x))
#define ALL(c) ((float) (c))
#define FMA(a, b, c) fmaf (a, b, c)
#define MIN_(a, b) fminf (a, b)
#define ABS_(a) fabsf (a)
#define ABOVE(x, y, yes, no) ((x) > (y) ? (yes) : (no))
#define CALL(f) Sleef_##f##f_u10
#define CALL15(f) Sleef_##f##f_u15
#define NAME(f) f##_plain

#include "vmath-loops.h"

#define X(name) name##_plain,
static const BsVectorMath plain = { { BS_VECTOR_LOOPS (X) }, minus_exp_plain, log_one_plain };
#undef X

static const BsVectorMath *chosen;

static G_GNUC_NO_INLINE void
choose (void)
{
  const BsVectorMath *best = &plain;
#if defined(__x86_64__)
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    best = __builtin_cpu_supports ("avx512f") ? &bs_vector_math_avx512 : &bs_vector_math_avx2;
#endif
  chosen = best;
}

static inline const BsVectorMath *
math (void)
{
  if (G_UNLIKELY (chosen == NULL))
    choose ();
  return chosen;
}

#define X(name) \
  void bs_##name##_f32 (gsize n, void *const *data, const gint64 *strides, const double *parameters) \
  { \
    math ()->loops[BS_VECTOR_##name] (n, data, strides, parameters); \
  }
BS_VECTOR_LOOPS (X)
#undef X

void
bs_vector_exp (gsize n, float *out, const float *in, float minus)
{
  math ()->minus_exp (n, out, in, minus);
}

float
bs_vector_log (float x)
{
  return math ()->log_one (x);
}
