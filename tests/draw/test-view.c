/* SPDX-License-Identifier: MIT */

/* The picture that is kept from frame to frame is the one that would be drawn anew: after steps to and fro, seeks,
 * selections, drags, zooms, and whatever a hand does that was not thought of here. */

#include "fake-recording.h"

#include "draw/view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 640, HEIGHT = 400 };

typedef struct {
  BsRecording *recording;
  BsScene *scene;
  BsCursor *cursor;
  BsView *view;
  BsDrawOptions options;
  BsViewPlace place;
  cairo_surface_t *kept, *anew;
} Fixture;

static void
set_up (Fixture *self, BsFakeKind kind, guint n)
{
  g_autoptr (BsGraph) graph = NULL;
  g_autoptr (BsLayout) layout = NULL;
  BsLayoutOptions options;
  BsSize size;

  self->recording = bs_fake_graph (kind, n);
  graph = bs_graph_new (self->recording, 0);
  self->scene = bs_scene_new (self->recording, graph, BS_LAYOUT_LEFT_TO_RIGHT, 1);
  self->cursor = bs_cursor_new (self->recording);
  self->view = bs_view_new ();
  bs_scene_get_layout_options (self->scene, &options);
  layout = bs_layout_compute_quick (graph, &options);
  bs_scene_set_layout (self->scene, layout);
  size = bs_scene_get_size (self->scene);
  self->options = (BsDrawOptions) BS_DRAW_OPTIONS_INIT;
  self->place = (BsViewPlace) { WIDTH, HEIGHT, 1, MIN (WIDTH / size.width, HEIGHT / size.height), 0, 0 };
  self->kept = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  self->anew = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  bs_cursor_seek (self->cursor, bs_recording_get_n_events (self->recording) / 2);
}

static void
tear_down (Fixture *self)
{
  cairo_surface_destroy (self->kept);
  cairo_surface_destroy (self->anew);
  bs_view_free (self->view);
  bs_scene_free (self->scene);
  g_object_unref (self->cursor);
  g_object_unref (self->recording);
}

static gboolean
draw (Fixture *self, BsView *view, cairo_surface_t *surface)
{
  cairo_t *cr = cairo_create (surface);
  gboolean more = bs_view_draw (view, cr, self->scene, self->cursor, &self->options, &self->place);

  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return more;
}

static void
draw_kept (Fixture *self)
{
  guint frames = 0;

  while (draw (self, self->view, self->kept))
    g_assert_cmpuint (++frames, <, 2000);
  g_assert_true (bs_view_is_sharp (self->view));
}

enum { STRICT, LOOSE };

static gboolean
is_near (const guint8 *a, const guint8 *b, int tolerance)
{
  return abs (a[0] - b[0]) <= tolerance && abs (a[1] - b[1]) <= tolerance && abs (a[2] - b[2]) <= tolerance;
}

/* Loose: a line may lie a pixel farther. A curve of which less is in sight is cut into other pieces. */
static guint
count_differences (Fixture *self, int tolerance, int how)
{
  const guint8 *a = cairo_image_surface_get_data (self->kept), *b = cairo_image_surface_get_data (self->anew);
  int stride = cairo_image_surface_get_stride (self->kept), around = how == LOOSE ? 1 : 0;
  guint n = 0;

  for (int y = 1; y < HEIGHT - 1; y++)
    for (int x = 1; x < WIDTH - 1; x++) {
      gboolean found = FALSE;

      for (int dy = -around; dy <= around && !found; dy++)
        for (int dx = -around; dx <= around && !found; dx++)
          found = is_near (a + y * stride + 4 * x, b + (y + dy) * stride + 4 * (x + dx), tolerance);
      n += !found;
    }
  return n;
}

static void
assert_same (Fixture *self, const char *after)
{
  g_autoptr (BsView) fresh = bs_view_new ();
  guint n;

  draw (self, fresh, self->anew);
  /* Cairo rounds otherwise by what the clip is: a thin level line may be a quarter of a pixel fainter. */
  g_assert_cmpuint (count_differences (self, 2, STRICT), <, WIDTH * HEIGHT / 25);
  n = count_differences (self, 72, LOOSE);
  if (n > 0) {
    g_test_message ("after %s: %u pixels differ; step %u, zoom %g, at %g, %g", after, n, bs_cursor_get_step (self->cursor), self->place.zoom,
                    self->place.tx, self->place.ty);
    cairo_surface_write_to_png (self->kept, "kept.png");
    cairo_surface_write_to_png (self->anew, "anew.png");
  }
  g_assert_cmpuint (n, ==, 0);
}

