/* SPDX-License-Identifier: MIT */

/* Python's expression grammar (reference manual, chapter 6) by recursive descent, without what would run code. */

#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "expression-private.h"

#define MAX_DEPTH 100
#define MAX_LENGTH 4096

G_DEFINE_QUARK (bs-expression-error-quark, bs_expression_error)

gboolean
bs_expression_fail (GError **error, BsExpressionError code, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, BS_EXPRESSION_ERROR, code, text);
  return FALSE;
}

typedef struct {
  const char *text, *p;
  guint depth;
  GError **error;
  BsExpression *expression;
} Parser;

static BsAst *parse_expression (Parser *self);

/* --- the tree ------------------------------------------------------------------------------------------------------ */

void
bs_ast_free (BsAst *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_items; i++)
    bs_ast_free (self->items[i]);
  g_free (self->items);
  g_free (self->operators);
  g_free (self->text);
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsAst, bs_ast_free)

static BsAst *
new_ast (BsAstKind kind)
{
  BsAst *self = g_new0 (BsAst, 1);

  self->kind = kind;
  return self;
}

/* Takes @item, which may be NULL in a slice. */
static void
add_item (BsAst *self, BsAst *item)
{
  self->items = g_renew (BsAst *, self->items, self->n_items + 1);
  self->items[self->n_items++] = item;
}

static BsAst *
new_pair (BsAstKind kind, BsOperator op, BsAst *a, BsAst *b)
{
  BsAst *self = new_ast (kind);

  self->operator = op;
  add_item (self, a);
  if (b != NULL)
    add_item (self, b);
  return self;
}

/* --- words --------------------------------------------------------------------------------------------------------- */

static void
skip_blanks (Parser *self)
{
  while (*self->p == ' ' || *self->p == '\t' || *self->p == '\n')
    self->p++;
}

static gboolean
is_name_character (const char *p, gboolean is_first)
{
  gunichar c = g_utf8_get_char (p);

  return c == '_' || g_unichar_isalpha (c) || (!is_first && g_unichar_isdigit (c));
}

static const char *
end_of_name (const char *p)
{
  gboolean is_first = TRUE;

  for (; *p != '\0' && is_name_character (p, is_first); p = g_utf8_next_char (p))
    is_first = FALSE;
  return p;
}

static BsAst *
fail (Parser *self, const char *what)
{
  if (self->error && *self->error == NULL)
    /* Translators: a position in an expression, counted in characters from 1 */
    bs_expression_fail (self->error, BS_EXPRESSION_ERROR_SYNTAX, _("%s (at character %ld)"), what,
                        g_utf8_pointer_to_offset (self->text, self->p) + 1);
  return NULL;
}

/* An operator, not the beginning of a longer one. */
static gboolean
take (Parser *self, const char *symbol)
{
  static const char *const longer[] = { "**", "//", "==", "!=", "<=", ">=", "<<", ">>", ":=", NULL };
  gsize n = strlen (symbol);

  skip_blanks (self);
  if (strncmp (self->p, symbol, n) != 0)
    return FALSE;
  for (guint i = 0; n == 1 && longer[i] != NULL; i++)
    if (strncmp (self->p, longer[i], 2) == 0)
      return FALSE;
  self->p += n;
  return TRUE;
}

static gboolean
take_word (Parser *self, const char *word)
{
  gsize n = strlen (word);

  skip_blanks (self);
  if (strncmp (self->p, word, n) != 0 || (gsize) (end_of_name (self->p) - self->p) != n)
    return FALSE;
  self->p += n;
  return TRUE;
}

/* --- atoms --------------------------------------------------------------------------------------------------------- */

