/* SPDX-License-Identifier: MIT */

#include "verify.h"

#include "cursor.h"
#include "recording-private.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  BsValue value, grad, flow;
  guint32 version;
  guint8 exists, has_grad, has_flow, flow_whole, requires_grad, released;
} State;

typedef struct {
  BsRecording *recording;
  BsVerification *report;
  State *tensors;
  GHashTable *names; /* variable -> BsPlain */
  guint8 mode;
  gsize output;
  guint64 hash;
  guint32 step;
} Machine;

static void
problem (Machine *self, const char *what, guint32 tensor)
{
  if (self->report->n_problems++ == 0)
    self->report->first_problem = g_strdup_printf (_("Step %u, tensor %u: %s."), self->step, tensor, what);
}

/* --- the hash of the state, kept up to date as it changes ------------------------------------------------------------- */

static guint64
hash_value (guint64 h, const BsValue *value)
{
  return bs_wire_hash (h ^ value->how, value->data, value->n_stored * bs_element_size (value->dtype));
}

static guint64
hash_state (guint32 tensor, const State *s)
{
  guint8 flags[] = { s->exists, s->has_grad, s->has_flow, s->flow_whole, s->requires_grad, s->released };
  guint64 h = bs_wire_hash (tensor ^ (guint64) s->version << 32, flags, sizeof flags);

  if (!s->exists)
    return 0;
  h = hash_value (h, &s->value);
  h = s->has_grad ? hash_value (h, &s->grad) : h;
  return s->has_flow ? hash_value (h, &s->flow) : h;
}

static guint64
hash_plain (guint32 variable, const BsPlain *p)
{
  guint64 words[4] = { p->kind, p->tensor, p->integer };

  if (p->kind == BS_PLAIN_DELETED)
    return 0;
  memcpy (&words[3], &p->real, 8);
  return bs_wire_hash (bs_wire_hash (variable, words, sizeof words), p->text, p->text ? strlen (p->text) : 0);
}

static void
change (Machine *self, guint32 tensor, const State *to)
{
  State *s = &self->tensors[tensor];

  self->hash += hash_state (tensor, to) - hash_state (tensor, s);
  *s = *to;
}

static gboolean
same (const BsValue *a, const BsValue *b)
{
  return bs_value_equal (a, b);
}

/* --- both ways ---------------------------------------------------------------------------------------------------------- */

static void
write_to (Machine *self, guint32 tensor, const BsValue *from, const BsValue *to, guint32 version)
{
  State s = self->tensors[tensor];

  if (!same (&s.value, from))
    problem (self, _("a write begins from another value than the tensor has"), tensor);
  s.value = *to;
  s.version = version;
  change (self, tensor, &s);
}

static void
set_grad (Machine *self, guint32 tensor, gboolean had, const BsValue *from, gboolean has, const BsValue *to)
{
  State s = self->tensors[tensor];

  if (s.has_grad != had || (had && !same (&s.grad, from)))
    problem (self, _("a gradient changes from another value than it has"), tensor);
  s.has_grad = has;
  s.grad = *to;
  change (self, tensor, &s);
}

static void
flow (Machine *self, const BsEvent *event, gboolean forward)
{
  guint32 tensor = event->kind == BS_EVENT_EDGE ? event->edge.to : event->node.node, at;
  State s = self->tensors[tensor];
  gboolean whole;
  guint32 when;

  if (tensor == 0)
    return;
  if (!forward) {
    at = bs_chain_last (self->recording, BS_CHAIN_FLOW, tensor, event->step);
    s.has_flow = bs_state_flow (self->recording, tensor, event->step, &s.flow, &whole, &when);
    s.flow_whole = at != BS_NO_STEP && bs_recording_get_kind (self->recording, at) == BS_EVENT_NODE;
  } else if (event->kind == BS_EVENT_EDGE) {
    at = bs_chain_last (self->recording, BS_CHAIN_FLOW, tensor, event->step);
    if (!event->edge.first && (at == BS_NO_STEP || !s.has_flow))
      problem (self, _("a second contribution comes before the first"), tensor);
    s.flow = event->edge.sum;
    s.has_flow = TRUE;
    s.flow_whole = FALSE;
  } else {
    s.has_flow = event->node.has_upstream;
    s.flow = event->node.upstream;
    s.flow_whole = TRUE;
  }
  change (self, tensor, &s);
}

