/* SPDX-License-Identifier: MIT */

#include "text.h"

#include "layout/sanitizer.h"

#include <math.h>

#include <pango/pangocairo.h>
#include <string.h>

/* Cantarell is GNOME's; Pango finds what a script lacks (Chinese names, symbols) by itself. */
#define FAMILY "Cantarell, Inter, Noto Sans, DejaVu Sans, sans-serif"
#define MAX_ENTRIES 16384

static const struct { double points; PangoWeight weight; gboolean tabular; } styles[BS_N_TEXT_STYLES] = {
  [BS_TEXT_NAME] = { 13, PANGO_WEIGHT_BOLD, FALSE },
  [BS_TEXT_VALUE] = { 15, PANGO_WEIGHT_NORMAL, TRUE },
  [BS_TEXT_NUMBER] = { 13, PANGO_WEIGHT_NORMAL, TRUE },
  [BS_TEXT_CELL] = { 11, PANGO_WEIGHT_NORMAL, TRUE },
  [BS_TEXT_PILL] = { 12, PANGO_WEIGHT_BOLD, FALSE },
  [BS_TEXT_LABEL] = { 10.5, PANGO_WEIGHT_BOLD, TRUE },
  [BS_TEXT_CAPTION] = { 9.5, PANGO_WEIGHT_NORMAL, FALSE },
};

typedef struct {
  cairo_scaled_font_t *font;
  cairo_glyph_t *glyphs; /* at y = 0 the baseline */
  guint n;
} Run;

typedef struct {
  Run *runs;
  guint n_runs;
  double width;
} Entry;

/* What numbers are made of, without shaping each of them: the glyph of each sign, and how far from one to the next. */
#define SIGNS "0123456789.+e×‖−"
#define MAX_SIGNS 24
enum { NO_SIGN = -1 };

struct Figures {
  cairo_scaled_font_t *font; /* NULL: a sign is not in the font of the others */
  gunichar signs[MAX_SIGNS];
  guint n;
  cairo_glyph_t glyphs[MAX_SIGNS];
  double widths[MAX_SIGNS], pairs[MAX_SIGNS][MAX_SIGNS];
};

struct _BsTexts {
  PangoContext *context;
  PangoLayout *layout;
  PangoFontDescription *fonts[BS_N_TEXT_STYLES];
  PangoAttrList *tabular;
  GHashTable *entries[BS_N_TEXT_STYLES]; /* text -> Entry */
  struct Figures *figures[BS_N_TEXT_STYLES]; /* NULL: not looked for yet */
  double line[BS_N_TEXT_STYLES], ascent[BS_N_TEXT_STYLES];
  double scale;
  GPtrArray *records; /* borrowed */
};

static void
entry_free (gpointer data)
{
  Entry *self = data;

  for (guint i = 0; i < self->n_runs; i++) {
    cairo_scaled_font_destroy (self->runs[i].font);
    g_free (self->runs[i].glyphs);
  }
  g_free (self->runs);
  g_free (self);
}

static void
figures_free (struct Figures *self)
{
  if (self != NULL && self->font != NULL)
    cairo_scaled_font_destroy (self->font);
  g_free (self);
}

static void
measure_style (BsTexts *self, BsTextStyle style)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (self->context, self->fonts[style], NULL);

  self->ascent[style] = pango_font_metrics_get_ascent (metrics) / (double) PANGO_SCALE;
  self->line[style] = self->ascent[style] + pango_font_metrics_get_descent (metrics) / (double) PANGO_SCALE;
  pango_font_metrics_unref (metrics);
}

