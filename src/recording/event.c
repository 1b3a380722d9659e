/* SPDX-License-Identifier: MIT */

#include "value-private.h"

#include <math.h>
#include <string.h>

const char *
bs_event_kind_name (BsEventKind kind)
{
  static const char *const names[BS_N_EVENT_KINDS] = {
    [BS_EVENT_LINE] = "line",
    [BS_EVENT_CALL] = "call",
    [BS_EVENT_RETURN] = "return",
    [BS_EVENT_TENSOR] = "tensor",
    [BS_EVENT_NAME] = "name",
    [BS_EVENT_BACKWARD_BEGIN] = "backward-begin",
    [BS_EVENT_NODE] = "node",
    [BS_EVENT_EDGE] = "edge",
    [BS_EVENT_NODE_DONE] = "node-done",
    [BS_EVENT_BACKWARD_END] = "backward-end",
    [BS_EVENT_ACCUMULATE] = "accumulate",
    [BS_EVENT_WRITE] = "write",
    [BS_EVENT_GRAD_SET] = "grad-set",
    [BS_EVENT_REQUIRES_GRAD] = "requires-grad",
    [BS_EVENT_MODE] = "mode",
    [BS_EVENT_RELEASE] = "release",
    [BS_EVENT_OUTPUT] = "output",
    [BS_EVENT_FIGURE] = "figure",
    [BS_EVENT_ERROR] = "error",
    [BS_EVENT_END] = "end",
  };

  return kind < BS_N_EVENT_KINDS && names[kind] ? names[kind] : "?";
}

double
bs_value_get (const BsValue *self, guint32 i)
{
  g_return_val_if_fail (i < self->n_stored, NAN);

  return bs_element_get (self->dtype, (const guint8 *) self->data + (gsize) i * bs_element_size (self->dtype));
}

gboolean
bs_value_equal (const BsValue *a, const BsValue *b)
{
  if (a->dtype != b->dtype || a->how != b->how || a->n_dims != b->n_dims || a->n_stored != b->n_stored)
    return FALSE;
  if (a->n_dims > 0 && memcmp (a->shape, b->shape, a->n_dims * sizeof *a->shape) != 0)
    return FALSE;
  if (a->how == BS_VALUE_THUMBNAIL &&
      (memcmp (&a->min, &b->min, 4 * sizeof (double)) != 0 || a->n_nan != b->n_nan || a->n_inf != b->n_inf))
    return FALSE;
  return a->n_stored == 0 || memcmp (a->data, b->data, a->n_stored * bs_element_size (a->dtype)) == 0;
}

void
bs_value_statistics (const BsValue *self, double *min, double *max, double *mean, double *norm)
{
  double sum = 0, squares = 0;
  guint32 n = 0;

  *min = *max = *mean = *norm = NAN;
  if (self->how == BS_VALUE_THUMBNAIL) {
    *min = self->min;
    *max = self->max;
    *mean = self->mean;
    *norm = self->norm;
    return;
  }
  for (guint32 i = 0; i < self->n_stored; i++) {
    double x = bs_value_get (self, i);

    if (!isfinite (x))
      continue;
    *min = n ? MIN (*min, x) : x;
    *max = n ? MAX (*max, x) : x;
    sum += x;
    squares += x * x;
    n++;
  }
  if (n > 0) {
    *mean = sum / n;
    *norm = sqrt (squares);
  }
}

/* --- text ------------------------------------------------------------------------------------------------------------ */

static void
append_number (GString *text, const BsValue *value, guint32 i, guint digits)
{
  double x = bs_value_get (value, i);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE], format[8];
  gint64 integer;

  if (value->dtype == BS_DT_BOOL) {
    g_string_append (text, x ? "True" : "False");
    return;
  }
  if (!bs_element_is_floating (value->dtype)) {
    integer = value->dtype == BS_DT_INT64 ? 0 : (gint64) x;
    if (value->dtype == BS_DT_INT64)
      memcpy (&integer, (const guint8 *) value->data + i * 8, 8);
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, integer < 0 ? "−" : "",
                            integer < 0 ? -(guint64) integer : (guint64) integer);
    return;
  }
  if (isnan (x) || isinf (x)) {
    g_string_append (text, isnan (x) ? "nan" : x < 0 ? "−∞" : "∞");
    return;
  }
  g_snprintf (format, sizeof format, "%%.%ug", CLAMP (digits, 1, 17));
  g_ascii_formatd (buffer, sizeof buffer, format, x);
  for (const char *p = buffer; *p; p++) {
    if (*p == '-')
      g_string_append (text, "−");
    else
      g_string_append_c (text, *p);
  }
}

static void
append_shape (GString *text, const BsValue *value)
{
  for (guint i = 0; i < value->n_dims; i++)
    g_string_append_printf (text, i ? "×%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, value->shape[i]);
  g_string_append_printf (text, value->n_dims ? " %s" : "%s", bs_element_name (value->dtype));
}

char *
bs_value_to_text (const BsValue *self, guint digits)
{
  GString *text = g_string_new (NULL);

  if (self->how != BS_VALUE_WHOLE || (self->n_dims > 1 && self->numel != 1) || self->numel > 4) {
    append_shape (text, self);
  } else if (self->n_dims == 0) {
    append_number (text, self, 0, digits);
  } else {
    for (guint i = 0; i < self->n_dims; i++)
      g_string_append_c (text, '[');
    for (guint32 i = 0; i < self->n_stored; i++) {
      g_string_append (text, i ? ", " : "");
      append_number (text, self, i, digits);
    }
    for (guint i = 0; i < self->n_dims; i++)
      g_string_append_c (text, ']');
  }
  return g_string_free (text, FALSE);
}
