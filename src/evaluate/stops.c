/* SPDX-License-Identifier: MIT */

/* Where a run would stop. Conditions are evaluated only after events that can change them. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "expression-private.h"

typedef struct {
  BsRecording *recording;
  BsCursor *cursor;
  const BsStop *stop;
  GError *problem;     /* the first */
  gboolean evaluated;  /* at least once without one */
  guint32 missing;     /* the first tensor of which there was only a picture */
} Search;

static gboolean
is_true_at (Search *self, guint32 step)
{
  g_auto (BsResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean truth = FALSE;

  bs_cursor_seek (self->cursor, step);
  if (bs_expression_evaluate (self->stop->condition, self->cursor, &result, &error) && bs_result_is_true (&result, &truth, &error))
    {
      self->evaluated = TRUE;
      return truth;
    }
  if (self->problem == NULL)
    self->problem = g_steal_pointer (&error);
  if (self->missing == 0)
    self->missing = bs_expression_get_missing (self->stop->condition);
  return FALSE;
}

/* "net.fc1.weight" concerns an expression that begins with net. */
static gboolean
concerns_name (const BsExpression *expression, const char *name)
{
  gsize n = strcspn (name, ".[");

  for (guint i = 0; i < expression->names->len; i++)
    {
      const char *root = g_ptr_array_index (expression->names, i);

      if (strncmp (root, name, n) == 0 && root[n] == '\0')
        return TRUE;
    }
  return FALSE;
}

/* Can the event at @index change what the expression says? */
static gboolean
concerns (Search *self, guint32 index)
{
  const BsExpression *expression = self->stop->condition;
  BsEvent event;

  switch (bs_recording_get_kind (self->recording, index))
    {
    case BS_EVENT_NAME:
      bs_recording_get_event (self->recording, index, &event);
      return concerns_name (expression, event.name.name);
    case BS_EVENT_WRITE:
    case BS_EVENT_CALL:
    case BS_EVENT_RETURN:
    case BS_EVENT_REQUIRES_GRAD: return TRUE;
    case BS_EVENT_EDGE:
    case BS_EVENT_NODE:
    case BS_EVENT_BACKWARD_BEGIN:
    case BS_EVENT_BACKWARD_END:
    case BS_EVENT_ACCUMULATE:
    case BS_EVENT_GRAD_SET: return expression->uses_gradients;
    default: return FALSE;
    }
}

static gboolean
is_line (Search *self, guint32 index)
{
  const BsPlace *place;
  BsEvent event;

  if (bs_recording_get_kind (self->recording, index) != BS_EVENT_LINE)
    return FALSE;
  bs_recording_get_event (self->recording, index, &event);
  place = bs_recording_get_place (self->recording, event.place);
  return place->file == self->stop->at.file && place->line == self->stop->at.line;
}

/* @limit: a step beyond which another stop has been found already. */
static guint32
find_line (Search *self, guint32 step, int direction, guint32 limit)
{
  if (direction > 0)
    for (guint32 i = step; i < limit; i++)
      if (is_line (self, i) && is_true_at (self, i + 1))
        return i + 1;
  if (direction < 0)
    for (guint32 i = step - 1; step > 0 && i-- > 0 && i + 1 >= limit;)
      if (is_line (self, i) && is_true_at (self, i + 1))
        return i + 1;
  return step;
}

static guint32
find_turn (Search *self, guint32 step, int direction, guint32 limit)
{
  guint32 candidate = 0;

  if (direction > 0)
    {
      gboolean was = is_true_at (self, step);

      for (guint32 i = step; i < limit; i++)
        if (concerns (self, i))
          {
            gboolean is = is_true_at (self, i + 1);

            if (is && !was)
              return i + 1;
            was = is;
          }
      return step;
    }
  /* Backwards: a candidate is known to have turned true when the one before it was not. */
  for (guint32 i = step - 1; step > 0 && i-- > 0 && (candidate || i + 1 >= limit);)
    if (concerns (self, i))
      {
        gboolean is = is_true_at (self, i + 1);

        if (!is && candidate)
          return candidate;
        candidate = is ? i + 1 : 0;
      }
  return candidate ? candidate : step;
}

guint32
bs_stops_find (BsRecording *recording, guint32 step, int direction, guint32 limit, guint n_stops, const BsStop *stops,
               guint *which, GError **problem)
{
  guint32 n = bs_recording_get_n_events (recording), best = step;
  g_autoptr (BsCursor) cursor = bs_cursor_new (recording);

  step = MIN (step, n);
  for (guint i = 0; i < n_stops; i++)
    {
      Search search = { .recording = recording, .cursor = cursor, .stop = &stops[i] };
      guint32 until = best != step ? best : direction > 0 ? MIN (limit, n) : limit, found;

      if (stops[i].condition == NULL)
        found = bs_recording_find_break (recording, step, direction, until, 1, &stops[i].at, NULL);
      else if (stops[i].at.line)
        found = find_line (&search, step, direction, until);
      else
        found = find_turn (&search, step, direction, until);
      if (found != step && (best == step || (direction > 0 ? found < best : found > best)))
        {
          best = found;
          *which = i;
        }
      if (stops[i].condition)
        stops[i].condition->missing = search.missing;
      if (search.problem && !search.evaluated && problem && *problem == NULL)
        g_propagate_error (problem, g_steal_pointer (&search.problem));
      g_clear_error (&search.problem);
    }
  return best;
}

/* --- as text -------------------------------------------------------------------------------------------------------- */

static const char *
skip_word (const char *text, const char *word)
{
  gsize n = strlen (word);

  if (strncmp (text, word, n) != 0 || (text[n] != ' ' && text[n] != '\0'))
    return NULL;
  for (text += n; *text == ' '; text++)
    ;
  return text;
}

static gboolean
parse_line (const char *text, BsStop *out, GError **error)
{
  char *end;

  out->at.kind = BS_BREAK_LINE;
  out->at.file = 1;
  if (g_ascii_isdigit (*text))
    {
      guint64 line = g_ascii_strtoull (text, &end, 10);

      if (line == 0 || line > G_MAXINT32)
        return FALSE;
      out->at.line = line;
      for (text = end; *text == ' '; text++)
        ;
      if (*text == '\0')
        return TRUE;
    }
  text = skip_word (text, "if");
  if (text == NULL)
    return FALSE;
  out->condition = bs_expression_parse (text, error);
  return out->condition != NULL;
}

gboolean
bs_stop_parse (const char *text, BsStop *out, GError **error)
{
  static const struct { const char *word; BsBreakKind kind; } words[] = {
    { "nan", BS_BREAK_NOT_FINITE }, { "updated", BS_BREAK_UPDATED }, { "error", BS_BREAK_ERROR }, { "exceeds", BS_BREAK_GRAD_EXCEEDS },
  };
  g_autoptr (GError) problem = NULL;
  const char *rest;
  char *end;

  memset (out, 0, sizeof *out);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((rest = skip_word (text, words[i].word)))
      {
        out->at.kind = words[i].kind;
        if (words[i].kind == BS_BREAK_GRAD_EXCEEDS)
          {
            out->at.limit = g_ascii_strtod (rest, &end);
            rest = end > rest && out->at.limit >= 0 ? end : "?";
          }
        if (*rest == '\0')
          return TRUE;
        return bs_expression_fail (error, BS_EXPRESSION_ERROR_SYNTAX, _("“%s” is no breakpoint."), text);
      }
  if (parse_line (text, out, &problem))
    return TRUE;
  if (problem == NULL)
    return bs_expression_fail (error, BS_EXPRESSION_ERROR_SYNTAX, _("“%s” is no breakpoint."), text);
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

char *
bs_stop_to_text (const BsStop *self)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  const char *condition = self->condition ? bs_expression_get_text (self->condition) : NULL;

  switch (self->at.kind)
    {
    case BS_BREAK_NOT_FINITE: return g_strdup ("nan");
    case BS_BREAK_UPDATED: return g_strdup ("updated");
    case BS_BREAK_ERROR: return g_strdup ("error");
    case BS_BREAK_GRAD_EXCEEDS: return g_strconcat ("exceeds ", g_ascii_dtostr (number, sizeof number, self->at.limit), NULL);
    default: break;
    }
  if (self->at.line == 0)
    return g_strconcat ("if ", condition, NULL);
  return condition ? g_strdup_printf ("%u if %s", self->at.line, condition) : g_strdup_printf ("%u", self->at.line);
}

void
bs_stop_clear (BsStop *self)
{
  g_clear_pointer (&self->condition, bs_expression_free);
}
