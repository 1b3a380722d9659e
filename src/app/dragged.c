/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "dragged.h"

static gpointer
dragged_copy (gpointer boxed)
{
  BackstepDragged *copy = g_memdup2 (boxed, sizeof *copy);

  copy->name = g_strdup (copy->name);
  return copy;
}

static void
dragged_free (gpointer boxed)
{
  g_free (((BackstepDragged *) boxed)->name);
  g_free (boxed);
}

G_DEFINE_BOXED_TYPE (BackstepDragged, backstep_dragged, dragged_copy, dragged_free)

static GdkContentProvider *
on_prepare (GtkDragSource *source, double x, double y, gpointer func)
{
  BackstepDragged dragged = { 0 };
  GdkContentProvider *providers[2];
  g_autofree char *name = NULL;

  if (!((BackstepDraggedFunc) func) (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source)), x, y, &dragged.tensor, &name))
    return NULL;
  dragged.name = name;
  providers[0] = gdk_content_provider_new_typed (BACKSTEP_TYPE_DRAGGED, &dragged);
  if (name == NULL)
    return providers[0];
  providers[1] = gdk_content_provider_new_typed (G_TYPE_STRING, name);
  return gdk_content_provider_new_union (providers, 2);
}

static void
on_begin (GtkDragSource *source, GdkDrag *drag, gpointer data)
{
  g_autoptr (GdkContentProvider) content = gtk_drag_source_get_content (source) ? g_object_ref (gtk_drag_source_get_content (source)) : NULL;
  g_auto (GValue) value = G_VALUE_INIT;
  const BackstepDragged *dragged = NULL;
  GtkWidget *icon;

  g_value_init (&value, BACKSTEP_TYPE_DRAGGED);
  if (content && gdk_content_provider_get_value (content, &value, NULL))
    dragged = g_value_get_boxed (&value);
  icon = gtk_label_new (dragged && dragged->name ? dragged->name : "#");
  gtk_widget_add_css_class (icon, "dragged");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), icon);
}

void
backstep_dragged_add_source (GtkWidget *widget, BackstepDraggedFunc func)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_prepare), func);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_begin), NULL);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (source));
}
