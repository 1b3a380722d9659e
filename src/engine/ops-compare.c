/* SPDX-License-Identifier: MIT */

/* Comparisons, logic, choices between elements. */

#include "formula.h"

#include <math.h>

#define FLAGS (BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE | BS_HAS_OUT)

#define COMPARE(op, formula, mark, other_names, words, EXPR) \
  BS_BINARY_LOOP (op##_f32, float, guint8, EXPR) \
  BS_BINARY_LOOP (op##_f64, double, guint8, EXPR) \
  BS_BINARY_LOOP (op##_i64, gint64, guint8, EXPR) \
  static const BsLoops op##_loops = { op##_f32, op##_f64, op##_i64, TRUE }; \
  static void op##_forward (BsOpContext *ctx) { bs_pointwise (ctx, 2, ctx->inputs, &op##_loops, BS_RESULT_BOOL, NULL); } \
  BS_OP (op) .name = #op, .symbol = mark, .signature = #op "(Tensor|Scalar self, Tensor|Scalar other)", .aliases = other_names, \
    .flags = FLAGS, .forward = op##_forward, .loops = &op##_loops, .value_text = formula, .sentence = words };

COMPARE (lt, "self < other", "<", "less", N_ ("Is the first smaller?"), x < y)
COMPARE (le, "self <= other", "≤", "less_equal", N_ ("Is the first smaller or equal?"), x <= y)
COMPARE (gt, "self > other", ">", "greater", N_ ("Is the first larger?"), x > y)
COMPARE (ge, "self >= other", "≥", "greater_equal", N_ ("Is the first larger or equal?"), x >= y)
COMPARE (eq, "self == other", "=", NULL, N_ ("Are they equal?"), x == y)
COMPARE (ne, "self != other", "≠", "not_equal", N_ ("Are they different?"), x != y)
COMPARE (logical_and, NULL, "and", NULL, N_ ("Are both true?"), x != 0 && y != 0)
COMPARE (logical_or, NULL, "or", NULL, N_ ("Is at least one true?"), x != 0 || y != 0)
COMPARE (logical_xor, NULL, "xor", NULL, N_ ("Is just one true?"), (x != 0) != (y != 0))

#define QUESTION(op, words, E_REAL, E_INT) \
  BS_UNARY_LOOP (op##_f32, float, guint8, E_REAL) \
  BS_UNARY_LOOP (op##_f64, double, guint8, E_REAL) \
  BS_UNARY_LOOP (op##_i64, gint64, guint8, E_INT) \
  static const BsLoops op##_loops = { op##_f32, op##_f64, op##_i64 }; \
  static void op##_forward (BsOpContext *ctx) { bs_pointwise (ctx, 1, ctx->inputs, &op##_loops, BS_RESULT_BOOL, NULL); } \
  BS_OP (op) .name = #op, .symbol = #op, .signature = #op "(Tensor self)", \
    .flags = BS_IN_TORCH | BS_IN_TENSOR, .forward = op##_forward, .sentence = words };

QUESTION (logical_not, N_ ("Is it false?"), x == 0, x == 0)
QUESTION (isnan, N_ ("Is it not a number?"), x != x, x != x)
QUESTION (isinf, N_ ("Is it infinite?"), isinf (x) != 0, x != x)
QUESTION (isfinite, N_ ("Is it a finite number?"), isfinite (x), x == x)
QUESTION (signbit, N_ ("Is it negative?"), signbit (x) != 0, x < 0)

#define BITS(op, mark, words, EXPR, LOGIC) \
  BS_BINARY_LOOP (op##_i64, gint64, gint64, EXPR) \
  static const BsLoops op##_loops = { NULL, NULL, op##_i64 }; \
  static void op##_forward (BsOpContext *ctx) \
  { \
    if (LOGIC != NULL && ctx->inputs[0]->dtype == BS_BOOL && ctx->inputs[1]->dtype == BS_BOOL) \
      bs_ctx_return (ctx, bs_do2 (ctx, LOGIC, ctx->inputs[0], ctx->inputs[1])); \
    else \
      bs_pointwise (ctx, 2, ctx->inputs, &op##_loops, BS_RESULT_SAME, NULL); \
  } \
  BS_OP (op) .name = #op, .symbol = mark, .signature = #op "(Tensor|Scalar self, Tensor|Scalar other)", .flags = FLAGS, \
    .forward = op##_forward, .sentence = words };

BITS (bitwise_and, "&", N_ ("Combines the bits by and."), x &y, &bs_op_logical_and)
BITS (bitwise_or, "|", N_ ("Combines the bits by or."), x | y, &bs_op_logical_or)
BITS (bitwise_xor, "^", N_ ("Combines the bits by exclusive or."), x ^ y, &bs_op_logical_xor)
BITS (bitwise_left_shift, "<<", N_ ("Shifts the bits to the left."), y < 0 || y > 63 ? 0 : (gint64) ((guint64) x << y), NULL)
BITS (bitwise_right_shift, ">>", N_ ("Shifts the bits to the right."), y < 0 || y > 63 ? (x < 0 ? -1 : 0) : x >> y, NULL)

BS_UNARY_LOOP (bitwise_not_i64, gint64, gint64, ~x)
static const BsLoops bitwise_not_loops = { NULL, NULL, bitwise_not_i64 };
static void
bitwise_not_forward (BsOpContext *ctx)
{
  if (ctx->inputs[0]->dtype == BS_BOOL)
    bs_ctx_return (ctx, B1 (logical_not, ctx->inputs[0]));
  else if (bs_dtype_is_floating (ctx->inputs[0]->dtype))
    bs_fail (ctx, BS_ENGINE_ERROR_TYPE, "~ (operator.invert) is only implemented on integer and Boolean-type tensors");
  else
    bs_pointwise (ctx, 1, ctx->inputs, &bitwise_not_loops, BS_RESULT_SAME, NULL);
}
BS_OP (bitwise_not)
  .name = "bitwise_not", .symbol = "~", .signature = "bitwise_not(Tensor self)", .flags = FLAGS, .forward = bitwise_not_forward,
  .sentence = N_ ("Turns every bit round.")
};

/* --- where ---------------------------------------------------------------------------------------------------------------- */

#define CHOOSE(T, name) \
  static void choose_##name (gsize n, void *const *data, const gint64 *st, const double *p) \
  { \
    T *o = data[0]; \
    const T *c = data[1], *a = data[2], *b = data[3]; \
    for (gsize i = 0; i < n; i++) \
      o[(gssize) i * st[0]] = c[(gssize) i * st[1]] != 0 ? a[(gssize) i * st[2]] : b[(gssize) i * st[3]]; \
  }
CHOOSE (float, f32)
CHOOSE (double, f64)
CHOOSE (gint64, i64)
static const BsLoops where_loops = { choose_f32, choose_f64, choose_i64 };

static void
where_forward (BsOpContext *ctx)
{
  BsTensor *condition = ctx->inputs[0];
  if (condition->dtype != BS_BOOL && condition->dtype != BS_UINT8) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "expected condition to be a boolean tensor, but got a tensor with dtype %s",
             bs_dtype_scalar_name (condition->dtype));
    return;
  }
  BsDtype dtype = bs_result_dtype (2, ctx->inputs + 1);
  BsDtype compute = dtype == BS_FLOAT64 ? dtype : bs_dtype_is_floating (dtype) ? BS_FLOAT32 : BS_INT64;
  bs_pointwise_as (ctx, 3, ctx->inputs, compute == BS_FLOAT64 ? where_loops.f64 : compute == BS_FLOAT32 ? where_loops.f32 : where_loops.i64,
                   compute, dtype, FALSE, NULL);
}

static void
where_backward (BsOpContext *ctx)
{
  BsTensor *condition = ctx->inputs[0];
  GIVE (1, B3 (where, condition, G, NUM (0)));
  GIVE (2, B3 (where, condition, NUM (0), G));
}

BS_OP (where)
  .constants = 1, .name = "where", .symbol = "where", .signature = "where(Tensor condition, Tensor|Scalar self, Tensor|Scalar other)",
  .backward_name = "WhereBackward0", .flags = BS_IN_TORCH, .forward = where_forward, .backward = where_backward,
  .saves_inputs = 1, .saves_why = N_ ("the condition: it decides where the gradient goes"),
  .value_text = "where(condition, self, other)", .derivative_text = TEXTS (NULL, "where(condition, 1, 0)", "where(condition, 0, 1)"),
  .vjp_text = TEXTS (NULL, "where(condition, g, 0)", "where(condition, 0, g)"),
  .sentence = N_ ("Takes each element from the first where the condition holds, from the second elsewhere."),
  SAMPLES ({ "rand(2, 3) > 0.5, rand(2, 3), rand(2, 3)" })
};

static void
clamp_tensor_forward (BsOpContext *ctx)
{
  BsTensor *x = ctx->inputs[0], *low = IN (1), *high = IN (2);
  if (low == NULL && high == NULL) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "torch.clamp: At least one of 'min' or 'max' must not be None");
    return;
  }
  if (low != NULL)
    x = B2 (maximum, x, low);
  bs_ctx_return (ctx, high != NULL && x != NULL ? B2 (minimum, x, high) : x);
}
BS_OP (clamp_tensor)
  .name = "clamp.tensor", .symbol = "clamp", .signature = "clamp(Tensor self, Tensor? min=None, Tensor? max=None)", .aliases = "clip", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IS_COMPOSITE,
  .forward = clamp_tensor_forward, .sentence = N_ ("Cuts off what lies outside the bounds.")
};

/* The condition is the second operand when called as a method: x.where(condition, y). */
static void
where_method_forward (BsOpContext *ctx)
{
  bs_ctx_return (ctx, B3 (where, ctx->inputs[1], ctx->inputs[0], ctx->inputs[2]));
}
BS_OP (where_method)
  .name = "where.method", .symbol = "where", .signature = "where(Tensor self, Tensor condition, Tensor|Scalar other)",
  .flags = BS_IN_TENSOR | BS_IS_COMPOSITE, .forward = where_method_forward,
  .sentence = N_ ("Takes each element from the first where the condition holds, from the second elsewhere.")
};

