/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "expression.h"
#include "replay.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ops.h"
#include "engine/signature.h"

#define MOST_OPERATIONS 20000
#define MAX_OUTPUTS 64

typedef struct {
  const BsOp *op;
  guint n_inputs, n_args;
  guint *inputs;      /* slots; G_MAXUINT: none */
  BsArg *args;
  guint output;       /* slot of the result */
  guint output_nr;
} Step;

struct _BsReplay {
  BsRecording *recording;
  BsCursor *cursor;       /* where the root has just been computed */
  GHashTable *slots;      /* tensor -> slot + 1 */
  GPtrArray *tensors;     /* by slot: constants; NULL for what is computed and for leaves */
  GArray *steps;          /* Step, in order */
  GArray *leaves;         /* guint32 tensors */
  GArray *leaf_slots;     /* guint */
  GPtrArray *leaf_values; /* BsTensor, as recorded */
  guint root, n_variables;
  const gint *stops[2];
  char *failure;
};

static void
step_clear (gpointer data)
{
  Step *step = data;

  for (guint i = 0; i < step->n_args; i++)
    if (step->args[i].kind == BS_ARG_INTS)
      g_free ((gpointer) step->args[i].ints);
  g_free (step->inputs);
  g_free (step->args);
}

static void
unref_tensor (gpointer tensor)
{
  if (tensor)
    bs_tensor_unref (tensor);
}

G_GNUC_PRINTF (2, 3) static guint
refuse (GError **error, const char *format, ...)
{
  va_list list;
  g_autofree char *text = NULL;

  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  if (error && *error == NULL)
    g_set_error_literal (error, BS_EXPRESSION_ERROR, BS_EXPRESSION_ERROR_VALUE, text);
  return G_MAXUINT;
}

/* --- arguments, back from their texts ------------------------------------------------------------------------------------------- */

static gboolean
read_ints (const char *text, BsArg *out)
{
  gint64 ints[64];
  guint n = 0;

  for (const char *p = text; *p != '\0' && n < G_N_ELEMENTS (ints);)
    if (g_ascii_isdigit (*p) || *p == '-')
      ints[n++] = g_ascii_strtoll (p, (char **) &p, 10);
    else
      p++;
  *out = BS_INTS (n, g_memdup2 (ints, n * sizeof *ints));
  return TRUE;
}

static gboolean
read_dtype (const char *text, BsArg *out)
{
  for (BsDtype dtype = 0; dtype < BS_N_DTYPES; dtype++)
    if (g_str_equal (bs_dtype_name (dtype), text) || g_str_has_suffix (text, bs_dtype_name (dtype)))
      return *out = BS_DTYPE (dtype), TRUE;
  return FALSE;
}

static gboolean
read_argument (BsReplay *self, const BsParameter *parameter, const char *text, BsArg *out)
{
  gsize length = strlen (text);
  char *end;

  *out = BS_NONE;
  if (g_str_equal (text, "None"))
    return TRUE;
  if (g_str_equal (text, "True") || g_str_equal (text, "False"))
    return *out = BS_BOOLEAN (*text == 'T'), TRUE;
  if (*text == '(' || *text == '[')
    return read_ints (text, out);
  if (parameter->kind == BS_KIND_DTYPE)
    return read_dtype (text, out);
  if (parameter->kind == BS_KIND_STRING || *text == '\'')
    {
      g_autofree char *inner = length >= 2 && *text == '\'' ? g_strndup (text + 1, length - 2) : g_strdup (text);

      return *out = BS_STRING (g_intern_string (inner)), TRUE;
    }
  if (strpbrk (text, ".enai") == NULL)
    *out = BS_INT (g_ascii_strtoll (text, &end, 10));
  else
    *out = BS_REAL (g_ascii_strtod (text, &end));
  return *end == '\0';
}

