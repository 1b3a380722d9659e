/* SPDX-License-Identifier: MIT */

#include "synthetic.h"

#include "recording/cursor.h"
#include "recording/graph.h"
#include "recording/query.h"
#include "recording/value-private.h"
#include "recording/verify.h"
#include "recording/wire.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const BsSynthetic small = { .seed = 1, .n_passes = 6, .n_ops = 12, .n_parameters = 3 };
static const BsSynthetic matrices = { .seed = 2, .n_passes = 5, .n_ops = 8, .n_parameters = 2, .side = 4 };

static void
append (gpointer user, const guint8 *bytes, gsize n, guint32 n_events)
{
  g_byte_array_append (user, bytes, n);
}

/* --- the writer and the decoder --------------------------------------------------------------------------------------- */

typedef struct { GByteArray *bytes; BsWriter *writer; BsRecording *recording; } Pipe;

static Pipe
pipe_new (void)
{
  Pipe self = { .bytes = g_byte_array_new (), .recording = bs_recording_new () };

  self.writer = bs_writer_new (append, self.bytes);
  return self;
}

static void
pipe_flush (Pipe *self)
{
  g_autoptr (GError) error = NULL;

  bs_writer_flush (self->writer);
  bs_recording_feed (self->recording, self->bytes->data, self->bytes->len, &error);
  g_assert_no_error (error);
  g_byte_array_set_size (self->bytes, 0);
}

static void
pipe_clear (Pipe *self)
{
  bs_writer_free (self->writer);
  g_byte_array_unref (self->bytes);
  g_object_unref (self->recording);
}

static guint32
scalar (Pipe *pipe, float value, guint16 flags, const char *op, guint n, const BsOperand *inputs)
{
  BsArray array = { BS_DT_FLOAT32, 0, NULL, NULL, &value };

  return bs_writer_tensor (pipe->writer, &(BsWriterTensor) {
    .op = bs_writer_op (pipe->writer, op, "×", "MulBackward0", 1, &(BsAttribute) { "dim", "1" }), .flags = flags,
    .storage = bs_writer_new_storage (pipe->writer), .n_inputs = n, .inputs = inputs, .value = &array });
}

static void
test_tensor (void)
{
  Pipe pipe = pipe_new ();
  gint64 shape[2] = { 2, 3 }, strides[2] = { 1, 2 };
  float data[6] = { 0, 1, 2, 3, 4, 5 };
  BsArray transposed = { BS_DT_FLOAT32, 2, shape, strides, data };
  guint32 w = scalar (&pipe, 2, BS_TENSOR_REQUIRES_GRAD | BS_TENSOR_LEAF, "tensor", 0, NULL), m;
  BsOperand inputs[] = { { .tensor = w }, { .is_number = TRUE, .number = 0.1 },
                         { .is_number = TRUE, .is_integer = TRUE, .number = -3 },
                         { .is_number = TRUE, .is_integer = TRUE, .number = 1e15 }, { 0 } };
  guint32 storage = bs_writer_new_storage (pipe.writer);
  BsEvent e;

  m = bs_writer_tensor (pipe.writer, &(BsWriterTensor) {
    .op = bs_writer_op (pipe.writer, "f", NULL, NULL, 0, NULL), .flags = BS_TENSOR_VIEW, .output_nr = 2, .alias = w,
    .storage = storage, .call = w, .n_inputs = 5, .inputs = inputs, .n_saved = 1, .saved = &w,
    .saves_result = TRUE, .value = &transposed });
  pipe_flush (&pipe);
  bs_recording_get_event (pipe.recording, 0, &e);
  g_assert_cmpuint (e.kind, ==, BS_EVENT_TENSOR);
  g_assert_cmpstr (e.tensor.op, ==, "tensor");
  g_assert_cmpstr (e.tensor.symbol, ==, "×");
  g_assert_cmpstr (e.tensor.attributes[0].name, ==, "dim");
  g_assert_cmpuint (e.tensor.storage, ==, 1);
  g_assert_cmpfloat (bs_value_get (&e.tensor.value, 0), ==, 2);
  bs_recording_get_event (pipe.recording, 1, &e);
  g_assert_cmpuint (e.tensor.id, ==, m);
  g_assert_cmpuint (e.tensor.alias, ==, w);
  g_assert_cmpuint (e.tensor.call, ==, w);
  g_assert_cmpuint (e.tensor.storage, ==, storage);
  g_assert_cmpuint (e.tensor.output_nr, ==, 2);
  g_assert_null (e.tensor.symbol);
  g_assert_cmpuint (e.tensor.n_inputs, ==, 5);
  g_assert_cmpuint (e.tensor.inputs[0].tensor, ==, w);
  g_assert_cmpfloat (e.tensor.inputs[1].number, ==, 0.1);
  g_assert_cmpfloat (e.tensor.inputs[2].number, ==, -3);
  g_assert_true (e.tensor.inputs[2].is_integer);
  g_assert_cmpfloat (e.tensor.inputs[3].number, ==, 1e15);
  g_assert_false (e.tensor.inputs[4].is_number);
  g_assert_cmpuint (e.tensor.n_saved, ==, 2);
  g_assert_cmpuint (e.tensor.saved[1], ==, m);
  g_assert_cmpint (e.tensor.value.shape[1], ==, 3);
  g_assert_cmpfloat (bs_value_get (&e.tensor.value, 1), ==, 2);
  g_assert_cmpfloat (bs_value_get (&e.tensor.value, 3), ==, 1);
  pipe_clear (&pipe);
}

