/* SPDX-License-Identifier: MIT */

/* Shapes that many cards have in common, drawn once for each size in pixels: a rounded rectangle with its border and its shadow takes
 * Cairo twenty times as long as a copy of it. On a screen only, and on whole pixels, which makes their borders crisp, too. */

#include "config.h"

#include "scene-private.h"

#include <math.h>
#include <string.h>

#define MOST_BYTES (16u << 20)
#define MOST_SIDE 600 /* pixels: what is larger is rare, and drawn as it is */

typedef struct {
  BsSpriteDraw draw;
  double zoom;
  int width, height;
  guint32 look, theme;
} Key;

struct _BsSprites {
  GHashTable *surfaces; /* Key -> cairo_surface_t */
  gsize bytes;
};

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;

  return (guint) (key->width * 31 + key->height) * 2654435761u ^ key->look ^ key->theme << 28;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (Key)) == 0;
}

static BsSprites *
bs_sprites_new (void)
{
  BsSprites *self = g_new0 (BsSprites, 1);

  self->surfaces = g_hash_table_new_full (hash_key, equal_keys, g_free, (GDestroyNotify) cairo_surface_destroy);
  return self;
}

void
bs_sprites_free (BsSprites *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->surfaces);
  g_free (self);
}

static cairo_surface_t *
make (BsPainter *p, const Key *key, int reach)
{
  int width = key->width + 2 * reach, height = key->height + 2 * reach;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface), *whole = p->cr;

  cairo_set_tolerance (cr, cairo_get_tolerance (whole));
  cairo_set_antialias (cr, cairo_get_antialias (whole));
  cairo_translate (cr, reach, reach);
  cairo_scale (cr, key->zoom, key->zoom);
  p->cr = cr;
  key->draw (p, (BsRect) { 0, 0, key->width / key->zoom, key->height / key->zoom }, key->look);
  p->cr = whole;
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

static cairo_surface_t *
find (BsPainter *p, const Key *key, int reach)
{
  BsSprites *self = p->scene->sprites;
  cairo_surface_t *surface;

  if (self == NULL)
    self = p->scene->sprites = bs_sprites_new ();
  surface = g_hash_table_lookup (self->surfaces, key);
  if (surface != NULL)
    return surface;
  surface = make (p, key, reach);
  self->bytes += (gsize) cairo_image_surface_get_stride (surface) * cairo_image_surface_get_height (surface);
  if (self->bytes > MOST_BYTES) {
    g_hash_table_remove_all (self->surfaces);
    self->bytes = 0;
  }
  g_hash_table_insert (self->surfaces, g_memdup2 (key, sizeof *key), surface);
  return surface;
}

void
bs_painter_draw_sprite (BsPainter *p, BsRect rect, double reach, guint32 look, BsSpriteDraw draw)
{
  double factor = 1, unused, x0 = rect.x, y0 = rect.y, x1 = rect.x + rect.width, y1 = rect.y + rect.height;
  cairo_matrix_t m;
  int pixels;
  Key key;

  cairo_get_matrix (p->cr, &m);
  cairo_surface_get_device_scale (cairo_get_group_target (p->cr), &factor, &unused);
  cairo_user_to_device (p->cr, &x0, &y0);
  cairo_user_to_device (p->cr, &x1, &y1);
  memset (&key, 0, sizeof key); /* its holes too */
  key.draw = draw;
  key.zoom = m.xx * factor;
  key.width = MAX (1, round (x1 * factor) - round (x0 * factor));
  key.height = MAX (1, round (y1 * factor) - round (y0 * factor));
  key.look = look;
  key.theme = p->theme;
  if (p->clip.width <= 0 || m.xy != 0 || m.yx != 0 || m.xx != m.yy || MAX (key.width, key.height) > MOST_SIDE) {
    draw (p, rect, look);
    return;
  }
  pixels = ceil (reach * key.zoom);
  cairo_save (p->cr);
  cairo_identity_matrix (p->cr);
  cairo_translate (p->cr, (round (x0 * factor) - pixels) / factor, (round (y0 * factor) - pixels) / factor);
  cairo_scale (p->cr, 1 / factor, 1 / factor);
  cairo_set_source_surface (p->cr, find (p, &key, pixels), 0, 0);
  cairo_pattern_set_filter (cairo_get_source (p->cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (p->cr, 0, 0, key.width + 2 * pixels, key.height + 2 * pixels);
  cairo_fill (p->cr);
  cairo_restore (p->cr);
}
