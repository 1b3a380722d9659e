/* SPDX-License-Identifier: MIT */

/* Functions: Python's own few, math, and the operations of the engine's table, bound by their signatures. */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/signature.h"
#include "expression-private.h"

#define MAX_INPUTS 64
#define MAX_INTS 64
#define MAX_OUTPUTS 64

/* --- the table of operations --------------------------------------------------------------------------------------------- */

typedef struct {
  BsTensor *inputs[MAX_INPUTS];
  guint n_inputs;
  BsArg args[BS_MAX_PARAMETERS];
  guint n_args;
  gint64 ints[MAX_INTS];
  guint n_ints;
} Bound;

static void
clear_bound (Bound *self)
{
  for (guint i = 0; i < self->n_inputs; i++)
    if (self->inputs[i])
      bs_tensor_unref (self->inputs[i]);
}

static gboolean
push_input (Bound *self, BsTensor *tensor)
{
  if (self->n_inputs == MAX_INPUTS)
    {
      if (tensor)
        bs_tensor_unref (tensor);
      return FALSE;
    }
  self->inputs[self->n_inputs++] = tensor;
  return TRUE;
}

static gboolean
bind_input (Bound *self, const BsParameter *parameter, const BsResult *value)
{
  if (parameter->kind == BS_KIND_TENSORS)
    {
      if (value->kind != BS_RESULT_SEQUENCE)
        return FALSE;
      for (guint i = 0; i < value->n_items; i++)
        if (value->items[i].kind != BS_RESULT_TENSOR || !push_input (self, bs_result_to_tensor (&value->items[i])))
          return FALSE;
      return TRUE;
    }
  if (value->kind == BS_RESULT_NONE && parameter->optional)
    return push_input (self, NULL);
  if (value->kind != BS_RESULT_TENSOR && (parameter->kind != BS_KIND_TENSOR_OR_NUMBER || !bs_result_is_number (value)))
    return FALSE;
  return push_input (self, bs_result_to_tensor (value));
}

static gboolean
bind_ints (Bound *self, const BsParameter *parameter, const BsResult *values, guint n, BsArg *out)
{
  if (n > MAX_INTS - self->n_ints)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      if (values[i].kind != BS_RESULT_INT)
        return FALSE;
      self->ints[self->n_ints + i] = values[i].integer;
    }
  *out = BS_INTS (n, self->ints + self->n_ints);
  self->n_ints += n;
  return TRUE;
}

static gboolean
bind_argument (Bound *self, const BsParameter *parameter, const BsResult *value, BsArg *out)
{
  if (value->kind == BS_RESULT_NONE)
    {
      *out = BS_NONE;
      return parameter->optional;
    }
  switch (parameter->kind)
    {
    case BS_KIND_INTS:
      if (value->kind == BS_RESULT_SEQUENCE)
        return bind_ints (self, parameter, value->items, value->n_items, out);
      return parameter->single_int && bind_ints (self, parameter, value, 1, out);
    case BS_KIND_SCALAR:
      *out = value->kind == BS_RESULT_REAL ? BS_REAL (value->real) : value->kind == BS_RESULT_INT ? BS_INT (value->integer)
                                                                                                 : BS_BOOLEAN (value->integer);
      return bs_result_is_number (value);
    case BS_KIND_INT: *out = BS_INT (value->integer); return value->kind == BS_RESULT_INT;
    case BS_KIND_FLOAT: *out = BS_REAL (bs_result_get_number (value)); return bs_result_is_number (value);
    case BS_KIND_BOOL: *out = BS_BOOLEAN (value->integer); return value->kind == BS_RESULT_BOOL;
    case BS_KIND_DTYPE: *out = BS_DTYPE (value->integer); return value->kind == BS_RESULT_DTYPE;
    case BS_KIND_STRING:
      if (value->kind != BS_RESULT_TEXT)
        return FALSE;
      *out = BS_STRING (g_intern_string (value->text));
      return TRUE;
    default: return FALSE;
    }
}

