/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "place.h"
#include "python.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_TORCH
#include "torch/torch.h"
#endif

/* What site.py adds to the built-ins; the rest of it costs a third of Python's start and finds nothing here. */
static const char site_code[] =
  "import sys, builtins, _sitebuiltins\n"
  "builtins.quit = _sitebuiltins.Quitter('quit', 'Ctrl-D (i.e. EOF)')\n"
  "builtins.exit = _sitebuiltins.Quitter('exit', 'Ctrl-D (i.e. EOF)')\n"
  "builtins.help = _sitebuiltins._Helper()\n"
  "builtins.copyright = _sitebuiltins._Printer('copyright', sys.copyright)\n"
  "builtins.license = _sitebuiltins._Printer('license', 'See https://www.python.org/psf/license/')\n"
  "builtins.credits = _sitebuiltins._Printer('credits', 'See www.python.org for more information.')\n";

/* Python's traceback printer reads source lines from the file, by descriptor; unsaved text is in another one. */
static const char shadow_code[] =
  "import io\n"
  "real_open = io.open\n"
  "def shadow(path, *args, **keywords):\n"
  "    return real_open(text, 'rb', closefd=False) if path == name else real_open(path, *args, **keywords)\n"
  "io.open = shadow\n";

static const char unshadow_code[] = "io.open = real_open\n";

const char *
bs_python_torch_folder (void)
{
  static char *folder;

  if (folder)
    return folder;
  if (bs_in_build_tree ())
    {
      folder = g_strdup (BS_BUILD_ROOT "/src/torch/python");
      if (access (BS_BUILD_ROOT "/src/torch/python/torch/__init__.py", R_OK) != 0)
        folder = g_strdup (BS_SOURCE_ROOT "/src/torch/python");
    }
  else
    folder = g_strdup (BS_PKGDATADIR);
  return folder;
}

static gboolean
say_status (PyStatus status)
{
  if (!PyStatus_Exception (status))
    return TRUE;
  fprintf (stderr, "backstep: Python does not start: %s\n", status.err_msg ? status.err_msg : "unknown reason");
  return FALSE;
}

static PyStatus
set_arguments (PyConfig *config, const BsScript *script)
{
  int n = script->n_args + 1;
  g_autofree char **argv = g_new0 (char *, n + 1);

  argv[0] = (char *) script->name;
  for (int i = 1; i < n; i++)
    argv[i] = script->args[i - 1];
  return PyConfig_SetBytesArgv (config, n, argv);
}

static PyStatus
initialize (const BsScript *script)
{
  PyPreConfig pre;
  PyConfig config;
  PyStatus status;

  PyPreConfig_InitIsolatedConfig (&pre);
  pre.utf8_mode = 1; /* the same text on every machine */
  status = Py_PreInitialize (&pre);
  if (PyStatus_Exception (status))
    return status;
  PyConfig_InitPythonConfig (&config);
  config.use_environment = 0;
  config.user_site_directory = 0;
  config.site_import = 0;
  config.parse_argv = 0;
  config.pathconfig_warnings = 0;
  config.write_bytecode = 0;
  config.safe_path = 1; /* run_script sets sys.path[0] */
  config.use_hash_seed = 1;
  config.hash_seed = 0;
  PyConfig_SetString (&config, &config.program_name, L"/usr/bin/python3");
  PyConfig_SetString (&config, &config.stdio_encoding, L"utf-8");
  PyConfig_SetString (&config, &config.stdio_errors, L"strict");
  status = set_arguments (&config, script);
  if (!PyStatus_Exception (status))
    status = Py_InitializeFromConfig (&config);
  PyConfig_Clear (&config);
  return status;
}

static void
insert_path (Py_ssize_t at, const char *folder)
{
  PyObject *path = PySys_GetObject ("path");
  PyObject *text = PyUnicode_DecodeFSDefault (folder);

  if (path && text)
    PyList_Insert (path, at < 0 ? PyList_GET_SIZE (path) : at, text);
  Py_XDECREF (text);
}

