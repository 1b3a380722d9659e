/* SPDX-License-Identifier: MIT */

/* A small picture that fills its place, whatever its size; until it is there, an icon. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BACKSTEP_TYPE_THUMB (backstep_thumb_get_type ())
G_DECLARE_FINAL_TYPE (BackstepThumb, backstep_thumb, BACKSTEP, THUMB, GtkWidget)

GtkWidget *backstep_thumb_new (const char *icon); /* (nullable) */
void backstep_thumb_set_texture (BackstepThumb *self, GdkTexture *texture); /* NULL: there is none */

G_END_DECLS
