/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "breaks.h"
#include "wrap.h"

#define LIMIT_DEFAULT 1000
#define CONDITIONS_MAX 50

typedef struct { char *text; gboolean disabled; } Condition;

struct _BackstepBreaks
{
  GtkWidget parent_instance;

  GtkWidget *box, *list, *entry, *problem;
  BackstepSource *source;  /* borrowed: of the same window */
  GArray *conditions;
  gboolean on_not_finite, on_exceeds, on_updated;
  double limit;
  guint rebuild_id;
  gboolean quiet;          /* many changes at once */
};

G_DEFINE_FINAL_TYPE (BackstepBreaks, backstep_breaks, GTK_TYPE_WIDGET)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
say_changed (BackstepBreaks *self)
{
  if (!self->quiet)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
show_problem (BackstepBreaks *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->problem), text ? text : "");
  gtk_widget_set_visible (self->problem, text != NULL);
}

/* TRUE: it can be evaluated. Else it says why not. */
static gboolean
check (BackstepBreaks *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BsExpression) expression = bs_expression_parse (text, &error);

  show_problem (self, error ? error->message : NULL);
  return expression != NULL;
}

/* --- rows ------------------------------------------------------------------------------------------------------------- */

#define LINE_KEY "line"
#define INDEX_KEY "index"

static guint
number_of (GtkWidget *widget, const char *key)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (widget), key));
}

static GtkWidget *
add_row (BackstepBreaks *self, const char *label, gboolean active, GCallback toggled, guint number, const char *key)
{
  GtkWidget *row = gtk_list_box_row_new (), *line = backstep_wrap_new ();
  GtkWidget *check = gtk_check_button_new (), *words = gtk_label_new (label);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), active);
  g_object_set_data (G_OBJECT (check), key, GUINT_TO_POINTER (number));
  g_signal_connect (check, "toggled", toggled, self);
  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_box_append (GTK_BOX (line), check);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), line);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  return line;
}

static void
add_entry (BackstepBreaks *self, GtkWidget *line, const char *text, const char *placeholder, const char *label, GCallback committed,
           guint number, const char *key)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), text ? text : "");
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 8);
  gtk_widget_set_hexpand (entry, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data (G_OBJECT (entry), key, GUINT_TO_POINTER (number));
  g_signal_connect (entry, "activate", committed, self);
  g_signal_connect_swapped (focus, "leave", committed, entry);
  g_object_set_data (G_OBJECT (entry), "breaks", self);
  gtk_widget_add_controller (entry, focus);
  gtk_box_append (GTK_BOX (line), entry);
}

static void
add_delete (BackstepBreaks *self, GtkWidget *line, GCallback clicked, guint number, const char *key)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-delete-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Delete this breakpoint"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Delete this breakpoint"), -1);
  g_object_set_data (G_OBJECT (button), key, GUINT_TO_POINTER (number));
  g_signal_connect (button, "clicked", clicked, self);
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (line), button);
}

/* --- breakpoints of lines -------------------------------------------------------------------------------------------- */

static gboolean
find_line (BackstepBreaks *self, guint line, BackstepLineBreak *out, GArray **owner)
{
  *owner = backstep_source_dup_breaks (self->source);
  for (guint i = 0; i < (*owner)->len; i++)
    {
      *out = g_array_index (*owner, BackstepLineBreak, i);
      if (out->line == line)
        return TRUE;
    }
  return FALSE;
}

static void
on_line_toggled (GtkCheckButton *button, BackstepBreaks *self)
{
  g_autoptr (GArray) owner = NULL;
  BackstepLineBreak what;

  if (!find_line (self, number_of (GTK_WIDGET (button), LINE_KEY), &what, &owner))
    return;
  what.disabled = !gtk_check_button_get_active (button);
  backstep_source_set_break (self->source, &what);
}

