/* SPDX-License-Identifier: MIT */

/* The formula texts of the engine's table: "g * exponent * self^(exponent - 1)" read, filled in and written as a person
 * writes them: "0.5 · 2 · w". The grammar is that of the table: names, numbers, + - * / ^ @ ⊗, a postfix ᵀ, calls,
 * indexes in [ ] and comparisons. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BsFormula BsFormula;

typedef enum { BS_NOTATION_TEXT, BS_NOTATION_LATEX } BsNotation;

/* What a name or number is, for its colour. */
typedef enum { BS_ROLE_NONE, BS_ROLE_FORWARD, BS_ROLE_GRADIENT, BS_ROLE_UPDATE } BsRole;

/* What stands for a name. */
typedef enum {
  BS_TERM_NAME,   /* @text, as it is */
  BS_TERM_VALUE,  /* @number, written with @text or five digits; kept visible: 0.5 · 3 */
  BS_TERM_FORMULA, /* a copy of @formula */
  BS_TERM_PLAIN,  /* @number of the program's text (an exponent, a factor): 2 - 1 becomes 1, x^1 becomes x */
} BsTermKind;

typedef struct {
  BsTermKind kind;
  const char *text; /* borrowed until the call returns */
  double number;
  BsRole role;
  const BsFormula *formula; /* borrowed */
} BsTerm;

/* FALSE: the name stays. */
typedef gboolean (*BsTermFunc) (const char *name, BsTerm *out, gpointer data);

BsFormula *bs_formula_parse (const char *text); /* NULL: not of the grammar */
BsFormula *bs_formula_new_name (const char *name);
BsFormula *bs_formula_new_product (const char *a, const char *b);
/* ∂above/∂below, of names or expressions of the script. */
BsFormula *bs_formula_new_derivative (const char *above, const char *below);
BsFormula *bs_formula_new_call (const char *name, BsFormula *argument); /* takes @argument */
gboolean bs_formula_is_identifier (const char *text); /* FALSE: an expression, which wants brackets */
void bs_formula_free (BsFormula *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsFormula, bs_formula_free)

/* Every name replaced by what @func says, plain numbers computed (transfer full). */
BsFormula *bs_formula_fill (const BsFormula *self, BsTermFunc func, gpointer data);
/* In TEXT, of what has its shape below it the name only. */
char *bs_formula_write (const BsFormula *self, BsNotation notation);
/* The same in TEXT with the shapes in place of the names; NULL: it has none. */
char *bs_formula_write_shapes (const BsFormula *self);
/* TRUE for a single name or number: writing "= 3" behind "3" says nothing. */
gboolean bs_formula_is_atom (const BsFormula *self);
gboolean bs_formula_has_product_of_matrices (const BsFormula *self);
gboolean bs_formula_has_name (const BsFormula *self, const char *name);
/* For numbers; NAN for what has no single value (a sum over elements, a matrix product). @func fills the names. */
double bs_formula_evaluate (const BsFormula *self, BsTermFunc func, gpointer data);

G_END_DECLS
