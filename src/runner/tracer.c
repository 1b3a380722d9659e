/* SPDX-License-Identifier: MIT */

/* Looks inside CPython 3.11's frames (names.c into its dictionaries): the public functions would allocate at each event. */

#define Py_BUILD_CORE 1
#include "config.h"

#include "edits.h"
#include "recorder.h"
#include "tracer.h"

#include <internal/pycore_frame.h>
#include <internal/pycore_pystate.h>
#include <opcode.h>
#include <string.h>

typedef enum { FOREIGN, USER, TRANSPARENT, FORWARD } Kind;

/* What is known of a code object; hangs on it. */
typedef struct {
  guint8 kind;
  guint32 file;
  const char *function; /* borrowed from the code object */
  guint32 n;            /* instructions */
  guint32 *places;      /* by instruction; 0: not yet asked for */
  guint32 *lines;       /* the same for the line that starts there */
  guint8 *effects;      /* by instruction: EFFECT_... */
} Code;

enum {
  EFFECT_OWN = 1 << 0,     /* this instruction can change what a container holds */
  EFFECT_LINE = 1 << 1,    /* one from here to the end of the line can */
  EFFECT_LOOKED = 1 << 2,  /* EFFECT_LINE is known */
};

/* A frame of the user's that is running. */
typedef struct {
  _PyInterpreterFrame *frame;
  Code *code;
  guint32 id;
  guint32 line; /* place of the line that is running */
  gboolean has_scope, disturbs; /* the line that is running may change containers */
  BsScope scope;
} Level;

static Py_ssize_t extra_index = -1;
static Level *levels;
static guint n_levels, levels_allocated;
static gboolean seen_main;
static guint32 raised_in;     /* frame of the last exception's origin */
static PyObject *raised;      /* borrowed; only compared */

/* --- code objects ------------------------------------------------------------------------------------------------ */

static void
free_code (void *data)
{
  Code *code = data;

  g_free (code->places);
  g_free (code->lines);
  g_free (code->effects);
  g_free (code);
}

static gboolean
is_comprehension (const char *name)
{
  return strcmp (name, "<listcomp>") == 0 || strcmp (name, "<genexpr>") == 0 || strcmp (name, "<dictcomp>") == 0 ||
         strcmp (name, "<setcomp>") == 0;
}

/* Comprehensions and the bodies of classes: their places count, but nobody calls them. */
static gboolean
is_transparent (const PyCodeObject *object, const char *name)
{
  return is_comprehension (name) || (!(object->co_flags & CO_OPTIMIZED) && strcmp (name, "<module>") != 0);
}

static Kind
kind_of (const PyCodeObject *object, const char *file, const char *function)
{
  const BsScript *script = bs_recorder.script;
  const char *torch = bs_python_torch_folder ();
  gsize n = script->folder ? strlen (script->folder) : 0;

  if (g_str_has_prefix (file, torch))
    return strcmp (function, "forward") == 0 ? FORWARD : FOREIGN;
  if (strcmp (file, script->path) == 0 ||
      (n > 0 && strncmp (file, script->folder, n) == 0 && file[n] == '/' && !strstr (file + n, "/site-packages/") &&
       !strstr (file + n, "/dist-packages/") && !strstr (file + n, "/lib/python3")))
    return is_transparent (object, function) ? TRANSPARENT : USER;
  return FOREIGN;
}

static guint32
write_file (const char *path)
{
  const BsScript *script = bs_recorder.script;
  g_autofree char *text = NULL;
  gsize n = 0;

  if (strcmp (path, script->path) != 0)
    g_file_get_contents (path, &text, &n, NULL);
  else if (script->text)
    text = g_memdup2 (script->text, (n = script->text_length) + 1);
  for (gsize i = 0; i < n; i++)
    if (text[i] == '\0')
      text[i] = ' '; /* Python stops there; a text that is shown must not */
  return bs_writer_file (bs_recorder.writer, path, text, n);
}

guint32
bs_tracer_file (const char *path)
{
  static GHashTable *files;
  guint32 file;

  if (files == NULL)
    files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  file = GPOINTER_TO_UINT (g_hash_table_lookup (files, path));
  if (file == 0)
    {
      file = write_file (path);
      g_hash_table_insert (files, g_strdup (path), GUINT_TO_POINTER (file));
    }
  return file;
}

