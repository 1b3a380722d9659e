/* SPDX-License-Identifier: MIT */

/* The places of nodes, edges and attributes in a text of DOT. It need not be right about texts that cgraph refuses; it must
 * only come to an end. */

#include "config.h"

#include "private.h"

#include <string.h>

struct _BsPlaces {
  GHashTable *places; /* key -> BsGraphPlace */
  BsGraphPlace graph;
  BsGraphPlace open; /* a quote, comment or angle bracket that does not end */
  BsGraphPlace rest; /* behind the graph */
};

typedef enum { END, ID, ARROW, OTHER } Kind;

typedef struct {
  Kind kind;
  char sign;     /* OTHER */
  GString *text; /* ID */
  gboolean quoted;
  BsGraphPlace place;
} Token;

typedef struct {
  BsPlaces *out;
  const char *at, *end, *line_start;
  guint line;
  Token now;
  guint depth;
  GString *key;
  /* the statement */
  GString *subject; /* the node mentioned last */
  gboolean has_subject, is_edge, after_arrow;
  BsGraphPlace first;
  BsGraphPlace *open;        /* of the node that the attributes belong to */
} Scanner;

/* --- tokens ---------------------------------------------------------------------------------------------------------------- */

static void
next_char (Scanner *self)
{
  if (*self->at++ == '\n')
    {
      self->line++;
      self->line_start = self->at;
    }
}

static gboolean
looking_at (const Scanner *self, const char *word)
{
  gsize n = strlen (word);

  return (gsize) (self->end - self->at) >= n && memcmp (self->at, word, n) == 0;
}

static void
skip_line (Scanner *self)
{
  while (self->at < self->end && *self->at != '\n')
    next_char (self);
}

static void
stay_open (Scanner *self, guint line, guint column)
{
  if (self->out->open.line == 0)
    self->out->open = (BsGraphPlace) { line, column, line, column + 1 };
}

static void
skip_comment (Scanner *self)
{
  guint line = self->line, column = self->at - self->line_start;

  self->at += 2;
  while (self->at < self->end && !looking_at (self, "*/"))
    next_char (self);
  if (self->at == self->end)
    stay_open (self, line, column);
  self->at = MIN (self->at + 2, self->end);
}

static void
skip_blanks (Scanner *self)
{
  while (self->at < self->end)
    {
      if (g_ascii_isspace (*self->at) || *self->at == '\0')
        next_char (self);
      else if (looking_at (self, "//") || (*self->at == '#' && self->at == self->line_start))
        skip_line (self);
      else if (looking_at (self, "/*"))
        skip_comment (self);
      else if (looking_at (self, "\xef\xbb\xbf"))
        self->at += 3;
      else
        return;
    }
}

static gboolean
is_letter (char c)
{
  return g_ascii_isalnum (c) || c == '_' || (guchar) c >= 0x80;
}

static void
take_quoted (Scanner *self)
{
  guint line = self->line, column = self->at - self->line_start;

  next_char (self);
  while (self->at < self->end && *self->at != '"')
    {
      if (looking_at (self, "\\\""))
        self->at++;
      else if (looking_at (self, "\\\\"))
        g_string_append_c (self->now.text, *self->at++);
      else if (looking_at (self, "\\\n"))
        {
          self->at++;
          next_char (self);
          continue;
        }
      g_string_append_c (self->now.text, *self->at);
      next_char (self);
    }
  if (self->at < self->end)
    self->at++;
  else
    stay_open (self, line, column);
}

static void
take_html (Scanner *self)
{
  guint depth = 0, line = self->line, column = self->at - self->line_start;

  do
    {
      depth += *self->at == '<';
      depth -= *self->at == '>';
      g_string_append_c (self->now.text, *self->at);
      next_char (self);
    }
  while (self->at < self->end && depth > 0);
  if (depth > 0)
    stay_open (self, line, column);
}

static void
take_word (Scanner *self)
{
  gboolean number = !is_letter (*self->at) || g_ascii_isdigit (*self->at);

  do
    {
      g_string_append_c (self->now.text, *self->at);
      self->at++;
    }
  while (self->at < self->end && (number ? g_ascii_isdigit (*self->at) || *self->at == '.' : is_letter (*self->at)));
}

