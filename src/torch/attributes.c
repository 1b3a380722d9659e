/* SPDX-License-Identifier: MIT */

/* Attributes of a tensor. */

#include "config.h"

#include "torch-private.h"

static inline BsTensor *
of (PyObject *self)
{
  return bs_tensor_of (self);
}

PyObject *
bs_tensor_get_shape_object (PyObject *self, void *data)
{
  return bs_size_new (bs_tensor_get_n_dims (of (self)), bs_tensor_get_shape (of (self)));
}

static PyObject *
get_dtype (PyObject *self, void *data)
{
  return bs_dtype_object (bs_tensor_get_dtype (of (self)));
}

static PyObject *
get_device (PyObject *self, void *data)
{
  return bs_device_cpu ();
}

static PyObject *
get_layout (PyObject *self, void *data)
{
  return PyObject_GetAttrString (bs_torch_module, "strided");
}

static PyObject *
get_ndim (PyObject *self, void *data)
{
  return PyLong_FromLong (bs_tensor_get_n_dims (of (self)));
}

static PyObject *
get_requires_grad (PyObject *self, void *data)
{
  return PyBool_FromLong (bs_tensor_get_requires_grad (of (self)));
}

int
bs_tensor_set_requires_grad_object (PyObject *self, PyObject *value, void *data)
{
  GError *error = NULL;
  int truth = value ? PyObject_IsTrue (value) : -1;

  if (truth < 0)
    {
      if (!PyErr_Occurred ())
        PyErr_SetString (PyExc_RuntimeError, "requires_grad cannot be deleted");
      return -1;
    }
  if (!PyBool_Check (value))
    {
      PyErr_SetString (PyExc_RuntimeError, "requires_grad must be a bool");
      return -1;
    }
  if (bs_tensor_set_requires_grad (of (self), truth, &error))
    return 0;
  bs_raise (error);
  return -1;
}

static PyObject *
get_is_leaf (PyObject *self, void *data)
{
  return PyBool_FromLong (bs_tensor_is_leaf (of (self)));
}

static PyObject *
get_grad (PyObject *self, void *data)
{
  BsTensor *tensor = of (self), *grad = bs_tensor_get_grad (tensor);

  if (grad != NULL)
    return bs_wrap (bs_tensor_ref (grad));
  if (!bs_tensor_is_leaf (tensor) && !bs_tensor_get_retains_grad (tensor)
      && PyErr_WarnEx (PyExc_UserWarning,
                       "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
                       "won't be populated during autograd.backward(). If you indeed want the .grad field to be populated "
                       "for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor "
                       "by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 "
                       "for more informations. (Triggered internally at ./build/aten/src/ATen/core/TensorBody.h:485.)",
                       1) < 0)
    return NULL;
  Py_RETURN_NONE;
}

static int
set_grad (PyObject *self, PyObject *value, void *data)
{
  GError *error = NULL;

  if (value != NULL && value != Py_None && !bs_is_tensor (value))
    {
      PyErr_Format (PyExc_TypeError, "assigned grad expected to be a Tensor or None but got grad of type%s",
                    Py_TYPE (value)->tp_name);
      return -1;
    }
  if (value == self)
    {
      PyErr_SetString (PyExc_RuntimeError, "can't assign Variable as its own grad");
      return -1;
    }
  if (bs_tensor_set_grad (of (self), value && value != Py_None ? of (value) : NULL, &error))
    return 0;
  bs_raise (error);
  return -1;
}

static PyObject *
get_grad_fn (PyObject *self, void *data)
{
  return bs_node_object (bs_tensor_get_grad_fn (of (self)));
}

static PyObject *
get_data (PyObject *self, void *data)
{
  return bs_wrap (bs_tensor_data (of (self)));
}

static int
set_data (PyObject *self, PyObject *value, void *data)
{
  GError *error = NULL;

  if (value == NULL || !bs_is_tensor (value))
    {
      PyErr_Format (PyExc_TypeError, "Variable data has to be a tensor, but got %s", value ? Py_TYPE (value)->tp_name : "nothing");
      return -1;
    }
  if (bs_tensor_set_data (of (self), of (value), &error))
    return 0;
  bs_raise (error);
  return -1;
}

static PyObject *
get_T (PyObject *self, void *method)
{
  return PyObject_CallMethod (self, method, NULL);
}

static PyObject *
get_mT (PyObject *self, void *data)
{
  return PyObject_CallMethod (self, "transpose", "ii", -2, -1);
}

static PyObject *
get_reversed (PyObject *self, void *data)
{
  guint n = bs_tensor_get_n_dims (of (self));
  PyObject *dims, *result;

  if (n != 2 && n != 0
      && PyErr_WarnEx (PyExc_UserWarning,
                       "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it "
                       "will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or "
                       "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor. (Triggered "
                       "internally at ./aten/src/ATen/native/TensorShape.cpp:3277.)", 1) < 0)
    return NULL;
  dims = PyTuple_New (n);
  for (guint i = 0; i < n; i++)
    PyTuple_SET_ITEM (dims, i, PyLong_FromLong (n - 1 - i));
  result = PyObject_CallMethod (self, "permute", "(O)", dims);
  Py_DECREF (dims);
  return result;
}

static PyObject *
get_output_nr (PyObject *self, void *data)
{
  return PyLong_FromLong (bs_tensor_get_output_nr (of (self)));
}

static PyObject *
get_version (PyObject *self, void *data)
{
  return PyLong_FromUnsignedLong (bs_tensor_get_version (of (self)));
}

static PyObject *
get_base (PyObject *self, void *data)
{
  BsTensor *base = bs_tensor_get_base (of (self));

  if (base == NULL)
    Py_RETURN_NONE;
  return bs_wrap (bs_tensor_ref (base));
}

static PyObject *
get_retains_grad (PyObject *self, void *data)
{
  return PyBool_FromLong (bs_tensor_get_retains_grad (of (self)));
}

static PyObject *
get_false (PyObject *self, void *data)
{
  Py_RETURN_FALSE;
}

static PyObject *
get_none (PyObject *self, void *data)
{
  Py_RETURN_NONE;
}

static PyObject *
get_dict (PyObject *self, void *data)
{
  return PyObject_GenericGetDict (self, data);
}

PyGetSetDef bs_tensor_getset[] = {
  { "shape", bs_tensor_get_shape_object },
  { "dtype", get_dtype },
  { "device", get_device },
  { "layout", get_layout },
  { "ndim", get_ndim },
  { "requires_grad", get_requires_grad, bs_tensor_set_requires_grad_object },
  { "is_leaf", get_is_leaf },
  { "grad", get_grad, set_grad },
  { "_grad", get_grad, set_grad },
  { "grad_fn", get_grad_fn },
  { "data", get_data, set_data },
  { "T", get_reversed },
  { "H", get_T, NULL, NULL, "t" },
  { "mT", get_mT },
  { "output_nr", get_output_nr },
  { "_version", get_version },
  { "_base", get_base },
  { "retains_grad", get_retains_grad },
  { "is_cuda", get_false },
  { "is_sparse", get_false },
  { "is_quantized", get_false },
  { "is_mkldnn", get_false },
  { "is_mps", get_false },
  { "name", get_none },
  { "__dict__", get_dict, PyObject_GenericSetDict },
  { NULL },
};
