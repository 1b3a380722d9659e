/* SPDX-License-Identifier: MIT */

/* show-growth FILE: runs a script a few events at a time, with the sizes and folds of a window: how often the graph of a pass kept
 * the places of what was there or of the pass before, and how often it could not. Aborts when something has moved or lies on another. */

#include "draw/scene.h"
#include "recording/groups.h"
#include "session/session.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#define FEW 7       /* events */
#define MOST_PASSES 3

typedef struct {
  guint32 pass;
  BsScene *scene, *pattern;
  guint n_repeated, n_kept, n_folded, n_crowded, n_anew;
} Growth;

static BsGraph *
graph_of (BsRecording *recording, guint32 pass)
{
  g_autoptr (BsGraph) whole = bs_graph_new (recording, pass);
  g_autoptr (BsGroups) groups = bs_groups_new (recording, whole);
  g_autofree gboolean *folded = bs_groups_choose (groups, BS_FOLD_MOST, NULL);

  return bs_graph_fold (whole, groups, folded);
}

static BsPoint
middle_of (BsLayout *layout, guint card)
{
  BsRect r = bs_layout_get_card (layout, card);

  return (BsPoint) { r.x + r.width / 2, r.y + r.height / 2 };
}

static void
check_kept (BsGraph *graph, BsLayout *layout, BsLayout *before, const guint32 *was)
{
  double dx = NAN, dy = NAN;

  for (guint i = 0; i < bs_graph_get_n_cards (graph); i++) {
    BsPoint a, b;

    if (was[i] == BS_NEW_CARD)
      continue;
    a = middle_of (before, was[i]);
    b = middle_of (layout, i);
    dx = isnan (dx) ? b.x - a.x : dx;
    dy = isnan (dy) ? b.y - a.y : dy;
    g_assert_cmpfloat_with_epsilon (b.x - a.x, dx, 1e-6);
    g_assert_cmpfloat_with_epsilon (b.y - a.y, dy, 1e-6);
  }
}

static void
check_apart (BsGraph *graph, BsLayout *layout)
{
  guint n = bs_graph_get_n_cards (graph), m = bs_layout_get_n_proxies (layout);
  g_autofree BsRect *rects = g_new (BsRect, n + m + 1);

  for (guint i = 0; i < n + m; i++)
    rects[i] = i < n ? bs_layout_get_card (layout, i) : bs_layout_get_proxy (layout, i - n, NULL);
  for (guint i = 0; i < n + m; i++)
    for (guint k = i + 1; k < n + m; k++)
      g_assert_true (rects[i].x + rects[i].width <= rects[k].x + 1 || rects[k].x + rects[k].width <= rects[i].x + 1 ||
                     rects[i].y + rects[i].height <= rects[k].y + 1 || rects[k].y + rects[k].height <= rects[i].y + 1);
}

/* @was: (transfer full) (nullable) */
static BsLayout *
extend (BsScene *before, guint32 *was, BsGraph *graph, const BsLayoutOptions *options)
{
  BsLayout *layout = was ? bs_layout_extend (bs_scene_get_layout (before), was, graph, options) : NULL;

  if (layout != NULL) {
    check_kept (graph, layout, bs_scene_get_layout (before), was);
    check_apart (graph, layout);
  }
  g_free (was);
  return layout;
}

/* As the window does it until the pass goes back. */
static void
grow (Growth *self, BsRecording *recording, BsLayoutDirection direction)
{
  guint32 pass = bs_recording_get_n_passes (recording) - 1;
  g_autoptr (BsGraph) graph = graph_of (recording, pass);
  BsGraph *old = self->scene && pass == self->pass ? bs_scene_get_graph (self->scene) : NULL;
  g_autoptr (BsLayout) layout = NULL;
  g_autofree guint32 *was = NULL;
  BsLayoutOptions options;
  BsScene *scene;

  if (bs_graph_get_n_cards (graph) == 0 || bs_recording_get_pass (recording, pass)->root != 0 || (old != NULL && bs_graph_get_structure (old) == bs_graph_get_structure (graph)))
    return;
  scene = bs_scene_new (recording, graph, direction, 1);
  bs_scene_get_layout_options (scene, &options);
  if (old == NULL && self->scene != NULL) {
    bs_scene_free (self->pattern);
    self->pattern = g_steal_pointer (&self->scene);
  }
  if (self->pattern != NULL && (layout = extend (self->pattern, bs_graph_match_start (graph, bs_scene_get_graph (self->pattern)),
                                                 graph, &options)) != NULL) {
    self->n_repeated++;
  } else if (old != NULL && (was = bs_graph_match (graph, old)) != NULL
             && (layout = extend (self->scene, g_memdup2 (was, bs_graph_get_n_cards (graph) * sizeof *was), graph, &options)) != NULL) {
    self->n_kept++;
  } else {
    self->n_folded += old != NULL && was == NULL;
    self->n_crowded += was != NULL;
    self->n_anew += old == NULL;
    layout = bs_layout_compute (graph, &options, NULL, NULL);
  }
  bs_scene_set_layout (scene, layout);
  bs_scene_free (self->scene);
  self->scene = scene;
  self->pass = pass;
}

static void
watch (Growth *self, const char *path, BsLayoutDirection direction)
{
  BsSessionOptions options = { .path = path, .event_limit = FEW };
  g_autoptr (BsSession) session = bs_session_new ();
  BsRecording *recording;
  guint32 granted = FEW;

  if (!bs_session_start (session, &options, NULL))
    g_error ("The runner does not start");
  recording = bs_session_get_recording (session);
  while (bs_session_get_state (session) != BS_SESSION_ENDED && bs_recording_get_n_passes (recording) <= MOST_PASSES) {
    guint32 further;

    g_main_context_iteration (NULL, TRUE);
    if (bs_session_get_state (session) != BS_SESSION_PAUSED)
      continue;
    grow (self, recording, direction);
    /* What one operation tells may have been more than it was given. */
    further = MAX (bs_recording_get_n_events (recording), granted) - granted + FEW;
    granted += further;
    bs_session_go_on (session, further);
  }
  if (bs_recording_get_n_events (recording) > 0)
    grow (self, recording, direction);
  bs_session_stop (session);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  if (argc != 2) {
    g_printerr ("show-growth FILE\n");
    return 1;
  }
  for (guint direction = 0; direction < 2; direction++) {
    Growth growth = { 0 };

    watch (&growth, argv[1], direction);
    g_print ("kept %u, repeated %u, folded %u, crowded %u, anew %u\n", growth.n_kept, growth.n_repeated, growth.n_folded,
             growth.n_crowded, growth.n_anew);
    bs_scene_free (growth.scene);
    bs_scene_free (growth.pattern);
  }
  return 0;
}
