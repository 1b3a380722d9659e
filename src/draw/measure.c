/* SPDX-License-Identifier: MIT */

/* The sizes of cards: fixed by the widest value in the recording, so that stepping moves nothing. */

#include "config.h"

#include "scene-private.h"

#include "recording/groups.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define PADDING 14.0
#define MAX_NAME_WIDTH 230.0
#define MAX_VIEW_WIDTH 90.0
#define STUB 9.0          /* between the pill and the card */
#define PILL_HEIGHT 28.0
#define CELL_PADDING 8.0
#define HEAT_WIDTH 160.0
#define HEAT_HEIGHT 112.0
#define MAX_SAMPLED_CARDS 400
#define MAX_SAMPLES 12
#define MAX_EXACT_CARDS 400 /* with more, widths are the letters' */

/* What is the same for all cards, once. In a large graph, which is seen from afar, a text is as wide as its letters are one by
 * one: it is laid out when it is drawn, if ever. What letters gain beside each other is less than the room around a text. */
typedef struct {
  BsTexts *texts;
  gboolean by_letters;
  double letters[BS_N_TEXT_STYLES][128]; /* 0: not known yet */
  double label, not_yet, so_far, arriving, not_kept, stale;
  double saved;         /* of what a caption may still get, while the graph grows */
  GHashTable *captions; /* Look -> caption */
} Ruler;

typedef struct { guint flags; const char *shape; } Look;

void
bs_card_box_clear (BsCardBox *self)
{
  g_free (self->name);
  g_free (self->caption);
}

/* --- the ruler ------------------------------------------------------------------------------------------------------- */

static guint
hash_look (gconstpointer key)
{
  const Look *look = key;

  return g_str_hash (look->shape) * 31 + look->flags;
}

static gboolean
equal_looks (gconstpointer a, gconstpointer b)
{
  const Look *x = a, *y = b;

  return x->flags == y->flags && g_str_equal (x->shape, y->shape);
}

/* Nobody has called backward on it yet, and somebody may. */
static gboolean
is_growing (BsScene *self)
{
  guint32 n = bs_recording_get_n_passes (self->recording);
  guint32 step = self->n_cards > 0 ? bs_graph_get_card (self->graph, self->n_cards - 1)->step : 0;

  return n > 0 && !bs_recording_is_finished (self->recording) && bs_recording_find_pass (self->recording, step + 1) == n - 1
    && bs_recording_get_pass (self->recording, n - 1)->root == 0;
}

static void
ruler_init (Ruler *self, BsScene *scene)
{
  BsTexts *texts = scene->texts;
  g_autofree char *stale = g_strdup_printf (_("stale (pass %u)"), bs_recording_get_n_passes (scene->recording));

  *self = (Ruler) { .texts = texts, .by_letters = scene->n_cards > MAX_EXACT_CARDS };
  self->label = MAX (bs_texts_width (texts, BS_TEXT_CAPTION, _("value")), bs_texts_width (texts, BS_TEXT_CAPTION, _("grad")))
    + 10 * scene->scale;
  self->not_yet = bs_texts_width (texts, BS_TEXT_CAPTION, _("not yet"));
  self->so_far = bs_texts_width (texts, BS_TEXT_CAPTION, _("so far"));
  self->arriving = bs_texts_width (texts, BS_TEXT_CAPTION, _("arriving"));
  self->not_kept = bs_texts_width (texts, BS_TEXT_CAPTION, C_("gradient", "not kept"));
  self->stale = bs_texts_width (texts, BS_TEXT_CAPTION, stale);
  if (is_growing (scene)) {
    g_autofree char *saved = g_strdup_printf (" · %s", _("saved"));

    self->saved = bs_texts_width (texts, BS_TEXT_CAPTION, saved);
  }
  self->captions = g_hash_table_new_full (hash_look, equal_looks, g_free, g_free);
}

static void
ruler_clear (Ruler *self)
{
  g_hash_table_unref (self->captions);
}

static double
width_of (Ruler *self, BsTextStyle style, const char *text)
{
  double width = 0;

  for (const char *c = text; self->by_letters && *c != '\0'; c++) {
    if (*c < ' ' || *c > '~')
      return bs_texts_width (self->texts, style, text);
    if (self->letters[style][(guchar) *c] == 0)
      self->letters[style][(guchar) *c] = bs_texts_width (self->texts, style, (char[]) { *c, '\0' });
    width += self->letters[style][(guchar) *c];
  }
  return self->by_letters ? width : bs_texts_width (self->texts, style, text);
}

/* --- what kind of value ---------------------------------------------------------------------------------------------- */

