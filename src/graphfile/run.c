/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "private.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  BsGraphFile *file;
  const BsGraphWatcher *watcher;
  gpointer user;
} Run;

/* The line, and where in it; nowhere in particular with @at NULL. */
static void
tell_line (Run *self, const BsGraphPlace *line, const BsGraphPlace *at)
{
  const BsGraphPlace whole = { .line = line->line, .end_line = line->end_line };

  if (self->watcher->line)
    self->watcher->line (self->user, line);
  if (self->watcher->place)
    self->watcher->place (self->user, at ? at : &whole);
}

static void
tell_tensor (Run *self, const BsGraphNode *node)
{
  if (self->watcher->tensor)
    self->watcher->tensor (self->user, node->name, node->tensor);
}

static void
tell_number (Run *self, const char *name, double value, gboolean is_integer)
{
  if (self->watcher->number)
    self->watcher->number (self->user, name, value, is_integer);
}

static void
append_shape (GString *text, const BsGraphNode *node)
{
  guint n = node->tensor ? bs_tensor_get_n_dims (node->tensor) : 0;

  if (n == 0)
    {
      g_string_append_printf (text, _("%s is one number"), node->name);
      return;
    }
  g_string_append_printf (text, _("%s has the size "), node->name);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, i == 0 ? "%" G_GINT64_FORMAT : "×%" G_GINT64_FORMAT, bs_tensor_get_shape (node->tensor)[i]);
}

