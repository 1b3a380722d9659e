/* SPDX-License-Identifier: MIT */

/* What was open, remembered between starts: windows with their size, the files in their tabs, the step of each. A key file in
 * the user's state folder. Unsaved text is not its business: who opens a file looks after that. */

#pragma once

#include "application.h"

G_BEGIN_DECLS

void backstep_workspace_save (GList *windows);
/* FALSE: nothing was open, or none of it is there any more. */
gboolean backstep_workspace_restore (BackstepApplication *app);

G_END_DECLS
