/* SPDX-License-Identifier: MIT */

/* Activations with a parameter, or of two halves. */

#include "unary.h"

static void
prelu_forward (BsOpContext *ctx)
{
  BsTensor *w = ctx->inputs[1];
  gint64 shape[BS_MAX_DIMS];
  if (w->numel != 1) {
    if (X_->n_dims == 0) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Not allow zero-dim input tensor.");
      return;
    }
    if (w->numel != (X_->n_dims > 1 ? X_->shape[1] : 1)) {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Mismatch of parameter numbers and input channel size. Found parameter numbers = %" G_GINT64_FORMAT " and channel size = %" G_GINT64_FORMAT ".", w->numel, X_->n_dims > 1 ? X_->shape[1] : 1);
      return;
    }
    for (guint d = 0; d < X_->n_dims; d++)
      shape[d] = d == 1 ? w->numel : 1;
    w = bs_reshaped (ctx, w, X_->n_dims, shape);
  } else {
    w = bs_reshaped (ctx, w, 0, NULL);
  }
  bs_ctx_return (ctx, B3 (where, B2 (gt, X_, NUM (0)), X_, B2 (mul, X_, w)));
}
static void
prelu_backward (BsOpContext *ctx)
{
  BsTensor *w = ctx->inputs[1], *below = B2 (le, X_, NUM (0)), *wide, *gw;
  gint64 shape[BS_MAX_DIMS], dims[BS_MAX_DIMS];
  guint n = 0;
  for (guint d = 0; d < X_->n_dims; d++) {
    shape[d] = w->numel != 1 && d == 1 ? w->numel : 1;
    if (w->numel == 1 || d != 1)
      dims[n++] = d;
  }
  wide = bs_reshaped (ctx, w, X_->n_dims, shape);
  gw = B3 (where, below, B2 (mul, G, X_), NUM (0));
  GIVE (0, B3 (where, below, B2 (mul, G, wide), G));
  GIVE (1, bs_reshaped (ctx, n > 0 ? bs_summed (ctx, gw, n, dims, FALSE) : gw, w->n_dims, w->shape));
}
BS_OP (prelu)
  .name = "prelu", .symbol = "PReLU", .signature = "prelu(Tensor self, Tensor weight)", .backward_name = "PreluBackward0", .flags = BS_IN_TORCH | BS_IN_TENSOR | BS_IN_FUNCTIONAL,
  .forward = prelu_forward, .backward = prelu_backward, .saves_inputs = 3, .saves_why = N_ ("input and slope: each is in the other's derivative"),
  .sentence = N_ ("Keeps what is positive and shrinks the rest by a slope that is learned."), SAMPLES ({ "randn(2, 3), rand(1)" }, { "randn(2, 3, 2), rand(3)" })
};

static void selu_forward (BsOpContext *ctx) { bs_ctx_return (ctx, BA (elu, X_, BS_REAL (1.6732632423543772848170429916717), BS_REAL (1.0507009873554804934193349852946), BS_REAL (1))); }
BS_OP (selu)
  .name = "selu", .symbol = "SELU", .signature = "selu(Tensor self)", .flags = BS_IN_TORCH | BS_IN_FUNCTIONAL | BS_IS_COMPOSITE, .forward = selu_forward,
  .sentence = N_ ("Keeps what is positive and bends the rest, scaled so that layers keep their variance.")
};

static void
celu_forward (BsOpContext *ctx)
{
  double alpha = bs_arg_real (ctx, 0, 1);
  if (alpha == 0)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "ZeroDivisionError: alpha cannot be 0 for CELU");
  else
    bs_ctx_return (ctx, BA (elu, X_, BS_REAL (alpha), BS_REAL (1), BS_REAL (1 / alpha)));
}
static void
celu_backward (BsOpContext *ctx)
{
  double alpha = bs_arg_real (ctx, 0, 1);
  GIVE (0, B3 (where, B2 (gt, X_, NUM (0)), G, B2 (mul, G, B1 (exp, bs_scaled (ctx, X_, 1 / alpha)))));
}
BS_OP (celu)
  .name = "celu", .symbol = "CELU", .signature = "celu(Tensor self, Scalar alpha=1.0)", .backward_name = "CeluBackward0", .flags = BS_IN_TORCH | BS_IN_FUNCTIONAL | BS_IN_INPLACE,
  .forward = celu_forward, .backward = celu_backward, SAVES_X .value_text = "where(self > 0, self, alpha * (exp(self / alpha) - 1))",
  .sentence = N_ ("Keeps what is positive and bends the rest towards -alpha."), SAMPLES ({ "randn(2, 3), 1.5" })
};