static void
test_long_lists (void)
{
  Pipe pipe = pipe_new ();
  g_autofree BsOperand *inputs = g_new0 (BsOperand, 1000);
  guint32 first = scalar (&pipe, 0, 0, "tensor", 0, NULL);
  BsEvent e;

  for (guint i = 0; i < 1000; i++)
    inputs[i].tensor = i == 0 ? first : scalar (&pipe, i, 0, "tensor", 0, NULL);
  scalar (&pipe, 1, 0, "stack", 1000, inputs);
  pipe_flush (&pipe);
  bs_recording_get_event (pipe.recording, 1000, &e);
  g_assert_cmpuint (e.tensor.n_inputs, ==, 1000);
  g_assert_cmpuint (e.tensor.inputs[999].tensor, ==, 1000);
  pipe_clear (&pipe);
}

static void
test_thumbnail (void)
{
  Pipe pipe = pipe_new ();
  gint64 shape[2] = { 300, 200 };
  g_autofree double *data = g_new (double, 60000);
  BsArray array = { BS_DT_FLOAT64, 2, shape, NULL, data };
  BsEvent e;

  for (guint i = 0; i < 60000; i++)
    data[i] = i;
  data[5] = NAN;
  data[6] = INFINITY;
  scalar (&pipe, 1, 0, "tensor", 0, NULL);
  bs_writer_tensor (pipe.writer, &(BsWriterTensor) { .op = 1, .storage = bs_writer_new_storage (pipe.writer),
                                                     .value = &array });
  pipe_flush (&pipe);
  bs_recording_get_event (pipe.recording, 1, &e);
  g_assert_cmpuint (e.tensor.value.how, ==, BS_VALUE_THUMBNAIL);
  g_assert_cmpint (e.tensor.value.numel, ==, 60000);
  g_assert_cmpuint (e.tensor.value.n_stored, ==, 32 * 32);
  g_assert_cmpfloat (e.tensor.value.max, ==, 59999);
  g_assert_cmpuint (e.tensor.value.n_nan, ==, 1);
  g_assert_cmpuint (e.tensor.value.n_inf, ==, 1);
  g_assert_cmpfloat (bs_value_get (&e.tensor.value, 1), >, bs_value_get (&e.tensor.value, 0));
  pipe_clear (&pipe);
}

static void
test_texts (void)
{
  Pipe pipe = pipe_new ();
  BsEvent e;
  gsize length;

  bs_writer_info (pipe.writer, "python", "3.11");
  bs_writer_output (pipe.writer, "a\0b\n", 4, FALSE);
  bs_writer_output (pipe.writer, "\xff!\n", 3, TRUE);
  bs_writer_name (pipe.writer, "s", &(BsPlain) { .kind = BS_PLAIN_TEXT, .text = "'π'" });
  bs_writer_name (pipe.writer, "s", &(BsPlain) { .kind = BS_PLAIN_REAL, .real = 0.01 });
  bs_writer_name (pipe.writer, "s", &(BsPlain) { .kind = BS_PLAIN_BOOL, .integer = 1 });
  bs_writer_name (pipe.writer, "s", &(BsPlain) { .kind = BS_PLAIN_DELETED });
  bs_writer_error (pipe.writer, "RuntimeError", "no", NULL, "help");
  bs_writer_end (pipe.writer, BS_END_ERROR, 1, "why");
  pipe_flush (&pipe);
  g_assert_cmpstr (bs_recording_get_info (pipe.recording, "python"), ==, "3.11");
  g_assert_true (bs_recording_is_finished (pipe.recording));
  g_assert_cmpuint (bs_recording_get_n_events (pipe.recording), ==, 8);
  bs_recording_get_event (pipe.recording, 0, &e);
  g_assert_cmpuint (e.output.length, ==, 4);
  g_assert_cmpmem (bs_recording_get_output (pipe.recording, &length), 4, "a\0b\n", 4);
  bs_recording_get_event (pipe.recording, 1, &e);
  g_assert_true (g_utf8_validate (e.output.text, -1, NULL));
  g_assert_true (e.output.is_error_stream);
  bs_recording_get_event (pipe.recording, 3, &e);
  g_assert_cmpstr (e.name.before.text, ==, "'π'");
  g_assert_cmpfloat (e.name.after.real, ==, 0.01);
  bs_recording_get_event (pipe.recording, 5, &e);
  g_assert_cmpint (e.name.before.integer, ==, 1);
  g_assert_cmpuint (e.name.after.kind, ==, BS_PLAIN_DELETED);
  bs_recording_get_event (pipe.recording, 6, &e);
  g_assert_cmpstr (e.error.type, ==, "RuntimeError");
  g_assert_cmpstr (e.error.help, ==, "help");
  bs_recording_get_event (pipe.recording, 7, &e);
  g_assert_cmpstr (e.end.detail, ==, "why");
  g_assert_cmpint (e.end.status, ==, 1);
  pipe_clear (&pipe);
}

