/* SPDX-License-Identifier: MIT */

/* What can be tried out in a script by changing its text: the plain numbers it is made of (a learning rate, the count of
 * iterations, where a parameter starts, the seed), and the statements whose absence is a lesson of its own
 * (optimizer.zero_grad()). Found in the tokens of the text, with their places in it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  BS_LITERAL_PLAIN,
  BS_LITERAL_RATE,  /* positive, best turned by factors */
  BS_LITERAL_COUNT, /* from 1 */
  BS_LITERAL_SEED,
  BS_LITERAL_SHARE, /* from 0 to below 1 */
} BsLiteralKind;

typedef struct {
  guint32 begin, end; /* bytes of the text, a minus sign included */
  guint32 line;       /* from 1 */
  guint8 kind;        /* BsLiteralKind */
  gboolean is_integer;
  double value;
  double low, high;   /* a range worth looking at */
  char *label;        /* "lr", "w[0]", "epoch: range" */
} BsLiteral;

GArray *bs_literals_find (const char *text, gsize length); /* of BsLiteral, by place; clears them itself */
/* As Python writes a number of that kind (transfer full). */
char *bs_literal_write (const BsLiteral *self, double value);
/* The nearest value that is worth writing: few digits, whole where it must be. */
double bs_literal_round (const BsLiteral *self, double value);

/* A statement that can be left out and put back. */
typedef struct {
  guint32 begin, end; /* bytes: of the statement, or of the comment that holds it */
  guint32 line;
  gboolean is_on;     /* it is a statement now */
  char *statement;    /* "optimizer.zero_grad()" */
  char *other;        /* what stands there when it is switched the other way */
} BsToggle;

GArray *bs_toggles_find (const char *text, gsize length); /* of BsToggle, by place */

/* Pieces of a text replaced by others, none of which overlap; sorted here. */
typedef struct { guint32 begin, end; const char *text; } BsSplice;
char *bs_splice (const char *text, GArray *splices);

G_END_DECLS
