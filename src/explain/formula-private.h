/* SPDX-License-Identifier: MIT */

#pragma once

#include "formula-tree.h"

G_BEGIN_DECLS

BsFormula *bs_formula_new (BsFormulaKind kind, BsFormula *a, BsFormula *b);
BsFormula *bs_formula_new_text (BsFormulaKind kind, const char *text, BsFormula *a, BsFormula *b);
BsFormula *bs_formula_new_number (double number, BsRole role); /* of the run: kept visible */
BsFormula *bs_formula_new_plain (double number);
BsFormula *bs_formula_with_role (BsFormula *self, BsRole role);
BsFormula *bs_formula_copy (const BsFormula *self);
/* 2 - 1 is 1, x^1 is x, 1 · x is x: what a person would not write. Takes it. */
BsFormula *bs_formula_simplify (BsFormula *self);

G_END_DECLS
