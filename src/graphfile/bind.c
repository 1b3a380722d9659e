/* SPDX-License-Identifier: MIT */

/* A node and the operation it names: which row of the table is meant, which edge is which input, which attribute which
 * argument. Everything comes from the signatures, so that every operation of the table can be written. */

#include "config.h"

#include "private.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_INTS 64

/* One row being tried. */
typedef struct {
  BsChecker *checker;  /* NULL: only count */
  BsGraphNode *node;
  const BsOp *op;
  BsSignature signature;
  guint n_fixed;       /* inputs before the list */
  gboolean has_list, has_holes; /* some of the list may be missing */
  GArray *inputs;      /* guint */
  GPtrArray *numbers;  /* BsTensor, owned, or NULL */
  GArray *given;       /* gboolean */
  BsArg args[BS_MAX_PARAMETERS];
  gboolean has_arg[BS_MAX_PARAMETERS];
  gboolean has_wrong_edge;
  guint n_problems;
} Trial;

#define WRONG(trial, attribute, ...) \
  G_STMT_START { \
    (trial)->n_problems++; \
    if ((trial)->checker) \
      bs_checker_add_at ((trial)->checker, (trial)->node, attribute, __VA_ARGS__); \
  } G_STMT_END

/* --- names ------------------------------------------------------------------------------------------------------------------- */

/* "shape_" is the argument that Graphviz would take for the shape of the box. */
static gboolean
same_name (const char *written, const char *name)
{
  gsize n = strlen (name);

  return strncmp (written, name, n) == 0 && (written[n] == '\0' || (written[n] == '_' && written[n + 1] == '\0'));
}

static const BsParameter *
find_parameter (const Trial *self, const char *name)
{
  for (guint i = 0; i < self->signature.n_parameters; i++)
    if (same_name (name, self->signature.parameters[i].name))
      return &self->signature.parameters[i];
  return NULL;
}

static const BsParameter *
parameter_of_input (const Trial *self, guint position)
{
  for (guint i = 0; i < self->signature.n_parameters; i++)
    if (self->signature.parameters[i].is_input && self->signature.parameters[i].position == position)
      return &self->signature.parameters[i];
  return NULL;
}

/* What the person wrote. */
static const char *
op_of (const Trial *self)
{
  return bs_graph_node_get (self->node, "op");
}

/* --- arguments ---------------------------------------------------------------------------------------------------------------- */

static const char *
kind_text (const BsParameter *parameter)
{
  switch (parameter->kind)
    {
    case BS_KIND_INT: return _("a whole number");
    case BS_KIND_INTS: return _("whole numbers, like “2, 3”");
    case BS_KIND_BOOL: return _("true or false");
    case BS_KIND_STRING: return _("a word");
    case BS_KIND_DTYPE: return _("a dtype, like float32");
    default: return _("a number");
    }
}

static gboolean
read_ints (const BsParameter *parameter, const char *text, BsArg *out)
{
  gint64 ints[MOST_INTS];
  guint n;

  if (!bs_parse_ints (text, ints, MOST_INTS, &n))
    return FALSE;
  *out = BS_INTS (n, g_memdup2 (ints, n * sizeof *ints));
  return TRUE;
}

static gboolean
read_number (const BsParameter *parameter, const char *text, BsArg *out)
{
  g_auto (BsLiteral) literal = { 0 };
  g_autofree char *problem = NULL;
  gboolean ok = bs_literal_parse (text, &literal, &problem) && literal.n_dims == 0;
  double value = ok ? g_array_index (literal.numbers, double, 0) : 0;
  gint64 integer = ok ? g_array_index (literal.integers, gint64, 0) : 0;

  if (!ok)
    return FALSE;
  if (parameter->kind == BS_KIND_INT)
    {
      *out = BS_INT (integer);
      return literal.is_integer || value == integer;
    }
  if (parameter->kind == BS_KIND_FLOAT)
    *out = BS_REAL (value);
  else
    *out = literal.is_boolean ? BS_BOOLEAN (integer) : literal.is_integer ? BS_INT (integer) : BS_REAL (value);
  return TRUE;
}

