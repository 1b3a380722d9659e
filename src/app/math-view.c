/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "canvas.h"
#include "draw/math-layout.h"
#include "math-view.h"

#define ENLARGED 1.15  /* letters of mathematics are thin */
#define WIDTH_MIN 60
#define WIDTH_MOST 56  /* as wide as one equation would like to be, in its letters' size */

struct _BackstepMathView
{
  GtkWidget parent_instance;

  gboolean brief; /* without notes, in few lines */

  BsDerivation *derivation;
  BsMathLayout *layout; /* for @width, in the widget's font */
  double width;
  GtkWidget *menu;
};

G_DEFINE_FINAL_TYPE (BackstepMathView, backstep_math_view, GTK_TYPE_WIDGET)

/* --- the layout -------------------------------------------------------------------------------------------------------- */

static double
get_size (BackstepMathView *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double size = pango_font_description_get_size (font) / (double) PANGO_SCALE, dpi = pango_cairo_context_get_resolution (context);

  if (!pango_font_description_get_size_is_absolute (font))
    size *= (dpi > 0 ? dpi : 96) / 72;
  return size * ENLARGED;
}

static BsMathLayout *
new_layout (BackstepMathView *self, double width)
{
  const PangoFontDescription *font = pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self)));
  BsMathStyle style = { .size = get_size (self), .width = width, .family = pango_font_description_get_family (font), .no_notes = self->brief, .in_line = self->brief };

  return bs_math_layout_new (self->derivation, &style);
}

static BsMathLayout *
get_layout (BackstepMathView *self, double width)
{
  if (self->derivation == NULL)
    return NULL;
  if (self->layout == NULL || self->width != width)
    {
      g_clear_pointer (&self->layout, bs_math_layout_free);
      self->layout = new_layout (self, width);
      self->width = width;
    }
  return self->layout;
}

static GtkSizeRequestMode
backstep_math_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
backstep_math_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline)
{
  BackstepMathView *self = BACKSTEP_MATH_VIEW (widget);
  double width = 0, height = 0, most = WIDTH_MOST * get_size (self);

  if (self->derivation && orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      g_autoptr (BsMathLayout) free = new_layout (self, 0);

      bs_math_layout_get_size (free, &width, &height);
    }
  else if (self->derivation)
    {
      bs_math_layout_get_size (get_layout (self, for_size > 0 ? for_size : most), &width, &height);
    }
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN (ceil (width), WIDTH_MIN) : ceil (height);
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? ceil (MIN (width, most)) : ceil (height);
}

static void
backstep_math_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BackstepMathView *self = BACKSTEP_MATH_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  BsMathLayout *layout = width > 0 ? get_layout (self, width) : NULL;
  cairo_t *cr;

  if (layout == NULL)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  bs_math_layout_draw (layout, cr, backstep_theme (), 0, 0);
  cairo_destroy (cr);
}

static void
backstep_math_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BackstepMathView *self = BACKSTEP_MATH_VIEW (widget);

  if (self->menu)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
forget_layout (BackstepMathView *self)
{
  g_clear_pointer (&self->layout, bs_math_layout_free);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
backstep_math_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (backstep_math_view_parent_class)->css_changed (widget, change);
  forget_layout (BACKSTEP_MATH_VIEW (widget));
}

static void
backstep_math_view_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (backstep_math_view_parent_class)->system_setting_changed (widget, setting);
  forget_layout (BACKSTEP_MATH_VIEW (widget));
}

/* --- copying --------------------------------------------------------------------------------------------------------------- */

static void
on_copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BackstepMathView *self = BACKSTEP_MATH_VIEW (widget);
  g_autofree char *text = backstep_math_view_dup_text (self, g_str_equal (action, "math.copy-latex") ? BS_NOTATION_LATEX : BS_NOTATION_TEXT);

  if (text)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
pop_up (BackstepMathView *self, double x, double y)
{
  if (self->menu == NULL)
    {
      g_autoptr (GMenu) model = g_menu_new ();

      g_menu_append (model, _("Copy as Text"), "math.copy-text");
      g_menu_append (model, _("Copy as LaTeX"), "math.copy-latex");
      self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (model));
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { x, y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, BackstepMathView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) != GDK_BUTTON_SECONDARY || self->derivation == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  pop_up (self, x, y);
}

static void
on_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BackstepMathView *self = BACKSTEP_MATH_VIEW (widget);

  if (self->derivation)
    pop_up (self, gtk_widget_get_width (widget) / 2.0, MIN (gtk_widget_get_height (widget), 24));
}

/* --- class -------------------------------------------------------------------------------------------------------------------- */

static void
backstep_math_view_dispose (GObject *object)
{
  BackstepMathView *self = BACKSTEP_MATH_VIEW (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->layout, bs_math_layout_free);
  g_clear_pointer (&self->derivation, bs_derivation_free);
  G_OBJECT_CLASS (backstep_math_view_parent_class)->dispose (object);
}

static void
backstep_math_view_class_init (BackstepMathViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_math_view_dispose;
  widget_class->get_request_mode = backstep_math_view_get_request_mode;
  widget_class->measure = backstep_math_view_measure;
  widget_class->snapshot = backstep_math_view_snapshot;
  widget_class->size_allocate = backstep_math_view_size_allocate;
  widget_class->css_changed = backstep_math_view_css_changed;
  widget_class->system_setting_changed = backstep_math_view_system_setting_changed;
  gtk_widget_class_set_css_name (widget_class, "math");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_MATH);
  gtk_widget_class_install_action (widget_class, "math.copy-text", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "math.copy-latex", NULL, on_copy);
  gtk_widget_class_install_action (widget_class, "math.menu", NULL, on_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "math.copy-text", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_ALT_MASK, "math.copy-latex", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "math.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "math.menu", NULL);
}

static void
backstep_math_view_init (BackstepMathView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  AdwStyleManager *style = adw_style_manager_get_default ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

/* --- public ---------------------------------------------------------------------------------------------------------------------- */

GtkWidget *
backstep_math_view_new (void)
{
  return g_object_new (BACKSTEP_TYPE_MATH_VIEW, NULL);
}

char *
backstep_math_view_dup_text (BackstepMathView *self, BsNotation notation)
{
  return self->derivation ? bs_derivation_write (self->derivation, notation) : NULL;
}

void
backstep_math_view_set_derivation (BackstepMathView *self, BsDerivation *derivation)
{
  g_autofree char *before = NULL, *after = NULL;

  g_return_if_fail (BACKSTEP_IS_MATH_VIEW (self));

  before = backstep_math_view_dup_text (self, BS_NOTATION_TEXT);
  g_clear_pointer (&self->derivation, bs_derivation_free);
  self->derivation = derivation;
  after = backstep_math_view_dup_text (self, BS_NOTATION_TEXT);
  if (g_strcmp0 (before, after) == 0)
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, after ? after : "", -1);
  forget_layout (self);
}

void
backstep_math_view_set_brief (BackstepMathView *self, gboolean brief)
{
  if (self->brief == brief)
    return;
  self->brief = brief;
  forget_layout (self);
}
