/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "canvas.h"
#include "draw/numbers.h"
#include "dragged.h"
#include "plots-private.h"

#define LABEL_CHARS 24
#define SLICE_US 4000 /* of a frame, to read curves that were asked for */

G_DEFINE_FINAL_TYPE (BackstepPlots, backstep_plots, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_LOSSES, N_PROPS };
enum { SEEK, SAY, N_SIGNALS };
static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* --- the legend --------------------------------------------------------------------------------------------------------------- */

static guint
line_of (GtkWidget *widget)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (widget), "line"));
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  BackstepPlots *self = data;
  guint line = line_of (GTK_WIDGET (area));

  if (self->plot == NULL || line >= bs_plot_get_n_lines (self->plot))
    return;
  bs_plot_set_line (self->plot, cr, line, backstep_theme (), 1);
  cairo_move_to (cr, 0, height / 2.0);
  cairo_rel_line_to (cr, width, 0);
  cairo_stroke (cr);
}

static void
on_toggled (GtkToggleButton *button, BackstepPlots *self)
{
  if (self->updating || self->plot == NULL)
    return;
  bs_plot_set_shown (self->plot, line_of (GTK_WIDGET (button)), gtk_toggle_button_get_active (button));
  backstep_plots_refresh (self);
}

static void
on_remove (GtkButton *button, BackstepPlots *self)
{
  if (self->plot)
    bs_plot_remove (self->plot, line_of (GTK_WIDGET (button)));
  backstep_plots_refresh (self);
}

/* Delete on an added curve's switch. */
static gboolean
on_legend_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepPlots *self)
{
  GtkWidget *button = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));

  if (key != GDK_KEY_Delete || self->plot == NULL)
    return FALSE;
  bs_plot_remove (self->plot, line_of (button));
  backstep_plots_refresh (self);
  return TRUE;
}

static GtkWidget *
new_entry (BackstepPlots *self, guint i, const BsPlotLine *line, GtkWidget **value)
{
  GtkWidget *button = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5), *swatch = gtk_drawing_area_new ();
  GtkWidget *label = gtk_label_new (line->run == 0 ? line->label : line->run_name ? line->run_name : "?");
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), 20);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), 10);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, self, NULL);
  g_object_set_data (G_OBJECT (swatch), "line", GUINT_TO_POINTER (i));
  g_object_set_data (G_OBJECT (button), "line", GUINT_TO_POINTER (i));
  if (g_utf8_strlen (gtk_label_get_text (GTK_LABEL (label)), -1) > LABEL_CHARS)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_width_chars (GTK_LABEL (label), LABEL_CHARS);
    }
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), label);
  *value = NULL;
  if (line->run == 0)
    {
      *value = gtk_label_new (NULL);
      gtk_widget_add_css_class (*value, "dim-label");
      gtk_widget_add_css_class (*value, "numeric");
      gtk_label_set_width_chars (GTK_LABEL (*value), 8);
      gtk_label_set_xalign (GTK_LABEL (*value), 0);
      gtk_box_append (GTK_BOX (box), *value);
    }
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_widget_set_tooltip_text (button, line->run == 0 ? _("Show or hide this curve") : _("Show or hide this run"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, gtk_label_get_text (GTK_LABEL (label)), -1);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_legend_key), self);
  gtk_widget_add_controller (button, keys);
  return button;
}

static GtkWidget *
new_remove (BackstepPlots *self, guint i, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *words = g_strdup_printf (_("Take the curve of %s away"), label);

  g_object_set_data (G_OBJECT (button), "line", GUINT_TO_POINTER (i));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), self);
  return button;
}

/* A further run stands in the legend once. */
static gboolean
has_entry (BackstepPlots *self, guint i, BsPlotLine *line)
{
  BsPlotLine before;

  bs_plot_get_line (self->plot, i, line);
  if (line->run == 0 || i == 0)
    return TRUE;
  bs_plot_get_line (self->plot, i - 1, &before);
  return before.run != line->run;
}

