/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "view.h"

#include "scene-private.h"

#include <math.h>
#include <string.h>

#define CELL 64      /* logical pixels: a part of the picture that is drawn, or not, as one */
#define MARGIN 256   /* beyond the window, for panning */
#define BUDGET 4.0   /* ms of a frame for what may come later; less where what is there must be scaled, too */
#define BUDGET_BESIDE 2.0
#define FEW_PARTS 6

typedef enum { CELL_MISSING, CELL_STALE, CELL_DIRTY, CELL_READY } CellState; /* stale: true, but not as fine as it should be */

typedef struct { int x, y, width, height; } Cells;

/* A picture at one zoom, of the window and some more. */
typedef struct {
  cairo_surface_t *surface;
  double zoom;
  int factor;
  int x, y; /* of its corner, in pixels from the scene's origin */
  int columns, rows;
  guint8 *cells;
  Cells wanted; /* those of the window when it was begun */
  guint32 *cards, *edges, *frames, *proxies; /* signs of what is in sight */
  gboolean is_signed, has_moved;
} Sheet;

/* What a picture shows; the first group: where it differs, nothing of it is of use. */
typedef struct {
  guint scene;
  const BsLayout *layout;
  BsTheme theme;
  int factor;
  gboolean hide_future;
  guint graph;
  guint32 step, n_events;
  guint selected, hovered, hovered_edge, hovered_frame, covered, covers_grad;
  guint64 also, dimmed;
} Key;

struct _BsView {
  Sheet *shown, *coming;
  Sheet *spare;     /* while the zoom changes: new pages for every picture would cost as much as what is drawn in them */
  BsLayout *layout; /* kept, so that no other one is at its address */
  Key key;
  BsViewPlace place;
  double cost[3];   /* ms for a cell, by detail; of late */
};

/* --- sheets ------------------------------------------------------------------------------------------------------------ */

static void
sheet_free (Sheet *self)
{
  cairo_surface_destroy (self->surface);
  g_free (self->cells);
  g_free (self->cards);
  g_free (self->edges);
  g_free (self->frames);
  g_free (self->proxies);
  g_free (self);
}

static int
floor_to_cell (double x)
{
  return (int) floor (x / CELL) * CELL;
}

/* Of the window's corner from the scene's origin, on a pixel of the screen. */
static double
corner (double t, int factor)
{
  return -round (t * factor) / factor;
}

static BsRect
window_rect (const BsViewPlace *place)
{
  return (BsRect) { corner (place->tx, place->factor), corner (place->ty, place->factor), place->width, place->height };
}

static Cells
cells_of (const Sheet *self, BsRect r)
{
  int x0 = floor ((r.x - self->x) / CELL), y0 = floor ((r.y - self->y) / CELL);
  int x1 = ceil ((r.x + r.width - self->x) / CELL), y1 = ceil ((r.y + r.height - self->y) / CELL);

  x0 = CLAMP (x0, 0, self->columns);
  y0 = CLAMP (y0, 0, self->rows);
  return (Cells) { x0, y0, CLAMP (x1, x0, self->columns) - x0, CLAMP (y1, y0, self->rows) - y0 };
}

static gboolean
covers (const Sheet *self, BsRect window)
{
  return window.x >= self->x && window.y >= self->y && window.x + window.width <= self->x + self->columns * CELL
    && window.y + window.height <= self->y + self->rows * CELL;
}

/* For a window of another size than it was begun for? */
static gboolean
has_room (const Sheet *self, const BsViewPlace *place)
{
  return self->columns * CELL >= place->width + 2 * CELL && self->rows * CELL >= place->height + 2 * CELL;
}

static cairo_surface_t *
new_surface (int columns, int rows, int factor)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, columns * CELL * factor, rows * CELL * factor);

  cairo_surface_set_device_scale (surface, factor, factor);
  return surface;
}

