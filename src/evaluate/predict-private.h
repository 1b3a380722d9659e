/* SPDX-License-Identifier: MIT */

/* Between the files of the questions: predict.c poses them, predict-answer.c reads what was typed, predict-slips.c knows
 * what people get wrong, predict-judge.c compares, lesson.c counts. */

#pragma once

#include "explain/bind.h"
#include "predict.h"

G_BEGIN_DECLS

typedef enum { BS_PART_ALL, BS_PART_ROW, BS_PART_ELEMENT } BsPart;

struct _BsQuestion {
  BsRecording *recording;
  BsCursor *before;         /* stands right before the event */
  BsAsk ask;
  BsEventKind kind;         /* TENSOR, EDGE, ACCUMULATE or WRITE */
  guint32 event, tensor, node; /* @node: from which the gradient flows */
  guint32 root;             /* EDGE: of the walk */
  guint input;
  BsValue value;            /* the answer */
  BsValue old, added;       /* what was there, what comes to it; numel 0: nothing */
  BsPart part;
  guint first, n;           /* the elements asked for */
};

/* The elements asked for, as numbers. */
double *bs_question_dup_numbers (const BsQuestion *self, const BsValue *value);
/* The text that names what is asked for: "y", "∂loss/∂w", "w.grad"; with its part. */
char *bs_question_get_name (const BsQuestion *self);
char *bs_question_derivative (const BsQuestion *self, guint32 of, guint32 by);
char *bs_question_show (const BsQuestion *self, const double *numbers); /* "1.5", "[1, 2]" */

/* --- what was typed -------------------------------------------------------------------------------------------------------- */

typedef struct {
  guint n;
  double *numbers;
  double *units; /* of the last digit given; 0: exact, -1: computed by a formula */
} BsAnswer;

void bs_answer_clear (BsAnswer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsAnswer, bs_answer_clear)
/* The way people write by hand made into an expression: "2·w²" is 2*w**2 (transfer full). */
char *bs_answer_normalize (const char *text);
/* FALSE: *problem says why (transfer full). */
gboolean bs_answer_read (const BsQuestion *question, const char *text, BsAnswer *out, char **problem);

/* --- what people get wrong ------------------------------------------------------------------------------------------------- */

typedef struct {
  BsMissed missed;
  double *numbers; /* n of the question: what one gets */
  char *text;
} BsSlip;

GPtrArray *bs_question_list_slips (const BsQuestion *self); /* BsSlip, the likeliest first (transfer full) */
void bs_slips_add (GPtrArray *self, BsMissed missed, double *numbers /* taken */, char *text /* taken */);

/* predict-values.c: numbers of an operation computed again, element by element, with something left out. */
typedef struct {
  const BsQuestion *question;
  BsBound bound;
  BsValue upstream;
  gboolean has_upstream;
} BsRedo;

typedef enum {
  BS_REDO_AS_IS,
  BS_REDO_NO_UPSTREAM, /* g is 1 */
  BS_REDO_NO_MEAN,     /* n is 1 */
  BS_REDO_SWAPPED,     /* the operands */
} BsRedoHow;

/* Of the event's node. FALSE: it has no operation of the table. */
gboolean bs_redo_init (BsRedo *self, const BsQuestion *question, guint32 node);
void bs_redo_clear (BsRedo *self);
/* @text evaluated at every element, those of the answer's shape (or what they were broadcast to, summed); NULL: not possible. */
double *bs_redo_run (BsRedo *self, const char *text, BsRedoHow how);
/* Products of the two matrices of a question about a matrix product, none, one or both turned: into @slips. */
void bs_redo_list_products (BsRedo *self, GPtrArray *slips);

G_END_DECLS
