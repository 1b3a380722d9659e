/* SPDX-License-Identifier: MIT */

/* The engine by itself: views, broadcasting, accumulation, versions, modes, errors, and memory that runs out. */

#include <math.h>
#include <string.h>

#include "engine/ops.h"

typedef BsTensor *Tensor;
#define FREE __attribute__ ((cleanup (drop)))

static void
drop (BsTensor **tensor)
{
  if (*tensor != NULL)
    bs_tensor_unref (*tensor);
}

static BsTensor *
make (gint64 rows, gint64 columns, gboolean requires_grad)
{
  gint64 shape[] = { rows, columns };
  BsTensor *x = bs_tensor_new (BS_FLOAT32, columns > 0 ? 2 : 1, shape, NULL);
  float *data = bs_tensor_get_data (x);

  for (gint64 i = 0; i < bs_tensor_get_numel (x); i++)
    data[i] = (float) (i + 1) / 4;
  bs_tensor_set_requires_grad (x, requires_grad, NULL);
  return x;
}

static BsTensor *
scalar (double value, gboolean requires_grad)
{
  BsTensor *x = bs_tensor_new_full (BS_FLOAT32, 0, NULL, value, NULL);

  bs_tensor_set_requires_grad (x, requires_grad, NULL);
  return x;
}

static BsTensor *
apply1 (const BsOp *op, BsTensor *a, GError **error)
{
  return a != NULL ? bs_apply (op, 1, &a, 0, NULL, error) : NULL;
}

static BsTensor *
apply2 (const BsOp *op, BsTensor *a, BsTensor *b, GError **error)
{
  BsTensor *inputs[] = { a, b };

  return a != NULL && b != NULL ? bs_apply (op, 2, inputs, 0, NULL, error) : NULL;
}

static gboolean
backward (BsTensor *root, BsBackwardFlags flags, GError **error)
{
  BsTensor *seed = NULL;

  return bs_backward (1, &root, &seed, 0, NULL, flags, error);
}

static void
assert_message (GError *error, const char *part)
{
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, part));
  g_error_free (error);
}

static void
test_views_share (void)
{
  FREE Tensor x = make (2, 3, FALSE), xt = apply1 (&bs_op_t, x, NULL), copy = NULL;

  g_assert_true (bs_tensor_get_storage (x) == bs_tensor_get_storage (xt));
  g_assert_cmpint (bs_tensor_get_shape (xt)[0], ==, 3);
  g_assert_cmpint (bs_tensor_get_strides (xt)[0], ==, 1);
  g_assert_false (bs_tensor_is_contiguous (xt));
  ((float *) bs_tensor_get_data (x))[1] = 42; /* x[0][1] is xt[1][0], the third in row-major order */
  g_assert_cmpfloat (bs_tensor_get_double (xt, 2), ==, 42);
  copy = apply1 (&bs_op_clone, xt, NULL);
  g_assert_true (bs_tensor_get_storage (copy) != bs_tensor_get_storage (x));
}

static void
test_broadcasting_sums_back (void)
{
  FREE Tensor x = make (2, 3, TRUE), row = make (3, 0, TRUE), y = apply2 (&bs_op_mul, x, row, NULL), loss = apply1 (&bs_op_sum, y, NULL);

  g_assert_true (backward (loss, BS_BACKWARD_DEFAULT, NULL));
  g_assert_cmpuint (bs_tensor_get_n_dims (bs_tensor_get_grad (row)), ==, 1);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat (bs_tensor_get_double (bs_tensor_get_grad (row), i), ==, (i + 1) / 4.0 + (i + 4) / 4.0);
}