static gboolean
read_argument (const BsParameter *parameter, const char *text, BsArg *out)
{
  g_autofree char *plain = g_strstrip (g_strdup (text));
  gsize n = strlen (plain);
  gboolean truth;
  BsDtype dtype;

  *out = BS_NONE;
  /* A recorded convolution leaves its strides to the engine. */
  if (g_str_equal (plain, "None") && (parameter->optional || parameter->has_default || parameter->kind == BS_KIND_INTS))
    return TRUE;
  switch (parameter->kind)
    {
    case BS_KIND_BOOL:
      if (!bs_parse_boolean (plain, &truth))
        return FALSE;
      *out = BS_BOOLEAN (truth);
      return TRUE;
    case BS_KIND_DTYPE:
      if (!bs_parse_dtype (plain, &dtype))
        return FALSE;
      *out = BS_DTYPE (dtype);
      return TRUE;
    case BS_KIND_STRING:
      if (n >= 2 && plain[0] == '\'' && plain[n - 1] == '\'')
        {
          plain[n - 1] = '\0';
          memmove (plain, plain + 1, n - 1);
        }
      *out = BS_STRING (g_intern_string (plain));
      return TRUE;
    case BS_KIND_INTS:
      return read_ints (parameter, plain, out);
    default:
      return read_number (parameter, plain, out);
    }
}

static BsTensor *
read_operand (const char *text, char **problem)
{
  g_auto (BsLiteral) literal = { 0 };
  gint64 integer;

  if (!bs_literal_parse (text, &literal, problem))
    return NULL;
  if (literal.n_dims > 0)
    return bs_literal_to_tensor (&literal, literal.is_boolean ? BS_BOOL : BS_FLOAT32, NULL);
  integer = g_array_index (literal.integers, gint64, 0);
  if (literal.is_boolean)
    return bs_tensor_new_number (integer, BS_BOOL);
  return literal.is_integer ? bs_tensor_new_integer (integer)
                            : bs_tensor_new_number (g_array_index (literal.numbers, double, 0), BS_FLOAT64);
}

/* --- inputs --------------------------------------------------------------------------------------------------------------------- */

static void
grow (Trial *self, guint n)
{
  static const guint none = BS_NO_NODE;
  static const gboolean no = FALSE;

  while (self->inputs->len < n)
    {
      g_array_append_val (self->inputs, none);
      g_array_append_val (self->given, no);
      g_ptr_array_add (self->numbers, NULL);
    }
}

#define GIVEN(trial, i) g_array_index ((trial)->given, gboolean, i)

static void
take_input_attribute (Trial *self, const BsParameter *parameter, const char *name, const char *text)
{
  g_autofree char *problem = NULL;
  BsTensor *number;

  if (parameter->kind == BS_KIND_TENSORS)
    {
      WRONG (self, name, _("“%s”: the inputs of “%s” are edges, not the attribute “%s”."), self->node->name, op_of (self), name);
      return;
    }
  GIVEN (self, parameter->position) = TRUE;
  if (g_str_equal (text, "None") && parameter->optional)
    return;
  number = read_operand (text, &problem);
  if (number == NULL)
    WRONG (self, name, _("“%s”: %s=%s: %s."), self->node->name, name, text, problem ? problem : _("it cannot be made"));
  else
    self->numbers->pdata[parameter->position] = number;
}

static gboolean is_called (const BsOp *op, const char *name);

/* Of all the rows of that name. */
static void
offer_parameters (BsNearest *nearest, const BsOp *op)
{
  g_autofree char *name = g_strndup (op->name, strcspn (op->name, "."));

  for (guint k = 0; k < bs_n_ops (); k++)
    {
      BsSignature signature;

      if (!is_called (bs_op_at (k), name) || !bs_signature_parse (bs_op_at (k)->signature, &signature))
        continue;
      for (guint i = 0; i < signature.n_parameters; i++)
        bs_nearest_offer (nearest, signature.parameters[i].name);
    }
  bs_nearest_offer (nearest, "no_grad");
}

