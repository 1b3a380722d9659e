/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "record.h"

#include <string.h>

#include "help.h"
#include "recorder.h"
#include "tracer.h"

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

/* What `python3` still does after the last line: threads, atexit, objects that say goodbye. */
static void
wind_up (void)
{
  flush_streams ();
  bs_observer_remove ();
  Py_FinalizeEx ();
  bs_streams_drain ();
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
  bs_writer_error (bs_recorder.writer, type, message, traceback, bs_help_for (exception));
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
  if (!bs_streams_install () || !bs_figures_install (TRUE))
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