static gboolean
read_arguments (BsReplay *self, const BsEvent *e, Step *step)
{
  BsSignature signature;

  if (!bs_signature_parse (step->op->signature, &signature))
    return e->tensor.n_attributes == 0;
  step->args = g_new (BsArg, signature.n_args + 1);
  step->n_args = signature.n_args;
  for (guint i = 0; i < step->n_args; i++)
    step->args[i] = BS_NONE;
  for (guint k = 0; k < signature.n_parameters; k++)
    {
      const BsParameter *parameter = &signature.parameters[k];

      for (guint i = 0; !parameter->is_input && i < e->tensor.n_attributes; i++)
        if (g_strcmp0 (e->tensor.attributes[i].name, parameter->name) == 0
            && !read_argument (self, parameter, e->tensor.attributes[i].text, &step->args[parameter->position]))
          return FALSE;
    }
  return TRUE;
}

/* --- the computation --------------------------------------------------------------------------------------------------------------- */

static guint
new_slot (BsReplay *self, BsTensor *tensor)
{
  g_ptr_array_add (self->tensors, tensor);
  return self->tensors->len - 1;
}

static BsTensor *
recorded (BsReplay *self, guint32 tensor)
{
  BsValue value;

  if (!bs_cursor_get_whole (self->cursor, tensor, FALSE, &value))
    return NULL;
  return bs_tensor_new_from (value.dtype, value.n_dims, value.shape, value.data, NULL);
}

static guint
add_operand (BsReplay *self, const BsOperand *operand, GError **error)
{
  if (operand->tensor != 0)
    return GPOINTER_TO_UINT (g_hash_table_lookup (self->slots, GUINT_TO_POINTER (operand->tensor))) - 1;
  if (!operand->is_number)
    return new_slot (self, NULL);
  return new_slot (self, operand->is_integer ? bs_tensor_new_integer (operand->number) : bs_tensor_new_number (operand->number, BS_FLOAT64));
}

/* Nothing else lies on the memory that the operation changed, so that its result is all of what it did. */
static gboolean
changes_only_itself (BsReplay *self, const BsEvent *e)
{
  BsEvent former, other;

  if (e->tensor.n_inputs == 0 || e->tensor.inputs[0].tensor != e->tensor.alias || e->tensor.alias == 0)
    return FALSE;
  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, e->tensor.alias), &former);
  if (former.tensor.flags & BS_TENSOR_VIEW)
    return FALSE;
  for (guint32 i = e->tensor.alias + 1; i < e->tensor.id; i++)
    {
      bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, i), &other);
      if (other.tensor.storage == former.tensor.storage || e->tensor.id - e->tensor.alias > MOST_OPERATIONS)
        return FALSE;
    }
  return TRUE;
}

static const char *
why_not (BsReplay *self, const BsEvent *e, const BsOp *op)
{
  if (e->tensor.flags & BS_TENSOR_INPLACE && !changes_only_itself (self, e))
    return N_("“%s” changed its tensor in place");
  if (op == NULL)
    return N_("“%s” is a function of the script");
  if (op->flags & BS_IS_RANDOM)
    return N_("“%s” is random");
  return NULL;
}

static guint
add_operation (BsReplay *self, const BsEvent *event, GError **error)
{
  BsEvent e = *event;
  g_autofree BsOperand *inputs = g_memdup2 (e.tensor.inputs, e.tensor.n_inputs * sizeof *inputs);
  Step step = { .op = bs_op_find (e.tensor.op), .n_inputs = e.tensor.n_inputs, .output_nr = e.tensor.output_nr };
  const char *problem = why_not (self, &e, step.op);

  if (problem != NULL)
    return refuse (error, _(problem), e.tensor.op);
  if (self->steps->len >= MOST_OPERATIONS)
    return refuse (error, _("it has too many operations"));
  if (!read_arguments (self, &e, &step))
    {
      step_clear (&step);
      return refuse (error, _("the arguments of “%s” are not known"), e.tensor.op);
    }
  step.inputs = g_new0 (guint, step.n_inputs + 1);
  for (guint i = 0; i < step.n_inputs; i++)
    {
      step.inputs[i] = add_operand (self, &inputs[i], error);
      if (step.inputs[i] == G_MAXUINT)
        {
          step_clear (&step);
          return G_MAXUINT;
        }
    }
  step.output = new_slot (self, NULL);
  g_array_append_val (self->steps, step);
  return step.output;
}

