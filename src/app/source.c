/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

#include "completion.h"
#include "editing.h"
#include "finder.h"
#include "source-words.h"
#include "source.h"
#include "syntax.h"

#define BREAK "breakpoint"
#define BREAK_OFF "breakpoint-off"
#define CONDITION "condition"
#define SCRIPT 1 /* the file of the run that is the script itself */

struct _BackstepSource
{
  GtkWidget parent_instance;

  GtkWidget *box, *other, *other_file, *back, *finder, *mistake, *mistake_text;
  GtkSourceView *view;
  GtkSourceBuffer *buffer;       /* the script */
  gboolean is_graph;             /* DOT, not Python */
  GtkSourceBuffer *other_buffer; /* another file of the run */
  guint32 shown_file, other_loaded;
  guint run_line;                /* that is lit; 0: none */
  gboolean run_failed;           /* in it */
  BsCursor *cursor;
  BackstepSyntax *syntax;
  gboolean edited_since_run;
  gboolean editable, loading;
  gboolean is_trial;
  gboolean foreign;              /* the run shown ran another text than the one that is edited */
};

G_DEFINE_FINAL_TYPE (BackstepSource, backstep_source, GTK_TYPE_WIDGET)

enum { EDITED, BREAKS_CHANGED, TYPED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- colours ------------------------------------------------------------------------------------------------------- */

static void
set_tag (GtkTextBuffer *buffer, const char *name, const char *background, const char *line_background)
{
  GtkTextTag *tag = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), name);

  if (tag == NULL)
    tag = gtk_text_buffer_create_tag (buffer, name, NULL);
  g_object_set (tag, background ? "background" : "paragraph-background", background ? background : line_background, NULL);
}

static void
dress_buffer (GtkSourceBuffer *buffer)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  set_tag (GTK_TEXT_BUFFER (buffer), "line", NULL, dark ? "#26364d" : "#e3eefb");
  set_tag (GTK_TEXT_BUFFER (buffer), "expression", dark ? "#2f5d96" : "#a8cdf5", NULL);
  set_tag (GTK_TEXT_BUFFER (buffer), "error-line", NULL, dark ? "#4d2629" : "#fbe3e4");
  set_tag (GTK_TEXT_BUFFER (buffer), "error", dark ? "#8f3236" : "#f5b5b8", NULL);
  if (gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (GTK_TEXT_BUFFER (buffer)), "syntax") == NULL)
    gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (buffer), "syntax", "underline", PANGO_UNDERLINE_ERROR, NULL);
}

static void
set_scheme (GtkSourceBuffer *buffer)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  gtk_source_buffer_set_style_scheme (
    buffer, gtk_source_style_scheme_manager_get_scheme (gtk_source_style_scheme_manager_get_default (),
                                                        dark ? "Adwaita-dark" : "Adwaita"));
}

static void
on_style_changed (BackstepSource *self)
{
  dress_buffer (self->buffer);
  set_scheme (self->buffer);
  if (self->other_buffer)
    {
      dress_buffer (self->other_buffer);
      set_scheme (self->other_buffer);
    }
}

/* Schemes and languages are read from some two hundred XML files: after the first frame. Until then the buffers find no
 * scheme at all. */
static void
hide_schemes (void)
{
  static gboolean done;
  const char *const nowhere[] = { NULL };

  if (!done)
    gtk_source_style_scheme_manager_set_search_path (gtk_source_style_scheme_manager_get_default (), nowhere);
  done = TRUE;
}

static gboolean
set_language (gpointer data)
{
  BackstepSource *self = data;
  GtkSourceLanguageManager *languages = gtk_source_language_manager_get_default ();

  gtk_source_style_scheme_manager_set_search_path (gtk_source_style_scheme_manager_get_default (), NULL);
  gtk_source_buffer_set_language (self->buffer, gtk_source_language_manager_get_language (languages, self->is_graph ? "dot" : "python3"));
  on_style_changed (self);
  return G_SOURCE_REMOVE;
}

static void
on_first_painted (GdkFrameClock *clock, BackstepSource *self)
{
  g_signal_handlers_disconnect_by_func (clock, on_first_painted, self);
  g_idle_add_full (G_PRIORITY_LOW, set_language, g_object_ref (self), g_object_unref);
}

