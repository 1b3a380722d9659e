/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <math.h>
#include <string.h>

#include "literals.h"
#include "tokens.h"

#define ELEMENTS_MAX 4 /* of a list of starting values */
#define LITERALS_MAX 60
#define LARGEST 1e15 /* beyond, a range around it has no steps */

typedef struct {
  const char *text;
  const BsToken *tokens; /* of one statement, without comments */
  guint n;
  GArray *found;
} Statement;

/* --- words -------------------------------------------------------------------------------------------------------------- */

static gboolean
is_among (const char *word, const char *const *list)
{
  for (guint i = 0; list[i]; i++)
    if (g_ascii_strcasecmp (word, list[i]) == 0)
      return TRUE;
  return FALSE;
}

static const char *const rates[] = { "lr", "learning_rate", "rate", "step_size", "stepsize", "eta", "alpha", "weight_decay", "eps", "epsilon", NULL };
static const char *const shares[] = { "momentum", "p", "dropout", "gamma", "beta", "beta1", "beta2", "rho", "dampening", "mu", NULL };
static const char *const counts[] = { "epochs", "n_epochs", "num_epochs", "steps", "n_steps", "num_steps", "iterations", "n_iterations", "iters",
                                      "n_iters", "max_iter", "batch_size", "batch", "n", "hidden", "hidden_size", "n_hidden", NULL };
static const char *const seeds[] = { "seed", "random_seed", "manual_seed", NULL };
static const char *const optimizers[] = { "SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "Rprop",
                                          "LBFGS", "ASGD", NULL };
/* Shapes and axes: another one is another program. */
static const char *const fixed[] = { "dim", "axis", "dim0", "dim1", "ndim", "size", "stride", "padding", "kernel_size", "in_features", "out_features",
                                     "start_dim", "end_dim", "keepdim", "precision", "end", "file", "indent", "diagonal", "ord", "num_classes",
                                     "figsize", "dpi", "fontsize", "linewidth", "num_workers", NULL };

static char *
word_of (const Statement *self, guint i)
{
  return g_strndup (self->text + self->tokens[i].begin, self->tokens[i].end - self->tokens[i].begin);
}

static gboolean
is (const Statement *self, guint i, const char *word)
{
  return i < self->n && bs_token_is (self->text, &self->tokens[i], word);
}

static gboolean
is_kind (const Statement *self, guint i, BsTokenKind kind)
{
  return i < self->n && self->tokens[i].kind == kind;
}

/* --- one number --------------------------------------------------------------------------------------------------------- */

static void
set_range (BsLiteral *self)
{
  double size = fabs (self->value);

  switch (self->kind)
    {
    case BS_LITERAL_RATE:
      self->low = self->value / 100;
      self->high = self->value * 100;
      break;
    case BS_LITERAL_COUNT:
      self->low = 1;
      self->high = MAX (10, 4 * self->value);
      break;
    case BS_LITERAL_SEED:
      self->low = 0;
      self->high = MAX (20, 2 * self->value);
      break;
    case BS_LITERAL_SHARE:
      self->low = 0;
      self->high = 0.999;
      break;
    default:
      size = size > 0 ? size : 1;
      self->low = self->value - 3 * (self->is_integer ? ceil (size) : size);
      self->high = self->value + 3 * (self->is_integer ? ceil (size) : size);
    }
}

static void
settle_kind (BsLiteral *self, const char *word)
{
  if (word && is_among (word, seeds))
    self->kind = BS_LITERAL_SEED;
  else if (word && is_among (word, rates) && self->value > 0 && !self->is_integer)
    self->kind = BS_LITERAL_RATE;
  else if (word && is_among (word, rates) && self->value > 0)
    {
      self->kind = BS_LITERAL_RATE; /* lr=1: what is written for it has a point */
      self->is_integer = FALSE;
    }
  else if (word && is_among (word, shares) && !self->is_integer && self->value >= 0 && self->value < 1)
    self->kind = BS_LITERAL_SHARE;
  else if (word && is_among (word, counts) && self->is_integer && self->value >= 1)
    self->kind = BS_LITERAL_COUNT;
}

