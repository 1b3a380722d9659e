/* SPDX-License-Identifier: MIT */

/* What is folded to one card and what is open, and the way from one to the other. */

#include "config.h"

#include <math.h>

#include "canvas-private.h"

#define MOVE_MS 250
#define SMOOTH_MOST 400 /* cards; more would not be smooth */

static const char *const words[] = { "auto", "closed", "open" };

BsGraph *
backstep_canvas_fold_graph (BackstepCanvas *self, BsRecording *recording, BsGraph *whole)
{
  BsGraph *shown = self->scene ? bs_scene_get_graph (self->scene) : NULL, *before = shown ? bs_graph_get_whole (shown) : NULL;
  gboolean same = shown && bs_graph_get_groups (shown) && bs_graph_get_structure (before) == bs_graph_get_structure (whole)
    && bs_graph_get_n_cards (before) == bs_graph_get_n_cards (whole);
  g_autoptr (BsGroups) groups = same ? bs_groups_ref (bs_graph_get_groups (shown)) : bs_groups_new (recording, whole);
  g_autofree gboolean *folded = bs_groups_choose (groups, self->unfold_all ? G_MAXUINT : BS_FOLD_MOST, self->folds);

  return bs_graph_fold (whole, groups, folded);
}

/* --- the way there --------------------------------------------------------------------------------------------------- */

/* Where what a card shows stood before, be it folded or not, in the coordinates it had; width 0: it was not there. */
typedef struct { double zoom, tx, ty; } View;

