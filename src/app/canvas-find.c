/* SPDX-License-Identifier: MIT */

/* The nodes that a text is found in; the others are dimmed. */

#include "config.h"

#include <string.h>

#include "canvas-private.h"

static gboolean
holds (const char *text, const char *folded)
{
  g_autofree char *candidate = text ? g_utf8_casefold (text, -1) : NULL;

  return candidate && strstr (candidate, folded) != NULL;
}

static gboolean
matches (const BsCard *card, const char *folded)
{
  return holds (card->name, folded) || holds (card->op, folded) || holds (card->pill, folded) || holds (card->shape, folded);
}

/* A folded card is found by what is in it, too. */
static void
mark_hits (BackstepCanvas *self, BsGraph *graph, const char *folded)
{
  guint n = bs_graph_get_n_cards (graph);

  for (guint i = 0; i < n; i++)
    self->dimmed[i] = !matches (bs_graph_get_card (graph, i), folded);
  for (guint i = 0; self->whole && i < bs_graph_get_n_cards (self->whole); i++)
    {
      const BsCard *card = bs_graph_get_card (self->whole, i);
      guint shown = matches (card, folded) ? bs_graph_find_tensor (graph, card->tensor) : G_MAXUINT;

      if (shown < n)
        self->dimmed[shown] = FALSE;
    }
}

guint
backstep_canvas_find (BackstepCanvas *self, const char *text, gboolean go_on, guint *which)
{
  g_autofree char *copy = g_strdup (text), *folded = NULL;
  BsGraph *graph = self->scene ? bs_scene_get_graph (self->scene) : NULL;
  guint n = graph ? bs_graph_get_n_cards (graph) : 0, n_hits = 0, first = G_MAXUINT, next = G_MAXUINT, at;

  if (which)
    *which = 0;
  backstep_canvas_forget_map (self);
  g_free (self->search);
  self->search = g_steal_pointer (&copy);
  g_clear_pointer (&self->dimmed, g_free);
  backstep_canvas_changed (self);
  if (n == 0 || self->search == NULL || *self->search == '\0')
    return 0;
  folded = g_utf8_casefold (self->search, -1);
  at = backstep_canvas_get_selected_card (self);
  self->dimmed = g_new0 (gboolean, n);
  mark_hits (self, graph, folded);
  for (guint i = 0; i < n; i++)
    {
      if (self->dimmed[i])
        continue;
      n_hits++;
      if (first == G_MAXUINT)
        first = i;
      if (next == G_MAXUINT && at != G_MAXUINT && i > at)
        next = i;
    }
  if (go_on && first != G_MAXUINT)
    backstep_canvas_pick (self, at = next != G_MAXUINT ? next : first);
  for (guint i = 0; which && i < n && at != G_MAXUINT && i <= at; i++)
    *which += !self->dimmed[i] && !self->dimmed[at];
  return n_hits;
}
