/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fixes.h"
#include "tokens.h"

/* A statement of the text: its tokens without comments. */
typedef struct {
  guint first, n;
  guint32 begin, end, line_start; /* bytes */
  guint32 line, last_line;
} Line;

typedef struct {
  const char *text;
  GArray *tokens; /* BsToken, without comments */
  GArray *lines;  /* Line */
  GArray *splices;
} Fixer;

static const BsToken *
token (const Fixer *self, const Line *line, guint i)
{
  return &g_array_index (self->tokens, BsToken, line->first + i);
}

static gboolean
is (const Fixer *self, const Line *line, guint i, const char *word)
{
  return i < line->n && bs_token_is (self->text, token (self, line, i), word);
}

static char *
piece (const Fixer *self, guint32 begin, guint32 end)
{
  return g_strndup (self->text + begin, end - begin);
}

static void
clear_splice (gpointer data)
{
  g_free ((char *) ((BsSplice *) data)->text);
}

/* Takes @replacement. */
static void
replace (Fixer *self, guint32 begin, guint32 end, char *replacement)
{
  BsSplice splice = { begin, end, replacement };

  g_array_append_val (self->splices, splice);
}

static void
read_lines (Fixer *self)
{
  g_autoptr (GArray) all = bs_tokens_read (self->text, strlen (self->text));
  Line line = { 0 };

  for (guint i = 0; i < all->len; i++)
    {
      const BsToken *t = &g_array_index (all, BsToken, i);

      if (t->kind == BS_TOKEN_COMMENT)
        continue;
      if (t->kind != BS_TOKEN_END)
        {
          if (line.n++ == 0)
            {
              line.first = self->tokens->len;
              line.begin = line.line_start = t->begin;
              line.line = t->line;
              while (line.line_start > 0 && self->text[line.line_start - 1] != '\n')
                line.line_start--;
            }
          line.end = t->end;
          line.last_line = t->line;
          g_array_append_vals (self->tokens, t, 1);
        }
      else if (line.n > 0)
        {
          g_array_append_val (self->lines, line);
          line = (Line) { 0 };
        }
    }
}

/* The statement in that line, which must stand alone in it; its index, or -1. */
static int
find_line (const Fixer *self, guint number)
{
  static const char *const compound[] = { "if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class" };

  for (guint i = 0; i < self->lines->len; i++)
    {
      const Line *line = &g_array_index (self->lines, Line, i);

      if (number < line->line || number > line->last_line)
        continue;
      for (guint32 k = line->line_start; k < line->begin; k++)
        if (self->text[k] != ' ' && self->text[k] != '\t')
          return -1;
      for (guint k = 0; k < line->n; k++)
        if (is (self, line, k, ";"))
          return -1;
      for (guint k = 0; k < G_N_ELEMENTS (compound); k++)
        if (is (self, line, 0, compound[k]))
          return -1; /* "if x: y" in one line */
      return i;
    }
  return -1;
}

static const Line *
at (const Fixer *self, int i)
{
  return &g_array_index (self->lines, Line, i);
}

/* ".word(" in @line: the index of the word; -1: not there. */
static int
find_call (const Fixer *self, const Line *line, const char *word)
{
  for (guint i = 1; i + 1 < line->n; i++)
    if (is (self, line, i, word) && is (self, line, i - 1, ".") && is (self, line, i + 1, "("))
      return i;
  return -1;
}

static char *
indent_of (const Fixer *self, const Line *line)
{
  return piece (self, line->line_start, line->begin);
}

/* "opt" of "opt = torch.optim.SGD(...)", when there is just one. */
static char *
find_optimizer (const Fixer *self)
{
  char *found = NULL;

  for (guint i = 0; i < self->lines->len; i++)
    {
      const Line *line = at (self, i);
      gboolean makes = FALSE;

      for (guint k = 2; k + 1 < line->n && is (self, line, 1, "="); k++)
        makes = makes || (is (self, line, k, "optim") && is (self, line, k + 1, "."));
      if (!makes)
        continue;
      if (found)
        {
          g_free (found);
          return NULL;
        }
      found = piece (self, token (self, line, 0)->begin, token (self, line, 0)->end);
    }
  return found;
}

/* --- the fixes -------------------------------------------------------------------------------------------------------------- */

