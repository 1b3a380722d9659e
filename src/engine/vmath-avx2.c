/* SPDX-License-Identifier: MIT */

/* Compiled for AVX2 with FMA; vmath.c asks the processor before it calls anything here. */

#include "vmath.h"
#include "vmath-private.h"

#if defined(__AVX2__) && defined(__FMA__)

#include <immintrin.h>
#include <sleef.h>

#define V __m256
#define WIDTH 8
#define LOAD(from) _mm256_loadu_ps (from)
#define STORE(to, x) _mm256_storeu_ps (to, x)
#define ALL(c) _mm256_set1_ps (c)
#define FMA(a, b, c) _mm256_fmadd_ps (a, b, c)
#define MIN_(a, b) _mm256_min_ps (a, b)
#define ABS_(a) _mm256_andnot_ps (_mm256_set1_ps (-0.0f), a)
#define ABOVE(x, y, yes, no) _mm256_blendv_ps (no, yes, _mm256_cmp_ps (x, y, _CMP_GT_OQ))
#define CALL(f) Sleef_##f##f8_u10
#define CALL15(f) Sleef_##f##f8_u15
#define NAME(f) f##_avx2

#include "vmath-loops.h"

#define X(name) name##_avx2,
const BsVectorMath bs_vector_math_avx2 = { { BS_VECTOR_LOOPS (X) }, minus_exp_avx2, log_one_avx2 };
#undef X

#endif
