/* SPDX-License-Identifier: MIT */

/* Which variable names what. After each line the variables of the frame are compared with what they were; a variable
 * is known by an *identity* of its value: of a number its bits, of a tensor the engine's id (never used twice), of a
 * container a fingerprint of what is in it. No reference is held, so that nothing lives longer for being recorded,
 * and no code of the script runs (no repr, no attribute lookup), so that nothing happens that would not. */

#define Py_BUILD_CORE 1
#include "config.h"

#include "recorder.h"
#include "tracer.h"

#include <internal/pycore_dict.h>
#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 4
#define MAX_ITEMS 32  /* of one container */
#define MAX_NODES 256 /* below one variable */
#define MAX_MODULE_DEPTH 10 /* of a network, where each parameter has a name */
#define MAX_MODULE_NODES 8192
#define TEXT_MAX 200
#define PATH_MAX_BYTES 120

static BsKnown *stack;
static guint stack_used, stack_allocated;
static guint64 epoch = 1;        /* grows when containers may have changed */
static GHashTable *module_paths; /* PyObject* -> path */

/* --- values ------------------------------------------------------------------------------------------------------ */

static inline guint64
mix (guint64 hash, guint64 more)
{
  hash ^= more + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdu;
}

typedef enum { NOTHING, LEAF, LIST, TUPLE, DICT, OBJECT } Shape;

static gboolean
is_own_class (PyObject *value)
{
  PyTypeObject *type = Py_TYPE (value);

  return (type->tp_flags & Py_TPFLAGS_HEAPTYPE) && (type->tp_flags & Py_TPFLAGS_MANAGED_DICT) && !PyType_Check (value);
}

/* What a person would call the value of a variable; modules, functions and classes are not. */
static Shape
shape_of (PyObject *value)
{
  if (PyFloat_CheckExact (value) || PyLong_Check (value) || PyUnicode_Check (value) || value == Py_None)
    return LEAF;
  if (PyList_CheckExact (value))
    return LIST;
  if (PyTuple_Check (value))
    return TUPLE;
  if (PyDict_Check (value))
    return DICT;
  if (bs_observer_identity (value) != 0)
    return LEAF;
  if (is_own_class (value))
    return OBJECT;
  return NOTHING;
}

static guint64
identity_of_leaf (PyObject *value)
{
  guint64 bits;
  int overflow;

  if (PyFloat_CheckExact (value))
    {
      double number = PyFloat_AS_DOUBLE (value);
      memcpy (&bits, &number, sizeof bits);
      return mix (1, bits) | 1;
    }
  if (PyBool_Check (value) || value == Py_None)
    return mix (2, (gsize) value) | 1;
  if (PyLong_Check (value))
    {
      bits = PyLong_AsLongLongAndOverflow (value, &overflow);
      return mix (3, overflow ? (gsize) value : bits) | 1;
    }
  if (PyUnicode_CheckExact (value) && PyUnicode_GET_LENGTH (value) <= 256)
    return mix (4, PyObject_Hash (value)) | 1;
  if (PyUnicode_Check (value))
    return mix (4, (gsize) value ^ ((guint64) PyUnicode_GET_LENGTH (value) << 48)) | 1;
  return mix (5, bs_observer_identity (value)) | 1;
}

/* Attributes of an object of the script's own class or an nn.Module; borrowed, may be NULL. */
static PyObject *
attributes_of (PyObject *value)
{
  PyObject **dict = _PyObject_GetDictPtr (value);

  return dict ? *dict : NULL;
}

static guint64 fingerprint (PyObject *value, Shape shape, guint depth, guint *budget);

static guint64
identity_of (PyObject *value, guint depth, guint *budget)
{
  Shape shape = shape_of (value);

  if (*budget == 0)
    return 1;
  --*budget;
  if (shape == NOTHING)
    return 1;
  return shape == LEAF ? identity_of_leaf (value) : fingerprint (value, shape, depth, budget);
}

static guint64
fingerprint_of_dict (PyObject *dict, guint64 hash, guint depth, guint *budget)
{
  Py_ssize_t at = 0;
  PyObject *key, *value;
  guint n = 0;

  while (n++ < MAX_ITEMS && PyDict_Next (dict, &at, &key, &value))
    hash = mix (mix (hash, (gsize) key), identity_of (value, depth + 1, budget));
  return hash;
}

