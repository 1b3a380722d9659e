/* SPDX-License-Identifier: MIT */

/* A tab: a document, the editor of its text, and how it was looked at. The window shows one tab at a time; the others keep
 * their runs going and their unsaved text. As the page of an AdwTabView it is empty: the window's panes show what it holds. */

#pragma once

#include <adwaita.h>

#include "canvas.h"
#include "document.h"
#include "drafts.h"
#include "source.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_TAB (backstep_tab_get_type ())
G_DECLARE_FINAL_TYPE (BackstepTab, backstep_tab, BACKSTEP, TAB, AdwBin)

struct _BackstepTab
{
  AdwBin parent_instance;

  /* owned */
  BackstepDocument *document; /* NULL: the page of examples */
  GtkWidget *source;          /* BackstepSource */
  BsCursor *shown;            /* the one @source was told of */
  GFile *pending;             /* opened when the tab is shown for the first time, */
  guint pending_step;         /* at this step */
  char *page;                 /* the one below the source */
  char *draft_id;             /* of its unsaved text (drafts.h) */
  char *recovered;            /* words about a text that a crash left behind, until somebody has decided */
  guint draft_timeout;

  /* how it was left */
  guint32 selected;
  BackstepCanvasView view;
  gboolean loaded;      /* @source has the document's text */
  gboolean was_shown, error_shown;
};

/* Properties "title", "tooltip", "busy", for the tab bar. */
BackstepTab *backstep_tab_new (void);
void backstep_tab_set_document (BackstepTab *self, BackstepDocument *document); /* (nullable) */
void backstep_tab_set_pending (BackstepTab *self, GFile *file, guint step);
/* Makes the pending document. */
void backstep_tab_load (BackstepTab *self);
void backstep_tab_set_cursor (BackstepTab *self, BsCursor *cursor);
GFile *backstep_tab_get_file (BackstepTab *self); /* (nullable) also of a pending one */
guint backstep_tab_get_step (BackstepTab *self);
gboolean backstep_tab_is_modified (BackstepTab *self);
gboolean backstep_tab_is_empty (BackstepTab *self); /* nothing is lost with it */
char *backstep_tab_dup_name (BackstepTab *self);

/* tab-draft.c */
void backstep_tab_init_draft (BackstepTab *self);
void backstep_tab_recover (BackstepTab *self);    /* an unsaved text of the file just opened takes the place of the file's */
void backstep_tab_take_draft (BackstepTab *self, const BackstepDraft *draft); /* it shows the text of one that was in no file */
void backstep_tab_drop_draft (BackstepTab *self); /* saved, or given up */
void backstep_tab_discard_recovered (BackstepTab *self);

G_END_DECLS