static const BsResult *
find_keyword (const BsArguments *arguments, const char *name, guint *n_used)
{
  for (guint i = 0; i < arguments->n; i++)
    if (arguments->names[i] && g_str_equal (arguments->names[i], name))
      {
        (*n_used)++;
        return &arguments->args[i];
      }
  return NULL;
}

/* FALSE: these arguments are not for this row. */
static gboolean
bind (const BsSignature *signature, const BsArguments *arguments, Bound *out)
{
  guint n_positional = 0, at = 0, n_used = 0;

  while (n_positional < arguments->n && arguments->names[n_positional] == NULL)
    n_positional++;
  for (guint i = 0; i < signature->n_parameters; i++)
    {
      const BsParameter *parameter = &signature->parameters[i];
      const BsResult *value = at < n_positional && !parameter->keyword_only ? &arguments->args[at] : NULL;

      /* x.view (2, 3) */
      if (value && parameter->kind == BS_KIND_INTS && i == 1 && value->kind == BS_RESULT_INT)
        {
          if (!bind_ints (out, parameter, value, n_positional - at, &out->args[out->n_args++]))
            return FALSE;
          at = n_positional;
          continue;
        }
      at += value != NULL;
      if (value == NULL)
        value = find_keyword (arguments, parameter->name, &n_used);
      if (value == NULL && !parameter->has_default && !parameter->optional)
        return FALSE;
      if (value == NULL && parameter->is_input)
        {
          if (parameter->kind != BS_KIND_TENSORS && !push_input (out, NULL))
            return FALSE;
        }
      else if (value == NULL)
        out->args[out->n_args++] = BS_NONE;
      else if (parameter->is_input ? !bind_input (out, parameter, value)
                                   : !bind_argument (out, parameter, value, &out->args[out->n_args++]))
        return FALSE;
    }
  return at == n_positional && n_used == arguments->n - n_positional;
}

static gboolean
apply (const BsOp *op, Bound *bound, BsResult *out, GError **error)
{
  BsTensor *outputs[MAX_OUTPUTS], *result;
  guint n = 0;

  if (!(op->flags & BS_IS_MULTI))
    {
      result = bs_apply (op, bound->n_inputs, bound->inputs, bound->n_args, bound->args, error);
      if (result)
        *out = bs_result_take_tensor (result);
      return result != NULL;
    }
  if (!bs_apply_multi (op, bound->n_inputs, bound->inputs, bound->n_args, bound->args, MAX_OUTPUTS, outputs, &n, error))
    return FALSE;
  *out = (BsResult){ .kind = BS_RESULT_SEQUENCE, .items = g_new0 (BsResult, n), .n_items = n };
  for (guint i = 0; i < n; i++)
    out->items[i] = bs_result_take_tensor (outputs[i]);
  return TRUE;
}

static gboolean
is_called (const BsOp *op, const char *name)
{
  gsize n = strcspn (op->name, ".");
  g_auto (GStrv) aliases = NULL;

  if (strlen (name) == n && strncmp (op->name, name, n) == 0)
    return TRUE;
  if (op->aliases == NULL || strstr (op->aliases, name) == NULL)
    return FALSE;
  aliases = g_strsplit (op->aliases, ",", -1);
  return g_strv_contains ((const char *const *) aliases, name);
}

/* The rows of a name, in the order of the table: a search of the whole table for every value would be slow. */
static GPtrArray *
rows_of (const char *name)
{
  static GHashTable *known;
  GPtrArray *rows;

  if (known == NULL)
    known = g_hash_table_new (g_str_hash, g_str_equal);
  rows = g_hash_table_lookup (known, name);
  if (rows)
    return rows;
  rows = g_ptr_array_new ();
  for (guint i = 0; i < bs_n_ops (); i++)
    if (is_called (bs_op_at (i), name) && !(bs_op_at (i)->flags & BS_IS_RANDOM))
      g_ptr_array_add (rows, (gpointer) bs_op_at (i));
  if (g_hash_table_size (known) < 4096)
    g_hash_table_insert (known, g_strdup (name), rows);
  return rows;
}

