/* SPDX-License-Identifier: MIT */

/* Graphs that are written down: what they compute, what is said of wrong ones, and that no text whatever does harm. */

#include "config.h"

#include "graphfile/private.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static const char *cases, *examples;

static BsGraphFile *
parse (const char *text, gssize length, char **problems)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_graph_problem_free);
  g_autoptr (GString) all = g_string_new (NULL);
  BsGraphFile *file = bs_graph_file_parse (text, length < 0 ? strlen (text) : length, list);

  g_assert_true ((file == NULL) == (list->len > 0));
  for (guint i = 0; i < list->len; i++)
    {
      BsGraphProblem *problem = g_ptr_array_index (list, i);

      g_assert_true (g_utf8_validate (problem->message, -1, NULL));
      g_string_append_printf (all, "%u: %s\n", problem->place.line, problem->message);
    }
  if (problems)
    *problems = g_string_free (g_steal_pointer (&all), FALSE);
  return file;
}

static char *
run (BsGraphFile *file)
{
  static const BsGraphWatcher nobody;
  BsGraphProblem *problem = bs_graph_file_run (file, &nobody, NULL);
  char *text = problem ? g_strdup_printf ("%u: %s\n", problem->place.line, problem->message) : NULL;

  g_clear_pointer (&problem, bs_graph_problem_free);
  return text;
}

static BsGraphFile *
run_text (const char *text)
{
  g_autofree char *problems = NULL, *failure = NULL;
  BsGraphFile *file = parse (text, -1, &problems);

  g_assert_cmpstr (problems, ==, "");
  failure = run (file);
  g_assert_cmpstr (failure, ==, NULL);
  return file;
}

static double
value_of (BsGraphFile *file, const char *name)
{
  BsTensor *tensor = bs_graph_file_get_tensor (file, name);

  g_assert_nonnull (tensor);
  return bs_tensor_get_double (tensor, 0);
}

static double
grad_of (BsGraphFile *file, const char *name)
{
  BsTensor *grad = bs_tensor_get_grad (bs_graph_file_get_tensor (file, name));

  return grad ? bs_tensor_get_double (grad, 0) : NAN;
}

/* --- what they compute ------------------------------------------------------------------------------------------------------------ */

static void
test_run (void)
{
  g_autoptr (BsGraphFile) file = run_text ("digraph { w [value=10, requires_grad=true]; s [op=pow, exponent=2]; loss [op=add, other=20]; w -> s -> loss; }");

  g_assert_cmpfloat (value_of (file, "loss"), ==, 120);
  g_assert_cmpfloat (grad_of (file, "w"), ==, 20);
}

static void
test_update (void)
{
  const char *text = "digraph { lr=0.1; iterations=3; %s w [value=10.0, requires_grad=true]; loss [op=square]; w -> loss; }";
  g_autofree char *once = g_strdup_printf (text, ""), *piled = g_strdup_printf (text, "clear=false;");
  g_autoptr (BsGraphFile) a = run_text (once), b = run_text (piled);

  g_assert_cmpfloat_with_epsilon (value_of (a, "w"), 10 * 0.8 * 0.8 * 0.8, 1e-5);
  g_assert_true (isnan (grad_of (a, "w")));
  /* 10 - 2 = 8, then 0.1 * (20 + 16) less, then 0.1 * (20 + 16 + 8.8) */
  g_assert_cmpfloat_with_epsilon (value_of (b, "w"), -0.08, 1e-5);
  g_assert_cmpfloat_with_epsilon (grad_of (b, "w"), 44.8, 1e-5);
}

