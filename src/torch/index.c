/* SPDX-License-Identifier: MIT */

/* x[...] as value and as target. Numbers, slices, None and ... become views (select, slice, unsqueeze); lists, masks and
 * integer tensors are gathered with "index" or written with "index_put". */

#include "config.h"

#include "torch-private.h"

#define MAX_INDICES (2 * BS_MAX_DIMS)

static const BsOp *
op (const char *name)
{
  const BsOp *found = bs_op_find (name);

  if (found == NULL)
    PyErr_Format (PyExc_NotImplementedError, "%s is not part of this engine", name);
  return found;
}

/* Replaces *view by the operation's result. */
static gboolean
step (BsTensor **view, const char *name, guint n_args, const BsArg *args)
{
  const BsOp *found = op (name);
  GError *error = NULL;
  BsTensor *next;

  if (found == NULL)
    return FALSE;
  next = bs_apply (found, 1, view, n_args, args, &error);
  if (next == NULL)
    {
      bs_raise (error);
      return FALSE;
    }
  bs_tensor_unref (*view);
  *view = next;
  return TRUE;
}

static gboolean
take_slice (BsTensor **view, guint dim, PyObject *slice)
{
  Py_ssize_t start, stop, stride;
  gint64 size = bs_tensor_get_shape (*view)[dim];
  BsArg args[4];

  if (PySlice_Unpack (slice, &start, &stop, &stride) < 0)
    return FALSE;
  if (stride <= 0)
    {
      PyErr_SetString (PyExc_ValueError, "step must be greater than zero");
      return FALSE;
    }
  PySlice_AdjustIndices (size, &start, &stop, stride);
  if (start == 0 && stop == size && stride == 1)
    return TRUE;
  args[0] = BS_INT (dim);
  args[1] = BS_INT (start);
  args[2] = BS_INT (MAX (start, stop));
  args[3] = BS_INT (stride);
  return step (view, "slice", 4, args);
}

static gboolean
take_number (BsTensor **view, guint dim, gint64 number, guint real_dim)
{
  gint64 size = bs_tensor_get_shape (*view)[dim];
  BsArg args[2] = { BS_INT (dim), BS_INT (number) };

  if (number < -size || number >= size)
    {
      PyErr_Format (PyExc_IndexError, "index %lld is out of bounds for dimension %u with size %lld", (long long) number,
                    real_dim, (long long) size);
      return FALSE;
    }
  return step (view, "select", 2, args);
}

/* How many dimensions one index uses up. */
static guint
uses (PyObject *item)
{
  if (item == Py_None || item == Py_Ellipsis || PyBool_Check (item))
    return 0;
  if (bs_is_tensor (item))
    {
      BsDtype dtype = bs_tensor_get_dtype (bs_tensor_of (item));

      return dtype == BS_BOOL || dtype == BS_UINT8 ? bs_tensor_get_n_dims (bs_tensor_of (item)) : 1;
    }
  return 1;
}

/* The advanced index that @item stands for. */
static BsTensor *
index_tensor (PyObject *item)
{
  BsTensor *tensor;
  BsDtype dtype;

  if (bs_is_tensor (item))
    tensor = bs_tensor_ref (bs_tensor_of (item));
  else
    tensor = bs_tensor_from_data (item, -1);
  if (tensor == NULL)
    return NULL;
  if (!bs_is_tensor (item) && bs_tensor_get_numel (tensor) == 0)
    {
      bs_tensor_unref (tensor);
      tensor = bs_tensor_from_data (item, BS_INT64);
      return tensor;
    }
  dtype = bs_tensor_get_dtype (tensor);
  if (bs_dtype_is_floating (dtype) || dtype == BS_INT8 || dtype == BS_INT16)
    {
      PyErr_SetString (PyExc_IndexError, "tensors used as indices must be long, byte or bool tensors");
      bs_tensor_unref (tensor);
      return NULL;
    }
  return tensor;
}

static gboolean
is_plain_number (PyObject *item)
{
  if (PyBool_Check (item))
    return FALSE;
  if (PyLong_Check (item))
    return TRUE;
  if (bs_is_tensor (item))
    {
      BsTensor *tensor = bs_tensor_of (item);

      return bs_tensor_get_n_dims (tensor) == 0 && !bs_dtype_is_floating (bs_tensor_get_dtype (tensor))
             && bs_tensor_get_dtype (tensor) != BS_BOOL && bs_tensor_get_dtype (tensor) != BS_UINT8;
    }
  return !PySequence_Check (item) && PyIndex_Check (item);
}

typedef struct {
  BsTensor *view; /* owned */
  BsTensor *indices[MAX_INDICES]; /* owned; one for each dimension of @view, NULL: all of it */
  guint n_indices;
  gboolean advanced;
} Place;

static void
place_clear (Place *place)
{
  g_clear_pointer (&place->view, bs_tensor_unref);
  for (guint i = 0; i < place->n_indices; i++)
    g_clear_pointer (&place->indices[i], bs_tensor_unref);
}

