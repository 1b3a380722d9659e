/* SPDX-License-Identifier: MIT */

/* Python's operators: on plain values as Python has them, on tensors by the engine. */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/ops.h"
#include "expression-private.h"

static const char *const symbols[] = {
  "+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is",
  "is not", "+", "-", "~",
};

static const char *const operations[] = {
  "add", "sub", "mul", "div", "floor_divide", "remainder", "pow", "matmul", "bitwise_and", "bitwise_or", "bitwise_xor",
  "bitwise_left_shift", "bitwise_right_shift", "eq", "ne", "lt", "le", "gt", "ge",
};

static gboolean
fail_types (BsOperator op, const BsResult *a, const BsResult *b, GError **error)
{
  return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("“%s” does not work between %s and %s."), symbols[op],
                             bs_result_kind_name (a), bs_result_kind_name (b));
}

static gboolean
apply_tensors (BsOperator op, const BsResult *a, const BsResult *b, BsResult *out, GError **error)
{
  const BsResult args[] = { *a, *b };
  const char *const names[] = { NULL, NULL };
  BsArguments arguments = { args, names, 2 };

  if (!bs_result_is_number (a) && a->kind != BS_RESULT_TENSOR)
    return fail_types (op, a, b, error);
  if (!bs_result_is_number (b) && b->kind != BS_RESULT_TENSOR)
    return fail_types (op, a, b, error);
  return bs_call_operation (operations[op], 0, &arguments, out, error);
}

/* --- plain numbers --------------------------------------------------------------------------------------------------- */

static gboolean
fail_zero (GError **error)
{
  return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("Division by zero."));
}

static gint64
floor_divide (gint64 a, gint64 b)
{
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static gboolean
power_of_integers (gint64 a, gint64 b, BsResult *out, gboolean *fits)
{
  gint64 result = 1;

  *fits = TRUE;
  for (; b > 0; b--)
    {
      if (__builtin_mul_overflow (result, a, &result))
        return *fits = FALSE;
      if (result == 0 || (result == 1 && a == 1))
        break;
      if (a == -1)
        {
          result = b % 2 ? -1 : 1;
          break;
        }
    }
  *out = bs_result_integer (result);
  return TRUE;
}

static gboolean
integers (BsOperator op, gint64 a, gint64 b, BsResult *out, GError **error)
{
  gboolean fits = TRUE;
  gint64 result = 0;

  switch (op)
    {
    case BS_ADD: fits = !__builtin_add_overflow (a, b, &result); break;
    case BS_SUB: fits = !__builtin_sub_overflow (a, b, &result); break;
    case BS_MUL: fits = !__builtin_mul_overflow (a, b, &result); break;
    case BS_DIV:
      if (b == 0)
        return fail_zero (error);
      *out = bs_result_real ((double) a / (double) b);
      return TRUE;
    case BS_FLOORDIV:
    case BS_MOD:
      if (b == 0)
        return fail_zero (error);
      if (b == -1)
        fits = op == BS_MOD || !__builtin_sub_overflow (0, a, &result);
      else
        result = op == BS_MOD ? a - b * floor_divide (a, b) : floor_divide (a, b);
      break;
    case BS_POW:
      if (b < 0 && a == 0)
        return fail_zero (error);
      if (b < 0)
        {
          *out = bs_result_real (pow ((double) a, (double) b));
          return TRUE;
        }
      if (power_of_integers (a, b, out, &fits))
        return TRUE;
      break;
    case BS_BITAND: result = a & b; break;
    case BS_BITOR: result = a | b; break;
    case BS_BITXOR: result = a ^ b; break;
    case BS_SHIFT_LEFT:
      fits = b >= 0 && b < 62 && ABS (a) < (G_GINT64_CONSTANT (1) << (62 - b));
      result = fits ? a * (G_GINT64_CONSTANT (1) << b) : 0;
      break;
    case BS_SHIFT_RIGHT:
      fits = b >= 0;
      result = a >> MIN (MAX (b, 0), 63);
      break;
    default: return FALSE;
    }
  if (!fits)
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("The whole number is too large here."));
  *out = bs_result_integer (result);
  return TRUE;
}

/* As CPython's float_rem() and float_floor_div(). */
static double
modulo (double a, double b)
{
  double rest = fmod (a, b);

  if (rest != 0)
    return (rest < 0) != (b < 0) ? rest + b : rest;
  return copysign (0, b);
}

