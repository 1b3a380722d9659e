/* SPDX-License-Identifier: MIT */

/* The files opened lately, as a menu beside the button that opens one. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @button's menu is made anew each time it opens; its items do win.open-uri. */
void backstep_recent_attach (GtkMenuButton *button);

G_END_DECLS