static void
take_attribute (Trial *self, const char *name, const char *text)
{
  const BsParameter *parameter = find_parameter (self, name);
  BsNearest nearest = { .word = name };

  if (parameter != NULL && parameter->is_input)
    {
      take_input_attribute (self, parameter, name, text);
      return;
    }
  if (parameter != NULL)
    {
      if (!read_argument (parameter, text, &self->args[parameter->position]))
        WRONG (self, name, _("“%s”: %s=%s: “%s” wants %s there."), self->node->name, name, text, op_of (self), kind_text (parameter));
      self->has_arg[parameter->position] = TRUE;
      return;
    }
  self->n_problems += 2; /* rather another row that knows it */
  if (self->checker)
    offer_parameters (&nearest, self->op);
  if (nearest.nearest != NULL)
    WRONG (self, name, _("“%s”: “%s” has no argument “%s”. Is “%s” meant?"), self->node->name, op_of (self), name, nearest.nearest);
  else
    WRONG (self, name, _("“%s”: “%s” has no argument “%s”."), self->node->name, op_of (self), name);
  g_free (nearest.nearest);
}

static void
take_attributes (Trial *self)
{
  for (guint i = 0; self->node->attributes[i] != NULL; i += 2)
    {
      const char *name = self->node->attributes[i];

      if (!g_str_equal (name, "op") && !(g_str_equal (name, "no_grad") && find_parameter (self, name) == NULL))
        take_attribute (self, name, self->node->attributes[i + 1]);
    }
}

static const char *
name_of (Trial *self, guint edge)
{
  return self->checker ? bs_graph_file_node (self->checker->file, g_array_index (self->node->edges, BsGraphEdge, edge).from)->name : "";
}

#define WRONG_EDGE(trial, edge, ...) \
  G_STMT_START { \
    (trial)->has_wrong_edge = TRUE; \
    (trial)->n_problems++; \
    if ((trial)->checker) \
      bs_checker_add ((trial)->checker, bs_places_of_edge ((trial)->checker->places, name_of (trial, edge), (trial)->node->name), __VA_ARGS__); \
  } G_STMT_END

/* BS_NO_NODE: it was wrong. */
static guint
slot_of (Trial *self, guint i)
{
  const BsGraphEdge *edge = &g_array_index (self->node->edges, BsGraphEdge, i);
  const BsParameter *parameter = find_parameter (self, edge->input);
  char *end;
  guint64 number = g_ascii_strtoull (edge->input, &end, 10);
  guint most = self->has_list ? self->n_fixed + self->node->edges->len * 2 + 16 : self->n_fixed;

  if (g_ascii_isdigit (*edge->input) && *end == '\0')
    {
      if (number < most)
        return number;
      WRONG_EDGE (self, i, _("“%s”: input=%s: “%s” has the inputs 0 to %u."), self->node->name, edge->input, op_of (self), MAX (most, 1) - 1);
      return BS_NO_NODE;
    }
  if (parameter != NULL && parameter->is_input && parameter->kind != BS_KIND_TENSORS)
    return parameter->position;
  WRONG_EDGE (self, i, _("“%s”: input=%s: “%s” has no input of that name."), self->node->name, edge->input, op_of (self));
  return BS_NO_NODE;
}

static void
put_edge (Trial *self, guint edge, guint slot)
{
  grow (self, slot + 1);
  GIVEN (self, slot) = TRUE;
  g_array_index (self->inputs, guint, slot) = g_array_index (self->node->edges, BsGraphEdge, edge).from;
}

static void
take_edges (Trial *self)
{
  guint n = self->node->edges->len, next = 0, n_too_many = 0;

  for (guint i = 0; i < n; i++)
    {
      guint slot = g_array_index (self->node->edges, BsGraphEdge, i).input ? slot_of (self, i) : BS_NO_NODE;

      if (slot == BS_NO_NODE)
        continue;
      grow (self, slot + 1);
      if (GIVEN (self, slot))
        WRONG_EDGE (self, i, _("“%s”: its input %u is given twice, by “%s” too."), self->node->name, slot, name_of (self, i));
      else
        put_edge (self, i, slot);
    }
  for (guint i = 0; i < n; i++)
    {
      if (g_array_index (self->node->edges, BsGraphEdge, i).input)
        continue;
      while (next < self->given->len && GIVEN (self, next))
        next++;
      if (next >= self->n_fixed && !self->has_list)
        n_too_many++;
      else
        put_edge (self, i, next);
    }
  if (n_too_many > 0)
    WRONG (self, NULL, ngettext ("“%s”: “%s” takes %u input, but %u edges lead to it.", "“%s”: “%s” takes %u inputs, but %u edges lead to it.", self->n_fixed),
           self->node->name, op_of (self), self->n_fixed, n);
}