static void
test_frames (void)
{
  Pipe pipe = pipe_new ();
  BsPlace place = { 0, 3, 3, 0, 1 };
  g_autoptr (BsCursor) cursor = NULL;
  BsBinding b;
  BsEvent e;

  bs_writer_file (pipe.writer, "a.py", "x\n", -1);
  place.file = 1;
  bs_writer_line (pipe.writer, bs_writer_place (pipe.writer, &place));
  bs_writer_name (pipe.writer, "x", &(BsPlain) { .kind = BS_PLAIN_INT, .integer = 1 });
  g_assert_cmpuint (bs_writer_call (pipe.writer, "f", NULL), ==, 1);
  bs_writer_name (pipe.writer, "x", &(BsPlain) { .kind = BS_PLAIN_INT, .integer = 2 });
  g_assert_cmpuint (bs_writer_call (pipe.writer, "forward", "net.fc1"), ==, 2);
  bs_writer_return (pipe.writer);
  bs_writer_name (pipe.writer, "y", &(BsPlain) { .kind = BS_PLAIN_INT, .integer = 3 });
  bs_writer_return (pipe.writer);
  bs_writer_name (pipe.writer, "x", &(BsPlain) { .kind = BS_PLAIN_INT, .integer = 4 });
  bs_writer_end (pipe.writer, BS_END_FINISHED, 0, NULL);
  pipe_flush (&pipe);
  bs_recording_get_event (pipe.recording, 2, &e);
  g_assert_cmpuint (e.frame, ==, 0);
  g_assert_cmpuint (e.place, ==, 1);
  bs_recording_get_event (pipe.recording, 6, &e);
  g_assert_cmpuint (e.frame, ==, 1);
  g_assert_cmpstr (bs_recording_get_frame (pipe.recording, 2)->module_path, ==, "net.fc1");
  g_assert_cmpuint (bs_recording_get_frame (pipe.recording, 2)->parent, ==, 1);
  cursor = bs_cursor_new (pipe.recording);
  bs_cursor_seek (cursor, 7);
  g_assert_cmpuint (bs_cursor_get_n_bindings (cursor), ==, 3);
  bs_cursor_get_binding (cursor, 0, &b);
  g_assert_cmpstr (b.name, ==, "x");
  g_assert_cmpint (b.value.integer, ==, 2);
  bs_cursor_get_binding (cursor, 2, &b);
  g_assert_cmpint (b.value.integer, ==, 1);
  bs_cursor_seek (cursor, 9);
  g_assert_cmpuint (bs_cursor_get_n_bindings (cursor), ==, 1);
  pipe_clear (&pipe);
}

/* --- state --------------------------------------------------------------------------------------------------------------- */

static void
assert_sound (BsRecording *recording, guint samples)
{
  BsVerification v;

  if (!bs_recording_verify (recording, samples, &v))
    g_error ("%u problems, the first: %s", v.n_problems, v.first_problem);
}

static void
test_verify (gconstpointer data)
{
  const BsSynthetic *shape = data;

  for (guint32 seed = 1; seed <= 8; seed++) {
    BsSynthetic options = *shape;
    g_autoptr (BsRecording) recording = NULL;

    options.seed = seed;
    recording = bs_synthetic_recording (&options);
    assert_sound (recording, 200);
  }
}

static void
test_seeks (void)
{
  g_autoptr (BsRecording) recording = bs_synthetic_recording (&small);
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording), other = bs_cursor_new (recording);
  guint32 n = bs_recording_get_n_events (recording);
  g_autofree guint64 *hashes = g_new (guint64, n + 1);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint32 step = 0; step <= n; step++) {
    bs_cursor_seek (cursor, step);
    hashes[step] = bs_cursor_hash (cursor);
  }
  for (guint32 step = n + 1; step-- > 0;) {
    bs_cursor_seek (cursor, step);
    g_assert_cmpuint (bs_cursor_hash (cursor), ==, hashes[step]);
  }
  for (guint i = 0; i < 300; i++) {
    guint32 step = g_rand_int_range (random, 0, n + 1);

    bs_cursor_seek (other, step);
    g_assert_cmpuint (bs_cursor_hash (other), ==, hashes[step]);
  }
}

