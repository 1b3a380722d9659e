/* SPDX-License-Identifier: MIT */

/* The methods of a tensor that are no operations of the engine. */

#include "config.h"

#include "torch-private.h"

static inline BsTensor *
of (PyObject *self)
{
  return bs_tensor_of (self);
}

/* --- small questions ----------------------------------------------------------------------------------------------------- */

static PyObject *
get_itemsize (PyObject *self, void *data)
{
  return PyLong_FromSize_t (bs_dtype_size (bs_tensor_get_dtype (of (self))));
}

static PyObject *
do_size (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "dim", NULL };
  PyObject *dim = Py_None;
  gint64 i, n = bs_tensor_get_n_dims (of (self));

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|O", words, &dim))
    return NULL;
  if (dim == Py_None)
    return bs_tensor_get_shape_object (self, NULL);
  if (!bs_int_from (dim, &i))
    return NULL;
  if (i < -MAX (n, 1) || i >= MAX (n, 1) || n == 0)
    return n == 0 ? PyErr_Format (PyExc_IndexError, "Dimension specified as %lld but tensor has no dimensions", (long long) i)
                  : PyErr_Format (PyExc_IndexError, "Dimension out of range (expected to be in range of [%lld, %lld], but got %lld)",
                                  (long long) -n, (long long) n - 1, (long long) i);
  return PyLong_FromLongLong (bs_tensor_get_shape (of (self))[i < 0 ? i + n : i]);
}

static PyObject *
do_stride (PyObject *self, PyObject *args)
{
  PyObject *dim = Py_None, *tuple;
  gint64 i, n = bs_tensor_get_n_dims (of (self));

  if (!PyArg_ParseTuple (args, "|O", &dim))
    return NULL;
  if (dim != Py_None)
    {
      if (!bs_int_from (dim, &i))
        return NULL;
      if (i < -n || i >= n)
        return PyErr_Format (PyExc_IndexError, "Dimension out of range (expected to be in range of [%lld, %lld], but got %lld)",
                             (long long) -n, (long long) n - 1, (long long) i);
      return PyLong_FromLongLong (bs_tensor_get_strides (of (self))[i < 0 ? i + n : i]);
    }
  tuple = PyTuple_New (n);
  for (i = 0; i < n; i++)
    PyTuple_SET_ITEM (tuple, i, PyLong_FromLongLong (bs_tensor_get_strides (of (self))[i]));
  return tuple;
}

static PyObject *
do_numel (PyObject *self, PyObject *unused)
{
  return PyLong_FromLongLong (bs_tensor_get_numel (of (self)));
}

static PyObject *
do_dim (PyObject *self, PyObject *unused)
{
  return PyLong_FromLong (bs_tensor_get_n_dims (of (self)));
}

static PyObject *
do_storage_offset (PyObject *self, PyObject *unused)
{
  return PyLong_FromLongLong (bs_tensor_get_offset (of (self)));
}

static PyObject *
do_data_ptr (PyObject *self, PyObject *unused)
{
  return PyLong_FromVoidPtr (bs_tensor_get_data (of (self)));
}

static PyObject *
do_element_size (PyObject *self, PyObject *unused)
{
  return get_itemsize (self, NULL);
}

static PyObject *
do_is_contiguous (PyObject *self, PyObject *args, PyObject *kwargs)
{
  return PyBool_FromLong (bs_tensor_is_contiguous (of (self)));
}

static PyObject *
do_is_floating_point (PyObject *self, PyObject *unused)
{
  return PyBool_FromLong (bs_dtype_is_floating (bs_tensor_get_dtype (of (self))));
}

static PyObject *
do_item (PyObject *self, PyObject *unused)
{
  if (bs_tensor_get_numel (of (self)) != 1)
    return PyErr_Format (PyExc_ValueError, "only one element tensors can be converted to Python scalars");
  return bs_element (of (self), 0);
}

static PyObject *
do_tolist (PyObject *self, PyObject *unused)
{
  return bs_to_list (of (self));
}

