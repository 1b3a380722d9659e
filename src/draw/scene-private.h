/* SPDX-License-Identifier: MIT */

/* Between the files of the scene: what is measured once for each card, what happens in the pass, and the painter that
 * a drawing goes through. */

#pragma once

#include "numbers.h"
#include "scene.h"
#include "text.h"

G_BEGIN_DECLS

/* --- what is measured ---------------------------------------------------------------------------------------------- */

typedef enum { BS_VIEW_SCALAR, BS_VIEW_GRID, BS_VIEW_HEAT, BS_VIEW_EMPTY } BsValueView;

#define BS_GRID_MOST 6

typedef struct {
  char *name;         /* cut to fit (owned) */
  char *caption;      /* "parameter · 5×3" (owned) */
  guint8 view;        /* BsValueView */
  gboolean has_grad;  /* a gradient's row is reserved */
  guint rows, columns;
  BsSize area;        /* of the value; the gradient's is the same */
  double tag_width;   /* beside a scalar gradient */
  BsSize size;        /* of the box: card and pill */
  BsRect card, pill;  /* in the box; the pill's width 0: none */
} BsCardBox;

/* --- what happens in the pass ---------------------------------------------------------------------------------------- */

/* An EDGE event on an edge of the picture. */
typedef struct {
  guint32 edge, step, before; /* @step: of the event; @before: the edge's former flow, + 1 */
  double size;                /* norm of the contribution */
} BsFlow;

typedef struct {
  guint32 begin, seen;  /* steps */
  GArray *flows;        /* BsFlow */
  guint32 *last;        /* per edge: its last flow, + 1 */
  guint32 *reached;     /* per card: the step of the first flow to it, + 1 */
  double most;          /* largest size */
  GArray *walks;        /* guint32: steps where one begins, ends, begins, ends ... */
} BsHappenings;

typedef struct _BsSprites BsSprites;

struct _BsScene {
  guint id, graph_id; /* of no other scene, and of no other graph in one: what stands at an address may be another by now */
  BsRecording *recording;
  BsGraph *graph;
  BsLayoutDirection direction;
  BsTexts *texts;
  double scale;
  guint n_cards, n_edges, n_frames;
  char **titles;      /* of the frames */
  double title_scale; /* larger from afar; as last drawn */
  BsCardBox *boxes;
  BsSize *sizes, *proxy_sizes;
  BsLayout *layout;
  BsRect *edge_bounds;
  BsHappenings happenings;
  BsSprites *sprites; /* NULL: none drawn yet */
};

BsPoint bs_scene_get_middle (const BsScene *self, guint edge); /* edges.c: half the way along it */
BsRect bs_scene_get_label_rect (const BsScene *self, guint edge); /* the most that what stands on it takes */
void bs_scene_measure (BsScene *self);
void bs_scene_measure_frames (BsScene *self);
void bs_card_box_clear (BsCardBox *self);

void bs_happenings_reset (BsScene *self);
void bs_happenings_update (BsScene *self);
void bs_happenings_clear (BsHappenings *self);
/* The last flow along @edge before the cursor's step; NULL. */
const BsFlow *bs_happenings_find (BsScene *self, guint edge, guint32 step);
/* Is a backward walk under way before @step? */
gboolean bs_happenings_in_walk (BsScene *self, guint32 step);
/* What had flowed to the tensor of EDGE event @e before it, in the same walk, and how many contributions there are with it.
 * FALSE: it is the first. */
gboolean bs_happenings_find_before (BsScene *self, const BsEvent *e, BsEvent *out, guint *n);
/* The card that a WRITE changes: its own tensor or one that shares the storage. */
guint bs_scene_find_written (BsScene *self, const BsEvent *event, const BsValue **before, const BsValue **after);

/* --- drawing --------------------------------------------------------------------------------------------------------- */

typedef enum { BS_DETAIL_FAR, BS_DETAIL_MIDDLE, BS_DETAIL_NEAR } BsDetail;

/* What the last event lights. */
typedef struct {
  BsEventKind kind;
  guint card, edge;       /* G_MAXUINT: none */
  BsColorRole line, surface, text;
  gboolean is_error;
  gboolean is_blamed; /* by an error outside of a walk */
} BsFocus;

typedef struct {
  BsScene *scene;
  cairo_t *cr;
  BsCursor *cursor;
  guint32 step;
  const BsDrawOptions *options;
  BsTheme theme;
  BsDetail detail;
  BsRect sight;           /* all that is looked at, and by which it is judged what can be told apart; empty: everything */
  BsRect clip;            /* the part of it that is drawn now */
  guint32 *cards, *edges; /* those in sight, in order */
  guint n_cards, n_edges;
  guint32 *frame_steps;   /* per frame: when the first of what is in it is there; NULL: no matter */
  BsEvent event;
  gboolean has_event;
  gboolean crowded;       /* so many edges in sight that dashes cannot be told apart, and would take long */
  gboolean in_walk;       /* of backward: what has flowed is still there */
  BsFocus focus;
  guint8 *plotted;        /* per edge: how it is plotted where there are very many; NULL */
  gboolean *path;         /* per edge: on the way from the hovered card to the root; NULL */
} BsPainter;

