/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "evaluate/fixes.h"
#include "figure.h"
#include "output.h"
#include "recording/error-help.h"

#define PIECES_MAX 4000 /* printed pieces in the view; the older ones are cut off */

typedef struct { gsize end; guint32 event, n_chars; gboolean is_error, is_figure; } Piece;

struct _BackstepOutput
{
  GtkWidget parent_instance;

  GtkWidget *box, *error_card, *error_title, *error_place, *error_help, *error_fix, *text, *nothing, *input;
  GtkTextBuffer *buffer;
  BsCursor *cursor;      /* owned */
  GArray *pieces;        /* of the whole recording, as far as looked at */
  guint32 looked_at;     /* events */
  guint first, shown;    /* pieces [first, shown) are in the view */
  guint32 error_step;
  BsRecording *fix_for;  /* only compared: a fix was looked for */
  guint fix, fix_line;   /* BsFixKind */
};

G_DEFINE_FINAL_TYPE (BackstepOutput, backstep_output, GTK_TYPE_WIDGET)

enum { SEEK, ANSWER, FIX, N_SIGNALS };
static guint signals[N_SIGNALS];

static Piece *
piece (BackstepOutput *self, guint i)
{
  return &g_array_index (self->pieces, Piece, i);
}

static gsize
begin_of (BackstepOutput *self, guint i)
{
  return i > 0 ? piece (self, i - 1)->end : 0;
}

static void
look_at_new (BackstepOutput *self)
{
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  guint32 n = bs_recording_get_n_events (recording);

  for (; self->looked_at < n; self->looked_at++)
    {
      BsEvent event;
      Piece next;

      next.is_figure = bs_recording_get_kind (recording, self->looked_at) == BS_EVENT_FIGURE;
      if (!next.is_figure && bs_recording_get_kind (recording, self->looked_at) != BS_EVENT_OUTPUT)
        continue;
      bs_recording_get_event (recording, self->looked_at, &event);
      next.event = self->looked_at;
      next.end = begin_of (self, self->pieces->len) + (next.is_figure ? 0 : event.output.length);
      next.n_chars = 0; /* known when shown */
      next.is_error = !next.is_figure && event.output.is_error_stream;
      g_array_append_val (self->pieces, next);
    }
}

/* How many come before that step. */
static guint
pieces_by (BackstepOutput *self, guint32 step)
{
  guint low = 0, high = self->pieces->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (piece (self, middle)->event < step)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
append_figure (BackstepOutput *self, guint i)
{
  GtkTextIter end;
  BsEvent event;
  GtkWidget *figure;

  bs_recording_get_event (bs_cursor_get_recording (self->cursor), piece (self, i)->event, &event);
  figure = backstep_figure_new (event.figure.png, event.figure.length);
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  if (figure)
    {
      gtk_text_view_add_child_at_anchor (GTK_TEXT_VIEW (self->text), figure, gtk_text_buffer_create_child_anchor (self->buffer, &end));
      gtk_text_buffer_get_end_iter (self->buffer, &end);
      gtk_text_buffer_insert (self->buffer, &end, "\n", 1);
    }
  piece (self, i)->n_chars = figure ? 2 : 0;
}

static void
append (BackstepOutput *self, guint i)
{
  gsize length;
  const char *all = bs_recording_get_output (bs_cursor_get_recording (self->cursor), &length);
  gsize begin = begin_of (self, i);
  g_autofree char *text = g_utf8_make_valid (all + begin, piece (self, i)->end - begin);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  piece (self, i)->n_chars = g_utf8_strlen (text, -1);
  gtk_text_buffer_insert_with_tags_by_name (self->buffer, &end, text, -1, piece (self, i)->is_error ? "stderr" : "stdout", NULL);
}

static void
show_pieces (BackstepOutput *self, guint n)
{
  GtkTextIter start, end;
  guint n_chars = 0;

  if (n > self->shown + PIECES_MAX || n < self->first || n - self->first > 2 * PIECES_MAX)
    {
      gtk_text_buffer_set_text (self->buffer, "", 0);
      self->first = self->shown = n > PIECES_MAX ? n - PIECES_MAX : 0;
    }
  while (self->shown > n)
    n_chars += piece (self, --self->shown)->n_chars;
  if (n_chars > 0)
    {
      gtk_text_buffer_get_end_iter (self->buffer, &end);
      start = end;
      gtk_text_iter_backward_chars (&start, n_chars);
      gtk_text_buffer_delete (self->buffer, &start, &end);
    }
  while (self->shown < n)
    {
      if (piece (self, self->shown)->is_figure)
        append_figure (self, self->shown);
      else
        append (self, self->shown);
      self->shown++;
    }
}

static void
scroll_to_end (BackstepOutput *self)
{
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_iter_set_line_offset (&end, 0);
  gtk_text_buffer_place_cursor (self->buffer, &end);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self->text), gtk_text_buffer_get_insert (self->buffer));
}