static void
clear_before (Fixer *self, const Line *line, const char *name)
{
  g_autofree char *optimizer = find_optimizer (self), *indent = indent_of (self, line);

  if (find_call (self, line, "backward") < 0)
    return;
  if (optimizer)
    replace (self, line->begin, line->begin, g_strdup_printf ("%s.zero_grad()\n%s", optimizer, indent));
  else if (name && g_ascii_isalpha (name[0]) && strpbrk (name, " ()[]‘'") == NULL)
    replace (self, line->begin, line->begin, g_strdup_printf ("%s.grad = None\n%s", name, indent));
}

static void
step_after (Fixer *self, const Line *line)
{
  g_autofree char *optimizer = find_optimizer (self), *indent = indent_of (self, line);
  const char *end = strchr (self->text + line->end, '\n');
  guint32 where = end ? end - self->text : strlen (self->text);

  if (optimizer && find_call (self, line, "backward") >= 0)
    replace (self, where, where, g_strdup_printf ("\n%s%s.step()", indent, optimizer));
}

static void
clear_earlier (Fixer *self, int i)
{
  const Line *line = at (self, i), *former = i > 0 ? at (self, i - 1) : NULL;
  const char *end = strchr (self->text + line->end, '\n');
  g_autofree char *indent = indent_of (self, line);

  if (former == NULL || find_call (self, line, "zero_grad") < 0 || find_call (self, former, "backward") < 0
      || find_line (self, former->line) != i - 1)
    return;
  replace (self, former->begin, former->begin, g_strdup_printf ("%.*s\n%s", (int) (line->end - line->begin), self->text + line->begin, indent));
  replace (self, line->line_start, end ? end + 1 - self->text : line->end, g_strdup (""));
}

static gboolean
is_update (const Fixer *self, const Line *line)
{
  static const char *const signs[] = { "-=", "+=", "*=", "/=" };

  for (guint i = 1; i < line->n; i++)
    for (guint k = 0; k < G_N_ELEMENTS (signs); k++)
      if (is (self, line, i, signs[k]))
        return TRUE;
  for (guint i = 1; i + 1 < line->n; i++)
    if (is (self, line, i + 1, "(") && self->text[token (self, line, i)->end - 1] == '_')
      return TRUE; /* w.sub_(...) */
  return FALSE;
}

/* With the updates that follow it in the same block. */
static void
wrap (Fixer *self, int i)
{
  const Line *first = at (self, i);
  g_autofree char *indent = indent_of (self, first);
  int last = i;

  if (!is_update (self, first))
    return;
  while (last + 1 < (int) self->lines->len && at (self, last + 1)->line == at (self, last)->last_line + 1 && is_update (self, at (self, last + 1)))
    {
      g_autofree char *other = indent_of (self, at (self, last + 1));

      if (!g_str_equal (indent, other) || find_line (self, at (self, last + 1)->line) < 0)
        break;
      last++;
    }
  for (int k = i; k <= last; k++)
    replace (self, at (self, k)->begin, at (self, k)->begin, k == i ? g_strdup_printf ("with torch.no_grad():\n%s    ", indent) : g_strdup ("    "));
}

/* "w = w - lr * w.grad" */
static void
update_in_place (Fixer *self, const Line *line)
{
  g_autofree char *indent = indent_of (self, line), *name = NULL, *rest = NULL;

  if (line->n < 5 || !is (self, line, 1, "=") || !(is (self, line, 3, "-") || is (self, line, 3, "+")))
    return;
  name = piece (self, token (self, line, 0)->begin, token (self, line, 0)->end);
  if (!is (self, line, 2, name))
    return;
  /* w - a - b is no w -= a - b. */
  for (guint i = 4, depth = 0; i < line->n; i++)
    {
      depth += is (self, line, i, "(") || is (self, line, i, "[");
      depth -= is (self, line, i, ")") || is (self, line, i, "]");
      if (depth == 0 && i > 4 && (is (self, line, i, "-") || is (self, line, i, "+")) && token (self, line, i - 1)->kind != BS_TOKEN_SIGN)
        return;
    }
  rest = piece (self, token (self, line, 4)->begin, line->end);
  replace (self, line->begin, line->end, g_strdup_printf ("with torch.no_grad():\n%s    %s %s= %s", indent, name, is (self, line, 3, "-") ? "-" : "+", rest));
}

static void
take_number (Fixer *self, const Line *line)
{
  const BsToken *last = token (self, line, line->n - 1);

  if (line->n >= 3 && last->kind == BS_TOKEN_NAME
      && (is (self, line, line->n - 2, "+=") || (is (self, line, line->n - 2, "+") && is (self, line, 1, "="))))
    replace (self, last->end, last->end, g_strdup (".item()"));
}

