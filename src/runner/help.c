/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "help.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>

static gboolean
text_begins_with (PyObject *exception, const char *attribute, const char *characters)
{
  PyObject *value = PyObject_GetAttrString (exception, attribute);
  const char *text = value && PyUnicode_Check (value) ? PyUnicode_AsUTF8 (value) : NULL;
  gboolean found;

  PyErr_Clear ();
  while (text && (*text == ' ' || *text == '\t'))
    text++;
  found = text && *text && strchr (characters, *text);
  Py_XDECREF (value);
  return found;
}

static gboolean
is_errno (PyObject *exception, int number)
{
  PyObject *value = PyObject_GetAttrString (exception, "errno");
  gboolean found = value && PyLong_Check (value) && PyLong_AsLong (value) == number;

  PyErr_Clear ();
  Py_XDECREF (value);
  return found;
}

const char *
bs_help_for (PyObject *exception)
{
  if (PyErr_GivenExceptionMatches (exception, PyExc_SyntaxError) && text_begins_with (exception, "text", "%!"))
    return _("Lines that begin with % or ! are commands of Jupyter, not of Python: remove them.");
  if (PyErr_GivenExceptionMatches (exception, PyExc_ModuleNotFoundError))
    return _("Scripts can import Python's own library, NumPy, the modules beside the script, and Backstep's torch.");
  if (PyErr_GivenExceptionMatches (exception, PyExc_MemoryError))
    return _("A script may use so much memory as the preferences allow.");
  if (PyErr_GivenExceptionMatches (exception, PyExc_PermissionError) && is_errno (exception, EACCES))
    return _("Scripts run in a sandbox: they read Python's library and their own folder, and write only there, if you "
             "allow it.");
  if (PyErr_GivenExceptionMatches (exception, PyExc_PermissionError))
    return _("Scripts run in a sandbox: no network, no other programs, no signals to them.");
  return NULL;
}
