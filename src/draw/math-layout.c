/* SPDX-License-Identifier: MIT */

/* Equations and sentences as lines. */

#include "config.h"
#include "layout/sanitizer.h"

#include <math.h>
#include <pango/pangocairo.h>

#include "math-private.h"

#define LINE_GAP 0.42      /* between the lines of an equation, of the letters' size */
#define BLOCK_GAP 0.75     /* before another equation */
#define SENTENCE_GAP 0.4   /* around a sentence */
#define RELATION_SPACE 0.3 /* on both sides of = */
#define SMALLEST 0.45

typedef struct {
  BsMathBox *box;     /* a row, or */
  PangoLayout *words; /* a sentence */
  int color;
  double x, y;        /* of the baseline; of a sentence its top */
  double width, above, below; /* of y */
} Line;

struct _BsMathLayout {
  GArray *lines; /* Line */
  double width, height, scale;
};

typedef struct {
  BsMathLayout *layout;
  BsMathFonts fonts;
  const BsMathStyle *style;
  Line line;       /* being filled */
  double indent;   /* of the equation's = */
  gboolean open;
} Writer;

static void
line_clear (gpointer data)
{
  Line *line = data;

  g_clear_pointer (&line->box, bs_math_box_free);
  g_clear_object (&line->words);
}

static PangoContext *
new_context (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();

  /* Unhinted: the picture must be the same at every zoom. */
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);
  return context;
}

/* --- lines ------------------------------------------------------------------------------------------------------------------ */

static void
end_line (Writer *self)
{
  BsMathLayout *layout = self->layout;
  Line line = self->line;

  if (!self->open)
    return;
  self->open = FALSE;
  line.width = line.box->width;
  line.above = line.box->ascent;
  line.below = line.box->descent;
  line.y = layout->height + line.above;
  layout->height = line.y + line.below;
  layout->width = MAX (layout->width, line.x + line.width);
  g_array_append_val (layout->lines, line);
}

static void
begin_line (Writer *self, double x, double gap)
{
  end_line (self);
  if (self->layout->lines->len > 0)
    self->layout->height += gap * self->fonts.size;
  self->line = (Line) { .box = bs_math_box_new_row (self->fonts.size), .x = x };
  self->open = TRUE;
}

static double
room (Writer *self)
{
  return self->fonts.width > 0 ? self->fonts.width - self->line.x - self->line.box->width : G_MAXDOUBLE;
}

static void
take (Writer *self, BsMathBox *from, guint n)
{
  for (guint i = 0; i < n; i++) {
    BsMathBox *box = g_ptr_array_steal_index (from->children, 0);

    bs_math_box_append_raised (self->line.box, box, -box->y);
  }
}

/* The boxes up to the next place where a line may begin. */
static guint
count_together (const BsMathBox *row, double *width)
{
  guint n = 0;

  *width = 0;
  while (row->children != NULL && n < row->children->len) {
    const BsMathBox *box = g_ptr_array_index (row->children, n);

    if (n > 0 && box->may_break)
      break;
    *width += box->width;
    n++;
  }
  return n;
}

/* What does not fit goes on below, a little further in. */
static void
fill (Writer *self, BsMathBox *row, double indent)
{
  double width;

  while (row->children != NULL && row->children->len > 0) {
    guint n = count_together (row, &width);

    if (width > room (self) && self->line.box->width > 0 && self->line.x + self->line.box->width > indent + 0.01)
      begin_line (self, indent, LINE_GAP);
    take (self, row, n);
  }
  bs_math_box_free (row);
}

static BsMathBox *
new_relation (Writer *self)
{
  BsMathBox *row = bs_math_box_new_row (self->fonts.size);

  bs_math_box_append (row, bs_math_box_new_space (RELATION_SPACE * self->fonts.size));
  bs_math_box_append (row, bs_math_box_new_text (&self->fonts, BS_FACE_UPRIGHT, self->fonts.size, BS_COLOR_TEXT, "="));
  bs_math_box_append (row, bs_math_box_new_space (RELATION_SPACE * self->fonts.size));
  return row;
}

static void
add_right (Writer *self, const BsLine *line, gboolean begins)
{
  BsMathBox *relation = begins ? NULL : new_relation (self), *row = bs_math_box_new_row (self->fonts.size);
  double step = relation != NULL ? relation->width : 0, first;
  gboolean follows = self->line.box->width > 0 && self->line.x + self->line.box->width > self->indent + 0.01;

  bs_math_build (&self->fonts, row, line->right);
  count_together (row, &first);
  /* On the line of the left side where that is short; broken before its = rather than within. */
  if (follows && ((line->on_a_new_line && !self->style->in_line) || step + (row->width <= self->fonts.width - self->indent - step ? row->width : first) > room (self)))
    begin_line (self, self->indent, LINE_GAP);
  if (relation != NULL)
    bs_math_box_append (self->line.box, relation);
  fill (self, row, self->indent + step);
}

static void
add_left (Writer *self, const BsFormula *left)
{
  BsMathBox *row = bs_math_box_new_row (self->fonts.size);

  begin_line (self, 0, BLOCK_GAP);
  bs_math_build (&self->fonts, row, left);
  bs_math_box_append (self->line.box, row);
  self->indent = self->line.box->width;
  if (self->fonts.width > 0 && self->indent > 0.4 * self->fonts.width) {
    begin_line (self, self->fonts.size, LINE_GAP);
    self->indent = self->fonts.size;
  }
}

