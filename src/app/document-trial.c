/* SPDX-License-Identifier: MIT */

/* What if: the newest text wins. A short run is let finish and shown even when a newer text waits, so that something moves while
 * the hand does; a longer one is overtaken. */

#include "config.h"

#include <string.h>

#include "document-private.h"
#include "settings.h"

#define PATIENCE_US (150 * 1000) /* before the next text overtakes, or an unfinished run is shown */

/* --- runners kept ready ------------------------------------------------------------------------------------------------ */

static gboolean
refill (gpointer data)
{
  BackstepDocument *self = data;
  g_autofree char *path = backstep_document_dup_run_path (self);
  BsSessionOptions options = { .path = path, .memory_limit = (gsize) backstep_settings_get_int ("memory-mib", 0) << 20,
                               .allow_writing = backstep_settings_may_write (self->file) };

  self->spare_id = 0;
  for (guint i = 0; path && i < BACKSTEP_SPARES; i++)
    if (self->spares[i] == NULL)
      self->spares[i] = bs_spare_new (&options);
  return G_SOURCE_REMOVE;
}

static void
queue_refill (BackstepDocument *self)
{
  if (self->ready && self->spare_id == 0)
    self->spare_id = g_timeout_add (1, refill, self);
}

static void
drop_spares (BackstepDocument *self)
{
  g_clear_handle_id (&self->spare_id, g_source_remove);
  for (guint i = 0; i < BACKSTEP_SPARES; i++)
    g_clear_pointer (&self->spares[i], bs_spare_free);
}

static BsSpare *
take_spare (BackstepDocument *self)
{
  BsSpare *spare = self->spares[0];

  memmove (self->spares, self->spares + 1, (BACKSTEP_SPARES - 1) * sizeof *self->spares);
  self->spares[BACKSTEP_SPARES - 1] = NULL;
  return spare;
}

void
backstep_document_set_ready (BackstepDocument *self, gboolean ready)
{
  if (self->ready == ready)
    return;
  self->ready = ready;
  if (ready)
    queue_refill (self);
  else
    drop_spares (self);
}

/* --- coming and going ---------------------------------------------------------------------------------------------------- */

static void start_next (BackstepDocument *self);

static void
drop_coming (BackstepDocument *self)
{
  g_clear_handle_id (&self->coming_id, g_source_remove);
  if (self->coming == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->coming->recording, self);
  g_signal_handlers_disconnect_by_data (self->coming->session, self);
  g_clear_object (&self->coming);
}

static void
set_problem (BackstepDocument *self, BackstepRun *run)
{
  BsRecording *recording = run->recording;
  guint32 n = bs_recording_get_n_events (recording);
  BsEvent event;

  g_clear_pointer (&self->trial_problem, g_free);
  if (!bs_recording_is_finished (recording))
    return;
  for (guint32 k = 0; k < MIN (n, 4096); k++)
    if (bs_recording_get_kind (recording, n - 1 - k) == BS_EVENT_ERROR)
      {
        bs_recording_get_event (recording, n - 1 - k, &event);
        self->trial_problem = g_strdup_printf ("%s: %s", event.error.type, event.error.message);
        return;
      }
}

/* It takes the place of the trial before it. */
static void
take_in (BackstepDocument *self, BackstepRun *run, guint32 step)
{
  BackstepRun *former = self->trial && g_ptr_array_find (self->runs, self->trial, NULL) ? g_object_ref (self->trial) : NULL;

  if (former == NULL)
    {
      self->base = self->run;
      backstep_document_drop_oldest (self);
    }
  bs_cursor_seek (run->cursor, step);
  self->spot_step = step;
  self->trial = run;
  self->wanted = 0;
  g_ptr_array_add (self->runs, g_object_ref (run));
  if (former)
    g_ptr_array_remove (self->runs, former); /* still alive: what is shown lets go of it in its own time */
  backstep_document_show (self, run);
  g_clear_object (&former);
}

static void
arrive (BackstepDocument *self, guint32 step)
{
  g_autoptr (BackstepRun) run = g_object_ref (self->coming);
  gboolean is_empty = bs_recording_is_finished (run->recording) && bs_recording_get_n_passes (run->recording) <= 1
                      && bs_recording_get_n_curves (run->recording) == 0;

  drop_coming (self);
  set_problem (self, run);
  /* A text that cannot be run at all shows nothing: the former picture stays, and a word why. */
  if (!(is_empty && self->trial_problem))
    take_in (self, run, step);
  queue_refill (self);
  backstep_document_say_changed (self);
  if (self->next_text)
    start_next (self);
}

