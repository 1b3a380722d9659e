/* SPDX-License-Identifier: MIT */

/* What the runner asks of the C module `_torch`. The runner makes it known to Python before that starts
 * (PyImport_AppendInittab) and puts the folder of the Python package `torch` on sys.path. */

#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "engine/engine.h"

G_BEGIN_DECLS

PyMODINIT_FUNC PyInit__torch (void);

/* The tensor inside a torch.Tensor (or nn.Parameter), borrowed; NULL: @object is none. Called after every line of a
 * script for each of its variables: no allocation, no Python code, no error set; works before `torch` is imported. */
BsTensor *bs_torch_get_tensor (PyObject *object);

/* Whether the tensor's Python object is an nn.Parameter. */
gboolean bs_torch_is_parameter (BsTensor *tensor);

G_END_DECLS
