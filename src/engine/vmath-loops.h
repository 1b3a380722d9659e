/* SPDX-License-Identifier: MIT */

/* The loops of vmath.h for one kind of processor. The file that includes this defines
 *   V, WIDTH      the vector and how many numbers it holds
 *   LOAD, STORE   from and to memory
 *   ALL(c)        a vector of c
 *   FMA(a, b, c)  a * b + c in one rounding
 *   MIN_, ABS_, ABOVE(x, y, yes, no)
 *   CALL(f), CALL15(f)   names of SLEEF's functions by their error bound
 *   NAME(f)       the loop's name here */

#define exp_(x) CALL (exp) (x)
#define log1p_(x) CALL (log1p) (x)
#define tanh_(x) CALL (tanh) (x)

/* Abramowitz and Stegun 7.1.26: PyTorch's GELU comes from oneDNN, which uses it. */
static inline V
rough_erf (V x)
{
  V size = ABS_ (x), t = ALL (1) / FMA (ALL (0.3275911f), size, ALL (1)), r, y;

  r = FMA (ALL (1.061405429f), t, ALL (-1.453152027f));
  r = FMA (r, t, ALL (1.421413741f));
  r = FMA (r, t, ALL (-0.284496736f));
  r = FMA (r, t, ALL (0.254829592f));
  y = FMA (-exp_ (-(x * x)) * t, r, ALL (1));
  return ABOVE (ALL (0), x, -y, y);
}