static guint64
fingerprint (PyObject *value, Shape shape, guint depth, guint *budget)
{
  guint64 hash = mix ((guint64) shape << 32, (gsize) value);

  if (depth >= MAX_DEPTH)
    return hash | 1;
  if (shape == LIST || shape == TUPLE)
    {
      Py_ssize_t n = Py_SIZE (value);

      hash = mix (hash, n);
      for (Py_ssize_t i = 0; i < MIN (n, MAX_ITEMS); i++)
        hash = mix (hash, identity_of (PySequence_Fast_ITEMS (value)[i], depth + 1, budget));
    }
  else
    {
      PyObject *dict = shape == DICT ? value : attributes_of (value);

      if (dict && PyDict_Check (dict))
        hash = fingerprint_of_dict (dict, mix (hash, PyDict_GET_SIZE (dict)), depth, budget);
    }
  return hash | 1;
}

static void
fill_text (char text[TEXT_MAX], PyObject *value)
{
  PyTypeObject *type = Py_TYPE (value);
  const char *dot = strrchr (type->tp_name, '.');
  const char *name = dot ? dot + 1 : type->tp_name;

  if (PyUnicode_Check (value))
    {
      const char *utf8 = PyUnicode_AsUTF8 (value);

      PyErr_Clear ();
      g_snprintf (text, TEXT_MAX, strchr (utf8 ? utf8 : "", '\'') ? "\"%s\"" : "'%s'", utf8 ? utf8 : "?");
    }
  else if (PyList_Check (value) || PyTuple_Check (value))
    g_snprintf (text, TEXT_MAX, "%s of %zd", name, Py_SIZE (value));
  else if (PyDict_Check (value))
    g_snprintf (text, TEXT_MAX, "%s of %zd", name, PyDict_GET_SIZE (value));
  else
    g_snprintf (text, TEXT_MAX, "%s", name);
}

static void
tell (const char *name, PyObject *value)
{
  BsPlain plain = { .kind = BS_PLAIN_TEXT };
  char text[TEXT_MAX];
  int overflow = 0;

  if (value == NULL)
    plain.kind = BS_PLAIN_DELETED;
  else if (value == Py_None)
    plain.kind = BS_PLAIN_NONE;
  else if (PyBool_Check (value))
    {
      plain.kind = BS_PLAIN_BOOL;
      plain.integer = value == Py_True;
    }
  else if (PyFloat_CheckExact (value))
    {
      plain.kind = BS_PLAIN_REAL;
      plain.real = PyFloat_AS_DOUBLE (value);
    }
  else if (PyLong_Check (value))
    {
      plain.kind = BS_PLAIN_INT;
      plain.integer = PyLong_AsLongLongAndOverflow (value, &overflow);
      if (overflow != 0)
        {
          plain.kind = BS_PLAIN_REAL;
          plain.real = PyLong_AsDouble (value);
          PyErr_Clear ();
        }
    }
  else if ((plain.tensor = bs_observer_tensor (value)) != 0)
    plain.kind = BS_PLAIN_TENSOR;
  else
    {
      fill_text (text, value);
      plain.text = text;
    }
  bs_writer_name (bs_recorder.writer, name, &plain);
}

/* --- what hangs below a variable --------------------------------------------------------------------------------- */

/* What was told last of each path below a variable: hash of frame and path -> identity. A text as key would cost more than
 * all the rest; two of 10⁶ paths share a hash of 64 bits once in 10⁷ runs, and then a name is told once too seldom. */
typedef struct { guint64 key, identity; } Told;
static struct { Told *slots; gsize n, n_used; } told;
static GArray *frame_keys;     /* keys of frames that run; a frame takes its own away when it ends */

/* FNV-1a, which goes on from where it was: the hash of "a.b" is that of ".b" begun with that of "a". */
#define HASH_BEGIN 0xcbf29ce484222325u

static guint64
hash_on (guint64 hash, const char *text)
{
  for (; *text; text++)
    hash = (hash ^ (guint8) *text) * 0x100000001b3u;
  return hash;
}

static Told *
slot_of (guint64 key)
{
  gsize at = (key ^ key >> 32) & (told.n - 1);

  while (told.slots[at].key != 0 && told.slots[at].key != key)
    at = (at + 1) & (told.n - 1);
  return &told.slots[at];
}

static void
grow_told (void)
{
  g_autofree Told *before = told.slots;
  gsize n = told.n;

  told.n = MAX (2 * n, 1024);
  told.slots = g_new0 (Told, told.n);
  for (gsize i = 0; i < n; i++)
    if (before[i].key != 0)
      *slot_of (before[i].key) = before[i];
}