/* "Net.forward"; of a function in a function its own part. */
static const char *
name_of_function (PyCodeObject *object)
{
  const char *name = PyUnicode_AsUTF8 (object->co_qualname);
  const char *last = name ? g_strrstr (name, "<locals>.") : NULL;

  return last ? last + strlen ("<locals>.") : name;
}

/* Instructions that neither call nor store into anything; what they make of objects with methods in Python shows as a call.
 * (defaultdict's [] and an iterator in C that changes a list escape: the next line that calls something shows it.) */
static gboolean
is_harmless (int op, int argument)
{
  static const guint8 harmless[] = {
    CACHE, POP_TOP, PUSH_NULL, NOP, UNARY_POSITIVE, UNARY_NEGATIVE, UNARY_NOT, UNARY_INVERT, BINARY_SUBSCR, GET_LEN, GET_ITER,
    RETURN_VALUE, STORE_NAME, DELETE_NAME, UNPACK_SEQUENCE, FOR_ITER, STORE_GLOBAL, DELETE_GLOBAL, SWAP, LOAD_CONST, LOAD_NAME,
    LOAD_ATTR, COMPARE_OP, JUMP_FORWARD, JUMP_IF_FALSE_OR_POP, JUMP_IF_TRUE_OR_POP, POP_JUMP_FORWARD_IF_FALSE,
    POP_JUMP_FORWARD_IF_TRUE, LOAD_GLOBAL, IS_OP, CONTAINS_OP, COPY, LOAD_FAST, STORE_FAST, DELETE_FAST,
    POP_JUMP_FORWARD_IF_NOT_NONE, POP_JUMP_FORWARD_IF_NONE, MAKE_FUNCTION, JUMP_BACKWARD_NO_INTERRUPT, MAKE_CELL, LOAD_CLOSURE,
    LOAD_DEREF, STORE_DEREF, DELETE_DEREF, JUMP_BACKWARD, EXTENDED_ARG, COPY_FREE_VARS, RESUME, FORMAT_VALUE, BUILD_STRING,
    POP_JUMP_BACKWARD_IF_NOT_NONE, POP_JUMP_BACKWARD_IF_NONE, POP_JUMP_BACKWARD_IF_FALSE, POP_JUMP_BACKWARD_IF_TRUE, KW_NAMES,
  };

  if (op == BINARY_OP)
    return argument < NB_INPLACE_ADD;
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (harmless[i] == op)
      return TRUE;
  return FALSE;
}

static guint8 *
find_effects (PyCodeObject *object, guint32 n)
{
  PyObject *bytes = PyCode_GetCode (object); /* without the interpreter's own specialisations */
  guint8 *effects = g_new (guint8, n + 1);

  memset (effects, EFFECT_OWN, n + 1);
  if (bytes && PyBytes_GET_SIZE (bytes) == (Py_ssize_t) n * 2)
    for (guint32 i = 0; i < n; i++)
      if (is_harmless ((guint8) PyBytes_AS_STRING (bytes)[2 * i], (guint8) PyBytes_AS_STRING (bytes)[2 * i + 1]))
        effects[i] = 0;
  Py_XDECREF (bytes);
  PyErr_Clear ();
  return effects;
}

/* The line that begins at that instruction; a loop comes back to its first line behind the call that made the iterator. */
static gboolean
line_disturbs (Code *code, PyCodeObject *object, int instruction)
{
  int line;

  if (instruction < 0 || instruction >= (int) code->n)
    return TRUE;
  if (code->effects[instruction] & EFFECT_LOOKED)
    return (code->effects[instruction] & EFFECT_LINE) != 0;
  code->effects[instruction] |= EFFECT_LOOKED;
  line = PyCode_Addr2Line (object, instruction * (int) sizeof (_Py_CODEUNIT));
  for (guint32 i = instruction; i < code->n; i++)
    {
      if (PyCode_Addr2Line (object, i * (int) sizeof (_Py_CODEUNIT)) != line)
        break;
      if (code->effects[i] & EFFECT_OWN)
        {
          code->effects[instruction] |= EFFECT_LINE;
          return TRUE;
        }
    }
  return FALSE;
}