static void
build_legend (BackstepPlots *self, guint n)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->values, 0);
  while ((child = gtk_widget_get_first_child (self->legend)))
    gtk_box_remove (GTK_BOX (self->legend), child);
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *entry, *value = NULL;
      BsPlotLine line;

      if (has_entry (self, i, &line))
        {
          entry = new_entry (self, i, &line, &value);
          gtk_box_append (GTK_BOX (self->legend), entry);
          if (line.added && line.run == 0)
            gtk_box_append (GTK_BOX (self->legend), new_remove (self, i, line.label));
        }
      g_ptr_array_add (self->values, value);
    }
}

static void
show_legend (BackstepPlots *self)
{
  guint n = self->plot ? bs_plot_get_n_lines (self->plot) : 0;
  g_autoptr (GString) key = g_string_new (NULL);
  guint32 step = self->cursor ? bs_cursor_get_step (self->cursor) : 0;
  BsPlotLine line;

  for (guint i = 0; i < n; i++)
    {
      bs_plot_get_line (self->plot, i, &line);
      g_string_append_printf (key, "%s\t%u %d %s\n", line.label, line.run, line.added, line.run_name ? line.run_name : "");
    }
  self->updating = TRUE;
  if (!g_string_equal (key, self->legend_key))
    build_legend (self, n);
  g_string_assign (self->legend_key, key->str);
  for (guint i = 0; i < n; i++)
    {
      GtkWidget *value = self->values->pdata[i];
      char buffer[BS_NUMBER_SIZE];
      double number;

      bs_plot_get_line (self->plot, i, &line);
      if (value && line.shown && bs_plot_find_value (self->plot, i, step, &number))
        gtk_label_set_text (GTK_LABEL (value), bs_number_format (buffer, number, 5));
      else if (value)
        gtk_label_set_text (GTK_LABEL (value), "");
    }
  for (GtkWidget *child = gtk_widget_get_first_child (self->legend); child; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_TOGGLE_BUTTON (child))
      {
        bs_plot_get_line (self->plot, line_of (child), &line);
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child), line.shown);
        gtk_widget_queue_draw (gtk_widget_get_first_child (gtk_button_get_child (GTK_BUTTON (child))));
      }
  self->updating = FALSE;
}

/* --- what is shown --------------------------------------------------------------------------------------------------------------- */

static void
show_all (BackstepPlots *self)
{
  g_autofree char *text = self->plot ? bs_plot_describe (self->plot, self->cursor) : NULL;

  show_legend (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->area), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text ? text : "", -1);
  gtk_widget_queue_draw (self->area);
}

static gboolean
on_work (gpointer data)
{
  BackstepPlots *self = data;
  gboolean more = self->plot && bs_plot_work (self->plot, g_get_monotonic_time () + SLICE_US);

  if (!more)
    self->work_id = 0;
  show_all (self);
  return more;
}

void
backstep_plots_refresh (BackstepPlots *self)
{
  if (self->plot && bs_plot_work (self->plot, g_get_monotonic_time () + SLICE_US) && self->work_id == 0)
    self->work_id = g_idle_add_full (G_PRIORITY_LOW, on_work, self, NULL);
  show_all (self);
}

void
backstep_plots_set_look (BackstepPlots *self, double font_scale, gboolean hide_future)
{
  self->font_scale = font_scale;
  self->hide_future = hide_future;
  gtk_widget_queue_draw (self->area);
}

void
backstep_plots_link (BackstepPlots *self, BackstepPlots *other)
{
  self->peer = other;
  other->peer = self;
}

/* Another script: what its menu says holds for it, too. */
static void
take_choices (BackstepPlots *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->kinds); i++)
    if (self->kinds[i] && gtk_check_button_get_active (GTK_CHECK_BUTTON (self->kinds[i])))
      bs_plot_set_what (self->plot, i);
  for (BsPlotAxis axis = 0; axis < G_N_ELEMENTS (self->logs); axis++)
    {
      BsPlotScale scale = bs_plot_get_scale (self->plot, axis);

      scale.log = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->logs[axis]));
      bs_plot_set_scale (self->plot, axis, &scale);
    }
}

