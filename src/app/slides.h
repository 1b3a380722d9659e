/* SPDX-License-Identifier: MIT */

/* The window that asks which steps become pictures, and writes them: with progress, and a way to cancel. */

#pragma once

#include <adwaita.h>

#include "draw/series.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_SLIDES (backstep_slides_get_type ())
G_DECLARE_FINAL_TYPE (BackstepSlides, backstep_slides, BACKSTEP, SLIDES, AdwWindow)

/* Signal "written" (string: what there is now). @name: of the file, without ending; @from, @to: the suggested steps. */
GtkWidget *backstep_slides_new (GtkWindow *parent, BsRecording *recording, const BsExportOptions *options, const char *name,
                                GFile *folder, guint32 from, guint32 to);

G_END_DECLS
