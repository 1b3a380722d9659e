/* SPDX-License-Identifier: MIT */

/* Convolution over one to three spatial dimensions, by laying each window out as a column (im2col) and one matrix product
 * per sample and group. Input x, weight w and upstream gradient g form one trilinear expression, so the three operations
 * here (the value, and its derivatives by x and by w) have each other as backwards, to any order. */

#include "formula.h"

/* BO (view, 1, ARGS (BS_INTS (n, shape)), x) */
#define ARGS(...) __VA_ARGS__
#define BO(op, n, args, a) bs_do1a (ctx, &bs_op_##op, a, args)
#include "blas.h"

#define SPACE 3

typedef struct {
  guint n_space;
  gint64 batch, groups;
  gint64 c_in, c_out;               /* channels of x and of the result, all groups */
  gint64 in[SPACE], out[SPACE], kernel[SPACE];
  gint64 stride[SPACE], pad[SPACE], dilation[SPACE];
} Conv;

enum { ARG_STRIDE, ARG_PADDING, ARG_DILATION, ARG_TRANSPOSED, ARG_OUTPUT_PADDING, ARG_GROUPS };

/* The missing leading dimensions have size 1, so that one loop serves all. */
static void
spatial_arg (BsOpContext *ctx, guint arg, guint n_space, gint64 otherwise, gint64 *out)
{
  gint64 given[BS_MAX_DIMS];
  int n = bs_arg_ints (ctx, arg, given, BS_MAX_DIMS);
  for (guint i = 0; i < SPACE; i++)
    {
      int j = (int) i - (int) (SPACE - n_space);
      out[i] = j < 0 ? otherwise : n <= 0 ? otherwise : n == 1 ? given[0] : given[MIN (j, n - 1)];
    }
}

static gint64
product (const gint64 *v)
{
  return v[0] * v[1] * v[2];
}

static void
conv_settings (BsOpContext *ctx, Conv *c, guint n_space)
{
  c->n_space = n_space;
  spatial_arg (ctx, ARG_STRIDE, n_space, 1, c->stride);
  spatial_arg (ctx, ARG_PADDING, n_space, 0, c->pad);
  spatial_arg (ctx, ARG_DILATION, n_space, 1, c->dilation);
  for (guint i = 0; i < SPACE - n_space; i++)
    c->stride[i] = 1, c->pad[i] = 0, c->dilation[i] = 1;
  c->groups = bs_arg_int (ctx, ARG_GROUPS, 1);
}

static void
spatial_shape (const BsTensor *t, guint n_space, gint64 *out)
{
  for (guint i = 0; i < SPACE; i++)
    out[i] = i < SPACE - n_space ? 1 : t->shape[2 + i - (SPACE - n_space)];
}

static gint64
window_count (const Conv *c, guint i)
{
  return (c->in[i] + 2 * c->pad[i] - c->dilation[i] * (c->kernel[i] - 1) - 1) / c->stride[i] + 1;
}

static guint
conv_shape_out (const Conv *c, gint64 channels, const gint64 *space, gint64 *shape)
{
  shape[0] = c->batch;
  shape[1] = channels;
  for (guint i = 0; i < c->n_space; i++)
    shape[2 + i] = space[SPACE - c->n_space + i];
  return 2 + c->n_space;
}

