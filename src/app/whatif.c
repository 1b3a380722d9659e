/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "evaluate/literals.h"
#include "whatif.h"

/* A row: a number with its slider, or a statement with its switch. */
typedef struct {
  BackstepWhatif *page; /* borrowed */
  const BsLiteral *literal;
  const BsToggle *toggle;
  double value;         /* as it stands now */
  gboolean is_on;
  GtkWidget *scale, *entry, *check, *reset;
  gboolean setting;     /* the widgets follow; nobody moves them */
} Row;

struct _BackstepWhatif
{
  GtkWidget parent_instance;

  GtkWidget *box, *grid, *nothing, *problem, *bar, *keep, *reset, *spinner;
  char *text;
  GArray *literals, *toggles;
  GPtrArray *rows; /* Row */
};

G_DEFINE_FINAL_TYPE (BackstepWhatif, backstep_whatif, GTK_TYPE_WIDGET)

enum { TRY, KEEP, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- what differs -------------------------------------------------------------------------------------------------------- */

static gboolean
is_changed (const Row *row)
{
  return row->literal ? row->value != row->literal->value : row->is_on != row->toggle->is_on;
}

gboolean
backstep_whatif_is_changed (BackstepWhatif *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (is_changed (g_ptr_array_index (self->rows, i)))
      return TRUE;
  return FALSE;
}

static void
clear_splice (gpointer data)
{
  g_free ((char *) ((BsSplice *) data)->text);
}

GArray *
backstep_whatif_dup_splices (BackstepWhatif *self)
{
  GArray *splices = g_array_new (FALSE, FALSE, sizeof (BsSplice));

  g_array_set_clear_func (splices, clear_splice);
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = g_ptr_array_index (self->rows, i);
      BsSplice splice;

      if (!is_changed (row))
        continue;
      if (row->literal)
        splice = (BsSplice) { row->literal->begin, row->literal->end, bs_literal_write (row->literal, row->value) };
      else
        splice = (BsSplice) { row->toggle->begin, row->toggle->end, g_strdup (row->toggle->other) };
      g_array_append_val (splices, splice);
    }
  return splices;
}

static char *
describe (BackstepWhatif *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = g_ptr_array_index (self->rows, i);
      g_autofree char *number = row->literal ? bs_literal_write (row->literal, row->value) : NULL;

      if (!is_changed (row))
        continue;
      g_string_append (out, out->len ? C_("list", ", ") : "");
      if (row->literal)
        g_string_append_printf (out, "%s = %s", row->literal->label, number);
      else
        /* Translators: name of a run in which a statement of the script was left out, or put back */
        g_string_append_printf (out, row->is_on ? _("with %s") : _("without %s"), row->toggle->statement);
    }
  return g_string_free (out, FALSE);
}

static void
update_bar (BackstepWhatif *self)
{
  gboolean changed = backstep_whatif_is_changed (self);

  gtk_widget_set_sensitive (self->keep, changed);
  gtk_widget_set_sensitive (self->reset, changed);
}

static void
try_out (BackstepWhatif *self)
{
  g_autoptr (GArray) splices = backstep_whatif_dup_splices (self);
  g_autofree char *text = splices->len ? bs_splice (self->text, splices) : NULL, *name = splices->len ? describe (self) : NULL;

  update_bar (self);
  g_signal_emit (self, signals[TRY], 0, text, name);
}

/* --- one row -------------------------------------------------------------------------------------------------------------- */

static gboolean
is_logarithmic (const BsLiteral *literal)
{
  return literal->kind == BS_LITERAL_RATE;
}

static double
to_scale (const BsLiteral *literal, double value)
{
  return is_logarithmic (literal) ? log10 (MAX (value, G_MINDOUBLE)) : value;
}

/* GTK 4.8 tells the position of a slider only, which is a logarithm for most. */
static void
tell_value (Row *row, const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->scale), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
show_row (Row *row)
{
  g_autofree char *text = row->literal ? bs_literal_write (row->literal, row->value) : NULL;

  row->setting = TRUE;
  if (row->literal)
    {
      GtkAdjustment *adjustment = gtk_range_get_adjustment (GTK_RANGE (row->scale));
      double at = to_scale (row->literal, row->value);

      /* What was typed may lie outside. */
      gtk_adjustment_set_lower (adjustment, MIN (gtk_adjustment_get_lower (adjustment), at));
      gtk_adjustment_set_upper (adjustment, MAX (gtk_adjustment_get_upper (adjustment), at));
      gtk_adjustment_set_value (adjustment, at);
      gtk_editable_set_text (GTK_EDITABLE (row->entry), text);
      gtk_widget_remove_css_class (row->entry, "error");
      tell_value (row, text);
    }
  else
    gtk_check_button_set_active (GTK_CHECK_BUTTON (row->check), row->is_on);
  gtk_widget_set_sensitive (row->reset, is_changed (row));
  row->setting = FALSE;
}

static void
set_value (Row *row, double value)
{
  if (value == row->value)
    return;
  row->value = value;
  show_row (row);
  try_out (row->page);
}

