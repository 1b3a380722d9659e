/* SPDX-License-Identifier: MIT */

/* Questions about recorded scripts, and what is said to those who answer them: right, and what they missed. */

#include "evaluate/predict.h"
#include "session/session.h"

#include <math.h>
#include <string.h>

static BsRecording *
record_text (const char *text)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "backstep-predict-test.py", NULL);
  g_autofree char *whole = g_strconcat ("import torch\n", text, NULL);
  BsSessionOptions options = { .path = path };
  g_autoptr (GError) error = NULL;
  BsRecording *recording;

  g_assert_true (g_file_set_contents (path, whole, -1, NULL));
  recording = bs_session_run (&options, NULL, &error);
  g_assert_no_error (error);
  return recording;
}

/* The @nth question whose text begins with @begin. */
static BsQuestion *
find (BsRecording *recording, const char *begin, guint nth)
{
  GString *seen = g_string_new (NULL);
  BsQuestion *found = NULL;

  for (guint32 step = 0; found == NULL && (step = bs_question_find (recording, step, BS_ASK_ALL, G_MAXUINT32)) != BS_NO_QUESTION;) {
    g_autoptr (BsQuestion) question = bs_question_new (recording, step, BS_ASK_ALL);
    g_autofree char *text = NULL;

    g_assert_nonnull (question);
    text = bs_question_get_text (question);
    g_string_append_printf (seen, "%s\n", text);
    step = bs_question_get_event (question) + 1;
    if (g_str_has_prefix (text, begin) && nth-- == 0)
      found = g_steal_pointer (&question);
  }
  if (found == NULL)
    g_error ("no question %s among\n%s", begin, seen->str);
  g_string_free (seen, TRUE);
  return found;
}

static void
check (BsRecording *recording, const char *begin, guint nth, const char *answer, BsVerdict verdict, BsMissed missed)
{
  g_autoptr (BsQuestion) question = find (recording, begin, nth);
  g_auto (BsJudgement) judgement = { 0 };

  bs_question_judge (question, answer, &judgement);
  if (judgement.verdict != verdict || judgement.missed != missed) {
    g_printerr ("%s answered %s: verdict %d, missed %d: %s\n", begin, answer, judgement.verdict, judgement.missed, judgement.text);
    g_test_fail ();
  }
  g_assert_nonnull (judgement.text);
}

#define RIGHT(begin, nth, answer) check (recording, begin, nth, answer, BS_VERDICT_RIGHT, BS_MISSED_NOTHING)
#define WRONG(begin, nth, answer, missed) check (recording, begin, nth, answer, BS_VERDICT_WRONG, BS_MISSED_##missed)
#define ROUGH(begin, nth, answer) check (recording, begin, nth, answer, BS_VERDICT_ROUGH, BS_MISSED_NOTHING)
#define UNREADABLE(begin, nth, answer) check (recording, begin, nth, answer, BS_VERDICT_UNREADABLE, BS_MISSED_NOTHING)

static const char chain[] =
  "x = torch.tensor(3.0)\n"
  "w = torch.tensor(2.0, requires_grad=True)\n"
  "y = w * x\n"
  "loss = y ** 2\n"
  "loss.backward()\n";