/* A run stopped at step k has the state that a whole run has at step k. */
static void
test_prefixes (void)
{
  g_autoptr (GByteArray) bytes = bs_synthetic_bytes (&small, 512);
  g_autoptr (BsRecording) whole = bs_synthetic_recording (&small), part = bs_recording_new ();
  g_autoptr (BsCursor) at_whole = bs_cursor_new (whole), at_part = bs_cursor_new (part);

  for (gsize i = 0; i < bytes->len && !bs_recording_is_finished (part); i++) {
    guint32 before = bs_recording_get_n_events (part), n;

    bs_recording_feed (part, bytes->data + i, 1, NULL);
    n = bs_recording_get_n_events (part);
    if (n == before)
      continue;
    bs_cursor_seek (at_part, n);
    bs_cursor_seek (at_whole, n);
    for (guint32 t = 1; t <= bs_recording_get_n_tensors (part); t++) {
      BsTensorState a, b;

      bs_cursor_get_tensor (at_part, t, &a);
      bs_cursor_get_tensor (at_whole, t, &b);
      g_assert_true (bs_value_equal (&a.value, &b.value));
      g_assert_cmpuint (a.released, ==, b.released);
    }
  }
  g_assert_cmpuint (bs_recording_get_n_events (part), ==, bs_recording_get_n_events (whole));
}

/* --- a script as a person writes it: w, a loss, an update; checked word for word --------------------------------------------- */

static void
line_at (Pipe *pipe, guint line)
{
  BsPlace place = { 1, line, line, 0, 9 };

  bs_writer_line (pipe->writer, bs_writer_place (pipe->writer, &place));
}

static void
bind (Pipe *pipe, const char *name, guint32 tensor)
{
  bs_writer_name (pipe->writer, name, &(BsPlain) { .kind = BS_PLAIN_TENSOR, .tensor = tensor });
}

static void
descend (Pipe *pipe, guint32 w, float *value, float *grad, gboolean had_grad, guint line)
{
  float slope = 2 * *value, loss = *value * *value, zero = 0, one = 1;
  BsArray s = { BS_DT_FLOAT32, 0, NULL, NULL, &slope }, z = s, o = s, g = s, v = s;
  BsOperand inputs[2] = { { .tensor = w }, { .is_number = TRUE, .is_integer = TRUE, .number = 2 } };
  guint32 y;

  z.data = &zero;
  o.data = &one;
  g.data = grad;
  v.data = value;
  line_at (pipe, line);
  y = scalar (pipe, loss, BS_TENSOR_REQUIRES_GRAD, "pow", 2, inputs);
  bind (pipe, "loss", y);
  line_at (pipe, line + 1);
  if (had_grad)
    bs_writer_grad_set (pipe->writer, w, BS_ARRAY_KNOWN, &z);
  line_at (pipe, line + 2);
  bs_writer_backward_begin (pipe->writer, y, FALSE, FALSE, &o);
  bs_writer_node (pipe->writer, y, BS_ARRAY_KNOWN);
  bs_writer_edge (pipe->writer, 0, w, &s, NULL, TRUE);
  bs_writer_node_done (pipe->writer, y, TRUE, 4);
  *grad = slope;
  bs_writer_accumulate (pipe->writer, w, had_grad ? BS_ARRAY_KNOWN : NULL, &s, &g);
  bs_writer_backward_end (pipe->writer, TRUE);
  line_at (pipe, line + 3);
  *value -= 0.1f * *grad;
  bs_writer_write (pipe->writer, &(BsWriterWrite) { .tensor = w, .storage = 1, .version = 1, .before = BS_ARRAY_KNOWN,
                                                    .after = &v });
}

static guint32
find_kind (BsRecording *recording, BsEventKind kind, guint32 from)
{
  while (bs_recording_get_kind (recording, from) != kind)
    from++;
  return from;
}

static void
assert_grad (BsCursor *cursor, guint32 step, guint32 tensor, BsGradState state, double grad)
{
  BsTensorState s;

  bs_cursor_seek (cursor, step);
  bs_cursor_get_tensor (cursor, tensor, &s);
  g_assert_cmpuint (s.grad_state, ==, state);
  if (state > BS_GRAD_IS_NONE)
    g_assert_cmpfloat (bs_value_get (&s.grad, 0), ==, grad);
}

