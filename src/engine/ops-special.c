/* SPDX-License-Identifier: MIT */

/* Special functions of one or two elements. */

#include "unary.h"

/* --- of one element ---------------------------------------------------------------------------------------------------------- */

LOOPS (asinh, asinhf (x), asinh (x), NULL)
DEFINE (asinh, "asinh", "AsinhBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B1 (rsqrt, bs_shifted (ctx, B2 (mul, X_, X_), 1))), "log(self + sqrt(self^2 + 1))", "1 / sqrt(self^2 + 1)", "g / sqrt(self^2 + 1)", N_ ("Takes the inverse hyperbolic sine."), PLAIN, .aliases = "arcsinh")
LOOPS (acosh, acoshf (x), acosh (x), NULL)
DEFINE (acosh, "acosh", "AcoshBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B1 (rsqrt, bs_shifted (ctx, B2 (mul, X_, X_), -1))), "log(self + sqrt(self^2 - 1))", "1 / sqrt(self^2 - 1)", "g / sqrt(self^2 - 1)", N_ ("Takes the inverse hyperbolic cosine."), SAMPLES ({ "rand(3) + 1.5" }), .aliases = "arccosh")
LOOPS (atanh, atanhf (x), atanh (x), NULL)
DEFINE (atanh, "atanh", "AtanhBackward0", BS_RESULT_FLOAT, SAVES_X, 0, B2 (div, G, bs_shifted (ctx, B1 (neg, B2 (mul, X_, X_)), 1)), "0.5 * log((1 + self) / (1 - self))", "1 / (1 - self^2)", "g / (1 - self^2)", N_ ("Takes the inverse hyperbolic tangent."), SAMPLES ({ "rand(3) * 0.8" }), .aliases = "arctanh")
VECTOR_LOOPS (erfc, erfc (x))
DEFINE (erfc, "erfc", "ErfcBackward0", BS_RESULT_FLOAT, SAVES_X, BS_IN_SPECIAL, TIMES_G (bs_scaled (ctx, B1 (exp, B1 (neg, B2 (mul, X_, X_))), -1.1283791670955126)), "1 - erf(self)", "-2 / sqrt(pi) * exp(-self^2)", "-g * 2 / sqrt(pi) * exp(-self^2)", N_ ("Takes what the error function lacks to 1."), PLAIN)

/* A rational first guess (Giles, 2010), then Newton's steps on erf. */
static double
erfinv_of (double y)
{
  double w, x;
  if (!(fabs (y) < 1))
    return fabs (y) == 1 ? copysign (INFINITY, y) : NAN;
  w = -log ((1 - y) * (1 + y));
  x = copysign (sqrt (sqrt (pow (4.330746750799873 + w / -2, 2) + w / 0.147) - (4.330746750799873 - w / 2)), y);
  for (int i = 0; i < 4; i++) {
    double miss = erf (x) - y;
    x -= miss / (1.1283791670955126 * exp (-x * x) - x * miss);
  }
  return x;
}
BS_UNARY_LOOP_PLAIN (erfinv_f32, float, float, (float) erfinv_of (x))
BS_UNARY_LOOP_PLAIN (erfinv_f64, double, double, erfinv_of (x))
static const BsLoops erfinv_loops = { erfinv_f32, erfinv_f64, NULL };
DEFINE (erfinv, "erf⁻¹", "ErfinvBackward0", BS_RESULT_FLOAT, SAVES_Y, BS_IN_SPECIAL, TIMES_G (bs_scaled (ctx, B1 (exp, B2 (mul, Y_, Y_)), 0.8862269254527580)), NULL, "sqrt(pi) / 2 * exp(y^2)", "g * sqrt(pi) / 2 * exp(y^2)", N_ ("Takes the number whose error function this is."), SAMPLES ({ "rand(3) * 0.8" }))

/* Recurrence up to 6, then the asymptotic series; by reflection for negative numbers (Abramowitz and Stegun 6.3, 6.4). */
static double
digamma_of (double x)
{
  double result = 0, f;
  if (x == 0)
    return copysign (INFINITY, -x);
  if (x < 0) {
    if (x == trunc (x))
      return NAN;
    return digamma_of (1 - x) - G_PI / tan (G_PI * (x - trunc (x)));
  }
  for (; x < 10; x++)
    result -= 1 / x;
  f = 1 / (x * x);
  return result + log (x) - 0.5 / x - f * (1.0 / 12 - f * (1.0 / 120 - f * (1.0 / 252 - f * (1.0 / 240 - f * (1.0 / 132 - f * 691.0 / 32760)))));
}
/* Hurwitz's zeta function by Euler and Maclaurin's formula. */
static double
zeta_of (double s, double q)
{
  static const double b[] = { 1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000.0 };
  double sum = 0, x = q, rising = s, power;
  if (q <= 0)
    return q == floor (q) ? INFINITY : NAN;
  for (; x < q + 12; x++)
    sum += pow (x, -s);
  power = pow (x, -s);
  sum += power * x / (s - 1) + 0.5 * power;
  for (guint j = 0; j < G_N_ELEMENTS (b); j++) {
    power /= x;
    sum += b[j] * rising * power;
    rising *= (s + 2 * j + 1) * (s + 2 * j + 2);
    power /= x;
  }
  return sum;
}
static double
polygamma_of (double n, double x)
{
  if (n == 0)
    return digamma_of (x);
  if (n == 1 && x < 0.5) { /* by reflection */
    double s = sin (G_PI * x);
    return G_PI * G_PI / (s * s) - zeta_of (2, 1 - x);
  }
  return (fmod (n, 2) ? 1 : -1) * tgamma (n + 1) * zeta_of (n + 1, x);
}
BS_UNARY_LOOP_PLAIN (polygamma_f32, float, float, (float) polygamma_of (p[0], x))
BS_UNARY_LOOP_PLAIN (polygamma_f64, double, double, polygamma_of (p[0], x))
static const BsLoops polygamma_loops = { polygamma_f32, polygamma_f64, NULL };
static void
polygamma_forward (BsOpContext *ctx)
{
  double p[] = { bs_arg_int (ctx, 0, 0) };
  if (p[0] < 0)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "polygamma(n, x) does not support negative n.");
  else
    bs_pointwise (ctx, 1, ctx->inputs, &polygamma_loops, BS_RESULT_FLOAT, p);
}
static void polygamma_backward (BsOpContext *ctx) { GIVE (0, TIMES_G (BA (polygamma, X_, BS_INT (bs_arg_int (ctx, 0, 0) + 1)))); }
BS_OP (polygamma)
  .name = "polygamma", .symbol = "ψₙ", .signature = "polygamma(int n, Tensor self)", .backward_name = "PolygammaBackward0", .flags = BS_IN_TORCH | BS_IN_SPECIAL,
  .forward = polygamma_forward, .backward = polygamma_backward, SAVES_X .sentence = N_ ("Takes a derivative of the digamma function."), SAMPLES ({ "1, rand(3) + 0.5" }, { "2, rand(3) + 0.5" })
};
BS_UNARY_LOOP_PLAIN (digamma_f32, float, float, (float) digamma_of (x))
BS_UNARY_LOOP_PLAIN (digamma_f64, double, double, digamma_of (x))
static const BsLoops digamma_loops = { digamma_f32, digamma_f64, NULL };
static void digamma_forward (BsOpContext *ctx) { bs_pointwise (ctx, 1, ctx->inputs, &digamma_loops, BS_RESULT_FLOAT, NULL); }
static void digamma_backward (BsOpContext *ctx) { GIVE (0, TIMES_G (BA (polygamma, X_, BS_INT (1)))); }
BS_OP (digamma)
  .name = "digamma", .symbol = "ψ", .signature = "digamma(Tensor self)", .backward_name = "DigammaBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT | BS_IN_SPECIAL, .forward = digamma_forward, .backward = digamma_backward, SAVES_X
  .sentence = N_ ("Takes the slope of the logarithm of the gamma function."), SAMPLES ({ "rand(3) + 0.5" })
};
VECTOR_LOOPS (lgamma, lgamma (x))
DEFINE (lgamma, "ln Γ", "LgammaBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B1 (digamma, X_)), "lgamma(self)", "digamma(self)", "g * digamma(self)", N_ ("Takes the logarithm of the gamma function."), SAMPLES ({ "rand(3) + 0.5" }))

LOOPS (sinc, x == 0 ? 1 : sinf ((float) G_PI * x) / ((float) G_PI * x), x == 0 ? 1 : sin (G_PI * x) / (G_PI * x), NULL)
DEFINE (sinc, "sinc", "SincBackward0", BS_RESULT_FLOAT, SAVES_X, 0, TIMES_G (B3 (where, B2 (eq, X_, NUM (0)), NUM (0), B2 (div, B2 (sub, B1 (cos, bs_scaled (ctx, X_, G_PI)), B1 (sinc, X_)), X_))), "sin(pi * self) / (pi * self)", "(cos(pi * self) - sin(pi * self) / (pi * self)) / self", "g * (cos(pi * self) - sin(pi * self) / (pi * self)) / self", N_ ("Takes the sine of pi x over pi x."), PLAIN)
LOOPS (deg2rad, x * (float) (G_PI / 180), x * (G_PI / 180), NULL)
DEFINE (deg2rad, "° → rad", "Deg2RadBackward0", BS_RESULT_FLOAT, SAVES_NONE, 0, bs_scaled (ctx, G, G_PI / 180), "self * pi / 180", "pi / 180", "g * pi / 180", N_ ("Turns degrees into radians."), PLAIN)
LOOPS (rad2deg, x * (float) (180 / G_PI), x * (180 / G_PI), NULL)
DEFINE (rad2deg, "rad → °", "Rad2DegBackward0", BS_RESULT_FLOAT, SAVES_NONE, 0, bs_scaled (ctx, G, 180 / G_PI), "self * 180 / pi", "180 / pi", "g * 180 / pi", N_ ("Turns radians into degrees."), PLAIN)

/* logit(x, eps): x is kept in [eps, 1 - eps] first. */
BS_UNARY_LOOP (logit_f32, float, float, logf ((p[0] >= 0 ? fminf (fmaxf (x, p[0]), 1 - (float) p[0]) : x) / (1 - (p[0] >= 0 ? fminf (fmaxf (x, p[0]), 1 - (float) p[0]) : x))))
BS_UNARY_LOOP (logit_f64, double, double, log ((p[0] >= 0 ? fmin (fmax (x, p[0]), 1 - p[0]) : x) / (1 - (p[0] >= 0 ? fmin (fmax (x, p[0]), 1 - p[0]) : x))))
static const BsLoops logit_loops = { logit_f32, logit_f64, NULL };
static void
logit_forward (BsOpContext *ctx)
{
  double p[] = { bs_arg_given (ctx, 0) ? bs_arg_real (ctx, 0, -1) : -1 };
  bs_pointwise (ctx, 1, ctx->inputs, &logit_loops, BS_RESULT_FLOAT, p);
}
static void
logit_backward (BsOpContext *ctx)
{
  BsTensor *slope = B2 (div, G, B2 (mul, X_, bs_shifted (ctx, B1 (neg, X_), 1)));
  if (bs_arg_given (ctx, 0)) {
    double eps = bs_arg_real (ctx, 0, 0);
    slope = B3 (where, B2 (logical_and, B2 (ge, X_, NUM (eps)), B2 (le, X_, NUM (1 - eps))), slope, NUM (0));
  }
  GIVE (0, slope);
}
BS_OP (logit)
  .name = "logit", .symbol = "logit", .signature = "logit(Tensor self, float? eps=None)", .backward_name = "LogitBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT | BS_IN_SPECIAL, .forward = logit_forward, .backward = logit_backward, SAVES_X
  .value_text = "log(self / (1 - self))", .sentence = N_ ("Undoes the sigmoid."), SAMPLES ({ "rand(3) * 0.8 + 0.1" }, { "rand(3) * 0.8 + 0.1, 0.01" })
};

