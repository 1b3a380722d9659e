/* SPDX-License-Identifier: MIT */

/* Formulas as text and as LaTeX. */

#include "config.h"

#include "formula-private.h"

#include <math.h>
#include <string.h>

typedef struct { GString *out; BsNotation notation; gboolean shapes, has_shapes; } Writer;

static void write_bare (Writer *self, const BsFormula *f);
static void write_list (Writer *self, const BsFormula *f, guint first, const char *open, const char *close);
static void write_part (Writer *self, const BsFormula *f, BsFormulaLevel least);

gboolean
bs_formula_is_identifier (const char *text)
{
  for (; *text; text++)
    if (!g_ascii_isalnum (*text) && !strchr ("_.[]", *text) && !(*text & 0x80))
      return FALSE;
  return TRUE;
}

/* "∂loss/∂(w ** 2)" stands for itself. */
static gboolean
is_name (const char *text)
{
  return bs_formula_is_identifier (text) || g_str_has_prefix (text, "∂");
}

BsFormulaLevel
bs_formula_get_level (const BsFormula *f)
{
  switch (f->kind) {
  case BS_FORMULA_COMPARE: return BS_LEVEL_COMPARE;
  case BS_FORMULA_PLUS:
  case BS_FORMULA_MINUS: return BS_LEVEL_SUM;
  case BS_FORMULA_TIMES:
  case BS_FORMULA_OVER:
  case BS_FORMULA_SUM:
  case BS_FORMULA_MATMUL:
  case BS_FORMULA_OUTER: return BS_LEVEL_PRODUCT;
  case BS_FORMULA_NEGATIVE: return BS_LEVEL_SIGN;
  case BS_FORMULA_POWER: return BS_LEVEL_POWER;
  /* The name may be an expression of the script: "w ** 2". A number may have a sign or an exponent. */
  case BS_FORMULA_NAME: return is_name (f->text) ? BS_LEVEL_ATOM : BS_LEVEL_COMPARE;
  case BS_FORMULA_NUMBER: return signbit (f->number) && !isnan (f->number) ? BS_LEVEL_SIGN : BS_LEVEL_ATOM;
  case BS_FORMULA_SHAPED: return bs_formula_get_level (f->parts[0]);
  default: return BS_LEVEL_ATOM;
  }
}

/* "1.5e-05" as it is written by hand: 1.5 · 10⁻⁵ needs brackets, so the short form stays, with a real minus. */
char *
bs_formula_number_text (const BsFormula *f)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (f->text != NULL)
    return g_strdup (f->text);
  if (isnan (f->number))
    return g_strdup ("nan");
  if (isinf (f->number))
    return g_strdup (f->number < 0 ? "−inf" : "inf");
  g_ascii_formatd (buffer, sizeof buffer, "%.5g", fabs (f->number));
  return g_strconcat (signbit (f->number) && f->number != 0 ? "−" : "", buffer, NULL);
}

static void
write_number (Writer *self, const BsFormula *f)
{
  g_autofree char *text = bs_formula_number_text (f);

  if (self->notation == BS_NOTATION_LATEX && g_str_has_prefix (text, "−"))
    g_string_append_printf (self->out, "-%s", text + strlen ("−"));
  else if (self->notation == BS_NOTATION_LATEX && strcmp (text, "inf") == 0)
    g_string_append (self->out, "\\infty");
  else if (self->notation == BS_NOTATION_LATEX && strcmp (text, "nan") == 0)
    g_string_append (self->out, "\\mathrm{nan}");
  else
    g_string_append (self->out, text);
}

static void
write_escaped (GString *out, const char *text)
{
  for (; *text; text++) {
    if (strchr ("_%#&${}", *text))
      g_string_append_c (out, '\\');
    if (*text == '\\')
      g_string_append (out, "\\backslash ");
    else if (*text == '^' || *text == '~')
      g_string_append_printf (out, "\\%c{}", *text);
    else
      g_string_append_c (out, *text);
  }
}

static void
write_latex_word (GString *out, const char *word)
{
  const char *command = bs_formula_find_greek (word, TRUE);

  if (command != NULL) {
    g_string_append_printf (out, "\\%s", command);
  } else if (g_utf8_strlen (word, -1) == 1) {
    write_escaped (out, word);
  } else {
    g_string_append (out, "\\mathrm{");
    write_escaped (out, word);
    g_string_append_c (out, '}');
  }
}

static void
write_latex_name (Writer *self, const char *name)
{
  g_autofree char *base = NULL, *below = NULL;

  if (!bs_formula_is_identifier (name)) {
    g_string_append (self->out, "\\mathtt{");
    write_escaped (self->out, name);
    g_string_append_c (self->out, '}');
    return;
  }
  bs_formula_split_name (name, &base, &below);
  write_latex_word (self->out, base);
  if (below == NULL)
    return;
  g_string_append (self->out, "_{");
  if (g_ascii_isdigit (*below))
    g_string_append (self->out, below);
  else
    write_latex_word (self->out, below);
  g_string_append_c (self->out, '}');
}

