/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "help.h"

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

const char *
bs_help_for (PyObject *exception)
{
  if (PyErr_GivenExceptionMatches (exception, PyExc_SyntaxError) && text_begins_with (exception, "text", "%!"))
    // xgettext:no-c-format
    return N_("Lines that begin with % or ! are commands of Jupyter, not of Python: remove them.");
  return NULL;
}
