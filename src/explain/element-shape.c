/* SPDX-License-Identifier: MIT */

/* Shapes and the indexes of elements. */

#include "config.h"

#include "element-private.h"

gboolean
bs_shape_of_value (const BsValue *value, BsShape *out)
{
  out->n = value->n_dims;
  if (out->n > BS_SHAPE_MAX)
    return FALSE;
  for (guint i = 0; i < out->n; i++)
    out->size[i] = value->shape[i];
  return TRUE;
}

BsIndex
bs_index_unflatten (const BsShape *shape, gint64 flat)
{
  BsIndex at = { shape->n };

  for (guint i = shape->n; i-- > 0; flat /= MAX (shape->size[i], 1))
    at.at[i] = flat % MAX (shape->size[i], 1);
  return at;
}

/* −1 when there is a letter in it. */
gint64
bs_index_flatten (const BsShape *shape, const BsIndex *at)
{
  gint64 flat = 0;

  for (guint i = 0; i < shape->n; i++) {
    if (at->at[i] < 0 || at->at[i] >= shape->size[i])
      return -1;
    flat = flat * shape->size[i] + at->at[i];
  }
  return flat;
}

/* Dimensions are counted from the right; what has but one element there stands for all. */
gboolean
bs_index_align (const BsShape *shape, const BsIndex *at, BsIndex *out)
{
  out->n = shape->n;
  if (at->n < shape->n)
    return FALSE;
  for (guint i = 0; i < shape->n; i++)
    out->at[i] = shape->size[i] == 1 ? 0 : at->at[at->n - shape->n + i];
  return TRUE;
}

gboolean
bs_shape_broadcast (BsShape *a, const BsShape *b)
{
  BsShape wide = { MAX (a->n, b->n) };

  for (guint i = 1; i <= wide.n; i++) {
    gint64 x = i <= a->n ? a->size[a->n - i] : 1, y = i <= b->n ? b->size[b->n - i] : 1;

    if (x != y && x != 1 && y != 1)
      return FALSE;
    wide.size[wide.n - i] = x == 1 ? y : x;
  }
  *a = wide;
  return TRUE;
}

char *
bs_element_index (const BsValue *whole, gint64 flat)
{
  GString *text = g_string_new (NULL);
  BsShape shape;
  BsIndex at;

  if (bs_shape_of_value (whole, &shape)) {
    at = bs_index_unflatten (&shape, flat);
    for (guint i = 0; i < at.n; i++)
      g_string_append_printf (text, i ? ", %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, at.at[i]);
  }
  return g_string_free (text, FALSE);
}

char *
bs_index_text (const BsIndex *at)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < at->n; i++) {
    g_string_append (text, i ? ", " : "");
    if (at->at[i] < 0)
      g_string_append_c (text, 'k' - 1 - at->at[i]);
    else
      g_string_append_printf (text, "%" G_GINT64_FORMAT, at->at[i]);
  }
  return g_string_free (text, FALSE);
}