/* The same operation in the ways it can be written. */
static void
test_ways (void)
{
  static const struct { const char *body; double value; } ways[] = {
    { "x [value=7.0]; y [value=2.0]; r [op=sub]; x -> r; y -> r;", 5 },
    { "x [value=7.0]; y [value=2.0]; r [op=sub]; y -> r [input=1]; x -> r;", 5 },
    { "x [value=7.0]; y [value=2.0]; r [op=sub]; y -> r [input=other]; x -> r [input=self];", 5 },
    { "x [value=7.0]; r [op=sub, other=2]; x -> r;", 5 },
    { "x [value=7.0]; r [op=sub, self=2]; x -> r;", -5 },
    { "x [value=7.0]; r [op=subtract, other=2, alpha=3]; x -> r;", 1 },
    { "x [value=7.0]; r [op=\"sub_\", other=2]; x -> r;", 5 },
    { "x [value=\"[[1, 2], [3, 4]]\"]; a [op=sum, dim=1, keepdim=true]; r [op=max]; x -> a -> r;", 7 },
    { "x [value=\"[[1, 2], [3, 4]]\"]; a [op=\"sum.dim\", dim=\"(0, 1)\"]; r [op=neg]; x -> a -> r;", -10 },
    { "x [value=\"[1, 5, 2]\"]; m [op=max, dim=0]; r [output=indices]; x -> m -> r;", 1 },
    { "x [value=\"[1, 5, 2]\"]; m [op=unbind]; r [output=2]; x -> m -> r;", 2 },
    { "x [value=\"[1, 5, 2, 0]\"]; a [op=reshape, shape_=\"2, 2\", shape=circle]; b [op=sum, dim=\"-1\"]; r [op=max]; x -> a -> b -> r;", 6 },
    { "x [value=\"0x1.8p3\"]; r [op=clone]; x -> r;", 12 },
    { "x [value=3, size=\"2, 2\"]; r [op=sum]; x -> r;", 12 },
    { "x [value=ones, size=\"2x3\"]; r [op=sum]; x -> r;", 6 },
    { "c [value=\"[True, False]\"]; r0 [op=where, self=1.0, other=4.0]; r [op=sum]; c -> r0 -> r;", 5 },
    { "i [value=\"[0, 2]\", dtype=int64]; x [value=\"[1, 5, 2]\"]; g [op=index_select, dim=0]; r [op=sum]; x -> g; i -> g; g -> r;", 3 },
    { "subgraph cluster_a { x [value=1.0]; } r [op=exp2]; x -> r", 2 },
    { "x [value=1.0]; y [value=2.0]; {x y} -> r; r [op=add];", 3 },
    { "x [value=2.0]; r [op=mse_loss, target_=5.0, reduction=sum]; x -> r;", 9 },
    { "\"a\\\"b\" [value=\"2\" + \".5\"]; r [op=neg]; \"a\\\"b\" -> r;", -2.5 },
    { "x [value=2.0, comment=\"it is\\\na number\", label=<<b>x</b> [a=b] {>]; r [op=neg]; x:n -> r:s;", -2 },
    { "x [value=1.0]; y [op=\"add_\", other=1]; r [op=after]; x -> r; x -> y -> r;", 2 },
    { "x [value=1.0]; r [op=recorded, value=42.0]; x -> r;", 42 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *text = g_strdup_printf ("digraph { backward=none; %s }", ways[i].body);
      g_autoptr (BsGraphFile) file = run_text (text);

      if (value_of (file, "r") != ways[i].value)
        g_error ("%s gives %g", text, value_of (file, "r"));
    }
}

static void
test_recorded (void)
{
  g_autoptr (BsGraphFile) file =
    run_text ("digraph { x [value=\"[1, 2]\", requires_grad=true]; y [op=recorded, value=\"[5, 6]\"]; s [op=sum];"
              "x -> y [contribution=\"[7, 8]\"]; y -> s; }");

  g_assert_cmpfloat (value_of (file, "s"), ==, 11);
  g_assert_cmpfloat (grad_of (file, "x"), ==, 7);
}

static void
test_change (void)
{
  g_autoptr (BsGraphFile) file = run_text ("digraph { lr=0.5; w [value=\"[1, 2]\", requires_grad=true]; s [op=sum]; w -> s; }");
  g_autofree char *message = NULL;

  g_assert_true (bs_graph_file_change (file, "w", "[3, 4]", &message));
  g_assert_cmpfloat (value_of (file, "w"), ==, 3);
  g_assert_true (bs_graph_file_change (file, "lr", "0.25", &message));
  g_assert_false (bs_graph_file_change (file, "nothing", "1", &message));
  g_assert_null (message);
  g_assert_false (bs_graph_file_change (file, "w", "[1, 2, 3]", &message));
  g_assert_nonnull (message);
}

/* Recorded answers of PyTorch: record.py. */
static void
test_reference (void)
{
  g_autofree char *path = g_build_filename (cases, "..", "examples.ref", NULL), *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      g_autofree char *name = g_strconcat (words[0], ".dot", NULL), *example = g_build_filename (examples, name, NULL), *source = NULL;
      g_autoptr (BsGraphFile) file = NULL;
      double is, should = g_ascii_strtod (words[3], NULL);

      g_assert_true (g_file_get_contents (example, &source, NULL, NULL));
      file = run_text (source);
      is = g_str_equal (words[2], "grad") ? grad_of (file, words[1]) : value_of (file, words[1]);
      if (is != should)
        g_error ("%s is %a", lines[i], is);
      n++;
    }
  g_assert_cmpuint (n, >, 8);
}

/* --- wrong ones -------------------------------------------------------------------------------------------------------------------- */