gboolean
bs_call_operation (const char *name, guint flags, const BsArguments *arguments, BsResult *out, GError **error)
{
  GPtrArray *rows = rows_of (name);
  gboolean found = FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      const BsOp *op = g_ptr_array_index (rows, i);
      BsSignature signature;
      Bound bound = { .n_inputs = 0 };
      gboolean fits, ok = FALSE;

      if ((flags != 0 && !(op->flags & flags)) || !bs_signature_parse (op->signature, &signature))
        continue;
      found = TRUE;
      fits = bind (&signature, arguments, &bound);
      ok = fits && apply (op, &bound, out, error);
      clear_bound (&bound);
      if (fits)
        return ok;
    }
  return found && bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("“%s” does not take these arguments."), name);
}

/* --- methods ------------------------------------------------------------------------------------------------------------- */

static gboolean
item_of (const BsResult *self, BsResult *out, GError **error)
{
  if (bs_tensor_get_numel (self->tensor) != 1)
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, "only one element tensors can be converted to Python scalars");
  if (bs_dtype_is_floating (bs_tensor_get_dtype (self->tensor)))
    *out = bs_result_real (bs_tensor_get_double (self->tensor, 0));
  else if (bs_tensor_get_dtype (self->tensor) == BS_BOOL)
    *out = bs_result_boolean (bs_tensor_get_integer (self->tensor, 0) != 0);
  else
    *out = bs_result_integer (bs_tensor_get_integer (self->tensor, 0));
  return TRUE;
}

/* .float(), .long() ... FALSE: the name is none of them. */
static gboolean
find_conversion (const char *name, BsDtype *dtype)
{
  static const struct { const char *name; BsDtype dtype; } conversions[] = {
    { "float", BS_FLOAT32 }, { "double", BS_FLOAT64 }, { "half", BS_FLOAT16 }, { "int", BS_INT32 }, { "long", BS_INT64 },
    { "short", BS_INT16 }, { "bool", BS_BOOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (conversions); i++)
    if (g_str_equal (name, conversions[i].name))
      return (*dtype = conversions[i].dtype, TRUE);
  return FALSE;
}

static gboolean
call_tensor (const BsResult *self, const char *name, const BsArguments *arguments, BsResult *out, GError **error)
{
  static const char *const same[] = { "detach", "clone", "numpy", "cpu", "contiguous", "tolist", NULL };
  BsResult *args = g_new0 (BsResult, arguments->n + 1);
  const char **names = g_new0 (const char *, arguments->n + 1);
  BsArguments all = { args, names, arguments->n + 1 };
  g_autoptr (GError) problem = NULL;
  BsDtype dtype;
  gboolean ok;

  args[0] = *self;
  for (guint i = 0; i < arguments->n; i++)
    {
      args[i + 1] = arguments->args[i];
      names[i + 1] = arguments->names[i];
    }
  if (g_str_equal (name, "item") && arguments->n == 0)
    ok = item_of (self, out, &problem);
  else if (g_strv_contains (same, name))
    {
      bs_result_copy (self, out);
      out->id = 0;
      ok = TRUE;
    }
  else if (arguments->n == 0 && find_conversion (name, &dtype))
    {
      const BsResult to[] = { *self, { .kind = BS_RESULT_DTYPE, .integer = dtype } };
      const char *const no_names[] = { NULL, NULL };

      ok = bs_call_operation ("to", 0, &(BsArguments){ to, no_names, 2 }, out, &problem);
    }
  else if (g_str_equal (name, "numel") || g_str_equal (name, "nelement"))
    ok = (*out = bs_result_integer (bs_tensor_get_numel (self->tensor)), TRUE);
  else if (g_str_equal (name, "dim"))
    ok = (*out = bs_result_integer (bs_tensor_get_n_dims (self->tensor)), TRUE);
  else
    ok = bs_call_operation (name, BS_IN_TENSOR, &all, out, &problem);
  g_free (args);
  g_free (names);
  if (!ok && problem == NULL)
    bs_expression_fail (&problem, BS_EXPRESSION_ERROR_NAME,
                        g_str_has_suffix (name, "_") ? _("“%s” changes its tensor; nothing is changed here.")
                                                     : _("A tensor has no “%s” here."),
                        name);
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&problem));
  return ok;
}

