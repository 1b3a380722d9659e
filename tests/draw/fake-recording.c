/* SPDX-License-Identifier: MIT */

#include "fake-recording.h"

#include "recording/value-private.h"
#include "recording/writer.h"

#include <math.h>
#include <string.h>

const char *const bs_fake_kind_names[BS_FAKE_N_KINDS] = { "chain", "fan", "tree", "rnn", "neurons", "residual",
                                                          "random", "grid", "shared", "wide" };

typedef struct {
  BsWriter *writer;
  GByteArray *bytes;
  GRand *random;
} Fake;

static void
append (gpointer user, const guint8 *bytes, gsize n, guint32 n_events)
{
  g_byte_array_append (user, bytes, n);
}

static void
fake_begin (Fake *self)
{
  self->bytes = g_byte_array_new ();
  self->writer = bs_writer_new (append, self->bytes);
  self->random = g_rand_new_with_seed (7);
  bs_writer_file (self->writer, "fake.py", "import torch\n", -1);
}

static BsRecording *
fake_end (Fake *self, BsEndKind how)
{
  BsRecording *recording = bs_recording_new ();
  g_autoptr (GError) error = NULL;

  bs_writer_end (self->writer, how, 0, "");
  bs_writer_flush (self->writer);
  bs_recording_feed (recording, self->bytes->data, self->bytes->len, &error);
  g_assert_no_error (error);
  bs_writer_free (self->writer);
  g_byte_array_unref (self->bytes);
  g_rand_free (self->random);
  return recording;
}

static void
line (Fake *self, guint number)
{
  bs_writer_line (self->writer, bs_writer_place (self->writer, &(BsPlace) { 1, number, number, 0, 10 }));
}

static BsArray
array (guint n_dims, const gint64 *shape, const float *data)
{
  return (BsArray) { BS_DT_FLOAT32, n_dims, shape, NULL, data };
}

#define SCALAR(x) array (0, NULL, (float[]) { x })

static guint32
tensor (Fake *self, const char *op, const char *symbol, guint flags, guint n_inputs, const BsOperand *inputs,
        const BsArray *value, const char *name)
{
  gboolean grad = n_inputs > 0 && flags & BS_TENSOR_REQUIRES_GRAD;
  guint32 saved[2] = { n_inputs > 0 ? inputs[0].tensor : 0, n_inputs > 1 ? inputs[1].tensor : 0 };
  gboolean saves = grad && (strcmp (op, "mul") == 0 || strcmp (op, "pow") == 0 || strcmp (op, "matmul") == 0);
  guint n_saved = !saves ? 0 : saved[1] ? 2 : 1;
  BsWriterTensor t = { .op = bs_writer_op (self->writer, op, symbol, grad ? "Backward0" : NULL, 0, NULL),
                       .flags = flags, .storage = bs_writer_new_storage (self->writer), .n_inputs = n_inputs,
                       .inputs = inputs, .n_saved = n_saved, .saved = saved, .value = value };
  guint32 id = bs_writer_tensor (self->writer, &t);

  if (name != NULL)
    bs_writer_name (self->writer, name, &(BsPlain) { .kind = BS_PLAIN_TENSOR, .tensor = id });
  return id;
}

#define LEAF (BS_TENSOR_REQUIRES_GRAD | BS_TENSOR_LEAF)
#define INNER BS_TENSOR_REQUIRES_GRAD
#define T(id) { .tensor = (id) }
#define N(x) { .is_number = TRUE, .number = (x) }

