/* SPDX-License-Identifier: MIT */

/* One card: the surface that tells its state, the pill of its operation, name, value and the truth about its gradient. */

#include "config.h"

#include "scene-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define RADIUS 11.0
#define PADDING 14.0

typedef struct {
  BsPainter *painter;
  guint index;
  const BsCard *card;
  const BsCardBox *box;
  BsRect rect, pill;   /* in the scene */
  BsTensorState state;
  gboolean is_focus;
  double s;
} Drawn;

/* --- the surface ----------------------------------------------------------------------------------------------------------- */

static void
draw_shadow (Drawn *self)
{
  static const double alphas[] = { 0.025, 0.035, 0.05 };
  BsPainter *p = self->painter;

  if (bs_theme_is_high_contrast (p->theme) || p->detail != BS_DETAIL_NEAR)
    return;
  for (guint i = 0; i < 3; i++) {
    bs_painter_rounded (p, bs_rect_grow (bs_rect_offset (self->rect, 0, 1.5), 3 - (double) i), (RADIUS + 3 - i) * self->s);
    bs_palette_set_alpha (p->cr, p->theme, BS_COLOR_SHADOW, alphas[i] * (bs_theme_is_dark (p->theme) ? 2.5 : 1));
    cairo_fill (p->cr);
  }
}

static void
set_dashes (cairo_t *cr, double on, double off)
{
  cairo_set_dash (cr, (double[]) { on, off }, 2, 0);
}

/* Outlined and dashed: not there yet. Dotted: let go. Double: what backward() is called on. */
static void
draw_border (Drawn *self)
{
  BsPainter *p = self->painter;

  cairo_save (p->cr);
  cairo_set_line_width (p->cr, bs_theme_is_high_contrast (p->theme) ? 2 : 1.25);
  if (!self->state.exists) {
    cairo_set_line_width (p->cr, 1.5);
    set_dashes (p->cr, 6, 4);
    bs_painter_set (p, BS_COLOR_OUTLINE);
  } else if (self->state.released) {
    set_dashes (p->cr, 1.5, 3);
    bs_painter_set (p, BS_COLOR_OUTLINE);
  } else if (self->card->flags & BS_CARD_PARAMETER) {
    bs_painter_set (p, BS_COLOR_UPDATE);
  } else {
    bs_painter_set (p, BS_COLOR_CARD_BORDER);
  }
  bs_painter_rounded (p, self->rect, RADIUS * self->s);
  cairo_stroke (p->cr);
  if (self->card->flags & BS_CARD_ROOT && self->state.exists) {
    bs_painter_rounded (p, bs_rect_grow (self->rect, 3.5), (RADIUS + 3.5) * self->s);
    bs_painter_set (p, BS_COLOR_OUTLINE);
    cairo_stroke (p->cr);
  }
  cairo_restore (p->cr);
}

/* A stripe at a parameter's side: this is what learns. */
static void
draw_stripe (Drawn *self)
{
  BsPainter *p = self->painter;

  if (!(self->card->flags & BS_CARD_PARAMETER))
    return;
  cairo_save (p->cr);
  bs_painter_rounded (p, self->rect, RADIUS * self->s);
  cairo_clip (p->cr);
  bs_painter_set (p, BS_COLOR_UPDATE);
  cairo_rectangle (p->cr, self->rect.x, self->rect.y, 5 * self->s, self->rect.height);
  cairo_fill (p->cr);
  cairo_restore (p->cr);
}

