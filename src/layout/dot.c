/* SPDX-License-Identifier: MIT */

/* Graphviz. Not thread-safe: called by the worker's thread alone. Sizes are given in inches of 72 points, so that a
 * point is one of our units; positions come back with the origin bottom left. */

#include "layout-private.h"
#include "sanitizer.h"

#include <graphviz/gvc.h>

#define PER_INCH 72.0

static GVC_t *
get_context (void)
{
  static GVC_t *context; /* the worker lives as long as the process */

  if (context == NULL) {
    context = gvContext ();
    agseterr (AGMAX); /* what goes wrong is told by the results */
  }
  return context;
}

/* Measured: dot is at its best for some hundred nodes whose edges go to the next layers, a few milliseconds there. Long
 * edges make it slow beyond all proportion (1000 nodes, each with an input from far away: 2 s, a chain of them 9 ms)
 * and the picture no better than our own; so do many nodes (1000 of dense layers: 350 ms, with shared weights 670, a
 * chain 30). */
gboolean
bs_dot_suits (const BsModel *model)
{
  return model->n_nodes <= 600 && bs_place_total_span (model) <= 3 * model->n_nodes + 100;
}

static void
set_number (void *object, const char *name, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  agsafeset (object, (char *) name, g_ascii_formatd (buffer, sizeof buffer, "%.5f", value), "");
}

static Agraph_t *
open_graph (const BsModel *model)
{
  Agraph_t *g = agopen ("g", Agdirected, NULL);
  gboolean right = model->direction == BS_LAYOUT_LEFT_TO_RIGHT;

  agattr (g, AGRAPH, "rankdir", right ? "LR" : "TB");
  agattr (g, AGRAPH, "splines", model->n_nodes < 200 ? "spline" : "line");
  agattr (g, AGRAPH, "newrank", "true");
  agattr (g, AGRAPH, "nslimit", "0.5");
  agattr (g, AGRAPH, "nslimit1", "0.5");
  set_number (g, "ranksep", BS_GAP_LAYERS (model->direction) / PER_INCH);
  set_number (g, "nodesep", BS_GAP_NODES / PER_INCH);
  agattr (g, AGNODE, "shape", "box");
  agattr (g, AGNODE, "fixedsize", "true");
  agattr (g, AGNODE, "label", "");
  agattr (g, AGNODE, "width", "1");
  agattr (g, AGNODE, "height", "1");
  agattr (g, AGEDGE, "arrowhead", "none");
  agattr (g, AGEDGE, "weight", "1");
  agattr (g, AGEDGE, "tailport", right ? "e" : "s");
  agattr (g, AGEDGE, "headport", right ? "w" : "n");
  return g;
}

/* Clusters of dot, one in the other: what is in a frame stays together. */
static Agraph_t **
add_clusters (Agraph_t *g, const BsModel *model)
{
  Agraph_t **clusters = g_new (Agraph_t *, MAX (model->n_frames, 1));

  for (guint i = 0; i < model->n_frames; i++) {
    char name[24];

    g_snprintf (name, sizeof name, "cluster_%u", i);
    clusters[i] = agsubg (model->frame_parent[i] == BS_NO_FRAME ? g : clusters[model->frame_parent[i]], name, TRUE);
  }
  if (model->n_frames > 0)
    agattr (g, AGRAPH, "margin", "22");
  return clusters;
}

static void
add_nodes (Agraph_t *g, const BsModel *model, Agnode_t **nodes)
{
  g_autofree Agraph_t **clusters = add_clusters (g, model);

  for (guint i = 0; i < model->n_nodes; i++) {
    char name[16];

    g_snprintf (name, sizeof name, "n%u", i);
    nodes[i] = agnode (g, name, TRUE);
    set_number (nodes[i], "width", model->sizes[i].width / PER_INCH);
    set_number (nodes[i], "height", model->sizes[i].height / PER_INCH);
    if (model->frame_of[i] != BS_NO_FRAME)
      agsubnode (clusters[model->frame_of[i]], nodes[i], TRUE);
  }
}

