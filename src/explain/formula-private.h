/* SPDX-License-Identifier: MIT */

#pragma once

#include "formula.h"

G_BEGIN_DECLS

typedef enum {
  BS_FORMULA_NEGATIVE, BS_FORMULA_PLUS, BS_FORMULA_MINUS, BS_FORMULA_TIMES, BS_FORMULA_OVER, BS_FORMULA_POWER,
  BS_FORMULA_LAST_ARITHMETIC = BS_FORMULA_POWER,
  BS_FORMULA_MATMUL, BS_FORMULA_OUTER, BS_FORMULA_TRANSPOSE, BS_FORMULA_COMPARE, BS_FORMULA_CALL, BS_FORMULA_INDEX,
  BS_FORMULA_NAME, BS_FORMULA_NUMBER,
} BsFormulaKind;

struct _BsFormula {
  BsFormulaKind kind;
  guint n;
  BsFormula *parts[5]; /* owned; INDEX: the indexed one first */
  char *text;          /* NAME, CALL, COMPARE; NUMBER: how it is written, or NULL */
  double number;
  gboolean visible;    /* NUMBER: a value of the run, not to be computed away */
};

BsFormula *bs_formula_new (BsFormulaKind kind, BsFormula *a, BsFormula *b);

G_END_DECLS
