/* SPDX-License-Identifier: MIT */

/* Frames around what belongs together, each with its title on the border, and the marks of what is folded. */

#include "config.h"

#include "scene-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define RADIUS 16.0
#define TITLE_PADDING 10.0
#define MAX_TITLE_WIDTH 260.0

char *
bs_group_title (const BsGroup *group)
{
  g_autoptr (GString) text = g_string_new (group->name);

  if (group->class_name != NULL)
    g_string_append_printf (text, " · %s", group->class_name);
  if (group->times > 1)
    g_string_append_printf (text, "  × %u", group->times);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
bs_scene_measure_frames (BsScene *self)
{
  BsGroups *groups = bs_graph_get_groups (self->graph);

  self->n_frames = bs_graph_get_n_frames (self->graph);
  self->titles = g_new0 (char *, MAX (self->n_frames, 1));
  for (guint i = 0; i < self->n_frames; i++) {
    g_autofree char *title = bs_group_title (bs_groups_get (groups, bs_graph_get_frame (self->graph, i)->group));
    g_autofree char *whole = g_strconcat ("▾ ", title, NULL);

    self->titles[i] = bs_texts_ellipsize (self->texts, BS_TEXT_LABEL, whole, MAX_TITLE_WIDTH * self->scale);
  }
}

/* Left and right by turns, or those of frames within frames would lie on each other. */
static gboolean
is_odd (BsScene *self, guint frame)
{
  gboolean odd = FALSE;

  while ((frame = bs_graph_get_frame (self->graph, frame)->parent) != BS_NO_FRAME)
    odd = !odd;
  return odd;
}

/* FALSE: the frame is not drawn. */
static gboolean
title_place (BsScene *self, guint frame, BsRect *out)
{
  double s = self->scale * MAX (self->title_scale, 1), line = bs_texts_line (self->texts, BS_TEXT_LABEL) * MAX (self->title_scale, 1);
  double width;
  BsRect rect;

  if (!bs_layout_get_frame (self->layout, frame, &rect))
    return FALSE;
  width = bs_texts_width (self->texts, BS_TEXT_LABEL, self->titles[frame]) * MAX (self->title_scale, 1) + 2 * TITLE_PADDING * s;
  width = MIN (width, rect.width);
  *out = (BsRect) { rect.x + MIN (RADIUS, (rect.width - width) / 2), rect.y - line / 2 - 2 * s, width, line + 4 * s };
  if (is_odd (self, frame))
    out->x = rect.x + rect.width - width - MIN (RADIUS, (rect.width - width) / 2);
  return TRUE;
}

static const BsRect *
find_touched (BsRect title, const BsRect *others, guint n)
{
  for (guint i = 0; i < n; i++)
    if (bs_rect_touches (title, others[i]))
      return &others[i];
  return NULL;
}

/* Beside the titles of the frames around it, where it would lie on one and there is room. */
static BsRect
give_way (BsRect title, BsRect frame, const BsRect *others, guint n)
{
  const BsRect *touched = find_touched (title, others, n);
  double gap = title.height / 6, beyond = title.width / 3;
  double places[2];

  if (touched == NULL)
    return title;
  places[0] = touched->x + touched->width + gap;
  places[1] = touched->x - title.width - gap;
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    BsRect there = { places[i], title.y, title.width, title.height };

    if (there.x >= frame.x - beyond && there.x + there.width <= frame.x + frame.width + beyond && find_touched (there, others, n) == NULL)
      return there;
  }
  return title;
}

#define DEEPEST 12

static gboolean
title_rect (BsScene *self, guint frame, BsRect *out)
{
  guint chain[DEEPEST], depth = 0, n = 0;
  BsRect titles[DEEPEST], rect;

  if (!bs_layout_get_frame (self->layout, frame, &rect))
    return FALSE;
  for (guint at = frame; at != BS_NO_FRAME && depth < DEEPEST; at = bs_graph_get_frame (self->graph, at)->parent)
    chain[depth++] = at;
  while (depth-- > 0)
    if (title_place (self, chain[depth], &titles[n])) {
      bs_layout_get_frame (self->layout, chain[depth], &rect);
      titles[n] = give_way (titles[n], rect, titles, n);
      n++;
    }
  *out = titles[n - 1];
  return TRUE;
}