static Code *
look_at_code (PyCodeObject *object)
{
  Code *code = g_new0 (Code, 1);
  const char *file = PyUnicode_AsUTF8 (object->co_filename);

  code->function = name_of_function (object);
  code->n = Py_SIZE (object);
  if (file && code->function)
    code->kind = kind_of (object, file, PyUnicode_AsUTF8 (object->co_name));
  if (PyErr_Occurred ())
    PyErr_Clear ();
  if (code->kind == USER || code->kind == TRANSPARENT)
    {
      int was_busy = bs_recorder.busy;

      bs_recorder.busy = 1;
      code->file = bs_tracer_file (file);
      bs_recorder.busy = was_busy;
      code->places = g_new0 (guint32, code->n + 1);
      code->lines = g_new0 (guint32, code->n + 1);
      code->effects = find_effects (object, code->n);
    }
  _PyCode_SetExtra ((PyObject *) object, extra_index, code);
  return code;
}

static inline Code *
code_of (PyCodeObject *object)
{
  void *code = NULL;

  _PyCode_GetExtra ((PyObject *) object, extra_index, &code);
  return G_LIKELY (code != NULL) ? code : look_at_code (object);
}

static guint32
place_at (Code *code, PyCodeObject *object, int instruction)
{
  BsPlace place = { .file = code->file };
  int line, column, end_line, end_column, was_busy = bs_recorder.busy;

  if (instruction < 0 || instruction >= code->n)
    return 0;
  if (G_LIKELY (code->places[instruction] != 0))
    return code->places[instruction];
  if (!PyCode_Addr2Location (object, instruction * (int) sizeof (_Py_CODEUNIT), &line, &column, &end_line, &end_column) ||
      line <= 0)
    return 0;
  place.line = line;
  place.end_line = MAX (end_line, line);
  if (column >= 0 && end_column >= 0)
    {
      place.column = column;
      place.end_column = end_column;
    }
  bs_recorder.busy = 1;
  code->places[instruction] = bs_writer_place (bs_recorder.writer, &place);
  bs_recorder.busy = was_busy;
  return code->places[instruction];
}

static guint32
place_of_line (Code *code, int instruction, int line)
{
  BsPlace place = { .file = code->file, .line = line, .end_line = line };

  if (instruction < 0 || instruction >= code->n)
    return 0;
  if (G_UNLIKELY (code->lines[instruction] == 0))
    code->lines[instruction] = bs_writer_place (bs_recorder.writer, &place);
  return code->lines[instruction];
}

/* --- where we are ------------------------------------------------------------------------------------------------ */

static inline _PyInterpreterFrame *
innermost (void)
{
  PyThreadState *thread = _PyThreadState_GET ();

  /* There is none any more when the last output is drained. */
  return thread != NULL ? thread->cframe->current_frame : NULL;
}

gconstpointer
bs_tracer_innermost (void)
{
  return innermost ();
}

guint32
bs_tracer_here (void)
{
  for (_PyInterpreterFrame *frame = innermost (); frame; frame = frame->previous)
    {
      Code *code = code_of (frame->f_code);

      if (code->kind == USER || code->kind == TRANSPARENT)
        return place_at (code, frame->f_code, _PyInterpreterFrame_LASTI (frame));
    }
  return 0;
}

void
bs_tracer_set_place (void)
{
  if (extra_index < 0)
    return; /* no Python runs: the place is set by who runs instead */
  bs_writer_set_place (bs_recorder.writer, bs_tracer_here ());
}

static long
number_of (PyObject *object, const char *attribute)
{
  PyObject *number = PyObject_GetAttrString (object, attribute);
  long value = number && PyLong_Check (number) ? PyLong_AsLong (number) : 0;

  Py_XDECREF (number);
  PyErr_Clear ();
  return value;
}

/* Python counts characters from 1, a place bytes from 0. */
static guint32
byte_column (const char *line, long offset)
{
  glong n = line ? g_utf8_strlen (line, -1) : 0;

  return line ? g_utf8_offset_to_pointer (line, CLAMP (offset - 1, 0, n)) - line : MAX (offset - 1, 0);
}

/* Of text that is not UTF-8 Python says the line only in words. */
static long
line_in_words (PyObject *error)
{
  PyObject *text = PyObject_Str (error);
  const char *words = text ? PyUnicode_AsUTF8 (text) : NULL;
  const char *found = words ? strstr (words, " on line ") : NULL;
  long line = found ? strtol (found + strlen (" on line "), NULL, 10) : 0;

  PyErr_Clear ();
  Py_XDECREF (text);
  return line;
}

