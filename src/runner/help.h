/* SPDX-License-Identifier: MIT */

#pragma once

#include "python.h"

G_BEGIN_DECLS

/* One sentence that helps with an error of a script, where Backstep knows one; else NULL. */
const char *bs_help_for (PyObject *exception);

G_END_DECLS
