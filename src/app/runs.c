/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "draw/numbers.h"
#include "runs.h"

#define ROWS_MAX 60

struct _BackstepRuns
{
  GtkWidget parent_instance;

  GtkWidget *box, *list, *hint, *title, *table;
  BackstepDocument *document; /* owned */
  BackstepRun *other;         /* compared with; borrowed, checked against the document's list */
  BackstepRun *shown;         /* the last one; only compared */
  guint rebuild_id;
  gboolean hide_future;
};

G_DEFINE_FINAL_TYPE (BackstepRuns, backstep_runs, GTK_TYPE_WIDGET)

#define RUN_KEY "run"

/* --- the list -------------------------------------------------------------------------------------------------------- */

static void
on_chosen (GtkCheckButton *button, BackstepRuns *self)
{
  if (gtk_check_button_get_active (button))
    backstep_document_show_run (self->document, g_object_get_data (G_OBJECT (button), RUN_KEY));
}

static void
on_renamed (GtkWidget *text)
{
  BackstepRuns *self = g_object_get_data (G_OBJECT (text), "runs");

  backstep_document_rename_run (self->document, g_object_get_data (G_OBJECT (text), RUN_KEY), gtk_editable_get_text (GTK_EDITABLE (text)));
}

static void
on_removed (GtkButton *button, BackstepRuns *self)
{
  backstep_document_remove_run (self->document, g_object_get_data (G_OBJECT (button), RUN_KEY));
}

static const BsCurve *
find_curve (BsRecording *recording, const char *label, gboolean is_loss)
{
  for (guint i = 0; i < bs_recording_get_n_curves (recording); i++)
    {
      const BsCurve *curve = bs_recording_get_curve (recording, i);

      if (curve->is_loss == is_loss && (label == NULL || g_str_equal (curve->label, label)))
        return curve;
    }
  return NULL;
}

static char *
describe (BackstepRun *run)
{
  const BsCurve *loss = find_curve (run->recording, NULL, TRUE);
  char buffer[BS_NUMBER_SIZE];

  if (loss == NULL || loss->n == 0)
    return g_strdup ("");
  return g_strdup_printf ("%s %s", loss->label, bs_number_format (buffer, loss->values[loss->n - 1], 4));
}

static void
add_row (BackstepRuns *self, BackstepRun *run, GtkCheckButton **group, gboolean removable)
{
  GtkWidget *row = gtk_list_box_row_new (), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *check = gtk_check_button_new ();
  GtkWidget *name = gtk_text_new (), *loss = gtk_label_new (NULL), *remove = gtk_button_new_from_icon_name ("edit-delete-symbolic");
  g_autofree char *words = describe (run), *edits = backstep_run_describe_edits (run->edits), *label = g_strdup_printf (_("Show “%s”"), run->name);

  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_editable_set_text (GTK_EDITABLE (name), run->name);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_renamed), name);
  gtk_widget_add_controller (name, focus);
  gtk_accessible_update_property (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of the run"), -1);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), *group);
  *group = *group ? *group : GTK_CHECK_BUTTON (check);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), run == backstep_document_get_shown_run (self->document));
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_label_set_text (GTK_LABEL (loss), self->hide_future ? "" : words);
  gtk_widget_add_css_class (loss, "dim-label");
  gtk_widget_add_css_class (loss, "numeric");
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_set_tooltip_text (name, edits ? edits : _("Click to rename"));
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _("Remove this run"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Remove this run"), -1);
  gtk_widget_set_visible (remove, removable);
  g_object_set_data (G_OBJECT (check), RUN_KEY, run);
  g_object_set_data (G_OBJECT (name), RUN_KEY, run);
  g_object_set_data (G_OBJECT (remove), RUN_KEY, run);
  g_object_set_data_full (G_OBJECT (row), RUN_KEY, g_object_ref (run), g_object_unref); /* lives as long as its row */
  g_signal_connect (check, "toggled", G_CALLBACK (on_chosen), self);
  g_object_set_data (G_OBJECT (name), "runs", self);
  g_signal_connect (name, "activate", G_CALLBACK (on_renamed), NULL);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_removed), self);
  gtk_box_append (GTK_BOX (line), check);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), loss);
  gtk_box_append (GTK_BOX (line), remove);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), line);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, run->name, -1);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

/* --- differences ----------------------------------------------------------------------------------------------------- */

/* The one that was shown before, else the newest other. */
static BackstepRun *
choose_other (BackstepRuns *self)
{
  GPtrArray *runs = backstep_document_get_runs (self->document);
  BackstepRun *shown = backstep_document_get_shown_run (self->document);

  if (shown != self->shown && self->shown && g_ptr_array_find (runs, self->shown, NULL))
    self->other = self->shown;
  self->shown = shown;
  if (self->other != shown && g_ptr_array_find (runs, self->other, NULL))
    return self->other;
  self->other = NULL;
  for (guint i = runs->len; i-- > 0 && self->other == NULL;)
    if (g_ptr_array_index (runs, i) != shown)
      self->other = g_ptr_array_index (runs, i);
  return self->other;
}

