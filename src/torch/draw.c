/* SPDX-License-Identifier: MIT */

/* Random numbers in place: x.uniform_(a, b), x.exponential_() ...; and draws whose parameters are tensors. */

#include "config.h"

#include <math.h>

#include "torch-private.h"

static double
unit (BsGenerator *g)
{
  return (double) (bs_generator_random64 (g) & ((1ull << 53) - 1)) * 0x1p-53;
}

static float
unit_float (BsGenerator *g)
{
  return (float) (bs_generator_random (g) & ((1u << 24) - 1)) * 0x1p-24f;
}

typedef gboolean (*Fill) (BsTensor *self, double a, double b, BsGenerator *generator, GError **error);

static PyObject *
fill (PyObject *self, PyObject *args, PyObject *kwargs, const char *first, const char *second, double a, double b, Fill function)
{
  char *words[] = { (char *) first, (char *) second, "generator", NULL };
  PyObject *generator = Py_None;
  GError *error = NULL;
  BsGenerator *source;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|ddO", words, &a, &b, &generator))
    return NULL;
  source = bs_generator_from (generator);
  if (PyErr_Occurred ())
    return NULL;
  return function (bs_tensor_of (self), a, b, source, &error) ? Py_NewRef (self) : bs_raise (error);
}

static PyObject *
do_uniform (PyObject *self, PyObject *args, PyObject *kwargs)
{
  return fill (self, args, kwargs, "from", "to", 0, 1, bs_uniform_inplace);
}

static PyObject *
do_normal (PyObject *self, PyObject *args, PyObject *kwargs)
{
  return fill (self, args, kwargs, "mean", "std", 0, 1, bs_normal_inplace);
}

/* --- one number after another, computed in double ----------------------------------------------------------------------- */

typedef double (*Draw) (BsGenerator *g, double a, double b);

static double
draw_exponential (BsGenerator *g, double lambda, double unused)
{
  return -1 / lambda * log1p (-unit (g));
}

static double
draw_geometric (BsGenerator *g, double p, double unused)
{
  return ceil (log (unit (g)) / log1p (-p));
}

static double
draw_cauchy (BsGenerator *g, double median, double sigma)
{
  return median + sigma * tan (G_PI * (unit (g) - 0.5));
}

static gboolean
draw_all (BsTensor *self, double a, double b, BsGenerator *g, Draw draw, GError **error)
{
  BsTensor *drawn = bs_tensor_new (BS_FLOAT64, bs_tensor_get_n_dims (self), bs_tensor_get_shape (self), error);
  BsGradMode mode = bs_get_grad_mode ();
  gint64 n = bs_tensor_get_numel (self);
  gboolean ok = drawn != NULL;
  double *out = ok ? bs_tensor_get_data (drawn) : NULL;

  for (gint64 i = 0; ok && i < n; i++)
    out[i] = draw (g != NULL ? g : bs_generator_get_default (), a, b);
  bs_set_grad_mode (BS_GRAD_OFF);
  ok = ok && bs_copy_inplace (self, drawn, error);
  bs_set_grad_mode (mode);
  g_clear_pointer (&drawn, bs_tensor_unref);
  return ok;
}

static gboolean
fill_exponential (BsTensor *self, double lambda, double unused, BsGenerator *g, GError **error)
{
  if (lambda > 0)
    return draw_all (self, lambda, 0, g, draw_exponential, error);
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "exponential_ expects lambda > 0.0, but found lambda=%g", lambda);
  return FALSE;
}

static gboolean
fill_geometric (BsTensor *self, double p, double unused, BsGenerator *g, GError **error)
{
  if (p > 0 && p < 1)
    return draw_all (self, p, 0, g, draw_geometric, error);
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "geometric_ expects p to be in (0, 1), but got p=%g", p);
  return FALSE;
}

static gboolean
fill_cauchy (BsTensor *self, double median, double sigma, BsGenerator *g, GError **error)
{
  return draw_all (self, median, sigma, g, draw_cauchy, error);
}

static PyObject *
do_exponential (PyObject *self, PyObject *args, PyObject *kwargs)
{
  return fill (self, args, kwargs, "lambd", "_unused", 1, 0, fill_exponential);
}

