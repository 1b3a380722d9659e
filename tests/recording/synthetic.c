/* SPDX-License-Identifier: MIT */

#include "synthetic.h"

#include "recording/value-private.h"

#include <string.h>

#define MAX_SIDE 16
#define MAX_TENSORS 4096

typedef struct { float x[MAX_SIDE * MAX_SIDE]; } Elements;

typedef struct {
  guint32 id, storage;
  guint32 inputs[2]; /* indexes */
  guint n_inputs;
  Elements value, grad;
  gboolean has_grad, is_leaf;
} Node;

typedef struct {
  BsWriter *writer;
  const BsSynthetic *options;
  GRand *random;
  guint32 ops[4], places[64];
  gint64 shape[2];
  Node *nodes;
  guint n_nodes;
  Elements *parameter_grads;
  gboolean *has_grad;
} Script;

static const char source[] = "import torch\n"
                             "w = torch.randn(3, requires_grad=True)\n"
                             "for i in range(10):\n"
                             "    y = w * 2 + 1\n"
                             "    loss = y.sum()\n"
                             "    loss.backward()\n"
                             "    w.data -= 0.1 * w.grad\n"
                             "    print(loss)\n";

static BsArray
array (Script *self, const Elements *elements)
{
  return (BsArray) { BS_DT_FLOAT32, self->options->side ? 2 : 0, self->shape, NULL, elements->x };
}

static guint
numel (Script *self)
{
  return self->options->side ? self->options->side * self->options->side : 1;
}

static void
line (Script *self, guint number)
{
  BsPlace place = { 1, number, number, number > 3 ? 4 : 0, 20 };

  bs_writer_line (self->writer, bs_writer_place (self->writer, &place));
}

static void
at (Script *self, guint number, guint column)
{
  BsPlace place = { 1, number, number, column, column + 5 };

  bs_writer_set_place (self->writer, bs_writer_place (self->writer, &place));
}

static void
name_tensor (Script *self, const char *name, guint32 tensor)
{
  bs_writer_name (self->writer, name, &(BsPlain) { .kind = BS_PLAIN_TENSOR, .tensor = tensor });
}

static void
begin (Script *self)
{
  bs_writer_file (self->writer, "synthetic.py", source, -1);
  bs_writer_info (self->writer, "seed", "0");
  self->ops[0] = bs_writer_op (self->writer, "mul", "×", "MulBackward0", 0, NULL);
  self->ops[1] = bs_writer_op (self->writer, "add", "+", "AddBackward0", 0, NULL);
  self->ops[2] = bs_writer_op (self->writer, "sum", "Σ", "SumBackward1", 1, &(BsAttribute) { "dim", "0" });
  self->ops[3] = bs_writer_op (self->writer, "randn", "randn", NULL, 0, NULL);
  line (self, 2);
  for (guint i = 0; i < self->options->n_parameters; i++) {
    Node *p = &self->nodes[self->n_nodes++];
    char name[16];
    BsArray value;

    for (guint k = 0; k < numel (self); k++)
      p->value.x[k] = g_rand_double_range (self->random, -1, 1);
    p->is_leaf = TRUE;
    value = array (self, &p->value);
    p->storage = bs_writer_new_storage (self->writer);
    p->id = bs_writer_tensor (self->writer, &(BsWriterTensor) { .op = self->ops[3], .value = &value,
                                .flags = BS_TENSOR_REQUIRES_GRAD | BS_TENSOR_LEAF, .storage = p->storage });
    g_snprintf (name, sizeof name, "w%u", i);
    name_tensor (self, name, p->id);
  }
}