static BsAst *
parse_number (Parser *self)
{
  g_autoptr (BsAst) ast = new_ast (BS_AST_NUMBER);
  g_autoptr (GString) digits = g_string_new (NULL);
  const char *begin = self->p;
  char *end;

  for (; g_ascii_isalnum (*self->p) || *self->p == '_' || *self->p == '.' ||
         ((*self->p == '+' || *self->p == '-') && self->p > begin && (self->p[-1] == 'e' || self->p[-1] == 'E') &&
          g_ascii_strncasecmp (begin, "0x", 2) != 0);
       self->p++)
    {
      if (*self->p != '_')
        g_string_append_c (digits, *self->p);
    }
  errno = 0;
  ast->is_real = g_ascii_strncasecmp (digits->str, "0x", 2) != 0 && strpbrk (digits->str, ".eE") != NULL;
  if (ast->is_real)
    ast->real = g_ascii_strtod (digits->str, &end);
  else if (digits->len > 2 && digits->str[0] == '0' && strchr ("bB", digits->str[1]))
    ast->integer = g_ascii_strtoll (digits->str + 2, &end, 2);
  else if (digits->len > 2 && digits->str[0] == '0' && strchr ("oO", digits->str[1]))
    ast->integer = g_ascii_strtoll (digits->str + 2, &end, 8);
  else
    ast->integer = g_ascii_strtoll (digits->str, &end, g_ascii_strncasecmp (digits->str, "0x", 2) == 0 ? 16 : 10);
  if (*end != '\0' || (errno == ERANGE && !ast->is_real))
    {
      self->p = begin;
      return fail (self, *end != '\0' ? _("This is not a number.") : _("This number is too large."));
    }
  return g_steal_pointer (&ast);
}

static BsAst *
parse_text (Parser *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char quote = *self->p++;
  BsAst *ast;

  for (; *self->p != '\0' && *self->p != quote; self->p++)
    {
      if (*self->p != '\\' || self->p[1] == '\0')
        g_string_append_c (text, *self->p);
      else
        g_string_append_c (text, *++self->p == 'n' ? '\n' : *self->p == 't' ? '\t' : *self->p);
    }
  if (*self->p == '\0')
    return fail (self, _("The text has no end."));
  self->p++;
  ast = new_ast (BS_AST_TEXT);
  ast->text = g_strdup (text->str);
  return ast;
}

static BsAst *
parse_name (Parser *self)
{
  static const char *const constants[] = { "None", "True", "False" };
  static const char *const reserved[] = { "lambda", "and", "or", "not", "if", "else", "in", "is", "for", "await", "yield" };
  const char *end = end_of_name (self->p);
  g_autofree char *name = g_strndup (self->p, end - self->p);
  BsAst *ast;

  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (g_str_equal (name, reserved[i]))
      return fail (self, i == 0 ? _("There are no functions of one’s own here.") : _("A value is missing."));
  self->p = end;
  for (guint i = 0; i < G_N_ELEMENTS (constants); i++)
    if (g_str_equal (name, constants[i]))
      {
        ast = new_ast (BS_AST_CONSTANT);
        ast->operator = i;
        return ast;
      }
  ast = new_ast (BS_AST_NAME);
  ast->path = g_strdup (name);
  ast->text = g_steal_pointer (&name);
  g_ptr_array_add (self->expression->names, ast->text);
  return ast;
}

/* Behind an opening bracket; a comma, or square brackets, make a sequence of it. */
static BsAst *
parse_bracketed (Parser *self, const char *closing, gboolean is_sequence)
{
  g_autoptr (BsAst) sequence = new_ast (BS_AST_SEQUENCE);

  while (!take (self, closing))
    {
      BsAst *item = parse_expression (self);

      if (item == NULL)
        return NULL;
      add_item (sequence, item);
      if (take_word (self, "for"))
        return fail (self, _("There are no comprehensions here."));
      if (take (self, ","))
        is_sequence = TRUE;
      else if (take (self, closing))
        break;
      else
        return fail (self, *closing == ')' ? _("A “)” is missing.") : _("A “]” is missing."));
    }
  if (!is_sequence && sequence->n_items == 1)
    return g_steal_pointer (&sequence->items[--sequence->n_items]);
  return g_steal_pointer (&sequence);
}

static BsAst *
parse_atom (Parser *self)
{
  skip_blanks (self);
  if (take (self, "("))
    return parse_bracketed (self, ")", FALSE);
  if (take (self, "["))
    return parse_bracketed (self, "]", TRUE);
  if (*self->p == '\'' || *self->p == '"')
    return parse_text (self);
  if (g_ascii_isdigit (*self->p) || (*self->p == '.' && g_ascii_isdigit (self->p[1])))
    return parse_number (self);
  if (strncmp (self->p, "...", 3) == 0)
    {
      BsAst *ast = new_ast (BS_AST_CONSTANT);

      self->p += 3;
      ast->operator = 3;
      return ast;
    }
  if (*self->p != '\0' && is_name_character (self->p, TRUE))
    return parse_name (self);
  return fail (self, *self->p == '\0' ? _("Something is missing at the end.") : _("This does not belong here."));
}

