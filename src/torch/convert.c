/* SPDX-License-Identifier: MIT */

/* Between Python's values and the engine's: numbers, shapes, nested lists, NumPy arrays. */

#include "config.h"

#include "torch-private.h"

/* --- numbers ------------------------------------------------------------------------------------------------------------ */

/* NumPy's scalars are numbers here, its arrays are not; found without importing NumPy. */
static gboolean
is_numpy_scalar (PyObject *object)
{
  const char *name = Py_TYPE (object)->tp_name;

  return g_str_has_prefix (name, "numpy.") && !g_str_equal (name, "numpy.ndarray") && PyNumber_Check (object);
}

gboolean
bs_number_check (PyObject *object)
{
  return PyFloat_Check (object) || PyLong_Check (object) || is_numpy_scalar (object);
}

gboolean
bs_int_from (PyObject *object, gint64 *out)
{
  PyObject *number = PyNumber_Index (object);

  if (number == NULL)
    return FALSE;
  *out = PyLong_AsLongLong (number);
  Py_DECREF (number);
  return !(*out == -1 && PyErr_Occurred ());
}

gboolean
bs_ints_from (PyObject *object, gint64 *out, guint *n)
{
  PyObject *fast = PySequence_Fast (object, "expected a sequence of ints");
  Py_ssize_t size = fast ? PySequence_Fast_GET_SIZE (fast) : 0;
  gboolean ok = fast != NULL;

  if (ok && size > BS_MAX_DIMS)
    {
      PyErr_Format (PyExc_RuntimeError, "tensors here have at most %d dimensions", BS_MAX_DIMS);
      ok = FALSE;
    }
  for (Py_ssize_t i = 0; ok && i < size; i++)
    ok = bs_int_from (PySequence_Fast_GET_ITEM (fast, i), &out[i]);
  Py_XDECREF (fast);
  *n = size;
  return ok;
}

gboolean
bs_shape_from_args (PyObject *const *args, Py_ssize_t n, gint64 *out, guint *n_dims)
{
  if (n == 1 && !PyLong_Check (args[0]) && PySequence_Check (args[0]) && !bs_is_tensor (args[0]))
    return bs_ints_from (args[0], out, n_dims);
  if (n > BS_MAX_DIMS)
    {
      PyErr_Format (PyExc_RuntimeError, "tensors here have at most %d dimensions", BS_MAX_DIMS);
      return FALSE;
    }
  *n_dims = n;
  for (Py_ssize_t i = 0; i < n; i++)
    if (!bs_int_from (args[i], &out[i]))
      return FALSE;
  return TRUE;
}

static BsTensor *
number_tensor (PyObject *number)
{
  if (PyFloat_Check (number))
    return bs_tensor_new_number (PyFloat_AS_DOUBLE (number), BS_FLOAT64);
  if (PyBool_Check (number))
    return bs_tensor_new_number (number == Py_True, BS_BOOL);
  if (PyLong_Check (number))
    {
      long long value = PyLong_AsLongLong (number);

      return value == -1 && PyErr_Occurred () ? NULL : bs_tensor_new_integer (value);
    }
  if (PyIndex_Check (number))
    {
      gint64 value;

      return bs_int_from (number, &value) ? bs_tensor_new_integer (value) : NULL;
    }
  else
    {
      double value = PyFloat_AsDouble (number);

      return value == -1.0 && PyErr_Occurred () ? NULL : bs_tensor_new_number (value, BS_FLOAT64);
    }
}

BsTensor *
bs_number_tensor (PyObject *number)
{
  BsTensor *tensor = number_tensor (number);

  if (tensor == NULL && !PyErr_Occurred ())
    PyErr_SetString (PyExc_RuntimeError, "out of memory");
  return tensor;
}

