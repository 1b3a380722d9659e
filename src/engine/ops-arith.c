/* SPDX-License-Identifier: MIT */

/* Arithmetic between two operands, element by element, with broadcasting and type promotion. */

#include "formula.h"
#include "vmath.h"

#include <math.h>

#define LOOPS3(name, EXPR) \
  BS_BINARY_LOOP (name##_f32, float, float, EXPR) \
  BS_BINARY_LOOP (name##_f64, double, double, EXPR) \
  BS_BINARY_LOOP (name##_i64, gint64, gint64, EXPR) \
  static const BsLoops name##_loops = { name##_f32, name##_f64, name##_i64 };
#define LOOPS2(name, E32, E64) \
  BS_BINARY_LOOP_PLAIN (name##_f32, float, float, E32) \
  BS_BINARY_LOOP_PLAIN (name##_f64, double, double, E64) \
  static const BsLoops name##_loops = { name##_f32, name##_f64, NULL };

LOOPS3 (add, x + y)
LOOPS3 (sub, x - y)
LOOPS3 (mul, x * y)
BS_BINARY_LOOP (div_f32, float, float, x / y)
BS_BINARY_LOOP (div_f64, double, double, x / y)
static const BsLoops div_loops = { div_f32, div_f64, NULL };

static gboolean
both_bool (BsOpContext *ctx)
{
  return ctx->inputs[0]->dtype == BS_BOOL && ctx->inputs[1]->dtype == BS_BOOL;
}

/* other, times alpha when that is given. */
static BsTensor *
with_alpha (BsOpContext *ctx)
{
  double alpha = bs_arg_real (ctx, 0, 1.0);
  return alpha == 1.0 ? ctx->inputs[1] : bs_scaled (ctx, ctx->inputs[1], alpha);
}

static void
add_forward (BsOpContext *ctx)
{
  BsTensor *inputs[] = { ctx->inputs[0], with_alpha (ctx) };
  if (inputs[1] != NULL && both_bool (ctx))
    bs_ctx_return (ctx, B2 (logical_or, inputs[0], inputs[1]));
  else if (inputs[1] != NULL)
    bs_pointwise (ctx, 2, inputs, &add_loops, BS_RESULT_SAME, NULL);
}

static void
add_backward (BsOpContext *ctx)
{
  double alpha = bs_arg_real (ctx, 0, 1.0);
  GIVE (0, G);
  GIVE (1, alpha == 1.0 ? G : bs_scaled (ctx, G, alpha));
}

BS_OP (add)
  .name = "add", .symbol = "+", .signature = "add(Tensor|Scalar self, Tensor|Scalar other, *, Scalar alpha=1)",
  .backward_name = "AddBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT,
  .forward = add_forward, .backward = add_backward, .loops = &add_loops,
  .value_text = "self + alpha * other", .derivative_text = TEXTS ("1", "alpha"), .vjp_text = TEXTS ("g", "alpha * g"),
  .sentence = N_ ("Adds element by element."),
  SAMPLES ({ "rand(2, 3), rand(2, 3)" }, { "rand(2, 3), rand(3)" }, { "rand(()), rand(2)" })
};

static void
sub_forward (BsOpContext *ctx)
{
  BsTensor *inputs[] = { ctx->inputs[0], with_alpha (ctx) };
  if (inputs[1] == NULL)
    return;
  if (both_bool (ctx))
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Subtraction, the `-` operator, with two bool tensors is not supported. Use the "
                                           "`^` or `logical_xor()` operator instead.");
  else if (inputs[0]->dtype == BS_BOOL || inputs[1]->dtype == BS_BOOL)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
                                           "trying to invert a mask, use the `~` or `logical_not()` operator instead.");
  else
    bs_pointwise (ctx, 2, inputs, &sub_loops, BS_RESULT_SAME, NULL);
}

static void
sub_backward (BsOpContext *ctx)
{
  double alpha = bs_arg_real (ctx, 0, 1.0);
  GIVE (0, G);
  GIVE (1, alpha == 1.0 ? B1 (neg, G) : bs_scaled (ctx, G, -alpha));
}

BS_OP (sub)
  .name = "sub", .symbol = "−", .signature = "sub(Tensor|Scalar self, Tensor|Scalar other, *, Scalar alpha=1)",
  .aliases = "subtract", .backward_name = "SubBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT,
  .forward = sub_forward, .backward = sub_backward, .loops = &sub_loops,
  .value_text = "self - alpha * other", .derivative_text = TEXTS ("1", "-alpha"), .vjp_text = TEXTS ("g", "-alpha * g"),
  .sentence = N_ ("Subtracts element by element."),
  SAMPLES ({ "rand(2, 3), rand(2, 3)" }, { "rand(2, 3), rand(2, 1)" })
};

/* The number stands in front, and has no place in the graph: as in PyTorch, the node has one input. */
static void
rsub_forward (BsOpContext *ctx)
{
  double alpha = bs_arg_real (ctx, 1, 1.0);
  BsTensor *number = ctx->args[0].kind == BS_ARG_REAL ? NUM (ctx->args[0].real) : bs_integer (ctx, ctx->args[0].integer);
  BsTensor *inputs[] = { number, alpha == 1.0 ? ctx->inputs[0] : bs_scaled (ctx, ctx->inputs[0], alpha) };
  if (inputs[0] == NULL || inputs[1] == NULL)
    return;
  if (ctx->inputs[0]->dtype == BS_BOOL)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
                                           "trying to invert a mask, use the `~` or `logical_not()` operator instead.");
  else
    bs_pointwise (ctx, 2, inputs, &sub_loops, BS_RESULT_SAME, NULL);
}

