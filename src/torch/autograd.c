/* SPDX-License-Identifier: MIT */

/* backward, grad, hooks, modes, the nodes of the graph, and functions that scripts define. */

#include "config.h"

#include "torch-private.h"

#include "engine/signature.h"

/* --- nodes: one Python type for each name, so that type(x.grad_fn).__name__ says it -------------------------------------------- */

typedef struct {
  PyObject_HEAD
  BsNode *node;
} PyNode;

static PyTypeObject *node_base;
static PyObject *node_types; /* name -> type */

static void
node_dealloc (PyObject *self)
{
  PyTypeObject *type = Py_TYPE (self);

  bs_node_unref (((PyNode *) self)->node);
  type->tp_free (self);
  Py_DECREF (type);
}

static PyObject *
node_name (PyObject *self, PyObject *unused)
{
  BsNode *node = ((PyNode *) self)->node;

  return PyUnicode_FromString (bs_node_get_leaf (node) ? "torch::autograd::AccumulateGrad" : bs_node_get_name (node));
}

static PyObject *
node_next_functions (PyObject *self, void *data)
{
  BsNode *node = ((PyNode *) self)->node;
  const BsOp *op = bs_node_get_op (node);
  PyObject *list = PyList_New (0), *tuple;

  for (guint i = 0; list != NULL && i < bs_node_get_n_inputs (node); i++)
    {
      guint output = 0;
      BsNode *next = bs_node_get_next (node, i, &output);
      PyObject *pair;

      if (op != NULL && i < 32 && (op->constants >> i & 1))
        continue;
      pair = Py_BuildValue ("(NI)", bs_node_object (next), output);
      if (pair == NULL || PyList_Append (list, pair) < 0)
        Py_CLEAR (list);
      Py_XDECREF (pair);
    }
  tuple = list ? PyList_AsTuple (list) : NULL;
  Py_XDECREF (list);
  return tuple;
}

static PyObject *
node_variable (PyObject *self, void *data)
{
  BsTensor *leaf = bs_node_get_leaf (((PyNode *) self)->node);

  if (leaf == NULL)
    return PyErr_Format (PyExc_AttributeError, "'%s' object has no attribute 'variable'", Py_TYPE (self)->tp_name);
  return bs_wrap (bs_tensor_ref (leaf));
}

static PyObject *
node_saved (PyObject *self, void *data)
{
  BsNode *node = ((PyNode *) self)->node;
  PyObject *tuple = PyTuple_New (bs_node_get_n_saved (node));

  for (guint i = 0; i < bs_node_get_n_saved (node); i++)
    {
      BsTensor *saved = bs_node_unpack_saved (node, i, NULL);

      PyTuple_SET_ITEM (tuple, i, saved ? bs_wrap (saved) : Py_NewRef (Py_None));
    }
  return tuple;
}

static PyObject *
wrap_saved (BsNode *node, guint i)
{
  GError *error = NULL;
  BsTensor *saved = bs_node_unpack_saved (node, i, &error);

  if (saved != NULL)
    return bs_wrap (saved);
  if (error != NULL)
    return bs_raise (error);
  PyErr_SetString (PyExc_RuntimeError,
                   "Trying to backward through the graph a second time (or directly access saved tensors after they have "
                   "already been freed). Saved intermediate values of the graph are freed when you call .backward() or "
                   "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if "
                   "you need to access saved tensors after calling backward.");
  return NULL;
}

static PyObject *
arg_object (const BsArg *arg)
{
  PyObject *tuple;

  switch (arg->kind)
    {
    case BS_ARG_BOOL: return PyBool_FromLong (arg->integer);
    case BS_ARG_INT: return PyLong_FromLongLong (arg->integer);
    case BS_ARG_REAL: return PyFloat_FromDouble (arg->real);
    case BS_ARG_STRING: return PyUnicode_FromString (arg->string);
    case BS_ARG_INTS:
      tuple = PyTuple_New (arg->n);
      for (guint i = 0; tuple != NULL && i < arg->n; i++)
        PyTuple_SET_ITEM (tuple, i, PyLong_FromLongLong (arg->ints[i]));
      return tuple;
    default: Py_RETURN_NONE;
    }
}

