/* SPDX-License-Identifier: MIT */

/* Steps in words and in mathematics: the sentence of an event, the formula of a value, the chain rule of a gradient with
 * the numbers of the recording in it. The formulas are the engine's own table's; the numbers are those recorded. What the
 * table's formula does not give, within rounding, is not shown as if it did.
 *
 * bs_derive_...() give sentences and equations to draw (draw/math-layout.h), bs_explain_...() the same as text. */

#pragma once

#include "derivation.h"
#include "recording/cursor.h"

G_BEGIN_DECLS

/* Of a tensor, the element (counted row by row) whose arithmetic is written out besides. */
#define BS_NO_ELEMENT (-1)

/* What the last event before the cursor did: a sentence, and the equation of a value, of an edge's chain rule, of what is
 * added to .grad, of an update. NULL at step 0 (all of them: transfer full). */
BsDerivation *bs_derive_event (BsCursor *cursor);
/* y = w · x = 2 · 3 = 6. NULL: no operation made it. */
BsDerivation *bs_derive_value (BsCursor *cursor, guint32 tensor, gint64 element);
/* What one edge of the backward walk brought. */
BsDerivation *bs_derive_edge (BsCursor *cursor, const BsEvent *edge, gint64 element);
/* All of it, for the gradient that has flowed to @tensor in the walk before the cursor, with why a factor is transposed, what
 * was summed away, and how .grad came of it; NULL: none has. */
BsDerivation *bs_derive_gradient (BsCursor *cursor, guint32 tensor, gint64 element);

/* The event in one line: "add: loss = w ** 2 + 20 = 100 + 20 = 120". At step 0: NULL. */
char *bs_explain_event (BsCursor *cursor);
/* "y = w · x = 2 · 3 = 6"; for tensors with the shapes below it. NULL: no operation made it (transfer full). */
char *bs_explain_value (BsCursor *cursor, guint32 tensor, BsNotation notation);
/* What one edge of the backward walk brought:
 *   ∂loss/∂w
 *     = ∂loss/∂y · ∂y/∂w
 *     = ∂loss/∂y · x
 *     = 0.5 · 3 = 1.5
 * The cursor stands right after the EDGE event, or later. (transfer full) */
char *bs_explain_edge (BsCursor *cursor, const BsEvent *edge, BsNotation notation);
char *bs_explain_gradient (BsCursor *cursor, guint32 tensor, BsNotation notation);

/* The ways from @tensor to the root of the last walk, a line each with the product of the local derivatives along it, and
 * their sum: "w → y → loss: 0.5 · 3 = 1.5"; NULL: no gradient has flowed to it, or its parts are no numbers but for one way
 * alone, which bs_explain_gradient() tells better (transfer full). */
char *bs_explain_ways (BsCursor *cursor, guint32 tensor);

/* Why the backward of what made @tensor needs what it saved; NULL: it saves nothing (borrowed). */
const char *bs_explain_saved (BsRecording *recording, guint32 tensor);

/* How a formula names it: the variable, else the expression, else the operation (transfer full). */
char *bs_explain_name (BsRecording *recording, guint32 tensor, guint32 step);

G_END_DECLS