static void
rsub_backward (BsOpContext *ctx)
{
  double alpha = bs_arg_real (ctx, 1, 1.0);
  GIVE (0, alpha == 1.0 ? B1 (neg, G) : bs_scaled (ctx, G, -alpha));
}

BS_OP (rsub)
  .name = "rsub", .symbol = "−", .signature = "rsub(Tensor self, Scalar other, Scalar alpha=1)",
  .backward_name = "RsubBackward1", .flags = BS_IN_TORCH, .forward = rsub_forward, .backward = rsub_backward,
  .value_text = "other - alpha * self", .derivative_text = TEXTS ("-alpha"), .vjp_text = TEXTS ("-alpha * g"),
  .sentence = N_ ("Subtracts the first from the second, element by element."), SAMPLES ({ "rand(2, 3), 1.5" }, { "rand(()), 2" })
};

static void
rsub_tensor_forward (BsOpContext *ctx)
{
  bs_ctx_return (ctx, B2 (sub, ctx->inputs[1], with_alpha (ctx) ? ctx->inputs[0] : NULL));
}

BS_OP (rsub_tensor)
  .name = "rsub.tensor", .symbol = "−", .signature = "rsub(Tensor self, Tensor other, *, Scalar alpha=1)",
  .flags = BS_IN_TORCH | BS_IS_COMPOSITE,
  .forward = rsub_tensor_forward, .sentence = N_ ("Subtracts the first from the second, element by element.")
};

static void
mul_forward (BsOpContext *ctx)
{
  if (both_bool (ctx))
    bs_ctx_return (ctx, B2 (logical_and, ctx->inputs[0], ctx->inputs[1]));
  else
    bs_pointwise (ctx, 2, ctx->inputs, &mul_loops, BS_RESULT_SAME, NULL);
}

static void
mul_backward (BsOpContext *ctx)
{
  GIVE (0, B2 (mul, G, ctx->inputs[1]));
  GIVE (1, B2 (mul, G, ctx->inputs[0]));
}

