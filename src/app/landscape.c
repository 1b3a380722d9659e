/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "canvas.h"
#include "draw/landscape.h"
#include "draw/numbers.h"
#include "explain/explain.h"
#include "landscape.h"

#define SETTLE_MS 25   /* while somebody hurries through the passes nothing is computed */
#define SLICE_US 4000  /* of a frame, to read the path; what is computed is on another thread (evaluate/landscape.h) */
#define MOST_CHOICES 200
#define NUDGES 60.0    /* of the arrow keys, across the picture */
#define EXPORT_WIDTH 720.0
#define EXPORT_HEIGHT 480.0

struct _BackstepLandscape
{
  GtkWidget parent_instance;

  GtkWidget *area, *button, *nothing, *choices[2];
  BsCursor *cursor;
  BsLandscape *landscape, *former; /* @former: until the next one has a picture */
  BsLandscapePicture *picture;
  char *problem, *labels[2], *loss;
  guint32 pass, n_events;  /* what it was made for */
  gboolean made, chosen, setting, probing, hide_future;
  int axes[2];
  double probe[2], font_scale;
  guint settle_id, work_id, n_choices;
};

G_DEFINE_FINAL_TYPE (BackstepLandscape, backstep_landscape, GTK_TYPE_WIDGET)

/* --- computing ------------------------------------------------------------------------------------------------------------- */

static BsLandscapeLook
look_of (BackstepLandscape *self)
{
  BsLandscapeLook look = { .loss = self->loss, .hide_future = self->hide_future, .has_probe = self->probing };

  for (guint k = 0; k < 2; k++)
    {
      look.labels[k] = self->labels[k];
      look.probe[k] = self->probe[k];
    }
  if (self->hide_future && self->made && self->landscape)
    {
      const BsPass *pass = bs_recording_get_pass (bs_cursor_get_recording (self->cursor), self->pass);
      BsTensorState loss;

      bs_cursor_get_tensor (self->cursor, pass->root, &loss);
      look.hide_loss = !loss.exists;
      look.hide_slope = bs_cursor_get_step (self->cursor) < pass->update;
    }
  return look;
}

static void
show_problem (BackstepLandscape *self, const char *problem)
{
  gtk_label_set_text (GTK_LABEL (self->nothing), problem ? problem : "");
  gtk_widget_set_visible (self->nothing, problem != NULL);
}

static void
tell (BackstepLandscape *self, const BsLandscapeView *view)
{
  BsLandscapeLook look = look_of (self);
  g_autofree char *text = view->n_axes > 0 ? bs_landscape_describe (view, &look) : NULL;

  if (text)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->area), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

/* Something more has been computed, or may be told. */
static void
on_computed (gpointer data)
{
  BackstepLandscape *self = data;
  BsLandscapeView view;

  if (self->landscape == NULL || !bs_landscape_get_view (self->landscape, &view))
    return;
  if (view.problem)
    {
      g_autofree char *text = g_strdup_printf (_("The loss cannot be computed with other parameters: %s."), view.problem);

      show_problem (self, text);
    }
  tell (self, &view);
  gtk_widget_queue_draw (self->area);
}

static gboolean
on_work (gpointer data)
{
  BackstepLandscape *self = data;
  gboolean more = bs_landscape_prepare (self->landscape, SLICE_US);

  if (!more)
    self->work_id = 0;
  return more;
}

static void
start_work (BackstepLandscape *self)
{
  if (self->work_id == 0)
    self->work_id = g_idle_add_full (G_PRIORITY_LOW, on_work, self, NULL);
}

static char *
label_of (BackstepLandscape *self, guint k)
{
  if (self->axes[k] >= 0)
    return bs_landscape_dup_variable_name (self->landscape, self->axes[k]);
  return g_strdup (self->axes[k] == BS_AXIS_NONE ? "" : k == 0 ? _("main direction") : _("second direction"));
}

static void
take_axes (BackstepLandscape *self)
{
  bs_landscape_get_axes (self->landscape, &self->axes[0], &self->axes[1]);
  for (guint k = 0; k < 2; k++)
    {
      g_free (self->labels[k]);
      self->labels[k] = label_of (self, k);
    }
  self->probing = FALSE;
  start_work (self);
}