static void
set_paths (const BsScript *script)
{
  insert_path (0, bs_python_torch_folder ());
  insert_path (-1, "/usr/local/lib/python3.11/dist-packages");
  insert_path (-1, "/usr/lib/python3/dist-packages");
  if (script->folder)
    insert_path (0, script->folder);
}

gboolean
bs_python_start (const BsScript *script)
{
#ifdef HAVE_TORCH
  PyImport_AppendInittab ("_torch", PyInit__torch);
#endif
  if (!say_status (initialize (script)))
    return FALSE;
  if (PyRun_SimpleString ("") != 0)
    return FALSE;
  {
    PyObject *scope = PyDict_New ();
    PyObject *done;

    PyDict_SetItemString (scope, "__builtins__", PyEval_GetBuiltins ());
    done = PyRun_String (site_code, Py_file_input, scope, scope);
    if (done == NULL)
      PyErr_Print ();
    Py_XDECREF (done);
    Py_DECREF (scope);
  }
  set_paths (script);
  return TRUE;
}

void
bs_python_import_torch (void)
{
  PyObject *module = PyImport_ImportModule ("torch");

  Py_XDECREF (module);
  PyErr_Clear (); /* the script will hear of it */
}

/* __main__ as `python3 FILE` fills it. */
static void
fill_main (PyObject *dict, const BsScript *script)
{
  PyObject *path = PyUnicode_DecodeFSDefault (script->path);
  PyObject *modules = PyImport_GetModuleDict ();
  PyObject *importer = PyDict_GetItemString (modules, "_frozen_importlib_external");
  PyObject *loader;

  PyDict_SetItemString (dict, "__file__", path);
  PyDict_SetItemString (dict, "__cached__", Py_None);
  loader = importer ? PyObject_CallMethod (importer, "SourceFileLoader", "sO", "__main__", path) : NULL;
  if (loader)
    PyDict_SetItemString (dict, "__loader__", loader);
  else
    PyErr_Clear ();
  Py_XDECREF (loader);
  Py_DECREF (path);
}

gboolean
bs_python_run (const BsScript *script)
{
  PyObject *module = PyImport_AddModule ("__main__");
  PyObject *dict = PyModule_GetDict (module);
  PyObject *result;
  PyCompilerFlags flags = _PyCompilerFlags_INIT;

  if (script->kind == BS_SCRIPT_FILE)
    fill_main (dict, script);
  if (script->kind == BS_SCRIPT_COMMAND)
    {
      flags.cf_flags |= PyCF_IGNORE_COOKIE;
      result = PyRun_StringFlags (script->text, Py_file_input, dict, dict, &flags);
    }
  else
    result = PyRun_FileExFlags (script->file, script->path, Py_file_input, dict, dict, FALSE, &flags);
  Py_XDECREF (result);
  return result != NULL;
}

static gboolean
is_of_torch (PyTracebackObject *entry)
{
  PyCodeObject *code = PyFrame_GetCode (entry->tb_frame);
  const char *file = PyUnicode_AsUTF8 (code->co_filename);
  gboolean found = file && g_str_has_prefix (file, bs_python_torch_folder ());

  if (file == NULL)
    PyErr_Clear ();
  Py_DECREF (code);
  return found;
}

static void
trim (PyObject *exception)
{
  PyObject *traceback = PyException_GetTraceback (exception);
  PyTracebackObject *first = (PyTracebackObject *) traceback, *entry;

  /* An error at the package's own level is the package's; without a user's frame the whole story stays. */
  if (traceback == NULL || is_of_torch (first))
    {
      Py_XDECREF (traceback);
      return;
    }
  for (entry = first; entry; )
    {
      PyTracebackObject *next = entry->tb_next;

      if (next == NULL || !is_of_torch (next))
        {
          entry = next;
          continue;
        }
      entry->tb_next = next->tb_next;
      Py_XINCREF (entry->tb_next);
      Py_DECREF (next);
    }
  Py_DECREF (traceback);
}