static void
sum_up (Fixer *self, const Line *line)
{
  int i = find_call (self, line, "backward");

  if (i > 0)
    replace (self, token (self, line, i - 1)->begin, token (self, line, i - 1)->begin, g_strdup (".sum()"));
}

static void
retain (Fixer *self, int i)
{
  int here = find_call (self, at (self, i), "backward");

  for (int k = i - 1; k >= 0 && here > 0; k--)
    {
      int call = find_call (self, at (self, k), "backward");

      if (call < 0)
        continue;
      if (is (self, at (self, k), call + 2, ")"))
        replace (self, token (self, at (self, k), call + 2)->begin, token (self, at (self, k), call + 2)->begin, g_strdup ("retain_graph=True"));
      return;
    }
}

static void
detach (Fixer *self, const Line *line)
{
  int i = find_call (self, line, "numpy");

  if (i > 0)
    replace (self, token (self, line, i - 1)->begin, token (self, line, i - 1)->begin, g_strdup (".detach()"));
}

static void
put_points (Fixer *self, const Line *line)
{
  guint depth = 0;
  int call = find_call (self, line, "tensor");

  for (guint i = call + 1; call >= 0 && i < line->n; i++)
    {
      const BsToken *t = token (self, line, i);
      g_autofree char *word = piece (self, t->begin, t->end);

      depth += is (self, line, i, "(");
      depth -= is (self, line, i, ")");
      if (depth == 0 || is (self, line, i, "requires_grad"))
        return;
      if (t->kind == BS_TOKEN_NUMBER && strspn (word, "0123456789") == strlen (word))
        replace (self, t->end, t->end, g_strdup (".0"));
    }
}

/* "y += 1" */
static void
copy_instead (Fixer *self, const Line *line)
{
  static const char *const signs[] = { "-=", "+=", "*=", "/=" };
  g_autofree char *name = line->n >= 3 ? piece (self, token (self, line, 0)->begin, token (self, line, 0)->end) : NULL;
  g_autofree char *rest = line->n >= 3 ? piece (self, token (self, line, 2)->begin, line->end) : NULL;

  for (guint k = 0; name && k < G_N_ELEMENTS (signs); k++)
    if (is (self, line, 1, signs[k]))
      replace (self, line->begin, line->end, g_strdup_printf (line->n > 3 ? "%s = %s %c (%s)" : "%s = %s %c %s", name, name, signs[k][0], rest));
}

static void
scale_rate (Fixer *self, double factor)
{
  g_autoptr (GArray) literals = bs_literals_find (self->text, strlen (self->text));
  const BsLiteral *rate = NULL;

  for (guint i = 0; i < literals->len; i++)
    {
      const BsLiteral *literal = &g_array_index (literals, BsLiteral, i);

      if (literal->kind != BS_LITERAL_RATE || strstr (literal->label, "eps") || strstr (literal->label, "decay"))
        continue;
      if (rate)
        return; /* which one? */
      rate = literal;
    }
  if (rate)
    replace (self, rate->begin, rate->end, bs_literal_write (rate, bs_literal_round (rate, rate->value * factor)));
}

static void
mend (Fixer *self, BsFixKind kind, int i, const char *name)
{
  const Line *line = i >= 0 ? at (self, i) : NULL;

  if (kind == BS_FIX_SLOWER || kind == BS_FIX_FASTER)
    scale_rate (self, kind == BS_FIX_SLOWER ? 0.1 : 10);
  if (line == NULL)
    return;
  switch (kind)
    {
    case BS_FIX_CLEAR: clear_before (self, line, name); break;
    case BS_FIX_STEP: step_after (self, line); break;
    case BS_FIX_ORDER: clear_earlier (self, i); break;
    case BS_FIX_NO_GRAD: wrap (self, i); break;
    case BS_FIX_IN_PLACE: update_in_place (self, line); break;
    case BS_FIX_ITEM: take_number (self, line); break;
    case BS_FIX_SUM: sum_up (self, line); break;
    case BS_FIX_RETAIN: retain (self, i); break;
    case BS_FIX_NUMPY: detach (self, line); break;
    case BS_FIX_FLOAT: put_points (self, line); break;
    case BS_FIX_COPY: copy_instead (self, line); break;
    default: break;
    }
}

GArray *
bs_fix_find (BsFixKind kind, const char *text, guint line, const char *name)
{
  Fixer self = { .text = text };

  if (kind == BS_FIX_NONE || text == NULL)
    return NULL;
  self.tokens = g_array_new (FALSE, FALSE, sizeof (BsToken));
  self.lines = g_array_new (FALSE, FALSE, sizeof (Line));
  self.splices = g_array_new (FALSE, FALSE, sizeof (BsSplice));
  g_array_set_clear_func (self.splices, clear_splice);
  read_lines (&self);
  mend (&self, kind, find_line (&self, line), name);
  g_array_unref (self.tokens);
  g_array_unref (self.lines);
  if (self.splices->len > 0)
    return self.splices;
  g_array_unref (self.splices);
  return NULL;
}