BS_OP (mul)
  .name = "mul", .symbol = "×", .signature = "mul(Tensor|Scalar self, Tensor|Scalar other)", .aliases = "multiply",
  .backward_name = "MulBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT,
  .forward = mul_forward, .backward = mul_backward, .loops = &mul_loops, .saves_inputs = 3, .saved_for = { 2, 1 },
  .saves_why = N_ ("each factor is the other's derivative"),
  .value_text = "self * other", .derivative_text = TEXTS ("other", "self"), .vjp_text = TEXTS ("g * other", "g * self"),
  .sentence = N_ ("Multiplies element by element."),
  SAMPLES ({ "rand(2, 3), rand(2, 3)" }, { "rand(2, 3), rand(3)" }, { "rand(()), rand(2)" })
};

static const char *
rounding (BsOpContext *ctx)
{
  return bs_arg_string (ctx, 0, NULL);
}

static void
div_forward (BsOpContext *ctx)
{
  const char *mode = rounding (ctx);
  if (mode == NULL)
    bs_pointwise (ctx, 2, ctx->inputs, &div_loops, BS_RESULT_FLOAT, NULL);
  else if (g_str_equal (mode, "floor"))
    bs_ctx_return (ctx, B2 (floor_divide, ctx->inputs[0], ctx->inputs[1]));
  else if (g_str_equal (mode, "trunc"))
    bs_ctx_return (ctx, B1 (trunc, bs_dtype_is_floating (bs_result_dtype (2, ctx->inputs)) ? B2 (div, ctx->inputs[0], ctx->inputs[1])
                                     : B2 (trunc_divide, ctx->inputs[0], ctx->inputs[1])));
  else
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '%s'", mode);
}

static void
div_backward (BsOpContext *ctx)
{
  BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1];
  if (rounding (ctx) != NULL) {
    GIVE (0, bs_zeros_like (ctx, G));
    GIVE (1, bs_zeros_like (ctx, G));
    return;
  }
  GIVE (0, B2 (div, G, b));
  GIVE (1, B2 (mul, B1 (neg, G), B2 (div, B2 (div, a, b), b)));
}

BS_OP (div)
  .name = "div", .symbol = "÷", .signature = "div(Tensor|Scalar self, Tensor|Scalar other, *, str? rounding_mode=None)",
  .aliases = "divide,true_divide", .backward_name = "DivBackward0",
  .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT,
  .forward = div_forward, .backward = div_backward, .loops = &div_loops, .saves_inputs = 3, .saved_for = { 2, 3 },
  .saves_why = N_ ("numerator and denominator: the slope by the denominator needs both"),
  .value_text = "self / other", .derivative_text = TEXTS ("1 / other", "-self / other^2"),
  .vjp_text = TEXTS ("g / other", "-g * self / other^2"),
  .sentence = N_ ("Divides element by element."), .kinks = N_ ("other = 0: infinite"),
  SAMPLES ({ "rand(2, 3), rand(2, 3) + 0.5" }, { "rand(2, 3), rand(3) + 0.5" })
};

/* --- floor division and remainder, as Python has them ------------------------------------------------------------------- */

static inline gint64
floor_div_int (gint64 x, gint64 y)
{
  gint64 q = y == -1 ? (gint64) (0 - (guint64) x) : y == 0 ? 0 : x / y;
  return y != 0 && y != -1 && x % y != 0 && (x < 0) != (y < 0) ? q - 1 : q;
}

static inline double
floor_div_real (double x, double y)
{
  if (y == 0.0)
    return x / y;
  double mod = fmod (x, y), q = (x - mod) / y;
  if (mod != 0.0 && (y < 0) != (mod < 0))
    q -= 1.0;
  if (q == 0.0)
    return copysign (0.0, x / y);
  double whole = floor (q);
  return q - whole > 0.5 ? whole + 1.0 : whole;
}

static inline double
remainder_real (double x, double y)
{
  double mod = fmod (x, y);
  return mod != 0.0 && (y < 0) != (mod < 0) ? mod + y : mod;
}