static void
find_missing (Trial *self)
{
  guint n_missing = 0, n_there = 0;
  const BsParameter *first = NULL;

  for (guint i = 0; i < self->n_fixed; i++)
    {
      const BsParameter *parameter = parameter_of_input (self, i);

      n_there += GIVEN (self, i);
      if (GIVEN (self, i) || parameter->optional || parameter->has_default)
        continue;
      n_missing++;
      first = first ? first : parameter;
    }
  for (guint i = self->n_fixed; i < self->inputs->len && !self->has_holes && n_missing == 0; i++)
    if (!GIVEN (self, i))
      {
        WRONG (self, NULL, _("“%s”: no edge leads to its input %u, but one does to input %u."), self->node->name, i, self->inputs->len - 1);
        break;
      }
  if (self->has_list && self->inputs->len == self->n_fixed)
    WRONG (self, NULL, _("“%s”: no edge leads to it, but “%s” needs inputs."), self->node->name, op_of (self));
  else if (n_missing > 0 && !self->has_wrong_edge)
    {
      WRONG (self, NULL, ngettext ("“%s”: “%s” takes %u input, and %u is there: “%s” is missing.",
                                   "“%s”: “%s” takes %u inputs, and %u is there: “%s” is missing.", self->n_fixed),
             self->node->name, op_of (self), self->n_fixed, n_there, first->name);
      if (self->checker && first->kind == BS_KIND_TENSOR_OR_NUMBER)
        bs_checker_hint (self->checker, _("Draw an edge to it, or write %s=NUMBER."), first->name);
      else if (self->checker)
        bs_checker_hint (self->checker, _("Draw an edge to it."));
    }
  else
    self->n_problems += n_missing;
  for (guint i = 0; i < self->signature.n_parameters; i++)
    {
      const BsParameter *parameter = &self->signature.parameters[i];

      if (!parameter->is_input && !self->has_arg[parameter->position] && !parameter->optional && !parameter->has_default)
        WRONG (self, NULL, _("“%s”: “%s” needs the attribute “%s”, %s."), self->node->name, op_of (self), parameter->name, kind_text (parameter));
    }
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------ */

static void
trial_clear (Trial *self)
{
  for (guint i = 0; i < BS_MAX_PARAMETERS; i++)
    if (self->args[i].kind == BS_ARG_INTS)
      g_free ((gpointer) self->args[i].ints);
  for (guint i = 0; i < self->numbers->len; i++)
    if (self->numbers->pdata[i] != NULL)
      bs_tensor_unref (self->numbers->pdata[i]);
  g_ptr_array_unref (self->numbers);
  g_array_unref (self->inputs);
  g_array_unref (self->given);
}

static void
try_row (Trial *self, BsChecker *checker, BsGraphNode *node, const BsOp *op)
{
  *self = (Trial) { .checker = checker, .node = node, .op = op };
  self->inputs = g_array_new (FALSE, FALSE, sizeof (guint));
  self->given = g_array_new (FALSE, FALSE, sizeof (gboolean));
  self->numbers = g_ptr_array_new ();
  if (!bs_signature_parse (op->signature, &self->signature))
    {
      self->n_problems = G_MAXUINT;
      return;
    }
  for (guint i = 0; i < self->signature.n_parameters; i++)
    self->has_list |= self->signature.parameters[i].kind == BS_KIND_TENSORS;
  self->has_holes = strstr (op->signature, "Tensor?[]") != NULL;
  self->n_fixed = self->signature.n_inputs - self->has_list;
  grow (self, self->n_fixed);
  take_attributes (self);
  take_edges (self);
  find_missing (self);
}

static void
accept (Trial *self)
{
  BsGraphNode *node = self->node;

  node->op = self->op;
  node->kind = BS_NODE_OPERATION;
  node->n_outputs = 1;
  node->n_inputs = self->inputs->len;
  node->inputs = g_memdup2 (self->inputs->data, node->n_inputs * sizeof (guint));
  node->numbers = g_new0 (BsTensor *, node->n_inputs + 1);
  for (guint i = 0; i < node->n_inputs; i++)
    node->numbers[i] = g_steal_pointer (&self->numbers->pdata[i]);
  node->n_args = self->signature.n_args;
  while (node->n_args > 0 && self->args[node->n_args - 1].kind == BS_ARG_NONE)
    node->n_args--;
  node->args = g_memdup2 (self->args, node->n_args * sizeof (BsArg));
  memset (self->args, 0, sizeof self->args);
}

static gboolean
is_called (const BsOp *op, const char *name)
{
  gsize n = strcspn (op->name, ".");
  g_auto (GStrv) aliases = NULL;

  if (strcmp (op->name, name) == 0 || (strlen (name) == n && strncmp (op->name, name, n) == 0))
    return TRUE;
  if (op->aliases == NULL || strstr (op->aliases, name) == NULL)
    return FALSE;
  aliases = g_strsplit_set (op->aliases, ", ", -1);
  return g_strv_contains ((const char *const *) aliases, name);
}

static void
offer_names (BsNearest *nearest)
{
  for (guint i = 0; i < bs_n_ops (); i++)
    {
      const BsOp *op = bs_op_at (i);
      g_autofree char *name = g_strndup (op->name, strcspn (op->name, "."));

      if (op->flags & BS_IS_INTERNAL)
        continue;
      bs_nearest_offer (nearest, name);
      for (char **alias = op->aliases ? g_strsplit_set (op->aliases, ", ", -1) : NULL, **at = alias; at != NULL; at++)
        if (*at == NULL)
          {
            g_strfreev (alias);
            break;
          }
        else
          bs_nearest_offer (nearest, *at);
    }
}

static void
report_unknown (BsChecker *self, BsGraphNode *node, const char *name)
{
  BsNearest nearest = { .word = name };

  offer_names (&nearest);
  if (nearest.nearest != NULL)
    bs_checker_add_at (self, node, "op", _("“%s”: there is no operation “%s”. Is “%s” meant?"), node->name, name, nearest.nearest);
  else
    bs_checker_add_at (self, node, "op", _("“%s”: there is no operation “%s”."), node->name, name);
  g_free (nearest.nearest);
}

/* The first row that fits; one of the very name before the others. When none does, what the nearest lacks is said. */
static gboolean
choose_row (BsChecker *self, BsGraphNode *node, const char *name)
{
  const BsOp *best = NULL;
  guint fewest = G_MAXUINT;
  Trial trial;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < bs_n_ops () && fewest > 0; i++)
      {
        const BsOp *op = bs_op_at (i);

        if (pass == 0 ? strcmp (op->name, name) != 0 : !is_called (op, name))
          continue;
        try_row (&trial, NULL, node, op);
        if (trial.n_problems == 0)
          accept (&trial);
        if (trial.n_problems < fewest)
          {
            fewest = trial.n_problems;
            best = op;
          }
        trial_clear (&trial);
      }
  if (best != NULL && fewest > 0)
    {
      try_row (&trial, self, node, best);
      trial_clear (&trial);
    }
  return best != NULL;
}