static guint
add_leaf (BsReplay *self, guint32 tensor, BsTensor *value)
{
  guint slot = new_slot (self, NULL);

  g_array_append_val (self->leaves, tensor);
  g_array_append_val (self->leaf_slots, slot);
  g_ptr_array_add (self->leaf_values, value);
  self->n_variables += bs_tensor_get_numel (value);
  return slot;
}

/* Its operands are there already. */
static gboolean
add_tensor (BsReplay *self, guint32 tensor, GError **error)
{
  BsTensorState state;
  BsTensor *value;
  BsEvent e;
  guint slot;

  bs_recording_get_event (self->recording, bs_recording_get_tensor_step (self->recording, tensor), &e);
  bs_cursor_get_tensor (self->cursor, tensor, &state);
  if (state.requires_grad && !state.is_leaf)
    slot = add_operation (self, &e, error);
  else if ((value = recorded (self, tensor)) == NULL)
    slot = refuse (error, _("not all of its numbers were recorded"));
  else
    slot = state.requires_grad ? add_leaf (self, tensor, value) : new_slot (self, value);
  if (slot != G_MAXUINT)
    g_hash_table_insert (self->slots, GUINT_TO_POINTER (tensor), GUINT_TO_POINTER (slot + 1));
  return slot != G_MAXUINT;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

/* What @root was made of: all that requires a gradient, down to its leaves, and what else went into it. In the order in which
 * they came to be, which is one to compute them in; a graph may be deep, so nothing here calls itself. NULL: too many. */
static GArray *
find_ancestors (BsRecording *recording, BsCursor *cursor, guint32 root)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint n_operations = 0;

  g_array_append_val (found, root);
  g_hash_table_add (seen, GUINT_TO_POINTER (root));
  for (guint at = 0; at < found->len; at++)
    {
      guint32 tensor = g_array_index (found, guint32, at);
      BsTensorState state;
      BsEvent e;

      bs_cursor_get_tensor (cursor, tensor, &state);
      if (!state.requires_grad || state.is_leaf)
        continue;
      if (++n_operations > MOST_OPERATIONS)
        return NULL;
      bs_recording_get_event (recording, bs_recording_get_tensor_step (recording, tensor), &e);
      for (guint i = 0; i < e.tensor.n_inputs; i++)
        if (e.tensor.inputs[i].tensor != 0 && g_hash_table_add (seen, GUINT_TO_POINTER (e.tensor.inputs[i].tensor)))
          g_array_append_val (found, e.tensor.inputs[i].tensor);
    }
  g_array_sort (found, compare_ids);
  return g_steal_pointer (&found);
}

GArray *
bs_replay_find_leaves (BsRecording *recording, guint32 root)
{
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);
  GArray *all;
  guint n = 0;

  bs_cursor_seek (cursor, bs_recording_get_tensor_step (recording, root) + 1);
  all = find_ancestors (recording, cursor, root);
  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      guint32 tensor = g_array_index (all, guint32, i);
      BsTensorState state;

      bs_cursor_get_tensor (cursor, tensor, &state);
      if (state.requires_grad && state.is_leaf)
        g_array_index (all, guint32, n++) = tensor;
    }
  if (all != NULL)
    g_array_set_size (all, n);
  return all;
}

static gboolean
build (BsReplay *self, guint32 root, GError **error)
{
  g_autoptr (GArray) all = find_ancestors (self->recording, self->cursor, root);

  if (all == NULL)
    return refuse (error, _("it has too many operations")) == 0;
  for (guint i = 0; i < all->len; i++)
    if (!add_tensor (self, g_array_index (all, guint32, i), error))
      return FALSE;
  self->root = GPOINTER_TO_UINT (g_hash_table_lookup (self->slots, GUINT_TO_POINTER (root))) - 1;
  return TRUE;
}