static void
test_answers (void)
{
  g_autoptr (BsRecording) recording = record_text (chain);

  RIGHT ("y = ", 0, "6");
  RIGHT ("y = ", 0, " 6.0 ");
  RIGHT ("y = ", 0, "w*x");
  RIGHT ("y = ", 0, "w·x");
  RIGHT ("y = ", 0, "3w");
  RIGHT ("y = ", 0, "y = 2 × 3");
  RIGHT ("y = ", 0, "12/2");
  RIGHT ("y = ", 0, "6,0");
  RIGHT ("y = ", 0, "６．０");
  RIGHT ("y = ", 0, "（w＋１）＊２");
  RIGHT ("loss = ", 0, "y²");
  RIGHT ("loss = ", 0, "y^2");
  RIGHT ("loss = ", 0, "36");
  RIGHT ("loss = ", 0, "[36]");
  RIGHT ("∂loss/∂w = ", 0, "2y·x");
  RIGHT ("∂loss/∂w = ", 0, "y.grad * x");
  RIGHT ("∂loss/∂w = ", 0, "36");
  UNREADABLE ("y = ", 0, "");
  UNREADABLE ("y = ", 0, "   ");
  UNREADABLE ("y = ", 0, "w *");
  UNREADABLE ("y = ", 0, "1, 2");
  UNREADABLE ("y = ", 0, "y");
  UNREADABLE ("y = ", 0, "'six'");
  UNREADABLE ("y = ", 0, "\xff\xfe");
  UNREADABLE ("y = ", 0, "]]][[[");
  WRONG ("y = ", 0, "nan", NOTHING);
}

static void
test_digits (void)
{
  g_autoptr (BsRecording) recording = record_text ("a = torch.tensor(3.0, requires_grad=True)\n"
                                                   "b = 1 / a\n"
                                                   "c = a * 6.5333333\n"
                                                   "d = (a - 3) * 1\n"
                                                   "e = (a - 3) / 0\n");

  RIGHT ("b = ", 0, "1/3");
  RIGHT ("b = ", 0, "0.333");
  ROUGH ("b = ", 0, "0.33");
  RIGHT ("b = ", 0, ".3333");
  RIGHT ("b = ", 0, "3.33e-1");
  ROUGH ("b = ", 0, "0.3");
  WRONG ("b = ", 0, "0.4", NOTHING);
  WRONG ("b = ", 0, "0.3344", NOTHING);
  RIGHT ("c = ", 0, "19.6");
  ROUGH ("c = ", 0, "20");
  RIGHT ("d = ", 0, "0");
  RIGHT ("e = ", 0, "nan");
  WRONG ("e = ", 0, "inf", NOTHING);
}

static void
test_values (void)
{
  g_autoptr (BsRecording) recording = record_text ("a = torch.tensor(5.0, requires_grad=True)\n"
                                                   "b = torch.tensor(2.0)\n"
                                                   "c = a - b\n"
                                                   "d = a ** 3\n"
                                                   "e = a / b\n"
                                                   "v = torch.tensor([1., 2., 6.])\n"
                                                   "m = (a * v).mean()\n"
                                                   "s = (a * v).sum()\n"
                                                   "r = torch.relu(c - 9)\n");

  RIGHT ("c = ", 0, "3");
  WRONG ("c = ", 0, "-3", ORDER);
  WRONG ("c = ", 0, "7", OPERATION);
  WRONG ("c = ", 0, "10", OPERATION);
  WRONG ("c = ", 0, "5", OPERATION); /* what goes in */
  WRONG ("d = ", 0, "15", POWER);
  WRONG ("d = ", 0, "75", DERIVATIVE);
  WRONG ("d = ", 0, "-125", SIGN);
  WRONG ("e = ", 0, "0.4", ORDER);
  WRONG ("e = ", 0, "10", OPERATION);
  RIGHT ("m = ", 0, "15");
  WRONG ("m = ", 0, "45", MEAN);
  WRONG ("s = ", 0, "15", SUM);
  RIGHT ("a · v = ", 0, "[5, 10, 30]");
  RIGHT ("a · v = ", 0, "5 10 30");
  RIGHT ("a · v = ", 0, "5；10；30");
  RIGHT ("a · v = ", 0, "a * v");
  WRONG ("a · v = ", 0, "[5, 10, 31]", NOTHING);
  UNREADABLE ("a · v = ", 0, "[5, 10]");
  RIGHT ("r = ", 0, "0");
  WRONG ("r = ", 0, "-6", OPERATION);
}