static void
create (Machine *self, const BsEvent *event, gboolean forward)
{
  State s = { .value = event->tensor.value, .exists = TRUE,
              .requires_grad = (event->tensor.flags & BS_TENSOR_REQUIRES_GRAD) != 0 };

  if (self->tensors[event->tensor.id].exists == forward)
    problem (self, _("it comes to be twice"), event->tensor.id);
  if (!forward)
    s.exists = FALSE;
  change (self, event->tensor.id, &s);
}

static void
name (Machine *self, const BsEvent *event, gboolean forward)
{
  const BsPlain *from = forward ? &event->name.before : &event->name.after;
  const BsPlain *to = forward ? &event->name.after : &event->name.before;
  BsWhere where;
  guint32 variable;
  BsPlain *now;

  bs_recording_locate (self->recording, event->step, &where);
  variable = bs_variable_find (self->recording, where.frame, bs_record_body (where.record)[0]);
  now = g_hash_table_lookup (self->names, GUINT_TO_POINTER (variable));
  if (hash_plain (variable, from) != (now ? hash_plain (variable, now) : 0))
    problem (self, _("a variable changes from another value than it has"), 0);
  self->hash += hash_plain (variable, to) - hash_plain (variable, from);
  g_hash_table_insert (self->names, GUINT_TO_POINTER (variable), g_memdup2 (to, sizeof *to));
}

static void
write_event (Machine *self, const BsEvent *event, gboolean forward)
{
  guint32 version = forward ? event->write.version : bs_state_version (self->recording, event->write.tensor, event->step);

  write_to (self, event->write.tensor, forward ? &event->write.before : &event->write.after,
            forward ? &event->write.after : &event->write.before, version);
  for (guint32 i = 0; i < event->write.n_echoes; i++) {
    const BsEventEcho *e = &event->write.echoes[i];

    if (!forward)
      version = bs_state_version (self->recording, e->tensor, event->step);
    write_to (self, e->tensor, forward ? &e->before : &e->after, forward ? &e->after : &e->before, version);
  }
}

static void
set_flag (Machine *self, guint32 tensor, guint8 requires_grad, gboolean released)
{
  State s = self->tensors[tensor];

  s.requires_grad = requires_grad;
  s.released = released;
  change (self, tensor, &s);
}

static void
step_over (Machine *self, guint32 step, gboolean forward)
{
  BsEvent e;

  self->step = step;
  bs_recording_get_event (self->recording, step, &e);
  switch (e.kind) {
  case BS_EVENT_TENSOR: create (self, &e, forward); break;
  case BS_EVENT_NAME: name (self, &e, forward); break;
  case BS_EVENT_EDGE:
  case BS_EVENT_NODE: flow (self, &e, forward); break;
  case BS_EVENT_WRITE: write_event (self, &e, forward); break;
  case BS_EVENT_ACCUMULATE:
    if (forward)
      set_grad (self, e.accumulate.tensor, e.accumulate.had_grad, &e.accumulate.before, TRUE, &e.accumulate.after);
    else
      set_grad (self, e.accumulate.tensor, TRUE, &e.accumulate.after, e.accumulate.had_grad, &e.accumulate.before);
    break;
  case BS_EVENT_GRAD_SET:
    if (forward)
      set_grad (self, e.grad_set.tensor, e.grad_set.had_grad, &e.grad_set.before, e.grad_set.has_grad,
                &e.grad_set.after);
    else
      set_grad (self, e.grad_set.tensor, e.grad_set.has_grad, &e.grad_set.after, e.grad_set.had_grad,
                &e.grad_set.before);
    break;
  case BS_EVENT_REQUIRES_GRAD:
    set_flag (self, e.requires_grad.tensor, forward ? e.requires_grad.after : e.requires_grad.before,
              self->tensors[e.requires_grad.tensor].released);
    break;
  case BS_EVENT_RELEASE:
    if (e.release.tensor != 0)
      set_flag (self, e.release.tensor, self->tensors[e.release.tensor].requires_grad, forward);
    break;
  case BS_EVENT_MODE:
    self->hash += (guint64) ((forward ? e.mode.after : e.mode.before) - self->mode) << 7;
    self->mode = forward ? e.mode.after : e.mode.before;
    break;
  case BS_EVENT_OUTPUT:
    self->output += forward ? e.output.length : -e.output.length;
    break;
  }
}

