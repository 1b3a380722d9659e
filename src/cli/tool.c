/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "place.h"
#include "tool.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  const char *name, *arguments, *summary, *description;
  int (*run) (const BsToolOptions *options);
} Command;

static const char trace_description[] =
  N_("FILE is a script, which is run in the sandbox, or a recording.\n"
     "\n"
     "Each line tells a step: its number, pass, phase, place and what happens in it. Step N is the state after the\n"
     "N-th event; `export --step N` draws it.\n"
     "\n"
     "With --json, one object a line (JSON Lines). Every object has\n"
     "  step      number, from 1\n"
     "  pass      number, from 0: one forward graph with its backward walk and the update after it\n"
     "  phase     \"forward\", \"backward\" or \"update\"\n"
     "  kind      \"line\", \"call\", \"return\", \"tensor\", \"name\", \"backward-begin\", \"node\", \"edge\", \"node-done\",\n"
     "            \"backward-end\", \"accumulate\", \"write\", \"grad-set\", \"requires-grad\", \"mode\", \"release\",\n"
     "            \"output\", \"figure\", \"error\" or \"end\"\n"
     "  source    {file, line, column, end_line, end_column} or null; lines from 1, columns from 0, in UTF-8 bytes\n"
     "  frame     the functions it happened in, outermost first\n"
     "  text      the step in words\n"
     "and by its kind\n"
     "  call            function, module\n"
     "  tensor          tensor, op, symbol, grad_fn, inputs, attributes, requires_grad, leaf, flags, storage, alias,\n"
     "                  saved, value\n"
     "  name            variable, before, after\n"
     "  backward-begin  root, retain_graph, create_graph, seed\n"
     "  node            node, upstream\n"
     "  edge            node, input, to, contribution, sum, first\n"
     "  node-done       node, released, saved_bytes\n"
     "  backward-end    ok\n"
     "  accumulate      tensor, before, contribution, after\n"
     "  write           tensor, storage, op, inputs, attributes, version, before, after, also\n"
     "  grad-set        tensor, before, after\n"
     "  requires-grad   tensor, before, after\n"
     "  mode            before, after: \"grad\", \"no_grad\" or \"inference\"\n"
     "  release         tensor, node or storage; bytes\n"
     "  output          stream, output\n"
     "  error           type, message, traceback, help\n"
     "  end             how, status, detail\n"
     "A tensor is {id, name}, name null when no variable has it. An input is a tensor, a number or null. A value is\n"
     "{dtype, shape, data}: data nested as the shape is, or null for a large one, which has thumbnail, min, max, mean,\n"
     "norm, nan and inf instead. No gradient is null. Numbers that JSON lacks are \"nan\", \"inf\" and \"-inf\".");

static const char export_description[] =
  N_("FILE is a script, which is run in the sandbox, or a recording. The picture is that of the graph of one pass, with\n"
     "the values at one step; its format comes from the ending: .svg, .pdf, .png or .dot. Large graphs are folded as in\n"
     "the window, but for .dot, which has every node with all its numbers and runs again as a graph: `backstep help graph`.\n"
     "\n"
     "With --steps it is many: FILE-7.png, FILE-8.png and so on, a .pdf with a page for each step, or an animation (.gif,\n"
     ".webm, .mp4; made by ffmpeg). All have one size, and nothing moves from one to the next.\n"
     "\n"
     "With --curves it is the parameters and the loss over the passes, with --landscape the loss over its parameters; both\n"
     "also as .csv.\n"
     "\n"
     "  backstep export script.py --step 12 -o step.svg\n"
     "  backstep export script.py --curves --plot lr -o curves.csv\n"
     "  backstep export script.py --landscape --pass 3 -o landscape.png\n"
     "  backstep export script.py --steps all --by line --caption -o slides.pdf");

static const char debug_description[] =
  N_("Runs the script to its end, then reads commands: from each -c, or from standard input. Among them are step, next,\n"
     "finish, phase, pass, continue and until, with an r before it for the way back (rnext), break LINE [if EXPRESSION],\n"
     "print, watch, vars, why and changed; help lists all of them.\n"
     "\n"
     "  backstep debug script.py -c 'break if loss < 21' -c continue -c 'print w.grad'");

