/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "actions.h"
#include "canvas.h"
#include "draw/histogram.h"
#include "draw/numbers.h"
#include "sentence.h"
#include "table.h"

#define NUMBER_WIDTH 13 /* characters */
#define COLUMNS_MAX 2000 /* of one row; the rest is counted */
#define FEW 8 /* elements: nothing to be distributed */

typedef struct {
  BsValue value;
  guint8 *data;
  gint64 *shape;
  int head_width;       /* characters */
  gint64 width, height; /* of the rows; all leading dimensions are rows */
  gboolean grad;
  BsHistogram histogram;
  BsTexts *texts;
} Table;

static void
free_table (gpointer data)
{
  Table *self = data;

  g_clear_pointer (&self->texts, bs_texts_free);
  g_free (self->data);
  g_free (self->shape);
  g_free (self);
}

/* "[3, 0, :]" for a tensor of three dimensions. */
static char *
head_of_row (const Table *self, gint64 row)
{
  GString *text = g_string_new ("]");

  for (guint i = self->value.n_dims; i-- > 1;)
    {
      g_autofree char *part = g_strdup_printf (i > 1 ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, row % self->shape[i - 1]);

      g_string_prepend (text, part);
      row /= self->shape[i - 1];
    }
  g_string_prepend (text, "[");
  return g_string_free (text, FALSE);
}

static char *
numbers_of_row (const Table *self, gint64 row)
{
  GString *text = g_string_new (NULL);
  char buffer[BS_NUMBER_SIZE];

  for (gint64 i = 0; i < MIN (self->width, COLUMNS_MAX); i++)
    {
      const char *number = bs_number_format (buffer, bs_value_get (&self->value, row * self->width + i), 6);

      g_string_append_printf (text, "%*s%s", (int) MAX (NUMBER_WIDTH - g_utf8_strlen (number, -1), 1), "", number);
    }
  if (self->width > COLUMNS_MAX)
    g_string_append_printf (text, "  …");
  return g_string_free (text, FALSE);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *head = gtk_label_new (NULL), *numbers = gtk_label_new (NULL);

  gtk_widget_add_css_class (head, "dim-label");
  gtk_widget_add_css_class (line, "table-row");
  gtk_label_set_xalign (GTK_LABEL (head), 1);
  gtk_label_set_width_chars (GTK_LABEL (head), ((const Table *) data)->head_width);
  gtk_label_set_xalign (GTK_LABEL (numbers), 0);
  gtk_box_append (GTK_BOX (line), head);
  gtk_box_append (GTK_BOX (line), numbers);
  gtk_list_item_set_child (item, line);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  const Table *self = data;
  GtkWidget *head = gtk_widget_get_first_child (gtk_list_item_get_child (item)), *numbers = gtk_widget_get_next_sibling (head);
  guint row = gtk_list_item_get_position (item);
  g_autofree char *index = head_of_row (self, row), *text = numbers_of_row (self, row);

  gtk_label_set_text (GTK_LABEL (head), self->value.n_dims > 1 ? index : "");
  gtk_label_set_text (GTK_LABEL (numbers), text);
}

/* As many items as rows: the list asks only for what it shows. */
static GListModel *
new_rows (guint n)
{
  GtkStringList *list = gtk_string_list_new (NULL);
  g_auto (GStrv) blanks = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    blanks[i] = g_strdup ("");
  gtk_string_list_splice (list, 0, 0, (const char *const *) blanks);
  return G_LIST_MODEL (list);
}

static Table *
new_table (const BsValue *value)
{
  Table *self = g_new0 (Table, 1);
  gsize size = value->numel > 0 ? (gsize) value->numel * bs_dtype_bytes (value->dtype) : 0;

  self->value = *value;
  self->data = g_memdup2 (value->data, size);
  self->shape = g_memdup2 (value->shape, value->n_dims * sizeof *value->shape);
  self->value.data = self->data;
  self->value.shape = self->shape;
  self->width = value->n_dims > 0 ? MAX (value->shape[value->n_dims - 1], 1) : 1;
  self->height = value->numel / self->width;
  if (value->n_dims > 1)
    {
      g_autofree char *last = head_of_row (self, MAX (self->height, 1) - 1);

      self->head_width = strlen (last);
    }
  return self;
}