/* One group of one sample: a row for each (channel, place in the kernel), a column for each place of the result. */
#define DEFINE_COLUMNS(T, suffix) \
  static void columns_##suffix (const Conv *c, T *x, T *cols, gboolean back) \
  { \
    gint64 channels = c->c_in / c->groups, n_out = product (c->out); \
    for (gint64 ch = 0; ch < channels; ch++) \
      for (gint64 k0 = 0; k0 < c->kernel[0]; k0++) \
        for (gint64 k1 = 0; k1 < c->kernel[1]; k1++) \
          for (gint64 k2 = 0; k2 < c->kernel[2]; k2++) \
            { \
              T *row = cols + (((ch * c->kernel[0] + k0) * c->kernel[1] + k1) * c->kernel[2] + k2) * n_out; \
              for (gint64 o0 = 0; o0 < c->out[0]; o0++) \
                for (gint64 o1 = 0; o1 < c->out[1]; o1++) \
                  { \
                    gint64 i0 = o0 * c->stride[0] - c->pad[0] + k0 * c->dilation[0]; \
                    gint64 i1 = o1 * c->stride[1] - c->pad[1] + k1 * c->dilation[1]; \
                    gboolean inside = i0 >= 0 && i0 < c->in[0] && i1 >= 0 && i1 < c->in[1]; \
                    T *plane = x + ((ch * c->in[0] + i0) * c->in[1] + i1) * c->in[2]; \
                    T *cell = row + (o0 * c->out[1] + o1) * c->out[2]; \
                    for (gint64 o2 = 0; o2 < c->out[2]; o2++) \
                      { \
                        gint64 i2 = o2 * c->stride[2] - c->pad[2] + k2 * c->dilation[2]; \
                        gboolean hit = inside && i2 >= 0 && i2 < c->in[2]; \
                        if (back && hit) \
                          plane[i2] += cell[o2]; \
                        else if (!back) \
                          cell[o2] = hit ? plane[i2] : 0; \
                      } \
                  } \
            } \
  }
DEFINE_COLUMNS (float, f32)
DEFINE_COLUMNS (double, f64)

static void
columns (const Conv *c, BsDtype dtype, void *x, void *cols, gboolean back)
{
  if (dtype == BS_FLOAT64)
    columns_f64 (c, x, cols, back);
  else
    columns_f32 (c, x, cols, back);
}

/* What every kernel below walks over: sample @n, group @k. */
typedef struct {
  gsize size;       /* of an element */
  gint64 rows;      /* of the column matrix */
  gint64 n_out;
  gint64 in_group, out_group; /* channels in a group */
  BsTensor *cols;
} Walk;

static gboolean
walk_begin (BsOpContext *ctx, const Conv *c, BsDtype dtype, Walk *w)
{
  w->size = bs_dtype_size (dtype);
  w->in_group = c->c_in / c->groups;
  w->out_group = c->c_out / c->groups;
  w->rows = w->in_group * product (c->kernel);
  w->n_out = product (c->out);
  gint64 shape[] = { w->rows, w->n_out };
  w->cols = bs_ctx_fresh (ctx, dtype, 2, shape);
  return w->cols != NULL;
}

static guint8 *
part (const Walk *w, BsTensor *t, gint64 index, gint64 count)
{
  return (guint8 *) bs_data (t) + index * count * w->size;
}

static BsTensor *
conv_value (BsOpContext *ctx, const Conv *c, BsTensor *x, BsTensor *weight)
{
  gint64 shape[2 + SPACE];
  guint n_dims = conv_shape_out (c, c->c_out, c->out, shape);
  BsTensor *y = bs_ctx_fresh (ctx, x->dtype, n_dims, shape);
  Walk w;
  if (y == NULL || !walk_begin (ctx, c, x->dtype, &w))
    return NULL;
  for (gint64 n = 0; n < c->batch; n++)
    for (gint64 k = 0; k < c->groups; k++)
      {
        columns (c, x->dtype, part (&w, x, n * c->groups + k, w.in_group * product (c->in)), bs_data (w.cols), FALSE);
        bs_gemm (x->dtype, FALSE, FALSE, w.out_group, w.n_out, w.rows, 1, part (&w, weight, k, w.out_group * w.rows), w.rows,
                 bs_data (w.cols), w.n_out, 0.0, part (&w, y, n * c->groups + k, w.out_group * w.n_out), w.n_out);
      }
  return y;
}