/* Another run of the script: what was added, hidden and zoomed stays so. */
void
backstep_plots_set_cursor (BackstepPlots *self, BsCursor *cursor)
{
  g_autoptr (BsPlot) former = g_steal_pointer (&self->plot);

  g_clear_handle_id (&self->work_id, g_source_remove);
  g_set_object (&self->cursor, cursor);
  if (cursor)
    self->plot = bs_plot_new (bs_cursor_get_recording (cursor), self->losses);
  if (self->plot && former)
    bs_plot_take_added (self->plot, former);
  else if (self->plot)
    take_choices (self);
  backstep_plots_refresh (self);
}

void
backstep_plots_set_others (BackstepPlots *self, guint n, BsRecording *const *others, const char *const *names)
{
  if (self->plot)
    bs_plot_set_others (self->plot, n, others, names);
  backstep_plots_refresh (self);
}

GtkWidget *
backstep_plots_get_area (BackstepPlots *self)
{
  return self->area;
}

BsPlot *
backstep_plots_get_plot (BackstepPlots *self)
{
  return self->plot;
}

/* --- adding curves ------------------------------------------------------------------------------------------------------------------ */

static BsFollower *
follow_tensor (BackstepPlots *self, guint32 tensor)
{
  BsRecording *recording = self->plot ? bs_cursor_get_recording (self->cursor) : NULL;

  /* It may have been dragged here from another window. */
  if (recording == NULL || tensor == 0 || tensor > bs_recording_get_n_tensors (recording))
    return NULL;
  return bs_follower_new_tensor (recording, tensor, bs_cursor_get_step (self->cursor), BS_FOLLOW_VALUE);
}

static gboolean
add (BackstepPlots *self, BsFollower *follower, const char *name)
{
  g_autofree char *text = NULL;

  if (follower == NULL)
    text = g_strdup_printf (_("“%s” is no number and no tensor of this run."), name ? name : "?");
  else if (!bs_plot_add (self->plot, follower))
    text = g_strdup (_("It has a curve already."));
  else
    text = g_strdup_printf (_("%s has a curve now."), bs_follower_get_title (follower));
  g_signal_emit (self, signals[SAY], 0, text);
  backstep_plots_refresh (self);
  return follower != NULL;
}

gboolean
backstep_plots_add_name (BackstepPlots *self, const char *name)
{
  g_autofree char *stripped = g_strstrip (g_strdup (name));

  if (self->plot == NULL || *stripped == '\0')
    return FALSE;
  return add (self, bs_follower_new_name (bs_cursor_get_recording (self->cursor), stripped, bs_cursor_get_step (self->cursor), BS_FOLLOW_VALUE),
              stripped);
}

gboolean
backstep_plots_has_tensor (BackstepPlots *self, guint32 tensor)
{
  g_autoptr (BsFollower) follower = follow_tensor (self, tensor);

  return follower && bs_plot_has (self->plot, follower);
}

void
backstep_plots_toggle_tensor (BackstepPlots *self, guint32 tensor)
{
  g_autoptr (BsFollower) follower = follow_tensor (self, tensor);

  if (self->plot == NULL)
    return;
  if (follower && bs_plot_remove_same (self->plot, follower))
    {
      g_autofree char *text = g_strdup_printf (_("%s has no curve any more."), bs_follower_get_title (follower));

      g_signal_emit (self, signals[SAY], 0, text);
      backstep_plots_refresh (self);
      return;
    }
  add (self, g_steal_pointer (&follower), NULL);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, BackstepPlots *self)
{
  const BackstepDragged *dragged;

  if (G_VALUE_HOLDS_STRING (value))
    return g_value_get_string (value) && backstep_plots_add_name (self, g_value_get_string (value));
  dragged = g_value_get_boxed (value);
  if (dragged == NULL || self->plot == NULL)
    return FALSE;
  if (dragged->tensor != 0)
    return add (self, follow_tensor (self, dragged->tensor), dragged->name);
  return dragged->name && backstep_plots_add_name (self, dragged->name);
}

/* --- the menu ------------------------------------------------------------------------------------------------------------------------- */

void
backstep_plots_toggle_log (BackstepPlots *self, BsPlotAxis axis)
{
  GtkCheckButton *button = GTK_CHECK_BUTTON (self->logs[axis]);

  gtk_check_button_set_active (button, !gtk_check_button_get_active (button));
}

