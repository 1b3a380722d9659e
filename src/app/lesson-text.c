/* SPDX-License-Identifier: MIT */

#include "lesson-text.h"

#include <string.h>

#define COMMENT_MAX (16 << 10) /* bytes looked at */

typedef struct { const char *p, *end; } Lines;

/* The next line without its end; FALSE: there is none. */
static gboolean
next_line (Lines *lines, const char **line, gsize *length)
{
  const char *newline;

  if (lines->p >= lines->end)
    return FALSE;
  newline = memchr (lines->p, '\n', lines->end - lines->p);
  *line = lines->p;
  *length = (newline ? newline : lines->end) - lines->p;
  lines->p = newline ? newline + 1 : lines->end;
  while (*length > 0 && g_ascii_isspace ((*line)[*length - 1]))
    (*length)--;
  return TRUE;
}

/* Past the mark of a comment and one space. */
static char *
dup_after (const char *line, gsize length, gsize mark)
{
  mark = MIN (mark, length);
  if (mark < length && line[mark] == ' ')
    mark++;
  return g_strndup (line + mark, length - mark);
}

static void
take_block (Lines *lines, GPtrArray *out, const char *line, gsize length)
{
  const char *close;

  line += 2;
  length -= 2;
  do
    {
      while (length > 0 && (*line == ' ' || *line == '\t'))
        line++, length--;
      close = g_strstr_len (line, length, "*/");
      if (close)
        length = close - line;
      g_ptr_array_add (out, dup_after (line, length, length > 0 && line[0] == '*' ? 1 : 0));
    }
  while (close == NULL && next_line (lines, &line, &length));
}

static gboolean
is_preamble (const char *line, gsize length, gboolean first)
{
  return length == 0 || (first && g_str_has_prefix (line, "#!")) || (line[0] == '#' && g_strstr_len (line, length, "coding:"));
}

/* The lines of the first comment, without its marks. */
static GPtrArray *
comment_lines (const char *source, gsize length)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (g_free);
  Lines lines = { source, source + length };
  const char *line, *mark = NULL;
  gboolean first = TRUE;

  while (next_line (&lines, &line, &length))
    {
      if (mark == NULL && is_preamble (line, length, first))
        ;
      else if (mark == NULL && length >= 2 && strncmp (line, "/*", 2) == 0)
        {
          take_block (&lines, out, line, length);
          break;
        }
      else
        {
          if (mark == NULL)
            mark = length > 0 && line[0] == '#' ? "#" : "//";
          if (length < strlen (mark) || strncmp (line, mark, strlen (mark)) != 0)
            break;
          g_ptr_array_add (out, dup_after (line, length, strlen (mark)));
        }
      first = FALSE;
    }
  return out;
}

/* Between two Chinese words there is no space, nor beside their punctuation, which brings its own. */
static gboolean
needs_space (gunichar before, gunichar after)
{
  if (g_unichar_iswide (before) && (g_unichar_iswide (after) || g_unichar_ispunct (before)))
    return FALSE;
  return !(g_unichar_iswide (after) && g_unichar_ispunct (after));
}

/* Lines that belong together flow. */
static void
join (GString *out, const char *line)
{
  while (*line == ' ')
    line++;
  if (out->len > 0 && out->str[out->len - 1] != '\n')
    {
      if (needs_space (g_utf8_get_char (g_utf8_prev_char (out->str + out->len)), g_utf8_get_char (line)))
        g_string_append_c (out, ' ');
    }
  g_string_append (out, line);
}

/* "1. Why": where the words begin; NULL: no question. */
static const char *
after_number (const char *line)
{
  const char *p = line;

  while (g_ascii_isdigit (*p))
    p++;
  if (p == line || p - line > 2 || (*p != '.' && *p != ')'))
    return NULL;
  p++;
  return *p == ' ' ? p + 1 : NULL;
}

static void
take_question (GPtrArray *questions, GString *question)
{
  if (question->len > 0 && questions->len < BACKSTEP_QUESTIONS_MAX)
    g_ptr_array_add (questions, g_strdup (question->str));
  g_string_truncate (question, 0);
}

BackstepLessonText *
backstep_lesson_text_new (const char *source, gsize length)
{
  BackstepLessonText *self = g_new0 (BackstepLessonText, 1);
  g_autofree char *valid = g_utf8_make_valid (source, MIN (length, COMMENT_MAX));
  g_autoptr (GPtrArray) lines = comment_lines (valid, strlen (valid));
  g_autoptr (GString) text = g_string_new (NULL), question = g_string_new (NULL);
  GPtrArray *questions = g_ptr_array_new ();
  gboolean in_question = FALSE;

  for (guint i = 0; i < lines->len; i++)
    {
      const char *line = g_ptr_array_index (lines, i), *words = after_number (line);

      if (self->title == NULL)
        {
          if (*line)
            self->title = g_strstrip (g_strdup (line));
        }
      else if (*line == '\0')
        {
          in_question = FALSE;
          take_question (questions, question);
          if (text->len > 0 && !g_str_has_suffix (text->str, "\n\n"))
            g_string_append (text, "\n\n");
        }
      else if (words)
        {
          take_question (questions, question);
          in_question = TRUE;
          join (question, words);
        }
      else
        join (in_question ? question : text, line);
    }
  take_question (questions, question);
  g_ptr_array_add (questions, NULL);
  self->text = g_strdup (g_strchomp (text->str));
  self->questions = (char **) g_ptr_array_free (questions, FALSE);
  return self;
}

void
backstep_lesson_text_free (BackstepLessonText *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->text);
  g_strfreev (self->questions);
  g_free (self);
}
