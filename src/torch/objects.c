/* SPDX-License-Identifier: MIT */

/* The small values around a tensor: dtype, device, Size, layout, memory_format, Generator. */

#include "config.h"

#include "torch-private.h"

/* --- dtype -------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PyObject_HEAD
  BsDtype dtype;
} PyDtype;

static PyTypeObject *dtype_type, *device_type, *size_type, *generator_type, *word_type;
static PyObject *dtypes[BS_N_DTYPES];
static PyObject *cpu;

static PyObject *
dtype_repr (PyObject *self)
{
  return PyUnicode_FromFormat ("torch.%s", bs_dtype_name (((PyDtype *) self)->dtype));
}

static PyObject *
dtype_is_floating (PyObject *self, void *data)
{
  return PyBool_FromLong (bs_dtype_is_floating (((PyDtype *) self)->dtype));
}

static PyObject *
dtype_is_complex (PyObject *self, void *data)
{
  Py_RETURN_FALSE;
}

static PyObject *
dtype_itemsize (PyObject *self, void *data)
{
  return PyLong_FromSize_t (bs_dtype_size (((PyDtype *) self)->dtype));
}

static PyObject *
dtype_reduce (PyObject *self, PyObject *unused)
{
  return PyUnicode_FromString (bs_dtype_name (((PyDtype *) self)->dtype));
}

static PyGetSetDef dtype_getset[] = {
  { "is_floating_point", dtype_is_floating },
  { "is_complex", dtype_is_complex },
  { "itemsize", dtype_itemsize },
  { NULL },
};

static PyMethodDef dtype_methods[] = {
  { "__reduce__", dtype_reduce, METH_NOARGS },
  { NULL },
};

static PyType_Slot dtype_slots[] = {
  { Py_tp_repr, dtype_repr },
  { Py_tp_getset, dtype_getset },
  { Py_tp_methods, dtype_methods },
  { 0 },
};

static PyType_Spec dtype_spec = {
  .name = "torch.dtype", .basicsize = sizeof (PyDtype), .slots = dtype_slots,
  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

PyObject *
bs_dtype_object (BsDtype dtype)
{
  return Py_NewRef (dtypes[dtype]);
}

int
bs_dtype_from (PyObject *object)
{
  if (Py_TYPE (object) == dtype_type)
    return ((PyDtype *) object)->dtype;
  if (object == (PyObject *) &PyFloat_Type)
    return bs_get_default_dtype ();
  if (object == (PyObject *) &PyLong_Type)
    return BS_INT64;
  if (object == (PyObject *) &PyBool_Type)
    return BS_BOOL;
  return -1;
}

static gboolean
add_dtypes (PyObject *module)
{
  static const struct { BsDtype dtype; const char *names[3]; } names[] = {
    { BS_UINT8, { "uint8" } }, { BS_INT8, { "int8" } }, { BS_INT16, { "int16", "short" } },
    { BS_INT32, { "int32", "int" } }, { BS_INT64, { "int64", "long" } }, { BS_FLOAT16, { "float16", "half" } },
    { BS_FLOAT32, { "float32", "float" } }, { BS_FLOAT64, { "float64", "double" } }, { BS_BOOL, { "bool" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      PyDtype *object = (PyDtype *) dtype_type->tp_alloc (dtype_type, 0);

      if (object == NULL)
        return FALSE;
      object->dtype = names[i].dtype;
      dtypes[names[i].dtype] = (PyObject *) object;
      for (guint k = 0; k < 3 && names[i].names[k]; k++)
        if (PyModule_AddObjectRef (module, names[i].names[k], (PyObject *) object) < 0)
          return FALSE;
    }
  return TRUE;
}

/* --- device: there is only the CPU, but the word is everywhere ------------------------------------------------------------- */

typedef struct {
  PyObject_HEAD
  char type[16];
  int index; /* -1: none */
} PyDevice;

