/* SPDX-License-Identifier: MIT */

/* Formulas as text and as LaTeX. */

#include "config.h"

#include "formula-private.h"

#include <math.h>
#include <string.h>

typedef enum { LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_SIGN, LEVEL_POWER, LEVEL_ATOM } Level;

typedef struct { GString *out; BsNotation notation; } Writer;

static void write_part (Writer *self, const BsFormula *f, Level least);

gboolean
bs_formula_is_identifier (const char *text)
{
  for (; *text; text++)
    if (!g_ascii_isalnum (*text) && *text != '_' && *text != '.' && !(*text & 0x80))
      return FALSE;
  return TRUE;
}

/* "∂loss/∂(w ** 2)" stands for itself. */
static gboolean
is_name (const char *text)
{
  return bs_formula_is_identifier (text) || g_str_has_prefix (text, "∂");
}

static Level
level_of (const BsFormula *f)
{
  switch (f->kind) {
  case BS_FORMULA_COMPARE: return LEVEL_COMPARE;
  case BS_FORMULA_PLUS:
  case BS_FORMULA_MINUS: return LEVEL_SUM;
  case BS_FORMULA_TIMES:
  case BS_FORMULA_OVER:
  case BS_FORMULA_MATMUL:
  case BS_FORMULA_OUTER: return LEVEL_PRODUCT;
  case BS_FORMULA_NEGATIVE: return LEVEL_SIGN;
  case BS_FORMULA_POWER: return LEVEL_POWER;
  /* The name may be an expression of the script: "w ** 2". A number may have a sign or an exponent. */
  case BS_FORMULA_NAME: return is_name (f->text) ? LEVEL_ATOM : LEVEL_COMPARE;
  case BS_FORMULA_NUMBER: return signbit (f->number) ? LEVEL_SIGN : LEVEL_ATOM;
  default: return LEVEL_ATOM;
  }
}

static void
write_number (Writer *self, const BsFormula *f)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (f->text != NULL) {
    g_string_append (self->out, f->text);
    return;
  }
  g_ascii_formatd (buffer, sizeof buffer, "%.5g", fabs (f->number));
  if (signbit (f->number))
    g_string_append (self->out, self->notation == BS_NOTATION_TEXT ? "−" : "-");
  g_string_append (self->out, buffer);
}

static void
write_name (Writer *self, const char *name)
{
  const char *over;

  if (self->notation == BS_NOTATION_TEXT) {
    g_string_append (self->out, name);
    return;
  }
  if (g_utf8_strlen (name, -1) == 1) {
    g_string_append (self->out, name);
    return;
  }
  if (g_str_has_prefix (name, "∂") && (over = strstr (name, "/∂")) != NULL) {
    g_autofree char *above = g_strndup (name + strlen ("∂"), over - name - strlen ("∂"));

    g_string_append (self->out, "\\frac{\\partial ");
    write_name (self, above);
    g_string_append (self->out, "}{\\partial ");
    write_name (self, over + strlen ("/∂"));
    g_string_append_c (self->out, '}');
    return;
  }
  g_string_append (self->out, "\\mathrm{");
  for (; *name; name++) {
    if (strchr ("_%#&$", *name))
      g_string_append_c (self->out, '\\');
    g_string_append_c (self->out, *name);
  }
  g_string_append_c (self->out, '}');
}

static void
write_two (Writer *self, const BsFormula *f, const char *sign, Level left, Level right)
{
  write_part (self, f->parts[0], left);
  g_string_append (self->out, sign);
  write_part (self, f->parts[1], right);
}

/* No sign behind a sign: 1 − (−3). */
static void
write_sum (Writer *self, const BsFormula *f, const char *sign)
{
  write_two (self, f, sign, LEVEL_SUM, level_of (f->parts[1]) == LEVEL_SIGN ? LEVEL_POWER : LEVEL_PRODUCT);
}