gboolean
bs_call_method (const BsResult *self, const char *name, const BsArguments *arguments, BsResult *out, GError **error)
{
  if (self->kind == BS_RESULT_TENSOR)
    return call_tensor (self, name, arguments, out, error);
  if (self->kind == BS_RESULT_TEXT && arguments->n == 1 && arguments->args[0].kind == BS_RESULT_TEXT)
    {
      if (g_str_equal (name, "startswith"))
        return (*out = bs_result_boolean (g_str_has_prefix (self->text, arguments->args[0].text)), TRUE);
      if (g_str_equal (name, "endswith"))
        return (*out = bs_result_boolean (g_str_has_suffix (self->text, arguments->args[0].text)), TRUE);
    }
  return bs_expression_fail (error, BS_EXPRESSION_ERROR_NAME, _("“%s” of %s cannot be called here: nothing of the script runs."),
                             name, bs_result_kind_name (self));
}

/* --- functions ----------------------------------------------------------------------------------------------------------- */

static const struct { const char *name; double (*function) (double); } math_functions[] = {
  { "sqrt", sqrt }, { "exp", exp }, { "log", log }, { "log2", log2 }, { "log10", log10 }, { "log1p", log1p }, { "sin", sin },
  { "cos", cos }, { "tan", tan }, { "asin", asin }, { "acos", acos }, { "atan", atan }, { "sinh", sinh }, { "cosh", cosh },
  { "tanh", tanh }, { "fabs", fabs }, { "erf", erf },
};

static gboolean
call_math (const char *name, const BsArguments *arguments, BsResult *out)
{
  double x = arguments->n > 0 && bs_result_is_number (&arguments->args[0]) ? bs_result_get_number (&arguments->args[0]) : NAN;

  if (arguments->n == 2 && g_str_equal (name, "pow") && bs_result_is_number (&arguments->args[1]))
    return (*out = bs_result_real (pow (x, bs_result_get_number (&arguments->args[1]))), TRUE);
  if (arguments->n != 1 || !bs_result_is_number (&arguments->args[0]))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (math_functions); i++)
    if (g_str_equal (name, math_functions[i].name))
      return (*out = bs_result_real (math_functions[i].function (x)), TRUE);
  if (g_str_equal (name, "isnan") || g_str_equal (name, "isinf") || g_str_equal (name, "isfinite"))
    return (*out = bs_result_boolean (name[2] == 'n' ? isnan (x) : name[2] == 'f' ? isfinite (x) : isinf (x)), TRUE);
  if ((g_str_equal (name, "floor") || g_str_equal (name, "ceil")) && fabs (x) < 0x1p62)
    return (*out = bs_result_integer (name[0] == 'f' ? floor (x) : ceil (x)), TRUE);
  return FALSE;
}