/* "a" + "b" */
static void
take_concatenated (Scanner *self)
{
  take_quoted (self);
  for (;;)
    {
      Scanner before = *self;

      skip_blanks (self);
      if (self->at < self->end && *self->at == '+')
        {
          self->at++;
          skip_blanks (self);
          if (self->at < self->end && *self->at == '"')
            {
              take_quoted (self);
              continue;
            }
        }
      self->at = before.at;
      self->line = before.line;
      self->line_start = before.line_start;
      return;
    }
}

static void
advance (Scanner *self)
{
  Token *now = &self->now;

  skip_blanks (self);
  g_string_truncate (now->text, 0);
  now->place.line = self->line;
  now->place.column = self->at - self->line_start;
  now->quoted = FALSE;
  now->kind = END;
  if (self->at < self->end)
    {
      char c = *self->at;

      now->kind = ID;
      if (c == '"')
        {
          now->quoted = TRUE;
          take_concatenated (self);
        }
      else if (c == '<')
        take_html (self);
      else if (looking_at (self, "->") || looking_at (self, "--"))
        {
          now->kind = ARROW;
          self->at += 2;
        }
      else if (is_letter (c) || c == '-' || c == '.')
        take_word (self);
      else
        {
          now->kind = OTHER;
          now->sign = c;
          next_char (self);
        }
    }
  now->place.end_line = self->line;
  now->place.end_column = MAX (self->at - self->line_start, 0);
}

static gboolean
is_sign (const Scanner *self, char sign)
{
  return self->now.kind == OTHER && self->now.sign == sign;
}

static gboolean
is_word (const Scanner *self, const char *word)
{
  return self->now.kind == ID && !self->now.quoted && g_ascii_strcasecmp (self->now.text->str, word) == 0;
}

/* --- what is where ---------------------------------------------------------------------------------------------------------- */

#define BETWEEN '\x1f'

static BsGraphPlace *
note (Scanner *self, const char *key, const BsGraphPlace *place, gboolean first_counts)
{
  BsGraphPlace *known = g_hash_table_lookup (self->out->places, key);

  if (known == NULL)
    {
      known = g_memdup2 (place, sizeof *place);
      g_hash_table_insert (self->out->places, g_strdup (key), known);
    }
  else if (!first_counts)
    *known = *place;
  return known;
}

static const char *
key_of (Scanner *self, const char *first, const char *second, char kind)
{
  g_string_printf (self->key, "%s%c%s%c", first, BETWEEN, second, kind);
  return self->key->str;
}

static void
end_statement (Scanner *self)
{
  self->has_subject = self->is_edge = self->after_arrow = FALSE;
  self->open = NULL;
}

static void
widen (BsGraphPlace *place, const BsGraphPlace *to)
{
  place->end_line = to->end_line;
  place->end_column = to->end_column;
}

/* [a=b, c=d] */
static void
take_attributes (Scanner *self, const char *owner, gboolean counts)
{
  advance (self);
  while (self->now.kind != END && !is_sign (self, ']'))
    {
      BsGraphPlace place = self->now.place;
      g_autofree char *name = self->now.kind == ID ? g_strdup (self->now.text->str) : NULL;

      advance (self);
      if (name == NULL || !is_sign (self, '='))
        continue;
      advance (self);
      if (self->now.kind != ID)
        continue;
      widen (&place, &self->now.place);
      if (counts)
        note (self, key_of (self, owner, name, 'a'), &place, FALSE);
      advance (self);
    }
  if (self->open)
    widen (self->open, &self->now.place);
  if (self->now.kind != END)
    advance (self);
}

/* A node is mentioned; its own statement counts more than an edge. */
static void
mention (Scanner *self, const char *name, const BsGraphPlace *place)
{
  if (self->after_arrow && self->has_subject)
    {
      BsGraphPlace both = self->first;

      widen (&both, place);
      note (self, key_of (self, self->subject->str, name, 'e'), &both, TRUE);
      self->is_edge = TRUE;
    }
  else
    {
      end_statement (self);
      self->first = *place;
    }
  note (self, key_of (self, name, "", 'm'), place, TRUE);
  g_string_assign (self->subject, name);
  self->has_subject = TRUE;
  self->after_arrow = FALSE;
}

static void
take_port (Scanner *self)
{
  while (is_sign (self, ':'))
    {
      advance (self);
      if (self->now.kind == ID)
        advance (self);
    }
}