gboolean
bs_scalar_from (PyObject *value, BsArg *arg)
{
  if (PyBool_Check (value))
    *arg = BS_BOOLEAN (value == Py_True);
  else if (PyLong_Check (value))
    {
      long long integer = PyLong_AsLongLong (value);

      if (integer == -1 && PyErr_Occurred ())
        return FALSE;
      *arg = BS_INT (integer);
    }
  else if (bs_is_tensor (value))
    {
      BsTensor *tensor = bs_tensor_of (value);

      if (bs_tensor_get_numel (tensor) != 1)
        return FALSE;
      *arg = bs_dtype_is_floating (bs_tensor_get_dtype (tensor)) ? BS_REAL (bs_tensor_get_double (tensor, 0))
                                                                 : BS_INT (bs_tensor_get_integer (tensor, 0));
    }
  else if (bs_number_check (value))
    {
      double real = PyFloat_AsDouble (value);

      if (real == -1.0 && PyErr_Occurred ())
        return FALSE;
      *arg = BS_REAL (real);
    }
  else
    return FALSE;
  return TRUE;
}

BsTensor *
bs_operand_from (PyObject *object)
{
  if (bs_is_tensor (object))
    return bs_tensor_ref (bs_tensor_of (object));
  if (bs_number_check (object))
    return bs_number_tensor (object);
  if (g_str_equal (Py_TYPE (object)->tp_name, "numpy.ndarray"))
    return bs_tensor_from_array (object, TRUE);
  return NULL;
}

PyObject *
bs_element (BsTensor *tensor, gint64 index)
{
  BsDtype dtype = bs_tensor_get_dtype (tensor);

  if (bs_dtype_is_floating (dtype))
    return PyFloat_FromDouble (bs_tensor_get_double (tensor, index));
  if (dtype == BS_BOOL)
    return PyBool_FromLong (bs_tensor_get_integer (tensor, index));
  return PyLong_FromLongLong (bs_tensor_get_integer (tensor, index));
}

static PyObject *
list_level (BsTensor *tensor, guint dim, gint64 *index)
{
  PyObject *list;
  gint64 size;

  if (dim == bs_tensor_get_n_dims (tensor))
    return bs_element (tensor, (*index)++);
  size = bs_tensor_get_shape (tensor)[dim];
  list = PyList_New (size);
  for (gint64 i = 0; list != NULL && i < size; i++)
    {
      PyObject *item = list_level (tensor, dim + 1, index);

      if (item == NULL)
        Py_CLEAR (list);
      else
        PyList_SET_ITEM (list, i, item);
    }
  return list;
}

PyObject *
bs_to_list (BsTensor *tensor)
{
  gint64 index = 0;

  return list_level (tensor, 0, &index);
}

/* --- torch.tensor(): nested sequences ----------------------------------------------------------------------------------------- */

typedef struct {
  guint n_dims;
  gint64 shape[BS_MAX_DIMS];
  gboolean any_float, any_int, any_bool;
  int tensor_dtype; /* of tensors inside; -1: none */
} Survey;

static gboolean
is_sequence (PyObject *object)
{
  return PySequence_Check (object) && !PyUnicode_Check (object) && !PyBytes_Check (object);
}

