/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "mistakes-private.h"

#define OFTEN 5        /* passes in which a unit must be dead or saturated */
#define NEVER G_MAXUINT32
#define LOOK_UP 4      /* operations between w and w - lr * w.grad */

static gpointer
entry (GHashTable *table, guint32 key, gsize size)
{
  gpointer value = g_hash_table_lookup (table, GUINT_TO_POINTER (key));

  if (value == NULL)
    {
      value = g_malloc0 (size);
      g_hash_table_insert (table, GUINT_TO_POINTER (key), value);
    }
  return value;
}

BsLeafRecord *
bs_mistakes_leaf (BsMistakes *self, guint32 tensor)
{
  return entry (self->leaves, tensor, sizeof (BsLeafRecord));
}

/* Each kind is told once, with how many more it concerns: the same loop makes the same mistake with each parameter. */
BsMistake *
bs_mistakes_tell (BsMistakes *self, BsMistakeKind kind, guint32 step, guint32 tensor)
{
  BsMistake mistake = { .kind = kind, .step = step, .tensor = tensor };

  if (self->told[kind])
    {
      g_array_index (self->found, BsMistake, self->told[kind] - 1).n_others++;
      return NULL;
    }
  g_array_append_val (self->found, mistake);
  self->told[kind] = self->found->len;
  return &g_array_index (self->found, BsMistake, self->found->len - 1);
}

/* --- values ---------------------------------------------------------------------------------------------------------- */

static gboolean
is_finite (const BsValue *value)
{
  if (value->how == BS_VALUE_THUMBNAIL)
    return value->n_nan == 0 && value->n_inf == 0;
  for (guint32 i = 0; value->how == BS_VALUE_WHOLE && i < value->n_stored; i++)
    if (!isfinite (bs_value_get (value, i)))
      return FALSE;
  return TRUE;
}

/* The element farthest from @from is no farther than that from it. */
static gboolean
is_within (const BsValue *value, double from, double distance)
{
  if (value->how == BS_VALUE_DROPPED || value->numel == 0 || !is_finite (value))
    return FALSE;
  if (value->how == BS_VALUE_THUMBNAIL)
    return fabs (value->min - from) <= distance && fabs (value->max - from) <= distance;
  for (guint32 i = 0; i < value->n_stored; i++)
    if (fabs (bs_value_get (value, i) - from) > distance)
      return FALSE;
  return TRUE;
}

static gboolean
is_saturated (const BsEvent *e)
{
  const BsValue *value = &e->tensor.value;
  gboolean tanh = g_str_equal (e->tensor.op, "tanh");

  if (value->how != BS_VALUE_WHOLE || value->numel == 0 || !is_finite (value))
    return FALSE;
  for (guint32 i = 0; i < value->n_stored; i++)
    {
      double y = bs_value_get (value, i), slope = tanh ? 1 - y * y : y * (1 - y);

      if (slope > 1e-4)
        return FALSE;
    }
  return TRUE;
}

/* --- rules of one event ------------------------------------------------------------------------------------------------ */

static void
on_accumulate (BsMistakes *self, const BsEvent *e)
{
  BsLeafRecord *leaf = bs_mistakes_leaf (self, e->accumulate.tensor);

  if (e->accumulate.had_grad && leaf->has_gradient && leaf->updated && !is_within (&e->accumulate.before, 0, 0))
    leaf->mixed = e->step + 1;
  leaf->has_gradient = leaf->got_any = TRUE;
  leaf->n_gradients++;
  leaf->last = e->step + 1;
  leaf->updated = FALSE;
  if (self->odd_tensor && !is_finite (&e->accumulate.after) && !self->told[BS_MISTAKE_NAN])
    bs_mistakes_tell (self, BS_MISTAKE_NAN, self->odd_step, self->odd_tensor);
}

static void
on_grad_set (BsMistakes *self, const BsEvent *e)
{
  BsLeafRecord *leaf = bs_mistakes_leaf (self, e->grad_set.tensor);

  if (leaf->has_gradient && !leaf->updated && (!e->grad_set.has_grad || is_within (&e->grad_set.after, 0, 0)))
    {
      leaf->n_unused++;
      leaf->cleared = e->step + 1;
    }
  leaf->has_gradient = leaf->updated = FALSE;
  leaf->mixed = 0;
}

static void
on_write (BsMistakes *self, const BsEvent *e)
{
  BsLeafRecord *leaf = g_hash_table_lookup (self->leaves, GUINT_TO_POINTER (e->write.tensor));

  if (leaf == NULL)
    return;
  /* How it was begun with is no update. */
  if (leaf->n_gradients > 0 && bs_value_equal (&e->write.before, &e->write.after))
    leaf->touched = TRUE;
  else if (leaf->n_gradients > 0)
    leaf->written = TRUE;
  if (!leaf->has_gradient)
    return;
  leaf->updated = TRUE;
  g_array_append_val (self->updates, e->step);
  /* Only now: the discriminator of a GAN is given gradients that are cleared before they are used. */
  if (leaf->mixed)
    bs_mistakes_tell (self, BS_MISTAKE_NOT_CLEARED, leaf->mixed, e->write.tensor);
  leaf->mixed = 0;
}