BsTexts *
bs_texts_new (double font_scale)
{
  BsTexts *self = g_new0 (BsTexts, 1);
  cairo_font_options_t *options = cairo_font_options_create ();

  self->scale = font_scale > 0 ? font_scale : 1;
  self->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  /* Unhinted: a picture is zoomed, and must be the same at every zoom. */
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (self->context, options);
  pango_cairo_context_set_resolution (self->context, 96);
  pango_context_set_round_glyph_positions (self->context, FALSE);
  cairo_font_options_destroy (options);
  self->layout = pango_layout_new (self->context);
  pango_layout_set_single_paragraph_mode (self->layout, TRUE);
  self->tabular = pango_attr_list_new ();
  pango_attr_list_insert (self->tabular, pango_attr_font_features_new ("tnum=1"));
  for (guint i = 0; i < BS_N_TEXT_STYLES; i++) {
    self->fonts[i] = pango_font_description_from_string (FAMILY);
    pango_font_description_set_weight (self->fonts[i], styles[i].weight);
    pango_font_description_set_size (self->fonts[i], styles[i].points * self->scale * PANGO_SCALE);
    self->entries[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
    measure_style (self, i);
  }
  return self;
}

void
bs_texts_free (BsTexts *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < BS_N_TEXT_STYLES; i++) {
    pango_font_description_free (self->fonts[i]);
    g_hash_table_unref (self->entries[i]);
    figures_free (self->figures[i]);
  }
  pango_attr_list_unref (self->tabular);
  g_object_unref (self->layout);
  g_object_unref (self->context);
  g_free (self);
}

double
bs_texts_get_scale (BsTexts *self)
{
  return self->scale;
}

gsize
bs_texts_get_n (BsTexts *self)
{
  gsize n = 0;

  for (guint i = 0; i < BS_N_TEXT_STYLES; i++)
    n += g_hash_table_size (self->entries[i]);
  return n;
}

/* --- from a layout to glyphs ------------------------------------------------------------------------------------------- */

static void
add_run (GArray *runs, PangoLayoutRun *item, double *x)
{
  PangoFont *font = item->item->analysis.font;
  cairo_scaled_font_t *scaled = pango_cairo_font_get_scaled_font (PANGO_CAIRO_FONT (font));
  Run run = { cairo_scaled_font_reference (scaled), g_new (cairo_glyph_t, item->glyphs->num_glyphs), 0 };

  for (int i = 0; i < item->glyphs->num_glyphs; i++) {
    const PangoGlyphInfo *info = &item->glyphs->glyphs[i];

    if (info->glyph != PANGO_GLYPH_EMPTY && !(info->glyph & PANGO_GLYPH_UNKNOWN_FLAG))
      run.glyphs[run.n++] = (cairo_glyph_t) { info->glyph,
                                              *x + info->geometry.x_offset / (double) PANGO_SCALE,
                                              info->geometry.y_offset / (double) PANGO_SCALE };
    *x += info->geometry.width / (double) PANGO_SCALE;
  }
  g_array_append_val (runs, run);
}

static Entry *
make_entry (BsTexts *self, BsTextStyle style, const char *text)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  Entry *entry = g_new0 (Entry, 1);
  PangoLayoutLine *line;
  double x = 0;

  pango_layout_set_font_description (self->layout, self->fonts[style]);
  pango_layout_set_attributes (self->layout, styles[style].tabular ? self->tabular : NULL);
  pango_layout_set_text (self->layout, text, -1);
  line = pango_layout_get_line_readonly (self->layout, 0);
  for (GSList *l = line ? line->runs : NULL; l != NULL; l = l->next)
    add_run (runs, l->data, &x);
  entry->width = x;
  entry->n_runs = runs->len;
  entry->runs = (Run *) g_array_steal (runs, NULL);
  return entry;
}

/* --- numbers ------------------------------------------------------------------------------------------------------------- */

static double
width_of_pair (BsTexts *self, BsTextStyle style, gunichar a, gunichar b)
{
  g_autofree gunichar *both = g_memdup2 ((gunichar[]) { a, b }, 2 * sizeof a);
  g_autofree char *text = g_ucs4_to_utf8 (both, 2, NULL, NULL, NULL);
  Entry *entry = make_entry (self, style, text);
  double width = entry->n_runs == 1 && entry->runs[0].n == 2 ? entry->width : -1;

  entry_free (entry);
  return width;
}

