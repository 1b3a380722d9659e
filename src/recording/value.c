/* SPDX-License-Identifier: MIT */

#include "value-private.h"

#include <math.h>
#include <string.h>

static const struct { const char *name; guint8 size; } dtypes[BS_DT_N] = {
  [BS_DT_UINT8] = { "uint8", 1 },     [BS_DT_INT8] = { "int8", 1 },       [BS_DT_INT16] = { "int16", 2 },
  [BS_DT_INT32] = { "int32", 4 },     [BS_DT_INT64] = { "int64", 8 },     [BS_DT_FLOAT16] = { "float16", 2 },
  [BS_DT_FLOAT32] = { "float32", 4 }, [BS_DT_FLOAT64] = { "float64", 8 }, [BS_DT_BOOL] = { "bool", 1 },
};

gsize
bs_element_size (guint8 dtype)
{
  return dtype < BS_DT_N ? dtypes[dtype].size : 0;
}

const char *
bs_element_name (guint8 dtype)
{
  return dtype < BS_DT_N ? dtypes[dtype].name : "?";
}

gboolean
bs_element_is_floating (guint8 dtype)
{
  return dtype == BS_DT_FLOAT16 || dtype == BS_DT_FLOAT32 || dtype == BS_DT_FLOAT64;
}

static double
half_to_double (guint16 h)
{
  int exponent = h >> 10 & 31, fraction = h & 1023;
  double x = exponent == 0 ? ldexp (fraction, -24) : exponent == 31 ? (fraction ? NAN : INFINITY)
                                                                    : ldexp (fraction + 1024, exponent - 25);

  return h & 0x8000 ? -x : x;
}

double
bs_element_get (guint8 dtype, const void *element)
{
#define READ(type) ({ type v_; memcpy (&v_, element, sizeof v_); v_; })
  switch (dtype) {
  case BS_DT_UINT8: return READ (guint8);
  case BS_DT_INT8: return READ (gint8);
  case BS_DT_INT16: return READ (gint16);
  case BS_DT_INT32: return READ (gint32);
  case BS_DT_INT64: return READ (gint64);
  case BS_DT_FLOAT16: return half_to_double (READ (guint16));
  case BS_DT_FLOAT32: return READ (float);
  case BS_DT_FLOAT64: return READ (double);
  case BS_DT_BOOL: return READ (guint8) != 0;
  default: return 0;
  }
#undef READ
}

gsize
bs_dtype_bytes (guint8 dtype)
{
  return bs_element_size (dtype);
}

const char *
bs_dtype_text (guint8 dtype)
{
  return bs_element_name (dtype);
}
