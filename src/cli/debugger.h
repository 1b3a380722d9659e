/* SPDX-License-Identifier: MIT */

/* The debugger of the command line: a cursor, breakpoints, watches, and the words that move it. */

#pragma once

#include "evaluate/expression.h"
#include "tool.h"

G_BEGIN_DECLS

typedef struct {
  BsRecording *recording;
  BsCursor *cursor;
  GArray *stops;       /* BsStop, whose conditions are owned here; deleted ones have kind 0xff */
  GPtrArray *watches;  /* BsExpression */
  const BsToolOptions *options; /* to run once more: of large tensors there are only pictures at first */
  GArray *whole;       /* ids of tensors that are there whole, from the step @whole_from on */
  guint32 whole_from;
  gboolean failed;     /* a command could not be done */
  gboolean quit;
} BsDebugger;

void bs_debugger_init (BsDebugger *self, BsRecording *recording, const BsToolOptions *options);
void bs_debugger_clear (BsDebugger *self);
/* One line, as typed. */
void bs_debugger_obey (BsDebugger *self, const char *line);
/* At the cursor; runs once more when a large tensor is wanted whole. */
gboolean bs_debugger_evaluate (BsDebugger *self, BsExpression *expression, BsResult *out, GError **error);
/* Where it stands: the step, its words, its source line, the watches. */
void bs_debugger_show (BsDebugger *self);
void bs_debugger_list_commands (void);

/* debugger-show.c */
void bs_debugger_show_variables (BsDebugger *self);
void bs_debugger_show_stack (BsDebugger *self);
void bs_debugger_show_source (BsDebugger *self);
void bs_debugger_show_why (BsDebugger *self, guint32 tensor);
void bs_debugger_show_output (BsDebugger *self);
void bs_debugger_explain (BsDebugger *self);

G_END_DECLS
