/* SPDX-License-Identifier: MIT */

/* What a formula is made of, for those who draw it. Read only. */

#pragma once

#include "formula.h"

G_BEGIN_DECLS

typedef enum {
  BS_FORMULA_NEGATIVE, BS_FORMULA_PLUS, BS_FORMULA_MINUS, BS_FORMULA_TIMES, BS_FORMULA_OVER, BS_FORMULA_POWER,
  BS_FORMULA_LAST_ARITHMETIC = BS_FORMULA_POWER,
  BS_FORMULA_MATMUL, BS_FORMULA_OUTER, BS_FORMULA_TRANSPOSE, BS_FORMULA_COMPARE, BS_FORMULA_CALL, BS_FORMULA_INDEX,
  BS_FORMULA_NAME, BS_FORMULA_NUMBER,
  BS_FORMULA_DERIVATIVE, /* the slope of the first part by the second */
  BS_FORMULA_SUM,        /* of the first part over the indexes in @text: "k", "k, l" */
  BS_FORMULA_SHAPED,     /* the first part, with its shape in @text below it: "5×3" */
  BS_FORMULA_DOTS,       /* the terms of a long sum that are left out */
} BsFormulaKind;

struct _BsFormula {
  BsFormulaKind kind;
  guint n;
  BsFormula *parts[5]; /* owned; INDEX: the indexed one first */
  char *text;          /* NAME, CALL, COMPARE, SUM, SHAPED; NUMBER: how it is written, or NULL */
  double number;
  gboolean visible;    /* NUMBER: a value of the run, not to be computed away */
  guint8 role;         /* BsRole: the colour */
};

/* How closely a formula binds: what stands in a place for closer ones wants brackets. */
typedef enum {
  BS_LEVEL_COMPARE, BS_LEVEL_SUM, BS_LEVEL_PRODUCT, BS_LEVEL_SIGN, BS_LEVEL_POWER, BS_LEVEL_ATOM,
} BsFormulaLevel;
BsFormulaLevel bs_formula_get_level (const BsFormula *self);
/* As it is written: "−3", "0.5". */
char *bs_formula_number_text (const BsFormula *self);
/* "w1", "w_1": the letter w with a 1 below it; *below is NULL for names that are words. (transfer full) */
void bs_formula_split_name (const char *name, char **base, char **below);
/* "θ" for "theta", or its command in LaTeX; NULL. */
const char *bs_formula_find_greek (const char *name, gboolean command);
/* An expression of the script as mathematics: "w ** 2"; NULL: a mere name, or beyond the grammar (transfer full). */
BsFormula *bs_formula_parse_python (const char *text);

G_END_DECLS