/* What a custom function's node carries: its backward, and the ctx of its forward. */
typedef struct {
  PyObject *run, *ctx;
} Custom;

/* The node of a torch.autograd.Function is its ctx: saved_tensors, and whatever the forward left there. */
static PyObject *
custom_getattr (PyObject *self, PyObject *name)
{
  Custom *custom = bs_node_get_custom (((PyNode *) self)->node);
  PyObject *value = PyObject_GenericGetAttr (self, name);

  if (value != NULL || custom == NULL || !PyErr_ExceptionMatches (PyExc_AttributeError))
    return value;
  PyErr_Clear ();
  return PyObject_GetAttr (custom->ctx, name);
}

/* _saved_self, _saved_result: what the node keeps, by the names of the operation's signature. */
static PyObject *
node_getattr (PyObject *self, PyObject *name)
{
  const char *text = PyUnicode_AsUTF8 (name);
  BsNode *node = ((PyNode *) self)->node;
  const BsOp *op = bs_node_get_op (node);
  BsSignature signature;

  if (text == NULL || !g_str_has_prefix (text, "_saved_") || g_str_equal (text, "_saved_tensors") || op == NULL
      || !bs_signature_parse (op->signature, &signature))
    return custom_getattr (self, name);
  text += strlen ("_saved_");
  for (guint i = 0; i < bs_node_get_n_saved (node); i++)
    if (bs_node_get_saved_input (node, i) < 0 && g_str_equal (text, "result"))
      return wrap_saved (node, i);
  for (guint p = 0; p < signature.n_parameters; p++)
    {
      const BsParameter *parameter = &signature.parameters[p];
      const BsArg *arg;

      if (!g_str_equal (parameter->name, text))
        continue;
      for (guint i = 0; parameter->is_input && i < bs_node_get_n_saved (node); i++)
        if (bs_node_get_saved_input (node, i) == (int) parameter->position)
          return wrap_saved (node, i);
      if (parameter->is_input)
        {
          if (op->saves_inputs >> parameter->position & 1)
            Py_RETURN_NONE; /* nobody needed it */
          break;
        }
      arg = bs_node_get_arg (node, parameter->position);
      if (arg != NULL)
        return arg_object (arg);
    }
  return PyObject_GenericGetAttr (self, name);
}

static PyObject *
node_compare (PyObject *a, PyObject *b, int how)
{
  if (!PyObject_TypeCheck (b, node_base) || (how != Py_EQ && how != Py_NE))
    Py_RETURN_NOTIMPLEMENTED;
  return PyBool_FromLong ((((PyNode *) a)->node == ((PyNode *) b)->node) == (how == Py_EQ));
}

static Py_hash_t
node_hash (PyObject *self)
{
  return bs_node_get_id (((PyNode *) self)->node);
}

static PyObject *node_register_hook (PyObject *self, PyObject *hook);

