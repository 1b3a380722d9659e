/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "record.h"

#include <string.h>

#include "recorder.h"
#include "tracer.h"

/* A call of Python's that must not disturb anything: errors are dropped. */
static void
call_quietly (const char *module, const char *function)
{
  PyObject *modules = PyImport_GetModuleDict ();
  PyObject *found = PyDict_GetItemString (modules, module);
  PyObject *done = found ? PyObject_CallMethod (found, function, NULL) : NULL;

  Py_XDECREF (done);
  PyErr_Clear ();
}

static void
flush_streams (void)
{
  static const char *const names[] = { "stdout", "stderr" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      PyObject *stream = PySys_GetObject (names[i]);
      PyObject *done = stream ? PyObject_CallMethod (stream, "flush", NULL) : NULL;

      Py_XDECREF (done);
      PyErr_Clear ();
    }
  bs_streams_drain ();
}

/* What `python3` still does after the last line. */
static void
wind_up (void)
{
  PyObject *atexit;

  call_quietly ("threading", "_shutdown");
  atexit = PyImport_ImportModule ("atexit");
  Py_XDECREF (atexit);
  PyErr_Clear ();
  call_quietly ("atexit", "_run_exitfuncs");
  flush_streams ();
}

/* str() of a SyntaxError adds file and line, which the event has as its place. */
static char *
text_of (PyObject *exception)
{
  gboolean is_syntax = PyErr_GivenExceptionMatches (exception, PyExc_SyntaxError);
  PyObject *message = is_syntax ? PyObject_GetAttrString (exception, "msg") : NULL;
  PyObject *string = PyObject_Str (message ? message : exception);
  const char *utf8 = string ? PyUnicode_AsUTF8 (string) : NULL;
  char *text = g_strdup (utf8 ? utf8 : "");

  PyErr_Clear ();
  Py_XDECREF (string);
  Py_XDECREF (message);
  return text;
}

static void
record_error (const BsScript *script, PyObject *exception)
{
  g_autofree char *message = text_of (exception);
  g_autofree char *traceback = bs_python_format_exception (script, exception);
  const char *type = Py_TYPE (exception)->tp_name;

  bs_tracer_set_place_of (exception);
  bs_recorder_begin ();
  bs_writer_error (bs_recorder.writer, type, message, traceback, NULL);
  bs_recorder_end ();
}

static PyObject *
take_exception (void)
{
  PyObject *type, *value, *traceback;

  PyErr_Fetch (&type, &value, &traceback);
  PyErr_NormalizeException (&type, &value, &traceback);
  if (traceback)
    PyException_SetTraceback (value, traceback);
  Py_XDECREF (type);
  Py_XDECREF (traceback);
  return value;
}

static void
end_with_exit (PyObject *exception)
{
  g_autofree char *text = NULL;
  int status = bs_python_exit_status (exception, &text);

  if (text)
    {
      bs_recorder_begin ();
      bs_tracer_set_place_of (exception);
      bs_writer_output (bs_recorder.writer, text, -1, TRUE);
      bs_writer_output (bs_recorder.writer, "\n", 1, TRUE);
      bs_recorder_end ();
    }
  wind_up ();
  bs_recorder_end_run (BS_END_EXIT, status, text);
}

int
bs_record_run (const BsScript *script)
{
  PyObject *exception;

  bs_recorder_start (script);
  if (!bs_streams_install ())
    return 1;
  bs_observer_install ();
  bs_tracer_start ();
  if (bs_python_run (script))
    {
      bs_tracer_stop ();
      wind_up ();
      bs_recorder_end_run (BS_END_FINISHED, 0, NULL);
    }
  bs_tracer_stop ();
  exception = take_exception ();
  if (PyErr_GivenExceptionMatches (exception, PyExc_SystemExit))
    end_with_exit (exception);
  flush_streams ();
  record_error (script, exception);
  wind_up ();
  bs_recorder_end_run (BS_END_ERROR, 1, NULL);
}
