/* SPDX-License-Identifier: MIT */

/* Between the files that make graphs. */

#pragma once

#include "groups.h"

G_BEGIN_DECLS

struct _BsGraph {
  gatomicrefcount ref_count;
  GArray *cards;    /* BsCard; a whole graph has them by tensor id */
  GArray *edges;    /* BsEdge, by their result */
  GArray *frames;   /* BsGraphFrame */
  guint32 *inputs;  /* edges into card i: [inputs[i], inputs[i + 1]) */
  guint64 structure;

  /* of a folded one */
  BsGraph *whole;
  BsGroups *groups;
  gboolean *folded;
  guint32 *shown_card; /* per card of the whole */
  guint32 *shown_edge; /* per edge of the whole; G_MAXUINT32: within a folded group */
};

BsGraph *bs_graph_alloc (void);
void bs_graph_seal (BsGraph *self); /* indexes and hashes when cards and edges are there */

G_END_DECLS
