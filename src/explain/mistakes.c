/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "mistakes.h"
#include "explain.h"

#define OFTEN 5        /* passes in which a unit must be dead or saturated */
#define MANY_LOSSES 20 /* before a slope is called too slow */
#define LOOK_UP 4      /* operations between w and w - lr * w.grad */

/* What is remembered of a leaf, or of the place of an activation. */
typedef struct { guint8 has_gradient, updated, got_any; guint32 mixed; } Leaf; /* @mixed: step that added to an old gradient */
typedef struct { guint32 n, tensor, step; gboolean told; } Unit;

struct _BsMistakes {
  BsRecording *recording;
  GArray *found;        /* BsMistake */
  GHashTable *leaves;   /* tensor -> Leaf */
  GHashTable *units;    /* place -> Unit */
  GArray *parameters;   /* tensors that were told to need a gradient, as nn.Parameter does */
  GArray *updates;      /* steps at which something with a gradient was changed */
  guint32 at;           /* events looked at */
  guint32 odd_step, odd_tensor; /* where the first number that is none was made */
  int told[BS_N_MISTAKES]; /* index in @found + 1 */
  gboolean finished;
};

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

static Leaf *
leaf_of (BsMistakes *self, guint32 tensor)
{
  return entry (self->leaves, tensor, sizeof (Leaf));
}

/* Each kind is told once, with how many more it concerns: the same loop makes the same mistake with each parameter. */
static BsMistake *
tell (BsMistakes *self, BsMistakeKind kind, guint32 step, guint32 tensor)
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
  Leaf *leaf = leaf_of (self, e->accumulate.tensor);

  if (e->accumulate.had_grad && leaf->has_gradient && leaf->updated && !is_within (&e->accumulate.before, 0, 0))
    leaf->mixed = e->step + 1;
  leaf->has_gradient = leaf->got_any = TRUE;
  leaf->updated = FALSE;
  if (self->odd_tensor && !is_finite (&e->accumulate.after) && !self->told[BS_MISTAKE_NAN])
    tell (self, BS_MISTAKE_NAN, self->odd_step, self->odd_tensor);
}

static void
on_grad_set (BsMistakes *self, const BsEvent *e)
{
  Leaf *leaf = leaf_of (self, e->grad_set.tensor);

  leaf->has_gradient = leaf->updated = FALSE;
  leaf->mixed = 0;
}

static void
on_write (BsMistakes *self, const BsEvent *e)
{
  Leaf *leaf = g_hash_table_lookup (self->leaves, GUINT_TO_POINTER (e->write.tensor));

  if (leaf == NULL || !leaf->has_gradient)
    return;
  leaf->updated = TRUE;
  g_array_append_val (self->updates, e->step);
  /* Only now: the discriminator of a GAN is given gradients that are cleared before they are used. */
  if (leaf->mixed)
    tell (self, BS_MISTAKE_NOT_CLEARED, leaf->mixed, e->write.tensor);
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

/* A name leaves a leaf that has a gradient for something computed from it by a difference. */
static void
on_name (BsMistakes *self, const BsEvent *e)
{
  guint32 before = e->name.before.kind == BS_PLAIN_TENSOR ? e->name.before.tensor : 0;
  guint32 after = e->name.after.kind == BS_PLAIN_TENSOR ? e->name.after.tensor : 0, step = e->step;
  Leaf *leaf = before ? g_hash_table_lookup (self->leaves, GUINT_TO_POINTER (before)) : NULL;
  BsEvent made;

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
    tell (self, BS_MISTAKE_REBOUND, step + 1, after);
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
    tell (self, BS_MISTAKE_BROADCAST, step + 1, tensor);
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
  Unit *unit;

  if ((!relu && !bounded) || e->place == 0 || !(e->tensor.flags & BS_TENSOR_REQUIRES_GRAD))
    return;
  unit = entry (self->units, e->place, sizeof (Unit));
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
      tell (self, relu ? BS_MISTAKE_DEAD_RELU : BS_MISTAKE_SATURATED, unit->step, unit->tensor);
    }
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
  check_broadcast (self, &e);
  check_unit (self, &e);
}

