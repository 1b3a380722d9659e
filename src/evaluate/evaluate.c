/* SPDX-License-Identifier: MIT */

/* Walks the tree of an expression with the values of a step. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "expression-private.h"

#define ITEMS_MAX 4096

typedef struct {
  BsExpression *expression;
  BsCursor *cursor;
  BsRecording *recording;
} Scope;

static gboolean evaluate (Scope *self, BsAst *ast, BsResult *out, GError **error);

/* --- values of the recording ------------------------------------------------------------------------------------------- */

static gboolean
take_value (Scope *self, guint32 id, gboolean grad, const char *what, BsResult *out, GError **error)
{
  BsTensor *tensor;
  BsValue value;

  if (!bs_cursor_get_whole (self->cursor, id, grad, &value))
    {
      if (self->expression)
        self->expression->missing = id;
      return bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, _("“%s” is too large: only a small picture of it was recorded."), what);
    }
  tensor = bs_tensor_new_from (value.dtype, value.n_dims, value.shape, value.data, error);
  if (tensor == NULL)
    return FALSE;
  *out = bs_result_take_tensor (tensor);
  return TRUE;
}

static gboolean
take_tensor (Scope *self, guint32 id, const char *path, BsResult *out, GError **error)
{
  if (!take_value (self, id, FALSE, path ? path : _("This tensor"), out, error))
    return FALSE;
  out->id = id;
  out->path = g_strdup (path);
  return TRUE;
}

/* A recorded text is Python's repr, cut short: 'abc', list of 3, MLP. */
static void
take_text (const char *text, const char *path, BsResult *out)
{
  gsize n = strlen (text);

  if (n >= 2 && (text[0] == '\'' || text[0] == '"') && text[n - 1] == text[0])
    *out = (BsResult){ .kind = BS_RESULT_TEXT, .text = g_strndup (text + 1, n - 2) };
  else
    *out = (BsResult){ .kind = BS_RESULT_OBJECT, .text = g_strdup (text) };
  out->path = g_strdup (path);
}

static gboolean
take_plain (Scope *self, const BsPlain *plain, const char *path, BsResult *out, GError **error)
{
  switch (plain->kind)
    {
    case BS_PLAIN_TENSOR: return take_tensor (self, plain->tensor, path, out, error);
    case BS_PLAIN_INT: *out = bs_result_integer (plain->integer); break;
    case BS_PLAIN_BOOL: *out = bs_result_boolean (plain->integer != 0); break;
    case BS_PLAIN_REAL: *out = bs_result_real (plain->real); break;
    case BS_PLAIN_TEXT: take_text (plain->text, path, out); break;
    default: break; /* None */
    }
  return TRUE;
}

/* The variable that the path names, if the recording has one at this step. */
static gboolean
find_path (Scope *self, BsAst *ast, BsPlain *out)
{
  if (ast->path == NULL)
    return FALSE;
  if (ast->name == 0)
    ast->name = bs_recording_find_name (self->recording, ast->path, &ast->looked_at);
  return ast->name != 0 && bs_cursor_find_variable (self->cursor, ast->name, out);
}

static gboolean
find_text_path (Scope *self, const char *path, BsPlain *out)
{
  guint32 looked_at = 0, name = bs_recording_find_name (self->recording, path, &looked_at);

  return name != 0 && bs_cursor_find_variable (self->cursor, name, out);
}

/* "list of 3" becomes its items, which have names of their own: ws[0], ws[1] ... */
static gboolean
open_sequence (Scope *self, BsResult *value, GError **error)
{
  const char *of = value->kind == BS_RESULT_OBJECT && value->path ? g_strrstr (value->text, " of ") : NULL;
  guint64 n = of ? g_ascii_strtoull (of + 4, NULL, 10) : 0;
  BsResult list = { .kind = BS_RESULT_SEQUENCE };

  if (of == NULL || !(g_str_has_prefix (value->text, "list") || g_str_has_prefix (value->text, "tuple")) || n > ITEMS_MAX)
    return TRUE;
  list.path = g_strdup (value->path);
  list.items = g_new0 (BsResult, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s[%u]", value->path, i);
      BsPlain plain;

      if (!find_text_path (self, path, &plain))
        {
          bs_expression_fail (error, BS_EXPRESSION_ERROR_VALUE, ngettext ("Only the first %u item of “%s” was recorded.",
                                                                                 "Only the first %u items of “%s” were recorded.", i), i, value->path);
          bs_result_clear (&list);
          return FALSE;
        }
      list.n_items++;
      if (!take_plain (self, &plain, path, &list.items[i], error))
        {
          bs_result_clear (&list);
          return FALSE;
        }
    }
  bs_result_clear (value);
  *value = list;
  return TRUE;
}

