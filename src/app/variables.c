/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "dragged.h"
#include "evaluate/expression.h"
#include "sentence.h"
#include "variable.h"
#include "variables.h"

#define WATCHES_MAX 50
#define NAMES_MAX 2000

struct _BackstepVariables
{
  GtkWidget parent_instance;

  GtkWidget *box, *list, *entry, *problem, *edit_box, *edit_label, *edit_entry;
  char *edited;              /* the name whose value is being typed */
  BsCursor *cursor;          /* owned */
  GListStore *roots;
  GtkTreeListModel *tree;
  GPtrArray *watches;        /* BsExpression */
  GPtrArray *rows;           /* BackstepVariable: of the watches, then of each name as the cursor lists them */
  GString *layout;           /* which names are there: the rows stay while it does */
  GHashTable *unfolded;      /* names whose rows are open; frames are, unless they are here */
  guint32 step;
};

G_DEFINE_FINAL_TYPE (BackstepVariables, backstep_variables, GTK_TYPE_WIDGET)

enum { SELECT, WATCHES_CHANGED, EDIT, WANT_WHOLE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
show_problem (BackstepVariables *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->problem), text ? text : "");
  gtk_widget_set_visible (self->problem, text != NULL);
}

/* --- values ------------------------------------------------------------------------------------------------------------ */

static char *
detail_of (BackstepVariables *self, guint32 tensor)
{
  g_autofree char *shape = NULL;
  BsTensorState state;

  if (tensor == 0)
    return NULL;
  bs_cursor_get_tensor (self->cursor, tensor, &state);
  shape = backstep_shape_text (&state.value);
  return g_strdup_printf (state.requires_grad ? _("%s, needs a gradient") : "%s", shape);
}

