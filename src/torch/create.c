/* SPDX-License-Identifier: MIT */

/* torch.tensor, zeros, arange ...: tensors from nothing. Whatever is made here is announced to the observer once it has its
 * values. */

#include "config.h"

#include <math.h>

#include "torch-private.h"

/* The keywords that all creators share. */
typedef struct {
  int dtype;               /* -1: not given */
  gboolean requires_grad;
  PyObject *out;           /* borrowed */
  BsGenerator *generator;
  PyObject *rest;          /* owned: the other keywords; may be NULL */
} Options;

static gboolean
take_options (PyObject *kwargs, Options *o)
{
  Py_ssize_t at = 0;
  PyObject *key, *value;

  *o = (Options) { .dtype = -1 };
  while (kwargs != NULL && PyDict_Next (kwargs, &at, &key, &value))
    {
      const char *word = PyUnicode_AsUTF8 (key);

      if (g_str_equal (word, "dtype"))
        {
          if (value != Py_None && (o->dtype = bs_dtype_from (value)) < 0)
            {
              PyErr_Format (PyExc_TypeError, "dtype must be torch.dtype, not %s", Py_TYPE (value)->tp_name);
              return FALSE;
            }
        }
      else if (g_str_equal (word, "requires_grad"))
        o->requires_grad = PyObject_IsTrue (value);
      else if (g_str_equal (word, "out"))
        o->out = value == Py_None ? NULL : value;
      else if (g_str_equal (word, "generator"))
        {
          o->generator = bs_generator_from (value);
          if (PyErr_Occurred ())
            return FALSE;
        }
      else if (g_str_equal (word, "device"))
        {
          if (!bs_device_check (value))
            return FALSE;
        }
      else if (!g_str_equal (word, "layout") && !g_str_equal (word, "pin_memory") && !g_str_equal (word, "memory_format"))
        {
          if (o->rest == NULL)
            o->rest = PyDict_New ();
          PyDict_SetItem (o->rest, key, value);
        }
    }
  return TRUE;
}

/* Borrowed; from the positional arguments or the keywords; NULL when not given. */
static PyObject *
argument (PyObject *args, const Options *o, Py_ssize_t i, const char *name)
{
  if (i < PyTuple_GET_SIZE (args))
    return PyTuple_GET_ITEM (args, i);
  return o->rest ? PyDict_GetItemString (o->rest, name) : NULL;
}

static PyObject *
finish (BsTensor *tensor, Options *o, const char *label)
{
  GError *error = NULL;

  Py_CLEAR (o->rest);
  if (tensor == NULL)
    return NULL;
  if (o->requires_grad && !bs_tensor_set_requires_grad (tensor, TRUE, &error))
    {
      bs_tensor_unref (tensor);
      return bs_raise (error);
    }
  if (o->out != NULL && bs_is_tensor (o->out))
    {
      gboolean ok = bs_tensor_set_data (bs_tensor_of (o->out), tensor, &error);

      bs_tensor_unref (tensor);
      return ok ? Py_NewRef (o->out) : bs_raise (error);
    }
  bs_tensor_announce (tensor, label);
  return bs_wrap (tensor);
}

/* By pointer: the arguments of a call are evaluated in no particular order. */
static BsTensor *
raised (BsTensor *tensor, GError **error)
{
  if (tensor == NULL)
    bs_raise (*error);
  return tensor;
}

/* Sizes as separate numbers, one sequence, or size=. */
static gboolean
take_shape (PyObject *args, Py_ssize_t n_args, const Options *o, gint64 *shape, guint *n_dims)
{
  PyObject *size = o->rest ? PyDict_GetItemString (o->rest, "size") : NULL;

  if (n_args == 0 && size == NULL)
    {
      *n_dims = 0;
      return TRUE;
    }
  if (size != NULL)
    return bs_shape_from_args (&size, 1, shape, n_dims);
  if (!bs_shape_from_args (PySequence_Fast_ITEMS (args), n_args, shape, n_dims))
    return FALSE;
  for (guint i = 0; i < *n_dims; i++)
    if (shape[i] < 0)
      {
        g_autoptr (GString) text = g_string_new ("[");

        for (guint k = 0; k < *n_dims; k++)
          g_string_append_printf (text, "%s%lld", k ? ", " : "", (long long) shape[k]);
        PyErr_Format (PyExc_RuntimeError, "Trying to create tensor with negative dimension %lld: %s]", (long long) shape[i],
                      text->str);
        return FALSE;
      }
  return TRUE;
}

