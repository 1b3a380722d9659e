/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "recording/cursor.h"

G_BEGIN_DECLS

/* The script: an editor whose current line and very sub-expression are lit, with breakpoints in the gutter. While the
 * cursor is in another file of the run, that file's text stands there, not editable.
 * Signals: "edited" (modified or not has changed), "typed" (the text has, by a person or a command), "breaks-changed". */
#define BACKSTEP_TYPE_SOURCE (backstep_source_get_type ())
G_DECLARE_FINAL_TYPE (BackstepSource, backstep_source, BACKSTEP, SOURCE, GtkWidget)

void backstep_source_set_text (BackstepSource *self, const char *text, gboolean editable);
void backstep_source_replace_text (BackstepSource *self, const char *text); /* as if typed: it can be undone */
void backstep_source_set_is_graph (BackstepSource *self, gboolean is_graph); /* the language of the text: DOT, else Python */
char *backstep_source_dup_text (BackstepSource *self);
gboolean backstep_source_is_modified (BackstepSource *self);
void backstep_source_set_saved (BackstepSource *self);
void backstep_source_set_unsaved (BackstepSource *self); /* text that is in no file */
/* From now on the places of the run are those of the text as it stands. */
void backstep_source_set_run (BackstepSource *self);
void backstep_source_set_cursor (BackstepSource *self, BsCursor *cursor);
void backstep_source_refresh (BackstepSource *self);
void backstep_source_show_place (BackstepSource *self, const BsPlace *place, gboolean is_error);
guint backstep_source_get_line (BackstepSource *self); /* of the text cursor, from 1 */
/* Breakpoints of lines, from 1. They move with the text. */
typedef struct { guint32 line; const char *condition; gboolean disabled; } BackstepLineBreak; /* @condition: may be NULL */
GArray *backstep_source_dup_breaks (BackstepSource *self); /* BackstepLineBreak, whose texts are borrowed */
void backstep_source_toggle_break (BackstepSource *self, guint line);
void backstep_source_set_break (BackstepSource *self, const BackstepLineBreak *what); /* a new one, or another state */
void backstep_source_remove_break (BackstepSource *self, guint line);
char *backstep_source_dup_selection (BackstepSource *self); /* NULL: nothing, or more than a line */
/* Of an editor: find (and replace), the next hit, comment the selected lines or not. */
void backstep_source_find (BackstepSource *self, gboolean replace);
void backstep_source_find_next (BackstepSource *self, int direction);
void backstep_source_toggle_comment (BackstepSource *self);
GtkTextBuffer *backstep_source_get_buffer (BackstepSource *self); /* of the script */
/* The run shown is of this text but for what is being tried out: the script stays in sight. */
void backstep_source_set_trial (BackstepSource *self, gboolean is_trial);
void backstep_source_reveal (BackstepSource *self, guint offset); /* the text cursor goes there, in sight */
void backstep_source_grab_focus (BackstepSource *self);

G_END_DECLS
