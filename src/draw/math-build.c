/* SPDX-License-Identifier: MIT */

/* A formula as boxes. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "math-private.h"

#define SCRIPT 0.7         /* of the size of what they stand at */
#define SMALLEST 0.55       /* of the size of the whole */
#define IN_FRACTION 0.92
#define SHOWN_MAX 30         /* characters of a name or expression that is not mathematics */
#define DEPTH_MAX 200

typedef struct {
  const BsMathFonts *fonts;
  double size;
  int color;
  gboolean may_break; /* at the outermost level */
  guint depth;
} Pen;

static void add (const Pen *pen, BsMathBox *row, const BsFormula *f, BsFormulaLevel least);

static BsMathBox *
text (const Pen *pen, BsMathFace face, const char *words)
{
  return bs_math_box_new_text (pen->fonts, face, pen->size, pen->color, words);
}

static Pen
inner (const Pen *pen, double factor)
{
  Pen in = *pen;

  in.size = MAX (pen->size * factor, MIN (pen->size, pen->fonts->size * SMALLEST));
  in.may_break = FALSE;
  return in;
}

static Pen
colored (const Pen *pen, const BsFormula *f)
{
  static const int colors[] = {
    [BS_ROLE_FORWARD] = BS_COLOR_FORWARD_TEXT, [BS_ROLE_GRADIENT] = BS_COLOR_GRADIENT_TEXT, [BS_ROLE_UPDATE] = BS_COLOR_UPDATE_TEXT,
  };
  Pen in = *pen;

  if (f->role != BS_ROLE_NONE)
    in.color = colors[f->role];
  in.depth++;
  return in;
}

static BsMathBox *
build (const Pen *pen, const BsFormula *f, BsFormulaLevel least)
{
  BsMathBox *row = bs_math_box_new_row (pen->size);
  Pen in = inner (pen, 1);

  add (&in, row, f, least);
  return row;
}

/* An operator with space around it; a line may begin with it. */
static void
add_sign (const Pen *pen, BsMathBox *row, const char *sign, double space)
{
  BsMathBox *box = bs_math_box_new_row (pen->size);
  Pen plain = *pen;

  plain.color = BS_COLOR_TEXT;
  bs_math_box_append (box, bs_math_box_new_space (space * pen->size));
  bs_math_box_append (box, text (&plain, BS_FACE_UPRIGHT, sign));
  bs_math_box_append (box, bs_math_box_new_space (space * pen->size));
  box->may_break = pen->may_break;
  bs_math_box_append (row, box);
}

static void
add_two (const Pen *pen, BsMathBox *row, const BsFormula *f, const char *sign, double space, BsFormulaLevel left, BsFormulaLevel right)
{
  add (pen, row, f->parts[0], left);
  add_sign (pen, row, sign, space);
  add (pen, row, f->parts[1], right);
}

/* --- names and numbers ---------------------------------------------------------------------------------------------------- */

static char *
shortened (const char *name)
{
  glong n = g_utf8_strlen (name, -1);
  g_autofree char *head = NULL, *tail = NULL;

  if (n <= SHOWN_MAX)
    return g_strdup (name);
  head = g_utf8_substring (name, 0, SHOWN_MAX / 2);
  tail = g_utf8_substring (name, n - SHOWN_MAX / 2 + 1, n);
  return g_strconcat (head, "…", tail, NULL);
}

/* Letters are italic, words and what has a dot in it upright. */
static BsMathBox *
new_word (const Pen *pen, const char *word)
{
  const char *letter = bs_formula_find_greek (word, FALSE);
  g_autofree char *fits = shortened (word);

  if (letter != NULL)
    return text (pen, BS_FACE_ITALIC, letter);
  return text (pen, g_utf8_strlen (word, -1) == 1 && g_unichar_isalpha (g_utf8_get_char (word)) ? BS_FACE_ITALIC : BS_FACE_UPRIGHT, fits);
}