/* --- choosing the axes ------------------------------------------------------------------------------------------------------- */

/* The first choice is the path's direction, or no second axis at all. */
static int
axis_of (GtkWidget *choice, guint k)
{
  guint at = gtk_drop_down_get_selected (GTK_DROP_DOWN (choice));

  if (k == 0)
    return at == 0 ? BS_AXIS_MAIN : (int) at - 1;
  return at == 0 ? BS_AXIS_NONE : at == 1 ? BS_AXIS_MAIN : (int) at - 2;
}

static void
on_choice (BackstepLandscape *self)
{
  if (self->setting || self->landscape == NULL)
    return;
  self->axes[0] = axis_of (self->choices[0], 0);
  self->axes[1] = axis_of (self->choices[1], 1);
  if (self->axes[0] >= 0 && self->axes[0] == self->axes[1])
    self->axes[1] = BS_AXIS_NONE;
  self->chosen = TRUE;
  bs_landscape_set_axes (self->landscape, self->axes[0], self->axes[1]);
  take_axes (self);
  gtk_widget_queue_draw (self->area);
}

static void
fill_choices (BackstepLandscape *self)
{
  guint n = MIN (bs_replay_get_n_variables (bs_landscape_get_replay (self->landscape)), MOST_CHOICES);

  self->setting = TRUE;
  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

      if (k == 1)
        gtk_string_list_append (list, _("none: a curve"));
      gtk_string_list_append (list, k == 0 ? _("main direction") : _("second direction"));
      for (guint i = 0; i < n; i++)
        gtk_string_list_take (list, bs_landscape_dup_variable_name (self->landscape, i));
      gtk_drop_down_set_model (GTK_DROP_DOWN (self->choices[k]), G_LIST_MODEL (list));
    }
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->choices[0]), self->axes[0] == BS_AXIS_MAIN ? 0 : self->axes[0] + 1);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->choices[1]),
                              self->axes[1] == BS_AXIS_NONE ? 0 : self->axes[1] == BS_AXIS_MAIN ? 1 : self->axes[1] + 2);
  self->setting = FALSE;
  gtk_widget_set_visible (self->button, n > 1);
}

/* --- what is shown ------------------------------------------------------------------------------------------------------------ */

static gboolean
has_picture (BsLandscape *landscape)
{
  BsLandscapeView view;

  return landscape && bs_landscape_get_view (landscape, &view) && view.stride > 0;
}

static void
clear (BackstepLandscape *self)
{
  g_clear_handle_id (&self->work_id, g_source_remove);
  if (self->landscape)
    {
      bs_landscape_cancel (self->landscape);
      if (self->former == NULL || has_picture (self->landscape))
        {
          g_clear_pointer (&self->former, bs_landscape_free);
          self->former = g_steal_pointer (&self->landscape);
        }
    }
  g_clear_pointer (&self->landscape, bs_landscape_free);
  g_clear_pointer (&self->problem, g_free);
  self->made = self->probing = FALSE;
  show_problem (self, NULL);
}

static void
make (BackstepLandscape *self)
{
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  guint32 pass = bs_recording_find_pass (recording, bs_cursor_get_step (self->cursor)), root = bs_recording_get_pass (recording, pass)->root;
  g_autoptr (GError) error = NULL;
  guint n;

  clear (self);
  self->made = TRUE;
  self->pass = pass;
  self->n_events = bs_recording_get_n_events (recording);
  self->landscape = bs_landscape_new (recording, pass, &error);
  gtk_widget_set_visible (self->button, FALSE);
  if (self->landscape == NULL)
    {
      self->problem = error ? g_strdup_printf (_("The loss cannot be computed with other parameters: %s."), error->message)
                            : g_strdup (_("No loss in this pass: nothing calls backward()"));
      show_problem (self, self->problem);
      g_clear_pointer (&self->former, bs_landscape_free);
      gtk_widget_queue_draw (self->area);
      return;
    }
  g_free (self->loss);
  self->loss = bs_explain_name (recording, root, bs_recording_get_pass (recording, pass)->backward);
  bs_landscape_set_notify (self->landscape, on_computed, self);
  n = bs_replay_get_n_variables (bs_landscape_get_replay (self->landscape));
  if (self->chosen && self->axes[0] < (int) n && self->axes[1] < (int) n)
    bs_landscape_set_axes (self->landscape, self->axes[0], self->axes[1]);
  take_axes (self);
  fill_choices (self);
  gtk_widget_queue_draw (self->area);
}

