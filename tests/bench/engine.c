/* SPDX-License-Identifier: MIT */

/* engine [ROW...]: the five works of the speed table on the C API, each beside a hand-written limit: the same numbers by
 * plain loops (and the same matrix products), without a graph. Prints "ROW NANOSECONDS LIMIT". */

#include "engine/blas.h"
#include "engine/ops.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef BsTensor T;

static double
now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static double
best (void (*work) (void), guint repeat)
{
  double least = INFINITY;
  const char *few = g_getenv ("BENCH_REPEAT"); /* for a profiler */
  if (few != NULL)
    repeat = atoi (few);
  work ();
  for (guint run = 0; run < 7; run++) {
    double start = now ();
    for (guint i = 0; i < repeat; i++)
      work ();
    least = MIN (least, (now () - start) / repeat);
  }
  return least;
}

static T *
checked (T *tensor, GError *error)
{
  if (tensor == NULL)
    g_error ("%s", error != NULL ? error->message : "no result");
  return tensor;
}

static T *
op1 (const BsOp *op, T *a, guint n_args, const BsArg *args)
{
  GError *error = NULL;
  T *result = bs_apply (op, 1, &a, n_args, args, &error);
  return checked (result, error);
}

static T *
op2 (const BsOp *op, T *a, T *b)
{
  GError *error = NULL;
  T *result = bs_apply (op, 2, (T *[]){ a, b }, 0, NULL, &error);
  return checked (result, error);
}

/* Results of one step are all dropped at its end, as the names of a script are. */
static T *kept[1 << 17];
static guint n_kept;

static T *
keep (T *tensor)
{
  kept[n_kept++] = tensor;
  return tensor;
}

static void
drop (void)
{
  while (n_kept > 0)
    bs_tensor_unref (kept[--n_kept]);
}

static void
backward (T *loss, T *seed)
{
  GError *error = NULL;
  if (!bs_backward (1, &loss, &seed, 0, NULL, BS_BACKWARD_DEFAULT, &error))
    g_error ("%s", error->message);
}

static void
update (T *parameter)
{
  GError *error = NULL;
  bs_set_grad_mode (BS_GRAD_OFF);
  if (!bs_apply_inplace (&bs_op_sub, 2, (T *[]){ parameter, bs_tensor_get_grad (parameter) }, 1,
                         (BsArg[]){ BS_REAL (1e-6) }, &error))
    g_error ("%s", error->message);
  bs_set_grad_mode (BS_GRAD_NORMAL);
  bs_tensor_set_grad (parameter, NULL, NULL);
}

static T *
filled (gboolean requires_grad, guint n_dims, const gint64 *shape)
{
  T *tensor = checked (bs_tensor_new (BS_FLOAT32, n_dims, shape, NULL), NULL);
  bs_normal_inplace (tensor, 0, 1, NULL, NULL);
  bs_tensor_set_requires_grad (tensor, requires_grad, NULL);
  return tensor;
}
#define FILLED(requires_grad, ...) \
  filled (requires_grad, G_N_ELEMENTS (((gint64[]){ __VA_ARGS__ })), (gint64[]){ __VA_ARGS__ })

/* --- loss = w² + 20 ----------------------------------------------------------------------------------------------- */

static T *w, *b, *x, *y, *w2, *b2, *seed;

static void
quadratic (void)
{
  keep (op1 (&bs_op_pow, w, 1, (BsArg[]){ BS_REAL (2) }));
  T *twenty = keep (bs_tensor_new_integer (20));
  T *shifted = keep (op2 (&bs_op_add, kept[0], twenty));
  backward (keep (op1 (&bs_op_sum, shifted, 0, NULL)), NULL);
  drop ();
  update (w);
}

static volatile float scalar = 3, loss_value;

static void
quadratic_limit (void)
{
  float v = scalar;
  loss_value = v * v + 20;
  scalar = v - 1e-6f * (2 * v);
}