static void
masked_fill_forward (BsOpContext *ctx)
{
  BsTensor *value = ctx->inputs[2], *self = ctx->inputs[0];
  if (value->n_dims > 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with %u dimension(s).", value->n_dims);
    return;
  }
  bs_ctx_return (ctx, B3 (where, ctx->inputs[1], bs_cast (ctx, value, self->dtype), self));
}
static void
masked_fill_backward (BsOpContext *ctx)
{
  GIVE (0, B3 (where, ctx->inputs[1], NUM (0), G));
  GIVE (2, B1 (sum, B3 (where, ctx->inputs[1], G, NUM (0))));
}
BS_OP (masked_fill)
  .constants = 2, .name = "masked_fill", .symbol = "mask", .signature = "masked_fill(Tensor self, Tensor mask, Tensor|Scalar value)",
  .backward_name = "MaskedFillBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_INPLACE,
  .forward = masked_fill_forward, .backward = masked_fill_backward, .saves_inputs = 2,
  .saves_why = N_ ("the mask: what was filled gets no gradient"), .value_text = "where(mask, value, self)",
  .sentence = N_ ("Writes one value wherever the mask is true."),
  SAMPLES ({ "rand(2, 3), rand(2, 3) > 0.5, 2.0" }, { "rand(2, 3), rand(3) > 0.5, rand(())" })
};