static void
add_below (const Pen *pen, BsMathBox *row, BsMathBox *script)
{
  bs_math_box_append_raised (row, script, -MAX (0.26 * pen->size, script->ascent - 0.4 * pen->size));
}

static void
add_name (const Pen *pen, BsMathBox *row, const char *name)
{
  g_autofree char *base = NULL, *below = NULL;

  if (!bs_formula_is_identifier (name)) {
    g_autofree char *fits = shortened (name);

    bs_math_box_append (row, text (pen, BS_FACE_CODE, fits));
    return;
  }
  bs_formula_split_name (name, &base, &below);
  bs_math_box_append (row, new_word (pen, base));
  if (below != NULL) {
    Pen script = inner (pen, SCRIPT);

    add_below (pen, row, new_word (&script, below));
  }
}

/* 1.5e−05 is 1.5 · 10⁻⁵. */
static void
add_number (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  g_autofree char *number = bs_formula_number_text (f);
  char *e = strchr (number, 'e');
  g_autofree char *mantissa = e != NULL ? g_strndup (number, e - number) : NULL, *whole = NULL, *exponent = NULL;
  gboolean negative;
  Pen script;

  if (strcmp (number, "inf") == 0 || strcmp (number, "−inf") == 0) {
    bs_math_box_append (row, text (pen, BS_FACE_UPRIGHT, number[0] == 'i' ? "∞" : "−∞"));
    return;
  }
  if (e == NULL || !g_ascii_isdigit (e[strlen (e) - 1])) {
    bs_math_box_append (row, text (pen, BS_FACE_UPRIGHT, number));
    return;
  }
  negative = strchr (e, '-') != NULL || strstr (e, "−") != NULL;
  e += strcspn (e, "0123456789");
  e += strspn (e, "0");
  whole = g_strconcat (mantissa, "·10", NULL);
  exponent = g_strconcat (negative ? "−" : "", *e ? e : "0", NULL);
  script = inner (pen, SCRIPT);
  bs_math_box_append (row, text (pen, BS_FACE_UPRIGHT, whole));
  bs_math_box_append_raised (row, text (&script, BS_FACE_UPRIGHT, exponent), 0.4 * pen->size);
}

/* --- scripts and fractions -------------------------------------------------------------------------------------------------- */

static void
add_raised (const Pen *pen, BsMathBox *row, BsMathBox *base, BsMathBox *script)
{
  double by = MAX (0.38 * pen->size, base->ascent - 0.5 * script->ascent);

  bs_math_box_append (row, base);
  bs_math_box_append_raised (row, script, by + script->descent);
}

/* Brackets around a fraction, or its script would be its denominator's. */
static BsMathBox *
build_base (const Pen *pen, const BsFormula *f)
{
  BsMathBox *base = build (pen, f, BS_LEVEL_ATOM);

  return f->kind == BS_FORMULA_DERIVATIVE ? bs_math_box_new_brackets (base, pen->size, '(', ')') : base;
}

static void
add_power (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  Pen script = inner (pen, SCRIPT);

  add_raised (pen, row, build_base (pen, f->parts[0]), build (&script, f->parts[1], BS_LEVEL_COMPARE));
}

static void
add_transpose (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  Pen script = inner (pen, SCRIPT);

  add_raised (pen, row, build_base (pen, f->parts[0]), text (&script, BS_FACE_UPRIGHT, "⊤"));
}

/* A fraction that is wider than there is room is written in one line, which can be broken. */
static void
add_fraction (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  Pen part = inner (pen, IN_FRACTION);
  BsMathBox *fraction = bs_math_box_new_fraction (build (&part, f->parts[0], BS_LEVEL_COMPARE), build (&part, f->parts[1], BS_LEVEL_COMPARE), pen->size);

  if (pen->may_break && pen->fonts->width > 0 && fraction->width > 0.75 * pen->fonts->width && bs_formula_get_level (f->parts[0]) <= BS_LEVEL_SUM) {
    bs_math_box_free (fraction);
    bs_math_box_append (row, text (pen, BS_FACE_UPRIGHT, "("));
    add (pen, row, f->parts[0], BS_LEVEL_COMPARE);
    bs_math_box_append (row, text (pen, BS_FACE_UPRIGHT, ")"));
    add_sign (pen, row, "/", 0.12);
    add (pen, row, f->parts[1], BS_LEVEL_POWER);
    return;
  }
  fraction->color = pen->color;
  bs_math_box_append (row, fraction);
}

