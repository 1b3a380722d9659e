/* SPDX-License-Identifier: MIT */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "ops.h"
#include "signature.h"

#include <stdlib.h>
#include <string.h>

static const BsOp *const table[] = {
#define X(op) &bs_op_##op,
  BS_OPS
#undef X
};

guint
bs_n_ops (void)
{
  return G_N_ELEMENTS (table);
}

const BsOp *
bs_op_at (guint i)
{
  return i < G_N_ELEMENTS (table) ? table[i] : NULL;
}

guint
bs_op_index (const BsOp *op)
{
  return op->index;
}

static gboolean
has_alias (const BsOp *op, const char *name)
{
  const char *at = op->aliases;
  gsize n = strlen (name);

  while (at != NULL && *at != '\0') {
    const char *end = strchrnul (at, ',');
    if ((gsize) (end - at) == n && memcmp (at, name, n) == 0)
      return TRUE;
    at = *end != '\0' ? end + 1 : end;
    while (*at == ' ')
      at++;
  }
  return FALSE;
}

const BsOp *
bs_op_find (const char *name)
{
  gsize n = strlen (name);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i]->name, name) == 0)
      return table[i];
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strncmp (table[i]->name, name, n) == 0 && table[i]->name[n] == '.')
      return table[i];
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (has_alias (table[i], name))
      return table[i];
  return NULL;
}

/* --- signatures ---------------------------------------------------------------------------------------------------- */

typedef struct { const char *word; BsKind kind; gboolean is_input; } KindWord;

/* Longer words before those they begin with. */
static const KindWord kind_words[] = {
  { "Tensor|Scalar", BS_KIND_TENSOR_OR_NUMBER, TRUE },
  { "Tensor?[]", BS_KIND_TENSORS, TRUE },
  { "Tensor[]", BS_KIND_TENSORS, TRUE },
  { "Tensor", BS_KIND_TENSOR, TRUE },
  { "Scalar", BS_KIND_SCALAR, FALSE },
  { "float", BS_KIND_FLOAT, FALSE },
  { "bool", BS_KIND_BOOL, FALSE },
  { "str", BS_KIND_STRING, FALSE },
  { "dtype", BS_KIND_DTYPE, FALSE },
  { "int[", BS_KIND_INTS, FALSE },
  { "int", BS_KIND_INT, FALSE },
};

static const char *
skip_spaces (const char *at)
{
  while (*at == ' ')
    at++;
  return at;
}

static const char *
parse_kind (const char *at, BsParameter *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_words); i++) {
    gsize n = strlen (kind_words[i].word);
    if (strncmp (at, kind_words[i].word, n) != 0)
      continue;
    out->kind = kind_words[i].kind;
    out->is_input = kind_words[i].is_input;
    at += n;
    if (out->kind == BS_KIND_INTS) {
      out->single_int = *at != ']';
      out->n_ints = strtoul (at, (char **) &at, 10);
      if (*at++ != ']')
        return NULL;
    }
    if (*at == '?') {
      out->optional = TRUE;
      at++;
    }
    return *at == ' ' ? skip_spaces (at) : NULL;
  }
  return NULL;
}

static const char *
copy_until (const char *at, const char *stops, char *out, gsize size)
{
  gsize n = 0;
  int depth = 0;
  for (; *at != '\0' && (depth > 0 || strchr (stops, *at) == NULL); at++) {
    depth += (*at == '[' || *at == '(') - (*at == ']' || *at == ')');
    if (n + 1 >= size)
      return NULL;
    out[n++] = *at;
  }
  out[n] = '\0';
  return at;
}

static const char *
parse_parameter (const char *at, BsSignature *out, gboolean keyword_only)
{
  BsParameter *parameter = &out->parameters[out->n_parameters];
  if (out->n_parameters == BS_MAX_PARAMETERS)
    return NULL;
  memset (parameter, 0, sizeof *parameter);
  parameter->keyword_only = keyword_only;
  at = parse_kind (at, parameter);
  if (at != NULL)
    at = copy_until (at, "=,)", parameter->name, sizeof parameter->name);
  if (at != NULL && *at == '=') {
    parameter->has_default = TRUE;
    at = copy_until (at + 1, ",)", parameter->default_text, sizeof parameter->default_text);
  }
  if (at == NULL)
    return NULL;
  parameter->position = parameter->is_input ? out->n_inputs++ : out->n_args++;
  out->n_parameters++;
  return at;
}

gboolean
bs_signature_parse (const char *text, BsSignature *out)
{
  gboolean keyword_only = FALSE;
  const char *at;

  memset (out, 0, sizeof *out);
  at = copy_until (text, "(", out->name, sizeof out->name);
  if (at == NULL || *at != '(')
    return FALSE;
  at = skip_spaces (at + 1);
  while (*at != ')') {
    if (*at == '*') {
      keyword_only = TRUE;
      at++;
    } else {
      at = parse_parameter (at, out, keyword_only);
    }
    if (at == NULL || (*at != ',' && *at != ')'))
      return FALSE;
    if (*at == ',')
      at = skip_spaces (at + 1);
  }
  return at[1] == '\0';
}
