/* SPDX-License-Identifier: MIT */

/* The keyboard goes from pane to pane, those that are on the screen, in the order one reads them. In the editor Tab is a letter. */

#include "config.h"

#include "window-private.h"

typedef enum {
  PANE_HEADER, PANE_EXAMPLES, PANE_SOURCE, PANE_PAGES, PANE_GRAPH, PANE_TOUR, PANE_INSPECTOR, PANE_CURVES, PANE_BOTTOM, N_PANES
} Pane;

static GtkWidget *
get_pane (BackstepWindow *self, Pane pane)
{
  GtkWidget *const panes[N_PANES] = {
    [PANE_HEADER] = self->header, [PANE_EXAMPLES] = self->welcome, [PANE_SOURCE] = self->sources, [PANE_PAGES] = self->under,
    [PANE_GRAPH] = self->canvas_pane, [PANE_TOUR] = self->tour ? backstep_tour_get_card (self->tour) : NULL,
    [PANE_INSPECTOR] = self->inspector, [PANE_CURVES] = self->plots, [PANE_BOTTOM] = self->bottom,
  };

  return panes[pane];
}

static gboolean
take_focus (BackstepWindow *self, Pane pane)
{
  GtkWidget *widget = get_pane (self, pane);

  if (widget == NULL || !gtk_widget_get_mapped (widget))
    return FALSE;
  switch (pane)
    {
    case PANE_SOURCE:
      backstep_source_grab_focus (BACKSTEP_SOURCE (self->source));
      return TRUE;
    case PANE_PAGES: /* what the page holds, else the row of names */
      return gtk_widget_child_focus (self->pages, GTK_DIR_TAB_FORWARD) || gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD);
    case PANE_GRAPH:
      return gtk_widget_grab_focus (self->canvas);
    case PANE_TOUR: /* to go on rather than to skip it */
      return gtk_widget_child_focus (widget, GTK_DIR_TAB_BACKWARD);
    case PANE_CURVES:
      backstep_window_focus_curves (self);
      return TRUE;
    default:
      return gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD);
    }
}

void
backstep_window_turn_pane (BackstepWindow *self, int direction)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  int at = direction > 0 ? N_PANES - 1 : 0;

  for (int i = 0; focus && i < N_PANES; i++)
    {
      GtkWidget *pane = get_pane (self, i);

      if (pane && (focus == pane || gtk_widget_is_ancestor (focus, pane))) /* the tour's card stands over the graph */
        at = i;
    }
  for (int i = 1; i <= N_PANES; i++)
    if (take_focus (self, (at + direction * i + N_PANES * N_PANES) % N_PANES))
      {
        gtk_window_set_focus_visible (GTK_WINDOW (self), TRUE);
        return;
      }
}
