/* SPDX-License-Identifier: MIT */

/* Random tensors, and the small functions of torch that are no operations. */

#include "config.h"

#include "torch-private.h"

typedef struct {
  int dtype;
  gboolean requires_grad;
  BsGenerator *generator;
  PyObject *size; /* borrowed */
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
        o->dtype = value == Py_None ? -1 : bs_dtype_from (value);
      else if (g_str_equal (word, "requires_grad"))
        o->requires_grad = PyObject_IsTrue (value);
      else if (g_str_equal (word, "generator"))
        o->generator = bs_generator_from (value);
      else if (g_str_equal (word, "size"))
        o->size = value;
      else if (g_str_equal (word, "device") && !bs_device_check (value))
        return FALSE;
    }
  return !PyErr_Occurred ();
}

static PyObject *
finish (BsTensor *tensor, gboolean ok, const Options *o, const char *label, GError **error)
{
  if (!ok || tensor == NULL)
    {
      g_clear_pointer (&tensor, bs_tensor_unref);
      return bs_raise (*error);
    }
  if (o->requires_grad && !bs_tensor_set_requires_grad (tensor, TRUE, error))
    {
      bs_tensor_unref (tensor);
      return bs_raise (*error);
    }
  bs_tensor_announce (tensor, label);
  return bs_wrap (tensor);
}

typedef gboolean (*Fill) (BsTensor *self, double a, double b, BsGenerator *generator, GError **error);

/* Fills before anybody hears of the tensor, so that it comes to be with its values. */
static PyObject *
filled (PyObject *args, PyObject *kwargs, Fill fill, double a, double b, const char *label)
{
  gint64 shape[BS_MAX_DIMS];
  guint n_dims = 0;
  GError *error = NULL;
  Options o;
  BsTensor *tensor;

  if (!take_options (kwargs, &o))
    return NULL;
  if (o.size ? !bs_shape_from_args (&o.size, 1, shape, &n_dims)
             : !bs_shape_from_args (PySequence_Fast_ITEMS (args), PyTuple_GET_SIZE (args), shape, &n_dims))
    return NULL;
  tensor = bs_tensor_new (o.dtype < 0 ? bs_get_default_dtype () : (BsDtype) o.dtype, n_dims, shape, &error);
  return finish (tensor, tensor != NULL && fill (tensor, a, b, o.generator, &error), &o, label, &error);
}

static PyObject *
make_rand (PyObject *module, PyObject *args, PyObject *kwargs)
{
  return filled (args, kwargs, bs_uniform_inplace, 0, 1, "rand");
}

static PyObject *
make_randn (PyObject *module, PyObject *args, PyObject *kwargs)
{
  return filled (args, kwargs, bs_normal_inplace, 0, 1, "randn");
}

static PyObject *
filled_like (PyObject *args, PyObject *kwargs, Fill fill, const char *label)
{
  PyObject *model = PyTuple_GET_SIZE (args) ? PyTuple_GET_ITEM (args, 0) : kwargs ? PyDict_GetItemString (kwargs, "input") : NULL;
  BsTensor *like = model ? bs_torch_get_tensor (model) : NULL, *tensor;
  GError *error = NULL;
  Options o;

  if (!take_options (kwargs, &o))
    return NULL;
  if (like == NULL)
    return PyErr_Format (PyExc_TypeError, "%s(): argument 'input' (position 1) must be Tensor", label);
  tensor = bs_tensor_new (o.dtype < 0 ? bs_tensor_get_dtype (like) : (BsDtype) o.dtype, bs_tensor_get_n_dims (like), bs_tensor_get_shape (like), &error);
  return finish (tensor, tensor != NULL && fill (tensor, 0, 1, o.generator, &error), &o, label, &error);
}

static PyObject *
make_rand_like (PyObject *module, PyObject *args, PyObject *kwargs)
{
  return filled_like (args, kwargs, bs_uniform_inplace, "rand_like");
}

static PyObject *
make_randn_like (PyObject *module, PyObject *args, PyObject *kwargs)
{
  return filled_like (args, kwargs, bs_normal_inplace, "randn_like");
}

