/* SPDX-License-Identifier: MIT */

/* A drawing of the scene: what the last event lights, the level of detail, and everything in its order. */

#include "config.h"

#include "scene-private.h"

#include <glib/gi18n.h>
#include <math.h>

void
bs_painter_set (BsPainter *self, BsColorRole role)
{
  bs_palette_set (self->cr, self->theme, role);
}

/* On the screen and small: two straight lines for each corner, or none, cannot be told from an arc, and are drawn several times as
 * fast, since Cairo strokes every piece of an arc with a round joint. */
static void
add_cut (BsPainter *self, BsRect r, double radius)
{
  const double near = radius * (1 - G_SQRT2 / 2), x1 = r.x + r.width, y1 = r.y + r.height;
  cairo_t *cr = self->cr;

  if (radius * self->options->zoom < 1.5) {
    cairo_rectangle (cr, r.x, r.y, r.width, r.height);
    return;
  }
  cairo_new_sub_path (cr);
  cairo_line_to (cr, x1 - radius, r.y);
  cairo_line_to (cr, x1 - near, r.y + near);
  cairo_line_to (cr, x1, r.y + radius);
  cairo_line_to (cr, x1, y1 - radius);
  cairo_line_to (cr, x1 - near, y1 - near);
  cairo_line_to (cr, x1 - radius, y1);
  cairo_line_to (cr, r.x + radius, y1);
  cairo_line_to (cr, r.x + near, y1 - near);
  cairo_line_to (cr, r.x, y1 - radius);
  cairo_line_to (cr, r.x, r.y + radius);
  cairo_line_to (cr, r.x + near, r.y + near);
  cairo_line_to (cr, r.x + radius, r.y);
  cairo_close_path (cr);
}