static void
on_backward_begin (BsMistakes *self, guint32 root)
{
  BsEvent made;

  if (root == 0 || self->odd_tensor == 0 || self->told[BS_MISTAKE_NAN])
    return;
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, root), &made);
  if (made.kind == BS_EVENT_TENSOR && !is_finite (&made.tensor.value))
    tell (self, BS_MISTAKE_NAN, self->odd_step, self->odd_tensor);
}

/* --- rules of the whole run --------------------------------------------------------------------------------------------- */

static const BsCurve *
find_loss (BsRecording *recording)
{
  for (guint i = 0; i < bs_recording_get_n_curves (recording); i++)
    if (bs_recording_get_curve (recording, i)->is_loss)
      return bs_recording_get_curve (recording, i);
  return NULL;
}

static guint
count_updates (BsMistakes *self, guint32 from, guint32 to)
{
  guint n = 0;

  for (guint i = 0; i < self->updates->len; i++)
    n += g_array_index (self->updates, guint32, i) >= from && g_array_index (self->updates, guint32, i) < to;
  return n;
}

/* From where on the values only grow, and by much; @n: nowhere. */
static guint
find_growth (const BsCurve *loss)
{
  guint from = loss->n;

  while (from > 1 && (!isfinite (loss->values[from - 1]) || loss->values[from - 1] > loss->values[from - 2]
                      || !isfinite (loss->values[from - 2])))
    from--;
  if (loss->n - from < 3 || from == 0)
    return loss->n;
  if (isfinite (loss->values[loss->n - 1]) && !(loss->values[loss->n - 1] > 3 * fabs (loss->values[from - 1])))
    return loss->n;
  return from;
}

static void
check_loss (BsMistakes *self)
{
  const BsCurve *loss = find_loss (self->recording);
  BsMistake *mistake = NULL;
  guint growth = loss ? find_growth (loss) : 0, n = loss ? loss->n : 0;
  double first, last;

  if (n == 0)
    return;
  /* Several losses of which none follows from the one before are no training. */
  if (growth < n && count_updates (self, loss->steps[growth - 1], loss->steps[n - 1]) >= n - growth)
    {
      mistake = tell (self, BS_MISTAKE_DIVERGES, loss->steps[growth], loss->tensor);
      if (mistake)
        {
          mistake->before = loss->values[growth - 1];
          mistake->after = loss->values[n - 1];
        }
      return;
    }
  first = loss->values[0];
  last = loss->values[n - 1];
  if (n < MANY_LOSSES || count_updates (self, loss->steps[0], loss->steps[n - 1]) < n - 1 || !isfinite (first) || !isfinite (last) || !(last < first) || first - last > 0.01 * fabs (first))
    return;
  /* It falls as fast at the end as at the beginning: it is not because it has arrived. */
  for (guint i = 1; i < n; i++)
    if (!(loss->values[i] < loss->values[i - 1]))
      return;
  if (loss->values[n - 2] - last < 0.5 * (first - loss->values[1]))
    return;
  mistake = tell (self, BS_MISTAKE_TOO_SLOW, loss->steps[n - 1], loss->tensor);
  if (mistake)
    {
      mistake->before = first;
      mistake->after = last;
    }
}

/* "net" of "net.fc1.weight", as it is called at the end; NULL: it is no attribute of anything, or gone. */
static char *
root_of (BsCursor *end, guint32 tensor)
{
  const char *name = bs_cursor_get_tensor_name (end, tensor);
  gsize n = name ? strcspn (name, ".[") : 0;

  return name && name[n] != '\0' ? g_strndup (name, n) : NULL;
}