/* --- how they are distributed ------------------------------------------------------------------------------------------- */

static void
draw_histogram (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  Table *self = data;

  bs_histogram_draw (&self->histogram, cr, self->texts, backstep_theme (), self->grad, width, height);
}

static gboolean
on_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  const BsHistogram *h = &((Table *) data)->histogram;
  guint bin = keyboard ? G_MAXUINT : bs_histogram_find (h, x, gtk_widget_get_width (widget));
  char low[BS_NUMBER_SIZE], high[BS_NUMBER_SIZE];
  g_autofree char *text = NULL;

  if (bin == G_MAXUINT)
    return FALSE;
  bs_number_format (low, h->first + bin * h->width, 4);
  bs_number_format (high, h->first + (bin + 1) * h->width, 4);
  text = g_strdup_printf (ngettext ("%u element from %s to %s", "%u elements from %s to %s", h->counts[bin]), h->counts[bin], low, high);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* NULL: there is nothing to see. */
static GtkWidget *
new_histogram (Table *self)
{
  const BsHistogram *h = &self->histogram;
  GtkWidget *area = gtk_drawing_area_new ();
  g_autofree char *text = NULL;
  char low[BS_NUMBER_SIZE], high[BS_NUMBER_SIZE];

  bs_histogram_compute (&self->value, &self->histogram);
  if (self->value.numel < FEW || h->n < 2)
    {
      g_object_unref (g_object_ref_sink (area));
      return NULL;
    }
  bs_number_format (low, h->first, 4);
  bs_number_format (high, h->first + h->n * h->width, 4);
  text = g_strdup_printf (_("Histogram from %s to %s; bins: %u; elements in the fullest: %u; nan: %u; infinite: %u"), low, high, h->n, h->most,
                          h->n_nan, h->n_infinite);
  self->texts = bs_texts_new (1);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), 110);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_histogram, self, NULL);
  gtk_widget_set_has_tooltip (area, TRUE);
  g_signal_connect (area, "query-tooltip", G_CALLBACK (on_tooltip), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  return area;
}

GtkWidget *
backstep_table_new (BsCursor *cursor, guint32 tensor, gboolean grad, const char *name)
{
  GtkWidget *window, *box, *header, *scrolled, *list, *summary, *histogram;
  g_autofree char *shape = NULL, *title = NULL, *words = NULL;
  double min, max, mean, norm;
  GtkListItemFactory *factory;
  BsValue value;
  Table *table;

  if (!bs_cursor_get_whole (cursor, tensor, grad, &value) || value.numel > G_MAXINT32)
    return NULL;
  table = new_table (&value);
  table->grad = grad;
  shape = backstep_shape_text (&value);
  title = grad ? g_strdup_printf ("%s.grad", name) : g_strdup (name);
  bs_value_statistics (&table->value, &min, &max, &mean, &norm);
  words = g_strdup_printf (_("%s, %s at step %u: from %.5g to %.5g, mean %.5g, norm %.5g"), shape, bs_dtype_text (value.dtype),
                           bs_cursor_get_step (cursor), min, max, mean, norm);
  factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), table);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), table);
  list = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (new_rows (table->height))), factory);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  summary = gtk_label_new (words);
  gtk_label_set_wrap (GTK_LABEL (summary), TRUE);
  gtk_label_set_xalign (GTK_LABEL (summary), 0);
  gtk_widget_add_css_class (summary, "hint");
  window = adw_window_new ();
  header = adw_header_bar_new ();
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), summary);
  histogram = new_histogram (table);
  if (histogram)
    gtk_box_append (GTK_BOX (box), histogram);
  gtk_box_append (GTK_BOX (box), scrolled);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_default_size (GTK_WINDOW (window), 820, 520);
  backstep_actions_add_escape (window);
  g_object_set_data_full (G_OBJECT (window), "table", table, free_table);
  return window;
}
