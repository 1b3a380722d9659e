/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <string.h>

#include "tokens.h"

typedef struct {
  const char *text;
  gsize length, at;
  guint32 line, depth;
  GArray *tokens;
  gboolean at_line_start; /* of a line as it is written, not of a statement */
} Reader;

gboolean
bs_token_is (const char *text, const BsToken *token, const char *word)
{
  gsize n = token->end - token->begin;

  return token->kind != BS_TOKEN_END && token->kind != BS_TOKEN_COMMENT && strlen (word) == n && memcmp (text + token->begin, word, n) == 0;
}

static int
peek (Reader *self, gsize ahead)
{
  return self->at + ahead < self->length ? (guchar) self->text[self->at + ahead] : -1;
}

static gboolean
is_name_start (int c)
{
  return c == '_' || c >= 0x80 || (c >= 0 && g_ascii_isalpha (c));
}

static void
add (Reader *self, BsTokenKind kind, gsize begin, guint32 line)
{
  BsToken token = { kind, begin, self->at, line };

  g_array_append_val (self->tokens, token);
}

static void
end_statement (Reader *self)
{
  if (self->tokens->len > 0 && g_array_index (self->tokens, BsToken, self->tokens->len - 1).kind != BS_TOKEN_END)
    add (self, BS_TOKEN_END, self->at, self->line);
  self->depth = 0;
}

/* --- strings ----------------------------------------------------------------------------------------------------------- */

/* Length of r, b, f, u and pairs of them in front of a quote; -1: no string begins here. */
static int
prefix_length (Reader *self)
{
  int n = 0;

  while (n < 2 && peek (self, n) > 0 && strchr ("rbfuRBFU", peek (self, n)))
    n++;
  return peek (self, n) == '"' || peek (self, n) == '\'' ? n : -1;
}

static void
read_string (Reader *self, int prefix)
{
  gsize begin = self->at;
  guint32 line = self->line;
  int quote = peek (self, prefix);
  gboolean is_long = peek (self, prefix + 1) == quote && peek (self, prefix + 2) == quote;

  self->at += prefix + (is_long ? 3 : 1);
  while (self->at < self->length)
    {
      int c = peek (self, 0);

      if (c == '\n' && !is_long)
        break;
      self->line += c == '\n';
      if (c == '\\' && self->at + 1 < self->length)
        {
          self->line += peek (self, 1) == '\n';
          self->at += 2;
          continue;
        }
      if (c == quote && (!is_long || (peek (self, 1) == quote && peek (self, 2) == quote)))
        {
          self->at += is_long ? 3 : 1;
          break;
        }
      self->at++;
    }
  self->at = MIN (self->at, self->length);
  add (self, BS_TOKEN_STRING, begin, line);
}

/* --- the rest ------------------------------------------------------------------------------------------------------------ */

static void
read_number (Reader *self)
{
  gsize begin = self->at;
  gboolean is_hex = peek (self, 0) == '0' && (peek (self, 1) == 'x' || peek (self, 1) == 'X');

  while (self->at < self->length)
    {
      int c = peek (self, 0);

      if (!is_hex && (c == 'e' || c == 'E') && (peek (self, 1) == '+' || peek (self, 1) == '-'))
        self->at += 2;
      else if (c == '.' || c == '_' || g_ascii_isalnum (c))
        self->at++;
      else
        break;
    }
  add (self, BS_TOKEN_NUMBER, begin, self->line);
}

/* Words that no line inside brackets begins with: the bracket was never closed. */
static gboolean
begins_statement (Reader *self, gsize begin)
{
  static const char *const words[] = { "def", "class", "import", "from", "return", "while", "with", "try", "del", "pass", "break",
                                       "continue", "raise", "global" };
  gsize n = self->at - begin;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i]) == n && memcmp (self->text + begin, words[i], n) == 0)
      return TRUE;
  return FALSE;
}

static void
read_name (Reader *self)
{
  gsize begin = self->at, end;

  while (self->at < self->length && (is_name_start (peek (self, 0)) || g_ascii_isdigit (peek (self, 0))))
    self->at++;
  end = self->at;
  if (self->depth > 0 && self->at_line_start && begins_statement (self, begin))
    {
      self->at = begin;
      end_statement (self);
      self->at = end;
    }
  add (self, BS_TOKEN_NAME, begin, self->line);
}

static void
read_sign (Reader *self)
{
  static const char *const signs[] = { "**=", "//=", ">>=", "<<=", "...", "**", "//", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
                                       "^=", "@=", "==", "!=", "<=", ">=", "<<", ">>" };
  gsize begin = self->at, n = 1;
  int c = peek (self, 0);

  for (guint i = 0; i < G_N_ELEMENTS (signs) && n == 1; i++)
    if (self->length - self->at >= strlen (signs[i]) && memcmp (self->text + self->at, signs[i], strlen (signs[i])) == 0)
      n = strlen (signs[i]);
  self->at += n;
  if (strchr ("([{", c))
    self->depth++;
  else if (strchr (")]}", c) && self->depth > 0)
    self->depth--;
  add (self, BS_TOKEN_SIGN, begin, self->line);
}

static void
read_comment (Reader *self)
{
  gsize begin = self->at;

  while (self->at < self->length && peek (self, 0) != '\n')
    self->at++;
  add (self, BS_TOKEN_COMMENT, begin, self->line);
}

static void
read_one (Reader *self)
{
  int c = peek (self, 0), prefix = prefix_length (self);

  if (prefix >= 0)
    read_string (self, prefix);
  else if (is_name_start (c))
    read_name (self);
  else if (g_ascii_isdigit (c) || (c == '.' && peek (self, 1) > 0 && g_ascii_isdigit (peek (self, 1))))
    read_number (self);
  else if (c == '#')
    read_comment (self);
  else
    read_sign (self);
}

GArray *
bs_tokens_read (const char *text, gsize length)
{
  Reader self = { .text = text, .length = MIN (length, G_MAXUINT32), .line = 1, .at_line_start = TRUE };

  self.tokens = g_array_new (FALSE, FALSE, sizeof (BsToken));
  while (self.at < self.length)
    {
      int c = peek (&self, 0);

      if (c == '\n')
        {
          if (self.depth == 0)
            end_statement (&self);
          self.at++;
          self.line++;
          self.at_line_start = TRUE;
        }
      else if (c == '\\' && peek (&self, 1) == '\n')
        {
          self.at += 2;
          self.line++;
        }
      else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0)
        self.at++;
      else
        {
          read_one (&self);
          self.at_line_start = FALSE;
        }
    }
  end_statement (&self);
  if (self.tokens->len == 0)
    add (&self, BS_TOKEN_END, self.at, self.line);
  return self.tokens;
}
