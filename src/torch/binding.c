/* SPDX-License-Identifier: MIT */

/* Functions and methods made from the engine's table. Each Python name has the overloads of that name; their signatures
 * are parsed once, when the module is made. A call fills a small array of slots, one per parameter, and converts them: no
 * tuples or dictionaries are built. The first overload whose parameters fit is applied. */

#include "config.h"

#include "torch-private.h"

#define MAX_OVERLOADS 8
#define MAX_TENSORS 1024

typedef struct {
  const BsOp *op;
  BsSignature signature;
} Overload;

typedef struct {
  PyObject_HEAD
  vectorcallfunc call;
  PyObject *name; /* as Python knows it: "add", "add_" */
  gboolean inplace;
  gboolean is_method;
  guint n_overloads;
  const Overload *overloads[MAX_OVERLOADS];
} PyOp;

static PyTypeObject *op_type;
static Overload *table;
static PyObject *result_types; /* name -> structseq type */

/* --- one call's parameters --------------------------------------------------------------------------------------------- */

typedef struct {
  PyObject *slots[BS_MAX_PARAMETERS];
  PyObject *out;
  PyObject *const *spread; /* x.view(2, 3): the ints, n_spread of them, for parameter 1 */
  Py_ssize_t n_spread;
} Call;

static gboolean
same_name (const char *parameter, const char *given)
{
  if (g_str_equal (parameter, given))
    return TRUE;
  if (g_str_equal (given, "axis"))
    return g_str_equal (parameter, "dim") || g_str_equal (parameter, "dims");
  if (g_str_equal (given, "keepdims"))
    return g_str_equal (parameter, "keepdim");
  if (g_str_equal (given, "input") || g_str_equal (given, "x"))
    return g_str_equal (parameter, "self");
  if (g_str_equal (given, "dims"))
    return g_str_equal (parameter, "dim");
  return FALSE;
}

static gboolean
bind_keyword (const Overload *overload, Call *call, PyObject *name, PyObject *value)
{
  const BsSignature *signature = &overload->signature;
  const char *word = PyUnicode_AsUTF8 (name);

  if (g_str_equal (word, "out"))
    {
      call->out = value == Py_None ? NULL : value;
      return TRUE;
    }
  for (guint i = 0; i < signature->n_parameters; i++)
    if (same_name (signature->parameters[i].name, word))
      {
        if (call->slots[i] != NULL)
          return FALSE;
        call->slots[i] = value;
        return TRUE;
      }
  return FALSE;
}

static gboolean
bind (const Overload *overload, Call *call, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
  const BsSignature *signature = &overload->signature;
  guint positional = 0;

  while (positional < signature->n_parameters && !signature->parameters[positional].keyword_only)
    positional++;
  for (Py_ssize_t i = 0; i < n; i++)
    {
      if (i >= positional || (i == 1 && n > 2 && signature->parameters[1].kind == BS_KIND_INTS && PyLong_Check (args[1])
                              && (n > positional || PyLong_Check (args[2])) && !PyBool_Check (args[n - 1])))
        {
          /* x.view(2, 3), x.permute(0, 2, 1): only where nothing else could follow */
          if (positional != 2 || signature->parameters[1].kind != BS_KIND_INTS)
            {
              if (i >= positional)
                return FALSE;
              call->slots[i] = args[i];
              continue;
            }
          call->spread = args + 1;
          call->n_spread = n - 1;
          call->slots[1] = args[1];
          break;
        }
      call->slots[i] = args[i];
    }
  for (Py_ssize_t i = 0; names != NULL && i < PyTuple_GET_SIZE (names); i++)
    if (!bind_keyword (overload, call, PyTuple_GET_ITEM (names, i), args[n + i]))
      return FALSE;
  for (guint i = 0; i < signature->n_parameters; i++)
    if (call->slots[i] == NULL && !signature->parameters[i].has_default && !signature->parameters[i].optional)
      return FALSE;
  return TRUE;
}

/* --- conversion ----------------------------------------------------------------------------------------------------------- */

typedef struct {
  BsTensor *inputs[MAX_TENSORS];
  guint n_inputs;
  BsArg args[BS_MAX_PARAMETERS];
  guint n_args;
  gint64 ints[4][BS_MAX_DIMS];
  guint n_ints;
} Converted;