static gboolean
no_zero (BsOpContext *ctx)
{
  BsTensor *b = ctx->inputs[1];
  if (bs_dtype_is_floating (bs_result_dtype (2, ctx->inputs)))
    return TRUE;
  for (gint64 i = 0; i < b->numel; i++)
    if (bs_tensor_get_integer (b, i) == 0) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "ZeroDivisionError");
      return FALSE;
    }
  return TRUE;
}

BS_BINARY_LOOP_PLAIN (floor_divide_f32, float, float, (float) floor_div_real (x, y))
BS_BINARY_LOOP_PLAIN (floor_divide_f64, double, double, floor_div_real (x, y))
BS_BINARY_LOOP_PLAIN (floor_divide_i64, gint64, gint64, floor_div_int (x, y))
static const BsLoops floor_divide_loops = { floor_divide_f32, floor_divide_f64, floor_divide_i64 };

static void
floor_divide_forward (BsOpContext *ctx)
{
  if (no_zero (ctx))
    bs_pointwise (ctx, 2, ctx->inputs, &floor_divide_loops, BS_RESULT_SAME, NULL);
}

static void
floor_divide_backward (BsOpContext *ctx)
{
  bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "derivative for aten::floor_divide is not implemented");
}
BS_OP (floor_divide)
  .name = "floor_divide", .symbol = "⌊÷⌋", .signature = "floor_divide(Tensor|Scalar self, Tensor|Scalar other)",
  .backward_name = "NotImplemented", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT, .forward = floor_divide_forward,
  .backward = floor_divide_backward,
  .value_text = "floor(self / other)", .sentence = N_ ("Divides and rounds down.")
};

BS_BINARY_LOOP_PLAIN (trunc_divide_i64, gint64, gint64, y == 0 ? 0 : x / y)
static const BsLoops trunc_divide_loops = { NULL, NULL, trunc_divide_i64 };

static void
trunc_divide_forward (BsOpContext *ctx)
{
  if (no_zero (ctx))
    bs_pointwise (ctx, 2, ctx->inputs, &trunc_divide_loops, BS_RESULT_SAME, NULL);
}

BS_OP (trunc_divide)
  .name = "trunc_divide", .symbol = "÷", .signature = "trunc_divide(Tensor self, Tensor other)",
  .flags = BS_IS_INTERNAL, .forward = trunc_divide_forward, .sentence = N_ ("Divides whole numbers and drops the rest.")
};

BS_BINARY_LOOP_PLAIN (remainder_f32, float, float, (float) remainder_real (x, y))
BS_BINARY_LOOP_PLAIN (remainder_f64, double, double, remainder_real (x, y))
BS_BINARY_LOOP_PLAIN (remainder_i64, gint64, gint64, x - y * floor_div_int (x, y))
static const BsLoops remainder_loops = { remainder_f32, remainder_f64, remainder_i64 };

static void
remainder_forward (BsOpContext *ctx)
{
  if (no_zero (ctx))
    bs_pointwise (ctx, 2, ctx->inputs, &remainder_loops, BS_RESULT_SAME, NULL);
}

static void
remainder_backward (BsOpContext *ctx)
{
  GIVE (0, G);
  GIVE (1, B1 (neg, B2 (mul, G, B1 (floor, B2 (div, ctx->inputs[0], ctx->inputs[1])))));
}

BS_OP (remainder)
  .name = "remainder", .symbol = "mod", .signature = "remainder(Tensor|Scalar self, Tensor|Scalar other)",
  .backward_name = "RemainderBackward1", .number_name = "RemainderBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT,
  .forward = remainder_forward, .backward = remainder_backward, .saves_inputs = 3, .saved_for = { 2, 2 },
  .saves_why = N_ ("both: how often the divisor fits is its slope"),
  .value_text = "self - other * floor(self / other)", .derivative_text = TEXTS ("1", "-floor(self / other)"),
  .vjp_text = TEXTS ("g", "-g * floor(self / other)"),
  .sentence = N_ ("Takes what is left after dividing, with the sign of the divisor."), .kinks = N_ ("at multiples of other"),
  SAMPLES ({ "rand(3) + 2.1, rand(3) + 1" })
};

