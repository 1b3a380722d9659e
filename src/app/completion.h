/* SPDX-License-Identifier: MIT */

/* What the editor offers while somebody types: the names of torch with their arguments and what they do, by their own account
 * (runner/list_completions.py), those of Python, and the words of the text. */

#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

#define BACKSTEP_TYPE_COMPLETION (backstep_completion_get_type ())
G_DECLARE_FINAL_TYPE (BackstepCompletion, backstep_completion, BACKSTEP, COMPLETION, GObject)

/* To @view, whose buffer stays. */
void backstep_completion_add (GtkSourceView *view);

typedef struct { const char *place, *name, *arguments, *words; } BackstepCompletionNote;
const BackstepCompletionNote *backstep_completion_find_note (const char *place, const char *name); /* (nullable) */

/* Which place's names fit behind @before, the text up to the word that is being typed: "torch.nn" after "nn.", given that
 * @text says `import torch.nn as nn`; NULL: nobody knows (transfer full). For tests. */
gboolean backstep_completion_stands_twice (const char *text, const char *word); /* as a whole word */
/* Neither in a comment nor in a string, after all of @before. */
gboolean backstep_completion_is_code (const char *before);
char *backstep_completion_find_place (const char *text, const char *before);

G_END_DECLS