void
bs_painter_rounded (BsPainter *self, BsRect r, double radius)
{
  cairo_t *cr = self->cr;

  radius = MIN (radius, MIN (r.width, r.height) / 2);
  if (self->clip.width > 0 && radius * self->options->zoom < 6) {
    add_cut (self, r, radius);
    return;
  }
  cairo_new_sub_path (cr);
  cairo_arc (cr, r.x + r.width - radius, r.y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, r.x + r.width - radius, r.y + r.height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, r.x + radius, r.y + r.height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, r.x + radius, r.y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

gboolean
bs_painter_sees (const BsPainter *self, BsRect rect)
{
  return self->clip.width <= 0 || bs_rect_touches (self->clip, rect);
}

/* --- what the last event lights ------------------------------------------------------------------------------------------ */

static void
light (BsFocus *focus, BsColorRole line)
{
  focus->line = line;
  focus->surface = line == BS_COLOR_FORWARD    ? BS_COLOR_FORWARD_SURFACE
                   : line == BS_COLOR_GRADIENT ? BS_COLOR_GRADIENT_SURFACE
                   : line == BS_COLOR_UPDATE   ? BS_COLOR_UPDATE_SURFACE
                                               : BS_COLOR_ERROR_SURFACE;
  focus->text = line == BS_COLOR_FORWARD    ? BS_COLOR_FORWARD_TEXT
                : line == BS_COLOR_GRADIENT ? BS_COLOR_GRADIENT_TEXT
                : line == BS_COLOR_UPDATE   ? BS_COLOR_UPDATE_TEXT
                                            : BS_COLOR_ERROR_TEXT;
}

/* A walk that failed: the node it was at. Known only right then, and when the error is told after it. */
static guint
find_culprit (BsPainter *self)
{
  guint32 step = self->step;

  for (guint n = 0; n < 64 && step > 0; n++) {
    BsEvent e;

    step--;
    bs_recording_get_event (self->scene->recording, step, &e);
    if (e.kind == BS_EVENT_BACKWARD_END && e.backward_end.ok)
      return G_MAXUINT;
    if (e.kind == BS_EVENT_NODE)
      return bs_graph_find_tensor (self->scene->graph, e.node.node);
    if (e.kind == BS_EVENT_BACKWARD_BEGIN)
      return bs_graph_find_tensor (self->scene->graph, e.backward_begin.root);
    if (e.kind == BS_EVENT_TENSOR || e.kind == BS_EVENT_NODE_DONE)
      return G_MAXUINT;
  }
  return G_MAXUINT;
}

/* The error stands right before the end, but for what was let go in between. */
static guint
find_blamed (BsPainter *self)
{
  for (guint32 n = 0; n < 64 && n < self->step; n++)
    if (bs_recording_get_kind (self->scene->recording, self->step - 1 - n) == BS_EVENT_ERROR) {
      BsEvent e;

      bs_recording_get_event (self->scene->recording, self->step - 1 - n, &e);
      return bs_scene_find_blamed (self->scene, self->cursor, &e);
    }
  return G_MAXUINT;
}

static void
find_focus (BsPainter *self)
{
  BsFocus *focus = &self->focus;
  const BsEvent *e = &self->event;

  *focus = (BsFocus) { .card = G_MAXUINT, .edge = G_MAXUINT };
  if (!self->has_event)
    return;
  focus->kind = e->kind;
  focus->card = bs_scene_get_current_card (self->scene, self->cursor);
  switch (e->kind) {
  case BS_EVENT_TENSOR:
    light (focus, BS_COLOR_FORWARD);
    break;
  case BS_EVENT_EDGE:
    focus->edge = bs_graph_find_edge (self->scene->graph, e->edge.node, e->edge.input, e->edge.to);
    light (focus, BS_COLOR_GRADIENT);
    break;
  case BS_EVENT_BACKWARD_BEGIN:
  case BS_EVENT_NODE:
  case BS_EVENT_NODE_DONE:
    light (focus, BS_COLOR_GRADIENT);
    break;
  case BS_EVENT_ACCUMULATE:
  case BS_EVENT_WRITE:
  case BS_EVENT_GRAD_SET:
    light (focus, BS_COLOR_UPDATE);
    break;
  case BS_EVENT_BACKWARD_END:
  case BS_EVENT_ERROR:
  case BS_EVENT_END:
    focus->is_error = e->kind == BS_EVENT_ERROR || (e->kind == BS_EVENT_END && e->end.how == BS_END_ERROR) ||
                      (e->kind == BS_EVENT_BACKWARD_END && !e->backward_end.ok);
    focus->card = focus->is_error ? find_culprit (self) : G_MAXUINT;
    if (focus->is_error && focus->card == G_MAXUINT) {
      focus->card = find_blamed (self);
      focus->is_blamed = TRUE;
    }
    light (focus, BS_COLOR_ERROR);
    break;
  default:
    focus->card = G_MAXUINT;
  }
}

/* --- the callout at the lit card --------------------------------------------------------------------------------------------- */

static char *
accumulate_text (const BsEvent *e)
{
  g_autofree char *before = e->accumulate.had_grad ? bs_value_brief (&e->accumulate.before) : g_strdup ("None");
  g_autofree char *part = bs_value_brief (&e->accumulate.contribution), *after = bs_value_brief (&e->accumulate.after);

  if (e->accumulate.after.numel != 1)
    return g_strdup (e->accumulate.had_grad ? _(".grad += contribution") : _(".grad = contribution"));
  if (!e->accumulate.had_grad)
    return g_strdup_printf (_(".grad: None → %s"), after);
  return g_strdup_printf (".grad: %s + %s = %s", before, part, after);
}

static gboolean
is_zero (const BsValue *value)
{
  double min, max, mean, norm;

  bs_value_statistics (value, &min, &max, &mean, &norm);
  return value->n_stored > 0 && norm == 0 && value->n_nan == 0;
}

/* Where ways meet: old + contribution = new. */
static char *
sum_text (BsPainter *self, const BsEvent *e)
{
  g_autofree char *old = NULL, *part = NULL, *sum = NULL;
  BsEvent before;
  guint n;

  if (!bs_happenings_find_before (self->scene, e, &before, &n))
    return NULL;
  if (e->edge.sum.numel != 1 || e->edge.sum.n_stored != 1 || before.edge.sum.n_stored != 1)
    return g_strdup_printf (ngettext ("sum of %u contribution", "sum of %u contributions", n), n);
  old = bs_value_brief (&before.edge.sum);
  part = bs_value_brief (&e->edge.contribution);
  sum = bs_value_brief (&e->edge.sum);
  return g_strdup_printf ("%s + %s = %s", old, part, sum);
}

static char *
callout_text (BsPainter *self)
{
  const BsEvent *e = &self->event;
  const BsValue *before, *after;
  g_autofree char *a = NULL, *b = NULL;

  switch (e->kind) {
  case BS_EVENT_ACCUMULATE:
    return accumulate_text (e);
  case BS_EVENT_WRITE:
    bs_scene_find_written (self->scene, e, &before, &after);
    a = bs_value_brief (before);
    b = bs_value_brief (after);
    return after->numel == 1 ? g_strdup_printf ("%s → %s", a, b) : g_strdup (_("changed in place"));
  case BS_EVENT_GRAD_SET:
    return g_strdup (!e->grad_set.has_grad ? _(".grad = None") : is_zero (&e->grad_set.after) ? _(".grad cleared to 0")
                                                                                            : _(".grad set"));
  case BS_EVENT_BACKWARD_BEGIN:
    return g_strdup (_("backward() starts here"));
  case BS_EVENT_EDGE:
    return self->focus.edge != G_MAXUINT ? sum_text (self, e) : NULL;
  case BS_EVENT_BACKWARD_END:
  case BS_EVENT_ERROR:
  case BS_EVENT_END:
    return !self->focus.is_error ? NULL : g_strdup (self->focus.is_blamed ? _("the error is about this one") : _("backward stopped here"));
  default:
    return NULL;
  }
}

void
bs_painter_draw_callout (BsPainter *self)
{
  g_autofree char *text = self->focus.card != G_MAXUINT ? callout_text (self) : NULL;
  BsTexts *texts = self->scene->texts;
  double s = self->scene->scale, line = bs_texts_line (texts, BS_TEXT_NAME), width;
  BsRect card, chip;

  if (text == NULL)
    return;
  card = bs_rect_offset (self->scene->boxes[self->focus.card].card,
                         bs_layout_get_card (self->scene->layout, self->focus.card).x,
                         bs_layout_get_card (self->scene->layout, self->focus.card).y);
  width = bs_texts_width (texts, BS_TEXT_NAME, text) + 24 * s;
  /* On the upper edge, where no value is. */
  chip = (BsRect) { card.x + card.width / 2 - width / 2, card.y - line - 2 * s, width, line + 8 * s };
  chip.x = MAX (chip.x, 4);
  chip.y = MAX (chip.y, 2);
  bs_painter_rounded (self, chip, chip.height / 2);
  bs_painter_set (self, self->focus.surface);
  cairo_fill_preserve (self->cr);
  bs_painter_set (self, self->focus.line);
  cairo_set_line_width (self->cr, 2);
  cairo_stroke (self->cr);
  bs_painter_set (self, self->focus.text);
  bs_texts_draw_aligned (texts, self->cr, BS_TEXT_NAME, text, chip.x + chip.width / 2, chip.y + 4 * s, 0, 0.5);
}

#define MANY_EDGES 1000

/* --- from far away -------------------------------------------------------------------------------------------------------------- */

typedef enum { TONE_FUTURE, TONE_FORWARD, TONE_GRADIENT, TONE_PARAMETER, N_TONES } Tone;

#define DIMMED 8 /* beside the tone */

guint8
bs_painter_far_tone (const BsPainter *self, guint card)
{
  const BsCard *c = bs_graph_get_card (self->scene->graph, card);
  guint32 reached = self->scene->happenings.reached[card];
  guint8 dimmed = self->options->dimmed != NULL && self->options->dimmed[card] ? DIMMED : 0;

  if (c->step >= self->step)
    return dimmed | TONE_FUTURE;
  if (reached != 0 && reached <= self->step)
    return dimmed | TONE_GRADIENT;
  return dimmed | (c->flags & BS_CARD_PARAMETER ? TONE_PARAMETER : TONE_FORWARD);
}

/* On a screen; a file gets lines, see below. FALSE: not worth it. */
static gboolean
plot_far_edges (BsPainter *self)
{
  g_autofree guint8 *tones = NULL;

  if (self->sight.width <= 0 || self->scene->n_edges < MANY_EDGES || !bs_painter_has_room (self))
    return FALSE;
  tones = g_new0 (guint8, self->scene->n_edges);
  for (guint k = 0; k < self->n_edges; k++) {
    guint32 to = bs_graph_get_edge (self->scene->graph, self->edges[k])->to;

    if (bs_graph_get_card (self->scene->graph, to)->step < self->step)
      tones[self->edges[k]] = BS_HAIRLINE_EDGE;
    else if (!self->options->hide_future)
      tones[self->edges[k]] = BS_HAIRLINE_FUTURE;
  }
  bs_painter_plot_edges (self, tones);
  return TRUE;
}

/* Straight and without arrows: at this zoom nobody can tell, and it is five times quicker. */
static void
draw_far_edges (BsPainter *self)
{
  cairo_t *cr = self->cr;

  if (plot_far_edges (self))
    return;
  cairo_save (cr);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  cairo_set_line_width (cr, 1 / MAX (self->options->zoom, 1e-6));
  for (guint tone = self->options->hide_future ? 1 : 0; tone < 2; tone++) {
    for (guint k = 0; k < self->n_edges; k++) {
      guint i = self->edges[k], n;
      const BsPoint *points;
      const BsEdge *edge = bs_graph_get_edge (self->scene->graph, i);
      gboolean future = bs_graph_get_card (self->scene->graph, edge->to)->step >= self->step;

      if ((tone == 0) != future || !bs_painter_sees (self, self->scene->edge_bounds[i]))
        continue;
      points = bs_layout_get_edge (self->scene->layout, i, &n);
      cairo_move_to (cr, points[0].x, points[0].y);
      for (guint at = 6; at + 1 < n; at += 6)
        cairo_line_to (cr, points[at].x, points[at].y);
      cairo_line_to (cr, points[n - 1].x, points[n - 1].y);
    }
    bs_palette_set_alpha (cr, self->theme, BS_COLOR_EDGE, tone == 0 ? 0.35 : 0.8);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

/* Edges end where the operation stands, which nobody can read from here: on to the card, or they would end in nothing. */
static void
draw_far_ways_in (BsPainter *self, const guint8 *tones, Tone first, Tone last, double alpha)
{
  cairo_t *cr = self->cr;
  double unit = 1 / MAX (self->options->zoom, 1e-6);
  gboolean any = FALSE;

  for (guint i = 0; i < self->n_cards; i++) {
    const BsCardBox *box = &self->scene->boxes[self->cards[i]];
    BsRect at, card = box->card;
    Tone tone = tones[i] & ~DIMMED;

    if (tone < first || tone > last || box->pill.width == 0 || MAX (card.x, card.y) < 2 * unit)
      continue;
    at = bs_layout_get_card (self->scene->layout, self->cards[i]);
    if (self->scene->direction == BS_LAYOUT_LEFT_TO_RIGHT)
      cairo_rectangle (cr, at.x, at.y + box->pill.y + box->pill.height / 2 - unit / 2, card.x, unit);
    else
      cairo_rectangle (cr, at.x + box->pill.x + box->pill.width / 2 - unit / 2, at.y, unit, card.y);
    any = TRUE;
  }
  if (!any)
    return;
  bs_palette_set_alpha (cr, self->theme, BS_COLOR_EDGE, alpha);
  cairo_fill (cr);
}

/* @small: an outline would be all there is to see. */
static void
fill_tone (BsPainter *self, guint8 tone, gboolean small)
{
  static const BsColorRole fills[] = { BS_COLOR_OUTLINE, BS_COLOR_OUTLINE, BS_COLOR_GRADIENT, BS_COLOR_UPDATE };
  double alpha = tone & DIMMED ? 0.2 : 1;

  tone &= ~DIMMED;
  if (tone == TONE_FUTURE && small) {
    bs_palette_set_alpha (self->cr, self->theme, BS_COLOR_OUTLINE, 0.35 * alpha);
    cairo_fill (self->cr);
    return;
  }
  bs_palette_set_alpha (self->cr, self->theme, fills[tone], alpha);
  if (tone == TONE_FUTURE) {
    cairo_set_line_width (self->cr, 1 / MAX (self->options->zoom, 1e-6));
    cairo_stroke (self->cr);
    return;
  }
  cairo_fill (self->cr);
}

static void
draw_far_cards (BsPainter *self, const guint8 *tones, guint8 tone, gboolean small)
{
  cairo_t *cr = self->cr;
  gboolean any = FALSE;

  for (guint i = 0; i < self->n_cards; i++) {
    BsRect r;

    if (tones[i] != tone)
      continue;
    r = bs_layout_get_card (self->scene->layout, self->cards[i]);
    r = bs_rect_offset (self->scene->boxes[self->cards[i]].card, r.x, r.y);
    if (small && self->clip.width > 0) { /* never less than a pixel */
      r.width = MAX (r.width, 1 / self->options->zoom);
      r.height = MAX (r.height, 1 / self->options->zoom);
    }
    cairo_rectangle (cr, r.x, r.y, r.width, r.height);
    any = TRUE;
  }
  if (any)
    fill_tone (self, tone, small);
}

void
bs_painter_draw_far (BsPainter *self)
{
  cairo_t *cr = self->cr;
  guint n = self->n_cards;
  g_autofree guint8 *tones = g_new (guint8, MAX (n, 1));
  gboolean small = self->scene->n_cards > MANY_EDGES && self->options->zoom * self->scene->scale < 0.1;
  Tone first = self->options->hide_future ? TONE_FORWARD : TONE_FUTURE;

  draw_far_edges (self);
  for (guint i = 0; i < n; i++)
    tones[i] = bs_painter_sees (self, bs_layout_get_card (self->scene->layout, self->cards[i])) ? bs_painter_far_tone (self, self->cards[i])
                                                                                              : N_TONES;
  /* Thousands of small rectangles: whole pixels are filled at once, edges of pixels one by one. */
  cairo_set_antialias (cr, small && self->clip.width > 0 ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_FAST);
  if (first == TONE_FUTURE)
    draw_far_ways_in (self, tones, TONE_FUTURE, TONE_FUTURE, 0.35);
  draw_far_ways_in (self, tones, TONE_FORWARD, TONE_PARAMETER, 0.8);
  for (Tone tone = first; tone < N_TONES && self->options->dimmed != NULL; tone++)
    draw_far_cards (self, tones, tone | DIMMED, small);
  for (Tone tone = first; tone < N_TONES; tone++)
    draw_far_cards (self, tones, tone, small);
  cairo_set_antialias (cr, CAIRO_ANTIALIAS_DEFAULT);
}

static void
mark_far (BsPainter *self, guint card, BsColorRole role)
{
  double unit = 1 / MAX (self->options->zoom, 1e-6);
  BsRect r = bs_rect_grow (bs_layout_get_card (self->scene->layout, card), 2.5 * unit);

  cairo_rectangle (self->cr, r.x, r.y, r.width, r.height);
  cairo_set_line_width (self->cr, 3 * unit);
  bs_painter_set (self, role);
  cairo_stroke (self->cr);
}

/* What a search has found, among so much that is as grey. */
static void
mark_far_hits (BsPainter *self)
{
  const BsDrawOptions *options = self->options;
  double least = 5 / MAX (options->zoom, 1e-6);

  for (guint k = 0; k < self->n_cards; k++) {
    guint card = self->cards[k];
    BsRect r = bs_layout_get_card (self->scene->layout, card);
    guint8 tone = bs_painter_far_tone (self, card);

    if (tone & DIMMED || (tone == TONE_FUTURE && options->hide_future))
      continue;
    r = bs_rect_offset (self->scene->boxes[card].card, r.x, r.y);
    r = bs_rect_grow (r, MAX ((least - MIN (r.width, r.height)) / 2, 0));
    cairo_rectangle (self->cr, r.x, r.y, r.width, r.height);
  }
  bs_painter_set (self, BS_COLOR_SELECTION);
  cairo_fill (self->cr);
}

/* The few that matter are seen from any distance. */
static void
draw_far_marks (BsPainter *self)
{
  const guint cards[] = { self->options->covered, self->focus.card, self->options->selected, self->options->hovered };
  const BsColorRole roles[] = { self->options->covers_grad ? BS_COLOR_GRADIENT : BS_COLOR_FORWARD, self->focus.line, BS_COLOR_SELECTION,
                                BS_COLOR_SELECTION };

  if (self->options->dimmed != NULL)
    mark_far_hits (self);
  for (guint i = 0; self->options->also != NULL && i < self->scene->n_cards; i++)
    if (self->options->also[i])
      mark_far (self, i, BS_COLOR_SELECTION);
  for (guint i = 0; i < G_N_ELEMENTS (cards); i++)
    if (cards[i] < self->scene->n_cards)
      mark_far (self, cards[i], roles[i]);
}

/* All but one card in the dark, for the eyes of a hall. */
static void
draw_spot (BsPainter *self)
{
  cairo_t *cr = self->cr;
  double x1, y1, x2, y2, unit = 1 / MAX (self->options->zoom, 1e-6);
  BsRect lit;

  if (self->options->spot >= self->scene->n_cards)
    return;
  lit = bs_rect_grow (bs_layout_get_card (self->scene->layout, self->options->spot), 16 * MAX (unit, self->scene->scale));
  cairo_clip_extents (cr, &x1, &y1, &x2, &y2);
  cairo_rectangle (cr, x1, y1, x2 - x1, y2 - y1);
  cairo_new_sub_path (cr);
  bs_painter_rounded (self, lit, 20 * self->scene->scale);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_set_source_rgba (cr, 0, 0, 0, bs_theme_is_dark (self->theme) ? 0.7 : 0.55);
  cairo_fill (cr);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_WINDING);
  bs_painter_rounded (self, lit, 20 * self->scene->scale);
  cairo_set_source_rgb (cr, 1, 0.84, 0.2);
  cairo_set_line_width (cr, 3 * unit);
  cairo_stroke (cr);
}

/* --- all of it ------------------------------------------------------------------------------------------------------------------- */

/* Edges on the way from the hovered card or edge, else the selected card, to what backward() is called on. */
static gboolean *
find_path (BsPainter *self)
{
  BsScene *scene = self->scene;
  g_autofree gboolean *ahead = NULL, *behind = NULL;
  guint through = self->options->hovered < scene->n_cards ? G_MAXUINT : self->options->hovered_edge;
  guint from = self->options->hovered < scene->n_cards ? self->options->hovered
               : through < scene->n_edges              ? bs_graph_get_edge (scene->graph, through)->to
                                                       : self->options->selected;
  gboolean *path, wanted;

  if (from >= scene->n_cards)
    return NULL;
  /* Inputs come before results, so one sweep each way is enough. */
  ahead = g_new0 (gboolean, scene->n_cards);
  behind = g_new0 (gboolean, scene->n_cards);
  path = g_new0 (gboolean, MAX (scene->n_edges, 1));
  ahead[from] = TRUE;
  /* Where a gradient is wanted, the ways that it comes: not through a detach(). */
  wanted = (bs_graph_get_card (scene->graph, from)->flags & BS_CARD_REQUIRES_GRAD) != 0;
  for (guint i = 0; i < scene->n_edges; i++) {
    const BsEdge *e = bs_graph_get_edge (scene->graph, i);

    ahead[e->to] = ahead[e->to] || (ahead[e->from] && (e->needs_grad || !wanted));
  }
  for (guint i = 0; i < scene->n_cards; i++)
    behind[i] = (bs_graph_get_card (scene->graph, i)->flags & BS_CARD_ROOT) != 0;
  for (guint i = scene->n_edges; i-- > 0;) {
    const BsEdge *e = bs_graph_get_edge (scene->graph, i);

    if (!e->needs_grad && wanted) {
      path[i] = i == through;
      continue;
    }
    behind[e->from] = behind[e->from] || behind[e->to];
    path[i] = (ahead[e->from] && behind[e->to]) || i == through;
  }
  return path;
}

/* Names and numbers as long as anybody can read them, and there are not so many that nobody will. */
#define FEW_CARDS 200

static BsDetail
choose_detail (const BsScene *scene, double zoom)
{
  double size = zoom * scene->scale;

  return size < (scene->n_cards > FEW_CARDS ? 0.22 : 0.12) ? BS_DETAIL_FAR : size < 0.5 ? BS_DETAIL_MIDDLE : BS_DETAIL_NEAR;
}

static void
draw_proxies (BsPainter *self)
{
  for (guint i = 0; i < bs_layout_get_n_proxies (self->scene->layout); i++)
    if (bs_painter_sees (self, bs_layout_get_proxy (self->scene->layout, i, NULL)))
      bs_painter_draw_proxy (self, i);
}

static guint32 *
find_seen (const BsPainter *self, guint n, BsRect (*get) (const BsPainter *self, guint i), guint *n_seen)
{
  guint32 *seen = g_new (guint32, MAX (n, 1));

  *n_seen = 0;
  for (guint i = 0; i < n; i++)
    if (bs_painter_sees (self, get (self, i)))
      seen[(*n_seen)++] = i;
  return seen;
}

static BsRect
rect_of_card (const BsPainter *self, guint i)
{
  return bs_layout_get_card (self->scene->layout, i);
}

static BsRect
rect_of_edge (const BsPainter *self, guint i)
{
  return self->scene->edge_bounds[i];
}

void
bs_painter_begin (BsPainter *self, BsScene *scene, BsCursor *cursor, const BsDrawOptions *options, BsRect sight)
{
  *self = (BsPainter) { .scene = scene, .cursor = cursor, .options = options, .theme = options->theme };
  bs_happenings_update (scene);
  self->step = bs_cursor_get_step (cursor);
  self->has_event = bs_cursor_get_event (cursor, &self->event);
  self->in_walk = bs_happenings_in_walk (scene, self->step);
  self->detail = choose_detail (scene, options->zoom);
  if (sight.width > 0)
    self->sight = self->clip = bs_rect_grow (sight, BS_PAINTER_REACH);
  self->cards = find_seen (self, scene->n_cards, rect_of_card, &self->n_cards);
  self->edges = find_seen (self, scene->n_edges, rect_of_edge, &self->n_edges);
  find_focus (self);
  scene->title_scale = CLAMP (0.7 / MAX (options->zoom * scene->scale, 1e-6), 1, 3);
  self->frame_steps = bs_painter_dup_frame_steps (self);
  if (self->detail == BS_DETAIL_FAR)
    return;
  self->path = find_path (self);
  bs_painter_judge_edges (self);
}

void
bs_painter_end (BsPainter *self)
{
  g_free (self->cards);
  g_free (self->edges);
  g_free (self->frame_steps);
  g_free (self->path);
  g_free (self->plotted);
}

static void
set_part (BsPainter *self, cairo_t *cr, BsRect clip)
{
  self->cr = cr;
  self->clip = clip.width > 0 ? bs_rect_grow (clip, BS_PAINTER_REACH) : clip;
}

void
bs_painter_draw (BsPainter *self, cairo_t *cr, BsRect clip)
{
  set_part (self, cr, clip);
  cairo_save (cr);
  if (self->clip.width > 0 && self->detail != BS_DETAIL_NEAR) {
    cairo_set_tolerance (cr, 0.4);
    cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
  }
  bs_painter_draw_frames (self);
  if (self->detail == BS_DETAIL_FAR) {
    bs_painter_draw_far (self);
  } else {
    bs_painter_draw_edges (self);
    draw_proxies (self);
    for (guint k = 0; k < self->n_cards; k++)
      if (bs_painter_sees (self, bs_layout_get_card (self->scene->layout, self->cards[k])))
        bs_painter_draw_card (self, self->cards[k]);
    bs_painter_draw_edge_labels (self);
  }
  cairo_restore (cr);
}

void
bs_painter_draw_over (BsPainter *self, cairo_t *cr, BsRect clip)
{
  set_part (self, cr, clip);
  cairo_save (cr);
  if (self->detail == BS_DETAIL_FAR) {
    draw_far_marks (self);
  } else {
    bs_painter_draw_tokens (self);
    bs_painter_draw_callout (self);
  }
  draw_spot (self);
  cairo_restore (cr);
}

void
bs_scene_draw (BsScene *scene, cairo_t *cr, BsCursor *cursor, const BsDrawOptions *options)
{
  double title_scale = scene->title_scale;
  BsPainter painter;

  g_return_if_fail (scene != NULL && cursor != NULL && options != NULL);

  if (scene->layout == NULL)
    return;
  bs_painter_begin (&painter, scene, cursor, options, options->clip);
  bs_painter_draw (&painter, cr, options->clip);
  bs_painter_draw_over (&painter, cr, options->clip);
  bs_painter_end (&painter);
  scene->title_scale = title_scale; /* where the window's titles are hit: an overview or a file has others */
}