static void
on_log (GtkCheckButton *button, BackstepPlots *self)
{
  BsPlotAxis axis = GTK_WIDGET (button) == self->logs[BS_PLOT_X] ? BS_PLOT_X : BS_PLOT_Y;
  BsPlotScale scale = { 0 };

  if (self->plot == NULL)
    return;
  scale = bs_plot_get_scale (self->plot, axis);
  if (scale.log == gtk_check_button_get_active (button))
    return;
  scale.log = gtk_check_button_get_active (button);
  scale.fixed = FALSE;
  bs_plot_set_scale (self->plot, axis, &scale);
  if (axis == BS_PLOT_X && self->peer)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (self->peer->logs[axis]), scale.log);
  backstep_plots_view_changed (self);
}

static void
on_kind (GtkCheckButton *button, BackstepPlots *self)
{
  if (self->plot == NULL || !gtk_check_button_get_active (button))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->kinds); i++)
    if (GTK_WIDGET (button) == self->kinds[i])
      bs_plot_set_what (self->plot, i);
  backstep_plots_refresh (self);
}

static void
on_entered (GtkEntry *entry, BackstepPlots *self)
{
  if (backstep_plots_add_name (self, gtk_editable_get_text (GTK_EDITABLE (entry))))
    gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

static void
on_fit (BackstepPlots *self)
{
  BackstepPlots *both[] = { self, self->peer };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    if (both[i] && both[i]->plot)
      bs_plot_fit (both[i]->plot);
  backstep_plots_view_changed (self);
}

static void
add_kinds (BackstepPlots *self, GtkWidget *box)
{
  static const char *const words[] = { N_("Values"), N_("Norms of gradients"), N_("Update ÷ parameter") };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      self->kinds[i] = gtk_check_button_new_with_label (_(words[i]));
      gtk_check_button_set_group (GTK_CHECK_BUTTON (self->kinds[i]), i > 0 ? GTK_CHECK_BUTTON (self->kinds[0]) : NULL);
      gtk_check_button_set_active (GTK_CHECK_BUTTON (self->kinds[i]), i == 0);
      g_signal_connect (self->kinds[i], "toggled", G_CALLBACK (on_kind), self);
      gtk_box_append (GTK_BOX (box), self->kinds[i]);
    }
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
}

static GtkWidget *
new_action_button (const char *words, const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (words);

  gtk_widget_add_css_class (button, "flat");
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  return button;
}

static GtkWidget *
new_menu (BackstepPlots *self)
{
  static const char *const words[] = { [BS_PLOT_X] = N_("Logarithmic across"), [BS_PLOT_Y] = N_("Logarithmic upwards") };
  GtkWidget *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_widget_add_css_class (box, "plot-menu");
  if (!self->losses)
    add_kinds (self, box);
  for (int axis = BS_PLOT_Y; axis >= BS_PLOT_X; axis--)
    {
      self->logs[axis] = gtk_check_button_new_with_label (_(words[axis]));
      g_signal_connect (self->logs[axis], "toggled", G_CALLBACK (on_log), self);
      gtk_box_append (GTK_BOX (box), self->logs[axis]);
    }
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  self->entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _("Add a name: lr, y, net.0.weight"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name to plot"), -1);
  g_signal_connect (self->entry, "activate", G_CALLBACK (on_entered), self);
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), new_action_button (_("Plot the selected tensor, or no more"), "win.plot-selected"));
  gtk_box_append (GTK_BOX (box), new_action_button (_("Export the curves…"), "win.export-curves"));
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  g_signal_connect_swapped (popover, "map", G_CALLBACK (gtk_widget_grab_focus), self->entry); /* most come to type a name */
  return popover;
}

/* --- the widget ------------------------------------------------------------------------------------------------------------------------- */

static void
backstep_plots_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  int least = 0, wish = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    gtk_widget_measure (child, orientation, -1, &least, &wish, NULL, NULL);
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 60 : MAX (least, 100);
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? 150 : 300;
}

