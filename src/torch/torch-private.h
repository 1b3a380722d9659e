/* SPDX-License-Identifier: MIT */

/* What the files of the torch module share. A Python tensor is a thin object that owns one engine tensor; while it lives
 * the engine tensor knows it (user data), so that the same value is always the same object. Functions returning
 * PyObject* return a new reference, or NULL with an exception set. */

#pragma once

#include "torch.h"

#include <structmember.h>

#include "engine/ops.h"
#include "engine/signature.h"

G_BEGIN_DECLS

typedef struct {
  PyObject_HEAD
  BsTensor *tensor;
  PyObject *dict;
  PyObject *weak;
} PyTensor;

extern PyTypeObject *bs_tensor_type; /* torch.Tensor */
extern PyObject *bs_torch_module;    /* _torch; borrowed */

static inline gboolean
bs_is_tensor (PyObject *object)
{
  return Py_TYPE (object) == bs_tensor_type || PyType_IsSubtype (Py_TYPE (object), bs_tensor_type);
}

static inline BsTensor *
bs_tensor_of (PyObject *object)
{
  return ((PyTensor *) object)->tensor;
}

PyObject *bs_wrap (BsTensor *tensor);          /* takes the reference; NULL stays NULL */
PyObject *bs_wrap_as (BsTensor *tensor, PyTypeObject *type);
/* @result; or, when it is NULL for a TypeError, with the error that PyTorch would raise for these arguments instead. */
PyObject *bs_checked_call (const char *name, PyObject *result, PyObject *args, PyObject *kwargs);
PyObject *bs_raise (GError *error);            /* takes the error; returns NULL */
PyObject *bs_none_or_raise (gboolean ok, GError *error);
gboolean bs_interrupted (void);

/* objects.c: dtype, device, Size, layout, memory_format, Generator */
gboolean bs_objects_init (PyObject *module);
PyObject *bs_dtype_object (BsDtype dtype);     /* new reference */
int bs_dtype_from (PyObject *object);          /* -1: no dtype, nothing raised */
PyObject *bs_size_new (guint n_dims, const gint64 *shape);
gboolean bs_size_check (PyObject *object);
PyObject *bs_device_cpu (void);
/* TRUE for None, "cpu", device("cpu"); otherwise PyTorch's exception. */
gboolean bs_device_check (PyObject *object);
BsGenerator *bs_generator_from (PyObject *object); /* NULL for None too; check PyErr_Occurred() */

/* convert.c */
gboolean bs_number_check (PyObject *object);   /* int, float, bool, NumPy scalar */
gboolean bs_int_from (PyObject *object, gint64 *out); /* raises */
gboolean bs_ints_from (PyObject *object, gint64 *out, guint *n); /* sequence of ints; raises */
gboolean bs_shape_from_args (PyObject *const *args, Py_ssize_t n, gint64 *out, guint *n_dims);
BsTensor *bs_number_tensor (PyObject *number); /* wrapped number; raises */
gboolean bs_scalar_from (PyObject *number, BsArg *arg); /* FALSE: no number, or it raised */
/* A tensor as it is, a number wrapped, an array converted; NULL without exception: none of these. */
BsTensor *bs_operand_from (PyObject *object);
BsTensor *bs_tensor_from_data (PyObject *data, int dtype); /* torch.tensor(); raises */
BsTensor *bs_tensor_from_array (PyObject *array, gboolean share); /* NumPy; raises */
PyObject *bs_tensor_to_array (BsTensor *tensor);
PyObject *bs_element (BsTensor *tensor, gint64 index); /* as a Python number */
PyObject *bs_to_list (BsTensor *tensor);

/* format.c */
PyObject *bs_tensor_repr (PyObject *self);
PyObject *bs_set_printoptions (PyObject *module, PyObject *args, PyObject *kwargs);

/* index.c */
PyObject *bs_subscript (PyObject *self, PyObject *index);
int bs_assign_subscript (PyObject *self, PyObject *index, PyObject *value);
Py_ssize_t bs_length (PyObject *self);
PyObject *bs_iterate (PyObject *self);

/* operators.c */
extern PyType_Slot bs_operator_slots[];
extern const guint bs_n_operator_slots;
PyObject *bs_compare (PyObject *a, PyObject *b, int how);
PyObject *bs_call_op (const BsOp *op, guint n, BsTensor *const *inputs, guint n_args, const BsArg *args);

/* binding.c */
gboolean bs_binding_init (PyObject *module, PyTypeObject *tensor);

/* attributes.c: getters and setters that methods use, too */
PyObject *bs_tensor_get_shape_object (PyObject *self, void *data);
int bs_tensor_set_requires_grad_object (PyObject *self, PyObject *value, void *data);
/* create.c, autograd.c, methods.c, random.c */
extern PyMethodDef bs_create_functions[], bs_autograd_functions[], bs_tensor_methods[], bs_random_functions[],
  bs_torch_functions[];
extern PyMethodDef bs_draw_functions[], bs_draw_methods[]; /* draw.c */
extern PyGetSetDef bs_tensor_getset[];
gboolean bs_autograd_init (PyObject *module);
PyObject *bs_node_object (BsNode *node);       /* new reference; NULL node: None */
PyObject *bs_tensor_backward (PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *bs_tensor_register_hook (PyObject *self, PyObject *hook);

G_END_DECLS
