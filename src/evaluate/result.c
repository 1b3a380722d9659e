/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "expression-private.h"

#define ITEMS_SHOWN 8

/* --- making -------------------------------------------------------------------------------------------------------- */

BsResult
bs_result_integer (gint64 value)
{
  return (BsResult) { .kind = BS_RESULT_INT, .integer = value };
}

BsResult
bs_result_real (double value)
{
  return (BsResult) { .kind = BS_RESULT_REAL, .real = value };
}

BsResult
bs_result_boolean (gboolean value)
{
  return (BsResult) { .kind = BS_RESULT_BOOL, .integer = value != 0 };
}

BsResult
bs_result_string (const char *text)
{
  return (BsResult) { .kind = BS_RESULT_TEXT, .text = g_strdup (text) };
}

BsResult
bs_result_take_tensor (BsTensor *tensor)
{
  return (BsResult) { .kind = BS_RESULT_TENSOR, .tensor = tensor };
}

void
bs_result_clear (BsResult *self)
{
  for (guint i = 0; i < self->n_items; i++)
    bs_result_clear (&self->items[i]);
  g_free (self->items);
  g_free (self->text);
  g_free (self->path);
  if (self->tensor)
    bs_tensor_unref (self->tensor);
  memset (self, 0, sizeof *self);
}

void
bs_result_copy (const BsResult *from, BsResult *to)
{
  *to = *from;
  to->text = g_strdup (from->text);
  to->path = g_strdup (from->path);
  if (from->tensor)
    bs_tensor_ref (from->tensor);
  to->items = g_new0 (BsResult, from->n_items);
  for (guint i = 0; i < from->n_items; i++)
    bs_result_copy (&from->items[i], &to->items[i]);
}

/* --- asking -------------------------------------------------------------------------------------------------------- */

gboolean
bs_result_is_number (const BsResult *self)
{
  return self->kind == BS_RESULT_BOOL || self->kind == BS_RESULT_INT || self->kind == BS_RESULT_REAL;
}

double
bs_result_get_number (const BsResult *self)
{
  return self->kind == BS_RESULT_REAL ? self->real : (double) self->integer;
}

BsTensor *
bs_result_to_tensor (const BsResult *self)
{
  switch (self->kind)
    {
    case BS_RESULT_TENSOR: return bs_tensor_ref (self->tensor);
    case BS_RESULT_BOOL: return bs_tensor_new_number (self->integer, BS_BOOL);
    case BS_RESULT_INT: return bs_tensor_new_integer (self->integer);
    case BS_RESULT_REAL: return bs_tensor_new_number (self->real, BS_FLOAT64);
    default: return NULL;
    }
}

const char *
bs_result_kind_name (const BsResult *self)
{
  static const char *const names[] = { "NoneType", "bool", "int", "float", "str", "torch.dtype", "Tensor", "list" };

  return self->kind < G_N_ELEMENTS (names) ? names[self->kind] : self->text ? self->text : "object";
}

gboolean
bs_result_is_true (const BsResult *self, gboolean *truth, GError **error)
{
  *truth = TRUE;
  switch (self->kind)
    {
    case BS_RESULT_NONE: *truth = FALSE; return TRUE;
    case BS_RESULT_BOOL:
    case BS_RESULT_INT: *truth = self->integer != 0; return TRUE;
    case BS_RESULT_REAL: *truth = self->real != 0; return TRUE;
    case BS_RESULT_TEXT: *truth = *self->text != '\0'; return TRUE;
    case BS_RESULT_SEQUENCE: *truth = self->n_items > 0; return TRUE;
    case BS_RESULT_TENSOR:
      if (bs_tensor_get_numel (self->tensor) != 1)
        return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE,
                                   _("A tensor of %lld elements is neither true nor false; .any() and .all() are."),
                                   (long long) bs_tensor_get_numel (self->tensor));
      *truth = bs_tensor_get_double (self->tensor, 0) != 0;
      return TRUE;
    default: return TRUE;
    }
}

/* --- showing ------------------------------------------------------------------------------------------------------- */

