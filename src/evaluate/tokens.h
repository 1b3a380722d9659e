/* SPDX-License-Identifier: MIT */

/* The tokens of a Python text, whatever state it is in: what is not Python becomes single signs, an open string ends at its
 * line's end, and an open bracket at the next line that can only begin a statement. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  BS_TOKEN_NAME,    /* keywords too */
  BS_TOKEN_NUMBER,
  BS_TOKEN_STRING,
  BS_TOKEN_SIGN,    /* an operator or a bracket: "**=", "(" */
  BS_TOKEN_COMMENT,
  BS_TOKEN_END,     /* of a statement's line */
} BsTokenKind;

typedef struct {
  guint8 kind;
  guint32 begin, end; /* bytes */
  guint32 line;       /* from 1 */
} BsToken;

GArray *bs_tokens_read (const char *text, gsize length); /* of BsToken; always ends with an END */
gboolean bs_token_is (const char *text, const BsToken *token, const char *word);

G_END_DECLS