static gboolean
length_of (const BsResult *value, BsResult *out, GError **error)
{
  if (value->kind == BS_RESULT_SEQUENCE)
    *out = bs_result_integer (value->n_items);
  else if (value->kind == BS_RESULT_TEXT)
    *out = bs_result_integer (g_utf8_strlen (value->text, -1));
  else if (value->kind == BS_RESULT_TENSOR && bs_tensor_get_n_dims (value->tensor) > 0)
    *out = bs_result_integer (bs_tensor_get_shape (value->tensor)[0]);
  else if (value->kind == BS_RESULT_OBJECT && g_strrstr (value->text, " of "))
    *out = bs_result_integer (g_ascii_strtoll (g_strrstr (value->text, " of ") + 4, NULL, 10));
  else
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("%s has no length."), bs_result_kind_name (value));
  return TRUE;
}

static gboolean
convert (const char *name, const BsResult *value, BsResult *out, GError **error)
{
  g_auto (BsResult) plain = { 0 };
  gboolean truth;
  double x;

  if (g_str_equal (name, "bool"))
    return bs_result_is_true (value, &truth, error) && (*out = bs_result_boolean (truth), TRUE);
  if (value->kind == BS_RESULT_TENSOR ? !item_of (value, &plain, error) : (bs_result_copy (value, &plain), FALSE))
    return FALSE;
  if (!bs_result_is_number (&plain))
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("%s is no number."), bs_result_kind_name (value));
  x = bs_result_get_number (&plain);
  if (g_str_equal (name, "float"))
    *out = bs_result_real (x);
  else if (plain.kind != BS_RESULT_REAL)
    *out = bs_result_integer (plain.integer);
  else if (fabs (x) < 0x1p62)
    *out = bs_result_integer ((gint64) x);
  else
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("The whole number is too large here."));
  return TRUE;
}

/* Correctly rounded in decimal, halves to even where they are halves: as Python's. */
static gboolean
round_number (const BsArguments *arguments, BsResult *out)
{
  const BsResult *value = &arguments->args[0];
  gint64 digits = arguments->n > 1 && arguments->args[1].kind == BS_RESULT_INT ? arguments->args[1].integer : 0;
  char text[400], format[16];

  if (!bs_result_is_number (value) || digits < 0 || digits > 20)
    return FALSE;
  if (value->kind != BS_RESULT_REAL)
    return (*out = bs_result_integer (value->integer), TRUE);
  if (!isfinite (value->real) || (arguments->n < 2 && fabs (value->real) > 0x1p62))
    return FALSE;
  g_snprintf (format, sizeof format, "%%.%df", (int) digits);
  g_ascii_formatd (text, sizeof text, format, value->real);
  *out = arguments->n > 1 ? bs_result_real (g_ascii_strtod (text, NULL)) : bs_result_integer (llrint (g_ascii_strtod (text, NULL)));
  return TRUE;
}

/* min, max, sum, any, all of a sequence or of several arguments. */
static gboolean
fold (const char *name, const BsResult *items, guint n, BsResult *out, GError **error)
{
  BsResult best = { 0 };

  if (g_str_equal (name, "any") || g_str_equal (name, "all"))
    {
      gboolean truth = g_str_equal (name, "all"), wanted = !truth;

      for (guint i = 0; i < n && truth != wanted; i++)
        if (!bs_result_is_true (&items[i], &truth, error))
          return FALSE;
      *out = bs_result_boolean (truth);
      return TRUE;
    }
  if (g_str_equal (name, "sum"))
    best = bs_result_integer (0);
  else if (n == 0)
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("“%s” of nothing."), name);
  else
    bs_result_copy (&items[0], &best);
  for (guint i = g_str_equal (name, "sum") ? 0 : 1; i < n; i++)
    {
      g_auto (BsResult) better = { 0 };
      gboolean yes = TRUE;

      if (g_str_equal (name, "sum") ? !bs_evaluate_binary (BS_ADD, &best, &items[i], &better, error)
                                    : !bs_evaluate_compare (g_str_equal (name, "max") ? BS_GT : BS_LT, &items[i], &best, &better, error) ||
                                        !bs_result_is_true (&better, &yes, error))
        {
          bs_result_clear (&best);
          return FALSE;
        }
      if (!yes)
        continue;
      bs_result_clear (&best);
      bs_result_copy (g_str_equal (name, "sum") ? &better : &items[i], &best);
    }
  *out = best;
  return TRUE;
}