BS_UNARY_LOOP (nan_to_num_f32, float, float, x != x ? (float) p[0] : x == INFINITY ? (float) p[1] : x == -INFINITY ? (float) p[2] : x)
BS_UNARY_LOOP (nan_to_num_f64, double, double, x != x ? p[0] : x == INFINITY ? p[1] : x == -INFINITY ? p[2] : x)
BS_UNARY_LOOP (nan_to_num_i64, gint64, gint64, x)
static const BsLoops nan_to_num_loops = { nan_to_num_f32, nan_to_num_f64, nan_to_num_i64 };
static void
nan_to_num_forward (BsOpContext *ctx)
{
  double most = X_->dtype == BS_FLOAT64 ? G_MAXDOUBLE : G_MAXFLOAT;
  double p[] = { bs_arg_real (ctx, 0, 0), bs_arg_given (ctx, 1) ? bs_arg_real (ctx, 1, 0) : most, bs_arg_given (ctx, 2) ? bs_arg_real (ctx, 2, 0) : -most };
  bs_pointwise (ctx, 1, ctx->inputs, &nan_to_num_loops, BS_RESULT_SAME, p);
}
static void nan_to_num_backward (BsOpContext *ctx) { GIVE (0, B3 (where, B1 (isfinite, X_), G, NUM (0))); }
BS_OP (nan_to_num)
  .name = "nan_to_num", .symbol = "nan → 0", .signature = "nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None)", .backward_name = "NanToNumBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT, .forward = nan_to_num_forward, .backward = nan_to_num_backward, SAVES_X
  .sentence = N_ ("Puts numbers where there are none."), SAMPLES ({ "rand(3)" })
};