static void
choose_view (BsCardBox *box, const BsValue *value)
{
  guint64 columns = value->n_dims > 0 ? value->shape[value->n_dims - 1] : 1;
  guint64 rows = columns > 0 ? value->numel / columns : 0;

  box->rows = MIN (rows, G_MAXUINT);
  box->columns = MIN (columns, G_MAXUINT);
  if (value->numel == 0)
    box->view = BS_VIEW_EMPTY;
  else if (value->numel == 1)
    box->view = BS_VIEW_SCALAR;
  else if (rows <= BS_GRID_MOST && columns <= BS_GRID_MOST)
    box->view = BS_VIEW_GRID;
  else
    box->view = BS_VIEW_HEAT;
}

static void
append (GString *text, const char *word)
{
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, word);
}

/* "view of w": the same memory under another name. */
static void
append_view (BsScene *self, GString *text, const BsEvent *event)
{
  guint of = event->tensor.flags & BS_TENSOR_VIEW ? bs_graph_find_tensor (self->graph, event->tensor.alias) : G_MAXUINT;
  g_autofree char *name = NULL, *view = NULL;

  if (of == G_MAXUINT || event->tensor.alias == event->tensor.id || bs_graph_get_card (self->graph, of)->group != 0)
    return;
  name = bs_texts_ellipsize (self->texts, BS_TEXT_CAPTION, bs_graph_get_card (self->graph, of)->name, MAX_VIEW_WIDTH * self->scale);
  view = g_strdup_printf (_("view of %s"), name);
  append (text, view);
}

static char *
caption_of (BsScene *self, const BsCard *card, const BsEvent *event)
{
  GString *text = g_string_new (NULL);
  const BsGroup *group = card->group ? bs_groups_get (bs_graph_get_groups (self->graph), card->group) : NULL;

  if (group != NULL) {
    g_autofree char *inside = g_strdup_printf (ngettext ("%u inside", "%u inside", group->n_cards), group->n_cards);

    if (group->class_name != NULL)
      append (text, group->class_name);
    append (text, inside);
  }

  if (card->flags & BS_CARD_ROOT)
    append (text, _("loss"));
  if (card->flags & BS_CARD_PARAMETER)
    append (text, _("parameter"));
  else if (card->flags & BS_CARD_DETACHED)
    append (text, _("detached"));
  else if (card->flags & BS_CARD_NO_GRAD)
    append (text, "no_grad");
  else if (card->flags & BS_CARD_LEAF)
    append (text, _("input"));
  append (text, *card->shape ? card->shape : _("scalar"));
  if (group == NULL && !(card->flags & BS_CARD_REQUIRES_GRAD) && !(card->flags & (BS_CARD_DETACHED | BS_CARD_NO_GRAD)))
    append (text, _("needs no gradient"));
  if (group == NULL)
    append_view (self, text, event);
  if (card->flags & BS_CARD_SAVED)
    append (text, _("saved"));
  return g_string_free (text, FALSE);
}

/* Most cards of a large graph look like many others. */
static char *
known_caption_of (BsScene *self, Ruler *ruler, const BsCard *card, const BsEvent *event)
{
  Look look = { card->flags, card->shape };
  char *caption;

  if (card->group != 0 || event->tensor.flags & BS_TENSOR_VIEW)
    return caption_of (self, card, event);
  caption = g_hash_table_lookup (ruler->captions, &look);
  if (caption == NULL) {
    caption = caption_of (self, card, event);
    g_hash_table_insert (ruler->captions, g_memdup2 (&look, sizeof look), caption);
  }
  return g_strdup (caption);
}

/* --- widths from the recording ----------------------------------------------------------------------------------------- */

static void
widen_by (BsScene *self, double *widest, const BsCardBox *box, const BsValue *value)
{
  char buffer[BS_NUMBER_SIZE];
  int decimals = bs_number_decimals (value, 4);

  if (value->how == BS_VALUE_DROPPED)
    return;
  if (box->view == BS_VIEW_SCALAR && value->n_stored > 0) {
    bs_number_format (buffer, bs_value_get (value, 0), 5);
    *widest = MAX (*widest, bs_texts_width (self->texts, BS_TEXT_VALUE, buffer));
  }
  for (guint32 i = 0; box->view == BS_VIEW_GRID && i < value->n_stored; i++) {
    bs_number_format_element (buffer, value, i, decimals);
    *widest = MAX (*widest, bs_texts_width (self->texts, BS_TEXT_CELL, buffer));
  }
}

