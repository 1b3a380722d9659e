/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "torch-private.h"

PyTypeObject *bs_tensor_type;
PyObject *bs_torch_module;

/* --- errors ---------------------------------------------------------------------------------------------------------- */

static PyObject *linalg_error;

PyObject *
bs_raise (GError *error)
{
  PyObject *type = PyExc_RuntimeError;

  if (error == NULL)
    return PyErr_Occurred () ? NULL : PyErr_NoMemory ();
  if (error->domain == BS_ENGINE_ERROR)
    switch (error->code)
      {
      case BS_ENGINE_ERROR_INDEX: type = PyExc_IndexError; break;
      case BS_ENGINE_ERROR_TYPE: type = PyExc_TypeError; break;
      case BS_ENGINE_ERROR_VALUE: type = PyExc_ValueError; break;
      case BS_ENGINE_ERROR_LINALG: type = linalg_error; break;
      case BS_ENGINE_ERROR_NOT_IMPLEMENTED: type = PyExc_NotImplementedError; break;
      default: break;
      }
  /* A hook's own exception is already there. */
  if (!(error->domain == BS_ENGINE_ERROR && error->code == BS_ENGINE_ERROR_CALLBACK && PyErr_Occurred ()))
    PyErr_SetString (type, error->message);
  g_error_free (error);
  return NULL;
}

PyObject *
bs_none_or_raise (gboolean ok, GError *error)
{
  if (!ok)
    return bs_raise (error);
  Py_RETURN_NONE;
}

/* --- life of an object --------------------------------------------------------------------------------------------------- */

PyObject *
bs_wrap_as (BsTensor *tensor, PyTypeObject *type)
{
  PyTensor *self;

  if (tensor == NULL)
    return NULL;
  self = (PyTensor *) type->tp_alloc (type, 0);
  if (self == NULL)
    {
      bs_tensor_unref (tensor);
      return NULL;
    }
  self->tensor = tensor;
  bs_tensor_set_user_data (tensor, self);
  return (PyObject *) self;
}

PyObject *
bs_wrap (BsTensor *tensor)
{
  PyObject *known;

  if (tensor == NULL)
    return NULL;
  known = bs_tensor_get_user_data (tensor);
  if (known == NULL)
    return bs_wrap_as (tensor, bs_tensor_type);
  bs_tensor_unref (tensor);
  return Py_NewRef (known);
}

static int
tensor_traverse (PyTensor *self, visitproc visit, void *arg)
{
  Py_VISIT (Py_TYPE (self));
  Py_VISIT (self->dict);
  return 0;
}

static int
tensor_clear (PyTensor *self)
{
  Py_CLEAR (self->dict);
  return 0;
}

static void
tensor_dealloc (PyTensor *self)
{
  PyTypeObject *type = Py_TYPE (self);

  PyObject_GC_UnTrack (self);
  if (self->weak)
    PyObject_ClearWeakRefs ((PyObject *) self);
  Py_CLEAR (self->dict);
  if (self->tensor)
    {
      if (bs_tensor_get_user_data (self->tensor) == self)
        bs_tensor_set_user_data (self->tensor, NULL);
      bs_tensor_unref (self->tensor);
    }
  type->tp_free (self);
  Py_DECREF (type);
}

BsTensor *
bs_torch_get_tensor (PyObject *object)
{
  return bs_tensor_type != NULL && bs_is_tensor (object) ? bs_tensor_of (object) : NULL;
}

gboolean
bs_torch_is_parameter (BsTensor *tensor)
{
  PyObject *object = bs_tensor_get_user_data (tensor);
  PyTypeObject *type = object ? Py_TYPE (object) : NULL;

  for (; type != NULL && type != bs_tensor_type; type = type->tp_base)
    if (g_str_equal (type->tp_name, "Parameter"))
      return TRUE;
  return FALSE;
}

/* torch.Tensor(2, 3), torch.Tensor([1, 2]), torch.Tensor(): always the default dtype. */
static PyObject *
tensor_new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
  Py_ssize_t n = PyTuple_GET_SIZE (args);
  BsDtype dtype = bs_get_default_dtype ();
  GError *error = NULL;
  gint64 shape[BS_MAX_DIMS] = { 0 };
  guint n_dims = 1;
  BsTensor *tensor;

  if (n == 1 && bs_is_tensor (PyTuple_GET_ITEM (args, 0)))
    {
      tensor = bs_tensor_detach (bs_tensor_of (PyTuple_GET_ITEM (args, 0)));
      return bs_wrap_as (tensor, type);
    }
  if (n == 1 && !PyLong_Check (PyTuple_GET_ITEM (args, 0)) && !bs_size_check (PyTuple_GET_ITEM (args, 0)))
    {
      tensor = bs_tensor_from_data (PyTuple_GET_ITEM (args, 0), dtype);
      if (tensor == NULL)
        return NULL;
    }
  else
    {
      if (n > 0 && !bs_shape_from_args (PySequence_Fast_ITEMS (args), n, shape, &n_dims))
        return NULL;
      tensor = bs_tensor_new (dtype, n_dims, shape, &error);
      if (tensor == NULL)
        return bs_raise (error);
    }
  bs_tensor_announce (tensor, "tensor");
  return bs_wrap_as (tensor, type);
}

