/* SPDX-License-Identifier: MIT */

/* Mathematics is laid out without overlap, at every width, whatever the formula; it is drawn; nothing of it is lost. */

#include "draw/math-layout.h"
#include "engine/signature.h"
#include "explain/derivation.h"
#include "explain/formula-tree.h"

#include <math.h>
#include <string.h>

static guint n_checked;

static void
check (const BsDerivation *derivation, double size, double width)
{
  BsMathStyle style = { .size = size, .width = width };
  g_autoptr (BsMathLayout) layout = bs_math_layout_new (derivation, &style);
  g_autofree char *overlap = bs_math_layout_find_overlap (layout);
  double w, h;

  if (overlap != NULL) {
    g_autofree char *text = bs_derivation_write (derivation, BS_NOTATION_TEXT);

    g_test_message ("%s at %g: %s", text, width, overlap);
  }
  g_assert_null (overlap);
  bs_math_layout_get_size (layout, &w, &h);
  g_assert_true (w > 0 && h > 0 && isfinite (w) && isfinite (h));
  if (width >= 10 * size)
    g_assert_true (w <= width + 1e-6 || bs_math_layout_get_scale (layout) < 0.5);
  n_checked++;
}

static void
check_formula (const char *text)
{
  static const double widths[] = { 0, 90, 200, 1000 };
  BsFormula *formula = bs_formula_parse (text);

  g_assert_nonnull (formula);
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
    g_autoptr (BsDerivation) derivation = bs_derivation_new ();
    BsFormula *again = bs_formula_parse (text);

    bs_derivation_begin (derivation, bs_formula_new_derivative ("loss", "w"));
    bs_derivation_add (derivation, bs_formula_new_product ("g", text), FALSE);
    bs_derivation_add (derivation, again, TRUE);
    check (derivation, i % 2 ? 14 : 33, widths[i]);
  }
  bs_formula_free (formula);
}

static void
test_table (void)
{
  for (guint i = 0; i < bs_n_ops (); i++) {
    const BsOp *op = bs_op_at (i);
    BsSignature signature;

    if (op->value_text != NULL)
      check_formula (op->value_text);
    g_assert_true (bs_signature_parse (op->signature, &signature));
    for (guint k = 0; k < MIN (signature.n_inputs, BS_TEXTS_MAX); k++) {
      if (op->derivative_text != NULL && op->derivative_text[k] != NULL)
        check_formula (op->derivative_text[k]);
      if (op->vjp_text != NULL && op->vjp_text[k] != NULL)
        check_formula (op->vjp_text[k]);
    }
  }
  g_test_message ("%u layouts", n_checked);
  g_assert_cmpuint (n_checked, >, 500);
}

/* Random trees, deep ones too. */
static char *
random_formula (int depth)
{
  static const char *const atoms[] = { "x", "theta", "w_1", "net.fc1.weight", "3", "0.000012", "a_very_long_name_of_a_variable_that_goes_on_and_on" };
  static const char *const two[] = { "(%s) + (%s)", "(%s) - (%s)", "(%s) * (%s)", "(%s) / (%s)", "(%s)^(%s)", "(%s) @ (%s)", "(%s) ⊗ (%s)", "max(%s, %s)", "(%s) <= (%s)" };
  static const char *const one[] = { "-(%s)", "sqrt(%s)", "abs(%s)", "exp(%s)", "norm(%s)", "floor(%s)", "sum(%s)", "(%s)ᵀ", "sigmoid(%s)", "where(x > 0, %s, 0)" };
  g_autofree char *a = NULL, *b = NULL;
  int what = g_test_rand_int_range (0, 3);

  if (depth == 0 || what == 0)
    return g_strdup (atoms[g_test_rand_int_range (0, G_N_ELEMENTS (atoms))]);
  a = random_formula (depth - 1);
  b = random_formula (depth - 1);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  if (what == 1)
    return g_strdup_printf (one[g_test_rand_int_range (0, G_N_ELEMENTS (one))], a);
  return g_strdup_printf (two[g_test_rand_int_range (0, G_N_ELEMENTS (two))], a, b);
#pragma GCC diagnostic pop
}

static void
test_random (void)
{
  for (guint i = 0; i < 150; i++) {
    g_autofree char *text = random_formula (i % 6);

    check_formula (text);
  }
}