/* --- the larger, the smaller, bounds ---------------------------------------------------------------------------------------- */

#define EXTREME(op, mark, node, words, CMP, other) \
  BS_BINARY_LOOP (op##_f32, float, float, x != x ? x : y != y ? y : x CMP y ? x : y) \
  BS_BINARY_LOOP (op##_f64, double, double, x != x ? x : y != y ? y : x CMP y ? x : y) \
  BS_BINARY_LOOP (op##_i64, gint64, gint64, x CMP y ? x : y) \
  static const BsLoops op##_loops = { op##_f32, op##_f64, op##_i64 }; \
  static void op##_forward (BsOpContext *ctx) { bs_pointwise (ctx, 2, ctx->inputs, &op##_loops, BS_RESULT_SAME, NULL); } \
  static void op##_backward (BsOpContext *ctx) \
  { \
    BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1], *half = B3 (where, B2 (eq, a, b), bs_scaled (ctx, G, 0.5), G); \
    GIVE (0, B3 (where, B2 (other, a, b), NUM (0), half)); \
    GIVE (1, B3 (where, B2 (other, b, a), NUM (0), half)); \
  } \
  BS_OP (op) .name = #op, .symbol = mark, .signature = #op "(Tensor self, Tensor other)", .backward_name = node, \
    .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_HAS_OUT, .forward = op##_forward, .backward = op##_backward, .saves_inputs = 3, \
    .saves_why = N_ ("both: the one that was taken gets the gradient"), .value_text = mark "(self, other)", \
    .vjp_text = TEXTS ("where(self " #CMP " other, g, where(self == other, g / 2, 0))", "where(other " #CMP " self, g, where(self == other, g / 2, 0))"), \
    .sentence = words, .kinks = N_ ("where both are equal each gets half"), SAMPLES ({ "randn(3), randn(3)" }) };
EXTREME (maximum, "max", "MaximumBackward0", N_ ("Takes the larger of the two, element by element."), >, lt)
EXTREME (minimum, "min", "MinimumBackward0", N_ ("Takes the smaller of the two, element by element."), <, gt)

#define FMINMAX(op, inner, node, compare) \
  static void op##_forward (BsOpContext *ctx) \
  { \
    BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1]; \
    bs_ctx_return (ctx, B3 (where, B1 (isnan, a), b, B3 (where, B1 (isnan, b), a, B2 (inner, a, b)))); \
  } \
  static void op##_backward (BsOpContext *ctx) \
  { \
    BsTensor *a = ctx->inputs[0], *b = ctx->inputs[1], *first = B2 (logical_or, B2 (compare, a, b), B1 (isnan, b)); \
    GIVE (0, B3 (where, first, G, NUM (0))); \
    GIVE (1, B3 (where, first, NUM (0), G)); \
  } \
  BS_OP (op) .name = #op, .symbol = #op, .signature = #op "(Tensor self, Tensor other)", .backward_name = node, .flags = BS_IN_TORCH | BS_IN_TENSOR, \
    .forward = op##_forward, .backward = op##_backward, .saves_inputs = 3, .saves_why = N_ ("both: the one that was taken gets the gradient"), \
    .sentence = N_ ("As maximum or minimum, but passes over what is not a number."), SAMPLES ({ "randn(3), randn(3)" }) };