static gboolean
call_builtin (const char *name, const BsArguments *arguments, BsResult *out, GError **error)
{
  static const char *const folds[] = { "min", "max", "sum", "any", "all", NULL };
  static const char *const conversions[] = { "float", "int", "bool", NULL };
  const BsResult *first = arguments->args;

  if (arguments->n == 0)
    return FALSE;
  if (g_str_equal (name, "len") && arguments->n == 1)
    return length_of (first, out, error);
  if (g_strv_contains (conversions, name) && arguments->n == 1)
    return convert (name, first, out, error);
  if (g_str_equal (name, "round"))
    return round_number (arguments, out);
  if (g_str_equal (name, "abs") && arguments->n == 1)
    {
      if (first->kind == BS_RESULT_TENSOR)
        return bs_call_operation ("abs", 0, arguments, out, error);
      if (!bs_result_is_number (first) || first->integer == G_MININT64)
        return FALSE;
      *out = first->kind == BS_RESULT_REAL ? bs_result_real (fabs (first->real)) : bs_result_integer (ABS (first->integer));
      return TRUE;
    }
  if (!g_strv_contains (folds, name))
    return FALSE;
  if (arguments->n == 1 && first->kind == BS_RESULT_TENSOR)
    return bs_call_operation (name, 0, arguments, out, error);
  if (arguments->n == 1 && first->kind == BS_RESULT_SEQUENCE)
    return fold (name, first->items, first->n_items, out, error);
  return arguments->n > 1 && !g_str_equal (name, "sum") && fold (name, first, arguments->n, out, error);
}

gboolean
bs_is_function_path (const char *path)
{
  static const char *const roots[] = { "torch.", "F.", "nn.", "math." };

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    if (g_str_has_prefix (path, roots[i]))
      return TRUE;
  return FALSE;
}

gboolean
bs_call_function (const char *path, const BsArguments *arguments, BsResult *out, GError **error)
{
  static const struct { const char *prefix; guint flags; } modules[] = {
    { "torch.nn.functional.", BS_IN_FUNCTIONAL }, { "nn.functional.", BS_IN_FUNCTIONAL }, { "F.", BS_IN_FUNCTIONAL },
    { "torch.linalg.", BS_IN_LINALG }, { "torch.special.", BS_IN_SPECIAL }, { "torch.", BS_IN_TORCH },
  };

  if (strchr (path, '.') == NULL)
    return call_builtin (path, arguments, out, error);
  if (g_str_has_prefix (path, "math."))
    return call_math (path + 5, arguments, out);
  for (guint i = 0; i < G_N_ELEMENTS (modules); i++)
    if (g_str_has_prefix (path, modules[i].prefix) && strchr (path + strlen (modules[i].prefix), '.') == NULL)
      return bs_call_operation (path + strlen (modules[i].prefix), modules[i].flags, arguments, out, error);
  return FALSE;
}

gboolean
bs_find_constant (const char *path, BsResult *out)
{
  static const struct { const char *path; double value; } constants[] = {
    { "math.pi", G_PI }, { "math.e", G_E }, { "math.inf", INFINITY }, { "math.nan", NAN }, { "torch.pi", G_PI },
    { "torch.inf", INFINITY }, { "torch.nan", NAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (constants); i++)
    if (g_str_equal (path, constants[i].path))
      return (*out = bs_result_real (constants[i].value), TRUE);
  for (guint i = 0; g_str_has_prefix (path, "torch.") && i < BS_N_DTYPES; i++)
    if (g_str_equal (path + 6, bs_dtype_name (i)))
      return (*out = (BsResult){ .kind = BS_RESULT_DTYPE, .integer = i }, TRUE);
  return FALSE;
}