static double
floor_divide_reals (double a, double b)
{
  double quotient = (a - modulo (a, b)) / b, whole = floor (quotient);

  if (quotient == 0)
    return copysign (0, a / b);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

static gboolean
reals (BsOperator op, double a, double b, BsResult *out, GError **error)
{
  double result;

  switch (op)
    {
    case BS_ADD: result = a + b; break;
    case BS_SUB: result = a - b; break;
    case BS_MUL: result = a * b; break;
    case BS_POW: result = pow (a, b); break;
    case BS_DIV:
    case BS_FLOORDIV:
    case BS_MOD:
      if (b == 0)
        return fail_zero (error);
      result = op == BS_DIV ? a / b : op == BS_MOD ? modulo (a, b) : floor_divide_reals (a, b);
      break;
    default: return FALSE;
    }
  *out = bs_result_real (result);
  return TRUE;
}

gboolean
bs_evaluate_binary (BsOperator op, const BsResult *a, const BsResult *b, BsResult *out, GError **error)
{
  gboolean bitwise = op >= BS_BITAND && op <= BS_SHIFT_RIGHT;

  if (a->kind == BS_RESULT_TENSOR || b->kind == BS_RESULT_TENSOR)
    return apply_tensors (op, a, b, out, error);
  if (a->kind == BS_RESULT_TEXT && b->kind == BS_RESULT_TEXT && op == BS_ADD)
    {
      *out = (BsResult){ .kind = BS_RESULT_TEXT, .text = g_strconcat (a->text, b->text, NULL) };
      return TRUE;
    }
  if (!bs_result_is_number (a) || !bs_result_is_number (b) || op == BS_MATMUL)
    return fail_types (op, a, b, error);
  if (a->kind == BS_RESULT_REAL || b->kind == BS_RESULT_REAL)
    return bitwise ? fail_types (op, a, b, error) : reals (op, bs_result_get_number (a), bs_result_get_number (b), out, error);
  return integers (op, a->integer, b->integer, out, error);
}

gboolean
bs_evaluate_unary (BsOperator op, const BsResult *a, BsResult *out, GError **error)
{
  const char *const names[] = { NULL };
  BsArguments arguments = { a, names, 1 };
  BsResult zero = bs_result_integer (0), ones = bs_result_integer (-1);

  if (a->kind == BS_RESULT_TENSOR)
    {
      if (op != BS_POSITIVE)
        return bs_call_operation (op == BS_NEGATIVE ? "neg" : "bitwise_not", 0, &arguments, out, error);
      bs_result_copy (a, out);
      return TRUE;
    }
  if (!bs_result_is_number (a) || (op == BS_INVERT && a->kind == BS_RESULT_REAL))
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("“%s” does not work on %s."), symbols[op], bs_result_kind_name (a));
  if (a->kind == BS_RESULT_REAL)
    *out = bs_result_real (op == BS_NEGATIVE ? -a->real : a->real);
  else
    return integers (op == BS_INVERT ? BS_BITXOR : op == BS_NEGATIVE ? BS_SUB : BS_ADD, op == BS_INVERT ? a->integer : zero.integer,
                     op == BS_INVERT ? ones.integer : a->integer, out, error);
  return TRUE;
}

/* --- comparing ------------------------------------------------------------------------------------------------------- */

static gboolean
equal (const BsResult *a, const BsResult *b)
{
  if (bs_result_is_number (a) && bs_result_is_number (b))
    return a->kind == BS_RESULT_REAL || b->kind == BS_RESULT_REAL ? bs_result_get_number (a) == bs_result_get_number (b)
                                                                  : a->integer == b->integer;
  if (a->kind != b->kind)
    return FALSE;
  switch (a->kind)
    {
    case BS_RESULT_NONE: return TRUE;
    case BS_RESULT_DTYPE: return a->integer == b->integer;
    case BS_RESULT_TEXT: return g_str_equal (a->text, b->text);
    case BS_RESULT_SEQUENCE:
      for (guint i = 0; i < a->n_items && a->n_items == b->n_items; i++)
        if (!equal (&a->items[i], &b->items[i]))
          return FALSE;
      return a->n_items == b->n_items;
    case BS_RESULT_TENSOR: return a->tensor == b->tensor;
    default: return g_strcmp0 (a->text, b->text) == 0;
    }
}

static gboolean
contains (const BsResult *a, const BsResult *b, gboolean *yes, GError **error)
{
  *yes = FALSE;
  if (b->kind == BS_RESULT_TEXT && a->kind == BS_RESULT_TEXT)
    *yes = strstr (b->text, a->text) != NULL;
  else if (b->kind == BS_RESULT_SEQUENCE)
    for (guint i = 0; i < b->n_items && !*yes; i++)
      *yes = equal (a, &b->items[i]);
  else if (b->kind == BS_RESULT_TENSOR && bs_result_is_number (a))
    for (gint64 i = 0; i < bs_tensor_get_numel (b->tensor) && !*yes; i++)
      *yes = bs_tensor_get_double (b->tensor, i) == bs_result_get_number (a);
  else
    return fail_types (BS_IN, a, b, error);
  return TRUE;
}