static void
test_chain (void)
{
  g_autoptr (BsRecording) recording = record_text (chain);
  g_autoptr (BsRecording) longer = record_text ("w = torch.tensor(2.0, requires_grad=True)\n"
                                                "a = w * 3\n"
                                                "b = a * 7\n"
                                                "loss = b * 11\n"
                                                "loss.backward()\n");

  WRONG ("∂loss/∂y = ", 0, "6", POWER);   /* without the 2 */
  WRONG ("∂loss/∂y = ", 0, "72", POWER);  /* 2·y² */
  WRONG ("∂loss/∂y = ", 0, "36", POWER);  /* the value */
  WRONG ("∂loss/∂y = ", 0, "-12", SIGN);
  WRONG ("∂loss/∂y = ", 0, "1", LOCAL);
  WRONG ("∂loss/∂w = ", 0, "3", UPSTREAM);
  WRONG ("∂loss/∂w = ", 0, "12", LOCAL);
  WRONG ("∂loss/∂w = ", 0, "24", ORDER);  /* what flows to x */
  WRONG ("∂loss/∂w = ", 0, "-36", SIGN);
  WRONG ("∂loss/∂w = ", 0, "18", FACTOR);
  WRONG ("∂loss/∂w = ", 0, "1234", NOTHING);

  g_set_object (&recording, longer);
  RIGHT ("∂loss/∂w = ", 0, "231");
  WRONG ("∂loss/∂w = ", 0, "33", FACTOR); /* ∂b/∂a */
  WRONG ("∂loss/∂w = ", 0, "21", FACTOR); /* ∂loss/∂b */
  WRONG ("∂loss/∂w = ", 0, "77", LOCAL);
}

static void
test_paths (void)
{
  g_autoptr (BsRecording) recording = record_text ("a = torch.tensor(2.0, requires_grad=True)\n"
                                                   "b = a * 3\n"
                                                   "c = a * 5\n"
                                                   "loss = b * c\n" /* 6 · 10; ∂b = 10, ∂c = 6; ∂a = 30 + 30 */
                                                   "loss.backward()\n");
  g_autoptr (BsRecording) other = record_text ("a = torch.tensor(2.0, requires_grad=True)\n"
                                               "b = a * 3\n"
                                               "loss = b + a ** 2\n" /* 3 + 4 */
                                               "loss.backward()\n");

  RIGHT ("∂loss/∂a = ", 0, "30");
  RIGHT ("∂loss/∂a = ", 1, "60");
  WRONG ("∂loss/∂a = ", 1, "30", PATH);
  g_set_object (&recording, other);
  RIGHT ("∂loss/∂a = ", 1, "7");
  WRONG ("∂loss/∂a = ", 1, "3", PATH);
  {
    g_autoptr (BsQuestion) question = find (recording, "∂loss/∂a = ", 1);
    g_autofree char *note = bs_question_get_note (question), *solution = bs_question_get_solution (question);

    g_assert_nonnull (strstr (note, "has arrived already"));
    g_assert_true (g_str_has_suffix (solution, "= 7"));
  }
}

static void
test_old_gradients (void)
{
  g_autoptr (BsRecording) recording = record_text ("w = torch.tensor(2.0, requires_grad=True)\n"
                                                   "for i in range(2):\n"
                                                   "    loss = w ** 2 * (i + 1)\n"
                                                   "    loss.backward()\n"
                                                   "with torch.no_grad():\n"
                                                   "    w -= 0.1 * w.grad\n"); /* 4, then 8: 12 */

  RIGHT ("w.grad = ", 0, "12");
  RIGHT ("w.grad = ", 0, "4 + 8");
  WRONG ("w.grad = ", 0, "8", OLD_GRAD);
  WRONG ("w.grad = ", 0, "4", NEW_GRAD);
  WRONG ("w.grad = ", 0, "-4", SIGN);
  WRONG ("∂loss/∂w = ", 1, "12", OLD_GRAD);
  RIGHT ("w, after the update", 0, "0.8");
  WRONG ("w, after the update", 0, "1.2", OLD_GRAD); /* with the 8 alone */
}