BS_BINARY_LOOP_PLAIN (fmod_f32, float, float, fmodf (x, y))
BS_BINARY_LOOP_PLAIN (fmod_f64, double, double, fmod (x, y))
BS_BINARY_LOOP_PLAIN (fmod_i64, gint64, gint64, y == -1 ? 0 : x % y)
static const BsLoops fmod_loops = { fmod_f32, fmod_f64, fmod_i64 };

static void
fmod_forward (BsOpContext *ctx)
{
  if (no_zero (ctx))
    bs_pointwise (ctx, 2, ctx->inputs, &fmod_loops, BS_RESULT_SAME, NULL);
}

static void
fmod_backward (BsOpContext *ctx)
{
  GIVE (0, G);
  GIVE (1, B1 (neg, B2 (mul, G, B1 (trunc, B2 (div, ctx->inputs[0], ctx->inputs[1])))));
}

BS_OP (fmod)
  .name = "fmod", .symbol = "fmod", .signature = "fmod(Tensor|Scalar self, Tensor|Scalar other)",
  .backward_name = "FmodBackward1", .number_name = "FmodBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT,
  .forward = fmod_forward, .backward = fmod_backward, .saves_inputs = 3, .saved_for = { 2, 2 },
  .value_text = "self - other * trunc(self / other)", .derivative_text = TEXTS ("1", "-trunc(self / other)"),
  .vjp_text = TEXTS ("g", "-g * trunc(self / other)"), .sentence = N_ ("Takes what is left after dividing."),
  SAMPLES ({ "rand(3) + 2.1, rand(3) + 1" }),
  .saves_why = N_ ("both: how often the divisor fits is its slope")
};

/* --- powers ---------------------------------------------------------------------------------------------------------------- */

/* x^n by the same few products PyTorch uses for 2, 3 and the roots. */
BS_UNARY_LOOP (square_f32, float, float, x *x)
BS_UNARY_LOOP (square_f64, double, double, x *x)
BS_UNARY_LOOP (square_i64, gint64, gint64, x *x)
BS_UNARY_LOOP (cube_f32, float, float, x *x *x)
BS_UNARY_LOOP (cube_f64, double, double, x *x *x)
BS_UNARY_LOOP (cube_i64, gint64, gint64, x *x *x)
static void
power_f32 (gsize n, void *const *data, const gint64 *st, const double *p)
{
  float exponent = p[0];
  bs_pow_f32 (n, (void *[]){ data[0], data[1], &exponent }, (gint64[]){ st[0], st[1], 0 }, NULL);
}
BS_UNARY_LOOP_PLAIN (power_f64, double, double, pow (x, p[0]))
static const BsLoops square_loops = { square_f32, square_f64, square_i64 }, cube_loops = { cube_f32, cube_f64, cube_i64 };

static gint64
power_int (gint64 base, gint64 exponent)
{
  guint64 result = 1, factor = base;
  if (exponent < 0)
    return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  for (; exponent > 0; exponent >>= 1, factor *= factor)
    if (exponent & 1)
      result *= factor;
  return result;
}
BS_UNARY_LOOP_PLAIN (power_i64, gint64, gint64, power_int (x, (gint64) p[0]))
static const BsLoops power_loops = { power_f32, power_f64, power_i64 };

static void
pow_forward (BsOpContext *ctx)
{
  double exponent = bs_arg_real (ctx, 0, 2.0);
  BsTensor *a = ctx->inputs[0];
  gboolean real = ctx->args[0].kind == BS_ARG_REAL && !bs_dtype_is_floating (a->dtype);
  if (real)
    a = bs_cast (ctx, a, bs_state.default_dtype);
  if (a == NULL)
    return;
  if (!bs_dtype_is_floating (a->dtype) && exponent < 0)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Integers to negative integer powers are not allowed.");
  else if (exponent == 0.5 && bs_dtype_is_floating (a->dtype))
    bs_ctx_return (ctx, B1 (sqrt, a));
  else if (exponent == -0.5)
    bs_ctx_return (ctx, B1 (rsqrt, a));
  else if (exponent == -1.0)
    bs_ctx_return (ctx, B1 (reciprocal, a));
  else if (exponent == -2.0)
    bs_ctx_return (ctx, B1 (reciprocal, B2 (mul, a, a)));
  else
    bs_pointwise (ctx, 1, &a, exponent == 2.0 ? &square_loops : exponent == 3.0 ? &cube_loops : &power_loops, BS_RESULT_SAME, &exponent);
}