static gboolean
order (const BsResult *a, const BsResult *b, double *difference)
{
  if (a->kind == BS_RESULT_TEXT && b->kind == BS_RESULT_TEXT)
    *difference = strcmp (a->text, b->text);
  else if (a->kind == BS_RESULT_INT && b->kind == BS_RESULT_INT)
    *difference = a->integer < b->integer ? -1 : a->integer > b->integer;
  else if (bs_result_is_number (a) && bs_result_is_number (b))
    {
      double x = bs_result_get_number (a), y = bs_result_get_number (b);

      *difference = isnan (x) || isnan (y) ? NAN : x < y ? -1 : x > y;
    }
  else
    return FALSE;
  return TRUE;
}

gboolean
bs_evaluate_compare (BsOperator op, const BsResult *a, const BsResult *b, BsResult *out, GError **error)
{
  gboolean yes = FALSE;
  double d = 0;

  if (op == BS_IN || op == BS_NOT_IN)
    {
      if (!contains (a, b, &yes, error))
        return FALSE;
      *out = bs_result_boolean (yes == (op == BS_IN));
      return TRUE;
    }
  if (op == BS_IS || op == BS_IS_NOT)
    {
      yes = a->kind == b->kind && (a->kind == BS_RESULT_TENSOR ? a->id == b->id && a->id != 0 : equal (a, b));
      *out = bs_result_boolean (yes == (op == BS_IS));
      return TRUE;
    }
  if ((a->kind == BS_RESULT_TENSOR || b->kind == BS_RESULT_TENSOR) && a->kind != BS_RESULT_NONE && b->kind != BS_RESULT_NONE)
    return apply_tensors (op, a, b, out, error);
  if (op == BS_EQ || op == BS_NE)
    {
      *out = bs_result_boolean (equal (a, b) == (op == BS_EQ));
      return TRUE;
    }
  if (!order (a, b, &d))
    return fail_types (op, a, b, error);
  *out = bs_result_boolean (op == BS_LT ? d < 0 : op == BS_LE ? d <= 0 : op == BS_GT ? d > 0 : d >= 0);
  return TRUE;
}

/* --- items ----------------------------------------------------------------------------------------------------------- */

/* Python's clipping of bounds. */
static gint64
bound_of (const BsResult *part, gint64 n, gint64 otherwise, gint64 low, gint64 high)
{
  gint64 at = part->kind == BS_RESULT_INT ? part->integer : otherwise;

  if (part->kind == BS_RESULT_INT && at < 0)
    at = at < -n ? low : at + n;
  return CLAMP (at, low, high);
}

static void
slice_of_sequence (const BsResult *a, const BsResult *slice, BsResult *out)
{
  gint64 n = a->n_items, step = slice->items[2].kind == BS_RESULT_INT ? slice->items[2].integer : 1;
  gint64 low = step < 0 ? -1 : 0, high = step < 0 ? n - 1 : n;
  gint64 from = bound_of (&slice->items[0], n, step < 0 ? n - 1 : 0, low, high);
  gint64 to = bound_of (&slice->items[1], n, step < 0 ? -1 : n, low, high);

  *out = (BsResult){ .kind = BS_RESULT_SEQUENCE, .items = g_new0 (BsResult, n) };
  step = CLAMP (step, -n - 1, n + 1);
  for (gint64 i = from; step != 0 && (step > 0 ? i < to : i > to); i += step)
    bs_result_copy (&a->items[i], &out->items[out->n_items++]);
}

/* x[[0, 2]] is x[torch.tensor([0, 2])]. */
static BsTensor *
tensor_of_list (const BsResult *list, GError **error)
{
  gint64 n = list->n_items;
  BsTensor *tensor = bs_tensor_new (BS_INT64, 1, &n, error);

  for (gint64 i = 0; tensor && i < n; i++)
    {
      if (list->items[i].kind != BS_RESULT_INT)
        {
          bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("%s is no index."), bs_result_kind_name (&list->items[i]));
          g_clear_pointer (&tensor, bs_tensor_unref);
          break;
        }
      ((gint64 *) bs_tensor_get_data (tensor))[i] = list->items[i].integer;
    }
  return tensor;
}

