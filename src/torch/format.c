/* SPDX-License-Identifier: MIT */

/* How a tensor prints. The rules are those PyTorch's users know: four places, scientific notation when the numbers differ by
 * more than a thousand, whole numbers as "1.", three edge items beyond a thousand elements, lines of eighty columns. */

#include "config.h"

#include <math.h>

#include "torch-private.h"

static struct {
  int precision;
  gint64 threshold;
  gint64 edge_items;
  int line_width;
  int scientific; /* -1: as the numbers want it */
} options = { 4, 1000, 3, 80, -1 };

typedef struct {
  BsTensor *tensor;
  gboolean floating, whole, scientific;
  int width;
  gboolean summarise;
  GString *out;
} Format;

static char *
python_double (double value, char code, int precision)
{
  char *raw = PyOS_double_to_string (value, code, precision, 0, NULL);
  char *text = g_strdup (raw);

  PyMem_Free (raw);
  return text;
}

static char *
number_text (const Format *f, gint64 index)
{
  BsDtype dtype = bs_tensor_get_dtype (f->tensor);
  double value;
  char *text;

  if (dtype == BS_BOOL)
    return g_strdup (bs_tensor_get_integer (f->tensor, index) ? "True" : "False");
  if (!f->floating)
    return g_strdup_printf ("%" G_GINT64_FORMAT, bs_tensor_get_integer (f->tensor, index));
  value = bs_tensor_get_double (f->tensor, index);
  if (f->scientific)
    return python_double (value, 'e', options.precision);
  if (!f->whole)
    return python_double (value, 'f', options.precision);
  text = python_double (value, 'f', 0);
  if (isfinite (value))
    {
      char *dotted = g_strconcat (text, ".", NULL);

      g_free (text);
      return dotted;
    }
  return text;
}

/* Calls @visit for every element that will be shown. */
typedef void (*Visit) (Format *f, gint64 index, gpointer data);

static void
visit_shown (Format *f, guint dim, gint64 index, Visit visit, gpointer data)
{
  const gint64 *shape = bs_tensor_get_shape (f->tensor);
  gint64 size, edge = options.edge_items;

  if (dim == bs_tensor_get_n_dims (f->tensor))
    {
      visit (f, index, data);
      return;
    }
  size = shape[dim];
  for (gint64 i = 0; i < size; i++)
    {
      if (f->summarise && size > 2 * edge && i == edge)
        i = size - edge;
      visit_shown (f, dim + 1, index * size + i, visit, data);
    }
}

typedef struct {
  double min, max;
  gboolean any;
} Range;

static void
look (Format *f, gint64 index, gpointer data)
{
  Range *range = data;
  double value = fabs (bs_tensor_get_double (f->tensor, index));

  if (!isfinite (value) || value == 0.0)
    return;
  range->min = range->any ? MIN (range->min, value) : value;
  range->max = range->any ? MAX (range->max, value) : value;
  range->any = TRUE;
  if (value != ceil (value))
    f->whole = FALSE;
}

static void
measure (Format *f, gint64 index, gpointer data)
{
  g_autofree char *text = NULL;

  if (f->floating)
    {
      double value = bs_tensor_get_double (f->tensor, index);

      if (!isfinite (value) || value == 0.0)
        return;
    }
  text = number_text (f, index);
  f->width = MAX (f->width, (int) strlen (text));
}

static void
prepare (Format *f)
{
  Range range = { 0 };

  f->floating = bs_dtype_is_floating (bs_tensor_get_dtype (f->tensor));
  f->whole = TRUE;
  f->width = 1;
  if (f->floating)
    {
      visit_shown (f, 0, 0, look, &range);
      if (range.any)
        f->scientific = range.max / range.min > 1000. || range.max > 1.e8 || (!f->whole && range.min < 1.e-4);
    }
  if (!f->floating || range.any)
    visit_shown (f, 0, 0, measure, NULL);
  if (options.scientific >= 0)
    f->scientific = options.scientific;
}

static void
put_number (Format *f, gint64 index)
{
  g_autofree char *text = number_text (f, index);

  for (int i = strlen (text); i < f->width; i++)
    g_string_append_c (f->out, ' ');
  g_string_append (f->out, text);
}

static void
put_spaces (GString *out, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_c (out, ' ');
}

static void
put_vector (Format *f, gint64 size, gint64 index, guint indent)
{
  gint64 per_line = MAX (1, (gint64) floor ((options.line_width - (int) indent) / (double) (f->width + 2)));
  gboolean cut = f->summarise && size > 2 * options.edge_items;
  gint64 column = 0;

  g_string_append_c (f->out, '[');
  for (gint64 i = 0; i < size; i++)
    {
      if (i > 0)
        {
          if (column == per_line)
            {
              g_string_append (f->out, ",\n");
              put_spaces (f->out, indent + 1);
              column = 0;
            }
          else
            g_string_append (f->out, ", ");
        }
      if (cut && i == options.edge_items)
        {
          g_string_append (f->out, " ...");
          i = size - options.edge_items - 1;
        }
      else
        put_number (f, index * size + i);
      column++;
    }
  g_string_append_c (f->out, ']');
}