static BsRect *
copy_places (BackstepCanvas *self, BsScene *before)
{
  BsGraph *graph = bs_scene_get_graph (self->scene), *old = bs_scene_get_graph (before);
  guint n = bs_graph_get_n_cards (graph), n_old = bs_graph_get_n_cards (old);
  BsRect *places = g_new0 (BsRect, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    {
      const BsCard *c = bs_graph_get_card (graph, i);
      guint card = bs_graph_find_tensor (old, c->tensor);

      /* In another pass: what has the same name and comes as early is the same. */
      if (card == G_MAXUINT && i < n_old && g_strcmp0 (bs_graph_get_card (old, i)->op, c->op) == 0
          && g_str_equal (bs_graph_get_card (old, i)->name, c->name))
        card = i;
      if (card != G_MAXUINT)
        places[i] = bs_scene_get_card_rect (before, card);
    }
  return places;
}

/* The same on the screen, in the coordinates of now. */
static void
carry_places (BackstepCanvas *self, BsRect *places, View was)
{
  for (guint i = 0; i < bs_graph_get_n_cards (bs_scene_get_graph (self->scene)); i++)
    {
      places[i].x = (places[i].x * was.zoom + was.tx - self->tx) / self->zoom;
      places[i].y = (places[i].y * was.zoom + was.ty - self->ty) / self->zoom;
    }
}

static BsRect *
find_origins (BackstepCanvas *self, BsScene *before, View was)
{
  BsRect *places = copy_places (self, before);

  carry_places (self, places, was);
  return places;
}

static guint
nearest_place (BackstepCanvas *self, const BsRect *places, BsPoint at)
{
  double least = G_MAXDOUBLE;
  guint nearest = G_MAXUINT;

  for (guint i = 0; i < bs_graph_get_n_cards (bs_scene_get_graph (self->scene)); i++)
    {
      double dx = places[i].x + places[i].width / 2 - at.x, dy = places[i].y + places[i].height / 2 - at.y;

      if (places[i].width <= 0 || dx * dx + dy * dy >= least)
        continue;
      least = dx * dx + dy * dy;
      nearest = i;
    }
  return nearest;
}

/* What is selected, else what stands in the middle of the view, stays there. */
static void
hold_view (BackstepCanvas *self, const BsRect *places)
{
  guint held = backstep_canvas_get_selected_card (self);
  BsRect is;

  if (held == G_MAXUINT || places[held].width <= 0)
    held = nearest_place (self, places, backstep_canvas_to_scene (self, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
                                                                  gtk_widget_get_height (GTK_WIDGET (self)) / 2.0));
  if (held == G_MAXUINT)
    return;
  is = bs_scene_get_card_rect (self->scene, held);
  self->tx -= (is.x - places[held].x) * self->zoom;
  self->ty -= (is.y - places[held].y) * self->zoom;
}

static void
end_move (BackstepCanvas *self)
{
  if (self->target)
    bs_scene_set_layout (self->scene, self->target);
  g_clear_pointer (&self->target, bs_layout_unref);
  g_clear_pointer (&self->from, g_free);
}

static void
on_move (double t, gpointer data)
{
  BackstepCanvas *self = data;
  g_autoptr (BsLayout) moment = NULL;

  if (self->target == NULL || self->scene == NULL)
    return;
  if (t >= 1)
    end_move (self);
  else
    {
      moment = bs_layout_between (self->target, self->from, t);
      bs_scene_set_layout (self->scene, moment);
    }
  backstep_canvas_changed (self);
}

void
backstep_canvas_arrive (BackstepCanvas *self, BsLayout *layout, gboolean smoothly)
{
  guint n = bs_graph_get_n_cards (bs_scene_get_graph (self->scene));

  g_clear_pointer (&self->target, bs_layout_unref);
  if (self->moving)
    adw_animation_pause (self->moving);
  if (!smoothly || self->from == NULL || n > SMOOTH_MOST || !adw_get_enable_animations (GTK_WIDGET (self)))
    {
      g_clear_pointer (&self->from, g_free);
      bs_scene_set_layout (self->scene, layout);
      return;
    }
  self->target = bs_layout_ref (layout);
  if (self->moving == NULL)
    self->moving = adw_timed_animation_new (GTK_WIDGET (self), 0, 1, MOVE_MS,
                                            adw_callback_animation_target_new (on_move, self, NULL));
  adw_animation_reset (self->moving);
  on_move (0, self);
  adw_animation_play (self->moving);
}

/* The graph has grown, or is another: what was there goes to its new place from the old one. */
void
backstep_canvas_leave (BackstepCanvas *self)
{
  g_clear_pointer (&self->target, bs_layout_unref);
  if (self->scene == NULL || !bs_scene_has_layout (self->scene))
    {
      g_clear_pointer (&self->scene, bs_scene_free);
      return;
    }
  g_clear_pointer (&self->before, bs_scene_free);
  self->before = g_steal_pointer (&self->scene);
}

/* Is it worth a way? On the screen, from @places. */
static gboolean
moves (BackstepCanvas *self, BsLayout *layout, const BsRect *places)
{
  for (guint i = 0; i < bs_graph_get_n_cards (bs_scene_get_graph (self->scene)); i++)
    {
      BsRect is = bs_layout_get_card (layout, i);

      if (places[i].width > 0 && (fabs (is.x - places[i].x) * self->zoom > 0.5 || fabs (is.y - places[i].y) * self->zoom > 0.5))
        return TRUE;
    }
  return FALSE;
}

void
backstep_canvas_glide (BackstepCanvas *self, BsLayout *layout, const BackstepCanvasView *was)
{
  g_free (self->from);
  self->from = find_origins (self, self->before, (View) { was->zoom, was->x, was->y });
  backstep_canvas_arrive (self, layout, moves (self, layout, self->from));
}

void
backstep_canvas_settle (BackstepCanvas *self, BsLayout *layout)
{
  BsScene *before = g_steal_pointer (&self->before);
  BsScene *old = before ? before : bs_scene_has_layout (self->scene) ? self->scene : NULL;
  BsRect *places = old ? copy_places (self, old) : NULL;
  View was = { self->zoom, self->tx, self->ty };

  g_clear_pointer (&self->from, g_free);
  backstep_canvas_arrive (self, layout, FALSE);
  if (self->fits)
    backstep_canvas_fit (self);
  else if (places)
    hold_view (self, places);
  if (places)
    {
      carry_places (self, places, was);
      self->from = places;
      backstep_canvas_arrive (self, layout, moves (self, layout, places));
    }
  g_clear_pointer (&before, bs_scene_free);
  backstep_canvas_changed (self);
}

/* --- choices ----------------------------------------------------------------------------------------------------------- */

/* What was pressed stays where it is: the view moves by what the card or the frame has moved. */
static gboolean
rect_of_group (BsScene *scene, guint32 group, BsRect *out)
{
  BsGraph *graph = bs_scene_get_graph (scene);

  for (guint i = 0; i < bs_graph_get_n_cards (graph); i++)
    if (bs_graph_get_card (graph, i)->group == group)
      {
        *out = bs_scene_get_card_rect (scene, i);
        return TRUE;
      }
  for (guint i = 0; i < bs_graph_get_n_frames (graph); i++)
    if (bs_graph_get_frame (graph, i)->group == group)
      return bs_scene_get_frame_rect (scene, i, out);
  return FALSE;
}

static void
choose_anew (BackstepCanvas *self, guint32 group)
{
  BsScene *before = NULL;
  BsRect was = { 0 }, is = { 0 };
  View view = { self->zoom, self->tx, self->ty };
  gboolean fits = self->fits, known;

  if (self->scene == NULL || !bs_scene_has_layout (self->scene) || self->whole == NULL)
    return;
  known = group != 0 && rect_of_group (self->scene, group, &was);
  before = g_steal_pointer (&self->scene);
  backstep_canvas_rebuild (self); /* the layout may come later: then it comes without a move */
  if (self->scene && bs_scene_has_layout (self->scene))
    {
      if (!fits && known && rect_of_group (self->scene, group, &is))
        {
          self->tx -= (is.x + is.width / 2 - was.x - was.width / 2) * self->zoom;
          self->ty -= (is.y + is.height / 2 - was.y - was.height / 2) * self->zoom;
        }
      if (fits)
        backstep_canvas_fit (self);
      g_free (self->from);
      self->from = find_origins (self, before, view);
      backstep_canvas_arrive (self, bs_scene_get_layout (self->scene), TRUE);
    }
  bs_scene_free (before);
  backstep_canvas_changed (self);
  g_signal_emit_by_name (self, "folds-changed");
}

static gboolean
is_folded (BackstepCanvas *self, guint32 group)
{
  BsGraph *graph = bs_scene_get_graph (self->scene);

  for (guint i = 0; i < bs_graph_get_n_cards (graph); i++)
    if (bs_graph_get_card (graph, i)->group == group)
      return TRUE;
  return FALSE;
}

void
backstep_canvas_toggle_group (BackstepCanvas *self, guint32 group)
{
  BsGroups *groups = self->scene ? bs_graph_get_groups (bs_scene_get_graph (self->scene)) : NULL;
  BsFoldChoice choice;

  if (groups == NULL || group == 0 || group > bs_groups_get_n (groups))
    return;
  choice = is_folded (self, group) ? BS_FOLD_OPEN : BS_FOLD_CLOSED;
  g_hash_table_replace (self->folds, g_memdup2 (&bs_groups_get (groups, group)->key, sizeof (guint64)),
                        GUINT_TO_POINTER (choice));
  choose_anew (self, group);
}

static guint32
group_at_selection (BackstepCanvas *self)
{
  guint card = backstep_canvas_get_selected_card (self);
  BsGraph *graph = self->scene ? bs_scene_get_graph (self->scene) : NULL;
  const BsCard *c;

  if (card == G_MAXUINT)
    return 0;
  c = bs_graph_get_card (graph, card);
  if (c->group != 0)
    return c->group;
  return c->frame != BS_NO_FRAME ? bs_graph_get_frame (graph, c->frame)->group : 0;
}

gboolean
backstep_canvas_toggle_fold (BackstepCanvas *self)
{
  guint32 group = group_at_selection (self);

  if (group == 0)
    return FALSE;
  backstep_canvas_toggle_group (self, group);
  return TRUE;
}

gboolean
backstep_canvas_can_fold (BackstepCanvas *self)
{
  BsGroups *groups = self->scene ? bs_graph_get_groups (bs_scene_get_graph (self->scene)) : NULL;

  return groups != NULL && bs_groups_get_n (groups) > 0;
}

void
backstep_canvas_fold_all (BackstepCanvas *self, BsFoldChoice choice)
{
  BsGroups *groups = self->scene ? bs_graph_get_groups (bs_scene_get_graph (self->scene)) : NULL;

  g_hash_table_remove_all (self->folds);
  self->unfold_all = choice == BS_FOLD_OPEN;
  for (guint32 g = 1; groups != NULL && choice == BS_FOLD_CLOSED && g <= bs_groups_get_n (groups); g++)
    if (bs_groups_get (groups, g)->n_cards > 0)
      g_hash_table_replace (self->folds, g_memdup2 (&bs_groups_get (groups, g)->key, sizeof (guint64)),
                            GUINT_TO_POINTER (choice));
  choose_anew (self, 0);
}

char **
backstep_canvas_dup_folds (BackstepCanvas *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GHashTableIter iter;
  gpointer key, value;

  if (self->unfold_all)
    g_strv_builder_add (builder, "all");
  g_hash_table_iter_init (&iter, self->folds);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_autofree char *text = g_strdup_printf ("%016" G_GINT64_MODIFIER "x %s", *(guint64 *) key,
                                               words[GPOINTER_TO_UINT (value)]);

      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

void
backstep_canvas_set_folds (BackstepCanvas *self, const char *const *folds)
{
  g_hash_table_remove_all (self->folds);
  self->unfold_all = FALSE;
  for (guint i = 0; folds[i] != NULL; i++)
    {
      guint64 key;
      char *end;

      if (g_str_equal (folds[i], "all"))
        {
          self->unfold_all = TRUE;
          continue;
        }
      key = g_ascii_strtoull (folds[i], &end, 16);
      for (guint w = BS_FOLD_CLOSED; *end == ' ' && w <= BS_FOLD_OPEN; w++)
        if (g_str_equal (end + 1, words[w]))
          g_hash_table_replace (self->folds, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (w));
    }
}

void
backstep_canvas_clear_folds (BackstepCanvas *self)
{
  if (self->moving)
    adw_animation_pause (self->moving);
  g_clear_object (&self->moving);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->before, bs_scene_free);
  g_clear_pointer (&self->target, bs_layout_unref);
  g_clear_pointer (&self->whole, bs_graph_unref);
  g_clear_pointer (&self->folds, g_hash_table_unref);
}

gboolean
backstep_canvas_is_unfolded (BackstepCanvas *self)
{
  return self->unfold_all;
}