/* --- filled --------------------------------------------------------------------------------------------------------------- */

static PyObject *
filled (PyObject *args, PyObject *kwargs, double value, const char *label)
{
  gint64 shape[BS_MAX_DIMS];
  guint n_dims;
  GError *error = NULL;
  Options o;

  if (!take_options (kwargs, &o) || !take_shape (args, PyTuple_GET_SIZE (args), &o, shape, &n_dims))
    return NULL;
  return finish (raised (bs_tensor_new_full (o.dtype < 0 ? bs_get_default_dtype () : (BsDtype) o.dtype, n_dims, shape, value, &error), &error), &o, label);
}

static PyObject *
make_zeros (PyObject *module, PyObject *args, PyObject *kwargs)
{
  return filled (args, kwargs, 0, "zeros");
}

static PyObject *
make_ones (PyObject *module, PyObject *args, PyObject *kwargs)
{
  return filled (args, kwargs, 1, "ones");
}

/* empty() is zeros here: a lesson should not show what memory happened to hold. */
static PyObject *
make_empty (PyObject *module, PyObject *args, PyObject *kwargs)
{
  return filled (args, kwargs, 0, "empty");
}

static int
dtype_of_number (PyObject *number)
{
  if (bs_is_tensor (number))
    return bs_tensor_get_dtype (bs_tensor_of (number));
  return PyBool_Check (number) ? BS_BOOL : PyLong_Check (number) ? BS_INT64 : (int) bs_get_default_dtype ();
}

static PyObject *
make_full (PyObject *module, PyObject *args, PyObject *kwargs)
{
  PyObject *size, *value;
  gint64 shape[BS_MAX_DIMS];
  guint n_dims;
  GError *error = NULL;
  double number;
  Options o;

  if (!take_options (kwargs, &o))
    return NULL;
  size = argument (args, &o, 0, "size");
  value = argument (args, &o, 1, "fill_value");
  if (size == NULL || value == NULL)
    return PyErr_Format (PyExc_TypeError, "full(size, fill_value) needs both");
  if (!bs_shape_from_args (&size, 1, shape, &n_dims))
    return NULL;
  number = PyFloat_AsDouble (value);
  if (number == -1.0 && PyErr_Occurred ())
    return NULL;
  return finish (raised (bs_tensor_new_full (o.dtype < 0 ? dtype_of_number (value) : o.dtype, n_dims, shape, number, &error), &error), &o, "full");
}

static PyObject *
like (PyObject *args, PyObject *kwargs, double value, const char *label)
{
  PyObject *model;
  GError *error = NULL;
  BsTensor *tensor;
  Options o;

  if (!take_options (kwargs, &o))
    return NULL;
  model = argument (args, &o, 0, "input");
  if (model == NULL || !bs_is_tensor (model))
    return PyErr_Format (PyExc_TypeError, "%s(): argument 'input' (position 1) must be Tensor, not %s", label, model ? Py_TYPE (model)->tp_name : "NoneType");
  if (g_str_equal (label, "full_like"))
    {
      PyObject *fill = argument (args, &o, 1, "fill_value");

      value = fill ? PyFloat_AsDouble (fill) : 0;
      if (PyErr_Occurred ())
        return NULL;
    }
  tensor = bs_tensor_of (model);
  return finish (raised (bs_tensor_new_full (o.dtype < 0 ? bs_tensor_get_dtype (tensor) : (BsDtype) o.dtype, bs_tensor_get_n_dims (tensor),
                                             bs_tensor_get_shape (tensor), value, &error), &error), &o, label);
}

#define LIKE(word, value) \
  static PyObject *make_##word (PyObject *module, PyObject *args, PyObject *kwargs) { return like (args, kwargs, value, #word); }
LIKE (zeros_like, 0)
LIKE (ones_like, 1)
LIKE (empty_like, 0)
LIKE (full_like, 0)

/* --- from data -------------------------------------------------------------------------------------------------------------- */