static void
put_level (Format *f, guint dim, gint64 index, guint indent)
{
  guint n_dims = bs_tensor_get_n_dims (f->tensor), left = n_dims - dim;
  gint64 size;
  gboolean cut;

  if (left == 0)
    {
      put_number (f, index);
      return;
    }
  size = bs_tensor_get_shape (f->tensor)[dim];
  if (left == 1)
    {
      put_vector (f, size, index, indent);
      return;
    }
  cut = f->summarise && size > 2 * options.edge_items;
  g_string_append_c (f->out, '[');
  for (gint64 i = 0; i < size; i++)
    {
      if (i > 0)
        {
          g_string_append_c (f->out, ',');
          for (guint k = 1; k < left; k++)
            g_string_append_c (f->out, '\n');
          put_spaces (f->out, indent + 1);
        }
      if (cut && i == options.edge_items)
        {
          g_string_append (f->out, "...");
          i = size - options.edge_items - 1;
        }
      else
        put_level (f, dim + 1, index * size + i, indent + 1);
    }
  g_string_append_c (f->out, ']');
}

static guint
last_line_length (const GString *text)
{
  const char *newline = strrchr (text->str, '\n');

  return newline ? text->len - (newline - text->str) + 1 : text->len + 2;
}

static void
put_suffixes (GString *out, GPtrArray *suffixes, guint indent)
{
  guint length = last_line_length (out);

  for (guint i = 0; i < suffixes->len; i++)
    {
      const char *suffix = suffixes->pdata[i];
      guint n = strlen (suffix);

      if (length + n + 2 > (guint) options.line_width)
        {
          g_string_append (out, ",\n");
          put_spaces (out, indent);
          length = indent + n;
        }
      else
        {
          g_string_append (out, ", ");
          length += n + 2;
        }
      g_string_append (out, suffix);
    }
  g_string_append_c (out, ')');
}

static void
add_state_suffix (GPtrArray *suffixes, BsTensor *tensor)
{
  BsNode *node = bs_tensor_get_grad_fn (tensor);

  if (node != NULL)
    g_ptr_array_add (suffixes, g_strdup_printf ("grad_fn=<%s>", bs_node_get_name (node)));
  else if (bs_tensor_get_requires_grad (tensor))
    g_ptr_array_add (suffixes, g_strdup ("requires_grad=True"));
}

static char *
shape_as_tuple (BsTensor *tensor)
{
  g_autoptr (GString) text = g_string_new ("(");
  guint n = bs_tensor_get_n_dims (tensor);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? ", " : "", bs_tensor_get_shape (tensor)[i]);
  g_string_append (text, n == 1 ? ",)" : ")");
  return g_strdup (text->str);
}

static char *
tensor_text (BsTensor *tensor)
{
  g_autoptr (GPtrArray) suffixes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) out = g_string_new ("tensor(");
  BsDtype dtype = bs_tensor_get_dtype (tensor);
  gint64 numel = bs_tensor_get_numel (tensor);
  gboolean usual = dtype == bs_get_default_dtype () || dtype == BS_INT64 || dtype == BS_BOOL;

  if (numel == 0)
    {
      g_string_append (out, "[]");
      if (bs_tensor_get_n_dims (tensor) != 1)
        {
          g_autofree char *shape = shape_as_tuple (tensor);

          g_ptr_array_add (suffixes, g_strdup_printf ("size=%s", shape));
        }
      usual = dtype == bs_get_default_dtype ();
    }
  else
    {
      Format f = { .tensor = tensor, .out = out, .summarise = numel > options.threshold };

      prepare (&f);
      put_level (&f, 0, 0, strlen ("tensor("));
    }
  if (!usual)
    g_ptr_array_add (suffixes, g_strdup_printf ("dtype=torch.%s", bs_dtype_name (dtype)));
  add_state_suffix (suffixes, tensor);
  put_suffixes (out, suffixes, strlen ("tensor("));
  return g_strdup (out->str);
}

PyObject *
bs_tensor_repr (PyObject *self)
{
  g_autofree char *text = tensor_text (bs_tensor_of (self));

  return PyUnicode_FromString (text);
}

static gboolean
apply_profile (const char *profile)
{
  if (g_str_equal (profile, "default"))
    options.precision = 4, options.threshold = 1000, options.edge_items = 3, options.line_width = 80;
  else if (g_str_equal (profile, "short"))
    options.precision = 2, options.threshold = 1000, options.edge_items = 2, options.line_width = 80;
  else if (g_str_equal (profile, "full"))
    options.precision = 4, options.threshold = G_MAXINT64, options.edge_items = 3, options.line_width = 80;
  else
    return FALSE;
  return TRUE;
}

PyObject *
bs_set_printoptions (PyObject *module, PyObject *args, PyObject *kwargs)
{
  static char *words[] = { "precision", "threshold", "edgeitems", "linewidth", "profile", "sci_mode", NULL };
  PyObject *values[6] = { Py_None, Py_None, Py_None, Py_None, Py_None, Py_None };

  if (!PyArg_ParseTupleAndKeywords (args, kwargs, "|OOOOOO", words, &values[0], &values[1], &values[2], &values[3],
                                    &values[4], &values[5]))
    return NULL;
  if (values[4] != Py_None && PyUnicode_Check (values[4]))
    apply_profile (PyUnicode_AsUTF8 (values[4]));
  if (values[0] != Py_None)
    options.precision = PyLong_AsLong (values[0]);
  if (values[1] != Py_None)
    {
      double threshold = PyFloat_AsDouble (values[1]);

      options.threshold = threshold > 9e18 ? G_MAXINT64 : (gint64) threshold;
    }
  if (values[2] != Py_None)
    options.edge_items = PyLong_AsLongLong (values[2]);
  if (values[3] != Py_None)
    options.line_width = PyLong_AsLong (values[3]);
  options.scientific = values[5] == Py_None ? -1 : PyObject_IsTrue (values[5]);
  if (PyErr_Occurred ())
    return NULL;
  Py_RETURN_NONE;
}