static BsTensor *
conv_by_input (BsOpContext *ctx, const Conv *c, BsTensor *g, BsTensor *weight)
{
  gint64 shape[2 + SPACE];
  guint n_dims = conv_shape_out (c, c->c_in, c->in, shape);
  BsTensor *dx = bs_ctx_fresh (ctx, g->dtype, n_dims, shape);
  Walk w;
  if (dx == NULL || !walk_begin (ctx, c, g->dtype, &w))
    return NULL;
  bs_fill_data (dx, 0.0);
  for (gint64 n = 0; n < c->batch; n++)
    for (gint64 k = 0; k < c->groups; k++)
      {
        bs_gemm (g->dtype, TRUE, FALSE, w.rows, w.n_out, w.out_group, 1, part (&w, weight, k, w.out_group * w.rows), w.rows,
                 part (&w, g, n * c->groups + k, w.out_group * w.n_out), w.n_out, 0.0, bs_data (w.cols), w.n_out);
        columns (c, g->dtype, part (&w, dx, n * c->groups + k, w.in_group * product (c->in)), bs_data (w.cols), TRUE);
      }
  return dx;
}

static BsTensor *
conv_by_weight (BsOpContext *ctx, const Conv *c, BsTensor *g, BsTensor *x)
{
  gint64 shape[2 + SPACE] = { c->c_out, c->c_in / c->groups };
  for (guint i = 0; i < c->n_space; i++)
    shape[2 + i] = c->kernel[SPACE - c->n_space + i];
  BsTensor *dw = bs_ctx_fresh (ctx, g->dtype, 2 + c->n_space, shape);
  Walk w;
  if (dw == NULL || !walk_begin (ctx, c, g->dtype, &w))
    return NULL;
  bs_fill_data (dw, 0.0);
  for (gint64 n = 0; n < c->batch; n++)
    for (gint64 k = 0; k < c->groups; k++)
      {
        columns (c, g->dtype, part (&w, x, n * c->groups + k, w.in_group * product (c->in)), bs_data (w.cols), FALSE);
        bs_gemm (g->dtype, FALSE, TRUE, w.out_group, w.rows, w.n_out, 1, part (&w, g, n * c->groups + k, w.out_group * w.n_out),
                 w.n_out, bs_data (w.cols), w.n_out, 1.0, part (&w, dw, k, w.out_group * w.rows), w.rows);
      }
  return dw;
}

static BsTensor *
add_channel_bias (BsOpContext *ctx, BsTensor *y, BsTensor *bias)
{
  if (y == NULL || bias == NULL)
    return y;
  gint64 shape[BS_MAX_DIMS] = { bias->numel };
  for (guint i = 1; i + 1 < y->n_dims; i++)
    shape[i] = 1;
  return B2 (add, y, BO (view, 1, ARGS (BS_INTS (y->n_dims - 1, shape)), bias));
}

/* --- convolution: x, w, bias ------------------------------------------------------------------------------------------ */

static gboolean
convolution_check (BsOpContext *ctx, BsTensor *x, BsTensor *w, BsTensor *bias, gboolean transposed, const Conv *c)
{
  g_autofree char *ws = bs_shape_text (w->n_dims, w->shape), *xs = bs_shape_text (x->n_dims, x->shape);
  if (x->dtype != w->dtype)
    {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "expected scalar type %s but found %s", bs_dtype_scalar_name (x->dtype),
               bs_dtype_scalar_name (w->dtype));
      return FALSE;
    }
  gint64 wanted = transposed ? w->shape[0] : w->shape[1] * c->groups;
  if (x->shape[1] != wanted)
    {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME,
               "Given %sgroups=%" G_GINT64_FORMAT ", weight of size %s, expected input%s to have %" G_GINT64_FORMAT
               " channels, but got %" G_GINT64_FORMAT " channels instead",
               transposed ? "transposed=1, " : "", c->groups, ws, xs, wanted, x->shape[1]);
      return FALSE;
    }
  gint64 c_out = transposed ? w->shape[1] * c->groups : w->shape[0];
  if (bias != NULL && (bias->n_dims != 1 || bias->numel != c_out))
    {
      g_autofree char *bs = bs_shape_text (bias->n_dims, bias->shape);
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME,
               "Given weight of size %s, expected bias to be 1-dimensional with %" G_GINT64_FORMAT
               " elements, but got bias of size %s instead", ws, c_out, bs);
      return FALSE;
    }
  return TRUE;
}

