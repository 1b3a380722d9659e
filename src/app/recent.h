/* SPDX-License-Identifier: MIT */

/* The files opened lately: for the welcome page, and as a menu beside the button that opens one. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GtkRecentInfo: this program's files that are still there, the last one first, as many as the preferences say. */
GPtrArray *backstep_recent_dup_list (void);
/* Forgets this program's files, and no others: the list belongs to the desktop. */
void backstep_recent_clear (void);

/* @button's menu is made anew each time it opens; its items do win.open-uri. */
void backstep_recent_attach (GtkMenuButton *button);

G_END_DECLS
