/* SPDX-License-Identifier: MIT */

/* backstep debug: reads commands, from -c or from standard input. */

#include "config.h"

#include "tool.h"

#include "debugger.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
read_commands (BsDebugger *debugger)
{
  gboolean interactive = isatty (STDIN_FILENO);
  size_t allocated = 0;
  char *line = NULL;

  if (interactive)
    printf (_("“help” lists the commands.\n"));
  bs_debugger_show (debugger);
  while (!debugger->quit) {
    if (interactive)
      printf ("(backstep) ");
    fflush (stdout);
    if (getline (&line, &allocated, stdin) < 0)
      break;
    bs_debugger_obey (debugger, line);
  }
  free (line);
}

int
bs_tool_debug (const BsToolOptions *options)
{
  int status = BS_STATUS_OK;
  g_autoptr (BsRecording) recording = bs_tool_open (options, &status);
  BsDebugger debugger;

  if (recording == NULL)
    return status;
  bs_debugger_init (&debugger, recording, options);
  for (guint i = 0; options->commands != NULL && options->commands[i] != NULL && !debugger.quit; i++)
    bs_debugger_obey (&debugger, options->commands[i]);
  if (options->commands == NULL)
    read_commands (&debugger);
  fflush (stdout);
  status = options->commands != NULL && debugger.failed ? BS_STATUS_FAILED : BS_STATUS_OK;
  bs_debugger_clear (&debugger);
  return status;
}