static PyObject *
do_format (PyObject *self, PyObject *spec)
{
  PyObject *number, *text;

  if (bs_tensor_get_n_dims (of (self)) == 0 && !bs_torch_is_parameter (of (self)))
    {
      number = bs_element (of (self), 0);
      text = number ? PyObject_Format (number, spec) : NULL;
      Py_XDECREF (number);
      return text;
    }
  return PyObject_CallMethod ((PyObject *) &PyBaseObject_Type, "__format__", "OO", self, spec);
}

static PyObject *
do_contains (PyObject *self, PyObject *element)
{
  PyObject *equal, *any, *result = NULL;

  if (!bs_is_tensor (element) && !bs_number_check (element))
    return PyErr_Format (PyExc_RuntimeError,
                         "Tensor.__contains__ only supports Tensor or scalar, but you passed in a <class '%s'>.",
                         Py_TYPE (element)->tp_name);
  equal = PyObject_RichCompare (element, self, Py_EQ);
  any = equal ? PyObject_CallMethod (equal, "any", NULL) : NULL;
  result = any ? PyBool_FromLong (PyObject_IsTrue (any)) : NULL;
  Py_XDECREF (equal);
  Py_XDECREF (any);
  return result;
}

/* --- autograd ------------------------------------------------------------------------------------------------------------- */

static PyObject *
do_requires_grad_ (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "requires_grad", NULL };
  PyObject *value = Py_True;

  if (PyTuple_GET_SIZE (args) > 1)
    return PyErr_Format (PyExc_TypeError, "requires_grad_() takes from 0 to 1 positional arguments but %zd were given", PyTuple_GET_SIZE (args));
  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|O", words, &value))
    return NULL;
  if (PyObject_IsTrue (value) == 1 && !bs_dtype_is_floating (bs_tensor_get_dtype (of (self))))
    return PyErr_Format (PyExc_RuntimeError, "only Tensors of floating point dtype can require gradients");
  if (bs_tensor_set_requires_grad_object (self, value, NULL) < 0)
    return NULL;
  return Py_NewRef (self);
}

static PyObject *
do_detach (PyObject *self, PyObject *unused)
{
  return bs_wrap (bs_tensor_detach (of (self)));
}

static PyObject *
do_detach_ (PyObject *self, PyObject *unused)
{
  GError *error = NULL;

  return bs_tensor_detach_inplace (of (self), &error) ? Py_NewRef (self) : bs_raise (error);
}

static PyObject *
do_retain_grad (PyObject *self, PyObject *unused)
{
  GError *error = NULL;
  gboolean ok = bs_tensor_retain_grad (of (self), &error);

  return bs_none_or_raise (ok, error);
}

static PyObject *
do_make_subclass (PyObject *unused, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "cls", "data", "require_grad", NULL };
  PyObject *type, *data;
  int requires_grad = 0;
  GError *error = NULL;
  BsTensor *tensor;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "OO|p", words, &type, &data, &requires_grad))
    return NULL;
  if (PyType_Check (type) && !bs_is_tensor (data))
    return PyErr_Format (PyExc_AttributeError, "'%s' object has no attribute 'detach'", Py_TYPE (data)->tp_name);
  if (requires_grad && !bs_dtype_is_floating (bs_tensor_get_dtype (of (data))))
    return PyErr_Format (PyExc_RuntimeError, "Only Tensors of floating point and complex dtype can require gradients");
  if (!PyType_Check (type))
    return PyErr_Format (PyExc_TypeError, "_make_subclass(cls, data, require_grad=False)");
  tensor = bs_tensor_detach (of (data));
  if (tensor == NULL)
    return PyErr_NoMemory ();
  if (requires_grad && !bs_tensor_set_requires_grad (tensor, TRUE, &error))
    {
      bs_tensor_unref (tensor);
      return bs_raise (error);
    }
  return bs_wrap_as (tensor, (PyTypeObject *) type);
}