static gboolean
whole (PyObject *object)
{
  return PyLong_Check (object) || (!PyTuple_Check (object) && !PyList_Check (object) && PyIndex_Check (object));
}

/* randint(high, size) or randint(low, high, size) */
static PyObject *
make_randint (PyObject *module, PyObject *args, PyObject *kwargs)
{
  Py_ssize_t n = PyTuple_GET_SIZE (args), at = 0;
  gint64 low = 0, high = 0, shape[BS_MAX_DIMS];
  guint n_dims;
  GError *error = NULL;
  PyObject *size, *word;
  BsTensor *tensor;
  Options o;

  if (!take_options (kwargs, &o))
    return NULL;
  if (n > 1 && whole (PyTuple_GET_ITEM (args, 1)) && !bs_int_from (PyTuple_GET_ITEM (args, at++), &low))
    return NULL;
  if (kwargs && (word = PyDict_GetItemString (kwargs, "low")) && !bs_int_from (word, &low))
    return NULL;
  if (kwargs && (word = PyDict_GetItemString (kwargs, "high")))
    {
      if (at < n && at == 0 && whole (PyTuple_GET_ITEM (args, 0)) && !bs_int_from (PyTuple_GET_ITEM (args, at++), &low))
        return NULL;
      if (!bs_int_from (word, &high))
        return NULL;
    }
  else if (at >= n || !bs_int_from (PyTuple_GET_ITEM (args, at++), &high))
    return PyErr_Occurred () ? NULL : PyErr_Format (PyExc_TypeError, "randint() received an invalid combination of arguments");
  size = o.size ? o.size : at < n ? PyTuple_GET_ITEM (args, at) : NULL;
  if (size != NULL && PyLong_Check (size))
    return PyErr_Format (PyExc_TypeError, "randint() wants a tuple of sizes");
  if (size == NULL || !bs_shape_from_args (&size, 1, shape, &n_dims))
    return PyErr_Occurred () ? NULL : PyErr_Format (PyExc_TypeError, "randint() missing size");
  if (low >= high)
    return PyErr_Format (PyExc_RuntimeError, "random_ expects 'from' to be less than 'to', but got from=%lld >= to=%lld", (long long) low, (long long) high);
  tensor = bs_tensor_new (o.dtype < 0 ? BS_INT64 : (BsDtype) o.dtype, n_dims, shape, &error);
  return finish (tensor, tensor != NULL && bs_random_inplace (tensor, low, high, o.generator, &error), &o, "randint", &error);
}

static PyObject *
make_randperm (PyObject *module, PyObject *args, PyObject *kwargs)
{
  gint64 n;
  GError *error = NULL;
  Options o;
  BsTensor *tensor;

  if (!take_options (kwargs, &o) || !PyArg_ParseTuple (args, "L", &n))
    return NULL;
  tensor = bs_randperm (n, o.dtype < 0 ? BS_INT64 : (BsDtype) o.dtype, o.generator, &error);
  return finish (tensor, tensor != NULL, &o, "randperm", &error);
}

static PyObject *
make_multinomial (PyObject *module, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "input", "num_samples", "replacement", "generator", "out", NULL };
  PyObject *weights, *generator = Py_None, *out = NULL;
  gint64 n;
  int replacement = 0;
  GError *error = NULL;
  Options o = { .dtype = -1 };
  BsTensor *tensor;
  BsGenerator *from;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "OL|pOO", words, &weights, &n, &replacement, &generator, &out))
    return NULL;
  from = bs_generator_from (generator);
  if (PyErr_Occurred () || !bs_is_tensor (weights))
    return NULL;
  tensor = bs_multinomial (bs_tensor_of (weights), n, replacement, from, &error);
  return finish (tensor, tensor != NULL, &o, "multinomial", &error);
}

/* --- the module's small functions ------------------------------------------------------------------------------------------------- */