/* What no_grad computes is hatched: no gradient will come this way. */
static void
draw_hatching (Drawn *self)
{
  BsPainter *p = self->painter;
  double step = 9 * self->s;

  if (!(self->card->flags & (BS_CARD_NO_GRAD | BS_CARD_DETACHED)))
    return;
  cairo_save (p->cr);
  bs_painter_rounded (p, self->rect, RADIUS * self->s);
  cairo_clip (p->cr);
  bs_palette_set_alpha (p->cr, p->theme, BS_COLOR_DIM_TEXT, 0.10);
  cairo_set_line_width (p->cr, 2);
  for (double x = -self->rect.height; x < self->rect.width; x += step) {
    cairo_move_to (p->cr, self->rect.x + x, self->rect.y + self->rect.height);
    cairo_rel_line_to (p->cr, self->rect.height, -self->rect.height);
  }
  cairo_stroke (p->cr);
  cairo_restore (p->cr);
}

static void
draw_ring (Drawn *self, BsColorRole role, double distance, double width, double alpha)
{
  BsPainter *p = self->painter;

  bs_painter_rounded (p, bs_rect_grow (self->rect, distance), (RADIUS + distance) * self->s);
  bs_palette_set_alpha (p->cr, p->theme, role, alpha);
  cairo_set_line_width (p->cr, width);
  cairo_stroke (p->cr);
}

static gboolean
is_covered (const Drawn *self, gboolean grad)
{
  const BsDrawOptions *options = self->painter->options;

  return options->covered == self->index && !options->covers_grad == !grad;
}

static void
draw_rings (Drawn *self)
{
  const BsDrawOptions *options = self->painter->options;

  if (options->covered == self->index) {
    cairo_save (self->painter->cr);
    set_dashes (self->painter->cr, 9, 6);
    draw_ring (self, options->covers_grad ? BS_COLOR_GRADIENT : BS_COLOR_FORWARD, 4, 3, 1);
    cairo_restore (self->painter->cr);
  }
  if (self->is_focus) {
    draw_ring (self, self->painter->focus.line, 5, 7, 0.22);
    draw_ring (self, self->painter->focus.line, 2, 3.5, 1);
  }
  if (options->selected == self->index) {
    draw_ring (self, BS_COLOR_SELECTION, 7, 2.5, 1);
    draw_ring (self, BS_COLOR_SELECTION, 10, 1, 0.6);
  } else if (options->also != NULL && options->also[self->index]) {
    draw_ring (self, BS_COLOR_SELECTION, 7, 2.5, 1);
  } else if (options->hovered == self->index) {
    draw_ring (self, BS_COLOR_SELECTION, 7, 2, 0.55);
  }
}

/* More cards behind it: what is folded. */
static void
draw_stack (Drawn *self)
{
  BsPainter *p = self->painter;

  cairo_save (p->cr);
  cairo_set_line_width (p->cr, 1.25);
  if (!self->state.exists)
    set_dashes (p->cr, 6, 4);
  for (double step = 4 * MIN (p->scene->title_scale, 2), by = 2 * step; by > 0; by -= step) {
    bs_painter_rounded (p, bs_rect_offset (self->rect, by, by), RADIUS * self->s);
    bs_painter_set (p, self->state.exists ? BS_COLOR_INSET : BS_COLOR_BACKGROUND);
    cairo_fill_preserve (p->cr);
    bs_painter_set (p, self->state.exists ? BS_COLOR_CARD_BORDER : BS_COLOR_OUTLINE);
    cairo_stroke (p->cr);
  }
  bs_painter_rounded (p, self->rect, RADIUS * self->s);
  bs_painter_set (p, BS_COLOR_BACKGROUND);
  cairo_fill (p->cr);
  cairo_restore (p->cr);
}

#define LOOK_FLAGS (BS_CARD_PARAMETER | BS_CARD_ROOT | BS_CARD_NO_GRAD | BS_CARD_DETACHED)
enum { LOOK_EXISTS = 1 << 0, LOOK_RELEASED = 1 << 1, LOOK_FLAGS_SHIFT = 2 };

static void
draw_body (Drawn *self)
{
  if (!self->state.exists)
    return;
  draw_shadow (self);
  bs_painter_rounded (self->painter, self->rect, RADIUS * self->s);
  bs_painter_set (self->painter, BS_COLOR_CARD);
  cairo_fill (self->painter->cr);
  draw_hatching (self);
  draw_stripe (self);
}