static PyMethodDef node_methods[] = { { "name", node_name, METH_NOARGS }, { "register_hook", node_register_hook, METH_O }, { NULL } };
static PyGetSetDef node_getset[] = {
  { "next_functions", node_next_functions }, { "variable", node_variable }, { "_saved_tensors", node_saved }, { NULL },
};
static PyType_Slot node_slots[] = {
  { Py_tp_dealloc, node_dealloc }, { Py_tp_methods, node_methods }, { Py_tp_getset, node_getset },
  { Py_tp_richcompare, node_compare }, { Py_tp_hash, node_hash }, { Py_tp_getattro, node_getattr }, { 0 },
};
static PyType_Spec node_spec = {
  .name = "torch.autograd.Node", .basicsize = sizeof (PyNode), .slots = node_slots,
  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

PyObject *
bs_node_object (BsNode *node)
{
  const char *name;
  PyObject *type;
  PyNode *self;
  const Custom *custom;
  g_autofree char *key = NULL;

  if (node == NULL)
    Py_RETURN_NONE;
  name = bs_node_get_name (node);
  custom = bs_node_get_custom (node);
  key = g_strconcat (name, custom != NULL ? "*" : "", NULL);
  type = PyDict_GetItemString (node_types, key);
  if (type == NULL)
    {
      const char *module = custom != NULL && !g_str_equal (Py_TYPE (custom->ctx)->tp_name, "_Context") ? "torch.autograd.function" : "builtins";

      type = PyObject_CallFunction ((PyObject *) &PyType_Type, "s(O){sss()}", name, node_base, "__module__", module, "__slots__");
      if (type == NULL || PyDict_SetItemString (node_types, key, type) < 0)
        return NULL;
      Py_DECREF (type);
    }
  self = (PyNode *) ((PyTypeObject *) type)->tp_alloc ((PyTypeObject *) type, 0);
  if (self != NULL)
    self->node = bs_node_ref (node);
  return (PyObject *) self;
}

/* --- backward and grad --------------------------------------------------------------------------------------------------------------- */

typedef struct {
  guint n;
  BsTensor **items; /* borrowed from @keep; NULL entries for None */
  PyObject *keep;
} List;

static void
list_clear (List *list)
{
  Py_CLEAR (list->keep);
  g_clear_pointer (&list->items, g_free);
}

/* None, a tensor, or a sequence of them. */
static gboolean
list_from (PyObject *object, List *list)
{
  *list = (List) { 0 };
  if (object == NULL || object == Py_None)
    return TRUE;
  list->keep = bs_is_tensor (object) ? PyTuple_Pack (1, object) : PySequence_Tuple (object);
  if (list->keep == NULL)
    return FALSE;
  list->n = PyTuple_GET_SIZE (list->keep);
  list->items = g_new0 (BsTensor *, list->n + 1);
  for (guint i = 0; i < list->n; i++)
    {
      PyObject *item = PyTuple_GET_ITEM (list->keep, i);

      if (item != Py_None && !bs_is_tensor (item))
        {
          PyErr_Format (PyExc_TypeError, "expected Tensor or None, got %s", Py_TYPE (item)->tp_name);
          return FALSE;
        }
      list->items[i] = item == Py_None ? NULL : bs_tensor_of (item);
    }
  return TRUE;
}

static BsBackwardFlags
flags_from (PyObject *retain, int create)
{
  BsBackwardFlags flags = create ? BS_BACKWARD_CREATE_GRAPH | BS_BACKWARD_RETAIN_GRAPH : 0;

  if (retain != NULL && retain != Py_None)
    flags = PyObject_IsTrue (retain) ? flags | BS_BACKWARD_RETAIN_GRAPH : flags & ~BS_BACKWARD_RETAIN_GRAPH;
  return flags;
}

/* PyTorch says it once in a process. */
static gboolean
warn_of_cycle (void)
{
  static gboolean said;

  if (said)
    return TRUE;
  said = TRUE;
  return PyErr_WarnEx (PyExc_UserWarning,
                       "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient "
                       "which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you "
                       "have to use this function, make sure to reset the .grad fields of your parameters to None after use to break "
                       "the cycle and avoid the leak. (Triggered internally at ../torch/csrc/autograd/engine.cpp:1000.)", 1) == 0;
}

static PyObject *
run_backward (PyObject *tensors, PyObject *gradients, PyObject *retain, int create, PyObject *inputs)
{
  List roots = { 0 }, seeds = { 0 }, wanted = { 0 };
  GError *error = NULL;
  PyObject *result = NULL;

  if (list_from (tensors, &roots) && list_from (gradients, &seeds) && list_from (inputs, &wanted))
    {
      if (inputs != NULL && inputs != Py_None && wanted.n == 0)
        PyErr_SetString (PyExc_RuntimeError, "'inputs' argument to backward() cannot be empty.");
      else if (seeds.n != 0 && seeds.n != roots.n)
        PyErr_Format (PyExc_RuntimeError, "got %u tensors and %u gradients", roots.n, seeds.n);
      else
        {
          gboolean ok = create && !warn_of_cycle () ? FALSE : bs_backward (roots.n, roots.items, seeds.n ? seeds.items : NULL, wanted.n, wanted.items, flags_from (retain, create), &error);

          result = !ok && error == NULL ? NULL : bs_none_or_raise (ok, error);
        }
    }
  list_clear (&roots);
  list_clear (&seeds);
  list_clear (&wanted);
  return result;
}

PyObject *
bs_tensor_backward (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "gradient", "retain_graph", "create_graph", "inputs", NULL };
  PyObject *gradient = Py_None, *retain = Py_None, *inputs = Py_None;
  int create = 0;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|OOpO", words, &gradient, &retain, &create, &inputs))
    return NULL;
  return run_backward (self, gradient, retain, create, inputs);
}

