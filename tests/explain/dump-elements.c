/* SPDX-License-Identifier: MIT */

/* Writes out the arithmetic of every element of a recording, for test_elements.py: kind, operation, what was recorded, and each
 * side of the equation, separated by tabs. Checks besides that every derivation is laid out without overlap, at several widths,
 * and that its LaTeX is balanced. */

#include "draw/math-layout.h"
#include "explain/explain.h"
#include "recording/recording.h"

#include <stdio.h>
#include <string.h>

#define ELEMENTS_MAX 6

static guint n_laid_out;

static void
check_latex (const BsDerivation *derivation)
{
  g_autofree char *latex = bs_derivation_write (derivation, BS_NOTATION_LATEX);
  int depth = 0, brackets = 0;

  for (const char *c = latex; *c; c++) {
    if (*c == '\\' && c[1] != '\0') {
      brackets += g_str_has_prefix (c, "\\left") && !g_ascii_isalpha (c[5]);
      brackets -= g_str_has_prefix (c, "\\right") && !g_ascii_isalpha (c[6]);
      c++;
      continue;
    }
    depth += (*c == '{') - (*c == '}');
    g_assert_cmpint (depth, >=, 0);
    g_assert_cmpint (brackets, >=, 0);
  }
  g_assert_cmpint (depth, ==, 0);
  g_assert_cmpint (brackets, ==, 0);
}

static void
check_layout (const BsDerivation *derivation)
{
  static const double widths[] = { 0, 120, 300, 800 };

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
    BsMathStyle style = { .size = 15, .width = widths[i] };
    g_autoptr (BsMathLayout) layout = bs_math_layout_new (derivation, &style);
    g_autofree char *overlap = bs_math_layout_find_overlap (layout);

    if (overlap != NULL) {
      g_autofree char *text = bs_derivation_write (derivation, BS_NOTATION_TEXT);

      fprintf (stderr, "%s:\n%s\n", overlap, text);
    }
    g_assert_null (overlap);
  }
  n_laid_out++;
}

/* The last equation, side by side. */
static void
put (const char *kind, const char *op, const BsDerivation *derivation, const BsValue *value, gint64 element)
{
  guint n = bs_derivation_get_n_lines (derivation), first = 0;

  for (guint i = 0; i < n; i++) {
    const BsLine *line = bs_derivation_get_line (derivation, i);

    if (line->left != NULL || (line->sentence == NULL && first == 0))
      first = i;
  }
  printf ("%s\t%s\t%.17g", kind, op, bs_value_get (value, element));
  for (guint i = first; i < n; i++) {
    const BsLine *line = bs_derivation_get_line (derivation, i);
    g_autofree char *text = line->right != NULL ? bs_formula_write (line->right, BS_NOTATION_TEXT) : NULL;

    if (text != NULL)
      printf ("\t%s", text);
  }
  printf ("\n");
  if (element == 0) {
    check_latex (derivation);
    check_layout (derivation);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *warning = NULL;
  g_autoptr (BsRecording) recording = bs_recording_load (argv[1], &warning, &error);
  g_autoptr (BsCursor) cursor = NULL;

  g_assert_no_error (error);
  cursor = bs_cursor_new (recording);
  for (guint32 step = 0; step < bs_recording_get_n_events (recording); step++) {
    BsEvent event, made;
    g_autoptr (BsDerivation) words = NULL;

    bs_recording_get_event (recording, step, &event);
    bs_cursor_seek (cursor, step + 1);
    words = bs_derive_event (cursor);
    check_latex (words);
    check_layout (words);
    for (gint64 i = 0; event.kind == BS_EVENT_TENSOR && i < MIN (event.tensor.value.n_stored, ELEMENTS_MAX); i++) {
      g_autoptr (BsDerivation) derivation = bs_derive_value (cursor, event.tensor.id, i);

      if (derivation != NULL)
        put ("value", event.tensor.op, derivation, &event.tensor.value, i);
    }
    if (event.kind == BS_EVENT_EDGE && event.edge.node != 0)
      bs_recording_get_event (recording, bs_recording_get_tensor_step (recording, event.edge.node), &made);
    for (gint64 i = 0; event.kind == BS_EVENT_EDGE && event.edge.node != 0 && i < MIN (event.edge.contribution.n_stored, ELEMENTS_MAX); i++) {
      g_autoptr (BsDerivation) derivation = bs_derive_edge (cursor, &event, i);

      if (derivation != NULL)
        put ("gradient", made.tensor.op, derivation, &event.edge.contribution, i);
    }
    if (event.kind == BS_EVENT_ACCUMULATE) {
      g_autoptr (BsDerivation) all = bs_derive_gradient (cursor, event.accumulate.tensor, 0);

      if (all != NULL) {
        check_latex (all);
        check_layout (all);
      }
    }
  }
  fprintf (stderr, "%u derivations laid out\n", n_laid_out);
  return 0;
}
