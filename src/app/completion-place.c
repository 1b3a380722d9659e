/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <string.h>

#include "completion.h"

static gboolean
is_name (char c)
{
  return g_ascii_isalnum (c) || c == '_' || (c & 0x80);
}

/* --- what the text imports ------------------------------------------------------------------------------------------------- */

static void
add_alias (GHashTable *aliases, const char *home, const char *clause, gboolean keeps_root)
{
  g_auto (GStrv) words = g_strsplit_set (clause, " \t()", -1);
  const char *found[3] = { NULL };
  guint n = 0;

  for (int i = 0; words[i] && n < 3; i++)
    if (*words[i])
      found[n++] = words[i];
  if (n == 0)
    return;
  if (n == 3 && g_str_equal (found[1], "as"))
    g_hash_table_insert (aliases, g_strdup (found[2]), g_strconcat (home, found[0], NULL));
  else if (keeps_root)
    {
      char *root = g_strndup (found[0], strcspn (found[0], "."));

      g_hash_table_insert (aliases, root, g_strdup (root));
    }
  else
    g_hash_table_insert (aliases, g_strdup (found[0]), g_strconcat (home, found[0], NULL));
}

static void
read_line (GHashTable *aliases, const char *line)
{
  g_autofree char *home = NULL;
  g_auto (GStrv) clauses = NULL;
  const char *import = NULL;

  while (*line == ' ' || *line == '\t')
    line++;
  if (g_str_has_prefix (line, "from ") && (import = strstr (line, " import ")))
    {
      g_autofree char *module = g_strndup (line + 5, import - line - 5);

      home = g_strconcat (g_strstrip (module), ".", NULL);
      import += strlen (" import ");
    }
  else if (g_str_has_prefix (line, "import "))
    import = line + strlen ("import ");
  if (import == NULL)
    return;
  clauses = g_strsplit (import, ",", -1);
  for (int i = 0; clauses[i]; i++)
    {
      clauses[i][strcspn (clauses[i], "#;")] = '\0';
      add_alias (aliases, home ? home : "", clauses[i], home == NULL);
    }
}

static GHashTable *
read_imports (const char *text)
{
  GHashTable *aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  while (text && *text)
    {
      const char *end = strchr (text, '\n');
      g_autofree char *line = end ? g_strndup (text, end - text) : g_strdup (text);

      read_line (aliases, line);
      text = end ? end + 1 : NULL;
    }
  return aliases;
}

/* --- comments and strings --------------------------------------------------------------------------------------------------- */

/* Past the string that begins at @text. NULL: it does not end. */
static const char *
skip_string (const char *text)
{
  char quote = *text;
  gboolean is_long = text[1] == quote && text[2] == quote;

  for (text += is_long ? 3 : 1; *text; text++)
    if (*text == '\\' && text[1])
      text++;
    else if (*text == '\n' && !is_long)
      return text;
    else if (*text == quote && (!is_long || (text[1] == quote && text[2] == quote)))
      return text + (is_long ? 3 : 1);
  return NULL;
}

gboolean
backstep_completion_is_code (const char *before)
{
  while (before && *before)
    if (*before == '#')
      before = strchr (before, '\n');
    else if (*before == '"' || *before == '\'')
      before = skip_string (before);
    else
      before++;
  return before != NULL;
}

gboolean
backstep_completion_stands_twice (const char *text, const char *word)
{
  gsize length = strlen (word);
  guint n = 0;

  for (const char *at = text; length > 0 && n < 2 && (at = strstr (at, word)) != NULL; at += length)
    n += (at == text || !is_name (at[-1])) && !is_name (at[length]);
  return n >= 2;
}

/* --- what stands before the dot ---------------------------------------------------------------------------------------------- */

static char *
resolve (GHashTable *aliases, const char *receiver)
{
  gsize length = strcspn (receiver, ".");
  g_autofree char *first = g_strndup (receiver, length);
  const char *alias = g_hash_table_lookup (aliases, first);

  return alias ? g_strconcat (alias, receiver + length, NULL) : NULL;
}

/* The last assignment `name = nn.Something(` tells what it is; nothing is run for it. */
static char *
guess (GHashTable *aliases, const char *text, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("%s = ", name), *made = NULL, *maker = NULL;
  const char *at = NULL, *next = text;
  gsize length = 0;

  while ((next = strstr (next, pattern)) != NULL)
    {
      if (next == text || !is_name (next[-1]))
        at = next + strlen (pattern);
      next++;
    }
  while (at && (is_name (at[length]) || at[length] == '.'))
    length++;
  made = at ? g_strndup (at, length) : NULL;
  maker = made ? resolve (aliases, made) : NULL;
  if (maker && g_str_has_prefix (maker, "torch.optim."))
    return g_strdup ("Optimizer");
  if (maker && g_str_has_prefix (maker, "torch.nn.") && g_ascii_isupper (strrchr (maker, '.')[1]))
    return g_strdup (g_str_has_suffix (maker, ".Parameter") ? "Tensor" : "Module");
  return NULL;
}

static char *
importing (const char *before)
{
  const char *line = strrchr (before, '\n'), *import;

  line = line ? line + 1 : before;
  while (*line == ' ')
    line++;
  if (!g_str_has_prefix (line, "from ") || !(import = strstr (line, " import ")))
    return NULL;
  return g_strstrip (g_strndup (line + 5, import - line - 5));
}

char *
backstep_completion_find_place (const char *text, const char *before)
{
  g_autoptr (GHashTable) aliases = NULL;
  gsize n = strlen (before), start;
  g_autofree char *receiver = NULL, *home = NULL;
  char *place;

  if (n == 0 || before[n - 1] != '.')
    return (place = importing (before)) ? place : g_strdup ("python");
  for (start = n - 1; start > 0 && (is_name (before[start - 1]) || before[start - 1] == '.'); start--)
    ;
  receiver = g_strndup (before + start, n - 1 - start);
  if (g_ascii_isdigit (*receiver))
    return NULL; /* a number */
  if (*receiver == '\0')
    return start > 0 && strchr (")]", before[start - 1]) ? g_strdup ("Tensor") : NULL;
  aliases = read_imports (text);
  if (g_str_equal (receiver, "self") || g_str_equal (receiver, "super()"))
    return g_strdup ("Module");
  if (g_str_has_suffix (receiver, ".grad") || g_str_has_suffix (receiver, ".data"))
    return g_strdup ("Tensor");
  home = resolve (aliases, receiver);
  if (home && g_str_equal (home, "torch.Tensor"))
    return g_strdup ("Tensor");
  if (home)
    return g_str_has_prefix (home, "torch") ? g_steal_pointer (&home) : NULL;
  place = guess (aliases, text, receiver);
  return place ? place : g_strdup ("Tensor");
}
