/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "lesson-text.h"
#include "lesson.h"
#include "progress.h"

struct _BackstepLesson
{
  GtkWidget parent_instance;

  GtkWidget *scrolled, *title, *text, *heading, *questions, *next_button;
  char *id;     /* owned (nullable) */
  GFile *next;  /* owned (nullable) */
  gboolean setting;
};

G_DEFINE_FINAL_TYPE (BackstepLesson, backstep_lesson, GTK_TYPE_WIDGET)

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_ticked (GtkCheckButton *button, BackstepLesson *self)
{
  guint question = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "question"));

  if (self->id && !self->setting)
    backstep_progress_tick (backstep_progress_get (), self->id, question, gtk_check_button_get_active (button));
}

static GtkWidget *
new_text (const char *css)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css)
    gtk_widget_add_css_class (label, css);
  return label;
}

static void
add_question (BackstepLesson *self, guint i, const char *question)
{
  GtkWidget *button = gtk_check_button_new (), *label = new_text (NULL);

  gtk_label_set_text (GTK_LABEL (label), question);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, question, -1);
  g_object_set_data (G_OBJECT (button), "question", GUINT_TO_POINTER (i));
  g_signal_connect (button, "toggled", G_CALLBACK (on_ticked), self);
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_box_append (GTK_BOX (self->questions), button);
}

static void
show_ticks (BackstepLesson *self)
{
  BackstepReached reached = self->id ? backstep_progress_look (backstep_progress_get (), self->id) : (BackstepReached) { 0 };
  guint i = 0;

  self->setting = TRUE;
  for (GtkWidget *w = gtk_widget_get_first_child (self->questions); w; w = gtk_widget_get_next_sibling (w))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (w), (reached.ticked >> i++) & 1);
  self->setting = FALSE;
}

/* Another window, or "Forget", may have changed them. */
static void
on_progress (BackstepProgress *progress, const char *id, BackstepLesson *self)
{
  if (self->id && (id == NULL || g_str_equal (id, self->id)))
    show_ticks (self);
}

static void
on_next (GtkButton *button, BackstepLesson *self)
{
  g_autoptr (GFile) next = self->next ? g_object_ref (self->next) : NULL;

  if (next)
    g_signal_emit (self, signals[OPEN], 0, next);
}

gboolean
backstep_lesson_set (BackstepLesson *self, const char *id, const char *text, GFile *next)
{
  g_autoptr (BackstepLessonText) lesson = backstep_lesson_text_new (text, strlen (text));
  GtkWidget *child;
  guint n = g_strv_length (lesson->questions);

  g_free (self->id);
  self->id = g_strdup (id);
  g_set_object (&self->next, next);
  while ((child = gtk_widget_get_first_child (self->questions)) != NULL)
    gtk_box_remove (GTK_BOX (self->questions), child);
  gtk_label_set_text (GTK_LABEL (self->title), lesson->title ? lesson->title : "");
  gtk_label_set_text (GTK_LABEL (self->text), lesson->text);
  gtk_widget_set_visible (self->text, *lesson->text != '\0');
  for (guint i = 0; i < n; i++)
    add_question (self, i, lesson->questions[i]);
  show_ticks (self);
  gtk_widget_set_visible (self->heading, n > 0);
  gtk_widget_set_visible (self->next_button, next != NULL);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)), 0);
  return lesson->title != NULL && (n > 0 || id != NULL);
}

static void
backstep_lesson_dispose (GObject *object)
{
  BackstepLesson *self = BACKSTEP_LESSON (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_pointer (&self->id, g_free);
  g_clear_object (&self->next);
  G_OBJECT_CLASS (backstep_lesson_parent_class)->dispose (object);
}

static void
backstep_lesson_class_init (BackstepLessonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = backstep_lesson_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[OPEN] = g_signal_new ("open", BACKSTEP_TYPE_LESSON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_FILE);
}

static void
backstep_lesson_init (BackstepLesson *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  self->scrolled = gtk_scrolled_window_new ();
  self->title = new_text ("heading");
  self->text = new_text (NULL);
  self->heading = new_text ("dim-label");
  self->questions = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->next_button = gtk_button_new_with_mnemonic (_("Ne_xt lesson"));
  gtk_label_set_text (GTK_LABEL (self->heading), _("Questions. Tick what you can answer."));
  gtk_label_set_selectable (GTK_LABEL (self->text), TRUE);
  gtk_widget_set_can_focus (self->text, FALSE);
  gtk_widget_set_halign (self->next_button, GTK_ALIGN_START);
  g_signal_connect (self->next_button, "clicked", G_CALLBACK (on_next), self);
  gtk_box_append (GTK_BOX (box), self->title);
  gtk_box_append (GTK_BOX (box), self->text);
  gtk_box_append (GTK_BOX (box), self->heading);
  gtk_box_append (GTK_BOX (box), self->questions);
  gtk_box_append (GTK_BOX (box), self->next_button);
  gtk_widget_add_css_class (box, "lesson");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scrolled), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Lesson"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), box);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  g_signal_connect_object (backstep_progress_get (), "changed", G_CALLBACK (on_progress), self, 0);
}
