/* SPDX-License-Identifier: MIT */

#pragma once

#include "element.h"

G_BEGIN_DECLS

#define BS_SHAPE_MAX 16

typedef struct { guint n; gint64 size[BS_SHAPE_MAX]; } BsShape;
typedef struct { guint n; gint64 at[BS_SHAPE_MAX]; } BsIndex; /* below 0: a letter */

gboolean bs_shape_of_value (const BsValue *value, BsShape *out); /* FALSE: too many dimensions */
gboolean bs_shape_broadcast (BsShape *a, const BsShape *b);
BsIndex bs_index_unflatten (const BsShape *shape, gint64 flat);
gint64 bs_index_flatten (const BsShape *shape, const BsIndex *at); /* below 0: there is a letter in it */
gboolean bs_index_align (const BsShape *shape, const BsIndex *at, BsIndex *out);
char *bs_index_text (const BsIndex *at); /* "1, k" */

G_END_DECLS