static PyObject *
autograd_backward (PyObject *module, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "tensors", "grad_tensors", "retain_graph", "create_graph", "grad_variables", "inputs", NULL };
  PyObject *tensors, *gradients = Py_None, *retain = Py_None, *old = Py_None, *inputs = Py_None;
  int create = 0;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "O|OOpOO", words, &tensors, &gradients, &retain, &create, &old, &inputs))
    return NULL;
  return run_backward (tensors, gradients != Py_None ? gradients : old, retain, create, inputs);
}

static PyObject *
autograd_grad (PyObject *module, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "outputs", "inputs", "grad_outputs", "retain_graph", "create_graph", "only_inputs", "allow_unused", "is_grads_batched", NULL };
  PyObject *outputs, *inputs, *gradients = Py_None, *retain = Py_None, *only = Py_True, *result = NULL;
  int create = 0, unused = 0, batched = 0;
  List roots = { 0 }, seeds = { 0 }, wanted = { 0 };
  GError *error = NULL;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "OO|OOpOpp", words, &outputs, &inputs, &gradients, &retain, &create, &only, &unused, &batched))
    return NULL;
  if (list_from (outputs, &roots) && list_from (inputs, &wanted) && list_from (gradients, &seeds))
    {
      g_autofree BsTensor **grads = g_new0 (BsTensor *, wanted.n + 1);
      BsBackwardFlags flags = flags_from (retain, create) | (unused ? BS_BACKWARD_ALLOW_UNUSED : 0);

      if (bs_grad (roots.n, roots.items, seeds.n ? seeds.items : NULL, wanted.n, wanted.items, flags, grads, &error))
        {
          result = PyTuple_New (wanted.n);
          for (guint i = 0; i < wanted.n; i++)
            PyTuple_SET_ITEM (result, i, grads[i] ? bs_wrap (grads[i]) : Py_NewRef (Py_None));
        }
      else
        bs_raise (error);
    }
  list_clear (&roots);
  list_clear (&seeds);
  list_clear (&wanted);
  return result;
}

/* --- hooks ------------------------------------------------------------------------------------------------------------------------------ */

static BsTensor *
call_hook (BsTensor *grad, gpointer data, GError **error)
{
  PyObject *argument = bs_wrap (bs_tensor_ref (grad)), *result = PyObject_CallOneArg (data, argument);
  BsTensor *replacement = NULL;

  Py_XDECREF (argument);
  if (result != NULL && result != Py_None && !bs_is_tensor (result))
    {
      PyErr_Format (PyExc_TypeError, "hook should return a Tensor or None, not %s", Py_TYPE (result)->tp_name);
      Py_CLEAR (result);
    }
  if (result == NULL)
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_CALLBACK, "a hook failed");
  else if (result != Py_None)
    replacement = bs_tensor_ref (bs_tensor_of (result));
  Py_XDECREF (result);
  return replacement;
}

static void
drop_object (gpointer data)
{
  Py_DECREF ((PyObject *) data);
}

typedef struct {
  PyObject_HEAD
  BsTensor *tensor;
  BsNode *node;
  guint id;
} PyHandle;

static PyTypeObject *handle_type;

