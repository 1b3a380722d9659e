/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "outline.h"
#include "recording/groups.h"

/* --- a node of the list, made when it is asked for ------------------------------------------------------------------------- */

#define TYPE_NODE (outline_node_get_type ())
G_DECLARE_FINAL_TYPE (OutlineNode, outline_node, OUTLINE, NODE, GObject)

struct _OutlineNode
{
  GObject parent_instance;
  guint card; /* of the whole graph */
};

G_DEFINE_FINAL_TYPE (OutlineNode, outline_node, G_TYPE_OBJECT)

static void
outline_node_class_init (OutlineNodeClass *klass)
{
}

static void
outline_node_init (OutlineNode *self)
{
}

#define TYPE_NODES (outline_nodes_get_type ())
G_DECLARE_FINAL_TYPE (OutlineNodes, outline_nodes, OUTLINE, NODES, GObject)

struct _OutlineNodes
{
  GObject parent_instance;
  guint n;
};

static GType
outline_nodes_get_item_type (GListModel *model)
{
  return TYPE_NODE;
}

static guint
outline_nodes_get_n_items (GListModel *model)
{
  return OUTLINE_NODES (model)->n;
}

static gpointer
outline_nodes_get_item (GListModel *model, guint position)
{
  OutlineNode *item;

  if (position >= OUTLINE_NODES (model)->n)
    return NULL;
  item = g_object_new (TYPE_NODE, NULL);
  item->card = position;
  return item;
}

static void
outline_nodes_list_init (GListModelInterface *iface)
{
  iface->get_item_type = outline_nodes_get_item_type;
  iface->get_n_items = outline_nodes_get_n_items;
  iface->get_item = outline_nodes_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (OutlineNodes, outline_nodes, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, outline_nodes_list_init))

static void
outline_nodes_class_init (OutlineNodesClass *klass)
{
}

static void
outline_nodes_init (OutlineNodes *self)
{
}

/* --- the widget -------------------------------------------------------------------------------------------------------------- */

typedef enum { COLUMN_NAME, COLUMN_OPERATION, COLUMN_SHAPE, COLUMN_VALUE, COLUMN_GRADIENT, N_COLUMNS } Column;

struct _BackstepOutline
{
  GtkWidget parent_instance;

  GtkWidget *box, *entry, *view;
  OutlineNodes *nodes;                    /* owned */
  GtkFilterListModel *filtered;    /* owned */
  GtkCustomFilter *filter;         /* owned */
  GtkSingleSelection *selection;   /* owned */
  GPtrArray *bound;                /* GtkListItem, borrowed: those on the screen */
  BsGraph *graph;                  /* owned: the whole one */
  BsCursor *cursor;                /* owned */
  char *wanted;                    /* folded to small letters; NULL: everything */
  guint32 selected;                /* tensor */
  double scale;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (BackstepOutline, backstep_outline, GTK_TYPE_WIDGET)

enum { SELECT, ACTIVATE_NODE, N_SIGNALS };
static guint signals[N_SIGNALS];

#define COLUMN_KEY "column"

static guint
card_of (const BackstepOutline *self, GtkListItem *item)
{
  OutlineNode *node = gtk_list_item_get_item (item);

  return node && self->graph && node->card < bs_graph_get_n_cards (self->graph) ? node->card : G_MAXUINT;
}

static char *
text_of (BackstepOutline *self, guint card, Column column)
{
  const BsCard *c = bs_graph_get_card (self->graph, card);
  BsTensorState state;

  switch (column)
    {
    case COLUMN_NAME: return g_strdup (c->name);
    case COLUMN_OPERATION: return bs_card_op_in_words (c);
    case COLUMN_SHAPE: return g_strdup (c->shape);
    default: break;
    }
  bs_cursor_get_tensor (self->cursor, c->tensor, &state);
  if (column == COLUMN_GRADIENT)
    return bs_card_grad_in_words (&state, self->cursor);
  return state.exists ? bs_value_shortest (&state.value) : g_strdup ("");
}

/* The row is what a screen reader stops at: it says all of it, in one sentence. */
static void
describe_row (BackstepOutline *self, GtkWidget *label, guint card)
{
  GtkWidget *cell = gtk_widget_get_parent (label), *row = cell ? gtk_widget_get_parent (cell) : NULL;
  g_autofree char *text = bs_card_describe (self->graph, self->cursor, card);

  if (row)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
fill_item (BackstepOutline *self, GtkListItem *item)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  Column column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (label), COLUMN_KEY));
  guint card = card_of (self, item);
  g_autofree char *text = NULL;
  BsTensorState state;

  if (card == G_MAXUINT || self->cursor == NULL)
    {
      gtk_label_set_text (GTK_LABEL (label), "");
      return;
    }
  text = text_of (self, card, column);
  gtk_label_set_text (GTK_LABEL (label), text);
  bs_cursor_get_tensor (self->cursor, bs_graph_get_card (self->graph, card)->tensor, &state);
  if (state.exists)
    gtk_widget_remove_css_class (label, "dim-label");
  else
    gtk_widget_add_css_class (label, "dim-label");
  if (column == COLUMN_NAME)
    describe_row (self, label, card);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  g_object_set_data (G_OBJECT (label), COLUMN_KEY, column);
  if (GPOINTER_TO_UINT (column) >= COLUMN_SHAPE)
    gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, BackstepOutline *self)
{
  g_ptr_array_add (self->bound, item);
  fill_item (self, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, BackstepOutline *self)
{
  g_ptr_array_remove_fast (self->bound, item);
}

/* --- the selection, both ways ------------------------------------------------------------------------------------------------ */

static void
on_selection (GtkSingleSelection *selection, GParamSpec *pspec, BackstepOutline *self)
{
  OutlineNode *node = gtk_single_selection_get_selected_item (selection);

  if (self->updating || node == NULL || self->graph == NULL || node->card >= bs_graph_get_n_cards (self->graph))
    return;
  g_signal_emit (self, signals[SELECT], 0, bs_graph_get_card (self->graph, node->card)->tensor);
}

/* Where a card stands among those that are shown; they keep their order. */
static guint
position_of (BackstepOutline *self, guint card)
{
  guint low = 0, high = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));

  while (low < high)
    {
      guint middle = (low + high) / 2;
      g_autoptr (OutlineNode) node = g_list_model_get_item (G_LIST_MODEL (self->filtered), middle);

      if (node->card == card)
        return middle;
      if (node->card < card)
        low = middle + 1;
      else
        high = middle;
    }
  return GTK_INVALID_LIST_POSITION;
}