static gboolean
convolution_kernel_fits (BsOpContext *ctx, const Conv *c)
{
  gboolean fits = TRUE;
  for (guint i = 0; i < SPACE; i++)
    fits = fits && c->in[i] + 2 * c->pad[i] >= c->dilation[i] * (c->kernel[i] - 1) + 1;
  if (fits)
    return TRUE;
  g_autoptr (GString) padded = g_string_new (NULL);
  g_autoptr (GString) kernel = g_string_new (NULL);
  for (guint i = SPACE - c->n_space; i < SPACE; i++)
    {
      const char *x = padded->len > 0 ? " x " : "";
      g_string_append_printf (padded, "%s%" G_GINT64_FORMAT, x, c->in[i] + 2 * c->pad[i]);
      g_string_append_printf (kernel, "%s%" G_GINT64_FORMAT, x, c->dilation[i] * (c->kernel[i] - 1) + 1);
    }
  bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME,
           "Calculated padded input size per channel: (%s). Kernel size: (%s). Kernel size can't be greater than actual "
           "input size", padded->str, kernel->str);
  return FALSE;
}

/* Fills @c from the shapes of x and w. For a transposed convolution the roles of input and result are exchanged. */
static gboolean
convolution_shape (BsOpContext *ctx, BsTensor *x, BsTensor *w, BsTensor *bias, Conv *c)
{
  gboolean transposed = bs_arg_bool (ctx, ARG_TRANSPOSED, FALSE);
  guint n_space = w->n_dims - 2;
  conv_settings (ctx, c, n_space);
  if (!convolution_check (ctx, x, w, bias, transposed, c))
    return FALSE;
  c->batch = x->shape[0];
  spatial_shape (w, n_space, c->kernel);
  if (!transposed)
    {
      c->c_in = x->shape[1], c->c_out = w->shape[0];
      spatial_shape (x, n_space, c->in);
      if (!convolution_kernel_fits (ctx, c))
        return FALSE;
      for (guint i = 0; i < SPACE; i++)
        c->out[i] = window_count (c, i);
      return TRUE;
    }
  gint64 extra[SPACE];
  spatial_arg (ctx, ARG_OUTPUT_PADDING, n_space, 0, extra);
  c->c_out = x->shape[1], c->c_in = w->shape[1] * c->groups;
  spatial_shape (x, n_space, c->out);
  for (guint i = 0; i < SPACE; i++)
    c->in[i] = i < SPACE - n_space
                 ? 1
                 : (c->out[i] - 1) * c->stride[i] - 2 * c->pad[i] + c->dilation[i] * (c->kernel[i] - 1) + extra[i] + 1;
  return TRUE;
}

static void
convolution_forward (BsOpContext *ctx)
{
  BsTensor *x = bs_contiguous (ctx, ctx->inputs[0]), *w = bs_contiguous (ctx, ctx->inputs[1]);
  BsTensor *bias = ctx->n_inputs > 2 ? ctx->inputs[2] : NULL;
  Conv c;
  if (x == NULL || w == NULL || !convolution_shape (ctx, x, w, bias, &c))
    return;
  BsTensor *y = bs_arg_bool (ctx, ARG_TRANSPOSED, FALSE) ? conv_by_input (ctx, &c, x, w) : conv_value (ctx, &c, x, w);
  bs_ctx_return (ctx, add_channel_bias (ctx, y, bias));
}