static PyObject *
manual_seed (PyObject *module, PyObject *seed)
{
  PyObject *generator = PyObject_GetAttrString (bs_torch_module, "default_generator"), *result;

  seed = PyObject_CallOneArg ((PyObject *) &PyLong_Type, seed);
  result = generator && seed ? PyObject_CallMethod (generator, "manual_seed", "O", seed) : NULL;
  Py_XDECREF (seed);
  Py_XDECREF (generator);
  return result;
}

static PyObject *
is_tensor (PyObject *module, PyObject *object)
{
  return PyBool_FromLong (bs_is_tensor (object));
}

static PyObject *
get_default_dtype (PyObject *module, PyObject *unused)
{
  return bs_dtype_object (bs_get_default_dtype ());
}

static PyObject *
set_default_dtype (PyObject *module, PyObject *object)
{
  int dtype = bs_dtype_from (object);

  if (dtype < 0 || !bs_dtype_is_floating (dtype))
    return PyErr_Format (PyExc_TypeError, "only floating-point types are supported as the default type");
  bs_set_default_dtype (dtype);
  Py_RETURN_NONE;
}

static PyObject *
promote_types (PyObject *module, PyObject *args)
{
  PyObject *a, *b;

  if (!PyArg_ParseTuple (args, "OO", &a, &b))
    return NULL;
  if (bs_dtype_from (a) < 0 || bs_dtype_from (b) < 0)
    return PyErr_Format (PyExc_TypeError, "promote_types() takes two dtypes");
  return bs_dtype_object (bs_dtype_promote (bs_dtype_from (a), bs_dtype_from (b)));
}

static PyObject *
fail_allocation (PyObject *module, PyObject *n)
{
  unsigned long long count = PyLong_AsUnsignedLongLong (n);
  if (PyErr_Occurred ())
    return NULL;
  bs_fail_allocation (count);
  Py_RETURN_NONE;
}

static PyObject *
graph_memory (PyObject *module, PyObject *unused)
{
  BsMemory memory;

  bs_get_memory (&memory);
  return Py_BuildValue ("{s:n,s:n,s:n,s:n}", "bytes", (Py_ssize_t) memory.bytes, "peak_bytes", (Py_ssize_t) memory.peak_bytes, "saved_bytes",
                        (Py_ssize_t) memory.saved_bytes, "n_nodes", (Py_ssize_t) memory.n_nodes);
}

static PyObject *
touch (PyObject *module, PyObject *tensor)
{
  if (bs_is_tensor (tensor))
    bs_tensor_touch (bs_tensor_of (tensor));
  Py_RETURN_NONE;
}

#define KEYWORDS (METH_VARARGS | METH_KEYWORDS)
#define F(function) ((PyCFunction) (void (*) (void)) (function))

/* When the arguments are of the wrong types, PyTorch's words for that. */
#define CHECKED(name) \
  static PyObject *checked_##name (PyObject *module, PyObject *args, PyObject *kwargs) \
  { \
    return bs_checked_call (#name, make_##name (module, args, kwargs), args, kwargs); \
  }
CHECKED (rand) CHECKED (randn) CHECKED (randint)

PyMethodDef bs_random_functions[] = {
  { "rand", F (checked_rand), KEYWORDS },
  { "randn", F (checked_randn), KEYWORDS },
  { "rand_like", F (make_rand_like), KEYWORDS },
  { "randn_like", F (make_randn_like), KEYWORDS },
  { "randint", F (checked_randint), KEYWORDS },
  { "randperm", F (make_randperm), KEYWORDS },
  { "multinomial", F (make_multinomial), KEYWORDS },
  { NULL },
};

PyMethodDef bs_torch_functions[] = {
  { "manual_seed", manual_seed, METH_O },
  { "is_tensor", is_tensor, METH_O },
  { "get_default_dtype", get_default_dtype, METH_NOARGS },
  { "set_default_dtype", set_default_dtype, METH_O },
  { "promote_types", promote_types, METH_VARARGS },
  { "set_printoptions", F (bs_set_printoptions), KEYWORDS },
  { "_fail_allocation", fail_allocation, METH_O }, /* tests only */
  { "_graph_memory", graph_memory, METH_NOARGS },
  { "_touch", touch, METH_O },
  { NULL },
};
