/* SPDX-License-Identifier: MIT */

/* --measure-start, --measure-steps, --measure-seeks and --measure-drags: what a person waits for, taken inside the window. */

#include "config.h"

#include <stdio.h>
#include <time.h>

#include "window-private.h"

typedef struct {
  BackstepWindow *window; /* borrowed: the measurement ends with it */
  gint64 started;         /* of the process, or of the step */
  guint n_steps;
  gboolean seeks;         /* to places by chance */
  gboolean drags;         /* of the first slider: until the run with the new number is drawn */
  BackstepRun *former;    /* the trial before; only compared */
  GArray *times;          /* gint64 microseconds */
  GArray *works;          /* the same of this process's processor time: what is left of it on a busy machine */
  clock_t work;
  gboolean waits;
} Measure;

static int
by_size (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
free_measure (gpointer data)
{
  Measure *self = data;

  g_array_unref (self->times);
  g_array_unref (self->works);
  g_free (self);
}

static void
report_steps (Measure *self)
{
  guint n = self->times->len;

  g_array_sort (self->times, by_size);
  printf ("%u %s, action to drawn frame: median %.2f ms, 99th percentile %.2f ms, largest %.2f ms\n", n, self->drags ? "drags" : self->seeks ? "seeks" : "steps",
          g_array_index (self->times, gint64, n / 2) / 1000.0, g_array_index (self->times, gint64, (n - 1) * 99 / 100) / 1000.0,
          g_array_index (self->times, gint64, n - 1) / 1000.0);
  g_array_sort (self->works, by_size);
  if (self->drags)
    printf ("processor time of the window for each: median %.2f ms\n", g_array_index (self->works, gint64, n / 2) / 1000.0);
}

static gboolean
take_step (gpointer data)
{
  Measure *self = data;
  BackstepWindow *window = self->window;

  if (window->cursor == NULL || backstep_document_is_busy (window->document))
    return G_SOURCE_CONTINUE;
  if (self->drags && self->times->len == 0 && bs_cursor_get_step (window->cursor) == 0)
    {
      backstep_window_seek (window, bs_recording_get_n_events (bs_cursor_get_recording (window->cursor)) / 2);
      return G_SOURCE_CONTINUE;
    }
  if (self->times->len == self->n_steps)
    {
      report_steps (self);
      gtk_window_destroy (GTK_WINDOW (window));
      return G_SOURCE_REMOVE;
    }
  self->former = backstep_document_get_trial (window->document);
  self->started = g_get_monotonic_time ();
  self->work = clock ();
  self->waits = TRUE;
  if (self->drags)
    backstep_whatif_drag_first (BACKSTEP_WHATIF (window->whatif), 0.3 + 0.4 * ((self->times->len * 7) % 31) / 31 + 0.001);
  else if (self->seeks)
    backstep_window_seek (window, g_random_int_range (0, bs_recording_get_n_events (bs_cursor_get_recording (window->cursor)) + 1));
  else if (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "step-next"))
    g_action_group_activate_action (G_ACTION_GROUP (window), "step-next", NULL);
  else
    g_action_group_activate_action (G_ACTION_GROUP (window), "begin", NULL);
  return G_SOURCE_REMOVE;
}

static void
on_step_painted (GdkFrameClock *frames, Measure *self)
{
  gint64 took = g_get_monotonic_time () - self->started, work;

  if (!self->waits || self->window->refresh_id)
    return;
  if (self->drags && (backstep_document_is_trying (self->window->document) || backstep_document_get_trial (self->window->document) == self->former))
    return;
  self->waits = FALSE;
  work = (clock () - self->work) * G_USEC_PER_SEC / CLOCKS_PER_SEC;
  g_array_append_val (self->times, took);
  g_array_append_val (self->works, work);
  /* Long enough that the next one begins at rest. */
  g_timeout_add (40, take_step, self);
}

static void
on_first_painted (GdkFrameClock *frames, Measure *self)
{
  printf ("first frame: %.1f ms\n", (g_get_monotonic_time () - self->started) / 1000.0);
  fflush (stdout);
  g_signal_handlers_disconnect_by_data (frames, self);
  gtk_window_destroy (GTK_WINDOW (self->window));
}

static void
on_realize (GtkWidget *window, Measure *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect (clock, "after-paint", self->n_steps ? G_CALLBACK (on_step_painted) : G_CALLBACK (on_first_painted), self);
  if (self->n_steps)
    g_timeout_add (500, take_step, self);
}

static void
on_unrealize (GtkWidget *window, Measure *self)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (window), self);
}

void
backstep_window_measure (BackstepWindow *self)
{
  BackstepApplication *app = BACKSTEP_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  gint64 started = backstep_application_get_started (app);
  guint n_steps = backstep_application_get_measured_steps (app);
  Measure *measure;

  if (started == 0 && n_steps == 0)
    return;
  measure = g_new0 (Measure, 1);
  measure->window = self;
  measure->started = started;
  measure->n_steps = n_steps;
  measure->drags = backstep_application_measures_drags (app);
  if (measure->drags)
    backstep_window_show_page (self, "whatif");
  measure->seeks = backstep_application_measures_seeks (app);
  measure->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  measure->works = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_object_set_data_full (G_OBJECT (self), "measure", measure, free_measure);
  g_signal_connect (self, "realize", G_CALLBACK (on_realize), measure);
  g_signal_connect (self, "unrealize", G_CALLBACK (on_unrealize), measure);
}