static void
on_realize (BackstepSource *self)
{
  if (gtk_source_buffer_get_language (self->buffer) == NULL)
    g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (self)), "after-paint", G_CALLBACK (on_first_painted), self, 0);
}

/* --- places -------------------------------------------------------------------------------------------------------- */

static void
clear_places (GtkTextBuffer *buffer)
{
  static const char *const names[] = { "line", "expression", "error-line", "error" };
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_text_buffer_remove_tag_by_name (buffer, names[i], &start, &end);
}

/* Columns are bytes of the text that ran; the text that stands there may be another. */
static void
iter_at (GtkTextBuffer *buffer, GtkTextIter *iter, guint line, guint column)
{
  GtkTextIter end;

  gtk_text_buffer_get_iter_at_line (buffer, iter, MIN ((int) line, gtk_text_buffer_get_line_count (buffer)) - 1);
  end = *iter;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);
  gtk_text_iter_set_line_index (iter, MIN ((int) column, gtk_text_iter_get_line_index (&end)));
}

static gboolean
load_other (BackstepSource *self, guint32 file)
{
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  gsize length = 0;
  const char *text = bs_recording_get_file_source (recording, file, &length);
  g_autofree char *valid = text ? g_utf8_make_valid (text, length) : NULL;

  if (valid == NULL || *valid == '\0')
    return FALSE;
  if (self->other_buffer == NULL)
    self->other_buffer = gtk_source_buffer_new (NULL);
  gtk_source_buffer_set_language (self->other_buffer, gtk_source_buffer_get_language (self->buffer));
  dress_buffer (self->other_buffer);
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self->other_buffer), valid, -1);
  self->other_loaded = file;
  return TRUE;
}

static gboolean
is_own (BackstepSource *self, guint32 file)
{
  return file == SCRIPT && !self->foreign;
}

static void
show_file (BackstepSource *self, guint32 file)
{
  gboolean own = is_own (self, file);
  g_autofree char *name = NULL, *text = NULL;

  if (file == self->shown_file)
    return;
  if (!own && file != self->other_loaded && !load_other (self, file))
    return;
  self->shown_file = file;
  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->view), GTK_TEXT_BUFFER (own ? self->buffer : self->other_buffer));
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), own && self->editable);
  gtk_widget_set_visible (self->other, !own);
  gtk_widget_set_visible (self->back, file == SCRIPT);
  if (own)
    return;
  name = g_path_get_basename (bs_recording_get_file_path (bs_cursor_get_recording (self->cursor), file));
  text = file == SCRIPT ? g_strdup (_("The text of this run, read only")) : g_strdup_printf (_("%s, read only"), name);
  gtk_label_set_text (GTK_LABEL (self->other_file), text);
}

static void
on_back (GtkButton *button, BackstepSource *self)
{
  self->foreign = FALSE;
  self->edited_since_run = TRUE;
  self->shown_file = 0;
  show_file (self, SCRIPT);
  backstep_source_refresh (self);
}

static void
scroll_to (BackstepSource *self, GtkTextIter *iter)
{
  GdkRectangle visible, at;

  gtk_text_view_get_visible_rect (GTK_TEXT_VIEW (self->view), &visible);
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (self->view), iter, &at);
  if (at.y < visible.y || at.y + at.height > visible.y + visible.height)
    gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (self->view), iter, 0, TRUE, 0, 0.4);
}

