/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "notebook.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glib/gi18n.h>

static const char cells_code[] =
  "import json\n"
  "with open(path, encoding='utf-8') as file:\n"
  "    notebook = json.load(file)\n"
  "cells = notebook['cells'] if 'cells' in notebook else notebook['worksheets'][0]['cells']\n"
  "parts = []\n"
  "for cell in cells:\n"
  "    if cell.get('cell_type') == 'code':\n"
  "        source = cell.get('source', cell.get('input', ''))\n"
  "        source = source if isinstance(source, str) else ''.join(source)\n"
  "        parts.append(f'# Cell {len(parts) + 1}\\n{source.rstrip()}\\n')\n"
  "text = '\\n'.join(parts)\n";

static gboolean
use_text (BsScript *script, PyObject *text)
{
  Py_ssize_t n;
  const char *utf8 = text ? PyUnicode_AsUTF8AndSize (text, &n) : NULL;
  int fd = utf8 ? memfd_create ("cells", MFD_CLOEXEC) : -1;

  if (fd < 0 || write (fd, utf8, n) != n)
    return FALSE;
  lseek (fd, 0, SEEK_SET);
  if (script->file)
    fclose (script->file);
  g_free (script->text);
  script->text = g_strndup (utf8, n);
  script->text_length = n;
  script->file = fdopen (fd, "r");
  script->is_unsaved = TRUE;
  return TRUE;
}

gboolean
bs_notebook_open (BsScript *script)
{
  PyObject *scope, *path, *done;
  gboolean ok;

  if (script->kind != BS_SCRIPT_FILE || script->is_unsaved || !g_str_has_suffix (script->path, ".ipynb"))
    return TRUE;
  scope = PyDict_New ();
  path = PyUnicode_DecodeFSDefault (script->path);
  PyDict_SetItemString (scope, "__builtins__", PyEval_GetBuiltins ());
  PyDict_SetItemString (scope, "path", path);
  done = PyRun_String (cells_code, Py_file_input, scope, scope);
  ok = done && use_text (script, PyDict_GetItemString (scope, "text"));
  if (!ok)
    fprintf (stderr, _("backstep python: '%s' is not a notebook that can be read\n"), script->path);
  PyErr_Clear ();
  Py_XDECREF (done);
  Py_DECREF (path);
  Py_DECREF (scope);
  return ok;
}
