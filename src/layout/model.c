/* SPDX-License-Identifier: MIT */

#include "layout-private.h"

#include <string.h>

/* A leaf may be drawn to so many results by edges of its own. */
#define MAX_USES 3

static guint64
mix (guint64 h, guint64 w)
{
  h = (h ^ w) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return h ^ (h >> 29);
}

static guint64
mix_size (guint64 h, BsSize size)
{
  guint64 w, v;

  memcpy (&w, &size.width, sizeof w);
  memcpy (&v, &size.height, sizeof v);
  return mix (mix (h, w), v);
}

static void
compute_hash (BsModel *self)
{
  guint64 h = mix (self->direction + 1, self->n_nodes);

  for (guint i = 0; i < self->n_nodes; i++)
    h = mix_size (h, self->sizes[i]);
  for (guint i = 0; i < self->n_edges; i++)
    h = mix (h, (guint64) self->edges[i].from << 32 | self->edges[i].to);
  for (guint i = 0; self->n_frames > 0 && i < self->n_nodes; i++)
    h = mix (h, self->frame_of[i]);
  for (guint i = 0; i < self->n_frames; i++)
    h = mix (h, self->frame_parent[i]);
  self->hash = h;
}

/* Distinct results that a card goes into; edges come in the order of their results. */
static guint *
count_uses (BsGraph *graph, guint n_cards)
{
  guint *uses = g_new0 (guint, n_cards);
  g_autofree guint32 *last = g_new (guint32, n_cards);

  memset (last, 0xff, n_cards * sizeof *last);
  for (guint i = 0; i < bs_graph_get_n_edges (graph); i++) {
    const BsEdge *edge = bs_graph_get_edge (graph, i);

    uses[edge->from] += last[edge->from] != edge->to;
    last[edge->from] = edge->to;
  }
  return uses;
}

/* In a graph that grows a use so many cards after the last one is far from it by now. */
#define FAR 6

/* The first use keeps its edge, each other one gets a proxy beside it, when there are many. What has grown keeps what it had. */
static void
add_proxies (BsModel *self, BsGraph *graph, const BsSize *proxy_sizes, const BsBegin *begins)
{
  g_autofree guint *uses = count_uses (graph, self->n_cards);
  g_autofree guint32 *user = g_new (guint32, self->n_cards), *proxy = g_new (guint32, self->n_cards);
  g_autoptr (GArray) of = g_array_new (FALSE, FALSE, sizeof (guint32));

  memset (user, 0xff, self->n_cards * sizeof *user);
  for (guint i = 0; i < self->n_edges; i++) {
    guint32 from = self->edges[i].from, to = self->edges[i].to;
    BsBegin begin = begins ? begins[i] : BS_BEGIN_NEW;

    if (bs_graph_get_card (graph, from)->n_in > 0)
      continue;
    if (begin == BS_BEGIN_NEW)
      begin = user[from] != G_MAXUINT32 && (uses[from] > MAX_USES || (begins != NULL && to > user[from] + FAR))
                ? BS_BEGIN_PROXY : BS_BEGIN_CARD;
    if (begin == BS_BEGIN_CARD) {
      proxy[from] = from;
    } else if (user[from] != to) {
      proxy[from] = self->n_cards + of->len;
      g_array_append_val (of, from);
    }
    user[from] = to;
    self->edges[i].from = proxy[from];
  }
  self->n_nodes = self->n_cards + of->len;
  self->sizes = g_renew (BsSize, self->sizes, MAX (self->n_nodes, 1));
  for (guint i = 0; i < of->len; i++)
    self->sizes[self->n_cards + i] = proxy_sizes[g_array_index (of, guint32, i)];
  self->proxy_of = (guint32 *) g_array_steal (of, NULL);
}

/* A proxy stands in the frame of what uses it. */
static void
copy_frames (BsModel *self, BsGraph *graph)
{
  self->n_frames = bs_graph_get_n_frames (graph);
  self->frame_parent = g_new (guint32, MAX (self->n_frames, 1));
  self->frame_of = g_new (guint32, MAX (self->n_nodes, 1));
  for (guint i = 0; i < self->n_frames; i++)
    self->frame_parent[i] = bs_graph_get_frame (graph, i)->parent;
  for (guint i = 0; i < self->n_cards; i++)
    self->frame_of[i] = bs_graph_get_card (graph, i)->frame;
  for (guint i = 0; i < self->n_edges; i++)
    if (self->edges[i].from >= self->n_cards)
      self->frame_of[self->edges[i].from] = self->frame_of[self->edges[i].to];
}

BsModel *
bs_model_new_grown (BsGraph *graph, const BsLayoutOptions *options, const BsBegin *begins)
{
  BsModel *self = g_new0 (BsModel, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->direction = options->direction;
  self->n_cards = self->n_nodes = bs_graph_get_n_cards (graph);
  self->n_edges = bs_graph_get_n_edges (graph);
  self->sizes = g_memdup2 (options->sizes, sizeof (BsSize) * self->n_cards);
  self->edges = g_new (BsLink, self->n_edges);
  for (guint i = 0; i < self->n_edges; i++) {
    const BsEdge *edge = bs_graph_get_edge (graph, i);

    self->edges[i] = (BsLink) { edge->from, edge->to };
  }
  if (options->proxy_sizes != NULL)
    add_proxies (self, graph, options->proxy_sizes, begins);
  copy_frames (self, graph);
  compute_hash (self);
  return self;
}

BsModel *
bs_model_new (BsGraph *graph, const BsLayoutOptions *options)
{
  return bs_model_new_grown (graph, options, NULL);
}

BsModel *
bs_model_ref (BsModel *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
bs_model_unref (BsModel *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->sizes);
  g_free (self->edges);
  g_free (self->proxy_of);
  g_free (self->frame_parent);
  g_free (self->frame_of);
  g_free (self);
}
