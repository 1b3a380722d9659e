/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK 4.8 tells a screen reader the words of a button with a mnemonic twice, once with the underscore: "_Save Save". Within
 * @root they are said once from here on. */
void backstep_mnemonic_name_buttons (GtkWidget *root);

G_END_DECLS
