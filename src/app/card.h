/* SPDX-License-Identifier: MIT */

/* One example in the gallery: picture, title, how far one has come. */

#pragma once

#include <gtk/gtk.h>

#include "course.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_CARD (backstep_card_get_type ())
G_DECLARE_FINAL_TYPE (BackstepCard, backstep_card, BACKSTEP, CARD, GtkFlowBoxChild)

GtkWidget *backstep_card_new (BackstepExample *example);
BackstepExample *backstep_card_get_example (BackstepCard *self);
/* Asks for the picture in that theme, unless it has it or waits for it. */
void backstep_card_want_picture (BackstepCard *self, const char *theme);
void backstep_card_show_progress (BackstepCard *self);
/* Every one of @words (casefolded) is in the title, the lesson, the chapter or the file's name. */
gboolean backstep_card_matches (BackstepCard *self, const char *const *words);

G_END_DECLS