static void
paint_background (cairo_surface_t *surface, BsTheme theme)
{
  cairo_t *cr = cairo_create (surface);

  bs_palette_set (cr, theme, BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  cairo_destroy (cr);
}

static void
sheet_begin (Sheet *self, const BsViewPlace *place, BsTheme theme)
{
  BsRect window = window_rect (place);

  self->zoom = place->zoom;
  self->x = floor_to_cell (window.x - MARGIN);
  self->y = floor_to_cell (window.y - MARGIN);
  memset (self->cells, CELL_MISSING, self->columns * self->rows);
  self->wanted = cells_of (self, window);
  self->is_signed = self->has_moved = FALSE;
  paint_background (self->surface, theme);
}

/* Takes what is of use of @old (transfer full) (nullable). */
static Sheet *
sheet_new (Sheet *old, const BsScene *scene, const BsViewPlace *place, BsTheme theme)
{
  int columns = (place->width + 2 * MARGIN) / CELL + 2, rows = (place->height + 2 * MARGIN) / CELL + 2;
  Sheet *self = old;

  if (old == NULL || old->columns != columns || old->rows != rows || old->factor != place->factor) {
    g_clear_pointer (&old, sheet_free);
    self = g_new0 (Sheet, 1);
    self->columns = columns;
    self->rows = rows;
    self->factor = place->factor;
    self->surface = new_surface (columns, rows, place->factor);
    self->cells = g_malloc (columns * rows);
  }
  g_free (self->cards);
  g_free (self->edges);
  g_free (self->frames);
  g_free (self->proxies);
  self->cards = g_new0 (guint32, MAX (scene->n_cards, 1));
  self->edges = g_new0 (guint32, MAX (scene->n_edges, 1));
  self->frames = g_new0 (guint32, MAX (scene->n_frames, 1));
  self->proxies = g_new0 (guint32, MAX (bs_layout_get_n_proxies (scene->layout), 1));
  sheet_begin (self, place, theme);
  return self;
}

/* By whole cells; what comes in is missing. */
static void
move_cells (Sheet *self, int dx, int dy)
{
  guint8 *cells = g_malloc0 (self->columns * self->rows);

  for (int y = MAX (0, -dy); y < MIN (self->rows, self->rows - dy); y++)
    for (int x = MAX (0, -dx); x < MIN (self->columns, self->columns - dx); x++)
      cells[y * self->columns + x] = self->cells[(y + dy) * self->columns + x + dx];
  g_free (self->cells);
  self->cells = cells;
}

/* In its place: a new surface would be new pages, which cost several times as much as what moves. */
static void
move_pixels (Sheet *self, int dx, int dy)
{
  int width = cairo_image_surface_get_width (self->surface), height = cairo_image_surface_get_height (self->surface);
  int stride = cairo_image_surface_get_stride (self->surface), kept = width - ABS (dx);
  guint8 *pixels = cairo_image_surface_get_data (self->surface);

  if (pixels == NULL || kept <= 0 || ABS (dy) >= height)
    return;
  cairo_surface_flush (self->surface);
  for (int i = 0; i < height - ABS (dy); i++) {
    int y = dy > 0 ? i : height - 1 - i;

    memmove (pixels + (gsize) y * stride + 4 * MAX (0, -dx), pixels + (gsize) (y + dy) * stride + 4 * MAX (0, dx), 4 * (gsize) kept);
  }
  cairo_surface_mark_dirty (self->surface);
}

static void
paint_missing (Sheet *self, BsTheme theme)
{
  cairo_t *cr = cairo_create (self->surface);
  Cells all = { 0, 0, self->columns, self->rows };

  for (int y = 0; y < all.height; y++)
    for (int x = 0; x < all.width; x++)
      if (self->cells[y * self->columns + x] == CELL_MISSING)
        cairo_rectangle (cr, x * CELL, y * CELL, CELL, CELL);
  bs_palette_set (cr, theme, BS_COLOR_BACKGROUND);
  cairo_fill (cr);
  cairo_destroy (cr);
}

/* Around the window, in a sheet that may have been begun for one of another size. */
static double
margin (int cells, double length)
{
  return MIN (MARGIN, (cells * CELL - CELL - length) / 2);
}

/* The window has left it: what both have in common is kept. */
static void
sheet_move (Sheet *self, BsRect window, BsTheme theme)
{
  int x = floor_to_cell (window.x - margin (self->columns, window.width)), y = floor_to_cell (window.y - margin (self->rows, window.height));

  move_pixels (self, (x - self->x) * self->factor, (y - self->y) * self->factor);
  move_cells (self, (x - self->x) / CELL, (y - self->y) / CELL);
  self->x = x;
  self->y = y;
  self->has_moved = TRUE;
  paint_missing (self, theme);
}

static BsRect
sight_of (const Sheet *self)
{
  return (BsRect) { self->x / self->zoom, self->y / self->zoom, self->columns * CELL / self->zoom, self->rows * CELL / self->zoom };
}

/* --- what has changed -------------------------------------------------------------------------------------------------- */

static void
mark (Sheet *self, BsRect r, CellState state)
{
  Cells c;

  r = bs_rect_grow (r, BS_PAINTER_REACH);
  c = cells_of (self, (BsRect) { r.x * self->zoom - 1, r.y * self->zoom - 1, r.width * self->zoom + 2, r.height * self->zoom + 2 });
  for (int y = c.y; y < c.y + c.height; y++)
    for (int x = c.x; x < c.x + c.width; x++) {
      guint8 *cell = &self->cells[y * self->columns + x];

      if (*cell == CELL_READY || (*cell == CELL_STALE && state == CELL_DIRTY))
        *cell = state;
    }
}

/* In halves, until all of it is out of the picture or as small as a cell. */
static void
mark_piece (Sheet *self, const BsPoint *p, guint depth, CellState state)
{
  BsRect bounds = bs_curve_bounds (p);
  BsPoint halves[7];

  if (!bs_rect_touches (bs_rect_grow (bounds, BS_PAINTER_REACH), sight_of (self)))
    return;
  if (depth == 0 || MAX (bounds.width, bounds.height) * self->zoom < CELL) {
    mark (self, bounds, state);
    return;
  }
  bs_curve_halve (p, halves);
  mark_piece (self, halves, depth - 1, state);
  mark_piece (self, halves + 3, depth - 1, state);
}

/* Where it runs, not all of what it spans. From far away it is drawn as straight lines. */
static void
mark_edge (Sheet *self, const BsPainter *painter, guint edge, CellState state)
{
  const BsScene *scene = painter->scene;
  BsRect bounds = scene->edge_bounds[edge];
  guint n;
  const BsPoint *points = bs_layout_get_edge (scene->layout, edge, &n);

  if (MIN (bounds.width, bounds.height) * self->zoom < 2 * CELL) {
    mark (self, bounds, state);
    return;
  }
  if (painter->detail == BS_DETAIL_FAR) {
    for (guint k = 0; k + 1 < n; k += 6)
      mark_piece (self, (BsPoint[]) { points[k], points[k], points[MIN (k + 6, n - 1)], points[MIN (k + 6, n - 1)] }, 12, state);
    return;
  }
  for (guint k = 0; k + 3 < n; k += 3)
    mark_piece (self, points + k, 12, state);
  mark (self, bs_scene_get_label_rect (scene, edge), state);
}

static gboolean
is_new_sign (guint32 *known, guint32 sign)
{
  gboolean is_new = *known != sign;

  *known = sign;
  return is_new;
}

/* Compares the signs of what is in sight with those it was drawn with, and marks what differs with @state. */
static void
sheet_sign (Sheet *self, BsPainter *p, CellState state)
{
  const BsScene *scene = p->scene;

  for (guint k = 0; k < p->n_cards; k++)
    if (is_new_sign (&self->cards[p->cards[k]], bs_painter_sign_card (p, p->cards[k])))
      mark (self, bs_layout_get_card (scene->layout, p->cards[k]), state);
  for (guint k = 0; k < p->n_edges; k++)
    if (is_new_sign (&self->edges[p->edges[k]], bs_painter_sign_edge (p, p->edges[k])))
      mark_edge (self, p, p->edges[k], state);
  for (guint i = 0; i < scene->n_frames; i++) {
    BsRect rect;

    if (bs_layout_get_frame (scene->layout, i, &rect) && is_new_sign (&self->frames[i], bs_painter_sign_frame (p, i)))
      mark (self, bs_rect_grow (rect, BS_PAINTER_REACH), state); /* its title is above, and larger from afar */
  }
  for (guint i = 0; i < bs_layout_get_n_proxies (scene->layout); i++)
    if (is_new_sign (&self->proxies[i], bs_painter_sign_proxy (p, i)))
      mark (self, bs_layout_get_proxy (scene->layout, i, NULL), state);
  self->is_signed = TRUE;
  self->has_moved = FALSE;
}

static guint64
hash_flags (const gboolean *flags, guint n)
{
  guint64 hash = flags != NULL;

  for (guint i = 0; flags != NULL && i < n; i++)
    hash = (hash ^ flags[i]) * 1099511628211u;
  return hash;
}

static Key
make_key (BsScene *scene, BsCursor *cursor, const BsDrawOptions *o, const BsViewPlace *place)
{
  Key key;

  memset (&key, 0, sizeof key); /* its holes too */
  key.scene = scene->id;
  key.layout = scene->layout;
  key.theme = o->theme;
  key.factor = place->factor;
  key.hide_future = o->hide_future;
  key.graph = scene->graph_id;
  key.step = bs_cursor_get_step (cursor);
  key.n_events = bs_recording_get_n_events (scene->recording);
  key.selected = o->selected;
  key.hovered = o->hovered;
  key.hovered_edge = o->hovered_edge;
  key.hovered_frame = o->hovered_frame;
  key.covered = o->covered;
  key.covers_grad = o->covers_grad;
  key.also = hash_flags (o->also, scene->n_cards);
  key.dimmed = hash_flags (o->dimmed, scene->n_cards);
  return key;
}

/* --- drawing cells ----------------------------------------------------------------------------------------------------- */

static double
now (void)
{
  return g_get_monotonic_time () / 1000.0;
}

static Cells
join (Cells a, Cells b)
{
  int x = MIN (a.x, b.x), y = MIN (a.y, b.y);

  return (Cells) { x, y, MAX (a.x + a.width, b.x + b.width) - x, MAX (a.y + a.height, b.y + b.height) - y };
}

/* In one go; they need not be all of what is around them. */
static void
draw_parts (BsView *self, Sheet *sheet, BsPainter *p, const Cells *parts, guint n_parts)
{
  cairo_t *cr = cairo_create (sheet->surface);
  double begun = now (), spent;
  Cells all = parts[0];
  int n = 0;

  for (guint i = 0; i < n_parts; i++) {
    Cells c = parts[i];

    cairo_rectangle (cr, c.x * CELL, c.y * CELL, c.width * CELL, c.height * CELL);
    all = join (all, c);
    n += c.width * c.height;
    for (int y = c.y; y < c.y + c.height; y++)
      memset (sheet->cells + y * sheet->columns + c.x, CELL_READY, c.width);
  }
  cairo_clip (cr);
  bs_palette_set (cr, p->theme, BS_COLOR_BACKGROUND);
  cairo_paint (cr);
  cairo_translate (cr, -sheet->x, -sheet->y);
  cairo_scale (cr, sheet->zoom, sheet->zoom);
  bs_painter_draw (p, cr, (BsRect) { (all.x * CELL + sheet->x) / sheet->zoom, (all.y * CELL + sheet->y) / sheet->zoom,
                                     all.width * CELL / sheet->zoom, all.height * CELL / sheet->zoom });
  cairo_destroy (cr);
  cairo_surface_flush (sheet->surface);
  spent = (now () - begun) / MAX (n, 1);
  self->cost[p->detail] = self->cost[p->detail] > 0 ? 0.7 * self->cost[p->detail] + 0.3 * spent : spent;
}

static gboolean
row_is (const Sheet *self, int x, int y, int width, guint8 state)
{
  const guint8 *row = self->cells + y * self->columns + x;

  for (int i = 0; i < width; i++)
    if (row[i] != state)
      return FALSE;
  return TRUE;
}

/* The next block of cells of @state in @in, from top to bottom, of not many more than @most cells. FALSE: there is none. */
static gboolean
find_block (const Sheet *self, Cells in, guint8 state, int most, Cells *out)
{
  for (int y = in.y; y < in.y + in.height; y++)
    for (int x = in.x; x < in.x + in.width; x++) {
      if (self->cells[y * self->columns + x] != state)
        continue;
      *out = (Cells) { x, y, 1, 1 };
      while (out->x + out->width < in.x + in.width && out->width < most && row_is (self, out->x + out->width, y, 1, state))
        out->width++;
      while (out->y + out->height < in.y + in.height && (out->height + 1) * out->width <= most
             && row_is (self, x, out->y + out->height, out->width, state))
        out->height++;
      return TRUE;
    }
  return FALSE;
}

/* All of them, whatever it takes. */
static void
draw_all (BsView *self, Sheet *sheet, BsPainter *p, Cells in, guint8 state)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (Cells));
  Cells part;

  while (find_block (sheet, in, state, G_MAXINT, &part)) {
    for (int y = part.y; y < part.y + part.height; y++)
      memset (sheet->cells + y * sheet->columns + part.x, CELL_READY, part.width);
    g_array_append_val (parts, part);
  }
  if (parts->len > FEW_PARTS)
    draw_parts (self, sheet, p, (const Cells *) parts->data, parts->len);
  else
    for (guint i = 0; i < parts->len; i++)
      draw_parts (self, sheet, p, &g_array_index (parts, Cells, i), 1);
}

