/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "edits.h"

#include <frameobject.h>
#include <string.h>

#include "channel.h"
#include "recorder.h"

typedef struct { guint32 step; char *target, *value, *root; gboolean made; } Edit; /* @root: the name that the target begins with */

static GArray *edits;

void
bs_edits_add (const char *bytes, gsize n)
{
  const char *step = bytes, *target = memchr (bytes, '\0', n), *value = target ? memchr (target + 1, '\0', bytes + n - target - 1) : NULL;
  Edit edit;

  if (value == NULL || value == bytes + n || bytes[n - 1] != '\0')
    return;
  if (edits == NULL)
    edits = g_array_new (FALSE, FALSE, sizeof (Edit));
  edit = (Edit){ .step = MIN (g_ascii_strtoull (step, NULL, 10), G_MAXUINT32 - 1), .target = g_strdup (target + 1),
                 .value = g_strdup (value + 1), .root = g_strndup (target + 1, strcspn (target + 1, ".[ ")) };
  g_array_append_val (edits, edit);
  bs_recorder.edit_at = MIN (bs_recorder.edit_at, edit.step);
}

/* In Python, because it speaks of names, items and attributes. */
static const char maker[] =
  "def make(target, value, space, names):\n"
  "    import sys\n"
  "    torch = sys.modules.get('torch')\n"
  "    value = eval(value, space, names)\n"
  "    try:\n"
  "        old = eval(target, space, names)\n"
  "    except Exception:\n"
  "        old = None\n"
  "    if torch is not None and isinstance(old, torch.Tensor):\n"
  "        old.data.copy_(torch.as_tensor(value))\n"
  "        return\n"
  "    names['__backstep__'] = value\n"
  "    try:\n"
  "        exec(target + ' = __backstep__', space, names)\n"
  "    finally:\n"
  "        del names['__backstep__']\n";

static PyObject *
find_maker (void)
{
  static PyObject *make;
  PyObject *space, *done;

  if (make)
    return make;
  space = PyDict_New ();
  PyDict_SetItemString (space, "__builtins__", PyEval_GetBuiltins ());
  done = PyRun_String (maker, Py_file_input, space, space);
  make = done ? Py_XNewRef (PyDict_GetItemString (space, "make")) : NULL;
  Py_XDECREF (done);
  Py_DECREF (space);
  return make;
}

/* Where it cannot be made the run goes on without it, and says so. */
static void
complain (const Edit *edit)
{
  PyObject *type, *value, *traceback, *text;
  g_autofree char *message = NULL;

  PyErr_Fetch (&type, &value, &traceback);
  PyErr_NormalizeException (&type, &value, &traceback);
  text = value ? PyObject_Str (value) : NULL;
  message = g_strdup_printf ("%s = %s: %s: %s", edit->target, edit->value, type ? ((PyTypeObject *) type)->tp_name : "",
                             text && PyUnicode_AsUTF8 (text) ? PyUnicode_AsUTF8 (text) : "");
  bs_channel_send (BS_MESSAGE_WARNING, message, strlen (message));
  Py_XDECREF (text);
  Py_XDECREF (type);
  Py_XDECREF (value);
  Py_XDECREF (traceback);
  PyErr_Clear ();
}

/* So that the recording can say, and somebody repeat, what was done to it: edit.0, edit.1 ... */
static void
note (const Edit *edit)
{
  static guint n;
  g_autofree char *key = g_strdup_printf ("edit.%u", n++), *value = g_strdup_printf ("%u %s = %s", edit->step, edit->target, edit->value);

  bs_recorder_begin ();
  bs_writer_info (bs_recorder.writer, key, value);
  bs_recorder_end ();
}

/* FALSE: nothing there has that name yet; a later line may. */
static gboolean
make_one (const Edit *edit, PyFrameObject *frame)
{
  PyObject *space = PyFrame_GetGlobals (frame), *names = PyFrame_GetLocals (frame), *make = find_maker (), *done;
  gboolean is_local = names && PyMapping_HasKeyString (names, edit->root);
  gboolean is_there = is_local || (space && PyDict_GetItemString (space, edit->root) != NULL);

  if (is_there)
    {
      done = make ? PyObject_CallFunction (make, "ssOO", edit->target, edit->value, space, is_local ? names : space) : NULL;
      if (done)
        note (edit);
      if (done && is_local)
        PyFrame_LocalsToFast (frame, 0);
      else if (done == NULL)
        complain (edit);
      Py_XDECREF (done);
    }
  Py_XDECREF (names);
  Py_XDECREF (space);
  return is_there;
}

gboolean
bs_edits_make (PyFrameObject *frame, guint32 step)
{
  guint32 next = G_MAXUINT32;
  gboolean made = FALSE;

  for (guint i = 0; edits && i < edits->len; i++)
    {
      Edit *edit = &g_array_index (edits, Edit, i);

      if (!edit->made && edit->step <= step)
        made |= edit->made = make_one (edit, frame);
      if (!edit->made)
        next = MIN (next, edit->step);
    }
  bs_recorder.edit_at = next;
  return made;
}

void
bs_edits_make_with (guint32 step, BsEditMaker make, gpointer user)
{
  guint32 next = G_MAXUINT32;

  for (guint i = 0; edits && i < edits->len; i++)
    {
      Edit *edit = &g_array_index (edits, Edit, i);
      g_autofree char *message = NULL;

      if (!edit->made && edit->step <= step)
        {
          if (make (user, edit->target, edit->value, &message))
            note (edit);
          else if (message)
            bs_channel_send (BS_MESSAGE_WARNING, message, strlen (message));
          else
            {
              next = MIN (next, edit->step);
              continue;
            }
          edit->made = TRUE;
        }
      if (!edit->made)
        next = MIN (next, edit->step);
    }
  bs_recorder.edit_at = next;
}

void
bs_edits_finish (void)
{
  for (guint i = 0; edits && i < edits->len; i++)
    {
      const Edit *edit = &g_array_index (edits, Edit, i);
      g_autofree char *message = NULL;

      if (edit->made)
        continue;
      message = g_strdup_printf ("%s = %s: there was no %s from step %u on", edit->target, edit->value, edit->root, edit->step);
      bs_channel_send (BS_MESSAGE_WARNING, message, strlen (message));
      return;
    }
}