static PyObject *
handle_remove (PyObject *object, PyObject *unused)
{
  PyHandle *self = (PyHandle *) object;

  if (self->tensor != NULL)
    bs_tensor_remove_hook (self->tensor, self->id);
  if (self->node != NULL)
    bs_node_remove_hook (self->node, self->id);
  g_clear_pointer (&self->tensor, bs_tensor_unref);
  g_clear_pointer (&self->node, bs_node_unref);
  Py_RETURN_NONE;
}

static PyObject *
handle_enter (PyObject *self, PyObject *unused)
{
  return Py_NewRef (self);
}

static PyObject *
handle_exit (PyObject *self, PyObject *args)
{
  return handle_remove (self, NULL);
}

static void
handle_dealloc (PyObject *object)
{
  PyTypeObject *type = Py_TYPE (object);

  g_clear_pointer (&((PyHandle *) object)->tensor, bs_tensor_unref);
  g_clear_pointer (&((PyHandle *) object)->node, bs_node_unref);
  type->tp_free (object);
  Py_DECREF (type);
}

static PyMethodDef handle_methods[] = {
  { "remove", handle_remove, METH_NOARGS }, { "__enter__", handle_enter, METH_NOARGS }, { "__exit__", handle_exit, METH_VARARGS }, { NULL },
};
static PyType_Slot handle_slots[] = { { Py_tp_dealloc, handle_dealloc }, { Py_tp_methods, handle_methods }, { 0 } };
static PyType_Spec handle_spec = {
  .name = "torch.utils.hooks.RemovableHandle", .basicsize = sizeof (PyHandle), .slots = handle_slots,
  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

PyObject *
bs_tensor_register_hook (PyObject *self, PyObject *hook)
{
  GError *error = NULL;
  PyHandle *handle;
  guint id = bs_tensor_add_hook (bs_tensor_of (self), call_hook, Py_NewRef (hook), drop_object, &error);

  if (error != NULL)
    {
      Py_DECREF (hook);
      return bs_raise (error);
    }
  handle = (PyHandle *) handle_type->tp_alloc (handle_type, 0);
  if (handle != NULL)
    {
      handle->tensor = bs_tensor_ref (bs_tensor_of (self));
      handle->id = id;
    }
  return (PyObject *) handle;
}

/* --- hooks of nodes: hook (grad_inputs, grad_outputs), which may give other grad_inputs -------------------------------------------- */

static PyObject *
tensors_or_none (guint n, BsTensor *const *tensors)
{
  PyObject *tuple = PyTuple_New (n);

  for (guint i = 0; tuple != NULL && i < n; i++)
    PyTuple_SET_ITEM (tuple, i, tensors[i] ? bs_wrap (bs_tensor_ref (tensors[i])) : Py_NewRef (Py_None));
  return tuple;
}

static gboolean
replace_grads (PyObject *result, guint n, BsTensor **grads)
{
  if (result == Py_None)
    return TRUE;
  if (!PyTuple_Check (result) || PyTuple_GET_SIZE (result) != n)
    {
      PyErr_Format (PyExc_RuntimeError, "hook should return None or a tuple of %u gradients", n);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      PyObject *item = PyTuple_GET_ITEM (result, i);
      BsTensor *grad = bs_is_tensor (item) ? bs_tensor_ref (bs_tensor_of (item)) : NULL;

      if (grads[i] != NULL)
        bs_tensor_unref (grads[i]);
      grads[i] = grad;
    }
  return TRUE;
}

static gboolean
call_node_hook (BsNode *node, guint n_grads, BsTensor **grads, guint n_upstream, BsTensor *const *upstream, gpointer data, GError **error)
{
  PyObject *inputs = tensors_or_none (n_grads, grads), *outputs = tensors_or_none (n_upstream, upstream);
  PyObject *result = inputs && outputs ? PyObject_CallFunctionObjArgs (data, inputs, outputs, NULL) : NULL;
  gboolean ok = result != NULL && replace_grads (result, n_grads, grads);

  Py_XDECREF (inputs);
  Py_XDECREF (outputs);
  Py_XDECREF (result);
  if (!ok)
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_CALLBACK, "a hook failed");
  return ok;
}