static void
show_watch (BackstepVariables *self, guint i, gboolean lit)
{
  BackstepVariable *row = g_ptr_array_index (self->rows, i);
  g_auto (BsResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean ok = bs_expression_evaluate (g_ptr_array_index (self->watches, i), self->cursor, &result, &error);

  row->tensor = ok ? result.id : 0;
  if (!ok && bs_expression_get_missing (g_ptr_array_index (self->watches, i)))
    g_signal_emit (self, signals[WANT_WHOLE], 0, bs_expression_get_missing (g_ptr_array_index (self->watches, i)));
  backstep_variable_set (row, ok ? bs_result_to_text (&result) : g_strdup (error->message), ok ? detail_of (self, result.id) : NULL, !ok, lit);
}

static void
show_binding (BackstepVariables *self, BackstepVariable *row, const BsBinding *binding, gboolean lit)
{
  row->tensor = binding->value.kind == BS_PLAIN_TENSOR ? binding->value.tensor : 0;
  row->is_editable = binding->value.kind != BS_PLAIN_TEXT || binding->value.text[0] == '\'' || binding->value.text[0] == '"';
  backstep_variable_set (row, bs_plain_show (self->cursor, &binding->value), detail_of (self, row->tensor), FALSE, lit);
}

/* --- which rows there are -------------------------------------------------------------------------------------------- */

static void
describe_layout (BackstepVariables *self, GString *out)
{
  guint n = MIN (bs_cursor_get_n_bindings (self->cursor), NAMES_MAX);

  g_string_truncate (out, 0);
  for (guint i = 0; i < self->watches->len; i++)
    g_string_append_printf (out, "%s\n", bs_expression_get_text (g_ptr_array_index (self->watches, i)));
  for (guint i = 0; i < n; i++)
    {
      BsBinding binding;

      bs_cursor_get_binding (self->cursor, i, &binding);
      g_string_append_printf (out, "%u %s\n", binding.frame, binding.name);
    }
}

static BackstepVariable *
new_frame (BackstepVariables *self, guint32 frame)
{
  const BsFrame *info = frame ? bs_recording_get_frame (bs_cursor_get_recording (self->cursor), frame) : NULL;
  g_autofree char *name = info == NULL           ? g_strdup (_("The script"))
                          : info->module_path    ? g_strdup_printf ("%s · %s()", info->module_path, info->function)
                                                 : g_strdup_printf ("%s()", info->function);
  BackstepVariable *row = backstep_variable_new (BACKSTEP_VARIABLE_FRAME, name, 0);

  row->frame = frame;
  row->value = g_strdup ("");
  return row;
}

/* The row that "net.fc1.weight" hangs below: net, of the same frame. */
static BackstepVariable *
find_parent (GPtrArray *names, const char *name, guint32 frame)
{
  gsize n = strcspn (name, ".[");

  if (name[n] == '\0')
    return NULL;
  for (guint i = names->len; i-- > 0;)
    {
      BackstepVariable *row = g_ptr_array_index (names, i);

      if (row->frame != frame)
        break;
      if (strncmp (row->name, name, n) == 0 && row->name[n] == '\0')
        return row;
    }
  return NULL;
}

static void
build_rows (BackstepVariables *self)
{
  guint n = MIN (bs_cursor_get_n_bindings (self->cursor), NAMES_MAX);
  g_autoptr (GPtrArray) tops = g_ptr_array_new (), names = g_ptr_array_new ();
  BackstepVariable *frame = NULL;

  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->watches->len; i++)
    {
      BackstepVariable *row = backstep_variable_new (BACKSTEP_VARIABLE_WATCH, bs_expression_get_text (g_ptr_array_index (self->watches, i)), 0);

      g_ptr_array_add (self->rows, row);
      g_ptr_array_add (tops, row);
    }
  for (guint i = 0; i < n; i++)
    {
      BackstepVariable *parent, *row;
      BsBinding binding;

      bs_cursor_get_binding (self->cursor, i, &binding);
      if (frame == NULL || frame->frame != binding.frame)
        {
          frame = new_frame (self, binding.frame);
          g_ptr_array_add (tops, frame);
        }
      parent = find_parent (names, binding.name, binding.frame);
      row = backstep_variable_new (BACKSTEP_VARIABLE_NAME, binding.name, parent ? strlen (parent->name) : 0);
      row->frame = binding.frame;
      backstep_variable_add_child (parent ? parent : frame, row);
      if (parent == NULL)
        g_ptr_array_add (names, row);
      g_ptr_array_add (self->rows, row);
    }
  g_list_store_splice (self->roots, 0, g_list_model_get_n_items (G_LIST_MODEL (self->roots)), tops->pdata, tops->len);
  for (guint i = self->watches->len; i < tops->len; i++)
    g_object_unref (g_ptr_array_index (tops, i)); /* frames: the store has them; the others are also in @rows */
}

/* --- folding ----------------------------------------------------------------------------------------------------------- */

static gboolean
is_unfolded (BackstepVariables *self, BackstepVariable *row)
{
  return g_hash_table_contains (self->unfolded, row->name) != (row->kind == BACKSTEP_VARIABLE_FRAME);
}

static void
unfold_rows (BackstepVariables *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->tree)); i++)
    {
      g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->tree, i);
      g_autoptr (BackstepVariable) variable = gtk_tree_list_row_get_item (row);

      if (gtk_tree_list_row_is_expandable (row) && is_unfolded (self, variable))
        gtk_tree_list_row_set_expanded (row, TRUE);
    }
}

static GListModel *
children_of (gpointer item, gpointer data)
{
  BackstepVariable *variable = item;

  return variable->children ? G_LIST_MODEL (g_object_ref (variable->children)) : NULL;
}

static void
on_expanded (GtkTreeListRow *row, GParamSpec *pspec, BackstepVariables *self)
{
  g_autoptr (BackstepVariable) variable = gtk_tree_list_row_get_item (row);
  gboolean remember;

  if (variable == NULL)
    return;
  remember = gtk_tree_list_row_get_expanded (row) != (variable->kind == BACKSTEP_VARIABLE_FRAME);
  if (remember)
    g_hash_table_add (self->unfolded, g_strdup (variable->name));
  else
    g_hash_table_remove (self->unfolded, variable->name);
}

