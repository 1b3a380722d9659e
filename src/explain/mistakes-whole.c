/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <math.h>
#include <string.h>

#include "mistakes-private.h"

#define MANY_LOSSES 20 /* before a slope is called too slow */
#define OFTEN 3        /* gradients of a parameter before it is wondered at that nothing changes it */
#define TENSORS_MAX 20000 /* looked through for a cut */

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
      mistake = bs_mistakes_tell (self, BS_MISTAKE_DIVERGES, loss->steps[growth], loss->tensor);
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
  mistake = bs_mistakes_tell (self, BS_MISTAKE_TOO_SLOW, loss->steps[n - 1], loss->tensor);
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

/* Roots of the names of those for which @is holds; "" for plain variables. */
static GHashTable *
roots_of (BsMistakes *self, BsCursor *end, gboolean (*is) (const BsLeafRecord *leaf))
{
  GHashTable *roots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer tensor, leaf;

  g_hash_table_iter_init (&iter, self->leaves);
  while (g_hash_table_iter_next (&iter, &tensor, &leaf))
    if (is (leaf))
      {
        char *root = root_of (end, GPOINTER_TO_UINT (tensor));

        g_hash_table_add (roots, root ? root : g_strdup (""));
      }
  return roots;
}

static gboolean is_trained (const BsLeafRecord *leaf) { return leaf->got_any; }
static gboolean is_given (const BsLeafRecord *leaf) { return leaf->given && leaf->written; }

/* --- a way that was cut ------------------------------------------------------------------------------------------------- */

typedef struct { guint32 tensor, cut; } Place;

static gboolean
is_known_leaf (BsMistakes *self, guint32 tensor)
{
  const BsLeafRecord *leaf = g_hash_table_lookup (self->leaves, GUINT_TO_POINTER (tensor));

  return leaf != NULL && leaf->got_any;
}

/* Down from @root, through what gradients do not pass; those of @wanted that are found behind a cut get it as their value. */
static void
find_cuts (BsMistakes *self, guint32 root, GHashTable *wanted)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  Place at = { root, 0 };
  guint32 inputs[16];

  g_array_append_val (stack, at);
  while (stack->len > 0 && g_hash_table_size (seen) < TENSORS_MAX)
    {
      BsEvent e;
      guint n = 0;

      at = g_array_index (stack, Place, stack->len - 1);
      g_array_set_size (stack, stack->len - 1);
      if (!g_hash_table_add (seen, GUINT_TO_POINTER (at.tensor)))
        continue;
      if (at.cut && g_hash_table_contains (wanted, GUINT_TO_POINTER (at.tensor)))
        g_hash_table_insert (wanted, GUINT_TO_POINTER (at.tensor), GUINT_TO_POINTER (at.cut));
      bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, at.tensor), &e);
      if (e.kind != BS_EVENT_TENSOR)
        continue;
      /* Where a leaf got its first value from is no way to the loss. */
      if (is_known_leaf (self, at.tensor))
        continue;
      if (e.tensor.flags & (BS_TENSOR_DETACHED | BS_TENSOR_NO_GRAD_MODE))
        at.cut = e.tensor.id;
      for (guint i = 0; i < e.tensor.n_inputs && n < G_N_ELEMENTS (inputs); i++)
        if (e.tensor.inputs[i].tensor)
          inputs[n++] = e.tensor.inputs[i].tensor;
      if (n == 0 && e.tensor.alias)
        inputs[n++] = e.tensor.alias;
      for (guint i = 0; i < n; i++)
        {
          at.tensor = inputs[i];
          g_array_append_val (stack, at);
        }
    }
}

/* w.grad was None, and the update by hand did not go. */
static gboolean
failed_for_none (BsMistakes *self)
{
  guint32 n = bs_recording_get_n_events (self->recording);
  BsEvent e;

  for (guint32 k = 0; k < MIN (n, 64); k++)
    if (bs_recording_get_kind (self->recording, n - 1 - k) == BS_EVENT_ERROR)
      {
        bs_recording_get_event (self->recording, n - 1 - k, &e);
        return e.error.message && strstr (e.error.message, "NoneType");
      }
  return FALSE;
}