static PyObject *
device_new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
  static const char *const known[] = { "cpu", "cuda", "mps", "meta", "xla", "ipu", "xpu", "mkldnn", "opengl", "opencl",
                                       "ideep", "hip", "ve", "fpga", "ort", "lazy", "vulkan", "hpu", "privateuseone" };
  static char *words[] = { "type", "index", NULL };
  PyObject *first;
  int index = -1;
  PyDevice *self;
  g_autofree char *name = NULL;
  char *colon;
  gboolean found = FALSE;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "O|i", words, &first, &index))
    return NULL;
  if (Py_TYPE (first) == device_type)
    return Py_NewRef (first);
  if (PyLong_Check (first))
    name = g_strdup_printf ("cuda:%ld", PyLong_AsLong (first));
  else if (PyUnicode_Check (first))
    name = g_strdup (PyUnicode_AsUTF8 (first));
  else
    return PyErr_Format (PyExc_TypeError, "device(): argument 'type' must be str, not %s", Py_TYPE (first)->tp_name);
  colon = strchr (name, ':');
  if (colon)
    {
      *colon = 0;
      index = atoi (colon + 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    found = found || g_str_equal (known[i], name);
  if (!found)
    return PyErr_Format (PyExc_RuntimeError,
                         "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, ort, xla, "
                         "lazy, vulkan, mps, meta, hpu, privateuseone device type at start of device string: %s", name);
  self = (PyDevice *) type->tp_alloc (type, 0);
  if (self)
    {
      g_strlcpy (self->type, name, sizeof self->type);
      self->index = index;
    }
  return (PyObject *) self;
}

static PyObject *
device_repr (PyObject *object)
{
  PyDevice *self = (PyDevice *) object;

  if (self->index < 0)
    return PyUnicode_FromFormat ("device(type='%s')", self->type);
  return PyUnicode_FromFormat ("device(type='%s', index=%d)", self->type, self->index);
}

static PyObject *
device_str (PyObject *object)
{
  PyDevice *self = (PyDevice *) object;

  return self->index < 0 ? PyUnicode_FromString (self->type) : PyUnicode_FromFormat ("%s:%d", self->type, self->index);
}

static PyObject *
device_compare (PyObject *a, PyObject *b, int how)
{
  gboolean equal;

  if (Py_TYPE (b) != device_type || (how != Py_EQ && how != Py_NE))
    Py_RETURN_NOTIMPLEMENTED;
  equal = g_str_equal (((PyDevice *) a)->type, ((PyDevice *) b)->type) && ((PyDevice *) a)->index == ((PyDevice *) b)->index;
  return PyBool_FromLong (equal == (how == Py_EQ));
}

static Py_hash_t
device_hash (PyObject *object)
{
  return g_str_hash (((PyDevice *) object)->type) + ((PyDevice *) object)->index + 1;
}

static PyObject *
device_get_type (PyObject *object, void *data)
{
  return PyUnicode_FromString (((PyDevice *) object)->type);
}

static PyObject *
device_get_index (PyObject *object, void *data)
{
  if (((PyDevice *) object)->index < 0)
    Py_RETURN_NONE;
  return PyLong_FromLong (((PyDevice *) object)->index);
}

static PyGetSetDef device_getset[] = { { "type", device_get_type }, { "index", device_get_index }, { NULL } };

static PyType_Slot device_slots[] = {
  { Py_tp_new, device_new }, { Py_tp_repr, device_repr }, { Py_tp_str, device_str }, { Py_tp_richcompare, device_compare },
  { Py_tp_hash, device_hash }, { Py_tp_getset, device_getset }, { 0 },
};

static PyType_Spec device_spec = {
  .name = "torch.device", .basicsize = sizeof (PyDevice), .flags = Py_TPFLAGS_DEFAULT, .slots = device_slots,
};

PyObject *
bs_device_cpu (void)
{
  return Py_NewRef (cpu);
}

gboolean
bs_device_check (PyObject *object)
{
  PyObject *device;
  gboolean is_cpu, is_cuda;

  if (object == NULL || object == Py_None)
    return TRUE;
  device = PyObject_CallOneArg ((PyObject *) device_type, object);
  if (device == NULL)
    return FALSE;
  is_cpu = g_str_equal (((PyDevice *) device)->type, "cpu");
  is_cuda = g_str_equal (((PyDevice *) device)->type, "cuda");
  if (!is_cpu && is_cuda)
    PyErr_SetString (PyExc_AssertionError, "Torch not compiled with CUDA enabled");
  else if (!is_cpu)
    PyErr_Format (PyExc_RuntimeError, "PyTorch is not linked with support for %s devices", ((PyDevice *) device)->type);
  Py_DECREF (device);
  return is_cpu;
}

/* --- Size: a tuple with another name ------------------------------------------------------------------------------------------- */

static PyObject *
size_repr (PyObject *self)
{
  PyObject *list = PySequence_List (self);
  PyObject *text = list ? PyUnicode_FromFormat ("torch.Size(%R)", list) : NULL;

  Py_XDECREF (list);
  return text;
}

static PyObject *
size_from_tuple (PyObject *tuple)
{
  PyObject *args = tuple ? PyTuple_Pack (1, tuple) : NULL;
  PyObject *size = args ? PyTuple_Type.tp_new (size_type, args, NULL) : NULL;

  Py_XDECREF (args);
  Py_XDECREF (tuple);
  return size;
}

static PyObject *
size_numel (PyObject *self, PyObject *unused)
{
  long long n = 1;

  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE (self); i++)
    n *= PyLong_AsLongLong (PyTuple_GET_ITEM (self, i));
  return PyLong_FromLongLong (n);
}