void
backstep_variables_refresh (BackstepVariables *self)
{
  g_autoptr (GString) layout = g_string_new (NULL);
  gboolean same, lit;
  guint32 step;

  if (self->cursor == NULL)
    {
      g_list_store_remove_all (self->roots);
      g_string_truncate (self->layout, 0);
      g_ptr_array_set_size (self->rows, 0);
      return;
    }
  step = bs_cursor_get_step (self->cursor);
  describe_layout (self, layout);
  same = g_string_equal (layout, self->layout);
  lit = same && step != self->step;
  if (!same)
    build_rows (self);
  g_string_assign (self->layout, layout->str);
  if (same && !lit)
    lit = FALSE;
  for (guint i = 0; i < self->watches->len; i++)
    show_watch (self, i, lit);
  for (guint i = self->watches->len; i < self->rows->len; i++)
    {
      BsBinding binding;

      bs_cursor_get_binding (self->cursor, i - self->watches->len, &binding);
      show_binding (self, g_ptr_array_index (self->rows, i), &binding, lit);
    }
  if (!same)
    unfold_rows (self);
  self->step = step;
}

/* --- rows on the screen ------------------------------------------------------------------------------------------------ */

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_row (BackstepVariable *variable, GtkWidget *line)
{
  GtkWidget *name = gtk_widget_get_first_child (line), *value = gtk_widget_get_next_sibling (name);
  GtkWidget *remove = gtk_widget_get_next_sibling (value), *edit = gtk_widget_get_next_sibling (remove);
  g_autofree char *tip = variable->detail ? g_strdup_printf ("%s = %s\n%s", variable->name, variable->value, variable->detail)
                                          : g_strdup_printf ("%s = %s", variable->name, variable->value);
  gboolean is_frame = variable->kind == BACKSTEP_VARIABLE_FRAME;

  gtk_label_set_text (GTK_LABEL (name), variable->label);
  gtk_label_set_text (GTK_LABEL (value), variable->value);
  gtk_widget_set_tooltip_text (line, is_frame ? NULL : tip);
  gtk_widget_set_visible (remove, variable->kind == BACKSTEP_VARIABLE_WATCH);
  gtk_widget_set_visible (edit, variable->kind == BACKSTEP_VARIABLE_NAME && variable->is_editable);
  gtk_widget_set_visible (value, !is_frame);
  set_class (name, "frame-name", is_frame);
  set_class (name, "watch", variable->kind == BACKSTEP_VARIABLE_WATCH);
  set_class (value, "dim-label", variable->is_error);
  set_class (value, "changed", variable->is_new);
}

static void
on_remove (GtkButton *button, BackstepVariables *self)
{
  BackstepVariable *variable = g_object_get_data (G_OBJECT (button), "variable");
  guint i;

  if (variable == NULL || !g_ptr_array_find (self->rows, variable, &i) || i >= self->watches->len)
    return;
  g_ptr_array_remove_index (self->watches, i);
  backstep_variables_refresh (self);
  g_signal_emit (self, signals[WATCHES_CHANGED], 0);
}

static void on_edit_clicked (GtkButton *button, BackstepVariables *self);

static GtkWidget *
new_button (BackstepVariables *self, const char *icon, const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "small");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect (button, "clicked", clicked, self);
  return button;
}

static gboolean
drag_row (GtkWidget *line, double x, double y, guint32 *tensor, char **name)
{
  BackstepVariable *variable = g_object_get_data (G_OBJECT (gtk_widget_get_last_child (line)), "variable");

  if (variable == NULL || variable->kind != BACKSTEP_VARIABLE_NAME)
    return FALSE;
  *tensor = variable->tensor;
  *name = g_strdup (variable->name);
  return TRUE;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, BackstepVariables *self)
{
  GtkWidget *expander = gtk_tree_expander_new (), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *name = gtk_label_new (NULL), *value = gtk_label_new (NULL);
  GtkWidget *remove = new_button (self, "window-close-symbolic", _("Watch it no longer"), G_CALLBACK (on_remove));
  GtkWidget *edit = new_button (self, "document-edit-symbolic", _("Change this value from here on"), G_CALLBACK (on_edit_clicked));

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (name, "name");
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  gtk_label_set_ellipsize (GTK_LABEL (value), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, "value");
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), value);
  gtk_box_append (GTK_BOX (line), remove);
  gtk_box_append (GTK_BOX (line), edit);
  backstep_dragged_add_source (line, drag_row);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), line);
  gtk_list_item_set_child (item, expander);
}