static gboolean
survey_leaf (Survey *survey, PyObject *item)
{
  if (bs_is_tensor (item))
    {
      int dtype = bs_tensor_get_dtype (bs_tensor_of (item));

      survey->tensor_dtype = survey->tensor_dtype < 0 ? dtype : (int) bs_dtype_promote (survey->tensor_dtype, dtype);
      return TRUE;
    }
  if (PyBool_Check (item))
    survey->any_bool = TRUE;
  else if (PyLong_Check (item))
    survey->any_int = TRUE;
  else if (PyFloat_Check (item))
    survey->any_float = TRUE;
  else if (is_numpy_scalar (item))
    {
      const char *name = Py_TYPE (item)->tp_name;
      int dtype = g_str_equal (name, "numpy.float64") ? BS_FLOAT64 : g_str_equal (name, "numpy.float32") ? BS_FLOAT32
                  : g_str_equal (name, "numpy.bool_") ? BS_BOOL : g_str_equal (name, "numpy.int32") ? BS_INT32 : BS_INT64;

      survey->tensor_dtype = survey->tensor_dtype < 0 ? dtype : (int) bs_dtype_promote (survey->tensor_dtype, dtype);
    }
  else if (PyComplex_Check (item))
    {
      PyErr_SetString (PyExc_NotImplementedError, "complex numbers are not part of this engine");
      return FALSE;
    }
  else
    {
      if (PyUnicode_Check (item))
        PyErr_SetString (PyExc_TypeError, "new(): invalid data type 'str'");
      else
        PyErr_Format (PyExc_RuntimeError, "Could not infer dtype of %s", Py_TYPE (item)->tp_name);
      return FALSE;
    }
  return TRUE;
}

/* The shape is that of the first of everything; the others must agree. */
static gboolean
survey_shape (Survey *survey, PyObject *data)
{
  PyObject *item = Py_NewRef (data);
  gboolean ok = TRUE;

  while (ok && !bs_is_tensor (item) && !is_numpy_scalar (item) && is_sequence (item))
    {
      Py_ssize_t size = PySequence_Size (item);
      PyObject *first;

      if (size < 0 || survey->n_dims == BS_MAX_DIMS)
        {
          if (size >= 0)
            PyErr_SetString (PyExc_ValueError, "too many dimensions");
          ok = FALSE;
          break;
        }
      survey->shape[survey->n_dims++] = size;
      if (size == 0)
        break;
      first = PySequence_GetItem (item, 0);
      Py_DECREF (item);
      item = first;
      ok = first != NULL;
    }
  if (ok && bs_is_tensor (item))
    {
      BsTensor *inner = bs_tensor_of (item);

      for (guint i = 0; i < bs_tensor_get_n_dims (inner) && survey->n_dims < BS_MAX_DIMS; i++)
        survey->shape[survey->n_dims++] = bs_tensor_get_shape (inner)[i];
    }
  Py_XDECREF (item);
  return ok;
}

typedef gboolean (*LeafFunc) (gpointer user, PyObject *leaf, gint64 index);

static gboolean
walk_leaves (const Survey *survey, PyObject *data, guint dim, gint64 *index, LeafFunc leaf, gpointer user)
{
  PyObject *fast;
  gboolean ok = TRUE;
  Py_ssize_t size;

  if (dim == survey->n_dims)
    return leaf (user, data, (*index)++);
  if (bs_is_tensor (data) && bs_tensor_get_n_dims (bs_tensor_of (data)) == 0)
    {
      PyErr_SetString (PyExc_TypeError, "len() of a 0-d tensor");
      return FALSE;
    }
  if (!is_sequence (data))
    {
      PyErr_SetString (PyExc_ValueError, "only one element tensors can be converted to Python scalars");
      return FALSE;
    }
  fast = PySequence_Fast (data, "not a sequence");
  size = fast ? PySequence_Fast_GET_SIZE (fast) : -1;
  if (size >= 0 && size != survey->shape[dim])
    {
      PyErr_Format (PyExc_ValueError, "expected sequence of length %lld at dim %u (got %zd)",
                    (long long) survey->shape[dim], dim, size);
      ok = FALSE;
    }
  for (Py_ssize_t i = 0; ok && i < size; i++)
    ok = walk_leaves (survey, PySequence_Fast_GET_ITEM (fast, i), dim + 1, index, leaf, user);
  Py_XDECREF (fast);
  return ok && size >= 0;
}

static gboolean
look_at_leaf (gpointer user, PyObject *leaf, gint64 index)
{
  if (is_sequence (leaf) && !bs_is_tensor (leaf) && !is_numpy_scalar (leaf))
    {
      PyErr_SetString (PyExc_ValueError, "only one element tensors can be converted to Python scalars");
      return FALSE;
    }
  return survey_leaf (user, leaf);
}