/* Those behind it in the same stretch move up, so that no gap hides them. */
static void
forget_told (guint64 key)
{
  Told *slot = slot_of (key);
  gsize at = slot - told.slots;

  if (slot->key == 0)
    return;
  told.n_used--;
  slot->key = 0;
  for (at = (at + 1) & (told.n - 1); told.slots[at].key != 0; at = (at + 1) & (told.n - 1))
    {
      Told moved = told.slots[at];

      told.slots[at].key = 0;
      *slot_of (moved.key) = moved;
    }
}

typedef struct {
  char path[PATH_MAX_BYTES];
  guint64 hash;      /* of the path */
  guint64 known;     /* hash of what an outer variable calls it; 0: nothing does */
  guint budget, deepest;
} Walk;

static void walk (Walk *self, gsize length, PyObject *value, guint depth);

static gboolean
set_told (guint64 key, guint64 identity, gboolean of_frame)
{
  Told *slot;

  if (2 * told.n_used >= told.n)
    grow_told ();
  key += key == 0;
  slot = slot_of (key);
  if (slot->key == key)
    {
      if (slot->identity == identity)
        return FALSE;
      slot->identity = identity;
      return TRUE;
    }
  *slot = (Told){ key, identity };
  told.n_used++;
  if (of_frame)
    g_array_append_val (frame_keys, key);
  return TRUE;
}

/* TRUE when what is at the path was not told to have this identity. `self` of a method is an object that an outer
 * variable names too: all frames together tell of its attributes only once per change. */
static gboolean
is_news (Walk *self, guint64 identity)
{
  guint32 frame = bs_writer_get_frame (bs_recorder.writer);
  gboolean news;

  if (self->known)
    return set_told (mix (self->known, 1), identity, FALSE);
  news = set_told (mix (mix (self->hash, 2), frame), identity, frame != 0);
  if (news && frame == 0)
    set_told (mix (self->hash, 1), identity, FALSE);
  return news;
}

static void
tell_leaf (Walk *self, PyObject *value)
{
  if (is_news (self, identity_of_leaf (value)))
    tell (self->path, value);
}

static void
descend (Walk *self, gsize length, const char *part, PyObject *value, guint depth)
{
  guint64 hash = self->hash, known = self->known;
  gsize n = strlen (part);

  if (length + n + 1 >= sizeof self->path || self->budget == 0)
    return;
  self->budget--;
  memcpy (self->path + length, part, n + 1);
  self->hash = hash_on (hash, part);
  self->known = known ? hash_on (known, part) : 0;
  walk (self, length + n, value, depth);
  self->path[length] = '\0';
  self->hash = hash;
  self->known = known;
}

/* nn.Module keeps its parameters and children in dictionaries of its own; a person names them as attributes. */
static gboolean
is_hidden_dict (const char *key)
{
  return strcmp (key, "_parameters") == 0 || strcmp (key, "_buffers") == 0 || strcmp (key, "_modules") == 0;
}

static void
walk_dict (Walk *self, gsize length, PyObject *dict, gboolean as_attributes, guint depth)
{
  Py_ssize_t at = 0;
  PyObject *key, *value;
  char part[PATH_MAX_BYTES];
  guint n = 0;

  while (n++ < MAX_ITEMS && PyDict_Next (dict, &at, &key, &value))
    {
      const char *text = PyUnicode_Check (key) ? PyUnicode_AsUTF8 (key) : NULL;

      if (text == NULL)
        {
          PyErr_Clear ();
          if (as_attributes || !PyLong_Check (key))
            continue;
          g_snprintf (part, sizeof part, "[%lld]", PyLong_AsLongLong (key));
        }
      else if (as_attributes && is_hidden_dict (text) && PyDict_Check (value))
        {
          walk_dict (self, length, value, TRUE, depth);
          continue;
        }
      else if (as_attributes && text[0] == '_')
        continue;
      else if (as_attributes && g_ascii_isdigit (text[0]))
        g_snprintf (part, sizeof part, "[%s]", text); /* a child of nn.Sequential */
      else
        g_snprintf (part, sizeof part, as_attributes ? ".%s" : "['%s']", text);
      descend (self, length, part, value, depth + 1);
    }
}