/* ∂loss over ∂w, with the index of an element at the w. */
static void
add_derivative (const Pen *pen, BsMathBox *row, const BsFormula *f, const BsFormula *index)
{
  Pen part = inner (pen, IN_FRACTION);
  BsMathBox *sides[2], *fraction;

  for (guint i = 0; i < 2; i++) {
    sides[i] = bs_math_box_new_row (part.size);
    bs_math_box_append (sides[i], text (&part, BS_FACE_UPRIGHT, "∂"));
    bs_math_box_append (sides[i], bs_math_box_new_space (0.04 * part.size));
    add (&part, sides[i], f->parts[i], BS_LEVEL_ATOM);
  }
  if (index != NULL) {
    Pen script = inner (&part, SCRIPT);

    add_below (&part, sides[1], text (&script, BS_FACE_UPRIGHT, index->text));
  }
  fraction = bs_math_box_new_fraction (sides[0], sides[1], pen->size);
  fraction->color = pen->color;
  bs_math_box_append (row, fraction);
}

static void
add_index (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  Pen script = inner (pen, SCRIPT);
  BsMathBox *below;

  if (f->parts[0]->kind == BS_FORMULA_DERIVATIVE && f->n == 2 && f->parts[1]->kind == BS_FORMULA_NAME) {
    Pen base = colored (pen, f->parts[0]);

    add_derivative (&base, row, f->parts[0], f->parts[1]);
    return;
  }
  add (pen, row, f->parts[0], BS_LEVEL_ATOM);
  below = bs_math_box_new_row (script.size);
  for (guint i = 1; i < f->n; i++) {
    if (i > 1)
      bs_math_box_append (below, text (&script, BS_FACE_UPRIGHT, ", "));
    if (f->parts[i]->kind == BS_FORMULA_NAME)
      bs_math_box_append (below, text (&script, BS_FACE_UPRIGHT, f->parts[i]->text));
    else
      add (&script, below, f->parts[i], BS_LEVEL_COMPARE);
  }
  add_below (pen, row, below);
}

/* --- functions -------------------------------------------------------------------------------------------------------------- */

static BsMathBox *
new_list (const Pen *pen, const BsFormula *f)
{
  BsMathBox *row = bs_math_box_new_row (pen->size);
  Pen in = inner (pen, 1);

  for (guint i = 0; i < f->n; i++) {
    if (i > 0) {
      bs_math_box_append (row, text (pen, BS_FACE_UPRIGHT, ","));
      bs_math_box_append (row, bs_math_box_new_space (0.22 * pen->size));
    }
    add (&in, row, f->parts[i], BS_LEVEL_COMPARE);
  }
  return row;
}

static void
add_cases (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  Pen in = inner (pen, 0.95), words = in;
  BsMathBox *rows[2] = { build (&in, f->parts[1], BS_LEVEL_COMPARE), build (&in, f->parts[2], BS_LEVEL_COMPARE) };
  double width = MAX (rows[0]->width, rows[1]->width) + 0.6 * in.size;

  words.color = BS_COLOR_DIM_TEXT;
  for (guint i = 0; i < 2; i++)
    bs_math_box_append (rows[i], bs_math_box_new_space (width - rows[i]->width));
  /* Translators: between the two cases of a function: "g if x > 0", "0 otherwise" */
  bs_math_box_append (rows[0], text (&words, BS_FACE_WORDS, C_("formula", "if")));
  bs_math_box_append (rows[0], bs_math_box_new_space (0.3 * in.size));
  add (&in, rows[0], f->parts[0], BS_LEVEL_COMPARE);
  bs_math_box_append (rows[1], text (&words, BS_FACE_WORDS, C_("formula", "otherwise")));
  bs_math_box_append (row, bs_math_box_new_cases (pen->fonts, rows, 2, pen->size));
}