static gboolean
comes_from (BsMistakes *self, guint32 tensor, guint32 ancestor, guint depth)
{
  guint32 inputs[8];
  BsEvent e;
  guint n = 0;

  if (tensor == ancestor)
    return TRUE;
  if (depth == 0)
    return FALSE;
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, tensor), &e);
  for (guint i = 0; e.kind == BS_EVENT_TENSOR && i < e.tensor.n_inputs && n < G_N_ELEMENTS (inputs); i++)
    if (e.tensor.inputs[i].tensor)
      inputs[n++] = e.tensor.inputs[i].tensor;
  for (guint i = 0; i < n; i++)
    if (comes_from (self, inputs[i], ancestor, depth - 1))
      return TRUE;
  return FALSE;
}

/* "opt.param_groups[0]['params'][1]" */
static void
note_optimizer (BsMistakes *self, const char *name, guint32 tensor)
{
  const char *group = tensor ? strstr (name, ".param_groups[") : NULL;

  if (group == NULL || strstr (group, "['params'][") == NULL)
    return;
  self->has_optimizer = TRUE;
  bs_mistakes_leaf (self, tensor)->given = TRUE;
}

/* A name leaves a leaf that has a gradient for something computed from it by a difference. */
static void
on_name (BsMistakes *self, const BsEvent *e)
{
  guint32 before = e->name.before.kind == BS_PLAIN_TENSOR ? e->name.before.tensor : 0;
  guint32 after = e->name.after.kind == BS_PLAIN_TENSOR ? e->name.after.tensor : 0, step = e->step;
  BsLeafRecord *leaf = before ? g_hash_table_lookup (self->leaves, GUINT_TO_POINTER (before)) : NULL;
  BsEvent made;

  note_optimizer (self, e->name.name, after);
  if (leaf == NULL || !leaf->has_gradient || after == 0 || after == before)
    return;
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, before), &made);
  if (made.kind != BS_EVENT_TENSOR || !(made.tensor.flags & BS_TENSOR_LEAF))
    return; /* retain_grad() */
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, after), &made);
  if (made.kind != BS_EVENT_TENSOR || made.tensor.flags & BS_TENSOR_LEAF || !(made.tensor.flags & BS_TENSOR_REQUIRES_GRAD)
      || !(g_str_equal (made.tensor.op, "sub") || g_str_equal (made.tensor.op, "add")))
    return;
  if (comes_from (self, after, before, LOOK_UP))
    bs_mistakes_tell (self, BS_MISTAKE_REBOUND, step + 1, after);
}

/* (n) − (n, 1) is (n, n). */
static gboolean
is_accidental (const BsValue *a, const BsValue *b, const BsValue *result)
{
  if (b->n_dims < a->n_dims)
    return is_accidental (b, a, result);
  return a->n_dims == 1 && b->n_dims == 2 && a->shape[0] > 1 && b->shape[0] == a->shape[0] && b->shape[1] == 1
         && result->n_dims == 2 && result->shape[0] == a->shape[0] && result->shape[1] == a->shape[0];
}

static void
check_broadcast (BsMistakes *self, const BsEvent *e)
{
  guint32 storage[2] = { 0 }, tensor = e->tensor.id, step = e->step;
  BsValue values[2], result = e->tensor.value;

  if (e->tensor.n_inputs != 2 || !g_str_equal (e->tensor.op, "sub") || !(e->tensor.flags & BS_TENSOR_REQUIRES_GRAD))
    return;
  for (guint i = 0; i < 2; i++)
    {
      BsEvent made;
      guint32 input = e->tensor.inputs[i].tensor;

      if (input == 0)
        return;
      bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, input), &made);
      values[i] = made.tensor.value;
      storage[i] = made.tensor.storage;
    }
  /* Of one tensor with itself it is a table of all pairs, and meant. */
  if (storage[0] != storage[1] && is_accidental (&values[0], &values[1], &result))
    bs_mistakes_tell (self, BS_MISTAKE_BROADCAST, step + 1, tensor);
}

static gboolean
inputs_are_finite (BsMistakes *self, const BsEvent *e)
{
  for (guint i = 0; i < e->tensor.n_inputs; i++)
    {
      BsEvent made;

      if (e->tensor.inputs[i].tensor == 0)
        continue;
      bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, e->tensor.inputs[i].tensor), &made);
      if (!is_finite (&made.tensor.value))
        return FALSE;
    }
  return TRUE;
}

