/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "derivation.h"

#include <string.h>

struct _BsDerivation {
  GPtrArray *lines; /* BsLine */
  char *last;       /* what the last right side said */
};

static void
line_free (gpointer data)
{
  BsLine *line = data;

  g_free (line->sentence);
  bs_formula_free (line->left);
  bs_formula_free (line->right);
  g_free (line);
}

BsDerivation *
bs_derivation_new (void)
{
  BsDerivation *self = g_new0 (BsDerivation, 1);

  self->lines = g_ptr_array_new_with_free_func (line_free);
  return self;
}

void
bs_derivation_free (BsDerivation *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->lines);
  g_free (self->last);
  g_free (self);
}

guint
bs_derivation_get_n_lines (const BsDerivation *self)
{
  return self->lines->len;
}

const BsLine *
bs_derivation_get_line (const BsDerivation *self, guint i)
{
  return g_ptr_array_index (self->lines, i);
}

gboolean
bs_derivation_has_equations (const BsDerivation *self)
{
  for (guint i = 0; i < self->lines->len; i++)
    if (bs_derivation_get_line (self, i)->sentence == NULL)
      return TRUE;
  return FALSE;
}

static BsLine *
add_line (BsDerivation *self)
{
  BsLine *line = g_new0 (BsLine, 1);

  g_ptr_array_add (self->lines, line);
  return line;
}

void
bs_derivation_add_sentence (BsDerivation *self, char *sentence)
{
  if (sentence != NULL && *sentence != '\0')
    add_line (self)->sentence = sentence;
  else
    g_free (sentence);
}

void
bs_derivation_add_note (BsDerivation *self, char *sentence)
{
  guint n = self->lines->len;

  bs_derivation_add_sentence (self, sentence);
  if (self->lines->len > n)
    ((BsLine *) g_ptr_array_index (self->lines, n))->is_note = TRUE;
}

void
bs_derivation_begin (BsDerivation *self, BsFormula *left)
{
  add_line (self)->left = left;
  g_clear_pointer (&self->last, g_free);
}

void
bs_derivation_add (BsDerivation *self, BsFormula *right, gboolean on_a_new_line)
{
  g_autofree char *text = right != NULL ? bs_formula_write (right, BS_NOTATION_TEXT) : NULL;
  BsLine *line = self->lines->len > 0 ? g_ptr_array_index (self->lines, self->lines->len - 1) : NULL;

  if (right == NULL || g_strcmp0 (text, self->last) == 0) {
    bs_formula_free (right);
    return;
  }
  if (line == NULL || line->sentence != NULL || line->right != NULL)
    line = add_line (self);
  line->right = right;
  line->on_a_new_line = on_a_new_line;
  g_free (self->last);
  self->last = g_steal_pointer (&text);
}

void
bs_derivation_append (BsDerivation *self, BsDerivation *other)
{
  if (other == NULL)
    return;
  while (other->lines->len > 0)
    g_ptr_array_add (self->lines, g_ptr_array_steal_index (other->lines, 0));
  g_clear_pointer (&self->last, g_free);
  bs_derivation_free (other);
}

/* --- as text ------------------------------------------------------------------------------------------------------------- */

static void
append_formula (GString *text, const BsFormula *formula, BsNotation notation)
{
  g_autofree char *written = bs_formula_write (formula, notation);

  g_string_append (text, written);
}

static void
append_right (GString *text, const BsLine *line, gboolean begins)
{
  g_autofree char *shapes = bs_formula_write_shapes (line->right);

  if (line->on_a_new_line)
    g_string_append (text, "\n  = ");
  else if (!begins)
    g_string_append (text, " = ");
  append_formula (text, line->right, BS_NOTATION_TEXT);
  if (shapes != NULL)
    g_string_append_printf (text, "\n  = %s", shapes);
}

static char *
write_text (const BsDerivation *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->lines->len; i++) {
    const BsLine *line = bs_derivation_get_line (self, i);
    gboolean begins = line->left == NULL && (i == 0 || bs_derivation_get_line (self, i - 1)->sentence != NULL);

    if (text->len > 0 && (line->sentence != NULL || line->left != NULL || begins))
      g_string_append_c (text, '\n');
    if (line->sentence != NULL)
      g_string_append (text, line->sentence);
    if (line->left != NULL)
      append_formula (text, line->left, BS_NOTATION_TEXT);
    if (line->right != NULL)
      append_right (text, line, begins);
  }
  return g_string_free (text, FALSE);
}

/* --- as LaTeX -------------------------------------------------------------------------------------------------------------- */

static void
append_words (GString *text, const char *sentence)
{
  g_string_append (text, "\\text{");
  for (; *sentence; sentence++) {
    if (*sentence == '\\') {
      g_string_append (text, "\\textbackslash{}");
    } else if (*sentence == '^' || *sentence == '~') {
      g_string_append_printf (text, "\\%c{}", *sentence);
    } else {
      if (strchr ("_%#&${}", *sentence))
        g_string_append_c (text, '\\');
      g_string_append_c (text, *sentence == '\n' ? ' ' : *sentence);
    }
  }
  g_string_append_c (text, '}');
}

static void
append_line (GString *text, const BsLine *line, gboolean begins)
{
  gboolean new_row = line->sentence != NULL || line->left != NULL || begins || line->on_a_new_line;

  if (new_row && text->len > 0)
    g_string_append (text, " \\\\\n");
  if (line->sentence != NULL) {
    g_string_append (text, "&");
    append_words (text, line->sentence);
    return;
  }
  if (line->left != NULL)
    append_formula (text, line->left, BS_NOTATION_LATEX);
  if (new_row)
    g_string_append (text, begins ? "&" : " &");
  if (line->right == NULL)
    return;
  g_string_append (text, begins ? "" : new_row ? "= " : " = ");
  append_formula (text, line->right, BS_NOTATION_LATEX);
}

static char *
write_latex (const BsDerivation *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->lines->len; i++) {
    const BsLine *line = bs_derivation_get_line (self, i);

    append_line (text, line, line->sentence == NULL && line->left == NULL &&
                             (i == 0 || bs_derivation_get_line (self, i - 1)->sentence != NULL));
  }
  g_string_prepend (text, "\\begin{aligned}\n");
  g_string_append (text, "\n\\end{aligned}");
  return g_string_free (text, FALSE);
}

char *
bs_derivation_write (const BsDerivation *self, BsNotation notation)
{
  return notation == BS_NOTATION_LATEX ? write_latex (self) : write_text (self);
}
