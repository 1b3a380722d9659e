/* SPDX-License-Identifier: MIT */

/* A graph that is written down instead of programmed: Graphviz DOT, read by cgraph, checked, and run on the engine.
 *
 *   digraph {
 *     lr=0.1; iterations=20; backward=loss;
 *     w [value=10.0, requires_grad=true];
 *     square [op=pow, exponent=2];
 *     loss [op=add, other=20];
 *     w -> square -> loss;
 *   }
 *
 * A node is a leaf with a value, or has an operation of the engine's table, by its Python name ("max", "sum") or by its full
 * one ("max.dim"); a "_" behind it changes the first input in place. Attributes named as in the operation's signature are its
 * arguments, and numbers among its inputs; edges are its other inputs, in the order of the file or by `input`, a number or a
 * name. Where Graphviz has an attribute of that name (`shape`) the argument is written with a "_" behind it. What both do not
 * know is an error.
 *
 *   leaf   value, dtype (float32; bool for True and False), size, requires_grad, grad (what .grad holds at first)
 *   node   op, no_grad; output=K instead of op: the further result K of the node that leads to it
 *          op=after: the first input, once the others are computed (it was changed through one of them)
 *          op=recorded: a value with what flows back, `contribution` of its edges, in the place of an operation not to be had
 *   edge   input, contribution
 *   graph  backward (nodes to differentiate, one after the other; none), retain_graph (true: between them), gradient (what it
 *          starts with, else 1), lr (no update without), iterations (1), clear (true: after the update; between: also between
 *          those nodes), seed
 *
 * Reading and running are apart, so that a window can check a text without running it. Nothing in the text is trusted; cgraph,
 * which is less careful, runs behind the sandbox. One thread at a time. */

#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* 1-based lines, 0-based columns in bytes, the end one behind the last; line 0: not known. */
typedef struct { guint line, column, end_line, end_column; } BsGraphPlace;

typedef struct {
  char *message; /* names the node; translated */
  BsGraphPlace place;
} BsGraphProblem;
void bs_graph_problem_free (BsGraphProblem *self);

typedef struct _BsGraphFile BsGraphFile;

/* Whether a file of that name is one. */
gboolean bs_graph_file_is_name (const char *path);
/* Whether a text that has no name reads like one: "digraph {" or "strict digraph name {" after its comments. */
gboolean bs_graph_file_is_text (const char *text);

/* NULL when something is wrong: then @problems (of BsGraphProblem) says what, in the order of the file. */
BsGraphFile *bs_graph_file_parse (const char *text, gsize length, GPtrArray *problems);
void bs_graph_file_free (BsGraphFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsGraphFile, bs_graph_file_free)

/* Who looks on while it runs; each may be NULL. */
typedef struct {
  void (*line) (gpointer user, const BsGraphPlace *place);  /* this is about to be done */
  void (*place) (gpointer user, const BsGraphPlace *place); /* what the engine does next happens there */
  void (*tensor) (gpointer user, const char *name, BsTensor *tensor);
  void (*number) (gpointer user, const char *name, double value, gboolean is_integer);
} BsGraphWatcher;

/* NULL: it ran to its end. Else what went wrong (transfer full). */
BsGraphProblem *bs_graph_file_run (BsGraphFile *self, const BsGraphWatcher *watcher, gpointer user);

/* While it runs: changes a leaf or `lr`. FALSE with @message (transfer full): the value does not fit; FALSE without: there is
 * nothing of that name. */
gboolean bs_graph_file_change (BsGraphFile *self, const char *name, const char *value, char **message);

/* The node's tensor of the last iteration; borrowed, NULL: there is none. For tests. */
BsTensor *bs_graph_file_get_tensor (BsGraphFile *self, const char *name);

G_END_DECLS
