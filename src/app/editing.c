/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <string.h>

#include "editing.h"

#define INDENT 4

static char *
line_text (GtkTextBuffer *buffer, int line)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_iter_at_line (buffer, &start, line);
  end = start;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

/* --- comments -------------------------------------------------------------------------------------------------------------------- */

static void
selected_lines (GtkTextBuffer *buffer, int *first, int *last)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_selection_bounds (buffer, &start, &end);
  *first = gtk_text_iter_get_line (&start);
  *last = gtk_text_iter_get_line (&end);
  /* A selection of whole lines ends at the beginning of the next one. */
  if (*last > *first && gtk_text_iter_starts_line (&end))
    (*last)--;
}

static gboolean
is_blank (const char *text)
{
  return text[strspn (text, " \t")] == '\0';
}

static void
uncomment (GtkTextBuffer *buffer, int line, const char *sign)
{
  g_autofree char *text = line_text (buffer, line);
  gsize at = strspn (text, " \t"), n = strlen (sign);
  GtkTextIter start, end;

  if (!g_str_has_prefix (text + at, sign))
    return;
  gtk_text_buffer_get_iter_at_line_index (buffer, &start, line, at);
  gtk_text_buffer_get_iter_at_line_index (buffer, &end, line, at + n + (text[at + n] == ' '));
  gtk_text_buffer_delete (buffer, &start, &end);
}

void
backstep_editing_toggle_comment (GtkTextBuffer *buffer, const char *sign)
{
  g_autofree char *opening = g_strconcat (sign, " ", NULL);
  gboolean all = TRUE, any = FALSE;
  gsize column = G_MAXSIZE;
  int first, last;

  selected_lines (buffer, &first, &last);
  for (int line = first; line <= last; line++)
    {
      g_autofree char *text = line_text (buffer, line);
      gsize at = strspn (text, " \t");

      if (is_blank (text))
        continue;
      any = TRUE;
      all = all && g_str_has_prefix (text + at, sign);
      column = MIN (column, at);
    }
  if (!any)
    return;
  gtk_text_buffer_begin_user_action (buffer);
  for (int line = first; line <= last; line++)
    {
      g_autofree char *text = line_text (buffer, line);
      GtkTextIter iter;

      if (is_blank (text))
        continue;
      if (all)
        uncomment (buffer, line, sign);
      else
        {
          gtk_text_buffer_get_iter_at_line_index (buffer, &iter, line, column);
          gtk_text_buffer_insert (buffer, &iter, opening, -1);
        }
    }
  gtk_text_buffer_end_user_action (buffer);
}

/* --- indentation --------------------------------------------------------------------------------------------------------------------- */

#define BACKSTEP_TYPE_INDENTER (backstep_indenter_get_type ())
G_DECLARE_FINAL_TYPE (BackstepIndenter, backstep_indenter, BACKSTEP, INDENTER, GObject)

struct _BackstepIndenter
{
  GObject parent_instance;
};

static gboolean
is_trigger (GtkSourceIndenter *indenter, GtkSourceView *view, const GtkTextIter *location, GdkModifierType state, guint key)
{
  return (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) && (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) == 0;
}

/* The last sign of code: a comment behind it does not count. */
static char
last_sign (const char *text)
{
  char quote = 0, last = 0;

  for (; *text; text++)
    {
      if (quote)
        quote = *text == quote ? 0 : quote;
      else if (*text == '"' || *text == '\'')
        quote = *text;
      else if (*text == '#')
        break;
      if (*text != ' ' && *text != '\t')
        last = *text;
    }
  return last;
}

static gboolean
leaves_block (const char *text)
{
  static const char *const words[] = { "return", "pass", "break", "continue", "raise" };

  text += strspn (text, " \t");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize n = strlen (words[i]);

      if (strncmp (text, words[i], n) == 0 && !g_ascii_isalnum (text[n]) && text[n] != '_')
        return TRUE;
    }
  return FALSE;
}

static void
indent (GtkSourceIndenter *indenter, GtkSourceView *view, GtkTextIter *iter)
{
  GtkTextBuffer *buffer = gtk_text_iter_get_buffer (iter);
  g_autofree char *above = line_text (buffer, MAX (gtk_text_iter_get_line (iter) - 1, 0)), *depth = NULL;
  gsize n = strspn (above, " ");

  if (strspn (above, " \t") != n) /* tabs stay tabs */
    depth = g_strndup (above, strspn (above, " \t"));
  else
    {
      if (last_sign (above) == ':')
        n += INDENT;
      else if (leaves_block (above))
        n = n > INDENT ? n - INDENT : 0;
      depth = g_strnfill (n, ' ');
    }
  gtk_text_buffer_insert (buffer, iter, depth, -1);
}

static void
backstep_indenter_init_interface (GtkSourceIndenterInterface *iface)
{
  iface->is_trigger = is_trigger;
  iface->indent = indent;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BackstepIndenter, backstep_indenter, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_INDENTER, backstep_indenter_init_interface))

static void
backstep_indenter_class_init (BackstepIndenterClass *klass)
{
}

static void
backstep_indenter_init (BackstepIndenter *self)
{
}

void
backstep_editing_add_indenter (GtkSourceView *view)
{
  g_autoptr (BackstepIndenter) indenter = g_object_new (BACKSTEP_TYPE_INDENTER, NULL);

  gtk_source_view_set_indenter (view, GTK_SOURCE_INDENTER (indenter));
}