static void
tell (BackstepSource *self)
{
  g_autoptr (GArray) breaks = backstep_source_dup_breaks (self);
  g_autofree char *words = backstep_source_words (self->run_line, self->run_failed, breaks);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

void
backstep_source_show_place (BackstepSource *self, const BsPlace *place, gboolean is_error)
{
  GtkTextIter line, line_end, start, end;
  GtkTextBuffer *buffer;

  clear_places (GTK_TEXT_BUFFER (self->buffer));
  self->run_line = place && place->file ? place->line : 0;
  self->run_failed = is_error;
  tell (self);
  if (self->run_line == 0)
    return;
  show_file (self, place->file);
  if (place->file != self->shown_file)
    return;
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  clear_places (buffer);
  iter_at (buffer, &line, place->line, 0);
  line_end = line;
  gtk_text_iter_forward_line (&line_end);
  gtk_text_buffer_apply_tag_by_name (buffer, is_error ? "error-line" : "line", &line, &line_end);
  if (!self->edited_since_run && (place->end_line > place->line || place->end_column > place->column))
    {
      iter_at (buffer, &start, place->line, place->column);
      iter_at (buffer, &end, place->end_line, place->end_column);
      gtk_text_buffer_apply_tag_by_name (buffer, is_error ? "error" : "expression", &start, &end);
    }
  scroll_to (self, &line);
}

void
backstep_source_refresh (BackstepSource *self)
{
  BsRecording *recording;
  guint32 place;
  BsEvent event;

  if (self->cursor == NULL)
    return;
  recording = bs_cursor_get_recording (self->cursor);
  place = bs_cursor_get_place (self->cursor);
  if (place == 0)
    place = bs_cursor_get_line_place (self->cursor);
  backstep_source_show_place (self, place ? bs_recording_get_place (recording, place) : NULL,
                              bs_cursor_get_event (self->cursor, &event) && event.kind == BS_EVENT_ERROR);
}

/* A run just begun has not said its text yet: it is the one that stands there. */
static gboolean
is_foreign (BackstepSource *self)
{
  BsRecording *recording = self->cursor ? bs_cursor_get_recording (self->cursor) : NULL;
  g_autofree char *shown = NULL, *valid = NULL;
  const char *text;
  gsize length = 0;

  if (recording == NULL || self->is_trial || bs_recording_get_n_files (recording) == 0)
    return FALSE;
  text = bs_recording_get_file_source (recording, SCRIPT, &length);
  if (text == NULL || length == 0)
    return FALSE;
  valid = g_utf8_make_valid (text, length);
  shown = backstep_source_dup_text (self);
  return !g_str_equal (valid, shown);
}

void
backstep_source_set_cursor (BackstepSource *self, BsCursor *cursor)
{
  g_set_object (&self->cursor, cursor);
  self->other_loaded = 0;
  self->foreign = is_foreign (self);
  if (!self->foreign && cursor)
    self->edited_since_run = self->is_trial;
  self->shown_file = 0;
  show_file (self, SCRIPT);
  clear_places (GTK_TEXT_BUFFER (self->buffer));
}

/* --- breakpoints --------------------------------------------------------------------------------------------------- */

static const char *const categories[] = { BREAK, BREAK_OFF };

static GtkSourceMark *
find_break (BackstepSource *self, guint line)
{
  GtkSourceMark *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (categories) && found == NULL; i++)
    {
      GSList *marks = gtk_source_buffer_get_source_marks_at_line (self->buffer, line - 1, categories[i]);

      found = marks ? marks->data : NULL;
      g_slist_free (marks);
    }
  return found;
}

static void
drop_break (BackstepSource *self, guint line)
{
  GtkSourceMark *mark;

  while ((mark = find_break (self, line)) != NULL)
    gtk_text_buffer_delete_mark (GTK_TEXT_BUFFER (self->buffer), GTK_TEXT_MARK (mark));
}

void
backstep_source_set_break (BackstepSource *self, const BackstepLineBreak *what)
{
  g_autofree char *condition = g_strdup (what->condition);
  GtkSourceMark *mark;
  GtkTextIter iter;

  if (what->line == 0 || (int) what->line > gtk_text_buffer_get_line_count (GTK_TEXT_BUFFER (self->buffer)))
    return;
  drop_break (self, what->line);
  gtk_text_buffer_get_iter_at_line (GTK_TEXT_BUFFER (self->buffer), &iter, what->line - 1);
  mark = gtk_source_buffer_create_source_mark (self->buffer, NULL, what->disabled ? BREAK_OFF : BREAK, &iter);
  if (condition && *condition)
    g_object_set_data_full (G_OBJECT (mark), CONDITION, g_steal_pointer (&condition), g_free);
  tell (self);
  g_signal_emit (self, signals[BREAKS_CHANGED], 0);
}

void
backstep_source_remove_break (BackstepSource *self, guint line)
{
  drop_break (self, line);
  tell (self);
  g_signal_emit (self, signals[BREAKS_CHANGED], 0);
}

void
backstep_source_toggle_break (BackstepSource *self, guint line)
{
  if (find_break (self, line))
    backstep_source_remove_break (self, line);
  else
    backstep_source_set_break (self, &(BackstepLineBreak){ .line = line });
}

