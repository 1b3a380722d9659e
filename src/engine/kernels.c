/* SPDX-License-Identifier: MIT */

/* What PyTorch 1.13's CPU kernels are called in its errors, and which numbers they refuse though they could be computed. */

#include "engine-private.h"

#include <string.h>

enum { HALF = 1, BOOL = 2, INTEGER = 4 };

static const struct {
  const char *op, *kernel;
  guint refuses;
} kernels[] = {
  { "acos", "acos_vml_cpu", HALF }, { "acosh", "acosh_cpu", HALF }, { "asin", "asin_vml_cpu", HALF }, { "asinh", "asinh_cpu", HALF },
  { "atan", "atan_vml_cpu", HALF }, { "atanh", "atanh_cpu", HALF }, { "ceil", "ceil_vml_cpu", HALF | BOOL }, { "cos", "cos_vml_cpu", HALF },
  { "cosh", "cosh_cpu", HALF }, { "digamma", "digamma", HALF }, { "elu", "elu_cpu", HALF | BOOL | INTEGER }, { "erf", "erf_vml_cpu", HALF },
  { "erfc", "erfc_vml_cpu", HALF }, { "erfinv", "erfinv_vml_cpu", HALF }, { "expm1", "expm1_vml_cpu", HALF }, { "floor", "floor_vml_cpu", HALF | BOOL },
  { "frac", "frac_cpu", HALF | BOOL | INTEGER }, { "gcd", "gcd_cpu", BOOL }, { "gelu", "GeluKernelImpl", HALF | BOOL | INTEGER },
  { "hardshrink", "hardshrink_cpu", HALF | BOOL | INTEGER }, { "hypot", "hypot_cpu", HALF | BOOL | INTEGER }, { "lcm", "lcm_cpu", BOOL },
  { "leaky_relu", "leaky_relu_cpu", HALF | BOOL | INTEGER }, { "lgamma", "lgamma_vml_cpu", HALF }, { "log", "log_vml_cpu", HALF },
  { "log10", "log10_vml_cpu", HALF }, { "log1p", "log1p_vml_cpu", HALF }, { "log2", "log2_vml_cpu", HALF },
  { "log_sigmoid", "log_sigmoid_cpu", HALF | BOOL | INTEGER }, { "logaddexp", "logaddexp_cpu", HALF | BOOL | INTEGER },
  { "logaddexp2", "logaddexp2_cpu", HALF | BOOL | INTEGER }, { "logit", "logit_cpu", HALF }, { "mish", "mish_cpu", HALF | BOOL | INTEGER },
  { "remainder", "remainder_cpu", BOOL }, { "fmod", "fmod_cpu", BOOL }, { "floor_divide", "div_floor_cpu", BOOL }, { "pow", "pow", BOOL }, { "pow.tensor", "pow", BOOL },
  { "round", "round_vml_cpu", HALF | BOOL }, { "rsqrt", "rsqrt_cpu", HALF }, { "sigmoid", "sigmoid_cpu", HALF }, { "silu", "silu_cpu", HALF | BOOL | INTEGER },
  { "sin", "sin_vml_cpu", HALF }, { "sinc", "sinc_cpu", HALF }, { "sinh", "sinh_cpu", HALF }, { "softplus", "softplus_cpu", HALF | BOOL | INTEGER },
  { "softshrink", "softshrink_cpu", HALF | BOOL | INTEGER }, { "sqrt", "sqrt_vml_cpu", HALF }, { "tan", "tan_vml_cpu", HALF }, { "tanh", "tanh_vml_cpu", HALF },
  { "trunc", "trunc_vml_cpu", HALF | BOOL }, { "bitwise_and", "bitwise_and_cpu", 0 }, { "bitwise_or", "bitwise_or_cpu", 0 }, { "bitwise_xor", "bitwise_xor_cpu", 0 },
  { "bitwise_left_shift", "lshift_cpu", BOOL }, { "bitwise_right_shift", "rshift_cpu", BOOL },
};

static void
refuse (BsOpContext *ctx, const char *kernel, BsDtype dtype)
{
  bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "\"%s\" not implemented for '%s'", kernel, bs_dtype_scalar_name (dtype));
}

gboolean
bs_check_kernel (BsOpContext *ctx, BsDtype dtype, gboolean has_loop)
{
  guint kind = dtype == BS_FLOAT16 ? HALF : dtype == BS_BOOL ? BOOL : bs_dtype_is_floating (dtype) ? 0 : INTEGER;
  for (guint i = 0; i < G_N_ELEMENTS (kernels); i++)
    if (strcmp (kernels[i].op, ctx->op->name) == 0) {
      if (has_loop && !(kernels[i].refuses & kind))
        return TRUE;
      refuse (ctx, kernels[i].kernel, dtype);
      return FALSE;
    }
  if (!has_loop)
    refuse (ctx, ctx->op->name, dtype);
  return has_loop;
}