static void
test_updates (void)
{
  g_autoptr (BsRecording) recording = record_text ("w = torch.tensor(2.0, requires_grad=True)\n"
                                                   "lr = 0.1\n"
                                                   "loss = w ** 2\n"
                                                   "loss.backward()\n" /* 4 */
                                                   "with torch.no_grad():\n"
                                                   "    w -= lr * w.grad\n");
  const char *const w = "w, after the update";

  RIGHT (w, 0, "1.6");
  RIGHT (w, 0, "w - lr * w.grad");
  WRONG (w, 0, "-2", RATE);
  WRONG (w, 0, "6", RATE);
  WRONG (w, 0, "2.4", DIRECTION);
  WRONG (w, 0, "2", CHANGE);
  WRONG (w, 0, "0.4", WHOLE);
  WRONG (w, 0, "-0.4", WHOLE);
  WRONG (w, 0, "4", WHOLE);
  WRONG (w, 0, "1.9", LOCAL);
}

static void
test_optimizer (void)
{
  g_autoptr (BsRecording) recording = record_text ("w = torch.nn.Parameter(torch.tensor([1., 2.]))\n"
                                                   "optimizer = torch.optim.SGD([w], lr=0.25)\n"
                                                   "loss = (w * w).sum()\n"
                                                   "loss.backward()\n"
                                                   "optimizer.step()\n");

  RIGHT ("w, after the update", 0, "[0.5, 1]");
  WRONG ("w, after the update", 0, "[1.5, 3]", DIRECTION);
}

static void
test_tensors (void)
{
  g_autoptr (BsRecording) recording = record_text (
    "a = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)\n"
    "b = torch.tensor([[5., 6.], [7., 8.]])\n"
    "o = torch.ones(2, 2)\n"
    "c = a @ b\n" /* 19 22 43 50 */
    "loss = c.sum()\n"
    "loss.backward()\n"); /* ∂a = 1 @ bᵀ: 11 15 11 15 */
  g_autoptr (BsRecording) other = record_text ("w = torch.tensor(2.0, requires_grad=True)\n"
                                               "x = torch.tensor([1., 2., 6.])\n"
                                               "loss = ((w * x) ** 2).mean()\n"
                                               "loss.backward()\n");
  g_autoptr (BsRecording) large = record_text ("w = torch.ones(4, 3, requires_grad=True)\n"
                                               "v = torch.arange(3.)\n"
                                               "u = w * v\n"
                                               "z = torch.ones(20, requires_grad=True) * torch.arange(20.)\n");

  RIGHT ("c = ", 0, "[[19, 22], [43, 50]]");
  RIGHT ("c = ", 0, "19 22 43 50");
  RIGHT ("c = ", 0, "a @ b");
  WRONG ("c = ", 0, "b @ a", ORDER);
  WRONG ("c = ", 0, "a * b", OPERATION);
  WRONG ("c = ", 0, "a @ b.T", TRANSPOSE);
  RIGHT ("∂loss/∂a = ", 0, "[[11, 15], [11, 15]]");
  RIGHT ("∂loss/∂a = ", 0, "o @ b.T");
  WRONG ("∂loss/∂a = ", 0, "o @ b", TRANSPOSE);

  g_set_object (&recording, other);
  /* ∂(wx)²: 1/3 each; ∂(wx) = 2·wx/3: 4/3 8/3 8; ∂w = Σ x·2wx/3 = 4/3 + 16/3 + 48 */
  RIGHT ("∂loss/∂((w * x) ** 2) = ", 0, "[1/3, 1/3, 1/3]");
  WRONG ("∂loss/∂((w * x) ** 2) = ", 0, "[1, 1, 1]", MEAN);
  RIGHT ("∂loss/∂w = ", 0, "54.667");
  WRONG ("∂loss/∂w = ", 0, "18.222", SUM);
  WRONG ("∂loss/∂w = ", 0, "9", UPSTREAM);

  g_set_object (&recording, large);
  RIGHT ("u[0] = ", 0, "[0, 1, 2]");
  RIGHT ("u[0] = ", 0, "w * v");
  RIGHT ("z[1] = ", 0, "1");
}