static gboolean
item_of_sequence (const BsResult *a, const BsResult *index, BsResult *out, GError **error)
{
  gint64 i = index->integer;

  if (index->kind == BS_RESULT_SLICE)
    {
      slice_of_sequence (a, index, out);
      return TRUE;
    }
  if (index->kind != BS_RESULT_INT)
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("The index of a list is a whole number."));
  i += i < 0 ? a->n_items : 0;
  if (i < 0 || i >= a->n_items)
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("There is no item %lld of %u."), (long long) index->integer, a->n_items);
  bs_result_copy (&a->items[i], out);
  return TRUE;
}

/* Takes @tensor, as every step below does. */
static BsTensor *
step (BsTensor *tensor, const char *op, guint n_args, const BsArg *args, GError **error)
{
  BsTensor *next = tensor ? bs_apply (bs_op_find (op), 1, &tensor, n_args, args, error) : NULL;

  if (tensor)
    bs_tensor_unref (tensor);
  return next;
}

static BsArg
optional_int (const BsResult *part)
{
  return part->kind == BS_RESULT_INT ? BS_INT (part->integer) : BS_NONE;
}

static BsTensor *
index_by_tensor (BsTensor *tensor, guint dim, BsTensor *index, GError **error)
{
  BsTensor *inputs[BS_MAX_DIMS + 1] = { tensor }, *next;

  inputs[1 + dim] = index;
  next = bs_apply (bs_op_find ("index"), dim + 2, inputs, 0, NULL, error);
  bs_tensor_unref (tensor);
  return next;
}

/* How many dimensions of the tensor the index uses up. */
static guint
dims_of (const BsResult *index)
{
  if (index->kind == BS_RESULT_TENSOR && bs_tensor_get_dtype (index->tensor) == BS_BOOL)
    return bs_tensor_get_n_dims (index->tensor);
  return index->kind == BS_RESULT_NONE || index->kind == BS_RESULT_OBJECT ? 0 : 1;
}

gboolean
bs_evaluate_subscript (const BsResult *a, const BsResult *indexes, guint n_indexes, BsResult *out, GError **error)
{
  BsTensor *tensor;
  guint dim = 0, used = 0;

  if (a->kind == BS_RESULT_SEQUENCE && n_indexes == 1)
    return item_of_sequence (a, indexes, out, error);
  if (a->kind != BS_RESULT_TENSOR)
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("%s has no items here."), bs_result_kind_name (a));
  for (guint i = 0; i < n_indexes; i++)
    used += dims_of (&indexes[i]);
  tensor = bs_tensor_ref (a->tensor);
  for (guint i = 0; i < n_indexes && tensor != NULL; i++)
    {
      const BsResult *index = &indexes[i];

      switch (index->kind)
        {
        case BS_RESULT_INT:
          if (dim < bs_tensor_get_n_dims (tensor) && (index->integer >= bs_tensor_get_shape (tensor)[dim] || index->integer < -bs_tensor_get_shape (tensor)[dim]))
            {
              bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, "index %lld is out of bounds for dimension %u with size %lld", (long long) index->integer, dim,
                                  (long long) bs_tensor_get_shape (tensor)[dim]);
              g_clear_pointer (&tensor, bs_tensor_unref);
              break;
            }
          tensor = step (tensor, "select", 2, (BsArg[]) { BS_INT (dim), BS_INT (index->integer) }, error); break;
        case BS_RESULT_NONE: tensor = step (tensor, "unsqueeze", 1, (BsArg[]) { BS_INT (dim++) }, error); break;
        case BS_RESULT_OBJECT: dim += MAX ((int) bs_tensor_get_n_dims (tensor) - (int) dim - (int) used, 0); break; /* ... */
        case BS_RESULT_SEQUENCE:
          {
            g_autoptr (BsTensor) list = tensor_of_list (index, error);

            if (list == NULL)
              g_clear_pointer (&tensor, bs_tensor_unref);
            else
              tensor = index_by_tensor (tensor, dim++, list, error);
            break;
          }
        case BS_RESULT_SLICE:
          tensor = step (tensor, "slice", 4,
                         (BsArg[]) { BS_INT (dim), optional_int (&index->items[0]), optional_int (&index->items[1]),
                                     index->items[2].kind == BS_RESULT_INT ? BS_INT (index->items[2].integer) : BS_INT (1) }, error);
          dim++;
          break;
        case BS_RESULT_TENSOR: tensor = index_by_tensor (tensor, dim, index->tensor, error); dim++; break;
        default:
          bs_tensor_unref (tensor);
          return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("%s is no index."), bs_result_kind_name (index));
        }
      used -= MIN (used, dims_of (index));
    }
  if (tensor == NULL)
    return FALSE;
  *out = bs_result_take_tensor (tensor);
  return TRUE;
}
