/* SPDX-License-Identifier: MIT */

/* PyTorch's CPU generator, so that the numbers of a lesson match the book: mt19937 (Matsumoto and Nishimura 1998), its ways of
 * turning bits into uniform and normal numbers, and its order of filling a tensor. */

#include "engine-private.h"

#include <math.h>
#include <string.h>

#define N 624
#define M 397
#define DEFAULT_SEED 67280421310721ull

struct _BsGenerator {
  guint64 seed;
  guint32 state[N];
  guint32 left; /* numbers until the state is renewed */
  guint32 next;
  gboolean has_normal;
  double normal; /* the second of a pair, kept for the next call */
};

void
bs_generator_seed (BsGenerator *self, guint64 seed)
{
  self->seed = seed;
  self->state[0] = (guint32) seed;
  for (guint i = 1; i < N; i++)
    self->state[i] = 1812433253u * (self->state[i - 1] ^ (self->state[i - 1] >> 30)) + i;
  self->left = 1;
  self->next = 0;
  self->has_normal = FALSE;
}

BsGenerator *
bs_generator_new (guint64 seed)
{
  BsGenerator *self = g_new0 (BsGenerator, 1);
  bs_generator_seed (self, seed);
  return self;
}

void
bs_generator_free (BsGenerator *self)
{
  g_free (self);
}

BsGenerator *
bs_generator_get_default (void)
{
  static BsGenerator shared;
  static gboolean seeded;
  if (!seeded) {
    seeded = TRUE;
    bs_generator_seed (&shared, DEFAULT_SEED);
  }
  return &shared;
}

guint64
bs_generator_get_seed (const BsGenerator *self)
{
  return self->seed;
}

static inline guint32
twist (guint32 u, guint32 v)
{
  return (((u & 0x80000000u) | (v & 0x7fffffffu)) >> 1) ^ (v & 1 ? 0x9908b0dfu : 0);
}

static void
renew (BsGenerator *self)
{
  guint32 *p = self->state;
  for (guint i = 0; i < N; i++)
    p[i] = p[(i + M) % N] ^ twist (p[i], p[(i + 1) % N]);
  self->left = N;
  self->next = 0;
}

guint32
bs_generator_random (BsGenerator *self)
{
  if (--self->left == 0)
    renew (self);
  guint32 y = self->state[self->next++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

guint64
bs_generator_random64 (BsGenerator *self)
{
  guint64 high = bs_generator_random (self);
  return high << 32 | bs_generator_random (self);
}

/* The 5056 bytes of PyTorch's get_rng_state(). */
typedef struct {
  guint64 seed;
  gint32 left, seeded;
  guint64 next;
  guint64 state[N];
  double normal_x, normal_y, normal_rho;
  gint32 normal_is_valid, padding;
  float next_float;
  gint32 has_next_float;
} Legacy;
G_STATIC_ASSERT (sizeof (Legacy) == 5056);

gsize
bs_generator_get_state (const BsGenerator *self, guint8 *out, gsize n)
{
  Legacy legacy = { .seed = self->seed, .left = self->left, .seeded = 1, .next = self->next };
  if (n < sizeof legacy)
    return 0;
  for (guint i = 0; i < N; i++)
    legacy.state[i] = self->state[i];
  if (self->has_normal) {
    legacy.normal_y = self->normal;
    legacy.normal_is_valid = 1;
  }
  memcpy (out, &legacy, sizeof legacy);
  return sizeof legacy;
}

gboolean
bs_generator_set_state (BsGenerator *self, const guint8 *state, gsize n, GError **error)
{
  Legacy legacy;
  if (n != sizeof legacy) {
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "RNG state is wrong size");
    return FALSE;
  }
  memcpy (&legacy, state, sizeof legacy);
  if (legacy.left < 1 || legacy.left > N || legacy.next > N || legacy.next + legacy.left > N + 1) {
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "Invalid mt19937 state");
    return FALSE;
  }
  self->seed = legacy.seed;
  self->left = legacy.left;
  self->next = legacy.next;
  for (guint i = 0; i < N; i++)
    self->state[i] = legacy.state[i];
  self->has_normal = legacy.normal_is_valid != 0;
  self->normal = legacy.normal_y;
  return TRUE;
}

