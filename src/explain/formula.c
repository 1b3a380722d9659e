/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "formula-private.h"

#include <math.h>
#include <string.h>

#define DEPTH_MAX 64
#define ARGUMENTS_MAX 4

BsFormula *
bs_formula_new (BsFormulaKind kind, BsFormula *a, BsFormula *b)
{
  BsFormula *self = g_new0 (BsFormula, 1);

  self->kind = kind;
  self->parts[0] = a;
  self->parts[1] = b;
  self->n = (a != NULL) + (b != NULL);
  return self;
}

BsFormula *
bs_formula_new_text (BsFormulaKind kind, const char *text, BsFormula *a, BsFormula *b)
{
  BsFormula *self = bs_formula_new (kind, a, b);

  self->text = g_strdup (text);
  return self;
}

BsFormula *
bs_formula_new_number (double number, BsRole role)
{
  BsFormula *self = bs_formula_new_plain (number);

  self->visible = TRUE;
  self->role = role;
  return self;
}

BsFormula *
bs_formula_new_plain (double number)
{
  BsFormula *self = bs_formula_new (BS_FORMULA_NUMBER, NULL, NULL);

  self->number = number;
  return self;
}

BsFormula *
bs_formula_with_role (BsFormula *self, BsRole role)
{
  self->role = role;
  return self;
}

BsFormula *
bs_formula_copy (const BsFormula *self)
{
  BsFormula *copy = g_memdup2 (self, sizeof *self);

  copy->text = g_strdup (self->text);
  for (guint i = 0; i < self->n; i++)
    copy->parts[i] = bs_formula_copy (self->parts[i]);
  return copy;
}

BsFormula *
bs_formula_new_derivative (const char *above, const char *below)
{
  return bs_formula_with_role (bs_formula_new (BS_FORMULA_DERIVATIVE, bs_formula_new_name (above), bs_formula_new_name (below)),
                               BS_ROLE_GRADIENT);
}

BsFormula *
bs_formula_new_name (const char *name)
{
  BsFormula *self = bs_formula_new (BS_FORMULA_NAME, NULL, NULL);

  self->text = g_strdup (name);
  return self;
}

BsFormula *
bs_formula_new_product (const char *a, const char *b)
{
  return bs_formula_new (BS_FORMULA_TIMES, bs_formula_new_name (a), bs_formula_new_name (b));
}

BsFormula *
bs_formula_new_call (const char *name, BsFormula *argument)
{
  BsFormula *self = bs_formula_new (BS_FORMULA_CALL, argument, NULL);

  self->text = g_strdup (name);
  return self;
}

void
bs_formula_free (BsFormula *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n; i++)
    bs_formula_free (self->parts[i]);
  g_free (self->text);
  g_free (self);
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

typedef struct { const char *at; guint depth; } Reader;

static BsFormula *read_comparison (Reader *self);

static void
skip_space (Reader *self)
{
  while (*self->at == ' ')
    self->at++;
}

static gboolean
accept (Reader *self, const char *sign)
{
  skip_space (self);
  if (!g_str_has_prefix (self->at, sign))
    return FALSE;
  self->at += strlen (sign);
  return TRUE;
}

/* Frees what there is when a part is missing. */
static BsFormula *
join (BsFormulaKind kind, BsFormula *a, BsFormula *b)
{
  if (a != NULL && b != NULL)
    return bs_formula_new (kind, a, b);
  bs_formula_free (a);
  bs_formula_free (b);
  return NULL;
}

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '.';
}

static BsFormula *
read_list (Reader *self, BsFormula *list, const char *end)
{
  if (accept (self, end))
    return list;
  do {
    BsFormula *part = list->n < ARGUMENTS_MAX ? read_comparison (self) : NULL;

    if (part == NULL) {
      bs_formula_free (list);
      return NULL;
    }
    list->parts[list->n++] = part;
  } while (accept (self, ","));
  if (accept (self, end))
    return list;
  bs_formula_free (list);
  return NULL;
}

