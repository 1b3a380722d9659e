/* SPDX-License-Identifier: MIT */

/* Sentences and equations, line below line: what explain has to say about a step or a tensor, to be drawn (draw/math-layout.h), read
 * out or copied. */

#pragma once

#include "formula.h"

G_BEGIN_DECLS

typedef struct {
  char *sentence;         /* NULL: an equation */
  gboolean is_note;       /* a sentence that can be left out where there is little room */
  BsFormula *left;        /* NULL: goes on with the equation before, below its = */
  BsFormula *right;       /* NULL: only the left side is known */
  gboolean on_a_new_line; /* FALSE: may follow on the line of the equation before */
} BsLine;

typedef struct _BsDerivation BsDerivation;

BsDerivation *bs_derivation_new (void);
void bs_derivation_free (BsDerivation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsDerivation, bs_derivation_free)

guint bs_derivation_get_n_lines (const BsDerivation *self);
const BsLine *bs_derivation_get_line (const BsDerivation *self, guint i);
gboolean bs_derivation_has_equations (const BsDerivation *self);

/* They take what they are given. */
void bs_derivation_add_sentence (BsDerivation *self, char *sentence); /* NULL: nothing */
void bs_derivation_add_note (BsDerivation *self, char *sentence);
void bs_derivation_begin (BsDerivation *self, BsFormula *left); /* an equation */
/* "= @right"; left out when it is NULL or says what the one before it said. */
void bs_derivation_add (BsDerivation *self, BsFormula *right, gboolean on_a_new_line);
/* The lines of @other after these. */
void bs_derivation_append (BsDerivation *self, BsDerivation *other);

/* LATEX: sentences as \text, equations aligned at their =; goes between \[ and \] (transfer full). */
char *bs_derivation_write (const BsDerivation *self, BsNotation notation);

G_END_DECLS