static void
test_what_is_asked (void)
{
  g_autoptr (BsRecording) recording = record_text (chain);
  const BsAsk kinds[] = { BS_ASK_VALUES, BS_ASK_GRADIENTS, BS_ASK_UPDATES };
  guint counts[3] = { 0 };

  for (guint k = 0; k < 3; k++)
    for (guint32 step = 0; (step = bs_question_find (recording, step, kinds[k], G_MAXUINT32)) != BS_NO_QUESTION; counts[k]++) {
      g_autoptr (BsQuestion) question = bs_question_new (recording, step, kinds[k]);

      g_assert_cmpint (bs_question_get_ask (question), ==, kinds[k]);
      g_assert_cmpuint (bs_question_get_event (question), >=, step);
      step = bs_question_get_event (question) + 1;
    }
  g_assert_cmpuint (counts[0], ==, 2); /* y, loss */
  g_assert_cmpuint (counts[1], ==, 2); /* ∂y, ∂w; not w.grad, which shows what has just flowed */
  g_assert_cmpuint (counts[2], ==, 0);
}

static void
test_hints (void)
{
  g_autoptr (BsRecording) recording = record_text (chain);
  g_autoptr (BsQuestion) question = find (recording, "∂loss/∂w = ", 0);
  g_autofree char *first = bs_question_get_hint (question, 0), *second = bs_question_get_hint (question, 1);
  g_autofree char *third = bs_question_get_hint (question, 2), *none = bs_question_get_hint (question, 3);
  g_autofree char *solution = bs_question_get_solution (question);

  g_assert_nonnull (strstr (first, "∂loss/∂y · ∂y/∂w"));
  g_assert_cmpstr (second, ==, "∂loss/∂w = ∂loss/∂y · x");
  g_assert_cmpstr (third, ==, "∂loss/∂w = 12 · 3");
  g_assert_null (none);
  g_assert_cmpstr (solution, ==, "∂loss/∂w = 12 · 3 = 36");
}

static void
test_lesson (void)
{
  g_autoptr (BsRecording) recording = record_text (chain);
  g_autoptr (BsLesson) lesson = bs_lesson_new ();
  g_auto (BsJudgement) judgement = { 0 };
  guint32 event;
  BsScore score;

  bs_lesson_set_recording (lesson, recording);
  bs_lesson_move (lesson, bs_question_find (recording, 0, BS_ASK_ALL, G_MAXUINT32), TRUE);
  g_assert_nonnull (bs_lesson_get_question (lesson));
  bs_lesson_answer (lesson, "five", &judgement);
  bs_judgement_clear (&judgement);
  score = bs_lesson_get_score (lesson);
  g_assert_cmpuint (score.asked, ==, 0); /* no answer */
  bs_lesson_answer (lesson, "5", &judgement);
  bs_judgement_clear (&judgement);
  bs_lesson_answer (lesson, "6", &judgement);
  score = bs_lesson_get_score (lesson);
  g_assert_true (score.asked == 1 && score.right == 0 && score.later == 1 && score.skipped == 0);
  g_assert_cmpstr (judgement.text, ==, "Right at the second try: y = 2 · 3 = 6");
  bs_judgement_clear (&judgement);
  bs_lesson_answer (lesson, "6", &judgement);
  score = bs_lesson_get_score (lesson);
  g_assert_true (score.asked == 1 && score.right == 0 && score.later == 1); /* once */

  /* The next is stepped over, then come back to. */
  event = bs_question_get_event (bs_lesson_get_question (lesson));
  bs_lesson_move (lesson, event + 1, TRUE);
  event = bs_question_get_event (bs_lesson_get_question (lesson));
  bs_lesson_move (lesson, event + 1, TRUE);
  score = bs_lesson_get_score (lesson);
  g_assert_true (score.asked == 1 && score.skipped == 1);
  bs_lesson_move (lesson, event, TRUE);
  bs_lesson_give_up (lesson);
  score = bs_lesson_get_score (lesson);
  g_assert_true (score.asked == 2 && score.right == 0 && score.later == 1 && score.skipped == 0);

  /* To the end at once is nobody's answer to anything. */
  bs_lesson_move (lesson, event + 1, TRUE);
  bs_lesson_move (lesson, bs_recording_get_n_events (recording), FALSE);
  g_assert_null (bs_lesson_get_question (lesson));
  score = bs_lesson_get_score (lesson);
  g_assert_cmpuint (score.skipped, ==, 0);
}

