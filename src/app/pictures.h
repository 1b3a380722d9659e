/* SPDX-License-Identifier: MIT */

/* Small pictures of the graphs of scripts, for the gallery. A picture is drawn on first use by `backstep export` in a process
 * of its own, one at a time and behind everything else, and kept in the user's cache folder under the digest of the script's
 * text, the version of the program, the language and the theme. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BACKSTEP_PICTURE_WIDTH 512
#define BACKSTEP_PICTURE_HEIGHT 288

/* NULL on finish, with or without @error: there is no picture of that script. */
void backstep_picture_load_async (const char *path, const char *digest, const char *theme, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer data);
GdkTexture *backstep_picture_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
