/* SPDX-License-Identifier: MIT */

/* The overview of a graph that is larger than the view: small, in the corner; dragging in it moves the view. And the cards
 * that are selected beside the selected one. */

#include "config.h"

#include <math.h>

#include "canvas-private.h"

#define WIDTH 200.0
#define HEIGHT 140.0
#define GAP 12.0
#define INNER 6.0
#define FEW 12 /* cards: nobody gets lost among them */

/* --- the overview ---------------------------------------------------------------------------------------------------------- */

static BsRect
visible (BackstepCanvas *self)
{
  return (BsRect) { -self->tx / self->zoom, -self->ty / self->zoom, gtk_widget_get_width (GTK_WIDGET (self)) / self->zoom,
                    gtk_widget_get_height (GTK_WIDGET (self)) / self->zoom };
}

/* FALSE: all is in sight, or there is no room. In the widget's coordinates; *scale: of the scene. */
static gboolean
find_map (BackstepCanvas *self, BsRect *out, double *scale)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  BsRect seen;
  BsSize size;

  if (!self->show_map || self->scene == NULL || !bs_scene_has_layout (self->scene) || width < 2.2 * WIDTH || height < 2.2 * HEIGHT
      || bs_graph_get_n_cards (bs_scene_get_graph (self->scene)) < FEW)
    return FALSE;
  seen = visible (self);
  size = bs_scene_get_size (self->scene);
  if (seen.x <= 0 && seen.y <= 0 && seen.x + seen.width >= size.width && seen.y + seen.height >= size.height)
    return FALSE;
  *scale = MIN ((WIDTH - 2 * INNER) / size.width, (HEIGHT - 2 * INNER) / size.height);
  out->width = ceil (size.width * *scale) + 2 * INNER;
  out->height = ceil (size.height * *scale) + 2 * INNER;
  out->x = width - GAP - out->width;
  out->y = height - GAP - out->height;
  return TRUE;
}

/* The same picture as the window's, drawn again only when it says something else; not for each frame of an animation. */
static void
ensure_picture (BackstepCanvas *self, const BsRect *at, double scale)
{
  int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self)), width = at->width * factor, height = at->height * factor;
  guint32 step = bs_cursor_get_step (self->cursor);
  BsDrawOptions options = BS_DRAW_OPTIONS_INIT;
  cairo_t *cr;

  if (self->map && self->map_step == step && self->map_selected == self->selected && self->map_theme == backstep_theme ()
      && cairo_image_surface_get_width (self->map) == width && cairo_image_surface_get_height (self->map) == height)
    return;
  g_clear_pointer (&self->map, cairo_surface_destroy);
  self->map = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_surface_set_device_scale (self->map, factor, factor);
  self->map_step = step;
  self->map_selected = self->selected;
  self->map_theme = options.theme = backstep_theme ();
  options.selected = backstep_canvas_get_selected_card (self);
  options.hide_future = self->hide_future;
  options.dimmed = self->dimmed;
  options.zoom = MIN (scale, 0.05); /* the view from afar, however small the graph */
  if (options.zoom == scale) /* as on a screen: thousands of edges are plotted */
    options.clip = (BsRect) { -INNER / scale, -INNER / scale, at->width / scale, at->height / scale };
  cr = cairo_create (self->map);
  bs_palette_set_alpha (cr, options.theme, BS_COLOR_BACKGROUND, 0.92);
  cairo_paint (cr);
  cairo_translate (cr, INNER, INNER);
  cairo_scale (cr, scale, scale);
  bs_scene_draw (self->scene, cr, self->cursor, &options);
  cairo_destroy (cr);
}

void
backstep_canvas_draw_map (BackstepCanvas *self, cairo_t *cr)
{
  BsTheme theme = backstep_theme ();
  BsRect at, seen;
  double scale;

  if (!find_map (self, &at, &scale))
    return;
  ensure_picture (self, &at, scale);
  cairo_set_source_surface (cr, self->map, at.x, at.y);
  cairo_paint (cr);
  cairo_save (cr);
  cairo_rectangle (cr, at.x, at.y, at.width, at.height);
  bs_palette_set (cr, theme, BS_COLOR_CARD_BORDER);
  cairo_set_line_width (cr, 1);
  cairo_stroke_preserve (cr);
  cairo_clip (cr);
  seen = visible (self);
  cairo_rectangle (cr, at.x + INNER + seen.x * scale, at.y + INNER + seen.y * scale, seen.width * scale, seen.height * scale);
  bs_palette_set_alpha (cr, theme, BS_COLOR_SELECTION, 0.14);
  cairo_fill_preserve (cr);
  bs_palette_set (cr, theme, BS_COLOR_SELECTION);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_restore (cr);
}