/* The other two members of the trilinear form, with the arguments of this call and a shape to aim at. */
static BsTensor *
related (BsOpContext *ctx, const BsOp *op, BsTensor *a, BsTensor *b, const BsTensor *shaped_like)
{
  gint64 stride[BS_MAX_DIMS], pad[BS_MAX_DIMS], dilation[BS_MAX_DIMS];
  guint n_stride = MAX (bs_arg_ints (ctx, ARG_STRIDE, stride, BS_MAX_DIMS), 0);
  guint n_pad = MAX (bs_arg_ints (ctx, ARG_PADDING, pad, BS_MAX_DIMS), 0);
  guint n_dilation = MAX (bs_arg_ints (ctx, ARG_DILATION, dilation, BS_MAX_DIMS), 0);
  BsArg args[] = {
    n_stride ? BS_INTS (n_stride, stride) : BS_NONE, n_pad ? BS_INTS (n_pad, pad) : BS_NONE,
    n_dilation ? BS_INTS (n_dilation, dilation) : BS_NONE, BS_BOOLEAN (FALSE), BS_NONE,
    BS_INT (bs_arg_int (ctx, ARG_GROUPS, 1)),
    shaped_like != NULL ? BS_INTS (shaped_like->n_dims, shaped_like->shape) : BS_NONE,
  };
  BsTensor *inputs[] = { a, b };
  return bs_do (ctx, op, 2, inputs, shaped_like != NULL ? 7 : 6, args);
}

static BsTensor *
sum_but_channels (BsOpContext *ctx, BsTensor *g)
{
  gint64 dims[BS_MAX_DIMS] = { 0 };
  for (guint i = 2; i < g->n_dims; i++)
    dims[i - 1] = i;
  return BO (sum_dim, 1, ARGS (BS_INTS (g->n_dims - 1, dims)), g);
}

static void
convolution_backward (BsOpContext *ctx)
{
  BsTensor *x = ctx->inputs[0], *w = ctx->inputs[1], *g = ctx->upstream[0];
  gboolean transposed = bs_arg_bool (ctx, ARG_TRANSPOSED, FALSE);
  if (bs_wants (ctx, 0))
    bs_ctx_give (ctx, 0, transposed ? related (ctx, &bs_op_convolution, g, w, NULL)
                                    : related (ctx, &bs_op_convolution_input, g, w, x));
  if (bs_wants (ctx, 1))
    bs_ctx_give (ctx, 1, transposed ? related (ctx, &bs_op_convolution_weight, x, g, w)
                                    : related (ctx, &bs_op_convolution_weight, g, x, w));
  if (ctx->n_inputs > 2 && bs_wants (ctx, 2))
    bs_ctx_give (ctx, 2, sum_but_channels (ctx, g));
}

BS_OP (convolution)
  .name = "convolution", .symbol = "conv",
  .signature = "convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, "
               "bool transposed, int[] output_padding, int groups)",
  .backward_name = "ConvolutionBackward0", .flags = BS_IN_TORCH,
  .forward = convolution_forward, .backward = convolution_backward,
  .saves_inputs = 3, .saves_why = N_ ("picture and kernel: each is in the other's derivative"),
  .value_text = "input * weight + bias",
  .derivative_text = TEXTS ("weight", "input", "1"),
  .vjp_text = TEXTS ("conv_transpose(g, weight)", "conv(input, g)", "sum(g)"),
  .sentence = N_ ("Slides the kernel over the input and takes the sum of the products at each place."),
  SAMPLES ({ "randn(1, 2, 5, 5), randn(3, 2, 3, 3), randn(3), (1, 1), (1, 1), (1, 1), False, (0, 0), 1" }, { "randn(2, 2, 6), randn(2, 1, 3), None, (2,), (0,), (1,), False, (0,), 2" })
};

/* --- the derivative by x: g, w; its result has the shape of x ------------------------------------------------------------ */

static gboolean
shape_like_arg (BsOpContext *ctx, gint64 *shape)
{
  return bs_arg_ints (ctx, 6, shape, BS_MAX_DIMS) >= 3;
}

