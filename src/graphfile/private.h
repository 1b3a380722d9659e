/* SPDX-License-Identifier: MIT */

#pragma once

#include "graphfile.h"

#include "engine/signature.h"

G_BEGIN_DECLS

/* --- places.c: cgraph keeps no line numbers, so the text is looked at once more ---------------------------------------- */

typedef struct _BsPlaces BsPlaces;
BsPlaces *bs_places_scan (const char *text, gsize length);
void bs_places_free (BsPlaces *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsPlaces, bs_places_free)
/* The statement of the node, else where it is first mentioned; the attribute in it; of the graph with @node NULL. */
BsGraphPlace bs_places_of_node (BsPlaces *self, const char *node);
BsGraphPlace bs_places_of_name (BsPlaces *self, const char *node); /* of its name only */
BsGraphPlace bs_places_of_attribute (BsPlaces *self, const char *node, const char *attribute);
/* A quote, comment or angle bracket that never ends: line 0, there is none. */
BsGraphPlace bs_places_of_open_end (BsPlaces *self);
BsGraphPlace bs_places_of_rest (BsPlaces *self); /* what stands behind the first graph */
BsGraphPlace bs_places_of_edge (BsPlaces *self, const char *tail, const char *head);

/* --- literal.c: values as Python writes them ----------------------------------------------------------------------------- */

typedef struct {
  guint n_dims;
  gint64 shape[BS_MAX_DIMS];
  GArray *numbers;      /* double; integers beyond 2^53 lose digits there */
  GArray *integers;     /* gint64, of the same numbers; NULL: not all are whole */
  gboolean is_boolean;  /* all True or False */
  gboolean is_integer;  /* none has a dot */
} BsLiteral;

void bs_literal_clear (BsLiteral *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BsLiteral, bs_literal_clear)
/* "10", "0x1.8p3", "[[1, 2], [3, 4]]", "nan"; FALSE with @problem (transfer full). */
gboolean bs_literal_parse (const char *text, BsLiteral *out, char **problem);
BsTensor *bs_literal_to_tensor (const BsLiteral *self, BsDtype dtype, GError **error);
gboolean bs_parse_dtype (const char *text, BsDtype *out);
gboolean bs_parse_boolean (const char *text, gboolean *out);
/* "(2, 3)", "[2, 3]", "2, 3", "2x3"; at most @max. */
gboolean bs_parse_ints (const char *text, gint64 *out, guint max, guint *n);

/* --- words.c ------------------------------------------------------------------------------------------------------------- */

/* Graphviz's own attributes: they are for the drawing. */
gboolean bs_is_drawing_attribute (int kind, const char *name); /* @kind: cgraph's AGRAPH, AGNODE, AGEDGE */
/* The nearest of what @offer has called back with; NULL: nothing is near. */
typedef struct { const char *word; char *nearest; guint distance; } BsNearest;
void bs_nearest_offer (BsNearest *self, const char *candidate);

/* --- the model ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  guint from;             /* node */
  char *input;            /* as written; NULL */
  char *contribution;     /* NULL */
} BsGraphEdge;

typedef struct {
  char *name;
  BsGraphPlace place;     /* its statement */
  BsGraphPlace name_place; /* what its tensor is called by when nothing else names it */
  GArray *edges;          /* BsGraphEdge, in the order of the file */
  char **attributes;      /* name, value, name, value ...; without those of the drawing */
  /* checked */
  const BsOp *op;         /* NULL: a leaf, a further output, after, recorded */
  enum { BS_NODE_LEAF, BS_NODE_OPERATION, BS_NODE_OUTPUT, BS_NODE_AFTER, BS_NODE_RECORDED } kind;
  gboolean inplace, no_grad, requires_grad;
  guint output;           /* OUTPUT: which */
  guint n_outputs;        /* OPERATION: one more than the highest that is taken */
  guint n_inputs;
  guint *inputs;          /* nodes; BS_NO_NODE: numbers[i], or nothing */
  BsTensor **numbers;     /* owned */
  guint n_args;
  BsArg *args;            /* ints owned */
  BsTensor *value;        /* LEAF, RECORDED: owned; a leaf with a random one is drawn when it runs */
  BsTensor *grad;         /* owned or NULL */
  const char *draw;       /* "randn", "rand" */
  BsTensor **contributions; /* RECORDED: of each input; owned or NULL */
  /* while it runs */
  BsTensor *tensor;       /* owned */
  BsTensor **others;      /* results beyond the first; owned */
} BsGraphNode;

#define BS_NO_NODE G_MAXUINT

struct _BsGraphFile {
  GPtrArray *nodes;       /* BsGraphNode, in the order of the file */
  GHashTable *by_name;    /* borrowed name -> index + 1 */
  GArray *order;          /* guint: inputs first */
  GArray *roots;          /* guint: to be differentiated, in order */
  BsTensor *gradient;     /* owned or NULL */
  double lr;
  gboolean has_lr, clear, clears_between, retains, has_seed;
  guint64 iterations, seed;
  BsGraphPlace place, backward_place, lr_place, iterations_place;
  const BsGraphWatcher *watcher; /* while it runs */
  gpointer user;
};

static inline BsGraphNode *
bs_graph_file_node (BsGraphFile *self, guint i)
{
  return g_ptr_array_index (self->nodes, i);
}

const char *bs_graph_node_get (const BsGraphNode *self, const char *attribute); /* NULL: not given */

/* --- read.c, check.c ------------------------------------------------------------------------------------------------------ */

/* What is wrong so far; beyond BS_MOST_PROBLEMS they are only counted. */
#define BS_MOST_PROBLEMS 20
typedef struct {
  BsGraphFile *file;
  BsPlaces *places;
  GPtrArray *problems;
} BsChecker;
void bs_checker_add (BsChecker *self, BsGraphPlace place, const char *format, ...) G_GNUC_PRINTF (3, 4);
void bs_checker_add_at (BsChecker *self, const BsGraphNode *node, const char *attribute, const char *format, ...) G_GNUC_PRINTF (4, 5);
void bs_checker_hint (BsChecker *self, const char *format, ...) G_GNUC_PRINTF (2, 3); /* more to the last one */

void bs_check_leaf (BsChecker *self, BsGraphNode *node);
void bs_check_operation (BsChecker *self, BsGraphNode *node); /* bind.c */
void bs_check_graph (BsChecker *self, char **attributes);
BsTensor *bs_check_value (BsChecker *self, const BsGraphNode *node, const char *attribute, BsDtype dtype, const char *size);

G_END_DECLS