static double
value_at (const BsCurve *curve, guint32 pass)
{
  int found = -1;

  for (guint i = 0; curve && i < curve->n && curve->passes[i] <= pass; i++)
    found = i;
  return found >= 0 ? curve->values[found] : NAN;
}

static void
put (BackstepRuns *self, int row, int column, const char *text, gboolean is_name)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), is_name ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (label), is_name ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, row == 0 ? "dim-label" : "numeric");
  gtk_grid_attach (GTK_GRID (self->table), label, column, row, 1, 1);
}

static void
put_number (BackstepRuns *self, int row, int column, double value)
{
  char buffer[BS_NUMBER_SIZE];

  put (self, row, column, isnan (value) ? "–" : bs_number_format (buffer, value, 5), FALSE);
}

static void
clear_table (BackstepRuns *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->table)) != NULL)
    gtk_grid_remove (GTK_GRID (self->table), child);
}

static void
fill_table (BackstepRuns *self, BackstepRun *shown, BackstepRun *other)
{
  guint32 pass = bs_recording_find_pass (shown->recording, bs_cursor_get_step (shown->cursor));
  g_autofree char *title = g_strdup_printf (_("By the end of pass %u"), pass + 1);
  int row = 1;

  clear_table (self);
  gtk_label_set_text (GTK_LABEL (self->title), title);
  put (self, 0, 1, shown->name, FALSE);
  put (self, 0, 2, other->name, FALSE);
  /* Translators: head of a column: one number minus another */
  put (self, 0, 3, _("Difference"), FALSE);
  for (guint i = 0; i < bs_recording_get_n_curves (shown->recording) && row < ROWS_MAX; i++)
    {
      const BsCurve *curve = bs_recording_get_curve (shown->recording, i);
      double here = value_at (curve, pass), there = value_at (find_curve (other->recording, curve->label, curve->is_loss), pass);

      put (self, row, 0, curve->label, TRUE);
      put_number (self, row, 1, here);
      put_number (self, row, 2, there);
      put_number (self, row, 3, here - there);
      row++;
    }
}

void
backstep_runs_refresh (BackstepRuns *self)
{
  BackstepRun *shown = self->document ? backstep_document_get_shown_run (self->document) : NULL, *other = shown && !self->hide_future ? choose_other (self) : NULL;

  gtk_widget_set_visible (self->title, other != NULL);
  gtk_widget_set_visible (self->table, other != NULL);
  gtk_widget_set_visible (self->hint, other == NULL);
  if (other)
    fill_table (self, shown, other);
  else
    clear_table (self);
}

static gboolean
rebuild (gpointer data)
{
  BackstepRuns *self = data;
  GPtrArray *runs = self->document ? backstep_document_get_runs (self->document) : NULL;
  GtkCheckButton *group = NULL;
  GtkWidget *row;

  self->rebuild_id = 0;
  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  for (guint i = 0; runs && i < runs->len; i++)
    add_row (self, g_ptr_array_index (runs, i), &group, runs->len > 1);
  backstep_runs_refresh (self);
  return G_SOURCE_REMOVE;
}

/* Later: a row may be in the middle of a signal of its own; and once for many words of a growing recording. */
static void
queue_rebuild (BackstepRuns *self)
{
  if (self->rebuild_id == 0)
    self->rebuild_id = g_idle_add (rebuild, self);
}

static void
on_document_changed (BackstepRuns *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && !backstep_document_is_busy (self->document))
    queue_rebuild (self);
}

void
backstep_runs_set_hide_future (BackstepRuns *self, gboolean hide)
{
  if (hide == self->hide_future)
    return;
  self->hide_future = hide;
  queue_rebuild (self);
}

void
backstep_runs_set_document (BackstepRuns *self, BackstepDocument *document)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  self->other = NULL;
  if (document)
    {
      g_signal_connect_object (document, "runs-changed", G_CALLBACK (queue_rebuild), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (document, "changed", G_CALLBACK (on_document_changed), self, G_CONNECT_SWAPPED);
    }
  queue_rebuild (self);
}

static void
backstep_runs_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (backstep_runs_parent_class)->map (widget);
  queue_rebuild (BACKSTEP_RUNS (widget));
}

static void
backstep_runs_dispose (GObject *object)
{
  BackstepRuns *self = BACKSTEP_RUNS (object);

  g_clear_handle_id (&self->rebuild_id, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (backstep_runs_parent_class)->dispose (object);
}

static void
backstep_runs_class_init (BackstepRunsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_runs_dispose;
  widget_class->map = backstep_runs_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/runs.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepRuns, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepRuns, list);
  gtk_widget_class_bind_template_child (widget_class, BackstepRuns, hint);
  gtk_widget_class_bind_template_child (widget_class, BackstepRuns, title);
  gtk_widget_class_bind_template_child (widget_class, BackstepRuns, table);
}

static void
backstep_runs_init (BackstepRuns *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