BsReplay *
bs_replay_new (BsRecording *recording, guint32 root, GError **error)
{
  g_autoptr (BsReplay) self = g_new0 (BsReplay, 1);
  BsTensorState state;

  self->recording = g_object_ref (recording);
  self->cursor = bs_cursor_new (recording);
  self->slots = g_hash_table_new (NULL, NULL);
  self->tensors = g_ptr_array_new_with_free_func (unref_tensor);
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (self->steps, step_clear);
  self->leaves = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->leaf_slots = g_array_new (FALSE, FALSE, sizeof (guint));
  self->leaf_values = g_ptr_array_new_with_free_func (unref_tensor);
  bs_cursor_seek (self->cursor, bs_recording_get_tensor_step (recording, root) + 1);
  bs_cursor_get_tensor (self->cursor, root, &state);
  if (!state.exists || state.value.numel != 1)
    {
      refuse (error, _("it is no single number"));
      return NULL;
    }
  if (!build (self, root, error))
    return NULL;
  if (self->n_variables == 0)
    {
      refuse (error, _("it depends on no parameter"));
      return NULL;
    }
  g_clear_object (&self->cursor);
  g_clear_object (&self->recording);
  return g_steal_pointer (&self);
}

void
bs_replay_free (BsReplay *self)
{
  g_clear_object (&self->recording);
  g_clear_object (&self->cursor);
  g_hash_table_unref (self->slots);
  g_ptr_array_unref (self->tensors);
  g_array_unref (self->steps);
  g_array_unref (self->leaves);
  g_array_unref (self->leaf_slots);
  g_ptr_array_unref (self->leaf_values);
  g_free (self->failure);
  g_free (self);
}

/* --- asking --------------------------------------------------------------------------------------------------------------------------- */

guint
bs_replay_get_n_leaves (BsReplay *self)
{
  return self->leaves->len;
}

guint32
bs_replay_get_leaf (BsReplay *self, guint i)
{
  return g_array_index (self->leaves, guint32, i);
}

guint
bs_replay_get_n_variables (BsReplay *self)
{
  return self->n_variables;
}

guint
bs_replay_get_n_operations (BsReplay *self)
{
  return self->steps->len;
}

guint
bs_replay_find_variable (BsReplay *self, guint variable, guint *element)
{
  guint leaf = 0;

  while (variable >= bs_tensor_get_numel (self->leaf_values->pdata[leaf]))
    variable -= bs_tensor_get_numel (self->leaf_values->pdata[leaf++]);
  *element = variable;
  return leaf;
}

void
bs_replay_get_recorded (BsReplay *self, double *values)
{
  for (guint k = 0; k < self->leaf_values->len; k++)
    for (gint64 i = 0; i < bs_tensor_get_numel (self->leaf_values->pdata[k]); i++)
      *values++ = bs_tensor_get_double (self->leaf_values->pdata[k], i);
}

/* --- running ---------------------------------------------------------------------------------------------------------------------------- */

static BsTensor *
new_leaf (BsTensor *like, const double *values, gboolean wants_grad)
{
  gint64 n = bs_tensor_get_numel (like);
  BsDtype dtype = bs_tensor_get_dtype (like);
  BsTensor *tensor = bs_tensor_new (dtype, bs_tensor_get_n_dims (like), bs_tensor_get_shape (like), NULL);
  void *data = tensor ? bs_tensor_get_data (tensor) : NULL;

  if (tensor == NULL)
    return NULL;
  for (gint64 i = 0; i < n; i++)
    if (dtype == BS_FLOAT64)
      ((double *) data)[i] = values[i];
    else if (dtype == BS_FLOAT32)
      ((float *) data)[i] = values[i];
  if (wants_grad)
    bs_tensor_set_requires_grad (tensor, TRUE, NULL);
  return tensor;
}