/* --- dtype and device ------------------------------------------------------------------------------------------------------ */

static PyObject *
cast (PyObject *self, int dtype, gboolean copy)
{
  static const BsOp *to, *clone;
  BsTensor *tensor = of (self);
  BsArg arg = BS_DTYPE (dtype);

  if (to == NULL)
    to = bs_op_find ("to.dtype"), clone = bs_op_find ("clone");
  if (dtype < 0 || (BsDtype) dtype == bs_tensor_get_dtype (tensor))
    return copy ? bs_call_op (clone, 1, &tensor, 0, NULL) : Py_NewRef (self);
  return bs_call_op (to, 1, &tensor, 1, &arg);
}

static PyObject *
do_to (PyObject *self, PyObject *args, PyObject *kwargs)
{
  int dtype = -1;
  gboolean copy = FALSE;
  Py_ssize_t at = 0;
  PyObject *key, *value;

  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE (args); i++)
    {
      PyObject *item = PyTuple_GET_ITEM (args, i);

      if (bs_is_tensor (item))
        dtype = bs_tensor_get_dtype (of (item));
      else if (bs_dtype_from (item) >= 0)
        dtype = bs_dtype_from (item);
      else if (PyBool_Check (item))
        copy = copy || (i > 1 && item == Py_True);
      else if (!bs_device_check (item))
        return NULL;
    }
  while (kwargs != NULL && PyDict_Next (kwargs, &at, &key, &value))
    {
      const char *word = PyUnicode_AsUTF8 (key);

      if (g_str_equal (word, "dtype"))
        dtype = value == Py_None ? dtype : bs_dtype_from (value);
      else if (g_str_equal (word, "copy"))
        copy = PyObject_IsTrue (value);
      else if (g_str_equal (word, "device") && !bs_device_check (value))
        return NULL;
    }
  return cast (self, dtype, copy);
}

static const struct { const char *name; BsDtype dtype; } legacy_types[] = {
  { "torch.FloatTensor", BS_FLOAT32 }, { "torch.DoubleTensor", BS_FLOAT64 }, { "torch.HalfTensor", BS_FLOAT16 },
  { "torch.ByteTensor", BS_UINT8 },    { "torch.CharTensor", BS_INT8 },      { "torch.ShortTensor", BS_INT16 },
  { "torch.IntTensor", BS_INT32 },     { "torch.LongTensor", BS_INT64 },     { "torch.BoolTensor", BS_BOOL },
};

static PyObject *
do_type (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "dtype", "non_blocking", NULL };
  PyObject *wanted = Py_None, *block = NULL, *name;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|OO", words, &wanted, &block))
    return NULL;
  if (wanted == Py_None)
    return PyUnicode_FromFormat ("torch.%sTensor", bs_dtype_scalar_name (bs_tensor_get_dtype (of (self))));
  if (bs_dtype_from (wanted) >= 0)
    return cast (self, bs_dtype_from (wanted), FALSE);
  name = PyUnicode_Check (wanted) ? Py_NewRef (wanted) : PyObject_GetAttrString (wanted, "_type_name");
  if (name == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (legacy_types); i++)
    if (PyUnicode_CompareWithASCIIString (name, legacy_types[i].name) == 0)
      {
        Py_DECREF (name);
        return cast (self, legacy_types[i].dtype, FALSE);
      }
  PyErr_Format (PyExc_ValueError, "invalid type: '%U'", name);
  Py_DECREF (name);
  return NULL;
}

#define CAST(word, dtype) \
  static PyObject *do_##word (PyObject *self, PyObject *args, PyObject *kwargs) { return cast (self, dtype, FALSE); }
CAST (float, BS_FLOAT32)
CAST (double, BS_FLOAT64)
CAST (half, BS_FLOAT16)
CAST (long, BS_INT64)
CAST (int, BS_INT32)
CAST (short, BS_INT16)
CAST (char, BS_INT8)
CAST (byte, BS_UINT8)
CAST (bool, BS_BOOL)