/* A module that is not trained at all is there for another reason; one of which a part is not has lost it. */
static void
check_parameters (BsMistakes *self)
{
  g_autoptr (BsCursor) end = bs_cursor_new (self->recording);
  g_autoptr (GHashTable) trained = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  bs_cursor_seek (end, bs_recording_get_n_events (self->recording));
  for (guint i = 0; i < self->parameters->len; i++)
    {
      guint32 tensor = g_array_index (self->parameters, guint32, i);
      char *root = leaf_of (self, tensor)->got_any ? root_of (end, tensor) : NULL;

      if (root)
        g_hash_table_add (trained, root);
    }
  for (guint i = 0; i < self->parameters->len; i++)
    {
      guint32 tensor = g_array_index (self->parameters, guint32, i);
      g_autofree char *root = leaf_of (self, tensor)->got_any ? NULL : root_of (end, tensor);

      if (root && g_hash_table_contains (trained, root))
        tell (self, BS_MISTAKE_NO_GRADIENT, bs_recording_get_tensor_step (self->recording, tensor) + 1, tensor);
    }
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
  check_loss (self);
  check_parameters (self);
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
      if (e.requires_grad.after)
        g_array_append_val (self->parameters, e.requires_grad.tensor);
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

/* --- words ------------------------------------------------------------------------------------------------------------- */

const char *
bs_mistake_title (const BsMistake *self)
{
  static const char *const titles[BS_N_MISTAKES] = {
    [BS_MISTAKE_NOT_CLEARED] = N_("Nobody cleared the gradient"),
    [BS_MISTAKE_REBOUND] = N_("The name has left the parameter"),
    [BS_MISTAKE_NO_GRADIENT] = N_("A parameter that nothing depends on"),
    [BS_MISTAKE_BROADCAST] = N_("Every one against every other"),
    [BS_MISTAKE_NAN] = N_("Here the first number was lost"),
    [BS_MISTAKE_DIVERGES] = N_("The loss grows: steps too large"),
    [BS_MISTAKE_TOO_SLOW] = N_("The loss hardly falls: steps too small"),
    [BS_MISTAKE_DEAD_RELU] = N_("A dead ReLU"),
    [BS_MISTAKE_SATURATED] = N_("A saturated unit"),
  };

  return _(titles[self->kind]);
}

char *
bs_mistake_explain (BsRecording *recording, const BsMistake *self)
{
  g_autofree char *name = self->tensor ? bs_explain_name (recording, self->tensor, self->step) : g_strdup ("");

  switch (self->kind)
    {
    case BS_MISTAKE_NOT_CLEARED:
      return g_strdup_printf (_("%s.grad still held the gradient of the update before, and the new one was added to it. Call "
                                "optimizer.zero_grad(), or %s.grad.zero_(), before each backward()."), name, name);
    case BS_MISTAKE_REBOUND:
      return g_strdup_printf (_("%s is now the result of a computation, not the leaf it was: backward() fills the .grad of leaves "
                                "only, so this one stays None. Change the parameter in place instead: with torch.no_grad(): "
                                "%s -= lr * %s.grad."), name, name, name);
    case BS_MISTAKE_NO_GRADIENT:
      return g_strdup_printf (_("No loss depended on %s, so its .grad stayed None and no update changed it. Was it used at all, or "
                                "was its path cut by detach(), .data, .item() or no_grad()?"), name);
    case BS_MISTAKE_BROADCAST:
      return g_strdup_printf (_("One side has the shape (n), the other (n, 1): broadcasting makes (n, n), each element against each "
                                "other one, and the loss becomes another. Give both the same shape, with squeeze(1) or unsqueeze(1)."));
    case BS_MISTAKE_NAN:
      return g_strdup_printf (_("All that went into %s was finite, what came out is not (NaN or infinite), and it reached the loss or "
                                "a gradient. A logarithm or root of zero, a division by zero, or an exponential too large does that: "
                                "keep its argument away from there, or use a form made for it, such as log_softmax or "
                                "binary_cross_entropy_with_logits."), name);
    case BS_MISTAKE_DIVERGES:
      return g_strdup_printf (_("From here on the loss only grew, from %.4g to %.4g: each step jumps over the valley to a place that "
                                "is steeper still. Try a learning rate ten times smaller."), self->before, self->after);
    case BS_MISTAKE_TOO_SLOW:
      return g_strdup_printf (_("All iterations together took the loss only from %.5g to %.5g, and the slope at the end is as at the "
                                "beginning: it has not arrived. Try a learning rate ten times larger."), self->before, self->after);
    case BS_MISTAKE_DEAD_RELU:
      return g_strdup_printf (_("All results of this ReLU were 0 several times in a row: its slope is 0 there, so no gradient passes, "
                                "and what feeds it is not changed any more. A smaller learning rate, another start, or LeakyReLU "
                                "keeps it alive."));
    default:
      return g_strdup_printf (_("All results lie where the curve is flat, several times in a row: the slope is nearly 0, so hardly any "
                                "gradient passes. Smaller weights at the start, or inputs of the size of 1, keep it where it is steep."));
    }
}