static PyObject *
size_subscript (PyObject *self, PyObject *index)
{
  PyObject *item = PyTuple_Type.tp_as_mapping->mp_subscript (self, index);

  return item != NULL && PyTuple_CheckExact (item) ? size_from_tuple (item) : item;
}

static PyObject *
size_concat (PyObject *a, PyObject *b)
{
  PyObject *joined = PyTuple_Type.tp_as_sequence->sq_concat (a, b);

  return joined != NULL ? size_from_tuple (joined) : NULL;
}

static PyObject *
size_repeat (PyObject *self, Py_ssize_t n)
{
  return size_from_tuple (PyTuple_Type.tp_as_sequence->sq_repeat (self, n));
}

static PyMethodDef size_methods[] = { { "numel", size_numel, METH_NOARGS }, { NULL } };

static PyType_Slot size_slots[] = {
  { Py_tp_repr, size_repr }, { Py_tp_methods, size_methods }, { Py_mp_subscript, size_subscript },
  { Py_sq_concat, size_concat }, { Py_sq_repeat, size_repeat }, { 0 },
};

static PyType_Spec size_spec = {
  .name = "torch.Size", .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .slots = size_slots,
};

PyObject *
bs_size_new (guint n_dims, const gint64 *shape)
{
  PyObject *tuple = PyTuple_New (n_dims);

  for (guint i = 0; tuple != NULL && i < n_dims; i++)
    PyTuple_SET_ITEM (tuple, i, PyLong_FromLongLong (shape[i]));
  return size_from_tuple (tuple);
}

gboolean
bs_size_check (PyObject *object)
{
  return PyObject_TypeCheck (object, size_type);
}

/* --- words: torch.strided, torch.contiguous_format ------------------------------------------------------------------------------ */

typedef struct {
  PyObject_HEAD
  const char *name;
} PyWord;

static PyObject *
word_repr (PyObject *self)
{
  return PyUnicode_FromFormat ("torch.%s", ((PyWord *) self)->name);
}

static PyType_Slot word_slots[] = { { Py_tp_repr, word_repr }, { 0 } };
static PyType_Spec word_spec = {
  .name = "torch.layout", .basicsize = sizeof (PyWord), .slots = word_slots,
  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

static gboolean
add_words (PyObject *module)
{
  static const char *const names[] = { "strided", "sparse_coo", "contiguous_format", "preserve_format", "channels_last",
                                       "channels_last_3d" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      PyWord *word = (PyWord *) word_type->tp_alloc (word_type, 0);

      if (word == NULL)
        return FALSE;
      word->name = names[i];
      if (PyModule_AddObject (module, names[i], (PyObject *) word) < 0)
        return FALSE;
    }
  return TRUE;
}

/* --- Generator ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  PyObject_HEAD
  BsGenerator *generator;
  gboolean owned;
} PyGenerator;

static PyObject *
generator_new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "device", NULL };
  PyObject *device = Py_None;
  PyGenerator *self;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|O", words, &device) || !bs_device_check (device))
    return NULL;
  self = (PyGenerator *) type->tp_alloc (type, 0);
  if (self)
    {
      self->generator = bs_generator_new (67280421310721ull);
      self->owned = TRUE;
    }
  return (PyObject *) self;
}

static void
generator_dealloc (PyObject *object)
{
  PyGenerator *self = (PyGenerator *) object;
  PyTypeObject *type = Py_TYPE (object);

  if (self->owned)
    bs_generator_free (self->generator);
  type->tp_free (object);
  Py_DECREF (type);
}

static PyObject *
generator_manual_seed (PyObject *self, PyObject *seed)
{
  PyObject *number = PyNumber_Index (seed);

  if (number == NULL)
    return NULL;
  bs_generator_seed (((PyGenerator *) self)->generator, PyLong_AsUnsignedLongLongMask (number));
  Py_DECREF (number);
  return Py_NewRef (self);
}

static PyObject *
generator_initial_seed (PyObject *self, PyObject *unused)
{
  return PyLong_FromUnsignedLongLong (bs_generator_get_seed (((PyGenerator *) self)->generator));
}

static PyObject *
generator_seed (PyObject *self, PyObject *unused)
{
  /* Runs are repeatable here: a "random" seed is a fixed one. */
  bs_generator_seed (((PyGenerator *) self)->generator, 67280421310721ull);
  return generator_initial_seed (self, NULL);
}

