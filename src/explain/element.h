/* SPDX-License-Identifier: MIT */

/* The arithmetic of one element: a formula of tensors written out where it makes that one, with indexes or with numbers. */

#pragma once

#include "bind.h"
#include "formula-private.h"

G_BEGIN_DECLS

typedef struct {
  BsFormula *letters; /* Σₖ x[1, k] · w[k, 0] */
  BsFormula *numbers; /* 2 · 3 + 1 · 4 */
} BsElement;

/* The element @flat of @whole, by @formula. With @spread, @whole is what flows back to an input: what was broadcast is
 * summed. FALSE: the formula goes beyond that, a number was not recorded, or the numbers written out do not give the
 * recorded one (within what rounding makes), so that what is shown is true. */
gboolean bs_element_expand (BsBound *bound, const BsFormula *formula, const BsValue *whole, gint64 flat, gboolean spread, BsElement *out);
void bs_element_clear (BsElement *self);

/* "1, 0" (transfer full) */
char *bs_element_index (const BsValue *whole, gint64 flat);

G_END_DECLS