gboolean
bs_result_get_value (const BsResult *self, BsValue *out, gint64 *shape_out)
{
  guint n;

  if (self->kind != BS_RESULT_TENSOR || !bs_tensor_is_contiguous (self->tensor))
    return FALSE;
  n = bs_tensor_get_n_dims (self->tensor);
  memcpy (shape_out, bs_tensor_get_shape (self->tensor), n * sizeof *shape_out);
  *out = (BsValue){ .dtype = bs_tensor_get_dtype (self->tensor), .how = BS_VALUE_WHOLE, .n_dims = n, .shape = shape_out,
                    .numel = bs_tensor_get_numel (self->tensor), .data = bs_tensor_get_data (self->tensor) };
  out->n_stored = MIN (out->numel, G_MAXUINT32);
  return TRUE;
}

/* As repr(float): the shortest text that reads back as the same number. */
static void
append_real (GString *out, double value)
{
  char text[64], format[16];
  int digits, exponent;

  if (!isfinite (value))
    {
      g_string_append (out, isnan (value) ? "nan" : value > 0 ? "inf" : "-inf");
      return;
    }
  for (digits = 0; digits < 17; digits++)
    {
      g_snprintf (format, sizeof format, "%%.%de", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  exponent = atoi (strchr (text, 'e') + 1);
  if (exponent >= -4 && exponent < 16)
    {
      g_snprintf (format, sizeof format, "%%.%df", MAX (digits - exponent, 1));
      g_ascii_formatd (text, sizeof text, format, value);
    }
  g_string_append (out, text);
}

static void
append_elements (GString *out, const BsValue *value, guint dim, gint64 *at)
{
  if (dim == value->n_dims)
    {
      BsValue one = *value;
      g_autofree char *text = NULL;

      one.n_dims = 0;
      one.numel = one.n_stored = 1;
      one.data = (const guint8 *) value->data + (*at)++ * bs_dtype_size (value->dtype);
      text = bs_value_to_text (&one, 5);
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '[');
  for (gint64 i = 0; i < value->shape[dim]; i++)
    {
      g_string_append (out, i ? ", " : "");
      append_elements (out, value, dim + 1, at);
    }
  g_string_append_c (out, ']');
}

static void
append_tensor (GString *out, const BsResult *self)
{
  g_autofree char *text = NULL;
  gint64 shape[BS_MAX_DIMS], at = 0;
  BsResult plain = { .kind = BS_RESULT_TENSOR };
  BsTensor *copy = NULL;
  BsValue value;

  if (!bs_tensor_is_contiguous (self->tensor))
    {
      copy = bs_tensor_new (bs_tensor_get_dtype (self->tensor), bs_tensor_get_n_dims (self->tensor), bs_tensor_get_shape (self->tensor), NULL);
      if (copy == NULL)
        return;
      bs_tensor_copy_out (self->tensor, bs_tensor_get_data (copy));
    }
  plain.tensor = copy ? copy : self->tensor;
  bs_result_get_value (&plain, &value, shape);
  if (value.numel <= BS_NUMBERS_SHOWN && value.numel > 0)
    append_elements (out, &value, 0, &at);
  else
    {
      text = bs_value_to_text (&value, 5);
      g_string_append (out, text);
    }
  if (copy)
    bs_tensor_unref (copy);
}

static void
append_result (GString *out, const BsResult *self)
{
  switch (self->kind)
    {
    case BS_RESULT_NONE: g_string_append (out, "None"); break;
    case BS_RESULT_BOOL: g_string_append (out, self->integer ? "True" : "False"); break;
    case BS_RESULT_INT: g_string_append_printf (out, "%" G_GINT64_FORMAT, self->integer); break;
    case BS_RESULT_REAL: append_real (out, self->real); break;
    case BS_RESULT_TEXT: g_string_append_printf (out, "'%s'", self->text); break;
    case BS_RESULT_DTYPE: g_string_append_printf (out, "torch.%s", bs_dtype_name (self->integer)); break;
    case BS_RESULT_TENSOR: append_tensor (out, self); break;
    case BS_RESULT_SEQUENCE:
      g_string_append_c (out, '[');
      for (guint i = 0; i < self->n_items && i < ITEMS_SHOWN; i++)
        {
          g_string_append (out, i ? ", " : "");
          append_result (out, &self->items[i]);
        }
      g_string_append (out, self->n_items > ITEMS_SHOWN ? ", …]" : "]");
      break;
    default: g_string_append (out, self->text ? self->text : "?");
    }
}

char *
bs_result_to_text (const BsResult *self)
{
  GString *out = g_string_new (NULL);

  append_result (out, self);
  return g_string_free (out, FALSE);
}