static void
on_line_condition (GtkEntry *entry)
{
  BackstepBreaks *self = g_object_get_data (G_OBJECT (entry), "breaks");
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  g_autoptr (GArray) owner = NULL;
  BackstepLineBreak what;

  if (!find_line (self, number_of (GTK_WIDGET (entry), LINE_KEY), &what, &owner)
      || g_strcmp0 (what.condition ? what.condition : "", text) == 0)
    return;
  if (*text != '\0' && !check (self, text))
    {
      gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  what.condition = text;
  backstep_source_set_break (self->source, &what);
}

static void
on_line_deleted (GtkButton *button, BackstepBreaks *self)
{
  backstep_source_remove_break (self->source, number_of (GTK_WIDGET (button), LINE_KEY));
}

static void
add_lines (BackstepBreaks *self)
{
  g_autoptr (GArray) lines = self->source ? backstep_source_dup_breaks (self->source) : NULL;

  for (guint i = 0; lines && i < lines->len; i++)
    {
      const BackstepLineBreak *what = &g_array_index (lines, BackstepLineBreak, i);
      g_autofree char *label = g_strdup_printf (_("Line %u"), what->line), *name = g_strdup_printf (_("Condition of line %u"), what->line);
      GtkWidget *line = add_row (self, label, !what->disabled, G_CALLBACK (on_line_toggled), what->line, LINE_KEY);

      add_entry (self, line, what->condition, _("if …"), name, G_CALLBACK (on_line_condition), what->line, LINE_KEY);
      add_delete (self, line, G_CALLBACK (on_line_deleted), what->line, LINE_KEY);
    }
}

/* --- conditions ---------------------------------------------------------------------------------------------------- */

static Condition *
condition_at (BackstepBreaks *self, guint i)
{
  return &g_array_index (self->conditions, Condition, i);
}

static void queue_rebuild (BackstepBreaks *self);

static void
on_condition_toggled (GtkCheckButton *button, BackstepBreaks *self)
{
  condition_at (self, number_of (GTK_WIDGET (button), INDEX_KEY))->disabled = !gtk_check_button_get_active (button);
  say_changed (self);
}

static void
on_condition_deleted (GtkButton *button, BackstepBreaks *self)
{
  g_array_remove_index (self->conditions, number_of (GTK_WIDGET (button), INDEX_KEY));
  queue_rebuild (self);
  say_changed (self);
}

static void
add_conditions (BackstepBreaks *self)
{
  for (guint i = 0; i < self->conditions->len; i++)
    {
      const Condition *condition = condition_at (self, i);
      GtkWidget *line = add_row (self, condition->text, !condition->disabled, G_CALLBACK (on_condition_toggled), i, INDEX_KEY), *label;

      gtk_widget_set_hexpand (gtk_widget_get_first_child (line), TRUE);
      for (label = gtk_widget_get_first_child (gtk_widget_get_first_child (line)); label; label = gtk_widget_get_next_sibling (label))
        if (GTK_IS_LABEL (label))
          gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_set_tooltip_text (line, condition->text);
      add_delete (self, line, G_CALLBACK (on_condition_deleted), i, INDEX_KEY);
    }
}

static void
add_condition (BackstepBreaks *self, const char *text, gboolean disabled)
{
  Condition condition = { g_strstrip (g_strdup (text)), disabled };

  g_array_append_val (self->conditions, condition);
  queue_rebuild (self);
}

static void
on_new_condition (GtkEntry *entry, BackstepBreaks *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  if (*text == '\0' || self->conditions->len >= CONDITIONS_MAX || !check (self, text))
    return;
  add_condition (self, text, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  say_changed (self);
}

static void
on_entry_changed (GtkEntry *entry, BackstepBreaks *self)
{
  show_problem (self, NULL);
}

/* --- events ------------------------------------------------------------------------------------------------------------ */

static void
on_event_toggled (GtkCheckButton *button, BackstepBreaks *self)
{
  gboolean active = gtk_check_button_get_active (button);

  switch (number_of (GTK_WIDGET (button), INDEX_KEY))
    {
    case BS_BREAK_NOT_FINITE: self->on_not_finite = active; break;
    case BS_BREAK_GRAD_EXCEEDS: self->on_exceeds = active; break;
    default: self->on_updated = active;
    }
  say_changed (self);
}

static void
on_limit (GtkEntry *entry)
{
  BackstepBreaks *self = g_object_get_data (G_OBJECT (entry), "breaks");
  char *end, shown[32];
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  double limit = g_strtod (text, &end);

  if (end == text || *end != '\0' || !(limit >= 0) || !isfinite (limit))
    {
      g_snprintf (shown, sizeof shown, "%g", self->limit);
      gtk_editable_set_text (GTK_EDITABLE (entry), shown);
      return;
    }
  if (limit == self->limit)
    return;
  self->limit = limit;
  say_changed (self);
}

static void
add_events (BackstepBreaks *self)
{
  char limit[32];
  GtkWidget *line;

  add_row (self, _("A gradient is NaN or infinite"), self->on_not_finite, G_CALLBACK (on_event_toggled), BS_BREAK_NOT_FINITE, INDEX_KEY);
  add_row (self, _("A parameter is updated"), self->on_updated, G_CALLBACK (on_event_toggled), BS_BREAK_UPDATED, INDEX_KEY);
  line = add_row (self, _("A gradient exceeds"), self->on_exceeds, G_CALLBACK (on_event_toggled), BS_BREAK_GRAD_EXCEEDS, INDEX_KEY);
  g_snprintf (limit, sizeof limit, "%g", self->limit);
  add_entry (self, line, limit, NULL, _("Limit of a gradient"), G_CALLBACK (on_limit), 0, INDEX_KEY);
}

static gboolean
rebuild (gpointer data)
{
  BackstepBreaks *self = data;
  GtkWidget *row;

  self->rebuild_id = 0;
  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  add_lines (self);
  add_conditions (self);
  add_events (self);
  return G_SOURCE_REMOVE;
}

/* Later: a row may be in the middle of a signal of its own. */
static void
queue_rebuild (BackstepBreaks *self)
{
  if (self->rebuild_id == 0)
    self->rebuild_id = g_idle_add (rebuild, self);
}

static void
on_source_breaks (BackstepSource *source, BackstepBreaks *self)
{
  queue_rebuild (self);
  say_changed (self);
}

/* --- from outside ---------------------------------------------------------------------------------------------------- */

void
backstep_breaks_set_source (BackstepBreaks *self, BackstepSource *source)
{
  if (self->source)
    g_signal_handlers_disconnect_by_func (self->source, on_source_breaks, self);
  self->source = source;
  g_signal_connect_object (source, "breaks-changed", G_CALLBACK (on_source_breaks), self, 0);
  queue_rebuild (self);
}

static void
add_text (GPtrArray *texts, gboolean disabled, char *text)
{
  g_ptr_array_add (texts, disabled ? g_strconcat ("#", text, NULL) : g_strdup (text));
  g_free (text);
}

char **
backstep_breaks_dup_texts (BackstepBreaks *self)
{
  g_autoptr (GArray) lines = backstep_source_dup_breaks (self->source);
  GPtrArray *texts = g_ptr_array_new ();
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < lines->len; i++)
    {
      const BackstepLineBreak *what = &g_array_index (lines, BackstepLineBreak, i);

      add_text (texts, what->disabled, what->condition ? g_strdup_printf ("%u if %s", what->line, what->condition)
                                                       : g_strdup_printf ("%u", what->line));
    }
  for (guint i = 0; i < self->conditions->len; i++)
    add_text (texts, condition_at (self, i)->disabled, g_strconcat ("if ", condition_at (self, i)->text, NULL));
  if (self->on_not_finite)
    g_ptr_array_add (texts, g_strdup ("nan"));
  if (self->on_updated)
    g_ptr_array_add (texts, g_strdup ("updated"));
  if (self->on_exceeds || self->limit != LIMIT_DEFAULT)
    add_text (texts, !self->on_exceeds, g_strconcat ("exceeds ", g_ascii_dtostr (number, sizeof number, self->limit), NULL));
  g_ptr_array_add (texts, NULL);
  return (char **) g_ptr_array_free (texts, FALSE);
}

GArray *
backstep_breaks_dup_stops (BackstepBreaks *self)
{
  GArray *stops = g_array_new (FALSE, TRUE, sizeof (BsStop));
  g_auto (GStrv) texts = backstep_breaks_dup_texts (self);
  BsStop stop;

  g_array_set_clear_func (stops, (GDestroyNotify) bs_stop_clear);
  for (guint i = 0; texts[i]; i++)
    if (texts[i][0] != '#' && bs_stop_parse (texts[i], &stop, NULL))
      g_array_append_val (stops, stop);
  if (bs_stop_parse ("error", &stop, NULL))
    g_array_append_val (stops, stop);
  return stops;
}

static void
take_text (BackstepBreaks *self, const char *text)
{
  gboolean disabled = text[0] == '#';
  BsStop stop;

  if (!bs_stop_parse (text + disabled, &stop, NULL))
    return;
  switch (stop.at.kind)
    {
    case BS_BREAK_NOT_FINITE: self->on_not_finite = !disabled; break;
    case BS_BREAK_UPDATED: self->on_updated = !disabled; break;
    case BS_BREAK_GRAD_EXCEEDS:
      self->on_exceeds = !disabled;
      self->limit = stop.at.limit;
      break;
    default:
      if (stop.at.line)
        backstep_source_set_break (self->source, &(BackstepLineBreak){ stop.at.line, stop.condition ? bs_expression_get_text (stop.condition) : NULL, disabled });
      else if (stop.condition)
        add_condition (self, bs_expression_get_text (stop.condition), disabled);
    }
  bs_stop_clear (&stop);
}

void
backstep_breaks_set_texts (BackstepBreaks *self, const char *const *texts)
{
  self->quiet = TRUE;
  g_array_set_size (self->conditions, 0);
  self->on_not_finite = self->on_exceeds = self->on_updated = FALSE;
  self->limit = LIMIT_DEFAULT;
  for (guint i = 0; texts[i]; i++)
    take_text (self, texts[i]);
  self->quiet = FALSE;
  queue_rebuild (self);
  say_changed (self);
}

void
backstep_breaks_focus (BackstepBreaks *self)
{
  gtk_widget_grab_focus (self->entry);
}

static void
clear_condition (gpointer data)
{
  g_free (((Condition *) data)->text);
}

static void
backstep_breaks_dispose (GObject *object)
{
  BackstepBreaks *self = BACKSTEP_BREAKS (object);

  g_clear_handle_id (&self->rebuild_id, g_source_remove);
  self->quiet = TRUE;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->conditions, g_array_unref);
  G_OBJECT_CLASS (backstep_breaks_parent_class)->dispose (object);
}

static void
backstep_breaks_class_init (BackstepBreaksClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_breaks_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/breaks.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepBreaks, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepBreaks, list);
  gtk_widget_class_bind_template_child (widget_class, BackstepBreaks, entry);
  gtk_widget_class_bind_template_child (widget_class, BackstepBreaks, problem);
  gtk_widget_class_bind_template_callback (widget_class, on_new_condition);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
  signals[CHANGED] = g_signal_new ("changed", BACKSTEP_TYPE_BREAKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_breaks_init (BackstepBreaks *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->conditions = g_array_new (FALSE, TRUE, sizeof (Condition));
  g_array_set_clear_func (self->conditions, clear_condition);
  self->limit = LIMIT_DEFAULT;
}