static void
compute (Script *self, guint a, guint b)
{
  Node *y = &self->nodes[self->n_nodes++];
  gboolean product = g_rand_boolean (self->random), number = g_rand_int_range (self->random, 0, 4) == 0;
  BsOperand operands[2] = { { .tensor = self->nodes[a].id }, { .tensor = self->nodes[b].id } };
  guint32 saved[2] = { self->nodes[a].id, self->nodes[b].id };
  BsArray value;

  if (number)
    operands[1] = (BsOperand) { .is_number = TRUE, .is_integer = !product, .number = product ? 0.5 : 3 };
  for (guint k = 0; k < numel (self); k++) {
    float u = self->nodes[a].value.x[k], v = number ? operands[1].number : self->nodes[b].value.x[k];
    y->value.x[k] = product ? u * v : u + v;
  }
  *y = (Node) { .value = y->value, .inputs = { a, b }, .n_inputs = number ? 1 : 2 };
  value = array (self, &y->value);
  at (self, 4, 8 + 2 * (self->n_nodes % 7));
  y->storage = bs_writer_new_storage (self->writer);
  y->id = bs_writer_tensor (self->writer, &(BsWriterTensor) { .op = self->ops[!product], .value = &value,
                              .flags = BS_TENSOR_REQUIRES_GRAD, .storage = y->storage, .n_inputs = 2,
                              .inputs = operands, .n_saved = product ? (number ? 1 : 2) : 0, .saved = saved });
}

static void
forward (Script *self)
{
  guint n_ops = self->options->n_ops, p = self->options->n_parameters;
  gboolean in_function = FALSE;

  if (!self->options->quiet)
    n_ops += g_rand_int_range (self->random, 0, 3);
  line (self, 4);
  for (guint i = 0; i < n_ops; i++) {
    guint newest = self->n_nodes - 1;

    if (g_rand_int_range (self->random, 0, 16) == 0) {
      if (!in_function)
        bs_writer_call (self->writer, "forward", "net.layer");
      else
        bs_writer_return (self->writer);
      in_function = !in_function;
      line (self, 5);
    }
    compute (self, newest, g_rand_int_range (self->random, 0, MIN (newest + 1, p)));
    if (g_rand_int_range (self->random, 0, 8) == 0)
      name_tensor (self, in_function ? "h" : "y", self->nodes[self->n_nodes - 1].id);
  }
  if (in_function)
    bs_writer_return (self->writer);
  name_tensor (self, "loss", self->nodes[self->n_nodes - 1].id);
}

static void
send (Script *self, guint to, guint input, const Elements *contribution)
{
  Node *node = &self->nodes[to];
  gboolean first = !node->has_grad;
  BsArray part = array (self, contribution), sum;

  for (guint k = 0; k < numel (self); k++)
    node->grad.x[k] = first ? contribution->x[k] : node->grad.x[k] + contribution->x[k];
  node->has_grad = TRUE;
  sum = array (self, &node->grad);
  bs_writer_edge (self->writer, input, node->id, &part, first ? NULL : &sum, first);
}

static void
accumulate (Script *self, guint i)
{
  Node *p = &self->nodes[i];
  Elements *grad = &self->parameter_grads[i];
  BsArray part = array (self, &p->grad), after = array (self, grad);

  for (guint k = 0; k < numel (self); k++)
    grad->x[k] = self->has_grad[i] ? grad->x[k] + p->grad.x[k] : p->grad.x[k];
  bs_writer_accumulate (self->writer, p->id, self->has_grad[i] ? BS_ARRAY_KNOWN : NULL, &part, &after);
  self->has_grad[i] = TRUE;
}

static void
backward (Script *self)
{
  guint p = self->options->n_parameters, root = self->n_nodes - 1;
  Elements ones;
  BsArray seed = array (self, &ones);

  for (guint k = 0; k < numel (self); k++)
    ones.x[k] = 1;
  line (self, 6);
  for (guint i = 0; i < self->n_nodes; i++)
    self->nodes[i].has_grad = FALSE;
  bs_writer_backward_begin (self->writer, self->nodes[root].id, FALSE, FALSE, &seed);
  self->nodes[root].grad = ones;
  self->nodes[root].has_grad = TRUE;
  for (guint i = root; i >= p; i--) {
    Node *y = &self->nodes[i];

    if (!y->has_grad)
      continue;
    bs_writer_node (self->writer, y->id, BS_ARRAY_KNOWN);
    for (guint k = 0; k < y->n_inputs; k++)
      send (self, y->inputs[k], k, &y->grad);
    bs_writer_node_done (self->writer, y->id, TRUE, 4 * numel (self));
  }
  for (guint i = 0; i < p; i++)
    if (self->nodes[i].has_grad)
      accumulate (self, i);
  bs_writer_backward_end (self->writer, TRUE);
}