/* "[17]"; of at most MAX_ITEMS. */
static void
write_index (char *part, guint i)
{
  *part++ = '[';
  if (i >= 10)
    *part++ = '0' + i / 10;
  *part++ = '0' + i % 10;
  *part++ = ']';
  *part = '\0';
}

G_STATIC_ASSERT (MAX_ITEMS <= 100);

static void
walk (Walk *self, gsize length, PyObject *value, guint depth)
{
  Shape shape = shape_of (value);
  char part[32];

  if (shape == LEAF && (depth == 1 || bs_observer_identity (value) != 0))
    tell_leaf (self, value);
  if (shape == NOTHING || shape == LEAF || depth >= self->deepest)
    return;
  if (shape == LIST || shape == TUPLE)
    for (Py_ssize_t i = 0; i < MIN (Py_SIZE (value), MAX_ITEMS); i++)
      {
        write_index (part, i);
        descend (self, length, part, PySequence_Fast_ITEMS (value)[i], depth + 1);
      }
  else
    {
      PyObject *dict = shape == DICT ? value : attributes_of (value);

      if (shape == OBJECT && bs_writer_get_frame (bs_recorder.writer) == 0)
        g_hash_table_replace (module_paths, value, g_strdup (self->path));
      if (dict && PyDict_Check (dict))
        walk_dict (self, length, dict, shape == OBJECT, depth);
    }
}

static gsize
n_items (PyObject *value)
{
  if (PyDict_Check (value))
    return PyDict_GET_SIZE (value);
  return PyList_Check (value) || PyTuple_Check (value) ? Py_SIZE (value) : 0;
}

static gboolean
is_module (PyObject *value)
{
  static PyObject *modules;
  PyObject *dict = shape_of (value) == OBJECT ? attributes_of (value) : NULL;

  if (modules == NULL)
    modules = PyUnicode_InternFromString ("_modules");
  return dict != NULL && PyDict_Check (dict) && PyDict_Contains (dict, modules) == 1;
}

static void
tell_all (const char *name, PyObject *value)
{
  Walk self = { .budget = MAX_NODES, .deepest = MAX_DEPTH };
  const char *known = NULL;
  gsize length;

  if (value == NULL || shape_of (value) == LEAF)
    {
      tell (name, value);
      return;
    }
  if (is_module (value))
    {
      self.budget = MAX_MODULE_NODES;
      self.deepest = MAX_MODULE_DEPTH;
    }
  length = MIN (g_strlcpy (self.path, name, sizeof self.path), sizeof self.path - 1);
  self.hash = hash_on (HASH_BEGIN, self.path);
  if (is_news (&self, mix ((gsize) value, n_items (value))))
    tell (name, value);
  if (bs_writer_get_frame (bs_recorder.writer) != 0)
    known = g_hash_table_lookup (module_paths, value);
  self.known = known ? hash_on (HASH_BEGIN, known) : 0;
  walk (&self, length, value, 0);
}

/* --- scopes ------------------------------------------------------------------------------------------------------ */

static guint64
identity_at_top (PyObject *value, gboolean *is_deep)
{
  guint budget = MAX_NODES;
  Shape shape = shape_of (value);

  /* A tensor's id in the recording changes with an in-place operation. */
  *is_deep = shape > LEAF || (shape == LEAF && bs_observer_identity (value) != 0);
  if (shape == NOTHING)
    return 0;
  return shape == LEAF ? identity_of_leaf (value) : fingerprint (value, shape, 0, &budget);
}

static BsKnown *
known_at (BsScope *self, guint i)
{
  if (i >= self->n)
    {
      guint need = self->first + i + 1;

      if (need > stack_allocated)
        {
          stack_allocated = need * 2 + 256;
          stack = g_renew (BsKnown, stack, stack_allocated);
        }
      memset (stack + self->first + self->n, 0, (i + 1 - self->n) * sizeof *stack);
      self->n = i + 1;
      stack_used = self->first + self->n;
    }
  return &stack[self->first + i];
}

/* @same: the very object it was. What hangs below it is looked at only when something ran that can have changed it. */
static void
compare (BsScope *scope, BsKnown *known, PyObject *key, PyObject *value, gboolean same)
{
  guint64 identity;
  const char *name;

  if (known->is_hidden || (same && known->is_container && !scope->looks_deep))
    return;
  known->is_container = value && shape_of (value) > LEAF;
  identity = value ? identity_at_top (value, &known->is_deep) : 0;
  if (identity == known->identity)
    return;
  known->identity = identity;
  name = PyUnicode_AsUTF8 (key);
  if (name == NULL)
    PyErr_Clear ();
  else if (name[0] != '.' && !(name[0] == '_' && name[1] == '_'))
    tell_all (name, identity ? value : NULL);
  else
    known->is_hidden = TRUE;
}

