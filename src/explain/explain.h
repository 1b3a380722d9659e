/* SPDX-License-Identifier: MIT */

/* Steps in words and in mathematics: the sentence of an event, the formula of a value, the chain rule of a gradient with
 * the numbers of the recording in it. The formulas are the engine's own table's; the numbers are those recorded. */

#pragma once

#include "formula.h"
#include "recording/cursor.h"

G_BEGIN_DECLS

/* What the last event before the cursor did: "add: loss = w ** 2 + 20 = 100 + 20 = 120". At step 0: NULL. */
char *bs_explain_event (BsCursor *cursor);
/* "y = w · x = 2 · 3 = 6"; for tensors with the shapes below it. NULL: no operation made it (transfer full). */
char *bs_explain_value (BsCursor *cursor, guint32 tensor, BsNotation notation);
/* What one edge of the backward walk brought:
 *   ∂loss/∂w = ∂loss/∂y · ∂y/∂w
 *            = ∂loss/∂y · x
 *            = 0.5 · 3 = 1.5
 * The cursor stands right after the EDGE event, or later in the same walk. (transfer full) */
char *bs_explain_edge (BsCursor *cursor, const BsEvent *edge, BsNotation notation);
/* All of it, for the gradient that has flowed to @tensor in the walk before the cursor; NULL: none has. */
char *bs_explain_gradient (BsCursor *cursor, guint32 tensor, BsNotation notation);

/* The ways from @tensor to the root of the last walk, a line each with the product of the local derivatives along it, and
 * their sum: "w → y → loss: 0.5 · 3 = 1.5"; NULL: no gradient has flowed to it, or its parts are no numbers but for one way
 * alone, which bs_explain_gradient() tells better (transfer full). */
char *bs_explain_ways (BsCursor *cursor, guint32 tensor);

/* How a formula names it: the variable, else the expression, else the operation (transfer full). */
char *bs_explain_name (BsRecording *recording, guint32 tensor, guint32 step);

G_END_DECLS