/* Some of the graph in the middle of the window. */
static void
look_at (Fixture *self, guint card)
{
  BsRect r = bs_scene_get_card_rect (self->scene, card);

  self->place.tx = round (WIDTH / 2 - (r.x + r.width / 2) * self->place.zoom);
  self->place.ty = round (HEIGHT / 2 - (r.y + r.height / 2) * self->place.zoom);
}

static void
test_steps (gconstpointer data)
{
  static const double zooms[] = { 0, 0.35, 1, 1.7 };
  Fixture self;

  set_up (&self, GPOINTER_TO_UINT (data), 150);
  for (guint z = 0; z < G_N_ELEMENTS (zooms); z++) {
    guint32 n = bs_recording_get_n_events (self.recording);

    if (zooms[z] > 0) {
      self.place.zoom = zooms[z];
      look_at (&self, 70);
    }
    for (guint hide = 0; hide < 2; hide++) {
      self.options.hide_future = hide;
      for (guint32 step = 0; step <= n; step += 1 + n / 24) {
        bs_cursor_seek (self.cursor, step);
        draw_kept (&self);
        if (step % 3 == 0)
          assert_same (&self, "steps");
      }
      for (guint i = 0; i < 12; i++) {
        bs_cursor_seek (self.cursor, n - 1 - i);
        draw_kept (&self);
      }
      assert_same (&self, "steps back");
    }
  }
  tear_down (&self);
}

/* What a hand may do, in any order; the picture is looked at while it is still rough, too. */
static void
do_anything (Fixture *self, GRand *rand, gboolean *flags)
{
  guint n = bs_graph_get_n_cards (bs_scene_get_graph (self->scene)), n_edges = bs_graph_get_n_edges (bs_scene_get_graph (self->scene));
  guint32 n_events = bs_recording_get_n_events (self->recording);

  switch (g_rand_int_range (rand, 0, 9)) {
  case 0: bs_cursor_seek (self->cursor, g_rand_int_range (rand, 0, n_events + 1)); break;
  case 1: bs_cursor_seek (self->cursor, bs_cursor_get_step (self->cursor) + 1); break;
  case 2: self->options.selected = g_rand_boolean (rand) ? (guint) g_rand_int_range (rand, 0, n) : G_MAXUINT; break;
  case 3: self->options.hovered = g_rand_boolean (rand) ? (guint) g_rand_int_range (rand, 0, n) : G_MAXUINT; break;
  case 4: self->options.hovered_edge = g_rand_boolean (rand) ? (guint) g_rand_int_range (rand, 0, n_edges) : G_MAXUINT; break;
  case 5:
    self->place.zoom *= g_rand_double_range (rand, 0.7, 1.5);
    self->place.zoom = CLAMP (self->place.zoom, 0.05, 2);
    break;
  case 6:
    flags[g_rand_int_range (rand, 0, n)] ^= TRUE;
    self->options.dimmed = g_rand_boolean (rand) ? flags : NULL;
    break;
  case 7:
    flags[g_rand_int_range (rand, 0, n)] ^= TRUE;
    self->options.also = g_rand_boolean (rand) ? flags : NULL;
    break;
  default:
    self->options.covered = g_rand_boolean (rand) ? (guint) g_rand_int_range (rand, 0, n) : G_MAXUINT;
    self->options.covers_grad = g_rand_boolean (rand);
  }
}

static void
test_anything (gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7 + GPOINTER_TO_UINT (data));
  g_autofree gboolean *flags = NULL;
  Fixture self;

  set_up (&self, GPOINTER_TO_UINT (data), 150);
  flags = g_new0 (gboolean, bs_graph_get_n_cards (bs_scene_get_graph (self.scene)));
  for (guint i = 0; i < 150; i++) {
    do_anything (&self, rand, flags);
    if (g_rand_int_range (rand, 0, 4) == 0)
      draw (&self, self.view, self.kept);
    if (i % 5 != 0)
      continue;
    draw_kept (&self);
    assert_same (&self, "anything");
  }
  tear_down (&self);
}

