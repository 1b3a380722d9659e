/* SPDX-License-Identifier: MIT */

#include "engine/signature.h"
#include "explain/formula.h"

#include <math.h>
#include <string.h>

/* --- reading and writing --------------------------------------------------------------------------------------------- */

static const struct { const char *text, *written, *latex; } written[] = {
  { "a * b", "a · b", "a \\cdot b" },
  { "a*b+c", "a · b + c", "a \\cdot b + c" },
  { "(a + b) * c", "(a + b) · c", "\\left(a + b\\right) \\cdot c" },
  { "a - (b - c)", "a − (b − c)", "a - \\left(b - c\\right)" },
  { "a - b - c", "a − b − c", "a - b - c" },
  { "a / b / c", "a / b / c", "\\frac{\\frac{a}{b}}{c}" },
  { "a / (b * c)", "a / (b · c)", "\\frac{a}{b \\cdot c}" },
  { "-a^2", "−a²", "-a^{2}" },
  { "(-a)^2", "(−a)²", "\\left(-a\\right)^{2}" },
  { "a^-1", "a^(−1)", "a^{-1}" },
  { "a^b^c", "a^(b^c)", "a^{b^{c}}" },
  { "selfᵀ @ g", "selfᵀ @ g", "\\mathrm{self}^{\\top} \\, g" },
  { "(a @ b)ᵀ", "(a @ b)ᵀ", "\\left(a \\, b\\right)^{\\top}" },
  { "abs(a - b)", "|a − b|", "\\left|a - b\\right|" },
  { "where(a < 0, 0, g)", "where(a < 0, 0, g)", "\\mathrm{where}\\left(a < 0, 0, g\\right)" },
  { "-mean(x[i, t[i]])", "−mean(x[i, t[i]])", "-\\mathrm{mean}\\left(x[i, t[i]]\\right)" },
  { "1e-05 * a", "1e-05 · a", "1e-05 \\cdot a" },
};

static void
test_write (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (written); i++) {
    g_autoptr (BsFormula) formula = bs_formula_parse (written[i].text);
    g_autofree char *text = NULL, *latex = NULL;

    g_assert_nonnull (formula);
    text = bs_formula_write (formula, BS_NOTATION_TEXT);
    latex = bs_formula_write (formula, BS_NOTATION_LATEX);
    g_assert_cmpstr (text, ==, written[i].written);
    g_assert_cmpstr (latex, ==, written[i].latex);
  }
}

static void
test_refused (void)
{
  static const char *const bad[] = { "", " ", "a +", "(a", "a)", "a b", "a[", "f(a,", "f(a b)", "*a", "a ** b", "ᵀ", "a @", "-", "1 2",
                                     "f(1, 2, 3, 4, 5, 6)", "\xff", "a\xe1\xb5", "a < b < c <" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (bs_formula_parse (bad[i]));
}

static void
test_deep (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (text, '(');
  g_assert_null (bs_formula_parse (text->str));
  g_string_assign (text, "a");
  for (guint i = 0; i < 2000; i++)
    g_string_prepend_c (text, '-');
  g_assert_null (bs_formula_parse (text->str));
  g_string_free (text, TRUE);
}

/* Whatever comes, nothing is read beyond its end and nothing leaks. */
static void
test_noise (void)
{
  static const char *const pieces[] = { "a", "self", "2", "1e9", "+", "-", "*", "/", "^", "@", "⊗", "ᵀ", "(", ")", "[", "]", ",", "<",
                                        "f(", " ", "\xe1", "==" };

  for (guint i = 0; i < 20000; i++) {
    GString *text = g_string_new (NULL);
    BsFormula *formula;

    for (int k = g_test_rand_int_range (0, 14); k > 0; k--)
      g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    formula = bs_formula_parse (text->str);
    if (formula != NULL)
      g_free (bs_formula_write (formula, i % 2));
    bs_formula_free (formula);
    g_string_free (text, TRUE);
  }
}

/* --- filling in -------------------------------------------------------------------------------------------------------- */

static gboolean
fill (const char *name, BsTerm *out, gpointer data)
{
  if (strcmp (name, "self") == 0)
    *out = (BsTerm) { BS_TERM_VALUE, NULL, -3 };
  else if (strcmp (name, "exponent") == 0)
    *out = (BsTerm) { BS_TERM_PLAIN, NULL, 2 };
  else if (strcmp (name, "w") == 0)
    *out = (BsTerm) { BS_TERM_NAME, "w ** 2", 0 };
  else
    return FALSE;
  return TRUE;
}

static void
test_fill (void)
{
  static const struct { const char *text, *filled; double value; } cases[] = {
    { "g * exponent * self^(exponent - 1)", "g · 2 · (−3)", NAN },
    { "self^exponent", "(−3)²", 9 },
    { "exponent * self", "2 · (−3)", -6 },
    { "self - self", "−3 − (−3)", 0 },
    { "exponent * exponent + 1", "5", 5 },
    { "self * (exponent - 1)", "−3", -3 },
    { "w * self", "(w ** 2) · (−3)", NAN },
    { "sigmoid(self - self)", "sigmoid(−3 − (−3))", 0.5 },
    { "where(self < 0, exponent, 7)", "where(−3 < 0, 2, 7)", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (BsFormula) formula = bs_formula_parse (cases[i].text);
    g_autoptr (BsFormula) filled = bs_formula_fill (formula, fill, NULL);
    g_autofree char *text = bs_formula_write (filled, BS_NOTATION_TEXT);
    double value = bs_formula_evaluate (formula, fill, NULL);

    g_assert_cmpstr (text, ==, cases[i].filled);
    g_assert_true (value == cases[i].value || (isnan (value) && isnan (cases[i].value)));
  }
}

/* --- the engine's table --------------------------------------------------------------------------------------------------- */

static void
check_text (const BsOp *op, const char *text)
{
  g_autoptr (BsFormula) formula = text != NULL ? bs_formula_parse (text) : NULL;

  if (text != NULL && formula == NULL)
    g_test_message ("%s: not read: %s", op->name, text);
  g_assert_true (text == NULL || formula != NULL);
}

static void
test_table (void)
{
  for (guint i = 0; i < bs_n_ops (); i++) {
    const BsOp *op = bs_op_at (i);
    BsSignature signature;

    check_text (op, op->value_text);
    g_assert_true (bs_signature_parse (op->signature, &signature));
    for (guint k = 0; k < MIN (signature.n_inputs, BS_TEXTS_MAX); k++) {
      check_text (op, op->derivative_text != NULL ? op->derivative_text[k] : NULL);
      check_text (op, op->vjp_text != NULL ? op->vjp_text[k] : NULL);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formula/write", test_write);
  g_test_add_func ("/formula/refused", test_refused);
  g_test_add_func ("/formula/deep", test_deep);
  g_test_add_func ("/formula/noise", test_noise);
  g_test_add_func ("/formula/fill", test_fill);
  g_test_add_func ("/formula/table", test_table);
  return g_test_run ();
}