/* A number begins at @i, perhaps with a sign: how many tokens it has; 0: none. */
static guint
number_length (const Statement *self, guint i)
{
  if (is_kind (self, i, BS_TOKEN_NUMBER))
    return 1;
  return (is (self, i, "-") || is (self, i, "+")) && is_kind (self, i + 1, BS_TOKEN_NUMBER) ? 2 : 0;
}

static gboolean
parse_number (const Statement *self, guint i, BsLiteral *out)
{
  guint n = number_length (self, i);
  g_autofree char *word = n ? word_of (self, i + n - 1) : NULL;
  g_auto (GStrv) parts = word ? g_strsplit (word, "_", -1) : NULL;
  g_autofree char *plain = parts ? g_strjoinv ("", parts) : NULL;
  char *end;

  if (plain == NULL)
    return FALSE;
  out->value = g_ascii_strtod (plain, &end);
  if (*end != '\0' || !(fabs (out->value) <= LARGEST) || (plain[0] == '0' && (plain[1] == 'x' || plain[1] == 'X')))
    return FALSE;
  if (n == 2 && is (self, i, "-"))
    out->value = -out->value;
  out->is_integer = strpbrk (plain, ".eE") == NULL;
  out->begin = self->tokens[i].begin;
  out->end = self->tokens[i + n - 1].end;
  out->line = self->tokens[i].line;
  return TRUE;
}

static gboolean
is_known (const Statement *self, guint32 begin)
{
  for (guint i = 0; i < self->found->len; i++)
    if (g_array_index (self->found, BsLiteral, i).begin == begin)
      return TRUE;
  return FALSE;
}

/* @word says what kind it is, @label what it is called (transfer full). */
static gboolean
take (Statement *self, guint i, const char *word, char *label, BsLiteralKind kind)
{
  BsLiteral literal = { .kind = kind };

  if (self->found->len >= LITERALS_MAX || !parse_number (self, i, &literal) || is_known (self, literal.begin))
    {
      g_free (label);
      return FALSE;
    }
  settle_kind (&literal, word);
  set_range (&literal);
  literal.label = label;
  g_array_append_val (self->found, literal);
  return TRUE;
}

/* --- where they stand ---------------------------------------------------------------------------------------------------- */

/* The sign that closes what @i opens; @n: it is never closed. */
static guint
find_closing (const Statement *self, guint i)
{
  guint depth = 0;

  for (; i < self->n; i++)
    if (self->tokens[i].kind == BS_TOKEN_SIGN)
      {
        char c = self->text[self->tokens[i].begin];

        if (strchr ("([{", c))
          depth++;
        else if (strchr (")]}", c) && --depth == 0)
          return i;
      }
  return self->n;
}

static gboolean
has_word (const Statement *self, guint from, guint to, const char *word)
{
  for (guint i = from; i < to; i++)
    if (is (self, i, word))
      return TRUE;
  return FALSE;
}

/* "lr = 0.1", "lr: float = 0.1" */
static void
find_assignment (Statement *self)
{
  guint equals = is (self, 1, "=") ? 1 : is (self, 1, ":") && is (self, 3, "=") ? 3 : 0, length;

  if (equals == 0 || !is_kind (self, 0, BS_TOKEN_NAME))
    return;
  length = number_length (self, equals + 1);
  if (length > 0 && (equals + 1 + length == self->n || is (self, equals + 1 + length, ";")))
    {
      g_autofree char *word = word_of (self, 0);
      BsLiteral literal = { 0 };

      /* total = 0: where a sum or a count begins is no choice. */
      if (parse_number (self, equals + 1, &literal) && !(literal.is_integer && literal.value == 0 && !is_among (word, seeds)))
        take (self, equals + 1, word, g_strdup (word), BS_LITERAL_PLAIN);
    }
}

/* "lr, epochs = 0.1, 100" */
static void
find_tuple (Statement *self)
{
  guint n_names = 0, at;

  while (is_kind (self, 2 * n_names, BS_TOKEN_NAME) && is (self, 2 * n_names + 1, ","))
    n_names++;
  if (n_names == 0 || !is_kind (self, 2 * n_names, BS_TOKEN_NAME) || !is (self, 2 * n_names + 1, "="))
    return;
  at = 2 * n_names + 2;
  for (guint i = 0; i <= n_names; i++)
    {
      guint length = number_length (self, at);
      g_autofree char *word = word_of (self, 2 * i);

      if (length > 0 && (at + length == self->n || is (self, at + length, ",")))
        take (self, at, word, g_strdup (word), BS_LITERAL_PLAIN);
      while (at < self->n && !is (self, at, ","))
        at = is (self, at, "(") || is (self, at, "[") ? find_closing (self, at) + 1 : at + 1;
      at++;
    }
}

