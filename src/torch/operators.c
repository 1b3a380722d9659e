/* SPDX-License-Identifier: MIT */

/* + - * / and the rest. The hot way from a script into the engine: no argument parsing, no dictionaries. */

#include "config.h"

#include "torch-private.h"

PyObject *
bs_call_op (const BsOp *op, guint n, BsTensor *const *inputs, guint n_args, const BsArg *args)
{
  GError *error = NULL;
  BsTensor *result = bs_apply (op, n, inputs, n_args, args, &error);

  return G_LIKELY (result != NULL) ? bs_wrap (result) : bs_raise (error);
}

static PyObject *
binary (const BsOp *op, PyObject *a, PyObject *b)
{
  BsTensor *inputs[2];
  PyObject *result;

  inputs[0] = bs_operand_from (a);
  inputs[1] = inputs[0] ? bs_operand_from (b) : NULL;
  if (inputs[1] == NULL)
    {
      if (inputs[0])
        bs_tensor_unref (inputs[0]);
      if (PyErr_Occurred ())
        return NULL;
      Py_RETURN_NOTIMPLEMENTED;
    }
  result = bs_call_op (op, 2, inputs, 0, NULL);
  bs_tensor_unref (inputs[0]);
  bs_tensor_unref (inputs[1]);
  return result;
}

static PyObject *
binary_inplace (const BsOp *op, PyObject *a, PyObject *b)
{
  GError *error = NULL;
  BsTensor *inputs[2] = { bs_tensor_of (a), bs_operand_from (b) };
  gboolean ok;

  if (inputs[1] == NULL)
    {
      if (PyErr_Occurred ())
        return NULL;
      Py_RETURN_NOTIMPLEMENTED;
    }
  ok = bs_apply_inplace (op, 2, inputs, 0, NULL, &error);
  bs_tensor_unref (inputs[1]);
  return ok ? Py_NewRef (a) : bs_raise (error);
}

static PyObject *
unary (const BsOp *op, PyObject *a)
{
  BsTensor *input = bs_tensor_of (a);

  return bs_call_op (op, 1, &input, 0, NULL);
}

#define BINARY(py, op) static PyObject *py (PyObject *a, PyObject *b) { return binary (&bs_op_##op, a, b); }
#define INPLACE(py, op) static PyObject *py (PyObject *a, PyObject *b) { return binary_inplace (&bs_op_##op, a, b); }
#define UNARY(py, op) static PyObject *py (PyObject *a) { return unary (&bs_op_##op, a); }

