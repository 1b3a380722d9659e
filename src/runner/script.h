/* SPDX-License-Identifier: MIT */

/* The command line of the runner, and the script it names. */

#pragma once

#include "python.h"

G_BEGIN_DECLS

typedef struct {
  BsScript script;
  gboolean record;
  gboolean check;      /* only whether the text is Python (check.h) */
  gboolean spare;      /* started before its text is known */
  int socket;          /* of the session, when recording */
  int source;          /* descriptor of unsaved text, or -1 */
  gsize memory_limit;
  gboolean allow_writing;
  gboolean without_landlock, without_seccomp;
} BsOptions;

/* 0, or the status to end with; said on stderr. */
int bs_options_parse (BsOptions *self, int argc, char **argv);
/* The text of a spare one, once it has been told to start. */
int bs_options_read_source (BsOptions *self);

G_END_DECLS
