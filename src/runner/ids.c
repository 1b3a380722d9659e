/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "ids.h"

void
bs_id_map_set (BsIdMap *self, guint64 id, gpointer value)
{
  guint64 at = id / BS_ID_PAGE;
  gpointer *slot;

  if (at >= self->n_pages)
    {
      guint64 n = MAX (at + 1, self->n_pages * 2);

      self->pages = g_renew (BsIdPage *, self->pages, n);
      for (guint64 i = self->n_pages; i < n; i++)
        self->pages[i] = NULL;
      self->n_pages = n;
    }
  if (self->pages[at] == NULL)
    self->pages[at] = g_new0 (BsIdPage, 1);
  slot = &self->pages[at]->slots[id % BS_ID_PAGE];
  if (*slot == NULL)
    self->pages[at]->used++;
  *slot = value;
}

gpointer
bs_id_map_take (BsIdMap *self, guint64 id)
{
  guint64 at = id / BS_ID_PAGE;
  gpointer value = bs_id_map_get (self, id);

  if (value == NULL)
    return NULL;
  self->pages[at]->slots[id % BS_ID_PAGE] = NULL;
  if (--self->pages[at]->used == 0)
    g_clear_pointer (&self->pages[at], g_free);
  return value;
}