static PyObject *
do_cpu (PyObject *self, PyObject *args, PyObject *kwargs)
{
  return Py_NewRef (self);
}

static PyObject *
do_cuda (PyObject *self, PyObject *args, PyObject *kwargs)
{
  return PyErr_Format (PyExc_AssertionError, "Torch not compiled with CUDA enabled");
}

/* --- NumPy ---------------------------------------------------------------------------------------------------------------------- */

static PyObject *
do_numpy (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "force", NULL };
  int force = 0;
  BsTensor *tensor = of (self), *plain;
  PyObject *array;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|$p", words, &force))
    return NULL;
  if (!force && bs_tensor_get_requires_grad (tensor))
    return PyErr_Format (PyExc_RuntimeError,
                         "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.");
  plain = bs_tensor_detach (tensor);
  array = plain ? bs_tensor_to_array (plain) : PyErr_NoMemory ();
  g_clear_pointer (&plain, bs_tensor_unref);
  return array;
}

static PyObject *
do_array (PyObject *self, PyObject *args)
{
  PyObject *dtype = Py_None, *array = do_numpy (self, PyTuple_New (0), NULL), *cast_array;

  if (array == NULL || !PyArg_ParseTuple (args, "|O", &dtype) || dtype == Py_None)
    return array;
  cast_array = PyObject_CallMethod (array, "astype", "O", dtype);
  Py_DECREF (array);
  return cast_array;
}

/* --- copies, pickles --------------------------------------------------------------------------------------------------------------- */