static void
check_queries (BsRecording *r, guint32 w, guint32 walk)
{
  guint32 n = bs_recording_get_n_events (r), write = find_kind (r, BS_EVENT_WRITE, 0);
  g_autoptr (BsPaths) paths = bs_recording_trace_paths (r, w, walk + 5, 10);
  BsBreak breaks[] = { { .kind = BS_BREAK_ERROR }, { .kind = BS_BREAK_LINE, .file = 1, .line = 9 },
                       { .kind = BS_BREAK_GRAD_EXCEEDS, .limit = 17 }, { .kind = BS_BREAK_UPDATED } };
  guint which = 99;

  g_assert_cmpuint (bs_recording_find_change (r, w, BS_CHANGE_VALUE, 0, 1), ==, 2);
  g_assert_cmpuint (bs_recording_find_change (r, w, BS_CHANGE_VALUE, 2, 1), ==, write + 1);
  g_assert_cmpuint (bs_recording_find_maker (r, w, BS_CHANGE_VALUE, n), >, write + 1);
  g_assert_cmpuint (bs_recording_find_maker (r, w, BS_CHANGE_GRAD, walk), ==, BS_NO_CHANGE);
  g_assert_cmpuint (bs_recording_find_maker (r, w, BS_CHANGE_GRAD, walk + 5), ==, walk + 5);
  g_assert_cmpuint (paths->n_paths, ==, 1);
  g_assert_true (paths->all);
  g_assert_cmpuint (paths->paths[0].n, ==, 1);
  g_assert_cmpfloat (paths->sum, ==, 20);
  g_assert_cmpuint (bs_recording_find_break (r, 0, 1, G_MAXUINT32, 1, breaks, &which), ==, 0);
  g_assert_cmpuint (bs_recording_get_kind (r, bs_recording_find_break (r, 0, 1, G_MAXUINT32, 2, breaks, &which) - 1), ==,
                    BS_EVENT_LINE);
  g_assert_cmpuint (which, ==, 1);
  g_assert_cmpuint (bs_recording_find_break (r, 0, 1, G_MAXUINT32, 3, breaks, &which), ==, walk + 3);
  g_assert_cmpuint (which, ==, 2);
  g_assert_cmpuint (bs_recording_find_break (r, write + 2, -1, 0, 4, breaks, &which), ==, write + 1);
  g_assert_cmpuint (which, ==, 3);
}

static void
test_descent (void)
{
  Pipe pipe = pipe_new ();
  BsRecording *r = pipe.recording;
  float value = 10, grad = 0;
  guint32 w, walk, second;
  const BsPass *pass;
  const BsCurve *curve;
  g_autoptr (BsCursor) cursor = NULL;
  g_autoptr (BsGraph) graph = NULL;

  bs_writer_file (pipe.writer, "a.py", "w = 1\n\nloss = w ** 2\n", -1);
  line_at (&pipe, 1);
  w = scalar (&pipe, value, BS_TENSOR_REQUIRES_GRAD | BS_TENSOR_LEAF, "tensor", 0, NULL);
  bind (&pipe, "w", w);
  descend (&pipe, w, &value, &grad, FALSE, 3);
  for (guint i = 0; i < 3; i++)
    descend (&pipe, w, &value, &grad, TRUE, 8);
  bs_writer_end (pipe.writer, BS_END_FINISHED, 0, NULL);
  pipe_flush (&pipe);

  g_assert_cmpuint (bs_recording_get_n_passes (r), ==, 4);
  pass = bs_recording_get_pass (r, 1);
  g_assert_cmpuint (bs_recording_get_kind (r, pass->begin), ==, BS_EVENT_LINE);
  g_assert_cmpuint (bs_recording_get_kind (r, pass->backward), ==, BS_EVENT_BACKWARD_BEGIN);
  g_assert_cmpuint (bs_recording_get_kind (r, pass->update - 1), ==, BS_EVENT_BACKWARD_END);
  g_assert_cmpuint (bs_recording_get_pass (r, 2)->begin, ==, pass->end);
  g_assert_cmpuint (pass->structure, ==, bs_recording_get_pass (r, 3)->structure);
  g_assert_cmpuint (bs_recording_get_phase (r, pass->backward), ==, BS_PHASE_FORWARD);
  g_assert_cmpuint (bs_recording_get_phase (r, pass->backward + 1), ==, BS_PHASE_BACKWARD);
  g_assert_cmpuint (bs_recording_get_phase (r, pass->end), ==, BS_PHASE_UPDATE);

  g_assert_cmpuint (bs_recording_get_n_curves (r), ==, 2);
  curve = bs_recording_get_curve (r, 0);
  g_assert_cmpstr (curve->label, ==, "loss");
  g_assert_cmpuint (curve->n, ==, 4);
  g_assert_cmpfloat (curve->values[0], ==, 100);
  curve = bs_recording_get_curve (r, 1);
  g_assert_cmpstr (curve->label, ==, "w");
  g_assert_cmpuint (curve->n, ==, 4);
  g_assert_cmpfloat (curve->values[0], ==, 8);

  graph = bs_graph_new (r, 1);
  g_assert_cmpuint (bs_graph_get_n_cards (graph), ==, 2);
  g_assert_cmpstr (bs_graph_get_card (graph, 0)->name, ==, "w");
  g_assert_cmpstr (bs_graph_get_card (graph, 1)->name, ==, "loss");
  g_assert_cmpstr (bs_graph_get_card (graph, 1)->pill, ==, "x²");
  g_assert_true (bs_graph_get_card (graph, 1)->flags & BS_CARD_ROOT);
  g_assert_true (bs_graph_get_card (graph, 0)->flags & BS_CARD_PARAMETER);
  g_assert_cmpuint (bs_graph_get_n_edges (graph), ==, 1);
  g_assert_true (bs_graph_get_edge (graph, 0)->needs_grad);

  cursor = bs_cursor_new (r);
  walk = find_kind (r, BS_EVENT_BACKWARD_BEGIN, 0);
  assert_grad (cursor, 2, w, BS_GRAD_IS_NONE, 0);
  assert_grad (cursor, walk + 1, w, BS_GRAD_NOT_YET, 0);
  assert_grad (cursor, walk + 3, w, BS_GRAD_FLOWING, 20);
  assert_grad (cursor, walk + 5, w, BS_GRAD_KNOWN, 20);
  assert_grad (cursor, walk + 2, 2, BS_GRAD_KNOWN, 1);
  assert_grad (cursor, pass->begin + 2, w, BS_GRAD_STALE, 20);
  second = find_kind (r, BS_EVENT_GRAD_SET, pass->begin);
  assert_grad (cursor, second + 1, w, BS_GRAD_CLEARED, 0);
  assert_grad (cursor, pass->update, w, BS_GRAD_KNOWN, 16);
  g_assert_cmpstr (bs_cursor_get_tensor_name (cursor, w), ==, "w");
  assert_sound (r, 100);
  check_queries (r, w, walk);
  pipe_clear (&pipe);
}