FMINMAX (fmax, maximum, "FmaxBackward0", ge)
FMINMAX (fmin, minimum, "FminBackward0", le)

/* One loop for one or two bounds; a bound left out is infinite. */
BS_UNARY_LOOP (clamp_f32, float, float, x != x ? x : p[3] && (p[2] && x < (float) p[0] ? (float) p[0] : x) > (float) p[1] ? (float) p[1] : p[2] && x < (float) p[0] ? (float) p[0] : x)
BS_UNARY_LOOP (clamp_f64, double, double, x != x ? x : p[3] && (p[2] && x < p[0] ? p[0] : x) > p[1] ? p[1] : p[2] && x < p[0] ? p[0] : x)
BS_UNARY_LOOP (clamp_i64, gint64, gint64, p[3] && (p[2] && x < (gint64) p[0] ? (gint64) p[0] : x) > (gint64) p[1] ? (gint64) p[1] : p[2] && x < (gint64) p[0] ? (gint64) p[0] : x)
static const BsLoops clamp_loops = { clamp_f32, clamp_f64, clamp_i64 };

static void
clamp_bounds (BsOpContext *ctx, double *p)
{
  p[2] = bs_arg_given (ctx, 0);
  p[3] = bs_arg_given (ctx, 1);
  p[0] = bs_arg_real (ctx, 0, -INFINITY);
  p[1] = bs_arg_real (ctx, 1, INFINITY);
}
static void
clamp_forward (BsOpContext *ctx)
{
  double p[4];
  BsTensor *self = ctx->inputs[0];
  clamp_bounds (ctx, p);
  if (!p[2] && !p[3]) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "torch.clamp: At least one of 'min' or 'max' must not be None");
    return;
  }
  if (!bs_dtype_is_floating (self->dtype)
      && ((p[2] && ctx->args[0].kind == BS_ARG_REAL) || (p[3] && ctx->args[1].kind == BS_ARG_REAL)))
    self = bs_cast (ctx, self, bs_state.default_dtype);
  if (self != NULL)
    bs_pointwise (ctx, 1, &self, &clamp_loops, BS_RESULT_SAME, p);
}
static void
clamp_backward (BsOpContext *ctx)
{
  double p[4];
  clamp_bounds (ctx, p);
  BsTensor *x = ctx->inputs[0], *inside = p[2] ? B2 (ge, x, NUM (p[0])) : NULL;
  if (p[3])
    inside = inside ? B2 (logical_and, inside, B2 (le, x, NUM (p[1]))) : B2 (le, x, NUM (p[1]));
  GIVE (0, B3 (where, inside, G, NUM (0)));
}
BS_OP (clamp)
  .name = "clamp", .symbol = "clamp", .signature = "clamp(Tensor self, Scalar? min=None, Scalar? max=None)", .aliases = "clip",
  .backward_name = "ClampBackward1", .flags = FLAGS, .forward = clamp_forward, .backward = clamp_backward,
  .saves_inputs = 1, .saves_why = N_ ("the input: what was cut off gets no gradient"), .value_text = "min(max(self, min), max)", .vjp_text = TEXTS ("where(self < min, 0, where(self > max, 0, g))"),
  .sentence = N_ ("Cuts off what lies outside the bounds."), .kinks = N_ ("at the bounds the slope is taken as 1"),
  SAMPLES ({ "randn(5), -0.5, 0.5" })
};