static void
on_line_mark_activated (GtkSourceView *view, const GtkTextIter *iter, guint button, GdkModifierType state, int n_presses,
                        BackstepSource *self)
{
  if (n_presses == 1 && is_own (self, self->shown_file))
    backstep_source_toggle_break (self, gtk_text_iter_get_line (iter) + 1);
}

GArray *
backstep_source_dup_breaks (BackstepSource *self)
{
  GArray *breaks = g_array_new (FALSE, FALSE, sizeof (BackstepLineBreak));
  guint32 last = 0;
  GtkTextIter iter;

  gtk_text_buffer_get_start_iter (GTK_TEXT_BUFFER (self->buffer), &iter);
  do
    {
      guint32 line = gtk_text_iter_get_line (&iter) + 1;
      GtkSourceMark *mark = line != last ? find_break (self, line) : NULL;
      BackstepLineBreak what = { .line = line };

      last = line;
      if (mark == NULL)
        continue;
      what.condition = g_object_get_data (G_OBJECT (mark), CONDITION);
      what.disabled = g_str_equal (gtk_source_mark_get_category (mark), BREAK_OFF);
      g_array_append_val (breaks, what);
    }
  while (gtk_source_buffer_forward_iter_to_source_mark (self->buffer, &iter, NULL));
  return breaks;
}

char *
backstep_source_dup_selection (BackstepSource *self)
{
  GtkTextIter start, end;

  if (!gtk_text_buffer_get_selection_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end)
      || gtk_text_iter_get_line (&start) != gtk_text_iter_get_line (&end))
    return NULL;
  return g_strstrip (gtk_text_buffer_get_text (GTK_TEXT_BUFFER (self->buffer), &start, &end, FALSE));
}

static char *
break_tooltip (GtkSourceMarkAttributes *attributes, GtkSourceMark *mark, gpointer data)
{
  const char *condition = g_object_get_data (G_OBJECT (mark), CONDITION);

  return condition ? g_strdup_printf (_("Breakpoint, if %s"), condition) : g_strdup (_("Breakpoint"));
}

static void
dress_break (BackstepSource *self, const char *category, const char *icon)
{
  g_autoptr (GtkSourceMarkAttributes) attributes = gtk_source_mark_attributes_new ();

  gtk_source_mark_attributes_set_icon_name (attributes, icon);
  g_signal_connect (attributes, "query-tooltip-text", G_CALLBACK (break_tooltip), NULL);
  gtk_source_view_set_mark_attributes (self->view, category, attributes, 1);
}

static void
init_breaks (BackstepSource *self)
{
  dress_break (self, BREAK, "media-record-symbolic");
  dress_break (self, BREAK_OFF, "backstep-break-off-symbolic");
  gtk_source_view_set_show_line_marks (self->view, TRUE);
  g_signal_connect (self->view, "line-mark-activated", G_CALLBACK (on_line_mark_activated), self);
}

/* --- the text ------------------------------------------------------------------------------------------------------ */

static void
on_modified_changed (GtkTextBuffer *buffer, BackstepSource *self)
{
  g_signal_emit (self, signals[EDITED], 0);
}

static void
on_changed (GtkTextBuffer *buffer, BackstepSource *self)
{
  if (!self->loading)
    g_signal_emit (self, signals[TYPED], 0);
  if (self->edited_since_run)
    return;
  self->edited_since_run = TRUE;
  clear_places (buffer);
}

void
backstep_source_set_is_graph (BackstepSource *self, gboolean is_graph)
{
  gboolean changes = self->is_graph != is_graph;

  self->is_graph = is_graph;
  if (changes && gtk_source_buffer_get_language (self->buffer) != NULL)
    set_language (self);
}

void
backstep_source_set_text (BackstepSource *self, const char *text, gboolean editable)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter start;

  self->loading = TRUE;
  gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_end_irreversible_action (buffer);
  gtk_text_buffer_set_modified (buffer, FALSE);
  self->loading = FALSE;
  backstep_syntax_set_active (self->syntax, editable && !self->is_graph); /* it knows Python */
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
  self->editable = editable;
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), editable);
  self->edited_since_run = FALSE;
}

void
backstep_source_replace_text (BackstepSource *self, const char *text)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter start, end;

  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (buffer);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
}

