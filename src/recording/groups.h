/* SPDX-License-Identifier: MIT */

/* What belongs together in the graph of a pass: calls of functions and modules, and loops that repeat the same structure.
 * A tree over the cards, of structure only: passes of equal structure have equal groups. */

#pragma once

#include "graph.h"

G_BEGIN_DECLS

typedef enum {
  BS_GROUP_CALL,   /* a function or a module's forward */
  BS_GROUP_REPEAT, /* the same structure again and again */
  BS_GROUP_TURN,   /* one time of a repeat */
} BsGroupKind;

typedef struct {
  guint32 parent;   /* 0: none */
  guint8 kind;      /* BsGroupKind */
  char *name;       /* "net.fc1", "loss_of()", "h"; of a turn its number (owned) */
  char *class_name; /* "Linear"; NULL (owned) */
  guint32 times;    /* of a repeat; else 1 */
  guint32 n_cards;  /* in it and in what is in it */
  guint64 key;      /* the same in every pass and every run of the script */
} BsGroup;

typedef struct _BsGroups BsGroups; /* reference-counted, immutable */

/* @whole: from bs_graph_new(). */
BsGroups *bs_groups_new (BsRecording *recording, BsGraph *whole);
BsGroups *bs_groups_ref (BsGroups *self);
void bs_groups_unref (BsGroups *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsGroups, bs_groups_unref)
guint bs_groups_get_n (const BsGroups *self);
const BsGroup *bs_groups_get (const BsGroups *self, guint32 group); /* 1 .. n */
guint32 bs_groups_of_card (const BsGroups *self, guint card);       /* the innermost one; 0: none */

/* Which ones to fold so that no more than about @most cards are seen: the outermost open first. @choices: key (a pointer to
 * a guint64) -> BsFoldChoice, what a person wants; NULL. (transfer full): gboolean per group, [0] unused. */
typedef enum { BS_FOLD_AUTO, BS_FOLD_CLOSED, BS_FOLD_OPEN } BsFoldChoice;
#define BS_FOLD_MOST 150
gboolean *bs_groups_choose (const BsGroups *self, guint most, GHashTable *choices);

/* The graph with those folded to one card each. Everything that is asked of a graph is answered: a tensor within is found
 * at the card that stands for it. The groups that stay open are its frames. */
BsGraph *bs_graph_fold (BsGraph *whole, BsGroups *groups, const gboolean *folded);
/* The graph of another pass, folded as @self is when the structure is the same, else whole. */
BsGraph *bs_graph_new_like (BsGraph *self, BsRecording *recording, guint32 pass);
BsGroups *bs_graph_get_groups (const BsGraph *self); /* NULL: not folded; borrowed */
BsGraph *bs_graph_get_whole (BsGraph *self);         /* itself when it is */

G_END_DECLS