const char *
bs_fix_title (BsFixKind kind)
{
  static const char *const titles[BS_N_FIXES] = {
    [BS_FIX_CLEAR] = N_("Clear the gradient before backward()"),
    [BS_FIX_STEP] = N_("Step after backward()"),
    [BS_FIX_ORDER] = N_("Move zero_grad() before backward()"),
    [BS_FIX_NO_GRAD] = N_("Update inside torch.no_grad()"),
    [BS_FIX_IN_PLACE] = N_("Update in place, inside torch.no_grad()"),
    [BS_FIX_ITEM] = N_("Add loss.item()"),
    [BS_FIX_SUM] = N_("Take the sum before backward()"),
    [BS_FIX_RETAIN] = N_("Keep the graph of the first backward()"),
    [BS_FIX_NUMPY] = N_("Detach before numpy()"),
    [BS_FIX_FLOAT] = N_("Write the numbers with a point"),
    [BS_FIX_COPY] = N_("Make a new tensor instead of changing this one"),
    [BS_FIX_SLOWER] = N_("A tenth of the learning rate"),
    [BS_FIX_FASTER] = N_("Ten times the learning rate"),
  };

  return titles[kind] ? _(titles[kind]) : "";
}

BsFixKind
bs_fix_of_mistake (BsMistakeKind kind)
{
  static const guint8 fixes[BS_N_MISTAKES] = {
    [BS_MISTAKE_NOT_CLEARED] = BS_FIX_CLEAR, [BS_MISTAKE_REBOUND] = BS_FIX_IN_PLACE, [BS_MISTAKE_DIVERGES] = BS_FIX_SLOWER,
    [BS_MISTAKE_TOO_SLOW] = BS_FIX_FASTER, [BS_MISTAKE_NOT_STEPPED] = BS_FIX_STEP, [BS_MISTAKE_CLEARED_EARLY] = BS_FIX_ORDER,
    [BS_MISTAKE_SUMS_GRAPHS] = BS_FIX_ITEM,
  };

  return fixes[kind];
}

/* The line of the last tensor that was changed in place while gradients were recorded, when only one line does that; 0: none. */
static guint
find_change (BsRecording *recording)
{
  guint32 n = bs_recording_get_n_events (recording);
  guint line = 0;

  for (guint32 i = 0; i < n; i++)
    {
      const BsPlace *place;
      BsEvent e;

      if (bs_recording_get_kind (recording, i) != BS_EVENT_TENSOR)
        continue;
      bs_recording_get_event (recording, i, &e);
      if (!(e.tensor.flags & BS_TENSOR_INPLACE))
        continue;
      place = bs_recording_get_place (recording, e.place);
      if (place == NULL || place->file != 1 || (line && line != place->line))
        return 0;
      line = place->line;
    }
  return line;
}

BsFixKind
bs_fix_of_error (BsRecording *recording, const BsEvent *error, guint *line)
{
  static const struct { const char *begin; BsFixKind kind; } rows[] = {
    { "a leaf Variable that requires grad is being used in an in-place operation", BS_FIX_NO_GRAD },
    { "Trying to backward through the graph a second time", BS_FIX_RETAIN },
    { "grad can be implicitly created only for scalar outputs", BS_FIX_SUM },
    { "Can't call numpy() on Tensor that requires grad", BS_FIX_NUMPY },
    { "Only Tensors of floating point", BS_FIX_FLOAT },
    { "only Tensors of floating point", BS_FIX_FLOAT },
    { "one of the variables needed for gradient computation has been modified by an inplace operation", BS_FIX_COPY },
  };

  const BsPlace *place = error->place ? bs_recording_get_place (recording, error->place) : NULL;

  *line = place && place->file == 1 ? place->line : 0;
  for (guint i = 0; i < G_N_ELEMENTS (rows) && g_strcmp0 (error->error.type, "RuntimeError") == 0; i++)
    if (error->error.message && g_str_has_prefix (error->error.message, rows[i].begin))
      {
        if (rows[i].kind == BS_FIX_COPY)
          *line = find_change (recording);
        return *line ? rows[i].kind : BS_FIX_NONE;
      }
  return BS_FIX_NONE;
}
