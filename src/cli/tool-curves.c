/* SPDX-License-Identifier: MIT */

/* Curves and landscapes as files. */

#include "config.h"

#include "tool.h"

#ifdef BS_HAVE_DRAW

#include "draw/landscape.h"
#include "draw/plot.h"
#include "explain/explain.h"

#include <glib/gi18n.h>
#include <string.h>

#define WIDTH 900.0
#define CURVES_HEIGHT 560.0
#define LANDSCAPE_HEIGHT 600.0

static int
choose (const char *word, const char *const *words, int otherwise)
{
  for (int i = 0; word != NULL && words[i] != NULL; i++)
    if (strcmp (word, words[i]) == 0)
      return i;
  return word == NULL ? otherwise : -1;
}

static int
write_file (const char *path, GBytes *bytes, const GError *problem)
{
  g_autoptr (GError) error = NULL;

  if (bytes == NULL) {
    bs_tool_warn ("%s", problem ? problem->message : "?");
    return BS_STATUS_FAILED;
  }
  if (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error))
    return BS_STATUS_OK;
  bs_tool_warn ("%s", error->message);
  return BS_STATUS_FAILED;
}

static gboolean
add_names (const BsToolOptions *options, BsRecording *recording, BsPlot *plot)
{
  for (guint i = 0; options->names != NULL && options->names[i] != NULL; i++) {
    BsFollower *follower = bs_follower_new_name (recording, options->names[i], bs_recording_get_n_events (recording), BS_FOLLOW_VALUE);

    if (follower == NULL) {
      bs_tool_warn (_("--plot %s: it is no number and no tensor of this run."), options->names[i]);
      return FALSE;
    }
    bs_plot_add (plot, follower);
  }
  return TRUE;
}

static int
export_curves (const BsToolOptions *options, BsRecording *recording, const char *ending, const BsExportOptions *how)
{
  static const char *const kinds[] = { "values", "gradients", "updates", NULL };
  g_autoptr (BsPlot) parameters = bs_plot_new (recording, FALSE), losses = bs_plot_new (recording, TRUE);
  BsPlot *plots[] = { parameters, losses };
  BsPlotScale log = { .log = TRUE };
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  int kind = choose (options->kind, kinds, BS_FOLLOW_VALUE);
  guint32 step = bs_recording_get_n_events (recording);

  if (kind < 0) {
    bs_tool_warn (_("--%s %s: there is no such choice."), "kind", options->kind);
    return BS_STATUS_USAGE;
  }
  if (!add_names (options, recording, parameters) || ((options->step != NULL || options->pass != NULL) && !bs_tool_choose_step (options, recording, &step)))
    return BS_STATUS_USAGE;
  bs_cursor_seek (cursor, step);
  bs_plot_set_what (parameters, kind);
  if (options->log) {
    bs_plot_set_scale (losses, BS_PLOT_Y, &log);
    if (kind != BS_FOLLOW_VALUE)
      bs_plot_set_scale (parameters, BS_PLOT_Y, &log);
  }
  bytes = bs_plot_export (G_N_ELEMENTS (plots), plots, cursor, ending, WIDTH, CURVES_HEIGHT, how, &error);
  return write_file (options->output, bytes, error);
}

/* --- the landscape -------------------------------------------------------------------------------------------------------------- */

static int
find_variable (BsLandscape *landscape, const char *name)
{
  guint n = bs_replay_get_n_variables (bs_landscape_get_replay (landscape));

  for (guint i = 0; i < n; i++) {
    g_autofree char *own = bs_landscape_dup_variable_name (landscape, i);

    if (strcmp (own, name) == 0)
      return i;
  }
  bs_tool_warn (_("--over: the loss does not depend on “%s”."), name);
  return BS_AXIS_NONE;
}

/* "w", "w;b", "net.weight[0, 1];net.bias[0]" */
static gboolean
set_axes (const BsToolOptions *options, BsLandscape *landscape)
{
  g_auto (GStrv) names = options->over != NULL ? g_strsplit (options->over, ";", 2) : NULL;
  int x, y = BS_AXIS_NONE;

  if (names == NULL || names[0] == NULL)
    return TRUE;
  x = find_variable (landscape, g_strstrip (names[0]));
  if (x < 0 || (names[1] != NULL && (y = find_variable (landscape, g_strstrip (names[1]))) < 0))
    return FALSE;
  bs_landscape_set_axes (landscape, x, x == y ? BS_AXIS_NONE : y);
  return TRUE;
}