static PyObject *
do_geometric (PyObject *self, PyObject *args, PyObject *kwargs)
{
  return fill (self, args, kwargs, "p", "_unused", -1, 0, fill_geometric);
}

static PyObject *
do_cauchy (PyObject *self, PyObject *args, PyObject *kwargs)
{
  return fill (self, args, kwargs, "median", "sigma", 0, 1, fill_cauchy);
}

/* --- whole numbers --------------------------------------------------------------------------------------------------------- */

static gint64
largest (BsDtype dtype)
{
  switch (dtype)
    {
    case BS_BOOL: return 1;
    case BS_UINT8: return G_MAXUINT8;
    case BS_INT8: return G_MAXINT8;
    case BS_INT16: return G_MAXINT16;
    case BS_INT32: return G_MAXINT32;
    case BS_FLOAT16: return 1 << 11;
    case BS_FLOAT32: return 1 << 24;
    case BS_FLOAT64: return 1ll << 53;
    default: return G_MAXINT64;
    }
}

/* random_() reaches the largest value of the dtype; random_(to) and random_(from, to) stop before @to. */
static PyObject *
do_random (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "from", "to", "generator", NULL };
  PyObject *low = Py_None, *high = Py_None, *generator = Py_None;
  gint64 from = 0, to = 0;
  GError *error = NULL;
  BsGenerator *source;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|OOO", words, &low, &high, &generator))
    return NULL;
  if (low != Py_None && !bs_int_from (low, high == Py_None ? &to : &from))
    return NULL;
  if (high != Py_None && !bs_int_from (high, &to))
    return NULL;
  if (low == Py_None && high == Py_None)
    {
      to = largest (bs_tensor_get_dtype (bs_tensor_of (self)));
      to = to < G_MAXINT64 ? to + 1 : G_MININT64;
    }
  if (from >= to && to != G_MININT64)
    return PyErr_Format (PyExc_RuntimeError, "random_ expects 'from' to be less than 'to', but got from=%lld >= to=%lld",
                         (long long) from, (long long) to);
  source = bs_generator_from (generator);
  if (PyErr_Occurred ())
    return NULL;
  return bs_random_inplace (bs_tensor_of (self), from, to, source, &error) ? Py_NewRef (self) : bs_raise (error);
}

/* --- probabilities that differ from element to element --------------------------------------------------------------------- */

static BsTensor *
draw_bernoulli (BsTensor *p, BsGenerator *g, GError **error)
{
  gint64 n = bs_tensor_get_numel (p);
  BsTensor *result = bs_tensor_new (BS_FLOAT32, bs_tensor_get_n_dims (p), bs_tensor_get_shape (p), error);
  float *out = result != NULL ? bs_tensor_get_data (result) : NULL;
  gboolean wide = bs_tensor_get_dtype (p) == BS_FLOAT64;

  if (g == NULL)
    g = bs_generator_get_default ();
  for (gint64 i = 0; result != NULL && i < n; i++)
    {
      double chance = bs_tensor_get_double (p, i);

      if (!(chance >= 0 && chance <= 1))
        {
          g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  "
                       "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)");
          g_clear_pointer (&result, bs_tensor_unref);
          break;
        }
      out[i] = wide ? unit (g) < chance : unit_float (g) < (float) chance;
    }
  return result;
}

static gboolean
write_quietly (BsTensor *self, BsTensor *values, GError **error)
{
  BsGradMode mode = bs_get_grad_mode ();
  gboolean ok;

  bs_set_grad_mode (BS_GRAD_OFF);
  ok = bs_copy_inplace (self, values, error);
  bs_set_grad_mode (mode);
  return ok;
}