static PyObject *
make_tensor (PyObject *module, PyObject *args, PyObject *kwargs)
{
  PyObject *data;
  Options o;

  if (!take_options (kwargs, &o))
    return NULL;
  data = argument (args, &o, 0, "data");
  if (data == NULL)
    return PyErr_Format (PyExc_TypeError, "tensor() missing 1 required positional arguments: \"data\"");
  if (bs_is_tensor (data)
      && PyErr_WarnEx (PyExc_UserWarning, "To copy construct from a tensor, it is recommended to use sourceTensor.clone().detach() "
                                          "or sourceTensor.clone().detach().requires_grad_(True), rather than "
                                          "torch.tensor(sourceTensor).", 1) < 0)
    return NULL;
  return finish (bs_tensor_from_data (data, o.dtype), &o, "tensor");
}

static PyObject *
make_as_tensor (PyObject *module, PyObject *args, PyObject *kwargs)
{
  PyObject *data;
  BsTensor *tensor;
  Options o;

  if (!take_options (kwargs, &o))
    return NULL;
  data = argument (args, &o, 0, "data");
  if (data == NULL)
    return PyErr_Format (PyExc_TypeError, "as_tensor() missing 1 required positional arguments: \"data\"");
  if (bs_is_tensor (data))
    return o.dtype < 0 ? Py_NewRef (data) : PyObject_CallMethod (data, "to", "N", bs_dtype_object (o.dtype));
  if (g_str_equal (Py_TYPE (data)->tp_name, "numpy.ndarray"))
    {
      tensor = bs_tensor_from_array (data, TRUE);
      if (tensor != NULL && (o.dtype < 0 || bs_tensor_get_dtype (tensor) == (BsDtype) o.dtype))
        return finish (tensor, &o, "from_numpy");
      g_clear_pointer (&tensor, bs_tensor_unref);
      PyErr_Clear ();
    }
  return finish (bs_tensor_from_data (data, o.dtype), &o, "tensor");
}

static PyObject *
make_from_numpy (PyObject *module, PyObject *array)
{
  Options o = { .dtype = -1 };

  if (!g_str_equal (Py_TYPE (array)->tp_name, "numpy.ndarray"))
    return PyErr_Format (PyExc_TypeError, "expected np.ndarray (got %s)", Py_TYPE (array)->tp_name);
  return finish (bs_tensor_from_array (array, TRUE), &o, "from_numpy");
}

static PyObject *
make_rebuilt (PyObject *module, PyObject *args)
{
  PyObject *type, *shape, *bytes;
  const char *name;
  int requires_grad;
  gint64 sizes[BS_MAX_DIMS];
  guint n_dims;
  BsTensor *tensor;

  if (!PyArg_ParseTuple (args, "OsOSp", &type, &name, &shape, &bytes, &requires_grad) || !bs_shape_from_args (&shape, 1, sizes, &n_dims))
    return NULL;
  for (guint i = 0; i < BS_N_DTYPES; i++)
    if (g_str_equal (bs_dtype_name (i), name))
      {
        gint64 n = bs_dtype_size (i);

        for (guint k = 0; k < n_dims; k++)
          n *= sizes[k];
        if (n != PyBytes_GET_SIZE (bytes))
          break;
        tensor = bs_tensor_new_from (i, n_dims, sizes, PyBytes_AS_STRING (bytes), NULL);
        if (tensor != NULL && requires_grad)
          bs_tensor_set_requires_grad (tensor, TRUE, NULL);
        return bs_wrap_as (tensor, PyType_Check (type) ? (PyTypeObject *) type : bs_tensor_type);
      }
  return PyErr_Format (PyExc_ValueError, "this is no pickled tensor");
}

/* --- ranges ----------------------------------------------------------------------------------------------------------------- */

static gboolean
all_whole (PyObject *const *items, Py_ssize_t n)
{
  for (Py_ssize_t i = 0; i < n; i++)
    if (items[i] != NULL && dtype_of_number (items[i]) != BS_INT64)
      return FALSE;
  return TRUE;
}

