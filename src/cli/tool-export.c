/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "tool.h"

#ifdef BS_HAVE_DRAW
#include "draw/export.h"
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
  if (!bs_tool_choose_step (options, recording, &step))
    return BS_STATUS_USAGE;
  how = (BsExportOptions) { theme, direction, options->scale, options->transparent };
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
  if (options->output != NULL && has_known_ending (options->output))
    return export (options);
  bs_tool_warn (_("Where to? Say -o FILE, ending in .svg, .pdf, .png or .dot."));
  return BS_STATUS_USAGE;
}
