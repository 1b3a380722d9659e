/* SPDX-License-Identifier: MIT */

/* Maps the engine's ids (of tensors, storages, nodes), which grow and are never used twice, to something of the
 * recorder's. Pages of the growing range are given back when all in them is gone, so the cost follows what lives. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BS_ID_PAGE 1024

typedef struct {
  guint32 used;
  gpointer slots[BS_ID_PAGE];
} BsIdPage;

typedef struct {
  BsIdPage **pages;
  guint64 n_pages;
} BsIdMap;

static inline gpointer
bs_id_map_get (const BsIdMap *self, guint64 id)
{
  guint64 page = id / BS_ID_PAGE;

  return page < self->n_pages && self->pages[page] ? self->pages[page]->slots[id % BS_ID_PAGE] : NULL;
}

void bs_id_map_set (BsIdMap *self, guint64 id, gpointer value); /* @value not NULL */
gpointer bs_id_map_take (BsIdMap *self, guint64 id);            /* what was there; it is gone then */

G_END_DECLS