typedef struct {
  void *data;
  BsDtype dtype;
} Target;

static gboolean
store_leaf (gpointer user, PyObject *leaf, gint64 i)
{
  Target *target = user;

  if (bs_dtype_is_floating (target->dtype))
    {
      double value = PyFloat_AsDouble (leaf);

      if (value == -1.0 && PyErr_Occurred ())
        return FALSE;
      if (target->dtype == BS_FLOAT64)
        ((double *) target->data)[i] = value;
      else
        ((float *) target->data)[i] = value; /* half goes through float */
      return TRUE;
    }
  else
    {
      PyObject *number = PyFloat_Check (leaf) ? PyNumber_Long (leaf) : PyNumber_Long (leaf);
      long long value = number ? PyLong_AsLongLong (number) : -1;

      Py_XDECREF (number);
      if (value == -1 && PyErr_Occurred ())
        {
          if (PyErr_ExceptionMatches (PyExc_OverflowError))
            {
              PyErr_Clear ();
              PyErr_SetString (PyExc_RuntimeError, "Overflow when unpacking long");
            }
          return FALSE;
        }
      switch (target->dtype)
        {
        case BS_BOOL: ((guint8 *) target->data)[i] = PyObject_IsTrue (leaf) == 1; break;
        case BS_UINT8: ((guint8 *) target->data)[i] = value; break;
        case BS_INT8: ((gint8 *) target->data)[i] = value; break;
        case BS_INT16: ((gint16 *) target->data)[i] = value; break;
        case BS_INT32: ((gint32 *) target->data)[i] = value; break;
        default: ((gint64 *) target->data)[i] = value; break;
        }
      return TRUE;
    }
}

static BsTensor *
converted (BsTensor *tensor, BsDtype dtype)
{
  GError *error = NULL;
  BsTensor *result = bs_tensor_new (dtype, bs_tensor_get_n_dims (tensor), bs_tensor_get_shape (tensor), &error);
  BsGradMode mode = bs_get_grad_mode ();

  if (result != NULL)
    {
      bs_set_grad_mode (BS_GRAD_OFF);
      if (!bs_copy_inplace (result, tensor, &error))
        g_clear_pointer (&result, bs_tensor_unref);
      bs_set_grad_mode (mode);
    }
  if (result == NULL)
    bs_raise (error);
  return result;
}

static BsTensor *
copy_of (BsTensor *tensor, int dtype)
{
  g_autofree guint8 *bytes = NULL;
  GError *error = NULL;
  BsTensor *copy;

  if (dtype >= 0 && (BsDtype) dtype != bs_tensor_get_dtype (tensor))
    return converted (tensor, dtype);
  bytes = g_try_malloc (MAX (1, bs_tensor_get_numel (tensor) * bs_dtype_size (bs_tensor_get_dtype (tensor))));
  if (bytes == NULL || !bs_tensor_copy_out (tensor, bytes))
    return (BsTensor *) PyErr_NoMemory ();
  copy = bs_tensor_new_from (bs_tensor_get_dtype (tensor), bs_tensor_get_n_dims (tensor), bs_tensor_get_shape (tensor),
                             bytes, &error);
  return copy ? copy : (BsTensor *) bs_raise (error);
}