/* Two signs at a time: kerning knows no more. */
static struct Figures *
find_figures (BsTexts *self, BsTextStyle style)
{
  struct Figures *f = g_new0 (struct Figures, 1);

  for (const char *c = SIGNS; *c != '\0'; c = g_utf8_next_char (c)) {
    g_autofree char *text = g_strndup (c, g_utf8_next_char (c) - c);
    Entry *entry = make_entry (self, style, text);
    gboolean fits = entry->n_runs == 1 && entry->runs[0].n == 1 && (f->font == NULL || entry->runs[0].font == f->font);

    if (fits) {
      if (f->font == NULL)
        f->font = cairo_scaled_font_reference (entry->runs[0].font);
      f->signs[f->n] = g_utf8_get_char (c);
      f->glyphs[f->n] = entry->runs[0].glyphs[0];
      f->widths[f->n++] = entry->width;
    }
    entry_free (entry);
  }
  for (guint a = 0; a < f->n; a++)
    for (guint b = 0; b < f->n; b++) {
      double width = width_of_pair (self, style, f->signs[a], f->signs[b]);

      f->pairs[a][b] = width < 0 ? NAN : width - f->widths[b];
    }
  return f;
}

static int
find_sign (const struct Figures *self, gunichar c)
{
  if (c >= '0' && c <= '9' && c - '0' < self->n && self->signs[c - '0'] == c)
    return c - '0';
  for (guint i = 0; i < self->n; i++)
    if (self->signs[i] == c)
      return i;
  return NO_SIGN;
}

/* NULL: it is not a number, or there is a sign that must be shaped. Numbers come by the thousand in a frame, most of them new. */
static Entry *
make_number (BsTexts *self, BsTextStyle style, const char *text)
{
  gsize length = strlen (text);
  struct Figures *f;
  cairo_glyph_t *glyphs;
  Entry *entry;
  int last = NO_SIGN;
  double x = 0;
  guint n = 0;

  if (!styles[style].tabular || length < 2 || length > 40)
    return NULL;
  if (self->figures[style] == NULL)
    self->figures[style] = find_figures (self, style);
  f = self->figures[style];
  glyphs = g_new (cairo_glyph_t, length);
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    int sign = find_sign (f, g_utf8_get_char (c));

    if (sign == NO_SIGN || (last != NO_SIGN && isnan (f->pairs[last][sign]))) {
      g_free (glyphs);
      return NULL;
    }
    x += last != NO_SIGN ? f->pairs[last][sign] : 0;
    glyphs[n++] = (cairo_glyph_t) { f->glyphs[sign].index, x + f->glyphs[sign].x, f->glyphs[sign].y };
    last = sign;
  }
  entry = g_new0 (Entry, 1);
  entry->n_runs = 1;
  entry->runs = g_new (Run, 1);
  entry->runs[0] = (Run) { cairo_scaled_font_reference (f->font), glyphs, n };
  entry->width = x + f->widths[last];
  return entry;
}

static const Entry *
lookup (BsTexts *self, BsTextStyle style, const char *text)
{
  Entry *entry = g_hash_table_lookup (self->entries[style], text);

  if (entry != NULL)
    return entry;
  /* Numbers come and go by the thousand: what was drawn long ago is dropped with the rest. */
  if (g_hash_table_size (self->entries[style]) >= MAX_ENTRIES)
    g_hash_table_remove_all (self->entries[style]);
  entry = make_number (self, style, text);
  if (entry == NULL)
    entry = make_entry (self, style, text);
  g_hash_table_insert (self->entries[style], g_strdup (text), entry);
  return entry;
}

/* --- public -------------------------------------------------------------------------------------------------------------- */

double
bs_texts_width (BsTexts *self, BsTextStyle style, const char *text)
{
  return lookup (self, style, text)->width;
}

