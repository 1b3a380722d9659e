/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "canvas-private.h"
#include "explain/explain.h"

#define GROW_MS 120       /* between two looks at a pass that is still growing */
#define ANIMATION_MS 200
#define READABLE 0.6      /* zoom */

G_DEFINE_FINAL_TYPE (BackstepCanvas, backstep_canvas, GTK_TYPE_WIDGET)

enum { SELECT, SCENE_CHANGED, ACTIVATE_CARD, FOLDS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gboolean wants_high_contrast;

BsTheme
backstep_theme (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  gboolean dark = adw_style_manager_get_dark (style);

  if (wants_high_contrast || adw_style_manager_get_high_contrast (style))
    return dark ? BS_THEME_HIGH_CONTRAST_DARK : BS_THEME_HIGH_CONTRAST;
  return dark ? BS_THEME_DARK : BS_THEME_LIGHT;
}

/* Every picture draws itself anew when the desktop's style changes: this is one more reason. */
void
backstep_theme_set_high_contrast (gboolean high)
{
  if (high == wants_high_contrast)
    return;
  wants_high_contrast = high;
  g_object_notify (G_OBJECT (adw_style_manager_get_default ()), "high-contrast");
}

BsPoint
backstep_canvas_to_scene (BackstepCanvas *self, double x, double y)
{
  return (BsPoint) { (x - self->tx) / self->zoom, (y - self->ty) / self->zoom };
}

BsPoint
backstep_canvas_from_scene (BackstepCanvas *self, double x, double y)
{
  return (BsPoint) { x * self->zoom + self->tx, y * self->zoom + self->ty };
}

void
backstep_canvas_changed (BackstepCanvas *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
backstep_canvas_get_selected_card (BackstepCanvas *self)
{
  if (self->scene == NULL || self->selected == 0)
    return G_MAXUINT;
  return bs_graph_find_tensor (bs_scene_get_graph (self->scene), self->selected);
}

/* --- drawing ------------------------------------------------------------------------------------------------------- */

guint
backstep_canvas_card_of (BackstepCanvas *self, guint32 tensor)
{
  return tensor ? bs_graph_find_tensor (bs_scene_get_graph (self->scene), tensor) : G_MAXUINT;
}

/* Pinned, pointed at, or where the program is. */
static guint
spot_of (BackstepCanvas *self)
{
  guint card = backstep_canvas_get_selected_card (self);

  if (!self->spotlight)
    return G_MAXUINT;
  if (card == G_MAXUINT)
    card = self->hovered;
  if (card == G_MAXUINT)
    card = backstep_canvas_card_of (self, self->covered);
  return card == G_MAXUINT ? self->last_spot : card;
}

/* While the new one has no places yet, the one before it stays: nothing flickers when a graph grows. */
static BsScene *
get_drawn (BackstepCanvas *self)
{
  if (self->scene && bs_scene_has_layout (self->scene))
    return self->scene;
  return self->scene ? self->before : NULL;
}

static gboolean
draw_again (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  BACKSTEP_CANVAS (widget)->again = 0;
  gtk_widget_queue_draw (widget);
  return G_SOURCE_REMOVE;
}

static void
draw_scene (BackstepCanvas *self, cairo_t *cr, int width, int height)
{
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;
  BsScene *scene = get_drawn (self);
  g_autofree gboolean *also = scene == self->scene ? backstep_canvas_dup_also (self) : NULL;
  BsViewPlace place = { width, height, gtk_widget_get_scale_factor (GTK_WIDGET (self)), self->zoom, self->tx, self->ty };

  options.theme = backstep_theme ();
  options.hide_future = self->hide_future;
  options.progress = self->progress;
  options.also = also;
  if (scene == self->scene)
    {
      options.selected = backstep_canvas_get_selected_card (self);
      options.hovered = self->panning ? G_MAXUINT : self->hovered;
      options.hovered_edge = self->panning ? G_MAXUINT : self->hovered_edge;
      options.hovered_frame = self->panning ? G_MAXUINT : self->hovered_frame;
      options.dimmed = self->dimmed;
      options.covered = backstep_canvas_card_of (self, self->covered);
      options.covers_grad = self->covers_grad;
      options.spot = spot_of (self);
    }
  if (bs_view_draw (self->view, cr, scene, self->cursor, &options, &place) && self->again == 0)
    self->again = gtk_widget_add_tick_callback (GTK_WIDGET (self), draw_again, NULL, NULL);
}

static void
draw_box (BackstepCanvas *self, cairo_t *cr)
{
  cairo_rectangle (cr, self->box.x + 0.5, self->box.y + 0.5, self->box.width, self->box.height);
  bs_palette_set_alpha (cr, backstep_theme (), BS_COLOR_SELECTION, 0.15);
  cairo_fill_preserve (cr);
  bs_palette_set (cr, backstep_theme (), BS_COLOR_SELECTION);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
backstep_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BackstepCanvas *self = BACKSTEP_CANVAS (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (get_drawn (self) == NULL)
    {
      bs_palette_set (cr, backstep_theme (), BS_COLOR_BACKGROUND);
      cairo_paint (cr);
    }
  else
    {
      cairo_save (cr);
      draw_scene (self, cr, width, height);
      cairo_restore (cr);
    }
  backstep_canvas_draw_map (self, cr);
  if (self->boxing)
    draw_box (self, cr);
  cairo_destroy (cr);
}

/* What is selected, to a screen reader. */
static void
tell (BackstepCanvas *self)
{
  guint card = backstep_canvas_get_selected_card (self);
  g_autofree char *text = card != G_MAXUINT ? bs_scene_describe_card (self->scene, self->cursor, card) : NULL;

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text ? text : "", -1);
}

/* --- what is shown ------------------------------------------------------------------------------------------------- */

static void
on_layout (BsLayout *layout, gpointer data)
{
  BackstepCanvas *self = data;

  backstep_canvas_forget_map (self);
  backstep_canvas_settle (self, layout);
}

static void
search_again (BackstepCanvas *self)
{
  backstep_canvas_find (self, self->search, FALSE, NULL);
}

/* A pass of the same structure keeps the scene; only the numbers are others. One that @grows, or still may, keeps the places. */
static void
show_graph (BackstepCanvas *self, BsRecording *recording, gboolean same, gboolean grows, gboolean is_open)
{
  g_autoptr (BsGraph) graph = backstep_canvas_fold_graph (self, recording, self->whole);
  BsLayoutOptions options = { 0 };

  self->hovered = self->hovered_edge = self->hovered_frame = G_MAXUINT;
  backstep_canvas_forget_map (self);
  if (same && bs_graph_get_structure (graph) == bs_graph_get_structure (bs_scene_get_graph (self->scene)))
    bs_scene_set_graph (self->scene, graph);
  else
    {
      g_autoptr (BsLayout) stood = backstep_canvas_dup_places (self);

      bs_layout_forget (self);
      backstep_canvas_leave (self);
      self->last_spot = G_MAXUINT;
      self->scene = bs_scene_new (recording, graph, self->direction, self->font_scale);
      bs_scene_get_layout_options (self->scene, &options);
      self->has_grown = (grows || is_open) && backstep_canvas_grow (self, stood, grows, &options);
      if (!self->has_grown)
        bs_layout_request (self, graph, &options, on_layout, self);
    }
  search_again (self);
  tell (self);
  g_signal_emit (self, signals[SCENE_CHANGED], 0);
}

void
backstep_canvas_rebuild (BackstepCanvas *self)
{
  show_graph (self, bs_cursor_get_recording (self->cursor), FALSE, FALSE, FALSE);
}

static void
build (BackstepCanvas *self, BsRecording *recording, guint32 pass)
{
  const BsPass *info = bs_recording_get_pass (recording, pass);
  gboolean grows = self->scene && pass == self->pass && !self->was_closed, settles;
  BsGraph *graph = bs_graph_new (recording, pass);
  guint64 structure = bs_graph_get_structure (graph);
  gboolean same = self->scene && structure != 0 && structure == self->structure
    && bs_graph_get_n_cards (graph) == bs_graph_get_n_cards (bs_graph_get_whole (bs_scene_get_graph (self->scene)))
    && bs_recording_is_finished (recording) == self->was_finished;

  if (self->scene && pass != self->pass && (self->had_root || self->was_closed))
    backstep_canvas_keep_pattern (self);
  self->pass = pass;
  self->built_end = info->end;
  self->built_at = g_get_monotonic_time ();
  self->structure = structure;
  self->was_finished = bs_recording_is_finished (recording);
  self->was_closed = self->was_finished || pass + 1 < bs_recording_get_n_passes (recording);
  /* Hardly anything comes to a graph after it went back. */
  settles = self->was_closed || (info->root != 0 && !self->had_root);
  self->had_root = info->root != 0;
  g_clear_pointer (&self->whole, bs_graph_unref);
  self->whole = graph;
  show_graph (self, recording, same, grows, !self->was_closed);
  if (settles)
    backstep_canvas_tidy (self);
}

static gboolean
is_old (BackstepCanvas *self, BsRecording *recording, guint32 pass)
{
  if (self->scene == NULL || pass != self->pass)
    return TRUE;
  if (bs_recording_is_finished (recording) != self->was_finished)
    return TRUE;
  return bs_recording_get_pass (recording, pass)->end != self->built_end
    && g_get_monotonic_time () - self->built_at > GROW_MS * 1000;
}

/* The same card of the next pass: a selection follows the structure, not the number. */
static void
carry_selection (BackstepCanvas *self, guint card, guint64 structure)
{
  if (card == G_MAXUINT || structure == 0 || structure != self->structure)
    return;
  if (bs_graph_find_tensor (self->whole, self->selected) != card)
    g_signal_emit (self, signals[SELECT], 0, bs_graph_get_card (self->whole, card)->tensor);
}

static void
on_progress (double value, gpointer data)
{
  BackstepCanvas *self = data;

  self->progress = value;
  backstep_canvas_changed (self);
}

static void
animate_step (BackstepCanvas *self)
{
  if (self->animation == NULL)
    self->animation = adw_timed_animation_new (GTK_WIDGET (self), 0, 1, ANIMATION_MS,
                                               adw_callback_animation_target_new (on_progress, self, NULL));
  adw_animation_reset (self->animation);
  adw_animation_play (self->animation);
}

void
backstep_canvas_refresh (BackstepCanvas *self, gboolean animate)
{
  BsRecording *recording = self->cursor ? bs_cursor_get_recording (self->cursor) : NULL;
  guint32 pass;
  guint card;
  guint64 structure = self->structure;

  if (recording == NULL || bs_recording_get_n_passes (recording) == 0)
    return;
  if (self->animation)
    adw_animation_skip (self->animation);
  self->progress = 1;
  pass = bs_recording_find_pass (recording, bs_cursor_get_step (self->cursor));
  if (is_old (self, recording, pass))
    {
      card = self->whole && self->selected ? bs_graph_find_tensor (self->whole, self->selected) : G_MAXUINT;
      build (self, recording, pass);
      carry_selection (self, card, structure);
    }
  card = bs_scene_get_current_card (self->scene, self->cursor);
  if (card != G_MAXUINT)
    self->last_spot = card;
  if (bs_scene_has_layout (self->scene))
    backstep_canvas_keep_in_sight (self, bs_scene_get_last_card (self->scene, self->cursor));
  tell (self);
  if (animate && adw_get_enable_animations (GTK_WIDGET (self)))
    animate_step (self);
  backstep_canvas_changed (self);
}

void
backstep_canvas_set_cursor (BackstepCanvas *self, BsCursor *cursor)
{
  bs_layout_forget (self);
  if (self->animation)
    adw_animation_skip (self->animation);
  g_clear_pointer (&self->target, bs_layout_unref);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->before, bs_scene_free);
  g_clear_pointer (&self->scene, bs_scene_free);
  g_clear_pointer (&self->whole, bs_graph_unref);
  g_clear_pointer (&self->dimmed, g_free);
  backstep_canvas_drop_pattern (self);
  g_set_object (&self->cursor, cursor);
  self->selected = self->covered = 0;
  self->last_spot = G_MAXUINT;
  g_array_set_size (self->also, 0);
  backstep_canvas_forget_map (self);
  self->structure = 0;
  g_signal_emit (self, signals[SCENE_CHANGED], 0);
  backstep_canvas_changed (self);
}

void
backstep_canvas_set_selected (BackstepCanvas *self, guint32 tensor)
{
  guint card;

  backstep_canvas_clear_also (self);
  if (self->selected == tensor)
    return;
  self->selected = tensor;
  card = backstep_canvas_get_selected_card (self);
  if (card != G_MAXUINT && bs_scene_has_layout (self->scene))
    backstep_canvas_keep_in_sight (self, card);
  tell (self);
  backstep_canvas_changed (self);
}

void
backstep_canvas_set_legible (BackstepCanvas *self, double least, double most)
{
  if (self->least == least && self->most == most)
    return;
  self->least = least;
  self->most = most;
  if (self->fits)
    backstep_canvas_fit (self);
}

void
backstep_canvas_set_covered (BackstepCanvas *self, guint32 tensor, gboolean grad)
{
  if (self->covered == tensor && self->covers_grad == grad)
    return;
  self->covered = tensor;
  self->covers_grad = grad;
  if (self->scene && bs_scene_has_layout (self->scene))
    backstep_canvas_keep_in_sight (self, backstep_canvas_card_of (self, tensor));
  backstep_canvas_changed (self);
}

void
backstep_canvas_set_spotlight (BackstepCanvas *self, gboolean on)
{
  self->spotlight = on;
  backstep_canvas_changed (self);
}

void
backstep_canvas_pick (BackstepCanvas *self, guint card)
{
  guint32 tensor = card == G_MAXUINT ? 0 : bs_graph_get_card (bs_scene_get_graph (self->scene), card)->tensor;

  g_signal_emit (self, signals[SELECT], 0, tensor);
}

void
backstep_canvas_move_selection (BackstepCanvas *self, BsSceneMove move)
{
  if (self->scene && bs_scene_has_layout (self->scene))
    backstep_canvas_pick (self, bs_scene_get_neighbour (self->scene, backstep_canvas_get_selected_card (self), move));
}

BsScene *
backstep_canvas_get_scene (BackstepCanvas *self)
{
  return self->scene;
}

void
backstep_canvas_set_options (BackstepCanvas *self, gboolean hide_future, BsLayoutDirection direction, double font_scale)
{
  gboolean rebuild = direction != self->direction || font_scale != self->font_scale;

  self->hide_future = hide_future;
  self->direction = direction;
  self->font_scale = font_scale;
  if (rebuild)
    {
      self->structure = 0;
      self->fits = TRUE;
      bs_layout_forget (self);
      backstep_canvas_drop_pattern (self);
      g_clear_pointer (&self->target, bs_layout_unref);
      g_clear_pointer (&self->scene, bs_scene_free);
      backstep_canvas_refresh (self, FALSE);
    }
  backstep_canvas_changed (self);
}

/* --- the widget ---------------------------------------------------------------------------------------------------- */

static void
backstep_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  *minimum = 80;
  *natural = 400;
}