/* --- linear 5 -> 3, mean squared error, batch 2 --------------------------------------------------------------------- */

static void
linear (void)
{
  GError *error = NULL;
  T *out = keep (checked (bs_apply (&bs_op_linear, 3, (T *[]){ x, w, b }, 0, NULL, &error), error));
  backward (keep (op2 (&bs_op_mse_loss, out, y)), NULL);
  drop ();
  bs_tensor_set_grad (w, NULL, NULL);
  bs_tensor_set_grad (b, NULL, NULL);
}

static float X[2][5], W[3][5], B[3], Y[2][3], GW[3][5], GB[3];

static void
linear_limit (void)
{
  float out[2][3], total = 0;
  memset (GW, 0, sizeof GW);
  memset (GB, 0, sizeof GB);
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 3; j++) {
      float sum = B[j];
      for (int k = 0; k < 5; k++)
        sum += X[i][k] * W[j][k];
      out[i][j] = sum - Y[i][j];
      total += out[i][j] * out[i][j];
    }
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 3; j++) {
      float g = 2.0f / 6 * out[i][j];
      GB[j] += g;
      for (int k = 0; k < 5; k++)
        GW[j][k] += g * X[i][k];
    }
  loss_value = total / 6;
  __asm__ volatile ("" : : "r"(GW), "r"(GB) : "memory");
}

/* --- scalar network 2-16-16-1 on 100 points -------------------------------------------------------------------------- */

#define POINTS 100
#define PARAMETERS 337
#define SCALAR_NODES 65818

static T *parameters[PARAMETERS], *points[POINTS][2];
static int signs[POINTS];

static void
scalars_setup (void)
{
  for (guint i = 0; i < PARAMETERS; i++)
    parameters[i] = filled (TRUE, 0, NULL);
  for (guint i = 0; i < POINTS; i++) {
    points[i][0] = filled (FALSE, 0, NULL);
    points[i][1] = filled (FALSE, 0, NULL);
    signs[i] = i % 2 ? 1 : -1;
  }
}

static T *
number (double value)
{
  return keep (bs_tensor_new_number (value, BS_FLOAT64));
}

static guint
layer (guint first, guint n_in, T **in, guint n_out, T **out, gboolean relu)
{
  for (guint j = 0; j < n_out; j++, first += n_in + 1) {
    T *act = parameters[first + n_in];
    for (guint i = 0; i < n_in; i++)
      act = keep (op2 (&bs_op_add, act, keep (op2 (&bs_op_mul, parameters[first + i], in[i]))));
    out[j] = relu ? keep (op1 (&bs_op_relu, act, 0, NULL)) : act;
  }
  return first;
}

static void
scalars (void)
{
  T *total = number (0), *squares = number (0), *a[16], *c[16], *score;
  for (guint i = 0; i < POINTS; i++) {
    guint at = layer (0, 2, points[i], 16, a, TRUE);
    at = layer (at, 16, a, 16, c, TRUE);
    layer (at, 16, c, 1, &score, FALSE);
    T *margin = keep (op2 (&bs_op_add, keep (op2 (&bs_op_mul, score, number (-signs[i]))), number (1)));
    total = keep (op2 (&bs_op_add, total, keep (op1 (&bs_op_relu, margin, 0, NULL))));
  }
  for (guint i = 0; i < PARAMETERS; i++)
    squares = keep (op2 (&bs_op_add, squares, keep (op2 (&bs_op_mul, parameters[i], parameters[i]))));
  T *data_loss = keep (op2 (&bs_op_mul, total, number (1.0 / POINTS)));
  backward (keep (op2 (&bs_op_add, data_loss, keep (op2 (&bs_op_mul, squares, number (1e-4))))), NULL);
  drop ();
  for (guint i = 0; i < PARAMETERS; i++)
    bs_tensor_set_grad (parameters[i], NULL, NULL);
}

/* A tape of values: an array of nodes with two inputs each, written forward and read backward. */
typedef struct {
  float value, grad;
  guint32 op, left, right;
} Cell;

