/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "card.h"
#include "pictures.h"
#include "progress.h"
#include "thumb.h"

struct _BackstepCard
{
  GtkFlowBoxChild parent_instance;

  GtkWidget *thumb, *bar, *state;
  BackstepExample *example;   /* owned */
  GCancellable *cancellable;  /* owned: of the picture that is awaited */
  char *theme;                /* owned: of the picture it has, or awaits */
  char *searched;             /* owned: everything a search looks at */
};

G_DEFINE_FINAL_TYPE (BackstepCard, backstep_card, GTK_TYPE_FLOW_BOX_CHILD)

static void
on_picture (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BackstepCard) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = backstep_picture_load_finish (result, &error);

  if (error == NULL && self->thumb)
    backstep_thumb_set_texture (BACKSTEP_THUMB (self->thumb), texture);
}

void
backstep_card_want_picture (BackstepCard *self, const char *theme)
{
  if (self->example->digest == NULL || self->example->problem || g_strcmp0 (self->theme, theme) == 0)
    return;
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_free (self->theme);
  self->theme = g_strdup (theme);
  backstep_picture_load_async (self->example->path, self->example->digest, theme, self->cancellable, on_picture, g_object_ref (self));
}

static guint
n_ticked (BackstepReached reached, guint n)
{
  guint count = 0;

  for (guint i = 0; i < n; i++)
    count += (reached.ticked >> i) & 1;
  return count;
}

static char *
describe (BackstepCard *self, BackstepReached reached)
{
  guint n = self->example->lesson ? g_strv_length (self->example->lesson->questions) : 0, ticked = n_ticked (reached, n);
  g_autofree char *way = NULL;

  if (!reached.opened)
    return g_strdup (_("Not opened yet"));
  way = reached.percent >= 100 ? g_strdup (_("✓ Seen to the end"))
                               /* Translators: how much of an example's run has been seen */
                               : g_strdup_printf (_("%d %% seen"), reached.percent);
  if (n == 0 || ticked == 0)
    return g_steal_pointer (&way);
  /* Translators: how much of a lesson was seen, and how many of its questions are answered: "62 % seen · questions 2/3" */
  return g_strdup_printf (_("%s · questions %u/%u"), way, ticked, n);
}

void
backstep_card_show_progress (BackstepCard *self)
{
  BackstepReached reached = backstep_progress_look (backstep_progress_get (), self->example->id);
  g_autofree char *text = self->example->problem ? g_strdup (self->example->problem) : describe (self, reached);
  /* Translators: what a screen reader says of an example: its title, its chapter, how much of it was seen */
  g_autofree char *name = g_strdup_printf (_("%s. %s. %s"), self->example->title, self->example->chapter, text);

  gtk_label_set_text (GTK_LABEL (self->state), text);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->bar), reached.percent / 100.0);
  gtk_widget_set_opacity (self->bar, reached.opened ? 1 : 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

gboolean
backstep_card_matches (BackstepCard *self, const char *const *words)
{
  for (int i = 0; words[i]; i++)
    if (strstr (self->searched, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

BackstepExample *
backstep_card_get_example (BackstepCard *self)
{
  return self->example;
}

static void
backstep_card_dispose (GObject *object)
{
  BackstepCard *self = BACKSTEP_CARD (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->example);
  g_clear_pointer (&self->theme, g_free);
  g_clear_pointer (&self->searched, g_free);
  self->thumb = NULL;
  G_OBJECT_CLASS (backstep_card_parent_class)->dispose (object);
}

static void
backstep_card_class_init (BackstepCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = backstep_card_dispose;
}

static void
backstep_card_init (BackstepCard *self)
{
}

static GtkWidget *
new_label (const char *text, int lines)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), lines);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 14);
  gtk_label_set_width_chars (GTK_LABEL (label), 14);
  return label;
}

static void
build (BackstepCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *below = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *title = new_label (self->example->title, 3);

  self->thumb = backstep_thumb_new (self->example->problem ? "dialog-warning-symbolic" : NULL);
  self->state = new_label (NULL, 3);
  self->bar = gtk_level_bar_new ();
  gtk_widget_set_vexpand (below, TRUE);
  gtk_widget_set_valign (self->bar, GTK_ALIGN_END);
  gtk_widget_set_vexpand (self->bar, TRUE);
  gtk_widget_add_css_class (self->bar, "seen");
  gtk_widget_add_css_class (title, "card-title");
  gtk_widget_add_css_class (self->state, "caption");
  gtk_widget_add_css_class (self->state, self->example->problem ? "error-text" : "dim-label");
  gtk_widget_add_css_class (below, "card-text");
  gtk_box_append (GTK_BOX (below), title);
  gtk_box_append (GTK_BOX (below), self->bar);
  gtk_box_append (GTK_BOX (below), self->state);
  gtk_box_append (GTK_BOX (box), self->thumb);
  gtk_box_append (GTK_BOX (box), below);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "gallery-card");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->example->problem ? self->example->path : self->example->lesson ? self->example->lesson->text : NULL);
}

GtkWidget *
backstep_card_new (BackstepExample *example)
{
  BackstepCard *self = g_object_new (BACKSTEP_TYPE_CARD, NULL);
  g_autofree char *name = g_path_get_basename (example->path), *all = NULL, *questions = NULL;

  self->example = g_object_ref (example);
  questions = example->lesson ? g_strjoinv (" ", example->lesson->questions) : g_strdup ("");
  all = g_strjoin (" ", example->title, example->chapter, name, example->lesson ? example->lesson->text : "", questions, NULL);
  self->searched = g_utf8_casefold (all, -1);
  build (self);
  backstep_card_show_progress (self);
  return GTK_WIDGET (self);
}
