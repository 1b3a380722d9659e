/* SPDX-License-Identifier: MIT */

/* The picture of a scene in a window, kept from frame to frame, so that a frame costs what has changed in it and not what is in
 * sight: a step draws the cards and edges that look otherwise than before, a pan what comes into sight (some of it in advance).
 * While the zoom changes, what stands there is shown larger or smaller, and the sharp picture is made beside it, some
 * milliseconds in each frame. What a step changes is never late: only sharpness is. No GTK. */

#pragma once

#include "scene.h"

G_BEGIN_DECLS

typedef struct _BsView BsView;

typedef struct {
  int width, height;   /* of the window, logical pixels */
  int factor;          /* pixels of the screen in one */
  double zoom, tx, ty; /* from the scene: x * zoom + tx */
} BsViewPlace;

BsView *bs_view_new (void);
void bs_view_free (BsView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsView, bs_view_free)
/* Another scene, or something else that is not in the options has changed. */
void bs_view_forget (BsView *self);
/* Draws all of the window; zoom and clip of @options are not looked at. TRUE: there is more to do, in the next frame. */
gboolean bs_view_draw (BsView *self, cairo_t *cr, BsScene *scene, BsCursor *cursor, const BsDrawOptions *options, const BsViewPlace *place);
/* Is the picture at rest, as sharp as it will be? */
gboolean bs_view_is_sharp (const BsView *self);

G_END_DECLS
