/* SPDX-License-Identifier: MIT */

#pragma once

#include <adwaita.h>

#include "application.h"
#include "document.h"
#include "tab.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_WINDOW (backstep_window_get_type ())
G_DECLARE_FINAL_TYPE (BackstepWindow, backstep_window, BACKSTEP, WINDOW, AdwApplicationWindow)

/* @document: NULL for the welcome page. */
BackstepWindow *backstep_window_new (BackstepApplication *app, BackstepDocument *document);

/* Its tabs. Each document is in one of them; an empty tab shows the welcome page. */
guint backstep_window_get_n_tabs (BackstepWindow *self);
BackstepTab *backstep_window_get_tab (BackstepWindow *self, guint i);
BackstepTab *backstep_window_get_shown_tab (BackstepWindow *self);
BackstepTab *backstep_window_find_tab (BackstepWindow *self, GFile *file); /* (nullable) */
void backstep_window_show_tab (BackstepWindow *self, BackstepTab *tab);
void backstep_window_show_document (BackstepWindow *self, BackstepDocument *document);
void backstep_window_add_pending (BackstepWindow *self, GFile *file, guint step);
/* What a crash left behind of texts in no file. */
void backstep_window_recover_unnamed (BackstepWindow *self);
void backstep_window_drop_empty (BackstepWindow *self); /* an empty tab beside others */

G_END_DECLS