static void
on_moved (GtkRange *range, Row *row)
{
  double at = gtk_range_get_value (range), value;

  if (row->setting)
    return;
  value = bs_literal_round (row->literal, is_logarithmic (row->literal) ? pow (10, at) : at);
  /* Near its own value it is that very one, whatever its digits. */
  if (fabs (at - to_scale (row->literal, row->literal->value)) < 1e-9)
    value = row->literal->value;
  if (value == row->value)
    return;
  row->value = value;
  row->setting = TRUE; /* the handle stays where the hand is */
  {
    g_autofree char *text = bs_literal_write (row->literal, value);

    gtk_editable_set_text (GTK_EDITABLE (row->entry), text);
    gtk_widget_remove_css_class (row->entry, "error");
    tell_value (row, text);
    gtk_widget_set_sensitive (row->reset, is_changed (row));
  }
  row->setting = FALSE;
  try_out (row->page);
}

static void
on_entered (GtkWidget *entry)
{
  Row *row = g_object_get_data (G_OBJECT (entry), "row");
  g_autofree char *text = row ? g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)))) : NULL;
  char *end = text;
  double value = text ? g_ascii_strtod (text, &end) : 0;

  if (row == NULL || row->setting)
    return;
  if (end == text || *end != '\0' || !isfinite (value) || (row->literal->is_integer && value != round (value)) || fabs (value) > 1e15
      || (row->literal->kind == BS_LITERAL_COUNT && value < 0))
    gtk_widget_add_css_class (entry, "error");
  else
    set_value (row, value);
}

static void
on_toggled (GtkCheckButton *check, Row *row)
{
  if (row->setting)
    return;
  row->is_on = gtk_check_button_get_active (check);
  gtk_widget_set_sensitive (row->reset, is_changed (row));
  try_out (row->page);
}

static void
reset_row (Row *row)
{
  if (row->literal)
    row->value = row->literal->value;
  else
    row->is_on = row->toggle->is_on;
  show_row (row);
}

static void
on_reset (GtkButton *button, Row *row)
{
  gtk_widget_grab_focus (row->literal ? row->scale : row->check);
  reset_row (row);
  try_out (row->page);
}

static GtkWidget *
new_reset (Row *row, const char *what)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");
  /* Translators: %s is a number or a statement of the script */
  g_autofree char *words = g_strdup_printf (_("%s as in the script"), what);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_reset), row);
  return button;
}

static GtkWidget *
new_name (const char *text, guint line)
{
  GtkWidget *label = gtk_label_new (text);
  g_autofree char *tip = g_strdup_printf (_("%s, line %u"), text, line);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
  gtk_widget_set_tooltip_text (label, tip);
  gtk_widget_add_css_class (label, "name");
  return label;
}

static void
add_literal (BackstepWhatif *self, Row *row, int at)
{
  const BsLiteral *literal = row->literal;
  double low = to_scale (literal, literal->low), high = to_scale (literal, literal->high);
  double step = is_logarithmic (literal) ? 0.05 : literal->is_integer ? 1 : (high - low) / 120;
  g_autofree char *words = g_strdup_printf (_("%s, line %u"), literal->label, literal->line);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  row->scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, gtk_adjustment_new (to_scale (literal, row->value), low, high, step, 5 * step, 0));
  gtk_scale_set_draw_value (GTK_SCALE (row->scale), FALSE);
  gtk_range_set_round_digits (GTK_RANGE (row->scale), -1);
  gtk_scale_add_mark (GTK_SCALE (row->scale), to_scale (literal, literal->value), GTK_POS_BOTTOM, NULL);
  gtk_widget_set_hexpand (row->scale, TRUE);
  gtk_widget_set_size_request (row->scale, 70, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect (row->scale, "value-changed", G_CALLBACK (on_moved), row);
  row->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (row->entry), 7);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (row->entry), 7);
  gtk_entry_set_alignment (GTK_ENTRY (row->entry), 1);
  gtk_entry_set_input_purpose (GTK_ENTRY (row->entry), GTK_INPUT_PURPOSE_NUMBER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_object_set_data (G_OBJECT (row->entry), "row", row);
  g_signal_connect (row->entry, "activate", G_CALLBACK (on_entered), NULL);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_entered), row->entry);
  gtk_widget_add_controller (row->entry, focus);
  row->reset = new_reset (row, literal->label);
  gtk_grid_attach (GTK_GRID (self->grid), new_name (literal->label, literal->line), 0, at, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), row->scale, 1, at, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), row->entry, 2, at, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), row->reset, 3, at, 1, 1);
}

static void
add_toggle (BackstepWhatif *self, Row *row, int at)
{
  const BsToggle *toggle = row->toggle;
  g_autofree char *words = g_strdup_printf (_("%s, line %u"), toggle->statement, toggle->line);
  GtkWidget *name = new_name (toggle->statement, toggle->line);

  row->check = gtk_check_button_new ();
  gtk_label_set_max_width_chars (GTK_LABEL (name), 40);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (row->check), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->check), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect (row->check, "toggled", G_CALLBACK (on_toggled), row);
  row->reset = new_reset (row, toggle->statement);
  gtk_grid_attach (GTK_GRID (self->grid), row->check, 0, at, 3, 1);
  gtk_grid_attach (GTK_GRID (self->grid), row->reset, 3, at, 1, 1);
}

