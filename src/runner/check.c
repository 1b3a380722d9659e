/* SPDX-License-Identifier: MIT */

#include "config.h"

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

#include "check.h"

#define LONGEST (16 << 20)

static long
number_of (PyObject *error, const char *name)
{
  PyObject *value = PyObject_GetAttrString (error, name);
  long number = value && PyLong_Check (value) ? PyLong_AsLong (value) : 0;

  Py_XDECREF (value);
  PyErr_Clear ();
  return MAX (number, 0);
}

static void
print_error (PyObject *error)
{
  PyObject *message = PyObject_GetAttrString (error, "msg");
  const char *text = message && PyUnicode_Check (message) ? PyUnicode_AsUTF8 (message) : NULL;

  PyErr_Clear ();
  printf ("%ld %ld %ld %ld %s\n", number_of (error, "lineno"), number_of (error, "offset"), number_of (error, "end_lineno"),
          number_of (error, "end_offset"), text ? text : "invalid syntax");
  Py_XDECREF (message);
}

static void
check (const char *text)
{
  PyCompilerFlags flags = { .cf_flags = PyCF_ONLY_AST, .cf_feature_version = PY_MINOR_VERSION };
  PyObject *tree = Py_CompileStringFlags (text, "<text>", Py_file_input, &flags), *type, *error, *trace;

  if (tree)
    {
      /* What only the compiler finds: `return` outside a function. */
      flags.cf_flags = 0;
      Py_SETREF (tree, Py_CompileStringFlags (text, "<text>", Py_file_input, &flags));
    }
  Py_XDECREF (tree);
  if (!PyErr_Occurred ())
    return;
  PyErr_Fetch (&type, &error, &trace);
  PyErr_NormalizeException (&type, &error, &trace);
  if (PyErr_GivenExceptionMatches (error, PyExc_SyntaxError))
    print_error (error);
  else if (PyErr_GivenExceptionMatches (error, PyExc_ValueError))
    printf ("1 0 1 0 source code cannot contain null bytes\n");
  Py_XDECREF (type);
  Py_XDECREF (error);
  Py_XDECREF (trace);
}

int
bs_check_run (void)
{
  g_autofree char *text = g_malloc (LONGEST + 1);
  size_t n = fread (text, 1, LONGEST, stdin);

  text[n] = '\0';
  /* Python's warnings about the text ("is" with a literal) are none of ours. */
  PyRun_SimpleString ("import warnings; warnings.simplefilter('ignore')");
  if (memchr (text, '\0', n))
    printf ("1 0 1 0 source code cannot contain null bytes\n");
  else
    check (text);
  fflush (stdout);
  return 0;
}
