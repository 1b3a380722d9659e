/* SPDX-License-Identifier: MIT */

/* The lesson beside the output, how far it has been walked, and scripts that begin without a file. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "course.h"
#include "progress.h"
#include "settings.h"
#include "templates.h"
#include "window-private.h"

#define PASTED_MAX (8 << 20)

/* --- the lesson ---------------------------------------------------------------------------------------------------------- */

/* An example of the course, or of the user's own folder. */
static char *
dup_example_id (GFile *file)
{
  GSettings *settings = backstep_settings_get ();
  g_autofree char *uri = settings ? g_settings_get_string (settings, "examples-folder") : NULL;
  g_autoptr (GFile) own = uri && *uri ? g_file_new_for_uri (uri) : NULL, parent = g_file_get_parent (file);
  char *id = backstep_course_dup_id (file);

  return id == NULL && own && parent && g_file_equal (own, parent) ? g_file_get_uri (file) : id;
}

static GtkStackPage *
page_of (BackstepWindow *self)
{
  return gtk_stack_get_page (GTK_STACK (self->pages), self->lesson);
}

gboolean
backstep_window_has_lesson (BackstepWindow *self)
{
  return gtk_stack_page_get_visible (page_of (self));
}

void
backstep_window_load_lesson (BackstepWindow *self)
{
  const char *text = backstep_document_get_text (self->document);
  GFile *file = backstep_document_get_file (self->document);
  g_autoptr (GFile) next = file ? backstep_course_dup_next (file) : NULL;
  gboolean shown = gtk_stack_get_visible_child (GTK_STACK (self->pages)) == self->lesson, any;

  g_free (self->lesson_id);
  self->lesson_id = file && !backstep_document_is_recording (self->document) ? dup_example_id (file) : NULL;
  any = backstep_lesson_set (BACKSTEP_LESSON (self->lesson), self->lesson_id, text ? text : "", next);
  gtk_stack_page_set_visible (page_of (self), any);
  if (any && (self->lesson_wanted || shown))
    gtk_stack_set_visible_child (GTK_STACK (self->pages), self->lesson);
  else if (!any && shown)
    gtk_stack_set_visible_child (GTK_STACK (self->pages), self->output);
  self->lesson_wanted = FALSE;
}

/* From the gallery, or the lesson before: it begins with what to look at. */
void
backstep_window_open_lesson (BackstepWindow *self, GFile *file)
{
  self->lesson_wanted = TRUE;
  backstep_window_open_here (self, file);
}

/* Of a run that is over: how long another one becomes is not known. */
void
backstep_window_note_progress (BackstepWindow *self)
{
  BsRecording *recording = self->cursor ? bs_cursor_get_recording (self->cursor) : NULL;
  guint32 n = recording ? bs_recording_get_n_events (recording) : 0;

  if (self->lesson_id && n > 0 && bs_recording_is_finished (recording))
    backstep_progress_note (backstep_progress_get (), self->lesson_id, (int) ((guint64) bs_cursor_get_step (self->cursor) * 100 / n));
}

/* --- scripts that are in no file yet -------------------------------------------------------------------------------------- */

/* In a tab of its own: what stands in this one is not taken away for it. */
void
backstep_window_open_text (BackstepWindow *self, const char *text, gboolean is_modified)
{
  g_autoptr (BackstepDocument) document = backstep_document_new ();

  backstep_document_open_text (document, text);
  backstep_window_show_document (self, document);
  if (is_modified)
    backstep_source_set_unsaved (BACKSTEP_SOURCE (self->source));
  backstep_window_update_state (self);
}

static void
on_template (GtkWindow *parent, const char *text)
{
  backstep_window_open_text (BACKSTEP_WINDOW (parent), text, FALSE);
}

void
backstep_window_new_script (BackstepWindow *self)
{
  backstep_templates_show (GTK_WINDOW (self), on_template);
}

static void
on_pasted (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  g_autoptr (BackstepWindow) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);

  if (text == NULL || *text == '\0')
    backstep_window_say (self, _("There is no text to paste."));
  else if (strlen (text) > PASTED_MAX)
    backstep_window_say (self, _("It is too large for a script."));
  else
    backstep_window_open_text (self, text, TRUE);
}

void
backstep_window_paste_script (BackstepWindow *self)
{
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, on_pasted, g_object_ref (self));
}