static PyObject *
generator_get_state (PyObject *self, PyObject *unused)
{
  guint8 state[8192];
  gsize n = bs_generator_get_state (((PyGenerator *) self)->generator, state, sizeof state);
  gint64 shape[] = { (gint64) n };

  return bs_wrap (bs_tensor_new_from (BS_UINT8, 1, shape, state, NULL));
}

static PyObject *
generator_set_state (PyObject *self, PyObject *state)
{
  GError *error = NULL;
  guint8 bytes[8192];
  BsTensor *tensor = bs_torch_get_tensor (state);
  gboolean ok;

  if (tensor == NULL || bs_tensor_get_dtype (tensor) != BS_UINT8 || bs_tensor_get_numel (tensor) > (gint64) sizeof bytes)
    return PyErr_Format (PyExc_TypeError, "RNG state must be a torch.ByteTensor");
  bs_tensor_copy_out (tensor, bytes);
  ok = bs_generator_set_state (((PyGenerator *) self)->generator, bytes, bs_tensor_get_numel (tensor), &error);
  return ok ? Py_NewRef (self) : bs_raise (error);
}

static PyObject *
generator_device (PyObject *self, void *data)
{
  return bs_device_cpu ();
}

static PyMethodDef generator_methods[] = {
  { "manual_seed", generator_manual_seed, METH_O },
  { "initial_seed", generator_initial_seed, METH_NOARGS },
  { "seed", generator_seed, METH_NOARGS },
  { "get_state", generator_get_state, METH_NOARGS },
  { "set_state", generator_set_state, METH_O },
  { NULL },
};

static PyGetSetDef generator_getset[] = { { "device", generator_device }, { NULL } };

static PyType_Slot generator_slots[] = {
  { Py_tp_new, generator_new }, { Py_tp_dealloc, generator_dealloc }, { Py_tp_methods, generator_methods },
  { Py_tp_getset, generator_getset }, { 0 },
};

static PyType_Spec generator_spec = {
  .name = "torch._C.Generator", .basicsize = sizeof (PyGenerator), .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
  .slots = generator_slots,
};

BsGenerator *
bs_generator_from (PyObject *object)
{
  if (object == NULL || object == Py_None)
    return NULL;
  if (PyObject_TypeCheck (object, generator_type))
    return ((PyGenerator *) object)->generator;
  PyErr_Format (PyExc_TypeError, "expected a torch.Generator, got %s", Py_TYPE (object)->tp_name);
  return NULL;
}

static gboolean
add_default_generator (PyObject *module)
{
  PyGenerator *self = (PyGenerator *) generator_type->tp_alloc (generator_type, 0);

  if (self == NULL)
    return FALSE;
  self->generator = bs_generator_get_default ();
  return PyModule_AddObject (module, "default_generator", (PyObject *) self) == 0;
}

gboolean
bs_objects_init (PyObject *module)
{
  PyObject *bases = PyTuple_Pack (1, (PyObject *) &PyTuple_Type);
  PyObject *word = PyUnicode_FromString ("cpu");

  dtype_type = (PyTypeObject *) PyType_FromSpec (&dtype_spec);
  device_type = (PyTypeObject *) PyType_FromSpec (&device_spec);
  size_type = (PyTypeObject *) PyType_FromSpecWithBases (&size_spec, bases);
  generator_type = (PyTypeObject *) PyType_FromSpec (&generator_spec);
  word_type = (PyTypeObject *) PyType_FromSpec (&word_spec);
  Py_XDECREF (bases);
  if (!dtype_type || !device_type || !size_type || !generator_type || !word_type)
    return FALSE;
  cpu = PyObject_CallOneArg ((PyObject *) device_type, word);
  Py_XDECREF (word);
  return cpu != NULL && add_dtypes (module) && add_words (module) && add_default_generator (module)
         && PyModule_AddObjectRef (module, "dtype", (PyObject *) dtype_type) == 0
         && PyModule_AddObjectRef (module, "device", (PyObject *) device_type) == 0
         && PyModule_AddObjectRef (module, "Size", (PyObject *) size_type) == 0
         && PyModule_AddObjectRef (module, "Generator", (PyObject *) generator_type) == 0
         && PyModule_AddObjectRef (module, "layout", (PyObject *) word_type) == 0
         && PyModule_AddObjectRef (module, "memory_format", (PyObject *) word_type) == 0;
}