static void
backstep_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BackstepCanvas *self = BACKSTEP_CANVAS (widget);

  if (self->fits)
    backstep_canvas_fit (self);
}

/* Of a tab behind others nobody sees the picture: some megabytes. */
static void
backstep_canvas_unmap (GtkWidget *widget)
{
  BackstepCanvas *self = BACKSTEP_CANVAS (widget);

  g_clear_pointer (&self->view, bs_view_free);
  self->view = bs_view_new ();
  GTK_WIDGET_CLASS (backstep_canvas_parent_class)->unmap (widget);
}

/* Tab goes from node to node, then on. */
static gboolean
backstep_canvas_focus (GtkWidget *widget, GtkDirectionType direction)
{
  BackstepCanvas *self = BACKSTEP_CANVAS (widget);
  guint n = self->scene ? bs_graph_get_n_cards (bs_scene_get_graph (self->scene)) : 0;
  guint at = backstep_canvas_get_selected_card (self);

  if (!gtk_widget_has_focus (widget))
    return gtk_widget_grab_focus (widget);
  if (direction == GTK_DIR_TAB_FORWARD && n > 0 && at != n - 1)
    backstep_canvas_pick (self, at == G_MAXUINT ? 0 : at + 1);
  else if (direction == GTK_DIR_TAB_BACKWARD && at != G_MAXUINT && at > 0)
    backstep_canvas_pick (self, at - 1);
  else
    return FALSE;
  return TRUE;
}