BsTensor *
bs_tensor_from_data (PyObject *data, int dtype)
{
  Survey survey = { .tensor_dtype = -1 };
  Target target;
  GError *error = NULL;
  gint64 index = 0;
  BsTensor *tensor, *half;

  if (bs_is_tensor (data))
    return copy_of (bs_tensor_of (data), dtype);
  if (g_str_equal (Py_TYPE (data)->tp_name, "numpy.ndarray"))
    {
      BsTensor *shared = bs_tensor_from_array (data, TRUE);

      tensor = shared ? copy_of (shared, dtype) : NULL;
      g_clear_pointer (&shared, bs_tensor_unref);
      return tensor;
    }
  if (dtype < 0 && g_str_has_prefix (Py_TYPE (data)->tp_name, "numpy."))
    {
      /* A NumPy number keeps its dtype; np.float64 is a float of Python's too. */
      PyObject *array = PyObject_CallMethod (data, "reshape", "(())");
      BsTensor *shared = array ? bs_tensor_from_array (array, TRUE) : NULL;

      tensor = shared ? copy_of (shared, dtype) : NULL;
      g_clear_pointer (&shared, bs_tensor_unref);
      Py_XDECREF (array);
      if (tensor != NULL)
        return tensor;
      PyErr_Clear ();
    }
  if (!survey_shape (&survey, data))
    return NULL;
  if (!walk_leaves (&survey, data, 0, &index, look_at_leaf, &survey))
    return NULL;
  if (dtype < 0 && survey.tensor_dtype >= 0)
    dtype = survey.any_float ? bs_dtype_promote (survey.tensor_dtype, bs_get_default_dtype ()) : survey.tensor_dtype;
  if (dtype < 0)
    dtype = survey.any_float ? bs_get_default_dtype () : survey.any_int ? BS_INT64 : survey.any_bool ? BS_BOOL : bs_get_default_dtype ();
  target.dtype = dtype == BS_FLOAT16 ? BS_FLOAT32 : dtype;
  tensor = bs_tensor_new (target.dtype, survey.n_dims, survey.shape, &error);
  if (tensor == NULL)
    return (BsTensor *) bs_raise (error);
  target.data = bs_tensor_get_data (tensor);
  index = 0;
  if (!walk_leaves (&survey, data, 0, &index, store_leaf, &target))
    {
      bs_tensor_unref (tensor);
      return NULL;
    }
  if (dtype != BS_FLOAT16)
    return tensor;
  half = converted (tensor, BS_FLOAT16);
  bs_tensor_unref (tensor);
  return half;
}

/* --- NumPy, through the buffer protocol: the module need not be imported for scripts that do without ------------------------- */

typedef struct {
  Py_buffer view;
} Lease;

static void
end_lease (gpointer data)
{
  Lease *lease = data;
  PyGILState_STATE state = PyGILState_Ensure ();

  PyBuffer_Release (&lease->view);
  PyGILState_Release (state);
  g_free (lease);
}

static int
dtype_of_format (const char *format, Py_ssize_t size)
{
  char letter;

  if (format == NULL)
    return BS_UINT8;
  letter = *format == '<' || *format == '=' || *format == '@' || *format == '|' ? format[1] : *format;
  switch (letter)
    {
    case 'f': return BS_FLOAT32;
    case 'd': return BS_FLOAT64;
    case 'e': return BS_FLOAT16;
    case '?': return BS_BOOL;
    case 'B': return BS_UINT8;
    case 'b': return BS_INT8;
    case 'h': return BS_INT16;
    case 'i':
    case 'l':
    case 'q': return size == 8 ? BS_INT64 : size == 4 ? BS_INT32 : -1;
    default: return -1;
    }
}

