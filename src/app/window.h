/* SPDX-License-Identifier: MIT */

#pragma once

#include <adwaita.h>

#include "application.h"
#include "document.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_WINDOW (backstep_window_get_type ())
G_DECLARE_FINAL_TYPE (BackstepWindow, backstep_window, BACKSTEP, WINDOW, AdwApplicationWindow)

/* @document: NULL for the welcome page. */
BackstepWindow *backstep_window_new (BackstepApplication *app, BackstepDocument *document);

G_END_DECLS