/* What flows along it, and the formula: of the chain rule when a gradient has come this way, else of the value. */
static char *
describe_edge (BackstepCanvas *self, guint edge)
{
  BsGraph *graph = bs_scene_get_graph (self->scene);
  const BsCard *to = bs_graph_get_card (graph, bs_graph_get_edge (graph, edge)->to);
  g_autofree char *text = bs_scene_describe_edge (self->scene, self->cursor, edge), *formula = NULL;
  BsEvent flow;

  if (to->group == 0 && bs_scene_find_flow (self->scene, self->cursor, edge, &flow))
    formula = bs_explain_edge (self->cursor, &flow, BS_NOTATION_TEXT);
  else if (to->group == 0 && to->step < bs_cursor_get_step (self->cursor))
    formula = bs_explain_value (self->cursor, to->tensor, BS_NOTATION_TEXT);
  if (formula == NULL)
    return g_markup_escape_text (text, -1);
  return g_markup_printf_escaped ("%s\n<tt>%s</tt>", text, formula);
}

static gboolean
backstep_canvas_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  BackstepCanvas *self = BACKSTEP_CANVAS (widget);
  g_autofree char *text = NULL, *markup = NULL;
  guint card = keyboard ? backstep_canvas_get_selected_card (self) : self->hovered;

  if (self->scene == NULL || self->panning)
    return FALSE;
  /* Where the card says it all itself, a second text beside it is only in the way. */
  if (card != G_MAXUINT && !keyboard && self->zoom * self->font_scale >= READABLE
      && bs_graph_get_card (bs_scene_get_graph (self->scene), card)->group == 0)
    return FALSE;
  if (card != G_MAXUINT)
    text = bs_scene_describe_card (self->scene, self->cursor, card);
  else if (!keyboard && self->hovered_edge != G_MAXUINT)
    {
      markup = describe_edge (self, self->hovered_edge);
      gtk_tooltip_set_markup (tooltip, markup);
      return TRUE;
    }
  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

