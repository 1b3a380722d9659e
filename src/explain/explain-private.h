/* SPDX-License-Identifier: MIT */

/* explain.c is forward, explain-backward.c backward, ways.c the ways to the loss. */

#pragma once

#include "bind.h"
#include "formula-private.h"

G_BEGIN_DECLS

/* @i below 0: the only one. NULL: there is no such number. */
BsFormula *bs_explain_number (const BsValue *value, gint64 i, BsRole role);
BsFormula *bs_explain_indexed (const BsFormula *name, const BsValue *value, gint64 element);
/* @name[1, 0] = Σₖ ... = 2 · 3 + 1 · 4 = 10; of what is one number only, the rest of the equation begun. */
void bs_explain_add_element (BsDerivation *self, BsBound *bound, const BsFormula *formula, const BsFormula *name, const BsValue *value,
                             gint64 element, gboolean spread, BsRole role);

/* What an ACCUMULATE event adds to: None, zeros, or what nobody has cleared. */
char *bs_explain_accumulation (BsRecording *recording, const BsEvent *event);
void bs_explain_add_accumulation (BsDerivation *self, BsRecording *recording, const BsEvent *event, gint64 element);

G_END_DECLS