/* --- numbers --------------------------------------------------------------------------------------------------------- */

static float
uniform_float (BsGenerator *g)
{
  return (float) (bs_generator_random (g) & ((1u << 24) - 1)) * (1.0f / (1u << 24));
}

static double
uniform_double (BsGenerator *g)
{
  return (double) (bs_generator_random64 (g) & ((1ull << 53) - 1)) * (1.0 / (double) (1ull << 53));
}

static double
normal_double (BsGenerator *g)
{
  if (g->has_normal) {
    g->has_normal = FALSE;
    return g->normal;
  }
  double u1 = uniform_double (g), u2 = uniform_double (g);
  double r = sqrt (-2.0 * log1p (-u2)), theta = 2.0 * G_PI * u1;
  g->normal = r * sin (theta);
  g->has_normal = TRUE;
  return r * cos (theta);
}

/* The logarithm, sine and cosine of the Cephes library (S. L. Moshier) in single precision, rounded step by step as the
 * vector code is that PyTorch's normal numbers come from: where a product is only added it is one fused step. */
static inline float
cephes_log (float x)
{
  static const float p[] = { -1.1514610310E-1f, 1.1676998740E-1f, -1.2420140846E-1f, 1.4249322787E-1f, -1.6668057665E-1f,
                             2.0000714765E-1f, -2.4999993993E-1f, 3.3333331174E-1f };
  union { float f; guint32 u; } bits = { .f = fmaxf (x, 0x1p-126f) };
  float e = (float) ((int) (bits.u >> 23) - 127) + 1, y = 7.0376836292E-2f, z, kept;
  bits.u = (bits.u & ~0x7f800000u) | 0x3f000000u;
  x = bits.f;
  kept = x < 0.707106781186547524f ? x : 0;
  e -= x < 0.707106781186547524f;
  x = x - 1 + kept;
  z = x * x;
  for (guint i = 0; i < G_N_ELEMENTS (p); i++)
    y = fmaf (y, x, p[i]);
  y = fmaf (y * x, z, e * -2.12194440e-4f);
  y = fmaf (-0.5f, z, y);
  return fmaf (e, 0.693359375f, x + y);
}
static inline void
cephes_sincos (float x, float *sine, float *cosine)
{
  int octant = ((int) (fabsf (x) * 1.27323954473516f) + 1) & ~1;
  float y = octant, z, c, s;
  gboolean swapped = (octant & 2) != 0, minus_sine = signbit (x) != ((octant & 4) != 0), minus_cosine = !((octant - 2) & 4);
  x = fabsf (x);
  x = fmaf (y, -0.78515625f, x);
  x = fmaf (y, -2.4187564849853515625e-4f, x);
  x = fmaf (y, -3.77489497744594108e-8f, x);
  z = x * x;
  c = fmaf (fmaf (2.443315711809948E-5f, z, -1.388731625493765E-3f), z, 4.166664568298827E-2f) * z;
  c = fmaf (c, z, -0.5f * z) + 1;
  s = fmaf (fmaf (-1.9515295891E-4f, z, 8.3321608736E-3f), z, -1.6666654611E-1f) * z;
  s = fmaf (s, x, x);
  *sine = swapped ? c : s;
  *cosine = swapped ? s : c;
  if (minus_sine)
    *sine = -*sine;
  if (minus_cosine)
    *cosine = -*cosine;
}

