/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "evaluate/fixes.h"
#include "explain/explain.h"
#include "explain/mistakes.h"
#include "hints.h"

#define SLICE 4000 /* events looked at in one go, while the window is idle */

struct _BackstepHints
{
  GtkWidget parent_instance;

  GtkWidget *button, *label, *list;
  BsRecording *recording; /* owned */
  BsMistakes *mistakes;
  guint look_id, n_shown;
};

G_DEFINE_FINAL_TYPE (BackstepHints, backstep_hints, GTK_TYPE_WIDGET)

enum { SEEK, FIX, N_SIGNALS };
static guint signals[N_SIGNALS];

#define STEP_KEY "step"

/* Of the script; 0: it happened elsewhere. */
static guint
line_of (BackstepHints *self, const BsMistake *mistake)
{
  const BsPlace *place;
  BsEvent event;

  bs_recording_get_event (self->recording, mistake->step - 1, &event);
  place = bs_recording_get_place (self->recording, event.place);
  return place && place->file == 1 ? place->line : 0;
}

static void
on_go (GtkButton *button, BackstepHints *self)
{
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->button));
  g_signal_emit (self, signals[SEEK], 0, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), STEP_KEY)));
}

static void
on_fix (GtkButton *button, BackstepHints *self)
{
  guint n, i = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), STEP_KEY));
  const BsMistake *mistakes = self->mistakes ? bs_mistakes_get (self->mistakes, &n) : NULL;
  g_autofree char *name = NULL;
  guint line;

  if (mistakes == NULL || i >= n)
    return;
  line = line_of (self, &mistakes[i]);
  name = mistakes[i].tensor ? bs_explain_name (self->recording, mistakes[i].tensor, mistakes[i].step) : NULL;
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->button));
  g_signal_emit (self, signals[FIX], 0, bs_fix_of_mistake (mistakes[i].kind), line, name);
}

/* NULL: nothing can be mended by machine. */
static GtkWidget *
new_fix (BackstepHints *self, const BsMistake *mistake, guint i)
{
  BsFixKind kind = bs_fix_of_mistake (mistake->kind);
  g_autofree char *name = mistake->tensor ? bs_explain_name (self->recording, mistake->tensor, mistake->step) : NULL, *text = NULL, *words = NULL;
  g_autoptr (GArray) splices = NULL;
  const char *source;
  GtkWidget *button;
  gsize length = 0;

  source = bs_recording_get_n_files (self->recording) > 0 ? bs_recording_get_file_source (self->recording, 1, &length) : NULL;
  text = source && g_utf8_validate (source, length, NULL) ? g_strndup (source, length) : NULL;
  splices = text ? bs_fix_find (kind, text, line_of (self, mistake), name) : NULL;
  if (splices == NULL)
    return NULL;
  /* Translators: a button; %s says what is done to the script */
  words = g_strdup_printf (_("Mend it: %s"), bs_fix_title (kind));
  button = gtk_button_new_with_label (words);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "fix-button");
  g_object_set_data (G_OBJECT (button), STEP_KEY, GUINT_TO_POINTER (i));
  g_signal_connect (button, "clicked", G_CALLBACK (on_fix), self);
  return button;
}