static void
draw_plain (BsPainter *painter, BsRect rect, guint32 look)
{
  BsCard card = { .flags = look >> LOOK_FLAGS_SHIFT };
  Drawn self = { .painter = painter, .card = &card, .rect = rect, .s = painter->scene->scale };

  self.state.exists = (look & LOOK_EXISTS) != 0;
  self.state.released = (look & LOOK_RELEASED) != 0;
  draw_body (&self);
  draw_border (&self);
}

static gboolean
has_rings (const Drawn *self)
{
  const BsDrawOptions *options = self->painter->options;

  return self->is_focus || options->covered == self->index || options->selected == self->index || options->hovered == self->index
    || (options->also != NULL && options->also[self->index]);
}

static void
draw_surface (Drawn *self)
{
  guint32 look = (self->state.exists ? LOOK_EXISTS : 0) | (self->state.released ? LOOK_RELEASED : 0) |
                 (guint32) (self->card->flags & LOOK_FLAGS) << LOOK_FLAGS_SHIFT;

  if (self->card->group != 0)
    draw_stack (self);
  if (!has_rings (self) && self->card->group == 0) {
    bs_painter_draw_sprite (self->painter, self->rect, 7, look, draw_plain);
    return;
  }
  draw_body (self);
  draw_rings (self);
  draw_border (self);
}

/* --- the pill ---------------------------------------------------------------------------------------------------------------- */

static void
draw_stub (Drawn *self)
{
  cairo_t *cr = self->painter->cr;

  if (self->painter->scene->direction == BS_LAYOUT_LEFT_TO_RIGHT) {
    cairo_move_to (cr, self->pill.x + self->pill.width, self->pill.y + self->pill.height / 2);
    cairo_line_to (cr, self->rect.x, self->pill.y + self->pill.height / 2);
  } else {
    cairo_move_to (cr, self->pill.x + self->pill.width / 2, self->pill.y + self->pill.height);
    cairo_line_to (cr, self->pill.x + self->pill.width / 2, self->rect.y);
  }
  cairo_stroke (cr);
}

static void
draw_plain_pill (BsPainter *p, BsRect rect, guint32 look)
{
  gboolean exists = (look & LOOK_EXISTS) != 0;

  cairo_save (p->cr);
  if (!exists)
    set_dashes (p->cr, 5, 3.5);
  bs_painter_rounded (p, rect, rect.height / 2);
  if (exists) {
    bs_painter_set (p, BS_COLOR_INSET);
    cairo_fill_preserve (p->cr);
  }
  bs_painter_set (p, exists ? BS_COLOR_EDGE : BS_COLOR_OUTLINE);
  cairo_set_line_width (p->cr, 1.25);
  cairo_stroke (p->cr);
  cairo_restore (p->cr);
}

static void
draw_lit_pill (Drawn *self)
{
  BsPainter *p = self->painter;

  bs_painter_rounded (p, self->pill, self->pill.height / 2);
  bs_painter_set (p, p->focus.surface);
  cairo_fill_preserve (p->cr);
  bs_painter_set (p, p->focus.line);
  cairo_set_line_width (p->cr, 2.5);
  cairo_stroke (p->cr);
}