static gboolean
put_index (Place *place, guint dim, BsTensor *index)
{
  if (index == NULL)
    return FALSE;
  while (place->n_indices <= dim)
    place->indices[place->n_indices++] = NULL;
  place->indices[dim] = index;
  place->advanced = TRUE;
  return TRUE;
}

static gboolean
resolve_item (Place *place, PyObject *item, guint *dim, guint *real_dim, guint skipped)
{
  if (item == Py_Ellipsis)
    {
      *dim += skipped;
      *real_dim += skipped;
      return TRUE;
    }
  if (item == Py_None)
    {
      BsArg arg = BS_INT (*dim);

      (*dim)++;
      return step (&place->view, "unsqueeze", 1, &arg);
    }
  if (PyBool_Check (item))
    {
      BsArg arg = BS_INT (*dim);
      BsTensor *mask = bs_tensor_new_full (BS_BOOL, 1, (gint64[]){ 1 }, item == Py_True, NULL);

      return step (&place->view, "unsqueeze", 1, &arg) && put_index (place, (*dim)++, mask);
    }
  if (PySlice_Check (item))
    {
      if (!take_slice (&place->view, *dim, item))
        return FALSE;
      (*dim)++;
      (*real_dim)++;
      return TRUE;
    }
  if (is_plain_number (item))
    {
      gint64 number;

      if (!bs_int_from (item, &number) || !take_number (&place->view, *dim, number, *real_dim))
        return FALSE;
      (*real_dim)++;
      return TRUE;
    }
  if (bs_is_tensor (item) || PySequence_Check (item))
    {
      if (!put_index (place, *dim, index_tensor (item)))
        return FALSE;
      *dim += MAX (1, uses (item));
      *real_dim += MAX (1, uses (item));
      /* A mask of several dimensions stands for as many index tensors; the engine splits it. */
      return TRUE;
    }
  PyErr_SetString (PyExc_IndexError, "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are "
                                     "valid indices (got something else)");
  if (PyUnicode_Check (item))
    PyErr_SetString (PyExc_TypeError, "new(): invalid data type 'str'");
  if (PyFloat_Check (item))
    PyErr_Format (PyExc_IndexError,
                  "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got %s)",
                  Py_TYPE (item)->tp_name);
  return FALSE;
}

/* A list is one advanced index (x[[0, 2]]), unless it holds slices or lists, as old NumPy had it. */
static PyObject *
as_tuple (PyObject *index)
{
  if (PyTuple_Check (index))
    return Py_NewRef (index);
  if (PyList_Check (index))
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE (index) && i < 32; i++)
      {
        PyObject *item = PyList_GET_ITEM (index, i);

        if (PySlice_Check (item) || item == Py_Ellipsis || item == Py_None || (bs_is_tensor (item) && uses (item) > 0 && bs_tensor_get_n_dims (bs_tensor_of (item)) > 0))
          return PyList_AsTuple (index);
      }
  return PyTuple_Pack (1, index);
}

static gboolean
resolve (PyObject *self, PyObject *index, Place *place)
{
  PyObject *items = as_tuple (index);
  guint used = 0, dim = 0, real_dim = 0, n_dims = bs_tensor_get_n_dims (bs_tensor_of (self));
  gboolean ok = items != NULL;

  place->view = bs_tensor_ref (bs_tensor_of (self));
  for (Py_ssize_t i = 0; ok && i < PyTuple_GET_SIZE (items); i++)
    used += uses (PyTuple_GET_ITEM (items, i));
  if (ok && used > n_dims)
    {
      if (n_dims == 0)
        PyErr_SetString (PyExc_IndexError, "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or "
                                           "`tensor.item<T>()` in C++ to convert a 0-dim tensor to a number");
      else
        PyErr_Format (PyExc_IndexError, "too many indices for tensor of dimension %u", n_dims);
      ok = FALSE;
    }
  for (Py_ssize_t i = 0; ok && i < PyTuple_GET_SIZE (items); i++)
    ok = place->n_indices < MAX_INDICES
         && resolve_item (place, PyTuple_GET_ITEM (items, i), &dim, &real_dim, n_dims - used);
  Py_XDECREF (items);
  return ok;
}

PyObject *
bs_subscript (PyObject *self, PyObject *index)
{
  Place place = { 0 };
  BsTensor *inputs[MAX_INDICES + 1];
  PyObject *result = NULL;

  if (PyLong_CheckExact (index) && bs_tensor_get_n_dims (bs_tensor_of (self)) > 0)
    {
      BsTensor *view = bs_tensor_ref (bs_tensor_of (self));
      gint64 number = PyLong_AsLongLong (index);

      if (take_number (&view, 0, number, 0))
        return bs_wrap (view);
      bs_tensor_unref (view);
      return NULL;
    }
  if (resolve (self, index, &place))
    {
      const BsOp *gather;

      if (!place.advanced)
        {
          /* x[...] is a new view all the same. */
          if (place.view == bs_tensor_of (self))
            {
              BsArg args[4] = { BS_INT (0), BS_INT (0), BS_INT (G_MAXINT64), BS_INT (1) };

              if (!(bs_tensor_get_n_dims (place.view) > 0 ? step (&place.view, "slice", 4, args) : step (&place.view, "alias", 0, NULL)))
                {
                  place_clear (&place);
                  return NULL;
                }
            }
          result = bs_wrap (g_steal_pointer (&place.view));
        }
      else if ((gather = op ("index")) != NULL)
        {
          inputs[0] = place.view;
          memcpy (inputs + 1, place.indices, place.n_indices * sizeof inputs[0]);
          result = bs_call_op (gather, place.n_indices + 1, inputs, 0, NULL);
        }
    }
  place_clear (&place);
  return result;
}

