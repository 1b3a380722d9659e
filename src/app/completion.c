/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "completion.h"

#define BLOCKED "backstep-blocked"
#define RESOURCE "/io/github/backstep/Backstep/completions.tsv"

/* --- one name ---------------------------------------------------------------------------------------------------------------- */

#define BACKSTEP_TYPE_PROPOSAL (backstep_proposal_get_type ())
G_DECLARE_FINAL_TYPE (BackstepProposal, backstep_proposal, BACKSTEP, PROPOSAL, GObject)

struct _BackstepProposal
{
  GObject parent_instance;
  const BackstepCompletionNote *note; /* of the table, which stays */
  guint priority;
};

static void
backstep_proposal_init_interface (GtkSourceCompletionProposalInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BackstepProposal, backstep_proposal, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_COMPLETION_PROPOSAL, backstep_proposal_init_interface))

static void
backstep_proposal_class_init (BackstepProposalClass *klass)
{
}

static void
backstep_proposal_init (BackstepProposal *self)
{
}

/* --- all names ---------------------------------------------------------------------------------------------------------------- */

static void
add_row (GHashTable *places, char *line)
{
  BackstepCompletionNote row = { 0 }, *kept;
  const BackstepCompletionNote *note;
  const char **fields[] = { &row.place, &row.name, &row.arguments, &row.words };
  GPtrArray *rows;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      char *tab = strchr (line, '\t');

      *fields[i] = line;
      if (tab)
        *tab = '\0';
      line = tab ? tab + 1 : line + strlen (line);
    }
  if (*row.name == '\0')
    return;
  note = backstep_completion_find_note (row.place, row.name);
  if (note)
    row = *note;
  rows = g_hash_table_lookup (places, row.place);
  if (rows == NULL)
    g_hash_table_insert (places, (gpointer) row.place, rows = g_ptr_array_new ());
  kept = g_new (BackstepCompletionNote, 1);
  *kept = row;
  g_ptr_array_add (rows, kept);
}

/* The list is read once, when it is first wanted, and stays. */
static GPtrArray *
rows_of (const char *place)
{
  static GHashTable *places;
  g_autoptr (GBytes) bytes = NULL;
  const char *data;
  char *text, *end;
  gsize n;

  if (places)
    return g_hash_table_lookup (places, place);
  places = g_hash_table_new (g_str_hash, g_str_equal);
  bytes = g_resources_lookup_data (RESOURCE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  data = bytes ? g_bytes_get_data (bytes, &n) : NULL;
  text = data ? g_strndup (data, n) : NULL;
  while (text && (end = strchr (text, '\n')))
    {
      *end = '\0';
      add_row (places, text);
      text = end + 1;
    }
  return g_hash_table_lookup (places, place);
}

/* --- the provider --------------------------------------------------------------------------------------------------------------- */

struct _BackstepCompletion
{
  GObject parent_instance;
};

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const BackstepProposal *x = a, *y = b;

  if (x->priority != y->priority)
    return x->priority < y->priority ? -1 : 1;
  return strcmp (x->note->name, y->note->name);
}

/* @loosely: those that have the letters somewhere, too. Enter takes what is offered: unasked it is only what begins so. */
static GListModel *
find_proposals (const char *place, const char *word, gboolean loosely)
{
  GListStore *store = g_list_store_new (GTK_SOURCE_TYPE_COMPLETION_PROPOSAL);
  GPtrArray *rows = rows_of (place);
  g_autofree char *needle = g_utf8_casefold (word ? word : "", -1);

  for (guint i = 0; rows && i < rows->len; i++)
    {
      const BackstepCompletionNote *note = g_ptr_array_index (rows, i);
      g_autoptr (BackstepProposal) proposal = NULL;
      gboolean begins = *needle && g_ascii_strncasecmp (note->name, word, strlen (word)) == 0;
      guint priority = 0;

      if (*needle && !begins && !loosely)
        continue;
      if (*needle && !gtk_source_completion_fuzzy_match (note->name, needle, &priority))
        continue;
      if (word && g_str_equal (note->name, word))
        continue; /* it stands there already */
      proposal = g_object_new (BACKSTEP_TYPE_PROPOSAL, NULL);
      proposal->note = note;
      /* What begins so comes first, in the order of the alphabet: tens is tensor rather than Tensor. */
      proposal->priority = *needle == '\0' || g_str_has_prefix (note->name, word) ? 0 : begins ? 1 : priority + 2;
      g_list_store_insert_sorted (store, proposal, compare, NULL);
    }
  return G_LIST_MODEL (store);
}

static GListModel *
proposals_for (GtkSourceCompletionContext *context)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (gtk_source_completion_context_get_buffer (context));
  g_autofree char *word = gtk_source_completion_context_get_word (context), *text = NULL, *before = NULL, *place = NULL;
  gboolean asked = gtk_source_completion_context_get_activation (context) == GTK_SOURCE_COMPLETION_ACTIVATION_USER_REQUESTED;
  GtkTextIter begin, end, start;

  if (!gtk_source_completion_context_get_bounds (context, &begin, &end))
    return NULL;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  before = gtk_text_buffer_get_text (buffer, &start, &begin, FALSE);
  place = backstep_completion_find_place (text, before);
  /* Without a first letter everything of Python would be offered at every space. */
  if (place == NULL || (*word == '\0' && g_str_equal (place, "python")))
    return NULL;
  /* A name of the script is meant as it stands: Enter after it ends the line. */
  if (!asked && g_str_equal (place, "python") && backstep_completion_stands_twice (text, word))
    return NULL;
  return find_proposals (place, word, asked);
}