static void
converted_clear (Converted *c)
{
  for (guint i = 0; i < c->n_inputs; i++)
    if (c->inputs[i])
      bs_tensor_unref (c->inputs[i]);
}

static gboolean
add_input (Converted *c, BsTensor *tensor)
{
  if (c->n_inputs == MAX_TENSORS)
    {
      bs_tensor_unref (tensor);
      PyErr_Format (PyExc_RuntimeError, "more than %d tensors in one call", MAX_TENSORS);
      return FALSE;
    }
  c->inputs[c->n_inputs++] = tensor;
  return TRUE;
}

static gboolean
convert_tensors (Converted *c, PyObject *value)
{
  PyObject *fast;
  gboolean ok = TRUE;

  if (bs_is_tensor (value) || !(PyTuple_Check (value) || PyList_Check (value)))
    return FALSE;
  fast = PySequence_Fast (value, "");
  for (Py_ssize_t i = 0; ok && i < PySequence_Fast_GET_SIZE (fast); i++)
    {
      PyObject *item = PySequence_Fast_GET_ITEM (fast, i);

      ok = item == Py_None ? add_input (c, NULL) : bs_is_tensor (item) && add_input (c, bs_tensor_ref (bs_tensor_of (item)));
    }
  Py_DECREF (fast);
  return ok;
}

static gboolean
convert_input (Converted *c, const BsParameter *parameter, PyObject *value)
{
  if (parameter->kind == BS_KIND_TENSORS)
    return value == NULL || convert_tensors (c, value);
  if (value == NULL || value == Py_None)
    return (parameter->optional || parameter->has_default) && add_input (c, NULL);
  if (bs_is_tensor (value))
    return add_input (c, bs_tensor_ref (bs_tensor_of (value)));
  if (parameter->kind == BS_KIND_TENSOR_OR_NUMBER && bs_number_check (value))
    {
      BsTensor *number = bs_number_tensor (value);

      return number != NULL && add_input (c, number);
    }
  return FALSE;
}

static gboolean
is_int (PyObject *value)
{
  return (PyLong_Check (value) && !PyBool_Check (value)) || (!PyFloat_Check (value) && !PyBool_Check (value) && !PyUnicode_Check (value) && PyIndex_Check (value) && !bs_is_tensor (value))
         || (bs_is_tensor (value) && bs_tensor_get_n_dims (bs_tensor_of (value)) == 0
             && !bs_dtype_is_floating (bs_tensor_get_dtype (bs_tensor_of (value))));
}

static gboolean
convert_ints (Converted *c, const BsParameter *parameter, PyObject *value, const Call *call, BsArg *arg)
{
  gint64 *ints;
  guint n = 0;

  if (c->n_ints == G_N_ELEMENTS (c->ints))
    return FALSE;
  ints = c->ints[c->n_ints++];
  if (call->spread != NULL && value == call->slots[1] && value == call->spread[0])
    {
      for (Py_ssize_t i = 0; i < call->n_spread; i++)
        if (!is_int (call->spread[i]))
          return FALSE;
      if (!bs_shape_from_args (call->spread, call->n_spread, ints, &n))
        return FALSE;
    }
  else if (is_int (value))
    {
      if (!bs_int_from (value, ints))
        return FALSE;
      n = 1;
      if (parameter->single_int && parameter->n_ints > 0)
        {
          *arg = BS_INT (ints[0]);
          return TRUE;
        }
    }
  else if (PyTuple_Check (value) || PyList_Check (value))
    {
      for (Py_ssize_t i = 0; i < PySequence_Size (value); i++)
        if (!is_int (PySequence_Fast_GET_ITEM (value, i)))
          return FALSE;
      if (!bs_ints_from (value, ints, &n))
        return FALSE;
    }
  else
    return FALSE;
  *arg = BS_INTS (n, ints);
  return TRUE;
}