static void
sample_pass (BsScene *self, guint32 pass, double *widest)
{
  const BsPass *p = bs_recording_get_pass (self->recording, pass);
  g_autoptr (BsGraph) graph = bs_graph_new_like (self->graph, self->recording, pass);
  g_autoptr (BsCursor) cursor = NULL;

  if (bs_graph_get_n_cards (graph) != self->n_cards)
    return;
  cursor = bs_cursor_new (self->recording);
  for (guint at = 0; at < 2; at++) {
    bs_cursor_seek (cursor, at ? p->end : p->update);
    for (guint i = 0; i < self->n_cards; i++) {
      BsTensorState state;

      bs_cursor_get_tensor (cursor, bs_graph_get_card (graph, i)->tensor, &state);
      widen_by (self, &widest[i], &self->boxes[i], &state.value);
      if (state.grad_state >= BS_GRAD_FLOWING)
        widen_by (self, &widest[i], &self->boxes[i], &state.grad);
    }
  }
}

static double *
sample_widths (BsScene *self)
{
  guint32 n = bs_recording_get_n_passes (self->recording);
  guint64 structure = bs_graph_get_structure (bs_graph_get_whole (self->graph));
  double least = bs_texts_width (self->texts, BS_TEXT_VALUE, "−00.000");
  double cell = bs_texts_width (self->texts, BS_TEXT_CELL, "−0.00");
  double *widest = g_new0 (double, MAX (self->n_cards, 1));

  for (guint i = 0; i < self->n_cards; i++)
    widest[i] = self->boxes[i].view == BS_VIEW_GRID ? cell : least;
  for (guint k = 0; k < MAX_SAMPLES && self->n_cards <= MAX_SAMPLED_CARDS && n > 0; k++) {
    guint32 pass = n <= MAX_SAMPLES ? k : (guint64) k * (n - 1) / (MAX_SAMPLES - 1);

    if (pass >= n)
      break;
    if (n == 1 || bs_recording_get_pass (self->recording, pass)->structure == structure)
      sample_pass (self, pass, widest);
  }
  /* Rounded up, so that a digit more or less in another run of the script is the same picture. */
  for (guint i = 0; i < self->n_cards; i++)
    widest[i] = ceil (widest[i] / 8) * 8;
  return widest;
}

/* --- sizes --------------------------------------------------------------------------------------------------------------- */

static BsSize
heat_size (const BsScene *self, const BsCardBox *box)
{
  double cell = MIN (HEAT_WIDTH / box->columns, HEAT_HEIGHT / box->rows);
  double width = CLAMP (MIN (cell, 18) * box->columns, 120, HEAT_WIDTH);
  double height = CLAMP (MIN (cell, 18) * box->rows, 22, HEAT_HEIGHT);

  return (BsSize) { width * self->scale,
                    height * self->scale + bs_texts_line (self->texts, BS_TEXT_CAPTION) + 4 * self->scale };
}

static void
measure_area (BsScene *self, BsCardBox *box, double widest)
{
  double s = self->scale, line = bs_texts_line (self->texts, BS_TEXT_VALUE);

  switch (box->view) {
  case BS_VIEW_GRID:
    box->area = (BsSize) { box->columns * (widest + CELL_PADDING * s),
                           box->rows * (bs_texts_line (self->texts, BS_TEXT_CELL) + 5 * s) };
    break;
  case BS_VIEW_HEAT:
    box->area = heat_size (self, box);
    break;
  default:
    box->area = (BsSize) { widest, line };
  }
}

/* Beside the number of a leaf's gradient: how old it is, how often it was added to. */
static double
tag_width (const Ruler *ruler, const BsCard *card)
{
  double width = ruler->not_yet;

  if (!(card->flags & BS_CARD_REQUIRES_GRAD))
    return 0;
  if (card->n_out > 1)
    width = MAX (width, ruler->so_far);
  width = MAX (width, card->flags & BS_CARD_LEAF ? ruler->arriving : ruler->not_kept);
  if (card->flags & BS_CARD_PARAMETER)
    width = MAX (width, ruler->stale);
  return width;
}

/* The colours fill a card that its texts make wide: a square matrix should still look like one. */
static void
keep_aspect (const BsScene *self, BsCardBox *box, double width)
{
  double below = bs_texts_line (self->texts, BS_TEXT_CAPTION) + 4 * self->scale, height = box->area.height - below;

  if (box->rows > 1 && width > box->area.width)
    box->area.height = below + height * MIN (width / box->area.width, 1.6);
}

