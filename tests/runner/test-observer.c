/* SPDX-License-Identifier: MIT */

/* What the engine tells becomes events: programs of the engine's own functions, without a script. */

#include "config.h"

#include <string.h>

#include "recording/cursor.h"
#include "recording/recording.h"
#include "runner/observer.h"

static BsRecording *recording;

static void
on_bytes (gpointer user, const guint8 *bytes, gsize n, guint32 n_events)
{
  g_autoptr (GError) error = NULL;

  bs_recording_feed (recording, bytes, n, &error);
  g_assert_no_error (error);
}

static void
begin (void)
{
  recording = bs_recording_new ();
  bs_recorder.writer = bs_writer_new (on_bytes, NULL);
  bs_recorder.stop_at = G_MAXUINT32;
  bs_recorder.armed = 1;
  bs_observer_install ();
}

static void
append_operands (GString *text, guint n, const BsOperand *operands)
{
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      if (operands[i].is_number)
        g_string_append_printf (text, "%g", operands[i].number);
      else
        g_string_append_printf (text, "#%u", operands[i].tensor);
    }
}

static void
append_value (GString *text, const BsValue *value)
{
  if (value->n_stored > 1)
    g_string_append_c (text, '[');
  for (guint32 i = 0; i < value->n_stored; i++)
    g_string_append_printf (text, i == 0 ? "%g" : " %g", bs_value_get (value, i));
  if (value->n_stored > 1)
    g_string_append_c (text, ']');
}

static void
append_tensor (GString *text, const BsEvent *event)
{
  g_string_append_printf (text, "#%u = ", event->tensor.id);
  if (event->tensor.flags & BS_TENSOR_INPLACE)
    g_string_append_printf (text, "#%u changed by ", event->tensor.alias);
  if (event->tensor.flags & BS_TENSOR_VIEW)
    g_string_append_printf (text, "view of #%u by ", event->tensor.alias);
  g_string_append_printf (text, "%s(", event->tensor.op);
  append_operands (text, event->tensor.n_inputs, event->tensor.inputs);
  g_string_append (text, ") = ");
  append_value (text, &event->tensor.value);
}

static void
append_event (GString *text, const BsEvent *event)
{
  switch (event->kind)
    {
    case BS_EVENT_TENSOR:
      append_tensor (text, event);
      break;
    case BS_EVENT_BACKWARD_BEGIN:
      g_string_append_printf (text, "backward of #%u", event->backward_begin.root);
      break;
    case BS_EVENT_NODE:
      g_string_append_printf (text, "node #%u ", event->node.node);
      append_value (text, &event->node.upstream);
      break;
    case BS_EVENT_EDGE:
      g_string_append_printf (text, "edge %u to #%u ", event->edge.input, event->edge.to);
      append_value (text, &event->edge.contribution);
      if (!event->edge.first)
        g_string_append (text, " sum ");
      if (!event->edge.first)
        append_value (text, &event->edge.sum);
      break;
    case BS_EVENT_ACCUMULATE:
      g_string_append_printf (text, "grad of #%u ", event->accumulate.tensor);
      if (event->accumulate.had_grad)
        append_value (text, &event->accumulate.before);
      g_string_append (text, " -> ");
      append_value (text, &event->accumulate.after);
      break;
    case BS_EVENT_WRITE:
      g_string_append_printf (text, "write #%u %s ", event->write.tensor, event->write.op ? event->write.op : "");
      append_value (text, &event->write.before);
      g_string_append (text, " -> ");
      append_value (text, &event->write.after);
      break;
    case BS_EVENT_GRAD_SET:
      g_string_append_printf (text, "grad of #%u set ", event->grad_set.tensor);
      if (event->grad_set.has_grad)
        append_value (text, &event->grad_set.after);
      else
        g_string_append (text, "None");
      break;
    default:
      g_string_append (text, bs_event_kind_name (event->kind));
    }
}

