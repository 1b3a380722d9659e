/* SPDX-License-Identifier: MIT */

/* One plain sentence for an error that students meet: why it happens and what to write instead. Recordings keep the
 * error as it was raised; this is looked up when it is shown, in the reader's language. */

#pragma once

#include "event.h"

G_BEGIN_DECLS

/* @type: "RuntimeError"; @message: the exception's text. Translated, static; NULL when there is nothing to add. */
const char *bs_error_help (const char *type, const char *message);

/* The help for @error, an error event: the runner's own word if it had one, else that of the table; "" for none. */
const char *bs_event_help (const BsEvent *error);

/* For the tests: row @i's type, an example of its message, and its sentence, untranslated; FALSE beyond the last. */
gboolean bs_error_help_row (guint i, const char **type, const char **pattern, const char **sentence);

G_END_DECLS