static PyObject *
node_register_hook (PyObject *self, PyObject *hook)
{
  PyHandle *handle = (PyHandle *) handle_type->tp_alloc (handle_type, 0);

  if (handle == NULL)
    return NULL;
  handle->node = bs_node_ref (((PyNode *) self)->node);
  handle->id = bs_node_add_hook (handle->node, call_node_hook, Py_NewRef (hook), drop_object);
  return (PyObject *) handle;
}

/* --- hooks of saved tensors ----------------------------------------------------------------------------------------------------- */

static gpointer
call_pack (BsTensor *tensor, gpointer data, GError **error)
{
  PyObject *argument = bs_wrap (bs_tensor_ref (tensor)), *result = argument ? PyObject_CallOneArg (PyTuple_GET_ITEM ((PyObject *) data, 0), argument) : NULL;

  Py_XDECREF (argument);
  if (result == NULL)
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_CALLBACK, "a pack hook failed");
  return result;
}

static BsTensor *
call_unpack (gpointer handle, gpointer data, GError **error)
{
  PyObject *result = PyObject_CallOneArg (PyTuple_GET_ITEM ((PyObject *) data, 1), handle);
  BsTensor *tensor = NULL;

  if (result != NULL && !bs_is_tensor (result))
    PyErr_Format (PyExc_TypeError, "Output of saved tensor unpack_hook expected to be a Tensor but got result of type %s", Py_TYPE (result)->tp_name);
  else if (result != NULL)
    tensor = bs_tensor_ref (bs_tensor_of (result));
  Py_XDECREF (result);
  if (tensor == NULL)
    g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_CALLBACK, "an unpack hook failed");
  return tensor;
}

static PyObject *
push_saved_hooks (PyObject *module, PyObject *args)
{
  PyObject *pack, *unpack;

  if (!PyArg_ParseTuple (args, "OO", &pack, &unpack))
    return NULL;
  bs_push_saved_hooks (call_pack, call_unpack, drop_object, Py_NewRef (args), drop_object);
  Py_RETURN_NONE;
}

static PyObject *
pop_saved_hooks (PyObject *module, PyObject *unused)
{
  bs_pop_saved_hooks ();
  Py_RETURN_NONE;
}

/* --- modes ---------------------------------------------------------------------------------------------------------------------------------- */

static PyObject *
get_mode (PyObject *module, PyObject *unused)
{
  return PyLong_FromLong (bs_get_grad_mode ());
}

static PyObject *
set_mode (PyObject *module, PyObject *mode)
{
  long value = PyLong_AsLong (mode);

  if (value < BS_GRAD_NORMAL || value > BS_GRAD_INFERENCE)
    return PyErr_Occurred () ? NULL : PyErr_Format (PyExc_ValueError, "no such mode");
  bs_set_grad_mode (value);
  Py_RETURN_NONE;
}

static PyObject *
is_inference (PyObject *module, PyObject *tensor)
{
  return bs_is_tensor (tensor) ? PyBool_FromLong (bs_tensor_is_inference (bs_tensor_of (tensor))) : PyErr_Format (PyExc_TypeError, "is_inference() wants a tensor");
}

static PyObject *
is_grad_enabled (PyObject *module, PyObject *unused)
{
  return PyBool_FromLong (bs_get_grad_mode () == BS_GRAD_NORMAL);
}

static PyObject *
get_anomaly (PyObject *module, PyObject *unused)
{
  return PyBool_FromLong (bs_get_anomaly_mode ());
}

static PyObject *
set_anomaly (PyObject *module, PyObject *on)
{
  bs_set_anomaly_mode (PyObject_IsTrue (on) == 1);
  Py_RETURN_NONE;
}

/* --- torch.autograd.Function: the Python side calls _custom(name, inputs, outputs, materialize, backward, ctx) -------------------- */