static PyObject *
do_deepcopy (PyObject *self, PyObject *memo)
{
  BsTensor *tensor = of (self), *copy;
  PyObject *key, *known, *result, *dict;
  GError *error = NULL;

  if (!bs_tensor_is_leaf (tensor))
    return PyErr_Format (PyExc_RuntimeError, "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                                             "protocol at the moment");
  key = PyLong_FromVoidPtr (self);
  known = PyDict_Check (memo) ? PyDict_GetItem (memo, key) : NULL;
  if (known != NULL)
    {
      Py_DECREF (key);
      return Py_NewRef (known);
    }
  copy = bs_tensor_from_data (self, -1);
  result = copy ? bs_wrap_as (copy, Py_TYPE (self)) : NULL;
  if (result != NULL && bs_tensor_get_requires_grad (tensor))
    bs_tensor_set_requires_grad (copy, TRUE, NULL);
  if (result != NULL && bs_tensor_get_grad (tensor) != NULL)
    {
      PyObject *grad = bs_wrap (bs_tensor_ref (bs_tensor_get_grad (tensor))), *grad_copy = do_deepcopy (grad, memo);

      if (grad_copy != NULL)
        bs_tensor_set_grad (copy, of (grad_copy), &error);
      g_clear_error (&error);
      Py_XDECREF (grad_copy);
      Py_XDECREF (grad);
    }
  dict = ((PyTensor *) self)->dict;
  if (result != NULL && dict != NULL && PyDict_Size (dict) > 0)
    {
      PyObject *copy_module = PyImport_ImportModule ("copy");

      ((PyTensor *) result)->dict = copy_module ? PyObject_CallMethod (copy_module, "deepcopy", "OO", dict, memo) : NULL;
      Py_XDECREF (copy_module);
    }
  if (result != NULL && PyDict_Check (memo))
    PyDict_SetItem (memo, key, result);
  Py_DECREF (key);
  return result;
}

static PyObject *
do_reduce (PyObject *self, PyObject *protocol)
{
  PyObject *rebuild = PyObject_GetAttrString (bs_torch_module, "_rebuild_tensor");
  BsTensor *tensor = of (self);
  gsize n = bs_tensor_get_numel (tensor) * bs_dtype_size (bs_tensor_get_dtype (tensor));
  PyObject *bytes = PyBytes_FromStringAndSize (NULL, n), *shape = bs_tensor_get_shape_object (self, NULL);

  if (rebuild == NULL || bytes == NULL || shape == NULL || !bs_tensor_copy_out (tensor, PyBytes_AS_STRING (bytes)))
    return NULL;
  return Py_BuildValue ("N(OsNNO)", rebuild, (PyObject *) Py_TYPE (self), bs_dtype_name (bs_tensor_get_dtype (tensor)), shape, bytes,
                        bs_tensor_get_requires_grad (tensor) && bs_tensor_is_leaf (tensor) ? Py_True : Py_False);
}

/* --- new_*: like self unless told otherwise ---------------------------------------------------------------------------------------- */

static PyObject *
do_new_like (PyObject *self, PyObject *args, PyObject *kwargs, const char *maker, gboolean spread)
{
  PyObject *function = PyObject_GetAttrString (bs_torch_module, maker), *options = kwargs ? PyDict_Copy (kwargs) : PyDict_New (), *result;

  if (PyDict_GetItemString (options, "dtype") == NULL)
    {
      PyObject *dtype = bs_dtype_object (bs_tensor_get_dtype (of (self)));

      PyDict_SetItemString (options, "dtype", dtype);
      Py_DECREF (dtype);
    }
  result = function ? PyObject_Call (function, args, options) : NULL;
  Py_XDECREF (function);
  Py_DECREF (options);
  return result;
}

#define NEW_LIKE(word, maker) \
  static PyObject *do_new_##word (PyObject *self, PyObject *args, PyObject *kwargs) \
  { \
    return do_new_like (self, args, kwargs, maker, TRUE); \
  }
NEW_LIKE (ones, "ones")
NEW_LIKE (zeros, "zeros")
NEW_LIKE (empty, "empty")
NEW_LIKE (full, "full")
NEW_LIKE (tensor, "tensor")

/* --- copy_ and friends --------------------------------------------------------------------------------------------------------------- */

static PyObject *
do_copy_ (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "src", "non_blocking", NULL };
  PyObject *source, *block = NULL;
  GError *error = NULL;
  BsTensor *tensor;
  gboolean ok;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "O|O", words, &source, &block))
    return NULL;
  tensor = bs_operand_from (source);
  if (tensor == NULL)
    return PyErr_Occurred () ? NULL : PyErr_Format (PyExc_TypeError, "copy_(): argument 'other' (position 1) must be Tensor, not %s", Py_TYPE (source)->tp_name);
  ok = bs_copy_inplace (of (self), tensor, &error);
  bs_tensor_unref (tensor);
  return ok ? Py_NewRef (self) : bs_raise (error);
}

static PyObject *
do_contiguous (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static const BsOp *clone;
  const BsArg row_major = BS_BOOLEAN (TRUE);
  BsTensor *tensor = of (self);

  if (bs_tensor_is_contiguous (tensor))
    return Py_NewRef (self);
  if (clone == NULL)
    clone = bs_op_find ("clone");
  return bs_call_op (clone, 1, &tensor, 1, &row_major);
}

static PyObject *
do_reversed (PyObject *self, PyObject *unused)
{
  if (bs_tensor_get_n_dims (of (self)) == 0)
    return Py_NewRef (self);
  return PyObject_CallMethod (self, "flip", "i", 0);
}

static PyObject *
do_is_same_size (PyObject *self, PyObject *other)
{
  BsTensor *a = of (self), *b = bs_torch_get_tensor (other);

  return PyBool_FromLong (b != NULL && bs_tensor_get_n_dims (a) == bs_tensor_get_n_dims (b)
                          && memcmp (bs_tensor_get_shape (a), bs_tensor_get_shape (b), bs_tensor_get_n_dims (a) * sizeof (gint64)) == 0);
}

/* --- random numbers in place: the module's functions with the tensor in front ---------------------------------------------- */