static GtkWidget *
new_text (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 52);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 52);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
add_row (BackstepHints *self, const BsMistake *mistake, guint i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4), *go, *fix = new_fix (self, mistake, i);
  g_autofree char *text = bs_mistake_explain (self->recording, mistake), *where = NULL, *more = NULL;
  const BsPlace *place;
  BsEvent event;

  bs_recording_get_event (self->recording, mistake->step - 1, &event);
  place = bs_recording_get_place (self->recording, event.place);
  where = g_strdup_printf (_("Line %u, step %'u"), place->line, mistake->step);
  go = gtk_button_new_with_label (where);
  gtk_widget_set_halign (go, GTK_ALIGN_START);
  gtk_widget_add_css_class (go, "flat");
  gtk_widget_add_css_class (go, "link-button");
  g_object_set_data (G_OBJECT (go), STEP_KEY, GUINT_TO_POINTER (mistake->step));
  g_signal_connect (go, "clicked", G_CALLBACK (on_go), self);
  gtk_widget_add_css_class (box, "hint-row");
  gtk_box_append (GTK_BOX (box), new_text (bs_mistake_title (mistake), "heading"));
  gtk_box_append (GTK_BOX (box), new_text (text, "body"));
  if (mistake->n_others > 0)
    {
      more = g_strdup_printf (ngettext ("And %u more time.", "And %u more times.", mistake->n_others), mistake->n_others);
      gtk_box_append (GTK_BOX (box), new_text (more, "dim-label"));
    }
  if (fix)
    gtk_box_append (GTK_BOX (box), fix);
  gtk_box_append (GTK_BOX (box), go);
  gtk_box_append (GTK_BOX (self->list), box);
}

static void
show (BackstepHints *self)
{
  guint n = 0;
  const BsMistake *mistakes = self->mistakes ? bs_mistakes_get (self->mistakes, &n) : NULL;
  g_autofree char *text = g_strdup_printf (ngettext ("%u hint", "%u hints", n), n);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_box_remove (GTK_BOX (self->list), row);
  for (guint i = 0; i < n; i++)
    add_row (self, &mistakes[i], i);
  self->n_shown = n;
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

/* Rows appear when all that is recorded has been looked at: an open list does not jump. */
static gboolean
look (gpointer data)
{
  BackstepHints *self = data;

  if (bs_mistakes_look (self->mistakes, SLICE))
    return G_SOURCE_CONTINUE;
  self->look_id = 0;
  show (self);
  return G_SOURCE_REMOVE;
}

void
backstep_hints_look (BackstepHints *self)
{
  if (self->look_id == 0 && self->mistakes)
    self->look_id = g_idle_add_full (G_PRIORITY_LOW, look, self, NULL);
}

void
backstep_hints_set_cursor (BackstepHints *self, BsCursor *cursor)
{
  BsRecording *recording = cursor ? bs_cursor_get_recording (cursor) : NULL;

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_pointer (&self->mistakes, bs_mistakes_free);
  g_set_object (&self->recording, recording);
  if (self->recording)
    self->mistakes = bs_mistakes_new (self->recording);
  show (self);
  backstep_hints_look (self);
}

GArray *
backstep_hints_dup_steps (BackstepHints *self)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n = 0;
  const BsMistake *mistakes = self->mistakes ? bs_mistakes_get (self->mistakes, &n) : NULL;

  for (guint i = 0; i < n; i++)
    g_array_append_val (steps, mistakes[i].step);
  return steps;
}

static void
backstep_hints_dispose (GObject *object)
{
  BackstepHints *self = BACKSTEP_HINTS (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_pointer (&self->mistakes, bs_mistakes_free);
  g_clear_object (&self->recording);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (backstep_hints_parent_class)->dispose (object);
}

static void
backstep_hints_class_init (BackstepHintsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = backstep_hints_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[SEEK] = g_signal_new ("seek", BACKSTEP_TYPE_HINTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[FIX] = g_signal_new ("fix", BACKSTEP_TYPE_HINTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_STRING);
}

static void
backstep_hints_init (BackstepHints *self)
{
  GtkWidget *popover = gtk_popover_new (), *scrolled = gtk_scrolled_window_new (), *face = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 150);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 460);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_popover_set_child (GTK_POPOVER (popover), scrolled);
  self->label = gtk_label_new (NULL);
  gtk_box_append (GTK_BOX (face), gtk_image_new_from_icon_name ("dialog-information-symbolic"));
  gtk_box_append (GTK_BOX (face), self->label);
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (self->button), face);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover);
  gtk_widget_set_tooltip_text (self->button, _("What may have gone wrong without an error"));
  gtk_widget_set_focus_on_click (self->button, FALSE);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