/* Whatever is typed, it is judged. */
static void
test_garbage (void)
{
  static const char letters[] = "0123456789.,;eE+-*/^()[]{} wxy=<>!'\"\\²³·×−∂√∞，（）\t\n#@";
  g_autoptr (BsRecording) recording = record_text (chain);
  g_autoptr (BsQuestion) question = find (recording, "y = ", 0);
  g_autofree char *deep = g_strnfill (300, '[');
  g_auto (BsJudgement) first = { 0 };

  bs_question_judge (question, deep, &first);
  for (guint i = 0; i < 20000; i++) {
    g_auto (BsJudgement) judgement = { 0 };
    char text[24] = { 0 };

    for (guint k = g_test_rand_int_range (0, sizeof text - 1); k > 0; k--)
      text[k - 1] = letters[g_test_rand_int_range (0, sizeof letters - 1)];
    bs_question_judge (question, text, &judgement);
    g_assert_nonnull (judgement.text);
  }
}

/* Nothing to ask for in a long run is found out in no time. */
static void
test_long_run (void)
{
  g_autoptr (BsRecording) recording = record_text ("a = torch.tensor(1.0, requires_grad=True)\n"
                                                   "for i in range(20000):\n"
                                                   "    b = a * 1.5\n"
                                                   "b.backward()\n");
  gint64 begin = g_get_monotonic_time (), updates, all;
  guint n = 0;

  g_assert_cmpuint (bs_question_find (recording, 0, BS_ASK_UPDATES, G_MAXUINT32), ==, BS_NO_QUESTION);
  updates = g_get_monotonic_time () - begin;
  begin = g_get_monotonic_time ();
  for (guint32 step = 0; (step = bs_question_find (recording, step, BS_ASK_ALL, G_MAXUINT32)) != BS_NO_QUESTION; n++) {
    g_autoptr (BsQuestion) question = bs_question_new (recording, step, BS_ASK_ALL);

    step = bs_question_get_event (question) + 1;
  }
  all = g_get_monotonic_time () - begin;
  g_test_message ("%u events: %.1f ms for none, %.1f µs for each of %u questions", bs_recording_get_n_events (recording),
                  updates / 1e3, (double) all / n, n);
  g_assert_cmpuint (n, ==, 20001);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/predict/answers", test_answers);
  g_test_add_func ("/predict/digits", test_digits);
  g_test_add_func ("/predict/values", test_values);
  g_test_add_func ("/predict/chain", test_chain);
  g_test_add_func ("/predict/paths", test_paths);
  g_test_add_func ("/predict/old-gradients", test_old_gradients);
  g_test_add_func ("/predict/updates", test_updates);
  g_test_add_func ("/predict/optimizer", test_optimizer);
  g_test_add_func ("/predict/tensors", test_tensors);
  g_test_add_func ("/predict/what-is-asked", test_what_is_asked);
  g_test_add_func ("/predict/hints", test_hints);
  g_test_add_func ("/predict/lesson", test_lesson);
  g_test_add_func ("/predict/garbage", test_garbage);
  g_test_add_func ("/predict/long-run", test_long_run);
  return g_test_run ();
}