char *
backstep_source_dup_text (BackstepSource *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);
  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (self->buffer), &start, &end, TRUE);
}

gboolean
backstep_source_is_modified (BackstepSource *self)
{
  return gtk_text_buffer_get_modified (GTK_TEXT_BUFFER (self->buffer));
}

void
backstep_source_set_saved (BackstepSource *self)
{
  gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), FALSE);
}

void
backstep_source_set_unsaved (BackstepSource *self)
{
  gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), TRUE);
  g_signal_emit (self, signals[TYPED], 0); /* in no file: it is to be kept like what was typed */
}

void
backstep_source_set_run (BackstepSource *self)
{
  self->edited_since_run = FALSE;
}

guint
backstep_source_get_line (BackstepSource *self)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_mark (buffer, &iter, gtk_text_buffer_get_insert (buffer));
  return gtk_text_iter_get_line (&iter) + 1;
}

GtkTextBuffer *
backstep_source_get_buffer (BackstepSource *self)
{
  return GTK_TEXT_BUFFER (self->buffer);
}

void
backstep_source_set_trial (BackstepSource *self, gboolean is_trial)
{
  self->is_trial = is_trial;
}

void
backstep_source_reveal (BackstepSource *self, guint offset)
{
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_offset (GTK_TEXT_BUFFER (self->buffer), &iter, offset);
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self->buffer), &iter);
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view), gtk_text_buffer_get_insert (GTK_TEXT_BUFFER (self->buffer)), 0, TRUE, 0, 0.4);
}

void
backstep_source_grab_focus (BackstepSource *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* --- an editor -------------------------------------------------------------------------------------------------------- */

void
backstep_source_find (BackstepSource *self, gboolean replace)
{
  backstep_finder_open (BACKSTEP_FINDER (self->finder), replace);
}

void
backstep_source_find_next (BackstepSource *self, int direction)
{
  if (!backstep_finder_is_open (BACKSTEP_FINDER (self->finder)))
    backstep_finder_open (BACKSTEP_FINDER (self->finder), FALSE);
  else
    backstep_finder_go (BACKSTEP_FINDER (self->finder), direction);
}

void
backstep_source_toggle_comment (BackstepSource *self)
{
  if (gtk_text_view_get_editable (GTK_TEXT_VIEW (self->view)))
    backstep_editing_toggle_comment (GTK_TEXT_BUFFER (self->buffer), self->is_graph ? "//" : "#");
}

/* Lines from 1, columns in characters from 1; an error at the end of a line, or of the text, is shown at the last word. */
static void
mark_mistake (BackstepSource *self, const BackstepSyntaxError *error)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter start, end, line_end;

  gtk_text_buffer_get_iter_at_line (buffer, &start, MIN ((int) error->line, gtk_text_buffer_get_line_count (buffer)) - 1);
  line_end = start;
  if (!gtk_text_iter_ends_line (&line_end))
    gtk_text_iter_forward_to_line_end (&line_end);
  end = line_end;
  if (error->column > 0)
    gtk_text_iter_set_line_offset (&start, MIN ((int) error->column - 1, gtk_text_iter_get_line_offset (&line_end)));
  if (error->end_line == error->line && error->end_column > error->column)
    gtk_text_iter_set_line_offset (&end, MIN ((int) error->end_column - 1, gtk_text_iter_get_line_offset (&line_end)));
  if (gtk_text_iter_compare (&start, &end) >= 0)
    gtk_text_iter_backward_word_start (&start);
  gtk_text_buffer_apply_tag_by_name (buffer, "syntax", &start, &end);
}

/* What stands below the text has grown: the line being typed stays in sight. */
static gboolean
follow (gpointer data)
{
  BackstepSource *self = data;

  if (self->box != NULL && gtk_widget_has_focus (GTK_WIDGET (self->view)))
    gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self->view), gtk_text_buffer_get_insert (GTK_TEXT_BUFFER (self->buffer)));
  return G_SOURCE_REMOVE;
}

static void
on_page_size (BackstepSource *self)
{
  if (gtk_widget_has_focus (GTK_WIDGET (self->view)))
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, follow, g_object_ref (self), g_object_unref);
}

