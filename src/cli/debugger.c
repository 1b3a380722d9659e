/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "debugger.h"

#define DELETED 0xff

typedef struct _Command Command;
typedef void (*Action) (BsDebugger *self, const Command *command, const char *rest);

struct _Command {
  const char *name, *brief;
  Action action;
  int how, direction;
  const char *help;
};

static const Command *all_commands (guint *n);

G_GNUC_PRINTF (2, 3) static void
complain (BsDebugger *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  self->failed = TRUE;
  printf ("%s\n", text);
}

static BsExpression *
parse (BsDebugger *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  BsExpression *expression = bs_expression_parse (text, &error);

  if (expression == NULL)
    complain (self, "%s", error->message);
  return expression;
}

/* Runs once more for what there were only pictures of; FALSE: that does not help. */
static gboolean
bring_back (BsDebugger *self, guint32 missing)
{
  g_autoptr (BsRecording) details = NULL;
  guint32 step = bs_cursor_get_step (self->cursor), from = 0;
  gboolean known = FALSE;

  for (guint i = 0; i < self->whole->len; i++)
    known |= g_array_index (self->whole, guint32, i) == missing;
  if (!known)
    g_array_append_val (self->whole, missing);
  else if ((from = bs_recording_find_details_from (self->recording, step)) == self->whole_from)
    return FALSE;
  self->whole_from = from;
  details = bs_tool_run_whole (self->options, self->whole->len, (const guint32 *) self->whole->data, from,
                               bs_recording_get_n_events (self->recording));
  if (details == NULL)
    return FALSE;
  bs_recording_set_details (self->recording, details);
  return TRUE;
}

gboolean
bs_debugger_evaluate (BsDebugger *self, BsExpression *expression, BsResult *out, GError **error)
{
  for (guint i = 0; i < 16; i++)
    {
      g_clear_error (error);
      if (bs_expression_evaluate (expression, self->cursor, out, error))
        return TRUE;
      if (bs_expression_get_missing (expression) == 0 || !bring_back (self, bs_expression_get_missing (expression)))
        return FALSE;
    }
  return FALSE;
}

/* --- moving -------------------------------------------------------------------------------------------------------- */

static void
seek (BsDebugger *self, guint32 step)
{
  bs_cursor_seek (self->cursor, step);
  bs_debugger_show (self);
}

/* "step 5" goes five steps, as far as there are so many. */
static void
on_stride (BsDebugger *self, const Command *command, const char *rest)
{
  guint64 n = *rest ? g_ascii_strtoull (rest, NULL, 10) : 1;
  gboolean moved = FALSE;

  for (guint64 i = 0; i < n && bs_cursor_stride (self->cursor, command->how, command->direction); i++)
    moved = TRUE;
  if (moved)
    bs_debugger_show (self);
  else
    complain (self, command->direction > 0 ? _("This is the end.") : _("This is the beginning."));
}

static void
on_go_to (BsDebugger *self, const Command *command, const char *rest)
{
  guint32 n = bs_recording_get_n_events (self->recording);
  char *end;
  guint64 step = g_ascii_strtoull (rest, &end, 10);

  if (strcmp (rest, "end") == 0)
    step = n;
  else if (strcmp (rest, "start") != 0 && (!g_ascii_isdigit (*rest) || *end != '\0' || step > n))
    {
      complain (self, _("The steps are 0 to %u, “start” and “end”."), n);
      return;
    }
  seek (self, step);
}

static gboolean
bring_back_for_stops (BsDebugger *self, GArray *stops)
{
  for (guint i = 0; i < stops->len; i++)
    {
      const BsStop *stop = &g_array_index (stops, BsStop, i);
      guint32 missing = stop->condition ? bs_expression_get_missing (stop->condition) : 0;
      gboolean known = FALSE;

      for (guint k = 0; k < self->whole->len; k++)
        known |= g_array_index (self->whole, guint32, k) == missing;
      if (missing && !known)
        return bring_back (self, missing);
    }
  return FALSE;
}