/* --- what is no operation of the table --------------------------------------------------------------------------------------- */

static void
take_all_edges (BsGraphNode *node)
{
  node->n_inputs = node->edges->len;
  node->inputs = g_new (guint, node->n_inputs + 1);
  node->numbers = g_new0 (BsTensor *, node->n_inputs + 1);
  for (guint i = 0; i < node->n_inputs; i++)
    node->inputs[i] = g_array_index (node->edges, BsGraphEdge, i).from;
}

static void
refuse_others (BsChecker *self, BsGraphNode *node, const char *const *known)
{
  for (guint i = 0; node->attributes[i] != NULL; i += 2)
    {
      BsNearest nearest = { .word = node->attributes[i] };

      if (g_strv_contains (known, node->attributes[i]))
        continue;
      for (guint k = 0; known[k] != NULL; k++)
        bs_nearest_offer (&nearest, known[k]);
      if (nearest.nearest != NULL)
        bs_checker_add_at (self, node, node->attributes[i], _("“%s” has an attribute “%s” that nobody knows. Is “%s” meant?"), node->name,
                           node->attributes[i], nearest.nearest);
      else
        bs_checker_add_at (self, node, node->attributes[i], _("“%s” has an attribute “%s” that nobody knows."), node->name, node->attributes[i]);
      g_free (nearest.nearest);
    }
}