/* As many as there is time for until @deadline, but at least one. TRUE: that was all. */
static gboolean
draw_some (BsView *self, Sheet *sheet, BsPainter *p, Cells in, guint8 state, double deadline, gboolean *any)
{
  Cells part;

  while (!*any || now () < deadline) {
    double cost = MAX (self->cost[p->detail], 1e-3), left = MAX (deadline - now (), 0);
    int most = self->cost[p->detail] > 0 ? CLAMP (0.7 * left / cost, 4, 1e6) : 12;

    if (!find_block (sheet, in, state, most, &part))
      return TRUE;
    draw_parts (self, sheet, p, &part, 1);
    *any = TRUE;
  }
  return !find_block (sheet, in, state, 1, &part);
}

/* Nobody sees them now. */
static void
drop_outside (Sheet *self, Cells in, guint8 state)
{
  for (int y = 0; y < self->rows; y++)
    for (int x = 0; x < self->columns; x++) {
      guint8 *cell = &self->cells[y * self->columns + x];

      if (*cell == state && (x < in.x || y < in.y || x >= in.x + in.width || y >= in.y + in.height))
        *cell = CELL_MISSING;
    }
}

/* --- frames ------------------------------------------------------------------------------------------------------------ */

static void
begin (Sheet *sheet, BsPainter *p, BsScene *scene, BsCursor *cursor, BsDrawOptions *options)
{
  options->zoom = sheet->zoom;
  options->clip = sight_of (sheet);
  bs_painter_begin (p, scene, cursor, options, options->clip);
}

