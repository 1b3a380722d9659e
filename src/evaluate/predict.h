/* SPDX-License-Identifier: MIT */

/* Questions for a lesson: what will the next number be? A question stands at a step and is about the event that comes next
 * of all that make a number; nobody has seen its answer there. An answer is a number or a formula over what is known by then;
 * a wrong one is held against what people get when they miss something: a factor of the chain rule, a sign, another path. */

#pragma once

#include "recording/cursor.h"

G_BEGIN_DECLS

typedef enum {
  BS_ASK_VALUES = 1 << 0,
  BS_ASK_GRADIENTS = 1 << 1, /* what flows along an edge, what .grad becomes */
  BS_ASK_UPDATES = 1 << 2,   /* what a parameter becomes */
  BS_ASK_ALL = 7,
} BsAsk;

typedef struct _BsQuestion BsQuestion;

#define BS_NO_QUESTION G_MAXUINT32

/* What is asked at @step; NULL: nothing, as what comes next is no number, too many of them, or not of @ask. */
BsQuestion *bs_question_new (BsRecording *recording, guint32 step, BsAsk ask);
void bs_question_free (BsQuestion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsQuestion, bs_question_free)
/* The first step after @step at which something is asked; BS_NO_QUESTION: there is none among the next @limit events. */
guint32 bs_question_find (BsRecording *recording, guint32 step, BsAsk ask, guint32 limit);

BsAsk bs_question_get_ask (const BsQuestion *self);
guint32 bs_question_get_event (const BsQuestion *self);   /* the event; the answer is seen at the step after it */
guint32 bs_question_get_tensor (const BsQuestion *self);  /* whose number is covered */
gboolean bs_question_is_gradient (const BsQuestion *self);
guint bs_question_get_n_numbers (const BsQuestion *self); /* that an answer has */
char *bs_question_get_text (const BsQuestion *self);      /* "y = w * x = ?" (transfer full) */
char *bs_question_get_note (const BsQuestion *self);      /* what is given, in a sentence; NULL (transfer full) */
/* One more of the way with each @i; NULL: no more (transfer full). */
char *bs_question_get_hint (const BsQuestion *self, guint i);
char *bs_question_get_solution (const BsQuestion *self);  /* "∂loss/∂w = 0.5 · 3 = 1.5" (transfer full) */

typedef enum {
  BS_VERDICT_UNREADABLE, /* no answer: not a number, or not so many */
  BS_VERDICT_WRONG,
  BS_VERDICT_ROUGH,      /* right as far as its digits go, which are too few */
  BS_VERDICT_RIGHT,
} BsVerdict;

typedef enum {
  BS_MISSED_NOTHING,    /* known: it is right, or nobody can tell */
  BS_MISSED_UPSTREAM,   /* the local derivative alone */
  BS_MISSED_LOCAL,      /* the upstream gradient alone */
  BS_MISSED_FACTOR,     /* another factor on the way to the loss */
  BS_MISSED_SIGN,
  BS_MISSED_PATH,       /* what came along another edge */
  BS_MISSED_OLD_GRAD,   /* what was in .grad before */
  BS_MISSED_NEW_GRAD,   /* what comes to .grad now */
  BS_MISSED_MEAN,       /* 1/n */
  BS_MISSED_SUM,        /* of what was broadcast, or the other way round: averaged what is summed */
  BS_MISSED_ORDER,      /* the operands are swapped */
  BS_MISSED_TRANSPOSE,
  BS_MISSED_OPERATION,  /* another operation on the same operands */
  BS_MISSED_POWER,      /* 2·x for x², or its derivative without the factor or with the old exponent */
  BS_MISSED_DERIVATIVE, /* the value for the derivative, or the other way round */
  BS_MISSED_RATE,       /* of learning */
  BS_MISSED_DIRECTION,  /* uphill */
  BS_MISSED_WHOLE,      /* only the change, not what comes of it */
  BS_MISSED_CHANGE,     /* the old number */
  BS_N_MISSED,
} BsMissed;

typedef struct {
  BsVerdict verdict;
  BsMissed missed;
  char *text;  /* a sentence or two for a person */
} BsJudgement;

void bs_judgement_clear (BsJudgement *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsJudgement, bs_judgement_clear)
void bs_question_judge (const BsQuestion *self, const char *answer, BsJudgement *out);

/* --- a lesson -------------------------------------------------------------------------------------------------------------
 * The question at the cursor and a quiet count. Stepping over a question leaves it unanswered; a question counts once. */

typedef struct _BsLesson BsLesson;

typedef struct { guint right, asked, skipped, later; } BsScore; /* right: at the first try; later: at a further one; asked: answered, or shown */

BsLesson *bs_lesson_new (void);
void bs_lesson_free (BsLesson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsLesson, bs_lesson_free)
void bs_lesson_set_recording (BsLesson *self, BsRecording *recording); /* (nullable); the score stays */
void bs_lesson_set_ask (BsLesson *self, BsAsk ask);
BsAsk bs_lesson_get_ask (const BsLesson *self);
/* The cursor stands at @step. @walked: by a step of a person, who has left the question behind if it is in the past now. */
void bs_lesson_move (BsLesson *self, guint32 step, gboolean walked);
const BsQuestion *bs_lesson_get_question (const BsLesson *self); /* NULL */
void bs_lesson_answer (BsLesson *self, const char *answer, BsJudgement *out);
char *bs_lesson_hint (BsLesson *self); /* the next one, or the last again; NULL: none (transfer full) */
void bs_lesson_give_up (BsLesson *self); /* it is shown */
BsScore bs_lesson_get_score (const BsLesson *self);
void bs_lesson_set_score (BsLesson *self, const BsScore *score);

G_END_DECLS