static void
set_buttons (GtkWidget *line, BackstepVariable *variable)
{
  GtkWidget *edit = gtk_widget_get_last_child (line);

  g_object_set_data (G_OBJECT (edit), "variable", variable);
  g_object_set_data (G_OBJECT (gtk_widget_get_prev_sibling (edit)), "variable", variable);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, BackstepVariables *self)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  GtkWidget *expander = gtk_list_item_get_child (item), *line = gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander));
  g_autoptr (BackstepVariable) variable = gtk_tree_list_row_get_item (row);

  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), row);
  set_buttons (line, variable);
  show_row (variable, line);
  g_signal_connect (variable, "changed", G_CALLBACK (show_row), line);
  g_signal_connect (row, "notify::expanded", G_CALLBACK (on_expanded), self);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, BackstepVariables *self)
{
  GtkTreeListRow *row = gtk_list_item_get_item (item);
  GtkWidget *expander = gtk_list_item_get_child (item), *line = gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander));
  g_autoptr (BackstepVariable) variable = gtk_tree_list_row_get_item (row);

  if (variable)
    g_signal_handlers_disconnect_by_func (variable, show_row, line);
  g_signal_handlers_disconnect_by_func (row, on_expanded, self);
  set_buttons (line, NULL);
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (expander), NULL);
}