static void
output (Fake *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
output (Fake *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list list;

  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  bs_writer_output (self->writer, text, -1, FALSE);
}

/* --- small scripts ------------------------------------------------------------------------------------------------------- */

BsRecording *
bs_fake_quadratic (guint n_passes)
{
  Fake self;
  float w = 10, grad = 0;
  BsArray a;
  guint32 leaf;

  fake_begin (&self);
  line (&self, 2);
  a = SCALAR (w);
  leaf = tensor (&self, "tensor", "tensor", LEAF, 0, NULL, &a, "w");
  for (guint i = 0; i < n_passes; i++) {
    guint32 square, loss;
    BsArray before = SCALAR (grad), one = SCALAR (1), part;

    line (&self, 4);
    a = SCALAR (w * w);
    square = tensor (&self, "pow", "^", INNER, 2, (BsOperand[]) { T (leaf), N (2) }, &a, NULL);
    a = SCALAR (w * w + 20);
    loss = tensor (&self, "add", "+", INNER, 2, (BsOperand[]) { T (square), N (20) }, &a, "loss");
    line (&self, 5);
    if (i > 0) {
      part = SCALAR (0);
      bs_writer_grad_set (self.writer, leaf, &before, &part);
    }
    line (&self, 6);
    bs_writer_backward_begin (self.writer, loss, FALSE, FALSE, &one);
    bs_writer_node (self.writer, loss, BS_ARRAY_KNOWN);
    bs_writer_edge (self.writer, 0, square, &one, NULL, TRUE);
    bs_writer_node_done (self.writer, loss, TRUE, 0);
    bs_writer_node (self.writer, square, BS_ARRAY_KNOWN);
    grad = 2 * w;
    part = SCALAR (grad);
    bs_writer_edge (self.writer, 0, leaf, &part, NULL, TRUE);
    bs_writer_node_done (self.writer, square, TRUE, 4);
    a = SCALAR (0);
    bs_writer_accumulate (self.writer, leaf, i > 0 ? &a : NULL, &part, &part);
    bs_writer_backward_end (self.writer, TRUE);
    line (&self, 7);
    a = SCALAR (w);
    w -= 0.01f * grad;
    part = SCALAR (w);
    bs_writer_write (self.writer, &(BsWriterWrite) { .tensor = leaf, .storage = 1, .version = i + 1, .before = &a,
                       .op = bs_writer_op (self.writer, "sub_", "−=", NULL, 0, NULL), .after = &part });
    line (&self, 8);
    output (&self, "w = %.4f\n", w);
  }
  return fake_end (&self, BS_END_FINISHED);
}

static float *
noise (Fake *self, guint n, double scale)
{
  float *x = g_new (float, n);

  for (guint i = 0; i < n; i++) {
    double sum = 0;

    for (guint k = 0; k < 12; k++)
      sum += g_rand_double (self->random);
    x[i] = scale == 0 ? 0 : (sum - 6) * scale;
  }
  return x;
}

/* z = x·w + b, e = z - y, q = e², loss = mean q, all backwards again. */
static BsRecording *
linear (gint64 n, gint64 k, gint64 m, double scale)
{
  Fake self;
  gint64 sx[] = { n, k }, sw[] = { k, m }, sy[] = { n, m };
  g_autofree float *x = NULL, *w = NULL, *b = NULL, *y = NULL, *p = g_new0 (float, n * m), *z = g_new0 (float, n * m);
  g_autofree float *dz = g_new0 (float, n * m), *dw = g_new0 (float, k * m), *db = g_new0 (float, m);
  guint32 tx, ty, tw, tb, tp, tz, loss;
  BsArray a, one = SCALAR (1), az;
  float sum = 0;

  fake_begin (&self);
  x = noise (&self, n * k, 0);
  for (guint i = 0; i < n * k; i++)
    x[i] = scale == 0 ? 1 : sin (i * 0.05) * cos (i * 0.013);
  w = noise (&self, k * m, 1);
  b = noise (&self, m, 1);
  y = noise (&self, n * m, 0);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < m; j++) {
      for (guint l = 0; l < k; l++)
        p[i * m + j] += x[i * k + l] * w[l * m + j];
      z[i * m + j] = p[i * m + j] + b[j];
      sum += (z[i * m + j] - y[i * m + j]) * (z[i * m + j] - y[i * m + j]);
      dz[i * m + j] = 2 * (z[i * m + j] - y[i * m + j]) / (n * m);
      db[j] += dz[i * m + j];
    }
  for (guint l = 0; l < k; l++)
    for (guint j = 0; j < m; j++)
      for (guint i = 0; i < n; i++)
        dw[l * m + j] += x[i * k + l] * dz[i * m + j];
  line (&self, 2);
  a = array (2, sx, x);
  tx = tensor (&self, "ones", "ones", BS_TENSOR_LEAF, 0, NULL, &a, "x");
  a = array (2, sy, y);
  ty = tensor (&self, "zeros", "zeros", BS_TENSOR_LEAF, 0, NULL, &a, "y");
  a = array (2, sw, w);
  tw = tensor (&self, "randn", "randn", LEAF, 0, NULL, &a, "w");
  a = array (1, &m, b);
  tb = tensor (&self, "randn", "randn", LEAF, 0, NULL, &a, "b");
  line (&self, 6);
  a = array (2, sy, p);
  tp = tensor (&self, "matmul", "@", INNER, 2, (BsOperand[]) { T (tx), T (tw) }, &a, NULL);
  az = array (2, sy, z);
  tz = tensor (&self, "add", "+", INNER, 2, (BsOperand[]) { T (tp), T (tb) }, &az, "z");
  a = SCALAR (sum / (n * m));
  loss = tensor (&self, "mse_loss", "mse_loss", INNER, 2, (BsOperand[]) { T (tz), T (ty) }, &a, "loss");
  line (&self, 8);
  bs_writer_backward_begin (self.writer, loss, FALSE, FALSE, &one);
  bs_writer_node (self.writer, loss, BS_ARRAY_KNOWN);
  a = array (2, sy, dz);
  bs_writer_edge (self.writer, 0, tz, &a, NULL, TRUE);
  bs_writer_node_done (self.writer, loss, TRUE, 0);
  bs_writer_node (self.writer, tz, BS_ARRAY_KNOWN);
  bs_writer_edge (self.writer, 0, tp, &a, NULL, TRUE);
  a = array (1, &m, db);
  bs_writer_edge (self.writer, 1, tb, &a, NULL, TRUE);
  bs_writer_node_done (self.writer, tz, TRUE, 0);
  bs_writer_accumulate (self.writer, tb, NULL, &a, &a);
  bs_writer_node (self.writer, tp, BS_ARRAY_KNOWN);
  a = array (2, sw, dw);
  bs_writer_edge (self.writer, 1, tw, &a, NULL, TRUE);
  bs_writer_node_done (self.writer, tp, TRUE, 0);
  bs_writer_accumulate (self.writer, tw, NULL, &a, &a);
  bs_writer_backward_end (self.writer, TRUE);
  output (&self, "tensor([...])\n");
  return fake_end (&self, BS_END_FINISHED);
}

