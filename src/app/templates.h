/* SPDX-License-Identifier: MIT */

/* The window that asks what a new script begins with. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @chosen gets the text, and lives at least as long as @parent. */
void backstep_templates_show (GtkWindow *parent, void (*chosen) (GtkWindow *parent, const char *text));

G_END_DECLS