/* Ends the recording and gives its events but releases and ends of nodes, one a line. */
static char *
end (void)
{
  GString *text = g_string_new (NULL);

  bs_observer_remove ();
  bs_writer_end (bs_recorder.writer, BS_END_FINISHED, 0, NULL);
  bs_writer_flush (bs_recorder.writer);
  g_clear_pointer (&bs_recorder.writer, bs_writer_free);
  g_assert_true (bs_recording_is_finished (recording));
  for (guint32 step = 0; step < bs_recording_get_n_events (recording); step++)
    {
      BsEvent event;

      bs_recording_get_event (recording, step, &event);
      if (event.kind == BS_EVENT_RELEASE || event.kind == BS_EVENT_NODE_DONE || event.kind == BS_EVENT_END)
        continue;
      append_event (text, &event);
      g_string_append_c (text, '\n');
    }
  g_clear_object (&recording);
  return g_string_free (text, FALSE);
}

static void
assert_events (const char *wanted)
{
  g_autofree char *text = end ();

  g_assert_cmpstr (text, ==, wanted);
}

/* --- the engine, in short ---------------------------------------------------------------------------------------- */

static BsTensor *
apply (const char *name, BsTensor *a, BsTensor *b)
{
  BsTensor *inputs[] = { a, b };
  GError *error = NULL;
  BsTensor *result = bs_apply (bs_op_find (name), b ? 2 : 1, inputs, 0, NULL, &error);

  g_assert_no_error (error);
  return result;
}

static void
change (const char *name, BsTensor *a, BsTensor *b)
{
  BsTensor *inputs[] = { a, b };
  GError *error = NULL;

  bs_apply_inplace (bs_op_find (name), b ? 2 : 1, inputs, 0, NULL, &error);
  g_assert_no_error (error);
}

static BsTensor *
leaf (guint n, const float *values, gboolean requires_grad)
{
  const gint64 shape[] = { n };
  BsTensor *tensor = bs_tensor_new_from (BS_FLOAT32, n > 1 ? 1 : 0, shape, values, NULL);

  bs_tensor_set_requires_grad (tensor, requires_grad, NULL);
  bs_tensor_announce (tensor, "tensor");
  return tensor;
}

static BsTensor *
first_of (BsTensor *tensor)
{
  const BsArg args[] = { BS_INT (0), BS_INT (0) };
  GError *error = NULL;
  BsTensor *view = bs_apply (bs_op_find ("select"), 1, &tensor, 2, args, &error);

  g_assert_no_error (error);
  return view;
}

static void
backward (BsTensor *root)
{
  GError *error = NULL;

  bs_backward (1, &root, NULL, 0, NULL, BS_BACKWARD_DEFAULT, &error);
  g_assert_no_error (error);
}

/* --- tests ------------------------------------------------------------------------------------------------------- */

static void
test_backward (void)
{
  g_autoptr (BsTensor) w = NULL, two = bs_tensor_new_number (2, BS_FLOAT64), y = NULL, s = NULL;

  begin ();
  w = leaf (1, (float[]){ 3 }, TRUE);
  y = apply ("mul", w, w);
  s = apply ("mul", y, two);
  backward (s);
  assert_events ("#1 = tensor() = 3\n"
                 "#2 = mul(#1, #1) = 9\n"
                 "#3 = mul(#2, 2) = 18\n"
                 "backward of #3\n"
                 "node #3 1\n"
                 "edge 0 to #2 2\n"
                 "node #2 2\n"
                 "edge 0 to #1 6\n"
                 "edge 1 to #1 6 sum 12\n"
                 "grad of #1  -> 12\n"
                 "backward-end\n");
}

static void
test_accumulate_and_clear (void)
{
  g_autoptr (BsTensor) w = NULL, two = bs_tensor_new_number (2, BS_FLOAT64), y = NULL, z = NULL;

  begin ();
  w = leaf (1, (float[]){ 3 }, TRUE);
  y = apply ("mul", w, two);
  backward (y);
  change ("zero", bs_tensor_get_grad (w), NULL);
  z = apply ("mul", w, two);
  backward (z);
  bs_tensor_set_grad (w, NULL, NULL);
  assert_events ("#1 = tensor() = 3\n"
                 "#2 = mul(#1, 2) = 6\n"
                 "backward of #2\nnode #2 1\nedge 0 to #1 2\ngrad of #1  -> 2\nbackward-end\n"
                 "grad of #1 set 0\n"
                 "#3 = mul(#1, 2) = 6\n"
                 "backward of #3\nnode #3 1\nedge 0 to #1 2\ngrad of #1 0 -> 2\nbackward-end\n"
                 "grad of #1 set None\n");
}