void
bs_names_open (BsScope *self)
{
  if (module_paths == NULL)
    {
      module_paths = g_hash_table_new_full (NULL, NULL, NULL, g_free);
      frame_keys = g_array_new (FALSE, FALSE, sizeof (guint64));
    }
  *self = (BsScope) { .first = stack_used, .first_key = frame_keys->len };
}

void
bs_names_close (BsScope *self)
{
  stack_used = self->first;
  for (guint i = self->first_key; i < frame_keys->len; i++)
    forget_told (g_array_index (frame_keys, guint64, i));
  g_array_set_size (frame_keys, self->first_key);
}

void
bs_names_disturb (void)
{
  epoch++;
}

void
bs_names_begin (BsScope *self)
{
  self->looks_deep = self->epoch != epoch;
  self->epoch = epoch;
}

void
bs_names_compare_local (BsScope *self, guint i, PyObject *name, PyObject *value)
{
  BsKnown *known = known_at (self, i);
  gboolean same = value && known->value == value && known->type == Py_TYPE (value);

  known->value = value;
  known->type = value ? Py_TYPE (value) : NULL;
  compare (self, known, name, value, same);
}

/* A variable keeps its slot in the list of known ones; usually that is also its place in the dictionary. */
static BsKnown *
known_of_key (BsScope *self, guint expected, PyObject *key)
{
  if (expected < self->n && stack[self->first + expected].key == key)
    return &stack[self->first + expected];
  for (guint i = 0; i < self->n; i++)
    if (stack[self->first + i].key == key)
      return &stack[self->first + i];
  known_at (self, self->n)->key = key;
  return &stack[self->first + self->n - 1];
}

static void
compare_deep (BsScope *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      BsKnown *known = &stack[self->first + i];

      if (known->is_deep && known->seen == self->stamp)
        compare (self, known, known->key, known->value, TRUE);
    }
}

/* Most of a dictionary are functions, classes and modules that stay. A number may be another one at the same address,
 * so it is looked at. */
static inline gboolean
is_surely_same (const BsKnown *known, PyObject *value)
{
  PyTypeObject *type = Py_TYPE (value);

  return known->value == value && known->type == type && !known->is_deep && type != &PyFloat_Type &&
         type != &PyLong_Type && type != &PyUnicode_Type;
}

static inline void
compare_entry (BsScope *self, guint i, PyObject *key, PyObject *value)
{
  BsKnown *known = known_of_key (self, i, key);
  gboolean same = known->value == value && known->type == Py_TYPE (value);

  known->seen = self->stamp;
  if (is_surely_same (known, value))
    return;
  known->value = value;
  known->type = Py_TYPE (value);
  compare (self, known, key, value, same);
}

static void
find_deleted (BsScope *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      BsKnown *known = &stack[self->first + i];

      if (known->seen == self->stamp)
        continue;
      known->value = NULL;
      if (known->identity != 0)
        compare (self, known, known->key, NULL, FALSE);
    }
}

void
bs_names_compare_dict (BsScope *self, PyObject *object)
{
  PyDictObject *dict = (PyDictObject *) object;
  PyDictKeysObject *keys = dict->ma_keys;
  guint n = 0;

  bs_names_begin (self);
  if (self->version == dict->ma_version_tag)
    {
      compare_deep (self);
      return;
    }
  self->version = dict->ma_version_tag;
  self->stamp++;
  if (DK_IS_UNICODE (keys) && dict->ma_values == NULL)
    {
      PyDictUnicodeEntry *entries = DK_UNICODE_ENTRIES (keys);

      for (Py_ssize_t i = 0; i < keys->dk_nentries; i++)
        if (entries[i].me_value)
          compare_entry (self, n++, entries[i].me_key, entries[i].me_value);
    }
  else
    {
      PyObject *key, *value;
      Py_ssize_t at = 0;

      while (PyDict_Next (object, &at, &key, &value))
        if (PyUnicode_CheckExact (key))
          compare_entry (self, n++, key, value);
    }
  if (n != self->n)
    find_deleted (self);
}

const char *
bs_names_module_path (PyObject *module)
{
  return module_paths ? g_hash_table_lookup (module_paths, module) : NULL;
}