static void
convolution_input_forward (BsOpContext *ctx)
{
  BsTensor *g = bs_contiguous (ctx, ctx->inputs[0]), *w = bs_contiguous (ctx, ctx->inputs[1]);
  gint64 shape[BS_MAX_DIMS];
  Conv c;
  if (g == NULL || w == NULL || !shape_like_arg (ctx, shape))
    return;
  conv_settings (ctx, &c, w->n_dims - 2);
  c.batch = g->shape[0], c.c_in = shape[1], c.c_out = w->shape[0];
  spatial_shape (w, c.n_space, c.kernel);
  spatial_shape (g, c.n_space, c.out);
  for (guint i = 0; i < SPACE; i++)
    c.in[i] = i < SPACE - c.n_space ? 1 : shape[2 + i - (SPACE - c.n_space)];
  bs_ctx_return (ctx, conv_by_input (ctx, &c, g, w));
}

static void
convolution_input_backward (BsOpContext *ctx)
{
  BsTensor *g = ctx->inputs[0], *w = ctx->inputs[1], *h = ctx->upstream[0];
  if (bs_wants (ctx, 0))
    bs_ctx_give (ctx, 0, related (ctx, &bs_op_convolution, h, w, NULL));
  if (bs_wants (ctx, 1))
    bs_ctx_give (ctx, 1, related (ctx, &bs_op_convolution_weight, g, h, w));
}

BS_OP (convolution_input)
  .name = "convolution_input", .symbol = "convᵀ",
  .signature = "convolution_input(Tensor g, Tensor weight, int[] stride, int[] padding, int[] dilation, bool transposed, "
               "int[] output_padding, int groups, int[] shape)",
  .backward_name = "ConvolutionBackwardBackward0", .flags = BS_IS_INTERNAL,
  .forward = convolution_input_forward, .backward = convolution_input_backward,
  .saves_inputs = 3, .saves_why = N_ ("gradient and kernel: each is in the other's derivative"),
  .value_text = "conv_transpose(g, weight)",
  .derivative_text = TEXTS ("weight", "g"),
  .vjp_text = TEXTS ("conv(h, weight)", "conv(h, g)"),
  .sentence = N_ ("Carries the gradient of a convolution back to its input.")
};

/* --- the derivative by w: g, x; its result has the shape of w ------------------------------------------------------------ */

static void
convolution_weight_forward (BsOpContext *ctx)
{
  BsTensor *g = bs_contiguous (ctx, ctx->inputs[0]), *x = bs_contiguous (ctx, ctx->inputs[1]);
  gint64 shape[BS_MAX_DIMS];
  Conv c;
  if (g == NULL || x == NULL || !shape_like_arg (ctx, shape))
    return;
  conv_settings (ctx, &c, x->n_dims - 2);
  c.batch = x->shape[0], c.c_in = x->shape[1], c.c_out = shape[0];
  spatial_shape (x, c.n_space, c.in);
  spatial_shape (g, c.n_space, c.out);
  for (guint i = 0; i < SPACE; i++)
    c.kernel[i] = i < SPACE - c.n_space ? 1 : shape[2 + i - (SPACE - c.n_space)];
  bs_ctx_return (ctx, conv_by_weight (ctx, &c, g, x));
}

static void
convolution_weight_backward (BsOpContext *ctx)
{
  BsTensor *g = ctx->inputs[0], *x = ctx->inputs[1], *h = ctx->upstream[0];
  if (bs_wants (ctx, 0))
    bs_ctx_give (ctx, 0, related (ctx, &bs_op_convolution, x, h, NULL));
  if (bs_wants (ctx, 1))
    bs_ctx_give (ctx, 1, related (ctx, &bs_op_convolution_input, g, h, x));
}

