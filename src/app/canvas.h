/* SPDX-License-Identifier: MIT */

/* The graph of the pass at the cursor. canvas.c shows it, canvas-gestures.c is how it is handled. */

#pragma once

#include <gtk/gtk.h>

#include "draw/scene.h"
#include "recording/cursor.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_CANVAS (backstep_canvas_get_type ())
G_DECLARE_FINAL_TYPE (BackstepCanvas, backstep_canvas, BACKSTEP, CANVAS, GtkWidget)

/* Signals: "select" (guint tensor; 0: none), "scene-changed" (other cards), "activate-card" (Enter, double click). */
void backstep_canvas_set_cursor (BackstepCanvas *self, BsCursor *cursor);
/* The cursor has moved or the recording has grown. */
void backstep_canvas_refresh (BackstepCanvas *self, gboolean animate);
void backstep_canvas_set_selected (BackstepCanvas *self, guint32 tensor);
void backstep_canvas_move_selection (BackstepCanvas *self, BsSceneMove move);
BsScene *backstep_canvas_get_scene (BackstepCanvas *self); /* (nullable) */
void backstep_canvas_set_options (BackstepCanvas *self, gboolean hide_future, BsLayoutDirection direction, double font_scale);
/* What is looked for is lit, the rest dimmed; NULL or "": nothing is. How many there are; @go_on: select the next. */
guint backstep_canvas_find (BackstepCanvas *self, const char *text, gboolean go_on, guint *which);

void backstep_canvas_set_show_map (BackstepCanvas *self, gboolean show); /* when not all is in sight */
gboolean backstep_canvas_zoom_to_selection (BackstepCanvas *self);

/* Folding: of the selected card, if it is folded, else of the frame around it. FALSE: there is none. */
gboolean backstep_canvas_toggle_fold (BackstepCanvas *self);
void backstep_canvas_toggle_group (BackstepCanvas *self, guint32 group);
void backstep_canvas_fold_all (BackstepCanvas *self, BsFoldChoice choice); /* AUTO: as it was before anybody chose */
gboolean backstep_canvas_is_unfolded (BackstepCanvas *self); /* everything, by choice */
gboolean backstep_canvas_can_fold (BackstepCanvas *self);
/* As texts, to be remembered; signal "folds-changed". (transfer full) */
char **backstep_canvas_dup_folds (BackstepCanvas *self);
void backstep_canvas_set_folds (BackstepCanvas *self, const char *const *folds);

typedef struct { double zoom, x, y; gboolean fits; } BackstepCanvasView; /* @fits: it follows the size of the graph */
void backstep_canvas_get_view (BackstepCanvas *self, BackstepCanvasView *view);
void backstep_canvas_set_view (BackstepCanvas *self, const BackstepCanvasView *view);
void backstep_canvas_fit (BackstepCanvas *self);
/* A graph that has grown, and kept the places of what was there, is laid out anew. */
void backstep_canvas_tidy (BackstepCanvas *self);
void backstep_canvas_zoom (BackstepCanvas *self, double factor); /* around the middle */
void backstep_canvas_set_zoom (BackstepCanvas *self, double zoom);
/* A graph that is too wide to be read when all of it is seen is shown at @least, around what happens (0: it is shown whole); a
 * small one not larger than @most allows. */
void backstep_canvas_set_legible (BackstepCanvas *self, double least, double most);
/* A question mark covers the tensor's value, or gradient; 0: none. */
void backstep_canvas_set_covered (BackstepCanvas *self, guint32 tensor, gboolean grad);
/* What is selected, else under the pointer, else what happens, is in the light; the rest in the dark. */
void backstep_canvas_set_spotlight (BackstepCanvas *self, gboolean on);
BsTheme backstep_theme (void);
void backstep_theme_set_high_contrast (gboolean high); /* also when the desktop does not ask for it */

G_END_DECLS