/* "for epoch in range(100)", "range(1, 101)" */
static void
find_range (Statement *self, guint i)
{
  g_autofree char *name = i >= 2 && is (self, i - 1, "in") && is_kind (self, i - 2, BS_TOKEN_NAME) ? word_of (self, i - 2) : NULL;
  guint at = i + 2, length = number_length (self, at);

  if (length > 0 && is (self, at + length, ","))
    {
      at += length + 1;
      length = number_length (self, at);
    }
  /* A comprehension builds something; a loop repeats. */
  if (name && is (self, 0, "for") && length > 0 && (is (self, at + length, ")") || is (self, at + length, ",")))
    take (self, at, NULL, g_strdup_printf ("%s: range", name), BS_LITERAL_COUNT);
}

/* "torch.tensor(2.0, requires_grad=True)" and lists of a few numbers; the name comes from the assignment. */
static void
find_start (Statement *self, guint i)
{
  guint closing = find_closing (self, i + 1), at = i + 2, length;
  g_autofree char *name = is (self, 1, "=") && is_kind (self, 0, BS_TOKEN_NAME) ? word_of (self, 0) : NULL;
  gboolean learns = has_word (self, i, MIN (closing + 4, self->n), "requires_grad") || has_word (self, i, self->n, "requires_grad_")
                    || has_word (self, 0, i, "Parameter");
  guint n = 0;

  if (name == NULL && is (self, 0, "self") && is (self, 1, ".") && is (self, 3, "="))
    name = word_of (self, 2);
  if (name == NULL)
    return;
  length = number_length (self, at);
  if (length > 0 && (is (self, at + length, ",") || is (self, at + length, ")")))
    {
      take (self, at, NULL, g_strdup (name), BS_LITERAL_PLAIN);
      return;
    }
  if (!learns || !is (self, at, "["))
    return;
  for (guint k = at + 1; k < closing && (length = number_length (self, k)) > 0; k += length + 1)
    {
      if (++n > ELEMENTS_MAX || !(is (self, k + length, ",") || is (self, k + length, "]")))
        return;
      if (is (self, k + length, "]"))
        break;
    }
  length = 0;
  for (guint k = at + 1, e = 0; e < n; e++, k += number_length (self, k) + 1)
    take (self, k, NULL, g_strdup_printf ("%s[%u]", name, e), BS_LITERAL_PLAIN);
}

/* "lr=0.1" among arguments or parameters of a function. */
static void
find_keyword (Statement *self, guint i)
{
  guint length = number_length (self, i + 2);
  g_autofree char *word = word_of (self, i);
  BsLiteral literal = { 0 };

  if (length == 0 || !(is (self, i + 2 + length, ",") || is (self, i + 2 + length, ")")) || is_among (word, fixed)
      || !parse_number (self, i + 2, &literal))
    return;
  if (literal.is_integer && !is_among (word, rates) && !is_among (word, counts) && !is_among (word, seeds) && !is (self, 0, "def"))
    return;
  take (self, i + 2, word, g_strdup (word), BS_LITERAL_PLAIN);
}

/* "SGD(parameters, 0.1)": the second argument is the learning rate. */
static void
find_rate (Statement *self, guint i)
{
  guint closing = find_closing (self, i + 1), at = i + 2;

  while (at < closing && !is (self, at, ","))
    at = is (self, at, "(") || is (self, at, "[") ? find_closing (self, at) + 1 : at + 1;
  if (at < closing && number_length (self, at + 1) > 0)
    take (self, at + 1, "lr", g_strdup ("lr"), BS_LITERAL_PLAIN);
}