static void
test_strides (void)
{
  g_autoptr (BsRecording) r = bs_synthetic_recording (&small);
  guint32 n = bs_recording_get_n_events (r);

  for (BsStride stride = BS_STRIDE_EVENT; stride <= BS_STRIDE_OUT; stride++) {
    g_autoptr (GArray) stops = g_array_new (FALSE, FALSE, sizeof (guint32));
    guint32 step = 0;

    for (guint32 to; (to = bs_recording_stride (r, step, stride, 1)) != step; step = to) {
      g_assert_cmpuint (to, >, step);
      g_array_append_val (stops, step);
    }
    g_assert_cmpuint (step, ==, n);
    for (guint i = stops->len; i-- > 0;) {
      step = bs_recording_stride (r, step, stride, -1);
      g_assert_cmpuint (step, ==, g_array_index (stops, guint32, i));
    }
    g_assert_cmpuint (bs_recording_stride (r, 0, stride, -1), ==, 0);
  }
}

/* --- files ----------------------------------------------------------------------------------------------------------------- */

static void
test_file (gconstpointer data)
{
  g_autoptr (BsRecording) saved = bs_synthetic_recording (data), loaded = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("backstep-XXXXXX", NULL), *warning = NULL;
  g_autofree char *path = g_build_filename (directory, "a.backstep", NULL);
  g_autoptr (BsCursor) a = NULL, b = NULL;

  g_assert_true (bs_recording_save (saved, path, &error));
  g_assert_no_error (error);
  g_assert_true (bs_recording_sniff (path));
  loaded = bs_recording_load (path, &warning, &error);
  g_assert_no_error (error);
  g_assert_null (warning);
  g_assert_cmpuint (bs_recording_get_n_events (loaded), ==, bs_recording_get_n_events (saved));
  a = bs_cursor_new (saved);
  b = bs_cursor_new (loaded);
  for (guint32 step = 0; step <= bs_recording_get_n_events (saved); step += 7) {
    bs_cursor_seek (a, step);
    bs_cursor_seek (b, step);
    g_assert_cmpuint (bs_cursor_hash (a), ==, bs_cursor_hash (b));
  }
  g_unlink (path);
  g_rmdir (directory);
}

static BsRecording *
load_bytes (const guint8 *bytes, gsize n, char **warning, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("backstep-XXXXXX", &path, NULL);
  BsRecording *recording;

  close (fd);
  g_assert_true (g_file_set_contents (path, (const char *) bytes, n, NULL));
  recording = bs_recording_load (path, warning, error);
  g_unlink (path);
  return recording;
}

