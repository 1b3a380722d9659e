/* SPDX-License-Identifier: MIT */

/* Leaves, and what the graph as a whole says. */

#include "config.h"

#include "private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MOST_ITERATIONS 1000000000.0

/* --- values -------------------------------------------------------------------------------------------------------------------- */

static gboolean
read_size (BsChecker *self, const BsGraphNode *node, const char *text, gint64 *shape, guint *n)
{
  gboolean ok = bs_parse_ints (text, shape, BS_MAX_DIMS, n);
  double numel = 1;

  for (guint i = 0; ok && i < *n; i++)
    {
      ok = shape[i] >= 0 && shape[i] <= 100000000; /* also beside a 0 */
      numel *= shape[i];
    }
  ok = ok && numel <= 1e8;
  if (!ok)
    bs_checker_add_at (self, node, "size", _("“%s”: size=%s: say how large each dimension is, like “2, 3”."), node->name, text);
  return ok;
}

/* One number fills all of it. */
static gboolean
fit (BsLiteral *literal, guint n, const gint64 *shape)
{
  gint64 numel = 1;

  for (guint i = 0; i < n; i++)
    numel *= shape[i];
  if (literal->numbers->len != numel)
    {
      double first = literal->numbers->len == 1 ? g_array_index (literal->numbers, double, 0) : 0;
      gint64 integer = literal->numbers->len == 1 ? g_array_index (literal->integers, gint64, 0) : 0;

      if (literal->numbers->len != 1)
        return FALSE;
      g_array_set_size (literal->numbers, 0);
      g_array_set_size (literal->integers, 0);
      for (gint64 i = 0; i < numel; i++)
        {
          g_array_append_val (literal->numbers, first);
          g_array_append_val (literal->integers, integer);
        }
    }
  literal->n_dims = n;
  memcpy (literal->shape, shape, n * sizeof *shape);
  return TRUE;
}

BsTensor *
bs_check_value (BsChecker *self, const BsGraphNode *node, const char *attribute, BsDtype dtype, const char *size)
{
  const char *text = bs_graph_node_get (node, attribute);
  g_auto (BsLiteral) literal = { 0 };
  g_autofree char *problem = NULL;
  g_autoptr (GError) error = NULL;
  gint64 shape[BS_MAX_DIMS];
  guint n;
  BsTensor *tensor;

  if (text == NULL)
    {
      bs_checker_add_at (self, node, NULL, _("“%s” has no value: write value=NUMBER."), node->name);
      return NULL;
    }
  if (!bs_literal_parse (text, &literal, &problem))
    {
      bs_checker_add_at (self, node, attribute, _("“%s”: %s=%.40s: %s."), node->name, attribute, text, problem);
      return NULL;
    }
  if (size != NULL && !read_size (self, node, size, shape, &n))
    return NULL;
  if (size != NULL && !fit (&literal, n, shape))
    {
      bs_checker_add_at (self, node, attribute, ngettext ("“%s”: there is %u number, which does not fill the size %s.",
                                                           "“%s”: there are %u numbers, which do not fill the size %s.", literal.numbers->len), node->name, literal.numbers->len, size);
      return NULL;
    }
  if (!bs_dtype_is_floating (dtype) && !literal.is_integer && !literal.is_boolean)
    {
      bs_checker_add_at (self, node, attribute, _("“%s”: %s=%.40s: %s holds whole numbers only."), node->name, attribute, text, bs_dtype_name (dtype));
      return NULL;
    }
  tensor = bs_literal_to_tensor (&literal, literal.is_boolean && bs_graph_node_get (node, "dtype") == NULL ? BS_BOOL : dtype, &error);
  if (tensor == NULL)
    bs_checker_add_at (self, node, attribute, "“%s”: %s", node->name, error->message);
  return tensor;
}

static gboolean
take_drawn (BsChecker *self, BsGraphNode *node, const char *text, BsDtype dtype)
{
  static const char *const words[] = { "randn", "rand", "zeros", "ones" };
  const char *size = bs_graph_node_get (node, "size");
  gint64 shape[BS_MAX_DIMS];
  guint n = 0, i = 0;

  while (i < G_N_ELEMENTS (words) && g_strcmp0 (words[i], text) != 0)
    i++;
  if (i == G_N_ELEMENTS (words))
    return FALSE;
  if (size != NULL && !read_size (self, node, size, shape, &n))
    return TRUE;
  if (i < 2 && !bs_dtype_is_floating (dtype))
    bs_checker_add_at (self, node, "value", _("“%s”: value=%s wants a floating dtype."), node->name, text);
  else
    node->value = bs_tensor_new_full (dtype, n, shape, i == 3, NULL);
  node->draw = i < 2 ? words[i] : NULL;
  return TRUE;
}