/* The engine's words, and the sizes that met. */
static BsGraphProblem *
failed (Run *self, const BsGraphNode *node, const BsGraphPlace *place, const GError *error)
{
  BsGraphProblem *problem = g_new0 (BsGraphProblem, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = 0;

  g_string_append_printf (text, "“%s”: %s", node->name, error ? error->message : _("It cannot be computed."));
  for (guint i = 0; place == &node->place && i < node->n_inputs && n < 4; i++)
    if (node->inputs[i] != BS_NO_NODE)
      {
        g_string_append (text, n++ == 0 ? " (" : ", ");
        append_shape (text, bs_graph_file_node (self->file, node->inputs[i]));
      }
  if (n > 0)
    g_string_append_c (text, ')');
  problem->message = g_string_free (g_steal_pointer (&text), FALSE);
  problem->place = *place;
  return problem;
}

/* --- forward ---------------------------------------------------------------------------------------------------------------------- */

static BsTensor *
copy_of (BsTensor *tensor, GError **error)
{
  return bs_tensor_new_from (bs_tensor_get_dtype (tensor), bs_tensor_get_n_dims (tensor), bs_tensor_get_shape (tensor),
                             bs_tensor_get_data (tensor), error);
}

static gboolean
make_leaf (BsGraphNode *node, GError **error)
{
  BsTensor *tensor = copy_of (node->value, error);

  if (tensor != NULL && node->draw != NULL &&
      !(node->draw[4] == 'n' ? bs_normal_inplace (tensor, 0, 1, NULL, error) : bs_uniform_inplace (tensor, 0, 1, NULL, error)))
    g_clear_pointer (&tensor, bs_tensor_unref);
  if (tensor == NULL || (node->requires_grad && !bs_tensor_set_requires_grad (tensor, TRUE, error)))
    return FALSE;
  node->tensor = tensor;
  bs_tensor_announce (tensor, node->draw ? node->draw : "tensor");
  if (node->grad != NULL)
    {
      BsTensor *grad = copy_of (node->grad, error);
      gboolean ok = grad != NULL && bs_tensor_set_grad (tensor, grad, error);

      g_clear_pointer (&grad, bs_tensor_unref);
      return ok;
    }
  return TRUE;
}

/* What flows back is what flowed when it was recorded. */
static gboolean
recorded_backward (gpointer data, guint n_outputs, BsTensor *const *upstream, guint n_inputs, BsTensor **grads, GError **error)
{
  BsGraphNode *node = data;

  for (guint i = 0; i < n_inputs; i++)
    if (node->contributions[i] != NULL && (grads[i] = copy_of (node->contributions[i], error)) == NULL)
      return FALSE;
  return TRUE;
}

static BsTensor *
make_recorded (BsGraphNode *node, BsTensor **inputs, GError **error)
{
  const char *function = bs_graph_node_get (node, "function");
  BsTensor *tensor = copy_of (node->value, error);
  gboolean tracks = FALSE;

  if (tensor == NULL)
    return NULL;
  for (guint i = 0; i < node->n_inputs; i++)
    tracks |= bs_tensor_get_requires_grad (inputs[i]);
  if (tracks && bs_get_grad_mode () == BS_GRAD_NORMAL && bs_dtype_is_floating (bs_tensor_get_dtype (tensor)))
    {
      bs_custom_function (function ? function : "recorded", node->n_inputs, inputs, 1, &tensor, TRUE, recorded_backward, node, NULL, error);
      if (error != NULL && *error != NULL)
        g_clear_pointer (&tensor, bs_tensor_unref);
    }
  else
    bs_tensor_announce (tensor, "recorded");
  return tensor;
}

static void
drop_others (BsGraphNode *node)
{
  for (guint i = 0; node->others != NULL && i < node->n_outputs; i++)
    g_clear_pointer (&node->others[i], bs_tensor_unref);
}

static BsTensor *
apply_multi (BsGraphNode *node, BsTensor **inputs, GError **error)
{
  guint room = 10000, n = 0;
  g_autofree BsTensor **outputs = g_new0 (BsTensor *, room);
  BsTensor *first;

  if (!bs_apply_multi (node->op, node->n_inputs, inputs, node->n_args, node->args, room, outputs, &n, error))
    return NULL;
  drop_others (node);
  if (node->others == NULL)
    node->others = g_new0 (BsTensor *, node->n_outputs + 1);
  first = n > 0 ? outputs[0] : NULL;
  for (guint i = 1; i < n; i++)
    if (i < node->n_outputs)
      node->others[i] = outputs[i];
    else if (outputs[i] != NULL)
      bs_tensor_unref (outputs[i]);
  return first;
}

static BsTensor *
apply (BsGraphFile *file, BsGraphNode *node, BsTensor **inputs, GError **error)
{
  BsGraphNode *source = node->n_inputs > 0 && node->inputs[0] != BS_NO_NODE ? bs_graph_file_node (file, node->inputs[0]) : NULL;

  switch (node->kind)
    {
    case BS_NODE_RECORDED:
      return make_recorded (node, inputs, error);
    case BS_NODE_AFTER:
      return bs_tensor_ref (source->tensor);
    case BS_NODE_OUTPUT:
      if (node->output == 0)
        return bs_tensor_ref (source->tensor);
      if (source->others != NULL && source->others[node->output] != NULL)
        return bs_tensor_ref (source->others[node->output]);
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_INDEX, _("“%s” has no result %u."), source->name, node->output);
      return NULL;
    default:
      break;
    }
  if (node->inplace)
    return source != NULL && bs_apply_inplace (node->op, node->n_inputs, inputs, node->n_args, node->args, error) ? bs_tensor_ref (inputs[0]) : NULL;
  if (node->op->flags & BS_IS_MULTI)
    return apply_multi (node, inputs, error);
  return bs_apply (node->op, node->n_inputs, inputs, node->n_args, node->args, error);
}

static gboolean
compute (Run *self, BsGraphNode *node, GError **error)
{
  g_autofree BsTensor **inputs = g_new0 (BsTensor *, node->n_inputs + 1);
  BsGradMode mode = bs_get_grad_mode ();
  BsTensor *result;

  for (guint i = 0; i < node->n_inputs; i++)
    inputs[i] = node->inputs[i] != BS_NO_NODE ? bs_graph_file_node (self->file, node->inputs[i])->tensor : node->numbers[i];
  if (node->no_grad)
    bs_set_grad_mode (BS_GRAD_OFF);
  result = apply (self->file, node, inputs, error);
  if (node->no_grad)
    bs_set_grad_mode (mode);
  if (result == NULL)
    return FALSE;
  g_clear_pointer (&node->tensor, bs_tensor_unref);
  node->tensor = result;
  return TRUE;
}