static BsSize
card_size (BsScene *self, Ruler *ruler, const BsCard *card, BsCardBox *box)
{
  double s = self->scale, caption = bs_texts_line (self->texts, BS_TEXT_CAPTION);
  double head = bs_texts_line (self->texts, BS_TEXT_NAME) + caption;
  double row, width, height;

  if (box->view == BS_VIEW_HEAT)
    keep_aspect (self, box, MAX (width_of (ruler, BS_TEXT_NAME, box->name), width_of (ruler, BS_TEXT_CAPTION, box->caption)));
  if (box->view == BS_VIEW_GRID || box->view == BS_VIEW_HEAT) {
    row = caption + box->area.height + 7 * s;
    width = box->area.width;
  } else {
    row = box->area.height + 6 * s;
    width = ruler->label + box->area.width + 12 * s;
    if (box->tag_width > 0 && card->flags & (BS_CARD_PARAMETER | BS_CARD_REQUIRES_GRAD))
      width = MAX (width, ruler->label + box->area.width * 0.9 + box->tag_width + 18 * s);
  }
  height = PADDING * s * 2 + head + 4 * s + row * (box->has_grad ? 2 : 1) + (box->has_grad ? 3 * s : 0);
  width = MAX (width, width_of (ruler, BS_TEXT_NAME, box->name));
  width = MAX (width, width_of (ruler, BS_TEXT_CAPTION, box->caption) + (card->flags & BS_CARD_SAVED ? 0 : ruler->saved));
  if (box->view == BS_VIEW_GRID || box->view == BS_VIEW_HEAT)
    box->area.width = ceil (width); /* flush with the texts above */
  return (BsSize) { ceil (width + 2 * PADDING * s), ceil (height) };
}

static void
arrange (BsScene *self, Ruler *ruler, const BsCard *card, BsCardBox *box, BsSize size)
{
  double s = self->scale;

  box->card = (BsRect) { 0, 0, size.width, size.height };
  box->pill = (BsRect) { 0, 0, 0, 0 };
  if (card->pill != NULL) {
    double width = MAX (width_of (ruler, BS_TEXT_PILL, card->pill) + 22 * s, 36 * s);

    box->pill = (BsRect) { 0, 0, ceil (MIN (width, 220 * s)), PILL_HEIGHT * s };
    if (self->direction == BS_LAYOUT_LEFT_TO_RIGHT) {
      box->pill.y = floor ((size.height - box->pill.height) / 2);
      box->card.x = box->pill.width + STUB * s;
    } else {
      double width_of_both = MAX (size.width, box->pill.width);

      box->card.x = (width_of_both - size.width) / 2;
      box->pill.x = (width_of_both - box->pill.width) / 2;
      box->card.y = box->pill.height + STUB * s;
    }
  }
  box->size.width = MAX (box->card.x + box->card.width, box->pill.x + box->pill.width);
  box->size.height = MAX (box->card.y + box->card.height, box->pill.y + box->pill.height);
}

static void
describe_card (BsScene *self, Ruler *ruler, guint i)
{
  const BsCard *card = bs_graph_get_card (self->graph, i);
  BsCardBox *box = &self->boxes[i];
  BsEvent event;

  bs_recording_get_event (self->recording, card->step, &event);
  choose_view (box, &event.tensor.value);
  box->name = width_of (ruler, BS_TEXT_NAME, card->name) <= MAX_NAME_WIDTH * self->scale
    ? g_strdup (card->name) : bs_texts_ellipsize (self->texts, BS_TEXT_NAME, card->name, MAX_NAME_WIDTH * self->scale);
  box->caption = known_caption_of (self, ruler, card, &event);
  box->has_grad = (card->flags & BS_CARD_REQUIRES_GRAD) != 0;
  box->tag_width = tag_width (ruler, card);
}

void
bs_scene_measure (BsScene *self)
{
  g_autofree double *widest = NULL;
  double s = self->scale;
  Ruler ruler;

  ruler_init (&ruler, self);
  self->boxes = g_new0 (BsCardBox, MAX (self->n_cards, 1));
  self->sizes = g_new0 (BsSize, MAX (self->n_cards, 1));
  self->proxy_sizes = g_new0 (BsSize, MAX (self->n_cards, 1));
  for (guint i = 0; i < self->n_cards; i++)
    describe_card (self, &ruler, i);
  widest = sample_widths (self);
  for (guint i = 0; i < self->n_cards; i++) {
    const BsCard *card = bs_graph_get_card (self->graph, i);
    BsCardBox *box = &self->boxes[i];

    measure_area (self, box, widest[i]);
    arrange (self, &ruler, card, box, card_size (self, &ruler, card, box));
    self->sizes[i] = box->size;
    if (card->n_in == 0) /* only leaves have any */
      self->proxy_sizes[i] = (BsSize) { ceil (width_of (&ruler, BS_TEXT_PILL, box->name)) + 34 * s, 30 * s };
  }
  ruler_clear (&ruler);
}
