/* SPDX-License-Identifier: MIT */

/* Between groups.c, which finds the calls, and repeats.c, which finds the loops in them. */

#pragma once

#include "groups.h"

G_BEGIN_DECLS

/* What stands in a group, in order: an operation's card or a group. */
typedef struct {
  guint64 hash;   /* equal for what does the same */
  guint32 card;   /* G_MAXUINT32: it is a group */
  guint32 group;
} BsItem;

struct _BsGroups {
  gatomicrefcount ref_count;
  GArray *groups;   /* BsGroup; [0] is the graph itself */
  guint32 *of_card;
  guint n_cards;
};

guint32 bs_groups_add (BsGroups *self, guint32 parent, BsGroupKind kind);
/* Puts loops among @items (BsItem, those of @group) into groups of their own. */
void bs_groups_find_repeats (BsGroups *self, BsGraph *graph, guint32 group, GArray *items);

G_END_DECLS
