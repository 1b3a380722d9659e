/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "script.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "protocol.h"

#define STATUS_USAGE 2
#define MEMORY_LIMIT ((gsize) 4 << 30)

static const char help_text[] = N_ (
  "Usage: backstep python FILE [ARGUMENTS]\n"
  "       backstep python -c CODE [ARGUMENTS]\n"
  "       backstep python - [ARGUMENTS]        (the script comes from standard input)\n"
  "\n"
  "Runs a script as python3 with PyTorch would, on Backstep's own engine and in a sandbox:\n"
  "it reads Python's library and its own folder, and nothing else; no network, no programs.\n"
  "\n"
  "Options, before FILE\n"
  "  --allow-writing   let the script change files in its own folder\n"
  "  --memory=MIB      limit of its address space (default 4096)\n"
  "\n"
  "Example\n"
  "  backstep python script.py 100\n");

static int
complain (const char *format, ...)
{
  va_list args;

  fputs ("backstep python: ", stderr);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
  return STATUS_USAGE;
}

static char *
real_folder (const char *path)
{
  char *real = realpath (path, NULL);
  char *slash = real ? strrchr (real, '/') : NULL;

  if (slash)
    slash[slash == real] = '\0';
  return real;
}

static char *
absolute (const char *path)
{
  g_autofree char *here = NULL;

  if (path[0] == '/')
    return g_strdup (path);
  here = g_get_current_dir ();
  return g_build_filename (here, path, NULL);
}

int
bs_options_read_source (BsOptions *self)
{
  BsScript *script = &self->script;
  struct stat info;

  if (fstat (self->source, &info) != 0 || info.st_size < 0)
    return complain ("%s", g_strerror (errno));
  script->text = g_malloc (info.st_size + 1);
  script->text_length = info.st_size;
  script->text[info.st_size] = '\0';
  if (pread (self->source, script->text, info.st_size, 0) != info.st_size)
    return complain ("%s", g_strerror (errno));
  lseek (self->source, 0, SEEK_SET);
  script->file = fdopen (self->source, "r");
  return 0;
}

/* Python reads it again for itself; the recorder wants the text that ran. */
static void
read_text (BsScript *script)
{
  if (!g_file_get_contents (script->path, &script->text, &script->text_length, NULL))
    script->text = NULL;
}

static int
open_file (BsOptions *self)
{
  BsScript *script = &self->script;
  struct stat info;

  script->path = absolute (script->name);
  script->folder = real_folder (script->path);
  if (script->folder == NULL && self->source >= 0)
    {
      g_autofree char *parent = g_path_get_dirname (script->path);
      script->folder = realpath (parent, NULL);
    }
  script->is_unsaved = self->source >= 0;
  if (self->spare)
    return 0;
  if (self->source >= 0)
    return bs_options_read_source (self);
  script->file = fopen (script->path, "re");
  if (script->file == NULL)
    return complain ("can't open file '%s': [Errno %d] %s", script->path, errno, strerror (errno));
  if (fstat (fileno (script->file), &info) == 0 && S_ISDIR (info.st_mode))
    return complain ("'%s' is a folder, not a script", script->path);
  if (self->record)
    read_text (script);
  return 0;
}

static int
find_script (BsOptions *self, int argc, char **argv)
{
  BsScript *script = &self->script;
  const char *word = argc > 0 ? argv[0] : NULL;
  int used = 1;

  if (word == NULL)
    return complain (_("which file? Try: backstep python --help"));
  script->name = word;
  if (strcmp (word, "-c") == 0)
    {
      if (argc < 2)
        return complain (_("-c needs the code to run"));
      script->kind = BS_SCRIPT_COMMAND;
      script->text = g_strconcat (argv[1], "\n", NULL);
      script->text_length = strlen (script->text);
      script->path = g_strdup ("<string>");
      used = 2;
    }
  else if (strcmp (word, "-") == 0)
    {
      script->kind = BS_SCRIPT_STDIN;
      script->file = stdin;
      script->path = g_strdup ("<stdin>");
    }
  else if (word[0] == '-' && word[1] != '\0')
    return complain (_("unknown option %s. Try: backstep python --help"), word);
  script->args = argv + used;
  script->n_args = argc - used;
  if (script->kind == BS_SCRIPT_FILE)
    return open_file (self);
  script->folder = realpath (".", NULL);
  return 0;
}

/* What the parent left open is none of the script's business. */
static void
close_inherited (const BsOptions *self)
{
  syscall (SYS_close_range, self->source >= 0 ? BS_RUNNER_SOURCE + 1 : self->record ? BS_RUNNER_SOCKET + 1 : 3, ~0U, 0);
}

int
bs_options_parse (BsOptions *self, int argc, char **argv)
{
  int i = 1;

  *self = (BsOptions) { .source = -1, .socket = -1, .memory_limit = MEMORY_LIMIT };
  for (; i < argc && argv[i][0] == '-' && argv[i][1] == '-'; i++)
    {
      if (strcmp (argv[i], "--plain") == 0)
        self->record = FALSE;
      else if (strcmp (argv[i], "--record") == 0)
        {
          self->record = TRUE;
          self->socket = BS_RUNNER_SOCKET;
        }
      else if (strcmp (argv[i], "--check") == 0)
        self->check = TRUE;
      else if (strcmp (argv[i], "--unsaved") == 0)
        self->source = BS_RUNNER_SOURCE;
      else if (strcmp (argv[i], "--spare") == 0)
        {
          self->source = BS_RUNNER_SOURCE;
          self->spare = TRUE;
        }
      else if (strcmp (argv[i], "--allow-writing") == 0)
        self->allow_writing = TRUE;
      else if (g_str_has_prefix (argv[i], "--memory="))
        self->memory_limit = g_ascii_strtoull (argv[i] + 9, NULL, 10) << 20;
      else if (strcmp (argv[i], "--without-landlock") == 0)
        self->without_landlock = TRUE;
      else if (strcmp (argv[i], "--without-seccomp") == 0)
        self->without_seccomp = TRUE;
      else if (strcmp (argv[i], "--help") == 0)
        {
          fputs (_(help_text), stdout);
          fflush (stdout);
          _exit (0);
        }
      else if (strcmp (argv[i], "--") == 0)
        {
          i++;
          break;
        }
      else
        return complain (_("unknown option %s. Try: backstep python --help"), argv[i]);
    }
  close_inherited (self);
  return find_script (self, argc - i, argv + i);
}