#define ONE_BOUND(op, node, arg0, arg1, cmp) \
  static void op##_forward (BsOpContext *ctx) \
  { \
    double bound = bs_arg_real (ctx, 0, 0), p[4] = { bound, bound, arg0, arg1 }; \
    bs_pointwise (ctx, 1, ctx->inputs, &clamp_loops, BS_RESULT_SAME, p); \
  } \
  static void op##_backward (BsOpContext *ctx) \
  { \
    GIVE (0, B3 (where, B2 (cmp, ctx->inputs[0], NUM (bs_arg_real (ctx, 0, 0))), G, NUM (0))); \
  } \
  BS_OP (op) .name = #op, .symbol = #op, .backward_name = node, .flags = FLAGS, .forward = op##_forward, .backward = op##_backward, \
    .saves_inputs = 1, .saves_why = N_ ("the input: what was cut off gets no gradient"), \
    .sentence = N_ ("Cuts off what lies outside the bound."), SAMPLES ({ "randn(5), 0.1" }),
ONE_BOUND (clamp_min, "ClampMinBackward0", 1, 0, ge) .signature = "clamp_min(Tensor self, Scalar min)", .value_text = "max(self, min)", .vjp_text = TEXTS ("where(self >= min, g, 0)") };
ONE_BOUND (clamp_max, "ClampMaxBackward0", 0, 1, le) .signature = "clamp_max(Tensor self, Scalar max)", .value_text = "min(self, max)", .vjp_text = TEXTS ("where(self <= max, g, 0)") };