BsTensor *
bs_tensor_from_array (PyObject *array, gboolean share)
{
  Lease *lease = g_new0 (Lease, 1);
  gint64 shape[BS_MAX_DIMS], strides[BS_MAX_DIMS];
  GError *error = NULL;
  BsTensor *tensor;
  int dtype;

  if (PyObject_GetBuffer (array, &lease->view, PyBUF_RECORDS) < 0)
    {
      PyErr_Clear ();
      if (PyObject_GetBuffer (array, &lease->view, PyBUF_RECORDS_RO) < 0)
        {
          g_free (lease);
          return NULL;
        }
    }
  dtype = dtype_of_format (lease->view.format, lease->view.itemsize);
  if (dtype < 0 || lease->view.ndim > BS_MAX_DIMS)
    {
      PyObject *name = PyObject_GetAttrString (array, "dtype");

      PyErr_Format (PyExc_TypeError,
                    "can't convert np.ndarray of type numpy.%S. The only supported types are: float64, float32, float16, "
                    "complex64, complex128, int64, int32, int16, int8, uint8, and bool.", name);
      Py_XDECREF (name);
      end_lease (lease);
      return NULL;
    }
  for (int i = 0; i < lease->view.ndim; i++)
    {
      shape[i] = lease->view.shape[i];
      strides[i] = lease->view.strides[i] / lease->view.itemsize;
      if (strides[i] < 0)
        {
          PyErr_SetString (PyExc_ValueError,
                           "At least one stride in the given numpy array is negative, and tensors with negative strides "
                           "are not currently supported. (You can probably work around this by making a copy of your "
                           "array  with array.copy().) ");
          end_lease (lease);
          return NULL;
        }
    }
  tensor = bs_tensor_new_foreign (dtype, lease->view.ndim, shape, strides, lease->view.buf, lease->view.len, end_lease,
                                  lease, &error);
  if (tensor == NULL)
    {
      end_lease (lease);
      return (BsTensor *) bs_raise (error);
    }
  return tensor;
}

/* The object whose memory an array made by numpy() shows: __array_interface__ on a capsule-like holder. */
PyObject *
bs_tensor_to_array (BsTensor *tensor)
{
  static const char *const formats[BS_N_DTYPES] = {
    [BS_UINT8] = "|u1", [BS_INT8] = "|i1", [BS_INT16] = "<i2", [BS_INT32] = "<i4", [BS_INT64] = "<i8",
    [BS_FLOAT16] = "<f2", [BS_FLOAT32] = "<f4", [BS_FLOAT64] = "<f8", [BS_BOOL] = "|b1",
  };
  static PyObject *holder_type;
  gsize size = bs_dtype_size (bs_tensor_get_dtype (tensor));
  guint n_dims = bs_tensor_get_n_dims (tensor);
  PyObject *numpy, *holder, *interface, *shape, *strides, *array = NULL;

  if (holder_type == NULL)
    {
      PyObject *types = PyImport_ImportModule ("types");

      holder_type = types ? PyObject_GetAttrString (types, "SimpleNamespace") : NULL;
      Py_XDECREF (types);
    }
  numpy = holder_type ? PyImport_ImportModule ("numpy") : NULL;
  holder = numpy ? PyObject_CallNoArgs (holder_type) : NULL;
  shape = PyTuple_New (n_dims);
  strides = PyTuple_New (n_dims);
  for (guint i = 0; holder != NULL && i < n_dims; i++)
    {
      PyTuple_SET_ITEM (shape, i, PyLong_FromLongLong (bs_tensor_get_shape (tensor)[i]));
      PyTuple_SET_ITEM (strides, i, PyLong_FromLongLong (bs_tensor_get_strides (tensor)[i] * (gint64) size));
    }
  if (holder != NULL)
    {
      interface = Py_BuildValue ("{s:s,s:O,s:O,s:(NO),s:i}", "typestr", formats[bs_tensor_get_dtype (tensor)], "shape", shape,
                                 "strides", strides, "data", PyLong_FromVoidPtr (bs_tensor_get_data (tensor)), Py_False,
                                 "version", 3);
      if (interface && PyObject_SetAttrString (holder, "__array_interface__", interface) == 0)
        {
          PyObject *keep = bs_wrap (bs_tensor_ref (tensor));

          PyObject_SetAttrString (holder, "tensor", keep);
          Py_XDECREF (keep);
          array = PyObject_CallMethod (numpy, "asarray", "O", holder);
        }
      Py_XDECREF (interface);
    }
  Py_XDECREF (shape);
  Py_XDECREF (strides);
  Py_XDECREF (holder);
  Py_XDECREF (numpy);
  return array;
}