/* PyTorch computes each element as start + i * step in double (whole numbers in int64), then rounds to the dtype. */
static PyObject *
make_arange (PyObject *module, PyObject *args, PyObject *kwargs)
{
  Options o;
  PyObject *items[3];
  double start, end, step, count;
  GError *error = NULL;
  BsTensor *tensor;
  BsDtype dtype;
  gint64 n;

  if (!take_options (kwargs, &o))
    return NULL;
  items[0] = argument (args, &o, 0, "start");
  items[1] = argument (args, &o, 1, "end");
  items[2] = argument (args, &o, 2, "step");
  if (items[1] == NULL)
    items[1] = items[0], items[0] = NULL;
  if (items[1] == NULL)
    return PyErr_Format (PyExc_TypeError, "arange() received an invalid combination of arguments");
  start = items[0] ? PyFloat_AsDouble (items[0]) : 0;
  end = PyFloat_AsDouble (items[1]);
  step = items[2] ? PyFloat_AsDouble (items[2]) : 1;
  if (PyErr_Occurred ())
    return NULL;
  if (step == 0)
    return PyErr_Format (PyExc_RuntimeError, "step must be nonzero");
  if ((step > 0 && end < start) || (step < 0 && end > start))
    return PyErr_Format (PyExc_RuntimeError, "upper bound and larger bound inconsistent with step sign");
  dtype = o.dtype >= 0 ? (BsDtype) o.dtype : all_whole (items, 3) ? BS_INT64 : bs_get_default_dtype ();
  count = ceil ((end - start) / step);
  if (!(count < 1e15))
    return PyErr_Format (PyExc_RuntimeError, "invalid size, possible overflow?");
  n = count;
  tensor = bs_tensor_new (dtype == BS_FLOAT16 ? BS_FLOAT32 : dtype, 1, &n, &error);
  for (gint64 i = 0; tensor != NULL && i < n; i++)
    {
      double value = start + i * step;

      switch (bs_tensor_get_dtype (tensor))
        {
        case BS_FLOAT32:
          /* As PyTorch's vectors count: in whole blocks from the rounded first element of each. */
          ((float *) bs_tensor_get_data (tensor))[i] =
            i < n / 16 * 16 ? fma (step, i % 8, (float) fma (step, i / 8 * 8, start)) : fma (step, i, start);
          break;
        case BS_FLOAT64:
          ((double *) bs_tensor_get_data (tensor))[i] = i < n / 8 * 8 ? fma (step, i % 4, fma (step, i / 4 * 4, start)) : fma (step, i, start);
          break;
        case BS_INT64: ((gint64 *) bs_tensor_get_data (tensor))[i] = (gint64) start + i * (gint64) step; break;
        case BS_INT32: ((gint32 *) bs_tensor_get_data (tensor))[i] = value; break;
        case BS_INT16: ((gint16 *) bs_tensor_get_data (tensor))[i] = value; break;
        case BS_INT8: ((gint8 *) bs_tensor_get_data (tensor))[i] = value; break;
        default: ((guint8 *) bs_tensor_get_data (tensor))[i] = value; break;
        }
    }
  if (tensor != NULL && dtype == BS_FLOAT16)
    {
      BsTensor *wide = tensor;

      tensor = bs_apply (bs_op_find ("to.dtype"), 1, &wide, 1, &BS_DTYPE (dtype), &error);
      bs_tensor_unref (wide);
    }
  return finish (raised (tensor, &error), &o, "arange");
}

/* From both ends towards the middle, as PyTorch does it. */
static PyObject *
make_linspace (PyObject *module, PyObject *args, PyObject *kwargs)
{
  Options o;
  PyObject *from, *to, *count;
  GError *error = NULL;
  BsTensor *tensor;
  BsDtype dtype;
  gint64 n;
  double start, end;

  if (!take_options (kwargs, &o))
    return NULL;
  from = argument (args, &o, 0, "start"), to = argument (args, &o, 1, "end"), count = argument (args, &o, 2, "steps");
  if (!from || !to || !count)
    return PyErr_Format (PyExc_TypeError, "linspace() received an invalid combination of arguments - it needs start, end and steps");
  start = PyFloat_AsDouble (from), end = PyFloat_AsDouble (to);
  if (PyErr_Occurred () || !bs_int_from (count, &n))
    return NULL;
  if (n < 0)
    return PyErr_Format (PyExc_RuntimeError, "number of steps must be non-negative");
  dtype = o.dtype < 0 ? bs_get_default_dtype () : (BsDtype) o.dtype;
  tensor = bs_tensor_new (dtype == BS_FLOAT32 || dtype == BS_FLOAT64 ? dtype : BS_FLOAT64, 1, &n, &error);
  if (tensor == NULL)
    return bs_raise (error);
  if (dtype == BS_FLOAT32)
    {
      float *out = bs_tensor_get_data (tensor), s = start, e = end, step = n > 1 ? (e - s) / (float) (n - 1) : 0;

      for (gint64 i = 0; i < n; i++)
        out[i] = i < n / 2 ? fmaf (step, i, s) : fmaf (-step, n - 1 - i, e);
      if (n == 1)
        out[0] = s;
    }
  else
    {
      double *out = bs_tensor_get_data (tensor), step = n > 1 ? (end - start) / (n - 1) : 0;

      for (gint64 i = 0; i < n; i++)
        out[i] = i < n / 2 ? fma (step, i, start) : fma (-step, n - 1 - i, end);
      if (n == 1)
        out[0] = start;
    }
  if (bs_tensor_get_dtype (tensor) != dtype)
    {
      PyObject *raw = bs_wrap (tensor), *result = PyObject_CallMethod (raw, "to", "N", bs_dtype_object (dtype));

      Py_XDECREF (raw);
      return result;
    }
  return finish (tensor, &o, "linspace");
}