static void
test_case (gconstpointer data)
{
  const char *name = data;
  g_autofree char *base = g_build_filename (cases, name, NULL), *dot = g_strconcat (base, ".dot", NULL), *ref = g_strconcat (base, ".errors", NULL);
  g_autofree char *text = NULL, *expected = NULL, *problems = NULL, *failure = NULL;
  g_autoptr (BsGraphFile) file = NULL;

  g_assert_true (g_file_get_contents (dot, &text, NULL, NULL));
  file = parse (text, -1, &problems);
  if (file != NULL)
    failure = run (file);
  if (g_getenv ("BS_UPDATE_CASES"))
    g_file_set_contents (ref, failure ? failure : problems, -1, NULL);
  g_assert_true (g_file_get_contents (ref, &expected, NULL, NULL));
  g_assert_cmpstr (expected, !=, "");
  g_assert_cmpstr (failure ? failure : problems, ==, expected);
}

/* --- strangers' bytes ---------------------------------------------------------------------------------------------------------------- */

static void
try_text (const char *text, gsize length)
{
  g_autoptr (BsGraphFile) file = parse (text, length, NULL);
  g_autofree char *failure = NULL;

  if (file != NULL && file->iterations < 100)
    failure = run (file);
}

static void
for_each_text (void (*work) (const char *text, gsize n))
{
  for (guint i = 0; i < 2; i++)
    {
      const char *folder = i == 0 ? examples : cases;
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      const char *name;

      while ((name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *path = g_build_filename (folder, name, NULL), *text = NULL;
          gsize n;

          if (g_str_has_suffix (name, ".dot") && g_file_get_contents (path, &text, &n, NULL))
            work (text, n);
        }
    }
}

static void
truncate_text (const char *text, gsize n)
{
  for (gsize i = 0; i < n; i++)
    try_text (text, i);
}

static void
flip_text (const char *text, gsize n)
{
  g_autofree char *copy = g_strndup (text, n);
  const char *start = strstr (copy, "digraph");
  gsize from = start ? start - copy : 0;

  for (gsize i = from; i < n; i++)
    for (guint bit = i % 4; bit < 8; bit += 4)
      {
        copy[i] ^= 1 << bit;
        try_text (copy, n);
        copy[i] ^= 1 << bit;
      }
}

static void
test_truncated (void)
{
  for_each_text (truncate_text);
}

static void
test_flipped (void)
{
  for_each_text (flip_text);
}

static void
test_huge (void)
{
  g_autoptr (GString) text = g_string_new ("digraph { lr=0.1; n0 [value=1.0, requires_grad=true]; ");
  g_autoptr (BsGraphFile) file = NULL;

  for (guint i = 1; i <= 100000; i++)
    g_string_append_printf (text, "n%u [op=mul, other=1.0]; n%u -> n%u;\n", i, i - 1, i);
  g_string_append (text, "}");
  file = run_text (text->str);
  g_assert_cmpfloat (value_of (file, "n100000"), ==, 1);
  g_assert_cmpfloat_with_epsilon (value_of (file, "n0"), 0.9, 1e-6);
}

static void
test_deep (void)
{
  static const guint depths[] = { 100, 20000, 1000000 };

  for (guint i = 0; i < G_N_ELEMENTS (depths); i++)
    {
      g_autoptr (GString) groups = g_string_new ("digraph {"), lists = g_string_new ("digraph { a [value=\"");

      for (guint k = 0; k < depths[i]; k++)
        {
          g_string_append (groups, "subgraph {");
          g_string_append_c (lists, '[');
        }
      g_string_append (groups, "a [value=1.0]");
      try_text (groups->str, groups->len);
      for (guint k = 0; k < depths[i]; k++)
        g_string_append_c (groups, '}');
      g_string_append (groups, "}");
      try_text (groups->str, groups->len);
      g_string_append (lists, "1\"]; }");
      try_text (lists->str, lists->len);
    }
}

static void
test_odd (void)
{
  static const char *const odd[] = {
    "", " ", "\n", "digraph", "digraph {", "}", "{", "digraph { a -> }", "digraph { a [op=\"\xff\xfe\"]; }", "digraph { \"\" [value=1]; }",
    "digraph { a [value=1e999]; b [op=relu]; a -> b; }", "digraph { a [value=\"nan\", requires_grad=1]; b [op=relu]; a -> b; }",
    "digraph { a [value=\"[]\"]; b [op=sum]; a -> b; }", "digraph { a [value=1, size=\"99999999999, 99999999999\"]; }",
    "digraph { a [value=\"[]\", size=\"0, 3\"]; b [op=mean]; a -> b; }", "strict digraph { a [value=1.0]; b [op=add]; a -> b; a -> b; }",
    "digraph { a [value=9223372036854775808, dtype=int64]; b [op=neg]; a -> b; }", "digraph { a [output=1]; }",
    "digraph { a [op=after]; }", "digraph { a [op=recorded]; }", "digraph { a [op=recorded, value=1.0]; }", "digraph { a [op=_]; }",
    "digraph { a [op=\"add__\"]; }", "digraph { a [value=1.0]; b [op=index]; a -> b [input=18]; }",
    "digraph { a [value=1.0]; b [op=cat]; a -> b [input=5]; }", "digraph { a [value=1.0]; b [op=view, size=\"1000000000, 1000000000\"]; a -> b; }",
    "digraph { a [value=1.0]; b [op=expand, size=\"100000000, 100000000\"]; c [op=clone]; a -> b -> c; }",
    "digraph { a [value=1.0, grad=2.0]; }", "digraph { a [value=1.0, grad=\"[1, 2]\", requires_grad=true]; }",
    "digraph { gradient=\"[1, 2]\"; a [value=1.0, requires_grad=true]; b [op=exp]; a -> b; }",
    "/* no end", "# a line\ndigraph { a [value=1] } digraph { b }", "digraph { a [value=1.0] b [op=relu] a -> b -> b }", "digraph { a [value=<b>]; }",
    "digraph { op=add; node [value=1.0]; a; b; a -> c; }", "digraph { a [\"value\"=1.0; requires_grad=true]; b [op=exp]; a -> b [weight=2]; }",
  };

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    try_text (odd[i], strlen (odd[i]));
  try_text ("digraph { a [value=1\0.0]; }", 27);
}

static void
test_places (void)
{
  static const char text[] = "// first\ndigraph {\n  a [value=1.0,\n     requires_grad=true]; \"b c\" [op=relu];\n  a -> \"b c\" -> d;\n  lr = 0.5\n}\n";
  g_autoptr (BsPlaces) places = bs_places_scan (text, strlen (text));
  BsGraphPlace a = bs_places_of_node (places, "a"), b = bs_places_of_node (places, "b c"), d = bs_places_of_node (places, "d");
  BsGraphPlace value = bs_places_of_attribute (places, "a", "requires_grad"), lr = bs_places_of_attribute (places, NULL, "lr");

  g_assert_cmpuint (a.line, ==, 3);
  g_assert_cmpuint (a.column, ==, 2);
  g_assert_cmpuint (a.end_line, ==, 4);
  g_assert_cmpuint (a.end_column, ==, 24);
  g_assert_cmpuint (b.line, ==, 4);
  g_assert_cmpuint (b.column, ==, 26);
  g_assert_cmpuint (d.line, ==, 5);
  g_assert_cmpuint (value.line, ==, 4);
  g_assert_cmpuint (lr.line, ==, 6);
  g_assert_cmpuint (bs_places_of_edge (places, "b c", "d").column, ==, 2);
  g_assert_cmpuint (bs_places_of_name (places, "a").end_column, ==, 3);
}

static void
add_cases (void)
{
  g_autoptr (GDir) dir = g_dir_open (cases, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".dot") && !g_str_equal (name, "syntax.dot"))
      {
        char *base = g_strndup (name, strlen (name) - 4);
        g_autofree char *test = g_strdup_printf ("/graphfile/errors/%s", base);

        g_test_add_data_func_full (test, base, test_case, g_free);
      }
}