static void
add_sentence (Writer *self, const BsLine *line)
{
  PangoLayout *words = pango_layout_new (self->fonts.context);
  PangoFontDescription *font = pango_font_description_from_string (self->fonts.family != NULL ? self->fonts.family : "Cantarell, Noto Sans, DejaVu Sans, sans-serif");
  double gap = SENTENCE_GAP * self->fonts.size;
  PangoRectangle logical;
  Line out = { .words = words, .color = line->is_note ? BS_COLOR_DIM_TEXT : BS_COLOR_TEXT };

  end_line (self);
  pango_font_description_set_absolute_size (font, MAX (self->fonts.size * 0.92, 0.1) * PANGO_SCALE);
  pango_layout_set_font_description (words, font);
  pango_font_description_free (font);
  pango_layout_set_wrap (words, PANGO_WRAP_WORD_CHAR);
  if (self->fonts.width > 0)
    pango_layout_set_width (words, self->fonts.width * PANGO_SCALE);
  pango_layout_set_text (words, line->sentence, -1);
  pango_layout_get_extents (words, NULL, &logical);
  out.y = self->layout->height + (self->layout->lines->len > 0 ? gap : 0);
  out.width = (logical.x + logical.width) / (double) PANGO_SCALE;
  out.below = logical.height / (double) PANGO_SCALE;
  self->layout->height = out.y + out.below;
  self->layout->width = MAX (self->layout->width, out.width);
  g_array_append_val (self->layout->lines, out);
}

static void
add_line (Writer *self, const BsLine *line)
{
  if (line->sentence != NULL) {
    if (!(line->is_note && self->style->no_notes))
      add_sentence (self, line);
    return;
  }
  if (line->left != NULL)
    add_left (self, line->left);
  if (line->right == NULL)
    return;
  if (!self->open) {
    begin_line (self, 0, BLOCK_GAP);
    self->indent = 0;
    add_right (self, line, TRUE);
  } else {
    add_right (self, line, FALSE);
  }
}

/* --- public ------------------------------------------------------------------------------------------------------------------ */

static Writer
begin (const BsMathStyle *style)
{
  Writer self = { .style = style };

  self.layout = g_new0 (BsMathLayout, 1);
  self.layout->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (self.layout->lines, line_clear);
  self.fonts = (BsMathFonts) { new_context (), style->family, MAX (style->size, 1), MAX (style->width, 0) };
  return self;
}

static BsMathLayout *
end (Writer *self)
{
  BsMathLayout *layout = self->layout;

  end_line (self);
  g_clear_object (&self->fonts.context);
  layout->scale = 1;
  if (self->fonts.width > 0 && layout->width > self->fonts.width)
    layout->scale = MAX (self->fonts.width / layout->width, SMALLEST);
  return layout;
}

BsMathLayout *
bs_math_layout_new (const BsDerivation *derivation, const BsMathStyle *style)
{
  Writer self = begin (style);

  for (guint i = 0; i < bs_derivation_get_n_lines (derivation); i++)
    add_line (&self, bs_derivation_get_line (derivation, i));
  return end (&self);
}

BsMathLayout *
bs_math_layout_new_formula (const BsFormula *formula, const BsMathStyle *style)
{
  Writer self = begin (style);
  BsLine line = { .right = (BsFormula *) formula };

  add_line (&self, &line);
  return end (&self);
}

void
bs_math_layout_free (BsMathLayout *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->lines);
  g_free (self);
}

void
bs_math_layout_get_size (BsMathLayout *self, double *width, double *height)
{
  *width = self->width * self->scale;
  *height = self->height * self->scale;
}

double
bs_math_layout_get_scale (BsMathLayout *self)
{
  return self->scale;
}

void
bs_math_layout_draw (BsMathLayout *self, cairo_t *cr, BsTheme theme, double x, double y)
{
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, self->scale, self->scale);
  for (guint i = 0; i < self->lines->len; i++) {
    const Line *line = &g_array_index (self->lines, Line, i);

    cairo_save (cr);
    cairo_translate (cr, line->x, line->y);
    if (line->box != NULL) {
      bs_math_box_draw (line->box, cr, theme);
    } else {
      bs_palette_set (cr, theme, line->color);
      cairo_move_to (cr, 0, 0);
      pango_cairo_show_layout (cr, line->words);
    }
    cairo_restore (cr);
  }
  cairo_restore (cr);
}

char *
bs_math_layout_find_overlap (BsMathLayout *self)
{
  double bottom = 0;

  for (guint i = 0; i < self->lines->len; i++) {
    const Line *line = &g_array_index (self->lines, Line, i);
    char *found = line->box != NULL ? bs_math_box_find_overlap (line->box) : NULL;

    if (found != NULL)
      return found;
    if (line->y - line->above < bottom - 1e-6)
      return g_strdup_printf ("line %u stands over the one before", i);
    if (line->x < 0 || line->x + line->width > self->width + 1e-6 || line->y + line->below > self->height + 1e-6)
      return g_strdup_printf ("line %u is outside", i);
    bottom = line->y + line->below;
  }
  return NULL;
}
