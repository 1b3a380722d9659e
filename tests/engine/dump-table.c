/* SPDX-License-Identifier: MIT */

/* Writes the table of operations as JSON, for test_operations.py. */

#include <stdio.h>
#include <string.h>

#include "engine/ops.h"
#include "engine/signature.h"

static void
put_text (const char *key, const char *text)
{
  printf ("\"%s\": ", key);
  if (text == NULL)
    {
      printf ("null, ");
      return;
    }
  putchar ('"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        putchar ('\\');
      putchar (*text);
    }
  printf ("\", ");
}

static void
put_texts (const char *key, const char *const *texts, guint n)
{
  printf ("\"%s\": [", key);
  for (guint i = 0; i < n; i++)
    {
      if (texts != NULL && texts[i] != NULL)
        printf ("%s\"%s\"", i ? ", " : "", texts[i]);
      else
        printf ("%snull", i ? ", " : "");
    }
  printf ("], ");
}

static void
put_parameters (const BsSignature *signature)
{
  printf ("\"parameters\": [");
  for (guint i = 0; i < signature->n_parameters; i++)
    printf ("%s[\"%s\", %s]", i ? ", " : "", signature->parameters[i].name,
            signature->parameters[i].is_input ? "true" : "false");
  printf ("], ");
}

static void
put_op (const BsOp *op)
{
  BsSignature signature;
  gboolean parsed = op->signature != NULL && bs_signature_parse (op->signature, &signature);

  printf ("{");
  put_text ("name", op->name);
  put_text ("symbol", op->symbol);
  put_text ("sentence", op->sentence);
  put_text ("backward_name", op->backward_name);
  put_text ("value", op->value_text);
  put_text ("saves_why", op->saves_why);
  put_texts ("vjp", op->vjp_text, op->vjp_text ? BS_TEXTS_MAX : 0);
  put_texts ("derivative", op->derivative_text, op->derivative_text ? BS_TEXTS_MAX : 0);
  if (parsed)
    put_parameters (&signature);
  printf ("\"saves\": %s, ", op->saves_inputs || op->saves_outputs ? "true" : "false");
  printf ("\"has_signature\": %s, \"has_forward\": %s, \"has_backward\": %s, ", parsed ? "true" : "false",
          op->forward ? "true" : "false", op->backward ? "true" : "false");
  printf ("\"internal\": %s, \"composite\": %s, \"in_python\": %s, \"found\": %s, ", op->flags & BS_IS_INTERNAL ? "true" : "false",
          op->flags & BS_IS_COMPOSITE ? "true" : "false",
          op->flags & (BS_IN_TORCH | BS_IN_TENSOR | BS_IN_FUNCTIONAL | BS_IN_LINALG | BS_IN_SPECIAL) ? "true" : "false",
          bs_op_find (op->name) == op ? "true" : "false");
  printf ("\"samples\": [");
  for (guint i = 0; i < op->n_samples; i++)
    printf ("%s\"%s\"", i ? ", " : "", op->samples[i].inputs);
  printf ("]}");
}

int
main (void)
{
  printf ("[");
  for (guint i = 0; i < bs_n_ops (); i++)
    {
      if (i > 0)
        printf (",\n");
      put_op (bs_op_at (i));
    }
  printf ("]\n");
  return 0;
}