static void
set_place_of_syntax_error (PyObject *error)
{
  BsPlace place = { .file = 1 };
  PyObject *text = PyObject_GetAttrString (error, "text");
  const char *line = text && PyUnicode_Check (text) ? PyUnicode_AsUTF8 (text) : NULL;
  long first = number_of (error, "lineno"), last = number_of (error, "end_lineno");
  long offset = number_of (error, "offset"), end_offset = number_of (error, "end_offset");

  PyErr_Clear ();
  if (first < 1)
    first = line_in_words (error);
  if (first >= 1)
    {
      place.line = first;
      place.end_line = MAX (last, first);
      if (offset >= 1 && end_offset > 0)
        {
          place.column = byte_column (line, offset);
          place.end_column = byte_column (place.end_line == first ? line : NULL, end_offset);
        }
      bs_writer_set_place (bs_recorder.writer, bs_writer_place (bs_recorder.writer, &place));
    }
  Py_XDECREF (text);
}

void
bs_tracer_set_place_of (PyObject *exception)
{
  PyObject *traceback = PyException_GetTraceback (exception);
  guint32 place = 0;

  for (PyTracebackObject *entry = (PyTracebackObject *) traceback; entry; entry = entry->tb_next)
    {
      PyCodeObject *object = PyFrame_GetCode (entry->tb_frame);
      Code *code = code_of (object);

      if (code->kind == USER || code->kind == TRANSPARENT)
        place = place_at (code, object, entry->tb_lasti / (int) sizeof (_Py_CODEUNIT));
      Py_DECREF (object);
    }
  Py_XDECREF (traceback);
  bs_recorder.busy = 1;
  if (place != 0)
    {
      bs_writer_set_place (bs_recorder.writer, place);
      if (raised == exception)
        bs_writer_set_frame (bs_recorder.writer, raised_in);
    }
  else if (PyErr_GivenExceptionMatches (exception, PyExc_SyntaxError))
    set_place_of_syntax_error (exception);
  bs_recorder.busy = 0;
}

/* --- variables --------------------------------------------------------------------------------------------------- */

static void
compare_locals (Level *level)
{
  _PyInterpreterFrame *frame = level->frame;
  PyCodeObject *object = frame->f_code;

  bs_names_begin (&level->scope);
  for (int i = 0; i < object->co_nlocalsplus; i++)
    {
      PyObject *value = frame->localsplus[i];
      int kind = _PyLocals_GetKind (object->co_localspluskinds, i);

      if (kind & CO_FAST_FREE)
        continue; /* the outer function's */
      if ((kind & CO_FAST_CELL) && value && PyCell_Check (value))
        value = PyCell_GET (value);
      bs_names_compare_local (&level->scope, i, PyTuple_GET_ITEM (object->co_localsplusnames, i), value);
    }
}

static void
compare_variables (Level *level)
{
  if (level->disturbs)
    bs_names_disturb ();
  bs_writer_set_place (bs_recorder.writer, level->line);
  if (level->frame->f_locals && level->frame->f_locals == level->frame->f_globals)
    bs_names_compare_dict (&level->scope, level->frame->f_locals);
  else if (level->frame->f_code->co_flags & CO_OPTIMIZED)
    compare_locals (level);
}

/* --- events of Python -------------------------------------------------------------------------------------------- */

static Level *
push_level (void)
{
  if (n_levels == levels_allocated)
    {
      levels_allocated = levels_allocated * 2 + 32;
      levels = g_renew (Level, levels, levels_allocated);
    }
  return &levels[n_levels++];
}

static const char *
path_of_self (_PyInterpreterFrame *frame)
{
  PyCodeObject *object = frame->f_code;
  PyObject *self = object->co_argcount > 0 ? frame->localsplus[0] : NULL;
  const char *path;

  if (self && PyCell_Check (self))
    self = PyCell_GET (self);
  if (self == NULL || strcmp (PyUnicode_AsUTF8 (object->co_name), "forward") != 0)
    return NULL;
  path = bs_names_module_path (self);
  return path ? path : Py_TYPE (self)->tp_name;
}