static BsFormula *
read_name (Reader *self)
{
  const char *begin = self->at;
  BsFormula *name = bs_formula_new (BS_FORMULA_NAME, NULL, NULL);

  while (is_name_char (*self->at))
    self->at++;
  name->text = g_strndup (begin, self->at - begin);
  if (*self->at == '(') {
    self->at++;
    name->kind = BS_FORMULA_CALL;
    return read_list (self, name, ")");
  }
  return name;
}

static BsFormula *
read_atom (Reader *self)
{
  skip_space (self);
  if (g_ascii_isdigit (*self->at)) {
    BsFormula *number = bs_formula_new (BS_FORMULA_NUMBER, NULL, NULL);
    char *end;

    number->number = g_ascii_strtod (self->at, &end);
    self->at = end;
    return number;
  }
  if (g_ascii_isalpha (*self->at) || *self->at == '_')
    return read_name (self);
  if (accept (self, "(")) {
    BsFormula *inner = read_comparison (self);

    if (inner != NULL && accept (self, ")"))
      return inner;
    bs_formula_free (inner);
  }
  return NULL;
}

static BsFormula *
read_postfix (Reader *self)
{
  BsFormula *a = read_atom (self);

  while (a != NULL) {
    if (accept (self, "ᵀ")) {
      a = bs_formula_new (BS_FORMULA_TRANSPOSE, a, NULL);
    } else if (accept (self, "[")) {
      a = read_list (self, bs_formula_new (BS_FORMULA_INDEX, a, NULL), "]");
    } else {
      break;
    }
  }
  return a;
}

/* The power binds closer than the sign before it, and to the right. */
static BsFormula *
read_factor (Reader *self)
{
  BsFormula *a = NULL;

  if (++self->depth < DEPTH_MAX) {
    if (accept (self, "-")) {
      a = read_factor (self);
      a = a != NULL ? bs_formula_new (BS_FORMULA_NEGATIVE, a, NULL) : NULL;
    } else {
      a = read_postfix (self);
      if (a != NULL && accept (self, "^"))
        a = join (BS_FORMULA_POWER, a, read_factor (self));
    }
  }
  self->depth--;
  return a;
}

static BsFormula *
read_product (Reader *self)
{
  static const struct { const char *sign; BsFormulaKind kind; } signs[] = {
    { "*", BS_FORMULA_TIMES }, { "/", BS_FORMULA_OVER }, { "@", BS_FORMULA_MATMUL }, { "⊗", BS_FORMULA_OUTER },
  };
  BsFormula *a = read_factor (self);

  for (guint i = 0; a != NULL && i < G_N_ELEMENTS (signs);) {
    if (accept (self, signs[i].sign)) {
      a = join (signs[i].kind, a, read_factor (self));
      i = 0;
    } else {
      i++;
    }
  }
  return a;
}

static BsFormula *
read_sum (Reader *self)
{
  BsFormula *a = read_product (self);

  while (a != NULL) {
    if (accept (self, "+"))
      a = join (BS_FORMULA_PLUS, a, read_product (self));
    else if (accept (self, "-"))
      a = join (BS_FORMULA_MINUS, a, read_product (self));
    else
      break;
  }
  return a;
}

static BsFormula *
read_comparison (Reader *self)
{
  static const char *const signs[] = { "<=", ">=", "==", "!=", "<", ">" };
  BsFormula *a = NULL;

  if (++self->depth < DEPTH_MAX)
    a = read_sum (self);
  for (guint i = 0; a != NULL && i < G_N_ELEMENTS (signs); i++)
    if (accept (self, signs[i])) {
      a = join (BS_FORMULA_COMPARE, a, read_sum (self));
      if (a != NULL)
        a->text = g_strdup (signs[i]);
      break;
    }
  self->depth--;
  return a;
}