void
backstep_output_refresh (BackstepOutput *self)
{
  guint n, before = self->shown;

  if (self->cursor == NULL)
    return;
  look_at_new (self);
  n = pieces_by (self, bs_cursor_get_step (self->cursor));
  if (n == before)
    return;
  show_pieces (self, n);
  gtk_widget_set_visible (self->nothing, n == 0);
  scroll_to_end (self);
}

/* --- the error ------------------------------------------------------------------------------------------------------ */

/* What can be mended by machine has a button. */
static void
offer_fix (BackstepOutput *self, BsRecording *recording, const BsEvent *error)
{
  g_autoptr (GArray) splices = NULL;
  g_autofree char *text = NULL, *words = NULL;
  gsize length = 0;
  const char *source = bs_recording_get_n_files (recording) > 0 ? bs_recording_get_file_source (recording, 1, &length) : NULL;

  if (self->fix_for == recording)
    return;
  self->fix_for = recording;
  self->fix = bs_fix_of_error (recording, error, &self->fix_line);
  text = source && self->fix && g_utf8_validate (source, length, NULL) ? g_strndup (source, length) : NULL;
  splices = text ? bs_fix_find (self->fix, text, self->fix_line, NULL) : NULL;
  gtk_widget_set_visible (self->error_fix, splices != NULL);
  if (splices == NULL)
    return;
  words = g_strdup_printf (_("Mend it: %s"), bs_fix_title (self->fix));
  gtk_widget_set_tooltip_text (self->error_fix, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->error_fix), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
on_error_fix (GtkButton *button, BackstepOutput *self)
{
  g_signal_emit (self, signals[FIX], 0, self->fix, self->fix_line, NULL);
}

static void
show_error (BackstepOutput *self, BackstepDocument *document)
{
  BsRecording *recording = backstep_document_get_recording (document);
  g_autofree char *title = NULL, *where = NULL, *name = NULL;
  const BsPlace *place;
  BsEvent event;

  if (!backstep_document_find_error (document, &event))
    {
      gtk_widget_set_visible (self->error_card, FALSE);
      return;
    }
  self->error_step = event.step + 1;
  offer_fix (self, recording, &event);
  place = event.place ? bs_recording_get_place (recording, event.place) : NULL;
  title = g_strdup_printf ("%s: %s", event.error.type, event.error.message);
  gtk_label_set_text (GTK_LABEL (self->error_title), title);
  if (place && place->file)
    {
      name = g_path_get_basename (bs_recording_get_file_path (recording, place->file));
      /* Translators: a place in a script: "example.py, line 7" */
      where = g_strdup_printf (_("%s, line %u"), name, place->line);
      gtk_button_set_label (GTK_BUTTON (self->error_place), where);
    }
  gtk_widget_set_visible (self->error_place, where != NULL);
  gtk_label_set_text (GTK_LABEL (self->error_help), bs_event_help (&event));
  gtk_widget_set_visible (self->error_help, *bs_event_help (&event) != '\0');
  gtk_widget_set_visible (self->error_card, TRUE);
}

static void
on_error_place (GtkButton *button, BackstepOutput *self)
{
  g_signal_emit (self, signals[SEEK], 0, self->error_step);
}

static void
on_answer (GtkEntry *entry, BackstepOutput *self)
{
  g_signal_emit (self, signals[ANSWER], 0, gtk_editable_get_text (GTK_EDITABLE (entry)));
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

void
backstep_output_set_document (BackstepOutput *self, BackstepDocument *document)
{
  BsCursor *cursor = document ? backstep_document_get_cursor (document) : NULL;
  gboolean waits = document && backstep_document_get_state (document) == BS_SESSION_WAITING;

  if (cursor != self->cursor)
    {
      g_set_object (&self->cursor, cursor);
      g_array_set_size (self->pieces, 0);
      self->looked_at = self->first = self->shown = 0;
      self->fix_for = NULL;
      gtk_text_buffer_set_text (self->buffer, "", 0);
      gtk_widget_set_visible (self->nothing, TRUE);
    }
  if (document)
    show_error (self, document);
  if (waits && !gtk_widget_get_visible (self->input))
    {
      gtk_widget_set_visible (self->input, TRUE);
      gtk_widget_grab_focus (self->input);
    }
  gtk_widget_set_visible (self->input, waits);
}

static void
backstep_output_dispose (GObject *object)
{
  BackstepOutput *self = BACKSTEP_OUTPUT (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->cursor);
  g_clear_pointer (&self->pieces, g_array_unref);
  G_OBJECT_CLASS (backstep_output_parent_class)->dispose (object);
}

/* The pane asks how wide it must be for its height; the labels of an error, who wrap, would answer with one long line. */
static void
backstep_output_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  BackstepOutput *self = BACKSTEP_OUTPUT (widget);

  gtk_widget_measure (self->box, orientation, orientation == GTK_ORIENTATION_HORIZONTAL ? -1 : for_size, minimum, natural,
                      NULL, NULL);
}

/* The last line stays in sight when lines come or the pane becomes smaller; GtkTextView measures its lines later. */
static void
on_extent_changed (GtkAdjustment *adjustment, BackstepOutput *self)
{
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment));
}

