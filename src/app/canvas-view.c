/* SPDX-License-Identifier: MIT */

/* Where the picture stands in the widget: fitted, followed, zoomed. */

#include "config.h"

#include "canvas-private.h"

#define MARGIN 24         /* around a fitted graph */
#define FIT_ZOOM_MAX 1.5  /* small graphs do not become huge */

void
backstep_canvas_show_rect (BackstepCanvas *self, const BsRect *rect)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double zoom;

  if (width <= 2 * MARGIN || height <= 2 * MARGIN || rect->width <= 0 || rect->height <= 0)
    return;
  zoom = MIN ((width - 2 * MARGIN) / rect->width, (height - 2 * MARGIN) / rect->height);
  self->zoom = CLAMP (zoom, ZOOM_MIN, ZOOM_MAX);
  self->tx = (width - rect->width * self->zoom) / 2 - rect->x * self->zoom;
  self->ty = (height - rect->height * self->zoom) / 2 - rect->y * self->zoom;
  backstep_canvas_changed (self);
}

static double
shift_into (double from, double to, double limit)
{
  if (from >= MARGIN / 2.0 && to <= limit - MARGIN / 2.0)
    return 0;
  return to - from > limit ? -from + MARGIN : limit / 2 - (from + to) / 2;
}

/* Of a graph that is larger than the view no room is wasted at its ends. */
static double
within (double at, double size, double limit)
{
  return size + 2 * MARGIN > limit ? CLAMP (at, limit - size - MARGIN, MARGIN) : (limit - size) / 2;
}

/* The view stays while stepping, unless what happens is out of sight. */
void
backstep_canvas_keep_in_sight (BackstepCanvas *self, guint card)
{
  BsRect rect;
  BsPoint a, b;
  double dx, dy;

  if (card == G_MAXUINT || (self->fits && !self->cropped) || self->panning)
    return;
  rect = bs_scene_get_card_rect (self->scene, card);
  a = backstep_canvas_from_scene (self, rect.x, rect.y);
  b = backstep_canvas_from_scene (self, rect.x + rect.width, rect.y + rect.height);
  dx = shift_into (a.x, b.x, gtk_widget_get_width (GTK_WIDGET (self)));
  dy = shift_into (a.y, b.y, gtk_widget_get_height (GTK_WIDGET (self)));
  if (dx == 0 && dy == 0)
    return;
  self->tx += dx;
  self->ty += dy;
  if (self->cropped && self->fits)
    {
      BsSize size = bs_scene_get_size (self->scene);

      self->tx = within (self->tx, size.width * self->zoom, gtk_widget_get_width (GTK_WIDGET (self)));
      self->ty = within (self->ty, size.height * self->zoom, gtk_widget_get_height (GTK_WIDGET (self)));
    }
  backstep_canvas_changed (self);
}

static guint
card_of_interest (BackstepCanvas *self)
{
  guint card = backstep_canvas_get_selected_card (self);

  if (card == G_MAXUINT)
    card = backstep_canvas_card_of (self, self->covered);
  return card == G_MAXUINT ? self->last_spot : card;
}

void
backstep_canvas_fit_with_room (BackstepCanvas *self, BsSize room)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double most, least;
  BsSize size;

  self->fits = TRUE;
  if (self->scene == NULL || !bs_scene_has_layout (self->scene) || bs_graph_get_n_cards (bs_scene_get_graph (self->scene)) == 0)
    return;
  size = bs_scene_get_size (self->scene);
  size.width *= room.width;
  size.height *= room.height;
  backstep_canvas_show_rect (self, &(BsRect) { 0, 0, size.width, size.height });
  most = FIT_ZOOM_MAX * self->font_scale * self->most;
  least = MIN (self->least / self->font_scale, most);
  self->cropped = self->zoom < least;
  if (self->zoom > most || self->cropped)
    {
      self->zoom = CLAMP (self->zoom, least, most);
      self->tx = (width - size.width * self->zoom) / 2;
      self->ty = (height - size.height * self->zoom) / 2;
    }
  if (self->cropped)
    {
      self->tx = within (G_MAXINT, size.width * self->zoom, width);
      self->ty = within (G_MAXINT, size.height * self->zoom, height);
      backstep_canvas_keep_in_sight (self, card_of_interest (self));
    }
}

void
backstep_canvas_fit (BackstepCanvas *self)
{
  backstep_canvas_fit_with_room (self, (BsSize) { 1, 1 });
}

void
backstep_canvas_get_view (BackstepCanvas *self, BackstepCanvasView *view)
{
  *view = (BackstepCanvasView) { self->zoom, self->tx, self->ty, self->fits };
}

void
backstep_canvas_set_view (BackstepCanvas *self, const BackstepCanvasView *view)
{
  self->zoom = view->zoom;
  self->tx = view->x;
  self->ty = view->y;
  self->fits = view->fits;
  backstep_canvas_changed (self);
}

void
backstep_canvas_zoom_at (BackstepCanvas *self, double x, double y, double factor)
{
  BsPoint under = backstep_canvas_to_scene (self, x, y);

  self->fits = self->cropped = FALSE;
  self->zoom = CLAMP (self->zoom * factor, ZOOM_MIN, ZOOM_MAX);
  self->tx = x - under.x * self->zoom;
  self->ty = y - under.y * self->zoom;
  backstep_canvas_changed (self);
}

void
backstep_canvas_zoom (BackstepCanvas *self, double factor)
{
  backstep_canvas_zoom_at (self, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
                           gtk_widget_get_height (GTK_WIDGET (self)) / 2.0, factor);
}

void
backstep_canvas_set_zoom (BackstepCanvas *self, double zoom)
{
  backstep_canvas_zoom (self, zoom / self->zoom);
}