/* --- attributes ----------------------------------------------------------------------------------------------------- */

static gboolean
gradient_of (Scope *self, const BsResult *tensor, BsResult *out, GError **error)
{
  g_autofree char *what = NULL;
  BsTensorState state;

  if (tensor->id == 0)
    return TRUE; /* None: computed here, without gradients */
  bs_cursor_get_tensor (self->cursor, tensor->id, &state);
  if (state.grad_state <= BS_GRAD_IS_NONE)
    return TRUE;
  what = g_strconcat (tensor->path ? tensor->path : "", ".grad", NULL);
  return take_value (self, tensor->id, TRUE, what, out, error);
}

static void
shape_of (const BsTensor *tensor, BsResult *out)
{
  guint n = bs_tensor_get_n_dims (tensor);

  *out = (BsResult){ .kind = BS_RESULT_SEQUENCE, .items = g_new0 (BsResult, n), .n_items = n };
  for (guint i = 0; i < n; i++)
    out->items[i] = bs_result_integer (bs_tensor_get_shape (tensor)[i]);
}

static gboolean
flag_of (Scope *self, const BsResult *tensor, const char *name)
{
  BsTensorState state = { .is_leaf = TRUE };

  if (tensor->id)
    bs_cursor_get_tensor (self->cursor, tensor->id, &state);
  return g_str_equal (name, "is_leaf") ? state.is_leaf : state.requires_grad;
}

static gboolean
attribute_of_tensor (Scope *self, const BsResult *base, const char *name, BsResult *out, GError **error)
{
  const char *const no_names[] = { NULL };
  BsArguments arguments = { base, no_names, 1 };

  if (g_str_equal (name, "grad"))
    return gradient_of (self, base, out, error);
  if (g_str_equal (name, "data"))
    bs_result_copy (base, out);
  else if (g_str_equal (name, "shape"))
    shape_of (base->tensor, out);
  else if (g_str_equal (name, "ndim"))
    *out = bs_result_integer (bs_tensor_get_n_dims (base->tensor));
  else if (g_str_equal (name, "dtype"))
    *out = (BsResult){ .kind = BS_RESULT_DTYPE, .integer = bs_tensor_get_dtype (base->tensor) };
  else if (g_str_equal (name, "requires_grad") || g_str_equal (name, "is_leaf"))
    *out = bs_result_boolean (flag_of (self, base, name));
  else if (g_str_equal (name, "T") || g_str_equal (name, "mT"))
    return bs_call_operation (g_str_equal (name, "T") ? "t" : "mT", 0, &arguments, out, error);
  else
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_NAME, _("A tensor has no “%s” here."), name);
  return TRUE;
}