static void
write_name (Writer *self, const char *name)
{
  if (self->notation == BS_NOTATION_TEXT)
    g_string_append (self->out, name);
  else
    write_latex_name (self, name);
}

/* ∂loss/∂w; brackets around what is an expression. */
static void
write_derivative (Writer *self, const BsFormula *f, const BsFormula *index)
{
  gboolean latex = self->notation == BS_NOTATION_LATEX;

  g_string_append (self->out, latex ? "\\frac{\\partial " : "∂");
  write_part (self, f->parts[0], BS_LEVEL_ATOM);
  g_string_append (self->out, latex ? "}{\\partial " : "/∂");
  write_part (self, f->parts[1], BS_LEVEL_ATOM);
  if (index != NULL)
    g_string_append_printf (self->out, latex ? "_{%s}" : "[%s]", index->text);
  g_string_append (self->out, latex ? "}" : "");
}

/* x[1, 0]; of a gradient the element of what it is taken by. */
static void
write_index (Writer *self, const BsFormula *f)
{
  gboolean letters = f->n == 2 && f->parts[1]->kind == BS_FORMULA_NAME && (strchr (f->parts[1]->text, ',') != NULL || g_ascii_isdigit (f->parts[1]->text[0]));

  if (f->parts[0]->kind == BS_FORMULA_DERIVATIVE && f->n == 2 && f->parts[1]->kind == BS_FORMULA_NAME) {
    write_derivative (self, f->parts[0], f->parts[1]);
    return;
  }
  write_part (self, f->parts[0], BS_LEVEL_ATOM);
  if (self->notation == BS_NOTATION_LATEX && letters)
    g_string_append_printf (self->out, "_{%s}", f->parts[1]->text);
  else if (letters)
    g_string_append_printf (self->out, "[%s]", f->parts[1]->text);
  else
    write_list (self, f, 1, "[", "]");
}

/* "Σₖ", or Σ with the letters behind it where there is no such character. */
static void
write_sum_over (Writer *self, const BsFormula *f)
{
  static const char *const below[] = { "ₖ", "ₗ", "ₘ", "ₙ", "ₒ", "ₚ" };

  if (self->notation == BS_NOTATION_LATEX) {
    g_string_append_printf (self->out, "\\sum_{%s} ", f->text);
  } else {
    g_string_append (self->out, "Σ");
    for (const char *letter = f->text; *letter; letter++)
      if (*letter >= 'k' && *letter <= 'p')
        g_string_append (self->out, below[*letter - 'k']);
    g_string_append_c (self->out, ' ');
  }
  write_part (self, f->parts[0], BS_LEVEL_PRODUCT);
}

static void
write_shaped (Writer *self, const BsFormula *f)
{
  self->has_shapes = TRUE;
  if (self->shapes) {
    g_string_append (self->out, f->text);
  } else if (self->notation == BS_NOTATION_LATEX) {
    g_auto (GStrv) sides = g_strsplit (f->text, "×", -1);
    g_autofree char *shape = g_strjoinv (" \\times ", sides);

    g_string_append (self->out, "\\underbrace{");
    write_part (self, f->parts[0], BS_LEVEL_COMPARE);
    g_string_append_printf (self->out, "}_{%s}", shape);
  } else {
    write_bare (self, f->parts[0]);
  }
}

static void
write_two (Writer *self, const BsFormula *f, const char *sign, BsFormulaLevel left, BsFormulaLevel right)
{
  write_part (self, f->parts[0], left);
  g_string_append (self->out, sign);
  write_part (self, f->parts[1], right);
}

/* No sign behind a sign: 1 − (−3). */
static void
write_sum (Writer *self, const BsFormula *f, const char *sign)
{
  write_two (self, f, sign, BS_LEVEL_SUM, bs_formula_get_level (f->parts[1]) == BS_LEVEL_SIGN ? BS_LEVEL_POWER : BS_LEVEL_PRODUCT);
}

/* 2 and −1 stand high as characters of their own; anything else behind a ^. */
static void
write_power (Writer *self, const BsFormula *f)
{
  static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  const BsFormula *e = f->parts[1];
  double x = fabs (e->number);

  write_part (self, f->parts[0], BS_LEVEL_ATOM);
  if (self->notation == BS_NOTATION_LATEX) {
    g_string_append (self->out, "^{");
    write_part (self, e, BS_LEVEL_COMPARE);
    g_string_append_c (self->out, '}');
  } else if (e->kind == BS_FORMULA_NUMBER && !e->visible && x == floor (x) && x <= 9) {
    g_string_append (self->out, signbit (e->number) ? "⁻" : "");
    g_string_append (self->out, digits[(int) x]);
  } else {
    g_string_append_c (self->out, '^');
    write_part (self, e, BS_LEVEL_ATOM);
  }
}

