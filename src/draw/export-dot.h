/* SPDX-License-Identifier: MIT */

#pragma once

#include "export.h"

G_BEGIN_DECLS

/* A pass on its way to DOT; bs_export_dot() is in export-private.h. */

typedef enum { BS_DOT_LEAF, BS_DOT_OPERATION, BS_DOT_OUTPUT, BS_DOT_AFTER, BS_DOT_RECORDED } BsDotKind;

typedef struct {
  guint32 tensor, step;
  guint32 used_at;      /* step of the first operation that takes it; G_MAXUINT32: none does */
  BsDotKind kind;
  gboolean is_written;  /* in place, by an operation of the graph: so it is no leaf that learns */
  const BsCard *card;   /* NULL: not in the picture, but needed */
  char *name;           /* of the node */
} BsDotNode;

typedef struct { guint32 node, input, step; } BsDotFlow; /* of the EDGE event */

#define BS_DOT_MOST_ROOTS 64

typedef struct {
  BsRecording *recording;
  BsCursor *cursor;
  BsGraph *graph;       /* unfolded */
  guint32 step, begin, end;
  GHashTable *nodes;    /* tensor -> BsDotNode */
  GPtrArray *order;     /* BsDotNode, owned, by tensor */
  GHashTable *flows;    /* BsDotFlow */
  guint32 first_walk;   /* step */
  guint32 roots[BS_DOT_MOST_ROOTS];
  guint n_roots;
  BsValue seed;
  gboolean clears_between; /* .grad is cleared after the first walk and before the last */
  gboolean retains, releases, cleared;    /* a walk before the last lets the graph go */
  GArray *missing;      /* guint32: tensors that are not there whole */
  gboolean lacks_flow;
} BsDot;

/* export-dot-values.c */
char *bs_dot_value_to_text (const BsValue *value);       /* "[[1.0, 0.5]]", with every digit */
char *bs_dot_operand_to_text (const BsOperand *operand);
void bs_dot_append_type (GString *out, const BsValue *value); /* dtype and size, where the text does not say them */
gboolean bs_dot_is_plain_seed (const BsValue *seed);     /* ones */
void bs_dot_look_at_flows (BsDot *self);
void bs_dot_look_at_walks (BsDot *self);                 /* roots; once the nodes are known */
#define BS_DOT_ANY_INPUT G_MAXUINT32
const BsDotFlow *bs_dot_find_flow (BsDot *self, guint32 node, guint32 input);

/* Whether the update is w -= lr * w.grad for all that learn; found by doing it. */
typedef enum { BS_DOT_NO_UPDATE, BS_DOT_DESCENT, BS_DOT_OTHER_UPDATE } BsDotUpdate;
BsDotUpdate bs_dot_find_update (BsDot *self, double *lr, gboolean *clears);

G_END_DECLS
