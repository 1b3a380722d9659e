/* SPDX-License-Identifier: MIT */

/* Unsaved texts, kept in the user's state folder against crashes, and found again at the next start. A text that is saved or
 * given up takes its draft with it. Writing happens on a thread of its own, in order. No GTK. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  char *id;
  char *uri;    /* of the file; NULL: it was never saved */
  char *text;
  gint64 time;  /* seconds since 1970 */
} BackstepDraft;

void backstep_draft_free (BackstepDraft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BackstepDraft, backstep_draft_free)

/* The same for the same file; another each time without one (transfer full). */
char *backstep_drafts_id (GFile *file);
void backstep_drafts_keep (const char *id, const char *uri, const char *text);
void backstep_drafts_drop (const char *id);
/* NULL: there is none, or a program that still runs is at work on it (transfer full). */
BackstepDraft *backstep_drafts_find (const char *id);
/* Those of texts that were never saved, whose program is gone, the latest first (transfer full). */
GPtrArray *backstep_drafts_list_unnamed (void);
/* Until all that was asked for is on disk. */
void backstep_drafts_flush (void);

G_END_DECLS