static const Command commands[] = {
  { "trace", N_("FILE [ARGUMENT…]"), N_("Print the recorded steps, one a line."), trace_description, bs_tool_trace },
  { "export", N_("FILE [ARGUMENT…]"), N_("Write the picture of a step."), export_description, bs_tool_export },
  { "record", N_("FILE [ARGUMENT…]"), N_("Run a script and save the recording."),
    N_("The recording opens in the window and in every command without running any code."), bs_tool_record },
  { "verify", N_("FILE"), N_("Check a recording."),
    N_("Reads every chunk and its checksum, applies and un-applies every step, and compares the state both ways. With\n"
       "--replay the script that is in it runs again, and what was true at a hundred steps is compared bit for bit."),
    bs_tool_verify },
  { "run", N_("FILE [ARGUMENT…]"), N_("Run a script and say what was recorded."),
    N_("Prints what the script prints and ends with its status."), bs_tool_run },
  { "hints", N_("FILE [ARGUMENT…]"), N_("Say what went wrong without an error."),
    N_("Gradients nobody cleared, names that left their parameter, numbers that were lost, losses that grow: each with its\n"
       "step, its line, and what to do about it. The exit status is 0 also when there are some."), bs_tool_hints },
  { "debug", N_("FILE [ARGUMENT…]"), N_("Step through a script, both ways."), debug_description, bs_tool_debug },
};

static const Command *
find_command (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].name, name) == 0)
      return &commands[i];
  return NULL;
}

