/* SPDX-License-Identifier: MIT */

/* What happens, and what a value is, in words and numbers for a person. */

#pragma once

#include "explain/derivation.h"
#include "recording/cursor.h"

G_BEGIN_DECLS

/* One sentence about the last event. */
char *backstep_sentence (BsCursor *cursor);
/* The same with its mathematics: for the caption (transfer full). */
BsDerivation *backstep_sentence_derivation (BsCursor *cursor);
/* The truth about a gradient; the numbers are told apart in @value when there are any. */
char *backstep_gradient_words (const BsTensorState *state, gboolean *has_numbers);
/* The numbers of a value in rows and columns, as far as a pane can show them. */
char *backstep_value_table (const BsValue *value);
char *backstep_shape_text (const BsValue *value);
/* "Step 14 of 96 · pass 2 of 100 · backward" */
char *backstep_status (BsCursor *cursor);

G_END_DECLS