BsRecording *
bs_fake_linear (void)
{
  return linear (2, 5, 3, 0);
}

BsRecording *
bs_fake_large (void)
{
  return linear (64, 128, 24, 1);
}

BsRecording *
bs_fake_odd (void)
{
  Fake self;
  BsArray a, one = SCALAR (1);
  guint32 w, x, y, z, d, u, root;

  fake_begin (&self);
  line (&self, 2);
  a = SCALAR (-0.000123456);
  w = tensor (&self, "tensor", "tensor", LEAF, 0, NULL, &a, "权重参数的名字非常非常长");
  a = SCALAR (123456.78);
  x = tensor (&self, "tensor", "tensor", BS_TENSOR_LEAF, 0, NULL, &a, "an_extraordinarily_long_variable_name");
  line (&self, 3);
  a = SCALAR (-15.24);
  y = tensor (&self, "mul", "×", INNER, 2, (BsOperand[]) { T (w), T (x) }, &a, "y");
  a = SCALAR (NAN);
  z = tensor (&self, "log", "log", INNER, 1, (BsOperand[]) { T (y) }, &a, "z");
  a = SCALAR (-15.24);
  d = tensor (&self, "detach", "detach", BS_TENSOR_DETACHED | BS_TENSOR_VIEW | BS_TENSOR_LEAF, 1,
              (BsOperand[]) { T (y) }, &a, "d");
  bs_writer_mode (self.writer, 0, 1);
  a = SCALAR (-30.48);
  u = tensor (&self, "mul", "×", BS_TENSOR_NO_GRAD_MODE | BS_TENSOR_LEAF, 2, (BsOperand[]) { T (y), N (2) }, &a, "u");
  bs_writer_mode (self.writer, 1, 0);
  a = SCALAR (NAN);
  y = tensor (&self, "add", "+", INNER, 2, (BsOperand[]) { T (z), T (d) }, &a, NULL);
  root = tensor (&self, "add", "+", INNER, 2, (BsOperand[]) { T (y), T (u) }, &a, "损失");
  line (&self, 5);
  bs_writer_backward_begin (self.writer, root, FALSE, FALSE, &one);
  bs_writer_node (self.writer, root, BS_ARRAY_KNOWN);
  bs_writer_edge (self.writer, 0, y, &one, NULL, TRUE);
  bs_writer_node_done (self.writer, root, TRUE, 0);
  bs_writer_node (self.writer, y, BS_ARRAY_KNOWN);
  bs_writer_edge (self.writer, 0, z, &one, NULL, TRUE);
  bs_writer_node_done (self.writer, y, TRUE, 0);
  bs_writer_node (self.writer, z, BS_ARRAY_KNOWN);
  bs_writer_backward_end (self.writer, FALSE);
  bs_writer_error (self.writer, "RuntimeError", "one of the variables needed for gradient computation has been "
                   "modified by an inplace operation", "", "");
  return fake_end (&self, BS_END_ERROR);
}

