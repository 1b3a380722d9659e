/* SPDX-License-Identifier: MIT */

/* Entries of the table for functions of one element: DEFINE gives one whose slope is a formula of its input X_ or its
 * result Y_. */

#pragma once

#include "formula.h"
#include "vmath.h"

#include <math.h>

#define X_ ctx->inputs[0]
#define Y_ ctx->outputs[0]

#define LOOPS(name, E32, E64, i64_loop) \
  BS_UNARY_LOOP (name##_f32, float, float, E32) \
  BS_UNARY_LOOP (name##_f64, double, double, E64) \
  static const BsLoops name##_loops = { name##_f32, name##_f64, i64_loop };

/* Single precision by vmath.h. */
#define VECTOR_LOOPS(name, E64) \
  BS_UNARY_LOOP (name##_f64, double, double, E64) \
  static const BsLoops name##_loops = { bs_##name##_f32, name##_f64, NULL };

#define SAVES_X .saves_inputs = 1, .saves_why = N_ ("the input: the slope is a function of it"),
#define SAVES_Y .saves_outputs = 1, .saves_why = N_ ("the result: the slope is a function of it"),
#define SAVES_NONE

#define DEFINE(op, mark, node, kind, saves, where, grad, value, slope, vjp, words, ...) \
  static void op##_forward (BsOpContext *ctx) { bs_pointwise (ctx, 1, ctx->inputs, &op##_loops, kind, NULL); } \
  static void op##_backward (BsOpContext *ctx) { GIVE (0, grad); } \
  BS_OP (op) \
    .name = #op, .symbol = mark, .signature = #op "(Tensor self)", .backward_name = node, \
    .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT | (where), \
    .forward = op##_forward, .backward = op##_backward, .loops = &op##_loops, saves \
    .value_text = value, .derivative_text = TEXTS (slope), .vjp_text = TEXTS (vjp), .sentence = words, __VA_ARGS__ };

#define TIMES_G(expression) B2 (mul, G, expression)
#define PLAIN SAMPLES ({ "rand(2, 3) + 0.1" }, { "rand(()) + 0.1" })

