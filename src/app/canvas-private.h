/* SPDX-License-Identifier: MIT */

#pragma once

#include <adwaita.h>

#include "canvas.h"
#include "draw/view.h"

G_BEGIN_DECLS

#define ZOOM_MIN 0.002
#define ZOOM_MAX 8.0

struct _BackstepCanvas
{
  GtkWidget parent_instance;

  /* what is shown */
  BsCursor *cursor;
  BsScene *scene;
  guint32 pass, built_end;
  guint64 structure;
  gboolean was_finished, was_closed, had_root;
  BsGraph *pattern;    /* of the pass that was shown to its end, and its places: the next one may do the same */
  BsLayout *pattern_layout;
  gboolean has_grown;  /* what was there kept its places: a better layout may be had */
  gint64 built_at;
  guint32 selected;   /* tensor */
  guint hovered, hovered_edge;
  gboolean hide_future;
  BsLayoutDirection direction;
  double font_scale;
  GHashTable *folds;   /* key -> BsFoldChoice: what a person wants */
  gboolean unfold_all;
  BsGraph *whole;      /* of which the scene shows the folded one */
  guint hovered_frame;
  char *search;
  gboolean *dimmed;
  guint32 covered;     /* tensor */
  gboolean covers_grad, spotlight;
  guint last_spot;     /* card: where something has happened last */

  /* scene to widget: x * zoom + tx */
  double zoom, tx, ty;
  double least, most; /* zoom of a fitted graph: see backstep_canvas_set_legible() */
  gboolean cropped; /* fitted, but only a part is in sight */
  gboolean fits; /* nobody has moved the view: it follows the size */

  BsView *view;       /* the picture, as far as it is still true */
  guint again;        /* tick: the picture is not finished */
  gboolean panning;

  /* gestures */
  double pan_tx, pan_ty, pinch_zoom, pinch_x, pinch_y, pointer_x, pointer_y;
  gboolean boxing, mapping;
  GdkRectangle box;

  AdwAnimation *animation;
  double progress;

  /* the overview, and for what it was drawn */
  gboolean show_map;
  cairo_surface_t *map;
  guint32 map_step, map_selected;
  BsTheme map_theme;

  GArray *also;        /* guint32: tensors that are selected beside @selected */
  gboolean keeps_also; /* while one joins them */

  /* after folding: from where the cards come, in the scene's coordinates, and where they go */
  AdwAnimation *moving;
  BsRect *from;
  BsScene *before; /* until the new one has its places */
  BsLayout *target;
};

/* canvas-fold.c */
BsGraph *backstep_canvas_fold_graph (BackstepCanvas *self, BsRecording *recording, BsGraph *whole); /* (transfer full) */
void backstep_canvas_arrive (BackstepCanvas *self, BsLayout *layout, gboolean smoothly);
void backstep_canvas_clear_folds (BackstepCanvas *self);
void backstep_canvas_leave (BackstepCanvas *self);
void backstep_canvas_settle (BackstepCanvas *self, BsLayout *layout);
/* From where the cards of the scene before are in @was (a view), to @layout. */
void backstep_canvas_glide (BackstepCanvas *self, BsLayout *layout, const BackstepCanvasView *was);
/* canvas-grow.c */
BsLayout *backstep_canvas_dup_places (BackstepCanvas *self);
/* The scene, of which nothing is placed yet, is the one before and more (@grows), or the beginning of the pattern. FALSE: it is
 * not. */
gboolean backstep_canvas_grow (BackstepCanvas *self, BsLayout *stood, gboolean grows, const BsLayoutOptions *options);
void backstep_canvas_keep_pattern (BackstepCanvas *self);
void backstep_canvas_drop_pattern (BackstepCanvas *self);
/* canvas-map.c */
void backstep_canvas_draw_map (BackstepCanvas *self, cairo_t *cr);
gboolean backstep_canvas_is_in_map (BackstepCanvas *self, double x, double y);
void backstep_canvas_follow_map (BackstepCanvas *self, double x, double y);
void backstep_canvas_forget_map (BackstepCanvas *self);
void backstep_canvas_pick_also (BackstepCanvas *self, guint card);
void backstep_canvas_clear_also (BackstepCanvas *self);
gboolean *backstep_canvas_dup_also (BackstepCanvas *self);
/* canvas-view.c: the view stays while stepping, unless @card is out of sight */
void backstep_canvas_keep_in_sight (BackstepCanvas *self, guint card);
void backstep_canvas_zoom_at (BackstepCanvas *self, double x, double y, double factor);
void backstep_canvas_fit_with_room (BackstepCanvas *self, BsSize room); /* times its size */
void backstep_canvas_show_rect (BackstepCanvas *self, const BsRect *rect); /* fills the view with it */
/* canvas.c */
void backstep_canvas_rebuild (BackstepCanvas *self);
guint backstep_canvas_card_of (BackstepCanvas *self, guint32 tensor); /* G_MAXUINT: it has none */

void backstep_canvas_init_gestures (BackstepCanvas *self);
/* The one pair of conversions. */
BsPoint backstep_canvas_to_scene (BackstepCanvas *self, double x, double y);
BsPoint backstep_canvas_from_scene (BackstepCanvas *self, double x, double y);
void backstep_canvas_pick (BackstepCanvas *self, guint card);
guint backstep_canvas_get_selected_card (BackstepCanvas *self);
void backstep_canvas_changed (BackstepCanvas *self); /* draw it anew, what there is to draw */

G_END_DECLS
