/* SPDX-License-Identifier: MIT */

/* document.c opens, runs and keeps runs; document-trial.c tries texts out. */

#pragma once

#include "document.h"
#include "spot.h"

G_BEGIN_DECLS

#define BACKSTEP_SPARES 2 /* while one runs, the next gets ready */

struct _BackstepDocument
{
  GObject parent_instance;

  GFile *file;
  char *text;
  char *problem, *warning;
  gboolean is_recording;
  gboolean is_graph; /* a text in no file that is DOT */
  GPtrArray *runs;   /* BackstepRun, oldest first */
  BackstepRun *run;  /* the one that is shown; of @runs */
  guint n_made;      /* for their names */
  guint32 wanted;
  BackstepSpot kept; /* where the next run is to stand, while @keeps_place */
  gboolean keeps_place;

  /* what if */
  BackstepRun *trial;          /* of @runs */
  BackstepRun *base;           /* shown before; only compared */
  BackstepRun *coming;         /* owned; not shown yet */
  char *next_text, *next_name; /* the newest, when another is coming */
  char *trial_problem;
  gint64 coming_since;
  guint coming_id, spare_id;
  BsSpare *spares[BACKSTEP_SPARES];
  gboolean ready;              /* spares are wanted */
  BackstepSpot spot;           /* where the cursor stood, and the step that was found for it */
  guint32 spot_step;
};

/* document.c */
void backstep_document_show (BackstepDocument *self, BackstepRun *run);
void backstep_document_drop_oldest (BackstepDocument *self);
void backstep_document_say_changed (BackstepDocument *self);
char *backstep_document_dup_run_path (BackstepDocument *self); /* NULL: it is not on this computer */

/* document-trial.c */
void backstep_document_forget_trial (BackstepDocument *self); /* what is shown stays */

G_END_DECLS
