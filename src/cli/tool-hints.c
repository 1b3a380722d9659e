/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "tool.h"

#include "evaluate/fixes.h"
#include "explain/explain.h"
#include "explain/mistakes.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* What the window would change. */
static void
print_fix (BsRecording *recording, const BsMistake *mistake, const BsPlace *place)
{
  g_autofree char *name = mistake->tensor ? bs_explain_name (recording, mistake->tensor, mistake->step) : NULL, *text = NULL;
  g_autoptr (GArray) splices = NULL;
  gsize length = 0;
  const char *source = place->file == 1 ? bs_recording_get_file_source (recording, 1, &length) : NULL;

  text = source && g_utf8_validate (source, length, NULL) ? g_strndup (source, length) : NULL;
  splices = text ? bs_fix_find (bs_fix_of_mistake (mistake->kind), text, place->line, name) : NULL;
  if (splices)
    printf (_("  The window can mend it: %s.\n"), bs_fix_title (bs_fix_of_mistake (mistake->kind)));
}

static void
print_hint (BsRecording *recording, const BsMistake *mistake)
{
  g_autofree char *text = bs_mistake_explain (recording, mistake), *base = NULL;
  const BsPlace *place;
  const char *path;
  BsEvent event;

  bs_recording_get_event (recording, mistake->step - 1, &event);
  place = bs_recording_get_place (recording, event.place);
  path = bs_recording_get_file_path (recording, place->file);
  base = path != NULL ? g_path_get_basename (path) : g_strdup ("-");
  printf (_("%s:%u, step %u: %s\n"), base, place->line, mistake->step, bs_mistake_title (mistake));
  printf ("  %s\n", text);
  if (mistake->n_others > 0)
    printf (ngettext ("  And %u more time.\n", "  And %u more times.\n", mistake->n_others), mistake->n_others);
  print_fix (recording, mistake, place);
}

int
bs_tool_hints (const BsToolOptions *options)
{
  int status = BS_STATUS_OK;
  g_autoptr (BsRecording) recording = bs_tool_open (options, &status);
  g_autoptr (BsMistakes) mistakes = NULL;
  const BsMistake *found;
  guint n;

  if (recording == NULL)
    return status;
  mistakes = bs_mistakes_new (recording);
  while (bs_mistakes_look (mistakes, G_MAXUINT32))
    ;
  found = bs_mistakes_get (mistakes, &n);
  for (guint i = 0; i < n; i++)
    print_hint (recording, &found[i]);
  if (n == 0)
    printf (_("Nothing to say.\n"));
  return fflush (stdout) == 0 ? BS_STATUS_OK : BS_STATUS_FAILED;
}