static void
on_activate (GtkListView *list, guint position, BackstepVariables *self)
{
  g_autoptr (GtkTreeListRow) row = gtk_tree_list_model_get_row (self->tree, position);
  g_autoptr (BackstepVariable) variable = gtk_tree_list_row_get_item (row);

  if (variable->tensor)
    g_signal_emit (self, signals[SELECT], 0, variable->tensor);
  else if (gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

/* --- changing the past --------------------------------------------------------------------------------------------------- */

static void
close_edit (BackstepVariables *self)
{
  g_clear_pointer (&self->edited, g_free);
  gtk_widget_set_visible (self->edit_box, FALSE);
  show_problem (self, NULL);
}

static void
on_edit_cancelled (GtkButton *button, BackstepVariables *self)
{
  close_edit (self);
}

static void
on_edit_entered (GtkEntry *entry, BackstepVariables *self)
{
  g_autofree char *name = g_strdup (self->edited), *value = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  g_autoptr (GError) error = NULL;
  g_autoptr (BsExpression) expression = bs_expression_parse (value, &error);

  if (name == NULL)
    return;
  if (expression == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  close_edit (self);
  gtk_widget_grab_focus (self->list);
  g_signal_emit (self, signals[EDIT], 0, name, value);
}

static gboolean
on_edit_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepVariables *self)
{
  if (key != GDK_KEY_Escape)
    return FALSE;
  close_edit (self);
  gtk_widget_grab_focus (self->list);
  return TRUE;
}

/* What a person would type: tensors as (nested) lists, with the signs of Python. */
static char *
text_to_edit (BackstepVariable *variable)
{
  g_auto (GStrv) parts = g_strsplit (variable->value, "−", -1);

  if (variable->tensor && strpbrk (variable->value, "×") && variable->value[0] != '[')
    return g_strdup ("");
  return g_strjoinv ("-", parts);
}

static void
ask_for_value (BackstepVariables *self, BackstepVariable *variable)
{
  g_autofree char *title = g_strdup_printf (_("%s from this step on:"), variable->name), *text = text_to_edit (variable);

  g_free (self->edited);
  self->edited = g_strdup (variable->name);
  gtk_label_set_text (GTK_LABEL (self->edit_label), title);
  gtk_editable_set_text (GTK_EDITABLE (self->edit_entry), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->edit_entry), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_set_visible (self->edit_box, TRUE);
  gtk_widget_grab_focus (self->edit_entry);
  gtk_editable_select_region (GTK_EDITABLE (self->edit_entry), 0, -1);
}

static void
on_edit_clicked (GtkButton *button, BackstepVariables *self)
{
  BackstepVariable *variable = g_object_get_data (G_OBJECT (button), "variable");

  if (variable)
    ask_for_value (self, variable);
}

/* --- watches ----------------------------------------------------------------------------------------------------------- */

gboolean
backstep_variables_add_watch (BackstepVariables *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  BsExpression *expression = self->watches->len < WATCHES_MAX ? bs_expression_parse (text, &error) : NULL;

  show_problem (self, error ? error->message : NULL);
  if (expression == NULL)
    return FALSE;
  g_ptr_array_add (self->watches, expression);
  backstep_variables_refresh (self);
  g_signal_emit (self, signals[WATCHES_CHANGED], 0);
  return TRUE;
}

static void
on_new_watch (GtkEntry *entry, BackstepVariables *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  if (*text != '\0' && backstep_variables_add_watch (self, text))
    gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

static void
on_entry_changed (GtkEntry *entry, BackstepVariables *self)
{
  show_problem (self, NULL);
}

char **
backstep_variables_dup_watches (BackstepVariables *self)
{
  char **texts = g_new0 (char *, self->watches->len + 1);

  for (guint i = 0; i < self->watches->len; i++)
    texts[i] = g_strdup (bs_expression_get_text (g_ptr_array_index (self->watches, i)));
  return texts;
}

void
backstep_variables_set_watches (BackstepVariables *self, const char *const *texts)
{
  g_ptr_array_set_size (self->watches, 0);
  for (guint i = 0; texts[i] && i < WATCHES_MAX; i++)
    {
      BsExpression *expression = bs_expression_parse (texts[i], NULL);

      if (expression)
        g_ptr_array_add (self->watches, expression);
    }
  backstep_variables_refresh (self);
}

void
backstep_variables_focus (BackstepVariables *self)
{
  gtk_widget_grab_focus (self->entry);
}

void
backstep_variables_set_cursor (BackstepVariables *self, BsCursor *cursor)
{
  g_set_object (&self->cursor, cursor);
  g_string_truncate (self->layout, 0);
  g_string_append_c (self->layout, '?');
}

static void
backstep_variables_dispose (GObject *object)
{
  BackstepVariables *self = BACKSTEP_VARIABLES (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->cursor);
  g_clear_object (&self->tree);
  g_clear_pointer (&self->edited, g_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->watches, g_ptr_array_unref);
  g_clear_pointer (&self->unfolded, g_hash_table_unref);
  if (self->layout)
    g_string_free (g_steal_pointer (&self->layout), TRUE);
  G_OBJECT_CLASS (backstep_variables_parent_class)->dispose (object);
}

static void
backstep_variables_class_init (BackstepVariablesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_variables_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/variables.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepVariables, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepVariables, list);
  gtk_widget_class_bind_template_child (widget_class, BackstepVariables, entry);
  gtk_widget_class_bind_template_child (widget_class, BackstepVariables, problem);
  gtk_widget_class_bind_template_child (widget_class, BackstepVariables, edit_box);
  gtk_widget_class_bind_template_child (widget_class, BackstepVariables, edit_label);
  gtk_widget_class_bind_template_child (widget_class, BackstepVariables, edit_entry);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_cancelled);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_new_watch);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
  signals[SELECT] = g_signal_new ("select", BACKSTEP_TYPE_VARIABLES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[EDIT] = g_signal_new ("edit", BACKSTEP_TYPE_VARIABLES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                G_TYPE_STRING);
  signals[WANT_WHOLE] = g_signal_new ("want-whole", BACKSTEP_TYPE_VARIABLES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                      G_TYPE_UINT);
  signals[WATCHES_CHANGED] = g_signal_new ("watches-changed", BACKSTEP_TYPE_VARIABLES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_variables_init (BackstepVariables *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkSelectionModel *selection;

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_edit_key), self);
  gtk_widget_add_controller (self->edit_entry, keys);
  self->roots = g_list_store_new (BACKSTEP_TYPE_VARIABLE);
  self->tree = gtk_tree_list_model_new (G_LIST_MODEL (self->roots), FALSE, FALSE, children_of, NULL, NULL);
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_expression_free);
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->layout = g_string_new ("?");
  self->unfolded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  g_object_unref (factory);
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->tree))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (selection), TRUE);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), selection);
  g_object_unref (selection);
}