static void
backstep_canvas_dispose (GObject *object)
{
  BackstepCanvas *self = BACKSTEP_CANVAS (object);

  bs_layout_forget (self);
  backstep_canvas_clear_folds (self);
  g_clear_object (&self->animation);
  g_clear_pointer (&self->scene, bs_scene_free);
  if (self->again)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->again);
  self->again = 0;
  g_clear_pointer (&self->view, bs_view_free);
  backstep_canvas_forget_map (self);
  g_clear_pointer (&self->also, g_array_unref);
  g_clear_pointer (&self->search, g_free);
  g_clear_pointer (&self->dimmed, g_free);
  backstep_canvas_drop_pattern (self);
  g_clear_object (&self->cursor);
  G_OBJECT_CLASS (backstep_canvas_parent_class)->dispose (object);
}

static void
backstep_canvas_class_init (BackstepCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_canvas_dispose;
  widget_class->snapshot = backstep_canvas_snapshot;
  widget_class->unmap = backstep_canvas_unmap;
  widget_class->measure = backstep_canvas_measure;
  widget_class->size_allocate = backstep_canvas_size_allocate;
  widget_class->focus = backstep_canvas_focus;
  widget_class->query_tooltip = backstep_canvas_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[SELECT] = g_signal_new ("select", BACKSTEP_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_UINT);
  signals[SCENE_CHANGED] = g_signal_new ("scene-changed", BACKSTEP_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  signals[FOLDS_CHANGED] = g_signal_new ("folds-changed", BACKSTEP_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
  signals[ACTIVATE_CARD] = g_signal_new ("activate-card", BACKSTEP_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 0);
}

static void
backstep_canvas_init (BackstepCanvas *self)
{
  self->view = bs_view_new ();
  self->zoom = self->progress = self->font_scale = self->most = 1;
  self->fits = self->show_map = TRUE;
  self->also = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->hovered = self->hovered_edge = self->hovered_frame = self->last_spot = G_MAXUINT;
  self->folds = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Graph"), -1);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  backstep_canvas_init_gestures (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify", G_CALLBACK (backstep_canvas_changed), self,
                           G_CONNECT_SWAPPED);
}
