/* SPDX-License-Identifier: MIT */

/* What somebody typed into numbers. People write as on paper: 2w, w², 3·x, 1 2 3, 0,5; and with the punctuation of their
 * input method. */

#include "config.h"

#include "expression.h"
#include "predict-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MOST_LENGTH 400 /* characters that are read */
#define MOST_DEPTH 8

void
bs_answer_clear (BsAnswer *self)
{
  g_free (self->numbers);
  g_free (self->units);
  memset (self, 0, sizeof *self);
}

/* --- from paper to an expression ---------------------------------------------------------------------------------------- */

static int
superscript (gunichar c)
{
  static const gunichar digits[] = { 0x2070, 0xb9, 0xb2, 0xb3, 0x2074, 0x2075, 0x2076, 0x2077, 0x2078, 0x2079 };

  for (int i = 0; i < 10; i++)
    if (digits[i] == c)
      return i;
  return -1;
}

static const char *
spelling (gunichar c)
{
  switch (c) {
  case 0xb7: case 0xd7: case 0x22c5: case 0x2219: case 0x2217: case 0x2022: return "*";
  case 0xf7: case 0x2215: case 0x2044: return "/";
  case 0x2212: case 0x2013: case 0x2014: case 0xfe63: return "-";
  case 0x3001: case 0xff1b: case ';': return ",";
  case 0x3010: return "[";
  case 0x3011: return "]";
  case 0x221e: return "inf";
  case 0x3c0: return "math.pi";
  case 0x221a: return "math.sqrt";
  case '^': return "**";
  case 0x3000: case 0xa0: case 0x202f: case 0x2009: return " ";
  default: return NULL;
  }
}

static char *
spell (const char *text)
{
  GString *out = g_string_new (NULL);
  gboolean raised = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    const char *known;
    int digit;

    if (c >= 0xff01 && c <= 0xff5e)
      c -= 0xfee0; /* full width */
    known = spelling (c);
    digit = c == 0x207b ? '-' - '0' : superscript (c);
    if (digit != -1) {
      g_string_append (out, raised ? "" : "**");
      g_string_append_c (out, '0' + digit);
    } else if (known != NULL) {
      g_string_append (out, known);
    } else {
      g_string_append_unichar (out, c);
    }
    raised = digit != -1;
  }
  return g_string_free (out, FALSE);
}

static gboolean
begins_name (const char *p)
{
  gunichar c = g_utf8_get_char (p);

  return c == '_' || g_unichar_isalpha (c);
}

static const char *
skip_number (const char *p)
{
  const char *mark;

  while (g_ascii_isdigit (*p) || *p == '.')
    p++;
  mark = p;
  if (*p == 'e' || *p == 'E') {
    p++;
    if (*p == '+' || *p == '-')
      p++;
    if (!g_ascii_isdigit (*p))
      return mark;
    while (g_ascii_isdigit (*p))
      p++;
  }
  return p;
}

static const char *
skip_name (const char *p)
{
  while (*p != '\0' && (*p == '_' || *p == '.' || g_unichar_isalnum (g_utf8_get_char (p))))
    p = g_utf8_next_char (p);
  return p;
}

/* "2w", "2(w + 1)", "(a)(b)": a sign of multiplication where paper has none. */
static char *
multiply (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text, *end; *p != '\0'; p = end) {
    gboolean number = g_ascii_isdigit (*p) || (*p == '.' && g_ascii_isdigit (p[1]));

    end = number ? skip_number (p) : begins_name (p) ? skip_name (p) : g_utf8_next_char (p);
    g_string_append_len (out, p, end - p);
    if ((number || *p == ')') && (begins_name (end) || *end == '('))
      g_string_append_c (out, '*');
  }
  return g_string_free (out, FALSE);
}

/* "w.grad = 20" says 20. */
static const char *
after_equals (const char *text)
{
  const char *from = text;
  int depth = 0;

  for (const char *p = text; *p != '\0'; p++) {
    depth += *p == '(' || *p == '[' ? 1 : *p == ')' || *p == ']' ? -1 : 0;
    if (*p == '=' && depth == 0 && p[1] != '=' && (p == text || strchr ("=<>!", p[-1]) == NULL))
      from = p + 1;
  }
  return from;
}

