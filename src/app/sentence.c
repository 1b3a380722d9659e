/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "explain/explain.h"
#include "sentence.h"

#define COLUMNS_MAX 8
#define ROWS_MAX 16

char *
backstep_sentence (BsCursor *cursor)
{
  BsEvent event;

  if (!bs_cursor_get_event (cursor, &event))
    return g_strdup (_("Nothing has happened yet. The → key takes the first step."));
  if (event.kind == BS_EVENT_END)
    switch (event.end.how) {
    case BS_END_FINISHED: return g_strdup (_("The script has ended."));
    case BS_END_STOPPED: return g_strdup (_("The script was stopped here."));
    case BS_END_DIED: return g_strdup_printf (_("The script's process died: %s"), event.end.detail ? event.end.detail : "");
    case BS_END_TRUNCATED: return g_strdup (_("The recording is cut off here."));
    default: break;
    }
  return bs_explain_event (cursor);
}

BsDerivation *
backstep_sentence_derivation (BsCursor *cursor)
{
  BsDerivation *self;
  BsEvent event;

  if (bs_cursor_get_event (cursor, &event) && event.kind != BS_EVENT_END)
    return bs_derive_event (cursor);
  self = bs_derivation_new ();
  bs_derivation_add_sentence (self, backstep_sentence (cursor));
  return self;
}

char *
backstep_gradient_words (const BsTensorState *state, gboolean *has_numbers)
{
  *has_numbers = state->grad_state >= BS_GRAD_FLOWING;
  switch (state->grad_state) {
  case BS_GRAD_NOT_NEEDED: return g_strdup (_("It requires no gradient."));
  case BS_GRAD_NOT_YET: return g_strdup (_("Not computed yet."));
  case BS_GRAD_IS_NONE: return g_strdup (_("None: nothing has flowed here."));
  case BS_GRAD_FLOWING: return g_strdup (_("So far; more is to come."));
  case BS_GRAD_STALE:
    return g_strdup_printf (_("Kept from pass %u: nobody has cleared it."), state->grad_pass + 1);
  case BS_GRAD_CLEARED: return g_strdup (_("Cleared in this pass."));
  default: break;
  }
  if (state->n_accumulated > 1)
    return g_strdup_printf (ngettext ("The sum of %u backward walk.", "The sum of %u backward walks: nobody has cleared it.",
                                      state->n_accumulated), state->n_accumulated);
  if (!state->is_leaf && !state->retains_grad)
    return g_strdup (_("It flows through; a non-leaf keeps no .grad."));
  return g_strdup (_("Of this pass."));
}

char *
backstep_shape_text (const BsValue *value)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (value->n_dims == 0)
    return g_strdup (_("a single number"));
  for (guint i = 0; i < value->n_dims; i++)
    g_string_append_printf (text, i ? " × %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value->shape[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
cell_text (double x)
{
  char text[32];
  g_auto (GStrv) parts = NULL;

  if (isnan (x))
    return g_strdup ("nan");
  if (isinf (x))
    return g_strdup (x > 0 ? "inf" : "−inf");
  g_snprintf (text, sizeof text, "%.4g", x);
  parts = g_strsplit (text, "-", -1);
  return g_strjoinv ("−", parts);
}

static void
add_padded (GString *table, const char *cell, int width)
{
  for (int k = g_utf8_strlen (cell, -1); k < width; k++)
    g_string_append_c (table, ' ');
  g_string_append (table, cell);
}

static void
add_table (GString *table, const BsValue *value, guint rows, guint columns)
{
  guint shown_rows = MIN (rows, ROWS_MAX), shown_columns = MIN (columns, COLUMNS_MAX);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  int width = 0;

  for (guint r = 0; r < shown_rows; r++)
    for (guint c = 0; c < shown_columns; c++)
      {
        char *cell = cell_text (bs_value_get (value, r * columns + c));

        width = MAX (width, (int) g_utf8_strlen (cell, -1));
        g_ptr_array_add (cells, cell);
      }
  for (guint r = 0; r < shown_rows; r++)
    {
      for (guint c = 0; c < shown_columns; c++)
        add_padded (table, g_ptr_array_index (cells, r * shown_columns + c), width + (c > 0 ? 2 : 0));
      g_string_append (table, shown_columns < columns ? "  …\n" : "\n");
    }
  if (shown_rows < rows)
    g_string_append (table, "⋮\n");
}

char *
backstep_value_table (const BsValue *value)
{
  g_autoptr (GString) table = g_string_new (NULL);
  double min, max, mean, norm;
  guint columns, rows;

  if (value->how == BS_VALUE_DROPPED)
    return g_strdup (_("Not kept: too large."));
  if (value->numel == 1 && value->n_stored == 1)
    return bs_value_to_text (value, 7);
  if (value->n_stored == 0)
    return g_strdup (_("No elements."));
  columns = value->how == BS_VALUE_THUMBNAIL ? value->thumb_columns : value->n_dims > 0 ? value->shape[value->n_dims - 1] : 1;
  columns = MAX (columns, 1);
  rows = value->n_stored / columns;
  add_table (table, value, rows, columns);
  if (value->numel > 16)
    {
      bs_value_statistics (value, &min, &max, &mean, &norm);
      g_string_append_printf (table, _("min %.4g, max %.4g, mean %.4g, norm %.4g\n"), min, max, mean, norm);
    }
  if (value->how == BS_VALUE_THUMBNAIL)
    g_string_append (table, _("A sample: the whole is too large to be recorded.\n"));
  g_string_truncate (table, table->len - 1);
  return g_string_free (g_steal_pointer (&table), FALSE);
}

char *
backstep_status (BsCursor *cursor)
{
  static const char *const phases[] = { N_("forward"), N_("backward"), N_("update") };
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 step = bs_cursor_get_step (cursor), n = bs_recording_get_n_events (recording);
  guint32 n_passes = bs_recording_get_n_passes (recording);

  if (n_passes == 0)
    return g_strdup_printf (_("Step %u of %u"), step, n);
  return g_strdup_printf (_("Step %u of %u · pass %u of %u · %s"), step, n, bs_recording_find_pass (recording, step) + 1, n_passes,
                          _(phases[bs_recording_get_phase (recording, step > 0 ? step - 1 : 0)]));
}