static Cell tape[1 << 17];
static guint n_tape;

static guint
cell (guint32 op, guint left, guint right)
{
  Cell *self = &tape[n_tape];
  float l = tape[left].value, r = tape[right].value;
  *self = (Cell){ .op = op, .left = left, .right = right };
  self->value = op == 1 ? l + r : op == 2 ? l * r : l > 0 ? l : 0;
  return n_tape++;
}

static guint
tape_layer (guint first, guint n_in, const guint *in, guint n_out, guint *out, gboolean relu)
{
  for (guint j = 0; j < n_out; j++, first += n_in + 1) {
    guint act = first + n_in;
    for (guint i = 0; i < n_in; i++)
      act = cell (1, act, cell (2, first + i, in[i]));
    out[j] = relu ? cell (3, act, 0) : act;
  }
  return first;
}

static void
scalars_limit (void)
{
  for (n_tape = 0; n_tape < PARAMETERS + 2; n_tape++)
    tape[n_tape] = (Cell){ .value = 0.01f * (n_tape % 50) };
  guint total = PARAMETERS, in[2] = { PARAMETERS, PARAMETERS + 1 }, a[16], c[16], score;
  for (guint i = 0; i < POINTS; i++) {
    guint at = tape_layer (0, 2, in, 16, a, TRUE);
    at = tape_layer (at, 16, a, 16, c, TRUE);
    tape_layer (at, 16, c, 1, &score, FALSE);
    total = cell (1, total, cell (3, score, 0));
  }
  tape[total].grad = 1;
  for (guint i = n_tape; i-- > PARAMETERS + 2;) {
    Cell *self = &tape[i], *left = &tape[self->left], *right = &tape[self->right];
    float g = self->grad;
    if (self->op == 1) {
      left->grad += g;
      right->grad += g;
    } else if (self->op == 2) {
      float l = left->value;
      left->grad += g * right->value;
      right->grad += g * l;
    } else if (self->value > 0) {
      left->grad += g;
    }
  }
}

/* --- a training step 784-128-10, batch 64 ------------------------------------------------------------------------------ */

static void
training (void)
{
  GError *error = NULL;
  T *hidden = keep (checked (bs_apply (&bs_op_linear, 3, (T *[]){ x, w, b }, 0, NULL, &error), error));
  T *active = keep (op1 (&bs_op_relu, hidden, 0, NULL));
  T *out = keep (checked (bs_apply (&bs_op_linear, 3, (T *[]){ active, w2, b2 }, 0, NULL, &error), error));
  T *loss = bs_apply (&bs_op_cross_entropy, 3, (T *[]){ out, y, NULL }, 0, NULL, &error);
  backward (keep (checked (loss, error)), NULL);
  drop ();
  T *all[] = { w, b, w2, b2 };
  for (guint i = 0; i < 4; i++)
    update (all[i]);
}

/* The five matrix products alone, on the same kernel. */
static void
training_limit (void)
{
  static float hidden[64 * 128], out[64 * 10], gw1[128 * 784], gw2[10 * 128], gh[64 * 128];
  const float *px = bs_tensor_get_data (x), *pw = bs_tensor_get_data (w), *pw2 = bs_tensor_get_data (w2);
  bs_gemm (BS_FLOAT32, FALSE, TRUE, 64, 128, 784, 1, px, 784, pw, 784, 0, hidden, 128);
  bs_gemm (BS_FLOAT32, FALSE, TRUE, 64, 10, 128, 1, hidden, 128, pw2, 128, 0, out, 10);
  bs_gemm (BS_FLOAT32, TRUE, FALSE, 10, 128, 64, 1, out, 10, hidden, 128, 0, gw2, 128);
  bs_gemm (BS_FLOAT32, FALSE, FALSE, 64, 128, 10, 1, out, 10, pw2, 128, 0, gh, 128);
  bs_gemm (BS_FLOAT32, TRUE, FALSE, 128, 784, 64, 1, gh, 128, px, 784, 0, gw1, 784);
}