static void
write_fraction (Writer *self, const BsFormula *f)
{
  if (self->notation == BS_NOTATION_TEXT) {
    write_two (self, f, " / ", BS_LEVEL_PRODUCT, BS_LEVEL_POWER);
    return;
  }
  g_string_append (self->out, "\\frac{");
  write_part (self, f->parts[0], BS_LEVEL_COMPARE);
  g_string_append (self->out, "}{");
  write_part (self, f->parts[1], BS_LEVEL_COMPARE);
  g_string_append_c (self->out, '}');
}

static void
write_list (Writer *self, const BsFormula *f, guint first, const char *open, const char *close)
{
  g_string_append (self->out, open);
  for (guint i = first; i < f->n; i++) {
    g_string_append (self->out, i > first ? ", " : "");
    write_part (self, f->parts[i], BS_LEVEL_COMPARE);
  }
  g_string_append (self->out, close);
}

static void
write_call (Writer *self, const BsFormula *f)
{
  static const struct { const char *name, *open[2], *close[2]; } special[] = {
    { "abs", { "|", "\\left|" }, { "|", "\\right|" } },
    { "norm", { "‖", "\\left\\|" }, { "‖", "\\right\\|" } },
    { "sqrt", { "√(", "\\sqrt{" }, { ")", "}" } },
    { "sum", { "Σ(", "\\sum\\left(" }, { ")", "\\right)" } },
    { "floor", { "⌊", "\\lfloor " }, { "⌋", "\\rfloor " } },
  };
  gboolean latex = self->notation == BS_NOTATION_LATEX;

  for (guint i = 0; f->n == 1 && i < G_N_ELEMENTS (special); i++)
    if (strcmp (f->text, special[i].name) == 0) {
      write_list (self, f, 0, special[i].open[latex], special[i].close[latex]);
      return;
    }
  write_name (self, f->text);
  write_list (self, f, 0, latex ? "\\left(" : "(", latex ? "\\right)" : ")");
}

static void
write_comparison (Writer *self, const char *sign)
{
  static const char *const commands[][2] = { { "<=", "\\le" }, { ">=", "\\ge" }, { "==", "=" }, { "!=", "\\ne" } };

  for (guint i = 0; self->notation == BS_NOTATION_LATEX && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (sign, commands[i][0]) == 0)
      sign = commands[i][1];
  g_string_append_printf (self->out, " %s ", sign);
}

static void
write_bare (Writer *self, const BsFormula *f)
{
  gboolean latex = self->notation == BS_NOTATION_LATEX;

  switch (f->kind) {
  case BS_FORMULA_NEGATIVE:
    g_string_append (self->out, latex ? "-" : "−");
    write_part (self, f->parts[0], BS_LEVEL_POWER);
    break;
  case BS_FORMULA_PLUS: write_sum (self, f, " + "); break;
  case BS_FORMULA_MINUS: write_sum (self, f, latex ? " - " : " − "); break;
  case BS_FORMULA_TIMES: write_two (self, f, latex ? " \\cdot " : " · ", BS_LEVEL_PRODUCT, BS_LEVEL_POWER); break;
  case BS_FORMULA_OVER: write_fraction (self, f); break;
  case BS_FORMULA_POWER: write_power (self, f); break;
  case BS_FORMULA_MATMUL: write_two (self, f, latex ? " \\, " : " @ ", BS_LEVEL_PRODUCT, BS_LEVEL_POWER); break;
  case BS_FORMULA_OUTER: write_two (self, f, latex ? " \\otimes " : " ⊗ ", BS_LEVEL_PRODUCT, BS_LEVEL_POWER); break;
  case BS_FORMULA_TRANSPOSE:
    write_part (self, f->parts[0], BS_LEVEL_ATOM);
    g_string_append (self->out, latex ? "^{\\top}" : "ᵀ");
    break;
  case BS_FORMULA_COMPARE:
    write_part (self, f->parts[0], BS_LEVEL_SUM);
    write_comparison (self, f->text);
    write_part (self, f->parts[1], BS_LEVEL_SUM);
    break;
  case BS_FORMULA_CALL: write_call (self, f); break;
  case BS_FORMULA_INDEX: write_index (self, f); break;
  case BS_FORMULA_NAME: write_name (self, f->text); break;
  case BS_FORMULA_NUMBER: write_number (self, f); break;
  case BS_FORMULA_DERIVATIVE: write_derivative (self, f, NULL); break;
  case BS_FORMULA_SUM: write_sum_over (self, f); break;
  case BS_FORMULA_SHAPED: write_shaped (self, f); break;
  case BS_FORMULA_DOTS: g_string_append (self->out, latex ? "\\cdots" : "…"); break;
  }
}