static void
test_refusals (void)
{
  g_autoptr (GByteArray) bytes = bs_synthetic_bytes (&small, 1024);
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;
  g_autoptr (BsRecording) part = NULL;

  g_assert_null (load_bytes ((const guint8 *) "import torch\n", 13, NULL, &error));
  g_assert_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_NOT_A_RECORDING);
  g_clear_error (&error);
  g_assert_null (load_bytes (NULL, 0, NULL, &error));
  g_assert_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_NOT_A_RECORDING);
  g_clear_error (&error);
  part = load_bytes (bytes->data, bytes->len / 2, &warning, &error);
  g_assert_no_error (error);
  g_assert_nonnull (part);
  g_assert_nonnull (warning);
  assert_sound (part, 20);
  bytes->data[8] = 99;
  g_assert_null (load_bytes (bytes->data, bytes->len, NULL, &error));
  g_assert_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_NEWER);
}

static void
test_finish (void)
{
  Pipe pipe = pipe_new ();
  g_autofree char *directory = g_dir_make_tmp ("backstep-XXXXXX", NULL), *warning = NULL;
  g_autofree char *path = g_build_filename (directory, "a.backstep", NULL);
  g_autoptr (BsRecording) loaded = NULL;
  BsEvent e;

  scalar (&pipe, 1, 0, "tensor", 0, NULL);
  pipe_flush (&pipe);
  bs_recording_finish (pipe.recording, BS_END_DIED, 9, "killed");
  bs_recording_finish (pipe.recording, BS_END_FINISHED, 0, "");
  g_assert_cmpuint (bs_recording_get_n_events (pipe.recording), ==, 2);
  g_assert_true (bs_recording_save (pipe.recording, path, NULL));
  loaded = bs_recording_load (path, &warning, NULL);
  g_assert_null (warning);
  bs_recording_get_event (loaded, 1, &e);
  g_assert_cmpuint (e.kind, ==, BS_EVENT_END);
  g_assert_cmpuint (e.end.how, ==, BS_END_DIED);
  g_assert_cmpstr (e.end.detail, ==, "killed");
  g_unlink (path);
  g_rmdir (directory);
  pipe_clear (&pipe);
}

/* --- strangers ----------------------------------------------------------------------------------------------------------------- */

static void
use_everything (BsRecording *recording)
{
  guint32 n = bs_recording_get_n_events (recording);
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);

  for (guint32 step = 0; step < n; step++) {
    BsEvent e;

    bs_recording_get_event (recording, step, &e);
    bs_recording_get_place (recording, e.place);
    bs_recording_get_frame (recording, e.frame);
  }
  for (guint32 step = 0; step <= n; step += n / 4 + 1) {
    bs_cursor_seek (cursor, step);
    bs_cursor_hash (cursor);
  }
  for (guint32 pass = 0; pass < bs_recording_get_n_passes (recording); pass++) {
    g_autoptr (BsGraph) graph = bs_graph_new (recording, pass);
    bs_recording_get_pass (recording, pass);
  }
  for (guint i = 0; i < bs_recording_get_n_curves (recording); i++)
    bs_recording_get_curve (recording, i);
}

static void
feed_and_use (const guint8 *bytes, gsize n)
{
  g_autoptr (BsRecording) recording = bs_recording_new ();

  bs_recording_feed (recording, bytes, n, NULL);
  bs_recording_finish (recording, BS_END_TRUNCATED, 0, NULL);
  use_everything (recording);
}

static void
test_truncated (void)
{
  BsSynthetic tiny = { .seed = 3, .n_passes = 2, .n_ops = 4, .n_parameters = 1 };
  g_autoptr (GByteArray) bytes = bs_synthetic_bytes (&tiny, 128);

  for (gsize n = 0; n <= bytes->len; n++)
    feed_and_use (bytes->data, n);
}