/* --- tanh (x w + b) on a million numbers --------------------------------------------------------------------------------- */

#define LARGE 1000000

static void
large (void)
{
  T *product = keep (op2 (&bs_op_mul, x, w)), *shifted = keep (op2 (&bs_op_add, product, b));
  backward (keep (op1 (&bs_op_tanh, shifted, 0, NULL)), seed);
  drop ();
  bs_tensor_set_grad (w, NULL, NULL);
  bs_tensor_set_grad (b, NULL, NULL);
}

/* What memory alone takes: every intermediate written once and read once, and no tanh. */
static void
large_limit (void)
{
  static float product[LARGE], shifted[LARGE], gs[LARGE], gw[LARGE];
  const float *px = bs_tensor_get_data (x), *pw = bs_tensor_get_data (w), *pb = bs_tensor_get_data (b);
  for (guint i = 0; i < LARGE; i++) {
    product[i] = px[i] * pw[i];
    shifted[i] = product[i] + pb[i];
  }
  for (guint i = 0; i < LARGE; i++) {
    gs[i] = 1 - shifted[i] * shifted[i];
    gw[i] = gs[i] * px[i];
  }
  __asm__ volatile ("" : : "r"(gs), "r"(gw) : "memory");
}

/* --- */

static void
linear_setup (void)
{
  x = FILLED (FALSE, 2, 5), y = FILLED (FALSE, 2, 3), w = FILLED (TRUE, 3, 5), b = FILLED (TRUE, 3);
}

static void
quadratic_setup (void)
{
  w = FILLED (TRUE, 1);
}

static void
training_setup (void)
{
  gint64 labels[64];
  for (guint i = 0; i < 64; i++)
    labels[i] = i % 10;
  x = FILLED (FALSE, 64, 784), y = bs_tensor_new_from (BS_INT64, 1, (gint64[]){ 64 }, labels, NULL);
  w = FILLED (TRUE, 128, 784), b = FILLED (TRUE, 128), w2 = FILLED (TRUE, 10, 128), b2 = FILLED (TRUE, 10);
  /* As nn.Linear begins: with larger weights the softmax saturates, and the products are of denormal numbers. */
  T *layers[2][2] = { { w, b }, { w2, b2 } };
  bs_set_grad_mode (BS_GRAD_OFF);
  for (guint i = 0; i < 2; i++)
    for (guint j = 0; j < 2; j++) {
      double bound = 1 / sqrt (bs_tensor_get_shape (layers[i][0])[1]);
      bs_uniform_inplace (layers[i][j], -bound, bound, NULL, NULL);
    }
  bs_set_grad_mode (BS_GRAD_NORMAL);
}

static void
large_setup (void)
{
  x = FILLED (FALSE, LARGE), w = FILLED (TRUE, LARGE), b = FILLED (TRUE, LARGE);
  seed = bs_tensor_new_full (BS_FLOAT32, 1, (gint64[]){ LARGE }, 1, NULL);
}

static const struct {
  const char *name;
  void (*setup) (void), (*work) (void), (*limit) (void);
  guint repeat;
  double per;
} rows[] = {
  { "quadratic", quadratic_setup, quadratic, quadratic_limit, 50000, 1 },
  { "linear", linear_setup, linear, linear_limit, 30000, 1 },
  { "scalars", scalars_setup, scalars, scalars_limit, 2, SCALAR_NODES },
  { "training", training_setup, training, training_limit, 200, 1 },
  { "large", large_setup, large, large_limit, 20, 1 },
};

int
main (int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (argc > 1 && strcmp (argv[1], rows[i].name) != 0)
      continue;
    rows[i].setup ();
    double ns = best (rows[i].work, rows[i].repeat) / rows[i].per;
    printf ("%s %.1f %.1f\n", rows[i].name, ns, best (rows[i].limit, rows[i].repeat) / rows[i].per);
    fflush (stdout);
  }
  return 0;
}
