/* SPDX-License-Identifier: MIT */

#include "engine-private.h"
#include "blas.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef int Int;
typedef void (*Sgemm) (int order, int ta, int tb, Int m, Int n, Int k, float alpha, const float *a, Int lda, const float *b, Int ldb, float beta, float *c, Int ldc);
typedef void (*Dgemm) (int order, int ta, int tb, Int m, Int n, Int k, double alpha, const double *a, Int lda, const double *b, Int ldb, double beta, double *c, Int ldc);

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };

typedef void (*Sgemv) (int order, int ta, Int m, Int n, float alpha, const float *a, Int lda, const float *x, Int incx, float beta, float *y, Int incy);

typedef float (*Sdot) (Int n, const float *x, Int incx, const float *y, Int incy);
typedef double (*Ddot) (Int n, const double *x, Int incx, const double *y, Int incy);

static Sdot sdot;
static Ddot ddot;
static Sgemm sgemm;
static Sgemv sgemv;
static Dgemm dgemm;
static gsize looked;

/* OpenBLAS 0.3.21 takes recent AMD processors for Haswell and would leave AVX-512 unused. */
static void
load_blas (void)
{
  void *library;
  setenv ("OPENBLAS_NUM_THREADS", "1", 0);
#if defined(__x86_64__)
  __builtin_cpu_init ();
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512bw") && __builtin_cpu_supports ("avx512vl"))
    setenv ("OPENBLAS_CORETYPE", "SkylakeX", 0);
#endif
  library = dlopen ("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL)
    return;
  sgemm = (Sgemm) dlsym (library, "cblas_sgemm");
  sgemv = (Sgemv) dlsym (library, "cblas_sgemv");
  dgemm = (Dgemm) dlsym (library, "cblas_dgemm");
  sdot = (Sdot) dlsym (library, "cblas_sdot");
  ddot = (Ddot) dlsym (library, "cblas_ddot");
}

static inline void
look_for_blas (void)
{
  if (g_once_init_enter (&looked)) {
    load_blas ();
    g_once_init_leave (&looked, 1);
  }
}

/* The environment is changed for OpenBLAS: better while there is one thread. */
void
bs_prepare_threads (void)
{
  look_for_blas ();
}

#define BY_HAND(T, name, ATTRIBUTES, STEP) \
  ATTRIBUTES static void by_hand_##name (gboolean ta, gboolean tb, gint64 m, gint64 n, gint64 k, T alpha, const T *a, gint64 lda, const T *b, gint64 ldb, T beta, T *c, gint64 ldc) \
  { \
    gint64 ai = ta ? 1 : lda, ak = ta ? lda : 1, bk = tb ? 1 : ldb, bj = tb ? ldb : 1; \
    for (gint64 i = 0; i < m; i++) \
      for (gint64 j = 0; j < n; j++) { \
        T sum = 0; \
        for (gint64 l = 0; l < k; l++) { \
          const T x = a[i * ai + l * ak], y = b[l * bk + j * bj]; \
          sum = (STEP); \
        } \
        const T x = alpha, y = sum; \
        sum = beta == 0 ? 0 : beta * c[i * ldc + j]; \
        c[i * ldc + j] = beta == 0 ? x * y : (STEP); \
      } \
  }
BY_HAND (float, f32, , sum + x * y)
BY_HAND (double, f64, , sum + x * y)
#if defined(__x86_64__)
/* One rounding a step, as in OpenBLAS's kernels. */
#define FUSED __attribute__ ((target ("avx2,fma")))
BY_HAND (float, fused_f32, FUSED, __builtin_fmaf (x, y, sum))
BY_HAND (double, fused_f64, FUSED, __builtin_fma (x, y, sum))
#endif

static gboolean
has_fma (void)
{
#if defined(__x86_64__)
  static int answer = -1;
  if (G_UNLIKELY (answer < 0)) {
    __builtin_cpu_init ();
    answer = __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
  }
  return answer;
#else
  return FALSE;
#endif
}

static void
small_f32 (gboolean ta, gboolean tb, gint64 m, gint64 n, gint64 k, float alpha, const float *a, gint64 lda, const float *b, gint64 ldb, float beta, float *c, gint64 ldc)
{
#if defined(__x86_64__)
  if (has_fma ()) {
    by_hand_fused_f32 (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return;
  }
#endif
  by_hand_f32 (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

static void
small_f64 (gboolean ta, gboolean tb, gint64 m, gint64 n, gint64 k, double alpha, const double *a, gint64 lda, const double *b, gint64 ldb, double beta, double *c, gint64 ldc)
{
#if defined(__x86_64__)
  if (has_fma ()) {
    by_hand_fused_f64 (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return;
  }
#endif
  by_hand_f64 (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

gboolean
bs_gemv_f32 (gboolean transposed, gint64 rows, gint64 columns, const float *a, gint64 lda, const float *x, float *y)
{
  look_for_blas ();
  if (sgemv == NULL || MAX (rows, MAX (columns, lda)) > G_MAXINT32 || rows == 0 || columns == 0)
    return FALSE;
  sgemv (ROW_MAJOR, transposed ? TRANSPOSE : NO_TRANSPOSE, rows, columns, 1, a, MAX (lda, 1), x, 1, 0, y, 1);
  return TRUE;
}

gboolean
bs_dot (BsDtype dtype, gint64 n, const void *x, gint64 x_stride, const void *y, gint64 y_stride, void *out)
{
  look_for_blas ();
  if (sdot == NULL || ddot == NULL || n == 0 || MAX (n, MAX (x_stride, y_stride)) > G_MAXINT32 || x_stride < 0 || y_stride < 0)
    return FALSE;
  if (dtype == BS_FLOAT32)
    *(float *) out = sdot (n, x, x_stride, y, y_stride);
  else
    *(double *) out = ddot (n, x, x_stride, y, y_stride);
  return TRUE;
}

void
bs_gemm (BsDtype dtype, gboolean ta, gboolean tb, gint64 m, gint64 n, gint64 k, double alpha,
         const void *a, gint64 lda, const void *b, gint64 ldb, double beta, void *c, gint64 ldc)
{
  gboolean small = (double) m * n * k <= 512 || MAX (MAX (m, n), MAX (k, MAX (lda, MAX (ldb, ldc)))) > G_MAXINT32;
  if (m == 0 || n == 0)
    return;
  lda = MAX (lda, 1), ldb = MAX (ldb, 1), ldc = MAX (ldc, 1);
  if (!small)
    look_for_blas ();
  if (dtype == BS_FLOAT32 && !small && sgemm != NULL && k > 0)
    sgemm (ROW_MAJOR, ta ? TRANSPOSE : NO_TRANSPOSE, tb ? TRANSPOSE : NO_TRANSPOSE, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  else if (dtype == BS_FLOAT32)
    small_f32 (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  else if (!small && dgemm != NULL && k > 0)
    dgemm (ROW_MAJOR, ta ? TRANSPOSE : NO_TRANSPOSE, tb ? TRANSPOSE : NO_TRANSPOSE, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  else
    small_f64 (ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