/* --- what follows an atom ------------------------------------------------------------------------------------------ */

static BsAst *
parse_argument (Parser *self)
{
  const char *begin, *end;
  Parser look = *self;

  skip_blanks (&look);
  begin = look.p;
  end = end_of_name (begin);
  look.p = end;
  if (end > begin && take (&look, "="))
    {
      g_autoptr (BsAst) keyword = new_ast (BS_AST_KEYWORD);
      BsAst *value;

      keyword->text = g_strndup (begin, end - begin);
      self->p = look.p;
      value = parse_expression (self);
      if (value == NULL)
        return NULL;
      add_item (keyword, value);
      return g_steal_pointer (&keyword);
    }
  return parse_expression (self);
}

static BsAst *
parse_call (Parser *self, BsAst *callee)
{
  g_autoptr (BsAst) call = new_pair (BS_AST_CALL, 0, callee, NULL);

  while (!take (self, ")"))
    {
      BsAst *argument = parse_argument (self);

      if (argument == NULL)
        return NULL;
      add_item (call, argument);
      if (take_word (self, "for"))
        return fail (self, _("There are no comprehensions here."));
      if (take (self, ")"))
        break;
      if (!take (self, ","))
        return fail (self, _("A “)” is missing."));
    }
  return g_steal_pointer (&call);
}

/* One index: an expression, or a slice. */
static BsAst *
parse_index (Parser *self)
{
  g_autoptr (BsAst) slice = new_ast (BS_AST_SLICE);
  BsAst *parts[3] = { NULL };
  guint n = 0;

  for (;;)
    {
      skip_blanks (self);
      if (*self->p != ':' && *self->p != ']' && *self->p != ',')
        {
          parts[n] = parse_expression (self);
          if (parts[n] == NULL)
            break;
        }
      if (n == 2 || !take (self, ":"))
        break;
      n++;
    }
  if (n == 0)
    return parts[0] ? parts[0] : fail (self, _("An index is missing."));
  for (guint i = 0; i < 3; i++)
    add_item (slice, parts[i]);
  return self->error && *self->error ? NULL : g_steal_pointer (&slice);
}

static char *
path_of_item (const BsAst *base, const BsAst *index)
{
  if (base->path == NULL)
    return NULL;
  if (index->kind == BS_AST_NUMBER && !index->is_real)
    return g_strdup_printf ("%s[%" G_GINT64_FORMAT "]", base->path, index->integer);
  return index->kind == BS_AST_TEXT ? g_strdup_printf ("%s['%s']", base->path, index->text) : NULL;
}

static BsAst *
parse_subscript (Parser *self, BsAst *base)
{
  g_autoptr (BsAst) subscript = new_pair (BS_AST_SUBSCRIPT, 0, base, NULL);

  do
    {
      BsAst *index;

      if (subscript->n_items > 1 && take (self, "]"))
        return g_steal_pointer (&subscript);
      index = parse_index (self);
      if (index == NULL)
        return NULL;
      add_item (subscript, index);
    }
  while (take (self, ","));
  if (!take (self, "]"))
    return fail (self, _("A “]” is missing."));
  if (subscript->n_items == 2)
    subscript->path = path_of_item (base, subscript->items[1]);
  return g_steal_pointer (&subscript);
}

static BsAst *
parse_attribute (Parser *self, BsAst *base)
{
  g_autoptr (BsAst) attribute = new_pair (BS_AST_ATTRIBUTE, 0, base, NULL);
  const char *end;

  skip_blanks (self);
  end = end_of_name (self->p);
  if (end == self->p)
    return fail (self, _("A name is missing behind the dot."));
  attribute->text = g_strndup (self->p, end - self->p);
  self->p = end;
  self->expression->uses_gradients |= g_str_equal (attribute->text, "grad");
  if (base->path)
    attribute->path = g_strdup_printf ("%s.%s", base->path, attribute->text);
  return g_steal_pointer (&attribute);
}