/* Where the window was before may only matter for what cannot be told apart: how lines are drawn that only pass by. */
static void
test_drag (gconstpointer data)
{
  Fixture self;

  set_up (&self, GPOINTER_TO_UINT (data), 90);
  self.place.zoom = 0.8;
  look_at (&self, 10);
  for (guint i = 0; i < 60; i++) {
    self.place.tx -= 23;
    self.place.ty += i % 20 < 10 ? 11 : -17;
    draw (&self, self.view, self.kept);
    if (i % 6 == 5) {
      g_autoptr (BsView) fresh = bs_view_new ();

      draw_kept (&self);
      draw (&self, fresh, self.anew);
      g_assert_cmpuint (count_differences (&self, 100, LOOSE), <, WIDTH * HEIGHT / 1000);
    }
  }
  tear_down (&self);
}

static gboolean
is_blank (const Fixture *self, int x, int y)
{
  const guint8 *pixels = cairo_image_surface_get_data (self->kept);
  int stride = cairo_image_surface_get_stride (self->kept);

  return is_near (pixels + y * stride + 4 * x, pixels, 3); /* the corner is */
}

/* What a search has found is seen from far away, too. */
static void
check_hits (Fixture *self)
{
  guint n = bs_graph_get_n_cards (bs_scene_get_graph (self->scene));
  g_autofree gboolean *dimmed = g_new0 (gboolean, n);
  guint8 tones[2];

  for (guint hit = 0; hit < 2; hit++) {
    BsRect r = bs_scene_get_card_rect (self->scene, n / 4);

    for (guint i = 0; i < n; i++)
      dimmed[i] = hit == 0 || i != n / 4;
    self->options.dimmed = dimmed;
    look_at (self, n / 4);
    draw_kept (self);
    /* To the right of the middle there is no pill. */
    tones[hit] = cairo_image_surface_get_data (self->kept)[(HEIGHT / 2 + 1) * cairo_image_surface_get_stride (self->kept)
                                                           + 4 * (int) (WIDTH / 2 + r.width / 4 * self->place.zoom) + 1]; /* how green it is */
  }
  g_assert_cmpint (tones[0], >, tones[1] + 40);
  self->options.dimmed = NULL;
}

/* From far away an edge goes on to its card, though the operation between them is not drawn; and of what is to come nothing
 * is seen when it is hidden, no edges either. */
static void
test_far (gconstpointer data)
{
  Fixture self;

  set_up (&self, GPOINTER_TO_UINT (data), GPOINTER_TO_UINT (data) == BS_FAKE_GRID ? 800 : 30);
  self.place.zoom = 0.11;
  self.place.tx = self.place.ty = 20;
  bs_cursor_seek (self.cursor, bs_recording_get_n_events (self.recording));
  draw_kept (&self);
  for (guint i = 0; i < bs_graph_get_n_edges (bs_scene_get_graph (self.scene)); i++) {
    BsRect box = bs_scene_get_card_rect (self.scene, bs_graph_get_edge (bs_scene_get_graph (self.scene), i)->to);
    guint n;
    BsPoint end = bs_layout_get_edge (bs_scene_get_layout (self.scene), i, &n)[n - 1];
    int y = end.y * self.place.zoom + 20, from = end.x * self.place.zoom + 21, to = (box.x + box.width) * self.place.zoom + 18;

    for (int x = from; x < to && to < WIDTH && y + 1 < HEIGHT; x++)
      g_assert_false (is_blank (&self, x, y - 1) && is_blank (&self, x, y) && is_blank (&self, x, y + 1));
  }
  check_hits (&self);
  bs_cursor_seek (self.cursor, 0);
  self.options.hide_future = TRUE;
  draw_kept (&self);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      g_assert_true (is_blank (&self, x, y));
  tear_down (&self);
}

/* A step while the sharp picture of a new zoom is being made is seen at once. */
static void
test_overtaken (void)
{
  Fixture self;
  guint32 n;

  set_up (&self, BS_FAKE_GRID, 2000);
  n = bs_recording_get_n_events (self.recording);
  self.place.zoom = 0.4;
  look_at (&self, 900);
  draw_kept (&self);
  for (guint i = 0; i < 5; i++) {
    self.place.zoom *= 1.07;
    draw (&self, self.view, self.kept);
    bs_cursor_seek (self.cursor, n / 6 * (i + 1));
    draw (&self, self.view, self.kept);
    g_assert_true (bs_view_is_sharp (self.view));
    assert_same (&self, "a step in a zoom");
  }
  tear_down (&self);
}