static void
add_big_sum (const Pen *pen, BsMathBox *row, const char *letters)
{
  Pen sign = *pen, script = inner (pen, SCRIPT * 0.95);

  sign.size *= 1.35;
  sign.color = script.color = BS_COLOR_TEXT;
  bs_math_box_append (row, bs_math_box_new_limits (text (&sign, BS_FACE_UPRIGHT, "Σ"),
                                                   letters != NULL ? text (&script, BS_FACE_ITALIC, letters) : NULL, pen->size));
  bs_math_box_append (row, bs_math_box_new_space (0.14 * pen->size));
}

/* FALSE: an ordinary function. */
static gboolean
add_special_call (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  static const struct { const char *name; gunichar open, close; } signs[] = {
    { "abs", '|', '|' }, { "norm", 0x2016, 0x2016 }, { "floor", 0x230A, 0x230B },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (strcmp (f->text, signs[i].name) == 0) {
      bs_math_box_append (row, bs_math_box_new_brackets (build (pen, f->parts[0], BS_LEVEL_COMPARE), pen->size, signs[i].open, signs[i].close));
      return TRUE;
    }
  if (strcmp (f->text, "sqrt") == 0) {
    bs_math_box_append (row, bs_math_box_new_root (build (pen, f->parts[0], BS_LEVEL_COMPARE), pen->size));
    return TRUE;
  }
  if (strcmp (f->text, "sum") == 0) {
    add_big_sum (pen, row, NULL);
    bs_math_box_append (row, build (pen, f->parts[0], BS_LEVEL_PRODUCT));
    return TRUE;
  }
  if (strcmp (f->text, "exp") == 0 && pen->size > 0.9 * pen->fonts->size) {
    Pen script = inner (pen, SCRIPT * 1.1);

    add_raised (pen, row, text (pen, BS_FACE_ITALIC, "e"), build (&script, f->parts[0], BS_LEVEL_COMPARE));
    return TRUE;
  }
  return FALSE;
}

static void
add_call (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  if (f->n == 1 && add_special_call (pen, row, f))
    return;
  if (f->n == 3 && strcmp (f->text, "where") == 0) {
    add_cases (pen, row, f);
    return;
  }
  bs_math_box_append (row, strcmp (f->text, "sigmoid") == 0 ? text (pen, BS_FACE_ITALIC, "σ") : new_word (pen, f->text));
  bs_math_box_append (row, bs_math_box_new_brackets (new_list (pen, f), pen->size, '(', ')'));
}

/* --- everything -------------------------------------------------------------------------------------------------------------- */

static const char *
comparison (const char *sign)
{
  static const char *const signs[][2] = { { "<=", "≤" }, { ">=", "≥" }, { "==", "=" }, { "!=", "≠" } };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (strcmp (sign, signs[i][0]) == 0)
      return signs[i][1];
  return sign;
}

static void
add_shaped (const Pen *pen, BsMathBox *row, const BsFormula *f, BsFormulaLevel least)
{
  Pen small = inner (pen, 0.66);

  small.color = BS_COLOR_DIM_TEXT;
  bs_math_box_append (row, bs_math_box_new_under (build (pen, f->parts[0], least), text (&small, BS_FACE_WORDS, f->text), pen->size));
}

static BsFormulaLevel
second_of_sum (const BsFormula *f)
{
  return bs_formula_get_level (f->parts[1]) == BS_LEVEL_SIGN ? BS_LEVEL_POWER : BS_LEVEL_PRODUCT;
}

static void
add_bare (const Pen *pen, BsMathBox *row, const BsFormula *f)
{
  switch (f->kind) {
  case BS_FORMULA_NEGATIVE:
    bs_math_box_append (row, text (pen, BS_FACE_UPRIGHT, "−"));
    add (pen, row, f->parts[0], BS_LEVEL_POWER);
    break;
  case BS_FORMULA_PLUS: add_two (pen, row, f, "+", 0.24, BS_LEVEL_SUM, second_of_sum (f)); break;
  case BS_FORMULA_MINUS: add_two (pen, row, f, "−", 0.24, BS_LEVEL_SUM, second_of_sum (f)); break;
  case BS_FORMULA_TIMES: add_two (pen, row, f, "·", 0.16, BS_LEVEL_PRODUCT, BS_LEVEL_POWER); break;
  case BS_FORMULA_MATMUL: add_two (pen, row, f, "·", 0.16, BS_LEVEL_PRODUCT, BS_LEVEL_POWER); break;
  case BS_FORMULA_OUTER: add_two (pen, row, f, "⊗", 0.2, BS_LEVEL_PRODUCT, BS_LEVEL_POWER); break;
  case BS_FORMULA_OVER: add_fraction (pen, row, f); break;
  case BS_FORMULA_POWER: add_power (pen, row, f); break;
  case BS_FORMULA_TRANSPOSE: add_transpose (pen, row, f); break;
  case BS_FORMULA_COMPARE: add_two (pen, row, f, comparison (f->text), 0.26, BS_LEVEL_SUM, BS_LEVEL_SUM); break;
  case BS_FORMULA_CALL: add_call (pen, row, f); break;
  case BS_FORMULA_INDEX: add_index (pen, row, f); break;
  case BS_FORMULA_NAME: add_name (pen, row, f->text); break;
  case BS_FORMULA_NUMBER: add_number (pen, row, f); break;
  case BS_FORMULA_DERIVATIVE: add_derivative (pen, row, f, NULL); break;
  case BS_FORMULA_SUM:
    add_big_sum (pen, row, f->text);
    add (pen, row, f->parts[0], BS_LEVEL_PRODUCT);
    break;
  case BS_FORMULA_SHAPED: add_shaped (pen, row, f, BS_LEVEL_COMPARE); break;
  case BS_FORMULA_DOTS: bs_math_box_append (row, text (pen, BS_FACE_UPRIGHT, "⋯")); break;
  }
}

/* Between a fraction line's both sides there are no brackets to be seen: what it holds is one thing. */
static gboolean
wants_brackets (const BsFormula *f, BsFormulaLevel least)
{
  if (f->kind == BS_FORMULA_OVER)
    return least >= BS_LEVEL_ATOM;
  return bs_formula_get_level (f) < least || (f->kind == BS_FORMULA_SHAPED && bs_formula_get_level (f->parts[0]) < least);
}

static void
add (const Pen *pen, BsMathBox *row, const BsFormula *f, BsFormulaLevel least)
{
  g_autoptr (BsFormula) expression = f->kind == BS_FORMULA_NAME ? bs_formula_parse_python (f->text) : NULL;
  Pen in = colored (pen, f);

  if (in.depth > DEPTH_MAX) {
    bs_math_box_append (row, text (&in, BS_FACE_UPRIGHT, "…"));
    return;
  }
  if (expression != NULL)
    f = expression;
  if (f->kind == BS_FORMULA_SHAPED) {
    add_shaped (&in, row, f, least);
  } else if (wants_brackets (f, least)) {
    BsMathBox *brackets, *content = bs_math_box_new_row (in.size);
    Pen within = inner (&in, 1);

    add_bare (&within, content, f);
    brackets = bs_math_box_new_brackets (content, in.size, '(', ')');
    brackets->color = in.color;
    bs_math_box_append (row, brackets);
  } else {
    add_bare (&in, row, f);
  }
}

void
bs_math_build (const BsMathFonts *fonts, BsMathBox *row, const BsFormula *formula)
{
  Pen pen = { fonts, fonts->size, BS_COLOR_TEXT, TRUE };

  add (&pen, row, formula, BS_LEVEL_COMPARE);
}