static gboolean
halves (BsOpContext *ctx, BsTensor *x, int dim, BsTensor **first, BsTensor **second)
{
  gint64 half = x->shape[dim] / 2;
  *first = bs_do1a (ctx, &bs_op_narrow, x, BS_INT (dim), BS_INT (0), BS_INT (half));
  *second = bs_do1a (ctx, &bs_op_narrow, x, BS_INT (dim), BS_INT (half), BS_INT (half));
  return *first != NULL && *second != NULL;
}
static void
glu_forward (BsOpContext *ctx)
{
  BsTensor *a, *b;
  int dim;
  if (X_->n_dims == 0) {
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "glu does not support 0-dimensional tensors");
    return;
  }
  dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, -1), X_->n_dims);
  if (dim < 0)
    return;
  if (X_->shape[dim] % 2 != 0)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "Halving dimension must be even, but dimension %d is size %" G_GINT64_FORMAT, dim, X_->shape[dim]);
  else if (halves (ctx, X_, dim, &a, &b))
    bs_ctx_return (ctx, B2 (mul, a, B1 (sigmoid, b)));
}
static void
glu_backward (BsOpContext *ctx)
{
  BsTensor *a, *b, *parts[2];
  int dim = bs_wrap_dim (ctx, bs_arg_int (ctx, 0, -1), X_->n_dims);
  BsArg along = BS_INT (dim);
  if (dim < 0 || !halves (ctx, X_, dim, &a, &b))
    return;
  BsTensor *s = B1 (sigmoid, b);
  parts[0] = B2 (mul, G, s);
  parts[1] = B2 (mul, B2 (mul, G, a), B2 (mul, s, bs_shifted (ctx, B1 (neg, s), 1)));
  if (parts[0] != NULL && parts[1] != NULL)
    GIVE (0, bs_do (ctx, &bs_op_cat, 2, parts, 1, &along));
}
BS_OP (glu)
  .name = "glu", .symbol = "GLU", .signature = "glu(Tensor self, int dim=-1)", .backward_name = "GluBackward0", .flags = BS_IN_FUNCTIONAL,
  .forward = glu_forward, .backward = glu_backward, SAVES_X .sentence = N_ ("Lets one half through as far as the sigmoid of the other allows."), SAMPLES ({ "randn(2, 4)" }, { "randn(4, 2), 0" })
};

static void
threshold_forward (BsOpContext *ctx)
{
  bs_ctx_return (ctx, B3 (where, B2 (le, X_, NUM (bs_arg_real (ctx, 0, 0))), NUM (bs_arg_real (ctx, 1, 0)), X_));
}
static void threshold_backward (BsOpContext *ctx) { GIVE (0, bs_do2a (ctx, &bs_op_threshold_backward, G, X_, BS_REAL (bs_arg_real (ctx, 0, 0)))); }
BS_OP (threshold)
  .name = "threshold", .symbol = "threshold", .signature = "threshold(Tensor self, Scalar threshold, Scalar value)", .backward_name = "ThresholdBackward0",
  .flags = BS_IN_TORCH | BS_IN_FUNCTIONAL | BS_IN_INPLACE, .forward = threshold_forward, .backward = threshold_backward, SAVES_X
  .sentence = N_ ("Keeps what lies above the threshold and puts a value elsewhere."), SAMPLES ({ "randn(2, 3), 0.1, 20.0" })
};

LOOPS (hardsigmoid, fminf (fmaxf (x + 3, 0), 6) / 6, fmin (fmax (x + 3, 0), 6) / 6, NULL)
static void hardsigmoid_forward (BsOpContext *ctx) { bs_pointwise (ctx, 1, ctx->inputs, &hardsigmoid_loops, BS_RESULT_SAME, NULL); }
static void
hardsigmoid_backward (BsOpContext *ctx)
{
  GIVE (0, B3 (where, B2 (logical_and, B2 (gt, X_, NUM (-3)), B2 (lt, X_, NUM (3))), bs_scaled (ctx, G, 1.0 / 6), NUM (0)));
}
BS_OP (hardsigmoid)
  .name = "hardsigmoid", .symbol = "hard σ", .signature = "hardsigmoid(Tensor self)", .backward_name = "HardsigmoidBackward0", .flags = BS_IN_FUNCTIONAL | BS_IN_INPLACE,
  .forward = hardsigmoid_forward, .backward = hardsigmoid_backward, SAVES_X .value_text = "min(max(self + 3, 0), 6) / 6",
  .sentence = N_ ("A sigmoid of three straight pieces."), SAMPLES ({ "randn(2, 3)" })
};
LOOPS (hardswish, x * fminf (fmaxf (x + 3, 0), 6) / 6, x * fmin (fmax (x + 3, 0), 6) / 6, NULL)
static void hardswish_forward (BsOpContext *ctx) { bs_pointwise (ctx, 1, ctx->inputs, &hardswish_loops, BS_RESULT_SAME, NULL); }
static void
hardswish_backward (BsOpContext *ctx)
{
  BsTensor *middle = B2 (mul, G, bs_shifted (ctx, bs_scaled (ctx, X_, 1.0 / 3), 0.5));
  GIVE (0, B3 (where, B2 (lt, X_, NUM (-3)), NUM (0), B3 (where, B2 (le, X_, NUM (3)), middle, G)));
}
BS_OP (hardswish)
  .name = "hardswish", .symbol = "hard swish", .signature = "hardswish(Tensor self)", .backward_name = "HardswishBackward0", .flags = BS_IN_FUNCTIONAL | BS_IN_INPLACE,
  .forward = hardswish_forward, .backward = hardswish_backward, SAVES_X .value_text = "self * min(max(self + 3, 0), 6) / 6",
  .sentence = N_ ("Weights each element by its hard sigmoid."), SAMPLES ({ "randn(2, 3)" })
};