static void
add_row (BackstepWhatif *self, const BsLiteral *literal, const BsToggle *toggle)
{
  Row *row = g_new0 (Row, 1);

  row->page = self;
  row->literal = literal;
  row->toggle = toggle;
  row->value = literal ? literal->value : 0;
  row->is_on = toggle && toggle->is_on;
  g_ptr_array_add (self->rows, row);
  if (literal)
    add_literal (self, row, self->rows->len);
  else
    add_toggle (self, row, self->rows->len);
  show_row (row);
}

/* --- public ----------------------------------------------------------------------------------------------------------------- */

static void
clear (BackstepWhatif *self)
{
  GtkWidget *child;

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      row->setting = TRUE; /* the focus that leaves says nothing more */
      if (row->entry)
        g_object_set_data (G_OBJECT (row->entry), "row", NULL);
    }
  while ((child = gtk_widget_get_first_child (self->grid)) != NULL)
    gtk_grid_remove (GTK_GRID (self->grid), child);
  g_ptr_array_set_size (self->rows, 0);
  g_clear_pointer (&self->literals, g_array_unref);
  g_clear_pointer (&self->toggles, g_array_unref);
}

gboolean
backstep_whatif_set_text (BackstepWhatif *self, const char *text)
{
  if (g_strcmp0 (text, self->text) == 0 && self->literals)
    return FALSE;
  clear (self);
  g_free (self->text);
  self->text = g_strdup (text);
  if (text)
    {
      self->literals = bs_literals_find (text, strlen (text));
      self->toggles = bs_toggles_find (text, strlen (text));
      for (guint i = 0; i < self->literals->len; i++)
        add_row (self, &g_array_index (self->literals, BsLiteral, i), NULL);
      for (guint i = 0; i < self->toggles->len; i++)
        add_row (self, NULL, &g_array_index (self->toggles, BsToggle, i));
    }
  gtk_widget_set_visible (self->nothing, self->rows->len == 0);
  gtk_widget_set_visible (self->bar, self->rows->len > 0);
  update_bar (self);
  return TRUE;
}

void
backstep_whatif_set_state (BackstepWhatif *self, gboolean busy, const char *problem)
{
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_label_set_text (GTK_LABEL (self->problem), problem ? problem : "");
  gtk_widget_set_tooltip_text (self->problem, problem);
  gtk_widget_set_visible (self->problem, problem != NULL);
}

void
backstep_whatif_focus (BackstepWhatif *self)
{
  Row *row = self->rows->len ? g_ptr_array_index (self->rows, 0) : NULL;

  if (row)
    gtk_widget_grab_focus (row->literal ? row->scale : row->check);
}

gboolean
backstep_whatif_drag_first (BackstepWhatif *self, double fraction)
{
  Row *row = self->rows->len ? g_ptr_array_index (self->rows, 0) : NULL;
  GtkAdjustment *adjustment = row && row->scale ? gtk_range_get_adjustment (GTK_RANGE (row->scale)) : NULL;

  if (adjustment)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_lower (adjustment)
                                            + fraction * (gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_lower (adjustment)));
  return adjustment != NULL;
}

static void
on_keep (GtkButton *button, BackstepWhatif *self)
{
  backstep_whatif_focus (self); /* the button goes grey */
  g_signal_emit (self, signals[KEEP], 0);
}

static void
on_reset_all (GtkButton *button, BackstepWhatif *self)
{
  backstep_whatif_focus (self);
  for (guint i = 0; i < self->rows->len; i++)
    reset_row (g_ptr_array_index (self->rows, i));
  try_out (self);
}

/* --- object ------------------------------------------------------------------------------------------------------------------ */

static void
backstep_whatif_dispose (GObject *object)
{
  BackstepWhatif *self = BACKSTEP_WHATIF (object);

  if (self->rows)
    clear (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->text, g_free);
  G_OBJECT_CLASS (backstep_whatif_parent_class)->dispose (object);
}

static void
backstep_whatif_class_init (BackstepWhatifClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_whatif_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/whatif.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepWhatif, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepWhatif, grid);
  gtk_widget_class_bind_template_child (widget_class, BackstepWhatif, nothing);
  gtk_widget_class_bind_template_child (widget_class, BackstepWhatif, problem);
  gtk_widget_class_bind_template_child (widget_class, BackstepWhatif, bar);
  gtk_widget_class_bind_template_child (widget_class, BackstepWhatif, keep);
  gtk_widget_class_bind_template_child (widget_class, BackstepWhatif, reset);
  gtk_widget_class_bind_template_child (widget_class, BackstepWhatif, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
  gtk_widget_class_bind_template_callback (widget_class, on_reset_all);
  signals[TRY] = g_signal_new ("try", BACKSTEP_TYPE_WHATIF, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[KEEP] = g_signal_new ("keep", BACKSTEP_TYPE_WHATIF, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_whatif_init (BackstepWhatif *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new_with_free_func (g_free);
}