static void
refuse_unknown (BsChecker *self, BsGraphNode *node)
{
  static const char *const known[] = { "value", "dtype", "size", "requires_grad", "grad", NULL };

  for (guint i = 0; node->attributes[i] != NULL; i += 2)
    {
      const char *name = node->attributes[i];
      BsNearest nearest = { .word = name };

      if (g_strv_contains (known, name))
        continue;
      for (guint k = 0; known[k] != NULL; k++)
        bs_nearest_offer (&nearest, known[k]);
      bs_nearest_offer (&nearest, "op");
      if (nearest.nearest != NULL)
        bs_checker_add_at (self, node, name, _("“%s” has an attribute “%s” that nobody knows. Is “%s” meant?"), node->name, name, nearest.nearest);
      else
        bs_checker_add_at (self, node, name, _("“%s” has an attribute “%s” that nobody knows."), node->name, name);
      g_free (nearest.nearest);
    }
}

static void
take_grad (BsChecker *self, BsGraphNode *node)
{
  if (node->value == NULL)
    return;
  node->grad = bs_check_value (self, node, "grad", bs_tensor_get_dtype (node->value), bs_graph_node_get (node, "size"));
  if (node->grad == NULL)
    return;
  if (!node->requires_grad)
    bs_checker_add_at (self, node, "grad", _("“%s” has a grad, but not requires_grad=true."), node->name);
  if (bs_tensor_get_n_dims (node->grad) != bs_tensor_get_n_dims (node->value) ||
      memcmp (bs_tensor_get_shape (node->grad), bs_tensor_get_shape (node->value), bs_tensor_get_n_dims (node->grad) * sizeof (gint64)) != 0)
    bs_checker_add_at (self, node, "grad", _("“%s”: its grad has not the shape of its value."), node->name);
}

void
bs_check_leaf (BsChecker *self, BsGraphNode *node)
{
  const char *value = bs_graph_node_get (node, "value"), *dtype_text = bs_graph_node_get (node, "dtype");
  const char *wants = bs_graph_node_get (node, "requires_grad");
  BsDtype dtype = BS_FLOAT32;
  gboolean ok = TRUE;

  node->kind = BS_NODE_LEAF;
  refuse_unknown (self, node);
  if (node->edges->len > 0)
    {
      bs_checker_add_at (self, node, NULL, _("“%s” has no operation, but edges lead to it: write op=NAME."), node->name);
      return;
    }
  if (dtype_text != NULL && !bs_parse_dtype (dtype_text, &dtype))
    {
      bs_checker_add_at (self, node, "dtype", _("“%s”: there is no dtype “%s”: say float32, float64, int64 or bool."), node->name, dtype_text);
      return;
    }
  if (value == NULL)
    bs_checker_add_at (self, node, NULL, _("“%s” has neither a value nor an operation: write value=NUMBER or op=NAME."), node->name);
  else if (!take_drawn (self, node, value, dtype))
    node->value = bs_check_value (self, node, "value", dtype, bs_graph_node_get (node, "size"));
  if (wants != NULL && !bs_parse_boolean (wants, &node->requires_grad))
    {
      bs_checker_add_at (self, node, "requires_grad", _("“%s”: %s=%s: say true or false."), node->name, "requires_grad", wants);
      ok = FALSE;
    }
  if (ok && node->requires_grad && node->value != NULL && !bs_dtype_is_floating (bs_tensor_get_dtype (node->value)))
    bs_checker_add_at (self, node, "requires_grad", _("“%s” is %s: only floating numbers have a gradient."), node->name,
                       bs_dtype_name (bs_tensor_get_dtype (node->value)));
  if (bs_graph_node_get (node, "grad") != NULL)
    take_grad (self, node);
}

/* --- further results ------------------------------------------------------------------------------------------------------------- */

