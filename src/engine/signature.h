/* SPDX-License-Identifier: MIT */

/* Signatures of operations, as text in the table and parsed for whoever calls them by name.
 *
 *   name(kind name, kind name=default, *, kind name=default)
 *
 * kinds:
 *   Tensor          a tensor                          -> an input
 *   Tensor?         a tensor or None                  -> an input, NULL for None
 *   Tensor|Scalar   a tensor or a number              -> an input (a number becomes bs_tensor_new_number/_integer)
 *   Tensor[]        a sequence of tensors             -> so many inputs
 *   Tensor?[]       the same, with None inside        -> so many inputs, NULL for None
 *   Scalar, Scalar? a number                          -> BS_ARG_INT, _REAL or _BOOL, as it was given
 *   int, int?, float, float?, bool, str, str?, dtype? -> an argument
 *   int[], int[]?   a sequence of ints                -> BS_ARG_INTS; int[N]: a single int is taken too (and is
 *                                                        passed as one int; the operation repeats it)
 * An int[] that stands first after self may be given as separate arguments, x.view(2, 3).
 *
 * Inputs and arguments are counted separately, each in the order of the signature; at most one parameter is a list
 * of tensors. For an argument left out, pass BS_NONE, or fewer arguments: the operation knows its defaults.
 * Parameters behind a lone * are given by keyword only. */

#pragma once

#include "ops.h"

G_BEGIN_DECLS
#pragma GCC visibility push(default)

typedef enum {
  BS_KIND_TENSOR,
  BS_KIND_TENSOR_OR_NUMBER,
  BS_KIND_TENSORS,
  BS_KIND_SCALAR,
  BS_KIND_INT,
  BS_KIND_FLOAT,
  BS_KIND_BOOL,
  BS_KIND_STRING,
  BS_KIND_DTYPE,
  BS_KIND_INTS,
} BsKind;

#define BS_MAX_PARAMETERS 16

typedef struct {
  char name[24];
  BsKind kind;
  gboolean optional;      /* None is a value: the ? of the kind */
  gboolean single_int;    /* INTS: a lone int will do */
  guint n_ints;           /* INTS: the N of int[N], 0 for any */
  gboolean keyword_only;
  gboolean has_default;
  char default_text[24];  /* "0", "1e-05", "None", "'mean'", "False", "[]" */
  gboolean is_input;      /* counted among the inputs, else among the arguments */
  guint position;         /* there */
} BsParameter;

typedef struct {
  char name[48];          /* "max" */
  guint n_parameters;
  BsParameter parameters[BS_MAX_PARAMETERS];
  guint n_inputs, n_args;
} BsSignature;

/* FALSE if @text is no signature. */
gboolean bs_signature_parse (const char *text, BsSignature *out);

#pragma GCC visibility pop
G_END_DECLS
