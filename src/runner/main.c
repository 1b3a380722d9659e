/* SPDX-License-Identifier: MIT */

/* The child process that runs a script: `backstep-runner --plain FILE ARGS...` as python3 would, or, started by a
 * session, `--record FILE ARGS...` with a recorder that writes every step to the session's socket. With `--spare` it makes
 * everything ready and waits for the script's text. A FILE that ends in .dot is a graph, not a script: it runs without Python, in
 * the same sandbox. */

#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "audit.h"
#include "channel.h"
#include "check.h"
#include "graph.h"
#include "notebook.h"
#include "place.h"
#include "recorder.h"
#include "python.h"
#include "record.h"
#include "sandbox.h"
#include "script.h"

#ifdef __SANITIZE_ADDRESS__
/* Python keeps what it has until the end, and the leak checker is a process that the sandbox forbids. */
const char *__asan_default_options (void);
const char *
__asan_default_options (void)
{
  return "detect_leaks=0:allocator_may_return_null=1";
}
#endif

/* Landlock holds for one thread and its children, so nobody may have started another before. OpenBLAS does while it
 * is loaded, unless it was told not to. */
static void
insist_on_one_thread (char **argv)
{
  const char *threads = getenv ("OPENBLAS_NUM_THREADS");

  if (threads && strcmp (threads, "1") == 0)
    return;
  setenv ("OPENBLAS_NUM_THREADS", "1", 1);
  execv ("/proc/self/exe", argv);
}

static void
enter_sandbox (const BsOptions *options)
{
  const char *readable[] = { bs_python_torch_folder (), NULL };
  const BsSandbox sandbox = {
    .folder = options->script.folder,
    .readable = readable,
    .allow_writing = options->allow_writing,
    .memory_limit = options->memory_limit,
    .dies_with_parent = options->record,
    .without_landlock = options->without_landlock,
    .without_seccomp = options->without_seccomp,
  };
  g_autofree char *warning = NULL;

  if (bs_sandbox_enter (&sandbox, &warning))
    return;
  if (options->record)
    bs_channel_send (BS_MESSAGE_WARNING, warning, strlen (warning));
  else
    fprintf (stderr, "backstep: %s\n", warning);
}

static int
run_plain (const BsScript *script)
{
  gboolean interrupted = FALSE;
  int status = 0;

  bs_figures_install (FALSE);
  if (!bs_python_run (script))
    {
      interrupted = PyErr_ExceptionMatches (PyExc_KeyboardInterrupt);
      status = bs_python_report (script);
    }
  status = bs_python_finish (status);
  if (interrupted)
    {
      signal (SIGINT, SIG_DFL);
      kill (getpid (), SIGINT);
      status = 128 + SIGINT;
    }
  return status;
}

int
main (int argc, char **argv)
{
  BsOptions options;
  int status;

  insist_on_one_thread (argv);
  setlocale (LC_MESSAGES, "");
  bs_find_translations ();
  status = bs_options_parse (&options, argc, argv);
  if (status != 0)
    return status;
  if (options.record)
    bs_channel_open (options.socket);
  if (bs_graph_is_script (&options.script))
    {
      if (!options.record)
        return bs_graph_refuse (&options.script);
      bs_graph_prepare ();
      enter_sandbox (&options);
      return bs_graph_record_run (&options.script);
    }
  if (!bs_python_start (&options.script))
    return 1;
  if (!bs_notebook_open (&options.script))
    return 1;
  if (options.spare)
    bs_python_import_torch ();
  enter_sandbox (&options);
  setlocale (LC_MESSAGES, "C"); /* the script's own errors are in English, as python3 says them */
  if (options.check)
    return bs_check_run ();
  bs_audit_install ();
  if (options.spare)
    {
      bs_channel_wait_for_start ();
      status = bs_options_read_source (&options);
      if (status != 0)
        return status;
    }
  return options.record ? bs_record_run (&options.script) : run_plain (&options.script);
}