static PyObject *
do_bernoulli (PyObject *self, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "p", "generator", NULL };
  PyObject *p = NULL, *generator = Py_None;
  double chance = 0.5;
  GError *error = NULL;
  BsGenerator *source;
  gboolean ok;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|OO", words, &p, &generator))
    return NULL;
  source = bs_generator_from (generator);
  if (PyErr_Occurred ())
    return NULL;
  if (p != NULL && bs_is_tensor (p))
    {
      BsTensor *drawn = draw_bernoulli (bs_tensor_of (p), source, &error);

      ok = drawn != NULL && write_quietly (bs_tensor_of (self), drawn, &error);
      g_clear_pointer (&drawn, bs_tensor_unref);
      return ok ? Py_NewRef (self) : bs_raise (error);
    }
  if (p != NULL && (chance = PyFloat_AsDouble (p)) == -1.0 && PyErr_Occurred ())
    return NULL;
  return bs_bernoulli_inplace (bs_tensor_of (self), chance, source, &error) ? Py_NewRef (self) : bs_raise (error);
}

/* torch.bernoulli(p), torch.bernoulli(x, p) and Tensor.bernoulli(). */
static PyObject *
make_bernoulli (PyObject *module, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "input", "p", "generator", "out", NULL };
  PyObject *input, *p = Py_None, *generator = Py_None, *out = Py_None;
  GError *error = NULL;
  BsGenerator *source;
  BsTensor *tensor, *drawn;

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "O|OOO", words, &input, &p, &generator, &out))
    return NULL;
  source = bs_generator_from (generator);
  if (PyErr_Occurred ())
    return NULL;
  if (!bs_is_tensor (input))
    return PyErr_Format (PyExc_TypeError, "bernoulli(): argument 'input' (position 1) must be Tensor, not %s", Py_TYPE (input)->tp_name);
  tensor = bs_tensor_of (input);
  if (p != Py_None)
    {
      drawn = bs_tensor_new (bs_tensor_get_dtype (tensor), bs_tensor_get_n_dims (tensor), bs_tensor_get_shape (tensor), &error);
      if (drawn != NULL && !bs_bernoulli_inplace (drawn, PyFloat_AsDouble (p), source, &error))
        g_clear_pointer (&drawn, bs_tensor_unref);
    }
  else
    {
      BsTensor *zeros_and_ones = draw_bernoulli (tensor, source, &error);

      drawn = zeros_and_ones ? bs_tensor_new (bs_tensor_get_dtype (tensor), bs_tensor_get_n_dims (tensor), bs_tensor_get_shape (tensor), &error) : NULL;
      if (drawn != NULL && !write_quietly (drawn, zeros_and_ones, &error))
        g_clear_pointer (&drawn, bs_tensor_unref);
      g_clear_pointer (&zeros_and_ones, bs_tensor_unref);
    }
  if (drawn == NULL)
    return bs_raise (error);
  bs_tensor_announce (drawn, "bernoulli");
  return bs_wrap (drawn);
}

static PyObject *
do_bernoulli_of (PyObject *self, PyObject *args, PyObject *kwargs)
{
  PyObject *all = PyTuple_New (PyTuple_GET_SIZE (args) + 1), *result;

  if (all == NULL)
    return NULL;
  PyTuple_SET_ITEM (all, 0, Py_NewRef (self));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE (args); i++)
    PyTuple_SET_ITEM (all, i + 1, Py_NewRef (PyTuple_GET_ITEM (args, i)));
  result = make_bernoulli (NULL, all, kwargs);
  Py_DECREF (all);
  return result;
}

#define KEYWORDS (METH_VARARGS | METH_KEYWORDS)
#define F(function) ((PyCFunction) (void (*) (void)) (function))

PyMethodDef bs_draw_methods[] = {
  { "uniform_", F (do_uniform), KEYWORDS },
  { "normal_", F (do_normal), KEYWORDS },
  { "random_", F (do_random), KEYWORDS },
  { "bernoulli_", F (do_bernoulli), KEYWORDS },
  { "bernoulli", F (do_bernoulli_of), KEYWORDS },
  { "exponential_", F (do_exponential), KEYWORDS },
  { "geometric_", F (do_geometric), KEYWORDS },
  { "cauchy_", F (do_cauchy), KEYWORDS },
  { NULL },
};

PyMethodDef bs_draw_functions[] = {
  { "bernoulli", F (make_bernoulli), KEYWORDS },
  { NULL },
};
