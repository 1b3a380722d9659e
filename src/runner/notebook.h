/* SPDX-License-Identifier: MIT */

#pragma once

#include "python.h"

G_BEGIN_DECLS

/* When the script is a Jupyter notebook (.ipynb): puts its code cells, in order, in place of its text. Called once
 * Python is up and before the sandbox. FALSE: it cannot be read as one; said on stderr. */
gboolean bs_notebook_open (BsScript *script);

G_END_DECLS
