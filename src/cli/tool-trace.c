/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "tool.h"

#include "explain/explain.h"
#include "recording/describe.h"

#include <glib/gi18n.h>
#include <stdio.h>

static const char *const phases[] = { N_("forward"), N_("backward"), N_("update") };

static void
append_text (GString *out, BsRecording *recording, guint32 index)
{
  BsEvent e;
  const BsPlace *place;
  const char *path;
  g_autofree char *where = NULL, *words = NULL, *base = NULL;

  bs_recording_get_event (recording, index, &e);
  place = bs_recording_get_place (recording, e.place);
  path = bs_recording_get_file_path (recording, place->file);
  base = path ? g_path_get_basename (path) : NULL;
  where = path ? g_strdup_printf ("%s:%u:%u", base, place->line, place->column + 1) : g_strdup ("-");
  words = bs_event_describe (recording, &e);
  g_strdelimit (words, "\n", ' ');
  g_string_append_printf (out, "%7u %4u %-8s %-24s %-14s %s\n", index + 1, bs_recording_find_pass (recording, index + 1),
                          _(phases[bs_recording_get_phase (recording, index + 1)]), where,
                          bs_event_kind_name (e.kind), words);
}

/* The mathematics of the step, set in below it. */
static void
append_explanation (GString *out, BsCursor *cursor, guint32 index)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  BsEvent e;

  bs_recording_get_event (bs_cursor_get_recording (cursor), index, &e);
  bs_cursor_seek (cursor, index + 1);
  if (e.kind == BS_EVENT_TENSOR)
    text = bs_explain_value (cursor, e.tensor.id, BS_NOTATION_TEXT);
  else if (e.kind == BS_EVENT_EDGE)
    text = bs_explain_edge (cursor, &e, BS_NOTATION_TEXT);
  lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    g_string_append_printf (out, "%63s%s\n", "", lines[i]);
}

int
bs_tool_trace (const BsToolOptions *options)
{
  int status = BS_STATUS_OK;
  g_autoptr (BsRecording) recording = bs_tool_open (options, &status);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (BsCursor) cursor = recording != NULL ? bs_cursor_new (recording) : NULL;
  guint32 step, from = 0, to;

  if (recording == NULL)
    return status;
  if (!bs_tool_choose_step (options, recording, &step))
    return BS_STATUS_USAGE;
  to = step;
  if (options->step != NULL)
    from = MAX (step, 1) - 1;
  else if (options->pass != NULL)
    from = bs_recording_get_pass (recording, bs_recording_find_pass (recording, step))->begin;
  for (guint32 i = from; i < to; i++) {
    if (options->json)
      bs_tool_append_json (out, recording, i);
    else
      append_text (out, recording, i);
    if (options->explain && !options->json)
      append_explanation (out, cursor, i);
    if (out->len > 1 << 16 || i + 1 == to) {
      if (fwrite (out->str, 1, out->len, stdout) != out->len)
        return BS_STATUS_FAILED;
      g_string_truncate (out, 0);
    }
  }
  if (fflush (stdout) != 0)
    return BS_STATUS_FAILED;
  return bs_tool_report_end (recording) ? BS_STATUS_FAILED : BS_STATUS_OK;
}