/* 2 and −1 stand high as characters of their own; anything else behind a ^. */
static void
write_power (Writer *self, const BsFormula *f)
{
  static const char *const digits[] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
  const BsFormula *e = f->parts[1];
  double x = fabs (e->number);

  write_part (self, f->parts[0], LEVEL_ATOM);
  if (self->notation == BS_NOTATION_LATEX) {
    g_string_append (self->out, "^{");
    write_part (self, e, LEVEL_COMPARE);
    g_string_append_c (self->out, '}');
  } else if (e->kind == BS_FORMULA_NUMBER && !e->visible && x == floor (x) && x <= 9) {
    g_string_append (self->out, signbit (e->number) ? "⁻" : "");
    g_string_append (self->out, digits[(int) x]);
  } else {
    g_string_append_c (self->out, '^');
    write_part (self, e, LEVEL_ATOM);
  }
}

static void
write_fraction (Writer *self, const BsFormula *f)
{
  if (self->notation == BS_NOTATION_TEXT) {
    write_two (self, f, " / ", LEVEL_PRODUCT, LEVEL_POWER);
    return;
  }
  g_string_append (self->out, "\\frac{");
  write_part (self, f->parts[0], LEVEL_COMPARE);
  g_string_append (self->out, "}{");
  write_part (self, f->parts[1], LEVEL_COMPARE);
  g_string_append_c (self->out, '}');
}

static void
write_list (Writer *self, const BsFormula *f, guint first, const char *open, const char *close)
{
  g_string_append (self->out, open);
  for (guint i = first; i < f->n; i++) {
    g_string_append (self->out, i > first ? ", " : "");
    write_part (self, f->parts[i], LEVEL_COMPARE);
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
write_bare (Writer *self, const BsFormula *f)
{
  gboolean latex = self->notation == BS_NOTATION_LATEX;

  switch (f->kind) {
  case BS_FORMULA_NEGATIVE:
    g_string_append (self->out, latex ? "-" : "−");
    write_part (self, f->parts[0], LEVEL_POWER);
    break;
  case BS_FORMULA_PLUS: write_sum (self, f, " + "); break;
  case BS_FORMULA_MINUS: write_sum (self, f, latex ? " - " : " − "); break;
  case BS_FORMULA_TIMES: write_two (self, f, latex ? " \\cdot " : " · ", LEVEL_PRODUCT, LEVEL_POWER); break;
  case BS_FORMULA_OVER: write_fraction (self, f); break;
  case BS_FORMULA_POWER: write_power (self, f); break;
  case BS_FORMULA_MATMUL: write_two (self, f, latex ? " \\, " : " @ ", LEVEL_PRODUCT, LEVEL_POWER); break;
  case BS_FORMULA_OUTER: write_two (self, f, latex ? " \\otimes " : " ⊗ ", LEVEL_PRODUCT, LEVEL_POWER); break;
  case BS_FORMULA_TRANSPOSE:
    write_part (self, f->parts[0], LEVEL_ATOM);
    g_string_append (self->out, latex ? "^{\\top}" : "ᵀ");
    break;
  case BS_FORMULA_COMPARE:
    write_part (self, f->parts[0], LEVEL_SUM);
    g_string_append_printf (self->out, " %s ", f->text);
    write_part (self, f->parts[1], LEVEL_SUM);
    break;
  case BS_FORMULA_CALL: write_call (self, f); break;
  case BS_FORMULA_INDEX:
    write_part (self, f->parts[0], LEVEL_ATOM);
    write_list (self, f, 1, "[", "]");
    break;
  case BS_FORMULA_NAME: write_name (self, f->text); break;
  case BS_FORMULA_NUMBER: write_number (self, f); break;
  }
}

static void
write_part (Writer *self, const BsFormula *f, Level least)
{
  gboolean latex = self->notation == BS_NOTATION_LATEX;
  gboolean bracket = level_of (f) < least;

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

  write_part (&writer, self, LEVEL_COMPARE);
  return g_string_free (writer.out, FALSE);
}