static GListModel *
populate (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GError **error)
{
  GListModel *found = proposals_for (context);

  if (found == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "nothing to complete");
  return found;
}

static void
populate_async (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GCancellable *cancellable,
                GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, data);
  GError *error = NULL;
  GListModel *found = populate (provider, context, &error);

  if (found)
    g_task_return_pointer (task, found, g_object_unref);
  else
    g_task_return_error (task, error);
}

static GListModel *
populate_finish (GtkSourceCompletionProvider *provider, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
refilter (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GListModel *model)
{
  g_autoptr (GListModel) found = proposals_for (context);

  gtk_source_completion_context_set_proposals_for_provider (context, provider, found);
}

static void
display (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GtkSourceCompletionProposal *proposal,
         GtkSourceCompletionCell *cell)
{
  const BackstepCompletionNote *note = BACKSTEP_PROPOSAL (proposal)->note;
  const char *words = *note->words ? _(note->words) : NULL;
  g_autofree char *word = NULL;
  PangoAttrList *marks;

  switch (gtk_source_completion_cell_get_column (cell))
    {
    case GTK_SOURCE_COMPLETION_COLUMN_TYPED_TEXT:
      word = gtk_source_completion_context_get_word (context);
      marks = gtk_source_completion_fuzzy_highlight (note->name, word);
      gtk_source_completion_cell_set_text_with_attributes (cell, note->name, marks);
      g_clear_pointer (&marks, pango_attr_list_unref);
      break;
    case GTK_SOURCE_COMPLETION_COLUMN_AFTER:
      gtk_source_completion_cell_set_text (cell, note->arguments);
      break;
    case GTK_SOURCE_COMPLETION_COLUMN_COMMENT:
    case GTK_SOURCE_COMPLETION_COLUMN_DETAILS:
      gtk_source_completion_cell_set_text (cell, words);
      break;
    default:
      gtk_source_completion_cell_set_text (cell, NULL);
    }
}

static void
activate (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GtkSourceCompletionProposal *proposal)
{
  const BackstepCompletionNote *note = BACKSTEP_PROPOSAL (proposal)->note;
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (gtk_source_completion_context_get_buffer (context));
  GtkTextIter begin, end;

  if (!gtk_source_completion_context_get_bounds (context, &begin, &end))
    return;
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete (buffer, &begin, &end);
  gtk_text_buffer_insert (buffer, &begin, note->name, -1);
  gtk_text_buffer_end_user_action (buffer);
}

static gboolean
is_trigger (GtkSourceCompletionProvider *provider, const GtkTextIter *iter, gunichar c)
{
  return c == '.';
}

static char *
get_title (GtkSourceCompletionProvider *provider)
{
  return g_strdup (_("torch and Python"));
}

static int
get_priority (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context)
{
  return 100; /* before the words of the text */
}

static void
backstep_completion_init_interface (GtkSourceCompletionProviderInterface *iface)
{
  iface->populate = populate;
  iface->populate_async = populate_async;
  iface->populate_finish = populate_finish;
  iface->refilter = refilter;
  iface->display = display;
  iface->activate = activate;
  iface->is_trigger = is_trigger;
  iface->get_title = get_title;
  iface->get_priority = get_priority;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BackstepCompletion, backstep_completion, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_COMPLETION_PROVIDER, backstep_completion_init_interface))

static void
backstep_completion_class_init (BackstepCompletionClass *klass)
{
}

static void
backstep_completion_init (BackstepCompletion *self)
{
}

/* Nothing is offered in comments and strings, unless one asks: the end of a line there is no choice. */
static void
on_place (GtkTextBuffer *buffer, GParamSpec *pspec, GtkSourceCompletion *completion)
{
  gboolean was = g_object_get_data (G_OBJECT (completion), BLOCKED) != NULL, blocked;
  g_autofree char *before = NULL;
  GtkTextIter start, at;

  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_mark (buffer, &at, gtk_text_buffer_get_insert (buffer));
  before = gtk_text_buffer_get_text (buffer, &start, &at, TRUE);
  blocked = !backstep_completion_is_code (before);
  if (blocked == was)
    return;
  g_object_set_data (G_OBJECT (completion), BLOCKED, GINT_TO_POINTER (blocked));
  if (blocked)
    gtk_source_completion_block_interactive (completion);
  else
    gtk_source_completion_unblock_interactive (completion);
}

void
backstep_completion_add (GtkSourceView *view)
{
  GtkSourceCompletion *completion = gtk_source_view_get_completion (view);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  g_autoptr (BackstepCompletion) own = g_object_new (BACKSTEP_TYPE_COMPLETION, NULL);
  g_autoptr (GtkSourceCompletionWords) words = gtk_source_completion_words_new (_("Words of the text"));

  g_object_set (completion, "select-on-show", TRUE, NULL); /* Enter takes the first */
  g_object_set (words, "minimum-word-size", 2, "priority", 1, NULL);
  gtk_source_completion_words_register (words, buffer);
  g_signal_connect_object (buffer, "notify::cursor-position", G_CALLBACK (on_place), completion, 0);
  gtk_source_completion_add_provider (completion, GTK_SOURCE_COMPLETION_PROVIDER (own));
  gtk_source_completion_add_provider (completion, GTK_SOURCE_COMPLETION_PROVIDER (words));
}