/* "w -= 0.1 * w.grad": a learning rate without a name. */
static void
find_step (Statement *self)
{
  for (guint i = 1; i + 3 < self->n; i++)
    if (is_kind (self, i, BS_TOKEN_NUMBER) && (is (self, i - 1, "-=") || is (self, i - 1, "-")) && is (self, i + 1, "*")
        && is_kind (self, i + 2, BS_TOKEN_NAME) && has_word (self, i + 2, self->n, "grad"))
      take (self, i, "lr", g_strdup ("lr"), BS_LITERAL_PLAIN);
}

static void
find_seed (Statement *self, guint i)
{
  guint length = number_length (self, i + 2);

  if (length > 0 && is (self, i + 2 + length, ")"))
    take (self, i + 2, "seed", g_strdup ("seed"), BS_LITERAL_SEED);
}

static void
look_at (Statement *self)
{
  guint depth = 0;

  find_assignment (self);
  find_tuple (self);
  find_step (self);
  for (guint i = 0; i < self->n; i++)
    {
      g_autofree char *word = self->tokens[i].kind == BS_TOKEN_NAME ? word_of (self, i) : NULL;

      if (self->tokens[i].kind == BS_TOKEN_SIGN)
        {
          char c = self->text[self->tokens[i].begin];

          depth += c == '(';
          depth -= c == ')' && depth > 0;
        }
      if (word == NULL)
        continue;
      if (depth > 0 && is (self, i + 1, "="))
        find_keyword (self, i);
      else if (!is (self, i + 1, "("))
        continue;
      else if (g_str_equal (word, "range"))
        find_range (self, i);
      else if (g_str_equal (word, "tensor"))
        find_start (self, i);
      else if (g_str_equal (word, "manual_seed") || g_str_equal (word, "seed"))
        find_seed (self, i);
      else if (is_among (word, optimizers))
        find_rate (self, i);
    }
}

/* --- statements ---------------------------------------------------------------------------------------------------------- */

static void
clear_literal (gpointer data)
{
  g_free (((BsLiteral *) data)->label);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b; /* begin is the first field of all of them */

  return x < y ? -1 : x > y;
}

typedef void (*StatementFunc) (Statement *self, gpointer data);

/* Each statement without its comments; a line with a comment alone is one with n == 0 and the comment in tokens[0]. */
static void
for_each_statement (const char *text, gsize length, GArray *found, StatementFunc func, gpointer data)
{
  g_autoptr (GArray) tokens = bs_tokens_read (text, length), own = g_array_new (FALSE, FALSE, sizeof (BsToken));

  for (guint i = 0; i < tokens->len; i++)
    {
      BsToken *token = &g_array_index (tokens, BsToken, i);
      gboolean alone = token->kind == BS_TOKEN_COMMENT && own->len == 0;

      if (token->kind != BS_TOKEN_END && token->kind != BS_TOKEN_COMMENT)
        g_array_append_val (own, *token);
      if ((token->kind == BS_TOKEN_END && own->len > 0) || alone)
        {
          Statement statement = { text, alone ? token : (const BsToken *) own->data, own->len, found };

          func (&statement, data);
          g_array_set_size (own, 0);
        }
    }
}

static void
look_at_statement (Statement *self, gpointer data)
{
  if (self->n > 0)
    look_at (self);
}

GArray *
bs_literals_find (const char *text, gsize length)
{
  GArray *found = g_array_new (FALSE, TRUE, sizeof (BsLiteral));

  g_array_set_clear_func (found, clear_literal);
  for_each_statement (text, length, found, look_at_statement, NULL);
  g_array_sort (found, compare);
  return found;
}

/* --- writing ------------------------------------------------------------------------------------------------------------- */

double
bs_literal_round (const BsLiteral *self, double value)
{
  double unit;

  if (self->is_integer)
    return round (value);
  if (self->kind == BS_LITERAL_RATE && value > 0)
    unit = pow (10, floor (log10 (value)) - 1); /* two digits */
  else
    unit = pow (10, floor (log10 (MAX (self->high - self->low, 1e-300))) - 2);
  /* Divided by a power of ten, not multiplied by its inverse: 0.3, not 0.30000000000000004. */
  return unit < 1 ? round (value / unit) / round (1 / unit) : round (value / unit) * unit;
}

char *
bs_literal_write (const BsLiteral *self, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (self->is_integer)
    return g_strdup_printf ("%.0f", value);
  g_ascii_formatd (buffer, sizeof buffer, "%.10g", value);
  return strpbrk (buffer, ".en") ? g_strdup (buffer) : g_strconcat (buffer, ".0", NULL);
}