static void
on_continue (BsDebugger *self, const Command *command, const char *rest)
{
  g_autoptr (GArray) stops = g_array_new (FALSE, TRUE, sizeof (BsStop));
  BsStop always = { .at.kind = BS_BREAK_ERROR };
  g_autoptr (GError) problem = NULL;
  guint32 which = 0, step = bs_cursor_get_step (self->cursor), found;

  for (guint i = 0; i < self->stops->len; i++)
    if (g_array_index (self->stops, BsStop, i).at.kind != DELETED)
      g_array_append_val (stops, g_array_index (self->stops, BsStop, i));
  g_array_append_val (stops, always);
  do
    {
      g_clear_error (&problem);
      found = bs_stops_find (self->recording, step, command->direction, command->direction > 0 ? G_MAXUINT32 : 0, stops->len,
                             (BsStop *) stops->data, &which, &problem);
    }
  while (bring_back_for_stops (self, stops));
  if (problem)
    printf (_("A condition could not be evaluated: %s\n"), problem->message);
  if (found != step)
    {
      seek (self, found);
      return;
    }
  printf (command->direction > 0 ? _("No breakpoint further on.\n") : _("No breakpoint before.\n"));
  seek (self, command->direction > 0 ? bs_recording_get_n_events (self->recording) : 0);
}

static void
on_until (BsDebugger *self, const Command *command, const char *rest)
{
  BsStop line = { .at = { .kind = BS_BREAK_LINE, .file = 1, .line = g_ascii_strtoull (rest, NULL, 10) } };
  guint32 which, step = bs_cursor_get_step (self->cursor);
  guint32 found = bs_stops_find (self->recording, step, command->direction, command->direction > 0 ? G_MAXUINT32 : 0, 1, &line, &which, NULL);

  if (found == step)
    complain (self, _("Line %u does not run from here."), line.at.line);
  else
    seek (self, found);
}

/* --- breakpoints ----------------------------------------------------------------------------------------------------- */

static guint32
find_tensor (BsDebugger *self, const char *text)
{
  g_autoptr (BsExpression) expression = parse (self, text);
  g_auto (BsResult) result = { 0 };
  g_autoptr (GError) error = NULL;

  if (expression == NULL)
    return 0;
  if (!bs_debugger_evaluate (self, expression, &result, &error))
    complain (self, "%s", error->message);
  else if (result.id == 0)
    complain (self, _("“%s” is no tensor of the script."), text);
  return result.id;
}

/* What bs_stop_parse() reads, and "updated TENSOR". */
static gboolean
read_stop (BsDebugger *self, const char *text, BsStop *out)
{
  g_autoptr (GError) error = NULL;

  if (g_str_has_prefix (text, "updated "))
    {
      *out = (BsStop){ .at.kind = BS_BREAK_UPDATED, .at.tensor = find_tensor (self, text + strlen ("updated ")) };
      return out->at.tensor != 0;
    }
  if (bs_stop_parse (text, out, &error))
    return TRUE;
  complain (self, "%s", error->message);
  printf (_("A breakpoint is a LINE, LINE if EXPRESSION, if EXPRESSION, nan, exceeds NUMBER or updated [TENSOR].\n"));
  return FALSE;
}

static void
on_break (BsDebugger *self, const Command *command, const char *rest)
{
  BsStop stop;

  if (!read_stop (self, rest, &stop))
    return;
  g_array_append_val (self->stops, stop);
  printf (_("breakpoint %u\n"), self->stops->len);
}

static void
on_breaks (BsDebugger *self, const Command *command, const char *rest)
{
  for (guint i = 0; i < self->stops->len; i++)
    {
      const BsStop *stop = &g_array_index (self->stops, BsStop, i);
      g_autofree char *text = NULL;

      if (stop->at.kind == DELETED)
        continue;
      text = bs_stop_to_text (stop);
      printf ("  %u: %s\n", i + 1, text);
    }
}

static void
on_delete (BsDebugger *self, const Command *command, const char *rest)
{
  guint64 i = g_ascii_strtoull (rest, NULL, 10);

  if (i == 0 || i > self->stops->len)
    complain (self, _("There is no breakpoint %s."), rest);
  else
    {
      BsStop *stop = &g_array_index (self->stops, BsStop, i - 1);

      bs_stop_clear (stop);
      stop->at.kind = DELETED;
    }
}