static double
value_at (BsCursor *cursor, guint32 tensor)
{
  BsTensorState state;

  bs_cursor_get_tensor (cursor, tensor, &state);
  return bs_value_get (&state.value, 0);
}

/* w.data = w.data - lr * w.grad */
static void
test_update_through_data (void)
{
  g_autoptr (BsTensor) w = NULL, rate = bs_tensor_new_number (0.5, BS_FLOAT64), y = NULL, step = NULL, old = NULL,
                       new = NULL;

  begin ();
  w = leaf (1, (float[]){ 3 }, TRUE);
  y = apply ("mul", w, w);
  backward (y);
  old = bs_tensor_data (w);
  step = apply ("mul", bs_tensor_get_grad (w), rate);
  new = apply ("sub", old, step);
  bs_tensor_set_data (w, new, NULL);
  assert_events ("#1 = tensor() = 3\n"
                 "#2 = mul(#1, #1) = 9\n"
                 "backward of #2\nnode #2 1\nedge 0 to #1 3\nedge 1 to #1 3 sum 6\ngrad of #1  -> 6\nbackward-end\n"
                 "#3 = grad() = 6\n"
                 "#4 = mul(#3, 0.5) = 3\n"
                 "#5 = view of #1 by data() = 3\n"
                 "#6 = sub(#5, #4) = 0\n"
                 "write #1 set_data 3 -> 0\n");
}

/* with torch.no_grad(): w -= 1, seen through a view too */
static void
test_write_outside_the_graph (void)
{
  g_autoptr (BsTensor) w = NULL, one = bs_tensor_new_number (1, BS_FLOAT64), view = NULL;

  begin ();
  w = leaf (2, (float[]){ 3, 4 }, TRUE);
  bs_set_grad_mode (BS_GRAD_OFF);
  view = first_of (w);
  change ("sub", w, one);
  bs_set_grad_mode (BS_GRAD_NORMAL);
  {
    BsEvent event;
    guint32 last;
    g_autoptr (BsCursor) cursor = NULL;

    bs_writer_flush (bs_recorder.writer);
    last = bs_recording_get_n_events (recording);
    bs_recording_get_event (recording, last - 2, &event);
    g_assert_cmpint (event.kind, ==, BS_EVENT_WRITE);
    cursor = bs_cursor_new (recording);
    bs_cursor_seek (cursor, last);
    g_assert_cmpfloat (value_at (cursor, 2), ==, 2); /* the view */
    bs_cursor_seek (cursor, last - 2);
    g_assert_cmpfloat (value_at (cursor, 2), ==, 3);
  }
  assert_events ("#1 = tensor() = [3 4]\n"
                 "mode\n"
                 "#2 = view of #1 by select(#1) = 3\n"
                 "write #1 sub [3 4] -> [2 3]\n"
                 "mode\n");
}

/* y += 1 where gradients flow: the result is another tensor of the graph */
static void
test_inplace_in_the_graph (void)
{
  g_autoptr (BsTensor) w = NULL, one = bs_tensor_new_number (1, BS_FLOAT64), y = NULL;

  begin ();
  w = leaf (1, (float[]){ 3 }, TRUE);
  y = apply ("mul", w, one);
  change ("add", y, one);
  backward (y);
  assert_events ("#1 = tensor() = 3\n"
                 "#2 = mul(#1, 1) = 3\n"
                 "#3 = #2 changed by add(#2, 1) = 4\n"
                 "backward of #3\n"
                 "node #3 1\nedge 0 to #2 1\n"
                 "node #2 1\nedge 0 to #1 1\n"
                 "grad of #1  -> 1\nbackward-end\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  Py_Initialize (); /* places are asked of Python */
  bs_tracer_start ();
  bs_tracer_stop ();
  g_test_add_func ("/observer/backward", test_backward);
  g_test_add_func ("/observer/accumulate-and-clear", test_accumulate_and_clear);
  g_test_add_func ("/observer/update-through-data", test_update_through_data);
  g_test_add_func ("/observer/write-outside-the-graph", test_write_outside_the_graph);
  g_test_add_func ("/observer/inplace-in-the-graph", test_inplace_in_the_graph);
  return g_test_run ();
}