/* --- against the cursor --------------------------------------------------------------------------------------------------- */

static void
compare_tensor (Machine *self, BsCursor *cursor, guint32 tensor)
{
  const State *s = &self->tensors[tensor];
  BsTensorState c;

  bs_cursor_get_tensor (cursor, tensor, &c);
  self->report->n_compared++;
  if (c.exists != s->exists || (c.exists && (c.released != s->released || c.requires_grad != s->requires_grad ||
                                             c.version != s->version || !same (&c.value, &s->value))))
    problem (self, _("the cursor finds another state"), tensor);
  else if (c.exists && c.is_leaf && c.grad_state >= BS_GRAD_KNOWN && (!s->has_grad || !same (&c.grad, &s->grad)))
    problem (self, _("the cursor finds another gradient"), tensor);
  else if (c.exists && c.is_leaf && c.grad_state == BS_GRAD_IS_NONE && s->has_grad)
    problem (self, _("the cursor finds no gradient where there is one"), tensor);
  else if (c.exists && !c.is_leaf && !c.retains_grad && c.grad_state >= BS_GRAD_FLOWING &&
           (!s->has_flow || !same (&c.grad, &s->flow)))
    problem (self, _("the cursor finds another upstream gradient"), tensor);
}

static void
compare (Machine *self, BsCursor *cursor, guint32 step)
{
  guint32 n = self->recording->tensors.n - 1, stride = MAX (n / 500, 1);

  bs_cursor_seek (cursor, step);
  self->step = step;
  for (guint32 t = 1; t <= n; t += stride)
    compare_tensor (self, cursor, t);
  for (guint32 t = MIN (self->recording->n_events, 1); t <= MIN (n, 32); t++)
    compare_tensor (self, cursor, t);
  if (bs_cursor_get_output_length (cursor) != self->output || bs_cursor_get_grad_mode (cursor) != self->mode)
    problem (self, _("the cursor finds another output or mode"), 0);
}

gboolean
bs_recording_verify (BsRecording *recording, guint n_samples, BsVerification *out)
{
  Machine machine = { .recording = recording, .report = out };
  guint32 n = bs_recording_get_n_events (recording), every = MAX (n / MAX (n_samples, 1), 1);
  g_autofree guint64 *hashes = g_new (guint64, n + 1);
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);
  gint64 start, comparing = 0;

  *out = (BsVerification) { .n_events = n };
  machine.tensors = g_new0 (State, recording->tensors.n);
  machine.names = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  start = g_get_monotonic_time ();
  for (guint32 step = 0; step < n; step++) {
    hashes[step] = machine.hash + machine.output;
    if (n_samples > 0 && step % every == 0) {
      gint64 since = g_get_monotonic_time ();
      compare (&machine, cursor, step);
      comparing += g_get_monotonic_time () - since;
    }
    step_over (&machine, step, TRUE);
  }
  out->apply_ns = n ? (g_get_monotonic_time () - start - comparing) * 1000.0 / n : 0;
  start = g_get_monotonic_time ();
  for (guint32 step = n; step-- > 0;) {
    step_over (&machine, step, FALSE);
    if (machine.hash + machine.output != hashes[step])
      problem (&machine, _("going back leads to another state"), 0);
  }
  out->unapply_ns = n ? (g_get_monotonic_time () - start) * 1000.0 / n : 0;
  g_free (machine.tensors);
  g_hash_table_unref (machine.names);
  return out->n_problems == 0;
}