/* 3 * x is x * 3 and 2 / x is x.reciprocal() * 2, as in PyTorch: the graph has the tensor first. */
#define IS_NUMBER(object) (PyFloat_Check (object) || PyLong_Check (object))
#define COMMUTATIVE(py, op) \
  static PyObject *py (PyObject *a, PyObject *b) { return IS_NUMBER (a) ? binary (&bs_op_##op, b, a) : binary (&bs_op_##op, a, b); }

static PyObject *
do_div (PyObject *a, PyObject *b)
{
  PyObject *inverse, *result;
  BsTensor *input;

  if (!IS_NUMBER (a))
    return binary (&bs_op_div, a, b);
  input = bs_tensor_of (b);
  inverse = bs_call_op (&bs_op_reciprocal, 1, &input, 0, NULL);
  result = inverse ? binary (&bs_op_mul, inverse, a) : NULL;
  Py_XDECREF (inverse);
  return result;
}

COMMUTATIVE (do_add, add)
/* 1 - x is rsub(x, 1). */
static PyObject *
do_sub (PyObject *a, PyObject *b)
{
  BsTensor *input;
  BsArg number;

  if (!IS_NUMBER (a))
    return binary (&bs_op_sub, a, b);
  input = bs_tensor_of (b);
  number = PyFloat_Check (a) ? BS_REAL (PyFloat_AS_DOUBLE (a)) : PyBool_Check (a) ? BS_BOOLEAN (a == Py_True) : BS_INT (PyLong_AsLongLong (a));
  return PyErr_Occurred () ? NULL : bs_call_op (&bs_op_rsub, 1, &input, 1, &number);
}

COMMUTATIVE (do_mul, mul)
BINARY (do_floor_div, floor_divide)
BINARY (do_mod, remainder)
static PyObject *
do_matmul (PyObject *a, PyObject *b)
{
  if (IS_NUMBER (a) || IS_NUMBER (b))
    Py_RETURN_NOTIMPLEMENTED;
  return binary (&bs_op_matmul, a, b);
}
BINARY (do_and, bitwise_and)
BINARY (do_or, bitwise_or)
BINARY (do_xor, bitwise_xor)
BINARY (do_lshift, bitwise_left_shift)
BINARY (do_rshift, bitwise_right_shift)
INPLACE (do_iadd, add)
INPLACE (do_isub, sub)
INPLACE (do_imul, mul)
INPLACE (do_idiv, div)
INPLACE (do_ifloor_div, floor_divide)
INPLACE (do_imod, remainder)
INPLACE (do_iand, bitwise_and)
INPLACE (do_ior, bitwise_or)
INPLACE (do_ixor, bitwise_xor)
UNARY (do_neg, neg)
UNARY (do_abs, abs)
UNARY (do_invert, bitwise_not)

static PyObject *
do_pos (PyObject *self)
{
  return Py_NewRef (self);
}

/* A plain exponent is an argument of the operation, and stands in its pill; a tensor is an operand. */
static PyObject *
do_pow (PyObject *a, PyObject *b, PyObject *modulo)
{
  BsTensor *input;
  BsArg exponent;

  if (!bs_is_tensor (a) || !bs_number_check (b) || !bs_scalar_from (b, &exponent))
    return PyErr_Occurred () ? NULL : binary (&bs_op_pow_tensor, a, b);
  input = bs_tensor_of (a);
  return bs_call_op (&bs_op_pow, 1, &input, 1, &exponent);
}

static PyObject *
do_ipow (PyObject *a, PyObject *b, PyObject *modulo)
{
  BsTensor *input = bs_tensor_of (a);
  GError *error = NULL;
  BsArg exponent;

  if (!bs_number_check (b) || !bs_scalar_from (b, &exponent))
    return PyErr_Occurred () ? NULL : binary_inplace (&bs_op_pow_tensor, a, b);
  return bs_apply_inplace (&bs_op_pow, 1, &input, 1, &exponent, &error) ? Py_NewRef (a) : bs_raise (error);
}

static gboolean
one_element (PyObject *self, const char *many, PyObject *type)
{
  if (bs_tensor_get_numel (bs_tensor_of (self)) == 1)
    return TRUE;
  PyErr_SetString (type, many);
  return FALSE;
}

static int
do_bool (PyObject *self)
{
  BsTensor *tensor = bs_tensor_of (self);

  if (bs_tensor_get_numel (tensor) == 0)
    return 0;
  if (!one_element (self, "Boolean value of Tensor with more than one value is ambiguous", PyExc_RuntimeError))
    return -1;
  return bs_tensor_get_double (tensor, 0) != 0.0;
}

static PyObject *
do_float (PyObject *self)
{
  if (!one_element (self, "only one element tensors can be converted to Python scalars", PyExc_ValueError))
    return NULL;
  return PyFloat_FromDouble (bs_tensor_get_double (bs_tensor_of (self), 0));
}

static PyObject *
do_int (PyObject *self)
{
  BsTensor *tensor = bs_tensor_of (self);

  if (!one_element (self, "only one element tensors can be converted to Python scalars", PyExc_ValueError))
    return NULL;
  if (bs_dtype_is_floating (bs_tensor_get_dtype (tensor)))
    return PyLong_FromDouble (bs_tensor_get_double (tensor, 0));
  return PyLong_FromLongLong (bs_tensor_get_integer (tensor, 0));
}

static PyObject *
do_index (PyObject *self)
{
  BsTensor *tensor = bs_tensor_of (self);

  if (bs_tensor_get_numel (tensor) != 1 || bs_dtype_is_floating (bs_tensor_get_dtype (tensor)))
    {
      PyErr_SetString (PyExc_TypeError, "only integer tensors of a single element can be converted to an index");
      return NULL;
    }
  return PyLong_FromLongLong (bs_tensor_get_integer (tensor, 0));
}

PyObject *
bs_compare (PyObject *a, PyObject *b, int how)
{
  static const BsOp *const ops[] = {
    [Py_LT] = &bs_op_lt, [Py_LE] = &bs_op_le, [Py_EQ] = &bs_op_eq, [Py_NE] = &bs_op_ne, [Py_GT] = &bs_op_gt, [Py_GE] = &bs_op_ge,
  };

  return binary (ops[how], a, b);
}

PyType_Slot bs_operator_slots[] = {
  { Py_nb_add, do_add },
  { Py_nb_subtract, do_sub },
  { Py_nb_multiply, do_mul },
  { Py_nb_true_divide, do_div },
  { Py_nb_floor_divide, do_floor_div },
  { Py_nb_remainder, do_mod },
  { Py_nb_matrix_multiply, do_matmul },
  { Py_nb_power, do_pow },
  { Py_nb_and, do_and },
  { Py_nb_or, do_or },
  { Py_nb_xor, do_xor },
  { Py_nb_lshift, do_lshift },
  { Py_nb_rshift, do_rshift },
  { Py_nb_inplace_add, do_iadd },
  { Py_nb_inplace_subtract, do_isub },
  { Py_nb_inplace_multiply, do_imul },
  { Py_nb_inplace_true_divide, do_idiv },
  { Py_nb_inplace_floor_divide, do_ifloor_div },
  { Py_nb_inplace_remainder, do_imod },
  { Py_nb_inplace_power, do_ipow },
  { Py_nb_inplace_and, do_iand },
  { Py_nb_inplace_or, do_ior },
  { Py_nb_inplace_xor, do_ixor },
  { Py_nb_negative, do_neg },
  { Py_nb_positive, do_pos },
  { Py_nb_absolute, do_abs },
  { Py_nb_invert, do_invert },
  { Py_nb_bool, do_bool },
  { Py_nb_float, do_float },
  { Py_nb_int, do_int },
  { Py_nb_index, do_index },
};
const guint bs_n_operator_slots = G_N_ELEMENTS (bs_operator_slots);
