/* SPDX-License-Identifier: MIT */

/* The commands without a window. Each takes a script, which is run, or a recording, which is opened. */

#pragma once

#include "recording/recording.h"

G_BEGIN_DECLS

enum { BS_STATUS_OK, BS_STATUS_FAILED, BS_STATUS_USAGE };

typedef struct {
  gboolean json;
  gboolean explain;
  gboolean summary;
  gboolean replay;   /* verify: run again and compare */
  gboolean reproducible;
  char *output;      /* -o */
  char *step;        /* --step */
  char *pass;        /* --pass */
  char *theme, *direction;
  double scale;
  gboolean transparent, unfold, caption;
  char *steps, *by;  /* --steps A..B, --by */
  gboolean curves, landscape, log;
  char *kind, *over; /* --kind, of curves; --over, of the landscape */
  char **names;      /* --plot */
  double seconds;
  int limit;
  char **commands;   /* -c, of debug */
  char **edits;      /* --edit: "120 lr = 0.05" */
  char **rest;       /* FILE, arguments of the script */
} BsToolOptions;

/* Opens or runs options->rest[0]. NULL: *status, and the reason is on stderr. */
BsRecording *bs_tool_open (const BsToolOptions *options, int *status);
/* The same run once more, with those tensors whole; NULL: it is a recording, or failed. */
BsRecording *bs_tool_run_whole (const BsToolOptions *options, guint n, const guint32 *tensors, guint32 from,
                                guint32 n_events);
/* Says on stderr how the script ended, as Python does; the exit status. */
int bs_tool_report_end (BsRecording *recording);
/* The chosen step: --step N or "end", --pass N (its end). FALSE: there is none such. */
gboolean bs_tool_choose_step (const BsToolOptions *options, BsRecording *recording, guint32 *step);
void bs_tool_warn (const char *format, ...) G_GNUC_PRINTF (1, 2);

int bs_tool_trace (const BsToolOptions *options);
int bs_tool_export (const BsToolOptions *options);
int bs_tool_export_curves (const BsToolOptions *options);
int bs_tool_record (const BsToolOptions *options);
int bs_tool_verify (const BsToolOptions *options);
int bs_tool_run (const BsToolOptions *options);
int bs_tool_debug (const BsToolOptions *options);
int bs_tool_hints (const BsToolOptions *options);
int bs_tool_help_graph (void);

/* tool-json.c: one event as an object, on one line. */
void bs_tool_append_json (GString *out, BsRecording *recording, guint32 index);

G_END_DECLS