static void
mirror_selection (BackstepOutline *self)
{
  guint card = self->graph && self->selected ? bs_graph_find_tensor (self->graph, self->selected) : G_MAXUINT;
  guint at = card == G_MAXUINT ? GTK_INVALID_LIST_POSITION : position_of (self, card);

  self->updating = TRUE;
  if (at != gtk_single_selection_get_selected (self->selection))
    {
      gtk_single_selection_set_selected (self->selection, at);
      if (at != GTK_INVALID_LIST_POSITION && gtk_widget_get_mapped (self->view))
        gtk_widget_activate_action (gtk_widget_get_last_child (self->view), "list.scroll-to-item", "u", at);
    }
  self->updating = FALSE;
}

static void
on_activate (GtkColumnView *view, guint position, BackstepOutline *self)
{
  g_signal_emit (self, signals[ACTIVATE_NODE], 0);
}

/* --- the filter --------------------------------------------------------------------------------------------------------------- */

static gboolean
holds (const char *text, const char *wanted)
{
  g_autofree char *folded = text ? g_utf8_casefold (text, -1) : NULL;

  return folded && strstr (folded, wanted);
}

static gboolean
is_wanted (gpointer item, gpointer data)
{
  BackstepOutline *self = data;
  const BsCard *card;
  g_autofree char *op = NULL;

  if (self->wanted == NULL || self->graph == NULL || OUTLINE_NODE (item)->card >= bs_graph_get_n_cards (self->graph))
    return TRUE;
  card = bs_graph_get_card (self->graph, OUTLINE_NODE (item)->card);
  op = bs_card_op_in_words (card);
  return holds (card->name, self->wanted) || holds (card->op, self->wanted) || holds (card->pill, self->wanted)
    || holds (card->shape, self->wanted) || holds (op, self->wanted);
}

/* Without words nothing is asked about each of them. */
static void
filter_again (BackstepOutline *self)
{
  self->updating = TRUE;
  if (self->wanted == NULL)
    gtk_filter_list_model_set_filter (self->filtered, NULL);
  else if (gtk_filter_list_model_get_filter (self->filtered))
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  else
    gtk_filter_list_model_set_filter (self->filtered, GTK_FILTER (self->filter));
  self->updating = FALSE;
  mirror_selection (self);
}

static void
on_search (GtkSearchEntry *entry, BackstepOutline *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  g_free (self->wanted);
  self->wanted = *text ? g_utf8_casefold (text, -1) : NULL;
  filter_again (self);
}

/* --- public ------------------------------------------------------------------------------------------------------------------- */