static void
show (const Sheet *sheet, cairo_t *cr, const BsViewPlace *place, BsTheme theme)
{
  BsRect window = window_rect (place);

  cairo_save (cr);
  if (sheet->zoom == place->zoom) {
    cairo_set_source_surface (cr, sheet->surface, sheet->x - window.x, sheet->y - window.y);
  } else {
    bs_palette_set (cr, theme, BS_COLOR_BACKGROUND);
    cairo_paint (cr);
    cairo_translate (cr, -window.x, -window.y);
    cairo_scale (cr, place->zoom / sheet->zoom, place->zoom / sheet->zoom);
    cairo_set_source_surface (cr, sheet->surface, sheet->x, sheet->y);
    cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  }
  cairo_paint (cr);
  cairo_restore (cr);
}

/* Before the picture, what moves. */
static void
show_over (BsPainter *p, cairo_t *cr, const BsViewPlace *place)
{
  BsRect window = window_rect (place);

  cairo_save (cr);
  cairo_translate (cr, -window.x, -window.y);
  cairo_scale (cr, place->zoom, place->zoom);
  bs_painter_draw_over (p, cr, (BsRect) { window.x / place->zoom, window.y / place->zoom, window.width / place->zoom, window.height / place->zoom });
  cairo_restore (cr);
}

