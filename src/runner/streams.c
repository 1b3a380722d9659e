/* SPDX-License-Identifier: MIT */

/* The script's three streams. sys.stdout and sys.stderr become events, line by line, each at the place of the print;
 * sys.stdin asks the session. What is written to the descriptors 1 and 2 themselves goes through a pipe. */

#include "config.h"

#include "recorder.h"
#include "tracer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>


static int pipes[2] = { -1, -1 }; /* reading ends */

static const char streams_code[] =
  "import io, sys\n"
  "def stream(name, text, functions):\n"
  "    functions['__module__'] = 'io'\n"
  "    raw = type('FileIO', (io.RawIOBase,), functions)()\n"
  "    raw.mode = text\n"
  "    raw.name = name\n"
  "    if text == 'r':\n"
  "        raw = io.BufferedReader(raw)\n"
  "    result = io.TextIOWrapper(raw, 'utf-8', 'strict', line_buffering=text != 'r',\n"
  "                              write_through=name == '<stderr>')\n"
  "    result.mode = text\n"
  "    return result\n"
  "true = lambda self: True\n"
  "sys.stdout = sys.__stdout__ = stream('<stdout>', 'w', dict(write=write_out, writable=true, fileno=lambda self: 1))\n"
  "sys.stderr = sys.__stderr__ = stream('<stderr>', 'w', dict(write=write_error, writable=true, fileno=lambda self: 2))\n"
  "sys.stderr.reconfigure(errors='backslashreplace')\n"
  "sys.stdin = sys.__stdin__ = stream('<stdin>', 'r', dict(readinto=read_in, readable=true, fileno=lambda self: 0))\n";

static void
tell_output (const char *bytes, gsize n, gboolean is_error)
{
  if (n == 0)
    return;
  bs_recorder_begin ();
  bs_tracer_set_place ();
  bs_writer_output (bs_recorder.writer, bytes, n, is_error);
  bs_recorder_end ();
}

void
bs_streams_drain (void)
{
  char bytes[4096];

  for (int i = 0; i < 2; i++)
    {
      ssize_t n;

      while (pipes[i] >= 0 && (n = read (pipes[i], bytes, sizeof bytes)) > 0)
        tell_output (bytes, n, i == 1);
    }
}

static PyObject *
write_stream (PyObject *arg, gboolean is_error)
{
  Py_buffer buffer;

  if (PyObject_GetBuffer (arg, &buffer, PyBUF_SIMPLE) != 0)
    return NULL;
  bs_streams_drain ();
  tell_output (buffer.buf, buffer.len, is_error);
  arg = PyLong_FromSsize_t (buffer.len);
  PyBuffer_Release (&buffer);
  return arg;
}

static PyObject *
write_out (PyObject *self, PyObject *arg)
{
  return write_stream (arg, FALSE);
}

static PyObject *
write_error (PyObject *self, PyObject *arg)
{
  return write_stream (arg, TRUE);
}

static PyObject *
read_in (PyObject *self, PyObject *arg)
{
  static char *line;
  static gsize length, used;
  Py_buffer buffer;
  gsize n;

  if (PyObject_GetBuffer (arg, &buffer, PyBUF_WRITABLE) != 0)
    return NULL;
  if (used == length)
    {
      g_free (line);
      line = bs_recorder_ask (&length);
      used = 0;
    }
  n = MIN (length - used, buffer.len);
  memcpy (buffer.buf, line + used, n);
  used += n;
  PyBuffer_Release (&buffer);
  return PyLong_FromSize_t (n);
}

static PyMethodDef functions[] = {
  { "write_out", write_out, METH_O, NULL },
  { "write_error", write_error, METH_O, NULL },
  { "read_in", read_in, METH_O, NULL },
};

/* The pipe never blocks: a script that fills it past Python gets an error instead of a halt. */
static void
catch_descriptor (int fd, int *reading)
{
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return;
  dup2 (ends[1], fd);
  close (ends[1]);
  *reading = ends[0];
}

gboolean
bs_streams_install (void)
{
  PyObject *scope = PyDict_New (), *done;

  catch_descriptor (STDOUT_FILENO, &pipes[0]);
  catch_descriptor (STDERR_FILENO, &pipes[1]);
  PyDict_SetItemString (scope, "__builtins__", PyEval_GetBuiltins ());
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      PyObject *function = PyCFunction_New (&functions[i], NULL);

      PyDict_SetItemString (scope, functions[i].ml_name, function);
      Py_DECREF (function);
    }
  done = PyRun_String (streams_code, Py_file_input, scope, scope);
  if (done == NULL)
    PyErr_Print ();
  Py_XDECREF (done);
  Py_DECREF (scope);
  return done != NULL;
}