/* --- graphs of a size ---------------------------------------------------------------------------------------------------- */

typedef struct { guint32 id, a, b; } Made; /* by which its inputs are found again on the way back */

typedef struct {
  Fake fake;
  GArray *made;
  guint most; /* so many tensors are told of */
} Builder;

static guint32
leaf (Builder *self, gboolean grad)
{
  BsArray a = SCALAR (g_rand_double_range (self->fake.random, -2, 2));
  Made made = { 0 };
  char name[16];

  g_snprintf (name, sizeof name, "%c%u", grad ? 'w' : 'x', self->made->len);
  made.id = self->made->len >= self->most ? self->made->len + 1 : tensor (&self->fake, "randn", "randn", grad ? LEAF : BS_TENSOR_LEAF, 0, NULL, &a, name);
  g_array_append_val (self->made, made);
  return made.id;
}

static guint32
apply (Builder *self, gboolean product, guint32 x, guint32 y)
{
  BsArray a = SCALAR (g_rand_double_range (self->fake.random, -9, 9));
  BsOperand inputs[2] = { T (x), N (2) };
  Made made = { 0, x, y };

  if (y != 0)
    inputs[1] = (BsOperand) T (y);
  made.id = self->made->len >= self->most ? self->made->len + 1 : tensor (&self->fake, product ? "mul" : "add", product ? "×" : "+", INNER, 2, inputs, &a, NULL);
  g_array_append_val (self->made, made);
  return made.id;
}

static void
build_rnn (Builder *self, guint n)
{
  guint32 w[4], h = leaf (self, FALSE);

  for (guint i = 0; i < 4; i++)
    w[i] = leaf (self, TRUE);
  while (self->made->len + 6 <= n) {
    guint32 x = leaf (self, FALSE);

    h = apply (self, FALSE, apply (self, TRUE, x, w[0]), apply (self, TRUE, h, w[1]));
    h = apply (self, TRUE, apply (self, FALSE, h, w[2]), w[3]);
  }
}

static void
build_neurons (Builder *self, guint n)
{
  const guint width = 8;
  guint32 layer[8], next[8];

  for (guint i = 0; i < width; i++)
    layer[i] = leaf (self, FALSE);
  while (self->made->len + 3 * width * width <= n || self->made->len < 2 * width) {
    for (guint i = 0; i < width; i++) {
      next[i] = apply (self, TRUE, layer[0], leaf (self, TRUE));
      for (guint k = 1; k < width; k++)
        next[i] = apply (self, FALSE, next[i], apply (self, TRUE, layer[k], leaf (self, TRUE)));
    }
    memcpy (layer, next, sizeof layer);
  }
  for (guint i = 1; i < width; i++)
    layer[0] = apply (self, FALSE, layer[0], layer[i]);
}

static void
build_tree (Builder *self, guint n)
{
  g_autoptr (GArray) level = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < n / 2; i++) {
    guint32 id = leaf (self, TRUE);
    g_array_append_val (level, id);
  }
  for (guint i = 0; i + 1 < level->len; i += 2) {
    guint32 id = apply (self, i % 4, g_array_index (level, guint32, i), g_array_index (level, guint32, i + 1));
    g_array_append_val (level, id);
  }
}

/* Each from the one beside it and the one above it. */
static void
build_grid (Builder *self, guint n)
{
  const guint width = MAX (sqrt (n), 1);
  g_autofree guint32 *row = g_new (guint32, width);

  for (guint i = 0; i < width; i++)
    row[i] = leaf (self, TRUE);
  while (self->made->len + width <= n)
    for (guint i = 0; i < width; i++)
      row[i] = apply (self, i % 2, row[i], row[i > 0 ? i - 1 : 0]);
}