/* Box and Muller on sixteen at a time: eight radii, eight angles. */
BS_CLONES static void
normal_sixteen_f32 (float *x, float mean, float std)
{
  for (guint j = 0; j < 8; j++) {
    float radius = sqrtf (-2 * cephes_log (1 - x[j])), sine, cosine;
    cephes_sincos (2.0f * (float) G_PI * x[j + 8], &sine, &cosine);
    x[j] = fmaf (radius * cosine, std, mean);
    x[j + 8] = fmaf (radius * sine, std, mean);
  }
}
static void
normal_sixteen_f64 (double *x, double mean, double std)
{
  for (guint j = 0; j < 8; j++) {
    double u1 = 1 - x[j], u2 = x[j + 8], radius = sqrt (-2 * log (u1)), theta = 2.0 * G_PI * u2;
    x[j] = radius * cos (theta) * std + mean;
    x[j + 8] = radius * sin (theta) * std + mean;
  }
}

#define NORMAL_FILL(T, name, uniform) \
  static void normal_fill_##name (T *x, gint64 n, double mean, double std, BsGenerator *g) \
  { \
    for (gint64 i = 0; i < n; i++) \
      x[i] = uniform (g); \
    for (gint64 i = 0; i < n - 15; i += 16) \
      normal_sixteen_##name (x + i, mean, std); \
    if (n % 16 != 0) { \
      x += n - 16; \
      for (guint i = 0; i < 16; i++) \
        x[i] = uniform (g); \
      normal_sixteen_##name (x, mean, std); \
    } \
  }
NORMAL_FILL (float, f32, uniform_float)
NORMAL_FILL (double, f64, uniform_double)

/* --- filling -------------------------------------------------------------------------------------------------------------- */

typedef double (*Draw) (BsGenerator *g, gboolean is_double, gpointer data);

static BsGenerator *
or_default (BsGenerator *g)
{
  return g != NULL ? g : bs_generator_get_default ();
}

static gboolean
begin (BsTensor *self, GError **error)
{
  if (bs_grad_enabled () && !bs_check_inplace (self, bs_tracks (self), error))
    return FALSE;
  if (bs_state.observer != NULL && bs_state.observer->will_write != NULL)
    bs_state.observer->will_write (bs_state.user, self, NULL);
  return TRUE;
}

static gboolean
finish (BsTensor *self, BsTensor *filled, GError **error)
{
  gboolean ok = filled != NULL && (filled == self || bs_copy_data (self, filled, error));
  if (filled != NULL && filled != self)
    bs_tensor_unref (filled);
  if (ok) {
    ++*self->version;
    if (bs_state.observer != NULL && bs_state.observer->did_write != NULL)
      bs_state.observer->did_write (bs_state.user, self, NULL, 0, NULL, 0, NULL);
  }
  return ok;
}

/* The numbers are drawn into a dense tensor first when the target is none. */
static BsTensor *
target (BsTensor *self, GError **error)
{
  return self->flags & BS_TENSOR_CONTIGUOUS ? self : bs_tensor_fresh (self->dtype, self->n_dims, self->shape, error);
}

static gboolean
needs_float (BsTensor *self, const char *what, GError **error)
{
  if (bs_dtype_is_floating (self->dtype))
    return TRUE;
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "\"%s\" not implemented for '%s'", what, bs_dtype_scalar_name (self->dtype));
  return FALSE;
}

gboolean
bs_uniform_inplace (BsTensor *self, double from, double to, BsGenerator *generator, GError **error)
{
  BsGenerator *g = or_default (generator);
  if (!needs_float (self, "check_uniform_bounds", error))
    return FALSE;
  if (!(from <= to)) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "uniform_ expects to return a [from, to) range, but found from=%g > to=%g", from, to);
    return FALSE;
  }
  if (!begin (self, error))
    return FALSE;
  BsTensor *out = target (self, error);
  for (gint64 i = 0; out != NULL && i < out->numel; i++)
    if (self->dtype == BS_FLOAT64)
      ((double *) bs_data (out))[i] = uniform_double (g) * (to - from) + from;
    else
      bs_store (self->dtype, bs_data (out), i, uniform_float (g) * ((float) to - (float) from) + (float) from);
  return finish (self, out, error);
}