static BsAst *
parse_postfix (Parser *self)
{
  BsAst *ast = parse_atom (self);

  while (ast != NULL)
    {
      if (take (self, "("))
        ast = parse_call (self, ast);
      else if (take (self, "["))
        ast = parse_subscript (self, ast);
      else if (strncmp (self->p, "...", 3) != 0 && take (self, "."))
        ast = parse_attribute (self, ast);
      else
        return ast;
    }
  return NULL;
}

/* --- operators, the tightest first ------------------------------------------------------------------------------------ */

static BsAst *parse_unary (Parser *self);

static BsAst *
parse_power (Parser *self)
{
  BsAst *base = parse_postfix (self), *exponent;

  if (base == NULL || !take (self, "**"))
    return base;
  exponent = parse_unary (self);
  if (exponent == NULL)
    {
      bs_ast_free (base);
      return NULL;
    }
  return new_pair (BS_AST_BINARY, BS_POW, base, exponent);
}

static BsAst *
parse_unary (Parser *self)
{
  static const struct { const char *symbol; BsOperator op; } operators[] = {
    { "-", BS_NEGATIVE }, { "+", BS_POSITIVE }, { "~", BS_INVERT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (take (self, operators[i].symbol))
      {
        BsAst *operand;

        if (++self->depth > MAX_DEPTH)
          return fail (self, _("This is too deeply nested."));
        operand = parse_unary (self);
        self->depth--;
        return operand ? new_pair (BS_AST_UNARY, operators[i].op, operand, NULL) : NULL;
      }
  return parse_power (self);
}

typedef struct { const char *symbol; BsOperator op; } Level;

static const Level products[] = { { "*", BS_MUL }, { "@", BS_MATMUL }, { "//", BS_FLOORDIV }, { "/", BS_DIV }, { "%", BS_MOD }, { NULL } };
static const Level sums[] = { { "+", BS_ADD }, { "-", BS_SUB }, { NULL } };
static const Level shifts[] = { { "<<", BS_SHIFT_LEFT }, { ">>", BS_SHIFT_RIGHT }, { NULL } };
static const Level ands[] = { { "&", BS_BITAND }, { NULL } };
static const Level xors[] = { { "^", BS_BITXOR }, { NULL } };
static const Level ors[] = { { "|", BS_BITOR }, { NULL } };
static const Level *const levels[] = { ors, xors, ands, shifts, sums, products };

static BsAst *
parse_level (Parser *self, guint level)
{
  BsAst *left;

  if (level == G_N_ELEMENTS (levels))
    return parse_unary (self);
  left = parse_level (self, level + 1);
  while (left != NULL)
    {
      const Level *found = levels[level];
      BsAst *right;

      while (found->symbol != NULL && !take (self, found->symbol))
        found++;
      if (found->symbol == NULL)
        return left;
      right = parse_level (self, level + 1);
      if (right == NULL)
        break;
      left = new_pair (BS_AST_BINARY, found->op, left, right);
    }
  bs_ast_free (left);
  return NULL;
}

static gboolean
take_comparison (Parser *self, BsOperator *op)
{
  static const Level symbols[] = { { "==", BS_EQ }, { "!=", BS_NE }, { "<=", BS_LE }, { ">=", BS_GE }, { "<", BS_LT }, { ">", BS_GT } };

  for (guint i = 0; i < G_N_ELEMENTS (symbols); i++)
    if (take (self, symbols[i].symbol))
      {
        *op = symbols[i].op;
        return TRUE;
      }
  if (take_word (self, "in"))
    *op = BS_IN;
  else if (take_word (self, "is"))
    *op = take_word (self, "not") ? BS_IS_NOT : BS_IS;
  else
    {
      Parser look = *self;

      if (!take_word (&look, "not") || !take_word (&look, "in"))
        return FALSE;
      self->p = look.p;
      *op = BS_NOT_IN;
    }
  return TRUE;
}

static BsAst *
parse_comparison (Parser *self)
{
  g_autoptr (BsAst) compare = NULL;
  BsAst *item = parse_level (self, 0);
  BsOperator op;

  if (item == NULL || !take_comparison (self, &op))
    return item;
  compare = new_pair (BS_AST_COMPARE, 0, item, NULL);
  do
    {
      compare->operators = g_realloc (compare->operators, compare->n_items);
      compare->operators[compare->n_items - 1] = op;
      item = parse_level (self, 0);
      if (item == NULL)
        return NULL;
      add_item (compare, item);
    }
  while (take_comparison (self, &op));
  return g_steal_pointer (&compare);
}

static BsAst *
parse_not (Parser *self)
{
  BsAst *operand;

  if (!take_word (self, "not"))
    return parse_comparison (self);
  if (++self->depth > MAX_DEPTH)
    return fail (self, _("This is too deeply nested."));
  operand = parse_not (self);
  self->depth--;
  return operand ? new_pair (BS_AST_NOT, 0, operand, NULL) : NULL;
}

static BsAst *
parse_and (Parser *self)
{
  BsAst *left = parse_not (self), *right;

  while (left != NULL && take_word (self, "and"))
    {
      right = parse_not (self);
      if (right == NULL)
        {
          bs_ast_free (left);
          return NULL;
        }
      left = new_pair (BS_AST_AND, 0, left, right);
    }
  return left;
}

static BsAst *
parse_or (Parser *self)
{
  BsAst *left = parse_and (self), *right;

  while (left != NULL && take_word (self, "or"))
    {
      right = parse_and (self);
      if (right == NULL)
        {
          bs_ast_free (left);
          return NULL;
        }
      left = new_pair (BS_AST_OR, 0, left, right);
    }
  return left;
}

static BsAst *
parse_choice (Parser *self)
{
  g_autoptr (BsAst) choice = NULL;
  BsAst *item = parse_or (self);

  if (item == NULL || !take_word (self, "if"))
    return item;
  choice = new_pair (BS_AST_IF, 0, item, NULL);
  item = parse_or (self);
  if (item == NULL)
    return NULL;
  add_item (choice, item);
  if (!take_word (self, "else"))
    return fail (self, _("An “else” is missing."));
  item = parse_expression (self);
  if (item == NULL)
    return NULL;
  add_item (choice, item);
  return g_steal_pointer (&choice);
}

static BsAst *
parse_expression (Parser *self)
{
  BsAst *ast;

  if (++self->depth > MAX_DEPTH)
    return fail (self, _("This is too deeply nested."));
  ast = parse_choice (self);
  self->depth--;
  return ast;
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */

static BsAst *
parse_all (Parser *self)
{
  g_autoptr (BsAst) first = parse_expression (self), sequence = NULL;

  if (first == NULL)
    return NULL;
  skip_blanks (self);
  if (*self->p == ',')
    {
      sequence = new_pair (BS_AST_SEQUENCE, 0, g_steal_pointer (&first), NULL);
      while (take (self, ","))
        {
          BsAst *item = parse_expression (self);

          if (item == NULL)
            return NULL;
          add_item (sequence, item);
        }
      skip_blanks (self);
    }
  if (*self->p == '=' || strncmp (self->p, ":=", 2) == 0)
    return fail (self, _("Nothing is assigned here; “==” compares."));
  if (*self->p != '\0')
    return fail (self, _("This does not belong here."));
  return sequence ? g_steal_pointer (&sequence) : g_steal_pointer (&first);
}

BsExpression *
bs_expression_parse (const char *text, GError **error)
{
  g_autoptr (BsExpression) expression = g_new0 (BsExpression, 1);
  g_autoptr (GError) problem = NULL;
  Parser parser = { .expression = expression, .error = &problem };

  expression->text = g_strstrip (g_strdup (text));
  expression->names = g_ptr_array_new ();
  parser.text = parser.p = expression->text;
  if (!g_utf8_validate (text, -1, NULL))
    bs_expression_fail (&problem, BS_EXPRESSION_ERROR_SYNTAX, _("This is not text in UTF-8."));
  else if (*expression->text == '\0')
    bs_expression_fail (&problem, BS_EXPRESSION_ERROR_SYNTAX, _("There is nothing to evaluate."));
  else if (strlen (text) > MAX_LENGTH)
    bs_expression_fail (&problem, BS_EXPRESSION_ERROR_SYNTAX, _("This is too long."));
  else
    expression->root = parse_all (&parser);
  if (expression->root != NULL && problem == NULL)
    return g_steal_pointer (&expression);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

void
bs_expression_free (BsExpression *self)
{
  if (self == NULL)
    return;
  bs_ast_free (self->root);
  g_ptr_array_unref (self->names);
  g_free (self->text);
  g_free (self);
}

const char *
bs_expression_get_text (const BsExpression *self)
{
  return self->text;
}