BsFormula *
bs_formula_parse (const char *text)
{
  Reader reader = { text, 0 };
  BsFormula *self;

  if (text == NULL)
    return NULL;
  self = read_comparison (&reader);
  skip_space (&reader);
  if (self != NULL && *reader.at != '\0')
    g_clear_pointer (&self, bs_formula_free);
  return self;
}

/* --- filling in ------------------------------------------------------------------------------------------------------ */

static gboolean
is_plain (const BsFormula *self, double number)
{
  return self->kind == BS_FORMULA_NUMBER && !self->visible && self->number == number;
}

static BsFormula *
keep_part (BsFormula *self, guint i)
{
  BsFormula *part = g_steal_pointer (&self->parts[i]);

  bs_formula_free (self);
  return part;
}

static double
compute (BsFormulaKind kind, double a, double b)
{
  switch (kind) {
  case BS_FORMULA_NEGATIVE: return -a;
  case BS_FORMULA_PLUS: return a + b;
  case BS_FORMULA_MINUS: return a - b;
  case BS_FORMULA_TIMES: return a * b;
  case BS_FORMULA_OVER: return a / b;
  case BS_FORMULA_POWER: return pow (a, b);
  default: return NAN;
  }
}

/* 1 / 4 says where the 4 comes from; 8 / 4 is 2. */
static gboolean
is_open_fraction (const BsFormula *self)
{
  double ratio = self->kind == BS_FORMULA_OVER && self->parts[1]->kind == BS_FORMULA_NUMBER ? self->parts[0]->number / self->parts[1]->number : 0;

  return ratio != floor (ratio);
}

BsFormula *
bs_formula_simplify (BsFormula *self)
{
  gboolean plain = self->n > 0 && self->kind <= BS_FORMULA_LAST_ARITHMETIC && !is_open_fraction (self);

  for (guint i = 0; i < self->n; i++)
    plain = plain && self->parts[i]->kind == BS_FORMULA_NUMBER && !self->parts[i]->visible;
  if (plain) {
    BsFormula *number = bs_formula_new (BS_FORMULA_NUMBER, NULL, NULL);

    number->number = compute (self->kind, self->parts[0]->number, self->n > 1 ? self->parts[1]->number : 0);
    bs_formula_free (self);
    return number;
  }
  if (self->kind == BS_FORMULA_POWER && is_plain (self->parts[1], 1))
    return keep_part (self, 0);
  if (self->kind == BS_FORMULA_TIMES && is_plain (self->parts[0], 1))
    return keep_part (self, 1);
  if (self->kind == BS_FORMULA_TIMES && is_plain (self->parts[0], -1))
    return bs_formula_new (BS_FORMULA_NEGATIVE, keep_part (self, 1), NULL);
  if ((self->kind == BS_FORMULA_TIMES || self->kind == BS_FORMULA_OVER) && is_plain (self->parts[1], 1))
    return keep_part (self, 0);
  if ((self->kind == BS_FORMULA_PLUS || self->kind == BS_FORMULA_MINUS) && is_plain (self->parts[1], 0))
    return keep_part (self, 0);
  return self;
}

static BsFormula *
new_term (const BsTerm *term)
{
  if (term->kind == BS_TERM_FORMULA)
    return bs_formula_copy (term->formula);

  BsFormula *self = bs_formula_new (term->kind == BS_TERM_NAME ? BS_FORMULA_NAME : BS_FORMULA_NUMBER, NULL, NULL);

  self->role = term->role;
  self->number = term->number;
  self->visible = term->kind == BS_TERM_VALUE;
  self->text = g_strdup (term->text);
  return self;
}

