/* SPDX-License-Identifier: MIT */

/* Element-by-element kernels. A loop gets pointers and strides (in elements), the result first, and may be called in
 * place; the driver finds the common dtype, stretches the operands, and walks their strides. */

#pragma once

#include "engine-private.h"

G_BEGIN_DECLS

typedef void (*BsLoop) (gsize n, void *const *data, const gint64 *strides, const double *parameters);

/* Other dtypes go through these: half through float, small integers and bool through int64. NULL: not implemented. */
struct _BsLoops {
  BsLoop f32, f64, i64;
  gboolean answers_bool; /* for an operation's `loops` */
};

typedef enum {
  BS_RESULT_SAME,      /* the common dtype */
  BS_RESULT_FLOAT,     /* integers become the default float first */
  BS_RESULT_BOOL,      /* computed in the common dtype, answers bool */
} BsResult;

#define BS_MAX_OPERANDS 4

/* Sets the context's next output and returns it. */
BsTensor *bs_pointwise (BsOpContext *ctx, guint n, BsTensor *const *inputs, const BsLoops *loops, BsResult result,
                        const double *parameters);
/* What most operations get: contiguous floats of one dtype and shape, and single numbers. Others: NULL without error. */
BsTensor *bs_pointwise_plain (const BsLoops *loops, guint n, BsTensor *const *inputs, BsTensor *dest,
                              const double *parameters, GError **error);
/* With the dtype to compute in and to answer with given; @answers_bool: the loop writes bools, else what it computes in. */
BsTensor *bs_pointwise_as (BsOpContext *ctx, guint n, BsTensor *const *inputs, BsLoop loop, BsDtype compute,
                           BsDtype result, gboolean answers_bool, const double *parameters);
gboolean bs_broadcast_shape (BsOpContext *ctx, guint n, BsTensor *const *inputs, guint *n_dims, gint64 *shape);

#define BS_UNARY_LOOP(name, T, U, EXPR) \
  BS_CLONES static void name (gsize n, void *const *data, const gint64 *st, const double *p) \
  { \
    U *o = data[0]; \
    const T *a = data[1]; \
    if (st[0] == 1 && st[1] == 1) { \
      _Pragma ("GCC ivdep") for (gsize i = 0; i < n; i++) { const T x = a[i]; o[i] = (EXPR); } \
    } else { \
      gint64 so = st[0], sa = st[1]; \
      for (gsize i = 0; i < n; i++) { const T x = a[(gssize) i * sa]; o[(gssize) i * so] = (EXPR); } \
    } \
  }

#define BS_BINARY_BODY(T, U, EXPR) \
  U *o = data[0]; \
  const T *a = data[1], *b = data[2]; \
  gint64 so = st[0], sa = st[1], sb = st[2]; \
  if (so == 1 && sa == 1 && sb == 1) { \
    _Pragma ("GCC ivdep") for (gsize i = 0; i < n; i++) { const T x = a[i], y = b[i]; o[i] = (EXPR); } \
  } else if (so == 1 && sa == 1 && sb == 0) { \
    const T y = *b; \
    _Pragma ("GCC ivdep") for (gsize i = 0; i < n; i++) { const T x = a[i]; o[i] = (EXPR); } \
  } else if (so == 1 && sa == 0 && sb == 1) { \
    const T x = *a; \
    _Pragma ("GCC ivdep") for (gsize i = 0; i < n; i++) { const T y = b[i]; o[i] = (EXPR); } \
  } else { \
    for (gsize i = 0; i < n; i++) { \
      const T x = a[(gssize) i * sa], y = b[(gssize) i * sb]; \
      o[(gssize) i * so] = (EXPR); \
    } \
  }

#define BS_BINARY_LOOP(name, T, U, EXPR) \
  BS_CLONES static void name (gsize n, void *const *data, const gint64 *st, const double *p) \
  { \
    BS_BINARY_BODY (T, U, EXPR) \
  }

/* For what vectors do not help: compiled once. */
#define BS_BINARY_LOOP_PLAIN(name, T, U, EXPR) \
  static void name (gsize n, void *const *data, const gint64 *st, const double *p) \
  { \
    U *o = data[0]; \
    const T *a = data[1], *b = data[2]; \
    for (gsize i = 0; i < n; i++) { \
      const T x = a[(gssize) i * st[1]], y = b[(gssize) i * st[2]]; \
      o[(gssize) i * st[0]] = (EXPR); \
    } \
  }

#define BS_UNARY_LOOP_PLAIN(name, T, U, EXPR) \
  static void name (gsize n, void *const *data, const gint64 *st, const double *p) \
  { \
    U *o = data[0]; \
    const T *a = data[1]; \
    for (gsize i = 0; i < n; i++) { \
      const T x = a[(gssize) i * st[1]]; \
      o[(gssize) i * st[0]] = (EXPR); \
    } \
  }

#define BS_TERNARY_LOOP(name, T, U, EXPR) \
  BS_CLONES static void name (gsize n, void *const *data, const gint64 *st, const double *p) \
  { \
    U *o = data[0]; \
    const T *a = data[1], *b = data[2], *c = data[3]; \
    gint64 so = st[0], sa = st[1], sb = st[2], sc = st[3]; \
    if (so == 1 && sa == 1 && sb == 1 && sc == 1) { \
      _Pragma ("GCC ivdep") for (gsize i = 0; i < n; i++) { const T x = a[i], y = b[i], z = c[i]; o[i] = (EXPR); } \
    } else { \
      for (gsize i = 0; i < n; i++) { \
        const T x = a[(gssize) i * sa], y = b[(gssize) i * sb], z = c[(gssize) i * sc]; \
        o[(gssize) i * so] = (EXPR); \
      } \
    } \
  }

G_END_DECLS
