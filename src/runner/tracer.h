/* SPDX-License-Identifier: MIT */

/* Follows Python: lines, calls and returns of the user's code, the place of the very sub-expression that is being
 * evaluated, and the variables of the frame. The user's code is what lies in the script's folder. */

#pragma once

#include "python.h"

G_BEGIN_DECLS

void bs_tracer_start (void);
void bs_tracer_stop (void);

/* The recording's id of a source file; the script itself is the first. */
guint32 bs_tracer_file (const char *path);
/* Place of the sub-expression that the innermost of the user's frames evaluates; 0: none. Cheap. */
guint32 bs_tracer_here (void);
/* The same, told to the writer. */
void bs_tracer_set_place (void);
/* An identity of the innermost Python frame of any kind. */
gconstpointer bs_tracer_innermost (void);
/* Where an exception left the user's code; sets the writer's place and frame. */
void bs_tracer_set_place_of (PyObject *exception);

/* names.c: the variables of one scope, compared with what they were. */
typedef struct _BsScope BsScope;
typedef struct {
  PyObject *key;    /* borrowed from the code object or the dictionary; an interned string */
  PyObject *value;  /* what it was, and its type: to be compared, and used only while the dictionary is unchanged */
  PyTypeObject *type;
  guint64 identity; /* of the value; 0: unset */
  guint32 seen;
  gboolean is_hidden; /* __file__ and its like */
  gboolean is_deep; /* the value may change under the same variable: a tensor, a container */
  gboolean is_container; /* a list, an object: looked into only after a disturbance */
} BsKnown;
struct _BsScope {
  BsKnown *known; /* a stretch of one stack that all scopes share */
  guint n, first;
  guint first_key;
  guint64 epoch;   /* of the last look into its containers */
  gboolean looks_deep;
  guint64 version; /* of the dictionary: the same, so no variable was bound */
  guint32 stamp;
};
/* Something ran that can have changed what containers hold. */
void bs_names_disturb (void);
void bs_names_open (BsScope *self);
void bs_names_close (BsScope *self);
void bs_names_compare_dict (BsScope *self, PyObject *dict);
/* Before the variables of a scope are compared one by one. */
void bs_names_begin (BsScope *self);
void bs_names_compare_local (BsScope *self, guint i, PyObject *name, PyObject *value);
/* "net.fc1" of a module object, or NULL. Borrowed. */
const char *bs_names_module_path (PyObject *module);

G_END_DECLS