static gboolean
evaluate_attribute (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  g_auto (BsResult) base = { 0 };
  g_autoptr (GError) problem = NULL;

  if (!evaluate (self, ast->items[0], &base, &problem))
    {
      if (ast->path && bs_find_constant (ast->path, out))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (base.kind == BS_RESULT_TENSOR)
    return attribute_of_tensor (self, &base, ast->text, out, error);
  return bs_expression_fail (error, BS_EXPRESSION_ERROR_NAME, _("No “%s” of “%s” was recorded."), ast->text,
                             base.path ? base.path : bs_result_kind_name (&base));
}

/* --- items and calls --------------------------------------------------------------------------------------------------- */

static void
clear_results (BsResult *results, guint n)
{
  for (guint i = 0; i < n; i++)
    bs_result_clear (&results[i]);
  g_free (results);
}

static gboolean
evaluate_subscript (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  g_auto (BsResult) base = { 0 };
  guint n = ast->n_items - 1;
  BsResult *indexes;
  gboolean ok = TRUE;

  if (!evaluate (self, ast->items[0], &base, error) || !open_sequence (self, &base, error))
    return FALSE;
  indexes = g_new0 (BsResult, n);
  for (guint i = 0; i < n && ok; i++)
    ok = evaluate (self, ast->items[i + 1], &indexes[i], error);
  ok = ok && bs_evaluate_subscript (&base, indexes, n, out, error);
  clear_results (indexes, n);
  return ok;
}

static gboolean
call (Scope *self, BsAst *callee, const BsArguments *arguments, BsResult *out, GError **error)
{
  g_autoptr (GError) problem = NULL;
  BsPlain plain;

  if (callee->path && !find_path (self, callee, &plain))
    {
      if (bs_call_function (callee->path, arguments, out, &problem))
        return TRUE;
      if (problem)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
  if (callee->kind == BS_AST_ATTRIBUTE)
    {
      g_auto (BsResult) base = { 0 };

      if (!evaluate (self, callee->items[0], &base, &problem))
        {
          if (callee->path && bs_is_function_path (callee->path))
            return bs_expression_fail (error, BS_EXPRESSION_ERROR_NAME, _("There is no function “%s” here."), callee->path);
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      return bs_call_method (&base, callee->text, arguments, out, error);
    }
  return bs_expression_fail (error, BS_EXPRESSION_ERROR_NAME, _("“%s” cannot be called here: nothing of the script runs."),
                             callee->path ? callee->path : "");
}

static gboolean
evaluate_call (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  guint n = ast->n_items - 1;
  BsResult *args = g_new0 (BsResult, n);
  const char **names = g_new0 (const char *, n + 1);
  BsArguments arguments = { args, names, n };
  gboolean ok = TRUE;

  for (guint i = 0; i < n && ok; i++)
    {
      BsAst *argument = ast->items[i + 1];
      gboolean is_keyword = argument->kind == BS_AST_KEYWORD;

      names[i] = is_keyword ? argument->text : NULL;
      ok = evaluate (self, is_keyword ? argument->items[0] : argument, &args[i], error) && open_sequence (self, &args[i], error);
    }
  ok = ok && call (self, ast->items[0], &arguments, out, error);
  clear_results (args, n);
  g_free (names);
  return ok;
}

/* --- operators ----------------------------------------------------------------------------------------------------------- */

static gboolean
evaluate_operator (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  g_auto (BsResult) a = { 0 }, b = { 0 };

  if (!evaluate (self, ast->items[0], &a, error))
    return FALSE;
  if (ast->kind == BS_AST_UNARY)
    return bs_evaluate_unary (ast->operator, &a, out, error);
  return evaluate (self, ast->items[1], &b, error) && bs_evaluate_binary (ast->operator, &a, &b, out, error);
}

/* a < b < c is (a < b) and (b < c). */
static gboolean
evaluate_compare (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  g_auto (BsResult) left = { 0 };

  if (!evaluate (self, ast->items[0], &left, error) || !open_sequence (self, &left, error))
    return FALSE;
  for (guint i = 1; i < ast->n_items; i++)
    {
      BsResult right = { 0 };
      gboolean ok, truth = TRUE;

      bs_result_clear (out);
      ok = evaluate (self, ast->items[i], &right, error) && open_sequence (self, &right, error) &&
           bs_evaluate_compare (ast->operators[i - 1], &left, &right, out, error);
      bs_result_clear (&left);
      left = right;
      if (!ok || (i + 1 < ast->n_items && !bs_result_is_true (out, &truth, error)))
        return FALSE;
      if (!truth)
        break;
    }
  return TRUE;
}

static gboolean
evaluate_choice (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  guint first = ast->kind == BS_AST_IF ? 1 : 0;
  gboolean truth;

  if (!evaluate (self, ast->items[first], out, error) || !bs_result_is_true (out, &truth, error))
    return FALSE;
  switch (ast->kind)
    {
    case BS_AST_NOT:
      bs_result_clear (out);
      *out = bs_result_boolean (!truth);
      return TRUE;
    case BS_AST_IF:
      bs_result_clear (out);
      return evaluate (self, ast->items[truth ? 0 : 2], out, error);
    default:
      if (truth == (ast->kind == BS_AST_OR))
        return TRUE;
      bs_result_clear (out);
      return evaluate (self, ast->items[1], out, error);
    }
}

static gboolean
evaluate_sequence (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  *out = (BsResult){ .kind = ast->kind == BS_AST_SLICE ? BS_RESULT_SLICE : BS_RESULT_SEQUENCE,
                     .items = g_new0 (BsResult, ast->n_items) };
  for (; out->n_items < ast->n_items; out->n_items++)
    if (ast->items[out->n_items] && !evaluate (self, ast->items[out->n_items], &out->items[out->n_items], error))
      return FALSE;
  return TRUE;
}

static gboolean
evaluate_name (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  if (bs_find_constant (ast->path, out))
    return TRUE;
  return bs_expression_fail (error, BS_EXPRESSION_ERROR_NAME, _("There is no “%s” at this step."), ast->text);
}

static void
take_constant (BsAst *ast, BsResult *out)
{
  if (ast->operator == 1 || ast->operator == 2)
    *out = bs_result_boolean (ast->operator == 1);
  else if (ast->operator == 3)
    *out = (BsResult){ .kind = BS_RESULT_OBJECT, .text = g_strdup ("...") };
}

static gboolean
evaluate (Scope *self, BsAst *ast, BsResult *out, GError **error)
{
  gboolean ok = TRUE;
  BsPlain plain;

  if (find_path (self, ast, &plain))
    return take_plain (self, &plain, ast->path, out, error);
  switch (ast->kind)
    {
    case BS_AST_NUMBER: *out = ast->is_real ? bs_result_real (ast->real) : bs_result_integer (ast->integer); break;
    case BS_AST_TEXT: *out = bs_result_string (ast->text); break;
    case BS_AST_CONSTANT: take_constant (ast, out); break;
    case BS_AST_NAME: ok = evaluate_name (self, ast, out, error); break;
    case BS_AST_ATTRIBUTE: ok = evaluate_attribute (self, ast, out, error); break;
    case BS_AST_SUBSCRIPT: ok = evaluate_subscript (self, ast, out, error); break;
    case BS_AST_CALL: ok = evaluate_call (self, ast, out, error); break;
    case BS_AST_UNARY:
    case BS_AST_BINARY: ok = evaluate_operator (self, ast, out, error); break;
    case BS_AST_COMPARE: ok = evaluate_compare (self, ast, out, error); break;
    case BS_AST_AND:
    case BS_AST_OR:
    case BS_AST_NOT:
    case BS_AST_IF: ok = evaluate_choice (self, ast, out, error); break;
    default: ok = evaluate_sequence (self, ast, out, error);
    }
  if (!ok)
    bs_result_clear (out);
  return ok;
}

/* The numbers that the tree remembers are those of one recording. */
static void
forget_names (BsAst *ast)
{
  if (ast == NULL)
    return;
  ast->name = ast->looked_at = 0;
  for (guint i = 0; i < ast->n_items; i++)
    forget_names (ast->items[i]);
}

guint32
bs_expression_get_missing (const BsExpression *self)
{
  return self->missing;
}

gboolean
bs_expression_evaluate (BsExpression *self, BsCursor *cursor, BsResult *out, GError **error)
{
  Scope scope = { .expression = self, .cursor = cursor, .recording = bs_cursor_get_recording (cursor) };
  BsGradMode mode = bs_get_grad_mode ();
  gboolean ok;

  memset (out, 0, sizeof *out);
  if (self->recording != scope.recording)
    forget_names (self->root);
  self->recording = scope.recording;
  self->missing = 0;
  bs_set_grad_mode (BS_GRAD_OFF);
  ok = evaluate (&scope, self->root, out, error) && open_sequence (&scope, out, error);
  bs_set_grad_mode (mode);
  if (!ok)
    bs_result_clear (out);
  return ok;
}

char *
bs_plain_show (BsCursor *cursor, const BsPlain *plain)
{
  Scope scope = { .cursor = cursor, .recording = bs_cursor_get_recording (cursor) };
  g_auto (BsResult) result = { 0 };
  BsTensorState state;

  if (plain->kind == BS_PLAIN_TENSOR)
    {
      bs_cursor_get_tensor (cursor, plain->tensor, &state);
      if (state.value.how != BS_VALUE_WHOLE || state.value.numel > BS_NUMBERS_SHOWN)
        return bs_value_to_text (&state.value, 5);
    }
  return take_plain (&scope, plain, NULL, &result, NULL) ? bs_result_to_text (&result) : g_strdup ("");
}