static void
add_edges (Agraph_t *g, const BsModel *model, Agnode_t **nodes, Agedge_t **edges)
{
  g_autofree guint32 *depth = bs_place_depths (model), *deepest = g_new0 (guint32, MAX (model->n_nodes, 1));

  for (guint i = 0; i < model->n_edges; i++)
    deepest[model->edges[i].to] = MAX (deepest[model->edges[i].to], depth[model->edges[i].from]);
  for (guint i = 0; i < model->n_edges; i++) {
    edges[i] = agedge (g, nodes[model->edges[i].from], nodes[model->edges[i].to], NULL, TRUE);
    if (depth[model->edges[i].from] == deepest[model->edges[i].to])
      agset (edges[i], "weight", "8");
  }
}

static void
copy_nodes (const BsModel *model, Agnode_t **nodes, BsRect *rects)
{
  for (guint i = 0; i < model->n_nodes; i++) {
    pointf at = ND_coord (nodes[i]);
    BsSize size = model->sizes[i];

    rects[i] = (BsRect) { at.x - size.width / 2, -at.y - size.height / 2, size.width, size.height };
  }
}

/* All its pieces, which join; ends where the border is, however dot cut it. FALSE: it has none. */
static gboolean
copy_spline (const BsModel *model, guint i, Agedge_t *edge, BsPlacement *out)
{
  const splines *spl = edge ? ED_spl (edge) : NULL;
  guint begin = out->points->len;

  if (spl == NULL || spl->size < 1)
    return FALSE;
  for (int piece = 0; piece < (int) spl->size; piece++)
    for (int k = piece > 0; k < (int) spl->list[piece].size; k++) {
      BsPoint p = { spl->list[piece].list[k].x, -spl->list[piece].list[k].y };

      g_array_append_val (out->points, p);
    }
  if (out->points->len - begin >= 4 && (out->points->len - begin) % 3 == 1)
    return TRUE;
  g_array_set_size (out->points, begin);
  return FALSE;
}

/* Its own curve is as good as dot's and the same everywhere, where nothing stands in its way. */
static gboolean
is_free (const BsModel *model, guint edge, const BsRect *rects, const BsPoint *p)
{
  const guint samples = 16;
  const double room = 6;

  for (guint k = 1; k < samples; k++) {
    double t = k / (double) samples, u = 1 - t, a = u * u * u, b = 3 * u * u * t, c = 3 * u * t * t, d = t * t * t;
    double x = a * p[0].x + b * p[1].x + c * p[2].x + d * p[3].x, y = a * p[0].y + b * p[1].y + c * p[2].y + d * p[3].y;

    for (guint i = 0; i < model->n_nodes; i++)
      if (i != model->edges[edge].from && i != model->edges[edge].to && x > rects[i].x - room && y > rects[i].y - room
          && x < rects[i].x + rects[i].width + room && y < rects[i].y + rects[i].height + room)
        return FALSE;
  }
  return TRUE;
}

static gboolean
add_free_curve (const BsModel *model, guint edge, BsPlacement *out)
{
  guint begin = out->points->len;

  bs_placement_add_curve (out, model, edge);
  if (is_free (model, edge, out->rects, &g_array_index (out->points, BsPoint, begin)))
    return TRUE;
  g_array_set_size (out->points, begin);
  return FALSE;
}

static void
copy_edges (const BsModel *model, Agedge_t **edges, BsPlacement *out)
{
  for (guint i = 0; i < model->n_edges; i++) {
    out->offsets[i] = out->points->len;
    /* Straight lines look hard beside round cards: where dot draws none, a curve of our own. */
    if (model->n_nodes >= 200 || (!add_free_curve (model, i, out) && !copy_spline (model, i, edges[i], out)))
      bs_placement_add_curve (out, model, i);
  }
  out->offsets[model->n_edges] = out->points->len;
}

gboolean
bs_place_dot (const BsModel *model, BsPlacement *out, GError **error)
{
  GVC_t *context = get_context ();
  g_autofree Agnode_t **nodes = g_new (Agnode_t *, MAX (model->n_nodes, 1));
  g_autofree Agedge_t **edges = g_new (Agedge_t *, MAX (model->n_edges, 1));
  Agraph_t *g = open_graph (model);
  gboolean ok;

  add_nodes (g, model, nodes);
  add_edges (g, model, nodes, edges);
  ok = context != NULL && gvLayout (context, g, "dot") == 0;
  if (ok) {
    copy_nodes (model, nodes, out->rects);
    copy_edges (model, edges, out);
    gvFreeLayout (context, g);
  } else {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Graphviz could not lay out the graph");
  }
  agclose (g);
  return ok;
}