static BsDtype
dtype_of (BsChecker *self, const BsGraphNode *node, BsDtype otherwise)
{
  const char *text = bs_graph_node_get (node, "dtype");
  BsDtype dtype = otherwise;

  if (text != NULL && !bs_parse_dtype (text, &dtype))
    bs_checker_add_at (self, node, "dtype", _("“%s”: there is no dtype “%s”: say float32, float64, int64 or bool."), node->name, text);
  return dtype;
}

static void
check_recorded (BsChecker *self, BsGraphNode *node)
{
  static const char *const known[] = { "op", "value", "dtype", "size", "function", NULL };

  refuse_others (self, node, known);
  take_all_edges (node);
  node->kind = BS_NODE_RECORDED;
  node->value = bs_check_value (self, node, "value", dtype_of (self, node, BS_FLOAT32), bs_graph_node_get (node, "size"));
  node->contributions = g_new0 (BsTensor *, node->n_inputs + 1);
  for (guint i = 0; i < node->n_inputs; i++)
    {
      const BsGraphEdge *edge = &g_array_index (node->edges, BsGraphEdge, i);
      g_auto (BsLiteral) literal = { 0 };
      g_autofree char *problem = NULL;

      if (edge->contribution == NULL)
        continue;
      if (bs_literal_parse (edge->contribution, &literal, &problem))
        node->contributions[i] = bs_literal_to_tensor (&literal, node->value ? bs_tensor_get_dtype (node->value) : BS_FLOAT32, NULL);
      else
        bs_checker_add (self, bs_places_of_edge (self->places, bs_graph_file_node (self->file, edge->from)->name, node->name),
                        _("“%s”: what an edge contributes to its gradient is no number: %s."), node->name, problem);
    }
}

static void
check_after (BsChecker *self, BsGraphNode *node)
{
  static const char *const known[] = { "op", NULL };

  refuse_others (self, node, known);
  take_all_edges (node);
  node->kind = BS_NODE_AFTER;
  if (node->n_inputs == 0)
    bs_checker_add_at (self, node, NULL, _("“%s”: no edge leads to it, but “%s” needs inputs."), node->name, "after");
}

static void
check_output (BsChecker *self, BsGraphNode *node)
{
  static const char *const known[] = { "output", NULL };

  refuse_others (self, node, known);
  take_all_edges (node);
  node->kind = BS_NODE_OUTPUT;
  if (node->n_inputs != 1)
    bs_checker_add_at (self, node, "output", _("“%s” is a further result: just one edge leads to it, from the node with the operation."), node->name);
}

void
bs_check_operation (BsChecker *self, BsGraphNode *node)
{
  const char *name = bs_graph_node_get (node, "op"), *no_grad = bs_graph_node_get (node, "no_grad");
  gsize n = name ? strlen (name) : 0;
  g_autofree char *plain = n > 1 && name[n - 1] == '_' ? g_strndup (name, n - 1) : NULL;

  if (name == NULL && bs_graph_node_get (node, "output") != NULL)
    check_output (self, node);
  else if (name == NULL)
    bs_check_leaf (self, node);
  else if (g_str_equal (name, "recorded"))
    check_recorded (self, node);
  else if (g_str_equal (name, "after"))
    check_after (self, node);
  else if (!choose_row (self, node, name))
    {
      node->inplace = plain != NULL && choose_row (self, node, plain);
      if (!node->inplace)
        report_unknown (self, node, name);
    }
  if (name != NULL && no_grad != NULL && !bs_parse_boolean (no_grad, &node->no_grad))
    bs_checker_add_at (self, node, "no_grad", _("“%s”: %s=%s: say true or false."), node->name, "no_grad", no_grad);
}
