/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "thumb.h"

#define WIDTH_MIN 150
#define WIDTH 208
#define HEIGHT 117
#define MARGIN 8

struct _BackstepThumb
{
  GtkWidget parent_instance;

  GtkWidget *icon;
  GdkTexture *texture; /* owned */
};

G_DEFINE_FINAL_TYPE (BackstepThumb, backstep_thumb, GTK_TYPE_WIDGET)

static void
backstep_thumb_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *min_baseline, int *nat_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_MIN : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
backstep_thumb_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (BACKSTEP_THUMB (widget)->icon, width, height, baseline, NULL);
}

static void
backstep_thumb_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BackstepThumb *self = BACKSTEP_THUMB (widget);
  double width = gtk_widget_get_width (widget) - 2 * MARGIN, height = gtk_widget_get_height (widget) - 2 * MARGIN, w, h, scale;

  if (self->texture == NULL)
    {
      gtk_widget_snapshot_child (widget, self->icon, snapshot);
      return;
    }
  w = gdk_texture_get_width (self->texture);
  h = gdk_texture_get_height (self->texture);
  scale = MIN (width / w, height / h);
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT (MARGIN + (width - w * scale) / 2, MARGIN + (height - h * scale) / 2, w * scale, h * scale));
}

void
backstep_thumb_set_texture (BackstepThumb *self, GdkTexture *texture)
{
  g_set_object (&self->texture, texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
backstep_thumb_dispose (GObject *object)
{
  BackstepThumb *self = BACKSTEP_THUMB (object);

  g_clear_pointer (&self->icon, gtk_widget_unparent);
  g_clear_object (&self->texture);
  G_OBJECT_CLASS (backstep_thumb_parent_class)->dispose (object);
}

static void
backstep_thumb_class_init (BackstepThumbClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_thumb_dispose;
  widget_class->measure = backstep_thumb_measure;
  widget_class->size_allocate = backstep_thumb_size_allocate;
  widget_class->snapshot = backstep_thumb_snapshot;
  gtk_widget_class_set_css_name (widget_class, "thumb");
  /* The card says all there is to say. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
backstep_thumb_init (BackstepThumb *self)
{
  self->icon = gtk_image_new ();
  gtk_image_set_pixel_size (GTK_IMAGE (self->icon), 32);
  gtk_widget_set_halign (self->icon, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->icon, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->icon, "dim-label");
  gtk_widget_set_parent (self->icon, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GtkWidget *
backstep_thumb_new (const char *icon)
{
  BackstepThumb *self = g_object_new (BACKSTEP_TYPE_THUMB, NULL);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icon ? icon : "io.github.backstep.Backstep-symbolic");
  return GTK_WIDGET (self);
}