gboolean
bs_normal_inplace (BsTensor *self, double mean, double std, BsGenerator *generator, GError **error)
{
  BsGenerator *g = or_default (generator);
  if (!needs_float (self, "normal_kernel_cpu", error))
    return FALSE;
  if (std < 0) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "normal expects std >= 0.0, but found std %g", std);
    return FALSE;
  }
  if (!begin (self, error))
    return FALSE;
  BsTensor *out = target (self, error);
  if (out != NULL && out->numel >= 16 && self->dtype == BS_FLOAT32)
    normal_fill_f32 (bs_data (out), out->numel, mean, std, g);
  else if (out != NULL && out->numel >= 16 && self->dtype == BS_FLOAT64)
    normal_fill_f64 (bs_data (out), out->numel, mean, std, g);
  else
    for (gint64 i = 0; out != NULL && i < out->numel; i++)
      bs_store (self->dtype, bs_data (out), i, normal_double (g) * std + mean);
  return finish (self, out, error);
}

gboolean
bs_random_inplace (BsTensor *self, gint64 from, gint64 to, BsGenerator *generator, GError **error)
{
  BsGenerator *g = or_default (generator);
  guint64 range = (guint64) to - (guint64) from;
  if (from >= to && to != G_MININT64) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "random_ expects 'from' to be less than 'to', but got from=%" G_GINT64_FORMAT " >= to=%" G_GINT64_FORMAT, from, to);
    return FALSE;
  }
  if (!begin (self, error))
    return FALSE;
  BsTensor *out = target (self, error);
  for (gint64 i = 0; out != NULL && i < out->numel; i++) {
    guint64 drawn = range >= 1ull << 32 ? bs_generator_random64 (g) : bs_generator_random (g);
    gint64 value = (gint64) (drawn % range) + from;
    if (bs_dtype_is_floating (self->dtype))
      bs_store (self->dtype, bs_data (out), i, value);
    else
      bs_store_integer (self->dtype, bs_data (out), i, value);
  }
  return finish (self, out, error);
}

gboolean
bs_bernoulli_inplace (BsTensor *self, double p, BsGenerator *generator, GError **error)
{
  BsGenerator *g = or_default (generator);
  if (!(p >= 0 && p <= 1)) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "bernoulli_ expects p to be in [0, 1], but got p=%g", p);
    return FALSE;
  }
  if (!begin (self, error))
    return FALSE;
  BsTensor *out = target (self, error);
  for (gint64 i = 0; out != NULL && i < out->numel; i++)
    bs_store (self->dtype, bs_data (out), i, uniform_double (g) < p);
  return finish (self, out, error);
}

BsTensor *
bs_randperm (gint64 n, BsDtype dtype, BsGenerator *generator, GError **error)
{
  BsGenerator *g = or_default (generator);
  if (n < 0) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "n must be non-negative, got%" G_GINT64_FORMAT, n);
    return NULL;
  }
  BsTensor *out = bs_tensor_new (dtype, 1, &n, error);
  if (out == NULL)
    return NULL;
  for (gint64 i = 0; i < n; i++)
    bs_store (dtype, bs_data (out), i, i);
  for (gint64 i = 0; i < n - 1; i++) {
    gint64 k = i + bs_generator_random (g) % (n - i);
    double a = bs_load (dtype, bs_data (out), i), b = bs_load (dtype, bs_data (out), k);
    bs_store (dtype, bs_data (out), i, b);
    bs_store (dtype, bs_data (out), k, a);
  }
  return out;
}

/* --- multinomial: without replacement by the largest weight / exponential, else by the cumulated weights -------- */