BsFormula *
bs_formula_fill (const BsFormula *self, BsTermFunc func, gpointer data)
{
  BsFormula *copy;
  BsTerm term = { 0 };

  if (self->kind == BS_FORMULA_NAME && func (self->text, &term, data))
    return new_term (&term);
  copy = g_new0 (BsFormula, 1);
  *copy = *self;
  copy->text = g_strdup (self->text);
  for (guint i = 0; i < self->n; i++)
    copy->parts[i] = bs_formula_fill (self->parts[i], func, data);
  return bs_formula_simplify (copy);
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

gboolean
bs_formula_is_atom (const BsFormula *self)
{
  return self->kind == BS_FORMULA_NAME || self->kind == BS_FORMULA_NUMBER;
}

gboolean
bs_formula_has_product_of_matrices (const BsFormula *self)
{
  gboolean has = self->kind == BS_FORMULA_MATMUL || self->kind == BS_FORMULA_OUTER;

  for (guint i = 0; i < self->n && !has; i++)
    has = bs_formula_has_product_of_matrices (self->parts[i]);
  return has;
}

gboolean
bs_formula_has_name (const BsFormula *self, const char *name)
{
  gboolean has = self->kind == BS_FORMULA_NAME && strcmp (self->text, name) == 0;

  for (guint i = 0; i < self->n && !has; i++)
    has = bs_formula_has_name (self->parts[i], name);
  return has;
}

static double
call (const char *name, guint n, const double *x)
{
  static const struct { const char *name; double (*func) (double); } functions[] = {
    { "exp", exp }, { "log", log }, { "sqrt", sqrt }, { "sin", sin }, { "cos", cos }, { "tan", tan }, { "tanh", tanh },
    { "sinh", sinh }, { "cosh", cosh }, { "asin", asin }, { "acos", acos }, { "atan", atan }, { "abs", fabs },
    { "floor", floor }, { "ceil", ceil }, { "trunc", trunc }, { "round", nearbyint }, { "erf", erf }, { "log1p", log1p },
    { "expm1", expm1 }, { "log2", log2 }, { "log10", log10 }, { "lgamma", lgamma },
  };

  if (n == 1 && strcmp (name, "relu") == 0)
    return x[0] <= 0 ? 0 : x[0];
  if (n == 1 && strcmp (name, "sigmoid") == 0)
    return 1 / (1 + exp (-x[0]));
  if (n == 1 && strcmp (name, "sign") == 0)
    return isnan (x[0]) ? x[0] : (x[0] > 0) - (x[0] < 0);
  if (n == 2 && strcmp (name, "max") == 0)
    return MAX (x[0], x[1]);
  if (n == 2 && strcmp (name, "min") == 0)
    return MIN (x[0], x[1]);
  if (n == 3 && strcmp (name, "where") == 0)
    return x[0] != 0 ? x[1] : x[2];
  for (guint i = 0; n == 1 && i < G_N_ELEMENTS (functions); i++)
    if (strcmp (name, functions[i].name) == 0)
      return functions[i].func (x[0]);
  return NAN;
}

static double
compare (const char *sign, double a, double b)
{
  switch (sign[0]) {
  case '<': return sign[1] ? a <= b : a < b;
  case '>': return sign[1] ? a >= b : a > b;
  case '=': return a == b;
  default: return a != b;
  }
}

double
bs_formula_evaluate (const BsFormula *self, BsTermFunc func, gpointer data)
{
  double x[ARGUMENTS_MAX + 1] = { 0 };
  BsTerm term = { 0 };

  if (self->kind == BS_FORMULA_NAME)
    return func != NULL && func (self->text, &term, data) && term.kind != BS_TERM_NAME ? term.number : NAN;
  if (self->kind == BS_FORMULA_NUMBER)
    return self->number;
  for (guint i = 0; i < self->n; i++)
    x[i] = bs_formula_evaluate (self->parts[i], func, data);
  if (self->kind == BS_FORMULA_DOTS)
    return self->number;
  if (self->kind == BS_FORMULA_SHAPED)
    return x[0];
  if (self->kind == BS_FORMULA_CALL)
    return call (self->text, self->n, x);
  if (self->kind == BS_FORMULA_COMPARE)
    return compare (self->text, x[0], x[1]);
  return compute (self->kind, x[0], x[1]);
}