static gboolean
convert_arg (Converted *c, const BsParameter *parameter, PyObject *value, const Call *call)
{
  BsArg *arg = &c->args[c->n_args++];

  *arg = BS_NONE;
  if (value == NULL)
    return TRUE;
  if (value == Py_None)
    return parameter->optional || parameter->has_default;
  switch (parameter->kind)
    {
    case BS_KIND_INT:
      if (!is_int (value))
        return FALSE;
      else
        {
          gint64 integer;

          if (!bs_int_from (value, &integer))
            return FALSE;
          *arg = BS_INT (integer);
          return TRUE;
        }
    case BS_KIND_BOOL:
      if (!PyBool_Check (value) && strcmp (Py_TYPE (value)->tp_name, "numpy.bool_") != 0)
        return FALSE;
      *arg = BS_BOOLEAN (PyObject_IsTrue (value));
      return TRUE;
    case BS_KIND_FLOAT:
      if (!bs_scalar_from (value, arg))
        return FALSE;
      if (arg->kind != BS_ARG_REAL)
        *arg = BS_REAL ((double) arg->integer);
      return TRUE;
    case BS_KIND_SCALAR: return bs_scalar_from (value, arg);
    case BS_KIND_STRING:
      if (!PyUnicode_Check (value))
        return FALSE;
      *arg = BS_STRING (g_intern_string (PyUnicode_AsUTF8 (value)));
      return TRUE;
    case BS_KIND_DTYPE:
      {
        int dtype = bs_dtype_from (value);

        if (dtype < 0)
          return FALSE;
        *arg = BS_DTYPE (dtype);
        return TRUE;
      }
    case BS_KIND_INTS: return convert_ints (c, parameter, value, call, arg);
    default: return FALSE;
    }
}

static gboolean
convert (const Overload *overload, const Call *call, Converted *c)
{
  const BsSignature *signature = &overload->signature;

  c->n_inputs = c->n_args = c->n_ints = 0;
  for (guint i = 0; i < signature->n_parameters; i++)
    {
      const BsParameter *parameter = &signature->parameters[i];
      gboolean ok = parameter->is_input ? convert_input (c, parameter, call->slots[i])
                                        : convert_arg (c, parameter, call->slots[i], call);

      if (!ok)
        return FALSE;
    }
  while (c->n_args > 0 && c->args[c->n_args - 1].kind == BS_ARG_NONE)
    c->n_args--;
  return TRUE;
}

/* --- results ------------------------------------------------------------------------------------------------------------------ */

/* As PyTorch has it: a field a line. */
static PyObject *
result_repr (PyObject *self)
{
  PyTypeObject *type = Py_TYPE (self);
  g_autoptr (GString) text = g_string_new (type->tp_name);

  g_string_append_c (text, '(');
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE (self); i++)
    {
      PyObject *item = PyObject_Repr (PyTuple_GET_ITEM (self, i));
      const char *words = item ? PyUnicode_AsUTF8 (item) : NULL;

      if (words)
        g_string_append_printf (text, "%s\n%s=%s", i ? "," : "", type->tp_members[i].name, words);
      Py_XDECREF (item);
      if (!words)
        return NULL;
    }
  g_string_append_c (text, ')');
  return PyUnicode_FromStringAndSize (text->str, text->len);
}

static PyTypeObject *
result_type (const Overload *overload)
{
  PyObject *known = PyDict_GetItemString (result_types, overload->op->name);
  g_auto (GStrv) words = NULL;
  g_autofree PyStructSequence_Field *fields = NULL;
  PyStructSequence_Desc description = { 0 };
  PyTypeObject *type;

  if (known != NULL)
    return (PyTypeObject *) known;
  words = g_strsplit (overload->op->returns, ",", -1);
  fields = g_new0 (PyStructSequence_Field, g_strv_length (words) + 1);
  for (guint i = 0; words[i]; i++)
    fields[i].name = g_intern_string (words[i]);
  description.name = g_intern_string (g_strconcat ("torch.return_types.", overload->signature.name, NULL));
  description.fields = fields;
  description.n_in_sequence = g_strv_length (words);
  type = PyStructSequence_NewType (&description);
  if (type != NULL)
    type->tp_repr = type->tp_str = result_repr;
  if (type != NULL)
    PyDict_SetItemString (result_types, overload->op->name, (PyObject *) type);
  Py_XDECREF (type);
  return type;
}

static PyObject *
pack_results (const Overload *overload, BsTensor **outputs, guint n)
{
  PyTypeObject *type = overload->op->returns ? result_type (overload) : NULL;
  PyObject *result = type ? PyStructSequence_New (type) : PyTuple_New (n);

  for (guint i = 0; i < n; i++)
    {
      PyObject *item = bs_wrap (outputs[i]);

      if (type)
        PyStructSequence_SetItem (result, i, item);
      else
        PyTuple_SET_ITEM (result, i, item);
    }
  return result;
}

