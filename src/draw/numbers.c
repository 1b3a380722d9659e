/* SPDX-License-Identifier: MIT */

#include "numbers.h"

#include <math.h>
#include <string.h>

#define MINUS "−"

/* "-1.20e-05" to "−1.2e−5", and "1.20" to "1.2" when @trim. */
static const char *
finish (char buffer[BS_NUMBER_SIZE], const char *text, gboolean trim)
{
  char number[BS_NUMBER_SIZE];
  char *exponent, *out = buffer;

  g_strlcpy (number, text, sizeof number);
  exponent = strchr (number, 'e');
  if (trim && strchr (number, '.') != NULL) {
    char *end = exponent ? exponent : number + strlen (number), *keep = end;

    while (keep[-1] == '0')
      keep--;
    keep -= keep[-1] == '.';
    memmove (keep, end, strlen (end) + 1);
  }
  for (const char *p = number; *p != '\0' && out - buffer < BS_NUMBER_SIZE - 4; p++) {
    if (*p == '-')
      out = g_stpcpy (out, MINUS);
    else if (exponent != NULL && *p == '0' && p[1] != '\0' && p > number + 1 && p[-2] == 'e')
      continue; /* e−5, not e−05 */
    else if (*p == '+')
      continue;
    else
      *out++ = *p;
  }
  *out = '\0';
  return buffer;
}

static gboolean
format_special (char buffer[BS_NUMBER_SIZE], double number)
{
  if (isnan (number))
    g_strlcpy (buffer, "nan", BS_NUMBER_SIZE);
  else if (isinf (number))
    g_strlcpy (buffer, number < 0 ? MINUS "inf" : "inf", BS_NUMBER_SIZE);
  else if (number == 0)
    g_strlcpy (buffer, "0", BS_NUMBER_SIZE);
  else
    return FALSE;
  return TRUE;
}

const char *
bs_number_format (char buffer[BS_NUMBER_SIZE], double number, int digits)
{
  char text[64], format[16];
  double size = fabs (number);
  int decimals;

  if (format_special (buffer, number))
    return buffer;
  if (size < 1e-4 || size >= 1e6) {
    g_snprintf (format, sizeof format, "%%.%de", digits - 2);
    return finish (buffer, g_ascii_formatd (text, sizeof text, format, number), TRUE);
  }
  decimals = CLAMP (digits - 1 - (int) floor (log10 (size)), 0, digits + 3);
  g_snprintf (format, sizeof format, "%%.%df", decimals);
  return finish (buffer, g_ascii_formatd (text, sizeof text, format, number), decimals > 0);
}

const char *
bs_number_format_fixed (char buffer[BS_NUMBER_SIZE], double number, int decimals)
{
  char text[64], format[16];

  if (isnan (number) || isinf (number)) {
    format_special (buffer, number);
    return buffer;
  }
  if (number == 0)
    number = 0; /* not "−0" */
  if (decimals < 0)
    return finish (buffer, g_ascii_formatd (text, sizeof text, "%.1e", number), FALSE);
  g_snprintf (format, sizeof format, "%%.%df", MIN (decimals, 12));
  return finish (buffer, g_ascii_formatd (text, sizeof text, format, number), FALSE);
}

gboolean
bs_value_is_integral (const BsValue *value)
{
  const char *name = bs_dtype_text (value->dtype);

  return !g_str_has_prefix (name, "float");
}

int
bs_number_decimals (const BsValue *value, int digits)
{
  double largest = 0, smallest = INFINITY;
  gboolean whole = TRUE;
  int decimals;

  if (bs_value_is_integral (value))
    return 0;
  for (guint32 i = 0; i < value->n_stored; i++) {
    double x = fabs (bs_value_get (value, i));

    if (!isfinite (x) || x == 0)
      continue;
    whole = whole && x == floor (x);
    largest = MAX (largest, x);
    smallest = MIN (smallest, x);
  }
  if (largest == 0 || (whole && largest < 1e6))
    return 0;
  if (largest >= 1e6 || largest < 1e-4)
    return -1;
  decimals = CLAMP (digits - 1 - (int) floor (log10 (largest)), 0, digits + 2);
  /* 0.5 and 0.25 need no 0.500. */
  for (; decimals > 1; decimals--) {
    double scale = pow (10, decimals - 1);

    for (guint32 i = 0; i < value->n_stored; i++) {
      double x = bs_value_get (value, i) * scale;

      if (isfinite (x) && fabs (x - round (x)) > 1e-6 * MAX (1, fabs (x)))
        return decimals;
    }
  }
  return decimals;
}

const char *
bs_number_format_element (char buffer[BS_NUMBER_SIZE], const BsValue *value, guint32 i, int decimals)
{
  double number = bs_value_get (value, i);

  if (strcmp (bs_dtype_text (value->dtype), "bool") == 0) {
    g_strlcpy (buffer, number != 0 ? "True" : "False", BS_NUMBER_SIZE);
    return buffer;
  }
  return bs_number_format_fixed (buffer, number, bs_value_is_integral (value) ? 0 : decimals);
}
