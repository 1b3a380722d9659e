/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "tool.h"

#ifdef BS_HAVE_DRAW
#include "draw/series.h"
#include "explain/explain.h"
#endif

#include <glib/gi18n.h>
#include <string.h>

static gboolean
has_known_ending (const char *path)
{
  return g_str_has_suffix (path, ".svg") || g_str_has_suffix (path, ".pdf") || g_str_has_suffix (path, ".png") ||
         g_str_has_suffix (path, ".dot");
}

#ifdef BS_HAVE_DRAW

static gboolean
choose (const char *what, const char *word, const char *const *words, int *out)
{
  if (word == NULL)
    return TRUE;
  for (*out = 0; words[*out] != NULL; (*out)++)
    if (strcmp (words[*out], word) == 0)
      return TRUE;
  bs_tool_warn (_("--%s %s: there is no such choice."), what, word);
  return FALSE;
}

/* "12..40", "12..", "all" */
static gboolean
read_range (const char *text, guint32 n, guint32 *from, guint32 *to)
{
  char *end;
  guint64 a, b = n;

  *from = 0;
  *to = n;
  if (strcmp (text, "all") == 0)
    return TRUE;
  a = g_ascii_strtoull (text, &end, 10);
  if (end == text || !g_str_has_prefix (end, ".."))
    return FALSE;
  text = end + 2;
  if (*text != '\0' && strcmp (text, "end") != 0) {
    b = g_ascii_strtoull (text, &end, 10);
    if (end == text || *end != '\0')
      return FALSE;
  }
  *from = MIN (a, n);
  *to = b;
  return a <= b && b <= n;
}

/* With --pass only what of the steps is in it. */
static gboolean
keep_to_pass (const BsToolOptions *options, BsRecording *recording, guint32 *from, guint32 *to)
{
  const BsPass *pass;
  guint32 step;

  if (options->pass == NULL)
    return TRUE;
  if (!bs_tool_choose_step (options, recording, &step))
    return FALSE;
  pass = bs_recording_get_pass (recording, bs_recording_find_pass (recording, step));
  *from = MAX (*from, pass->begin);
  *to = MIN (*to, pass->end);
  if (*from <= *to)
    return TRUE;
  bs_tool_warn (_("--steps %s: none of them is in pass %s, which has the steps %u to %u."), options->steps, options->pass, pass->begin, pass->end);
  return FALSE;
}

static int
export_series (const BsToolOptions *options, BsRecording *recording, const BsExportOptions *picture)
{
  static const char *const paces[] = { "change", "line", "phase", "pass", "event", NULL };
  BsSeriesOptions how = { .picture = *picture, .caption = options->caption ? bs_derive_event : NULL, .seconds = options->seconds };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) steps = NULL;
  g_autoptr (BsSeries) series = NULL;
  guint32 from, to;
  int pace = BS_PACE_CHANGE;

  if (!read_range (options->steps, bs_recording_get_n_events (recording), &from, &to)) {
    bs_tool_warn (_("--steps %s: say FROM..TO; the recording has the steps 0 to %u."), options->steps, bs_recording_get_n_events (recording));
    return BS_STATUS_USAGE;
  }
  if (!choose ("by", options->by, paces, &pace) || !keep_to_pass (options, recording, &from, &to))
    return BS_STATUS_USAGE;
  steps = bs_series_choose (recording, from, to, pace);
  series = bs_series_new (recording, steps, options->output, &how, &error);
  while (series != NULL && bs_series_get_progress (series) < 1)
    if (!bs_series_work (series, &error))
      break;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)) {
    bs_tool_warn ("%s", error->message);
    return BS_STATUS_USAGE;
  }
  if (error != NULL) {
    bs_tool_warn ("%s", error->message);
    return BS_STATUS_FAILED;
  }
  return bs_tool_report_end (recording) ? BS_STATUS_FAILED : BS_STATUS_OK;
}

/* A .dot file has all the numbers of its leaves: what was too large to be recorded comes from a second run. */
static void
fetch_missing (const BsToolOptions *options, BsRecording *recording, guint32 step)
{
  g_autoptr (GArray) tensors = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (BsRecording) details = NULL;

  bs_export_find_missing (recording, step, tensors);
  if (tensors->len > 0)
    details = bs_tool_run_whole (options, tensors->len, (const guint32 *) tensors->data, bs_recording_find_details_from (recording, step),
                                 bs_recording_get_n_events (recording));
  if (details != NULL)
    bs_recording_set_details (recording, details);
}

static int
export (const BsToolOptions *options)
{
  static const char *const themes[] = { "light", "dark", "high-contrast", NULL };
  static const char *const directions[] = { "right", "down", NULL };
  int theme = BS_THEME_LIGHT, direction = BS_LAYOUT_LEFT_TO_RIGHT, status = BS_STATUS_OK;
  g_autoptr (BsRecording) recording = NULL;
  g_autoptr (GError) error = NULL;
  BsExportOptions how;
  guint32 step;

  if (!choose ("theme", options->theme, themes, &theme) ||
      !choose ("direction", options->direction, directions, &direction))
    return BS_STATUS_USAGE;
  recording = bs_tool_open (options, &status);
  if (recording == NULL)
    return status;
  how = (BsExportOptions) { theme, direction, options->scale, options->transparent, options->unfold };
  if (options->steps != NULL)
    return export_series (options, recording, &how);
  if (!bs_tool_choose_step (options, recording, &step))
    return BS_STATUS_USAGE;
  if (g_str_has_suffix (options->output, ".dot"))
    fetch_missing (options, recording, step);
  if (!bs_export_step (recording, step, options->output, &how, &error)) {
    bs_tool_warn ("%s", error->message);
    return BS_STATUS_FAILED;
  }
  return bs_tool_report_end (recording) ? BS_STATUS_FAILED : BS_STATUS_OK;
}

#else

static int
export (const BsToolOptions *options)
{
  bs_tool_warn (_("This build cannot draw."));
  return BS_STATUS_FAILED;
}

#endif

int
bs_tool_export (const BsToolOptions *options)
{
  if (options->curves || options->landscape)
    return bs_tool_export_curves (options);
  if (options->output != NULL && (options->steps != NULL || has_known_ending (options->output)))
    return export (options);
  bs_tool_warn (_("Where to? Say -o FILE, ending in .svg, .pdf, .png or .dot; with --steps .png, .pdf, .gif, .webm or .mp4."));
  return BS_STATUS_USAGE;
}