/* The picture is of this zoom. */
static gboolean
draw_at_zoom (BsView *self, cairo_t *cr, BsScene *scene, BsCursor *cursor, BsDrawOptions *options, const BsViewPlace *place, gboolean changed,
              gboolean resting, double deadline)
{
  Sheet *sheet = self->shown;
  BsRect window = window_rect (place);
  gboolean is_new = !sheet->is_signed, any = FALSE, done;
  BsPainter painter;
  Cells seen;

  if (!covers (sheet, window))
    sheet_move (sheet, window, options->theme);
  seen = cells_of (sheet, window);
  begin (sheet, &painter, scene, cursor, options);
  if (changed || is_new || sheet->has_moved)
    sheet_sign (sheet, &painter, changed ? CELL_DIRTY : CELL_STALE);
  drop_outside (sheet, seen, CELL_DIRTY);
  draw_all (self, sheet, &painter, seen, CELL_DIRTY);
  if (is_new)
    draw_all (self, sheet, &painter, seen, CELL_MISSING);
  done = draw_some (self, sheet, &painter, seen, CELL_MISSING, deadline, &any)
    && draw_some (self, sheet, &painter, seen, CELL_STALE, deadline, &any);
  if (!resting && now () < deadline)
    draw_some (self, sheet, &painter, (Cells) { 0, 0, sheet->columns, sheet->rows }, CELL_MISSING, deadline, &any);
  show (sheet, cr, place, options->theme);
  show_over (&painter, cr, place);
  bs_painter_end (&painter);
  if (resting)
    g_clear_pointer (&self->spare, sheet_free);
  return !done;
}