static void
test_shapes_that_do_not_fit (void)
{
  FREE Tensor a = make (2, 3, FALSE), b = make (2, 0, FALSE);
  GError *error = NULL;

  g_assert_null (apply2 (&bs_op_add, a, b, &error));
  assert_message (error, "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1");
  error = NULL;
  g_assert_null (apply2 (&bs_op_mm, a, a, &error));
  assert_message (error, "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
}

static void
test_gradients_accumulate (void)
{
  FREE Tensor w = scalar (10, TRUE);

  for (int i = 1; i <= 3; i++)
    {
      FREE Tensor loss = apply2 (&bs_op_mul, w, w, NULL);

      g_assert_true (backward (loss, BS_BACKWARD_DEFAULT, NULL));
      g_assert_cmpfloat (bs_tensor_get_double (bs_tensor_get_grad (w), 0), ==, 20.0 * i);
    }
}

static void
test_second_walk_needs_the_graph (void)
{
  FREE Tensor w = scalar (2, TRUE), y = apply1 (&bs_op_exp, w, NULL);
  GError *error = NULL;

  g_assert_true (backward (y, BS_BACKWARD_RETAIN_GRAPH, NULL));
  g_assert_true (backward (y, BS_BACKWARD_DEFAULT, NULL));
  g_assert_false (backward (y, BS_BACKWARD_DEFAULT, &error));
  assert_message (error, "Trying to backward through the graph a second time");
}

static void
test_a_leaf_is_not_changed_in_place (void)
{
  FREE Tensor w = scalar (2, TRUE), one = bs_tensor_new_number (1, BS_FLOAT32);
  BsTensor *inputs[] = { w, one };
  GError *error = NULL;

  g_assert_false (bs_apply_inplace (&bs_op_sub, 2, inputs, 0, NULL, &error));
  assert_message (error, "a leaf Variable that requires grad is being used in an in-place operation");
  bs_set_grad_mode (BS_GRAD_OFF);
  g_assert_true (bs_apply_inplace (&bs_op_sub, 2, inputs, 0, NULL, NULL));
  bs_set_grad_mode (BS_GRAD_NORMAL);
  g_assert_cmpfloat (bs_tensor_get_double (w, 0), ==, 1);
  g_assert_true (bs_tensor_is_leaf (w));
}

static void
test_saved_values_have_versions (void)
{
  FREE Tensor w = scalar (2, TRUE), y = apply1 (&bs_op_exp, w, NULL), z = apply1 (&bs_op_sum, y, NULL), one = bs_tensor_new_number (1, BS_FLOAT32);
  BsTensor *inputs[] = { y, one };
  GError *error = NULL;

  g_assert_true (bs_apply_inplace (&bs_op_add, 2, inputs, 0, NULL, NULL));
  g_assert_cmpuint (bs_tensor_get_version (y), ==, 1);
  g_assert_false (backward (z, BS_BACKWARD_DEFAULT, &error));
  assert_message (error, "is at version 1; expected version 0 instead");
}

static void
test_detach_shares_and_cuts (void)
{
  FREE Tensor w = scalar (2, TRUE), y = apply1 (&bs_op_exp, w, NULL), cut = bs_tensor_detach (y);

  g_assert_true (bs_tensor_get_storage (cut) == bs_tensor_get_storage (y));
  g_assert_false (bs_tensor_get_requires_grad (cut));
  g_assert_true (bs_tensor_is_leaf (cut));
}

static void
test_no_grad_saves_memory (void)
{
  BsMemory before, with_graph, without;
  FREE Tensor w = make (100, 100, TRUE);

  bs_get_memory (&before);
  {
    FREE Tensor a = apply1 (&bs_op_exp, w, NULL), b = apply1 (&bs_op_sin, a, NULL);

    bs_get_memory (&with_graph);
    g_assert_cmpuint (with_graph.n_nodes, >=, before.n_nodes + 2);
  }
  bs_set_grad_mode (BS_GRAD_OFF);
  {
    FREE Tensor a = apply1 (&bs_op_exp, w, NULL), b = apply1 (&bs_op_sin, a, NULL);

    bs_get_memory (&without);
    g_assert_cmpuint (without.n_nodes, ==, before.n_nodes);
    g_assert_null (bs_tensor_get_grad_fn (b));
  }
  bs_set_grad_mode (BS_GRAD_NORMAL);
  bs_get_memory (&without);
  g_assert_cmpuint (without.bytes, ==, before.bytes);
}

static void
test_empty_and_zero_dims (void)
{
  gint64 none = 0;
  FREE Tensor empty = bs_tensor_new (BS_FLOAT32, 1, &none, NULL), sum = apply1 (&bs_op_sum, empty, NULL), mean = apply1 (&bs_op_mean, empty, NULL);
  GError *error = NULL;

  g_assert_cmpuint (bs_tensor_get_n_dims (sum), ==, 0);
  g_assert_cmpfloat (bs_tensor_get_double (sum, 0), ==, 0);
  g_assert_true (isnan (bs_tensor_get_double (mean, 0)));
  g_assert_null (apply1 (&bs_op_max, empty, &error));
  assert_message (error, "Expected reduction dim to be specified for input.numel() == 0");
}

static void
test_numbers_that_are_none (void)
{
  FREE Tensor zero = scalar (0, TRUE), root = apply1 (&bs_op_sqrt, zero, NULL), minus = scalar (-1, FALSE), nan = apply1 (&bs_op_log, minus, NULL);

  g_assert_true (isnan (bs_tensor_get_double (nan, 0)));
  g_assert_true (backward (root, BS_BACKWARD_DEFAULT, NULL));
  g_assert_true (isinf (bs_tensor_get_double (bs_tensor_get_grad (zero), 0)));
}

static void
test_promotion (void)
{
  FREE Tensor three = bs_tensor_new_integer (3), f = scalar (2, FALSE), half = bs_tensor_new_number (0.5, BS_FLOAT64), y = apply2 (&bs_op_mul, f, three, NULL);
  FREE Tensor z = apply2 (&bs_op_mul, f, half, NULL);

  g_assert_cmpint (bs_tensor_get_dtype (y), ==, BS_FLOAT32);
  g_assert_cmpint (bs_tensor_get_dtype (z), ==, BS_FLOAT32);
  g_assert_cmpint (bs_dtype_promote (BS_INT64, BS_FLOAT16), ==, BS_FLOAT16);
  g_assert_cmpint (bs_dtype_promote (BS_UINT8, BS_INT8), ==, BS_INT16);
  g_assert_cmpint (bs_dtype_promote (BS_BOOL, BS_UINT8), ==, BS_UINT8);
}

static void
test_second_derivative (void)
{
  FREE Tensor x = scalar (3, TRUE), x2 = apply2 (&bs_op_mul, x, x, NULL), y = apply2 (&bs_op_mul, x2, x, NULL);
  BsTensor *seed = NULL, *first = NULL, *second = NULL;

  g_assert_true (bs_grad (1, &y, &seed, 1, &x, BS_BACKWARD_CREATE_GRAPH, &first, NULL));
  g_assert_cmpfloat (bs_tensor_get_double (first, 0), ==, 27);
  g_assert_true (bs_grad (1, &first, &seed, 1, &x, BS_BACKWARD_DEFAULT, &second, NULL));
  g_assert_cmpfloat (bs_tensor_get_double (second, 0), ==, 18);
  bs_tensor_unref (first);
  bs_tensor_unref (second);
}

static void
test_a_graph_of_a_million_nodes (void)
{
  FREE Tensor w = scalar (1, TRUE), one = bs_tensor_new_number (1, BS_FLOAT32);
  BsTensor *x = bs_tensor_ref (w), *seed = NULL;

  for (int i = 0; i < 1000000; i++)
    {
      BsTensor *next = apply2 (&bs_op_add, x, one, NULL);

      bs_tensor_unref (x);
      x = next;
    }
  g_assert_true (bs_backward (1, &x, &seed, 0, NULL, BS_BACKWARD_RETAIN_GRAPH, NULL));
  g_assert_cmpfloat (bs_tensor_get_double (bs_tensor_get_grad (w), 0), ==, 1);
  bs_tensor_unref (x); /* and a million nodes are let go without recursion */
}

/* A little of everything: views, matrix product, broadcast, reduction, two walks, an in-place update. */
static gboolean
train (BsTensor *w, BsTensor *b, GError **error)
{
  FREE Tensor x = make (4, 3, FALSE), wt = NULL, xw = NULL, z = NULL, y = NULL, loss = NULL, step = NULL, rate = NULL;
  gboolean ok = FALSE;

  wt = apply1 (&bs_op_t, w, error);
  xw = apply2 (&bs_op_mm, x, wt, error);
  z = apply2 (&bs_op_add, xw, b, error);
  y = apply1 (&bs_op_tanh, z, error);
  loss = apply1 (&bs_op_mean, y, error);
  if (loss == NULL || !backward (loss, BS_BACKWARD_RETAIN_GRAPH, error) || !backward (loss, BS_BACKWARD_DEFAULT, error))
    return FALSE;
  rate = bs_tensor_new_full (BS_FLOAT32, 0, NULL, 0.1, error);
  step = apply2 (&bs_op_mul, bs_tensor_get_grad (w), rate, error);
  if (step != NULL)
    {
      BsTensor *inputs[] = { w, step };

      bs_set_grad_mode (BS_GRAD_OFF);
      ok = bs_apply_inplace (&bs_op_sub, 2, inputs, 0, NULL, error);
      bs_set_grad_mode (BS_GRAD_NORMAL);
    }
  return ok;
}

static void
test_memory_runs_out_anywhere (void)
{
  BsMemory before, after;
  guint n = 0;
  gboolean ok = FALSE;

  bs_get_memory (&before);
  while (!ok)
    {
      FREE Tensor w = make (2, 3, TRUE), b = make (2, 0, TRUE), again = NULL;
      g_autoptr (GError) error = NULL;

      /* make() is the test's own and may not fail; its tensor in train() is the first that may. */
      again = scalar (1, FALSE);
      bs_fail_allocation (++n + 4);
      ok = train (w, b, &error);
      bs_fail_allocation (0);
      if (ok)
        break;
      g_assert_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_MEMORY);
      /* The engine works as if nothing had been: the same training goes through. */
      bs_tensor_set_grad (w, NULL, NULL);
      bs_tensor_set_grad (b, NULL, NULL);
      g_clear_error (&error);
      g_assert_true (train (w, b, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpuint (n, >, 20);
  bs_get_memory (&after);
  g_assert_cmpuint (after.bytes, ==, before.bytes);
  g_assert_cmpuint (after.n_nodes, ==, before.n_nodes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/views-share", test_views_share);
  g_test_add_func ("/engine/broadcasting-sums-back", test_broadcasting_sums_back);
  g_test_add_func ("/engine/shapes-that-do-not-fit", test_shapes_that_do_not_fit);
  g_test_add_func ("/engine/gradients-accumulate", test_gradients_accumulate);
  g_test_add_func ("/engine/second-walk-needs-the-graph", test_second_walk_needs_the_graph);
  g_test_add_func ("/engine/a-leaf-is-not-changed-in-place", test_a_leaf_is_not_changed_in_place);
  g_test_add_func ("/engine/saved-values-have-versions", test_saved_values_have_versions);
  g_test_add_func ("/engine/detach-shares-and-cuts", test_detach_shares_and_cuts);
  g_test_add_func ("/engine/no-grad-saves-memory", test_no_grad_saves_memory);
  g_test_add_func ("/engine/empty-and-zero-dims", test_empty_and_zero_dims);
  g_test_add_func ("/engine/numbers-that-are-none", test_numbers_that_are_none);
  g_test_add_func ("/engine/promotion", test_promotion);
  g_test_add_func ("/engine/second-derivative", test_second_derivative);
  g_test_add_func ("/engine/a-graph-of-a-million-nodes", test_a_graph_of_a_million_nodes);
  g_test_add_func ("/engine/memory-runs-out-anywhere", test_memory_runs_out_anywhere);
  return g_test_run ();
}
