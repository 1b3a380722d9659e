/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "predict.h"

typedef enum { FRESH, TRIED, SKIPPED, DONE } Standing; /* of a question */

struct _BsLesson {
  BsRecording *recording;
  BsQuestion *question;
  BsAsk ask;
  guint32 step;
  guint n_hints, n_wrong;
  BsScore score;
  GHashTable *standings; /* event + 1 -> Standing */
};

BsLesson *
bs_lesson_new (void)
{
  BsLesson *self = g_new0 (BsLesson, 1);

  self->ask = BS_ASK_ALL;
  self->standings = g_hash_table_new (NULL, NULL);
  return self;
}

void
bs_lesson_free (BsLesson *self)
{
  if (self == NULL)
    return;
  bs_question_free (self->question);
  g_clear_object (&self->recording);
  g_hash_table_unref (self->standings);
  g_free (self);
}

static gpointer
key_of (const BsQuestion *question)
{
  return GUINT_TO_POINTER (bs_question_get_event (question) + 1);
}

static Standing
get_standing (BsLesson *self)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->standings, key_of (self->question)));
}

/* A question counts once, whatever becomes of it later. */
static void
set_standing (BsLesson *self, Standing standing, gboolean right)
{
  Standing before = get_standing (self);

  if (before == DONE || before == standing)
    return;
  if (before == SKIPPED)
    self->score.skipped--;
  if (before == FRESH || before == SKIPPED)
    self->score.asked += standing != SKIPPED;
  self->score.skipped += standing == SKIPPED;
  self->score.right += right && before != TRIED;
  self->score.later += right && before == TRIED;
  g_hash_table_insert (self->standings, key_of (self->question), GUINT_TO_POINTER (standing));
}

static void
pose (BsLesson *self)
{
  g_clear_pointer (&self->question, bs_question_free);
  self->n_hints = self->n_wrong = 0;
  if (self->recording != NULL && self->step <= bs_recording_get_n_events (self->recording))
    self->question = bs_question_new (self->recording, self->step, self->ask);
}

void
bs_lesson_set_recording (BsLesson *self, BsRecording *recording)
{
  if (!g_set_object (&self->recording, recording))
    return;
  g_hash_table_remove_all (self->standings);
  self->step = 0;
  pose (self);
}

void
bs_lesson_set_ask (BsLesson *self, BsAsk ask)
{
  self->ask = ask;
  pose (self);
}

BsAsk
bs_lesson_get_ask (const BsLesson *self)
{
  return self->ask;
}

/* The same question stays, with its hints, while nothing happens that it is about. */
void
bs_lesson_move (BsLesson *self, guint32 step, gboolean walked)
{
  guint32 event = self->question != NULL ? bs_question_get_event (self->question) : 0;

  if (self->question != NULL && walked && self->step <= event && step > event && get_standing (self) == FRESH)
    set_standing (self, SKIPPED, FALSE);
  if (self->question != NULL && step >= self->step && step <= event) {
    self->step = step;
    return;
  }
  self->step = step;
  pose (self);
}

const BsQuestion *
bs_lesson_get_question (const BsLesson *self)
{
  return self->question;
}

/* Who has been told what was wrong has not predicted it. */
static void
say_later (BsLesson *self, BsJudgement *out)
{
  g_autofree char *solution = bs_question_get_solution (self->question);

  g_free (out->text);
  out->text = g_strdup_printf (self->n_wrong == 1 ? _("Right at the second try: %s") : _("Right at a further try: %s"), solution);
}

void
bs_lesson_answer (BsLesson *self, const char *answer, BsJudgement *out)
{
  g_return_if_fail (self->question != NULL);

  bs_question_judge (self->question, answer, out);
  if (out->verdict == BS_VERDICT_RIGHT) {
    if (get_standing (self) == TRIED)
      say_later (self, out);
    set_standing (self, DONE, TRUE);
  }
  else if (out->verdict == BS_VERDICT_WRONG) {
    self->n_wrong++;
    set_standing (self, TRIED, FALSE);
  }
}

char *
bs_lesson_hint (BsLesson *self)
{
  char *hint = self->question != NULL ? bs_question_get_hint (self->question, self->n_hints) : NULL;

  if (hint != NULL)
    self->n_hints++;
  else if (self->n_hints > 0)
    hint = bs_question_get_hint (self->question, self->n_hints - 1);
  return hint;
}

void
bs_lesson_give_up (BsLesson *self)
{
  if (self->question != NULL)
    set_standing (self, DONE, FALSE);
}

BsScore
bs_lesson_get_score (const BsLesson *self)
{
  return self->score;
}

void
bs_lesson_set_score (BsLesson *self, const BsScore *score)
{
  self->score = *score;
}