static PyObject *
with_self (const char *function, PyObject *self, PyObject *args, PyObject *kwargs)
{
  PyObject *callable = PyObject_GetAttrString (bs_torch_module, function), *front = PyTuple_Pack (1, self), *all, *result;

  all = front ? PySequence_Concat (front, args) : NULL;
  result = callable && all ? PyObject_Call (callable, all, kwargs) : NULL;
  Py_XDECREF (callable);
  Py_XDECREF (front);
  Py_XDECREF (all);
  return result;
}
#define RANDOM(word, function) \
  static PyObject *do_##word##_ (PyObject *self, PyObject *args, PyObject *kwargs) { return with_self (function, self, args, kwargs); }
RANDOM (uniform, "_uniform_")
RANDOM (normal, "_normal_")
RANDOM (random, "_random_")
RANDOM (bernoulli, "_bernoulli_")

#define KEYWORDS (METH_VARARGS | METH_KEYWORDS)
#define F(function) ((PyCFunction) (void (*) (void)) (function))

PyMethodDef bs_tensor_methods[] = {
  { "size", F (do_size), KEYWORDS },
  { "stride", do_stride, METH_VARARGS },
  { "numel", do_numel, METH_NOARGS },
  { "nelement", do_numel, METH_NOARGS },
  { "dim", do_dim, METH_NOARGS },
  { "ndimension", do_dim, METH_NOARGS },
  { "storage_offset", do_storage_offset, METH_NOARGS },
  { "data_ptr", do_data_ptr, METH_NOARGS },
  { "element_size", do_element_size, METH_NOARGS },
  { "is_contiguous", F (do_is_contiguous), KEYWORDS },
  { "is_floating_point", do_is_floating_point, METH_NOARGS },
  { "item", do_item, METH_NOARGS },
  { "tolist", do_tolist, METH_NOARGS },
  { "__format__", do_format, METH_O },
  { "__contains__", do_contains, METH_O },
  { "__reversed__", do_reversed, METH_NOARGS },
  { "requires_grad_", F (do_requires_grad_), KEYWORDS },
  { "detach", do_detach, METH_NOARGS },
  { "detach_", do_detach_, METH_NOARGS },
  { "retain_grad", do_retain_grad, METH_NOARGS },
  { "backward", F (bs_tensor_backward), KEYWORDS },
  { "register_hook", bs_tensor_register_hook, METH_O },
  { "_make_subclass", F (do_make_subclass), KEYWORDS | METH_STATIC },
  { "to", F (do_to), KEYWORDS },
  { "type", F (do_type), KEYWORDS },
  { "float", F (do_float), KEYWORDS },
  { "double", F (do_double), KEYWORDS },
  { "half", F (do_half), KEYWORDS },
  { "long", F (do_long), KEYWORDS },
  { "int", F (do_int), KEYWORDS },
  { "short", F (do_short), KEYWORDS },
  { "char", F (do_char), KEYWORDS },
  { "byte", F (do_byte), KEYWORDS },
  { "bool", F (do_bool), KEYWORDS },
  { "cpu", F (do_cpu), KEYWORDS },
  { "cuda", F (do_cuda), KEYWORDS },
  { "numpy", F (do_numpy), KEYWORDS },
  { "__array__", do_array, METH_VARARGS },
  { "__deepcopy__", do_deepcopy, METH_O },
  { "__reduce_ex__", do_reduce, METH_O },
  { "new_ones", F (do_new_ones), KEYWORDS },
  { "new_zeros", F (do_new_zeros), KEYWORDS },
  { "new_empty", F (do_new_empty), KEYWORDS },
  { "new_full", F (do_new_full), KEYWORDS },
  { "new_tensor", F (do_new_tensor), KEYWORDS },
  { "copy_", F (do_copy_), KEYWORDS },
  { "contiguous", F (do_contiguous), KEYWORDS },
  { "uniform_", F (do_uniform_), KEYWORDS },
  { "normal_", F (do_normal_), KEYWORDS },
  { "random_", F (do_random_), KEYWORDS },
  { "bernoulli_", F (do_bernoulli_), KEYWORDS },
  { "is_same_size", do_is_same_size, METH_O },
  { NULL },
};