static void
backstep_plots_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *box = gtk_widget_get_first_child (widget);
  int least;

  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
  gtk_widget_allocate (box, width, MAX (height, least), baseline, NULL);
}

static void
init_header (BackstepPlots *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->legend = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->legend, "legend");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_EXTERNAL, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->legend);
  gtk_widget_set_hexpand (scroller, TRUE);
  self->fit = gtk_button_new_from_icon_name ("zoom-fit-best-symbolic");
  gtk_widget_add_css_class (self->fit, "flat");
  gtk_widget_set_focus_on_click (self->fit, FALSE);
  gtk_widget_set_visible (self->fit, FALSE);
  gtk_widget_set_tooltip_text (self->fit, _("Show the whole run"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->fit), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Show the whole run"), -1);
  g_signal_connect_swapped (self->fit, "clicked", G_CALLBACK (on_fit), self);
  self->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  gtk_widget_add_css_class (self->header, "plot-header");
  gtk_box_append (GTK_BOX (self->header), scroller);
  gtk_box_append (GTK_BOX (self->header), self->fit);
}

static void
backstep_plots_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BackstepPlots *self = BACKSTEP_PLOTS (object);

  if (id != PROP_LOSSES)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  self->losses = g_value_get_boolean (value);
}

static void
backstep_plots_constructed (GObject *object)
{
  BackstepPlots *self = BACKSTEP_PLOTS (object);
  const char *menu = self->losses ? _("What the plot of the loss shows") : _("What the plot of the parameters shows");

  G_OBJECT_CLASS (backstep_plots_parent_class)->constructed (object);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->area), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->losses ? _("Plot of the loss") : _("Plot of the parameters"), -1);
  self->menu = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->menu), "view-more-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->menu), new_menu (self));
  gtk_widget_add_css_class (self->menu, "flat");
  gtk_widget_set_tooltip_text (self->menu, menu);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, menu, -1);
  gtk_box_append (GTK_BOX (self->header), self->menu);
}

static void
backstep_plots_dispose (GObject *object)
{
  BackstepPlots *self = BACKSTEP_PLOTS (object);
  GtkWidget *child;

  g_clear_handle_id (&self->work_id, g_source_remove);
  if (self->peer)
    self->peer->peer = NULL;
  self->peer = NULL;
  g_clear_pointer (&self->plot, bs_plot_free);
  g_clear_object (&self->cursor);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (backstep_plots_parent_class)->dispose (object);
}

static void
backstep_plots_finalize (GObject *object)
{
  BackstepPlots *self = BACKSTEP_PLOTS (object);

  g_string_free (self->legend_key, TRUE);
  g_ptr_array_unref (self->values);
  G_OBJECT_CLASS (backstep_plots_parent_class)->finalize (object);
}

static void
backstep_plots_class_init (BackstepPlotsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = backstep_plots_set_property;
  object_class->constructed = backstep_plots_constructed;
  object_class->dispose = backstep_plots_dispose;
  object_class->finalize = backstep_plots_finalize;
  widget_class->measure = backstep_plots_measure;
  widget_class->size_allocate = backstep_plots_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "plots");
  properties[PROP_LOSSES] = g_param_spec_boolean ("losses", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SEEK] = g_signal_new ("seek", BACKSTEP_TYPE_PLOTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SAY] = g_signal_new ("say", BACKSTEP_TYPE_PLOTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
backstep_plots_init (BackstepPlots *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { BACKSTEP_TYPE_DRAGGED, G_TYPE_STRING };

  self->pointer_x = self->pointer_y = -1;
  self->font_scale = 1;
  self->legend_key = g_string_new (NULL);
  self->values = g_ptr_array_new ();
  self->area = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, "focusable", TRUE, "vexpand", TRUE, "hexpand", TRUE, NULL);
  init_header (self);
  gtk_widget_set_overflow (self->area, GTK_OVERFLOW_HIDDEN);
  gtk_box_append (GTK_BOX (box), self->header);
  gtk_box_append (GTK_BOX (box), self->area);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  backstep_plots_init_view (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify", G_CALLBACK (gtk_widget_queue_draw), self->area, G_CONNECT_SWAPPED);
}