void
backstep_outline_refresh (BackstepOutline *self, BsCursor *cursor)
{
  g_set_object (&self->cursor, cursor);
  for (guint i = 0; i < self->bound->len; i++)
    fill_item (self, g_ptr_array_index (self->bound, i));
}

void
backstep_outline_set_scene (BackstepOutline *self, BsScene *scene, BsCursor *cursor)
{
  BsGraph *graph = scene ? bs_graph_get_whole (bs_scene_get_graph (scene)) : NULL;
  guint had = self->nodes->n, n = graph ? bs_graph_get_n_cards (graph) : 0;

  g_set_object (&self->cursor, cursor);
  if (graph != self->graph)
    {
      g_clear_pointer (&self->graph, bs_graph_unref);
      self->graph = graph ? bs_graph_ref (graph) : NULL;
    }
  self->updating = TRUE;
  self->nodes->n = n;
  if (n > had)
    g_list_model_items_changed (G_LIST_MODEL (self->nodes), had, 0, n - had);
  else if (n < had)
    g_list_model_items_changed (G_LIST_MODEL (self->nodes), n, had - n, 0);
  self->updating = FALSE;
  if (self->wanted)
    filter_again (self);
  for (guint i = 0; i < self->bound->len; i++)
    fill_item (self, g_ptr_array_index (self->bound, i));
  mirror_selection (self);
}

void
backstep_outline_set_selected (BackstepOutline *self, guint32 tensor)
{
  self->selected = tensor;
  mirror_selection (self);
}

/* --- the class ---------------------------------------------------------------------------------------------------------------- */

/* Not the class's grab_focus: Shift+Tab would come back to the entry for ever. */
void
backstep_outline_focus (BackstepOutline *self)
{
  gtk_widget_grab_focus (self->entry);
}

static void
backstep_outline_dispose (GObject *object)
{
  BackstepOutline *self = BACKSTEP_OUTLINE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->nodes);
  g_clear_object (&self->cursor);
  g_clear_pointer (&self->graph, bs_graph_unref);
  g_clear_pointer (&self->bound, g_ptr_array_unref);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (backstep_outline_parent_class)->dispose (object);
}

static void
backstep_outline_class_init (BackstepOutlineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_outline_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  signals[SELECT] = g_signal_new ("select", BACKSTEP_TYPE_OUTLINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[ACTIVATE_NODE] = g_signal_new ("activate-node", BACKSTEP_TYPE_OUTLINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static const struct { const char *title; int width; gboolean expand; } columns[N_COLUMNS] = {
  [COLUMN_NAME] = { N_("Name"), 84, TRUE },       [COLUMN_OPERATION] = { N_("Operation"), 72, FALSE },
  [COLUMN_SHAPE] = { N_("Shape"), 52, FALSE },    [COLUMN_VALUE] = { N_("Value"), 64, TRUE },
  [COLUMN_GRADIENT] = { N_("Gradient"), 72, TRUE },
};

void
backstep_outline_set_scale (BackstepOutline *self, double scale)
{
  GListModel *shown = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));

  if (scale == self->scale)
    return;
  self->scale = scale;
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (shown, i);

      gtk_column_view_column_set_fixed_width (column, columns[i].width * scale);
    }
}

static void
add_columns (BackstepOutline *self)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      GtkColumnViewColumn *column = gtk_column_view_column_new (_(columns[i].title), factory);

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, columns[i].expand);
      gtk_column_view_column_set_fixed_width (column, columns[i].width);
      gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column);
      g_object_unref (column);
    }
}

static void
backstep_outline_init (BackstepOutline *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->scale = 1;
  self->bound = g_ptr_array_new ();
  self->nodes = g_object_new (TYPE_NODES, NULL);
  self->filter = gtk_custom_filter_new (is_wanted, self, NULL);
  self->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->nodes)), NULL);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->filtered)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect (self->selection, "notify::selected", G_CALLBACK (on_selection), self);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->entry = gtk_search_entry_new ();
  gtk_widget_set_margin_start (self->entry, 6);
  gtk_widget_set_margin_end (self->entry, 6);
  gtk_widget_set_margin_bottom (self->entry, 6);
  g_object_set (self->entry, "placeholder-text", _("Name, operation or shape"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Filter the nodes"), -1);
  g_signal_connect (self->entry, "search-changed", G_CALLBACK (on_search), self);
  self->view = gtk_column_view_new (g_object_ref (GTK_SELECTION_MODEL (self->selection)));
  gtk_widget_add_css_class (self->view, "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Nodes of the graph"), -1);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  add_columns (self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (self->box), self->entry);
  gtk_box_append (GTK_BOX (self->box), scroller);
}
