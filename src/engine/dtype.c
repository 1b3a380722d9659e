/* SPDX-License-Identifier: MIT */

#include "engine-private.h"

#include <math.h>
#include <string.h>

const guint8 bs_dtype_sizes[BS_N_DTYPES] = { 1, 1, 2, 4, 8, 2, 4, 8, 1 };

static const struct {
  const char *name, *scalar;
} names[BS_N_DTYPES] = {
  [BS_UINT8] = { "uint8", "Byte" },     [BS_INT8] = { "int8", "Char" },       [BS_INT16] = { "int16", "Short" },
  [BS_INT32] = { "int32", "Int" },      [BS_INT64] = { "int64", "Long" },     [BS_FLOAT16] = { "float16", "Half" },
  [BS_FLOAT32] = { "float32", "Float" }, [BS_FLOAT64] = { "float64", "Double" }, [BS_BOOL] = { "bool", "Bool" },
};

gsize
bs_dtype_size (BsDtype dtype)
{
  return bs_dtype_sizes[dtype];
}

const char *
bs_dtype_name (BsDtype dtype)
{
  return names[dtype].name;
}

const char *
bs_dtype_scalar_name (BsDtype dtype)
{
  return names[dtype].scalar;
}

gboolean
bs_dtype_is_floating (BsDtype dtype)
{
  return dtype == BS_FLOAT32 || dtype == BS_FLOAT64 || dtype == BS_FLOAT16;
}

BsDtype
bs_dtype_promote (BsDtype a, BsDtype b)
{
  if (a == b)
    return a;
  if (a == BS_BOOL)
    return b;
  if (b == BS_BOOL)
    return a;
  gboolean fa = bs_dtype_is_floating (a), fb = bs_dtype_is_floating (b);
  if (fa != fb)
    return fa ? a : b;
  if (!fa && (a == BS_UINT8 || b == BS_UINT8)) {
    BsDtype other = a == BS_UINT8 ? b : a;
    return other == BS_INT8 ? BS_INT16 : other;
  }
  return MAX (a, b);
}

/* PyTorch's three ranks: tensors with dimensions, 0-d tensors, Python numbers; a lower rank only changes the kind. */
BsDtype
bs_result_dtype (guint n, BsTensor *const *inputs)
{
  int ranks[3] = { -1, -1, -1 };
  for (guint i = 0; i < n; i++) {
    if (inputs[i] == NULL)
      continue;
    BsDtype dtype = inputs[i]->dtype;
    guint rank = inputs[i]->n_dims > 0 ? 0 : 1;
    if (inputs[i]->flags & BS_TENSOR_NUMBER) {
      rank = 2;
      if (bs_dtype_is_floating (dtype))
        dtype = bs_state.default_dtype;
    }
    ranks[rank] = ranks[rank] < 0 ? (int) dtype : (int) bs_dtype_promote (ranks[rank], dtype);
  }
  int result = ranks[0];
  for (guint r = 1; r < 3; r++) {
    if (ranks[r] < 0)
      continue;
    if (result < 0) {
      result = ranks[r];
      continue;
    }
    int have = result == BS_BOOL ? 0 : bs_dtype_is_floating (result) ? 2 : 1;
    int comes = ranks[r] == BS_BOOL ? 0 : bs_dtype_is_floating (ranks[r]) ? 2 : 1;
    if (comes > have)
      result = (int) bs_dtype_promote (result, ranks[r]);
  }
  return result < 0 ? bs_state.default_dtype : (BsDtype) result;
}

/* --- half precision ------------------------------------------------------------------------------------------------ */

float
bs_half_to_float (guint16 half)
{
  guint32 sign = (guint32) (half >> 15) << 31, exponent = (half >> 10) & 31, fraction = half & 1023;
  guint32 bits;
  float value;
  if (exponent == 31) {
    bits = sign | 0x7f800000u | fraction << 13;
  } else if (exponent == 0) {
    value = ldexpf ((float) fraction, -24);
    return sign ? -value : value;
  } else {
    bits = sign | (exponent + 112) << 23 | fraction << 13;
  }
  memcpy (&value, &bits, 4);
  return value;
}

guint16
bs_float_to_half (float value)
{
  guint32 bits;
  memcpy (&bits, &value, 4);
  guint16 sign = bits >> 16 & 0x8000;
  guint32 magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return sign | 0x7e00;
  if (magnitude >= 0x477ff000)
    return sign | 0x7c00;
  if (magnitude < 0x38800000)
    return sign | (guint16) lrintf (ldexpf (fabsf (value), 24));
  guint32 round = 0xfff + (magnitude >> 13 & 1);
  return sign | (guint16) ((magnitude + round - 0x38000000) >> 13);
}

/* --- elements ------------------------------------------------------------------------------------------------------ */

double
bs_load (BsDtype dtype, const void *data, gint64 i)
{
  switch (dtype) {
  case BS_UINT8: case BS_BOOL: return ((const guint8 *) data)[i];
  case BS_INT8: return ((const gint8 *) data)[i];
  case BS_INT16: return ((const gint16 *) data)[i];
  case BS_INT32: return ((const gint32 *) data)[i];
  case BS_INT64: return (double) ((const gint64 *) data)[i];
  case BS_FLOAT16: return bs_half_to_float (((const guint16 *) data)[i]);
  case BS_FLOAT32: return ((const float *) data)[i];
  case BS_FLOAT64: return ((const double *) data)[i];
  default: g_assert_not_reached ();
  }
}