/* A pane that is dragged wider and narrower shows its graph in every frame, and needs no other picture for that. */
static void
test_resized (void)
{
  Fixture self;

  set_up (&self, BS_FAKE_GRID, 2000);
  self.place.zoom = 0.4;
  look_at (&self, 900);
  draw_kept (&self);
  for (int i = 1; i <= 24; i++) {
    self.place.width = WIDTH - 10 * i;
    self.place.height = HEIGHT - 6 * i;
    g_assert_false (draw (&self, self.view, self.kept));
  }
  self.place.width = WIDTH;
  self.place.height = HEIGHT;
  g_assert_false (draw (&self, self.view, self.kept));
  assert_same (&self, "a narrower pane");
  self.place.width = WIDTH + 3000;
  draw (&self, self.view, self.kept);
  self.place.width = WIDTH;
  draw (&self, self.view, self.kept);
  assert_same (&self, "a wider pane");
  tear_down (&self);
}

/* Another size of window, another theme, another layout, a screen of finer pixels. */
static void
test_other (void)
{
  Fixture self;

  set_up (&self, BS_FAKE_TREE, 100);
  draw_kept (&self);
  self.options.theme = BS_THEME_DARK;
  draw_kept (&self);
  assert_same (&self, "the theme");
  self.place.width = WIDTH / 2;
  draw_kept (&self);
  self.place.width = WIDTH;
  draw_kept (&self);
  assert_same (&self, "the size");
  self.place.factor = 2;
  draw_kept (&self);
  assert_same (&self, "the pixels");
  {
    g_autoptr (BsLayout) layout = bs_layout_ref (bs_scene_get_layout (self.scene)), other = NULL;
    guint n = bs_graph_get_n_cards (bs_scene_get_graph (self.scene));
    g_autofree BsRect *from = g_new0 (BsRect, n);

    for (guint i = 0; i < n; i++)
      from[i] = bs_layout_get_card (layout, n - 1 - i);
    other = bs_layout_between (layout, from, 0.3);
    bs_scene_set_layout (self.scene, other);
    draw_kept (&self);
    assert_same (&self, "the layout");
  }
  tear_down (&self);
}

static void
show_pass (Fixture *self, guint32 pass)
{
  g_autoptr (BsGraph) graph = bs_graph_new (self->recording, pass);

  bs_scene_set_graph (self->scene, graph);
}

/* A graph that comes later often stands at the address of one before, with the same places and at the same step. */
static void
test_again (void)
{
  Fixture self;

  set_up (&self, BS_FAKE_TREE, 100);
  g_object_unref (self.cursor);
  g_object_unref (self.recording);
  bs_scene_free (self.scene);
  self.recording = bs_fake_quadratic (2);
  self.cursor = bs_cursor_new (self.recording);
  self.place.zoom = 0.6;
  bs_cursor_seek (self.cursor, bs_recording_get_n_events (self.recording) / 3);
  {
    g_autoptr (BsGraph) graph = bs_graph_new (self.recording, 0);
    g_autoptr (BsLayout) layout = NULL;
    BsLayoutOptions options;

    self.scene = bs_scene_new (self.recording, graph, BS_LAYOUT_LEFT_TO_RIGHT, 1);
    bs_scene_get_layout_options (self.scene, &options);
    layout = bs_layout_compute_quick (graph, &options);
    bs_scene_set_layout (self.scene, layout);
  }
  for (guint32 i = 1; i < 20; i++) {
    draw_kept (&self);
    show_pass (&self, 0);
    show_pass (&self, i % 2);
    draw_kept (&self);
    assert_same (&self, "another graph");
  }
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  static const BsFakeKind kinds[] = { BS_FAKE_CHAIN, BS_FAKE_NEURONS, BS_FAKE_RESIDUAL, BS_FAKE_TREE, BS_FAKE_RANDOM, BS_FAKE_SHARED, BS_FAKE_GRID };

  g_test_init (&argc, &argv, NULL);
  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++) {
    const struct { const char *what; GTestDataFunc function; } tests[] = { { "steps", test_steps }, { "anything", test_anything }, { "drag", test_drag } };

    for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
      g_autofree char *path = g_strdup_printf ("/view/%s/%s", tests[i].what, bs_fake_kind_names[kinds[k]]);

      g_test_add_data_func (path, GUINT_TO_POINTER (kinds[k]), tests[i].function);
    }
  }
  g_test_add_data_func ("/view/far/few", GUINT_TO_POINTER (BS_FAKE_RESIDUAL), test_far);
  g_test_add_data_func ("/view/far/many", GUINT_TO_POINTER (BS_FAKE_GRID), test_far);
  g_test_add_func ("/view/overtaken", test_overtaken);
  g_test_add_func ("/view/resized", test_resized);
  g_test_add_func ("/view/other", test_other);
  g_test_add_func ("/view/again", test_again);
  return g_test_run ();
}