/* The picture is of another zoom; the one of this zoom is under way. TRUE: it is complete. */
static gboolean
prepare (BsView *self, BsScene *scene, BsCursor *cursor, BsDrawOptions *options, const BsViewPlace *place, gboolean resting, double deadline)
{
  BsPainter painter;
  gboolean any = FALSE, done;

  if (self->coming == NULL || (resting && self->coming->zoom != place->zoom))
    self->coming = sheet_new (self->coming ? self->coming : g_steal_pointer (&self->spare), scene, place, options->theme);
  begin (self->coming, &painter, scene, cursor, options);
  if (!self->coming->is_signed)
    sheet_sign (self->coming, &painter, CELL_STALE);
  done = draw_some (self, self->coming, &painter, self->coming->wanted, CELL_MISSING, deadline, &any);
  bs_painter_end (&painter);
  return done;
}

static void
show_scaled (BsView *self, cairo_t *cr, BsScene *scene, BsCursor *cursor, BsDrawOptions *options, const BsViewPlace *place)
{
  BsPainter painter;

  show (self->shown, cr, place, options->theme);
  options->zoom = place->zoom;
  options->clip = (BsRect) { -place->tx / place->zoom, -place->ty / place->zoom, place->width / place->zoom, place->height / place->zoom };
  bs_painter_begin (&painter, scene, cursor, options, options->clip);
  show_over (&painter, cr, place);
  bs_painter_end (&painter);
}

