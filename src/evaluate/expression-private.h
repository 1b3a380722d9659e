/* SPDX-License-Identifier: MIT */

/* The tree of an expression, and what its parts are made of. parse.c builds it, evaluate.c walks it, operators.c and call.c
 * compute, result.c shows, stops.c looks for the steps at which it is true. */

#pragma once

#include "expression.h"

G_BEGIN_DECLS

typedef enum {
  BS_AST_NUMBER,    /* integer or real, by is_real */
  BS_AST_TEXT,
  BS_AST_CONSTANT,  /* operator: 0 None, 1 True, 2 False, 3 Ellipsis */
  BS_AST_NAME,
  BS_AST_ATTRIBUTE, /* items[0] . text */
  BS_AST_SUBSCRIPT, /* items[0] [ items[1] ] */
  BS_AST_SLICE,     /* three items, any NULL */
  BS_AST_CALL,      /* items[0] ( items[1] ... ) */
  BS_AST_KEYWORD,   /* text = items[0]; in calls */
  BS_AST_UNARY,
  BS_AST_BINARY,
  BS_AST_COMPARE,   /* items[0] operators[0] items[1] operators[1] ... */
  BS_AST_AND,
  BS_AST_OR,
  BS_AST_NOT,
  BS_AST_IF,        /* items[0] if items[1] else items[2] */
  BS_AST_SEQUENCE,
} BsAstKind;

typedef enum {
  BS_ADD, BS_SUB, BS_MUL, BS_DIV, BS_FLOORDIV, BS_MOD, BS_POW, BS_MATMUL, BS_BITAND, BS_BITOR, BS_BITXOR, BS_SHIFT_LEFT,
  BS_SHIFT_RIGHT, BS_EQ, BS_NE, BS_LT, BS_LE, BS_GT, BS_GE, BS_IN, BS_NOT_IN, BS_IS, BS_IS_NOT, BS_POSITIVE, BS_NEGATIVE,
  BS_INVERT,
} BsOperator;

typedef struct _BsAst BsAst;
struct _BsAst {
  guint8 kind, operator;
  gboolean is_real;
  gint64 integer;
  double real;
  char *text;
  char *path;           /* "net.fc1.weight", "ws[0]": what a variable of the recording may be called */
  guint32 name, looked_at; /* its id there, and how many of the recording's names are not it */
  BsAst **items;
  guint8 *operators;
  guint n_items;
};

struct _BsExpression {
  char *text;
  BsAst *root;
  GPtrArray *names;     /* the first parts of its paths, borrowed from the tree */
  gboolean uses_gradients;
  guint32 missing;      /* a tensor of which there is only a picture */
  gpointer recording;   /* that the ids in the tree are of; compared only */
};

#define BS_NUMBERS_SHOWN 16 /* a larger tensor is shown by its shape */

void bs_ast_free (BsAst *self);

G_GNUC_PRINTF (3, 4) gboolean bs_expression_fail (GError **error, BsExpressionError code, const char *format, ...);

/* result.c */
BsResult bs_result_integer (gint64 value);
BsResult bs_result_real (double value);
BsResult bs_result_boolean (gboolean value);
BsResult bs_result_string (const char *text);
BsResult bs_result_take_tensor (BsTensor *tensor); /* takes */
void bs_result_copy (const BsResult *from, BsResult *to);
gboolean bs_result_is_number (const BsResult *self); /* a plain one */
double bs_result_get_number (const BsResult *self);
/* A new reference; plain numbers become wrapped numbers. NULL: neither. */
BsTensor *bs_result_to_tensor (const BsResult *self);
const char *bs_result_kind_name (const BsResult *self); /* "int", "Tensor" */

/* operators.c */
gboolean bs_evaluate_binary (BsOperator op, const BsResult *a, const BsResult *b, BsResult *out, GError **error);
gboolean bs_evaluate_unary (BsOperator op, const BsResult *a, BsResult *out, GError **error);
gboolean bs_evaluate_compare (BsOperator op, const BsResult *a, const BsResult *b, BsResult *out, GError **error);
gboolean bs_evaluate_subscript (const BsResult *a, const BsResult *indexes, guint n_indexes, BsResult *out, GError **error);

/* call.c. @names[i]: the keyword of args[i], or NULL. */
typedef struct { const BsResult *args; const char *const *names; guint n; } BsArguments;
gboolean bs_call_method (const BsResult *self, const char *name, const BsArguments *arguments, BsResult *out, GError **error);
/* FALSE without @error: there is no such function. */
gboolean bs_call_function (const char *path, const BsArguments *arguments, BsResult *out, GError **error);
gboolean bs_is_function_path (const char *path); /* of a module whose functions are here: torch.f */
gboolean bs_call_operation (const char *name, guint flags, const BsArguments *arguments, BsResult *out, GError **error);
gboolean bs_find_constant (const char *path, BsResult *out); /* math.pi, torch.float64 */

G_END_DECLS