/* out=: the result is written there, resized when it has another size. */
static gboolean
write_out (PyObject *out, BsTensor *result)
{
  GError *error = NULL;
  BsTensor *target;

  if (!bs_is_tensor (out))
    {
      PyErr_Format (PyExc_TypeError, "out must be a tensor, not %s", Py_TYPE (out)->tp_name);
      return FALSE;
    }
  target = bs_tensor_of (out);
  if (bs_tensor_get_requires_grad (target) || bs_tensor_get_requires_grad (result))
    {
      PyErr_SetString (PyExc_RuntimeError, "functions with out=... arguments don't support automatic differentiation, but "
                                           "one of the arguments requires grad.");
      return FALSE;
    }
  if (bs_tensor_get_n_dims (target) != bs_tensor_get_n_dims (result)
      || memcmp (bs_tensor_get_shape (target), bs_tensor_get_shape (result), bs_tensor_get_n_dims (result) * sizeof (gint64)) != 0)
    {
      BsTensor *fresh = bs_tensor_new (bs_tensor_get_dtype (target), bs_tensor_get_n_dims (result), bs_tensor_get_shape (result), &error);

      if (fresh == NULL || !bs_tensor_set_data (target, fresh, &error))
        {
          g_clear_pointer (&fresh, bs_tensor_unref);
          bs_raise (error);
          return FALSE;
        }
      bs_tensor_unref (fresh);
    }
  if (bs_copy_inplace (target, result, &error))
    return TRUE;
  bs_raise (error);
  return FALSE;
}

static PyObject *
apply (const PyOp *self, const Overload *overload, Converted *c, const Call *call)
{
  GError *error = NULL;
  PyObject *result;

  if (self->inplace)
    {
      PyObject *target = call->slots[0];

      return bs_apply_inplace (overload->op, c->n_inputs, c->inputs, c->n_args, c->args, &error) ? Py_NewRef (target)
                                                                                                 : bs_raise (error);
    }
  if (overload->op->flags & BS_IS_MULTI)
    {
      BsTensor *few[8];
      g_autofree BsTensor **many = NULL;
      guint n = 0, max = overload->op->returns ? G_N_ELEMENTS (few) : 65536;
      BsTensor **outputs = overload->op->returns ? few : (many = g_new0 (BsTensor *, max));

      if (!bs_apply_multi (overload->op, c->n_inputs, c->inputs, c->n_args, c->args, max, outputs, &n, &error))
        return bs_raise (error);
      result = pack_results (overload, outputs, n);
      if (result != NULL && call->out != NULL && PyTuple_Check (call->out))
        for (guint i = 0; i < n && i < PyTuple_GET_SIZE (call->out); i++)
          if (!write_out (PyTuple_GET_ITEM (call->out, i), bs_tensor_of (PyTuple_GET_ITEM (result, i))))
            Py_CLEAR (result);
      return result;
    }
  result = bs_call_op (overload->op, c->n_inputs, c->inputs, c->n_args, c->args);
  if (result != NULL && call->out != NULL)
    {
      gboolean ok = write_out (call->out, bs_tensor_of (result));

      Py_DECREF (result);
      return ok ? Py_NewRef (call->out) : NULL;
    }
  return result;
}

/* --- no overload fits: say what was given and what would do --------------------------------------------------------------------- */