void
bs_python_trim_traceback (PyObject *exception)
{
  int depth = 0;

  Py_INCREF (exception);
  while (exception && depth++ < 100)
    {
      PyObject *next;

      trim (exception);
      next = PyException_GetCause (exception);
      if (next == NULL)
        next = PyException_GetContext (exception);
      Py_DECREF (exception);
      exception = next;
    }
  Py_XDECREF (exception);
}

static PyObject *
shadow_source (const BsScript *script)
{
  PyObject *scope, *name, *text, *done;

  if (!script->is_unsaved)
    return NULL;
  scope = PyDict_New ();
  name = PyUnicode_DecodeFSDefault (script->path);
  text = PyLong_FromLong (fileno (script->file));
  lseek (fileno (script->file), 0, SEEK_SET);
  PyDict_SetItemString (scope, "__builtins__", PyEval_GetBuiltins ());
  PyDict_SetItemString (scope, "name", name);
  PyDict_SetItemString (scope, "text", text);
  done = PyRun_String (shadow_code, Py_file_input, scope, scope);
  Py_XDECREF (done);
  Py_DECREF (name);
  Py_DECREF (text);
  PyErr_Clear ();
  return scope;
}

static void
unshadow_source (PyObject *scope)
{
  PyObject *done;

  if (scope == NULL)
    return;
  done = PyRun_String (unshadow_code, Py_file_input, scope, scope);
  Py_XDECREF (done);
  PyErr_Clear ();
  Py_DECREF (scope);
}

int
bs_python_report (const BsScript *script)
{
  PyObject *type, *value, *traceback, *scope;

  PyErr_Fetch (&type, &value, &traceback);
  PyErr_NormalizeException (&type, &value, &traceback);
  if (traceback)
    PyException_SetTraceback (value, traceback);
  if (!PyErr_GivenExceptionMatches (value, PyExc_SystemExit))
    {
      bs_python_trim_traceback (value);
      Py_XDECREF (traceback);
      traceback = PyException_GetTraceback (value);
    }
  scope = shadow_source (script);
  PyErr_Restore (type, value, traceback);
  PyErr_Print (); /* for SystemExit: ends the process */
  unshadow_source (scope);
  return 1;
}

int
bs_python_exit_status (PyObject *exit, char **text)
{
  PyObject *code = PyObject_GetAttrString (exit, "code");
  int status = 1;

  *text = NULL;
  if (code == NULL || code == Py_None)
    status = 0;
  else if (PyLong_Check (code))
    status = (int) PyLong_AsLong (code);
  else
    {
      PyObject *string = PyObject_Str (code);

      *text = g_strdup (string ? PyUnicode_AsUTF8 (string) : "");
      Py_XDECREF (string);
    }
  PyErr_Clear ();
  Py_XDECREF (code);
  return status & 0xff;
}

char *
bs_python_format_exception (const BsScript *script, PyObject *exception)
{
  PyObject *io = PyImport_ImportModule ("io");
  PyObject *buffer = io ? PyObject_CallMethod (io, "StringIO", NULL) : NULL;
  PyObject *former = PySys_GetObject ("stderr"), *text, *traceback, *scope;
  char *result;

  Py_XINCREF (former);
  if (buffer == NULL)
    {
      PyErr_Clear ();
      Py_XDECREF (former);
      Py_XDECREF (io);
      return g_strdup ("");
    }
  PySys_SetObject ("stderr", buffer);
  bs_python_trim_traceback (exception);
  traceback = PyException_GetTraceback (exception);
  scope = shadow_source (script);
  PyErr_Display ((PyObject *) Py_TYPE (exception), exception, traceback);
  PyErr_Clear ();
  unshadow_source (scope);
  PySys_SetObject ("stderr", former);
  text = PyObject_CallMethod (buffer, "getvalue", NULL);
  result = g_strdup (text ? PyUnicode_AsUTF8 (text) : "");
  PyErr_Clear ();
  Py_XDECREF (text);
  Py_XDECREF (traceback);
  Py_XDECREF (former);
  Py_DECREF (buffer);
  Py_DECREF (io);
  return result ? result : g_strdup ("");
}

int
bs_python_finish (int status)
{
  return Py_FinalizeEx () < 0 ? 120 : status;
}