static BsTensor *
value_for (PyObject *value, BsTensor *target)
{
  BsTensor *tensor = bs_operand_from (value);

  if (tensor == NULL && !PyErr_Occurred ())
    {
      if (PySequence_Check (value))
        PyErr_Format (PyExc_TypeError, "can't assign a %s to a torch.%sTensor", Py_TYPE (value)->tp_name,
                      bs_dtype_scalar_name (bs_tensor_get_dtype (target)));
      else
        PyErr_Format (PyExc_TypeError, "can't assign a %s to a torch.%sTensor", Py_TYPE (value)->tp_name,
                      bs_dtype_scalar_name (bs_tensor_get_dtype (target)));
    }
  return tensor;
}

/* Leading dimensions of size 1 fall away; the rest must stretch to the slice. */
static gboolean
assign_slice (BsTensor *slice, BsTensor *source, GError **error)
{
  BsTensor *fitting = bs_tensor_ref (source), *wide;
  guint n = bs_tensor_get_n_dims (slice);
  gboolean ok;

  while (fitting != NULL && bs_tensor_get_n_dims (fitting) > n && bs_tensor_get_shape (fitting)[0] == 1)
    {
      BsArg first = BS_INT (0);
      BsTensor *less = bs_apply (&bs_op_squeeze_dim, 1, &fitting, 1, &first, error);

      bs_tensor_unref (fitting);
      fitting = less;
    }
  if (fitting == NULL)
    return FALSE;
  if (bs_tensor_get_n_dims (fitting) != n || memcmp (bs_tensor_get_shape (fitting), bs_tensor_get_shape (slice), n * sizeof (gint64)) != 0)
    {
      BsArg shape = BS_INTS (n, bs_tensor_get_shape (slice));
      BsGradMode mode = bs_get_grad_mode ();

      /* Only to see that it can be: the copy stretches by itself. */
      bs_set_grad_mode (BS_GRAD_OFF);
      wide = n > 0 || bs_tensor_get_n_dims (fitting) > 0 ? bs_apply (&bs_op_expand, 1, &fitting, 1, &shape, error) : bs_tensor_ref (fitting);
      bs_set_grad_mode (mode);
      if (wide == NULL)
        {
          bs_tensor_unref (fitting);
          return FALSE;
        }
      bs_tensor_unref (wide);
    }
  ok = bs_copy_inplace (slice, fitting, error);
  bs_tensor_unref (fitting);
  return ok;
}

int
bs_assign_subscript (PyObject *self, PyObject *index, PyObject *value)
{
  Place place = { 0 };
  GError *error = NULL;
  BsTensor *inputs[MAX_INDICES + 2], *source;
  gboolean ok = FALSE;

  if (value == NULL)
    {
      PyErr_SetString (PyExc_TypeError, "Tensor does not support deleting items");
      return -1;
    }
  source = value_for (value, bs_tensor_of (self));
  if (source != NULL && resolve (self, index, &place))
    {
      if (!place.advanced)
        ok = assign_slice (place.view, source, &error);
      else
        {
          const BsOp *put = op ("index_put");

          inputs[0] = place.view;
          inputs[1] = source;
          memcpy (inputs + 2, place.indices, place.n_indices * sizeof inputs[0]);
          ok = put != NULL && bs_apply_inplace (put, place.n_indices + 2, inputs, 0, NULL, &error);
        }
      if (!ok && !PyErr_Occurred ())
        bs_raise (error);
    }
  g_clear_pointer (&source, bs_tensor_unref);
  place_clear (&place);
  return ok ? 0 : -1;
}

Py_ssize_t
bs_length (PyObject *self)
{
  BsTensor *tensor = bs_tensor_of (self);

  if (bs_tensor_get_n_dims (tensor) > 0)
    return bs_tensor_get_shape (tensor)[0];
  PyErr_SetString (PyExc_TypeError, "len() of a 0-d tensor");
  return -1;
}

/* Iterating is unbind(0): one node with many results. */
PyObject *
bs_iterate (PyObject *self)
{
  PyObject *parts, *iterator;

  if (bs_tensor_get_n_dims (bs_tensor_of (self)) == 0)
    {
      PyErr_SetString (PyExc_TypeError, "iteration over a 0-d tensor");
      return NULL;
    }
  parts = PyObject_CallMethod (self, "unbind", "i", 0);
  iterator = parts ? PyObject_GetIter (parts) : NULL;
  Py_XDECREF (parts);
  return iterator;
}