static void
on_syntax (BackstepSource *self)
{
  const BackstepSyntaxError *error = backstep_syntax_get_error (self->syntax);
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);
  gtk_text_buffer_remove_tag_by_name (GTK_TEXT_BUFFER (self->buffer), "syntax", &start, &end);
  gtk_widget_set_visible (self->mistake, error != NULL);
  if (error == NULL)
    return;
  if (error->line > 0)
    mark_mistake (self, error);
  /* Translators: what Python says of the text, which stays in English: "Line 7: invalid syntax" */
  text = g_strdup_printf (_("Line %u: %s"), error->line, error->message);
  gtk_label_set_text (GTK_LABEL (self->mistake_text), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mistake), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
on_mistake (BackstepSource *self)
{
  const BackstepSyntaxError *error = backstep_syntax_get_error (self->syntax);
  GtkTextIter iter;

  if (error == NULL)
    return;
  on_back (NULL, self);
  gtk_text_buffer_get_iter_at_line (GTK_TEXT_BUFFER (self->buffer), &iter, MAX ((int) error->line, 1) - 1);
  gtk_text_iter_set_line_offset (&iter, MIN (MAX ((int) error->column, 1) - 1, MAX (gtk_text_iter_get_chars_in_line (&iter) - 1, 0)));
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self->buffer), &iter);
  scroll_to (self, &iter);
  backstep_source_grab_focus (self);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepSource *self)
{
  if (key != GDK_KEY_Escape)
    return FALSE;
  if (backstep_finder_is_open (BACKSTEP_FINDER (self->finder)))
    backstep_finder_close (BACKSTEP_FINDER (self->finder));
  else /* Tab is a letter here: this is the way out */
    gtk_widget_activate_action (GTK_WIDGET (self), "win.escape", NULL);
  return TRUE;
}

static void
init_editor (BackstepSource *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  backstep_finder_set_view (BACKSTEP_FINDER (self->finder), self->view);
  backstep_completion_add (self->view);
  backstep_editing_add_indenter (self->view);
  g_signal_connect_object (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view)), "notify::page-size", G_CALLBACK (on_page_size), self, G_CONNECT_SWAPPED);
  self->syntax = backstep_syntax_new (GTK_TEXT_BUFFER (self->buffer));
  g_signal_connect_object (self->syntax, "changed", G_CALLBACK (on_syntax), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->finder, "closed", G_CALLBACK (backstep_source_grab_focus), self, G_CONNECT_SWAPPED);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (self->box, keys);
}

static void
backstep_source_dispose (GObject *object)
{
  BackstepSource *self = BACKSTEP_SOURCE (object);

  g_clear_object (&self->syntax);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->buffer);
  g_clear_object (&self->other_buffer);
  g_clear_object (&self->cursor);
  G_OBJECT_CLASS (backstep_source_parent_class)->dispose (object);
}

static void
backstep_source_class_init (BackstepSourceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (BACKSTEP_TYPE_FINDER);
  G_OBJECT_CLASS (klass)->dispose = backstep_source_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/source.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepSource, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepSource, other);
  gtk_widget_class_bind_template_child (widget_class, BackstepSource, other_file);
  gtk_widget_class_bind_template_child (widget_class, BackstepSource, back);
  gtk_widget_class_bind_template_child (widget_class, BackstepSource, finder);
  gtk_widget_class_bind_template_child (widget_class, BackstepSource, mistake);
  gtk_widget_class_bind_template_child (widget_class, BackstepSource, mistake_text);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_mistake);
  gtk_widget_class_bind_template_child (widget_class, BackstepSource, view);
  signals[EDITED] = g_signal_new ("edited", BACKSTEP_TYPE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[TYPED] = g_signal_new ("typed", BACKSTEP_TYPE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BREAKS_CHANGED] = g_signal_new ("breaks-changed", BACKSTEP_TYPE_SOURCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
backstep_source_init (BackstepSource *self)
{
  hide_schemes ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->buffer = gtk_source_buffer_new (NULL);
  self->shown_file = SCRIPT;
  gtk_text_view_set_buffer (GTK_TEXT_VIEW (self->view), GTK_TEXT_BUFFER (self->buffer));
  dress_buffer (self->buffer);
  init_breaks (self);
  init_editor (self);
  g_signal_connect (self->buffer, "modified-changed", G_CALLBACK (on_modified_changed), self);
  g_signal_connect (self->buffer, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (on_style_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "realize", G_CALLBACK (on_realize), NULL);
}