#define UNARY(name, expression) \
  static inline V name##_of (V x, const float *p) { return (expression); } \
  static void NAME (name) (gsize n, void *const *data, const gint64 *st, const double *parameters) \
  { \
    float *o = data[0], p[3] = { 0 }; \
    const float *a = data[1]; \
    gsize i = 0; \
    for (guint k = 0; parameters != NULL && k < 3; k++) \
      p[k] = parameters[k]; \
    if (st[0] == 1 && st[1] == 1) \
      for (; i + WIDTH <= n; i += WIDTH) \
        STORE (o + i, name##_of (LOAD (a + i), p)); \
    for (; i < n; i += WIDTH) { \
      float in[WIDTH] = { 0 }, out[WIDTH]; \
      gsize m = MIN (WIDTH, n - i); \
      for (gsize j = 0; j < m; j++) \
        in[j] = a[(gssize) (i + j) * st[1]]; \
      STORE (out, name##_of (LOAD (in), p)); \
      for (gsize j = 0; j < m; j++) \
        o[(gssize) (i + j) * st[0]] = out[j]; \
    } \
  }

/* What PyTorch computes sixteen at a time: what is left over, or strided, goes through the C library. */
#define KERNEL(name, expression, ONE) \
  static inline V name##_of (V x, const float *p) { return (expression); } \
  static void NAME (name) (gsize n, void *const *data, const gint64 *st, const double *parameters) \
  { \
    float *o = data[0], p[3] = { 0 }; \
    const float *a = data[1]; \
    gsize i = 0; \
    for (guint k = 0; parameters != NULL && k < 3; k++) \
      p[k] = parameters[k]; \
    if (st[0] == 1 && st[1] == 1) \
      for (; i < n / 16 * 16; i += WIDTH) \
        STORE (o + i, name##_of (LOAD (a + i), p)); \
    for (; i < n; i++) { \
      const float x = a[(gssize) i * st[1]]; \
      o[(gssize) i * st[0]] = (ONE); \
    } \
  }

#define BINARY(name, expression, ONE) \
  static inline V name##_of (V x, V y, const float *p) { return (expression); } \
  static void NAME (name) (gsize n, void *const *data, const gint64 *st, const double *parameters) \
  { \
    float *o = data[0], p[3] = { 0 }; \
    const float *a = data[1], *b = data[2]; \
    for (guint k = 0; parameters != NULL && k < 3; k++) \
      p[k] = parameters[k]; \
    gsize i = 0; \
    if (st[0] == 1 && (guint64) st[1] <= 1 && (guint64) st[2] <= 1) \
      for (; i < n / 16 * 16; i += WIDTH) \
        STORE (o + i, name##_of (st[1] ? LOAD (a + i) : ALL (*a), st[2] ? LOAD (b + i) : ALL (*b), p)); \
    for (; i < n; i++) { \
      const float x = a[(gssize) i * st[1]], y = b[(gssize) i * st[2]]; \
      o[(gssize) i * st[0]] = (ONE); \
    } \
  }

#define PLAIN(name) UNARY (name, CALL (name) (x))

PLAIN (exp) PLAIN (expm1) PLAIN (log) PLAIN (log2) PLAIN (log10) PLAIN (log1p) PLAIN (tan) PLAIN (asin)
PLAIN (acos) PLAIN (atan) PLAIN (tanh) PLAIN (lgamma)
KERNEL (sinh, CALL (sinh) (x), sinhf (x))
KERNEL (cosh, CALL (cosh) (x), coshf (x))
PLAIN (sin) PLAIN (cos)
UNARY (erf, CALL (erf) (x))
UNARY (erfc, CALL15 (erfc) (x))
KERNEL (sigmoid, ALL (1) / (ALL (1) + exp_ (ALL (0) - x)), 1 / (1 + expf (-x)))
KERNEL (silu, x / (ALL (1) + exp_ (-x)), x / (1 + expf (-x)))
KERNEL (mish, x * tanh_ (log1p_ (exp_ (x))), x * tanhf (log1pf (expf (x))))
UNARY (log_sigmoid, MIN_ (x, ALL (0)) - log1p_ (exp_ (-ABS_ (x))))
/* beta, threshold */
KERNEL (softplus, ABOVE (x * ALL (p[0]), ALL (p[1]), x, log1p_ (exp_ (x * ALL (p[0]))) / ALL (p[0])), x * p[0] > p[1] ? x : log1pf (expf (x * p[0])) / p[0])
/* alpha, scale, input_scale */
KERNEL (elu, ABOVE (x, ALL (0), x * ALL (p[1]), (exp_ (x * ALL (p[2])) - ALL (1)) * ALL (p[0] * p[1])), x > 0 ? x * p[1] : (expf (x * p[2]) - 1) * (p[0] * p[1]))
UNARY (gelu, x * ALL (0.5f) * (ALL (1) + rough_erf (x * ALL (0.70710678118654752440f))))
KERNEL (gelu_tanh, ALL (0.5f) * x * (ALL (1) + tanh_ (ALL (0.7978845608028654f) * FMA (ALL (0.044715f), x * x * x, x))),
        0.5f * x * (1 + tanhf (0.7978845608028654f * fmaf (0.044715f, x * x * x, x))))

BINARY (pow, CALL (pow) (x, y), powf (x, y))
BINARY (atan2, CALL (atan2) (x, y), atan2f (x, y))
/* The upstream gradient and the result, or the input. */
BINARY (tanh_backward, x * FMA (-y, y, ALL (1)), x * fmaf (-y, y, 1))
BINARY (softplus_backward, ABOVE (y * ALL (p[0]), ALL (p[1]), x, x * exp_ (y * ALL (p[0])) / (exp_ (y * ALL (p[0])) + ALL (1))),
        y * p[0] > p[1] ? x : x * expf (y * p[0]) / (expf (y * p[0]) + 1))

static inline V
silu_slope (V g, V x)
{
  V s = ALL (1) / (ALL (1) + exp_ (-x));

  return g * s * FMA (x, ALL (1) - s, ALL (1));
}
static inline float
silu_slope_of_one (float g, float x)
{
  float s = 1 / (1 + expf (-x));

  return g * s * fmaf (x, 1 - s, 1);
}
BINARY (silu_backward, silu_slope (x, y), silu_slope_of_one (x, y))

static inline V
gelu_slope (V g, V x)
{
  V cdf = ALL (0.5f) * (ALL (1) + rough_erf (x * ALL (0.70710678118654752440f)));
  V pdf = ALL (0.3989422804014327f) * exp_ (x * x * ALL (-0.5f));

  return g * FMA (x, pdf, cdf);
}
static inline float
gelu_slope_of_one (float g, float x)
{
  float cdf = 0.5f * (1 + erff (x * 0.70710678118654752440f)), pdf = 0.3989422804014327f * expf (x * x * -0.5f);

  return g * fmaf (x, pdf, cdf);
}
BINARY (gelu_backward, gelu_slope (x, y), gelu_slope_of_one (x, y))

/* z = exp(-|x|): the slope is z / (1 + z) for positive x, 1 - z / (1 + z) for others. */
static inline V
log_sigmoid_slope (V g, V x)
{
  V z = exp_ (-ABS_ (x)), below = ABOVE (ALL (0), x, ALL (1), ALL (0)), sign = ABOVE (ALL (0), x, ALL (1), ALL (-1));

  return g * (below - sign * (z / (ALL (1) + z)));
}
BINARY (log_sigmoid_backward, log_sigmoid_slope (x, y), x * ((y < 0) - (y < 0 ? 1 : -1) * (expf (-fabsf (y)) / (1 + expf (-fabsf (y))))))

static void
NAME (minus_exp) (gsize n, float *out, const float *in, float minus)
{
  gsize i = 0;

  for (; i + WIDTH <= n; i += WIDTH)
    STORE (out + i, exp_ (LOAD (in + i) - ALL (minus)));
  if (i < n)
    {
      float rest[WIDTH] = { 0 };

      for (gsize j = i; j < n; j++)
        rest[j - i] = in[j];
      STORE (rest, exp_ (LOAD (rest) - ALL (minus)));
      for (gsize j = i; j < n; j++)
        out[j] = rest[j - i];
    }
}

static float
NAME (log_one) (float x)
{
  float v[WIDTH] = { x };

  STORE (v, CALL (log) (LOAD (v)));
  return v[0];
}
