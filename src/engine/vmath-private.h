/* SPDX-License-Identifier: MIT */

#pragma once

#include "vmath.h"

enum {
#define X(name) BS_VECTOR_##name,
  BS_VECTOR_LOOPS (X)
#undef X
  BS_N_VECTOR_LOOPS
};

typedef struct {
  BsVectorLoop loops[BS_N_VECTOR_LOOPS];
  void (*minus_exp) (gsize n, float *out, const float *in, float minus);
  float (*log_one) (float x);
} BsVectorMath;

extern const BsVectorMath bs_vector_math_avx2, bs_vector_math_avx512;