static void
take_id (Scanner *self)
{
  g_autofree char *name = g_strdup (self->now.text->str);
  BsGraphPlace place = self->now.place;

  advance (self);
  if (is_sign (self, '='))
    {
      advance (self);
      widen (&place, &self->now.place);
      if (self->depth == 1)
        note (self, key_of (self, "", name, 'a'), &place, FALSE);
      if (self->now.kind == ID)
        advance (self);
      end_statement (self);
      return;
    }
  take_port (self);
  mention (self, name, &place);
  if (self->now.kind != ARROW && !self->is_edge)
    {
      note (self, key_of (self, name, "", 'i'), &place, TRUE);
      self->open = note (self, key_of (self, name, "", 'n'), &place, is_sign (self, '[') ? FALSE : TRUE);
    }
}

static void
take_defaults (Scanner *self)
{
  gboolean of_graph = is_word (self, "graph") && self->depth == 1;

  advance (self);
  end_statement (self);
  while (is_sign (self, '['))
    take_attributes (self, "", of_graph);
}

static void
take_statement (Scanner *self)
{
  if (is_word (self, "node") || is_word (self, "edge") || (is_word (self, "graph") && self->depth > 0))
    take_defaults (self);
  else if (is_word (self, "subgraph") || is_word (self, "digraph") || is_word (self, "graph") || is_word (self, "strict"))
    {
      if (self->depth == 0 && self->out->graph.line == 0)
        self->out->graph = self->now.place;
      advance (self);
      if (self->now.kind == ID && !is_word (self, "digraph") && !is_word (self, "graph"))
        advance (self);
    }
  else if (self->now.kind == ID)
    take_id (self);
  else if (self->now.kind == ARROW)
    {
      self->after_arrow = TRUE;
      advance (self);
    }
  else if (is_sign (self, '['))
    take_attributes (self, self->subject->str, self->has_subject && !self->is_edge);
  else
    {
      self->depth += is_sign (self, '{');
      if (is_sign (self, '}') && self->depth > 0 && --self->depth == 0)
        {
          advance (self);
          if (self->now.kind != END)
            self->out->rest = self->now.place;
          self->at = self->end;
          self->now.kind = END;
          return;
        }
      if (!is_sign (self, '}'))
        end_statement (self);
      advance (self);
    }
}

BsPlaces *
bs_places_scan (const char *text, gsize length)
{
  BsPlaces *self = g_new0 (BsPlaces, 1);
  Scanner scanner = { .out = self, .at = text, .end = text + length, .line_start = text, .line = 1 };

  self->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  scanner.now.text = g_string_new (NULL);
  scanner.key = g_string_new (NULL);
  scanner.subject = g_string_new (NULL);
  advance (&scanner);
  while (scanner.now.kind != END)
    take_statement (&scanner);
  g_string_free (scanner.now.text, TRUE);
  g_string_free (scanner.key, TRUE);
  g_string_free (scanner.subject, TRUE);
  return self;
}

void
bs_places_free (BsPlaces *self)
{
  g_hash_table_unref (self->places);
  g_free (self);
}

static BsGraphPlace *
find (BsPlaces *self, const char *first, const char *second, char kind)
{
  g_autofree char *key = g_strdup_printf ("%s%c%s%c", first, BETWEEN, second, kind);

  return g_hash_table_lookup (self->places, key);
}

BsGraphPlace
bs_places_of_open_end (BsPlaces *self)
{
  return self->open;
}

BsGraphPlace
bs_places_of_rest (BsPlaces *self)
{
  return self->rest;
}

BsGraphPlace
bs_places_of_node (BsPlaces *self, const char *node)
{
  BsGraphPlace *place = node ? find (self, node, "", 'n') : NULL;

  if (place == NULL && node != NULL)
    place = find (self, node, "", 'm');
  return place ? *place : self->graph;
}

BsGraphPlace
bs_places_of_name (BsPlaces *self, const char *node)
{
  BsGraphPlace *place = find (self, node, "", 'i');

  return place ? *place : bs_places_of_node (self, node);
}

BsGraphPlace
bs_places_of_attribute (BsPlaces *self, const char *node, const char *attribute)
{
  BsGraphPlace *place = attribute ? find (self, node ? node : "", attribute, 'a') : NULL;

  return place ? *place : bs_places_of_node (self, node);
}

BsGraphPlace
bs_places_of_edge (BsPlaces *self, const char *tail, const char *head)
{
  BsGraphPlace *place = find (self, tail, head, 'e');

  return place ? *place : bs_places_of_node (self, head);
}