BS_OP (convolution_weight)
  .name = "convolution_weight", .symbol = "conv",
  .signature = "convolution_weight(Tensor g, Tensor input, int[] stride, int[] padding, int[] dilation, bool transposed, "
               "int[] output_padding, int groups, int[] shape)",
  .backward_name = "ConvolutionBackwardBackward0", .flags = BS_IS_INTERNAL,
  .forward = convolution_weight_forward, .backward = convolution_weight_backward,
  .saves_inputs = 3, .saves_why = N_ ("gradient and input: each is in the other's derivative"),
  .value_text = "conv(input, g)",
  .derivative_text = TEXTS ("input", "g"),
  .vjp_text = TEXTS ("conv(input, h)", "conv_transpose(g, h)"),
  .sentence = N_ ("Carries the gradient of a convolution back to its kernel.")
};

/* --- conv1d ... conv_transpose3d: PyTorch's names for it ------------------------------------------------------------------- */

static gboolean
conv_rank (BsOpContext *ctx, guint n_space, const char *name)
{
  BsTensor *x = ctx->inputs[0], *w = ctx->inputs[1];
  if (w->n_dims == n_space + 2 && (x->n_dims == n_space + 1 || x->n_dims == n_space + 2))
    return TRUE;
  g_autofree char *xs = bs_shape_text (x->n_dims, x->shape), *ws = bs_shape_text (w->n_dims, w->shape);
  if (w->n_dims != n_space + 2)
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "weight should have at least three dimensions, but got %u-dimensional weight of size %s",
             w->n_dims, ws);
  else
    bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME,
             "Expected %uD (unbatched) or %uD (batched) input to %s, but got input of size: %s", n_space + 1, n_space + 2,
             name, xs);
  return FALSE;
}

static void
conv_call (BsOpContext *ctx, guint n_space, const char *name, gboolean transposed, const BsArg *args)
{
  BsTensor *x = ctx->inputs[0], *w = ctx->inputs[1], *bias = ctx->n_inputs > 2 ? ctx->inputs[2] : NULL;
  if (!conv_rank (ctx, n_space, name))
    return;
  gboolean batched = x->n_dims == n_space + 2;
  if (!batched)
    x = BO (unsqueeze, 1, ARGS (BS_INT (0)), x);
  BsTensor *inputs[] = { x, w, bias };
  BsTensor *y = bs_do (ctx, &bs_op_convolution, 3, inputs, 6, args);
  bs_ctx_return (ctx, batched ? y : BO (squeeze_dim, 1, ARGS (BS_INT (0)), y));
}

static BsArg
arg_or_none (BsOpContext *ctx, guint i)
{
  return i < ctx->n_args ? ctx->args[i] : BS_NONE;
}

static void
conv_plain (BsOpContext *ctx, guint n_space, const char *name)
{
  BsArg args[] = { arg_or_none (ctx, 0), arg_or_none (ctx, 1), arg_or_none (ctx, 2), BS_BOOLEAN (FALSE), BS_NONE,
                   BS_INT (bs_arg_int (ctx, 3, 1)) };
  conv_call (ctx, n_space, name, FALSE, args);
}

static void
conv_transposed (BsOpContext *ctx, guint n_space, const char *name)
{
  BsArg args[] = { arg_or_none (ctx, 0), arg_or_none (ctx, 1), arg_or_none (ctx, 4), BS_BOOLEAN (TRUE), arg_or_none (ctx, 2),
                   BS_INT (bs_arg_int (ctx, 3, 1)) };
  conv_call (ctx, n_space, name, TRUE, args);
}

