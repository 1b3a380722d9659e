/* SPDX-License-Identifier: MIT */

/* Functions of one element. DEFINE gives an operation whose slope is a formula of its input x or its result y. */

#include "unary.h"

#include <math.h>

BS_UNARY_LOOP (neg_i64, gint64, gint64, -x)
LOOPS (neg, -x, -x, neg_i64)
static void neg_forward (BsOpContext *ctx)
{
  if (X_->dtype == BS_BOOL)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
                                           "invert a mask, use the `~` or `logical_not()` operator instead.");
  else
    bs_pointwise (ctx, 1, ctx->inputs, &neg_loops, BS_RESULT_SAME, NULL);
}
static void neg_backward (BsOpContext *ctx) { GIVE (0, B1 (neg, G)); }
BS_OP (neg)
  .name = "neg", .symbol = "−", .signature = "neg(Tensor self)", .aliases = "negative", .backward_name = "NegBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT, .forward = neg_forward, .backward = neg_backward, .loops = &neg_loops,
  .value_text = "-self", .derivative_text = TEXTS ("-1"), .vjp_text = TEXTS ("-g"), .sentence = N_ ("Changes the sign."), PLAIN
};

VECTOR_LOOPS (exp, exp (x))
DEFINE (exp, "eˣ", "ExpBackward0", BS_RESULT_FLOAT, SAVES_Y, 0, TIMES_G (Y_), "exp(self)", "exp(self)", "g * exp(self)", N_ ("Takes e to the power of each element."), PLAIN)
LOOPS (exp2, exp2f (x), exp2 (x), NULL)
DEFINE (exp2, "2ˣ", "Exp2Backward0", BS_RESULT_FLOAT, SAVES_Y, 0, TIMES_G (bs_scaled (ctx, Y_, G_LN2)), "2^self", "2^self * log(2)", "g * 2^self * log(2)", N_ ("Takes two to the power of each element."), PLAIN)
VECTOR_LOOPS (expm1, expm1 (x))
DEFINE (expm1, "eˣ−1", "Expm1Backward0", BS_RESULT_FLOAT, SAVES_Y, 0, TIMES_G (bs_shifted (ctx, Y_, 1)), "exp(self) - 1", "exp(self)", "g * exp(self)", N_ ("Takes e to the power of each element, less one."), PLAIN)
VECTOR_LOOPS (log, log (x))
DEFINE (log, "ln", "LogBackward0", BS_RESULT_FLOAT, SAVES_X, 0, B2 (div, G, X_), "log(self)", "1 / self", "g / self", N_ ("Takes the natural logarithm."), .kinks = N_ ("self = 0: infinite"), PLAIN)
VECTOR_LOOPS (log2, log2 (x))
DEFINE (log2, "log₂", "Log2Backward0", BS_RESULT_FLOAT, SAVES_X, 0, B2 (div, G, bs_scaled (ctx, X_, G_LN2)), "log(self) / log(2)", "1 / (self * log(2))", "g / (self * log(2))", N_ ("Takes the logarithm to the base two."), PLAIN)
VECTOR_LOOPS (log10, log10 (x))
DEFINE (log10, "log₁₀", "Log10Backward0", BS_RESULT_FLOAT, SAVES_X, 0, B2 (div, G, bs_scaled (ctx, X_, G_LN10)), "log(self) / log(10)", "1 / (self * log(10))", "g / (self * log(10))", N_ ("Takes the logarithm to the base ten."), PLAIN)
VECTOR_LOOPS (log1p, log1p (x))
DEFINE (log1p, "ln(1+x)", "Log1PBackward0", BS_RESULT_FLOAT, SAVES_X, 0, B2 (div, G, bs_shifted (ctx, X_, 1)), "log(1 + self)", "1 / (1 + self)", "g / (1 + self)", N_ ("Takes the logarithm of one more."), PLAIN)
LOOPS (sqrt, sqrtf (x), sqrt (x), NULL)
DEFINE (sqrt, "√", "SqrtBackward0", BS_RESULT_FLOAT, SAVES_Y, 0, B2 (div, G, bs_scaled (ctx, Y_, 2)), "sqrt(self)", "1 / (2 * sqrt(self))", "g / (2 * sqrt(self))", N_ ("Takes the square root."), .kinks = N_ ("self = 0: infinite"), PLAIN)
LOOPS (rsqrt, 1 / sqrtf (x), 1 / sqrt (x), NULL)
DEFINE (rsqrt, "1/√", "RsqrtBackward0", BS_RESULT_FLOAT, SAVES_Y, 0, B2 (mul, bs_scaled (ctx, G, -0.5), bs_power (ctx, Y_, 3)), "1 / sqrt(self)", "-0.5 / sqrt(self)^3", "-g * 0.5 / sqrt(self)^3", N_ ("Takes one over the square root."), PLAIN)
VECTOR_LOOPS (sin, sin (x))
DEFINE (sin, "sin", "SinBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B1 (cos, X_)), "sin(self)", "cos(self)", "g * cos(self)", N_ ("Takes the sine."), PLAIN)
VECTOR_LOOPS (cos, cos (x))
DEFINE (cos, "cos", "CosBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B1 (neg, B1 (sin, X_))), "cos(self)", "-sin(self)", "-g * sin(self)", N_ ("Takes the cosine."), PLAIN)
VECTOR_LOOPS (tan, tan (x))
DEFINE (tan, "tan", "TanBackward0", BS_RESULT_FLOAT, SAVES_Y, 0, TIMES_G (bs_shifted (ctx, B2 (mul, Y_, Y_), 1)), "tan(self)", "1 + tan(self)^2", "g * (1 + tan(self)^2)", N_ ("Takes the tangent."), PLAIN)
VECTOR_LOOPS (asin, asin (x))
DEFINE (asin, "asin", "AsinBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B1 (rsqrt, bs_shifted (ctx, B1 (neg, B2 (mul, X_, X_)), 1))), "asin(self)", "1 / sqrt(1 - self^2)", "g / sqrt(1 - self^2)", N_ ("Takes the arc sine."), SAMPLES ({ "rand(3) * 0.8" }), .aliases = "arcsin")
VECTOR_LOOPS (acos, acos (x))
DEFINE (acos, "acos", "AcosBackward0", BS_RESULT_FLOAT, SAVES_X, 0, B2 (mul, B1 (neg, G), B1 (rsqrt, bs_shifted (ctx, B1 (neg, B2 (mul, X_, X_)), 1))), "acos(self)", "-1 / sqrt(1 - self^2)", "-g / sqrt(1 - self^2)", N_ ("Takes the arc cosine."), SAMPLES ({ "rand(3) * 0.8" }), .aliases = "arccos")
VECTOR_LOOPS (atan, atan (x))
DEFINE (atan, "atan", "AtanBackward0", BS_RESULT_FLOAT, SAVES_X, 0, B2 (div, G, bs_shifted (ctx, B2 (mul, X_, X_), 1)), "atan(self)", "1 / (1 + self^2)", "g / (1 + self^2)", N_ ("Takes the arc tangent."), PLAIN, .aliases = "arctan")
VECTOR_LOOPS (sinh, sinh (x))
DEFINE (sinh, "sinh", "SinhBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B1 (cosh, X_)), "sinh(self)", "cosh(self)", "g * cosh(self)", N_ ("Takes the hyperbolic sine."), PLAIN)
VECTOR_LOOPS (cosh, cosh (x))
DEFINE (cosh, "cosh", "CoshBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B1 (sinh, X_)), "cosh(self)", "sinh(self)", "g * sinh(self)", N_ ("Takes the hyperbolic cosine."), PLAIN)
/* --- slopes in one step, for the last bit of PyTorch's kernels; their own derivatives are made of other operations ---------------- */

#define SLOPE(op, node, second, E64, ...) \
  BS_BINARY_LOOP (op##_backward_f64, double, double, E64) \
  static const BsLoops op##_backward_loops = { bs_##op##_backward_f32, op##_backward_f64, NULL }; \
  static void op##_backward_forward (BsOpContext *ctx) \
  { \
    double p[3] = { bs_arg_real (ctx, 0, 1.0), bs_arg_real (ctx, 1, 20.0) }; \
    bs_pointwise (ctx, 2, ctx->inputs, &op##_backward_loops, BS_RESULT_SAME, p); \
  } \
  static void op##_backward_backward (BsOpContext *ctx) \
  { \
    BsTensor *g = ctx->inputs[0], *x = ctx->inputs[1], *inputs[] = { G, x }; \
    GIVE (0, bs_do_args (ctx, &bs_op_##op##_backward, 2, inputs, ctx->n_args, ctx->args)); \
    GIVE (1, B2 (mul, B2 (mul, G, g), second)); \
  } \
  BS_OP (op##_backward) .name = #op "_backward", .symbol = #op "′", .signature = #op "_backward(Tensor grad, Tensor x" __VA_ARGS__ ")", \
    .backward_name = node, .flags = BS_IS_INTERNAL, .forward = op##_backward_forward, .backward = op##_backward_backward, .saves_inputs = 3 };

/* By the result: -2 y. */
SLOPE (tanh, "TanhBackwardBackward0", bs_scaled (ctx, x, -2), x * (1 - y * y))
SLOPE (silu, "SiluBackwardBackward0",
       B2 (mul, B2 (mul, B1 (sigmoid, x), B1 (sigmoid, B1 (neg, x))), bs_shifted (ctx, B2 (mul, x, bs_shifted (ctx, bs_scaled (ctx, B1 (sigmoid, x), -2), 1)), 2)),
       x / (1 + exp (-y)) * (1 + y * (1 - 1 / (1 + exp (-y)))))
SLOPE (log_sigmoid, "LogSigmoidBackwardBackward0", B1 (neg, B2 (mul, B1 (sigmoid, x), B1 (sigmoid, B1 (neg, x)))), x / (1 + exp (y)))
SLOPE (gelu, "GeluBackwardBackward0",
       B2 (mul, bs_scaled (ctx, B1 (exp, bs_scaled (ctx, B2 (mul, x, x), -0.5)), 0.3989422804014327), bs_shifted (ctx, B1 (neg, B2 (mul, x, x)), 2)),
       x * (0.5 * (1 + erf (y * (G_SQRT2 / 2))) + y * 0.3989422804014327 * exp (-0.5 * y * y)))
SLOPE (softplus, "SoftplusBackwardBackward0",
       B3 (where, B2 (gt, bs_scaled (ctx, x, bs_arg_real (ctx, 0, 1)), NUM (bs_arg_real (ctx, 1, 20))), NUM (0),
           bs_scaled (ctx, B2 (mul, B1 (sigmoid, bs_scaled (ctx, x, bs_arg_real (ctx, 0, 1))), B1 (sigmoid, bs_scaled (ctx, x, -bs_arg_real (ctx, 0, 1)))), bs_arg_real (ctx, 0, 1))),
       y * p[0] > p[1] ? x : x / (1 + exp (-y * p[0])), ", Scalar beta=1, Scalar threshold=20")

VECTOR_LOOPS (tanh, tanh (x))
DEFINE (tanh, "tanh", "TanhBackward0", BS_RESULT_FLOAT, SAVES_Y, BS_IN_FUNCTIONAL, B2 (tanh_backward, G, Y_), "tanh(self)", "1 - tanh(self)^2", "g * (1 - tanh(self)^2)", N_ ("Squeezes each element into (-1, 1)."), PLAIN)
VECTOR_LOOPS (sigmoid, 1 / (1 + exp (-x)))
DEFINE (sigmoid, "σ", "SigmoidBackward0", BS_RESULT_FLOAT, SAVES_Y, BS_IN_FUNCTIONAL, B2 (mul, B2 (mul, G, bs_shifted (ctx, B1 (neg, Y_), 1)), Y_), "1 / (1 + exp(-self))", "sigmoid(self) * (1 - sigmoid(self))", "g * sigmoid(self) * (1 - sigmoid(self))", N_ ("Squeezes each element into (0, 1)."), PLAIN)
VECTOR_LOOPS (erf, erf (x))
DEFINE (erf, "erf", "ErfBackward0", BS_RESULT_FLOAT, SAVES_X, BS_IN_SPECIAL, TIMES_G (bs_scaled (ctx, B1 (exp, B1 (neg, B2 (mul, X_, X_))), 1.1283791670955126)), "erf(self)", "2 / sqrt(pi) * exp(-self^2)", "g * 2 / sqrt(pi) * exp(-self^2)", N_ ("Takes the error function."), PLAIN)
LOOPS (reciprocal, 1 / x, 1 / x, NULL)
DEFINE (reciprocal, "1/x", "ReciprocalBackward0", BS_RESULT_FLOAT, SAVES_Y, 0, B2 (mul, B1 (neg, G), B2 (mul, Y_, Y_)), "1 / self", "-1 / self^2", "-g / self^2", N_ ("Takes one over each element."), PLAIN)
BS_UNARY_LOOP (square_i64, gint64, gint64, x *x)
LOOPS (square, x *x, x *x, square_i64)
DEFINE (square, "x²", "PowBackward0", BS_RESULT_SAME, SAVES_X, 0, TIMES_G (bs_scaled (ctx, X_, 2)), "self^2", "2 * self", "g * 2 * self", N_ ("Squares each element."), PLAIN)
BS_UNARY_LOOP (abs_i64, gint64, gint64, x < 0 ? -x : x)
LOOPS (abs, fabsf (x), fabs (x), abs_i64)
DEFINE (abs, "|x|", "AbsBackward0", BS_RESULT_SAME, SAVES_X, 0, TIMES_G (B1 (sgn, X_)), "abs(self)", "sign(self)", "g * sign(self)", N_ ("Drops the sign."), .kinks = N_ ("self = 0: the slope is taken as 0"), PLAIN, .aliases = "absolute")
BS_UNARY_LOOP (sign_i64, gint64, gint64, (x > 0) - (x < 0))
LOOPS (sign, (float) ((x > 0) - (x < 0)), (double) ((x > 0) - (x < 0)), sign_i64)
DEFINE (sign, "sign", "SignBackward0", BS_RESULT_SAME, SAVES_NONE, 0, bs_zeros_like (ctx, G), "sign(self)", "0", "g * 0", N_ ("Takes the sign: -1, 0 or 1."), PLAIN)
LOOPS (sgn, (float) ((x > 0) - (x < 0)), (double) ((x > 0) - (x < 0)), sign_i64)
DEFINE (sgn, "sign", "SgnBackward0", BS_RESULT_SAME, SAVES_NONE, 0, bs_zeros_like (ctx, G), "sign(self)", "0", "g * 0", N_ ("Takes the sign: -1, 0 or 1."), PLAIN)

BS_UNARY_LOOP (same_i64, gint64, gint64, x)
LOOPS (floor, floorf (x), floor (x), same_i64)
DEFINE (floor, "⌊x⌋", "FloorBackward0", BS_RESULT_SAME, SAVES_NONE, 0, bs_zeros_like (ctx, G), "floor(self)", "0", "g * 0", N_ ("Rounds down."), PLAIN)
LOOPS (ceil, ceilf (x), ceil (x), same_i64)
DEFINE (ceil, "⌈x⌉", "CeilBackward0", BS_RESULT_SAME, SAVES_NONE, 0, bs_zeros_like (ctx, G), "ceil(self)", "0", "g * 0", N_ ("Rounds up."), PLAIN)
LOOPS (trunc, truncf (x), trunc (x), same_i64)
DEFINE (trunc, "trunc", "TruncBackward0", BS_RESULT_SAME, SAVES_NONE, 0, bs_zeros_like (ctx, G), "trunc(self)", "0", "g * 0", N_ ("Drops what follows the point."), PLAIN, .aliases = "fix")
LOOPS (frac, x - truncf (x), x - trunc (x), NULL)
DEFINE (frac, "frac", "FracBackward0", BS_RESULT_SAME, SAVES_NONE, 0, G, "self - trunc(self)", "1", "g", N_ ("Keeps what follows the point."), PLAIN)

BS_UNARY_LOOP_PLAIN (even_f32, float, float, nearbyintf (x))
BS_UNARY_LOOP_PLAIN (even_f64, double, double, nearbyint (x))
static const BsLoops even_loops = { even_f32, even_f64, same_i64 };

static void
round_forward (BsOpContext *ctx)
{
  gint64 decimals = bs_arg_int (ctx, 0, 0);
  double scale = pow (10, decimals);
  BsTensor *scaled = decimals ? bs_scaled (ctx, X_, scale) : X_, *even;
  if (scaled == NULL)
    return;
  even = bs_pointwise (ctx, 1, &scaled, &even_loops, BS_RESULT_SAME, NULL);
  if (decimals && even != NULL) {
    BsTensor *back = B2 (div, even, NUM (scale));
    if (back != NULL) {
      bs_tensor_unref (ctx->outputs[0]);
      ctx->outputs[0] = bs_tensor_ref (back);
    }
  }
}
static void round_backward (BsOpContext *ctx) { GIVE (0, bs_zeros_like (ctx, G)); }
BS_OP (round)
  .name = "round", .symbol = "round", .signature = "round(Tensor self, *, int decimals=0)", .backward_name = "RoundBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT, .forward = round_forward, .backward = round_backward,
  .sentence = N_ ("Rounds to the nearest whole number, halves to the even one."), .value_text = "round(self)",
  SAMPLES ({ "rand(3) * 4" })
};

/* --- activations ------------------------------------------------------------------------------------------------------------------ */

BS_UNARY_LOOP (relu_i64, gint64, gint64, x < 0 ? 0 : x)
/* The gradient where x lies above the threshold. By x it is flat: zeros, as PyTorch has it. */
BS_BINARY_LOOP (threshold_backward_f32, float, float, y <= (float) p[0] ? 0 : x)
BS_BINARY_LOOP (threshold_backward_f64, double, double, y <= p[0] ? 0 : x)
static const BsLoops threshold_backward_loops = { threshold_backward_f32, threshold_backward_f64, NULL };
static void
threshold_backward_forward (BsOpContext *ctx)
{
  double p[] = { bs_arg_real (ctx, 0, 0) };
  bs_pointwise (ctx, 2, ctx->inputs, &threshold_backward_loops, BS_RESULT_SAME, p);
}
static void
threshold_backward_backward (BsOpContext *ctx)
{
  GIVE (0, bs_do2a (ctx, &bs_op_threshold_backward, G, ctx->inputs[1], ctx->args[0]));
  GIVE (1, bs_zeros_like (ctx, G));
}
BS_OP (threshold_backward)
  .name = "threshold_backward", .symbol = "ReLU′", .signature = "threshold_backward(Tensor grad, Tensor x, Scalar threshold)", .backward_name = "ThresholdBackwardBackward0",
  .flags = BS_IS_INTERNAL, .forward = threshold_backward_forward, .backward = threshold_backward_backward, .saves_inputs = 2
};

LOOPS (relu, x < 0 ? 0 : x, x < 0 ? 0 : x, relu_i64)
DEFINE (relu, "ReLU", "ReluBackward0", BS_RESULT_SAME, SAVES_Y, BS_IN_FUNCTIONAL, bs_do2a (ctx, &bs_op_threshold_backward, G, Y_, BS_REAL (0)), "max(self, 0)", "where(self > 0, 1, 0)", "g * where(self > 0, 1, 0)", N_ ("Keeps what is positive and makes the rest 0."), .kinks = N_ ("self = 0: the slope is taken as 0"), SAMPLES ({ "randn(2, 3)" }))
LOOPS (relu6, x < 0 ? 0 : x > 6 ? 6 : x, x < 0 ? 0 : x > 6 ? 6 : x, NULL)
DEFINE (relu6, "ReLU6", "HardtanhBackward0", BS_RESULT_SAME, SAVES_X, BS_IN_FUNCTIONAL, B3 (where, B2 (logical_and, B2 (gt, X_, NUM (0)), B2 (lt, X_, NUM (6))), G, NUM (0)), "min(max(self, 0), 6)", "where((self > 0) * (self < 6), 1, 0)", "g * where((self > 0) * (self < 6), 1, 0)", N_ ("Keeps what lies between 0 and 6."), SAMPLES ({ "randn(2, 3)" }))
VECTOR_LOOPS (silu, x / (1 + exp (-x)))
DEFINE (silu, "SiLU", "SiluBackward0", BS_RESULT_FLOAT, SAVES_X, BS_IN_FUNCTIONAL, B2 (silu_backward, G, X_), "self / (1 + exp(-self))", "sigmoid(self) * (1 + self * (1 - sigmoid(self)))", "g * sigmoid(self) * (1 + self * (1 - sigmoid(self)))", N_ ("Weights each element by its own sigmoid."), PLAIN)
VECTOR_LOOPS (log_sigmoid, fmin (x, 0) - log1p (exp (-fabs (x))))
DEFINE (log_sigmoid, "ln σ", "LogSigmoidBackward0", BS_RESULT_FLOAT, SAVES_X, BS_IN_FUNCTIONAL, B2 (log_sigmoid_backward, G, X_), "-log(1 + exp(-self))", "1 / (1 + exp(self))", "g / (1 + exp(self))", N_ ("Takes the logarithm of the sigmoid."), PLAIN, .aliases = "logsigmoid")
VECTOR_LOOPS (mish, x * tanh (log1p (exp (x))))
DEFINE (mish, "Mish", "MishBackward0", BS_RESULT_FLOAT, SAVES_X, BS_IN_FUNCTIONAL, TIMES_G (B2 (add, B1 (tanh, B1 (softplus, X_)), B2 (mul, B2 (mul, X_, B1 (sigmoid, X_)), bs_shifted (ctx, B1 (neg, B1 (square, B1 (tanh, B1 (softplus, X_)))), 1)))), "self * tanh(log(1 + exp(self)))", NULL, NULL, N_ ("Weights each element by the tanh of its softplus."), PLAIN)

#define TWO_PARAMETERS(op, mark, node, sig, def0, def1, E32, E64, grad, value, vjp, words, extra_flags) \
  BS_UNARY_LOOP (bs_##op##_f32, float, float, E32) \
  WITH_TWO_PARAMETERS (op, mark, node, sig, def0, def1, E64, grad, value, vjp, words, extra_flags)
#define WITH_TWO_PARAMETERS(op, mark, node, sig, def0, def1, E64, grad, value, vjp, words, extra_flags) \
  BS_UNARY_LOOP (op##_f64, double, double, E64) \
  static const BsLoops op##_loops = { bs_##op##_f32, op##_f64, NULL }; \
  static void op##_forward (BsOpContext *ctx) \
  { \
    double p[] = { bs_arg_real (ctx, 0, def0), bs_arg_real (ctx, 1, def1), bs_arg_real (ctx, 2, 1.0) }; \
    bs_pointwise (ctx, 1, ctx->inputs, &op##_loops, BS_RESULT_SAME, p); \
  } \
  static void op##_backward (BsOpContext *ctx) \
  { \
    double p[] = { bs_arg_real (ctx, 0, def0), bs_arg_real (ctx, 1, def1), bs_arg_real (ctx, 2, 1.0) }; \
    (void) p; \
    GIVE (0, grad); \
  } \
  BS_OP (op) .name = #op, .symbol = mark, .signature = sig, .backward_name = node, \
    .flags = BS_IN_FUNCTIONAL | BS_IN_INPLACE | (extra_flags), .forward = op##_forward, .backward = op##_backward, .saves_inputs = 1, \
    .saves_why = N_ ("the input: the slope is a function of it"), .value_text = value, .vjp_text = TEXTS (vjp), .sentence = words, SAMPLES ({ "randn(2, 3)" }) };

TWO_PARAMETERS (leaky_relu, "leaky ReLU", "LeakyReluBackward0", "leaky_relu(Tensor self, Scalar negative_slope=0.01)", 0.01, 0,
                x > 0 ? x : x * (float) p[0], x > 0 ? x : x * p[0],
                B3 (where, B2 (gt, X_, NUM (0)), G, bs_scaled (ctx, G, p[0])), "where(self > 0, self, negative_slope * self)", "where(self > 0, g, negative_slope * g)",
                N_ ("Keeps what is positive and shrinks the rest."), 0)
WITH_TWO_PARAMETERS (elu, "ELU", "EluBackward0", "elu(Tensor self, Scalar alpha=1.0, Scalar scale=1.0, Scalar input_scale=1.0)", 1.0, 1.0,
                x > 0 ? x * p[1] : expm1 (x * p[2]) * p[0] * p[1],
                TIMES_G (B3 (where, B2 (gt, X_, NUM (0)), NUM (p[1]), bs_scaled (ctx, B1 (exp, bs_scaled (ctx, X_, p[2])), p[0] * p[1] * p[2]))), "where(self > 0, self, alpha * (exp(self) - 1))", "where(self > 0, g, g * alpha * exp(self))",
                N_ ("Keeps what is positive and bends the rest towards -alpha."), 0)
TWO_PARAMETERS (hardtanh, "hardtanh", "HardtanhBackward0", "hardtanh(Tensor self, Scalar min_val=-1.0, Scalar max_val=1.0)", -1.0, 1.0,
                x < (float) p[0] ? (float) p[0] : x > (float) p[1] ? (float) p[1] : x, x < p[0] ? p[0] : x > p[1] ? p[1] : x,
                B3 (where, B2 (logical_and, B2 (gt, X_, NUM (p[0])), B2 (lt, X_, NUM (p[1]))), G, NUM (0)), "min(max(self, min_val), max_val)", "where(self < min_val, 0, where(self > max_val, 0, g))",
                N_ ("Cuts off what lies outside the bounds."), 0)
WITH_TWO_PARAMETERS (softplus, "softplus", "SoftplusBackward0", "softplus(Tensor self, Scalar beta=1, Scalar threshold=20)", 1.0, 20.0,
                x * p[0] > p[1] ? x : log1p (exp (x * p[0])) / p[0],
                bs_do2a (ctx, &bs_op_softplus_backward, G, X_, BS_REAL (p[0]), BS_REAL (p[1])), "log(1 + exp(beta * self)) / beta", "g * sigmoid(beta * self)",
                N_ ("A smooth version of ReLU."), 0)
TWO_PARAMETERS (softshrink, "softshrink", "SoftshrinkBackward0", "softshrink(Tensor self, Scalar lambd=0.5)", 0.5, 0,
                x > (float) p[0] ? x - (float) p[0] : x < -(float) p[0] ? x + (float) p[0] : 0, x > p[0] ? x - p[0] : x < -p[0] ? x + p[0] : 0,
                B3 (where, B2 (gt, B1 (abs, X_), NUM (p[0])), G, NUM (0)), "where(abs(self) > lambd, self - sign(self) * lambd, 0)", "where(abs(self) > lambd, g, 0)",
                N_ ("Pulls each element towards 0."), 0)
TWO_PARAMETERS (hardshrink, "hardshrink", "HardshrinkBackward0", "hardshrink(Tensor self, Scalar lambd=0.5)", 0.5, 0,
                x >= -(float) p[0] && x <= (float) p[0] ? 0 : x, x >= -p[0] && x <= p[0] ? 0 : x,
                B3 (where, B2 (gt, B1 (abs, X_), NUM (p[0])), G, NUM (0)), "where(abs(self) > lambd, self, 0)", "where(abs(self) > lambd, g, 0)",
                N_ ("Makes small elements 0."), BS_IN_TORCH | BS_IN_TENSOR)

BS_UNARY_LOOP (gelu_f64, double, double, x * 0.5 * (1 + erf (x * (G_SQRT2 / 2))))
static const BsLoops gelu_loops = { bs_gelu_f32, gelu_f64, NULL };
BS_UNARY_LOOP (gelu_tanh_f64, double, double, 0.5 * x * (1 + tanh (0.7978845608028654 * (x + 0.044715 * x * x * x))))
static const BsLoops gelu_tanh_loops = { bs_gelu_tanh_f32, gelu_tanh_f64, NULL };

/* GELU by the error function, or its tanh approximation. */
static void
gelu_forward (BsOpContext *ctx)
{
  bs_pointwise (ctx, 1, ctx->inputs, g_str_equal (bs_arg_string (ctx, 0, "none"), "tanh") ? &gelu_tanh_loops : &gelu_loops, BS_RESULT_SAME, NULL);
}
static void
gelu_backward (BsOpContext *ctx)
{
  if (g_str_equal (bs_arg_string (ctx, 0, "none"), "tanh")) {
    BsTensor *x2 = B2 (mul, X_, X_);
    BsTensor *inner = bs_scaled (ctx, B2 (add, X_, bs_scaled (ctx, B2 (mul, x2, X_), 0.044715)), 0.7978845608028654);
    BsTensor *t = B1 (tanh, inner), *left = bs_scaled (ctx, bs_shifted (ctx, t, 1), 0.5);
    BsTensor *slope = bs_scaled (ctx, bs_shifted (ctx, bs_scaled (ctx, x2, 3 * 0.044715), 1), 0.7978845608028654);
    BsTensor *right = bs_scaled (ctx, B2 (mul, X_, B2 (mul, bs_shifted (ctx, B1 (neg, B2 (mul, t, t)), 1), slope)), 0.5);
    GIVE (0, TIMES_G (B2 (add, left, right)));
    return;
  }
  GIVE (0, B2 (gelu_backward, G, X_));
}
BS_OP (gelu)
  .name = "gelu", .symbol = "GELU", .signature = "gelu(Tensor self, *, str approximate='none')", .backward_name = "GeluBackward0",
  .flags = BS_IN_FUNCTIONAL, .forward = gelu_forward, .backward = gelu_backward, .saves_inputs = 1,
  .saves_why = N_ ("the input: the slope is a function of it"), .value_text = "0.5 * self * (1 + erf(self / sqrt(2)))",
  .vjp_text = TEXTS ("g * (0.5 * (1 + erf(self / sqrt(2))) + self * exp(-self^2 / 2) / sqrt(2 * pi))"),
  .sentence = N_ ("Weights each element by the chance that a normal number is below it."), SAMPLES ({ "randn(2, 3)" })
};