static BsGraphProblem *
forward (Run *self, gboolean first)
{
  BsGraphFile *file = self->file;

  for (guint i = 0; i < file->order->len; i++)
    {
      BsGraphNode *node = bs_graph_file_node (file, g_array_index (file->order, guint, i));
      g_autoptr (GError) error = NULL;

      if (node->kind == BS_NODE_LEAF && !first)
        continue;
      tell_line (self, &node->place, &node->name_place);
      if (node->kind == BS_NODE_LEAF ? !make_leaf (node, &error) : !compute (self, node, &error))
        return failed (self, node, &node->place, error);
      tell_tensor (self, node);
    }
  return NULL;
}

/* --- backward and update ---------------------------------------------------------------------------------------------------------- */

static BsTensor *
seed_for (BsGraphFile *file, BsTensor *root, GError **error)
{
  BsTensor *seed = file->gradient;
  BsTensor *converted;

  if (seed == NULL || bs_tensor_get_dtype (seed) == bs_tensor_get_dtype (root))
    return seed ? bs_tensor_ref (seed) : NULL;
  converted = bs_tensor_new (bs_tensor_get_dtype (root), bs_tensor_get_n_dims (seed), bs_tensor_get_shape (seed), error);
  if (converted != NULL && !bs_copy_inplace (converted, seed, error))
    g_clear_pointer (&converted, bs_tensor_unref);
  return converted;
}