static void
draw_pill (Drawn *self)
{
  BsPainter *p = self->painter;
  double line = bs_texts_line (p->scene->texts, BS_TEXT_PILL);
  gboolean lit = self->is_focus && (p->focus.kind == BS_EVENT_TENSOR || p->focus.kind == BS_EVENT_NODE);

  if (self->pill.width == 0)
    return;
  cairo_save (p->cr);
  if (!self->state.exists)
    set_dashes (p->cr, 5, 3.5);
  bs_painter_set (p, lit ? p->focus.line : self->state.exists ? BS_COLOR_EDGE : BS_COLOR_OUTLINE);
  cairo_set_line_width (p->cr, lit ? 3 : 1.75);
  draw_stub (self);
  cairo_restore (p->cr);
  if (lit)
    draw_lit_pill (self);
  else
    bs_painter_draw_sprite (p, self->pill, 2, self->state.exists ? LOOK_EXISTS : 0, draw_plain_pill);
  bs_painter_set (p, lit ? p->focus.text : self->state.exists ? BS_COLOR_TEXT : BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (p->scene->texts, p->cr, BS_TEXT_PILL, self->card->pill, self->pill.x + self->pill.width / 2,
                         self->pill.y + (self->pill.height - line) / 2, self->pill.width - 14 * self->s, 0.5);
}

/* --- value and gradient ------------------------------------------------------------------------------------------------------ */

static double
row_height (const Drawn *self)
{
  if (self->box->view == BS_VIEW_GRID || self->box->view == BS_VIEW_HEAT)
    return bs_texts_line (self->painter->scene->texts, BS_TEXT_CAPTION) + self->box->area.height + 7 * self->s;
  return self->box->area.height + 6 * self->s;
}

static double
label_width (const Drawn *self)
{
  BsTexts *texts = self->painter->scene->texts;

  return MAX (bs_texts_width (texts, BS_TEXT_CAPTION, _("value")), bs_texts_width (texts, BS_TEXT_CAPTION, _("grad"))) +
         10 * self->s;
}

/* Where the value is; under its label for what is large, beside it for a number. */
static BsRect
area_in (const Drawn *self, BsRect row)
{
  BsTexts *texts = self->painter->scene->texts;
  double caption = bs_texts_line (texts, BS_TEXT_CAPTION);

  if (self->box->view == BS_VIEW_GRID || self->box->view == BS_VIEW_HEAT)
    return (BsRect) { row.x, row.y + caption + 2 * self->s, self->box->area.width, self->box->area.height };
  return (BsRect) { row.x + label_width (self), row.y + 3 * self->s, self->box->area.width, self->box->area.height };
}

static void
draw_label (Drawn *self, BsRect row, const char *label, BsColorRole role)
{
  BsTexts *texts = self->painter->scene->texts;
  gboolean above = self->box->view == BS_VIEW_GRID || self->box->view == BS_VIEW_HEAT;
  /* On the baseline of the number beside it. */
  double y = above ? 0 : 3 * self->s + bs_texts_ascent (texts, BS_TEXT_VALUE) - bs_texts_ascent (texts, BS_TEXT_CAPTION);

  bs_painter_set (self->painter, role);
  bs_texts_draw (texts, self->painter->cr, BS_TEXT_CAPTION, label, row.x, row.y + y, 0);
}

static void
draw_tag (Drawn *self, BsRect row, const char *tag, double after, BsColorRole role)
{
  BsTexts *texts = self->painter->scene->texts;
  gboolean above = self->box->view == BS_VIEW_GRID || self->box->view == BS_VIEW_HEAT;
  double y = above ? 0 : 3 * self->s + bs_texts_ascent (texts, BS_TEXT_VALUE) - bs_texts_ascent (texts, BS_TEXT_CAPTION);
  double left = above ? row.x + label_width (self) : after + 8 * self->s;
  double room = row.x + row.width - left;

  bs_painter_set (self->painter, role);
  bs_texts_draw_aligned (texts, self->painter->cr, BS_TEXT_CAPTION, tag, row.x + row.width, row.y + y, MAX (room, 8), 1);
}

/* Never 0 for what is not there. Where a matrix will be, its room is outlined. */
static void
draw_absence (Drawn *self, BsRect row, BsRect area, const char *text)
{
  BsPainter *p = self->painter;
  BsTexts *texts = p->scene->texts;

  if (self->box->view != BS_VIEW_GRID && self->box->view != BS_VIEW_HEAT) {
    bs_painter_set (p, BS_COLOR_DIM_TEXT);
    bs_texts_draw (texts, p->cr, BS_TEXT_NUMBER, text, area.x,
                   area.y + bs_texts_ascent (texts, BS_TEXT_VALUE) - bs_texts_ascent (texts, BS_TEXT_NUMBER), 0);
    return;
  }
  cairo_save (p->cr);
  set_dashes (p->cr, 3, 4);
  cairo_set_line_width (p->cr, 1);
  bs_painter_set (p, BS_COLOR_OUTLINE);
  bs_painter_rounded (p, area, 5);
  cairo_stroke (p->cr);
  cairo_restore (p->cr);
  bs_painter_set (p, BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (texts, p->cr, BS_TEXT_CELL, text, area.x + area.width / 2,
                         area.y + (area.height - bs_texts_line (texts, BS_TEXT_CELL)) / 2, area.width, 0.5);
}

/* A question mark where the number will be. What is there now is a part of the question: it stays. */
static void
draw_question (Drawn *self, BsRect row, gboolean grad, gboolean there)
{
  BsPainter *p = self->painter;
  BsTexts *texts = p->scene->texts;
  gboolean large = self->box->view == BS_VIEW_GRID || self->box->view == BS_VIEW_HEAT;
  double line = bs_texts_line (texts, BS_TEXT_VALUE), width = bs_texts_width (texts, BS_TEXT_NAME, there ? "→ ?" : "?") + 20 * self->s;
  BsRect area = area_in (self, row), chip = { area.x - 4 * self->s, area.y + (area.height - line) / 2, width, line };

  if (there)
    chip.x = row.x + row.width - width + 6 * self->s;
  else if (large)
    chip.x = area.x + (area.width - width) / 2;
  if (there && large)
    chip.y = row.y - 2 * self->s;
  bs_painter_rounded (p, chip, 7 * self->s);
  bs_painter_set (p, grad ? BS_COLOR_GRADIENT_SURFACE : BS_COLOR_FORWARD_SURFACE);
  cairo_fill_preserve (p->cr);
  bs_painter_set (p, grad ? BS_COLOR_GRADIENT : BS_COLOR_FORWARD);
  cairo_set_line_width (p->cr, 1.75 * self->s);
  cairo_stroke (p->cr);
  bs_painter_set (p, grad ? BS_COLOR_GRADIENT_TEXT : BS_COLOR_FORWARD_TEXT);
  bs_texts_draw_aligned (texts, p->cr, BS_TEXT_NAME, there ? "→ ?" : "?", chip.x + width / 2,
                         chip.y + (line - bs_texts_line (texts, BS_TEXT_NAME)) / 2, 0, 0.5);
}

static void
draw_value_row (Drawn *self, BsRect row)
{
  BsPainter *p = self->painter;

  draw_label (self, row, self->box->view == BS_VIEW_EMPTY ? _("empty") : _("value"), BS_COLOR_DIM_TEXT);
  if (!self->state.exists) {
    draw_absence (self, row, area_in (self, row), is_covered (self, FALSE) ? "" : "–");
    return;
  }
  bs_painter_set (p, self->state.released ? BS_COLOR_DIM_TEXT : BS_COLOR_TEXT);
  bs_painter_draw_value (p, self->box, &self->state.value, area_in (self, row), FALSE);
}

/* What there is to say beside the number; NULL: nothing. */
static char *
tag_of (const BsCard *card, const BsTensorState *state, gboolean in_walk)
{
  switch (state->grad_state) {
  case BS_GRAD_FLOWING:
    /* It has reached the leaf, but .grad is not written yet. */
    return state->is_leaf ? g_strdup (_("arriving")) : card->n_out > 1 ? g_strdup (_("so far")) : NULL;
  case BS_GRAD_STALE: return g_strdup_printf (_("stale (pass %u)"), state->grad_pass + 1);
  case BS_GRAD_CLEARED: return g_strdup (_("cleared"));
  case BS_GRAD_KNOWN:
    if (!state->is_leaf)
      return state->retains_grad ? g_strdup (C_("gradient", "kept")) : in_walk ? NULL : g_strdup (C_("gradient", "not kept"));
    return state->n_accumulated > 1 ? g_strdup_printf (_("sum of %u"), state->n_accumulated) : NULL;
  default: return NULL;
  }
}

static gboolean
is_gone (const Drawn *self)
{
  return self->state.grad_state == BS_GRAD_KNOWN && !self->state.is_leaf && !self->state.retains_grad && !self->painter->in_walk;
}

/* Filled: it is there. An outline: it has flowed here, but nobody has kept it; .grad is None. */
static void
draw_plain_strip (BsPainter *p, BsRect strip, guint32 gone)
{
  cairo_save (p->cr);
  bs_painter_rounded (p, strip, 7 * p->scene->scale);
  bs_painter_set (p, gone ? BS_COLOR_GRADIENT : BS_COLOR_GRADIENT_SURFACE);
  set_dashes (p->cr, 3, 3);
  cairo_set_line_width (p->cr, 1);
  if (gone)
    cairo_stroke (p->cr);
  else
    cairo_fill (p->cr);
  cairo_restore (p->cr);
}

static void
draw_strip (Drawn *self, BsRect strip, gboolean gone)
{
  bs_painter_draw_sprite (self->painter, strip, 1, gone, draw_plain_strip);
}

static void
draw_grad_row (Drawn *self, BsRect row)
{
  BsPainter *p = self->painter;
  BsGradState grad = self->state.exists ? self->state.grad_state : BS_GRAD_NOT_YET;
  gboolean there = grad >= BS_GRAD_FLOWING;
  gboolean fresh = grad == BS_GRAD_FLOWING || grad == BS_GRAD_KNOWN;
  BsRect area = area_in (self, row), strip = { row.x - 7 * self->s, row.y + self->s, row.width + 14 * self->s,
                                               row.height - 2 * self->s };
  g_autofree char *tag = tag_of (self->card, &self->state, p->in_walk);
  double after = area.x;

  if (fresh)
    draw_strip (self, strip, is_gone (self));
  draw_label (self, row, _("grad"), fresh ? BS_COLOR_GRADIENT_TEXT : BS_COLOR_DIM_TEXT);
  if (there) {
    bs_painter_set (p, fresh ? BS_COLOR_GRADIENT_TEXT : BS_COLOR_DIM_TEXT);
    bs_painter_draw_value (p, self->box, &self->state.grad, area, TRUE);
    if (self->box->view == BS_VIEW_SCALAR) {
      g_autofree char *text = bs_value_brief (&self->state.grad);
      after += MIN (bs_texts_width (p->scene->texts, BS_TEXT_VALUE, text), area.width);
    }
  } else {
    draw_absence (self, row, area, is_covered (self, TRUE) ? "" : grad == BS_GRAD_IS_NONE ? "None" : _("not yet"));
  }
  if (tag != NULL && !is_covered (self, TRUE))
    draw_tag (self, row, tag, after, fresh ? BS_COLOR_GRADIENT_TEXT : BS_COLOR_DIM_TEXT);
}

static void
draw_text (Drawn *self)
{
  BsPainter *p = self->painter;
  BsTexts *texts = p->scene->texts;
  double pad = PADDING * self->s, width = self->rect.width - 2 * pad;
  BsRect row = { self->rect.x + pad, self->rect.y + pad, width, row_height (self) };

  bs_painter_set (p, self->state.exists && !self->state.released ? BS_COLOR_TEXT : BS_COLOR_DIM_TEXT);
  bs_texts_draw (texts, p->cr, BS_TEXT_NAME, self->box->name, row.x, row.y, width);
  row.y += bs_texts_line (texts, BS_TEXT_NAME);
  bs_painter_set (p, BS_COLOR_DIM_TEXT);
  bs_texts_draw (texts, p->cr, BS_TEXT_CAPTION, self->box->caption, row.x, row.y, width);
  row.y += bs_texts_line (texts, BS_TEXT_CAPTION) + 4 * self->s;
  draw_value_row (self, row);
  if (is_covered (self, FALSE))
    draw_question (self, row, FALSE, self->state.exists);
  row.y += row.height + 3 * self->s;
  if (self->box->has_grad)
    draw_grad_row (self, row);
  if (self->box->has_grad && is_covered (self, TRUE))
    draw_question (self, row, TRUE, self->state.exists && self->state.grad_state >= BS_GRAD_FLOWING);
}

/* One line from afar, at @scale, or as much smaller as it must be. */
static double
draw_line_middle (Drawn *self, BsTextStyle style, const char *text, double y, double scale, BsColorRole role)
{
  BsPainter *p = self->painter;
  BsTexts *texts = p->scene->texts;
  double room = self->rect.width - 20 * self->s, width = bs_texts_width (texts, style, text);
  double line = bs_texts_line (texts, style) * scale;

  scale = MIN (scale, MAX (room / MAX (width, 1), 0.7 * scale));
  /* Few sizes on the screen, also while zooming: a glyph is drawn anew for every one. */
  scale = MAX (floor (scale * p->options->zoom * 20), 1) / 20 / p->options->zoom;
  bs_painter_set (p, role);
  cairo_save (p->cr);
  cairo_translate (p->cr, self->rect.x + 10 * self->s, y + (line - bs_texts_line (texts, style) * scale) / 2);
  cairo_scale (p->cr, scale, scale);
  bs_texts_draw (texts, p->cr, style, text, 0, 0, room / scale);
  cairo_restore (p->cr);
  return y + line;
}

/* A row of what is left: the number, or the colours of the elements. */
static void
draw_row_middle (Drawn *self, const BsValue *value, BsRect row, double scale, gboolean is_grad)
{
  BsPainter *p = self->painter;
  gboolean fresh = self->state.grad_state == BS_GRAD_FLOWING || self->state.grad_state == BS_GRAD_KNOWN;
  g_autofree char *text = bs_value_shortest (value);

  if (is_grad && fresh)
    draw_strip (self, bs_rect_grow (row, 4 * self->s), is_gone (self));
  if (is_grad && !fresh)
    draw_line_middle (self, BS_TEXT_NUMBER, text, row.y, scale, BS_COLOR_DIM_TEXT);
  else if (!bs_painter_draw_colors (p, self->box, value, row, is_grad))
    draw_line_middle (self, BS_TEXT_NUMBER, text, row.y, scale, is_grad ? BS_COLOR_GRADIENT_TEXT : BS_COLOR_TEXT);
}

/* From afar: name, value and gradient, as large as there is room for. */
static void
draw_text_middle (Drawn *self)
{
  BsPainter *p = self->painter;
  BsTexts *texts = p->scene->texts;
  guint n = self->box->has_grad ? 2 : 1;
  double name = bs_texts_line (texts, BS_TEXT_NAME), number = bs_texts_line (texts, BS_TEXT_NUMBER), pad = 7 * self->s;
  double room = self->rect.height - 2 * pad, scale = MIN (CLAMP (0.75 / p->options->zoom, 1, 3.2), room / (name + n * number));
  double y = draw_line_middle (self, BS_TEXT_NAME, self->box->name, self->rect.y + pad, scale,
                               self->state.exists ? BS_COLOR_TEXT : BS_COLOR_DIM_TEXT);
  BsRect row = { self->rect.x + 10 * self->s, y, self->rect.width - 20 * self->s,
                 (self->rect.y + self->rect.height - pad - y) / n - (self->box->view == BS_VIEW_SCALAR ? 0 : pad) };

  if (is_covered (self, FALSE))
    draw_line_middle (self, BS_TEXT_NAME, "?", row.y, scale, BS_COLOR_FORWARD_TEXT);
  else if (self->state.exists)
    draw_row_middle (self, &self->state.value, row, scale, FALSE);
  row.y += row.height + (self->box->view == BS_VIEW_SCALAR ? 0 : 1.5 * pad);
  if (is_covered (self, TRUE))
    draw_line_middle (self, BS_TEXT_NAME, "?", row.y, scale, BS_COLOR_GRADIENT_TEXT);
  else if (self->state.exists && self->state.grad_state >= BS_GRAD_FLOWING)
    draw_row_middle (self, &self->state.grad, row, scale, TRUE);
}

/* --- public -------------------------------------------------------------------------------------------------------------------- */

static void
dim (Drawn *self, BsRect box)
{
  BsPainter *p = self->painter;

  if (p->options->dimmed == NULL || !p->options->dimmed[self->index])
    return;
  bs_palette_set_alpha (p->cr, p->theme, BS_COLOR_BACKGROUND, 0.72);
  cairo_rectangle (p->cr, box.x - 4, box.y - 4, box.width + 8, box.height + 8);
  cairo_fill (p->cr);
}

void
bs_painter_draw_card (BsPainter *p, guint index)
{
  BsRect at = bs_layout_get_card (p->scene->layout, index);
  const BsCardBox *box = &p->scene->boxes[index];
  Drawn self = { .painter = p, .index = index, .card = bs_graph_get_card (p->scene->graph, index), .box = box,
                 .rect = bs_rect_offset (box->card, at.x, at.y), .pill = bs_rect_offset (box->pill, at.x, at.y),
                 .is_focus = p->focus.card == index, .s = p->scene->scale };

  bs_cursor_get_tensor (p->cursor, self.card->tensor, &self.state);
  if (!self.state.exists && p->options->hide_future && p->options->covered != index)
    return;
  draw_surface (&self);
  draw_pill (&self);
  if (p->detail == BS_DETAIL_NEAR) {
    draw_text (&self);
  } else {
    draw_text_middle (&self);
  }
  dim (&self, at);
}

/* Only the name, in the colours of its card, with a line style that says "the same as elsewhere". */
void
bs_painter_draw_proxy (BsPainter *p, guint proxy)
{
  guint index;
  BsRect rect = bs_layout_get_proxy (p->scene->layout, proxy, &index);
  const BsCard *card = bs_graph_get_card (p->scene->graph, index);
  gboolean exists = card->step < p->step, chosen = p->options->selected == index || p->options->hovered == index;
  double line = bs_texts_line (p->scene->texts, BS_TEXT_PILL), s = p->scene->scale;

  if (!exists && p->options->hide_future)
    return;
  cairo_save (p->cr);
  bs_painter_rounded (p, rect, rect.height / 2);
  if (exists) {
    bs_painter_set (p, BS_COLOR_CARD);
    cairo_fill_preserve (p->cr);
  }
  cairo_set_dash (p->cr, (double[]) { 7, 3, 1.5, 3 }, 4, 0);
  cairo_set_line_width (p->cr, chosen ? 2.5 : 1.5);
  bs_painter_set (p, chosen                                ? BS_COLOR_SELECTION
                     : !exists                             ? BS_COLOR_OUTLINE
                     : card->flags & BS_CARD_PARAMETER     ? BS_COLOR_UPDATE
                                                           : BS_COLOR_EDGE);
  cairo_stroke (p->cr);
  cairo_restore (p->cr);
  if (p->detail == BS_DETAIL_FAR)
    return;
  bs_painter_set (p, exists ? BS_COLOR_TEXT : BS_COLOR_DIM_TEXT);
  bs_texts_draw_aligned (p->scene->texts, p->cr, BS_TEXT_PILL, p->scene->boxes[index].name, rect.x + rect.width / 2,
                         rect.y + (rect.height - line) / 2, rect.width - 16 * s, 0.5);
}