char *
bs_answer_normalize (const char *text)
{
  g_autofree char *spelled = spell (text);
  char *out = multiply (after_equals (spelled));

  return g_strstrip (out);
}

/* --- a list of numbers -------------------------------------------------------------------------------------------------- */

static gboolean
is_literal (const char *text, double *number, double *unit)
{
  const char *p = text + (*text == '-' || *text == '+'), *end;
  int decimals = 0, exponent = 0;
  gboolean point = FALSE;
  char *rest;

  if (!g_ascii_isdigit (*p) && !(*p == '.' && g_ascii_isdigit (p[1])))
    return FALSE;
  end = skip_number (p);
  if (*end != '\0')
    return FALSE;
  *number = g_ascii_strtod (text, &rest);
  if (*rest != '\0')
    return FALSE;
  for (; p < end && *p != 'e' && *p != 'E'; p++) {
    point = point || *p == '.';
    decimals += point && *p != '.';
  }
  if (p < end)
    exponent = CLAMP (g_ascii_strtoll (p + 1, NULL, 10), -400, 400);
  *unit = pow (10, exponent - decimals);
  return TRUE;
}

static gboolean
is_word (const char *text, double *number)
{
  static const struct { const char *word; double number; } words[] = {
    { "nan", NAN }, { "inf", INFINITY }, { "+inf", INFINITY }, { "-inf", -INFINITY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i].word) == 0)
      return *number = words[i].number, TRUE;
  return FALSE;
}

/* The bracket that @text begins with closes at its end. */
static gboolean
is_bracketed (const char *text)
{
  int depth = 0;

  if (*text != '[')
    return FALSE;
  for (const char *p = text; *p != '\0'; p++) {
    depth += *p == '[' ? 1 : *p == ']' ? -1 : 0;
    if (depth == 0)
      return p[1] == '\0';
  }
  return FALSE;
}

static gboolean
are_numbers (char **words)
{
  guint n = 0;
  double number, unit;

  for (; words[n] != NULL; n++)
    if (*words[n] != '\0' && !is_literal (words[n], &number, &unit))
      return FALSE;
  return n > 1;
}

static void split (const char *text, GPtrArray *items, guint depth);

static void
split_at_commas (const char *text, GPtrArray *items, guint level)
{
  const char *from = text;
  int depth = 0;

  for (const char *p = text;; p++) {
    depth += *p == '[' || *p == '(' ? 1 : *p == ']' || *p == ')' ? -1 : 0;
    if (*p != '\0' && (*p != ',' || depth != 0))
      continue;
    if (*p != '\0' || p > from) {
      g_autofree char *part = g_strndup (from, p - from);

      split (part, items, level + 1);
    }
    from = p + 1;
    if (*p == '\0')
      break;
  }
}

static gboolean
has_comma (const char *text)
{
  int depth = 0;

  for (const char *p = text; *p != '\0'; p++) {
    depth += *p == '[' || *p == '(' ? 1 : *p == ']' || *p == ')' ? -1 : 0;
    if (*p == ',' && depth == 0)
      return TRUE;
  }
  return FALSE;
}

/* Nested lists are their elements in order; what is no list is an item. */
static void
split (const char *whole, GPtrArray *items, guint depth)
{
  g_autofree char *text = g_strstrip (g_strdup (whole));
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);

  if (depth < MOST_DEPTH && is_bracketed (text)) {
    g_autofree char *inner = g_strndup (text + 1, strlen (text) - 2);

    split (inner, items, depth + 1);
  } else if (depth < MOST_DEPTH && has_comma (text)) {
    split_at_commas (text, items, depth);
  } else if (are_numbers (words)) {
    for (guint i = 0; words[i] != NULL; i++)
      if (*words[i] != '\0')
        g_ptr_array_add (items, g_strdup (words[i]));
  } else if (*text != '\0') {
    g_ptr_array_add (items, g_steal_pointer (&text));
  }
}