double
bs_texts_shaped_width (BsTexts *self, BsTextStyle style, const char *text)
{
  Entry *entry = make_entry (self, style, text);
  double width = entry->width;

  entry_free (entry);
  return width;
}

double
bs_texts_line (BsTexts *self, BsTextStyle style)
{
  return self->line[style];
}

double
bs_texts_ascent (BsTexts *self, BsTextStyle style)
{
  return self->ascent[style];
}

static void
record (BsTexts *self, cairo_t *cr, BsTextStyle style, const char *text, double width)
{
  BsTextRecord *r = g_new0 (BsTextRecord, 1);
  cairo_pattern_t *source = cairo_get_source (cr);

  r->text = g_strdup (text);
  r->style = style;
  r->width = width;
  r->points = styles[style].points * self->scale;
  cairo_get_matrix (cr, &r->matrix);
  cairo_pattern_get_rgba (source, &r->color.r, &r->color.g, &r->color.b, &r->color.a);
  g_ptr_array_add (self->records, r);
  cairo_set_source_rgba (cr, 0, 0, 0, BS_TEXT_MARKER_ALPHA);
  cairo_rectangle (cr, 0, -1, 1, 1);
  cairo_fill (cr);
}

/* Few sizes: Cairo draws each glyph anew for every one, which takes twenty times as long as all the rest. */
static double
quantize (double shrink)
{
  return MAX (floor (shrink * 16), 1) / 16;
}

double
bs_texts_draw (BsTexts *self, cairo_t *cr, BsTextStyle style, const char *text, double x, double y,
               double max_width)
{
  const Entry *entry = lookup (self, style, text);
  double shrink = max_width > 0 && entry->width > max_width ? quantize (max_width / entry->width) : 1;

  if (*text == '\0')
    return 0;
  cairo_save (cr);
  /* Shrunk text keeps the middle of its line. */
  cairo_translate (cr, x, y + self->ascent[style] - (1 - shrink) * self->ascent[style] * 0.4);
  if (shrink < 1)
    cairo_scale (cr, shrink, shrink);
  if (self->records != NULL) {
    record (self, cr, style, text, entry->width);
  } else {
    for (guint i = 0; i < entry->n_runs; i++) {
      cairo_set_scaled_font (cr, entry->runs[i].font);
      cairo_show_glyphs (cr, entry->runs[i].glyphs, entry->runs[i].n);
    }
  }
  cairo_restore (cr);
  return entry->width * shrink;
}

double
bs_texts_draw_aligned (BsTexts *self, cairo_t *cr, BsTextStyle style, const char *text, double x, double y,
                       double max_width, double align)
{
  double width = bs_texts_width (self, style, text);

  if (max_width > 0)
    width = MIN (width, max_width);
  return bs_texts_draw (self, cr, style, text, x - width * align, y, max_width);
}

char *
bs_texts_ellipsize (BsTexts *self, BsTextStyle style, const char *text, double max_width)
{
  glong low = 0, high = g_utf8_strlen (text, -1);

  if (bs_texts_width (self, style, text) <= max_width)
    return g_strdup (text);
  while (low < high) {
    glong middle = (low + high + 1) / 2;
    g_autofree char *part = g_utf8_substring (text, 0, middle);
    g_autofree char *whole = g_strconcat (part, "…", NULL);

    if (bs_texts_width (self, style, whole) <= max_width)
      low = middle;
    else
      high = middle - 1;
  }
  {
    g_autofree char *part = g_utf8_substring (text, 0, low);
    return g_strconcat (g_strchomp (part), "…", NULL);
  }
}

const char *
bs_text_family (void)
{
  return "Cantarell, Inter, 'Noto Sans', 'DejaVu Sans', sans-serif";
}

int
bs_text_weight (BsTextStyle style)
{
  return styles[style].weight;
}

void
bs_texts_set_records (BsTexts *self, GPtrArray *records)
{
  self->records = records;
}

void
bs_text_record_free (gpointer data)
{
  BsTextRecord *self = data;

  g_free (self->text);
  g_free (self);
}
