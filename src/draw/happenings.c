/* SPDX-License-Identifier: MIT */

/* What flows along which edge in the pass of the picture, found once and then asked for any step. */

#include "scene-private.h"

#include <math.h>

void
bs_happenings_clear (BsHappenings *self)
{
  g_clear_pointer (&self->flows, g_array_unref);
  g_clear_pointer (&self->walks, g_array_unref);
  g_clear_pointer (&self->last, g_free);
  g_clear_pointer (&self->reached, g_free);
}

void
bs_happenings_reset (BsScene *self)
{
  BsHappenings *h = &self->happenings;
  guint32 pass = 0;

  bs_happenings_clear (h);
  if (self->n_cards > 0 && bs_recording_get_n_passes (self->recording) > 0) {
    /* Leaves may be older than the pass: its newest tensor tells which it is. */
    const BsCard *card = bs_graph_get_card (self->graph, self->n_cards - 1);

    pass = bs_recording_find_pass (self->recording, card->step + 1);
    h->begin = bs_recording_get_pass (self->recording, pass)->begin;
  }
  h->seen = h->begin;
  h->most = 0;
  h->flows = g_array_new (FALSE, FALSE, sizeof (BsFlow));
  h->walks = g_array_new (FALSE, FALSE, sizeof (guint32));
  h->last = g_new0 (guint32, MAX (self->n_edges, 1));
  h->reached = g_new0 (guint32, MAX (self->n_cards, 1));
}

static double
size_of (const BsValue *value)
{
  double min, max, mean, norm;

  if (value->n_stored == 1)
    return fabs (bs_value_get (value, 0));
  bs_value_statistics (value, &min, &max, &mean, &norm);
  return isfinite (norm) ? norm : 0;
}

static void
add_flow (BsScene *self, const BsEvent *event)
{
  BsHappenings *h = &self->happenings;
  guint edge = bs_graph_find_edge (self->graph, event->edge.node, event->edge.input, event->edge.to);
  BsFlow flow;
  guint card;

  if (edge == G_MAXUINT)
    return;
  flow = (BsFlow) { edge, event->step, h->last[edge], size_of (&event->edge.contribution) };
  if (isfinite (flow.size))
    h->most = MAX (h->most, flow.size);
  g_array_append_val (h->flows, flow);
  h->last[edge] = h->flows->len;
  card = bs_graph_get_edge (self->graph, edge)->from;
  if (h->reached[card] == 0)
    h->reached[card] = event->step + 1;
}

/* A walk within a walk (a hook that calls backward) belongs to the outer one. */
static void
add_walk (BsHappenings *h, BsEventKind kind)
{
  gboolean inside = h->walks->len % 2 == 1;

  if (kind == (inside ? BS_EVENT_BACKWARD_END : BS_EVENT_BACKWARD_BEGIN))
    g_array_append_val (h->walks, h->seen);
}

void
bs_happenings_update (BsScene *self)
{
  BsHappenings *h = &self->happenings;
  guint32 n = bs_recording_get_n_events (self->recording), end = n;
  guint32 pass;

  if (h->seen >= n || self->n_cards == 0)
    return;
  pass = bs_recording_find_pass (self->recording, h->begin + 1);
  end = bs_recording_get_pass (self->recording, pass)->end;
  for (; h->seen < end; h->seen++) {
    BsEventKind kind = bs_recording_get_kind (self->recording, h->seen);
    BsEvent event;

    add_walk (h, kind);
    if (kind != BS_EVENT_EDGE)
      continue;
    bs_recording_get_event (self->recording, h->seen, &event);
    add_flow (self, &event);
  }
}

const BsFlow *
bs_happenings_find (BsScene *self, guint edge, guint32 step)
{
  const BsHappenings *h = &self->happenings;

  for (guint32 at = h->last[edge]; at != 0;) {
    const BsFlow *flow = &g_array_index (h->flows, BsFlow, at - 1);

    if (flow->step < step)
      return flow;
    at = flow->before;
  }
  return NULL;
}

gboolean
bs_happenings_in_walk (BsScene *self, guint32 step)
{
  const GArray *walks = self->happenings.walks;
  guint n = walks->len;

  while (n > 0 && g_array_index (walks, guint32, n - 1) >= step)
    n--;
  return n % 2 == 1;
}

gboolean
bs_happenings_find_before (BsScene *self, const BsEvent *e, BsEvent *out, guint *n)
{
  const BsHappenings *h = &self->happenings;
  guint edge = bs_graph_find_edge (self->graph, e->edge.node, e->edge.input, e->edge.to);
  guint32 card = edge != G_MAXUINT ? bs_graph_get_edge (self->graph, edge)->from : G_MAXUINT32;
  guint32 begin = h->begin;

  *n = 1;
  if (card == G_MAXUINT32 || e->edge.to == 0 || e->edge.first)
    return FALSE;
  for (guint i = 0; i < h->walks->len && g_array_index (h->walks, guint32, i) < e->step; i += 2)
    begin = g_array_index (h->walks, guint32, i);
  for (guint i = h->flows->len; i-- > 0;) {
    const BsFlow *flow = &g_array_index (h->flows, BsFlow, i);
    BsEvent event;

    if (flow->step < begin)
      break;
    if (flow->step >= e->step || bs_graph_get_edge (self->graph, flow->edge)->from != card)
      continue;
    bs_recording_get_event (self->recording, flow->step, &event);
    if (event.edge.to != e->edge.to)
      continue;
    if ((*n)++ == 1)
      *out = event;
  }
  return *n > 1;
}

guint
bs_scene_find_written (BsScene *self, const BsEvent *event, const BsValue **before, const BsValue **after)
{
  guint card = bs_graph_find_tensor (self->graph, event->write.tensor);

  *before = &event->write.before;
  *after = &event->write.after;
  for (guint32 i = 0; card == G_MAXUINT && i < event->write.n_echoes; i++) {
    card = bs_graph_find_tensor (self->graph, event->write.echoes[i].tensor);
    *before = &event->write.echoes[i].before;
    *after = &event->write.echoes[i].after;
  }
  return card;
}