char *
bs_splice (const char *text, GArray *splices)
{
  GString *out = g_string_new (NULL);
  gsize at = 0, length = strlen (text);

  g_array_sort (splices, compare);
  for (guint i = 0; i < splices->len; i++)
    {
      const BsSplice *splice = &g_array_index (splices, BsSplice, i);

      if (splice->begin < at || splice->end > length || splice->end < splice->begin)
        continue;
      g_string_append_len (out, text + at, splice->begin - at);
      g_string_append (out, splice->text);
      at = splice->end;
    }
  g_string_append (out, text + at);
  return g_string_free (out, FALSE);
}

/* --- switches ------------------------------------------------------------------------------------------------------------- */

static void
clear_toggle (gpointer data)
{
  BsToggle *toggle = data;

  g_free (toggle->statement);
  g_free (toggle->other);
}

/* "optimizer.zero_grad()", "w.grad.zero_()", "w.grad = None", "optimizer.step()" and the like, as a whole statement. */
static gboolean
is_switch (const Statement *self)
{
  static const char *const calls[] = { "zero_grad", "zero_", "step", "clip_grad_norm_", "clip_grad_value_", NULL };
  guint last = self->n;

  if (self->n < 4 || self->tokens[0].kind != BS_TOKEN_NAME)
    return FALSE;
  if (is (self, self->n - 1, "None") && is (self, self->n - 2, "=") && is (self, self->n - 3, "grad") && is (self, self->n - 4, "."))
    return TRUE;
  for (guint i = 1; i + 1 < self->n; i++)
    {
      g_autofree char *word = self->tokens[i].kind == BS_TOKEN_NAME ? word_of (self, i) : NULL;

      if (i % 2 ? !is (self, i, ".") : word == NULL) /* a.b.c, and no sentence */
        return FALSE;
      if (word && is (self, i + 1, "("))
        {
          if (g_str_equal (word, "zero_") && !is (self, i - 2, "grad") && !has_word (self, 0, i, "grad"))
            return FALSE;
          return is_among (word, calls) && find_closing (self, i + 1) + 1 == last;
        }
    }
  return FALSE;
}

static void
look_for_switch (Statement *self, gpointer data)
{
  GArray *found = data;
  BsToggle toggle = { 0 };

  if (self->n > 0 && is_switch (self))
    {
      toggle.begin = self->tokens[0].begin;
      toggle.end = self->tokens[self->n - 1].end;
      toggle.statement = g_strndup (self->text + toggle.begin, toggle.end - toggle.begin);
      if (strchr (toggle.statement, '\n'))
        {
          g_free (toggle.statement);
          return;
        }
      toggle.is_on = TRUE;
      /* Right as the only line of a block, too. */
      toggle.other = g_strconcat ("pass  # ", toggle.statement, NULL);
    }
  else if (self->n == 0 || (self->n == 1 && is (self, 0, "pass")))
    {
      const char *comment = self->text + self->tokens[0].begin;
      g_autofree char *line = NULL, *inner = NULL;
      g_autoptr (GArray) tokens = NULL;
      Statement statement;

      line = g_strndup (comment, strcspn (comment, "\n"));
      if (strchr (line, '#') == NULL)
        return;
      inner = g_strstrip (g_strdup (strchr (line, '#') + 1));
      tokens = bs_tokens_read (inner, strlen (inner));
      statement = (Statement) { inner, (const BsToken *) tokens->data, tokens->len - 1, NULL };
      if (!is_switch (&statement))
        return;
      toggle.begin = self->tokens[0].begin;
      toggle.end = toggle.begin + strlen (line);
      toggle.statement = g_strdup (inner);
      toggle.other = g_strdup (inner);
    }
  else
    return;
  toggle.line = self->tokens[0].line;
  g_array_append_val (found, toggle);
}

GArray *
bs_toggles_find (const char *text, gsize length)
{
  GArray *found = g_array_new (FALSE, TRUE, sizeof (BsToggle));

  g_array_set_clear_func (found, clear_toggle);
  for_each_statement (text, length, NULL, look_for_switch, found);
  return found;
}