static void
print_commands (FILE *file)
{
  fprintf (file, _("Usage: backstep COMMAND FILE [ARGUMENT…]\n\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (file, "  %-8s %s\n", commands[i].name, _(commands[i].summary));
}

static void
clear_options (BsToolOptions *options)
{
  g_free (options->output);
  g_free (options->step);
  g_free (options->pass);
  g_free (options->theme);
  g_free (options->direction);
  g_free (options->steps);
  g_free (options->by);
  g_free (options->kind);
  g_free (options->over);
  g_strfreev (options->names);
  g_strfreev (options->commands);
  g_strfreev (options->edits);
  g_strfreev (options->rest);
}

static GOptionContext *
make_context (const Command *command, BsToolOptions *o)
{
  const GOptionEntry common[] = {
    { "limit", 0, 0, G_OPTION_ARG_INT, &o->limit, N_("Stop the script after that many events"), "N" },
    { "edit", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->edits, N_("Change the past: at that step, a name becomes another value"),
      N_("“STEP NAME = VALUE”") },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->rest, NULL, NULL },
    { NULL },
  };
  const GOptionEntry output[] = { { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, N_("Where to write"), N_("FILE") },
                                  { NULL } };
  const GOptionEntry steps[] = {
    { "step", 's', 0, G_OPTION_ARG_STRING, &o->step, N_("Only this step; “end” is the last one"), "N" },
    { "pass", 'p', 0, G_OPTION_ARG_STRING, &o->pass, N_("Only this pass; for a picture, its end"), "N" },
    { NULL },
  };
  const GOptionEntry trace[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &o->json, N_("JSON Lines"), NULL },
    { "explain", 'e', 0, G_OPTION_ARG_NONE, &o->explain, N_("Formulas and the chain rule with their numbers"), NULL },
    { NULL },
  };
  const GOptionEntry run[] = { { "summary", 0, 0, G_OPTION_ARG_NONE, &o->summary,
                                 N_("Say on the error stream what was recorded"), NULL }, { NULL } };
  const GOptionEntry verify[] = { { "replay", 0, 0, G_OPTION_ARG_NONE, &o->replay,
                                    N_("Run the script in it again, in the sandbox, and compare"), NULL }, { NULL } };
  const GOptionEntry debug[] = { { "command", 'c', 0, G_OPTION_ARG_STRING_ARRAY, &o->commands,
                                   N_("Do this, and end; may be given several times"), N_("COMMAND") }, { NULL } };
  const GOptionEntry export[] = {
    { "theme", 0, 0, G_OPTION_ARG_STRING, &o->theme, N_("light, dark or high-contrast"), N_("NAME") },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &o->direction, N_("right or down"), N_("WAY") },
    { "scale", 0, 0, G_OPTION_ARG_DOUBLE, &o->scale, N_("Size of a PNG"), N_("FACTOR") },
    { "transparent", 0, 0, G_OPTION_ARG_NONE, &o->transparent, N_("Without background"), NULL },
    { "unfold", 0, 0, G_OPTION_ARG_NONE, &o->unfold, N_("Every node, also of large graphs"), NULL },
    { "steps", 0, 0, G_OPTION_ARG_STRING, &o->steps, N_("Many pictures: from one step to another; “all” is every one"), N_("FROM..TO") },
    { "by", 0, 0, G_OPTION_ARG_STRING, &o->by, N_("With --steps, one for each: change, line, phase, pass or event"), N_("KIND") },
    { "caption", 0, 0, G_OPTION_ARG_NONE, &o->caption, N_("With --steps, what happens in words under each picture"), NULL },
    { "curves", 0, 0, G_OPTION_ARG_NONE, &o->curves, N_("Parameters and loss over the passes; .csv has the numbers"), NULL },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &o->kind, N_("With --curves: values, gradients or updates"), N_("KIND") },
    { "plot", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->names, N_("With --curves, also this variable; may be given several times"), N_("NAME") },
    { "log", 0, 0, G_OPTION_ARG_NONE, &o->log, N_("With --curves, the loss on a logarithmic scale"), NULL },
    { "landscape", 0, 0, G_OPTION_ARG_NONE, &o->landscape, N_("The loss over the parameters of the pass"), NULL },
    { "over", 0, 0, G_OPTION_ARG_STRING, &o->over, N_("With --landscape, over these: “w” or “w;b”"), N_("NAMES") },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &o->seconds, N_("How long an animation shows each step"), N_("SECONDS") },
    { NULL },
  };
  GOptionContext *context = g_option_context_new (_(command->arguments));

  g_option_context_set_summary (context, _(command->summary));
  g_option_context_set_description (context, _(command->description));
  g_option_context_set_strict_posix (context, FALSE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (command->run == bs_tool_export || command->run == bs_tool_record)
    g_option_context_add_main_entries (context, output, GETTEXT_PACKAGE);
  if (command->run == bs_tool_export || command->run == bs_tool_trace)
    g_option_context_add_main_entries (context, steps, GETTEXT_PACKAGE);
  if (command->run == bs_tool_export)
    g_option_context_add_main_entries (context, export, GETTEXT_PACKAGE);
  if (command->run == bs_tool_trace)
    g_option_context_add_main_entries (context, trace, GETTEXT_PACKAGE);
  if (command->run == bs_tool_run)
    g_option_context_add_main_entries (context, run, GETTEXT_PACKAGE);
  if (command->run == bs_tool_verify)
    g_option_context_add_main_entries (context, verify, GETTEXT_PACKAGE);
  if (command->run == bs_tool_debug)
    g_option_context_add_main_entries (context, debug, GETTEXT_PACKAGE);
  return context;
}

static int
run_command (const Command *command, int argc, char **argv)
{
  BsToolOptions options = { .scale = 1 };
  g_autoptr (GOptionContext) context = make_context (command, &options);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("backstep %s", command->name);
  int status = BS_STATUS_USAGE;

  g_set_prgname (name);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    bs_tool_warn ("%s", error->message);
  else if (options.rest == NULL || options.rest[0] == NULL)
    bs_tool_warn (_("Which file? `backstep %s --help` explains."), command->name);
  else
    status = command->run (&options);
  clear_options (&options);
  return status;
}

int
main (int argc, char **argv)
{
  const Command *command;

  setlocale (LC_ALL, "");
  bs_find_translations ();
  signal (SIGPIPE, SIG_DFL); /* `trace … | head` ends quietly */

  if (argc == 2 && strcmp (argv[1], "help-graph") == 0)
    return bs_tool_help_graph ();
  command = find_command (argc > 1 ? argv[1] : NULL);
  if (command != NULL)
    return run_command (command, argc - 1, argv + 1);
  if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)) {
    print_commands (stdout);
    return BS_STATUS_OK;
  }
  print_commands (stderr);
  return BS_STATUS_USAGE;
}