static void
on_call (PyFrameObject *frame_object)
{
  _PyInterpreterFrame *frame = frame_object->f_frame;
  Code *code = code_of (frame->f_code);
  Level *level;

  bs_names_disturb ();
  if (code->kind == FOREIGN || code->kind == TRANSPARENT)
    {
      frame_object->f_trace_lines = 0;
      return;
    }
  bs_recorder_begin ();
  level = push_level ();
  *level = (Level) { .frame = frame, .code = code };
  if (!seen_main)
    seen_main = TRUE; /* the script itself: frame 0 */
  else
    {
      guint32 caller = 0;

      if (frame->previous)
        for (_PyInterpreterFrame *f = frame->previous; f && caller == 0; f = f->previous)
          {
            Code *c = code_of (f->f_code);
            if (c->kind == USER || c->kind == TRANSPARENT)
              caller = place_at (c, f->f_code, _PyInterpreterFrame_LASTI (f));
          }
      bs_writer_set_place (bs_recorder.writer, caller);
      level->id = bs_writer_call (bs_recorder.writer, code->function, path_of_self (frame));
      level->line = caller;
    }
  if (code->kind == FORWARD)
    frame_object->f_trace_lines = 0;
  else
    {
      level->has_scope = TRUE;
      bs_names_open (&level->scope);
      if (level->id != 0)
        compare_variables (level);
    }
  bs_recorder_end ();
}

static inline Level *
level_of (PyFrameObject *frame_object)
{
  return n_levels > 0 && levels[n_levels - 1].frame == frame_object->f_frame ? &levels[n_levels - 1] : NULL;
}

/* The past is changed here; what it did to the variables is told before the line runs. */
static void
make_edits (Level *level, PyFrameObject *frame_object)
{
  if (!bs_edits_make (frame_object, bs_writer_get_n_events (bs_recorder.writer)))
    return;
  bs_names_disturb ();
  bs_recorder_begin ();
  compare_variables (level);
  bs_recorder_end ();
}

static void
on_line (PyFrameObject *frame_object)
{
  Level *level = level_of (frame_object);

  if (level == NULL || !level->has_scope)
    return;
  bs_recorder_begin ();
  if (level->line != 0)
    compare_variables (level);
  level->line = place_of_line (level->code, _PyInterpreterFrame_LASTI (level->frame), PyFrame_GetLineNumber (frame_object));
  level->disturbs = line_disturbs (level->code, level->frame->f_code, _PyInterpreterFrame_LASTI (level->frame));
  bs_writer_line (bs_recorder.writer, level->line);
  bs_recorder_end ();
  if (G_UNLIKELY (bs_writer_get_n_events (bs_recorder.writer) >= bs_recorder.edit_at))
    make_edits (level, frame_object);
}

static void
on_return (PyFrameObject *frame_object)
{
  Level *level = level_of (frame_object);

  if (level == NULL)
    return;
  bs_recorder_begin ();
  if (level->has_scope)
    {
      compare_variables (level);
      bs_names_close (&level->scope);
    }
  if (level->id != 0)
    bs_writer_return (bs_recorder.writer);
  n_levels--;
  bs_recorder_end ();
}

static void
on_exception (PyFrameObject *frame_object, PyObject *info)
{
  PyObject *value = info && PyTuple_Check (info) && PyTuple_GET_SIZE (info) > 1 ? PyTuple_GET_ITEM (info, 1) : NULL;
  Level *level = level_of (frame_object);

  if (level == NULL || value == NULL || value == raised)
    return;
  raised = value;
  raised_in = level->id;
}

static int
trace (PyObject *user, PyFrameObject *frame, int what, PyObject *arg)
{
  switch (what)
    {
    case PyTrace_CALL:
      on_call (frame);
      break;
    case PyTrace_LINE:
      on_line (frame);
      break;
    case PyTrace_RETURN:
      on_return (frame);
      break;
    case PyTrace_EXCEPTION:
      on_exception (frame, arg);
      break;
    }
  return 0;
}

void
bs_tracer_start (void)
{
  extra_index = _PyEval_RequestCodeExtraIndex (free_code);
  PyEval_SetTrace (trace, NULL);
}

void
bs_tracer_stop (void)
{
  PyEval_SetTrace (NULL, NULL);
}