static void
check_further (BsChecker *self, BsGraphNode *node)
{
  const char *text = bs_graph_node_get (node, "output");
  BsGraphNode *source = node->n_inputs == 1 ? bs_graph_file_node (self->file, node->inputs[0]) : NULL;
  g_auto (GStrv) names = NULL;
  char *end;
  guint64 number = g_ascii_strtoull (text, &end, 10);

  if (source == NULL || (source->kind == BS_NODE_OPERATION && source->op == NULL))
    return;
  if (source->kind != BS_NODE_OPERATION || !(source->op->flags & BS_IS_MULTI))
    {
      bs_checker_add_at (self, node, "output", _("“%s”: “%s” has one result only."), node->name, source->name);
      return;
    }
  names = source->op->returns ? g_strsplit (source->op->returns, ",", -1) : NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (g_str_equal (g_strstrip (names[i]), text))
      {
        number = i;
        end = "";
      }
  if (*end != '\0' || number > 9999)
    {
      bs_checker_add_at (self, node, "output", _("“%s”: “%s” has no result “%s”."), node->name, source->name, text);
      return;
    }
  node->output = number;
  source->n_outputs = MAX (source->n_outputs, number + 1);
}

/* --- the graph ---------------------------------------------------------------------------------------------------------------------- */

static void
add_at_graph (BsChecker *self, const char *attribute, char *message)
{
  bs_checker_add (self, bs_places_of_attribute (self->places, NULL, attribute), "%s", message);
  g_free (message);
}

static guint
find_node (BsGraphFile *file, const char *name)
{
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (file->by_name, name));

  return found == 0 ? BS_NO_NODE : found - 1;
}

static void
take_roots (BsChecker *self, const char *text)
{
  BsGraphFile *file = self->file;
  g_auto (GStrv) names = g_strsplit (text, ",", -1);
  guint whole = find_node (file, text);

  if (whole != BS_NO_NODE)
    {
      g_array_append_val (file->roots, whole);
      return;
    }
  if (g_str_equal (text, "none"))
    return;
  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *name = g_strstrip (names[i]);
      guint node = find_node (file, name);
      BsNearest nearest = { .word = name };

      if (node != BS_NO_NODE)
        {
          g_array_append_val (file->roots, node);
          continue;
        }
      for (guint k = 0; k < file->nodes->len; k++)
        bs_nearest_offer (&nearest, bs_graph_file_node (file, k)->name);
      if (nearest.nearest != NULL)
        add_at_graph (self, "backward", g_strdup_printf (_("backward=%s: there is no node of that name. Is “%s” meant?"), name, nearest.nearest));
      else
        add_at_graph (self, "backward", g_strdup_printf (_("backward=%s: there is no node of that name."), name));
      g_free (nearest.nearest);
    }
}

/* Which nodes a gradient can flow to. */
static gboolean *
find_differentiable (BsGraphFile *file)
{
  gboolean *yes = g_new0 (gboolean, file->nodes->len + 1);

  for (guint i = 0; i < file->order->len; i++)
    {
      guint at = g_array_index (file->order, guint, i);
      BsGraphNode *node = bs_graph_file_node (file, at);

      yes[at] = node->kind == BS_NODE_LEAF && node->requires_grad;
      for (guint k = 0; k < node->n_inputs && !node->no_grad; k++)
        yes[at] |= node->inputs[k] != BS_NO_NODE && yes[node->inputs[k]];
    }
  return yes;
}

/* Nothing said: what comes last. */
static void
choose_root (BsChecker *self, const gboolean *differentiable)
{
  BsGraphFile *file = self->file;
  g_autofree gboolean *used = g_new0 (gboolean, file->nodes->len + 1);
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < file->nodes->len; i++)
    for (guint k = 0; k < bs_graph_file_node (file, i)->edges->len; k++)
      used[g_array_index (bs_graph_file_node (file, i)->edges, BsGraphEdge, k).from] = TRUE;
  for (guint i = 0; i < file->nodes->len; i++)
    {
      if (used[i] || !differentiable[i] || bs_graph_file_node (file, i)->kind == BS_NODE_LEAF)
        continue;
      if (n++ < 5)
        g_string_append_printf (names, n == 1 ? "%s" : ", %s", bs_graph_file_node (file, i)->name);
      if (n == 1)
        g_array_append_val (file->roots, i);
    }
  if (n > 1)
    bs_checker_add (self, file->place, _("Several nodes come last: %s. Say which one is to be differentiated: backward=NAME."), names->str);
}