/* How far what belongs to a card or an edge reaches beyond its bounds: rings, shadows, what is stacked behind it. */
#define BS_PAINTER_REACH 24

/* From begin to end nothing of the scene, the cursor and the options may change; in between any parts can be drawn, each clipped
 * by the caller, who has set translation and scale on @cr. @sight: in scene coordinates; empty: everything. */
void bs_painter_begin (BsPainter *self, BsScene *scene, BsCursor *cursor, const BsDrawOptions *options, BsRect sight);
void bs_painter_draw (BsPainter *self, cairo_t *cr, BsRect clip);
void bs_painter_draw_over (BsPainter *self, cairo_t *cr, BsRect clip); /* what moves, and stands before all the rest */
void bs_painter_end (BsPainter *self);
/* For the same sight: what looks the same has the same sign. */
guint32 bs_painter_sign_card (BsPainter *self, guint card);
guint32 bs_painter_sign_edge (BsPainter *self, guint edge);
guint32 bs_painter_sign_frame (BsPainter *self, guint frame);
guint32 bs_painter_sign_proxy (BsPainter *self, guint proxy);

void bs_painter_set (BsPainter *self, BsColorRole role);
void bs_painter_rounded (BsPainter *self, BsRect rect, double radius);
gboolean bs_painter_sees (const BsPainter *self, BsRect rect);

void bs_painter_draw_card (BsPainter *self, guint card);
void bs_painter_draw_proxy (BsPainter *self, guint proxy);
void bs_painter_judge_edges (BsPainter *self); /* at the beginning */
void bs_painter_draw_edges (BsPainter *self);
void bs_painter_draw_edge_labels (BsPainter *self);
void bs_painter_draw_tokens (BsPainter *self);
double bs_painter_edge_width (const BsPainter *self, guint edge); /* of its line, when it is not lit */
void bs_painter_add_arrow (const BsPainter *self, guint edge); /* to the path: at its end, where a gradient has flowed at its beginning */
double bs_painter_flow_width (const BsPainter *self, const BsFlow *flow);
gboolean bs_painter_shows_amount (const BsPainter *self, guint edge, const BsFlow *flow);
guint32 *bs_painter_dup_frame_steps (const BsPainter *self); /* NULL: they are no matter */
void bs_painter_draw_frames (BsPainter *self);
void bs_painter_draw_far (BsPainter *self);
guint8 bs_painter_far_tone (const BsPainter *self, guint card);
void bs_painter_draw_callout (BsPainter *self);

/* A value in its area; the gradients' colours are around zero. */
void bs_painter_draw_value (BsPainter *self, const BsCardBox *box, const BsValue *value, BsRect area, gboolean is_grad);
/* Without numbers, for a card seen from afar; FALSE: there is nothing to colour. */
gboolean bs_painter_draw_colors (BsPainter *self, const BsCardBox *box, const BsValue *value, BsRect area, gboolean is_grad);
BsPoint bs_point_between (BsPoint a, BsPoint b); /* half the way */
/* Of the four points of a cubic piece: what they span; its two halves, four points each, the middle one in both (de Casteljau). */
BsRect bs_curve_bounds (const BsPoint *p);
void bs_curve_halve (const BsPoint *p, BsPoint out[7]);
BsRect bs_rect_offset (BsRect rect, double dx, double dy);
BsRect bs_rect_grow (BsRect rect, double by);
gboolean bs_rect_contains (BsRect rect, double x, double y);
gboolean bs_rect_touches (BsRect a, BsRect b);

/* sprites.c: a shape of which @look (and the zoom and the theme) says all; it may reach beyond @rect by @reach. */
typedef void (*BsSpriteDraw) (BsPainter *self, BsRect rect, guint32 look);
void bs_painter_draw_sprite (BsPainter *self, BsRect rect, double reach, guint32 look, BsSpriteDraw draw);
void bs_sprites_free (BsSprites *self);

/* hairlines.c: those of the edges in sight that have a tone, on a screen only: thin lines, or with BS_HAIRLINE_WHOLE as wide as
 * they are, with arrows. @tones: one for each edge. */
enum { BS_HAIRLINE_NONE, BS_HAIRLINE_FUTURE, BS_HAIRLINE_EDGE, BS_HAIRLINE_GRADIENT, BS_HAIRLINE_TONES = 3, BS_HAIRLINE_WHOLE = 4 };
gboolean bs_painter_has_room (const BsPainter *self); /* FALSE: there are too many pixels for that */
void bs_painter_plot_edges (BsPainter *self, const guint8 *tones);

/* The card that the ERROR event is about; G_MAXUINT: none is known. */
guint bs_scene_find_blamed (BsScene *self, BsCursor *cursor, const BsEvent *error);

G_END_DECLS
