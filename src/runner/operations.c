/* SPDX-License-Identifier: MIT */

/* An operation as the recording names it: row of the table, name of its node, arguments as Python would write them.
 * Calls without arguments, by far the most, cost a look into an array. */

#include "config.h"

#include "observer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/signature.h"

/* What is known of a row: ids of its calls without arguments, with a node and without. */
typedef struct {
  guint32 plain, with_node;
  const char *node; /* interned by the engine; compared as a pointer */
  BsSignature *signature;
} Row;

static Row *rows;

static void
append_number (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  for (int precision = 1; precision <= 17; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", precision);
      g_ascii_formatd (digits, sizeof digits, format, value);
      if (g_ascii_strtod (digits, NULL) == value)
        break;
    }
  g_string_append (text, digits);
  if (isfinite (value) && strpbrk (digits, ".e") == NULL)
    g_string_append (text, ".0");
}

static void
append_ints (GString *text, const BsArg *arg)
{
  g_string_append_c (text, '(');
  for (guint i = 0; i < arg->n; i++)
    g_string_append_printf (text, i == 0 ? "%" G_GINT64_FORMAT : ", %" G_GINT64_FORMAT, arg->ints[i]);
  g_string_append (text, arg->n == 1 ? ",)" : ")");
}

static void
append_argument (GString *text, const BsArg *arg)
{
  switch (arg->kind)
    {
    case BS_ARG_BOOL:
      g_string_append (text, arg->integer ? "True" : "False");
      break;
    case BS_ARG_INT:
      g_string_append_printf (text, "%" G_GINT64_FORMAT, arg->integer);
      break;
    case BS_ARG_REAL:
      append_number (text, arg->real);
      break;
    case BS_ARG_INTS:
      append_ints (text, arg);
      break;
    case BS_ARG_DTYPE:
      g_string_append (text, bs_dtype_name (arg->integer));
      break;
    case BS_ARG_STRING:
      g_string_append_printf (text, "'%s'", arg->string);
      break;
    default:
      g_string_append (text, "None");
    }
}

static Row *
row_of (const BsOp *op)
{
  if (rows == NULL)
    rows = g_new0 (Row, bs_n_ops ());
  return &rows[bs_op_index (op)];
}

void
bs_operations_forget (void)
{
  for (guint i = 0; rows != NULL && i < bs_n_ops (); i++)
    g_free (rows[i].signature);
  g_clear_pointer (&rows, g_free);
}

static const BsParameter *
parameter_of_argument (Row *row, const BsOp *op, guint position)
{
  if (row->signature == NULL)
    {
      row->signature = g_new0 (BsSignature, 1);
      if (!bs_signature_parse (op->signature, row->signature))
        row->signature->n_parameters = 0;
    }
  for (guint i = 0; i < row->signature->n_parameters; i++)
    if (!row->signature->parameters[i].is_input && row->signature->parameters[i].position == position)
      return &row->signature->parameters[i];
  return NULL;
}

/* The default says nothing that a person must read: reduction='mean'. */
static gboolean
is_default (const BsParameter *parameter, const char *text)
{
  gsize length = strlen (text);
  gboolean quoted = length >= 2 && *text == '\'' && parameter->default_text[0] != '\'';

  return parameter->has_default && strlen (parameter->default_text) == length - 2 * quoted &&
         strncmp (parameter->default_text, text + quoted, length - 2 * quoted) == 0;
}

static guint32
with_arguments (Row *row, const BsOp *op, const char *grad_fn, guint n_args, const BsArg *args)
{
  BsAttribute attributes[BS_MAX_PARAMETERS];
  gsize starts[BS_MAX_PARAMETERS];
  static GString *text;
  guint n = 0;

  if (text == NULL)
    text = g_string_new (NULL);
  g_string_truncate (text, 0);
  for (guint i = 0; i < n_args && n < BS_MAX_PARAMETERS; i++)
    {
      const BsParameter *parameter = parameter_of_argument (row, op, i);

      if (args[i].kind == BS_ARG_NONE)
        continue;
      starts[n] = text->len;
      append_argument (text, &args[i]);
      g_string_append_c (text, '\0');
      if (parameter != NULL && is_default (parameter, text->str + starts[n]))
        {
          g_string_truncate (text, starts[n]);
          continue;
        }
      attributes[n++].name = parameter != NULL ? parameter->name : "";
    }
  for (guint i = 0; i < n; i++)
    attributes[i].text = text->str + starts[i];
  return bs_writer_op (bs_recorder.writer, op->name, op->symbol, grad_fn, n, attributes);
}

guint32
bs_operation_id (const BsOp *op, const char *label, const char *grad_fn, guint n_args, const BsArg *args)
{
  Row *row;
  guint32 *known;

  if (op == NULL)
    return bs_writer_op (bs_recorder.writer, label ? label : "tensor", NULL, grad_fn, 0, NULL);
  row = row_of (op);
  while (n_args > 0 && args[n_args - 1].kind == BS_ARG_NONE)
    n_args--;
  if (n_args > 0)
    return with_arguments (row, op, grad_fn, n_args, args);
  known = grad_fn ? &row->with_node : &row->plain;
  if (grad_fn && grad_fn != row->node)
    {
      row->node = grad_fn;
      *known = 0;
    }
  if (*known == 0)
    *known = bs_writer_op (bs_recorder.writer, op->name, op->symbol, grad_fn, 0, NULL);
  return *known;
}