/* C leaves the conversion of what does not fit open; this is what the processors PyTorch runs on do. */
static gint64
to_integer (double value)
{
  if (value >= -9223372036854775808.0 && value < 9223372036854775808.0)
    return (gint64) value;
  return G_MININT64;
}

gint64
bs_load_integer (BsDtype dtype, const void *data, gint64 i)
{
  if (dtype == BS_INT64)
    return ((const gint64 *) data)[i];
  return to_integer (bs_load (dtype, data, i));
}

void
bs_store_integer (BsDtype dtype, void *data, gint64 i, gint64 value)
{
  switch (dtype) {
  case BS_BOOL: ((guint8 *) data)[i] = value != 0; break;
  case BS_UINT8: ((guint8 *) data)[i] = (guint8) value; break;
  case BS_INT8: ((gint8 *) data)[i] = (gint8) value; break;
  case BS_INT16: ((gint16 *) data)[i] = (gint16) value; break;
  case BS_INT32: ((gint32 *) data)[i] = (gint32) value; break;
  case BS_INT64: ((gint64 *) data)[i] = value; break;
  case BS_FLOAT16: ((guint16 *) data)[i] = bs_float_to_half ((float) value); break;
  case BS_FLOAT32: ((float *) data)[i] = (float) value; break;
  case BS_FLOAT64: ((double *) data)[i] = (double) value; break;
  default: g_assert_not_reached ();
  }
}

void
bs_store (BsDtype dtype, void *data, gint64 i, double value)
{
  switch (dtype) {
  case BS_FLOAT16: ((guint16 *) data)[i] = bs_float_to_half ((float) value); break;
  case BS_FLOAT32: ((float *) data)[i] = (float) value; break;
  case BS_FLOAT64: ((double *) data)[i] = value; break;
  case BS_BOOL: ((guint8 *) data)[i] = value != 0; break;
  default: bs_store_integer (dtype, data, i, to_integer (value));
  }
}

#define COPY_LOOP(T, U, EXPR) \
  { \
    T *o = out; \
    const U *a = in; \
    if (so == 1 && sa == 1) \
      for (gsize i = 0; i < n; i++) { U v = a[i]; o[i] = EXPR; } \
    else \
      for (gsize i = 0; i < n; i++) { U v = a[(gssize) i * sa]; o[(gssize) i * so] = EXPR; } \
    return; \
  }

BS_CLONES static void
copy_f32 (float *out, gint64 so, const float *in, gint64 sa, gsize n)
{
  COPY_LOOP (float, float, v)
}

BS_CLONES static void
copy_64 (gint64 *out, gint64 so, const gint64 *in, gint64 sa, gsize n)
{
  COPY_LOOP (gint64, gint64, v)
}

BS_CLONES static void
copy_8 (guint8 *out, gint64 so, const guint8 *in, gint64 sa, gsize n)
{
  COPY_LOOP (guint8, guint8, v)
}

BS_CLONES static void
f32_from_f64 (float *out, gint64 so, const double *in, gint64 sa, gsize n)
{
  COPY_LOOP (float, double, (float) v)
}

BS_CLONES static void
f64_from_f32 (double *out, gint64 so, const float *in, gint64 sa, gsize n)
{
  COPY_LOOP (double, float, v)
}

BS_CLONES static void
f32_from_i64 (float *out, gint64 so, const gint64 *in, gint64 sa, gsize n)
{
  COPY_LOOP (float, gint64, (float) v)
}

BS_CLONES static void
f32_from_bool (float *out, gint64 so, const guint8 *in, gint64 sa, gsize n)
{
  COPY_LOOP (float, guint8, (float) v)
}

void
bs_convert (BsDtype to, void *out, gint64 so, BsDtype from, const void *in, gint64 sa, gsize n)
{
  gsize size = bs_dtype_sizes[to];
  if (to == from) {
    if (so == 1 && sa == 1)
      memcpy (out, in, n * size);
    else if (size == 4)
      copy_f32 (out, so, in, sa, n);
    else if (size == 8)
      copy_64 (out, so, in, sa, n);
    else if (size == 1)
      copy_8 (out, so, in, sa, n);
    else
      for (gsize i = 0; i < n; i++)
        ((guint16 *) out)[(gssize) i * so] = ((const guint16 *) in)[(gssize) i * sa];
    return;
  }
  if (to == BS_FLOAT32 && from == BS_FLOAT64) {
    f32_from_f64 (out, so, in, sa, n);
  } else if (to == BS_FLOAT64 && from == BS_FLOAT32) {
    f64_from_f32 (out, so, in, sa, n);
  } else if (to == BS_FLOAT32 && from == BS_INT64) {
    f32_from_i64 (out, so, in, sa, n);
  } else if (to == BS_FLOAT32 && (from == BS_BOOL || from == BS_UINT8)) {
    f32_from_bool (out, so, in, sa, n);
  } else if (bs_dtype_is_floating (from)) {
    for (gsize i = 0; i < n; i++)
      bs_store (to, out, (gssize) i * so, bs_load (from, in, (gssize) i * sa));
  } else {
    for (gsize i = 0; i < n; i++)
      bs_store_integer (to, out, (gssize) i * so, bs_load_integer (from, in, (gssize) i * sa));
  }
}