guint
bs_scene_hit_frame (BsScene *self, double x, double y)
{
  for (guint i = self->layout ? self->n_frames : 0; i-- > 0;) {
    BsRect title;

    if (title_rect (self, i, &title) && bs_rect_contains (title, x, y))
      return i;
  }
  return G_MAXUINT;
}

gboolean
bs_scene_get_frame_rect (BsScene *self, guint frame, BsRect *out)
{
  return self->layout != NULL && frame < self->n_frames && bs_layout_get_frame (self->layout, frame, out);
}

/* When the first of what is in it is there. */
guint32 *
bs_painter_dup_frame_steps (const BsPainter *painter)
{
  const BsScene *self = painter->scene;
  guint32 *first;

  if (!painter->options->hide_future || self->n_frames == 0)
    return NULL;
  first = g_new (guint32, MAX (self->n_frames, 1));

  for (guint i = 0; i < self->n_frames; i++)
    first[i] = G_MAXUINT32;
  for (guint i = 0; i < self->n_cards; i++) {
    const BsCard *card = bs_graph_get_card (self->graph, i);
    guint32 frame = card->op != NULL ? card->frame : BS_NO_FRAME;

    for (; frame != BS_NO_FRAME; frame = bs_graph_get_frame (self->graph, frame)->parent)
      first[frame] = MIN (first[frame], card->step);
  }
  return first;
}

void
bs_painter_draw_frames (BsPainter *self)
{
  const guint32 *first = self->frame_steps;
  cairo_t *cr = self->cr;
  double line = self->detail == BS_DETAIL_FAR ? 1 / MAX (self->options->zoom, 1e-6) : 1.25;

  for (guint i = 0; i < self->scene->n_frames; i++) {
    BsRect rect;

    if (!bs_layout_get_frame (self->scene->layout, i, &rect) || !bs_painter_sees (self, bs_rect_grow (rect, 12)) ||
        (first != NULL && first[i] >= self->step))
      continue;
    bs_painter_rounded (self, rect, RADIUS);
    bs_palette_set_alpha (cr, self->theme, BS_COLOR_INSET, 0.45);
    cairo_fill_preserve (cr);
    bs_painter_set (self, BS_COLOR_CARD_BORDER);
    cairo_set_line_width (cr, line);
    cairo_stroke (cr);
  }
  for (guint i = 0; i < self->scene->n_frames && self->detail != BS_DETAIL_FAR; i++) {
    BsRect title;
    double k = MAX (self->scene->title_scale, 1), s = self->scene->scale * k;
    gboolean hovered = self->options->hovered_frame == i;

    if ((first != NULL && first[i] >= self->step) || !title_rect (self->scene, i, &title) || !bs_painter_sees (self, title))
      continue;
    bs_painter_rounded (self, title, title.height / 2);
    bs_painter_set (self, BS_COLOR_BACKGROUND);
    cairo_fill_preserve (cr);
    bs_painter_set (self, hovered ? BS_COLOR_SELECTION : BS_COLOR_CARD_BORDER);
    cairo_set_line_width (cr, (hovered ? 2 : 1.25) * k);
    cairo_stroke (cr);
    bs_painter_set (self, hovered ? BS_COLOR_TEXT : BS_COLOR_DIM_TEXT);
    cairo_save (cr);
    cairo_translate (cr, title.x + TITLE_PADDING * s, title.y + 2 * s);
    cairo_scale (cr, k, k);
    bs_texts_draw (self->scene->texts, cr, BS_TEXT_LABEL, self->scene->titles[i], 0, 0, (title.width - 2 * TITLE_PADDING * s) / k);
    cairo_restore (cr);
  }
}

guint32
bs_painter_sign_frame (BsPainter *self, guint frame)
{
  return (self->frame_steps != NULL && self->frame_steps[frame] >= self->step) | (self->options->hovered_frame == frame) << 1;
}