/* --- looking ----------------------------------------------------------------------------------------------------------- */

static void
on_print (BsDebugger *self, const Command *command, const char *rest)
{
  g_autoptr (BsExpression) expression = parse (self, rest);
  g_auto (BsResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (expression == NULL)
    return;
  if (!bs_debugger_evaluate (self, expression, &result, &error))
    {
      complain (self, "%s", error->message);
      return;
    }
  text = bs_result_to_text (&result);
  printf ("%s\n", text);
}

static void
on_watch (BsDebugger *self, const Command *command, const char *rest)
{
  BsExpression *expression = parse (self, rest);

  if (expression == NULL)
    return;
  g_ptr_array_add (self->watches, expression);
  printf (_("watch %u: %s\n"), self->watches->len, bs_expression_get_text (expression));
}

static void
on_unwatch (BsDebugger *self, const Command *command, const char *rest)
{
  guint64 i = g_ascii_strtoull (rest, NULL, 10);

  if (i == 0 || i > self->watches->len)
    complain (self, _("There is no watch %s."), rest);
  else
    g_ptr_array_remove_index (self->watches, i - 1);
}

/* To the next event that changes the value, or with .grad behind it the gradient. */
static void
on_changed (BsDebugger *self, const Command *command, const char *rest)
{
  gboolean grad = g_str_has_suffix (rest, ".grad");
  g_autofree char *name = grad ? g_strndup (rest, strlen (rest) - 5) : g_strdup (rest);
  guint32 step = bs_cursor_get_step (self->cursor), tensor = find_tensor (self, name), found;

  if (tensor == 0)
    return;
  found = bs_recording_find_change (self->recording, tensor, grad ? BS_CHANGE_GRAD : BS_CHANGE_VALUE,
                                    command->direction < 0 && step > 0 && command->how == 0 ? step - 1 : step, command->direction);
  if (found == BS_NO_CHANGE)
    complain (self, _("Nothing else changes it."));
  else
    seek (self, found);
}

static void
on_why (BsDebugger *self, const Command *command, const char *rest)
{
  guint32 tensor = find_tensor (self, rest);

  if (tensor)
    bs_debugger_show_why (self, tensor);
}

#define SHOW(name, function) static void on_##name (BsDebugger *self, const Command *command, const char *rest) { function (self); }
SHOW (variables, bs_debugger_show_variables)
SHOW (stack, bs_debugger_show_stack)
SHOW (source, bs_debugger_show_source)
SHOW (output, bs_debugger_show_output)
SHOW (explain, bs_debugger_explain)

/* For comparing two runs: everything that is true at this step, as one number. */
static void
on_state (BsDebugger *self, const Command *command, const char *rest)
{
  printf ("%016" G_GINT64_MODIFIER "x\n", bs_cursor_hash (self->cursor));
}

static void
on_help (BsDebugger *self, const Command *command, const char *rest)
{
  bs_debugger_list_commands ();
}

static void
on_quit (BsDebugger *self, const Command *command, const char *rest)
{
  self->quit = TRUE;
}

/* --- the words --------------------------------------------------------------------------------------------------------- */

static const Command commands[] = {
  { "event", "e", on_stride, BS_STRIDE_EVENT, 1, N_("one step; with a number, so many (as for those below)") },
  { "step", "s", on_stride, BS_STRIDE_LINE, 1, N_("to the next line, into functions") },
  { "next", "n", on_stride, BS_STRIDE_OVER, 1, N_("to the next line, over functions") },
  { "finish", "f", on_stride, BS_STRIDE_OUT, 1, N_("out of the function") },
  { "phase", "ph", on_stride, BS_STRIDE_PHASE, 1, N_("to the end of forward, backward or update") },
  { "pass", "pa", on_stride, BS_STRIDE_PASS, 1, N_("to the next iteration") },
  { "continue", "c", on_continue, 0, 1, N_("to the next breakpoint or error") },
  { "until", "u", on_until, 0, 1, N_("to where line N runs next") },
  { "changed", "ch", on_changed, 0, 1, N_("to the next change of a tensor, or of its gradient: changed w.grad") },
  { "revent", "re", on_stride, BS_STRIDE_EVENT, -1, NULL },
  { "rstep", "rs", on_stride, BS_STRIDE_LINE, -1, NULL },
  { "rnext", "rn", on_stride, BS_STRIDE_OVER, -1, NULL },
  { "rfinish", "rf", on_stride, BS_STRIDE_OUT, -1, NULL },
  { "rphase", "rph", on_stride, BS_STRIDE_PHASE, -1, NULL },
  { "rpass", "rpa", on_stride, BS_STRIDE_PASS, -1, NULL },
  { "rcontinue", "rc", on_continue, 0, -1, NULL },
  { "runtil", "ru", on_until, 0, -1, NULL },
  { "rchanged", "rch", on_changed, 0, -1, NULL },
  { "made", "m", on_changed, 1, -1, N_("to the step that made the number seen now: made w.grad") },
  { "goto", "g", on_go_to, 0, 0, N_("to step N, “start” or “end”") },
  { "break", "b", on_break, 0, 0, N_("stop at LINE [if EXPRESSION], if EXPRESSION, nan, exceeds NUMBER, updated [TENSOR]") },
  { "breaks", "bl", on_breaks, 0, 0, N_("list the breakpoints") },
  { "delete", "d", on_delete, 0, 0, N_("delete breakpoint N") },
  { "print", "p", on_print, 0, 0, N_("the value of an expression: print (w.grad ** 2).sum()") },
  { "watch", "w", on_watch, 0, 0, N_("the same, at every stop") },
  { "unwatch", "uw", on_unwatch, 0, 0, N_("delete watch N") },
  { "vars", "v", on_variables, 0, 0, N_("names and their values") },
  { "where", "bt", on_stack, 0, 0, N_("the functions that run") },
  { "list", "l", on_source, 0, 0, N_("the source around the line") },
  { "explain", "x", on_explain, 0, 0, N_("this step with formula and numbers") },
  { "why", "y", on_why, 0, 0, N_("the ways from a tensor to the loss, with their products") },
  { "output", "o", on_output, 0, 0, N_("what was printed by now") },
  { "state", "st", on_state, 0, 0, N_("a checksum of everything that is true here") },
  { "help", "h", on_help, 0, 0, N_("this list") },
  { "quit", "q", on_quit, 0, 0, N_("end") },
};

static const Command *
all_commands (guint *n)
{
  *n = G_N_ELEMENTS (commands);
  return commands;
}

void
bs_debugger_list_commands (void)
{
  guint n;
  const Command *list = all_commands (&n);

  for (guint i = 0; i < n; i++)
    if (list[i].help)
      printf ("  %-9s %-3s %s\n", list[i].name, list[i].brief, _(list[i].help));
  printf (_("An r before event, step, next, finish, phase, pass, continue, until and changed goes back: rnext.\n"));
}

void
bs_debugger_obey (BsDebugger *self, const char *line)
{
  g_autofree char *text = g_strstrip (g_strdup (line));
  gsize n = strcspn (text, " ");
  const char *rest = text + n;

  if (*text == '\0' || *text == '#')
    return;
  for (; *rest == ' '; rest++)
    ;
  text[n] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (text, commands[i].name) == 0 || strcmp (text, commands[i].brief) == 0)
      {
        commands[i].action (self, &commands[i], rest);
        return;
      }
  complain (self, _("There is no command “%s”; “help” lists them."), text);
}

void
bs_debugger_init (BsDebugger *self, BsRecording *recording, const BsToolOptions *options)
{
  memset (self, 0, sizeof *self);
  self->recording = g_object_ref (recording);
  self->options = options;
  self->whole = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->cursor = bs_cursor_new (recording);
  self->stops = g_array_new (FALSE, TRUE, sizeof (BsStop));
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_expression_free);
}

void
bs_debugger_clear (BsDebugger *self)
{
  for (guint i = 0; i < self->stops->len; i++)
    bs_stop_clear (&g_array_index (self->stops, BsStop, i));
  g_array_unref (self->stops);
  g_array_unref (self->whole);
  g_ptr_array_unref (self->watches);
  g_object_unref (self->cursor);
  g_object_unref (self->recording);
}