static void
pow_backward (BsOpContext *ctx)
{
  double exponent = bs_arg_real (ctx, 0, 2.0);
  if (exponent == 0.0)
    GIVE (0, bs_zeros_like (ctx, ctx->inputs[0]));
  else if (exponent == 1.0)
    GIVE (0, G);
  else
    GIVE (0, B2 (mul, G, B2 (mul, exponent == 2.0 ? ctx->inputs[0] : bs_power (ctx, ctx->inputs[0], exponent - 1.0), NUM (exponent))));
}

BS_OP (pow)
  .name = "pow", .symbol = "xⁿ", .signature = "pow(Tensor self, Scalar exponent)",
  .backward_name = "PowBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT,
  .forward = pow_forward, .backward = pow_backward, .saves_inputs = 1,
  .saves_why = N_ ("the base: the slope is n times its next lower power"),
  .value_text = "self^exponent", .derivative_text = TEXTS ("exponent * self^(exponent - 1)"),
  .vjp_text = TEXTS ("g * exponent * self^(exponent - 1)"),
  .sentence = N_ ("Raises each element to a power."),
  SAMPLES ({ "rand(3) + 0.5, 2" }, { "rand(3) + 0.5, 3" }, { "rand(3) + 0.5, 2.5" }, { "rand(3) + 0.5, -1.0" })
};

BS_BINARY_LOOP_PLAIN (pow2_f64, double, double, pow (x, y))
BS_BINARY_LOOP_PLAIN (pow2_i64, gint64, gint64, power_int (x, y))
static const BsLoops pow2_loops = { bs_pow_f32, pow2_f64, pow2_i64 };

static void
pow_tensor_forward (BsOpContext *ctx)
{
  bs_pointwise (ctx, 2, ctx->inputs, &pow2_loops, BS_RESULT_SAME, NULL);
}

static void
pow_tensor_backward (BsOpContext *ctx)
{
  BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1], *y = ctx->outputs[0];
  GIVE (0, B3 (where, B2 (eq, b, NUM (0.0)), bs_zeros_like (ctx, G), B2 (mul, G, B2 (mul, b, B2 (pow_tensor, a, B2 (sub, b, NUM (1.0)))))));
  if (bs_wants (ctx, 1)) {
    BsTensor *flat = B2 (logical_and, B2 (eq, a, NUM (0.0)), B2 (ge, b, NUM (0.0)));
    bs_ctx_give (ctx, 1, B3 (where, flat, bs_zeros_like (ctx, G), B2 (mul, G, B2 (mul, y, B1 (log, a)))));
  }
}

BS_OP (pow_tensor)
  .name = "pow.tensor", .symbol = "xʸ", .signature = "pow(Tensor|Scalar self, Tensor|Scalar exponent)",
  .backward_name = "PowBackward1", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT,
  .forward = pow_tensor_forward, .backward = pow_tensor_backward, .saves_inputs = 3, .saves_outputs = 1,
  .saves_why = N_ ("base, exponent and result: all three stand in the slopes"),
  .value_text = "self^exponent", .derivative_text = TEXTS ("exponent * self^(exponent - 1)", "self^exponent * log(self)"),
  .vjp_text = TEXTS ("g * exponent * self^(exponent - 1)", "g * self^exponent * log(self)"),
  .sentence = N_ ("Raises each element to a power."),
  SAMPLES ({ "rand(3) + 0.5, rand(3)" })
};