static gboolean
multinomial_ok (BsTensor *weights, gint64 n, gboolean replacement, GError **error)
{
  const char *problem = NULL;
  gint64 k = weights->n_dims > 0 ? weights->shape[weights->n_dims - 1] : 0;
  double total = 0;
  if (weights->n_dims == 0 || weights->n_dims > 2)
    problem = "prob_dist must be 1 or 2 dim";
  else if (!bs_dtype_is_floating (weights->dtype))
    problem = "multinomial only supports floating-point dtypes for input";
  else if (n <= 0)
    problem = "cannot sample n_sample <= 0 samples";
  else if (!replacement && n > k)
    problem = "cannot sample n_sample > prob_dist.size(-1) samples without replacement";
  for (gint64 i = 0; problem == NULL && i < weights->numel; i++) {
    double w = bs_tensor_get_double (weights, i);
    total += w;
    if (!isfinite (w) || w < 0)
      problem = "probability tensor contains either `inf`, `nan` or element < 0";
    else if ((i + 1) % k == 0) {
      if (total == 0)
        problem = "invalid multinomial distribution (sum of probabilities <= 0)";
      total = 0;
    }
  }
  if (problem != NULL)
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, problem);
  return problem == NULL;
}

static void
draw_by_race (BsTensor *weights, gint64 row, gint64 k, gint64 n, const double *scores, gint64 *out)
{
  g_autofree gboolean *taken = g_new0 (gboolean, k);
  for (gint64 s = 0; s < n; s++) {
    gint64 best = -1;
    for (gint64 i = 0; i < k; i++)
      if (!taken[i] && (best < 0 || scores[row * k + i] > scores[row * k + best]))
        best = i;
    taken[best] = TRUE;
    out[s] = best;
  }
}

static void
draw_by_sum (BsTensor *weights, gint64 row, gint64 k, gint64 n, BsGenerator *g, gint64 *out)
{
  g_autofree double *sums = g_new (double, k);
  double total = 0;
  for (gint64 i = 0; i < k; i++)
    sums[i] = total = weights->dtype == BS_FLOAT64 ? total + bs_tensor_get_double (weights, row * k + i) : (float) total + (float) bs_tensor_get_double (weights, row * k + i);
  for (gint64 i = 0; i < k; i++)
    sums[i] = weights->dtype == BS_FLOAT64 ? sums[i] / total : (float) sums[i] / (float) total;
  sums[k - 1] = 1;
  for (gint64 s = 0; s < n; s++) {
    double u = uniform_double (g);
    gint64 low = 0, high = k;
    while (low < high) {
      gint64 middle = low + (high - low) / 2;
      if (sums[middle] < u)
        low = middle + 1;
      else
        high = middle;
    }
    out[s] = MIN (low, k - 1);
  }
}

BsTensor *
bs_multinomial (BsTensor *weights, gint64 n, gboolean replacement, BsGenerator *generator, GError **error)
{
  BsGenerator *g = or_default (generator);
  if (!multinomial_ok (weights, n, replacement, error))
    return NULL;
  gint64 k = weights->shape[weights->n_dims - 1], rows = weights->n_dims == 2 ? weights->shape[0] : 1, shape[] = { rows, n };
  BsTensor *out = bs_tensor_new (BS_INT64, weights->n_dims, weights->n_dims == 2 ? shape : shape + 1, error);
  if (out == NULL)
    return NULL;
  if (!replacement) {
    g_autofree double *scores = g_new (double, MAX (1, weights->numel));
    for (gint64 i = 0; i < weights->numel; i++) {
      double e = -log1p (-uniform_double (g)), w = bs_tensor_get_double (weights, i);
      scores[i] = weights->dtype == BS_FLOAT64 ? w / e : (float) w / (float) e;
    }
    for (gint64 r = 0; r < rows; r++)
      draw_by_race (weights, r, k, n, scores, (gint64 *) bs_data (out) + r * n);
  } else {
    for (gint64 r = 0; r < rows; r++)
      draw_by_sum (weights, r, k, n, g, (gint64 *) bs_data (out) + r * n);
  }
  return out;
}
