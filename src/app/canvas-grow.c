/* SPDX-License-Identifier: MIT */

/* A pass that is still being recorded: its graph grows, and what stands there stays where it is on the screen. */

#include "config.h"

#include "canvas-private.h"

#define MARGIN 4            /* at the border of the view */
#define ROOM_TO_GROW 1.5    /* times what a graph takes that has become too large for the view */

/* --- the view ------------------------------------------------------------------------------------------------------- */

/* Nothing moves on the screen, though the picture may begin farther to the left or above by now. */
static void
hold (BackstepCanvas *self, BsLayout *stood, BsLayout *layout, const guint32 *was)
{
  for (guint i = 0; i < bs_graph_get_n_cards (bs_scene_get_graph (self->scene)); i++)
    if (was[i] != BS_NEW_CARD)
      {
        BsRect a = bs_layout_get_card (stood, was[i]), b = bs_layout_get_card (layout, i);

        self->tx -= (b.x + b.width / 2 - a.x - a.width / 2) * self->zoom;
        self->ty -= (b.y + b.height / 2 - a.y - a.height / 2) * self->zoom;
        return;
      }
}

/* How much more than it takes by now: where it has grown out of sight there will be more soon. */
static BsSize
find_room (BackstepCanvas *self)
{
  BsSize size = bs_scene_get_size (self->scene);
  double right = self->tx + size.width * self->zoom, bottom = self->ty + size.height * self->zoom;
  gboolean wide = self->tx < MARGIN || right > gtk_widget_get_width (GTK_WIDGET (self)) - MARGIN;
  gboolean high = self->ty < MARGIN || bottom > gtk_widget_get_height (GTK_WIDGET (self)) - MARGIN;

  return (BsSize) { wide ? ROOM_TO_GROW : 1, high ? ROOM_TO_GROW : 1 };
}

/* TRUE: the view is another one. A fitted graph is fitted again when it has grown out of sight. */
static gboolean
follow (BackstepCanvas *self)
{
  BsSize room = find_room (self);

  if (!self->fits || self->cropped || (room.width == 1 && room.height == 1))
    return FALSE;
  backstep_canvas_fit_with_room (self, room);
  return TRUE;
}

/* --- growth --------------------------------------------------------------------------------------------------------- */

/* Where the cards stand or are on their way to. (transfer full) (nullable) */
BsLayout *
backstep_canvas_dup_places (BackstepCanvas *self)
{
  BsLayout *layout = self->target ? self->target : self->scene ? bs_scene_get_layout (self->scene) : NULL;

  return layout ? bs_layout_ref (layout) : NULL;
}

void
backstep_canvas_drop_pattern (BackstepCanvas *self)
{
  g_clear_pointer (&self->pattern, bs_graph_unref);
  g_clear_pointer (&self->pattern_layout, bs_layout_unref);
}

void
backstep_canvas_keep_pattern (BackstepCanvas *self)
{
  BsLayout *layout = backstep_canvas_dup_places (self);

  if (layout == NULL)
    return;
  backstep_canvas_drop_pattern (self);
  self->pattern = bs_graph_ref (bs_scene_get_graph (self->scene));
  self->pattern_layout = layout;
}

/* @was: of those that @stood; what a person sees is the scene before. */
static void
show_grown (BackstepCanvas *self, BsLayout *stood, const guint32 *was, BsLayout *layout)
{
  gboolean on_its_way = bs_scene_get_layout (self->before) != stood;
  BackstepCanvasView before;

  backstep_canvas_get_view (self, &before);
  backstep_canvas_arrive (self, layout, FALSE);
  hold (self, stood, layout, was);
  if (follow (self) || on_its_way)
    backstep_canvas_glide (self, layout, &before);
  g_clear_pointer (&self->before, bs_scene_free);
  backstep_canvas_changed (self);
}

/* Every pass of a loop stands where the one before it stood. */
static gboolean
repeat_pattern (BackstepCanvas *self, BsLayout *stood, gboolean grows, const BsLayoutOptions *options)
{
  BsGraph *graph = bs_scene_get_graph (self->scene);
  g_autofree guint32 *was = self->pattern ? bs_graph_match_start (graph, self->pattern) : NULL;
  g_autoptr (BsLayout) layout = was ? bs_layout_extend (self->pattern_layout, was, graph, options) : NULL;
  g_autofree guint32 *seen = NULL;

  if (layout == NULL)
    return FALSE;
  if (grows && stood != NULL)
    seen = bs_graph_match (graph, bs_scene_get_graph (self->before));
  show_grown (self, seen ? stood : self->pattern_layout, seen ? seen : was, layout);
  return TRUE;
}

gboolean
backstep_canvas_grow (BackstepCanvas *self, BsLayout *stood, gboolean grows, const BsLayoutOptions *options)
{
  BsGraph *graph = bs_scene_get_graph (self->scene);
  g_autofree guint32 *was = NULL;
  g_autoptr (BsLayout) layout = NULL;

  if (self->before == NULL)
    return FALSE;
  if (repeat_pattern (self, stood, grows, options))
    return TRUE;
  was = grows && stood != NULL ? bs_graph_match (graph, bs_scene_get_graph (self->before)) : NULL;
  layout = was ? bs_layout_extend (stood, was, graph, options) : NULL;
  if (layout == NULL)
    return FALSE;
  show_grown (self, stood, was, layout);
  return TRUE;
}

static void
on_tidy (BsLayout *layout, gpointer data)
{
  BackstepCanvas *self = data;

  backstep_canvas_forget_map (self);
  backstep_canvas_settle (self, layout);
}

/* The layout that is best for what is there by now, once it has grown or will not grow any more. */
void
backstep_canvas_tidy (BackstepCanvas *self)
{
  BsLayoutOptions options;

  if (self->scene == NULL || !bs_scene_has_layout (self->scene) || !self->has_grown)
    return;
  self->has_grown = FALSE;
  bs_scene_get_layout_options (self->scene, &options);
  bs_layout_request_best (self, bs_scene_get_graph (self->scene), &options, on_tidy, self);
}