/* Bits flipped inside chunks whose checksums are mended: what the checks of store.c are for. BS_FUZZ_ROUNDS: how often. */
static void
test_flipped (void)
{
  BsSynthetic tiny = { .seed = 4, .n_passes = 2, .n_ops = 5, .n_parameters = 2, .side = 3 };
  g_autoptr (GByteArray) bytes = bs_synthetic_bytes (&tiny, 1 << 20);
  const char *rounds = g_getenv ("BS_FUZZ_ROUNDS");
  g_autoptr (GRand) random = rounds ? g_rand_new () : g_rand_new_with_seed (6);
  guint n_rounds = rounds ? atoi (rounds) : 20000;
  BsChunkHeader header;
  guint8 *chunk = bytes->data + BS_WIRE_HEADER_SIZE, *payload = chunk + sizeof header;

  memcpy (&header, chunk, sizeof header);
  g_assert_cmpuint (bytes->len, ==, BS_WIRE_HEADER_SIZE + sizeof header + header.stored);
  for (guint i = 0; i < n_rounds; i++) {
    guint n_flips = 1 + g_rand_int_range (random, 0, 3), at[3], bit[3];

    for (guint k = 0; k < n_flips; k++) {
      at[k] = g_rand_int_range (random, 0, header.stored);
      bit[k] = g_rand_int_range (random, 0, 9);
      payload[at[k]] ^= bit[k] < 8 ? 1u << bit[k] : 0xff;
    }
    header.checksum = bs_wire_checksum (&header, payload, header.stored);
    memcpy (chunk, &header, sizeof header);
    feed_and_use (bytes->data, bytes->len);
    for (guint k = n_flips; k-- > 0;)
      payload[at[k]] ^= bit[k] < 8 ? 1u << bit[k] : 0xff;
  }
}

static void
test_declared_sizes (void)
{
  guint8 bytes[BS_WIRE_HEADER_SIZE + sizeof (BsChunkHeader) + 8] = { 0 };
  BsChunkHeader header = { .magic = BS_CHUNK_MAGIC, .flags = BS_CHUNK_ZSTD, .stored = 8, .raw = BS_CHUNK_MAX,
                           .packed = 8 };
  g_autoptr (BsRecording) recording = bs_recording_new ();
  g_autoptr (GError) error = NULL;
  guint32 version = BS_WIRE_VERSION;

  memcpy (bytes, BS_WIRE_MAGIC, 8);
  memcpy (bytes + 8, &version, 4);
  header.checksum = bs_wire_checksum (&header, bytes + sizeof bytes - 8, 8);
  memcpy (bytes + BS_WIRE_HEADER_SIZE, &header, sizeof header);
  g_assert_false (bs_recording_feed (recording, bytes, sizeof bytes, &error));
  g_assert_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_DAMAGED);
  g_assert_cmpuint (bs_recording_get_memory (recording), <, 1 << 20);
}

static void
test_damaged_checksum (void)
{
  g_autoptr (GByteArray) bytes = bs_synthetic_bytes (&small, 1024);
  g_autoptr (BsRecording) recording = bs_recording_new ();
  g_autoptr (GError) error = NULL;

  bytes->data[bytes->len / 2] ^= 4;
  g_assert_false (bs_recording_feed (recording, bytes->data, bytes->len, &error));
  g_assert_error (error, BS_RECORDING_ERROR, BS_RECORDING_ERROR_DAMAGED);
  g_assert_cmpuint (bs_recording_get_n_events (recording), >, 10);
  g_assert_true (bs_recording_is_finished (recording));
  assert_sound (recording, 20);
}

/* --- size ------------------------------------------------------------------------------------------------------------------------ */

static void
test_size (void)
{
  BsSynthetic options = { .seed = 7, .n_passes = 20, .n_ops = 2000, .n_parameters = 200, .quiet = TRUE };
  g_autoptr (BsRecording) recording = bs_synthetic_recording (&options);
  double n = bs_recording_get_n_events (recording), memory = bs_recording_get_memory (recording) / n;

  g_test_message ("%.0f events, %.1f bytes each in memory", n, memory);
  g_assert_cmpfloat (memory, <=, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recording/tensor", test_tensor);
  g_test_add_func ("/recording/long-lists", test_long_lists);
  g_test_add_func ("/recording/thumbnail", test_thumbnail);
  g_test_add_func ("/recording/texts", test_texts);
  g_test_add_func ("/recording/frames", test_frames);
  g_test_add_data_func ("/recording/verify/scalars", &small, test_verify);
  g_test_add_data_func ("/recording/verify/matrices", &matrices, test_verify);
  g_test_add_func ("/recording/seeks", test_seeks);
  g_test_add_func ("/recording/prefixes", test_prefixes);
  g_test_add_func ("/recording/descent", test_descent);
  g_test_add_func ("/recording/strides", test_strides);
  g_test_add_data_func ("/recording/file/scalars", &small, test_file);
  g_test_add_data_func ("/recording/file/matrices", &matrices, test_file);
  g_test_add_func ("/recording/refusals", test_refusals);
  g_test_add_func ("/recording/finish", test_finish);
  g_test_add_func ("/recording/strangers/truncated", test_truncated);
  g_test_add_func ("/recording/strangers/flipped", test_flipped);
  g_test_add_func ("/recording/strangers/declared-sizes", test_declared_sizes);
  g_test_add_func ("/recording/strangers/checksum", test_damaged_checksum);
  g_test_add_func ("/recording/size", test_size);
  return g_test_run ();
}