/* --- of two elements --------------------------------------------------------------------------------------------------------- */

#define TWO(op, mark, node, signature_, E32, E64, kind, grad0, grad1, value, words, where, ...) \
  BS_BINARY_LOOP_PLAIN (op##_f32, float, float, E32) \
  BS_BINARY_LOOP_PLAIN (op##_f64, double, double, E64) \
  static const BsLoops op##_loops = { op##_f32, op##_f64, NULL }; \
  static void op##_forward (BsOpContext *ctx) { bs_pointwise (ctx, 2, ctx->inputs, &op##_loops, kind, NULL); } \
  static void op##_backward (BsOpContext *ctx) { BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1]; GIVE (0, grad0); GIVE (1, grad1); } \
  BS_OP (op) .name = #op, .symbol = mark, .signature = signature_, .backward_name = node, .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT | (where), \
    .forward = op##_forward, .backward = op##_backward, .saves_inputs = 3, .saves_why = N_ ("both: they stand in both slopes"), .value_text = value, .sentence = words, __VA_ARGS__ };

TWO (xlogy, "x ln y", "XlogyBackward0", "xlogy(Tensor|Scalar self, Tensor|Scalar other)", y != y ? NAN : x == 0 ? 0 : x * logf (y), y != y ? NAN : x == 0 ? 0 : x * log (y), BS_RESULT_FLOAT,
     B2 (mul, G, B3 (where, B2 (logical_and, B2 (eq, a, NUM (0)), B2 (le, b, NUM (0))), NUM (0), B1 (log, b))), B2 (div, B2 (mul, G, a), b), "self * log(other)",
     N_ ("Multiplies by a logarithm; 0 times any logarithm is 0."), BS_IN_INPLACE | BS_IN_SPECIAL, SAMPLES ({ "rand(3) + 0.1, rand(3) + 0.1" }))
TWO (logaddexp, "ln(eˣ+eʸ)", "LogaddexpBackward0", "logaddexp(Tensor self, Tensor other)", isinf (x) && x == y ? x : fmaxf (x, y) + log1pf (expf (-fabsf (x - y))), isinf (x) && x == y ? x : fmax (x, y) + log1p (exp (-fabs (x - y))), BS_RESULT_SAME,
     B2 (div, G, bs_shifted (ctx, B1 (exp, B2 (sub, b, a)), 1)), B2 (div, G, bs_shifted (ctx, B1 (exp, B2 (sub, a, b)), 1)), "log(exp(self) + exp(other))",
     N_ ("Takes the logarithm of the sum of two exponentials."), 0, SAMPLES ({ "randn(3), randn(3)" }))
TWO (logaddexp2, "log₂(2ˣ+2ʸ)", "Logaddexp2Backward0", "logaddexp2(Tensor self, Tensor other)", isinf (x) && x == y ? x : fmaxf (x, y) + log2f (1 + exp2f (-fabsf (x - y))), isinf (x) && x == y ? x : fmax (x, y) + log2 (1 + exp2 (-fabs (x - y))), BS_RESULT_SAME,
     B2 (div, G, bs_shifted (ctx, B1 (exp2, B2 (sub, b, a)), 1)), B2 (div, G, bs_shifted (ctx, B1 (exp2, B2 (sub, a, b)), 1)), NULL,
     N_ ("Takes the logarithm to the base two of the sum of two powers of two."), 0, SAMPLES ({ "randn(3), randn(3)" }))
TWO (hypot, "√(x²+y²)", "HypotBackward0", "hypot(Tensor self, Tensor other)", hypotf (x, y), hypot (x, y), BS_RESULT_SAME,
     B2 (mul, G, B2 (div, a, B2 (hypot, a, b))), B2 (mul, G, B2 (div, b, B2 (hypot, a, b))), "sqrt(self^2 + other^2)",
     N_ ("Takes the length of the vector of two coordinates."), BS_IN_INPLACE, SAMPLES ({ "rand(3) + 0.1, rand(3) + 0.1" }))
TWO (copysign, "±", "CopysignBackward0", "copysign(Tensor self, Tensor|Scalar other)", copysignf (x, y), copysign (x, y), BS_RESULT_FLOAT,
     B2 (mul, G, B3 (where, B2 (eq, a, NUM (0)), NUM (0), B2 (mul, B1 (sgn, a), B2 (copysign, B2 (div, a, a), b)))), bs_zeros_like (ctx, b), NULL,
     N_ ("Gives the first the sign of the second."), BS_IN_INPLACE, SAMPLES ({ "rand(3) + 0.1, randn(3)" }))

BS_BINARY_LOOP_PLAIN (heaviside_f32, float, float, x == 0 ? y : x > 0)
BS_BINARY_LOOP_PLAIN (heaviside_f64, double, double, x == 0 ? y : x > 0)
BS_BINARY_LOOP_PLAIN (heaviside_i64, gint64, gint64, x == 0 ? y : x > 0)
static const BsLoops heaviside_loops = { heaviside_f32, heaviside_f64, heaviside_i64 };
static void heaviside_forward (BsOpContext *ctx) { bs_pointwise (ctx, 2, ctx->inputs, &heaviside_loops, BS_RESULT_SAME, NULL); }
BS_OP (heaviside)
  .name = "heaviside", .symbol = "step", .signature = "heaviside(Tensor self, Tensor values)", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT, .forward = heaviside_forward,
  .sentence = N_ ("Gives 0 below zero, 1 above, and a value of its own at zero.")
};

static gint64
gcd_of (gint64 a, gint64 b)
{
  while (b != 0) {
    gint64 rest = a % b;
    a = b, b = rest;
  }
  return a < 0 ? -a : a;
}
#define WHOLE(op, E, words) \
  BS_BINARY_LOOP_PLAIN (op##_i64, gint64, gint64, E) \
  static const BsLoops op##_loops = { NULL, NULL, op##_i64 }; \
  static void op##_forward (BsOpContext *ctx) { bs_pointwise (ctx, 2, ctx->inputs, &op##_loops, BS_RESULT_SAME, NULL); } \
  BS_OP (op) .name = #op, .symbol = #op, .signature = #op "(Tensor self, Tensor other)", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT, .forward = op##_forward, .sentence = words };
WHOLE (gcd, gcd_of (x, y), N_ ("Takes the greatest common divisor."))
WHOLE (lcm, x == 0 || y == 0 ? 0 : ABS (x / gcd_of (x, y) * y), N_ ("Takes the least common multiple."))