/* torch._argument_errors knows PyTorch's words. */
static PyObject *
no_overload (const PyOp *self, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
  PyObject *module = PyImport_ImportModule ("torch._argument_errors");
  PyObject *given = PyTuple_New (n), *by_name = PyDict_New (), *signatures = PyList_New (0), *error = NULL;

  if (module == NULL || given == NULL || by_name == NULL || signatures == NULL)
    goto out;
  for (Py_ssize_t i = 0; i < n; i++)
    PyTuple_SET_ITEM (given, i, Py_NewRef (args[i]));
  for (Py_ssize_t i = 0; names != NULL && i < PyTuple_GET_SIZE (names); i++)
    if (PyDict_SetItem (by_name, PyTuple_GET_ITEM (names, i), args[n + i]) < 0)
      goto out;
  for (guint i = 0; i < self->n_overloads; i++)
    {
      PyObject *text = PyUnicode_FromString (self->overloads[i]->op->signature);

      if (text == NULL || PyList_Append (signatures, text) < 0)
        goto out;
      Py_DECREF (text);
    }
  error = PyObject_CallMethod (module, "error_for", "OOOOO", self->name, self->is_method ? Py_True : Py_False, given, by_name, signatures);
  if (error != NULL)
    PyErr_SetObject ((PyObject *) Py_TYPE (error), error);
out:
  Py_XDECREF (module);
  Py_XDECREF (given);
  Py_XDECREF (by_name);
  Py_XDECREF (signatures);
  Py_XDECREF (error);
  return NULL;
}

PyObject *
bs_checked_call (const char *name, PyObject *result, PyObject *args, PyObject *kwargs)
{
  PyObject *type, *value, *trace, *module, *names, *error = NULL;

  if (result != NULL || !PyErr_ExceptionMatches (PyExc_TypeError))
    return result;
  PyErr_Fetch (&type, &value, &trace);
  module = PyImport_ImportModule ("torch._argument_errors");
  names = kwargs ? Py_NewRef (kwargs) : PyDict_New ();
  if (module != NULL && names != NULL)
    error = PyObject_CallMethod (module, "creation_error", "sOO", name, args, names);
  Py_XDECREF (module);
  Py_XDECREF (names);
  if (error == NULL || error == Py_None)
    {
      PyErr_Clear ();
      PyErr_Restore (type, value, trace);
    }
  else
    {
      PyErr_SetObject ((PyObject *) Py_TYPE (error), error);
      Py_XDECREF (type);
      Py_XDECREF (value);
      Py_XDECREF (trace);
    }
  Py_XDECREF (error);
  return NULL;
}

static PyObject *
op_call (PyObject *callable, PyObject *const *args, size_t n_flags, PyObject *names)
{
  const PyOp *self = (PyOp *) callable;
  Py_ssize_t n = PyVectorcall_NARGS (n_flags);

  for (guint i = 0; i < self->n_overloads; i++)
    {
      Call call;
      Converted c;
      PyObject *result;

      memset (&call, 0, sizeof call);
      if (!bind (self->overloads[i], &call, args, n, names))
        continue;
      if (!convert (self->overloads[i], &call, &c))
        {
          converted_clear (&c);
          if (PyErr_Occurred () && !PyErr_ExceptionMatches (PyExc_TypeError))
            return NULL;
          PyErr_Clear ();
          continue;
        }
      result = apply (self, self->overloads[i], &c, &call);
      converted_clear (&c);
      return result;
    }
  return no_overload (self, args, n, names);
}

/* --- the type -------------------------------------------------------------------------------------------------------------------- */

static PyObject *
op_descr_get (PyObject *self, PyObject *object, PyObject *type)
{
  if (object == NULL || object == Py_None)
    return Py_NewRef (self);
  return PyMethod_New (self, object);
}

static PyObject *
op_repr (PyObject *self)
{
  return PyUnicode_FromFormat ("<built-in method %U>", ((PyOp *) self)->name);
}

static PyObject *
op_get_doc (PyObject *self, void *data)
{
  const PyOp *op = (PyOp *) self;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < op->n_overloads; i++)
    g_string_append_printf (text, "%s%s", i ? "\n" : "", op->overloads[i]->op->signature);
  if (op->overloads[0]->op->sentence)
    g_string_append_printf (text, "\n\n%s", op->overloads[0]->op->sentence);
  return PyUnicode_FromString (text->str);
}

static PyMemberDef op_members[] = {
  { "__name__", T_OBJECT, offsetof (PyOp, name), READONLY, NULL },
  { "__qualname__", T_OBJECT, offsetof (PyOp, name), READONLY, NULL },
  { "__vectorcalloffset__", T_PYSSIZET, offsetof (PyOp, call), READONLY, NULL },
  { NULL },
};

static PyGetSetDef op_getset[] = { { "__doc__", op_get_doc }, { NULL } };

static PyType_Slot op_slots[] = {
  { Py_tp_call, PyVectorcall_Call }, { Py_tp_descr_get, op_descr_get }, { Py_tp_repr, op_repr },
  { Py_tp_members, op_members }, { Py_tp_getset, op_getset }, { 0 },
};