static void
look_at_coming (BackstepDocument *self)
{
  gboolean late = g_get_monotonic_time () - self->coming_since >= PATIENCE_US, there;
  BsSessionState state = bs_session_get_state (self->coming->session);
  guint32 step;

  there = backstep_spot_find (&self->spot, self->coming->recording, &step);
  if (bs_recording_is_finished (self->coming->recording) || state == BS_SESSION_PAUSED || state == BS_SESSION_WAITING || (late && there))
    arrive (self, step);
  else if (late && self->next_text)
    start_next (self);
}

static gboolean
on_patience (gpointer data)
{
  BackstepDocument *self = data;

  self->coming_id = 0;
  look_at_coming (self);
  backstep_document_say_changed (self); /* it is slow */
  return G_SOURCE_REMOVE;
}

static void
start_next (BackstepDocument *self)
{
  g_autofree char *path = backstep_document_dup_run_path (self), *text = g_steal_pointer (&self->next_text);
  g_autofree char *name = g_steal_pointer (&self->next_name);
  g_autoptr (BsSession) session = bs_session_new ();
  g_autoptr (GError) error = NULL;
  BsSessionOptions options = { .path = path, .source = text, .source_length = strlen (text),
                               .event_limit = backstep_settings_get_int ("event-limit", 0),
                               .memory_limit = (gsize) backstep_settings_get_int ("memory-mib", 0) << 20,
                               .allow_writing = backstep_settings_may_write (self->file) };

  drop_coming (self);
  if (path == NULL || self->run == NULL)
    return;
  if (bs_cursor_get_step (self->run->cursor) != self->spot_step || self->trial == NULL)
    backstep_spot_of (self->run->cursor, &self->spot);
  options.spare = take_spare (self);
  queue_refill (self);
  if (!bs_session_start (session, &options, &error))
    {
      g_free (self->trial_problem);
      self->trial_problem = g_strdup (error->message);
      backstep_document_say_changed (self);
      return;
    }
  self->coming = backstep_run_new (name, text, g_object_ref (bs_session_get_recording (session)), g_object_ref (session));
  self->coming_since = g_get_monotonic_time ();
  self->coming_id = g_timeout_add (PATIENCE_US / 1000 + 1, on_patience, self);
  g_signal_connect_object (self->coming->recording, "grown", G_CALLBACK (look_at_coming), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->coming->recording, "ended", G_CALLBACK (look_at_coming), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (look_at_coming), self, G_CONNECT_SWAPPED);
}

void
backstep_document_try (BackstepDocument *self, const char *text, const char *name)
{
  g_return_if_fail (BACKSTEP_IS_DOCUMENT (self));

  if (self->run == NULL || self->is_recording)
    return;
  g_free (self->next_text);
  g_free (self->next_name);
  self->next_text = g_strdup (text);
  self->next_name = g_strdup (name);
  if (self->coming == NULL || g_get_monotonic_time () - self->coming_since >= PATIENCE_US)
    start_next (self);
}

void
backstep_document_forget_trial (BackstepDocument *self)
{
  drop_coming (self);
  g_clear_pointer (&self->next_text, g_free);
  g_clear_pointer (&self->next_name, g_free);
  g_clear_pointer (&self->trial_problem, g_free);
  self->trial = self->base = NULL;
}

/* The one that was shown before, at the place that is shown now. */
static void
go_back (BackstepDocument *self, BackstepRun *trial, BackstepRun *base)
{
  BackstepSpot spot;
  guint32 step, i;

  if (trial == self->run)
    {
      if (!g_ptr_array_find (self->runs, base, NULL))
        {
          g_ptr_array_find (self->runs, trial, &i);
          base = g_ptr_array_index (self->runs, i > 0 ? i - 1 : 1);
        }
      backstep_spot_of (trial->cursor, &spot);
      backstep_spot_find (&spot, base->recording, &step);
      bs_cursor_seek (base->cursor, step);
      self->wanted = 0;
      backstep_document_show (self, base);
    }
  backstep_document_remove_run (self, trial);
}

void
backstep_document_end_trial (BackstepDocument *self, gboolean keep)
{
  BackstepRun *trial = self->trial, *base = self->base;

  g_return_if_fail (BACKSTEP_IS_DOCUMENT (self));

  backstep_document_forget_trial (self);
  if (trial && !keep && self->runs->len > 1)
    go_back (self, trial, base);
  backstep_document_say_changed (self);
}

BackstepRun *
backstep_document_get_trial (BackstepDocument *self)
{
  return self->trial;
}

gboolean
backstep_document_is_trying (BackstepDocument *self)
{
  return self->coming != NULL;
}

gboolean
backstep_document_is_trial_slow (BackstepDocument *self)
{
  return self->coming != NULL && g_get_monotonic_time () - self->coming_since >= PATIENCE_US;
}

const char *
backstep_document_get_trial_problem (BackstepDocument *self)
{
  return self->trial_problem;
}
