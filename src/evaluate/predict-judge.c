/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "predict-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define EXACT 1e-5       /* relative: what float32 leaves of an exact answer */
#define NOTHING 2e-7     /* is as good as 0 */
#define BY_FORMULA 1e-3  /* relative, of numbers typed into a formula */
#define ROUNDED 1e-2     /* relative, of a number with few digits */
#define ONE_DIGIT 0.12   /* what rounding to one digit may be off: 0.3 for 1/3 */
#define NEARLY 3e-2

void
bs_judgement_clear (BsJudgement *self)
{
  g_clear_pointer (&self->text, g_free);
  self->verdict = BS_VERDICT_UNREADABLE;
  self->missed = BS_MISSED_NOTHING;
}

/* One number: right when it rounds to what is there at the digits given. */
static BsVerdict
compare (double answer, double unit, double truth)
{
  double off = fabs (answer - truth), size = fabs (truth);
  gboolean many = unit > 0 && fabs (answer) >= 100 * unit; /* three digits: cutting off will do */

  if (isnan (truth) || isinf (truth) || isnan (answer) || isinf (answer))
    return (isnan (truth) && isnan (answer)) || answer == truth ? BS_VERDICT_RIGHT : BS_VERDICT_WRONG;
  if (off <= EXACT * size + NOTHING)
    return BS_VERDICT_RIGHT;
  if (unit < 0)
    return off <= BY_FORMULA * size ? BS_VERDICT_RIGHT : BS_VERDICT_WRONG;
  if (unit > 0 && off <= (many ? 1 : 0.5) * unit * (1 + 1e-6))
    return off <= ROUNDED * size ? BS_VERDICT_RIGHT : off <= ONE_DIGIT * size ? BS_VERDICT_ROUGH : BS_VERDICT_WRONG;
  return off <= NEARLY * size && !many ? BS_VERDICT_ROUGH : BS_VERDICT_WRONG;
}

static BsVerdict
compare_all (const BsAnswer *answer, const double *truth)
{
  BsVerdict worst = BS_VERDICT_RIGHT;

  for (guint i = 0; i < answer->n; i++)
    worst = MIN (worst, compare (answer->numbers[i], answer->units[i], truth[i]));
  return worst;
}

/* Whether somebody who made this slip would be told so rightly: it gives another answer than the truth. */
static gboolean
tells (const BsQuestion *self, const BsSlip *slip, const double *truth)
{
  for (guint i = 0; i < self->n; i++)
    if (!(fabs (slip->numbers[i] - truth[i]) <= BY_FORMULA * fabs (truth[i]) + NOTHING))
      return isfinite (slip->numbers[i]);
  return FALSE;
}

/* By a small factor too little (or too much, as its inverse); 0: not so. Of a 1 everything is a multiple. */
static double
lost_factor (const BsAnswer *answer, const double *truth)
{
  static const double factors[] = { 2, 3, 4, 5, 6, 8, 10 };

  for (guint k = 0; k < 2 * G_N_ELEMENTS (factors); k++) {
    double factor = k & 1 ? 1 / factors[k / 2] : factors[k / 2];
    gboolean all = TRUE;

    for (guint i = 0; i < answer->n && all; i++)
      all = truth[i] != 0 && fabs (answer->numbers[i]) != 1 && fabs (answer->numbers[i] * factor - truth[i]) <= BY_FORMULA * fabs (truth[i]);
    if (all)
      return factor;
  }
  return 0;
}

static void
judge_wrong (const BsQuestion *self, const BsAnswer *answer, const double *truth, BsJudgement *out)
{
  g_autoptr (GPtrArray) slips = bs_question_list_slips (self);
  guint n_right = 0;
  double factor;

  for (guint i = 0; i < slips->len; i++) {
    const BsSlip *slip = slips->pdata[i];

    if (!tells (self, slip, truth) || compare_all (answer, slip->numbers) != BS_VERDICT_RIGHT)
      continue;
    out->missed = slip->missed;
    out->text = g_strdup (slip->text);
    return;
  }
  factor = lost_factor (answer, truth);
  if (factor != 0) {
    out->missed = BS_MISSED_FACTOR;
    /* Which, would be the answer. */
    out->text = g_strdup (factor > 1 ? _("A number is missing as a factor: what is right is a small multiple of that.")
                                     : _("There is a number too many as a factor: that is a small multiple of what is right."));
    return;
  }
  for (guint i = 0; i < self->n; i++)
    n_right += compare (answer->numbers[i], answer->units[i], truth[i]) == BS_VERDICT_RIGHT;
  if (n_right > 0)
    out->text = g_strdup_printf (ngettext ("%u of %u numbers is right.", "%u of %u numbers are right.", n_right), n_right, self->n);
  else
    out->text = g_strdup (_("Not right. Try again, or take a hint."));
}

void
bs_question_judge (const BsQuestion *self, const char *text, BsJudgement *out)
{
  g_autofree double *truth = bs_question_dup_numbers (self, &self->value);
  g_autofree char *problem = NULL, *solution = NULL;
  g_auto (BsAnswer) answer = { 0 };

  *out = (BsJudgement) { BS_VERDICT_UNREADABLE, BS_MISSED_NOTHING, NULL };
  if (!bs_answer_read (self, text, &answer, &problem)) {
    out->text = g_steal_pointer (&problem);
    return;
  }
  out->verdict = compare_all (&answer, truth);
  if (out->verdict == BS_VERDICT_RIGHT) {
    solution = bs_question_get_solution (self);
    out->text = g_strdup_printf (_("Right: %s"), solution);
  } else if (out->verdict == BS_VERDICT_ROUGH) {
    out->text = g_strdup (_("Nearly. Give it to three digits."));
  } else {
    judge_wrong (self, &answer, truth, out);
  }
}
