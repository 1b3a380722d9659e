/* SPDX-License-Identifier: MIT */

/* The embedded Python: started as `python3 FILE` starts it, but isolated from the user's settings, with the torch
 * package of this program before any other, and without bytecode files being written. */

#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdio.h>

#include <glib.h>

G_BEGIN_DECLS

typedef enum { BS_SCRIPT_FILE, BS_SCRIPT_COMMAND, BS_SCRIPT_STDIN } BsScriptKind;

typedef struct {
  BsScriptKind kind;
  const char *name;   /* as given; sys.argv[0] */
  char *path;         /* absolute; __file__ and in tracebacks; "<string>", "<stdin>" */
  char *folder;       /* sys.path[0]; real path; NULL: none */
  FILE *file;         /* open on the text */
  char *text;         /* whole text, or NULL: read it from @path; for COMMAND the code */
  gsize text_length;
  gboolean is_unsaved; /* @text is not what @path holds */
  char **args;        /* sys.argv[1:] */
  int n_args;
} BsScript;

/* The folder that holds the `torch` package: of the source tree when run from a build, else the installed one. */
const char *bs_python_torch_folder (void);

/* FALSE: Python could not be started; said on stderr. */
gboolean bs_python_start (const BsScript *script);
/* Runs the script in __main__. FALSE with a Python exception set. */
gboolean bs_python_run (const BsScript *script);
/* exit status that Python gives for the exception set, and prints what it prints; clears it. SystemExit included. */
int bs_python_report (const BsScript *script);
/* Status and text of a SystemExit, as Python takes them; the text (transfer full) goes to stderr. */
int bs_python_exit_status (PyObject *exit, char **text);
/* The text Python would print for @exception, without frames of the torch package. (transfer full) */
char *bs_python_format_exception (const BsScript *script, PyObject *exception);
/* Takes the frames of the torch package out of the exception's traceback: the user's are left. */
void bs_python_trim_traceback (PyObject *exception);
/* Ends Python as `python3` does: threads, atexit, flushed streams. @status, or 120 when flushing failed. */
int bs_python_finish (int status);

/* Loads the package before a script asks for it: a spare runner has the time. */
void bs_python_import_torch (void);

G_END_DECLS
