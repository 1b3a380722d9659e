/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MOST_NUMBERS (64u << 20)

void
bs_literal_clear (BsLiteral *self)
{
  g_clear_pointer (&self->numbers, g_array_unref);
  g_clear_pointer (&self->integers, g_array_unref);
}

/* --- one number ------------------------------------------------------------------------------------------------------------ */

static gboolean
take_word (const char **at, const char *word)
{
  gsize n = strlen (word);

  if (g_ascii_strncasecmp (*at, word, n) != 0 || g_ascii_isalnum ((*at)[n]))
    return FALSE;
  *at += n;
  return TRUE;
}

static gboolean
take_boolean (const char **at, BsLiteral *out)
{
  double value = take_word (at, "true");
  gint64 integer = value;

  if (value == 0 && !take_word (at, "false"))
    return FALSE;
  g_array_append_val (out->numbers, value);
  g_array_append_val (out->integers, integer);
  out->is_integer = FALSE;
  return TRUE;
}

static gboolean
take_number (const char **at, BsLiteral *out)
{
  const char *p = *at;
  char *end, *end_of_integer;
  double value;
  gint64 integer;

  if (take_boolean (at, out))
    return TRUE;
  value = g_ascii_strtod (p, &end);
  if (end == p || g_ascii_isspace (*p))
    return FALSE;
  integer = g_ascii_strtoll (p, &end_of_integer, 10);
  if (end_of_integer != end)
    {
      integer = fabs (value) < 0x1p63 ? (gint64) value : 0;
      out->is_integer = FALSE;
    }
  out->is_boolean = FALSE;
  g_array_append_val (out->numbers, value);
  g_array_append_val (out->integers, integer);
  *at = end;
  return TRUE;
}

/* --- nested lists ---------------------------------------------------------------------------------------------------------- */

static const char *
skip_blanks (const char *at)
{
  while (g_ascii_isspace (*at))
    at++;
  return at;
}

static gboolean
fail (char **problem, const char *text)
{
  if (*problem == NULL)
    *problem = g_strdup (text);
  return FALSE;
}

/* @known: how many dimensions have their size by now. */
static gboolean
take_value (const char **at, guint depth, guint *known, BsLiteral *out, char **problem)
{
  gint64 n = 0;
  char closing;

  *at = skip_blanks (*at);
  if (**at != '[' && **at != '(')
    {
      if (!take_number (at, out))
        return fail (problem, _("it is no number and no list of numbers"));
      if (out->numbers->len > MOST_NUMBERS)
        return fail (problem, _("it has too many numbers"));
      if (*known == G_MAXUINT)
        out->n_dims = *known = depth;
      return depth == out->n_dims || fail (problem, _("its lists differ in depth"));
    }
  if (depth == BS_MAX_DIMS)
    return fail (problem, _("its lists are too deep"));
  closing = **at == '[' ? ']' : ')';
  for (*at = skip_blanks (*at + 1); **at != closing; n++)
    {
      if (!take_value (at, depth + 1, known, out, problem))
        return FALSE;
      *at = skip_blanks (*at);
      if (**at == ',')
        *at = skip_blanks (*at + 1);
      else if (**at != closing)
        return fail (problem, **at == '\0' ? _("a list in it does not end") : _("a comma is missing in it"));
    }
  ++*at;
  if (*known == G_MAXUINT)
    out->n_dims = *known = depth + 1;
  if (depth >= out->n_dims)
    return fail (problem, _("its lists differ in depth"));
  if (out->shape[depth] < 0)
    out->shape[depth] = n;
  return out->shape[depth] == n || fail (problem, _("its lists differ in length"));
}

gboolean
bs_literal_parse (const char *text, BsLiteral *out, char **problem)
{
  guint known = G_MAXUINT;

  *problem = NULL;
  *out = (BsLiteral) { .is_boolean = TRUE, .is_integer = TRUE };
  out->numbers = g_array_new (FALSE, FALSE, sizeof (double));
  out->integers = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < BS_MAX_DIMS; i++)
    out->shape[i] = -1;
  if (!take_value (&text, 0, &known, out, problem))
    return FALSE;
  if (*skip_blanks (text) != '\0')
    return fail (problem, _("something stands behind the number or list"));
  out->is_boolean = out->is_boolean && out->numbers->len > 0;
  return TRUE;
}

/* --- tensors ---------------------------------------------------------------------------------------------------------------- */

static BsTensor *
from_doubles (const BsLiteral *self, GError **error)
{
  return bs_tensor_new_from (BS_FLOAT64, self->n_dims, self->shape, self->numbers->data, error);
}

BsTensor *
bs_literal_to_tensor (const BsLiteral *self, BsDtype dtype, GError **error)
{
  gboolean whole = !bs_dtype_is_floating (dtype);
  BsTensor *all = whole ? bs_tensor_new_from (BS_INT64, self->n_dims, self->shape, self->integers->data, error)
                        : from_doubles (self, error);
  BsTensor *tensor;

  if (all == NULL || dtype == bs_tensor_get_dtype (all))
    return all;
  tensor = bs_tensor_new (dtype, self->n_dims, self->shape, error);
  if (tensor != NULL && !bs_copy_inplace (tensor, all, error))
    g_clear_pointer (&tensor, bs_tensor_unref);
  bs_tensor_unref (all);
  return tensor;
}

/* --- smaller things ---------------------------------------------------------------------------------------------------------- */

gboolean
bs_parse_dtype (const char *text, BsDtype *out)
{
  static const struct { const char *name; BsDtype dtype; } others[] = {
    { "float", BS_FLOAT32 }, { "double", BS_FLOAT64 }, { "half", BS_FLOAT16 }, { "long", BS_INT64 }, { "int", BS_INT32 },
  };

  if (g_str_has_prefix (text, "torch."))
    text += strlen ("torch.");
  for (BsDtype dtype = 0; dtype < BS_N_DTYPES; dtype++)
    if (g_str_equal (bs_dtype_name (dtype), text))
      return *out = dtype, TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_str_equal (others[i].name, text))
      return *out = others[i].dtype, TRUE;
  return FALSE;
}

gboolean
bs_parse_boolean (const char *text, gboolean *out)
{
  static const char *const words[] = { "false", "true", "0", "1", "no", "yes" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (words[i], text) == 0)
      return *out = i & 1, TRUE;
  return FALSE;
}

gboolean
bs_parse_ints (const char *text, gint64 *out, guint max, guint *n)
{
  g_autofree char *plain = g_strstrip (g_strdup (text));
  gsize length = strlen (plain);
  const char *at = plain;
  char *end;

  *n = 0;
  if ((*plain == '(' || *plain == '[') && length >= 2 && plain[length - 1] == (*plain == '(' ? ')' : ']'))
    {
      plain[length - 1] = '\0';
      at = skip_blanks (plain + 1);
    }
  while (*at != '\0')
    {
      gint64 value = g_ascii_strtoll (at, &end, 10);

      if (end == at || *n == max)
        return FALSE;
      out[(*n)++] = value;
      at = skip_blanks (end);
      if (g_str_has_prefix (at, "×"))
        at += strlen ("×");
      else if (*at == ',' || *at == 'x')
        at++;
      else if (*at != '\0')
        return FALSE;
      at = skip_blanks (at);
    }
  return TRUE;
}