static gboolean
on_settled (gpointer data)
{
  BackstepLandscape *self = data;

  self->settle_id = 0;
  if (self->cursor && bs_recording_get_n_passes (bs_cursor_get_recording (self->cursor)) > 0)
    make (self);
  return G_SOURCE_REMOVE;
}

void
backstep_landscape_refresh (BackstepLandscape *self)
{
  BsRecording *recording = self->cursor ? bs_cursor_get_recording (self->cursor) : NULL;
  guint32 pass;

  if (recording == NULL || bs_recording_get_n_passes (recording) == 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->hide_future)
    on_computed (self); /* what may be told */
  pass = bs_recording_find_pass (recording, bs_cursor_get_step (self->cursor));
  if (self->made && pass == self->pass && bs_recording_get_n_events (recording) == self->n_events)
    return;
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE_MS, on_settled, self);
}

void
backstep_landscape_set_cursor (BackstepLandscape *self, BsCursor *cursor)
{
  clear (self);
  g_clear_pointer (&self->former, bs_landscape_free);
  g_set_object (&self->cursor, cursor);
  self->chosen = self->chosen && cursor != NULL;
  backstep_landscape_refresh (self);
  gtk_widget_queue_draw (self->area);
}

GtkWidget *
backstep_landscape_get_area (BackstepLandscape *self)
{
  return self->area;
}

void
backstep_landscape_set_look (BackstepLandscape *self, double font_scale, gboolean hide_future)
{
  self->font_scale = font_scale;
  self->hide_future = hide_future;
  on_computed (self);
  gtk_widget_queue_draw (self->area);
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  BackstepLandscape *self = data;
  BsLandscapeLook look = look_of (self);
  BsLandscapeView view;

  bs_palette_set (cr, backstep_theme (), BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  if (self->landscape && bs_landscape_get_view (self->landscape, &view) && view.stride > 0)
    g_clear_pointer (&self->former, bs_landscape_free);
  else if (self->former == NULL || !bs_landscape_get_view (self->former, &view))
    return;
  if (view.n_axes == 0)
    return;
  bs_landscape_picture_draw (self->picture, cr, &view, &look, width, height, backstep_theme (), self->font_scale);
}

GBytes *
backstep_landscape_export (BackstepLandscape *self, const char *ending, const BsExportOptions *options, GError **error)
{
  BsLandscapeLook look = look_of (self);
  BsLandscapeView view;

  if (self->landscape == NULL || !bs_landscape_get_view (self->landscape, &view) || view.stride == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, self->problem ? self->problem : _("There is no landscape yet."));
      return NULL;
    }
  return bs_landscape_picture_export (&view, &look, ending, EXPORT_WIDTH, EXPORT_HEIGHT, options, error);
}

/* --- looking elsewhere ----------------------------------------------------------------------------------------------------------- */

static void
look_at (BackstepLandscape *self, const double at[2])
{
  self->probe[0] = at[0];
  self->probe[1] = at[1];
  self->probing = TRUE;
  bs_landscape_probe (self->landscape, at);
  gtk_widget_queue_draw (self->area);
}

static void
look_back (BackstepLandscape *self)
{
  self->probing = FALSE;
  on_computed (self);
}

static void
probe_at (BackstepLandscape *self, double x, double y)
{
  double at[2];

  if (self->landscape && bs_landscape_picture_hit (self->picture, x, y, at))
    look_at (self, at);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, BackstepLandscape *self)
{
  probe_at (self, x, y);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, BackstepLandscape *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  probe_at (self, x + dx, y + dy);
}

static void
on_click (GtkGestureClick *gesture, int n_press, double x, double y, BackstepLandscape *self)
{
  if (n_press == 2)
    look_back (self);
}