static void
test_names (void)
{
  static const struct { const char *name, *base, *below; } cases[] = {
    { "w", "w", NULL }, { "w1", "w", "1" }, { "w_12", "w", "12" }, { "theta_0", "theta", "0" }, { "x_train", "x", "train" }, { "loss", "loss", NULL },
    { "fc1.weight", "fc1.weight", NULL }, { "y_hat_2", "y_hat_2", NULL }, { "_", "_", NULL }, { "w_", "w_", NULL }, { "h2o", "h", "2o" }, { "层1", "层", "1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *base = NULL, *below = NULL;

    bs_formula_split_name (cases[i].name, &base, &below);
    g_assert_cmpstr (base, ==, cases[i].base);
    g_assert_cmpstr (below, ==, cases[i].below);
  }
}

/* Long sums are broken, not shrunk; sentences wrap. */
static void
test_breaking (void)
{
  GString *sum = g_string_new ("2 * 3");
  g_autoptr (BsDerivation) derivation = bs_derivation_new ();
  BsMathStyle style = { .size = 14, .width = 220 };
  g_autoptr (BsMathLayout) narrow = NULL, wide = NULL;
  double w, h, wide_w, wide_h;

  for (guint i = 0; i < 12; i++)
    g_string_append_printf (sum, " + 0.%u * 1.2345", i);
  bs_derivation_add_sentence (derivation, g_strdup ("A sentence that is so long that it cannot stand on one line of so few units, by far."));
  bs_derivation_begin (derivation, bs_formula_new_name ("y"));
  bs_derivation_add (derivation, bs_formula_parse (sum->str), FALSE);
  narrow = bs_math_layout_new (derivation, &style);
  style.width = 0;
  wide = bs_math_layout_new (derivation, &style);
  bs_math_layout_get_size (narrow, &w, &h);
  bs_math_layout_get_size (wide, &wide_w, &wide_h);
  g_assert_cmpfloat (bs_math_layout_get_scale (narrow), ==, 1);
  g_assert_cmpfloat (w, <=, 220);
  g_assert_cmpfloat (wide_w, >, 600);
  g_assert_cmpfloat (h, >, 3 * wide_h);
  g_string_free (sum, TRUE);
}

static double
height_of (const char *text)
{
  BsMathStyle style = { .size = 20 };
  g_autoptr (BsFormula) formula = bs_formula_parse (text);
  g_autoptr (BsMathLayout) layout = bs_math_layout_new_formula (formula, &style);
  double width, height;

  bs_math_layout_get_size (layout, &width, &height);
  return height;
}

/* Scripts stand high and low, fractions above each other, brackets grow. */
static void
test_places (void)
{
  g_assert_cmpfloat (height_of ("x^2"), >, height_of ("x") + 2);
  g_assert_cmpfloat (height_of ("x_1"), >, height_of ("x") + 2);
  g_assert_cmpfloat (height_of ("xᵀ + y"), >, height_of ("x + y") + 2);
  g_assert_cmpfloat (height_of ("x / y"), >, 1.7 * height_of ("x"));
  g_assert_cmpfloat (height_of ("(x / y)^2"), >, height_of ("x / y") + 2);
  g_assert_cmpfloat (height_of ("sqrt(x)"), >, height_of ("x") + 2);
  g_assert_cmpfloat (height_of ("where(x > 0, x, 0)"), >, 1.7 * height_of ("x"));
}

/* Something is on the page, in the colour of its role, and nothing outside of the size that was told. */
static void
test_drawn (void)
{
  for (BsTheme theme = 0; theme < BS_N_THEMES; theme++) {
    g_autoptr (BsDerivation) derivation = bs_derivation_new ();
    BsMathStyle style = { .size = 20 };
    g_autoptr (BsMathLayout) layout = NULL;
    cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
    cairo_t *cr = cairo_create (surface);
    double width, height, x, y, w, h;

    bs_derivation_begin (derivation, bs_formula_new_derivative ("loss", "w"));
    bs_derivation_add (derivation, bs_formula_parse ("sqrt(x / 2) + sum(abs(x)^2) + where(x > 0, x, 0)"), FALSE);
    layout = bs_math_layout_new (derivation, &style);
    bs_math_layout_get_size (layout, &width, &height);
    bs_math_layout_draw (layout, cr, theme, 0, 0);
    cairo_recording_surface_ink_extents (surface, &x, &y, &w, &h);
    g_assert_cmpfloat (w, >, width * 0.8);
    g_assert_cmpfloat (x, >=, -8);
    g_assert_cmpfloat (y, >=, -8);
    g_assert_cmpfloat (x + w, <=, width + 8);
    g_assert_cmpfloat (y + h, <=, height + 8);
    cairo_destroy (cr);
    cairo_surface_destroy (surface);
  }
}

static void
test_latex (void)
{
  static const struct { const char *text, *latex; } cases[] = {
    { "theta_1 * x", "\\theta_{1} \\cdot x" },
    { "a <= b", "a \\le b" },
  };
  g_autoptr (BsFormula) element = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (BsFormula) formula = bs_formula_parse (cases[i].text);
    g_autofree char *latex = bs_formula_write (formula, BS_NOTATION_LATEX);

    g_assert_cmpstr (latex, ==, cases[i].latex);
  }
  element = bs_formula_new_derivative ("loss", "w ** 2");
  {
    g_autofree char *latex = bs_formula_write (element, BS_NOTATION_LATEX), *text = bs_formula_write (element, BS_NOTATION_TEXT);

    g_assert_cmpstr (latex, ==, "\\frac{\\partial \\mathrm{loss}}{\\partial \\left(w^{2}\\right)}");
    g_assert_cmpstr (text, ==, "∂loss/∂(w ** 2)");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/math/table", test_table);
  g_test_add_func ("/math/random", test_random);
  g_test_add_func ("/math/names", test_names);
  g_test_add_func ("/math/breaking", test_breaking);
  g_test_add_func ("/math/places", test_places);
  g_test_add_func ("/math/drawn", test_drawn);
  g_test_add_func ("/math/latex", test_latex);
  return g_test_run ();
}