static gboolean
clear_gradients (BsGraphFile *file, GError **error)
{
  for (guint i = 0; i < file->nodes->len; i++)
    {
      BsGraphNode *node = bs_graph_file_node (file, i);

      if (node->kind == BS_NODE_LEAF && node->requires_grad && bs_tensor_get_grad (node->tensor) != NULL &&
          !bs_tensor_set_grad (node->tensor, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static BsGraphProblem *
backward (Run *self)
{
  BsGraphFile *file = self->file;

  for (guint i = 0; i < file->roots->len; i++)
    {
      BsGraphNode *root = bs_graph_file_node (file, g_array_index (file->roots, guint, i));
      g_autoptr (GError) error = NULL;
      BsTensor *seed;
      gboolean ok;

      tell_line (self, &file->backward_place, &file->backward_place);
      if (i > 0 && file->clears_between)
        clear_gradients (file, NULL);
      seed = seed_for (file, root->tensor, &error);
      ok = error == NULL && bs_backward (1, &root->tensor, seed ? &seed : NULL, 0, NULL,
                                         file->retains && i + 1 < file->roots->len ? BS_BACKWARD_RETAIN_GRAPH : BS_BACKWARD_DEFAULT, &error);
      g_clear_pointer (&seed, bs_tensor_unref);
      if (!ok)
        return failed (self, root, &file->backward_place, error);
    }
  return NULL;
}

/* w -= lr * w.grad */
static gboolean
step (BsTensor *leaf, double lr, GError **error)
{
  BsTensor *rate = bs_tensor_new_number (lr, BS_FLOAT64);
  BsTensor *amount = bs_apply (&bs_op_mul, 2, (BsTensor *[]) { bs_tensor_get_grad (leaf), rate }, 0, NULL, error);
  gboolean ok = amount != NULL && bs_apply_inplace (&bs_op_sub, 2, (BsTensor *[]) { leaf, amount }, 0, NULL, error);

  bs_tensor_unref (rate);
  g_clear_pointer (&amount, bs_tensor_unref);
  return ok;
}

static gboolean
learn (BsGraphFile *file, guint *at, GError **error)
{
  for (*at = 0; *at < file->nodes->len; (*at)++)
    {
      BsGraphNode *node = bs_graph_file_node (file, *at);

      if (node->kind == BS_NODE_LEAF && node->requires_grad && bs_tensor_get_grad (node->tensor) != NULL &&
          !step (node->tensor, file->lr, error))
        return FALSE;
    }
  return TRUE;
}

static BsGraphProblem *
update (Run *self, gboolean last)
{
  BsGraphFile *file = self->file;
  gboolean clears = file->clear && (file->has_lr || !last), ok = TRUE;
  g_autoptr (GError) error = NULL;
  guint at = 0;

  if (file->roots->len == 0 || (!file->has_lr && !clears))
    return NULL;
  tell_line (self, file->has_lr ? &file->lr_place : &file->backward_place, NULL);
  if (file->has_lr)
    {
      bs_set_grad_mode (BS_GRAD_OFF);
      ok = learn (file, &at, &error);
      bs_set_grad_mode (BS_GRAD_NORMAL);
    }
  if (!ok)
    return failed (self, bs_graph_file_node (file, at), &file->lr_place, error);
  if (clears && !clear_gradients (file, &error))
    return failed (self, bs_graph_file_node (file, 0), &file->lr_place, error);
  return NULL;
}

/* --- public ------------------------------------------------------------------------------------------------------------------------ */

BsGraphProblem *
bs_graph_file_run (BsGraphFile *self, const BsGraphWatcher *watcher, gpointer user)
{
  Run run = { self, watcher, user };
  BsGraphProblem *problem = NULL;

  self->watcher = watcher;
  self->user = user;
  if (self->has_seed)
    bs_generator_seed (bs_generator_get_default (), self->seed);
  if (self->has_lr)
    {
      tell_line (&run, &self->lr_place, &self->lr_place);
      tell_number (&run, "lr", self->lr, FALSE);
    }
  for (guint64 i = 0; i < self->iterations && problem == NULL; i++)
    {
      if (self->iterations > 1)
        {
          tell_line (&run, &self->iterations_place, &self->iterations_place);
          tell_number (&run, "iteration", i + 1, TRUE);
        }
      problem = forward (&run, i == 0);
      if (problem == NULL)
        problem = backward (&run);
      if (problem == NULL)
        problem = update (&run, i + 1 == self->iterations);
    }
  return problem;
}

static gboolean
refuse (char **message, const char *name, const char *value, const char *why)
{
  *message = g_strdup_printf ("%s = %s: %s", name, value, why);
  return FALSE;
}

gboolean
bs_graph_file_change (BsGraphFile *self, const char *name, const char *value, char **message)
{
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));
  BsGraphNode *node = found > 0 ? bs_graph_file_node (self, found - 1) : NULL;
  g_auto (BsLiteral) literal = { 0 };
  g_autofree char *problem = NULL;
  g_autoptr (GError) error = NULL;
  BsTensor *source, *target;

  *message = NULL;
  if (!(self->has_lr && g_str_equal (name, "lr")) && (node == NULL || node->tensor == NULL))
    return FALSE;
  if (!bs_literal_parse (value, &literal, &problem))
    return refuse (message, name, value, problem);
  if (node == NULL)
    {
      if (literal.n_dims != 0)
        return refuse (message, name, value, _("it is no number"));
      self->lr = g_array_index (literal.numbers, double, 0);
      if (self->watcher && self->watcher->number)
        self->watcher->number (self->user, "lr", self->lr, FALSE);
      return TRUE;
    }
  source = bs_literal_to_tensor (&literal, bs_tensor_get_dtype (node->tensor), &error);
  target = bs_tensor_data (node->tensor);
  if (source == NULL || !bs_copy_inplace (target, source, &error))
    refuse (message, name, value, error ? error->message : "");
  g_clear_pointer (&source, bs_tensor_unref);
  bs_tensor_unref (target);
  return *message == NULL;
}

BsTensor *
bs_graph_file_get_tensor (BsGraphFile *self, const char *name)
{
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, name));

  return found > 0 ? bs_graph_file_node (self, found - 1)->tensor : NULL;
}