static void
write_part (Writer *self, const BsFormula *f, BsFormulaLevel least)
{
  gboolean latex = self->notation == BS_NOTATION_LATEX;
  g_autoptr (BsFormula) expression = latex && f->kind == BS_FORMULA_NAME ? bs_formula_parse_python (f->text) : NULL;
  gboolean bracket;

  if (expression != NULL)
    f = expression;
  bracket = bs_formula_get_level (f) < least;
  if (bracket)
    g_string_append (self->out, latex ? "\\left(" : "(");
  write_bare (self, f);
  if (bracket)
    g_string_append (self->out, latex ? "\\right)" : ")");
}

char *
bs_formula_write (const BsFormula *self, BsNotation notation)
{
  Writer writer = { g_string_new (NULL), notation };

  write_part (&writer, self, BS_LEVEL_COMPARE);
  return g_string_free (writer.out, FALSE);
}

char *
bs_formula_write_shapes (const BsFormula *self)
{
  Writer writer = { g_string_new (NULL), BS_NOTATION_TEXT, TRUE, FALSE };

  write_part (&writer, self, BS_LEVEL_COMPARE);
  return g_string_free (writer.out, !writer.has_shapes);
}

/* --- names ------------------------------------------------------------------------------------------------------------- */

static const struct { const char *name, *letter, *command; } greek[] = {
  { "alpha", "α", "alpha" }, { "beta", "β", "beta" }, { "gamma", "γ", "gamma" }, { "delta", "δ", "delta" },
  { "eps", "ε", "varepsilon" }, { "epsilon", "ε", "varepsilon" }, { "zeta", "ζ", "zeta" }, { "eta", "η", "eta" },
  { "theta", "θ", "theta" }, { "kappa", "κ", "kappa" }, { "lambda", "λ", "lambda" }, { "mu", "μ", "mu" }, { "nu", "ν", "nu" },
  { "xi", "ξ", "xi" }, { "pi", "π", "pi" }, { "rho", "ρ", "rho" }, { "sigma", "σ", "sigma" }, { "tau", "τ", "tau" },
  { "phi", "φ", "varphi" }, { "chi", "χ", "chi" }, { "psi", "ψ", "psi" }, { "omega", "ω", "omega" },
};

const char *
bs_formula_find_greek (const char *name, gboolean command)
{
  for (guint i = 0; i < G_N_ELEMENTS (greek); i++)
    if (strcmp (name, greek[i].name) == 0)
      return command ? greek[i].command : greek[i].letter;
  return NULL;
}

/* A base short enough to be a letter of mathematics. */
static gboolean
is_letter (const char *base)
{
  return g_utf8_strlen (base, -1) == 1 || bs_formula_find_greek (base, FALSE) != NULL;
}

void
bs_formula_split_name (const char *name, char **base, char **below)
{
  gsize n = strcspn (name, "_0123456789");
  g_autofree char *head = g_strndup (name, n);
  const char *rest = name + n;

  rest += *rest == '_' && rest[1] != '\0';
  if (*rest != '\0' && is_letter (head) && strpbrk (rest, "._") == NULL) {
    *base = g_steal_pointer (&head);
    *below = g_strdup (rest);
  } else {
    *base = g_strdup (name);
    *below = NULL;
  }
}

/* W.T is Wᵀ. */
static char *
with_transposes (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text; text++)
    if (text[0] == '.' && text[1] == 'T' && !g_ascii_isalnum (text[2]) && text[2] != '_') {
      g_string_append (out, "ᵀ");
      text++;
    } else {
      g_string_append_c (out, *text);
    }
  return g_string_free (out, FALSE);
}

BsFormula *
bs_formula_parse_python (const char *text)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *powers = NULL, *mathematics = NULL;
  BsFormula *formula;

  if ((bs_formula_is_identifier (text) && strstr (text, ".T") == NULL && !g_str_has_suffix (text, "ᵀ")) || strchr (text, '=') != NULL)
    return NULL;
  parts = g_strsplit (text, "**", -1);
  powers = g_strjoinv ("^", parts);
  mathematics = with_transposes (powers);
  formula = bs_formula_parse (mathematics);
  /* "net[0].weightᵀ" */
  if (formula == NULL && g_str_has_suffix (mathematics, "ᵀ")) {
    mathematics[strlen (mathematics) - strlen ("ᵀ")] = '\0';
    if (bs_formula_is_identifier (mathematics))
      return bs_formula_new (BS_FORMULA_TRANSPOSE, bs_formula_new_name (mathematics), NULL);
  }
  return formula;
}