/* With Shift in small steps. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepLandscape *self)
{
  double way = state & GDK_SHIFT_MASK ? 0.1 : 1, at[2];
  BsLandscapeView view;

  if (self->landscape == NULL || state & (GDK_CONTROL_MASK | GDK_ALT_MASK) || !bs_landscape_get_view (self->landscape, &view) || view.n_axes == 0)
    return FALSE;
  if (key == GDK_KEY_Escape && self->probing)
    {
      look_back (self);
      return TRUE;
    }
  for (guint k = 0; k < 2; k++)
    at[k] = self->probing ? self->probe[k] : view.at[k];
  if (key == GDK_KEY_Left || key == GDK_KEY_Right)
    at[0] += (key == GDK_KEY_Right ? way : -way) * (view.high[0] - view.low[0]) / NUDGES;
  else if (view.n_axes == 2 && (key == GDK_KEY_Up || key == GDK_KEY_Down))
    at[1] += (key == GDK_KEY_Up ? way : -way) * (view.high[1] - view.low[1]) / NUDGES;
  else
    return FALSE;
  for (guint k = 0; k < view.n_axes; k++)
    at[k] = CLAMP (at[k], view.low[k], view.high[k]);
  look_at (self, at);
  return TRUE;
}

/* --- the widget -------------------------------------------------------------------------------------------------------------------- */

static void
on_map (GtkWidget *widget, gpointer data)
{
  backstep_landscape_refresh (BACKSTEP_LANDSCAPE (widget));
}

static GtkWidget *
new_choices (BackstepLandscape *self)
{
  GtkWidget *popover = gtk_popover_new (), *rows = gtk_grid_new ();
  const char *const names[] = { N_("Across"), N_("Up") };

  gtk_grid_set_row_spacing (GTK_GRID (rows), 6);
  gtk_grid_set_column_spacing (GTK_GRID (rows), 12);
  for (guint k = 0; k < 2; k++)
    {
      GtkWidget *label = gtk_label_new (_(names[k]));

      self->choices[k] = gtk_drop_down_new (NULL, NULL);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->choices[k]), GTK_ACCESSIBLE_PROPERTY_LABEL, _(names[k]), -1);
      gtk_widget_set_hexpand (self->choices[k], TRUE);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_grid_attach (GTK_GRID (rows), label, 0, k, 1, 1);
      gtk_grid_attach (GTK_GRID (rows), self->choices[k], 1, k, 1, 1);
      g_signal_connect_swapped (self->choices[k], "notify::selected", G_CALLBACK (on_choice), self);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), rows);
  return popover;
}

static void
backstep_landscape_dispose (GObject *object)
{
  BackstepLandscape *self = BACKSTEP_LANDSCAPE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->settle_id, g_source_remove);
  clear (self);
  g_clear_pointer (&self->former, bs_landscape_free);
  g_clear_object (&self->cursor);
  g_clear_pointer (&self->picture, bs_landscape_picture_free);
  g_clear_pointer (&self->labels[0], g_free);
  g_clear_pointer (&self->labels[1], g_free);
  g_clear_pointer (&self->loss, g_free);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (backstep_landscape_parent_class)->dispose (object);
}

static void
backstep_landscape_class_init (BackstepLandscapeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = backstep_landscape_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "landscape");
}

static void
backstep_landscape_init (BackstepLandscape *self)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->font_scale = 1;
  self->picture = bs_landscape_picture_new ();
  self->area = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, "content-width", 200,
                             "focusable", TRUE, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->area), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Landscape of the loss"), -1);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->area), draw, self, NULL);
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->button), "view-more-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), new_choices (self));
  gtk_widget_set_tooltip_text (self->button, _("Choose the axes"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose the axes"), -1);
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_set_halign (self->button, GTK_ALIGN_START);
  gtk_widget_set_valign (self->button, GTK_ALIGN_END);
  self->nothing = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->nothing), TRUE);
  gtk_widget_set_margin_start (self->nothing, 12);
  gtk_widget_set_margin_end (self->nothing, 12);
  gtk_widget_add_css_class (self->nothing, "dim-label");
  gtk_widget_set_can_target (self->nothing, FALSE);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), self->area);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->nothing);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->button);
  gtk_widget_set_parent (overlay, GTK_WIDGET (self));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_click), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (self->area, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (self->area, keys);
  gtk_widget_add_controller (self->area, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify", G_CALLBACK (gtk_widget_queue_draw), self->area, G_CONNECT_SWAPPED);
}