gboolean
backstep_canvas_is_in_map (BackstepCanvas *self, double x, double y)
{
  double scale;
  BsRect at;

  return find_map (self, &at, &scale) && x >= at.x && y >= at.y && x < at.x + at.width && y < at.y + at.height;
}

/* What is under the pointer there comes to the middle of the view. */
void
backstep_canvas_follow_map (BackstepCanvas *self, double x, double y)
{
  BsSize size;
  double scale;
  BsRect at;

  if (!find_map (self, &at, &scale))
    return;
  size = bs_scene_get_size (self->scene);
  self->fits = FALSE;
  self->tx = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0 - CLAMP ((x - at.x - INNER) / scale, 0, size.width) * self->zoom;
  self->ty = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0 - CLAMP ((y - at.y - INNER) / scale, 0, size.height) * self->zoom;
  backstep_canvas_changed (self);
}

void
backstep_canvas_set_show_map (BackstepCanvas *self, gboolean show)
{
  self->show_map = show;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
backstep_canvas_forget_map (BackstepCanvas *self)
{
  g_clear_pointer (&self->map, cairo_surface_destroy);
}

/* --- more than one ------------------------------------------------------------------------------------------------------------ */

static gboolean
find_also (BackstepCanvas *self, guint32 tensor, guint *at)
{
  for (*at = 0; *at < self->also->len; (*at)++)
    if (g_array_index (self->also, guint32, *at) == tensor)
      return TRUE;
  return FALSE;
}

/* Shift: the card joins those that are selected, or leaves them; the newest is the one that the inspector tells about. */
void
backstep_canvas_pick_also (BackstepCanvas *self, guint card)
{
  guint32 tensor = card == G_MAXUINT ? 0 : bs_graph_get_card (bs_scene_get_graph (self->scene), card)->tensor;
  guint32 before = self->selected;
  guint at;

  if (tensor == 0)
    return;
  self->keeps_also = TRUE;
  if (tensor == before)
    {
      guint32 next = self->also->len > 0 ? g_array_index (self->also, guint32, self->also->len - 1) : 0;

      g_array_set_size (self->also, self->also->len > 0 ? self->also->len - 1 : 0);
      g_signal_emit_by_name (self, "select", next);
    }
  else if (find_also (self, tensor, &at))
    g_array_remove_index (self->also, at);
  else
    {
      if (before != 0)
        g_array_append_val (self->also, before);
      g_signal_emit_by_name (self, "select", tensor);
    }
  self->keeps_also = FALSE;
  backstep_canvas_changed (self);
}

void
backstep_canvas_clear_also (BackstepCanvas *self)
{
  if (!self->keeps_also)
    g_array_set_size (self->also, 0);
}

/* Per card; NULL: none (transfer full). */
gboolean *
backstep_canvas_dup_also (BackstepCanvas *self)
{
  BsGraph *graph = bs_scene_get_graph (self->scene);
  gboolean *also = self->also->len > 0 ? g_new0 (gboolean, MAX (bs_graph_get_n_cards (graph), 1)) : NULL;

  for (guint i = 0; i < self->also->len; i++)
    {
      guint card = bs_graph_find_tensor (graph, g_array_index (self->also, guint32, i));

      if (card != G_MAXUINT)
        also[card] = TRUE;
    }
  return also;
}

static BsRect
join (BsRect a, BsRect b)
{
  double x = MIN (a.x, b.x), y = MIN (a.y, b.y);

  return (BsRect) { x, y, MAX (a.x + a.width, b.x + b.width) - x, MAX (a.y + a.height, b.y + b.height) - y };
}

/* FALSE: nothing is selected. */
gboolean
backstep_canvas_zoom_to_selection (BackstepCanvas *self)
{
  guint card = backstep_canvas_get_selected_card (self);
  g_autofree gboolean *also = NULL;
  BsRect rect;

  if (card == G_MAXUINT || !bs_scene_has_layout (self->scene))
    return FALSE;
  rect = bs_scene_get_card_rect (self->scene, card);
  also = backstep_canvas_dup_also (self);
  for (guint i = 0; also && i < bs_graph_get_n_cards (bs_scene_get_graph (self->scene)); i++)
    if (also[i])
      rect = join (rect, bs_scene_get_card_rect (self->scene, i));
  rect = (BsRect) { rect.x - 40, rect.y - 40, rect.width + 80, rect.height + 80 };
  self->fits = FALSE;
  backstep_canvas_show_rect (self, &rect);
  if (self->zoom > 2)
    backstep_canvas_zoom (self, 2 / self->zoom);
  return TRUE;
}
