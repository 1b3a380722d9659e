/* SPDX-License-Identifier: MIT */

/* The command `backstep`: decides which program does the work and becomes it. It links nothing but the C library,
 * because every command pays for its start. */

#include "config.h"

#include <errno.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#define STATUS_USAGE 2

#include "place.h"

#define N_(text) text

static const char help_text[] = N_(
  "Usage: backstep [FILE]\n"
  "       backstep COMMAND [ARGUMENTS]\n"
  "\n"
  "A visual debugger for gradients: opens a PyTorch script or a recording of one,\n"
  "and walks through it in both directions.\n"
  "\n"
  "Commands\n"
  "  (none)    open the window\n"
  "  python    run a script as python3 with PyTorch would, in a sandbox\n"
  "  run       run a script and say what was recorded\n"
  "  trace     print the recorded steps, one a line\n"
  "  debug     step through it here, both ways\n"
  "  hints     say what went wrong without an error\n"
  "  export    write the picture of a step\n"
  "  record    save a recording\n"
  "  verify    check a recording\n"
  "  help      print this text; help graph: how a graph is written without a program\n"
  "\n"
  "Options\n"
  "  -h, --help      print this text\n"
  "  --version       print the version\n"
  "  --step STEP     open the window at this step\n"
  "  --new-window    open in a window of its own\n"
  "  --new-instance  do not join a Backstep that runs already\n"
  "\n"
  "Examples\n"
  "  backstep script.py\n"
  "  backstep python script.py 100\n"
  "  backstep trace script.py --json\n"
  "  backstep debug script.py -c 'break if loss < 21' -c continue -c vars\n"
  "  backstep export script.py --step 57 -o step.svg\n"
  "  backstep record script.py -o run.backstep\n"
  "\n"
  "Exit status\n"
  "  0  done\n"
  "  1  the script ended with an error (its own status, where it gave one), or a file\n"
  "     could not be read or written\n"
  "  2  the command could not be understood\n"
  "\n"
  "Each command explains itself: backstep COMMAND --help\n");

typedef struct {
  const char *name;
  const char *room;    /* folder of the program in a build tree */
  const char *program;
  const char *option;  /* stands in front of the user's arguments; NULL: the command's own name */
} Command;

static const Command commands[] = {
  { "python", "runner", "backstep-runner", "--plain" },
  { "run", "cli", "backstep-tool", NULL },
  { "trace", "cli", "backstep-tool", NULL },
  { "export", "cli", "backstep-tool", NULL },
  { "debug", "cli", "backstep-tool", NULL },
  { "hints", "cli", "backstep-tool", NULL },
  { "record", "cli", "backstep-tool", NULL },
  { "verify", "cli", "backstep-tool", NULL },
};

/* "/build/src/cli/backstep" has its fellows in "/build/src/ROOM"; an installed one in libexecdir. */
static void
find_program (char path[PATH_MAX], const char *room, const char *program)
{
  char self[PATH_MAX];
  ssize_t n = readlink ("/proc/self/exe", self, sizeof self - 1);
  char *slash;

  if (n > 0)
    {
      self[n] = '\0';
      if ((slash = strrchr (self, '/')) != NULL)
        {
          *slash = '\0';
          if (snprintf (path, PATH_MAX, "%s/../%s/%s", self, room, program) < PATH_MAX && access (path, X_OK) == 0)
            return;
        }
    }
  snprintf (path, PATH_MAX, "%s/%s", BS_LIBEXECDIR, program);
}

static int
become (const char *room, const char *program, const char *option, int argc, char **argv)
{
  char path[PATH_MAX];
  char **args = calloc (argc + 3, sizeof *args);
  int n = 0;

  if (args == NULL)
    return 1;
  find_program (path, room, program);
  args[n++] = path;
  if (option != NULL)
    args[n++] = (char *) option;
  for (int i = 0; i < argc; i++)
    args[n++] = argv[i];
  /* As in a recorded run, objects have the same addresses each time. */
  if (strcmp (room, "runner") == 0)
    personality (ADDR_NO_RANDOMIZE);
  execv (path, args);
  fprintf (stderr, "backstep: cannot start %s: %s\n", path, strerror (errno));
  free (args);
  return 1;
}

static int
print_help (void)
{
  setlocale (LC_ALL, "");
  bs_find_translations ();
  return fputs (gettext (help_text), stdout);
}

/* Those of the window, and GTK's own. */
static int
is_window_option (const char *word)
{
  static const char *const options[] = { "--new-instance", "--new-window", "--step", "--measure-", "--g", "--display" };

  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (strncmp (word, options[i], strlen (options[i])) == 0)
      return 1;
  return 0;
}

int
main (int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : NULL;

  /* One BLAS thread: results do not depend on the machine, and the sandbox holds for the whole process. */
  setenv ("OPENBLAS_NUM_THREADS", "1", 1);

  if (word == NULL)
    return become ("app", "backstep-window", NULL, 0, NULL);
  if (argc == 3 && strcmp (word, "help") == 0 && strcmp (argv[2], "graph") == 0)
    return become ("cli", "backstep-tool", "help-graph", 0, NULL);
  if (strcmp (word, "--help") == 0 || strcmp (word, "-h") == 0 || strcmp (word, "help") == 0)
    return print_help () < 0 || fflush (stdout) != 0;
  if (strcmp (word, "--version") == 0)
    return printf ("backstep %s\n", BS_VERSION) < 0 || fflush (stdout) != 0;

  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
    if (strcmp (word, commands[i].name) == 0)
      return become (commands[i].room, commands[i].program, commands[i].option ? commands[i].option : word, argc - 2,
                     argv + 2);

  if (word[0] == '-' && strcmp (word, "--") != 0 && access (word, F_OK) != 0 && !is_window_option (word))
    {
      fprintf (stderr, "backstep: unknown option %s\nTry: backstep --help\n", word);
      return STATUS_USAGE;
    }
  if (strchr (word, '/') == NULL && strchr (word, '.') == NULL && word[0] != '-' && access (word, F_OK) != 0)
    {
      fprintf (stderr, "backstep: %s is neither a command nor a file\nTry: backstep --help\n", word);
      return STATUS_USAGE;
    }
  return become ("app", "backstep-window", NULL, argc - 1, argv + 1);
}