static void
swap_sheets (BsView *self)
{
  g_clear_pointer (&self->spare, sheet_free);
  self->spare = self->shown;
  self->shown = g_steal_pointer (&self->coming);
}

static gboolean
is_same_place (const BsViewPlace *a, const BsViewPlace *b)
{
  return a->width == b->width && a->height == b->height && a->factor == b->factor && a->zoom == b->zoom && a->tx == b->tx && a->ty == b->ty;
}

gboolean
bs_view_draw (BsView *self, cairo_t *cr, BsScene *scene, BsCursor *cursor, const BsDrawOptions *given, const BsViewPlace *place)
{
  double deadline = now () + BUDGET;
  BsDrawOptions options = *given;
  Key key = make_key (scene, cursor, given, place);
  gboolean changed = memcmp (&key, &self->key, sizeof key) != 0;
  gboolean resting = is_same_place (place, &self->place);

  /* A pane that is dragged wider or narrower keeps its picture. */
  if (memcmp (&key, &self->key, G_STRUCT_OFFSET (Key, graph)) != 0 || (self->shown != NULL && !has_room (self->shown, place))) {
    bs_view_forget (self);
    changed = TRUE;
  }
  if (self->coming != NULL && !has_room (self->coming, place))
    g_clear_pointer (&self->coming, sheet_free);
  if (self->layout == NULL)
    self->layout = bs_layout_ref (scene->layout);
  self->key = key;
  self->place = *place;
  if (self->shown != NULL && self->shown->zoom != place->zoom && !changed) {
    if (!prepare (self, scene, cursor, &options, place, resting, deadline - BUDGET + BUDGET_BESIDE)) {
      show_scaled (self, cr, scene, cursor, &options, place);
      return TRUE;
    }
    swap_sheets (self);
    if (self->shown->zoom != place->zoom) {
      show_scaled (self, cr, scene, cursor, &options, place);
      return TRUE;
    }
  }
  /* What a step changes is never late. */
  if (self->shown == NULL || self->shown->zoom != place->zoom)
    self->shown = sheet_new (self->shown, scene, place, options.theme);
  g_clear_pointer (&self->coming, sheet_free);
  return draw_at_zoom (self, cr, scene, cursor, &options, place, changed, resting, deadline);
}

gboolean
bs_view_is_sharp (const BsView *self)
{
  Cells part;

  return self->shown != NULL && self->shown->zoom == self->place.zoom
    && !find_block (self->shown, cells_of (self->shown, window_rect (&self->place)), CELL_MISSING, 1, &part)
    && !find_block (self->shown, cells_of (self->shown, window_rect (&self->place)), CELL_STALE, 1, &part);
}

/* --- life -------------------------------------------------------------------------------------------------------------- */

BsView *
bs_view_new (void)
{
  return g_new0 (BsView, 1);
}

void
bs_view_forget (BsView *self)
{
  /* The surface stays, as a place to draw. */
  if (self->shown != NULL) {
    self->shown->zoom = -1;
    self->shown->is_signed = FALSE;
  }
  g_clear_pointer (&self->coming, sheet_free);
  g_clear_pointer (&self->layout, bs_layout_unref);
  memset (&self->key, 0, sizeof self->key);
}

void
bs_view_free (BsView *self)
{
  if (self == NULL)
    return;
  bs_view_forget (self);
  g_clear_pointer (&self->shown, sheet_free);
  g_clear_pointer (&self->spare, sheet_free);
  g_free (self);
}