/* Dense layers that have the same weights, all of them. */
static void
build_shared (Builder *self, guint n)
{
  enum { WIDTH = 6 };
  guint32 weights[WIDTH * WIDTH], layer[WIDTH], next[WIDTH];

  for (guint i = 0; i < WIDTH; i++)
    layer[i] = leaf (self, FALSE);
  for (guint i = 0; i < WIDTH * WIDTH; i++)
    weights[i] = leaf (self, TRUE);
  while (self->made->len + 2 * WIDTH * WIDTH <= n) {
    for (guint i = 0; i < WIDTH; i++) {
      next[i] = apply (self, TRUE, layer[0], weights[i * WIDTH]);
      for (guint k = 1; k < WIDTH; k++)
        next[i] = apply (self, FALSE, next[i], apply (self, TRUE, layer[k], weights[i * WIDTH + k]));
    }
    memcpy (layer, next, sizeof layer);
  }
}

/* As many beside each other as there are, added up one after the other. */
static void
build_wide (Builder *self, guint n)
{
  guint32 sum = leaf (self, TRUE);

  while (self->made->len + 4 <= n)
    sum = apply (self, FALSE, sum, apply (self, TRUE, leaf (self, TRUE), leaf (self, FALSE)));
}

static gboolean
build_special (Builder *self, BsFakeKind kind, guint n)
{
  switch (kind) {
  case BS_FAKE_RNN: build_rnn (self, n); return TRUE;
  case BS_FAKE_NEURONS: build_neurons (self, n); return TRUE;
  case BS_FAKE_TREE: build_tree (self, n); return TRUE;
  case BS_FAKE_GRID: build_grid (self, n); return TRUE;
  case BS_FAKE_SHARED: build_shared (self, n); return TRUE;
  case BS_FAKE_WIDE: build_wide (self, n); return TRUE;
  default: return FALSE;
  }
}

static void
build (Builder *self, BsFakeKind kind, guint n)
{
  guint32 first = build_special (self, kind, n) ? 0 : leaf (self, TRUE);
  guint32 last = first, before = first;

  while (first != 0 && self->made->len < n) {
    guint32 skip = before;

    before = last;
    if (kind == BS_FAKE_CHAIN)
      last = apply (self, self->made->len % 2, last, 0);
    else if (kind == BS_FAKE_FAN)
      last = apply (self, self->made->len % 2, last, first);
    else if (kind == BS_FAKE_RESIDUAL)
      last = self->made->len % 4 ? apply (self, TRUE, last, 0) : apply (self, FALSE, last, skip);
    else
      last = apply (self, self->made->len % 3 == 0, last,
                    g_rand_int_range (self->fake.random, MAX (1, (int) last - 40), last + 1));
  }
}

static void
walk_back (Builder *self)
{
  BsWriter *writer = self->fake.writer;
  BsArray one = SCALAR (1);
  guint32 root;

  if (self->made->len == 0)
    return;
  root = g_array_index (self->made, Made, self->made->len - 1).id;
  bs_writer_backward_begin (writer, root, FALSE, FALSE, &one);
  for (guint i = self->made->len; i-- > 0;) {
    Made made = g_array_index (self->made, Made, i);
    BsArray part = SCALAR (g_rand_double_range (self->fake.random, -3, 3));

    if (made.a == 0)
      continue;
    bs_writer_node (writer, made.id, BS_ARRAY_KNOWN);
    bs_writer_edge (writer, 0, made.a, &part, &part, FALSE);
    if (made.b != 0)
      bs_writer_edge (writer, 1, made.b, &part, &part, FALSE);
    bs_writer_node_done (writer, made.id, TRUE, 4);
  }
  bs_writer_backward_end (writer, TRUE);
}

BsRecording *
bs_fake_graph (BsFakeKind kind, guint n)
{
  Builder self = { .most = G_MAXUINT };

  fake_begin (&self.fake);
  self.made = g_array_new (FALSE, FALSE, sizeof (Made));
  build (&self, kind, n);
  walk_back (&self);
  g_array_unref (self.made);
  return fake_end (&self.fake, BS_END_FINISHED);
}

BsRecording *
bs_fake_graph_begun (BsFakeKind kind, guint n, guint n_made)
{
  Builder self = { .most = n_made };

  fake_begin (&self.fake);
  self.made = g_array_new (FALSE, FALSE, sizeof (Made));
  build (&self, kind, n);
  g_array_unref (self.made);
  return fake_end (&self.fake, BS_END_FINISHED);
}