static PyType_Spec op_spec = {
  .name = "torch.builtin", .basicsize = sizeof (PyOp), .slots = op_slots,
  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

/* Adds @overload to the function @name of @dict, making it if it is not there. */
static gboolean
publish (PyObject *dict, const char *name, const Overload *overload, gboolean inplace)
{
  PyObject *known = PyDict_GetItemString (dict, name);
  PyOp *self;

  if (known != NULL && Py_TYPE (known) == op_type)
    {
      self = (PyOp *) known;
      if (self->n_overloads < MAX_OVERLOADS)
        self->overloads[self->n_overloads++] = overload;
      return TRUE;
    }
  if (known != NULL)
    return TRUE;
  self = (PyOp *) op_type->tp_alloc (op_type, 0);
  if (self == NULL)
    return FALSE;
  self->call = op_call;
  self->name = PyUnicode_InternFromString (name);
  self->inplace = inplace;
  self->is_method = dict == bs_tensor_type->tp_dict;
  self->overloads[self->n_overloads++] = overload;
  if (PyDict_SetItemString (dict, name, (PyObject *) self) < 0)
    return FALSE;
  Py_DECREF (self);
  return TRUE;
}

static gboolean
publish_op (const Overload *overload, const char *name, PyObject **dicts)
{
  guint flags = overload->op->flags;
  g_autofree char *in_place_name = g_strconcat (name, "_", NULL);
  static const guint bits[] = { BS_IN_TORCH, BS_IN_TENSOR, BS_IN_FUNCTIONAL, BS_IN_LINALG, BS_IN_SPECIAL };

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    if ((flags & bits[i]) && !publish (dicts[i], name, overload, FALSE))
      return FALSE;
  if (flags & BS_IN_INPLACE)
    return publish (dicts[1], in_place_name, overload, TRUE) && (!(flags & BS_IN_TORCH) || publish (dicts[0], in_place_name, overload, TRUE))
           && (!(flags & BS_IN_FUNCTIONAL) || publish (dicts[2], in_place_name, overload, TRUE));
  return TRUE;
}

static PyObject *
submodule (PyObject *module, const char *name)
{
  g_autofree char *full = g_strconcat ("_torch.", name, NULL);
  PyObject *child = PyModule_New (full);

  if (child == NULL || PyModule_AddObjectRef (module, name, child) < 0)
    return NULL;
  Py_DECREF (child);
  return child;
}

gboolean
bs_binding_init (PyObject *module, PyTypeObject *tensor)
{
  PyObject *functional = submodule (module, "functional"), *linalg = submodule (module, "linalg"), *special = submodule (module, "special");
  PyObject *dicts[5];

  op_type = (PyTypeObject *) PyType_FromSpec (&op_spec);
  result_types = PyDict_New ();
  if (op_type == NULL || result_types == NULL || functional == NULL || linalg == NULL || special == NULL)
    return FALSE;
  dicts[0] = PyModule_GetDict (module);
  dicts[1] = tensor->tp_dict;
  dicts[2] = PyModule_GetDict (functional);
  dicts[3] = PyModule_GetDict (linalg);
  dicts[4] = PyModule_GetDict (special);
  table = g_new0 (Overload, bs_n_ops ());
  for (guint i = 0; i < bs_n_ops (); i++)
    {
      g_auto (GStrv) aliases = NULL;

      table[i].op = bs_op_at (i);
      if ((table[i].op->flags & BS_IS_INTERNAL) || !bs_signature_parse (table[i].op->signature, &table[i].signature))
        continue;
      if (!publish_op (&table[i], table[i].signature.name, dicts))
        return FALSE;
      aliases = table[i].op->aliases ? g_strsplit (table[i].op->aliases, ",", -1) : NULL;
      for (guint k = 0; aliases != NULL && aliases[k] != NULL; k++)
        if (!publish_op (&table[i], g_strstrip (aliases[k]), dicts))
          return FALSE;
    }
  PyType_Modified (tensor);
  return PyModule_AddObjectRef (module, "_builtin_type", (PyObject *) op_type) == 0
         && PyModule_AddObjectRef (module, "_return_types", result_types) == 0;
}