/* --- evaluating --------------------------------------------------------------------------------------------------------- */

static void
push (GArray *numbers, GArray *units, double number, double unit)
{
  g_array_append_val (numbers, number);
  g_array_append_val (units, unit);
}

static gboolean
push_result (const BsResult *result, GArray *numbers, GArray *units)
{
  gboolean ok = TRUE;

  switch (result->kind) {
  case BS_RESULT_BOOL:
  case BS_RESULT_INT:
    push (numbers, units, result->integer, -1);
    return TRUE;
  case BS_RESULT_REAL:
    push (numbers, units, result->real, -1);
    return TRUE;
  case BS_RESULT_TENSOR:
    for (gint64 i = 0; i < bs_tensor_get_numel (result->tensor); i++)
      push (numbers, units, bs_tensor_get_double (result->tensor, i), -1);
    return TRUE;
  case BS_RESULT_SEQUENCE:
    for (guint i = 0; i < result->n_items && ok; i++)
      ok = push_result (&result->items[i], numbers, units);
    return ok;
  default:
    return FALSE;
  }
}

static gboolean
read_item (const BsQuestion *question, const char *text, GArray *numbers, GArray *units, char **problem)
{
  g_autoptr (BsExpression) expression = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (BsResult) result = { 0 };
  double number, unit;

  if (is_literal (text, &number, &unit)) {
    push (numbers, units, number, unit);
    return TRUE;
  }
  if (is_word (text, &number)) {
    push (numbers, units, number, 0);
    return TRUE;
  }
  expression = bs_expression_parse (text, &error);
  if (expression == NULL || !bs_expression_evaluate (expression, question->before, &result, &error)) {
    *problem = g_strdup (error->message);
    return FALSE;
  }
  if (push_result (&result, numbers, units))
    return TRUE;
  *problem = g_strdup_printf (_("“%s” is no number."), text);
  return FALSE;
}

/* Of a whole tensor only the part that is asked for counts. */
static gboolean
take (const BsQuestion *question, GArray *numbers, GArray *units, BsAnswer *out, char **problem)
{
  guint first = numbers->len == question->n ? 0 : question->first;

  if (numbers->len != question->n && numbers->len != question->value.numel) {
    *problem = g_strdup_printf (ngettext ("%u number is asked for; that is %u.", "%u numbers are asked for; that is %u.", question->n),
                                question->n, numbers->len);
    return FALSE;
  }
  out->n = question->n;
  out->numbers = g_memdup2 ((double *) numbers->data + first, question->n * sizeof (double));
  out->units = g_memdup2 ((double *) units->data + first, question->n * sizeof (double));
  return TRUE;
}

/* "0,5" as half the world writes it, where one number is asked for. */
static void
mend_comma (const BsQuestion *question, char *text)
{
  char *p = text + (*text == '-' || *text == '+'), *comma = NULL;

  for (; *p != '\0'; p++) {
    if (*p == ',' && comma == NULL)
      comma = p;
    else if (!g_ascii_isdigit (*p))
      return;
  }
  if (question->n == 1 && question->value.numel == 1 && comma != NULL && comma > text && comma[1] != '\0')
    *comma = '.';
}

gboolean
bs_answer_read (const BsQuestion *question, const char *text, BsAnswer *out, char **problem)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (double)), units = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree char *normal = NULL;

  if (!g_utf8_validate (text, -1, NULL) || g_utf8_strlen (text, -1) > MOST_LENGTH) {
    *problem = g_strdup (_("That is too long to be read."));
    return FALSE;
  }
  normal = bs_answer_normalize (text);
  mend_comma (question, normal);
  split (normal, items, 0);
  if (items->len == 0) {
    *problem = g_strdup (_("Type a number or a formula: 1.5, 3/8, 2*w."));
    return FALSE;
  }
  for (guint i = 0; i < items->len; i++)
    if (!read_item (question, items->pdata[i], numbers, units, problem))
      return FALSE;
  return take (question, numbers, units, out, problem);
}
