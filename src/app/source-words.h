/* SPDX-License-Identifier: MIT */

#pragma once

#include "source.h"

G_BEGIN_DECLS

/* What the lit line and the signs in the gutter say, for those who do not see them. @line: of the run, 0 for none. @breaks: of
 * BackstepLineBreak. */
char *backstep_source_words (guint line, gboolean is_error, const GArray *breaks);

G_END_DECLS