static void
clear (Script *self, guint i)
{
  Elements zero = { 0 };
  BsArray nothing = array (self, &zero);

  if (!self->has_grad[i])
    return;
  if (g_rand_boolean (self->random)) {
    bs_writer_grad_set (self->writer, self->nodes[i].id, BS_ARRAY_KNOWN, NULL);
    self->has_grad[i] = FALSE;
  } else {
    bs_writer_grad_set (self->writer, self->nodes[i].id, BS_ARRAY_KNOWN, &nothing);
    self->parameter_grads[i] = zero;
  }
}

static void
update (Script *self, guint32 pass)
{
  guint32 op = bs_writer_op (self->writer, "sub_", "−=", NULL, 0, NULL);

  line (self, 7);
  bs_writer_mode (self->writer, 0, 1);
  for (guint i = 0; i < self->options->n_parameters; i++) {
    Node *p = &self->nodes[i];
    BsOperand operands[2] = { { .tensor = p->id }, { .is_number = TRUE, .number = 0.1 } };
    BsArray after = array (self, &p->value);

    for (guint k = 0; self->has_grad[i] && k < numel (self); k++)
      p->value.x[k] -= 0.01f * self->parameter_grads[i].x[k];
    bs_writer_write (self->writer, &(BsWriterWrite) { .tensor = p->id, .storage = p->storage, .op = op,
                       .version = pass + 1, .n_inputs = 2, .inputs = operands, .before = BS_ARRAY_KNOWN,
                       .after = &after });
  }
  bs_writer_mode (self->writer, 1, 0);
}

static void
one_pass (Script *self, guint32 pass)
{
  char text[64];

  line (self, 3);
  bs_writer_name (self->writer, "i", &(BsPlain) { .kind = BS_PLAIN_INT, .integer = pass });
  forward (self);
  for (guint i = 0; i < self->options->n_parameters; i++)
    if (self->options->quiet || g_rand_int_range (self->random, 0, 4) > 0)
      clear (self, i);
  backward (self);
  update (self, pass);
  line (self, 8);
  g_snprintf (text, sizeof text, "pass %u\n", pass);
  bs_writer_output (self->writer, text, -1, FALSE);
  for (guint i = self->options->n_parameters; i < self->n_nodes; i++) {
    bs_writer_release_tensor (self->writer, self->nodes[i].id);
    if (!self->options->quiet)
      bs_writer_release_storage (self->writer, self->nodes[i].storage, 4 * numel (self));
  }
  self->n_nodes = self->options->n_parameters;
}

void
bs_synthetic_write (BsWriter *writer, const BsSynthetic *options)
{
  Script self = { .writer = writer, .options = options, .random = g_rand_new_with_seed (options->seed),
                  .shape = { options->side, options->side } };

  g_assert (options->side <= MAX_SIDE);
  self.nodes = g_new0 (Node, options->n_parameters + options->n_ops + 8);
  self.parameter_grads = g_new0 (Elements, options->n_parameters);
  self.has_grad = g_new0 (gboolean, options->n_parameters);
  begin (&self);
  for (guint pass = 0; pass < options->n_passes; pass++) {
    guint32 state = g_rand_int (self.random);

    /* The same program in each pass. */
    if (options->quiet)
      g_rand_set_seed (self.random, options->seed);
    else
      g_rand_set_seed (self.random, state);
    one_pass (&self, pass);
  }
  bs_writer_end (writer, BS_END_FINISHED, 0, "");
  g_free (self.nodes);
  g_free (self.parameter_grads);
  g_free (self.has_grad);
  g_rand_free (self.random);
}

static void
append (gpointer user, const guint8 *bytes, gsize n, guint32 n_events)
{
  g_byte_array_append (user, bytes, n);
}

GByteArray *
bs_synthetic_bytes (const BsSynthetic *options, gsize chunk_size)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (BsWriter) writer = bs_writer_new (append, bytes);

  bs_writer_set_chunk_size (writer, chunk_size);
  bs_synthetic_write (writer, options);
  bs_writer_flush (writer);
  return bytes;
}

BsRecording *
bs_synthetic_recording (const BsSynthetic *options)
{
  g_autoptr (GByteArray) bytes = bs_synthetic_bytes (options, 64 << 10);
  BsRecording *recording = bs_recording_new ();
  g_autoptr (GError) error = NULL;

  bs_recording_feed (recording, bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  return recording;
}