static Py_hash_t
tensor_hash (PyObject *self)
{
  return _Py_HashPointer (self);
}


static PyMemberDef tensor_members[] = {
  { "__dictoffset__", T_PYSSIZET, offsetof (PyTensor, dict), READONLY, NULL },
  { "__weaklistoffset__", T_PYSSIZET, offsetof (PyTensor, weak), READONLY, NULL },
  { NULL },
};

static gboolean
make_type (void)
{
  PyType_Slot own[] = {
    { Py_tp_new, tensor_new },
    { Py_tp_dealloc, tensor_dealloc },
    { Py_tp_traverse, tensor_traverse },
    { Py_tp_clear, tensor_clear },
    { Py_tp_repr, bs_tensor_repr },
    { Py_tp_hash, tensor_hash },
    { Py_tp_richcompare, bs_compare },
    { Py_tp_iter, bs_iterate },
    { Py_tp_methods, bs_tensor_methods },
    { Py_tp_getset, bs_tensor_getset },
    { Py_tp_members, tensor_members },
    { Py_mp_subscript, bs_subscript },
    { Py_mp_ass_subscript, bs_assign_subscript },
    { Py_mp_length, bs_length },
  };
  PyType_Slot slots[G_N_ELEMENTS (own) + 64] = { 0 };
  PyType_Spec spec = {
    .name = "torch.Tensor",
    .basicsize = sizeof (PyTensor),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
  };

  memcpy (slots, own, sizeof own);
  memcpy (slots + G_N_ELEMENTS (own), bs_operator_slots, bs_n_operator_slots * sizeof (PyType_Slot));
  bs_tensor_type = (PyTypeObject *) PyType_FromSpec (&spec);
  /* Python's own errors say 'Tensor', as for PyTorch's class, which is written in Python. */
  if (bs_tensor_type != NULL)
    bs_tensor_type->tp_name = "Tensor";
  return bs_tensor_type != NULL;
}

/* A type takes one table of methods; the others are added as descriptors. */
static gboolean
add_methods (PyMethodDef *methods)
{
  for (; methods->ml_name != NULL; methods++)
    {
      PyObject *descriptor = PyDescr_NewMethod (bs_tensor_type, methods);

      if (descriptor == NULL || PyDict_SetItemString (bs_tensor_type->tp_dict, methods->ml_name, descriptor) < 0)
        return FALSE;
      Py_DECREF (descriptor);
    }
  PyType_Modified (bs_tensor_type);
  return TRUE;
}

static gboolean
add_functions (PyObject *module)
{
  PyMethodDef *groups[] = { bs_draw_functions, bs_create_functions, bs_autograd_functions, bs_random_functions, bs_torch_functions };

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (PyModule_AddFunctions (module, groups[i]) < 0)
      return FALSE;
  return TRUE;
}

static struct PyModuleDef definition = {
  PyModuleDef_HEAD_INIT,
  .m_name = "_torch",
  .m_doc = "Tensors and automatic differentiation: the part of torch that is written in C.",
  .m_size = -1,
};

PyMODINIT_FUNC
PyInit__torch (void)
{
  PyObject *module = PyModule_Create (&definition);

  if (module == NULL)
    return NULL;
  bs_torch_module = module;
  /* Generated functions first: what is written by hand replaces them. */
  if (!make_type () || !bs_objects_init (module) || !bs_binding_init (module, bs_tensor_type) || !add_methods (bs_draw_methods)
      || !add_functions (module)
      || (linalg_error = PyErr_NewException ("torch._C._LinAlgError", PyExc_RuntimeError, NULL)) == NULL
      || PyModule_AddObjectRef (module, "_LinAlgError", linalg_error) < 0
      || !bs_autograd_init (module) || PyModule_AddObjectRef (module, "Tensor", (PyObject *) bs_tensor_type) < 0)
    {
      Py_DECREF (module);
      return NULL;
    }
  return module;
}
