/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "predict.h"

#define FAR 200000 /* events that are looked through for the next question */

struct _BackstepPredict
{
  GtkWidget parent_instance;

  GtkWidget *box, *question, *score, *options, *entry, *check, *hint, *show, *next, *message;
  BsCursor *cursor;
  BsLesson *lesson;
  guint32 shown;       /* event of the question on the screen, + 1 */
  gboolean answered;   /* what is said is about the question before: it stays while the next one stands */
  gboolean awaits;     /* the step that shows the answer is on its way */
};

G_DEFINE_FINAL_TYPE (BackstepPredict, backstep_predict, GTK_TYPE_WIDGET)

enum { SEEK, LEAVE, SCORE_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- what is said ------------------------------------------------------------------------------------------------------- */

static void
say (BackstepPredict *self, const char *mark, const char *text, const char *css_class)
{
  static const char *const classes[] = { "right", "wrong", "note" };
  g_autofree char *whole = *mark ? g_strdup_printf ("%s %s", mark, text) : g_strdup (text);

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (self->message, classes[i]);
  gtk_widget_add_css_class (self->message, css_class);
  gtk_label_set_text (GTK_LABEL (self->message), whole);
}

static void
show_score (BackstepPredict *self)
{
  BsScore score = bs_lesson_get_score (self->lesson);
  g_autofree char *short_text = g_strdup_printf ("%u / %u", score.right, score.asked), *text = NULL;

  if (score.later > 0)
    text = g_strdup_printf (_("%u right and %u at a further try, of %u asked, %u stepped over"), score.right, score.later, score.asked, score.skipped);
  else
    text = g_strdup_printf (_("%u right of %u asked, %u stepped over"), score.right, score.asked, score.skipped);
  gtk_label_set_text (GTK_LABEL (self->score), score.asked + score.skipped > 0 ? short_text : "");
  gtk_widget_set_tooltip_text (self->score, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->score), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
show_question (BackstepPredict *self, const BsQuestion *question)
{
  g_autofree char *text = question ? bs_question_get_text (question) : g_strdup (_("Nothing to predict here."));
  g_autofree char *note = question ? bs_question_get_note (question) : g_strdup (_("Step on, or press Enter for the next question."));

  gtk_label_set_text (GTK_LABEL (self->question), text);
  gtk_widget_set_tooltip_text (self->question, text);
  gtk_widget_set_visible (self->check, question != NULL);
  gtk_widget_set_visible (self->hint, question != NULL);
  gtk_widget_set_visible (self->show, question != NULL);
  gtk_widget_set_visible (self->next, question == NULL);
  if (!self->answered)
    say (self, "", note ? note : "", "note");
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

static void
score_changed (BackstepPredict *self)
{
  show_score (self);
  g_signal_emit (self, signals[SCORE_CHANGED], 0);
}

void
backstep_predict_refresh (BackstepPredict *self, gboolean walked)
{
  BsScore before = bs_lesson_get_score (self->lesson), after;
  const BsQuestion *question;
  guint32 shown;

  if (self->cursor == NULL)
    return;
  bs_lesson_move (self->lesson, bs_cursor_get_step (self->cursor), walked);
  after = bs_lesson_get_score (self->lesson);
  question = bs_lesson_get_question (self->lesson);
  shown = question ? bs_question_get_event (question) + 1 : 0;
  if (shown != self->shown)
    {
      self->answered = self->answered && self->awaits;
      show_question (self, question);
    }
  self->awaits = FALSE;
  self->shown = shown;
  if (before.skipped != after.skipped)
    score_changed (self);
}

guint32
backstep_predict_get_covered (BackstepPredict *self, gboolean *grad)
{
  const BsQuestion *question = bs_lesson_get_question (self->lesson);

  *grad = question && bs_question_is_gradient (question);
  return question ? bs_question_get_tensor (question) : 0;
}

/* --- answering ---------------------------------------------------------------------------------------------------------- */

/* The program takes the step that was asked about: the number stands where the question mark was. */
static void
uncover (BackstepPredict *self)
{
  const BsQuestion *question = bs_lesson_get_question (self->lesson);

  self->answered = self->awaits = TRUE;
  g_signal_emit (self, signals[SEEK], 0, bs_question_get_event (question) + 1);
}

static void
answer (BackstepPredict *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_auto (BsJudgement) judgement = { 0 };

  bs_lesson_answer (self->lesson, text, &judgement);
  switch (judgement.verdict)
    {
    case BS_VERDICT_RIGHT:
      say (self, "✓", judgement.text, "right");
      break;
    case BS_VERDICT_WRONG:
      say (self, "✗", judgement.text, "wrong");
      break;
    default:
      say (self, judgement.verdict == BS_VERDICT_ROUGH ? "≈" : "", judgement.text, "note");
    }
  score_changed (self);
  if (judgement.verdict == BS_VERDICT_RIGHT)
    uncover (self);
  else
    gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}

static void
on_check (GtkButton *button, BackstepPredict *self)
{
  if (bs_lesson_get_question (self->lesson))
    answer (self);
  backstep_predict_focus (self);
}

static void
on_activate (GtkEntry *entry, BackstepPredict *self)
{
  if (bs_lesson_get_question (self->lesson) == NULL)
    backstep_predict_go_on (self);
  else
    answer (self);
}

static void
on_hint (GtkButton *button, BackstepPredict *self)
{
  g_autofree char *hint = bs_lesson_hint (self->lesson);

  say (self, "", hint ? hint : _("There is no hint for this one."), "note");
  backstep_predict_focus (self);
}

static void
on_show (GtkButton *button, BackstepPredict *self)
{
  const BsQuestion *question = bs_lesson_get_question (self->lesson);
  g_autofree char *solution = question ? bs_question_get_solution (question) : NULL;

  if (question == NULL)
    return;
  say (self, "→", solution, "note");
  bs_lesson_give_up (self->lesson);
  score_changed (self);
  uncover (self);
  backstep_predict_focus (self);
}

void
backstep_predict_go_on (BackstepPredict *self)
{
  BsRecording *recording = self->cursor ? bs_cursor_get_recording (self->cursor) : NULL;
  guint32 step = recording ? bs_cursor_get_step (self->cursor) : 0, found;
  const BsQuestion *question;

  if (recording == NULL)
    return;
  /* Keys may come faster than frames. */
  bs_lesson_move (self->lesson, step, TRUE);
  question = bs_lesson_get_question (self->lesson);
  if (question)
    step = bs_question_get_event (question) + 1;
  found = bs_question_find (recording, step, bs_lesson_get_ask (self->lesson), FAR);
  if (found == BS_NO_QUESTION)
    say (self, "", _("There is no further question of this kind."), "note");
  else
    g_signal_emit (self, signals[SEEK], 0, found);
}

void
backstep_predict_reset (BackstepPredict *self)
{
  const BsScore none = { 0 };

  bs_lesson_set_score (self->lesson, &none);
  score_changed (self);
}

/* --- keys --------------------------------------------------------------------------------------------------------------- */

/* Page Up and Down step always, the arrows as long as there is no text to walk in. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepPredict *self)
{
  static const struct { guint key; const char *action; gboolean always; } keys[] = {
    { GDK_KEY_Page_Down, "win.step-next", TRUE }, { GDK_KEY_Page_Up, "win.step-previous", TRUE },
    { GDK_KEY_Right, "win.step-next", FALSE }, { GDK_KEY_Left, "win.step-previous", FALSE },
    { GDK_KEY_Down, "win.phase-next", FALSE }, { GDK_KEY_Up, "win.phase-previous", FALSE },
  };
  gboolean empty = *gtk_editable_get_text (GTK_EDITABLE (self->entry)) == '\0';

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK))
    return FALSE;
  if (key == GDK_KEY_Escape)
    {
      if (empty)
        g_signal_emit (self, signals[LEAVE], 0);
      gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == key && (keys[i].always || empty))
      {
        gtk_widget_activate_action (GTK_WIDGET (self), keys[i].action, NULL);
        return TRUE;
      }
  return FALSE;
}

void
backstep_predict_focus (BackstepPredict *self)
{
  gtk_widget_grab_focus (self->entry);
}

/* --- what is remembered --------------------------------------------------------------------------------------------------- */

char **
backstep_predict_dup_score (BackstepPredict *self)
{
  BsScore score = bs_lesson_get_score (self->lesson);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const guint numbers[] = { score.right, score.asked, score.skipped, score.later };

  for (guint i = 0; i < G_N_ELEMENTS (numbers) && score.asked + score.skipped > 0; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", numbers[i]);

      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

void
backstep_predict_set_score (BackstepPredict *self, const char *const *score)
{
  guint numbers[4] = { 0 };
  BsScore read;

  for (guint i = 0; score && score[i] && i < G_N_ELEMENTS (numbers); i++)
    numbers[i] = MIN (g_ascii_strtoull (score[i], NULL, 10), 1000000);
  read = (BsScore) { MIN (numbers[0], numbers[1]), numbers[1], numbers[2], 0 };
  read.later = MIN (numbers[3], read.asked - read.right);
  bs_lesson_set_score (self->lesson, &read);
  show_score (self);
}

/* --- the widget ----------------------------------------------------------------------------------------------------------- */

void
backstep_predict_set_ask (BackstepPredict *self, BsAsk ask)
{
  if (ask == bs_lesson_get_ask (self->lesson))
    return;
  bs_lesson_set_ask (self->lesson, ask);
  self->shown = G_MAXUINT32;
  self->answered = FALSE;
}

void
backstep_predict_set_cursor (BackstepPredict *self, BsCursor *cursor)
{
  g_set_object (&self->cursor, cursor);
  bs_lesson_set_recording (self->lesson, cursor ? bs_cursor_get_recording (cursor) : NULL);
  self->shown = G_MAXUINT32;
  self->answered = self->awaits = FALSE;
}

static void
backstep_predict_dispose (GObject *object)
{
  BackstepPredict *self = BACKSTEP_PREDICT (object);

  g_clear_object (&self->cursor);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (backstep_predict_parent_class)->dispose (object);
}

static void
backstep_predict_finalize (GObject *object)
{
  bs_lesson_free (BACKSTEP_PREDICT (object)->lesson);
  G_OBJECT_CLASS (backstep_predict_parent_class)->finalize (object);
}

#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, BackstepPredict, name)
#define CALLBACK(name) gtk_widget_class_bind_template_callback (widget_class, name)

static void
backstep_predict_class_init (BackstepPredictClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_predict_dispose;
  G_OBJECT_CLASS (klass)->finalize = backstep_predict_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/predict.ui");
  CHILD (box); CHILD (question); CHILD (score); CHILD (options); CHILD (entry); CHILD (check); CHILD (hint); CHILD (show); CHILD (next);
  CHILD (message);
  CALLBACK (on_activate); CALLBACK (on_check); CALLBACK (on_hint); CALLBACK (on_show);
  signals[SEEK] = g_signal_new ("seek", BACKSTEP_TYPE_PREDICT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[LEAVE] = g_signal_new ("leave", BACKSTEP_TYPE_PREDICT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SCORE_CHANGED] = g_signal_new ("score-changed", BACKSTEP_TYPE_PREDICT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_predict_init (BackstepPredict *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->lesson = bs_lesson_new ();
  self->shown = G_MAXUINT32;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (self->entry, keys);
}