static void
test_is_text (void)
{
  static const struct { const char *text; gboolean is_graph; } texts[] = {
    { "digraph {}", TRUE }, { "/* A title\n */ // more\n strict digraph \"a b\" /* c */ { }", TRUE }, { "graph G\n{", TRUE }, { "#line 1\nDigraph é_1 {", TRUE },
    { "", FALSE }, { "digraph", FALSE }, { "digraph \"a", FALSE }, { "/* digraph {", FALSE }, { "digraphs {", FALSE }, { "# a lesson\nimport torch\n", FALSE },
    { "graph = {}\n", FALSE }, { "digraph(1, {})", FALSE }, { "strict", FALSE }, { "/", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%s", texts[i].text);
      g_assert_cmpint (bs_graph_file_is_text (texts[i].text), ==, texts[i].is_graph);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  setlocale (LC_CTYPE, "C.UTF-8");
  cases = argv[1];
  examples = argv[2];
  /* First: cgraph counts lines wrong once it has read another text. */
  g_test_add_data_func ("/graphfile/errors/first", "syntax", test_case);
  add_cases ();
  g_test_add_func ("/graphfile/is-text", test_is_text);
  g_test_add_func ("/graphfile/run", test_run);
  g_test_add_func ("/graphfile/update", test_update);
  g_test_add_func ("/graphfile/ways", test_ways);
  g_test_add_func ("/graphfile/recorded", test_recorded);
  g_test_add_func ("/graphfile/change", test_change);
  g_test_add_func ("/graphfile/reference", test_reference);
  g_test_add_func ("/graphfile/places", test_places);
  g_test_add_func ("/graphfile/odd", test_odd);
  g_test_add_func ("/graphfile/truncated", test_truncated);
  g_test_add_func ("/graphfile/flipped", test_flipped);
  g_test_add_func ("/graphfile/huge", test_huge);
  g_test_add_func ("/graphfile/deep", test_deep);
  return g_test_run ();
}