static void
check_unit (BsMistakes *self, const BsEvent *e)
{
  gboolean relu = g_str_equal (e->tensor.op, "relu"), bounded = g_str_equal (e->tensor.op, "sigmoid") || g_str_equal (e->tensor.op, "tanh");
  BsUnitRecord *unit;

  if ((!relu && !bounded) || e->place == 0 || !(e->tensor.flags & BS_TENSOR_REQUIRES_GRAD))
    return;
  unit = entry (self->units, e->place, sizeof (BsUnitRecord));
  if (relu ? !is_within (&e->tensor.value, 0, 0) : !is_saturated (e))
    {
      unit->n = 0;
      return;
    }
  unit->n++;
  unit->tensor = e->tensor.id;
  unit->step = e->step + 1;
  if (unit->n == OFTEN && !unit->told)
    {
      unit->told = TRUE;
      bs_mistakes_tell (self, relu ? BS_MISTAKE_DEAD_RELU : BS_MISTAKE_SATURATED, unit->step, unit->tensor);
    }
}

/* Scores are what these take; they make probabilities of them themselves. */
static void
check_softmax (BsMistakes *self, const BsEvent *e)
{
  static const struct { const char *loss, *before; } pairs[] = {
    { "log_softmax", "softmax" }, { "binary_cross_entropy_with_logits", "sigmoid" },
  };
  guint32 input = e->tensor.n_inputs > 0 ? e->tensor.inputs[0].tensor : 0;
  BsEvent made;

  if (input == 0 || !(e->tensor.flags & BS_TENSOR_REQUIRES_GRAD))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (g_str_equal (e->tensor.op, pairs[i].loss))
      {
        bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, input), &made);
        if (made.kind == BS_EVENT_TENSOR && g_str_equal (made.tensor.op, pairs[i].before))
          bs_mistakes_tell (self, BS_MISTAKE_TWO_SOFTMAX, e->step + 1, input);
      }
}

/* total = total + loss, again and again, each loss after its own backward(). */
static void
check_sum (BsMistakes *self, const BsEvent *e)
{
  guint32 a, b;
  BsSumRecord *sum;

  if (!g_str_equal (e->tensor.op, "add") || e->place == 0 || e->tensor.n_inputs < 2 || e->tensor.value.numel != 1
      || !(e->tensor.flags & BS_TENSOR_REQUIRES_GRAD))
    return;
  sum = entry (self->sums, e->place, sizeof (BsSumRecord));
  a = e->tensor.inputs[0].tensor;
  b = e->tensor.inputs[1].tensor;
  if (sum->n == NEVER)
    return;
  if (sum->n > 0 && a && b && (a == sum->result || b == sum->result) && g_hash_table_contains (self->roots, GUINT_TO_POINTER (sum->added)))
    sum->n++;
  else
    sum->n = 1;
  sum->added = a && a != sum->result ? a : b;
  sum->result = e->tensor.id;
  if (sum->n == OFTEN)
    bs_mistakes_tell (self, BS_MISTAKE_SUMS_GRAPHS, e->step + 1, e->tensor.id);
}

static void
note_parameter (BsMistakes *self, guint32 tensor, gboolean requires_grad)
{
  for (guint i = 0; i < self->parameters->len; i++)
    if (g_array_index (self->parameters, guint32, i) == tensor)
      {
        if (!requires_grad)
          g_array_remove_index (self->parameters, i);
        return;
      }
  if (!requires_grad)
    return;
  g_array_append_val (self->parameters, tensor);
  bs_mistakes_leaf (self, tensor); /* edges to it count from now on */
}

/* PyTorch says so itself. */
static void
on_output (BsMistakes *self, const BsEvent *e)
{
  if (!e->output.is_error_stream)
    return;
  if (g_strstr_len (e->output.text, e->output.length, "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed")
      && !self->told[BS_MISTAKE_REBOUND])
    bs_mistakes_tell (self, BS_MISTAKE_NOT_A_LEAF, e->step + 1, 0);
  if (g_strstr_len (e->output.text, e->output.length, "UserWarning: Using a target size"))
    bs_mistakes_tell (self, BS_MISTAKE_BROADCAST, e->step + 1, 0);
}

