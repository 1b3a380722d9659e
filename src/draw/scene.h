/* SPDX-License-Identifier: MIT */

/* The picture of one pass at one step on a cairo_t: the same code for the window and for export. A scene holds a
 * graph, its layout and measured texts; drawing takes the cursor for the values. No GTK. */

#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include "layout/layout.h"
#include "palette.h"
#include "recording/cursor.h"
#include "recording/groups.h"

G_BEGIN_DECLS

typedef struct _BsScene BsScene;

/* Sizes are fixed by the widest value in the recording, so that stepping moves nothing. */
BsScene *bs_scene_new (BsRecording *recording, BsGraph *graph, BsLayoutDirection direction, double font_scale);
void bs_scene_free (BsScene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsScene, bs_scene_free)
BsGraph *bs_scene_get_graph (BsScene *self);
void bs_scene_get_layout_options (BsScene *self, BsLayoutOptions *out); /* borrowed sizes for layout.h */
void bs_scene_set_layout (BsScene *self, BsLayout *layout);
BsLayout *bs_scene_get_layout (BsScene *self); /* borrowed; NULL */
gboolean bs_scene_has_layout (BsScene *self);
/* The same pass structure, another pass: only the tensor ids change. */
void bs_scene_set_graph (BsScene *self, BsGraph *graph);
BsSize bs_scene_get_size (BsScene *self);

typedef struct {
  BsTheme theme;
  guint selected;      /* card or G_MAXUINT */
  guint hovered;
  guint hovered_edge;  /* edge or G_MAXUINT */
  guint hovered_frame; /* frame or G_MAXUINT */
  gboolean hide_future; /* draw what is not computed yet as faint outlines (FALSE) or not at all (TRUE) */
  double progress;     /* 0..1 of the step's animation; 1: at rest */
  BsRect clip;         /* in scene coordinates; empty: everything */
  double zoom;         /* chooses the level of detail */
  const gboolean *also; /* per card, borrowed: selected, too; NULL: none */
  const gboolean *dimmed; /* per card, borrowed: what is not searched for, not on the path; NULL: none */
  guint covered;       /* card or G_MAXUINT: of whose number there is a question mark, as somebody is asked for it */
  gboolean covers_grad; /* its gradient, else its value */
  guint spot;          /* card or G_MAXUINT: in the light, all else in the dark */
} BsDrawOptions;

/* Light, nothing selected, at rest, everything, full detail. */
#define BS_DRAW_OPTIONS_INIT { .selected = G_MAXUINT, .hovered = G_MAXUINT, .hovered_edge = G_MAXUINT, \
                               .hovered_frame = G_MAXUINT, .progress = 1, .zoom = 1, \
                               .covered = G_MAXUINT, .spot = G_MAXUINT }

/* In scene coordinates: the caller has set translation and scale on @cr. */
void bs_scene_draw (BsScene *self, cairo_t *cr, BsCursor *cursor, const BsDrawOptions *options);
guint bs_scene_hit_card (BsScene *self, double x, double y); /* G_MAXUINT: none */
guint bs_scene_hit_edge (BsScene *self, double x, double y);
guint bs_scene_hit_frame (BsScene *self, double x, double y); /* its title */
gboolean bs_scene_get_frame_rect (BsScene *self, guint frame, BsRect *out); /* FALSE: it is not drawn */
char *bs_group_title (const BsGroup *group); /* "fc1 · Linear", "h  × 12" (transfer full) */
BsRect bs_scene_get_card_rect (BsScene *self, guint card); /* its pill included */
/* The card to go to from @card with the keyboard: inputs and outputs along the edges, the neighbours on its level;
 * G_MAXUINT as @card begins at the first. Returns @card when there is none. */
typedef enum { BS_SCENE_INPUT, BS_SCENE_OUTPUT, BS_SCENE_BEFORE, BS_SCENE_AFTER } BsSceneMove;
guint bs_scene_get_neighbour (BsScene *self, guint card, BsSceneMove move);
/* The card that the last event before the cursor's step is about; G_MAXUINT: none. To keep it in sight. */
guint bs_scene_get_current_card (BsScene *self, BsCursor *cursor);
/* The same, or of one of the events just before: at a new line of the script what the line before it was about. */
guint bs_scene_get_last_card (BsScene *self, BsCursor *cursor);
/* "multiply, y, value 6, gradient 0.5, from w and x" (transfer full) */
char *bs_scene_describe_card (BsScene *self, BsCursor *cursor, guint card);
char *bs_card_describe (BsGraph *graph, BsCursor *cursor, guint card);
/* A value, short: "−20", "2×3, norm 1.63" */
char *bs_value_brief (const BsValue *value);
char *bs_value_shortest (const BsValue *value); /* "−20", "‖1.63‖" */
char *bs_card_op_in_words (const BsCard *card);               /* "multiply", "parameter", "" */
char *bs_card_grad_in_words (const BsTensorState *state, BsCursor *cursor); /* "6, not kept", "None", "not yet" */
/* The EDGE event that flowed along @edge last, before the cursor's step; FALSE: none. */
gboolean bs_scene_find_flow (BsScene *self, BsCursor *cursor, guint edge, BsEvent *out);
/* "3 flows back from y to w", "w goes into y as its first operand" (transfer full) */
char *bs_scene_describe_edge (BsScene *self, BsCursor *cursor, guint edge);

G_END_DECLS