static BsTensor *
apply (const Step *step, BsTensor **inputs, GError **error)
{
  BsTensor *outputs[MAX_OUTPUTS] = { NULL }, *result = NULL;
  guint n = 0;

  if (!(step->op->flags & BS_IS_MULTI))
    return bs_apply (step->op, step->n_inputs, inputs, step->n_args, step->args, error);
  if (!bs_apply_multi (step->op, step->n_inputs, inputs, step->n_args, step->args, MAX_OUTPUTS, outputs, &n, error))
    return NULL;
  for (guint i = 0; i < n; i++)
    if (i == step->output_nr)
      result = outputs[i];
    else
      bs_tensor_unref (outputs[i]);
  return result;
}

static gboolean
is_stopped (BsReplay *self)
{
  return (self->stops[0] != NULL && g_atomic_int_get (self->stops[0])) || (self->stops[1] != NULL && g_atomic_int_get (self->stops[1]));
}

static void
fail (BsReplay *self, const Step *step, const GError *error)
{
  g_free (self->failure);
  self->failure = g_strdup_printf ("“%s”: %s", step->op->name, error ? error->message : "?");
}

static gboolean
compute (BsReplay *self, BsTensor **slots)
{
  BsTensor *inputs[MAX_OUTPUTS * 4];

  for (guint i = 0; i < self->steps->len && !is_stopped (self); i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);
      g_autoptr (GError) error = NULL;

      for (guint k = 0; k < step->n_inputs && k < G_N_ELEMENTS (inputs); k++)
        inputs[k] = slots[step->inputs[k]];
      if (step->n_inputs <= G_N_ELEMENTS (inputs))
        slots[step->output] = apply (step, inputs, &error);
      if (slots[step->output] == NULL)
        {
          fail (self, step, error);
          return FALSE;
        }
    }
  return slots[self->root] != NULL;
}

static void
take_gradient (BsReplay *self, BsTensor **slots, double *gradient)
{
  guint n = self->leaves->len;
  g_autofree BsTensor **leaves = g_new0 (BsTensor *, n), **grads = g_new0 (BsTensor *, n);
  gboolean ok;

  for (guint i = 0; i < n; i++)
    leaves[i] = slots[g_array_index (self->leaf_slots, guint, i)];
  ok = bs_grad (1, &slots[self->root], NULL, n, leaves, BS_BACKWARD_ALLOW_UNUSED, grads, NULL);
  for (guint i = 0; i < n; i++)
    {
      gint64 numel = bs_tensor_get_numel (leaves[i]);

      for (gint64 k = 0; k < numel; k++)
        *gradient++ = !ok ? NAN : grads[i] ? bs_tensor_get_double (grads[i], k) : 0;
      if (grads[i])
        bs_tensor_unref (grads[i]);
    }
}

double
bs_replay_run (BsReplay *self, const double *values, double *gradient)
{
  guint n = self->tensors->len;
  g_autofree BsTensor **slots = g_new0 (BsTensor *, n);
  BsGradMode mode = bs_get_grad_mode ();
  double result = NAN;

  g_clear_pointer (&self->failure, g_free);
  bs_set_grad_mode (gradient ? BS_GRAD_NORMAL : BS_GRAD_OFF);
  for (guint i = 0; i < n; i++)
    slots[i] = self->tensors->pdata[i] ? bs_tensor_ref (self->tensors->pdata[i]) : NULL;
  for (guint i = 0; i < self->leaves->len; i++)
    {
      BsTensor *like = self->leaf_values->pdata[i];

      slots[g_array_index (self->leaf_slots, guint, i)] = new_leaf (like, values, gradient != NULL);
      values += bs_tensor_get_numel (like);
    }
  if (compute (self, slots))
    {
      result = bs_tensor_get_double (slots[self->root], 0);
      if (gradient)
        take_gradient (self, slots, gradient);
    }
  else
    for (guint i = 0; gradient && i < self->n_variables; i++)
      gradient[i] = NAN;
  for (guint i = 0; i < n; i++)
    unref_tensor (slots[i]);
  bs_set_grad_mode (mode);
  return result;
}

void
bs_replay_set_stops (BsReplay *self, const gint *a, const gint *b)
{
  self->stops[0] = a;
  self->stops[1] = b;
}

const char *
bs_replay_get_failure (BsReplay *self)
{
  return self->failure;
}