/* padding='same' pads so that the result has the size of the input; an odd remainder goes to the right. */
static void
conv_padded (BsOpContext *ctx, guint n_space, const char *name)
{
  const char *word = bs_arg_string (ctx, 1, "valid");
  gint64 stride[SPACE], dilation[SPACE], kernel[SPACE], pad[BS_MAX_DIMS] = { 0 };
  spatial_arg (ctx, 0, n_space, 1, stride);
  spatial_arg (ctx, 2, n_space, 1, dilation);
  spatial_shape (ctx->inputs[1], n_space, kernel);
  gboolean same = g_str_equal (word, "same");
  if (same && product (stride) != 1)
    {
      bs_fail (ctx, BS_ENGINE_ERROR_RUNTIME, "padding='same' is not supported for strided convolutions");
      return;
    }
  gint64 uneven[2 * SPACE] = { 0 };
  gboolean any_uneven = FALSE;
  for (guint i = SPACE - n_space; same && i < SPACE; i++)
    {
      gint64 total = dilation[i] * (kernel[i] - 1);
      pad[i - (SPACE - n_space)] = total / 2;
      uneven[2 * (SPACE - 1 - i) + 1] = total % 2;
      any_uneven = any_uneven || total % 2;
    }
  BsTensor *x = ctx->inputs[0];
  if (any_uneven)
    x = BO (constant_pad_nd, 1, ARGS (BS_INTS (2 * n_space, uneven)), x);
  BsTensor *inputs[] = { x, ctx->inputs[1], ctx->n_inputs > 2 ? ctx->inputs[2] : NULL };
  BsArg args[] = { arg_or_none (ctx, 0), BS_INTS (n_space, pad), arg_or_none (ctx, 2), BS_BOOLEAN (FALSE), BS_NONE,
                   BS_INT (bs_arg_int (ctx, 3, 1)) };
  gboolean batched = x != NULL && x->n_dims == n_space + 2;
  if (x == NULL || !conv_rank (ctx, n_space, name))
    return;
  if (!batched)
    inputs[0] = BO (unsqueeze, 1, ARGS (BS_INT (0)), x);
  BsTensor *y = bs_do (ctx, &bs_op_convolution, 3, inputs, 6, args);
  bs_ctx_return (ctx, batched ? y : BO (squeeze_dim, 1, ARGS (BS_INT (0)), y));
}

#define DEFINE_CONV(n) \
  static void conv##n##d_forward (BsOpContext *ctx) { conv_plain (ctx, n, "conv" #n "d"); } \
  static void conv##n##d_padding_forward (BsOpContext *ctx) { conv_padded (ctx, n, "conv" #n "d"); } \
  static void conv_transpose##n##d_forward (BsOpContext *ctx) { conv_transposed (ctx, n, "conv_transpose" #n "d"); } \
  BS_OP (conv##n##d) \
    .name = "conv" #n "d", .symbol = "conv", \
    .signature = "conv" #n "d(Tensor input, Tensor weight, Tensor? bias=None, int[" #n "] stride=1, int[" #n "] padding=0, " \
                 "int[" #n "] dilation=1, int groups=1)", \
    .flags = BS_IN_TORCH | BS_IN_FUNCTIONAL | BS_IS_COMPOSITE, .forward = conv##n##d_forward, \
    .sentence = N_ ("Slides the kernel over the input and takes the sum of the products at each place.") }; \
  BS_OP (conv##n##d_padding) \
    .name = "conv" #n "d.padding", .symbol = "conv", \
    .signature = "conv" #n "d(Tensor input, Tensor weight, Tensor? bias=None, int[" #n "] stride=1, str padding='valid', " \
                 "int[" #n "] dilation=1, int groups=1)", \
    .flags = BS_IN_TORCH | BS_IN_FUNCTIONAL | BS_IS_COMPOSITE, .forward = conv##n##d_padding_forward, \
    .sentence = N_ ("Slides the kernel over the input and takes the sum of the products at each place.") }; \
  BS_OP (conv_transpose##n##d) \
    .name = "conv_transpose" #n "d", .symbol = "convᵀ", \
    .signature = "conv_transpose" #n "d(Tensor input, Tensor weight, Tensor? bias=None, int[" #n "] stride=1, " \
                 "int[" #n "] padding=0, int[" #n "] output_padding=0, int groups=1, int[" #n "] dilation=1)", \
    .flags = BS_IN_TORCH | BS_IN_FUNCTIONAL | BS_IS_COMPOSITE, .forward = conv_transpose##n##d_forward, \
    .sentence = N_ ("Lays the kernel down at each place of the input, scaled by its value, and adds up.") };

DEFINE_CONV (1)
DEFINE_CONV (2)
DEFINE_CONV (3)
