/* SPDX-License-Identifier: MIT */

/* Elements by the engine's numbering of dtypes, which the recording must know without the engine. */

#pragma once

#include "event.h"

G_BEGIN_DECLS

enum { BS_DT_UINT8, BS_DT_INT8, BS_DT_INT16, BS_DT_INT32, BS_DT_INT64, BS_DT_FLOAT16, BS_DT_FLOAT32, BS_DT_FLOAT64,
       BS_DT_BOOL, BS_DT_N };

gsize bs_element_size (guint8 dtype); /* 0: no such dtype */
const char *bs_element_name (guint8 dtype);
gboolean bs_element_is_floating (guint8 dtype);
double bs_element_get (guint8 dtype, const void *element);

G_END_DECLS