static void
backstep_output_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (BACKSTEP_OUTPUT (widget)->box, &(GtkAllocation) { 0, 0, width, height }, baseline);
}

static void
backstep_output_class_init (BackstepOutputClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_output_dispose;
  widget_class->measure = backstep_output_measure;
  widget_class->size_allocate = backstep_output_size_allocate;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/output.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, error_card);
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, error_title);
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, error_place);
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, error_help);
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, error_fix);
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, text);
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, nothing);
  gtk_widget_class_bind_template_child (widget_class, BackstepOutput, input);
  gtk_widget_class_bind_template_callback (widget_class, on_error_place);
  gtk_widget_class_bind_template_callback (widget_class, on_error_fix);
  gtk_widget_class_bind_template_callback (widget_class, on_answer);
  signals[SEEK] = g_signal_new ("seek", BACKSTEP_TYPE_OUTPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_UINT);
  signals[FIX] = g_signal_new ("fix", BACKSTEP_TYPE_OUTPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_STRING);
  signals[ANSWER] = g_signal_new ("answer", BACKSTEP_TYPE_OUTPUT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
}

static void
backstep_output_init (BackstepOutput *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text));
  gtk_text_buffer_create_tag (self->buffer, "stdout", NULL);
  /* Slanted: not told by colour alone. */
  gtk_text_buffer_create_tag (self->buffer, "stderr", "style", PANGO_STYLE_ITALIC, "foreground", "#c01c28", NULL);
  g_signal_connect (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->text)), "changed", G_CALLBACK (on_extent_changed), self);
}