static char *
label_of (BsLandscape *landscape, guint k)
{
  int axes[2];

  bs_landscape_get_axes (landscape, &axes[0], &axes[1]);
  if (axes[k] >= 0)
    return bs_landscape_dup_variable_name (landscape, axes[k]);
  return g_strdup (axes[k] == BS_AXIS_NONE ? "" : k == 0 ? _("main direction") : _("second direction"));
}

/* The last pass with a loss at or before the chosen step. */
static gboolean
find_pass (BsRecording *recording, guint32 step, guint32 *pass)
{
  if (bs_recording_get_n_passes (recording) == 0)
    return FALSE;
  *pass = bs_recording_find_pass (recording, step);
  while (*pass > 0 && bs_recording_get_pass (recording, *pass)->root == 0)
    (*pass)--;
  return bs_recording_get_pass (recording, *pass)->root != 0;
}

static int
export_landscape (const BsToolOptions *options, BsRecording *recording, const char *ending, const BsExportOptions *how)
{
  guint32 step = bs_recording_get_n_events (recording), pass;
  g_autoptr (BsLandscape) landscape = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *x = NULL, *y = NULL, *loss = NULL;
  BsLandscapeView view;
  BsLandscapeLook look;

  if ((options->step != NULL || options->pass != NULL) && !bs_tool_choose_step (options, recording, &step))
    return BS_STATUS_USAGE;
  if (find_pass (recording, step, &pass))
    landscape = bs_landscape_new (recording, pass, &error);
  if (landscape == NULL) {
    if (error != NULL)
      bs_tool_warn (_("The loss cannot be computed with other parameters: %s."), error->message);
    else
      bs_tool_warn (_("No loss in this pass: nothing calls backward()"));
    return BS_STATUS_FAILED;
  }
  if (!set_axes (options, landscape))
    return BS_STATUS_USAGE;
  bs_landscape_wait (landscape);
  bs_landscape_get_view (landscape, &view);
  if (view.problem != NULL) {
    bs_tool_warn (_("The loss cannot be computed with other parameters: %s."), view.problem);
    return BS_STATUS_FAILED;
  }
  x = label_of (landscape, 0);
  y = label_of (landscape, 1);
  loss = bs_explain_name (recording, bs_recording_get_pass (recording, pass)->root, bs_recording_get_pass (recording, pass)->backward);
  look = (BsLandscapeLook) { .labels = { x, y }, .loss = loss };
  bytes = bs_landscape_picture_export (&view, &look, ending, WIDTH, LANDSCAPE_HEIGHT, how, &error);
  return write_file (options->output, bytes, error);
}

int
bs_tool_export_curves (const BsToolOptions *options)
{
  static const char *const themes[] = { "light", "dark", "high-contrast", NULL };
  static const char *const endings[] = { ".svg", ".pdf", ".png", ".csv", NULL };
  const char *dot = options->output != NULL ? strrchr (options->output, '.') : NULL;
  g_autofree char *ending = g_ascii_strdown (dot ? dot : "", -1);
  g_autoptr (BsRecording) recording = NULL;
  BsExportOptions how = { .scale = options->scale, .transparent = options->transparent };
  int status = BS_STATUS_OK, theme = choose (options->theme, themes, BS_THEME_LIGHT);

  if (theme < 0 || choose (ending, endings, -1) < 0) {
    if (theme < 0)
      bs_tool_warn (_("--%s %s: there is no such choice."), "theme", options->theme);
    else
      bs_tool_warn (_("Where to? Say -o FILE, ending in .svg, .pdf, .png or .csv."));
    return BS_STATUS_USAGE;
  }
  how.theme = theme;
  recording = bs_tool_open (options, &status);
  if (recording == NULL)
    return status;
  status = options->curves ? export_curves (options, recording, ending, &how) : export_landscape (options, recording, ending, &how);
  if (status != BS_STATUS_OK)
    return status;
  return bs_tool_report_end (recording) ? BS_STATUS_FAILED : BS_STATUS_OK;
}

#else

#include <glib/gi18n.h>

int
bs_tool_export_curves (const BsToolOptions *options)
{
  bs_tool_warn (_("This build cannot draw."));
  return BS_STATUS_FAILED;
}

#endif