static void
check_roots (BsChecker *self, const gboolean *differentiable)
{
  for (guint i = 0; i < self->file->roots->len; i++)
    {
      guint root = g_array_index (self->file->roots, guint, i);

      if (!differentiable[root])
        add_at_graph (self, "backward", g_strdup_printf (_("“%s” cannot be differentiated: no leaf with requires_grad=true leads to it."),
                                                         bs_graph_file_node (self->file, root)->name));
    }
}

static gboolean
read_plain (const char *text, double *out)
{
  char *end;

  *out = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*out);
}

static void
take_gradient (BsChecker *self, const char *text)
{
  g_auto (BsLiteral) literal = { 0 };
  g_autofree char *problem = NULL;

  if (bs_literal_parse (text, &literal, &problem))
    self->file->gradient = bs_literal_to_tensor (&literal, BS_FLOAT64, NULL);
  else
    add_at_graph (self, "gradient", g_strdup_printf ("gradient=%.40s: %s.", text, problem));
}

static void
take_graph_attribute (BsChecker *self, const char *name, const char *text)
{
  static const char *const known[] = { "backward", "gradient", "lr", "iterations", "clear", "retain_graph", "seed", NULL };
  BsGraphFile *file = self->file;
  BsNearest nearest = { .word = name };
  double number;

  if (g_str_equal (name, "backward"))
    take_roots (self, text);
  else if (g_str_equal (name, "gradient"))
    take_gradient (self, text);
  else if (g_str_equal (name, "lr"))
    {
      file->has_lr = read_plain (text, &file->lr);
      if (!file->has_lr)
        add_at_graph (self, name, g_strdup_printf (_("%s=%s: this is no number."), name, text));
    }
  else if (g_str_equal (name, "iterations") || g_str_equal (name, "seed"))
    {
      gboolean is_seed = *name == 's';

      if (!read_plain (text, &number) || number != floor (number) || number < !is_seed || number > (is_seed ? 0x1p53 : MOST_ITERATIONS))
        add_at_graph (self, name, g_strdup_printf (_("%s=%s: this is no whole number from %d on."), name, text, !is_seed));
      else if (is_seed)
        {
          file->seed = number;
          file->has_seed = TRUE;
        }
      else
        file->iterations = number;
    }
  else if (g_str_equal (name, "clear") && g_str_equal (text, "between"))
    file->clear = file->clears_between = TRUE;
  else if (g_str_equal (name, "clear") || g_str_equal (name, "retain_graph"))
    {
      if (!bs_parse_boolean (text, *name == 'c' ? &file->clear : &file->retains))
        add_at_graph (self, name, g_strdup_printf (_("%s=%s: say true or false."), name, text));
    }
  else
    {
      for (guint i = 0; known[i] != NULL; i++)
        bs_nearest_offer (&nearest, known[i]);
      if (nearest.nearest != NULL)
        add_at_graph (self, name, g_strdup_printf (_("The graph has an attribute “%s” that nobody knows. Is “%s” meant?"), name, nearest.nearest));
      else
        add_at_graph (self, name, g_strdup_printf (_("The graph has an attribute “%s” that nobody knows."), name));
      g_free (nearest.nearest);
    }
}

void
bs_check_graph (BsChecker *self, char **attributes)
{
  BsGraphFile *file = self->file;
  gboolean says_root = FALSE;
  g_autofree gboolean *differentiable = NULL;

  for (guint i = 0; i < file->nodes->len; i++)
    if (bs_graph_file_node (file, i)->kind == BS_NODE_OUTPUT)
      check_further (self, bs_graph_file_node (file, i));
  for (guint i = 0; attributes[i] != NULL; i += 2)
    {
      says_root |= g_str_equal (attributes[i], "backward");
      take_graph_attribute (self, attributes[i], attributes[i + 1]);
    }
  file->backward_place = bs_places_of_attribute (self->places, NULL, "backward");
  file->iterations_place = bs_places_of_attribute (self->places, NULL, "iterations");
  file->lr_place = bs_places_of_attribute (self->places, NULL, "lr");
  if (self->problems->len > 0)
    return;
  differentiable = find_differentiable (file);
  if (!says_root)
    choose_root (self, differentiable);
  check_roots (self, differentiable);
}