static void
on_tensor (BsMistakes *self, const BsEvent *event)
{
  BsEvent e = *event;
  BsOperand inputs[8];

  /* Looking at other events wears out the lists of this one. */
  e.tensor.n_inputs = MIN (e.tensor.n_inputs, G_N_ELEMENTS (inputs));
  if (e.tensor.n_inputs > 0)
    memcpy (inputs, e.tensor.inputs, e.tensor.n_inputs * sizeof *inputs);
  e.tensor.inputs = inputs;
  if (self->odd_tensor == 0 && e.tensor.n_inputs > 0 && e.tensor.flags & BS_TENSOR_REQUIRES_GRAD && !is_finite (&e.tensor.value)
      && inputs_are_finite (self, &e))
    {
      self->odd_tensor = e.tensor.id;
      self->odd_step = e.step + 1;
    }
  if (e.tensor.n_inputs == 0 && e.tensor.flags & BS_TENSOR_LEAF && e.tensor.flags & BS_TENSOR_REQUIRES_GRAD)
    note_parameter (self, e.tensor.id, TRUE);
  check_broadcast (self, &e);
  check_softmax (self, &e);
  check_sum (self, &e);
  check_unit (self, &e);
}

/* What gradients are taken of is no mere sum for the eye. */
static void
never_a_mere_sum (BsMistakes *self, guint32 root)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sums);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((BsSumRecord *) value)->result == root)
      ((BsSumRecord *) value)->n = NEVER;
}

static void
on_backward_begin (BsMistakes *self, guint32 root)
{
  BsEvent made;

  if (root)
    {
      g_hash_table_add (self->roots, GUINT_TO_POINTER (root));
      self->last_root = root;
      never_a_mere_sum (self, root);
    }
  if (root == 0 || self->odd_tensor == 0 || self->told[BS_MISTAKE_NAN])
    return;
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, root), &made);
  if (made.kind == BS_EVENT_TENSOR && !is_finite (&made.tensor.value))
    bs_mistakes_tell (self, BS_MISTAKE_NAN, self->odd_step, self->odd_tensor);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  guint32 x = ((const BsMistake *) a)->step, y = ((const BsMistake *) b)->step;

  return x < y ? -1 : x > y;
}

static void
finish (BsMistakes *self)
{
  bs_mistakes_check_whole (self);
  g_array_sort (self->found, compare);
  self->finished = TRUE;
}

/* --- public ------------------------------------------------------------------------------------------------------------ */

BsMistakes *
bs_mistakes_new (BsRecording *recording)
{
  BsMistakes *self = g_new0 (BsMistakes, 1);

  self->recording = g_object_ref (recording);
  self->found = g_array_new (FALSE, TRUE, sizeof (BsMistake));
  self->leaves = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->units = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->sums = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->roots = g_hash_table_new (NULL, NULL);
  self->parameters = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->updates = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
bs_mistakes_free (BsMistakes *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->found);
  g_array_unref (self->parameters);
  g_array_unref (self->updates);
  g_hash_table_unref (self->leaves);
  g_hash_table_unref (self->units);
  g_hash_table_unref (self->sums);
  g_hash_table_unref (self->roots);
  g_object_unref (self->recording);
  g_free (self);
}

static void
look_at (BsMistakes *self, guint32 index)
{
  BsEvent e;

  switch (bs_recording_get_kind (self->recording, index))
    {
    case BS_EVENT_TENSOR:
    case BS_EVENT_ACCUMULATE:
    case BS_EVENT_GRAD_SET:
    case BS_EVENT_WRITE:
    case BS_EVENT_NAME:
    case BS_EVENT_REQUIRES_GRAD:
    case BS_EVENT_OUTPUT:
    case BS_EVENT_EDGE:
    case BS_EVENT_BACKWARD_BEGIN: bs_recording_get_event (self->recording, index, &e); break;
    default: return;
    }
  switch (e.kind)
    {
    case BS_EVENT_TENSOR: on_tensor (self, &e); break;
    case BS_EVENT_ACCUMULATE: on_accumulate (self, &e); break;
    case BS_EVENT_GRAD_SET: on_grad_set (self, &e); break;
    case BS_EVENT_WRITE: on_write (self, &e); break;
    case BS_EVENT_NAME: on_name (self, &e); break;
    case BS_EVENT_REQUIRES_GRAD:
      note_parameter (self, e.requires_grad.tensor, e.requires_grad.after);
      break;
    case BS_EVENT_OUTPUT: on_output (self, &e); break;
    case BS_EVENT_EDGE:
      if (e.edge.to && g_hash_table_contains (self->leaves, GUINT_TO_POINTER (e.edge.to)))
        bs_mistakes_leaf (self, e.edge.to)->got_any = TRUE;
      break;
    default: on_backward_begin (self, e.backward_begin.root);
    }
}

gboolean
bs_mistakes_look (BsMistakes *self, guint32 n_events)
{
  guint32 n = bs_recording_get_n_events (self->recording);

  for (; n_events > 0 && self->at < n; n_events--)
    look_at (self, self->at++);
  if (self->at == n && bs_recording_is_finished (self->recording) && !self->finished)
    finish (self);
  return self->at < n;
}

const BsMistake *
bs_mistakes_get (BsMistakes *self, guint *n)
{
  *n = self->found->len;
  return (const BsMistake *) self->found->data;
}
