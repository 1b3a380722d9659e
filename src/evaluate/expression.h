/* SPDX-License-Identifier: MIT */

/* Expressions that a person types while looking at a recording: watches, and the conditions of breakpoints. They have
 * Python's syntax and PyTorch's meaning, and work on the values recorded at a step: names with their attributes and items
 * (net.fc1.weight, ws[0], d['a']), .grad, Python's operators and its plain functions, math, and every operation of the
 * engine as torch.f, F.f and Tensor.f. Nothing of the script runs; calls of its functions, assignments, lambda and
 * comprehensions are not expressions here. An inner tensor's .grad is the gradient that has flowed to it by then, which
 * Python would not tell. */

#pragma once

#include "engine/engine.h"
#include "recording/cursor.h"
#include "recording/query.h"

G_BEGIN_DECLS

#define BS_EXPRESSION_ERROR (bs_expression_error_quark ())
GQuark bs_expression_error_quark (void);
typedef enum {
  BS_EXPRESSION_ERROR_SYNTAX,
  BS_EXPRESSION_ERROR_NAME,  /* not there, at this step */
  BS_EXPRESSION_ERROR_VALUE, /* there, but not for this */
} BsExpressionError;

typedef struct _BsExpression BsExpression;

BsExpression *bs_expression_parse (const char *text, GError **error);
void bs_expression_free (BsExpression *self);
const char *bs_expression_get_text (const BsExpression *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsExpression, bs_expression_free)

typedef enum {
  BS_RESULT_NONE,
  BS_RESULT_BOOL,
  BS_RESULT_INT,
  BS_RESULT_REAL,
  BS_RESULT_TEXT,
  BS_RESULT_DTYPE,    /* @integer: BsDtype */
  BS_RESULT_TENSOR,
  BS_RESULT_SEQUENCE, /* a list or tuple */
  BS_RESULT_OBJECT,   /* something else, of which only a short text was recorded */
  BS_RESULT_SLICE,    /* three @items; only as an index */
} BsResultKind;

typedef struct _BsResult BsResult;
struct _BsResult {
  guint8 kind;
  gint64 integer;
  double real;
  char *text;       /* TEXT, OBJECT */
  char *path;       /* the name it is known by, if it is one: "net.fc1" */
  BsTensor *tensor;
  guint32 id;       /* TENSOR: of the recording; 0: computed here */
  BsResult *items;
  guint n_items;
};

void bs_result_clear (BsResult *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsResult, bs_result_clear)
/* The tensor that the last evaluation (or search) could not see because only a picture of it was recorded; 0: none. */
guint32 bs_expression_get_missing (const BsExpression *self);
/* On failure @out is empty. */
gboolean bs_expression_evaluate (BsExpression *self, BsCursor *cursor, BsResult *out, GError **error);
/* Python's truth: FALSE and @error for a tensor of several elements. */
gboolean bs_result_is_true (const BsResult *self, gboolean *truth, GError **error);
/* As Python would show it, tensors as the cards of the graph do (transfer full). */
char *bs_result_to_text (const BsResult *self);
/* The same of a variable's value at the cursor (transfer full). */
char *bs_plain_show (BsCursor *cursor, const BsPlain *plain);
/* The tensor's numbers, borrowed from @self; FALSE: it is none. @shape_out: room for BS_MAX_DIMS. */
gboolean bs_result_get_value (const BsResult *self, BsValue *out, gint64 *shape_out);

/* --- where to stop --------------------------------------------------------------------------------------------------------
 * A condition without a line holds at the steps at which it turns true; one with a line whenever that line is about to run
 * and it is true. What cannot be evaluated (a name that is not there yet) is not true. */

typedef struct {
  BsBreak at;              /* kind BS_BREAK_LINE with line 0: only the condition counts */
  BsExpression *condition; /* borrowed; NULL: always */
} BsStop;

/* The nearest step in that direction, from @step and not beyond @limit (0 and G_MAXUINT32 are the ends), at which one of
 * them holds; @step: none. *which: the one. @problem: why a condition could never be evaluated on the way (transfer full),
 * else NULL. */
guint32 bs_stops_find (BsRecording *recording, guint32 step, int direction, guint32 limit, guint n_stops, const BsStop *stops,
                       guint *which, GError **problem);

/* As people write and files keep them: "12", "12 if i == 3", "if loss < 21", "nan", "exceeds 1000", "updated", "error". */
gboolean bs_stop_parse (const char *text, BsStop *out, GError **error); /* the condition is then the caller's */
char *bs_stop_to_text (const BsStop *self);
void bs_stop_clear (BsStop *self);

G_END_DECLS