static gboolean
custom_backward (gpointer data, guint n_outputs, BsTensor *const *upstream, guint n_inputs, BsTensor **grads, GError **error)
{
  PyObject *args = PyTuple_New (n_outputs), *result, *tuple;

  for (guint i = 0; i < n_outputs; i++)
    PyTuple_SET_ITEM (args, i, upstream[i] ? bs_wrap (bs_tensor_ref (upstream[i])) : Py_NewRef (Py_None));
  result = PyObject_CallObject (((Custom *) data)->run, args); /* gives a tuple of n_inputs tensors or None */
  Py_DECREF (args);
  tuple = result ? PySequence_Tuple (result) : NULL;
  Py_XDECREF (result);
  if (tuple == NULL)
    {
      g_set_error_literal (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_CALLBACK, "a backward failed");
      return FALSE;
    }
  for (guint i = 0; i < n_inputs && i < PyTuple_GET_SIZE (tuple); i++)
    {
      PyObject *item = PyTuple_GET_ITEM (tuple, i);

      grads[i] = bs_is_tensor (item) ? bs_tensor_ref (bs_tensor_of (item)) : NULL;
    }
  Py_DECREF (tuple);
  return TRUE;
}

static void
custom_free (gpointer data)
{
  Custom *custom = data;

  Py_DECREF (custom->run);
  Py_DECREF (custom->ctx);
  g_free (custom);
}

/* The saved tensors of a ctx go with the backward. */
static void
custom_released (gpointer data)
{
  if (PyObject_SetAttrString (((Custom *) data)->ctx, "_saved", Py_None) < 0)
    PyErr_Clear ();
}

static PyObject *
make_custom (PyObject *module, PyObject *args)
{
  const char *name;
  PyObject *inputs, *outputs, *backward, *ctx, *object = NULL;
  int materialize;
  List in = { 0 }, out = { 0 };
  GError *error = NULL;

  if (!PyArg_ParseTuple (args, "sOOpOO", &name, &inputs, &outputs, &materialize, &backward, &ctx))
    return NULL;
  if (list_from (inputs, &in) && list_from (outputs, &out))
    {
      Custom *custom = g_new (Custom, 1);
      BsNode *node;

      *custom = (Custom){ Py_NewRef (backward), Py_NewRef (ctx) };
      node = bs_custom_function (g_intern_string (name), in.n, in.items, out.n, out.items, materialize, custom_backward, custom, custom_free, &error);
      if (node != NULL)
        bs_node_set_custom_released (node, custom_released);
      else
        custom_free (custom);
      object = error != NULL ? bs_raise (error) : bs_node_object (node);
    }
  list_clear (&in);
  list_clear (&out);
  return object;
}

#define KEYWORDS (METH_VARARGS | METH_KEYWORDS)
#define F(function) ((PyCFunction) (void (*) (void)) (function))

PyMethodDef bs_autograd_functions[] = {
  { "_backward", F (autograd_backward), KEYWORDS },
  { "_grad", F (autograd_grad), KEYWORDS },
  { "_get_mode", get_mode, METH_NOARGS },
  { "_set_mode", set_mode, METH_O },
  { "is_grad_enabled", is_grad_enabled, METH_NOARGS },
  { "_is_inference", is_inference, METH_O },
  { "is_anomaly_enabled", get_anomaly, METH_NOARGS },
  { "_set_anomaly", set_anomaly, METH_O },
  { "_custom", make_custom, METH_VARARGS },
  { "_push_saved_hooks", push_saved_hooks, METH_VARARGS },
  { "_pop_saved_hooks", pop_saved_hooks, METH_NOARGS },
  { NULL },
};

gboolean
bs_autograd_init (PyObject *module)
{
  node_types = PyDict_New ();
  node_base = (PyTypeObject *) PyType_FromSpec (&node_spec);
  handle_type = (PyTypeObject *) PyType_FromSpec (&handle_spec);
  return node_types != NULL && node_base != NULL && handle_type != NULL
         && PyModule_AddObjectRef (module, "_Node", (PyObject *) node_base) == 0;
}
