/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "wrap.h"

#define SPACING 6

struct _BackstepWrapLayout
{
  GtkLayoutManager parent_instance;
};

G_DEFINE_FINAL_TYPE (BackstepWrapLayout, backstep_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

typedef struct {
  GtkWidget *first, *end; /* children, @end not among them */
  int width, height, n_expand;
} Row;

static GtkWidget *
next_shown (GtkWidget *child)
{
  while (child && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
following (GtkWidget *child)
{
  return next_shown (gtk_widget_get_next_sibling (child));
}

/* What expands is content with little, rather than to go into the next row. */
static int
width_of (GtkWidget *child, int limit)
{
  int minimum, natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
    return minimum;
  return CLAMP (natural, minimum, MAX (minimum, limit));
}

/* FALSE: there are no more of them. */
static gboolean
next_row (Row *row, GtkWidget *from, int limit)
{
  *row = (Row) { .first = from, .end = from };
  for (GtkWidget *child = from; child; child = following (child))
    {
      int width = width_of (child, limit), height;

      if (child != from && row->width + SPACING + width > limit)
        break;
      row->width += width + (child != from ? SPACING : 0);
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
      row->height = MAX (row->height, height);
      row->n_expand += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL);
      row->end = following (child);
    }
  return from != NULL;
}

static int
height_for (GtkWidget *box, int width)
{
  int height = 0;
  Row row;

  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (box)); next_row (&row, child, width); child = row.end)
    height += row.height + (height > 0 ? SPACING : 0);
  return height;
}

static void
backstep_wrap_layout_measure (GtkLayoutManager *layout, GtkWidget *box, GtkOrientation orientation, int for_size, int *minimum,
                              int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      for (GtkWidget *child = next_shown (gtk_widget_get_first_child (box)); child; child = following (child))
        {
          int least, most;

          gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &most, NULL, NULL);
          *minimum = MAX (*minimum, least);
          *natural += most + (*natural > 0 ? SPACING : 0);
        }
      return;
    }
  *minimum = *natural = height_for (box, for_size < 0 ? G_MAXINT / 2 : for_size);
}

static void
place_row (GtkWidget *box, const Row *row, int y, int limit)
{
  gboolean mirrored = gtk_widget_get_direction (box) == GTK_TEXT_DIR_RTL;
  int spare = MAX (0, limit - row->width), x = 0, n = row->n_expand;

  for (GtkWidget *child = row->first; child != row->end; child = following (child))
    {
      int width = width_of (child, limit);

      if (n > 0 && gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
        {
          width += spare / n;
          spare -= spare / n--;
        }
      gtk_widget_size_allocate (child, &(GtkAllocation) { mirrored ? limit - x - width : x, y, width, row->height }, -1);
      x += width + SPACING;
    }
}

static void
backstep_wrap_layout_allocate (GtkLayoutManager *layout, GtkWidget *box, int width, int height, int baseline)
{
  int y = 0;
  Row row;

  for (GtkWidget *child = next_shown (gtk_widget_get_first_child (box)); next_row (&row, child, width); child = row.end)
    {
      place_row (box, &row, y, width);
      y += row.height + SPACING;
    }
}

static GtkSizeRequestMode
backstep_wrap_layout_get_request_mode (GtkLayoutManager *layout, GtkWidget *box)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
backstep_wrap_layout_class_init (BackstepWrapLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->measure = backstep_wrap_layout_measure;
  layout_class->allocate = backstep_wrap_layout_allocate;
  layout_class->get_request_mode = backstep_wrap_layout_get_request_mode;
}

static void
backstep_wrap_layout_init (BackstepWrapLayout *self)
{
}

GtkWidget *
backstep_wrap_new (void)
{
  return g_object_new (GTK_TYPE_BOX, "layout-manager", g_object_new (BACKSTEP_TYPE_WRAP_LAYOUT, NULL), NULL);
}
