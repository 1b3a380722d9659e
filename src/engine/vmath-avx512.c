/* SPDX-License-Identifier: MIT */

/* Compiled for AVX-512: SLEEF's functions give the same bits sixteen at a time as eight at a time. */

#include "vmath.h"
#include "vmath-private.h"

#if defined(__AVX512F__)

#include <immintrin.h>
#include <math.h>
#include <sleef.h>

#define V __m512
#define WIDTH 16
#define LOAD(from) _mm512_loadu_ps (from)
#define STORE(to, x) _mm512_storeu_ps (to, x)
#define ALL(c) _mm512_set1_ps (c)
#define FMA(a, b, c) _mm512_fmadd_ps (a, b, c)
#define MIN_(a, b) _mm512_min_ps (a, b)
#define ABS_(a) _mm512_abs_ps (a)
#define ABOVE(x, y, yes, no) _mm512_mask_blend_ps (_mm512_cmp_ps_mask (x, y, _CMP_GT_OQ), no, yes)
#define CALL(f) Sleef_##f##f16_u10
#define CALL15(f) Sleef_##f##f16_u15
#define NAME(f) f##_avx512

#include "vmath-loops.h"

#define X(name) name##_avx512,
const BsVectorMath bs_vector_math_avx512 = { { BS_VECTOR_LOOPS (X) }, minus_exp_avx512, log_one_avx512 };
#undef X

#endif