/* A module that is not trained at all is there for another reason; one of which a part is not has lost it. A plain variable must
 * have been meant to learn: an optimizer has it, or its missing gradient ended the run. */
static void
check_parameters (BsMistakes *self, BsCursor *end)
{
  g_autoptr (GHashTable) trained = roots_of (self, end, is_trained), wanted = g_hash_table_new (NULL, NULL);
  gboolean failed = failed_for_none (self);

  for (guint i = 0; i < self->parameters->len; i++)
    {
      guint32 tensor = g_array_index (self->parameters, guint32, i);
      g_autofree char *root = root_of (end, tensor);

      if (!bs_mistakes_leaf (self, tensor)->got_any
          && (root ? g_hash_table_contains (trained, root) : failed || bs_mistakes_leaf (self, tensor)->given))
        g_hash_table_insert (wanted, GUINT_TO_POINTER (tensor), NULL);
    }
  if (self->last_root && g_hash_table_size (wanted) > 0)
    find_cuts (self, self->last_root, wanted);
  for (guint i = 0; i < self->parameters->len; i++)
    {
      guint32 tensor = g_array_index (self->parameters, guint32, i), cut = GPOINTER_TO_UINT (g_hash_table_lookup (wanted, GUINT_TO_POINTER (tensor)));
      g_autofree char *root = root_of (end, tensor);

      if (!g_hash_table_contains (wanted, GUINT_TO_POINTER (tensor)))
        continue;
      if (cut)
        bs_mistakes_tell (self, BS_MISTAKE_CUT, bs_recording_get_tensor_step (self->recording, cut) + 1, tensor);
      else if (root)
        bs_mistakes_tell (self, BS_MISTAKE_NO_GRADIENT, bs_recording_get_tensor_step (self->recording, tensor) + 1, tensor);
    }
}

/* --- gradients that nobody uses ------------------------------------------------------------------------------------------ */

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  return GPOINTER_TO_UINT (a) < GPOINTER_TO_UINT (b) ? -1 : 1;
}

static gboolean
is_left_out (BsMistakes *self, BsCursor *end, guint32 tensor, const BsLeafRecord *leaf, GHashTable *given)
{
  g_autofree char *root = root_of (end, tensor);
  BsEvent made;

  if (leaf->given || leaf->written || leaf->touched || leaf->n_gradients < OFTEN || self->updates->len < OFTEN)
    return FALSE;
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, tensor), &made);
  if (made.kind != BS_EVENT_TENSOR || !(made.tensor.flags & BS_TENSOR_LEAF) || !g_hash_table_contains (given, root ? root : ""))
    return FALSE;
  /* A large one may be data whose gradient is the aim; a number beside other parameters is one of them. */
  return root != NULL || (made.tensor.value.numel == 1 && leaf->n_unused == 0);
}

static void
check_use (BsMistakes *self, BsCursor *end)
{
  g_autoptr (GList) tensors = g_list_sort (g_hash_table_get_keys (self->leaves), compare_ids);
  g_autoptr (GHashTable) given = roots_of (self, end, is_given);

  if (!self->has_optimizer)
    return;
  for (GList *l = tensors; l; l = l->next)
    {
      guint32 tensor = GPOINTER_TO_UINT (l->data);
      BsLeafRecord *leaf = bs_mistakes_leaf (self, tensor);

      if (leaf->given && !leaf->written && leaf->n_unused >= OFTEN && self->updates->len == 0)
        bs_mistakes_tell (self, leaf->touched ? BS_MISTAKE_CLEARED_EARLY : BS_MISTAKE_NOT_STEPPED, leaf->touched ? leaf->cleared : leaf->last, tensor);
      else if (is_left_out (self, end, tensor, leaf, given))
        bs_mistakes_tell (self, BS_MISTAKE_LEFT_OUT, leaf->last, tensor);
    }
}

void
bs_mistakes_check_whole (BsMistakes *self)
{
  g_autoptr (BsCursor) end = bs_cursor_new (self->recording);

  bs_cursor_seek (end, bs_recording_get_n_events (self->recording));
  check_loss (self);
  check_parameters (self, end);
  check_use (self, end);
}