static PyObject *
make_eye (PyObject *module, PyObject *args, PyObject *kwargs)
{
  Options o;
  PyObject *rows, *columns;
  gint64 shape[2];
  GError *error = NULL;
  BsTensor *tensor;

  if (!take_options (kwargs, &o))
    return NULL;
  rows = argument (args, &o, 0, "n"), columns = argument (args, &o, 1, "m");
  if (rows == NULL || !bs_int_from (rows, &shape[0]) || !bs_int_from (columns ? columns : rows, &shape[1]))
    return PyErr_Occurred () ? NULL : PyErr_Format (PyExc_TypeError, "eye() missing n");
  tensor = bs_tensor_new_full (o.dtype < 0 ? bs_get_default_dtype () : (BsDtype) o.dtype, 2, shape, 0, &error);
  if (tensor != NULL)
    {
      gsize size = bs_dtype_size (bs_tensor_get_dtype (tensor));
      BsTensor *one = bs_tensor_new_full (bs_tensor_get_dtype (tensor), 0, NULL, 1, NULL);

      for (gint64 i = 0; one != NULL && i < MIN (shape[0], shape[1]); i++)
        memcpy ((guint8 *) bs_tensor_get_data (tensor) + (i * shape[1] + i) * size, bs_tensor_get_data (one), size);
      g_clear_pointer (&one, bs_tensor_unref);
    }
  return finish (raised (tensor, &error), &o, "eye");
}

#define KEYWORDS (METH_VARARGS | METH_KEYWORDS)
#define F(function) ((PyCFunction) (void (*) (void)) (function))

/* When the arguments are of the wrong types, PyTorch's words for that. */
#define CHECKED(name) \
  static PyObject *checked_##name (PyObject *module, PyObject *args, PyObject *kwargs) \
  { \
    return bs_checked_call (#name, make_##name (module, args, kwargs), args, kwargs); \
  }
CHECKED (zeros) CHECKED (ones) CHECKED (empty) CHECKED (full) CHECKED (arange) CHECKED (linspace) CHECKED (eye)

PyMethodDef bs_create_functions[] = {
  { "tensor", F (make_tensor), KEYWORDS },
  { "as_tensor", F (make_as_tensor), KEYWORDS },
  { "asarray", F (make_as_tensor), KEYWORDS },
  { "from_numpy", make_from_numpy, METH_O },
  { "_rebuild_tensor", make_rebuilt, METH_VARARGS },
  { "zeros", F (checked_zeros), KEYWORDS },
  { "ones", F (checked_ones), KEYWORDS },
  { "empty", F (checked_empty), KEYWORDS },
  { "full", F (checked_full), KEYWORDS },
  { "zeros_like", F (make_zeros_like), KEYWORDS },
  { "ones_like", F (make_ones_like), KEYWORDS },
  { "empty_like", F (make_empty_like), KEYWORDS },
  { "full_like", F (make_full_like), KEYWORDS },
  { "arange", F (checked_arange), KEYWORDS },
  { "linspace", F (checked_linspace), KEYWORDS },
  { "eye", F (checked_eye), KEYWORDS },
  { NULL },
};
